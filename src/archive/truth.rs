//! The truth as one thing: vault, ledger and clock behind a single commit.
//!
//! A proposal becomes an event here and nowhere else: it gets its stamp and its ledger index, its frames go into a
//! group, and the group's COMMIT carries the root with it. Opening runs the vault's recovery and rebuilds the ledger's
//! right edge from the same frames. Publishing is split in steps so that the files are written without holding
//! anybody up; `publish` keeps their order.

use super::format::Format;
use super::object::{SealedObject, SealedPart};
use super::places::{Disks, HIGH_WATER, OUTER_HIGH_WATER};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, Entry, EventKind, STORED_MAX};
use crate::ledger::high_water::HighWater;
use crate::ledger::{self, Ledger, Publication};
use crate::merkle::checkpoint::{self, Checkpoint};
use crate::position::{Location, Position};
use crate::time::{Clock, ClockConfirmation, Micros, Stamper};
use crate::vault::frame::FrameKind;
use crate::vault::{self, GroupRead, NotCommitted, Recovered, Slot, Vault};
use std::sync::Arc;
use uuid::Uuid;

/// A change that somebody wants.
#[derive(Debug)]
pub struct Proposal {
    /// What is to happen.
    pub kind: EventKind,
    /// To what.
    pub id: Uuid,
    /// By whom.
    pub actor: ActorId,
    /// On what rule.
    pub rule: Option<String>,
    /// Commitment to the manifest, where there is a body.
    pub commitment: Option<Sha256>,
    /// Body of the KEY frame, where there are objects.
    pub key_frame: Option<Vec<u8>>,
    /// Components in order, the body last.
    pub objects: Vec<SealedObject>,
    /// Facts in the clear.
    pub detail: Option<Detail>,
}

/// Longest rule of an event, bytes: with all the objects it may have, its entry stays within its limit.
pub const RULE_BYTES_MAX: usize = 200;

impl Proposal {
    /// Whether it can be committed at all: its entry has room for it, whatever index and stamp it gets.
    pub fn check(&self) -> Result<()> {
        let rule = self.rule.as_ref().map_or(0, String::len);
        if self.objects.len() > STORED_MAX || rule > RULE_BYTES_MAX {
            return Err(Error::invalid("the event is too big")
                .remedy("an event has at most 700 objects, and names its rule in 200 bytes"));
        }
        Ok(())
    }
}

/// A change that happened: durable and in the ledger.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its ledger index.
    pub index: u64,
    /// Its entry.
    pub entry: Entry,
    /// Its ENTRY frame.
    pub at: Location,
    /// Its KEY frame.
    pub key: Option<Location>,
    /// Its objects and their BLOB frames.
    pub objects: Vec<(Uuid, Vec<Location>)>,
    /// Whether some of these frames were committed ahead of the entry.
    pub ahead: bool,
}

/// The truth, open for writing.
pub struct Truth {
    /// The archive's FORMAT.
    pub format: Format,
    disks: Disks,
    vault: Vault,
    ledger: Ledger,
    stamper: Stamper,
    clock: Arc<dyn Clock>,
    /// Entries covered by the newest checkpoint that is out; the ledger's files may be ahead of it.
    signed: u64,
    checkpoint_frame: Option<String>,
    stopped: bool,
}

/// The position of a high-water mark.
fn position_of(mark: &HighWater) -> Position {
    let (segment, offset, frame) = mark.place;
    Position { at: Location { segment, offset }, frame, commit: mark.commit, size: mark.size }
}

/// What must be written before a checkpoint leaves.
pub struct Step {
    publication: Publication,
    mark: HighWater,
}

impl Truth {
    /// Creates the truth of a new archive: an empty segment. FORMAT is written by the caller.
    pub fn create(format: Format, disks: Disks, limits: vault::Limits, clock: Arc<dyn Clock>) -> Result<Self> {
        let vault = Vault::create(disks.archive.clone(), format.archive, limits).map_err(corrupt_or_io)?;
        let stamper = Stamper::after(format.created, clock.as_ref());
        Ok(Self {
            format,
            disks,
            vault,
            ledger: Ledger::new(),
            stamper,
            clock,
            signed: 0,
            checkpoint_frame: None,
            stopped: false,
        })
    }

