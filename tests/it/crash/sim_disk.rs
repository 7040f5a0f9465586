//! A simulated machine: several disks in memory under one count of their steps.
//!
//! For every file and name it keeps what a process sees and what is durable. Writes and truncations of a file wait
//! for its sync; creations, renames and removals wait for the sync of their folder, so a synced file may still have
//! no name. A crash makes a new machine out of the durable part and a chosen subset of what waited. A sync that
//! failed gives its writes up: a process sees them, but no later sync makes them durable (what Linux does after EIO).
//! Renames are atomic, contents are not: a write may arrive in any of its 512-byte sectors.

use super::plan::{Dice, Fault, Kind, Outcome, Plan, Then};
use chauban::disk::{Disk, DiskFile, Listed};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

const SECTOR: usize = 512;

/// The machine; a clone is another handle to the same one.
#[derive(Clone)]
pub struct Machine(Arc<Mutex<State>>);

/// One disk of the machine.
pub struct SimDisk {
    machine: Machine,
    volume: &'static str,
}

struct SimFile {
    machine: Machine,
    file: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder,
}

type Names = BTreeMap<String, Node>;

#[derive(Clone)]
enum Edit {
    Write { offset: usize, bytes: Arc<[u8]> },
    Truncate(usize),
}

#[derive(Clone)]
struct Waiting {
    step: u64,
    edit: Edit,
}

#[derive(Clone, Default)]
struct Content {
    seen: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    waiting: Vec<Waiting>,
}

/// A change of names in one folder; its parts happen together.
#[derive(Clone)]
struct Change {
    step: u64,
    folder: String,
    names: Vec<(String, Option<Node>)>,
}

#[derive(Clone, Default)]
struct State {
    files: Vec<Content>,
    seen: Names,
    durable: Names,
    changes: Vec<Change>,
    steps: u64,
    plan: Option<Plan>,
    dice: Option<Dice>,
    struck: Option<String>,
    dead: bool,
    full: bool,
    record: Option<Vec<(Kind, String)>>,
    lie: Option<(Kind, u64)>,
}

/// How a step is to end.
enum Verdict {
    Done,
    FailsBefore,
    FailsAfter,
    Torn(Fault),
    Full,
}

fn broken() -> io::Error {
    io::Error::other("the simulated disk failed")
}

fn full() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "the simulated disk is full")
}

impl Machine {
    /// A machine whose disks are empty.
    pub fn new(volumes: &[&'static str]) -> Self {
        let mut state = State::default();
        for volume in volumes {
            state.seen.insert((*volume).to_owned(), Node::Folder);
        }
        state.durable = state.seen.clone();
        Self(Arc::new(Mutex::new(state)))
    }

    /// One of its disks.
    pub fn disk(&self, volume: &'static str) -> Arc<dyn Disk> {
        Arc::new(SimDisk { machine: self.clone(), volume })
    }

    /// Sets what goes wrong, counting steps from here.
    pub fn set(&self, plan: Plan, dice: Dice) {
        let mut state = self.state();
        state.steps = 0;
        state.plan = Some(plan);
        state.dice = Some(dice);
    }

    /// After this many steps, syncs of this kind say they are done and are not: a check of the checks.
    pub fn lie(&self, kind: Kind, after: u64) {
        self.state().lie = Some((kind, after));
    }

    /// Notes every step from here on.
    pub fn record(&self) {
        let mut state = self.state();
        state.steps = 0;
        state.record = Some(Vec::new());
    }

    /// The steps noted.
    pub fn recorded(&self) -> Vec<(Kind, String)> {
        self.state().record.take().unwrap_or_default()
    }

    /// The step that the plan struck, if it came to it.
    pub fn struck(&self) -> Option<String> {
        self.state().struck.clone()
    }

    /// Whether power is gone.
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }

    /// Whether there is no space.
    pub fn is_full(&self) -> bool {
        self.state().full
    }

    /// Space returns.
    pub fn free(&self) {
        self.state().full = false;
    }

    /// Whether a process sees anything that a loss of power could take away.
    pub fn has_unsynced(&self) -> bool {
        let state = self.state();
        let differs = |content: &Content| !content.waiting.is_empty() || content.seen != content.durable;
        !state.changes.is_empty() || state.files.iter().any(differs)
    }

    /// What a reader sees in a file at this moment, dead or not: a web server may have sent it.
    pub fn glimpse(&self, volume: &str, path: &str) -> Option<Vec<u8>> {
        let state = self.state();
        match state.seen.get(&format!("{volume}/{path}")) {
            Some(Node::File(file)) => Some(state.files[*file].seen.to_vec()),
            _ => None,
        }
    }

