use super::*;
use proptest::prelude::*;

fn sample() -> Entry {
    Entry {
        kind: EventKind::RecordAccessioned,
        id: Uuid::from_u128(0x0193_5000_0000_7000_8000_0000_0000_0001),
        previous: None,
        time: Micros(1_795_262_340_000_001),
        actor: ActorId([1, 2, 3, 4, 5, 6, 7, 8]),
        rule: Some("stated".into()),
        commitment: Some(Sha256([7; 32])),
        stored: vec![Stored { blake3: Blake3([8; 32]), size: 118_000 }, Stored { blake3: Blake3([9; 32]), size: 700 }],
        detail: None,
    }
}

#[test]
fn field_order_is_fixed_and_an_entry_is_small() {
    let bytes = sample().encode().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"v":1,"event":"record-accessioned","id":"01935000-0000-7000-8000-000000000001","previous":null,"#,
            r#""time":"2026-11-21T11:59:00.000001Z","actor":"0102030405060708","rule":"stated","#,
            r#""commitment":"0707070707070707070707070707070707070707070707070707070707070707","#,
            r#""stored":[["0808080808080808080808080808080808080808080808080808080808080808",118000],"#,
            r#"["0909090909090909090909090909090909090909090909090909090909090909",700]]}"#
        )
    );
    assert!(bytes.len() <= 512, "{} bytes", bytes.len());
}

#[test]
fn every_kind_and_detail_round_trips() {
    for kind in EventKind::ALL {
        let details = [
            Detail::Format(Sha256([1; 32])),
            Detail::Keys { generation: 7, blake3: Blake3([2; 32]) },
            Detail::Wall(Micros(1_795_262_340_000_002)),
            Detail::Stamped(Stamped {
                checkpoint: 73,
                authority: "vn-ca-1".into(),
                token: Sha256([3; 32]),
                tree: Sha256([4; 32]),
            }),
        ];
        for detail in details.into_iter().map(Some).chain([None]) {
            let entry = Entry { kind: *kind, detail, previous: Some(41), rule: None, ..sample() };
            assert_eq!(Entry::parse(&entry.encode().unwrap()), Ok(entry));
        }
    }
}

#[test]
fn names_of_authorities_are_parts_of_file_names() {
    let check = |name: &str, expect: bool| assert_eq!(is_authority_name(name), expect, "{name:?}");
    check("vn-ca-1", true);
    check(&"a".repeat(AUTHORITY_NAME_MAX), true);
    check(&"a".repeat(AUTHORITY_NAME_MAX + 1), false);
    for bad in ["", "..", "a/b", "A", "a.b", "tên", "a b"] {
        check(bad, false);
    }
}

#[test]
fn limits_hold() {
    let mut entry = sample();
    entry.stored = vec![entry.stored[0]; STORED_MAX];
    entry.stored.iter_mut().for_each(|stored| stored.size = u64::MAX);
    assert!(entry.encode().is_ok());
    entry.stored.push(entry.stored[0]);
    assert_eq!(entry.encode(), Err(BadEntry::TooLong));
    assert_eq!(Entry::parse(&vec![b' '; ENTRY_BYTES_MAX + 1]), Err(BadEntry::TooLong));
}

proptest! {
    #[test]
    fn arbitrary_and_mutated_bytes_never_panic(noise: Vec<u8>, at in 0usize..400, to: u8) {
        let _ = Entry::parse(&noise);
        let mut bytes = sample().encode().unwrap();
        let len = bytes.len();
        bytes[at % len] = to;
        let _ = Entry::parse(&bytes);
    }
}
