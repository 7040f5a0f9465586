//! The ledger's files: the checkpoint's root, the public keys, no file too many.

use super::segments::Walked;
use super::{Inquiry, Report, start};
use crate::archive::key_care::other_part;
use crate::disk;
use crate::error::{Error, Result};
use crate::keys::{KeyCopy, Keys, Part};
use crate::ledger::{self, ED25519_VKEY, FOLDER, ML_DSA_44_VKEY, Publication};
use crate::merkle::tile::{self, BundleId, Resource, TileId, WIDTH};
use std::collections::HashSet;

/// Longest file under tile/ that is compared, bytes: more than a bundle of 256 entries may have.
const FILE_BYTES_MAX: u64 = 1 << 25;

/// Compares the ledger's files and the keys with what the walk learned.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    let archive = &inquiry.archive;
    if let Some(checkpoint) = walked.checkpoint.as_ref().filter(|_| walked.whole) {
        if walked.root_at_checkpoint != Some(checkpoint.root) {
            let what = format!("the first {} entries do not have the root it signs", checkpoint.size);
            inquiry.doubt(ledger::CHECKPOINT, what, Vec::new());
        }
        if checkpoint.size < walked.size {
            report.notes.push(format!("{} entries are not published yet", walked.size - checkpoint.size));
        }
        extra_files(inquiry, checkpoint.size, walked.unpublished.as_ref())?;
    }
    let vkeys = [(ED25519_VKEY, &archive.format.ed25519), (ML_DSA_44_VKEY, &archive.format.ml_dsa_44)];
    for (path, key) in vkeys {
        let bytes = disk::read(archive.disks.archive.as_ref(), path, 1 << 16)?;
        if bytes.as_deref() != Some(format!("{key}\n").as_bytes()) {
            inquiry.doubt(path, "it is not the key that FORMAT names", Vec::new());
        }
    }
    keys(inquiry, report, walked)
}

/// Every file under tile/ belongs to the published tree, or is the beginning of one that does, or that the committed
/// entries give: if we crash between the tiles and their checkpoint.
fn extra_files(inquiry: &Inquiry, size: u64, unpublished: Option<&Publication>) -> Result<()> {
    let disk = inquiry.archive.disks.archive.as_ref();
    let files = ledger::list_files(disk).map_err(|error| Error::corrupt("ledger").because(error))?;
    let expected: HashSet<Resource> = tile::of_size(size).collect();
    // What a crash left half written was never part of the tree.
    for (path, resource) in files.into_iter().filter(|(path, _)| !path.ends_with(disk::TEMPORARY)) {
        let fits = match resource {
            Some(resource) if expected.contains(&resource) => true,
            Some(resource) => is_beginning(inquiry, resource, &expected)? || is_ahead(inquiry, resource, unpublished)?,
            None => false,
        };
        // What another process has published since, or is about to, is of a tree that is not looked at.
        let later = resource.is_some_and(|resource| is_beyond(resource, size));
        if !(fits || later && inquiry.was_written()) {
            inquiry.doubt(disk::join(FOLDER, &path), "it does not belong to the published tree", Vec::new());
        }
    }
    Ok(())
}

/// Whether a file holds more than a tree of `size` entries has.
fn is_beyond(resource: Resource, size: u64) -> bool {
    let (level, index, width) = match resource {
        Resource::Tile(id) => (u32::from(id.level), id.index, id.width),
        Resource::Bundle(id) => (0, id.index, id.width),
    };
    let rows = size.checked_shr(level * tile::HEIGHT).unwrap_or(0);
    index.saturating_mul(u64::from(WIDTH)).saturating_add(u64::from(width)) > rows
}

/// Whether a partial file of an earlier checkpoint is the beginning of the file that took its place.
fn is_beginning(inquiry: &Inquiry, resource: Resource, expected: &HashSet<Resource>) -> Result<bool> {
    let disk = inquiry.archive.disks.archive.as_ref();
    let Some(successor) = of_widths(resource).skip(1).find(|candidate| expected.contains(candidate)) else {
        return Ok(false);
    };
    let read = |resource: &Resource| disk::read(disk, &disk::join(FOLDER, &resource.path()), FILE_BYTES_MAX);
    Ok(match (read(&resource)?, read(&successor)?) {
        (Some(part), Some(whole)) => whole.starts_with(&part) && has_width(resource, &part),
        _ => false,
    })
}

