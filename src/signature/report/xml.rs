//! The report of ETSI TS 119 102-2 (V1.2.1 form): a SignatureValidationReport for each signature, and the objects that
//! they rest on, each by its digest. What TS 119 102-2 has no place for is in the JSON form.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;

use super::Run;
use super::wire::time;
use crate::digest::Sha256;
use crate::signature::judge::existence::Source;
use crate::signature::judge::facts::{Facts, Object, Signature};
use crate::signature::judge::verdict::{ChainVerdict, Status};
use crate::signature::judge::{Indication, Judged, TokenVerdict, Verdict};
use crate::text::xml::escaped;

const NAMESPACES: &str = "xmlns:vr=\"http://uri.etsi.org/19102/v1.2.1#\" \
     xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\"";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

pub(super) fn report(run: &Run<'_>, judged: &Judged) -> Option<String> {
    if judged.validation.signatures.is_empty() {
        return None;
    }
    let mut writer = Writer { text: String::new(), objects: BTreeMap::new() };
    writer.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let _ = write!(writer.text, "<vr:ValidationReport {NAMESPACES}>");
    for (fact, verdict) in judged.facts.signatures.iter().zip(&judged.validation.signatures) {
        writer.signature(run, judged, fact, verdict);
    }
    writer.objects(judged);
    writer.text.push_str("</vr:ValidationReport>");
    Some(writer.text)
}

/// XML in the making, with the objects referred to so far and their types.
struct Writer {
    text: String,
    objects: BTreeMap<Object, &'static str>,
}

impl Writer {
    fn signature(&mut self, run: &Run<'_>, judged: &Judged, fact: &Signature, verdict: &Verdict) {
        self.open("SignatureValidationReport");
        self.open("SignatureIdentifier");
        self.digest(fact.made.object);
        self.leaf("HashOnly", "false");
        self.leaf("DocHashOnly", "false");
        self.leaf("DAIdentifier", &fact.place);
        self.close("SignatureIdentifier");
        self.policy(judged, verdict);
        self.open("ValidationTimeInfo");
        self.leaf("ValidationTime", &time(judged.validation.at));
        self.open("BestSignatureTime");
        self.leaf("POETime", &time(verdict.best_signature_time));
        self.leaf("TypeOfProof", proof_type(verdict.proven_by));
        if let Some(Source::Token(id)) = verdict.proven_by
            && let Some(token) = judged.facts.tokens.get(id.0)
        {
            self.refer("POEObject", token.made.object, "timestamp");
        }
        self.close("BestSignatureTime");
        self.close("ValidationTimeInfo");
        self.open("SignersDocument");
        self.digest(run.sha256);
        self.close("SignersDocument");
        if let Some(claimed) = fact.claimed {
            self.open("SignatureAttributes");
            self.open("SigningTime");
            self.leaf("Time", &time(claimed.at));
            self.close("SigningTime");
            self.close("SignatureAttributes");
        }
        if let Some(signer) = verdict.certificate.and_then(|id| judged.facts.certificates.get(id.0)) {
            self.open("SignerInformation");
            self.refer("SignerCertificate", signer.object, "certificate");
            self.leaf("Signer", &signer.subject);
            self.close("SignerInformation");
        }
        self.open("SignatureValidationProcess");
        self.leaf("SignatureValidationProcessID", "urn:etsi:019102:validationprocess:LTA");
        self.close("SignatureValidationProcess");
        self.status("SignatureValidationStatus", &judged.facts, verdict);
        self.close("SignatureValidationReport");
    }

    fn policy(&mut self, judged: &Judged, verdict: &Verdict) {
        let identity = &judged.validation.policy;
        self.open("ValidationConstraintsEvaluationReport");
        self.open("SignatureValidationPolicy");
        self.open("SignaturePolicyIdentifier");
        let _ = write!(
            self.text,
            "<xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier>urn:sha256:{}</xades:Identifier>\
             </xades:SigPolicyId><xades:SigPolicyHash><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{}\
             </ds:DigestValue></xades:SigPolicyHash></xades:SignaturePolicyId>",
            super::named(&identity.sha256),
            encoded(identity.sha256),
        );
        self.close("SignaturePolicyIdentifier");
        self.leaf("PolicyName", &identity.id);
        self.close("SignatureValidationPolicy");
        for block in &verdict.blocks {
            self.open("ValidationConstraint");
            self.leaf("ValidationConstraintIdentifier", &format!("urn:etsi:019102:process:{}", block.kind.name()));
            self.open("ConstraintStatus");
            self.leaf("Status", "urn:etsi:019102:constraintStatus:applied");
            self.close("ConstraintStatus");
            self.open("ValidationStatus");
            self.leaf("MainIndication", block_uri(block.conclusion.indication));
            if let Some(sub) = block.conclusion.sub_indication {
                self.leaf("SubIndication", sub.uri());
            }
            self.close("ValidationStatus");
            self.close("ValidationConstraint");
        }
        self.close("ValidationConstraintsEvaluationReport");
    }

