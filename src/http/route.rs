//! Every route, and what whoever asks it must be allowed to do.
//!
//! The table is the only place where a path meets an action. A route that is not in it can't be added, and the guard asks
//! `auth::rights::decide` before any handler runs; handlers ask it again for the record or dossier they found.
//! `tests/it/rights.csv` says what each role is answered on each of them.

use super::api;
use super::guard::{self, Guarded};
use super::service::Service;
use crate::auth::rights::Action;
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use std::sync::Arc;

/// One route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with its parameters in braces.
    pub path: &'static str,
    /// What must be allowed.
    pub action: Action,
}

impl Route {
    /// Whether whoever asks it may be guessing a password or a pass, or has a provider asked: one address is given few tries.
    pub fn tries_password(self) -> bool {
        let again = ["/sign-in-again", "/account/password", "/account/second-factor/confirm", "/reading"];
        let proves = again.contains(&self.path) || self.path.starts_with("/api/v1/session/proof");
        let asks_provider = self.path.contains("/provider");
        asks_provider || self.method == "POST" && (self.action == Action::SignIn || proves)
    }
}

macro_rules! routes {
    ($($method:ident $path:literal $action:ident;)*) => {
        /// Every route but the files under `/ledger/`, which anybody may read.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, action: Action::$action },)*];
    };
}

