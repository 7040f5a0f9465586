//! `chauban retention holidays`, `archive-kind`, `archive-name`, `sector`

use crate::archive::disposal::Whose;
use crate::archive::retention::Sector;
use crate::archive::retention::setting::{self, Called, YearShown};
use crate::archive::{Reading, Writing};
use crate::cli::output::{Output, plain};
use crate::cli::{Common, Result};
use crate::error::Error;
use crate::record::AgencyCode;
use crate::time::SystemClock;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Days on which state bodies do not work.
#[derive(Args)]
pub struct Holidays {
    /// A file of holidays to adopt (schemas/holidays.schema.json); its years replace what was known of them.
    #[arg(requires = "reason")]
    file: Option<PathBuf>,
    /// Why, and by which announcement.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Whose archive this is.
#[derive(Args)]
pub struct ArchiveKind {
    /// current: an agency's; historical: takes permanent records only. Without it: says which.
    #[arg(value_name = "current|historical", value_parser = kind, requires = "reason")]
    kind: Option<Whose>,
    /// Why, and by which order.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// What the archive is called, and where it is.
#[derive(Args)]
pub struct ArchiveName {
    /// Its name, as its papers bear it. Without it: says what was said.
    #[arg(requires = "place", requires = "reason")]
    name: Option<String>,
    /// The place that its papers bear beside the day.
    #[arg(long, value_name = "TEXT", requires = "name")]
    place: Option<String>,
    /// Why, and by which order.
    #[arg(long, value_name = "TEXT", requires = "name")]
    reason: Option<String>,
}

/// Who transfers to the historical archive by another law's time.
#[derive(Args)]
pub struct SectorCommand {
    /// Code of the agency; those under it come along. Without it: lists what was said.
    #[arg(requires = "sector")]
    agency: Option<AgencyCode>,
    /// general: five years; special: thirty, where another law sets the time.
    #[arg(value_name = "general|special", value_parser = sector, requires = "reason")]
    sector: Option<Sector>,
    /// Why, and by which text.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Holidays {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let years = match self.file.zip(self.reason) {
            None => Reading::open(&places)?.holidays()?,
            Some((file, reason)) => {
                let text = std::fs::read_to_string(&file).map_err(|error| Error::file("can't read", &file, error))?;
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                setting::adopt_holidays(&archive, &text, &reason, &common.actor())?;
                let years = archive.holidays()?;
                archive.close()?;
                years
            }
        };
        let told: Vec<Value> = years.iter().map(document).collect();
        output.document(&json!({ "years": told }), || years.iter().map(|year| text(output, year)).collect());
        Ok(0)
    }
}

impl ArchiveKind {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let kind = match self.kind.zip(self.reason) {
            None => Reading::open(&places)?.kind()?,
            Some((kind, reason)) => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                setting::set_kind(&archive, kind, &reason, &common.actor())?;
                archive.close()?;
                kind
            }
        };
        let (vi, en) = kind.words();
        output.document(&json!({ "archive": kind.name() }), || format!("{}\n", output.say(vi, en)));
        Ok(0)
    }
}

impl ArchiveName {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let called = match self.name.zip(self.place).zip(self.reason) {
            None => Reading::open(&places)?.called()?,
            Some(((name, place), reason)) => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                setting::set_name(&archive, &Called { name, place }, &reason, &common.actor())?;
                let called = archive.called()?;
                archive.close()?;
                called
            }
        };
        let told = called.as_ref().map(|called| json!({ "name": called.name, "place": called.place }));
        output.document(&json!({ "called": told }), || match &called {
            Some(called) => format!("{}, {}\n", plain(&called.name), plain(&called.place)),
            None => format!("{}\n", output.say("Chưa ghi tên và địa danh", "Name and place are not set")),
        });
        Ok(0)
    }
}

impl SectorCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let sectors = match self.agency.zip(self.sector).zip(self.reason) {
            None => Reading::open(&places)?.sectors()?,
            Some(((agency, sector), reason)) => {
                let archive = Writing::open(&places, Arc::new(SystemClock::new()))?;
                setting::set_sector(&archive, &agency, sector, &reason, &common.actor())?;
                let sectors = archive.sectors()?;
                archive.close()?;
                sectors
            }
        };
        let told: Vec<Value> =
            sectors.all().map(|(agency, sector)| json!({ "agency": agency, "sector": sector.name() })).collect();
        output.document(&json!({ "agencies": told }), || {
            let lines = sectors.all().map(|(agency, sector)| {
                let words = match sector {
                    Sector::General => output.say("theo thời hạn chung", "general"),
                    Sector::Special => output.say("theo luật khác", "special: by another law"),
                };
                format!("{}  {words}\n", plain(agency))
            });
            let lines: String = lines.collect();
            match lines.is_empty() {
                true => format!("{}\n", output.say("Mọi cơ quan theo thời hạn chung", "Every agency is general")),
                false => lines,
            }
        });
        Ok(0)
    }
}

fn sector(text: &str) -> std::result::Result<Sector, String> {
    let found = Sector::NAMES.iter().find(|(name, _)| *name == text);
    found.map(|(_, sector)| *sector).ok_or_else(|| "use general or special".to_owned())
}

fn document(year: &YearShown) -> Value {
    let days = |days: &[chrono::NaiveDate]| days.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (off, worked) = (days(&year.off), days(&year.worked));
    json!({
        "year": year.year, "whole": year.whole, "grade": year.grade.name(), "source": year.source,
        "off": off, "worked": worked,
    })
}

fn text(output: &Output, year: &YearShown) -> String {
    let days = |days: &[chrono::NaiveDate]| {
        days.iter().map(|day| day.format("%d/%m").to_string()).collect::<Vec<_>>().join(" ")
    };
    let whole = match year.whole {
        true => output.say("đủ", "whole"),
        false => output.say("CHƯA ĐỦ", "NOT WHOLE"),
    };
    let (vi, en) = year.grade.words();
    let mut text = format!("{}  {whole}, {} ({})\n", year.year, output.say(vi, en), plain(&year.source));
    text += &format!("  {}: {}\n", output.say("nghỉ", "off"), days(&year.off));
    if !year.worked.is_empty() {
        text += &format!("  {}: {}\n", output.say("làm bù", "worked"), days(&year.worked));
    }
    text
}

fn kind(text: &str) -> std::result::Result<Whose, String> {
    let found = Whose::NAMES.iter().find(|(name, _)| *name == text);
    found.map(|(_, kind)| *kind).ok_or_else(|| "use current or historical".to_owned())
}
