//! HTTP: health, metrics, and the ledger as static files.
//!
//! Reads only, beside whoever writes; holds no lock. The ledger is served as it lies on disk, so that any C2SP client
//! can verify it: the checkpoint is never cached, full tiles for ever. Nothing else of the archive is reachable.

mod metrics;

use crate::archive::Reading;
use crate::error::{Error, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;
use tower_http::services::ServeDir;

/// Serves until interrupted. `ready` hears the address listened on.
pub fn serve(reading: Reading, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
            Error::unavailable(format!("can't listen on {listen}"))
                .remedy("choose another address with --listen")
                .because(error)
        })?;
        ready(listener.local_addr()?);
        let app = router(Arc::new(reading));
        axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
        Ok(())
    })
}

fn router(reading: Arc<Reading>) -> Router {
    let ledger = ServeDir::new(reading.ledger_folder()).append_index_html_on_directories(false);
    Router::new()
        .route("/healthz", get(health))
        .route("/metrics", get(metrics::metrics))
        .with_state(reading)
        .nest_service("/ledger", ledger)
        .layer(from_fn(headers))
}

/// Up, and the newest checkpoint verifies.
async fn health(State(reading): State<Arc<Reading>>) -> (StatusCode, String) {
    match reading.checkpoint() {
        Ok((_, verified)) => (StatusCode::OK, format!("ok\ncheckpoint {}\n", verified.checkpoint.size)),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

/// Headers that every answer carries.
async fn headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_full_tile = path.starts_with("/ledger/tile/") && !path.contains(".p/");
    let cache = if is_full_tile { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = match path {
        "/ledger/checkpoint" => Some("text/plain; charset=utf-8"),
        _ if path.starts_with("/ledger/tile/") => Some("application/octet-stream"),
        _ => None,
    };
    let mut response = next.run(request).await;
    let found = response.status().is_success();
    let mut set = |name: HeaderName, value: &'static str| {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'");
    set(header::CACHE_CONTROL, if found { cache } else { "no-store" });
    if let (true, Some(kind)) = (found, kind) {
        set(header::CONTENT_TYPE, kind);
    }
    response
}

async fn interrupted() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
