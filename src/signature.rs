//! Signatures inside documents: who signed which bytes, and whether those bytes are still the same.
//!
//! The first, thin stage of signature reading: **integrity only, not yet a verdict**. For each signature of a PDF it
//! says whether the covered bytes still have the digest that was signed, whether the signature value verifies under
//! the key of the certificate carried inside, and how much of the file is covered. Nothing here judges trust,
//! certificate path, revocation, time or what a later revision changed; anybody can make a certificate with any name
//! in it. A verdict (EN 319 102-1) is to be built on these facts.
//!
//! Pure: bytes in, values out; no clock, no disk, no network. Whatever the bytes are, there is an answer: what cannot
//! be read or checked is a fact with its [`Reason`], never an error, a panic or an omission.
//!
//! `pdf` finds signatures, `cms` and `x509` read them over `der`, `cades` gives their attributes a meaning, `timestamp`
//! and `evidence_record` read what proves that they existed at a time, `asn1` writes the little that is written,
//! `algorithm` holds the algorithms.

pub mod algorithm;
pub mod asn1;
pub mod cades;
pub mod cms;
pub mod container;
pub mod crl;
pub mod der;
pub mod evidence_record;
pub mod judge;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod pdf;
pub mod policy;
pub mod practice;
pub mod report;
pub mod timestamp;
pub mod tree;
pub mod x509;
pub mod xml;

mod fact;

pub use fact::{
    Coverage, DigestCheck, IntegrityOnly, Reason, SignatureFact, Signer, SigningTime, TimeSource, ValueCheck, Weakness,
};

use crate::digest::Sha256;

use algorithm::{Budget, DigestAlgorithm, DigestValue};
use cms::{Bound, Note, Once, SignedData, SignerInfo};
use pdf::PdfSignature;
use timestamp::TstInfo;
use x509::Certificate;

/// RSA keys below this are weak (TT 15/2025/TT-BKHCN, and every catalogue since 2019).
const RSA_BITS_WEAK_BELOW: usize = 2048;

/// The signatures of a PDF, ordered by what they cover; none for a file that has none, or is no PDF.
pub fn examine(file: &[u8]) -> Vec<SignatureFact> {
    examine_and_digest(file).0
}

/// As [`examine`], with SHA-256 of the whole file: one pass over it for all.
pub fn examine_and_digest(file: &[u8]) -> (Vec<SignatureFact>, Sha256) {
    let mut found = pdf::signatures(file);
    // One whose range is unusable is placed by where it is written.
    found
        .sort_by_key(|signature| (signature.byte_range.as_ref().map_or(signature.at, |range| range.end), signature.at));
    let whole = pdf::ByteRange { gap: file.len()..file.len(), end: file.len() };
    let ranges = found.iter().map(|signature| signature.byte_range.as_ref().unwrap_or(&whole));
    // SHA-256 is what nearly all of them use; another algorithm is computed when it is met.
    let wanted = |range| pdf::Wanted { range, algorithm: &aws_lc_rs::digest::SHA256 };
    let mut digests = pdf::digests(file, &ranges.chain([&whole]).map(wanted).collect::<Vec<_>>());
    let sha256 = digests.pop().flatten().map_or_else(|| Sha256::of(file), |digest| digest_of(&digest));
    let budget = Budget::default();
    let facts = found.iter().zip(digests).enumerate();
    let facts = facts.map(|(number, (signature, covered))| {
        let subject = Subject { file, signature, covered: covered.map(|digest| DigestValue::of(digest.as_ref())) };
        fact(number + 1, &subject, &budget)
    });
    (facts.collect(), sha256)
}

/// One signature, with what it is looked at by.
struct Subject<'a> {
    file: &'a [u8],
    signature: &'a PdfSignature,
    /// SHA-256 of the covered bytes.
    covered: Option<DigestValue>,
}

