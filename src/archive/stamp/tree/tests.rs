use super::*;
use crate::signature::evidence_record::ReducedTree;
use proptest::prelude::*;

fn sample(records: u64) -> Tree {
    let name = TokenName { checkpoint: 9, authority: "vn-ca-1".into() };
    Tree {
        checkpoint: (40, Sha256([1; 32])),
        entries: 9..39,
        tokens: vec![(name, Sha256([2; 32]))],
        records: (0..records).map(|at| (10 + 3 * at, node(&members(at)).unwrap())).collect(),
    }
}

fn members(at: u64) -> Vec<Sha256> {
    vec![Sha256::of(&at.to_be_bytes()), Sha256::of(b"opening")]
}

#[test]
fn a_tree_reads_as_it_was_written() {
    for records in [0, 1, 7] {
        let tree = sample(records);
        assert_eq!(Tree::parse(&tree.encode()), Some(tree.clone()));
        assert_eq!(Tree::renews(&tree.encode()), Some(tree.tokens.clone()));
        assert_eq!(Tree::renews(&tree.encode()[..tree.encode().len() - 1]).unwrap().len(), usize::from(records > 0));
    }
}

#[test]
fn the_members_of_a_group_lead_to_the_root() {
    let tree = sample(7);
    let root = tree.hash_tree().unwrap().root().to_vec();
    for at in 0..7 {
        let place = tree.place_of_record(10 + 3 * at).unwrap();
        let whole = tree.with_group(place, &members(at)).unwrap();
        assert_eq!(whole.root(), root);
        let reduced: ReducedTree = whole.reduced(place).unwrap();
        assert_eq!(reduced.root(ALGORITHM).unwrap(), root);
        // Nothing of another record but nodes that a salt went into.
        let others = (0..7).filter(|other| *other != at).map(|other| members(other)[0].0.to_vec());
        assert!(others.into_iter().all(|other| reduced.0.iter().flatten().all(|listed| *listed != other)));
    }
    assert_eq!(tree.place_of_record(11), None);
    assert_eq!(tree.place_of_token(&tree.tokens[0].0), Some(1));
}

#[test]
fn what_is_no_tree_is_refused() {
    let text = sample(2).encode();
    let check = |from: &str, to: &str| assert_eq!(Tree::parse(&text.replacen(from, to, 1)), None, "{from} → {to}");
    check("chauban", "Chauban");
    check("entries 9 39", "entries 9 41");
    check("entries 9 39", "entries 39 9");
    check("entries 9 39", "entries 09 39");
    check("record 10", "record 8");
    check("record 13", "record 10");
    check("token 9.vn-ca-1", "token 9.../x");
    check("token 9.vn-ca-1", "token vn-ca-1");
    assert_eq!(Tree::parse(text.trim_end()), None);
    assert_eq!(Tree::parse(&format!("{text}\n")), None);
}

#[test]
fn names_of_files() {
    let token = EvidenceFile::Token(TokenName { checkpoint: 7, authority: "a-1".into() });
    for file in [EvidenceFile::Checkpoint(0), EvidenceFile::Tree(u64::MAX), token] {
        assert_eq!(EvidenceFile::parse(file.path().strip_prefix("evidence/").unwrap()), Some(file));
    }
    for stray in ["", "7", "7.tst", "x.tree", "07.tree", "7.A.tst", "7.a.b.tst", "7.tree.tmp", "-1.tree"] {
        assert_eq!(EvidenceFile::parse(stray), None, "{stray}");
    }
}

proptest! {
    #[test]
    fn arbitrary_and_mutated_text_never_panics(noise: String, at in 0usize..400, to in any::<char>()) {
        let _ = (Tree::parse(&noise), Tree::renews(&noise), EvidenceFile::parse(&noise));
        let mut text: Vec<char> = sample(3).encode().chars().collect();
        let length = text.len();
        text[at % length] = to;
        let text: String = text.into_iter().collect();
        let _ = (Tree::parse(&text), Tree::renews(&text));
    }
}
