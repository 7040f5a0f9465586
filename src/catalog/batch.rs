//! Changes to the catalog, row by row: what a committed event adds and takes away.

use super::changes::Changes;
use super::row::{self, EventRow, EvidenceRow, RunRow};
use super::{Identified, Named, key};
use crate::digest::Sha256;
use crate::event::ActorId;
use crate::position::Location;
use crate::time::Micros;
use uuid::Uuid;

/// Changes that become visible together, with the cursor.
#[derive(Default)]
pub struct Batch {
    pub(super) batch: Changes,
}

impl Batch {
    /// Bytes of its rows.
    pub fn size(&self) -> usize {
        self.batch.size()
    }

    /// Hands key and value of each change to `visit`, in order (`None` deletes), and empties the batch.
    pub fn drain(&mut self, mut visit: impl FnMut(&[u8], Option<&[u8]>)) {
        self.batch.iter().for_each(|(row_key, value)| visit(row_key, value));
        self.batch.clear();
    }

    /// An event and, by its index, what it is about.
    pub fn event(&mut self, id: Uuid, index: u64, row: &EventRow) {
        self.batch.put(key(b'e', &[id.as_bytes(), &index.to_be_bytes()]), row.encode());
        self.batch.put(key(b'i', &[&index.to_be_bytes()]), id.as_bytes());
    }

    /// The body of a record or dossier.
    pub fn body(&mut self, id: Uuid, body: &[u8]) {
        self.batch.put(key(b'b', &[id.as_bytes()]), body);
    }

    /// The body of a record whose description was amended.
    pub fn amended(&mut self, record: Uuid, body: &[u8]) {
        self.batch.put(key(b'B', &[record.as_bytes()]), body);
    }

    /// An event that gave a dossier another title: the index is to learn it of each of its records.
    pub fn retitled(&mut self, index: u64, dossier: Uuid) {
        self.batch.put(key(b'T', &[&index.to_be_bytes()]), dossier.as_bytes());
    }

    /// What an event said of the title is gone.
    pub fn forget_retitled(&mut self, index: u64) {
        self.batch.delete(key(b'T', &[&index.to_be_bytes()]));
    }

    /// A code of a record or dossier.
    pub fn code(&mut self, code: &str, named: Named) {
        let (kind, id) = match named {
            Named::Record(id) => (b'r', id),
            Named::Dossier(id) => (b'd', id),
        };
        self.batch.put(key(b'c', &[code.as_bytes()]), key(kind, &[id.as_bytes()]));
    }

    /// A destroyed record: its tombstone, and that its place in its dossier stays taken.
    pub fn tombstone(&mut self, record: Uuid, dossier: Uuid, ordinal: u32, body: &[u8]) {
        self.batch.put(key(b'z', &[record.as_bytes()]), body);
        let gone = key(b'd', &[dossier.as_bytes(), &ordinal.to_be_bytes()]);
        self.batch.put(gone, record.as_bytes());
    }

    /// Takes away what is known of a record but its events and codes. `run` is its newest validation run.
    pub fn forget_record(&mut self, record: Uuid, run: Option<RunRow>) {
        self.batch.delete(key(b'b', &[record.as_bytes()]));
        self.batch.delete(key(b'B', &[record.as_bytes()]));
        if let Some(run) = run {
            let waits = |at: Micros| key(b'q', &[&at.0.to_be_bytes(), record.as_bytes()]);
            run.retry_at.into_iter().for_each(|at| self.batch.delete(waits(at)));
            self.batch.delete(key(b'v', &[record.as_bytes()]));
        }
    }

    /// One of the several files of a record; that of a record with one file is its content.
    pub fn file(&mut self, sha256: &Sha256, record: Uuid) {
        self.batch.put(key(b'H', &[&sha256.0, record.as_bytes()]), b"");
    }

    /// Takes away a file of a record.
    pub fn forget_file(&mut self, sha256: &Sha256, record: Uuid) {
        self.batch.delete(key(b'H', &[&sha256.0, record.as_bytes()]));
    }

    /// Takes away the content of a record.
    pub fn forget_holding(&mut self, file_code: &str, content: &Sha256) {
        self.batch.delete(key(b'h', &[&content.0, file_code.as_bytes()]));
    }

    /// An event whose bodies are gone.
    pub fn forget_bodies(&mut self, id: Uuid, index: u64, entry: Location) {
        let row = EventRow { index, entry, key: None, objects: Vec::new() };
        self.batch.put(key(b'e', &[id.as_bytes(), &index.to_be_bytes()]), row.encode());
        self.batch.delete(key(b'k', &[&index.to_be_bytes()]));
    }

