//! Writing DER (ITU-T X.690): the few types that requests, evidence records and imprints are made of.
//!
//! Every function returns one whole encoding. What was read elsewhere is never written anew: it is taken as it stands.

use chrono::{DateTime, Utc};

use super::der::{tag, with_header};

/// SEQUENCE of these encodings.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    with_header(tag::SEQUENCE, &parts.concat())
}

/// SET OF these encodings, sorted as DER asks.
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort_unstable();
    with_header(tag::SET, &parts.concat())
}

/// INTEGER from a big-endian magnitude.
pub fn integer(magnitude: &[u8]) -> Vec<u8> {
    let zeros = magnitude.iter().take_while(|&&byte| byte == 0).count();
    let digits = &magnitude[zeros..];
    match digits.first() {
        None => with_header(tag::INTEGER, &[0]),
        Some(0x80..) => with_header(tag::INTEGER, &[&[0], digits].concat()),
        Some(_) => with_header(tag::INTEGER, digits),
    }
}

/// OBJECT IDENTIFIER from its content bytes.
pub fn oid(content: &[u8]) -> Vec<u8> {
    with_header(tag::OID, content)
}

/// OCTET STRING.
pub fn octets(content: &[u8]) -> Vec<u8> {
    with_header(tag::OCTET_STRING, content)
}

/// BOOLEAN, true: DER leaves out one that is false by default.
pub fn yes() -> Vec<u8> {
    with_header(tag::BOOLEAN, &[0xff])
}

/// GeneralizedTime in UTC, with milliseconds only where there are some.
pub fn time(at: DateTime<Utc>) -> Vec<u8> {
    let mut text = at.format("%Y%m%d%H%M%S").to_string();
    let millis = at.timestamp_subsec_millis();
    if millis > 0 {
        text.push_str(format!(".{millis:03}").trim_end_matches('0'));
    }
    text.push('Z');
    with_header(tag::GENERALIZED_TIME, text.as_bytes())
}

/// AlgorithmIdentifier without parameters (RFC 5754 §2 for digests).
pub fn algorithm(identifier: &[u8]) -> Vec<u8> {
    sequence(&[&oid(identifier)])
}

/// `[number]` around these encodings: EXPLICIT of one, or IMPLICIT of a SEQUENCE or SET of several.
pub fn context(number: u8, parts: &[&[u8]]) -> Vec<u8> {
    with_header(tag::context_constructed(number), &parts.concat())
}
