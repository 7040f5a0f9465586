//! What describes a loose dossier: the documents of it that are taken, and no others.
//!
//! The plan groups documents by their sidecars, before any file is read; one whose file turns out not to be what was
//! announced is refused later. So when the first document of a dossier is taken, the dossier is described anew, by that
//! one and by those after it. A document after it that changes the description counts only if it is whole: mostly it is
//! under way already and waited for; beyond what is under way its file is read here.
//!
//! What changes nothing is not looked at, so a refused document may still be named in a warning.

use super::in_order::InOrder;
use super::plan::{Plan, PlannedDossier, Source, Task, read_limited};
use super::prepare::{Prepared, is_whole};
use crate::error::Result;
use crate::record::FileCode;
use crate::transfer::grouping::{self, Group};
use crate::transfer::sidecar::{self, Glance};
use std::path::Path;

/// A dossier as it is accessioned, or added to.
pub struct Settled {
    /// What describes it.
    pub planned: PlannedDossier,
    /// The loose documents' group, where there is one.
    pub group: Option<Group>,
}

/// Describes the dossier `code`, whose first document to be taken is `first`.
pub fn settle(
    plan: &Plan,
    code: &FileCode,
    (first, glance): (&Task, Option<&Glance>),
    ahead: &mut InOrder<'_>,
) -> Result<Option<Settled>> {
    let (Some(glance), Some(members)) = (glance, plan.members.get(code)) else {
        let planned = plan.described.get(code).or_else(|| plan.dossiers.get(code));
        return Ok(planned.map(|planned| Settled { planned: planned.clone(), group: None }));
    };
    let mut group = Group::of(glance);
    let later = plan.tasks[members.clone()].iter().filter(|task| task.number > first.number);
    for task in later {
        let Source::Loose { sidecar } = &task.source else { continue };
        let (glance, whole) = match ahead.outcome(task.number)? {
            Some(Prepared::Ready(ready)) => (ready.glance.clone(), Whole::Known),
            Some(Prepared::AlreadyHeld(held)) => (held.glance.clone(), Whole::Known),
            Some(Prepared::Refused(_) | Prepared::Failed(_)) => continue,
            None => (read_glance(sidecar), Whole::Asked),
        };
        let Some(glance) = glance else { continue };
        let mut with = group.clone();
        with.add(&glance);
        if whole == Whole::Known || with.dossier() == group.dossier() || is_whole(sidecar) {
            group = with;
        }
    }
    let findings = group.warnings().into_iter().chain(grouping::year_ahead(code, plan.year)).collect();
    let mut planned = PlannedDossier { dossier: group.dossier(), findings };
    if let Some(folder) = plan.described.get(code)
        && folder.dossier.retention.period > planned.dossier.retention.period
    {
        planned.dossier.retention = folder.dossier.retention.clone();
    }
    Ok(Some(Settled { planned, group: Some(group) }))
}

/// Whether it is known that a document's file is what its sidecar announces.
#[derive(PartialEq, Eq)]
enum Whole {
    Known,
    Asked,
}

fn read_glance(sidecar: &Path) -> Option<Glance> {
    let bytes = read_limited(sidecar, sidecar::SIDECAR_BYTES_MAX as u64).ok()?;
    sidecar::glance(&bytes, &sidecar.display().to_string())
}
