//! Public keys (SubjectPublicKeyInfo, RFC 5280 §4.1.2.7, RFC 3279, RFC 5480, RFC 8410, RFC 9881, RFC 9909).

use super::{ParameterSet, expected, oid};
use crate::digest::Sha256;
use crate::signature::der::{self, Element, Error, Slice, tag};

/// RSA keys above this are refused: checking one would cost milliseconds, and none exists in practice.
pub const RSA_BITS_MAX: usize = 8192;

/// A public key. Equal when its encoding is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// What kind of key, with what is needed to use it.
    pub kind: KeyKind,
    /// The whole SubjectPublicKeyInfo, as written.
    pub raw: Slice,
    /// The key itself, inside the bit string.
    pub bytes: Slice,
    inherited: bool,
}

/// Kinds of public key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA, also with the identifier RSASSA-PSS: magnitudes, big-endian, without leading zeros.
    Rsa {
        /// Modulus.
        modulus: Slice,
        /// Public exponent.
        exponent: Slice,
    },
    /// DSA.
    Dsa {
        /// p, q and g; absent when they are the issuer's (RFC 3279 §2.3.2).
        parameters: Option<DsaParameters>,
        /// y, magnitude.
        y: Slice,
    },
    /// Elliptic curve P-192.
    P192,
    /// Elliptic curve P-224.
    P224,
    /// Elliptic curve P-256.
    P256,
    /// Elliptic curve P-384.
    P384,
    /// Elliptic curve P-521.
    P521,
    /// Elliptic curve brainpoolP256r1.
    BrainpoolP256,
    /// Elliptic curve brainpoolP320r1.
    BrainpoolP320,
    /// Elliptic curve brainpoolP384r1.
    BrainpoolP384,
    /// Elliptic curve brainpoolP512r1.
    BrainpoolP512,
    /// Edwards curve 25519.
    Ed25519,
    /// Edwards curve 448.
    Ed448,
    /// GOST R 34.10 on this curve.
    Gost(GostCurve),
    /// ML-DSA or SLH-DSA.
    PostQuantum(ParameterSet),
    /// Another algorithm or curve: its object identifier.
    Other(Slice),
}

/// Curves of GOST keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GostCurve {
    /// id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357), also called id-tc26-gost-3410-2012-256-paramSetB.
    CryptoProA,
    /// id-tc26-gost-3410-12-512-paramSetA (RFC 7836).
    Tc26_512A,
}

