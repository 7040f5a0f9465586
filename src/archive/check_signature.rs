//! Verdicts on the signatures of any file; no archive is needed.
//!
//! What is trusted and what is known beside the file come from files that the caller names, or from an archive's
//! anchors. Nothing is fetched, unless the caller hands in a fetcher.

mod held;

use super::fetching::{Fetched, Fetcher};
use super::handed_in::{HANDED_IN_BYTES_MAX, HandedIn};
use super::trust::{Anchor, CERTIFICATE_BYTES_MAX, read_certificate};
use super::validation::EvidenceKind;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::cms::file::dearmoured;
use crate::signature::crl::Crl;
use crate::signature::judge::facts::{Origin, Proof};
use crate::signature::judge::{self, Context, Document, Judged, Trusted};
use crate::signature::ocsp::OcspResponse;
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::policy::{self, Policy};
use crate::signature::practice::{self, Decision, Practice, Record, Scan};
use crate::signature::report::{self, Mode, Run};
use crate::signature::timestamp::TimeStampToken;
use crate::signature::tree::Tree;
use crate::signature::x509::Certificate;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use held::{files, read, read_open};

/// Bytes held at once: a file, which is read whole, what it is about where it is detached, and the evidence given. 512 MiB
/// are what a check may take, and what is read out of them takes a quarter more.
const HELD_BYTES_MAX: u64 = 384 * 1024 * 1024;
/// Longest file of evidence, bytes: the longest revocation lists in use have some 10 MB.
const EVIDENCE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of evidence taken from files in all: it is held in memory, and 512 MiB are what a check may take.
const EVIDENCE_BYTES_IN_ALL_MAX: u64 = 256 * 1024 * 1024;

/// What files and records are judged by. Made once, used for many, from any thread.
pub struct Checker {
    trusted: Vec<Trusted>,
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
    policy: Policy,
    practice: Practice,
    cache: SignatureCache,
    fetcher: Option<Fetcher>,
    /// Bytes of evidence that were taken from files.
    evidence_bytes: u64,
}

/// A file among evidence that is none, and was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// Why, in words.
    pub why: String,
}

/// What is judged, and what is known of it.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The bytes of the document, or of the detached signature.
    pub bytes: &'a [u8],
    /// What a detached signature is about.
    pub detached: Option<&'a [u8]>,
    /// What it is called; empty: nothing is known.
    pub name: &'a str,
    /// Of what media type it is said to be; empty: nobody says.
    pub media_type: &'a str,
    /// As of when.
    pub at: DateTime<Utc>,
    /// The record that it belongs to.
    pub record: Option<&'a Record>,
    /// The archive's own proofs about it.
    pub proofs: &'a [Proof],
}

/// Policies that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyChoice {
    /// The Vietnamese profile.
    Vietnam,
    /// The European catalogue.
    Europe,
}

/// What was found out about one file.
pub struct Checked {
    /// Its digest.
    pub sha256: Sha256,
    /// Its length, bytes.
    pub size: u64,
    /// Facts and verdicts.
    pub judged: Judged,
    /// What an archive would do with it, knowing nothing of its record.
    pub decision: Decision,
    /// What was fetched for it, and what was not; `None` where fetching was not asked for.
    pub fetched: Option<Fetched>,
}

impl Checked {
    /// Whether it has signatures and every one of them passed, with nothing to be reviewed.
    pub fn is_good(&self) -> bool {
        use crate::signature::practice::Outcome;
        let verdicts = &self.judged.validation.signatures;
        let passed = !verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.conclusion.passed());
        passed && matches!(self.decision.outcome, Outcome::Accept | Outcome::AcceptWithNotes)
    }
}

impl Checker {
    /// A checker that trusts nothing yet.
    pub fn new(policy: PolicyChoice) -> Result<Self> {
        let policy = match policy {
            PolicyChoice::Vietnam => Policy::vietnam(),
            PolicyChoice::Europe => Policy::europe(),
        };
        let policy = policy.map_err(|error| Error::corrupt("the policy that came with the program").because(error))?;
        let practice = Practice::vietnam()
            .map_err(|error| Error::corrupt("the rules that came with the program").because(error))?;
        Ok(Self::by(policy, practice))
    }

