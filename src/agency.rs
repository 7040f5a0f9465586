//! The register of agencies: which agency a code means on a day, and who succeeds it.
//!
//! Codes change over time (Decision 20/2020/QD-TTg replaced the codes of QCVN 102:2016; provinces merge), so an agency has an
//! identity of its own. Its names, codes and places under another agency are dated; it begins and ends; what ended may
//! have successors. All of that follows from *acts* in the order in which they were recorded: an act that does not fit
//! is refused, one that was wrong is corrected by another act, and none is ever taken out. Days are whole: an agency is
//! there from its first day to its last, its successor from the day after.
//!
//! Values in, values out: no clock, no disk. The archive layer records acts as events and reads them back.

mod apply;
mod refusal;
pub mod table;

use crate::record::AgencyCode;
use crate::text::fold;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

pub use refusal::{Refusal, Refused};

/// Longest name, characters; Circular 05/2025 has 200.
pub const NAME_CHARS_MAX: usize = 500;
/// Longest words about the act that something rests on, characters.
pub const MANDATE_CHARS_MAX: usize = 2000;
/// Most agencies that one act joins or divides.
pub const PARTIES_MAX: usize = 200;
/// Most acts that are recorded at once: with the longest of words they stay below the length of an event's body.
pub const ACTS_MAX: usize = 20_000;

/// What was recorded in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An agency begins.
    Add {
        /// Its identity.
        agency: Uuid,
        /// Its name.
        name: String,
        /// Its first day.
        on: NaiveDate,
        /// The act that it rests on, as its text is cited; may be empty.
        mandate: String,
    },
    /// It has another name.
    Rename {
        /// Which.
        agency: Uuid,
        /// The name.
        name: String,
        /// First day.
        from: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// A code means it, beside those that it has.
    Code {
        /// Which.
        agency: Uuid,
        /// The code.
        code: AgencyCode,
        /// First day.
        from: NaiveDate,
        /// Last day; `None`: as long as the agency is there.
        until: Option<NaiveDate>,
        /// The act that it rests on.
        mandate: String,
    },
    /// A code means it no longer.
    EndCode {
        /// Which.
        agency: Uuid,
        /// The code, which has no last day yet.
        code: AgencyCode,
        /// Last day.
        until: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// It is under another agency, or under none.
    Move {
        /// Which.
        agency: Uuid,
        /// Under which.
        parent: Option<Uuid>,
        /// First day.
        from: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// Agencies end, and others take their place.
    Succeed {
        /// How.
        how: Succession,
        /// Those that end: on the day before.
        predecessors: Vec<Uuid>,
        /// Those that succeed each of them.
        successors: Vec<Uuid>,
        /// First day of the successors in their place.
        on: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// An agency ends, and none takes its place.
    Dissolve {
        /// Which.
        agency: Uuid,
        /// Its last day.
        last: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// An earlier act was recorded wrongly.
    Correct {
        /// Its number.
        number: u32,
        /// What counts in its place; `None`: nothing.
        instead: Option<Box<Act>>,
        /// Why.
        reason: String,
    },
}

/// How agencies succeed others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Succession {
    /// Hợp nhất: two or more end, and a new one takes their place.
    Merger,
    /// Sáp nhập: one or more end, and one that is there already takes them in.
    Absorption,
    /// Chia: one ends, and two or more new ones take its place.
    Division,
}

impl Succession {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Merger, Self::Absorption, Self::Division];

    /// The name in events, tables and API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Merger => "merger",
            Self::Absorption => "absorption",
            Self::Division => "division",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// An agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Its identity.
    pub id: Uuid,
    /// Its first day.
    pub begins: NaiveDate,
    /// The act that made it.
    pub mandate: String,
    /// How it ended, if it did.
    pub ended: Option<Ended>,
    /// Its names, each until the next, oldest first.
    pub names: Vec<Named>,
    /// Its codes, in the order of their first days.
    pub codes: Vec<Coded>,
    /// Where it stands, each until the next, oldest first; before the first: under none.
    pub places: Vec<Placed>,
}

/// How an agency ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its last day.
    pub last: NaiveDate,
    /// How; `None`: it was dissolved.
    pub how: Option<Succession>,
    /// Who took its place.
    pub successors: Vec<Uuid>,
    /// The act that it rests on.
    pub mandate: String,
}

/// A name from a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// The act that it rests on.
    pub mandate: String,
}

