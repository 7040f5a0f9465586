//! The document security store: certificates, CRLs and OCSP answers that came with the file (ISO 32000-2 §12.8.4.3).
//!
//! Each piece of evidence says in which revision it entered and where it lies, because a later document time-stamp
//! proves the existence of exactly what its range covers. Nothing is parsed here beyond the streams.

use std::collections::HashMap;
use std::ops::Range;

use super::document::{Document, View};
use super::filter::{self, Undecoded};
use super::object::{Object, Stream};
use super::string::{date_of, text_of};
use chrono::{DateTime, Utc};

/// Pieces of evidence read from one file. A file renewed for fifty years with fresh CRLs has a few hundred.
pub const EVIDENCE_MAX: usize = 4096;
/// VRI entries read, all revisions together.
pub const VRI_MAX: usize = 1024;
/// References followed, all revisions together: a file renewed a hundred times lists a hundred thousand.
const REFERENCES_MAX: usize = 500_000;
/// Bytes of one piece of evidence, encoded; the largest CRLs have 20 MB.
const EVIDENCE_BYTES_MAX: usize = 32 << 20;

/// What a stream of the store is said to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EvidenceKind {
    /// A certificate.
    Certificate,
    /// A certificate revocation list.
    Crl,
    /// An OCSP response.
    Ocsp,
    /// A time-stamp token on validation data (`/TS`).
    TimeStamp,
}

/// The bytes of a piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceBytes {
    /// They stand in the file as they are.
    InFile(Range<usize>),
    /// They were compressed.
    Decoded(Vec<u8>),
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What it is said to be.
    pub kind: EvidenceKind,
    /// Object number.
    pub object: u32,
    /// The revision in which it entered, counted from 0.
    pub entered: usize,
    /// Where its object lies in the file: a document time-stamp that covers these bytes proves it existed.
    pub at: Range<usize>,
    /// Its bytes.
    pub bytes: Result<EvidenceBytes, Undecoded>,
}

impl Evidence {
    /// Its bytes; `file` is the file it was read from.
    pub fn bytes<'a>(&'a self, file: &'a [u8]) -> Option<&'a [u8]> {
        match self.bytes.as_ref().ok()? {
            EvidenceBytes::InFile(range) => file.get(range.clone()),
            EvidenceBytes::Decoded(bytes) => Some(bytes),
        }
    }
}

/// Evidence that was put there for one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vri {
    /// Upper-case hexadecimal SHA-1 of the signature value it is for, as the key says.
    pub key: String,
    /// The revision in which it entered.
    pub entered: usize,
    /// Indices into [`SecurityStore::evidence`].
    pub evidence: Vec<usize>,
    /// `/TU`: when it was collected, a claim.
    pub collected: Option<DateTime<Utc>>,
    /// `/TS`: index of the time-stamp on it.
    pub time_stamp: Option<usize>,
}

/// All evidence of all revisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityStore {
    /// In the order in which it entered.
    pub evidence: Vec<Evidence>,
    /// Per signature, in the order in which it entered.
    pub vri: Vec<Vri>,
    /// Whether there was more than is read.
    pub is_cut: bool,
}

impl SecurityStore {
    /// Evidence of one kind.
    pub fn of(&self, kind: EvidenceKind) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(move |evidence| evidence.kind == kind)
    }

    /// The stores of all revisions of a document.
    pub(super) fn read(document: &Document<'_>) -> Self {
        let mut reading = Reading {
            document,
            store: Self::default(),
            known: HashMap::new(),
            seen: HashMap::new(),
            left: REFERENCES_MAX,
        };
        let mut last = None;
        for revision in 0..document.revisions.len() {
            let view = document.view(revision);
            let Some(catalog) = view.catalog() else { continue };
            let Some(value) = catalog.dict().and_then(|catalog| catalog.get(b"DSS")) else { continue };
            // The same store where nothing new is listed needs no second look.
            let place = value.reference().map(|number| (number, view.place(number)));
            if last.is_some() && last == place && document.listed(revision).next().is_none() {
                continue;
            }
            last = place;
            reading.revision(view, value);
        }
        reading.store
    }
}

