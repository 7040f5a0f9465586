//! What later events say of earlier ones: whose bodies are gone, whose keys lie elsewhere.
//!
//! Whoever reads the ledger from its first event needs this before: a destroyed record's events can't be opened any more,
//! and that is right only because a `record-destroyed` follows; a living one's may be wrapped under a scope key that is
//! gone, and open by what a `keys-moved` brought. One walk over the entries learns both; an archive in which nothing was
//! ever destroyed has no scope of tombstones among its keys, and is not walked.

use crate::archive::body::{DestructionBegunBody, split};
use crate::archive::object::Opener;
use crate::archive::project::{self, Says};
use crate::archive::reading::{Archive, keys_error};
use crate::catalog::Identified;
use crate::cipher::ObjectKey;
use crate::error::{Error, Result};
use crate::event::{Detail, Entry, EventKind};
use crate::vault::frame::FrameKind;
use crate::vault::segment::SegmentFile;
use crate::vault::{self, Bodies, Frame, GroupRead, Presence};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What later events say of earlier ones.
#[derive(Default)]
pub struct Fates {
    destroyed: HashSet<Uuid>,
    dead: HashSet<u64>,
    superseded: HashSet<u64>,
    moved: HashMap<u64, Vec<u8>>,
    ahead: HashSet<Uuid>,
    identified: HashSet<Identified>,
    thinned: HashMap<u64, crate::digest::Blake3>,
}

impl Fates {
    /// Whether a record is destroyed.
    pub fn is_destroyed(&self, record: Uuid) -> bool {
        self.destroyed.contains(&record)
    }

    /// Whether the bodies of an event are gone by law.
    pub fn is_dead(&self, index: u64) -> bool {
        self.dead.contains(&index)
    }

    /// Whether an event is a `keys-moved` whose table is of no use any more, as its scope is gone: the table goes too.
    pub fn is_superseded(&self, index: u64) -> bool {
        self.superseded.contains(&index)
    }

    /// The newest body of an event's KEY frame, where it is not the one in its segment.
    pub fn moved(&self, index: u64) -> Option<&[u8]> {
        self.moved.get(&index).map(Vec::as_slice)
    }

    /// Whether an object is one of a destroyed record's, committed in part ahead of its entry.
    pub fn is_ahead(&self, object: Uuid) -> bool {
        self.ahead.contains(&object)
    }

    /// Whether a destroyed record was the first with an identifier.
    pub fn holds(&self, identifier: Identified) -> bool {
        self.identified.contains(&identifier)
    }

    /// Digest of a segment's list of absent frames, as the ledger last recorded it.
    pub fn thinned(&self, segment: u64) -> Option<crate::digest::Blake3> {
        self.thinned.get(&segment).copied()
    }

    /// Reads them from the segments.
    pub fn read(archive: &Archive, segments: &[SegmentFile]) -> Result<Self> {
        if !super::was_any(archive)? {
            return Ok(Self::default());
        }
        let mut search = Search { archive, opener: None, ids: Vec::new(), found: Found::default() };
        let disk = archive.disks.archive.as_ref();
        vault::walk_in::<Error>(disk, segments, vault::START, Bodies::Small, &mut |group| search.group(group))?;
        search.finish()
    }
}

/// A walk in search of fates.
struct Search<'a> {
    archive: &'a Archive,
    opener: Option<Opener>,
    /// What each entry is about.
    ids: Vec<Uuid>,
    found: Found,
}

#[derive(Default)]
struct Found {
    /// Destroyed records, each with the index of the event that says so.
    destroyed: HashMap<Uuid, u64>,
    /// Dossiers of which no record stayed, each with the index of the last event that says so.
    reduced: HashMap<Uuid, u64>,
    /// Events that describe dossiers, each with its dossier.
    descriptions: Vec<(u64, Uuid)>,
    /// The newest execution, while it is under way.
    begun: Option<Begun>,
    /// Moves: ledger index, the scope moved to, and what was moved, where that can be read.
    moves: Vec<(u64, Uuid, Vec<(u64, Vec<u8>)>)>,
    scopes: HashSet<Uuid>,
    ahead: HashSet<Uuid>,
    identified: HashSet<Identified>,
    thinned: HashMap<u64, crate::digest::Blake3>,
}

