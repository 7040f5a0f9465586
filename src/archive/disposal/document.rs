//! The signed documents of a case: examined when they are handed in, kept as components of the acts that rest on them.
//!
//! The law wants each step of a disposal in writing, signed: list with justification, decision on the council and its
//! minutes, appraisal opinion, decision, destruction minutes (Law 01/2011 Art. 28; Circular 06/2025, read in secondary
//! sources). That the signature be digital follows for electronic documents (Decree 30/2020); paper that was signed by
//! hand is a document as well. So: a file with signatures that all pass stands as *signed*; one without, or whose
//! signatures can't be decided with what is at hand, only on a reason in words, and says so for ever; one that was
//! altered after it was signed never. Closing and aborting a case ask for no document: what is said is written down.

use crate::archive::announce::{Announced, Announcer, SealedComponent};
use crate::archive::body::{DocumentBody, DocumentSignatureBody};
use crate::archive::check_signature::{Checked, Checker, PolicyChoice, Question};
use crate::archive::object::Opener;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::validation::{Capture, seal};
use crate::archive::writing::Writing;
use crate::catalog::EventRow;
use crate::cipher::ObjectKey;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::ActorId;
use crate::signature::judge::Indication;
use crate::signature::judge::verdict::Shown;
use crate::signature::report::Mode;
use crate::text::fold;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Longest document of a case, bytes: a list of 100,000 items has some 20 MB as PDF.
pub const DOCUMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest file name, bytes.
const NAME_BYTES_MAX: usize = 255;
/// Signatures of a document that are described one by one; the report has all.
const SIGNATURES_MAX: usize = 100;

/// A file that is handed in for an act.
#[derive(Debug, Clone)]
pub struct Handed {
    /// Its file name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why it is to be believed.
    pub rests: Rests,
    /// Revocation lists, OCSP answers and certificates for its signatures; files or folders.
    pub evidence: Vec<PathBuf>,
}

/// Why a document is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rests {
    /// By its signatures, which must pass.
    Signatures,
    /// For this reason, although no signature of it is proven: it was signed on paper, for example.
    Reason(String),
    /// It is what the program wrote down of what somebody said.
    Statement,
}

/// A document that was examined, ready to be recorded with its act.
pub(in crate::archive) struct Examined {
    /// What the event says of it.
    pub body: DocumentBody,
    checker: Checker,
    checked: Option<Checked>,
    bytes: Vec<u8>,
}

/// What a standing of a document means, Vietnamese and English.
pub fn standing_words(standing: &str) -> (&'static str, &'static str) {
    match standing {
        "signed" => ("chữ ký số hợp lệ", "digitally signed, and the signatures pass"),
        "undecided" => ("CHỮ KÝ SỐ CHƯA XÁC ĐỊNH ĐƯỢC HIỆU LỰC", "SIGNED, BUT THE SIGNATURES COULD NOT BE DECIDED"),
        "unsigned" => ("KHÔNG CÓ CHỮ KÝ SỐ", "NO DIGITAL SIGNATURE"),
        "statement" => {
            ("ghi nhận của chương trình, không phải văn bản ký", "written down by the program; nobody signed")
        }
        _ => ("không rõ", "unknown"),
    }
}

impl DocumentBody {
    /// Whether a passed signature bears a person's name, whatever its case and marks; `None` where none is proven. An
    /// agency's signature bears the agency's: then a person must look who acted.
    pub fn is_signed_by(&self, name: &str) -> Option<bool> {
        let name = fold(name);
        let mut passed = self.signatures.iter().filter(|one| one.indication == Indication::Passed.total());
        (self.standing == "signed").then(|| passed.any(|one| fold(&one.signer).contains(&name)))
    }
}

impl Handed {
    /// Reads a file.
    pub fn read(path: &Path, rests: Rests, evidence: Vec<PathBuf>) -> Result<Self> {
        let can_not = |error| Error::file("can't read", path, error);
        if path.metadata().map_err(can_not)?.len() > DOCUMENT_BYTES_MAX {
            return Err(Error::invalid(format!("{} is longer than {} MiB", path.display(), DOCUMENT_BYTES_MAX >> 20)));
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, bytes: std::fs::read(path).map_err(can_not)?, rests, evidence })
    }

    /// What somebody said, as the program writes it down.
    pub(super) fn statement(lines: &[String]) -> Self {
        let bytes = format!("chauban disposal statement 1\n{}\n", lines.join("\n")).into_bytes();
        Self { name: "statement.txt".to_owned(), bytes, rests: Rests::Statement, evidence: Vec::new() }
    }

    /// Judges it by the archive's anchors, or says why it can't be taken.
    pub(in crate::archive) fn examine(self, archive: &Writing) -> Result<Examined> {
        let mut checker = Checker::new(PolicyChoice::Vietnam)?;
        let (name, sha256) = (self.name.clone(), Sha256::of(&self.bytes));
        if name.is_empty() || name.len() > NAME_BYTES_MAX || self.bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            return Err(Error::invalid("a document has a name of 1 to 255 bytes and at most 64 MiB"));
        }
        if self.bytes.is_empty() {
            return Err(Error::invalid(format!("the document {name:?} has no bytes")));
        }
        if self.rests == Rests::Statement {
            let body = body(name, sha256, "statement", None);
            return Ok(Examined { body, checker, checked: None, bytes: self.bytes });
        }
        checker.trust_anchors(&archive.anchors()?);
        archive.take_evidence_in_force(&mut checker, archive.now())?;
        for path in &self.evidence {
            for file in checker.take_evidence(path)? {
                tracing::warn!(file = %file.path.display(), "left out of the evidence: {}", file.why);
            }
        }
        let at = archive.now().instant();
        let checked = checker.judge(&Question {
            bytes: &self.bytes,
            detached: None,
            name: &name,
            media_type: "",
            at,
            record: None,
            proofs: &[],
        });
        let standing = standing(&checked).ok_or_else(|| altered(&name))?;
        let because = match (standing, &self.rests) {
            ("signed", _) => None,
            (_, Rests::Reason(reason)) => Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
            (_, Rests::Signatures | Rests::Statement) => return Err(unproven(&name, standing, &checked)),
        };
        if standing != "signed" && because.is_none() {
            return Err(unproven(&name, standing, &checked));
        }
        let mut body = body(name, sha256, standing, because);
        body.signatures = signatures(&checked);
        if !body.signatures.is_empty() {
            body.report = Some(checker.report_of(&checked, Mode::OnDemand)?);
        }
        Ok(Examined { body, checker, checked: Some(checked), bytes: self.bytes })
    }
}