routes! {
    GET "/healthz" ReadPublic;
    GET "/readyz" ReadPublic;
    GET "/metrics" ReadPublic;
    GET "/verify.html" ReadPublic;
    GET "/assets/{name}" ReadPublic;
    GET "/sign-in" SignIn;
    POST "/sign-in" SignIn;
    GET "/sign-in/provider" SignIn;
    GET "/sign-in/provider/answer" SignIn;
    GET "/sign-in/provider/code" SignIn;
    POST "/sign-in/provider/code" SignIn;
    GET "/sign-in-again" KeepOwnAccount;
    GET "/sign-in-again/provider" KeepOwnAccount;
    POST "/sign-in-again" KeepOwnAccount;
    POST "/sign-out" KeepOwnAccount;
    GET "/" ReadHoldings;
    GET "/search" Search;
    GET "/searches" Search;
    POST "/searches" Search;
    POST "/searches/{id}/rename" Search;
    POST "/searches/{id}/delete" Search;
    GET "/records/{id}" ReadDescription;
    POST "/records/{id}/description" Describe;
    GET "/records/{id}/retention" ReadDescription;
    POST "/records/{id}/retention/acts" KeepPeriods;
    GET "/records/{id}/retention/history" ReadDisposal;
    POST "/records/{id}/retention/confirmation" ConfirmPeriods;
    GET "/records/{id}/files/{number}" ReadContent;
    GET "/records/{id}/receipt" FetchReceipt;
    GET "/records/{id}/bundle" FetchReceipt;
    GET "/records/{id}/evidence-record" FetchReceipt;
    POST "/records/{id}/revalidation" RevalidateSignatures;
    POST "/records/{id}/check" Inspect;
    GET "/dossiers/{id}" ReadDescription;
    POST "/dossiers/{id}/description" Describe;
    GET "/dossiers/{id}/retention" ReadDescription;
    POST "/dossiers/{id}/retention/acts" KeepPeriods;
    GET "/dossiers/{id}/retention/history" ReadDisposal;
    POST "/dossiers/{id}/retention/confirmation" ConfirmPeriods;
    GET "/reports" ReadHoldings;
    GET "/reports/{report}" ReadHoldings;
    GET "/fonds" ReadDescription;
    GET "/fonds/{agency}" ReadDescription;
    GET "/inspect" Inspect;
    GET "/inspect/checkpoints" Inspect;
    POST "/inspect" Inspect;
    POST "/inspect/signatures" Inspect;
    GET "/account" KeepOwnAccount;
    POST "/account/password" KeepOwnAccount;
    POST "/account/sessions/{id}/end" KeepOwnFactors;
    GET "/account/second-factor" KeepOwnFactors;
    POST "/account/second-factor" KeepOwnFactors;
    POST "/account/second-factor/confirm" KeepOwnFactors;
    POST "/account/second-factor/end" KeepOwnFactors;
    GET "/account/keys" KeepOwnFactors;
    POST "/account/keys/{id}/remove" KeepOwnFactors;
    GET "/account/tokens" KeepOwnFactors;
    POST "/account/tokens" KeepOwnFactors;
    POST "/account/tokens/{id}/revoke" KeepOwnFactors;
    GET "/audit" ReadAuditTrail;
    GET "/system" ReadSystem;
    GET "/accounts" ReadAccounts;
    GET "/transfers" ReadTransfers;
    POST "/transfers" HandOver;
    GET "/transfers/{id}" ReadTransfers;
    GET "/transfers/{id}/documents" ReadTransfers;
    GET "/transfers/{id}/documents/{number}" ReadTransfers;
    GET "/transfers/{id}/documents/{number}/files/{file}" ReadTransfers;
    GET "/transfers/{id}/minutes" ReadTransfers;
    POST "/transfers/{id}/minutes" ReadTransfers;
    GET "/transfers/{id}/minutes/{event}" ReadTransfers;
    GET "/transfers/{id}/receipts" FetchReceipt;
    GET "/transfers/{id}/describe" HandOver;
    POST "/transfers/{id}/describe" HandOver;
    GET "/transfers/{id}/describe/file" HandOver;
    POST "/transfers/{id}/files" HandOver;
    POST "/transfers/{id}/remove-file" HandOver;
    POST "/transfers/{id}/examine" HandOver;
    POST "/transfers/{id}/submit" HandOver;
    POST "/transfers/{id}/remove" HandOver;
    POST "/transfers/{id}/return" ReceiveTransfer;
    POST "/transfers/{id}/accept" ReceiveTransfer;
    GET "/disposal" ReadDisposal;
    POST "/disposal" HandleDisposal;
    GET "/disposal/{year}/{number}" ReadDisposal;
    GET "/disposal/{year}/{number}/foresight" ReadDisposal;
    POST "/disposal/{year}/{number}/acts" ActInDisposal;
    POST "/disposal/{year}/{number}/papers" ActInDisposal;
    GET "/disposal/{year}/{number}/documents/{document}" ReadDisposal;
    GET "/reading" ReadByPass;
    POST "/reading" ReadByPass;
    POST "/reading/end" ReadByPass;
    GET "/reading/{number}/files/{file}" ReadByPass;
    GET "/requests" ReadRequests;
    POST "/requests" HandleRequests;
    GET "/requests/new" HandleRequests;
    GET "/requests/{id}" ReadRequests;
    POST "/requests/{id}/approve" ApproveRequests;
    POST "/requests/{id}/refuse" ApproveRequests;
    POST "/requests/{id}/fulfil" HandleRequests;
    POST "/requests/{id}/close" HandleRequests;
    POST "/requests/{id}/pass" HandleRequests;
    POST "/requests/{id}/revoke" HandleRequests;
    GET "/requests/{id}/copies/{number}" HandleRequests;
    GET "/requests/{id}/copies/{number}/certificate" HandleRequests;
    POST "/requests/{id}/copies/{number}/certificate" HandleRequests;
    GET "/retention" ReadDisposal;
    POST "/retention/transfer-list" HandleDisposal;
    GET "/holds" ReadDisposal;
    POST "/holds" KeepHolds;
    POST "/holds/{id}/release" KeepHolds;
    POST "/accounts" ChangeAccounts;
    POST "/accounts/{name}/confirm" ChangeAccounts;
    POST "/accounts/{name}/close" ChangeAccounts;
    POST "/accounts/{name}/link" ChangeAccounts;
    GET "/rules" ReadRules;
    POST "/rules" AdoptRules;
    POST "/rules/{id}/approve" AdoptRules;
    POST "/rules/confirm" ConfirmRules;
    POST "/rules/withdraw" ConfirmRules;
    GET "/rules/settings" ReadRules;
    POST "/rules/settings/holidays" AdoptRules;
    POST "/rules/settings/archive-kind" AdoptRules;
    POST "/rules/settings/archive-name" AdoptRules;
    POST "/rules/settings/sectors" AdoptRules;
    GET "/agencies" ReadAgencies;
    POST "/agencies/acts" KeepAgencies;
    GET "/agencies/table" ReadAgencies;
    POST "/agencies/table" KeepAgencies;
    GET "/agencies/{id}" ReadAgencies;
    GET "/trust" ReadSystem;
    POST "/trust" KeepTrust;
    POST "/trust/{id}/confirm" KeepTrust;
    POST "/trust/{id}/end" KeepTrust;
    GET "/sources" ReadSystem;
    POST "/sources/authorities" KeepTrust;
    POST "/sources/authorities/{name}/end" KeepTrust;
    POST "/sources/places" KeepTrust;
    POST "/sources/places/{id}/end" KeepTrust;
    POST "/system/upkeep" RunUpkeep;
    POST "/system/clock" ConfirmClock;
    GET "/webhooks" ReadWebhooks;
    POST "/webhooks" KeepWebhooks;
    POST "/webhooks/{id}/resume" KeepWebhooks;
    POST "/webhooks/{id}/remove" KeepWebhooks;
    GET "/api/v1/openapi.json" ReadPublic;
    GET "/api/v1/checkpoint" ReadPublic;
    POST "/api/v1/session" SignIn;
    GET "/api/v1/session" KeepOwnAccount;
    DELETE "/api/v1/session" KeepOwnAccount;
    POST "/api/v1/session/proof" KeepOwnAccount;
    POST "/api/v1/session/challenge" SignIn;
    POST "/api/v1/session/key" SignIn;
    POST "/api/v1/session/proof/challenge" KeepOwnAccount;
    POST "/api/v1/session/proof/key" KeepOwnAccount;
    POST "/api/v1/session/provider/challenge" SignIn;
    POST "/api/v1/session/provider/key" SignIn;
    GET "/api/v1/keys" KeepOwnFactors;
    POST "/api/v1/keys" KeepOwnFactors;
    POST "/api/v1/keys/challenge" KeepOwnFactors;
    DELETE "/api/v1/keys/{id}" KeepOwnFactors;
    GET "/api/v1/tokens" KeepOwnFactors;
    POST "/api/v1/tokens" KeepOwnFactors;
    DELETE "/api/v1/tokens/{id}" KeepOwnFactors;
    GET "/api/v1/holdings" ReadHoldings;
    GET "/api/v1/reports/{report}" ReadHoldings;
    GET "/api/v1/records" Search;
    GET "/api/v1/facets" Search;
    GET "/api/v1/searches" Search;
    POST "/api/v1/searches" Search;
    PATCH "/api/v1/searches/{id}" Search;
    DELETE "/api/v1/searches/{id}" Search;
    GET "/api/v1/records/{id}" ReadDescription;
    PATCH "/api/v1/records/{id}" Describe;
    GET "/api/v1/records/{id}/components/{number}" ReadContent;
    GET "/api/v1/records/{id}/events" ReadHistory;
    GET "/api/v1/records/{id}/receipt" FetchReceipt;
    GET "/api/v1/records/{id}/bundle" FetchReceipt;
    GET "/api/v1/records/{id}/evidence-record" FetchReceipt;
    POST "/api/v1/records/{id}/revalidation" RevalidateSignatures;
    POST "/api/v1/records/{id}/check" Inspect;
    GET "/api/v1/records/{id}/retention" ReadDescription;
    GET "/api/v1/records/{id}/retention/acts" ReadHistory;
    POST "/api/v1/records/{id}/retention/acts" KeepPeriods;
    GET "/api/v1/records/{id}/retention/history" ReadDisposal;
    POST "/api/v1/records/{id}/retention/confirmation" ConfirmPeriods;
    GET "/api/v1/fonds" ReadDescription;
    GET "/api/v1/fonds/{agency}" ReadDescription;
    GET "/api/v1/fonds/{agency}/dossiers" ReadDescription;
    GET "/api/v1/dossiers/{id}" ReadDescription;
    PATCH "/api/v1/dossiers/{id}" Describe;
    GET "/api/v1/dossiers/{id}/records" ReadDescription;
    GET "/api/v1/dossiers/{id}/events" ReadHistory;
    GET "/api/v1/dossiers/{id}/retention" ReadDescription;
    GET "/api/v1/dossiers/{id}/retention/acts" ReadHistory;
    POST "/api/v1/dossiers/{id}/retention/acts" KeepPeriods;
    GET "/api/v1/dossiers/{id}/retention/history" ReadDisposal;
    POST "/api/v1/dossiers/{id}/retention/confirmation" ConfirmPeriods;
    GET "/api/v1/transfers" ReadTransfers;
    POST "/api/v1/transfers" HandOver;
    GET "/api/v1/transfers/{id}" ReadTransfers;
    DELETE "/api/v1/transfers/{id}" HandOver;
    GET "/api/v1/transfers/{id}/files" ReadTransfers;
    DELETE "/api/v1/transfers/{id}/files" HandOver;
    OPTIONS "/api/v1/transfers/{id}/uploads" ReadPublic;
    POST "/api/v1/transfers/{id}/uploads" HandOver;
    HEAD "/api/v1/transfers/{id}/uploads/{upload}" HandOver;
    PATCH "/api/v1/transfers/{id}/uploads/{upload}" HandOver;
    DELETE "/api/v1/transfers/{id}/uploads/{upload}" HandOver;
    POST "/api/v1/transfers/{id}/examination" HandOver;
    GET "/api/v1/transfers/{id}/examination" ReadTransfers;
    GET "/api/v1/transfers/{id}/progress" ReadTransfers;
    POST "/api/v1/transfers/{id}/submission" HandOver;
    POST "/api/v1/transfers/{id}/return" ReceiveTransfer;
    POST "/api/v1/transfers/{id}/acceptance" ReceiveTransfer;
    GET "/api/v1/transfers/{id}/accession" ReadTransfers;
    GET "/api/v1/transfers/{id}/documents" ReadTransfers;
    GET "/api/v1/transfers/{id}/documents/{number}" ReadTransfers;
    GET "/api/v1/transfers/{id}/documents/{number}/files/{file}" ReadTransfers;
    GET "/api/v1/transfers/{id}/minutes" ReadTransfers;
    POST "/api/v1/transfers/{id}/minutes" ReadTransfers;
    GET "/api/v1/transfers/{id}/minutes/{event}" ReadTransfers;
    GET "/api/v1/transfers/{id}/receipts" FetchReceipt;
    GET "/api/v1/disposal-cases" ReadDisposal;
    POST "/api/v1/disposal-cases" HandleDisposal;
    GET "/api/v1/disposal-cases/{year}/{number}" ReadDisposal;
    GET "/api/v1/disposal-cases/{year}/{number}/items" ReadDisposal;
    GET "/api/v1/disposal-cases/{year}/{number}/foresight" ReadDisposal;
    GET "/api/v1/disposal-cases/{year}/{number}/progress" ReadDisposal;
    GET "/api/v1/disposal-cases/{year}/{number}/documents/{document}" ReadDisposal;
    POST "/api/v1/disposal-cases/{year}/{number}/acts" ActInDisposal;
    POST "/api/v1/disposal-cases/{year}/{number}/papers" ActInDisposal;
    GET "/api/v1/retention-rules" ReadRules;
    POST "/api/v1/retention-rules" AdoptRules;
    POST "/api/v1/retention-rules/preview" ReadRules;
    POST "/api/v1/retention-rules/{id}/approval" AdoptRules;
    POST "/api/v1/retention-rules/confirmation" ConfirmRules;
    POST "/api/v1/retention-rules/withdrawal" ConfirmRules;
    GET "/api/v1/retention-settings" ReadRules;
    POST "/api/v1/retention-settings/holidays" AdoptRules;
    POST "/api/v1/retention-settings/archive-kind" AdoptRules;
    POST "/api/v1/retention-settings/archive-name" AdoptRules;
    POST "/api/v1/retention-settings/sectors" AdoptRules;
    GET "/api/v1/requests" ReadRequests;
    POST "/api/v1/requests" HandleRequests;
    GET "/api/v1/requests/{id}" ReadRequests;
    POST "/api/v1/requests/{id}/approval" ApproveRequests;
    POST "/api/v1/requests/{id}/refusal" ApproveRequests;
    POST "/api/v1/requests/{id}/fulfilment" HandleRequests;
    POST "/api/v1/requests/{id}/closing" HandleRequests;
    POST "/api/v1/requests/{id}/pass" HandleRequests;
    POST "/api/v1/requests/{id}/revocation" HandleRequests;
    GET "/api/v1/requests/{id}/copies/{number}" HandleRequests;
    GET "/api/v1/requests/{id}/copies/{number}/certificate" HandleRequests;
    POST "/api/v1/requests/{id}/copies/{number}/certificate" HandleRequests;
    GET "/api/v1/retention/due" ReadDisposal;
    GET "/api/v1/retention/evaluation" ReadDisposal;
    POST "/api/v1/retention/transfer-list" HandleDisposal;
    GET "/api/v1/holds" ReadDisposal;
    POST "/api/v1/holds" KeepHolds;
    POST "/api/v1/holds/{id}/release" KeepHolds;
    GET "/api/v1/agencies" ReadAgencies;
    GET "/api/v1/agencies/table" ReadAgencies;
    POST "/api/v1/agencies/table" KeepAgencies;
    POST "/api/v1/agencies/acts" KeepAgencies;
    GET "/api/v1/agencies/{id}" ReadAgencies;
    GET "/api/v1/trust-anchors" ReadSystem;
    POST "/api/v1/trust-anchors" KeepTrust;
    POST "/api/v1/trust-anchors/{id}/confirmation" KeepTrust;
    POST "/api/v1/trust-anchors/{id}/ending" KeepTrust;
    GET "/api/v1/time-authorities" ReadSystem;
    POST "/api/v1/time-authorities" KeepTrust;
    POST "/api/v1/time-authorities/{name}/ending" KeepTrust;
    GET "/api/v1/evidence-sources" ReadSystem;
    POST "/api/v1/evidence-sources" KeepTrust;
    POST "/api/v1/evidence-sources/{id}/ending" KeepTrust;
    GET "/api/v1/time-stamps" ReadSystem;
    GET "/api/v1/upkeep" ReadSystem;
    POST "/api/v1/upkeep" RunUpkeep;
    GET "/api/v1/upkeep/progress" ReadSystem;
    POST "/api/v1/clock-confirmation" ConfirmClock;
    GET "/api/v1/digests/{sha256}" Inspect;
    POST "/api/v1/check-signature" Inspect;
    POST "/api/v1/verify-receipt" Inspect;
    POST "/api/v1/verify-evidence" Inspect;
    GET "/api/v1/fixity" Inspect;
    GET "/api/v1/checkpoints" Inspect;
    GET "/api/v1/audit" ReadAuditTrail;
    GET "/api/v1/system" ReadSystem;
    GET "/api/v1/accounts" ReadAccounts;
    POST "/api/v1/accounts" ChangeAccounts;
    POST "/api/v1/accounts/{name}/confirmation" ChangeAccounts;
    POST "/api/v1/accounts/{name}/closing" ChangeAccounts;
    POST "/api/v1/accounts/{name}/identity" ChangeAccounts;
    GET "/api/v1/webhooks" ReadWebhooks;
    POST "/api/v1/webhooks" KeepWebhooks;
    POST "/api/v1/webhooks/{id}/resumption" KeepWebhooks;
    DELETE "/api/v1/webhooks/{id}" KeepWebhooks;
}

