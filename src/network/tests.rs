use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn an_address_means_one_thing_or_nothing() {
    let check = |given: &str, expect: Result<&str, BadAddress>| {
        let read = given.parse::<Address>();
        assert_eq!(read.as_ref().map(Address::as_str), expect.as_ref().copied(), "{given}");
    };
    check("http://crl.example.vn/a.crl", Ok("http://crl.example.vn/a.crl"));
    check("HTTP://CRL.Example.VN:80", Ok("http://crl.example.vn/"));
    check("https://example.vn.:443/?a=b", Ok("https://example.vn/?a=b"));
    check("http://example.vn?x", Ok("http://example.vn/?x"));
    check("http://127.0.0.1:8080/a", Ok("http://127.0.0.1:8080/a"));
    check("http://[::1]:8080/a", Ok("http://[::1]:8080/a"));
    check("ldap://example.vn/cn=x", Err(BadAddress::Scheme));
    check("file:///etc/passwd", Err(BadAddress::Scheme));
    check("example.vn/a", Err(BadAddress::Scheme));
    check("http://user:word@example.vn/", Err(BadAddress::Credentials));
    check("http://example.vn\\@other.vn/", Err(BadAddress::Character));
    check("http://example.vn/#x", Err(BadAddress::Character));
    check("http://example.vn/a b", Err(BadAddress::Character));
    check("http://example.vn/\r\nHost:x", Err(BadAddress::Character));
    check("http://ví-dụ.vn/", Err(BadAddress::Character));
    check("http:///a", Err(BadAddress::Host));
    check("http://2130706433/", Err(BadAddress::Host));
    check("http://127.1/", Err(BadAddress::Host));
    check("http://0x7f.1/", Err(BadAddress::Host));
    check("http://0x7f000001/", Err(BadAddress::Host));
    check("http://[::1/", Err(BadAddress::Host));
    check("http://a..b/", Err(BadAddress::Host));
    check("http://example.vn:0/", Err(BadAddress::Port));
    check("http://example.vn:65536/", Err(BadAddress::Port));
    check("http://example.vn:+80/", Err(BadAddress::Port));
    check("http://example.vn/crl/../admin", Err(BadAddress::DotSegments));
    check("http://example.vn/crl/%2E%2e/admin", Err(BadAddress::DotSegments));
    check("http://example.vn/crl%2f..%5cadmin", Err(BadAddress::DotSegments));
    check(&format!("http://example.vn/{}", "a".repeat(3000)), Err(BadAddress::TooLong));
}

#[test]
fn an_address_covers_what_lies_below_it() {
    let covers = |one: &str, other: &str| address(one).covers(&address(other));
    assert!(covers("http://example.vn/crl", "http://example.vn/crl"));
    assert!(covers("http://example.vn/crl", "http://EXAMPLE.vn:80/crl/a.crl"));
    assert!(covers("http://example.vn/crl/", "http://example.vn/crl/a.crl"));
    assert!(covers("http://example.vn/ocsp", "http://example.vn/ocsp?x"));
    assert!(covers("http://example.vn", "http://example.vn/any"));
    assert!(!covers("http://example.vn/crl", "http://example.vn/crlx"));
    assert!(!covers("http://example.vn/crl/", "http://example.vn/crl"));
    assert!(!covers("http://example.vn/", "https://example.vn/"));
    assert!(!covers("http://example.vn/", "http://example.vn:8080/"));
    assert!(!covers("http://example.vn/", "http://a.example.vn/"));
}

#[test]
fn only_public_addresses_are_public() {
    let check = |text: &str, expect: bool| assert_eq!(is_public(text.parse::<IpAddr>().unwrap()), expect, "{text}");
    for text in ["8.8.8.8", "203.162.4.191", "172.15.0.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2400:cb00::1"] {
        check(text, true);
    }
    for text in ["0.0.0.0", "10.1.2.3", "127.0.0.1", "100.64.0.1", "169.254.169.254", "172.16.0.1", "172.31.9.9"] {
        check(text, false);
    }
    for text in
        ["192.168.0.1", "192.0.0.8", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "255.255.255.255"]
    {
        check(text, false);
    }
    for text in ["::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2001::1", "2002:a00:1::"] {
        check(text, false);
    }
    for text in ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1"] {
        check(text, false);
    }
    check("::ffff:8.8.8.8", true);
    check("64:ff9b::8.8.8.8", true);
}

/// A machine that answers one request with `answer`, then with nothing or with zeros.
fn machine(answer: &'static [u8], after: After) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let (mut request, mut part) = (Vec::new(), [0; 1024]);
        while let Ok(got @ 1..) = stream.read(&mut part) {
            request.extend_from_slice(&part[..got]);
            let end: &[u8] = if request.starts_with(b"POST") { b"question" } else { b"\r\n\r\n" };
            if request.ends_with(end) {
                break;
            }
        }
        let _ = stream.write_all(answer);
        let end = Instant::now() + Duration::from_secs(3);
        match after {
            After::Closes => {}
            After::Drips => {
                while Instant::now() < end && stream.write_all(b"x").is_ok() {
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
            After::Floods => while Instant::now() < end && stream.write_all(&[0; 65536]).is_ok() {},
        }
        request
    });
    (at, serving)
}

