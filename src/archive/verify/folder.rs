//! The archive's folder: nothing lies in it that is not of the archive. What stands in `segments/`, in
//! `evidence/` and below `ledger/tile/` is told by their own checks; what is in `catalog/`, `index/` and `quarantine/`, and the
//! passwords, saved searches, sessions, tokens, readers' passes and webhooks in `state/`, is nobody's truth. What is half written, and what
//! else lies in the custody folder and the key copy, is named in a note.

use super::segments::Walked;
use super::{Inquiry, Report};
use crate::archive::account::{credential, searches, session, token};
use crate::archive::places::{HIGH_WATER, OUTER_HIGH_WATER, ROOT_KEY};
use crate::archive::reads;
use crate::archive::request::PASSES;
use crate::archive::webhook;
use crate::disk::{TEMPORARY, join};
use crate::error::{Error, Result};
use crate::keys::{Keys, Part};
use crate::ledger::{self, CHECKPOINT, ED25519_VKEY, ML_DSA_44_VKEY};

/// Files that an archive has, but for the keys.
const FILES: [&str; 8] =
    ["FORMAT", CHECKPOINT, ED25519_VKEY, ML_DSA_44_VKEY, HIGH_WATER, "state/lock", reads::NOTED, reads::RECORDING];
/// Folders that hold nothing but files of [`FILES`] and of the keys.
const LISTED: [&str; 5] = ["", "ledger", "ledger/keys", "state", Keys::FOLDER];
/// Folders whose content is judged elsewhere, or nowhere.
const LEFT: [&str; 12] = [
    "segments",
    "ledger/tile",
    "evidence",
    "catalog",
    "index",
    "quarantine",
    credential::FOLDER,
    PASSES,
    searches::FOLDER,
    session::FOLDER,
    token::FOLDER,
    webhook::FOLDER,
];

/// Files of one sort that are named in notes.
const NAMED_MAX: usize = 100;

/// Looks for files that do not belong to the archive, and for what was left half written.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    for folder in LISTED {
        for listed in inquiry.archive.disks.archive.list(folder)? {
            let path = join(folder, &listed.name);
            // A folder of a disk's own (`lost+found`) is no doubt; what a crash left half written is a note.
            let known = match listed.is_dir {
                true => LISTED.contains(&path.as_str()) || LEFT.contains(&path.as_str()) || path == "lost+found",
                false => FILES.contains(&path.as_str()) || path.ends_with(TEMPORARY),
            };
            if !known && !is_of_keys(inquiry, folder, &listed.name, walked, report) {
                inquiry.doubt(path, "it does not belong to the archive", Vec::new());
            }
        }
    }
    // Beside a writer they come and go.
    if !inquiry.was_written() {
        half_written(inquiry, report)?;
        copies(inquiry, report);
    }
    Ok(())
}

/// Names the files that bear the name of one half written: a crash leaves such, and anybody can.
fn half_written(inquiry: &Inquiry, report: &mut Report) -> Result<()> {
    let disk = inquiry.archive.disks.archive.as_ref();
    let mut found = Vec::new();
    for folder in LISTED.into_iter().chain(["segments", "evidence"]) {
        let listed = disk.list(folder)?.into_iter().filter(|listed| !listed.is_dir);
        found.extend(listed.map(|listed| join(folder, &listed.name)));
    }
    let tiles = ledger::list_files(disk).map_err(|error| Error::corrupt("ledger").because(error))?;
    found.extend(tiles.into_iter().map(|(path, _)| join(ledger::FOLDER, &path)));
    found.retain(|path| path.ends_with(TEMPORARY));
    found.sort_unstable();
    found.dedup();
    let note = |path: &String| format!("{path}: half written, by a crash or somebody else; nothing reads it");
    report.notes.extend(found.iter().take(NAMED_MAX).map(note));
    if found.len() > NAMED_MAX {
        report.notes.push(format!("{} further files are half written", found.len() - NAMED_MAX));
    }
    Ok(())
}

/// Names what lies in the custody folder and the key copy beside what the archive puts there. Both are somebody's own
/// folders, so that it is no doubt.
fn copies(inquiry: &Inquiry, report: &mut Report) {
    let disks = &inquiry.archive.disks;
    let of_part = |part: Part, name: &str| {
        let number = name.split_once('.').and_then(|(number, _)| number.parse::<u64>().ok());
        number.is_some_and(|number| part.file_name(number) == name)
    };
    for (disk, folder, part, own) in [
        (&disks.custody, "custody folder", Part::Epochs, &[ROOT_KEY, OUTER_HIGH_WATER][..]),
        (&disks.key_copy, "key copy", Part::Scopes, &[]),
    ] {
        // A reader that may not look there can't say.
        let Ok(mut listed) = disk.list("") else { continue };
        listed.retain(|listed| listed.name != "lost+found");
        listed.retain(|listed| listed.is_dir || !(own.contains(&listed.name.as_str()) || of_part(part, &listed.name)));
        let note = |name: &str| format!("{name} ({folder}) is not of the archive");
        report.notes.extend(listed.iter().take(NAMED_MAX).map(|listed| note(&listed.name)));
        if listed.len() > NAMED_MAX {
            report.notes.push(format!("{} further files ({folder}) are not of the archive", listed.len() - NAMED_MAX));
        }
    }
}

/// Whether a file is of the keys: of the generation that the ledger recorded last, or of the one after it that a crash
/// left unrecorded, or that another process has made since. One of an older generation is left by a crash as well, but
/// ought to go.
fn is_of_keys(inquiry: &Inquiry, folder: &str, name: &str, walked: &Walked, report: &mut Report) -> bool {
    let number = name.split_once('.').and_then(|(number, _)| number.parse::<u64>().ok());
    let named = |number: &u64| [Part::Epochs, Part::Scopes].iter().any(|part| part.file_name(*number) == name);
    let Some(number) = number.filter(|number| folder == Keys::FOLDER && named(number)) else { return false };
    let Some((recorded, _)) = walked.keys else { return true };
    if number > recorded + 1 {
        return inquiry.was_written();
    }
    if number < recorded && !inquiry.was_written() {
        report
            .notes
            .push(format!("{} is of an older generation: the next process that writes removes it", join(folder, name)));
    }
    true
}
