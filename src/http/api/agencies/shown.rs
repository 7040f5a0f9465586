//! The register of agencies as answers have it.

use crate::archive::agency::{self, Act, Agency, Heir, Import, InTree, Origin, Recording, Register, Standing};
use crate::archive::body::AgencyActBody;
use crate::http::api::wire::cursor;
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// An agency of another's entry.
#[derive(Serialize, ToSchema)]
pub struct AgencyNamed {
    /// Its identifier.
    pub agency: String,
    /// Its name on the day.
    pub name: String,
    /// Its newest code on the day.
    pub code: Option<String>,
}

/// An agency in the tree of a day.
#[derive(Serialize, ToSchema)]
pub struct AgencyInTree {
    /// Its identifier, name and newest code.
    #[serde(flatten)]
    pub named: AgencyNamed,
    /// All its codes on the day, the newest first.
    pub codes: Vec<String>,
    /// How many agencies are above it; it stands after the one that it is under.
    pub depth: usize,
    /// Its first day.
    pub begins: String,
    /// Its last day; null: it did not end.
    pub last: Option<String>,
}

/// A page of the tree of a day.
#[derive(Serialize, ToSchema)]
pub struct AgenciesOnDay {
    /// The day.
    pub on: String,
    /// Each after the one that it is under.
    pub agencies: Vec<AgencyInTree>,
    /// Agencies in all.
    pub total: usize,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A name with its time.
#[derive(Serialize, ToSchema)]
pub struct NameShown {
    /// The name.
    pub name: String,
    /// First day.
    pub from: String,
    /// The act that it rests on.
    pub mandate: String,
}

/// A code with its time.
#[derive(Serialize, ToSchema)]
pub struct CodeShown {
    /// The code.
    pub code: String,
    /// First day.
    pub from: String,
    /// Last day; null: none is set.
    pub until: Option<String>,
    /// The act that it rests on.
    pub mandate: String,
}

/// A place with its time.
#[derive(Serialize, ToSchema)]
pub struct PlaceShown {
    /// The agency above; null: none.
    pub parent: Option<AgencyNamed>,
    /// First day.
    pub from: String,
    /// The act that it rests on.
    pub mandate: String,
}

/// How an agency ended.
#[derive(Serialize, ToSchema)]
pub struct EndShown {
    /// Its last day.
    pub last: String,
    /// `merger`, `absorption`, `division` or `dissolution`.
    pub how: &'static str,
    /// Who took its place the day after.
    pub successors: Vec<AgencyNamed>,
    /// The act that it rests on.
    pub mandate: String,
}

/// An act of the register.
#[derive(Serialize, ToSchema)]
pub struct ActShown {
    /// Its number.
    pub number: u32,
    /// What it says, as its event has it (docs/format.md).
    pub says: serde_json::Value,
    /// Number of the newest correction; null: it counts as it was recorded.
    pub corrected_by: Option<u32>,
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
    /// By whom.
    pub recorded_by: String,
}

/// An agency with its history.
#[derive(Serialize, ToSchema)]
pub struct AgencyShown {
    /// Its identifier, and its name and newest code on the day.
    #[serde(flatten)]
    pub named: AgencyNamed,
    /// The day.
    pub on: String,
    /// Its first day.
    pub begins: String,
    /// How it ended; null: it did not.
    pub ended: Option<EndShown>,
    /// The agency above on the day.
    pub parent: Option<AgencyNamed>,
    /// Its names, oldest first.
    pub names: Vec<NameShown>,
    /// Its codes, oldest first.
    pub codes: Vec<CodeShown>,
    /// Where it stood, oldest first.
    pub places: Vec<PlaceShown>,
    /// Whose place it took, and whose place they had taken.
    pub predecessors: Vec<AgencyNamed>,
    /// Who has its place on the day: itself while it is there.
    pub successors: Vec<AgencyNamed>,
    /// The acts about it, in the order of recording.
    pub acts: Vec<ActShown>,
}

/// What the register says of the agency code of a document.
#[derive(Serialize, ToSchema)]
pub struct OriginShown {
    /// Whether the code was an agency's on the document's day: `registered`, `at-another-time` or `unknown`.
    pub standing: &'static str,
    /// Whose it was, by the name of that day; of a code of another time, by the name of that time.
    pub agency: Option<AgencyNamed>,
    /// First day of a code of another time.
    pub valid_from: Option<String>,
    /// Its last day.
    pub valid_until: Option<String>,
    /// Who was in that agency's place on the document's day.
    pub then: Vec<AgencyNamed>,
    /// Who is in its place today.
    pub today: Vec<AgencyNamed>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub struct ActsRecorded {
    /// Numbers of the acts.
    pub acts: Vec<u32>,
    /// The agencies that they are about, on their own last day or today.
    pub agencies: Vec<AgencyNamed>,
}

/// What became of a table.
#[derive(Serialize, ToSchema)]
pub struct TableRead {
    /// Acts that were recorded; in a trial: would be.
    pub recorded: usize,
    /// What the register said already.
    pub known: u64,
    /// Lines that were not understood, or do not fit.
    pub refused: Vec<LineRefused>,
    /// Columns that nobody reads.
    pub columns_unread: Vec<String>,
}

/// A line that was not understood, or does not fit.
#[derive(Serialize, ToSchema)]
pub struct LineRefused {
    /// Its number in the file.
    pub line: u64,
    /// Why.
    pub why: String,
    /// The cell.
    pub cell: String,
}

impl From<Heir> for AgencyNamed {
    fn from(heir: Heir) -> Self {
        let code = heir.code.map(|code| code.to_string());
        Self { agency: heir.id.to_string(), name: heir.name, code }
    }
}

impl From<Origin> for OriginShown {
    fn from(origin: Origin) -> Self {
        let (valid_from, valid_until) = match origin.standing {
            Standing::AtAnotherTime(from, until) => (Some(from.to_string()), until.map(|until| until.to_string())),
            Standing::Registered | Standing::Unknown => (None, None),
        };
        let named = |heirs: Vec<Heir>| heirs.into_iter().map(AgencyNamed::from).collect();
        Self {
            standing: origin.standing.name(),
            agency: origin.agency.map(AgencyNamed::from),
            valid_from,
            valid_until,
            then: named(origin.then),
            today: named(origin.today),
        }
    }
}

impl AgencyNamed {
    /// An agency on a day.
    pub fn of(agency: &Agency, day: NaiveDate) -> Self {
        Heir::of(agency, day).into()
    }
}

impl AgencyShown {
    /// An agency as it is told on a day.
    pub fn of(register: &Register, agency: &Agency, day: NaiveDate) -> Self {
        let agencies = &register.agencies;
        // Who ended is told by its last name and code.
        let by_id = |id: Uuid, day: NaiveDate| {
            let other = agencies.get(id)?;
            Some(AgencyNamed::of(other, other.nearest(day)))
        };
        let all = |others: Vec<&Agency>| others.into_iter().map(|one| AgencyNamed::of(one, one.nearest(day))).collect();
        let ended = agency.ended.as_ref().map(|ended| EndShown {
            last: ended.last.to_string(),
            how: ended.how.map_or("dissolution", agency::Succession::name),
            successors: ended.successors.iter().filter_map(|id| by_id(*id, ended.last.succ_opt()?)).collect(),
            mandate: ended.mandate.clone(),
        });
        let name = |one: &agency::Named| {
            let (name, from, mandate) = (one.name.clone(), one.from.to_string(), one.mandate.clone());
            NameShown { name, from, mandate }
        };
        let code = |one: &agency::Coded| {
            let until = agency.until(one).map(|until| until.to_string());
            let (code, from, mandate) = (one.code.to_string(), one.from.to_string(), one.mandate.clone());
            CodeShown { code, from, until, mandate }
        };
        let place = |one: &agency::Placed| {
            let parent = one.parent.and_then(|id| by_id(id, one.from));
            PlaceShown { parent, from: one.from.to_string(), mandate: one.mandate.clone() }
        };
        Self {
            named: AgencyNamed::of(agency, day),
            on: day.to_string(),
            begins: agency.begins.to_string(),
            ended,
            parent: agency.parent(day).and_then(|id| by_id(id, day)),
            names: agency.names.iter().map(name).collect(),
            codes: agency.codes.iter().map(code).collect(),
            places: agency.places.iter().map(place).collect(),
            predecessors: all(agencies.predecessors(agency.id)),
            successors: all(agencies.successors(agency.id, day)),
            acts: acts_of(register, agency.id),
        }
    }
}

/// The acts about an agency, with the corrections of them.
fn acts_of(register: &Register, id: Uuid) -> Vec<ActShown> {
    let mut own = BTreeSet::new();
    for (number, act, _) in register.agencies.acts() {
        let corrects = matches!(act, Act::Correct { number: wrong, .. } if own.contains(wrong));
        if corrects || act.about().contains(&id) {
            own.insert(number);
        }
    }
    let acts = register.agencies.acts().filter(|(number, ..)| own.contains(number));
    let shown = acts.map(|(number, act, corrected_by)| {
        let recorded = register.recorded(number).cloned();
        let (recorded_at, recorded_by) = recorded.map(|one| (one.at, one.by)).unwrap_or_default();
        let says = serde_json::to_value(AgencyActBody::from(act)).unwrap_or_default();
        ActShown { number, says, corrected_by, recorded_at, recorded_by }
    });
    shown.collect()
}

impl AgenciesOnDay {
    /// The agencies of a day, from one on, so many.
    pub fn of(register: &Register, day: NaiveDate, from: usize, limit: usize) -> Self {
        Self::page(&register.agencies.tree(day), day, from, limit)
    }

