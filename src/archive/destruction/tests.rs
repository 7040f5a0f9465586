//! What is destroyed is nowhere, what stays is where it was, whatever happens in between.

use super::*;
use crate::archive::Shown;
use crate::archive::describe::{DossierField, Seen, describe_dossier};
use crate::archive::follow::UNHEARD;
use crate::archive::ingest::{self, IngestOptions, Mode};
use crate::archive::init::{InitOptions, init};
use crate::archive::object::Opener;
use crate::archive::verify::{Depth, verify};
use crate::archive::{Places, Reading, rebuild};
use crate::catalog::Named;
use crate::cipher::ObjectKey;
use crate::digest::Sha256;
use crate::index::Query;
use crate::keys::{Keys, RootKey};
use crate::time::{Clock, SystemClock};
use crate::vault::Limits;
use crate::vault::frame::FrameKind;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

struct World {
    folder: tempfile::TempDir,
    places: Places,
}

const RECORDS: usize = 12;
const CASE: Uuid = Uuid::from_u128(77);

/// Words that stand in one record alone: in its content, its metadata, its file name.
fn canaries(number: usize) -> [String; 3] {
    ["content", "subject", "signer"].map(|what| format!("CANARY-{what}-{number:04}-xyzzy"))
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

impl World {
    /// An archive with records in three dossiers of two periods.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::beside(&folder.path().join("kho"));
        let options =
            InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
        init(&places, &options, clock()).unwrap();
        let world = Self { folder, places };
        for number in 0..RECORDS {
            world.write(number);
        }
        world.ingest();
        world
    }

    fn write(&self, number: usize) {
        let folder = self.folder.path().join("in");
        std::fs::create_dir_all(&folder).unwrap();
        let [content, subject, signer] = canaries(number);
        // Big ones in parts of their own, so that some bytes go ahead of their entry.
        let filler = if number == 5 { 17 << 20 } else { 100 * number };
        let mut bytes = format!("%PDF-1.7\n{content}\n").into_bytes();
        let mut seed = number as u64 + 1;
        bytes.extend((0..filler).map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 56) as u8
        }));
        let (dossier, period) = [("045", "10 năm"), ("046", "10 năm"), ("047", "20 năm")][number % 3];
        let sidecar = serde_json::json!({
            "id": number.to_string(), "agency_code": "H26.10", "agency_name": "Sở Thông tin và Truyền thông",
            "doc_type_name": "Quyết định", "symbol": format!("{}/QĐ-STTTT", 100 + number), "subject": subject,
            "issued_date": "2003-05-17", "security_level": "Thường", "file_code": format!("H26.10.2003.{dossier}"),
            "file_title": format!("Hồ sơ {dossier}"), "retention": period, "signer_name": signer,
            "size": bytes.len(), "sha256": Sha256::of(&bytes).to_string(),
        });
        let name = format!("CANARY-name-{number:04}-xyzzy");
        std::fs::write(folder.join(format!("{name}.pdf")), bytes).unwrap();
        std::fs::write(folder.join(format!("{name}.json")), sidecar.to_string()).unwrap();
    }

    fn writing(&self) -> Writing {
        // Small segments, so that there are several.
        Writing::open_limited(&self.places, clock(), Limits { segment_bytes_max: 4 << 20 }).unwrap()
    }

    fn ingest(&self) -> ingest::Summary {
        let writing = self.writing();
        let options = IngestOptions {
            paths: vec![self.folder.path().join("in")],
            actor: "tester".into(),
            mode: Mode::Accession,
            threads: 2,
            evidence: Vec::new(),
        };
        let summary = ingest::ingest(&writing, &options, &mut |_| {}).unwrap();
        writing.close().unwrap();
        summary
    }

    /// Records by the number in their subject.
    fn records(&self) -> BTreeMap<usize, Uuid> {
        let reading = Reading::open(&self.places).unwrap();
        let found = reading.search(&Query { limit: 1000, ..Query::default() }).unwrap();
        let number = |body: &RecordBody| body.subject.split('-').nth(2).unwrap().parse().unwrap();
        found.records.iter().map(|(id, body)| (number(body), *id)).collect()
    }

    /// A copy of the whole, as a crash leaves it: without the lock of this process.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = self.folder.path();
        let copied = std::process::Command::new("cp").arg("-a").arg(from.join(".")).arg(folder.path()).status();
        assert!(copied.unwrap().success());
        let places = Places::beside(&folder.path().join("kho"));
        Self { folder, places }
    }

    fn backup_keys(&self, to: &Path) {
        std::fs::create_dir_all(to.join("keys")).unwrap();
        for entry in std::fs::read_dir(self.places.archive.join("keys")).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, to.join("keys").join(path.file_name().unwrap())).unwrap();
        }
    }

    fn destroy(&self, records: &[Uuid]) -> Outcome {
        let writing = self.writing();
        let outcome = destroy(&writing, records, &mut |_| None);
        writing.close().unwrap();
        outcome
    }

    /// Everything that is in the archive's folder.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        walk(&self.places.archive, &mut found);
        found
    }

    fn verify(&self) {
        let mut report = verify(&self.places, Depth::Deep, &|_, _| {}).unwrap();
        // The permits of these tests come from no case.
        let no_case = format!("its disposal case {CASE} is not there or can't be read");
        report.doubts.retain(|doubt| doubt.what != no_case);
        assert_eq!(report.doubts, [], "{:?}", report.notes);
    }

    /// What stays is there byte for byte, by every way; what is gone is told of, and nowhere else.
    fn check(&self, all: &BTreeMap<usize, Uuid>, gone: &[usize]) {
        self.verify();
        let reading = Reading::open(&self.places).unwrap();
        for (number, id) in all {
            let subject = &canaries(*number)[1];
            let query = Query { words: Some(subject.clone()), limit: 10, ..Query::default() };
            let found = reading.search(&query).unwrap().records;
            if gone.contains(number) {
                assert_eq!(found.len(), 0, "{number}");
                let Shown::Destroyed { tombstone, .. } = reading.show(&id.to_string()).unwrap() else { panic!() };
                assert_eq!(tombstone.listed.title, format!("title of {id}"));
                assert_eq!(reading.find(&tombstone.doc_code).unwrap(), Named::Record(*id));
                let error = reading.get(*id, 1, &mut Vec::new()).unwrap_err();
                assert_eq!(error.kind(), crate::error::Kind::NotFound);
                assert!(reading.receipt(*id).is_err() && reading.record(*id).is_err());
                let history = reading.history(&id.to_string()).unwrap();
                assert_eq!(history.last().unwrap().entry.kind, EventKind::RecordDestroyed);
                assert!(history.len() >= 2);
            } else {
                assert_eq!(found.len(), 1, "{number}");
                let mut bytes = Vec::new();
                reading.get(*id, 1, &mut bytes).unwrap();
                assert!(bytes.windows(10).any(|window| canaries(*number)[0].as_bytes().starts_with(window)));
                reading.receipt(*id).unwrap();
            }
        }
    }
}

