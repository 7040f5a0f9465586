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
//! `pdf` finds signatures, `cms` and `x509` read them over `der`, `algorithm` holds the algorithms.

pub mod algorithm;
pub mod cms;
pub mod crl;
pub mod der;
pub mod ocsp;
pub mod oid;
pub mod path;
pub mod pdf;
pub mod timestamp;
pub mod x509;

mod fact;

pub use fact::{
    Coverage, DigestCheck, IntegrityOnly, Reason, SignatureFact, Signer, SigningTime, TimeSource, ValueCheck, Weakness,
};

use algorithm::{Budget, DigestAlgorithm};
use cms::{SignedData, SignerInfo};
use pdf::PdfSignature;
use timestamp::TimeStamp;
use x509::Certificate;

/// RSA keys below this are weak (TT 15/2025/TT-BKHCN, and every catalogue since 2019).
const RSA_BITS_WEAK_BELOW: usize = 2048;

/// The signatures of a PDF, ordered by what they cover; none for a file that has none, or is no PDF.
pub fn examine(file: &[u8]) -> Vec<SignatureFact> {
    let mut found = pdf::signatures(file);
    // One whose range is unusable is placed by where it is written.
    found
        .sort_by_key(|signature| (signature.byte_range.as_ref().map_or(signature.at, |range| range.end), signature.at));
    let budget = Budget::default();
    let facts = found.iter().enumerate();
    facts.map(|(number, signature)| fact(file, number + 1, signature, &budget)).collect()
}

/// Bytes at a file's beginning within which readers look for its PDF header (ISO 32000-1 Annex H.3.4.1, note 13).
const HEADER_WITHIN_BYTES: usize = 1024;

/// Whether a file is a PDF, by its own bytes, whatever its name or description says.
pub fn is_pdf(file: &[u8]) -> bool {
    file[..file.len().min(HEADER_WITHIN_BYTES)].windows(5).any(|bytes| bytes == b"%PDF-")
}

fn fact(file: &[u8], index: usize, signature: &PdfSignature, budget: &Budget) -> SignatureFact {
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
    if let Err(reason) = read_value(file, signature, &mut fact, budget) {
        // What stands in the document comes first: a broken range explains more than what follows from it.
        let first = signature.byte_range.clone().map_or_else(Reason::from, |_| reason.clone());
        fact.digest = DigestCheck::Unreadable(first);
        fact.signature_value = ValueCheck::NotChecked(reason);
    }
    fact
}

/// Fills in what the signature value tells; `Err` when it tells nothing.
fn read_value(file: &[u8], signature: &PdfSignature, fact: &mut SignatureFact, budget: &Budget) -> Result<(), Reason> {
    let contents = signature.contents.as_ref().map_err(|&defect| defect)?;
    let bound = Bound::of(signature.sub_filter.as_deref())?;
    let data = SignedData::read(contents)?;
    let [signer] = data.signers.as_slice() else { return Err(Reason::Signers(data.signers.len())) };
    let time_stamp = match (bound, data.content.as_deref()) {
        (Bound::TimeStamp, Some(content)) => Some(TimeStamp::read(content).map_err(Reason::TimeStamp)?),
        _ => None,
    };
    let certificate = data.certificate_of(signer);
    fact.has_timestamp = signer.has_timestamp || bound == Bound::TimeStamp;
    fact.digest_algorithm = signer.digest().ok();
    fact.signer = certificate.map(named);
    fact.key = certificate.map(|certificate| certificate.key().to_string());
    let attribute = signer.signed.as_ref().and_then(|signed| signed.signing_time);
    let claims =
        [(time_stamp.map(|stamp| stamp.time), TimeSource::TimeStamp), (attribute, TimeSource::SignedAttribute)];
    let claim = claims.into_iter().find_map(|(at, source)| Some(SigningTime { at: at?, source }));
    fact.signing_time = claim.or(fact.signing_time);
    fact.weak = weaknesses(bound, &data, signer, certificate, time_stamp);

    fact.signature_value = match value_verifies(file, signature, bound, &data, signer, certificate, budget) {
        Ok(true) => ValueCheck::Verifies,
        Ok(false) => ValueCheck::Fails,
        Err(reason) => ValueCheck::NotChecked(reason),
    };
    let value_holds = fact.signature_value == ValueCheck::Verifies;
    fact.digest = match digest_matches(file, signature, bound, &data, signer, time_stamp, value_holds) {
        Ok(true) => DigestCheck::Matches,
        Ok(false) => DigestCheck::Differs,
        Err(reason) => DigestCheck::Unreadable(reason),
    };
    Ok(())
}

/// How the covered bytes are bound to the CMS (ISO 32000-2 §12.8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// They are the detached content.
    Detached,
    /// Their SHA-1 is the content.
    Sha1Inside,
    /// Their digest is the imprint in the time-stamp token that is the content.
    TimeStamp,
}