    /// A checker by a policy and rules of another time.
    pub fn by(policy: Policy, practice: Practice) -> Self {
        Self {
            trusted: Vec::new(),
            certificates: Vec::new(),
            lists: Vec::new(),
            responses: Vec::new(),
            policy,
            practice,
            cache: SignatureCache::default(),
            fetcher: None,
            evidence_bytes: 0,
        }
    }

    /// Fetches from now on what verdicts want and the fetcher's list allows.
    pub fn fetch(&mut self, fetcher: Fetcher) {
        self.fetcher = Some(fetcher);
    }

    /// Trusts an archive's anchors, each between its dates.
    pub fn trust_anchors(&mut self, anchors: &[Anchor]) {
        self.trusted.extend(anchors.iter().map(|anchor| {
            let own = TrustAnchor::of_certificate(anchor.certificate.clone());
            let own = TrustAnchor { trusted_from: Some(anchor.from), trusted_until: anchor.until, ..own };
            Trusted { anchor: Arc::new(own), tree: anchor.tree }
        }));
    }

    /// Trusts the certificates in a file or folder. A folder's sub-folders named like trees hold the anchors of each.
    pub fn trust(&mut self, path: &Path) -> Result<()> {
        for file in files(path)? {
            let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            let tree = folder.and_then(|name| name.parse().ok()).unwrap_or(Tree::Other);
            let certificate = read_certificate(&read(&file, CERTIFICATE_BYTES_MAX)?)
                .map_err(|error| Error::invalid(format!("{} can't be trusted", file.display())).because(error))?;
            self.trusted.push(Trusted { anchor: Arc::new(TrustAnchor::of_certificate(certificate)), tree });
        }
        Ok(())
    }

