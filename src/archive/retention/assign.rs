//! What records and dossiers are kept under, as events: assignments, confirmations, occurrences, links, reviews.
//!
//! A clerk assigns; an authorised person confirms. A confirmation is needed where the law has nobody but the agency's
//! word for a period (Law 33/2024 Art. 15, V2: periods are those of the tables; an agency's own may be longer, not
//! shorter), and where a rule would shorten what the agency states: then it is another person than assigned it. No
//! content moves: the keys stay in their bucket, and what is destroyed goes by the decision alone.

use super::adopt::check_words;
use super::standing::Standing;
use super::whole::{Ruled, Whole};
use crate::archive::announce::{Announced, Heading};
use crate::archive::body::{
    ConcernsBody, OccurrenceBody, RecordsLinkedBody, RetentionAssignedBody, RetentionConfirmedBody,
    RetentionExtendedBody, RetentionReviewedBody, RevokedBody,
};
use crate::archive::writing::{Writing, bucket_of};
use crate::catalog::Named;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::record::Period;
use crate::retention::civil::{Dated, vietnamese_day};
use crate::retention::hold::Hold;
use crate::retention::reason::Occurrence;
use crate::retention::rules::Action;
use crate::retention::span::{EventState, Matter, Span, reckon};
use crate::retention::{Statement, words};
use chrono::NaiveDate;
use uuid::Uuid;

/// Records and dossiers that one command names at most.
pub const NAMES_MAX: usize = 10_000;

/// What was done about one record or dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The record or dossier.
    pub about: Uuid,
    /// Its code.
    pub code: String,
    /// Ledger index of the event.
    pub index: u64,
    /// Whether it counts only when a second person confirms it.
    pub waits: Waits,
}

/// Whether a second person must confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// No.
    No,
    /// Yes: the rule keeps shorter than the agency states.
    ForSecondPerson,
}

/// A record or dossier that was named.
struct Subject {
    id: Uuid,
    code: String,
    whole: Whole,
    record: Option<Uuid>,
}

/// Puts records or dossiers under a rule: of retention, or of access.
pub fn assign(archive: &Writing, names: &[String], rule: &str, reason: &str, actor: &str) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let standing = archive.standing()?;
    let missing = || {
        Error::not_found(format!("no adopted schedule has a rule {rule:?}"))
            .remedy("`chauban retention list --rules` lists them; `chauban retention adopt` takes a schedule in")
    };
    let version = standing.newest_with(rule).ok_or_else(missing)?;
    let line = version.file.rule(rule).ok_or_else(missing)?;
    let kind = if line.action == Action::Open { EventKind::AccessAssigned } else { EventKind::RetentionAssigned };
    let actor = archive.actor(actor)?;
    let mut done = Vec::new();
    each(archive, names, actor, kind, |subject| {
        let extended = subject.folded().is_some_and(|folded| folded.is_extended_beyond(line));
        let shortens = extended || subject.ruled(&standing).may_shorten_to(line);
        let waits = match line.action != Action::Open && shortens {
            true => Waits::ForSecondPerson,
            false => Waits::No,
        };
        if line.action != Action::Open {
            subject.must_stay_held(&standing, &line.code)?;
        }
        done.push((subject.id, subject.code.clone(), waits));
        Ok(RetentionAssignedBody {
            concerns: subject.concerns(),
            rule: rule.to_owned(),
            version: version.number(),
            reason: reason.trim().to_owned(),
        })
    })
    .map(|indexes| finished(done, indexes))
}

/// Confirms what is stated of records or dossiers, or the shorter rule that was assigned to them, under a line of a table
/// or a decision that the person names.
pub fn confirm_period(
    archive: &Writing,
    names: &[String],
    basis: &str,
    mandate: &str,
    actor: &str,
) -> Result<Vec<Done>> {
    [basis, mandate].into_iter().try_for_each(check_words)?;
    let _orders = archive.orders()?;
    let standing = archive.standing()?;
    let actor = archive.actor(actor)?;
    let mut done = Vec::new();
    each(archive, names, actor, EventKind::RetentionConfirmed, |subject| {
        let rule = subject.to_confirm(&standing, actor)?;
        done.push((subject.id, subject.code.clone(), Waits::No));
        Ok(RetentionConfirmedBody {
            concerns: subject.concerns(),
            stated: words(subject.statement().period()),
            rule,
            basis: basis.trim().to_owned(),
            mandate: mandate.trim().to_owned(),
        })
    })
    .map(|indexes| finished(done, indexes))
}

