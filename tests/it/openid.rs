//! Signing in by an OpenID provider made here: the whole way, through the service; and everything that is refused.

use crate::identity::{age_sessions, code, set_up, step};
use crate::scratch::Scratch;
use crate::security_key::{Authenticator, register, send};
use crate::server::{Answer, Client, Server, archive, escaped, own_password};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CLIENT: &str = "kho";
const SECRET: &str = "bí mật của kho";
/// What people are told.
const NAME: &str = "SSO tỉnh";

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What the provider does about a path in the place of an answer.
#[derive(Clone, Copy)]
enum Fault {
    Status,
    Moved,
    Floods,
    Drips,
}

/// Header and claims of the next tokens, before they are signed.
type Change = Box<dyn Fn(&mut Value, &mut Value) + Send>;

struct Conduct {
    at: SocketAddr,
    key: EcdsaKeyPair,
    kid: &'static str,
    /// What it calls whoever comes.
    subject: String,
    change: Change,
    faults: HashMap<&'static str, Fault>,
    /// Codes that were given: what was asked with each.
    codes: HashMap<String, HashMap<String, String>>,
    asked: Vec<String>,
}

/// A provider on the loopback address; it listens until the tests end.
struct Sso(Arc<Mutex<Conduct>>);

impl Sso {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let conduct = Conduct {
            at: listener.local_addr().unwrap(),
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            kid: "one",
            subject: "u-archivist".to_owned(),
            change: Box::new(|_, _| ()),
            faults: HashMap::new(),
            codes: HashMap::new(),
            asked: Vec::new(),
        };
        let conduct = Arc::new(Mutex::new(conduct));
        let shared = conduct.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let conduct = shared.clone();
                std::thread::spawn(move || serve(stream, &conduct));
            }
        });
        Self(conduct)
    }

    fn conduct(&self) -> MutexGuard<'_, Conduct> {
        self.0.lock().unwrap()
    }

    fn issuer(&self) -> String {
        self.conduct().issuer()
    }

    /// Lets tokens say something else from now on.
    fn says(&self, change: impl Fn(&mut Value, &mut Value) + Send + 'static) {
        self.conduct().change = Box::new(change);
    }

    fn knows_them_as(&self, subject: &str) {
        self.conduct().subject = subject.to_owned();
    }

    /// How often a path was asked.
    fn asked(&self, path: &str) -> usize {
        self.conduct().asked.iter().filter(|asked| asked.as_str() == path).count()
    }

    /// The service, told of this provider.
    fn served(&self, scratch: &Scratch, more: &[(&str, &str)]) -> Server {
        let file = scratch.path("openid-secret");
        fs::write(&file, format!("{SECRET}\n")).unwrap();
        let (issuer, at) = (self.issuer(), self.conduct().at.to_string());
        let told = [
            ("CHAUBAN_OPENID_ISSUER", issuer.as_str()),
            ("CHAUBAN_OPENID_CLIENT_ID", CLIENT),
            ("CHAUBAN_OPENID_CLIENT_SECRET_FILE", file.to_str().unwrap()),
            ("CHAUBAN_OPENID_NAME", NAME),
            ("CHAUBAN_OPENID_SCOPES", "openid,profile"),
            ("CHAUBAN_OPENID_VIA", at.as_str()),
            ("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "6000"),
        ];
        Server::start_with(scratch, &[], &[&told, more].concat())
    }

    /// Links an account, as two persons do.
    fn link(&self, scratch: &Scratch, account: &str, subject: &str) {
        let issuer = self.issuer();
        let link = ["account", "link", account, "--subject", subject, "--issuer", &issuer, "--reason", "test"];
        scratch.ok(&[&link[..], &["--actor", "an"]].concat());
        scratch.ok(&["account", "confirm", account, "--actor", "binh"]);
    }

    /// What the person's browser brings back: asks the provider where the service sent it.
    fn back(&self, location: &str) -> String {
        let path = location.strip_prefix(&format!("http://{}", self.conduct().at)).expect("to the provider");
        let mut stream = TcpStream::connect(self.conduct().at).unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: sso\r\n\r\n").as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let to = text.lines().find_map(|line| line.strip_prefix("location: ")).expect("a way back").to_owned();
        to[to.find("/sign-in/").unwrap()..].to_owned()
    }
}

