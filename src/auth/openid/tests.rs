use super::*;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

const ISSUER: &str = "https://sso.example.gov.vn/realms/a";
const NOW: u64 = 1_800_000_000;
const EXPECTED: Expected<'_> = Expected { issuer: ISSUER, client: "kho", nonce: "n-1", asked: NOW - 5, again: false };

/// A provider's keys, one of each kind.
struct Signer {
    curve: EcdsaKeyPair,
    edwards: Ed25519KeyPair,
    rsa: aws_lc_rs::signature::RsaKeyPair,
}

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer {
    curve: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
    edwards: Ed25519KeyPair::generate().unwrap(),
    rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
});

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    fn published(&self) -> Value {
        let (x, y) = self.curve.public_key().as_ref()[1..].split_at(32);
        let (n, e) = (self.rsa.public_key().modulus(), self.rsa.public_key().exponent());
        json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "x": text(x), "y": text(y) },
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "alg": "EdDSA", "x": text(self.edwards.public_key()) },
            { "kty": "RSA", "kid": "rsa", "n": text(n.big_endian_without_leading_zero()),
              "e": text(e.big_endian_without_leading_zero()) },
            { "kty": "oct", "kid": "secret", "k": text("kho") },
            { "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" },
            { "kty": "later", "kid": "later" },
        ] })
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let rsa = |padding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        match algorithm {
            "ES256" => self.curve.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            "EdDSA" => self.edwards.sign(message).as_ref().to_vec(),
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            _ => Vec::new(),
        }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", text(header.to_string()), text(claims.to_string()));
        let signature = self.sign(header["alg"].as_str().unwrap_or_default(), message.as_bytes());
        format!("{message}.{}", text(signature))
    }
}

fn keys() -> Keys {
    Keys::read(SIGNER.published().to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "sub": "u-1", "aud": "kho", "exp": NOW + 300, "iat": NOW, "nonce": "n-1", "email": "a@b" })
}

/// What comes of a token whose claims are as they should be, but for these; null takes one away.
fn with(changes: Value) -> Result<Said, Refusal> {
    with_expected(changes, &EXPECTED)
}

fn with_expected(changes: Value, expected: &Expected<'_>) -> Result<Said, Refusal> {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    check(&SIGNER.token(&json!({ "alg": "ES256", "kid": "ec" }), &claims), &keys(), expected, NOW)
}

fn with_header(header: Value) -> Result<Said, Refusal> {
    check(&SIGNER.token(&header, &claims()), &keys(), &EXPECTED, NOW)
}

#[test]
fn four_algorithms_are_taken_with_their_keys_and_no_other() {
    for (algorithm, name) in [("ES256", "ec"), ("EdDSA", "ed"), ("RS256", "rsa"), ("PS256", "rsa")] {
        let said = with_header(json!({ "alg": algorithm, "kid": name, "typ": "JWT" }));
        assert_eq!(said, Ok(Said { subject: "u-1".to_owned() }), "{algorithm}");
        assert!(with_header(json!({ "alg": algorithm })).is_ok(), "the only key that fits: {algorithm}");
    }
    for (algorithm, name, expect) in [
        ("none", "ec", Refusal::Unreadable("id_token")),
        ("None", "ec", Refusal::Unreadable("id_token")),
        ("HS256", "ec", Refusal::Algorithm),
        ("HS256", "secret", Refusal::Algorithm),
        ("RS512", "rsa", Refusal::Algorithm),
        ("ES384", "ec", Refusal::Algorithm),
        ("ES256", "rsa", Refusal::UnknownKey),
        ("RS256", "enc", Refusal::UnknownKey),
        ("ES256", "ed", Refusal::UnknownKey),
        ("ES256", "other", Refusal::UnknownKey),
    ] {
        assert_eq!(with_header(json!({ "alg": algorithm, "kid": name })), Err(expect), "{algorithm} {name}");
    }
    assert_eq!(with_header(json!({ "alg": "ES256", "kid": "ec", "crit": ["x"], "x": 1 })), Err(Refusal::Algorithm));
    // A key in the token's own header is nobody's.
    let own = json!({ "alg": "ES256", "kid": "own", "jwk": SIGNER.published()["keys"][0] });
    assert_eq!(with_header(own), Err(Refusal::UnknownKey));
}

