//! What the register says of the agency code that a document bears, on the document's day and today.

use super::Register;
use crate::agency::{Agency, Meaning};
use crate::archive::body::RecordBody;
use crate::archive::reading::Archive;
use crate::error::{Error, Result};
use crate::record::AgencyCode;
use crate::transfer::finding::{Finding, FindingCode, quoted};
use chrono::NaiveDate;
use uuid::Uuid;

/// What a document's agency code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whether it was an agency's on the document's day.
    pub standing: Standing,
    /// Whose code it was; by the name of the document's day, or of the time when it was that agency's.
    pub agency: Option<Heir>,
    /// Who was in that agency's place on the document's day: itself, or its successors.
    pub then: Vec<Heir>,
    /// Who is in its place today.
    pub today: Vec<Heir>,
}

/// Whether a code was an agency's on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was.
    Registered,
    /// Only from one day to another, which may be open.
    AtAnotherTime(NaiveDate, Option<NaiveDate>),
    /// It never was.
    Unknown,
}

/// An agency as it is told of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heir {
    /// Its identity.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its newest code.
    pub code: Option<AgencyCode>,
}

impl Heir {
    /// An agency on a day.
    pub fn of(agency: &Agency, day: NaiveDate) -> Self {
        Self { id: agency.id, name: agency.name(day).to_owned(), code: agency.codes(day).next().cloned() }
    }
}

impl std::fmt::Display for Heir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&quoted(&self.name))?;
        self.code.as_ref().map_or(Ok(()), |code| write!(f, " {code}"))
    }
}

impl Standing {
    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::AtAnotherTime(..) => "at-another-time",
            Self::Unknown => "unknown",
        }
    }
}

impl Origin {
    /// Whether another agency is in the place of the document's today, or none, or it has another name.
    pub fn is_changed(&self) -> bool {
        let named = |heir: &Heir| (heir.id, heir.name.clone());
        let own: Vec<_> = self.agency.iter().map(named).collect();
        own != self.today.iter().map(named).collect::<Vec<_>>()
    }
}

impl Archive {
    /// What the register says of the agency code of a record; `None`: the register is empty.
    pub fn origin_of(&self, record: &RecordBody, today: NaiveDate) -> Result<Option<Origin>> {
        let damaged = || Error::corrupt("the body is damaged");
        let code = record.agency_code.parse().map_err(|_| damaged())?;
        let issued = record.issued_date.parse().map_err(|_| damaged())?;
        Ok(self.register()?.origin(&code, issued, today))
    }
}

impl Register {
    /// What a document's agency code says; `None`: the register is empty.
    pub fn origin(&self, code: &AgencyCode, issued: NaiveDate, today: NaiveDate) -> Option<Origin> {
        if self.agencies.is_empty() {
            return None;
        }
        let (agency, standing, day) = match self.agencies.meaning(code, issued) {
            Meaning::Agency(agency) => (agency, Standing::Registered, issued),
            Meaning::AtAnotherTime(agency, coded) => {
                let (from, until) = (coded.from, agency.until(coded));
                let nearest = until.filter(|until| *until < issued).unwrap_or(from);
                (agency, Standing::AtAnotherTime(from, until), nearest)
            }
            Meaning::Unknown => {
                let (then, today) = (Vec::new(), Vec::new());
                return Some(Origin { standing: Standing::Unknown, agency: None, then, today });
            }
        };
        let heirs = |day| self.agencies.successors(agency.id, day).into_iter().map(|one| Heir::of(one, day)).collect();
        let named = Heir { code: Some(code.clone()), ..Heir::of(agency, day) };
        Some(Origin { standing, agency: Some(named), then: heirs(issued), today: heirs(today) })
    }

    /// What is to be noted of a document that bears an agency code; it refuses none.
    pub fn finding(&self, code: &AgencyCode, issued: NaiveDate, place: &str) -> Option<Finding> {
        let Origin { standing, agency, then, .. } = self.origin(code, issued, issued)?;
        let (found, detail) = match standing {
            Standing::Registered => return None,
            Standing::Unknown => (FindingCode::AgencyUnregistered, format!("{code}, {issued}")),
            Standing::AtAnotherTime(from, until) => {
                let whose = agency.map_or_else(String::new, |agency| quoted(&agency.name));
                let until = until.map_or_else(String::new, |until| until.to_string());
                let then: Vec<String> = then.iter().map(ToString::to_string).collect();
                let then = if then.is_empty() { String::new() } else { format!("; {issued}: {}", then.join(", ")) };
                (FindingCode::AgencyCodeOutOfTime, format!("{code}: {whose} {from}/{until}{then}"))
            }
        };
        Some(Finding::new(found, place).field("agency_code").saying(detail))
    }
}
