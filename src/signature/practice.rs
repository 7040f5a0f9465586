//! Vietnamese practice over the verdicts: who must sign, in which order and for whom, and what becomes of a document.
//!
//! The rules are data (`signature_policies/practice-vn.toml`, `schemas/signature-practice.schema.json`), each with its
//! legal source and how far that was verified. [`Practice::decide`] tells whose each signature is by its certificate, compares that with the record, and takes the
//! worst outcome of the rules that apply, with all of them as reasons.
//!
//! Must not change a verdict, and must not return a document for what could not be checked: the shipped rules return
//! only what failed.

mod kind;
mod wire;

use std::collections::BTreeSet;

use crate::digest::Sha256;
use crate::signature::judge::facts::{DocumentFact, Facts, Format, Instant};
use crate::signature::judge::{Indication, Validation, Verdict};
use crate::signature::tree::Tree;

pub use kind::{Kind, KindRule};

/// Version of the form that this program reads.
pub const PRACTICE_VERSION: u32 = 1;
/// Longest file, bytes.
pub const PRACTICE_BYTES_MAX: usize = 256 * 1024;
/// The rules as shipped.
pub const VIETNAM: &str = include_str!("../../signature_policies/practice-vn.toml");

/// The rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// Identifier.
    pub id: String,
    /// SHA-256 of the file.
    pub sha256: Sha256,
    authorities: Vec<Authority>,
    kinds: Vec<KindRule>,
    rules: Vec<Rule>,
    cases: Vec<KindCase>,
}

/// A legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its code in the file.
    pub code: String,
    /// How it is cited.
    pub citation: String,
    /// `V1`: its text was read; `V2`: a secondary source; `R`: recalled.
    pub grade: String,
}

/// What is known of the record that a document belongs to. All of it is the agency's word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Names of the issuing agency, present and past.
    pub agency_names: Vec<String>,
    /// Its identifier codes.
    pub agency_codes: Vec<String>,
    /// Who signed it.
    pub signer: Option<String>,
    /// Whether it was born digital.
    pub form: Form,
    /// When it was given its number.
    pub numbered_at: Option<Instant>,
    /// Whether the file needs no signature of its own: an attachment, or one that is signed from beside.
    pub needs_none: bool,
}

/// How a document came to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// Nobody says.
    #[default]
    Unknown,
    /// As a digital document.
    BornDigital,
    /// From paper.
    Digitised,
}

/// Whether the pages look like scans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scan {
    /// Nobody looked, or it cannot be told.
    #[default]
    Unknown,
    /// They are pictures only.
    Likely,
}

/// What becomes of a document, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It is taken.
    Accept,
    /// It is taken, and something is noted.
    AcceptWithNotes,
    /// An archivist must look.
    Review,
    /// It goes back, with reasons.
    Return,
}

/// What a signature is to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The competent person's.
    Leader,
    /// The agency's.
    Agency,
    /// Over another signature.
    Counter,
    /// It cannot be told.
    Unknown,
}

/// The decision about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub outcome: Outcome,
    /// For each signature what it is.
    pub roles: Vec<Role>,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable code of the rule.
    pub code: String,
    /// What it leads to by itself.
    pub outcome: Outcome,
    /// Place of the signature it is about; empty for the document.
    pub place: String,
    /// In words, Vietnamese.
    pub vi: String,
    /// In words, English.
    pub en: String,
    /// The legal text: citation, article, and how far it was verified.
    pub source: Option<(String, String, String)>,
}

/// A rule: all conditions that it has must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rule {
    code: String,
    outcome: Option<Outcome>,
    indications: Vec<String>,
    shown: Vec<String>,
    findings: Vec<String>,
    record: Option<String>,
    forms: Vec<String>,
    missing: Option<Role>,
    order: Option<String>,
    agency: Option<String>,
    signer: Option<String>,
    employer: Option<String>,
    tree: Option<String>,
    unless: Option<String>,
    scan: Option<String>,
    /// Whether it is about a signature that is wanting: of a file that needs none nothing is.
    wanting: bool,
    authority: Option<String>,
    article: String,
    vi: String,
    en: String,
}

/// A worked case: a subject, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct KindCase {
    why: String,
    subject: Vec<(String, String)>,
    is: String,
}

/// Everything wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadPractice(pub Vec<String>);

impl Practice {
    /// Reads a file of rules.
    pub fn parse(text: &str) -> Result<Self, BadPractice> {
        if text.len() > PRACTICE_BYTES_MAX {
            return Err(BadPractice(vec![format!("a file of rules has at most {PRACTICE_BYTES_MAX} bytes")]));
        }
        wire::read(text)
    }

    /// The rules as shipped.
    pub fn vietnam() -> Result<Self, BadPractice> {
        Self::parse(VIETNAM)
    }

