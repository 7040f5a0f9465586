//! `docs/verify-by-hand.md`: its shell blocks, run as they stand, accept true receipts and refuse altered ones.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chauban::digest::{ContentDigests, Sha256};
use chauban::evidence::{Receipt, commitment};
use chauban::merkle::checkpoint::{self, Checkpoint, Signers};
use chauban::merkle::{Node, leaf_hash, node_hash, proof};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = include_str!("../../docs/verify-by-hand.md");
/// The page's steps, 0 to 8.
const STEPS: usize = 9;

/// The page's blocks as one script that ends at the first step that fails; `exit 10 + step`.
fn script() -> String {
    let mut script = String::new();
    let mut step = 0;
    let mut inside = false;
    for line in PAGE.lines() {
        match line {
            "```sh" => inside = true,
            "```" if inside => {
                inside = false;
                script.push_str(&format!("[ $? -eq 0 ] || exit {}\n", 10 + step));
                step += 1;
            }
            _ if inside => {
                script.push_str(line);
                script.push('\n');
            }
            _ => {}
        }
    }
    assert_eq!(step, STEPS, "the page has as many sh blocks as steps");
    script
}

/// Runs the page on a receipt, a file and a key: the step that failed, or `None` where all came out.
fn by_hand(receipt: &str, file: &[u8], vkey: &str) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    put("receipt.tlog-proof", receipt.as_bytes());
    put("document.pdf", file);
    put("archive.vkey", format!("{vkey}\n").as_bytes());
    let ran = Command::new("sh").args(["-c", &script()]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let oks = said.lines().filter(|line| line.starts_with("ok ")).count();
    match ran.status.code() {
        Some(0) => {
            assert_eq!(oks, STEPS - 1, "{said}");
            None
        }
        Some(code) if (10..10 + STEPS as i32).contains(&code) => {
            assert!(said.contains("FALSE"), "{said}");
            Some(code - 10)
        }
        other => panic!("the shell ended with {other:?}: {said}{}", String::from_utf8_lossy(&ran.stderr)),
    }
}

/// The same text with line `number` (from 0) changed by `change`.
fn with_line(text: &str, number: usize, change: impl Fn(&str) -> String) -> String {
    let lines = text.split('\n').enumerate();
    let changed: Vec<String> =
        lines.map(|(at, line)| if at == number { change(line) } else { line.to_owned() }).collect();
    assert_ne!(changed.join("\n"), text, "something was altered");
    changed.join("\n")
}

/// Base64 with one bit of one byte turned over.
fn spoilt(base64: &str, byte: usize) -> String {
    let mut bytes = STANDARD.decode(base64).unwrap();
    bytes[byte] ^= 1;
    STANDARD.encode(bytes)
}