/// Whether a file is, or begins, one that the next publication would write.
fn is_ahead(inquiry: &Inquiry, resource: Resource, unpublished: Option<&Publication>) -> Result<bool> {
    let file = |resource: Resource| disk::join(FOLDER, &resource.path());
    let next = unpublished.and_then(|next| of_widths(resource).find_map(|wider| next.file(&file(wider))));
    let Some(next) = next else { return Ok(false) };
    let part = disk::read(inquiry.archive.disks.archive.as_ref(), &file(resource), FILE_BYTES_MAX)?;
    Ok(part.is_some_and(|part| next.starts_with(&part) && has_width(resource, &part)))
}

/// A file, and those of its place that hold more.
fn of_widths(resource: Resource) -> impl Iterator<Item = Resource> {
    let width = match resource {
        Resource::Tile(id) => id.width,
        Resource::Bundle(id) => id.width,
    };
    (width..=WIDTH).map(move |width| match resource {
        Resource::Tile(id) => Resource::Tile(TileId { width, ..id }),
        Resource::Bundle(id) => Resource::Bundle(BundleId { width, ..id }),
    })
}

fn has_width(resource: Resource, bytes: &[u8]) -> bool {
    match resource {
        Resource::Tile(id) => bytes.len() == usize::from(id.width) * tile::ROW_BYTES,
        Resource::Bundle(id) => crate::merkle::bundle::decode(bytes, id.width).is_ok(),
    }
}

/// keys/ is of the generation that the ledger recorded, and every configured copy is; beside a writer both may be later.
fn keys(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    let keys = match inquiry.archive.keys() {
        Ok(keys) => keys,
        Err(error) => {
            inquiry.doubt("keys", error.to_string(), Vec::new());
            return Ok(());
        }
    };
    let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    let here = keys.generation();
    match walked.keys {
        Some(recorded) if recorded == (here.number, here.blake3) => {}
        Some((number, _)) if here.number > number && inquiry.was_written() => {}
        // If we crashed between the new generation and its event.
        Some((number, _)) if here.number == number + 1 => {
            report.notes.push(format!("keys: generation {} is not recorded yet; the next opening does", here.number));
        }
        Some((number, _)) if walked.whole => {
            let what = format!("generation {} is not what the ledger recorded ({number})", here.number);
            inquiry.doubt("keys", what, Vec::new());
        }
        _ => {}
    }
    for copy in keys.copies() {
        let place = match copy.part {
            Part::Epochs => "custody folder",
            Part::Scopes => "key copy folder",
        };
        let current = start::patiently(inquiry.was_written(), || copy_is_current(inquiry, &keys, copy));
        let file = copy.part.file_name(here.number);
        if current.is_err() {
            let what = "its copy of the keys is missing or not of the generation in use";
            inquiry.doubt(format!("{place}, {file}"), what, Vec::new());
        }
        if let Some(what) = other_part(copy)? {
            inquiry.doubt(place, what, Vec::new());
        }
    }
    Ok(())
}

/// Whether a copy of the keys is of the generation in use, or, beside a writer, of one after it.
fn copy_is_current(inquiry: &Inquiry, keys: &Keys, copy: &KeyCopy) -> Result<(), ()> {
    if keys.copy_is_current(copy).unwrap_or(false) {
        return Ok(());
    }
    let later = Keys::open(
        inquiry.archive.disks.archive.clone(),
        inquiry.archive.disks.key_copies(),
        inquiry.archive.disks.root_key(inquiry.archive.format.archive).map_err(|_| ())?,
        inquiry.archive.format.archive,
    );
    let later = later.ok().filter(|later| later.generation().number > keys.generation().number);
    let current = later.is_some_and(|later| later.copy_is_current(copy).unwrap_or(false));
    if current && inquiry.was_written() { Ok(()) } else { Err(()) }
}