    /// Opens the truth, recovering from a crash where there was one.
    pub fn open(
        format: Format,
        disks: Disks,
        limits: vault::Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Option<Recovered>)> {
        let known = Known::read(&format, &disks)?;
        let from = known.mark.as_ref().map_or(vault::START, position_of);
        let mut ledger = Ledger::open(disks.archive.as_ref(), from.size)
            .map_err(|error| Error::corrupt("the ledger's tiles can't be read").because(error))?;
        if let Some(mark) = known.mark.filter(|mark| mark.root != ledger.root()) {
            return Err(Error::corrupt(format!(
                "the ledger's tiles do not have the root signed at size {}",
                mark.size
            )));
        }
        let mut time = known.mark.map_or(format.created, |mark| mark.time);
        let opened =
            Vault::open::<Error>(disks.archive.clone(), format.archive, limits, from, known.size, &mut |group| {
                append_group(&mut ledger, &mut time, group)
            })?;
        let stamper = Stamper::after(time, clock.as_ref());
        let truth = Self {
            format,
            disks,
            vault: opened.vault,
            ledger,
            stamper,
            clock,
            signed: known.signed,
            checkpoint_frame: None,
            stopped: false,
        };
        Ok((truth, opened.recovered))
    }

    /// Commits `proposals` as one group, in order. `previous` gives the newest entry about an identifier.
    ///
    /// On return everything is durable. An error of kind *unavailable* rejected the group and left all as it was; any
    /// other error stops this truth for good.
    pub fn commit(
        &mut self,
        proposals: Vec<Proposal>,
        previous: &mut dyn FnMut(Uuid) -> Result<Option<u64>>,
    ) -> Result<Vec<Committed>> {
        self.must_run()?;
        let mark = self.ledger.mark();
        let mut group = self.vault.group();
        if let Some(note) = &self.checkpoint_frame {
            group.push_plain(FrameKind::Checkpoint, note.as_bytes());
        }
        let mut staged: Vec<Staged> = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            let newest =
                staged.iter().rev().find(|earlier| earlier.entry.id == proposal.id).map(|earlier| earlier.index);
            let result = match newest {
                Some(index) => Ok(Some(index)),
                None => previous(proposal.id),
            };
            let result = result.and_then(|previous| self.stage(&mut group, proposal, previous));
            match result {
                Ok(one) => staged.push(one),
                Err(error) => {
                    self.ledger.rewind(mark);
                    return Err(error);
                }
            }
        }
        let time = self.stamper.last();
        let placed = match self.vault.commit(group, self.ledger.size(), self.ledger.root(), time) {
            Ok(placed) => placed,
            Err(NotCommitted::Rejected(error)) => {
                self.ledger.rewind(mark);
                return Err(Error::unavailable("the disk did not take the group; nothing of it was kept")
                    .remedy("free space on the archive's disk and try again")
                    .because(error));
            }
            Err(NotCommitted::Fatal(error)) => {
                self.stopped = true;
                return Err(Error::corrupt("the disk failed at the commit point; nothing more is written")
                    .remedy("check the disk, then start again: recovery decides what is durable")
                    .because(error));
            }
        };
        self.checkpoint_frame = None;
        let locate = |slots: Vec<PartPlace>| slots.into_iter().map(|slot| slot.locate(&placed)).collect();
        let committed = staged.into_iter().map(|one| Committed {
            index: one.index,
            entry: one.entry,
            at: placed.locate(one.slot),
            key: one.key.map(|slot| placed.locate(slot)),
            ahead: one.objects.iter().flat_map(|(_, parts)| parts).any(|part| matches!(part, PartPlace::Placed(_))),
            objects: one.objects.into_iter().map(|(id, parts)| (id, locate(parts))).collect(),
        });
        Ok(committed.collect())
    }

    /// Commits parts of a big object ahead of its entry, in a group that adds none; their places.
    pub fn commit_parts(&mut self, object: Uuid, first_part: u32, parts: Vec<SealedPart>) -> Result<Vec<SealedPart>> {
        self.must_run()?;
        let mut group = self.vault.group();
        let mut slots = Vec::with_capacity(parts.len());
        for (number, part) in (first_part..).zip(parts) {
            let stored = part.stored();
            let SealedPart::Here { codec, bytes, digest } = part else { continue };
            slots.push((group.push(FrameKind::Blob, codec, object, number, bytes, digest), stored));
        }
        let time = self.stamper.stamp(self.clock.as_ref()).map_err(clock_jumped)?;
        match self.vault.commit(group, self.ledger.size(), self.ledger.root(), time) {
            Ok(placed) => Ok(slots
                .into_iter()
                .map(|(slot, stored)| SealedPart::Placed {
                    at: placed.locate(slot),
                    digest: stored.blake3,
                    size: stored.size,
                })
                .collect()),
            Err(NotCommitted::Rejected(error)) => {
                Err(Error::unavailable("the disk did not take a part of a big object").because(error))
            }
            Err(NotCommitted::Fatal(error)) => {
                self.stopped = true;
                Err(Error::corrupt("the disk failed at the commit point; nothing more is written").because(error))
            }
        }
    }

    fn stage(&mut self, group: &mut vault::Group, proposal: Proposal, previous: Option<u64>) -> Result<Staged> {
        let time = self.stamper.stamp(self.clock.as_ref()).map_err(clock_jumped)?;
        let stored = proposal.objects.iter().map(SealedObject::stored).collect();
        let mut objects = Vec::with_capacity(proposal.objects.len());
        for object in proposal.objects {
            let mut parts = Vec::with_capacity(object.parts.len());
            for (number, part) in (0u32..).zip(object.parts) {
                parts.push(match part {
                    SealedPart::Here { codec, bytes, digest } => {
                        PartPlace::Slot(group.push(FrameKind::Blob, codec, object.id, number, bytes, digest))
                    }
                    SealedPart::Placed { at, .. } => PartPlace::Placed(at),
                });
            }
            objects.push((object.id, parts));
        }
        let key = proposal.key_frame.map(|body| group.push_plain(FrameKind::Key, &body));
        let entry = Entry {
            kind: proposal.kind,
            id: proposal.id,
            previous,
            time,
            actor: proposal.actor,
            rule: proposal.rule,
            commitment: proposal.commitment,
            stored,
            detail: proposal.detail,
        };
        let bytes = entry.encode().map_err(|error| Error::invalid("the event is too big").because(error))?;
        let slot = group.push_plain(FrameKind::Entry, &bytes);
        let index = self.ledger.append(bytes);
        Ok(Staged { index, entry, slot, key, objects })
    }

    fn must_run(&self) -> Result<()> {
        if self.stopped {
            return Err(Error::corrupt("an earlier failure of the disk stopped this archive")
                .remedy("stop the process, check the disk, start again"));
        }
        Ok(())
    }

    /// Seals the open segment, unless it is empty.
    pub fn seal(&mut self) -> Result<()> {
        self.must_run()?;
        match self.vault.seal_now() {
            Ok(()) => Ok(()),
            Err(NotCommitted::Rejected(error)) => {
                Err(Error::unavailable("the disk did not take the end of a segment").because(error))
            }
            Err(NotCommitted::Fatal(error)) => {
                self.stopped = true;
                Err(Error::corrupt("the disk failed at the end of a segment; nothing more is written").because(error))
            }
        }
    }

    /// Entries committed so far.
    pub fn size(&self) -> u64 {
        self.ledger.size()
    }

    /// Entries covered by the newest checkpoint.
    pub fn published(&self) -> u64 {
        self.signed
    }

    /// Where the next group goes.
    pub fn position(&self) -> Position {
        self.vault.position()
    }

    /// The newest stamp given.
    pub fn time(&self) -> Micros {
        self.stamper.last()
    }

    /// Accepts the wall clock as it stands; what it says.
    pub fn confirm_clock(&mut self) -> Micros {
        self.stamper.confirm(self.clock.as_ref())
    }

    /// Whether the wall clock stands before the newest stamp.
    pub fn clock_is_behind(&self) -> bool {
        self.clock.wall() < self.stamper.last()
    }

    /// Remembers the newest confirmation of the clock that the ledger holds.
    pub fn remember_clock(&mut self, confirmation: ClockConfirmation) {
        self.stamper.remember(confirmation);
    }

    /// First step of publishing, under the caller's lock: what is to be written. `None` where nothing is new.
    pub fn plan_publication(&self) -> Result<Option<Step>> {
        self.must_run()?;
        let position = self.vault.position();
        if self.ledger.size() == self.signed {
            return Ok(None);
        }
        let publication = self.ledger.publication().map_err(|error| Error::corrupt("tiles").because(error))?;
        let mark = HighWater {
            archive: self.format.archive,
            size: publication.size,
            root: publication.root,
            place: (position.at.segment, position.at.offset, position.frame),
            commit: position.commit,
            time: self.stamper.last(),
        };
        Ok(Some(Step { publication, mark }))
    }

    /// Last step, under the lock again: the checkpoint is out.
    pub fn published_to(&mut self, size: u64, note: String) {
        self.ledger.published_to(size);
        self.signed = size;
        self.checkpoint_frame = Some(note);
    }

    /// Stops this truth for good: a sync failed, and nobody knows what is on disk.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// The disks.
    pub fn disks(&self) -> &Disks {
        &self.disks
    }
}

