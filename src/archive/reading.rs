//! Reading an archive, beside its writer if there is one.
//!
//! [`Archive`] is what readers and writers share: the reader of the segments, the catalog, the keys and the dictionary,
//! both opened when first needed.

use super::agency::Register;
use super::body::split;
use super::format::Format;
use super::index_follow::{self, Home};
use super::object::Opener;
use super::places::{Disks, Places};
use super::project;
use super::truth::Marks;
use super::writing::Writing;
use crate::catalog::{Catalog, Cursor, EventRow};
use crate::cipher::{self, ObjectKey};
use crate::error::{Error, Kind, Result};
use crate::event::Entry;
use crate::index::Index;
use crate::keys::{self, Keys, KeysError};
use crate::position::Location;
use crate::time::SystemClock;
use crate::vault::frame::FrameKind;
use crate::vault::{self, Frame, Reader};
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use uuid::Uuid;

/// What readers and writers share.
pub struct Archive {
    /// Where it lies.
    pub places: Places,
    /// Its disks.
    pub disks: Disks,
    /// Its FORMAT.
    pub format: Format,
    /// Reads frames.
    pub vault: Reader,
    /// Its catalog.
    pub catalog: Arc<Catalog>,
    keys: OnceLock<Arc<RwLock<Keys>>>,
    dictionary: OnceLock<Arc<[u8]>>,
    /// The register of agencies as it was read last.
    pub(super) register: RwLock<Option<Arc<Register>>>,
}

impl Archive {
    /// An archive whose keys and dictionary are opened when first needed.
    pub(super) fn new(places: &Places, disks: Disks, format: Format, catalog: Arc<Catalog>) -> Self {
        let vault = Reader::new(disks.archive.clone());
        let (places, register) = (places.clone(), RwLock::default());
        let (keys, dictionary) = (OnceLock::new(), OnceLock::new());
        Self { places, disks, format, vault, catalog, keys, dictionary, register }
    }

    /// The same with keys that are open already.
    pub(super) fn with_keys(self, keys: Arc<RwLock<Keys>>) -> Self {
        let _ = self.keys.set(keys);
        self
    }

    /// Where the index lies.
    pub(super) fn index_home(&self) -> Home {
        Home { folder: self.places.index(), archive: self.format.archive }
    }

