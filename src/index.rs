//! The index: what is searched for among the records' metadata.
//!
//! Owns `index/`, a Tantivy index: a projection of the ledger that holds no content and stores no text, and may be
//! deleted and rebuilt at any time. Whose it is and its cursor (how much of the ledger it has applied) travel in the
//! payload of the same commit as the documents, so that they cannot disagree: after a crash the follower goes on from
//! the cursor, and an index of another archive, or one that does not say whose it is, is stale.
//!
//! Invariants: a record is in it at most once; what is put or removed is seen after [`IndexWriter::commit`] and not
//! before; which records are hits, and their order where there are no words, depends on the records alone, so that a
//! rebuilt index answers as before (a score also weighs removed documents until a merge drops them). One writer at a
//! time, in any process; searching takes no writer's lock and starts no thread.
//!
//! Must not decide who may see a hit: it answers with record ids, and the façade checks each against the catalog.

mod content;
mod facets;
mod fold;
mod home;
mod query;
mod schema;
mod writer;

use chrono::NaiveDate;
use facets::Counting;
use home::Home;
use schema::{Fields, ISSUED, RECORD_HIGH, RECORD_LOW};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tantivy::collector::sort_key::{SortBySimilarityScore, SortByStaticFastValue};
use tantivy::collector::{Count, TopDocs};
use tantivy::directory::error::{LockError, OpenReadError};
use tantivy::store::Compressor;
use tantivy::{Directory, IndexReader, IndexSettings, ReloadPolicy, TantivyError};
use uuid::Uuid;

pub use facets::Facets;
pub use query::{LIMIT_MAX, OFFSET_MAX, QUERY_BYTES_MAX, QUERY_WORDS_MAX, Query, Within};
pub use writer::{HEAP_BYTES_MIN, IndexWriter};

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Damaged, or made by another version: delete the folder and rebuild it from the ledger.
    #[error("the index must be rebuilt: {0}")]
    Stale(String),
    /// There is a writer already, perhaps in another process.
    #[error("the index is being written by another")]
    Busy,
    /// The disk or the system failed.
    #[error("index: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        let damaged = |error: &io::Error| {
            use io::ErrorKind::{InvalidData, NotFound, Other, UnexpectedEof};
            matches!(error.kind(), InvalidData | NotFound | Other | UnexpectedEof) && error.raw_os_error().is_none()
        };
        let stale = match &error {
            TantivyError::LockFailure(LockError::LockBusy, _) => return Self::Busy,
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => damaged(io_error),
            TantivyError::IoError(io_error) => damaged(io_error),
            TantivyError::OpenReadError(_)
            | TantivyError::DataCorruption(_)
            | TantivyError::IncompatibleIndex(_)
            | TantivyError::SchemaError(_)
            | TantivyError::FieldNotFound(_)
            | TantivyError::MissingPlugin(_)
            | TantivyError::DeserializeError(_)
            | TantivyError::InternalError(_) => true,
            _ => false,
        };
        if stale { Self::Stale(error.to_string()) } else { Self::Failed(error.into()) }
    }
}

/// What the index takes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDocument {
    /// The record.
    pub record: Uuid,
    /// Its code for people.
    pub doc_code: String,
    /// Code of its dossier.
    pub file_code: String,
    /// Title of its dossier, as it was when the record was indexed.
    pub dossier_title: String,
    /// Code of the issuing agency.
    pub agency: String,
    /// Name of the issuing agency as written.
    pub organ_name: String,
    /// Number, `1719`.
    pub number: String,
    /// Notation, `QĐ-UBND`.
    pub notation: String,
    /// Number and notation together, as written.
    pub symbol: String,
    /// Code of the document type.
    pub document_type: u8,
    /// Date of issue.
    pub issued: NaiveDate,
    /// Subject.
    pub subject: String,
    /// Signer's name as written.
    pub signer: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// What its signatures led to at accession, by the caller's words; empty: nobody knows.
    pub outcome: String,
    /// The period stated for it, by the caller's words; empty: none of its own.
    pub period: String,
}

