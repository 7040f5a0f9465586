//! Trust anchors: which roots the archive believes, for which time, on whose word.
//!
//! An anchor is trusted between two dates, because what was signed under it stays to be judged after its end. Adding
//! and ending are events: the state at any time follows from them, and nothing is ever taken back. A certificate that
//! is trusted again after its end is another anchor. Whoever adds one gives its fingerprint, found by another way than
//! the file, and says where. Through the service one person proposes an anchor, and it is believed once another person
//! has given its fingerprint, too.

use super::announce::Heading;
use super::body::{TrustAnchorBody, TrustAnchorEndedBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::signature::tree::Tree;
use crate::signature::x509::Certificate;
use crate::time::Micros;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use uuid::Uuid;

/// Longest file that is read as a certificate, bytes: real roots have some 2 KB.
pub const CERTIFICATE_BYTES_MAX: u64 = 1 << 20;
/// Longest source or reason, characters.
const TEXT_CHARS_MAX: usize = 2_000;

/// An anchor to be added.
#[derive(Debug, Clone)]
pub struct NewAnchor {
    /// The file: DER, or PEM with one certificate.
    pub file: Vec<u8>,
    /// The certificate's SHA-256, found elsewhere than in the file.
    pub fingerprint: Sha256,
    /// Where it was found.
    pub source: String,
    /// What it is the root of.
    pub tree: Tree,
    /// What people call it; empty: the certificate's common name.
    pub name: String,
    /// First instant for which it is trusted; `None`: from the certificate's own beginning.
    pub from: Option<DateTime<Utc>>,
    /// Last instant for which it is trusted; `None`: no end is set.
    pub until: Option<DateTime<Utc>>,
}

/// An anchor of the archive.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// Its identifier.
    pub id: Uuid,
    /// Its certificate.
    pub certificate: Certificate,
    /// What it is the root of.
    pub tree: Tree,
    /// What people call it.
    pub name: String,
    /// First instant for which it is trusted.
    pub from: DateTime<Utc>,
    /// Last instant for which it is trusted.
    pub until: Option<DateTime<Utc>>,
    /// Where its fingerprint was found.
    pub source: String,
    /// Why it was ended, if it was.
    pub ended: Option<String>,
}

impl Anchor {
    /// Whether it is trusted for what happened at `at`.
    pub fn is_trusted_at(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.until.is_none_or(|until| at <= until)
    }
}

/// An anchor that waits for a second person.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// What it would be; nothing is judged by it.
    pub anchor: Anchor,
    /// Who proposes it, by pseudonym.
    actor: ActorId,
    /// And by name.
    pub by: String,
    /// When.
    pub at: Micros,
}

/// What became of an anchor by its events.
#[derive(Default)]
struct Folded {
    proposal: Option<Proposal>,
    anchor: Option<Anchor>,
    is_declined: bool,
}

/// Which instant of a day is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Its first second.
    First,
    /// Its last.
    Last,
}

/// A day (in UTC) or an instant (RFC 3339), as people write it.
pub fn read_instant(text: &str, edge: Edge) -> Option<DateTime<Utc>> {
    let of_day = |day: NaiveDate| match edge {
        Edge::First => day.and_hms_opt(0, 0, 0),
        Edge::Last => day.and_hms_opt(23, 59, 59),
    };
    let day = text.parse::<NaiveDate>().ok().and_then(of_day).map(|time| time.and_utc());
    day.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
}

/// A fingerprint as authorities print it: colons and spaces between the digits are allowed.
pub fn read_fingerprint(text: &str) -> Option<Sha256> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    digits.to_lowercase().parse().ok()
}

impl Archive {
    /// Every anchor ever added, in the order of their fingerprints, then of their addition.
    pub fn anchors(&self) -> Result<Vec<Anchor>> {
        let ids = self.catalog.anchors().map_err(project::catalog)?;
        let folded = ids.into_iter().map(|(_, id)| Ok(self.folded(id)?.anchor));
        folded.filter_map(Result::transpose).collect()
    }

    /// The anchors that wait for a second person.
    pub fn anchor_proposals(&self) -> Result<Vec<Proposal>> {
        let ids = self.catalog.anchors().map_err(project::catalog)?;
        let mut waiting = Vec::new();
        for (_, id) in ids {
            let Folded { proposal, anchor: None, is_declined: false } = self.folded(id)? else { continue };
            waiting.extend(proposal);
        }
        Ok(waiting)
    }

    /// The newest anchor with this fingerprint, or with the one fingerprint that begins so (at least 8 digits).
    pub fn anchor(&self, fingerprint: &str) -> Result<Anchor> {
        let wanted: String = fingerprint.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
        if wanted.len() < 8 {
            return Err(Error::invalid(format!("{fingerprint:?} is no fingerprint"))
                .remedy("give at least eight hexadecimal digits of the certificate's SHA-256"));
        }
        let begins = |anchor: &Anchor| anchor.certificate.sha256().to_string().starts_with(&wanted);
        let mut found: Vec<_> = self.anchors()?.into_iter().filter(begins).collect();
        // Identifiers grow with time (UUIDv7).
        let newest = found.pop().ok_or_else(|| {
            Error::not_found(format!("no trust anchor has the fingerprint {fingerprint}"))
                .remedy("`chauban trust list` lists them")
        })?;
        if found.iter().any(|other| other.certificate.sha256() != newest.certificate.sha256()) {
            return Err(Error::invalid(format!("several fingerprints begin with {fingerprint}"))
                .remedy("give more digits of it"));
        }
        Ok(newest)
    }

