//! The catalog against the ledger. One that lags, as a crash may leave it, is compared with what the segments give up to its
//! cursor; one that is ahead, or shows something else, is doubted.

use super::segments::Walked;
use super::tally::{self, Sum};
use super::{Found, Inquiry, Report, content, start};
use crate::archive::follow::{UNHEARD, catch_up_in};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{Catalog, Cursor, Row};
use crate::cipher;
use crate::error::{Error, Result};
use std::sync::Arc;
use uuid::Uuid;

/// Compares the catalog with what the walk learned: the sum over its rows, `there`; where that is another, row by row.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked, there: Result<Sum>) -> Result<()> {
    let Some(cursor) = inquiry.archive.catalog.cursor().map_err(project::catalog)? else {
        if inquiry.catalog == Found::Here {
            inquiry.doubt("catalog", "it shows nothing; `chauban rebuild` makes it anew", Vec::new());
        }
        return Ok(());
    };
    let shown = format!("it shows {} entries of {}", cursor.position.size, walked.size);
    if cursor.position.size > walked.size && walked.whole {
        inquiry.doubt("catalog", shown.as_str(), Vec::new());
    }
    let there = there?;
    if !walked.unread.is_empty() {
        compare_entries(inquiry, report, walked, cursor)?;
        return check_chain(inquiry);
    }
    if walked.rows == Some(there) && cursor.position.size == walked.size {
        report.checked.rows = there.rows;
        return Ok(());
    }
    let lags = (cursor.position.frame < walked.end.frame).then_some(cursor);
    if lags.is_some() {
        report.notes.push(format!("catalog: {shown}; the next opening catches up"));
    }
    report.checked.rows = compare_rows(inquiry, report, lags)?;
    check_chain(inquiry)
}

/// Compares the rows of events with the entries that they point at: all that can be where segments are damaged.
fn compare_entries(inquiry: &Inquiry, report: &mut Report, walked: &Walked, cursor: Cursor) -> Result<()> {
    let archive = &inquiry.archive;
    let (mut there, mut beyond) = (0, 0);
    let each = archive.catalog.each_event(|id, row| {
        if !walked.is_read(row.entry) {
            beyond += 1;
            return true;
        }
        there += 1;
        match archive.entry(&row) {
            Ok((_, entry)) if entry.id == id => report.checked.rows += 1,
            Ok(_) => inquiry.doubt("catalog", format!("entry {} is about something else", row.index), vec![id]),
            Err(error) => inquiry.doubt("catalog", format!("entry {}: {error}", row.index), vec![id]),
        }
        true
    });
    each.map_err(project::catalog)?;
    let entries = report.checked.entries;
    if cursor.position.frame >= walked.end.frame && there != entries {
        let what = format!("it shows {there} of the {entries} entries that could be read");
        inquiry.doubt("catalog", what, Vec::new());
    }
    report.notes.push(format!(
        "catalog: only its rows of events were compared, with the entries that could be read; {beyond} of them point at \
         what could not, and rows of other kinds were not compared"
    ));
    Ok(())
}

/// Whether each entry names the one before it about the same thing.
fn check_chain(inquiry: &Inquiry) -> Result<()> {
    let catalog = &inquiry.archive.catalog;
    for row in catalog.rows() {
        let (key, _) = row.map_err(project::catalog)?;
        let Some((id, index)) = tally::event_key(&key) else { continue };
        let id = Uuid::from_slice(id).map_err(|_| Error::corrupt("an event's row"))?;
        let event = catalog.event(id, index).map_err(project::catalog)?;
        // An entry that can't be read is told of by the walk, a row that points elsewhere by the comparison.
        if let Some(Ok((_, entry))) = event.map(|row| inquiry.archive.entry(&row)) {
            content::check_chain(inquiry, &entry, index);
        }
    }
    Ok(())
}