    /// The agencies of any time that words name, from one on, so many; each by its name of the day nearest to this one.
    pub fn found(register: &Register, words: &str, day: NaiveDate, from: usize, limit: usize) -> Self {
        Self::page(&register.agencies.found(words, day), day, from, limit)
    }

    fn page(all: &[InTree<'_>], day: NaiveDate, from: usize, limit: usize) -> Self {
        let agencies = all.iter().skip(from).take(limit).map(|one| AgencyInTree {
            named: AgencyNamed::of(one.agency, one.agency.nearest(day)),
            codes: one.agency.codes(day).map(ToString::to_string).collect(),
            depth: one.depth,
            begins: one.agency.begins.to_string(),
            last: one.agency.last().map(|last| last.to_string()),
        });
        let after = from.saturating_add(limit);
        let next = u32::try_from(after).ok().filter(|_| after < all.len()).map(cursor);
        Self { on: day.to_string(), agencies: agencies.collect(), total: all.len(), next }
    }
}

impl ActsRecorded {
    /// What was recorded, told on a day.
    pub fn of(recording: &Recording, day: NaiveDate) -> Self {
        let known = recording.about.iter().filter_map(|id| recording.register.agencies.get(*id));
        let named = |agency: &Agency| AgencyNamed::of(agency, agency.nearest(day));
        Self { acts: recording.numbers.clone().collect(), agencies: known.map(named).collect() }
    }
}

impl From<&Import> for TableRead {
    fn from(read: &Import) -> Self {
        let refused = read.refused.iter().map(|refused| LineRefused {
            line: refused.line,
            why: refused.why.to_string(),
            cell: refused.cell.clone(),
        });
        let (recorded, known, columns_unread) = (read.acts.len(), read.known, read.unread.clone());
        Self { recorded, known, refused: refused.collect(), columns_unread }
    }
}
