//! Name constraints (RFC 5280 §4.2.1.10).
//!
//! Each authority's permitted subtrees narrow those above it, its excluded ones add to them. Comparing is counted:
//! thousands of names against thousands of subtrees are refused rather than worked through.

use crate::signature::oid;
use crate::signature::x509::{Certificate, GeneralName, NameConstraints};

/// Comparisons of a name with a subtree for one path; real paths need some tens.
const COMPARISONS_MAX: usize = 1 << 16;

/// The constraints gathered while going down a path.
#[derive(Debug, Default)]
pub struct Constraints<'a> {
    /// One entry for each authority that constrains.
    gathered: Vec<&'a NameConstraints>,
    comparisons: usize,
}

impl<'a> Constraints<'a> {
    /// Takes in the constraints of a certificate, for those below it.
    pub fn add(&mut self, constraints: &'a NameConstraints) -> Result<(), &'static str> {
        if constraints.has_distances {
            return Err("subtrees with a minimum or maximum");
        }
        if !constraints.permitted.iter().chain(&constraints.excluded).all(is_well_formed) {
            return Err("a subtree is malformed");
        }
        self.gathered.push(constraints);
        Ok(())
    }

    /// Whether all names of a certificate are allowed.
    pub fn check(&mut self, certificate: &Certificate) -> Result<(), &'static str> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let alternative = &certificate.extensions().subject_alternative_names;
        if !certificate.subject().is_empty() {
            self.check_name(&GeneralName::Directory(certificate.subject().clone()))?;
        }
        for name in alternative {
            self.check_name(name)?;
        }
        // Old certificates carry the mailbox in the subject (§4.2.1.10).
        if !alternative.iter().any(|name| matches!(name, GeneralName::Email(_))) {
            let subject = certificate.subject();
            for (_, mailbox) in subject.attributes.iter().filter(|(kind, _)| **kind == *oid::EMAIL_ADDRESS) {
                self.check_name(&GeneralName::Email(mailbox.clone()))?;
            }
        }
        Ok(())
    }

    fn check_name(&mut self, name: &GeneralName) -> Result<(), &'static str> {
        for constraints in &self.gathered {
            self.comparisons += constraints.permitted.len() + constraints.excluded.len();
            if self.comparisons > COMPARISONS_MAX {
                return Err("too many names and constraints");
            }
            for base in &constraints.excluded {
                match relation(name, base, Direction::Excluded) {
                    Relation::OtherKind | Relation::Outside => {}
                    Relation::Within => return Err("a name is excluded"),
                    other => return Err(other.why()),
                }
            }
            let mut constrained = false;
            let mut permitted = false;
            for base in &constraints.permitted {
                match relation(name, base, Direction::Permitted) {
                    Relation::OtherKind => {}
                    Relation::Outside => constrained = true,
                    Relation::Within => (constrained, permitted) = (true, true),
                    other => return Err(other.why()),
                }
            }
            if constrained && !permitted {
                return Err("a name is not permitted");
            }
        }
        Ok(())
    }
}

/// How a name lies to a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    OtherKind,
    Outside,
    Within,
    /// The same kind, one that is not compared here.
    Unknown,
    /// The same kind, and no such name at all.
    Malformed,
}

impl Relation {
    fn why(self) -> &'static str {
        match self {
            Self::Malformed => "a constrained name is malformed",
            _ => "a name of a kind that cannot be compared is constrained",
        }
    }
}

/// A wildcard is within an excluded subtree when it may stand for a name in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Permitted,
    Excluded,
}