impl Bound {
    fn of(sub_filter: Option<&str>) -> Result<Self, Reason> {
        match sub_filter {
            // Without a sub-filter the range still says what it is: read it as the usual kind.
            None | Some("adbe.pkcs7.detached" | "ETSI.CAdES.detached") => Ok(Self::Detached),
            Some("adbe.pkcs7.sha1") => Ok(Self::Sha1Inside),
            Some("ETSI.RFC3161") => Ok(Self::TimeStamp),
            Some(other) => Err(Reason::SubFilter(other.to_owned())),
        }
    }
}

fn digest_matches(
    file: &[u8],
    signature: &PdfSignature,
    bound: Bound,
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    time_stamp: Option<TimeStamp<'_>>,
    value_holds: bool,
) -> Result<bool, Reason> {
    let covered = signature.byte_range.as_ref().map_err(|&defect| defect)?.slices(file);
    let algorithm = signer.digest()?;
    let signed_digest = match &signer.signed {
        Some(attributes) => Some(attributes.message_digest.as_deref().ok_or(Reason::NoMessageDigest)?),
        None if value_holds => None,
        None => return Err(Reason::NoSignedAttributes),
    };
    let is_signed = |parts: &[&[u8]]| signed_digest.is_none_or(|signed| algorithm.of_parts(parts).as_ref() == signed);
    let content = data.content.as_deref();
    match bound {
        // Content both inside and detached must be the same: readers differ on which of them they show.
        Bound::Detached => {
            let inside = content.filter(|inside| !inside.is_empty());
            Ok(is_signed(&covered) && inside.is_none_or(|inside| covered.concat() == inside))
        }
        Bound::Sha1Inside => {
            let content = content.ok_or(Reason::NoContent)?;
            Ok(DigestAlgorithm::Sha1.of_parts(&covered).as_ref() == content && is_signed(&[content]))
        }
        Bound::TimeStamp => {
            let (content, stamp) = content.zip(time_stamp).ok_or(Reason::NoContent)?;
            let imprint = DigestAlgorithm::from_oid(stamp.digest_algorithm)?.of_parts(&covered);
            Ok(imprint.as_ref() == stamp.imprint && is_signed(&[content]))
        }
    }
}

fn value_verifies(
    file: &[u8],
    signature: &PdfSignature,
    bound: Bound,
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    certificate: Option<&Certificate>,
    budget: &Budget,
) -> Result<bool, Reason> {
    let certificate = certificate.ok_or(Reason::NoCertificate)?;
    if let Some(named) = signer.signed.as_ref().and_then(|signed| signed.signing_certificate) {
        let digest = DigestAlgorithm::from_oid(named.algorithm)?.of_parts(&[certificate.raw()]);
        if digest.as_ref() != named.digest {
            return Err(Reason::OtherCertificate);
        }
    }
    if signer.signed.is_some() {
        return Ok(signer.verifies(certificate, &[], budget)?);
    }
    match bound {
        Bound::Detached => {
            let covered = signature.byte_range.as_ref().map_err(|&defect| defect)?.slices(file);
            Ok(signer.verifies(certificate, &covered, budget)?)
        }
        Bound::Sha1Inside | Bound::TimeStamp => {
            Ok(signer.verifies(certificate, &[data.content.as_deref().ok_or(Reason::NoContent)?], budget)?)
        }
    }
}

fn weaknesses(
    bound: Bound,
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    certificate: Option<&Certificate>,
    time_stamp: Option<TimeStamp<'_>>,
) -> Vec<Weakness> {
    let mut weak = Vec::new();
    let scheme_digest = signer.scheme().ok().and_then(algorithm::Scheme::digest);
    if bound == Bound::Sha1Inside
        || signer.digest() == Ok(DigestAlgorithm::Sha1)
        || scheme_digest == Some(DigestAlgorithm::Sha1)
        || time_stamp
            .is_some_and(|stamp| DigestAlgorithm::from_oid(stamp.digest_algorithm) == Ok(DigestAlgorithm::Sha1))
    {
        weak.push(Weakness::Sha1);
    }
    let bits = certificate.and_then(|certificate| certificate.key().rsa_bits());
    if let Some(bits) = bits.filter(|&bits| bits < RSA_BITS_WEAK_BELOW) {
        weak.push(Weakness::ShortKey(bits));
    }
    match &signer.signed {
        None => weak.push(Weakness::NoSignedAttributes),
        Some(signed) => {
            if signed.signing_certificate.is_none() {
                weak.push(Weakness::NoSigningCertificate);
            }
            if signed.content_type != Some(data.content_type) {
                weak.push(Weakness::ContentType);
            }
        }
    }
    if bound == Bound::Detached && data.content.is_some() {
        weak.push(Weakness::ContentInside);
    }
    if data.bytes_after > 0 {
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
