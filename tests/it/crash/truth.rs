//! Every step of the disks × every fault × what is left after it → open again → all that was acknowledged is there.
//!
//! The script goes through everything that is durable: init, keys, groups, big objects, publication over a full
//! tile, segment rolls. A *crash* alone must always be recovered from; a *full disk* rejects and goes on after space
//! returns; any other error may stop the process, never the archive. Acknowledged entries are compared byte for
//! byte at the places that were acknowledged, their objects decrypted, and every checkpoint that anybody can have
//! seen must be a prefix of the ledger. The encryption is random, the steps and faults are not: a case is named by
//! its step, fault, outcome and seed.

use super::plan::{Dice, Fault, Kind, Outcome, Plan, Then};
use super::sim_disk::Machine;
use chauban::archive::object::{Opener, SealedObject, SealedPart, Workshop, stored};
use chauban::archive::truth::{Committed, Proposal, Truth};
use chauban::archive::{Disks, Format};
use chauban::cipher::{self, ObjectKey};
use chauban::digest::Sha256;
use chauban::disk;
use chauban::error::{Error, Kind as ErrorKind};
use chauban::event::{ActorId, Detail, Entry, EventKind};
use chauban::keys::{self, Bucket, Generation, Keys, ObjectSecrets, RootKey, Standing};
use chauban::ledger::{self, TileReader};
use chauban::merkle::checkpoint::{self, Signers};
use chauban::merkle::{Frontier, leaf_hash, proof, tile};
use chauban::position::Location;
use chauban::time::{Clock, Micros};
use chauban::vault::frame::FrameKind;
use chauban::vault::{self, Bodies, Limits, Reader};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use uuid::Uuid;

const ORIGIN: &str = "crash.example.gov.vn/kho";
const LIMITS: Limits = Limits { segment_bytes_max: 24 * 1024 };
const SEED: u64 = 20_260_701;
const FAILURES_SHOWN: usize = 8;

/// A clock that ticks when it is read.
struct Ticks(AtomicU64);

impl Clock for Ticks {
    fn wall(&self) -> Micros {
        Micros(1_800_000_000_000_000 + self.0.fetch_add(10, Ordering::Relaxed))
    }

    fn steady(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One thing that the script does.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Root key, keys, FORMAT, vault.
    Create,
    /// Entries 0 and 1: from here on the archive is one.
    First,
    /// A scope for the bucket, with its generation of keys.
    Scope(Bucket),
    /// One group of records with objects of about this size.
    Records(usize, usize),
    /// An object in parts ahead of its entry.
    Big,
    /// Parts whose entry never comes.
    Abandoned,
    /// One group of entries without bodies.
    Plain(usize),
    /// A publication.
    Publish,
}

fn script() -> Vec<Act> {
    use Act::{Abandoned, Big, Create, First, Plain, Publish, Records, Scope};
    vec![
        Create,
        First,
        Publish,
        Records(2, 700),
        Scope(Bucket::Permanent),
        Records(3, 3000),
        Publish,
        Abandoned,
        Big,
        Records(1, 100),
        Scope(Bucket::Ends(2043)),
        Publish,
        Plain(30),
        Records(2, 9000),
        Abandoned,
        Plain(220),
        Publish,
        Records(2, 2000),
        Records(1, 12000),
        Publish,
        Records(1, 40),
    ]
}

/// What the world outside the machine knows.
#[derive(Clone, Default)]
struct Memory {
    /// Whether init has ended.
    created: bool,
    acknowledged: Vec<Acknowledged>,
    /// Sizes and roots of every checkpoint that anybody can have seen.
    released: BTreeMap<u64, Sha256>,
}

#[derive(Clone)]
struct Acknowledged {
    index: u64,
    entry: Arc<[u8]>,
    at: Location,
    key: Option<Location>,
    objects: Arc<Vec<(Uuid, Vec<Location>, Vec<u8>)>>,
}

impl Memory {
    /// Notes the checkpoint that lies on the disk, synced or not.
    fn glimpse(&mut self, machine: &Machine) {
        let (Some(note), Some(format)) =
            (machine.glimpse("archive", ledger::CHECKPOINT), machine.glimpse("archive", "FORMAT"))
        else {
            return;
        };
        let format = Format::parse(&String::from_utf8(format).unwrap()).unwrap();
        self.release(&String::from_utf8(note).unwrap(), &format);
    }

