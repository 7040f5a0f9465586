//! The law at work on many records: `cargo bench --bench archive -- retention [WORKDIR]`.
//!
//! The archive is made of real events through the sequencer, each record with a file of a kilobyte: dossiers of 1 to 15
//! records of 60 years under the keys of their retention, with statements that can be read, that can't, and that name a
//! rule; a quarter of them assigned to a rule, some with occurrences, links and holds. One million records unless
//! RECORDS says otherwise; WORKDIR takes some 5 GB. What is measured: what is due, every record decided, a new version
//! foreseen, then a case of 10,000 records scattered over all of it (`disposal`).

use super::{Corpus, Done, NewArchive, disposal, milliseconds, print, times};
use chauban::archive::announce::{Announced, Announcer, Heading, SealedComponent};
use chauban::archive::body::{
    ConcernsBody, DossierBody, OccurrenceBody, RecordBody, RecordPlace, RecordsLinkedBody, RetentionAssignedBody,
};
use chauban::archive::hold;
use chauban::archive::object::SealedObject;
use chauban::archive::retention::candidate::Filter;
use chauban::archive::retention::survey::{By, Wanted};
use chauban::archive::retention::{Applies, adopt, today};
use chauban::archive::{Writing, verify};
use chauban::cipher;
use chauban::digest::ContentDigests;
use chauban::event::{ActorId, EventKind};
use chauban::keys::{Bucket, ObjectSecrets};
use chauban::record::{Component, Dossier, Period, RecordMetadata, Retention, Role};
use chauban::retention::retention_of;
use chrono::Datelike;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Events in a group.
const GROUP: usize = 512;
/// Rules of the schedule: their periods are 5 to 50 years.
const RULES: u64 = 20;
/// Bytes of a record's file.
const FILE_BYTES: usize = 1024;

/// Makes the archive and prints the figures.
pub fn retention(corpus: &Corpus, work: &Path, records: u64) -> Done {
    let clock = Arc::new(disposal::Ahead::new());
    let archive = NewArchive::make_by(&work.join("retention"), clock.clone())?;
    let writing = &archive.writing;
    adopt::adopt(writing, &schedule(1, 5), Applies::AllUndisposed, "bench", "bench")?;
    let half: Vec<String> = (0..RULES / 2).map(|rule| format!("B/{rule}")).collect();
    adopt::confirm(writing, (&half, None), "bench", "bench", "another")?;
    let mut histories = Histories::new(corpus, writing)?;
    let start = Instant::now();
    histories.fill(records)?;
    let rate = histories.events as f64 / start.elapsed().as_secs_f64();
    print("events about records, dossiers, retention", rate, "/s", "");
    for name in ["B.10", "B.11.2"] {
        hold::place(writing, &hold::Wanted::Agency(name.to_owned()), "bench", "bench", "bench")?;
    }
    writing.catalog.flush()?;

    let on = today(clock.as_ref());
    let wanted = |by| Wanted { filter: Filter::default(), by, within_months: 12, on, items_max: 100 };
    for (name, by) in [("agency", By::Agency), ("year", By::Year), ("rule", By::Rule)] {
        let figure = measure(5, || Ok(_ = writing.due(&wanted(by))?))?;
        figure.print(&format!("retention due --by {name} --list 100"), "< 200 at 1 million");
    }
    let evaluation = writing.evaluate(on)?;
    let figure = measure(3, || Ok(_ = writing.evaluate(on)?))?;
    let rate = |time: Duration| evaluation.records as f64 / time.as_secs_f64();
    print("retention evaluate, one core", rate(figure.cpu), "records/s of CPU", ">= 500000");
    print("retention evaluate", rate(figure.wall), "records/s of the clock on the wall", "");
    let new = schedule(2, 6);
    let figure = measure(3, || Ok(_ = writing.foresee(&new, Applies::AllUndisposed, on, &HashMap::new())?))?;
    figure.print("retention preview", "< 10000 at 1 million");
    println!("  {evaluation:?}");
    disposal::disposal(writing, clock.as_ref())?;
    archive.writing.close()?;
    let start = Instant::now();
    let report = verify::verify(&archive.places, verify::Depth::Structure, &|_, _| {})?;
    print("verify afterwards", start.elapsed().as_secs_f64(), "s", &format!("{} doubts", report.doubts.len()));
    report.doubts.iter().take(5).for_each(|doubt| println!("  {doubt:?}"));
    Ok(())
}

/// How long something took: on the wall, and on all cores together. Beside others on the machine only the second says
/// something.
#[derive(Clone, Copy)]
pub struct Figure {
    /// Median, by the clock on the wall.
    pub wall: Duration,
    /// Mean, of the process.
    pub cpu: Duration,
}

