//! Curves that no library has ready, as old and foreign signatures need: the two of GOST keys in use (RFC 4357,
//! RFC 7836), P-192 and P-224 (FIPS 186-4), Brainpool's of 320 and 512 bits (RFC 5639). Parameters stand here, over
//! primeorder's points and primefield's numbers. No arithmetic is written here.
//!
//! All have prime order and no cofactor, as primeorder demands; the Edwards curves that RFC 7836 adds have one, and are
//! not offered.

/// Defines the curve `y² = x³ + ax + b` over the field of `p`, whose generator (x, y) has order `q`; `equation` is what
/// primeorder calls its a. With each modulus goes its smallest non-residue; moduli are as long as `uint`, the other
/// numbers as the field.
macro_rules! curve {
    (
        $module:ident, $uint:ident, $size:ident, $equation:ident, p: $p:literal $p_root:literal, q: $q:literal $q_root:literal,
        a: $a:literal, b: $b:literal, x: $x:literal, y: $y:literal
    ) => {
        pub mod $module {
            use primeorder::elliptic_curve::bigint::{Odd, $uint};
            use primeorder::elliptic_curve::ff::PrimeField;
            use primeorder::elliptic_curve::ops::Reduce;
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

            impl Reduce<$uint> for Scalar {
                fn reduce(number: &$uint) -> Self {
                    Self(primefield::MontyFieldElement::<ScalarParams, { $uint::LIMBS }>::reduce(number))
                }
            }

            // Where the field is shorter than whole words, primefield has none.
            impl Reduce<elliptic_curve::FieldBytes<Curve>> for Scalar {
                fn reduce(bytes: &elliptic_curve::FieldBytes<Curve>) -> Self {
                    <Self as Reduce<$uint>>::reduce(&elliptic_curve::field::bytes_to_uint::<Curve>(bytes))
                }
            }

            elliptic_curve::scalar_impls!(Curve, Scalar);
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
                    self.to_canonical().ct_gt(&<Curve as elliptic_curve::Curve>::ORDER.as_ref().shr_vartime(1))
                }
            }

            /// The curve.
            #[derive(Copy, Clone, Debug, Default, Eq, PartialEq, PartialOrd, Ord)]
            pub struct Curve;

            impl elliptic_curve::Curve for Curve {
                type FieldBytesSize = $size;
                type Uint = $uint;
                const ORDER: Odd<$uint> = Odd::<$uint>::from_be_hex($q);
            }
            impl elliptic_curve::PrimeCurve for Curve {}
            impl ecdsa::EcdsaCurve for Curve {
                const NORMALIZE_S: bool = false;
            }
            impl elliptic_curve::point::PointCompression for Curve {
                const COMPRESS_POINTS: bool = false;
            }
            impl elliptic_curve::CurveArithmetic for Curve {
                type AffinePoint = primeorder::AffinePoint<Curve>;
                type ProjectivePoint = primeorder::ProjectivePoint<Curve>;
                type Scalar = Scalar;
            }
            impl elliptic_curve::hazmat::FieldArithmetic for Curve {
                type FieldElement = FieldElement;
            }
            impl elliptic_curve::PrimeCurveArithmetic for Curve {
                type CurveGroup = primeorder::ProjectivePoint<Curve>;
            }
            impl PrimeCurveParams for Curve {
                type PointArithmetic = point_arithmetic::$equation;
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
    cryptopro_a, U256, U32, EquationAIsMinusThree,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd97" 7,
    q: "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893" 2,
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd94",
    b: "00000000000000000000000000000000000000000000000000000000000000a6",
    x: "0000000000000000000000000000000000000000000000000000000000000001",
    y: "8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14"
);

// id-tc26-gost-3410-12-512-paramSetA (RFC 7836 appendix A.1).
curve!(
    tc26_512_a, U512, U64, EquationAIsMinusThree,
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

// P-192 (FIPS 186-4 §D.1.2.1), also prime192v1.
curve!(
    p192, U192, U24, EquationAIsMinusThree,
    p: "fffffffffffffffffffffffffffffffeffffffffffffffff" 11,
    q: "ffffffffffffffffffffffff99def836146bc9b1b4d22831" 3,
    a: "fffffffffffffffffffffffffffffffefffffffffffffffc",
    b: "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
    x: "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
    y: "07192b95ffc8da78631011ed6b24cdd573f977a11e794811"
);

// P-224 (FIPS 186-4 §D.1.2.2), in numbers of whole words.
curve!(
    p224, U256, U28, EquationAIsMinusThree,
    p: "00000000ffffffffffffffffffffffffffffffff000000000000000000000001" 11,
    q: "00000000ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d" 2,
    a: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
    b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
    x: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
    y: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34"
);

// brainpoolP320r1 (RFC 5639 §3.5), in numbers of 384 bits, as the library reads those.
curve!(
    brainpool320, U384, U40, EquationAIsGeneric,
    p: "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40d\
        ef4f92b9ec7893ec28fcd412b1f1b32e27" 5,
    q: "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12\
        a32d482ec7ee8658e98691555b44c59311" 3,
    a: "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9\
        f492f375a97d860eb4",
    b: "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539\
        816f5eb4ac8fb1f1a6",
    x: "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599\
        c710af8d0d39e20611",
    y: "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6a\
        c7d35245d1692e8ee1"
);

// brainpoolP512r1 (RFC 5639 §3.7).
curve!(
    brainpool512, U512, U64, EquationAIsGeneric,
    p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308\
        717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3" 2,
    q: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308\
        70553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069" 7,
    a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863\
        bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
    b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117\
        a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
    x: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d009\
        8eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
    y: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f81\
        11b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892"
);