    /// The machine after the crash.
    pub fn after(&self, outcome: Outcome, dice: &mut Dice) -> Self {
        let mut state = self.state().clone();
        (state.plan, state.dice, state.struck, state.record, state.lie) = (None, None, None, None, None);
        (state.dead, state.full, state.steps) = (false, false, 0);
        if outcome != Outcome::Killed {
            state.lose_power(outcome, dice);
        }
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.dead { Err(broken()) } else { Ok(state) }
    }
}

impl State {
    /// Counts a step and says how it ends.
    fn step(&mut self, kind: Kind, what: &str) -> Verdict {
        self.steps += 1;
        if let Some(record) = &mut self.record {
            record.push((kind, what.to_owned()));
        }
        if self.full && Fault::Full.befalls(kind) {
            return Verdict::Full;
        }
        let Some(plan) = self.plan.filter(|plan| plan.at == self.steps && plan.fault.befalls(kind)) else {
            return Verdict::Done;
        };
        self.struck = Some(format!("step {} {kind:?} {what}", self.steps));
        self.dead = plan.then == Then::Crash && plan.fault != Fault::Full;
        match plan.fault {
            Fault::FailsBefore => Verdict::FailsBefore,
            Fault::FailsAfter => Verdict::FailsAfter,
            torn @ (Fault::TornPrefix | Fault::TornSectors) => Verdict::Torn(torn),
            Fault::Full => {
                self.full = true;
                Verdict::Full
            }
        }
    }

    /// A step that changes names: all of it or nothing.
    fn name_step(
        &mut self,
        kind: Kind,
        what: &str,
        folder: &str,
        names: Vec<(String, Option<Node>)>,
    ) -> io::Result<()> {
        let verdict = self.step(kind, what);
        match verdict {
            Verdict::FailsBefore => return Err(broken()),
            Verdict::Full => return Err(full()),
            _ => {}
        }
        for (name, node) in &names {
            set(&mut self.seen, name, *node);
        }
        self.changes.push(Change { step: self.steps, folder: folder.to_owned(), names });
        if let Verdict::FailsAfter = verdict {
            let change = self.changes.pop().expect("pushed just above");
            // The names it needs to have happened are durable with it.
            self.settle_folder(folder);
            for (name, node) in change.names {
                set(&mut self.durable, &name, node);
            }
            return Err(broken());
        }
        Ok(())
    }

    fn lies(&self, kind: Kind) -> bool {
        self.lie.is_some_and(|(lie, after)| lie == kind && self.steps > after)
    }

    fn settle_folder(&mut self, folder: &str) {
        let (now, later) = std::mem::take(&mut self.changes).into_iter().partition(|change| change.folder == folder);
        self.changes = later;
        let now: Vec<Change> = now;
        for (name, node) in now.into_iter().flat_map(|change| change.names) {
            set(&mut self.durable, &name, node);
        }
    }

    fn lose_power(&mut self, outcome: Outcome, dice: &mut Dice) {
        let last = self.steps_made();
        let until = dice.roll() % (last + 1);
        for change in std::mem::take(&mut self.changes) {
            let kept = match outcome {
                Outcome::AllUnsynced | Outcome::Killed => true,
                Outcome::NothingUnsynced => false,
                Outcome::SomeUnsynced => dice.coin(),
                Outcome::FirstUnsynced => change.step <= until,
            };
            if kept {
                for (name, node) in change.names {
                    set(&mut self.durable, &name, node);
                }
            }
        }
        for content in &mut self.files {
            let mut bytes = content.durable.to_vec();
            for waiting in std::mem::take(&mut content.waiting) {
                match outcome {
                    Outcome::NothingUnsynced => {}
                    Outcome::AllUnsynced | Outcome::Killed => apply(&mut bytes, &waiting.edit),
                    Outcome::FirstUnsynced if waiting.step <= until => apply(&mut bytes, &waiting.edit),
                    Outcome::FirstUnsynced => {}
                    Outcome::SomeUnsynced => arrive(&mut bytes, &waiting.edit, dice),
                }
            }
            content.durable = Arc::new(bytes);
            content.seen = content.durable.clone();
        }
        // A name is there only where every folder above it is.
        let mut names = Names::new();
        for (name, node) in &self.durable {
            let above = name.rsplit_once('/').is_none_or(|(folder, _)| names.get(folder) == Some(&Node::Folder));
            if above {
                names.insert(name.clone(), *node);
            }
        }
        self.durable = names;
        self.seen = self.durable.clone();
    }

