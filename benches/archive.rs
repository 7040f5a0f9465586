//! Figures of the library itself: `cargo bench --bench archive [-- CORPUS [WORKDIR]]`.
//!
//! CORPUS is a folder of documents X.pdf with sidecars X.json; without one the repository's sample is used. WORKDIR
//! takes the archives: put it on the disk to be measured; the default is the system's temporary folder. Prints
//! `name  value unit  (goal)`, medians where there are several runs, and never fails on a time: machines differ and
//! drift, so what a goal compares is measured in the same run, turn by turn. CORPUS `retention` runs
//! that part alone. `benches/README.md` says what each means.

#[path = "archive/disposal.rs"]
mod disposal;
#[path = "archive/retention.rs"]
mod retention;

use chauban::archive::announce::{Announced, Announcer, Heading, SealedComponent};
use chauban::archive::body::{BodyText, RecordBody, RecordPlace};
use chauban::archive::ingest::{self, IngestOptions, Mode, Outcome, Progress};
use chauban::archive::object::{SealedObject, Workshop};
use chauban::archive::{InitOptions, Places, Reading, Writing, init, rebuild, verify_receipt};
use chauban::cipher::{self, ObjectKey, PART_BYTES_MAX};
use chauban::digest::{Blake3, ContentDigests, Sha256};
use chauban::disk::Folder;
use chauban::event::{ActorId, EventKind};
use chauban::keys::{Bucket, ObjectSecrets};
use chauban::ledger::Ledger;
use chauban::merkle::Frontier;
use chauban::merkle::key::VerifierKey;
use chauban::record::{Component, Role};
use chauban::time::{Clock, SystemClock};
use chauban::transfer::sidecar::{self, Document};
use chauban::vault::frame::{Codec, FrameKind};
use chauban::vault::{self, Bodies, VaultError};
use std::error::Error;
use std::fs::{self, File};
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// Bytes of a small record's only component.
const SMALL_BYTES: usize = 4096;
/// Small records in one run.
const SMALL_RECORDS: u32 = 6_000;
/// Callers that wait for an answer at once: what natural batching makes groups of.
const CALLERS: u32 = 64;
/// Acknowledgements waited for one by one.
const LONE: u32 = 300;
/// Documents of the corpus that are read.
const DOCUMENTS_MAX: usize = 2_000;
/// Runs of a figure that takes a moment; their median is printed.
const RUNS: usize = 5;

fn main() -> Done {
    // `cargo bench` adds its own flags.
    let arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let mut arguments = arguments.peekable();
    let part = arguments.next_if(|argument| argument == "retention");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/transfer");
    let corpus = if part.is_some() { sample } else { arguments.next().map_or(sample, PathBuf::from) };
    let work = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let work = work.join(format!("chauban-bench-{}", std::process::id()));
    fs::create_dir_all(&work)?;
    let result = match part {
        Some(_) => Corpus::read(&corpus).and_then(|corpus| retention::retention(&corpus, &work, records(1_000_000)?)),
        None => all(&corpus, &work),
    };
    fs::remove_dir_all(&work)?;
    result
}

/// How many records the archive of `retention` has, unless RECORDS says otherwise.
fn records(usual: u64) -> Done<u64> {
    Ok(std::env::var("RECORDS").ok().map(|text| text.parse()).transpose()?.unwrap_or(usual))
}

fn all(corpus: &Path, work: &Path) -> Done {
    let corpus = Corpus::read(corpus)?;
    println!("corpus: {} documents, {} sidecars read", corpus.files.len(), corpus.documents.len());
    digests_and_codecs(&corpus)?;
    metadata(&corpus, work)?;
    merkle(work)?;
    durability(&corpus, work)?;
    whole_archive(&corpus, work)?;
    retention::retention(&corpus, work, records(100_000)?)
}

// ------------------------------------------------------------------------------------------------ one core, in memory

