//! Digest and signature algorithms: which there are, and whether a signature value verifies under a key.
//!
//! The primitives are aws-lc's. An algorithm, parameter or key that it does not offer is [`Unsupported`], said apart
//! from a value that fails: "we could not check" never looks like "it is wrong". SHA-1 and RSA below 2048 bits are
//! checked, because older Vietnamese signatures use them, and left to the caller to call weak.

use std::cell::Cell;

use aws_lc_rs::digest;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self as aws, RsaParameters, RsaPssSaltLength, UnparsedPublicKey, VerificationAlgorithm};

use super::der::{self, Element, tag};
use super::oid;
use super::x509::{KeyKind, PublicKey, RSA_BITS_MAX, expected};

/// RSA keys below this are not checked at all.
const RSA_BITS_MIN: usize = 1024;
/// Exponents of more bytes than this are refused, as aws-lc does beyond 33 bits: they only make checking slow.
const EXPONENT_BYTES_MAX: usize = 4;

/// Signature values checked for one document. A document with ten signatures, each with timestamps, chains and
/// revocation data of its own, takes some 200; 2,000 take half a second.
pub const OPERATIONS_MAX: u32 = 2_000;

/// How many signature values may still be checked: what hostile bytes can make us compute is bounded by it.
#[derive(Debug)]
pub struct Budget {
    left: Cell<u32>,
}

/// Digest algorithms that can be computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// SHA-1: broken for collisions; read for old signatures only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// Why a signature value could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// A digest algorithm not offered: its object identifier.
    #[error("digest algorithm {0} is not supported")]
    Digest(String),
    /// A signature algorithm not offered: its object identifier.
    #[error("signature algorithm {0} is not supported")]
    Signature(String),
    /// Parameters of RSA-PSS other than those of RFC 8017 with MGF1 on the same digest.
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
    /// The key itself is not usable (not a point of the curve, an even modulus, an odd exponent…).
    #[error("the public key ({0}) is not usable")]
    Key(String),
    /// More signature values than one document may ask for.
    #[error("too many signature values to check")]
    BudgetSpent,
}

/// A signature algorithm with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1 on the same digest.
    RsaPss {
        /// Digest of message and mask.
        digest: DigestAlgorithm,
        /// Length of the salt, bytes.
        salt_bytes: u16,
    },
    /// ECDSA, the value as a SEQUENCE of two integers.
    Ecdsa(DigestAlgorithm),
    /// Ed25519.
    Ed25519,
}

impl Budget {
    /// A budget of `operations`.
    pub fn new(operations: u32) -> Self {
        Self { left: Cell::new(operations) }
    }

    /// Operations left.
    pub fn left(&self) -> u32 {
        self.left.get()
    }

    fn spend(&self) -> Result<(), Unsupported> {
        self.left.set(self.left.get().checked_sub(1).ok_or(Unsupported::BudgetSpent)?);
        Ok(())
    }
}

impl Default for Budget {
    /// [`OPERATIONS_MAX`].
    fn default() -> Self {
        Self::new(OPERATIONS_MAX)
    }
}

impl DigestAlgorithm {
    /// The algorithm with this object identifier (content bytes). Older software writes the identifier of the RSA
    /// signature in its place; the digest is the one inside.
    pub fn from_oid(identifier: &[u8]) -> Result<Self, Unsupported> {
        match identifier {
            oid::SHA1 | oid::RSA_SHA1 => Ok(Self::Sha1),
            oid::SHA256 | oid::RSA_SHA256 => Ok(Self::Sha256),
            oid::SHA384 | oid::RSA_SHA384 => Ok(Self::Sha384),
            oid::SHA512 | oid::RSA_SHA512 => Ok(Self::Sha512),
            other => Err(Unsupported::Digest(der::oid_text(other))),
        }
    }

    /// Digest of the concatenation of `parts`.
    pub fn of_parts(self, parts: &[&[u8]]) -> digest::Digest {
        let mut context = digest::Context::new(match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        });
        for part in parts {
            context.update(part);
        }
        context.finish()
    }
}

impl std::fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        })
    }
}

