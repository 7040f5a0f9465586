//! Everything that the archive knows of how long a dossier and its records are kept, to go with them elsewhere: what is
//! stated and assigned, what became of it, the text of the rules at that moment, holds of any time, and the decision with
//! its reasons and citations.
//!
//! No standard for packages has a place for retention and disposal as a whole, so there are two forms of the same:
//! [`wire::History`] (JSON, `schemas/retention-history.schema.json`) says it all; [`premis::document`] says in PREMIS 3.0
//! what that has words for. Nothing is decided here, and nothing recorded.

pub mod premis;
pub mod wire;

use super::candidate::{covered_ever, dossier_of};
use super::standing::{Standing, Version};
use super::whole::Whole;
use crate::archive::body::{AppliesBody, DossierBody, RecordBody, RulesBody};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::show::{Event, Shown};
use crate::catalog::PlacedRow;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::retention::Statement;
use crate::retention::law;
use crate::retention::span::{Longest, Matter};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most records of a history: each takes some kilobytes of memory with its reasons.
const RECORDS_MAX: usize = 20_000;

impl Archive {
    /// The history of a dossier with all its records, or with the one that `text` names, and what is decided on a day.
    pub fn retention_history(&self, text: &str, on: NaiveDate) -> Result<wire::History> {
        let standing = self.standing()?;
        let (whole, only) = match self.show(text)? {
            Shown::Record { id, body, .. } => (self.whole(dossier_of(id, &body)?)?, Some(id)),
            Shown::Destroyed { id, tombstone, .. } => {
                let dossier =
                    Uuid::try_parse(&tombstone.dossier).map_err(|_| Error::corrupt("a tombstone is damaged"))?;
                (self.whole(dossier)?, Some(id))
            }
            Shown::Dossier { id, .. } => (self.whole(id)?, None),
        };
        let gone = self.catalog.gone_of(whole.kept.id).map_err(project::catalog)?;
        let gone: Vec<Uuid> = gone.into_iter().filter(|id| only.is_none_or(|only| only == *id)).collect();
        if only.is_none() && whole.kept.records.len() + gone.len() > RECORDS_MAX {
            return Err(Error::invalid(format!("the dossier has more than {RECORDS_MAX} records"))
                .remedy("ask for its records one by one"));
        }
        self.compile(&standing, &whole, only, &gone, on)
    }

    fn compile(
        &self,
        standing: &Standing,
        whole: &Whole,
        only: Option<Uuid>,
        gone: &[Uuid],
        on: NaiveDate,
    ) -> Result<wire::History> {
        let body = self.dossier(whole.kept.id)?;
        let (mut records, mut events, mut codes) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut holds: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        codes.extend(codes_of(whole, None));
        self.happened(whole.kept.id, &mut events)?;
        let longest = whole.longest(standing);
        let asked = whole.kept.records.iter().filter(|(_, placed)| only.is_none_or(|only| only == placed.record));
        for (_, placed) in asked {
            let of = self.record(placed.record)?;
            for hold in covered_ever(standing, whole, placed.record, &of)? {
                holds.entry(hold).or_default().push(placed.record);
            }
            codes.extend(codes_of(whole, Some(placed)));
            self.happened(placed.record, &mut events)?;
            records.push(self.about_record(standing, (whole, &longest), placed, &of, (&body, on))?);
        }
        for id in gone {
            self.happened(*id, &mut events)?;
        }
        events.sort_by_key(|event| event.index);
        Ok(wire::History {
            format: wire::FORMAT,
            archive: wire::Source {
                origin: self.format.origin.clone(),
                archive_code: self.format.archive_code.clone(),
            },
            on: on.to_string(),
            dossier: self.about_dossier(standing, whole, body, on)?,
            records,
            destroyed: gone.iter().map(|id| self.destroyed(*id)).collect::<Result<_>>()?,
            events,
            law: self.law_text(standing)?,
            rules: self.rules_of(standing, &codes)?,
            holds: holds
                .into_iter()
                .map(|(id, covers)| Ok(wire::hold(self.hold(id)?, covers)))
                .collect::<Result<_>>()?,
        })
    }

    fn about_record(
        &self,
        standing: &Standing,
        (whole, longest): (&Whole, &Longest),
        placed: &PlacedRow,
        of: &RecordBody,
        (dossier, on): (&DossierBody, NaiveDate),
    ) -> Result<wire::Subject> {
        let explained = self.explain_placed(standing, (whole, longest), placed, of, dossier.clone(), on)?;
        let rule = rule(standing, &whole.matter_of(placed, standing, &mut Vec::new()));
        let stated = match of.maintenance_text.as_str() {
            "" => dossier.retention.citation.clone(),
            own => own.to_owned(),
        };
        let dates = wire::Dates {
            work_ended: Some(whole.kept.row.year),
            issued: Some(placed.issued.to_string()),
            accessioned: placed.accessioned.to_string(),
        };
        Ok(wire::subject(&explained, of.subject.clone(), stated, rule, dates))
    }

    fn about_dossier(
        &self,
        standing: &Standing,
        whole: &Whole,
        body: DossierBody,
        on: NaiveDate,
    ) -> Result<wire::Subject> {
        let (title, stated) = (body.title.clone(), body.retention.citation.clone());
        let explained = self.explain_whole(standing, whole, body, on)?;
        let accessioned = whole.kept.row.accessioned;
        let rule = rule(standing, &whole.matter(standing));
        let dates =
            wire::Dates { work_ended: Some(whole.kept.row.year), issued: None, accessioned: accessioned.to_string() };
        Ok(wire::subject(&explained, title, stated, rule, dates))
    }

