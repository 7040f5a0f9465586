//! Until when each token holds, what renewed it, and what is to be renewed when.
//!
//! A token proves something as long as its authority's certificate can be judged valid; a later token over it takes
//! over (RFC 4998 §5.2, time-stamp renewal). The end of an algorithm's strength is no matter of dates known in advance:
//! the plan names the algorithm of each token, so that those of a broken one are found.

use super::shelf;
use super::token::{Standing, TokenFacts, signed};
use super::tree::{EvidenceFile, TokenName};
use crate::archive::reading::Archive;
use crate::error::Result;
use crate::signature::timestamp::TimeStampToken;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// A token is renewed so long before its authority's certificate ends: time to find another authority, twice.
pub const RENEW_BEFORE: TimeDelta = TimeDelta::days(180);

/// A token, and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub name: TokenName,
    /// What it says.
    pub facts: TokenFacts,
    /// Later tokens over it.
    pub renewed_by: Vec<TokenName>,
    /// End of its proof: of its own certificate or, renewed, of the last one that renews it.
    pub holds_until: DateTime<Utc>,
}

impl Planned {
    /// When it is to be renewed: the next stamping from then on does.
    pub fn renew_from(&self) -> DateTime<Utc> {
        self.holds_until.checked_sub_signed(RENEW_BEFORE).unwrap_or(self.holds_until)
    }
}

impl Archive {
    /// Every token that the ledger remembers and that can be checked, oldest first.
    pub fn renewal_plan(&self) -> Result<Vec<Planned>> {
        let disk = self.disks.archive.as_ref();
        let mut renewed_by: BTreeMap<TokenName, Vec<TokenName>> = BTreeMap::new();
        let mut plan: Vec<Planned> = Vec::new();
        let mut holds: BTreeMap<TokenName, DateTime<Utc>> = BTreeMap::new();
        // Newest first: what renews a token is younger.
        for name in self.recorded_tokens()?.into_keys().rev() {
            let token = shelf::read(disk, &EvidenceFile::Token(name.clone()))?;
            let token = token.and_then(|bytes| TimeStampToken::read(&bytes).ok());
            // Lost, altered or not to be checked: `verify` tells.
            let Some(Standing::Sound(facts)) = token.map(|token| signed(&token)) else { continue };
            let renewers = renewed_by.remove(&name).unwrap_or_default();
            let later = renewers.iter().filter_map(|name| holds.get(name).copied());
            let holds_until = later.chain([facts.not_after]).max().unwrap_or(facts.not_after);
            holds.insert(name.clone(), holds_until);
            for (older, _) in shelf::renewed_by(disk, name.checkpoint)? {
                renewed_by.entry(older).or_default().push(name.clone());
            }
            plan.push(Planned { name, facts, renewed_by: renewers, holds_until });
        }
        plan.reverse();
        Ok(plan)
    }

    /// The tokens that the next stamping is to renew, the most urgent first.
    pub(super) fn tokens_to_renew(&self, now: DateTime<Utc>) -> Result<Vec<TokenName>> {
        let mut due = self.renewal_plan()?;
        due.retain(|planned| planned.renew_from() <= now);
        due.sort_by_key(|planned| planned.holds_until);
        Ok(due.into_iter().map(|planned| planned.name).collect())
    }
}
