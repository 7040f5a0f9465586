//! A time-stamp token by itself: whole, over the root it is to cover, with a signature that verifies.
//!
//! Whether its authority is to be believed is a matter of paths, revocation and trust, and not told here.

use crate::digest::Sha256;
use crate::signature::algorithm::{Budget, DigestAlgorithm};
use crate::signature::timestamp::TimeStampToken;
use crate::signature::x509::Certificate;
use crate::signature::{DigestCheck, ValueCheck};
use chrono::{DateTime, Utc};

/// Longest token read, bytes: with chain and revocation data real ones have up to 30 KB.
pub const TOKEN_BYTES_MAX: u64 = 1 << 20;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// By when it was made, at the latest by the accuracy that it states.
    pub time: DateTime<Utc>,
    /// Its serial number, hexadecimal.
    pub serial: String,
    /// Subject of the authority's certificate.
    pub authority: String,
    /// SHA-256 of that certificate.
    pub certificate: Sha256,
    /// Beginning of that certificate's validity.
    pub not_before: DateTime<Utc>,
    /// End of that certificate's validity: the token must be renewed before.
    pub not_after: DateTime<Utc>,
    /// Key and digest of its signature.
    pub algorithm: String,
}

impl TokenFacts {
    /// Whether it was made while its authority's certificate was valid.
    pub fn is_within_certificate(&self) -> bool {
        (self.not_before..=self.not_after).contains(&self.time)
    }
}

/// What is to be thought of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Whole, over the root, signed with the key of the certificate inside.
    Sound(TokenFacts),
    /// It can't be told, for this reason.
    Unchecked(String),
    /// It proves nothing, for this reason.
    Wrong(String),
}

/// Examines a token that is to be over `root`.
pub fn examine(bytes: &[u8], root: &[u8]) -> Standing {
    match TimeStampToken::read(bytes) {
        Ok(token) => examine_read(&token, root),
        Err(error) => Standing::Wrong(format!("it can't be read: {error}")),
    }
}

/// [`examine`] for a token that was read already.
pub fn examine_read(token: &TimeStampToken, root: &[u8]) -> Standing {
    if let Some(defect) = token.defects.first() {
        return Standing::Wrong(defect.to_string());
    }
    if token.info.digest() != Ok(DigestAlgorithm::Sha256) || *token.info.imprint != *root {
        return Standing::Wrong("it is over something else than the root of its hash tree".into());
    }
    signed(token)
}

/// Whether a token's signature verifies, whatever it is over.
pub fn signed(token: &TimeStampToken) -> Standing {
    let certificate = token.signer().and_then(|signer| token.data.certificate_of(signer));
    let Some(certificate) = certificate else {
        return Standing::Unchecked("it does not carry its authority's certificate".into());
    };
    let check = token.check(Some(certificate), &Budget::default());
    match (check.digest, check.value) {
        (DigestCheck::Matches, ValueCheck::Verifies) => Standing::Sound(facts(token, certificate)),
        (DigestCheck::Differs, _) | (_, ValueCheck::Fails) => Standing::Wrong("its signature does not verify".into()),
        (DigestCheck::Unreadable(why), _) | (_, ValueCheck::NotChecked(why)) => {
            Standing::Unchecked(format!("its signature can't be checked: {why}"))
        }
    }
}

fn facts(token: &TimeStampToken, certificate: &Certificate) -> TokenFacts {
    let digest = token.signer().and_then(|signer| signer.digest().ok());
    let digest = digest.map_or_else(String::new, |digest| format!(", {digest}"));
    TokenFacts {
        time: token.info.latest(),
        serial: crate::digest::hex(&token.info.serial),
        authority: certificate.subject().to_string(),
        certificate: certificate.sha256(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        algorithm: format!("{}{digest}", certificate.key()),
    }
}
