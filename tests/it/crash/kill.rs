//! The real program, killed with SIGKILL at random moments; a parent remembers what was acknowledged.
//!
//! Each run ingests a folder; the parent kills it after a random number of lines, of bytes stored, or a random time,
//! which it watches while it waits for lines, and starts it again on the same folder: that is the reopening. A line
//! that says *taken* or *already-held* is an acknowledgement, also one found in the pipe after the kill. Some
//! documents are big, so that kills fall inside writes: Linux then leaves a prefix, which recovery must cut.

use super::folders;
use super::plan::Dice;
use crate::scratch::Scratch;
use chauban::archive::{Format, Places, Reading};
use chauban::digest::Sha256;
use chauban::disk::{self, Disk, Folder};
use chauban::ledger::{self, TileReader};
use chauban::merkle::{checkpoint, proof};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const KILLS: usize = 250;
/// After so many kills `verify` looks at what they left, before anything is mended: no doubt.
const VERIFIED_EVERY: usize = 10;
const SEED: u64 = 20_260_702;

/// What the parent knows.
#[derive(Default)]
struct Memory {
    /// Record by document.
    acknowledged: HashMap<String, String>,
    released: BTreeMap<u64, Sha256>,
    kills: Kills,
}

/// When the kills fell.
#[derive(Debug, Default)]
struct Kills {
    /// Before the first line of the run.
    before: usize,
    /// After some lines.
    within: usize,
    /// After every document was acknowledged.
    after: usize,
    /// Found by the next run: a torn tail, cut.
    torn: usize,
}

impl Kills {
    fn all(&self) -> usize {
        self.before + self.within + self.after
    }
}

/// When to kill.
#[derive(Clone, Copy)]
enum Moment {
    Lines(usize),
    Time(Duration),
    /// When the segments have grown by so many bytes: within a write, if it is a big one.
    Bytes(u64),
}

enum Ended {
    Killed,
    Itself,
}

/// Ingests `folder` and kills the program at `moment`, if it is still there.
fn ingest(scratch: &Scratch, folder: &str, moment: Moment, documents: usize, memory: &mut Memory) -> Ended {
    let mut command = scratch.command(&["ingest", "--json", folder]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (send, lines) = mpsc::channel();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut line = String::new();
        // A line that the kill cut short was not acknowledged to anybody.
        while stdout.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
            let _ = send.send(std::mem::take(&mut line));
        }
    });
    let complaints = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    });
    let (start, stored) = (Instant::now(), stored_bytes(scratch));
    let mut seen = 0;
    let killed = loop {
        match lines.try_recv() {
            Ok(line) => seen += usize::from(remember(&line, memory)),
            Err(mpsc::TryRecvError::Disconnected) => break false,
            Err(mpsc::TryRecvError::Empty) => std::thread::yield_now(),
        }
        let now = match moment {
            Moment::Lines(lines) => seen >= lines,
            Moment::Time(time) => start.elapsed() >= time,
            Moment::Bytes(bytes) => stored_bytes(scratch) >= stored + bytes,
        };
        if now {
            child.kill().unwrap();
            break true;
        }
    };
    let status = child.wait().unwrap();
    reader.join().unwrap();
    for line in lines.try_iter() {
        seen += usize::from(remember(&line, memory));
    }
    let said = complaints.join().unwrap();
    memory.kills.torn += usize::from(said.contains("recovered from a crash"));
    note_checkpoint(scratch, memory);
    if killed && status.code().is_none() {
        match seen {
            0 => memory.kills.before += 1,
            some if some < documents => memory.kills.within += 1,
            _ => memory.kills.after += 1,
        }
        if memory.kills.all().is_multiple_of(VERIFIED_EVERY) {
            let ran = scratch.run(&["verify", "--json"]);
            assert_eq!(ran.status, 0, "kill {}: {}{}", memory.kills.all(), ran.out, ran.err);
        }
        return Ended::Killed;
    }
    assert_eq!(status.code(), Some(0), "{said}");
    assert_eq!(seen, documents, "{said}");
    Ended::Itself
}

fn stored_bytes(scratch: &Scratch) -> u64 {
    Folder::at(scratch.path("kho")).list("segments").unwrap_or_default().iter().map(|listed| listed.size).sum()
}

