//! The catalog: what the archive holds, by identifier and by code, in RocksDB.
//!
//! A projection: a function of the ledger's entries and their bodies, and nothing else. Its cursor (how much of the
//! ledger it shows) is written in the same batch as what it shows, so the two cannot disagree; it may be deleted and
//! rebuilt. Bodies are kept as the bytes that were committed to.
//!
//! Rows, by first byte of the key: `b` body of a record or dossier · `c` code → identifier · `d` dossier, ordinal →
//! record, its dates and statement · `D` dossier, day of accession, statement
//! of records that are alike in it · `e` identifier, ledger index → event · `f` dossier, subject, ledger index → what
//! bears on its retention · `g` ledger index → rules proposed or adopted · `h` content, dossier → record · `H` SHA-256 of one of
//! several files, record · `i` ledger index → identifier · `j` an execution under way → its disposal case · `k` ledger index → KEY frame under
//! another scope · `l` scope, ledger index of an event that moved keys to it · `n` digest of issuer, year, number,
//! notation → first such record · `o` identifier of a hold · `p` object, part → place, until its entry comes · `q` time,
//! record: whose signatures are to be validated again · `r` dossier → what its retention counts from · `s` scope →
//! objects · `t` fingerprint and identifier of a trust anchor · `u` identifier of a time-stamping authority · `v` record →
//! its newest validation run · `w` identifier of a source of evidence · `x` SHA-256 of captured evidence → where it is ·
//! `y` year and number of a disposal case → its identifier · `z` tombstone of a record · `a`/`A` actor · `B` body of a record whose
//! description was amended · `G` identifier of an account · `C` disposal
//! case → whether it is open · `L` record, disposal case onto whose list it was put · `m` the cursor.
//!
//! Must not read the truth or decide anything.

mod batch;
mod changes;
mod destruction;
mod disposal;
mod evidence;
mod retention;
mod row;

use crate::digest::{Blake3, Sha256};
use crate::event::ActorId;
use crate::position::Location;
use rocksdb::{
    DB, Direction, ErrorKind, IngestExternalFileOptions, IteratorMode, Options, ReadOptions, SstFileWriter, WriteBatch,
};
use std::path::Path;
use uuid::Uuid;

pub use batch::Batch;
pub use disposal::CaseState;
pub use retention::{Depth, DossierRow, Fact, FactRow, Kept, Lot, PlacedRow, Slice, Walk};
pub use row::{Cursor, EventRow, EvidenceRow, ObjectRow, RunRow, Serves};

/// Why the catalog could not do it. It can always be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// RocksDB failed.
    #[error("catalog: {0}")]
    Engine(#[from] rocksdb::Error),
    /// A row is not in its form.
    #[error("catalog: a row of {0} is damaged")]
    Damaged(&'static str),
}

impl CatalogError {
    /// Whether the catalog itself is at fault: then it is made anew. A full disk, missing rights or too few file handles
    /// are not.
    pub fn is_spoilt(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            // What the system refused is told by its words, also within an error of another kind; so is a file that is gone.
            Self::Engine(error) if error.as_ref().contains("IO error") => {
                error.as_ref().contains("No such file or directory")
            }
            Self::Engine(error) => matches!(
                error.kind(),
                ErrorKind::Corruption | ErrorKind::NotFound | ErrorKind::InvalidArgument | ErrorKind::Incomplete
            ),
        }
    }
}

/// What a code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A record.
    Record(Uuid),
    /// A dossier.
    Dossier(Uuid),
}

/// Issuer, year, number and notation as the beginning of their BLAKE3: it may outlive the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identified(pub [u8; 16]);

impl Identified {
    /// Of an identifier's text.
    pub fn of(identifier: &str) -> Self {
        Self(*Blake3::of(identifier.as_bytes()).0.first_chunk().expect("thirty-two bytes"))
    }
}

/// The catalog, open for writing or as a follower of the writer's.
pub struct Catalog {
    db: DB,
}

