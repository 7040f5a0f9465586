//! Time-stamping: the newest checkpoint, and with it every record, put under the clocks of others (RFC 3161).
//!
//! A checkpoint says *what* the archive held; that it held it *then* is so far its own word. A token of an outside
//! authority over the root of a hash tree (`tree`) makes it provable without the archive, for the whole ledger by the
//! checkpoint's note, and for each record's files in the form of RFC 4998.
//!
//! Order: gather and ask without any lock, however long that takes; keep note, tree and token in `evidence/`; then
//! record the token by an event. **If we crash** after the token lies there, the next stamping records it. No failure
//! here touches a commit: the archive is as good as before, only not yet stamped.

mod ask;
mod batch;
mod daily;
mod history;
mod plan;
mod shelf;
mod token;
mod tree;

use super::announce::Heading;
use super::body::CheckpointStampedBody;
use super::places::Places;
use super::reading::Reading;
use super::time_authority::TimeAuthority;
use super::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{Detail, EventKind, Stamped};
use crate::keys::Bucket;
use crate::network::Network;
use crate::time::{Clock, Micros};
use batch::Batch;
use chrono::{DateTime, SecondsFormat, Utc};
use std::sync::Arc;
use std::time::Duration;

pub use ask::{Patience, Unanswered};
pub use daily::{Every, Stamper};
pub use history::{NEWEST_CHECKPOINT, StampOf, StampedCheckpoint};
pub use plan::{Planned, RENEW_BEFORE};
pub(super) use shelf::{list, name_of, read, read_tree, token_leaf};
pub use token::TokenFacts;
pub(super) use token::{Standing, examine, signed};
pub use tree::TokenName;
pub(super) use tree::{EvidenceFile, FOLDER, Tree};

/// How often recording is tried while another process writes, and the pause between.
const RECORD_ATTEMPTS: u32 = 20;
const RECORD_PAUSE: Duration = Duration::from_millis(500);

/// How a stamping goes.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whom it asks.
    pub ask: Ask,
    /// How long and how often.
    pub patience: Patience,
}

/// Whom a stamping asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// One authority after the other, until one has answered.
    UntilOneAnswers,
    /// Every authority.
    Every,
}

/// What a stamping did.
#[derive(Debug, Clone)]
pub struct Stamping {
    /// Size of the checkpoint.
    pub checkpoint: u64,
    /// Records in the hash tree.
    pub records: usize,
    /// Older tokens that were renewed.
    pub renewed: usize,
    /// Entries of the checkpoint that the tree left for the next one.
    pub left: u64,
    /// Tokens over it.
    pub tokens: Vec<(TokenName, TokenFacts)>,
    /// Authorities that gave none.
    pub unanswered: Vec<Unanswered>,
    /// Whether the ledger remembers the tokens.
    pub recording: Recording,
}

/// Whether the ledger remembers the tokens that lie in `evidence/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// It does.
    Recorded,
    /// Another process was writing: the next stamping records them.
    Waits,
}

/// Stamps the newest checkpoint. Authorities that fail are part of the result; an error means that nobody was asked,
/// or that the archive could not be read or written.
pub fn stamp(
    places: &Places,
    network: &dyn Network,
    clock: &Arc<dyn Clock>,
    options: &Options,
    actor: &str,
) -> Result<Stamping> {
    let reading = Reading::open(places)?;
    let mut authorities = reading.time_authorities()?;
    authorities.retain(|authority| authority.ended.is_none());
    if authorities.is_empty() {
        return Err(Error::invalid("no time-stamping authority is known to this archive")
            .remedy("allow one with `chauban time-authority add URL --name NAME`"));
    }
    let now = utc(clock.wall());
    let batch = Batch::gather(&reading, now)?;
    let (tokens, unanswered) = ask_all(&reading, network, &authorities, &batch, options, now)?;
    drop(reading);
    let recording = record_waiting(places, clock, actor)?;
    Ok(Stamping {
        checkpoint: batch.tree.checkpoint.0,
        records: batch.tree.records.len(),
        renewed: batch.tree.tokens.len(),
        left: batch.tree.checkpoint.0 - batch.tree.entries.end,
        tokens,
        unanswered,
        recording,
    })
}

type Answers = (Vec<(TokenName, TokenFacts)>, Vec<Unanswered>);

