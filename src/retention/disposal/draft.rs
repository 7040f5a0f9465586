//! The automatic list: what a search finds expired, and what is there twice (Circular 05/2025 Art. 48, V2).
//!
//! Of records with the same content one stays: the one that is kept longest, and of those the one that came first. The
//! others are listed as its duplicates, where nothing else keeps them; one whose period has ended is listed for that.
//! It is a proposal: [`super::Act::Add`] takes it item by item, and every check is made again at the end.

use super::item::{Ground, Item};
use crate::digest::Sha256;
use crate::retention::decision::{Decision, Outcome};
use crate::retention::span::Span;
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::HashMap;
use uuid::Uuid;

/// A record that might be listed: what the list would say, with the decision about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// As it would be listed if it is expired.
    pub item: Item,
    /// What may become of it.
    pub decision: Decision,
    /// When it came into this archive.
    pub accessioned: NaiveDate,
}

/// How much a candidate is worth keeping: a later one goes before an earlier one.
type Worth = (Span, Reverse<NaiveDate>, Reverse<Uuid>);

impl Candidate {
    fn worth(&self) -> Worth {
        (self.decision.span, Reverse(self.accessioned), Reverse(self.item.record))
    }
}

/// The items of a draft, in the order of the candidates.
pub fn draft(candidates: &[Candidate]) -> Vec<Item> {
    let mut survivors: HashMap<Sha256, Worth> = HashMap::new();
    for candidate in candidates {
        let worth = candidate.worth();
        survivors.entry(candidate.item.content).and_modify(|held| *held = worth.max(*held)).or_insert(worth);
    }
    let listed = |candidate: &Candidate| {
        let item = candidate.item.as_decided(&candidate.decision);
        if candidate.decision.outcome == Outcome::Eligible {
            return Some(Item { ground: Ground::Expired, ..item });
        }
        let (_, _, Reverse(survivor)) = survivors[&item.content];
        let duplicate = Item { ground: Ground::Duplicate(survivor), ..item };
        let other = survivor != duplicate.record;
        (other && duplicate.is_listable() && !super::permit::is_doubtful(&candidate.decision)).then_some(duplicate)
    };
    candidates.iter().filter_map(listed).collect()
}

#[cfg(test)]
mod tests;
