//! `evidence/` against the ledger: no token lost or altered, each whole and over the checkpoint that it claims.
//!
//! Needs no key. Whether a token's authority is to be believed is for a judge; here it must only have signed.

use super::segments::Walked;
use super::{Inquiry, Report};
use crate::archive::stamp::{
    self, EvidenceFile, FOLDER, RENEW_BEFORE, Standing, TokenFacts, TokenName, Tree, examine, name_of,
};
use crate::digest::Sha256;
use crate::disk::join;
use crate::error::Result;
use crate::event::Stamped;
use crate::ledger::TileReader;
use crate::merkle::{checkpoint, proof};
use crate::time::{Clock, SystemClock};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What is known of one checkpoint's evidence.
struct Covered {
    root: Vec<u8>,
    tree: Sha256,
}

/// Compares the folder with the events that the walk met, and examines every token.
pub fn check(inquiry: &Inquiry, report: &mut Report, walked: &Walked) -> Result<()> {
    let recorded: BTreeMap<TokenName, (u64, Stamped)> =
        walked.stamped.iter().map(|(entry, stamped)| (name_of(stamped), (*entry, stamped.clone()))).collect();
    let mut there: BTreeSet<TokenName> = BTreeSet::new();
    let mut sizes: BTreeSet<u64> = recorded.keys().map(|name| name.checkpoint).collect();
    let published = walked.checkpoint.as_ref().map_or(0, |newest| newest.size);
    for (name, file) in stamp::list(inquiry.archive.disks.archive.as_ref())? {
        let size = match &file {
            Some(EvidenceFile::Checkpoint(size) | EvidenceFile::Tree(size)) => *size,
            Some(EvidenceFile::Token(token)) => token.checkpoint,
            None => 0,
        };
        if size > published && inquiry.was_written() {
            continue; // of a checkpoint that another process has published since
        }
        match file {
            Some(EvidenceFile::Checkpoint(size) | EvidenceFile::Tree(size)) => {
                sizes.insert(size);
            }
            Some(EvidenceFile::Token(token)) => {
                sizes.insert(token.checkpoint);
                there.insert(token);
            }
            None => inquiry.doubt(join(FOLDER, &name), "it does not belong to the archive", Vec::new()),
        }
    }
    let tokens: BTreeSet<&TokenName> = there.iter().chain(recorded.keys()).collect();
    let mut covered: HashMap<u64, Option<Covered>> = HashMap::new();
    for size in sizes {
        if tokens.iter().any(|name| name.checkpoint == size) {
            covered.insert(size, covers(inquiry, walked, size)?);
        } else {
            let what = format!("{FOLDER}/{size}.*: a checkpoint and its tree without a token: an attempt that failed");
            report.notes.push(what);
        }
    }
    let mut ends = Vec::new();
    for name in tokens {
        let covered = covered.get(&name.checkpoint).and_then(Option::as_ref);
        ends.extend(token(inquiry, report, name, recorded.get(name), covered)?);
    }
    renewal(inquiry, report, &ends);
    Ok(())
}

/// The note and the tree of a checkpoint; what is wrong with them is told.
fn covers(inquiry: &Inquiry, walked: &Walked, size: u64) -> Result<Option<Covered>> {
    let (archive, disk) = (&inquiry.archive, inquiry.archive.disks.archive.as_ref());
    let (note_file, tree_file) = (EvidenceFile::Checkpoint(size), EvidenceFile::Tree(size));
    let (note, text) = (stamp::read(disk, &note_file)?, stamp::read(disk, &tree_file)?);
    let Some(note) = note else {
        inquiry.doubt(note_file.path(), "the checkpoint that was time-stamped is lost", Vec::new());
        return Ok(None);
    };
    let Some(text) = text else {
        inquiry.doubt(tree_file.path(), "the hash tree that was time-stamped is lost", Vec::new());
        return Ok(None);
    };
    let opened = std::str::from_utf8(&note).ok().and_then(|note| checkpoint::open(note, &archive.format.keys()).ok());
    let published = walked.checkpoint.as_ref().map_or(0, |newest| newest.size);
    match opened.map(|verified| verified.checkpoint) {
        Some(checkpoint) if checkpoint.size == size && size <= published => {
            let tiles = TileReader { disk, size: published };
            match proof::root(size, |node| tiles.node(node)) {
                Ok(root) if root == checkpoint.root => {}
                Ok(_) => inquiry.doubt(note_file.path(), "the ledger does not have the root it signs", Vec::new()),
                Err(error) => inquiry.doubt(note_file.path(), format!("its root: {error}"), Vec::new()),
            }
        }
        _ => inquiry.doubt(note_file.path(), "it is not a checkpoint of this ledger", Vec::new()),
    }
    let tree = std::str::from_utf8(&text).ok().and_then(Tree::parse);
    let tree = tree.filter(|tree| tree.checkpoint == (size, Sha256::of(&note)));
    let Some(tree) = tree else {
        inquiry.doubt(tree_file.path(), "it is not the hash tree of that checkpoint", Vec::new());
        return Ok(None);
    };
    for (name, digest) in &tree.tokens {
        let token = stamp::read(disk, &EvidenceFile::Token(name.clone()))?;
        if token.is_some_and(|token| stamp::token_leaf(&token) != *digest) {
            inquiry.doubt(tree_file.path(), format!("it renews another token than {name}"), Vec::new());
        }
    }
    Ok(Some(Covered { root: tree.hash_tree()?.root().to_vec(), tree: Sha256::of(&text) }))
}

