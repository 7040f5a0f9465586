//! The API, version 1: resources under `/api/v1`, JSON, problems (RFC 9457), cursors, entity tags, ranges.
//!
//! `schemas/openapi.json` is generated from this code and a test holds it. A field or path of version 1 is never renamed or
//! removed; additions are no new version. Wire types are here and nowhere else: the domain does not know them.

pub mod accounts;
pub mod agencies;
pub mod audit;
pub mod checkpoints;
pub mod checks;
pub mod describe;
pub mod disposal;
pub mod documents;
pub mod dossiers;
pub mod due;
pub mod fonds;
pub mod holdings;
pub mod holds;
pub mod inspection;
pub mod keys;
pub mod records;
mod refused;
pub mod reports;
pub mod requests;
pub mod retention;
pub mod rules;
pub mod search;
pub mod searches;
pub mod session;
pub mod setting;
pub mod sources;
pub mod system;
pub mod tokens;
mod told;
pub mod transfers;
pub mod trust;
pub mod upkeep;
pub mod uploads;
pub mod validation;
pub mod webhooks;
mod wire;

pub use wire::{Both, OnDay};

use super::guard::TOKEN_HEADER;
use super::problem::ProblemBody;
use refused::Everywhere;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use told::Webhooks;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

/// Where the paths of the description begin.
const ROOT: &str = "/api/v1";

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Châu Bản",
        version = "1",
        description = "A state electronic records archive: hand over, find, read and prove records. Every answer that is no success \
            is a problem (RFC 9457) with a stable `code`. Sign in with `POST /session`; requests that change something \
            carry the session's `x-form-token`. Or send an API token as `Authorization: Bearer`, wherever a session would \
            do that is not about the account itself.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = ROOT)),
    paths(
        session::sign_in, session::show, session::sign_out, session::prove,
        session::key::ask_to_sign_in, session::key::sign_in, session::key::ask_again, session::key::prove,
        session::provider::challenge, session::provider::key,
        keys::list, keys::challenge, keys::create, keys::remove,
        tokens::list, tokens::create, tokens::revoke,
        holdings::holdings, holdings::checkpoint, reports::report, system::system,
        search::search, search::facets, records::show, records::component, records::events, records::receipt,
        records::bundle, records::evidence_record, records::retention, validation::revalidation, inspection::check, describe::amend, describe::amend_dossier,
        searches::list, searches::create, searches::rename, searches::delete,
        fonds::list, fonds::show, fonds::dossiers,
        dossiers::show, dossiers::records, dossiers::events, dossiers::retention,
        retention::record_acts, retention::record_act, retention::record_confirmation, retention::dossier_acts,
        retention::dossier_act, retention::dossier_confirmation,
        transfers::list, transfers::create, transfers::show, transfers::remove, transfers::files, transfers::remove_file,
        uploads::options, uploads::create, uploads::offset, uploads::append, uploads::end,
        transfers::examine, transfers::examination, transfers::progress, transfers::submit, transfers::give_back,
        documents::list, documents::show, documents::file,
        transfers::accept, transfers::accession, transfers::minutes, transfers::file_minutes, transfers::signed_minutes,
        transfers::receipts,
        disposal::list, disposal::open, disposal::show, disposal::list_items, disposal::progress, disposal::foresight::foresee, disposal::document, disposal::paper::paper,
        disposal::act,
        requests::list, requests::create, requests::show, requests::approval, requests::refusal, requests::fulfilment,
        requests::closing, requests::pass, requests::revocation, requests::copy, requests::certificate, requests::certify,
        due::due, due::evaluation, due::transfer_list, retention::export::record, retention::export::dossier,
        holds::list, holds::place, holds::release,
        setting::list, setting::holidays, setting::archive_kind, setting::archive_name, setting::sector,
        rules::list, rules::preview, rules::create, rules::approval, rules::confirm, rules::withdraw,
        agencies::list, agencies::show, agencies::act, agencies::export, agencies::import,
        trust::list, trust::create, trust::confirmation, trust::ending,
        sources::authorities, sources::add_authority, sources::end_authority, sources::sources, sources::add_source,
        sources::end_source, sources::stamps, upkeep::show, upkeep::begin, upkeep::progress, upkeep::confirm_clock,
        checkpoints::list, checks::check_signature, checks::receipt, checks::evidence,
        inspection::digest, inspection::fixity, inspection::accounts, audit::trail,
        accounts::create, accounts::confirmation, accounts::closing, accounts::identity,
        webhooks::list, webhooks::create, webhooks::resumption, webhooks::remove,
    ),
    components(schemas(ProblemBody, told::WebhookMessage)),
    modifiers(&Security, &Everywhere, &Webhooks)
)]
struct Described;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, described: &mut utoipa::openapi::OpenApi) {
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("chauban")));
        let token = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(TOKEN_HEADER)));
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = described.components.get_or_insert_default();
        components.add_security_scheme("session", cookie);
        components.add_security_scheme("form-token", token);
        components.add_security_scheme("token", bearer);
    }
}

/// The description as JSON, as `schemas/openapi.json` has it.
pub fn description() -> String {
    Described::openapi().to_pretty_json().unwrap_or_default() + "\n"
}

/// Names of the parameters that an operation has in its query, by its description; `None`: no operation is described there.
pub fn query_parameters(method: &str, path: &str) -> Option<&'static BTreeSet<String>> {
    static ALL: LazyLock<BTreeMap<(&str, String), BTreeSet<String>>> = LazyLock::new(|| {
        let paths = Described::openapi().paths.paths;
        let of_path = |(path, item)| {
            operations(item).map(move |(method, one)| ((method, format!("{ROOT}{path}")), in_query(one)))
        };
        paths.into_iter().flat_map(of_path).collect()
    });
    ALL.iter().find(|((described, at), _)| *described == method && at == path).map(|(_, names)| names)
}

fn operations(item: PathItem) -> impl Iterator<Item = (&'static str, Operation)> {
    let all = [
        ("GET", item.get),
        ("POST", item.post),
        ("PATCH", item.patch),
        ("DELETE", item.delete),
        ("HEAD", item.head),
        ("OPTIONS", item.options),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}

fn in_query(operation: Operation) -> BTreeSet<String> {
    let all = operation.parameters.unwrap_or_default().into_iter();
    let of_query = |one| match one {
        RefOr::T(Parameter { name, parameter_in: ParameterIn::Query, .. }) => Some(name),
        RefOr::T(_) | RefOr::Ref(_) => None,
    };
    all.filter_map(of_query).collect()
}

/// `GET /api/v1/openapi.json`
pub async fn openapi() -> impl axum::response::IntoResponse {
    ([(axum::http::header::CONTENT_TYPE, "application/json")], description())
}
