//! What webhooks are told, for the description of the API: who receives them can make a client of it.

#![expect(dead_code, reason = "they describe messages, which `archive::webhook` writes")]

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, ObjectBuilder, OpenApi, Paths, Ref, Required, ResponseBuilder, ResponsesBuilder, Type};
use utoipa::{Modify, ToSchema};

/// What is told of, in the order in which it happens to a transfer.
pub const KINDS: [(&str, &str); 3] = [
    ("transfer.returned", "A transfer was returned: its findings and reasons say what to correct."),
    ("transfer.accepted", "A transfer was accepted; it is being taken in."),
    ("transfer.accessioned", "A transfer was taken in: receipts are there."),
];

/// What is sent with each message, by Standard Webhooks 1.0.
const HEADERS: [(&str, &str); 3] = [
    ("webhook-id", "names the message: the same at every try"),
    ("webhook-timestamp", "when this try was made, Unix seconds"),
    (
        "webhook-signature",
        "`v1,` and the Base64 of HMAC-SHA-256 over id, timestamp and body, joined by full stops, under the webhook's secret",
    ),
];

/// What a webhook is told.
#[derive(ToSchema)]
pub struct WebhookMessage {
    /// `transfer.returned`, `transfer.accepted` or `transfer.accessioned`.
    #[schema(rename = "type")]
    kind: String,
    /// When it happened, RFC 3339.
    timestamp: String,
    /// To what.
    data: WebhookData,
}

/// Where to ask about it: titles, reasons and names are told to accounts alone.
#[derive(ToSchema)]
pub struct WebhookData {
    /// The transfer.
    transfer: String,
    /// Code of its agency.
    agency: String,
    /// Ledger index of the event.
    event: u64,
    /// Path of the transfer in this API.
    at: String,
    /// Path of what was taken, with the records that have receipts: of `transfer.accessioned`.
    receipts: Option<String>,
}

/// Adds the webhooks to the description.
pub struct Webhooks;

impl Modify for Webhooks {
    fn modify(&self, described: &mut OpenApi) {
        let mut told = Paths::new();
        for (kind, words) in KINDS {
            told.paths.insert(kind.to_owned(), PathItem::new(HttpMethod::Post, operation(words)));
        }
        described.webhooks = Some(told);
    }
}

fn operation(words: &str) -> OperationBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |(name, words): (&str, &str)| {
        let header = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::True);
        header.description(Some(words)).schema(Some(text())).build()
    };
    let message = Content::new(Some(Ref::from_schema_name("WebhookMessage")));
    let answers = [
        ("2XX", "taken: it is not sent again"),
        ("410", "no message is wanted any more: the webhook is disabled"),
        ("default", "not taken: it is sent again, ever later, for three days"),
    ];
    let answers = answers.map(|(status, words)| (status, ResponseBuilder::new().description(words).build()));
    OperationBuilder::new()
        .summary(Some(words))
        .tag("webhooks")
        .parameters(Some(HEADERS.map(header)))
        .request_body(Some(
            RequestBodyBuilder::new().content("application/json", message).required(Some(Required::True)).build(),
        ))
        .responses(ResponsesBuilder::new().responses_from_iter(answers).build())
}