/// A code between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// The code.
    pub code: AgencyCode,
    /// First day.
    pub from: NaiveDate,
    /// Last day that was set for it; it ends with its agency at the latest.
    pub until: Option<NaiveDate>,
    /// The act that it rests on.
    pub mandate: String,
}

/// A place under another agency, or none, from a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The agency above.
    pub parent: Option<Uuid>,
    /// First day.
    pub from: NaiveDate,
    /// The act that it rests on.
    pub mandate: String,
}

/// What a code means on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// This agency.
    Agency(&'a Agency),
    /// None, but it meant this agency at another time: the last before the day, or the first after it.
    AtAnotherTime(&'a Agency, &'a Coded),
    /// None, ever.
    Unknown,
}

/// An agency in the tree of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InTree<'a> {
    /// How many agencies are above it.
    pub depth: usize,
    /// Which.
    pub agency: &'a Agency,
}

/// The register, as its acts make it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agencies {
    all: BTreeMap<Uuid, Agency>,
    /// Agencies that ever had a code.
    by_code: HashMap<AgencyCode, Vec<Uuid>>,
    /// Agencies that were ever under one.
    under: HashMap<Uuid, BTreeSet<Uuid>>,
    /// Agencies whose place one took.
    succeeded: HashMap<Uuid, Vec<Uuid>>,
    /// Every act, in the order of recording; the number of the first is 1.
    acts: Vec<Act>,
    /// Number of the newest correction of an act.
    corrected: BTreeMap<u32, u32>,
}

impl Agency {
    /// Whether it is there on a day.
    pub fn is_there(&self, day: NaiveDate) -> bool {
        self.begins <= day && self.last().is_none_or(|last| day <= last)
    }

    /// Its last day, if it ended.
    pub fn last(&self) -> Option<NaiveDate> {
        self.ended.as_ref().map(|ended| ended.last)
    }

    /// Its name on a day; before its first day the first, after its last the last.
    pub fn name(&self, day: NaiveDate) -> &str {
        let on = self.names.iter().rev().find(|named| named.from <= day).or(self.names.first());
        on.map_or("", |named| named.name.as_str())
    }

    /// The day nearest to another on which it is there.
    pub fn nearest(&self, day: NaiveDate) -> NaiveDate {
        self.last().map_or(day, |last| last.min(day)).max(self.begins)
    }

    /// Its codes on a day, the newest first.
    pub fn codes(&self, day: NaiveDate) -> impl Iterator<Item = &AgencyCode> {
        let has = move |coded: &&Coded| coded.from <= day && self.until(coded).is_none_or(|until| day <= until);
        self.codes.iter().rev().filter(has).map(|coded| &coded.code)
    }

    /// The agency above it on a day, as it was recorded.
    pub fn parent(&self, day: NaiveDate) -> Option<Uuid> {
        self.places.iter().rev().find(|placed| placed.from <= day).and_then(|placed| placed.parent)
    }

    /// Last day of a code of its: none is valid longer than the agency is there.
    pub fn until(&self, coded: &Coded) -> Option<NaiveDate> {
        match (coded.until, self.last()) {
            (Some(until), Some(last)) => Some(until.min(last)),
            (until, last) => until.or(last),
        }
    }
}

impl Agencies {
    /// Whether nothing was ever recorded.
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// Every agency, by identity: those that were recorded first come first.
    pub fn all(&self) -> impl Iterator<Item = &Agency> {
        self.all.values()
    }

