//! Holds: orders that block destruction, placed and released by events.
//!
//! A hold covers records by name, a dossier, what an agency transferred with all under it, a class (a rule, or a
//! schedule's), or what fits a saved query; what comes later is covered too, because the scope is data that is read against
//! each record when its fate is decided. It ends when a person other than the one who placed it releases it, and is never deleted. The rules are
//! `retention::hold`'s; the catalog keeps which holds there are, their events everything else. Persons are told apart by
//! the actor's pseudonym: as long as there are no accounts, a name is taken at its word.

use super::announce::Heading;
use super::body::{HoldPlacedBody, HoldQueryBody, HoldReleasedBody, HoldScopeBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::catalog::Named;
use crate::error::{Error, Result};
use crate::event::{ActorId, Entry, EventKind};
use crate::keys::Bucket;
use crate::record::AgencyCode;
use crate::retention::civil::vietnamese_day;
use crate::retention::hold::{Deed, Hold, Holds, Person, Query, Refusal, Scope};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What somebody wants held.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Records, or one dossier, by identifier or code.
    Named(Vec<String>),
    /// What an agency transferred, with those under it.
    Agency(String),
    /// The records under a rule, or under the rules of a schedule.
    Class(String),
    /// The records that fit.
    Query(HoldQueryBody),
}

impl Wanted {
    /// What fits conditions: an agency or a class where nothing else is asked, otherwise a saved query.
    pub fn fitting(query: HoldQueryBody) -> Self {
        let alone = HoldQueryBody { agency: None, rule: None, ..query.clone() } == HoldQueryBody::default();
        match (query.agency.clone(), query.rule.clone()) {
            (Some(agency), None) if alone => Self::Agency(agency),
            (None, Some(class)) if alone => Self::Class(class),
            _ => Self::Query(query),
        }
    }
}

/// Years, the first and the last: `2019/2021`, or one year.
pub fn years(text: &str) -> Result<(i32, i32)> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let years = first.trim().parse().ok().zip(last.trim().parse().ok());
    years.ok_or_else(|| Error::invalid("write 2019/2021, or one year"))
}

/// Days, the first and the last: `2019-01-01/2021-12-31`, or one day.
pub fn days(text: &str) -> Result<(String, String)> {
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    let day = |text: &str| text.trim().parse::<NaiveDate>().ok().map(|day| day.to_string());
    day(first).zip(day(last)).ok_or_else(|| Error::invalid("write 2019-01-01/2021-12-31, or one day"))
}

/// A hold with the names of who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldShown {
    /// The hold.
    pub id: Uuid,
    /// What it covers.
    pub covers: HoldScopeBody,
    /// Why.
    pub reason: String,
    /// The order it rests on.
    pub mandate: String,
    /// Who placed it, and when.
    pub placed: (String, String),
    /// Who released it, when and why.
    pub released: Option<(String, String, String)>,
}

impl Archive {
    /// Every hold ever placed, in the order of their placing.
    pub fn holds(&self) -> Result<Vec<HoldShown>> {
        let ids = self.catalog.holds().map_err(project::catalog)?;
        ids.into_iter().map(|id| self.hold(id)).collect()
    }

