//! Acts in a case: a form with files, read and handed to the desk.

use crate::archive::Writing;
use crate::archive::account::Standing;
use crate::archive::disposal::{self, Desk, Doer, Filter, Handed, Period, Rests, Running, Seat};
use crate::auth::rights::{self, Action, Decision, Object};
use crate::error::{Error, Result as Taken};
use crate::http::guard::Asking;
use crate::http::job::{self, Task};
use crate::http::multipart::Multipart;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest field of an act but its document, bytes: 2,000 characters, and lists of records.
const FIELD_BYTES_MAX: usize = 256 * 1024;
/// Fields of an act: one for each item that is refused or kept.
const FIELDS_MAX: usize = 10_000;

macro_rules! acts {
    ($($(#[$doc:meta])* $variant:ident $name:literal $action:ident $doer:ident;)*) => {
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

            /// Who they must be in the case.
            pub const fn doer(self) -> Doer {
                match self { $(Self::$variant => Doer::$doer,)* }
            }
        }
    };
}

acts! {
    /// Put records onto the list: `record`, repeated; `note`.
    Add "add" HandleDisposal Anybody;
    /// Put onto the list what is found expired: `agency`, `until` (a year), `duplicates` (`yes`), `note`.
    AddFound "add-found" HandleDisposal Anybody;
    /// Take items off: `record`, repeated; `reason`; `years`, or `permanent` (`yes`).
    Exclude "exclude" HandleDisposal Anybody;
    /// Look at every item anew.
    Reassess "reassess" HandleDisposal Anybody;
    /// Submit the list: `list`, `document`.
    Submit "submit" HandleDisposal Proposer;
    /// Set up the council: `chair`, `secretary`, `member`, repeated: names of accounts; `quorum`; `document`.
    Appoint "appoint" DecideDisposal Decider;
    /// Vote: `list`; `keep`, repeated (`record=reason`, or a record that is kept for `reason`); `abstain`, repeated.
    Vote "vote" ReviewDisposal Voter;
    /// Close the council: `list`, `document`; `leave` where somebody has not voted: how many items leave the list.
    CloseCouncil "close-council" ReviewDisposal Chair;
    /// Record the appraisal opinion: `list`, `refuse`, repeated; `document`.
    Opinion "opinion" HandleDisposal Appraiser;
    /// Decide: `list`; `refuse`, repeated; `document`. The password must have been given just before.
    Decide "decide" DecideDisposal Decider;
    /// Begin the execution.
    Start "start" HandleDisposal Executor;
    /// Destroy what is decided. The password must have been given just before.
    Execute "execute" HandleDisposal Executing;
    /// End an execution although items could not be destroyed.
    Finish "finish" HandleDisposal Executing;
    /// Record the destruction minutes: `witness`, `document`.
    Minutes "minutes" HandleDisposal Executed;
    /// Record the certificate: `unreached`, repeated; `document`.
    Certify "certify" HandleDisposal Anybody;
    /// File a document that no step rests on, a justification, a submission, minutes of the hand-over: `document`.
    Attach "attach" HandleDisposal Anybody;
    /// Record that a copy is attested gone: `copy`, `document`.
    Attest "attest" HandleDisposal Anybody;
    /// Close the file of the case.
    Keep "keep" HandleDisposal Anybody;
    /// End the case before its execution: `reason`.
    Abort "abort" HandleDisposal Anybody;
}

impl ActName {
    /// Whether the password must have been given just before.
    pub const fn wants_fresh_proof(self) -> bool {
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
    /// How many items leave the list when a council is closed although somebody has not voted.
    leave: Option<usize>,
    /// The document.
    #[schema(content_media_type = "application/octet-stream")]
    document: Option<Vec<u8>>,
}

/// Fields of a form, by name.
type Fields = Vec<(String, String)>;
/// A document, and what its file is called.
type Document = (String, Vec<u8>);

/// An act that was asked for.
pub struct Given {
    act: ActName,
    fields: Fields,
    document: Option<Document>,
}

/// The fields of a form with files, but those that say nothing, and the document that is in it.
pub async fn read_form(mut form: Multipart) -> Result<(Fields, Option<Document>), Problem> {
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
    Ok((fields, document))
}

impl Given {
    /// Out of a form with files.
    pub async fn read(form: Multipart) -> Result<Self, Problem> {
        let (fields, document) = read_form(form).await?;
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
                let permanent = match self.one("permanent") {
                    None => None,
                    Some("yes") => Some(Period::Permanent),
                    Some(_) => return Err(Error::invalid("permanent is yes, or is left out")),
                };
                let years = self.number("years")?.map(Period::Years);
                let instead = permanent.or(years);
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
                must_be_able_to_sit(archive, &seats)?;
                desk.appoint(&seats, self.number("quorum")?, self.day()?, self.document()?)
            }
            ActName::Vote => {
                let keep = self.all("keep").into_iter().map(|one| {
                    let (name, reason) = match one.split_once('=') {
                        Some(both) => both,
                        None => (one.as_str(), self.must("reason")?),
                    };
                    Ok((archive.listed_record(desk.docket(), name.trim())?, reason.to_owned()))
                });
                let keep = keep.collect::<Taken<Vec<_>>>()?;
                let abstain = self.records(archive, desk, "abstain")?;
                desk.vote(list()?, &keep, &abstain)
            }
            ActName::CloseCouncil => desk.close_council(list()?, self.number("leave")?, self.day()?, self.document()?),
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
            ActName::Attach => desk.attach(self.document()?),
            ActName::Attest => desk.attest(self.must("copy")?, self.day()?, self.document()?),
            ActName::Keep => desk.keep(self.day()?, self.maybe_document()),
            ActName::Abort => desk.abort(self.must("reason")?, self.day()?, self.maybe_document()),
        }
    }
}

/// Refuses a council that could not act here: whoever sits has an open account, and who votes may vote.
pub fn must_be_able_to_sit(archive: &Writing, seats: &[(String, Seat)]) -> Taken<()> {
    let accounts = archive.accounts()?;
    for (name, seat) in seats {
        let account = accounts.iter().find(|one| one.name == *name && one.standing == Standing::Open);
        let account = account.ok_or_else(|| Error::not_found(format!("there is no open account {name:?}")))?;
        let wanted = if *seat == Seat::Secretary { Action::ActInDisposal } else { Action::ReviewDisposal };
        if rights::decide(Some(&account.grants), wanted, Object::Any) != Decision::Allowed {
            return Err(Error::invalid(format!("{name:?} has no role in which to sit in a council"))
                .remedy("name a council member of the whole archive, or let an administrator propose that role"));
        }
    }
    Ok(())
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
            let archive = service.archive()?;
            let docket = archive.disposal_case(&case)?;
            // The desk asks it again; but who is refused is told here, not by a job that nobody waits for.
            archive.must_execute(&docket, &by)?;
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