fn ask_all(
    reading: &Reading,
    network: &dyn Network,
    authorities: &[TimeAuthority],
    batch: &Batch,
    options: &Options,
    now: DateTime<Utc>,
) -> Result<Answers> {
    let disk = reading.disks.archive.as_ref();
    let (checkpoint, root) = (batch.tree.checkpoint.0, batch.tree.hash_tree()?.root().to_vec());
    let wanted = ask::Wanted { root: &root, made: batch.made, now };
    let (mut tokens, mut unanswered) = (Vec::new(), Vec::new());
    for authority in authorities {
        let name = TokenName { checkpoint, authority: authority.name.clone() };
        let file = EvidenceFile::Token(name.clone());
        let token = match read(disk, &file)? {
            Some(token) => token,
            None => match ask::ask(network, authority, wanted, &options.patience) {
                Ok(token) => {
                    let tree = batch.tree.encode().into_bytes();
                    let note = batch.note.clone();
                    // In this order: a token never lies there without what it is over.
                    let files = [(EvidenceFile::Checkpoint(checkpoint), note), (EvidenceFile::Tree(checkpoint), tree)];
                    shelf::keep(disk, files.into_iter().chain([(file, token.clone())]).collect())?;
                    token
                }
                Err(none) => {
                    tracing::warn!(
                        authority = none.authority,
                        attempts = none.attempts,
                        why = none.why,
                        "no time-stamp"
                    );
                    unanswered.push(none);
                    continue;
                }
            },
        };
        match examine(&token, &root) {
            Standing::Sound(facts) => tokens.push((name, facts)),
            Standing::Unchecked(why) | Standing::Wrong(why) => {
                return Err(Error::corrupt(format!("{}: {why}", EvidenceFile::Token(name).path())));
            }
        }
        if options.ask == Ask::UntilOneAnswers {
            break;
        }
    }
    Ok((tokens, unanswered))
}

/// Records every token that lies in `evidence/` and that the ledger does not know yet.
fn record_waiting(places: &Places, clock: &Arc<dyn Clock>, actor: &str) -> Result<Recording> {
    if Reading::open(places)?.waiting_tokens()?.is_empty() {
        return Ok(Recording::Recorded);
    }
    let Some(writing) = Writing::open_in_turn(places, clock.clone(), RECORD_ATTEMPTS, RECORD_PAUSE)? else {
        tracing::warn!("a time-stamp is kept and waits to be recorded: another process is writing");
        return Ok(Recording::Waits);
    };
    record(&writing, actor)?;
    writing.close()?;
    Ok(Recording::Recorded)
}

fn record(archive: &Writing, actor: &str) -> Result<()> {
    let authorities = archive.time_authorities()?;
    let actor = archive.actor(actor)?;
    let mut events = Vec::new();
    for (name, token) in archive.waiting_tokens()? {
        let disk = archive.disks.archive.as_ref();
        let tree = read(disk, &EvidenceFile::Tree(name.checkpoint))?.unwrap_or_default();
        let root =
            read_tree(disk, name.checkpoint)?.ok_or_else(|| Error::corrupt("a hash tree is lost"))?.hash_tree()?;
        let Standing::Sound(facts) = examine(&token, root.root()) else { continue };
        // Of nobody that an event allowed: not ours.
        let Some(authority) = authorities.iter().find(|known| known.name == name.authority) else { continue };
        let body = CheckpointStampedBody {
            authority: name.authority.clone(),
            checkpoint: name.checkpoint,
            time: facts.time.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            serial: facts.serial,
            certificate: facts.certificate.to_string(),
            not_after: facts.not_after.to_rfc3339_opts(SecondsFormat::Secs, true),
        };
        let scope = archive.scope(Bucket::Archive, actor)?;
        let heading = Heading { kind: EventKind::CheckpointStamped, id: authority.id, actor, rule: None };
        let mut event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
        event.proposal.detail = Some(Detail::Stamped(Stamped {
            checkpoint: name.checkpoint,
            authority: name.authority,
            token: token_leaf(&token),
            tree: Sha256::of(&tree),
        }));
        events.push(event);
    }
    if events.is_empty() { Ok(()) } else { archive.commit(events).map(|_| ()) }
}

/// An instant of the archive as the dates of certificates are compared with.
pub(super) fn utc(at: Micros) -> DateTime<Utc> {
    let seconds = i64::try_from(at.seconds()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
