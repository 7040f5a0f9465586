use super::super::{Budget, DigestAlgorithm, Scheme, Unsupported, verify, verify_digest};
use crate::digest::unhex;
use crate::signature::x509::PublicKey;

/// Values that OpenSSL's GOST engine made: SignedInfo of three vectors of xmlsec, in canonical form.
#[test]
fn what_another_tool_signed_verifies_and_nothing_else_does() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/algorithms/gost.txt"));
    for line in text.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, key, message, signature] = fields[..] else { panic!("{line}") };
        let scheme = Scheme::Gost(match name {
            "GOST-R-34.11-94" => DigestAlgorithm::Gost94,
            "Streebog-256" => DigestAlgorithm::Streebog256,
            _ => DigestAlgorithm::Streebog512,
        });
        let [encoded, message, signature] = [key, message, signature].map(|field| unhex(field).unwrap());
        let key = PublicKey::read(&encoded).unwrap();
        let check = |message: &[u8], value: &[u8]| verify(scheme, &key, message, value, &Budget::default());
        assert_eq!(check(&message, &signature), Ok(true), "{name}");
        assert_eq!(check(b"other", &signature), Ok(false), "{name}");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 4;
            assert_eq!(check(&message, &changed), Ok(false), "{name}");
        }
        let half = signature.len() / 2;
        for wrong in [&[][..], &signature[..half], &signature[..signature.len() - 1], &vec![0; 2 * half]] {
            assert_eq!(check(&message, wrong), Ok(false), "{name}");
        }
        let digest = scheme.digest().unwrap().of_parts(&[&message]);
        assert_eq!(verify_digest(scheme, &key, &digest, &signature, &Budget::default()), Ok(true), "{name}");
        // A point beside the curve, and a key of another length.
        let mut beside = encoded.clone();
        *beside.last_mut().unwrap() ^= 1;
        let refused = verify(scheme, &PublicKey::read(&beside).unwrap(), &message, &signature, &Budget::default());
        assert!(matches!(refused, Err(Unsupported::Key(_))), "{name}: {refused:?}");
        let mut shorter = key.clone();
        shorter.bytes = key.bytes.part(&key.bytes[1..]);
        let refused = verify(scheme, &shorter, &message, &signature, &Budget::default());
        assert!(matches!(refused, Err(Unsupported::Key(_))), "{name}: {refused:?}");
    }
    assert_eq!(text.lines().count(), 3);
}
