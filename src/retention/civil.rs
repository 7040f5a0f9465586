//! Civil dates that may be known in part: a day, a month, a year, an interval, or nothing.
//!
//! A date here is a calendar day of Vietnam, without hours and zones. What is known of it are two bounds; whoever must
//! not be early (destruction, opening) takes [`Dated::latest`], whoever must not be late (a duty) takes
//! [`Dated::earliest`]. Arithmetic is chrono's: months are clamped (29 February plus a year is 28 February), and what
//! leaves the calendar is `None`, never a wrong day.
//!
//! For the archive layer: catalog rows keep the text that [`Dated::parse`] reads, as it was stated.

use crate::time::Micros;
use chrono::{Datelike, Months, NaiveDate, TimeDelta};

/// Vietnam is seven hours ahead of UTC, all year.
const VIETNAM: TimeDelta = TimeDelta::hours(7);

/// A date by its bounds; `None` where there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dated {
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

impl Dated {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { first: None, last: None };

    /// A day.
    pub const fn day(day: NaiveDate) -> Self {
        Self { first: Some(day), last: Some(day) }
    }

    /// Some day of a year.
    pub fn year(year: i32) -> Self {
        Self { first: NaiveDate::from_ymd_opt(year, 1, 1), last: NaiveDate::from_ymd_opt(year, 12, 31) }
    }

    /// No earlier than one bound, no later than the other; unknown where they cross.
    pub fn between(first: Option<NaiveDate>, last: Option<NaiveDate>) -> Self {
        match (first, last) {
            (Some(first), Some(last)) if first > last => Self::UNKNOWN,
            _ => Self { first, last },
        }
    }

    /// Reads `2023-05-17`, `2023-05`, `2023`, an interval of them (`2023/2024-06`, `../2024`), as EDTF (ISO 8601-2)
    /// writes them. Approximate dates (`2023~`) have no bounds and are not read.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((first, last)) = text.split_once('/') {
            let bound = |text: &str| if text == ".." { Some(Self::UNKNOWN) } else { Self::simple(text) };
            let (first, last) = (bound(first)?.first, bound(last)?.last);
            return first.zip(last).is_none_or(|(first, last)| first <= last).then_some(Self { first, last });
        }
        Self::simple(text)
    }

    fn simple(text: &str) -> Option<Self> {
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.split('-');
        let year = parts.next().filter(|year| digits(year, 4))?.parse().ok()?;
        let number = |part: Option<&str>| match part {
            None => Some(None),
            Some(part) => digits(part, 2).then(|| part.parse::<u32>().ok()),
        };
        match (number(parts.next())?, number(parts.next())?, parts.next()) {
            (None, None, None) => Some(Self::year(year)),
            (Some(month), None, None) => {
                let first = NaiveDate::from_ymd_opt(year, month, 1)?;
                Some(Self { first: Some(first), last: CutOff::MonthEnd.of(first) })
            }
            (Some(month), Some(day), None) => NaiveDate::from_ymd_opt(year, month, day).map(Self::day),
            _ => None,
        }
    }

    /// The first day that it may be.
    pub const fn earliest(self) -> Option<NaiveDate> {
        self.first
    }

    /// The last day that it may be.
    pub const fn latest(self) -> Option<NaiveDate> {
        self.last
    }

    /// Whether the day is known.
    pub fn is_day(self) -> bool {
        self.first.is_some() && self.first == self.last
    }

    /// Whether the year is known.
    pub fn is_within_a_year(self) -> bool {
        self.first.zip(self.last).is_some_and(|(first, last)| first.year() == last.year())
    }
}

/// To which day a date is moved before a period is counted from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CutOff {
    /// It stays.
    Day,
    /// The last day of its month.
    MonthEnd,
    /// The last day of its quarter.
    QuarterEnd,
    /// 31 December.
    YearEnd,
}

impl CutOff {
    /// Every cut-off with its name in files.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("day", Self::Day),
        ("month-end", Self::MonthEnd),
        ("quarter-end", Self::QuarterEnd),
        ("year-end", Self::YearEnd),
    ];

    /// The day to count from; `None` beyond the calendar.
    pub fn of(self, day: NaiveDate) -> Option<NaiveDate> {
        let last_month = match self {
            Self::Day => return Some(day),
            Self::MonthEnd => day.month(),
            Self::QuarterEnd => day.month().div_ceil(3) * 3,
            Self::YearEnd => 12,
        };
        NaiveDate::from_ymd_opt(day.year(), last_month, 1)?.checked_add_months(Months::new(1))?.pred_opt()
    }
}

/// `years` after a day, clamped to the end of its month; `None` beyond the calendar.
pub fn years_after(day: NaiveDate, years: u16) -> Option<NaiveDate> {
    months_after(day, u32::from(years) * 12)
}

/// `months` after a day, clamped to the end of its month; `None` beyond the calendar.
pub fn months_after(day: NaiveDate, months: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(months))
}

/// The day it is in Vietnam at an instant.
pub fn vietnamese_day(at: Micros) -> NaiveDate {
    let instant = at.instant();
    let shifted = instant.checked_add_signed(VIETNAM); // none in the last hours of chrono's calendar
    shifted.unwrap_or(instant).date_naive()
}

/// A day as Vietnamese documents write it, `31/12/2028`.
pub fn written(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests;
