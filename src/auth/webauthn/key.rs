//! Public keys as COSE writes them (RFC 9052 §7, RFC 8812, RFC 9053), and the signatures that they check.

use super::Refusal;
use super::authenticator::cbor;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use ciborium::Value;

/// ECDSA over P-256 with SHA-256.
pub const ES256: i64 = -7;
/// Ed25519.
pub const EDDSA: i64 = -8;
/// RSA (PKCS #1 v1.5) with SHA-256.
pub const RS256: i64 = -257;
/// Bytes of a modulus: 2048 to 4096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// Longest exponent, bytes.
const EXPONENT_BYTES_MAX: usize = 4;
const BAD: Refusal = Refusal::Unreadable("public key");

/// A public key.
pub struct PublicKey {
    algorithm: i64,
    half: Half,
}

enum Half {
    /// On a curve: what checks its signatures.
    Curve(ParsedPublicKey),
    /// RSA: modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

impl PublicKey {
    /// Reads one: its kind and what that needs, each once, and nothing beside (§6.5.1.1).
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let (Value::Map(fields), []) = cbor(bytes)? else { return Err(BAD) };
        let mut fields = Fields(fields);
        let (kind, algorithm) = (fields.number(1)?, fields.number(3)?);
        let half = match (kind, algorithm) {
            (2, ES256) => {
                let curve = fields.number(-1)?;
                let point = [&[4][..], &fields.bytes(-2)?, &fields.bytes(-3)?].concat();
                match curve == 1 && point.len() == 65 {
                    true => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).map(Half::Curve).map_err(|_| BAD)?,
                    false => return Err(BAD),
                }
            }
            (1, EDDSA) => {
                let (curve, point) = (fields.number(-1)?, fields.bytes(-2)?);
                match curve == 6 && point.len() == 32 {
                    true => ParsedPublicKey::new(&ED25519, point).map(Half::Curve).map_err(|_| BAD)?,
                    false => return Err(BAD),
                }
            }
            (3, RS256) => {
                let (modulus, exponent) = (fields.bytes(-1)?, fields.bytes(-2)?);
                let whole = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
                let fits = MODULUS_BYTES.contains(&modulus.len()) && exponent.len() <= EXPONENT_BYTES_MAX;
                match fits && whole(&modulus) && whole(&exponent) {
                    true => Half::Rsa(modulus, exponent),
                    false => return Err(BAD),
                }
            }
            _ => return Err(Refusal::Unsupported("algorithm")),
        };
        if fields.0.is_empty() { Ok(Self { algorithm, half }) } else { Err(BAD) }
    }

    /// Kind of the signatures that it checks.
    pub fn algorithm(&self) -> i64 {
        self.algorithm
    }

    /// Checks a signature.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let checked = match &self.half {
            Half::Curve(key) => key.verify_sig(signed, signature),
            Half::Rsa(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
        };
        checked.map_err(|_| Refusal::Signature)
    }
}

/// Fields that were not taken yet.
struct Fields(Vec<(Value, Value)>);

impl Fields {
    /// Takes one; twice the same is left over, and refused with what is.
    fn take(&mut self, label: i64) -> Result<Value, Refusal> {
        let at = self.0.iter().position(|(name, _)| *name == Value::from(label)).ok_or(BAD)?;
        Ok(self.0.swap_remove(at).1)
    }

    fn number(&mut self, label: i64) -> Result<i64, Refusal> {
        self.take(label)?.into_integer().ok().and_then(|number| number.try_into().ok()).ok_or(BAD)
    }

    fn bytes(&mut self, label: i64) -> Result<Vec<u8>, Refusal> {
        self.take(label)?.into_bytes().map_err(|_| BAD)
    }
}
