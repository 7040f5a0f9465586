//! Wire types that several resources share, and cursors.

use crate::archive::Event;
use crate::archive::body::{DossierBody, RecordBody, RetentionBody};
use crate::archive::describe::Amendment;
use crate::archive::retention::Explained;
use crate::http::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Things on a page where nobody says how many.
pub const PAGE_DEFAULT: usize = 20;
/// Things on a page at most.
pub const PAGE_MAX: usize = 200;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many on a page: 1 to 200, 20 if nothing is said.
    pub limit: Option<usize>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// How many.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(PAGE_DEFAULT) {
            limit @ 1..=PAGE_MAX => Ok(limit),
            _ => Err(Problem::invalid("limit is 1 to 200")),
        }
    }

    /// From where: cursors are made by us, and mean nothing to anybody else.
    pub fn from(&self) -> Result<u32, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(0) };
        let number = cursor.strip_prefix('p').and_then(|digits| u32::from_str_radix(digits, 36).ok());
        number.ok_or_else(|| Problem::invalid("the cursor is none of this API"))
    }
}

/// The cursor that begins at `from`.
pub fn cursor(from: u32) -> String {
    let mut digits = Vec::new();
    let mut rest = from;
    loop {
        digits.push(char::from_digit(rest % 36, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    std::iter::once('p').chain(digits.into_iter().rev()).collect()
}

/// A record in a list.
#[derive(Serialize, ToSchema)]
pub struct RecordSummary {
    /// Identifier.
    pub record: String,
    /// Code for people.
    pub doc_code: String,
    /// Number and notation as written.
    pub symbol: String,
    /// Subject.
    pub subject: String,
    /// Document type, 01 to 32.
    pub type_name: String,
    /// Date of issue.
    pub issued_date: String,
    /// Issuing agency.
    pub agency_code: String,
    /// Its name.
    pub organ_name: String,
    /// Signer.
    pub signer: String,
    /// Code of its dossier.
    pub file_code: String,
    /// Access mode, 01 to 03.
    pub mode: String,
}

impl RecordSummary {
    /// Describes a record.
    pub fn new(record: uuid::Uuid, body: &RecordBody) -> Self {
        Self {
            record: record.to_string(),
            doc_code: body.doc_code.clone(),
            symbol: body.symbol.clone(),
            subject: body.subject.clone(),
            type_name: body.type_name.clone(),
            issued_date: body.issued_date.clone(),
            agency_code: body.agency_code.clone(),
            organ_name: body.organ_name.clone(),
            signer: body.signer.clone(),
            file_code: body.file_code.clone(),
            mode: body.mode.clone(),
        }
    }
}

/// A dossier.
#[derive(Serialize, ToSchema)]
pub struct Dossier {
    /// Identifier.
    pub dossier: String,
    /// Code.
    pub file_code: String,
    /// The same with the archive's code before it.
    pub arc_file_code: String,
    /// Title.
    pub title: String,
    /// Agency that transferred it.
    pub agency_code: String,
    /// Its name.
    pub agency_name: String,
    /// Year the work ended.
    pub year: i32,
    /// Date of the first document.
    pub start_date: Option<String>,
    /// Date of the last document.
    pub end_date: Option<String>,
    /// Remarks.
    pub description: String,
    /// Retention as it is stated.
    pub retention: Retention,
}

/// Retention as it is stated.
#[derive(Serialize, ToSchema)]
pub struct Retention {
    /// Kept for ever.
    pub permanent: bool,
    /// Years; null with `permanent`, or while it is not known.
    pub years: Option<u16>,
    /// Last day of the period.
    pub until: Option<String>,
    /// `stated` by the agency or by `rule`.
    pub basis: String,
    /// The statement or rule.
    pub citation: String,
    /// Whether the rule is confirmed: nothing is destroyed without.
    pub verified: bool,
}

impl From<&RetentionBody> for Retention {
    fn from(body: &RetentionBody) -> Self {
        Self {
            permanent: body.permanent,
            years: body.years,
            until: body.until.clone(),
            basis: body.basis.clone(),
            citation: body.citation.clone(),
            verified: body.verified,
        }
    }
}

impl Dossier {
    /// Describes a dossier.
    pub fn new(dossier: uuid::Uuid, body: &DossierBody) -> Self {
        Self {
            dossier: dossier.to_string(),
            file_code: body.file_code.clone(),
            arc_file_code: body.arc_file_code.clone(),
            title: body.title.clone(),
            agency_code: body.agency_code.clone(),
            agency_name: body.agency_name.clone(),
            year: body.year,
            start_date: body.start_date.clone(),
            end_date: body.end_date.clone(),
            description: body.description.clone(),
            retention: Retention::from(&body.retention),
        }
    }
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct HistoryEvent {
    /// Its ledger index.
    pub index: u64,
    /// What.
    pub event: &'static str,
    /// When, RFC 3339.
    pub time: String,
    /// Pseudonym of who acted.
    pub actor: String,
    /// Their name.
    pub actor_name: Option<String>,
    /// The rule it rests on.
    pub rule: Option<String>,
    /// What it amended in a description; null: nothing, or it was destroyed with its record.
    pub amended: Option<Amended>,
    /// The ledger's entry, byte for byte: what the leaf's hash is made of.
    pub entry: String,
}

/// What was amended in a description.
#[derive(Serialize, ToSchema)]
pub struct Amended {
    /// Why.
    pub reason: String,
    /// Each field.
    pub changes: Vec<AmendedField>,
}

/// A field that was amended.
#[derive(Serialize, ToSchema)]
pub struct AmendedField {
    /// Its name.
    pub field: String,
    /// What it said; keywords one a line.
    pub before: String,
    /// What it says.
    pub after: String,
}

impl From<&Amendment> for Amended {
    fn from(amendment: &Amendment) -> Self {
        let changes = amendment.changes.iter().map(|one| AmendedField {
            field: one.field.clone(),
            before: one.before.clone(),
            after: one.after.clone(),
        });
        Self { reason: amendment.reason.clone(), changes: changes.collect() }
    }
}

impl From<&Event> for HistoryEvent {
    fn from(event: &Event) -> Self {
        Self {
            index: event.index,
            event: event.entry.kind.name(),
            time: event.entry.time.to_string(),
            actor: event.entry.actor.to_string(),
            actor_name: event.actor.clone(),
            rule: event.entry.rule.clone(),
            amended: event.amendment.as_ref().map(Amended::from),
            entry: String::from_utf8_lossy(&event.bytes).into_owned(),
        }
    }
}

/// What happened, oldest first.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// The events.
    pub events: Vec<HistoryEvent>,
}

/// A day.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day, YYYY-MM-DD; today in Vietnam if nothing is said.
    pub on: Option<String>,
}

impl OnDay {
    /// The day.
    pub fn day(&self) -> Result<Option<chrono::NaiveDate>, Problem> {
        let read = |text: &String| text.parse().map_err(|_| Problem::invalid("days are written YYYY-MM-DD"));
        self.on.as_ref().map(read).transpose()
    }
}

/// A sentence in both languages.
#[derive(Serialize, ToSchema)]
pub struct Both {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What may become of a record or dossier on a day. It describes and permits nothing.
#[derive(Serialize, ToSchema)]
pub struct RetentionExplained {
    /// The day.
    pub on: String,
    /// Stable name of the answer.
    pub outcome: &'static str,
    /// Last day of the period.
    pub until: Option<String>,
    /// The answer in a sentence.
    pub headline: Both,
    /// What it rests on.
    pub basis: Both,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Holds that cover it.
    pub holds: Vec<String>,
}

/// A reason.
#[derive(Serialize, ToSchema)]
pub struct Reason {
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub words: Both,
    /// The legal text.
    pub citation: Option<String>,
}

impl From<&Explained> for RetentionExplained {
    fn from(explained: &Explained) -> Self {
        let Explained { decision, words, .. } = explained;
        let both = |vi: &String, en: &String| Both { vi: vi.clone(), en: en.clone() };
        let reasons = words.lines.iter().map(|line| Reason {
            code: line.code.name(),
            words: both(&line.words.vi, &line.words.en),
            citation: line.source.as_ref().map(ToString::to_string),
        });
        Self {
            on: explained.on.to_string(),
            outcome: decision.outcome.name(),
            until: decision.until().map(|day| day.to_string()),
            headline: both(&words.headline.vi, &words.headline.en),
            basis: both(&words.basis.vi, &words.basis.en),
            reasons: reasons.collect(),
            holds: explained.holds.iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
