//! The council: who sits, who votes, and when an item is agreed.
//!
//! The form follows Law 01/2011 Art. 18 (V1): a chair, a secretary from the archive, those who hold or know the records;
//! collective discussion, majority, dissent in the minutes. Ours (grade `own`): one more member is enough and nobody asks
//! which of the two they are, the secretary has no vote, the quorum is more than half of the voters. An item is agreed when
//! as many voted on it as the quorum and more than half of all who may vote want it destroyed: who stays away agrees to
//! nothing.

use super::act::Refusal;
use crate::retention::hold::Person;
use crate::retention::reason::codes;
use std::collections::BTreeMap;

/// Most members.
pub const MEMBERS_MAX: usize = 50;

/// A council.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Council {
    members: BTreeMap<Person, Seat>,
    quorum: usize,
}

codes! {
    /// What a member is. The secretary takes the minutes and does not vote, so that it may be who made the list.
    Seat
    Chair "chair" "Chủ tịch" "chair";
    Secretary "secretary" "Thư ký" "secretary";
    Member "member" "Thành viên" "member";
}

/// What a member wants for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vote {
    /// Destroy it.
    Destroy,
    /// Keep it; the reason goes into the minutes.
    Keep(String),
}

impl Council {
    /// A council of one chair, one secretary and at least one more member; the quorum is more than half of the voters.
    pub fn new(members: impl IntoIterator<Item = (Person, Seat)>, quorum: usize) -> Result<Self, Refusal> {
        let mut seats = BTreeMap::new();
        for (person, seat) in members {
            if seats.insert(person, seat).is_some() || seats.len() > MEMBERS_MAX {
                return Err(Refusal::Council);
            }
        }
        let council = Self { members: seats, quorum };
        let count = |wanted| council.members.values().filter(|seat| **seat == wanted).count();
        let voters = council.voters().count();
        let whole = count(Seat::Chair) == 1 && count(Seat::Secretary) == 1 && count(Seat::Member) >= 1;
        if whole && quorum * 2 > voters && quorum <= voters { Ok(council) } else { Err(Refusal::Council) }
    }

    /// Who votes.
    pub fn voters(&self) -> impl Iterator<Item = Person> {
        self.members.iter().filter(|(_, seat)| **seat != Seat::Secretary).map(|(person, _)| *person)
    }

    /// Who sits, and as what.
    pub fn members(&self) -> impl Iterator<Item = (Person, Seat)> {
        self.members.iter().map(|(person, seat)| (*person, *seat))
    }

    /// How many must vote on an item.
    pub fn quorum(&self) -> usize {
        self.quorum
    }

    /// What somebody is in it.
    pub fn seat(&self, person: Person) -> Option<Seat> {
        self.members.get(&person).copied()
    }

    /// Whether these votes agree to the destruction of an item.
    pub(super) fn agrees(&self, votes: &BTreeMap<Person, Vote>) -> bool {
        let cast = || self.voters().filter_map(|voter| votes.get(&voter));
        let wanting = cast().filter(|vote| **vote == Vote::Destroy).count();
        cast().count() >= self.quorum && wanting * 2 > self.voters().count()
    }
}