impl Conduct {
    fn issuer(&self) -> String {
        format!("http://{}/realms/kho", self.at)
    }

    fn answer(&mut self, path: &str, query: &HashMap<String, String>, head: &str, body: &str) -> String {
        let issuer = self.issuer();
        match path {
            "/realms/kho/.well-known/openid-configuration" => {
                let here = |name: &str| format!("{issuer}/{name}");
                gives(&json!({
                    "issuer": issuer, "authorization_endpoint": here("auth"), "token_endpoint": here("token"),
                    "jwks_uri": here("keys"), "response_types_supported": ["code"],
                    "code_challenge_methods_supported": ["plain", "S256"],
                    "authorization_response_iss_parameter_supported": true,
                }))
            }
            "/realms/kho/keys" => {
                let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
                let key = json!({ "kty": "EC", "crv": "P-256", "kid": self.kid, "x": base64url(x), "y": base64url(y) });
                gives(&json!({ "keys": [key] }))
            }
            "/realms/kho/auth" => {
                assert_eq!(query["response_type"], "code");
                assert_eq!((query["client_id"].as_str(), query["scope"].as_str()), (CLIENT, "openid profile"));
                assert_eq!(query["code_challenge_method"], "S256");
                let code = format!("c-{}", self.asked.len());
                self.codes.insert(code.clone(), query.clone());
                let to =
                    format!("{}?code={code}&state={}&iss={}", query["redirect_uri"], query["state"], escaped(&issuer));
                format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\n\r\n")
            }
            "/realms/kho/token" => self.token(head, &fields(body)),
            _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
        }
    }

    fn token(&mut self, head: &str, form: &HashMap<String, String>) -> String {
        let basic = STANDARD.encode(format!("{CLIENT}:{}", escaped(SECRET)));
        assert!(head.contains(&format!("Basic {basic}")), "{head}");
        assert_eq!(form["grant_type"], "authorization_code");
        let refused = "{\"error\":\"invalid_grant\",\"error_description\":\"the code was used\"}";
        let Some(asked) = self.codes.remove(&form["code"]) else {
            let length = refused.len();
            return format!(
                "HTTP/1.1 400 Bad Request\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{refused}"
            );
        };
        let challenge = base64url(digest(&SHA256, form["code_verifier"].as_bytes()));
        assert_eq!((&challenge, &form["redirect_uri"]), (&asked["code_challenge"], &asked["redirect_uri"]));
        let mut header = json!({ "alg": "ES256", "kid": self.kid });
        let mut claims = json!({
            "iss": self.issuer(), "sub": self.subject, "aud": CLIENT, "exp": now() + 60, "iat": now(),
            "nonce": asked["nonce"], "email": "lanh.dao@example.gov.vn", "preferred_username": "administrator",
        });
        if asked.get("prompt").is_some_and(|prompt| prompt == "login") && asked["max_age"] == "0" {
            claims["auth_time"] = now().into();
        }
        (self.change)(&mut header, &mut claims);
        let message = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = match header["alg"].as_str() {
            Some("none") => Vec::new(),
            Some("HS256") => {
                let public = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, self.key.public_key().as_ref());
                aws_lc_rs::hmac::sign(&public, message.as_bytes()).as_ref().to_vec()
            }
            _ => self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
        };
        gives(&json!({ "id_token": format!("{message}.{}", base64url(signature)), "token_type": "Bearer" }))
    }
}

