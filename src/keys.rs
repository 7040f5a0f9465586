//! The keys: secret, small and mutable, the only part of the archive that is not append-only.
//!
//! Owns `keys/` and its configured copies. A hierarchy of four levels: the root key (a file outside the archive)
//! wraps epoch keys and the signing seeds; an epoch key wraps scope keys; a scope key wraps the data key and the salt
//! of every object of one retention bucket. The lowest wraps lie in the segments, which never change; so destroying a
//! scope key destroys its objects wherever copies of their bytes may lie.
//!
//! Every change writes a new *generation*: two files, one with everything wrapped by the root key, one with everything
//! wrapped by epoch keys, never together in one copy. A generation is durable in every configured copy before anything
//! encrypted under it is committed, and its digest goes into the ledger; an older generation than the ledger knows is
//! refused. `docs/format.md` §6 gives the files.
//!
//! Must not decide what is destroyed or when.

mod file;
pub mod root;

use crate::cipher::{self, NotOpened, Secret};
use crate::digest::Blake3;
use crate::disk::{self, Disk};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

pub use root::RootKey;

/// Objects under one scope key at most: bounds what one disposal must re-wrap, and AES-GCM's random nonces.
pub const SCOPE_OBJECTS_MAX: u64 = 65_536;
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why the keys could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The disk failed.
    #[error("keys: {0}")]
    Io(#[from] std::io::Error),
    /// There is no generation at all.
    #[error("keys: no generation of keys is here")]
    Absent,
    /// A key file is not in its form.
    #[error("keys: {file} is damaged: {what}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// A wrapped key does not open under the key above it.
    #[error("keys: {what} does not open: {why}")]
    NotOpened {
        /// The key.
        what: String,
        /// Why.
        why: NotOpened,
    },
    /// The generation here is older than the one that the ledger recorded.
    #[error("keys/ is of generation {here}, but the ledger recorded generation {recorded}")]
    Older {
        /// The newest whole generation here.
        here: u64,
        /// What the ledger recorded last.
        recorded: u64,
    },
    /// The generation here is neither the one that the ledger recorded nor the next.
    #[error("keys/ of generation {0} is not what the ledger recorded")]
    Foreign(u64),
    /// An object's scope is not among the keys: destroyed, or an older generation was put back.
    #[error("keys: there is no key for scope {0}")]
    NoScope(Uuid),
}

/// The retention bucket a scope serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Kept for ever.
    Permanent,
    /// The period ends with this year.
    Ends(i32),
    /// The end awaits an event.
    Awaiting,
    /// The archive's own events: actors, transfers, key copies.
    Archive,
    /// What is told of destroyed records, for ever.
    Tombstones,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permanent => f.write_str("permanent"),
            Self::Ends(year) => write!(f, "ends-{year}"),
            Self::Awaiting => f.write_str("awaiting"),
            Self::Archive => f.write_str("archive"),
            Self::Tombstones => f.write_str("tombstones"),
        }
    }
}

impl FromStr for Bucket {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "permanent" => Ok(Self::Permanent),
            "awaiting" => Ok(Self::Awaiting),
            "archive" => Ok(Self::Archive),
            "tombstones" => Ok(Self::Tombstones),
            _ => text.strip_prefix("ends-").and_then(|year| year.parse().ok()).map(Self::Ends).ok_or(()),
        }
    }
}

/// A scope key.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Its identifier: what a KEY frame names.
    pub id: Uuid,
    /// Whom it serves.
    pub bucket: Bucket,
    /// The epoch key that wraps it.
    pub epoch: Uuid,
    key: Secret,
}

/// The seeds the checkpoint keys are made from.
#[derive(Clone)]
pub struct SigningSeeds {
    /// Ed25519 (RFC 8032).
    pub ed25519: Secret,
    /// ML-DSA-44 (FIPS 204).
    pub ml_dsa_44: Secret,
}

/// The secrets of one object.
#[derive(Debug, Clone)]
pub struct ObjectSecrets {
    /// Key its content is encrypted under.
    pub data_key: Secret,
    /// Salt of the commitment, where the object is a body.
    pub salt: Secret,
}

