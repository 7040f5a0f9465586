//! Acts, taken into the register or refused.
//!
//! Whatever the order of recording, what is taken keeps these true: a code means at most one agency on a day; nobody is above
//! itself on any day; names, codes, places, children and predecessors lie within the life of their agency; a new
//! successor begins on the day after its predecessors' last.

use super::{
    Act, Agencies, Agency, Coded, Ended, MANDATE_CHARS_MAX, NAME_CHARS_MAX, Named, PARTIES_MAX, Placed, Refusal,
    Refused, Succession,
};
use crate::record::AgencyCode;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeSet;
use uuid::Uuid;

/// First and last year of a register: Nguyễn agencies, and nothing that is only a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2199;

type Told = Result<(), Refusal>;

impl Agencies {
    /// The register with further acts; the first that does not fit is told.
    pub fn take(&self, acts: impl IntoIterator<Item = Act>) -> Result<Self, Refused> {
        let mut register = self.clone();
        acts.into_iter().try_for_each(|act| register.record(act))?;
        Ok(register)
    }

    /// Takes an act; one that does not fit changes nothing. A correction has everything counted anew, so that the number
    /// told may be that of an earlier act that rests on what it takes away.
    pub fn record(&mut self, act: Act) -> Result<(), Refused> {
        let number = self.next_number();
        let refused = |why| Refused { number, why };
        match &act {
            Act::Correct { number: wrong, instead, reason } => {
                let wrong = *wrong;
                self.must_be_correctable(wrong, instead.as_deref()).map_err(refused)?;
                mandated(reason).map_err(refused)?;
                let (mut acts, mut corrected) = (self.acts.clone(), self.corrected.clone());
                acts.push(act);
                corrected.insert(wrong, number);
                *self = Self { acts, corrected, ..Self::default() }.counted_anew()?;
            }
            other => {
                self.apply(other).map_err(refused)?;
                self.acts.push(act);
            }
        }
        Ok(())
    }

