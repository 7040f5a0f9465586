//! Facts out of ASiC containers: each signature with the files that it covers, and those that none does.
//!
//! Time-stamps and evidence records cover files; where such a file holds signatures or other time-stamps, they prove
//! that those existed (EN 319 162-1 §4.4.3.2, §4.4.4). `record` has the evidence records.

mod record;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::collect::Collector;
use super::facts::{Data, DocumentFact, Format, Object, Outcome, Scope, TokenId, TokenKind};
use super::from_cms::{self, Setting};
use super::{from_pdf, from_xml};
use crate::signature::algorithm::{self, DigestAlgorithm};
use crate::signature::cms::{Bound, Metered, SignedData};
use crate::signature::container::asic::{self, By, Container, Kind, Mimetype, SignatureContent, SignatureFile};
use crate::signature::container::zip::{self, Archive, Budget, Defect, DefectKind};
use crate::signature::policy::Algorithm;
use crate::signature::timestamp::TimeStampToken;
use crate::signature::xml::{DigestCheck, Supplied};

/// Takes every signature of a container; what cannot be read as one is a fact about the document.
pub(super) fn take(collector: &mut Collector<'_>, file: &[u8]) {
    let (archive, container) = match (Archive::read(file), examine(collector, file)) {
        (Ok(archive), Ok(container)) => (archive, container),
        (Err(error), _) | (_, Err(error)) => {
            collector.facts.document.push(DocumentFact::Damaged(error.to_string()));
            return;
        }
    };
    let note = |defect: &Defect| match defect.kind {
        // It shows nobody anything; the programs of several countries write their name into it.
        DefectKind::Comment | DefectKind::NameCoding => Some(defect.to_string()),
        _ => None,
    };
    let notes: Vec<String> = container.defects.iter().filter_map(note).take(NAMES_MAX).collect();
    let defects = container.defects.iter().filter(|defect| note(defect).is_none());
    let mut defects: Vec<String> = defects.map(Defect::to_string).collect();
    if container.kind == Kind::Simple && container.data.len() > 1 {
        defects.push(format!("{} files in a container for one", container.data.len()));
    }
    defects.extend(misplaced(&container));
    let mut content = Contents { archive: &archive, budget: collector.unpacking(), hashing: collector.budget.clone() };
    let mut inside = Inside::default();
    let examined = signed_pdfs(collector, &container, &mut content, &mut inside);
    for one in &container.signatures {
        let first = collector.facts.signatures.len();
        if first >= SIGNATURES_MAX {
            not_examined(collector, one, "more signatures than are read");
            continue;
        }
        signature_file(collector, one, &mut content, &mut inside);
        for signature in &mut collector.facts.signatures[first..] {
            signature.made.defects.extend(defects.iter().take(NAMES_MAX).cloned());
            signature.made.notes.extend(notes.iter().cloned());
        }
    }
    inside.settle(collector);
    if let [single] = &container.data[..]
        && !examined.contains(single)
        && let Some(bytes) = content.get(single)
    {
        from_pdf::take_signed_content(collector, &bytes);
    }
    let document = &mut collector.facts.document;
    document.extend(defects.into_iter().map(DocumentFact::Container));
    document.extend(container.listing.iter().map(|wrong| DocumentFact::Container(wrong.clone())));
    let names_of =
        |names: &mut dyn Iterator<Item = &String>| names.take(NAMES_MAX).cloned().collect::<Vec<_>>().join("; ");
    let unread = names_of(&mut container.signed_inside.iter().filter(|name| !examined.contains(*name)));
    if !unread.is_empty() {
        document.push(DocumentFact::NotExamined(format!("signatures inside files of the container: {unread}")));
    }
    // Who signed one file inside has not signed the others.
    let others = names_of(&mut container.data.iter().filter(|name| !container.signed_inside.contains(*name)));
    if !examined.is_empty() && !others.is_empty() {
        document.push(DocumentFact::NotExamined(format!("files beside those that are signed by themselves: {others}")));
    }
    let covered: BTreeSet<&str> = container.signatures.iter().flat_map(covered_names).collect();
    let names = container.data.iter().chain(&container.unread);
    let uncovered: Vec<String> = names.filter(|name| !covered.contains(name.as_str())).cloned().collect();
    if !uncovered.is_empty() {
        document.push(DocumentFact::UncoveredFiles(uncovered));
    }
}

