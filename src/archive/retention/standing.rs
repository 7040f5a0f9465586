//! What rules as of the last commit: the law in use, the adopted versions of schedules, the confirmations, the holds, the
//! holidays, and whose archive this is.
//!
//! Read from events, never from the program alone: a new program changes no old decision. Until an archive adopts a law,
//! the one that comes with the program is in use.
//!
//! Which version governs a record: the first adopted one that has its rule, and after it each later one that was adopted
//! for such records. A record whose rule a later version does not have stays under the earlier one.

use super::setting::{self, Called};
use crate::archive::body::{
    AgencySectorBody, AppliesBody, ArchiveKindBody, ArchiveNamedBody, HolidaysBody, RuleConfirmedBody,
    RuleWithdrawnBody, RulesBody,
};
use crate::archive::hold::deed;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{DossierRow, EventRow};
use crate::error::{Error, Result};
use crate::event::{Entry, EventKind};
use crate::retention::calendar::Calendar;
use crate::retention::civil::Dated;
use crate::retention::deadline::{Sector, Sectors};
use crate::retention::disposal::Archive as Whose;
use crate::retention::hold::{Deed, Holds, Person};
use crate::retention::law::{self, Law};
use crate::retention::preview::Applies;
use crate::retention::rules::confirm::Confirmations;
use crate::retention::rules::{Rule, RuleFile};
use crate::retention::span::{Assigned, Confirmed, Matter};
use std::collections::HashMap;
use uuid::Uuid;

/// What rules, as of an entry of the ledger.
pub struct Standing {
    /// The law in use.
    pub law: Law,
    /// The adoption of the law in use; `None`: it is the program's.
    pub law_adopted: Option<Version>,
    /// The adopted versions, in the order of their adoption.
    pub versions: Vec<Version>,
    /// What was proposed and is not adopted.
    pub proposals: Vec<Version>,
    /// Which rules of which versions are confirmed.
    pub confirmations: Confirmations,
    /// Every hold.
    pub holds: Holds,
    /// The days off that are known.
    pub calendar: Calendar,
    /// Whose archive this is.
    pub archive: Whose,
    /// What it is called; `None`: nobody has said it.
    pub called: Option<Called>,
    /// Who transfers by which time.
    pub sectors: Sectors,
    by_rule: HashMap<String, Vec<usize>>,
    mark: Mark,
}

/// Rules that were adopted.
#[derive(Debug, Clone)]
pub struct Version {
    /// Identifier of the adoption.
    pub id: Uuid,
    /// The rule file.
    pub file: RuleFile,
    /// Which records it governs.
    pub applies: Applies,
    /// Who adopted it, and when.
    pub adopted: Deed,
    /// Who proposed it, where a second person adopted it.
    pub proposed: Option<Deed>,
    /// Why.
    pub reason: String,
}

/// The newest events about rules and holds: where they are the same, so is what rules.
type Mark = Vec<(Uuid, u64)>;

impl Archive {
    /// What rules as of the last commit.
    pub fn standing(&self) -> Result<Standing> {
        let mark = self.mark()?;
        let mut standing = Standing {
            law: law_of_the_program()?,
            law_adopted: None,
            versions: Vec::new(),
            proposals: Vec::new(),
            confirmations: Confirmations::default(),
            holds: self.hold_state()?,
            calendar: setting::of_the_program()?,
            archive: Whose::Current,
            called: None,
            sectors: Sectors::default(),
            by_rule: HashMap::new(),
            mark,
        };
        for (index, id) in self.catalog.rules().map_err(project::catalog)? {
            let events = self.catalog.events(id).map_err(project::catalog)?;
            let own = |kind: EventKind, at: u64| match kind {
                EventKind::RulesProposed | EventKind::RulesAdopted => at == index,
                EventKind::HolidaysAdopted
                | EventKind::ArchiveKindSet
                | EventKind::ArchiveNamed
                | EventKind::AgencySectorSet => at == index,
                _ => at > index,
            };
            let adopted = self.kind_at(&events, index)? == Some(EventKind::RulesAdopted);
            for (at, row) in &events {
                let (_, entry) = self.entry(row)?;
                if own(entry.kind, *at) && (adopted || *at == index) {
                    self.follow(&mut standing, id, row, &entry)?;
                }
            }
        }
        for (at, version) in standing.versions.iter().enumerate() {
            for rule in &version.file.rules {
                standing.by_rule.entry(rule.code.clone()).or_default().push(at);
            }
        }
        Ok(standing)
    }

