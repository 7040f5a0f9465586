//! Candidates for disposal: what a list would say of a record, with the decision about it.
//!
//! For the disposal case and for whatever destroys. [`Archive::candidate`] answers for one record as of the last commit;
//! in the sequencer, between two commits, nothing can change meanwhile. [`Archive::candidates`] proposes what a list may
//! have: it is a proposal, and every item is decided anew when it is added, approved and destroyed. Of a candidate's item
//! `ground` and `note` are the case's to set: it is made as if expired ([`disposal::draft::draft`] finds duplicates).
//!
//! `Item::content` is `record::content_of`: the digest of the record's files, the same in another record with the same
//! content. The metadata of a record never change; what a list says of them is in the item. Who asks for many records
//! asks an [`Assessor`], which reads each dossier and what rules once.
//!
//! Nothing here permits anything: only a `disposal::Permit` does.
//!
//! [`disposal::draft::draft`]: crate::retention::disposal::draft::draft

use super::assessor::Assessor;
use super::links::Links;
use super::standing::{Standing, Version};
use super::whole::Whole;
use crate::archive::body::RecordBody;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{Depth, PlacedRow, Walk};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::record::{self, AgencyCode};
use crate::retention::decision::{Link, Question, decide};
use crate::retention::disposal::draft::Candidate;
use crate::retention::disposal::{Ground, Item, Survivor, SurvivorState};
use crate::retention::hold::{Place, Said};
use crate::retention::span::{Assigned, Footing, Longest, Matter, Span, reckon};
use crate::retention::words;
use crate::text::fold;
use chrono::NaiveDate;
use uuid::Uuid;

/// Which records are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this agency and of those under it; `None`: all.
    pub agency: Option<AgencyCode>,
    /// Those whose work ended in this year or earlier; `None`: all.
    pub worked_until: Option<i32>,
    /// Also those whose period still runs: among them duplicates are looked for.
    pub running: Running,
}

/// Whether records whose period still runs are candidates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Running {
    /// No: what may be listed as expired.
    #[default]
    Without,
    /// Yes: a duplicate may go before its period ends.
    With,
}

/// What stands against a record, as far as it lies outside the record.
pub(super) struct Asked {
    pub holds: Vec<Uuid>,
    pub links: Vec<Link>,
    pub longest: Longest,
}

impl Asked {
    /// The question about the record on a day.
    pub fn question<'a>(&'a self, record: &'a Matter<'a>, on: NaiveDate) -> Question<'a> {
        Question { record, dossier: self.longest, holds: &self.holds, links: &self.links, on }
    }
}

impl Archive {
    /// What a list would say of a record on a day, as of the last commit.
    pub fn candidate(&self, record: Uuid, on: NaiveDate) -> Result<Candidate> {
        Assessor::new(self, on).candidate(record)
    }

    /// Records that a list may have on a day, dossier by dossier.
    pub fn candidates(&self, filter: Filter, on: NaiveDate) -> Result<Candidates<'_>> {
        let (walk, standing) = (self.catalog.walk_kept(Depth::Records), self.standing()?);
        Ok(Candidates { archive: self, walk, standing, filter, on, found: Vec::new() })
    }

    /// The other copy of a duplicate, as it is now; `None` where there is no such record any more. Whether it stays is
    /// for who knows the open cases.
    pub fn survivor(&self, record: Uuid, state: SurvivorState) -> Result<Option<Survivor>> {
        let standing = self.standing()?;
        let Some(_) = self.catalog.body(record).map_err(project::catalog)? else { return Ok(None) };
        let body = self.record(record)?;
        let whole = self.whole(dossier_of(record, &body)?)?;
        let Some((span, _)) = whole.kept_with(&standing) else { return Ok(None) };
        Ok(Some(Survivor { record, content: content(record, &body)?, span, state }))
    }

    /// A dossier with everything that retention counts from.
    pub(in crate::archive) fn whole(&self, dossier: Uuid) -> Result<Whole> {
        let kept = self.catalog.kept(dossier).map_err(project::catalog)?;
        kept.map(Whole::new).ok_or_else(|| Error::not_found(format!("there is no dossier {dossier}")))
    }

    pub(super) fn candidate_in(
        &self,
        standing: &Standing,
        whole: &Whole,
        longest: &Longest,
        placed: &PlacedRow,
        body: &RecordBody,
        on: NaiveDate,
    ) -> Result<Candidate> {
        let mut events = Vec::new();
        let matter = whole.matter_of(placed, standing, &mut events);
        let asked = self.ask_record(standing, whole, longest, &matter, body)?;
        let decision = decide(&asked.question(&matter, on), standing.law.bounds());
        let (rule, rules) = rule_of(standing, whole, &matter);
        let item = Item {
            record: placed.record,
            code: body.arc_doc_code.clone(),
            title: body.subject.clone(),
            ground: Ground::Expired,
            rule,
            rules,
            until: decision.until(),
            outcome: decision.outcome,
            content: content(placed.record, body)?,
            note: String::new(),
        };
        Ok(Candidate { item, decision, accessioned: placed.accessioned })
    }

    /// What stands against a record of a dossier.
    pub(super) fn ask_record(
        &self,
        standing: &Standing,
        whole: &Whole,
        longest: &Longest,
        matter: &Matter<'_>,
        body: &RecordBody,
    ) -> Result<Asked> {
        Ok(Asked {
            holds: covering(standing, whole, matter.id, body)?,
            links: Links::new(self).of(standing, whole, matter.id)?,
            longest: told_once(longest, matter, standing),
        })
    }
}

