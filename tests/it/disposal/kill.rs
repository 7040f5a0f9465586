//! An execution killed with SIGKILL at its steps; afterwards the commands finish the case, and nothing else is gone.
//!
//! The real program runs with `kill_at.c` loaded, which counts what reaches the disk and kills it there. What happened so
//! far is read from the folder as it lies ([`Reached`]); every name must have been met. By default a part of the steps is
//! tried; `CHAUBAN_KILLS=all` tries every one, before and after it, and those of the catalog and the index, too.

use super::*;
use chauban::archive::describe::{Field, Seen, describe};
use chauban::catalog::Named;
use chauban::disk::{Disk, Folder};
use chauban::event::{Detail, Entry, EventKind};
use chauban::vault::frame::FrameKind;
use chauban::vault::{self, Bodies, VaultError};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

/// Records of the dossier; the case lists them all, and before its execution a hold is placed on some.
const RECORDS: usize = 5;
const HELD: [usize; 2] = [2, 4];
/// What lies beside them under the same key, on no list.
const OTHER: &str = "H26.10.2015.046";
const EXECUTOR: &str = "Đỗ F";

/// How far an execution came, as the segments and the keys say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Nothing,
    ScopeOfTombstones,
    Begun,
    KeysMoved,
    /// The old keys are gone, and no entry says so yet.
    KeysDead,
    KeysRecorded,
    ScopesRecorded,
    RecordsRecorded,
    /// A segment's list of absent frames is there, and the segment is as it was.
    Listed,
    /// The segment has holes, and no entry says so yet.
    Thinned,
    ThinningRecorded,
    Ended,
    CaseTold,
}

const ALL: [Reached; 13] = [
    Reached::Nothing,
    Reached::ScopeOfTombstones,
    Reached::Begun,
    Reached::KeysMoved,
    Reached::KeysDead,
    Reached::KeysRecorded,
    Reached::ScopesRecorded,
    Reached::RecordsRecorded,
    Reached::Listed,
    Reached::Thinned,
    Reached::ThinningRecorded,
    Reached::Ended,
    Reached::CaseTold,
];

/// What `kill_at.c` became.
pub struct Killer(PathBuf);

/// Where a process is to be killed.
#[derive(Debug, Clone, Copy)]
struct Moment {
    step: usize,
    how: &'static str,
}

impl Killer {
    /// Builds it.
    pub fn new(scratch: &Scratch) -> Self {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/disposal/kill_at.c");
        let library = scratch.path("kill_at.so");
        let arguments = ["-shared", "-fPIC", "-O1", source, "-ldl", "-o"];
        assert!(Command::new("cc").args(arguments).arg(&library).status().unwrap().success());
        Self(library)
    }