impl Catalog {
    /// Opens the catalog in `dir` for writing, or creates it.
    pub fn open(dir: &Path) -> Result<Self, CatalogError> {
        let mut options = options()?;
        options.create_if_missing(true);
        Ok(Self { db: DB::open(&options, dir)? })
    }

    /// Opens the catalog in `dir` for reading beside its writer; `scratch` takes RocksDB's own log.
    pub fn open_secondary(dir: &Path, scratch: &Path) -> Result<Self, CatalogError> {
        let mut options = options()?;
        options.set_max_open_files(-1); // required by RocksDB for secondaries
        let db = DB::open_as_secondary(&options, dir, scratch)?;
        db.try_catch_up_with_primary()?;
        Ok(Self { db })
    }

    /// Takes up what the writer has written since; for a catalog that is open beside it.
    pub fn refresh(&self) -> Result<(), CatalogError> {
        Ok(self.db.try_catch_up_with_primary()?)
    }

    /// How much of the ledger it shows; `None` where it shows nothing.
    pub fn cursor(&self) -> Result<Option<Cursor>, CatalogError> {
        self.db.get(b"m")?.map(|bytes| Cursor::decode(&bytes).ok_or(CatalogError::Damaged("the cursor"))).transpose()
    }

    /// Makes a batch visible and moves the cursor, at once.
    pub fn apply(&self, mut batch: Batch, cursor: &Cursor) -> Result<(), CatalogError> {
        batch.batch.put(b"m", cursor.encode());
        let mut write = WriteBatch::default();
        for (row_key, value) in batch.batch.iter() {
            match value {
                Some(value) => write.put(row_key, value),
                None => write.delete(row_key),
            }
        }
        Ok(self.db.write(write)?)
    }

    /// As [`Catalog::apply`] for some megabytes at once, durable on return: sorted, written as a file of the engine's
    /// own and taken in whole. What is written row by row is sorted in memory first and costs three times as much.
    pub fn load(&self, batch: &mut Batch, cursor: &Cursor) -> Result<(), CatalogError> {
        batch.batch.put(b"m", cursor.encode());
        let mut options = Options::default();
        options.set_compression_type(rocksdb::DBCompressionType::None);
        let file = self.db.path().join(LOADING);
        let mut writer = SstFileWriter::create(&options);
        writer.open(&file)?;
        for (row_key, value) in batch.batch.sorted() {
            match value {
                Some(value) => writer.put(row_key, value)?,
                None => writer.delete(row_key)?,
            }
        }
        writer.finish()?;
        batch.batch.clear();
        // If we crash before it is taken in: the next one replaces it; the engine does not look at files of that name.
        let mut take = IngestExternalFileOptions::default();
        take.set_move_files(true);
        Ok(self.db.ingest_external_file_opts(&take, vec![file])?)
    }

    /// Writes memory to disk, so that the next opening has nothing to replay.
    pub fn flush(&self) -> Result<(), CatalogError> {
        Ok(self.db.flush()?)
    }

    /// The body of a record or dossier, as committed; that of a record whose description was amended, as it reads since.
    pub fn body(&self, id: Uuid) -> Result<Option<Vec<u8>>, CatalogError> {
        match self.db.get(key(b'B', &[id.as_bytes()]))? {
            Some(amended) => Ok(Some(amended)),
            None => Ok(self.db.get(key(b'b', &[id.as_bytes()]))?),
        }
    }