fn gives(document: &Value) -> String {
    let body = document.to_string();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn serve(mut stream: TcpStream, conduct: &Mutex<Conduct>) {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let Ok(got @ 1..) = stream.read(&mut part) else { return };
        bytes.extend_from_slice(&part[..got]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let target = head.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let fault = {
        let mut conduct = conduct.lock().unwrap();
        let last = path.rsplit('/').next().unwrap().to_owned();
        conduct.asked.push(last.clone());
        conduct.faults.get(last.as_str()).copied()
    };
    let until = Instant::now() + Duration::from_secs(15);
    let head_of_many = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n";
    let _ = match fault {
        None => {
            let answer = conduct.lock().unwrap().answer(path, &fields(query), &head, &body);
            stream.write_all(answer.as_bytes())
        }
        Some(Fault::Status) => stream.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        Some(Fault::Moved) => {
            stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")
        }
        Some(Fault::Floods) => {
            let _ = stream.write_all(head_of_many);
            while Instant::now() < until && stream.write_all(&[b' '; 65536]).is_ok() {}
            Ok(())
        }
        Some(Fault::Drips) => {
            let _ = stream.write_all(head_of_many);
            while Instant::now() < until && stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        }
    };
}

/// The fields of a form or a query.
fn fields(text: &str) -> HashMap<String, String> {
    let plain = |value: &str| {
        let mut bytes = Vec::new();
        let mut rest = value.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    text.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (plain(name), plain(value))).collect()
}

/// Cookies that an answer sets and that have a value, as a browser sends them.
fn cookies(answer: &Answer) -> String {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs = set.map(|(_, value)| value.split(';').next().unwrap()).filter(|pair| !pair.ends_with('='));
    pairs.collect::<Vec<_>>().join("; ")
}

fn get(server: &Server, path: &str, cookies: &str) -> Answer {
    server.ask("GET", path, &[("cookie", cookies)], b"")
}

/// The browser leaves for the provider: its ticket, and what it brings back.
#[track_caller]
fn away(server: &Server, sso: &Sso, path: &str, cookies_there: &str) -> (String, String) {
    let left = get(server, path, cookies_there);
    assert_eq!(left.status, 303, "{}", left.text());
    let back = sso.back(left.header("location"));
    (cookies(&left), back)
}

/// The whole way of somebody who has no session.
#[track_caller]
fn through(server: &Server, sso: &Sso) -> Answer {
    let (ticket, back) = away(server, sso, "/sign-in/provider", "");
    get(server, &back, &ticket)
}

/// Somebody who came back with a session.
fn client<'a>(server: &'a Server, answer: &Answer) -> Client<'a> {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let session = cookies(answer);
    let token = get(server, "/api/v1/session", &session).json()["form_token"].as_str().unwrap().to_owned();
    server.again(&session, &token)
}

