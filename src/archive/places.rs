//! Where an archive's parts lie.
//!
//! Three folders that should lie on three disks: the archive, the *custody* folder (root key, outer high-water mark,
//! copy of the epoch keys) and the *key copy* (copy of the scope keys). By default the two last lie beside the first,
//! by whatever path that is named; `CHAUBAN_CUSTODY` and `CHAUBAN_KEY_COPY` name other places.

use crate::disk::{Disk, Folder};
use crate::error::{Error, Result};
use crate::keys::{KeyCopy, Part, RootKey};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Inner high-water mark, in the archive.
pub const HIGH_WATER: &str = "state/high-water";
/// Outer high-water mark, in the custody folder.
pub const OUTER_HIGH_WATER: &str = "high-water";
/// The root key, in the custody folder.
pub const ROOT_KEY: &str = "root.key";

/// The folders of one archive.
#[derive(Debug, Clone)]
pub struct Places {
    /// The archive itself.
    pub archive: PathBuf,
    /// Root key, outer high-water mark, copy of the epoch keys.
    pub custody: PathBuf,
    /// Copy of the scope keys.
    pub key_copy: PathBuf,
    /// What agencies hand over, until it is accessioned or returned: nobody's truth yet.
    pub transfers: PathBuf,
}

impl Places {
    /// The default places beside `archive`.
    pub fn beside(archive: &Path) -> Self {
        let itself = itself(archive);
        let sibling = |suffix: &str| {
            let mut name = itself.file_name().map_or_else(|| OsString::from("archive"), OsString::from);
            name.push(suffix);
            itself.with_file_name(name)
        };
        let (custody, key_copy, transfers) = (sibling(".custody"), sibling(".key-copy"), sibling(".transfers"));
        Self { archive: archive.to_owned(), custody, key_copy, transfers }
    }

    /// The disks for the truth and the keys.
    pub fn disks(&self) -> Disks {
        let folder = |path: &Path| Arc::new(Folder::at(path)) as Arc<dyn Disk>;
        Disks { archive: folder(&self.archive), custody: folder(&self.custody), key_copy: folder(&self.key_copy) }
    }

    /// Where the catalog lies.
    pub fn catalog(&self) -> PathBuf {
        self.archive.join("catalog")
    }

    /// Where the index lies.
    pub fn index(&self) -> PathBuf {
        self.archive.join("index")
    }
}

/// The path that ends in the archive's own name: a link has its target beside other folders than it lies beside itself,
/// and `.` has no name. Any other path is kept as it was written.
fn itself(archive: &Path) -> PathBuf {
    let is_link = std::fs::symlink_metadata(archive).is_ok_and(|found| found.is_symlink());
    let resolved = match is_link || archive.file_name().is_none() {
        true => archive.canonicalize().ok(),
        false => None,
    };
    resolved.unwrap_or_else(|| archive.to_owned())
}

/// The disks of one archive.
#[derive(Clone)]
pub struct Disks {
    /// See [`Places::archive`].
    pub archive: Arc<dyn Disk>,
    /// See [`Places::custody`].
    pub custody: Arc<dyn Disk>,
    /// See [`Places::key_copy`].
    pub key_copy: Arc<dyn Disk>,
}

impl Disks {
    /// The configured copies of the keys. Epoch keys and scope keys never lie in one copy.
    pub fn key_copies(&self) -> Vec<KeyCopy> {
        vec![
            KeyCopy { disk: self.custody.clone(), part: Part::Epochs },
            KeyCopy { disk: self.key_copy.clone(), part: Part::Scopes },
        ]
    }

    /// Reads the root key.
    pub fn root_key(&self, archive: Uuid) -> Result<RootKey> {
        let bytes = crate::disk::read(self.custody.as_ref(), ROOT_KEY, 4096)?;
        let bytes = bytes.ok_or_else(|| {
            Error::not_found("the root key file root.key is not in the custody folder")
                .remedy("put it there from the recovery sheet, or name the folder that has it in CHAUBAN_CUSTODY")
        })?;
        let text = String::from_utf8(bytes).map_err(|_| Error::invalid("the root key file is not text"))?;
        RootKey::parse(&text, archive).map_err(|error| Error::invalid("the root key can't be read").because(error))
    }
}
