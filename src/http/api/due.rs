//! What all dossiers and records come to on a day: counted, and the list of those that go to the historical archive.
//!
//! Each looks at every dossier of the archive, so it is for those who see disposal, one look at a time, and once for each size
//! of the ledger.

use super::disposal::{PaperHead, as_file};
use super::refused::{NoRole, NotSignedIn};
use super::wire::OnDay;
use crate::archive::body::DossierBody;
use crate::archive::retention::candidate::Filter;
use crate::archive::retention::survey::{By, Due, DueItem, Evaluation, Numbers, Wanted};
use crate::archive::retention::today;
use crate::archive::retention::transfer_list::TransferWish;
use crate::error::Error;
use crate::http::given::Known;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, surveying};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Months ahead that are looked at where nothing is said.
pub const WITHIN_MONTHS: u32 = 12;
/// Dossiers that are listed at most.
const LIST_MAX: usize = 1000;

/// What is asked of what is due.
#[derive(Deserialize, IntoParams, Default, Clone)]
#[into_params(parameter_in = Query)]
pub struct DueWanted {
    /// Counted by `agency` (if nothing is said), by the `year` in which periods end, or by `rule`.
    pub by: Option<String>,
    /// What comes due within so many months is counted, too; 12 if nothing is said.
    pub within: Option<u32>,
    /// The day, YYYY-MM-DD; today in Vietnam if nothing is said.
    pub on: Option<String>,
    /// Only dossiers of this agency, with those under it.
    pub agency: Option<String>,
    /// List so many dossiers whose period has ended, the first to end first; 1000 at most, none if nothing is said.
    pub list: Option<usize>,
}

/// What is due.
#[derive(Serialize, ToSchema)]
pub struct DueShown {
    /// The day.
    pub on: String,
    /// Numbers of dossiers, by agency, year or rule.
    pub lines: BTreeMap<String, DueNumbers>,
    /// The dossiers that were to be listed.
    pub items: Vec<DueDossier>,
}

/// Numbers of dossiers.
#[derive(Serialize, ToSchema)]
pub struct DueNumbers {
    /// The period has ended: may be listed for disposal.
    pub eligible: u64,
    /// The period has ended: somebody must look first, or confirm what it rests on.
    pub review: u64,
    /// The period has ended, and a hold stands against it.
    pub held: u64,
    /// The period ends within the months that were asked for.
    pub coming: u64,
    /// An event is awaited.
    pub awaiting: u64,
    /// The period cannot be told.
    pub undetermined: u64,
    /// Permanent, and late for the historical archive.
    pub transfer_overdue: u64,
    /// Permanent, and perhaps late: not everything is known.
    pub transfer_doubtful: u64,
    /// Permanent, to be transferred within those months.
    pub transfer_coming: u64,
    /// Deposited later than every source of the law allows.
    pub deposited_late: u64,
}

/// A dossier whose period has ended.
#[derive(Serialize, ToSchema)]
pub struct DueDossier {
    /// Its identifier.
    pub dossier: String,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Last day of its period.
    pub until: String,
    /// Stable name of what may become of it.
    pub outcome: &'static str,
}

/// What may become of every record, in numbers.
#[derive(Serialize, ToSchema)]
pub struct Evaluated {
    /// The day.
    pub on: String,
    /// Dossiers that have records still.
    pub dossiers: u64,
    /// Records looked at.
    pub records: u64,
    /// Records by what may become of them.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Records of which an assigned rule waits for a second person.
    pub waiting_for_second_person: u64,
}

/// A list that is to be made of the permanent dossiers that go to the historical archive.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransferList {
    /// Who issues it, where, when, and who signs it.
    pub head: PaperHead,
    /// Only dossiers of this agency, with those under it.
    #[serde(default)]
    pub of: String,
    /// What must be transferred within so many months; 12 if nothing is said.
    pub within: Option<u32>,
    /// Year of the transfer; this year if nothing is said.
    pub year: Option<i32>,
    /// The historical archive that receives them.
    pub receiver: String,
}

impl From<&Numbers> for DueNumbers {
    fn from(numbers: &Numbers) -> Self {
        Self {
            eligible: numbers.eligible,
            review: numbers.review,
            held: numbers.held,
            coming: numbers.coming,
            awaiting: numbers.awaiting,
            undetermined: numbers.undetermined,
            transfer_overdue: numbers.transfer_overdue,
            transfer_doubtful: numbers.transfer_doubtful,
            transfer_coming: numbers.transfer_coming,
            deposited_late: numbers.deposited_late,
        }
    }
}

impl DueWanted {
    fn read(&self, today: NaiveDate) -> Result<Wanted, Problem> {
        let by = match self.by.as_deref() {
            None | Some("" | "agency") => By::Agency,
            Some("year") => By::Year,
            Some("rule") => By::Rule,
            Some(_) => return Err(Problem::invalid("by is agency, year or rule")),
        };
        let items_max = self.list.unwrap_or(0);
        if items_max > LIST_MAX {
            return Err(Problem::invalid(format!("list is {LIST_MAX} at most")));
        }
        let on = OnDay { on: self.on.clone().filter(|on| !on.is_empty()) };
        Ok(Wanted {
            filter: of_agency(self.agency.as_deref())?,
            by,
            within_months: self.within.unwrap_or(WITHIN_MONTHS),
            on: on.day()?.unwrap_or(today),
            items_max,
        })
    }
}

