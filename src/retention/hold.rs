//! Holds: orders that block destruction, at any time until the byte is gone.
//!
//! A hold covers records by name, a dossier, an agency with everything under it, a class, or a saved query, whose
//! conditions are read against each record anew, so that what comes later is covered too. Overlapping holds count
//! each. A hold ends only when a second person releases it; it is never deleted.
//!
//! For the archive layer: placing and releasing are events, decided in the sequencer ([`Holds::place`],
//! [`Holds::release`] refuse or give the new state); [`Holds::covering`] gives the decision its holds, from the same
//! state. A hold that comes after the keys were replaced is answered “gone”. What a saved query reads are fields of
//! the catalog's row and of the record's own description, never the index, which may lag. Whoever has not read the
//! description asks [`Holds::wants_description`] first; without it a condition on it counts as fulfilled.

use crate::record::AgencyCode;
use crate::record::codes::DocumentType;
use crate::text::fold;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Most records that one hold names: 16 bytes each, so a hold is at most about a megabyte of its event's body.
pub const RECORDS_MAX: usize = 65_536;
/// Longest reason or mandate, characters.
pub const WORDS_CHARS_MAX: usize = 2000;
/// Most words of a saved query.
pub const QUERY_WORDS_MAX: usize = 20;

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its identifier.
    pub id: Uuid,
    /// What it covers.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// The order it rests on.
    pub mandate: String,
    /// Who placed it, and when.
    pub placed: Deed,
    /// Who released it, when and why.
    pub released: Option<(Deed, String)>,
}

/// Who did something, and on which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// Who.
    pub by: Person,
    /// When.
    pub on: NaiveDate,
}

/// A person: one, whatever pseudonyms or accounts they have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(pub Uuid);

/// What a hold covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// These records.
    Records(Vec<Uuid>),
    /// The records of a dossier.
    Dossier(Uuid),
    /// The records of an agency, and of those under it (`H26` covers `H26.10`).
    Agency(AgencyCode),
    /// The records under a rule, or under the rules of a schedule (`TT10-2022` covers `TT10-2022/bidding-won`); those
    /// that wait to come under it, and those that their agency stated to be under it.
    Class(String),
    /// The records that fit.
    Query(Query),
}

/// A saved query: every condition that it has must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Agency, with those under it.
    pub agency: Option<AgencyCode>,
    /// Rule or schedule, as a class has it.
    pub rule: Option<String>,
    /// Beginning of the dossier's code, by whole parts (`H26.10.2015`).
    pub file_code: Option<String>,
    /// First and last year in which the work ended.
    pub worked: Option<(i32, i32)>,
    /// Type of document.
    pub document_type: Option<DocumentType>,
    /// First and last day of issue.
    pub issued: Option<(NaiveDate, NaiveDate)>,
    /// Words that all stand in the subject; case and diacritics do not matter.
    pub words: Vec<String>,
}

/// What a hold is compared with: a record's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The record.
    pub record: Uuid,
    /// Its dossier.
    pub dossier: Uuid,
    /// The agencies that it came from, as codes stand now and stood then.
    pub agencies: &'a [AgencyCode],
    /// Codes of the rules that it is under, waits to come under, or was stated to be under.
    pub rules: &'a [&'a str],
    /// The year in which its work ended.
    pub year: i32,
    /// Date of issue; a record without one fits every interval.
    pub issued: Option<NaiveDate>,
    /// What its own description says; `None` where that was not read.
    pub said: Option<Said<'a>>,
}

/// What a record's description says, as far as a hold may ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// Its type.
    pub document_type: DocumentType,
    /// Code of its dossier.
    pub file_code: &'a str,
    /// Its subject, folded ([`fold`]).
    pub subject_folded: &'a str,
}

