//! Working days of state bodies: weekends, and public holidays as they are announced each year.
//!
//! The holidays are data (`retention_rules/holidays.toml`, `schemas/holidays.schema.json`) with source and grade. The
//! lunar ones and the days that are moved are announced year by year, so a year may be unknown, or known in part: then
//! the answer is an interval, from no further holiday to as many as a year can have, and names the years in doubt.
//! Whoever must not be late takes the earliest day, whoever must not act early the latest.
//!
//! For the archive layer: adopted as rule files are, by an event with the text.

use super::law::Grade;
use super::misread;
use super::reason::named;
use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the form that this program reads.
pub const HOLIDAYS_VERSION: u32 = 1;
/// Longest file, bytes: a century of years at about 600 bytes.
pub const HOLIDAYS_BYTES_MAX: usize = 64 * 1024;
/// Most working days that are counted at once: four years.
pub const WORKING_DAYS_MAX: u16 = 1000;

/// The days off that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    off_max: u16,
    years: BTreeMap<i32, Year>,
}

/// The days off of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Whether every holiday of the year is here.
    pub whole: bool,
    /// Whether an authorised person compared it with the announcement.
    pub verified: bool,
    /// How it was verified.
    pub grade: Grade,
    /// Where it was read.
    pub source: String,
    off: BTreeSet<NaiveDate>,
    worked: BTreeSet<NaiveDate>,
}

/// A day so many working days after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDay {
    /// If no holidays are missing.
    pub earliest: NaiveDate,
    /// If as many are missing as a year can have.
    pub latest: NaiveDate,
    /// The years whose holidays are not known whole.
    pub unknown: Vec<i32>,
    /// The years whose holidays nobody compared with the announcement.
    pub unverified: Vec<i32>,
}

/// Everything wrong with a file of holidays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadHolidays(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWire {
    format: u32,
    off_max: u16,
    #[serde(default)]
    year: Vec<YearWire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearWire {
    year: i32,
    whole: bool,
    off: Vec<toml::value::Datetime>,
    #[serde(default)]
    worked: Vec<toml::value::Datetime>,
    grade: String,
    source: String,
    verified: bool,
}

impl Calendar {
    /// Reads a file of holidays.
    pub fn parse(text: &str) -> Result<Self, BadHolidays> {
        if text.len() > HOLIDAYS_BYTES_MAX {
            return Err(BadHolidays(vec![format!("a file of holidays has at most {HOLIDAYS_BYTES_MAX} bytes")]));
        }
        let wire: FileWire = toml::from_str(text).map_err(|error| BadHolidays(vec![misread::told(text, &error)]))?;
        let mut problems = Vec::new();
        if wire.format != HOLIDAYS_VERSION {
            problems.push(format!("format {} is not {HOLIDAYS_VERSION}", wire.format));
        }
        if wire.off_max > WORKING_DAYS_MAX / 4 {
            problems.push("off_max is more than a year of working days".to_owned());
        }
        let mut years = BTreeMap::new();
        for wire in wire.year {
            let number = wire.year;
            let year = wire.read(&mut problems);
            if year.off.len() > usize::from(WORKING_DAYS_MAX / 4) {
                problems.push(format!("year {number}: more days off than a year has working days"));
            }
            if years.insert(number, year).is_some() {
                problems.push(format!("year {number}: appears twice"));
            }
        }
        if problems.is_empty() { Ok(Self { off_max: wire.off_max, years }) } else { Err(BadHolidays(problems)) }
    }

    /// Takes what another file says: its years replace what is known of them, the others stay.
    pub fn amend(&mut self, other: Self) {
        self.off_max = other.off_max;
        self.years.extend(other.years);
    }

    /// The years of which something is known, in order.
    pub fn years(&self) -> impl Iterator<Item = (i32, &Year)> {
        self.years.iter().map(|(number, year)| (*number, year))
    }

