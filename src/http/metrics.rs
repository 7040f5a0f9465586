//! `/metrics`: what an operator watches, as OpenMetrics text (Prometheus reads it).

use super::service::{Service, blocking};
use crate::archive::Reading;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::Arc;

/// Answers with the state as of now; nothing is kept between requests.
pub async fn metrics(State(service): State<Arc<Service>>) -> Response {
    match blocking(service, |service| text(service.archive()?)).await {
        Ok(text) => {
            let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

fn text(reading: &Reading) -> crate::error::Result<String> {
    let state = reading.state()?;
    let mut registry = Registry::with_prefix("chauban");
    let mut gauge = |name: &str, help: &str, value: u64| {
        let gauge = Gauge::<i64>::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    gauge("ledger_entries", "Entries in the ledger that the catalog shows", state.entries);
    gauge("checkpoint_entries", "Entries covered by the newest signed checkpoint", state.published);
    gauge("newest_event_seconds", "Time of the newest event, Unix seconds", state.newest.seconds());
    gauge("segments", "Segment files", state.segments);
    gauge("segment_bytes", "Bytes in segment files", state.segment_bytes);
    gauge("keys_generation", "Generation of the keys that the ledger recorded", state.keys_generation);
    let mut text = String::new();
    encode(&mut text, &registry)
        .map_err(|error| crate::error::Error::unavailable("metrics can't be written").because(error))?;
    Ok(text)
}
