//! What the bodies of events say about how long records and dossiers are kept, as rows of the catalog.

use super::says::{DossierFields, Says, damaged, read};
use crate::archive::body::{
    ConcernsBody, OccurrenceBody, RecordsLinkedBody, RetentionAssignedBody, RetentionConfirmedBody,
    RetentionExtendedBody, RetentionReviewedBody, RevokedBody,
};
use crate::catalog::{DossierRow, Fact};
use crate::error::Result;
use crate::event::{Entry, EventKind};
use crate::record::{AgencyCode, FileCode, Period};
use crate::retention::civil::{Dated, vietnamese_day};
use crate::retention::reason::Occurrence;
use crate::retention::{Statement, read_statement};
use uuid::Uuid;

/// What a dossier's body says; `None` for a field out of its form.
pub(super) fn of_dossier(entry: &Entry, body: &DossierFields) -> Option<DossierRow> {
    let file_code: FileCode = body.file_code.parse().ok()?;
    let transferred: AgencyCode = body.agency_code.parse().ok()?;
    let mut agencies = vec![file_code.agency()];
    if agencies[0] != transferred {
        agencies.push(transferred);
    }
    let retention = &body.retention;
    let statement = match (retention.years, retention.permanent) {
        (Some(years), _) => Statement::Period(Period::Years(years)),
        (None, true) => Statement::Period(Period::Permanent),
        // The words may name a rule; a period that they give and the agency's code does not is none.
        (None, false) => match Statement::read(&retention.citation) {
            Statement::Period(_) => Statement::Period(Period::Awaiting),
            other => other,
        },
    };
    Some(DossierRow {
        year: body.year,
        ended: body.end_date.as_ref().map(|day| day.parse()).transpose().ok()?,
        accessioned: match &body.accessioned {
            Some(day) => day.parse().ok()?,
            None => vietnamese_day(entry.time),
        },
        agencies,
        statement,
    })
}

/// What an event about retention says; nothing for every other.
pub(super) fn says(entry: &Entry, body: &[u8]) -> Result<Says> {
    let bad = || damaged("statement about retention");
    let one = |concerns: ConcernsBody, fact: Fact| {
        let (dossier, subject) = ids(&concerns).ok_or_else(bad)?;
        Ok(Says::Facts(vec![(dossier, subject, fact)]))
    };
    match entry.kind {
        EventKind::RetentionAssigned => {
            let body: RetentionAssignedBody = read(body, "assignment")?;
            one(body.concerns, Fact::Assigned { rule: body.rule, by: entry.actor })
        }
        EventKind::AccessAssigned => {
            let body: RetentionAssignedBody = read(body, "assignment")?;
            one(body.concerns, Fact::Opens(body.rule))
        }
        EventKind::RetentionConfirmed => {
            let body: RetentionConfirmedBody = read(body, "confirmation")?;
            let stated = read_statement(&body.stated).unwrap_or(Period::Awaiting);
            let rule = body.rule.unwrap_or_default();
            one(body.concerns, Fact::Confirmed { stated, rule, by: entry.actor })
        }
        EventKind::RetentionExtended => {
            let body: RetentionExtendedBody = read(body, "extension")?;
            let period = read_statement(&body.period).map_err(|_| bad())?;
            one(body.concerns, Fact::Extended(period))
        }
        EventKind::OccurrenceRecorded => {
            let body: OccurrenceBody = read(body, "occurrence")?;
            let kind = Occurrence::NAMES.iter().find(|(name, _)| *name == body.kind).ok_or_else(bad)?.1;
            let on = if body.on.is_empty() { Some(Dated::UNKNOWN) } else { Dated::parse(&body.on) };
            let recorded = vietnamese_day(entry.time);
            one(body.concerns, Fact::Occurred { kind, on: on.ok_or_else(bad)?, recorded })
        }
        EventKind::RetentionReviewed => {
            let body: RetentionReviewedBody = read(body, "review")?;
            one(body.concerns, Fact::Reviewed(vietnamese_day(entry.time)))
        }
        EventKind::RecordsLinked => {
            let body: RecordsLinkedBody = read(body, "link")?;
            let (here, there) = ids(&body.concerns).zip(ids(&body.with)).ok_or_else(bad)?;
            let side = |own: (Uuid, Uuid), other: (Uuid, Uuid)| {
                (own.0, own.1, Fact::Linked { record: other.1, dossier: other.0 })
            };
            Ok(Says::Facts(vec![side(here, there), side(there, here)]))
        }
        EventKind::OccurrenceRevoked | EventKind::RecordsUnlinked => {
            let body: RevokedBody = read(body, "revocation")?;
            let fact = || match entry.kind {
                EventKind::RecordsUnlinked => Fact::Unlinked(body.event),
                _ => Fact::Revoked(body.event),
            };
            let facts = body.concerns.iter().map(|concerns| {
                let (dossier, subject) = ids(concerns)?;
                Some((dossier, subject, fact()))
            });
            facts.collect::<Option<_>>().map(Says::Facts).ok_or_else(bad)
        }
        _ => Ok(Says::Nothing),
    }
}

/// Dossier and subject.
fn ids(concerns: &ConcernsBody) -> Option<(Uuid, Uuid)> {
    let dossier = Uuid::try_parse(&concerns.dossier).ok()?;
    let record = concerns.record.as_ref().map(|record| Uuid::try_parse(record)).transpose().ok()?;
    Some((dossier, record.unwrap_or(dossier)))
}