impl ObjectSecrets {
    /// New random secrets.
    pub fn random() -> Self {
        Self { data_key: Secret::random(), salt: Secret::random() }
    }
}

/// A generation's number and digest: what the ledger remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// From 1.
    pub number: u64,
    /// BLAKE3 over its files.
    pub blake3: Blake3,
}

/// What the ledger knows of the generation in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the one recorded last.
    Recorded,
    /// It is the next: a crash fell between writing and recording it, so nothing is encrypted under it yet.
    Unrecorded,
}

/// The two files a generation consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Everything wrapped by the root key: epoch keys, signing seeds.
    Epochs,
    /// Everything wrapped by epoch keys: scope keys.
    Scopes,
}

impl Part {
    /// The word for it, which is also how its files' names end.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Epochs => "epochs",
            Self::Scopes => "scopes",
        }
    }

    /// Its file name for generation `number`.
    pub fn file_name(self, number: u64) -> String {
        format!("{number:08}.{}", self.word())
    }

    /// The part that must lie elsewhere.
    pub const fn other(self) -> Self {
        match self {
            Self::Epochs => Self::Scopes,
            Self::Scopes => Self::Epochs,
        }
    }

    /// Whether a file's name says that it holds this part.
    pub fn is_named(self, name: &str) -> bool {
        name.strip_suffix(self.word()).is_some_and(|before| before.ends_with('.'))
    }
}

/// A folder that holds a copy of one part, kept up to date with every generation.
#[derive(Clone)]
pub struct KeyCopy {
    /// Where.
    pub disk: Arc<dyn Disk>,
    /// Which part.
    pub part: Part,
}

/// What a configured copy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyState {
    /// The generation in use, byte for byte.
    Current,
    /// Not the file of this name.
    Missing(String),
    /// Something else under this name.
    Other(String),
}

/// The opened keys.
pub struct Keys {
    archive: Uuid,
    disk: Arc<dyn Disk>,
    folder: &'static str,
    copies: Vec<KeyCopy>,
    root: RootKey,
    generation: Generation,
    epochs: BTreeMap<Uuid, Secret>,
    current_epoch: Uuid,
    signing: SigningSeeds,
    scopes: BTreeMap<Uuid, Scope>,
}

impl Keys {
    /// The folder within an archive.
    pub const FOLDER: &'static str = "keys";

    /// Makes the first generation: one epoch, new signing seeds, no scopes. Durable in every copy on return.
    pub fn create(disk: Arc<dyn Disk>, copies: Vec<KeyCopy>, root: RootKey, archive: Uuid) -> Result<Self, KeysError> {
        let epoch = Uuid::from_bytes(cipher::random());
        let mut keys = Self {
            archive,
            disk,
            folder: Self::FOLDER,
            copies,
            root,
            generation: Generation { number: 0, blake3: Blake3([0; 32]) },
            epochs: BTreeMap::from([(epoch, Secret::random())]),
            current_epoch: epoch,
            signing: SigningSeeds { ed25519: Secret::random(), ml_dsa_44: Secret::random() },
            scopes: BTreeMap::new(),
        };
        keys.write_generation()?;
        Ok(keys)
    }

    /// Opens the newest whole generation in `keys/`.
    pub fn open(disk: Arc<dyn Disk>, copies: Vec<KeyCopy>, root: RootKey, archive: Uuid) -> Result<Self, KeysError> {
        let number = newest(disk.as_ref(), Self::FOLDER)?.ok_or(KeysError::Absent)?;
        let read = |part: Part| -> Result<Vec<u8>, KeysError> {
            let path = disk::join(Self::FOLDER, &part.file_name(number));
            disk::read(disk.as_ref(), &path, FILE_BYTES_MAX)?.ok_or(KeysError::Absent)
        };
        let (epochs, scopes) = (read(Part::Epochs)?, read(Part::Scopes)?);
        let opened = file::open(archive, number, &root, &epochs, &scopes)?;
        Ok(Self {
            archive,
            folder: Self::FOLDER,
            copies,
            root,
            generation: Generation { number, blake3: digest(&epochs, &scopes) },
            epochs: opened.epochs,
            current_epoch: opened.current_epoch,
            signing: opened.signing,
            scopes: opened.scopes,
            disk,
        })
    }

