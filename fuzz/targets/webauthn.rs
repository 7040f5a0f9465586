//! What a browser brings of a security key, registered and used: any bytes at all.
#![no_main]

use chauban::auth::webauthn::{Assertion, Registered, RelyingParty, challenge_of, check, register};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|given: (&[u8], &[u8], &[u8])| {
    let (client_data, data, signature) = given;
    let party = RelyingParty { id: "a.gov.vn".to_owned(), origin: "https://a.gov.vn".to_owned() };
    let challenge = challenge_of(client_data).unwrap_or_default();
    let key = register(&party, &challenge, client_data, data);
    let known = Registered { name: vec![1], public_key: data.to_vec(), counter: 0, verifies: false, may_be_backed_up: false };
    let known = key.unwrap_or(known);
    let assertion = Assertion { client_data, authenticator_data: data, signature };
    assert!(check(&party, &challenge, &known, &assertion).is_err());
});
