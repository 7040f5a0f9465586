//! Time-stamp tokens, requests and answers: any bytes at all. What is read as a request is written as one.
#![no_main]

use chauban::signature::algorithm::Budget;
use chauban::signature::timestamp::TimeStampToken;
use chauban::signature::timestamp::exchange::{Request, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let request = Request::read(bytes);
    if let Ok(request) = &request {
        assert_eq!(Request::read(&request.encode()).as_ref(), Ok(request));
        if let Ok(answer) = Response::read(bytes) {
            let _ = answer.token_for(request);
        }
    }
    if let Ok(token) = TimeStampToken::read(bytes) {
        let certificate = token.signer().and_then(|signer| token.data.certificate_of(signer));
        let _ = token.check(certificate, &Budget::default());
        let _ = token.info.latest();
    }
});
