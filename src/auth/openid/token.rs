//! Keys that a provider publishes, and what it says of a person in an ID token (Core §2, §3.1.3.7).

use super::{Refusal, SKEW_SECONDS, is_subject, refused};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::collections::HashSet;

/// Algorithms that are taken. None of them has a secret, so no published key can be taken for one.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// Keys that a provider may publish: it changes them, and some have one for each of their services.
const KEYS_MAX: usize = 100;
/// Longest modulus, base64url: 8192 bits.
const MODULUS_TEXT_MAX: usize = 1366;
/// Longest token: some providers tell a person's groups in it.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Keys that a provider publishes, those of them that we can use.
#[derive(Default)]
pub struct Keys(Vec<Key>);

struct Key {
    name: Option<String>,
    /// Algorithms that it signs by.
    fits: Vec<Algorithm>,
    half: DecodingKey,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// Reads them (RFC 7517 §5); those of another kind, or for another use, are passed over.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        const UNREADABLE: Refusal = Refusal::Unreadable("jwks");
        let published: Published = serde_json::from_slice(bytes).map_err(|_| UNREADABLE)?;
        if published.keys.len() > KEYS_MAX {
            return Err(UNREADABLE);
        }
        let read = |key| serde_json::from_value::<Jwk>(key).ok().and_then(|key| Key::read(&key));
        Ok(Self(published.keys.into_iter().filter_map(read).collect()))
    }

    /// The key that a token names; of one that names none, the only one that fits.
    fn of(&self, name: Option<&str>, algorithm: Algorithm) -> Result<&Key, Refusal> {
        let is_it = |key: &&Key| key.fits.contains(&algorithm) && (name.is_none() || key.name.as_deref() == name);
        let mut found = self.0.iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) | (None, _) => Err(Refusal::UnknownKey),
        }
    }
}

impl Key {
    fn read(key: &Jwk) -> Option<Self> {
        let fits: &[Algorithm] = match &key.algorithm {
            AlgorithmParameters::RSA(parts) if parts.n.len() <= MODULUS_TEXT_MAX => {
                &[Algorithm::RS256, Algorithm::PS256]
            }
            AlgorithmParameters::EllipticCurve(parts) if parts.curve == EllipticCurve::P256 => &[Algorithm::ES256],
            AlgorithmParameters::OctetKeyPair(parts) if parts.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => return None,
        };
        if !matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return None;
        }
        let said = key.common.key_algorithm;
        let fits = fits.iter().copied().filter(|one| said.is_none_or(|said| said == KeyAlgorithm::from(*one)));
        let half = DecodingKey::from_jwk(key).ok()?;
        Some(Self { name: key.common.key_id.clone(), fits: fits.collect(), half })
    }
}

#[derive(Deserialize)]
struct Answer {
    id_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// The ID token in what a provider answers to a code (Core §3.1.3.3), or why there is none (RFC 6749 §5.2).
pub fn id_token(bytes: &[u8]) -> Result<String, Refusal> {
    const UNREADABLE: Refusal = Refusal::Unreadable("id_token");
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| UNREADABLE)?;
    if let Some(error) = answer.error {
        return Err(refused(&error, answer.error_description.as_deref()));
    }
    answer.id_token.ok_or(UNREADABLE)
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// As whom it knows this service.
    pub client: &'a str,
    /// What went along with the question.
    pub nonce: &'a str,
    /// When that was, seconds.
    pub asked: u64,
    /// Whether the person was to prove again who they are.
    pub again: bool,
}

/// What a provider says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whom it means, for as long as it knows them.
    pub subject: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: Seconds,
    iat: Seconds,
    #[serde(default)]
    nbf: Option<Seconds>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    auth_time: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Seconds since the epoch, whole or not (RFC 7519 §2).
#[derive(Deserialize, Clone, Copy, PartialEq, PartialOrd)]
#[serde(transparent)]
struct Seconds(f64);

impl Audience {
    /// Whether it is this service and nobody else: we trust no other (Core §3.1.3.7, step 3).
    fn is(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(all) => !all.is_empty() && all.iter().all(|one| one == client),
        }
    }
}

/// Checks an ID token at `now`, in seconds.
pub fn check(token: &str, keys: &Keys, expected: &Expected<'_>, now: u64) -> Result<Said, Refusal> {
    const UNREADABLE: Refusal = Refusal::Unreadable("id_token");
    if token.len() > TOKEN_BYTES_MAX {
        return Err(UNREADABLE);
    }
    // An algorithm without a name here, `none` first of all, is no header to its reader.
    let header = decode_header(token).map_err(|_| UNREADABLE)?;
    if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
        return Err(Refusal::Algorithm);
    }
    let key = keys.of(header.kid.as_deref(), header.alg)?;
    let claims: Claims = decode(token, &key.half, &signature_alone(header.alg)).map_err(why)?.claims;
    claims.check(expected, now)?;
    Ok(Said { subject: claims.sub })
}

impl Claims {
    fn check(&self, expected: &Expected<'_>, now: u64) -> Result<(), Refusal> {
        if self.iss != expected.issuer {
            return Err(Refusal::OtherIssuer);
        }
        if !self.aud.is(expected.client) || self.azp.as_ref().is_some_and(|azp| azp != expected.client) {
            return Err(Refusal::OtherAudience);
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).map_err(|_| Refusal::OtherNonce)?;
        let (soon, lately) = (seconds(now + SKEW_SECONDS), seconds(now.saturating_sub(SKEW_SECONDS)));
        let since = seconds(expected.asked.saturating_sub(SKEW_SECONDS));
        let is_timely = self.exp > lately && self.iat <= soon && self.iat >= since;
        if !is_timely || self.nbf.is_some_and(|nbf| nbf > soon) {
            return Err(Refusal::OtherTime);
        }
        if expected.again && !self.auth_time.is_some_and(|at| at >= since && at <= soon) {
            return Err(Refusal::NotAgain);
        }
        if is_subject(&self.sub) { Ok(()) } else { Err(Refusal::Unreadable("sub")) }
    }
}

/// Seconds of this century are whole as such a number.
fn seconds(whole: u64) -> Seconds {
    Seconds(whole as f64)
}

/// The claims are checked here, against a clock that is passed in.
fn signature_alone(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims = HashSet::new();
    (validation.validate_exp, validation.validate_nbf, validation.validate_aud) = (false, false, false);
    validation
}

fn why(error: jsonwebtoken::errors::Error) -> Refusal {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature | ErrorKind::InvalidKeyFormat => Refusal::Signature,
        ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
        _ => Refusal::Unreadable("id_token"),
    }
}
