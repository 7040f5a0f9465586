use std::sync::Arc;

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::crl::Crl;
use crate::signature::judge::{Context, Document, validate};
use crate::signature::ocsp::OcspResponse;
use crate::signature::ocsp::request::Misfit;
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::policy::Policy;
use crate::signature::tree::Tree;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/", $name)).as_slice()
    };
}

const NOW: &str = "2026-12-01T00:00:00Z";
const PKI: &str = "http://pki.test.example";

/// What is at hand beside the letter.
#[derive(Default)]
struct AtHand {
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
}

fn certificate(bytes: &[u8]) -> Certificate {
    Certificate::read(bytes).unwrap()
}

fn root() -> Trusted {
    let anchor = TrustAnchor::of_certificate(certificate(fixture!("root.crt")));
    Trusted { anchor: Arc::new(anchor), tree: Tree::OfficialDuty }
}

/// The letter judged, and what is wanted.
fn letter(at_hand: &AtHand, trusted: &[Trusted], now: &str) -> (Judged, Vec<Want>) {
    let (policy, cache) = (Policy::europe().unwrap(), SignatureCache::default());
    let context = Context {
        trusted,
        certificates: &at_hand.certificates,
        lists: &at_hand.lists,
        responses: &at_hand.responses,
        proofs: &[],
        policy: &policy,
        at: DateTime::parse_from_rfc3339(now).unwrap().to_utc(),
        cache: &cache,
        units_max: UNITS_MAX,
    };
    let document = Document::unnamed(fixture!("letter.txt.p7s"), Some(fixture!("letter.txt")));
    let judged = validate(document, &context);
    let wants = of(&judged, trusted);
    (judged, wants)
}

fn urls(want: &Want) -> Vec<&str> {
    want.places.iter().map(|place| place.url.strip_prefix(PKI).unwrap_or(&place.url)).collect()
}

#[test]
fn the_issuer_is_wanted_then_the_status_of_each_certificate_then_nothing() {
    let trusted = [root()];
    let mut at_hand = AtHand::default();
    let (_, wants) = letter(&at_hand, &trusted, NOW);
    let [issuer] = wants.as_slice() else { panic!("{wants:?}") };
    assert_eq!(
        (issuer.missing, issuer.about.sha256()),
        (Missing::Issuer, certificate(fixture!("signer.crt")).sha256())
    );
    assert_eq!(urls(issuer), ["ldap://pki.test.example/cn=authority", "/authority.crt"]);

    let place = &issuer.places[1];
    let Ok(Found::Certificates(found)) = place.read(&issuer.about, fixture!("authority.crt")) else { panic!() };
    at_hand.certificates = found;
    let (_, wants) = letter(&at_hand, &trusted, NOW);
    let [signer, authority] = wants.as_slice() else { panic!("{wants:?}") };
    let ldap = "ldap://pki.test.example/cn=authority?certificateRevocationList";
    assert_eq!(urls(signer), [ldap, "/authority.crl", "/ocsp/authority"]);
    assert_eq!(urls(authority), ["/root.crl", "/ocsp/root"]);
    assert_eq!((signer.missing, authority.missing), (Missing::Status, Missing::Status));

    let Ok(Found::List(list)) = signer.places[1].read(&signer.about, fixture!("authority.crl")) else { panic!() };
    at_hand.lists.push(list);
    let Ok(Found::Answer(answer)) = authority.places[1].read(&authority.about, fixture!("authority.ocsp")) else {
        panic!()
    };
    at_hand.responses.push(answer);
    let (judged, wants) = letter(&at_hand, &trusted, NOW);
    let verdict = &judged.validation.signatures[0];
    assert!(verdict.conclusion.passed(), "{:#?}", verdict.blocks);
    assert_eq!(wants, []);
    assert_eq!(verdict.provable.evidence.len(), 6, "three certificates, a list, an answer and its responder");
}

#[test]
fn responders_come_first_where_a_list_is_too_old() {
    let trusted = [root()];
    let at_hand = AtHand {
        certificates: vec![certificate(fixture!("authority.crt"))],
        lists: vec![Crl::read(fixture!("authority.crl")).unwrap(), Crl::read(fixture!("root.crl")).unwrap()],
        responses: Vec::new(),
    };
    let (_, wants) = letter(&at_hand, &trusted, "2035-06-01T00:00:00Z");
    let [signer, authority] = wants.as_slice() else { panic!("{wants:?}") };
    assert_eq!((urls(signer)[0], urls(authority)[0]), ("/ocsp/authority", "/ocsp/root"));
}

#[test]
fn nothing_is_wanted_where_nothing_could_help() {
    // Nothing is trusted: the issuer is wanted once, and the root never.
    let mut at_hand = AtHand { certificates: vec![certificate(fixture!("authority.crt"))], ..AtHand::default() };
    let (_, wants) = letter(&at_hand, &[], NOW);
    assert_eq!(wants.iter().map(urls).collect::<Vec<_>>(), [["/root.crt"]]);
    at_hand.certificates.push(certificate(fixture!("root.crt")));
    assert_eq!(letter(&at_hand, &[], NOW).1, []);
    // Altered: no evidence would make it good.
    let (policy, cache) = (Policy::europe().unwrap(), SignatureCache::default());
    let context = Context {
        trusted: &[root()],
        certificates: &[],
        lists: &[],
        responses: &[],
        proofs: &[],
        policy: &policy,
        at: DateTime::parse_from_rfc3339(NOW).unwrap().to_utc(),
        cache: &cache,
        units_max: UNITS_MAX,
    };
    let judged = validate(Document::unnamed(fixture!("letter.txt.p7s"), Some(b"other")), &context);
    assert_eq!(of(&judged, context.trusted), []);
    assert_eq!(of(&validate(Document::unnamed(b"%PDF-1.7", None), &context), context.trusted), []);
}

