//! Disposal cases: read, and gone on with by acts, through the same desk as the command line.
//!
//! Who may do which act here follows from roles ([`ActName::action`]); that it is their turn, that they are another person
//! than another act asks for, and that the list is the one they saw, is the rules' to decide. An act comes as a form with
//! files, because most rest on a document.

use super::wire::{Both, Paging, cursor};
use crate::archive::Writing;
use crate::archive::disposal::{
    self, Appraisal, CaseState, Desk, Docket, Fate, Filter, Ground, Handed, Listed, Opening, Period, Procedure, Rests,
    Running, Seat, Which, Whose,
};
use crate::archive::retention::today;
use crate::auth::rights::{Action, Object};
use crate::error::{Error, Result as Taken};
use crate::http::guard::Asking;
use crate::http::job::{self, Task};
use crate::http::multipart::Multipart;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Longest field of an act but its document, bytes: 2,000 characters, and lists of records.
const FIELD_BYTES_MAX: usize = 256 * 1024;
/// Fields of an act: one for each item that is refused or kept.
const FIELDS_MAX: usize = 10_000;

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident $name:literal $action:ident;)*) => {
        /// What somebody does in a case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ActName { $($(#[$doc])* $variant,)* }

        impl ActName {
            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// By its name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// What somebody must be allowed.
            pub const fn action(self) -> Action {
                match self { $(Self::$variant => Action::$action,)* }
            }
        }
    };
}

acts! {
    /// Put records onto the list: `record`, repeated; `note`.
    Add "add" HandleDisposal;
    /// Put onto the list what is found expired: `agency`, `until` (a year), `duplicates` (`yes`), `note`.
    AddFound "add-found" HandleDisposal;
    /// Take items off: `record`, repeated; `reason`; `years`, or `permanent` (`yes`).
    Exclude "exclude" HandleDisposal;
    /// Look at every item anew.
    Reassess "reassess" HandleDisposal;
    /// Submit the list: `list`, `document`.
    Submit "submit" HandleDisposal;
    /// Set up the council: `chair`, `secretary`, `member`, repeated: names of accounts; `quorum`; `document`.
    Appoint "appoint" DecideDisposal;
    /// Vote: `list`; `keep`, repeated (`record=reason`); `abstain`, repeated.
    Vote "vote" ReviewDisposal;
    /// Close the council: `list`, `document`.
    CloseCouncil "close-council" ReviewDisposal;
    /// Record the appraisal opinion: `list`, `refuse`, repeated; `document`.
    Opinion "opinion" HandleDisposal;
    /// Decide: `list`; `refuse`, repeated; `document`. The password must have been given just before.
    Decide "decide" DecideDisposal;
    /// Begin the execution.
    Start "start" HandleDisposal;
    /// Destroy what is decided. The password must have been given just before.
    Execute "execute" HandleDisposal;
    /// End an execution although items could not be destroyed.
    Finish "finish" HandleDisposal;
    /// Record the destruction minutes: `witness`, `document`.
    Minutes "minutes" HandleDisposal;
    /// Record the certificate: `unreached`, repeated; `document`.
    Certify "certify" HandleDisposal;
    /// Record that a copy is attested gone: `copy`, `document`.
    Attest "attest" HandleDisposal;
    /// Close the file of the case.
    Keep "keep" HandleDisposal;
    /// End the case before its execution: `reason`.
    Abort "abort" HandleDisposal;
}

impl ActName {
    /// Whether the password must have been given just before.
    const fn wants_fresh_proof(self) -> bool {
        matches!(self, Self::Decide | Self::Execute)
    }

    /// The act that a case waits for.
    pub fn of_command(command: &str) -> Option<Self> {
        match command {
            "council appoint" => Some(Self::Appoint),
            "council vote" => Some(Self::Vote),
            "council close" => Some(Self::CloseCouncil),
            other => Self::named(other),
        }
    }
}

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
    /// What it waits for; null: it has ended.
    pub waits_for: Option<WaitsFor>,
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
    /// First and last day on which the execution may begin.
    pub window: Option<(String, String)>,
    /// Who has which part in it.
    pub parts: Vec<PartShown>,
    /// The council.
    pub council: Option<CouncilShown>,
    /// The approvals so far.
    pub approvals: Vec<ApprovalShown>,
    /// Codes of items whose approvals a later change made void.
    pub voided: Vec<String>,
    /// The documents, as they were handed in.
    pub documents: Vec<DocumentShown>,
    /// What was done, oldest first.
    pub steps: Vec<CaseStep>,
    /// Copies that could not be reached.
    pub unreached: Vec<String>,
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