    fn steps_made(&self) -> u64 {
        let names = self.changes.iter().map(|change| change.step);
        let edits = self.files.iter().flat_map(|content| content.waiting.iter().map(|waiting| waiting.step));
        names.chain(edits).max().unwrap_or(0)
    }

    fn file(&self, name: &str) -> io::Result<usize> {
        match self.seen.get(name) {
            Some(Node::File(file)) => Ok(*file),
            Some(Node::Folder) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

impl Content {
    fn edit(&mut self, step: u64, edit: Edit) {
        apply(Arc::make_mut(&mut self.seen), &edit);
        self.waiting.push(Waiting { step, edit });
    }

    /// Makes this one edit durable, before those that wait.
    fn edit_durably(&mut self, edit: &Edit) {
        apply(Arc::make_mut(&mut self.seen), edit);
        apply(Arc::make_mut(&mut self.durable), edit);
    }

    fn settle(&mut self) {
        let bytes = Arc::make_mut(&mut self.durable);
        self.waiting.drain(..).for_each(|waiting| apply(bytes, &waiting.edit));
    }

    /// What waits gets through or not, at once; the rest is seen until power is lost, and is never written again.
    fn give_up(&mut self, dice: &mut Dice) {
        let bytes = Arc::make_mut(&mut self.durable);
        for waiting in self.waiting.drain(..) {
            arrive(bytes, &waiting.edit, dice);
        }
    }
}

fn set(names: &mut Names, name: &str, node: Option<Node>) {
    match node {
        Some(node) => names.insert(name.to_owned(), node),
        None => names.remove(name),
    };
}

fn apply(content: &mut Vec<u8>, edit: &Edit) {
    match edit {
        Edit::Write { offset, bytes } => {
            let end = offset + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[*offset..end].copy_from_slice(bytes);
        }
        Edit::Truncate(length) => content.resize(*length, 0),
    }
}

/// Nothing, all, or some sectors of an edit.
fn arrive(content: &mut Vec<u8>, edit: &Edit, dice: &mut Dice) {
    match dice.below(4) {
        0 => {}
        1 => apply(content, edit),
        _ => apply_sectors(content, edit, dice),
    }
}

/// Some of an edit's sectors; the length of the file may be ahead of its content.
fn apply_sectors(content: &mut Vec<u8>, edit: &Edit, dice: &mut Dice) {
    let Edit::Write { offset, bytes } = edit else { return apply(content, edit) };
    if dice.coin() {
        content.resize(content.len().max(offset + bytes.len()), 0);
    }
    let mut from = 0;
    while from < bytes.len() {
        let to = bytes.len().min((offset + from + 1).next_multiple_of(SECTOR) - offset);
        if dice.coin() {
            apply(content, &Edit::Write { offset: offset + from, bytes: bytes[from..to].into() });
        }
        from = to;
    }
}

impl SimDisk {
    fn name(&self, path: &str) -> String {
        if path.is_empty() { self.volume.to_owned() } else { format!("{}/{path}", self.volume) }
    }

    fn change(&self, kind: Kind, path: &str, names: Vec<(String, Option<Node>)>) -> io::Result<()> {
        let name = self.name(path);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let mut state = self.machine.alive()?;
        if state.seen.get(&folder) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.name_step(kind, &name, &folder, names)
    }
}

impl Disk for SimDisk {
    fn open(&self, path: &str) -> io::Result<Box<dyn DiskFile>> {
        let file = self.machine.alive()?.file(&self.name(path))?;
        Ok(Box::new(SimFile { machine: self.machine.clone(), file }))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn DiskFile>> {
        let name = self.name(path);
        let file = {
            let mut state = self.machine.alive()?;
            if state.seen.contains_key(&name) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            state.files.push(Content::default());
            state.files.len() - 1
        };
        self.change(Kind::Create, path, vec![(name, Some(Node::File(file)))])?;
        Ok(Box::new(SimFile { machine: self.machine.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        assert_eq!(from.rsplit_once('/').map(|it| it.0), to.rsplit_once('/').map(|it| it.0), "within one folder");
        let file = self.machine.alive()?.file(&self.name(from))?;
        self.change(Kind::Rename, to, vec![(self.name(from), None), (self.name(to), Some(Node::File(file)))])
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.machine.alive()?.file(&self.name(path))?;
        self.change(Kind::Remove, path, vec![(self.name(path), None)])
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let name = self.name(path);
        {
            let state = self.machine.alive()?;
            if state.seen.get(&name) != Some(&Node::Folder) {
                return Err(io::ErrorKind::NotFound.into());
            }
            if state.seen.keys().any(|other| other.starts_with(&format!("{name}/"))) {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
        }
        self.change(Kind::RemoveFolder, path, vec![(name, None)])
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Listed>> {
        let state = self.machine.alive()?;
        let prefix = format!("{}/", self.name(dir));
        let mut listed = Vec::new();
        for (name, node) in state.seen.range(prefix.clone()..) {
            let Some(rest) = name.strip_prefix(&prefix) else { break };
            if rest.contains('/') {
                continue;
            }
            let (is_dir, size) = match node {
                Node::File(file) => (false, state.files[*file].seen.len() as u64),
                Node::Folder => (true, 0),
            };
            listed.push(Listed { name: rest.to_owned(), is_dir, size });
        }
        listed.sort();
        Ok(listed)
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        if path.is_empty() {
            return Ok(());
        }
        let (above, name) = (path.rsplit_once('/').map_or("", |(above, _)| above), self.name(path));
        self.create_dir(above)?;
        let (seen, durable) = {
            let state = self.machine.alive()?;
            (state.seen.contains_key(&name), state.durable.contains_key(&name))
        };
        if !seen {
            self.change(Kind::CreateFolder, path, vec![(name, Some(Node::Folder))])?;
        }
        // The seam promises that the folder is durable, also where an earlier process died before it was.
        if durable { Ok(()) } else { self.sync_dir(above) }
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        let name = self.name(dir);
        let mut state = self.machine.alive()?;
        if state.seen.get(&name) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        match state.step(Kind::SyncFolder, &name) {
            Verdict::Done if state.lies(Kind::SyncFolder) => {}
            Verdict::Done => state.settle_folder(&name),
            Verdict::FailsAfter => {
                state.settle_folder(&name);
                return Err(broken());
            }
            _ => return Err(broken()),
        }
        Ok(())
    }

    fn make_read_only(&self, path: &str) -> io::Result<()> {
        let name = self.name(path);
        match self.machine.alive()?.step(Kind::MakeReadOnly, &name) {
            Verdict::Done => Ok(()),
            _ => Err(broken()),
        }
    }
}

impl SimFile {
    fn edit(&self, kind: Kind, edit: Edit) -> io::Result<()> {
        let mut state = self.machine.alive()?;
        let verdict = state.step(kind, &format!("file {}", self.file));
        let (step, mut dice) = (state.steps, state.dice.clone().unwrap_or(Dice::new(0)));
        let content = &mut state.files[self.file];
        match verdict {
            Verdict::Done => content.edit(step, edit),
            Verdict::FailsBefore => return Err(broken()),
            Verdict::FailsAfter => {
                content.edit_durably(&edit);
                return Err(broken());
            }
            Verdict::Torn(fault) => {
                let Edit::Write { offset, bytes } = &edit else { return Err(broken()) };
                if fault == Fault::TornPrefix {
                    let length = dice.below(bytes.len());
                    content.edit_durably(&Edit::Write { offset: *offset, bytes: bytes[..length].into() });
                } else {
                    let mut torn = content.seen.to_vec();
                    apply_sectors(&mut torn, &edit, &mut dice);
                    let end = torn.len().min(offset + bytes.len());
                    if *offset < end {
                        content.edit_durably(&Edit::Write { offset: *offset, bytes: torn[*offset..end].into() });
                    }
                }
                return Err(broken());
            }
            Verdict::Full => {
                // A write that finds no more space has often written something.
                if let Edit::Write { offset, bytes } = &edit {
                    let length = dice.below(bytes.len());
                    content.edit(step, Edit::Write { offset: *offset, bytes: bytes[..length].into() });
                }
                return Err(full());
            }
        }
        Ok(())
    }
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.machine.alive()?.files[self.file].seen.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.machine.alive()?;
        let seen = &state.files[self.file].seen;
        let rest = seen.get(usize::try_from(offset).expect("simulated files are small")..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).expect("simulated files are small");
        self.edit(Kind::Write, Edit::Write { offset, bytes: bytes.into() })
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.edit(Kind::Truncate, Edit::Truncate(usize::try_from(length).expect("simulated files are small")))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.machine.alive()?;
        let verdict = state.step(Kind::Sync, &format!("file {}", self.file));
        let mut dice = state.dice.clone().unwrap_or(Dice::new(0));
        let lies = state.lies(Kind::Sync);
        let content = &mut state.files[self.file];
        match verdict {
            Verdict::Done if lies => {}
            Verdict::Done => content.settle(),
            Verdict::FailsAfter => {
                content.settle();
                return Err(broken());
            }
            _ => {
                content.give_up(&mut dice);
                return Err(broken());
            }
        }
        Ok(())
    }
}
