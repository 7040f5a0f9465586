//! Digest and signature algorithms: which there are, and whether a signature value verifies under a key.
//!
//! The primitives are aws-lc's; RustCrypto's where it lacks one, as old signatures need. An algorithm, parameter or
//! key that neither offers is [`Unsupported`], said apart from a value that fails: "we could not check" never looks
//! like "it is wrong". Nothing is refused here for being weak (MD5, SHA-1, RSA of 512 bits): whether it was good
//! enough at its time is for a dated policy to judge.
//!
//! Every check takes from a [`Budget`], the slow ones more, so that no document can make us compute for long.

mod budget;
mod curve;
mod digest;
mod fast;
mod gost;
mod legacy;
mod recent;
mod rsa;

use super::der::{self, Element, tag};
use super::oid;
use super::x509::{GostCurve, KeyKind, ParameterSet, PublicKey, RSA_BITS_MAX, expected};

use budget::Cost;
pub use budget::{Budget, UNITS_MAX};
pub use digest::{DigestAlgorithm, DigestValue, Hasher};

/// RSA keys below this are not checked at all: they can be broken in hours by anybody.
pub const RSA_BITS_MIN: usize = 512;
/// Exponents of more bits than this are refused, as aws-lc does: they only make checking slow.
const EXPONENT_BITS_MAX: usize = 33;
/// The longest context string there is (RFC 8032 §5, FIPS 204 §5.2, FIPS 205 §10.2).
const CONTEXT_BYTES_MAX: usize = 255;

/// Why a signature value could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// A digest algorithm not offered: its object identifier.
    #[error("digest algorithm {0} is not supported")]
    Digest(String),
    /// A signature algorithm not offered: its object identifier.
    #[error("signature algorithm {0} is not supported")]
    Signature(String),
    /// Parameters of RSA-PSS other than those of RFC 8017 with MGF1.
    #[error("these RSA-PSS parameters are not supported")]
    PssParameters,
    /// The key is of another kind than the signature algorithm, or the pair of key and digest is not offered.
    #[error("{key} with {scheme:?} is not supported")]
    Pair {
        /// The key.
        key: String,
        /// The algorithm asked for.
        scheme: Scheme,
    },
    /// A context string with an algorithm that has none, or one too long.
    #[error("this context string with {0:?} is not supported")]
    Context(Scheme),
    /// The key itself is not usable (not a point of the curve, an even modulus, an odd exponent…).
    #[error("the public key ({0}) is not usable")]
    Key(String),
    /// More signature values, or bytes to be hashed, than one document may ask for.
    #[error("too many signature values to check, or bytes to hash")]
    BudgetSpent,
}

/// A signature algorithm with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1.
    RsaPss {
        /// Digest of the message.
        digest: DigestAlgorithm,
        /// Digest of the mask.
        mask: DigestAlgorithm,
        /// Length of the salt, bytes.
        salt_bytes: u16,
    },
    /// DSA, the value as a SEQUENCE of two integers.
    Dsa(DigestAlgorithm),
    /// ECDSA, the value as a SEQUENCE of two integers.
    Ecdsa(DigestAlgorithm),
    /// ECDSA, the value as two numbers of the field's length one after the other (BSI TR-03111, XML signatures).
    EcdsaPlain(DigestAlgorithm),
    /// Ed25519.
    Ed25519,
    /// Ed25519 of a digest by SHA-512 (RFC 8032 §5.1).
    Ed25519ph,
    /// Ed25519 in a context that is not empty (RFC 8032 §5.1).
    Ed25519ctx,
    /// Ed448.
    Ed448,
    /// Ed448 of a digest by SHAKE256 (RFC 8032 §5.2).
    Ed448ph,
    /// GOST R 34.10 of a digest by GOST R 34.11.
    Gost(DigestAlgorithm),
    /// ML-DSA or SLH-DSA of the message itself.
    PostQuantum(ParameterSet),
}

impl Scheme {
    /// The scheme of a signature AlgorithmIdentifier; `digest` is the signer's digest algorithm, for identifiers that
    /// name only the kind of key.
    pub fn read(algorithm: &Element<'_>, digest: DigestAlgorithm) -> Result<Self, Unsupported> {
        match Self::of(algorithm)? {
            Named::Whole(scheme) => Ok(scheme),
            Named::Rsa => Ok(Self::RsaPkcs1(digest)),
            Named::Dsa => Ok(Self::Dsa(digest)),
            Named::Ecdsa => Ok(Self::Ecdsa(digest)),
        }
    }

