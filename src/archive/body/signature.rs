//! A signature as it was found at accession: integrity only, not a verdict.

use crate::archive::check_signature::Checked;
use crate::signature::judge::facts::{Facts, Made, Outcome, Signature};
use crate::signature::judge::{Judged, Verdict};
use serde::{Deserialize, Serialize};

/// What a signature says of itself.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct SignatureBody {
    /// File name of the component it stands in.
    pub component: String,
    /// `intact`, `unchecked`, `unreadable` or `altered`: integrity only, not yet a verdict.
    pub integrity: String,
    /// Common name in the certificate carried along; nobody vouches for it yet.
    pub signer: Option<String>,
    /// Organisation in that certificate.
    pub organisation: Option<String>,
    /// Issuer of that certificate.
    pub issuer: Option<String>,
    /// Its serial number, hexadecimal.
    pub serial: Option<String>,
    /// Claimed time of signing.
    pub claimed_time: Option<String>,
    /// `matches`, `differs`, or why it can't be told.
    pub digest: String,
    /// `verifies`, `fails`, or why it can't be told.
    pub value: String,
    /// Key and digest algorithm.
    pub algorithm: String,
    /// Codes of what the judge remarked on it.
    pub weak: Vec<String>,
    /// Bytes after what it covers; `None` where unknown.
    pub bytes_after: Option<u64>,
    /// Whether a time-stamp is attached (unchecked).
    pub has_timestamp: bool,
}

impl SignatureBody {
    /// Describes the signatures of a component.
    pub fn of(component: &str, checked: &Checked) -> Vec<Self> {
        let Judged { facts, validation, .. } = &checked.judged;
        let signatures = facts.signatures.iter().zip(&validation.signatures);
        signatures.map(|(signature, verdict)| Self::new(component, checked.size, facts, signature, verdict)).collect()
    }

    fn new(component: &str, size: u64, facts: &Facts, signature: &Signature, verdict: &Verdict) -> Self {
        let Made { value, data, algorithms, .. } = &signature.made;
        let certificate = signature.made.certificate().and_then(|id| facts.certificates.get(id.0));
        let attribute = |wanted: &str| {
            let found = certificate.and_then(|one| one.attributes.iter().find(|(name, _)| name == wanted));
            found.map(|(_, value)| value.clone())
        };
        let digest = data.iter().map(|one| &one.outcome).max_by_key(|outcome| severity(outcome));
        Self {
            component: component.to_owned(),
            integrity: integrity(digest, value).to_owned(),
            signer: attribute("CN"),
            organisation: attribute("O"),
            issuer: certificate.map(|one| one.issuer.clone()),
            serial: certificate.map(|one| one.serial_hex.clone()),
            claimed_time: signature.claimed.map(|claimed| claimed.at.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            digest: digest.map_or_else(|| "no data".to_owned(), |digest| outcome_text(digest, "matches", "differs")),
            value: outcome_text(value, "verifies", "fails"),
            algorithm: algorithms.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            weak: verdict.findings.iter().map(|finding| finding.code.code().to_owned()).collect(),
            bytes_after: signature.coverage.signed_bytes.as_ref().map(|signed| size.saturating_sub(signed.end)),
            has_timestamp: facts.tokens.iter().any(|token| token.covers.contains(&signature.made.object)),
        }
    }
}

/// The two checks in one word: integrity only, not a verdict.
fn integrity(digest: Option<&Outcome>, value: &Outcome) -> &'static str {
    match (digest, value) {
        (Some(Outcome::Differs), _) | (_, Outcome::Differs) => "altered",
        (Some(Outcome::Matches), Outcome::Matches) => "intact",
        (Some(Outcome::Matches), _) => "unchecked",
        _ => "unreadable",
    }
}

/// Which outcome speaks for several.
fn severity(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Matches => 0,
        Outcome::NotFound(_) | Outcome::Unsupported(_) | Outcome::NotChecked(_) => 1,
        Outcome::Differs => 2,
    }
}

fn outcome_text(outcome: &Outcome, good: &str, bad: &str) -> String {
    match outcome {
        Outcome::Matches => good.to_owned(),
        Outcome::Differs => bad.to_owned(),
        Outcome::NotFound(why) | Outcome::Unsupported(why) | Outcome::NotChecked(why) => why.clone(),
    }
}