    /// Takes the certificates, revocation lists and OCSP answers in a file or folder. What is none of them is an error
    /// where the file itself was named, and left out and told in a folder, which may hold anything.
    pub fn take_evidence(&mut self, path: &Path) -> Result<Vec<LeftOut>> {
        let mut left_out = Vec::new();
        for file in files(path)? {
            let bytes = match read(&file, EVIDENCE_BYTES_MAX) {
                Ok(bytes) => bytes,
                Err(error) if file != path => {
                    left_out.push(LeftOut { path: file, why: error.to_string() });
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(why) = self.take_file(&file, &bytes)? {
                if file == path {
                    return Err(no_evidence(why));
                }
                left_out.push(LeftOut { path: file, why });
            }
        }
        Ok(left_out)
    }

    /// Takes the certificates, revocation lists and OCSP answers in a file that was handed in.
    pub fn take_evidence_handed_in(&mut self, file: &HandedIn) -> Result<()> {
        let bytes = read_open(file.reader()?, file.path(), EVIDENCE_BYTES_MAX)?;
        self.take_file(file.path(), &bytes)?.map_or(Ok(()), |why| Err(no_evidence(why)))
    }

    /// Takes what is in a file; why it is no evidence, where it is none.
    fn take_file(&mut self, file: &Path, bytes: &[u8]) -> Result<Option<String>> {
        self.evidence_bytes += bytes.len() as u64;
        if self.evidence_bytes > EVIDENCE_BYTES_IN_ALL_MAX {
            let what = format!("more than {} MiB of evidence", EVIDENCE_BYTES_IN_ALL_MAX >> 20);
            return Err(Error::invalid(what).remedy("name only what the signatures at hand need"));
        }
        for block in pem_blocks(bytes) {
            if self.take_evidence_bytes(block).is_none() {
                let why = Crl::read(&dearmoured(block)).err().map_or_else(String::new, |why| format!(" ({why})"));
                let why = format!("{} is no evidence{why}", file.display());
                return Ok(Some(why));
            }
        }
        Ok(None)
    }

    /// What it trusts.
    pub(super) fn trusted(&self) -> &[Trusted] {
        &self.trusted
    }

    /// Takes what was fetched, unless it has it.
    pub(super) fn take_fetched(&mut self, fetched: &Fetched) {
        for certificate in &fetched.certificates {
            if !self.has(&certificate.sha256()) {
                self.certificates.push(certificate.clone());
            }
        }
        fetched.lists.iter().for_each(|list| self.take_list(list));
        for response in &fetched.responses {
            if !self.has(&response.sha256()) {
                self.responses.push(response.clone());
            }
        }
    }

    /// Takes a revocation list, unless it has it.
    pub(super) fn take_list(&mut self, list: &Crl) {
        if !self.has(&list.sha256()) {
            self.lists.push(list.clone());
        }
    }

    /// Takes what was captured, if it is evidence.
    pub(super) fn take_captured(&mut self, (kind, bytes): &(EvidenceKind, Vec<u8>)) {
        if matches!(kind, EvidenceKind::Certificate | EvidenceKind::RevocationList | EvidenceKind::OcspResponse) {
            self.take_evidence_bytes(bytes);
        }
    }

    /// How much evidence it has: what is taken after it can be given back.
    pub(super) fn mark(&self) -> [usize; 3] {
        [self.certificates.len(), self.lists.len(), self.responses.len()]
    }

    /// Gives back what was taken since.
    pub(super) fn back_to(&mut self, [certificates, lists, responses]: [usize; 3]) {
        self.certificates.truncate(certificates);
        self.lists.truncate(lists);
        self.responses.truncate(responses);
    }

    /// Takes a certificate, a revocation list or an OCSP answer, DER or PEM, unless it has it; what it was, if it was
    /// one.
    pub fn take_evidence_bytes(&mut self, bytes: &[u8]) -> Option<EvidenceKind> {
        let bytes = dearmoured(bytes);
        if let Ok(list) = Crl::read(&bytes) {
            self.take_list(&list);
            Some(EvidenceKind::RevocationList)
        } else if let Ok(response) = OcspResponse::read(&bytes) {
            if !self.has(&response.sha256()) {
                self.responses.push(response);
            }
            Some(EvidenceKind::OcspResponse)
        } else if let Ok(certificate) = Certificate::read(&bytes) {
            if !self.has(&certificate.sha256()) {
                self.certificates.push(certificate);
            }
            Some(EvidenceKind::Certificate)
        } else {
            None
        }
    }

    /// A verdict for programs: one validation run, one line of JSON.
    pub fn report(&self, checked: &Checked) -> Result<Box<RawValue>> {
        self.report_of(checked, Mode::OnDemand)
    }

    /// The same, with why it was run.
    pub(super) fn report_of(&self, checked: &Checked, mode: Mode) -> Result<Box<RawValue>> {
        let decided = Some((&self.practice, &checked.decision));
        let report = report::report(&self.run(checked, mode), &checked.judged, decided);
        serde_json::value::to_raw_value(&report)
            .map_err(|error| Error::invalid("the report can't be written").because(error))
    }

    /// The report of ETSI TS 119 102-2, XML.
    pub fn etsi_report(&self, checked: &Checked) -> Result<String> {
        let report = report::etsi_xml(&self.run(checked, Mode::OnDemand), &checked.judged);
        report.ok_or_else(|| Error::invalid("the report holds what XML can't"))
    }

    fn run(&self, checked: &Checked, mode: Mode) -> Run<'static> {
        const ENGINE: &str = concat!("chauban ", env!("CARGO_PKG_VERSION"));
        let trust = Some(Sha256::of(self.trust_snapshot().as_bytes()));
        Run { engine: ENGINE, sha256: checked.sha256, size: checked.size, trust, mode }
    }

    /// The state of trust: a line for each anchor with its fingerprint, dates and tree, sorted. Its SHA-256 names it.
    pub fn trust_snapshot(&self) -> String {
        let instant = |at: Option<DateTime<Utc>>| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
        let line = |one: &Trusted| {
            let anchor = &one.anchor;
            let sha256 = anchor.certificate.as_ref().map(|certificate| certificate.sha256().to_string());
            let (from, until) = (instant(anchor.trusted_from), instant(anchor.trusted_until));
            format!("{} {from} {until} {}\n", sha256.unwrap_or_default(), one.tree.code())
        };
        let mut lines: Vec<String> = self.trusted.iter().map(line).collect();
        lines.sort();
        lines.dedup();
        lines.concat()
    }

    /// Whether anything is trusted.
    pub fn trusts_something(&self) -> bool {
        !self.trusted.is_empty()
    }

    /// Judges the signatures of a file as of `at`; of a detached signature with `document`, what it is about.
    pub fn check(&self, file: &Path, document: Option<&Path>, at: DateTime<Utc>) -> Result<Checked> {
        let room = HELD_BYTES_MAX.saturating_sub(self.evidence_bytes);
        let bytes = read(file, room)?;
        let room = room.saturating_sub(bytes.len() as u64);
        let document = document.map(|path| read(path, room)).transpose()?;
        Ok(self.judge(&asked(&bytes, document.as_deref(), &name_of(file), at)))
    }

    /// Judges the signatures of a file that was handed in, as of `at`; of a detached signature with `document`.
    pub fn check_handed_in(&self, file: &HandedIn, document: Option<&HandedIn>, at: DateTime<Utc>) -> Result<Checked> {
        let whole = |file: &HandedIn| read_open(file.reader()?, file.path(), HANDED_IN_BYTES_MAX);
        let (bytes, document) = (whole(file)?, document.map(whole).transpose()?);
        Ok(self.judge(&asked(&bytes, document.as_deref(), &file.name, at)))
    }

    /// Judges the signatures of a document; again with what was fetched, as often as that brings something new.
    pub fn judge(&self, question: &Question<'_>) -> Checked {
        let (judged, fetched) = match &self.fetcher {
            None => (self.judge_with(question, &Fetched::default()), None),
            Some(fetcher) => {
                let (judged, fetched) = fetcher.judge(&self.trusted, |fetched| self.judge_with(question, fetched));
                (judged, Some(fetched))
            }
        };
        let decision = self.practice.decide(&judged.facts, &judged.validation, question.record, Scan::Unknown);
        Checked { sha256: judged.sha256, size: question.bytes.len() as u64, judged, decision, fetched }
    }

    /// Judges the time-stamps of an evidence record, oldest first.
    pub(super) fn judge_tokens(&self, tokens: &[TimeStampToken], at: DateTime<Utc>) -> Judged {
        judge::validate_tokens(tokens, &self.context(at, &[], &self.certificates, &self.lists, &self.responses))
    }

    fn judge_with(&self, question: &Question<'_>, fetched: &Fetched) -> Judged {
        let certificates = joined(&self.certificates, &fetched.certificates);
        let lists = joined(&self.lists, &fetched.lists);
        let responses = joined(&self.responses, &fetched.responses);
        let context = self.context(question.at, question.proofs, &certificates, &lists, &responses);
        let Question { bytes, detached, name, media_type, .. } = *question;
        judge::validate(Document { bytes, detached, name, media_type }, &context)
    }

    fn context<'c>(
        &'c self,
        at: DateTime<Utc>,
        proofs: &'c [Proof],
        certificates: &'c [Certificate],
        lists: &'c [Crl],
        responses: &'c [OcspResponse],
    ) -> Context<'c> {
        Context {
            trusted: &self.trusted,
            certificates,
            lists,
            responses,
            proofs,
            policy: &self.policy,
            at,
            cache: &self.cache,
            units_max: UNITS_MAX,
        }
    }

    /// Whether it has a piece of evidence.
    pub(super) fn has(&self, sha256: &Sha256) -> bool {
        self.certificates.iter().any(|one| one.sha256() == *sha256)
            || self.lists.iter().any(|one| one.sha256() == *sha256)
            || self.responses.iter().any(|one| one.sha256() == *sha256)
    }

    /// Trusts what a snapshot lists, by the certificates of an archive's anchors.
    pub(super) fn trust_as_listed(&mut self, snapshot: &str, anchors: &[Anchor]) -> Result<()> {
        let damaged = || Error::corrupt("a captured state of trust is damaged");
        let instant = |text: &str| match text {
            "-" => Some(None),
            text => DateTime::parse_from_rfc3339(text).ok().map(|at| Some(at.to_utc())),
        };
        for line in snapshot.lines() {
            let mut words = line.split(' ');
            let mut word = || words.next().ok_or_else(damaged);
            let sha256: Sha256 = word()?.parse().map_err(|_| damaged())?;
            let (from, until) = (instant(word()?).ok_or_else(damaged)?, instant(word()?).ok_or_else(damaged)?);
            let tree = word()?.parse().map_err(|_| damaged())?;
            let anchor = anchors.iter().find(|anchor| anchor.certificate.sha256() == sha256);
            let anchor = anchor.ok_or_else(|| Error::corrupt(format!("the trust anchor {sha256} is unknown here")))?;
            let own = TrustAnchor::of_certificate(anchor.certificate.clone());
            let own = TrustAnchor { trusted_from: from, trusted_until: until, ..own };
            self.trusted.push(Trusted { anchor: Arc::new(own), tree });
        }
        Ok(())
    }

    /// What every verdict rests on besides evidence: the policy with what it builds on, the rules, the state of trust.
    pub(super) fn basis(&self) -> Vec<(EvidenceKind, Sha256)> {
        let mut basis = vec![
            (EvidenceKind::Trust, Sha256::of(self.trust_snapshot().as_bytes())),
            (EvidenceKind::Practice, self.practice.sha256),
        ];
        let mut policy = Some(&self.policy.identity);
        while let Some(identity) = policy {
            basis.push((EvidenceKind::Policy, identity.sha256));
            policy = identity.base.as_deref();
        }
        basis
    }

    /// The bytes of a piece of evidence or of the basis; `None` where the caller brought it from a vault.
    pub(super) fn bytes_of(&self, kind: EvidenceKind, sha256: &Sha256) -> Option<Cow<'_, [u8]>> {
        let found = match kind {
            EvidenceKind::Certificate => {
                self.certificates.iter().find(|one| one.sha256() == *sha256).map(Certificate::raw)
            }
            EvidenceKind::RevocationList => self.lists.iter().find(|one| one.sha256() == *sha256).map(Crl::raw),
            EvidenceKind::OcspResponse => {
                self.responses.iter().find(|one| one.sha256() == *sha256).map(OcspResponse::raw)
            }
            EvidenceKind::Policy => {
                let shipped = [policy::VIETNAM, policy::EUROPE].into_iter().map(str::as_bytes);
                shipped.into_iter().find(|file| Sha256::of(file) == *sha256)
            }
            EvidenceKind::Practice => Some(practice::VIETNAM.as_bytes()),
            EvidenceKind::Trust => return Some(Cow::Owned(self.trust_snapshot().into_bytes())),
        };
        found.map(Cow::Borrowed)
    }

    /// Every piece of evidence that was handed in and that the verdicts looked at: members of chains, and what says
    /// something about them; with these alone the same facts are found again. Where no chain leads to an anchor, also
    /// what would make one: who trusts its root later has a verdict from the vault alone.
    pub(super) fn used(&self, judged: &Judged) -> Vec<(EvidenceKind, Sha256)> {
        let facts = &judged.facts;
        let chains = facts.certificates.iter().flat_map(|one| &one.chains).flat_map(|chain| &chain.certificates);
        let mut members: HashSet<Sha256> = chains
            .filter_map(|id| facts.certificates.get(id.0))
            .filter(|one| one.origin == Origin::HandedIn)
            .map(|one| one.object)
            .collect();
        let statements = facts.revocations.iter().filter(|one| one.origin == Origin::HandedIn);
        let mut statements: HashSet<Sha256> = statements.map(|one| one.object).collect();
        for certificate in &self.untrusted_line(judged) {
            members.insert(certificate.sha256());
            let issued = |issuer: &&Certificate| issuer.subject() == certificate.issuer();
            let lists = self.lists.iter().filter(|list| list.issuer() == certificate.issuer());
            statements.extend(lists.map(Crl::sha256));
            let issuers = judged.certificates.iter().filter(issued).chain(self.certificates.iter().filter(issued));
            for issuer in issuers.take(LINE_MAX) {
                let about = |one: &&OcspResponse| {
                    one.answer_about(certificate.serial_value(), issuer.subject(), issuer.key()).is_some()
                };
                statements.extend(self.responses.iter().filter(about).map(OcspResponse::sha256));
            }
        }
        let mut used = Vec::new();
        let certificates = self.certificates.iter().filter(|one| members.contains(&one.sha256()));
        used.extend(certificates.map(|one| (EvidenceKind::Certificate, one.sha256())));
        let complete: Vec<&Crl> = self.lists.iter().filter(|list| statements.contains(&list.sha256())).collect();
        let adds = |list: &&Crl| list.is_delta() && complete.iter().any(|one| one.issuer() == list.issuer());
        let lists = complete.iter().copied().chain(self.lists.iter().filter(adds));
        used.extend(lists.map(|list| (EvidenceKind::RevocationList, list.sha256())));
        let responses = self.responses.iter().filter(|one| statements.contains(&one.sha256()));
        used.extend(responses.map(|one| (EvidenceKind::OcspResponse, one.sha256())));
        used
    }

    /// Signers without a chain to an anchor, and the certificates at hand above them, by their names.
    fn untrusted_line(&self, judged: &Judged) -> Vec<Certificate> {
        let made = judged.facts.signatures.iter().map(|one| &one.made);
        let made = made.chain(judged.facts.tokens.iter().map(|one| &one.made));
        let signers = made.filter_map(|made| made.certificate());
        let open = signers.filter(|id| judged.facts.certificates.get(id.0).is_some_and(|one| one.chains.is_empty()));
        let mut line: Vec<Certificate> = Vec::new();
        let mut next: Vec<Certificate> =
            open.filter_map(|id| judged.certificates.get(id.0).cloned()).take(LINE_MAX).collect();
        while let Some(one) = next.pop() {
            if line.len() >= LINE_MAX || line.contains(&one) {
                continue;
            }
            let at_hand = judged.certificates.iter().chain(&self.certificates);
            next.extend(at_hand.filter(|issuer| issuer.subject() == one.issuer()).take(LINE_MAX).cloned());
            line.push(one);
        }
        line
    }
}

