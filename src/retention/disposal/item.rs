//! An item of a disposal list: what the list says of a record, and its digest.

use crate::digest::Sha256;
use crate::retention::decision::{Decision, Outcome};
use chrono::NaiveDate;
use uuid::Uuid;

/// What a list says of a record. All of it is in the digest that approvals are bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The record.
    pub record: Uuid,
    /// Its archive code.
    pub code: String,
    /// Its title, as the list prints it.
    pub title: String,
    /// Why it is listed.
    pub ground: Ground,
    /// Code of its rule.
    pub rule: String,
    /// SHA-256 of the rule file: schedule and version.
    pub rules: Sha256,
    /// Last day of its period, where it has one.
    pub until: Option<NaiveDate>,
    /// What the decision says.
    pub outcome: Outcome,
    /// The record's content and metadata: what its manifest commits to.
    pub content: Sha256,
    /// Remarks.
    pub note: String,
}

/// Why an item is listed (Law 33/2024 Art. 16 k1, V2: expired or duplicate records).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ground {
    /// Its period has ended.
    Expired,
    /// Another record has the same content and is kept at least as long.
    Duplicate(Uuid),
}

impl Item {
    /// Whether the outcome lets it be listed on its ground. A duplicate may go before its period ends.
    pub fn is_listable(&self) -> bool {
        match (self.ground, self.outcome) {
            (_, Outcome::Eligible) => true,
            (Ground::Duplicate(_), Outcome::NotYet) => true,
            (Ground::Expired | Ground::Duplicate(_), _) => false,
        }
    }

    /// The same item as a decision made now says.
    pub fn as_decided(&self, decision: &Decision) -> Self {
        Self { until: decision.until(), outcome: decision.outcome, ..self.clone() }
    }

    /// SHA-256 over every field, each with its length, after `revision` changes in a case.
    pub(super) fn digest(&self, case: Uuid, revision: u32) -> Sha256 {
        let duplicate = match &self.ground {
            Ground::Expired => b"".as_slice(),
            Ground::Duplicate(of) => of.as_bytes(),
        };
        let until = self.until.map_or_else(String::new, |day| day.to_string());
        let fields: [&[u8]; 12] = [
            case.as_bytes(),
            &revision.to_be_bytes(),
            self.record.as_bytes(),
            self.code.as_bytes(),
            self.title.as_bytes(),
            duplicate,
            self.rule.as_bytes(),
            &self.rules.0,
            until.as_bytes(),
            self.outcome.name().as_bytes(),
            &self.content.0,
            self.note.as_bytes(),
        ];
        let lengths = fields.map(|field| (field.len() as u64).to_be_bytes());
        let mut parts: Vec<&[u8]> = vec![b"chauban disposal item 1\n"];
        for (length, field) in lengths.iter().zip(fields) {
            parts.extend([length.as_slice(), field]);
        }
        Sha256::of_parts(&parts)
    }
}
