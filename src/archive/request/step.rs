//! Steps of a request, as events.

use super::copies;
use super::lending::readable;
use super::{Form, Passes, Request, no_request};
use crate::archive::announce::{Announced, Heading};
use crate::archive::body::{
    CopyCertifiedBody, PassIssuedBody, PassRevokedBody, ReaderBody, RequestApprovedBody, RequestClosedBody,
    RequestFulfilledBody, RequestReceivedBody, RequestRefusedBody,
};
use crate::archive::disposal::{Handed, Rests};
use crate::archive::writing::Writing;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::paper::is_signed_copy;
use crate::request::{self, Asked, Refusal, State, Step};
use crate::retention::access::Access;
use crate::time::Micros;
use chrono::NaiveDate;
use serde::Serialize;
use std::time::Duration;
use uuid::Uuid;

/// What a reader wants, as an archivist writes it down.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// In which form.
    pub form: Form,
    /// Name of the reader.
    pub reader: String,
    /// The document that proves who that is.
    pub document: String,
    /// What for.
    pub purpose: String,
    /// What the request rests on.
    pub mandate: String,
    /// Records, by identifier or code.
    pub records: Vec<String>,
    /// How many pieces of each copy are issued.
    pub copies: u32,
    /// Last day on which a certified copy is to be used, if one is set.
    pub use_until: Option<NaiveDate>,
    /// How many days a reading copy is read; `None`: as many as there may be.
    pub days: Option<u32>,
}

/// Takes a request in.
pub fn receive(archive: &Writing, wanted: &Wanted, actor: &str) -> Result<Request> {
    let mut records: Vec<Uuid> = Vec::new();
    for name in wanted.records.iter().take(request::RECORDS_MAX + 1) {
        let record = archive.find_record(name)?;
        archive.accession(record)?; // says of a destroyed one that it is
        if wanted.form == Form::ReadingCopy && readable(&archive.record(record)?).next().is_none() {
            return Err(Error::invalid(format!("{name} has no PDF file, and nothing else is read in place"))
                .remedy("ask for a copy of it"));
        }
        if !records.contains(&record) {
            records.push(record);
        }
    }
    let days = wanted.days.or((wanted.form == Form::ReadingCopy).then_some(request::READING.days));
    let body = RequestReceivedBody {
        form: wanted.form.name().to_owned(),
        reader: ReaderBody { name: wanted.reader.trim().to_owned(), document: wanted.document.trim().to_owned() },
        purpose: wanted.purpose.trim().to_owned(),
        mandate: wanted.mandate.trim().to_owned(),
        records: records.iter().map(ToString::to_string).collect(),
        copies: wanted.copies,
        use_until: wanted.use_until.map(|day| day.to_string()),
        days,
    };
    let asked = Asked {
        form: wanted.form,
        reader: &body.reader.name,
        document: &body.reader.document,
        purpose: &body.purpose,
        mandate: &body.mandate,
        records: records.len(),
        copies: body.copies,
        days,
    };
    asked.check().map_err(refused)?;
    let (id, actor) = (archive.new_id(), archive.actor(actor)?);
    let event = announced(archive, EventKind::RequestReceived, id, &body, actor)?;
    archive.commit(vec![event])?;
    archive.request(id)
}

/// Approves a request whose records are as open as was seen, or more: where one is not open to everybody, as another person
/// than received it.
pub fn approve(archive: &Writing, id: Uuid, seen: Access, reason: &str, actor: &str) -> Result<Request> {
    let reason = request::reason(reason).map_err(refused)?;
    let actor = archive.actor(actor)?;
    let _orders = archive.orders()?;
    let request = due(archive, id, Step::Approve)?;
    let access = archive.access_of(&request, archive.now())?;
    if access > seen {
        return Err(Error::conflict("a record is less open than was seen").remedy("look at the request again"));
    }
    let received = request.steps.first().ok_or_else(no_request)?;
    if !request::by_one_person(access) && received.actor == actor {
        return Err(refused(Refusal::SamePerson).remedy("let a second person approve it, under their own name"));
    }
    let body = RequestApprovedBody { access: access.name().to_owned(), reason: reason.to_owned() };
    let event = announced(archive, EventKind::RequestApproved, id, &body, actor)?;
    archive.commit(vec![event])?;
    archive.request(id)
}

/// Refuses a request, with the reason.
pub fn refuse(archive: &Writing, id: Uuid, reason: &str, actor: &str) -> Result<Request> {
    let body = RequestRefusedBody { reason: request::reason(reason).map_err(refused)?.to_owned() };
    let actor = archive.actor(actor)?;
    let _orders = archive.orders()?;
    due(archive, id, Step::Refuse)?;
    let event = announced(archive, EventKind::RequestRefused, id, &body, actor)?;
    archive.commit(vec![event])?;
    archive.request(id)
}

/// Makes the papers of the copies, which from then on can be had; for a reading copy a pass, whose text nobody sees again. If we
/// crash before it was told, another is issued.
pub fn fulfil(archive: &Writing, passes: &Passes, id: Uuid, actor: &str) -> Result<(Request, Option<String>)> {
    let by = archive.actor(actor)?;
    let _orders = archive.orders()?;
    let request = due(archive, id, Step::Fulfil)?;
    let now = archive.now();
    let access = archive.access_of(&request, now)?;
    if request.approved() == Some(Access::Open) && !request::by_one_person(access) {
        return Err(Error::conflict("the records were open when this was approved, and are not any more")
            .remedy("close this request, and receive it anew"));
    }
    let (mut events, mut text) = (Vec::new(), None);
    let body = RequestFulfilledBody { access: access.name().to_owned() };
    let fulfilled = announced(archive, EventKind::RequestFulfilled, id, &body, by)?;
    if request.form == Form::ReadingCopy {
        let (pass, secret) = passes.make(id, end_of(now, request.asked.days.unwrap_or(0)))?;
        events.extend([fulfilled, issued(archive, id, pass, by)?]);
        text = Some(secret);
    } else {
        for number in 1..=request.records.len() {
            events.push(copies::made(archive, &request, number, now, by)?);
        }
        events.push(fulfilled);
    }
    archive.commit(events)?;
    Ok((archive.request(id)?, text))
}

