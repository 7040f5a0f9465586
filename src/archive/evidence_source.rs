//! Sources of evidence: from where certificates, revocation lists and OCSP answers may be fetched, by whose decision.
//!
//! Where they lie is written in certificates, that is in files from outside; what is asked is decided here alone. The
//! list is made of events, so that the ledger says at any time which machines were asked and who allowed it. It is the
//! whole allow-list: an archive without a source fetches nothing. To believe what comes is another matter, of the
//! trust anchors.

mod allowed;

use super::announce::Heading;
use super::body::{EvidenceSourceBody, EvidenceSourceEndedBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use uuid::Uuid;

pub use allowed::{Allowed, NotAllowable, Place, Via};

/// A source of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceSource {
    /// Its identifier.
    pub id: Uuid,
    /// What is allowed.
    pub allowed: Allowed,
    /// Why it is.
    pub reason: String,
    /// Why it is no more, if so.
    pub ended: Option<String>,
}

impl Archive {
    /// Every source ever allowed, the oldest first.
    pub fn evidence_sources(&self) -> Result<Vec<EvidenceSource>> {
        let ids = self.catalog.evidence_sources().map_err(project::catalog)?;
        ids.into_iter().map(|id| self.evidence_source_of(id)).collect()
    }

    /// What may be fetched from now.
    pub fn allowed_sources(&self) -> Result<Vec<Allowed>> {
        let sources = self.evidence_sources()?.into_iter();
        Ok(sources.filter(|source| source.ended.is_none()).map(|source| source.allowed).collect())
    }

    /// Folds the events of a source.
    fn evidence_source_of(&self, id: Uuid) -> Result<EvidenceSource> {
        let mut source = None;
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            match self.entry(&row)?.1.kind {
                EventKind::EvidenceSourceAdded => {
                    let EvidenceSourceBody { place, via, reason } = self.body_of(&row)?;
                    let place = place.parse().map_err(|error| damaged().because(error))?;
                    let via = via.map(|via| via.parse().map_err(|error| damaged().because(error))).transpose()?;
                    source = Some(EvidenceSource { id, allowed: Allowed { place, via }, reason, ended: None });
                }
                EventKind::EvidenceSourceEnded => {
                    let body: EvidenceSourceEndedBody = self.body_of(&row)?;
                    source.iter_mut().for_each(|source| source.ended = Some(body.reason.clone()));
                }
                _ => {}
            }
        }
        source.ok_or_else(|| Error::corrupt("a source of evidence without its first event"))
    }
}

/// Allows a source to be asked.
pub fn add(archive: &Writing, allowed: Allowed, reason: &str, actor: &str) -> Result<EvidenceSource> {
    let _orders = archive.orders()?;
    if archive.allowed_sources()?.iter().any(|known| known.place == allowed.place) {
        return Err(Error::conflict(format!("{} is allowed already", allowed.place))
            .remedy("remove it first where it is to be reached by another way"));
    }
    let id = archive.new_id();
    let body = EvidenceSourceBody {
        place: allowed.place.to_string(),
        via: allowed.via.map(|via| via.to_string()),
        reason: reason.to_owned(),
    };
    record(archive, EventKind::EvidenceSourceAdded, id, &body, actor)?;
    archive.evidence_source_of(id)
}

/// Has a source asked no more; what came from it stays.
pub fn end(archive: &Writing, place: &Place, reason: &str, actor: &str) -> Result<EvidenceSource> {
    let _orders = archive.orders()?;
    let open = |source: &EvidenceSource| source.ended.is_none() && source.allowed.place == *place;
    let known = archive.evidence_sources()?.into_iter().find(open).ok_or_else(|| {
        Error::not_found(format!("{place} is not allowed")).remedy("`chauban evidence-source list` lists what is")
    })?;
    let body = EvidenceSourceEndedBody { place: place.to_string(), reason: reason.to_owned() };
    record(archive, EventKind::EvidenceSourceEnded, known.id, &body, actor)?;
    archive.evidence_source_of(known.id)
}

fn record(archive: &Writing, kind: EventKind, id: Uuid, body: &impl serde::Serialize, actor: &str) -> Result<()> {
    let actor = archive.actor(actor)?;
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}

fn damaged() -> Error {
    Error::corrupt("the body of a source of evidence is not in its form")
}
