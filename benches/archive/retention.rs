//! What is due, among records of varied histories: `cargo bench --bench archive -- retention [WORKDIR]`.
//!
//! The archive is made of real events through the sequencer, with bodies and without files: dossiers of 1 to 15 records of
//! 60 years, with statements that can be read, that can't, and that name a rule; a quarter of them assigned to a rule, some
//! with occurrences, links and holds. What is measured reads the catalog's rows alone, so files would change nothing.

use super::{Corpus, Done, NewArchive, median, milliseconds, print, times};
use chauban::archive::Writing;
use chauban::archive::announce::{Announced, Announcer, Heading};
use chauban::archive::body::{
    ConcernsBody, DossierBody, OccurrenceBody, RecordBody, RecordPlace, RecordsLinkedBody, RetentionAssignedBody,
};
use chauban::archive::hold;
use chauban::archive::retention::candidate::Filter;
use chauban::archive::retention::survey::{By, Wanted};
use chauban::archive::retention::{Applies, adopt};
use chauban::event::{ActorId, EventKind};
use chauban::keys::Bucket;
use chauban::record::{Component, Dossier, Role};
use chauban::retention::retention_of;
use chrono::NaiveDate;
use std::collections::HashMap;
use std::path::Path;
use uuid::Uuid;

/// Records in the archive.
const RECORDS: u64 = 200_000;
/// Events in a group.
const GROUP: usize = 512;
/// Rules of the schedule: their periods are 5 to 50 years.
const RULES: u64 = 20;

/// Makes the archive and prints the figures.
pub fn retention(corpus: &Corpus, work: &Path) -> Done {
    let archive = NewArchive::make(&work.join("retention"))?;
    let writing = &archive.writing;
    adopt::adopt(writing, &schedule(1, 5), Applies::AllUndisposed, "bench", "bench")?;
    let half: Vec<String> = (0..RULES / 2).map(|rule| format!("B/{rule}")).collect();
    adopt::confirm(writing, &half, "bench", "bench", "another")?;
    let mut histories = Histories::new(corpus, writing)?;
    let start = std::time::Instant::now();
    histories.fill()?;
    print(
        "events about records, dossiers, retention",
        histories.events as f64 / start.elapsed().as_secs_f64(),
        "/s",
        "",
    );
    for name in ["B.10", "B.11.2"] {
        hold::place(writing, &hold::Wanted::Agency(name.to_owned()), "bench", "bench", "bench")?;
    }
    writing.catalog.flush()?;

    let on = NaiveDate::from_ymd_opt(2026, 11, 22).ok_or("a day")?;
    let wanted = |by| Wanted { filter: Filter::default(), by, within_months: 12, on, items_max: 100 };
    for (name, by) in [("agency", By::Agency), ("year", By::Year), ("rule", By::Rule)] {
        let mut took = times(5, || Ok(_ = writing.due(&wanted(by))?))?;
        print(
            &format!("retention due --by {name} --list 100"),
            milliseconds(median(&mut took)),
            "ms",
            "< 200 at 1 million",
        );
    }
    let evaluation = writing.evaluate(on)?;
    let mut took = times(3, || Ok(_ = writing.evaluate(on)?))?;
    let rate = evaluation.records as f64 / median(&mut took).as_secs_f64();
    print("retention evaluate, one core", rate, "records/s", ">= 500000");
    let new = schedule(2, 6);
    let mut took = times(3, || Ok(_ = writing.foresee(&new, Applies::AllUndisposed, on, &HashMap::new())?))?;
    print("retention preview", milliseconds(median(&mut took)), "ms", "< 10000 at 1 million");
    println!("  {evaluation:?}");
    archive.writing.close()?;
    Ok(())
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

/// Makes dossiers and what happens to them; the same in every run.
struct Histories<'a> {
    writing: &'a Writing,
    like: RecordBody,
    dossier: Dossier,
    announcer: Announcer,
    actor: ActorId,
    scope: Uuid,
    seed: u64,
    group: Vec<Announced>,
    events: u64,
}

