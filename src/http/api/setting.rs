//! What rules beside schedules: holidays, what kind of archive this is, and who transfers by another law's time.

use super::refused::{NoRole, NotSignedIn};
use super::rules::graded;
use super::wire::Both;
use crate::archive::disposal::Whose;
use crate::archive::retention::Sector;
use crate::archive::retention::setting::{self, Called, YearShown};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use crate::record::AgencyCode;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The settings of retention.
#[derive(Serialize, ToSchema)]
pub struct RetentionSettings {
    /// `current`: an agency's own archive; `historical`: it takes permanent records only.
    pub archive: &'static str,
    /// What it is called, as its papers bear it; null: nobody has said it.
    pub name: Option<String>,
    /// The place that its papers bear; null: nobody has said it.
    pub place: Option<String>,
    /// What is known of days off, year by year.
    pub holidays: Vec<HolidaysOfYear>,
    /// Of which agencies it was said by which time they transfer; of all others the general one holds.
    pub sectors: Vec<SectorOfAgency>,
}

/// What is known of the days off in a year.
#[derive(Serialize, ToSchema)]
pub struct HolidaysOfYear {
    /// The year.
    pub year: i32,
    /// Whether every holiday of it is known.
    pub whole: bool,
    /// How that was read.
    pub grade: Both,
    /// Where.
    pub source: String,
    /// Days off that are no weekend.
    pub off: Vec<String>,
    /// Weekend days that were made working days.
    pub worked: Vec<String>,
}

/// By which time an agency, and those under it, transfer to the historical archive.
#[derive(Serialize, ToSchema)]
pub struct SectorOfAgency {
    /// Code of the agency.
    pub agency: String,
    /// `general`: five years; `special`: thirty, where another law sets the time.
    pub sector: &'static str,
}

/// A file of holidays; its years replace what was known of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolidays {
    /// The file, TOML (`schemas/holidays.schema.json`).
    pub text: String,
    /// Why, and by which announcement.
    pub reason: String,
}

/// What kind of archive this is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArchiveKind {
    /// `current` or `historical`.
    pub kind: String,
    /// Why, and by which order.
    pub reason: String,
}

/// What the archive is called, and where it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArchiveName {
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// The place that its papers bear beside the day, 1 to 200 characters.
    pub place: String,
    /// Why, and by which order.
    pub reason: String,
}

/// By which time an agency transfers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSector {
    /// Code of the agency; those under it come along.
    pub agency: String,
    /// `general` or `special`.
    pub sector: String,
    /// Why, and by which text.
    pub reason: String,
}

impl From<&YearShown> for HolidaysOfYear {
    fn from(shown: &YearShown) -> Self {
        let days = |days: &[chrono::NaiveDate]| days.iter().map(ToString::to_string).collect();
        Self {
            year: shown.year,
            whole: shown.whole,
            grade: graded(shown.grade),
            source: shown.source.clone(),
            off: days(&shown.off),
            worked: days(&shown.worked),
        }
    }
}

/// The settings as of the last commit.
pub async fn settings(service: &Arc<Service>) -> Result<RetentionSettings, Problem> {
    Ok(blocking(service.clone(), |service| {
        let archive = service.archive()?;
        let sectors = archive.sectors()?;
        let sector =
            |(agency, sector): (&str, Sector)| SectorOfAgency { agency: agency.to_owned(), sector: sector.name() };
        let (name, place) = archive.called()?.map(|called| (called.name, called.place)).unzip();
        Ok(RetentionSettings {
            archive: archive.kind()?.name(),
            name,
            place,
            holidays: archive.holidays()?.iter().map(HolidaysOfYear::from).collect(),
            sectors: sectors.all().map(sector).collect(),
        })
    })
    .await?)
}

/// Adopts a file of holidays.
pub async fn adopted(service: &Arc<Service>, asking: &Asking, new: NewHolidays) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    let NewHolidays { text, reason } = new;
    let adopt = move |service: &Service| service.write(|archive| setting::adopt_holidays(archive, &text, &reason, &by));
    Ok(blocking(service.clone(), adopt).await?)
}