impl Figure {
    /// A line, milliseconds.
    pub fn print(&self, name: &str, goal: &str) {
        print(name, milliseconds(self.wall), "ms", &format!("{goal}; {:.0} ms of CPU", milliseconds(self.cpu)));
    }
}

/// Does something several times.
pub fn measure(runs: usize, work: impl FnMut() -> Done) -> Done<Figure> {
    let before = cpu()?;
    let mut took = times(runs, work)?;
    let cpu = (cpu()? - before) / u32::try_from(runs)?;
    Ok(Figure { wall: super::median(&mut took), cpu })
}

/// CPU time of this process so far, in hundredths of a second (proc(5): utime and stime).
pub fn cpu() -> Done<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("a process has a name")?.1;
    let ticks = |at: usize| -> Done<u64> { Ok(after_name.split_whitespace().nth(at).ok_or("a field")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}

/// A schedule whose shortest period is `years`.
fn schedule(version: u32, years: u64) -> String {
    let mut text = format!(
        "format = 1\n[schedule]\ncode = \"B\"\ntitle = \"B\"\nversion = {version}\n[[authority]]\ncode = \"B\"\n\
         citation = \"B\"\nkind = \"circular\"\ngrade = \"V2\"\nsource = \"invented\"\n"
    );
    for rule in 0..RULES {
        let trigger = if rule % 5 == 4 { "{ any = [\"superseded\"] }" } else { "\"work-ended\"" };
        text.push_str(&format!(
            "[[rule]]\ncode = \"B/{rule}\"\nauthority = \"B\"\nrecords = \"group {rule}\"\ntrigger = {trigger}\n\
             period = \"{} năm\"\naction = \"destroy\"\nsource = \"invented\"\ngrade = \"V2\"\nverified = false\n",
            years + rule * 2
        ));
    }
    text
}

/// A dossier that was made.
#[derive(Clone, Copy)]
struct Made {
    dossier: Uuid,
    first: Uuid,
    /// Of its keys.
    bucket: Bucket,
}

/// Makes dossiers and what happens to them; the same in every run.
struct Histories<'a> {
    writing: &'a Writing,
    metadata: RecordMetadata,
    dossier: Dossier,
    announcer: Announcer,
    actor: ActorId,
    seed: u64,
    group: Vec<Announced>,
    events: u64,
}

impl<'a> Histories<'a> {
    fn new(corpus: &Corpus, writing: &'a Writing) -> Done<Self> {
        let document = corpus.documents.first().ok_or("the corpus has no acceptable sidecar")?;
        let metadata = document.metadata.clone();
        let dossier = Dossier {
            file_code: metadata.file_code.clone(),
            title: "Hồ sơ".into(),
            agency: metadata.agency.clone(),
            agency_name: "Sở".into(),
            retention: retention_of(2000, []),
            dates: None,
            description: String::new(),
        };
        let actor = writing.actor("bench")?;
        let (announcer, group) = (writing.announcer()?, Vec::with_capacity(GROUP));
        Ok(Self { writing, metadata, dossier, announcer, actor, seed: 1, group, events: 0 })
    }

    /// A number below `below` (xorshift).
    fn number(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below
    }

    fn fill(&mut self, wanted: u64) -> Done {
        let (mut records, mut dossiers) = (0, 0);
        let mut last: Option<Made> = None;
        while records < wanted {
            dossiers += 1;
            let size = (1 + self.number(15)).min(wanted - records);
            records += size;
            let here = self.dossier(dossiers, size)?;
            if let Some(there) = last.filter(|_| dossiers % 50 == 0) {
                self.link(here, there)?;
            }
            last = Some(here);
        }
        self.commit()
    }