    fn status(&mut self, name: &str, facts: &Facts, verdict: &Verdict) {
        self.open(name);
        self.leaf("MainIndication", verdict.conclusion.indication.uri());
        if let Some(sub) = verdict.conclusion.sub_indication {
            self.leaf("SubIndication", sub.uri());
        }
        if let Some(chain) = &verdict.chain {
            self.chain(facts, chain);
        }
        self.close(name);
    }

    fn chain(&mut self, facts: &Facts, chain: &ChainVerdict) {
        self.open("AssociatedValidationReportData");
        let anchor = facts.anchors.get(chain.anchor.0).and_then(|anchor| anchor.object);
        if let Some(anchor) = anchor {
            self.refer("TrustAnchor", anchor, "certificate");
        }
        let members = chain.members.iter().filter_map(|member| facts.certificates.get(member.certificate.0));
        let members: Vec<Object> = members.map(|certificate| certificate.object).collect();
        if let [signer, above @ ..] = members.as_slice() {
            self.open("CertificateChain");
            self.refer("SigningCertificate", *signer, "certificate");
            above.iter().for_each(|&one| self.refer("IntermediateCertificate", one, "certificate"));
            if let Some(anchor) = anchor {
                self.refer("TrustAnchor", anchor, "certificate");
            }
            self.close("CertificateChain");
        }
        let revoked = chain.members.iter().find_map(|member| match &member.status {
            Status::Revoked { by, since, .. } => Some((member.certificate, *by, *since)),
            _ => None,
        });
        if let Some((certificate, by, since)) = revoked
            && let (Some(certificate), Some(statement)) =
                (facts.certificates.get(certificate.0), facts.revocations.get(by.0))
        {
            self.open("RevocationStatusInformation");
            self.refer("ValidationObjectId", certificate.object, "certificate");
            self.leaf("RevocationTime", &time(since));
            let kind = format!("{:?}", statement.kind);
            self.refer("RevocationObject", statement.object, if kind == "Crl" { "CRL" } else { "OCSPResponse" });
            self.close("RevocationStatusInformation");
        }
        self.close("AssociatedValidationReportData");
    }

    /// Every object referred to, and every time-stamp with its own status.
    fn objects(&mut self, judged: &Judged) {
        for token in &judged.facts.tokens {
            self.objects.insert(token.made.object, "timestamp");
        }
        let objects = std::mem::take(&mut self.objects);
        if objects.is_empty() {
            return;
        }
        let tokens: BTreeMap<Object, &TokenVerdict> = judged
            .facts
            .tokens
            .iter()
            .zip(&judged.validation.tokens)
            .map(|(token, verdict)| (token.made.object, verdict))
            .collect();
        self.open("SignatureValidationObjects");
        for (object, kind) in objects {
            let _ = write!(self.text, "<vr:ValidationObject id=\"{}\">", identifier(object));
            self.leaf("ObjectType", &format!("urn:etsi:019102:validationObject:{kind}"));
            self.open("ValidationObjectRepresentation");
            self.digest(object);
            self.close("ValidationObjectRepresentation");
            if let Some(verdict) = tokens.get(&object) {
                self.open("ValidationReport");
                self.open("SignatureValidationStatus");
                self.leaf("MainIndication", block_uri(verdict.conclusion.indication));
                if let Some(sub) = verdict.conclusion.sub_indication {
                    self.leaf("SubIndication", sub.uri());
                }
                self.close("SignatureValidationStatus");
                self.close("ValidationReport");
            }
            self.close("ValidationObject");
        }
        self.close("SignatureValidationObjects");
    }

    fn refer(&mut self, name: &str, object: Object, kind: &'static str) {
        self.objects.insert(object, kind);
        let _ = write!(self.text, "<vr:{name} VOReference=\"{}\"/>", identifier(object));
    }

    fn digest(&mut self, object: Object) {
        let _ = write!(
            self.text,
            "<vr:DigestAlgAndValue><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{}</ds:DigestValue>\
             </vr:DigestAlgAndValue>",
            encoded(object)
        );
    }

    fn open(&mut self, name: &str) {
        let _ = write!(self.text, "<vr:{name}>");
    }

    fn close(&mut self, name: &str) {
        let _ = write!(self.text, "</vr:{name}>");
    }

    fn leaf(&mut self, name: &str, value: &str) {
        self.open(name);
        self.text.push_str(&escaped(value));
        self.close(name);
    }
}

/// The identifier of an object in the report: an XML name.
fn identifier(object: Object) -> String {
    format!("o-{}", super::named(&object))
}

fn encoded(digest: Sha256) -> String {
    base64::engine::general_purpose::STANDARD.encode(digest.0)
}

fn proof_type(source: Option<Source>) -> &'static str {
    match source {
        Some(Source::Archive(_)) => "urn:etsi:019102:poetype:provided",
        Some(Source::Token(_)) | None => "urn:etsi:019102:poetype:validation",
    }
}

fn block_uri(indication: Indication) -> &'static str {
    match indication {
        Indication::Passed => "urn:etsi:019102:mainindication:passed",
        Indication::Indeterminate => "urn:etsi:019102:mainindication:indeterminate",
        Indication::Failed => "urn:etsi:019102:mainindication:failed",
    }
}
