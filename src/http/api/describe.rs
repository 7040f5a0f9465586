//! Describing records and dossiers.

use super::dossiers;
use super::records::described;
use super::refused::{NotSignedIn, OutOfReach};
use crate::archive::describe::{DossierField, Field, Seen, describe, describe_dossier};
use crate::auth::rights::Action;
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What is amended: fields that are not named stay as they are.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct NewDescription {
    /// What the document is about.
    pub subject: Option<String>,
    /// Keywords, all of them from now on.
    pub keyword: Option<Vec<String>>,
    /// Language.
    pub language: Option<String>,
    /// Signer.
    pub signer: Option<String>,
    /// Position of the signer.
    pub signer_position: Option<String>,
    /// Pages.
    pub number_of_page: Option<u32>,
    /// Level of sensitivity, 1 to 4; 3 and 4 close the files to all but archivists and deciding authorities. Who set it last
    /// does not lower it.
    pub sensitivity: Option<u8>,
    /// Why, 1 to 2000 characters.
    pub reason: String,
}

impl NewDescription {
    fn wanted(&self) -> Vec<(Field, String)> {
        let fields = [
            (Field::Subject, self.subject.clone()),
            (Field::Keywords, self.keyword.as_ref().map(|all| all.join("\n"))),
            (Field::Language, self.language.clone()),
            (Field::Signer, self.signer.clone()),
            (Field::SignerPosition, self.signer_position.clone()),
            (Field::Pages, self.number_of_page.map(|pages| pages.to_string())),
            (Field::Sensitivity, self.sensitivity.map(|level| level.to_string())),
        ];
        fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
    }
}

/// Amends the description of a record that `asking` may describe.
pub async fn amended(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    seen: Seen,
    wanted: Vec<(Field, String)>,
    reason: String,
) -> Result<(), Problem> {
    let found = described(service, asking, id, Action::Describe).await?;
    let by = asking.who()?.account.name.clone();
    Ok(blocking(service.clone(), move |service| {
        service.write(|archive| describe(archive, &found.id.to_string(), &wanted, &reason, seen, &by).map(|_| ()))
    })
    .await?)
}

/// Amend what describes a record. What it said before, who amended it and why stay in its history.
#[utoipa::path(patch, path = "/records/{id}", tag = "records",
    params(("id" = String, Path, description = "identifier or code"),
        ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    request_body = NewDescription, security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the record as it reads now", body = super::records::Record, headers(("etag" = String))),
    (status = 400, description = "a field can't be read, or there is no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "not in the account's roles", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it says that already", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "the record has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn amend(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(new): Known<NewDescription>,
) -> Result<Response, Problem> {
    let found = described(&service, &asking, &id, Action::Describe).await?;
    let mut seen = Seen::Any;
    if headers.contains_key(header::IF_MATCH) {
        super::transfers::must_match(&headers, &super::records::tag(&found))?;
        seen = Seen::AsOf(found.newest);
    }
    amended(&service, &asking, &id, seen, new.wanted(), new.reason).await?;
    super::records::show(State(service), asking, Path(id), HeaderMap::new()).await
}

/// What is amended of a dossier: fields that are not named stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDossierDescription {
    /// Title.
    pub title: Option<String>,
    /// Remarks.
    pub description: Option<String>,
    /// Why, 1 to 2000 characters.
    pub reason: String,
}

/// Amends the description of a dossier that `asking` may describe.
pub async fn dossier_amended(
    service: &Arc<Service>,
    asking: &Asking,
    id: &str,
    seen: Seen,
    new: NewDossierDescription,
) -> Result<(), Problem> {
    let found = dossiers::described(service, asking, id, Action::Describe).await?;
    let by = asking.who()?.account.name.clone();
    let NewDossierDescription { title, description, reason } = new;
    let fields = [(DossierField::Title, title), (DossierField::Remarks, description)];
    let wanted: Vec<_> = fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect();
    let amend = move |service: &Service| {
        service.write(|archive| describe_dossier(archive, &found.id.to_string(), &wanted, &reason, seen, &by))
    };
    blocking(service.clone(), amend).await?;
    Ok(())
}

/// Amend what describes a dossier. What it said before, who amended it and why stay in its history.
#[utoipa::path(patch, path = "/dossiers/{id}", tag = "dossiers",
    params(("id" = String, Path, description = "identifier or code"),
        ("if-match" = Option<String>, Header, description = "entity tag that was seen")),
    request_body = NewDossierDescription, security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the dossier as it reads now", body = super::wire::Dossier, headers(("etag" = String))),
    (status = 400, description = "a field can't be read, or there is no reason", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "not in the account's roles", body = ProblemBody, content_type = "application/problem+json"),
    OutOfReach,
    (status = 409, description = "it says that already, or no record of it is left", body = ProblemBody, content_type = "application/problem+json"),
    (status = 412, description = "the dossier has changed since it was seen", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn amend_dossier(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
    Known(new): Known<NewDossierDescription>,
) -> Result<Response, Problem> {
    let found = dossiers::described(&service, &asking, &id, Action::Describe).await?;
    let mut seen = Seen::Any;
    if headers.contains_key(header::IF_MATCH) {
        super::transfers::must_match(&headers, &found.tag())?;
        seen = Seen::AsOf(found.newest);
    }
    dossier_amended(&service, &asking, &id, seen, new).await?;
    dossiers::show(State(service), asking, Path(id), HeaderMap::new()).await
}