#[derive(Clone, Copy)]
enum After {
    Closes,
    Drips,
    Floods,
}

fn fetch(from: &str, reach: Reach, ask: Ask<'_>) -> Result<Vec<u8>, NetworkError> {
    let accept = "application/pkix-crl";
    let timeout = Duration::from_secs(1);
    Http::new().fetch(&Fetch { from: &address(from), reach, ask, accept, answer_bytes_max: 1000, timeout })
}

#[test]
fn what_lies_there_is_fetched_from_the_machine_named() {
    let (at, serving) = machine(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlist", After::Closes);
    let got = fetch("http://pki.test.example/ca.crl", Reach::At(at), Ask::What);
    assert_eq!(got.unwrap(), b"list");
    let request = String::from_utf8(serving.join().unwrap()).unwrap().to_lowercase();
    assert!(request.starts_with("get /ca.crl http/1.1\r\n"), "{request}");
    assert!(request.contains("host: pki.test.example\r\n") && request.contains("accept: application/pkix-crl\r\n"));

    let (at, serving) = machine(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer", After::Closes);
    let ask = Ask::Question { media_type: "application/ocsp-request", body: b"question" };
    assert_eq!(fetch("http://pki.test.example/ocsp", Reach::At(at), ask).unwrap(), b"answer");
    let request = String::from_utf8(serving.join().unwrap()).unwrap().to_lowercase();
    assert!(request.starts_with("post /ocsp http/1.1\r\n") && request.ends_with("question"), "{request}");
    assert!(request.contains("content-type: application/ocsp-request\r\n"), "{request}");
}

#[test]
fn names_that_lead_to_the_own_network_are_not_followed() {
    // Nobody listens: it must not come to that.
    for from in ["http://127.0.0.1/", "http://[::1]:81/", "http://10.0.0.1/"] {
        let got = fetch(from, Reach::Public, Ask::What);
        assert!(matches!(got, Err(NetworkError::OutOfReach(_))), "{from}: {got:?}");
        assert!(!got.unwrap_err().may_pass());
    }
    // A machine without a hosts file knows no such name.
    let named = fetch("http://localhost/", Reach::Public, Ask::What);
    assert!(matches!(named, Err(NetworkError::OutOfReach(_) | NetworkError::Unreachable(_))), "{named:?}");
}

#[test]
fn what_goes_wrong_is_told_apart_and_ends() {
    let ask = |answer: &'static [u8], after| {
        let (at, serving) = machine(answer, after);
        let started = Instant::now();
        let got = fetch("http://pki.test.example/", Reach::At(at), Ask::What).unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(2), "{got}");
        drop(serving);
        got
    };
    assert!(matches!(ask(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", After::Closes), NetworkError::Status(404)));
    let moved = ask(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", After::Closes);
    assert!(matches!(moved, NetworkError::Moved(to) if to == "http://169.254.169.254/"));
    let short = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlist", After::Closes);
    assert!(matches!(short, NetworkError::Unreachable(_)), "{short}");
    assert!(short.may_pass());
    let slow = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", After::Drips);
    assert!(matches!(slow, NetworkError::TooLate(_)), "{slow}");
    let long = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", After::Floods);
    assert!(matches!(long, NetworkError::TooLong(1000)), "{long}");
    let endless = ask(b"HTTP/1.1 200 OK\r\n\r\n", After::Floods);
    assert!(matches!(endless, NetworkError::TooLong(1000)), "{endless}");
    let headless = ask(b"HTTP/1.1 200 OK\r\nX: ", After::Floods);
    assert!(matches!(headless, NetworkError::Unreachable(_) | NetworkError::Address(_)), "{headless}");
    assert!(matches!(ask(b"SSH-2.0\r\n", After::Closes), NetworkError::Unreachable(_) | NetworkError::Address(_)));
    assert!(matches!(ask(b"", After::Closes), NetworkError::Unreachable(_)));
}

proptest! {
    #[test]
    fn an_address_read_is_read_again_as_itself(text in "(http|HTTPS)://[ -~]{0,40}") {
        if let Ok(read) = text.parse::<Address>() {
            prop_assert_eq!(read.as_str().parse::<Address>(), Ok(read.clone()));
            let uri: ureq::http::Uri = read.as_str().parse().unwrap();
            prop_assert_eq!(uri.host().unwrap(), read.host().to_string());
            prop_assert_eq!(uri.path_and_query().unwrap().as_str(), read.path());
            prop_assert!(read.covers(&read));
        }
    }
}
