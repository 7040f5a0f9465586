//! Moving keys: what stays of a dying scope is wrapped under a new one, and read back before the old one dies.
//!
//! A scope's events are found by the catalog's rows and the first bytes of their KEY frames; where that has to be a
//! million events, it takes seconds. The new bodies of KEY frames lie in the tables of `keys-moved` events.

use super::table::Table;
use super::{Progress, Stage};
use crate::archive::announce::Heading;
use crate::archive::body::KeysMovedBody;
use crate::archive::project;
use crate::archive::reading::{Archive, keys_error};
use crate::archive::truth::Committed;
use crate::archive::writing::Writing;
use crate::catalog::EventRow;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Bucket, Keys, parse_key_frame};
use crate::position::Location;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Which scopes die, and what stays of each.
pub struct Plan {
    dying: BTreeMap<Uuid, Vec<Staying>>,
    /// Entries that were looked at.
    size: u64,
}

/// An event that stays.
#[derive(Clone, Copy)]
struct Staying {
    index: u64,
    /// Its KEY frame; `None` where its keys were moved before.
    at: Option<Location>,
}

impl Plan {
    /// Finds the scopes of what is to go, every event of `doomed` and these `others`, and everything else in them.
    pub fn make(
        archive: &Writing,
        doomed: &BTreeSet<Uuid>,
        others: &[&EventRow],
        progress: Progress<'_>,
    ) -> Result<Self> {
        let size = archive.size()?;
        let moved = moved_scopes(archive)?;
        let mut dying: BTreeMap<Uuid, Vec<Staying>> = BTreeMap::new();
        for record in doomed {
            for (index, row) in archive.catalog.events(*record).map_err(project::catalog)? {
                if let Some(scope) = scope_of(archive, &row, moved.get(&index))? {
                    dying.entry(scope).or_default();
                }
            }
        }
        for row in others {
            if let Some(scope) = scope_of(archive, row, moved.get(&row.index))? {
                dying.entry(scope).or_default();
            }
        }
        let others: HashSet<u64> = others.iter().map(|row| row.index).collect();
        only_of_records(archive, dying.keys().copied())?;
        let mut seen = 0;
        let mut failed = None;
        let each = archive.catalog.each_event(|id, row| {
            seen += 1;
            if seen % 4096 == 0 {
                progress(Stage::Searching, seen.min(size), size);
            }
            if doomed.contains(&id) || others.contains(&row.index) {
                return true;
            }
            match scope_of(archive, &row, moved.get(&row.index)) {
                Ok(scope) => {
                    let staying = scope.and_then(|scope| dying.get_mut(&scope));
                    let at = row.key.filter(|_| !moved.contains_key(&row.index));
                    staying.into_iter().for_each(|staying| staying.push(Staying { index: row.index, at }));
                }
                Err(error) => failed = Some(error),
            }
            failed.is_none()
        });
        each.map_err(project::catalog)?;
        progress(Stage::Searching, size, size);
        failed.map_or(Ok(Self { dying, size }), Err)
    }

    /// The scopes that die.
    pub fn scopes(&self) -> BTreeSet<Uuid> {
        self.dying.keys().copied().collect()
    }

    /// Wraps the keys of what stays under new scopes, commits them and reads them back.
    pub fn carry_out(&self, archive: &Writing, actor: ActorId, progress: Progress<'_>) -> Result<()> {
        let full: Vec<(&Uuid, &Vec<Staying>)> = self.dying.iter().filter(|(_, staying)| !staying.is_empty()).collect();
        let new = archive.new_scopes(&self.buckets(archive, &full)?, actor)?;
        let own = archive.scope(Bucket::Archive, actor)?;
        let total = full.iter().map(|(_, staying)| staying.len() as u64).sum();
        let mut done = 0;
        for ((from, staying), to) in full.into_iter().zip(new) {
            let mut mover = Mover { archive, actor, own, from: *from, to, table: Table::default(), objects: 0 };
            for one in staying {
                mover.take(*one)?;
                done += 1;
                if mover.table.is_full() {
                    mover.commit()?;
                    progress(Stage::Moving, done, total);
                }
            }
            mover.commit()?;
            progress(Stage::Moving, done, total);
        }
        Ok(())
    }

