//! What a provider answers: of itself, its keys, to a code, and of a person. Any bytes at all.
#![no_main]

use chauban::auth::openid::{Expected, Keys, Metadata, check, id_token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|given: (&[u8], &[u8], &[u8])| {
    let (of_itself, of_keys, of_a_person) = given;
    let issuer = "https://a.gov.vn";
    let _ = Metadata::read(of_itself, issuer);
    let keys = Keys::read(of_keys).unwrap_or_default();
    let token = id_token(of_a_person).unwrap_or_else(|_| String::from_utf8_lossy(of_a_person).into_owned());
    let expected = Expected { issuer, client: "a", nonce: "b", asked: 0, again: false };
    let _ = check(&token, &keys, &expected, 0);
});
