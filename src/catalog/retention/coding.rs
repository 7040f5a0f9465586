//! The bytes of retention's rows. They may change with any version: the catalog is rebuilt then.

use super::{DossierRow, Fact, Lot, PlacedRow};
use crate::event::ActorId;
use crate::record::Period;
use crate::record::codes::AccessMode;
use crate::retention::Statement;
use crate::retention::civil::Dated;
use crate::retention::reason::Occurrence;
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

/// A period as two bytes; a statement is that and, for a code, its text at the end of the row.
const AWAITING: u16 = 0;
const NOTHING: u16 = 1; // no period is one year: the shortest is two
const PERMANENT: u16 = u16::MAX;
/// A day that is not known.
const NO_DAY: i32 = i32::MIN;

fn period_number(period: Period) -> u16 {
    match period {
        Period::Awaiting => AWAITING,
        Period::Years(years) => years,
        Period::Permanent => PERMANENT,
    }
}

fn put_period(bytes: &mut Vec<u8>, statement: &Statement) {
    let number = match statement {
        Statement::Nothing => NOTHING,
        Statement::Period(period) => period_number(*period),
        Statement::Code(_) => AWAITING,
    };
    bytes.extend_from_slice(&number.to_be_bytes());
}

fn put_code(bytes: &mut Vec<u8>, statement: &Statement) {
    if let Statement::Code(code) = statement {
        bytes.extend_from_slice(code.as_bytes());
    }
}

fn put_day(bytes: &mut Vec<u8>, day: Option<NaiveDate>) {
    bytes.extend_from_slice(&day.map_or(NO_DAY, |day| day.num_days_from_ce()).to_be_bytes());
}

impl PlacedRow {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(27);
        bytes.extend_from_slice(self.record.as_bytes());
        put_day(&mut bytes, Some(self.issued));
        put_day(&mut bytes, Some(self.accessioned));
        bytes.push(match self.mode {
            AccessMode::Open => 1,
            AccessMode::Conditional => 2,
            AccessMode::Secret => 3,
        });
        put_period(&mut bytes, &self.statement);
        put_code(&mut bytes, &self.statement);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let record = from.uuid()?;
        let (issued, accessioned) = (from.day()??, from.day()??);
        let mode = match from.take::<1>()? {
            [1] => AccessMode::Open,
            [2] => AccessMode::Conditional,
            [3] => AccessMode::Secret,
            _ => return None,
        };
        let number = from.short()?;
        Some(Self { record, issued, accessioned, mode, statement: from.statement(number)? })
    }
}

impl Lot {
    /// The end of the row's key: all that it says.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(6);
        put_day(&mut bytes, Some(self.accessioned));
        put_period(&mut bytes, &self.statement);
        put_code(&mut bytes, &self.statement);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let (accessioned, number) = (from.day()??, from.short()?);
        Some(Self { accessioned, statement: from.statement(number)? })
    }
}

impl DossierRow {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend_from_slice(&self.year.to_be_bytes());
        put_day(&mut bytes, self.ended);
        put_day(&mut bytes, Some(self.accessioned));
        put_period(&mut bytes, &self.statement);
        // A code has at most 35 bytes, and there are at most two.
        bytes.push(u8::try_from(self.agencies.len()).unwrap_or(u8::MAX));
        for agency in &self.agencies {
            bytes.push(u8::try_from(agency.as_str().len()).unwrap_or(u8::MAX));
            bytes.extend_from_slice(agency.as_str().as_bytes());
        }
        put_code(&mut bytes, &self.statement);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let year = i32::from_be_bytes(from.take()?);
        let (ended, accessioned, number) = (from.day()?, from.day()??, from.short()?);
        let [count] = from.take()?;
        let agencies = (0..count).map(|_| {
            let [length] = from.take()?;
            let (code, rest) = from.0.split_at_checked(usize::from(length))?;
            from.0 = rest;
            std::str::from_utf8(code).ok()?.parse().ok()
        });
        let agencies = agencies.collect::<Option<_>>()?;
        Some(Self { year, ended, accessioned, agencies, statement: from.statement(number)? })
    }
}

