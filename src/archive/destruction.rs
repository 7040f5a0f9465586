//! Destruction: what a disposal case approved is made unrecoverable, and the ledger says so for ever.
//!
//! Every record's content, metadata and runs are encrypted under data keys, wrapped under the scope key of a retention
//! bucket. To destroy some of a scope's records the keys of all others are wrapped under a new scope key (`moving`), and
//! the old one dies. In this order, each step durable before the next, all of it resumed after a crash:
//!
//! | step | if we crash after it |
//! |---|---|
//! | 1 `destruction-begun`: what is about to go | nothing is gone; the next execution begins anew |
//! | 2 keys of what stays moved (`keys-moved`), read back | they open under either key |
//! | 3 everything decided once more, nobody committing: **the old scope keys die** in one replacement of `keys/` | it happened; opening the archive goes on with 4 |
//! | 4 `keys-changed`, `scopes-destroyed`, `record-destroyed` with the tombstones, `dossier-reduced` where none is left | the rest is repeated |
//! | 5 catalog and index rewritten without what is gone (`purge`) | repeated |
//! | 6 segments rewritten without it (`thinning`), `segment-thinned` | repeated |
//! | 7 `destruction-ended`: which copies could not be reached | done |
//!
//! Only a [`Permit`] destroys a record, and only `retention::disposal` makes one, from the state as of the last commit.
//! Must not decide what goes.

mod emptied;
pub mod fates;
mod moving;
mod purge;
pub(super) mod table;
mod thinning;

use super::announce::{Heading, plain};
use super::body::{
    DestructionBegunBody, DestructionEndedBody, KeyCopyBody, ListedBody, RecordBody, ReducedBody, TombstoneBody,
};
use super::project;
use super::reading::{Archive, keys_error};
use super::writing::Writing;
use crate::catalog::{EventRow, Identified};
use crate::digest::{Sha256, hex};
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind, SCOPES_MAX};
use crate::keys::Bucket;
use crate::retention::disposal::{Permit, Skip};
use crate::vault::QUARANTINE;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Records of one `destruction-begun`, and dossiers: some 1 KB each, far from the 16 MiB of a body.
const BEGUN_MAX: usize = 4096;
/// `record-destroyed` events that are committed at once.
const DESTROYED_MAX: usize = 512;
/// How often what came in between, a hold or a record in a dying scope, lets an execution begin anew.
const ROUNDS_MAX: usize = 8;

/// What is to be destroyed, and on whose word.
pub struct Order<'a> {
    /// The disposal case.
    pub case: Uuid,
    /// Who executes.
    pub actor: ActorId,
    /// SHA-256 of the decision on destruction.
    pub decision: Sha256,
    /// The records.
    pub records: &'a [Uuid],
    /// Decides about one of them, from the state as of the last commit. Called twice: to plan, and when nobody commits.
    pub decide: &'a mut dyn FnMut(Uuid) -> Result<Result<Permit, Skip>>,
    /// What the list keeps of it.
    pub listed: &'a dyn Fn(Uuid) -> ListedBody,
}

/// What an execution led to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The records that are gone.
    pub destroyed: Vec<Uuid>,
    /// Those that were left, and why.
    pub left: Vec<(Uuid, Skip)>,
    /// Bytes of segments that became holes.
    pub thinned_bytes: u64,
    /// Copies that could not be reached.
    pub unreached: Vec<String>,
}

/// What an execution is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Deciding about records.
    Deciding,
    /// Looking for what stays.
    Searching,
    /// Wrapping the keys of what stays; counted in events.
    Moving,
    /// Saying what is gone; counted in records.
    Recording,
    /// Rewriting catalog and index.
    Purging,
    /// Rewriting segments.
    Thinning,
}

/// Hears what an execution is at: how many of how many are done.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, u64, u64);

/// Destroys the records that `order` permits. What crashed before is finished first, by opening the archive.
pub fn execute(archive: &Writing, order: &mut Order<'_>, progress: Progress<'_>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    finish_last(archive, order.actor, progress)?;
    for _ in 0..ROUNDS_MAX {
        let Some(doomed) = decide(archive, order, &mut outcome, progress)? else { return Ok(outcome) };
        match attempt(archive, order, &doomed, progress)? {
            Attempt::Done => {
                let ended = finish_last(archive, order.actor, progress)?.unwrap_or_default();
                for tombstone in &doomed {
                    outcome.destroyed.push(id(&tombstone.record)?);
                }
                (outcome.thinned_bytes, outcome.unreached) = (ended.thinned_bytes, ended.unreached);
                return Ok(outcome);
            }
            Attempt::Overtaken => {
                // It must not be taken for the one that kills.
                finish_last(archive, order.actor, progress)?;
                outcome.left.clear();
                outcome.destroyed.clear();
            }
        }
    }
    Err(Error::unavailable("records and holds keep coming in between; nothing was destroyed")
        .remedy("execute the case while nothing else is written"))
}