    /// What happened to one thing, with what events about its retention say.
    fn happened(&self, id: Uuid, found: &mut Vec<wire::Happened>) -> Result<()> {
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            let Event { entry, actor, .. } = self.event(index, &row)?;
            // Of what was destroyed stays that it happened.
            let is_there = row.key.is_some() && bears_on_retention(entry.kind);
            let says = if is_there { Some(self.body_of(&row)?) } else { None };
            found.push(wire::Happened {
                index,
                about: id.to_string(),
                kind: entry.kind.name(),
                at: entry.time.to_string(),
                actor: actor.unwrap_or_else(|| entry.actor.to_string()),
                says,
            });
        }
        Ok(())
    }

    fn destroyed(&self, id: Uuid) -> Result<wire::Destroyed> {
        let tombstone = self.told_of(id)?;
        Ok(wire::Destroyed {
            id: id.to_string(),
            code: tombstone.doc_code,
            title: tombstone.listed.title,
            rule: tombstone.listed.rule,
            rules_sha256: tombstone.listed.rules,
            case: tombstone.case,
            decision_sha256: tombstone.decision,
        })
    }

    /// The adopted versions that have one of these rules, oldest first, whole.
    fn rules_of(&self, standing: &Standing, codes: &BTreeSet<String>) -> Result<Vec<wire::RulesText>> {
        let has = |version: &&Version| codes.iter().any(|code| version.file.rule(code).is_some());
        standing.versions.iter().filter(has).map(|version| self.rules_text(standing, version, codes)).collect()
    }

    fn rules_text(&self, standing: &Standing, version: &Version, codes: &BTreeSet<String>) -> Result<wire::RulesText> {
        let shown = self.version_shown(standing, version)?;
        let (text, applies) = self.text_of(version.id)?;
        let mut confirmations = Vec::new();
        for code in codes.iter().filter(|code| version.file.rule(code).is_some()) {
            for one in standing.confirmations.history(version.file.sha256, code) {
                let (by, on) = self.deed_shown(one.deed)?;
                let withdrawn = one.withdrawn.as_ref().map(|(deed, reason)| {
                    let (by, on) = self.deed_shown(*deed)?;
                    Ok::<_, Error>(wire::Deed { by, on: on.to_string(), reason: reason.clone() })
                });
                confirmations.push(wire::Confirmation {
                    rule: code.clone(),
                    confirmed: wire::Deed { by, on: on.to_string(), reason: one.basis.clone() },
                    withdrawn: withdrawn.transpose()?,
                });
            }
        }
        Ok(wire::RulesText {
            schedule: Some(shown.schedule),
            version: Some(shown.version),
            sha256: shown.sha256,
            adopted: Some(wire::Deed { by: shown.by, on: shown.on.to_string(), reason: shown.reason }),
            applies: Some(applies),
            confirmations,
            text,
        })
    }

    fn law_text(&self, standing: &Standing) -> Result<wire::RulesText> {
        let Some(version) = &standing.law_adopted else {
            let sha256 = crate::digest::Sha256::of(law::TEXT.as_bytes()).to_string();
            return Ok(wire::RulesText { sha256, text: law::TEXT.to_owned(), ..wire::RulesText::default() });
        };
        let text = self.rules_text(standing, version, &BTreeSet::new())?;
        Ok(wire::RulesText { schedule: None, version: None, applies: None, ..text })
    }

    /// The file that an adoption recorded, and which records it governs.
    fn text_of(&self, adoption: Uuid) -> Result<(String, AppliesBody)> {
        for (_, row) in self.catalog.events(adoption).map_err(project::catalog)? {
            if self.entry(&row)?.1.kind == EventKind::RulesAdopted {
                let body: RulesBody = self.body_of(&row)?;
                return Ok((body.text, body.applies));
            }
        }
        Err(Error::corrupt(format!("the adoption {adoption} of rules is not there")))
    }
}

/// The codes of the rules that a record or, without one, the dossier is or was under, as far as its facts say.
fn codes_of(whole: &Whole, placed: Option<&PlacedRow>) -> Vec<String> {
    let mut codes = Vec::new();
    let mut stated = |statement: &Statement| {
        if let Statement::Code(code) = statement {
            codes.push(code.clone());
        }
    };
    match placed {
        Some(placed) => stated(&placed.statement),
        None => {
            [Some(&whole.kept.row.statement), whole.own.stated.as_ref()].into_iter().flatten().for_each(&mut stated)
        }
    }
    let subject = placed.map_or(whole.kept.id, |placed| placed.record);
    codes.extend(whole.assignments_of(subject));
    codes
}

fn rule(standing: &Standing, matter: &Matter) -> Option<wire::RuleName> {
    let (version, rule) = standing.governing(matter)?;
    Some(wire::RuleName {
        code: rule.code.clone(),
        schedule: version.schedule().to_owned(),
        version: version.number(),
        sha256: version.file.sha256.to_string(),
        records: rule.records.clone(),
        citation: version.file.citation(rule).map(|citation| citation.to_string()),
    })
}

fn bears_on_retention(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::RetentionAssigned
            | EventKind::AccessAssigned
            | EventKind::RetentionConfirmed
            | EventKind::RetentionExtended
            | EventKind::OccurrenceRecorded
            | EventKind::OccurrenceRevoked
            | EventKind::RecordsLinked
            | EventKind::RecordsUnlinked
            | EventKind::RetentionReviewed
    )
}

#[cfg(test)]
mod tests;
