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
use crate::retention::preview::{Applies, Change, Plan, Preview, Subject, changes};
use crate::retention::span::{Event, Span};
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
        Ok(Foreseen { rules, approval: adopt::approval(&standing, &new), records })
    }
}

fn foresee_dossier(
    preview: &mut Preview,
    plan: &Plan<'_>,
    standing: &Standing,
    (whole, links): (&Whole, &mut Links<'_>),
    cases: &HashMap<Uuid, Uuid>,
) -> Result<()> {
    let mut events: Vec<Vec<Event>> = vec![Vec::new(); whole.kept.records.len()];
    let mut subjects = Vec::with_capacity(whole.kept.records.len());
    for ((_, placed), events) in whole.kept.records.iter().zip(&mut events) {
        let named = match &placed.statement {
            Statement::Nothing => whole.statement(),
            own => own,
        };
        let linked = links.of(standing, whole, placed.record)?;
        subjects.push(Subject {
            matter: whole.matter_of(placed, standing, events),
            names: code(named),
            linked: linked.iter().map(|link| link.span).max(),
            case: cases.get(&placed.record).copied(),
        });
    }
    let matter = whole.matter(standing);
    let own = Subject { matter, names: code(whole.statement()), linked: None::<Span>, case: None };
    preview.dossier(plan, Some(&own), &subjects);
    Ok(())
}

/// The code that a statement may name.
fn code(statement: &Statement) -> Option<&str> {
    match statement {
        Statement::Code(code) => Some(code),
        Statement::Nothing | Statement::Period(_) => None,
    }
}
