use super::*;
use proptest::prelude::*;

#[test]
fn limits() {
    assert_eq!(encode(&[]), Err(BadBundle::Width(0)));
    assert_eq!(encode(&[b"".as_slice(); 257]), Err(BadBundle::Width(257)));
    let longest = vec![7; ENTRY_BYTES_MAX];
    let bytes = encode(&[&longest, b""]).unwrap();
    assert_eq!(decode(&bytes, 2), Ok(vec![longest.as_slice(), b""]));
    assert_eq!(encode(&[&[0; ENTRY_BYTES_MAX + 1]]), Err(BadBundle::Entry(65_536)));
    assert_eq!(encode(&[b"ab", b"c"]).unwrap(), b"\0\x02ab\0\x01c");
    assert_eq!(decode(b"", 0), Err(BadBundle::Width(0)));
    assert_eq!(decode(b"\0\x02ab\0", 2), Err(BadBundle::Short(1)));
    assert_eq!(decode(b"\0\x02a", 1), Err(BadBundle::Short(0)));
    assert_eq!(decode(b"\0\x02ab\0", 1), Err(BadBundle::Surplus(1)));
}

proptest! {
    #[test]
    fn round_trip(entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let slices: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
        let bytes = encode(&slices).unwrap();
        prop_assert_eq!(decode(&bytes, slices.len() as u16), Ok(slices));
        prop_assert!(decode(&bytes[..bytes.len() - 1], entries.len() as u16).is_err());
    }

    #[test]
    fn whatever_decodes_encodes_back(bytes: Vec<u8>, width in 0u16..300) {
        if let Ok(entries) = decode(&bytes, width) {
            prop_assert_eq!(encode(&entries).unwrap(), bytes);
        }
    }
}
