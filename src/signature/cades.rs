//! What the attributes of CAdES signatures say (ETSI EN 319 122-1, TS 101 733), as values.
//!
//! `signing_certificate` binds a signer to its certificate; `signed` and `unsigned` read every other attribute;
//! `time_stamp` finds the time-stamps of a signature and computes what each must have been made over; `hash_index`
//! reads the list that an archive time-stamp of version 3 covers; `carried` collects the certificates and revocation
//! data of a signature and of its time-stamps. Whoever judges needs no ASN.1 beyond this.
//!
//! Each attribute that must stand once is a [`Once`](super::cms::Once): absent, one, several or malformed. Nothing is
//! recursive: tokens and counter-signatures are values of their own, whose attributes are read by another call.

pub mod carried;
pub mod hash_index;
pub mod reference;
pub mod signed;
pub mod signing_certificate;
pub mod time_stamp;
pub mod unsigned;

pub use carried::{Carried, Origin, Part, carried};
pub use hash_index::{HashIndex, HashIndexVersion};
pub use reference::{CertificateReference, HashReference, IssuerSerial, RevocationReference, RevocationReferenceKind};
pub use signed::{SignaturePolicy, SignedProperties, SignerAttributes, SignerLocation};
pub use signing_certificate::{SigningCertificate, SigningCertificateCheck};
pub use time_stamp::{AttachedTimeStamp, Covered, TimeStampDefect, TimeStampKind, time_stamps};
pub use unsigned::{RevocationValues, UnsignedProperties};

use super::der::{self, Element, Error, Slice};

/// Entries read from one list inside an attribute (certificates, references, values).
pub const ENTRIES_MAX: usize = 4096;

/// The elements of a list, each read by `read`.
fn list<'a, T>(element: &Element<'a>, read: impl Fn(&Element<'a>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    for entry in element.children() {
        if found.len() >= ENTRIES_MAX {
            return Err(Error::TooMany);
        }
        found.push(read(&entry?)?);
    }
    Ok(found)
}

/// The elements of a list, as written.
fn raw_list(whole: &Slice, element: &Element<'_>) -> Result<Vec<Slice>, Error> {
    list(element, |entry| Ok(whole.part(entry.raw)))
}

/// The one element inside an explicit tag.
fn inside<'a>(explicit: &Element<'a>) -> Result<Element<'a>, Error> {
    explicit.children().next_element()?.ok_or(Error::Truncated)
}

/// The value as an element with this tag.
fn element(value: &[u8], wanted: u8) -> Result<Element<'_>, Error> {
    match der::read(value)? {
        (element, _) if element.tag == wanted => Ok(element),
        (element, _) => Err(Error::Unexpected { expected: wanted, found: Some(element.tag) }),
    }
}

#[cfg(test)]
pub(super) mod tests;
