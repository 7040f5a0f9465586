//! Requests of readers: who asked for which records, and what was given out, as events.
//!
//! A request is folded from the events under its identifier; the rules are `crate::request`'s. Its events name records by
//! identifier alone, so nothing in them outlives a record that is destroyed meanwhile. The papers of copies are events of
//! the record itself (`copies`), and die with it. A reading copy is the record's own files, opened by a pass (`lending`, `pass`).

mod copies;
mod lending;
mod pass;
mod register;
mod step;

pub use copies::{CopyPackage, Given, Issued};
pub use lending::{Lent, readable};
pub use pass::{FOLDER as PASSES, Pass, Passes};
pub use register::{Register, Registered};
pub use step::{Wanted, approve, certify, close, fulfil, issue_pass, receive, refuse, revoke_pass};

use super::body::{
    PassIssuedBody, PassRevokedBody, RequestApprovedBody, RequestClosedBody, RequestReceivedBody, RequestRefusedBody,
};
use super::project;
use super::reading::Archive;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
pub use crate::request::{Form, READING, RECORDS_MAX, State, by_one_person};
pub use crate::retention::access::Access;
use crate::retention::civil::vietnamese_day;
use crate::time::Micros;
use uuid::Uuid;

/// A request, as its events say.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its identifier.
    pub id: Uuid,
    /// What is asked for.
    pub form: Form,
    /// Who asks, for what, and which records.
    pub asked: RequestReceivedBody,
    /// The records.
    pub records: Vec<Uuid>,
    /// What people did, oldest first.
    pub steps: Vec<Step>,
}

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Step {
    /// Ledger index of its event.
    pub index: u64,
    /// When.
    pub at: Micros,
    /// Who, by pseudonym.
    pub actor: ActorId,
    /// Who, by name.
    pub by: String,
    /// What.
    pub what: Done,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Done {
    /// It came.
    Received,
    /// It is to be answered.
    Approved(RequestApprovedBody),
    /// It is not answered, and why.
    Refused(String),
    /// It was answered.
    Fulfilled,
    /// The pass of this name opens its reading copy.
    PassIssued(Uuid),
    /// No pass opens its reading copy, and why.
    PassRevoked(String),
    /// It is over, and why.
    Closed(String),
}

impl Done {
    /// The state that it leads to.
    pub const fn state(&self) -> State {
        match self {
            Self::Received => State::Received,
            Self::Approved(_) => State::Approved,
            Self::Refused(_) => State::Refused,
            Self::Fulfilled | Self::PassIssued(_) | Self::PassRevoked(_) => State::Fulfilled,
            Self::Closed(_) => State::Closed,
        }
    }

    /// What is said of it; empty where nothing is.
    pub fn reason(&self) -> &str {
        match self {
            Self::Approved(body) => &body.reason,
            Self::Refused(reason) | Self::PassRevoked(reason) | Self::Closed(reason) => reason,
            Self::Received | Self::Fulfilled | Self::PassIssued(_) => "",
        }
    }

    /// Its stable name: that of the state that it led to, where it led to another.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PassIssued(_) => "pass-issued",
            Self::PassRevoked(_) => "pass-revoked",
            other => other.state().name(),
        }
    }

    /// The same in words, Vietnamese and English.
    pub const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::PassIssued(_) => ("đã cấp mã đọc", "pass issued"),
            Self::PassRevoked(_) => ("đã thu hồi mã đọc", "pass revoked"),
            other => other.state().words(),
        }
    }
}

impl Request {
    /// How far it is.
    pub fn state(&self) -> State {
        self.steps.last().map_or(State::Received, |step| step.what.state())
    }

    /// The record in a place, from 1.
    pub fn record(&self, number: usize) -> Result<Uuid> {
        let record = number.checked_sub(1).and_then(|at| self.records.get(at));
        record.copied().ok_or_else(|| Error::not_found("the request names no such record"))
    }
}

impl Archive {
    /// Every request, in the order of their coming.
    pub fn requests(&self) -> Result<Vec<Request>> {
        let ids = self.catalog.requests().map_err(project::catalog)?;
        ids.into_iter().map(|id| self.request(id)).collect()
    }

    /// A request.
    pub fn request(&self, id: Uuid) -> Result<Request> {
        let damaged = || Error::corrupt(format!("the events of request {id} are not in their form"));
        let (mut steps, mut asked) = (Vec::new(), None);
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            let what = match entry.kind {
                EventKind::RequestReceived => {
                    asked = Some(self.body_of::<RequestReceivedBody>(&row)?);
                    Done::Received
                }
                EventKind::RequestApproved => Done::Approved(self.body_of(&row)?),
                EventKind::RequestRefused => Done::Refused(self.body_of::<RequestRefusedBody>(&row)?.reason),
                EventKind::RequestFulfilled => Done::Fulfilled,
                EventKind::PassIssued => {
                    let body: PassIssuedBody = self.body_of(&row)?;
                    Done::PassIssued(Uuid::try_parse(&body.pass).map_err(|_| damaged())?)
                }
                EventKind::PassRevoked => Done::PassRevoked(self.body_of::<PassRevokedBody>(&row)?.reason),
                EventKind::RequestClosed => Done::Closed(self.body_of::<RequestClosedBody>(&row)?.reason),
                // Something else has this identifier.
                _ => return Err(no_request()),
            };
            steps.push(Step { index, at: entry.time, actor: entry.actor, by: self.name_of(entry.actor)?, what });
        }
        let asked: RequestReceivedBody = asked.ok_or_else(no_request)?;
        let form = Form::named(&asked.form);
        let records = asked.records.iter().map(|record| Uuid::try_parse(record).map_err(|_| damaged()));
        Ok(Request { id, form: form.ok_or_else(damaged)?, records: records.collect::<Result<_>>()?, asked, steps })
    }

    /// The request that `text` names.
    pub fn find_request(&self, text: &str) -> Result<Request> {
        let id = Uuid::try_parse(text).map_err(|_| {
            Error::invalid(format!("{text:?} is no identifier of a request"))
                .remedy("`chauban request list` lists them")
        })?;
        self.request(id)
    }

    /// How open the least open of a request's records is on a day; an error where one is destroyed.
    pub fn access_of(&self, request: &Request, now: Micros) -> Result<Access> {
        request.records.iter().try_fold(Access::Open, |access, &record| {
            let body = self.record(record)?;
            Ok(access.max(self.access(record, &body, vietnamese_day(now))?.access))
        })
    }
}

fn no_request() -> Error {
    Error::not_found("there is no such request").remedy("`chauban request list` lists them")
}