/// Compares the catalog with one made from the ledger in a scratch folder, up to its cursor where it lags; the rows that
/// are equal.
fn compare_rows(inquiry: &Inquiry, report: &mut Report, lags: Option<Cursor>) -> Result<u64> {
    let scratch = std::env::temp_dir().join(format!("chauban-verify-{}", Uuid::from_bytes(cipher::random())));
    let compared = compare(inquiry, report, lags, &scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    compared
}

fn compare(inquiry: &Inquiry, report: &mut Report, lags: Option<Cursor>, scratch: &std::path::Path) -> Result<u64> {
    let mut compared = 0;
    let live = &inquiry.archive;
    // Without keys nothing can be compared; that they do not open is a doubt of its own.
    let Ok(keys) = live.keys() else { return Ok(compared) };
    let catalog = Arc::new(Catalog::open(scratch).map_err(project::catalog)?);
    let fresh = Archive::new(&live.places, live.disks.clone(), live.format.clone(), catalog).with_keys(keys);
    let Ok(segments) = &inquiry.start.segments else { return Ok(compared) };
    let mut segments = segments.clone();
    if let Some(cursor) = lags {
        start::cut(&mut segments, cursor.position.at);
    }
    if let Err(error) = catch_up_in(&fresh, None, &segments, UNHEARD) {
        let what = format!("it could not be made anew for comparison: {error}");
        match lags {
            // What it shows may have been destroyed since, and its keys with it.
            Some(_) => report.notes.push(format!("catalog: {what}")),
            None => inquiry.doubt("catalog", what, Vec::new()),
        }
        return Ok(compared);
    }
    let reached = |of: &Catalog| -> Result<_> {
        let cursor = of.cursor().map_err(project::catalog)?;
        Ok(cursor.map(|Cursor { position, .. }| (position.frame, position.commit, position.size)))
    };
    if lags.is_some() && reached(&fresh.catalog)? != reached(&live.catalog)? {
        inquiry.doubt("catalog", "no group ends where it says that it stands", Vec::new());
    }
    let (mut ours, mut theirs) = (fresh.catalog.rows(), live.catalog.rows());
    // The cursor may stand further on by groups without entries; `check` compares its size.
    let (mut left, mut right) = (next(&mut ours)?, next(&mut theirs)?);
    loop {
        let (what, row) = match (&left, &right) {
            (None, None) => return Ok(compared),
            (Some(a), Some(b)) if a == b => {
                compared += 1;
                (left, right) = (next(&mut ours)?, next(&mut theirs)?);
                continue;
            }
            (Some(a), Some(b)) if a.0 == b.0 && a.0[..] == *b"m" => {
                (left, right) = (next(&mut ours)?, next(&mut theirs)?);
                continue;
            }
            (Some(a), Some(b)) if a.0 == b.0 => {
                let row = a.clone();
                (left, right) = (next(&mut ours)?, next(&mut theirs)?);
                ("a row differs from the ledger", row)
            }
            (Some(a), b) if b.as_ref().is_none_or(|b| a.0 < b.0) => {
                let row = a.clone();
                left = next(&mut ours)?;
                ("a row is missing", row)
            }
            (_, Some(b)) => {
                let row = b.clone();
                right = next(&mut theirs)?;
                ("a row is there that the ledger does not give", row)
            }
            (Some(_), None) => return Ok(compared),
        };
        inquiry.doubt(format!("catalog, row {:?}", crate::digest::hex(&row.0)), what, records(&row));
    }
}

fn next(rows: &mut impl Iterator<Item = Result<Row, crate::catalog::CatalogError>>) -> Result<Option<Row>> {
    rows.next().transpose().map_err(project::catalog)
}

/// The record or dossier that a row is about, where its key says so.
fn records((key, value): &Row) -> Vec<Uuid> {
    let id = match key.first() {
        Some(b'b' | b'D' | b'e') => key.get(1..17),
        Some(b'c') => value.get(1..17),
        Some(b'H') => key.get(33..49),
        Some(b'd' | b'h' | b'i' | b'n') => value.get(..16),
        _ => None,
    };
    id.and_then(|id| Uuid::from_slice(id).ok()).into_iter().collect()
}
