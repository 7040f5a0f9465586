//! Retention: what rules, what records are kept under, and what may become of them on a day.
//!
//! Facts lie in the catalog, rules in events; [`standing`] reads the rules, [`whole`] puts facts and rules together, and
//! `retention::decision`, the one place that decides, is asked. No answer is stored, and none allows anything. A dossier
//! takes the longest period among its records, and so does each of its records (Law 33/2024 Art. 15); it is held while a
//! record of it is.

pub mod adopt;
pub mod assessor;
pub mod assign;
pub mod candidate;
pub mod foresee;
pub mod history;
mod links;
pub mod recorded;
pub mod setting;
pub mod shown;
pub mod standing;
pub mod survey;
pub mod transfer_list;
pub(super) mod whole;

use super::body::{DossierBody, RecordBody};
use super::reading::Archive;
use super::show::Shown;
use crate::catalog::PlacedRow;
use crate::error::{Error, Result};
use crate::retention::access::{Handling, opening};
use crate::retention::civil::vietnamese_day;
use crate::retention::decision::{Decision, Question, decide};
use crate::retention::explain::{self, Explanation};
use crate::retention::reason::About;
use crate::retention::rules;
use crate::retention::span::{Longest, Matter};
use crate::time::Clock;
use candidate::{Asked, dossier_of};
use chrono::NaiveDate;
use links::Links;
use standing::Standing;
use std::collections::BTreeSet;
use uuid::Uuid;
use whole::Whole;

// Vocabulary of the rules, for callers that do not see them.
pub use crate::retention::access::Opening;
pub use crate::retention::deadline::Sector;
pub use crate::retention::explain::span_words;
pub use crate::retention::law::Grade;
pub use crate::retention::preview::{Applies, Change, Count};
pub use crate::retention::reason::{Occurrence, ReasonCode};
pub use crate::retention::rules::import::{Import, Provenance, TABLE_BYTES_MAX};
pub use crate::retention::rules::{Lock, RULES_BYTES_MAX};
pub use adopt::governed;

/// What may become of a record or a dossier, and why.
#[derive(Debug, Clone)]
pub struct Explained {
    /// What was asked about.
    pub about: Uuid,
    /// Its code.
    pub code: String,
    /// Whether it is a record or a dossier.
    pub kind: Kind,
    /// The day.
    pub on: NaiveDate,
    /// The dossier, with what is stated of its retention.
    pub dossier: DossierBody,
    /// The holds in force that cover it, or a record of it.
    pub holds: Vec<Uuid>,
    /// The answer.
    pub decision: Decision,
    /// Who may read it on that day; of a dossier nothing is said.
    pub access: Option<Opening>,
    /// The rule that was assigned and would shorten: it waits for a second person.
    pub waiting: Option<String>,
    /// The answer in words.
    pub words: Explanation,
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A record.
    Record,
    /// A dossier.
    Dossier,
}

/// Reads a table of periods: the rule file of what was understood, and the report.
pub fn import_table(bytes: &[u8], from: &Provenance) -> Result<(String, Import)> {
    let import = rules::import::read(bytes).map_err(|error| Error::invalid(error.to_string()))?;
    Ok((import.file(from), import))
}

/// The day it is in Vietnam.
pub fn today(clock: &dyn Clock) -> NaiveDate {
    vietnamese_day(clock.wall())
}

impl Archive {
    /// What may become of what `text` names on a day.
    pub fn explain_retention(&self, text: &str, on: NaiveDate) -> Result<Explained> {
        let standing = self.standing()?;
        match self.show(text)? {
            Shown::Record { id, body, dossier, .. } => self.explain_record(&standing, id, &body, *dossier, on),
            Shown::Destroyed { tombstone, .. } => Err(super::show::destroyed(&tombstone)),
            Shown::Dossier { id, body, .. } => {
                self.must_have_records(id, &body)?;
                self.explain_whole(&standing, &self.whole(id)?, *body, on)
            }
        }
    }

    /// A dossier of which everything was destroyed is kept for no period any more.
    pub(super) fn must_have_records(&self, id: Uuid, body: &DossierBody) -> Result<()> {
        if !self.records_of(id, 0, 1)?.is_empty() {
            return Ok(());
        }
        match self.destroyed_of(id)?.len() {
            0 => Ok(()),
            gone => {
                let code = &body.file_code;
                Err(Error::not_found(format!("nothing of dossier {code} is left: {gone} destroyed"))
                    .remedy("`chauban show` lists what it had, and by which cases that was destroyed"))
            }
        }
    }

