//! The register of agencies: which agency a code means on a day, who succeeds it, and the acts that make it so.

use super::refused::{NoRole, NotSignedIn};
use super::wire::{Paging, cursor};
use crate::archive::agency::{
    self, Act, Agency, Amended, Heir, Import, NewAgency, Origin, Recording, Register, Standing, Successor, Wanted,
};
use crate::archive::body::AgencyActBody;
use crate::archive::retention::today;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use crate::record::AgencyCode;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Agencies as of which day, and which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// The day, `YYYY-MM-DD`; today if nothing is said.
    pub on: Option<String>,
    /// Only the agency that this code means on that day.
    pub code: Option<String>,
}

/// Whether a table is only read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Trial {
    /// `true`: nothing is recorded.
    #[serde(default)]
    pub dry_run: bool,
}

/// An agency of another's entry.
#[derive(Serialize, ToSchema)]
pub struct AgencyNamed {
    /// Its identifier.
    pub agency: String,
    /// Its name on the day.
    pub name: String,
    /// Its newest code on the day.
    pub code: Option<String>,
}

/// An agency in the tree of a day.
#[derive(Serialize, ToSchema)]
pub struct AgencyInTree {
    /// Its identifier, name and newest code.
    #[serde(flatten)]
    pub named: AgencyNamed,
    /// All its codes on the day, the newest first.
    pub codes: Vec<String>,
    /// How many agencies are above it; it stands after the one that it is under.
    pub depth: usize,
}

