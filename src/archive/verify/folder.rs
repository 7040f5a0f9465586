//! The archive's folder: nothing lies in it that is not of the archive. What stands in `segments/`, in
//! `evidence/` and below `ledger/tile/` is told by their own checks; what is in `catalog/`, `index/` and `quarantine/`, and the
//! passwords and sessions in `state/`, is nobody's truth.

use super::segments::Walked;
use super::{Inquiry, Report};
use crate::archive::account::{credential, session};
use crate::archive::places::HIGH_WATER;
use crate::disk::{TEMPORARY, join};
use crate::error::Result;
use crate::keys::{Keys, Part};
use crate::ledger::{CHECKPOINT, ED25519_VKEY, ML_DSA_44_VKEY};

/// Files that an archive has, but for the keys.
const FILES: [&str; 6] = ["FORMAT", CHECKPOINT, ED25519_VKEY, ML_DSA_44_VKEY, HIGH_WATER, "state/lock"];
/// Folders that hold nothing but files of [`FILES`] and of the keys.
const LISTED: [&str; 5] = ["", "ledger", "ledger/keys", "state", Keys::FOLDER];
/// Folders whose content is judged elsewhere, or nowhere.
const LEFT: [&str; 8] =
    ["segments", "ledger/tile", "evidence", "catalog", "index", "quarantine", credential::FOLDER, session::FOLDER];

/// Looks for files that do not belong to the archive.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    for folder in LISTED {
        for listed in inquiry.archive.disks.archive.list(folder)? {
            let path = join(folder, &listed.name);
            // What a crash left half written is no doubt; a folder of a disk's own (`lost+found`) neither.
            let known = match listed.is_dir {
                true => LISTED.contains(&path.as_str()) || LEFT.contains(&path.as_str()) || path == "lost+found",
                false => FILES.contains(&path.as_str()) || path.ends_with(TEMPORARY),
            };
            if !known && !is_of_keys(inquiry, folder, &listed.name, walked, report) {
                inquiry.doubt(path, "it does not belong to the archive", Vec::new());
            }
        }
    }
    Ok(())
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
