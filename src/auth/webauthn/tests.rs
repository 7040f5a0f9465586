use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use proptest::prelude::*;

const CHALLENGE: [u8; CHALLENGE_BYTES] = [7; CHALLENGE_BYTES];
const ORIGIN: &str = "https://luutru.example.gov.vn:8443";

fn party() -> RelyingParty {
    RelyingParty { id: "luutru.example.gov.vn".to_owned(), origin: ORIGIN.to_owned() }
}

enum Key {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl Key {
    fn ecdsa() -> Self {
        Self::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    fn public(&self) -> Vec<(i64, Value)> {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        match self {
            Self::Ecdsa(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                vec![(1, 2.into()), (3, key::ES256.into()), (-1, 1.into()), (-2, bytes(x)), (-3, bytes(y))]
            }
            Self::Ed25519(key) => {
                vec![(1, 1.into()), (3, key::EDDSA.into()), (-1, 6.into()), (-2, bytes(key.public_key().as_ref()))]
            }
            Self::Rsa(key) => {
                // RSAPublicKey of 2048 bits (RFC 8017, A.1.1): heads and a zero, the modulus, a head, 65537.
                let public = key.public_key().as_ref();
                let (n, e) = (bytes(&public[9..265]), bytes(&public[267..]));
                vec![(1, 3.into()), (3, key::RS256.into()), (-1, n), (-2, e)]
            }
        }
    }

    fn sign(&self, signed: &[u8]) -> Vec<u8> {
        match self {
            Self::Ecdsa(key) => key.sign(&SystemRandom::new(), signed).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(signed).as_ref().to_vec(),
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).unwrap();
                signature
            }
        }
    }
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn cose(fields: Vec<(i64, Value)>) -> Vec<u8> {
    written(&Value::Map(fields.into_iter().map(|(name, value)| (name.into(), value)).collect()))
}

fn client_data(ceremony: &str, change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut said = serde_json::json!({
        "type": ceremony, "challenge": URL_SAFE_NO_PAD.encode(CHALLENGE), "origin": ORIGIN, "crossOrigin": false,
        "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
    });
    change(&mut said);
    serde_json::to_vec(&said).unwrap()
}

fn data(id: &str, flags: u8, counter: u32, rest: &[u8]) -> Vec<u8> {
    [&Sha256::of(id.as_bytes()).0[..], &[flags], &counter.to_be_bytes(), rest].concat()
}

fn credential(name: &[u8], public_key: &[u8]) -> Vec<u8> {
    [&[0; 16][..], &(name.len() as u16).to_be_bytes(), name, public_key].concat()
}

fn object(format: &str, statement: Vec<(Value, Value)>, data: Vec<u8>) -> Vec<u8> {
    let fields = [("fmt", format.into()), ("attStmt", Value::Map(statement)), ("authData", Value::Bytes(data))];
    written(&Value::Map(fields.map(|(name, value)| (name.into(), value)).to_vec()))
}

fn registering(data: Vec<u8>) -> Result<Registered, Refusal> {
    register(&party(), &CHALLENGE, &client_data("webauthn.create", |_| ()), &object("none", vec![], data))
}

fn registered(key: &Key, flags: u8) -> Registered {
    let credential = credential(&[9; 20], &cose(key.public()));
    registering(data("luutru.example.gov.vn", 0x41 | flags, 5, &credential)).unwrap()
}

fn used(key: &Key, known: &Registered, client_data: &[u8], data: &[u8]) -> Result<u32, Refusal> {
    let signature = key.sign(&[data, &Sha256::of(client_data).0].concat());
    let given = Assertion { client_data, authenticator_data: data, signature: &signature };
    check(&party(), &CHALLENGE, known, &given)
}

#[test]
fn keys_of_each_kind_are_registered_and_used() {
    for key in [
        Key::ecdsa(),
        Key::Ed25519(Ed25519KeyPair::generate().unwrap()),
        Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
    ] {
        let known = registered(&key, 0);
        assert_eq!((known.name.as_slice(), known.counter, known.verifies), (&[9; 20][..], 5, false));
        let said = client_data("webauthn.get", |_| ());
        assert_eq!(used(&key, &known, &said, &data("luutru.example.gov.vn", 1, 6, &[])), Ok(6));
        let other = Key::ecdsa();
        let seen = data("luutru.example.gov.vn", 1, 6, &[]);
        assert_eq!(used(&other, &known, &said, &seen), Err(Refusal::Signature));
    }
}

#[test]
fn what_was_not_asked_is_refused() {
    let key = Key::ecdsa();
    let known = registered(&key, 0);
    let seen = data("luutru.example.gov.vn", 1, 6, &[]);
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, Refusal); 8] = [
        (|said| said["type"] = "webauthn.create".into(), Refusal::OtherCeremony),
        (|said| said["challenge"] = URL_SAFE_NO_PAD.encode([8; 32]).into(), Refusal::OtherChallenge),
        (|said| said["challenge"] = "BwcH".into(), Refusal::OtherChallenge),
        (|said| said["origin"] = "https://luutru.example.gov.vn".into(), Refusal::OtherOrigin),
        (|said| said["origin"] = "https://luutru.example.gov.vn.evil.example".into(), Refusal::OtherOrigin),
        (|said| said["crossOrigin"] = true.into(), Refusal::OtherOrigin),
        (|said| said["topOrigin"] = ORIGIN.into(), Refusal::OtherOrigin),
        (|said| said["origin"] = 1.into(), Refusal::Unreadable("client data")),
    ];
    for (change, refusal) in cases {
        let said = client_data("webauthn.get", change);
        assert_eq!(used(&key, &known, &said, &seen), Err(refusal), "{}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn what_the_authenticator_saw_is_checked() {
    let key = Key::ecdsa();
    let (known, said) = (registered(&key, 0), client_data("webauthn.get", |_| ()));
    let id = "luutru.example.gov.vn";
    let extension = written(&Value::Map(vec![("credProps".into(), true.into())]));
    let new_key = credential(&[9; 20], &cose(key.public()));
    for (seen, expect) in [
        (data("example.gov.vn", 1, 6, &[]), Err(Refusal::OtherParty)),
        (data(id, 0, 6, &[]), Err(Refusal::Absent)),
        (data(id, 4, 6, &[]), Err(Refusal::Absent)),
        (data(id, 1 | 0x10, 6, &[]), Err(Refusal::Backup)),
        (data(id, 1 | 0x08, 6, &[]), Err(Refusal::Backup)),
        (data(id, 1, 5, &[]), Err(Refusal::CounterBack { kept: 5, given: 5 })),
        (data(id, 1, 4, &[]), Err(Refusal::CounterBack { kept: 5, given: 4 })),
        (data(id, 1, 0, &[]), Err(Refusal::CounterBack { kept: 5, given: 0 })),
        (data(id, 1, 6, &[0]), Err(Refusal::Unreadable("authenticator data"))),
        (data(id, 1 | 0x80, 6, &[]), Err(Refusal::Unreadable("CBOR"))),
        (data(id, 1 | 0x80, 6, &[1]), Err(Refusal::Unreadable("authenticator data"))),
        (data(id, 1 | 0x40, 6, &new_key), Err(Refusal::Unreadable("authenticator data with a new key"))),
        (data(id, 1, 6, &[])[..36].to_vec(), Err(Refusal::Unreadable("authenticator data"))),
        (data(id, 1 | 0x80, 6, &extension), Ok(6)),
        (data(id, 1 | 0x04, u32::MAX, &[]), Ok(u32::MAX)),
    ] {
        assert_eq!(used(&key, &known, &said, &seen), expect, "{seen:?}");
    }
    // One that does not count stays at nothing; one that asked for a PIN goes on asking.
    let silent = Registered { counter: 0, ..known.clone() };
    assert_eq!(used(&key, &silent, &said, &data(id, 1, 0, &[])), Ok(0));
    let strict = registered(&key, 4);
    assert!(strict.verifies);
    assert_eq!(used(&key, &strict, &said, &data(id, 1, 6, &[])), Err(Refusal::Unverified));
    assert_eq!(used(&key, &strict, &said, &data(id, 5, 6, &[])), Ok(6));
}

#[test]
fn what_is_no_key_is_not_registered() {
    let key = Key::ecdsa();
    let id = "luutru.example.gov.vn";
    let with = |fields: Vec<(i64, Value)>| registering(data(id, 0x41, 0, &credential(&[9; 20], &cose(fields))));
    let changed = |at: usize, value: Value| {
        let mut fields = key.public();
        fields[at].1 = value;
        with(fields)
    };
    assert!(with(key.public()).is_ok());
    let bad = Err(Refusal::Unreadable("public key"));
    assert_eq!(changed(1, (-37).into()), Err(Refusal::Unsupported("algorithm")));
    assert_eq!(changed(2, 2.into()), bad, "another curve");
    assert_eq!(changed(4, Value::Bytes(vec![1; 32])), bad, "not on the curve");
    assert_eq!(changed(3, Value::Bytes(vec![1; 31])), bad);
    assert_eq!(changed(3, "x".into()), bad);
    assert_eq!(with([key.public(), vec![(-4, Value::Bytes(vec![1]))]].concat()), bad, "a private half");
    assert_eq!(with([key.public(), vec![(3, key::ES256.into())]].concat()), bad, "a field twice");
    assert_eq!(with(key.public()[..4].to_vec()), bad);
    let short = vec![
        (1, 3.into()),
        (3, key::RS256.into()),
        (-1, Value::Bytes(vec![0xff; 128])),
        (-2, Value::Bytes(vec![1, 0, 1])),
    ];
    assert_eq!(with(short), bad, "RSA of 1024 bits");

    let whole = data(id, 0x41, 0, &credential(&[9; 20], &cose(key.public())));
    let said = client_data("webauthn.create", |_| ());
    let object_of =
        |format: &str, statement, data| register(&party(), &CHALLENGE, &said, &object(format, statement, data));
    assert_eq!(object_of("packed", vec![], whole.clone()), Err(Refusal::Unsupported("attestation")));
    let statement = vec![("sig".into(), Value::Bytes(vec![1]))];
    assert_eq!(object_of("none", statement, whole.clone()), Err(Refusal::Unsupported("attestation")));
    // A signature by the key itself says no more than none, and is checked.
    let own = |algorithm: i64, signature: Vec<u8>| {
        vec![("alg".into(), algorithm.into()), ("sig".into(), Value::Bytes(signature))]
    };
    let signature = key.sign(&[&whole[..], &Sha256::of(&said).0].concat());
    assert!(object_of("packed", own(key::ES256, signature.clone()), whole.clone()).is_ok());
    let other = object_of("packed", own(key::RS256, signature.clone()), whole.clone());
    assert_eq!(other, Err(Refusal::Unsupported("attestation")));
    assert_eq!(object_of("packed", own(key::ES256, vec![1]), whole.clone()), Err(Refusal::Signature));
    let certified = [own(key::ES256, signature), vec![("x5c".into(), Value::Array(vec![]))]].concat();
    assert_eq!(object_of("packed", certified, whole.clone()), Err(Refusal::Unsupported("attestation")));
    assert_eq!(registering(data(id, 1, 0, &[])), Err(Refusal::Unreadable("authenticator data without a key")));
    assert_eq!(registering(data(id, 0x40, 0, &credential(&[9], &cose(key.public())))), Err(Refusal::Absent));
    for name in [vec![], vec![1; 1024]] {
        let named = data(id, 0x41, 0, &credential(&name, &cose(key.public())));
        assert_eq!(registering(named), Err(Refusal::Unreadable("authenticator data")));
    }
    let get = client_data("webauthn.get", |_| ());
    let object = object("none", vec![], whole);
    assert_eq!(register(&party(), &CHALLENGE, &get, &object), Err(Refusal::OtherCeremony));
    let twice = [object.clone(), vec![0]].concat();
    assert_eq!(register(&party(), &CHALLENGE, &said, &twice), Err(Refusal::Unreadable("attestation object")));
    let long = vec![0; AUTHENTICATOR_BYTES_MAX + 1];
    assert_eq!(register(&party(), &CHALLENGE, &said, &long), Err(Refusal::Unreadable("too long")));
    let deep = vec![0x81; AUTHENTICATOR_BYTES_MAX];
    assert_eq!(register(&party(), &CHALLENGE, &said, &deep), Err(Refusal::Unreadable("CBOR")));
}

proptest! {
    #[test]
    fn no_bytes_make_it_fall_over(data in prop::collection::vec(any::<u8>(), 0..400)) {
        let said = client_data("webauthn.create", |_| ());
        let _ = register(&party(), &CHALLENGE, &said, &data);
        let _ = registering(data.clone());
        let _ = challenge_of(&data);
        let _ = PublicKey::read(&data);
    }

    #[test]
    fn a_bit_that_is_not_as_it_was_is_seen(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let key = Key::ecdsa();
        let known = registered(&key, 0);
        let said = client_data("webauthn.get", |_| ());
        let mut seen = data("luutru.example.gov.vn", 1, 6, &[]);
        let signature = key.sign(&[&seen[..], &Sha256::of(&said).0].concat());
        seen[at.index(37)] ^= 1 << bit;
        let given = Assertion { client_data: &said, authenticator_data: &seen, signature: &signature };
        prop_assert!(check(&party(), &CHALLENGE, &known, &given).is_err());
    }
}
