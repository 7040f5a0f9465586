//! The writer: replacing and removing by record id, commits that carry the cursor, purging.
//!
//! Owns the writer's lock of the folder. Documents go to one indexing thread, which writes segments as the heap fills;
//! none of it counts until the commit names them in `meta.json`, together with the cursor, in one atomic replacement.
//! Each commit leaves at least one segment, and merging segments costs more than making them: a rebuild commits once
//! in some 100,000 records, a follower as often as readers want to see news.

use super::schema::{self, Fields, RECORD_HIGH};
use super::{Index, IndexDocument, IndexError};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy, UserOperation};
use tantivy::{IndexReader, Searcher};
use uuid::Uuid;

/// The least heap that Tantivy works with.
pub const HEAP_BYTES_MIN: usize = 15_000_000;
/// The most that it takes.
const HEAP_BYTES_MAX: usize = 4_000_000_000;
/// Operations handed over at once: one by one, waking the indexing thread costs as much as half the indexing. Its queue
/// holds 10,000 batches, so a caller who is far quicker than it has at most some 80 MB waiting there.
const BATCH: usize = 8;
/// How long a purge waits for a reader that brings the index up: what a writer left, some hundred documents, takes less than a
/// second.
const FREE_WITHIN: Duration = Duration::from_secs(30);
/// How often it tries.
const TRY_EVERY: Duration = Duration::from_millis(20);

/// The writer: one at a time. Dropped without a commit, or after an error, it leaves the index as last committed.
pub struct IndexWriter {
    writer: tantivy::IndexWriter,
    engine: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    archive: Uuid,
    cursor: Arc<AtomicU64>,
    /// The last commit: what a put may have to replace.
    committed: Searcher,
    /// Records put since.
    fresh: HashSet<Uuid>,
    /// Operations not yet handed to the indexing thread.
    batch: Vec<UserOperation>,
}

/// Tries until no other writer has the lock, [`FREE_WITHIN`] at most.
pub(super) fn when_free<T>(mut attempt: impl FnMut() -> Result<T, IndexError>) -> Result<T, IndexError> {
    let end = Instant::now() + FREE_WITHIN;
    loop {
        match attempt() {
            Err(IndexError::Busy) if Instant::now() < end => std::thread::sleep(TRY_EVERY),
            other => return other,
        }
    }
}

impl IndexWriter {
    pub(super) fn new(index: &Index, heap_bytes: usize) -> Result<Self, IndexError> {
        let writer = index.engine.writer_with_options(options(heap_bytes))?;
        // Only now that nobody else can commit is what we see the last commit.
        index.refresh()?;
        Ok(Self {
            writer,
            engine: index.engine.clone(),
            reader: index.reader.clone(),
            fields: index.fields,
            archive: index.archive,
            cursor: Arc::clone(&index.cursor),
            committed: index.reader.searcher(),
            fresh: HashSet::new(),
            batch: Vec::new(),
        })
    }

    /// Adds a record, in place of the document that the index has of it.
    pub fn put(&mut self, document: &IndexDocument) -> Result<(), IndexError> {
        // A deletion costs a look-up in every segment at the commit; a new record needs none.
        if !self.fresh.insert(document.record) || self.is_committed(document.record)? {
            self.remove(document.record)?;
        }
        self.queue(UserOperation::Add(schema::document(&self.fields, document)))
    }

    /// Removes a record, if it is there.
    pub fn remove(&mut self, record: Uuid) -> Result<(), IndexError> {
        self.queue(UserOperation::Delete(schema::record_term(&self.fields, record)))
    }

    /// Makes what was put and removed visible and durable, together with the size of the ledger it came from.
    pub fn commit(&mut self, cursor: u64) -> Result<(), IndexError> {
        self.hand_over()?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&super::payload(self.archive, cursor));
        // If we crash before this: the last commit stands, with its cursor.
        prepared.commit()?;
        self.fresh.clear();
        self.reader.reload()?;
        self.cursor.store(cursor, Ordering::Release);
        self.committed = self.reader.searcher();
        Ok(())
    }

    /// Waits for merges under way, as after a rebuild. What is not committed is lost.
    pub fn finish(self) -> Result<(), IndexError> {
        self.writer.wait_merging_threads()?;
        Ok(self.reader.reload()?)
    }

    /// Rewrites every segment that still has documents removed or replaced, so that no file of the index
    /// holds a term of them: the end of a destroyed record. What is not committed is lost.
    pub fn purge(self) -> Result<(), IndexError> {
        self.writer.wait_merging_threads()?;
        // The lock is free for a moment: a reader may have taken it to catch up.
        let mut writer: tantivy::IndexWriter =
            when_free(|| Ok(self.engine.writer_with_options(options(HEAP_BYTES_MIN))?))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        for segment in self.engine.searchable_segment_metas()?.iter().filter(|segment| segment.has_deletes()) {
            writer.merge(&[segment.id()]).wait()?;
        }
        self.reader.reload()?;
        drop(self.committed); // it holds the old segments' files
        writer.garbage_collect_files().wait()?;
        Ok(())
    }

    fn queue(&mut self, operation: UserOperation) -> Result<(), IndexError> {
        self.batch.push(operation);
        if self.batch.len() < BATCH { Ok(()) } else { self.hand_over() }
    }

    fn hand_over(&mut self) -> Result<(), IndexError> {
        self.writer.run(self.batch.drain(..))?;
        Ok(())
    }

    fn is_committed(&self, record: Uuid) -> Result<bool, IndexError> {
        let (high, _) = record.as_u64_pair();
        for segment in self.committed.segment_readers() {
            // Ids rise with time, so the range of a segment nearly always answers.
            let ids = segment.fast_fields().u64(RECORD_HIGH)?;
            if (ids.min_value()..=ids.max_value()).contains(&high) {
                let terms = segment.inverted_index(self.fields.record)?;
                let term = schema::record_term(&self.fields, record);
                if terms.doc_freq(&term).map_err(tantivy::TantivyError::from)? > 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// One thread for documents and one for merges: the sequencer and the examination need the other cores.
fn options(heap_bytes: usize) -> IndexWriterOptions {
    IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(heap_bytes.clamp(HEAP_BYTES_MIN, HEAP_BYTES_MAX))
        .build()
}