fn digest_of(digest: &aws_lc_rs::digest::Digest) -> Sha256 {
    Sha256(digest.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
}

/// Bytes at a file's beginning within which readers look for its PDF header (ISO 32000-1 Annex H.3.4.1, note 13).
const HEADER_WITHIN_BYTES: usize = 1024;

/// Whether a file is a PDF, by its own bytes, whatever its name or description says.
pub fn is_pdf(file: &[u8]) -> bool {
    file[..file.len().min(HEADER_WITHIN_BYTES)].windows(5).any(|bytes| bytes == b"%PDF-")
}

fn fact(index: usize, subject: &Subject<'_>, budget: &Budget) -> SignatureFact {
    let Subject { file, signature, .. } = *subject;
    let mut fact = SignatureFact {
        index,
        at: signature.at,
        sub_filter: signature.sub_filter.clone(),
        signer: None,
        signing_time: signature.claimed_time.map(|at| SigningTime { at, source: TimeSource::Document }),
        reason: signature.reason.clone(),
        digest: DigestCheck::Unreadable(Reason::NoContent),
        signature_value: ValueCheck::NotChecked(Reason::NoContent),
        digest_algorithm: None,
        key: None,
        weak: Vec::new(),
        coverage: coverage(file, signature),
        has_timestamp: false,
    };
    if let Err(reason) = read_value(subject, &mut fact, budget) {
        // What stands in the document comes first: a broken range explains more than what follows from it.
        let first = signature.byte_range.clone().map_or_else(Reason::from, |_| reason.clone());
        fact.digest = DigestCheck::Unreadable(first);
        fact.signature_value = ValueCheck::NotChecked(reason);
    }
    fact
}

/// Fills in what the signature value tells; `Err` when it tells nothing.
fn read_value(subject: &Subject<'_>, fact: &mut SignatureFact, budget: &Budget) -> Result<(), Reason> {
    let Subject { file, signature, .. } = *subject;
    let contents = signature.contents.as_ref().map_err(|&defect| defect)?;
    let bound = Bound::of_sub_filter(signature.sub_filter.as_deref());
    let bound = bound.ok_or_else(|| Reason::SubFilter(signature.sub_filter.clone().unwrap_or_default()))?;
    let data = SignedData::read(contents)?;
    let [signer] = data.signers.as_slice() else { return Err(Reason::Signers(data.signers.len())) };
    let time_stamp = match (bound, data.content.as_deref()) {
        (Bound::Imprint, Some(content)) => Some(TstInfo::read(content).map_err(Reason::TimeStamp)?),
        _ => None,
    };
    let certificate = data.certificate_of(signer);
    let signed = cades::SignedProperties::of(signer);
    fact.has_timestamp = bound == Bound::Imprint || signer.unsigned.values(oid::SIGNATURE_TIME_STAMP).next().is_some();
    fact.digest_algorithm = signer.digest().ok();
    fact.signer = certificate.map(named);
    fact.key = certificate.map(|certificate| certificate.key().to_string());
    let claims = [
        (time_stamp.as_ref().map(|stamp| stamp.time), TimeSource::TimeStamp),
        (signed.signing_time.one().copied(), TimeSource::SignedAttribute),
    ];
    let claim = claims.into_iter().find_map(|(at, source)| Some(SigningTime { at: at?, source }));
    fact.signing_time = claim.or(fact.signing_time);
    fact.weak = weaknesses(bound, &data, signer, certificate, time_stamp.as_ref());

    let range = signature.byte_range.as_ref().map_err(|&defect| Reason::from(defect));
    let covered = |algorithm: DigestAlgorithm| match subject.covered {
        Some(digest) if algorithm == DigestAlgorithm::Sha256 && range.is_ok() => Ok(digest),
        _ => Ok(algorithm.of_parts(&range.clone()?.slices(file))),
    };
    let check = data.check(signer, certificate, bound, &covered, budget);
    fact.digest = check.digest;
    fact.signature_value = match certificate.map(|certificate| signed.signing_certificate.check(certificate)) {
        Some(cades::SigningCertificateCheck::Differs) => ValueCheck::NotChecked(Reason::OtherCertificate),
        Some(cades::SigningCertificateCheck::Unreadable(reason)) => ValueCheck::NotChecked(reason),
        _ => check.value,
    };
    Ok(())
}

fn weaknesses(
    bound: Bound,
    data: &SignedData,
    signer: &SignerInfo,
    certificate: Option<&Certificate>,
    time_stamp: Option<&TstInfo>,
) -> Vec<Weakness> {
    let mut weak = Vec::new();
    let scheme_digest = signer.scheme().ok().and_then(algorithm::Scheme::digest);
    if bound == Bound::Sha1Inside
        || signer.digest() == Ok(DigestAlgorithm::Sha1)
        || scheme_digest == Some(DigestAlgorithm::Sha1)
        || time_stamp.is_some_and(|stamp| stamp.digest() == Ok(DigestAlgorithm::Sha1))
    {
        weak.push(Weakness::Sha1);
    }
    let bits = certificate.and_then(|certificate| certificate.key().rsa_bits());
    if let Some(bits) = bits.filter(|&bits| bits < RSA_BITS_WEAK_BELOW) {
        weak.push(Weakness::ShortKey(bits));
    }
    if signer.signed.is_none() {
        weak.push(Weakness::NoSignedAttributes);
    } else {
        if cades::SigningCertificate::of(signer).named().is_empty() {
            weak.push(Weakness::NoSigningCertificate);
        }
        if !matches!(signer.content_type(), Once::One(kind) if kind == data.content_type) {
            weak.push(Weakness::ContentType);
        }
    }
    if bound == Bound::Detached && data.content.is_some() {
        weak.push(Weakness::ContentInside);
    }
    if data.notes.contains(&Note::BytesAfter) {
        weak.push(Weakness::BytesAfterValue);
    }
    weak
}

fn named(certificate: &Certificate) -> Signer {
    Signer {
        common_name: certificate.subject().common_name().map(str::to_owned),
        organisation: certificate.subject().organisation().map(str::to_owned),
        serial_hex: certificate.serial_hex(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
    }
}

fn coverage(file: &[u8], signature: &PdfSignature) -> Coverage {
    match &signature.byte_range {
        Ok(range) if range.end == file.len() => Coverage::WholeFile,
        Ok(range) => Coverage::BytesAfter((file.len() - range.end) as u64),
        Err(_) => Coverage::Unknown,
    }
}

#[cfg(test)]
mod tests;
