use super::*;
use crate::digest::unhex;

const MESSAGE: &[u8] = "Châu bản".as_bytes();

/// One signature of [`MESSAGE`] made by OpenSSL (`make.sh` beside the file).
struct Vector {
    name: String,
    scheme: Scheme,
    key: PublicKey,
    signature: Vec<u8>,
}

fn digest(name: &str) -> DigestAlgorithm {
    use DigestAlgorithm::*;
    let all = [Md5, Ripemd160, Sha1, Sha224, Sha256, Sha384, Sha512, Sha3_224, Sha3_256, Sha3_384, Sha3_512];
    let plain = |text: &str| text.to_lowercase().replace('-', "");
    all.into_iter().find(|one| plain(one.name()) == plain(name)).unwrap()
}

fn vectors() -> Vec<Vector> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/algorithms/vectors.txt"));
    let vector = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [kind, name, mask, salt, key, signature] = fields[..] else { panic!("{line}") };
        let scheme = match kind {
            "rsa" => Scheme::RsaPkcs1(digest(name)),
            "pss" => Scheme::RsaPss { digest: digest(name), mask: digest(mask), salt_bytes: salt.parse().unwrap() },
            "dsa" => Scheme::Dsa(digest(name)),
            "ecdsa" => Scheme::Ecdsa(digest(name)),
            "ed448" => Scheme::Ed448,
            _ => Scheme::Ed25519,
        };
        let key = PublicKey::read(&unhex(key).unwrap()).unwrap();
        let name = format!("{key} {scheme:?}");
        Vector { name, scheme, key, signature: unhex(signature).unwrap() }
    };
    text.lines().map(vector).collect()
}

#[test]
fn what_openssl_signed_verifies_and_nothing_else_does() {
    let vectors = vectors();
    assert!(vectors.len() > 60);
    for Vector { name, scheme, key, signature } in &vectors {
        let check = |message: &[u8], value: &[u8]| verify(*scheme, key, message, value, &Budget::default());
        assert_eq!(check(MESSAGE, signature), Ok(true), "{name}");
        assert_eq!(check(b"other", signature), Ok(false), "{name}");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 4;
            assert_eq!(check(MESSAGE, &changed), Ok(false), "{name}");
        }
        for length in [0, 1, signature.len() - 1] {
            assert_eq!(check(MESSAGE, &signature[..length]), Ok(false), "{name}");
        }
        if let Some(digest) = scheme.digest() {
            let value = digest.of_parts(&[MESSAGE]);
            assert_eq!(verify_digest(*scheme, key, &value, signature, &Budget::default()), Ok(true), "{name}");
        }
    }
}

#[test]
fn what_other_tools_signed_in_a_context_verifies_in_that_context_alone() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/algorithms/contexts.txt"));
    for line in text.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, context, message, key, signature] = fields[..] else { panic!("{line}") };
        let bytes = |field: &str| if field == "-" { Vec::new() } else { unhex(field).unwrap() };
        let (context, message, signature) = (bytes(context), bytes(message), bytes(signature));
        let key = PublicKey::read(&bytes(key)).unwrap();
        let scheme = match name {
            "ed25519ph" => Scheme::Ed25519ph,
            "ed25519ctx" => Scheme::Ed25519ctx,
            "ed448" => Scheme::Ed448,
            "ed448ph" => Scheme::Ed448ph,
            set => Scheme::PostQuantum(ParameterSet::named(set).unwrap()),
        };
        let budget = Budget::default();
        let check = |message: &[u8], context: &[u8], value: &[u8]| {
            verify_in_context(scheme, &key, message, context, value, &budget)
        };
        assert_eq!(check(&message, &context, &signature), Ok(true), "{name}");
        assert_eq!(check(b"other", &context, &signature), Ok(false), "{name}");
        assert_eq!(check(&message, b"elsewhere", &signature), Ok(false), "{name}");
        assert_eq!(check(&message, &[1; 256], &signature), Err(Unsupported::Context(scheme)), "{name}");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 4;
            assert_eq!(check(&message, &context, &changed), Ok(false), "{name}");
        }
        for length in [0, 1, signature.len() - 1] {
            assert_eq!(check(&message, &context, &signature[..length]), Ok(false), "{name}");
        }
        let mut shorter = key.clone();
        shorter.bytes = key.bytes.part(&key.bytes[1..]);
        let refused = verify_in_context(scheme, &shorter, &message, &context, &signature, &budget);
        assert!(matches!(refused, Err(Unsupported::Key(_))), "{name}: {refused:?}");
    }
}

#[test]
fn a_context_for_an_algorithm_without_one_is_unsupported() {
    for Vector { scheme, key, signature, .. } in vectors() {
        let refused = verify_in_context(scheme, &key, MESSAGE, b"context", &signature, &Budget::default());
        match scheme {
            Scheme::Ed448 => assert_eq!(refused, Ok(false)),
            _ => assert_eq!(refused, Err(Unsupported::Context(scheme))),
        }
    }
}

