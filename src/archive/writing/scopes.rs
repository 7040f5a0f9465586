//! The key scopes that a writer puts objects under: room in them, new ones, and the generations of `keys/` they come in.
//!
//! Every generation is recorded in the ledger before anything is put under a scope of it, and none is made while one
//! stands unrecorded: `keys/` is never more than one step ahead of the ledger.

use super::Writing;
use crate::archive::announce::{Announced, Heading, plain};
use crate::archive::project;
use crate::archive::reading::keys_error;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Bucket, Generation, Keys, SCOPE_OBJECTS_MAX};
use crate::record::{Period, Retention};
use std::collections::{BTreeSet, HashMap};
use std::sync::MutexGuard;
use uuid::Uuid;

impl Writing {
    /// A scope for what belongs to a record: that of its dossier's retention as it is now.
    pub(in crate::archive) fn scope_of(&self, record: Uuid, actor: ActorId) -> Result<Uuid> {
        let damaged = || Error::corrupt(format!("the dossier of record {record} can't be read from the catalog"));
        let dossier = Uuid::try_parse(&self.record(record)?.dossier).map_err(|_| damaged())?;
        let dossier = self.dossier(dossier)?.read().ok_or_else(damaged)?;
        self.scope(bucket_of(&dossier.retention), actor)
    }

    /// A scope of `bucket` with room for one more event's objects.
    pub fn scope(&self, bucket: Bucket, actor: ActorId) -> Result<Uuid> {
        Ok(self.scopes(&[bucket], actor)?[0])
    }

    /// A scope with room for each bucket; missing ones are made in one new generation of `keys/`, which is durable
    /// in every copy and recorded in the ledger on return.
    pub fn scopes(&self, buckets: &[Bucket], actor: ActorId) -> Result<Vec<Uuid>> {
        self.scopes_with_room(buckets, 2, actor)
    }

    /// A scope of `bucket` with room for so many objects.
    pub(in crate::archive) fn scope_with_room(&self, bucket: Bucket, objects: u64, actor: ActorId) -> Result<Uuid> {
        Ok(self.scopes_with_room(&[bucket], objects, actor)?[0])
    }

    /// The same for each bucket: the room is taken on return, whatever becomes of the objects.
    fn scopes_with_room(&self, buckets: &[Bucket], objects: u64, actor: ActorId) -> Result<Vec<Uuid>> {
        let keys = self.keys()?;
        let mut counts = self.scopes.lock().map_err(|_| Error::corrupt("a writer died"))?;
        // The group that was to record the generation may have been rejected; one further step ahead of the ledger,
        // and the archive would refuse to open.
        self.record_generation_if_new(actor)?;
        let room = |scope: Uuid, counts: &mut HashMap<Uuid, u64>| -> Result<bool> {
            let held = match counts.get(&scope) {
                Some(held) => *held,
                None => self.catalog.scope_objects(scope).map_err(project::catalog)?,
            };
            let fits = held + objects <= SCOPE_OBJECTS_MAX;
            counts.insert(scope, if fits { held + objects } else { held });
            Ok(fits)
        };
        let mut found: Vec<Option<Uuid>> = Vec::with_capacity(buckets.len());
        {
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            for bucket in buckets {
                let mut scope = None;
                for candidate in keys.scopes().filter(|scope| scope.bucket == *bucket) {
                    if room(candidate.id, &mut counts)? {
                        scope = Some(candidate.id);
                        break;
                    }
                }
                found.push(scope);
            }
        }
        let missing: Vec<Bucket> =
            buckets.iter().zip(&found).filter(|(_, scope)| scope.is_none()).map(|(bucket, _)| *bucket).collect();
        if !missing.is_empty() {
            let mut keys = keys.write().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            let mut made = keys.add_scopes(&missing).map_err(keys_error)?.into_iter();
            self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
            keys.remove_older().map_err(keys_error)?;
            for scope in found.iter_mut().filter(|scope| scope.is_none()) {
                *scope = made.next();
                scope.iter().for_each(|scope| _ = counts.insert(*scope, objects));
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// A new scope for each bucket, whatever room there is in others: in one new generation, as [`Writing::scopes`].
    pub(in crate::archive) fn new_scopes(&self, buckets: &[Bucket], actor: ActorId) -> Result<Vec<Uuid>> {
        if buckets.is_empty() {
            return Ok(Vec::new());
        }
        self.record_generation(actor)?;
        let keys = self.keys()?;
        let mut keys = keys.write().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let made = keys.add_scopes(buckets).map_err(keys_error)?;
        self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
        keys.remove_older().map_err(keys_error)?;
        Ok(made)
    }

    /// From now on nothing new is put under these scopes: they are about to die.
    pub(in crate::archive) fn close_scopes(&self, scopes: &BTreeSet<Uuid>) -> Result<()> {
        let mut counts = self.counts()?;
        scopes.iter().for_each(|scope| _ = counts.insert(*scope, SCOPE_OBJECTS_MAX));
        Ok(())
    }

    /// Records the generation of `keys/` that is there, where the ledger does not know it yet, and removes older ones.
    pub(in crate::archive) fn record_generation(&self, actor: ActorId) -> Result<()> {
        self.record_generation_if_new(actor)?;
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.remove_older().map_err(keys_error)
    }

    fn record_generation_if_new(&self, actor: ActorId) -> Result<()> {
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        if keys.generation() != self.recorded_generation()? {
            self.commit(vec![keys_changed(self.format.archive, actor, &keys)])?;
            keys.remove_older().map_err(keys_error)?;
        }
        Ok(())
    }

    /// While the guard lives nobody makes a scope.
    pub(in crate::archive) fn hold_scopes(&self) -> Result<impl Sized> {
        self.counts()
    }

    fn counts(&self) -> Result<MutexGuard<'_, HashMap<Uuid, u64>>> {
        self.scopes.lock().map_err(|_| Error::corrupt("a writer died"))
    }

    pub(super) fn recorded_generation(&self) -> Result<Generation> {
        let cursor = self.catalog.cursor().map_err(project::catalog)?;
        let (number, blake3) = cursor.ok_or_else(|| Error::corrupt("the catalog is empty"))?.keys;
        Ok(Generation { number, blake3 })
    }
}

/// The bucket of key scopes that serves a retention.
pub(in crate::archive) fn bucket_of(retention: &Retention) -> Bucket {
    match (retention.period, retention.until) {
        (Period::Permanent, _) => Bucket::Permanent,
        (Period::Years(_), Some(until)) => Bucket::Ends(chrono::Datelike::year(&until)),
        (Period::Years(_) | Period::Awaiting, _) => Bucket::Awaiting,
    }
}

/// The event that records a generation of keys.
pub(in crate::archive) fn keys_changed(archive: Uuid, actor: ActorId, keys: &Keys) -> Announced {
    let generation = keys.generation();
    let heading = Heading { kind: EventKind::KeysChanged, id: archive, actor, rule: None };
    plain(heading, Some(Detail::Keys { generation: generation.number, blake3: generation.blake3 }))
}