    /// Whether the two files of generation `number` open, every key in them.
    pub fn check(epochs: &[u8], scopes: &[u8], number: u64, root: &RootKey, archive: Uuid) -> Result<(), KeysError> {
        file::open(archive, number, root, epochs, scopes).map(|_| ())
    }

    /// The generation in use.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The signing seeds.
    pub fn signing(&self) -> &SigningSeeds {
        &self.signing
    }

    /// Every scope.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        self.scopes.values()
    }

    /// A scope of `bucket` that `has_room` accepts, if there is one.
    pub fn scope_for(&self, bucket: Bucket, has_room: impl Fn(Uuid) -> bool) -> Option<Uuid> {
        self.scopes.values().find(|scope| scope.bucket == bucket && has_room(scope.id)).map(|scope| scope.id)
    }

    /// Makes a scope for each bucket and writes one new generation, durable in every copy on return.
    ///
    /// The caller commits a `keys-changed` entry before, or with, the first group that uses the scopes.
    pub fn add_scopes(&mut self, buckets: &[Bucket]) -> Result<Vec<Uuid>, KeysError> {
        let mut ids = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            let id = Uuid::from_bytes(cipher::random());
            let scope = Scope { id, bucket: *bucket, epoch: self.current_epoch, key: Secret::random() };
            self.scopes.insert(id, scope);
            ids.push(id);
        }
        if let Err(error) = self.write_generation() {
            // Nothing may be encrypted under a key that is not durable.
            ids.iter().for_each(|id| drop(self.scopes.remove(id)));
            return Err(error);
        }
        Ok(ids)
    }

    /// Whether a scope's key is there.
    pub fn has_scope(&self, scope: Uuid) -> bool {
        self.scopes.contains_key(&scope)
    }

    /// Whom a scope serves.
    pub fn bucket_of(&self, scope: Uuid) -> Option<Bucket> {
        self.scopes.get(&scope).map(|scope| scope.bucket)
    }

    /// Writes one new generation without these scopes, durable in every copy on return: what was wrapped under them can
    /// be opened by no key of this generation. Older ones go with [`Keys::remove_older`].
    ///
    /// The caller has made sure that nothing that lives is wrapped under them, and commits `keys-changed`. After an error
    /// nobody knows which generation is durable: the process must stop.
    pub fn destroy_scopes(&mut self, scopes: &BTreeSet<Uuid>) -> Result<(), KeysError> {
        self.scopes.retain(|id, _| !scopes.contains(id));
        self.write_generation()
    }

    /// The body of a KEY frame: the secrets of `objects`, in the entry's order, wrapped under `scope`.
    pub fn wrap(&self, scope: Uuid, objects: &[(Uuid, ObjectSecrets)]) -> Result<Vec<u8>, KeysError> {
        let key = &self.scopes.get(&scope).ok_or(KeysError::NoScope(scope))?.key;
        let mut body = scope.as_bytes().to_vec();
        for (object, secrets) in objects {
            let mut plain = [secrets.data_key.bytes().as_slice(), secrets.salt.bytes().as_slice()].concat();
            body.extend_from_slice(object.as_bytes());
            body.extend_from_slice(&cipher::wrap(key, &context(&self.archive, &scope, object), &plain));
            zeroize::Zeroize::zeroize(&mut plain);
        }
        Ok(body)
    }

    /// Opens the body of a KEY frame.
    pub fn unwrap(&self, body: &[u8]) -> Result<Vec<(Uuid, ObjectSecrets)>, KeysError> {
        let frame = parse_key_frame(body)?;
        let key = self.scope_key(frame.scope)?;
        frame.objects.iter().map(|object| self.unwrap_one(key, frame.scope, *object)).collect()
    }

    /// Opens the last row of a KEY frame: the event's body.
    pub fn unwrap_last(&self, body: &[u8]) -> Result<(Uuid, ObjectSecrets), KeysError> {
        let frame = parse_key_frame(body)?;
        let key = self.scope_key(frame.scope)?;
        let none = || KeysError::Damaged { file: "a KEY frame".into(), what: "it names no object".into() };
        self.unwrap_one(key, frame.scope, *frame.objects.last().ok_or_else(none)?)
    }

    fn scope_key(&self, scope: Uuid) -> Result<&Secret, KeysError> {
        Ok(&self.scopes.get(&scope).ok_or(KeysError::NoScope(scope))?.key)
    }

    fn unwrap_one(
        &self,
        key: &Secret,
        scope: Uuid,
        (object, wrapped): (Uuid, &[u8]),
    ) -> Result<(Uuid, ObjectSecrets), KeysError> {
        let mut plain = cipher::unwrap(key, &context(&self.archive, &scope, &object), wrapped)
            .map_err(|why| KeysError::NotOpened { what: format!("the data key of object {object}"), why })?;
        let half = |at: usize| -> [u8; 32] { plain[at..at + 32].try_into().expect("64 bytes were wrapped") };
        let secrets = ObjectSecrets { data_key: Secret::from_bytes(half(0)), salt: Secret::from_bytes(half(32)) };
        zeroize::Zeroize::zeroize(&mut plain);
        Ok((object, secrets))
    }

    /// The files of the generation in use, as bytes: what a backup holds.
    pub fn export(&self, part: Part) -> Result<(String, Vec<u8>), KeysError> {
        let name = part.file_name(self.generation.number);
        let path = disk::join(self.folder, &name);
        let bytes = disk::read(self.disk.as_ref(), &path, FILE_BYTES_MAX)?.ok_or(KeysError::Absent)?;
        Ok((name, bytes))
    }

    /// Whether a configured copy holds the generation in use, byte for byte.
    pub fn copy_state(&self, copy: &KeyCopy) -> Result<CopyState, KeysError> {
        let (name, bytes) = self.export(copy.part)?;
        Ok(match disk::read(copy.disk.as_ref(), &name, FILE_BYTES_MAX)? {
            Some(held) if held == bytes => CopyState::Current,
            Some(_) => CopyState::Other(name),
            None => CopyState::Missing(name),
        })
    }

    /// Whether it does.
    pub fn copy_is_current(&self, copy: &KeyCopy) -> Result<bool, KeysError> {
        self.copy_state(copy).map(|state| state == CopyState::Current)
    }

    /// Compares the generation in use with the one that the ledger recorded last, and makes it durable here and in
    /// every configured copy: a process that died may have left names that only look so.
    pub fn settle(&self, recorded: Generation) -> Result<Standing, KeysError> {
        let here = self.generation;
        let standing = match recorded.number {
            number if number == here.number && recorded.blake3 == here.blake3 => Standing::Recorded,
            number if number + 1 == here.number => Standing::Unrecorded,
            number if number > here.number => return Err(KeysError::Older { here: here.number, recorded: number }),
            _ => return Err(KeysError::Foreign(here.number)),
        };
        self.disk.sync_dir(self.folder)?;
        for copy in &self.copies {
            if self.copy_is_current(copy)? {
                copy.disk.sync_dir("")?;
            } else {
                let (name, bytes) = self.export(copy.part)?;
                disk::replace(copy.disk.as_ref(), &name, &bytes)?;
            }
        }
        Ok(standing)
    }

    /// The configured copies.
    pub fn copies(&self) -> &[KeyCopy] {
        &self.copies
    }

    /// Removes generations before the one in use, once the ledger knows it, and what was left half written.
    ///
    /// Only names go here; what makes a destroyed key unrecoverable is the replacement of the key above it.
    pub fn remove_older(&self) -> Result<(), KeysError> {
        remove_older(self.disk.as_ref(), self.folder, self.generation.number)?;
        for copy in &self.copies {
            remove_older(copy.disk.as_ref(), "", self.generation.number)?;
        }
        Ok(())
    }

    fn write_generation(&mut self) -> Result<(), KeysError> {
        let number = self.generation.number + 1;
        let (epochs, scopes) = file::encode(
            self.archive,
            number,
            &self.root,
            &self.epochs,
            self.current_epoch,
            &self.signing,
            &self.scopes,
        );
        // Copies first: if we crash between, the archive still has the older generation, which the copies extend.
        for copy in &self.copies {
            let bytes = if copy.part == Part::Epochs { &epochs } else { &scopes };
            disk::replace(copy.disk.as_ref(), &copy.part.file_name(number), bytes)?;
        }
        let path = |part: Part| disk::join(self.folder, &part.file_name(number));
        // The scopes file last: a generation counts as whole when it is there.
        disk::replace(self.disk.as_ref(), &path(Part::Epochs), &epochs)?;
        disk::replace(self.disk.as_ref(), &path(Part::Scopes), &scopes)?;
        self.generation = Generation { number, blake3: digest(&epochs, &scopes) };
        Ok(())
    }
}

