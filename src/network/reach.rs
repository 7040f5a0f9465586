//! Which machines a request may reach: public ones, or the one that was named.
//!
//! Addresses in files are chosen by whoever wrote the file. One that leads to the archive's own network could make
//! this program ask what its writer cannot reach (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Which machines a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those with public addresses.
    Public,
    /// This one, whatever the name leads to.
    At(SocketAddr),
}

/// Whether an address is one of the public internet (IANA special-purpose registries, RFC 6890), not one of a private
/// network, of this machine, of this link, of a group or of documentation.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let reserved = match (a, b, c) {
        (0 | 10 | 127 | 224.., ..) => true, // this network, private, this machine, groups and beyond
        (100, 64..=127, _) => true,         // shared by carriers (RFC 6598)
        (169, 254, _) | (192, 168, _) => true, // this link, private
        (172, 16..=31, _) => true,          // private
        (192, 0, 0 | 2) | (192, 88, 99) => true, // protocols, documentation, relays of 6to4
        (198, 18 | 19, _) => true,          // measurements (RFC 2544)
        (198, 51, 100) | (203, 0, 113) => true, // documentation
        _ => false,
    };
    !reserved
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let last_v4 = || Ipv4Addr::from(((u32::from(segments[6])) << 16) | u32::from(segments[7]));
    match segments {
        // Addresses of the other family inside: mapped, and by translation (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_public_v4(last_v4()),
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] => false, // protocols with Teredo, documentation
        [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,        // 6to4, documentation
        [first, ..] => first & 0xe000 == 0x2000,                // global unicast is 2000::/3
    }
}
