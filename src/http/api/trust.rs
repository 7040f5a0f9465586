//! Trust anchors: whom the archive believes. One person proposes, another confirms, and each gives the fingerprint that they
//! found themselves; what ends trust needs one alone.

use super::refused::{NoRole, NotSignedIn};
use super::system::written;
use crate::archive::trust::{self, Anchor, Edge, NewAnchor, Proposal, read_fingerprint, read_instant};
use crate::digest::Sha256;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A trust anchor.
#[derive(Serialize, ToSchema)]
pub struct AnchorShown {
    /// Its identifier.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Of which tree of certificates it is the root.
    pub tree: String,
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// Subject of the certificate.
    pub subject: String,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// Its key.
    pub key: String,
    /// First instant of the certificate, RFC 3339.
    pub not_before: String,
    /// Its last.
    pub not_after: String,
    /// From when it is trusted, RFC 3339.
    pub from: String,
    /// Until when; null: no end is set.
    pub until: Option<String>,
    /// Where its fingerprint was found.
    pub source: String,
    /// Why it was ended; null: it was not.
    pub ended: Option<String>,
}

/// A trust anchor that waits for a second person.
#[derive(Serialize, ToSchema)]
pub struct AnchorProposed {
    /// What it would be; nothing is judged by it.
    #[serde(flatten)]
    pub anchor: AnchorShown,
    /// Who proposes it.
    pub proposed_by: String,
    /// When, RFC 3339.
    pub proposed_at: String,
}

/// Trust anchors.
#[derive(Serialize, ToSchema)]
pub struct AnchorsListed {
    /// Every one ever added, or those trusted at a time.
    pub anchors: Vec<AnchorShown>,
    /// Those that wait for a second person.
    pub proposals: Vec<AnchorProposed>,
}

/// Trusted when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// A day or an instant: only those trusted then.
    pub at: Option<String>,
}

/// A trust anchor to be proposed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchorWanted {
    /// The certificate: PEM, or DER in base64.
    pub certificate: String,
    /// What is known of it.
    #[serde(flatten)]
    pub about: AnchorAbout,
}

/// What who proposes an anchor says of it.
#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
pub struct AnchorAbout {
    /// SHA-256 of the certificate as its authority published it, never out of the file; colons and spaces are allowed.
    pub fingerprint: String,
    /// Where that was found, 1 to 2000 characters.
    pub source: String,
    /// `official-duty`, `public`, `time-stamping` or `other`.
    pub tree: String,
    /// What people call it; empty: the certificate's common name.
    pub name: String,
    /// First day or instant for which it is trusted; empty: the certificate's first.
    pub from: String,
    /// Last day or instant; empty: no end is set.
    pub until: String,
}

/// What who confirms an anchor found.
#[derive(Deserialize, ToSchema)]
pub struct AnchorConfirmed {
    /// SHA-256 of the certificate as its authority published it.
    pub fingerprint: String,
    /// Where it was found.
    pub source: String,
}

/// How the trust in an anchor ends; a proposal is declined.
#[derive(Deserialize, ToSchema)]
pub struct AnchorEnding {
    /// Last day or instant for which it is trusted; of a proposal, nothing.
    #[serde(default)]
    pub until: String,
    /// Why, 1 to 2000 characters.
    pub reason: String,
}

impl AnchorShown {
    /// An anchor as it is told.
    pub fn new(one: &Anchor) -> Self {
        let certificate = &one.certificate;
        Self {
            id: one.id.to_string(),
            name: one.name.clone(),
            tree: one.tree.code().to_owned(),
            sha256: certificate.sha256().to_string(),
            subject: certificate.subject().to_string(),
            serial: certificate.serial_hex(),
            key: certificate.key().to_string(),
            not_before: written(certificate.not_before()),
            not_after: written(certificate.not_after()),
            from: written(one.from),
            until: one.until.map(written),
            source: one.source.clone(),
            ended: one.ended.clone(),
        }
    }
}

impl AnchorProposed {
    fn new(one: &Proposal) -> Self {
        let (proposed_by, proposed_at) = (one.by.clone(), one.at.to_string());
        Self { anchor: AnchorShown::new(&one.anchor), proposed_by, proposed_at }
    }
}

impl AnchorAbout {
    fn of(self, file: Vec<u8>) -> Result<NewAnchor, Problem> {
        let tree = self.tree.trim().parse();
        Ok(NewAnchor {
            file,
            fingerprint: fingerprint(&self.fingerprint)?,
            source: self.source,
            tree: tree.map_err(|_| Problem::invalid("tree is official-duty, public, time-stamping or other"))?,
            name: self.name,
            from: instant(&self.from, Edge::First)?,
            until: instant(&self.until, Edge::Last)?,
        })
    }
}

fn fingerprint(text: &str) -> Result<Sha256, Problem> {
    read_fingerprint(text).ok_or_else(|| Problem::invalid("a SHA-256 fingerprint has 64 hexadecimal digits"))
}

/// A day or an instant; nothing where nothing is said.
pub(super) fn instant(text: &str, edge: Edge) -> Result<Option<DateTime<Utc>>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let wrong = || Problem::invalid("a time is written as 2026-01-31 or 2026-01-31T08:00:00Z");
            read_instant(text, edge).map(Some).ok_or_else(wrong)
        }
    }
}

