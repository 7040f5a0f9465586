//! The form of a file of rules.

use serde::Deserialize;

use super::{Authority, BadPractice, Kind, KindCase, KindRule, Outcome, PRACTICE_VERSION, Practice, Role, Rule};
use crate::digest::Sha256;
use crate::signature::judge::finding::FindingCode;
use crate::signature::judge::verdict::Shown;
use crate::signature::tree::Tree;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    id: String,
    #[serde(default)]
    authority: Vec<WireAuthority>,
    #[serde(default)]
    kind: Vec<WireKind>,
    #[serde(default)]
    rule: Vec<WireRule>,
    #[serde(default)]
    case: Vec<WireCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAuthority {
    code: String,
    citation: String,
    grade: String,
    /// Where it was read, for whoever reads the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKind {
    is: String,
    attribute: String,
    prefix: Option<String>,
    equals: Option<String>,
    /// Where it was seen, for whoever reads the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRule {
    code: String,
    outcome: String,
    #[serde(default)]
    indication: Vec<String>,
    #[serde(default)]
    shown: Vec<String>,
    #[serde(default)]
    finding: Vec<String>,
    record: Option<String>,
    #[serde(default)]
    forms: Vec<String>,
    missing: Option<String>,
    order: Option<String>,
    agency: Option<String>,
    signer: Option<String>,
    employer: Option<String>,
    tree: Option<String>,
    unless: Option<String>,
    scan: Option<String>,
    #[serde(default)]
    wanting: bool,
    authority: Option<String>,
    #[serde(default)]
    article: String,
    vi: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCase {
    why: String,
    subject: Vec<(String, String)>,
    is: String,
}

pub(super) fn read(text: &str) -> Result<Practice, BadPractice> {
    let file: File = toml::from_str(text).map_err(|error| BadPractice(vec![error.to_string()]))?;
    let mut problems = Problems(Vec::new());
    if file.format != PRACTICE_VERSION {
        problems.0.push(format!("format {} is not {PRACTICE_VERSION}", file.format));
    }
    let authorities: Vec<Authority> = file
        .authority
        .into_iter()
        .map(|wire| {
            problems.one_of("grade", &wire.grade, &["V1", "V2", "R"]);
            Authority { code: wire.code, citation: wire.citation, grade: wire.grade }
        })
        .collect();
    let kinds = file
        .kind
        .into_iter()
        .map(|wire| KindRule {
            is: problems.kind(&wire.is),
            attribute: wire.attribute,
            prefix: wire.prefix,
            equals: wire.equals,
        })
        .collect();
    let rules = file.rule.into_iter().map(|wire| problems.rule(wire, &authorities)).collect();
    let cases =
        file.case.into_iter().map(|wire| KindCase { why: wire.why, subject: wire.subject, is: wire.is }).collect();
    if !problems.0.is_empty() {
        return Err(BadPractice(problems.0));
    }
    Ok(Practice { id: file.id, sha256: Sha256::of(text.as_bytes()), authorities, kinds, rules, cases })
}

struct Problems(Vec<String>);

impl Problems {
    fn one_of(&mut self, what: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.0.push(format!("{what}: {value:?} is none of {allowed:?}"));
        }
    }

    fn kind(&mut self, name: &str) -> Kind {
        self.one_of("is", name, &["person", "body"]);
        if name == "person" { Kind::Person } else { Kind::Body }
    }

    fn rule(&mut self, wire: WireRule, authorities: &[Authority]) -> Rule {
        let code = &wire.code;
        let outcomes = [("notes", Outcome::AcceptWithNotes), ("review", Outcome::Review), ("return", Outcome::Return)];
        let outcome = outcomes.iter().find(|(name, _)| *name == wire.outcome).map(|(_, outcome)| *outcome);
        if outcome.is_none() {
            self.0.push(format!("{code}: {:?} is no outcome of a rule", wire.outcome));
        }
        for indication in &wire.indication {
            self.one_of(code, indication, &["TOTAL_PASSED", "INDETERMINATE", "TOTAL_FAILED"]);
        }
        let shown: Vec<&str> = Shown::ALL.iter().map(|shown| shown.name()).collect();
        let findings: Vec<&str> = FindingCode::ALL.iter().map(|finding| finding.code()).collect();
        wire.shown.iter().for_each(|name| self.one_of(code, name, &shown));
        wire.finding.iter().for_each(|name| self.one_of(code, name, &findings));
        wire.forms.iter().for_each(|name| self.one_of(code, name, &["born-digital", "digitised", "unknown"]));
        let trees = Tree::ALL.map(Tree::code);
        let words: [(&Option<String>, &[&str]); 9] = [
            (&wire.record, &["given", "none"]),
            (&wire.missing, &["leader", "agency"]),
            (&wire.order, &["agency-before-leader", "number-before-leader"]),
            (&wire.agency, &["matches", "differs", "unknown"]),
            (&wire.signer, &["matches", "differs", "unknown"]),
            (&wire.employer, &["matches", "differs", "stranger", "unknown"]),
            (&wire.tree, &trees),
            (&wire.unless, &["first-agency"]),
            (&wire.scan, &["likely", "unknown"]),
        ];
        for (value, allowed) in words {
            value.iter().for_each(|value| self.one_of(code, value, allowed));
        }
        let known: Vec<&str> = authorities.iter().map(|authority| authority.code.as_str()).collect();
        wire.authority.iter().for_each(|name| self.one_of(code, name, &known));
        Rule {
            missing: wire.missing.map(|name| if name == "leader" { Role::Leader } else { Role::Agency }),
            code: wire.code,
            outcome,
            indications: wire.indication,
            shown: wire.shown,
            findings: wire.finding,
            record: wire.record,
            forms: wire.forms,
            order: wire.order,
            agency: wire.agency,
            signer: wire.signer,
            employer: wire.employer,
            tree: wire.tree,
            unless: wire.unless,
            scan: wire.scan,
            wanting: wire.wanting,
            authority: wire.authority,
            article: wire.article,
            vi: wire.vi,
            en: wire.en,
        }
    }
}