fn digests_and_codecs(corpus: &Corpus) -> Done {
    let big = noise(64 * 1024 * 1024);
    let megabytes = |bytes: usize, took: Duration| bytes as f64 / 1e6 / took.as_secs_f64();
    let speed = |name: &str, bytes: usize, work: &mut dyn FnMut()| {
        print(name, megabytes(bytes, median_time(RUNS, work)), "MB/s", "");
    };
    speed("SHA-256 and BLAKE3, one part", big.len(), &mut || {
        black_box(ContentDigests::of(&big));
    });
    speed("SHA-256 alone", big.len(), &mut || {
        black_box(Sha256::of(&big));
    });
    speed("BLAKE3 alone", big.len(), &mut || {
        black_box(Blake3::of(&big));
    });
    let pdfs: Vec<Vec<u8>> = corpus.files.iter().take(500).map(fs::read).collect::<Result<_, _>>()?;
    let bytes = pdfs.iter().map(Vec::len).sum();
    speed("SHA-256 and BLAKE3, documents", bytes, &mut || {
        pdfs.iter().for_each(|pdf| {
            black_box(ContentDigests::of(pdf));
        });
    });
    let (archive, object, secrets) = (Uuid::from_bytes([1; 16]), Uuid::from_bytes([2; 16]), ObjectSecrets::random());
    let key = ObjectKey::derive(&secrets.data_key, archive, object);
    let part = &big[..PART_BYTES_MAX];
    speed("AES-256-GCM, one part", part.len(), &mut || {
        black_box(key.seal_part(0, part));
    });
    let mut workshop = Workshop::new(archive, b"")?;
    let mut sealed = 0;
    speed("seal (probe, compress, encrypt, BLAKE3), documents", bytes, &mut || {
        let parts =
            pdfs.iter().map(|pdf| workshop.seal_part(object, &secrets, 0, &pdf[..pdf.len().min(PART_BYTES_MAX)]));
        sealed = parts.map(|part| part.stored().size).sum();
    });
    print("stored size of documents, of their bytes", sealed as f64 / bytes as f64, "", "");
    let mut level_3 = zstd::bulk::Compressor::new(3)?;
    let always: usize = pdfs.iter().map(|pdf| level_3.compress(pdf).map_or(pdf.len(), |it| it.len())).sum();
    print("  the same if all were compressed at level 3", always as f64 / bytes as f64, "", "");
    Ok(())
}

/// Sidecars, and the bodies made of them.
fn metadata(corpus: &Corpus, work: &Path) -> Done {
    let count = corpus.sidecars.len() as f64;
    let took = median_time(RUNS, &mut || {
        for (bytes, name) in &corpus.sidecars {
            let _ = black_box(sidecar::read(bytes, name));
        }
    });
    print("sidecar read", count / took.as_secs_f64(), "sidecars/s", "");
    let took = median_time(RUNS, &mut || {
        for (bytes, name) in &corpus.sidecars {
            black_box(sidecar::glance(bytes, name));
        }
    });
    print("sidecar glance", count / took.as_secs_f64(), "sidecars/s", "");

    let archive = NewArchive::make(&work.join("dictionary"))?;
    let dictionary = archive.writing.dictionary()?;
    let (mut body, mut raw) = (Ratio::default(), Ratio::default());
    let mut with = zstd::bulk::Compressor::with_dictionary(6, &dictionary)?;
    let mut without = zstd::bulk::Compressor::new(6)?;
    let mut texts = Vec::new();
    for (document, file) in corpus.documents.iter().zip(&corpus.files) {
        let component = Component {
            name: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            media_type: "application/pdf".into(),
            role: Role::Original,
            digests: ContentDigests {
                sha256: document.expected.sha256,
                blake3: Blake3(cipher::random()),
                size: document.expected.size,
            },
        };
        let text = BodyText::new(std::slice::from_ref(&component), &record_body(document, 1, &component))?;
        body.add(&text.bytes, &mut with, &mut without)?;
        raw.add(document.raw.as_bytes(), &mut with, &mut without)?;
        texts.push(text.bytes);
    }
    body.print("body of a record");
    raw.print("sidecar");
    let mut workshop = Workshop::new(Uuid::from_bytes([1; 16]), &dictionary)?;
    let (object, secrets) = (Uuid::from_bytes([2; 16]), ObjectSecrets::random());
    let took = median_time(RUNS, &mut || {
        for text in &texts {
            black_box(workshop.seal_body(object, &secrets, text, Codec::ZstdDictionary));
        }
    });
    print("seal a body", texts.len() as f64 / took.as_secs_f64(), "bodies/s", "");
    archive.writing.close()?;
    Ok(())
}