    fn anchor_of(&self, id: Uuid) -> Result<Anchor> {
        self.folded(id)?.anchor.ok_or_else(|| Error::corrupt(format!("trust anchor {id}: its first event is missing")))
    }

    /// Folds the events of an anchor.
    fn folded(&self, id: Uuid) -> Result<Folded> {
        let mut folded = Folded::default();
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match entry.kind {
                EventKind::TrustAnchorProposed => {
                    let anchor = added(id, &self.body_of(&row)?)?;
                    let by = self.name_of(entry.actor)?;
                    folded.proposal = Some(Proposal { anchor, actor: entry.actor, by, at: entry.time });
                }
                EventKind::TrustAnchorAdded => folded.anchor = Some(added(id, &self.body_of(&row)?)?),
                EventKind::TrustAnchorEnded => {
                    let body: TrustAnchorEndedBody = self.body_of(&row)?;
                    folded.is_declined = folded.anchor.is_none();
                    if let Some(anchor) = &mut folded.anchor {
                        anchor.until = Some(instant(&body.until)?);
                        anchor.ended = Some(body.reason);
                    }
                }
                _ => {}
            }
        }
        Ok(folded)
    }
}

/// Adds an anchor.
pub fn add(archive: &Writing, new: &NewAnchor, actor: &str) -> Result<Anchor> {
    let _orders = archive.orders()?;
    let id = archive.new_id();
    record(archive, EventKind::TrustAnchorAdded, id, &body_of(archive, new)?, actor)?;
    archive.anchor_of(id)
}

/// Proposes an anchor, which is believed once another person has confirmed it.
pub fn propose(archive: &Writing, new: &NewAnchor, actor: &str) -> Result<Proposal> {
    let _orders = archive.orders()?;
    let body = body_of(archive, new)?;
    let waits = |one: &Proposal| one.anchor.certificate.sha256() == new.fingerprint;
    if archive.anchor_proposals()?.iter().any(waits) {
        return Err(Error::conflict("this certificate is proposed already, and waits for a second person"));
    }
    let id = archive.new_id();
    record(archive, EventKind::TrustAnchorProposed, id, &body, actor)?;
    proposal_of(archive, id)
}

/// Adds an anchor that another person proposed. Who confirms it gives its fingerprint, and says where they found it.
pub fn confirm(archive: &Writing, id: Uuid, fingerprint: Sha256, source: &str, actor: &str) -> Result<Anchor> {
    let _orders = archive.orders()?;
    let Proposal { anchor, actor: proposer, .. } = proposal_of(archive, id)?;
    if proposer == archive.actor(actor)? {
        return Err(Error::denied("who proposed a trust anchor does not confirm it"));
    }
    let (file, from) = (anchor.certificate.raw().to_vec(), Some(anchor.from));
    let Anchor { tree, name, until, .. } = anchor;
    let new = NewAnchor { file, fingerprint, source: source.to_owned(), tree, name, from, until };
    record(archive, EventKind::TrustAnchorAdded, id, &body_of(archive, &new)?, actor)?;
    archive.anchor_of(id)
}

/// Declines an anchor that somebody proposed; who did may, too.
pub fn decline(archive: &Writing, id: Uuid, reason: &str, actor: &str) -> Result<()> {
    let _orders = archive.orders()?;
    let Proposal { anchor, .. } = proposal_of(archive, id)?;
    let body = TrustAnchorEndedBody {
        sha256: anchor.certificate.sha256().to_string(),
        until: rfc3339(anchor.from),
        reason: needed(reason)?.to_owned(),
    };
    record(archive, EventKind::TrustAnchorEnded, id, &body, actor)
}

fn proposal_of(archive: &Archive, id: Uuid) -> Result<Proposal> {
    let waiting = archive.anchor_proposals()?.into_iter().find(|one| one.anchor.id == id);
    waiting.ok_or_else(|| Error::not_found("no trust anchor of this identifier waits for a second person"))
}