/// One token; what it says, where it holds.
fn token(
    inquiry: &Inquiry,
    report: &mut Report,
    name: &TokenName,
    recorded: Option<&(u64, Stamped)>,
    covered: Option<&Covered>,
) -> Result<Option<(TokenName, TokenFacts)>> {
    let file = EvidenceFile::Token(name.clone());
    let place = file.path();
    let bytes = stamp::read(inquiry.archive.disks.archive.as_ref(), &file)?;
    let Some(bytes) = bytes else {
        let entry = recorded.map_or(0, |(entry, _)| *entry);
        inquiry.doubt(place, format!("the time-stamp token that entry {entry} records is lost"), Vec::new());
        return Ok(None);
    };
    report.checked.tokens += 1;
    if let Some((entry, stamped)) = recorded {
        if stamped.token != stamp::token_leaf(&bytes) {
            inquiry.doubt(place, format!("it is not the token that entry {entry} records: it was altered"), Vec::new());
            return Ok(None);
        }
        if covered.is_some_and(|covered| covered.tree != stamped.tree) {
            let what = format!("it is not the hash tree that entry {entry} records: it was altered");
            inquiry.doubt(EvidenceFile::Tree(name.checkpoint).path(), what, Vec::new());
        }
    }
    // Without its tree it can't be told what it is over; that is a doubt already.
    let Some(covered) = covered else { return Ok(None) };
    match examine(&bytes, &covered.root) {
        Standing::Sound(facts) => {
            if recorded.is_none() {
                report.notes.push(format!("{place} is not recorded in the ledger yet: the next stamping does"));
            }
            return Ok(Some((name.clone(), facts)));
        }
        Standing::Unchecked(why) => report.notes.push(format!("{place}: {why}")),
        Standing::Wrong(why) => {
            inquiry.doubt(place, format!("a time-stamp token that proves nothing: {why}"), Vec::new())
        }
    }
    Ok(None)
}

/// Notes on what is to be renewed, and on what was not in time.
fn renewal(inquiry: &Inquiry, report: &mut Report, ends: &[(TokenName, TokenFacts)]) {
    let now = stamp::utc(SystemClock::new().wall());
    let Ok(plan) = inquiry.archive.renewal_plan() else { return };
    let known = |name: &TokenName| ends.iter().any(|(sound, _)| sound == name);
    let (mut due, mut over) = (Vec::new(), Vec::new());
    for planned in plan.iter().filter(|planned| known(&planned.name)) {
        if planned.holds_until <= now {
            over.push(planned);
        } else if planned.renew_from() <= now {
            due.push(planned);
        }
    }
    let first = |list: &[&stamp::Planned]| list.iter().map(|planned| planned.holds_until).min();
    if let Some(first) = first(&due) {
        let days = RENEW_BEFORE.num_days();
        let what = format!("{} time-stamp tokens hold for less than {days} days, the first until {first}", due.len());
        report.notes.push(format!("{what}: the next stamping renews them"));
    }
    if let Some(first) = first(&over) {
        let what = format!("the certificates behind {} time-stamp tokens have ended, the first at {first}", over.len());
        report.notes.push(format!("{what}: nothing renewed them before"));
    }
}

/// The evidence record of one record can be made, and covers its files.
pub fn check_record(inquiry: &Inquiry, report: &mut Report, record: Uuid) {
    match inquiry.archive.evidence_record(record) {
        Ok(Some(made)) => report.checked.tokens += made.tokens.len() as u64,
        Ok(None) => report.notes.push(format!("{record} is not time-stamped yet")),
        Err(error) => inquiry.doubt(FOLDER, error.to_string(), vec![record]),
    }
}