    fn release(&mut self, note: &str, format: &Format) {
        let signed = checkpoint::open(note, &format.keys()).expect("a visible checkpoint verifies").checkpoint;
        let before = self.released.insert(signed.size, signed.root);
        assert!(before.is_none_or(|root| root == signed.root), "two roots were signed for size {}", signed.size);
    }
}

/// A running writer: what `archive::open` puts together, without the projections.
struct Process {
    disks: Disks,
    truth: Truth,
    keys: Keys,
    recorded: Option<Generation>,
    signers: Signers,
    workshop: Workshop,
}

fn disks(machine: &Machine) -> Disks {
    Disks { archive: machine.disk("archive"), custody: machine.disk("custody"), key_copy: machine.disk("key-copy") }
}

fn machine() -> Machine {
    Machine::new(&["archive", "custody", "key-copy"])
}

fn clock() -> Arc<dyn Clock> {
    static CLOCK: Mutex<Option<Arc<Ticks>>> = Mutex::new(None);
    CLOCK.lock().unwrap().get_or_insert_with(|| Arc::new(Ticks(AtomicU64::new(0)))).clone()
}

fn of_keys(error: keys::KeysError) -> Error {
    match error {
        keys::KeysError::Io(error) => Error::from(error),
        other => Error::corrupt("keys").because(other),
    }
}

fn signers(keys: &Keys) -> Signers {
    let seeds = keys.signing();
    Signers::from_seeds(ORIGIN, seeds.ed25519.bytes(), seeds.ml_dsa_44.bytes()).unwrap()
}

impl Process {
    /// What `archive::init` does up to the vault.
    fn create(machine: &Machine) -> Result<Self, Error> {
        let disks = disks(machine);
        let archive = Uuid::from_bytes(cipher::random());
        let root = RootKey::random();
        disk::replace(disks.custody.as_ref(), "root.key", root.encode(archive).as_bytes())?;
        let mut keys = Keys::create(disks.archive.clone(), disks.key_copies(), root, archive).map_err(of_keys)?;
        keys.add_scopes(&[Bucket::Archive]).map_err(of_keys)?;
        keys.remove_older().map_err(of_keys)?;
        let signers = signers(&keys);
        let [ed25519, ml_dsa_44] = signers.verifier_keys().map(Clone::clone);
        let format = Format {
            archive,
            origin: ORIGIN.into(),
            archive_code: "H26".into(),
            created: clock().wall(),
            ed25519,
            ml_dsa_44,
        };
        disks.archive.create_dir("state")?;
        let truth = Truth::create(format.clone(), disks.clone(), LIMITS, clock())?;
        format.write(disks.archive.as_ref())?;
        let workshop = Workshop::new(archive, b"")?;
        Ok(Self { disks, truth, keys, recorded: None, signers, workshop })
    }

    /// What `archive::open` does; the publication after a recovery included.
    fn start(machine: &Machine, memory: &mut Memory) -> Result<Self, Error> {
        let disks = disks(machine);
        let format = Format::read(disks.archive.as_ref())?;
        let root = disks.root_key(format.archive)?;
        let keys = Keys::open(disks.archive.clone(), disks.key_copies(), root, format.archive).map_err(of_keys)?;
        let (truth, recovered) = Truth::open(format.clone(), disks.clone(), LIMITS, clock())?;
        let signers = signers(&keys);
        let workshop = Workshop::new(format.archive, b"")?;
        let mut process = Self { disks, truth, keys, recorded: None, signers, workshop };
        process.recorded = process.generation_in_ledger()?;
        process.settle_keys(memory)?;
        if recovered.is_some() {
            process.publish(memory)?;
        }
        Ok(process)
    }

