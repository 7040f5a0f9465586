//! The form of a policy file.

use serde::Deserialize;

use super::{
    Algorithm, ArchiveProofs, Authority, BadPolicy, Case, Catalogue, Constraints, Entry, Freshness, Identity, Level,
    POLICY_VERSION, Policy, Requirement, day,
};
use crate::digest::Sha256;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    id: String,
    base: Option<String>,
    title_vi: String,
    title_en: String,
    #[serde(default)]
    authority: Vec<WireAuthority>,
    #[serde(default)]
    digest: Vec<Line>,
    #[serde(default)]
    scheme: Vec<Line>,
    #[serde(default)]
    requirement: Vec<WireRequirement>,
    rsa_exponent: Option<Exponent>,
    constraints: Option<WireConstraints>,
    #[serde(default)]
    case: Vec<WireCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAuthority {
    code: String,
    citation: String,
    in_force_from: Option<toml::value::Datetime>,
    grade: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    #[serde(default)]
    bits_min: u32,
    until: Option<toml::value::Datetime>,
    authority: String,
    #[serde(default)]
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exponent {
    above: u64,
    authority: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRequirement {
    code: String,
    from: toml::value::Datetime,
    algorithms: Vec<String>,
    level: String,
    authority: String,
    what_vi: String,
    what_en: String,
    #[serde(default)]
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireConstraints {
    signing_certificate_named: String,
    key_may_sign: String,
    key_commits_content: String,
    stamping_purpose: String,
    signature_time_stamp: String,
    claimed_time_before_best: String,
    signature_policy_processed: String,
    time_stamp_order: String,
    signer_revocation: String,
    authority_revocation: String,
    without_next_update_hours: u32,
    compromise_reasons: Vec<String>,
    archive_proofs: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCase {
    why: String,
    algorithm: String,
    bits: Option<u32>,
    exponent: Option<u64>,
    at: toml::value::Datetime,
    expect: String,
}

/// Reads a policy file over the policy that it rests on.
pub(super) fn read(text: &str, base: Option<&Policy>) -> Result<Policy, BadPolicy> {
    let file: File = toml::from_str(text).map_err(|error| BadPolicy(vec![error.to_string()]))?;
    let mut problems = Problems(Vec::new());
    if file.format != POLICY_VERSION {
        problems.add(format!("format {} is not {POLICY_VERSION}", file.format));
    }
    if file.base.as_deref() != base.map(|base| base.identity.id.as_str()) {
        problems.add(format!("the base is {:?}, and another or none was given", file.base));
    }
    let mut authorities: Vec<Authority> = base.map_or_else(Vec::new, |base| base.authorities.clone());
    authorities.extend(file.authority.into_iter().map(|wire| problems.authority(wire)));
    let mut catalogue = base.map_or_else(Catalogue::default, |base| base.catalogue.clone());
    for line in file.digest.into_iter().chain(file.scheme) {
        problems.known(&authorities, &line.authority);
        let until = line.until.and_then(|date| problems.instant(date));
        let Line { name, bits_min, authority, verified, .. } = line;
        catalogue.put(Entry { name, bits_min, until, authority, policy: file.id.clone(), verified });
    }
    if let Some(exponent) = file.rsa_exponent {
        problems.known(&authorities, &exponent.authority);
        catalogue.rsa_exponent_above = exponent.above;
    }
    let mut requirements = base.map_or_else(Vec::new, |base| base.requirements.clone());
    for wire in file.requirement {
        problems.known(&authorities, &wire.authority);
        let (Some(from), level) = (problems.instant(wire.from), problems.level(&wire.level)) else { continue };
        let WireRequirement { code, algorithms, authority, what_vi, what_en, verified, .. } = wire;
        requirements.push(Requirement { code, from, algorithms, level, authority, what_vi, what_en, verified });
    }
    let constraints = file.constraints.map(|wire| problems.constraints(wire));
    let constraints = constraints.or_else(|| base.map(|base| base.constraints.clone()));
    let cases = file.case.into_iter().filter_map(|wire| problems.case(wire)).collect();
    let Some(constraints) = constraints else {
        problems.add("there are no constraints, and no base to take them from".into());
        return Err(BadPolicy(problems.0));
    };
    if !problems.0.is_empty() {
        return Err(BadPolicy(problems.0));
    }
    let identity = Identity {
        id: file.id,
        sha256: Sha256::of(text.as_bytes()),
        base: base.map(|base| Box::new(base.identity.clone())),
    };
    let (title_vi, title_en) = (file.title_vi, file.title_en);
    Ok(Policy { identity, title_vi, title_en, authorities, catalogue, requirements, constraints, cases })
}

struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    fn known(&mut self, authorities: &[Authority], code: &str) {
        if !authorities.iter().any(|authority| authority.code == code) {
            self.add(format!("{code} is no authority of this file or its base"));
        }
    }

    fn authority(&mut self, wire: WireAuthority) -> Authority {
        if !matches!(wire.grade.as_str(), "V1" | "V2" | "R") {
            self.add(format!("{}: grade {} is none of V1, V2, R", wire.code, wire.grade));
        }
        Authority {
            in_force_from: wire.in_force_from.and_then(|date| self.instant(date)).map(|at| at.date_naive()),
            code: wire.code,
            citation: wire.citation,
            grade: wire.grade,
            source: wire.source,
        }
    }

    fn instant(&mut self, written: toml::value::Datetime) -> Option<chrono::DateTime<chrono::Utc>> {
        let date = written.date.filter(|_| written.time.is_none());
        let date =
            date.and_then(|date| chrono::NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()));
        if date.is_none() {
            self.add(format!("{written} is no date"));
        }
        date.map(day)
    }

    fn level(&mut self, name: &str) -> Level {
        let levels = [Level::Ignore, Level::Note, Level::Warn, Level::Fail];
        levels.into_iter().find(|level| level.name() == name).unwrap_or_else(|| {
            self.add(format!("{name:?} is no level"));
            Level::Fail
        })
    }

    fn freshness(&mut self, name: &str) -> Freshness {
        match name {
            "since-best-signature-time" => Freshness::SinceBestSignatureTime,
            "in-force-then-or-later" => Freshness::InForceThenOrLater,
            "in-force-now" => Freshness::InForceNow,
            _ => {
                self.add(format!("{name:?} is no rule for revocation data"));
                Freshness::SinceBestSignatureTime
            }
        }
    }

    fn constraints(&mut self, wire: WireConstraints) -> Constraints {
        Constraints {
            signing_certificate_named: self.level(&wire.signing_certificate_named),
            key_may_sign: self.level(&wire.key_may_sign),
            key_commits_content: self.level(&wire.key_commits_content),
            stamping_purpose: self.level(&wire.stamping_purpose),
            signature_time_stamp: self.level(&wire.signature_time_stamp),
            claimed_time_before_best: self.level(&wire.claimed_time_before_best),
            signature_policy_processed: self.level(&wire.signature_policy_processed),
            time_stamp_order: self.level(&wire.time_stamp_order),
            signer_revocation: self.freshness(&wire.signer_revocation),
            authority_revocation: self.freshness(&wire.authority_revocation),
            without_next_update: chrono::TimeDelta::hours(wire.without_next_update_hours.into()),
            compromise_reasons: wire.compromise_reasons,
            archive_proofs: match wire.archive_proofs.as_str() {
                "accept" => ArchiveProofs::Accept,
                "ignore" => ArchiveProofs::Ignore,
                other => {
                    self.add(format!("archive_proofs: {other:?} is neither accept nor ignore"));
                    ArchiveProofs::Ignore
                }
            },
        }
    }

    fn case(&mut self, wire: WireCase) -> Option<Case> {
        let at = self.instant(wire.at)?;
        let algorithm = Algorithm { name: wire.algorithm.into(), bits: wire.bits, exponent: wire.exponent };
        Some(Case { why: wire.why, algorithm, at, expect: wire.expect })
    }
}
