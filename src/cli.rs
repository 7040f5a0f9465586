//! The command line: reads arguments, calls the façade, writes results.
//!
//! Results go to standard output, as text or with `--json` as one JSON document (one line per item for streams);
//! progress, findings for people and logs go to standard error. Exit status: 0 done, 1 findings or doubt, 2 bad usage
//! or input, 3 not there, 4 refused, 5 try again, 6 corruption.

mod account;
mod agency;
mod backup;
mod bundle;
mod check_signature;
mod config;
mod describe;
mod disposal;
mod evidence;
mod evidence_source;
mod get;
mod hold;
mod ingest;
mod init;
mod keys;
mod output;
mod receipt;
mod request;
mod retention;
mod revalidate;
mod search;
mod serve;
mod show;
mod stamp;
mod time_authority;
mod trust;
mod verify;
mod webhook;

use crate::archive::Places;
use crate::config::{self as settings, Config, LogForm, Mistake};
use crate::error::{Error, Result, vietnamese};
use clap::{Args, Parser, Subcommand, ValueEnum};
use output::Output;
use std::path::PathBuf;
use std::process::ExitCode;

/// Châu Bản: a state electronic records archive.
#[derive(Parser)]
#[command(name = "chauban", version, about, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  chauban init /srv/kho --origin luutru.example.gov.vn/kho-1 --archive-code 000.00.00.H26
  export CHAUBAN_ARCHIVE=/srv/kho
  chauban ingest /mnt/transfer-2026-11
  chauban search 'quy hoạch đất đai' --from 2023-01-01
  chauban get H26.10.2023.045.0000001 -o decision.pdf
  chauban receipt H26.10.2023.045.0000001 -o decision.tlog-proof
  chauban verify --deep";

/// Options of every command.
#[derive(Args)]
struct Common {
    /// The archive's folder.
    #[arg(long, global = true, env = "CHAUBAN_ARCHIVE", value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Folder outside the archive with the root key and the outer high-water mark [default: DIR.custody].
    #[arg(long, global = true, env = "CHAUBAN_CUSTODY", value_name = "DIR")]
    custody: Option<PathBuf>,
    /// Folder outside the archive with the copy of the scope keys [default: DIR.key-copy].
    #[arg(long, global = true, env = "CHAUBAN_KEY_COPY", value_name = "DIR")]
    key_copy: Option<PathBuf>,
    /// File with the configuration of the service; other commands take the archive's place from it.
    #[arg(long, global = true, env = "CHAUBAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder outside the archive for what agencies hand over to the service [default: DIR.transfers].
    #[arg(long, global = true, env = "CHAUBAN_TRANSFERS", value_name = "DIR")]
    transfers: Option<PathBuf>,
    /// One JSON document on standard output (one line per item for streams).
    #[arg(long, global = true)]
    json: bool,
    /// Language of findings, explanations and errors [default: from LANG].
    #[arg(long, global = true, env = "CHAUBAN_LANG", value_name = "vi|en")]
    lang: Option<Language>,
    /// Name of who acts, as the ledger's actors know it [default: the system user].
    #[arg(long, global = true, env = "CHAUBAN_ACTOR", value_name = "NAME")]
    actor: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    Vi,
    En,
}

impl Language {
    /// As the system is set.
    fn of_system() -> Self {
        let system = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default();
        if system.starts_with("vi") { Self::Vi } else { Self::En }
    }

