//! Retention rules over the API: what rules, what a rule file would change, and who adopts and confirms it.

use super::refused::{NoRole, NotSignedIn};
use super::wire::Both;
use crate::archive::retention::adopt::{self, Adoption};
use crate::archive::retention::foresee::{Approval, Foreseen};
use crate::archive::retention::shown::{ParameterShown, RuleShown, RulesShown, VersionShown};
use crate::archive::retention::{Applies, Grade, Lock, governed, today};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A rule file, and which records it governs: all that are not disposed of, unless one of the two says otherwise.
#[derive(Deserialize, ToSchema)]
pub struct RuleFileGiven {
    /// The rule file, TOML (`schemas/retention-rules.schema.json`).
    pub text: String,
    /// Only records accessioned on this day or later, `2027-01-01`.
    pub accessioned_from: Option<String>,
    /// Only records whose work ended in this year or later.
    pub work_ended_from: Option<i32>,
}

/// A rule file that is to rule.
#[derive(Deserialize, ToSchema)]
pub struct RuleFileWanted {
    /// The rule file.
    #[serde(flatten)]
    pub file: RuleFileGiven,
    /// Why, and by which order.
    pub reason: String,
}

/// Rules that a person compared with their text.
#[derive(Deserialize, ToSchema)]
pub struct RulesCompared {
    /// Codes of rules of one version.
    pub rules: Vec<String>,
    /// Number of the version: an older one may still govern records. Without it: the newest that has them.
    pub version: Option<u32>,
    /// The text that they were compared with.
    pub basis: String,
    /// By what right they are confirmed.
    pub mandate: String,
}

/// Confirmations that are withdrawn.
#[derive(Deserialize, ToSchema)]
pub struct RulesDoubted {
    /// Codes of rules of one version.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
}

/// What became of rules.
#[derive(Serialize, ToSchema)]
pub struct RulesDone {
    /// Identifier of the version.
    pub version: String,
    /// `adopted`, `proposed` (a second person must approve), `confirmed` or `withdrawn`.
    pub state: &'static str,
}

/// Everything that rules.
#[derive(Serialize, ToSchema)]
pub struct RulesListed {
    /// Versions of schedules that were adopted, in their order.
    pub versions: Vec<RuleVersion>,
    /// Versions that wait for a second person.
    pub proposals: Vec<RuleVersion>,
    /// The law in use; null: as the program brings it.
    pub law: Option<RuleVersion>,
    /// The lines of the newest version of each schedule.
    pub rules: Vec<RuleLine>,
    /// The law's numbers.
    pub parameters: Vec<LawParameter>,
}

/// A version of a schedule, or of the law.
#[derive(Serialize, ToSchema)]
pub struct RuleVersion {
    /// Its identifier.
    pub id: String,
    /// Code of the schedule.
    pub schedule: String,
    /// Name of the schedule.
    pub title: String,
    /// Number of the version.
    pub version: u32,
    /// From when it is in force.
    pub in_force_from: Option<String>,
    /// Whether later versions may only lengthen.
    pub locked: bool,
    /// SHA-256 of the rule file.
    pub sha256: String,
    /// It governs only records accessioned on this day or later.
    pub accessioned_from: Option<String>,
    /// It governs only records whose work ended in this year or later.
    pub work_ended_from: Option<i32>,
    /// Who adopted or proposed it.
    pub by: String,
    /// When.
    pub on: String,
    /// Why.
    pub reason: String,
    /// Lines that it has.
    pub rules: usize,
    /// Lines that nobody confirmed: nothing is destroyed on them.
    pub unconfirmed: usize,
}

/// A line of a schedule.
#[derive(Serialize, ToSchema)]
pub struct RuleLine {
    /// Its code.
    pub code: String,
    /// Number of the version that has it.
    pub version: u32,
    /// The records that it is about.
    pub records: String,
    /// How long they are kept.
    pub period: Both,
    /// How its legal text is cited.
    pub citation: String,
    /// How that was read.
    pub grade: Both,
    /// Where.
    pub source: String,
    /// Whether the file says that it was verified.
    pub verified: bool,
    /// Who confirmed it; null: nobody, and nothing is destroyed on it unless it is verified.
    pub confirmed: Option<RuleConfirmation>,
}

/// A confirmation of a rule.
#[derive(Serialize, ToSchema)]
pub struct RuleConfirmation {
    /// By whom.
    pub by: String,
    /// When.
    pub on: String,
    /// The text that it was compared with.
    pub basis: String,
}

/// A number of the law.
#[derive(Serialize, ToSchema)]
pub struct LawParameter {
    /// Its code.
    pub code: &'static str,
    /// Its value.
    pub value: Both,
    /// How its legal text is cited.
    pub citation: String,
    /// How that was read.
    pub grade: Both,
    /// Where.
    pub source: String,
}

