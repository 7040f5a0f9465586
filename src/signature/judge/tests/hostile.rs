//! Whole documents made to take long or to deceive: any bytes have an answer, none is taken for signed, and what is
//! left out because there is too much is said.

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::prelude::*;

use super::world::on;
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::asn1;
use crate::signature::crl::Crl;
use crate::signature::der::{tag, with_header};
use crate::signature::judge::facts::{DocumentFact, Tree};
use crate::signature::judge::{Context, Document, Judged, Trusted, validate};
use crate::signature::oid;
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::pdf::SIGNATURES_MAX;
use crate::signature::policy::Policy;
use crate::signature::practice::{Outcome, Practice, Scan};
use crate::signature::x509::Certificate;

const NOW: &str = "2024-07-01";

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/", $name))
    };
}

fn trusted(root: &[u8]) -> Trusted {
    let certificate = Certificate::read(root).expect("a certificate");
    Trusted { anchor: Arc::new(TrustAnchor::of_certificate(certificate)), tree: Tree::OfficialDuty }
}

/// Judged under one root, which signed nothing of it unless `root` is its issuer.
fn judged(bytes: &[u8], root: &[u8], lists: &[Crl]) -> Judged {
    let (cache, policy) = (SignatureCache::default(), Policy::europe().expect("shipped"));
    let context = Context {
        trusted: &[trusted(root)],
        certificates: &[],
        lists,
        responses: &[],
        proofs: &[],
        policy: &policy,
        at: on(NOW),
        cache: &cache,
        units_max: UNITS_MAX,
    };
    validate(Document::unnamed(bytes, None), &context)
}

/// That nothing of it passes, and the document is not taken.
fn refused(bytes: &[u8]) -> Judged {
    let judged = judged(bytes, fixture!("pkits/certs/TrustAnchorRootCertificate.crt"), &[]);
    assert!(judged.validation.signatures.iter().all(|one| !one.conclusion.passed()));
    assert!(judged.validation.tokens.iter().all(|one| !one.conclusion.passed()));
    let practice = Practice::vietnam().expect("shipped");
    let decision = practice.decide(&judged.facts, &judged.validation, None, Scan::Unknown);
    let accepted = matches!(decision.outcome, Outcome::Accept | Outcome::AcceptWithNotes);
    assert!(!accepted || judged.facts.signatures.is_empty(), "{decision:?}");
    judged
}

/// Words in places that no signature covers are told, and what is called a signature there is not passed over.
#[test]
fn what_stands_in_a_value_and_nobody_signed_is_told() {
    use crate::signature::cades::tests::{attribute, data, rebuilt};
    let words = with_header(tag::UTF8_STRING, b"this decision is void");
    let told = |attributes: &[Vec<u8>]| {
        let data = data();
        let certificates: Vec<&[u8]> = data.certificates.iter().map(|one| one.raw()).collect();
        let judged = refused(&rebuilt(&data, &certificates, attributes).raw);
        judged.facts.document.into_iter().filter(|fact| !matches!(fact, DocumentFact::Damaged(_))).collect::<Vec<_>>()
    };
    let unsigned = |what: &str| DocumentFact::NotExamined(format!("{what}: nobody signed it"));
    assert_eq!(told(&[]), []);
    assert_eq!(told(&[attribute(oid::SIGNING_TIME, &words)]), [unsigned("unsigned attribute 1.2.840.113549.1.9.5")]);
    let values = asn1::sequence(&[&asn1::context(0, &[&asn1::sequence(&[&words])])]);
    let expected = [unsigned("revocation-values that are neither lists nor answers")];
    assert_eq!(told(&[attribute(oid::REVOCATION_VALUES, &values)]), expected);
    let expected = [unsigned("certificate-values that are no certificates")];
    assert_eq!(told(&[attribute(oid::CERTIFICATE_VALUES, &asn1::sequence(&[&words]))]), expected);
    let [DocumentFact::SignatureNotRead(_)] = &told(&[attribute(oid::COUNTER_SIGNATURE, &words)])[..] else {
        panic!("a signature that is not read");
    };
}

fn name(text: &str) -> Vec<u8> {
    let pair = asn1::sequence(&[&asn1::oid(oid::COMMON_NAME), &with_header(tag::UTF8_STRING, text.as_bytes())]);
    asn1::sequence(&[&asn1::set_of(vec![pair])])
}