/// The domain of a DSA key: magnitudes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DsaParameters {
    /// Prime modulus.
    pub p: Slice,
    /// Prime order of the subgroup.
    pub q: Slice,
    /// Generator of the subgroup.
    pub g: Slice,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo that stands alone.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let whole = Slice::from(bytes);
        let (element, _) = der::read(&whole)?;
        Self::from_element(&element, &whole)
    }

    /// Reads a SubjectPublicKeyInfo inside `whole`. An unknown algorithm is [`KeyKind::Other`], not an error.
    pub fn from_element(element: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let mut algorithm = parts.expect(tag::SEQUENCE)?.children();
        let bytes = parts.expect(tag::BIT_STRING)?.bits()?;
        let kind = match algorithm.expect(tag::OID)?.content {
            oid::RSA | oid::RSA_PSS => {
                let (key, _) = der::read(bytes)?;
                let mut numbers = expected(&key, tag::SEQUENCE)?;
                let modulus = whole.part(numbers.expect(tag::INTEGER)?.magnitude()?);
                KeyKind::Rsa { modulus, exponent: whole.part(numbers.expect(tag::INTEGER)?.magnitude()?) }
            }
            oid::DSA => {
                let y = whole.part(der::read(bytes)?.0.magnitude()?);
                let parameters = algorithm.take_if(tag::SEQUENCE)?;
                let parameters = parameters.map(|numbers| DsaParameters::read(&numbers, whole)).transpose()?;
                KeyKind::Dsa { parameters, y }
            }
            oid::EC => match algorithm.take_if(tag::OID)?.map(|curve| curve.content) {
                Some(curve) => KeyKind::of_curve(curve, whole),
                None => KeyKind::Other(whole.part(oid::EC)), // parameters written out, or none
            },
            oid::ED25519 => KeyKind::Ed25519,
            oid::ED448 => KeyKind::Ed448,
            kind @ (oid::GOST_KEY_2001 | oid::GOST_KEY_2012_256 | oid::GOST_KEY_2012_512) => {
                let curve = match algorithm.take_if(tag::SEQUENCE)? {
                    Some(parameters) => parameters.children().take_if(tag::OID)?.map(|curve| curve.content),
                    None => None,
                };
                match curve {
                    Some(oid::CRYPTOPRO_A | oid::TC26_256_B) => KeyKind::Gost(GostCurve::CryptoProA),
                    Some(oid::TC26_512_A) => KeyKind::Gost(GostCurve::Tc26_512A),
                    other => KeyKind::Other(whole.part(other.unwrap_or(kind))),
                }
            }
            other => match ParameterSet::from_oid(other) {
                Some(set) => KeyKind::PostQuantum(set),
                None => KeyKind::Other(whole.part(other)),
            },
        };
        Ok(Self { kind, raw: whole.part(element.raw), bytes: whole.part(bytes), inherited: false })
    }

    /// An RSA key from its two numbers, big-endian, as XML signatures carry them.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let integer = |number: &[u8]| der::with_header(tag::INTEGER, &[&[0], number].concat());
        let null = [5, 0];
        let algorithm = der::with_header(tag::SEQUENCE, &[&der::with_header(tag::OID, oid::RSA)[..], &null].concat());
        let numbers = der::with_header(tag::SEQUENCE, &[integer(modulus), integer(exponent)].concat());
        Self::wrapped(&algorithm, &numbers)
    }

    /// A key on the named curve (content of its object identifier) from its point, as XML signatures carry it.
    pub fn on_curve(curve: &[u8], point: &[u8]) -> Result<Self, Error> {
        let names = [der::with_header(tag::OID, oid::EC), der::with_header(tag::OID, curve)].concat();
        Self::wrapped(&der::with_header(tag::SEQUENCE, &names), point)
    }

    /// A DSA key from its numbers, big-endian, as XML signatures carry them.
    pub fn dsa(p: &[u8], q: &[u8], g: &[u8], y: &[u8]) -> Result<Self, Error> {
        let integer = |number: &[u8]| der::with_header(tag::INTEGER, &[&[0], number].concat());
        let parameters = der::with_header(tag::SEQUENCE, &[integer(p), integer(q), integer(g)].concat());
        let algorithm = [der::with_header(tag::OID, oid::DSA), parameters].concat();
        Self::wrapped(&der::with_header(tag::SEQUENCE, &algorithm), &integer(y))
    }

    fn wrapped(algorithm: &[u8], key: &[u8]) -> Result<Self, Error> {
        let bits = der::with_header(tag::BIT_STRING, &[&[0], key].concat());
        Self::read(&der::with_header(tag::SEQUENCE, &[algorithm, &bits].concat()))
    }

    /// SHA-256 of the SubjectPublicKeyInfo.
    pub fn sha256(&self) -> Sha256 {
        Sha256::of(&self.raw)
    }

    /// Bits of an RSA modulus; `None` for other keys.
    pub fn rsa_bits(&self) -> Option<usize> {
        match &self.kind {
            KeyKind::Rsa { modulus, .. } => Some(bits(modulus)),
            _ => None,
        }
    }

    /// Whether its DSA parameters are not in its own encoding.
    pub fn has_inherited_parameters(&self) -> bool {
        self.inherited
    }

    /// This key with the DSA parameters of `issuer`, if it has none of its own (RFC 5280 §6.1.4 (f)).
    pub fn inheriting(&self, issuer: &PublicKey) -> Self {
        match (&self.kind, &issuer.kind) {
            (KeyKind::Dsa { parameters: None, y }, KeyKind::Dsa { parameters, .. }) => {
                let kind = KeyKind::Dsa { parameters: parameters.clone(), y: y.clone() };
                Self { kind, raw: self.raw.clone(), bytes: self.bytes.clone(), inherited: true }
            }
            _ => self.clone(),
        }
    }
}

