//! A case, its items and its documents, as the API shows them.

use super::act::ActName;
use crate::archive::disposal::{self, Docket, Fate, Ground, Listed, Which, period_words};
use crate::archive::retention::today;
use crate::error::Result as Taken;
use crate::http::api::wire::Both;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A case in a list.
#[derive(Serialize, ToSchema)]
pub struct CaseSummary {
    /// Identifier.
    pub case: String,
    /// How people call it, `2026/3`.
    pub number: String,
    /// What it is about.
    pub subject: String,
    /// Stable name of its state.
    pub state: &'static str,
    /// The state in words.
    pub state_words: Both,
    /// How many items stand where.
    pub items: ItemCounts,
    /// What it waits for; null: it has ended, or is `emptied`.
    pub waits_for: Option<WaitsFor>,
    /// Whether nothing is left on a list that was submitted: nobody decides on it, the case can only be ended (`abort`).
    pub emptied: bool,
}

/// How many items stand where.
#[derive(Serialize, ToSchema)]
pub struct ItemCounts {
    /// On the list.
    pub listed: usize,
    /// Of those, with every approval.
    pub approved: usize,
    /// Taken off.
    pub excluded: usize,
    /// Destroyed.
    pub destroyed: usize,
    /// Left at the execution.
    pub left: usize,
    /// Not destroyed because that failed.
    pub failed: usize,
}

/// What a case waits for.
#[derive(Serialize, ToSchema)]
pub struct WaitsFor {
    /// Of whom.
    pub of: Both,
    /// What for.
    pub what: Both,
    /// The act.
    pub act: Option<&'static str>,
}