    /// Whose a certificate is, by the attributes of its subject.
    pub fn kind(&self, attributes: &[(String, String)]) -> Kind {
        self.kinds.iter().find(|rule| rule.fits(attributes)).map_or(Kind::Unknown, |rule| rule.is)
    }

    /// Decides about a document. `scan` is what the caller knows; that the pages are pictures is a fact of its own.
    pub fn decide(&self, facts: &Facts, validation: &Validation, record: Option<&Record>, scan: Scan) -> Decision {
        let case = Case::new(self, facts, validation, record, scan);
        let mut reasons: Vec<Reason> = Vec::new();
        for rule in &self.rules {
            let Some(outcome) = rule.outcome else { continue };
            for place in case.places(rule) {
                reasons.push(self.reason(rule, outcome, place));
            }
        }
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.outcome));
        let outcome = reasons.first().map_or(Outcome::Accept, |reason| reason.outcome);
        Decision { outcome, roles: case.roles, reasons }
    }

    /// What a reason's code means, in Vietnamese and in English.
    pub fn words(&self, code: &str) -> Option<(&str, &str)> {
        self.rules.iter().find(|rule| rule.code == code).map(|rule| (rule.vi.as_str(), rule.en.as_str()))
    }

    /// The worked cases that do not come out as written, in words.
    pub fn failing_cases(&self) -> Vec<String> {
        let failing = self.cases.iter().filter_map(|case| {
            let found = self.kind(&case.subject).name();
            (found != case.is).then(|| format!("{}: {found}, not {}", case.why, case.is))
        });
        failing.collect()
    }

    fn reason(&self, rule: &Rule, outcome: Outcome, place: &str) -> Reason {
        let authority = self.authorities.iter().find(|one| Some(&one.code) == rule.authority.as_ref());
        Reason {
            code: rule.code.clone(),
            outcome,
            place: place.to_owned(),
            vi: rule.vi.clone(),
            en: rule.en.clone(),
            source: authority.map(|one| (one.citation.clone(), rule.article.clone(), one.grade.clone())),
        }
    }
}

/// A document as the rules see it.
struct Case<'a> {
    facts: &'a Facts,
    validation: &'a Validation,
    record: Option<&'a Record>,
    scan: Scan,
    roles: Vec<Role>,
}

impl<'a> Case<'a> {
    fn new(
        practice: &Practice,
        facts: &'a Facts,
        validation: &'a Validation,
        record: Option<&'a Record>,
        scan: Scan,
    ) -> Self {
        let roles = facts.signatures.iter().zip(&validation.signatures).map(|(signature, verdict)| {
            let certificate = verdict.certificate.and_then(|id| facts.certificates.get(id.0));
            match certificate.map(|certificate| practice.kind(&certificate.attributes)) {
                _ if signature.countersigns.is_some() => Role::Counter,
                Some(Kind::Person) => Role::Leader,
                Some(Kind::Body) => Role::Agency,
                Some(Kind::Unknown) | None => Role::Unknown,
            }
        });
        let scan = if facts.document.contains(&DocumentFact::Scanned) { Scan::Likely } else { scan };
        Self { facts, validation, record, scan, roles: roles.collect() }
    }

