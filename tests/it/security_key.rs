//! Security keys over the wire, with an authenticator made here: registered, used to sign in and to prove again, refused.

use crate::scratch::{Scratch, eventually};
use crate::server::{Answer, Client, Server, archive, own_password};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use serde_json::{Value, json};

/// Somebody touched the key.
const PRESENT: u8 = 0x01;
/// A new key follows.
const NEW: u8 = 0x40;

/// An authenticator of one key, and the browser before it.
pub struct Authenticator {
    key: EcdsaKeyPair,
    name: [u8; 24],
    counter: u32,
    origin: String,
}

/// What the browser and the key say, before the key signs it.
pub struct Said {
    id: Vec<u8>,
    client_data: Value,
    domain: String,
    flags: u8,
    counter: u32,
    user_handle: Option<String>,
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn cbor(fields: Vec<(Cbor, Cbor)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(&Cbor::Map(fields), &mut bytes).unwrap();
    bytes
}

impl Authenticator {
    pub fn new(origin: &str, name: u8) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, name: [name; 24], counter: 0, origin: origin.to_owned() }
    }

    /// What a browser brings of the new key, and what it was asked.
    fn create(&self, asked: &Value) -> Value {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let number = |field: i64, value: i64| (field.into(), value.into());
        let public = vec![
            number(1, 2),
            number(3, -7),
            number(-1, 1),
            ((-2).into(), Cbor::Bytes(x.to_vec())),
            ((-3).into(), Cbor::Bytes(y.to_vec())),
        ];
        let domain = sha256(asked["rp"]["id"].as_str().unwrap().as_bytes());
        let head =
            [&domain[..], &[PRESENT | NEW], &self.counter.to_be_bytes(), &[0; 16], &[0, 24], &self.name].concat();
        let data = [head, cbor(public)].concat();
        let object = cbor(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Cbor::Map(vec![])),
            ("authData".into(), Cbor::Bytes(data)),
        ]);
        let client_data = self.client_data("webauthn.create", asked).to_string();
        let said = json!({
            "clientDataJSON": base64url(client_data), "attestationObject": base64url(object), "transports": ["usb", "x"],
        });
        json!({ "id": base64url(self.name), "rawId": base64url(self.name), "type": "public-key", "response": said })
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Value {
        json!({ "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false })
    }

    /// Answers a challenge; `change` says what is not as it should be.
    pub fn get(&mut self, asked: &Value, change: impl FnOnce(&mut Said)) -> Value {
        self.counter += 1;
        let mut said = Said {
            id: self.name.to_vec(),
            client_data: self.client_data("webauthn.get", asked),
            domain: asked["rpId"].as_str().unwrap().to_owned(),
            flags: PRESENT,
            counter: self.counter,
            user_handle: None,
        };
        change(&mut said);
        let client_data = said.client_data.to_string();
        let data = [sha256(said.domain.as_bytes()), vec![said.flags], said.counter.to_be_bytes().to_vec()].concat();
        let signed = [data.clone(), sha256(client_data.as_bytes())].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": base64url(client_data), "authenticatorData": base64url(data),
            "signature": base64url(signature.as_ref()), "userHandle": said.user_handle,
        });
        json!({ "id": base64url(said.id), "type": "public-key", "response": response })
    }
}

/// The service by a name that browsers bind keys to.
fn started(scratch: &Scratch) -> Server {
    // So many at once are nobody's usual pace.
    let pace = [("CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE", "6000")];
    let mut server = Server::start_with(scratch, &[], &pace);
    server.place = server.place.replace("127.0.0.1", "localhost");
    server
}

pub fn send(server: &Server, path: &str, body: &Value) -> Answer {
    server.ask("POST", path, &[("content-type", "application/json")], body.to_string().as_bytes())
}

/// The cookie that an answer sets, and the form token in it.
fn opened<'a>(server: &'a Server, answer: &Answer) -> Client<'a> {
    let cookie = answer.header("set-cookie").split(';').next().unwrap();
    server.again(cookie, answer.json()["form_token"].as_str().unwrap())
}

/// Registers a key; the session goes on as another.
#[track_caller]
pub fn register<'a>(server: &'a Server, client: &Client<'_>, key: &Authenticator, label: &str) -> Client<'a> {
    let asked = client.json("POST", "/api/v1/keys/challenge", &json!({}));
    assert_eq!(asked.status, 200, "{}", asked.text());
    let wanted = json!({ "label": label, "credential": key.create(&asked.json()) });
    let added = client.json("POST", "/api/v1/keys", &wanted);
    assert_eq!(added.status, 201, "{}", added.text());
    assert_eq!(client.json("POST", "/api/v1/keys", &wanted).status, 401, "the session goes on under another cookie");
    opened(server, &added)
}

