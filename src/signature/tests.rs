//! Whole files, with nothing trusted: what is said of them without anybody's word.

use chrono::DateTime;
use proptest::prelude::*;

use super::algorithm::Budget;
use super::cms::{self, Bound, SignedData};
use super::judge::facts::{Made, Outcome, Signature};
use super::judge::{Context, Document, Judged, validate};
use super::path::SignatureCache;
use super::policy::Policy;
use super::{cades, pdf};
use crate::digest::Sha256;

macro_rules! fixture {
    ($name:literal) => {
        &include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures/", $name, ".pdf"))[..]
    };
}

fn judged(bytes: &[u8]) -> Judged {
    let policy = Policy::vietnam().expect("the policy as shipped");
    let context = Context {
        trusted: &[],
        certificates: &[],
        lists: &[],
        responses: &[],
        proofs: &[],
        policy: &policy,
        at: DateTime::UNIX_EPOCH,
        cache: &SignatureCache::default(),
        units_max: 1 << 20,
    };
    validate(Document::unnamed(bytes, None), &context)
}

/// Whether the bytes are those that somebody signed.
fn is_intact(signature: &Signature) -> bool {
    let Made { value, data, defects, .. } = &signature.made;
    *value == Outcome::Matches && defects.is_empty() && data.iter().all(|one| one.outcome == Outcome::Matches)
}

/// For each signature whether it is intact, how many bytes follow what it covers, and its algorithms.
fn seen(bytes: &[u8]) -> Vec<(bool, Option<u64>, String)> {
    let judged = judged(bytes);
    assert_eq!(judged.sha256, Sha256::of(bytes));
    let signatures = judged.facts.signatures.iter().map(|signature| {
        let after = signature.coverage.signed_bytes.as_ref().map(|signed| bytes.len() as u64 - signed.end);
        let algorithms: Vec<String> = signature.made.algorithms.iter().map(ToString::to_string).collect();
        (is_intact(signature), after, algorithms.join(", "))
    });
    signatures.collect()
}

#[test]
fn leader_then_agency() {
    let file = fixture!("two_signatures");
    let seen = seen(file);
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|(intact, ..)| *intact), "{seen:?}");
    assert!(seen[0].1.is_some_and(|after| after > 10_000), "{seen:?}");
    assert_eq!(seen[1].1, Some(0));
    let judged = judged(file);
    let subjects: Vec<&str> = judged.facts.certificates.iter().map(|one| one.subject.as_str()).collect();
    assert!(subjects.iter().any(|subject| subject.contains("CN=Nguyễn Văn Thử")), "{subjects:?}");
}

#[test]
fn other_algorithms() {
    let of = |file: &[u8]| seen(file).remove(0);
    assert_eq!(of(fixture!("ecdsa_p256")), (true, Some(0), "SHA-256, ECDSA 256".into()));
    assert_eq!(of(fixture!("rsa_pss")), (true, Some(0), "SHA-384, RSA-PSS 2048".into()));
    assert_eq!(of(fixture!("ber_indefinite")), (true, Some(0), "SHA-256, RSA-PKCS1 2048".into()));
    assert_eq!(of(fixture!("legacy_sha1")), (true, Some(0), "SHA-1, RSA-PKCS1 1024".into()));
}

#[test]
fn what_was_altered_is_not_intact_and_what_follows_is_counted() {
    assert!(!seen(fixture!("altered"))[0].0);
    assert_eq!(seen(fixture!("appended"))[0], (true, Some(72), "SHA-256, RSA-PKCS1 2048".into()));
    let broken = seen(fixture!("broken_byte_range")).remove(0);
    assert_eq!((broken.0, broken.1), (false, None));
}

#[test]
fn a_document_time_stamp_is_a_token_and_no_signature() {
    let judged = judged(fixture!("document_timestamp"));
    assert_eq!((judged.facts.signatures.len(), judged.facts.tokens.len()), (0, 1));
}

#[test]
fn unsigned_files_have_no_signature() {
    for file in [fixture!("unsigned"), b"", b"not a PDF"] {
        assert_eq!(seen(file), []);
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
    let judged = judged(&file);
    let made = &judged.facts.signatures[0].made;
    assert_eq!((&made.value, &made.data[0].outcome), (&Outcome::Differs, &Outcome::Matches));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any change inside the covered bytes: no panic, and never intact with other bytes.
    #[test]
    fn a_mutated_file_is_never_intact_with_other_content(
        which in 0usize..4, at in any::<prop::sample::Index>(), flip in 1u8..=255,
    ) {
        let file: &[u8] =
            [fixture!("ecdsa_p256"), fixture!("rsa_pss"), fixture!("ber_indefinite"), fixture!("ber_content_inside")][which];
        let mut mutated = file.to_vec();
        let at = at.index(file.len());
        mutated[at] ^= flip;
        let range = pdf::signatures(file)[0].byte_range.clone().unwrap();
        let judged = judged(&mutated);
        if !range.gap.contains(&at) {
            prop_assert!(!judged.facts.signatures.iter().any(is_intact), "{:#?}", judged.facts.signatures);
        }
    }

    /// Whatever is changed: no panic, nothing good where nothing is trusted, and the digest is that of the file.
    #[test]
    fn nothing_passes_where_nothing_is_trusted(
        which in 0usize..3, cuts in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20),
    ) {
        let file: &[u8] = [fixture!("two_signatures"), fixture!("document_timestamp"), fixture!("legacy_sha1")][which];
        let (from, to) = (cuts.0.index(file.len()), cuts.1.index(file.len()));
        let mut mutated = [&file[..from.max(to)], &file[from.min(to)..]].concat();
        for (at, byte) in changes {
            let at = at.index(mutated.len());
            mutated[at] = byte;
        }
        let judged = judged(&mutated);
        prop_assert_eq!(judged.sha256, Sha256::of(&mutated));
        prop_assert!(judged.validation.signatures.iter().all(|verdict| !verdict.conclusion.passed()));
    }

    /// Several bytes of the CMS at once, so that its structure breaks in more ways.
    #[test]
    fn mutated_cms_never_panics(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        for file in [fixture!("document_timestamp"), fixture!("ber_indefinite"), fixture!("ber_content_inside")] {
            let mut contents = pdf::signatures(file)[0].contents.clone().unwrap();
            let used = contents.len() - contents.iter().rev().take_while(|&&byte| byte == 0).count();
            for (at, byte) in &changes {
                contents[at.index(used)] = *byte;
            }
            if let Ok(data) = SignedData::read(&contents) {
                for signer in &data.signers {
                    let _ = data.check(signer, data.certificate_of(signer), Bound::Inside, &cms::Slices(&[]), &Budget::default());
                    let _ = cades::UnsignedProperties::of(signer);
                    let _ = cades::time_stamps(&data, signer, &cms::Slices(&[b"content"]), &Budget::default());
                }
            }
        }
    }
}
