//! What a reader should know beside the conclusions.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::Judge;
use super::check::{CheckCode, CheckResult};
use super::existence::Source;
use super::facts::{Appearance, ChangeLevel, DocumentFact, Format, Permission, Scope, Signature, TokenKind};
use super::finding::{Finding, FindingCode as Code};
use super::indication::{Indication, SubIndication};
use super::verdict::{Reached, Shown, Status, TokenVerdict, Validation, Verdict};

/// A further time-stamp is "soon" from here on: time to plan a renewal of a whole archive.
const SOON: TimeDelta = TimeDelta::days(365);
/// Items of a list in a detail.
const ITEMS_MAX: usize = 8;

impl Judge<'_> {
    pub(super) fn signature_remarks(&self, signature: &Signature, tokens: &[TokenVerdict], verdict: &mut Verdict) {
        let mut found = Found { place: &signature.place, findings: Vec::new() };
        self.about_signature(signature, tokens, verdict, &mut found);
        about_shown(signature, verdict, &mut found);
        self.about_provable(verdict, &mut found);
        verdict.findings = found.findings;
    }

    fn about_signature(
        &self,
        signature: &Signature,
        tokens: &[TokenVerdict],
        verdict: &Verdict,
        found: &mut Found<'_>,
    ) {
        if let Some(sub) = verdict.conclusion.sub_indication {
            found.add(Code::NotPassed, format!("{}: {}", sub.name(), sub.words_en()));
        }
        match verdict.proven_by {
            None => found.add(Code::NoProvenTime, ""),
            Some(Source::Archive(number)) => found.add(Code::ProvenByArchive, &*self.facts.proofs[number].by),
            Some(Source::Token(_)) => {}
        }
        for (token, judged) in self.facts.tokens.iter().zip(tokens) {
            let is_own = token.place == signature.place || token.place.starts_with(&format!("{}/", signature.place));
            if is_own && !judged.conclusion.passed() {
                found.add(Code::TimeStampDropped, format!("{} ({})", token.place, judged.conclusion));
            }
        }
        for check in verdict.blocks.iter().flat_map(|block| &block.checks) {
            match (check.code, check.result) {
                (CheckCode::ClaimedTime, CheckResult::Fails) => found.add(Code::ClaimedTimeLater, &*check.detail),
                (CheckCode::SigningCertificateNamed, CheckResult::Fails) => found.add(Code::CertificateNotNamed, ""),
                (CheckCode::KeyCommits, CheckResult::Fails) => found.add(Code::NoNonRepudiation, ""),
                (CheckCode::SignaturePolicy, CheckResult::Fails) => found.add(Code::PolicyNamed, &*check.detail),
                (CheckCode::Requirement, CheckResult::Fails) => found.add(Code::BelowProfile, &*check.detail),
                (CheckCode::SigningCertificateIsNamed, CheckResult::NotChecked) => {
                    found.add(Code::NotChecked, &*check.detail);
                }
                _ => {}
            }
        }
        // What a later one shows may lie on anything that was signed before.
        let is_first = self.facts.signatures.first().is_some_and(|first| std::ptr::eq(first, signature));
        if !is_first && signature.appearance == Appearance::Visible {
            found.add(Code::FurtherSigner, "");
        }
        if !signature.made.notes.is_empty() {
            found.add(Code::UnusualEncoding, listed(&signature.made.notes));
        }
        if verdict.conclusion.passed() {
            let members = verdict.chain.iter().flat_map(|chain| &chain.members);
            for member in members {
                if let Status::Revoked { since, reason, .. } = &member.status {
                    found.add(Code::RevokedLater, format!("{since}, {reason}"));
                }
            }
            let signer = verdict.certificate.and_then(|id| self.facts.certificates.get(id.0));
            if let Some(signer) = signer.filter(|signer| signer.not_after < self.at) {
                found.add(Code::ExpiredSince, signer.not_after.to_string());
            }
        }
    }

    fn about_provable(&self, verdict: &Verdict, found: &mut Found<'_>) {
        let provable = &verdict.provable;
        if verdict.conclusion.passed() && !provable.reliable_now && provable.reliable_then {
            found.add(Code::WeakNow, provable.weakest.as_ref().map(ToString::to_string).unwrap_or_default());
        }
        if verdict.conclusion.indication != Indication::Failed && provable.level < Reached::Lt {
            found.add(Code::EvidenceNotInside, provable.level.name());
        }
        if let Some(before) =
            provable.renew_before.filter(|&before| verdict.conclusion.passed() && before < self.at + SOON)
        {
            found.add(Code::RenewSoon, before.to_string());
        }
        if verdict.conclusion.is(SubIndication::TryLater) {
            found.add(Code::CheckAgain, verdict.retry_at.map(|at| at.to_string()).unwrap_or_default());
        }
    }

    /// What is to be said about the document as a whole.
    pub(super) fn document_remarks(&self, validation: &Validation) -> Vec<Finding> {
        let mut found = Found { place: "", findings: Vec::new() };
        for fact in &self.facts.document {
            match fact {
                DocumentFact::Damaged(why) | DocumentFact::Container(why) => found.add(Code::Damaged, &**why),
                DocumentFact::EmptyFields(names) => found.add(Code::EmptyFields, listed(names)),
                DocumentFact::ShownByNobody(names) => found.add(Code::ShownByNobody, listed(names)),
                // What it means is a question of practice.
                DocumentFact::Scanned => {}
                DocumentFact::PictureOnly => found.add(Code::PictureOnly, ""),
                DocumentFact::Moving(what) => found.add(Code::MovingContent, listed(what)),
                DocumentFact::InPlaceOfPages(what) => found.add(Code::InPlaceOfPages, listed(what)),
                DocumentFact::UncoveredFiles(names) => found.add(Code::UncoveredFiles, listed(names)),
                DocumentFact::SignatureNotRead(why) => found.add(Code::SignatureNotRead, &**why),
                DocumentFact::OtherKind(why) => found.add(Code::OtherKind, &**why),
                DocumentFact::Encrypted(why) => found.add(Code::Encrypted, &**why),
                DocumentFact::NotExamined(why) => found.add(Code::NotChecked, &**why),
            }
        }
        for last in self.last_filled() {
            found.add(Code::FilledUnsigned, format!("{}: {}", last.place, listed(&last.changes.fields_filled)));
        }
        let whole = |kind| matches!(kind, TokenKind::Document | TokenKind::Record);
        for (token, judged) in self.facts.tokens.iter().zip(&validation.tokens) {
            if whole(token.kind) && !judged.conclusion.passed() {
                found.add(Code::TimeStampDropped, format!("{} ({})", token.place, judged.conclusion));
            }
        }
        if validation.signatures.is_empty() {
            found.add(Code::Unsigned, "");
        }
        found.findings
    }

    /// The last signature of each part, where it is of a PDF file that was filled in or annotated since. One that stands around
    /// the file covers that, too.
    fn last_filled(&self) -> Vec<&Signature> {
        let mut last: BTreeMap<usize, &Signature> = BTreeMap::new();
        last.extend(self.facts.signatures.iter().filter(|one| one.countersigns.is_none()).map(|one| (one.part, one)));
        let is_filled = |one: &&Signature| {
            matches!(one.format, Format::Pades | Format::PdfCms)
                && matches!(one.changes.level, ChangeLevel::FormFillSign | ChangeLevel::Annotations)
        };
        last.into_values().filter(is_filled).collect()
    }
}