/// What is about to be destroyed.
struct Begun {
    execution: String,
    /// Ledger index of the first event that says so.
    index: u64,
    records: Vec<Uuid>,
    /// The dossiers of which none stays.
    dossiers: Vec<Uuid>,
    /// The scopes that die for it.
    scopes: Vec<Uuid>,
    ahead: Vec<Uuid>,
}

impl Search<'_> {
    fn group(&mut self, group: GroupRead) -> Result<()> {
        let mut before: Vec<Frame> = Vec::new();
        for frame in group.frames {
            if frame.header.kind != FrameKind::Entry {
                before.push(frame);
                continue;
            }
            let (kind, id) = peek(&frame.body).ok_or_else(unreadable)?;
            let index = self.ids.len() as u64;
            self.ids.push(id);
            if index == 0 {
                self.archive.learn_dictionary_of(&before)?;
            }
            let wanted = [
                EventKind::DestructionBegun,
                EventKind::KeysMoved,
                EventKind::ScopesDestroyed,
                EventKind::RecordDestroyed,
                EventKind::DossierAccessioned,
                EventKind::DossierAmended,
                EventKind::DossierDescribed,
                EventKind::DossierReduced,
                EventKind::DestructionEnded,
                EventKind::SegmentThinned,
            ];
            if wanted.iter().any(|wanted| wanted.name().as_bytes() == kind) {
                let entry = Entry::parse(&frame.body).map_err(|error| unreadable().because(error))?;
                self.event(index, &entry, &before)?;
            }
            before.clear();
        }
        Ok(())
    }

    fn event(&mut self, index: u64, entry: &Entry, before: &[Frame]) -> Result<()> {
        match &entry.detail {
            Some(Detail::Scopes(scopes)) => self.found.scopes.extend(scopes),
            Some(Detail::Thinned { segment, absent }) => _ = self.found.thinned.insert(*segment, *absent),
            _ => {}
        }
        if entry.kind.describes_dossier() {
            self.found.descriptions.push((index, entry.id));
            if entry.kind == EventKind::DossierReduced {
                self.found.reduced.insert(entry.id, index);
            }
            return Ok(()); // its own body may be gone by a later one
        }
        let Some(text) = self.text(before)? else {
            // The table of keys that were moved on since may be gone itself.
            if let Some(Detail::Moved { to, .. }) = entry.detail {
                self.found.moves.push((index, to, Vec::new()));
            }
            return Ok(());
        };
        let (_, body) = split(&text).ok_or_else(unreadable)?;
        if entry.kind == EventKind::DestructionBegun {
            return self.begun(index, body);
        }
        match project::says(entry, body)? {
            Says::Moved { rows, .. } => {
                let Some(Detail::Moved { to, .. }) = entry.detail else { return Err(unreadable()) };
                self.found.moves.push((index, to, rows));
            }
            Says::Destroyed(tombstone) => {
                self.found.destroyed.insert(entry.id, index);
                self.found.ahead.extend(&tombstone.ahead);
                self.found.identified.extend(tombstone.identified);
            }
            Says::Ended { .. } => self.found.begun = None,
            _ => {}
        }
        Ok(())
    }

    fn begun(&mut self, index: u64, body: &[u8]) -> Result<()> {
        let body: DestructionBegunBody = serde_json::from_slice(body).map_err(|error| unreadable().because(error))?;
        let ids = |texts: &mut dyn Iterator<Item = &String>| -> Result<Vec<Uuid>> {
            texts.map(|text| Uuid::try_parse(text).map_err(|_| unreadable())).collect()
        };
        let records = ids(&mut body.items.iter().map(|item| &item.record))?;
        let dossiers = ids(&mut body.dossiers.iter().map(|reduced| &reduced.dossier))?;
        let scopes = ids(&mut body.scopes.iter())?;
        let ahead = ids(&mut body.items.iter().flat_map(|item| &item.ahead))?;
        match &mut self.found.begun {
            Some(begun) if begun.execution == body.execution => {
                begun.records.extend(records);
                begun.dossiers.extend(dossiers);
                begun.scopes.extend(scopes);
                begun.ahead.extend(ahead);
            }
            other => *other = Some(Begun { execution: body.execution, index, records, dossiers, scopes, ahead }),
        }
        Ok(())
    }

    /// The plaintext of an event's body; `None` where it has none, or it is gone.
    fn text(&mut self, before: &[Frame]) -> Result<Option<Vec<u8>>> {
        let Some(key) = before.iter().find(|frame| frame.header.kind == FrameKind::Key) else { return Ok(None) };
        let (object, secrets) = {
            let keys = self.archive.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            keys.unwrap_last(&key.body).map_err(keys_error)?
        };
        let blob = before.iter().find(|frame| frame.header.kind == FrameKind::Blob && frame.header.object == object);
        let blob = blob.ok_or_else(unreadable)?;
        if blob.presence == Presence::Absent {
            return Ok(None);
        }
        let key = ObjectKey::derive(&secrets.data_key, self.archive.format.archive, object);
        if self.opener.is_none() {
            self.opener = Some(Opener::new(&self.archive.dictionary()?)?);
        }
        let opener = self.opener.as_mut().expect("made just above");
        self.archive.part(opener, &key, 0, blob.location).map(Some)
    }

    fn finish(self) -> Result<Fates> {
        let Found { mut destroyed, mut reduced, descriptions, begun, moves, scopes, mut ahead, identified, thinned } =
            self.found;
        if let Some(begun) = begun {
            let keys = self.archive.keys()?;
            let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
            // If we crashed after the keys were replaced: the next writer says so in the ledger.
            if begun.scopes.iter().any(|scope| !keys.has_scope(*scope)) {
                ahead.extend(begun.ahead);
                begun.records.into_iter().for_each(|record| _ = destroyed.entry(record).or_insert(u64::MAX));
                // One that was reduced by an earlier case only is to be reduced again.
                for dossier in begun.dossiers {
                    let until = reduced.entry(dossier).or_insert(u64::MAX);
                    if *until < begun.index {
                        *until = u64::MAX;
                    }
                }
            }
        }
        let mut dead: HashSet<u64> = HashSet::new();
        for (index, id) in (0u64..).zip(&self.ids) {
            if destroyed.get(id).is_some_and(|until| index < *until) {
                dead.insert(index);
            }
        }
        let is_replaced = |(index, dossier): &(u64, Uuid)| reduced.get(dossier).is_some_and(|until| index < until);
        dead.extend(descriptions.iter().filter(|one| is_replaced(one)).map(|(index, _)| index));
        let (mut moved, mut superseded) = (HashMap::new(), HashSet::new());
        for (index, to, rows) in moves {
            if scopes.contains(&to) {
                superseded.insert(index);
                continue;
            }
            moved.extend(rows.into_iter().filter(|(index, _)| !dead.contains(index)));
        }
        let destroyed = destroyed.into_keys().collect();
        Ok(Fates { destroyed, dead, superseded, moved, ahead, identified, thinned })
    }
}

/// Kind and subject of an entry, without reading the whole of it: every entry is looked at.
fn peek(entry: &[u8]) -> Option<(&[u8], Uuid)> {
    let rest = entry.strip_prefix(b"{\"v\":1,\"event\":\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let (kind, rest) = rest.split_at(end);
    let id = rest.strip_prefix(b"\",\"id\":\"")?.get(..36)?;
    Some((kind, Uuid::try_parse_ascii(id).ok()?))
}

fn unreadable() -> Error {
    Error::corrupt("what the ledger says of destroyed records can't be read")
}
