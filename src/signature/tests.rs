use proptest::prelude::*;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/", $name, ".pdf"))
    };
}

/// What a fixture must come out as: (integrity, covers the whole file, has a timestamp, key, digest) per signature.
type Expected<'a> = (IntegrityOnly, bool, bool, &'a str, DigestAlgorithm);

fn check(file: &[u8], expected: &[Expected<'_>]) -> Vec<SignatureFact> {
    let facts = examine(file);
    let seen: Vec<Expected<'_>> = facts
        .iter()
        .map(|fact| {
            let key = fact.key.as_deref().unwrap_or("none");
            (fact.integrity(), fact.covers_whole_file(), fact.has_timestamp, key, fact.digest_algorithm.unwrap())
        })
        .collect();
    assert_eq!(seen, expected, "{facts:#?}");
    assert!(facts.iter().enumerate().all(|(at, fact)| fact.index == at + 1));
    facts
}

use DigestAlgorithm::{Sha1, Sha256, Sha384};
use IntegrityOnly::{Altered, Intact, Unreadable};

#[test]
fn leader_then_agency() {
    let facts = check(
        fixture!("two_signatures"),
        &[(Intact, false, false, "RSA 2048", Sha256), (Intact, true, true, "RSA 2048", Sha256)],
    );
    let [leader, agency] = &facts[..] else { panic!("two") };
    let who = leader.signer.as_ref().unwrap();
    assert_eq!(who.common_name.as_deref(), Some("Nguyễn Văn Thử"));
    assert_eq!(who.organisation.as_deref(), Some("Sở Nội vụ tỉnh Thử Nghiệm"));
    assert_eq!(who.serial_hex.len() % 2, 0);
    assert_eq!(who.issuer, "CN=Gốc thử nghiệm Châu Bản, OU=KHÔNG CÓ GIÁ TRỊ PHÁP LÝ - TEST, O=Châu Bản, C=VN");
    assert_eq!(leader.reason.as_deref(), Some("Phê duyệt (thử)"));
    // PAdES takes the time from /M; a claim either way.
    assert_eq!(leader.signing_time.unwrap().source, TimeSource::Document);
    assert_eq!(leader.sub_filter.as_deref(), Some("ETSI.CAdES.detached"));
    assert_eq!((&leader.weak[..], &agency.weak[..]), (&[][..], &[][..]));
    assert!(matches!(leader.coverage, Coverage::BytesAfter(after) if after > 10_000));
    assert_eq!(agency.signer.as_ref().unwrap().common_name.as_deref(), Some("Sở Nội vụ tỉnh Thử Nghiệm"));
}

#[test]
fn other_algorithms() {
    check(fixture!("ecdsa_p256"), &[(Intact, true, false, "ECDSA P-256", Sha256)]);
    check(fixture!("rsa_pss"), &[(Intact, true, false, "RSA 2048", Sha384)]);
    let facts = check(fixture!("ber_indefinite"), &[(Intact, true, false, "RSA 2048", Sha256)]);
    assert_eq!(facts[0].weak, [Weakness::NoSigningCertificate]);
    assert_eq!(facts[0].signing_time.unwrap().source, TimeSource::SignedAttribute);
}

#[test]
fn content_inside_a_detached_signature_is_noted() {
    let facts = check(fixture!("ber_content_inside"), &[(Intact, true, false, "RSA 2048", Sha256)]);
    assert_eq!(facts[0].weak, [Weakness::NoSigningCertificate, Weakness::ContentInside]);
}

#[test]
fn old_algorithms_are_checked_and_called_weak() {
    let facts = check(fixture!("legacy_sha1"), &[(Intact, true, false, "RSA 1024", Sha1)]);
    assert!(facts[0].weak.starts_with(&[Weakness::Sha1, Weakness::ShortKey(1024)]), "{:?}", facts[0].weak);
}

#[test]
fn a_document_timestamp() {
    let facts = check(fixture!("document_timestamp"), &[(Intact, true, true, "RSA 2048", Sha256)]);
    assert_eq!(facts[0].sub_filter.as_deref(), Some("ETSI.RFC3161"));
    assert_eq!(facts[0].signing_time.unwrap().source, TimeSource::TimeStamp);
}

#[test]
fn an_altered_byte_makes_the_digest_differ_and_leaves_the_value() {
    let facts = check(fixture!("altered"), &[(Altered, true, false, "RSA 2048", Sha256)]);
    assert_eq!((&facts[0].digest, &facts[0].signature_value), (&DigestCheck::Differs, &ValueCheck::Verifies));
}

#[test]
fn bytes_after_the_signature_are_counted() {
    let facts = check(fixture!("appended"), &[(Intact, false, false, "RSA 2048", Sha256)]);
    assert_eq!(facts[0].coverage, Coverage::BytesAfter(72));
}

#[test]
fn a_broken_range_is_a_fact_with_its_reason() {
    let facts = check(fixture!("broken_byte_range"), &[(Unreadable, false, false, "RSA 2048", Sha256)]);
    assert_eq!(facts[0].digest, DigestCheck::Unreadable(pdf::Defect::NotFromStart.into()));
    assert_eq!(facts[0].coverage, Coverage::Unknown);
}

#[test]
fn unsigned_files_have_no_facts() {
    for file in [&fixture!("unsigned")[..], b"", b"not a PDF"] {
        assert_eq!(examine(file), []);
    }
}

#[test]
fn a_changed_signature_value_fails() {
    let mut file = fixture!("ecdsa_p256").to_vec();
    // The value ends the CMS, before the padding of zeros.
    let gap = pdf::signatures(&file)[0].byte_range.clone().unwrap().gap;
    let padding = file[gap.clone()].windows(99).position(|window| window == [b'0'; 99]).unwrap();
    let at = gap.start + padding - 20;
    file[at] = if file[at] == b'1' { b'2' } else { b'1' };
    let facts = examine(&file);
    assert_eq!(facts[0].signature_value, ValueCheck::Fails, "{facts:#?}");
    assert_eq!((&facts[0].digest, facts[0].integrity()), (&DigestCheck::Matches, Altered));
}

#[test]
fn another_kind_of_signature_is_named_not_passed_over() {
    let file = b"1 0 obj<</SubFilter/adbe.x509.rsa_sha1/ByteRange[0 1 2 3]/Contents<30>>>";
    assert_eq!(
        examine(file)[0].signature_value,
        ValueCheck::NotChecked(Reason::SubFilter("adbe.x509.rsa_sha1".into()))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any change inside the covered bytes or the value: no panic, and never intact with other bytes.
    #[test]
    fn a_mutated_file_is_never_intact_with_other_content(
        which in 0usize..5, at in any::<prop::sample::Index>(), flip in 1u8..=255,
    ) {
        let file: &[u8] = [
            &fixture!("ecdsa_p256")[..], fixture!("rsa_pss"), fixture!("ber_indefinite"), fixture!("document_timestamp"),
            fixture!("ber_content_inside"),
        ][which];
        let mut mutated = file.to_vec();
        let at = at.index(file.len());
        mutated[at] ^= flip;
        let range = pdf::signatures(file)[0].byte_range.clone().unwrap();
        let facts = examine(&mutated);
        if !range.gap.contains(&at) {
            prop_assert!(facts.iter().all(|fact| fact.integrity() != Intact), "{facts:#?}");
        }
    }

    /// Several bytes of the CMS at once, so that its structure breaks in more ways.
    #[test]
    fn mutated_cms_never_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        for file in [&fixture!("document_timestamp")[..], fixture!("ber_indefinite"), fixture!("ber_content_inside")] {
            let mut contents = pdf::signatures(file)[0].contents.clone().unwrap();
            let used = contents.len() - contents.iter().rev().take_while(|&&byte| byte == 0).count();
            for (at, byte) in &changes {
                contents[at.index(used)] = *byte;
            }
            if let Ok(data) = SignedData::read(&contents) {
                for signer in &data.signers {
                    let _ = data.check(signer, data.certificate_of(signer), Bound::Inside, &cms::Slices(&[]), &Budget::default());
                    let _ = cades::UnsignedProperties::of(signer);
                    let _ = cades::time_stamps(&data, signer, &cms::Slices(&[b"content"]));
                }
            }
        }
    }
}
