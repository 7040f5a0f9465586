use super::*;
use crate::signature::pdf::object::{Reader, Work};
use proptest::prelude::*;

fn dict(text: &str) -> Dict {
    let mut work = Work::for_file(text.as_bytes());
    match Reader::new(text.as_bytes(), 0, &mut work).value() {
        Ok(Object::Dict(dict)) => dict,
        other => panic!("{text}: {other:?}"),
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

#[test]
fn every_png_filter_and_tiff() {
    // Rows of two bytes: none, sub, up, average, Paeth.
    let rows = [0, 10, 20, 1, 1, 1, 2, 1, 1, 3, 1, 1, 4, 1, 1];
    let keys = dict("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2>>>>");
    let expected = [10, 20, 1, 2, 2, 3, 2, 3, 3, 4];
    assert_eq!(decode(&keys, &deflate(&rows), &mut 1000).unwrap(), expected);
    let keys = dict("<</Filter[/FlateDecode]/DecodeParms[<</Predictor 2/Columns 3>>]>>");
    assert_eq!(decode(&keys, &deflate(&[1, 1, 1, 5, 1, 1]), &mut 1000).unwrap(), [1, 2, 3, 5, 6, 7]);
}

/// Readers differ in what they take for the parameters of a filter: only what all take alike is decoded.
#[test]
fn parameters_of_another_shape_are_not_guessed() {
    let png = "<</Predictor 12/Columns 2>>";
    for keys in [
        format!("/Filter/FlateDecode/DecodeParms[{png}]"),
        format!("/Filter[/FlateDecode]/DecodeParms{png}"),
        "/Filter/FlateDecode/DecodeParms 7 0 R".to_owned(),
        "/Filter[/FlateDecode]/DecodeParms[7 0 R]".to_owned(),
        format!("/Filter/FlateDecode/DP{png}"),
        format!("/Filter/FlateDecode/DecodeParms null/DP{png}"),
        "/F/FlateDecode".to_owned(),
    ] {
        let keys = dict(&format!("<<{keys}>>"));
        assert_eq!(decode(&keys, &deflate(&[0, 1, 2]), &mut 1000), Err(Undecoded::Filter), "{keys:?}");
    }
    let none = dict("<</Filter[/FlateDecode]/DecodeParms[null]>>");
    assert_eq!(decode(&none, &deflate(&[0, 1, 2]), &mut 1000).unwrap(), [0, 1, 2]);
}

#[test]
fn what_is_not_read_is_said() {
    let left = &mut 1000;
    assert_eq!(decode(&dict("<</Filter/DCTDecode>>"), b"", left), Err(Undecoded::Filter));
    assert_eq!(decode(&dict("<</Filter/LZWDecode/DecodeParms<</EarlyChange 2>>>>"), b"", left), Err(Undecoded::Filter));
    assert_eq!(decode(&dict("<</Filter/FlateDecode>>"), b"nonsense", left), Err(Undecoded::Damaged));
    assert_eq!(decode(&dict("<<>>"), b"plain", left).unwrap(), b"plain");
    let keys = dict("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1000000>>>>");
    assert_eq!(decode(&keys, &deflate(b"x"), left), Err(Undecoded::Filter));
}

#[test]
fn every_filter_that_is_no_picture() {
    let left = &mut 1000;
    // The example of ISO 32000-2 §7.4.4.2.
    let lzw = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
    assert_eq!(decode(&dict("<</Filter/LZWDecode>>"), &lzw, left).unwrap(), b"-----A---B");
    let keys = dict("<</Filter/ASCIIHexDecode>>");
    assert_eq!(decode(&keys, b"48 65\n6C6c6F7>ignored", left).unwrap(), b"Hellop");
    let keys = dict("<</Filter[/A85]>>");
    assert_eq!(decode(&keys, b"9jqo^BlbD-\nBleB1DJ+*+F(f,qz~>", left).unwrap(), b"Man is distinguished\0\0\0\0");
    assert_eq!(decode(&keys, b"9jqo^Bl~>", left).unwrap(), b"Man i");
    let keys = dict("<</Filter/RunLengthDecode>>");
    assert_eq!(decode(&keys, &[2, 1, 2, 3, 253, 7, 128, 9], left).unwrap(), [1, 2, 3, 7, 7, 7, 7]);
    let keys = dict("<</Filter[/ASCIIHexDecode/FlateDecode]>>");
    let hex: String = deflate(b"table").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(decode(&keys, hex.as_bytes(), left).unwrap(), b"table");
}

#[test]
fn what_breaks_a_filter_s_rules_is_damaged() {
    for (filter, bytes) in [
        ("ASCIIHexDecode", &b"4g"[..]),
        ("ASCII85Decode", b"9jq^v"),
        ("ASCII85Decode", b"9jqo^9"),
        ("ASCII85Decode", b"9z"),
        ("ASCII85Decode", b"uuuuu"),
        ("RunLengthDecode", &[5, 1]),
        ("RunLengthDecode", &[200]),
        ("LZWDecode", &[0x80, 0x4b, 0]),
        ("LZWDecode", b""),
    ] {
        let keys = dict(&format!("<</Filter/{filter}>>"));
        assert_eq!(decode(&keys, bytes, &mut 1000), Err(Undecoded::Damaged), "{filter} {bytes:?}");
    }
    let keys = dict("<</Filter/RunLengthDecode>>");
    assert_eq!(decode(&keys, &[129, 0].repeat(8), &mut 1000), Err(Undecoded::TooLong));
}

#[test]
fn a_bomb_stops_at_the_ratio_and_at_the_total() {
    let bomb = deflate(&vec![0; 8 << 20]);
    let keys = dict("<</Filter/FlateDecode>>");
    assert_eq!(decode(&keys, &bomb, &mut (64 << 20)), Err(Undecoded::TooLong));
    assert_eq!(decode(&keys, &deflate(&[7; 5000]), &mut 4999), Err(Undecoded::TooLong));
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), predictor in 0..20, columns in 0..40) {
        let keys = dict(&format!("<</Filter/FlateDecode/DecodeParms<</Predictor {predictor}/Columns {columns}>>>>"));
        let _ = decode(&keys, &bytes, &mut 10_000);
        let _ = decode(&keys, &deflate(&bytes), &mut 10_000);
        for filter in ["LZWDecode", "ASCIIHexDecode", "ASCII85Decode", "RunLengthDecode"] {
            let _ = decode(&dict(&format!("<</Filter/{filter}>>")), &bytes, &mut 10_000);
        }
    }
}
