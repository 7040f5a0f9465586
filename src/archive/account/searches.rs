//! Saved searches: what somebody of an account looks for again and again, under a name of theirs.
//!
//! One file of `state/searches/` for each account, replaced whole. It holds words that were typed and no result: what a
//! search finds is asked anew each time, with the rights of whoever runs it. Not a truth: losing the folder loses
//! conveniences. What a search may consist of is not known here; it is pairs of a name and a text, bounded.

use crate::archive::places::Places;
use crate::cipher;
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/searches";
/// Searches that one account may keep: more are no list that a person reads.
pub const PER_ACCOUNT_MAX: usize = 50;
/// Longest name, characters.
pub const NAME_MAX: usize = 100;
/// Conditions of a search.
const CONDITIONS_MAX: usize = 24;
/// Bytes of a condition; longer texts are not read by the index either.
const CONDITION_BYTES_MAX: usize = 1024;
/// All of the above with room for what JSON adds: 50 × (24 × 1 KiB + 1 KiB), twice.
const FILE_BYTES_MAX: u64 = 50 * 25 * 1024 * 2;

/// A search that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Names it.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What is asked.
    pub conditions: BTreeMap<String, String>,
    /// When it was saved.
    pub saved: Micros,
}

/// The same as it lies in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    id: Uuid,
    name: String,
    conditions: BTreeMap<String, String>,
    /// Microseconds.
    saved: u64,
}

/// The saved searches of one archive.
pub struct Searches {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    /// One change at a time: a file is read, changed and replaced.
    turn: Mutex<()>,
}

impl Searches {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { disk: places.disks().archive, clock, turn: Mutex::new(()) }
    }

    /// Those of an account, by name.
    pub fn of_account(&self, account: Uuid) -> Result<Vec<SavedSearch>> {
        let bytes = disk::read(self.disk.as_ref(), &path(account), FILE_BYTES_MAX)?;
        let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        let kept: Option<Vec<Kept>> = bytes.map(read).transpose().map_err(|error| {
            Error::corrupt("a file of saved searches is damaged").remedy("remove it from state/searches").because(error)
        })?;
        let shown = |Kept { id, name, conditions, saved }| SavedSearch { id, name, conditions, saved: Micros(saved) };
        Ok(kept.unwrap_or_default().into_iter().map(shown).collect())
    }

    /// Keeps a search.
    pub fn save(&self, account: Uuid, name: &str, conditions: BTreeMap<String, String>) -> Result<SavedSearch> {
        let name = checked(name)?;
        let fits = |text: &str| text.len() <= CONDITION_BYTES_MAX;
        if conditions.is_empty() {
            return Err(Error::invalid("a search without a condition finds everything: there is nothing to save"));
        }
        if conditions.len() > CONDITIONS_MAX || !conditions.iter().all(|(name, text)| fits(name) && fits(text)) {
            return Err(Error::invalid("the search is too long to be saved"));
        }
        let id = Uuid::from_bytes(cipher::random());
        let one = SavedSearch { id, name, conditions, saved: self.clock.wall() };
        self.change(account, |all| {
            if all.len() >= PER_ACCOUNT_MAX {
                return Err(
                    Error::conflict("the account has as many saved searches as it may").remedy("delete one first")
                );
            }
            all.push(one.clone());
            Ok(())
        })?;
        Ok(one)
    }

    /// Gives one another name.
    pub fn rename(&self, account: Uuid, id: Uuid, name: &str) -> Result<SavedSearch> {
        let name = checked(name)?;
        self.change(account, |all| {
            let one = all.iter_mut().find(|one| one.id == id).ok_or_else(none)?;
            one.name = name;
            Ok(one.clone())
        })
    }

    /// Forgets one.
    pub fn delete(&self, account: Uuid, id: Uuid) -> Result<()> {
        self.change(account, |all| {
            let before = all.len();
            all.retain(|one| one.id != id);
            if all.len() == before { Err(none()) } else { Ok(()) }
        })
    }

    fn change<T>(&self, account: Uuid, change: impl FnOnce(&mut Vec<SavedSearch>) -> Result<T>) -> Result<T> {
        let _turn = self.turn.lock().map_err(|_| Error::unavailable("a change of saved searches died"))?;
        let mut all = self.of_account(account)?;
        let changed = change(&mut all)?;
        all.sort_by_cached_key(|one| one.name.to_lowercase());
        let kept = |SavedSearch { id, name, conditions, saved }| Kept { id, name, conditions, saved: saved.0 };
        let all: Vec<Kept> = all.into_iter().map(kept).collect();
        let bytes = serde_json::to_vec(&all).map_err(|error| Error::invalid("a saved search").because(error))?;
        self.disk.create_dir(FOLDER)?;
        disk::replace(self.disk.as_ref(), &path(account), &bytes)?;
        Ok(changed)
    }
}

fn none() -> Error {
    Error::not_found("the account has no saved search of this identifier")
}

fn checked(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid("a saved search has a name of a line, 100 characters at most"));
    }
    Ok(name.to_owned())
}

fn path(account: Uuid) -> String {
    disk::join(FOLDER, &format!("{account}.json"))
}

#[cfg(test)]
mod tests;
