use super::*;
use crate::merkle::checkpoint::{Checkpoint, Signers, sign};
use crate::merkle::proof::inclusion;
use crate::merkle::{Node, node_hash};
use proptest::prelude::*;
use std::convert::Infallible;

const ORIGIN: &str = "archive.example/so-noi-vu";
const FILES: [(&str, &[u8]); 2] = [("Quyết định 1719.pdf", b"%PDF-1.7 signed"), ("phụ lục.xlsx", b"PK annex")];

fn signers() -> Signers {
    Signers::from_seeds(ORIGIN, &[1; 32], &[2; 32]).unwrap()
}

fn keys() -> Vec<VerifierKey> {
    signers().verifier_keys().into_iter().cloned().collect()
}

fn file(number: usize) -> ContentDigests {
    ContentDigests::of(FILES[number].1)
}

fn manifest() -> Vec<u8> {
    let components: Vec<_> = FILES
        .iter()
        .map(|(name, bytes)| {
            let digests = ContentDigests::of(bytes);
            let (sha256, blake3) = (digests.sha256.to_string(), digests.blake3.to_string());
            serde_json::json!({"name": name, "sha256": sha256, "blake3": blake3, "size": digests.size})
        })
        .collect();
    serde_json::json!({"components": components, "body": {"sha256": "00", "size": 1}}).to_string().into_bytes()
}