/// A router that can only be given routes of the table.
pub struct Routes {
    service: Arc<Service>,
    router: Router<Arc<Service>>,
    added: Vec<Route>,
}

impl Routes {
    /// No route yet.
    pub fn new(service: Arc<Service>) -> Self {
        Self { service, router: Router::new(), added: Vec::new() }
    }

    /// Adds a route of the table.
    pub fn add<H: Handler<T, Arc<Service>>, T: 'static>(
        mut self,
        method: &'static str,
        path: &'static str,
        handler: H,
    ) -> Self {
        let found = ROUTES.iter().find(|route| route.method == method && route.path == path);
        let route = *found.expect("every route is in the table: the first start would say otherwise");
        let filter = match method {
            "GET" => MethodFilter::GET.or(MethodFilter::HEAD),
            "POST" => MethodFilter::POST,
            "HEAD" => MethodFilter::HEAD,
            "PATCH" => MethodFilter::PATCH,
            "OPTIONS" => MethodFilter::OPTIONS,
            _ => MethodFilter::DELETE,
        };
        let handled: MethodRouter<Arc<Service>> = on(filter, handler);
        let parameters = api::query_parameters(method, path);
        let guarded = Guarded { service: self.service.clone(), route, parameters };
        self.router = self.router.route(path, handled.layer(from_fn_with_state(guarded, guard::ask)));
        self.added.push(route);
        self
    }

    /// The router; every route of the table must have been added.
    pub fn finish(self) -> Router<Arc<Service>> {
        assert_eq!(self.added.len(), ROUTES.len(), "a route of the table has no handler, or two");
        self.router
    }
}
