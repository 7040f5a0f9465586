//! The plan of an ingest: which documents, in which dossiers, in which order.
//!
//! Walks folders without following links. A folder with `dossier.json` is a dossier folder; elsewhere each `X.json`
//! is the sidecar of `X.pdf`. Every file that belongs to nothing is named. Keeps paths and what forms the dossiers,
//! never contents.

use super::handed;
use crate::error::{Error, Result};
use crate::record::{AgencyCode, Dossier, FileCode};
use crate::text;
use crate::transfer::dossier_folder::{self, DossierFolder, FolderRecord};
use crate::transfer::finding::{Finding, FindingCode, quoted};
use crate::transfer::grouping::{self, Groups};
use crate::transfer::sidecar;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

const DEPTH_MAX: usize = 64;
const DOSSIER_JSON: &str = "dossier.json";

/// A document to be prepared.
#[derive(Debug)]
pub struct Task {
    /// Its number in the plan, from 0.
    pub number: u64,
    /// Where it lies, for messages.
    pub place: String,
    /// What it is.
    pub source: Source,
    /// Bytes of its files as they lie there: what its preparation takes of memory.
    pub size: u64,
}

/// What a task is.
#[derive(Debug)]
pub enum Source {
    /// A PDF with its sidecar.
    Loose {
        /// The sidecar.
        sidecar: PathBuf,
    },
    /// A record of a dossier folder.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The record.
        record: Box<FolderRecord>,
    },
    /// Refused already.
    Refused {
        /// Why.
        findings: Vec<Finding>,
    },
}

/// A dossier of the plan.
#[derive(Debug, Clone)]
pub struct PlannedDossier {
    /// As described by its documents.
    pub dossier: Dossier,
    /// What was found about it.
    pub findings: Vec<Finding>,
}

/// The plan.
#[derive(Default)]
pub struct Plan {
    /// Documents, dossier by dossier.
    pub tasks: Vec<Task>,
    /// Dossiers by code, as all their documents describe them.
    pub dossiers: BTreeMap<FileCode, PlannedDossier>,
    /// Those of them that a folder describes, and not its documents.
    pub described: BTreeMap<FileCode, PlannedDossier>,
    /// The tasks of the loose documents of each dossier.
    pub members: BTreeMap<FileCode, Range<usize>>,
    /// Findings about files that belong to nothing.
    pub stray: Vec<Finding>,
    /// The year of the accession.
    pub year: i32,
}

struct Loose {
    order: (FileCode, sidecar::SortId),
    sidecar: PathBuf,
    size: u64,
}

#[derive(Default)]
struct Walk {
    loose: Vec<Loose>,
    unreadable: Vec<(PathBuf, u64)>,
    folders: Vec<(PathBuf, DossierFolder)>,
    groups: Groups,
    plan: Plan,
}

/// Makes the plan of `paths`, in the year `year`.
pub fn make(paths: &[PathBuf], year: i32) -> Result<Plan> {
    let mut walk = Walk { plan: Plan { year, ..Plan::default() }, ..Walk::default() };
    for path in paths {
        // What the user names may be a link; what is found beyond it may not.
        let meta = fs::metadata(path).map_err(|error| {
            Error::not_found(format!("{} can't be read", path.display()))
                .remedy("name a folder of documents with sidecars, a dossier folder, or a sidecar")
                .because(error)
        })?;
        if meta.is_dir() {
            walk.folder(path, 0)?;
        } else if path.file_name().is_some_and(|name| name == DOSSIER_JSON) {
            walk.dossier(path.parent().unwrap_or(Path::new(".")));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            walk.sidecar(path.clone());
        } else if handed::spelled(&path.with_extension("json")).exists() {
            walk.sidecar(handed::spelled(&path.with_extension("json")));
        } else {
            return Err(Error::invalid(format!("{} has no sidecar", path.display()))
                .remedy("put X.json beside X.pdf, as schemas/sidecar.schema.json says"));
        }
    }
    Ok(walk.finish())
}

impl Plan {
    /// Refuses what goes to dossiers that are not `agency`'s or of those under it: as they are described, or as `holder`
    /// says that they are held.
    pub fn refuse_foreign(
        &mut self,
        agency: &AgencyCode,
        holder: impl Fn(&FileCode) -> Result<Option<String>>,
    ) -> Result<()> {
        let mut foreign = BTreeMap::new();
        for (code, planned) in &self.dossiers {
            let whose = [Some(planned.dossier.agency.to_string()), Some(code.agency().to_string()), holder(code)?];
            if let Some(other) = whose.into_iter().flatten().find(|whose| !agency.covers(whose)) {
                let finding = Finding::new(FindingCode::AgencyForeign, "").saying(format!("{code}: {other}"));
                foreign.insert(code.clone(), finding);
            }
        }
        self.refuse(&foreign);
        Ok(())
    }

