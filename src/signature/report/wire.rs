//! The JSON form. Field names are stable; a field is added, never renamed. Times are RFC 3339 in UTC, objects are named
//! by their SHA-256 in hexadecimal.

use chrono::SecondsFormat;
use serde::Serialize;

use super::{Run, named};
use crate::signature::judge::check::{Block, CheckResult};
use crate::signature::judge::existence::{Proof, Source};
use crate::signature::judge::facts::{ChangeLevel, Facts, Instant, Origin, Permission, Revision, Scope, Signature};
use crate::signature::judge::finding::Finding;
use crate::signature::judge::indication::Conclusion;
use crate::signature::judge::verdict::{ChainVerdict, Status};
use crate::signature::judge::{Judged, TokenVerdict, Verdict};
use crate::signature::policy::Identity;
use crate::signature::practice::{Decision, Practice};

/// Version of the form.
const FORM: u32 = 1;

/// One validation run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    form: u32,
    engine: String,
    mode: &'static str,
    validation_time: String,
    policy: Policy,
    trust_sha256: Option<String>,
    input: Input,
    signatures: Vec<WireSignature>,
    timestamps: Vec<WireToken>,
    document: WireDocument,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Policy {
    id: String,
    sha256: String,
    base: Option<Box<Policy>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Input {
    sha256: String,
    size: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireSignature {
    place: String,
    format: String,
    role: Option<&'static str>,
    indication: &'static str,
    sub_indication: Option<&'static str>,
    words_vi: &'static str,
    words_en: &'static str,
    level: &'static str,
    signer: Option<Signer>,
    time: Times,
    chain: Vec<Link>,
    anchor: Option<Anchor>,
    algorithms: Strength,
    coverage: Covered,
    changes_after: Changed,
    shown: &'static str,
    retry_at: Option<String>,
    evidence: Vec<String>,
    blocks: Vec<WireBlock>,
    findings: Vec<WireFinding>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Signer {
    subject: String,
    attributes: Vec<(String, String)>,
    issuer: String,
    serial: String,
    certificate_sha256: String,
    key: String,
    not_before: String,
    not_after: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Times {
    claimed: Option<String>,
    best_signature_time: String,
    proven_by: Vec<Proven>,
    made_after: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Proven {
    at: String,
    source: &'static str,
    by: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Link {
    subject: String,
    certificate_sha256: String,
    status: &'static str,
    since: Option<String>,
    reason: Option<String>,
    revocation_sha256: Option<String>,
    this_update: Option<String>,
    next_update: Option<String>,
    origin: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Anchor {
    name: String,
    tree: &'static str,
    sha256: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Strength {
    used: Vec<String>,
    secure_until: Option<String>,
    renew_before: Option<String>,
    weakest: Option<String>,
    reliable_now: bool,
    reliable_at_best_time: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Covered {
    scope: &'static str,
    covered: Vec<String>,
    uncovered: Vec<String>,
    signed_bytes: Option<[u64; 2]>,
    revision: Option<[usize; 2]>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Changed {
    level: &'static str,
    permission: &'static str,
    why: Option<String>,
    items: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireToken {
    place: String,
    kind: String,
    time: String,
    indication: &'static str,
    sub_indication: Option<&'static str>,
    sha256: String,
    authority: Option<String>,
    chain: Vec<Link>,
    blocks: Vec<WireBlock>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireBlock {
    block: &'static str,
    indication: &'static str,
    sub_indication: Option<&'static str>,
    checks: Vec<WireCheck>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireCheck {
    code: &'static str,
    clause: &'static str,
    level: &'static str,
    result: &'static str,
    detail: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireFinding {
    code: &'static str,
    question: &'static str,
    severity: &'static str,
    place: String,
    vi: &'static str,
    en: &'static str,
    detail: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireDocument {
    practice: Option<Policy>,
    outcome: Option<&'static str>,
    label_vi: Option<&'static str>,
    reasons: Vec<WireReason>,
    findings: Vec<WireFinding>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct WireReason {
    code: String,
    outcome: &'static str,
    place: String,
    vi: String,
    en: String,
    citation: Option<String>,
    article: Option<String>,
    grade: Option<String>,
}

pub(super) fn report(run: &Run<'_>, judged: &Judged, decision: Option<(&Practice, &Decision)>) -> Report {
    let Judged { facts, validation, .. } = judged;
    let roles = decision.map(|(_, decision)| &decision.roles);
    let signatures = facts.signatures.iter().zip(&validation.signatures).enumerate();
    let signatures = signatures.map(|(number, (fact, verdict))| {
        let role = roles.and_then(|roles| roles.get(number)).map(|role| role.name());
        signature(facts, fact, verdict, role)
    });
    let tokens = facts.tokens.iter().zip(&validation.tokens);
    Report {
        form: FORM,
        engine: run.engine.to_owned(),
        mode: run.mode.name(),
        validation_time: time(validation.at),
        policy: policy(&validation.policy),
        trust_sha256: run.trust.as_ref().map(named),
        input: Input { sha256: named(&run.sha256), size: run.size },
        signatures: signatures.collect(),
        timestamps: tokens.map(|(fact, verdict)| token(facts, fact, verdict)).collect(),
        document: WireDocument {
            practice: decision.map(|(practice, _)| Policy {
                id: practice.id.clone(),
                sha256: named(&practice.sha256),
                base: None,
            }),
            outcome: decision.map(|(_, decision)| decision.outcome.name()),
            label_vi: decision.map(|(_, decision)| decision.outcome.label()),
            reasons: decision.map_or_else(Vec::new, |(_, decision)| reasons(decision)),
            findings: findings(&validation.findings),
        },
    }
}

fn reasons(decision: &Decision) -> Vec<WireReason> {
    let reasons = decision.reasons.iter().map(|reason| {
        let source = reason.source.as_ref();
        WireReason {
            code: reason.code.clone(),
            outcome: reason.outcome.name(),
            place: reason.place.clone(),
            vi: reason.vi.clone(),
            en: reason.en.clone(),
            citation: source.map(|(citation, ..)| citation.clone()),
            article: source.map(|(_, article, _)| article.clone()),
            grade: source.map(|(.., grade)| grade.clone()),
        }
    });
    reasons.collect()
}

fn policy(identity: &Identity) -> Policy {
    Policy {
        id: identity.id.clone(),
        sha256: named(&identity.sha256),
        base: identity.base.as_deref().map(|base| Box::new(policy(base))),
    }
}

fn signature(facts: &Facts, fact: &Signature, verdict: &Verdict, role: Option<&'static str>) -> WireSignature {
    let Conclusion { indication, sub_indication } = verdict.conclusion;
    let provable = &verdict.provable;
    let anchor = verdict.chain.as_ref().and_then(|chain| facts.anchors.get(chain.anchor.0));
    WireSignature {
        place: fact.place.clone(),
        format: format!("{:?}", fact.format),
        role,
        indication: indication.total(),
        sub_indication: sub_indication.map(|sub| sub.name()),
        words_vi: sub_indication.map_or(indication.label(), |sub| sub.words_vi()),
        words_en: sub_indication.map_or("The signature is good.", |sub| sub.words_en()),
        level: provable.level.name(),
        signer: verdict.certificate.and_then(|id| facts.certificates.get(id.0)).map(|one| Signer {
            subject: one.subject.clone(),
            attributes: one.attributes.clone(),
            issuer: one.issuer.clone(),
            serial: one.serial_hex.clone(),
            certificate_sha256: named(&one.object),
            key: one.key.to_string(),
            not_before: time(one.not_before),
            not_after: time(one.not_after),
        }),
        time: Times {
            claimed: fact.claimed.map(|claimed| time(claimed.at)),
            best_signature_time: time(verdict.best_signature_time),
            proven_by: verdict.proofs.iter().map(|proof| proven(facts, proof)).collect(),
            made_after: verdict.made_after.map(|(at, _)| time(at)),
        },
        chain: verdict.chain.as_ref().map_or_else(Vec::new, |chain| links(facts, chain)),
        anchor: anchor.map(|anchor| Anchor {
            name: anchor.name.clone(),
            tree: anchor.tree.code(),
            sha256: anchor.object.as_ref().map(named),
        }),
        algorithms: Strength {
            used: fact.made.algorithms.iter().map(ToString::to_string).collect(),
            secure_until: provable.secure_until.map(time),
            renew_before: provable.renew_before.map(time),
            weakest: provable.weakest.as_ref().map(ToString::to_string),
            reliable_now: provable.reliable_now,
            reliable_at_best_time: provable.reliable_then,
        },
        coverage: coverage(fact),
        changes_after: changes(fact),
        shown: verdict.shown.name(),
        retry_at: verdict.retry_at.map(time),
        evidence: provable.evidence.iter().map(named).collect(),
        blocks: blocks(&verdict.blocks),
        findings: findings(&verdict.findings),
    }
}

fn coverage(fact: &Signature) -> Covered {
    let coverage = &fact.coverage;
    Covered {
        scope: match coverage.scope {
            Scope::Whole => "whole",
            Scope::Partial => "partial",
            Scope::Unknown => "unknown",
            Scope::Nothing => "nothing",
        },
        covered: coverage.covered.clone(),
        uncovered: coverage.uncovered.clone(),
        signed_bytes: coverage.signed_bytes.as_ref().map(|range| [range.start, range.end]),
        revision: match coverage.revision {
            Revision::Of(number, of) => Some([number, of]),
            Revision::None | Revision::NotApplicable => None,
        },
    }
}

fn changes(fact: &Signature) -> Changed {
    let (permission, why) = match &fact.changes.permission {
        Permission::NoRule => ("no-rule", None),
        Permission::Allowed => ("allowed", None),
        Permission::Forbidden(why) => ("forbidden", Some(why.clone())),
        Permission::Unknown => ("unknown", None),
    };
    let level = match fact.changes.level {
        ChangeLevel::None => "NONE",
        ChangeLevel::LtaOnly => "LTA_ONLY",
        ChangeLevel::FormFillSign => "FORM_FILL_SIGN",
        ChangeLevel::Annotations => "ANNOTATIONS",
        ChangeLevel::NotCompared => "NOT_COMPARED",
        ChangeLevel::Undefined => "UNDEFINED",
        ChangeLevel::Unparsable => "UNPARSABLE",
    };
    Changed { level, permission, why, items: fact.changes.items.clone() }
}

fn token(facts: &Facts, fact: &crate::signature::judge::facts::Token, verdict: &TokenVerdict) -> WireToken {
    WireToken {
        place: fact.place.clone(),
        kind: format!("{:?}", fact.kind),
        time: time(fact.time),
        indication: verdict.conclusion.indication.name(),
        sub_indication: verdict.conclusion.sub_indication.map(|sub| sub.name()),
        sha256: named(&fact.made.object),
        authority: verdict.certificate.and_then(|id| facts.certificates.get(id.0)).map(|one| one.subject.clone()),
        chain: verdict.chain.as_ref().map_or_else(Vec::new, |chain| links(facts, chain)),
        blocks: blocks(&verdict.blocks),
    }
}

fn proven(facts: &Facts, proof: &Proof) -> Proven {
    let (source, by) = match proof.source {
        Source::Token(id) => ("time-stamp", facts.tokens.get(id.0).map(|token| token.place.clone())),
        Source::Archive(number) => ("archive", facts.proofs.get(number).map(|proof| proof.by.clone())),
    };
    Proven { at: time(proof.at), source, by: by.unwrap_or_default() }
}

fn links(facts: &Facts, chain: &ChainVerdict) -> Vec<Link> {
    let links = chain.members.iter().filter_map(|member| {
        let certificate = facts.certificates.get(member.certificate.0)?;
        let (status, by, since, reason) = match &member.status {
            Status::Exempt => ("exempt", None, None, None),
            Status::Good(by) => ("good", Some(by), None, None),
            Status::Revoked { by, since, reason } => ("revoked", Some(by), Some(*since), Some(reason.clone())),
            Status::OnHold(by) => ("on-hold", Some(by), None, None),
            Status::Stale(by) => ("too-old", Some(by), None, None),
            Status::SignerExpired(by) => ("signer-expired", Some(by), None, None),
            Status::Weak(by, _) => ("weak", Some(by), None, None),
            Status::Unknown => ("unknown", None, None, None),
        };
        let statement = by.and_then(|by| facts.revocations.get(by.0));
        Some(Link {
            subject: certificate.subject.clone(),
            certificate_sha256: named(&certificate.object),
            status,
            since: since.map(time),
            reason,
            revocation_sha256: statement.map(|one| named(&one.object)),
            this_update: statement.map(|one| time(one.this_update)),
            next_update: statement.and_then(|one| one.next_update).map(time),
            origin: statement.map(|one| origin(one.origin)),
        })
    });
    links.collect()
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Signature => "signature",
        Origin::Store(_) => "dss",
        Origin::Token => "time-stamp",
        Origin::HandedIn => "handed-in",
    }
}

fn blocks(blocks: &[Block]) -> Vec<WireBlock> {
    let blocks = blocks.iter().map(|block| WireBlock {
        block: block.kind.name(),
        indication: block.conclusion.indication.name(),
        sub_indication: block.conclusion.sub_indication.map(|sub| sub.name()),
        checks: block
            .checks
            .iter()
            .map(|check| WireCheck {
                code: check.code.code(),
                clause: check.code.clause(),
                level: check.level.name(),
                result: match check.result {
                    CheckResult::Holds => "holds",
                    CheckResult::Fails => "fails",
                    CheckResult::NotChecked => "not-checked",
                },
                detail: check.detail.clone(),
            })
            .collect(),
    });
    blocks.collect()
}

fn findings(findings: &[Finding]) -> Vec<WireFinding> {
    let findings = findings.iter().map(|finding| WireFinding {
        code: finding.code.code(),
        question: finding.code.axis().name(),
        severity: finding.code.severity().name(),
        place: finding.place.clone(),
        vi: finding.code.words().vi,
        en: finding.code.words().en,
        detail: finding.detail.clone(),
    });
    findings.collect()
}

pub(super) fn time(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