#[test]
fn a_public_key_is_no_secret() {
    let public = SIGNER.published()["keys"][0]["x"].as_str().unwrap().to_owned();
    let message =
        format!("{}.{}", text(json!({ "alg": "HS256", "kid": "ec" }).to_string()), text(claims().to_string()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_bytes());
    let token = format!("{message}.{}", text(aws_lc_rs::hmac::sign(&key, message.as_bytes())));
    assert_eq!(check(&token, &keys(), &EXPECTED, NOW), Err(Refusal::Algorithm));
}

#[test]
fn every_claim_is_as_it_was_asked_for() {
    for changes in [
        json!({}),
        json!({ "aud": ["kho"], "azp": "kho" }),
        json!({ "exp": NOW - 59, "iat": NOW as f64 + 59.5 }),
        json!({ "iat": NOW - 64, "nbf": NOW + 60 }),
        json!({ "sub": "CN=Lan, OU=A" }),
    ] {
        assert!(with(changes.clone()).is_ok(), "{changes}");
    }
    let long = "x".repeat(256);
    for (changes, expect) in [
        (json!({ "iss": "https://sso.example.gov.vn/realms/a/" }), Refusal::OtherIssuer),
        (json!({ "aud": "other" }), Refusal::OtherAudience),
        (json!({ "aud": ["kho", "other"] }), Refusal::OtherAudience),
        (json!({ "aud": ["kho", "other"], "azp": "kho" }), Refusal::OtherAudience),
        (json!({ "aud": [] }), Refusal::OtherAudience),
        (json!({ "azp": "other" }), Refusal::OtherAudience),
        (json!({ "nonce": "n-2" }), Refusal::OtherNonce),
        (json!({ "nonce": null }), Refusal::OtherNonce),
        (json!({ "exp": NOW - 60 }), Refusal::OtherTime),
        (json!({ "iat": NOW + 61 }), Refusal::OtherTime),
        (json!({ "iat": NOW - 66 }), Refusal::OtherTime),
        (json!({ "nbf": NOW + 61 }), Refusal::OtherTime),
        (json!({ "sub": "" }), Refusal::Unreadable("sub")),
        (json!({ "sub": " a" }), Refusal::Unreadable("sub")),
        (json!({ "sub": "ă" }), Refusal::Unreadable("sub")),
        (json!({ "sub": long }), Refusal::Unreadable("sub")),
        (json!({ "sub": null }), Refusal::Unreadable("id_token")),
        (json!({ "exp": null }), Refusal::Unreadable("id_token")),
        (json!({ "iat": null }), Refusal::Unreadable("id_token")),
        (json!({ "exp": "soon" }), Refusal::Unreadable("id_token")),
        (json!({ "groups": "x".repeat(20_000) }), Refusal::Unreadable("id_token")),
    ] {
        assert_eq!(with(changes.clone()), Err(expect), "{changes}");
    }
}

#[test]
fn a_session_goes_on_only_if_the_person_was_asked_again() {
    let again = Expected { again: true, ..EXPECTED };
    assert!(with_expected(json!({ "auth_time": NOW - 4 }), &again).is_ok());
    for claim in [Value::Null, json!(NOW - 70), json!(NOW + 61)] {
        assert_eq!(with_expected(json!({ "auth_time": claim }), &again), Err(Refusal::NotAgain), "{claim}");
    }
}

#[test]
fn a_question_has_what_binds_its_answer() {
    let question = Question {
        client: "kho lưu",
        redirect: "https://a.gov.vn/sign-in/provider/answer",
        scopes: "openid",
        state: "s",
        nonce: "n",
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        again: true,
    };
    let address = question.address("https://sso.gov.vn/auth?tenant=1");
    // The digest is that of RFC 7636, appendix B.
    assert_eq!(
        address,
        "https://sso.gov.vn/auth?tenant=1&response_type=code&client_id=kho%20l%C6%B0u\
         &redirect_uri=https%3A%2F%2Fa.gov.vn%2Fsign-in%2Fprovider%2Fanswer&scope=openid&state=s&nonce=n\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=login&max_age=0"
    );
    let once = Question { again: false, ..question }.address("https://sso.gov.vn/auth");
    assert!(once.starts_with("https://sso.gov.vn/auth?response_type=") && !once.contains("prompt"));
    // RFC 6749 §2.3.1: both are encoded before they are joined.
    assert_eq!(basic("a:b", "c d"), format!("Basic {}", STANDARD.encode("a%3Ab:c%20d")));
}

#[test]
fn a_provider_s_description_is_its_own_and_fits() {
    let described = |changes: Value| {
        let mut described = json!({
            "issuer": ISSUER, "authorization_endpoint": "https://a/1", "token_endpoint": "https://a/2",
            "jwks_uri": "https://a/3", "response_types_supported": ["code", "id_token"],
        });
        for (name, value) in changes.as_object().unwrap() {
            described[name] = value.clone();
        }
        Metadata::read(described.to_string().as_bytes(), ISSUER)
    };
    let plain = described(json!({})).unwrap();
    assert!(!plain.names_itself && !plain.takes_secret_in_form && plain.token == "https://a/2");
    assert!(
        described(json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] }))
            .unwrap()
            .takes_secret_in_form
    );
    let both = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"] });
    assert!(!described(both).unwrap().takes_secret_in_form);
    for (changes, expect) in [
        (json!({ "issuer": format!("{ISSUER}/") }), Refusal::OtherIssuer),
        (json!({ "issuer": null }), Refusal::Unreadable("openid-configuration")),
        (json!({ "response_types_supported": ["id_token"] }), Refusal::Metadata("response_types_supported")),
        (
            json!({ "code_challenge_methods_supported": ["plain"] }),
            Refusal::Metadata("code_challenge_methods_supported"),
        ),
        (
            json!({ "token_endpoint_auth_methods_supported": ["private_key_jwt"] }),
            Refusal::Metadata("token_endpoint_auth_methods_supported"),
        ),
        (json!({ "jwks_uri": "x".repeat(3000) }), Refusal::Unreadable("openid-configuration")),
    ] {
        assert_eq!(described(changes.clone()), Err(expect), "{changes}");
    }
}

