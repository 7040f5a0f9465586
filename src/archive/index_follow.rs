//! The index follows the ledger in a thread of its own, behind the commit.
//!
//! Its cursor lies inside each of its commits. It may lag: a short-lived process leaves a handful of documents to the
//! next reader, who catches up from the catalog before it searches. What a record's document says of its dossier comes
//! with it where the dossier was shown in the same batch, and is looked up here otherwise.

use super::body::DossierBody;
use super::{project, rebuild};
use crate::catalog::{Catalog, Named};
use crate::error::{Error, Result};
use crate::index::{Index, IndexDocument, IndexError, IndexWriter};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Memory of the index writer.
const HEAP_BYTES: usize = 48 * 1024 * 1024;
/// A lag of up to so many documents is left to the next reader.
pub const LAG_MAX: usize = 200;
/// Documents are made searchable at least this often while they keep coming.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
const QUEUE_MAX: usize = 256;

enum Message {
    Begin(Vec<IndexDocument>, u64),
    Put(Vec<IndexDocument>, u64),
    Remove(Vec<Uuid>, u64),
    Flush(Sender<Result<()>>),
}

/// Where an index lies, and whose it is.
#[derive(Debug, Clone)]
pub struct Home {
    /// Its folder.
    pub folder: PathBuf,
    /// The archive.
    pub archive: Uuid,
}

impl Home {
    /// The index as it stands.
    pub fn open(&self) -> Result<Index, IndexError> {
        Index::open(&self.folder, self.archive)
    }
}

/// The index's follower.
pub struct IndexFollower {
    queue: Mutex<Option<Sender<Message>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    home: Home,
    catalog: Arc<Catalog>,
}

impl IndexFollower {
    /// A follower that starts with the first document.
    pub fn new(home: Home, catalog: Arc<Catalog>) -> Self {
        Self { queue: Mutex::new(None), thread: Mutex::new(None), home, catalog }
    }

    /// Hands over documents; `size` is the ledger's size with them. Waits while the index is far behind.
    pub fn put(&self, documents: Vec<IndexDocument>, size: u64) {
        if documents.is_empty() {
            return;
        }
        if let Some(queue) = self.queue() {
            let _ = queue.send(Message::Put(documents, size));
        }
    }

    /// Says which records are gone; `size` is the ledger's size with that.
    pub fn remove(&self, records: Vec<Uuid>, size: u64) {
        if records.is_empty() {
            return;
        }
        if let Some(queue) = self.queue() {
            let _ = queue.send(Message::Remove(records, size));
        }
    }

    /// Hands over documents, the first of all, that the catalog does not show yet; so may those that follow be.
    pub fn begin(&self, documents: Vec<IndexDocument>, size: u64) {
        if let Some(queue) = self.queue() {
            let _ = queue.send(Message::Begin(documents, size));
        }
    }

    /// Makes everything handed over searchable.
    pub fn flush(&self) -> Result<()> {
        let Some(queue) = self.queue.lock().ok().and_then(|queue| queue.clone()) else { return Ok(()) };
        let (reply, answer) = bounded(1);
        let _ = queue.send(Message::Flush(reply));
        answer.recv().map_err(|_| Error::unavailable("the index's follower died"))?
    }

    /// Brings the index up to the catalog and writes its files anew without the records that are gone. The thread ends
    /// first; the next document starts it again. A reader that brings it up at the same time is waited for.
    pub fn purge(&self) -> Result<()> {
        self.stop();
        let size = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
        let index = open_index(&self.home)?;
        let mut writer = index.writer_when_free(HEAP_BYTES).map_err(failed)?;
        add_since(&mut writer, &self.catalog, index.cursor(), size)?;
        writer.commit(size).and_then(|()| writer.purge()).map_err(failed)
    }

    /// Ends the thread; a small lag is left behind.
    pub fn stop(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            *queue = None;
        }
        if let Some(thread) = self.thread.lock().ok().and_then(|mut thread| thread.take()) {
            let _ = thread.join();
        }
    }

    fn queue(&self) -> Option<Sender<Message>> {
        let mut queue = self.queue.lock().ok()?;
        if queue.is_none() {
            let (sender, receiver) = bounded(QUEUE_MAX);
            let (home, catalog) = (self.home.clone(), self.catalog.clone());
            let work = move || follow(&home, &catalog, &receiver);
            let thread = std::thread::Builder::new().name("index".into()).spawn(work).ok()?;
            *self.thread.lock().ok()? = Some(thread);
            *queue = Some(sender);
        }
        queue.clone()
    }
}