impl<'a> Histories<'a> {
    fn new(corpus: &Corpus, writing: &'a Writing) -> Done<Self> {
        let document = corpus.documents.first().ok_or("the corpus has no acceptable sidecar")?;
        let component = Component {
            name: "letter.pdf".into(),
            media_type: "application/pdf".into(),
            role: Role::Original,
            digests: chauban::digest::ContentDigests::of(b"letter"),
        };
        let like = super::record_body(document, 1, &component);
        let metadata = &document.metadata;
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
        let scope = writing.scope(Bucket::Permanent, actor)?;
        let (announcer, group) = (writing.announcer()?, Vec::with_capacity(GROUP));
        Ok(Self { writing, like, dossier, announcer, actor, scope, seed: 1, group, events: 0 })
    }

    /// A number below `below` (xorshift).
    fn number(&mut self, below: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % below
    }

    fn fill(&mut self) -> Done {
        let (mut records, mut dossiers) = (0, 0);
        let mut last: Option<(Uuid, Uuid)> = None;
        while records < RECORDS {
            dossiers += 1;
            let size = (1 + self.number(15)).min(RECORDS - records);
            records += size;
            let here = self.dossier(dossiers, size)?;
            if let Some(there) = last.filter(|_| dossiers % 50 == 0) {
                self.link(here, there)?;
            }
            last = Some(here);
        }
        self.commit()
    }

    /// A dossier with its records; its identifier and that of its first record.
    fn dossier(&mut self, number: u64, size: u64) -> Done<(Uuid, Uuid)> {
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
        let dossier = Dossier { file_code: code.parse()?, retention, ..self.dossier.clone() };
        let body = DossierBody::new(&dossier, "B.LT", Uuid::nil(), &[]);
        self.event(EventKind::DossierAccessioned, id, &body)?;
        let mut first = None;
        for ordinal in 1..=u32::try_from(size)? {
            let record = self.writing.new_id();
            first = first.or(Some(record));
            let body = self.record(&code, id, ordinal, &statement, year);
            self.event(EventKind::RecordAccessioned, record, &body)?;
        }
        let concerns = ConcernsBody { dossier: id.to_string(), record: None };
        if self.number(4) == 0 {
            let rule = format!("B/{}", self.number(RULES));
            let body = RetentionAssignedBody { concerns: concerns.clone(), rule, version: 1, reason: "bench".into() };
            self.event(EventKind::RetentionAssigned, id, &body)?;
        }
        if self.number(10) == 0 {
            let (kind, reason) = ("superseded".to_owned(), "bench".to_owned());
            let body = OccurrenceBody { concerns, kind, on: (year + 3).to_string(), reason };
            self.event(EventKind::OccurrenceRecorded, id, &body)?;
        }
        Ok((id, first.ok_or("a dossier has a record")?))
    }

    fn record(&self, code: &str, dossier: Uuid, ordinal: u32, statement: &str, year: i32) -> RecordBody {
        let doc_code = format!("{code}.{ordinal:07}");
        let place = RecordPlace { dossier, ordinal, archive_code: "B.LT", transfer: Uuid::nil() };
        RecordBody {
            dossier: place.dossier.to_string(),
            file_code: code.to_owned(),
            ordinal,
            arc_doc_code: format!("B.LT.{doc_code}"),
            doc_code,
            issued_date: format!("{year}-05-17"),
            maintenance_text: statement.to_owned(),
            identifier: None,
            raw: String::new(),
            ..self.like.clone()
        }
    }

    fn link(&mut self, here: (Uuid, Uuid), there: (Uuid, Uuid)) -> Done {
        let side = |(dossier, record): (Uuid, Uuid)| ConcernsBody {
            dossier: dossier.to_string(),
            record: Some(record.to_string()),
        };
        let body = RecordsLinkedBody { concerns: side(here), with: side(there), reason: "bench".into() };
        self.event(EventKind::RecordsLinked, here.1, &body)
    }

    fn event(&mut self, kind: EventKind, id: Uuid, body: &impl serde::Serialize) -> Done {
        let heading = Heading { kind, id, actor: self.actor, rule: None };
        self.group.push(self.announcer.with_body(heading, self.scope, Vec::new(), body)?);
        if self.group.len() == GROUP { self.commit() } else { Ok(()) }
    }

    fn commit(&mut self) -> Done {
        self.events += self.group.len() as u64;
        self.writing.commit(std::mem::replace(&mut self.group, Vec::with_capacity(GROUP)))?;
        Ok(())
    }
}