/// Finishes an execution whose keys died before the ledger could say so. Nothing may be read before this.
pub(super) fn recover(archive: &Writing) -> Result<()> {
    for (execution, case) in archive.catalog.executions().map_err(project::catalog)? {
        let intent = intent(archive, case, execution)?;
        if is_dead(archive, &intent)? {
            record(archive, case, &intent, ActorId([0; 8]), &mut |_, _, _| {})?;
        }
    }
    Ok(())
}

/// Whether an execution was begun and its last steps are to be done: rewriting, and the list of what was not reached.
pub fn is_under_way(archive: &Archive) -> Result<bool> {
    Ok(!archive.catalog.executions().map_err(project::catalog)?.is_empty())
}

/// Whether anything was ever destroyed, or nearly: a scope of tombstones is made before.
pub(super) fn was_any(archive: &Archive) -> Result<bool> {
    let keys = archive.keys()?;
    let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    Ok(keys.scopes().any(|scope| scope.bucket == Bucket::Tombstones))
}

/// What is to go by the decisions made now, as it will be told; `None` where nothing is.
fn decide(
    archive: &Writing,
    order: &mut Order<'_>,
    outcome: &mut Outcome,
    progress: Progress<'_>,
) -> Result<Option<Vec<TombstoneBody>>> {
    let mut doomed = Vec::new();
    let total = order.records.len() as u64;
    for (at, record) in (1u64..).zip(order.records) {
        if archive.catalog.tombstone(*record).map_err(project::catalog)?.is_some() {
            outcome.destroyed.push(*record);
        } else {
            match (order.decide)(*record)? {
                Ok(permit) => doomed.push(tombstone(archive, order, &permit)?),
                Err(skip) => outcome.left.push((*record, skip)),
            }
        }
        progress(Stage::Deciding, at, total);
    }
    Ok((!doomed.is_empty()).then_some(doomed))
}

enum Attempt {
    Done,
    /// Something was committed in between that changes the plan; nothing is gone.
    Overtaken,
}

fn attempt(
    archive: &Writing,
    order: &mut Order<'_>,
    doomed: &[TombstoneBody],
    progress: Progress<'_>,
) -> Result<Attempt> {
    let records: BTreeSet<Uuid> = doomed.iter().map(|tombstone| id(&tombstone.record)).collect::<Result<_>>()?;
    // Made before anything dies, and the sign that something may have died.
    archive.scope(Bucket::Tombstones, order.actor)?;
    let emptied = emptied::by(archive, doomed)?;
    let descriptions: Vec<&EventRow> = emptied.iter().flat_map(|one| &one.descriptions).collect();
    let plan = moving::Plan::make(archive, &records, &descriptions, progress)?;
    archive.close_scopes(&plan.scopes())?;
    let execution = archive.new_id();
    let dossiers: Vec<ReducedBody> = emptied.into_iter().map(|one| one.reduced).collect();
    let handed = archive.handed_once_more(&records)?;
    let going = Going { records: doomed, dossiers: &dossiers, scopes: &plan.scopes(), handed };
    begin(archive, order, execution, going)?;
    plan.carry_out(archive, order.actor, progress)?;

    // Whoever makes a scope holds the keys while it commits: nobody may be in the middle of that.
    let _scopes = archive.hold_scopes()?;
    let _pause = archive.sequencer.pause()?;
    let mut permits = Vec::with_capacity(records.len());
    for record in &records {
        match (order.decide)(*record)? {
            Ok(permit) => permits.push(permit),
            Err(_) => return Ok(Attempt::Overtaken),
        }
    }
    let still = emptied::by(archive, doomed)?;
    if plan.is_overtaken(archive)? || !still.iter().map(|one| &one.reduced).eq(&dossiers) {
        return Ok(Attempt::Overtaken);
    }
    destroy_keys(archive, permits, &plan.scopes())?;
    Ok(Attempt::Done)
}