impl Step {
    /// Writes tiles, then both high-water marks, then signs, then lets the checkpoint out; its text.
    ///
    /// If we crash before the marks: nothing was signed. After them: the same size is published again, its files
    /// being there already. The bytes that the checkpoint covers were durable before this step was planned.
    pub fn run(&self, disks: &Disks, signers: &checkpoint::Signers, unix_seconds: u64) -> Result<String> {
        let archive = disks.archive.as_ref();
        let ledger =
            |error: ledger::LedgerError| Error::unavailable("the ledger's files were not written").because(error);
        self.publication.write(archive).map_err(ledger)?;
        self.mark.write(archive, HIGH_WATER)?;
        self.mark.write(disks.custody.as_ref(), OUTER_HIGH_WATER)?;
        let body = Checkpoint { origin: signers.origin().to_owned(), size: self.mark.size, root: self.mark.root };
        let note = checkpoint::sign(&body, signers, unix_seconds)
            .map_err(|error| Error::corrupt("the checkpoint was not signed").because(error))?;
        crate::disk::replace(archive, ledger::CHECKPOINT, note.as_bytes())?;
        if let Err(error) = self.publication.remove_superseded(archive) {
            tracing::warn!(%error, "superseded partial tiles stay");
        }
        Ok(note)
    }