/// An algorithm that nobody checks, so that what it signed could be good.
fn unheard_of() -> Vec<u8> {
    asn1::algorithm(&[0x2a, 0x03, 0x04])
}

/// A certificate of an authority, with a value that cannot be checked.
fn authority(subject: &str, issuer: &str, serial: u16) -> Vec<u8> {
    let time = |year: &str| with_header(tag::UTC_TIME, format!("{year}0101000000Z").as_bytes());
    let key = [&[0][..], subject.as_bytes()].concat();
    let key = asn1::sequence(&[&asn1::algorithm(oid::ED25519), &with_header(tag::BIT_STRING, &key)]);
    let constraints = asn1::octets(&asn1::sequence(&[&asn1::yes()]));
    let extension = asn1::sequence(&[&asn1::oid(oid::BASIC_CONSTRAINTS), &asn1::yes(), &constraints]);
    let body = asn1::sequence(&[
        &asn1::context(0, &[&asn1::integer(&[2])]),
        &asn1::integer(&serial.to_be_bytes()),
        &unheard_of(),
        &name(issuer),
        &asn1::sequence(&[&time("20"), &time("30")]),
        &name(subject),
        &key,
        &asn1::context(3, &[&asn1::sequence(&[&extension])]),
    ]);
    asn1::sequence(&[&body, &unheard_of(), &with_header(tag::BIT_STRING, &[0, 1])])
}

fn list(issuer: &str, delta: bool, number: u16) -> Vec<u8> {
    let octets = asn1::octets(&asn1::integer(&number.to_be_bytes()));
    let numbered = asn1::sequence(&[&asn1::oid(&[0x55, 0x1d, 20]), &octets]);
    let base = asn1::octets(&asn1::integer(&[1]));
    let adds = asn1::sequence(&[&asn1::oid(&[0x55, 0x1d, 27]), &asn1::yes(), &base]);
    let extensions = if delta { asn1::sequence(&[&numbered, &adds]) } else { asn1::sequence(&[&numbered]) };
    let time = with_header(tag::UTC_TIME, b"240101000000Z");
    let body = [&asn1::integer(&[1])[..], &unheard_of(), &name(issuer), &time, &asn1::context(0, &[&extensions])];
    asn1::sequence(&[&asn1::sequence(&body), &unheard_of(), &with_header(tag::BIT_STRING, &[0, 1])])
}

/// A detached CMS: `signers` times one that names the certificate of `serial` by `issuer`.
fn cms(certificates: &[Vec<u8>], lists: &[Vec<u8>], issuer: &str, serial: u16, signers: usize) -> Vec<u8> {
    let named = asn1::sequence(&[&name(issuer), &asn1::integer(&serial.to_be_bytes())]);
    let sha256 = asn1::algorithm(oid::SHA256);
    let signer = asn1::sequence(&[&asn1::integer(&[1]), &named, &sha256, &unheard_of(), &asn1::octets(&[1])]);
    let data = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::set_of(vec![sha256]),
        &asn1::sequence(&[&asn1::oid(oid::CMS_DATA)]),
        &asn1::context(0, &[&certificates.concat()]),
        &asn1::context(1, &[&lists.concat()]),
        &with_header(tag::SET, &signer.repeat(signers)),
    ]);
    asn1::sequence(&[&asn1::oid(oid::SIGNED_DATA), &asn1::context(0, &[&data])])
}

#[test]
fn a_web_of_authorities_with_a_thousand_lists_ends() {
    let names: Vec<String> = (0..15).map(|number| format!("ca{number}")).collect();
    let mut certificates = vec![authority("leader", "ca0", 999)];
    for (at, issuer) in names.iter().enumerate() {
        certificates.push(authority(issuer, "root", 900 + at as u16));
        let others = names.iter().filter(|other| *other != issuer).enumerate();
        certificates.extend(others.map(|(other, subject)| authority(subject, issuer, (at * 20 + other) as u16)));
    }
    let lists: Vec<Vec<u8>> = (0..1_000).map(|number| list("ca0", number % 2 == 0, number + 1)).collect();
    let root = authority("root", "root", 1);
    let judged = judged(&cms(&certificates, &lists, "ca0", 999, 60), &root, &[]);
    assert_eq!(judged.facts.signatures.len(), 60);
    assert!(judged.facts.certificates.iter().all(|one| one.chains.len() <= 8));
    assert!(judged.facts.certificates.iter().any(|one| !one.chains.is_empty()));
    assert!(judged.validation.signatures.iter().all(|one| !one.conclusion.passed()));
}