/// What a wrapped data key is bound to.
fn context<'a>(archive: &'a Uuid, scope: &'a Uuid, object: &'a Uuid) -> [&'a [u8]; 3] {
    [archive.as_bytes(), scope.as_bytes(), object.as_bytes()]
}

/// A KEY frame's body, still wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFrame<'a> {
    /// The scope whose key opens it.
    pub scope: Uuid,
    /// Objects of the entry that follows, in its order, with their wrapped secrets.
    pub objects: Vec<(Uuid, &'a [u8])>,
}

/// Reads the body of a KEY frame without opening it: `docs/format.md` §3.2.
pub fn parse_key_frame(body: &[u8]) -> Result<KeyFrame<'_>, KeysError> {
    const SECRETS_BYTES: usize = 64 + cipher::WRAP_BYTES;
    let damaged = || KeysError::Damaged { file: "a KEY frame".into(), what: "its length is wrong".into() };
    let (scope, rows) = body.split_first_chunk::<16>().ok_or_else(damaged)?;
    let (rows, rest) = rows.as_chunks::<{ 16 + SECRETS_BYTES }>();
    if !rest.is_empty() {
        return Err(damaged());
    }
    let objects = rows.iter().map(|row| (Uuid::from_slice(&row[..16]).expect("sixteen bytes"), &row[16..])).collect();
    Ok(KeyFrame { scope: Uuid::from_bytes(*scope), objects })
}

