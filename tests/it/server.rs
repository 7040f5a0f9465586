//! The service on a loopback port, and a client of a few lines: what is tested is what goes over the wire.

use crate::account::{PASSWORD, made};
use crate::scratch::Scratch;
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The service, until it is dropped.
pub struct Server {
    process: Child,
    /// `127.0.0.1:port`.
    pub place: String,
    log: Arc<Mutex<String>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body; shorter than stated where the service broke it off.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(given, _)| given == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Server {
    /// Starts it on the archive of `scratch`.
    pub fn start(scratch: &Scratch) -> Self {
        Self::start_with(scratch, &[], &[])
    }

    /// The same with further options, and variables of the environment.
    pub fn start_with(scratch: &Scratch, options: &[&str], environment: &[(&str, &str)]) -> Self {
        let usual = ["serve", "--listen", "127.0.0.1:0", "--stamp-every", "0"];
        let mut command = scratch.command(&[&usual, options].concat());
        command.envs(environment.iter().copied());
        let mut process = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let place = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let place = line.strip_prefix("listening on http").map(|rest| rest.trim_start_matches('s').to_owned());
            said.push(line);
            Some(place?.trim_start_matches("://").trim_end_matches('/').to_owned())
        });
        let log = Arc::new(Mutex::new(String::new()));
        let kept = log.clone();
        let keep = move |line: String| kept.lock().unwrap().push_str(&(line + "\n"));
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(keep));
        let place = place.unwrap_or_else(|| panic!("it does not listen: {said:?}"));
        Self { process, place, log }
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let told = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.process.id())]).status().unwrap();
        assert!(told.success());
    }

    /// Its exit status, once it has ended.
    pub fn ended(&mut self) -> i32 {
        self.process.wait().unwrap().code().expect("it was not killed")
    }

    /// Waits until it is gone; whether a signal took it.
    pub fn died(&mut self) -> bool {
        self.process.wait().unwrap().code().is_none()
    }

    /// The client of a session that began before the service started again.
    pub fn again(&self, cookie: &str, token: &str) -> Client<'_> {
        Client { server: self, cookie: cookie.to_owned(), token: token.to_owned() }
    }

    /// Asks, and reads the answer to its end.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body).expect("an answer")
    }

    /// The same of a service that may be gone.
    pub fn try_ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.place)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.place);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes())?;
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers: Vec<_> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        let mut answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
        if answer.header("transfer-encoding") == "chunked" {
            answer.body = unchunked(&answer.body);
        }
        Ok(answer)
    }

    /// Gets as nobody.
    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    /// Signs in; the client of that session.
    #[track_caller]
    pub fn sign_in(&self, name: &str, password: &str) -> Client<'_> {
        let body = json!({ "name": name, "password": password }).to_string();
        let answer = self.ask("POST", "/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Client { server: self, cookie, token: answer.json()["form_token"].as_str().unwrap().to_owned() }
    }

    /// A client of an account that has changed the password it was given.
    #[track_caller]
    pub fn client(&self, name: &str) -> Client<'_> {
        let first = self.sign_in(name, PASSWORD);
        let own = own_password(name);
        let answer = first.form("/account/password", &[("old", PASSWORD), ("new", &own), ("again", &own)]);
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.sign_in(name, &own)
    }
}

/// The password that a client gives itself.
pub fn own_password(name: &str) -> String {
    format!("thuyền {name} về bến cũ chiều nay")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Somebody who signed in.
pub struct Client<'a> {
    server: &'a Server,
    /// The session's cookie, `name=value`.
    pub cookie: String,
    /// What forms carry.
    pub token: String,
}

impl Client<'_> {
    /// The service's log so far.
    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Gets.
    pub fn get(&self, path: &str) -> Answer {
        self.with(path, &[])
    }

    /// Gets, with further headers.
    pub fn with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.server.ask("GET", path, &[headers, &[("cookie", self.cookie.as_str())]].concat(), b"")
    }

    /// Asks with the session's token, and further headers.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.try_ask(method, path, headers, body).expect("an answer")
    }

    /// The same of a service that may be gone.
    pub fn try_ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let own = [("cookie", self.cookie.as_str()), ("x-form-token", self.token.as_str())];
        self.server.try_ask(method, path, &[headers, &own].concat(), body)
    }

    /// Sends JSON.
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// Sends a form as its bytes are, without a token in a header.
    pub fn form_bytes(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        self.server.ask("POST", path, &[("cookie", self.cookie.as_str()), ("content-type", kind)], body)
    }

    /// Sends a form with the session's token.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.form_as(path, &[fields, &[("form", self.token.as_str())]].concat(), &[])
    }

    /// Sends a form as it is given, with further headers.
    pub fn form_as(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let usual = [("cookie", self.cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.server.ask("POST", path, &[headers, &usual].concat(), body.join("&").as_bytes())
    }
}

/// A value in a form or a query.
pub fn escaped(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._".contains(byte);
    text.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// An archive with records of two agencies, and an account of every role, named by it; the officer's agency is H26.10.
pub fn archive() -> Scratch {
    let scratch = Scratch::new();
    scratch.document("t/1", b"%PDF-1.7 one", json!({}));
    scratch.document(
        "t/2",
        b"%PDF-1.7 two",
        json!({ "symbol": "16/QĐ-STTTT", "subject": "Về việc <b>mua sắm</b> & \"khác\"" }),
    );
    let other = json!({ "agency_code": "H26.33", "agency_name": "Sở khác", "symbol": "7/TB-SK", "file_code": "H26.33.2024.001" });
    scratch.document("t/3", b"%PDF-1.7 three", other);
    assert_eq!(scratch.ingest("t").summary["taken"], 3);
    made(&scratch, "administrator", "administrator", &[]);
    made(&scratch, "transferring-officer", "transferring-officer", &["--agency", "H26.10"]);
    for role in ["archivist", "inspector", "council-member", "deciding-authority"] {
        made(&scratch, role, role, &[]);
    }
    scratch
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&body[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(piece) = length.filter(|length| *length > 0).and_then(|length| body.get(end + 2..end + 2 + length))
        else {
            break;
        };
        whole.extend_from_slice(piece);
        body = &body[(end + 4 + piece.len()).min(body.len())..];
    }
    whole
}
