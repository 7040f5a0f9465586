//! Dossiers of which no record stays: then their own description goes with the last record, but for what a list of
//! dossiers says.

use super::id;
use crate::archive::announce::Heading;
use crate::archive::body::{DossierBody, RecordBody, ReducedBody};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::writing::{Writing, bucket_of};
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Events that are committed at once.
const REDUCED_MAX: usize = 512;

/// The dossiers of which nothing stays without `records`.
pub(super) fn by(archive: &Archive, records: &BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>> {
    let mut dossiers = BTreeSet::new();
    for record in records {
        let body: RecordBody = archive.record(*record)?;
        dossiers.insert(id(&body.dossier)?);
    }
    let mut visits = archive.catalog.visits();
    let mut found = BTreeSet::new();
    for dossier in dossiers {
        let kept = visits.at(dossier).map_err(project::catalog)?;
        let is_emptied =
            kept.is_some_and(|kept| kept.records.iter().all(|(_, placed)| records.contains(&placed.record)));
        if is_emptied && !is_reduced(archive, dossier)? {
            found.insert(dossier);
        }
    }
    Ok(found)
}

/// What stays of each.
pub(super) fn bodies(archive: &Archive, dossiers: &BTreeSet<Uuid>) -> Result<Vec<ReducedBody>> {
    let body = |dossier: &Uuid| -> Result<ReducedBody> {
        Ok(ReducedBody { dossier: dossier.to_string(), body: archive.dossier(*dossier)?.reduced() })
    };
    dossiers.iter().map(body).collect()
}

/// Says in the ledger what stays, of each for which it does not say so yet.
pub(super) fn record(archive: &Writing, case: Uuid, reduced: &[ReducedBody], actor: ActorId) -> Result<()> {
    let mut by_bucket: BTreeMap<Bucket, Vec<(Uuid, &DossierBody)>> = BTreeMap::new();
    for ReducedBody { dossier, body } in reduced {
        let dossier = id(dossier)?;
        if !is_reduced(archive, dossier)? {
            let retention =
                body.retention.read().ok_or_else(|| Error::corrupt("a dossier's retention can't be read"))?;
            by_bucket.entry(bucket_of(&retention)).or_default().push((dossier, body));
        }
    }
    let mut announcer = archive.announcer()?;
    for (bucket, dossiers) in by_bucket {
        for some in dossiers.chunks(REDUCED_MAX) {
            let scope = archive.scope_with_room(bucket, some.len() as u64, actor)?;
            let mut events = Vec::with_capacity(some.len());
            for (dossier, body) in some {
                let rule = Some(format!("disposal {case}"));
                let heading = Heading { kind: EventKind::DossierReduced, id: *dossier, actor, rule };
                events.push(announcer.with_body(heading, scope, Vec::new(), body)?);
            }
            archive.commit(events)?;
        }
    }
    Ok(())
}

/// Whether nothing was said of a dossier since it was reduced.
fn is_reduced(archive: &Archive, dossier: Uuid) -> Result<bool> {
    let Some((_, row)) = archive.catalog.last_event(dossier).map_err(project::catalog)? else { return Ok(false) };
    let (_, entry) = archive.entry(&row)?;
    Ok(entry.kind == EventKind::DossierReduced)
}
