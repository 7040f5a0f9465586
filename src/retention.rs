//! Retention and disposal: what the Archive Law says of how long a record lives and how it dies, as values.
//!
//! [`rules`] are the schedules as data and [`law`] the numbers and places of the law, each with how it was verified.
//! [`span`] says how long one record is kept, [`decision`] what may become of it on a day: one pure, total function
//! that every path which deletes must ask. [`hold`]s stand against it. [`explain`] puts it into words, [`preview`] says
//! what another version of a schedule would change, [`deadline`] by when things must be done, [`access`] who may read.
//! No disk, no clock here: days, holds and events come from the caller.
//!
//! This file reads what agencies state. Law 33/2024/QH15 Art. 15 as read in secondary sources (grade V2: the official
//! text was not seen): a dossier is kept for ever or 2 to 70 years, the years count from the end of the year in which
//! its work ended (k3), and it takes the longest period among its records (k4). So a dossier of 2023 kept 5 years is
//! kept through 31 December 2028.
//!
//! An end date is a fact about a dossier, not a permission to destroy it. A statement that nobody can read gives
//! [`Period::Awaiting`], which ends on no day and outlasts every number of years, so that doubt always keeps. A
//! statement is never verified: nothing is destroyed on it.

pub mod access;
pub mod calendar;
pub mod civil;
pub mod deadline;
pub mod decision;
pub mod disposal;
pub mod explain;
pub mod hold;
pub mod law;
mod misread;
pub mod preview;
pub mod reason;
pub mod rules;
pub mod span;

use crate::record::{Basis, Period, Retention};
use crate::text;
use chrono::NaiveDate;

/// Shortest and longest fixed period, years (Law 33/2024 Art. 15, V2).
pub const YEARS: std::ops::RangeInclusive<u16> = 2..=70;

/// Why a statement gives no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing is stated.
    #[error("no period is stated")]
    Empty,
    /// Years, but not 2 to 70.
    #[error("a fixed period is 2 to 70 years (Law 33/2024 Art. 15)")]
    OutOfBounds,
    /// Other words; perhaps an event (works demolished, document superseded).
    #[error("neither “Vĩnh viễn” nor a number of years")]
    NotAPeriod,
}

/// Reads a statement: `Vĩnh viễn`, or `20 năm`. Letter case, spaces and normal form don't matter, diacritics do.
pub fn read_statement(written: &str) -> Result<Period, Unreadable> {
    let lowered = text::nfc(written.trim()).to_lowercase();
    let mut words = lowered.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Err(Unreadable::Empty),
        (Some("vĩnh"), Some("viễn"), None) => Ok(Period::Permanent),
        (Some(number), Some("năm"), None) if number.bytes().all(|b| b.is_ascii_digit()) => match number.parse() {
            Ok(years) if YEARS.contains(&years) => Ok(Period::Years(years)),
            _ => Err(Unreadable::OutOfBounds),
        },
        _ => Err(Unreadable::NotAPeriod),
    }
}

/// Reads a code of the circular's list `maintenance` (Circular 05/2025, V2): 01 to 06; 07 (other) needs words.
pub fn read_code(code: &str) -> Option<Period> {
    Some(match code {
        "01" => Period::Permanent,
        "02" => Period::Years(70),
        "03" => Period::Years(50),
        "04" => Period::Years(30),
        "05" => Period::Years(20),
        "06" => Period::Years(10),
        _ => return None,
    })
}

/// A period as statements write it.
pub fn words(period: Period) -> String {
    match period {
        Period::Years(years) => format!("{years} năm"),
        Period::Awaiting => "Chưa xác định".to_owned(),
        Period::Permanent => "Vĩnh viễn".to_owned(),
    }
}

/// What an agency states of a period, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Statement {
    /// Nothing.
    Nothing,
    /// A period; [`Period::Awaiting`] where nobody can read it.
    Period(Period),
    /// Words that may be the code of a rule (`TT10-2022/bidding-won`).
    Code(String),
}

/// Longest code of a rule that a statement can name, characters.
const CODE_CHARS_MAX: usize = 100;

impl Statement {
    /// Reads what is written.
    pub fn read(written: &str) -> Self {
        let written = written.trim();
        match read_statement(written) {
            Ok(period) => Self::Period(period),
            Err(Unreadable::Empty) => Self::Nothing,
            Err(Unreadable::NotAPeriod) if may_be_code(written) => Self::Code(text::nfc(written)),
            Err(Unreadable::NotAPeriod | Unreadable::OutOfBounds) => Self::Period(Period::Awaiting),
        }
    }

    /// The period stated; [`Period::Awaiting`] where it is none.
    pub fn period(&self) -> Period {
        match self {
            Self::Period(period) => *period,
            Self::Nothing | Self::Code(_) => Period::Awaiting,
        }
    }
}

fn may_be_code(written: &str) -> bool {
    let plain = !written.contains(|c: char| c.is_whitespace() || c.is_control());
    plain && written.contains('/') && written.chars().nth(CODE_CHARS_MAX).is_none()
}

/// Last day of a period that counts from the end of `year_ended`; `None` for one without a last day.
pub fn until(year_ended: i32, period: Period) -> Option<NaiveDate> {
    match period {
        Period::Years(years) => NaiveDate::from_ymd_opt(year_ended.checked_add(i32::from(years))?, 12, 31),
        Period::Awaiting | Period::Permanent => None,
    }
}

/// The retention that an agency's statement gives a dossier whose work ended in `year_ended`.
pub fn stated(year_ended: i32, period: Period, statement: &str) -> Retention {
    let citation = statement.to_owned();
    Retention { period, until: until(year_ended, period), basis: Basis::Stated, citation, verified: false }
}

/// The retention of a dossier from its records' statements: the longest rules, the first of equals is cited.
/// No statement at all gives [`Period::Awaiting`].
pub fn retention_of<'a>(year_ended: i32, statements: impl IntoIterator<Item = &'a str>) -> Retention {
    let periods = statements.into_iter().map(|text| (read_statement(text).unwrap_or(Period::Awaiting), text));
    let longest = periods.reduce(|kept, next| if next.0 > kept.0 { next } else { kept });
    let (period, statement) = longest.unwrap_or((Period::Awaiting, ""));
    stated(year_ended, period, statement)
}

#[cfg(test)]
mod tests;
