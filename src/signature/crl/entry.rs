//! The entries of a revocation list (RFC 5280 §5.3): an index sorted for look-up, over the bytes as they are.

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

/// Entries for one certificate that are looked at: an authority writes one.
const SAME_MAX: usize = 16;
/// Entries of one list. The shortest entry has 18 bytes, so the longest file read has no more than these; what is kept
/// of each has 16, so an index is never longer than its list.
const ENTRIES_MAX: u32 = (super::BYTES_MAX / 18) as u32;

/// An index of the entries; what they say is read when asked for.
pub(super) struct Entries {
    /// Sorted by serial number.
    sorted: Vec<Entry>,
    /// Issuers named in entries of indirect lists, each with where the first entry stands that it is the issuer of;
    /// the first is the issuer of the list.
    issuers: Vec<(u32, Vec<Name>)>,
}

/// Where an entry stands, and what it is sorted by.
struct Entry {
    /// The last bytes of the serial number: those that differ.
    tail: u64,
    /// Where it begins.
    at: u32,
    serial_bytes: u16,
    /// Bytes from its beginning to the serial number's value.
    serial_after: u8,
}

/// An entry, read.
struct Read<'a> {
    serial: &'a [u8],
    revocation: Revocation,
    /// certificateIssuer, if it names one.
    issuer: Option<Vec<Name>>,
}

impl Entries {
    /// Reads revokedCertificates; critical entry extensions that are not understood are added to `extensions`.
    pub fn read(
        list: Option<&Element<'_>>,
        issuer: &Name,
        whole: &Slice,
        extensions: &mut Extensions,
    ) -> Result<Self, Error> {
        let mut found = Self { sorted: Vec::new(), issuers: vec![(0, vec![issuer.clone()])] };
        for element in list.into_iter().flat_map(|list| list.children_up_to(ENTRIES_MAX)) {
            found.take(&element?, whole, extensions)?;
        }
        // The order of those with one serial number is kept: the first one counts.
        found.sorted.sort_by(|a, b| a.key(whole).cmp(&b.key(whole)));
        Ok(found)
    }

    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    pub fn find(&self, serial: &[u8], issuer: &Name, whole: &Slice) -> Option<Revocation> {
        let wanted = (serial.len(), tail(serial), serial);
        let from = self.sorted.partition_point(|entry| entry.key(whole) < wanted);
        let same = self.sorted[from..].iter().take_while(|entry| entry.serial(whole) == serial);
        let issued = same.filter(|entry| self.issuers_of(entry).contains(issuer)).take(SAME_MAX);
        let said = issued.filter_map(|entry| {
            // It was read when the list was.
            let (element, _) = der::read(whole.get(entry.at as usize..)?).ok()?;
            Some(Read::entry(&element, whole, &mut Extensions::default()).ok()?.revocation)
        });
        // Of several the one that lasts longest.
        said.min_by_key(|revocation| match revocation.reason {
            Reason::RemoveFromCrl => 2,
            Reason::CertificateHold => 1,
            _ => 0,
        })
    }

    /// An entry without a certificateIssuer has that of the entry before it (RFC 5280 §5.3.3).
    fn issuers_of(&self, entry: &Entry) -> &[Name] {
        let after = self.issuers.partition_point(|(from, _)| *from <= entry.at);
        &self.issuers[after - 1].1
    }

    fn take(&mut self, element: &Element<'_>, whole: &Slice, extensions: &mut Extensions) -> Result<(), Error> {
        let Read { serial, issuer, .. } = Read::entry(element, whole, extensions)?;
        let offset = |part: &[u8]| part.as_ptr() as usize - whole.as_ptr() as usize;
        let at = u32::try_from(offset(element.raw)).map_err(|_| Error::TooMany)?;
        self.issuers.extend(issuer.map(|names| (at, names)));
        self.sorted.push(Entry {
            tail: tail(serial),
            at,
            serial_bytes: u16::try_from(serial.len()).map_err(|_| Error::TooMany)?,
            serial_after: u8::try_from(offset(serial) - offset(element.raw)).map_err(|_| Error::TooMany)?,
        });
        Ok(())
    }
}

impl<'a> Read<'a> {
    fn entry(element: &Element<'a>, whole: &Slice, extensions: &mut Extensions) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let serial = parts.expect(tag::INTEGER)?.integer()?;
        let at = parts.next_element()?.ok_or(Error::Truncated)?.time()?;
        let revocation = Revocation { at, reason: Reason::Unspecified, invalid_since: None };
        let mut read = Self { serial, revocation, issuer: None };
        if let Some(list) = parts.take_if(tag::SEQUENCE)? {
            for extension in list.children() {
                read.take_extension(&extension?, whole, extensions)?;
            }
        }
        Ok(read)
    }

    fn take_extension(
        &mut self,
        element: &Element<'_>,
        whole: &Slice,
        extensions: &mut Extensions,
    ) -> Result<(), Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let kind = parts.expect(tag::OID)?.content;
        let critical = parts.take_if(tag::BOOLEAN)?.map_or(Ok(false), |flag| flag.boolean())?;
        let value = parts.expect(tag::OCTET_STRING)?;
        let (inner, _) = der::read(value.content)?;
        match kind {
            oid::REASON_CODE => self.revocation.reason = Reason::of(inner.number()?),
            oid::INVALIDITY_DATE => self.revocation.invalid_since = Some(inner.time()?),
            oid::CERTIFICATE_ISSUER => {
                let names = general_names(expected(&inner, tag::SEQUENCE)?, whole)?;
                self.issuer = Some(names.iter().filter_map(|name| name.directory().cloned()).collect());
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
        &whole[self.at as usize + usize::from(self.serial_after)..][..usize::from(self.serial_bytes)]
    }

    /// An order in which equal numbers stand together, and few look at the bytes.
    fn key<'a>(&self, whole: &'a [u8]) -> (usize, u64, &'a [u8]) {
        (usize::from(self.serial_bytes), self.tail, self.serial(whole))
    }
}

fn tail(serial: &[u8]) -> u64 {
    let tail = &serial[serial.len().saturating_sub(8)..];
    tail.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
