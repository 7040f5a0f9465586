//! The history of retention as JSON: `schemas/retention-history.schema.json`, format 1.

use crate::archive::body::{AppliesBody, HoldScopeBody};
use crate::archive::hold::HoldShown;
use crate::archive::retention::{Explained, Kind};
use crate::retention::explain::Both;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// Version of the form.
pub const FORMAT: u32 = 1;

/// What is known of how long a dossier and its records are kept.
#[derive(Serialize, Debug, Clone)]
pub struct History {
    /// [`FORMAT`].
    pub format: u32,
    /// Whose archive says so.
    pub archive: Source,
    /// The day of the decisions.
    pub on: String,
    /// The dossier.
    pub dossier: Subject,
    /// Its records, or the one that was asked for.
    pub records: Vec<Subject>,
    /// Its records that were destroyed by law.
    pub destroyed: Vec<Destroyed>,
    /// What happened to all of them, in the order of the ledger.
    pub events: Vec<Happened>,
    /// The law in use.
    pub law: RulesText,
    /// The adopted versions of schedules that have the rules which were stated or assigned.
    pub rules: Vec<RulesText>,
    /// Every hold that covers, or covered, one of the records.
    pub holds: Vec<Hold>,
}

/// An archive.
#[derive(Serialize, Debug, Clone)]
pub struct Source {
    /// Origin of its ledger.
    pub origin: String,
    /// Its code.
    pub archive_code: String,
}

/// A dossier or record, and how long it is kept.
#[derive(Serialize, Debug, Clone)]
pub struct Subject {
    /// Its identifier.
    pub id: String,
    /// `dossier` or `record`.
    pub kind: &'static str,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// What the agency states, in its words.
    pub stated: String,
    /// The rule that rules it; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// What periods count from.
    pub dates: Dates,
    /// What may become of it on the day.
    pub decision: Decision,
}

/// A line of a version of a schedule.
#[derive(Serialize, Debug, Clone)]
pub struct RuleName {
    /// Its code.
    pub code: String,
    /// Code of the schedule.
    pub schedule: String,
    /// Number of the version that governs the subject.
    pub version: u32,
    /// SHA-256 of that version's text.
    pub sha256: String,
    /// The group of records.
    pub records: String,
    /// The legal text, where the file names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
}

/// Dates of a subject, ISO 8601.
#[derive(Serialize, Debug, Clone)]
pub struct Dates {
    /// The year in which the work ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_ended: Option<i32>,
    /// The day of issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// The day it came.
    pub accessioned: String,
}

