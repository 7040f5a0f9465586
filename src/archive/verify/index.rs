//! The index against the catalog: it shows each record that is there and no other, and of each, where every byte is
//! read, what the record's description gives.
//!
//! What either side has is summed up as keyed digests, in any order, in buckets of records: the memory is that of the
//! buckets, however many records there are. Where two buckets differ, their records are compared one by one. An index
//! may lag, and is compared with what the entries up to its cursor give; what the others are about may be there or not.

use super::segments::Walked;
use super::tally::Digester;
use super::{Depth, Inquiry, Report, start};
use crate::archive::index_follow;
use crate::archive::project;
use crate::error::{Error, Result};
use crate::index::{Index, IndexError, Query};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Buckets: two tables of 16 bytes for each, 2 MiB.
const BUCKETS: usize = 1 << 16;
/// Buckets of which the records are named, some 1 in 256: of 100 million records 390,000, in about 40 MB.
const BUCKETS_NAMED: usize = 256;

/// Compares the index, as it was opened before the catalog, with it; its files are whole.
pub fn check(
    inquiry: &Inquiry,
    report: &mut Report,
    walked: &Walked,
    digester: &Digester,
    index: Result<Index, IndexError>,
) -> Result<()> {
    let catalog = &inquiry.archive.catalog;
    let index = index.and_then(|index| scrub(inquiry, &index).map(|()| index));
    let index = match index {
        Ok(index) => index,
        Err(error) => {
            inquiry.doubt("index", error.to_string(), Vec::new());
            return Ok(());
        }
    };
    let Some(cursor) = catalog.cursor().map_err(project::catalog)? else {
        report.notes.push("without the catalog the index can't be compared with anything".into());
        return Ok(());
    };
    let held = catalog.count_records().map_err(project::catalog)?;
    let hits = index.search(&Query::default()).map_err(index_follow::failed)?;
    let (shown, at) = (hits.total as u64, index.cursor());
    report.checked.indexed = shown;
    let what = format!("the index shows {shown} records of {held}, {at} entries of {}", walked.size);
    if at > walked.size {
        inquiry.doubt("index", what, Vec::new());
        return Ok(());
    }
    if shown != held && at < walked.size {
        report.notes.push(format!("{what}; the next search catches up"));
    } else if shown != held {
        inquiry.doubt("index", what, Vec::new());
    }
    let shown_by_catalog = cursor.position.size;
    let comparison = Comparison { inquiry, digester, index: &index, until: at.min(shown_by_catalog) };
    match comparison.compare(at < shown_by_catalog) {
        Err(Failed::Index(error)) => inquiry.doubt("index", error.to_string(), Vec::new()),
        Err(Failed::Other(error)) => return Err(error),
        Ok(()) => {}
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
    digester: &'a Digester,
    index: &'a Index,
    /// Entries up to which the index was made.
    until: u64,
}

impl Comparison<'_> {
    /// Sums both sides up, side by side, and names the records that differ.
    fn compare(&self, lags: bool) -> Result<(), Failed> {
        let (mut here, mut there) = (vec![0u128; BUCKETS], vec![0u128; BUCKETS]);
        std::thread::scope(|scope| -> Result<(), Failed> {
            let summed = scope.spawn(|| self.each_here(&mut |id, digest| add(&mut here[bucket(id)], digest)));
            let other = self.each_there(&mut |id, digest| add(&mut there[bucket(id)], digest));
            summed.join().map_err(|_| Error::corrupt("the reader of the index died"))??;
            Ok(other?)
        })?;
        let differing: Vec<usize> = (0..BUCKETS).filter(|bucket| here[*bucket] != there[*bucket]).collect();
        if differing.is_empty() {
            return Ok(());
        }
        let named: HashSet<usize> = differing.iter().copied().take(BUCKETS_NAMED).collect();
        // A record that nothing is said of has the sum 0.
        let mut sums: HashMap<Uuid, (u128, u128)> = HashMap::new();
        self.each_here(&mut |id, digest| {
            if named.contains(&bucket(id)) {
                add(&mut sums.entry(id).or_default().0, digest);
            }
        })?;
        self.each_there(&mut |id, digest| {
            if named.contains(&bucket(id)) {
                add(&mut sums.entry(id).or_default().1, digest);
            }
        })?;
        let mut sums: Vec<(Uuid, (u128, u128))> = sums.into_iter().collect();
        sums.sort_unstable();
        for (id, (here, there)) in sums {
            let what = match (here, there) {
                _ if here == there => continue,
                (0, _) => "it does not show the record",
                (_, 0) if self.may_show(id, lags)? => continue,
                (_, 0) => "it shows a record that is not there",
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

    /// What the index says.
    fn each_here(&self, visit: &mut dyn FnMut(Uuid, u128)) -> Result<(), IndexError> {
        match self.inquiry.depth {
            Depth::Structure => self.index.each_record(&mut |id| visit(id, self.digest(id, b""))),
            Depth::Deep => self.index.each_said(&mut |id, said| visit(id, self.digest(id, said))),
        }
    }

    /// What it ought to say.
    fn each_there(&self, visit: &mut dyn FnMut(Uuid, u128)) -> Result<()> {
        let catalog = &self.inquiry.archive.catalog;
        index_follow::each_document(catalog, self.until, &mut |document| match self.inquiry.depth {
            Depth::Structure => {
                visit(document.record, self.digest(document.record, b""));
                Ok(())
            }
            Depth::Deep => {
                let given = self.index.each_given(document, &mut |id, said| visit(id, self.digest(id, said)));
                given.map_err(index_follow::failed)
            }
        })
    }

    fn digest(&self, id: Uuid, said: &[u8]) -> u128 {
        self.digester.digest(&[b"index", id.as_bytes(), said])
    }
}

fn add(sum: &mut u128, digest: u128) {
    *sum = sum.wrapping_add(digest);
}

/// The end of an identifier is random.
fn bucket(id: Uuid) -> usize {
    usize::from(u16::from_be_bytes([id.as_bytes()[14], id.as_bytes()[15]]))
}
