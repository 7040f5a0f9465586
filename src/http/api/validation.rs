//! Validating the signatures of a record again: a further run, which is an event.

use super::records::{Described, described};
use super::refused::{NoRole, NotSignedIn, OutOfReach};
use crate::archive::handed_in::HandedIn;
use crate::archive::validation::{Again, Sources, Wanted, run_by_today};
use crate::auth::rights::Action;
use crate::error::Error;
use crate::http::guard::Asking;
use crate::http::handed::Handed;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use crate::network::{Http, Network};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a record is validated again with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a form, whose parts are read one by one")]
pub struct ValidationWanted {
    /// Revocation lists, OCSP answers and certificates, DER or PEM; together at most 200 MiB.
    evidence: Option<Vec<Vec<u8>>>,
    /// `yes`: what the verdict wants is asked of the sources that are allowed.
    fetch: Option<String>,
}

/// What a further run came to, as `chauban revalidate --json` has it.
#[derive(Serialize, ToSchema)]
pub struct ValidationShown {
    /// Identifier of the record.
    pub record: String,
    /// What the run before led to: `accept`, `accept-with-notes`, `review`, `return`; null: there was none.
    pub before: Option<String>,
    /// What it leads to now; null: the record has no signature.
    pub outcome: Option<String>,
    /// When it is tried again, RFC 3339.
    pub retry_at: Option<String>,
    /// Whether it is an event.
    pub recorded: bool,
    /// Places that were asked, and what came of that.
    pub fetched: Vec<FetchShown>,
}

/// A place that was asked for evidence.
#[derive(Serialize, ToSchema)]
pub struct FetchShown {
    /// Its address.
    pub url: String,
    /// What was sought.
    pub seeks: &'static str,
    /// What came of it.
    pub outcome: &'static str,
}

impl From<Again> for ValidationShown {
    fn from(again: Again) -> Self {
        let fetch = |one: &crate::archive::fetching::Attempt| FetchShown {
            url: one.url.clone(),
            seeks: one.seeks.code(),
            outcome: one.outcome.code(),
        };
        Self {
            record: again.record.to_string(),
            fetched: again.attempts.iter().map(fetch).collect(),
            before: again.before,
            outcome: again.outcome,
            retry_at: again.retry_at,
            recorded: again.recorded,
        }
    }
}

/// Validates a record again, with what was handed in.
pub async fn validated(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    handed: Handed,
) -> Result<ValidationShown, Problem> {
    let Described { id, .. } = described(service, asking, id, Action::RevalidateSignatures).await?;
    let by = asking.who()?.account.name.clone();
    let fetches = match handed.field("fetch") {
        "" => false,
        "yes" => true,
        _ => return Err(Problem::invalid("fetch is yes, or left out")),
    };
    let done = blocking(service.clone(), move |service| {
        // Two runs at a time would both capture what neither finds.
        let _turn = service.jobs.turn_if_free()?;
        let network: Arc<dyn Network> = Arc::new(Http::new());
        let sources = fetches.then(|| Sources { network: &network, clock: service.clock.clone() });
        let evidence: Vec<&HandedIn> = handed.files("evidence").collect();
        let mut done = None;
        service.write(|archive| {
            let wanted = Wanted::These(vec![id]);
            run_by_today(archive, sources.as_ref(), &evidence, &wanted, &by, &mut |again| done = Some(again.clone()))
        })?;
        done.ok_or_else(|| Error::not_found("there is no record in what was named"))
    });
    let again = done.await?;
    match &again.failed {
        Some(why) => Err(Problem::conflict(why.clone())),
        None => Ok(again.into()),
    }
}

/// Validate the signatures of a record again: by today's trust anchors, with the evidence that is at hand, handed in, or
/// allowed to be fetched. The run is an event; the earlier ones stay.
#[utoipa::path(post, path = "/records/{id}/revalidation", tag = "records",
    params(("id" = String, Path, description = "identifier or code")),
    request_body(content = ValidationWanted, content_type = "multipart/form-data"),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "what it came to", body = ValidationShown),
    (status = 400, description = "the form or a piece of evidence can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn, NoRole, OutOfReach,
    (status = 408, description = "the evidence took too long to arrive", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "records are being taken in, destroyed or validated, or the record can't be validated", body = ProblemBody, content_type = "application/problem+json"),
    (status = 413, description = "more than 200 MiB", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no form with files", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn revalidation(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ValidationShown>, Problem> {
    let handed = Handed::read(&service, &headers, body).await?;
    validated(&service, &asking, &id, handed).await.map(Json)
}
