//! The certificate of destruction, as a value: what was destroyed, what was not and why, who agreed, what is pending.
//!
//! It counts exactly what happened. It is *complete* only when no copy is left that could not be reached; until then it
//! says pending and names them.

use super::{Approval, Case, Fate, State};
use crate::digest::Sha256;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The case.
    pub case: Uuid,
    /// Digest of the list at its last approval.
    pub list: Option<Sha256>,
    /// Every item that was ever listed.
    pub items: Vec<CertifiedItem>,
    /// How many were destroyed.
    pub destroyed: usize,
    /// How many are there still.
    pub left: usize,
    /// Who agreed to what.
    pub approvals: Vec<Approval>,
    /// The signed documents of the case, in order.
    pub documents: Vec<Sha256>,
    /// Whether every copy was reached.
    pub completeness: Completeness,
}

/// An item of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedItem {
    /// The record.
    pub record: Uuid,
    /// Its archive code.
    pub code: String,
    /// Code of its rule.
    pub rule: String,
    /// SHA-256 of the rule file.
    pub rules: Sha256,
    /// Its content and metadata.
    pub content: Sha256,
    /// What became of it.
    pub fate: Fate,
}

/// Whether every copy was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// Every one was.
    Complete,
    /// These were not, and need somebody to follow them up.
    Pending(BTreeSet<String>),
}

impl Case {
    /// The certificate of an executed case; `None` before that.
    pub fn certificate(&self) -> Option<Certificate> {
        if !matches!(self.state, State::Executed | State::Minuted | State::Certified | State::Kept) {
            return None;
        }
        let items = self.entries.iter().map(|(&record, entry)| CertifiedItem {
            record,
            code: entry.item.code.clone(),
            rule: entry.item.rule.clone(),
            rules: entry.item.rules,
            content: entry.item.content,
            fate: entry.fate.clone(),
        });
        let items: Vec<_> = items.collect();
        let destroyed = items.iter().filter(|item| matches!(item.fate, Fate::Destroyed(_))).count();
        Some(Certificate {
            case: self.id,
            list: self.approvals.last().map(|approval| approval.list),
            destroyed,
            left: items.len() - destroyed,
            items,
            approvals: self.approvals.clone(),
            documents: self.documents.clone(),
            completeness: match self.unreached.is_empty() {
                true => Completeness::Complete,
                false => Completeness::Pending(self.unreached.clone()),
            },
        })
    }
}
