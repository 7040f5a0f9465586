use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::signature::DigestCheck;
use crate::signature::algorithm::DigestAlgorithm::{self, Sha256, Sha512};
use crate::signature::cms::{Content, Slices};
use crate::signature::timestamp::tests::unsigned_token;

fn token(tree: &HashTree, second: i64) -> Vec<u8> {
    let time = DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap();
    unsigned_token(tree.algorithm(), tree.root(), time, &[])
}

fn digest(algorithm: DigestAlgorithm, object: &[u8]) -> Vec<u8> {
    algorithm.of_parts(&[object]).as_ref().to_vec()
}

fn object(number: usize) -> Vec<u8> {
    format!("object {number}").into_bytes()
}

fn verify(record: &[u8], object: &[u8]) -> Verification {
    EvidenceRecord::read(record).unwrap().verify(&[&Slices(&[object])])
}

/// A record over `object 0` of several: initial, time-stamp renewal, hash-tree renewal under SHA-512, and renewal again.
fn renewed(objects: usize) -> Vec<u8> {
    let digests = (0..objects).map(|number| digest(Sha256, &object(number))).collect();
    let tree = HashTree::of_objects(Sha256, digests).unwrap();
    let first = initial(&tree, 0, &token(&tree, 0)).unwrap();
    let record = EvidenceRecord::read(&first).unwrap();
    let other = digest(Sha256, b"another record's token");
    let (_, leaf) = record.time_stamp_leaf().unwrap();
    let tree = HashTree::of_objects(Sha256, vec![other, leaf]).unwrap();
    let second = record.with_time_stamp(&tree, 1, &token(&tree, 10)).unwrap();
    let record = EvidenceRecord::read(&second).unwrap();
    let own = digest(Sha512, &object(0));
    let leaves = vec![digest(Sha512, b"else"), record.hash_tree_leaf(Sha512, &own), digest(Sha512, b"more")];
    let tree = HashTree::of_objects(Sha512, leaves).unwrap();
    let third = record.with_chain(&tree, 1, &[&own], &token(&tree, 20)).unwrap();
    let record = EvidenceRecord::read(&third).unwrap();
    let (algorithm, leaf) = record.time_stamp_leaf().unwrap();
    let tree = HashTree::of_objects(algorithm, vec![leaf]).unwrap();
    record.with_time_stamp(&tree, 0, &token(&tree, 30)).unwrap()
}

#[test]
fn a_record_renewed_both_ways_names_the_tokens_to_validate() {
    let found = verify(&renewed(5), &object(0));
    assert_eq!((found.outcome(), &found.findings[..]), (DigestCheck::Matches, &[][..]));
    let time = |second: i64| DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap();
    let tokens: Vec<_> = found.tokens.iter().map(|token| (token.time, token.proves, token.valid_at)).collect();
    use Proves::{Objects, TokenBefore};
    assert_eq!(
        tokens,
        [
            (time(0), Objects, Some(time(10))),
            (time(10), TokenBefore, Some(time(20))),
            (time(20), Objects, Some(time(30))),
            (time(30), TokenBefore, None),
        ]
    );
    assert_eq!(found.proven_since(), Some(time(0)));
    let other = verify(&renewed(5), b"other");
    assert_eq!((other.outcome(), other.proven_since()), (DigestCheck::Differs, None));
}

#[test]
fn a_group_is_proven_together() {
    let group = vec![digest(Sha256, b"a"), digest(Sha256, b"b"), digest(Sha256, b"c")];
    let tree = HashTree::new(Sha256, vec![group, vec![digest(Sha256, b"d")]]).unwrap();
    let record = EvidenceRecord::read(&initial(&tree, 0, &token(&tree, 0)).unwrap()).unwrap();
    let objects: Vec<[&[u8]; 1]> = vec![[b"a"], [b"b"], [b"c"]];
    let objects: Vec<Slices<'_>> = objects.iter().map(|object| Slices(object)).collect();
    let all: Vec<&dyn Content> = objects.iter().map(|object| object as &dyn Content).collect();
    assert_eq!(record.verify(&all).findings, []);
    let d: &[&[u8]] = &[b"d"];
    let place = Place { chain: 0, number: 0 };
    assert_eq!(record.verify(&[&Slices(d), &objects[0]]).findings, [Finding::ObjectNotCovered(place, 0)]);
    assert_eq!(record.tree_lists(), [3, 1]);
}