    /// Flushes where the next opening would have much to replay.
    pub fn flush_if_long(&self) -> Result<(), CatalogError> {
        const LOG_BYTES_MAX: u64 = 1024 * 1024; // some 5 ms of replay
        let files = std::fs::read_dir(self.db.path()).into_iter().flatten().flatten();
        let logs = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "log"));
        let bytes: u64 = logs.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum();
        if bytes > LOG_BYTES_MAX { self.flush() } else { Ok(()) }
    }

    /// What a code or an identifier names.
    pub fn named(&self, code: &str) -> Result<Option<Named>, CatalogError> {
        let Some(row) = self.db.get(key(b'c', &[code.as_bytes()]))? else { return Ok(None) };
        let (kind, id) = row.split_first().ok_or(CatalogError::Damaged("a code"))?;
        let id = Uuid::from_slice(id).map_err(|_| CatalogError::Damaged("a code"))?;
        Ok(Some(if *kind == b'd' { Named::Dossier(id) } else { Named::Record(id) }))
    }

    /// The dossiers whose code begins with `prefix` and comes after `after`, in the order of codes, at most `limit`. Codes of
    /// records are passed over at one stroke: they follow that of their dossier.
    pub fn dossiers_of(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<(String, Uuid)>, CatalogError> {
        let damaged = || CatalogError::Damaged("a code");
        let mut read = ReadOptions::default();
        read.set_iterate_upper_bound(after_prefix(&key(b'c', &[prefix.as_bytes()])));
        let mut rows = self.db.raw_iterator_opt(read);
        // `/` is the character after the full stop, which is before what follows a dossier's code.
        let beyond = |code: &str| key(b'c', &[code.as_bytes(), b"/"]);
        rows.seek(if after.starts_with(prefix) { beyond(after) } else { key(b'c', &[prefix.as_bytes()]) });
        let mut found = Vec::new();
        while found.len() < limit
            && let Some((row_key, value)) = rows.item()
        {
            let (kind, id) = value.split_first().ok_or_else(damaged)?;
            if *kind == b'd' {
                let code = std::str::from_utf8(&row_key[1..]).map_err(|_| damaged())?.to_owned();
                let id = Uuid::from_slice(id).map_err(|_| damaged())?;
                rows.seek(beyond(&code));
                found.push((code, id));
            } else {
                rows.next();
            }
        }
        rows.status()?;
        Ok(found)
    }

    /// The records of a dossier after `ordinal`, in order, at most `limit`; those that are there still.
    pub fn records_of(&self, dossier: Uuid, after: u32, limit: usize) -> Result<Vec<(u32, Uuid)>, CatalogError> {
        let prefix = key(b'd', &[dossier.as_bytes()]);
        let from = key(b'd', &[dossier.as_bytes(), &after.saturating_add(1).to_be_bytes()]);
        let mut records = Vec::new();
        for row in self.range(&prefix, &from) {
            let (row_key, id) = row?;
            let ordinal = row_key[prefix.len()..].try_into().map_err(|_| CatalogError::Damaged("a dossier"))?;
            if id.len() == GONE_BYTES {
                continue;
            }
            let id = id.get(..16).and_then(|id| Uuid::from_slice(id).ok()).ok_or(CatalogError::Damaged("a dossier"))?;
            records.push((u32::from_be_bytes(ordinal), id));
            if records.len() == limit {
                break;
            }
        }
        Ok(records)
    }

    /// The dossiers that got another title by events from one ledger index to before another.
    pub fn retitled(&self, from: u64, before: u64) -> Result<Vec<Uuid>, CatalogError> {
        let (from, end) = (key(b'T', &[&from.to_be_bytes()]), key(b'T', &[&before.to_be_bytes()]));
        let rows = self.range(b"T", &from).take_while(|row| row.as_ref().map_or(true, |(row_key, _)| **row_key < *end));
        rows.map(|row| Uuid::from_slice(&row?.1).map_err(|_| CatalogError::Damaged("a title"))).collect()
    }

    /// The records of a dossier that were destroyed, in order.
    pub fn gone_of(&self, dossier: Uuid) -> Result<Vec<Uuid>, CatalogError> {
        let prefix = key(b'd', &[dossier.as_bytes()]);
        let gone =
            self.range(&prefix, &prefix).filter(|row| row.as_ref().map_or(true, |row| row.1.len() == GONE_BYTES));
        gone.map(|row| Uuid::from_slice(&row?.1).map_err(|_| CatalogError::Damaged("a dossier"))).collect()
    }

    /// The highest ordinal given in a dossier; 0 where it has no record.
    pub fn last_ordinal(&self, dossier: Uuid) -> Result<u32, CatalogError> {
        let prefix = key(b'd', &[dossier.as_bytes()]);
        let row = self.last_with_prefix(&prefix)?;
        let ordinal = row.map(|(row_key, _)| row_key[prefix.len()..].try_into().map(u32::from_be_bytes));
        ordinal.transpose().map(Option::unwrap_or_default).map_err(|_| CatalogError::Damaged("a dossier"))
    }

    /// The record of a dossier that has this content (`record::content_of`), if there is one.
    pub fn holding(&self, file_code: &str, content: &Sha256) -> Result<Option<Uuid>, CatalogError> {
        self.id_at(key(b'h', &[&content.0, file_code.as_bytes()]))
    }

    /// The records that have this content or this file among several, at most `limit` of each.
    pub fn all_holding(&self, sha256: &Sha256, limit: usize) -> Result<Vec<Uuid>, CatalogError> {
        let (whole, among) = (key(b'h', &[&sha256.0]), key(b'H', &[&sha256.0]));
        let damaged = || CatalogError::Damaged("what is held");
        let alone = self.range(&whole, &whole).take(limit).map(|row| Uuid::from_slice(&row?.1).map_err(|_| damaged()));
        let one_of = |row: Row| row.0.get(among.len()..).and_then(|id| Uuid::from_slice(id).ok()).ok_or_else(damaged);
        let several = self.range(&among, &among).take(limit).map(|row| one_of(row?));
        alone.chain(several).collect()
    }

    /// The first record with this identifier (issuer, year, number, notation).
    pub fn identified(&self, identifier: Identified) -> Result<Option<Uuid>, CatalogError> {
        self.id_at(key(b'n', &[&identifier.0]))
    }

    /// The events of one thing, oldest first, with their ledger indexes.
    pub fn events(&self, id: Uuid) -> Result<Vec<(u64, EventRow)>, CatalogError> {
        let prefix = key(b'e', &[id.as_bytes()]);
        let mut events = Vec::new();
        for row in self.range(&prefix, &prefix) {
            let (row_key, bytes) = row?;
            events.push(event_row(&prefix, &row_key, &bytes)?);
        }
        Ok(events)
    }

    /// The newest event of one thing.
    pub fn last_event(&self, id: Uuid) -> Result<Option<(u64, EventRow)>, CatalogError> {
        let prefix = key(b'e', &[id.as_bytes()]);
        let row = self.last_with_prefix(&prefix)?;
        row.map(|(row_key, bytes)| event_row(&prefix, &row_key, &bytes)).transpose()
    }

    /// The event of one thing at a ledger index.
    pub fn event(&self, id: Uuid, index: u64) -> Result<Option<EventRow>, CatalogError> {
        let row = self.db.get(key(b'e', &[id.as_bytes(), &index.to_be_bytes()]))?;
        row.map(|bytes| EventRow::decode(index, &bytes).ok_or(CatalogError::Damaged("an event"))).transpose()
    }

    /// The event of one thing before that at ledger index `index`; `None` where the catalog does not show that one.
    pub fn event_before(&self, id: Uuid, index: u64) -> Result<Option<Option<u64>>, CatalogError> {
        let prefix = key(b'e', &[id.as_bytes()]);
        let own = key(b'e', &[id.as_bytes(), &index.to_be_bytes()]);
        let mut rows = self.db.iterator(IteratorMode::From(&own, Direction::Reverse));
        if rows.next().transpose()?.is_none_or(|(row_key, _)| row_key[..] != own[..]) {
            return Ok(None);
        }
        let before = rows.next().transpose()?.filter(|(row_key, _)| row_key.starts_with(&prefix));
        let before = before.map(|(row_key, bytes)| event_row(&prefix, &row_key, &bytes)).transpose()?;
        Ok(Some(before.map(|(index, _)| index)))
    }

    /// What the entry at a ledger index is about.
    pub fn subject_of(&self, index: u64) -> Result<Option<Uuid>, CatalogError> {
        self.id_at(key(b'i', &[&index.to_be_bytes()]))
    }

    /// Parts of an object that were committed ahead of its entry, in order.
    pub fn pending_parts(&self, object: Uuid) -> Result<Vec<Location>, CatalogError> {
        let prefix = key(b'p', &[object.as_bytes()]);
        let mut parts = Vec::new();
        for row in self.range(&prefix, &prefix) {
            parts.push(row::decode_location(&row?.1).ok_or(CatalogError::Damaged("a part"))?);
        }
        Ok(parts)
    }

    /// Objects under a scope key so far.
    pub fn scope_objects(&self, scope: Uuid) -> Result<u64, CatalogError> {
        let row = self.db.get(key(b's', &[scope.as_bytes()]))?;
        row.map_or(Ok(0), |bytes| {
            bytes.try_into().map(u64::from_be_bytes).map_err(|_| CatalogError::Damaged("a scope"))
        })
    }

    /// Every hold, in the order of their placing.
    pub fn holds(&self) -> Result<Vec<Uuid>, CatalogError> {
        let id = |row: Row| Uuid::from_slice(row.0.get(1..)?).ok();
        self.range(b"o", b"o").map(|row| id(row?).ok_or(CatalogError::Damaged("a hold"))).collect()
    }

    /// Every reader's request, in the order of their coming.
    pub fn requests(&self) -> Result<Vec<Uuid>, CatalogError> {
        let id = |row: Row| Uuid::from_slice(row.0.get(1..)?).ok();
        self.range(b"Q", b"Q").map(|row| id(row?).ok_or(CatalogError::Damaged("a request"))).collect()
    }

    /// Every account, in the order of their making.
    pub fn accounts(&self) -> Result<Vec<Uuid>, CatalogError> {
        let id = |row: Row| Uuid::from_slice(row.0.get(1..)?).ok();
        self.range(b"G", b"G").map(|row| id(row?).ok_or(CatalogError::Damaged("an account"))).collect()
    }

    /// The pseudonym of an actor.
    pub fn actor(&self, name: &str) -> Result<Option<ActorId>, CatalogError> {
        let row = self.db.get(key(b'a', &[name.as_bytes()]))?;
        row.map(|bytes| bytes.try_into().map(ActorId).map_err(|_| CatalogError::Damaged("an actor"))).transpose()
    }

    /// Who acts under a pseudonym.
    pub fn actor_name(&self, actor: ActorId) -> Result<Option<String>, CatalogError> {
        let row = self.db.get(key(b'A', &[&actor.0]))?;
        row.map(|bytes| String::from_utf8(bytes).map_err(|_| CatalogError::Damaged("an actor"))).transpose()
    }

    /// Number of records that are there: rows that place a record in a dossier.
    pub fn count_records(&self) -> Result<u64, CatalogError> {
        let mut count = 0;
        for row in self.range(b"d", b"d") {
            count += u64::from(row?.1.len() != GONE_BYTES);
        }
        Ok(count)
    }

    /// Every row, in order: what a comparison of two catalogs walks.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, CatalogError>> {
        self.db.iterator(IteratorMode::Start).map(|row| row.map_err(CatalogError::from))
    }

    /// Hands every row to `visit`, in order and where it lies.
    pub fn each_row(&self, mut visit: impl FnMut(&[u8], &[u8])) -> Result<(), CatalogError> {
        let mut read = ReadOptions::default();
        read.fill_cache(false);
        let mut rows = self.db.raw_iterator_opt(read);
        rows.seek_to_first();
        while let Some((row_key, value)) = rows.item() {
            visit(row_key, value);
            rows.next();
        }
        Ok(rows.status()?)
    }

    /// Hands every event with its subject to `visit`, subject by subject, until that says no.
    pub fn each_event(&self, mut visit: impl FnMut(Uuid, EventRow) -> bool) -> Result<(), CatalogError> {
        for row in self.range(b"e", b"e") {
            let (row_key, bytes) = row?;
            let split = row_key.get(1..).and_then(|rest| rest.split_first_chunk::<16>());
            let (id, index) = split.ok_or(CatalogError::Damaged("an event"))?;
            let index = index.try_into().map(u64::from_be_bytes).map_err(|_| CatalogError::Damaged("an event"))?;
            let row = EventRow::decode(index, &bytes).ok_or(CatalogError::Damaged("an event"))?;
            if !visit(Uuid::from_bytes(*id), row) {
                break;
            }
        }
        Ok(())
    }

    fn id_at(&self, row_key: Vec<u8>) -> Result<Option<Uuid>, CatalogError> {
        let row = self.db.get(row_key)?;
        row.map(|bytes| Uuid::from_slice(&bytes).map_err(|_| CatalogError::Damaged("an identifier"))).transpose()
    }

    fn range(&self, prefix: &[u8], from: &[u8]) -> impl Iterator<Item = Result<Row, CatalogError>> {
        let mut read = ReadOptions::default();
        read.set_iterate_upper_bound(after_prefix(prefix));
        let mode = IteratorMode::From(from, Direction::Forward);
        self.db.iterator_opt(mode, read).map(|row| row.map_err(CatalogError::from))
    }

    fn last_with_prefix(&self, prefix: &[u8]) -> Result<Option<Row>, CatalogError> {
        let end = after_prefix(prefix);
        let mut rows = self.db.iterator(IteratorMode::From(&end, Direction::Reverse));
        // The first row at or before `end` may be the one that begins exactly there.
        loop {
            match rows.next().transpose()? {
                Some((row_key, _)) if row_key[..] >= end[..] => {}
                Some(row) if row.0.starts_with(prefix) => return Ok(Some(row)),
                _ => return Ok(None),
            }
        }
    }
}