    /// The scheme of an encoded AlgorithmIdentifier that must name its digest, as certificates and lists do.
    pub fn read_complete(encoded: &[u8]) -> Result<Self, Unsupported> {
        let unreadable = |_| Unsupported::Signature("unreadable".into());
        match Self::of(&der::read(encoded).map_err(unreadable)?.0)? {
            Named::Whole(scheme) => Ok(scheme),
            Named::Rsa => Err(Unsupported::Signature(der::oid_text(oid::RSA))),
            Named::Dsa => Err(Unsupported::Signature(der::oid_text(oid::DSA))),
            Named::Ecdsa => Err(Unsupported::Signature(der::oid_text(oid::EC))),
        }
    }

    /// The digest inside, if the scheme has one to choose.
    pub fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaPkcs1(digest)
            | Self::RsaPss { digest, .. }
            | Self::Dsa(digest)
            | Self::Ecdsa(digest)
            | Self::EcdsaPlain(digest)
            | Self::Gost(digest) => Some(digest),
            Self::Ed25519 | Self::Ed25519ph | Self::Ed25519ctx | Self::Ed448 | Self::Ed448ph | Self::PostQuantum(_) => {
                None
            }
        }
    }

    /// The same with another digest of the message; `None` if it has that one already, or none to choose.
    pub(in crate::signature) fn with_digest(self, other: DigestAlgorithm) -> Option<Self> {
        let changed = match self {
            Self::RsaPkcs1(_) => Self::RsaPkcs1(other),
            Self::RsaPss { mask, salt_bytes, .. } => Self::RsaPss { digest: other, mask, salt_bytes },
            Self::Dsa(_) => Self::Dsa(other),
            Self::Ecdsa(_) => Self::Ecdsa(other),
            Self::EcdsaPlain(_) => Self::EcdsaPlain(other),
            _ => return None,
        };
        (changed != self).then_some(changed)
    }

    fn of(algorithm: &Element<'_>) -> Result<Named, Unsupported> {
        use DigestAlgorithm::*;
        let mut parts = algorithm.children();
        let identifier = parts.expect(tag::OID).map_or(&[] as &[u8], |element| element.content);
        Ok(Named::Whole(match identifier {
            oid::RSA => return Ok(Named::Rsa),
            oid::DSA => return Ok(Named::Dsa),
            oid::EC => return Ok(Named::Ecdsa),
            oid::RSA_MD5 => Self::RsaPkcs1(Md5),
            oid::RSA_RIPEMD160 => Self::RsaPkcs1(Ripemd160),
            oid::RSA_SHA1 | oid::RSA_SHA1_OIW => Self::RsaPkcs1(Sha1),
            oid::RSA_SHA224 => Self::RsaPkcs1(Sha224),
            oid::RSA_SHA256 => Self::RsaPkcs1(Sha256),
            oid::RSA_SHA384 => Self::RsaPkcs1(Sha384),
            oid::RSA_SHA512 => Self::RsaPkcs1(Sha512),
            oid::RSA_SHA3_224 => Self::RsaPkcs1(Sha3_224),
            oid::RSA_SHA3_256 => Self::RsaPkcs1(Sha3_256),
            oid::RSA_SHA3_384 => Self::RsaPkcs1(Sha3_384),
            oid::RSA_SHA3_512 => Self::RsaPkcs1(Sha3_512),
            oid::RSA_PSS => pss(parts.take_if(tag::SEQUENCE).map_err(|_| Unsupported::PssParameters)?)?,
            oid::DSA_SHA1 => Self::Dsa(Sha1),
            oid::DSA_SHA224 => Self::Dsa(Sha224),
            oid::DSA_SHA256 => Self::Dsa(Sha256),
            oid::DSA_SHA384 => Self::Dsa(Sha384),
            oid::DSA_SHA512 => Self::Dsa(Sha512),
            oid::ECDSA_SHA1 => Self::Ecdsa(Sha1),
            oid::ECDSA_SHA224 => Self::Ecdsa(Sha224),
            oid::ECDSA_SHA256 => Self::Ecdsa(Sha256),
            oid::ECDSA_SHA384 => Self::Ecdsa(Sha384),
            oid::ECDSA_SHA512 => Self::Ecdsa(Sha512),
            oid::ECDSA_SHAKE128 => Self::Ecdsa(Shake128),
            oid::ECDSA_SHAKE256 => Self::Ecdsa(Shake256),
            oid::ECDSA_SHA3_224 => Self::Ecdsa(Sha3_224),
            oid::ECDSA_SHA3_256 => Self::Ecdsa(Sha3_256),
            oid::ECDSA_SHA3_384 => Self::Ecdsa(Sha3_384),
            oid::ECDSA_SHA3_512 => Self::Ecdsa(Sha3_512),
            oid::ECDSA_SPECIFIED => {
                let parameter = parts.expect(tag::SEQUENCE).map_err(|_| Unsupported::Digest("absent".into()))?;
                Self::Ecdsa(digest_of(&parameter)?)
            }
            oid::ECDSA_PLAIN_SHA1 => Self::EcdsaPlain(Sha1),
            oid::ECDSA_PLAIN_SHA224 => Self::EcdsaPlain(Sha224),
            oid::ECDSA_PLAIN_SHA256 => Self::EcdsaPlain(Sha256),
            oid::ECDSA_PLAIN_SHA384 => Self::EcdsaPlain(Sha384),
            oid::ECDSA_PLAIN_SHA512 => Self::EcdsaPlain(Sha512),
            oid::ECDSA_PLAIN_RIPEMD160 => Self::EcdsaPlain(Ripemd160),
            oid::ED25519 => Self::Ed25519,
            oid::ED448 => Self::Ed448,
            oid::GOST_94_WITH_2001 | oid::GOST_KEY_2001 => Self::Gost(Gost94),
            oid::STREEBOG_WITH_2012_256 | oid::GOST_KEY_2012_256 => Self::Gost(Streebog256),
            oid::STREEBOG_WITH_2012_512 | oid::GOST_KEY_2012_512 => Self::Gost(Streebog512),
            other => match ParameterSet::from_oid(other) {
                Some(set) => Self::PostQuantum(set),
                None => return Err(Unsupported::Signature(der::oid_text(other))),
            },
        }))
    }
}

