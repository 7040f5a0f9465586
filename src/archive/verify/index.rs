//! The index against the catalog: it shows each record that is there and no other, and of each, where every byte is
//! read, what the record's description gives.
//!
//! What either side has is summed up as keyed hashes, in any order, in buckets of records: the memory is that of the
//! buckets, however many records there are. Where two buckets differ, their records are compared one by one. An index
//! may lag, and is compared with what the entries up to its cursor give; what the others are about may be there or not.
//! None of it rests on the segments, so it goes on beside the walk over them.

use super::segments::Walked;
use super::{Depth, Inquiry, Report, start};
use crate::archive::index_follow;
use crate::archive::project;
use crate::error::{Error, Result};
use crate::index::{Index, IndexError, Query};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use uuid::Uuid;

/// Buckets: two tables of 8 bytes for each, 1 MiB.
const BUCKETS: usize = 1 << 16;
/// Buckets of which the records are named, some 1 in 256: of 100 million records 390,000, in about 40 MB.
const BUCKETS_NAMED: usize = 256;

/// What the comparison learned of the index.
pub struct Compared {
    /// Records that it shows.
    shown: u64,
    /// Records that the catalog shows.
    held: u64,
    /// Entries up to which it was made.
    at: u64,
    /// Entries that the catalog shows.
    shown_by_catalog: u64,
}

/// Compares the index, as it was opened before the catalog, with the catalog; `None` where one of them is not there.
pub fn compare(inquiry: &Inquiry, index: Result<Index, IndexError>) -> Result<Option<Compared>> {
    let catalog = &inquiry.archive.catalog;
    let index = index.and_then(|index| scrub(inquiry, &index).map(|()| index));
    let index = match index {
        Ok(index) => index,
        Err(error) => {
            inquiry.doubt("index", error.to_string(), Vec::new());
            return Ok(None);
        }
    };
    let Some(cursor) = catalog.cursor().map_err(project::catalog)? else { return Ok(None) };
    let held = catalog.count_records().map_err(project::catalog)?;
    let hits = index.search(&Query::default()).map_err(index_follow::failed)?;
    let (at, shown_by_catalog) = (index.cursor(), cursor.position.size);
    let comparison = Comparison { inquiry, hashed: RandomState::new(), index: &index, until: at.min(shown_by_catalog) };
    // What it shows beyond a catalog that a crash left behind can't be told apart from what is altered.
    let compared = if at > shown_by_catalog { Ok(()) } else { comparison.compare(at < shown_by_catalog) };
    match compared {
        Err(Failed::Index(error)) => inquiry.doubt("index", error.to_string(), Vec::new()),
        Err(Failed::Other(error)) => return Err(error),
        Ok(()) => {}
    }
    Ok(Some(Compared { shown: hits.total as u64, held, at, shown_by_catalog }))
}

/// Compares how far the index is with what the walk met.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked, compared: Option<Compared>) -> Result<()> {
    let Some(Compared { shown, held, at, shown_by_catalog }) = compared else {
        if inquiry.archive.catalog.cursor().map_err(project::catalog)?.is_none() {
            report.notes.push("without the catalog the index can't be compared with anything".into());
        }
        return Ok(());
    };
    report.checked.indexed = shown;
    let what = format!("the index shows {shown} records of {held}, {at} entries of {}", walked.size);
    match () {
        () if at > walked.size && walked.whole => inquiry.doubt("index", what, Vec::new()),
        () if at > shown_by_catalog => {
            report.notes.push(format!("{what}: more than the catalog, so that it could not be compared"));
        }
        () if shown == held => {}
        () if at < walked.size => report.notes.push(format!("{what}; the next search catches up")),
        () => inquiry.doubt("index", what, Vec::new()),
    }
    Ok(())
}

/// Reads the index's files. A writer's merge takes files away, so beside one it is opened and read again.
fn scrub(inquiry: &Inquiry, index: &Index) -> Result<(), IndexError> {
    index.scrub().or_else(|error| match inquiry.was_written() {
        true => start::patiently(true, || inquiry.archive.index_home().open()?.scrub()),
        false => Err(error),
    })
}

/// Why a comparison stopped.
enum Failed {
    /// The index can't be read.
    Index(IndexError),
    /// Something else can't.
    Other(Error),
}

