//! Acts in the register of agencies, as events have them.

use crate::agency::{Act, Succession};
use crate::archive::body::AgencyActBody as Body;
use crate::error::{Error, Result};
use chrono::NaiveDate;
use uuid::Uuid;

impl From<&Act> for Body {
    fn from(act: &Act) -> Self {
        let ids = |ids: &[Uuid]| ids.iter().map(ToString::to_string).collect();
        match act.clone() {
            Act::Add { agency, name, on, mandate } => {
                Self::Add { agency: agency.to_string(), name, on: on.to_string(), mandate }
            }
            Act::Rename { agency, name, from, mandate } => {
                Self::Rename { agency: agency.to_string(), name, from: from.to_string(), mandate }
            }
            Act::Code { agency, code, from, until, mandate } => Self::Code {
                agency: agency.to_string(),
                code: code.to_string(),
                from: from.to_string(),
                until: until.map(|until| until.to_string()),
                mandate,
            },
            Act::EndCode { agency, code, until, mandate } => {
                Self::EndCode { agency: agency.to_string(), code: code.to_string(), until: until.to_string(), mandate }
            }
            Act::Move { agency, parent, from, mandate } => Self::Move {
                agency: agency.to_string(),
                parent: parent.map(|parent| parent.to_string()),
                from: from.to_string(),
                mandate,
            },
            Act::Succeed { how, predecessors, successors, on, mandate } => Self::Succeed {
                how: how.name().to_owned(),
                predecessors: ids(&predecessors),
                successors: ids(&successors),
                on: on.to_string(),
                mandate,
            },
            Act::Dissolve { agency, last, mandate } => {
                Self::Dissolve { agency: agency.to_string(), last: last.to_string(), mandate }
            }
            Act::Correct { number, instead, reason } => {
                Self::Correct { number, instead: instead.map(|act| Box::new(Self::from(&*act))), reason }
            }
        }
    }
}

/// An act as its event has it.
pub(super) fn act(body: Body) -> Result<Act> {
    Ok(match body {
        Body::Add { agency, name, on, mandate } => Act::Add { agency: id(&agency)?, name, on: day(&on)?, mandate },
        Body::Rename { agency, name, from, mandate } => {
            Act::Rename { agency: id(&agency)?, name, from: day(&from)?, mandate }
        }
        Body::Code { agency, code, from, until, mandate } => Act::Code {
            agency: id(&agency)?,
            code: code.parse().map_err(|_| damaged())?,
            from: day(&from)?,
            until: until.as_deref().map(day).transpose()?,
            mandate,
        },
        Body::EndCode { agency, code, until, mandate } => {
            let code = code.parse().map_err(|_| damaged())?;
            Act::EndCode { agency: id(&agency)?, code, until: day(&until)?, mandate }
        }
        Body::Move { agency, parent, from, mandate } => {
            let parent = parent.as_deref().map(id).transpose()?;
            Act::Move { agency: id(&agency)?, parent, from: day(&from)?, mandate }
        }
        Body::Succeed { how, predecessors, successors, on, mandate } => Act::Succeed {
            how: Succession::named(&how).ok_or_else(damaged)?,
            predecessors: predecessors.iter().map(|text| id(text)).collect::<Result<_>>()?,
            successors: successors.iter().map(|text| id(text)).collect::<Result<_>>()?,
            on: day(&on)?,
            mandate,
        },
        Body::Dissolve { agency, last, mandate } => Act::Dissolve { agency: id(&agency)?, last: day(&last)?, mandate },
        Body::Correct { number, instead, reason } => {
            let instead = instead.map(|body| act(*body).map(Box::new)).transpose()?;
            Act::Correct { number, instead, reason }
        }
    })
}

fn id(text: &str) -> Result<Uuid> {
    Uuid::try_parse(text).map_err(|_| damaged())
}

fn day(text: &str) -> Result<NaiveDate> {
    text.parse().map_err(|_| damaged())
}

pub(super) fn damaged() -> Error {
    Error::corrupt("the body of an event about agencies is not in its form")
}