    fn explain_record(
        &self,
        standing: &Standing,
        id: Uuid,
        body: &RecordBody,
        dossier: DossierBody,
        on: NaiveDate,
    ) -> Result<Explained> {
        let whole = self.whole(dossier_of(id, body)?)?;
        let placed = whole.placed(id).ok_or_else(|| damaged(id))?;
        self.explain_placed(standing, (&whole, &whole.longest(standing)), placed, body, dossier, on)
    }

    /// The same of a record at its place in a dossier, whose longest span is known.
    fn explain_placed(
        &self,
        standing: &Standing,
        (whole, longest): (&Whole, &Longest),
        placed: &PlacedRow,
        body: &RecordBody,
        dossier: DossierBody,
        on: NaiveDate,
    ) -> Result<Explained> {
        let mut events = Vec::new();
        let matter = whole.matter_of(placed, standing, &mut events);
        let asked = self.ask_record(standing, whole, longest, &matter, body)?;
        let waiting = whole.ruled_of(placed, standing).waiting;
        let open = Matter { assigned: whole.access_of(placed, standing), ..matter };
        let access = Some(opening(handling(placed, body), &open, on));
        let subject = Subject { code: body.doc_code.clone(), kind: Kind::Record, dossier, waiting, access };
        self.answer(standing, &asked.question(&matter, on), subject)
    }

    /// A dossier goes as a whole: what holds, links or keeps one of its records keeps it.
    fn explain_whole(
        &self,
        standing: &Standing,
        whole: &Whole,
        dossier: DossierBody,
        on: NaiveDate,
    ) -> Result<Explained> {
        let matter = whole.matter(standing);
        let (mut holds, mut links) = (BTreeSet::new(), Vec::new());
        let mut linked = Links::new(self);
        let any = standing.holds.all().any(|hold| hold.released.is_none());
        for (_, placed) in &whole.kept.records {
            if any {
                holds.extend(candidate::covering(standing, whole, placed.record, &self.record(placed.record)?)?);
            }
            links.extend(linked.of(standing, whole, placed.record)?);
        }
        let longest = candidate::told_once(&whole.longest(standing), &matter, standing);
        let asked = Asked { holds: holds.into_iter().collect(), links, longest };
        let waiting = whole.ruled(standing).waiting;
        let subject = Subject { code: dossier.file_code.clone(), kind: Kind::Dossier, dossier, waiting, access: None };
        self.answer(standing, &asked.question(&matter, on), subject)
    }

    fn answer(&self, standing: &Standing, question: &Question, subject: Subject) -> Result<Explained> {
        let Subject { code, kind, dossier, waiting, access } = subject;
        let decision = decide(question, standing.law.bounds());
        let cited = standing.governing(question.record).and_then(|(version, rule)| version.file.citation(rule));
        let name = |named| match named {
            About::Record(id) => self.code_of(id).or_else(|| Some(dossier.file_code.clone())),
            About::Hold(id) => standing.holds.get(id).map(|hold| hold.reason.clone()),
            _ => None,
        };
        let words = explain::explain(question, &decision, &standing.law, cited.as_ref(), name);
        Ok(Explained {
            about: question.record.id,
            code,
            kind,
            on: question.on,
            holds: question.holds.to_vec(),
            waiting: waiting.map(str::to_owned),
            access,
            dossier,
            decision,
            words,
        })
    }

    /// Who may read a record on a day.
    pub fn access(&self, id: Uuid, body: &RecordBody, on: NaiveDate) -> Result<Opening> {
        let whole = self.whole(dossier_of(id, body)?)?;
        let placed = whole.placed(id).ok_or_else(|| damaged(id))?;
        let mut events = Vec::new();
        let matter = whole.unruled_of(placed, &mut events);
        if whole.access_code(id).is_none() {
            return Ok(opening(handling(placed, body), &matter, on)); // what rules need not be read
        }
        let standing = self.standing()?;
        Ok(opening(handling(placed, body), &Matter { assigned: whole.access_of(placed, &standing), ..matter }, on))
    }

    /// The code of a record or dossier, where it can be read.
    pub fn code_of(&self, id: Uuid) -> Option<String> {
        self.record(id).map(|body| body.doc_code).or_else(|_| self.dossier(id).map(|body| body.file_code)).ok()
    }
}

fn handling(placed: &PlacedRow, body: &RecordBody) -> Handling {
    Handling { mode: placed.mode, sensitivity: body.sensitivity() }
}

/// What is explained.
struct Subject<'a> {
    code: String,
    kind: Kind,
    dossier: DossierBody,
    waiting: Option<&'a str>,
    access: Option<Opening>,
}

fn damaged(id: Uuid) -> Error {
    Error::corrupt(format!("the catalog's row of {id} is damaged"))
}