/// Why a hold is not placed or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// Reason or mandate are missing or too long.
    #[error("a hold needs a reason and a mandate, 1 to 2000 characters each")]
    Words,
    /// It would cover everything, or more records than one hold names.
    #[error("a hold names 1 to 65,536 records, a class, or a query with a condition and at most 20 words")]
    Scope,
    /// The identifier is taken.
    #[error("there is a hold with this identifier")]
    Twice,
    /// There is none.
    #[error("there is no such hold")]
    NotThere,
    /// It was released.
    #[error("the hold was released already")]
    Released,
    /// By whom it was placed.
    #[error("a hold is released by another person than placed it")]
    SamePerson,
}

/// All holds, in force and released.
#[derive(Debug, Clone, Default)]
pub struct Holds {
    all: BTreeMap<Uuid, Hold>,
    by_record: HashMap<Uuid, Vec<Uuid>>,
    by_dossier: HashMap<Uuid, Vec<Uuid>>,
    wide: Vec<Uuid>,
    named: HashMap<Uuid, HashSet<Uuid>>,
}

impl Holds {
    /// Places a hold.
    pub fn place(&mut self, hold: Hold) -> Result<(), Refusal> {
        if !words_fit(&hold.reason) || !words_fit(&hold.mandate) {
            return Err(Refusal::Words);
        }
        if !hold.scope.is_bounded() {
            return Err(Refusal::Scope);
        }
        if self.all.contains_key(&hold.id) || hold.released.is_some() {
            return Err(Refusal::Twice);
        }
        match &hold.scope {
            Scope::Records(records) => {
                let distinct: HashSet<Uuid> = records.iter().copied().collect();
                for &record in &distinct {
                    self.by_record.entry(record).or_default().push(hold.id);
                }
                self.named.insert(hold.id, distinct);
            }
            Scope::Dossier(dossier) => self.by_dossier.entry(*dossier).or_default().push(hold.id),
            Scope::Agency(_) | Scope::Class(_) | Scope::Query(_) => self.wide.push(hold.id),
        }
        self.all.insert(hold.id, hold);
        Ok(())
    }

    /// Releases a hold.
    pub fn release(&mut self, id: Uuid, deed: Deed, reason: &str) -> Result<(), Refusal> {
        let hold = self.all.get_mut(&id).ok_or(Refusal::NotThere)?;
        if hold.released.is_some() {
            return Err(Refusal::Released);
        }
        if hold.placed.by == deed.by {
            return Err(Refusal::SamePerson);
        }
        if !words_fit(reason) {
            return Err(Refusal::Words);
        }
        hold.released = Some((deed, reason.to_owned()));
        let drop = |map: &mut HashMap<Uuid, Vec<Uuid>>, key: &Uuid| {
            if let Some(ids) = map.get_mut(key) {
                ids.retain(|one| *one != id);
                if ids.is_empty() {
                    map.remove(key);
                }
            }
        };
        match &hold.scope {
            Scope::Records(_) => {
                for record in self.named.remove(&id).unwrap_or_default() {
                    drop(&mut self.by_record, &record);
                }
            }
            Scope::Dossier(dossier) => drop(&mut self.by_dossier, dossier),
            Scope::Agency(_) | Scope::Class(_) | Scope::Query(_) => self.wide.retain(|one| *one != id),
        }
        Ok(())
    }

    /// Every hold, in force or released.
    pub fn all(&self) -> impl Iterator<Item = &Hold> {
        self.all.values()
    }

    /// A hold.
    pub fn get(&self, id: Uuid) -> Option<&Hold> {
        self.all.get(&id)
    }

    /// Whether what covers a record can't be told without its description.
    pub fn wants_description(&self, place: &Place) -> bool {
        let asks = |hold: &Hold| hold.scope.reads_description() && hold.scope.covers(place);
        place.said.is_none() && self.wide.iter().any(|id| self.all.get(id).is_some_and(asks))
    }

    /// Whether a hold in force goes by the rules, years or descriptions of records: a dossier's row does not tell.
    pub fn ask_records(&self) -> bool {
        let asks = |hold: &Hold| matches!(hold.scope, Scope::Class(_) | Scope::Query(_));
        self.wide.iter().any(|id| self.all.get(id).is_some_and(asks))
    }