/// What a rule file would change today.
#[derive(Serialize, ToSchema)]
pub struct RulesForeseen {
    /// Rules by what becomes of them: `same`, `added`, `longer`, `unclear`, `shorter`, `removed`.
    pub rules: BTreeMap<&'static str, u64>,
    /// `one-person`, `second-person`, or `refused`.
    pub approval: &'static str,
    /// Why it can't be adopted.
    pub refused: Option<String>,
    /// Records looked at.
    pub records: u64,
    /// Records kept shorter than now.
    pub earlier: u64,
    /// Records kept longer than now.
    pub later: u64,
    /// Records not ended now, ended under it.
    pub newly_due: u64,
    /// Records ended now, not ended under it.
    pub no_longer_due: u64,
    /// Records under a rule that it does not have.
    pub without_rule: u64,
    /// Open disposal cases that list a record that changes.
    pub cases: Vec<String>,
}

fn both((vi, en): (impl Into<String>, impl Into<String>)) -> Both {
    Both { vi: vi.into(), en: en.into() }
}

/// How something was read, in words.
pub(super) fn graded(grade: Grade) -> Both {
    both(grade.words())
}

impl From<&VersionShown> for RuleVersion {
    fn from(shown: &VersionShown) -> Self {
        let (accessioned_from, work_ended_from) = match shown.applies {
            Applies::AllUndisposed => (None, None),
            Applies::Accessioned(day) => (Some(day.to_string()), None),
            Applies::WorkEnded(day) => (None, Some(day.year())),
        };
        Self {
            id: shown.id.to_string(),
            schedule: shown.schedule.clone(),
            title: shown.title.clone(),
            version: shown.version,
            in_force_from: shown.in_force_from.map(|day| day.to_string()),
            locked: shown.lock == Lock::LengthenOnly,
            sha256: shown.sha256.to_string(),
            accessioned_from,
            work_ended_from,
            by: shown.by.clone(),
            on: shown.on.to_string(),
            reason: shown.reason.clone(),
            rules: shown.rules,
            unconfirmed: shown.unconfirmed,
        }
    }
}

impl From<RuleShown> for RuleLine {
    fn from(shown: RuleShown) -> Self {
        Self {
            code: shown.code,
            version: shown.version,
            records: shown.records,
            period: both(shown.period),
            citation: shown.citation,
            grade: graded(shown.grade),
            source: shown.source,
            verified: shown.verified,
            confirmed: shown.confirmed.map(|(by, on, basis)| RuleConfirmation { by, on: on.to_string(), basis }),
        }
    }
}

impl From<ParameterShown> for LawParameter {
    fn from(shown: ParameterShown) -> Self {
        let (value, grade) = (both(shown.value), graded(shown.grade));
        Self { code: shown.code, value, citation: shown.citation, grade, source: shown.source }
    }
}

impl From<RulesShown> for RulesListed {
    fn from(shown: RulesShown) -> Self {
        let versions = |all: &[VersionShown]| all.iter().map(RuleVersion::from).collect();
        Self {
            versions: versions(&shown.versions),
            proposals: versions(&shown.proposals),
            law: shown.law.as_ref().map(RuleVersion::from),
            rules: shown.rules.into_iter().map(RuleLine::from).collect(),
            parameters: shown.parameters.into_iter().map(LawParameter::from).collect(),
        }
    }
}

impl From<Foreseen> for RulesForeseen {
    fn from(foreseen: Foreseen) -> Self {
        let records = foreseen.records;
        let (approval, refused) = match foreseen.approval {
            Ok(Approval::OnePerson) => ("one-person", None),
            Ok(Approval::SecondPerson) => ("second-person", None),
            Err(why) => ("refused", Some(why)),
        };
        Self {
            rules: foreseen.rules.into_iter().map(|(change, number)| (change.name(), number)).collect(),
            approval,
            refused,
            records: records.records,
            earlier: records.earlier.number,
            later: records.later.number,
            newly_due: records.newly_due.number,
            no_longer_due: records.no_longer_due.number,
            without_rule: records.without_rule.number,
            cases: records.cases.iter().map(ToString::to_string).collect(),
        }
    }
}

impl RuleFileGiven {
    fn applies(&self) -> Result<Applies, Problem> {
        let day = |text: &String| text.parse().map_err(|_| Problem::invalid("from when it governs can't be read"));
        Ok(governed(self.accessioned_from.as_ref().map(day).transpose()?, self.work_ended_from)?)
    }
}

/// Everything that rules.
pub async fn listed(service: &Arc<Service>) -> Result<RulesShown, Problem> {
    Ok(blocking(service.clone(), |service| service.archive()?.rules_shown()).await?)
}

/// What a rule file would change.
pub async fn foreseen(service: &Arc<Service>, given: RuleFileGiven) -> Result<RulesForeseen, Problem> {
    let applies = given.applies()?;
    let foreseen = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        archive.foresee(&given.text, applies, today(&*service.clock), &archive.listed_in_open_cases()?)
    });
    Ok(foreseen.await?.into())
}

