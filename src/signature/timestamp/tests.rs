use proptest::prelude::*;

use super::exchange::{CertificateInToken, Failure, Misfit, Request, Response, Status};
use super::*;
use crate::signature::{ValueCheck, asn1, pdf};

const FILE: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/document_timestamp.pdf"));

/// The token of a document time-stamp made by independent software.
fn real() -> Vec<u8> {
    let contents = pdf::signatures(FILE).remove(0).contents.unwrap();
    SignedData::read(&contents).unwrap().raw.to_vec()
}

/// A token that nobody signed: for whatever does not look at the authority's signature.
pub(in crate::signature) fn unsigned_token(
    algorithm: DigestAlgorithm,
    imprint: &[u8],
    time: DateTime<Utc>,
    unsigned: &[Vec<u8>],
) -> Vec<u8> {
    let named = asn1::algorithm(algorithm.oid());
    let imprint = asn1::sequence(&[&named, &asn1::octets(imprint)]);
    let info =
        asn1::sequence(&[&asn1::integer(&[1]), &asn1::oid(&[42]), &imprint, &asn1::integer(&[7]), &asn1::time(time)]);
    let content = asn1::sequence(&[&asn1::oid(oid::TST_INFO), &asn1::context(0, &[&asn1::octets(&info)])]);
    let identifier = asn1::sequence(&[&asn1::sequence(&[]), &asn1::integer(&[1])]);
    let attributes = if unsigned.is_empty() { Vec::new() } else { asn1::context(1, &[&unsigned.concat()]) };
    let signer =
        asn1::sequence(&[&asn1::integer(&[1]), &identifier, &named, &named, &asn1::octets(b"none"), &attributes]);
    let sets = [asn1::set_of(vec![named]), asn1::set_of(vec![signer])];
    let data = asn1::sequence(&[&asn1::integer(&[3]), &sets[0], &content, &sets[1]]);
    asn1::sequence(&[&asn1::oid(oid::SIGNED_DATA), &asn1::context(0, &[&data])])
}

fn response(status: &[u8], token: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::sequence(&[status]), token])
}

#[test]
fn reads_a_real_token() {
    let token = TimeStampToken::read(&real()).unwrap();
    assert_eq!(token.defects, []);
    assert_eq!(token.info.version, 1);
    assert_eq!(token.info.digest(), Ok(DigestAlgorithm::Sha256));
    let covered = pdf::signatures(FILE)[0].byte_range.clone().unwrap();
    assert_eq!(token.info.stamps(&cms::Slices(&covered.slices(FILE))), DigestCheck::Matches);
    assert_eq!(token.info.stamps(&cms::Slices(&[b"else"])), DigestCheck::Differs);
    let certificate = token.data.certificate_of(token.signer().unwrap());
    let check = token.check(certificate, &Budget::default());
    assert_eq!((check.digest, check.value), (DigestCheck::Matches, ValueCheck::Verifies));
}

#[test]
fn what_a_token_lacks_is_said() {
    let time = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let token = TimeStampToken::read(&unsigned_token(DigestAlgorithm::Sha256, b"short", time, &[])).unwrap();
    assert_eq!(token.defects, [TokenDefect::ImprintLength(5), TokenDefect::NoSignedAttributes]);
    assert_eq!(token.info.time, time);
}

#[test]
fn fractions_and_accuracy() {
    let instant =
        |text: &str| instant(&der::read(&der::with_header(tag::GENERALIZED_TIME, text.as_bytes())).unwrap().0);
    let base = instant("20250102030405Z").unwrap();
    assert_eq!(instant("20250102030405.5Z").unwrap() - base, TimeDelta::milliseconds(500));
    assert_eq!(instant("20250102030405.000001Z").unwrap() - base, TimeDelta::microseconds(1));
    assert_eq!(instant("20250102030405.9999999999999Z").unwrap() - base, TimeDelta::nanoseconds(999_999_999));
    let accuracy = |bytes: &[u8]| accuracy(&der::read(bytes).unwrap().0);
    assert_eq!(accuracy(&[0x30, 0]), Ok(TimeDelta::zero()));
    let all = accuracy(&[0x30, 9, 2, 1, 2, 0x80, 1, 3, 0x81, 1, 4]);
    assert_eq!(all, Ok(TimeDelta::microseconds(2_003_004)));
    let at = DateTime::from_timestamp_millis(1_700_000_000_250).unwrap();
    assert_eq!(instant(std::str::from_utf8(&asn1::time(at)[2..]).unwrap()), Ok(at));
}

