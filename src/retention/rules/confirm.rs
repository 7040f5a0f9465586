//! Confirmations: an authorised person says that a rule of a version is as the law has it.
//!
//! A rule that nobody verified permits no destruction until it is confirmed. A confirmation is of one rule of one
//! version, by the digest of its text: another version is confirmed anew. It can be withdrawn, and is never deleted.
//!
//! For the archive layer: confirming and withdrawing are events of somebody who may; [`Confirmations::of`] gives the
//! decision its [`Confirmed`], in the sequencer from the state as of the last commit.

use super::RuleFile;
use crate::digest::Sha256;
use crate::retention::hold::Deed;
use crate::retention::span::Confirmed;
use std::collections::HashMap;

/// Every confirmation, standing and withdrawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmations(HashMap<Sha256, HashMap<String, Vec<Confirmation>>>);

/// A confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Who, and when.
    pub deed: Deed,
    /// On what it rests: the text that was compared.
    pub basis: String,
    /// Who withdrew it, when and why.
    pub withdrawn: Option<(Deed, String)>,
}

/// Why a rule is not confirmed, or a confirmation not withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The version has no such rule.
    #[error("this version has no such rule")]
    NoRule,
    /// It says nothing.
    #[error("a confirmation names the text that was compared; its withdrawal a reason")]
    NoWords,
    /// It is confirmed.
    #[error("the rule is confirmed already")]
    Already,
    /// It is not.
    #[error("the rule is not confirmed")]
    NotConfirmed,
}

impl Confirmations {
    /// Confirms a rule of a version.
    pub fn confirm(&mut self, file: &RuleFile, code: &str, deed: Deed, basis: &str) -> Result<(), Refusal> {
        if file.rule(code).is_none() {
            return Err(Refusal::NoRule);
        }
        if basis.trim().is_empty() {
            return Err(Refusal::NoWords);
        }
        if self.of(file.sha256, code) == Confirmed::Yes {
            return Err(Refusal::Already);
        }
        let confirmation = Confirmation { deed, basis: basis.to_owned(), withdrawn: None };
        self.0.entry(file.sha256).or_default().entry(code.to_owned()).or_default().push(confirmation);
        Ok(())
    }

    /// Withdraws the confirmation of a rule.
    pub fn withdraw(&mut self, version: Sha256, code: &str, deed: Deed, reason: &str) -> Result<(), Refusal> {
        let last = self.0.get_mut(&version).and_then(|rules| rules.get_mut(code)).and_then(|all| all.last_mut());
        let standing = last.filter(|last| last.withdrawn.is_none()).ok_or(Refusal::NotConfirmed)?;
        if reason.trim().is_empty() {
            return Err(Refusal::NoWords);
        }
        standing.withdrawn = Some((deed, reason.to_owned()));
        Ok(())
    }

    /// Whether a rule of a version is confirmed.
    pub fn of(&self, version: Sha256, code: &str) -> Confirmed {
        let stands = self.history(version, code).last().is_some_and(|last| last.withdrawn.is_none());
        if stands { Confirmed::Yes } else { Confirmed::No }
    }

    /// Every confirmation of a rule of a version, oldest first.
    pub fn history(&self, version: Sha256, code: &str) -> &[Confirmation] {
        self.0.get(&version).and_then(|rules| rules.get(code)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests;
