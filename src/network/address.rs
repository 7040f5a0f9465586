//! Addresses as files name them, read strictly.
//!
//! An address is compared with a list of what is allowed, and then asked; so it must mean one thing only. Whatever two
//! readers could take differently (credentials, fragments, white space, backslashes, dot segments, characters beyond
//! ASCII) is refused, and what is asked is the text that was read, not the one that was given.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Longest address, bytes: real ones have some 60, those with LDAP queries 300.
const BYTES_MAX: usize = 2048;
/// Longest host name (RFC 1035 §2.3.4).
const HOST_BYTES_MAX: usize = 253;
/// Longest label of a host name.
const LABEL_BYTES_MAX: usize = 63;

/// An `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    text: String,
    scheme: Scheme,
    host: Host,
    port: u16,
    path_at: usize,
}

/// Schemes that can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scheme {
    Http,
    Https,
}

/// The machine that an address names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// By name, in lower case.
    Name(String),
    /// By its own address.
    Ip(IpAddr),
}

/// Why a text is no address that can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Longer than [`BYTES_MAX`].
    #[error("the address is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// Another scheme, such as `ldap`, or none.
    #[error("only http and https addresses are fetched")]
    Scheme,
    /// White space, control characters, backslashes, fragments or characters beyond ASCII.
    #[error("the address has characters that have no place in one")]
    Character,
    /// A user name before the host.
    #[error("the address carries credentials")]
    Credentials,
    /// No host, or one out of its form.
    #[error("the address names no host")]
    Host,
    /// The port is no number from 1 to 65,535.
    #[error("the port is none")]
    Port,
    /// `.` or `..` in the path, plain or encoded.
    #[error("the path climbs")]
    DotSegments,
}

impl Address {
    /// The address in the one form in which it is asked.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The machine.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is asked with TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Whether the port is that of the scheme.
    pub fn has_usual_port(&self) -> bool {
        self.port == self.scheme.port()
    }

    /// The path, and the query if there is one.
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }

    /// Whether `other` lies at or below this one: same scheme, host and port, and a path that begins with this path at
    /// a boundary.
    pub fn covers(&self, other: &Self) -> bool {
        let same = self.scheme == other.scheme && self.host == other.host && self.port == other.port;
        let rest = other.path().strip_prefix(self.path());
        let at_boundary = |rest: &str| rest.is_empty() || self.path().ends_with('/') || rest.starts_with(['/', '?']);
        same && rest.is_some_and(at_boundary)
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(given: &str) -> Result<Self, BadAddress> {
        if given.len() > BYTES_MAX {
            return Err(BadAddress::TooLong);
        }
        let (scheme, rest) = given.split_once("://").ok_or(BadAddress::Scheme)?;
        let scheme = Scheme::of(scheme).ok_or(BadAddress::Scheme)?;
        if !given.bytes().all(|byte| byte.is_ascii_graphic() && !br#"\#"<>^`{|}"#.contains(&byte)) {
            return Err(BadAddress::Character);
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(BadAddress::Credentials);
        }
        let (host, port) = host_and_port(authority)?;
        let port = port.unwrap_or(scheme.port());
        if climbs(path) {
            return Err(BadAddress::DotSegments);
        }
        let mut text = format!("{}://{host}", scheme.name());
        if port != scheme.port() {
            text += &format!(":{port}");
        }
        let path_at = text.len();
        text += if path.starts_with('/') { "" } else { "/" };
        text += path;
        Ok(Self { text, scheme, host, port, path_at })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
            Self::Ip(ip) => write!(f, "{ip}"),
        }
    }
}

impl FromStr for Host {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return inside.parse::<Ipv6Addr>().map(|ip| Self::Ip(ip.into())).map_err(|_| BadAddress::Host);
        }
        if let Ok(ip) = text.parse() {
            return Ok(Self::Ip(IpAddr::V4(ip)));
        }
        let fits = |label: &str| {
            let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            (1..=LABEL_BYTES_MAX).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-')
        };
        let name = text.strip_suffix('.').unwrap_or(text);
        // A last label of digits alone is what some readers take for an IPv4 address (`127.1`, `2130706433`).
        let last = name.rsplit('.').next().unwrap_or_default();
        let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
        if name.len() > HOST_BYTES_MAX || is_number || !name.split('.').all(fits) {
            return Err(BadAddress::Host);
        }
        Ok(Self::Name(name.to_ascii_lowercase()))
    }
}

impl Scheme {
    fn of(text: &str) -> Option<Self> {
        [Self::Http, Self::Https].into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(text))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Host {
    /// Reads `HOST` or `HOST:PORT`.
    pub fn with_port(text: &str) -> Result<(Self, Option<u16>), BadAddress> {
        host_and_port(text)
    }
}

fn host_and_port(authority: &str) -> Result<(Host, Option<u16>), BadAddress> {
    let after_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[after_brackets..].find(':').map(|at| after_brackets + at) {
        None => Ok((authority.parse()?, None)),
        Some(at) => {
            let port = &authority[at + 1..];
            let port = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
            let port = port.and_then(|port| port.parse().ok()).filter(|&port: &u16| port > 0);
            Ok((authority[..at].parse()?, Some(port.ok_or(BadAddress::Port)?)))
        }
    }
}

fn climbs(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let plain = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    plain.split('/').any(|segment| segment == "." || segment == "..")
}
