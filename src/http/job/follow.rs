//! Following a job: server-sent events (WHATWG HTML §9.2), as many at once as are sensible and for a limited time.
//!
//! `progress` is told when something has changed, `end` when nothing is under way. In between an empty comment tells
//! whether the other end is still there. Who is cut off after [`FOLLOWED_FOR`] asks again, as browsers do by themselves.

use super::Job;
use crate::http::content::Feed;
use crate::http::problem::Problem;
use crate::http::service::Service;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;
use uuid::Uuid;

/// Jobs that are followed at once, by everybody together: each follower is a connection that stays.
pub const FOLLOWERS_MAX: usize = 128;
/// Longest that one request follows.
const FOLLOWED_FOR: Duration = Duration::from_secs(3600);
/// Between two looks at a job that somebody follows.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const END: &str = "event: end\ndata: {}\n\n";
const STILL_THERE: &str = ": \n\n";

/// One event of the stream.
#[derive(Serialize, ToSchema)]
pub struct JobEvent {
    /// `progress`, or `end` when nothing is under way.
    event: &'static str,
    /// Of `progress`, JSON: `{"task", "done", "of"}`; `of` is 0 as long as nobody knows.
    data: String,
}

/// The events of the job about a transfer or a disposal case.
pub fn follow(service: Arc<Service>, id: Uuid) -> Result<Response, Problem> {
    let Ok(place) = service.jobs.followers.clone().try_acquire_owned() else {
        let detail = "too many follow jobs just now: ask again in a moment".to_owned();
        return Err(Problem { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", detail, remedy: None });
    };
    let (feed, pieces) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        tell(&service, id, &feed).await;
        drop(place);
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::new(Feed::from(pieces))).into_response())
}

async fn tell(service: &Service, id: Uuid, feed: &Sender<std::io::Result<Bytes>>) {
    let (began, mut told) = (Instant::now(), String::new());
    while began.elapsed() < FOLLOWED_FOR {
        let job = service.jobs.about(id);
        let event = job.as_deref().map_or_else(|| END.to_owned(), progress);
        let news = if event == told { STILL_THERE.to_owned() } else { event.clone() };
        told = event;
        if feed.send(Ok(Bytes::from(news))).await.is_err() || job.is_none() {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn progress(job: &Job) -> String {
    let (task, (done, of)) = (job.task.name(), job.progress());
    format!("event: progress\ndata: {{\"task\":\"{task}\",\"done\":{done},\"of\":{of}}}\n\n")
}