/// What an event says of a new anchor, once its certificate is one and its fingerprint fits.
fn body_of(archive: &Archive, new: &NewAnchor) -> Result<TrustAnchorBody> {
    let certificate = read_certificate(&new.file)?;
    must_be_that(&certificate, new.fingerprint)?;
    let is_authority = certificate.extensions().basic_constraints.as_ref().is_none_or(|constraints| constraints.is_ca);
    if !is_authority {
        return Err(Error::invalid(format!("{} is no certification authority's certificate", certificate.subject())));
    }
    let from = new.from.unwrap_or_else(|| certificate.not_before());
    if new.until.is_some_and(|until| until < from) {
        return Err(Error::invalid("the anchor would end before it begins to be trusted"));
    }
    let known = archive.anchors()?.into_iter().filter(|anchor| anchor.certificate.sha256() == new.fingerprint);
    for anchor in known {
        if anchor.until.is_none_or(|until| from <= until) && new.until.is_none_or(|until| anchor.from <= until) {
            return Err(Error::conflict(format!("{} is a trust anchor already for that time", certificate.subject()))
                .remedy("end it with `chauban trust remove`, or give dates that do not overlap"));
        }
    }
    let name = match new.name.trim() {
        "" => certificate.subject().common_name().unwrap_or_default().to_owned(),
        name => name.to_owned(),
    };
    Ok(TrustAnchorBody {
        certificate: STANDARD.encode(certificate.raw()),
        sha256: new.fingerprint.to_string(),
        tree: new.tree.code().to_owned(),
        name,
        from: rfc3339(from),
        until: new.until.map(rfc3339),
        source: needed(&new.source)?.to_owned(),
    })
}

/// What says where a fingerprint was found, or why something ends.
fn needed(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.chars().count() {
        1..=TEXT_CHARS_MAX => Ok(text),
        _ => Err(Error::invalid("source and reason are 1 to 2000 characters")),
    }
}

/// Ends an anchor: it is trusted for nothing that happened after `until`.
pub fn end(archive: &Writing, fingerprint: &str, until: DateTime<Utc>, reason: &str, actor: &str) -> Result<Anchor> {
    let _orders = archive.orders()?;
    let anchor = archive.anchor(fingerprint)?;
    end_one(archive, anchor, until, reason, actor)
}

/// The same of the anchor with this identifier.
pub fn end_by_id(archive: &Writing, id: Uuid, until: DateTime<Utc>, reason: &str, actor: &str) -> Result<Anchor> {
    let _orders = archive.orders()?;
    let anchor = archive.anchors()?.into_iter().find(|anchor| anchor.id == id);
    let anchor = anchor.ok_or_else(|| Error::not_found("there is no trust anchor of this identifier"))?;
    end_one(archive, anchor, until, reason, actor)
}

fn end_one(archive: &Writing, anchor: Anchor, until: DateTime<Utc>, reason: &str, actor: &str) -> Result<Anchor> {
    let reason = needed(reason)?.to_owned();
    if anchor.ended.is_some() && anchor.until == Some(until) {
        return Err(Error::conflict(format!("{} was ended already at that time", anchor.name)));
    }
    let sha256 = anchor.certificate.sha256().to_string();
    let body = TrustAnchorEndedBody { sha256, until: rfc3339(until), reason };
    record(archive, EventKind::TrustAnchorEnded, anchor.id, &body, actor)?;
    archive.anchor_of(anchor.id)
}

fn record(archive: &Writing, kind: EventKind, id: Uuid, body: &impl serde::Serialize, actor: &str) -> Result<()> {
    let actor = archive.actor(actor)?;
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}

/// The one certificate of a file, DER or PEM (RFC 7468).
pub fn read_certificate(file: &[u8]) -> Result<Certificate> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let none = || Error::invalid("the file is no certificate").remedy("give one X.509 certificate, DER or PEM");
    let der = match std::str::from_utf8(file).ok().and_then(|text| text.split_once(BEGIN)) {
        None => file.to_vec(),
        Some((_, after)) => {
            let (inside, rest) = after.split_once(END).ok_or_else(none)?;
            if rest.contains(BEGIN) {
                return Err(Error::invalid("the file holds several certificates").remedy("add them one by one"));
            }
            let digits: String = inside.split_ascii_whitespace().collect();
            STANDARD.decode(digits).map_err(|error| none().because(error))?
        }
    };
    Certificate::read(&der).map_err(|error| none().because(error))
}

fn must_be_that(certificate: &Certificate, fingerprint: Sha256) -> Result<()> {
    if certificate.sha256() == fingerprint {
        return Ok(());
    }
    Err(Error::denied(format!(
        "the fingerprint given is not that of the file: it holds {}, SHA-256 {}",
        certificate.subject(),
        certificate.sha256()
    ))
    .remedy("compare it with what the authority published (gazette, official web site), never with the file's bearer"))
}

fn added(id: Uuid, body: &TrustAnchorBody) -> Result<Anchor> {
    let certificate = STANDARD.decode(&body.certificate).map_err(|error| damaged().because(error))?;
    Ok(Anchor {
        id,
        certificate: Certificate::read(&certificate).map_err(|error| damaged().because(error))?,
        tree: body.tree.parse().map_err(|_| damaged())?,
        name: body.name.clone(),
        from: instant(&body.from)?,
        until: body.until.as_deref().map(instant).transpose()?,
        source: body.source.clone(),
        ended: None,
    })
}

fn instant(text: &str) -> Result<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|_| damaged())
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn damaged() -> Error {
    Error::corrupt("the body of a trust anchor is not in its form")
}