    /// The keys; opened when first needed.
    pub fn keys(&self) -> Result<Arc<RwLock<Keys>>> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys.clone());
        }
        let root = self.disks.root_key(self.format.archive)?;
        let keys = Keys::open(self.disks.archive.clone(), self.disks.key_copies(), root, self.format.archive);
        let keys = Arc::new(RwLock::new(keys.map_err(keys_error)?));
        Ok(self.keys.get_or_init(|| keys).clone())
    }

    /// Takes up the generation of keys that the ledger recorded last: what was made since opens, what died opens nothing.
    fn renew_keys(&self) -> Result<()> {
        let Some(keys) = self.keys.get() else { return Ok(()) };
        let recorded = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.keys.0);
        let died = |_| Error::corrupt("a holder of the keys died");
        if keys.read().map_err(|_| died(()))?.generation().number == recorded {
            return Ok(());
        }
        let root = self.disks.root_key(self.format.archive)?;
        let fresh = Keys::open(self.disks.archive.clone(), self.disks.key_copies(), root, self.format.archive);
        *keys.write().map_err(|_| died(()))? = fresh.map_err(keys_error)?;
        Ok(())
    }

    /// The dictionary that bodies are compressed with: the one component of entry 0. It is read from the first group of
    /// the segments, so that what checks the truth needs no catalog.
    pub fn dictionary(&self) -> Result<Arc<[u8]>> {
        if let Some(dictionary) = self.dictionary.get() {
            return Ok(dictionary.clone());
        }
        let group = vault::first_group(self.disks.archive.as_ref())?;
        let group = group.ok_or_else(|| Error::corrupt("entry 0 can't be read"))?;
        let before = group.frames.split(|frame| frame.header.kind == FrameKind::Entry).next().unwrap_or_default();
        self.learn_dictionary_of(before)
    }

    /// Reads the dictionary, given the frames before entry 0.
    pub(super) fn learn_dictionary_of(&self, before: &[Frame]) -> Result<Arc<[u8]>> {
        let key = before.iter().find(|frame| frame.header.kind == FrameKind::Key);
        let key = key.ok_or_else(|| Error::corrupt("entry 0 has no keys"))?;
        let wrapped = keys::parse_key_frame(&key.body).map_err(keys_error)?;
        let parts = |object: Uuid| -> Vec<Location> {
            let blobs = before.iter().filter(|frame| frame.header.kind == FrameKind::Blob);
            blobs.filter(|frame| frame.header.object == object).map(|frame| frame.location).collect()
        };
        let objects: Vec<_> = wrapped.objects.iter().map(|(object, _)| (*object, parts(*object))).collect();
        self.learn_dictionary(&key.body, &objects)
    }

    /// Reads the dictionary, given entry 0's KEY frame and objects.
    pub(super) fn learn_dictionary(&self, key_frame: &[u8], objects: &[(Uuid, Vec<Location>)]) -> Result<Arc<[u8]>> {
        let none = || Error::corrupt("entry 0 has no dictionary");
        let (object, parts) = objects.first().ok_or_else(none)?;
        let secrets = {
            let keys = self.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            keys.unwrap(key_frame).map_err(keys_error)?
        };
        let (_, secrets) = secrets.first().ok_or_else(none)?;
        let key = ObjectKey::derive(&secrets.data_key, self.format.archive, *object);
        let plain = self.part(&mut Opener::new(b"")?, &key, 0, *parts.first().ok_or_else(none)?)?;
        Ok(self.dictionary.get_or_init(|| plain.into()).clone())
    }

    /// The body of an event's KEY frame, where a destruction of others wrapped its keys under another scope.
    pub(super) fn moved_keys(&self, index: u64) -> Result<Option<Vec<u8>>> {
        self.catalog.moved_keys(index).map_err(project::catalog)
    }

    /// The body of the KEY frame of an event that has one, as it opens now.
    pub(super) fn key_frame(&self, row: &EventRow) -> Result<Vec<u8>> {
        if let Some(moved) = self.moved_keys(row.index)? {
            return Ok(moved);
        }
        let at = row.key.ok_or_else(|| Error::not_found("what the event said is gone: it was destroyed by law"))?;
        Ok(self.vault.frame(at)?.1)
    }

    /// The data keys and salts of an event's objects.
    pub fn secrets(&self, row: &EventRow) -> Result<Vec<(Uuid, keys::ObjectSecrets)>> {
        let frame = self.key_frame(row)?;
        let keys = self.keys()?;
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.unwrap(&frame).map_err(keys_error)
    }

    /// An event's entry, as committed.
    pub fn entry(&self, row: &EventRow) -> Result<(Vec<u8>, Entry)> {
        let (header, bytes) = self.vault.frame(row.entry)?;
        let entry = Entry::parse(&bytes).ok().filter(|_| header.kind == FrameKind::Entry);
        let entry = entry.ok_or_else(|| Error::corrupt("the catalog points at a frame that is no entry"))?;
        Ok((bytes, entry))
    }

    /// The plaintext of one part.
    pub fn part(&self, opener: &mut Opener, key: &ObjectKey, number: u32, at: Location) -> Result<Vec<u8>> {
        let (header, sealed) = self.vault.read_frame(at)?;
        opener.open_part(key, number, header.codec, &sealed).map(<[u8]>::to_vec).map_err(|error| {
            Error::corrupt(format!("segment {}, offset {}: the stored bytes do not open", at.segment, at.offset))
                .because(error)
        })
    }

    /// The manifest and the body of an event, as committed.
    pub fn body_text(&self, row: &EventRow) -> Result<Vec<u8>> {
        let secrets = self.secrets(row)?;
        let object = row.objects.last().ok_or_else(|| Error::corrupt("the event has no body"))?;
        let (_, secrets) = secrets.last().ok_or_else(|| Error::corrupt("the event has no keys"))?;
        let key = ObjectKey::derive(&secrets.data_key, self.format.archive, object.id);
        let mut opener = Opener::new(&self.dictionary()?)?;
        let plain = self.part(&mut opener, &key, 0, object.parts[0])?;
        match split(&plain) {
            Some(_) => Ok(plain),
            None => Err(Error::corrupt("the body does not have the digest its manifest states")),
        }
    }

    /// The body of an event, read.
    pub fn body_of<T: serde::de::DeserializeOwned>(&self, row: &EventRow) -> Result<T> {
        let text = self.body_text(row)?;
        let damaged = || Error::corrupt("the body of an event is not in its form");
        let (_, body) = split(&text).ok_or_else(damaged)?;
        serde_json::from_slice(body).map_err(|error| damaged().because(error))
    }
}

