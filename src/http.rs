//! HTTP: the API, the pages, health and metrics, and the ledger as static files.
//!
//! Reads beside whoever writes; what changes something goes through `writer`, one `Writing` of a moment. `connections` takes them, with `tls` or without;
//! `route` is the one table of what there is and what it takes to be allowed; `guard` stands before every handler;
//! `headers` around everything, and `pace` says how often one may ask. The ledger is served as it lies
//! on disk, so that any C2SP client can verify it. Nothing is fetched from elsewhere: style, script and words are in the
//! program.

mod again;
pub mod api;
mod assets;
mod chart;
mod connections;
mod content;
mod given;
mod guard;
mod handed;
mod headers;
mod job;
mod metrics;
mod multipart;
mod pace;
mod pages;
mod problem;
mod remembered;
mod report;
mod route;
mod service;
mod tls;
mod turns;
mod writer;

use crate::archive::Places;
use crate::archive::account::provider::Provider;
use crate::auth::rights::Role;
use crate::error::{Error, Result};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use connections::Connections;
use pages::{
    accounts, agencies, audit, checkpoints, describe, disposal, documents, dossier, due, fonds, holds, home, inspect,
    keys, own, provider, reading, record, reports, requests, retention, rules, search, searches, second, setting,
    sidecar, sources, system, tokens, transfers, trust, webhooks,
};
use route::Routes;
use service::{Front, Service, Told};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use tls::Certificates;
use tower_http::services::ServeDir;

pub use api::description;
pub use route::{ROUTES, Route};
pub use service::{Address, Limits, Upkeep};
pub use tls::{TlsFiles, fingerprint};

/// Threads that talk to browsers; what blocks runs on others.
const WORKERS: usize = 2;

/// How it is served.
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How browsers reach it.
    pub address: Address,
    /// Certificates, where it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// What requests may cost.
    pub limits: Limits,
    /// Roles whose accounts need a second factor; `None`: all of them where it is reached with TLS, by others than this
    /// machine, and none on loopback.
    pub second_factor: Option<BTreeSet<Role>>,
    /// What is done beside requests.
    pub upkeep: Upkeep,
    /// Who says who somebody is, in the place of a password.
    pub provider: Option<Provider>,
}

/// Serves until interrupted. `ready` hears the address listened on, before anything is answered; its error ends it.
pub fn serve(places: &Places, options: Options, ready: impl FnOnce(SocketAddr) -> Result<()>) -> Result<()> {
    let front = match (&options.tls, &options.address) {
        (None, Address::Https(_)) => Front::WebServer,
        (Some(_), _) | (None, Address::Loopback) => Front::Nothing,
    };
    let certificates = options.tls.map(Certificates::load).transpose()?;
    let all: &[Role] = if options.address == Address::Loopback { &[] } else { Role::ALL };
    let second_factor = options.second_factor.unwrap_or_else(|| all.iter().copied().collect());
    let told = Told { address: options.address, front, second_factor, provider: options.provider };
    let service = Arc::new(Service::open(places, told, &options.limits, options.upkeep)?);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(WORKERS).max_blocking_threads(turns::THREADS).enable_all().build()?;
    runtime.block_on(async {
        let listen = options.listen;
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
            Error::unavailable(format!("can't listen on {listen}"))
                .remedy("choose another address with --listen")
                .because(error)
        })?;
        job::take_up(&service)?;
        // A web server before it is one address for everybody.
        let of_one = if front == Front::WebServer { 0 } else { options.limits.connections_per_address };
        let places = (options.limits.connections, of_one);
        let connections = Connections::new(router(service)?, certificates, places)?;
        ready(listener.local_addr()?)?;
        connections.serve(listener).await
    })
}