/// Key and value as stored.
pub type Row = (Box<[u8]>, Box<[u8]>);

/// A place in a dossier whose row is only an identifier is that of a destroyed record.
const GONE_BYTES: usize = 16;

/// The file in the catalog's folder that [`Catalog::load`] writes.
const LOADING: &str = "loading";

fn event_row(prefix: &[u8], row_key: &[u8], bytes: &[u8]) -> Result<(u64, EventRow), CatalogError> {
    let index = row_key[prefix.len()..].try_into().map(u64::from_be_bytes);
    let index = index.map_err(|_| CatalogError::Damaged("an event"))?;
    Ok((index, EventRow::decode(index, bytes).ok_or(CatalogError::Damaged("an event"))?))
}

fn key(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = vec![kind];
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// The first key after all that begin with `prefix`, whose first byte is a letter.
fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            break;
        }
    }
    end
}

fn options() -> Result<Options, CatalogError> {
    let mut options = Options::default();
    options.set_write_buffer_size(32 * 1024 * 1024);
    options.set_max_write_buffer_number(3);
    options.set_max_background_jobs(2);
    options.set_level_zero_file_num_compaction_trigger(8);
    options.set_max_file_opening_threads(1);
    options.set_compression_type(rocksdb::DBCompressionType::None);
    options.set_bottommost_compression_type(rocksdb::DBCompressionType::Zstd);
    options.set_keep_log_file_num(2);
    options.set_max_total_wal_size(64 * 1024 * 1024);
    // A short-lived writer neither flushes what it replays nor starts a compaction that its end would cancel: what
    // is in the log stays there until a long ingest, a rebuild or 32 MiB flush it.
    Ok(options.get_options_from_string("avoid_flush_during_recovery=true")?)
}

#[cfg(test)]
mod tests;