#[test]
fn whom_the_provider_knows_and_two_persons_linked_signs_in() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    let server = sso.served(&scratch, &[]);
    let page = server.get("/sign-in?lang=en&next=/search%3Fwords=a").text();
    assert!(
        page.contains("href=\"/sign-in/provider?next=/search%3Fwords%3Da\"") && page.contains("SSO tỉnh"),
        "{page}"
    );
    assert!(server.get("/sign-in").header("content-security-policy").contains("form-action 'self';"));

    let left = server.get("/sign-in/provider?next=/search%3Fwords%3Da");
    let cookie = left.header("set-cookie");
    assert!(
        cookie.starts_with("chauban-sign-in=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600")
    );
    let back = sso.back(left.header("location"));
    let came = get(&server, &back, &cookies(&left));
    assert_eq!((came.status, came.header("location")), (303, "/search?words=a"), "{}", came.text());
    // The password that another person set need not be changed by who never uses it.
    let archivist = client(&server, &came);
    assert_eq!(archivist.get("/search?words=a").status, 200);
    assert_eq!(archivist.get("/api/v1/session").json()["name"], "archivist");
    assert!(archivist.get("/account?lang=en").text().contains("u-archivist"));
    assert_eq!(archivist.get("/sign-in/provider").header("location"), "/");
    let kept: String = fs::read_dir(scratch.path("kho/state/sessions"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert!(kept.contains("\"identity\"") && !kept.contains("u-archivist"));

    // Nobody else is somebody: not by a mail address, not by a name that an account has.
    sso.knows_them_as("u-<b>other</b>");
    let other = through(&server, &sso);
    assert_eq!(other.status, 403);
    assert!(other.text().contains("u-&#60;b&#62;other&#60;/b&#62;"), "{}", other.text());
    assert!(
        other.header("set-cookie").is_empty()
            && scratch.json(&["account", "list"])["accounts"].as_array().unwrap().len() == 6
    );
    assert!(!server.log().contains(SECRET) && !server.log().contains("u-<b>") && !server.log().contains("u-archivist"));

    // Who is no more linked, or whose account was closed, is out; and so is the session that it opened.
    let unlink = ["account", "unlink", "archivist", "--reason", "test", "--actor", "an"];
    scratch.ok(&unlink);
    assert_eq!(archivist.get("/search").status, 200, "it waits for a second person");
    scratch.ok(&["account", "confirm", "archivist", "--actor", "binh"]);
    crate::scratch::eventually("the session ended", || archivist.get("/api/v1/session").status == 401);
    sso.knows_them_as("u-archivist");
    assert_eq!(through(&server, &sso).status, 403);
    sso.link(&scratch, "inspector", "u-archivist");
    crate::scratch::eventually("another account is linked", || through(&server, &sso).status == 303);
    scratch.ok(&["account", "close", "inspector", "--reason", "test", "--actor", "an"]);
    crate::scratch::eventually("the account is closed", || through(&server, &sso).status == 403);
    scratch.ok(&["verify"]);
}

#[test]
fn what_the_provider_did_not_say_here_and_now_is_refused() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    let server = sso.served(&scratch, &[]);
    let refused = |answer: &Answer, words: &str| {
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert!(cookies(answer).is_empty(), "no session");
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    };
    // Words in Vietnamese are those of people who come without a choice.
    let asked_nothing = "không thuộc lần đăng nhập nào";
    let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
    let brought = |back: &str, name: &str| fields(back.split_once('?').unwrap().1)[name].clone();
    let (state, first) = (brought(&back, "state"), brought(&back, "code"));
    refused(&get(&server, &back, ""), asked_nothing);
    refused(&get(&server, &back, &format!("chauban-sign-in={}", "0".repeat(64))), asked_nothing);
    refused(&get(&server, &back.replace(&state, "other"), &ticket), asked_nothing);
    refused(&get(&server, "/sign-in/provider/answer", &ticket), asked_nothing);
    assert_eq!(get(&server, &back, &ticket).status, 303, "the right one still does");
    refused(&get(&server, &back, &ticket), asked_nothing);

    // A code that was used; an answer of another provider, or of none; the provider's own no.
    let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
    let used = back.replace(&brought(&back, "code"), &first);
    refused(&get(&server, &used, &ticket), "invalid_grant: the code was used");
    for (from, to) in [("&iss=", "&iss=https%3A%2F%2Felsewhere.example&x="), ("&iss=", "&x=")] {
        let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
        refused(&get(&server, &back.replace(from, to), &ticket), "dịch vụ đăng nhập khác");
    }
    let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
    let no = back.replace("code=", "error=access_denied&error_description=%3Cb%3Eno&x=");
    refused(&get(&server, &no, &ticket), "access_denied: &#60;b&#62;no");
    refused(&get(&server, &no, &ticket), asked_nothing);

    // Each thing that a token may say otherwise.
    let cases: [(&str, fn(&mut Value, &mut Value)); 11] = [
        ("một lần đăng nhập khác", |_, claims| claims["nonce"] = "other".into()),
        ("dành cho một dịch vụ khác", |_, claims| claims["aud"] = "other".into()),
        ("dành cho một dịch vụ khác", |_, claims| claims["azp"] = "other".into()),
        ("của một dịch vụ đăng nhập khác", |_, claims| claims["iss"] = "https://elsewhere.example".into()),
        ("thuộc thời điểm khác", |_, claims| claims["exp"] = (now() - 61).into()),
        ("thuộc thời điểm khác", |_, claims| claims["iat"] = (now() - 3600).into()),
        ("không đọc được", |header, _| header["alg"] = "none".into()),
        ("theo cách không được nhận", |header, _| header["alg"] = "HS256".into()),
        ("theo cách không được nhận", |header, _| header["alg"] = "RS512".into()),
        ("khóa mà dịch vụ đăng nhập không công bố", |header, _| header["alg"] = "RS256".into()),
        ("khóa mà dịch vụ đăng nhập không công bố", |header, _| header["kid"] = "other".into()),
    ];
    for (words, change) in cases {
        sso.says(change);
        refused(&through(&server, &sso), words);
    }
    // Unknown keys had it asked again once.
    assert_eq!(sso.asked("keys"), 2);
    sso.says(|_, _| ());
    assert_eq!(through(&server, &sso).status, 303);

    // Another site's link begins nothing.
    let from = [("sec-fetch-site", "cross-site")];
    assert_eq!(server.ask("GET", "/sign-in/provider", &from, b"").status, 403);
}