impl Drop for IndexFollower {
    fn drop(&mut self) {
        self.stop();
    }
}

fn follow(home: &Home, catalog: &Catalog, queue: &Receiver<Message>) {
    let mut open: Option<IndexWriter> = None;
    let mut lag = 0;
    let mut size = 0;
    let mut committed_at = Instant::now();
    loop {
        let step = match queue.recv_timeout(COMMIT_EVERY) {
            Ok(Message::Begin(documents, with)) => {
                size = with;
                lag += documents.len();
                let opened = writer(home, catalog, &mut open, 0);
                opened.and_then(|()| put(home, catalog, &mut open, documents, lag, size)).map(|()| false)
            }
            Ok(Message::Put(documents, with)) => {
                size = with;
                lag += documents.len();
                let stepped = put(home, catalog, &mut open, documents, lag, size);
                let due = open.is_some() && committed_at.elapsed() >= COMMIT_EVERY;
                stepped.and_then(|()| if due { commit(&mut open, size) } else { Ok(()) }).map(|()| due)
            }
            Ok(Message::Remove(records, with)) => {
                size = with;
                lag += records.len();
                // Without a writer the next one, or the next reader, meets their tombstones in the catalog.
                let removed = open.iter_mut().try_for_each(|writer| {
                    records.iter().try_for_each(|record| writer.remove(*record)).map_err(failed)
                });
                removed.map(|()| false)
            }
            Ok(Message::Flush(reply)) => {
                let flushed = writer(home, catalog, &mut open, size).and_then(|()| commit(&mut open, size));
                let _ = reply.send(flushed);
                Ok(true)
            }
            Err(RecvTimeoutError::Timeout) if lag == 0 => Ok(false),
            Err(RecvTimeoutError::Timeout) => {
                writer(home, catalog, &mut open, size).and_then(|()| commit(&mut open, size)).map(|()| true)
            }
            Err(RecvTimeoutError::Disconnected) => {
                // The few documents of a short-lived process are left to the next reader.
                if open.is_some() {
                    report(commit(&mut open, size).map(|()| true));
                }
                return;
            }
        };
        if matches!(step, Ok(true)) {
            lag = 0;
            committed_at = Instant::now();
        }
        report(step);
    }
}

fn report(result: Result<bool>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the index is behind; the next search catches up");
    }
}

/// Hands documents to the writer, once there are enough to open one.
fn put(
    home: &Home,
    catalog: &Catalog,
    open: &mut Option<IndexWriter>,
    documents: Vec<IndexDocument>,
    lag: usize,
    size: u64,
) -> Result<()> {
    match open {
        Some(writer) => {
            let mut titles = Titles::of(catalog);
            let mut put = |document: &IndexDocument| writer.put(document).map_err(failed);
            documents.into_iter().try_for_each(|document| titles.complete(document, &mut put))
        }
        None if lag <= LAG_MAX => Ok(()),
        None => writer(home, catalog, open, size),
    }
}

/// Opens the writer and gives it all that the catalog has and the index lacks, what was handed over included.
fn writer(home: &Home, catalog: &Catalog, open: &mut Option<IndexWriter>, size: u64) -> Result<()> {
    if open.is_none() {
        let index = open_index(home)?;
        let mut fresh = index.writer(HEAP_BYTES).map_err(failed)?;
        add_since(&mut fresh, catalog, index.cursor(), size)?;
        *open = Some(fresh);
    }
    Ok(())
}

fn commit(open: &mut Option<IndexWriter>, size: u64) -> Result<()> {
    open.as_mut().map_or(Ok(()), |writer| writer.commit(size).map_err(failed))
}