/// The answer to a [`Query`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// How many records match, exactly.
    pub total: usize,
    /// The page asked for: by score where there are words; newest issued first; then latest record id first.
    pub records: Vec<Uuid>,
}

/// The index, open for searching.
pub struct Index {
    engine: tantivy::Index,
    /// What the engine's folder said of its last commit when this was opened or refreshed.
    commit: Mutex<Vec<u8>>,
    reader: IndexReader,
    fields: Fields,
    archive: Uuid,
    cursor: Arc<AtomicU64>,
}

impl Index {
    /// Opens the index of `archive` in a folder, or creates an empty one with its cursor at 0.
    pub fn open(dir: &Path, archive: Uuid) -> Result<Self, IndexError> {
        guarded(|| Self::open_unguarded(dir, archive))
    }

    fn open_unguarded(dir: &Path, archive: Uuid) -> Result<Self, IndexError> {
        std::fs::create_dir_all(dir).map_err(|error| IndexError::Failed(error.into()))?;
        let (schema, fields) = schema::schema();
        let directory = Home::open(dir)?;
        let mut engine = if tantivy::Index::exists(&directory).map_err(TantivyError::from)? {
            tantivy::Index::open(directory)?
        } else {
            let docstore_compression = Compressor::None; // nothing is stored
            let docstore_compress_dedicated_thread = false;
            let settings =
                IndexSettings { docstore_compression, docstore_compress_dedicated_thread, ..Default::default() };
            tantivy::Index::create(directory, schema.clone(), settings)?
        };
        if engine.schema() != schema {
            return Err(IndexError::Stale("it was made by another version of this program".into()));
        }
        engine.set_tokenizers(schema::tokenizers());
        let commit = Mutex::new(last_commit(&engine)?);
        let cursor = Arc::new(AtomicU64::new(read_cursor(&engine, archive)?));
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        for segment in reader.searcher().segment_readers() {
            segment.inverted_index(fields.subject)?; // a lost positions file shows only here
        }
        Ok(Self { engine, commit, reader, fields, archive, cursor })
    }

