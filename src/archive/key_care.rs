//! Care of the keys: copies made, checked and brought back.

use super::announce::Heading;
use super::body::KeyCopyBody;
use super::places::Places;
use super::project;
use super::reading::{Reading, keys_error};
use super::writing::{Writing, take_lock};
use crate::catalog::Catalog;
use crate::disk::{self, Disk, Folder};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::{self, Bucket, CopyState, KeyCopy, Keys, Part};
use std::path::Path;

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCopyReport {
    /// The file written.
    pub file: String,
    /// Its generation.
    pub generation: u64,
}

/// The state of one place that holds keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCheck {
    /// Where.
    pub place: String,
    /// `epochs` or `scopes`, or both for the archive itself.
    pub part: &'static str,
    /// What is wrong; `None` where it is as it should be.
    pub doubt: Option<String>,
}

/// Copies one part of the keys to a folder, and records where.
pub fn backup(archive: &Writing, part: Part, to: &Path, actor: &str) -> Result<KeyCopyReport> {
    let actor = archive.actor(actor)?;
    let scope = archive.scope(Bucket::Archive, actor)?;
    let keys = archive.keys()?;
    let (name, bytes, generation) = {
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let (name, bytes) = keys.export(part).map_err(keys_error)?;
        (name, bytes, keys.generation().number)
    };
    must_be_outside(to, &archive.places.archive)?;
    let folder = Folder::at(to);
    folder.create_dir("")?;
    let there = folder.list("")?;
    if holds_other_part(&there, part) {
        return Err(Error::denied(format!("{} holds the other part of the keys", to.display())).remedy(
            "keep copies of epoch keys and of scope keys in different places: together they outlive a lawful destruction",
        ));
    }
    disk::replace(&folder, &name, &bytes)?;
    let held = disk::read(&folder, &name, 1 << 30)?;
    if held.as_deref() != Some(&bytes) {
        return Err(Error::unavailable("the copy does not read back as it was written"));
    }
    let place = std::path::absolute(to)?;
    let body = KeyCopyBody {
        place: place.display().to_string(),
        part: if part == Part::Epochs { "epochs".into() } else { "scopes".into() },
        generation,
    };
    let heading = Heading { kind: EventKind::KeysCopied, id: archive.format.archive, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
    if let Err(error) = archive.commit(vec![event]) {
        // A copy that the ledger does not tell of is none.
        if there.iter().all(|file| file.name != name) {
            folder.remove(&name)?;
        }
        return Err(error);
    }
    Ok(KeyCopyReport { file: to.join(name).display().to_string(), generation })
}

/// Refuses a folder for a copy that lies in the archive itself.
pub(super) fn must_be_outside(folder: &Path, archive: &Path) -> Result<()> {
    match is_inside(folder, archive) {
        true => Err(Error::denied(format!("{} lies in the archive itself", folder.display()))
            .remedy("keep the copy on another disk, in another hand")),
        false => Ok(()),
    }
}

/// Whether a folder, which need not exist yet, is `other` or lies in it.
fn is_inside(folder: &Path, other: &Path) -> bool {
    let (Ok(folder), Ok(other)) = (std::path::absolute(folder), other.canonicalize()) else { return false };
    let there = folder.ancestors().find_map(|above| above.canonicalize().ok());
    there.is_some_and(|there| there.starts_with(other))
}

/// Checks the keys in the archive against the ledger, and each configured copy against the archive.
pub fn check(archive: &Reading) -> Result<Vec<KeyCheck>> {
    let places = &archive.places;
    let recorded = archive.catalog.cursor().map_err(project::catalog)?.map(|cursor| cursor.keys);
    let keys = archive.keys()?;
    let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    let here = keys.generation();
    let doubt = match recorded {
        Some((number, blake3)) if (number, blake3) != (here.number, here.blake3) => {
            Some(format!("generation {} is here, the ledger recorded {number}", here.number))
        }
        _ => None,
    };
    let mut checks =
        vec![KeyCheck { place: places.archive.join("keys").display().to_string(), part: "epochs and scopes", doubt }];
    let names = [&places.custody, &places.key_copy];
    for (copy, place) in keys.copies().iter().zip(names) {
        let doubt = match keys.copy_state(copy) {
            Ok(CopyState::Current) => other_part(copy)?,
            Ok(CopyState::Missing(name)) => Some(format!("{name} is missing")),
            Ok(CopyState::Other(name)) => Some(format!("{name} is damaged: it is not the generation in use")),
            Err(error) => Some(error.to_string()),
        };
        checks.push(KeyCheck { place: place.display().to_string(), part: copy.part.word(), doubt });
    }
    Ok(checks)
}

/// The doubt, where a copy of one part lies with the other: together they outlive a lawful destruction.
pub(super) fn other_part(copy: &KeyCopy) -> Result<Option<String>> {
    let there = copy.disk.list("")?;
    Ok(holds_other_part(&there, copy.part).then(|| "it holds the other part of the keys, too".to_owned()))
}

fn holds_other_part(there: &[disk::Listed], part: Part) -> bool {
    there.iter().any(|file| part.other().is_named(&file.name))
}

/// A generation that was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Its number.
    pub generation: u64,
    /// Whether the archive had it before.
    pub was_there: bool,
}

