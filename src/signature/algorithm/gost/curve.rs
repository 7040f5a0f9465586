//! The two curves of GOST keys in use: parameters out of RFC 4357 and RFC 7836, over primeorder's points and
//! primefield's numbers. No arithmetic is written here.
//!
//! Both have prime order and no cofactor, as primeorder demands; the Edwards curves that RFC 7836 adds have one, and are
//! not offered.

/// Defines the curve `y² = x³ - 3x + b` over the field of `p`, whose generator (x, y) has order `q`. With each modulus
/// goes its smallest non-residue.
macro_rules! curve {
    (
        $module:ident, $uint:ident, $size:ident, p: $p:literal $p_root:literal, q: $q:literal $q_root:literal,
        a: $a:literal, b: $b:literal, x: $x:literal, y: $y:literal
    ) => {
        pub mod $module {
            use primeorder::elliptic_curve::bigint::{Odd, $uint};
            use primeorder::elliptic_curve::ff::PrimeField;
            use primeorder::elliptic_curve::scalar::{FromUintUnchecked, IsHigh};
            use primeorder::elliptic_curve::subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, CtOption};
            use primeorder::elliptic_curve::{self, consts::$size};
            use primeorder::{PrimeCurveParams, mul_backend, point_arithmetic, wnaf};

            use field::FieldElement;

            /// Numbers modulo p.
            mod field {
                use primeorder::elliptic_curve::bigint::$uint;
                use primeorder::elliptic_curve::ff::PrimeField;
                use primeorder::elliptic_curve::ops::BatchInvert;
                use primeorder::elliptic_curve::subtle::{Choice, ConstantTimeEq, CtOption};

                primefield::monty_field_params! {
                    name: FieldParams,
                    modulus: $p,
                    uint: $uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $p_root,
                    doc: "The field"
                }
                primefield::monty_field_element! {
                    name: FieldElement,
                    params: FieldParams,
                    uint: $uint,
                    doc: "A number modulo p"
                }
                primefield::monty_field_arithmetic! { name: FieldElement, params: FieldParams, uint: $uint }
                impl BatchInvert for FieldElement {}
            }

            primefield::monty_field_params! {
                name: ScalarParams,
                modulus: $q,
                uint: $uint,
                byte_order: primefield::ByteOrder::BigEndian,
                multiplicative_generator: $q_root,
                doc: "The order"
            }
            primefield::monty_field_element! {
                name: Scalar,
                params: ScalarParams,
                uint: $uint,
                doc: "A number modulo q"
            }
            primefield::monty_field_arithmetic! { name: Scalar, params: ScalarParams, uint: $uint }
            primefield::monty_field_reduce! { name: Scalar, params: ScalarParams, uint: $uint, }
            elliptic_curve::scalar_impls!(Gost, Scalar);
            wnaf::impl_wnaf_size_for_scalar!(Scalar);

            impl AsRef<Scalar> for Scalar {
                fn as_ref(&self) -> &Scalar {
                    self
                }
            }

            impl FromUintUnchecked for Scalar {
                type Uint = $uint;

                fn from_uint_unchecked(uint: $uint) -> Self {
                    Self::from_uint_unchecked(uint)
                }
            }

            impl IsHigh for Scalar {
                fn is_high(&self) -> Choice {
                    self.to_canonical().ct_gt(&<Gost as elliptic_curve::Curve>::ORDER.as_ref().shr_vartime(1))
                }
            }

            /// The curve.
            #[derive(Copy, Clone, Debug, Default, Eq, PartialEq, PartialOrd, Ord)]
            pub struct Gost;

            impl elliptic_curve::Curve for Gost {
                type FieldBytesSize = $size;
                type Uint = $uint;
                const ORDER: Odd<$uint> = Odd::<$uint>::from_be_hex($q);
            }
            impl elliptic_curve::PrimeCurve for Gost {}
            impl elliptic_curve::point::PointCompression for Gost {
                const COMPRESS_POINTS: bool = false;
            }
            impl elliptic_curve::CurveArithmetic for Gost {
                type AffinePoint = primeorder::AffinePoint<Gost>;
                type ProjectivePoint = primeorder::ProjectivePoint<Gost>;
                type Scalar = Scalar;
            }
            impl elliptic_curve::hazmat::FieldArithmetic for Gost {
                type FieldElement = FieldElement;
            }
            impl elliptic_curve::PrimeCurveArithmetic for Gost {
                type CurveGroup = primeorder::ProjectivePoint<Gost>;
            }
            impl PrimeCurveParams for Gost {
                type PointArithmetic = point_arithmetic::EquationAIsMinusThree;
                type Backend = mul_backend::VariableOnly;
                const EQUATION_A: FieldElement = FieldElement::from_hex_vartime($a);
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($b);
                const GENERATOR: (FieldElement, FieldElement) =
                    (FieldElement::from_hex_vartime($x), FieldElement::from_hex_vartime($y));
            }
        }
    };
}

// id-GostR3410-2001-CryptoPro-A-ParamSet (RFC 4357 §11.4), which RFC 7836 also calls 256-paramSetB.
curve!(
    cryptopro_a, U256, U32,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97" 7,
    q: "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893" 2,
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd94",
    b: "00000000000000000000000000000000000000000000000000000000000000a6",
    x: "0000000000000000000000000000000000000000000000000000000000000001",
    y: "8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14"
);

// id-tc26-gost-3410-12-512-paramSetA (RFC 7836 appendix A.1).
curve!(
    tc26_512_a, U512, U64,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc7" 5,
    q: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        f27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275" 2,
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
        ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffdc4",
    b: "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b626\
        5ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
    x: "000000000000000000000000000000000000000000000000000000000000000\
        00000000000000000000000000000000000000000000000000000000000000003",
    y: "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa92\
        1df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4"
);