#[test]
fn an_answer_is_compared_with_its_request() {
    let token = real();
    let info = TimeStampToken::read(&token).unwrap().info;
    let fitting = Request {
        imprint_algorithm: info.imprint_algorithm.to_vec(),
        imprint: info.imprint.to_vec(),
        policy: Some(info.policy.to_vec()),
        nonce: info.nonce.as_ref().map(|nonce| [&[0], &nonce[..]].concat()),
        certificate: CertificateInToken::Asked,
    };
    let answer = Response::read(&response(&[2, 1, 0], &token)).unwrap();
    assert_eq!(answer.token_for(&fitting).unwrap().info, info);
    let misfits = |request: &Request| answer.token_for(request).unwrap_err();
    assert_eq!(misfits(&Request { imprint: vec![1; 32], ..fitting.clone() }), [Misfit::Imprint]);
    assert_eq!(misfits(&Request { nonce: Some(vec![9; 9]), ..fitting.clone() }), [Misfit::Nonce]);
    assert_eq!(misfits(&Request { policy: Some(vec![42]), ..fitting.clone() }), [Misfit::Policy]);
    let other = Request { policy: Some(vec![42]), imprint: vec![], ..fitting.clone() };
    assert_eq!(misfits(&other), [Misfit::Imprint, Misfit::Policy], "all that does not fit");

    let refused = Response::read(&response(&[2, 1, 2, 0x30, 4, 12, 2, b'n', b'o', 3, 3, 0, 0, 1], &[])).unwrap();
    assert_eq!((refused.status, refused.failure), (Status::Rejection, Some(Failure::UnacceptedPolicy)));
    assert_eq!(refused.texts, ["no"]);
    let not_granted = Misfit::NotGranted(Status::Rejection, Some(Failure::UnacceptedPolicy));
    assert_eq!(refused.token_for(&fitting).unwrap_err(), [not_granted]);
    let empty = Response::read(&response(&[2, 1, 1], &[])).unwrap();
    assert_eq!(empty.token_for(&fitting).unwrap_err(), [Misfit::NoToken]);
    let broken = Response::read(&response(&[2, 1, 0], &[0x30, 0])).unwrap();
    assert!(matches!(&broken.token_for(&fitting).unwrap_err()[..], [Misfit::Token(_)]));
}

proptest! {
    /// What is asked is what an authority reads.
    #[test]
    fn requests_survive(imprint in proptest::collection::vec(any::<u8>(), 0..70), policy in any::<bool>(),
                        nonce in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..20)), asked in any::<bool>()) {
        let certificate = if asked { CertificateInToken::Asked } else { CertificateInToken::NotAsked };
        let policy = policy.then(|| vec![42, 3]);
        let nonce = nonce.map(|mut nonce| { nonce[0] |= 1; nonce });
        let request = Request { imprint_algorithm: oid::SHA256.to_vec(), imprint, policy, nonce, certificate };
        prop_assert_eq!(Request::read(&request.encode()), Ok(request));
    }

    /// Bytes changed anywhere in a token: an answer, and no token that stamps the same with another time.
    #[test]
    fn changed_tokens_are_read_or_refused(at in any::<prop::sample::Index>(), flip in 1u8..=255) {
        let mut token = real();
        let before = TimeStampToken::read(&token).unwrap();
        let at = at.index(token.len());
        token[at] ^= flip;
        if let Ok(read) = TimeStampToken::read(&token) {
            let certificate = read.signer().and_then(|signer| read.data.certificate_of(signer));
            let check = read.check(certificate, &Budget::default());
            if (check.digest, check.value) == (DigestCheck::Matches, ValueCheck::Verifies) {
                prop_assert_eq!((read.info.time, read.info.imprint), (before.info.time, before.info.imprint));
            }
        }
        let _ = Response::read(&token);
        let _ = Request::read(&token);
    }
}