    /// A hold.
    pub fn hold(&self, id: Uuid) -> Result<HoldShown> {
        let mut shown = None;
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            let deed = (self.name_of(entry.actor)?, entry.time.to_string());
            match entry.kind {
                EventKind::HoldPlaced => {
                    let HoldPlacedBody { covers, reason, mandate } = self.body_of(&row)?;
                    shown = Some(HoldShown { id, covers, reason, mandate, placed: deed, released: None });
                }
                EventKind::HoldReleased => {
                    let HoldReleasedBody { reason } = self.body_of(&row)?;
                    let shown = shown.as_mut().ok_or_else(damaged)?;
                    shown.released = Some((deed.0, deed.1, reason));
                }
                _ => {}
            }
        }
        shown.ok_or_else(|| refused(Refusal::NotThere))
    }

    /// All holds as the rules see them, in force and released.
    pub(super) fn hold_state(&self) -> Result<Holds> {
        let mut holds = Holds::default();
        for id in self.catalog.holds().map_err(project::catalog)? {
            for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
                let (_, entry) = self.entry(&row)?;
                let told = match entry.kind {
                    EventKind::HoldPlaced => {
                        let body: HoldPlacedBody = self.body_of(&row)?;
                        holds.place(hold(id, &body, deed(&entry))?)
                    }
                    EventKind::HoldReleased => {
                        let HoldReleasedBody { reason } = self.body_of(&row)?;
                        holds.release(id, deed(&entry), &reason)
                    }
                    _ => Ok(()),
                };
                told.map_err(|refusal| damaged().because(refusal))?;
            }
        }
        Ok(holds)
    }

    /// The name of an actor, or the pseudonym where it is nobody's.
    pub fn name_of(&self, actor: ActorId) -> Result<String> {
        let name = self.catalog.actor_name(actor).map_err(project::catalog)?;
        Ok(name.unwrap_or_else(|| actor.to_string()))
    }
}

/// Places a hold.
pub fn place(archive: &Writing, wanted: &Wanted, reason: &str, mandate: &str, actor: &str) -> Result<HoldShown> {
    let _orders = archive.orders()?;
    let body = HoldPlacedBody {
        covers: scope(archive, wanted)?,
        reason: reason.trim().to_owned(),
        mandate: mandate.trim().to_owned(),
    };
    let (id, mut state) = (archive.new_id(), archive.hold_state()?);
    let nobody = Deed { by: Person(Uuid::nil()), on: vietnamese_day(archive.now()) };
    state.place(hold(id, &body, nobody)?).map_err(refused)?;
    let actor = archive.actor(actor)?;
    record(archive, EventKind::HoldPlaced, id, &body, actor)?;
    archive.hold(id)
}

/// Releases a hold, by another person than placed it.
pub fn release(archive: &Writing, id: &str, reason: &str, actor: &str) -> Result<HoldShown> {
    let id = Uuid::try_parse(id).map_err(|_| {
        Error::invalid(format!("{id:?} is no identifier of a hold")).remedy("`chauban hold list` lists them")
    })?;
    let _orders = archive.orders()?;
    let mut state = archive.hold_state()?;
    state.get(id).ok_or_else(|| refused(Refusal::NotThere))?;
    let actor = archive.actor(actor)?;
    let deed = Deed { by: person(actor), on: vietnamese_day(archive.now()) };
    let body = HoldReleasedBody { reason: reason.trim().to_owned() };
    state.release(id, deed, &body.reason).map_err(refused)?;
    record(archive, EventKind::HoldReleased, id, &body, actor)?;
    archive.hold(id)
}

/// What is wanted, by identifiers that will not change.
fn scope(archive: &Archive, wanted: &Wanted) -> Result<HoldScopeBody> {
    let names = match wanted {
        Wanted::Agency(code) => {
            let code: AgencyCode = code.parse().map_err(|error| Error::invalid(format!("{error}")))?;
            return Ok(HoldScopeBody::Agency(code.to_string()));
        }
        Wanted::Class(class) => return Ok(HoldScopeBody::Class(known_class(archive, class)?)),
        Wanted::Query(query) => {
            let rule = query.rule.as_ref().map(|class| known_class(archive, class)).transpose()?;
            let query = HoldQueryBody { rule, ..query.clone() };
            read_query(&query).map_err(|error| Error::invalid(error.to_owned()))?;
            return Ok(HoldScopeBody::Query(query));
        }
        Wanted::Named(names) => names,
    };
    let found: Vec<Named> = names.iter().map(|name| archive.find(name)).collect::<Result<_>>()?;
    if let [Named::Dossier(id)] = found[..] {
        archive.must_have_records(id, &archive.dossier(id)?)?;
        return Ok(HoldScopeBody::Dossier(id.to_string()));
    }
    for named in &found {
        if let Named::Record(id) = named {
            archive.record(*id)?; // one that was destroyed has nothing left to hold
        }
    }
    let records = found.iter().map(|named| match named {
        Named::Record(id) => Some(id.to_string()),
        Named::Dossier(_) => None,
    });
    let records: Option<BTreeSet<String>> = records.collect();
    let records = records.ok_or_else(|| {
        Error::invalid("a hold covers records, or one dossier").remedy("place a hold for each dossier")
    })?;
    Ok(HoldScopeBody::Records(records.into_iter().collect()))
}