fn ask(server: &Server, name: &str) -> Value {
    let given = json!({ "name": name, "password": own_password(name) });
    let asked = send(server, "/api/v1/session/challenge", &given);
    assert_eq!(asked.status, 200, "{}", asked.text());
    asked.json()
}

fn outcome(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["code"].clone())
}

#[test]
fn a_security_key_signs_in_and_proves_again_in_the_place_of_a_code() {
    let scratch = archive();
    let server = started(&scratch);
    let mut key = Authenticator::new(&format!("http://{}", server.place), 7);
    let (first, elsewhere) = (server.client("archivist"), server.sign_in("archivist", &own_password("archivist")));
    assert!(first.get("/account/keys?lang=en").text().contains("data-key=\"/api/v1/keys\""));
    let archivist = register(&server, &first, &key, " <b>YubiKey</b> ");
    assert_eq!(elsewhere.get("/api/v1/session").status, 401, "every other session has ended");

    let listed = archivist.get("/api/v1/keys").json();
    assert_eq!((&listed["keys"][0]["label"], &listed["keys"][0]["used"]), (&json!("<b>YubiKey</b>"), &Value::Null));
    let page = archivist.get("/account/keys?lang=en").text();
    assert!(page.contains("YubiKey") && !page.contains("<b>YubiKey"), "{page}");
    assert!(archivist.get("/account?lang=en").text().contains("1 key is registered"));

    // The password alone is not enough any more, with a wrong one no challenge is given, and a code is none.
    let given = |password: &str, code: Value| json!({ "name": "archivist", "password": password, "code": code });
    let own = own_password("archivist");
    assert_eq!(outcome(&send(&server, "/api/v1/session", &given(&own, Value::Null))), (401, json!("code-missing")));
    assert_eq!(send(&server, "/api/v1/session", &given(&own, json!("000000"))).status, 401);
    let wrong = send(&server, "/api/v1/session/challenge", &given("mưa", Value::Null));
    assert_eq!(outcome(&wrong), (401, json!("wrong-password")));
    let none = json!({ "name": "inspector", "password": crate::account::PASSWORD });
    assert_eq!(outcome(&send(&server, "/api/v1/session/challenge", &none)), (409, json!("conflict")));

    let asked = ask(&server, "archivist");
    assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("localhost"), &json!("preferred")));
    let known = json!([{ "id": base64url(key.name), "transports": ["usb"], "type": "public-key" }]);
    assert_eq!(asked["allowCredentials"], known);
    let signed_in = send(&server, "/api/v1/session/key", &key.get(&asked, |_| ()));
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let archivist = opened(&server, &signed_in);
    assert!(archivist.get("/api/v1/keys").json()["keys"][0]["used"].is_string());

    let asked = archivist.json("POST", "/api/v1/session/proof/challenge", &json!({ "password": own }));
    let proved = archivist.json("POST", "/api/v1/session/proof/key", &key.get(&asked.json(), |_| ()));
    assert_eq!(proved.status, 200, "{}", proved.text());
    assert_eq!(archivist.get("/api/v1/session").status, 401);
    let archivist = opened(&server, &proved);

    // A second one; each opens; nobody else takes one away, and the last gone leaves the password.
    let spare = Authenticator::new(&key.origin, 8);
    let archivist = register(&server, &archivist, &spare, "két sắt");
    let ids: Vec<String> = archivist.get("/api/v1/keys").json()["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap().to_owned())
        .collect();
    let inspector = server.client("inspector");
    assert_eq!(inspector.form(&format!("/account/keys/{}/remove", ids[0]), &[]).status, 404);
    assert_eq!(archivist.form(&format!("/account/keys/{}/remove", ids[0]), &[]).status, 303);
    let taken = send(&server, "/api/v1/session/key", &key.get(&ask(&server, "archivist"), |_| ()));
    assert_eq!(outcome(&taken), (401, json!("key-refused")));
    assert_eq!(archivist.json("DELETE", &format!("/api/v1/keys/{}", ids[1]), &json!({})).status, 204);
    assert_eq!(send(&server, "/api/v1/session", &given(&own, Value::Null)).status, 200);
    eventually("it is logged", || server.log().contains("a security key was taken away"));
}