    /// Where a rule applies: places of signatures, or the empty place of the document.
    fn places(&self, rule: &Rule) -> Vec<&'a str> {
        if !self.fits_document(rule) {
            return Vec::new();
        }
        let about_one = !rule.indications.is_empty() || !rule.shown.is_empty();
        let on_document = self.validation.findings.iter().any(|finding| rule.names(finding.code.code()));
        if !about_one && (rule.findings.is_empty() || on_document) {
            return vec![""];
        }
        let signatures = self.facts.signatures.iter().zip(&self.validation.signatures);
        let excepted = (0..self.roles.len()).find(|&at| rule.unless.is_some() && self.is_the_agency(at));
        let fitting =
            signatures.enumerate().filter(|(at, (_, verdict))| Some(*at) != excepted && rule.fits_verdict(verdict));
        fitting.map(|(_, (signature, _))| signature.place.as_str()).collect()
    }

    fn fits_document(&self, rule: &Rule) -> bool {
        let given = if self.record.is_some() { "given" } else { "none" };
        let form = self.record.map_or(Form::Unknown, |record| record.form).name();
        let scan = if self.scan == Scan::Likely { "likely" } else { "unknown" };
        let needs_none = self.record.is_some_and(|record| record.needs_none);
        !(rule.wanting && needs_none)
            && rule.record.as_deref().is_none_or(|wanted| wanted == given)
            && (rule.forms.is_empty() || rule.forms.iter().any(|wanted| wanted == form))
            && rule.scan.as_deref().is_none_or(|wanted| wanted == scan)
            && self.parts().into_iter().any(|part| self.fits_part(rule, part))
    }

    /// What a rule asks of those who sign, of one part: each attachment of a message is a document of its own.
    fn fits_part(&self, rule: &Rule, part: usize) -> bool {
        rule.missing.is_none_or(|role| self.is_missing(part, role))
            && rule.order.as_deref().is_none_or(|wanted| self.is_ordered(part, wanted))
            && rule.agency.as_deref().is_none_or(|wanted| self.agency(part) == wanted)
            && rule.signer.as_deref().is_none_or(|wanted| self.signer(part) == wanted)
            && rule.employer.as_deref().is_none_or(|wanted| self.employer(part) == wanted)
            && rule.tree.as_deref().is_none_or(|wanted| self.is_under(part, wanted))
    }

    /// The parts that are signed. Who signs the message around signed attachments sends it, and has no role in them.
    fn parts(&self) -> BTreeSet<usize> {
        let mut parts: BTreeSet<usize> = self.facts.signatures.iter().map(|signature| signature.part).collect();
        if parts.len() > 1 {
            parts.remove(&0);
        }
        if parts.is_empty() { BTreeSet::from([0]) } else { parts }
    }

    /// The signatures of a part, by their numbers.
    fn of_part(&self, part: usize) -> impl Iterator<Item = usize> {
        (0..self.roles.len()).filter(move |&at| self.facts.signatures[at].part == part)
    }

    /// Nobody signs in a role. Where the certificate of a signature is not there, nothing is said to be missing; and a
    /// document without any signature is a case of its own.
    fn is_missing(&self, part: usize, role: Role) -> bool {
        let is_one = |at: usize| {
            let own = self.roles[at];
            own == role || (own == Role::Unknown && self.validation.signatures[at].certificate.is_none())
        };
        self.of_part(part).next().is_some() && !self.of_part(part).any(is_one)
    }

    /// Whether a signature is of the agency that the document is of: the record's. Where none is known, it must be the leader's,
    /// and not by the word of a public authority.
    fn is_the_agency(&self, at: usize) -> bool {
        if self.roles[at] != Role::Agency {
            return false;
        }
        if self.known().is_some() {
            return self.first(Role::Agency) == Some(at) && self.agency(self.facts.signatures[at].part) == "matches";
        }
        // Where no leader signed nothing says whose document it is.
        let Some(leader) = self.first(Role::Leader) else { return false };
        matches!(self.tree(at), Some(Tree::OfficialDuty | Tree::Other))
            && self.compared(at, &["CN"], &self.employers(leader)) == "matches"
    }

    /// Whom a certificate names as those that its owner is of.
    fn employers(&self, at: usize) -> Vec<String> {
        let certificate = self.validation.signatures[at].certificate.and_then(|id| self.facts.certificates.get(id.0));
        let attributes = certificate.map_or(&[][..], |certificate| &certificate.attributes);
        let named = attributes.iter().filter(|(kind, _)| ["O", "OU"].contains(&kind.as_str()));
        named.map(|(_, value)| folded(value)).collect()
    }

    fn first(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|&one| one == role)
    }

    fn first_of(&self, part: usize, role: Role) -> Option<usize> {
        self.of_part(part).find(|&at| self.roles[at] == role)
    }

    fn is_ordered(&self, part: usize, wanted: &str) -> bool {
        let (leader, agency) = (self.first_of(part, Role::Leader), self.first_of(part, Role::Agency));
        match wanted {
            "agency-before-leader" => leader.zip(agency).is_some_and(|(leader, agency)| self.is_before(agency, leader)),
            "number-before-leader" => {
                let numbered = self.record.and_then(|record| record.numbered_at);
                let signed = leader.and_then(|leader| self.facts.signatures[leader].claimed);
                numbered.zip(signed).is_some_and(|(numbered, signed)| numbered < signed.at)
            }
            _ => false,
        }
    }

    /// Whether one signature was made before another: by proven times; without them by the order of revisions, which
    /// only PDF files have.
    fn is_before(&self, one: usize, other: usize) -> bool {
        let proven = |at: usize| {
            let verdict = &self.validation.signatures[at];
            verdict.proven_by.map(|_| verdict.best_signature_time)
        };
        let in_revisions = |at: usize| matches!(self.facts.signatures[at].format, Format::Pades | Format::PdfCms);
        match (proven(one), proven(other)) {
            (Some(first), Some(second)) if first != second => first < second,
            _ => one < other && in_revisions(one) && in_revisions(other),
        }
    }

    /// Whether the agency's certificate is of the record's agency: by its name or its organisation. A unit (OU) is what it
    /// is part of, or what somebody wrote there. Outside official duty the organisation is what an authority has
    /// verified, and the state's codes of agencies are nothing that it knows.
    fn agency(&self, part: usize) -> &'static str {
        let (Some(record), Some(at)) = (self.known(), self.first_of(part, Role::Agency)) else { return "unknown" };
        let (names, codes) = (folded_all(&record.agency_names), folded_all(&record.agency_codes));
        if self.tree(at) != Some(Tree::OfficialDuty) {
            return self.compared(at, &["O"], &names);
        }
        let by_code = self.compared(at, &["organizationIdentifier"], &codes);
        if by_code == "matches" { by_code } else { self.compared(at, &["O", "CN"], &names) }
    }

    /// Whether the leader's certificate is of the signer whom the record names.
    fn signer(&self, part: usize) -> &'static str {
        let name = self.record.and_then(|record| record.signer.as_deref());
        let (Some(name), Some(at)) = (name, self.first_of(part, Role::Leader)) else { return "unknown" };
        self.compared(at, &["CN"], &[folded(name)])
    }

    /// Whether the leader's certificate says that he is of the record's agency. In official duty the government says who
    /// may have one; to have one of a public authority it is enough to bear the name.
    fn employer(&self, part: usize) -> &'static str {
        let (Some(record), Some(at)) = (self.known(), self.first_of(part, Role::Leader)) else { return "unknown" };
        let names = folded_all(&record.agency_names);
        if self.tree(at) == Some(Tree::OfficialDuty) {
            return self.compared(at, &["O", "OU"], &names);
        }
        let compared = self.compared(at, &["O"], &names);
        if compared == "differs" { "stranger" } else { compared }
    }

    /// The record, where it names its agency.
    fn known(&self) -> Option<&'a Record> {
        self.record.filter(|record| !record.agency_names.is_empty())
    }

    /// Whether the certificate of a leader or an agency is of a tree.
    fn is_under(&self, part: usize, tree: &str) -> bool {
        let signers = self.of_part(part).filter(|&at| matches!(self.roles[at], Role::Leader | Role::Agency));
        signers.filter_map(|at| self.tree(at)).any(|found| found.code() == tree)
    }

    /// The tree of a signature's anchor; `None`: it has none.
    fn tree(&self, at: usize) -> Option<Tree> {
        let chain = self.validation.signatures[at].chain.as_ref()?;
        Some(self.facts.anchors.get(chain.anchor.0)?.tree)
    }

    fn compared(&self, at: usize, attributes: &[&str], known: &[String]) -> &'static str {
        let certificate = self.validation.signatures[at].certificate.and_then(|id| self.facts.certificates.get(id.0));
        let Some(certificate) = certificate else { return "unknown" };
        let mut values = certificate.attributes.iter().filter(|(kind, _)| attributes.contains(&kind.as_str()));
        if values.any(|(_, value)| known.contains(&folded(value))) { "matches" } else { "differs" }
    }
}