/// An answer with its reasons.
#[derive(Serialize, Debug, Clone)]
pub struct Decision {
    /// `eligible`, `not-yet`, `held`, `review-due`, `permanent`, `awaiting-event` or `cannot-evaluate`.
    pub outcome: &'static str,
    /// Last day of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The holds in force.
    pub holds: Vec<String>,
    /// The rule that was assigned and waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// Who may read a record: `open`, …; of a dossier nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// The answer in a sentence.
    pub headline: Words,
    /// On what it rests.
    pub basis: Words,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Who may read a record.
#[derive(Serialize, Debug, Clone)]
pub struct Access {
    /// On the day.
    pub code: &'static str,
    /// From when it is open, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
}

/// Vietnamese and English.
#[derive(Serialize, Debug, Clone)]
pub struct Words {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A reason with the legal text it rests on.
#[derive(Serialize, Debug, Clone)]
pub struct Reason {
    /// Its stable code.
    pub code: &'static str,
    /// In words.
    pub words: Words,
    /// The legal text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// How that was verified: `V1`, `V2`, `R` or `own`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<&'static str>,
}

/// A record that was destroyed by law.
#[derive(Serialize, Debug, Clone)]
pub struct Destroyed {
    /// Its identifier.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Title, as the disposal list keeps it.
    pub title: String,
    /// The rule it was listed under.
    pub rule: String,
    /// SHA-256 of the rule file at that moment.
    pub rules_sha256: String,
    /// Identifier of the disposal case.
    pub case: String,
    /// SHA-256 of the decision on destruction.
    pub decision_sha256: String,
}

/// An event.
#[derive(Serialize, Debug, Clone)]
pub struct Happened {
    /// Its ledger index.
    pub index: u64,
    /// Identifier of what it is about.
    pub about: String,
    /// Its kind.
    pub kind: &'static str,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What it says, where it bears on retention: its body, `docs/format.md` §4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<Value>,
}

/// Rules in their exact text.
#[derive(Serialize, Debug, Clone, Default)]
pub struct RulesText {
    /// Code of the schedule; absent for the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Number of the version; absent for the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// SHA-256 of the text.
    pub sha256: String,
    /// Who adopted it; absent: the law that came with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adopted: Option<Deed>,
    /// Which records it governs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applies: Option<AppliesBody>,
    /// Confirmations of the rules that matter here, withdrawn ones too.
    pub confirmations: Vec<Confirmation>,
    /// The rule file, whole.
    pub text: String,
}

/// Who did something, on which day and why.
#[derive(Serialize, Debug, Clone)]
pub struct Deed {
    /// Who.
    pub by: String,
    /// The day or time.
    pub on: String,
    /// Why, or on what it rests.
    pub reason: String,
}

/// That an authorised person confirmed a rule.
#[derive(Serialize, Debug, Clone)]
pub struct Confirmation {
    /// Code of the rule.
    pub rule: String,
    /// Who, when, against what.
    pub confirmed: Deed,
    /// Who withdrew it, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Deed>,
}

/// A hold, in force or released.
#[derive(Serialize, Debug, Clone)]
pub struct Hold {
    /// Its identifier.
    pub id: String,
    /// What it covers, as it was said.
    pub scope: HoldScopeBody,
    /// The order it rests on.
    pub mandate: String,
    /// Who placed it, when and why.
    pub placed: Deed,
    /// Who released it, when and why; absent while it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Deed>,
    /// Identifiers of the records of this history that it covers.
    pub covers: Vec<String>,
}

pub(super) fn subject(
    explained: &Explained,
    title: String,
    stated: String,
    rule: Option<RuleName>,
    dates: Dates,
) -> Subject {
    let Explained { decision, words, access, .. } = explained;
    let reasons = words.lines.iter().map(|line| Reason {
        code: line.code.name(),
        words: both(&line.words),
        citation: line.source.as_ref().map(ToString::to_string),
        grade: line.source.as_ref().map(|source| source.grade.name()),
    });
    Subject {
        id: explained.about.to_string(),
        kind: match explained.kind {
            Kind::Dossier => "dossier",
            Kind::Record => "record",
        },
        code: explained.code.clone(),
        title,
        stated,
        rule,
        dates,
        decision: Decision {
            outcome: decision.outcome.name(),
            until: decision.until().map(|day| day.to_string()),
            holds: explained.holds.iter().map(ToString::to_string).collect(),
            waiting: explained.waiting.clone(),
            access: access
                .as_ref()
                .map(|opening| Access { code: opening.access.name(), opens: opening.opens.map(|day| day.to_string()) }),
            headline: both(&words.headline),
            basis: both(&words.basis),
            reasons: reasons.collect(),
        },
    }
}

pub(super) fn hold(shown: HoldShown, covers: Vec<Uuid>) -> Hold {
    let HoldShown { id, covers: scope, reason, mandate, placed: (by, on), released } = shown;
    Hold {
        id: id.to_string(),
        scope,
        mandate,
        placed: Deed { by, on, reason },
        released: released.map(|(by, on, reason)| Deed { by, on, reason }),
        covers: covers.iter().map(ToString::to_string).collect(),
    }
}

fn both(words: &Both) -> Words {
    Words { vi: words.vi.clone(), en: words.en.clone() }
}