    /// The variables that load it into a process which minds what reaches the truth of an archive, from when `when` exists.
    pub fn for_service(&self, scratch: &Scratch, when: &Path) -> [(&'static str, String); 3] {
        let below = below(scratch, &TRUTH);
        [("LD_PRELOAD", self.0.display().to_string()), ("KILL_BELOW", below), ("KILL_WHEN", when.display().to_string())]
    }

    /// The command with the killer in it, minding what lies below these folders.
    fn command(&self, scratch: &Scratch, arguments: &[&str], below: &[&str]) -> Command {
        let mut command = scratch.command(arguments);
        command.env("LD_PRELOAD", &self.0).env("KILL_BELOW", self::below(scratch, below));
        command
    }

    /// How many steps a command takes that runs to its end, on a copy.
    fn count(&self, scratch: &Scratch, arguments: &[&str], below: &[&str]) -> usize {
        let scratch = scratch.copied();
        let log = scratch.path("steps");
        let output = self.command(&scratch, arguments, below).env("KILL_LOG", &log).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(&log).unwrap().lines().count()
    }

    /// Runs a command that dies at a moment; whether it did.
    fn kill(&self, scratch: &Scratch, arguments: &[&str], below: &[&str], moment: Moment) -> bool {
        let mut command = self.command(scratch, arguments, below);
        command.env("KILL_AT", moment.step.to_string()).env("KILL_HOW", moment.how);
        let output = command.output().unwrap();
        assert!(output.status.success() || output.status.code().is_none(), "{moment:?}: {output:?}");
        output.status.code().is_none()
    }
}

/// Folders of a scratch as the killer is told of them.
fn below(scratch: &Scratch, folders: &[&str]) -> String {
    let root = scratch.path("").canonicalize().unwrap();
    let folders: Vec<String> = folders.iter().map(|folder| root.join(folder).display().to_string()).collect();
    folders.join(":")
}

const TRUTH: [&str; 5] = ["kho/segments", "kho/keys", "kho/ledger", "kho.custody", "kho.key-copy"];
const DERIVED: [&str; 2] = ["kho/catalog", "kho/index"];
/// The program that is killed goes by the true clock, and nothing is destroyed after the law's days: the case is of these.
static CASE: LazyLock<String> = LazyLock::new(|| format!("{}/1", &days_ago(8)[..4]));
static EXECUTE: LazyLock<[&str; 5]> = LazyLock::new(|| ["disposal", "execute", &CASE, "--actor", EXECUTOR]);

fn days_ago(days: u64) -> String {
    let today = chauban::archive::retention::today(&SystemClock::new());
    (today - chrono::Days::new(days)).to_string()
}

/// What somebody does in the case some days ago.
fn acts(scratch: &Scratch, days: u64, actor: &str, act: impl FnOnce(&mut Desk<'_>) -> Result<()>) {
    let writing = open(scratch, &days_ago(days));
    act(&mut Desk::at(&writing, &CASE, actor).unwrap()).unwrap();
    writing.close().unwrap();
}

fn docket(scratch: &Scratch) -> Docket {
    Reading::open(&places(scratch)).unwrap().disposal_case(&CASE).unwrap()
}

fn is_thorough() -> bool {
    std::env::var_os("CHAUBAN_KILLS").is_some_and(|all| all == "all")
}

/// The moments that are tried: about `wanted` of `steps`, in both ways in turn; all of them where that is asked.
fn moments(steps: usize, wanted: usize) -> Vec<Moment> {
    if is_thorough() {
        return (1..=steps).flat_map(|step| ["before", "after"].map(|how| Moment { step, how })).collect();
    }
    let every = steps.div_ceil(wanted).max(1);
    let hows = ["after", "before"].into_iter().cycle();
    (1..=steps).step_by(every).zip(hows).map(|(step, how)| Moment { step, how }).collect()
}

fn canary(number: usize) -> String {
    format!("CANARY-signer-{number:04}-xyzzy")
}

/// A case whose execution has begun, on an archive with other records under the same key.
fn begun() -> Scratch {
    let scratch = Scratch::empty();
    let options =
        InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
    init::init(&places(&scratch), &options, clock("2024-06-01")).unwrap();
    let document = |folder: &str, number: usize, code: &str| {
        let usual = json!({
            "symbol": format!("{number}/QĐ-STTTT"), "issued_date": "2015-05-17", "file_code": code,
            "retention": "5 năm", "subject": format!("Hồ sơ dự thầu số {number}"), "signer_name": canary(number),
        });
        scratch.document(&format!("{folder}/{number}"), content(number).as_bytes(), usual);
    };
    (1..=RECORDS).for_each(|number| document("t", number, DOSSIER));
    (6..=8).for_each(|number| document("u", number, OTHER));
    let writing = open(&scratch, "2024-06-02");
    let paths = vec![scratch.path("t"), scratch.path("u")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 2, evidence: vec![] };
    assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().taken, 8);
    confirm_period(&writing, &[DOSSIER.to_owned()], "TT 10/2022, dòng 5", "QĐ 7", "Vũ G").unwrap();
    // What was described later goes with the record, and stays with those that stay.
    for number in 1..=RECORDS {
        let wanted = [(Field::Keywords, canary(number))];
        describe(&writing, &record_code(number), &wanted, "thiếu từ khóa", Seen::Any, "Vũ G").unwrap();
    }
    writing.close().unwrap();
    let writing = open(&scratch, &days_ago(8));
    let procedure = Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired };
    disposal::open(&writing, &Opening { subject: "hết thời hạn".into(), procedure }, "Lê A").unwrap();
    writing.close().unwrap();
    acts(&scratch, 8, "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "").map(|_| ()));
    let seen = docket(&scratch).case.list_digest().to_string();
    acts(&scratch, 8, "Lê A", |desk| desk.submit(&seen, None, paper("danh mục")));
    acts(&scratch, 7, "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, paper("quyết định")));
    acts(&scratch, 3, EXECUTOR, |desk| desk.start());
    std::fs::write(scratch.path("paper.pdf"), "%PDF-1.7 paper").unwrap();
    scratch
}

fn held(scratch: &Scratch) {
    let writing = open(scratch, &days_ago(2));
    let names = HELD.iter().map(|number| code(*number)).collect();
    hold::place(&writing, &Wanted::Named(names), "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap();
    writing.close().unwrap();
}

fn content(number: usize) -> String {
    format!("%PDF-1.7 content of {number}")
}

fn record_code(number: usize) -> String {
    match number {
        1..=RECORDS => code(number),
        _ => format!("H26.LT.{OTHER}.{:07}", number - RECORDS),
    }
}

/// What the folder says of an execution that is no more under way.
fn reached(scratch: &Scratch, before: usize) -> Reached {
    let disk = Folder::at(scratch.path("kho"));
    let kinds = entries(scratch);
    let new = &kinds[before..];
    // What the execution finds changed it tells the case before it begins: that is nothing yet.
    let begun = new.iter().position(|(kind, _)| *kind == EventKind::DestructionBegun);
    let said = |kind: EventKind| new[begun.unwrap_or(0)..].iter().any(|(one, _)| *one == kind);
    let newest = chauban::keys::newest(&disk, "keys").unwrap().unwrap();
    let recorded = kinds.iter().rev().find_map(|(_, detail)| match detail {
        Some(Detail::Keys { generation, .. }) => Some(*generation),
        _ => None,
    });
    let listed = disk.list("segments").unwrap();
    let lists = listed.iter().filter(|file| file.name.ends_with(".absent"));
    let lists: Vec<u64> = lists.map(|file| file.name[..8].parse().unwrap()).collect();
    let is_thinned = |seq: &u64| {
        // Written anew beside the other and put in its place: a hole is not stored.
        use std::os::unix::fs::MetadataExt;
        let meta = std::fs::metadata(scratch.path(format!("kho/segments/{seq:08}.seg"))).unwrap();
        let list = std::fs::metadata(scratch.path(format!("kho/segments/{seq:08}.absent"))).unwrap();
        (meta.mtime(), meta.mtime_nsec()) >= (list.mtime(), list.mtime_nsec())
    };
    if begun.is_some() && said(EventKind::DisposalActed) {
        Reached::CaseTold
    } else if said(EventKind::DestructionEnded) {
        Reached::Ended
    } else if said(EventKind::SegmentThinned) {
        Reached::ThinningRecorded
    } else if lists.iter().any(is_thinned) {
        Reached::Thinned
    } else if !lists.is_empty() {
        Reached::Listed
    } else if said(EventKind::RecordDestroyed) {
        Reached::RecordsRecorded
    } else if said(EventKind::ScopesDestroyed) {
        Reached::ScopesRecorded
    } else if said(EventKind::KeysMoved) {
        let after = new.iter().rev().take_while(|(kind, _)| *kind != EventKind::KeysMoved);
        match (recorded.is_some_and(|recorded| newest > recorded), after.count()) {
            (true, _) => Reached::KeysDead,
            (false, 0) => Reached::KeysMoved,
            (false, _) => Reached::KeysRecorded,
        }
    } else if begun.is_some() {
        Reached::Begun
    } else if said(EventKind::KeysChanged) || recorded.is_some_and(|recorded| newest > recorded) {
        Reached::ScopeOfTombstones
    } else {
        Reached::Nothing
    }
}

/// Finishes the case with the commands.
fn finish(scratch: &Scratch) {
    let state = |scratch: &Scratch| docket(scratch).case.state();
    if state(scratch) == State::Executing {
        scratch.ok(&*EXECUTE);
    }
    let paper = ["--document", "paper.pdf", "--unsigned", "ký trên giấy"];
    let step =
        |step: &[&str], actor: &str| _ = scratch.ok(&[&["disposal"], step, &paper, &["--actor", actor]].concat());
    step(&["minutes", &CASE, "--witness", "Lê A"], EXECUTOR);
    step(&["certify", &CASE], "Lê A");
    // What recovery cut off a torn write is kept in quarantine, and a certificate names it.
    let unreached: Vec<String> = docket(scratch).case.unreached().map(str::to_owned).collect();
    unreached.iter().for_each(|copy| step(&["attest", &CASE, "--copy", copy], "Lê A"));
    step(&["keep", &CASE], "Lê A");
    assert_eq!(state(scratch), State::Kept);
}

/// What stays is there byte for byte; what is gone is nowhere; the archive is whole.
fn check(scratch: &Scratch, gone: &[usize]) {
    scratch.ok(&["verify", "--deep"]);
    let reading = Reading::open(&places(scratch)).unwrap();
    let named = |number: usize| match reading.find(&record_code(number)).unwrap() {
        Named::Record(id) => id,
        Named::Dossier(_) => panic!("a record has the code"),
    };
    for number in 1..=8 {
        let mut bytes = Vec::new();
        let got = reading.get(named(number), 1, &mut bytes);
        if gone.contains(&number) {
            assert_eq!(got.unwrap_err().kind(), Kind::NotFound);
            assert!(reading.tombstone(named(number)).unwrap().is_some());
        } else {
            got.unwrap();
            assert_eq!(bytes, content(number).into_bytes());
            let body = reading.record(named(number)).unwrap();
            assert!(body.raw.contains(&canary(number)));
            assert_eq!(body.keyword.contains(&canary(number)), number <= RECORDS, "{number}: {:?}", body.keyword);
        }
    }
    let fates: BTreeMap<String, Fate> =
        docket(scratch).case.fates().map(|(_, item, fate)| (item.code.clone(), fate.clone())).collect();
    for number in 1..=RECORDS {
        let is_gone = matches!(fates[&record_code(number)], Fate::Destroyed(_));
        assert_eq!(is_gone, gone.contains(&number), "{number}: {fates:?}");
    }
    let in_files = |word: &str| {
        let found = files(&scratch.path("kho")).into_iter();
        found.filter(|file| contains(&std::fs::read(file).unwrap(), word.as_bytes())).collect::<Vec<_>>()
    };
    gone.iter().for_each(|number| assert_eq!(in_files(&canary(*number)), Vec::<PathBuf>::new()));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

type Kinds = Vec<(EventKind, Option<Detail>)>;

/// What every entry of the ledger says, read from the segments.
fn entries(scratch: &Scratch) -> Kinds {
    let mut kinds = Kinds::new();
    let visit = &mut |group: vault::GroupRead| -> std::result::Result<(), VaultError> {
        let entries = group.frames.iter().filter(|frame| frame.header.kind == FrameKind::Entry);
        kinds.extend(entries.map(|frame| Entry::parse(&frame.body).unwrap()).map(|entry| (entry.kind, entry.detail)));
        Ok(())
    };
    vault::walk(&Folder::at(scratch.path("kho")), vault::START, Bodies::Small, visit).unwrap();
    kinds
}

const GONE: [usize; 3] = [1, 3, 5];

#[test]
fn an_execution_that_is_killed_at_any_step_is_finished_by_the_commands() {
    let world = begun();
    held(&world);
    let (killer, before) = (Killer::new(&world), entries(&world).len());
    let mut run = Run { world: &world, killer: &killer, before, met: BTreeMap::new(), kills: 0 };
    for (below, wanted) in [(&TRUTH[..], 20), (&DERIVED[..], 3)] {
        let steps = killer.count(&world, &*EXECUTE, below);
        let mut tried: BTreeMap<usize, Reached> = BTreeMap::new();
        for moment in moments(steps, wanted) {
            run.at(below, moment).into_iter().for_each(|reached| _ = tried.insert(moment.step, reached));
        }
        // The later the step, the further it came: what was not met lies between two that were.
        while below == TRUTH
            && let Some(missed) = ALL.into_iter().find(|one| !run.met.contains_key(one))
        {
            let from = tried.iter().rev().find(|(_, reached)| **reached < missed).map_or(0, |(step, _)| *step);
            let to = tried.iter().find(|(_, reached)| **reached > missed).map_or(steps + 1, |(step, _)| *step);
            assert!(to > from + 1, "no step is {missed:?}: {tried:?}");
            let moment = Moment { step: from.midpoint(to), how: "after" };
            run.at(below, moment).into_iter().for_each(|reached| _ = tried.insert(moment.step, reached));
        }
    }
    eprintln!("killed {} times: {:?}", run.kills, run.met);
}

/// One run of kills on copies of a world.
struct Run<'a> {
    world: &'a Scratch,
    killer: &'a Killer,
    /// Entries that the ledger had before.
    before: usize,
    met: BTreeMap<Reached, usize>,
    kills: usize,
}

impl Run<'_> {
    /// Kills an execution, finishes the case and checks it; how far it had come, where it was killed.
    fn at(&mut self, below: &[&str], moment: Moment) -> Option<Reached> {
        let scratch = self.world.copied();
        if !self.killer.kill(&scratch, &*EXECUTE, below, moment) {
            return None; // threads of the engines take a step more or less
        }
        self.kills += 1;
        let reached = reached(&scratch, self.before);
        *self.met.entry(reached).or_default() += 1;
        if self.kills % 4 == 3 {
            scratch.ok(&["rebuild"]);
        }
        finish(&scratch);
        check(&scratch, &GONE);
        Some(reached)
    }
}

#[test]
fn a_hold_that_is_killed_while_it_is_placed_is_there_or_it_is_not() {
    let world = begun();
    let killer = Killer::new(&world);
    let place = ["hold", "place", &code(2), "--reason", "thanh tra", "--mandate", "12/QĐ-TTr", "--actor", "Vũ G"];
    let (mut there, mut not) = (0, 0);
    for moment in moments(killer.count(&world, &place, &TRUTH), 8) {
        let scratch = world.copied();
        if !killer.kill(&scratch, &place, &TRUTH, moment) {
            continue;
        }
        scratch.ok(&*EXECUTE);
        let holds = scratch.json(&["hold", "list"])["holds"].as_array().unwrap().len();
        // Once it reached the ledger it stands, although nobody was answered.
        *[&mut not, &mut there][holds] += 1;
        let gone: Vec<usize> = (1..=RECORDS).filter(|number| holds == 0 || *number != 2).collect();
        check(&scratch, &gone);
    }
    assert!(there > 0 && not > 0, "{there} holds came through, {not} did not");
}
