//! The verdict on signatures, of a record or of a file that was handed in, told as a timeline in plain words.
//!
//! Reads a run as it is kept (`chauban check-signature --json`), so what a page says is what the ledger holds.
//! Three questions stay apart: is the signature good, is what is shown what was signed, will it stay provable.

use super::Page;
use crate::archive::body::SignaturesValidatedBody;
use serde::Deserialize;
use serde_json::value::RawValue;

/// How a verdict looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good.
    Good,
    /// Not decided.
    Doubt,
    /// Bad.
    Bad,
    /// Nothing to judge.
    Quiet,
}

impl Tone {
    /// As a class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Doubt => "doubt",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }

    fn of(indication: &str) -> Self {
        match indication {
            "TOTAL_PASSED" => Self::Good,
            "TOTAL_FAILED" => Self::Bad,
            _ => Self::Doubt,
        }
    }
}

/// What a page tells of a record's signatures.
pub struct Told {
    /// What becomes of the record, in words.
    pub outcome: String,
    /// How that looks.
    pub tone: Tone,
    /// When it was judged.
    pub at: String,
    /// The signatures.
    pub signatures: Vec<Signature>,
    /// Why, by practice: each reason once.
    pub reasons: Vec<Reason>,
}

/// A reason with the legal text it rests on.
#[derive(PartialEq, Eq)]
pub struct Reason {
    /// In words.
    pub words: String,
    /// The legal text; empty: none.
    pub citation: String,
}

/// A signature.
pub struct Signature {
    /// Whose it is: a role in words.
    pub role: String,
    /// Name in the certificate.
    pub signer: String,
    /// Position and organisation in the certificate.
    pub about: String,
    /// The verdict in a sentence.
    pub verdict: String,
    /// The verdict's name in ETSI EN 319 102-1.
    pub formal: String,
    /// How it looks.
    pub tone: Tone,
    /// Is what is shown what was signed?
    pub shown: String,
    /// Will it stay provable?
    pub provable: String,
    /// What happened when, the oldest first.
    pub moments: Vec<Moment>,
    /// What else was noticed.
    pub remarks: Vec<String>,
    remarks_count: u64,
}

impl Signature {
    /// How many things were noticed.
    pub fn remarked(&self) -> &u64 {
        &self.remarks_count
    }
}

/// A point on the timeline.
pub struct Moment {
    /// When, as people write it; empty where that is not known.
    pub when: String,
    /// What.
    pub what: String,
    /// Whether it is proven, or only claimed.
    pub is_proven: bool,
}

#[derive(Deserialize)]
struct Report {
    signatures: Vec<Judged>,
    document: Document,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    reasons: Vec<Because>,
}

#[derive(Deserialize)]
struct Because {
    vi: String,
    en: String,
    citation: Option<String>,
    article: Option<String>,
}

#[derive(Deserialize)]
struct Judged {
    role: Option<String>,
    indication: String,
    sub_indication: Option<String>,
    words_vi: String,
    words_en: String,
    level: String,
    shown: String,
    signer: Option<Signer>,
    time: Times,
    #[serde(default)]
    chain: Vec<Link>,
    algorithms: Strength,
    #[serde(default)]
    findings: Vec<Noticed>,
}

#[derive(Deserialize)]
struct Signer {
    #[serde(default)]
    attributes: Vec<(String, String)>,
    subject: String,
    not_before: String,
    not_after: String,
}

#[derive(Deserialize)]
struct Times {
    claimed: Option<String>,
    #[serde(default)]
    proven_by: Vec<Proven>,
}

#[derive(Deserialize)]
struct Proven {
    at: String,
    by: String,
}

#[derive(Deserialize)]
struct Link {
    status: String,
    since: Option<String>,
    this_update: Option<String>,
}

#[derive(Deserialize)]
struct Strength {
    renew_before: Option<String>,
}

#[derive(Deserialize)]
struct Noticed {
    vi: String,
    en: String,
}

/// Words for what becomes of a record.
pub fn outcome(page: &Page, code: &str) -> (String, Tone) {
    let tone = match code {
        "accept" | "accept-with-notes" => Tone::Good,
        "return" => Tone::Bad,
        _ => Tone::Doubt,
    };
    (page.t(&format!("outcome-{code}")), tone)
}

/// A run of validation.
pub struct Run<'a> {
    /// What it leads to.
    pub outcome: &'a str,
    /// As of when it judged, RFC 3339.
    pub at: &'a str,
    /// Its reports, a file each.
    pub reports: Vec<&'a RawValue>,
    /// When the record came, RFC 3339; `None`: it is no record.
    pub accessioned: Option<&'a str>,
}