fn folded_all(names: &[String]) -> Vec<String> {
    names.iter().map(|name| folded(name)).collect()
}

impl Rule {
    fn names(&self, code: &str) -> bool {
        self.findings.iter().any(|wanted| wanted == code)
    }

    fn fits_verdict(&self, verdict: &Verdict) -> bool {
        let indication = verdict.conclusion.indication.total();
        (self.indications.is_empty() || self.indications.iter().any(|wanted| wanted == indication))
            // What failed is said once; what it shows then is no further reason.
            && (self.shown.is_empty()
                || (verdict.conclusion.indication != Indication::Failed
                    && self.shown.iter().any(|wanted| wanted == verdict.shown.name())))
            && (self.findings.is_empty() || verdict.findings.iter().any(|finding| self.names(finding.code.code())))
    }
}

impl Form {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::BornDigital => "born-digital",
            Self::Digitised => "digitised",
        }
    }
}

impl Outcome {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::AcceptWithNotes => "accept-with-notes",
            Self::Review => "review",
            Self::Return => "return",
        }
    }

    /// The Vietnamese label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accept => "tiếp nhận",
            Self::AcceptWithNotes => "tiếp nhận, có lưu ý",
            Self::Review => "cần xem xét",
            Self::Return => "trả lại",
        }
    }
}

impl Role {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Agency => "agency",
            Self::Counter => "counter",
            Self::Unknown => "unknown",
        }
    }

    /// The Vietnamese label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Leader => "người có thẩm quyền",
            Self::Agency => "cơ quan",
            Self::Counter => "chữ ký xác nhận",
            Self::Unknown => "chưa xác định",
        }
    }
}

/// A name for comparing: composed, in lower case, with single spaces. Diacritics count: they tell names apart.
fn folded(name: &str) -> String {
    let composed = crate::text::nfc(name).to_lowercase();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