/// Puts both files of a generation into an archive that has lost its keys; the caller has checked their digest.
pub fn restore(disk: &dyn Disk, number: u64, epochs: &[u8], scopes: &[u8]) -> Result<(), KeysError> {
    let path = |part: Part| disk::join(Keys::FOLDER, &part.file_name(number));
    disk::replace(disk, &path(Part::Epochs), epochs)?;
    disk::replace(disk, &path(Part::Scopes), scopes)?;
    Ok(())
}

/// The digest of a generation.
pub fn digest(epochs: &[u8], scopes: &[u8]) -> Blake3 {
    let parts = [b"chauban keys 1\n".as_slice(), &Blake3::of(epochs).0, &Blake3::of(scopes).0];
    Blake3::of(&parts.concat())
}

/// The newest generation that has both files.
pub fn newest(disk: &dyn Disk, folder: &str) -> Result<Option<u64>, KeysError> {
    let listed = disk.list(folder)?;
    let has = |number: u64, part: Part| listed.iter().any(|file| file.name == part.file_name(number));
    let numbers = listed.iter().filter_map(|file| file.name.split_once('.')?.0.parse::<u64>().ok());
    Ok(numbers.filter(|number| has(*number, Part::Epochs) && has(*number, Part::Scopes)).max())
}

fn remove_older(disk: &dyn Disk, folder: &str, current: u64) -> Result<(), KeysError> {
    let mut removed = false;
    for file in disk.list(folder)? {
        let Some((number, suffix)) = file.name.split_once('.') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        let half_written = suffix.ends_with(disk::TEMPORARY);
        if half_written || (number < current && matches!(suffix, "epochs" | "scopes")) {
            disk.remove(&disk::join(folder, &file.name))?;
            removed = true;
        }
    }
    if removed {
        disk.sync_dir(folder)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