/// What is to be opened.
#[derive(Deserialize, ToSchema)]
pub struct NewCase {
    /// What it is about, 1 to 2000 characters.
    pub subject: String,
    /// `current` (default) or `historical`.
    pub archive: Option<String>,
    /// `required` (default for a current archive) or `not-required`.
    pub appraisal: Option<String>,
}

/// An act, as the form with files has it; [`ActName`] says which fields each takes.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, which is read field by field")]
pub struct ActForm {
    /// Name of the act.
    act: String,
    /// Digest of the list as it was seen, at least 16 digits.
    list: Option<String>,
    /// The day that the document bears, YYYY-MM-DD.
    on: Option<String>,
    /// Why.
    reason: Option<String>,
    /// Why the document is taken without a proven signature.
    unsigned: Option<String>,
    /// Records, by identifier or code.
    record: Option<Vec<String>>,
    /// Items that are not agreed to.
    refuse: Option<Vec<String>>,
    /// The document.
    #[schema(content_media_type = "application/octet-stream")]
    document: Option<Vec<u8>>,
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
        let shown = shown(service, &docket)?;
        Ok((docket, shown))
    })
    .await?)
}

fn shown(service: &Service, docket: &Docket) -> Taken<CaseShown> {
    let archive = service.archive()?;
    let case = &docket.case;
    let name = |person| archive.person_name(person);
    let council = case.council().map(|council| -> Taken<CouncilShown> {
        let members = council.members().map(|(person, seat)| Ok((name(person)?, seat.name())));
        Ok(CouncilShown {
            quorum: council.quorum(),
            members: members.collect::<Taken<_>>()?,
            has_not_voted: docket.has_not_voted().map(name).collect::<Taken<_>>()?,
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
    let documents = docket.documents().enumerate().map(|(at, (step, document))| DocumentShown {
        number: at + 1,
        act: step.acts.first().map_or("", |(name, _)| name),
        name: document.name.clone(),
        sha256: document.sha256.clone(),
        standing: document.standing.clone(),
        standing_words: both(disposal::standing_words(&document.standing)),
        because: document.because.clone(),
    });
    let steps = docket.steps.iter().map(|step| {
        let by = archive.name_of(step.by)?;
        Ok(CaseStep { index: step.index, at: step.at.to_string(), by, acts: step.acts.clone() })
    });
    let code = |record: &Uuid| case.item(*record).map_or_else(|| record.to_string(), |(item, _)| item.code.clone());
    Ok(CaseShown {
        summary: CaseSummary::new(docket, today(service.clock.as_ref())),
        archive: case.procedure().archive.name(),
        appraisal: case.procedure().appraisal.name(),
        list: case.list_digest().to_string(),
        window: case.window().map(|(first, last)| (first.to_string(), last.to_string())),
        parts: parts.collect::<Taken<_>>()?,
        council: council.transpose()?,
        approvals: approvals.collect::<Taken<_>>()?,
        voided: docket.voided().iter().map(code).collect(),
        documents: documents.collect(),
        steps: steps.collect::<Taken<_>>()?,
        unreached: case.unreached().map(str::to_owned).collect(),
    })
}

/// The items of a case after `from`, at most so many.
pub fn items(docket: &Docket, from: usize, limit: usize) -> Vec<ItemShown> {
    let all = docket.case.fates().skip(from).take(limit);
    all.map(|(record, item, fate)| {
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
            approved: docket.case.is_approved(record),
        }
    })
    .collect()
}

/// Entity tag of a case: its newest event.
fn tag(shown: &CaseShown) -> String {
    format!("\"{}\"", shown.steps.last().map_or(0, |step| step.index))
}

fn answered(shown: CaseShown) -> Response {
    let headers = [(header::ETAG, tag(&shown)), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    (headers, Json(shown)).into_response()
}

/// Opens a case.
pub async fn opened(service: &Arc<Service>, asking: &Asking, new: NewCase) -> Result<Docket, Problem> {
    asking.may(Action::HandleDisposal, Object::Any)?;
    let archive = match new.archive.as_deref().unwrap_or("current") {
        "current" => Whose::Current,
        "historical" => Whose::Historical,
        _ => return Err(Problem::invalid("archive is current or historical")),
    };
    let appraisal = match (archive, new.appraisal.as_deref()) {
        (Whose::Historical, _) | (_, Some("not-required")) => Appraisal::NotRequired,
        (_, None | Some("required")) => Appraisal::Required,
        _ => return Err(Problem::invalid("appraisal is required or not-required")),
    };
    let opening = Opening { subject: new.subject, procedure: Procedure { archive, appraisal } };
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| service.write(|archive| disposal::open(archive, &opening, &by)))
        .await?)
}

/// An act that was asked for.
pub struct Given {
    act: ActName,
    fields: Vec<(String, String)>,
    document: Option<(String, Vec<u8>)>,
}

impl Given {
    /// Out of a form with files.
    pub async fn read(mut form: Multipart) -> Result<Self, Problem> {
        let (mut fields, mut document) = (Vec::new(), None);
        while let Some(part) = form.part().await? {
            match part.file {
                Some(name) if part.name == "document" && !name.is_empty() => {
                    let bytes_max = usize::try_from(disposal::DOCUMENT_BYTES_MAX).unwrap_or(usize::MAX);
                    document = Some((name, form.whole(bytes_max).await?));
                }
                _ if fields.len() >= FIELDS_MAX => return Err(Problem::too_long()),
                _ => {
                    let text = form.text(FIELD_BYTES_MAX).await?;
                    if !text.trim().is_empty() {
                        fields.push((part.name, text.trim().to_owned()));
                    }
                }
            }
        }
        let act = fields.iter().find(|(name, _)| name == "act").and_then(|(_, act)| ActName::named(act));
        let act = act.ok_or_else(|| Problem::invalid("act is none of a disposal case"))?;
        Ok(Self { act, fields, document })
    }

    fn one(&self, wanted: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    fn must(&self, wanted: &str) -> Taken<&str> {
        self.one(wanted).ok_or_else(|| Error::invalid(format!("the field {wanted} is missing")))
    }

    fn all(&self, wanted: &str) -> Vec<String> {
        let all = self.fields.iter().filter(|(name, _)| name == wanted);
        all.flat_map(|(_, value)| value.split(['\n', '\r']))
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn number<T: std::str::FromStr>(&self, wanted: &str) -> Taken<Option<T>> {
        let read = |text: &str| text.parse().map_err(|_| Error::invalid(format!("the field {wanted} can't be read")));
        self.one(wanted).map(read).transpose()
    }

    fn day(&self) -> Taken<Option<NaiveDate>> {
        self.number("on")
    }

    fn maybe_document(&self) -> Option<Handed> {
        let (name, bytes) = self.document.clone()?;
        let rests = self.one("unsigned").map_or(Rests::Signatures, |reason| Rests::Reason(reason.to_owned()));
        Some(Handed { name, bytes, rests, evidence: Vec::new() })
    }

    fn document(&self) -> Taken<Handed> {
        self.maybe_document().ok_or_else(|| Error::invalid("this act rests on a document"))
    }

    fn records(&self, archive: &Writing, desk: &Desk<'_>, wanted: &str) -> Taken<Vec<Uuid>> {
        self.all(wanted).iter().map(|name| archive.listed_record(desk.docket(), name)).collect()
    }

    /// Takes the act; an execution is a job of its own.
    fn take(&self, archive: &Writing, desk: &mut Desk<'_>) -> Taken<()> {
        let list = || self.must("list");
        let note = self.one("note").unwrap_or("");
        match self.act {
            ActName::Add => desk.add(&self.all("record"), note).map(|_| ()),
            ActName::AddFound => {
                let agency =
                    self.one("agency").map(|code| code.parse().map_err(|_| Error::invalid("no code of an agency")));
                let running = if self.one("duplicates").is_some() { Running::With } else { Running::Without };
                let filter = Filter { agency: agency.transpose()?, worked_until: self.number("until")?, running };
                desk.add_found(filter, note).map(|_| ())
            }
            ActName::Exclude => {
                let permanent = self.one("permanent").map(|_| Period::Permanent);
                let instead = self.number("years")?.map(Period::Years).or(permanent);
                desk.exclude(&self.records(archive, desk, "record")?, self.must("reason")?, instead)
            }
            ActName::Reassess => desk.reassess().map(|_| ()),
            ActName::Submit => desk.submit(list()?, self.day()?, self.document()?),
            ActName::Appoint => {
                let seats = [
                    (self.must("chair")?.to_owned(), Seat::Chair),
                    (self.must("secretary")?.to_owned(), Seat::Secretary),
                ];
                let members = self.all("member").into_iter().map(|name| (name, Seat::Member));
                let seats: Vec<_> = seats.into_iter().chain(members).collect();
                desk.appoint(&seats, self.number("quorum")?, self.day()?, self.document()?)
            }
            ActName::Vote => {
                let keep = self.all("keep").into_iter().map(|one| {
                    let (name, reason) =
                        one.split_once('=').ok_or_else(|| Error::invalid("keep is written record=reason"))?;
                    Ok((archive.listed_record(desk.docket(), name.trim())?, reason.to_owned()))
                });
                let keep = keep.collect::<Taken<Vec<_>>>()?;
                let abstain = self.records(archive, desk, "abstain")?;
                desk.vote(list()?, &keep, &abstain)
            }
            ActName::CloseCouncil => desk.close_council(list()?, self.day()?, self.document()?),
            ActName::Opinion => {
                let refuse: BTreeSet<Uuid> = self.records(archive, desk, "refuse")?.into_iter().collect();
                desk.opinion(list()?, refuse, self.day()?, self.document()?)
            }
            ActName::Decide => {
                let refuse: BTreeSet<Uuid> = self.records(archive, desk, "refuse")?.into_iter().collect();
                desk.decide(list()?, refuse, self.day()?, self.document()?)
            }
            ActName::Start => desk.start(),
            ActName::Execute => Ok(()),
            ActName::Finish => desk.finish(),
            ActName::Minutes => desk.minutes(self.must("witness")?, self.day()?, self.document()?),
            ActName::Certify => {
                desk.certify(self.all("unreached").into_iter().collect(), self.day()?, self.document()?)
            }
            ActName::Attest => desk.attest(self.must("copy")?, self.day()?, self.document()?),
            ActName::Keep => desk.keep(self.day()?, self.maybe_document()),
            ActName::Abort => desk.abort(self.must("reason")?, self.day()?, self.maybe_document()),
        }
    }
}

/// Takes an act in a case.
pub async fn acted(service: &Arc<Service>, asking: &Asking, case: &str, given: Given) -> Result<(), Problem> {
    asking.may(given.act.action(), Object::Any)?;
    if given.act.wants_fresh_proof() {
        asking.just_proved(service)?;
    }
    let by = asking.who()?.account.name.clone();
    let case = case.to_owned();
    if given.act == ActName::Execute {
        let starting = service.clone();
        return Ok(blocking(service.clone(), move |service| {
            let docket = service.archive()?.disposal_case(&case)?;
            if docket.case.state().name() != "executing" {
                return Err(Error::conflict("nothing is to be executed in this case now"));
            }
            job::start(&starting, Task::Destruction, docket.id, move |service, job| {
                service.write(|archive| {
                    let mut desk = Desk::at(archive, &case, &by)?;
                    desk.execute(&mut |_, done, of| job.tell(done, of)).map(|_| ())
                })
            })
        })
        .await?);
    }
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| {
            let mut desk = Desk::at(archive, &case, &by)?;
            given.take(archive, &mut desk)
        })
    })
    .await?)
}