    /// What is known of a year.
    pub fn year(&self, year: i32) -> Option<&Year> {
        self.years.get(&year)
    }

    /// The day that lies `count` working days after a day; `None` over [`WORKING_DAYS_MAX`] and beyond the calendar.
    pub fn after(&self, day: NaiveDate, count: u16) -> Option<WorkingDay> {
        if count > WORKING_DAYS_MAX {
            return None;
        }
        let earliest = self.walk(day, count, |_| 0)?;
        let latest = self.walk(day, count, |year| self.missing(year))?;
        let through = day.year()..=latest.year();
        let unknown = through.clone().filter(|year| self.missing(*year) > 0);
        let unverified = through.filter(|year| !self.year(*year).is_some_and(|year| year.verified));
        Some(WorkingDay { earliest, latest, unknown: unknown.collect(), unverified: unverified.collect() })
    }

    /// How many working days of a year may be off that nobody knows of.
    fn missing(&self, year: i32) -> u16 {
        match self.years.get(&year) {
            None => self.off_max,
            Some(year) if year.whole => 0,
            Some(year) => self.off_max.saturating_sub(u16::try_from(year.off.len()).unwrap_or(u16::MAX)),
        }
    }

    /// Counts working days, after as many days that may be off have passed in each year.
    fn walk(&self, day: NaiveDate, count: u16, missing: impl Fn(i32) -> u16) -> Option<NaiveDate> {
        let (mut day, mut left) = (day, count);
        let (mut year, mut skip) = (day.year(), missing(day.year()));
        while left > 0 {
            day = day.succ_opt()?;
            if day.year() != year {
                (year, skip) = (day.year(), missing(day.year()));
            }
            match self.is_working(day) {
                false => {}
                true if skip > 0 => skip -= 1,
                true => left -= 1,
            }
        }
        Some(day)
    }

    /// Whether a day is a working day, as far as is known.
    fn is_working(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.years.get(&day.year()).map_or(!weekend, |year| match weekend {
            true => year.worked.contains(&day),
            false => !year.off.contains(&day),
        })
    }
}

impl Year {
    /// The days off that are no weekend.
    pub fn off(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.off.iter().copied()
    }

    /// The weekend days that were made working days.
    pub fn worked(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.worked.iter().copied()
    }
}

impl YearWire {
    fn read(self, problems: &mut Vec<String>) -> Year {
        let place = format!("year {}", self.year);
        let off = days(&place, self.year, &self.off, problems);
        let worked = days(&place, self.year, &self.worked, problems);
        let weekend = |day: &NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if let Some(day) = off.iter().find(|day| weekend(day)) {
            problems.push(format!("{place}: {day} is off as a weekend already"));
        }
        if let Some(day) = worked.iter().find(|day| !weekend(day)) {
            problems.push(format!("{place}: {day} is a working day already"));
        }
        let grade = named(&Grade::NAMES, &self.grade).unwrap_or_else(|| {
            problems.push(format!("{place}: grade {:?} is none of V1, V2, R, own", self.grade));
            Grade::Recalled
        });
        if self.verified && !(grade == Grade::Read && self.whole) {
            problems.push(format!("{place}: only a whole year of grade V1 can be verified"));
        }
        Year { whole: self.whole, verified: self.verified, grade, source: self.source, off, worked }
    }
}

fn days(place: &str, year: i32, wire: &[toml::value::Datetime], problems: &mut Vec<String>) -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::new();
    for written in wire {
        let day = match (written.date, written.time) {
            (Some(day), None) => NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into()),
            _ => None,
        };
        match day.filter(|day| day.year() == year) {
            Some(day) if days.insert(day) => {}
            Some(day) => problems.push(format!("{place}: {day} appears twice")),
            None => problems.push(format!("{place}: {written} is no day of that year")),
        }
    }
    days
}

#[cfg(test)]
pub(in crate::retention) mod tests;