impl KeyKind {
    /// Length of the numbers of an ECDSA value on its curve, bytes; `None` for other keys.
    pub fn field_bytes(&self) -> Option<usize> {
        Some(match self {
            Self::P192 => 24,
            Self::P224 => 28,
            Self::P256 | Self::BrainpoolP256 => 32,
            Self::BrainpoolP320 => 40,
            Self::P384 | Self::BrainpoolP384 => 48,
            Self::BrainpoolP512 => 64,
            Self::P521 => 66,
            _ => return None,
        })
    }

    fn of_curve(curve: &[u8], whole: &Slice) -> Self {
        match curve {
            oid::P192 => Self::P192,
            oid::P224 => Self::P224,
            oid::P256 => Self::P256,
            oid::P384 => Self::P384,
            oid::P521 => Self::P521,
            oid::BRAINPOOL_P256R1 => Self::BrainpoolP256,
            oid::BRAINPOOL_P320R1 => Self::BrainpoolP320,
            oid::BRAINPOOL_P384R1 => Self::BrainpoolP384,
            oid::BRAINPOOL_P512R1 => Self::BrainpoolP512,
            other => Self::Other(whole.part(other)),
        }
    }
}

impl DsaParameters {
    fn read(numbers: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut numbers = numbers.children();
        let mut number = || Ok(whole.part(numbers.expect(tag::INTEGER)?.magnitude()?));
        Ok(Self { p: number()?, q: number()?, g: number()? })
    }
}

impl std::fmt::Display for PublicKey {
    /// `RSA 2048`, `ECDSA P-256`, `Ed25519`, or the object identifier.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            KeyKind::Rsa { modulus, .. } => write!(f, "RSA {}", bits(modulus)),
            KeyKind::Dsa { parameters: Some(parameters), .. } => write!(f, "DSA {}", bits(&parameters.p)),
            KeyKind::Dsa { parameters: None, .. } => f.write_str("DSA"),
            KeyKind::P192 => f.write_str("ECDSA P-192"),
            KeyKind::P224 => f.write_str("ECDSA P-224"),
            KeyKind::P256 => f.write_str("ECDSA P-256"),
            KeyKind::P384 => f.write_str("ECDSA P-384"),
            KeyKind::P521 => f.write_str("ECDSA P-521"),
            KeyKind::BrainpoolP256 => f.write_str("ECDSA brainpoolP256r1"),
            KeyKind::BrainpoolP320 => f.write_str("ECDSA brainpoolP320r1"),
            KeyKind::BrainpoolP384 => f.write_str("ECDSA brainpoolP384r1"),
            KeyKind::BrainpoolP512 => f.write_str("ECDSA brainpoolP512r1"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Ed448 => f.write_str("Ed448"),
            KeyKind::Gost(GostCurve::CryptoProA) => f.write_str("GOST R 34.10 256"),
            KeyKind::Gost(GostCurve::Tc26_512A) => f.write_str("GOST R 34.10 512"),
            KeyKind::PostQuantum(set) => set.fmt(f),
            KeyKind::Other(kind) => f.write_str(&der::oid_text(kind)),
        }
    }
}

/// Bits of a magnitude without leading zeros.
fn bits(magnitude: &[u8]) -> usize {
    magnitude.first().map_or(0, |first| 8 * magnitude.len() - first.leading_zeros() as usize)
}