impl Archive {
    /// The body of the first event of one thing.
    pub fn first_body<T: serde::de::DeserializeOwned>(&self, id: Uuid) -> Result<T> {
        let events = self.catalog.events(id).map_err(project::catalog)?;
        let (_, row) = events.first().ok_or_else(|| Error::not_found(format!("there is no {id}")))?;
        self.body_of(row)
    }
}

/// An archive open for reading.
pub struct Reading {
    archive: Archive,
    scratch: Option<std::path::PathBuf>,
    /// Entries that the last look showed.
    shown: AtomicU64,
    /// The index, kept open: opening it costs more than most searches.
    index: Mutex<Option<Arc<Index>>>,
}

impl std::ops::Deref for Reading {
    type Target = Archive;
    fn deref(&self) -> &Archive {
        &self.archive
    }
}

impl Reading {
    /// Opens the archive beside its writer, if there is one; otherwise finishes what a crash left first.
    pub fn open(places: &Places) -> Result<Self> {
        let reading = Self::open_to_check_keys(places)?;
        reading.refuse_older_keys()?;
        Ok(reading)
    }

    /// The same whatever generation of keys is there: to say what is wrong with them.
    pub fn open_to_check_keys(places: &Places) -> Result<Self> {
        match Self::beside_writer(places)? {
            Some(reading) => Ok(reading),
            None => {
                // The catalog is behind and nobody is writing: what a writer does on opening brings it up.
                match Writing::open(places, Arc::new(SystemClock::new())) {
                    Ok(writing) => writing.close()?,
                    Err(error) if error.kind() == Kind::Unavailable && is_locked(places) => {}
                    Err(error) => return Err(error),
                }
                Self::beside_writer(places)?
                    .ok_or_else(|| Error::unavailable("the archive is being written; its catalog is not ready yet"))
            }
        }
    }

