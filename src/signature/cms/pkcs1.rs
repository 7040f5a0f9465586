//! Bare PKCS #1 values, as the PDF sub-filter `adbe.x509.rsa_sha1` has them (ISO 32000-1 §12.8.3.2): `/Contents` is an
//! OCTET STRING with the value, the certificates stand in the signature dictionary.

use crate::signature::algorithm::{self, Budget, DigestAlgorithm, Scheme};
use crate::signature::der::{self, tag};
use crate::signature::x509::Certificate;
use crate::signature::{DigestCheck, Reason, ValueCheck};

use super::content::Content;
use super::signer::SignerCheck;

/// The digests the value may be over. SHA-1 is what the name says; newer software wrote the others under it.
const DIGESTS: [DigestAlgorithm; 4] =
    [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

/// Checks `contents` over `covered` with the key of `certificate`, which nothing inside binds to the value. Also says
/// which digest the value is over, if it verifies.
///
/// The digest that was signed is known only from a value that verifies, so one that fails leaves it unreadable.
pub fn check(
    contents: &[u8],
    certificate: Option<&Certificate>,
    covered: &dyn Content,
    budget: &Budget,
) -> (SignerCheck, Option<DigestAlgorithm>) {
    let verified = verified(contents, certificate, covered, budget);
    let (digest, value) = match &verified {
        Ok(Some(_)) => (DigestCheck::Matches, ValueCheck::Verifies),
        Ok(None) => (DigestCheck::Unreadable(Reason::NoSignedAttributes), ValueCheck::Fails),
        Err(reason) => (DigestCheck::Unreadable(reason.clone()), ValueCheck::NotChecked(reason.clone())),
    };
    (SignerCheck { digest, value, notes: Vec::new() }, verified.ok().flatten())
}

fn verified(
    contents: &[u8],
    certificate: Option<&Certificate>,
    covered: &dyn Content,
    budget: &Budget,
) -> Result<Option<DigestAlgorithm>, Reason> {
    let certificate = certificate.ok_or(Reason::NoCertificate)?;
    let (element, _) = der::read(contents).map_err(|error| Reason::Cms(error.into()))?;
    if element.tag & !tag::CONSTRUCTED != tag::OCTET_STRING {
        let found = der::Error::Unexpected { expected: tag::OCTET_STRING, found: Some(element.tag) };
        return Err(Reason::Cms(found.into()));
    }
    let value = element.octets().map_err(|error| Reason::Cms(error.into()))?;
    for digest in DIGESTS {
        let scheme = Scheme::RsaPkcs1(digest);
        if algorithm::verify_digest(scheme, certificate.key(), &covered.digest(digest)?, &value, budget)? {
            return Ok(Some(digest));
        }
    }
    Ok(None)
}
