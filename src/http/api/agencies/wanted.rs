//! Acts in the register of agencies as requests have them.

use crate::archive::agency::{Amended, NewAgency, Successor, Wanted};
use crate::http::problem::Problem;
use crate::record::AgencyCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new agency.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NewWanted {
    /// Its name.
    pub name: String,
    /// The code that it has from its first day.
    pub code: Option<String>,
}

/// An act that is to be recorded. Agencies are named by identifier, or by a code that they have on its day.
#[derive(Deserialize, ToSchema, Default)]
#[serde(default, deny_unknown_fields)]
pub struct ActWanted {
    /// `add`, `rename`, `code`, `end-code`, `move`, `merge`, `split`, `dissolve` or `correct`.
    pub act: String,
    /// The agency that it is about; of a merger, none.
    pub agency: String,
    /// New name: `add`, `rename`; instead, in a correction.
    pub name: Option<String>,
    /// Code: `add`, `code`, `end-code`; instead, in a correction.
    pub code: Option<String>,
    /// First day: `add`, `rename`, `code`, `move`, `merge`, `split`; instead, in a correction.
    pub from: Option<String>,
    /// Last day: `code`, `end-code`, `dissolve`; instead, in a correction.
    pub until: Option<String>,
    /// The agency above: `add`, `move`, and of the new ones of `merge` and `split`; instead, in a correction.
    pub under: Option<String>,
    /// `merge`: those that end the day before.
    pub predecessors: Vec<String>,
    /// `merge`: the one that is there already and takes them in, where no new one is made.
    pub into: Option<String>,
    /// `merge`: the new one; `split`: the new ones.
    pub new: Vec<NewWanted>,
    /// The legal act that it rests on, as it is cited; needed where an agency ends.
    pub mandate: Option<String>,
    /// `correct`: number of the act that was recorded wrongly.
    pub number: Option<u32>,
    /// `correct`: nothing of the act counts any more.
    pub void: bool,
    /// `correct`: why.
    pub reason: String,
}

impl ActWanted {
    /// As the façade takes it.
    pub fn wanted(self) -> Result<Wanted, Problem> {
        let code = self.code.as_deref().map(read_code).transpose()?;
        let (from, until) = (self.from.as_deref().map(read_day), self.until.as_deref().map(read_day));
        let (from, until) = (from.transpose()?, until.transpose()?);
        let given = |day: Option<NaiveDate>| day.ok_or_else(|| Problem::invalid("the act needs its day"));
        let coded = |code: Option<AgencyCode>| code.ok_or_else(|| Problem::invalid("the act needs a code"));
        let named = |name: Option<String>| name.ok_or_else(|| Problem::invalid("the act needs a name"));
        let new = self.new.into_iter().map(NewWanted::wanted).collect::<Result<Vec<_>, _>>()?;
        let (agency, under, mandate) = (self.agency, self.under, self.mandate.clone().unwrap_or_default());
        Ok(match self.act.as_str() {
            "add" => Wanted::Add { new: NewAgency { name: named(self.name)?, code }, under, on: given(from)?, mandate },
            "rename" => Wanted::Rename { agency, name: named(self.name)?, from: given(from)?, mandate },
            "code" => Wanted::Code { agency, code: coded(code)?, from: given(from)?, until, mandate },
            "end-code" => Wanted::EndCode { agency, code: coded(code)?, until: given(until)?, mandate },
            "move" => Wanted::Move { agency, under, from: given(from)?, mandate },
            "merge" => {
                let into = match (self.into, <[NewAgency; 1]>::try_from(new)) {
                    (Some(into), Err(none)) if none.is_empty() => Successor::Present(into),
                    (None, Ok([new])) => Successor::New(new, under),
                    _ => return Err(Problem::invalid("a merger is into one agency: one that is there, or a new one")),
                };
                Wanted::Merge { predecessors: self.predecessors, into, on: given(from)?, mandate }
            }
            "split" => Wanted::Split { agency, new, under, on: given(from)?, mandate },
            "dissolve" => Wanted::Dissolve { agency, last: given(until)?, mandate },
            "correct" => {
                let number = self.number.ok_or_else(|| Problem::invalid("a correction needs the number of an act"))?;
                let amended = Amended { name: self.name, code, from, until, under, mandate: self.mandate };
                Wanted::Correct { number, instead: (!self.void).then_some(amended), reason: self.reason }
            }
            _ => return Err(Problem::invalid("there is no act of this name in the register of agencies")),
        })
    }
}

impl NewWanted {
    fn wanted(self) -> Result<NewAgency, Problem> {
        Ok(NewAgency { name: self.name, code: self.code.as_deref().map(read_code).transpose()? })
    }
}

pub fn read_code(text: &str) -> Result<AgencyCode, Problem> {
    text.trim().parse().map_err(|_| Problem::invalid("one of these is no code of an agency"))
}

pub fn read_day(text: &str) -> Result<NaiveDate, Problem> {
    text.trim().parse().map_err(|_| Problem::invalid("a day is written as 2026-01-31"))
}
