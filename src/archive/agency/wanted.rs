//! What somebody wants recorded in the register, as acts: agencies are named by identifier, or by a code of that day.

use super::Register;
use crate::agency::{Act, Succession};
use crate::error::{Error, Result};
use crate::record::AgencyCode;
use crate::text::nfc;
use chrono::NaiveDate;
use uuid::Uuid;

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A new agency.
    Add {
        /// What it is.
        new: NewAgency,
        /// Under which; `None`: under none.
        under: Option<String>,
        /// Its first day.
        on: NaiveDate,
        /// The act that it rests on; may be empty.
        mandate: String,
    },
    /// Another name.
    Rename {
        /// Which.
        agency: String,
        /// The name.
        name: String,
        /// First day.
        from: NaiveDate,
        /// The act that it rests on; may be empty.
        mandate: String,
    },
    /// Another code.
    Code {
        /// Which.
        agency: String,
        /// The code.
        code: AgencyCode,
        /// First day.
        from: NaiveDate,
        /// Last day; `None`: as long as the agency is there.
        until: Option<NaiveDate>,
        /// The act that it rests on; may be empty.
        mandate: String,
    },
    /// A code that it has ends.
    EndCode {
        /// Which.
        agency: String,
        /// The code.
        code: AgencyCode,
        /// Last day.
        until: NaiveDate,
        /// The act that it rests on; may be empty.
        mandate: String,
    },
    /// Another place.
    Move {
        /// Which.
        agency: String,
        /// Under which; `None`: under none.
        under: Option<String>,
        /// First day.
        from: NaiveDate,
        /// The act that it rests on; may be empty.
        mandate: String,
    },
    /// Agencies end, and one takes their place.
    Merge {
        /// Those that end, on the day before.
        predecessors: Vec<String>,
        /// The one that takes them in, or that is made.
        into: Successor,
        /// First day.
        on: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// An agency ends, and new ones take its place.
    Split {
        /// Which: it ends on the day before.
        agency: String,
        /// The new ones.
        new: Vec<NewAgency>,
        /// Under which; `None`: under none.
        under: Option<String>,
        /// First day.
        on: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// An agency ends.
    Dissolve {
        /// Which.
        agency: String,
        /// Its last day.
        last: NaiveDate,
        /// The act that it rests on.
        mandate: String,
    },
    /// An act was recorded wrongly.
    Correct {
        /// Its number.
        number: u32,
        /// What it says instead; `None`: nothing of it counts.
        instead: Option<Amended>,
        /// Why.
        reason: String,
    },
}

/// Who takes the place of agencies that end together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Successor {
    /// One that is there already.
    Present(String),
    /// A new one, and under which it is.
    New(NewAgency, Option<String>),
}

/// A new agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgency {
    /// Its name.
    pub name: String,
    /// The code that it has from its first day.
    pub code: Option<AgencyCode>,
}

impl NewAgency {
    /// Out of a name, or a code and a name: `H26=Tỉnh mới`.
    pub fn read(text: &str) -> Self {
        let coded = text.split_once('=').and_then(|(code, name)| Some((code.trim().parse().ok()?, name)));
        let (code, name) = coded.map_or((None, text), |(code, name)| (Some(code), name));
        Self { name: name.trim().to_owned(), code }
    }
}

/// What of an act is said otherwise; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amended {
    /// The name.
    pub name: Option<String>,
    /// The code.
    pub code: Option<AgencyCode>,
    /// The day from which, or on which, it counts.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Identifier, or code on that day, of the agency above.
    pub under: Option<String>,
    /// The act that it rests on.
    pub mandate: Option<String>,
}

