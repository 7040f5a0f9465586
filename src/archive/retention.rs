//! What may become of a record or a dossier on a day, by what the catalog holds of it.
//!
//! Gathers the facts and asks `retention::decision`, the one place that decides; stores no answer and allows nothing. So
//! far a period is what the agency states, which nobody verified: no answer here is ever “eligible”. A dossier takes the
//! longest period among its records, and so does each of its records (Law 33/2024 Art. 15); it is held while a record of
//! it is.

use super::body::{DossierBody, RecordBody};
use super::project;
use super::reading::Archive;
use super::show::Shown;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::record::{Basis, Period};
use crate::retention::civil::{Dated, vietnamese_day};
use crate::retention::decision::{Decision, Question, decide};
use crate::retention::explain::{self, Explanation};
use crate::retention::hold::Holds;
use crate::retention::law::{self, Law};
use crate::retention::read_statement;
use crate::retention::reason::About;
use crate::retention::rules::RuleFile;
use crate::retention::span::{Assigned, Longest, Matter, reckon};
use crate::time::Clock;
use chrono::NaiveDate;
use uuid::Uuid;

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

/// The day it is in Vietnam.
pub fn today(clock: &dyn Clock) -> NaiveDate {
    vietnamese_day(clock.wall())
}

impl Archive {
    /// What may become of what `text` names on a day.
    pub fn explain_retention(&self, text: &str, on: NaiveDate) -> Result<Explained> {
        let law = law_in_use()?;
        match self.show(text)? {
            Shown::Record { id, body, dossier, .. } => self.explain_record(id, &body, *dossier, on, &law),
            Shown::Destroyed { tombstone, .. } => Err(super::show::destroyed(&tombstone)),
            Shown::Dossier { id, body, .. } => self.explain_dossier(id, *body, on, &law),
        }
    }

    fn explain_record(
        &self,
        id: Uuid,
        body: &RecordBody,
        dossier: DossierBody,
        on: NaiveDate,
        law: &Law,
    ) -> Result<Explained> {
        let dossier_id = Uuid::try_parse(&body.dossier).map_err(|_| damaged(id))?;
        let whole = self.matter(dossier_id, &dossier)?;
        let assigned = match body.maintenance_text.as_str() {
            "" => whole.assigned,
            stated => Assigned::Stated(read_statement(stated).unwrap_or(Period::Awaiting)),
        };
        let issued = body.issued_date.parse().map(Dated::day).map_err(|_| damaged(id))?;
        let matter = Matter { id, issued, accessioned: self.accessioned(id)?, assigned, ..whole };
        // The record's own footing is a statement already, so that of the others changes nothing.
        let longest = Longest { span: Some((reckon(&whole, law.bounds()).span, dossier_id)), unconfirmed: None };
        let state = self.hold_state()?;
        let holds = self.holds_on_record(&state, id, body, &dossier)?;
        let question = Question { record: &matter, dossier: longest, holds: &holds, links: &[], on };
        let code = body.doc_code.clone();
        Ok(self.answer(&question, Subject { about: id, code, kind: Kind::Record, dossier }, law, &state))
    }

    fn explain_dossier(&self, id: Uuid, dossier: DossierBody, on: NaiveDate, law: &Law) -> Result<Explained> {
        let matter = self.matter(id, &dossier)?;
        let state = self.hold_state()?;
        let holds = self.holds_on_dossier(&state, id, &dossier)?;
        let question = Question { record: &matter, dossier: Longest::NONE, holds: &holds, links: &[], on };
        let code = dossier.file_code.clone();
        Ok(self.answer(&question, Subject { about: id, code, kind: Kind::Dossier, dossier }, law, &state))
    }

    fn answer(&self, question: &Question, subject: Subject, law: &Law, holds: &Holds) -> Explained {
        let Subject { about, code, kind, dossier } = subject;
        let decision = decide(question, law.bounds());
        let name = |named| match named {
            About::Record(_) => Some(dossier.file_code.clone()),
            About::Hold(id) => holds.get(id).map(|hold| hold.reason.clone()),
            _ => None,
        };
        let words = explain::explain(question, &decision, law, None, name);
        let holds = question.holds.to_vec();
        Explained { about, code, kind, on: question.on, dossier, holds, decision, words }
    }

    /// What the catalog knows of a dossier as a whole.
    fn matter(&self, id: Uuid, body: &DossierBody) -> Result<Matter<'static>> {
        let dossier = body.read().ok_or_else(|| damaged(id))?;
        Ok(Matter {
            id,
            work_ended: Dated::year(body.year),
            issued: Dated::UNKNOWN,
            dossier_ended: dossier.dates.map_or(Dated::UNKNOWN, |(_, last)| Dated::day(last)),
            accessioned: self.accessioned(id)?,
            reviewed: None,
            assigned: match dossier.retention.basis {
                Basis::Stated => Assigned::Stated(dossier.retention.period),
                Basis::Rule => Assigned::Nothing, // no schedule is adopted, so no rule can be named
            },
            events: &[],
        })
    }

    /// The day on which something was accessioned.
    fn accessioned(&self, id: Uuid) -> Result<Dated> {
        let events = self.catalog.events(id).map_err(project::catalog)?;
        let (_, row) = events.first().ok_or_else(|| damaged(id))?;
        let (_, entry) = self.entry(row)?;
        let accession = matches!(entry.kind, EventKind::RecordAccessioned | EventKind::DossierAccessioned);
        Ok(if accession { Dated::day(vietnamese_day(entry.time)) } else { Dated::UNKNOWN })
    }
}

/// What is explained.
struct Subject {
    about: Uuid,
    code: String,
    kind: Kind,
    dossier: DossierBody,
}

/// The law as this program brings it.
fn law_in_use() -> Result<Law> {
    let unreadable = || Error::corrupt("the law in the program is not in its form");
    let file = RuleFile::parse(law::TEXT).map_err(|error| unreadable().because(error))?;
    file.law().map_err(|error| unreadable().because(error))
}

fn damaged(id: Uuid) -> Error {
    Error::corrupt(format!("the catalog's row of {id} is damaged"))
}