/// Whether `signature` is a signature of `message` under `key`. Takes from `budget`.
pub fn verify(
    scheme: Scheme,
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
    budget: &Budget,
) -> Result<bool, Unsupported> {
    verify_in_context(scheme, key, message, &[], signature, budget)
}

/// As [`verify`], of a message signed in a context: bytes that tell the uses of one key apart. Certificates, CMS and
/// time-stamps sign in the empty one; some XML signatures name theirs.
pub fn verify_in_context(
    scheme: Scheme,
    key: &PublicKey,
    message: &[u8],
    context: &[u8],
    signature: &[u8],
    budget: &Budget,
) -> Result<bool, Unsupported> {
    check_pair(scheme, key)?;
    let has_context = !matches!(scheme, Scheme::Ed25519) && scheme.digest().is_none();
    let context_bytes_max = if has_context { CONTEXT_BYTES_MAX } else { 0 };
    if context.len() > context_bytes_max || (scheme == Scheme::Ed25519ctx && context.is_empty()) {
        return Err(Unsupported::Context(scheme));
    }
    budget.spend(Cost::Fast)?;
    let fast = if context.is_empty() { fast::verify(scheme, key, message, signature) } else { None };
    if let Some(answer) = fast {
        return answer;
    }
    match scheme.digest() {
        Some(digest) => slowly(scheme, key, digest.of_parts(&[message]).as_ref(), signature, budget),
        None => {
            budget.spend(if matches!(scheme, Scheme::PostQuantum(_)) { Cost::Slowest } else { Cost::Slow })?;
            recent::verify(scheme, key, message, context, signature)
        }
    }
}

/// Whether `signature` is a signature, under `key`, of what has this digest: for content hashed in passing that is too
/// large to be held at once. `digest` must be of the scheme's own algorithm. Slower than [`verify`].
pub fn verify_digest(
    scheme: Scheme,
    key: &PublicKey,
    digest: &DigestValue,
    signature: &[u8],
    budget: &Budget,
) -> Result<bool, Unsupported> {
    check_pair(scheme, key)?;
    match scheme.digest() {
        Some(algorithm) if algorithm.length_bytes() == digest.as_ref().len() => {
            slowly(scheme, key, digest.as_ref(), signature, budget)
        }
        _ => Err(pair(key, scheme)),
    }
}

fn slowly(
    scheme: Scheme,
    key: &PublicKey,
    digest: &[u8],
    signature: &[u8],
    budget: &Budget,
) -> Result<bool, Unsupported> {
    budget.spend(if matches!(scheme, Scheme::Dsa(_) | Scheme::Gost(_)) { Cost::Slowest } else { Cost::Slow })?;
    legacy::verify(scheme, key, digest, signature)
}