struct Reading<'r, 'a> {
    document: &'r Document<'a>,
    store: SecurityStore,
    /// Evidence by kind and place.
    known: HashMap<(EvidenceKind, usize), usize>,
    /// VRI entries by key, with the evidence they had.
    seen: HashMap<String, Vec<usize>>,
    /// References that may still be followed.
    left: usize,
}

impl Reading<'_, '_> {
    fn revision(&mut self, view: View<'_, '_>, value: &Object) {
        let store = view.resolve(Some(value));
        let Some(store) = store.dict() else { return };
        let lists: [(&[u8], EvidenceKind); 3] =
            [(b"Certs", EvidenceKind::Certificate), (b"CRLs", EvidenceKind::Crl), (b"OCSPs", EvidenceKind::Ocsp)];
        for (key, kind) in lists {
            self.list(view, store.get(key), kind);
        }
        let all = view.resolve(store.get(b"VRI"));
        let Some(all) = all.dict() else { return };
        for (key, value) in &all.entries {
            if self.store.vri.len() == VRI_MAX || self.left == 0 {
                self.store.is_cut = true;
                return;
            }
            self.vri(view, String::from_utf8_lossy(key).into_owned(), value);
        }
    }

    fn vri(&mut self, view: View<'_, '_>, key: String, value: &Object) {
        self.left = self.left.saturating_sub(1);
        let entry = view.resolve(Some(value));
        let Some(entry) = entry.dict() else { return };
        let lists: [(&[u8], EvidenceKind); 3] =
            [(b"Cert", EvidenceKind::Certificate), (b"CRL", EvidenceKind::Crl), (b"OCSP", EvidenceKind::Ocsp)];
        let mut evidence = Vec::new();
        for (list, kind) in lists {
            evidence.extend(self.list(view, entry.get(list), kind));
        }
        let stamp = entry.get(b"TS").and_then(Object::reference);
        let time_stamp = stamp.and_then(|number| self.one(view, number, EvidenceKind::TimeStamp));
        if self.seen.get(&key) == Some(&evidence) {
            return;
        }
        self.seen.insert(key.clone(), evidence.clone());
        let collected = view.resolve(entry.get(b"TU")).string().and_then(|bytes| date_of(&text_of(&bytes)));
        self.store.vri.push(Vri { key, entered: view.revision, evidence, collected, time_stamp });
    }

    fn list(&mut self, view: View<'_, '_>, value: Option<&Object>, kind: EvidenceKind) -> Vec<usize> {
        let list = view.resolve(value);
        let all = list.array().unwrap_or_default();
        let room = all.len().min(self.left);
        self.store.is_cut |= room < all.len();
        self.left -= room;
        all[..room].iter().filter_map(Object::reference).filter_map(|number| self.one(view, number, kind)).collect()
    }

    fn one(&mut self, view: View<'_, '_>, object: u32, kind: EvidenceKind) -> Option<usize> {
        let place = view.place(object).unwrap_or(usize::MAX);
        if let Some(&known) = self.known.get(&(kind, place)) {
            return Some(known);
        }
        if self.store.evidence.len() == EVIDENCE_MAX {
            self.store.is_cut = true;
            return None;
        }
        let indirect = self.document.object_at(place);
        let at = indirect.as_ref().map_or(0..0, |indirect| indirect.span.clone());
        let bytes = match view.get(object).as_deref() {
            Some(Object::Stream(stream)) => self.bytes(stream),
            _ => Err(Undecoded::Missing),
        };
        self.store.evidence.push(Evidence { kind, object, entered: view.revision, at, bytes });
        let index = self.store.evidence.len() - 1;
        self.known.insert((kind, place), index);
        Some(index)
    }

    fn bytes(&self, stream: &Stream) -> Result<EvidenceBytes, Undecoded> {
        if self.document.is_encrypted {
            return Err(Undecoded::Encrypted);
        }
        if stream.body.len() > EVIDENCE_BYTES_MAX {
            return Err(Undecoded::TooLong);
        }
        if filter::is_plain(&stream.dict) {
            return Ok(EvidenceBytes::InFile(stream.body.clone()));
        }
        self.document.decode(stream).map(EvidenceBytes::Decoded)
    }
}
