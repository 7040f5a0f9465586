//! What whoever asks gives: a JSON body with the fields that are known, a query with the parameters that the operation has, and
//! nothing else, so that a misspelt field or filter does not pass for one that was not given.

use super::problem::Problem;
use axum::Json;
use axum::extract::{FromRequest, Query, Request};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// A JSON body; a field that it does not have, and one that can't be read, is refused under its name.
pub struct Known<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Known<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = Json::<Box<RawValue>>::from_request(request, state).await;
        let Json(text) = body.map_err(IntoResponse::into_response)?;
        read(text.get()).map(Self).map_err(IntoResponse::into_response)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut unknown = None;
    let mut track = serde_path_to_error::Track::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let followed = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let read = serde_ignored::deserialize(followed, |field| {
        unknown.get_or_insert_with(|| field.to_string());
    });
    let refused = |detail| Problem { status: StatusCode::UNPROCESSABLE_ENTITY, ..Problem::invalid(detail) };
    match (read, unknown) {
        (Ok(read), None) => Ok(read),
        (Ok(_), Some(field)) => Err(refused(format!("there is no field {field} here"))),
        (Err(error), _) => Err(match track.path() {
            path if path.iter().next().is_none() => refused(format!("the JSON can't be read: {error}")),
            path => refused(format!("the field {path} can't be read: {error}")),
        }),
    }
}

/// Refuses a query with other parameters than `known`.
pub fn only(known: &BTreeSet<String>, asked: &Uri) -> Result<(), Problem> {
    // What is no query at all is refused by whoever reads it.
    let given = Query::<Vec<(String, String)>>::try_from_uri(asked).map_or_else(|_| Vec::new(), |Query(given)| given);
    match given.into_iter().find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let known = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let remedy =
                if known.is_empty() { "ask without parameters".into() } else { format!("give {known} or none") };
            Err(Problem { remedy: Some(remedy), ..Problem::invalid(format!("there is no parameter {name} here")) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Outer {
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        day: u8,
    }

    #[test]
    fn a_field_that_is_not_known_is_named_with_its_place() {
        let given: Outer = read(r#"{"inner":[{"day":1}]}"#).unwrap();
        assert_eq!(given.inner[0].day, 1);
        let said = |text: &str| read::<Outer>(text).unwrap_err();
        assert_eq!(said(r#"{"inner":[{"day":1,"dya":2}]}"#).detail, "there is no field inner.0.dya here");
        assert!(said(r#"{"inner":[{"day":"x"}]}"#).detail.starts_with("the field inner[0].day can't be read: "));
        assert!(said("[]").detail.starts_with("the JSON can't be read: "));
        assert_eq!(said("{}").status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn a_parameter_that_is_not_known_is_refused_however_it_is_spelt() {
        let known = BTreeSet::from(["from".to_owned(), "to".to_owned()]);
        let asked = |query: &str| only(&known, &format!("/records?{query}").parse().unwrap());
        assert_eq!(asked("from=2024-01-01&to=&from="), Ok(()));
        assert_eq!(only(&known, &"/records".parse().unwrap()), Ok(()));
        let refused = asked("from=1&form=2").unwrap_err();
        assert_eq!(refused.detail, "there is no parameter form here");
        assert_eq!(refused.remedy.as_deref(), Some("give from, to or none"));
        assert_eq!(asked("%66rom=1"), Ok(()));
        assert!(asked("=1").is_err() && asked("From=1").is_err());
    }
}
