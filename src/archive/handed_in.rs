//! Files that somebody hands in to have them checked: held in the scratch folder, without a name, for as long as that takes.
//!
//! They are no records: no event tells of them, and nothing of them is left after the answer, or after a crash.

use super::ingest::WHOLE_BYTES_MAX;
use crate::cipher;
use crate::error::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use uuid::Uuid;

/// Bytes that one check takes in all: signatures in longer files are not examined at accession either.
pub const HANDED_IN_BYTES_MAX: u64 = WHOLE_BYTES_MAX;

/// A file that was handed in.
pub struct HandedIn {
    /// As whoever handed it in calls it.
    pub name: String,
    file: File,
}

impl HandedIn {
    /// An empty one.
    pub fn begin(name: String) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("chauban-handed-in-{}", Uuid::from_bytes(cipher::random())));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path)?;
        // Whatever ends us from here on, the system takes it away.
        fs::remove_file(&path)?;
        Ok(Self { name, file })
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes)?)
    }

    /// The open file, at its first byte.
    pub fn reader(&self) -> Result<&File> {
        (&self.file).seek(SeekFrom::Start(0))?;
        Ok(&self.file)
    }

    /// Its bytes, if they are so few.
    pub fn bytes(&self, bytes_max: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader()?.take(bytes_max + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > bytes_max {
            let what = format!("{} is too long", self.name);
            return Err(Error::invalid(what));
        }
        Ok(bytes)
    }

    /// What errors call it.
    pub(super) fn path(&self) -> &Path {
        Path::new(&self.name)
    }
}