#[test]
fn what_a_provider_says_no_with_is_one_short_line() {
    assert_eq!(id_token(br#"{"id_token":"a.b.c","token_type":"Bearer","expires_in":5}"#), Ok("a.b.c".to_owned()));
    let no = id_token("{\"error\":\"invalid_grant\",\"error_description\":\"mã\\u0000\\n hết hạn\"}".as_bytes());
    assert_eq!(no, Err(Refusal::Refused("invalid_grant: mã hết hạn".to_owned())));
    let long = id_token(json!({ "error": "x".repeat(9000) }).to_string().as_bytes()).unwrap_err();
    assert!(long.to_string().len() < 400);
    assert_eq!(id_token(b"{}"), Err(Refusal::Unreadable("id_token")));
}

#[test]
fn many_keys_or_none_are_told_apart() {
    let many = json!({ "keys": vec![json!({ "kty": "EC" }); 101] });
    assert!(Keys::read(many.to_string().as_bytes()).is_err());
    assert!(Keys::read(b"[]").is_err());
    let none = Keys::read(br#"{"keys":[1,null,{"kty":"EC","crv":"P-256"}]}"#).unwrap();
    // Two keys of one name: neither is meant.
    let key = SIGNER.published()["keys"][0].clone();
    let twice = Keys::read(json!({ "keys": [key, key] }).to_string().as_bytes()).unwrap();
    let token = SIGNER.token(&json!({ "alg": "ES256", "kid": "ec" }), &claims());
    for keys in [none, twice] {
        assert_eq!(check(&token, &keys, &EXPECTED, NOW), Err(Refusal::UnknownKey));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[ -~]{0,60}") {
        prop_assert!(Metadata::read(&bytes, ISSUER).is_err());
        let _ = (Keys::read(&bytes), id_token(&bytes));
        prop_assert!(check(&text, &keys(), &EXPECTED, NOW).is_err());
    }

    #[test]
    fn a_token_that_was_touched_is_refused(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.=-]") {
        let token = SIGNER.token(&json!({ "alg": "ES256", "kid": "ec" }), &claims());
        let at = at.index(token.len());
        let touched = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assume!(touched != token);
        prop_assert!(check(&touched, &keys(), &EXPECTED, NOW).is_err());
    }
}