/// Certificates of chains that end nowhere, kept of one document: a dozen signers with four authorities each.
const LINE_MAX: usize = 64;

/// A question about a file of which nothing but its name is known.
fn asked<'a>(bytes: &'a [u8], detached: Option<&'a [u8]>, name: &'a str, at: DateTime<Utc>) -> Question<'a> {
    Question { bytes, detached, name, media_type: "", at, record: None, proofs: &[] }
}

/// The last part of a path, as far as it is text.
fn name_of(path: &Path) -> Cow<'_, str> {
    path.file_name().map_or(Cow::Borrowed(""), |name| name.to_string_lossy())
}

fn no_evidence(why: String) -> Error {
    Error::invalid(why).remedy("evidence is revocation lists, OCSP answers and certificates, DER or PEM")
}

/// What was at hand, then what was fetched.
fn joined<'a, T: Clone>(own: &'a [T], fetched: &[T]) -> Cow<'a, [T]> {
    if fetched.is_empty() { Cow::Borrowed(own) } else { Cow::Owned([own, fetched].concat()) }
}

/// The blocks of a PEM file (RFC 7468), each with what stands before it; anything else is one block.
fn pem_blocks(file: &[u8]) -> Vec<&[u8]> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const BLOCKS_MAX: usize = 10_000;
    let mut starts: Vec<usize> = memchr::memmem::find_iter(file, BEGIN).take(BLOCKS_MAX).collect();
    if file.first() == Some(&0x30) || starts.len() < 2 {
        return vec![file];
    }
    starts.push(file.len());
    starts.windows(2).map(|ends| &file[ends[0]..ends[1]]).collect()
}