/// Candidates, dossier by dossier.
pub struct Candidates<'a> {
    archive: &'a Archive,
    walk: Walk<'a>,
    standing: Standing,
    filter: Filter,
    on: NaiveDate,
    /// Of the dossier at hand, the last one first.
    found: Vec<Candidate>,
}

impl Candidates<'_> {
    /// What ruled when they were asked for.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    fn fill(&mut self) -> Result<Option<()>> {
        while self.found.is_empty() {
            let Some(kept) = self.walk.next_kept().map_err(project::catalog)? else { return Ok(None) };
            if !self.filter.takes(&kept.row.agencies, kept.row.year) {
                continue;
            }
            let whole = Whole::new(kept);
            let longest = whole.longest(&self.standing);
            let ended = longest.span.is_some_and(|(span, _)| matches!(span, Span::Until(day) if day < self.on));
            if !ended && self.filter.running == Running::Without {
                continue;
            }
            for (_, placed) in whole.kept.records.iter().rev() {
                let body = self.archive.record(placed.record)?;
                let found = self.archive.candidate_in(&self.standing, &whole, &longest, placed, &body, self.on)?;
                if found.item.is_listable() || self.filter.running == Running::With {
                    self.found.push(found);
                }
            }
        }
        Ok(Some(()))
    }
}

impl Iterator for Candidates<'_> {
    type Item = Result<Candidate>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.fill() {
            Ok(filled) => filled.and_then(|()| self.found.pop()).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

impl Filter {
    /// Whether a dossier's records are asked for.
    pub fn takes(&self, agencies: &[AgencyCode], year: i32) -> bool {
        let is_under = |wanted: &AgencyCode| agencies.iter().any(|code| wanted.covers(code.as_str()));
        let agency = self.agency.as_ref().is_none_or(is_under);
        agency && self.worked_until.is_none_or(|last| year <= last)
    }
}

/// A record whose own footing is a doubt is not told of the others' doubts, too: the answer is the same.
pub(super) fn told_once(longest: &Longest, matter: &Matter<'_>, standing: &Standing) -> Longest {
    let firm = reckon(matter, standing.law.bounds()).footing == Footing::Firm;
    Longest { unconfirmed: longest.unconfirmed.filter(|_| firm), ..*longest }
}

/// The holds in force that cover a record.
pub(super) fn covering(standing: &Standing, whole: &Whole, record: Uuid, body: &RecordBody) -> Result<Vec<Uuid>> {
    at_its_place(standing, whole, record, body, |place| {
        let mut found = Vec::new();
        standing.holds.covering(place, &mut found);
        found
    })
}

/// The holds that cover a record, or would if they were not released.
pub(super) fn covered_ever(standing: &Standing, whole: &Whole, record: Uuid, body: &RecordBody) -> Result<Vec<Uuid>> {
    at_its_place(standing, whole, record, body, |place| {
        let covers = standing.holds.all().filter(|hold| hold.scope.covers(place));
        covers.map(|hold| hold.id).collect()
    })
}

/// Asks about a record with everything that a hold may go by.
fn at_its_place<T>(
    standing: &Standing,
    whole: &Whole,
    record: Uuid,
    body: &RecordBody,
    ask: impl FnOnce(&Place) -> T,
) -> Result<T> {
    let bad = || Error::corrupt(format!("the catalog's row of {record} is damaged"));
    let subjects: Vec<&str> = body.subject_before.iter().chain([&body.subject]).map(String::as_str).collect();
    let subject = fold(&subjects.join("\n"));
    let rules = whole.placed(record).map(|placed| whole.classes_of(placed, standing)).unwrap_or_default();
    let place = Place {
        record,
        dossier: whole.kept.id,
        agencies: &whole.kept.row.agencies,
        rules: &rules,
        year: whole.kept.row.year,
        issued: Some(body.issued_date.parse().map_err(|_| bad())?),
        said: Some(Said {
            document_type: body.type_name.parse().map_err(|_| bad())?,
            file_code: &body.file_code,
            subject_folded: &subject,
        }),
    };
    Ok(ask(&place))
}

/// The rule as lists name it, and the digest of the version it is of. A statement that was confirmed is named in words,
/// with the digest of what was confirmed: another confirmation is another item.
fn rule_of(standing: &Standing, whole: &Whole, matter: &Matter<'_>) -> (String, Sha256) {
    match matter.assigned {
        Assigned::Rule(rule, _) => {
            let sha256 = standing.governing(matter).map_or(Sha256([0; 32]), |(Version { file, .. }, _)| file.sha256);
            (rule.code.clone(), sha256)
        }
        Assigned::Stated(period, _) => {
            let confirmed = whole.own.confirmed.as_ref();
            let by = confirmed.map_or([0; 8], |confirmation| confirmation.by.0);
            let text = format!("stated: {}", words(period));
            let digest = Sha256::of_parts(&[b"chauban stated period 1\n", text.as_bytes(), &by]);
            (text, digest)
        }
        Assigned::Nothing => (String::new(), Sha256([0; 32])),
    }
}

pub(super) fn dossier_of(record: Uuid, body: &RecordBody) -> Result<Uuid> {
    Uuid::try_parse(&body.dossier).map_err(|_| Error::corrupt(format!("the catalog's row of {record} is damaged")))
}

fn content(record: Uuid, body: &RecordBody) -> Result<Sha256> {
    let bad = || Error::corrupt(format!("the catalog's row of {record} is damaged"));
    let digests: Option<Vec<Sha256>> = body.components.iter().map(|component| component.sha256.parse().ok()).collect();
    record::content_of(&digests.ok_or_else(bad)?).ok_or_else(bad)
}