/// Adopts a rule file, or proposes it where a second person must approve.
pub async fn adopted(service: &Arc<Service>, asking: &Asking, wanted: RuleFileWanted) -> Result<RulesDone, Problem> {
    let by = asking.who()?.account.name.clone();
    let applies = wanted.file.applies()?;
    let adoption = blocking(service.clone(), move |service| {
        service.write(|archive| adopt::adopt(archive, &wanted.file.text, applies, &wanted.reason, &by))
    });
    Ok(match adoption.await? {
        Adoption::Adopted(id) => RulesDone { version: id.to_string(), state: "adopted" },
        Adoption::Proposed(id) => RulesDone { version: id.to_string(), state: "proposed" },
    })
}

/// Adopts what another person proposed.
pub async fn approved(service: &Arc<Service>, asking: &Asking, id: &str) -> Result<RulesDone, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let by = asking.who()?.account.name.clone();
    blocking(service.clone(), move |service| service.write(|archive| adopt::approve(archive, id, &by))).await?;
    Ok(RulesDone { version: id.to_string(), state: "adopted" })
}

/// Confirms rules.
pub async fn confirmed(service: &Arc<Service>, asking: &Asking, given: RulesCompared) -> Result<RulesDone, Problem> {
    let by = asking.who()?.account.name.clone();
    let version = blocking(service.clone(), move |service| {
        let RulesCompared { rules, version, basis, mandate } = &given;
        service.write(|archive| adopt::confirm(archive, (rules, *version), basis, mandate, &by))
    });
    Ok(RulesDone { version: version.await?.to_string(), state: "confirmed" })
}

/// Withdraws confirmations.
pub async fn withdrawn(service: &Arc<Service>, asking: &Asking, given: RulesDoubted) -> Result<RulesDone, Problem> {
    let by = asking.who()?.account.name.clone();
    let version = blocking(service.clone(), move |service| {
        service.write(|archive| adopt::withdraw(archive, &given.rules, &given.reason, &by))
    });
    Ok(RulesDone { version: version.await?.to_string(), state: "withdrawn" })
}

/// What rules: versions of schedules, their lines with who confirmed them, and the law's numbers.
#[utoipa::path(get, path = "/retention-rules", tag = "administration", security(("session" = [])), responses(
    (status = 200, description = "what rules", body = RulesListed),
    NotSignedIn, NoRole,
))]
pub async fn list(State(service): State<Arc<Service>>) -> Result<Json<RulesListed>, Problem> {
    Ok(Json(listed(&service).await?.into()))
}

/// What a new version of a schedule would change today, before anybody adopts it.
#[utoipa::path(post, path = "/retention-rules/preview", tag = "administration", request_body = RuleFileGiven,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what it would change", body = RulesForeseen),
    (status = 400, description = "the rule file can't be read: everything that is wrong with it", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn preview(
    State(service): State<Arc<Service>>,
    Known(given): Known<RuleFileGiven>,
) -> Result<Json<RulesForeseen>, Problem> {
    Ok(Json(foreseen(&service, given).await?))
}

/// Adopt a rule file. What shortens, claims to be verified, or is the law itself is proposed, and waits for a second person.
#[utoipa::path(post, path = "/retention-rules", tag = "administration", request_body = RuleFileWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "adopted, or proposed", body = RulesDone),
    (status = 400, description = "the rule file can't be read, or has no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the number was used, or a locked schedule would shorten", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<RuleFileWanted>,
) -> Result<(StatusCode, Json<RulesDone>), Problem> {
    Ok((StatusCode::CREATED, Json(adopted(&service, &asking, wanted).await?)))
}

/// Adopt what another person proposed.
#[utoipa::path(post, path = "/retention-rules/{id}/approval", tag = "administration",
    params(("id" = String, Path, description = "identifier of the proposal")), security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "adopted", body = RulesDone),
    NotSignedIn,
    (status = 403, description = "no role does this, or who proposed it", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there, or it does not wait", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it can't be adopted any more", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn approval(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
) -> Result<Json<RulesDone>, Problem> {
    Ok(Json(approved(&service, &asking, &id).await?))
}

/// Confirm rules against their text: from then on records may be disposed of on them.
#[utoipa::path(post, path = "/retention-rules/confirmation", tag = "administration", request_body = RulesCompared,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "confirmed", body = RulesDone),
    (status = 400, description = "no text or mandate is named", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or who adopted the rules alone", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "no version has these rules", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "confirmed already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn confirm(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(given): Known<RulesCompared>,
) -> Result<Json<RulesDone>, Problem> {
    Ok(Json(confirmed(&service, &asking, given).await?))
}

/// Withdraw confirmations: nothing more is disposed of on these rules.
#[utoipa::path(post, path = "/retention-rules/withdrawal", tag = "administration", request_body = RulesDoubted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "withdrawn", body = RulesDone),
    (status = 400, description = "no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "no version has these rules", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "not confirmed", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn withdraw(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(given): Known<RulesDoubted>,
) -> Result<Json<RulesDone>, Problem> {
    Ok(Json(withdrawn(&service, &asking, given).await?))
}
