//! Clocks: by when something must be done, from the law's numbers.
//!
//! A deadline names its parameter, so its source and grade are known, and is an interval where the date it counts from
//! or the holidays are not known exactly: nobody is called late before [`Deadline::latest`]. Of several sources for one
//! duty each gives its own deadline (deposit: 60 days by Circular 05/2025, one year by Decree 30/2020).
//!
//! For the archive layer: `retention due` counts deadlines within a horizon, by agency those that are overdue for
//! transfer, each by the time of its sector ([`Sectors`]); an accession of a historical archive asks [`historical`].

use super::calendar::Calendar;
use super::civil::{CutOff, Dated, months_after, years_after};
use super::law::{Law, Length, ParameterCode, Unit};
use super::span::Span;
use crate::record::AgencyCode;
use crate::record::codes::AccessMode;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// By when something must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Which number of the law.
    pub what: ParameterCode,
    /// The last day, if everything uncertain is early.
    pub earliest: Option<NaiveDate>,
    /// The last day, if everything uncertain is late; `None` where that cannot be told.
    pub latest: Option<NaiveDate>,
    /// The years whose holidays are not known whole.
    pub unknown_holidays: Vec<i32>,
}

/// How a deadline stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// There is time.
    Running,
    /// It may have passed: the date or the holidays are not known exactly.
    Doubtful,
    /// It has passed.
    Overdue,
}

/// What kind of dossier is deposited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Work {
    /// Any other.
    Ordinary,
    /// Basic construction: counts from settlement.
    Construction,
}

/// Who transfers to the historical archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sector {
    /// Most agencies.
    General,
    /// Agencies for which another law sets the time (public security, defence, foreign affairs).
    Special,
}

impl Sector {
    /// Every sector, by its name.
    pub const NAMES: [(&'static str, Self); 2] = [("general", Self::General), ("special", Self::Special)];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Special => "special",
        }
    }
}

/// Who transfers by which time: what was said last of an agency counts for it and for those under it, of which nothing
/// was said themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sectors(BTreeMap<String, Sector>);

impl Sectors {
    /// Says it of an agency.
    pub fn set(&mut self, agency: &AgencyCode, sector: Sector) {
        self.0.insert(agency.as_str().to_owned(), sector);
    }

    /// Of an agency; of which nothing was said are general.
    pub fn of(&self, agency: &AgencyCode) -> Sector {
        let mut code = agency.as_str();
        loop {
            match (self.0.get(code), code.rsplit_once('.')) {
                (Some(sector), _) => return *sector,
                (None, Some((above, _))) => code = above,
                (None, None) => return Sector::General,
            }
        }
    }

    /// Of which agencies something was said.
    pub fn all(&self) -> impl Iterator<Item = (&str, Sector)> {
        self.0.iter().map(|(agency, sector)| (agency.as_str(), *sector))
    }
}

/// Why a historical archive does not take a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotHistorical {
    /// It takes permanent records only (Circular 05/2025: `maintenance` 01, V2).
    #[error("a historical archive takes permanent records only")]
    NotPermanent,
    /// Secret records come after declassification (Law 33/2024 Art. 17, V2).
    #[error("a historical archive takes secret records only after they are declassified")]
    Secret,
}

impl Deadline {
    /// How it stands on a day. What cannot be told is doubtful, not overdue.
    pub fn on(&self, day: NaiveDate) -> Standing {
        match (self.earliest, self.latest) {
            (_, Some(latest)) if day > latest => Standing::Overdue,
            (Some(earliest), _) if day <= earliest => Standing::Running,
            _ => Standing::Doubtful,
        }
    }
}

/// By when something must be done that counts from a date. A length that is for ever has no deadline.
pub fn deadline(law: &Law, calendar: &Calendar, what: ParameterCode, from: Dated) -> Deadline {
    let mut deadline = Deadline { what, earliest: None, latest: None, unknown_holidays: Vec::new() };
    let Length::Of(count, unit) = law.parameter(what).length else { return deadline };
    let start = |day: NaiveDate| cut_off(what).of(day);
    let simple = |day: NaiveDate| match unit {
        Unit::Days | Unit::WorkingDays => day.checked_add_days(Days::new(count.into())),
        Unit::Months => months_after(day, count.into()),
        Unit::Years => years_after(day, count),
    };
    let (first, last) = (from.earliest().and_then(start), from.latest().and_then(start));
    if unit == Unit::WorkingDays {
        deadline.earliest = first.and_then(|day| calendar.after(day, count)).map(|found| found.earliest);
        if let Some(found) = last.and_then(|day| calendar.after(day, count)) {
            deadline.latest = Some(found.latest);
            deadline.unknown_holidays = found.unknown;
        }
    } else {
        (deadline.earliest, deadline.latest) = (first.and_then(simple), last.and_then(simple));
    }
    deadline
}

/// Transfer counts from the year of deposit; all else from the day.
fn cut_off(what: ParameterCode) -> CutOff {
    match what {
        ParameterCode::Transfer | ParameterCode::TransferSector => CutOff::YearEnd,
        _ => CutOff::Day,
    }
}

/// By when a dossier is deposited in the current archive, by each source; from completion, or from settlement.
pub fn deposits(law: &Law, calendar: &Calendar, work: Work, from: Dated) -> Vec<Deadline> {
    let whats: &[ParameterCode] = match work {
        Work::Ordinary => &[ParameterCode::DepositDigital, ParameterCode::Deposit],
        Work::Construction => &[ParameterCode::DepositConstruction],
    };
    whats.iter().map(|&what| deadline(law, calendar, what, from)).collect()
}

/// By when a permanent dossier is transferred to the historical archive.
pub fn transfer(law: &Law, calendar: &Calendar, sector: Sector, deposited: Dated) -> Deadline {
    let what = match sector {
        Sector::General => ParameterCode::Transfer,
        Sector::Special => ParameterCode::TransferSector,
    };
    deadline(law, calendar, what, deposited)
}

/// Whether a historical archive takes a record.
pub fn historical(span: Span, mode: AccessMode) -> Result<(), NotHistorical> {
    match (span, mode) {
        (_, AccessMode::Secret) => Err(NotHistorical::Secret),
        (Span::Permanent, _) => Ok(()),
        _ => Err(NotHistorical::NotPermanent),
    }
}

#[cfg(test)]
mod tests;