/// Issues another pass for a reading copy, in the place of the one before; its days go on. Its text nobody sees again.
pub fn issue_pass(archive: &Writing, passes: &Passes, id: Uuid, actor: &str) -> Result<(Request, String)> {
    let by = archive.actor(actor)?;
    let _orders = archive.orders()?;
    let until = due(archive, id, Step::Reissue)?.until();
    let until = until.ok_or_else(|| Error::conflict("only a reading copy is opened by a pass"))?;
    if until <= archive.now() {
        return Err(Error::conflict("the days of this reading copy are over").remedy("receive the request anew"));
    }
    let (pass, text) = passes.make(id, until)?;
    archive.commit(vec![issued(archive, id, pass, by)?])?;
    passes.end(id, Some(pass))?;
    Ok((archive.request(id)?, text))
}

/// Revokes what opens a reading copy.
pub fn revoke_pass(archive: &Writing, passes: &Passes, id: Uuid, reason: &str, actor: &str) -> Result<Request> {
    let body = PassRevokedBody { reason: request::reason(reason).map_err(refused)?.to_owned() };
    let actor = archive.actor(actor)?;
    let _orders = archive.orders()?;
    if due(archive, id, Step::Revoke)?.pass().is_none() {
        return Err(Error::conflict("no pass opens this request"));
    }
    let event = announced(archive, EventKind::PassRevoked, id, &body, actor)?;
    archive.commit(vec![event])?;
    passes.end(id, None)?;
    archive.request(id)
}

fn issued(archive: &Writing, id: Uuid, pass: Uuid, actor: ActorId) -> Result<Announced> {
    announced(archive, EventKind::PassIssued, id, &PassIssuedBody { pass: pass.to_string() }, actor)
}

/// So many days later.
pub(super) fn end_of(from: Micros, days: u32) -> Micros {
    let life = Duration::from_secs(24 * 3600 * u64::from(days)).as_micros();
    Micros(from.0.saturating_add(u64::try_from(life).unwrap_or(u64::MAX)))
}

/// Ends a request: its copies can't be had any more, and no pass opens it.
pub fn close(archive: &Writing, passes: &Passes, id: Uuid, reason: &str, actor: &str) -> Result<Request> {
    let body = RequestClosedBody { reason: request::reason(reason).map_err(refused)?.to_owned() };
    let actor = archive.actor(actor)?;
    let _orders = archive.orders()?;
    due(archive, id, Step::Close)?;
    let event = announced(archive, EventKind::RequestClosed, id, &body, actor)?;
    archive.commit(vec![event])?;
    passes.end(id, None)?;
    archive.request(id)
}

/// Takes the signed certificate of a certified copy: it begins with the one that was made, and its signatures pass, or a
/// reason says why it is taken without.
pub fn certify(archive: &Writing, id: Uuid, number: usize, handed: Handed, actor: &str) -> Result<Request> {
    let actor = archive.actor(actor)?;
    let request = archive.request(id)?;
    if request.form != Form::CertifiedCopy || request.state() != State::Fulfilled {
        return Err(refused(Refusal::State));
    }
    let record = request.record(number)?;
    let issued = archive.issued(&request, number)?;
    let paper = archive.paper_of(&issued)?;
    let name = handed.name.clone();
    let is_signed = handed.rests == Rests::Signatures;
    if is_signed && handed.bytes == paper {
        return Err(Error::denied(format!("{name:?} is the certificate as it was made: nobody signed it"))
            .remedy("hand in the signed copy"));
    }
    if is_signed && !is_signed_copy(&paper, &handed.bytes) {
        return Err(Error::conflict(format!(
            "{name:?} is no signed copy of the certificate that was made for this copy"
        ))
        .remedy("sign the file that was made, with a tool that adds its signature behind what is there"));
    }
    let examined = handed.examine(archive)?;
    // Judging takes a while, and nobody waits for it; whether it still fits is asked under the turn.
    let _orders = archive.orders()?;
    if archive.request(id)?.state() != State::Fulfilled {
        return Err(refused(Refusal::State));
    }
    let mut announcer = archive.announcer()?;
    let (mut events, component) = examined.seal(archive, &mut announcer, actor)?;
    let body = CopyCertifiedBody { request: id.to_string(), document: examined.body };
    let heading = Heading { kind: EventKind::CopyCertified, id: record, actor, rule: None };
    events.push(announcer.with_body(heading, archive.scope_of(record, actor)?, vec![component], &body)?);
    archive.commit(events)?;
    archive.request(id)
}

/// A request with which this is done next.
fn due(archive: &Writing, id: Uuid, step: Step) -> Result<Request> {
    let request = archive.request(id)?;
    request.state().after(step).map_err(refused)?;
    Ok(request)
}

fn announced(archive: &Writing, kind: EventKind, id: Uuid, body: &impl Serialize, actor: ActorId) -> Result<Announced> {
    let scope = archive.scope(Bucket::Archive, actor)?;
    archive.announcer()?.with_body(Heading { kind, id, actor, rule: None }, scope, Vec::new(), body)
}

fn refused(refusal: Refusal) -> Error {
    let what = refusal.to_string();
    match refusal {
        Refusal::State => Error::conflict(what),
        Refusal::SamePerson => Error::denied(what),
        _ => Error::invalid(what),
    }
}