fn walk(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// Destroys what `refuse` has nothing against; it hears of each record whenever it is decided about.
fn destroy(writing: &Writing, records: &[Uuid], refuse: &mut dyn FnMut(Uuid) -> Option<Skip>) -> Outcome {
    execute_with(writing, records, refuse, &mut |_, _, _| {})
}

fn execute_with(
    writing: &Writing,
    records: &[Uuid],
    refuse: &mut dyn FnMut(Uuid) -> Option<Skip>,
    progress: Progress<'_>,
) -> Outcome {
    let mut decide = |record| Ok(refuse(record).map_or_else(|| Ok(Permit::granted(CASE, record)), Err));
    let listed = |record: Uuid| ListedBody {
        title: format!("title of {record}"),
        ground: "expired".into(),
        rule: "rule".into(),
        rules: String::new(),
        until: Some("2013-12-31".into()),
        note: String::new(),
    };
    let mut order = Order {
        case: CASE,
        actor: writing.actor("executor").unwrap(),
        decision: Sha256([1; 32]),
        records,
        decide: &mut decide,
        listed: &listed,
    };
    execute(writing, &mut order, progress).unwrap()
}

#[test]
fn what_is_destroyed_is_nowhere_and_what_stays_is_whole() {
    let world = World::new();
    let all = world.records();
    assert_eq!(all.len(), RECORDS);
    // An old backup of the keys, from before.
    let backup = world.folder.path().join("backup");
    world.backup_keys(&backup);
    let gone = [1, 2, 5, 8];
    let doomed: Vec<Uuid> = gone.iter().map(|number| all[number]).collect();
    let objects = objects_of(&world, &doomed);
    let receipt = Reading::open(&world.places).unwrap().receipt(doomed[0]).unwrap();
    let mut file = Vec::new();
    Reading::open(&world.places).unwrap().get(doomed[0], 1, &mut file).unwrap();
    let outcome = world.destroy(&doomed);
    assert_eq!(outcome.destroyed.iter().collect::<BTreeSet<_>>(), doomed.iter().collect());
    assert_eq!((outcome.left, outcome.unreached), (Vec::new(), Vec::<String>::new()));
    assert!(outcome.thinned_bytes > 17 << 20);
    world.check(&all, &gone);

    rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
    world.check(&all, &gone);
    nowhere(&world, &backup, &gone, &objects);
    // Whoever holds a receipt and the file can still prove what existed.
    let keys = Reading::open(&world.places).unwrap().format.keys();
    crate::archive::verify_receipt(&receipt, &keys, &mut file.as_slice()).unwrap();

    // Ingested again: what is there is known, what is gone comes anew under another identifier.
    let summary = world.ingest();
    assert_eq!((summary.taken, summary.already_held), (gone.len() as u64, (RECORDS - gone.len()) as u64));
    world.verify();
}

#[test]
fn what_an_agency_handed_over_and_still_lies_there_is_told() {
    let world = World::new();
    let all = world.records();
    let hand = |name: &str, record: Uuid, folder: Option<&str>| {
        let place = world.places.transfers.join(name);
        let folder = place.join(folder.unwrap_or("uploads"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.pdf"), "what was handed over").unwrap();
        let document = serde_json::json!({ "place": "a", "outcome": "taken", "record": record, "doc_code": null });
        let refused = serde_json::json!({ "place": "b", "outcome": "refused", "record": null, "doc_code": null });
        let result = serde_json::json!({ "v": 1, "documents": [document, refused] });
        std::fs::write(place.join("accession.json"), result.to_string()).unwrap();
        place.display().to_string()
    };
    let there = hand("one", all[&1], Some("handed"));
    hand("two", all[&2], Some("packages"));
    hand("three", all[&1], None);
    let examined = world.places.transfers.join("three/examination.json");
    std::fs::write(&examined, "what was found").unwrap();
    assert_eq!(world.destroy(&[all[&1]]).unreached, [there]);
    // Nor is the name of its file told any more.
    let told = |name: &str| std::fs::read_to_string(world.places.transfers.join(name).join("accession.json")).unwrap();
    let place =
        |name: &str| serde_json::from_str::<serde_json::Value>(&told(name)).unwrap()["documents"][0]["place"].clone();
    assert_eq!(["one", "two", "three"].map(place), ["", "a", ""]);
    assert!(!examined.exists());
    world.check(&all, &[1]);
}

#[test]
fn with_its_last_record_goes_what_a_dossier_said_of_itself() {
    let code = "H26.10.2003.050";
    let word = "CANARY-remarks-xyzzy";
    let world = World::new();
    let folder = world.folder.path().join("in/050");
    std::fs::create_dir_all(&folder).unwrap();
    let record = |number: usize| {
        let [content, subject, signer] = canaries(number);
        std::fs::write(folder.join(format!("{number}.txt")), &content).unwrap();
        serde_json::json!({
            "code_number": number.to_string(), "code_notation": "QĐ-STTTT", "type_name": "02", "issued_date": "2003-05-17",
            "organ_name": "Sở", "agency_code": "H26.10", "subject": subject, "signer_name": signer, "security_level": "Thường",
            "components": [{
                "file": format!("{number}.txt"), "sha256": Sha256::of(content.as_bytes()).to_string(), "size": content.len(),
                "role": "original",
            }],
        })
    };
    let dossier = serde_json::json!({
        "file_code": code, "title": "Hồ sơ 050", "agency_code": "H26.10", "agency_name": "Sở", "maintenance": "06",
        "description": word, "records": [record(50), record(51)],
    });
    std::fs::write(folder.join("dossier.json"), dossier.to_string()).unwrap();
    assert_eq!(world.ingest().taken, 2);
    let all = world.records();
    let dossier = |world: &World| match Reading::open(&world.places).unwrap().show(code).unwrap() {
        Shown::Dossier { body, .. } => *body,
        _ => panic!("no dossier"),
    };
    let writing = world.writing();
    let what = crate::archive::retention::Occurrence::Superseded;
    crate::archive::retention::assign::occur(&writing, &[code.to_owned()], what, "2010", "12/QĐ", "tester").unwrap();
    let amended = "CANARY-amended-xyzzy";
    let title = [(DossierField::Title, "Hồ sơ số 050".to_owned())];
    let remarks = [(DossierField::Remarks, amended.to_owned())];
    describe_dossier(&writing, code, &[title, remarks.clone()].concat(), "sai", Seen::Any, "tester").unwrap();
    writing.close().unwrap();
    let backup = world.folder.path().join("backup");
    world.backup_keys(&backup);
    let found = match Reading::open(&world.places).unwrap().find(code).unwrap() {
        Named::Dossier(id) => id,
        Named::Record(_) => panic!("no dossier"),
    };
    let mut objects = objects_of(&world, &[all[&50], all[&51]]);
    // What described the dossier; not what ruled it.
    let catalog = Reading::open(&world.places).unwrap();
    let events = catalog.catalog.events(found).unwrap();
    let [(_, first), _, (_, last)] = events.as_slice() else { panic!("{} events", events.len()) };
    objects.extend(first.objects.iter().chain(&last.objects).map(|object| object.id));
    drop(catalog);

    world.destroy(&[all[&50]]);
    assert_eq!(dossier(&world).description, amended, "a record is there still");
    world.destroy(&[all[&51]]);
    let mut gone = vec![50, 51];
    let check = |world: &World, gone: &[usize]| {
        world.check(&all, gone);
        let stays = dossier(world);
        assert_eq!((stays.title.as_str(), stays.description.as_str()), ("Hồ sơ số 050", ""));
        let history = Reading::open(&world.places).unwrap().history(code).unwrap();
        let kinds: Vec<EventKind> = history.iter().map(|event| event.entry.kind).collect();
        let reading = Reading::open(&world.places).unwrap();
        assert_eq!(reading.whole(found).unwrap().own.events.len(), 1, "what ruled it stays");
        let before = [EventKind::DossierAccessioned, EventKind::OccurrenceRecorded, EventKind::DossierDescribed];
        assert_eq!(kinds, [&before[..], &[EventKind::DossierReduced]].concat());
        nowhere(world, &backup, gone, &objects);
        for (path, bytes) in world.files() {
            assert!([word, amended].iter().all(|word| !contains(&bytes, word.as_bytes())), "{path}");
        }
        let writing = world.writing();
        let refused = describe_dossier(&writing, code, &remarks, "sai", Seen::Any, "tester").unwrap_err();
        assert_eq!(refused.kind(), crate::error::Kind::Conflict);
        writing.close().unwrap();
    };
    check(&world, &gone);
    rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
    check(&world, &gone);

    // What stays of it is moved like every description, when others of its scope go.
    world.destroy(&[all[&0], all[&3]]);
    gone.extend([0, 3]);
    check(&world, &gone);
    // It may get records again, and lose them again.
    assert_eq!(world.ingest().taken, gone.len() as u64);
    let anew = world.records();
    assert_ne!(anew[&50], all[&50]);
    world.verify();
    world.destroy(&[anew[&50], anew[&51]]);
    rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
    world.verify();
    assert_eq!(dossier(&world).description, "");
}

#[test]
fn what_was_moved_once_is_moved_again_or_destroyed() {
    let world = World::new();
    let all = world.records();
    let (first, second) = ([0, 3], [6, 9, 2]);
    let ids = |numbers: &[usize]| numbers.iter().map(|number| all[number]).collect::<Vec<_>>();
    let objects = objects_of(&world, &[ids(&first), ids(&second)].concat());
    let backups = [world.folder.path().join("old"), world.folder.path().join("between")];
    world.backup_keys(&backups[0]);
    world.destroy(&ids(&first));
    world.backup_keys(&backups[1]);
    world.check(&all, &first);
    world.destroy(&ids(&second));
    let gone = [first.as_slice(), &second].concat();
    world.check(&all, &gone);
    rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
    world.check(&all, &gone);
    backups.iter().for_each(|backup| nowhere(&world, backup, &gone, &objects));
    // Nothing to do is no error, and what is gone is not destroyed twice.
    assert_eq!(world.destroy(&ids(&second)).destroyed, ids(&second));
    world.check(&all, &gone);
}

#[test]
fn a_hold_before_the_keys_die_keeps_its_record_and_no_other() {
    let world = World::new();
    let all = world.records();
    let (held, doomed) = (all[&4], [all[&1], all[&4], all[&7]]);
    let writing = world.writing();
    let mut asked = 0;
    let outcome = destroy(&writing, &doomed, &mut |record| {
        asked += u32::from(record == held);
        // Nothing speaks against it when the plan is made; then the hold comes.
        (record == held && asked > 1).then_some(Skip::Held)
    });
    writing.close().unwrap();
    assert_eq!(outcome.left, [(held, Skip::Held)]);
    assert_eq!(outcome.destroyed.len(), 2);
    world.check(&all, &[1, 7]);
    rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
    world.check(&all, &[1, 7]);
}

#[test]
fn what_stops_in_the_middle_goes_on_where_it_was() {
    let world = World::new();
    let all = world.records();
    let gone = [1, 5, 8];
    let doomed: Vec<Uuid> = gone.iter().map(|number| all[number]).collect();
    let objects = objects_of(&world, &doomed);
    let backup = world.folder.path().join("backup");
    world.backup_keys(&backup);
    let mut steps = 0;
    loop {
        let world = world.copy();
        let stopped = {
            let writing = world.writing();
            let mut left = steps;
            let stop = std::panic::AssertUnwindSafe(|| {
                let mut progress = |_, _, _| {
                    assert!(left > 0, "the process ends here");
                    left -= 1;
                };
                execute_with(&writing, &doomed, &mut |_| None, &mut progress)
            });
            std::panic::catch_unwind(stop).is_err()
        };
        if !stopped {
            break;
        }
        // As the next process finds it, with the catalog and without.
        let reopened = world.writing();
        reopened.close().unwrap();
        world.verify();
        if steps % 2 == 0 {
            rebuild::rebuild(&world.places, clock(), UNHEARD).unwrap();
            world.verify();
        }
        let outcome = world.destroy(&doomed);
        assert_eq!(outcome.destroyed.len(), gone.len(), "stopped after {steps} steps");
        world.check(&all, &gone);
        nowhere(&world, &backup, &gone, &objects);
        steps += 1;
    }
    assert!(steps > 10, "{steps}");
}

/// Identifiers of the objects of records.
fn objects_of(world: &World, records: &[Uuid]) -> BTreeSet<Uuid> {
    let reading = Reading::open(&world.places).unwrap();
    let events = records.iter().flat_map(|record| reading.catalog.events(*record).unwrap());
    events.flat_map(|(_, row)| row.objects).map(|object| object.id).collect()
}

/// Nothing of the records is in the archive's folder, for whoever has the root key and the old keys too.
fn nowhere(world: &World, backup: &Path, gone: &[usize], objects: &BTreeSet<Uuid>) {
    let name = |number: &usize| format!("CANARY-name-{number:04}-xyzzy");
    let words: Vec<String> =
        gone.iter().flat_map(|number| canaries(*number).into_iter().chain([name(number)])).collect();
    for (path, bytes) in &world.files() {
        assert!(!path.contains("CANARY"));
        words.iter().for_each(|word| assert!(!contains(bytes, word.as_bytes()), "{word} in {path}"));
    }
    // With both generations of keys at hand: no frame of theirs opens, not even the keys moved before.
    let disks = world.places.disks();
    let format = crate::archive::Format::read(disks.archive.as_ref()).unwrap();
    let root: RootKey = disks.root_key(format.archive).unwrap();
    let old: Arc<dyn crate::disk::Disk> = Arc::new(crate::disk::Folder::at(backup));
    let old = Keys::open(old, Vec::new(), root.clone(), format.archive).unwrap();
    let new = Keys::open(disks.archive.clone(), Vec::new(), root, format.archive).unwrap();
    let mut seen = 0;
    let (mut secrets, mut parts) = (BTreeMap::new(), Vec::new());
    let visit = &mut |group: crate::vault::GroupRead| -> Result<()> {
        for frame in group.frames {
            match frame.header.kind {
                FrameKind::Blob if objects.contains(&frame.header.object) => {
                    seen += 1;
                    let mut body = vec![1; usize::try_from(frame.header.length).unwrap()];
                    Reading::open(&world.places).unwrap().vault.body_range(frame.location, 0, &mut body).unwrap();
                    assert!(body.iter().all(|byte| *byte == 0));
                }
                FrameKind::Blob => parts.push((frame.header, frame.location)),
                FrameKind::Key if !frame.body.is_empty() => {
                    for keys in [&old, &new] {
                        for (object, opens) in keys.unwrap(&frame.body).unwrap_or_default() {
                            assert!(!objects.contains(&object));
                            secrets.insert(object, opens);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    };
    crate::vault::walk(disks.archive.as_ref(), crate::vault::START, crate::vault::Bodies::Small, visit).unwrap();
    assert!(seen >= objects.len(), "every part of every object was looked at");
    // Nor does anything that opens, of whatever else there is, speak of them.
    let reading = Reading::open(&world.places).unwrap();
    let mut opener = Opener::new(&reading.dictionary().unwrap()).unwrap();
    let mut opened = 0;
    for (header, location) in parts {
        let Some(opens) = secrets.get(&header.object) else { continue };
        let key = ObjectKey::derive(&opens.data_key, format.archive, header.object);
        let text = match reading.part(&mut opener, &key, header.part, location) {
            Ok(text) => text,
            Err(error) => {
                let mut body = vec![1; usize::try_from(header.length).unwrap()];
                reading.vault.body_range(location, 0, &mut body).unwrap();
                assert!(body.iter().all(|byte| *byte == 0), "{}: {error}", header.object);
                continue;
            }
        };
        words.iter().for_each(|word| assert!(!contains(&text, word.as_bytes()), "{word} in {}", header.object));
        opened += 1;
    }
    assert!(opened > RECORDS - gone.len(), "{opened}");
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