    /// Refuses what goes to dossiers whose code is another's too. Every code is printed with the archive's before it, so one
    /// that begins with it may be another's printed form; and one may be that of a record. `is_taken` says whether the
    /// archive knows a code, or its printed form, as something else.
    pub fn refuse_ambiguous(&mut self, archive_code: &str, is_taken: impl Fn(&FileCode) -> Result<bool>) -> Result<()> {
        let mut refused = BTreeMap::new();
        for code in self.dossiers.keys() {
            let is_planned = || code.after(archive_code).is_some_and(|rest| self.dossiers.contains_key(&rest));
            let (what, detail) = match code.without_archive(archive_code) {
                Some(rest) => (FindingCode::DossierCodeOfArchive, format!("{code}: {archive_code} and {rest}")),
                None if code.may_be_a_record_s() => (FindingCode::DossierCodeOfRecord, code.to_string()),
                None if is_planned() || is_taken(code)? => (FindingCode::DossierCodeTaken, code.to_string()),
                None => continue,
            };
            refused.insert(code.clone(), Finding::new(what, "").field("file_code").saying(detail));
        }
        self.refuse(&refused);
        Ok(())
    }

    /// Refuses each document of these dossiers for what was found about them.
    fn refuse(&mut self, dossiers: &BTreeMap<FileCode, Finding>) {
        let ranges = dossiers.keys().filter_map(|code| Some((code, self.members.get(code)?.clone())));
        let loose: BTreeMap<usize, FileCode> =
            ranges.flat_map(|(code, range)| range.map(move |at| (at, code.clone()))).collect();
        for (at, task) in self.tasks.iter_mut().enumerate() {
            let code = match &task.source {
                Source::Loose { .. } => loose.get(&at),
                Source::Folder { record, .. } => Some(&record.metadata.file_code),
                Source::Refused { .. } => None,
            };
            if let Some(finding) = code.and_then(|code| dossiers.get(code)) {
                let findings = vec![Finding { place: task.place.clone(), ..finding.clone() }];
                task.source = Source::Refused { findings };
            }
        }
        for described in [&mut self.dossiers, &mut self.described] {
            described.retain(|code, _| !dossiers.contains_key(code));
        }
        self.members.retain(|code, _| !dossiers.contains_key(code));
    }
}