    /// Size of the ledger that searches reflect, entries.
    pub fn cursor(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Takes up what was committed since by another writer; commits of this one's own need no call. Costs little where
    /// there was none.
    pub fn refresh(&self) -> Result<(), IndexError> {
        guarded(|| {
            // The commit first: one in between is then seen early, and never claimed without being seen.
            let commit = last_commit(&self.engine)?;
            let mut seen = self.commit.lock().map_err(|_| IndexError::Stale("a reader of it died".into()))?;
            if *seen != commit {
                let cursor = read_cursor(&self.engine, self.archive)?;
                self.reader.reload()?;
                self.cursor.store(cursor, Ordering::Release);
                *seen = commit;
            }
            Ok(())
        })
    }

    /// The writer. `heap_bytes` bounds the memory for documents not yet on disk; at least [`HEAP_BYTES_MIN`] is taken.
    pub fn writer(&self, heap_bytes: usize) -> Result<IndexWriter, IndexError> {
        IndexWriter::new(self, heap_bytes)
    }

    /// The same; a writer of another process, a reader that catches up, is waited for, some seconds at most.
    pub fn writer_when_free(&self, heap_bytes: usize) -> Result<IndexWriter, IndexError> {
        writer::when_free(|| IndexWriter::new(self, heap_bytes))
    }

    /// Answers a query. No query is an error.
    pub fn search(&self, query: &Query) -> Result<Hits, IndexError> {
        guarded(|| self.search_unguarded(query))
    }

    /// Counts the hits of a query by what they have in common; limit and offset do not matter.
    pub fn facets(&self, query: &Query) -> Result<Facets, IndexError> {
        guarded(|| Ok(self.reader.searcher().search(&query::compile(&self.fields, query).query, &Counting)?))
    }

    /// Reads every file and compares its checksum; damage is [`IndexError::Stale`], and so is a file that another
    /// process's merge takes away meanwhile.
    pub fn scrub(&self) -> Result<(), IndexError> {
        guarded(|| match self.engine.validate_checksum()?.len() {
            0 => Ok(()),
            damaged => Err(IndexError::Stale(format!("{damaged} of its files are damaged"))),
        })
    }

    fn search_unguarded(&self, query: &Query) -> Result<Hits, IndexError> {
        let searcher = self.reader.searcher();
        let compiled = query::compile(&self.fields, query);
        let held = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
        let limit = query.limit.min(LIMIT_MAX).min(held.saturating_sub(query.offset));
        if limit == 0 || query.offset > OFFSET_MAX {
            return Ok(Hits { total: searcher.search(&compiled.query, &Count)?, records: Vec::new() });
        }
        let page = TopDocs::with_limit(limit).and_offset(query.offset);
        let newest = SortByStaticFastValue::<i64>::for_field(ISSUED);
        let high = SortByStaticFastValue::<u64>::for_field(RECORD_HIGH);
        let low = SortByStaticFastValue::<u64>::for_field(RECORD_LOW);
        let (total, records): (usize, Option<Vec<Uuid>>) = if compiled.scored {
            let order = page.order_by((SortBySimilarityScore, newest, high, low));
            let (total, hits) = searcher.search(&compiled.query, &(Count, order))?;
            (total, hits.into_iter().map(|((_, _, high, low), _)| record(high, low)).collect())
        } else {
            let order = page.order_by((newest, high, low));
            let (total, hits) = searcher.search(&compiled.query, &(Count, order))?;
            (total, hits.into_iter().map(|((_, high, low), _)| record(high, low)).collect())
        };
        let missing = || IndexError::Stale("a document without its record id".into());
        Ok(Hits { total, records: records.ok_or_else(missing)? })
    }
}

fn record(high: Option<u64>, low: Option<u64>) -> Option<Uuid> {
    Some(Uuid::from_u64_pair(high?, low?))
}

/// Tantivy trusts what it maps and panics on some damaged bytes. The index is derived, so that is one more reason to
/// rebuild it and none to stop the archive.
fn guarded<T>(work: impl FnOnce() -> Result<T, IndexError>) -> Result<T, IndexError> {
    let caught = panic::catch_unwind(AssertUnwindSafe(work));
    caught.unwrap_or_else(|_| Err(IndexError::Stale("reading it failed on damaged bytes".into())))
}

/// What a commit carries beside its documents: the archive's identifier, a space, the cursor.
fn payload(archive: Uuid, cursor: u64) -> String {
    format!("{archive} {cursor}")
}

/// What the folder says of the last commit: the segments that count, and what it carries beside them.
fn last_commit(engine: &tantivy::Index) -> Result<Vec<u8>, IndexError> {
    Ok(engine.directory().atomic_read(Path::new("meta.json")).map_err(TantivyError::from)?)
}

/// Reads the cursor from the last commit; 0 where nothing was committed yet.
fn read_cursor(engine: &tantivy::Index, archive: Uuid) -> Result<u64, IndexError> {
    let Some(payload) = engine.load_metas()?.payload else { return Ok(0) };
    let parts =
        payload.split_once(' ').and_then(|(id, cursor)| Some((Uuid::try_parse(id).ok()?, cursor.parse().ok()?)));
    match parts {
        Some((id, cursor)) if id == archive => Ok(cursor),
        Some((id, _)) => Err(IndexError::Stale(format!("it is that of another archive, {id}"))),
        // Builds before this one wrote the cursor alone.
        None => Err(IndexError::Stale(format!("whose it is can't be read from {payload:?}"))),
    }
}

#[cfg(test)]
mod tests;
