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

#[test]
fn what_is_not_read_is_said() {
    let left = &mut 1000;
    assert_eq!(decode(&dict("<</Filter/LZWDecode>>"), b"", left), Err(Undecoded::Filter));
    assert_eq!(decode(&dict("<</Filter/FlateDecode>>"), b"nonsense", left), Err(Undecoded::Damaged));
    assert_eq!(decode(&dict("<<>>"), b"plain", left).unwrap(), b"plain");
    let keys = dict("<</Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 1000000>>>>");
    assert_eq!(decode(&keys, &deflate(b"x"), left), Err(Undecoded::Filter));
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
    }
}