/// The disposal cases: those in which something may still happen, or every one.
#[utoipa::path(get, path = "/disposal-cases", tag = "disposal", params(WantedCases), security(("session" = [])), responses(
    (status = 200, description = "the cases", body = CasesListed),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(wanted): Query<WantedCases>,
) -> Result<Json<CasesListed>, Problem> {
    let which = if wanted.all.is_some() { Which::All } else { Which::Open };
    let on = today(service.clock.as_ref());
    let cases = cases(&service, which).await?;
    let shown = cases.iter().filter(|one| which == Which::All || one.state == CaseState::Open);
    Ok(Json(CasesListed { cases: shown.map(|one| CaseSummary::new(&one.docket, on)).collect() }))
}

/// Open a case; who opens it proposes.
#[utoipa::path(post, path = "/disposal-cases", tag = "disposal", request_body = NewCase,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "opened", body = CaseShown, headers(("location" = String))),
    (status = 400, description = "the subject or the procedure can't be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn open(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Json(new): Json<NewCase>,
) -> Result<Response, Problem> {
    let docket = opened(&service, &asking, new).await?;
    let place = format!("/api/v1/disposal-cases/{}", docket.number);
    let shown = blocking(service, move |service| shown(service, &docket)).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], answered(shown)).into_response())
}