fn of_agency(code: Option<&str>) -> Result<Filter, Problem> {
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let read = |code: &str| code.parse().map_err(|_| Problem::invalid("one of these is no code of an agency"));
    Ok(Filter { agency: code.map(read).transpose()?, ..Filter::default() })
}

/// What is due, with the dossiers that are listed.
pub struct Found {
    /// The day.
    pub on: NaiveDate,
    /// What is due.
    pub due: Arc<Due>,
    /// The dossiers, each with its description.
    pub listed: Vec<(DueItem, DossierBody)>,
}

/// Counts what is due.
pub async fn counted(service: &Arc<Service>, wanted: &DueWanted) -> Result<Found, Problem> {
    let wanted = wanted.read(today(service.clock.as_ref()))?;
    let found = surveying(service.clone(), move |service| {
        let (archive, on) = (service.archive()?, wanted.on);
        let due = service.due(wanted)?;
        let listed = due.items.iter().map(|item| Ok((item.clone(), archive.dossier(item.dossier)?)));
        let listed = listed.collect::<Result<_, Error>>()?;
        Ok(Found { on, due, listed })
    });
    Ok(found.await?)
}

/// Counts what may become of every record.
pub async fn evaluated(service: &Arc<Service>, on: Option<NaiveDate>) -> Result<(NaiveDate, Arc<Evaluation>), Problem> {
    let on = on.unwrap_or_else(|| today(service.clock.as_ref()));
    Ok((on, surveying(service.clone(), move |service| service.evaluation(on)).await?))
}

/// Makes the list of what goes to the historical archive; the name and the bytes of its file.
pub async fn listed(service: &Arc<Service>, new: NewTransferList) -> Result<(String, Vec<u8>), Problem> {
    let on = today(service.clock.as_ref());
    let year = new.year.unwrap_or_else(|| on.year());
    let wish = TransferWish {
        head: new.head.read(service)?,
        filter: of_agency(Some(&new.of))?,
        on,
        within_months: new.within.unwrap_or(WITHIN_MONTHS),
        year,
        receiver: new.receiver,
    };
    let (bytes, _) = surveying(service.clone(), move |service| service.archive()?.transfer_list(&wish)).await?;
    Ok((format!("transfer-list-{year}.pdf"), bytes))
}

/// Count dossiers that are due: for disposal, for review, for transfer to the historical archive.
#[utoipa::path(get, path = "/retention/due", tag = "disposal", params(DueWanted), security(("session" = [])), responses(
    (status = 200, description = "what is due", body = DueShown),
    (status = 400, description = "a day, an agency or a number can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn due(
    State(service): State<Arc<Service>>,
    Query(wanted): Query<DueWanted>,
) -> Result<Json<DueShown>, Problem> {
    let Found { on, due, listed } = counted(&service, &wanted).await?;
    let items = listed.into_iter().map(|(item, dossier)| DueDossier {
        dossier: item.dossier.to_string(),
        code: dossier.file_code,
        title: dossier.title,
        until: item.until.to_string(),
        outcome: item.outcome.name(),
    });
    Ok(Json(DueShown {
        on: on.to_string(),
        lines: due.lines.iter().map(|(key, numbers)| (key.clone(), numbers.into())).collect(),
        items: items.collect(),
    }))
}

/// Count what may become of every record on a day.
#[utoipa::path(get, path = "/retention/evaluation", tag = "disposal", params(OnDay), security(("session" = [])), responses(
    (status = 200, description = "the numbers", body = Evaluated),
    NotSignedIn, NoRole,
))]
pub async fn evaluation(
    State(service): State<Arc<Service>>,
    Query(day): Query<OnDay>,
) -> Result<Json<Evaluated>, Problem> {
    let (on, found) = evaluated(&service, day.day()?).await?;
    Ok(Json(Evaluated {
        on: on.to_string(),
        dossiers: found.dossiers,
        records: found.records,
        outcomes: found.outcomes.iter().map(|(outcome, number)| (outcome.name(), *number)).collect(),
        waiting_for_second_person: found.waiting,
    }))
}

/// Make the list of permanent dossiers that must be transferred to the historical archive, as PDF/A ready to be signed. Nothing
/// is transferred by it, and nothing recorded.
#[utoipa::path(post, path = "/retention/transfer-list", tag = "disposal", request_body = NewTransferList,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the list", content_type = "application/pdf"),
    (status = 400, description = "something is missing or can't be read, or there are more than 10,000", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
    (status = 404, description = "no permanent dossier must be transferred by then", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "this is a historical archive: it transfers to nobody", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn transfer_list(
    State(service): State<Arc<Service>>,
    Known(new): Known<NewTransferList>,
) -> Result<Response, Problem> {
    listed(&service, new).await.map(as_file)
}
