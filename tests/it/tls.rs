//! TLS as clients see it: versions, protocols, certificates that change while connections go on; and what is not served.

use crate::scratch::{Scratch, eventually};
use crate::server::{Server, archive};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

fn connect(server: &Server, protocol: &[u8]) -> Stream {
    connect_as(server, protocol, None)
}

/// Connects with the client's certificate and key of two fixtures.
fn connect_as(server: &Server, protocol: &[u8], client: Option<&str>) -> Stream {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots);
    let mut config = match client {
        None => config.with_no_client_auth(),
        Some(name) => {
            let chain = vec![CertificateDer::from_pem_file(fixture(&format!("{name}.pem"))).unwrap()];
            let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    };
    config.alpn_protocols = vec![protocol.to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(&server.place).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    StreamOwned::new(connection, stream)
}

/// Asks on a connection, which stays open; the head of the answer.
fn ask(stream: &mut Stream, path: &str) -> String {
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    let length = loop {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        if body.len() >= length {
            break head.len();
        }
    };
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

fn served(stream: &Stream) -> CertificateDer<'static> {
    stream.conn.peer_certificates().unwrap()[0].clone().into_owned()
}

fn place(scratch: &Scratch, name: &str) {
    for kind in ["pem", "key"] {
        std::fs::copy(fixture(&format!("{name}.{kind}")), scratch.path(format!("tls.{kind}"))).unwrap();
    }
}

const OPTIONS: [&str; 6] = ["--certificates", "tls.pem", "--key", "tls.key", "--address", "https://localhost"];

#[test]
fn certificates_change_while_connections_go_on() {
    let scratch = archive();
    place(&scratch, "one");
    let server = Server::start_with(&scratch, &OPTIONS, &[("CHAUBAN_LOG", "info")]);
    let expect = |name: &str| CertificateDer::from_pem_file(fixture(&format!("{name}.pem"))).unwrap();
    let mut first = connect(&server, b"http/1.1");
    let head = ask(&mut first, "/healthz");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("strict-transport-security: max-age="), "{head}");
    assert_eq!(served(&first), expect("one"));
    assert_eq!(first.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));

    // Halfway through a change the files do not belong together: what served goes on serving.
    std::fs::copy(fixture("two.pem"), scratch.path("tls.pem")).unwrap();
    server.signal("HUP");
    eventually("it says so", || server.log().contains("the certificates from before serve on"));
    let mut between = connect(&server, b"http/1.1");
    ask(&mut between, "/healthz");
    assert_eq!(served(&between), expect("one"));

    place(&scratch, "two");
    server.signal("HUP");
    eventually("the new certificate is served", || {
        let mut second = connect(&server, b"http/1.1");
        ask(&mut second, "/healthz");
        served(&second) == expect("two")
    });
    assert!(ask(&mut first, "/readyz").starts_with("HTTP/1.1 200"), "the first connection goes on");
}

#[test]
fn http_2_is_spoken_where_both_can() {
    let scratch = archive();
    place(&scratch, "one");
    let server = Server::start_with(&scratch, &OPTIONS, &[]);
    let mut stream = connect(&server, b"h2");
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(b"h2".as_slice()));
    assert_eq!(frame[3], 4, "its settings come first (RFC 9113 §3.4)");
    // Plain HTTP on the same port is no answer.
    let mut plain = TcpStream::connect(&server.place).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut told = Vec::new();
    let _ = plain.read_to_end(&mut told);
    assert!(!told.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&told));
}

#[test]
fn what_can_not_be_served_safely_is_not_served() {
    let scratch = Scratch::new();
    let refused = |options: &[&str], words: &str| {
        let ran = scratch.expect(2, &[&["serve"], options].concat());
        assert!(ran.err.contains(words), "{}", ran.err);
    };
    refused(&["--listen", "0.0.0.0:0"], "there is no TLS");
    refused(&["--listen", "0.0.0.0:0", "--address", "https://kho.example"], "there is no TLS");
    place(&scratch, "one");
    refused(&["--certificates", "tls.pem", "--key", "tls.key"], "listen.public is missing");
    std::fs::copy(fixture("two.key"), scratch.path("tls.key")).unwrap();
    refused(&OPTIONS, "is not the key of the first certificate");

    // A file with all of it wrong is told in one go.
    std::fs::write(scratch.path("c.toml"), "[listen]\naddress = 'x'\n[tls]\nkey = 'tls.key'\n[logs]\n").unwrap();
    let told = scratch.expect(2, &["config", "check", "--config", "c.toml", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    let places: Vec<_> =
        told["mistakes"].as_array().unwrap().iter().map(|one| one["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["c.toml:2", "c.toml:5", "c.toml:4"]);
    let good = "[archive]\nfolder = 'kho'\n[listen]\npublic = 'https://localhost'\n[tls]\nkey = 'tls.key'\ncertificates = 'tls.pem'";
    std::fs::write(scratch.path("c.toml"), good).unwrap();
    let told = scratch.expect(2, &["config", "check", "--config", "c.toml"]);
    assert!(told.out.contains("is not the key"), "{}", told.out);
    place(&scratch, "one");
    scratch.ok(&["config", "check", "--config", "c.toml"]);
    std::fs::write(scratch.path("shown.toml"), scratch.ok(&["config", "example"])).unwrap();
    scratch.ok(&["account", "list", "--config", "shown.toml"]);
}

#[test]
fn a_client_s_certificate_is_as_good_as_a_token() {
    let scratch = archive();
    place(&scratch, "one");
    let authorities = fixture("ca.pem");
    let told = [("CHAUBAN_TLS_CLIENT_AUTHORITIES", authorities.to_str().unwrap())];
    let server = Server::start_with(&scratch, &OPTIONS, &told);
    let status = |client: Option<&str>, path: &str| {
        let head = ask(&mut connect_as(&server, b"http/1.1", client), path);
        head.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status(Some("client"), "/api/v1/records"), "401", "it is of the authority, and of nobody here");
    let certificate = fixture("client.pem");
    let add = ["account", "token", "add", "archivist", "--label", "eOffice", "--action", "search"];
    let add = [&add[..], &["--certificate", certificate.to_str().unwrap()][..]].concat();
    let made = scratch.json(&add);
    assert_eq!((&made["by_certificate"], &made["secret"]), (&true.into(), &serde_json::Value::Null));
    scratch.expect(4, &add);
    assert_eq!(status(Some("client"), "/api/v1/records"), "200");
    assert_eq!(status(Some("client"), "/api/v1/holdings"), "403", "the token is not for this");
    assert_eq!(status(None, "/api/v1/records"), "401");
    // A server's certificate is none for clients, although the authority is the same.
    let mut wrong = connect_as(&server, b"http/1.1", Some("two"));
    let _ = wrong.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert!(wrong.read(&mut [0; 16]).map_or(true, |read| read == 0));
    scratch.ok(&["account", "token", "revoke", "archivist", made["token"].as_str().unwrap()]);
    assert_eq!(status(Some("client"), "/api/v1/records"), "401");
}
