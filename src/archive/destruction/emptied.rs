//! Dossiers of which no record stays: then their own description goes with the last record, but for what a list of
//! dossiers says. What ruled a dossier stays: its records were destroyed on that, and it may prove to have been wrong.

use super::id;
use crate::archive::announce::Heading;
use crate::archive::body::{DossierReducedBody, ReducedBody, TombstoneBody};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::writing::{Writing, bucket_of};
use crate::catalog::EventRow;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Events that are committed at once.
const REDUCED_MAX: usize = 512;

/// A dossier of which no record stays.
pub(super) struct Emptied {
    /// What stays of it.
    pub reduced: ReducedBody,
    /// The events that described it and are to go.
    pub descriptions: Vec<EventRow>,
}

/// The dossiers of which nothing stays without the records that are `doomed`.
pub(super) fn by(archive: &Archive, doomed: &[TombstoneBody]) -> Result<Vec<Emptied>> {
    let ids = |of: fn(&TombstoneBody) -> &String| doomed.iter().map(|one| id(of(one))).collect::<Result<BTreeSet<_>>>();
    let (records, dossiers) = (ids(|one| &one.record)?, ids(|one| &one.dossier)?);
    let mut visits = archive.catalog.visits();
    let mut found = Vec::new();
    for dossier in dossiers {
        let Some(kept) = visits.at(dossier).map_err(project::catalog)? else { continue };
        if kept.records.iter().any(|(_, placed)| !records.contains(&placed.record)) {
            continue;
        }
        let descriptions = descriptions(archive, dossier)?;
        if !descriptions.is_empty() {
            let replaces = descriptions.iter().map(|row| row.index).collect();
            let body = DossierReducedBody::new(archive.dossier(dossier)?, kept.row.accessioned, replaces);
            found.push(Emptied { reduced: ReducedBody { dossier: dossier.to_string(), body }, descriptions });
        }
    }
    Ok(found)
}

/// Says in the ledger what stays, of each for which it does not say so yet.
pub(super) fn record(archive: &Writing, case: Uuid, reduced: &[ReducedBody], actor: ActorId) -> Result<()> {
    let mut by_bucket: BTreeMap<Bucket, Vec<(Uuid, &DossierReducedBody)>> = BTreeMap::new();
    for ReducedBody { dossier, body } in reduced {
        let dossier = id(dossier)?;
        if !descriptions(archive, dossier)?.is_empty() {
            let unreadable =
                || Error::corrupt(format!("dossier {} can't be read from the catalog", body.dossier.file_code));
            let retention = body.dossier.retention.read().ok_or_else(unreadable)?;
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

/// The events that describe a dossier and are not gone; none where the last of them is what stays.
fn descriptions(archive: &Archive, dossier: Uuid) -> Result<Vec<EventRow>> {
    let mut found = Vec::new();
    let mut is_reduced = false;
    for (_, row) in archive.catalog.events(dossier).map_err(project::catalog)? {
        let (_, entry) = archive.entry(&row)?;
        if entry.kind.describes_dossier() && row.key.is_some() {
            is_reduced = entry.kind == EventKind::DossierReduced;
            found.push(row);
        }
    }
    Ok(if is_reduced { Vec::new() } else { found })
}
