//! The content of an RFC 3161 time-stamp token: what it stamps, and when it says it did.
//!
//! Reads `TSTInfo` only. Whether the authority may be believed is a matter of trust and path, not judged here.

use chrono::{DateTime, Utc};

use super::der::{self, Error, tag};
use super::x509::expected;

/// The part of a TSTInfo that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeStamp<'a> {
    /// Object identifier of the digest algorithm of the imprint.
    pub digest_algorithm: &'a [u8],
    /// Digest of what is stamped.
    pub imprint: &'a [u8],
    /// When, by the authority's clock.
    pub time: DateTime<Utc>,
}

impl<'a> TimeStamp<'a> {
    /// Reads a TSTInfo.
    pub fn read(content: &'a [u8]) -> Result<Self, Error> {
        let (element, _) = der::read(content)?;
        let mut parts = expected(&element, tag::SEQUENCE)?;
        parts.expect(tag::INTEGER)?; // version
        parts.expect(tag::OID)?; // policy
        let mut imprint = parts.expect(tag::SEQUENCE)?.children();
        let digest_algorithm = imprint.expect(tag::SEQUENCE)?.children().expect(tag::OID)?.content;
        let imprint = imprint.expect(tag::OCTET_STRING)?.content;
        parts.expect(tag::INTEGER)?; // serial number
        let time = parts.expect(tag::GENERALIZED_TIME)?.time()?;
        Ok(Self { digest_algorithm, imprint, time })
    }
}