fn merkle(work: &Path) -> Done {
    const ENTRIES: usize = 100_000;
    let entry = noise(500);
    let took = median_time(RUNS, &mut || {
        let mut frontier = Frontier::new();
        for _ in 0..ENTRIES {
            frontier.push(chauban::merkle::leaf_hash(&entry));
        }
        black_box(frontier.root());
    });
    print("merkle: hash and append to the right edge", ENTRIES as f64 / took.as_secs_f64(), "entries/s", "");
    let took = median_time(RUNS, &mut || {
        let mut ledger = Ledger::new();
        for _ in 0..ENTRIES {
            ledger.append(entry.clone());
        }
        black_box(ledger.root());
    });
    print("ledger: append (tiles' rows kept)", ENTRIES as f64 / took.as_secs_f64(), "entries/s", "");
    let disk = Folder::at(work.join("tiles"));
    fs::create_dir_all(work.join("tiles"))?;
    let mut ledger = Ledger::new();
    let mut times = Vec::new();
    for _ in 0..50 {
        for _ in 0..100 {
            ledger.append(entry.clone());
        }
        let start = Instant::now();
        let publication = ledger.publication()?;
        publication.write(&disk)?;
        publication.remove_superseded(&disk)?;
        times.push(start.elapsed());
        ledger.published_to(ledger.size());
    }
    print("ledger: publish 100 more entries (files only)", milliseconds(median(&mut times)), "ms", "");
    Ok(())
}

// --------------------------------------------------------------------------------------------------------- durability

fn durability(corpus: &Corpus, work: &Path) -> Done {
    let document = corpus.documents.first().ok_or("the corpus has no acceptable sidecar")?;
    let archive = NewArchive::make(&work.join("small"))?;
    let maker = Maker::new(&archive.writing, document)?;

    // One caller who waits each time; beside it, turn by turn, the least a durable append can cost here.
    let probe = File::options().create(true).truncate(true).write(true).open(work.join("small/probe"))?;
    let block = noise(SMALL_BYTES);
    let mut announcer = archive.writing.announcer()?;
    let (mut alone, mut bare, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..u64::from(LONE) {
        let start = Instant::now();
        probe.write_all_at(&block, turn * SMALL_BYTES as u64)?;
        probe.sync_data()?;
        bare.push(start.elapsed());
        let start = Instant::now();
        let event = maker.event(&mut announcer)?;
        made.push(start.elapsed());
        let start = Instant::now();
        archive.writing.commit(vec![event])?;
        alone.push(start.elapsed());
    }
    let (alone, bare) = (median(&mut alone), median(&mut bare));
    print("append 4 KiB and fdatasync", milliseconds(bare), "ms", "");
    print("make a 4 KiB record (seal, encrypt, wrap)", milliseconds(median(&mut made)), "ms", "");
    print("lone durable acknowledgement of a 4 KiB record", milliseconds(alone), "ms", "");
    print("  of one fdatasync", alone.as_secs_f64() / bare.as_secs_f64(), "times", "<= 3");

    let mut rates = Vec::new();
    for _ in 0..3 {
        let start = Instant::now();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| call(&archive.writing, &maker))).collect();
            callers.into_iter().try_for_each(|caller| caller.join().map_err(|_| "a caller died".to_owned())?)
        })?;
        rates.push(start.elapsed());
    }
    let before = archive.writing.size()?;
    let took = median(&mut rates);
    let records = SMALL_RECORDS / CALLERS * CALLERS;
    print(
        &format!("durable 4 KiB records, {CALLERS} callers"),
        f64::from(records) / took.as_secs_f64(),
        "records/s",
        ">= 5000",
    );
    let mut sizes = group_sizes(&archive.places)?;
    sizes.retain(|size| *size > 1);
    sizes.sort_unstable();
    let at = |per_cent: usize| sizes.get(sizes.len().saturating_sub(1) * per_cent / 100).copied().unwrap_or(0);
    println!(
        "  entries in a group of more than one: median {}, p90 {}, largest {}; {before} entries",
        at(50),
        at(90),
        at(100)
    );
    archive.writing.close()?;

    // The same through the front door: files of 4 KiB with sidecars, examined, grouped, committed, catalogued.
    let folder = work.join("small-files");
    small_files(&folder, document, 3_000)?;
    let archive = NewArchive::make(&work.join("front"))?;
    let start = Instant::now();
    let summary = ingest::ingest(&archive.writing, &options(vec![folder]), &mut |_| {})?;
    let rate = summary.taken as f64 / start.elapsed().as_secs_f64();
    print("ingest of 4 KiB documents with sidecars", rate, "records/s", ">= 5000");
    archive.writing.close()?;
    Ok(())
}