#[test]
fn plain_and_encoded_ecdsa_values_are_told_apart() {
    for Vector { name, scheme, key, signature } in vectors() {
        let Scheme::Ecdsa(digest) = scheme else { continue };
        let width = key.bytes.len() / 2;
        let (pair, _) = der::read(&signature).unwrap();
        let numbers = pair.children().map(|number| {
            let magnitude = number.unwrap().magnitude().unwrap().to_vec();
            [vec![0; width - magnitude.len()], magnitude].concat()
        });
        let plain = numbers.collect::<Vec<_>>().concat();
        let check = |scheme, value: &[u8]| verify(scheme, &key, MESSAGE, value, &Budget::default());
        assert_eq!(check(Scheme::EcdsaPlain(digest), &plain), Ok(true), "{name}");
        assert_eq!(check(Scheme::EcdsaPlain(digest), &signature), Ok(false), "{name}");
        assert_eq!(check(scheme, &plain), Ok(false), "{name}");
    }
}

#[test]
fn unusable_keys_and_pairs_are_unsupported_never_failing() {
    let sha256 = DigestAlgorithm::Sha256;
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let key = PublicKey::rsa(modulus, exponent).unwrap();
        verify(Scheme::RsaPkcs1(sha256), &key, MESSAGE, &[1; 256], &Budget::default())
    };
    let odd = [&[0xff; 255][..], &[1]].concat();
    assert!(matches!(rsa(&odd, &[1]), Err(Unsupported::Key(_))), "an exponent of one signs anything");
    assert!(matches!(rsa(&odd, &[4]), Err(Unsupported::Key(_))));
    assert!(matches!(rsa(&[0xfe; 256], &[3]), Err(Unsupported::Key(_))));
    assert!(matches!(rsa(&odd, &[5; 5]), Err(Unsupported::Key(_))), "beyond 33 bits");
    assert!(matches!(rsa(&[0xff; 1025], &[3]), Err(Unsupported::Key(_))));
    assert!(matches!(rsa(&[0xff; 63], &[3]), Err(Unsupported::Key(_))));
    assert_eq!(rsa(&odd, &[1, 0, 1]), Ok(false));
    for Vector { key, signature, .. } in vectors() {
        let other = if key.rsa_bits().is_some() { Scheme::Ecdsa(sha256) } else { Scheme::RsaPkcs1(sha256) };
        let refused = verify(other, &key, MESSAGE, &signature, &Budget::default());
        assert!(matches!(refused, Err(Unsupported::Pair { .. })), "{key}: {refused:?}");
    }
}

#[test]
fn the_budget_ends() {
    let Vector { scheme, key, signature, .. } =
        vectors().into_iter().find(|one| one.scheme == Scheme::Ed25519).unwrap();
    let budget = Budget::new(2);
    for _ in 0..2 {
        assert_eq!(verify(scheme, &key, MESSAGE, &signature, &budget), Ok(true));
    }
    assert_eq!(verify(scheme, &key, MESSAGE, &signature, &budget), Err(Unsupported::BudgetSpent));
}

#[test]
fn digests_of_the_empty_string() {
    let of = |algorithm: DigestAlgorithm| crate::digest::hex(algorithm.of_parts(&[]).as_ref());
    assert_eq!(of(DigestAlgorithm::Md5), "d41d8cd98f00b204e9800998ecf8427e");
    assert_eq!(of(DigestAlgorithm::Ripemd160), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    assert_eq!(of(DigestAlgorithm::Sha1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert!(of(DigestAlgorithm::Sha3_256).starts_with("a7ffc6f8bf1ed766"));
    assert!(of(DigestAlgorithm::Sha3_224).starts_with("6b4e03423667dbb7"));
    // FIPS 202: as openssl dgst -shake128 -xoflen 32 and -shake256 -xoflen 64 print them.
    assert_eq!(of(DigestAlgorithm::Shake128), "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    assert_eq!(
        of(DigestAlgorithm::Shake256),
        "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be"
    );
    assert!(of(DigestAlgorithm::Sha224).starts_with("d14a028c2a3a2bc9"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    /// Keys and values that others made up: an answer, never a panic.
    #[test]
    fn changed_keys_and_values_never_panic(
        which in proptest::prelude::any::<proptest::prelude::prop::sample::Index>(),
        at in proptest::prelude::any::<proptest::prelude::prop::sample::Index>(),
        byte in proptest::prelude::any::<u8>(),
        both in proptest::prelude::any::<bool>(),
    ) {
        let vectors = vectors();
        let Vector { scheme, key, signature, .. } = which.get(&vectors);
        let mut bytes = key.raw.to_vec();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        let mut value = signature.clone();
        if both {
            let place = at.index(value.len());
            value[place] = byte;
        }
        if let Ok(changed) = PublicKey::read(&bytes) {
            let _ = verify(*scheme, &changed, MESSAGE, &value, &Budget::default());
        }
    }
}