impl From<IndexError> for Failed {
    fn from(error: IndexError) -> Self {
        Self::Index(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

struct Comparison<'a> {
    inquiry: &'a Inquiry,
    /// Keyed at random: nobody can prepare two contents with one sum.
    hashed: RandomState,
    index: &'a Index,
    /// Entries up to which the index was made.
    until: u64,
}

impl Comparison<'_> {
    /// Sums both sides up, side by side, and names the records that differ.
    fn compare(&self, lags: bool) -> Result<(), Failed> {
        let (mut here, mut there) = (vec![0u64; BUCKETS], vec![0u64; BUCKETS]);
        std::thread::scope(|scope| -> Result<(), Failed> {
            let summed = scope.spawn(|| self.each_here(&mut |id, hash| add(&mut here[bucket(id)], hash)));
            let other = self.each_there(&mut |id, hash| add(&mut there[bucket(id)], hash));
            summed.join().map_err(|_| Error::corrupt("the reader of the index died"))??;
            Ok(other?)
        })?;
        let differing: Vec<usize> = (0..BUCKETS).filter(|bucket| here[*bucket] != there[*bucket]).collect();
        if differing.is_empty() {
            return Ok(());
        }
        let named: HashSet<usize> = differing.iter().copied().take(BUCKETS_NAMED).collect();
        // A record that nothing is said of has the sum 0.
        let mut sums: HashMap<Uuid, (u64, u64)> = HashMap::new();
        self.each_here(&mut |id, hash| {
            if named.contains(&bucket(id)) {
                add(&mut sums.entry(id).or_default().0, hash);
            }
        })?;
        self.each_there(&mut |id, hash| {
            if named.contains(&bucket(id)) {
                add(&mut sums.entry(id).or_default().1, hash);
            }
        })?;
        let mut sums: Vec<(Uuid, (u64, u64))> = sums.into_iter().collect();
        sums.sort_unstable();
        for (id, (here, there)) in sums {
            let what = match (here, there) {
                _ if here == there => continue,
                (0, _) => "it does not show the record",
                (_, 0) if self.may_show(id, lags)? => continue,
                (_, 0) => "it shows a record that is not there",
                _ if lags && self.was_amended(id)? => continue,
                _ => "what it shows of the record is not what the record says",
            };
            self.inquiry.doubt("index", what, vec![id]);
        }
        let unnamed = differing.len() - named.len();
        if unnamed > 0 {
            let what = format!("the records in {unnamed} of {BUCKETS} parts differ as well");
            self.inquiry.doubt("index", what, Vec::new());
        }
        Ok(())
    }

    /// Whether the index may show a record that the entries up to its cursor do not give: one that was destroyed since,
    /// or one that a commit between the reading of the cursor and that of the documents brought.
    fn may_show(&self, id: Uuid, lags: bool) -> Result<bool> {
        let catalog = &self.inquiry.archive.catalog;
        if self.inquiry.was_written() && catalog.body(id).map_err(project::catalog)?.is_some() {
            return Ok(true);
        }
        Ok(lags && catalog.tombstone(id).map_err(project::catalog)?.is_some())
    }

    /// Whether something happened to a record after the entries that the index was made from: its description may be another,
    /// or its dossier have another title.
    fn was_amended(&self, id: Uuid) -> Result<bool> {
        let archive = &self.inquiry.archive;
        let newest = archive.catalog.last_event(id).map_err(project::catalog)?;
        if newest.is_some_and(|(index, _)| index >= self.until) {
            return Ok(true);
        }
        let retitled = archive.catalog.retitled(self.until, u64::MAX).map_err(project::catalog)?;
        Ok(!retitled.is_empty() && retitled.contains(&archive.dossier_of(id)?))
    }

    /// What the index says.
    fn each_here(&self, visit: &mut dyn FnMut(Uuid, u64)) -> Result<(), IndexError> {
        match self.inquiry.depth {
            Depth::Structure => self.index.each_record(&mut |id| visit(id, self.hash(id, b""))),
            Depth::Deep => self.index.each_said(&mut |id, said| visit(id, self.hash(id, said))),
        }
    }

    /// What it ought to say.
    fn each_there(&self, visit: &mut dyn FnMut(Uuid, u64)) -> Result<()> {
        let catalog = &self.inquiry.archive.catalog;
        index_follow::each_document(catalog, self.until, &mut |document| match self.inquiry.depth {
            Depth::Structure => {
                visit(document.record, self.hash(document.record, b""));
                Ok(())
            }
            Depth::Deep => {
                let given = self.index.each_given(document, &mut |id, said| visit(id, self.hash(id, said)));
                given.map_err(index_follow::failed)
            }
        })
    }

    fn hash(&self, id: Uuid, said: &[u8]) -> u64 {
        self.hashed.hash_one((id.as_bytes(), said))
    }
}

fn add(sum: &mut u64, hash: u64) {
    *sum = sum.wrapping_add(hash);
}

/// The end of an identifier is random.
fn bucket(id: Uuid) -> usize {
    usize::from(u16::from_be_bytes([id.as_bytes()[14], id.as_bytes()[15]]))
}