    /// An older generation opens what a lawful destruction has closed.
    fn refuse_older_keys(&self) -> Result<()> {
        let recorded = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.keys.0);
        match keys::newest(self.disks.archive.as_ref(), Keys::FOLDER) {
            Ok(Some(here)) if here < recorded => {
                let what = format!("keys/ is of generation {here}, the ledger recorded {recorded}");
                Err(Error::corrupt(what).remedy("bring the newer generation back with `chauban keys restore`"))
            }
            // Missing or damaged keys are told of by whatever needs them.
            _ => Ok(()),
        }
    }

    /// Takes up what the writer has committed since; how many entries are shown then.
    pub fn catch_up(&self) -> Result<u64> {
        self.catalog.refresh().map_err(project::catalog)?;
        self.archive.renew_keys()?;
        let size = self.size()?;
        if self.shown.swap(size, Ordering::Relaxed) != size {
            // Whoever wrote that may have written files anew: by recovery, or by a destruction.
            self.vault.forget_all();
            *self.index.lock().map_err(|_| Error::unavailable("a search died"))? = None;
        }
        Ok(size)
    }

    /// Entries that the catalog shows.
    pub(super) fn size(&self) -> Result<u64> {
        Ok(self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size))
    }

    /// The index as it stands.
    pub(super) fn index(&self) -> Result<Arc<Index>> {
        let mut kept = self.index.lock().map_err(|_| Error::unavailable("a search died"))?;
        if let Some(index) = kept.as_ref().filter(|index| index.refresh().is_ok()) {
            return Ok(index.clone());
        }
        let index = Arc::new(self.index_home().open().map_err(index_follow::failed)?);
        *kept = Some(index.clone());
        Ok(index)
    }

    fn beside_writer(places: &Places) -> Result<Option<Self>> {
        let disks = places.disks();
        let format = Format::read(disks.archive.as_ref())?;
        // An older copy would say "not there" of what was taken in since. Whoever reads goes on without a mark, but is
        // told; a writer refuses.
        match Marks::read(&format, &disks) {
            Ok(marks) => marks.check()?,
            Err(error) => tracing::warn!("{error}: without this high-water mark an older copy would not be noticed"),
        }
        if !places.catalog().join("CURRENT").exists() {
            return Ok(None);
        }
        let scratch =
            std::env::temp_dir().join(format!("chauban-{}-{}", std::process::id(), Uuid::from_bytes(cipher::random())));
        let Ok(catalog) = Catalog::open_secondary(&places.catalog(), &scratch) else {
            let _ = std::fs::remove_dir_all(&scratch);
            return Ok(None);
        };
        let shown = catalog.cursor().ok().flatten();
        let archive = Archive::new(places, disks, format, Arc::new(catalog));
        let scratch = Some(scratch);
        let reading = Self { archive, scratch, shown: AtomicU64::new(0), index: Mutex::default() };
        let current = shown.is_some_and(|cursor| is_at_end(&reading.archive, cursor)) || is_locked(places);
        Ok((current && shown.is_some()).then_some(reading))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(scratch) = &self.scratch {
            let _ = std::fs::remove_dir_all(scratch);
        }
    }
}

/// Whether the segments end where the catalog's cursor stands.
fn is_at_end(archive: &Archive, cursor: Cursor) -> bool {
    let segments = vault::segment::list(archive.disks.archive.as_ref());
    segments.ok().and_then(|segments| segments.last().cloned()).is_some_and(|last| {
        let at = cursor.position.at;
        last.seq == at.segment && last.size == at.offset
            || last.seq == at.segment + 1 && last.size == vault::segment::SEGMENT_HEADER_BYTES as u64
    })
}

pub(super) fn lock_path(places: &Places) -> std::path::PathBuf {
    places.archive.join("state/lock")
}

/// Whether a process is writing.
pub(super) fn is_locked(places: &Places) -> bool {
    File::open(lock_path(places)).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// A failure of the keys, with what to do.
pub(super) fn keys_error(error: KeysError) -> Error {
    match error {
        KeysError::Io(error) => Error::from(error),
        KeysError::Absent => Error::not_found("keys/ has no whole generation of keys")
            .remedy("bring them back with `chauban keys restore`"),
        older @ KeysError::Older { .. } => Error::corrupt("an older copy of keys/ was put back")
            .remedy("bring the newest one with `chauban keys restore`, never go on with an older")
            .because(older),
        foreign @ KeysError::Foreign(_) => Error::corrupt("keys/ does not belong to this ledger")
            .remedy("bring back the keys with `chauban keys restore`")
            .because(foreign),
        scope @ KeysError::NoScope(_) => Error::corrupt("a key is missing")
            .remedy("if an older copy of keys/ was put back, bring the newest with `chauban keys restore`")
            .because(scope),
        other => Error::corrupt("the keys can't be opened").because(other),
    }
}
