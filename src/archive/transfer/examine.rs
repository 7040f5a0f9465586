//! Examining a transfer: what an ingest of it would find, with the same code, taking nothing.
//!
//! Packages are unpacked beside what was handed over, anew each time; one that can't be is a finding. Places are told as the
//! agency knows them: relative, below the name of the package.

use super::documents::Writer;
use super::folder::{EXAMINATION, Edit, Transfers};
use super::{Transfer, listing};
use crate::archive::ingest::{IngestOptions, Mode, Of, Outcome, Progress, ingest_of};
use crate::archive::writing::Writing;
use crate::error::{Error, Result};
use crate::transfer::finding::{Finding, FindingCode};
use crate::transfer::package::{Package, Unreadable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Findings that are kept one by one; the rest are counted.
const FINDINGS_MAX: usize = 10_000;
/// Bytes that the packages of one transfer unpack to.
const UNPACKED_BYTES_MAX: u64 = 1 << 40;

/// What an examination found.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Version of this form.
    pub v: u32,
    /// When it was made, RFC 3339.
    pub at: String,
    /// SHA-256 of the list of what was examined, hexadecimal.
    pub listing: String,
    /// Files handed over.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Documents found.
    pub documents: u64,
    /// Of those, which would be taken.
    pub acceptable: u64,
    /// Which would be refused.
    pub refused: u64,
    /// Which the archive has already.
    pub already_held: u64,
    /// What was found, in the order of documents.
    pub findings: Vec<Told>,
    /// Findings beyond those that are kept.
    pub left_out: u64,
    /// Documents by what their signatures lead to.
    pub signatures: BTreeMap<String, u64>,
}

/// A finding, as it is kept.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The file or record it is about, as the agency named it.
    pub place: String,
    /// Code of the finding.
    pub code: String,
    /// The field it is about.
    pub field: Option<String>,
    /// The facts of this case.
    pub detail: String,
}

/// News of an examination or an accession: documents done, of so many.
pub type Examined<'a> = &'a (dyn Fn(u64, u64) + Sync);

impl Examination {
    /// Whether what was examined may be submitted: it has documents, and no error.
    pub fn is_good(&self) -> bool {
        self.refused == 0
            && self.acceptable > 0
            && self.findings.iter().all(|told| !told.refuses())
            && self.left_out == 0
    }
}

impl Told {
    pub(super) fn new(unpacked: &Unpacked, finding: &Finding) -> Self {
        Self {
            place: unpacked.named(&finding.place),
            code: finding.code.code().to_owned(),
            field: finding.field.clone(),
            detail: unpacked.named(&finding.detail),
        }
    }

    /// What the code says; `None` for a code of a newer version.
    pub fn known(&self) -> Option<FindingCode> {
        self.code.parse().ok()
    }

    /// Whether it refuses a document.
    pub fn refuses(&self) -> bool {
        self.known().is_none_or(|code| Finding::new(code, "").refuses())
    }
}

impl Transfers {
    /// What the newest examination found; `None` where something changed since, or nobody examined.
    pub fn examination(&self, transfer: &Transfer) -> Result<Option<Examination>> {
        self.read(transfer.id, EXAMINATION)
    }
}

/// Examines a transfer.
pub fn examine(
    transfers: &Transfers,
    archive: &Writing,
    transfer: &Transfer,
    _whole: &Edit,
    told: Examined<'_>,
) -> Result<Examination> {
    transfers.changed(transfer.id)?;
    let listing = listing::list(&transfers.place(transfer.id))?;
    let mut examination = Examination {
        v: 1,
        at: archive.now().to_string(),
        listing: listing.sha256.to_string(),
        files: listing.files,
        bytes: listing.bytes,
        documents: 0,
        acceptable: 0,
        refused: 0,
        already_held: 0,
        findings: Vec::new(),
        left_out: 0,
        signatures: BTreeMap::new(),
    };
    let unpacked = unpack(transfers, transfer)?;
    for finding in &unpacked.findings {
        examination.take(&unpacked, finding);
    }
    let options = options(unpacked.paths.clone(), transfer, Mode::DryRun);
    let of = of(transfer)?;
    let (mut done, mut documents, mut kept) = (0, Writer::new(transfers, transfer.id)?, Ok(()));
    let summary = ingest_of(archive, &of, &options, &mut |news| match news {
        Progress::Planned { documents, .. } => {
            examination.documents = documents;
            told(0, documents);
        }
        Progress::Found(finding) => examination.take(&unpacked, &finding),
        Progress::Document { place, outcome, findings, seen } => {
            done += 1;
            told(done, examination.documents);
            if let (Some(seen), Ok(())) = (seen, &kept) {
                kept = documents.add(&unpacked, (&place, &outcome), &findings, &seen);
            }
            if !matches!(outcome, Outcome::AlreadyHeld { .. }) || findings.len() > 1 {
                findings.iter().for_each(|finding| examination.take(&unpacked, finding));
            }
        }
    })?;
    kept?;
    documents.finish()?;
    (examination.acceptable, examination.refused) = (summary.taken, summary.refused);
    (examination.already_held, examination.signatures) = (summary.already_held, summary.signatures);
    transfers.write(transfer.id, EXAMINATION, &examination)?;
    Ok(examination)
}

