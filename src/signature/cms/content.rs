//! What a signature is made over, as the check of it needs it: digests on demand, and slices only where a digest is
//! not enough.
//!
//! A large scan is hashed once however many signatures cover it, by whoever holds the file; here only results enter.

use crate::signature::Reason;
use crate::signature::algorithm::{Budget, DigestAlgorithm, DigestValue};

/// The bytes that a signature is said to cover.
pub trait Content {
    /// Their digest. Asked at most once per algorithm and check; `Err` when the bytes are not at hand.
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason>;

    /// The bytes themselves, in order, where they are at hand: needed only for algorithms that take no digest
    /// (Ed25519 without signed attributes) and for archive time-stamps of version 2 over a detached document.
    fn slices(&self) -> Option<Vec<&[u8]>> {
        None
    }
}

impl<F: Fn(DigestAlgorithm) -> Result<DigestValue, Reason>> Content for F {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        self(algorithm)
    }
}

/// Bytes in memory, in order.
#[derive(Debug, Clone, Copy)]
pub struct Slices<'a>(pub &'a [&'a [u8]]);

impl Content for Slices<'_> {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        Ok(algorithm.of_parts(self.0))
    }

    fn slices(&self) -> Option<Vec<&[u8]>> {
        Some(self.0.to_vec())
    }
}

/// Bytes in memory whose hashing is taken from what one document may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Metered<'a> {
    /// The bytes, in order.
    pub parts: &'a [&'a [u8]],
    /// From what it is taken.
    pub budget: &'a Budget,
}

impl Content for Metered<'_> {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        self.budget.hash(algorithm, self.parts.iter().map(|part| part.len()).sum())?;
        Ok(algorithm.of_parts(self.parts))
    }

    fn slices(&self) -> Option<Vec<&[u8]>> {
        Some(self.parts.to_vec())
    }
}

/// How the covered bytes are bound to the signed data (RFC 5652 §5.2; ISO 32000-2 §12.8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// They are the content inside; nothing else is covered.
    Inside,
    /// They are the detached content (`.p7s`, `adbe.pkcs7.detached`, `ETSI.CAdES.detached`).
    Detached,
    /// Their SHA-1 is the content inside (`adbe.pkcs7.sha1`).
    Sha1Inside,
    /// Their digest is the imprint in the time-stamp token that is the content (`ETSI.RFC3161`).
    Imprint,
}

impl Bound {
    /// The binding that a PDF sub-filter stands for; `None` for one that is not CMS.
    pub fn of_sub_filter(sub_filter: Option<&str>) -> Option<Self> {
        match sub_filter {
            // Without a sub-filter the range still says what it is: read it as the usual kind.
            None | Some("adbe.pkcs7.detached" | "ETSI.CAdES.detached") => Some(Self::Detached),
            Some("adbe.pkcs7.sha1") => Some(Self::Sha1Inside),
            Some("ETSI.RFC3161") => Some(Self::Imprint),
            Some(_) => None,
        }
    }
}
