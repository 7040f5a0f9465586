//! The entries of a revocation list (RFC 5280 §5.3), sorted for look-up.

use chrono::{DateTime, Utc};

use super::{Extensions, oid};
use crate::signature::der::{self, Element, Error, Slice, tag};
use crate::signature::x509::{Name, expected, general_names};

/// What a list or an answer says of a revoked certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// When it was revoked.
    pub at: DateTime<Utc>,
    /// Why; `Unspecified` when nothing is said.
    pub reason: Reason,
    /// Since when the key is known or suspected to have been abused (invalidityDate).
    pub invalid_since: Option<DateTime<Utc>>,
}

/// Why a certificate was revoked (CRLReason).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of RFC 5280 §5.3.1")]
#[repr(u8)]
pub enum Reason {
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}

impl Reason {
    /// The reason with this number; one that is not defined is unspecified.
    pub fn of(number: u32) -> Self {
        match number {
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => Self::Unspecified,
        }
    }
}

pub(super) struct Entries {
    /// Sorted by serial number.
    sorted: Vec<Entry>,
    /// Issuers named in entries of indirect lists; entry 0 is the issuer of the list.
    issuers: Vec<Vec<Name>>,
}

struct Entry {
    /// Where the serial number's value stands.
    serial_at: u32,
    serial_bytes: u32,
    issuer: u32,
    revocation: Revocation,
}

impl Entries {
    /// Reads revokedCertificates; critical entry extensions that are not understood are added to `extensions`.
    pub fn read(
        list: Option<&Element<'_>>,
        issuer: &Name,
        whole: &Slice,
        extensions: &mut Extensions,
    ) -> Result<Self, Error> {
        let mut read = Self { sorted: Vec::new(), issuers: vec![vec![issuer.clone()]] };
        for element in list.into_iter().flat_map(Element::children) {
            read.take(&element?, whole, extensions)?;
        }
        // The order of those with one serial number is kept: the first one counts.
        read.sorted.sort_by(|a, b| key(a.serial(whole)).cmp(&key(b.serial(whole))));
        Ok(read)
    }

    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    pub fn find(&self, serial: &[u8], issuer: &Name, whole: &[u8]) -> Option<Revocation> {
        let from = self.sorted.partition_point(|entry| key(entry.serial(whole)) < key(serial));
        let same = self.sorted[from..].iter().take_while(|entry| entry.serial(whole) == serial);
        let mut issued = same.filter(|entry| self.issuers[entry.issuer as usize].contains(issuer));
        issued.next().map(|entry| entry.revocation)
    }

    fn take(&mut self, element: &Element<'_>, whole: &Slice, extensions: &mut Extensions) -> Result<(), Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let serial = parts.expect(tag::INTEGER)?.integer()?;
        let at = parts.next_element()?.ok_or(Error::Truncated)?.time()?;
        let mut revocation = Revocation { at, reason: Reason::Unspecified, invalid_since: None };
        if let Some(list) = parts.take_if(tag::SEQUENCE)? {
            for extension in list.children() {
                self.take_extension(&extension?, whole, &mut revocation, extensions)?;
            }
        }
        let offset = |part: &[u8]| part.as_ptr() as usize - whole.as_ptr() as usize;
        self.sorted.push(Entry {
            serial_at: u32::try_from(offset(serial)).map_err(|_| Error::TooMany)?,
            serial_bytes: u32::try_from(serial.len()).map_err(|_| Error::TooMany)?,
            // An entry without a certificateIssuer has that of the entry before it (RFC 5280 §5.3.3).
            issuer: u32::try_from(self.issuers.len() - 1).map_err(|_| Error::TooMany)?,
            revocation,
        });
        Ok(())
    }

    fn take_extension(
        &mut self,
        element: &Element<'_>,
        whole: &Slice,
        revocation: &mut Revocation,
        extensions: &mut Extensions,
    ) -> Result<(), Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let kind = parts.expect(tag::OID)?.content;
        let critical = parts.take_if(tag::BOOLEAN)?.map_or(Ok(false), |flag| flag.boolean())?;
        let value = parts.expect(tag::OCTET_STRING)?;
        let (inner, _) = der::read(value.content)?;
        match kind {
            oid::REASON_CODE => revocation.reason = Reason::of(inner.number()?),
            oid::INVALIDITY_DATE => revocation.invalid_since = Some(inner.time()?),
            oid::CERTIFICATE_ISSUER => {
                let names = general_names(expected(&inner, tag::SEQUENCE)?, whole)?;
                self.issuers.push(names.iter().filter_map(|name| name.directory().cloned()).collect());
            }
            oid::HOLD_INSTRUCTION => {} // what to do on a hold; obsolete, and a hold is a hold
            other if critical && !extensions.unknown_critical.iter().any(|known| **known == *other) => {
                extensions.unknown_critical.push(whole.part(other));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Entry {
    fn serial<'a>(&self, whole: &'a [u8]) -> &'a [u8] {
        &whole[self.serial_at as usize..][..self.serial_bytes as usize]
    }
}

/// An order in which equal numbers stand together.
fn key(serial: &[u8]) -> (usize, &[u8]) {
    (serial.len(), serial)
}