fn relation(name: &GeneralName, base: &GeneralName, direction: Direction) -> Relation {
    use GeneralName::{Directory, Dns, EdiParty, Email, Ip, Other, Registered, Uri, X400};
    let within = match (name, base) {
        (Directory(name), Directory(base)) => name.is_within(base),
        (Dns(name), Dns(_)) if !is_host(name.strip_prefix("*.").unwrap_or(name)) => return Relation::Malformed,
        (Email(name), Email(_)) if !is_mailbox(name) => return Relation::Malformed,
        (Ip(name), Ip(_)) if !matches!(name.len(), 4 | 16) => return Relation::Malformed,
        (Dns(name), Dns(base)) => dns_within(name, base, direction),
        (Email(name), Email(base)) => email_within(name, base),
        (Uri(name), Uri(base)) => match uri_host(name) {
            Some(host) => host_within(host, base),
            None => return Relation::Unknown,
        },
        (Ip(name), Ip(base)) => ip_within(name, base),
        (Other(kind, _), Other(base, _)) if kind != base => return Relation::OtherKind,
        (Other(..), Other(..)) | (X400(_), X400(_)) | (EdiParty(_), EdiParty(_)) | (Registered(_), Registered(_)) => {
            return Relation::Unknown;
        }
        _ => return Relation::OtherKind,
    };
    if within { Relation::Within } else { Relation::Outside }
}

fn is_well_formed(base: &GeneralName) -> bool {
    match base {
        GeneralName::Dns(base) => base.is_empty() || is_host(base),
        GeneralName::Uri(base) => is_host(base.strip_prefix('.').unwrap_or(base)),
        GeneralName::Email(base) => match base.rsplit_once('@') {
            Some((local, host)) => !local.is_empty() && is_host(host),
            None => is_host(base.strip_prefix('.').unwrap_or(base)),
        },
        GeneralName::Ip(base) => match base.len() {
            8 => is_mask(&base[4..]),
            32 => is_mask(&base[16..]),
            _ => false,
        },
        _ => true,
    }
}

/// Labels of letters, digits, hyphens and underscores.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    host.split('.').all(is_label)
}

/// One local part and one host; an `@` in the local part stands in quotes.
fn is_mailbox(mailbox: &str) -> bool {
    let parts = mailbox.rsplit_once('@');
    parts.is_some_and(|(local, host)| {
        !local.is_empty()
            && !host.is_empty()
            && (!local.contains('@') || (local.starts_with('"') && local.ends_with('"')))
    })
}

/// Ones, then zeros (RFC 4632).
fn is_mask(mask: &[u8]) -> bool {
    let zeros = mask.iter().skip_while(|&&byte| byte == 0xff);
    let mut rest = zeros.copied();
    let first = rest.next().unwrap_or(0);
    first.leading_ones() + first.trailing_zeros() == 8 && rest.all(|byte| byte == 0)
}

/// A name is within a base when zero or more labels can be put before the base to give it.
fn dns_within(name: &str, base: &str, direction: Direction) -> bool {
    let within = |name: &str, base: &str| {
        let (name, base) = (name.as_bytes(), base.as_bytes());
        let Some(start) = name.len().checked_sub(base.len()) else { return false };
        name[start..].eq_ignore_ascii_case(base) && (start == 0 || base.is_empty() || name[start - 1] == b'.')
    };
    match (name.strip_prefix("*."), direction) {
        // `*.example.com` may stand for `host.example.com`, one label longer than what follows the star.
        (Some(parent), Direction::Excluded) => {
            let below = base.split_once('.').is_some_and(|(_, above)| parent.eq_ignore_ascii_case(above));
            within(parent, base) || below
        }
        _ => within(name, base),
    }
}

fn email_within(mailbox: &str, base: &str) -> bool {
    let Some((local, host)) = mailbox.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host.eq_ignore_ascii_case(base_host),
        None => host_within(host, base),
    }
}

/// `.example.com` means every host below, `example.com` that host alone.
fn host_within(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(_) => {
            let start = host.len().checked_sub(base.len());
            start.is_some_and(|start| start > 0 && host.as_bytes()[start..].eq_ignore_ascii_case(base.as_bytes()))
        }
        None => host.eq_ignore_ascii_case(base),
    }
}

/// Host of a URI; `None` without an authority, or when it is an address.
fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    (!host.is_empty() && !is_address).then_some(host)
}

fn ip_within(address: &[u8], base: &[u8]) -> bool {
    if base.len() != 2 * address.len() {
        return false;
    }
    let (network, mask) = base.split_at(address.len());
    address.iter().zip(network).zip(mask).all(|((address, network), mask)| address & mask == network & mask)
}

#[cfg(test)]
mod tests;
