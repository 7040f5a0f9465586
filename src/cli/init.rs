//! `chauban init`

use super::output::Output;
use super::{Common, Result};
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
  chauban init /srv/kho --origin luutru.example.gov.vn/kho-1 --archive-code H26.LT

Writes three folders: DIR, DIR.custody (root key, outer high-water mark, copy of the epoch keys) and DIR.key-copy (copy
of the scope keys). Move the two last to other disks and name them with --custody and --key-copy.")]
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
    /// Write the recovery sheet to a file instead of printing it.
    #[arg(long, value_name = "FILE")]
    recovery_sheet: Option<PathBuf>,
}

impl Init {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places_of(self.dir);
        let options = InitOptions { origin: self.origin, archive_code: self.archive_code, actor: common.actor() };
        // The sheet's file first: an archive whose sheet could not be written would look made.
        let sheet =
            self.recovery_sheet.as_deref().map(|path| Ok::<_, Error>((path, create_sheet(path)?))).transpose()?;
        let created = init(&places, &options, Arc::new(SystemClock::new()));
        if let (Err(_), Some((path, _))) = (&created, &sheet) {
            let _ = std::fs::remove_file(path); // empty, and ours
        }
        let created = created?;
        if self.historical {
            let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
            setting::set_kind(&archive, Whose::Historical, "chauban init --historical", &common.actor())?;
            archive.close()?;
        }
        if let Some((path, mut file)) = sheet {
            let written = file.write_all(created.recovery_sheet.as_bytes()).and_then(|()| file.sync_all());
            written.map_err(|error| {
                Error::file("the archive is made, but its recovery sheet can't be written to", path, error)
                    .remedy("print the root key file in the custody folder: it is the same text")
            })?;
        }
        let document = json!({
            "archive": created.format.archive.to_string(),
            "origin": created.format.origin,
            "ed25519": created.format.ed25519.to_string(),
            "ml_dsa_44": created.format.ml_dsa_44.to_string(),
            "folder": places.archive,
            "custody": places.custody,
            "key_copy": places.key_copy,
        });
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
                 an archive without its root key is lost.\n\n{sheet}",
                created.format.archive,
                places.archive.display(),
                created.format.ed25519,
                places.custody.display(),
                places.key_copy.display(),
            )
        });
        Ok(0)
    }
}

/// An empty file that only its owner can read.
fn create_sheet(path: &Path) -> Result<File> {
    let opened = File::options().write(true).create_new(true).mode(0o600).open(path);
    opened.map_err(|error| Error::file("can't make the recovery sheet", path, error))
}