#[test]
fn what_cannot_be_checked_is_not_called_wrong() {
    let record = EvidenceRecord::read(&renewed(2)).unwrap();
    let only_sha256 = |algorithm: DigestAlgorithm| match algorithm {
        Sha256 => Ok(Sha256.of_parts(&[b"object 0"])),
        _ => Err(crate::signature::Reason::ContentNotGiven),
    };
    assert!(matches!(record.verify(&[&only_sha256]).outcome(), DigestCheck::Unreadable(_)));
    assert!(matches!(record.verify(&[]).outcome(), DigestCheck::Unreadable(_)));
}

#[test]
fn order_and_algorithms_are_watched() {
    let tree = HashTree::of_objects(Sha256, vec![digest(Sha256, &object(0))]).unwrap();
    let record = EvidenceRecord::read(&initial(&tree, 0, &token(&tree, 10)).unwrap()).unwrap();
    let (_, leaf) = record.time_stamp_leaf().unwrap();
    let next = HashTree::of_objects(Sha256, vec![leaf.clone()]).unwrap();
    let older = record.with_time_stamp(&next, 0, &token(&next, 10)).unwrap();
    let place = Place { chain: 0, number: 1 };
    assert_eq!(verify(&older, &object(0)).findings, [Finding::NotInOrder(place)]);

    assert_eq!(record.with_time_stamp(&next, 0, &token(&tree, 20)), Err(CreateError::OtherRoot));
    assert_eq!(record.with_time_stamp(&tree, 0, &token(&tree, 20)), Err(CreateError::OtherLeaf));
    let stronger = HashTree::of_objects(Sha512, vec![digest(Sha512, &leaf)]).unwrap();
    assert_eq!(record.with_time_stamp(&stronger, 0, &token(&stronger, 20)), Err(CreateError::OtherAlgorithm));
    let wrong = record.with_chain(&stronger, 0, &[&digest(Sha512, &object(0))], &token(&stronger, 20));
    assert_eq!(wrong, Err(CreateError::OtherLeaf));
    assert_eq!(initial(&tree, 1, &token(&tree, 0)), Err(CreateError::NoGroup(1)));
}

#[test]
fn trees_of_nothing_are_refused() {
    assert_eq!(HashTree::of_objects(Sha256, vec![]).unwrap_err(), TreeError::Empty);
    assert_eq!(HashTree::new(Sha256, vec![vec![]]).unwrap_err(), TreeError::Empty);
    assert_eq!(HashTree::of_objects(Sha256, vec![vec![0; 20]]).unwrap_err(), TreeError::Length);
    let nothing = EvidenceRecord::read(&[0x30, 7, 2, 1, 1, 0x30, 0, 0x30, 0]).unwrap();
    assert_eq!(nothing.verify(&[&Slices(&[])]).findings, [Finding::NoTimeStamp]);
}

impl EvidenceRecord {
    fn tree_lists(&self) -> Vec<usize> {
        self.chains[0].time_stamps[0].tree.iter().flat_map(|tree| &tree.0).map(Vec::len).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Each of n objects has a record that verifies for it and for no other object.
    #[test]
    fn every_object_is_proven_by_its_own_record(objects in 1usize..40, which in any::<prop::sample::Index>()) {
        let digests = (0..objects).map(|number| digest(Sha256, &object(number))).collect();
        let tree = HashTree::of_objects(Sha256, digests).unwrap();
        let token = token(&tree, 0);
        for number in 0..objects {
            let record = initial(&tree, number, &token).unwrap();
            prop_assert_eq!(verify(&record, &object(number)).findings, vec![]);
            // The sibling stands in the first list too; whoever is further away does not.
            let other = which.index(objects);
            if other / 2 != number / 2 {
                prop_assert_eq!(verify(&record, &object(other)).outcome(), DigestCheck::Differs);
            }
        }
    }

    /// One byte changed anywhere before the last token: refused, or found out. The last token is the judge's.
    #[test]
    fn a_changed_byte_is_found_out(at in any::<prop::sample::Index>(), flip in 1u8..=255) {
        let mut record = renewed(5);
        let last = EvidenceRecord::read(&record).unwrap().last().unwrap().time_stamp.len();
        let at = at.index(record.len() - last);
        record[at] ^= flip;
        if let Ok(read) = EvidenceRecord::read(&record) {
            let found = read.verify(&[&Slices(&[&object(0)])]);
            prop_assert!(!found.findings.is_empty(), "byte {at}");
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(record) = EvidenceRecord::read(&bytes) {
            let _ = record.verify(&[&Slices(&[b"object"])]);
        }
    }
}
