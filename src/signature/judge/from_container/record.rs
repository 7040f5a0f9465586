//! Evidence records of a container (EN 319 162-1 §4.4.4): each of their time-stamps as a token with what it covers.
//!
//! The first time-stamp of a chain covers the files, each further one the time-stamp before it; the first of each
//! further chain also everything before. A finding about one of them is the outcome of its imprint, so that the judge
//! drops that time-stamp and no other; a finding about the record as a whole is that of all of them.

use std::borrow::Cow;

use super::super::collect::Collector;
use super::super::facts::{Object, Outcome, TokenKind};
use super::super::from_cms;
use super::{Contents, DigestCheck, Inside, SignatureFile, by_manifest, covered_names, not_examined};
use crate::signature::cms::{Content, Slices};
use crate::signature::evidence_record::{self, EvidenceRecord, Finding, Place, Proves, Syntax, Verification};
use crate::signature::xml::c14n::Method;

/// How often a renewal may need the record itself: once for each form of each chain.
const RECORD_TIMES: usize = 64;
/// What a byte in canonical form costs, in bytes digested.
const CANONICAL_COST: usize = 8;

pub(super) fn take(
    collector: &mut Collector<'_>,
    one: &SignatureFile,
    content: &mut Contents<'_, '_>,
    inside: &mut Inside,
) {
    let found = read(one, content);
    let (record, found) = match found {
        Ok(found) => found,
        Err(why) => return not_examined(collector, one, &why),
    };
    if found.tokens.is_empty() {
        let why = found.findings.first().map_or_else(|| "no time-stamp".to_owned(), ToString::to_string);
        return not_examined(collector, one, &why);
    }
    tokens(collector, one, &record, &found, inside);
}

fn tokens(
    collector: &mut Collector<'_>,
    one: &SignatureFile,
    record: &EvidenceRecord,
    found: &Verification,
    inside: &mut Inside,
) {
    let files: Vec<String> = covered_names(one).map(str::to_owned).collect();
    let mut all: Vec<Object> = Vec::new();
    let mut before: Vec<Object> = Vec::new();
    for required in &found.tokens {
        let Place { chain, number } = required.place;
        let stamp = record.chains.get(chain).and_then(|chain| chain.time_stamps.get(number));
        let Some(Ok(token)) = stamp.map(|stamp| &stamp.token) else { continue };
        let covers = match required.proves {
            Proves::TokenBefore => std::mem::take(&mut before),
            Proves::Objects => all.clone(),
        };
        let place = format!("{}/{}.{}", one.name, chain + 1, number + 1);
        let imprint = outcome(found, required.place);
        let (id, objects) = from_cms::token_facts(collector, token, &place, TokenKind::Record, imprint, covers, 0);
        by_manifest(collector, id, one);
        if required.proves == Proves::Objects {
            inside.tokens.push((id, files.clone()));
        }
        all.extend(&objects);
        before = objects;
    }
    inside.objects.insert(one.name.clone(), all);
}

/// The record, and how it stands against the files that it is over.
fn read(one: &SignatureFile, content: &mut Contents<'_, '_>) -> Result<(EvidenceRecord, Verification), String> {
    let bytes = content.get(&one.name).ok_or("it cannot be unpacked")?;
    content.work(bytes.len().saturating_mul(RECORD_TIMES))?;
    let record = if evidence_record::is_xml(&bytes) {
        EvidenceRecord::read_xml(&bytes).map_err(|error| error.to_string())?
    } else {
        EvidenceRecord::read(&bytes).map_err(|error| error.to_string())?
    };
    // One that is named and not there is said by the manifest's digest; one that was there a moment ago must be.
    let there = one.covers.iter().filter(|covering| !matches!(covering.digest, DigestCheck::Unreadable(_)));
    let files = there.map(|covering| content.get(&covering.name).ok_or("what it covers cannot be unpacked"));
    let files: Vec<_> = files.collect::<Result<_, _>>()?;
    let methods = if record.syntax == Syntax::Xml { record.canonicalisations() } else { Vec::new() };
    let stamps = record.chains.iter().flat_map(|chain| &chain.time_stamps);
    let weight = stamps.filter_map(|stamp| Some(stamp.algorithm().ok()?.weight())).max().unwrap_or(1);
    for bytes in &files {
        let forms = if evidence_record::is_xml(bytes) { methods.len() * CANONICAL_COST } else { 0 };
        content.work(bytes.len().saturating_mul(record.chains.len() * (1 + methods.len()) * weight + forms))?;
    }
    let found = verify(&record, &methods, &files);
    Ok((record, found))
}

/// Each file as it is and, where it is XML and the record too, in canonical forms.
fn verify(record: &EvidenceRecord, methods: &[Method], files: &[Cow<'_, [u8]>]) -> Verification {
    let canonical = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let methods = methods.iter().filter(|_| evidence_record::is_xml(bytes));
        methods.filter_map(|method| evidence_record::canonical_document(bytes, method)).collect()
    };
    let forms: Vec<Vec<Vec<u8>>> = files.iter().map(|bytes| canonical(bytes)).collect();
    let slices: Vec<Vec<[&[u8]; 1]>> = files
        .iter()
        .zip(&forms)
        .map(|(bytes, forms)| std::iter::once([&bytes[..]]).chain(forms.iter().map(|form| [&form[..]])).collect())
        .collect();
    let contents: Vec<Vec<Slices<'_>>> =
        slices.iter().map(|forms| forms.iter().map(|form| Slices(form)).collect()).collect();
    let objects: Vec<Vec<&dyn Content>> =
        contents.iter().map(|forms| forms.iter().map(|form| form as &dyn Content).collect()).collect();
    let objects: Vec<&[&dyn Content]> = objects.iter().map(Vec::as_slice).collect();
    record.verify_forms(&objects)
}

/// What the findings about one time-stamp, and those about all of them, come to.
fn outcome(found: &Verification, place: Place) -> Outcome {
    let concerns = |finding: &&Finding| finding.place().is_none_or(|one| one == place) && !finding.is_note();
    let mut serious = found.findings.iter().filter(concerns);
    match serious.clone().find(|finding| !finding.is_unchecked()).or_else(|| serious.next()) {
        None => Outcome::Matches,
        Some(Finding::NoObject) => Outcome::NotFound(Finding::NoObject.to_string()),
        Some(Finding::Unsupported(_, why)) => Outcome::Unsupported(why.to_string()),
        Some(finding) if finding.is_unchecked() => Outcome::NotChecked(finding.to_string()),
        Some(_) => Outcome::Differs,
    }
}
