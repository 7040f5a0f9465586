//! Bodies of the events about rules, and about what records and dossiers are kept under.

use serde::{Deserialize, Serialize};

/// Body of `rules-proposed` and `rules-adopted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RulesBody {
    /// Code of the schedule; `None` for the law in use.
    pub schedule: Option<String>,
    /// Number of the version; `None` for the law in use.
    pub version: Option<u32>,
    /// SHA-256 of the text, hexadecimal.
    pub sha256: String,
    /// Which records the version governs.
    pub applies: AppliesBody,
    /// Why, and by which order.
    pub reason: String,
    /// The rule file, whole.
    pub text: String,
}

/// Which records a version governs.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum AppliesBody {
    /// All that are not disposed of.
    All,
    /// Those accessioned on this day or later.
    AccessionedFrom(String),
    /// Those whose work ended in the year of this day or later.
    WorkEndedFrom(String),
}

/// Body of `holidays-adopted`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct HolidaysBody {
    /// SHA-256 of the text, hexadecimal.
    pub sha256: String,
    /// Why, and by which announcement.
    pub reason: String,
    /// The file of holidays, whole.
    pub text: String,
}

/// Body of `archive-kind-set`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ArchiveKindBody {
    /// `current` or `historical`.
    pub kind: String,
    /// Why, and by which order.
    pub reason: String,
}

/// Body of `archive-named`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ArchiveNamedBody {
    /// What the archive is called.
    pub name: String,
    /// The place that its papers bear beside the day.
    pub place: String,
    /// Why, and by which order.
    pub reason: String,
}

/// Body of `agency-sector-set`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct AgencySectorBody {
    /// Code of the agency; those under it come along, unless something else is said of them.
    pub agency: String,
    /// `general` or `special`.
    pub sector: String,
    /// Why, and by which text.
    pub reason: String,
}

/// Body of `rule-confirmed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RuleConfirmedBody {
    /// Codes of the rules.
    pub rules: Vec<String>,
    /// The text that they were compared with.
    pub basis: String,
    /// By what right.
    pub mandate: String,
}

/// Body of `rule-withdrawn`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RuleWithdrawnBody {
    /// Codes of the rules.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
}

/// Which record or dossier an event about retention concerns.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct ConcernsBody {
    /// Identifier of the dossier.
    pub dossier: String,
    /// Identifier of the record; `None`: the dossier.
    pub record: Option<String>,
}

/// Body of `retention-assigned`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RetentionAssignedBody {
    /// What.
    pub concerns: ConcernsBody,
    /// Code of the rule.
    pub rule: String,
    /// Number of the version that was in use. Later versions govern as they were adopted.
    pub version: u32,
    /// Why.
    pub reason: String,
}

/// Body of `retention-confirmed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RetentionConfirmedBody {
    /// What.
    pub concerns: ConcernsBody,
    /// The period as the agency states it, in words; “Chưa xác định” where it states none.
    pub stated: String,
    /// Code of the rule assigned, if one is.
    pub rule: Option<String>,
    /// The line of a table, or the decision, by which that is right.
    pub basis: String,
    /// By what right.
    pub mandate: String,
}

/// Body of `retention-extended`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RetentionExtendedBody {
    /// What.
    pub concerns: ConcernsBody,
    /// The period that it is kept instead, in words: `15 năm` or `Vĩnh viễn`.
    pub period: String,
    /// The disposal case that took it off its list.
    pub case: String,
    /// Why.
    pub reason: String,
}

/// Body of `occurrence-recorded`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct OccurrenceBody {
    /// What it concerns.
    pub concerns: ConcernsBody,
    /// What happened (`superseded`, …).
    pub kind: String,
    /// When: a day, month or year, or an interval; empty where it is not known.
    pub on: String,
    /// How that is known.
    pub reason: String,
}

/// Body of `occurrence-revoked` and `records-unlinked`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RevokedBody {
    /// What it concerns: for a link each side.
    pub concerns: Vec<ConcernsBody>,
    /// Ledger index of the event that counts no more.
    pub event: u64,
    /// Why.
    pub reason: String,
}

/// Body of `records-linked`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RecordsLinkedBody {
    /// One side.
    pub concerns: ConcernsBody,
    /// The other.
    pub with: ConcernsBody,
    /// Why they belong together.
    pub reason: String,
}

/// Body of `retention-reviewed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct RetentionReviewedBody {
    /// What.
    pub concerns: ConcernsBody,
    /// Why it goes on being kept.
    pub reason: String,
}
