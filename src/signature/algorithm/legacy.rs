//! What aws-lc lacks, checked by RustCrypto: DSA, GOST, the Brainpool and the short curves, the usual curves with
//! unusual digests.

use crypto_bigint::BoxedUint;
use dsa::signature::hazmat::PrehashVerifier;

use super::{Scheme, Unsupported, curve, gost, rsa};
use crate::signature::der::{self, tag};
use crate::signature::x509::{DsaParameters, KeyKind, PublicKey, expected};

/// Whether `signature` verifies over what has this digest.
pub fn verify(scheme: Scheme, key: &PublicKey, digest: &[u8], signature: &[u8]) -> Result<bool, Unsupported> {
    match (&key.kind, scheme) {
        (KeyKind::Rsa { modulus, exponent }, Scheme::RsaPkcs1(algorithm)) => {
            Ok(rsa::pkcs1_verifies(algorithm, digest, modulus, exponent, signature))
        }
        (KeyKind::Rsa { modulus, exponent }, Scheme::RsaPss { digest: algorithm, mask, salt_bytes }) => {
            let modulus = (&**modulus, key.rsa_bits().unwrap_or(0));
            let salt_bytes = usize::from(salt_bytes);
            Ok(rsa::pss_verifies((algorithm, mask), salt_bytes, digest, modulus, exponent, signature))
        }
        (KeyKind::Dsa { parameters, y }, Scheme::Dsa(_)) => {
            let unusable = || Unsupported::Key(key.to_string());
            dsa_verifies(parameters.as_ref().ok_or_else(unusable)?, y, digest, signature).ok_or_else(unusable)
        }
        (KeyKind::Gost(curve), Scheme::Gost(_)) => {
            gost::verifies(*curve, &key.bytes, digest, signature).ok_or_else(|| Unsupported::Key(key.to_string()))
        }
        (kind, Scheme::Ecdsa(_) | Scheme::EcdsaPlain(_)) => {
            let Some(field_bytes) = kind.field_bytes() else { return Err(super::pair(key, scheme)) };
            let plain = match scheme {
                Scheme::Ecdsa(_) => plain(signature, field_bytes),
                _ => Some(signature.to_vec()),
            };
            let Some(plain) = plain else { return Ok(false) };
            curve_verifies(key, &at_least(digest, field_bytes.div_ceil(2)), &plain)
        }
        _ => Err(super::pair(key, scheme)),
    }
}

/// `None` when the key is not usable: sizes that are no standard's, or y outside the subgroup.
fn dsa_verifies(parameters: &DsaParameters, y: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
    let number = BoxedUint::from_be_slice_vartime;
    let DsaParameters { p, q, g } = parameters;
    if [p, q, g].iter().any(|number| number.is_empty()) || y.is_empty() || y.len() > p.len() || g.len() > p.len() {
        return None;
    }
    // The precision of y and g must be that of p.
    let bits = u32::try_from(8 * p.len()).ok()?;
    let sized = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok();
    let components = dsa::Components::from_components(number(p), number(q), sized(g)?).ok()?;
    let key = dsa::VerifyingKey::from_components(components, sized(y)?).ok()?;
    let Some((r, s)) = integers(signature) else { return Some(false) };
    if r.is_empty() || s.is_empty() || r.len() > q.len() || s.len() > q.len() {
        return Some(false);
    }
    let bits = u32::try_from(8 * q.len()).ok()?;
    let sized = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bits).ok();
    let Some(signature) = dsa::Signature::from_components(sized(r)?, sized(s)?) else { return Some(false) };
    Some(key.verify_prehash(digest, &signature).is_ok())
}

macro_rules! on_curve {
    ($curve:ty, $key:expr, $digest:expr, $signature:expr) => {{
        let unusable = |_| Unsupported::Key($key.to_string());
        let key = ecdsa::VerifyingKey::<$curve>::from_sec1_bytes(&$key.bytes).map_err(unusable)?;
        match ecdsa::Signature::<$curve>::from_slice($signature) {
            Ok(signature) => Ok(key.verify_prehash($digest, &signature).is_ok()),
            Err(_) => Ok(false),
        }
    }};
}

fn curve_verifies(key: &PublicKey, digest: &[u8], signature: &[u8]) -> Result<bool, Unsupported> {
    match key.kind {
        KeyKind::P192 => on_curve!(curve::p192::Curve, key, digest, signature),
        KeyKind::P224 => on_curve!(curve::p224::Curve, key, digest, signature),
        KeyKind::P256 => on_curve!(p256::NistP256, key, digest, signature),
        KeyKind::P384 => on_curve!(p384::NistP384, key, digest, signature),
        KeyKind::P521 => on_curve!(p521::NistP521, key, digest, signature),
        KeyKind::BrainpoolP256 => on_curve!(bp256::BrainpoolP256r1, key, digest, signature),
        KeyKind::BrainpoolP320 => on_curve!(curve::brainpool320::Curve, key, digest, signature),
        KeyKind::BrainpoolP384 => on_curve!(bp384::BrainpoolP384r1, key, digest, signature),
        KeyKind::BrainpoolP512 => on_curve!(curve::brainpool512::Curve, key, digest, signature),
        _ => Err(Unsupported::Key(key.to_string())),
    }
}

/// SEQUENCE { r, s } as r ‖ s; `None` when it is no such thing, or a number is too long.
fn plain(signature: &[u8], field_bytes: usize) -> Option<Vec<u8>> {
    let (r, s) = integers(signature)?;
    if r.len() > field_bytes || s.len() > field_bytes {
        return None;
    }
    Some([at_least(r, field_bytes), at_least(s, field_bytes)].concat())
}

fn integers(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let (pair, rest) = der::read(signature).ok()?;
    let mut numbers = expected(&pair, tag::SEQUENCE).ok()?;
    let mut number = || numbers.expect(tag::INTEGER).ok()?.magnitude().ok();
    let both = (number()?, number()?);
    (rest.is_empty() && numbers.peek().is_none()).then_some(both)
}

/// The number with zeros before it up to this length: a digest shorter than half the field is a small number, which
/// the curve library refuses to take for a digest.
fn at_least(number: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![0; length.saturating_sub(number.len())];
    padded.extend_from_slice(number);
    padded
}