/// The point of no return: one replacement of `keys/`, for which the permits are spent.
fn destroy_keys(archive: &Writing, permits: Vec<Permit>, scopes: &BTreeSet<Uuid>) -> Result<()> {
    let keys = archive.keys()?;
    let mut keys = keys.write().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    for copy in keys.copies() {
        if !keys.copy_is_current(copy).map_err(keys_error)? {
            return Err(Error::unavailable("a copy of the keys is not current; nothing was destroyed")
                .remedy("`chauban keys check` names it; bring it back, then execute again"));
        }
    }
    archive.sequencer.refuse_scopes(scopes);
    drop(permits);
    // If we crash in here: the old generation or the new one is whole; the next writer sees which.
    keys.destroy_scopes(scopes).map_err(|error| {
        archive.stop();
        keys_error(error)
    })
}

/// What is about to go.
struct Going<'a> {
    records: &'a [TombstoneBody],
    dossiers: &'a [ReducedBody],
    scopes: &'a BTreeSet<Uuid>,
    handed: Vec<String>,
}

fn begin(archive: &Writing, order: &Order<'_>, execution: Uuid, mut going: Going<'_>) -> Result<()> {
    let scope = archive.scope(Bucket::Tombstones, order.actor)?;
    let mut announcer = archive.announcer()?;
    let mut dying: Vec<String> = going.scopes.iter().map(Uuid::to_string).collect();
    // No more dossiers than records.
    let mut dossiers = going.dossiers.chunks(BEGUN_MAX);
    for items in going.records.chunks(BEGUN_MAX) {
        let (execution, scopes) = (execution.to_string(), std::mem::take(&mut dying));
        let (dossiers, handed) = (dossiers.next().unwrap_or_default().to_vec(), std::mem::take(&mut going.handed));
        let body = DestructionBegunBody { execution, items: items.to_vec(), dossiers, scopes, handed };
        let heading = Heading { kind: EventKind::DestructionBegun, id: order.case, actor: order.actor, rule: None };
        archive.commit(vec![announcer.with_body(heading, scope, Vec::new(), &body)?])?;
    }
    Ok(())
}

/// What was about to be destroyed.
struct Intent {
    execution: Uuid,
    items: Vec<TombstoneBody>,
    dossiers: Vec<ReducedBody>,
    scopes: BTreeSet<Uuid>,
    handed: Vec<String>,
}

fn intent(archive: &Archive, case: Uuid, execution: Uuid) -> Result<Intent> {
    let (items, dossiers, handed) = (Vec::new(), Vec::new(), Vec::new());
    let mut intent = Intent { execution, items, dossiers, scopes: BTreeSet::new(), handed };
    for (_, row) in archive.catalog.events(case).map_err(project::catalog)? {
        let (_, entry) = archive.entry(&row)?;
        if entry.kind != EventKind::DestructionBegun {
            continue;
        }
        let body: DestructionBegunBody = archive.body_of(&row)?;
        if body.execution == execution.to_string() {
            intent.items.extend(body.items);
            intent.dossiers.extend(body.dossiers);
            intent.handed.extend(body.handed);
            for scope in &body.scopes {
                intent.scopes.insert(id(scope)?);
            }
        }
    }
    Ok(intent)
}

fn is_dead(archive: &Archive, intent: &Intent) -> Result<bool> {
    let keys = archive.keys()?;
    let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
    Ok(intent.scopes.iter().any(|scope| !keys.has_scope(*scope)))
}

/// Does what is left to do of every execution that was begun.
fn finish_last(archive: &Writing, actor: ActorId, progress: Progress<'_>) -> Result<Option<DestructionEndedBody>> {
    let mut last = None;
    for (execution, case) in archive.catalog.executions().map_err(project::catalog)? {
        let intent = intent(archive, case, execution)?;
        let mut ended = DestructionEndedBody {
            execution: execution.to_string(),
            destroyed: 0,
            thinned_bytes: 0,
            unreached: Vec::new(),
        };
        if is_dead(archive, &intent)? {
            record(archive, case, &intent, actor, progress)?;
            progress(Stage::Purging, 0, 1);
            purge::purge(archive)?;
            progress(Stage::Purging, 1, 1);
            ended.destroyed = intent.items.len() as u64;
            ended.thinned_bytes = thinning::thin(archive, actor, progress)?;
            ended.unreached = unreached(archive, &intent)?;
        }
        let scope = archive.scope(Bucket::Tombstones, actor)?;
        let heading = Heading { kind: EventKind::DestructionEnded, id: case, actor, rule: None };
        archive.commit(vec![archive.announcer()?.with_body(heading, scope, Vec::new(), &ended)?])?;
        last = Some(ended);
    }
    Ok(last)
}