fn router(service: Arc<Service>) -> Result<Router> {
    let ledger = ServeDir::new(service.archive()?.ledger_folder()).append_index_html_on_directories(false);
    let routes = Routes::new(service.clone())
        .add("GET", "/healthz", home::health)
        .add("GET", "/readyz", home::ready)
        .add("GET", "/metrics", metrics::metrics)
        .add("GET", "/verify.html", assets::verifier)
        .add("GET", "/assets/{name}", assets::asset)
        .add("GET", "/sign-in", home::sign_in_page)
        .add("POST", "/sign-in", home::sign_in)
        .add("GET", "/sign-in/provider", provider::begin)
        .add("GET", "/sign-in/provider/answer", provider::answer)
        .add("GET", "/sign-in/provider/code", provider::code_page)
        .add("POST", "/sign-in/provider/code", provider::code)
        .add("GET", "/sign-in-again", own::sign_in_again_page)
        .add("GET", "/sign-in-again/provider", provider::begin_again)
        .add("POST", "/sign-in-again", own::sign_in_again)
        .add("POST", "/sign-out", home::sign_out)
        .add("GET", "/", home::home)
        .add("GET", "/search", search::search)
        .add("GET", "/searches", searches::list)
        .add("POST", "/searches", searches::create)
        .add("POST", "/searches/{id}/rename", searches::rename)
        .add("POST", "/searches/{id}/delete", searches::delete)
        .add("GET", "/records/{id}", record::record)
        .add("GET", "/records/{id}/files/{number}", record::content)
        .add("POST", "/records/{id}/description", describe::describe)
        .add("GET", "/records/{id}/retention", retention::record)
        .add("POST", "/records/{id}/retention/acts", retention::act_of_record)
        .add("GET", "/records/{id}/retention/history", api::retention::export::record)
        .add("POST", "/records/{id}/retention/confirmation", retention::confirm_record)
        .add("GET", "/records/{id}/receipt", record::receipt)
        .add("GET", "/records/{id}/bundle", record::bundle)
        .add("GET", "/records/{id}/evidence-record", api::records::evidence_record)
        .add("POST", "/records/{id}/revalidation", record::revalidate)
        .add("POST", "/records/{id}/check", record::check)
        .add("GET", "/dossiers/{id}", dossier::dossier)
        .add("POST", "/dossiers/{id}/description", describe::describe_dossier)
        .add("GET", "/dossiers/{id}/retention", retention::dossier)
        .add("POST", "/dossiers/{id}/retention/acts", retention::act_of_dossier)
        .add("GET", "/dossiers/{id}/retention/history", api::retention::export::dossier)
        .add("POST", "/dossiers/{id}/retention/confirmation", retention::confirm_dossier)
        .add("GET", "/reports", reports::first)
        .add("GET", "/reports/{report}", reports::report)
        .add("GET", "/fonds", fonds::list)
        .add("GET", "/fonds/{agency}", fonds::show)
        .add("GET", "/inspect", inspect::inspect)
        .add("GET", "/inspect/checkpoints", checkpoints::checkpoints)
        .add("POST", "/inspect", inspect::check)
        .add("POST", "/inspect/signatures", inspect::signatures)
        .add("GET", "/account", own::account)
        .add("POST", "/account/password", own::change_password)
        .add("POST", "/account/sessions/{id}/end", own::end_session)
        .add("GET", "/account/second-factor", second::shown)
        .add("POST", "/account/second-factor", second::begin)
        .add("POST", "/account/second-factor/confirm", second::confirm)
        .add("POST", "/account/second-factor/end", second::end)
        .add("GET", "/account/keys", keys::shown)
        .add("POST", "/account/keys/{id}/remove", keys::remove)
        .add("GET", "/account/tokens", tokens::shown)
        .add("POST", "/account/tokens", tokens::create)
        .add("POST", "/account/tokens/{id}/revoke", tokens::revoke)
        .add("GET", "/audit", audit::audit)
        .add("GET", "/system", system::system)
        .add("GET", "/accounts", accounts::accounts)
        .add("POST", "/accounts", accounts::create)
        .add("POST", "/accounts/{name}/confirm", accounts::confirm_one)
        .add("POST", "/accounts/{name}/close", accounts::close_one)
        .add("POST", "/accounts/{name}/link", accounts::link_one)
        .add("GET", "/transfers", transfers::list)
        .add("POST", "/transfers", transfers::begin)
        .add("GET", "/transfers/{id}", transfers::show)
        .add("GET", "/transfers/{id}/documents", documents::list)
        .add("GET", "/transfers/{id}/documents/{number}", documents::show)
        .add("GET", "/transfers/{id}/documents/{number}/files/{file}", documents::file)
        .add("GET", "/transfers/{id}/minutes", api::transfers::minutes)
        .add("POST", "/transfers/{id}/minutes", transfers::file_minutes)
        .add("GET", "/transfers/{id}/minutes/{event}", api::transfers::signed_minutes)
        .add("GET", "/transfers/{id}/receipts", api::transfers::receipts)
        .add("GET", "/transfers/{id}/describe", sidecar::show)
        .add("POST", "/transfers/{id}/describe", sidecar::describe)
        .add("GET", "/transfers/{id}/describe/file", sidecar::file)
        .add("POST", "/transfers/{id}/files", transfers::hand_over)
        .add("POST", "/transfers/{id}/remove-file", transfers::remove_file)
        .add("POST", "/transfers/{id}/examine", transfers::examine)
        .add("POST", "/transfers/{id}/submit", transfers::submit)
        .add("POST", "/transfers/{id}/remove", transfers::remove)
        .add("POST", "/transfers/{id}/return", transfers::give_back)
        .add("POST", "/transfers/{id}/accept", transfers::accept)
        .add("GET", "/disposal", disposal::list)
        .add("POST", "/disposal", disposal::open)
        .add("GET", "/disposal/{year}/{number}", disposal::show)
        .add("GET", "/disposal/{year}/{number}/foresight", disposal::foresee)
        .add("POST", "/disposal/{year}/{number}/acts", disposal::act)
        .add("POST", "/disposal/{year}/{number}/papers", disposal::paper)
        .add("GET", "/disposal/{year}/{number}/documents/{document}", api::disposal::document)
        .add("GET", "/rules", rules::list)
        .add("POST", "/rules", rules::adopt)
        .add("POST", "/rules/{id}/approve", rules::approve)
        .add("POST", "/rules/confirm", rules::confirm)
        .add("POST", "/rules/withdraw", rules::withdraw)
        .add("GET", "/rules/settings", setting::show)
        .add("POST", "/rules/settings/holidays", setting::holidays)
        .add("POST", "/rules/settings/archive-kind", setting::archive_kind)
        .add("POST", "/rules/settings/archive-name", setting::archive_name)
        .add("POST", "/rules/settings/sectors", setting::sector)
        .add("GET", "/reading", reading::show)
        .add("POST", "/reading", reading::enter)
        .add("POST", "/reading/end", reading::end)
        .add("GET", "/reading/{number}/files/{file}", reading::file)
        .add("GET", "/requests", requests::list)
        .add("POST", "/requests", requests::receive)
        .add("GET", "/requests/new", requests::new)
        .add("GET", "/requests/{id}", requests::show)
        .add("POST", "/requests/{id}/approve", requests::approve)
        .add("POST", "/requests/{id}/refuse", requests::refuse)
        .add("POST", "/requests/{id}/fulfil", requests::fulfil)
        .add("POST", "/requests/{id}/close", requests::close)
        .add("POST", "/requests/{id}/pass", requests::issue)
        .add("POST", "/requests/{id}/revoke", requests::revoke)
        .add("GET", "/requests/{id}/copies/{number}", api::requests::copy)
        .add("GET", "/requests/{id}/copies/{number}/certificate", api::requests::certificate)
        .add("POST", "/requests/{id}/copies/{number}/certificate", requests::certify)
        .add("GET", "/retention", due::due)
        .add("POST", "/retention/transfer-list", due::transfer_list)
        .add("GET", "/holds", holds::list)
        .add("POST", "/holds", holds::place)
        .add("POST", "/holds/{id}/release", holds::release)
        .add("GET", "/agencies", agencies::list)
        .add("POST", "/agencies/acts", agencies::act)
        .add("GET", "/agencies/table", api::agencies::export)
        .add("POST", "/agencies/table", agencies::import)
        .add("GET", "/agencies/{id}", agencies::show)
        .add("GET", "/trust", trust::list)
        .add("POST", "/trust", trust::propose)
        .add("POST", "/trust/{id}/confirm", trust::confirm)
        .add("POST", "/trust/{id}/end", trust::end)
        .add("GET", "/sources", sources::list)
        .add("POST", "/sources/authorities", sources::add_authority)
        .add("POST", "/sources/authorities/{name}/end", sources::end_authority)
        .add("POST", "/sources/places", sources::add_place)
        .add("POST", "/sources/places/{id}/end", sources::end_place)
        .add("POST", "/system/upkeep", system::run_upkeep)
        .add("POST", "/system/clock", system::confirm_clock)
        .add("GET", "/webhooks", webhooks::shown)
        .add("POST", "/webhooks", webhooks::create)
        .add("POST", "/webhooks/{id}/resume", webhooks::resume_one)
        .add("POST", "/webhooks/{id}/remove", webhooks::remove_one);
    Ok(with_api(routes)
        .finish()
        .with_state(service.clone())
        .nest_service("/ledger", ledger)
        .layer(from_fn(pages::problems))
        .layer(DefaultBodyLimit::max(guard::FORM_BYTES_MAX))
        .layer(from_fn_with_state(service, headers::add)))
}