impl<'a> Run<'a> {
    /// The newest of a record.
    pub fn of_record(run: &'a SignaturesValidatedBody, accessioned: &'a str) -> Self {
        let reports = run.runs.iter().map(|one| &*one.report).collect();
        Self { outcome: &run.outcome, at: &run.at, reports, accessioned: Some(accessioned) }
    }

    /// That of an examination, of what is no record yet.
    pub fn before_accession(run: &'a SignaturesValidatedBody) -> Self {
        let reports = run.runs.iter().map(|one| &*one.report).collect();
        Self { outcome: &run.outcome, at: &run.at, reports, accessioned: None }
    }
}

/// Tells of a run.
pub fn tell(page: &Page, run: &Run<'_>) -> Told {
    let (words, tone) = outcome(page, run.outcome);
    let reports: Vec<Report> = run.reports.iter().filter_map(|one| serde_json::from_str(one.get()).ok()).collect();
    let mut reasons: Vec<Reason> = Vec::new();
    for because in reports.iter().flat_map(|report| &report.document.reasons) {
        let citation = [&because.citation, &because.article].map(|part| part.clone().unwrap_or_default());
        let reason = Reason {
            words: page.words.either(&because.vi, &because.en).to_owned(),
            citation: citation.join(" ").trim().to_owned(),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let judged = reports.iter().flat_map(|report| &report.signatures);
    Told {
        outcome: words,
        tone,
        at: page.words.day(run.at),
        signatures: judged.map(|one| signature(page, one, run)).collect(),
        reasons,
    }
}

fn signature(page: &Page, judged: &Judged, run: &Run<'_>) -> Signature {
    let attribute = |name: &str| {
        let found = judged.signer.iter().flat_map(|signer| &signer.attributes).find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let signer = match (attribute("CN"), &judged.signer) {
        ("", Some(signer)) => signer.subject.clone(),
        (name, _) => name.to_owned(),
    };
    let about: Vec<&str> = [attribute("T"), attribute("O")].into_iter().filter(|text| !text.is_empty()).collect();
    let total = judged.indication.replace('_', "-");
    let level = match (run.accessioned, judged.level.as_str()) {
        // Nobody keeps evidence about what is no record.
        (None, "none" | "B-B") => format!("level-alone-{}", judged.level),
        (_, level) => format!("level-{level}"),
    };
    Signature {
        role: page.t(&format!("role-of-signature-{}", judged.role.as_deref().unwrap_or("unknown"))),
        signer,
        about: about.join(", "),
        verdict: sentence(page.words.either(&judged.words_vi, &judged.words_en)),
        formal: judged.sub_indication.as_ref().map_or(total.clone(), |sub| format!("{total} / {sub}")),
        tone: Tone::of(&judged.indication),
        shown: page.t(&format!("shown-{}", judged.shown)),
        provable: match judged.algorithms.renew_before.as_deref().map(|at| page.words.day(&at[..at.len().min(10)])) {
            Some(before) => page.with(&level, &before),
            None => page.t(&level),
        },
        moments: moments(page, judged, run),
        remarks_count: judged.findings.len() as u64,
        remarks: judged.findings.iter().map(|one| page.words.either(&one.vi, &one.en).to_owned()).collect(),
    }
}

/// A sentence begins with a capital.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn moments(page: &Page, judged: &Judged, run: &Run<'_>) -> Vec<Moment> {
    let mut found: Vec<(String, String, bool)> = Vec::new();
    let mut add = |when: &str, what: String, is_proven| found.push((when.to_owned(), what, is_proven));
    if let Some(signer) = &judged.signer {
        add(&signer.not_before, page.t("moment-valid-from"), true);
        add(&signer.not_after, page.t("moment-valid-until"), true);
    }
    if let Some(claimed) = &judged.time.claimed {
        add(claimed, page.t("moment-claimed"), false);
    }
    for proven in &judged.time.proven_by {
        add(&proven.at, page.with("moment-proven", &proven.by), true);
    }
    for link in &judged.chain {
        if let (Some(since), true) = (&link.since, link.status != "good") {
            add(since, page.t("moment-revoked"), true);
        }
    }
    let asked = judged.chain.iter().filter(|link| link.status == "good").filter_map(|link| link.this_update.as_ref());
    if let Some(oldest) = asked.min() {
        add(oldest, page.t("moment-not-revoked"), true);
    }
    if let Some(accessioned) = run.accessioned {
        add(accessioned, page.t("moment-accessioned"), true);
    }
    add(run.at, page.t("moment-validated"), true);
    if let Some(before) = &judged.algorithms.renew_before {
        add(before, page.t("moment-renew"), true);
    }
    // All are RFC 3339 in UTC: text order is the order of time.
    found.sort_by(|one, other| one.0.cmp(&other.0));
    let moment =
        |(when, what, is_proven): (String, String, bool)| Moment { when: page.words.day(&when), what, is_proven };
    found.into_iter().map(moment).collect()
}