#[test]
fn a_provider_that_changes_its_keys_is_asked_for_them_again() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    let server = sso.served(&scratch, &[]);
    assert_eq!(through(&server, &sso).status, 303);
    let fresh = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    {
        let mut conduct = sso.conduct();
        (conduct.key, conduct.kid) = (fresh, "two");
    }
    assert_eq!(through(&server, &sso).status, 303);
    assert_eq!((sso.asked("openid-configuration"), sso.asked("keys")), (1, 2));
    // Another key under the same name is nobody's.
    sso.conduct().key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    assert_eq!(through(&server, &sso).status, 401);
}

#[test]
fn a_provider_that_fails_is_told_of_and_passwords_go_on() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    let server = sso.served(&scratch, &[]);
    let failed = |answer: &Answer, words: &str| {
        assert_eq!(answer.status, 502, "{}", answer.text());
        assert!(answer.text().contains(words) && answer.text().contains("name=\"password\""), "{}", answer.text());
    };
    let faults = [
        (Fault::Moved, "không đi theo"),
        (Fault::Floods, "dài quá 262144 byte"),
        (Fault::Drips, "không trả lời trong 7s"),
        (Fault::Status, "trạng thái HTTP 500"),
    ];
    for (fault, words) in faults {
        sso.conduct().faults.insert("openid-configuration", fault);
        let started = Instant::now();
        failed(&server.get("/sign-in/provider"), words);
        assert!(started.elapsed() < Duration::from_secs(12));
    }
    sso.conduct().faults.clear();
    for path in ["token", "keys"] {
        for (fault, words) in faults {
            sso.conduct().faults.insert(path, fault);
            failed(&through(&server, &sso), words);
        }
        sso.conduct().faults.clear();
    }
    assert_eq!(through(&server, &sso).status, 303, "it is well again");
    server.client("archivist");
    drop(server);

    // Nobody listens there.
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    sso.conduct().at = gone;
    let server = sso.served(&scratch, &[]);
    failed(&server.get("/sign-in/provider"), "không kết nối được");
    server.sign_in("archivist", &own_password("archivist"));
}