/// Every way in which a receipt or its file can be altered, with the step that must notice.
fn check_alterations(receipt: &str, file: &[u8], vkey: &str) {
    let lines: Vec<&str> = receipt.split('\n').collect();
    let empty = lines.iter().position(|line| line.is_empty()).unwrap();
    let check = |what: &str, receipt: &str, file: &[u8], vkey: &str, step: i32| {
        assert_eq!(by_hand(receipt, file, vkey), Some(step), "{what}");
    };

    let mut other = file.to_vec();
    *other.last_mut().unwrap() ^= 1;
    check("a bit of the file", receipt, &other, vkey, 3);
    other = file.to_vec();
    other.push(0);
    check("a byte more of the file", receipt, &other, vkey, 3);

    let extra = String::from_utf8(STANDARD.decode(&lines[1]["extra ".len()..]).unwrap()).unwrap();
    let with_extra = |from: &str, to: &str| {
        assert!(extra.contains(from), "{from:?} is in {extra}");
        with_line(receipt, 1, |_| format!("extra {}", STANDARD.encode(extra.replacen(from, to, 1))))
    };
    check("a name in the opening", &with_extra(r#"name\":\""#, r#"name\":\"x"#), file, vkey, 4);
    let salt = extra.rsplit('"').nth(1).unwrap();
    let turned = if salt.starts_with('0') { "1" } else { "0" };
    check("the salt", &with_extra(salt, &format!("{turned}{}", &salt[1..])), file, vkey, 4);
    check("the salt's length", &with_extra(salt, &salt[2..]), file, vkey, 2);
    check("the entry", &with_extra("record-accessioned", "dossier-accessioned"), file, vkey, 6);

    check("the title", &with_line(receipt, 0, |line| format!("{line}2")), file, vkey, 1);
    check("the index", &with_line(receipt, 2, |line| format!("{line}0")), file, vkey, 6);
    for at in 3..empty {
        check("a hash of the proof", &with_line(receipt, at, |line| spoilt(line, 7)), file, vkey, 6);
    }
    let mut shorter = lines.clone();
    shorter.remove(empty - 1);
    check("a hash less", &shorter.join("\n"), file, vkey, 6);
    let mut longer = lines.clone();
    longer.insert(empty, lines[empty - 1]);
    check("a hash more", &longer.join("\n"), file, vkey, 6);

    let root = empty + 3;
    check("the root", &with_line(receipt, root, |line| spoilt(line, 0)), file, vkey, 6);
    check("the ledger's name", &with_line(receipt, empty + 1, |line| format!("{line}x")), file, vkey, 7);
    check("a line more in the checkpoint", &with_line(receipt, root, |line| format!("{line}\nmore")), file, vkey, 5);
    let signature = empty + 5;
    let spoil = |line: &str, byte: usize| {
        let (mark, signed) = line.rsplit_once(' ').unwrap();
        format!("{mark} {}", spoilt(signed, byte))
    };
    check("the signature", &with_line(receipt, signature, |line| spoil(line, 40)), file, vkey, 8);
    check("the signature's key ID", &with_line(receipt, signature, |line| spoil(line, 0)), file, vkey, 8);
    let mut unsigned = lines.clone();
    unsigned.remove(signature);
    check("no signature", &unsigned.join("\n"), file, vkey, 8);

    let [name, id, key] = vkey.splitn(3, '+').collect::<Vec<_>>().try_into().unwrap();
    check("the key", receipt, file, &format!("{name}+{id}+{}", spoilt(key, 9)), 7);
}

fn chauban(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chauban"));
    command.current_dir(folder).args(arguments).env_remove("CHAUBAN_CUSTODY").env_remove("CHAUBAN_KEY_COPY");
    command.env("CHAUBAN_ARCHIVE", folder.join("archive")).output().unwrap()
}

#[test]
fn receipts_of_the_sample() {
    let home = tempfile::tempdir().unwrap();
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sample");
    let made = chauban(home.path(), &["init", "archive", "--origin", "luutru.example/kho", "--archive-code", "T"]);
    assert!(made.status.success(), "{made:?}");
    let paths = [sample.join("transfer"), sample.join("dossier")].map(|path| path.display().to_string());
    let took = chauban(home.path(), &["ingest", "--receipts", "receipts", &paths[0], &paths[1]]);
    assert_eq!(took.status.code(), Some(1), "the sample holds documents to refuse: {took:?}");
    let vkey = fs::read_to_string(home.path().join("archive/ledger/keys/ed25519.vkey")).unwrap();

    let mut receipts: Vec<PathBuf> =
        fs::read_dir(home.path().join("receipts")).unwrap().map(|entry| entry.unwrap().path()).collect();
    receipts.sort();
    assert!(receipts.len() > 50, "{} receipts", receipts.len());
    let get = |record: &str, component: &str| {
        let got = chauban(home.path(), &["get", record, "--component", component, "-o", "-"]);
        assert!(got.status.success(), "{got:?}");
        got.stdout
    };
    for path in receipts.iter().step_by(9).chain(receipts.last()) {
        let record = path.file_name().unwrap().to_str().unwrap().strip_suffix(".tlog-proof").unwrap();
        let receipt = fs::read_to_string(path).unwrap();
        assert_eq!(by_hand(&receipt, &get(record, "1"), vkey.trim()), None, "{record}");
    }
    // A record of two files: one receipt for both.
    let receipt = fs::read_to_string(home.path().join("receipts/H26.10.2024.052.0000001.tlog-proof")).unwrap();
    let annex = get("H26.10.2024.052.0000001", "2");
    assert_eq!(by_hand(&receipt, &annex, vkey.trim()), None, "the annex");
    check_alterations(&receipt, &annex, vkey.trim());
}

/// The rule for left and right, on every place of trees of many shapes; names that JSON must escape.
#[test]
fn every_place_of_small_trees() {
    const NAME: &str = "Biên bản \"họp\" \\ n. 1, {x}.pdf";
    let signers = Signers::from_seeds("luutru.example/kho", &[1; 32], &[2; 32]).unwrap();
    let vkey = signers.verifier_keys()[0].to_string();
    let (file, salt) = (b"a file".as_slice(), [7; 32]);
    let digests = ContentDigests::of(file);
    for size in [1, 2, 3, 4, 5, 7, 11] {
        for index in 0..size {
            let opening = format!(
                r#"{{"components":[{{"name":{},"sha256":"{}","blake3":"{}","size":{}}}],"body":{{"sha256":"{}","size":0}}}}"#,
                serde_json::to_string(NAME).unwrap(),
                digests.sha256,
                digests.blake3,
                digests.size,
                Sha256::of(b"")
            );
            let commitment = commitment(&salt, opening.as_bytes());
            let entry = format!(
                r#"{{"v":1,"event":"record-accessioned","rule":"a \"rule\"","commitment":"{commitment}","stored":[]}}"#
            );
            let leaf = |at: u64| if at == index { leaf_hash(entry.as_bytes()) } else { leaf_hash(&at.to_be_bytes()) };
            let node = |node: Node| Ok::<_, Infallible>(subtree(node, &leaf));
            let root = proof::root(size, node).unwrap();
            let note =
                checkpoint::sign(&Checkpoint { origin: signers.origin().into(), size, root }, &signers, 1).unwrap();
            let receipt = Receipt {
                index,
                entry: entry.clone().into_bytes(),
                opening: opening.into_bytes(),
                salt,
                proof: proof::inclusion(index, size, node).unwrap(),
                checkpoint: note,
            };
            assert_eq!(by_hand(&receipt.encode().unwrap(), file, &vkey), None, "entry {index} of {size}");
            if index + 1 < size {
                let moved = Receipt { index: index + 1, ..receipt };
                assert_eq!(by_hand(&moved.encode().unwrap(), file, &vkey), Some(6), "entry {index} as the next");
            }
        }
    }
}

fn subtree(node: Node, leaf: &impl Fn(u64) -> Sha256) -> Sha256 {
    if node.level == 0 {
        return leaf(node.index);
    }
    let child = |index| subtree(Node { level: node.level - 1, index }, leaf);
    node_hash(&child(node.index * 2), &child(node.index * 2 + 1))
}