    /// Entries it covers.
    pub fn size(&self) -> u64 {
        self.mark.size
    }
}

struct Staged {
    index: u64,
    entry: Entry,
    slot: Slot,
    key: Option<Slot>,
    objects: Vec<(Uuid, Vec<PartPlace>)>,
}

enum PartPlace {
    Slot(Slot),
    Placed(Location),
}

impl PartPlace {
    fn locate(self, placed: &vault::Placed) -> Location {
        match self {
            Self::Slot(slot) => placed.locate(slot),
            Self::Placed(at) => at,
        }
    }
}

/// What is known of the newest signature before the segments are read.
struct Known {
    mark: Option<HighWater>,
    /// Largest size of any mark or checkpoint.
    size: u64,
    /// Size of the checkpoint that is out; 0 where there is none.
    signed: u64,
}

impl Known {
    fn read(format: &Format, disks: &Disks) -> Result<Self> {
        let marks = Marks::read(format, disks)?;
        marks.check()?;
        let (inner, outer) = (marks.inner, marks.outer);
        let note = crate::disk::read(disks.archive.as_ref(), ledger::CHECKPOINT, 1 << 20)?;
        let signed = match note {
            Some(note) => {
                let text = String::from_utf8(note).map_err(|_| Error::corrupt("ledger/checkpoint is not text"))?;
                let verified = checkpoint::open(&text, &format.keys())
                    .map_err(|error| Error::corrupt("ledger/checkpoint does not verify").because(error))?;
                Some(verified.checkpoint)
            }
            None => None,
        };
        let size = [inner.map(|mark| mark.size), outer.map(|mark| mark.size), signed.as_ref().map(|note| note.size)]
            .into_iter()
            .flatten()
            .max()
            .unwrap_or(0);
        if let Some(signed) = &signed
            && inner.is_none_or(|inner| inner.size < signed.size)
        {
            return Err(rolled_back("the signed checkpoint", signed.size, inner.as_ref()));
        }
        Ok(Self { mark: inner, size, signed: signed.map_or(0, |note| note.size) })
    }
}

