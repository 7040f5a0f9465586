//! Registering: in the planned order, gives each document its place and hands it to the sequencer.
//!
//! One thread, so that ordinals have no gaps and the same document twice in one transfer is seen. What was submitted
//! is reported when it is durable, not before.

use super::super::announce::{Announced, Announcer, Heading};
use super::super::body::{DossierBody, FindingBody, RecordBody, RecordPlace, TombstoneBody};
use super::super::check_signature::Checker;
use super::super::project;
use super::super::sequencer::{Answer, Chain, Submission, answers};
use super::super::validation::Capture;
use super::super::writing::{Writing, bucket_of};
use super::in_order::InOrder;
use super::plan::{Plan, Task};
use super::prepare::{Held, Prepared, Ready};
use super::seen::Seen;
use super::settle::{Settled, settle};
use super::terms::Terms;
use super::{Mode, Outcome, Progress, Summary};
use crate::catalog::{Identified, Named};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::record::{self, Component, Dossier, FileCode};
use crate::transfer::Identifier;
use crate::transfer::finding::{Finding, FindingCode};
use crate::transfer::grouping::{self, Group};
use crossbeam_channel::{Receiver, Sender};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// Submissions that wait for their answer at most: bounds what is in memory.
const UNANSWERED_MAX: usize = 512;

/// A dossier that documents of this transfer go to.
struct OpenDossier {
    id: Uuid,
    bucket: Bucket,
    next_ordinal: u32,
}

struct Waiting {
    place: String,
    record: Uuid,
    doc_code: String,
    findings: Vec<Finding>,
}

/// Who ingests, and as which transfer.
#[derive(Clone, Copy)]
pub struct Whose {
    /// Who.
    pub actor: ActorId,
    /// Which.
    pub transfer: Uuid,
}

/// The register of one ingest.
pub struct Register<'a> {
    archive: &'a Writing,
    plan: &'a Plan,
    actor: ActorId,
    transfer: Uuid,
    mode: Mode,
    announcer: Announcer,
    checker: &'a Checker,
    capture: Capture,
    terms: &'a Terms<'a>,
    dossiers: HashMap<FileCode, OpenDossier>,
    /// Dossiers that a dry run would open or supplement.
    would_open: HashSet<FileCode>,
    held: HashMap<(Sha256, FileCode), Uuid>,
    /// What documents that are held say of their dossiers.
    held_groups: BTreeMap<FileCode, Group>,
    /// Which record of this transfer has an identifier, and the number of its task.
    identified: HashMap<String, (Uuid, u64)>,
    waiting: HashMap<u64, Waiting>,
    /// A record builds on the accession of its dossier, and on the ordinals before its own.
    chain: Chain,
    reply: Sender<Answer>,
    answers: Receiver<Answer>,
    next_tag: u64,
    /// What a dry run saw of the document that is being taken.
    seen: Option<Box<Seen>>,
    summary: Summary,
}

impl<'a> Register<'a> {
    /// An empty register.
    pub fn new(terms: &'a Terms<'a>, checker: &'a Checker, whose: Whose, mode: Mode) -> Result<Self> {
        let Terms { archive, plan, .. } = *terms;
        let Whose { actor, transfer } = whose;
        let (reply, answers) = answers();
        if mode == Mode::Accession {
            let mut buckets: Vec<Bucket> =
                plan.dossiers.values().map(|planned| bucket_of(&planned.dossier.retention)).collect();
            buckets.sort();
            buckets.dedup();
            archive.scopes(&buckets, actor)?;
        }
        Ok(Self {
            archive,
            plan,
            actor,
            transfer,
            mode,
            announcer: archive.announcer()?,
            checker,
            capture: Capture::default(),
            terms,
            dossiers: HashMap::new(),
            would_open: HashSet::new(),
            held_groups: BTreeMap::new(),
            held: HashMap::new(),
            identified: HashMap::new(),
            waiting: HashMap::new(),
            chain: Chain::default(),
            reply,
            answers,
            next_tag: 0,
            seen: None,
            summary: Summary::default(),
        })
    }

    /// Reports what the plan itself found.
    pub fn start(&mut self, progress: &mut dyn FnMut(Progress)) {
        let of_dossiers = self.plan.dossiers.values().flat_map(|planned| planned.findings.iter());
        for finding in self.plan.stray.iter().chain(of_dossiers) {
            self.summary.count(std::slice::from_ref(finding));
            progress(Progress::Found(finding.clone()));
        }
    }