    /// The keys of an event, wrapped under another scope.
    pub fn moved_keys(&mut self, index: u64, frame: &[u8]) {
        self.batch.put(key(b'k', &[&index.to_be_bytes()]), frame);
    }

    /// An event that moved keys to a scope.
    pub fn move_to(&mut self, scope: Uuid, index: u64) {
        self.batch.put(key(b'l', &[scope.as_bytes(), &index.to_be_bytes()]), b"");
    }

    /// A scope is gone, with the moves to it.
    pub fn forget_scope(&mut self, scope: Uuid, moves: &[u64]) {
        self.batch.delete(key(b's', &[scope.as_bytes()]));
        for index in moves {
            self.batch.delete(key(b'l', &[scope.as_bytes(), &index.to_be_bytes()]));
        }
    }

    /// An execution of a disposal case is under way.
    pub fn execution(&mut self, execution: Uuid, case: Uuid) {
        self.batch.put(key(b'j', &[execution.as_bytes()]), case.as_bytes());
    }

    /// An execution has ended, or another takes its place.
    pub fn execution_ended(&mut self, execution: Uuid) {
        self.batch.delete(key(b'j', &[execution.as_bytes()]));
    }

    /// The content of a record (`record::content_of`).
    pub fn holding(&mut self, file_code: &str, content: &Sha256, record: Uuid) {
        self.batch.put(key(b'h', &[&content.0, file_code.as_bytes()]), record.as_bytes());
    }

    /// A record's identifier (issuer, year, number, notation).
    pub fn identified(&mut self, identifier: Identified, record: Uuid) {
        self.batch.put(key(b'n', &[&identifier.0]), record.as_bytes());
    }

    /// A part of an object whose entry has not come yet.
    pub fn pending_part(&mut self, object: Uuid, part: u32, at: Location) {
        self.batch.put(key(b'p', &[object.as_bytes(), &part.to_be_bytes()]), row::encode_location(at));
    }

    /// The entry of an object with several parts has come.
    pub fn settle_parts(&mut self, object: Uuid, parts: usize) {
        for part in 0..u32::try_from(parts).unwrap_or(u32::MAX) {
            self.batch.delete(key(b'p', &[object.as_bytes(), &part.to_be_bytes()]));
        }
    }

    /// Objects under a scope key so far.
    pub fn scope_objects(&mut self, scope: Uuid, objects: u64) {
        self.batch.put(key(b's', &[scope.as_bytes()]), objects.to_be_bytes());
    }

    /// A trust anchor.
    pub fn anchor(&mut self, sha256: &Sha256, id: Uuid) {
        self.batch.put(key(b't', &[&sha256.0, id.as_bytes()]), b"");
    }

    /// A time-stamping authority. Identifiers grow with time (UUIDv7).
    pub fn time_authority(&mut self, id: Uuid) {
        self.batch.put(key(b'u', &[id.as_bytes()]), b"");
    }

    /// A captured piece of evidence.
    pub fn evidence(&mut self, sha256: &Sha256, row: &EvidenceRow) {
        self.batch.put(key(b'x', &[&sha256.0]), row.encode());
    }

    /// The newest validation run of a record; `before` is what the one before waited for.
    pub fn validated(&mut self, record: Uuid, row: &RunRow, before: Option<Micros>) {
        let waits = |at: Micros| key(b'q', &[&at.0.to_be_bytes(), record.as_bytes()]);
        before.into_iter().for_each(|at| self.batch.delete(waits(at)));
        row.retry_at.into_iter().for_each(|at| self.batch.put(waits(at), b""));
        self.batch.put(key(b'v', &[record.as_bytes()]), row.encode());
    }

    /// A source of evidence. Identifiers grow with time (UUIDv7).
    pub fn evidence_source(&mut self, id: Uuid) {
        self.batch.put(key(b'w', &[id.as_bytes()]), b"");
    }

    /// A hold. Identifiers grow with time (UUIDv7).
    pub fn hold(&mut self, id: Uuid) {
        self.batch.put(key(b'o', &[id.as_bytes()]), b"");
    }

    /// A reader's request. Identifiers grow with time (UUIDv7).
    pub fn request(&mut self, id: Uuid) {
        self.batch.put(key(b'Q', &[id.as_bytes()]), b"");
    }

    /// An account. Identifiers grow with time (UUIDv7).
    pub fn account(&mut self, id: Uuid) {
        self.batch.put(key(b'G', &[id.as_bytes()]), b"");
    }

    /// An actor's pseudonym.
    pub fn actor(&mut self, name: &str, actor: ActorId) {
        self.batch.put(key(b'a', &[name.as_bytes()]), actor.0);
        self.batch.put(key(b'A', &[&actor.0]), name.as_bytes());
    }
}
