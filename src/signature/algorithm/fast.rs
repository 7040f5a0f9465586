//! What aws-lc checks: nearly every signature of the last fifteen years.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self as aws, RsaParameters, RsaPssSaltLength, UnparsedPublicKey, VerificationAlgorithm};

use super::DigestAlgorithm::{Sha1, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512};
use super::{Scheme, Unsupported};
use crate::signature::x509::{KeyKind, ParameterSet, PublicKey};

/// Whether `signature` verifies; `None` when aws-lc does not offer the scheme for this key.
pub fn verify(scheme: Scheme, key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<Result<bool, Unsupported>> {
    if let KeyKind::Rsa { modulus, exponent } = &key.kind {
        let parameters = rsa_parameters(scheme, key.rsa_bits().unwrap_or(0))?;
        let components = PublicKeyComponents { n: &**modulus, e: &**exponent };
        return Some(Ok(components.verify(&parameters, message, signature).is_ok()));
    }
    let algorithm = curve_algorithm(scheme, &key.kind)?;
    let parsed = UnparsedPublicKey::new(algorithm, &*key.bytes).parse();
    Some(match parsed {
        Ok(parsed) => Ok(parsed.verify_sig(message, signature).is_ok()),
        Err(_) => Err(Unsupported::Key(key.to_string())),
    })
}

fn rsa_parameters(scheme: Scheme, bits: usize) -> Option<RsaParameters> {
    match (scheme, bits) {
        (_, ..1024) => None,
        (Scheme::RsaPkcs1(Sha1), _) => Some(aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (Scheme::RsaPkcs1(Sha256), _) => Some(aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        (Scheme::RsaPkcs1(Sha384), 2048..) => Some(aws::RSA_PKCS1_2048_8192_SHA384),
        (Scheme::RsaPkcs1(Sha512), _) => Some(aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        (Scheme::RsaPss { digest, mask, salt_bytes }, 2048..) if digest == mask => {
            let parameters = match digest {
                Sha256 => aws::RSA_PSS_2048_8192_SHA256,
                Sha384 => aws::RSA_PSS_2048_8192_SHA384,
                Sha512 => aws::RSA_PSS_2048_8192_SHA512,
                _ => return None,
            };
            Some(parameters.with_pss_salt_length(RsaPssSaltLength::Custom(salt_bytes)))
        }
        _ => None,
    }
}

fn curve_algorithm(scheme: Scheme, kind: &KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (kind, scheme) {
        (KeyKind::P256, Scheme::Ecdsa(Sha1)) => &aws::ECDSA_P256_SHA1_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P256_SHA256_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P256_SHA384_ASN1,
        (KeyKind::P256, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P256_SHA512_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P384_SHA256_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P384_SHA384_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P384_SHA512_ASN1,
        (KeyKind::P384, Scheme::Ecdsa(Sha3_384)) => &aws::ECDSA_P384_SHA3_384_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha1)) => &aws::ECDSA_P521_SHA1_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha224)) => &aws::ECDSA_P521_SHA224_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha256)) => &aws::ECDSA_P521_SHA256_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha384)) => &aws::ECDSA_P521_SHA384_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha512)) => &aws::ECDSA_P521_SHA512_ASN1,
        (KeyKind::P521, Scheme::Ecdsa(Sha3_512)) => &aws::ECDSA_P521_SHA3_512_ASN1,
        (KeyKind::P256, Scheme::EcdsaPlain(Sha256)) => &aws::ECDSA_P256_SHA256_FIXED,
        (KeyKind::P384, Scheme::EcdsaPlain(Sha384)) => &aws::ECDSA_P384_SHA384_FIXED,
        (KeyKind::P521, Scheme::EcdsaPlain(Sha512)) => &aws::ECDSA_P521_SHA512_FIXED,
        (KeyKind::Ed25519, Scheme::Ed25519) => &aws::ED25519,
        (KeyKind::PostQuantum(of_key), Scheme::PostQuantum(set)) if *of_key == set => match set {
            ParameterSet::MlDsa44 => &aws::ML_DSA_44,
            ParameterSet::MlDsa65 => &aws::ML_DSA_65,
            ParameterSet::MlDsa87 => &aws::ML_DSA_87,
            _ => return None,
        },
        _ => return None,
    })
}
