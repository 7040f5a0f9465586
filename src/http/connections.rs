//! Connections: taken, with TLS or without, spoken HTTP/1.1 or HTTP/2 on, bounded, and ended without breaking an answer.
//!
//! axum's own listener sets no limit on how long a head may take, how long it is, or how many connections there are; these
//! do. Every request carries its [`Peer`]. Ending: no connection is taken any more, those that are idle are closed, and
//! answers under way have [`STOP_WITHIN`].

use super::pace::Asker;
use super::tls::{Again, Certificates};
use super::turns::Shares;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::{TowerToHyperService, TowerToHyperServiceFuture};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// Longest until the head of a request is whole, on a new connection and on an idle one.
const HEAD_WITHIN: Duration = Duration::from_secs(15);
/// Longest handshake.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Longest head, bytes: a cookie, a form token and a long search fit many times.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Most headers of a request: browsers send some twenty.
const HEADERS_MAX: usize = 64;
/// Requests at once on one connection of HTTP/2: a page with its style, script and picture, several times.
const STREAMS_MAX: u32 = 64;
/// A connection of HTTP/2 that is silent is asked after this whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(30);
/// Answers under way have so long when the service ends.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// The files of the certificate are looked at so often.
const CERTIFICATES_EVERY: Duration = Duration::from_secs(60);
/// Pause when no connection can be taken: the process has no file left, for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// SHA-256 of the certificate that it showed, of an authority that is trusted for clients.
    pub certificate: Option<Sha256>,
}

/// What connections are spoken with.
pub struct Connections {
    router: Router,
    certificates: Option<Arc<Certificates>>,
    acceptor: Option<TlsAcceptor>,
    at_once: Arc<Semaphore>,
    of_one: Arc<Shares>,
}

impl Connections {
    /// Serves `router`, with TLS where there are certificates: so many connections at once, and so many of one address (0 for
    /// no limit).
    pub fn new(router: Router, certificates: Option<Arc<Certificates>>, (at_once, of_one): (u32, u32)) -> Result<Self> {
        let config = certificates.as_ref().map(Certificates::config).transpose()?;
        let (at_once, of_one) = (Arc::new(Semaphore::new(at_once as usize)), Arc::new(Shares::new(of_one as usize)));
        Ok(Self { router, certificates, acceptor: config.map(TlsAcceptor::from), at_once, of_one })
    }

    /// Takes connections until the process is told to end; `listener` is bound already.
    pub async fn serve(self, listener: TcpListener) -> Result<()> {
        let watch = |kind| signal(kind).map_err(|error| Error::unavailable("signals can't be heard").because(error));
        let (mut interrupt, mut terminate) = (watch(SignalKind::interrupt())?, watch(SignalKind::terminate())?);
        let mut hangup = watch(SignalKind::hangup())?;
        let mut looks = tokio::time::interval(CERTIFICATES_EVERY);
        let graceful = GracefulShutdown::new();
        loop {
            tokio::select! {
                taken = listener.accept() => match taken {
                    Ok((stream, peer)) => self.take(stream, peer, graceful.watcher()),
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be taken");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                _ = hangup.recv() => self.read_certificates().await,
                _ = looks.tick() => self.read_certificates().await,
                () = told(&mut interrupt) => break,
                () = told(&mut terminate) => break,
            }
        }
        drop(listener);
        tracing::info!(connections = graceful.count(), "ending");
        if tokio::time::timeout(STOP_WITHIN, graceful.shutdown()).await.is_err() {
            tracing::warn!("answers under way were broken off");
        }
        Ok(())
    }

    async fn read_certificates(&self) {
        let Some(certificates) = self.certificates.clone() else { return };
        match tokio::task::spawn_blocking(move || certificates.again()).await {
            Ok(Ok(Again::Same)) => {}
            Ok(Ok(Again::Others)) => tracing::info!("new certificates serve from now on"),
            Ok(Err(error)) => tracing::error!(%error, "the certificates from before serve on"),
            Err(error) => tracing::error!(%error, "the certificates from before serve on"),
        }
    }

    /// Speaks on a connection, on a task of its own; one too many is closed.
    fn take(&self, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        let place = self.at_once.clone().try_acquire_owned().ok().zip(Shares::take(&self.of_one, Asker::at(peer.ip())));
        let Some(place) = place else {
            tracing::warn!("a connection too many was closed");
            return;
        };
        let _ = stream.set_nodelay(true);
        let peer = Peer { address: peer.ip().to_canonical(), certificate: None };
        let mut asked = Asked { router: TowerToHyperService::new(self.router.clone()), peer };
        let acceptor = self.acceptor.clone();
        tokio::spawn(async move {
            match acceptor {
                None => first(stream, asked, watcher).await,
                Some(acceptor) => {
                    // What fails here is a scanner or a browser that does not trust the certificate: nobody to tell.
                    let shaken = tokio::time::timeout(HANDSHAKE_WITHIN, acceptor.accept(stream)).await;
                    let Ok(Ok(stream)) = shaken else { return };
                    let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
                    asked.peer.certificate = shown.map(|certificate| Sha256::of(certificate));
                    match stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                        true => second(stream, asked, watcher).await,
                        false => first(stream, asked, watcher).await,
                    }
                }
            }
            drop(place);
        });
    }
}

async fn told(signal: &mut Signal) {
    if signal.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

/// HTTP/1.1.
async fn first(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, asked: Asked, watcher: Watcher) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    // What fails here is the other end that went away.
    let _ = watcher.watch(builder.serve_connection(TokioIo::new(stream), asked)).await;
}

/// HTTP/2.
async fn second(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, asked: Asked, watcher: Watcher) {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).keep_alive_interval(PING_EVERY).keep_alive_timeout(HEAD_WITHIN);
    builder.max_concurrent_streams(STREAMS_MAX).max_header_list_size(HEAD_BYTES_MAX as u32);
    let _ = watcher.watch(builder.serve_connection(TokioIo::new(stream), asked)).await;
}

/// The router, behind a connection.
#[derive(Clone)]
struct Asked {
    router: TowerToHyperService<Router>,
    peer: Peer,
}

impl Service<hyper::Request<Incoming>> for Asked {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = TowerToHyperServiceFuture<Router, Request>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}