/// A PDF of so many signed revisions, and so many more that change a hundred objects each.
fn revisions(signed: usize, more: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut previous: Option<usize> = None;
    for revision in 0..signed + more {
        let mut places: Vec<(usize, usize)> = Vec::new();
        let mut object = |file: &mut Vec<u8>, number: usize, text: &str| {
            places.push((number, file.len()));
            file.extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
        };
        let fields: String =
            (0..=revision.min(signed - 1)).map(|field| format!("{} 0 R ", 1_000 + 2 * field)).collect();
        object(&mut file, 1, &format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]/SigFlags 3>>>>"));
        object(&mut file, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
        object(&mut file, 3, &format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[{fields}]>>"));
        if revision < signed {
            let (field, value) = (1_000 + 2 * revision, 1_001 + 2 * revision);
            let widget = format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(s{revision})/Rect[0 0 0 0]/V {value} 0 R>>");
            object(&mut file, field, &widget);
            let text = "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 AAAAAAAAAA BBBBBBBBBB \
                        CCCCCCCCCC]/Contents<3000>>>";
            object(&mut file, value, text);
        } else {
            (0..100).for_each(|number| object(&mut file, 10 + number, &format!("<</N {revision}>>")));
        }
        let at = file.len();
        let mut table = String::from("xref\n");
        for (number, place) in &places {
            write!(table, "{number} 1\n{place:010} 00000 n \n").expect("text");
        }
        let link = previous.map(|previous| format!("/Prev {previous}")).unwrap_or_default();
        write!(table, "trailer\n<</Size 2000/Root 1 0 R{link}>>\nstartxref\n{at}\n%%EOF\n").expect("text");
        file.extend(table.bytes());
        previous = Some(at);
        if revision < signed {
            let gap = memchr::memmem::rfind(&file, b"<3000>").expect("contents");
            for (mark, number) in [("AAAAAAAAAA", gap), ("BBBBBBBBBB", gap + 6), ("CCCCCCCCCC", file.len() - gap - 6)] {
                let place = memchr::memmem::rfind(&file, mark.as_bytes()).expect("a mark");
                file[place..place + 10].copy_from_slice(format!("{number:010}").as_bytes());
            }
        }
    }
    file
}

#[test]
fn hundreds_of_revisions_under_dozens_of_signatures_end() {
    let judged = refused(&revisions(60, 400));
    assert_eq!(judged.facts.signatures.len(), 60);
}

#[test]
fn more_revisions_and_signatures_than_are_read_are_said() {
    let judged = refused(&revisions(600, 10));
    assert!(judged.facts.signatures.len() <= SIGNATURES_MAX + 1, "{}", judged.facts.signatures.len());
    assert!(!judged.facts.document.is_empty());
}

#[test]
fn fixtures_under_another_root_are_never_taken() {
    for bytes in [
        &fixture!("verdicts/06a_leader_then_agency.pdf")[..],
        fixture!("verdicts/20l_letter.p7s"),
        fixture!("verdicts/20o_letter.p7m"),
        fixture!("verdicts/17a_letter.xml"),
        fixture!("verdicts/19b_manifest.asice"),
    ] {
        assert!(!refused(bytes).facts.signatures.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_after_any_head_are_never_taken(head in 0_usize..6, tail: Vec<u8>) {
        let heads = ["%PDF-1.7\n", "PK\x03\x04", "<a>", "0\u{80}", "-----BEGIN CMS-----\n", ""];
        refused(&[heads[head].as_bytes(), &tail].concat());
    }

    #[test]
    fn changed_documents_are_never_taken(
        which in 0_usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        moved in any::<prop::sample::Index>(),
    ) {
        let originals: [&[u8]; 4] = [
            fixture!("verdicts/07a_evidence_added.pdf"),
            fixture!("verdicts/20q_letter_two_signers.p7s"),
            fixture!("verdicts/17a_letter.xml"),
            fixture!("verdicts/19b_manifest.asice"),
        ];
        let mut bytes = originals[which].to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (cut, moved) = (cut.index(bytes.len()), moved.index(bytes.len()));
        let piece: Vec<u8> = bytes.iter().skip(cut).take(64).copied().collect();
        bytes.splice(moved..moved, piece);
        refused(&bytes);
    }
}
