//! GOST R 34.10-2001 and -2012 (RFC 5832, RFC 7091), which some XML signatures and certificates bear.
//!
//! No library offers the scheme; the curves are in `curve`, all arithmetic is the library's, and what stands here is the
//! equation of RFC 7091 §6.2. Keys and digests are little-endian numbers, values are s ‖ r, big-endian (RFC 4491 §2.2,
//! RFC 9215 §2).

use primeorder::elliptic_curve::ff::{Field, PrimeField};
use primeorder::elliptic_curve::group::Group;
use primeorder::elliptic_curve::ops::{MulByGeneratorVartime, Reduce};
use primeorder::elliptic_curve::point::AffineCoordinates;
use primeorder::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use primeorder::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, PublicKey, Scalar};

use super::curve;
use crate::signature::der::{self, tag};
use crate::signature::x509::GostCurve;

/// Whether `signature` verifies over what has this digest; `None` when the key is not usable.
pub fn verifies(on: GostCurve, key: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
    let (point, rest) = der::read(key).ok()?;
    if point.tag != tag::OCTET_STRING || !rest.is_empty() {
        return None;
    }
    match on {
        GostCurve::CryptoProA => verifies_on::<curve::cryptopro_a::Curve>(point.content, digest, signature),
        GostCurve::Tc26_512A => verifies_on::<curve::tc26_512_a::Curve>(point.content, digest, signature),
    }
}

fn verifies_on<C>(key: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    Scalar<C>: PrimeField<Repr = FieldBytes<C>> + Reduce<FieldBytes<C>>,
{
    let width = size_of::<FieldBytes<C>>();
    if key.len() != 2 * width {
        return None;
    }
    let (x, y) = key.split_at(width);
    let point = PublicKey::<C>::from_sec1_bytes(&[&[4], &reversed(x)[..], &reversed(y)].concat()).ok()?;
    let number = |bytes: &[u8]| {
        let number: Option<Scalar<C>> = Scalar::<C>::from_repr(FieldBytes::<C>::try_from(bytes).ok()?).into();
        number.filter(|number| !bool::from(number.is_zero()))
    };
    let Some((s, r)) = signature.split_at_checked(width) else { return Some(false) };
    let (Some(s), Some(r)) = (number(s), number(r)) else { return Some(false) };
    let digest = FieldBytes::<C>::try_from(&reversed(digest)[..]).ok()?;
    let e = <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&digest);
    let v = Option::<Scalar<C>>::from(e.invert()).unwrap_or(Scalar::<C>::ONE); // a digest of zero counts as one
    let point = point.to_projective();
    let sum = C::ProjectivePoint::mul_by_generator_and_mul_add_vartime(&(s * v), &-(r * v), &point);
    if bool::from(sum.is_identity()) {
        return Some(false);
    }
    let sum: AffinePoint<C> = sum.into();
    Some(<Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&sum.x()) == r)
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

#[cfg(test)]
mod tests;