/// Takes the PDF files in a container that are signed by themselves: a leader may sign inside, and the agency around. Gives their
/// names.
fn signed_pdfs(
    collector: &mut Collector<'_>,
    container: &Container,
    content: &mut Contents<'_, '_>,
    inside: &mut Inside,
) -> Vec<String> {
    let mut examined = Vec::new();
    for name in &container.signed_inside {
        let Some(bytes) = content.get(name).filter(|bytes| asic::is_signed_pdf(bytes)) else { continue };
        if examined.len() == PDFS_MAX {
            break;
        }
        let objects = from_pdf::take_inside(collector, &bytes, name);
        inside.objects.insert(name.clone(), objects);
        examined.push(name.clone());
    }
    examined
}

fn examine(collector: &mut Collector<'_>, file: &[u8]) -> Result<Container, zip::Error> {
    let unpacking = collector.unpacking();
    asic::examine_within(file, &Supplied::default(), &mut collector.xml, unpacking)
}

/// What an ASiC container is about is beside its signatures, and of the simple kind at its root (EN 319 162-1 §4.3, §4.4): a
/// reader shows nothing else, whatever the signatures may hold.
fn misplaced(container: &Container) -> Option<String> {
    let (Mimetype::Good(kind) | Mimetype::Misplaced(kind)) = &container.mimetype else { return None };
    let is_asic = kind == asic::ASIC_S || kind == asic::ASIC_E;
    match &container.data[..] {
        [] if is_asic && container.unread.is_empty() => Some("there is no file in the container but signatures".into()),
        [one] if kind == asic::ASIC_S && one.contains('/') => {
            Some(format!("{one} is not at the root of the container"))
        }
        _ => None,
    }
}

/// Signatures of one container; what more files hold is not examined.
const SIGNATURES_MAX: usize = 1_000;
/// PDF files in a container whose own signatures are looked at.
const PDFS_MAX: usize = 4;
/// Names and defects kept of one signature.
const NAMES_MAX: usize = 64;

struct Contents<'a, 'z> {
    archive: &'a Archive<'z>,
    budget: Budget,
    /// What may still be digested.
    hashing: algorithm::Budget,
}

impl<'z> Contents<'_, 'z> {
    /// Takes so many bytes to be hashed, as SHA-256 takes them.
    fn work(&self, bytes: usize) -> Result<(), &'static str> {
        self.hashing.hash(DigestAlgorithm::Sha256, bytes).map_err(|_| "more work than is done for one document")
    }

    fn get(&mut self, name: &str) -> Option<Cow<'z, [u8]>> {
        let entry = self.archive.entry_named(name)?;
        self.archive.content(entry, &mut self.budget).ok()
    }
}

/// What files hold, and which tokens cover files: joined when all are read, since a time-stamp may cover one that is
/// read after it.
#[derive(Default)]
struct Inside {
    objects: BTreeMap<String, Vec<Object>>,
    tokens: Vec<(TokenId, Vec<String>)>,
}

impl Inside {
    fn settle(self, collector: &mut Collector<'_>) {
        for (id, names) in self.tokens {
            let objects = names.iter().filter_map(|name| self.objects.get(name)).flatten().copied();
            let covers = &mut collector.facts.tokens[id.0].covers;
            covers.extend(objects);
            covers.sort_unstable();
            covers.dedup();
        }
    }
}

fn covered_names(one: &SignatureFile) -> impl Iterator<Item = &str> {
    let matching = one.covers.iter().filter(|covering| covering.digest == DigestCheck::Matches);
    matching.map(|covering| covering.name.as_str())
}

fn signature_file(
    collector: &mut Collector<'_>,
    one: &SignatureFile,
    content: &mut Contents<'_, '_>,
    inside: &mut Inside,
) {
    match &one.content {
        SignatureContent::Xml(Ok(signatures)) => {
            let first = collector.facts.signatures.len();
            let objects = from_xml::take(collector, signatures, &one.name);
            inside.objects.insert(one.name.clone(), objects);
            for signature in &mut collector.facts.signatures[first..] {
                cover(signature, one);
            }
        }
        SignatureContent::Xml(Err(error)) => not_examined(collector, one, &error.to_string()),
        SignatureContent::Cms { over } => {
            let over = over.as_deref().and_then(|name| content.get(name));
            let data = content.get(&one.name).ok_or_else(|| "it cannot be unpacked".to_owned());
            match data.and_then(|bytes| SignedData::read(&bytes).map_err(|error| error.to_string())) {
                Ok(data) => {
                    let objects = cms(collector, one, &data, over.as_deref());
                    inside.objects.insert(one.name.clone(), objects);
                }
                Err(why) => not_examined(collector, one, &why),
            }
        }
        SignatureContent::TimeStamp { over } => {
            let over = over.as_deref().and_then(|name| content.get(name));
            let token = content.get(&one.name).and_then(|bytes| TimeStampToken::read(&bytes).ok());
            let Some(token) = token else { return not_examined(collector, one, "no time-stamp token") };
            let imprint = match &over {
                Some(bytes) => {
                    let bytes: &[&[u8]] = &[bytes];
                    let bytes = Metered { parts: bytes, budget: collector.budget };
                    from_cms::digest_outcome(&token.info.stamps(&bytes))
                }
                None => Outcome::NotFound("what it is over is not there".into()),
            };
            let (id, objects) =
                from_cms::token_facts(collector, &token, &one.name, TokenKind::Document, imprint, Vec::new(), 0);
            by_manifest(collector, id, one);
            inside.objects.insert(one.name.clone(), objects);
            inside.tokens.push((id, covered_names(one).map(str::to_owned).collect()));
        }
        SignatureContent::EvidenceRecord { .. } => record::take(collector, one, content, inside),
    }
}