impl Scheme {
    /// The scheme of a signature AlgorithmIdentifier; `digest` is the signer's digest algorithm, for identifiers that
    /// name only the kind of key.
    pub fn read(algorithm: &Element<'_>, digest: DigestAlgorithm) -> Result<Self, Unsupported> {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        let mut parts = algorithm.children();
        let identifier = parts.expect(tag::OID).map_or(&[] as &[u8], |element| element.content);
        Ok(match identifier {
            oid::RSA => Self::RsaPkcs1(digest),
            oid::RSA_SHA1 => Self::RsaPkcs1(Sha1),
            oid::RSA_SHA256 => Self::RsaPkcs1(Sha256),
            oid::RSA_SHA384 => Self::RsaPkcs1(Sha384),
            oid::RSA_SHA512 => Self::RsaPkcs1(Sha512),
            oid::RSA_PSS => match parts.take_if(tag::SEQUENCE) {
                Ok(parameters) => pss(parameters)?,
                Err(_) => return Err(Unsupported::PssParameters),
            },
            oid::EC => Self::Ecdsa(digest),
            oid::ECDSA_SHA1 => Self::Ecdsa(Sha1),
            oid::ECDSA_SHA256 => Self::Ecdsa(Sha256),
            oid::ECDSA_SHA384 => Self::Ecdsa(Sha384),
            oid::ECDSA_SHA512 => Self::Ecdsa(Sha512),
            oid::ED25519 => Self::Ed25519,
            other => return Err(Unsupported::Signature(der::oid_text(other))),
        })
    }

    /// The digest inside, if the scheme has one to choose.
    pub fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => Some(digest),
            Self::Ed25519 => None,
        }
    }
}

/// Whether `signature` is a signature of `message` under `key`. Takes one operation from `budget`.
pub fn verify(
    scheme: Scheme,
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
    budget: &Budget,
) -> Result<bool, Unsupported> {
    budget.spend()?;
    let unsupported = || Unsupported::Pair { key: key.to_string(), scheme };
    if let KeyKind::Rsa { modulus, exponent } = &key.kind {
        let bits = key.rsa_bits().unwrap_or(0);
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
        let usable = (RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits)
            && odd(modulus)
            && odd(exponent)
            && **exponent != [1]
            && exponent.len() <= EXPONENT_BYTES_MAX;
        if !usable {
            return Err(Unsupported::Key(key.to_string()));
        }
        let parameters = rsa_parameters(scheme, bits).ok_or_else(unsupported)?;
        let components = PublicKeyComponents { n: &**modulus, e: &**exponent };
        return Ok(components.verify(&parameters, message, signature).is_ok());
    }
    let algorithm = curve_algorithm(scheme, &key.kind).ok_or_else(unsupported)?;
    let parsed = UnparsedPublicKey::new(algorithm, &*key.bytes).parse();
    let parsed = parsed.map_err(|_| Unsupported::Key(key.to_string()))?;
    Ok(parsed.verify_sig(message, signature).is_ok())
}

fn rsa_parameters(scheme: Scheme, bits: usize) -> Option<RsaParameters> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    let short = bits < 2048;
    match scheme {
        Scheme::RsaPkcs1(Sha1) => Some(aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPkcs1(Sha256) => Some(aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPkcs1(Sha384) if !short => Some(aws::RSA_PKCS1_2048_8192_SHA384),
        Scheme::RsaPkcs1(Sha512) => Some(aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        Scheme::RsaPss { digest, salt_bytes } if !short => {
            let parameters = match digest {
                Sha1 => return None,
                Sha256 => aws::RSA_PSS_2048_8192_SHA256,
                Sha384 => aws::RSA_PSS_2048_8192_SHA384,
                Sha512 => aws::RSA_PSS_2048_8192_SHA512,
            };
            Some(parameters.with_pss_salt_length(RsaPssSaltLength::Custom(salt_bytes)))
        }
        _ => None,
    }
}

fn curve_algorithm(scheme: Scheme, kind: &KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
    use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    Some(match (kind, scheme) {
        (KeyKind::P256, Scheme::Ecdsa(Sha1)) => &aws::ECDSA_P256_SHA1_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P256_SHA256_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P256_SHA384_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P256_SHA512_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P384_SHA384_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P384_SHA512_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P521_SHA256_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P521_SHA384_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P521_SHA512_ASN1,
        (KeyKind::Ed25519, Scheme::Ed25519) => &aws::ED25519,
        _ => return None,
    })
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
                let number = inside.expect(tag::INTEGER).map_err(refused)?;
                salt_bytes = match number.magnitude().map_err(refused)? {
                    [] => 0,
                    [low] => u16::from(*low),
                    [high, low] => u16::from_be_bytes([*high, *low]),
                    _ => return Err(Unsupported::PssParameters),
                };
            }
            _ => {} // trailer field: only one value exists
        }
    }
    if digest == mask { Ok(Scheme::RsaPss { digest, salt_bytes }) } else { Err(Unsupported::PssParameters) }
}

/// The digest named by an AlgorithmIdentifier.
fn digest_of(algorithm: &Element<'_>) -> Result<DigestAlgorithm, Unsupported> {
    let identifier = expected(algorithm, tag::SEQUENCE).and_then(|mut parts| parts.expect(tag::OID));
    DigestAlgorithm::from_oid(identifier.map_or(&[], |element| element.content))
}