/// The cases.
#[derive(Serialize, ToSchema)]
pub struct CasesListed {
    /// In the order of their opening.
    pub cases: Vec<CaseSummary>,
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedCases {
    /// `yes`: those that have ended, too.
    pub all: Option<String>,
}

/// A case.
#[derive(Serialize, ToSchema)]
pub struct CaseShown {
    /// What every list says of it.
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// `current` or `historical`.
    pub archive: &'static str,
    /// `required` or `not-required`.
    pub appraisal: &'static str,
    /// Digest of the list as it stands: what an approval names.
    pub list: String,
    /// First and last day of the execution.
    pub window: Option<(String, String)>,
    /// Who has which part in it.
    pub parts: Vec<PartShown>,
    /// Holders of the accounts that are named here, by the account's name.
    pub holders: BTreeMap<String, String>,
    /// The council.
    pub council: Option<CouncilShown>,
    /// The approvals so far.
    pub approvals: Vec<ApprovalShown>,
    /// Codes of items whose approvals a later change made void.
    pub voided: Vec<String>,
    /// Codes of items of which something has changed that the next act will record: a hold, an event, a rule.
    pub unrecorded: Vec<String>,
    /// The documents, as they were handed in.
    pub documents: Vec<DocumentShown>,
    /// What was done, oldest first.
    pub steps: Vec<CaseStep>,
    /// Copies that could not be reached.
    pub unreached: Vec<String>,
    /// How far a destruction under way is; null: none is.
    pub execution: Option<ExecutionShown>,
    /// Why the last destruction was broken off since the service began; null: it was not.
    pub failure: Option<String>,
}

/// How far a destruction is.
#[derive(Serialize, ToSchema)]
pub struct ExecutionShown {
    /// Of its present stage, how many are done.
    pub done: u64,
    /// Of how many; 0 as long as that is not known.
    pub of: u64,
}

/// Somebody's part.
#[derive(Serialize, ToSchema)]
pub struct PartShown {
    /// Who.
    pub name: String,
    /// Stable name of the part.
    pub part: &'static str,
    /// In words.
    pub words: Both,
}

/// A council.
#[derive(Serialize, ToSchema)]
pub struct CouncilShown {
    /// How many must vote on an item.
    pub quorum: usize,
    /// Names and seats.
    pub members: Vec<(String, &'static str)>,
    /// Voters who have not voted on every item.
    pub has_not_voted: Vec<String>,
    /// How many items would leave the list if the council were closed with the votes as they are.
    pub would_leave: usize,
}

/// An approval.
#[derive(Serialize, ToSchema)]
pub struct ApprovalShown {
    /// The stage.
    pub stage: &'static str,
    /// In words.
    pub words: Both,
    /// Who.
    pub by: String,
    /// The day of its document.
    pub on: String,
    /// Digest of the list that it names.
    pub list: String,
}

/// A document of a case.
#[derive(Serialize, ToSchema)]
pub struct DocumentShown {
    /// Its number, from 1.
    pub number: usize,
    /// The act that rests on it.
    pub act: &'static str,
    /// What it is, in words.
    pub words: Both,
    /// The day that it bears, or on which it was handed in.
    pub on: String,
    /// Who handed it in.
    pub by: String,
    /// File name.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
    /// `signed`, `undecided`, `unsigned` or `statement`.
    pub standing: String,
    /// In words.
    pub standing_words: Both,
    /// Why it was taken without a proven signature.
    pub because: Option<String>,
    /// Whether a passed signature bears the name of who acted; null where no signature is proven.
    pub signed_by_actor: Option<bool>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct CaseStep {
    /// Ledger index.
    pub index: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// Names of acts, and how often each.
    pub acts: Vec<(&'static str, usize)>,
}

/// An item of a list.
#[derive(Serialize, ToSchema)]
pub struct ItemShown {
    /// The record.
    pub record: String,
    /// Its code.
    pub code: String,
    /// Its title, as the list prints it.
    pub title: String,
    /// `expired`, or `duplicate` of another record.
    pub ground: &'static str,
    /// The record that stays, of a duplicate.
    pub duplicate_of: Option<String>,
    /// Code of its rule.
    pub rule: String,
    /// Last day of its period.
    pub until: Option<String>,
    /// Stable name of what may become of it.
    pub outcome: &'static str,
    /// Remarks.
    pub note: String,
    /// `listed`, `excluded`, `destroyed`, `left` or `failed`.
    pub fate: &'static str,
    /// Why, where there is a reason.
    pub why: Option<String>,
    /// How long it is kept instead, where it was taken off the list with a longer period: `15 năm`.
    pub instead: Option<String>,
    /// Whether it has every approval.
    pub approved: bool,
}

/// A page of items.
#[derive(Serialize, ToSchema)]
pub struct ItemsListed {
    /// In the order of the list.
    pub items: Vec<ItemShown>,
    /// Cursor of the next page; null: this is the last.
    pub next: Option<String>,
}

/// Two words as the API has them.
pub fn both((vi, en): (&str, &str)) -> Both {
    Both { vi: vi.to_owned(), en: en.to_owned() }
}

impl CaseSummary {
    /// Describes a case.
    pub fn new(docket: &Docket, on: NaiveDate) -> Self {
        let counts = docket.counts();
        Self {
            case: docket.id.to_string(),
            number: docket.number.to_string(),
            subject: docket.subject.clone(),
            state: docket.case.state().name(),
            state_words: both(docket.case.state().words()),
            items: ItemCounts {
                listed: counts.listed,
                approved: counts.approved,
                excluded: counts.excluded,
                destroyed: counts.destroyed,
                left: counts.left,
                failed: counts.failed,
            },
            waits_for: docket.next(on).map(|next| WaitsFor {
                of: both(next.of),
                what: both(next.what),
                act: ActName::of_command(next.command).map(ActName::name),
            }),
            emptied: docket.is_emptied(),
        }
    }
}

/// The cases in which something may still happen, or every one.
pub async fn cases(service: &Arc<Service>, which: Which) -> Result<Vec<Listed>, Problem> {
    Ok(blocking(service.clone(), move |service| service.archive()?.disposal_cases(which)).await?)
}

/// A case, with the names of who has a part in it.
pub async fn case(service: &Arc<Service>, year: &str, number: &str) -> Result<(Docket, CaseShown), Problem> {
    let name = format!("{year}/{number}");
    Ok(blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let docket = archive.disposal_case(&name)?;
        let shown = described(service, &docket)?;
        Ok((docket, shown))
    })
    .await?)
}

pub(super) fn described(service: &Service, docket: &Docket) -> Taken<CaseShown> {
    let archive = service.archive()?;
    let case = &docket.case;
    let name = |person| archive.person_name(person);
    let council = case.council().map(|council| -> Taken<CouncilShown> {
        let members = council.members().map(|(person, seat)| Ok((name(person)?, seat.name())));
        Ok(CouncilShown {
            quorum: council.quorum(),
            members: members.collect::<Taken<_>>()?,
            has_not_voted: docket.has_not_voted().map(name).collect::<Taken<_>>()?,
            would_leave: docket.would_leave(),
        })
    });
    let parts = case
        .parts()
        .map(|(person, part)| Ok(PartShown { name: name(person)?, part: part.name(), words: both(part.words()) }));
    let approvals = case.approvals().iter().map(|approval| {
        Ok(ApprovalShown {
            stage: approval.stage.name(),
            words: both(approval.stage.words()),
            by: name(approval.signed.by)?,
            on: approval.signed.on.to_string(),
            list: approval.list.to_string(),
        })
    });
    let unrecorded = archive.disposal_unrecorded(docket, today(service.clock.as_ref()))?;
    let documents = docket.documents().enumerate().map(|(at, (step, document))| -> Taken<DocumentShown> {
        Ok(DocumentShown {
            number: at + 1,
            act: step.acts.first().map_or("", |(name, _)| name),
            words: both(docket.document_words(step, document)),
            on: step.day().to_string(),
            by: archive.name_of(step.by)?,
            name: document.name.clone(),
            sha256: document.sha256.clone(),
            standing: document.standing.clone(),
            standing_words: both(disposal::standing_words(&document.standing)),
            because: document.because.clone(),
            signed_by_actor: archive.signed_by_actor(step, document)?,
        })
    });
    let steps = docket.steps.iter().map(|step| {
        let by = archive.name_of(step.by)?;
        Ok(CaseStep { index: step.index, at: step.at.to_string(), by, acts: step.acts.clone() })
    });
    let code = |record: &Uuid| case.item(*record).map_or_else(|| record.to_string(), |(item, _)| item.code.clone());
    let parts = parts.collect::<Taken<Vec<_>>>()?;
    let council = council.transpose()?;
    let steps = steps.collect::<Taken<Vec<_>>>()?;
    let named = parts.iter().map(|part| &part.name).chain(steps.iter().map(|step| &step.by));
    let named = named.chain(council.iter().flat_map(|council| council.members.iter().map(|(name, _)| name)));
    let accounts = archive.accounts()?;
    let holders = named.map(|name| (name.clone(), disposal::printed_name(&accounts, name.clone()))).collect();
    Ok(CaseShown {
        summary: CaseSummary::new(docket, today(service.clock.as_ref())),
        archive: case.procedure().archive.name(),
        appraisal: case.procedure().appraisal.name(),
        list: case.list_digest().to_string(),
        window: case.window().map(|(first, last)| (first.to_string(), last.to_string())),
        parts,
        council,
        holders,
        approvals: approvals.collect::<Taken<_>>()?,
        voided: docket.voided().iter().map(code).collect(),
        unrecorded: unrecorded.into_iter().map(|item| item.code).collect(),
        documents: documents.collect::<Taken<_>>()?,
        steps,
        unreached: case.unreached().map(str::to_owned).collect(),
        execution: service.jobs.about(docket.id).map(|job| {
            let (done, of) = job.progress();
            ExecutionShown { done, of }
        }),
        failure: service.jobs.failure(docket.id),
    })
}

/// The items of a case after `from`, at most so many.
pub fn items(docket: &Docket, from: usize, limit: usize) -> Vec<ItemShown> {
    let all = docket.case.fates().skip(from).take(limit);
    all.map(|(record, item, fate)| {
        let instead = match fate {
            Fate::Excluded(_, Some(period)) => Some(period_words(*period).0),
            _ => None,
        };
        let (fate, why) = match fate {
            Fate::Listed => ("listed", None),
            Fate::Excluded(reason, _) => ("excluded", Some(reason.clone())),
            Fate::Destroyed(on) => ("destroyed", Some(on.to_string())),
            Fate::Skipped(skip) => ("left", Some(skip.words().0.to_owned())),
            Fate::Failed(why) => ("failed", Some(why.clone())),
        };
        let (ground, duplicate_of) = match item.ground {
            Ground::Expired => ("expired", None),
            Ground::Duplicate(of) => ("duplicate", Some(of.to_string())),
        };
        ItemShown {
            record: record.to_string(),
            code: item.code.clone(),
            title: item.title.clone(),
            ground,
            duplicate_of,
            rule: item.rule.clone(),
            until: item.until.map(|day| day.to_string()),
            outcome: item.outcome.name(),
            note: item.note.clone(),
            fate,
            why,
            instead,
            approved: docket.case.is_approved(record),
        }
    })
    .collect()
}

/// Entity tag of a case: its newest event.
pub(super) fn tag(shown: &CaseShown) -> String {
    format!("\"{}\"", shown.steps.last().map_or(0, |step| step.index))
}

pub(super) fn answered(shown: CaseShown) -> Response {
    let headers = [(header::ETAG, tag(&shown)), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    (headers, Json(shown)).into_response()
}