fn entry(opening: &[u8]) -> Vec<u8> {
    format!(r#"{{"kind":"accession","record":"0198","commitment":"{}"}}"#, commitment(&[7; 32], opening)).into_bytes()
}

/// A receipt for `entry` as number 5 of a ledger of 11 entries.
fn issued(entry: Vec<u8>, opening: Vec<u8>) -> Receipt {
    let mut leaves: Vec<Sha256> = (0..11u8).map(|number| leaf_hash(&[number])).collect();
    leaves[5] = leaf_hash(&entry);
    fn node(leaves: &[Sha256], at: Node) -> Sha256 {
        match at.level.checked_sub(1) {
            None => leaves[at.index as usize],
            Some(level) => {
                let child = |index| node(leaves, Node { level, index });
                node_hash(&child(at.index * 2), &child(at.index * 2 + 1))
            }
        }
    }
    let ask = |at| Ok::<_, Infallible>(node(&leaves, at));
    let root = proof::root(11, ask).unwrap();
    let checkpoint = sign(&Checkpoint { origin: ORIGIN.into(), size: 11, root }, &signers(), 1_753_142_400).unwrap();
    Receipt { index: 5, entry, opening, salt: [7; 32], proof: inclusion(5, 11, ask).unwrap(), checkpoint }
}

fn receipt() -> Receipt {
    issued(entry(&manifest()), manifest())
}

#[test]
fn commitment_is_hmac_sha_256() {
    // Python: hmac.new(bytes([7]) * 32, b"opening", "sha256")
    let expect = "58dca02f3d185efffd3a08ef7bda816590632abc767d35e451558f78f311d58e";
    assert_eq!(commitment(&[7; 32], b"opening").to_string(), expect);
}

#[test]
fn proves_each_component() {
    let receipt = Receipt::parse(&receipt().encode().unwrap()).unwrap();
    for (number, (name, _)) in FILES.iter().enumerate() {
        let proven = receipt.verify(&keys(), &file(number)).unwrap();
        assert_eq!((proven.component.as_str(), proven.index, proven.size), (*name, 5, 11));
        assert_eq!((proven.origin.as_str(), proven.by.len()), (ORIGIN, 2));
        assert_eq!(proven.entry["kind"], "accession");
    }
    assert_eq!(receipt.verify(&keys()[..1], &file(0)).unwrap().by.len(), 1);
}

#[test]
fn the_text() {
    let receipt = receipt();
    let text = receipt.encode().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[2], lines[7]), ("c2sp.org/tlog-proof@v1", "index 5", ""));
    assert_eq!(lines[8], ORIGIN);
    let extra = String::from_utf8(from_base64(lines[1].strip_prefix("extra ").unwrap()).unwrap()).unwrap();
    assert!(extra.starts_with(r#"{"entry":"{\"kind\":\"accession\""#), "{extra}");
    assert!(extra.ends_with(&format!(r#"","salt":"{}"}}"#, "07".repeat(32))), "{extra}");
    assert_eq!(Receipt::parse(&text), Ok(receipt));
}

#[test]
fn each_broken_link_has_its_reason() {
    let good = receipt();
    let check = |receipt: Receipt, expect: fn(&RefusedReceipt) -> bool| {
        let refused = receipt.verify(&keys(), &file(0)).unwrap_err();
        assert!(expect(&refused), "{refused:?}");
        assert!(!refused.to_string().is_empty());
    };
    let replaced = |from: &str, to: &str| Receipt { checkpoint: good.checkpoint.replace(from, to), ..good.clone() };
    check(replaced("\n11\n", "\n12\n"), |r| matches!(r, RefusedReceipt::Checkpoint(checkpoint::Refused::Forged(_))));
    check(replaced(ORIGIN, "b"), |r| matches!(r, RefusedReceipt::Checkpoint(checkpoint::Refused::UnknownOrigin(_))));
    check(replaced("\n\n", "\n"), |r| matches!(r, RefusedReceipt::Checkpoint(checkpoint::Refused::Note(_))));

    let inclusion: fn(&RefusedReceipt) -> bool = |r| matches!(r, RefusedReceipt::Inclusion { size: 11, .. });
    check(Receipt { index: 4, ..good.clone() }, inclusion);
    check(Receipt { index: u64::MAX, ..good.clone() }, inclusion);
    check(Receipt { proof: good.proof[1..].to_vec(), ..good.clone() }, inclusion);
    check(Receipt { entry: b"{}".to_vec(), ..good.clone() }, inclusion);

    let commitment: fn(&RefusedReceipt) -> bool = |r| *r == RefusedReceipt::Commitment;
    check(Receipt { salt: [8; 32], ..good.clone() }, commitment);
    check(Receipt { opening: b"{\"components\":[]}".to_vec(), ..good.clone() }, commitment);

    let too_many = Receipt { proof: vec![Sha256([0; 32]); 65], ..good.clone() };
    check(too_many.clone(), |r| matches!(r, RefusedReceipt::Format(_)));
    assert!(too_many.encode().is_err());
    check(Receipt { entry: vec![b' '; 65_536], ..good.clone() }, |r| matches!(r, RefusedReceipt::Format(_)));
    check(Receipt { entry: b"{\n}".to_vec(), ..good.clone() }, |r| matches!(r, RefusedReceipt::Format(_)));
    assert!(Receipt { entry: vec![0xff], ..good.clone() }.encode().is_err());
    assert_eq!(Receipt { opening: vec![b' '; 1 << 20], ..good }.encode(), Err(RefusedReceipt::TooLong));
}

#[test]
fn another_file_is_told_from_a_forgery() {
    let shown = ContentDigests::of(b"%PDF-1.7 signeD");
    match receipt().verify(&keys(), &shown) {
        Err(RefusedReceipt::File { listed, shown: told }) => {
            assert_eq!(told, shown);
            assert_eq!(listed.iter().map(|it| it.digests).collect::<Vec<_>>(), [file(0), file(1)]);
            assert_eq!(listed[1].name, FILES[1].0);
        }
        other => panic!("{other:?}"),
    }
    // Every one of the three must agree.
    let one = file(0);
    for odd in [
        ContentDigests { size: one.size + 1, ..one },
        ContentDigests { sha256: shown.sha256, ..one },
        ContentDigests { blake3: shown.blake3, ..one },
    ] {
        assert!(matches!(receipt().verify(&keys(), &odd), Err(RefusedReceipt::File { .. })));
    }
}

#[test]
fn entries_and_manifests_that_the_ledger_holds_but_nobody_can_read() {
    let verify =
        |entry: &[u8], opening: &[u8]| issued(entry.into(), opening.into()).verify(&keys(), &file(0)).unwrap_err();
    let right = commitment(&[7; 32], &manifest());
    for odd in [
        "not JSON".to_string(),
        "[]".into(),
        format!("[\"{right}\"]"),
        "{}".into(),
        format!(r#"{{"commitment":"{}"}}"#, right.to_string().to_uppercase()),
        format!(r#"{{"commitment":"{right}","commitment":"{right}"}}"#),
        format!("{{\"a\":{}", "[".repeat(60_000)),
    ] {
        assert!(matches!(verify(odd.as_bytes(), &manifest()), RefusedReceipt::Entry(_)), "{odd:.40}");
    }
    for odd in [
        "not JSON",
        "7",
        "[[]]",
        r#"{"components":7}"#,
        r#"{"components":[{"name":"a","sha256":"","blake3":"","size":1}]}"#,
    ] {
        assert!(matches!(verify(&entry(odd.as_bytes()), odd.as_bytes()), RefusedReceipt::Opening(_)), "{odd}");
    }
    let none = r#"{"body":{"sha256":"","size":0}}"#.as_bytes();
    assert!(matches!(verify(&entry(none), none), RefusedReceipt::File { listed, .. } if listed.is_empty()));
}

#[test]
fn malformed_texts() {
    let text = receipt().encode().unwrap();
    let (extra, hash) = (text.lines().nth(1).unwrap(), text.lines().nth(3).unwrap());
    let wrapped = |extra: &str| format!("extra {}", to_base64(extra.as_bytes()));
    for odd in [
        String::new(),
        text.replace("@v1", "@v2"),
        text.replace("\n\n", "\n"),
        text.replace(&format!("{extra}\n"), ""),
        text.replace(extra, "extra "),
        text.replace(extra, &wrapped("{}")),
        text.replace(extra, &wrapped(&format!(r#"["{{}}","{{}}","{}"]"#, "0".repeat(64)))),
        text.replace(extra, &wrapped(r#"{"entry":"{}","opening":"{}","salt":"00"}"#)),
        text.replace(extra, &wrapped(&format!(r#"{{"entry":"","opening":"","salt":"{}","x":1}}"#, "0".repeat(64)))),
        text.replace(
            extra,
            &wrapped(&format!(r#"{{"entry":"","entry":"","opening":"","salt":"{}"}}"#, "0".repeat(64))),
        ),
        text.replace("index 5", "index 05"),
        text.replace("index 5", "index"),
        text.replace("index 5\n", ""),
        text.replace(hash, &hash[1..]),
        text.replace(hash, &format!("{hash} ")),
        text.replace(hash, &vec![hash; 65].join("\n")),
        text.replace('\n', "\r\n"),
    ] {
        assert!(matches!(Receipt::parse(&odd), Err(RefusedReceipt::Format(_))), "{odd:.200}");
    }
    assert_eq!(Receipt::parse(&" ".repeat((1 << 20) + 1)), Err(RefusedReceipt::TooLong));
}

/// Altered bytes are refused, or change nothing that was proved.
fn check_altered(text: &str) {
    if let Ok(proven) = Receipt::parse(text).and_then(|receipt| receipt.verify(&keys(), &file(0))) {
        let honest = receipt().verify(&keys(), &file(0)).unwrap();
        assert_eq!(Proven { by: honest.by.clone(), ..proven }, honest);
    }
}

#[test]
fn one_bit_flips() {
    let text = receipt().encode().unwrap();
    let ml_dsa_begins = text.rfind("— ").unwrap();
    for at in 0..ml_dsa_begins {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1 << (at % 8);
        let Ok(altered) = String::from_utf8(bytes) else { continue };
        assert!(Receipt::parse(&altered).and_then(|it| it.verify(&keys(), &file(0))).is_err(), "byte {at}");
    }
}

proptest! {
    #[test]
    fn round_trip(index: u64, entry in "\\PC{0,60}", opening: String, salt: [u8; 32], hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..65), checkpoint: String) {
        let proof = hashes.into_iter().map(Sha256).collect();
        let receipt = Receipt { index, entry: entry.into(), opening: opening.into(), salt, proof, checkpoint };
        prop_assert_eq!(Receipt::parse(&receipt.encode().unwrap()), Ok(receipt));
    }

    #[test]
    fn mutated_receipts(cut: usize, insert in "[\\PC\\n]{0,6}", drop in 0usize..6) {
        let mut chars: Vec<char> = receipt().encode().unwrap().chars().collect();
        let at = cut % chars.len();
        chars.splice(at..(at + drop).min(chars.len()), insert.chars());
        check_altered(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn arbitrary_text_never_panics(text: String, bytes: Vec<u8>) {
        let _ = Receipt::parse(&text);
        let _ = Receipt::parse(&format!("{HEADER}\nextra {}\nindex 1\n\n{text}", to_base64(&bytes)));
        let _ = issued(bytes.clone(), bytes).verify(&keys(), &file(0));
    }
}