/// Records that something happened that a period may wait for. `on` is as [`Dated::parse`] reads it, or empty.
pub fn occur(
    archive: &Writing,
    names: &[String],
    kind: Occurrence,
    on: &str,
    reason: &str,
    actor: &str,
) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    if !on.is_empty() && Dated::parse(on).is_none() {
        let what = format!("{on:?} is no date: a day, a month, a year, or an interval of them (2023-05/2024)");
        return Err(Error::invalid(what));
    }
    let today = vietnamese_day(archive.now());
    let is_to_come = |on: &str| Dated::parse(on).and_then(Dated::earliest).is_some_and(|day| day > today);
    if on.split('/').any(is_to_come) {
        return Err(Error::invalid(format!("{on} has not come yet: what is recorded has happened")));
    }
    let actor = archive.actor(actor)?;
    let mut done = Vec::new();
    each(archive, names, actor, EventKind::OccurrenceRecorded, |subject| {
        done.push((subject.id, subject.code.clone(), Waits::No));
        Ok(OccurrenceBody {
            concerns: subject.concerns(),
            kind: kind.name().to_owned(),
            on: on.to_owned(),
            reason: reason.trim().to_owned(),
        })
    })
    .map(|indexes| finished(done, indexes))
}

/// Revokes what was recorded by the event at a ledger index: it counts for nothing.
pub fn revoke(archive: &Writing, name: &str, event: u64, reason: &str, actor: &str) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let actor = archive.actor(actor)?;
    let mut done = Vec::new();
    each(archive, &[name.to_owned()], actor, EventKind::OccurrenceRevoked, |subject| {
        let folded = subject.folded();
        let at = folded.and_then(|folded| folded.indexes.iter().position(|index| *index == event));
        let state = at.and_then(|at| folded?.events.get(at)).map(|event| event.state);
        match state {
            Some(EventState::Stands) => {}
            Some(EventState::Revoked) => return Err(Error::conflict("it was revoked already")),
            None => {
                return Err(Error::not_found(format!(
                    "entry {event} records nothing that happened to {}",
                    subject.code
                ))
                .remedy("`chauban history` lists the entries"));
            }
        }
        done.push((subject.id, subject.code.clone(), Waits::No));
        Ok(RevokedBody { concerns: vec![subject.concerns()], event, reason: reason.trim().to_owned() })
    })
    .map(|indexes| finished(done, indexes))
}

/// Links two records: neither goes before the other may (Law 33/2024 Art. 36 k4, V2).
pub fn link(archive: &Writing, one: &str, other: &str, reason: &str, actor: &str) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let [one, other] = [subject(archive, one)?, subject(archive, other)?];
    let (Some(first), Some(second)) = (one.record, other.record) else {
        return Err(Error::invalid("a link is between two records"));
    };
    if first == second {
        return Err(Error::invalid("a record is not linked with itself"));
    }
    if one.whole.folded(first).is_some_and(|folded| folded.links.iter().any(|(_, to, _)| *to == second)) {
        return Err(Error::conflict("these records are linked already"));
    }
    let body = RecordsLinkedBody { concerns: one.concerns(), with: other.concerns(), reason: reason.trim().to_owned() };
    alone(archive, EventKind::RecordsLinked, &one, &body, actor)
}

/// Dissolves a link.
pub fn unlink(archive: &Writing, one: &str, other: &str, reason: &str, actor: &str) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let [one, other] = [subject(archive, one)?, subject(archive, other)?];
    let links = one.record.and_then(|record| one.whole.folded(record)).map_or(&[][..], |folded| &folded.links);
    let link = links.iter().find(|(_, to, _)| Some(*to) == other.record);
    let &(event, ..) = link.ok_or_else(|| Error::not_found("these records are not linked"))?;
    let concerns = vec![one.concerns(), other.concerns()];
    let body = RevokedBody { concerns, event, reason: reason.trim().to_owned() };
    alone(archive, EventKind::RecordsUnlinked, &one, &body, actor)
}