/// Says what kind of archive this is.
pub async fn kind_set(service: &Arc<Service>, asking: &Asking, new: NewArchiveKind) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    let known = Whose::NAMES.iter().find(|(name, _)| *name == new.kind).map(|(_, kind)| *kind);
    let kind = known.ok_or_else(|| Problem::invalid("archive is current or historical"))?;
    let set = move |service: &Service| service.write(|archive| setting::set_kind(archive, kind, &new.reason, &by));
    Ok(blocking(service.clone(), set).await?)
}

/// Says what the archive is called.
pub async fn name_set(service: &Arc<Service>, asking: &Asking, new: NewArchiveName) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    let NewArchiveName { name, place, reason } = new;
    let called = Called { name, place };
    let set = move |service: &Service| service.write(|archive| setting::set_name(archive, &called, &reason, &by));
    Ok(blocking(service.clone(), set).await?)
}

/// Says by which time an agency transfers.
pub async fn sector_set(service: &Arc<Service>, asking: &Asking, new: NewSector) -> Result<(), Problem> {
    let by = asking.who()?.account.name.clone();
    let NewSector { agency, sector, reason } = new;
    let agency = agency.trim().parse::<AgencyCode>();
    let agency = agency.map_err(|_| Problem::invalid("one of these is no code of an agency"))?;
    let known = Sector::NAMES.iter().find(|(name, _)| *name == sector).map(|(_, sector)| *sector);
    let sector = known.ok_or_else(|| Problem::invalid("sector is general or special"))?;
    let set =
        move |service: &Service| service.write(|archive| setting::set_sector(archive, &agency, sector, &reason, &by));
    Ok(blocking(service.clone(), set).await?)
}

/// What rules beside schedules: kind of archive, holidays, sectors.
#[utoipa::path(get, path = "/retention-settings", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "the settings", body = RetentionSettings),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>) -> Result<Json<RetentionSettings>, Problem> {
    settings(&service).await.map(Json)
}

/// Adopt a file of holidays: its years replace what was known of them, the others stay.
#[utoipa::path(post, path = "/retention-settings/holidays", tag = "administration", request_body = NewHolidays,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the settings as they are now", body = RetentionSettings),
    (status = 400, description = "the file can't be read, or there is no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn holidays(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewHolidays>,
) -> Result<Json<RetentionSettings>, Problem> {
    adopted(&service, &asking, new).await?;
    settings(&service).await.map(Json)
}

/// Say what kind of archive this is. What it holds stays, whatever is said.
#[utoipa::path(post, path = "/retention-settings/archive-kind", tag = "administration", request_body = NewArchiveKind,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the settings as they are now", body = RetentionSettings),
    (status = 400, description = "it is neither, or there is no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it is that already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn archive_kind(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewArchiveKind>,
) -> Result<Json<RetentionSettings>, Problem> {
    kind_set(&service, &asking, new).await?;
    settings(&service).await.map(Json)
}

/// Say what the archive is called, and where it is: papers and certified copies bear it that are made from then on.
#[utoipa::path(post, path = "/retention-settings/archive-name", tag = "administration", request_body = NewArchiveName,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the settings as they are now", body = RetentionSettings),
    (status = 400, description = "the name, the place or the reason is empty or too long", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it is called so already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn archive_name(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewArchiveName>,
) -> Result<Json<RetentionSettings>, Problem> {
    name_set(&service, &asking, new).await?;
    settings(&service).await.map(Json)
}

/// Say by which time an agency, and those under it, transfer to the historical archive.
#[utoipa::path(post, path = "/retention-settings/sectors", tag = "administration", request_body = NewSector,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the settings as they are now", body = RetentionSettings),
    (status = 400, description = "no code of an agency, no sector, or no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it is in that sector already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn sector(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(new): Known<NewSector>,
) -> Result<Json<RetentionSettings>, Problem> {
    sector_set(&service, &asking, new).await?;
    settings(&service).await.map(Json)
}
