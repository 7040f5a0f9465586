//! Destroyed records that today's facts would keep: what they rested on was revoked since.
//!
//! They stay destroyed; the case says so for ever. Asked of what is left: a record's own facts died with it, but those of its
//! dossier did not, so an exception is told where the rule was the dossier's, counted from an event of the dossier, and that
//! event was revoked. Another version of a rule makes no exception: it came later, and the destruction was right.

use super::{Docket, Fate};
use crate::archive::reading::Archive;
use crate::archive::retention::whole::Whole;
use crate::error::{Error, Kind, Result};
use crate::retention::decision::Outcome;
use crate::retention::rules::Trigger;
use crate::retention::span::{Assigned, EventState, Span, reckon};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

impl Archive {
    /// The records of a case that were destroyed and would be kept now.
    pub fn disposal_exceptions(&self, docket: &Docket) -> Result<Vec<Uuid>> {
        let standing = self.standing()?;
        let mut dossiers: HashMap<Uuid, Option<Whole>> = HashMap::new();
        let mut kept = Vec::new();
        for (record, item, fate) in docket.case.fates() {
            let Fate::Destroyed(on) = fate else { continue };
            if item.outcome != Outcome::Eligible {
                continue; // a duplicate: it went for another reason
            }
            let Some(tombstone) = self.tombstone(record)? else { continue };
            let damaged = || Error::corrupt(format!("the tombstone of {record} is damaged"));
            let dossier = Uuid::try_parse(&tombstone.dossier).map_err(|_| damaged())?;
            let whole = match dossiers.entry(dossier) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(free) => free.insert(self.whole_of(dossier)?),
            };
            let is_kept = |whole: &Whole| {
                let matter = whole.matter(&standing);
                let by_event = match matter.assigned {
                    Assigned::Rule(rule, _) => rule.code == item.rule && matches!(rule.trigger, Trigger::Events(..)),
                    Assigned::Nothing | Assigned::Stated(..) => false,
                };
                let revoked = matter.events.iter().any(|event| event.state == EventState::Revoked);
                by_event && revoked && !has_ended(reckon(&matter, standing.law.bounds()).span, *on)
            };
            if whole.as_ref().is_some_and(is_kept) {
                kept.push(record);
            }
        }
        Ok(kept)
    }

    fn whole_of(&self, dossier: Uuid) -> Result<Option<Whole>> {
        match self.whole(dossier) {
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }
}

/// Whether a period had ended when a record was destroyed.
fn has_ended(span: Span, destroyed: NaiveDate) -> bool {
    matches!(span, Span::Until(day) if day < destroyed)
}
