use super::*;

#[test]
fn keys_are_of_a_domain_and_never_of_a_number() {
    let check = |public: &str, host: &str, expect: Option<(&str, &str)>| {
        let address = if public.is_empty() { Address::Loopback } else { Address::of(public).unwrap() };
        let found = address.relying_party(host).map(|party| (party.id, party.origin));
        let expect = expect.map(|(id, origin)| (id.to_owned(), origin.to_owned()));
        assert_eq!(found, expect, "{public} {host}");
    };
    check("https://Kho.gov.vn/", "", Some(("kho.gov.vn", "https://kho.gov.vn")));
    check("https://kho.gov.vn:443", "", Some(("kho.gov.vn", "https://kho.gov.vn")));
    check("https://kho.gov.vn:8443", "evil.example", Some(("kho.gov.vn", "https://kho.gov.vn:8443")));
    check("https://10.0.0.1", "", None);
    check("https://10.0.0.1:8443", "", None);
    check("https://[2001:db8::1]:8443", "", None);
    check("https://.", "", None);
    check("", "localhost:8080", Some(("localhost", "http://localhost:8080")));
    check("", "localhost", Some(("localhost", "http://localhost")));
    for host in ["127.0.0.1:8080", "[::1]:8080", "evil.example", "localhost.evil.example:8080", ""] {
        check("", host, None);
    }
}
