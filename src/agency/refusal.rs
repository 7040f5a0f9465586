//! Why an act is not taken into the register.

use crate::record::AgencyCode;
use chrono::NaiveDate;

/// An act that does not fit, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The number that it has, or would have.
    pub number: u32,
    /// Why.
    pub why: Refusal,
}

/// Why an act does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none.
    #[error("the register has no such agency")]
    NotThere,
    /// The identity is taken.
    #[error("the register has this agency already")]
    Twice,
    /// A name is missing or too long.
    #[error("an agency's name has 1 to 500 characters")]
    Name,
    /// The act that it rests on, or the reason, is missing or too long.
    #[error("the act that it rests on has to be cited, in at most 2000 characters")]
    Mandate,
    /// A day that no agency of this register has.
    #[error("{0} is not between 1800-01-01 and 2199-12-31")]
    Day(NaiveDate),
    /// The last day comes before the first.
    #[error("the last day, {until}, is before the first, {from}")]
    Reversed {
        /// The first.
        from: NaiveDate,
        /// The last.
        until: NaiveDate,
    },
    /// The agency is not there on that day.
    #[error("“{name}” is not there on {day}")]
    Outside {
        /// The agency.
        name: String,
        /// The day.
        day: NaiveDate,
    },
    /// It has another of the kind from the same day.
    #[error("another entry of this kind begins on {0}")]
    SameDay(NaiveDate),
    /// The code means another agency, or this one already, on a day of the time given.
    #[error("on {day} the code {code} means “{name}”")]
    Overlap {
        /// The code.
        code: AgencyCode,
        /// Whose it is.
        name: String,
        /// First day on which it would mean two.
        day: NaiveDate,
    },
    /// There is no code without a last day to end.
    #[error("the agency has no code {0} that is still open on that day")]
    NoSuchCode(AgencyCode),
    /// It would be above itself.
    #[error("the agency would be under itself")]
    Cycle,
    /// It ended before.
    #[error("the agency has ended already, on {0}")]
    Ended(NaiveDate),
    /// Something of it begins after its last day.
    #[error("something of “{name}” begins after {last}: correct that first")]
    AfterEnd {
        /// The agency.
        name: String,
        /// The last day.
        last: NaiveDate,
    },
    /// Too few, too many, or one of them twice.
    #[error(
        "a merger has two or more that end and one new agency, an absorption one that takes in others, \
         a division one that ends and two or more new agencies; each is named once"
    )]
    Parties,
    /// A new one does not begin on the day.
    #[error("the successor “{name}” does not begin on {day}, when its predecessors have ended, but on {begins}")]
    Begins {
        /// The successor.
        name: String,
        /// When it should.
        day: NaiveDate,
        /// When it does.
        begins: NaiveDate,
    },
    /// There is no such act, or it is a correction itself.
    #[error("there is no act {0} that can be corrected")]
    NoSuchAct(u32),
}
