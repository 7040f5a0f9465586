//! Trust anchors: which roots the archive believes, for which time, on whose word.
//!
//! An anchor is trusted between two dates, because what was signed under it stays to be judged after its end. Adding
//! and ending are events: the state at any time follows from them, and nothing is ever taken back. A certificate that
//! is trusted again after its end is another anchor. Whoever adds one gives its fingerprint, found by another way than
//! the file, and says where.

use super::announce::Heading;
use super::body::{TrustAnchorBody, TrustAnchorEndedBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use crate::signature::tree::Tree;
use crate::signature::x509::Certificate;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// Longest file that is read as a certificate, bytes: real roots have some 2 KB.
pub const CERTIFICATE_BYTES_MAX: u64 = 1 << 20;

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
    /// What people call it.
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

impl Archive {
    /// Every anchor ever added, in the order of their fingerprints, then of their addition.
    pub fn anchors(&self) -> Result<Vec<Anchor>> {
        let ids = self.catalog.anchors().map_err(project::catalog)?;
        ids.into_iter().map(|(_, id)| self.anchor_of(id)).collect()
    }

    /// The newest anchor with this fingerprint, or with the one fingerprint that begins so (at least 8 digits).
    pub fn anchor(&self, fingerprint: &str) -> Result<Anchor> {
        let wanted: String = fingerprint.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
        if wanted.len() < 8 {
            return Err(Error::invalid(format!("{fingerprint:?} is no fingerprint"))
                .remedy("give at least eight hexadecimal digits of the certificate's SHA-256"));
        }
        let ids = self.catalog.anchors().map_err(project::catalog)?;
        let mut found: Vec<_> = ids.into_iter().filter(|(sha256, _)| sha256.to_string().starts_with(&wanted)).collect();
        // Identifiers grow with time (UUIDv7).
        let (sha256, id) = found.pop().ok_or_else(|| {
            Error::not_found(format!("no trust anchor has the fingerprint {fingerprint}"))
                .remedy("`chauban trust list` lists them")
        })?;
        if found.iter().any(|(other, _)| *other != sha256) {
            return Err(Error::invalid(format!("several fingerprints begin with {fingerprint}"))
                .remedy("give more digits of it"));
        }
        self.anchor_of(id)
    }

    /// Folds the events of an anchor.
    fn anchor_of(&self, id: Uuid) -> Result<Anchor> {
        let mut anchor = None;
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match entry.kind {
                EventKind::TrustAnchorAdded => anchor = Some(added(id, &self.body_of(&row)?)?),
                EventKind::TrustAnchorEnded => {
                    let body: TrustAnchorEndedBody = self.body_of(&row)?;
                    if let Some(anchor) = &mut anchor {
                        anchor.until = Some(instant(&body.until)?);
                        anchor.ended = Some(body.reason);
                    }
                }
                _ => {}
            }
        }
        anchor.ok_or_else(|| Error::corrupt(format!("trust anchor {id}: its first event is missing")))
    }
}

/// Adds an anchor.
pub fn add(archive: &Writing, new: &NewAnchor, actor: &str) -> Result<Anchor> {
    let certificate = read_certificate(&new.file)?;
    confirm(&certificate, new.fingerprint)?;
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
    let body = TrustAnchorBody {
        certificate: STANDARD.encode(certificate.raw()),
        sha256: new.fingerprint.to_string(),
        tree: new.tree.code().to_owned(),
        name: new.name.clone(),
        from: rfc3339(from),
        until: new.until.map(rfc3339),
        source: new.source.clone(),
    };
    let id = archive.new_id();
    record(archive, EventKind::TrustAnchorAdded, id, &body, actor)?;
    archive.anchor_of(id)
}

/// Ends an anchor: it is trusted for nothing that happened after `until`.
pub fn end(archive: &Writing, fingerprint: &str, until: DateTime<Utc>, reason: &str, actor: &str) -> Result<Anchor> {
    let anchor = archive.anchor(fingerprint)?;
    if anchor.ended.is_some() && anchor.until == Some(until) {
        return Err(Error::conflict(format!("{} was ended already at that time", anchor.name)));
    }
    let body = TrustAnchorEndedBody {
        sha256: anchor.certificate.sha256().to_string(),
        until: rfc3339(until),
        reason: reason.to_owned(),
    };
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

fn confirm(certificate: &Certificate, fingerprint: Sha256) -> Result<()> {
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
