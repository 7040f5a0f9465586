//! Verdicts in words: what a check of signatures says to people, in Vietnamese and English.
//!
//! The three questions stay apart: is the signature good; is what is shown what was signed; will it stay provable.

use super::check_signature::Checked;
use crate::signature::judge::existence::Source;
use crate::signature::judge::facts::{CertificateId, Facts};
use crate::signature::judge::verdict::{Provable, Reached, Shown};
use crate::signature::judge::{Verdict, finding};
use crate::signature::practice::{Outcome, Practice, Role};
use chrono::{DateTime, SecondsFormat, Utc};

/// Words: Vietnamese, English.
pub type Words = (&'static str, &'static str);

/// What is said about a file.
pub struct Told {
    /// What an archive would do with it.
    pub decision: Words,
    /// Each signature.
    pub signatures: Vec<ToldSignature>,
    /// Reasons for the decision, then findings.
    pub remarks: Vec<Remark>,
}

/// What is said about a signature.
pub struct ToldSignature {
    /// Where it is.
    pub place: String,
    /// Whose it is.
    pub role: Words,
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`, with the sub-indication.
    pub conclusion: String,
    /// Why it did not pass.
    pub why: Option<Words>,
    /// The subject of its certificate.
    pub signer: String,
    /// When it was made, and what proves that.
    pub time: (String, String),
    /// Is what is shown what was signed?
    pub shown: Words,
    /// Will it stay provable?
    pub provable: (String, String),
}

/// Something a reader should know.
pub struct Remark {
    /// `accept`, `note`, `warning`, `review`…: how much it matters.
    pub severity: &'static str,
    /// Its stable code.
    pub code: String,
    /// The signature it is about; empty for the file.
    pub place: String,
    /// In words.
    pub words: (String, String),
    /// The facts of the case, or the legal source.
    pub detail: String,
}

/// Puts a verdict into words.
pub fn tell(checked: &Checked) -> Told {
    let (facts, validation) = (&checked.judged.facts, &checked.judged.validation);
    let verdicts = facts.signatures.iter().zip(&validation.signatures).enumerate();
    let signatures = verdicts.map(|(number, (signature, verdict))| ToldSignature {
        place: signature.place.clone(),
        role: role(checked.decision.roles.get(number).copied().unwrap_or(Role::Unknown)),
        conclusion: conclusion(verdict),
        why: verdict.conclusion.sub_indication.map(|sub| (sub.words_vi(), sub.words_en())),
        signer: verdict.certificate.map_or_else(String::new, |id| subject(facts, id)),
        time: time(facts, verdict),
        shown: shown(verdict.shown),
        provable: provable(&verdict.provable),
    });
    let signatures = signatures.collect();
    let reasons = checked.decision.reasons.iter().map(|reason| Remark {
        severity: reason.outcome.name(),
        code: reason.code.clone(),
        place: reason.place.clone(),
        words: (reason.vi.clone(), reason.en.clone()),
        detail: reason
            .source
            .as_ref()
            .map_or_else(String::new, |(citation, article, _)| format!("{citation} {article}").trim_end().to_owned()),
    });
    let findings = validation.signatures.iter().flat_map(|verdict| &verdict.findings).chain(&validation.findings);
    let remarks = reasons.chain(findings.map(remark)).collect();
    Told { decision: decision(checked), signatures, remarks }
}

/// What the codes of reasons mean, in Vietnamese and in English; a code that is not known stays one.
pub fn reasons(codes: &[String]) -> Vec<(String, String)> {
    if codes.is_empty() {
        return Vec::new(); // the rules need not be read
    }
    let practice = Practice::vietnam().ok();
    let words = |code: &String| {
        let known = practice.as_ref().and_then(|practice| practice.words(code));
        known.map_or_else(|| (code.clone(), code.clone()), |(vi, en)| (vi.to_owned(), en.to_owned()))
    };
    codes.iter().map(words).collect()
}

fn decision(checked: &Checked) -> Words {
    if checked.judged.validation.signatures.is_empty() && checked.decision.outcome < Outcome::Review {
        return ("không có chữ ký số", "no signature");
    }
    match checked.decision.outcome {
        Outcome::Accept => ("chấp nhận", "accept"),
        Outcome::AcceptWithNotes => ("chấp nhận, có lưu ý", "accept with notes"),
        Outcome::Review => ("cần lưu trữ viên xem xét", "an archivist must review it"),
        Outcome::Return => ("trả lại", "return"),
    }
}

fn role(role: Role) -> Words {
    match role {
        Role::Leader => ("chữ ký số của người có thẩm quyền", "leader signature"),
        Role::Agency => ("chữ ký số của cơ quan", "agency signature"),
        Role::Counter => ("chữ ký xác nhận", "countersignature"),
        Role::Unknown => ("chữ ký số", "signature"),
    }
}

fn conclusion(verdict: &Verdict) -> String {
    let total = verdict.conclusion.indication.total().replace('_', "-");
    match verdict.conclusion.sub_indication {
        Some(sub) => format!("{total} / {}", sub.name()),
        None => total,
    }
}

fn subject(facts: &Facts, id: CertificateId) -> String {
    facts.certificates.get(id.0).map_or_else(String::new, |certificate| certificate.subject.clone())
}

fn time(facts: &Facts, verdict: &Verdict) -> (String, String) {
    let at = rfc3339(verdict.best_signature_time);
    match verdict.proven_by {
        Some(Source::Token(id)) => {
            let authority = facts.tokens.get(id.0).map_or("", |token| token.place.as_str());
            (
                format!("không muộn hơn {at} (dấu thời gian: {authority})"),
                format!("no later than {at} (time-stamp: {authority})"),
            )
        }
        Some(Source::Archive(number)) => {
            let by = facts.proofs.get(number).map_or("", |proof| proof.by.as_str());
            (format!("không muộn hơn {at} (kho lưu trữ: {by})"), format!("no later than {at} (the archive: {by})"))
        }
        None => ("chưa được chứng minh".to_owned(), "not proven".to_owned()),
    }
}

fn shown(shown: Shown) -> Words {
    match shown {
        Shown::AsSigned => ("đúng như đã ký", "as signed"),
        Shown::EvidenceAdded => {
            ("đúng như đã ký; sau đó chỉ thêm bằng chứng", "as signed; only evidence was added later")
        }
        Shown::FilledAndSigned => (
            "đúng như đã ký; sau đó chỉ điền trường và ký thêm",
            "as signed; only fields and signatures were added later",
        ),
        Shown::Partly => ("chỉ một phần được ký", "only a part is signed"),
        Shown::Unknown => ("không xác định được", "it can't be told"),
        Shown::ChangedLater => ("đã bị thay đổi sau khi ký", "changed after signing"),
        Shown::NotSigned => ("nội dung hiển thị không phải nội dung đã ký", "what is shown is not what was signed"),
    }
}

fn provable(provable: &Provable) -> (String, String) {
    let level = match provable.level {
        Reached::None => ("không đạt mức AdES nào", "no level of AdES"),
        level => (level.name(), level.name()),
    };
    let before = provable.renew_before.map(|before| before.date_naive());
    let renewed = |words: &str| before.map_or_else(String::new, |before| format!(", {words} {before}"));
    (level.0.to_owned() + &renewed("cần gia hạn trước"), level.1.to_owned() + &renewed("to be renewed before"))
}

fn remark(finding: &finding::Finding) -> Remark {
    let words = finding.code.words();
    Remark {
        severity: finding.code.severity().name(),
        code: finding.code.code().to_owned(),
        place: finding.place.clone(),
        words: (words.vi.to_owned(), words.en.to_owned()),
        detail: finding.detail.clone(),
    }
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