impl Examination {
    fn take(&mut self, unpacked: &Unpacked, finding: &Finding) {
        if self.findings.len() >= FINDINGS_MAX {
            self.left_out += 1;
            return;
        }
        self.findings.push(Told::new(unpacked, finding));
    }
}

/// What an ingest reads of a transfer.
pub(super) struct Unpacked {
    /// Folders.
    pub paths: Vec<PathBuf>,
    /// Packages that can't be unpacked.
    pub findings: Vec<Finding>,
    home: String,
}

impl Unpacked {
    /// Where a path lies in the folder of the transfer.
    pub fn inside(&self, path: &Path) -> Option<String> {
        path.strip_prefix(&self.home).ok()?.to_str().map(str::to_owned)
    }

    /// A text without our folders in it: places as the agency knows them.
    pub fn named(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for folder in ["handed", "unpacked", "packages"] {
            text =
                text.replace(&format!("{}/{folder}/", self.home), "").replace(&format!("{}/{folder}", self.home), "");
        }
        text.replace(&self.home, "")
    }
}

/// Unpacks the packages of a transfer, each into a folder of its own name.
pub(super) fn unpack(transfers: &Transfers, transfer: &Transfer) -> Result<Unpacked> {
    let place = transfers.place(transfer.id);
    let (handed, target) = (place.join("handed"), place.join("unpacked"));
    match fs::remove_dir_all(&target) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut unpacked = Unpacked { paths: Vec::new(), findings: Vec::new(), home: place.display().to_string() };
    if handed.is_dir() {
        unpacked.paths.push(handed);
    }
    let mut bytes = 0u64;
    for listed in transfers.disk.list(&format!("{}/packages", transfer.id))? {
        let package = place.join("packages").join(&listed.name);
        let folder = target.join(&listed.name);
        match unpack_one(transfers, &package, &folder, &mut bytes) {
            Ok(()) => unpacked.paths.push(folder),
            Err(Unreadable::Io(error)) => return Err(Error::from(error)),
            Err(why) => {
                let finding = Finding::new(FindingCode::FileUnreadable, listed.name.as_str()).saying(why.to_string());
                unpacked.findings.push(finding);
            }
        }
    }
    if unpacked.paths.is_empty() && unpacked.findings.is_empty() {
        return Err(Error::conflict("nothing was handed over yet"));
    }
    Ok(unpacked)
}

fn unpack_one(transfers: &Transfers, package: &Path, folder: &Path, bytes: &mut u64) -> Result<(), Unreadable> {
    let mut package = Package::open(BufReader::new(File::open(package)?))?;
    *bytes = bytes.saturating_add(package.unpacked_bytes());
    if *bytes > UNPACKED_BYTES_MAX || transfers.has_room(package.unpacked_bytes()).is_err() {
        return Err(Unreadable::Limit("unpacked bytes"));
    }
    fs::create_dir_all(folder)?;
    for entry in package.entries.clone() {
        let clash = |_| Unreadable::Entry { name: entry.name.clone(), why: "a file and a folder have one name" };
        let path = folder.join(&entry.name);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(clash)?;
        let mut out = BufWriter::new(File::create_new(&path).map_err(clash)?);
        package.unpack(&entry, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

pub(super) fn options(paths: Vec<PathBuf>, transfer: &Transfer, mode: Mode) -> IngestOptions {
    IngestOptions { paths, actor: transfer.by.clone(), mode, threads: 0, evidence: Vec::new() }
}

pub(super) fn of(transfer: &Transfer) -> Result<Of> {
    let agency = transfer.agency.parse().map_err(|_| Error::corrupt("the agency of a transfer can't be read"))?;
    Ok(Of { transfer: Some(transfer.id), agency: Some(agency) })
}