    /// A dossier with its records.
    fn dossier(&mut self, number: u64, size: u64) -> Done<Made> {
        let year = i32::try_from(1965 + self.number(60))?;
        let code = format!("B.{}.{}.{year}.{number:06}", 10 + self.number(20), self.number(9));
        let statement = match self.number(10) {
            0 => "Vĩnh viễn".to_owned(),
            1 => "theo công trình".to_owned(),
            2..5 => format!("B/{}", self.number(RULES)),
            _ => format!("{} năm", [5, 10, 20, 50][self.number(4) as usize]),
        };
        let id = self.writing.new_id();
        let retention = retention_of(year, [statement.as_str()]);
        let bucket = bucket_of(&retention);
        let dossier = Dossier { file_code: code.parse()?, retention, ..self.dossier.clone() };
        let body = DossierBody::new(&dossier, "B.LT", Uuid::nil(), &[]);
        self.event(EventKind::DossierAccessioned, id, bucket, &body)?;
        let mut first = None;
        for ordinal in 1..=u32::try_from(size)? {
            let record = self.writing.new_id();
            first = first.or(Some(record));
            self.record(record, bucket, |like| place(like, &code, id, ordinal, &statement, year))?;
        }
        let concerns = ConcernsBody { dossier: id.to_string(), record: None };
        if self.number(4) == 0 {
            let rule = format!("B/{}", self.number(RULES));
            let body = RetentionAssignedBody { concerns: concerns.clone(), rule, version: 1, reason: "bench".into() };
            self.event(EventKind::RetentionAssigned, id, bucket, &body)?;
        }
        if self.number(10) == 0 {
            let (kind, reason) = ("superseded".to_owned(), "bench".to_owned());
            let body = OccurrenceBody { concerns, kind, on: (year + 3).to_string(), reason };
            self.event(EventKind::OccurrenceRecorded, id, bucket, &body)?;
        }
        Ok(Made { dossier: id, first: first.ok_or("a dossier has a record")?, bucket })
    }

    /// A record with a file that no other has.
    fn record(&mut self, id: Uuid, bucket: Bucket, placed: impl FnOnce(RecordBody) -> RecordBody) -> Done {
        let content: Vec<u8> = (0..FILE_BYTES / 8).flat_map(|_| self.number(u64::MAX).to_le_bytes()).collect();
        let digests = ContentDigests::of(&content);
        let (name, media_type) = ("letter.pdf".to_owned(), "application/pdf".to_owned());
        let component = Component { name, media_type, role: Role::Original, digests };
        let body = placed(RecordBody::new(&self.metadata, &NOWHERE, std::slice::from_ref(&component)));
        let (object, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
        let part = self.announcer.workshop().seal_part(object, &secrets, 0, &content);
        let object = SealedObject { id: object, parts: vec![part] };
        let sealed = SealedComponent { component, object, secrets };
        self.announce(EventKind::RecordAccessioned, id, bucket, vec![sealed], &body)
    }

    fn link(&mut self, here: Made, there: Made) -> Done {
        let side =
            |made: Made| ConcernsBody { dossier: made.dossier.to_string(), record: Some(made.first.to_string()) };
        let body = RecordsLinkedBody { concerns: side(here), with: side(there), reason: "bench".into() };
        self.event(EventKind::RecordsLinked, here.first, here.bucket, &body)
    }

    fn event(&mut self, kind: EventKind, id: Uuid, bucket: Bucket, body: &impl serde::Serialize) -> Done {
        self.announce(kind, id, bucket, Vec::new(), body)
    }

    fn announce(
        &mut self,
        kind: EventKind,
        id: Uuid,
        bucket: Bucket,
        components: Vec<SealedComponent>,
        body: &impl serde::Serialize,
    ) -> Done {
        let heading = Heading { kind, id, actor: self.actor, rule: None };
        let scope = self.writing.scope(bucket, self.actor)?;
        self.group.push(self.announcer.with_body(heading, scope, components, body)?);
        if self.group.len() == GROUP { self.commit() } else { Ok(()) }
    }

    fn commit(&mut self) -> Done {
        self.events += self.group.len() as u64;
        self.writing.commit(std::mem::replace(&mut self.group, Vec::with_capacity(GROUP)))?;
        Ok(())
    }
}

const NOWHERE: RecordPlace<'static> =
    RecordPlace { dossier: Uuid::nil(), ordinal: 1, archive_code: "B.LT", transfer: Uuid::nil() };

/// A record at its place in a dossier.
fn place(like: RecordBody, code: &str, dossier: Uuid, ordinal: u32, statement: &str, year: i32) -> RecordBody {
    let doc_code = format!("{code}.{ordinal:07}");
    RecordBody {
        dossier: dossier.to_string(),
        file_code: code.to_owned(),
        ordinal,
        arc_doc_code: format!("B.LT.{doc_code}"),
        doc_code,
        issued_date: format!("{year}-05-17"),
        maintenance_text: statement.to_owned(),
        identifier: None,
        raw: String::new(),
        ..like
    }
}

/// The bucket of keys for what an agency states, as an ingest chooses it.
fn bucket_of(retention: &Retention) -> Bucket {
    match (retention.period, retention.until) {
        (Period::Permanent, _) => Bucket::Permanent,
        (Period::Years(_), Some(until)) => Bucket::Ends(until.year()),
        (Period::Years(_) | Period::Awaiting, _) => Bucket::Awaiting,
    }
}