#[test]
fn what_a_key_did_not_answer_here_and_now_is_refused() {
    let scratch = archive();
    let server = started(&scratch);
    let origin = format!("http://{}", server.place);
    let mut key = Authenticator::new(&origin, 7);
    register(&server, &server.client("archivist"), &key, "một");
    let mut other = Authenticator::new(&origin, 8);
    let inspector = register(&server, &server.client("inspector"), &other, "hai");
    let refused = (401, json!("key-refused"));
    let good = |key: &mut Authenticator| {
        let answer = send(&server, "/api/v1/session/key", &key.get(&ask(&server, "archivist"), |_| ()));
        assert_eq!(answer.status, 200, "{}", answer.text());
        opened(&server, &answer)
    };

    let elsewhere = base64url([9; 32]);
    type Change<'a> = &'a dyn Fn(&mut Said);
    let changes: [(&str, Change<'_>); 9] = [
        ("another origin", &|said| said.client_data["origin"] = "https://localhost.evil.example".into()),
        ("within another site's page", &|said| said.client_data["crossOrigin"] = true.into()),
        ("a registration", &|said| said.client_data["type"] = "webauthn.create".into()),
        ("a challenge that was not given", &|said| said.client_data["challenge"] = elsewhere.as_str().into()),
        ("another domain", &|said| said.domain = "evil.example".to_owned()),
        ("nobody was there", &|said| said.flags = 0),
        ("a key of another account", &|said| said.id = vec![8; 24]),
        ("a key of nobody", &|said| said.id = vec![1]),
        ("for another holder", &|said| said.user_handle = Some(base64url([1; 16]))),
    ];
    for (what, change) in changes {
        let answer = send(&server, "/api/v1/session/key", &key.get(&ask(&server, "archivist"), change));
        assert_eq!(outcome(&answer), refused, "{what}");
        assert_eq!(answer.header("set-cookie"), "", "{what}");
        good(&mut key);
    }
    // The other account's key answers as itself, and signs what it was not asked.
    let answer = send(&server, "/api/v1/session/key", &other.get(&ask(&server, "archivist"), |_| ()));
    assert_eq!(outcome(&answer), refused);
    let answer =
        send(&server, "/api/v1/session/key", &other.get(&ask(&server, "archivist"), |said| said.id = vec![7; 24]));
    assert_eq!(outcome(&answer), refused);
    good(&mut key);

    // Once: the same answer again is none, nor is one more to the challenge that was spoilt.
    let (asked, spoilt) = (ask(&server, "archivist"), ask(&server, "archivist"));
    let answer = key.get(&asked, |_| ());
    assert_eq!(send(&server, "/api/v1/session/key", &answer).status, 200);
    assert_eq!(outcome(&send(&server, "/api/v1/session/key", &answer)), refused);
    assert_eq!(outcome(&send(&server, "/api/v1/session/key", &key.get(&spoilt, |said| said.flags = 0))), refused);
    assert_eq!(outcome(&send(&server, "/api/v1/session/key", &key.get(&spoilt, |_| ()))), refused);
    let archivist = good(&mut key);

    // For one purpose, of one session.
    let proof = |client: &Client<'_>, name: &str| {
        let asked = client.json("POST", "/api/v1/session/proof/challenge", &json!({ "password": own_password(name) }));
        assert_eq!(asked.status, 200, "{}", asked.text());
        asked.json()
    };
    let to_prove = proof(&archivist, "archivist");
    assert_eq!(outcome(&send(&server, "/api/v1/session/key", &key.get(&to_prove, |_| ()))), refused);
    let to_sign_in = ask(&server, "archivist");
    let answer = archivist.json("POST", "/api/v1/session/proof/key", &key.get(&to_sign_in, |_| ()));
    assert_eq!(outcome(&answer), refused);
    let of_another = proof(&inspector, "inspector");
    let answer = archivist.json("POST", "/api/v1/session/proof/key", &other.get(&of_another, |_| ()));
    assert_eq!(outcome(&answer), refused);
    let to_register = inspector.json("POST", "/api/v1/keys/challenge", &json!({})).json();
    let third = Authenticator::new(&origin, 9);
    let wanted = |credential: &Value| json!({ "label": "ba", "credential": credential });
    let answer = archivist.json("POST", "/api/v1/keys", &wanted(&third.create(&to_register)));
    assert_eq!(outcome(&answer), (400, json!("invalid")), "a challenge of another session");

    // One key is of one account; a label is a line.
    let ask_new = |client: &Client<'_>| client.json("POST", "/api/v1/keys/challenge", &json!({})).json();
    let answer = inspector.json("POST", "/api/v1/keys", &wanted(&key.create(&ask_new(&inspector))));
    assert_eq!(outcome(&answer), (409, json!("conflict")));
    let unnamed = json!({ "label": "\n", "credential": third.create(&ask_new(&archivist)) });
    assert_eq!(archivist.json("POST", "/api/v1/keys", &unnamed).status, 400);

    // Garbage, and too much of it.
    for (id, bytes) in [("é", "AAAA".to_owned()), ("AAAA", "=".to_owned()), ("AAAA", "A".repeat(100_000))] {
        let response = json!({ "clientDataJSON": bytes, "authenticatorData": bytes, "signature": bytes });
        let answer = send(&server, "/api/v1/session/key", &json!({ "id": id, "response": response }));
        assert!(matches!(answer.status, 400 | 401), "{}", answer.text());
        let new = json!({ "response": { "clientDataJSON": bytes, "attestationObject": bytes } });
        assert_eq!(archivist.json("POST", "/api/v1/keys", &wanted(&new)).status, 400);
    }
    for body in [json!({}), json!([1]), json!({ "id": 1, "response": null })] {
        assert_eq!(send(&server, "/api/v1/session/key", &body).status, 422);
    }

    // A counter that goes back tells of a copy: refused, logged, and told to the holder.
    good(&mut key);
    let back = send(&server, "/api/v1/session/key", &key.get(&ask(&server, "archivist"), |said| said.counter = 2));
    assert_eq!(outcome(&back), (401, json!("key-went-back")));
    eventually("it is logged", || server.log().contains("CounterBack"));
    assert!(archivist.get("/api/v1/keys").json()["keys"][0]["went_back"].is_string());
    assert!(archivist.get("/account/keys?lang=en").text().contains("Its counter went back"));
    good(&mut key);

    // A password that was set since makes the right one that was given nothing.
    let asked = ask(&server, "archivist");
    crate::account::typed(&scratch, &["account", "password", "archivist"], "sông cạn đá mòn lòng chẳng đổi");
    let answer = send(&server, "/api/v1/session/key", &key.get(&asked, |_| ()));
    assert_eq!(outcome(&answer), (401, json!("wrong-password")));
    // The keys stay with a new password, and go with every other second factor.
    let given = json!({ "name": "archivist", "password": "sông cạn đá mòn lòng chẳng đổi" });
    assert_eq!(send(&server, "/api/v1/session/challenge", &given).status, 200);
    scratch.ok(&["account", "forget-second-factor", "archivist"]);
    assert_eq!(send(&server, "/api/v1/session", &given).status, 200);
}

