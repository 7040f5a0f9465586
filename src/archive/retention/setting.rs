//! What kind of archive this is and what it is called, who transfers late by another law, and which days state bodies do not work: said by
//! events, read with everything that rules.
//!
//! A *historical* archive takes permanent records only (`transfer::finding`: `not-permanent`), disposes without a council, and
//! transfers nothing further; until somebody says so, an archive is a *current* one. Holidays come with the program as far as
//! they were announced when it was made; a file that is adopted replaces the years that it has and leaves the others, so
//! that a year's announcement needs no new program. Of which agencies another law sets thirty years is nowhere listed in
//! the texts that were seen: it is said agency by agency, with the text it rests on.

use super::adopt::check_words;
use crate::archive::announce::Heading;
use crate::archive::body::{AgencySectorBody, ArchiveKindBody, ArchiveNamedBody, HolidaysBody};
use crate::archive::reading::Archive;
use crate::archive::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use crate::record::AgencyCode;
use crate::retention::calendar::Calendar;
use crate::retention::deadline::{Sector, Sectors};
use crate::retention::disposal::Archive as Whose;
use chrono::NaiveDate;

/// Public holidays, as the program brings them.
const HOLIDAYS: &str = include_str!("../../../retention_rules/holidays.toml");

/// Longest name of an archive or of its place, characters.
const NAME_CHARS_MAX: usize = 200;

/// What the archive is called, and the place that its papers bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Its name.
    pub name: String,
    /// The place, beside the day.
    pub place: String,
}

/// What is known of the days off in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearShown {
    /// The year.
    pub year: i32,
    /// Whether every holiday of it is known.
    pub whole: bool,
    /// How it was verified.
    pub grade: crate::retention::law::Grade,
    /// Where it was read.
    pub source: String,
    /// Days off that are no weekend.
    pub off: Vec<NaiveDate>,
    /// Weekend days that were made working days.
    pub worked: Vec<NaiveDate>,
}

/// The holidays that come with the program.
pub(super) fn of_the_program() -> Result<Calendar> {
    let bad = |error| Error::corrupt("the holidays in the program are not in their form").because(error);
    Calendar::parse(HOLIDAYS).map_err(bad)
}

impl Archive {
    /// Whose archive this is.
    pub fn kind(&self) -> Result<Whose> {
        Ok(self.standing()?.archive)
    }

    /// What it is called; `None`: nobody has said it.
    pub fn called(&self) -> Result<Option<Called>> {
        Ok(self.standing()?.called)
    }

    /// Who transfers by which time.
    pub fn sectors(&self) -> Result<Sectors> {
        Ok(self.standing()?.sectors)
    }

    /// What is known of days off, year by year.
    pub fn holidays(&self) -> Result<Vec<YearShown>> {
        let calendar = self.standing()?.calendar;
        let shown = calendar.years().map(|(year, known)| YearShown {
            year,
            whole: known.whole,
            grade: known.grade,
            source: known.source.clone(),
            off: known.off().collect(),
            worked: known.worked().collect(),
        });
        Ok(shown.collect())
    }
}

/// Adopts a file of holidays: its years replace what was known of them.
pub fn adopt_holidays(archive: &Writing, text: &str, reason: &str, actor: &str) -> Result<()> {
    check_words(reason)?;
    Calendar::parse(text).map_err(|error| Error::invalid("the file of holidays can't be read").because(error))?;
    let (sha256, reason) = (Sha256::of(text.as_bytes()).to_string(), reason.trim().to_owned());
    let body = HolidaysBody { sha256, reason, text: text.to_owned() };
    record(archive, EventKind::HolidaysAdopted, &body, actor)
}

/// Says what kind of archive this is. What it holds stays, whatever is said.
pub fn set_kind(archive: &Writing, kind: Whose, reason: &str, actor: &str) -> Result<()> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    if archive.kind()? == kind {
        return Err(Error::conflict(format!("this is a {} already", kind.words().1)));
    }
    let body = ArchiveKindBody { kind: kind.name().to_owned(), reason: reason.trim().to_owned() };
    record(archive, EventKind::ArchiveKindSet, &body, actor)
}

/// Says what the archive is called, and where it is: papers bear it that are made from then on.
pub fn set_name(archive: &Writing, called: &Called, reason: &str, actor: &str) -> Result<()> {
    check_words(reason)?;
    let called = Called { name: one_line(&called.name)?, place: one_line(&called.place)? };
    let _orders = archive.orders()?;
    if archive.called()?.as_ref() == Some(&called) {
        return Err(Error::conflict("the archive is called so already"));
    }
    let body = ArchiveNamedBody { name: called.name, place: called.place, reason: reason.trim().to_owned() };
    record(archive, EventKind::ArchiveNamed, &body, actor)
}

fn one_line(text: &str) -> Result<String> {
    let text = text.trim();
    match !text.is_empty() && text.chars().nth(NAME_CHARS_MAX).is_none() && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(Error::invalid("the name and the place of an archive have 1 to 200 characters each, on one line")),
    }
}

/// Says by which time an agency, and those under it, transfer to the historical archive.
pub fn set_sector(archive: &Writing, agency: &AgencyCode, sector: Sector, reason: &str, actor: &str) -> Result<()> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    if archive.sectors()?.of(agency) == sector {
        let name = sector.name();
        return Err(Error::conflict(format!("{agency} is in the {name} sector already")));
    }
    let body = AgencySectorBody {
        agency: agency.as_str().to_owned(),
        sector: sector.name().to_owned(),
        reason: reason.trim().to_owned(),
    };
    record(archive, EventKind::AgencySectorSet, &body, actor)
}

fn record(archive: &Writing, kind: EventKind, body: &impl serde::Serialize, actor: &str) -> Result<()> {
    let actor = archive.actor(actor)?;
    let heading = Heading { kind, id: archive.new_id(), actor, rule: None };
    let event = archive.announcer()?.with_body(heading, archive.scope(Bucket::Archive, actor)?, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}
