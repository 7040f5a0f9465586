//! What aws-lc lacks because it is new, checked by RustCrypto and dalek: Ed448, the variants of Ed25519 and Ed448 that
//! sign a digest or in a context (RFC 8032), SLH-DSA (FIPS 205), and ML-DSA with a context (FIPS 204; without one aws-lc
//! checks it).

use ed448_goldilocks::PreHasherXof;
use ed25519_dalek::{Digest as _, hazmat};
use sha3::Shake256;
use sha3::digest::consts::U64;
use sha3::digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};
use slh_dsa as slh;

use super::{Scheme, Unsupported};
use crate::signature::x509::{KeyKind, ParameterSet, PublicKey};

/// Whether `signature` verifies. The context has at most 255 bytes, as the caller made sure.
pub fn verify(
    scheme: Scheme,
    key: &PublicKey,
    message: &[u8],
    context: &[u8],
    signature: &[u8],
) -> Result<bool, Unsupported> {
    let answer = match (&key.kind, scheme) {
        (KeyKind::Ed25519, Scheme::Ed25519ph) => ed25519ph_verifies(&key.bytes, message, context, signature),
        (KeyKind::Ed25519, Scheme::Ed25519ctx) => ed25519ctx_verifies(&key.bytes, message, context, signature),
        (KeyKind::Ed448, Scheme::Ed448 | Scheme::Ed448ph) => {
            ed448_verifies(scheme, &key.bytes, message, context, signature)
        }
        (KeyKind::PostQuantum(of_key), Scheme::PostQuantum(set)) if *of_key == set => {
            set_verifies(set, &key.bytes, message, context, signature)
        }
        _ => return Err(super::pair(key, scheme)),
    };
    answer.ok_or_else(|| Unsupported::Key(key.to_string()))
}

/// `None` when the key is not usable, as in all that follow.
fn ed25519ph_verifies(key: &[u8], message: &[u8], context: &[u8], signature: &[u8]) -> Option<bool> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return Some(false) };
    let digest = ed25519_dalek::Sha512::new_with_prefix(message);
    Some(key.verify_prehashed_strict(digest, Some(context), &signature).is_ok())
}

fn ed25519ctx_verifies(key: &[u8], message: &[u8], context: &[u8], signature: &[u8]) -> Option<bool> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let Ok(signature) = ed25519_dalek::Signature::from_slice(signature) else { return Some(false) };
    let length = u8::try_from(context.len()).ok()?;
    let message = [&[length], context, message].concat();
    Some(!key.is_weak() && hazmat::raw_verify::<InContext>(&key, &message, &signature).is_ok())
}

/// SHA-512 as Ed25519ctx takes it, of dom2(0, context) ‖ R ‖ A ‖ message (RFC 8032 §2, §5.1.7), from what
/// [`hazmat::raw_verify`] hands it: R ‖ A ‖ message, the message led by the context and its length.
#[derive(Default)]
struct InContext(Vec<u8>);

impl HashMarker for InContext {}

impl OutputSizeUser for InContext {
    type OutputSize = U64;
}

impl Update for InContext {
    fn update(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl FixedOutput for InContext {
    fn finalize_into(self, out: &mut Output<Self>) {
        let (ends, rest) = self.0.split_at_checked(64).unwrap_or_default();
        let length = usize::from(rest.first().copied().unwrap_or(0));
        let (context, message) = rest.split_at_checked(1 + length).unwrap_or_default();
        let parts = [b"SigEd25519 no Ed25519 collisions", &[0][..], context, ends, message];
        let digest = parts.into_iter().fold(ed25519_dalek::Sha512::new(), |digest, part| digest.chain_update(part));
        FixedOutput::finalize_into(digest, out);
    }
}

fn ed448_verifies(scheme: Scheme, key: &[u8], message: &[u8], context: &[u8], signature: &[u8]) -> Option<bool> {
    let key = ed448_goldilocks::VerifyingKey::from_bytes(&key.try_into().ok()?).ok()?;
    let Ok(signature) = ed448_goldilocks::Signature::from_slice(signature) else { return Some(false) };
    let verified = if scheme == Scheme::Ed448ph {
        let digest: PreHasherXof<Shake256> = Shake256::default().chain(message).into();
        key.verify_prehashed(&signature, Some(context), digest)
    } else {
        key.verify_ctx(&signature, context, message)
    };
    Some(verified.is_ok())
}

macro_rules! ml_dsa_verifies {
    ($set:ty, $key:expr, $message:expr, $context:expr, $signature:expr) => {{
        let key = ml_dsa::EncodedVerifyingKey::<$set>::try_from($key).ok()?;
        let signature = ml_dsa::Signature::<$set>::try_from($signature);
        let key = ml_dsa::VerifyingKey::<$set>::decode(&key);
        Some(signature.is_ok_and(|signature| key.verify_with_context($message, $context, &signature)))
    }};
}

macro_rules! slh_dsa_verifies {
    ($set:ty, $key:expr, $message:expr, $context:expr, $signature:expr) => {{
        let key = slh::VerifyingKey::<$set>::try_from($key).ok()?;
        let signature = slh::Signature::<$set>::try_from($signature);
        Some(signature.is_ok_and(|one| key.try_verify_with_context($message, $context, &one).is_ok()))
    }};
}

fn set_verifies(set: ParameterSet, key: &[u8], message: &[u8], context: &[u8], signature: &[u8]) -> Option<bool> {
    match set {
        ParameterSet::MlDsa44 => ml_dsa_verifies!(ml_dsa::MlDsa44, key, message, context, signature),
        ParameterSet::MlDsa65 => ml_dsa_verifies!(ml_dsa::MlDsa65, key, message, context, signature),
        ParameterSet::MlDsa87 => ml_dsa_verifies!(ml_dsa::MlDsa87, key, message, context, signature),
        ParameterSet::SlhDsaSha2_128s => slh_dsa_verifies!(slh::Sha2_128s, key, message, context, signature),
        ParameterSet::SlhDsaSha2_128f => slh_dsa_verifies!(slh::Sha2_128f, key, message, context, signature),
        ParameterSet::SlhDsaSha2_192s => slh_dsa_verifies!(slh::Sha2_192s, key, message, context, signature),
        ParameterSet::SlhDsaSha2_192f => slh_dsa_verifies!(slh::Sha2_192f, key, message, context, signature),
        ParameterSet::SlhDsaSha2_256s => slh_dsa_verifies!(slh::Sha2_256s, key, message, context, signature),
        ParameterSet::SlhDsaSha2_256f => slh_dsa_verifies!(slh::Sha2_256f, key, message, context, signature),
        ParameterSet::SlhDsaShake128s => slh_dsa_verifies!(slh::Shake128s, key, message, context, signature),
        ParameterSet::SlhDsaShake128f => slh_dsa_verifies!(slh::Shake128f, key, message, context, signature),
        ParameterSet::SlhDsaShake192s => slh_dsa_verifies!(slh::Shake192s, key, message, context, signature),
        ParameterSet::SlhDsaShake192f => slh_dsa_verifies!(slh::Shake192f, key, message, context, signature),
        ParameterSet::SlhDsaShake256s => slh_dsa_verifies!(slh::Shake256s, key, message, context, signature),
        ParameterSet::SlhDsaShake256f => slh_dsa_verifies!(slh::Shake256f, key, message, context, signature),
    }
}
