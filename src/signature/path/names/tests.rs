use super::*;
use crate::signature::der::Slice;

fn check(name: &GeneralName, base: &GeneralName) -> Relation {
    relation(name, base, Direction::Permitted)
}

#[test]
fn hosts() {
    let dns = |name: &str, base: &str| check(&GeneralName::Dns(name.into()), &GeneralName::Dns(base.into()));
    for (name, base) in
        [("example.vn", "example.vn"), ("a.b.EXAMPLE.vn", "example.vn"), ("x.vn", ""), ("*.example.vn", "example.vn")]
    {
        assert_eq!(dns(name, base), Relation::Within, "{name} {base}");
    }
    for (name, base) in [("badexample.vn", "example.vn"), ("vn", "example.vn"), ("*.vn", "example.vn")] {
        assert_eq!(dns(name, base), Relation::Outside, "{name} {base}");
    }
    assert_eq!(dns(".example.vn", "example.vn"), Relation::Malformed);
    let wildcard = GeneralName::Dns("*.example.vn".into());
    let host = GeneralName::Dns("secret.example.vn".into());
    assert_eq!(relation(&wildcard, &host, Direction::Excluded), Relation::Within, "it may stand for it");
    assert_eq!(relation(&wildcard, &host, Direction::Permitted), Relation::Outside);
}

#[test]
fn mailboxes() {
    let email = |name: &str, base: &str| check(&GeneralName::Email(name.into()), &GeneralName::Email(base.into()));
    assert_eq!(email("a@So.vn", "a@so.vn"), Relation::Within);
    assert_eq!(email("A@so.vn", "a@so.vn"), Relation::Outside, "the local part has case");
    assert_eq!(email("a@so.vn", "so.vn"), Relation::Within);
    assert_eq!(email("a@x.so.vn", "so.vn"), Relation::Outside);
    assert_eq!(email("a@x.so.vn", ".so.vn"), Relation::Within);
    assert_eq!(email("a@b@so.vn", "so.vn"), Relation::Malformed);
}

#[test]
fn uris_and_addresses() {
    let uri = |name: &str, base: &str| check(&GeneralName::Uri(name.into()), &GeneralName::Uri(base.into()));
    assert_eq!(uri("https://u@a.so.vn:8443/x?y#z", ".so.vn"), Relation::Within);
    assert_eq!(uri("https://so.vn", ".so.vn"), Relation::Outside);
    assert_eq!(uri("https://so.vn", "so.vn"), Relation::Within);
    assert_eq!(uri("urn:x", "so.vn"), Relation::Unknown);
    assert_eq!(uri("http://10.0.0.1/", "so.vn"), Relation::Unknown);
    let ip = |name: &[u8], base: &[u8]| check(&GeneralName::Ip(Slice::from(name)), &GeneralName::Ip(Slice::from(base)));
    assert_eq!(ip(&[10, 1, 2, 3], &[10, 0, 0, 0, 255, 0, 0, 0]), Relation::Within);
    assert_eq!(ip(&[11, 1, 2, 3], &[10, 0, 0, 0, 255, 0, 0, 0]), Relation::Outside);
    assert_eq!(ip(&[10; 16], &[10, 0, 0, 0, 255, 0, 0, 0]), Relation::Outside);
    assert!(
        is_mask(&[255, 240, 0, 0]) && is_mask(&[0; 4]) && !is_mask(&[255, 0, 255, 0]) && !is_mask(&[0xf1, 0, 0, 0])
    );
}