    /// As far as it can be told from arguments that could not be read.
    fn of_arguments() -> Self {
        let given: Vec<String> = std::env::args_os().filter_map(|argument| argument.into_string().ok()).collect();
        let after = given.iter().position(|argument| argument == "--lang").and_then(|at| given.get(at + 1));
        let joined = given.iter().find_map(|argument| argument.strip_prefix("--lang="));
        let named = after.map(String::as_str).or(joined).map(str::to_owned);
        let named = named.or_else(|| std::env::var("CHAUBAN_LANG").ok());
        named.and_then(|name| Self::from_str(&name, false).ok()).unwrap_or_else(Self::of_system)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Make an archive; prints the public key to publish and the recovery sheet to lock away.
    Init(init::Init),
    /// Examine and accession documents with sidecars, or dossier folders.
    Ingest(ingest::Ingest),
    /// Find records by number, notation, words, agency, type, date or dossier.
    Search(search::Search),
    /// Show a record or dossier: metadata, retention, signatures, place in the ledger.
    Show(show::Show),
    /// How long a record or dossier is kept, and why.
    Retention(retention::RetentionCommand),
    /// Holds: orders that block destruction.
    Hold(hold::HoldCommand),
    /// The register of agencies: which agency a code means on a day, and who succeeds it.
    Agency(agency::AgencyCommand),
    /// Disposal cases: the legal way from a list of expired records to their destruction.
    Disposal(disposal::DisposalCommand),
    /// Requests of readers: copies and certified copies of records.
    Request(request::RequestCommand),
    /// Write the original bytes of a component, verified on the way.
    Get(get::Get),
    /// Amend what describes a record; what it said before stays in the ledger.
    Describe(describe::Describe),
    /// List everything that happened to a record or dossier.
    History(show::History),
    /// Write the receipt of a record: a portable proof that it is in the archive.
    Receipt(receipt::Receipt),
    /// Write the evidence bundle of a record: everything that proves it, in one ZIP file.
    Bundle(bundle::Bundle),
    /// Check a receipt against a file; needs no archive.
    VerifyReceipt(receipt::VerifyReceipt),
    /// Check the signatures of any file; needs no archive.
    CheckSignature(check_signature::CheckSignature),
    /// Validate the signatures of records again, with newer evidence or trust.
    Revalidate(revalidate::Revalidate),
    /// Have the newest checkpoint, and with it every record, time-stamped by an outside authority.
    Stamp(stamp::Stamp),
    /// Authorities that may be asked for time-stamps.
    TimeAuthority(time_authority::TimeAuthorityCommand),
    /// From where revocation lists, OCSP answers and issuers' certificates may be fetched.
    EvidenceSource(evidence_source::EvidenceSourceCommand),
    /// Write the evidence record (RFC 4998) of a record: its files existed when an authority stamped them.
    Evidence(evidence::Evidence),
    /// Check an evidence record against a file; needs no archive.
    VerifyEvidence(evidence::VerifyEvidence),
    /// Check the archive: structure, completeness, catalog and index; with --deep every byte.
    Verify(verify::Verify),
    /// Delete catalog and index and make them again from the ledger.
    #[command(after_help = "\
Example:
  chauban rebuild

Nothing is lost by it: the segments and the ledger are the truth, and keep every record.")]
    Rebuild,
    /// Copies of the keys, and the clock.
    Keys(keys::KeysCommand),
    /// Copy the archive to another disk while it is in use.
    Backup(backup::Backup),
    /// Trust anchors: the roots under which signatures are believed.
    Trust(trust::TrustCommand),
    /// Accounts of the service: who may sign in, and what they are.
    Account(account::AccountCommand),
    /// Agencies' systems that are told what becomes of the agencies' transfers.
    Webhook(webhook::WebhookCommand),
    /// The configuration of the service.
    Config(config::ConfigCommand),
    /// Serve the API, the pages, health, metrics and the ledger as static files.
    Serve(serve::Serve),
}

/// Exit status for findings or doubt.
const DOUBT: u8 = 1;

impl Common {
    fn places(&self) -> Result<Places> {
        match (&self.archive, &self.config) {
            (Some(archive), _) => Ok(self.places_of(archive.clone())),
            (None, None) => self.places_by(&Config::default()),
            (None, Some(_)) => self.places_by(&self.config_with(&[])?),
        }
    }

    /// The places that a configuration names, and options over it.
    fn places_by(&self, config: &Config) -> Result<Places> {
        let archive = self.archive.as_ref().or(config.archive.as_ref()).ok_or_else(|| {
            Error::invalid("no archive was named").remedy("name it with --archive DIR or set CHAUBAN_ARCHIVE")
        })?;
        let mut places = self.places_of(archive.clone());
        if self.custody.is_none() {
            config.custody.iter().for_each(|custody| places.custody.clone_from(custody));
        }
        if self.key_copy.is_none() {
            config.key_copy.iter().for_each(|key_copy| places.key_copy.clone_from(key_copy));
        }
        if self.transfers.is_none() {
            config.transfers.iter().for_each(|transfers| places.transfers.clone_from(transfers));
        }
        Ok(places)
    }

