//! The seam to other people's machines: one request, one answer, with limits on time and size.
//!
//! Nothing here decides whom to ask: callers name addresses that an event of the ledger allows. Redirects are not
//! followed, because they would lead to an address that nobody allowed.
//!
//! Two kinds of request are kept apart by where the address comes from. A [`Post`] goes where the operator said
//! (a time-stamping authority), through the proxies of the environment. A [`Fetch`] goes where an untrusted file said
//! and the operator allowed: never through a proxy, and only to a machine within its [`Reach`]. The name is looked up
//! once, every address is checked, and the connection is made to an address that was checked, so that a name which
//! leads elsewhere the next time (DNS rebinding) gains nothing.
//!
//! A provider of identities is asked by a [`Fetch`], too: the operator names it, but it names its further addresses itself.
//!
//! A test injects its own [`Network`].

mod address;
mod http;
mod reach;

use std::net::IpAddr;
use std::time::Duration;

pub use address::{Address, BadAddress, Host};
pub use http::Http;
pub use reach::{Reach, is_public};

/// Sends requests.
pub trait Network: Send + Sync {
    /// Posts a body and waits for the whole answer. Blocks for at most the request's time; sends nothing twice.
    fn post(&self, request: &Post<'_>) -> Result<Vec<u8>, NetworkError>;

    /// Asks an address that a file named, within a reach. Blocks and sends as [`Network::post`].
    fn fetch(&self, request: &Fetch<'_>) -> Result<Vec<u8>, NetworkError>;
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

/// A request to an address that a file, or another machine, named.
#[derive(Debug, Clone, Copy)]
pub struct Fetch<'a> {
    /// Where from.
    pub from: &'a Address,
    /// Which machines that may lead to.
    pub reach: Reach,
    /// What is asked.
    pub ask: Ask<'a>,
    /// Media type of the answer wanted.
    pub accept: &'a str,
    /// Longest answer taken, bytes.
    pub answer_bytes_max: u64,
    /// Time for everything: name, connection, request and answer.
    pub timeout: Duration,
}

/// What is asked of an address.
#[derive(Debug, Clone, Copy)]
pub enum Ask<'a> {
    /// What lies there (GET).
    What,
    /// The answer to this (POST).
    Question {
        /// Its media type.
        media_type: &'a str,
        /// The question.
        body: &'a [u8],
    },
    /// The answer to a form (POST), or what is wrong with it: 400 and 401 say that in their bodies (RFC 6749 §5.2).
    Form {
        /// The form, encoded.
        body: &'a str,
        /// Further headers.
        headers: &'a [(&'a str, &'a str)],
    },
    /// That the other side takes this (POST): any 2xx says so, and what else it says is of no use.
    Notice {
        /// Its media type.
        media_type: &'a str,
        /// What is told.
        body: &'a [u8],
        /// Further headers.
        headers: &'a [(&'a str, &'a str)],
    },
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The address is not one.
    #[error("{0} is no address to ask")]
    Address(String),
    /// Another HTTP status than 200; for a notice than 2xx.
    #[error("it answered with HTTP status {0}")]
    Status(u16),
    /// It points to another address.
    #[error("it points to {0}, which is not followed")]
    Moved(String),
    /// The name leads to a machine out of reach.
    #[error("it leads to {0}, which is no public address")]
    OutOfReach(IpAddr),
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
            Self::Address(_) | Self::TooLong(_) | Self::Moved(_) | Self::OutOfReach(_) => false,
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::TooLate(_) | Self::Unreachable(_) => true,
        }
    }
}

#[cfg(test)]
mod tests;