/// Anchors, and those that wait.
pub async fn all(service: &Arc<Service>) -> Result<(Vec<Anchor>, Vec<Proposal>), Problem> {
    let both = |service: &Service| {
        let archive = service.archive()?;
        Ok((archive.anchors()?, archive.anchor_proposals()?))
    };
    Ok(blocking(service.clone(), both).await?)
}

/// Proposes an anchor.
pub async fn proposed(
    service: &Arc<Service>,
    asking: &Asking,
    file: Vec<u8>,
    about: AnchorAbout,
) -> Result<Proposal, Problem> {
    let (new, by) = (about.of(file)?, asking.who()?.account.name.clone());
    let change = move |service: &Service| service.write(|archive| trust::propose(archive, &new, &by));
    Ok(blocking(service.clone(), change).await?)
}

/// Confirms what another person proposed.
pub async fn confirmed(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    found: AnchorConfirmed,
) -> Result<Anchor, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let (given, by) = (fingerprint(&found.fingerprint)?, asking.who()?.account.name.clone());
    let change =
        move |service: &Service| service.write(|archive| trust::confirm(archive, id, given, &found.source, &by));
    Ok(blocking(service.clone(), change).await?)
}

/// Ends the trust in an anchor, or declines a proposal.
pub async fn ended(service: &Arc<Service>, asking: &Asking, id: &str, ending: AnchorEnding) -> Result<(), Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::not_found())?;
    let (until, by) = (instant(&ending.until, Edge::Last)?, asking.who()?.account.name.clone());
    let change = move |service: &Service| {
        service.write(|archive| match until {
            None => trust::decline(archive, id, &ending.reason, &by),
            Some(until) => trust::end_by_id(archive, id, until, &ending.reason, &by).map(|_| ()),
        })
    };
    Ok(blocking(service.clone(), change).await?)
}

/// Trust anchors, and those that wait for a second person.
#[utoipa::path(get, path = "/trust-anchors", tag = "administration", params(At), security(("session" = [])), responses(
    (status = 200, description = "the anchors", body = AnchorsListed),
    (status = 400, description = "no time", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole,
))]
pub async fn list(
    State(service): State<Arc<Service>>,
    Query(At { at }): Query<At>,
) -> Result<Json<AnchorsListed>, Problem> {
    let at = instant(at.as_deref().unwrap_or_default(), Edge::First)?;
    let (anchors, proposals) = all(&service).await?;
    let trusted = anchors.iter().filter(|anchor| at.is_none_or(|at| anchor.is_trusted_at(at)));
    Ok(Json(AnchorsListed {
        anchors: trusted.map(AnchorShown::new).collect(),
        proposals: proposals.iter().map(AnchorProposed::new).collect(),
    }))
}

/// Propose a trust anchor. It is believed once another person has confirmed it.
#[utoipa::path(post, path = "/trust-anchors", tag = "administration", request_body = AnchorWanted,
    security(("session" = [], "form-token" = [])), responses(
    (status = 201, description = "proposed", body = AnchorProposed),
    (status = 400, description = "no certificate of an authority, or a field can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, the password was given too long ago, or the fingerprint is of another certificate", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it is an anchor for that time, or proposed already", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn create(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Known(wanted): Known<AnchorWanted>,
) -> Result<(StatusCode, Json<AnchorProposed>), Problem> {
    let file = match wanted.certificate.contains("-----BEGIN") {
        true => wanted.certificate.into_bytes(),
        false => {
            let digits: String = wanted.certificate.split_ascii_whitespace().collect();
            STANDARD.decode(digits).map_err(|_| Problem::invalid("a certificate is PEM, or DER in base64"))?
        }
    };
    let proposal = proposed(&service, &asking, file, wanted.about).await?;
    Ok((StatusCode::CREATED, Json(AnchorProposed::new(&proposal))))
}

/// Confirm a trust anchor that another person proposed: from then on signatures are judged by it.
#[utoipa::path(post, path = "/trust-anchors/{id}/confirmation", tag = "administration",
    params(("id" = String, Path, description = "identifier of the proposal")), request_body = AnchorConfirmed,
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "an anchor", body = AnchorShown),
    (status = 400, description = "no fingerprint, or no source", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, who proposed it, or the fingerprint is another", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "nothing of this identifier waits", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "it is an anchor for that time", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn confirmation(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Known(found): Known<AnchorConfirmed>,
) -> Result<Json<AnchorShown>, Problem> {
    Ok(Json(AnchorShown::new(&confirmed(&service, &asking, &id, found).await?)))
}

/// End the trust in an anchor at a time, or decline a proposal. What was signed before stays to be judged.
#[utoipa::path(post, path = "/trust-anchors/{id}/ending", tag = "administration",
    params(("id" = String, Path, description = "identifier of the anchor or proposal")), request_body = AnchorEnding,
    security(("session" = [], "form-token" = [])), responses(
    (status = 204, description = "ended, or declined"),
    (status = 400, description = "no time, or no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "no role does this, or the password was given too long ago", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "there is none", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "ended already at that time", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn ending(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    Known(given): Known<AnchorEnding>,
) -> Result<StatusCode, Problem> {
    ended(&service, &asking, &id, given).await?;
    Ok(StatusCode::NO_CONTENT)
}