impl Walk {
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<()> {
        if depth > DEPTH_MAX {
            self.stray(folder, "folders are nested more than 64 deep");
            return Ok(());
        }
        if is_file(&folder.join(DOSSIER_JSON)) {
            return match self.dossier(folder) {
                Some(named) => self.unnamed(folder, "", &named, depth),
                None => Ok(()),
            };
        }
        let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                self.folder(&path, depth + 1)?;
            } else if !kind.is_file() {
                self.stray(&path, "links and special files are not followed");
            } else if path.extension().is_some_and(|extension| extension == "json") {
                self.sidecar(path);
            } else if !handed::spelled(&path.with_extension("json")).is_file() {
                self.stray(&path, "it has no sidecar");
            } else if path.extension().is_none_or(|extension| extension != "pdf") {
                self.stray(&path, "a sidecar X.json describes X.pdf alone; hand others over with a dossier.json");
            }
        }
        Ok(())
    }

    /// What lies in a dossier folder without being named by its `dossier.json`; `below`: the folder inside it.
    fn unnamed(&mut self, folder: &Path, below: &str, named: &BTreeSet<String>, depth: usize) -> Result<()> {
        let here = folder.join(below);
        if depth > DEPTH_MAX {
            self.stray(&here, "folders are nested more than 64 deep");
            return Ok(());
        }
        let mut entries = fs::read_dir(&here)?.collect::<std::io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let inside = name.to_str().map(|name| text::nfc(&format!("{below}{name}")));
            if entry.file_type()?.is_dir() {
                match inside {
                    Some(_) => {
                        self.unnamed(folder, &format!("{below}{}/", name.to_string_lossy()), named, depth + 1)?
                    }
                    None => self.stray(&entry.path(), "its name is not Unicode"),
                }
            } else if inside.is_none_or(|inside| inside != DOSSIER_JSON && !names(named, &inside)) {
                self.stray(&entry.path(), "the dossier.json of the folder does not name it");
            }
        }
        Ok(())
    }

    fn sidecar(&mut self, path: PathBuf) {
        let pdf = path.with_extension("pdf");
        if !pdf.file_name().and_then(|name| name.to_str()).is_some_and(dossier_folder::is_plain_path) {
            let place = pdf.display().to_string();
            let findings = vec![Finding::new(FindingCode::FileNameUnsafe, &place)];
            return self.task(place, Source::Refused { findings }, 0);
        }
        let bytes = read_limited(&path, sidecar::SIDECAR_BYTES_MAX as u64);
        let pdf = handed::spelled(&pdf);
        let size = length(&pdf);
        let name = path.display().to_string();
        match bytes.ok().and_then(|bytes| sidecar::glance(&bytes, &name)) {
            Some(glance) => {
                let order = (glance.file_code.clone(), glance.sort_id.clone());
                // A document without its file says nothing about its dossier.
                if is_file(&pdf) {
                    self.groups.add(glance);
                }
                self.loose.push(Loose { order, sidecar: path, size });
            }
            None => self.unreadable.push((path, size)),
        }
    }

    /// The files that the dossier names, if it can be read.
    fn dossier(&mut self, folder: &Path) -> Option<BTreeSet<String>> {
        let path = folder.join(DOSSIER_JSON);
        let name = path.display().to_string();
        let read = read_limited(&path, dossier_folder::DOSSIER_BYTES_MAX as u64 + 1);
        let read = read
            .map_err(|error| vec![Finding::new(FindingCode::FileUnreadable, name.clone()).saying(error.to_string())]);
        match read.and_then(|bytes| dossier_folder::read(&bytes, &name)) {
            Ok(mut described) => {
                let named = std::mem::take(&mut described.named);
                self.folders.push((folder.to_owned(), described));
                Some(named)
            }
            Err(findings) => {
                self.task(name, Source::Refused { findings }, 0);
                None
            }
        }
    }

    fn stray(&mut self, path: &Path, why: &str) {
        let finding = Finding::new(FindingCode::StrayFile, path.display().to_string()).saying(why);
        self.plan.stray.push(finding);
    }

    fn task(&mut self, place: String, source: Source, size: u64) {
        let number = self.plan.tasks.len() as u64;
        self.plan.tasks.push(Task { number, place, source, size });
    }

    fn finish(mut self) -> Plan {
        for group in self.groups.iter() {
            let planned = PlannedDossier { dossier: group.dossier(), findings: group.warnings() };
            self.plan.dossiers.insert(group.file_code().clone(), planned);
        }
        let mut loose = std::mem::take(&mut self.loose);
        // As `grouping` orders them.
        loose.sort_by(|a, b| {
            let [first, second] = [a, b].map(|document| document.sidecar.as_os_str().as_encoded_bytes());
            a.order.cmp(&b.order).then_with(|| first.cmp(second))
        });
        for document in loose {
            let place = document.sidecar.with_extension("pdf").display().to_string();
            let at = self.plan.tasks.len();
            self.plan.members.entry(document.order.0).or_insert(at..at).end = at + 1;
            self.task(place, Source::Loose { sidecar: document.sidecar }, document.size);
        }
        for (path, size) in std::mem::take(&mut self.unreadable) {
            let place = path.with_extension("pdf").display().to_string();
            self.task(place, Source::Loose { sidecar: path }, size);
        }
        for (folder, described) in std::mem::take(&mut self.folders) {
            for refused in described.refused {
                let place = format!("{} #{}", folder.display(), refused.ordinal);
                self.task(place, Source::Refused { findings: refused.findings }, 0);
            }
            for record in described.records {
                let place = format!("{} #{}", folder.display(), record.ordinal);
                let lengths = record.components.iter().map(|component| length(&folder.join(&component.file)));
                let size = lengths.fold(0, u64::saturating_add);
                self.task(place, Source::Folder { folder: folder.clone(), record: Box::new(record) }, size);
            }
            let code = described.dossier.file_code.clone();
            let planned = PlannedDossier { dossier: described.dossier, findings: described.findings };
            let (dossiers, described) = (&mut self.plan.dossiers, &mut self.plan.described);
            dossiers.entry(code.clone()).and_modify(|first| first.join(&planned)).or_insert_with(|| planned.clone());
            described.entry(code).and_modify(|first| first.join(&planned)).or_insert(planned);
        }
        for (code, planned) in self.plan.dossiers.iter_mut().chain(&mut self.plan.described) {
            planned.findings.extend(grouping::year_ahead(code, self.plan.year));
        }
        self.plan
    }
}

impl PlannedDossier {
    /// Takes in what a folder says of the same dossier: the longer period rules, the first title stays.
    fn join(&mut self, folder: &Self) {
        let (mine, other) = (&mut self.dossier, &folder.dossier);
        if mine.title != other.title {
            let finding = Finding::new(FindingCode::TitleDiffers, mine.file_code.as_str()).field("title");
            self.findings.push(finding.saying(format!("{}; {}", quoted(&mine.title), quoted(&other.title))));
        }
        if mine.retention.period != other.retention.period {
            let finding = Finding::new(FindingCode::PeriodDiffers, mine.file_code.as_str()).field("maintenance");
            let (one, two) = (quoted(&mine.retention.citation), quoted(&other.retention.citation));
            self.findings.push(finding.saying(format!("{one}; {two}")));
        }
        if other.retention.period > mine.retention.period {
            mine.retention = other.retention.clone();
        }
        self.findings.extend(folder.findings.iter().cloned());
    }
}

/// Whether a file is named, or something behind what should be a folder and is a link.
fn names(named: &BTreeSet<String>, path: &str) -> bool {
    let behind = format!("{path}/");
    named.contains(path) || named.range(behind.clone()..).next().is_some_and(|next| next.starts_with(&behind))
}

fn length(path: &Path) -> u64 {
    fs::symlink_metadata(handed::spelled(path)).map_or(0, |meta| meta.len())
}

/// Whether a file, and not a link to one, is there.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file())
}

/// Reads a file of at most `bytes_max` bytes and one more, so that the reader can tell it is too long.
pub fn read_limited(path: &Path, bytes_max: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let file = handed::open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len().min(bytes_max + 1)).unwrap_or(0));
    file.take(bytes_max + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