impl Fact {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.number()];
        match self {
            Self::Stated(statement) => {
                put_period(&mut bytes, statement);
                put_code(&mut bytes, statement);
            }
            Self::Assigned { rule, by } => {
                bytes.extend_from_slice(&by.0);
                bytes.extend_from_slice(rule.as_bytes());
            }
            Self::Confirmed { stated, rule, by } => {
                bytes.extend_from_slice(&period_number(*stated).to_be_bytes());
                bytes.extend_from_slice(&by.0);
                bytes.extend_from_slice(rule.as_bytes());
            }
            Self::Occurred { kind, on, recorded } => {
                [on.earliest(), on.latest(), Some(*recorded)].into_iter().for_each(|day| put_day(&mut bytes, day));
                bytes.extend_from_slice(kind.name().as_bytes());
            }
            Self::Revoked(index) | Self::Unlinked(index) => bytes.extend_from_slice(&index.to_be_bytes()),
            Self::Linked { record, dossier } => {
                bytes.extend_from_slice(record.as_bytes());
                bytes.extend_from_slice(dossier.as_bytes());
            }
            Self::Reviewed(day) => put_day(&mut bytes, Some(*day)),
            Self::Opens(rule) => bytes.extend_from_slice(rule.as_bytes()),
            Self::Extended(period) => bytes.extend_from_slice(&period_number(*period).to_be_bytes()),
        }
        bytes
    }

    fn number(&self) -> u8 {
        match self {
            Self::Stated(_) => 1,
            Self::Assigned { .. } => 2,
            Self::Confirmed { .. } => 3,
            Self::Occurred { .. } => 4,
            Self::Revoked(_) => 5,
            Self::Linked { .. } => 6,
            Self::Unlinked(_) => 7,
            Self::Reviewed(_) => 8,
            Self::Opens(_) => 9,
            Self::Extended(_) => 10,
        }
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Fields(bytes);
        let [number] = from.take()?;
        Some(match number {
            1 => {
                let number = from.short()?;
                Self::Stated(from.statement(number)?)
            }
            2 => Self::Assigned { by: ActorId(from.take()?), rule: from.text()? },
            3 => Self::Confirmed { stated: period(from.short()?)?, by: ActorId(from.take()?), rule: from.text()? },
            4 => {
                let (first, last, recorded) = (from.day()?, from.day()?, from.day()??);
                let name = from.text()?;
                let kind = Occurrence::NAMES.iter().find(|(one, _)| *one == name).map(|(_, kind)| *kind)?;
                Self::Occurred { kind, on: Dated::between(first, last), recorded }
            }
            5 => Self::Revoked(u64::from_be_bytes(from.take()?)),
            6 => Self::Linked { record: from.uuid()?, dossier: from.uuid()? },
            7 => Self::Unlinked(u64::from_be_bytes(from.take()?)),
            8 => Self::Reviewed(from.day()??),
            9 => Self::Opens(from.text()?),
            10 => Self::Extended(period(from.short()?)?),
            _ => return None,
        })
    }
}

fn period(number: u16) -> Option<Period> {
    match number {
        AWAITING => Some(Period::Awaiting),
        NOTHING => None,
        PERMANENT => Some(Period::Permanent),
        years => Some(Period::Years(years)),
    }
}

/// What is left of a row.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn short(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    /// A day, or that it is not known.
    fn day(&mut self) -> Option<Option<NaiveDate>> {
        match i32::from_be_bytes(self.take()?) {
            NO_DAY => Some(None),
            day => NaiveDate::from_num_days_from_ce_opt(day).map(Some),
        }
    }

    /// The rest.
    fn text(&mut self) -> Option<String> {
        String::from_utf8(std::mem::take(&mut self.0).to_vec()).ok()
    }

    /// A statement of this number, its code in the rest.
    fn statement(&mut self, number: u16) -> Option<Statement> {
        Some(match (number, self.text()?) {
            (AWAITING, code) if !code.is_empty() => Statement::Code(code),
            (NOTHING, _) => Statement::Nothing,
            (number, _) => Statement::Period(period(number)?),
        })
    }
}