impl Examined {
    /// Its component, and the events that capture what its verdict rests on: they come before its act.
    pub fn seal(
        &self,
        archive: &Writing,
        announcer: &mut Announcer,
        actor: ActorId,
    ) -> Result<(Vec<Announced>, SealedComponent)> {
        let mut before = Vec::new();
        if let Some(checked) = self.checked.as_ref().filter(|_| self.body.report.is_some()) {
            let mut evidence = self.checker.used(&checked.judged);
            evidence.extend(self.checker.basis());
            evidence.sort_unstable();
            evidence.dedup();
            before = Capture::default().announce(archive, announcer, &self.checker, &evidence, actor)?;
        }
        let media_type = if self.bytes.starts_with(b"%PDF-") { "application/pdf" } else { "application/octet-stream" };
        let component = seal(archive, announcer, (&self.body.name, media_type), &self.bytes)?;
        Ok((before, component))
    }
}

impl Archive {
    /// The bytes of a document of a case, by the ledger index of its event; they have the digest that its body states.
    pub fn disposal_document(&self, case: Uuid, index: u64) -> Result<Vec<u8>> {
        let damaged = || Error::corrupt(format!("the document of entry {index} is damaged"));
        let event = self.catalog.event(case, index).map_err(project::catalog)?.ok_or_else(damaged)?;
        let sha256 = self.acted(case, &event)?.document.ok_or_else(damaged)?.sha256;
        self.document_of(&event, &sha256)?.ok_or_else(damaged)
    }

    /// The document that came with an event, where it has this SHA-256.
    pub(in crate::archive) fn document_of(&self, event: &EventRow, sha256: &str) -> Result<Option<Vec<u8>>> {
        let secrets = self.secrets(event)?;
        let Some((object, (_, secrets))) = event.objects.first().zip(secrets.first()) else { return Ok(None) };
        let key = ObjectKey::derive(&secrets.data_key, self.format.archive, object.id);
        let mut opener = Opener::new(b"")?;
        let mut bytes = Vec::new();
        for (part, at) in (0u32..).zip(&object.parts) {
            bytes.extend_from_slice(&self.part(&mut opener, &key, part, *at)?);
        }
        Ok((Sha256::of(&bytes).to_string() == sha256).then_some(bytes))
    }
}

fn body(name: String, sha256: Sha256, standing: &str, because: Option<String>) -> DocumentBody {
    let (sha256, standing) = (sha256.to_string(), standing.to_owned());
    DocumentBody { name, sha256, standing, because, made: None, signatures: Vec::new(), report: None }
}

/// How a document stands by its signatures; `None` where one of them says that it was altered, or never was good.
fn standing(checked: &Checked) -> Option<&'static str> {
    let verdicts = &checked.judged.validation.signatures;
    let is_as_signed = |shown: Shown| matches!(shown, Shown::AsSigned | Shown::EvidenceAdded | Shown::FilledAndSigned);
    let is_altered = |shown: Shown| matches!(shown, Shown::ChangedLater | Shown::NotSigned);
    if verdicts.iter().any(|one| one.conclusion.indication == Indication::Failed || is_altered(one.shown)) {
        return None;
    }
    Some(match verdicts.as_slice() {
        [] => "unsigned",
        all if all.iter().all(|one| one.conclusion.passed() && is_as_signed(one.shown)) => "signed",
        _ => "undecided",
    })
}

fn signatures(checked: &Checked) -> Vec<DocumentSignatureBody> {
    let facts = &checked.judged.facts;
    let verdicts = checked.judged.validation.signatures.iter().take(SIGNATURES_MAX);
    let described = verdicts.map(|verdict| {
        let certificate = verdict.certificate.and_then(|id| facts.certificates.get(id.0));
        DocumentSignatureBody {
            signer: certificate.map_or_else(String::new, |certificate| certificate.subject.clone()),
            indication: verdict.conclusion.indication.total().to_owned(),
            sub_indication: verdict.conclusion.sub_indication.map(|sub| sub.name().to_owned()),
        }
    });
    described.collect()
}

fn altered(name: &str) -> Error {
    Error::denied(format!("a signature of {name:?} fails, or what is shown is not what was signed"))
        .remedy("see it with `chauban check-signature`; hand in the document as it was signed")
}

fn unproven(name: &str, standing: &str, checked: &Checked) -> Error {
    let why = checked.judged.validation.signatures.iter().filter_map(|one| one.conclusion.sub_indication);
    let why: Vec<&str> = why.map(|sub| sub.name()).collect();
    let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
    let (_, words) = standing_words(standing);
    Error::denied(format!("{name:?}: {}{why}", words.to_lowercase()))
        .remedy("hand in the signed document, or say with --unsigned REASON why it is taken without a proven signature")
}