fn with_api(routes: Routes) -> Routes {
    routes
        .add("GET", "/api/v1/openapi.json", api::openapi)
        .add("GET", "/api/v1/checkpoint", api::holdings::checkpoint)
        .add("POST", "/api/v1/session", api::session::sign_in)
        .add("GET", "/api/v1/session", api::session::show)
        .add("DELETE", "/api/v1/session", api::session::sign_out)
        .add("POST", "/api/v1/session/proof", api::session::prove)
        .add("POST", "/api/v1/session/challenge", api::session::key::ask_to_sign_in)
        .add("POST", "/api/v1/session/key", api::session::key::sign_in)
        .add("POST", "/api/v1/session/proof/challenge", api::session::key::ask_again)
        .add("POST", "/api/v1/session/proof/key", api::session::key::prove)
        .add("POST", "/api/v1/session/provider/challenge", api::session::provider::challenge)
        .add("POST", "/api/v1/session/provider/key", api::session::provider::key)
        .add("GET", "/api/v1/keys", api::keys::list)
        .add("POST", "/api/v1/keys", api::keys::create)
        .add("POST", "/api/v1/keys/challenge", api::keys::challenge)
        .add("DELETE", "/api/v1/keys/{id}", api::keys::remove)
        .add("GET", "/api/v1/tokens", api::tokens::list)
        .add("POST", "/api/v1/tokens", api::tokens::create)
        .add("DELETE", "/api/v1/tokens/{id}", api::tokens::revoke)
        .add("GET", "/api/v1/system", api::system::system)
        .add("GET", "/api/v1/holdings", api::holdings::holdings)
        .add("GET", "/api/v1/reports/{report}", api::reports::report)
        .add("GET", "/api/v1/records", api::search::search)
        .add("GET", "/api/v1/facets", api::search::facets)
        .add("GET", "/api/v1/searches", api::searches::list)
        .add("POST", "/api/v1/searches", api::searches::create)
        .add("PATCH", "/api/v1/searches/{id}", api::searches::rename)
        .add("DELETE", "/api/v1/searches/{id}", api::searches::delete)
        .add("GET", "/api/v1/records/{id}", api::records::show)
        .add("GET", "/api/v1/records/{id}/components/{number}", api::records::component)
        .add("GET", "/api/v1/records/{id}/events", api::records::events)
        .add("PATCH", "/api/v1/records/{id}", api::describe::amend)
        .add("GET", "/api/v1/records/{id}/receipt", api::records::receipt)
        .add("GET", "/api/v1/records/{id}/bundle", api::records::bundle)
        .add("GET", "/api/v1/records/{id}/evidence-record", api::records::evidence_record)
        .add("POST", "/api/v1/records/{id}/revalidation", api::validation::revalidation)
        .add("POST", "/api/v1/records/{id}/check", api::inspection::check)
        .add("GET", "/api/v1/records/{id}/retention", api::records::retention)
        .add("GET", "/api/v1/records/{id}/retention/acts", api::retention::record_acts)
        .add("POST", "/api/v1/records/{id}/retention/acts", api::retention::record_act)
        .add("GET", "/api/v1/records/{id}/retention/history", api::retention::export::record)
        .add("POST", "/api/v1/records/{id}/retention/confirmation", api::retention::record_confirmation)
        .add("GET", "/api/v1/fonds", api::fonds::list)
        .add("GET", "/api/v1/fonds/{agency}", api::fonds::show)
        .add("GET", "/api/v1/fonds/{agency}/dossiers", api::fonds::dossiers)
        .add("GET", "/api/v1/dossiers/{id}", api::dossiers::show)
        .add("PATCH", "/api/v1/dossiers/{id}", api::describe::amend_dossier)
        .add("GET", "/api/v1/dossiers/{id}/records", api::dossiers::records)
        .add("GET", "/api/v1/dossiers/{id}/events", api::dossiers::events)
        .add("GET", "/api/v1/dossiers/{id}/retention", api::dossiers::retention)
        .add("GET", "/api/v1/dossiers/{id}/retention/acts", api::retention::dossier_acts)
        .add("POST", "/api/v1/dossiers/{id}/retention/acts", api::retention::dossier_act)
        .add("GET", "/api/v1/dossiers/{id}/retention/history", api::retention::export::dossier)
        .add("POST", "/api/v1/dossiers/{id}/retention/confirmation", api::retention::dossier_confirmation)
        .add("GET", "/api/v1/transfers", api::transfers::list)
        .add("POST", "/api/v1/transfers", api::transfers::create)
        .add("GET", "/api/v1/transfers/{id}", api::transfers::show)
        .add("DELETE", "/api/v1/transfers/{id}", api::transfers::remove)
        .add("GET", "/api/v1/transfers/{id}/files", api::transfers::files)
        .add("DELETE", "/api/v1/transfers/{id}/files", api::transfers::remove_file)
        .add("OPTIONS", "/api/v1/transfers/{id}/uploads", api::uploads::options)
        .add("POST", "/api/v1/transfers/{id}/uploads", api::uploads::create)
        .add("HEAD", "/api/v1/transfers/{id}/uploads/{upload}", api::uploads::offset)
        .add("PATCH", "/api/v1/transfers/{id}/uploads/{upload}", api::uploads::append)
        .add("DELETE", "/api/v1/transfers/{id}/uploads/{upload}", api::uploads::end)
        .add("POST", "/api/v1/transfers/{id}/examination", api::transfers::examine)
        .add("GET", "/api/v1/transfers/{id}/examination", api::transfers::examination)
        .add("GET", "/api/v1/transfers/{id}/progress", api::transfers::progress)
        .add("POST", "/api/v1/transfers/{id}/submission", api::transfers::submit)
        .add("POST", "/api/v1/transfers/{id}/return", api::transfers::give_back)
        .add("POST", "/api/v1/transfers/{id}/acceptance", api::transfers::accept)
        .add("GET", "/api/v1/transfers/{id}/accession", api::transfers::accession)
        .add("GET", "/api/v1/transfers/{id}/documents", api::documents::list)
        .add("GET", "/api/v1/transfers/{id}/documents/{number}", api::documents::show)
        .add("GET", "/api/v1/transfers/{id}/documents/{number}/files/{file}", api::documents::file)
        .add("GET", "/api/v1/transfers/{id}/minutes", api::transfers::minutes)
        .add("POST", "/api/v1/transfers/{id}/minutes", api::transfers::file_minutes)
        .add("GET", "/api/v1/transfers/{id}/minutes/{event}", api::transfers::signed_minutes)
        .add("GET", "/api/v1/transfers/{id}/receipts", api::transfers::receipts)
        .add("GET", "/api/v1/disposal-cases", api::disposal::list)
        .add("POST", "/api/v1/disposal-cases", api::disposal::open)
        .add("GET", "/api/v1/disposal-cases/{year}/{number}", api::disposal::show)
        .add("GET", "/api/v1/disposal-cases/{year}/{number}/items", api::disposal::list_items)
        .add("GET", "/api/v1/disposal-cases/{year}/{number}/foresight", api::disposal::foresight::foresee)
        .add("GET", "/api/v1/disposal-cases/{year}/{number}/progress", api::disposal::progress)
        .add("GET", "/api/v1/disposal-cases/{year}/{number}/documents/{document}", api::disposal::document)
        .add("POST", "/api/v1/disposal-cases/{year}/{number}/acts", api::disposal::act)
        .add("POST", "/api/v1/disposal-cases/{year}/{number}/papers", api::disposal::paper::paper)
        .add("GET", "/api/v1/retention-rules", api::rules::list)
        .add("POST", "/api/v1/retention-rules", api::rules::create)
        .add("POST", "/api/v1/retention-rules/preview", api::rules::preview)
        .add("POST", "/api/v1/retention-rules/{id}/approval", api::rules::approval)
        .add("POST", "/api/v1/retention-rules/confirmation", api::rules::confirm)
        .add("POST", "/api/v1/retention-rules/withdrawal", api::rules::withdraw)
        .add("GET", "/api/v1/retention-settings", api::setting::list)
        .add("POST", "/api/v1/retention-settings/holidays", api::setting::holidays)
        .add("POST", "/api/v1/retention-settings/archive-kind", api::setting::archive_kind)
        .add("POST", "/api/v1/retention-settings/archive-name", api::setting::archive_name)
        .add("POST", "/api/v1/retention-settings/sectors", api::setting::sector)
        .add("GET", "/api/v1/requests", api::requests::list)
        .add("POST", "/api/v1/requests", api::requests::create)
        .add("GET", "/api/v1/requests/{id}", api::requests::show)
        .add("POST", "/api/v1/requests/{id}/approval", api::requests::approval)
        .add("POST", "/api/v1/requests/{id}/refusal", api::requests::refusal)
        .add("POST", "/api/v1/requests/{id}/fulfilment", api::requests::fulfilment)
        .add("POST", "/api/v1/requests/{id}/closing", api::requests::closing)
        .add("POST", "/api/v1/requests/{id}/pass", api::requests::pass)
        .add("POST", "/api/v1/requests/{id}/revocation", api::requests::revocation)
        .add("GET", "/api/v1/requests/{id}/copies/{number}", api::requests::copy)
        .add("GET", "/api/v1/requests/{id}/copies/{number}/certificate", api::requests::certificate)
        .add("POST", "/api/v1/requests/{id}/copies/{number}/certificate", api::requests::certify)
        .add("GET", "/api/v1/retention/due", api::due::due)
        .add("GET", "/api/v1/retention/evaluation", api::due::evaluation)
        .add("POST", "/api/v1/retention/transfer-list", api::due::transfer_list)
        .add("GET", "/api/v1/holds", api::holds::list)
        .add("POST", "/api/v1/holds", api::holds::place)
        .add("POST", "/api/v1/holds/{id}/release", api::holds::release)
        .add("GET", "/api/v1/agencies", api::agencies::list)
        .add("GET", "/api/v1/agencies/table", api::agencies::export)
        .add("POST", "/api/v1/agencies/table", api::agencies::import)
        .add("POST", "/api/v1/agencies/acts", api::agencies::act)
        .add("GET", "/api/v1/agencies/{id}", api::agencies::show)
        .add("GET", "/api/v1/trust-anchors", api::trust::list)
        .add("POST", "/api/v1/trust-anchors", api::trust::create)
        .add("POST", "/api/v1/trust-anchors/{id}/confirmation", api::trust::confirmation)
        .add("POST", "/api/v1/trust-anchors/{id}/ending", api::trust::ending)
        .add("GET", "/api/v1/time-authorities", api::sources::authorities)
        .add("POST", "/api/v1/time-authorities", api::sources::add_authority)
        .add("POST", "/api/v1/time-authorities/{name}/ending", api::sources::end_authority)
        .add("GET", "/api/v1/evidence-sources", api::sources::sources)
        .add("POST", "/api/v1/evidence-sources", api::sources::add_source)
        .add("POST", "/api/v1/evidence-sources/{id}/ending", api::sources::end_source)
        .add("GET", "/api/v1/time-stamps", api::sources::stamps)
        .add("GET", "/api/v1/upkeep", api::upkeep::show)
        .add("POST", "/api/v1/upkeep", api::upkeep::begin)
        .add("GET", "/api/v1/upkeep/progress", api::upkeep::progress)
        .add("POST", "/api/v1/clock-confirmation", api::upkeep::confirm_clock)
        .add("GET", "/api/v1/digests/{sha256}", api::inspection::digest)
        .add("POST", "/api/v1/check-signature", api::checks::check_signature)
        .add("POST", "/api/v1/verify-receipt", api::checks::receipt)
        .add("POST", "/api/v1/verify-evidence", api::checks::evidence)
        .add("GET", "/api/v1/fixity", api::inspection::fixity)
        .add("GET", "/api/v1/checkpoints", api::checkpoints::list)
        .add("GET", "/api/v1/audit", api::audit::trail)
        .add("GET", "/api/v1/accounts", api::inspection::accounts)
        .add("POST", "/api/v1/accounts", api::accounts::create)
        .add("POST", "/api/v1/accounts/{name}/confirmation", api::accounts::confirmation)
        .add("POST", "/api/v1/accounts/{name}/closing", api::accounts::closing)
        .add("POST", "/api/v1/accounts/{name}/identity", api::accounts::identity)
        .add("GET", "/api/v1/webhooks", api::webhooks::list)
        .add("POST", "/api/v1/webhooks", api::webhooks::create)
        .add("POST", "/api/v1/webhooks/{id}/resumption", api::webhooks::resumption)
        .add("DELETE", "/api/v1/webhooks/{id}", api::webhooks::remove)
}

/// `1,234.5 MB`-like size.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}
