//! Catalog and index against the ledger.

use super::segments::Walked;
use super::{Inquiry, Report};
use crate::archive::follow::catch_up;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{Catalog, Row};
use crate::cipher;
use crate::error::{Error, Result};
use crate::index::{Index, Query};
use std::sync::Arc;
use uuid::Uuid;

/// Compares the catalog with one made from the ledger in a scratch folder; the rows compared. Runs beside the walk.
pub fn compare_catalog(inquiry: &Inquiry) -> Result<u64> {
    if inquiry.archive.catalog.cursor().map_err(project::catalog)?.is_none() {
        inquiry.doubt("catalog", "it shows nothing; `chauban rebuild` makes it anew", Vec::new());
        return Ok(0);
    }
    let scratch = std::env::temp_dir().join(format!("chauban-verify-{}", Uuid::from_bytes(cipher::random())));
    let compared = compare(inquiry, &scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    compared
}

/// Compares the catalog's cursor with what the walk learned, and the index with the catalog.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    let cursor = inquiry.archive.catalog.cursor().map_err(project::catalog)?;
    match cursor.map(|cursor| cursor.position.size) {
        Some(shown) if shown != walked.size && walked.whole => {
            inquiry.doubt("catalog", format!("it shows {shown} entries of {}", walked.size), Vec::new());
        }
        _ => {}
    }
    index(inquiry, report, walked)
}

fn compare(inquiry: &Inquiry, scratch: &std::path::Path) -> Result<u64> {
    let mut compared = 0;
    let live = &inquiry.archive;
    // Without keys nothing can be compared; that they do not open is a doubt of its own.
    let Ok(keys) = live.keys() else { return Ok(compared) };
    let catalog = Arc::new(Catalog::open(scratch).map_err(project::catalog)?);
    let fresh = Archive::new(&live.places, live.disks.clone(), live.format.clone(), catalog).with_keys(keys);
    if let Err(error) = catch_up(&fresh, None) {
        inquiry.doubt("catalog", format!("it could not be made anew for comparison: {error}"), Vec::new());
        return Ok(compared);
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
        Some(b'b' | b'e') => key.get(1..17),
        Some(b'c') => value.get(1..17),
        Some(b'd' | b'h' | b'i' | b'n') => value.get(..16),
        _ => None,
    };
    id.and_then(|id| Uuid::from_slice(id).ok()).into_iter().collect()
}

/// The index has as many records as the catalog, and its files are whole.
fn index(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    let live = &inquiry.archive;
    let index = match Index::open(&live.places.index()).and_then(|index| index.scrub().map(|()| index)) {
        Ok(index) => index,
        Err(error) => {
            inquiry.doubt("index", error.to_string(), Vec::new());
            return Ok(());
        }
    };
    let held = live.catalog.count_records().map_err(project::catalog)?;
    let hits = index.search(&Query::default()).map_err(|error| Error::unavailable("index").because(error))?;
    report.checked.indexed = hits.total as u64;
    let what =
        format!("the index shows {} records of {held}, {} entries of {}", hits.total, index.cursor(), walked.size);
    if hits.total as u64 == held && index.cursor() <= walked.size {
        return Ok(());
    }
    if index.cursor() < walked.size && (hits.total as u64) < held {
        report.notes.push(format!("{what}; the next search catches up"));
    } else {
        inquiry.doubt("index", what, Vec::new());
    }
    Ok(())
}