    /// Whether nothing that rules has changed since: a record's own facts are not meant.
    pub fn is_standing(&self, standing: &Standing) -> Result<bool> {
        Ok(self.mark()? == standing.mark)
    }

    fn mark(&self) -> Result<Mark> {
        let rules = self.catalog.rules().map_err(project::catalog)?;
        let holds = self.catalog.holds().map_err(project::catalog)?;
        let newest = |id: Uuid| {
            let (index, _) = self.catalog.last_event(id).map_err(project::catalog)?.ok_or_else(damaged)?;
            Ok((id, index))
        };
        rules.into_iter().map(|(_, id)| id).chain(holds).map(newest).collect()
    }

    fn kind_at(&self, events: &[(u64, EventRow)], index: u64) -> Result<Option<EventKind>> {
        let row = events.iter().find(|(at, _)| *at == index).map(|(_, row)| row);
        Ok(row.map(|row| self.entry(row)).transpose()?.map(|(_, entry)| entry.kind))
    }

    fn follow(&self, standing: &mut Standing, id: Uuid, row: &EventRow, entry: &Entry) -> Result<()> {
        match entry.kind {
            EventKind::RulesProposed => standing.proposals.push(version(id, entry, self.body_of(row)?)?),
            EventKind::RulesAdopted => {
                let mut version = version(id, entry, self.body_of(row)?)?;
                version.proposed = standing.proposals.iter().find(|proposal| proposal.id == id).map(|one| one.adopted);
                standing.proposals.retain(|proposal| proposal.id != id);
                match version.file.schedule {
                    Some(_) => standing.versions.push(version),
                    None => {
                        standing.law = version.file.law().map_err(|error| damaged().because(error))?;
                        standing.law_adopted = Some(version);
                    }
                }
            }
            EventKind::HolidaysAdopted => {
                let HolidaysBody { text, .. } = self.body_of(row)?;
                let adopted = Calendar::parse(&text).map_err(|error| damaged().because(error))?;
                standing.calendar.amend(adopted);
            }
            EventKind::ArchiveKindSet => {
                let ArchiveKindBody { kind, .. } = self.body_of(row)?;
                let known = Whose::NAMES.iter().find(|(name, _)| *name == kind);
                standing.archive = known.ok_or_else(damaged)?.1;
            }
            EventKind::ArchiveNamed => {
                let ArchiveNamedBody { name, place, .. } = self.body_of(row)?;
                standing.called = Some(Called { name, place });
            }
            EventKind::AgencySectorSet => {
                let AgencySectorBody { agency, sector, .. } = self.body_of(row)?;
                let agency = agency.parse().map_err(|_| damaged())?;
                let known = Sector::NAMES.iter().find(|(name, _)| *name == sector);
                standing.sectors.set(&agency, known.ok_or_else(damaged)?.1);
            }
            EventKind::RuleConfirmed => {
                let body: RuleConfirmedBody = self.body_of(row)?;
                let version = standing.versions.iter().find(|version| version.id == id).ok_or_else(damaged)?;
                let basis = format!("{} ({})", body.basis, body.mandate);
                for code in &body.rules {
                    let told = standing.confirmations.confirm(&version.file, code, deed(entry), &basis);
                    told.map_err(|refusal| damaged().because(refusal))?;
                }
            }
            EventKind::RuleWithdrawn => {
                let body: RuleWithdrawnBody = self.body_of(row)?;
                let version = standing.versions.iter().find(|version| version.id == id).ok_or_else(damaged)?;
                let sha256 = version.file.sha256;
                for code in &body.rules {
                    let told = standing.confirmations.withdraw(sha256, code, deed(entry), &body.reason);
                    told.map_err(|refusal| damaged().because(refusal))?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Standing {
    /// The rule of this code, in the version that governs a record of these dates.
    pub fn rule(&self, code: &str, accessioned: Dated, work_ended: Dated) -> Option<(&Version, &Rule)> {
        let all = self.by_rule.get(code)?.iter().filter_map(|&at| self.versions.get(at));
        let governing = all.reduce(|governing, later| match later.applies.governs(accessioned, work_ended) {
            true => later,
            false => governing,
        })?;
        Some((governing, governing.file.rule(code)?))
    }

    /// The version and the rule that rule what is told of a record or dossier; none where no adopted rule does.
    pub fn governing(&self, matter: &Matter) -> Option<(&Version, &Rule)> {
        let Assigned::Rule(rule, _) = matter.assigned else { return None };
        self.rule(&rule.code, matter.accessioned, matter.work_ended)
    }

    /// By which time a dossier is transferred: its own agency's.
    pub fn sector_of(&self, dossier: &DossierRow) -> Sector {
        dossier.agencies.first().map_or(Sector::General, |agency| self.sectors.of(agency))
    }

    /// The rule of this code in each version that may still govern records for which another is to be adopted, newest
    /// first: back to one that was adopted for all of them.
    pub fn may_govern<'a>(&'a self, code: &'a str, wanted: Applies) -> impl Iterator<Item = &'a Rule> {
        let versions = self.with(code).rev();
        let mut is_over = false;
        let open = versions.take_while(move |version| {
            let goes_on = !is_over;
            is_over |= version.applies.covers(wanted);
            goes_on
        });
        open.filter_map(move |version| version.file.rule(code))
    }

    /// The versions that have this rule, in the order of their adoption.
    pub fn with(&self, code: &str) -> impl DoubleEndedIterator<Item = &Version> {
        let known = self.by_rule.get(code).map_or(&[][..], Vec::as_slice);
        known.iter().filter_map(|&at| self.versions.get(at))
    }

    /// The newest version that has this rule.
    pub fn newest_with(&self, code: &str) -> Option<&Version> {
        self.by_rule.get(code)?.last().and_then(|&at| self.versions.get(at))
    }

    /// The newest version of a schedule.
    pub fn newest_of(&self, schedule: &str) -> Option<&Version> {
        self.versions.iter().rev().find(|version| version.schedule() == schedule)
    }

    /// Whether a rule of a version is confirmed.
    pub fn confirmed(&self, version: &Version, rule: &Rule) -> Confirmed {
        self.confirmations.of(version.file.sha256, &rule.code)
    }
}

impl Version {
    /// Code of its schedule; empty for the law.
    pub fn schedule(&self) -> &str {
        self.file.schedule.as_ref().map_or("", |schedule| schedule.code.as_str())
    }

    /// Whether nobody but this person had a hand in its adoption.
    pub fn is_by_alone(&self, person: Person) -> bool {
        self.adopted.by == person && self.proposed.is_none_or(|proposed| proposed.by == person)
    }

    /// Number of the version; 0 for the law.
    pub fn number(&self) -> u32 {
        self.file.schedule.as_ref().map_or(0, |schedule| schedule.version)
    }
}

/// Rules as the event says that proposed or adopted them.
pub(super) fn version(id: Uuid, entry: &Entry, body: RulesBody) -> Result<Version> {
    let file = RuleFile::parse(&body.text).map_err(|error| damaged().because(error))?;
    let day = |text: &str| text.parse().map_err(|_| damaged());
    let applies = match &body.applies {
        AppliesBody::All => Applies::AllUndisposed,
        AppliesBody::AccessionedFrom(from) => Applies::Accessioned(day(from)?),
        AppliesBody::WorkEndedFrom(from) => Applies::WorkEnded(day(from)?),
    };
    Ok(Version { id, file, applies, adopted: deed(entry), proposed: None, reason: body.reason })
}

/// The law as this program brings it.
fn law_of_the_program() -> Result<Law> {
    let unreadable = || Error::corrupt("the law in the program is not in its form");
    let file = RuleFile::parse(law::TEXT).map_err(|error| unreadable().because(error))?;
    file.law().map_err(|error| unreadable().because(error))
}

fn damaged() -> Error {
    Error::corrupt("the body of an event about rules is not in its form")
}
