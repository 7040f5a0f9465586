//! What a rule file would change, before anybody adopts it.

use super::adopt;
use super::links::Links;
use super::standing::Standing;
use super::whole::Whole;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::Depth;
use crate::error::{Error, Result};
use crate::retention::Statement;
use crate::retention::preview::{Applies, Change, Plan, Preview, Subject, changes, longest};
use crate::retention::span::{Event, Longest, Span};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What would change.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// Rules by what becomes of them.
    pub rules: BTreeMap<Change, u64>,
    /// Whether a second person must approve; `None`: it can't be adopted at all, and why.
    pub approval: Result<Approval, String>,
    /// What becomes of records.
    pub records: Preview,
}

/// Who must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// One person adopts it.
    OnePerson,
    /// A second person approves it.
    SecondPerson,
}

impl Archive {
    /// What a rule file would change on a day. `cases` are the open disposal cases, by the records they list.
    pub fn foresee(
        &self,
        text: &str,
        applies: Applies,
        on: NaiveDate,
        cases: &HashMap<Uuid, Uuid>,
    ) -> Result<Foreseen> {
        let standing = self.standing()?;
        let new = adopt::read(text, &standing)?;
        let Some(schedule) = new.schedule.as_ref() else {
            return Err(Error::invalid("only a new version of a schedule can be previewed"));
        };
        let mut rules: BTreeMap<Change, u64> = BTreeMap::new();
        match standing.newest_of(&schedule.code) {
            Some(old) => {
                changes(&old.file, &new).into_iter().for_each(|(_, change)| *rules.entry(change).or_default() += 1)
            }
            None => _ = rules.insert(Change::Added, new.rules.len() as u64),
        }
        let plan = Plan { new: &new, applies, on, bounds: standing.law.bounds() };
        let mut records = Preview::default();
        let (mut walk, mut links) = (self.catalog.walk_kept(Depth::Records), Links::new(self));
        while let Some(kept) = walk.next_kept().map_err(project::catalog)? {
            foresee_dossier(&mut records, &plan, &standing, (&Whole::new(kept), &mut links), cases)?;
        }
        Ok(Foreseen { rules, approval: adopt::approval(&standing, &new, applies), records })
    }
}

fn foresee_dossier(
    preview: &mut Preview,
    plan: &Plan<'_>,
    standing: &Standing,
    (whole, links): (&Whole, &mut Links<'_>),
    cases: &HashMap<Uuid, Uuid>,
) -> Result<()> {
    let mut events = Vec::new();
    let (own, mut subjects) = subjects(whole, standing, &mut events);
    for subject in &mut subjects {
        let record = subject.matter.id;
        subject.case = cases.get(&record).copied();
        links.each(whole, record, |_, other| {
            let spans = kept_with(plan, standing, other);
            let (now, then) = subject.linked.unwrap_or(spans);
            subject.linked = Some((now.max(spans.0), then.max(spans.1)));
        })?;
    }
    preview.dossier(plan, Some(&own), &subjects);
    Ok(())
}

/// A dossier and its records as a preview sees them, without their links. `events` is room for what happened to them.
fn subjects<'a>(
    whole: &'a Whole,
    standing: &'a Standing,
    events: &'a mut Vec<Vec<Event>>,
) -> (Subject<'a>, Vec<Subject<'a>>) {
    let subject = |matter, statement| Subject { matter, names: code(statement), linked: None, case: None };
    events.resize_with(whole.kept.records.len(), Vec::new);
    let records = whole.kept.records.iter().zip(events).map(|((_, placed), events)| {
        let statement = match &placed.statement {
            Statement::Nothing => whole.statement(),
            own => own,
        };
        subject(whole.matter_of(placed, standing, events), statement)
    });
    let records = records.collect();
    (subject(whole.matter(standing), whole.statement()), records)
}

/// How long a linked record is kept, with its dossier: now, and under the new version.
fn kept_with(plan: &Plan<'_>, standing: &Standing, other: &Whole) -> (Span, Span) {
    let mut events = Vec::new();
    let (own, records) = subjects(other, standing, &mut events);
    let (now, then) = longest(plan, Some(&own), &records);
    let span = |longest: Longest| longest.span.map_or(Span::Unknown, |(span, _)| span);
    (span(now), span(then))
}

/// The code that a statement may name.
fn code(statement: &Statement) -> Option<&str> {
    match statement {
        Statement::Code(code) => Some(code),
        Statement::Nothing | Statement::Period(_) => None,
    }
}
