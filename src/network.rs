//! The seam to other people's machines: one request, one answer, with limits on time and size.
//!
//! Nothing here decides whom to ask: callers name addresses that an event of the ledger allows. Redirects are not
//! followed, because they would lead to an address that nobody allowed. A test injects its own [`Network`].

use std::time::Duration;

/// Sends requests.
pub trait Network: Send + Sync {
    /// Posts a body and waits for the whole answer. Blocks for at most the request's time; sends nothing twice.
    fn post(&self, request: &Post<'_>) -> Result<Vec<u8>, NetworkError>;
}

/// A POST request.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Where to: `http` or `https`.
    pub url: &'a str,
    /// Media type of the body.
    pub media_type: &'a str,
    /// Media type of the answer wanted.
    pub accept: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// Longest answer taken, bytes.
    pub answer_bytes_max: u64,
    /// Time for everything: name, connection, request and answer.
    pub timeout: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The address is not one.
    #[error("{0} is no address to ask")]
    Address(String),
    /// Another HTTP status than 200.
    #[error("it answered with HTTP status {0}")]
    Status(u16),
    /// Longer than allowed.
    #[error("its answer is longer than {0} bytes")]
    TooLong(u64),
    /// No whole answer in time.
    #[error("it did not answer within {0:?}")]
    TooLate(Duration),
    /// Not reached, or lost on the way.
    #[error("it can't be reached: {0}")]
    Unreachable(String),
}

impl NetworkError {
    /// Whether asking again may help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Address(_) | Self::TooLong(_) => false,
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::TooLate(_) | Self::Unreachable(_) => true,
        }
    }
}

/// HTTP/1.1, with TLS by AWS-LC under the system's roots. Proxies are those of the environment.
pub struct Http(ureq::Agent);

impl Http {
    /// A client; no connection is made yet.
    #[expect(clippy::new_without_default, reason = "a client is set up, not defaulted")]
    pub fn new() -> Self {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> = roots.iter().map(|root| ureq::tls::Certificate::from_der(root).to_owned()).collect();
        let tls = ureq::tls::TlsConfig::builder()
            .root_certs(ureq::tls::RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .max_redirects(0)
            .max_idle_connections(0)
            .http_status_as_error(false)
            .user_agent(concat!("chauban/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.new_agent())
    }
}

impl Network for Http {
    fn post(&self, request: &Post<'_>) -> Result<Vec<u8>, NetworkError> {
        let failed = |error| failure(error, request);
        let prepared = self.0.post(request.url).config().timeout_global(Some(request.timeout)).build();
        let prepared = prepared.header("Content-Type", request.media_type).header("Accept", request.accept);
        let mut answer = prepared.send(request.body).map_err(failed)?;
        match answer.status().as_u16() {
            200 => {}
            other => return Err(NetworkError::Status(other)),
        }
        answer.body_mut().with_config().limit(request.answer_bytes_max).read_to_vec().map_err(failed)
    }
}

fn failure(error: ureq::Error, request: &Post<'_>) -> NetworkError {
    match error {
        ureq::Error::Timeout(_) => NetworkError::TooLate(request.timeout),
        ureq::Error::BodyExceedsLimit(_) => NetworkError::TooLong(request.answer_bytes_max),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => NetworkError::Address(request.url.to_owned()),
        other => NetworkError::Unreachable(other.to_string()),
    }
}