#[test]
fn a_second_factor_is_asked_for_after_the_provider_s_word() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    let server = sso.served(&scratch, &[("CHAUBAN_IDENTITY_SECOND_FACTOR", "archivist")]);
    // Who needs one and has none sets it up, without a password.
    let archivist = client(&server, &through(&server, &sso));
    assert_eq!(archivist.get("/search").header("location"), "/account/second-factor");
    let (secret, codes, _) = set_up(&archivist);

    let (ticket, back) = away(&server, &sso, "/sign-in/provider?next=/search", "");
    let came = get(&server, &back, &ticket);
    assert_eq!((came.status, came.header("location")), (303, "/sign-in/provider/code"));
    assert!(cookies(&came).is_empty(), "no session yet");
    assert_eq!(get(&server, "/search", &ticket).status, 303);
    assert_eq!(get(&server, "/sign-in/provider/code", "").header("location"), "/sign-in");
    let page = get(&server, "/sign-in/provider/code?lang=en", &ticket).text();
    assert!(page.contains("name=\"code\"") && !page.contains("type=\"password\""), "{page}");
    let typed = |typed: &str| {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = format!("code={typed}&form=");
        server.ask("POST", "/sign-in/provider/code", &[("cookie", &ticket), kind], body.as_bytes())
    };
    assert_eq!(typed("000000").status, 401);
    assert_eq!(typed("").status, 401);
    let came = typed(&code(&secret, step() + 1));
    assert_eq!((came.status, came.header("location")), (303, "/search"), "{}", came.text());
    assert_eq!(client(&server, &came).get("/search").status, 200);
    assert_eq!(typed(&codes[0]).header("location"), "/sign-in", "it was answered");

    // Wrong codes are counted with wrong passwords, and the pause holds for the provider's word, too.
    let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
    assert_eq!(get(&server, &back, &ticket).status, 303);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let wrong = || server.ask("POST", "/sign-in/provider/code", &[("cookie", &ticket), kind], b"code=000000");
    assert!((0..20).any(|_| wrong().status == 429));
    assert_eq!(through(&server, &sso).status, 429);
}

#[test]
fn a_security_key_answers_after_the_provider_s_word() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    sso.link(&scratch, "inspector", "u-inspector");
    let mut server = sso.served(&scratch, &[]);
    server.place = server.place.replace("127.0.0.1", "localhost");
    let mut key = Authenticator::new(&format!("http://{}", server.place), 7);
    register(&server, &client(&server, &through(&server, &sso)), &key, "một");

    let asked = |ticket: &str, path: &str, body: &Value| {
        let headers = [("cookie", ticket), ("content-type", "application/json")];
        server.ask("POST", &format!("/api/v1/session/provider/{path}"), &headers, body.to_string().as_bytes())
    };
    assert_eq!(asked("", "challenge", &json!({})).status, 401);
    let (ticket, back) = away(&server, &sso, "/sign-in/provider", "");
    assert_eq!(asked(&ticket, "challenge", &json!({})).status, 401, "the provider has not answered yet");
    assert_eq!(get(&server, &back, &ticket).header("location"), "/sign-in/provider/code");
    let page = get(&server, "/sign-in/provider/code?lang=en", &ticket).text();
    assert!(page.contains("data-key=\"/api/v1/session/provider\"") && !page.contains("name=\"code\""), "{page}");
    let options = asked(&ticket, "challenge", &json!({})).json();

    // The answer is of this ticket alone: not of another sign-in, nor in the place of a password's.
    let (other, back) = away(&server, &sso, "/sign-in/provider", "");
    get(&server, &back, &other);
    assert_eq!(asked(&other, "key", &key.get(&options, |_| ())).json()["code"], "key-refused");
    let options_again = asked(&ticket, "challenge", &json!({})).json();
    assert_eq!(send(&server, "/api/v1/session/key", &key.get(&options_again, |_| ())).status, 401);
    let options = asked(&ticket, "challenge", &json!({})).json();
    let opened = asked(&ticket, "key", &key.get(&options, |_| ()));
    assert_eq!((opened.status, &opened.json()["name"]), (200, &json!("archivist")), "{}", opened.text());
    assert_eq!(client_of(&server, &opened).get("/search").status, 200);
    assert_eq!(asked(&ticket, "challenge", &json!({})).status, 401, "it was answered");

    sso.knows_them_as("u-inspector");
    assert_eq!(through(&server, &sso).header("location"), "/", "who has no second factor is asked for none");
}

/// Somebody whom the API signed in.
fn client_of<'a>(server: &'a Server, answer: &Answer) -> Client<'a> {
    server.again(&cookies(answer), answer.json()["form_token"].as_str().unwrap())
}