/// Notes an acknowledged document; whether the line is one.
fn remember(line: &str, memory: &mut Memory) -> bool {
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    let Some(outcome) = line["outcome"].as_str() else { return false };
    assert!(["taken", "already-held"].contains(&outcome), "{line}");
    let (place, record) = (line["place"].as_str().unwrap(), line["record"].as_str().unwrap());
    let before = memory.acknowledged.insert(place.to_owned(), record.to_owned());
    assert!(before.is_none_or(|before| before == record), "{place} was acknowledged as another record before");
    true
}

fn note_checkpoint(scratch: &Scratch, memory: &mut Memory) {
    let folder = Folder::at(scratch.path("kho"));
    let format = Format::read(&folder).unwrap();
    let note = disk::read(&folder, ledger::CHECKPOINT, 1 << 20).unwrap().unwrap();
    let signed = checkpoint::open(std::str::from_utf8(&note).unwrap(), &format.keys()).unwrap().checkpoint;
    let before = memory.released.insert(signed.size, signed.root);
    assert!(before.is_none_or(|root| root == signed.root), "two roots were signed for size {}", signed.size);
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let start = Instant::now();
    let scratch = Scratch::new();
    let mut dice = Dice::new(SEED);
    let mut memory = Memory::default();
    let mut documents = 0;
    let mut whole_run = Duration::from_millis(200);
    for dossier in 1.. {
        if memory.kills.all() >= KILLS {
            break;
        }
        let mut sizes: Vec<usize> = (0..30 + dice.below(30)).map(|_| 300 + dice.below(30_000)).collect();
        sizes.extend([1 << 20, 3 << 20]);
        if dossier % 16 == 3 {
            // In two parts, which are committed ahead of their entry.
            sizes.push((16 << 20) + 5000);
        }
        let count = sizes.len();
        documents += count;
        let folder = folders::transfer(&scratch, dossier, &sizes);
        for attempt in 0.. {
            // Later attempts live longer, so that every folder is finished.
            let moment = match dice.below(4) {
                0 => Moment::Lines(dice.below(count * (attempt + 1) / 2)),
                1 => Moment::Bytes(1 + dice.below(sizes.iter().sum()) as u64),
                _ => Moment::Time(whole_run.mul_f64(dice.below(1000 + 100 * attempt) as f64 / 1000.0)),
            };
            let began = Instant::now();
            if let Ended::Itself = ingest(&scratch, &folder, moment, count, &mut memory) {
                whole_run = began.elapsed().max(Duration::from_millis(20));
                break;
            }
        }
    }
    assert_eq!(memory.acknowledged.len(), documents);
    check(&scratch, &memory);
    let (kills, seconds) = (&memory.kills, start.elapsed().as_secs_f32());
    eprintln!("crash: {} kills ({kills:?}), {documents} documents, {seconds:.1} s, seed {SEED}", kills.all());
    assert!(kills.within >= KILLS / 10, "too few kills fell between acknowledgements");
    assert!(kills.torn > 0, "no kill fell inside a write");
}

fn check(scratch: &Scratch, memory: &Memory) {
    let original = |place: &str| std::fs::read(scratch.path(place)).unwrap();
    let reading = Reading::open(&Places::beside(&scratch.path("kho"))).unwrap();
    for (place, record) in &memory.acknowledged {
        let mut bytes = Vec::new();
        let id = reading.find_record(record).unwrap();
        reading.get(id, 1, &mut bytes).unwrap();
        assert!(bytes == original(place), "{record} differs from {place}");
    }
    drop(reading);
    for (number, (place, record)) in memory.acknowledged.iter().take(25).enumerate() {
        let file = format!("got-{number}.pdf");
        scratch.ok(&["get", record, "-o", &file]);
        assert!(original(&file) == original(place));
        assert!(scratch.ok(&["show", record, "--json"]).contains(record.as_str()));
    }
    scratch.ok(&["verify", "--deep"]);
    let folder = Folder::at(scratch.path("kho"));
    let (newest, root) = memory.released.last_key_value().unwrap();
    let tiles = TileReader { disk: &folder, size: *newest };
    for (size, old) in &memory.released {
        let hashes = proof::consistency(*size, *newest, |node| tiles.node(node)).unwrap();
        assert!(proof::verify_consistency(*size, *newest, old, root, &hashes), "the checkpoint of {size} is no prefix");
    }
}
