//! RSA that aws-lc does not offer: short keys, old digests, PSS with SHA-1 or two digests (RFC 8017).
//!
//! The arithmetic is crypto-bigint's. PKCS#1 v1.5 is checked by building the one encoding that is right and comparing
//! all of it, never by parsing what came out; without NULL parameters is right as well (RFC 8017 §8.2.2, note 2).
//!
//! Why not the crate `rsa`: its PSS, in 0.9 and in the candidates of 0.10, makes digest and mask with one algorithm, and
//! SHA-256 under MGF1 with SHA-1 is what much software writes; so the decoding of PSS would stay here all the same, and
//! 0.9 brings second copies of every digest and of the big numbers. What is written here is the comparison, not the
//! arithmetic.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::{DigestAlgorithm, Hasher};
use crate::signature::der::{self, tag};

/// Whether `signature` is a PKCS#1 v1.5 signature of something with this digest. The modulus is odd and has at most
/// `RSA_BITS_MAX` bits, as the caller made sure.
pub fn pkcs1_verifies(
    algorithm: DigestAlgorithm,
    digest: &[u8],
    modulus: &[u8],
    exponent: &[u8],
    signature: &[u8],
) -> bool {
    let Some(message) = public_operation(modulus, exponent, signature) else { return false };
    let with_null = digest_info(algorithm, &[5, 0], digest);
    let without = digest_info(algorithm, &[], digest);
    [with_null, without].iter().any(|info| pkcs1_encoding(info, message.len()).as_deref() == Some(&message[..]))
}

/// Whether `signature` is an RSASSA-PSS signature of something with this digest (RFC 8017 §9.1.2).
pub fn pss_verifies(
    (algorithm, mask): (DigestAlgorithm, DigestAlgorithm),
    salt_bytes: usize,
    digest: &[u8],
    (modulus, modulus_bits): (&[u8], usize),
    exponent: &[u8],
    signature: &[u8],
) -> bool {
    let Some(whole) = public_operation(modulus, exponent, signature) else { return false };
    // emBits is one less than the modulus has, so the encoding may be a byte shorter.
    let length = (modulus_bits - 1).div_ceil(8);
    let (zeros, message) = whole.split_at(whole.len() - length);
    let hash_bytes = algorithm.length_bytes();
    let Some(masked_bytes) = length.checked_sub(hash_bytes + 1) else { return false };
    let (Some(salt_at), Some(&0xbc)) = (masked_bytes.checked_sub(salt_bytes), message.last()) else { return false };
    let (masked, hash) = message[..length - 1].split_at(masked_bytes);
    let unused_bits = 8 * length - (modulus_bits - 1);
    let top = 0xffu8.checked_shr(unused_bits as u32).unwrap_or(0);
    if zeros.iter().any(|&byte| byte != 0) || salt_at == 0 || masked.first().is_none_or(|first| first & !top != 0) {
        return false;
    }
    let mut block = mask_bytes(mask, hash, masked_bytes);
    block.iter_mut().zip(masked).for_each(|(mask, byte)| *mask ^= byte);
    block[0] &= top;
    let (padding, salt) = block.split_at(salt_at);
    let Some((1, padding)) = padding.split_last() else { return false };
    padding.iter().all(|&byte| byte == 0) && algorithm.of_parts(&[&[0; 8], digest, salt]).as_ref() == hash
}

/// signature ^ exponent mod modulus, as long as the modulus; `None` when the value is not below the modulus.
fn public_operation(modulus: &[u8], exponent: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let zeros = signature.iter().take_while(|&&byte| byte == 0).count();
    let digits = &signature[zeros..];
    if signature.len() > modulus.len() || (digits.len(), digits) >= (modulus.len(), modulus) {
        return None;
    }
    let bits = u32::try_from(8 * modulus.len()).ok()?;
    let number = BoxedUint::from_be_slice(modulus, bits).ok()?;
    let value = BoxedUint::from_be_slice(digits, bits).ok()?;
    let exponent_bits = u32::try_from(8 * exponent.len()).ok()?;
    let power = BoxedUint::from_be_slice(exponent, exponent_bits).ok()?;
    let parameters = BoxedMontyParams::new_vartime(Option::from(Odd::new(number))?);
    let result = BoxedMontyForm::new(value, &parameters).pow_bounded_exp(&power, exponent_bits).retrieve();
    let bytes = result.to_be_bytes();
    let start = bytes.len().checked_sub(modulus.len())?;
    Some(bytes[start..].to_vec())
}

fn digest_info(algorithm: DigestAlgorithm, parameters: &[u8], digest: &[u8]) -> Vec<u8> {
    let identifier = [&der::with_header(tag::OID, algorithm.oid())[..], parameters].concat();
    let digest = der::with_header(tag::OCTET_STRING, digest);
    der::with_header(tag::SEQUENCE, &[der::with_header(tag::SEQUENCE, &identifier), digest].concat())
}

/// `00 01 ff … ff 00` and the info, at least eight bytes of padding; `None` when it does not fit.
fn pkcs1_encoding(info: &[u8], length: usize) -> Option<Vec<u8>> {
    let padding = length.checked_sub(info.len() + 3).filter(|&padding| padding >= 8)?;
    Some([&[0, 1][..], &vec![0xff; padding], &[0], info].concat())
}

/// MGF1 (RFC 8017 §B.2.1).
fn mask_bytes(algorithm: DigestAlgorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut seeded = Hasher::new(algorithm);
    seeded.update(seed);
    let mut mask = Vec::with_capacity(length + 64);
    for counter in 0u32.. {
        if mask.len() >= length {
            break;
        }
        let mut block = seeded.clone();
        block.update(&counter.to_be_bytes());
        mask.extend_from_slice(block.finish().as_ref());
    }
    mask.truncate(length);
    mask
}