/// What a disposal case that takes records off its list says of them: each is kept for the longer `period`, to be committed
/// with the act. A period that is not longer than what rules, or that has ended by `today`, is refused: it would keep
/// nothing.
pub fn extensions(
    archive: &Writing,
    records: &[Uuid],
    (period, today): (Period, NaiveDate),
    (case, reason): (Uuid, &str),
    actor: ActorId,
) -> Result<Vec<Announced>> {
    let standing = archive.standing()?;
    let names: Vec<String> = records.iter().map(Uuid::to_string).collect();
    announce(archive, &names, actor, EventKind::RetentionExtended, |subject| {
        subject.must_be_extended_by(&standing, period, today)?;
        Ok(RetentionExtendedBody {
            concerns: subject.concerns(),
            period: words(period),
            case: case.to_string(),
            reason: reason.to_owned(),
        })
    })
}

/// Records that somebody looked at what is due for review, and goes on keeping it.
pub fn review(archive: &Writing, names: &[String], reason: &str, actor: &str) -> Result<Vec<Done>> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let actor = archive.actor(actor)?;
    let mut done = Vec::new();
    each(archive, names, actor, EventKind::RetentionReviewed, |subject| {
        done.push((subject.id, subject.code.clone(), Waits::No));
        Ok(RetentionReviewedBody { concerns: subject.concerns(), reason: reason.trim().to_owned() })
    })
    .map(|indexes| finished(done, indexes))
}

impl Subject {
    fn concerns(&self) -> ConcernsBody {
        ConcernsBody { dossier: self.whole.kept.id.to_string(), record: self.record.map(|record| record.to_string()) }
    }

    fn folded(&self) -> Option<&super::whole::Folded> {
        match self.record {
            Some(record) => self.whole.folded(record),
            None => Some(&self.whole.own),
        }
    }

    /// Another rule must not take it out of a hold that goes by its class.
    fn must_stay_held(&self, standing: &Standing, rule: &str) -> Result<()> {
        let classed = |hold: &&Hold| hold.released.is_none() && hold.scope.class().is_some();
        for hold in standing.holds.all().filter(classed) {
            let Some(class) = hold.scope.class() else { continue };
            let is_under =
                |code: &str| code.strip_prefix(class).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            let records = self.whole.kept.records.iter().map(|(_, placed)| placed);
            let mut concerned = records.filter(|placed| self.record.is_none_or(|record| record == placed.record));
            if !is_under(rule)
                && concerned.any(|placed| self.whole.classes_of(placed, standing).into_iter().any(is_under))
            {
                let what = format!("{} is held as of class {class} ({})", self.code, hold.reason);
                return Err(
                    Error::conflict(what).remedy("another rule would take it out of the hold: release that first")
                );
            }
        }
        Ok(())
    }

    fn must_be_extended_by(&self, standing: &Standing, period: Period, today: NaiveDate) -> Result<()> {
        let placed = self.record.and_then(|record| self.whole.placed(record));
        let mut events = Vec::new();
        let matter = match placed {
            Some(placed) => self.whole.matter_of(placed, standing, &mut events),
            None => self.whole.matter(standing),
        };
        let span = |matter: &Matter| reckon(matter, standing.law.bounds()).span;
        let (now, then) = (span(&matter), span(&Matter { extended: matter.extended.max(Some(period)), ..matter }));
        if then > now.max(Span::Until(today)) {
            return Ok(());
        }
        let (code, period) = (&self.code, words(period));
        let what = match then {
            Span::Until(day) if then > now => format!("{code} would be kept for {period}, until {day}: that is over"),
            _ => format!("{code} is kept for {period} or longer already: a case only lengthens"),
        };
        Err(Error::invalid(what).remedy("give a longer period, or take it off the list without one"))
    }

    /// What rules it.
    fn ruled<'a>(&'a self, standing: &'a Standing) -> Ruled<'a> {
        match self.record.and_then(|record| self.whole.placed(record)) {
            Some(placed) => self.whole.ruled_of(placed, standing),
            None => self.whole.ruled(standing),
        }
    }

    /// What is stated of it; of a record without a statement, that of its dossier.
    fn statement(&self) -> &Statement {
        let own = self.record.and_then(|record| self.whole.placed(record)).map(|placed| &placed.statement);
        own.filter(|own| **own != Statement::Nothing).unwrap_or_else(|| self.whole.statement())
    }