/// A class that somebody may mean: a rule or schedule that was adopted, so that a slip of the pen covers something else than
/// nothing.
fn known_class(archive: &Archive, class: &str) -> Result<String> {
    let (class, standing) = (class.trim(), archive.standing()?);
    if standing.newest_of(class).is_some() || standing.newest_with(class).is_some() {
        return Ok(class.to_owned());
    }
    Err(Error::not_found(format!("no adopted schedule or rule has the code {class:?}"))
        .remedy("`chauban retention list --rules` lists them"))
}

/// A saved query as its form says; what is wrong with it otherwise.
fn read_query(body: &HoldQueryBody) -> std::result::Result<Query, &'static str> {
    let issued = |(first, last): &(String, String)| Some((first.parse().ok()?, last.parse().ok()?));
    let agency = body.agency.as_ref().map(|code| code.parse().map_err(|_| "the agency of the query is no code"));
    let document_type =
        body.document_type.as_ref().map(|code| code.parse().map_err(|_| "the type is none of 01 to 32"));
    Ok(Query {
        agency: agency.transpose()?,
        rule: body.rule.clone(),
        file_code: body.file_code.clone(),
        worked: body.worked,
        document_type: document_type.transpose()?,
        issued: body.issued.as_ref().map(|days| issued(days).ok_or("the days of issue are no days")).transpose()?,
        words: body.words.clone(),
    })
}

fn record(archive: &Writing, kind: EventKind, id: Uuid, body: &impl serde::Serialize, actor: ActorId) -> Result<()> {
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}

/// A hold as its first event says.
fn hold(id: Uuid, body: &HoldPlacedBody, placed: Deed) -> Result<Hold> {
    let uuid = |text: &String| Uuid::try_parse(text).map_err(|_| damaged());
    let scope = match &body.covers {
        HoldScopeBody::Records(records) => Scope::Records(records.iter().map(uuid).collect::<Result<_>>()?),
        HoldScopeBody::Dossier(dossier) => Scope::Dossier(uuid(dossier)?),
        HoldScopeBody::Agency(code) => Scope::Agency(code.parse().map_err(|_| damaged())?),
        HoldScopeBody::Class(class) => Scope::Class(class.clone()),
        HoldScopeBody::Query(query) => Scope::Query(read_query(query).map_err(|_| damaged())?),
    };
    let (reason, mandate) = (body.reason.clone(), body.mandate.clone());
    Ok(Hold { id, scope, reason, mandate, placed, released: None })
}

/// Who made an entry, and when.
pub(super) fn deed(entry: &Entry) -> Deed {
    Deed { by: person(entry.actor), on: vietnamese_day(entry.time) }
}

/// Who acts under a pseudonym: a name has one, for ever.
pub(super) fn person(actor: ActorId) -> Person {
    Person(Uuid::from_u64_pair(0, u64::from_be_bytes(actor.0)))
}

fn refused(refusal: Refusal) -> Error {
    let what = refusal.to_string();
    match refusal {
        Refusal::Words | Refusal::Scope => Error::invalid(what),
        Refusal::Twice | Refusal::Released => Error::conflict(what),
        Refusal::NotThere => Error::not_found(what).remedy("`chauban hold list` lists them"),
        Refusal::SamePerson => Error::denied(what).remedy("let a second person release it, under their own name"),
    }
}

fn damaged() -> Error {
    Error::corrupt("the body of a hold is not in its form")
}