#[test]
fn wrong_keys_are_counted_as_wrong_passwords_are() {
    let scratch = archive();
    let server = started(&scratch);
    let mut key = Authenticator::new(&format!("http://{}", server.place), 7);
    register(&server, &server.client("archivist"), &key, "một");
    let asked = ask(&server, "archivist");
    let tried = (0..20).find(|_| {
        let given = json!({ "name": "archivist", "password": own_password("archivist") });
        let asked = send(&server, "/api/v1/session/challenge", &given);
        if asked.status == 429 {
            return true;
        }
        send(&server, "/api/v1/session/key", &key.get(&asked.json(), |said| said.flags = 0)).status == 429
    });
    assert!(tried.is_some_and(|tries| tries >= 4), "{tried:?}");
    // The right key is not heard either, for as long.
    assert_eq!(send(&server, "/api/v1/session/key", &key.get(&asked, |_| ())).status, 429);
}

#[test]
fn keys_are_of_the_address_that_browsers_know() {
    let scratch = archive();
    // In numbers there is no domain: the page says what to do.
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let page = archivist.get("/account/keys?lang=en").text();
    assert!(
        page.contains("listen.public") && page.contains("http://localhost") && !page.contains("data-key="),
        "{page}"
    );
    assert_eq!(archivist.json("POST", "/api/v1/keys/challenge", &json!({})).status, 409);
    drop(server);

    // With a public address the key is of that, and is the second factor that every role needs there.
    let told = [("CHAUBAN_LISTEN_PUBLIC", "https://Luutru.Example.gov.vn:8443")];
    let server = Server::start_with(&scratch, &[], &told);
    let archivist = server.sign_in("archivist", &own_password("archivist"));
    assert_eq!(archivist.get("/").header("location"), "/account/second-factor");
    let key = Authenticator::new("https://luutru.example.gov.vn:8443", 7);
    let archivist = register(&server, &archivist, &key, "một");
    assert_eq!(archivist.get("/").status, 200);
    let asked = archivist.json("POST", "/api/v1/keys/challenge", &json!({})).json();
    assert_eq!(asked["rp"]["id"], "luutru.example.gov.vn");
    let far = Authenticator::new("https://luutru.example.gov.vn", 8);
    let answer = archivist.json("POST", "/api/v1/keys", &json!({ "label": "x", "credential": far.create(&asked) }));
    assert_eq!(answer.status, 400, "another port is another origin");
}