/// Takes a restored generation away again that the ledger refused.
pub fn take_back(places: &Places, restored: Restored) -> Result<()> {
    if restored.was_there {
        return Ok(());
    }
    let disks = places.disks();
    for part in [Part::Epochs, Part::Scopes] {
        disks.archive.remove(&disk::join(Keys::FOLDER, &part.file_name(restored.generation)))?;
    }
    Ok(())
}

/// Brings lost keys back from a file of each part. Refused unless they are the generation that the ledger recorded,
/// or the catalog is gone and cannot tell; then opening the archive tells.
pub fn restore(places: &Places, epochs: &Path, scopes: &Path) -> Result<Restored> {
    let disks = places.disks();
    let format = super::Format::read(disks.archive.as_ref())?;
    let _lock = take_lock(places)?;
    let read = |path: &Path| {
        std::fs::read(path)
            .map_err(|error| Error::not_found(format!("{} can't be read", path.display())).because(error))
    };
    let (epochs, scopes) = (read(epochs)?, read(scopes)?);
    let generation = |bytes: &[u8], what: &str| -> Result<u64> {
        let value: serde_json::Value = serde_json::from_slice(bytes)
            .map_err(|error| Error::invalid(format!("the file of {what} keys can't be read")).because(error))?;
        value["generation"].as_u64().ok_or_else(|| Error::invalid(format!("the file of {what} keys has no generation")))
    };
    let number = generation(&epochs, "epoch")?;
    if generation(&scopes, "scope")? != number {
        return Err(Error::invalid("the two files are of different generations")
            .remedy("use the newest file of each; both carry the generation in their name"));
    }
    let root = disks.root_key(format.archive)?;
    Keys::check(&epochs, &scopes, number, &root, format.archive).map_err(|error| {
        Error::invalid("these files are no keys of this archive")
            .remedy("name a copy of the epoch keys and one of the scope keys; both carry it in their name")
            .because(error)
    })?;
    if places.catalog().join("CURRENT").exists() {
        let catalog = Catalog::open(&places.catalog()).map_err(project::catalog)?;
        if let Some(cursor) = catalog.cursor().map_err(project::catalog)? {
            let (recorded, blake3) = cursor.keys;
            if number < recorded {
                return Err(Error::denied(format!(
                    "generation {number} is older than {recorded}, which the ledger recorded"
                ))
                .remedy("restoring older keys would bring destroyed records back; find the newest copies"));
            }
            if number == recorded && keys::digest(&epochs, &scopes) != blake3 {
                return Err(Error::denied(format!(
                    "these files are not the generation {number} that the ledger recorded"
                )));
            }
        }
    }
    let listed = disks.archive.list(Keys::FOLDER)?;
    let was_there = listed.iter().any(|file| file.name == Part::Scopes.file_name(number));
    keys::restore(disks.archive.as_ref(), number, &epochs, &scopes).map_err(keys_error)?;
    Ok(Restored { generation: number, was_there })
}
