//! Signatures in documents: who signed which bytes, whether that can be relied upon, and for how long.
//!
//! `pdf`, `cms`, `xml` and `container` find and read signatures, `x509`, `crl` and `ocsp` what vouches for them, over
//! `der`; `cades` gives attributes a meaning, `timestamp` and `evidence_record` read what proves that they existed at a
//! time, `asn1` writes the little that is written, `algorithm` holds the algorithms, `path` finds and checks chains.
//! Over all of these stands `judge`: facts in, verdicts out (EN 319 102-1), by a `policy`; `practice` decides what
//! becomes of a document, `report` tells it to programs.
//!
//! Pure: bytes in, values out; no clock, no disk, no network. Whatever the bytes are, there is an answer: what cannot
//! be read or checked is a fact with its [`Reason`], never an error, a panic or an omission.

pub mod algorithm;
pub mod asn1;
pub mod cades;
pub mod cms;
pub mod container;
pub mod crl;
pub mod der;
pub mod evidence_record;
pub mod judge;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod pdf;
pub mod policy;
pub mod practice;
pub mod report;
pub mod timestamp;
pub mod tree;
pub mod wanted;
pub mod x509;
pub mod xml;

mod outcome;

pub use outcome::{DigestCheck, Reason, ValueCheck};

#[cfg(test)]
mod tests;