impl Wanted {
    /// The acts that it takes; whether they fit is the register's to say.
    pub(super) fn acts(&self, register: &Register, mut new_id: impl FnMut() -> Uuid) -> Result<Vec<Act>> {
        let whom = |text: &str, day| register.agency(text, day).map(|agency| agency.id);
        let above = |under: &Option<String>, day| under.as_deref().map(|text| whom(text, day)).transpose();
        let act = match self {
            Self::Add { new, under, on, mandate } => {
                let (id, under) = (new_id(), above(under, *on)?);
                return Ok([vec![begun(id, new, *on, mandate)], standing(id, new, under, *on, mandate)].concat());
            }
            Self::Rename { agency, name, from, mandate } => {
                Act::Rename { agency: whom(agency, *from)?, name: words(name), from: *from, mandate: words(mandate) }
            }
            Self::Code { agency, code, from, until, mandate } => {
                let (agency, code, mandate) = (whom(agency, *from)?, code.clone(), words(mandate));
                Act::Code { agency, code, from: *from, until: *until, mandate }
            }
            Self::EndCode { agency, code, until, mandate } => {
                let (agency, code, mandate) = (whom(agency, *until)?, code.clone(), words(mandate));
                Act::EndCode { agency, code, until: *until, mandate }
            }
            Self::Move { agency, under, from, mandate } => {
                let (agency, parent) = (whom(agency, *from)?, above(under, *from)?);
                Act::Move { agency, parent, from: *from, mandate: words(mandate) }
            }
            Self::Merge { predecessors, into, on, mandate } => {
                let before = day_before(*on)?;
                let ending: Vec<Uuid> = predecessors.iter().map(|one| whom(one, before)).collect::<Result<_>>()?;
                return match into {
                    Successor::Present(agency) => {
                        let into = whom(agency, before)?;
                        Ok(vec![succeeded(Succession::Absorption, &ending, &[into], *on, mandate)])
                    }
                    Successor::New(new, under) => {
                        let (id, under) = (new_id(), above(under, *on)?);
                        let ends = succeeded(Succession::Merger, &ending, &[id], *on, mandate);
                        let acts = vec![begun(id, new, *on, mandate), ends];
                        Ok([acts, standing(id, new, under, *on, mandate)].concat())
                    }
                };
            }
            Self::Split { agency, new, under, on, mandate } => {
                let (ending, under) = (whom(agency, day_before(*on)?)?, above(under, *on)?);
                let new: Vec<(Uuid, &NewAgency)> = new.iter().map(|new| (new_id(), new)).collect();
                let ids: Vec<Uuid> = new.iter().map(|(id, _)| *id).collect();
                let mut acts: Vec<Act> = new.iter().map(|(id, new)| begun(*id, new, *on, mandate)).collect();
                acts.push(succeeded(Succession::Division, &[ending], &ids, *on, mandate));
                acts.extend(new.iter().flat_map(|(id, new)| standing(*id, new, under, *on, mandate)));
                return Ok(acts);
            }
            Self::Dissolve { agency, last, mandate } => {
                Act::Dissolve { agency: whom(agency, *last)?, last: *last, mandate: words(mandate) }
            }
            Self::Correct { number, instead, reason } => {
                let instead =
                    instead.as_ref().map(|amended| amended.act(register, *number).map(Box::new)).transpose()?;
                Act::Correct { number: *number, instead, reason: words(reason) }
            }
        };
        Ok(vec![act])
    }
}

impl Amended {
    /// The act that counts under a number, with what is said otherwise; of one that counts no more, as it was recorded.
    fn act(&self, register: &Register, number: u32) -> Result<Act> {
        let agencies = &register.agencies;
        let recorded = || agencies.acts().find(|(own, ..)| *own == number).map(|(_, act, _)| act);
        let mut act = agencies.counting(number).or_else(recorded).cloned().ok_or_else(|| {
            Error::not_found(format!("the register has no act {number}"))
                .remedy("`chauban agency show` tells the acts and their numbers")
        })?;
        let mut left = self.clone();
        match &mut act {
            Act::Add { name, on, mandate, .. } => {
                put(name, left.name.take());
                put(on, left.from.take());
                put(mandate, left.mandate.take());
            }
            Act::Rename { name, from, mandate, .. } => {
                put(name, left.name.take());
                put(from, left.from.take());
                put(mandate, left.mandate.take());
            }
            Act::Code { code, from, until, mandate, .. } => {
                put(code, left.code.take());
                put(from, left.from.take());
                put(mandate, left.mandate.take());
                *until = left.until.take().or(*until);
            }
            Act::EndCode { code, until, mandate, .. } => {
                put(code, left.code.take());
                put(until, left.until.take());
                put(mandate, left.mandate.take());
            }
            Act::Move { parent, from, mandate, .. } => {
                put(from, left.from.take());
                put(mandate, left.mandate.take());
                if let Some(under) = left.under.take() {
                    *parent = Some(register.agency(&under, *from)?.id);
                }
            }
            Act::Succeed { on, mandate, .. } => {
                put(on, left.from.take());
                put(mandate, left.mandate.take());
            }
            Act::Dissolve { last, mandate, .. } => {
                put(last, left.until.take());
                put(mandate, left.mandate.take());
            }
            Act::Correct { .. } => {}
        }
        match left == Self::default() {
            true => Ok(act),
            false => Err(Error::invalid(format!("act {number} says nothing of that kind"))
                .remedy("void it, and record what should have been")),
        }
    }
}

fn put<T>(field: &mut T, amended: Option<T>) {
    if let Some(amended) = amended {
        *field = amended;
    }
}

fn begun(agency: Uuid, new: &NewAgency, on: NaiveDate, mandate: &str) -> Act {
    Act::Add { agency, name: words(&new.name), on, mandate: words(mandate) }
}

/// Place and code of a new agency; after what ends, whose code it may take.
fn standing(agency: Uuid, new: &NewAgency, under: Option<Uuid>, from: NaiveDate, mandate: &str) -> Vec<Act> {
    let placed = under.map(|parent| Act::Move { agency, parent: Some(parent), from, mandate: words(mandate) });
    let code = new.code.clone();
    let coded = code.map(|code| Act::Code { agency, code, from, until: None, mandate: words(mandate) });
    placed.into_iter().chain(coded).collect()
}

fn succeeded(how: Succession, predecessors: &[Uuid], successors: &[Uuid], on: NaiveDate, mandate: &str) -> Act {
    let (predecessors, successors) = (predecessors.to_vec(), successors.to_vec());
    Act::Succeed { how, predecessors, successors, on, mandate: words(mandate) }
}

fn day_before(on: NaiveDate) -> Result<NaiveDate> {
    on.pred_opt().ok_or_else(|| Error::invalid(format!("{on} has no day before it")))
}

fn words(text: &str) -> String {
    nfc(text.trim())
}
