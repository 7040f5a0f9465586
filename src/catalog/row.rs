//! Values of the catalog's rows. They may change with any version: the catalog is rebuilt then.

use crate::digest::{Blake3, Sha256};
use crate::position::{Location, Position};
use crate::time::Micros;
use uuid::Uuid;

/// Version of all rows; another one in the cursor means: rebuild.
const VERSION: u32 = 6;

/// How much of the ledger the catalog shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Up to here.
    pub position: Position,
    /// Time of the newest event shown.
    pub time: Micros,
    /// Generation and digest of the keys that the ledger last recorded.
    pub keys: (u64, Blake3),
}

/// An event's place in the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its ledger index: part of the row's key.
    pub index: u64,
    /// Its ENTRY frame.
    pub entry: Location,
    /// The KEY frame of its objects, if it has any; none of an event whose bodies are gone by law.
    pub key: Option<Location>,
    /// Its objects, in the entry's order: components, then the body.
    pub objects: Vec<ObjectRow>,
}

/// An object's place in the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// Its identifier in BLOB and KEY frames.
    pub id: Uuid,
    /// Its BLOB frames in order.
    pub parts: Vec<Location>,
}

/// Where a captured piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceRow {
    /// What it is, by the caller's numbers.
    pub kind: u8,
    /// The event that brought it.
    pub event: Uuid,
    /// Which of that event's objects it is, from 0.
    pub number: u16,
    /// Whose statements it helps to judge, and for how long.
    pub serves: Option<Serves>,
}

/// Whose statements a piece of evidence helps to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serves {
    /// Digest of the authority's name and key, by the caller's rule.
    pub authority: Sha256,
    /// Until when it is in force.
    pub until: Micros,
}

/// The newest validation run of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRow {
    /// Ledger index of its event.
    pub index: u64,
    /// What it led to, by the caller's numbers.
    pub outcome: u8,
    /// When to validate again.
    pub retry_at: Option<Micros>,
}

impl EvidenceRow {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut bytes = vec![self.kind];
        bytes.extend_from_slice(self.event.as_bytes());
        bytes.extend_from_slice(&self.number.to_be_bytes());
        if let Some(Serves { authority, until }) = self.serves {
            bytes.extend_from_slice(&authority.0);
            bytes.extend_from_slice(&until.0.to_be_bytes());
        }
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        let (event, number) = rest.split_first_chunk::<16>()?;
        let (number, rest) = number.split_first_chunk::<2>()?;
        let serves = match rest.split_first_chunk::<32>() {
            None if rest.is_empty() => None,
            None => return None,
            Some((authority, until)) => {
                let until = Micros(u64::from_be_bytes(until.try_into().ok()?));
                Some(Serves { authority: Sha256(*authority), until })
            }
        };
        Some(Self { kind, event: Uuid::from_bytes(*event), number: u16::from_be_bytes(*number), serves })
    }
}

impl RunRow {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut bytes = self.index.to_be_bytes().to_vec();
        bytes.push(self.outcome);
        self.retry_at.into_iter().for_each(|at| bytes.extend_from_slice(&at.0.to_be_bytes()));
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (index, rest) = bytes.split_first_chunk::<8>()?;
        let (&outcome, rest) = rest.split_first()?;
        let retry_at = match rest {
            [] => None,
            at => Some(Micros(u64::from_be_bytes(at.try_into().ok()?))),
        };
        Some(Self { index: u64::from_be_bytes(*index), outcome, retry_at })
    }
}

impl Cursor {
    pub(super) fn encode(&self) -> Vec<u8> {
        let position = self.position;
        let mut bytes = VERSION.to_be_bytes().to_vec();
        for number in [position.at.segment, position.at.offset, position.frame, position.size, self.time.0, self.keys.0]
        {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&position.commit.0);
        bytes.extend_from_slice(&self.keys.1.0);
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        if from.take::<4>()? != VERSION.to_be_bytes() {
            return None;
        }
        let at = Location { segment: from.number()?, offset: from.number()? };
        let (frame, size, time, generation) = (from.number()?, from.number()?, from.number()?, from.number()?);
        let position = Position { at, frame, commit: Blake3(from.take()?), size };
        let cursor = Self { position, time: Micros(time), keys: (generation, Blake3(from.take()?)) };
        from.0.is_empty().then_some(cursor)
    }
}

impl EventRow {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + self.objects.len() * 40);
        let mut put = |location: Location| {
            bytes.extend_from_slice(&location.segment.to_be_bytes());
            bytes.extend_from_slice(&location.offset.to_be_bytes());
        };
        put(self.entry);
        put(self.key.unwrap_or(NOWHERE));
        for object in &self.objects {
            bytes.extend_from_slice(object.id.as_bytes());
            bytes.extend_from_slice(&(object.parts.len() as u64).to_be_bytes());
            for part in &object.parts {
                bytes.extend_from_slice(&part.segment.to_be_bytes());
                bytes.extend_from_slice(&part.offset.to_be_bytes());
            }
        }
        bytes
    }

    pub(super) fn decode(index: u64, bytes: &[u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        let entry = from.location()?;
        let key = Some(from.location()?).filter(|location| *location != NOWHERE);
        let mut objects = Vec::new();
        while !from.0.is_empty() {
            let id = Uuid::from_bytes(from.take()?);
            let count = from.number()?;
            let parts = (0..count).map(|_| from.location()).collect::<Option<_>>()?;
            objects.push(ObjectRow { id, parts });
        }
        Some(Self { index, entry, key, objects })
    }
}

pub(super) fn encode_location(at: Location) -> Vec<u8> {
    [at.segment.to_be_bytes(), at.offset.to_be_bytes()].concat()
}

pub(super) fn decode_location(bytes: &[u8]) -> Option<Location> {
    let mut from = Bytes(bytes);
    from.location().filter(|_| from.0.is_empty())
}

const NOWHERE: Location = Location { segment: 0, offset: 0 };

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn location(&mut self) -> Option<Location> {
        Some(Location { segment: self.number()?, offset: self.number()? })
    }
}