#[test]
fn a_session_goes_on_when_the_provider_asked_its_holder_again() {
    let scratch = archive();
    let sso = Sso::start();
    sso.link(&scratch, "archivist", "u-archivist");
    sso.link(&scratch, "inspector", "u-inspector");
    let session = {
        let server = sso.served(&scratch, &[]);
        cookies(&through(&server, &sso))
    };
    age_sessions(&scratch);
    let server = sso.served(&scratch, &[]);
    let wanted = "/account/second-factor";
    assert_eq!(get(&server, wanted, &session).header("location"), "/sign-in-again?next=/account/second-factor");
    let page = get(&server, "/sign-in-again?next=/account/second-factor", &session).text();
    assert!(page.contains("href=\"/sign-in-again/provider?next=/account/second-factor\""), "{page}");
    let again = || {
        let (ticket, back) = away(&server, &sso, "/sign-in-again/provider?next=/account/second-factor", &session);
        (back, format!("{session}; {ticket}"))
    };
    // It did not ask, it asked somebody else, or another session wants to go on.
    sso.says(|_, claims| claims["auth_time"] = Value::Null);
    let (back, both) = again();
    assert_eq!(get(&server, &back, &both).status, 401);
    sso.says(|_, claims| claims["auth_time"] = (now() - 3600).into());
    let (back, both) = again();
    assert_eq!(get(&server, &back, &both).status, 401);
    sso.says(|_, _| ());
    sso.knows_them_as("u-inspector");
    let (back, both) = again();
    let another = get(&server, &back, &both);
    assert!(another.status == 403 && another.text().contains("một người khác"), "{}", another.text());
    sso.knows_them_as("u-archivist");
    let (back, both) = again();
    let ticket = both.rsplit_once("; ").unwrap().1.to_owned();
    let other = cookies(&through(&server, &sso));
    assert_eq!(get(&server, &back, &format!("{other}; {ticket}")).status, 401);

    let (back, both) = again();
    let came = get(&server, &back, &both);
    assert_eq!((came.status, came.header("location")), (303, wanted), "{}", came.text());
    assert_eq!(get(&server, wanted, &cookies(&came)).status, 200);
    assert_eq!(get(&server, "/account", &session).status, 303, "the old cookie opens nothing");
}