fn about_shown(signature: &Signature, verdict: &Verdict, found: &mut Found<'_>) {
    let changes = &signature.changes;
    if verdict.conclusion.is(SubIndication::HashFailure) {
        found.add(Code::DataChanged, "");
    }
    if let Permission::Forbidden(why) = &changes.permission {
        found.add(Code::ChangeForbidden, &**why);
    }
    match changes.level {
        ChangeLevel::None => {}
        ChangeLevel::LtaOnly if changes.permission == Permission::Allowed => {
            found.add(Code::EvidenceAfterCertified, "")
        }
        ChangeLevel::LtaOnly => found.add(Code::EvidenceAfter, ""),
        ChangeLevel::FormFillSign => found.add(Code::FilledAfter, listed(&changes.fields_filled)),
        ChangeLevel::Annotations => found.add(Code::AnnotationsAdded, listed(&changes.items)),
        ChangeLevel::NotCompared => found.add(Code::ChangesNotCompared, listed(&changes.items)),
        ChangeLevel::Undefined => found.add(Code::ChangedLater, listed(&changes.items)),
        ChangeLevel::Unparsable => found.add(Code::UnexplainedBytes, listed(&changes.items)),
    }
    for (code, fields) in [(Code::FilledOver, &changes.filled_over), (Code::FilledUnlike, &changes.filled_unlike)] {
        if !fields.is_empty() {
            found.add(code, listed(fields));
        }
    }
    if !changes.described.is_empty() {
        found.add(Code::DescribedAfter, listed(&changes.described));
    }
    match signature.coverage.scope {
        Scope::Whole => {}
        Scope::Partial => found.add(Code::PartlySigned, listed(&signature.coverage.uncovered)),
        Scope::Nothing => found.add(Code::NothingSigned, ""),
        Scope::Unknown if verdict.shown == Shown::NotSigned => {}
        Scope::Unknown => found.add(Code::NotChecked, "coverage"),
    }
    if signature.appearance == Appearance::Invisible {
        found.add(Code::Invisible, "");
    }
}

/// Findings about one place.
struct Found<'p> {
    place: &'p str,
    findings: Vec<Finding>,
}

impl Found<'_> {
    /// Adds a finding, unless it is there.
    fn add(&mut self, code: Code, detail: impl Into<String>) {
        let finding = Finding::new(code, self.place, detail);
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

fn listed(items: &[String]) -> String {
    let mut text = items.iter().take(ITEMS_MAX).map(String::as_str).collect::<Vec<_>>().join("; ");
    if items.len() > ITEMS_MAX {
        text.push_str("; …");
    }
    text
}