/// What a manifest says of the files that a token is for: one that differs, and the algorithms of the digests.
fn by_manifest(collector: &mut Collector<'_>, id: TokenId, one: &SignatureFile) {
    let made = &mut collector.facts.tokens[id.0].made;
    made.data.extend(listed(one).filter(|data| data.outcome != Outcome::Matches));
    for algorithm in manifest_algorithms(one) {
        if !made.algorithms.contains(&algorithm) {
            made.algorithms.push(algorithm);
        }
    }
    // Without a signature in the container nothing else would say so.
    if made.data.iter().any(|data| data.outcome == Outcome::Differs) {
        let why = format!("{}: a file is not what was time-stamped", collector.facts.tokens[id.0].place);
        collector.facts.document.push(DocumentFact::Container(why));
    }
}

fn manifest_algorithms(one: &SignatureFile) -> Vec<Algorithm> {
    let mut names: Vec<&str> = one.covers.iter().filter_map(|covering| Some(covering.algorithm?.name())).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(Algorithm::digest).collect()
}

/// The files of a manifest. Of each outcome some suffice: one that is not a match decides.
fn listed(one: &SignatureFile) -> impl Iterator<Item = Data> {
    let mut kept = [0; 3];
    let coverings = one.covers.iter().filter(|covering| covering.by != By::Itself);
    coverings.filter_map(move |covering| {
        let (outcome, number) = match &covering.digest {
            DigestCheck::Matches => (Outcome::Matches, 0),
            DigestCheck::Differs => (Outcome::Differs, 1),
            DigestCheck::Unreadable(reason) => (Outcome::NotFound(reason.to_string()), 2),
        };
        kept[number] += 1;
        (kept[number] <= NAMES_MAX).then(|| Data { what: covering.name.clone(), outcome })
    })
}

fn cms(collector: &mut Collector<'_>, one: &SignatureFile, data: &SignedData, over: Option<&[u8]>) -> Vec<Object> {
    from_cms::beside(collector, data);
    let bytes: &[&[u8]] = &[over.unwrap_or_default()];
    let content = Metered { parts: bytes, budget: collector.budget };
    let setting = Setting { place: &one.name, bound: Bound::Detached, content: &content, format: Format::Cms };
    let taken = from_cms::signed_data(collector, data, &setting);
    for id in taken.signatures {
        let signature = &mut collector.facts.signatures[id.0];
        if over.is_none() {
            let outcome = Outcome::NotFound("what it is over is not there".into());
            signature.made.data = vec![Data { what: one.name.clone(), outcome }];
        }
        signature.made.data.extend(listed(one));
        for algorithm in manifest_algorithms(one) {
            if !signature.made.algorithms.contains(&algorithm) {
                signature.made.algorithms.push(algorithm);
            }
        }
        cover(signature, one);
    }
    taken.objects
}

fn cover(signature: &mut super::facts::Signature, one: &SignatureFile) {
    signature.coverage.covered = covered_names(one).take(NAMES_MAX).map(str::to_owned).collect();
    signature.coverage.uncovered.extend(one.uncovered.iter().take(NAMES_MAX).cloned());
    if !one.uncovered.is_empty() && signature.coverage.scope == Scope::Whole {
        signature.coverage.scope = Scope::Partial;
    }
}

fn not_examined(collector: &mut Collector<'_>, one: &SignatureFile, why: &str) {
    collector.facts.document.push(DocumentFact::SignatureNotRead(format!("{}: {why}", one.name)));
}
