//! `chauban keys`

use super::output::Output;
use super::{Common, DOUBT, Result};
use crate::archive::{Part, Reading, Writing, key_care};
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Copies of the keys, and the clock.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban keys check
  chauban keys backup --part scopes --to /mnt/safe-a
  chauban keys backup --part epochs --to /mnt/safe-b
  chauban keys restore --epochs /mnt/safe-b/00000003.epochs --scopes /mnt/safe-a/00000003.scopes")]
pub struct KeysCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Copy one part of the keys to a folder; the two parts never to the same.
    Backup {
        /// Which part.
        #[arg(long, value_parser = part, value_name = "epochs|scopes")]
        part: Part,
        /// Folder to copy to.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Check keys/ against the ledger and every configured copy against keys/.
    Check,
    /// Bring lost keys back from a copy of each part; an older generation is refused.
    Restore {
        /// Copy of the epoch keys.
        #[arg(long, value_name = "FILE")]
        epochs: PathBuf,
        /// Copy of the scope keys.
        #[arg(long, value_name = "FILE")]
        scopes: PathBuf,
    },
    /// Confirm that the system clock is right after a jump that stopped writing.
    ConfirmClock,
}

fn part(text: &str) -> std::result::Result<Part, String> {
    match text {
        "epochs" => Ok(Part::Epochs),
        "scopes" => Ok(Part::Scopes),
        _ => Err("use epochs or scopes".to_owned()),
    }
}

impl KeysCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let clock = || Arc::new(SystemClock::new());
        match self.action {
            Action::Backup { part, to } => {
                let archive = Writing::open(&places, clock())?;
                let copy = key_care::backup(&archive, part, &to, &common.actor())?;
                archive.close()?;
                let document = json!({ "file": copy.file, "generation": copy.generation });
                output.document(&document, || format!("{} (generation {})\n", copy.file, copy.generation));
                Ok(0)
            }
            Action::Check => {
                let checks = key_care::check(&Reading::open_to_check_keys(&places)?)?;
                let doubt = checks.iter().any(|check| check.doubt.is_some());
                let list: Vec<Value> = checks
                    .iter()
                    .map(|check| json!({ "place": check.place, "part": check.part, "doubt": check.doubt }))
                    .collect();
                output.document(&json!({ "copies": list }), || {
                    let line = |check: &crate::archive::KeyCheck| {
                        format!("{}  {}  {}\n", check.doubt.as_deref().unwrap_or("ok"), check.part, check.place)
                    };
                    checks.iter().map(line).collect()
                });
                Ok(if doubt { DOUBT } else { 0 })
            }
            Action::Restore { epochs, scopes } => {
                let restored = key_care::restore(&places, &epochs, &scopes)?;
                // Opening for writing compares the generation with what the ledger recorded.
                match Writing::open(&places, clock()) {
                    Ok(archive) => archive.close()?,
                    Err(error) => {
                        key_care::take_back(&places, restored)?;
                        return Err(error);
                    }
                }
                let generation = restored.generation;
                output.document(&json!({ "generation": generation }), || format!("generation {generation} restored\n"));
                Ok(0)
            }
            Action::ConfirmClock => {
                let archive = Writing::open_to_confirm_clock(&places, clock())?;
                archive.confirm_clock(&common.actor())?;
                archive.close()?;
                output.document(&json!({ "confirmed": true }), || "the clock is confirmed\n".to_owned());
                Ok(0)
            }
        }
    }
}