    /// Takes the next document of the plan.
    pub fn take(
        &mut self,
        task: &Task,
        mut prepared: Prepared,
        ahead: &mut InOrder<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<()> {
        self.seen = (self.mode == Mode::DryRun).then(|| Seen::of(task, &mut prepared));
        while self.waiting.len() >= UNANSWERED_MAX {
            self.answer(progress)?;
        }
        while let Ok(answer) = self.answers.try_recv() {
            self.answered(answer, progress)?;
        }
        self.summary.bytes = self.summary.bytes.saturating_add(task.size);
        match prepared {
            Prepared::Ready(ready) => self.ready(task, *ready, ahead, progress),
            Prepared::AlreadyHeld(held) => self.already_held(task, &held, progress),
            Prepared::Refused(findings) => {
                self.summary.refused += 1;
                self.done(task.place.clone(), Outcome::Refused, findings, progress);
                Ok(())
            }
            Prepared::Failed(error) => Err(error),
        }
    }

    /// Waits for every answer; the numbers.
    pub fn finish(mut self, progress: &mut dyn FnMut(Progress)) -> Result<Summary> {
        while !self.waiting.is_empty() {
            self.answer(progress)?;
        }
        self.compare_held(progress)?;
        Ok(self.summary)
    }

    /// Says where a dossier that got nothing new is described otherwise than it is held.
    fn compare_held(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<()> {
        let described = self.plan.described.iter().map(|(code, planned)| (code, Described::Folder(&planned.dossier)));
        let groups = std::mem::take(&mut self.held_groups);
        let documents = groups.iter().map(|(code, group)| (code, Described::Documents(group)));
        for (code, described) in described.chain(documents) {
            if self.dossiers.contains_key(code) || self.would_open.contains(code) {
                continue;
            }
            let Some(Named::Dossier(id)) = self.archive.catalog.named(code.as_str()).map_err(project::catalog)? else {
                continue;
            };
            let held = self.held_dossier(id, code)?;
            let findings = match described {
                Described::Folder(dossier) => grouping::differences_of_folder(dossier, &held),
                Described::Documents(group) => group.differences(&held),
            };
            self.summary.count(&findings);
            findings.into_iter().for_each(|finding| progress(Progress::Found(finding)));
        }
        Ok(())
    }

    fn held_dossier(&self, id: Uuid, code: &FileCode) -> Result<Dossier> {
        let bytes = self.archive.catalog.body(id).map_err(project::catalog)?;
        let held = bytes.and_then(|bytes| serde_json::from_slice::<DossierBody>(&bytes).ok()?.read());
        held.ok_or_else(|| Error::corrupt(format!("dossier {code} can't be read from the catalog")))
    }

    fn ready(
        &mut self,
        task: &Task,
        mut ready: Ready,
        ahead: &mut InOrder<'_>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<()> {
        let file_code = ready.metadata.file_code.clone();
        if !self.plan.dossiers.contains_key(&file_code) {
            // The sidecar or its file changed since the plan was made.
            let finding = Finding::new(FindingCode::FileUnreadable, &task.place).saying("it changed during the ingest");
            self.summary.refused += 1;
            self.done(task.place.clone(), Outcome::Refused, vec![finding], progress);
            return Ok(());
        }
        let digests: Vec<Sha256> = ready.components.iter().map(|sealed| sealed.component.digests.sha256).collect();
        let content = record::content_of(&digests).ok_or_else(|| Error::invalid("a record without a component"))?;
        if let Some(record) = self.held.get(&(content, file_code.clone())) {
            let record = *record;
            // It is held once the first is durable, not before.
            while self.waiting.values().any(|waiting| waiting.record == record) {
                self.answer(progress)?;
            }
            let held = Held { record, metadata: ready.metadata, glance: ready.glance };
            return self.already_held(task, &held, progress);
        }
        let record = self.archive.new_id();
        self.held.insert((content, file_code.clone()), record);
        if let Some(identifier) = Identifier::of(&ready.metadata) {
            self.check_identifier(&identifier, record, task, &mut ready.findings)?;
        }
        if let Some(finding) = self.terms.refuse(&file_code, &task.place)? {
            self.refuse(task, ready.findings, finding, progress);
            return Ok(());
        }
        if self.mode == Mode::DryRun {
            self.summary.taken += 1;
            self.summary.examined(ready.examination.as_ref());
            self.would_open(&file_code)?;
            self.done(task.place.clone(), Outcome::Acceptable, ready.findings, progress);
            return Ok(());
        }
        let mut events = Vec::with_capacity(2);
        if !self.dossiers.contains_key(&file_code) {
            let settled = settle(self.plan, &file_code, (task, ready.glance.as_ref()), ahead)?;
            let settled = settled.ok_or_else(|| Error::invalid(format!("no dossier {file_code} planned")))?;
            // What was planned counted documents that are refused since.
            let settled_retention = Some(&settled.planned.dossier.retention);
            if let Some(finding) = self.terms.refuse_as(&file_code, settled_retention, &task.place)? {
                self.refuse(task, ready.findings, finding, progress);
                return Ok(());
            }
            let open = self.open_dossier(&settled, &mut events, progress)?;
            self.dossiers.insert(file_code.clone(), open);
        }
        let dossier = self.dossiers.get_mut(&file_code).expect("opened just above");
        let place = RecordPlace {
            dossier: dossier.id,
            ordinal: dossier.next_ordinal,
            archive_code: &self.archive.format.archive_code,
            transfer: self.transfer,
        };
        dossier.next_ordinal += 1;
        let components: Vec<Component> = ready.components.iter().map(|sealed| sealed.component.clone()).collect();
        let mut body = RecordBody::new(&ready.metadata, &place, &components);
        body.signatures = ready.signatures;
        body.findings = ready.findings.iter().map(FindingBody::from).collect();
        body.raw = ready.raw;
        body.examination = ready.examination;
        // Beside the components the two bodies: of the record, and of the validation run.
        let objects = ready.components.len() as u64 + 2;
        let scope = self.archive.scope_with_room(dossier.bucket, objects, self.actor)?;
        let heading = Heading { kind: EventKind::RecordAccessioned, id: record, actor: self.actor, rule: None };
        events.push(self.announcer.with_body(heading, scope, ready.components, &body)?);
        if let Some(run) = ready.run {
            let evidence =
                self.capture.announce(self.archive, &mut self.announcer, self.checker, &run.evidence, self.actor)?;
            events.extend(evidence);
            let heading = Heading { kind: EventKind::SignaturesValidated, id: record, actor: self.actor, rule: None };
            events.push(self.announcer.with_body(heading, scope, Vec::new(), &run.body)?);
        }
        self.summary.examined(body.examination.as_ref());
        let waiting = Waiting { place: task.place.clone(), record, doc_code: body.doc_code, findings: ready.findings };
        self.submit(events, waiting)
    }

    fn refuse(
        &mut self,
        task: &Task,
        mut findings: Vec<Finding>,
        finding: Finding,
        progress: &mut dyn FnMut(Progress),
    ) {
        findings.push(finding);
        self.summary.refused += 1;
        self.done(task.place.clone(), Outcome::Refused, findings, progress);
    }

    fn check_identifier(
        &mut self,
        identifier: &Identifier,
        record: Uuid,
        task: &Task,
        findings: &mut Vec<Finding>,
    ) -> Result<()> {
        let other = match self.identified.get(identifier.as_str()) {
            Some((_, number)) if self.mode == Mode::DryRun => Some(self.plan.tasks[*number as usize].place.clone()),
            Some((held, _)) => Some(format!("record {held}")),
            None => {
                let held = self.archive.catalog.identified(Identified::of(identifier.as_str()));
                let held = held.map_err(project::catalog)?;
                held.map(|held| self.archive.tombstone(held).map(|gone| named(held, gone.as_ref()))).transpose()?
            }
        };
        match other {
            Some(other) => {
                let detail = format!("{identifier}: {other} has it too");
                findings.push(Finding::new(FindingCode::DuplicateIdentifier, &task.place).saying(detail));
            }
            None => {
                self.identified.insert(identifier.as_str().to_owned(), (record, task.number));
            }
        }
        Ok(())
    }

    /// Counts the dossier that a document would go to (dry run).
    fn would_open(&mut self, file_code: &FileCode) -> Result<()> {
        if !self.would_open.insert(file_code.clone()) {
            return Ok(());
        }
        match self.archive.catalog.named(file_code.as_str()).map_err(project::catalog)? {
            Some(_) => self.summary.supplemented += 1,
            None => self.summary.dossiers += 1,
        }
        Ok(())
    }

    /// The dossier a document goes to: a new one, or a supplement to one that is held.
    fn open_dossier(
        &mut self,
        settled: &Settled,
        events: &mut Vec<Announced>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<OpenDossier> {
        let planned = &settled.planned;
        let code = &planned.dossier.file_code;
        match self.archive.catalog.named(code.as_str()).map_err(project::catalog)? {
            Some(Named::Dossier(id)) => self.supplement(id, settled, events, progress),
            Some(Named::Record(_)) => Err(Error::conflict(format!("{code} is the code of a record"))),
            None => {
                let id = self.archive.new_id();
                events.push(self.dossier_event(
                    EventKind::DossierAccessioned,
                    id,
                    &planned.dossier,
                    &planned.findings,
                )?);
                self.summary.dossiers += 1;
                Ok(OpenDossier { id, bucket: bucket_of(&planned.dossier.retention), next_ordinal: 1 })
            }
        }
    }

    fn supplement(
        &mut self,
        id: Uuid,
        Settled { planned, group }: &Settled,
        events: &mut Vec<Announced>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<OpenDossier> {
        let code = &planned.dossier.file_code;
        let held = self.held_dossier(id, code)?;
        let findings = match group {
            Some(group) => group.supplement(&held),
            None => grouping::supplement_by_folder(&planned.dossier, &held),
        };
        let mut dossier = held.clone();
        if planned.dossier.retention.period > held.retention.period {
            dossier.retention = planned.dossier.retention.clone();
            events.push(self.dossier_event(EventKind::DossierAmended, id, &dossier, &findings)?);
        }
        self.summary.count(&findings);
        findings.into_iter().for_each(|finding| progress(Progress::Found(finding)));
        self.summary.supplemented += 1;
        let last = self.archive.catalog.last_ordinal(id).map_err(project::catalog)?;
        Ok(OpenDossier { id, bucket: bucket_of(&dossier.retention), next_ordinal: last + 1 })
    }

    fn dossier_event(
        &mut self,
        kind: EventKind,
        id: Uuid,
        dossier: &Dossier,
        findings: &[Finding],
    ) -> Result<Announced> {
        let scope = self.archive.scope(bucket_of(&dossier.retention), self.actor)?;
        let rule = if dossier.retention.verified { "retention/verified" } else { "retention/stated-unverified" };
        let heading = Heading { kind, id, actor: self.actor, rule: Some(rule.to_owned()) };
        let body = DossierBody::new(dossier, &self.archive.format.archive_code, self.transfer, findings);
        self.announcer.with_body(heading, scope, Vec::new(), &body)
    }

    fn submit(&mut self, events: Vec<Announced>, waiting: Waiting) -> Result<()> {
        let tag = self.next_tag;
        self.next_tag += 1;
        self.waiting.insert(tag, waiting);
        self.archive.sequencer.submit(Submission { events, chain: self.chain.clone(), tag, reply: self.reply.clone() })
    }

    fn answer(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<()> {
        let answer = self.answers.recv().map_err(|_| Error::unavailable("the sequencer has stopped"))?;
        self.answered(answer, progress)
    }

    fn answered(&mut self, answer: Answer, progress: &mut dyn FnMut(Progress)) -> Result<()> {
        let Some(waiting) = self.waiting.remove(&answer.tag) else { return Ok(()) };
        let committed = answer.result?;
        let accession = committed.iter().find(|event| event.entry.kind == EventKind::RecordAccessioned);
        let index = accession.map_or(0, |event| event.index);
        self.summary.taken += 1;
        let outcome = Outcome::Taken { record: waiting.record, doc_code: waiting.doc_code, index };
        self.done(waiting.place, outcome, waiting.findings, progress);
        Ok(())
    }

    /// In a dry run the record may be one of this transfer, which nobody can ask for.
    fn already_held(
        &mut self,
        task: &Task,
        Held { record, metadata, glance }: &Held,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<()> {
        self.summary.already_held += 1;
        if let Some(glance) = glance {
            let code = metadata.file_code.clone();
            self.held_groups.entry(code).and_modify(|group| group.add(glance)).or_insert_with(|| Group::of(glance));
        }
        let held = self.archive.catalog.body(*record).map_err(project::catalog)?;
        let outcome = Outcome::AlreadyHeld { record: held.as_ref().map(|_| *record) };
        let held = held.and_then(|bytes| serde_json::from_slice::<RecordBody>(&bytes).ok());
        let differing = held.as_ref().map_or_else(Vec::new, |held| held.differing(metadata));
        let finding = match (held, differing.as_slice()) {
            (None, _) => Finding::new(FindingCode::AlreadyHeld, &task.place).saying("earlier in this transfer"),
            (Some(held), []) => {
                Finding::new(FindingCode::AlreadyHeld, &task.place).saying(format!("record {}", held.doc_code))
            }
            (Some(held), fields) => Finding::new(FindingCode::HeldDiffers, &task.place).saying(format!(
                "record {}: {}",
                held.doc_code,
                fields.join(", ")
            )),
        };
        self.done(task.place.clone(), outcome, vec![finding], progress);
        Ok(())
    }

    fn done(&mut self, place: String, outcome: Outcome, findings: Vec<Finding>, progress: &mut dyn FnMut(Progress)) {
        self.summary.count(&findings);
        progress(Progress::Document { place, outcome, findings, seen: self.seen.take() });
    }
}

/// Who describes a dossier.
enum Described<'a> {
    /// A dossier folder.
    Folder(&'a Dossier),
    /// Its documents' sidecars.
    Documents(&'a Group),
}

/// A record that has an identifier already, or had it.
fn named(record: Uuid, tombstone: Option<&TombstoneBody>) -> String {
    match tombstone {
        Some(gone) => format!("record {record}, destroyed by law in disposal case {},", gone.case),
        None => format!("record {record}"),
    }
}
