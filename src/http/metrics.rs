//! `/metrics`: what an operator watches, as OpenMetrics text (Prometheus reads it). It names nobody and nothing in the archive.

use super::service::{Service, blocking};
use crate::error::{Error, Result};
use crate::time::Micros;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Duration;

/// Bounds of the times until answers begin, seconds.
const SECONDS: [f64; 9] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// One label, and its value.
type Label = [(&'static str, &'static str); 1];

/// Answers since the start.
pub struct Answered {
    by_status: Family<Label, Counter>,
    seconds: Histogram,
}

impl Default for Answered {
    fn default() -> Self {
        Self { by_status: Family::default(), seconds: Histogram::new(SECONDS) }
    }
}

impl Answered {
    /// Notes one that began after this time.
    pub fn note(&self, status: StatusCode, after: Duration) {
        let class = match status.as_u16() / 100 {
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "1xx",
        };
        self.by_status.get_or_create(&[("status", class)]).inc();
        self.seconds.observe(after.as_secs_f64());
    }
}

/// Answers with the state as of now.
pub async fn metrics(State(service): State<Arc<Service>>) -> Response {
    match blocking(service, text).await {
        Ok(text) => {
            let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

fn text(service: &Service) -> Result<String> {
    let (archive, mut registry) = (service.archive()?, Registry::with_prefix("chauban"));
    let (state, room) = (archive.state()?, archive.room()?);
    let mut show = |name: &str, help: &str, value: u64| registry.register(name, help, gauge(value));
    show("ledger_entries", "Entries in the ledger that the catalog shows", state.entries);
    show("checkpoint_entries", "Entries covered by the newest signed checkpoint", state.published);
    show("newest_event_seconds", "Time of the newest event, Unix seconds", state.newest.seconds());
    show("segments", "Segment files", state.segments);
    show("segment_bytes", "Bytes in segment files", state.segment_bytes);
    show("keys_generation", "Generation of the keys that the ledger recorded", state.keys_generation);
    show("disk_bytes", "Bytes that the disk of the archive has", room.all);
    show("disk_free_bytes", "Bytes that it has left", room.free);
    show("jobs", "What is being done that takes longer than an answer", service.jobs.all()?.len() as u64);

    let fixity = archive.fixity()?;
    show("unchecked_entries", "Entries that no check of every byte has found in order", fixity.unchecked);
    if let Some(check) = fixity.last_deep() {
        show("check_seconds", "When the last check of every byte was recorded, Unix seconds", check.at.seconds());
        show("check_doubts", "What it doubted", check.doubts);
    }

    let (looked, failed) = (Family::<Label, Gauge>::default(), Family::<Label, Gauge>::default());
    let note = |family: &Family<Label, Gauge>, work, at: Option<Micros>| {
        if let Some(at) = at {
            family.get_or_create(&[("work", work)]).set(at.seconds().try_into().unwrap_or(i64::MAX));
        }
    };
    for (work, round) in service.upkeep.rounds.all() {
        note(&looked, work, round.last);
        note(&failed, work, round.failed.map(|(at, _)| at));
    }
    registry.register(
        "work_looked_seconds",
        "When work that is done by itself was last looked at, Unix seconds",
        looked,
    );
    registry.register("work_failed_seconds", "When it last failed, Unix seconds", failed);

    let Answered { by_status, seconds } = &service.answered;
    registry.register("answers", "Answers since the start, by status", by_status.clone());
    registry.register_with_unit("answer", "Time until an answer began", Unit::Seconds, seconds.clone());

    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Error::unavailable("metrics can't be written").because(error))?;
    Ok(text)
}

fn gauge(value: u64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value.try_into().unwrap_or(i64::MAX));
    gauge
}