    /// Whether something was committed under a dying scope since the plan was made, by an event under way then.
    pub fn is_overtaken(&self, archive: &Writing) -> Result<bool> {
        for index in self.size..archive.size()? {
            let Some(id) = archive.catalog.subject_of(index).map_err(project::catalog)? else { continue };
            let Some(row) = archive.catalog.event(id, index).map_err(project::catalog)? else { continue };
            let moved = archive.moved_keys(index)?;
            let moved = moved.as_deref().map(scope_in).transpose()?;
            if scope_of(archive, &row, moved.as_ref())?.is_some_and(|scope| self.dying.contains_key(&scope)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn buckets(&self, archive: &Archive, full: &[(&Uuid, &Vec<Staying>)]) -> Result<Vec<Bucket>> {
        let keys = archive.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let bucket = |scope: Uuid| keys.bucket_of(scope).ok_or_else(|| Error::corrupt("a scope's key is missing"));
        full.iter().map(|(scope, _)| bucket(**scope)).collect()
    }
}

/// Moves the keys of one scope.
struct Mover<'a> {
    archive: &'a Writing,
    actor: ActorId,
    /// The scope of the tables themselves.
    own: Uuid,
    from: Uuid,
    to: Uuid,
    table: Table,
    objects: u64,
}

impl Mover<'_> {
    fn take(&mut self, one: Staying) -> Result<()> {
        let frame = match one.at {
            Some(at) => self.archive.vault.frame(at)?.1,
            None => self.archive.moved_keys(one.index)?.ok_or_else(|| Error::corrupt("moved keys are missing"))?,
        };
        let keys = self.archive.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let secrets = keys.unwrap(&frame).map_err(keys_error)?;
        self.objects += secrets.len() as u64;
        self.table.push(one.index, &keys.wrap(self.to, &secrets).map_err(keys_error)?);
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        if self.table.is_empty() {
            return Ok(());
        }
        let table = std::mem::take(&mut self.table);
        let body = KeysMovedBody { objects: std::mem::take(&mut self.objects), table: table.encode() };
        let heading =
            Heading { kind: EventKind::KeysMoved, id: self.archive.format.archive, actor: self.actor, rule: None };
        let mut event = self.archive.announcer()?.with_body(heading, self.own, Vec::new(), &body)?;
        event.proposal.detail = Some(Detail::Moved { from: self.from, to: self.to });
        let committed = self.archive.commit(vec![event])?;
        self.check(&committed)
    }

    /// Reads back what was committed: every key of it opens to what the old one opens to.
    fn check(&self, committed: &[Committed]) -> Result<()> {
        for event in committed {
            let row = self.archive.catalog.event(event.entry.id, event.index).map_err(project::catalog)?;
            let row = row.ok_or_else(|| Error::corrupt("the catalog does not show a move of keys"))?;
            let body: KeysMovedBody = self.archive.body_of(&row)?;
            let rows = super::table::decode(&body.table).ok_or_else(|| Error::corrupt("a table of keys is damaged"))?;
            // Not while the body is read, which takes the lock, too.
            let keys = self.archive.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            for (index, frame) in rows {
                self.check_one(&keys, index, &frame)?;
            }
        }
        Ok(())
    }

    fn check_one(&self, keys: &Keys, index: u64, frame: &[u8]) -> Result<()> {
        let differs =
            || Error::corrupt(format!("the moved keys of entry {index} are not those before; nothing is gone"));
        let catalog = &self.archive.catalog;
        let id = catalog.subject_of(index).map_err(project::catalog)?.ok_or_else(differs)?;
        let row = catalog.event(id, index).map_err(project::catalog)?.ok_or_else(differs)?;
        if self.archive.moved_keys(index)?.as_deref() != Some(frame) {
            return Err(differs());
        }
        let new = keys.unwrap(frame).map_err(keys_error)?;
        // Where they were moved before, the frame in the segment may be sealed by a key that is gone already.
        let old = match row.key {
            Some(at) => keys.unwrap(&self.archive.vault.frame(at)?.1).ok(),
            None => None,
        };
        let same = |old: &Vec<(Uuid, crate::keys::ObjectSecrets)>| {
            old.len() == new.len()
                && old.iter().zip(&new).all(|(a, b)| {
                    (a.0, a.1.data_key.bytes(), a.1.salt.bytes()) == (b.0, b.1.data_key.bytes(), b.1.salt.bytes())
                })
        };
        let fits = match &old {
            Some(old) => same(old),
            None => row.objects.iter().map(|object| object.id).eq(new.iter().map(|(object, _)| *object)),
        };
        if fits { Ok(()) } else { Err(differs()) }
    }
}

/// What belongs to records lies under the keys of their retention: the archive's own scopes and that of the tombstones
/// never die, so nothing that the archive needs to read itself is ever moved.
fn only_of_records(archive: &Archive, scopes: impl Iterator<Item = Uuid>) -> Result<()> {
    let keys = archive.keys()?;
    let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    for scope in scopes {
        if let Some(Bucket::Archive | Bucket::Tombstones) = keys.bucket_of(scope) {
            return Err(Error::corrupt("an event of a record is under the archive's own keys; nothing was destroyed"));
        }
    }
    Ok(())
}

/// The scopes of keys that were moved before, by ledger index.
fn moved_scopes(archive: &Archive) -> Result<HashMap<u64, Uuid>> {
    let mut found = HashMap::new();
    let mut damaged = false;
    let each = archive.catalog.each_moved(|index, frame| match scope_in(frame) {
        Ok(scope) => _ = found.insert(index, scope),
        Err(_) => damaged = true,
    });
    each.map_err(project::catalog)?;
    if damaged { Err(Error::corrupt("the catalog's row of moved keys is damaged")) } else { Ok(found) }
}

/// The scope of an event's keys; `None` where it has none.
fn scope_of(archive: &Archive, row: &EventRow, moved: Option<&Uuid>) -> Result<Option<Uuid>> {
    let (Some(at), None) = (row.key, moved) else { return Ok(moved.copied()) };
    let mut scope = [0; 16];
    archive.vault.body_range(at, 0, &mut scope)?;
    Ok(Some(Uuid::from_bytes(scope)))
}

fn scope_in(frame: &[u8]) -> Result<Uuid> {
    Ok(parse_key_frame(frame).map_err(keys_error)?.scope)
}