/// A case: where it stands, what it waits for, on what it rests.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year")),
    security(("session" = [])), responses(
    (status = 200, description = "the case", body = CaseShown, headers(("etag" = String))),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn show(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    case(&service, &year, &number).await.map(|(_, shown)| answered(shown))
}

/// The items of a case, with what became of each.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/items", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"), Paging),
    security(("session" = [])), responses(
    (status = 200, description = "a page of items", body = ItemsListed),
    (status = 400, description = "the page can't be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn list_items(
    State(service): State<Arc<Service>>,
    Path((year, number)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<Json<ItemsListed>, Problem> {
    let (limit, from) = (paging.limit()?, paging.from()?);
    let (docket, _) = case(&service, &year, &number).await?;
    let mut items = items(&docket, from as usize, limit + 1);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = more.then(|| cursor(from.saturating_add(u32::try_from(limit).unwrap_or(0))));
    Ok(Json(ItemsListed { items, next }))
}

/// A document of a case, as it was handed in.
#[utoipa::path(get, path = "/disposal-cases/{year}/{number}/documents/{document}", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"),
        ("document" = usize, Path, description = "from 1")),
    security(("session" = [])), responses(
    (status = 200, description = "the bytes", content_type = "application/octet-stream"),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "no role does this", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn document(
    State(service): State<Arc<Service>>,
    Path((year, number, document)): Path<(String, String, usize)>,
) -> Result<Response, Problem> {
    let name = format!("{year}/{number}");
    let found = blocking(service, move |service| {
        let archive = service.archive()?;
        let docket = archive.disposal_case(&name)?;
        let found = document.checked_sub(1).and_then(|at| docket.documents().nth(at));
        let (step, body) = found.ok_or_else(|| Error::not_found("the case has no such document"))?;
        Ok((body.name.clone(), archive.disposal_document(docket.id, step.index)?))
    });
    let (name, bytes) = found.await?;
    let name = crate::http::guard::escaped(&name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}

/// Do something in a case. Which fields an act takes is said by its name in `docs/operation.md`.
#[utoipa::path(post, path = "/disposal-cases/{year}/{number}/acts", tag = "disposal",
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year"),
        ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    request_body(content = ActForm, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "done", body = CaseShown),
    (status = 400, description = "a field is missing or can't be read", body = ProblemBody, content_type = "application/problem+json"),
    (status = 401, description = "nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "not theirs to do, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there, or not on the list", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "not now, or the list is another than was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "the case has gone on since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "the document is too long", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn act(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((year, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let given = Given::read(Multipart::of(&headers, body)?).await?;
    let (_, seen) = case(&service, &year, &number).await?;
    super::transfers::must_match(&headers, &tag(&seen))?;
    acted(&service, &asking, &format!("{year}/{number}"), given).await?;
    case(&service, &year, &number).await.map(|(_, shown)| answered(shown))
}