    /// The rule whose assignment is to be confirmed; `None`: the statement is.
    fn to_confirm(&self, standing: &Standing, actor: ActorId) -> Result<Option<String>> {
        let (code, statement) = (&self.code, self.statement());
        let folded = self.folded();
        if let Some(assignment) = folded.and_then(|folded| folded.assigned.as_ref()) {
            if self.ruled(standing).waiting.is_none() {
                let what = format!("{code} is under {}, which counts already", assignment.rule);
                return Err(Error::conflict(what).remedy("confirm the rule itself with `chauban retention confirm`"));
            }
            if assignment.by == actor {
                let what = format!("{code}: a rule that shortens is confirmed by another person than assigned it");
                return Err(Error::denied(what).remedy("let a second person confirm it, under their own name"));
            }
            return Ok(Some(assignment.rule.clone()));
        }
        match statement {
            Statement::Period(Period::Years(_) | Period::Permanent) => {}
            Statement::Code(rule) if standing.newest_with(rule).is_some() => {
                let what = format!("the statement of {code} names rule {rule}");
                return Err(Error::conflict(what).remedy("confirm the rule itself with `chauban retention confirm`"));
            }
            Statement::Period(Period::Awaiting) | Statement::Code(_) | Statement::Nothing => {
                return Err(Error::invalid(format!("{code}: no period is stated that can be read"))
                    .remedy("put it under a rule with `chauban retention assign`"));
            }
        }
        let confirmed = folded.and_then(|folded| folded.confirmed.as_ref());
        match confirmed.is_some_and(|confirmed| confirmed.rule.is_empty() && confirmed.stated == statement.period()) {
            true => Err(Error::conflict(format!("the period of {code} is confirmed already"))),
            false => Ok(None),
        }
    }
}

/// An event about each record or dossier, all or none; their ledger indexes.
fn each<B: serde::Serialize>(
    archive: &Writing,
    names: &[String],
    actor: ActorId,
    kind: EventKind,
    body: impl FnMut(&Subject) -> Result<B>,
) -> Result<Vec<u64>> {
    let events = announce(archive, names, actor, kind, body)?;
    Ok(archive.commit(events)?.iter().map(|committed| committed.index).collect())
}

/// The same, to be committed.
fn announce<B: serde::Serialize>(
    archive: &Writing,
    names: &[String],
    actor: ActorId,
    kind: EventKind,
    mut body: impl FnMut(&Subject) -> Result<B>,
) -> Result<Vec<Announced>> {
    if names.is_empty() || names.len() > NAMES_MAX {
        return Err(Error::invalid(format!("name 1 to {NAMES_MAX} records or dossiers")));
    }
    let mut announcer = archive.announcer()?;
    let mut events: Vec<Announced> = Vec::with_capacity(names.len());
    for name in names {
        let subject = subject(archive, name)?;
        let body = body(&subject)?;
        let heading = Heading { kind, id: subject.id, actor, rule: None };
        events.push(announcer.with_body(heading, scope(archive, &subject, actor)?, Vec::new(), &body)?);
    }
    Ok(events)
}

/// One event about one record.
fn alone<B: serde::Serialize>(
    archive: &Writing,
    kind: EventKind,
    subject: &Subject,
    body: &B,
    actor: &str,
) -> Result<Vec<Done>> {
    let actor = archive.actor(actor)?;
    let heading = Heading { kind, id: subject.id, actor, rule: None };
    let scope = scope(archive, subject, actor)?;
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    let indexes = archive.commit(vec![event])?.iter().map(|committed| committed.index).collect();
    Ok(finished(vec![(subject.id, subject.code.clone(), Waits::No)], indexes))
}

fn finished(done: Vec<(Uuid, String, Waits)>, indexes: Vec<u64>) -> Vec<Done> {
    let done = done.into_iter().zip(indexes);
    done.map(|((about, code, waits), index)| Done { about, code, index, waits }).collect()
}

fn subject(archive: &Writing, name: &str) -> Result<Subject> {
    match archive.find(name)? {
        Named::Record(id) => {
            let body = archive.record(id)?;
            let whole = archive.whole(super::candidate::dossier_of(id, &body)?)?;
            Ok(Subject { id, code: body.doc_code, whole, record: Some(id) })
        }
        Named::Dossier(id) => {
            Ok(Subject { id, code: archive.dossier(id)?.file_code, whole: archive.whole(id)?, record: None })
        }
    }
}

/// What is said of a record dies with it: the body lies under the scope of its dossier's retention.
fn scope(archive: &Writing, subject: &Subject, actor: ActorId) -> Result<Uuid> {
    let damaged = || Error::corrupt(format!("dossier {} can't be read from the catalog", subject.whole.kept.id));
    let dossier = archive.dossier(subject.whole.kept.id)?.read().ok_or_else(damaged)?;
    archive.scope(bucket_of(&dossier.retention), actor)
}