/// Brings the index up to the catalog; how many documents it learned.
pub fn catch_up(home: &Home, catalog: &Catalog) -> Result<u64> {
    let mut index = open_index(home)?;
    // The catalog after the index: what is committed in between makes the index no newer than it.
    catalog.refresh().map_err(project::catalog)?;
    let size = catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
    if index.cursor() > size {
        // Nobody writes it: that is no writer ahead of the catalog, but an index of what is no more.
        drop(index.writer(HEAP_BYTES).map_err(failed)?);
        drop(index);
        rebuild::clear(&home.folder)?;
        index = open_index(home)?;
    }
    if index.cursor() == size {
        return Ok(0);
    }
    let mut writer = index.writer(HEAP_BYTES).map_err(failed)?;
    let added = add_since(&mut writer, catalog, index.cursor(), size)?;
    writer.commit(size).map_err(failed)?;
    Ok(added)
}

fn add_since(writer: &mut IndexWriter, catalog: &Catalog, from: u64, size: u64) -> Result<u64> {
    let mut added = 0;
    let mut titles = Titles::of(catalog);
    for index in from..size {
        let Some(id) = catalog.subject_of(index).map_err(project::catalog)? else { continue };
        let Some(bytes) = catalog.body(id).map_err(project::catalog)? else {
            if catalog.tombstone(id).map_err(project::catalog)?.is_some() {
                writer.remove(id).map_err(failed)?;
                added += 1;
            }
            continue;
        };
        if let Some(document) = project::index_document(id, &bytes) {
            titles.complete(document, &mut |document| writer.put(document).map_err(failed))?;
            added += 1;
        }
    }
    let retitled: HashSet<Uuid> = catalog.retitled(from, size).map_err(project::catalog)?.into_iter().collect();
    for dossier in retitled {
        for (_, id) in catalog.records_of(dossier, 0, usize::MAX).map_err(project::catalog)? {
            let Some(bytes) = catalog.body(id).map_err(project::catalog)? else { continue };
            if let Some(document) = project::index_document(id, &bytes) {
                titles.complete(document, &mut |document| writer.put(document).map_err(failed))?;
                added += 1;
            }
        }
    }
    Ok(added)
}

/// Hands the documents of an index that is made from the first `size` entries to `take`: one of each record there is.
pub fn each_document(catalog: &Catalog, size: u64, take: &mut dyn FnMut(&IndexDocument) -> Result<()>) -> Result<()> {
    let mut titles = Titles::of(catalog);
    for index in 0..size {
        let Some(id) = catalog.subject_of(index).map_err(project::catalog)? else { continue };
        let Some(bytes) = catalog.body(id).map_err(project::catalog)? else { continue };
        let Some(document) = project::index_document(id, &bytes) else { continue };
        // A record's first event is its accession.
        if catalog.event_before(id, index).map_err(project::catalog)? == Some(None) {
            titles.complete(document, take)?;
        }
    }
    Ok(())
}

/// Gives documents the title of their dossier. Records come dossier by dossier, so the last title is remembered.
struct Titles<'a> {
    catalog: &'a Catalog,
    last: Option<(String, String)>,
}

impl<'a> Titles<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        Self { catalog, last: None }
    }

    fn complete(
        &mut self,
        mut document: IndexDocument,
        take: &mut dyn FnMut(&IndexDocument) -> Result<()>,
    ) -> Result<()> {
        let last = self.last.take();
        if document.dossier_title.is_empty() {
            document.dossier_title = match last {
                Some((file_code, title)) if file_code == document.file_code => title,
                _ => self.find(&document.file_code)?,
            };
        }
        take(&document)?;
        self.last = Some((document.file_code, document.dossier_title));
        Ok(())
    }

    fn find(&self, file_code: &str) -> Result<String> {
        let Some(Named::Dossier(id)) = self.catalog.named(file_code).map_err(project::catalog)? else {
            return Ok(String::new());
        };
        let body = self.catalog.body(id).map_err(project::catalog)?;
        let body = body.and_then(|bytes| serde_json::from_slice::<DossierBody>(&bytes).ok());
        Ok(body.map_or_else(String::new, |body| body.title))
    }
}

fn open_index(home: &Home) -> Result<Index> {
    match home.open() {
        Err(IndexError::Stale(why)) => {
            tracing::info!(why, "the index is made anew");
            rebuild::clear(&home.folder)?;
            home.open().map_err(failed)
        }
        other => other.map_err(failed),
    }
}

/// A failure of the index is never a failure of the archive: it can be rebuilt.
pub fn failed(error: IndexError) -> Error {
    Error::unavailable("the index can't be used").remedy("run `chauban rebuild`").because(error)
}

#[cfg(test)]
mod tests;