    fn generation_in_ledger(&self) -> Result<Option<Generation>, Error> {
        let mut found = None;
        vault::walk::<Error>(self.disks.archive.as_ref(), vault::START, Bodies::Small, &mut |group| {
            for frame in group.frames.iter().filter(|frame| frame.header.kind == FrameKind::Entry) {
                if !frame.body.windows(12).any(|word| word == b"keys-changed") {
                    continue;
                }
                if let Some(Detail::Keys { generation, blake3 }) = Entry::parse(&frame.body).unwrap().detail {
                    found = Some(Generation { number: generation, blake3 });
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn settle_keys(&mut self, memory: &mut Memory) -> Result<(), Error> {
        let recorded = self.recorded.ok_or_else(|| Error::corrupt("the ledger has no keys yet"))?;
        if self.keys.settle(recorded).map_err(of_keys)? == Standing::Unrecorded {
            self.record_keys(memory)?;
        }
        self.keys.remove_older().map_err(of_keys)
    }

    fn record_keys(&mut self, memory: &mut Memory) -> Result<(), Error> {
        let here = self.keys.generation();
        let detail = Detail::Keys { generation: here.number, blake3: here.blake3 };
        let id = self.truth.format.archive;
        self.commit(vec![plain(EventKind::KeysChanged, id, Some(detail))], HashMap::new(), memory)?;
        self.recorded = Some(here);
        Ok(())
    }

    fn act(&mut self, act: Act, memory: &mut Memory) -> Result<(), Error> {
        match act {
            Act::Create => unreachable!("a process acts only after it was created"),
            Act::First => {
                let id = self.truth.format.archive;
                let (mut first, plains) = self.record(500, 1)?;
                (first.kind, first.id) = (EventKind::ArchiveCreated, id);
                first.detail = Some(Detail::Format(self.truth.format.digest()));
                self.commit(vec![first], plains, memory)?;
                self.record_keys(memory)?;
                memory.created = true;
            }
            Act::Scope(bucket) => {
                if self.recorded != Some(self.keys.generation()) {
                    self.record_keys(memory)?;
                }
                if self.keys.scope_for(bucket, |_| true).is_none() {
                    self.keys.add_scopes(&[bucket]).map_err(of_keys)?;
                    self.record_keys(memory)?;
                }
                self.keys.remove_older().map_err(of_keys)?;
            }
            Act::Records(count, bytes) => {
                let mut proposals = Vec::new();
                let mut plains = HashMap::new();
                for number in 0..count {
                    let (proposal, these) = self.record(bytes + number * 10, 1 + number % 2)?;
                    proposals.push(proposal);
                    plains.extend(these);
                }
                self.commit(proposals, plains, memory)?;
            }
            Act::Big => {
                let (id, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
                let pieces: Vec<Vec<u8>> = (0..3).map(|piece| noise(5000 + piece * 700)).collect();
                let sealed: Vec<SealedPart> = (0..)
                    .zip(&pieces)
                    .map(|(part, piece)| self.workshop.seal_part(id, &secrets, part, piece))
                    .collect();
                let mut parts = self.truth.commit_parts(id, 0, sealed[..2].to_vec())?;
                parts.extend(self.truth.commit_parts(id, 2, sealed[2..].to_vec())?);
                let proposal = self.proposal(vec![(SealedObject { id, parts }, secrets)])?;
                self.commit(vec![proposal], HashMap::from([(id, pieces.concat())]), memory)?;
            }
            Act::Abandoned => {
                let (id, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
                let part = self.workshop.seal_part(id, &secrets, 0, &noise(4000));
                self.truth.commit_parts(id, 0, vec![part])?;
            }
            Act::Plain(count) => {
                let one = |_| plain(EventKind::ClockConfirmed, Uuid::from_bytes(cipher::random()), None);
                self.commit((0..count).map(one).collect(), HashMap::new(), memory)?;
            }
            Act::Publish => {
                self.publish(memory)?;
            }
        }
        Ok(())
    }

    /// A record with components and a body, under the newest scope; its plaintexts by object.
    fn record(&mut self, bytes: usize, components: usize) -> Result<(Proposal, HashMap<Uuid, Vec<u8>>), Error> {
        let mut objects = Vec::new();
        let mut plains = HashMap::new();
        for component in 0..=components {
            let (id, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
            let content = noise(if component == components { 200 } else { bytes });
            let part = self.workshop.seal_part(id, &secrets, 0, &content);
            objects.push((SealedObject { id, parts: vec![part] }, secrets));
            plains.insert(id, content);
        }
        Ok((self.proposal(objects)?, plains))
    }

    fn proposal(&self, objects: Vec<(SealedObject, ObjectSecrets)>) -> Result<Proposal, Error> {
        let buckets = [Bucket::Ends(2043), Bucket::Permanent, Bucket::Archive];
        let scope = buckets.into_iter().find_map(|bucket| self.keys.scope_for(bucket, |_| true)).unwrap();
        let secrets: Vec<(Uuid, ObjectSecrets)> =
            objects.iter().map(|(object, secrets)| (object.id, secrets.clone())).collect();
        let mut proposal = plain(EventKind::RecordAccessioned, Uuid::from_bytes(cipher::random()), None);
        proposal.commitment = Some(Sha256([7; 32]));
        proposal.key_frame = Some(self.keys.wrap(scope, &secrets).map_err(of_keys)?);
        proposal.objects = objects.into_iter().map(|(object, _)| object).collect();
        Ok(proposal)
    }

    /// Commits and, once it is acknowledged, remembers.
    fn commit(
        &mut self,
        proposals: Vec<Proposal>,
        mut plains: HashMap<Uuid, Vec<u8>>,
        memory: &mut Memory,
    ) -> Result<(), Error> {
        let committed: Vec<Committed> = self.truth.commit(proposals, &mut |_| Ok(None))?;
        for one in committed {
            let objects = one.objects.into_iter().map(|(id, parts)| (id, parts, plains.remove(&id).unwrap())).collect();
            memory.acknowledged.push(Acknowledged {
                index: one.index,
                entry: one.entry.encode().unwrap().into(),
                at: one.at,
                key: one.key,
                objects: Arc::new(objects),
            });
        }
        Ok(())
    }

    /// What `archive::publish` does.
    fn publish(&mut self, memory: &mut Memory) -> Result<(), Error> {
        let Some(step) = self.truth.plan_publication()? else { return Ok(()) };
        match step.run(&self.disks, &self.signers, clock().wall().seconds()) {
            Ok(note) => {
                memory.release(&note, &self.truth.format);
                self.truth.published_to(step.size(), note);
                Ok(())
            }
            Err(error) => {
                if !error.to_string().contains("is full") {
                    self.truth.stop();
                }
                Err(error)
            }
        }
    }

    /// Compares the archive with what the world knows.
    fn check(&self, memory: &Memory) {
        let archive = self.disks.archive.as_ref();
        let mut frontier = Frontier::new();
        let mut roots = BTreeMap::from([(0, frontier.root())]);
        let mut entries: Vec<Vec<u8>> = Vec::new();
        let mut parts: HashMap<Uuid, Vec<chauban::event::Stored>> = HashMap::new();
        let reader = Reader::new(self.disks.archive.clone());
        vault::walk::<Error>(archive, vault::START, Bodies::All, &mut |group| {
            let mut key: Option<Vec<u8>> = None;
            for frame in group.frames {
                match frame.header.kind {
                    FrameKind::Blob => {
                        let held = chauban::event::Stored { blake3: frame.header.body, size: frame.header.length };
                        parts.entry(frame.header.object).or_default().push(held);
                    }
                    FrameKind::Key => key = Some(frame.body),
                    FrameKind::Entry => {
                        if let Some(body) = key.take() {
                            let secrets = self.keys.unwrap(&body).expect("every KEY frame opens");
                            let held = secrets.iter().map(|(id, _)| stored(parts.remove(id).unwrap_or_default()));
                            let held: Vec<_> = held.collect();
                            assert_eq!(
                                held,
                                Entry::parse(&frame.body).unwrap().stored,
                                "entry {} is half there",
                                entries.len()
                            );
                        }
                        frontier.push(leaf_hash(&frame.body));
                        if memory.released.contains_key(&frontier.size()) {
                            roots.insert(frontier.size(), frontier.root());
                        }
                        entries.push(frame.body);
                    }
                    _ => {}
                }
            }
            assert_eq!((group.commit.size, group.commit.root), (frontier.size(), frontier.root()));
            Ok(())
        })
        .expect("the segments walk from the start");
        assert_eq!(entries.len() as u64, self.truth.size());
        let mut opener = Opener::new(b"").unwrap();
        for one in &memory.acknowledged {
            let found = entries.get(one.index as usize).map(Vec::as_slice);
            assert_eq!(found, Some(one.entry.as_ref()), "acknowledged entry {} of {}", one.index, entries.len());
            assert_eq!(reader.frame(one.at).unwrap().1, *one.entry, "at the place acknowledged");
            let Some(key) = one.key else { continue };
            let secrets = self.keys.unwrap(&reader.frame(key).unwrap().1).expect("the acknowledged keys open");
            for ((id, secrets), (object, places, plain)) in secrets.into_iter().zip(one.objects.iter()) {
                assert_eq!(id, *object);
                let key = ObjectKey::derive(&secrets.data_key, self.truth.format.archive, id);
                let mut content: Vec<u8> = Vec::new();
                for (part, at) in (0..).zip(places) {
                    let (header, sealed) = reader.frame(*at).expect("an acknowledged part reads back");
                    content.extend(opener.open_part(&key, part, header.codec, &sealed).unwrap());
                }
                assert!(content == *plain, "entry {}: the object differs", one.index);
            }
        }
        for (size, root) in &memory.released {
            assert_eq!(roots.get(size), Some(root), "the checkpoint of {size} is not a prefix of {}", entries.len());
        }
    }

    /// Checks that the generation in use is in every copy and no other is anywhere.
    fn check_keys(&self) {
        let number = self.keys.generation().number;
        let names = |disk: &dyn disk::Disk, folder: &str| -> Vec<String> {
            let listed = disk.list(folder).unwrap().into_iter().map(|listed| listed.name);
            listed.filter(|name| !["root.key", "high-water", "high-water.tmp"].contains(&name.as_str())).collect()
        };
        let (epochs, scopes) = (keys::Part::Epochs.file_name(number), keys::Part::Scopes.file_name(number));
        assert_eq!(names(self.disks.archive.as_ref(), Keys::FOLDER), [epochs.clone(), scopes.clone()]);
        assert_eq!(names(self.disks.custody.as_ref(), ""), [epochs]);
        assert_eq!(names(self.disks.key_copy.as_ref(), ""), [scopes]);
        assert!(self.keys.copies().iter().all(|copy| self.keys.copy_is_current(copy).unwrap()));
    }

    /// Checks that the newest checkpoint covers everything and is consistent with every one before, by its tiles.
    fn check_published(&self, memory: &Memory) {
        let archive = self.disks.archive.as_ref();
        let note = disk::read(archive, ledger::CHECKPOINT, 1 << 20).unwrap().expect("there is a checkpoint");
        let newest =
            checkpoint::open(std::str::from_utf8(&note).unwrap(), &self.truth.format.keys()).unwrap().checkpoint;
        assert_eq!(newest.size, self.truth.size(), "the checkpoint covers everything");
        let tiles = TileReader { disk: archive, size: newest.size };
        for (size, root) in &memory.released {
            let hashes = proof::consistency(*size, newest.size, |node| tiles.node(node)).unwrap();
            assert!(proof::verify_consistency(*size, newest.size, root, &newest.root, &hashes), "{size} is no prefix");
        }
        let bundles = tile::bundles_between(0, newest.size);
        let entries: Vec<Vec<u8>> = bundles.flat_map(|id| ledger::read_bundle(archive, id).unwrap()).collect();
        for one in &memory.acknowledged {
            let entry = entries.get(one.index as usize).map(Vec::as_slice);
            assert_eq!(entry, Some(one.entry.as_ref()), "entry {} in its bundle", one.index);
        }
        for resource in tile::of_size(newest.size) {
            let path = disk::join(ledger::FOLDER, &resource.path());
            assert!(disk::read(archive, &path, 1 << 25).unwrap().is_some(), "{path} is missing");
        }
    }
}

fn plain(kind: EventKind, id: Uuid, detail: Option<Detail>) -> Proposal {
    Proposal {
        kind,
        id,
        actor: ActorId([1; 8]),
        rule: None,
        commitment: None,
        key_frame: None,
        objects: Vec::new(),
        detail,
    }
}

/// Bytes that do not compress.
fn noise(bytes: usize) -> Vec<u8> {
    let mut dice = Dice::new(bytes as u64);
    (0..bytes.div_ceil(8)).flat_map(|_| dice.roll().to_le_bytes()).take(bytes).collect()
}

/// Runs the script until the machine dies or the process gives up.
fn run(machine: &Machine, memory: &mut Memory) {
    let mut process = None;
    for act in script() {
        let mut go = |memory: &mut Memory| match (&mut process, act) {
            (None, Act::Create) => Process::create(machine).map(|created| process = Some(created)),
            (Some(process), act) => process.act(act, memory),
            (None, _) => unreachable!("the script begins with init"),
        };
        let Err(error) = go(memory) else { continue };
        if machine.is_dead() || !memory.created {
            return;
        }
        if machine.is_full() {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "a full disk is not the end: {error}");
            machine.free();
            go(memory).unwrap_or_else(|error| panic!("{act:?} after space returned: {error}"));
        } else if go(memory).is_err() {
            return;
        }
    }
}

/// Opens after a crash, checks and publishes; `None` where init was interrupted: nothing was promised.
fn reopen(machine: &Machine, memory: &mut Memory) -> Option<Process> {
    let opened = Process::start(machine, memory);
    if !memory.created && opened.is_err() {
        return None;
    }
    let mut process = opened.unwrap_or_else(|error| panic!("opening after the crash: {error}"));
    process.check(memory);
    process.publish(memory).expect("publishing after the crash");
    process.check_published(memory);
    Some(process)
}

/// Opens after a crash, checks, works on, publishes, closes, opens again.
fn recover(machine: &Machine, memory: &mut Memory) {
    let Some(mut process) = reopen(machine, memory) else { return };
    for act in [Act::Records(2, 600), Act::Scope(Bucket::Awaiting), Act::Big, Act::Publish] {
        process.act(act, memory).unwrap_or_else(|error| panic!("{act:?} after the crash: {error}"));
    }
    drop(process);
    let process = Process::start(machine, memory).unwrap_or_else(|error| panic!("opening once more: {error}"));
    process.check(memory);
    process.check_published(memory);
    process.check_keys();
}

/// The steps of a run without faults.
fn steps() -> Vec<(Kind, String)> {
    let machine = machine();
    machine.record();
    run(&machine, &mut Memory::default());
    machine.recorded()
}

#[derive(Debug, Clone, Copy)]
struct Case {
    plan: Plan,
    seed: u64,
}

impl Case {
    /// A process that goes on after an error ends up in few states; power lost at a step, in many.
    fn outcomes(&self) -> &'static [Outcome] {
        match self.plan.then {
            Then::Crash => &Outcome::ALL,
            Then::GoesOn => &[Outcome::Killed, Outcome::NothingUnsynced, Outcome::SomeUnsynced],
        }
    }
}

fn cases() -> Vec<Case> {
    let mut dice = Dice::new(SEED);
    let mut cases = Vec::new();
    for (at, (kind, _)) in (1..).zip(steps()) {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.befalls(kind)) {
            let thens: &[Then] = if fault == Fault::Full { &[Then::GoesOn] } else { &[Then::Crash, Then::GoesOn] };
            cases.extend(thens.iter().map(|then| Case { plan: Plan { at, fault, then: *then }, seed: dice.roll() }));
        }
    }
    cases
}

/// Runs `work` over all cases on all cores and reports the first failures together; the sum of what it says.
fn over<C: Sync + std::fmt::Debug>(cases: &[C], work: impl Fn(&C) -> Result<u64, String> + Sync) -> u64 {
    let (next, done) = (AtomicUsize::new(0), AtomicU64::new(0));
    let failures: Mutex<Vec<String>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match work(case) {
                        Ok(count) => {
                            done.fetch_add(count, Ordering::Relaxed);
                        }
                        Err(what) => failures.lock().unwrap().push(format!("{case:?}: {what}")),
                    }
                    if failures.lock().unwrap().len() >= FAILURES_SHOWN {
                        return;
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "seed {SEED}\n{}", failures.join("\n"));
    done.into_inner()
}

fn caught<T>(what: &str, work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        format!("{what}: {}", text.unwrap_or_default())
    })
}

/// The run of one case: the machine as the fault left it, and what the world knows.
fn struck(case: &Case) -> Result<(Machine, Memory, String), String> {
    let (machine, mut memory) = (machine(), Memory::default());
    machine.set(case.plan, Dice::new(case.seed));
    caught("running", || {
        run(&machine, &mut memory);
        memory.glimpse(&machine);
    })
    .map_err(|what| format!("{:?}: {what}", machine.struck()))?;
    let struck = machine.struck().ok_or("the plan never struck")?;
    Ok((machine, memory, struck))
}

#[test]
fn every_step_every_fault_every_outcome() {
    let start = Instant::now();
    let cases = cases();
    let recoveries = over(&cases, |case| {
        let (machine, memory, struck) = struck(case)?;
        let mut dice = Dice::new(case.seed);
        for outcome in case.outcomes() {
            let (machine, mut memory) = (machine.after(*outcome, &mut dice), memory.clone());
            caught(&format!("{struck}, {outcome:?}"), || recover(&machine, &mut memory))?;
        }
        Ok(case.outcomes().len() as u64)
    });
    eprintln!(
        "crash: {} faults at {} steps, {recoveries} recoveries, {:.1} s",
        cases.len(),
        cases.last().map_or(0, |case| case.plan.at),
        start.elapsed().as_secs_f32()
    );
}

/// The steps that opening has on this machine, as it stands; `None` where there is nothing to open yet.
fn steps_of_opening(machine: &Machine, memory: &Memory) -> Result<Option<Vec<(Kind, String)>>, String> {
    let probe = machine.after(Outcome::Killed, &mut Dice::new(0));
    probe.record();
    let opened = caught("probing", || Process::start(&probe, &mut memory.clone()).is_ok())?;
    Ok(opened.then(|| probe.recorded()))
}

/// Opens with a second fault; the machine after it.
fn strike_again(once: &Machine, memory: &mut Memory, plan: Plan, outcome: Outcome, dice: &mut Dice) -> Machine {
    let twice = once.after(Outcome::Killed, dice);
    twice.set(plan, Dice::new(dice.roll()));
    let opened = Process::start(&twice, memory);
    if twice.is_full() && memory.created {
        let refused = opened.err().map(|error| error.kind());
        assert!(refused.is_none_or(|kind| kind == ErrorKind::Unavailable), "a full disk is not the end: {refused:?}");
    }
    memory.glimpse(&twice);
    twice.after(outcome, dice)
}

/// Any fault and outcome, then any fault while that is being recovered from, then a clean opening.
#[test]
fn a_second_fault_while_recovering() {
    let start = Instant::now();
    let recoveries = over(&cases(), |case| {
        let (machine, memory, struck) = struck(case)?;
        let mut dice = Dice::new(case.seed ^ 1);
        let first = Outcome::ALL[dice.below(Outcome::ALL.len())];
        let once = machine.after(first, &mut dice);
        let Some(steps) = steps_of_opening(&once, &memory)? else { return Ok(0) };
        let at = dice.below(steps.len());
        let faults: Vec<Fault> = Fault::ALL.into_iter().filter(|fault| fault.befalls(steps[at].0)).collect();
        let fault = faults[dice.below(faults.len())];
        let then = if dice.coin() { Then::Crash } else { Then::GoesOn };
        let second = Outcome::ALL[dice.below(Outcome::ALL.len())];
        let what = format!("{struck}, {first:?}; then {fault:?} {then:?} at {:?}, {second:?}", steps[at]);
        let plan = Plan { at: at as u64 + 1, fault, then };
        caught(&what, || {
            let mut memory = memory.clone();
            let machine = strike_again(&once, &mut memory, plan, second, &mut dice);
            recover(&machine, &mut memory);
        })?;
        Ok(1)
    });
    eprintln!("crash: {recoveries} second faults while recovering, {:.1} s", start.elapsed().as_secs_f32());
}

/// The process is killed with something unsynced; the next one builds on what it sees; then power is lost at each of
/// its steps. What was only seen must not have been relied on.
#[test]
fn power_lost_after_a_kill() {
    let start = Instant::now();
    let steps = steps();
    // Power gone at every step, and every sync that fails: after others the machine has been seen in the same state.
    let killed = |case: &Case| {
        case.plan.fault == Fault::FailsBefore
            && (case.plan.then == Then::Crash || steps[case.plan.at as usize - 1].0 == Kind::Sync)
    };
    let kills: Vec<Case> = cases().into_iter().filter(killed).collect();
    let recoveries = over(&kills, |case| {
        let (machine, memory, struck) = struck(case)?;
        if !memory.created || !machine.has_unsynced() {
            return Ok(0);
        }
        let mut dice = Dice::new(case.seed ^ 2);
        let steps = steps_of_opening(&machine, &memory)?.ok_or_else(|| format!("{struck}: it does not open"))?;
        for (at, step) in (1..).zip(&steps) {
            let plan = Plan { at, fault: Fault::FailsBefore, then: Then::Crash };
            let outcome = if dice.coin() { Outcome::NothingUnsynced } else { Outcome::SomeUnsynced };
            let what = format!("{struck}, {:?}, Killed; then power lost at {step:?}, {outcome:?}", case.plan.then);
            caught(&what, || {
                let mut memory = memory.clone();
                let machine = strike_again(&machine, &mut memory, plan, outcome, &mut dice);
                reopen(&machine, &mut memory);
            })?;
        }
        Ok(steps.len() as u64)
    });
    eprintln!("crash: {recoveries} power losses after a kill, {:.1} s", start.elapsed().as_secs_f32());
}

/// The checks find what they are for: on a disk that lies about its syncs, what was acknowledged is lost.
#[test]
fn a_disk_that_lies_is_found_out() {
    let first = steps().iter().position(|(_, what)| what.ends_with("ledger/checkpoint")).unwrap() as u64 + 2;
    for kind in [Kind::Sync, Kind::SyncFolder] {
        let mut dice = Dice::new(SEED);
        let (machine, mut memory) = (machine(), Memory::default());
        machine.lie(kind, first);
        run(&machine, &mut memory);
        assert_eq!(memory.acknowledged.len(), 267, "the script ran to its end");
        let machine = machine.after(Outcome::NothingUnsynced, &mut dice);
        let found = caught("", || recover(&machine, &mut memory)).expect_err("a lost acknowledgement is found");
        assert!(found.contains("acknowledged") || found.contains("opening after the crash"), "{kind:?}: {found}");
    }
}
