//! Everything known of how long a dossier or record is kept, as a file to go with it elsewhere.
//!
//! It tells holds and disposal cases, so it is for those who see them: [`Action::ReadDisposal`].

use super::{Subject, subject};
use crate::archive::retention::history::premis;
use crate::archive::retention::{Kind, today};
use crate::auth::rights::{Action, Object};
use crate::error::Error;
use crate::http::api::refused::{NoRole, NotSignedIn, OutOfReach};
use crate::http::api::wire::OnDay;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InForm {
    /// `json` (`schemas/retention-history.schema.json`; if nothing is said), or `premis`: PREMIS 3.0, as far as that has words
    /// for it.
    pub form: Option<String>,
}

async fn file(
    (service, asking): (Arc<Service>, Asking),
    (kind, id): (Kind, String),
    day: OnDay,
    wanted: InForm,
) -> Result<Response, Problem> {
    let Subject { id, code, agency, .. } = subject(&service, &asking, kind, &id, Action::ReadHistory).await?;
    asking.may(Action::ReadDisposal, Object::Described { agency: &agency })?;
    let is_premis = match wanted.form.as_deref() {
        None | Some("" | "json") => false,
        Some("premis") => true,
        Some(_) => return Err(Problem::invalid("form is json or premis")),
    };
    let on = day.day()?.unwrap_or_else(|| today(service.clock.as_ref()));
    let bytes = blocking(service, move |service| {
        let history = service.archive()?.retention_history(&id.to_string(), on)?;
        match is_premis {
            true => Ok(premis::document(&history).into_bytes()),
            false => serde_json::to_vec_pretty(&history)
                .map_err(|error| Error::corrupt("the history can't be written").because(error)),
        }
    });
    let (ending, media_type) = if is_premis { ("premis.xml", "application/xml") } else { ("json", "application/json") };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{code}.retention.{ending}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes.await?).into_response())
}

/// The route of what a kind names.
macro_rules! route_of {
    ($kind:ident $tag:tt $at:tt $handler:ident) => {
        /// Everything known of how long it is kept, for whoever takes it over: assignments, events, holds of any time, the exact
        /// text of the rules, decisions with their reasons.
        #[utoipa::path(get, path = $at, tag = $tag,
            params(("id" = String, Path, description = "identifier or code"), OnDay, InForm), security(("session" = [])), responses(
            (status = 200, description = "the history", content((serde_json::Value = "application/json"), (String = "application/xml"))),
            (status = 400, description = "the day or the form can't be read, or there are more than 20,000 records", body = ProblemBody, content_type = "application/problem+json"),
            NotSignedIn, NoRole, OutOfReach,
        ))]
        pub async fn $handler(
            State(service): State<Arc<Service>>,
            asking: Asking,
            Path(id): Path<String>,
            Query(day): Query<OnDay>,
            Query(wanted): Query<InForm>,
        ) -> Result<Response, Problem> {
            file((service, asking), (Kind::$kind, id), day, wanted).await
        }
    };
}

route_of!(Record "records" "/records/{id}/retention/history" record);
route_of!(Dossier "dossiers" "/dossiers/{id}/retention/history" dossier);