    /// An agency.
    pub fn get(&self, id: Uuid) -> Option<&Agency> {
        self.all.get(&id)
    }

    /// Every act with its number and that of the newest correction of it, in the order of recording.
    pub fn acts(&self) -> impl Iterator<Item = (u32, &Act, Option<u32>)> {
        (1..).zip(&self.acts).map(|(number, act)| (number, act, self.corrected.get(&number).copied()))
    }

    /// The act that counts under a number: itself, or what corrects it; `None` where none has the number, or nothing counts.
    pub fn counting(&self, number: u32) -> Option<&Act> {
        let act = |number: u32| self.acts.get(usize::try_from(number).ok()?.checked_sub(1)?);
        match self.corrected.get(&number) {
            Some(correction) => match act(*correction)? {
                Act::Correct { instead, .. } => instead.as_deref(),
                _ => None,
            },
            None => act(number),
        }
    }

    /// What a code means on a day.
    pub fn meaning(&self, code: &AgencyCode, day: NaiveDate) -> Meaning<'_> {
        let (mut before, mut after): (Option<(&Agency, &Coded)>, _) = (None, None::<(&Agency, &Coded)>);
        for (agency, coded) in self.having(code) {
            match (coded.from <= day, agency.until(coded)) {
                (true, until) if until.is_none_or(|until| day <= until) => return Meaning::Agency(agency),
                (true, _) if before.is_none_or(|(_, other)| other.from < coded.from) => before = Some((agency, coded)),
                (false, _) if after.is_none_or(|(_, other)| coded.from < other.from) => after = Some((agency, coded)),
                _ => {}
            }
        }
        before.or(after).map_or(Meaning::Unknown, |(agency, coded)| Meaning::AtAnotherTime(agency, coded))
    }

    /// Which agency a code means on a day.
    pub fn with_code(&self, code: &AgencyCode, day: NaiveDate) -> Option<&Agency> {
        match self.meaning(code, day) {
            Meaning::Agency(agency) => Some(agency),
            Meaning::AtAnotherTime(..) | Meaning::Unknown => None,
        }
    }

    /// Who has what an agency had, on a day: itself while it is there, its successors and theirs afterwards; nobody before it
    /// begins, and nobody where the last of them was dissolved.
    pub fn successors(&self, id: Uuid, day: NaiveDate) -> Vec<&Agency> {
        let (mut found, mut seen, mut asked) = (BTreeMap::new(), HashSet::new(), vec![id]);
        while let Some(agency) = asked.pop().and_then(|id| self.all.get(&id)) {
            match &agency.ended {
                _ if day < agency.begins || !seen.insert(agency.id) => {}
                Some(ended) if ended.last < day => asked.extend(&ended.successors),
                _ => _ = found.insert(agency.id, agency),
            }
        }
        found.into_values().collect()
    }

    /// Everybody whose place an agency took, and whose place they had taken.
    pub fn predecessors(&self, id: Uuid) -> Vec<&Agency> {
        let (mut found, mut asked) = (BTreeSet::new(), vec![id]);
        while let Some(id) = asked.pop() {
            let before = self.succeeded.get(&id).into_iter().flatten();
            asked.extend(before.filter(|one| found.insert(**one)));
        }
        found.iter().filter_map(|id| self.all.get(id)).collect()
    }

    /// The agencies of a day, each after the one it is under. One whose agency above has ended is under its one successor,
    /// where there is one.
    pub fn tree(&self, day: NaiveDate) -> Vec<InTree<'_>> {
        let above = self.above(day);
        let mut below: HashMap<Option<Uuid>, Vec<&Agency>> = HashMap::new();
        for agency in self.all.values().filter(|agency| agency.is_there(day)) {
            below.entry(above.get(&agency.id).copied()).or_default().push(agency);
        }
        let order = |agency: &&Agency| {
            let code = agency.codes(day).next().map(ToString::to_string);
            std::cmp::Reverse((code.is_none(), code, agency.name(day).to_owned(), agency.id))
        };
        below.values_mut().for_each(|siblings| siblings.sort_by_cached_key(order));
        let mut tree = Vec::with_capacity(self.all.len());
        let roots = below.remove(&None).into_iter().flatten();
        let mut waiting: Vec<InTree<'_>> = roots.map(|agency| InTree { depth: 0, agency }).collect();
        while let Some(one) = waiting.pop() {
            tree.push(one);
            let children = below.remove(&Some(one.agency.id)).into_iter().flatten();
            waiting.extend(children.map(|agency| InTree { depth: one.depth + 1, agency }));
        }
        tree
    }

    /// Agencies of any time that have these words in one of their names, or a code that begins so: first those of the day, as
    /// its tree has them, then the others.
    pub fn found(&self, words: &str, day: NaiveDate) -> Vec<InTree<'_>> {
        let words = fold(words.trim());
        let named = |one: &Named| {
            let name = fold(&one.name);
            words.split_whitespace().all(|word| name.contains(word))
        };
        let coded = |one: &Coded| fold(&one.code.to_string()).starts_with(&words);
        let others = self.all.values().filter(|agency| !agency.is_there(day)).map(|agency| InTree { depth: 0, agency });
        let all = self.tree(day).into_iter().chain(others);
        all.filter(|one| one.agency.names.iter().any(named) || one.agency.codes.iter().any(coded)).collect()
    }

    /// Who is above whom on a day. What was recorded has no cycle; a successor in the place of one that ended might make one,
    /// and is left out then.
    fn above(&self, day: NaiveDate) -> HashMap<Uuid, Uuid> {
        let (mut above, mut orphans) = (HashMap::new(), Vec::new());
        for agency in self.all.values().filter(|agency| agency.is_there(day)) {
            match agency.parent(day).and_then(|parent| self.all.get(&parent)) {
                Some(parent) if parent.is_there(day) => _ = above.insert(agency.id, parent.id),
                Some(parent) => orphans.push((agency.id, parent.id)),
                None => {}
            }
        }
        for (agency, parent) in orphans {
            let &[successor] = self.successors(parent, day).as_slice() else { continue };
            let mut up = std::iter::successors(Some(successor.id), |id| above.get(id).copied());
            if !up.any(|id| id == agency) {
                above.insert(agency, successor.id);
            }
        }
        above
    }

    /// Every time that somebody had a code.
    fn having(&self, code: &AgencyCode) -> impl Iterator<Item = (&Agency, &Coded)> {
        let agencies = self.by_code.get(code).into_iter().flatten().filter_map(|id| self.all.get(id));
        agencies.flat_map(move |agency| {
            let own = agency.codes.iter().filter(move |coded| coded.code == *code);
            own.map(move |coded| (agency, coded))
        })
    }
}

impl Act {
    /// The agencies that it is about.
    pub fn about(&self) -> Vec<Uuid> {
        match self {
            Self::Add { agency, .. }
            | Self::Rename { agency, .. }
            | Self::Code { agency, .. }
            | Self::EndCode { agency, .. }
            | Self::Dissolve { agency, .. } => vec![*agency],
            Self::Move { agency, parent, .. } => std::iter::once(*agency).chain(*parent).collect(),
            Self::Succeed { predecessors, successors, .. } => [predecessors.as_slice(), successors].concat(),
            Self::Correct { instead, .. } => instead.as_ref().map_or_else(Vec::new, |act| act.about()),
        }
    }

    /// The name of what it does, in events and API.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::Rename { .. } => "rename",
            Self::Code { .. } => "code",
            Self::EndCode { .. } => "end-code",
            Self::Move { .. } => "move",
            Self::Succeed { .. } => "succeed",
            Self::Dissolve { .. } => "dissolve",
            Self::Correct { .. } => "correct",
        }
    }
}

#[cfg(test)]
mod tests;
