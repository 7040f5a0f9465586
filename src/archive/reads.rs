//! Reads as events: of records that are not open to everybody, and of the audit trail itself.
//!
//! A read is *noted* before it is answered, as a line of a file in `state/`, and *recorded* with others as one event, once a
//! minute and when the service ends. One account that reads one thing again within a batch is noted once. What was noted
//! when the service died is recorded by the next; a crash between recording and forgetting records some twice, and none
//! never. The file names accounts and records by identifiers alone. A read that can't be noted is not answered.

use super::announce::Heading;
use super::body::{ReadBody, ReadsRecordedBody};
use super::places::Places;
use super::writing::Writing;
use crate::auth::rights::Action;
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::time::{Clock, Micros};
use crossbeam_channel::{RecvTimeoutError, Sender};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;

/// What was noted and not recorded yet.
pub const NOTED: &str = "state/reads";
/// What is being recorded.
pub const RECORDING: &str = "state/reads-recording";
/// Time between batches.
const RECORD_EVERY: Duration = Duration::from_secs(60);
/// Reads of one event: some 250 bytes each in its body.
const READS_PER_EVENT: usize = 1000;
/// Longest file of notes, some 200,000: nothing is read any more before they were recorded.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// The archive's own program: it records, persons read.
const PROGRAM: ActorId = ActorId([0; 8]);

/// Somebody reads something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Read {
    /// As which account; with a pass, the request that it opens.
    pub account: Uuid,
    /// What they do.
    pub what: Action,
    /// Identifier of the record, or of a transfer with the number of the document (`…/12`); of the audit trail, what is asked.
    pub of: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    at: u64,
    account: Uuid,
    what: String,
    of: String,
}

/// Notes reads, and a thread that records them; it ends, recording the last, when this is dropped.
pub struct Reads {
    notes: Arc<Notes>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Notes {
    places: Places,
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    noted: Mutex<HashSet<Read>>,
}

impl Reads {
    /// Starts the thread.
    pub fn start(places: &Places, clock: Arc<dyn Clock>) -> Result<Self> {
        let disk = places.disks().archive;
        let notes = Arc::new(Notes { places: places.clone(), disk, clock, noted: Mutex::default() });
        let (stop, stopped) = crossbeam_channel::bounded::<()>(0);
        let recording = notes.clone();
        let work = move || {
            loop {
                let ending = stopped.recv_timeout(RECORD_EVERY) != Err(RecvTimeoutError::Timeout);
                if let Err(error) = recording.record() {
                    tracing::warn!(%error, "reads wait to be recorded");
                }
                if ending {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("reads".into()).spawn(work)?;
        Ok(Self { notes, stop: Some(stop), thread: Some(thread) })
    }

    /// Notes a read. `Err`: it is not to be answered.
    pub fn note(&self, read: Read) -> Result<()> {
        self.notes.note(read)
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the recording of reads died");
        }
    }
}

impl Notes {
    fn turn(&self) -> Result<MutexGuard<'_, HashSet<Read>>> {
        self.noted.lock().map_err(|_| Error::unavailable("a noting of reads died"))
    }

    fn note(&self, read: Read) -> Result<()> {
        let mut noted = self.turn()?;
        if noted.contains(&read) {
            return Ok(());
        }
        let (what, of) = (read.what.name().to_owned(), read.of.clone());
        let note = Note { at: self.clock.wall().0, account: read.account, what, of };
        let line = serde_json::to_string(&note).map_err(|error| Error::invalid("a read").because(error))? + "\n";
        let file = match self.disk.open(NOTED) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.disk.create(NOTED)?,
            file => file?,
        };
        let length = file.len()?;
        if length + line.len() as u64 > FILE_BYTES_MAX {
            return Err(Error::unavailable("too many reads wait to be recorded"));
        }
        // What a crash cut off ends here, so that it spoils no other.
        let mut last = [b'\n'];
        if length > 0 {
            disk::read_exact_at(file.as_ref(), length - 1, &mut last)?;
        }
        let begun = if last == [b'\n'] { line } else { format!("\n{line}") };
        file.write_at(length, begun.as_bytes())?;
        noted.insert(read);
        Ok(())
    }

    /// Records what was noted, that of a service that died first.
    fn record(&self) -> Result<()> {
        self.record_taken()?;
        {
            let mut noted = self.turn()?;
            match self.disk.rename(NOTED, RECORDING) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
                renamed => renamed?,
            }
            noted.clear();
        }
        self.record_taken()
    }

    fn record_taken(&self) -> Result<()> {
        let Some(bytes) = disk::read(self.disk.as_ref(), RECORDING, FILE_BYTES_MAX)? else { return Ok(()) };
        // The last line may be torn where the machine died: what it was about was not answered.
        let notes: Vec<Note> =
            bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        if !notes.is_empty() {
            let archive = Writing::open(&self.places, self.clock.clone())?;
            let names = archive.accounts()?.into_iter().map(|one| (one.id, one.name)).collect::<HashMap<_, _>>();
            for some in notes.chunks(READS_PER_EVENT) {
                record(&archive, some, &names)?;
            }
            archive.close()?;
        }
        Ok(self.disk.remove(RECORDING)?)
    }
}

fn record(archive: &Writing, notes: &[Note], names: &HashMap<Uuid, String>) -> Result<()> {
    let reads = notes.iter().map(|note| ReadBody {
        at: Micros(note.at).to_string(),
        account: note.account.to_string(),
        name: names.get(&note.account).cloned().unwrap_or_default(),
        what: note.what.clone(),
        of: note.of.clone(),
    });
    let body = ReadsRecordedBody { reads: reads.collect() };
    let scope = archive.scope(Bucket::Archive, PROGRAM)?;
    let heading = Heading { kind: EventKind::ReadsRecorded, id: archive.new_id(), actor: PROGRAM, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
    archive.commit(vec![event]).map(|_| ())
}
