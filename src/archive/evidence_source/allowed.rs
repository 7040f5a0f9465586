//! What an allow-list says: which addresses, and which machines they may lead to.

use crate::network::{Address, BadAddress, Host, Reach};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// A line of the allow-list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Which addresses.
    pub place: Place,
    /// The machine to connect to instead of the one that the host's name leads to: a mirror in the own network.
    pub via: Option<Via>,
}

/// Which addresses are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// All of a host, by http and https: at the usual port of each, or at this one.
    Host(Host, Option<u16>),
    /// Those at or below this one.
    Below(Address),
}

/// A machine, by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via {
    ip: IpAddr,
    /// `None`: the port of the address asked.
    port: Option<u16>,
}

/// A text that names no place or machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowable {
    /// No address.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A query: what is allowed is a place, not a question.
    #[error("the beginning of an address has no query")]
    Query,
    /// No IP address.
    #[error("a machine is named by its IP address, as 10.1.2.3 or 10.1.2.3:8080")]
    Machine,
}

impl Allowed {
    /// Which machines an address may lead to, if this line is about it.
    pub fn reach(&self, address: &Address) -> Option<Reach> {
        if !self.place.covers(address) {
            return None;
        }
        Some(match (self.via, address.host()) {
            (Some(via), _) => via.at(address.port()),
            // Named by itself in this line: that is meant, in whatever network it stands.
            (None, Host::Ip(ip)) => Reach::At(SocketAddr::new(*ip, address.port())),
            (None, Host::Name(_)) => Reach::Public,
        })
    }
}

impl Via {
    /// This machine alone, at its own port or else at this one.
    pub fn at(self, port: u16) -> Reach {
        Reach::At(SocketAddr::new(self.ip, self.port.unwrap_or(port)))
    }
}

impl Place {
    /// Whether an address is one of these.
    pub fn covers(&self, address: &Address) -> bool {
        match self {
            Self::Host(host, Some(port)) => host == address.host() && *port == address.port(),
            Self::Host(host, None) => host == address.host() && address.has_usual_port(),
            Self::Below(beginning) => beginning.covers(address),
        }
    }
}

impl FromStr for Place {
    type Err = NotAllowable;
    fn from_str(text: &str) -> Result<Self, NotAllowable> {
        if !text.contains("://") {
            return Ok(Host::with_port(text).map(|(host, port)| Self::Host(host, port))?);
        }
        let beginning: Address = text.parse()?;
        if beginning.path().contains('?') { Err(NotAllowable::Query) } else { Ok(Self::Below(beginning)) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host, None) => write!(f, "{host}"),
            Self::Host(host, Some(port)) => write!(f, "{host}:{port}"),
            Self::Below(beginning) => write!(f, "{beginning}"),
        }
    }
}

impl FromStr for Via {
    type Err = NotAllowable;
    fn from_str(text: &str) -> Result<Self, NotAllowable> {
        if let Ok(ip) = text.parse() {
            return Ok(Self { ip, port: None });
        }
        match Host::with_port(text)? {
            (Host::Ip(ip), port) => Ok(Self { ip, port }),
            (Host::Name(_), _) => Err(NotAllowable::Machine),
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            None => write!(f, "{}", self.ip),
            Some(port) => write!(f, "{}", SocketAddr::new(self.ip, port)),
        }
    }
}

/// `PLACE`, or `PLACE=MACHINE` with the machine to connect to.
impl FromStr for Allowed {
    type Err = NotAllowable;
    fn from_str(text: &str) -> Result<Self, NotAllowable> {
        match text.rsplit_once('=') {
            Some((place, via)) => Ok(Self { place: place.parse()?, via: Some(via.parse()?) }),
            None => Ok(Self { place: text.parse()?, via: None }),
        }
    }
}

#[cfg(test)]
mod tests;