/// Commits its share of small records, one after another, each acknowledged before the next.
fn call(writing: &Writing, maker: &Maker<'_>) -> Result<(), String> {
    let mut announcer = writing.announcer().map_err(|error| error.to_string())?;
    for _ in 0..SMALL_RECORDS / CALLERS {
        let event = maker.event(&mut announcer).map_err(|error| error.to_string())?;
        writing.commit(vec![event]).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Makes small records' accessions.
struct Maker<'a> {
    writing: &'a Writing,
    document: &'a Document,
    actor: ActorId,
    scope: Uuid,
    content: Vec<u8>,
    ordinal: AtomicU32,
}

impl<'a> Maker<'a> {
    fn new(writing: &'a Writing, document: &'a Document) -> Done<Self> {
        let actor = writing.actor("bench")?;
        let scope = writing.scope(Bucket::Permanent, actor)?;
        Ok(Self { writing, document, actor, scope, content: noise(SMALL_BYTES), ordinal: AtomicU32::new(1) })
    }

    fn event(&self, announcer: &mut Announcer) -> chauban::error::Result<Announced> {
        let ordinal = self.ordinal.fetch_add(1, Ordering::Relaxed);
        let component = Component {
            name: "small.bin".into(),
            media_type: "application/octet-stream".into(),
            role: Role::Original,
            digests: ContentDigests::of(&self.content),
        };
        let (object, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
        let part = announcer.workshop().seal_part(object, &secrets, 0, &self.content);
        let body = record_body(self.document, ordinal, &component);
        let sealed = SealedComponent { component, object: SealedObject { id: object, parts: vec![part] }, secrets };
        let id = self.writing.new_id();
        let heading = Heading { kind: EventKind::RecordAccessioned, id, actor: self.actor, rule: None };
        announcer.with_body(heading, self.scope, vec![sealed], &body)
    }
}

fn record_body(document: &Document, ordinal: u32, component: &Component) -> RecordBody {
    let dossier = Uuid::from_bytes([3; 16]);
    let place = RecordPlace { dossier, ordinal, archive_code: "H26.LT", transfer: Uuid::from_bytes([4; 16]) };
    let mut body = RecordBody::new(&document.metadata, &place, std::slice::from_ref(component));
    body.raw.clone_from(&document.raw);
    body
}

/// Entries in each group of an archive.
fn group_sizes(places: &Places) -> Done<Vec<usize>> {
    let mut sizes = Vec::new();
    vault::walk::<VaultError>(places.disks().archive.as_ref(), vault::START, Bodies::Small, &mut |group| {
        sizes.push(group.frames.iter().filter(|frame| frame.header.kind == FrameKind::Entry).count());
        Ok(())
    })?;
    Ok(sizes)
}

fn small_files(folder: &Path, like: &Document, count: usize) -> Done {
    fs::create_dir_all(folder)?;
    let (size, sha256) = (like.expected.size.to_string(), like.expected.sha256.to_string());
    for number in 0..count {
        let bytes = noise(SMALL_BYTES);
        fs::write(folder.join(format!("{number:05}.pdf")), &bytes)?;
        let sidecar = like.raw.replace(&sha256, &Sha256::of(&bytes).to_string());
        let sidecar = sidecar.replacen(&format!("\"size\": {size}"), &format!("\"size\": {SMALL_BYTES}"), 1);
        fs::write(folder.join(format!("{number:05}.json")), sidecar)?;
    }
    Ok(())
}

// ------------------------------------------------------------------------------------------------------ whole archive

/// Ingest, receipts, single documents and rebuild, in this process: no start of a program is in these figures.
fn whole_archive(corpus: &Corpus, work: &Path) -> Done {
    let archive = NewArchive::make(&work.join("whole"))?;
    let mut taken: Vec<(Uuid, String)> = Vec::new();
    let start = Instant::now();
    let summary = ingest::ingest(&archive.writing, &options(vec![corpus.folder.clone()]), &mut |news| {
        if let Progress::Document { place, outcome: Outcome::Taken { record, .. }, .. } = news {
            taken.push((record, place));
        }
    })?;
    let took = start.elapsed();
    let NewArchive { places, writing } = archive;
    print("ingest of the corpus", summary.taken as f64 / took.as_secs_f64(), "records/s", "");
    print("  of its bytes", summary.bytes as f64 / 1e6 / took.as_secs_f64(), "MB/s", "");
    let start = Instant::now();
    writing.close()?;
    print("close (publish, index)", milliseconds(start.elapsed()), "ms", "");
    let mut times = times(20, || Writing::open(&places, Arc::new(SystemClock::new()))?.close().map_err(Into::into))?;
    print("open for writing and close", milliseconds(median(&mut times)), "ms", "");
    let mut opened = times_of_reading(&places)?;
    print("open for reading", milliseconds(median(&mut opened)), "ms", "");

    let reading = Reading::open(&places)?;
    let step = (taken.len() / 200).max(1);
    let (mut gets, mut receipts, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    let keys: Vec<VerifierKey> = reading.format.keys().into();
    for (record, place) in taken.iter().step_by(step) {
        let mut bytes = Vec::new();
        let start = Instant::now();
        reading.get(*record, 1, &mut bytes)?;
        gets.push(start.elapsed());
        let start = Instant::now();
        let receipt = reading.receipt(*record)?;
        receipts.push(start.elapsed());
        let start = Instant::now();
        verify_receipt(&receipt, &keys, &mut bytes.as_slice()).map_err(|error| format!("{place}: {error}"))?;
        proofs.push(start.elapsed());
    }
    print("get one document, open archive", milliseconds(median(&mut gets)), "ms", "");
    print("issue a receipt, open archive", milliseconds(median(&mut receipts)), "ms", "");
    print("verify a receipt, both keys", milliseconds(median(&mut proofs)), "ms", "");
    drop(reading);

    let mut rates = Vec::new();
    let mut records = 0;
    for _ in 0..3 {
        let start = Instant::now();
        records = rebuild::rebuild(&places, Arc::new(SystemClock::new()), &|_, _| {})?.records;
        rates.push(start.elapsed());
    }
    print("rebuild catalog and index", records as f64 / median(&mut rates).as_secs_f64(), "records/s", ">= 20000");
    Ok(())
}

fn times_of_reading(places: &Places) -> Done<Vec<Duration>> {
    times(20, || {
        Reading::open(places)?;
        Ok(())
    })
}

fn options(paths: Vec<PathBuf>) -> IngestOptions {
    IngestOptions { paths, actor: "bench".into(), mode: Mode::Accession, threads: 0, evidence: Vec::new() }
}

/// An archive just made.
struct NewArchive {
    places: Places,
    writing: Writing,
}

impl NewArchive {
    fn make(folder: &Path) -> Done<Self> {
        Self::make_by(folder, Arc::new(SystemClock::new()))
    }

    fn make_by(folder: &Path, clock: Arc<dyn Clock>) -> Done<Self> {
        fs::create_dir_all(folder)?;
        let places = Places::beside(&folder.join("kho"));
        let options =
            InitOptions { origin: "bench.example/kho-1".into(), archive_code: "H26.LT".into(), actor: "bench".into() };
        init::init(&places, &options, clock.clone())?;
        let mut writing = Writing::open(&places, clock)?;
        writing.publish_at_intervals()?;
        Ok(Self { places, writing })
    }
}

/// Documents with the sidecars that were accepted.
struct Corpus {
    folder: PathBuf,
    /// Files of `documents`, in the same order.
    files: Vec<PathBuf>,
    documents: Vec<Document>,
    /// Every sidecar and its name, refused ones too.
    sidecars: Vec<(Vec<u8>, String)>,
}

impl Corpus {
    fn read(folder: &Path) -> Done<Self> {
        let mut corpus =
            Self { folder: folder.to_owned(), files: Vec::new(), documents: Vec::new(), sidecars: Vec::new() };
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let mut paths = fs::read_dir(&folder)?.map(|it| Ok(it?.path())).collect::<std::io::Result<Vec<_>>>()?;
            paths.sort();
            for path in paths {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "json") && corpus.sidecars.len() < DOCUMENTS_MAX {
                    corpus.add(&path)?;
                }
            }
        }
        Ok(corpus)
    }

    fn add(&mut self, path: &Path) -> Done {
        let (bytes, name) = (fs::read(path)?, path.display().to_string());
        if let (Ok(document), true) = (sidecar::read(&bytes, &name), path.with_extension("pdf").is_file()) {
            self.documents.push(document);
            self.files.push(path.with_extension("pdf"));
        }
        self.sidecars.push((bytes, name));
        Ok(())
    }
}

/// Sizes before and after compression, one by one, with and without the dictionary.
#[derive(Default)]
struct Ratio {
    plain: usize,
    with: usize,
    without: usize,
}

impl Ratio {
    fn add(
        &mut self,
        text: &[u8],
        with: &mut zstd::bulk::Compressor<'_>,
        without: &mut zstd::bulk::Compressor<'_>,
    ) -> Done {
        self.plain += text.len();
        self.with += with.compress(text)?.len();
        self.without += without.compress(text)?.len();
        Ok(())
    }

    fn print(&self, what: &str) {
        let share = |part: usize| part as f64 / self.plain as f64;
        print(&format!("{what}, compressed with the dictionary"), share(self.with), "", "0.17, trained on sidecars");
        print(&format!("{what}, compressed without"), share(self.without), "", "0.64");
    }
}

// ------------------------------------------------------------------------------------------------------------ figures

fn print(name: &str, value: f64, unit: &str, goal: &str) {
    let value = if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") };
    let goal = if goal.is_empty() { String::new() } else { format!("  (goal {goal})") };
    println!("{name:<52} {value:>12} {unit}{goal}");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn median_time(runs: usize, work: &mut dyn FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    median(&mut taken)
}

fn times(runs: usize, mut work: impl FnMut() -> Done) -> Done<Vec<Duration>> {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            work()?;
            Ok(start.elapsed())
        })
        .collect()
}

/// Bytes that do not compress.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    for (number, piece) in (0u64..).zip(bytes.chunks_mut(32)) {
        let seed = [number.to_le_bytes(), cipher::random()].concat();
        piece.copy_from_slice(&Blake3::of(&seed).0[..piece.len()]);
    }
    bytes
}