    /// The number that the next act gets.
    pub fn next_number(&self) -> u32 {
        u32::try_from(self.acts.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Whether the register says already what an act would say.
    pub fn knows(&self, act: &Act) -> bool {
        let agency = |id: &Uuid| self.all.get(id);
        match act {
            Act::Add { agency: id, name, on, .. } => {
                agency(id).is_some_and(|known| known.begins == *on && known.name(*on) == name)
            }
            Act::Rename { agency: id, name, from, .. } => agency(id).is_some_and(|known| known.name(*from) == name),
            Act::Code { agency: id, code, from, until, .. } => agency(id).is_some_and(|known| {
                let same = |one: &Coded| {
                    one.code == *code && one.from == *from && (one.until == *until || known.until(one) == *until)
                };
                known.codes.iter().any(same)
            }),
            Act::Move { agency: id, parent, from, .. } => {
                agency(id).is_some_and(|known| known.parent(*from) == *parent)
            }
            Act::Succeed { how, predecessors, successors, on, .. } => predecessors.iter().all(|id| {
                let ended = agency(id).and_then(|known| known.ended.as_ref());
                ended.is_some_and(|ended| {
                    ended.how == Some(*how) && ended.last.succ_opt() == Some(*on) && same(&ended.successors, successors)
                })
            }),
            Act::Dissolve { agency: id, last, .. } => agency(id)
                .and_then(|known| known.ended.as_ref())
                .is_some_and(|ended| ended.how.is_none() && ended.last == *last),
            Act::EndCode { .. } | Act::Correct { .. } => false,
        }
    }

    fn must_be_correctable(&self, number: u32, instead: Option<&Act>) -> Told {
        let wrong = usize::try_from(number).ok().and_then(|number| self.acts.get(number.checked_sub(1)?));
        let is_correction = |act: &Act| matches!(act, Act::Correct { .. });
        match wrong {
            Some(act) if !is_correction(act) && !instead.is_some_and(is_correction) => Ok(()),
            _ => Err(Refusal::NoSuchAct(number)),
        }
    }

    /// The same acts from the first on, each as it counts now.
    fn counted_anew(self) -> Result<Self, Refused> {
        let mut fresh = Self::default();
        for number in 1..self.next_number() {
            match self.counting(number) {
                Some(Act::Correct { .. }) | None => {}
                Some(act) => fresh.apply(act).map_err(|why| Refused { number, why })?,
            }
        }
        Ok(Self { acts: self.acts, corrected: self.corrected, ..fresh })
    }

    fn apply(&mut self, act: &Act) -> Told {
        match act {
            Act::Add { agency, name, on, mandate } => self.add(*agency, name, *on, mandate),
            Act::Rename { agency, name, from, mandate } => self.rename(*agency, name, *from, mandate),
            Act::Code { agency, code, from, until, mandate } => {
                let coded = Coded { code: code.clone(), from: *from, until: *until, mandate: cited(mandate)? };
                self.code(*agency, coded)
            }
            Act::EndCode { agency, code, until, mandate } => self.end_code(*agency, code, *until, mandate),
            Act::Move { agency, parent, from, mandate } => {
                self.place(*agency, Placed { parent: *parent, from: *from, mandate: cited(mandate)? })
            }
            Act::Succeed { how, predecessors, successors, on, mandate } => {
                mandated(mandate)?;
                self.succeed(*how, predecessors, successors, *on, mandate)
            }
            Act::Dissolve { agency, last, mandate } => {
                mandated(mandate)?;
                plausible(*last)?;
                let ended = Ended { last: *last, how: None, successors: Vec::new(), mandate: mandate.clone() };
                self.may_end(*agency, *last)?;
                self.end(*agency, ended);
                Ok(())
            }
            Act::Correct { number, .. } => Err(Refusal::NoSuchAct(*number)),
        }
    }

    fn add(&mut self, id: Uuid, name: &str, on: NaiveDate, mandate: &str) -> Told {
        plausible(on)?;
        let named = Named { name: named(name)?, from: on, mandate: cited(mandate)? };
        if self.all.contains_key(&id) {
            return Err(Refusal::Twice);
        }
        let mandate = named.mandate.clone();
        let (names, codes, places) = (vec![named], Vec::new(), Vec::new());
        self.all.insert(id, Agency { id, begins: on, mandate, ended: None, names, codes, places });
        Ok(())
    }

    fn rename(&mut self, id: Uuid, name: &str, from: NaiveDate, mandate: &str) -> Told {
        plausible(from)?;
        let fresh = Named { name: named(name)?, from, mandate: cited(mandate)? };
        self.there(id, from)?;
        let agency = self.all.get_mut(&id).ok_or(Refusal::NotThere)?;
        let at = agency.names.partition_point(|other| other.from < from);
        if agency.names.get(at).is_some_and(|other| other.from == from) {
            return Err(Refusal::SameDay(from));
        }
        agency.names.insert(at, fresh);
        Ok(())
    }

    fn code(&mut self, id: Uuid, coded: Coded) -> Told {
        plausible(coded.from)?;
        if let Some(until) = coded.until {
            plausible(until)?;
            if until < coded.from {
                return Err(Refusal::Reversed { from: coded.from, until });
            }
        }
        let agency = self.there(id, coded.from)?;
        let until = agency.until(&coded);
        for (other, held) in self.having(&coded.code) {
            let day = held.from.max(coded.from);
            let reaches = |until: Option<NaiveDate>| until.is_none_or(|until| day <= until);
            if reaches(until) && reaches(other.until(held)) {
                let name = other.name(day).to_owned();
                return Err(Refusal::Overlap { code: coded.code.clone(), name, day });
            }
        }
        let holders = self.by_code.entry(coded.code.clone()).or_default();
        if !holders.contains(&id) {
            holders.push(id);
        }
        let agency = self.all.get_mut(&id).ok_or(Refusal::NotThere)?;
        let at = agency.codes.partition_point(|other| other.from <= coded.from);
        agency.codes.insert(at, coded);
        Ok(())
    }

    fn end_code(&mut self, id: Uuid, code: &AgencyCode, until: NaiveDate, mandate: &str) -> Told {
        plausible(until)?;
        cited(mandate)?;
        self.there(id, until)?;
        let agency = self.all.get_mut(&id).ok_or(Refusal::NotThere)?;
        let open = |coded: &&mut Coded| coded.code == *code && coded.until.is_none() && coded.from <= until;
        let coded = agency.codes.iter_mut().find(open).ok_or_else(|| Refusal::NoSuchCode(code.clone()))?;
        coded.until = Some(until);
        Ok(())
    }

    fn place(&mut self, id: Uuid, placed: Placed) -> Told {
        plausible(placed.from)?;
        let agency = self.there(id, placed.from)?;
        let at = agency.places.partition_point(|other| other.from < placed.from);
        if agency.places.get(at).is_some_and(|other| other.from == placed.from) {
            return Err(Refusal::SameDay(placed.from));
        }
        if let Some(parent) = placed.parent {
            self.there(parent, placed.from)?;
            let until = agency.places.get(at).map(|next| next.from);
            if self.leads_to(parent, (placed.from, until), id) {
                return Err(Refusal::Cycle);
            }
            self.under.entry(parent).or_default().insert(id);
        }
        self.all.get_mut(&id).ok_or(Refusal::NotThere)?.places.insert(at, placed);
        Ok(())
    }

    /// Whether an agency is `target`, or under it, on a day from the first to before the second.
    fn leads_to(&self, from: Uuid, days: (NaiveDate, Option<NaiveDate>), target: Uuid) -> bool {
        let (mut asked, mut seen) = (vec![(from, days)], BTreeSet::new());
        while let Some((id, (first, end))) = asked.pop() {
            if id == target {
                return true;
            }
            let places = self.all.get(&id).map_or(&[][..], |agency| agency.places.as_slice());
            for (at, placed) in places.iter().enumerate() {
                let next = places.get(at + 1).map(|next| next.from);
                let begins = first.max(placed.from);
                let ends = [end, next].into_iter().flatten().min();
                let meets = ends.is_none_or(|ends| begins < ends);
                if let Some(parent) = placed.parent.filter(|_| meets)
                    && seen.insert((parent, begins, ends))
                {
                    asked.push((parent, (begins, ends)));
                }
            }
        }
        false
    }

    fn succeed(&mut self, how: Succession, before: &[Uuid], after: &[Uuid], on: NaiveDate, mandate: &str) -> Told {
        plausible(on)?;
        let parties: BTreeSet<&Uuid> = before.iter().chain(after).collect();
        let fit = match how {
            Succession::Merger => before.len() >= 2 && after.len() == 1,
            Succession::Absorption => !before.is_empty() && after.len() == 1,
            Succession::Division => before.len() == 1 && after.len() >= 2,
        };
        if !fit || parties.len() != before.len() + after.len() || parties.len() > PARTIES_MAX {
            return Err(Refusal::Parties);
        }
        let last = on.pred_opt().ok_or(Refusal::Day(on))?;
        for id in after {
            let agency = self.all.get(id).ok_or(Refusal::NotThere)?;
            if how == Succession::Absorption {
                self.there(*id, last)?;
                self.there(*id, on)?;
            } else if agency.begins != on {
                let name = agency.name(on).to_owned();
                return Err(Refusal::Begins { name, day: on, begins: agency.begins });
            }
        }
        before.iter().try_for_each(|id| self.may_end(*id, last))?;
        for id in before {
            let mandate = mandate.to_owned();
            self.end(*id, Ended { last, how: Some(how), successors: after.to_vec(), mandate });
        }
        Ok(())
    }

    /// Whether an agency may have this last day.
    fn may_end(&self, id: Uuid, last: NaiveDate) -> Told {
        let agency = self.all.get(&id).ok_or(Refusal::NotThere)?;
        if let Some(ended) = &agency.ended {
            return Err(Refusal::Ended(ended.last));
        }
        self.there(id, last)?;
        let names = agency.names.iter().map(|one| one.from);
        let codes = agency.codes.iter().map(|one| one.from);
        let places = agency.places.iter().map(|one| one.from);
        let children = self.under.get(&id).into_iter().flatten().filter_map(|child| self.all.get(child));
        let children = children.flat_map(|child| {
            let under = child.places.iter().filter(|placed| placed.parent == Some(id));
            under.map(|placed| placed.from)
        });
        let taken_in = self.succeeded.get(&id).into_iter().flatten().filter_map(|before| self.all.get(before)?.last());
        let taken_in = taken_in.filter_map(|last| last.succ_opt());
        if names.chain(codes).chain(places).chain(children).chain(taken_in).any(|from| from > last) {
            return Err(Refusal::AfterEnd { name: agency.name(last).to_owned(), last });
        }
        Ok(())
    }

    fn end(&mut self, id: Uuid, ended: Ended) {
        for successor in &ended.successors {
            self.succeeded.entry(*successor).or_default().push(id);
        }
        if let Some(agency) = self.all.get_mut(&id) {
            agency.ended = Some(ended);
        }
    }

    /// An agency that must be there on a day.
    fn there(&self, id: Uuid, day: NaiveDate) -> Result<&Agency, Refusal> {
        let agency = self.all.get(&id).ok_or(Refusal::NotThere)?;
        match agency.is_there(day) {
            true => Ok(agency),
            false => Err(Refusal::Outside { name: agency.name(day).to_owned(), day }),
        }
    }
}

fn same(some: &[Uuid], others: &[Uuid]) -> bool {
    some.iter().collect::<BTreeSet<_>>() == others.iter().collect()
}

fn plausible(day: NaiveDate) -> Told {
    if YEARS.contains(&day.year()) { Ok(()) } else { Err(Refusal::Day(day)) }
}

fn named(name: &str) -> Result<String, Refusal> {
    let is_name = !name.trim().is_empty() && name.chars().nth(NAME_CHARS_MAX).is_none();
    if is_name && !name.contains(char::is_control) { Ok(name.to_owned()) } else { Err(Refusal::Name) }
}

/// Words that may be missing.
fn cited(mandate: &str) -> Result<String, Refusal> {
    if mandate.chars().nth(MANDATE_CHARS_MAX).is_none() { Ok(mandate.to_owned()) } else { Err(Refusal::Mandate) }
}

/// Words that may not.
fn mandated(mandate: &str) -> Told {
    if mandate.trim().is_empty() { Err(Refusal::Mandate) } else { cited(mandate).map(|_| ()) }
}