#[test]
fn what_came_is_told_apart() {
    let signer = certificate(fixture!("signer.crt"));
    let read = |gives: Gives, bytes: &[u8]| Place { url: String::new(), gives }.read(&signer, bytes);
    let certificates = |bytes: &[u8]| match read(Gives::Certificates, bytes) {
        Ok(Found::Certificates(found)) => Ok(found.len()),
        Ok(other) => panic!("{other:?}"),
        Err(unfit) => Err(unfit),
    };
    assert_eq!(certificates(fixture!("authority.crt")), Ok(1));
    assert_eq!(certificates(fixture!("authority.chain.pem")), Ok(2));
    assert_eq!(certificates(fixture!("authority.p7c")), Ok(2));
    assert_eq!(certificates(fixture!("authority.p7c.pem")), Ok(1));
    assert_eq!(certificates(fixture!("root.crt")), Err(Unfit::OtherIssuer));
    assert_eq!(certificates(fixture!("authority.crl")), Err(Unfit::Certificates));
    assert_eq!(certificates(fixture!("letter.txt.p7s")), Err(Unfit::Certificates), "a signature is no bag");
    assert_eq!(certificates(b"<html></html>"), Err(Unfit::Certificates));
    let list = Crl::read(fixture!("authority.crl")).unwrap();
    assert_eq!(read(Gives::List, fixture!("authority.crl")), Ok(Found::List(list.clone())));
    assert_eq!(read(Gives::List, fixture!("authority.crl.pem")), Ok(Found::List(list)));
    for wrong in [fixture!("authority.crt"), fixture!("signer.ocsp"), b"<html></html>", b"", &[0x30, 0x82, 0xff]] {
        assert!(matches!(read(Gives::List, wrong), Err(Unfit::List(_))));
    }
    let request = |nonce: Option<Vec<u8>>| {
        let issuer_key = certificate(fixture!("authority.crt")).key().clone();
        Gives::Answer(Box::new(Request { about: signer.clone(), issuer_key, nonce }))
    };
    assert!(matches!(read(request(None), fixture!("signer.ocsp")), Ok(Found::Answer(_))));
    assert_eq!(read(request(None), fixture!("authority.ocsp")), Err(Unfit::Answer(Misfit::Other)));
    assert_eq!(read(request(Some(vec![7; 16])), fixture!("signer.ocsp")), Err(Unfit::Answer(Misfit::Nonce)));
    for (status, may_pass) in [(1, false), (2, true), (3, true), (6, false)] {
        let refused = read(request(None), &[0x30, 3, 0x0a, 1, status]).unwrap_err();
        assert_eq!(refused.may_pass(), may_pass, "{refused}");
    }
    assert!(!read(request(None), fixture!("authority.crl")).unwrap_err().may_pass());
}

#[test]
fn a_request_is_written_as_the_standard_says() {
    let signer = certificate(fixture!("signer.crt"));
    let issuer_key = certificate(fixture!("authority.crt")).key().clone();
    let answer = OcspResponse::read(fixture!("signer.ocsp")).unwrap();
    let mut request = Request { about: signer, issuer_key, nonce: None };
    let encoded = request.encode();
    // The answer to the question that OpenSSL asked names the certificate as ours does.
    let [said] = answer.answers() else { panic!("one answer") };
    for part in [&*said.issuer_name_hash, &*said.issuer_key_hash] {
        assert!(memchr::memmem::find(&encoded, part).is_some());
    }
    assert_eq!(encoded.len(), 2 + 2 + 2 + 2 + 2 + 11 + 22 + 22 + 4);
    request.nonce = answer.nonce().map(<[u8]>::to_vec);
    assert_eq!(request.nonce.as_ref().map(Vec::len), Some(16));
    assert_eq!(request.answer(fixture!("signer.ocsp")), Ok(answer));
    let nonce = request.nonce.clone().unwrap();
    let with_nonce = request.encode();
    assert!(memchr::memmem::find(&with_nonce, &[&[0x04, 0x12, 0x04, 0x10], nonce.as_slice()].concat()).is_some());
}

proptest! {
    #[test]
    fn what_came_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>()) {
        let signer = certificate(fixture!("signer.crt"));
        let place = |gives| Place { url: String::new(), gives };
        let mut changed = fixture!("authority.p7c").to_vec();
        let at = at.index(changed.len());
        changed[at] ^= bytes.first().copied().unwrap_or(1);
        for bytes in [bytes.as_slice(), &changed] {
            let _ = (place(Gives::List).read(&signer, bytes), place(Gives::Certificates).read(&signer, bytes));
        }
    }
}