/// Refuses a key of another kind than the scheme's before anything is spent on it, and RSA keys that are no keys or only
/// slow.
fn check_pair(scheme: Scheme, key: &PublicKey) -> Result<(), Unsupported> {
    use KeyKind::{BrainpoolP256, BrainpoolP320, BrainpoolP384, BrainpoolP512, P192, P224, P256, P384, P521};
    let (modulus, exponent) = match (&key.kind, scheme) {
        // RSA with SHAKE128 or SHAKE256 is another algorithm (RFC 8702 §3.2.1), without MGF1.
        (KeyKind::Rsa { modulus, exponent }, Scheme::RsaPkcs1(digest) | Scheme::RsaPss { digest, .. })
            if !matches!(digest, DigestAlgorithm::Shake128 | DigestAlgorithm::Shake256) =>
        {
            (modulus, exponent)
        }
        (KeyKind::Dsa { .. }, Scheme::Dsa(_))
        | (
            P192 | P224 | P256 | P384 | P521 | BrainpoolP256 | BrainpoolP320 | BrainpoolP384 | BrainpoolP512,
            Scheme::Ecdsa(_) | Scheme::EcdsaPlain(_),
        )
        | (KeyKind::Ed25519, Scheme::Ed25519 | Scheme::Ed25519ph | Scheme::Ed25519ctx)
        | (
            KeyKind::Gost(GostCurve::CryptoProA),
            Scheme::Gost(DigestAlgorithm::Gost94 | DigestAlgorithm::Streebog256),
        )
        | (KeyKind::Gost(GostCurve::Tc26_512A), Scheme::Gost(DigestAlgorithm::Streebog512))
        | (KeyKind::Ed448, Scheme::Ed448 | Scheme::Ed448ph) => return Ok(()),
        (KeyKind::PostQuantum(of_key), Scheme::PostQuantum(set)) if *of_key == set => return Ok(()),
        _ => return Err(pair(key, scheme)),
    };
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    let bits = key.rsa_bits().unwrap_or(0);
    let exponent_bits = exponent.first().map_or(0, |first| 8 * exponent.len() - first.leading_zeros() as usize);
    let usable = (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits)
        && odd(modulus)
        && odd(exponent)
        && **exponent != [1]
        && exponent_bits <= EXPONENT_BITS_MAX;
    if usable { Ok(()) } else { Err(Unsupported::Key(key.to_string())) }
}

fn pair(key: &PublicKey, scheme: Scheme) -> Unsupported {
    Unsupported::Pair { key: key.to_string(), scheme }
}

/// What an algorithm identifier names.
enum Named {
    /// All of it.
    Whole(Scheme),
    /// RSA with PKCS#1 v1.5, without the digest.
    Rsa,
    /// DSA, without the digest.
    Dsa,
    /// ECDSA, without the digest.
    Ecdsa,
}

/// RSASSA-PSS-params (RFC 4055 §3.1); everything absent means SHA-1, MGF1 with SHA-1, 20 bytes of salt.
fn pss(parameters: Option<Element<'_>>) -> Result<Scheme, Unsupported> {
    let refused = |_: der::Error| Unsupported::PssParameters;
    let (mut digest, mut mask, mut salt_bytes) = (DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, 20);
    for field in parameters.iter().flat_map(Element::children) {
        let field = field.map_err(refused)?;
        let mut inside = field.children();
        match field.tag {
            0xa0 => digest = digest_of(&inside.expect(tag::SEQUENCE).map_err(refused)?)?,
            0xa1 => {
                let mut generator = inside.expect(tag::SEQUENCE).map_err(refused)?.children();
                if generator.expect(tag::OID).map_err(refused)?.content != oid::MGF1 {
                    return Err(Unsupported::PssParameters);
                }
                mask = digest_of(&generator.expect(tag::SEQUENCE).map_err(refused)?)?;
            }
            0xa2 => {
                let number = inside.expect(tag::INTEGER).map_err(refused)?.number().map_err(refused)?;
                salt_bytes = u16::try_from(number).map_err(|_| Unsupported::PssParameters)?;
            }
            _ => {} // trailer field: only one value exists
        }
    }
    Ok(Scheme::RsaPss { digest, mask, salt_bytes })
}

/// The digest named by an AlgorithmIdentifier.
fn digest_of(algorithm: &Element<'_>) -> Result<DigestAlgorithm, Unsupported> {
    let identifier = expected(algorithm, tag::SEQUENCE).and_then(|mut parts| parts.expect(tag::OID));
    DigestAlgorithm::from_oid(identifier.map_or(&[], |element| element.content))
}

#[cfg(test)]
mod tests;
