//! HTTP/1.1 over ureq, TLS by AWS-LC under the system's roots.

use super::{Ask, Fetch, Network, NetworkError, Post, Reach, is_public};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;
use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

/// Longest head of an answer, bytes: real ones have some 500.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// A client of the web. What is posted goes through the proxies of the environment, what is fetched through none.
pub struct Http {
    tls: TlsConfig,
    named: Agent,
}

impl Http {
    /// A client; no connection is made yet.
    #[expect(clippy::new_without_default, reason = "a client is set up, not defaulted")]
    pub fn new() -> Self {
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> = roots.iter().map(|root| ureq::tls::Certificate::from_der(root).to_owned()).collect();
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .unversioned_rustls_crypto_provider(std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let named = Agent::config_builder().tls_config(tls.clone());
        let named = named.max_redirects(0).max_idle_connections(0).http_status_as_error(false).user_agent(AGENT);
        Self { named: named.build().new_agent(), tls }
    }

    /// A client for one request, which connects to nothing but what `reach` allows.
    fn within(&self, reach: Reach) -> Agent {
        let config = Agent::config_builder()
            .tls_config(self.tls.clone())
            .proxy(None)
            .max_redirects(0)
            .max_idle_connections(0)
            .max_response_header_size(HEAD_BYTES_MAX)
            .http_status_as_error(false)
            .user_agent(AGENT)
            .build();
        Agent::with_parts(config, DefaultConnector::new(), Checked { reach, names: DefaultResolver::default() })
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const AGENT: &str = concat!("chauban/", env!("CARGO_PKG_VERSION"));

impl Network for Http {
    fn post(&self, request: &Post<'_>) -> Result<Vec<u8>, NetworkError> {
        let failed = |error| failure(error, request.url, request.timeout, request.answer_bytes_max);
        let prepared = self.named.post(request.url).config().timeout_global(Some(request.timeout)).build();
        let prepared = prepared.header("Content-Type", request.media_type).header("Accept", request.accept);
        let answer = prepared.send(request.body).map_err(failed)?;
        whole(answer, &[200..=200], request.answer_bytes_max, failed)
    }

    fn fetch(&self, request: &Fetch<'_>) -> Result<Vec<u8>, NetworkError> {
        let (url, timeout) = (request.from.as_str(), Some(request.timeout));
        let failed = |error| failure(error, url, request.timeout, request.answer_bytes_max);
        let agent = self.within(request.reach);
        let mut taken: &[RangeInclusive<u16>] = &[200..=200];
        let answer = match request.ask {
            Ask::What => {
                agent.get(url).config().timeout_global(timeout).build().header("Accept", request.accept).call()
            }
            Ask::Question { media_type, body } => {
                let prepared = agent.post(url).config().timeout_global(timeout).build();
                prepared.header("Content-Type", media_type).header("Accept", request.accept).send(body)
            }
            Ask::Form { body, headers } => {
                taken = &[200..=200, 400..=401];
                let prepared = agent.post(url).config().timeout_global(timeout).build();
                let prepared = prepared.header("Content-Type", FORM).header("Accept", request.accept);
                headers.iter().fold(prepared, |prepared, (name, value)| prepared.header(*name, *value)).send(body)
            }
            Ask::Notice { media_type, body, headers } => {
                taken = &[200..=299];
                let prepared = agent.post(url).config().timeout_global(timeout).build();
                let prepared = prepared.header("Content-Type", media_type).header("Accept", request.accept);
                headers.iter().fold(prepared, |prepared, (name, value)| prepared.header(*name, *value)).send(body)
            }
        };
        whole(answer.map_err(failed)?, taken, request.answer_bytes_max, failed)
    }
}

/// The body of an answer whose status is in one of `taken`.
fn whole(
    mut answer: Response<Body>,
    taken: &[RangeInclusive<u16>],
    bytes_max: u64,
    failed: impl Fn(ureq::Error) -> NetworkError,
) -> Result<Vec<u8>, NetworkError> {
    match answer.status().as_u16() {
        status if taken.iter().any(|some| some.contains(&status)) => {
            answer.body_mut().with_config().limit(bytes_max).read_to_vec().map_err(failed)
        }
        300..=399 => {
            let to = answer.headers().get("Location").and_then(|to| to.to_str().ok());
            Err(NetworkError::Moved(to.unwrap_or("another address").to_owned()))
        }
        other => Err(NetworkError::Status(other)),
    }
}

fn failure(error: ureq::Error, url: &str, timeout: Duration, bytes_max: u64) -> NetworkError {
    match error {
        ureq::Error::Timeout(_) => NetworkError::TooLate(timeout),
        ureq::Error::BodyExceedsLimit(_) => NetworkError::TooLong(bytes_max),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => NetworkError::Address(url.to_owned()),
        ureq::Error::Other(other) => match other.downcast::<OutOfReach>() {
            Ok(out) => NetworkError::OutOfReach(out.0),
            Err(other) => NetworkError::Unreachable(other.to_string()),
        },
        other => NetworkError::Unreachable(other.to_string()),
    }
}

/// Looks names up and gives the addresses within reach: what is connected to is what was checked.
#[derive(Debug)]
struct Checked {
    reach: Reach,
    names: DefaultResolver,
}

/// No address of the host is within reach; one of them.
#[derive(Debug, thiserror::Error)]
#[error("{0} is out of reach")]
struct OutOfReach(IpAddr);

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut within = self.empty();
        match self.reach {
            Reach::At(machine) => within.push(machine),
            Reach::Public => {
                let found = self.names.resolve(uri, config, timeout)?;
                let outside = found.iter().find(|address| !is_public(address.ip()));
                found.iter().filter(|address| is_public(address.ip())).for_each(|&address| within.push(address));
                if let (true, Some(outside)) = (within.is_empty(), outside) {
                    return Err(ureq::Error::Other(Box::new(OutOfReach(outside.ip()))));
                }
            }
        }
        Ok(within)
    }
}