/// Both high-water marks.
pub(super) struct Marks {
    inner: Option<HighWater>,
    outer: Option<HighWater>,
}

impl Marks {
    /// Reads them. The outer mark is written after the inner one and read before it, so that it is never seen ahead but
    /// by a rollback, beside a writer either.
    pub(super) fn read(format: &Format, disks: &Disks) -> Result<Self> {
        let read = |disk: &dyn crate::disk::Disk, path: &str| -> Result<Option<HighWater>> {
            let mark = HighWater::read(disk, path)?.transpose();
            let mark = mark.map_err(|error| Error::corrupt(path.to_owned()).because(error))?;
            match mark {
                Some(mark) if mark.archive != format.archive => {
                    Err(Error::corrupt(format!("{path} is the high-water mark of another archive")))
                }
                other => Ok(other),
            }
        };
        let outer = read(disks.custody.as_ref(), OUTER_HIGH_WATER)?;
        let inner = read(disks.archive.as_ref(), HIGH_WATER)?;
        Ok(Self { inner, outer })
    }

    /// Refuses an older copy of the archive: the outer mark remembers more than the inner one.
    pub(super) fn check(&self) -> Result<()> {
        match (&self.inner, &self.outer) {
            (Some(inner), Some(outer)) if inner.size == outer.size && inner.root != outer.root => {
                Err(Error::corrupt("the inner and the outer high-water mark have different roots"))
            }
            (known, Some(outer)) if known.as_ref().is_none_or(|known| known.size < outer.size) => {
                Err(rolled_back("the high-water mark outside the archive", outer.size, known.as_ref()))
            }
            (Some(_), None) => {
                // Whoever reads or writes goes on: the next publication writes the mark again.
                tracing::warn!("there is no high-water mark in the custody folder: an older copy would not be noticed");
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn rolled_back(what: &str, size: u64, known: Option<&HighWater>) -> Error {
    let known = known.map_or(0, |mark| mark.size);
    Error::corrupt(format!("the archive was rolled back: {what} remembers {size} entries, but this copy knows {known}"))
        .remedy("bring back the newest copy of the archive; an older one must not sign again under this origin")
}

/// Appends a group's entries to the ledger and checks the root its COMMIT states.
fn append_group(ledger: &mut Ledger, time: &mut Micros, group: GroupRead) -> Result<()> {
    for frame in group.frames {
        if frame.header.kind == FrameKind::Entry {
            let entry = Entry::parse(&frame.body).map_err(|error| {
                Error::corrupt(format!("segment {}: an entry can't be read", frame.location.segment)).because(error)
            })?;
            *time = (*time).max(entry.time);
            ledger.append(frame.body);
        }
    }
    *time = (*time).max(group.commit.time);
    if ledger.size() != group.commit.size || ledger.root() != group.commit.root {
        return Err(Error::corrupt(format!("the entries up to {} do not have the root committed", group.commit.size)));
    }
    Ok(())
}

pub(super) fn corrupt_or_io(error: vault::VaultError) -> Error {
    match error {
        vault::VaultError::Io(error) => Error::from(error),
        corrupt => Error::corrupt("the segments contradict themselves")
            .remedy("do not write to this copy; repair it from a replica")
            .because(corrupt),
    }
}

impl From<vault::VaultError> for Error {
    fn from(error: vault::VaultError) -> Self {
        corrupt_or_io(error)
    }
}

fn clock_jumped(jump: crate::time::ClockJump) -> Error {
    Error::conflict("the clock can't be trusted, so nothing is written")
        .remedy("set the clock right, or have an administrator confirm it with `chauban keys confirm-clock`")
        .because(jump)
}
