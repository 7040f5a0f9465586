//! Bodies of the events about disposal cases.
//!
//! Read strictly, other than the bodies of records: a field or an act that is not known here is refused, because
//! content is destroyed on what they say. What an act means is `retention::disposal`'s; who did it is the entry's actor.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of these forms.
pub const DISPOSAL_VERSION: u32 = 1;

/// Body of `disposal-opened`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DisposalOpenedBody {
    /// [`DISPOSAL_VERSION`].
    pub v: u32,
    /// The year of its number.
    pub year: u16,
    /// Its number in that year, from 1.
    pub number: u32,
    /// What it is about, in words.
    pub subject: String,
    /// `current` or `historical`.
    pub archive: String,
    /// `required` or `not-required`.
    pub appraisal: String,
    /// From the decision to the first day of execution.
    pub waiting_days: u16,
    /// From the decision to the last day of its execution.
    pub execution_days: u16,
}

/// Body of `disposal-acted`.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct DisposalActedBody {
    /// [`DISPOSAL_VERSION`].
    pub v: u32,
    /// What was done, in order; all of it or nothing. None where a document is filed, or a paper was made.
    pub acts: Vec<ActBody>,
    /// The document that the one act rests on, or that is filed: this event's component.
    pub document: Option<DocumentBody>,
    /// The paper that was made to be signed; it stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperBody>,
}

/// A paper that was made to be signed. The file is not kept, only what tells its signed copy.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct PaperBody {
    /// What it is, `decision`.
    pub kind: String,
    /// Digest of the list that it speaks of.
    pub list: String,
    /// Digest of the step that its signed copy takes; `None`: it is only filed.
    pub step: Option<String>,
    /// The day that it bears, `YYYY-MM-DD`; `None`: the day is given on issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Its length, bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// An act. Days are `YYYY-MM-DD`, records UUIDs, persons pseudonyms, lists digests as seen.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ActBody {
    /// A record comes onto the list.
    Add(ItemBody),
    /// An item leaves the list.
    Exclude {
        /// The record.
        record: String,
        /// Why.
        reason: String,
        /// How long it is kept instead.
        instead: Option<InsteadBody>,
    },
    /// What the list says of a record has changed.
    Reassess(ItemBody),
    /// The list is submitted.
    Submit {
        /// The list.
        list: String,
        /// The day of the document.
        on: String,
    },
    /// The council is set up.
    Appoint {
        /// Who sits.
        members: Vec<SeatBody>,
        /// How many must vote on an item.
        quorum: u32,
        /// The day of the document.
        on: String,
    },
    /// Votes.
    Ballot {
        /// The list.
        list: String,
        /// Runs of records with one vote.
        votes: Vec<VoteBody>,
    },
    /// The council has concluded.
    CloseCouncil {
        /// The list.
        list: String,
        /// The day of the document.
        on: String,
    },
    /// The appraisal opinion.
    Opinion {
        /// The list.
        list: String,
        /// The day of the document.
        on: String,
        /// Records it does not agree to.
        refused: Vec<String>,
    },
    /// The decision.
    Decide {
        /// The list.
        list: String,
        /// The day of the document.
        on: String,
        /// Records it does not agree to.
        refused: Vec<String>,
    },
    /// Execution begins, or another executor takes over.
    Start {
        /// The day.
        on: String,
    },
    /// A record was destroyed.
    Destroyed {
        /// The record.
        record: String,
        /// The day.
        on: String,
    },
    /// A record was left.
    Skipped {
        /// The record.
        record: String,
        /// Code of the reason.
        why: String,
    },
    /// Destroying a record failed.
    Failed {
        /// The record.
        record: String,
        /// In words.
        why: String,
    },
    /// Every item has been dealt with.
    Finish {},
    /// The destruction minutes.
    Minutes {
        /// The day of the document.
        on: String,
        /// Who signs for the other side.
        witness: String,
    },
    /// The certificate.
    Certify {
        /// The day of the document.
        on: String,
        /// Copies that could not be reached.
        unreached: Vec<String>,
    },
    /// A copy is attested gone.
    Attest {
        /// Which.
        copy: String,
        /// The day of the document.
        on: String,
    },
    /// The file of the case is closed.
    Keep {
        /// The day of the document.
        on: String,
    },
    /// The case ends without execution.
    Abort {
        /// Why.
        reason: String,
        /// The day of the document.
        on: String,
    },
}

/// An item of a list.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ItemBody {
    /// The record.
    pub record: String,
    /// Its archive code.
    pub code: String,
    /// Its title, as the list prints it.
    pub title: String,
    /// Why it is listed.
    pub ground: GroundBody,
    /// Code of its rule.
    pub rule: String,
    /// SHA-256 of the rule file.
    pub rules: String,
    /// Last day of its period.
    pub until: Option<String>,
    /// Name of the outcome.
    pub outcome: String,
    /// SHA-256: its content and metadata.
    pub content: String,
    /// Remarks.
    pub note: String,
}

/// Why an item is listed.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum GroundBody {
    /// Its period has ended.
    Expired,
    /// It is there twice; the record that stays.
    Duplicate(String),
}

/// How long an item that leaves the list is kept.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum InsteadBody {
    /// For ever.
    Permanent,
    /// So many years.
    Years(u16),
}

/// A seat of a council.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SeatBody {
    /// Who.
    pub person: String,
    /// `chair`, `secretary` or `member`.
    pub seat: String,
}

/// Records with one vote.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct VoteBody {
    /// Why they are to be kept; `None`: destroy them.
    pub keep: Option<String>,
    /// The records.
    pub records: Vec<String>,
}

/// A document that an act rests on.
#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct DocumentBody {
    /// Its file name.
    pub name: String,
    /// SHA-256 of its bytes, as the manifest has it.
    pub sha256: String,
    /// `signed`, `undecided`, `unsigned` or `statement`.
    pub standing: String,
    /// Why it was taken without a signature that is proven.
    pub because: Option<String>,
    /// SHA-256 of the paper that it begins with: one that was made for this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// Its signatures.
    pub signatures: Vec<DocumentSignatureBody>,
    /// The validation run, as `chauban check-signature --json` has it; `None` without a signature.
    pub report: Option<Box<RawValue>>,
}

/// A signature of a document.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DocumentSignatureBody {
    /// The subject of its certificate.
    pub signer: String,
    /// `TOTAL_PASSED`, `INDETERMINATE` or `TOTAL_FAILED`.
    pub indication: String,
    /// Why it did not pass.
    pub sub_indication: Option<String>,
}
