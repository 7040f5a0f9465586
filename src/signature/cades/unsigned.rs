//! Unsigned attributes: what was added to a signature after it was made (EN 319 122-1 §5.3 to §5.5, annex A).
//!
//! Nothing protects them unless a time-stamp covers them; [`super::time_stamps`] says which does.

use chrono::{DateTime, Utc};

use crate::signature::cms::{self, Attributes, Once, SignerInfo};
use crate::signature::der::{Error, Slice, tag};
use crate::signature::evidence_record::EvidenceRecord;
use crate::signature::oid;

use super::{CertificateReference, RevocationReference, element, inside, list, raw_list};

/// Every unsigned attribute that has a meaning here, but for time-stamps.
#[derive(Debug, Clone)]
pub struct UnsignedProperties {
    /// Counter-signatures: signers over this signer's value. Check with [`SignerInfo::check`] over that value.
    pub counter_signatures: Vec<Result<SignerInfo, cms::Error>>,
    /// complete-certificate-references: the chain, without the signer's certificate.
    pub certificate_references: Once<Vec<CertificateReference>>,
    /// complete-revocation-references.
    pub revocation_references: Once<Vec<RevocationReference>>,
    /// attribute-certificate-references.
    pub attribute_certificate_references: Once<Vec<CertificateReference>>,
    /// attribute-revocation-references.
    pub attribute_revocation_references: Once<Vec<RevocationReference>>,
    /// certificate-values: certificates, as written.
    pub certificate_values: Once<Vec<Slice>>,
    /// revocation-values.
    pub revocation_values: Once<RevocationValues>,
    /// adbe-revocationInfoArchival, where software put it here.
    pub adobe_revocation: Once<RevocationValues>,
    /// long-term-validation (TS 101 733 §6.4.2, withdrawn): when existence was proven, and the whole as written.
    pub long_term_validation: Vec<Result<(DateTime<Utc>, Slice), Error>>,
    /// Evidence records (EN 319 122-3), as written.
    pub evidence_records: Vec<Slice>,
    /// Object identifiers (content bytes) of the attributes without a meaning here.
    pub others: Vec<Slice>,
}

/// Revocation data by value, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevocationValues {
    /// Revocation lists.
    pub crls: Vec<Slice>,
    /// OCSP answers: `BasicOCSPResponse` in revocation-values, `OCSPResponse` in Adobe's attribute; software has
    /// put either in both.
    pub ocsps: Vec<Slice>,
    /// Other data.
    pub others: Vec<Slice>,
}

const KNOWN: [&[u8]; 18] = [
    oid::COUNTER_SIGNATURE,
    oid::CERTIFICATE_REFERENCES,
    oid::REVOCATION_REFERENCES,
    oid::ATTRIBUTE_CERTIFICATE_REFERENCES,
    oid::ATTRIBUTE_REVOCATION_REFERENCES,
    oid::CERTIFICATE_VALUES,
    oid::REVOCATION_VALUES,
    oid::ADOBE_REVOCATION,
    oid::LONG_TERM_VALIDATION,
    oid::EVIDENCE_RECORD_INTERNAL,
    oid::EVIDENCE_RECORD_EXTERNAL,
    oid::SIGNATURE_TIME_STAMP,
    oid::SIGNATURE_TIME_STAMP_MICROSOFT,
    oid::ESC_TIME_STAMP,
    oid::REFERENCES_TIME_STAMP,
    oid::ARCHIVE_TIME_STAMP,
    oid::ARCHIVE_TIME_STAMP_V2,
    oid::ARCHIVE_TIME_STAMP_V3,
];

impl UnsignedProperties {
    /// The unsigned attributes of a signer.
    pub fn of(signer: &SignerInfo) -> Self {
        let attributes = &signer.unsigned;
        let unknown = attributes.list.iter().filter(|attribute| !KNOWN.contains(&&*attribute.kind));
        let records = [oid::EVIDENCE_RECORD_INTERNAL, oid::EVIDENCE_RECORD_EXTERNAL];
        Self {
            counter_signatures: counter_signatures(attributes),
            certificate_references: attributes.once(oid::CERTIFICATE_REFERENCES, certificate_references),
            revocation_references: attributes.once(oid::REVOCATION_REFERENCES, revocation_references),
            attribute_certificate_references: attributes
                .once(oid::ATTRIBUTE_CERTIFICATE_REFERENCES, certificate_references),
            attribute_revocation_references: attributes
                .once(oid::ATTRIBUTE_REVOCATION_REFERENCES, revocation_references),
            certificate_values: attributes
                .once(oid::CERTIFICATE_VALUES, |value| raw_list(value, &element(value, tag::SEQUENCE)?)),
            revocation_values: attributes.once(oid::REVOCATION_VALUES, RevocationValues::read),
            adobe_revocation: attributes.once(oid::ADOBE_REVOCATION, RevocationValues::read),
            long_term_validation: attributes.values(oid::LONG_TERM_VALIDATION).map(long_term_validation).collect(),
            evidence_records: records.iter().flat_map(|&kind| attributes.values(kind).cloned()).collect(),
            others: unknown.map(|attribute| attribute.kind.clone()).collect(),
        }
    }
}

impl UnsignedProperties {
    /// Whether an attribute that is known holds something else than its kind does, time-stamps and counter-signatures aside.
    pub fn is_unreadable(&self) -> bool {
        self.certificate_references.is_defective()
            || self.revocation_references.is_defective()
            || self.attribute_certificate_references.is_defective()
            || self.attribute_revocation_references.is_defective()
            || self.certificate_values.is_defective()
            || self.revocation_values.is_defective()
            || self.adobe_revocation.is_defective()
            || self.long_term_validation.iter().any(Result::is_err)
            || self.evidence_records.iter().any(|record| EvidenceRecord::read(record).is_err())
    }
}

impl RevocationValues {
    /// RevocationValues (EN 319 122-1 annex A.1.5.2) and Adobe's RevocationInfoArchival, which is of the same form.
    pub fn read(value: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        for field in element(value, tag::SEQUENCE)?.children() {
            let field = field?;
            let entries = raw_list(value, &inside(&field)?)?;
            match field.tag {
                0xa0 => read.crls.extend(entries),
                0xa1 => read.ocsps.extend(entries),
                _ => read.others.push(value.part(field.raw)),
            }
        }
        Ok(read)
    }
}

fn counter_signatures(attributes: &Attributes) -> Vec<Result<SignerInfo, cms::Error>> {
    attributes.values(oid::COUNTER_SIGNATURE).take(cms::SIGNERS_MAX).map(SignerInfo::read).collect()
}

fn certificate_references(value: &Slice) -> Result<Vec<CertificateReference>, Error> {
    list(&element(value, tag::SEQUENCE)?, |entry| CertificateReference::other(value, entry))
}

fn revocation_references(value: &Slice) -> Result<Vec<RevocationReference>, Error> {
    let entries = list(&element(value, tag::SEQUENCE)?, |entry| RevocationReference::read(value, entry))?;
    Ok(entries.into_iter().flatten().collect())
}

fn long_term_validation(value: &Slice) -> Result<(DateTime<Utc>, Slice), Error> {
    let time = element(value, tag::SEQUENCE)?.children().expect(tag::GENERALIZED_TIME)?.time()?;
    Ok((time, value.clone()))
}
