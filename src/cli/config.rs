//! `chauban config`

use super::output::{Output, print};
use super::{Common, Result};
use crate::archive::Reading;
use crate::config::Mistake;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// The configuration of the service.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban config check --config /etc/chauban/chauban.toml
  chauban config example > chauban.toml

A file in TOML, named with --config or CHAUBAN_CONFIG; a variable of the environment rules over it, an option of the command
line over both. The example shows every setting with its default and its variable.")]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Look the configuration through, with the certificates and the archive that it names: all mistakes at once.
    Check,
    /// Write the example.
    Example,
}

/// The example, as it comes with the program.
const EXAMPLE: &str = include_str!("../../packaging/chauban.toml");

impl ConfigCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        match self.action {
            Action::Example => {
                print(EXAMPLE);
                Ok(0)
            }
            Action::Check => {
                let mistakes = mistakes(common)?;
                let list: Vec<Value> = mistakes
                    .iter()
                    .map(|one| json!({ "place": one.place, "what": one.what, "remedy": one.remedy }))
                    .collect();
                output.document(&json!({ "mistakes": list }), || match mistakes.as_slice() {
                    [] => output.say("Cấu hình dùng được.\n", "The configuration can be used.\n").to_owned(),
                    _ => {
                        let line = |one: &Mistake| {
                            format!("{}: {}\n  {}\n", one.place, output.words(&one.what), output.words(&one.remedy))
                        };
                        mistakes.iter().map(line).collect()
                    }
                });
                Ok(if mistakes.is_empty() { 0 } else { 2 })
            }
        }
    }
}

/// What is wrong in the configuration; where nothing is, what is wrong with what it names.
fn mistakes(common: &Common) -> Result<Vec<Mistake>> {
    let config = match common.read_config(&[])? {
        Ok(config) => config,
        Err(mistakes) => return Ok(mistakes),
    };
    let certificates = config.tls.as_ref().map(|files| ("tls.certificates", files.check()));
    let openid = config.openid.as_ref().map(|settings| ("openid.client_secret_file", settings.check()));
    let archive = common.places_by(&config).and_then(|places| Reading::open(&places)).map(|_| ());
    let looked = certificates.into_iter().chain(openid).chain([("archive.folder", archive)]);
    let wrong = looked.filter_map(|(key, result)| Some((key, result.err()?)));
    Ok(wrong
        .map(|(key, error)| Mistake {
            place: key.to_owned(),
            what: error.to_string(),
            remedy: error.remedy_text().unwrap_or("name what is there and can be read").to_owned(),
        })
        .collect())
}