    /// The configuration: of the file if one is named, the environment, and options of a command by the names of their
    /// settings. `Err`: the file can't be read.
    fn read_config(&self, options: &[(&'static str, String)]) -> Result<Result<Config, Vec<Mistake>>> {
        let file = self.config.as_ref().map(|path| -> Result<(String, String)> {
            let failed = |error| Error::file("can't read", path, error);
            if std::fs::metadata(path).map_err(failed)?.len() > settings::FILE_BYTES_MAX {
                return Err(Error::invalid(format!("{} is too long for a configuration", path.display())));
            }
            Ok((path.display().to_string(), std::fs::read_to_string(path).map_err(failed)?))
        });
        let file = file.transpose()?;
        let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Ok(Config::read(file, environment, options))
    }

    /// The same; all mistakes together are the error.
    fn config_with(&self, options: &[(&'static str, String)]) -> Result<Config> {
        self.read_config(options)?.map_err(|mistakes| {
            let lines: Vec<String> =
                mistakes.iter().map(|one| format!("\n  {}: {}; {}", one.place, one.what, one.remedy)).collect();
            Error::invalid(format!("the configuration has mistakes:{}", lines.concat()))
        })
    }

    fn places_of(&self, archive: PathBuf) -> Places {
        let mut places = Places::beside(&archive);
        if let Some(custody) = &self.custody {
            places.custody.clone_from(custody);
        }
        if let Some(key_copy) = &self.key_copy {
            places.key_copy.clone_from(key_copy);
        }
        if let Some(transfers) = &self.transfers {
            places.transfers.clone_from(transfers);
        }
        places
    }

    fn language(&self) -> Language {
        self.lang.unwrap_or_else(Language::of_system)
    }

    fn actor(&self) -> String {
        let user = || std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
        self.actor.clone().or_else(|| user().ok()).unwrap_or_else(|| "operator".to_owned())
    }

    fn output(&self) -> Output {
        Output::new(self.json, self.language())
    }
}

/// Help, or what is wrong with the arguments; for programs as an error like every other.
fn misused(error: &clap::Error) -> ExitCode {
    let help = clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let message = error.to_string();
        // What is wrong, and about which arguments; usage and hints come after an empty line.
        let lines: Vec<&str> = message.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let message = lines.join(" ").trim_start_matches("error: ").to_owned();
        Output::new(true, Language::of_arguments()).error(&Error::invalid(message).remedy("see --help"));
    } else if error.use_stderr() && error.kind() != help && Language::of_arguments() == Language::Vi {
        output::tell(vietnamese::of(error.to_string().trim_end()));
    } else {
        // Nobody reads what can't be written.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    // What is wrong in the configuration is told by the command that needs it.
    let config = cli.common.read_config(&[]).ok().and_then(Result::ok).unwrap_or_default();
    let filter = tracing_subscriber::EnvFilter::new(config.log_filter.as_deref().unwrap_or("warn"));
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).log_internal_errors(false);
    match config.log {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().init(),
    }
    let output = cli.common.output();
    let result = match cli.command {
        Command::Init(command) => command.run(&cli.common, &output),
        Command::Ingest(command) => command.run(&cli.common, &output),
        Command::Search(command) => command.run(&cli.common, &output),
        Command::Show(command) => command.run(&cli.common, &output),
        Command::Retention(command) => command.run(&cli.common, &output),
        Command::Hold(command) => command.run(&cli.common, &output),
        Command::Agency(command) => command.run(&cli.common, &output),
        Command::Disposal(command) => command.run(&cli.common, &output),
        Command::Request(command) => command.run(&cli.common, &output),
        Command::Get(command) => command.run(&cli.common, &output),
        Command::History(command) => command.run(&cli.common, &output),
        Command::Receipt(command) => command.run(&cli.common, &output),
        Command::Describe(command) => command.run(&cli.common, &output),
        Command::Bundle(command) => command.run(&cli.common, &output),
        Command::VerifyReceipt(command) => command.run(&output),
        Command::CheckSignature(command) => command.run(&cli.common, &output),
        Command::Revalidate(command) => command.run(&cli.common, &output),
        Command::Stamp(command) => command.run(&cli.common, &output),
        Command::TimeAuthority(command) => command.run(&cli.common, &output),
        Command::EvidenceSource(command) => command.run(&cli.common, &output),
        Command::Evidence(command) => command.run(&cli.common, &output),
        Command::VerifyEvidence(command) => command.run(&output),
        Command::Verify(command) => command.run(&cli.common, &output),
        Command::Rebuild => verify::rebuild(&cli.common, &output),
        Command::Keys(command) => command.run(&cli.common, &output),
        Command::Backup(command) => command.run(&cli.common, &output),
        Command::Trust(command) => command.run(&cli.common, &output),
        Command::Account(command) => command.run(&cli.common, &output),
        Command::Webhook(command) => command.run(&cli.common, &output),
        Command::Config(command) => command.run(&cli.common, &output),
        Command::Serve(command) => command.run(&cli.common),
    };
    let status = result.unwrap_or_else(|error| {
        output.error(&error);
        error.kind().codes().1
    });
    ExitCode::from(output::conclude(status))
}