/// A page of the tree of a day.
#[derive(Serialize, ToSchema)]
pub struct AgenciesOnDay {
    /// The day.
    pub on: String,
    /// Each after the one that it is under.
    pub agencies: Vec<AgencyInTree>,
    /// Agencies in all.
    pub total: usize,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// A name with its time.
#[derive(Serialize, ToSchema)]
pub struct NameShown {
    /// The name.
    pub name: String,
    /// First day.
    pub from: String,
    /// The act that it rests on.
    pub mandate: String,
}

/// A code with its time.
#[derive(Serialize, ToSchema)]
pub struct CodeShown {
    /// The code.
    pub code: String,
    /// First day.
    pub from: String,
    /// Last day; null: none is set.
    pub until: Option<String>,
    /// The act that it rests on.
    pub mandate: String,
}

/// A place with its time.
#[derive(Serialize, ToSchema)]
pub struct PlaceShown {
    /// The agency above; null: none.
    pub parent: Option<AgencyNamed>,
    /// First day.
    pub from: String,
    /// The act that it rests on.
    pub mandate: String,
}

/// How an agency ended.
#[derive(Serialize, ToSchema)]
pub struct EndShown {
    /// Its last day.
    pub last: String,
    /// `merger`, `absorption`, `division` or `dissolution`.
    pub how: &'static str,
    /// Who took its place the day after.
    pub successors: Vec<AgencyNamed>,
    /// The act that it rests on.
    pub mandate: String,
}

/// An act of the register.
#[derive(Serialize, ToSchema)]
pub struct ActShown {
    /// Its number.
    pub number: u32,
    /// What it says, as its event has it (docs/format.md).
    pub says: serde_json::Value,
    /// Number of the newest correction; null: it counts as it was recorded.
    pub corrected_by: Option<u32>,
    /// When it was recorded, RFC 3339.
    pub recorded_at: String,
    /// By whom.
    pub recorded_by: String,
}

/// An agency with its history.
#[derive(Serialize, ToSchema)]
pub struct AgencyShown {
    /// Its identifier, and its name and newest code on the day.
    #[serde(flatten)]
    pub named: AgencyNamed,
    /// The day.
    pub on: String,
    /// Its first day.
    pub begins: String,
    /// How it ended; null: it did not.
    pub ended: Option<EndShown>,
    /// The agency above on the day.
    pub parent: Option<AgencyNamed>,
    /// Its names, oldest first.
    pub names: Vec<NameShown>,
    /// Its codes, oldest first.
    pub codes: Vec<CodeShown>,
    /// Where it stood, oldest first.
    pub places: Vec<PlaceShown>,
    /// Whose place it took, and whose place they had taken.
    pub predecessors: Vec<AgencyNamed>,
    /// Who has its place on the day: itself while it is there.
    pub successors: Vec<AgencyNamed>,
    /// The acts about it, in the order of recording.
    pub acts: Vec<ActShown>,
}

/// What the register says of the agency code of a document.
#[derive(Serialize, ToSchema)]
pub struct OriginShown {
    /// Whether the code was an agency's on the document's day: `registered`, `at-another-time` or `unknown`.
    pub standing: &'static str,
    /// Whose it was, by the name of that day; of a code of another time, by the name of that time.
    pub agency: Option<AgencyNamed>,
    /// First day of a code of another time.
    pub valid_from: Option<String>,
    /// Its last day.
    pub valid_until: Option<String>,
    /// Who was in that agency's place on the document's day.
    pub then: Vec<AgencyNamed>,
    /// Who is in its place today.
    pub today: Vec<AgencyNamed>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub struct ActsRecorded {
    /// Numbers of the acts.
    pub acts: Vec<u32>,
    /// The agencies that they are about, on their own last day or today.
    pub agencies: Vec<AgencyNamed>,
}

/// What became of a table.
#[derive(Serialize, ToSchema)]
pub struct TableRead {
    /// Acts that were recorded; in a trial: would be.
    pub recorded: usize,
    /// What the register said already.
    pub known: u64,
    /// Lines that were not understood, or do not fit.
    pub refused: Vec<LineRefused>,
    /// Columns that nobody reads.
    pub columns_unread: Vec<String>,
}

/// A line that was not understood, or does not fit.
#[derive(Serialize, ToSchema)]
pub struct LineRefused {
    /// Its number in the file.
    pub line: u64,
    /// Why.
    pub why: String,
    /// The cell.
    pub cell: String,
}

/// A new agency.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NewWanted {
    /// Its name.
    pub name: String,
    /// The code that it has from its first day.
    pub code: Option<String>,
}

/// An act that is to be recorded. Agencies are named by identifier, or by a code that they have on its day.
#[derive(Deserialize, ToSchema, Default)]
#[serde(default, deny_unknown_fields)]
pub struct ActWanted {
    /// `add`, `rename`, `code`, `end-code`, `move`, `merge`, `split`, `dissolve` or `correct`.
    pub act: String,
    /// The agency that it is about; of a merger, none.
    pub agency: String,
    /// New name: `add`, `rename`; instead, in a correction.
    pub name: Option<String>,
    /// Code: `add`, `code`, `end-code`; instead, in a correction.
    pub code: Option<String>,
    /// First day: `add`, `rename`, `code`, `move`, `merge`, `split`; instead, in a correction.
    pub from: Option<String>,
    /// Last day: `code`, `end-code`, `dissolve`; instead, in a correction.
    pub until: Option<String>,
    /// The agency above: `add`, `move`, and of the new ones of `merge` and `split`; instead, in a correction.
    pub under: Option<String>,
    /// `merge`: those that end the day before.
    pub predecessors: Vec<String>,
    /// `merge`: the one that is there already and takes them in, where no new one is made.
    pub into: Option<String>,
    /// `merge`: the new one; `split`: the new ones.
    pub new: Vec<NewWanted>,
    /// The legal act that it rests on, as it is cited; needed where an agency ends.
    pub mandate: Option<String>,
    /// `correct`: number of the act that was recorded wrongly.
    pub number: Option<u32>,
    /// `correct`: nothing of the act counts any more.
    pub void: bool,
    /// `correct`: why.
    pub reason: String,
}

impl ActWanted {
    /// As the façade takes it.
    pub fn wanted(self) -> Result<Wanted, Problem> {
        let code = self.code.as_deref().map(read_code).transpose()?;
        let (from, until) = (self.from.as_deref().map(read_day), self.until.as_deref().map(read_day));
        let (from, until) = (from.transpose()?, until.transpose()?);
        let given = |day: Option<NaiveDate>| day.ok_or_else(|| Problem::invalid("the act needs its day"));
        let coded = |code: Option<AgencyCode>| code.ok_or_else(|| Problem::invalid("the act needs a code"));
        let named = |name: Option<String>| name.ok_or_else(|| Problem::invalid("the act needs a name"));
        let new = self.new.into_iter().map(NewWanted::wanted).collect::<Result<Vec<_>, _>>()?;
        let (agency, under, mandate) = (self.agency, self.under, self.mandate.clone().unwrap_or_default());
        Ok(match self.act.as_str() {
            "add" => Wanted::Add { new: NewAgency { name: named(self.name)?, code }, under, on: given(from)?, mandate },
            "rename" => Wanted::Rename { agency, name: named(self.name)?, from: given(from)?, mandate },
            "code" => Wanted::Code { agency, code: coded(code)?, from: given(from)?, until, mandate },
            "end-code" => Wanted::EndCode { agency, code: coded(code)?, until: given(until)?, mandate },
            "move" => Wanted::Move { agency, under, from: given(from)?, mandate },
            "merge" => {
                let into = match (self.into, <[NewAgency; 1]>::try_from(new)) {
                    (Some(into), Err(none)) if none.is_empty() => Successor::Present(into),
                    (None, Ok([new])) => Successor::New(new, under),
                    _ => return Err(Problem::invalid("a merger is into one agency: one that is there, or a new one")),
                };
                Wanted::Merge { predecessors: self.predecessors, into, on: given(from)?, mandate }
            }
            "split" => Wanted::Split { agency, new, under, on: given(from)?, mandate },
            "dissolve" => Wanted::Dissolve { agency, last: given(until)?, mandate },
            "correct" => {
                let number = self.number.ok_or_else(|| Problem::invalid("a correction needs the number of an act"))?;
                let amended = Amended { name: self.name, code, from, until, under, mandate: self.mandate };
                Wanted::Correct { number, instead: (!self.void).then_some(amended), reason: self.reason }
            }
            _ => return Err(Problem::invalid("there is no act of this name in the register of agencies")),
        })
    }
}

impl NewWanted {
    fn wanted(self) -> Result<NewAgency, Problem> {
        Ok(NewAgency { name: self.name, code: self.code.as_deref().map(read_code).transpose()? })
    }
}

fn read_code(text: &str) -> Result<AgencyCode, Problem> {
    text.trim().parse().map_err(|_| Problem::invalid("one of these is no code of an agency"))
}

fn read_day(text: &str) -> Result<NaiveDate, Problem> {
    text.trim().parse().map_err(|_| Problem::invalid("a day is written as 2026-01-31"))
}

impl From<Heir> for AgencyNamed {
    fn from(heir: Heir) -> Self {
        let code = heir.code.map(|code| code.to_string());
        Self { agency: heir.id.to_string(), name: heir.name, code }
    }
}

impl From<Origin> for OriginShown {
    fn from(origin: Origin) -> Self {
        let (valid_from, valid_until) = match origin.standing {
            Standing::AtAnotherTime(from, until) => (Some(from.to_string()), until.map(|until| until.to_string())),
            Standing::Registered | Standing::Unknown => (None, None),
        };
        let named = |heirs: Vec<Heir>| heirs.into_iter().map(AgencyNamed::from).collect();
        Self {
            standing: origin.standing.name(),
            agency: origin.agency.map(AgencyNamed::from),
            valid_from,
            valid_until,
            then: named(origin.then),
            today: named(origin.today),
        }
    }
}

impl AgencyNamed {
    /// An agency on a day.
    pub fn of(agency: &Agency, day: NaiveDate) -> Self {
        Heir::of(agency, day).into()
    }
}

impl AgencyShown {
    /// An agency as it is told on a day.
    pub fn of(register: &Register, agency: &Agency, day: NaiveDate) -> Self {
        let agencies = &register.agencies;
        let by_id = |id: Uuid, day: NaiveDate| agencies.get(id).map(|other| AgencyNamed::of(other, day));
        let all = |others: Vec<&Agency>| others.into_iter().map(|one| AgencyNamed::of(one, day)).collect();
        let ended = agency.ended.as_ref().map(|ended| EndShown {
            last: ended.last.to_string(),
            how: ended.how.map_or("dissolution", agency::Succession::name),
            successors: ended.successors.iter().filter_map(|id| by_id(*id, ended.last.succ_opt()?)).collect(),
            mandate: ended.mandate.clone(),
        });
        let name = |one: &agency::Named| {
            let (name, from, mandate) = (one.name.clone(), one.from.to_string(), one.mandate.clone());
            NameShown { name, from, mandate }
        };
        let code = |one: &agency::Coded| {
            let until = agency.until(one).map(|until| until.to_string());
            let (code, from, mandate) = (one.code.to_string(), one.from.to_string(), one.mandate.clone());
            CodeShown { code, from, until, mandate }
        };
        let place = |one: &agency::Placed| {
            let parent = one.parent.and_then(|id| by_id(id, one.from));
            PlaceShown { parent, from: one.from.to_string(), mandate: one.mandate.clone() }
        };
        Self {
            named: AgencyNamed::of(agency, day),
            on: day.to_string(),
            begins: agency.begins.to_string(),
            ended,
            parent: agency.parent(day).and_then(|id| by_id(id, day)),
            names: agency.names.iter().map(name).collect(),
            codes: agency.codes.iter().map(code).collect(),
            places: agency.places.iter().map(place).collect(),
            predecessors: all(agencies.predecessors(agency.id)),
            successors: all(agencies.successors(agency.id, day)),
            acts: acts_of(register, agency.id),
        }
    }
}

/// The acts about an agency, with the corrections of them.
fn acts_of(register: &Register, id: Uuid) -> Vec<ActShown> {
    let mut own = BTreeSet::new();
    for (number, act, _) in register.agencies.acts() {
        let corrects = matches!(act, Act::Correct { number: wrong, .. } if own.contains(wrong));
        if corrects || act.about().contains(&id) {
            own.insert(number);
        }
    }
    let acts = register.agencies.acts().filter(|(number, ..)| own.contains(number));
    let shown = acts.map(|(number, act, corrected_by)| {
        let recorded = register.recorded(number).cloned();
        let (recorded_at, recorded_by) = recorded.map(|one| (one.at, one.by)).unwrap_or_default();
        let says = serde_json::to_value(AgencyActBody::from(act)).unwrap_or_default();
        ActShown { number, says, corrected_by, recorded_at, recorded_by }
    });
    shown.collect()
}

impl AgenciesOnDay {
    /// The agencies of a day, from one on, so many.
    pub fn of(register: &Register, day: NaiveDate, from: usize, limit: usize) -> Self {
        let tree = register.agencies.tree(day);
        let agencies = tree.iter().skip(from).take(limit).map(|one| AgencyInTree {
            named: AgencyNamed::of(one.agency, day),
            codes: one.agency.codes(day).map(ToString::to_string).collect(),
            depth: one.depth,
        });
        let after = from.saturating_add(limit);
        let next = u32::try_from(after).ok().filter(|_| after < tree.len()).map(cursor);
        Self { on: day.to_string(), agencies: agencies.collect(), total: tree.len(), next }
    }
}

impl ActsRecorded {
    /// What was recorded, told on a day.
    pub fn of(recording: &Recording, day: NaiveDate) -> Self {
        let known = recording.about.iter().filter_map(|id| recording.register.agencies.get(*id));
        let named = |agency: &Agency| {
            AgencyNamed::of(agency, agency.last().map_or(day, |last| last.min(day)).max(agency.begins))
        };
        Self { acts: recording.numbers.clone().collect(), agencies: known.map(named).collect() }
    }
}

impl From<&Import> for TableRead {
    fn from(read: &Import) -> Self {
        let refused = read.refused.iter().map(|refused| LineRefused {
            line: refused.line,
            why: refused.why.to_string(),
            cell: refused.cell.clone(),
        });
        let (recorded, known, columns_unread) = (read.acts.len(), read.known, read.unread.clone());
        Self { recorded, known, refused: refused.collect(), columns_unread }
    }
}

/// The register as of the last commit.
pub async fn register(service: &Arc<Service>) -> Result<Arc<Register>, Problem> {
    Ok(blocking(service.clone(), |service| service.archive()?.register()).await?)
}

/// Records an act.
pub async fn recorded(service: &Arc<Service>, asking: &Asking, wanted: Wanted) -> Result<Recording, Problem> {
    let by = asking.who()?.account.name.clone();
    let change = move |service: &Service| service.write(|archive| agency::record(archive, &wanted, &by));
    Ok(blocking(service.clone(), change).await?)
}

/// Reads a table, and records what it brings unless that is only tried.
pub async fn taken(service: &Arc<Service>, asking: &Asking, table: Bytes, trial: bool) -> Result<Import, Problem> {
    let by = asking.who()?.account.name.clone();
    let change = move |service: &Service| {
        service.write(|archive| match trial {
            true => agency::read_table(archive, &table),
            false => agency::import(archive, &table, &by),
        })
    };
    Ok(blocking(service.clone(), change).await?)
}

/// The day that is asked for, today if none is.
pub fn day(service: &Service, asked: Option<&str>) -> Result<NaiveDate, Problem> {
    asked.filter(|text| !text.is_empty()).map_or_else(|| Ok(today(service.clock.as_ref())), read_day)
}

/// What an answer about the register rests on: its newest event, and the day.
fn tag(register: &Register, on: NaiveDate) -> String {
    let newest = register.newest().map_or_else(|| "none".to_owned(), |index| index.to_string());
    format!("\"agencies-{newest}-{on}\"")
}

fn answered(
    headers: &HeaderMap,
    tag: String,
    body: impl FnOnce() -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if headers.get(header::IF_NONE_MATCH).is_some_and(|given| given.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let head = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    Ok((head, body()?).into_response())
}

/// The agencies of a day, as a tree; or the one that a code means.
#[utoipa::path(get, path = "/agencies", tag = "agencies", params(OnDay, Paging), security(("session" = [])), responses(
    (status = 200, description = "a page of them", body = AgenciesOnDay, headers(("etag" = String))),
    (status = 304, description = "as they were"),
    (status = 400, description = "no day, or no code", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(asked): Query<OnDay>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let on = day(&service, asked.on.as_deref())?;
    let (limit, from) = (paging.limit()?, paging.from()? as usize);
    let code = asked.code.as_deref().map(read_code).transpose()?;
    let register = register(&service).await?;
    answered(&headers, tag(&register, on), || {
        let mut page = AgenciesOnDay::of(&register, on, from, limit);
        if let Some(code) = code {
            let meant = register.agencies.with_code(&code, on).map(|agency| agency.id.to_string());
            let all = AgenciesOnDay::of(&register, on, 0, usize::MAX).agencies;
            page.agencies = all.into_iter().filter(|one| Some(&one.named.agency) == meant.as_ref()).collect();
            (page.total, page.next) = (page.agencies.len(), None);
        }
        Ok(Json(page).into_response())
    })
}

/// An agency with its history; names, place and successors as of a day.
#[utoipa::path(get, path = "/agencies/{id}", tag = "agencies",
    params(("id" = String, Path, description = "identifier, or a code that it has on the day"),
        ("on" = Option<String>, Query, description = "the day, today if nothing is said")),
    security(("session" = [])), responses(
    (status = 200, description = "the agency", body = AgencyShown, headers(("etag" = String))),
    (status = 304, description = "as it was"),
    (status = 400, description = "no day", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "the register has none", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    Query(asked): Query<OnDay>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let on = day(&service, asked.on.as_deref())?;
    let register = register(&service).await?;
    answered(&headers, tag(&register, on), || {
        let agency = register.agency(&id, on)?;
        Ok(Json(AgencyShown::of(&register, agency, on)).into_response())
    })
}

/// Record an act: an agency begins, ends, has another name, code or place; or an earlier act was wrong. A repetition with the same
/// `idempotency-key` records nothing more.
#[utoipa::path(post, path = "/agencies/acts", tag = "agencies", request_body = ActWanted,
    params(("idempotency-key" = Option<String>, Header, description = "1 to 128 visible characters; the answer to its first use is given again")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "recorded", body = ActsRecorded),
    (status = 400, description = "the act can't be read, or a day, name or citation is none", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "the register has no such agency or act", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it contradicts what was recorded", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn act(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Json(wanted): Json<ActWanted>,
) -> Result<Response, Problem> {
    let recording = recorded(&service, &asking, wanted.wanted()?).await?;
    let today = today(service.clock.as_ref());
    Ok((StatusCode::CREATED, Json(ActsRecorded::of(&recording, today))).into_response())
}

/// The register as a table that can be taken in again.
#[utoipa::path(get, path = "/agencies/table", tag = "agencies", security(("session" = [])), responses(
    (status = 200, description = "the table", content_type = "text/csv", headers(("etag" = String))),
    (status = 304, description = "as it was"),
    NotSignedIn, NoRole,
))]
pub async fn export(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    let register = register(&service).await?;
    answered(&headers, tag(&register, NaiveDate::default()), || {
        let head = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"agencies.csv\""),
        ];
        Ok((head, register.table()?).into_response())
    })
}

/// Take in a table (CSV, 2 MiB at most): what fits and is new is recorded, the other lines are told with the reason.
#[utoipa::path(post, path = "/agencies/table", tag = "agencies", params(Trial),
    request_body(content = String, content_type = "text/csv"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what became of it", body = TableRead),
    (status = 400, description = "it is no table of agencies", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "longer than is taken", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "another type of content than text/csv", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn import(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Query(trial): Query<Trial>,
    headers: HeaderMap,
    table: Bytes,
) -> Result<Json<TableRead>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/csv")) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem { status, ..Problem::invalid("a table of agencies is text/csv") });
    }
    let read = taken(&service, &asking, table, trial.dry_run).await?;
    Ok(Json(TableRead::from(&read)))
}
