//! `chauban init`

use super::output::Output;
use super::{Common, Result};
use crate::archive::account::credential::Credentials;
use crate::archive::account::{self, Account, FirstPassword, Wanted};
use crate::archive::disposal::Whose;
use crate::archive::init::init;
use crate::archive::retention::setting;
use crate::archive::{InitOptions, Writing};
use crate::error::Error;
use crate::time::SystemClock;
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Make an archive.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban init /srv/kho --origin luutru.example.gov.vn/kho-1 --archive-code H26.LT \\
      --administrator lan --holder 'Nguyễn Thị Lan' --recovery-sheet /media/usb/sheet

Writes three folders: DIR, DIR.custody (root key, outer high-water mark, copy of the epoch keys) and DIR.key-copy (copy
of the scope keys). Move the two last to other disks and name them with --custody and --key-copy.

With --administrator the first account of the service is made, too, and its first password written once: it is random,
must be changed at the first sign-in, and opens nothing after seven days. Without, `chauban account add` makes it.")]
pub struct Init {
    /// Folder to make.
    dir: PathBuf,
    /// Name of the ledger and of its public keys, for ever.
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// Code of the archive: first part of every archive file code.
    #[arg(long, value_name = "CODE")]
    archive_code: String,
    /// A historical archive: it takes permanent records only.
    #[arg(long)]
    historical: bool,
    /// Make the first administrator of the service, who signs in with this name.
    #[arg(long, value_name = "NAME", requires = "holder")]
    administrator: Option<String>,
    /// Name of the person who holds that account.
    #[arg(long, value_name = "TEXT", requires = "administrator")]
    holder: Option<String>,
    /// Write the recovery sheet to a file instead of printing it.
    #[arg(long, value_name = "FILE")]
    recovery_sheet: Option<PathBuf>,
}

impl Init {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places_of(self.dir);
        let administrator = self.administrator.zip(self.holder);
        let administrator = administrator.map(|(name, holder)| Wanted::first_administrator(name, holder));
        administrator.as_ref().map_or(Ok(()), Wanted::check)?;
        let options = InitOptions { origin: self.origin, archive_code: self.archive_code, actor: common.actor() };
        // The sheet's file first: an archive whose sheet could not be written would look made.
        let sheet =
            self.recovery_sheet.as_deref().map(|path| Ok::<_, Error>((path, create_sheet(path)?))).transpose()?;
        let created = init(&places, &options, Arc::new(SystemClock::new()));
        if let (Err(_), Some((path, _))) = (&created, &sheet) {
            let _ = std::fs::remove_file(path); // empty, and ours
        }
        let created = created?;
        let clock = Arc::new(SystemClock::new());
        let mut first = None;
        if self.historical || administrator.is_some() {
            let archive = Writing::open(&places, clock.clone())?;
            if self.historical {
                setting::set_kind(&archive, Whose::Historical, "chauban init --historical", &common.actor())?;
            }
            if let Some(wanted) = &administrator {
                let credentials = Credentials::new(&places, clock);
                first = Some(account::first_administrator(&archive, &credentials, wanted, &common.actor())?);
            }
            archive.close()?;
        }
        if let Some((path, mut file)) = sheet {
            let written = file.write_all(created.recovery_sheet.as_bytes()).and_then(|()| file.sync_all());
            written.map_err(|error| {
                Error::file("the archive is made, but its recovery sheet can't be written to", path, error)
                    .remedy("print the root key file in the custody folder: it is the same text")
            })?;
        }
        let mut document = json!({
            "archive": created.format.archive.to_string(),
            "origin": created.format.origin,
            "ed25519": created.format.ed25519.to_string(),
            "ml_dsa_44": created.format.ml_dsa_44.to_string(),
            "folder": places.archive,
            "custody": places.custody,
            "key_copy": places.key_copy,
        });
        if let Some((account, password)) = &first {
            document["administrator"] = json!({
                "name": account.name, "password": password.text, "password_ends": password.ends.to_string(),
            });
        }
        output.document(&document, || {
            let sheet = match &self.recovery_sheet {
                Some(path) => format!("Recovery sheet written to {}: lock it away.\n", path.display()),
                None => format!("RECOVERY SHEET - print it and lock it away:\n\n{}", created.recovery_sheet),
            };
            format!(
                "Archive {} made in {}\n\nPublic key to publish, for example in the official gazette:\n  {}\n\n\
                 Custody folder (root key, outer high-water mark, epoch keys): {}\n\
                 Key copy (scope keys): {}\n\
                 Keep these on other disks. Whoever has the root key and keys/ can read everything;\n\
                 an archive without its root key is lost.\n\n{}\n{sheet}",
                created.format.archive,
                places.archive.display(),
                created.format.ed25519,
                places.custody.display(),
                places.key_copy.display(),
                who_signs_in(first.as_ref()),
            )
        });
        Ok(0)
    }
}

/// How somebody gets into the service.
fn who_signs_in(first: Option<&(Account, FirstPassword)>) -> String {
    match first {
        Some((account, password)) => format!(
            "First administrator {}, with this password, written here once:\n  {}\n\
             It must be changed at the first sign-in, and opens nothing from {} on.\n",
            account.name, password.text, password.ends,
        ),
        None => "The service has no account yet. The first is an administrator's, and counts at once:\n  \
                 chauban account add NAME --role administrator --holder 'PERSON' --reason 'first administrator'\n"
            .to_owned(),
    }
}

/// An empty file that only its owner can read.
fn create_sheet(path: &Path) -> Result<File> {
    let opened = File::options().write(true).create_new(true).mode(0o600).open(path);
    opened.map_err(|error| Error::file("can't make the recovery sheet", path, error))
}