    /// Puts the holds in force that cover a record into `found`, which is emptied first, so that an evaluation of
    /// millions of records asks for no memory.
    pub fn covering(&self, place: &Place, found: &mut Vec<Uuid>) {
        found.clear();
        found.extend(self.by_record.get(&place.record).into_iter().flatten());
        found.extend(self.by_dossier.get(&place.dossier).into_iter().flatten());
        found.extend(self.wide.iter().filter(|id| self.all.get(id).is_some_and(|hold| hold.scope.covers(place))));
    }
}

impl Scope {
    /// Whether it covers a record.
    pub fn covers(&self, place: &Place) -> bool {
        match self {
            Self::Records(records) => records.contains(&place.record),
            Self::Dossier(dossier) => *dossier == place.dossier,
            Self::Agency(agency) => is_of(place.agencies, agency),
            Self::Class(class) => is_ruled_by(place, class),
            Self::Query(query) => query.fits(place),
        }
    }

    /// The class that it goes by, if it goes by one.
    pub fn class(&self) -> Option<&str> {
        match self {
            Self::Class(class) => Some(class),
            Self::Query(query) => query.rule.as_deref(),
            Self::Records(_) | Self::Dossier(_) | Self::Agency(_) => None,
        }
    }

    fn reads_description(&self) -> bool {
        match self {
            Self::Query(query) => query.file_code.is_some() || query.document_type.is_some() || !query.words.is_empty(),
            Self::Records(_) | Self::Dossier(_) | Self::Agency(_) | Self::Class(_) => false,
        }
    }

    fn is_bounded(&self) -> bool {
        match self {
            Self::Records(records) => (1..=RECORDS_MAX).contains(&records.len()),
            Self::Class(class) => !class.trim().is_empty(),
            Self::Query(query) => query.is_bounded(),
            Self::Dossier(_) | Self::Agency(_) => true,
        }
    }
}

impl Query {
    /// Whether a record fits. What the record does not say is no reason to leave it out.
    pub fn fits(&self, place: &Place) -> bool {
        let agency = |wanted: &AgencyCode| is_of(place.agencies, wanted);
        let issued = |(first, last): (NaiveDate, NaiveDate)| place.issued.is_none_or(|day| first <= day && day <= last);
        self.agency.as_ref().is_none_or(agency)
            && self.rule.as_ref().is_none_or(|rule| is_ruled_by(place, rule))
            && self.worked.is_none_or(|(first, last)| (first..=last).contains(&place.year))
            && self.issued.is_none_or(issued)
            && place.said.is_none_or(|said| self.fits_description(&said))
    }

    fn fits_description(&self, said: &Said) -> bool {
        self.document_type.is_none_or(|wanted| wanted == said.document_type)
            && self.file_code.as_ref().is_none_or(|code| is_under(said.file_code, code, '.'))
            && self.words.iter().all(|word| said.subject_folded.contains(&fold(word)))
    }

    /// It has a condition, each of which something can fulfil.
    fn is_bounded(&self) -> bool {
        let is_empty = |text: &String| text.trim().is_empty();
        let words = self.words.len() <= QUERY_WORDS_MAX && !self.words.iter().any(is_empty);
        let codes = !self.rule.iter().chain(&self.file_code).any(is_empty);
        let days = self.issued.is_none_or(|(first, last)| first <= last);
        let years = self.worked.is_none_or(|(first, last)| first <= last);
        *self != Self::default() && words && codes && days && years
    }
}

fn words_fit(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().nth(WORDS_CHARS_MAX).is_none()
}

fn is_ruled_by(place: &Place, class: &str) -> bool {
    place.rules.iter().any(|rule| is_under(rule, class, '/'))
}

fn is_of(agencies: &[AgencyCode], wanted: &AgencyCode) -> bool {
    agencies.iter().any(|one| is_under(one.as_str(), wanted.as_str(), '.'))
}

/// Whether a code is another's, or begins with it as a whole part.
fn is_under(code: &str, other: &str, separator: char) -> bool {
    code.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

#[cfg(test)]
mod tests;