/// Says in the ledger what is gone.
fn record(archive: &Writing, case: Uuid, intent: &Intent, actor: ActorId, progress: Progress<'_>) -> Result<()> {
    let total = intent.items.len() as u64;
    progress(Stage::Recording, 0, total);
    archive.record_generation(actor)?;
    let own = archive.format.archive;
    let scopes: Vec<Uuid> = intent.scopes.iter().copied().collect();
    for scopes in scopes.chunks(SCOPES_MAX) {
        let heading = Heading { kind: EventKind::ScopesDestroyed, id: own, actor, rule: None };
        archive.commit(vec![plain(heading, Some(Detail::Scopes(scopes.to_vec())))])?;
    }
    let mut done = 0;
    let mut announcer = archive.announcer()?;
    for items in intent.items.chunks(DESTROYED_MAX) {
        let scope = archive.scope_with_room(Bucket::Tombstones, items.len() as u64, actor)?;
        let mut events = Vec::with_capacity(items.len());
        for item in items {
            let record = id(&item.record)?;
            if archive.catalog.tombstone(record).map_err(project::catalog)?.is_none() {
                let rule = Some(format!("disposal {case}"));
                let heading = Heading { kind: EventKind::RecordDestroyed, id: record, actor, rule };
                events.push(announcer.with_body(heading, scope, Vec::new(), item)?);
            }
        }
        if !events.is_empty() {
            archive.commit(events)?;
        }
        done += items.len() as u64;
        progress(Stage::Recording, done, total);
    }
    emptied::record(archive, case, &intent.dossiers, actor)?;
    debug_assert!(archive.catalog.executions().is_ok_and(|all| all.iter().any(|(one, _)| *one == intent.execution)));
    Ok(())
}

/// What is told of a record for ever.
fn tombstone(archive: &Archive, order: &Order<'_>, permit: &Permit) -> Result<TombstoneBody> {
    let record = permit.record();
    let body: RecordBody = archive.record(record)?;
    let identified = body.identifier.as_deref().map(Identified::of);
    let first = match identified {
        Some(identified) => archive.catalog.identified(identified).map_err(project::catalog)? == Some(record),
        None => false,
    };
    let events = archive.catalog.events(record).map_err(project::catalog)?;
    let objects = events.iter().flat_map(|(_, row)| &row.objects);
    Ok(TombstoneBody {
        record: record.to_string(),
        dossier: body.dossier,
        file_code: body.file_code,
        ordinal: body.ordinal,
        doc_code: body.doc_code,
        arc_doc_code: body.arc_doc_code,
        listed: (order.listed)(record),
        case: permit.case().to_string(),
        item: permit.digest().to_string(),
        decision: order.decision.to_string(),
        identifier: identified.filter(|_| first).map(|identified| hex(&identified.0)),
        ahead: objects.filter(|object| object.parts.len() > 1).map(|object| object.id.to_string()).collect(),
    })
}

/// Copies that this process can't reach, or must not: older copies of the scope keys that were given away, what recovery
/// cut, and what agencies handed over: where the refusal of another document keeps it, or once more.
fn unreached(archive: &Archive, intent: &Intent) -> Result<Vec<String>> {
    let current = {
        let keys = archive.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.generation().number
    };
    let mut copies = BTreeMap::new();
    for (index, row) in archive.catalog.events(archive.format.archive).map_err(project::catalog)? {
        let (_, entry) = archive.entry(&row)?;
        if entry.kind == EventKind::KeysCopied {
            let body: KeyCopyBody = archive.body_of(&row)?;
            if body.part == "scopes" && body.generation < current {
                copies.insert(format!("{}/{:08}.scopes", body.place, body.generation), index);
            }
        }
    }
    if !copies.is_empty() {
        let attested = archive.attested()?;
        copies.retain(|copy, made| attested.get(copy).is_none_or(|attested| attested < made));
    }
    let mut found: BTreeSet<String> = copies.into_keys().collect();
    let records = intent.items.iter().map(|item| item.record.as_str()).collect();
    archive.forget_told()?;
    found.extend(archive.still_handed(&records)?);
    found.extend(intent.handed.iter().cloned());
    for listed in archive.disks.archive.list(QUARANTINE)? {
        found.insert(format!("{QUARANTINE}/{}", listed.name));
    }
    Ok(found.into_iter().collect())
}

fn id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| Error::corrupt("an identifier in the body of a destruction is none"))
}

#[cfg(test)]
mod tests;