#[test]
fn a_link_is_proposed_by_one_and_confirmed_by_another() {
    let scratch = archive();
    let sso = Sso::start();
    crate::account::made(&scratch, "lan", "administrator", &[]);
    let server = sso.served(&scratch, &[]);
    let (first, second) = (server.client("administrator"), server.client("lan"));
    let link = |client: &Client<'_>, name: &str, subject: Value| {
        client.json(
            "POST",
            &format!("/api/v1/accounts/{name}/identity"),
            &json!({ "subject": subject, "reason": "14/QĐ" }),
        )
    };
    for subject in ["", "ă", &"x".repeat(256)] {
        assert_eq!(link(&first, "archivist", subject.into()).status, 400, "{subject}");
    }
    assert_eq!(link(&first, "nobody", "u".into()).status, 404);
    assert_eq!(link(&first, "archivist", Value::Null).status, 409, "nothing is linked");
    assert_eq!(link(&server.client("inspector"), "archivist", "u".into()).status, 403);
    let proposed = link(&first, "archivist", "u-archivist".into());
    assert_eq!((proposed.status, proposed.json()["proposal"].is_object()), (200, true), "{}", proposed.text());
    assert_eq!(proposed.json()["identity"], Value::Null);
    assert_eq!(through(&server, &sso).status, 403, "nothing counts yet");
    assert_eq!(link(&first, "archivist", "other".into()).status, 409, "something waits");
    let page = second.get("/accounts?lang=en").text();
    assert!(page.contains("sign-in service: u-archivist"), "{page}");
    let listed = |name: &str| {
        let all = first.get("/api/v1/accounts").json();
        all["accounts"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let confirm = |client: &Client<'_>, name: &str| {
        let entry = listed(name)["proposal"]["entry"].to_string();
        client.form(&format!("/accounts/{name}/confirm"), &[("proposal", &entry)]).status
    };
    assert_eq!((confirm(&first, "archivist"), confirm(&second, "archivist")), (403, 303));
    assert_eq!(through(&server, &sso).status, 303);
    let identity = json!({ "issuer": sso.issuer(), "subject": "u-archivist" });
    assert_eq!(listed("archivist")["identity"], identity);

    // One person at the provider is one account's holder: also where both were proposed at once.
    assert_eq!(link(&first, "inspector", "u-archivist".into()).status, 409);
    assert_eq!(link(&first, "inspector", "u-two".into()).status, 200);
    let form = [("subject", "u-two"), ("reason", "r")];
    assert_eq!(first.form("/accounts/council-member/link", &form).status, 303);
    assert_eq!((confirm(&second, "inspector"), confirm(&second, "council-member")), (303, 409));
    assert_eq!(first.form("/accounts/archivist/link", &[("subject", "ă"), ("reason", "r")]).status, 422);

    // Other roles leave it as it is; that it ends is proposed like everything.
    let roles =
        json!({ "name": "archivist", "holder": "Lan", "roles": ["inspector"], "agencies": null, "reason": "r" });
    assert_eq!(first.json("POST", "/api/v1/accounts", &roles).status, 201);
    assert_eq!(confirm(&second, "archivist"), 303);
    let after = listed("archivist");
    assert_eq!((&after["identity"], &after["roles"]), (&identity, &json!(["inspector"])));
    assert_eq!(first.form("/accounts/archivist/link", &[("reason", "r")]).status, 303);
    assert!(second.get("/accounts?lang=en").text().contains("no sign-in service"));
    assert_eq!(confirm(&second, "archivist"), 303);
    assert_eq!(listed("archivist")["identity"], Value::Null);
    drop(server);

    // Without a provider there is nothing to link over HTTP, and no way to it.
    let server = Server::start(&scratch);
    assert!(!server.get("/sign-in").text().contains("/sign-in/provider"));
    let client = server.sign_in("lan", &own_password("lan"));
    assert_eq!(link(&client, "archivist", "u".into()).status, 409);
    assert_eq!(server.get("/sign-in/provider").status, 404);
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.json(&["account", "list"])["accounts"][3]["identity"]["subject"], "u-two");
    scratch.expect(2, &["account", "link", "archivist", "--subject", "u", "--reason", "r", "--actor", "an"]);
}

#[test]
fn over_tls_the_ticket_is_the_host_s_own() {
    let scratch = archive();
    let sso = Sso::start();
    let server = sso.served(&scratch, &[("CHAUBAN_LISTEN_PUBLIC", "https://luutru.example.gov.vn")]);
    let left = server.get("/sign-in/provider");
    let cookie = left.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-chauban-sign-in=") && cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Secure;")
    );
    let query = fields(left.header("location").split_once('?').unwrap().1);
    assert_eq!(query["redirect_uri"], "https://luutru.example.gov.vn/sign-in/provider/answer");
    // The cookie of plain HTTP is nobody's there.
    let back = sso.back(left.header("location"));
    assert_eq!(get(&server, &back, &cookies(&left).replace("__Host-", "")).status, 401);
    assert_eq!(get(&server, &back, &cookies(&left)).status, 403, "nobody is linked");
}

#[test]
fn a_slow_provider_holds_nobody_else_up() {
    let scratch = archive();
    let sso = Sso::start();
    let server = sso.served(&scratch, &[]);
    sso.conduct().faults.insert("openid-configuration", Fault::Drips);
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..6).map(|_| scope.spawn(|| server.get("/sign-in/provider").status)).collect();
        std::thread::sleep(Duration::from_secs(1));
        let started = Instant::now();
        assert_eq!(server.get("/sign-in").status, 200);
        server.sign_in("archivist", crate::account::PASSWORD);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        assert!(waiting.into_iter().all(|one| matches!(one.join().unwrap(), 502 | 503)));
    });
}
