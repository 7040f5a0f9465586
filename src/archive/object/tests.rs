use super::*;

fn round_trip(plain: &[u8]) -> Codec {
    let secrets = ObjectSecrets::random();
    let (archive, object) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let mut workshop = Workshop::new(archive, b"").unwrap();
    let SealedPart::Here { codec, bytes, .. } = workshop.seal_part(object, &secrets, 3, plain) else { panic!() };
    let key = ObjectKey::derive(&secrets.data_key, archive, object);
    assert_eq!(Opener::new(b"").unwrap().open_part(&key, 3, codec, &bytes).unwrap(), plain);
    codec
}

#[test]
fn compressible_parts_shrink_and_others_are_left_alone() {
    assert_eq!(round_trip(&b"van ban hanh chinh ".repeat(10_000)), Codec::Zstd);
    let noise: Vec<u8> = (0..20_000).flat_map(|_| cipher::random::<8>()).collect();
    assert_eq!(round_trip(&noise), Codec::Stored);
    assert_eq!(round_trip(b""), Codec::Stored);
    assert_eq!(round_trip(b"x"), Codec::Stored);
}

#[test]
fn bodies_use_the_dictionary() {
    let dictionary = b"{\"subject\":\"Quyet dinh ve viec phe duyet\"}".repeat(20);
    let secrets = ObjectSecrets::random();
    let (archive, object) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let plain = b"{\"subject\":\"Quyet dinh ve viec phe duyet ke hoach\"}";
    let mut workshop = Workshop::new(archive, &dictionary).unwrap();
    let with = workshop.seal_body(object, &secrets, plain, Codec::ZstdDictionary);
    let without = workshop.seal_body(object, &secrets, plain, Codec::Zstd);
    assert!(with.stored().size < without.stored().size);
    let SealedPart::Here { codec, bytes, .. } = &with.parts[0] else { panic!() };
    let key = ObjectKey::derive(&secrets.data_key, archive, object);
    assert_eq!(Opener::new(&dictionary).unwrap().open_part(&key, 0, *codec, bytes).unwrap(), plain);
    assert!(Opener::new(b"other").unwrap().open_part(&key, 0, *codec, bytes).is_err());
}

#[test]
fn a_bomb_is_not_inflated() {
    let bomb = zstd::bulk::compress(&vec![0; PART_BYTES_MAX + 1], 1).unwrap();
    let secrets = ObjectSecrets::random();
    let key = ObjectKey::derive(&secrets.data_key, Uuid::nil(), Uuid::nil());
    let sealed = key.seal_part(0, &bomb);
    assert!(matches!(Opener::new(b"").unwrap().open_part(&key, 0, Codec::Zstd, &sealed), Err(Unopened::Decompress(_))));
}
