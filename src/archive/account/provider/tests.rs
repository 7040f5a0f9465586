use super::*;
use crate::time::SystemClock;
use serde_json::{Value, json};

/// A network that says of itself what a provider was made to say, and notes what it was asked.
struct Told {
    metadata: Value,
    asked: Mutex<Vec<(String, Reach)>>,
}

impl Network for Told {
    fn post(&self, _: &crate::network::Post<'_>) -> Result<Vec<u8>, NetworkError> {
        unreachable!("nothing is posted through a proxy")
    }

    fn fetch(&self, request: &Fetch<'_>) -> Result<Vec<u8>, NetworkError> {
        assert!(request.answer_bytes_max <= 1 << 20 && request.timeout <= Duration::from_secs(10));
        self.asked.lock().unwrap().push((request.from.to_string(), request.reach));
        match request.from.path().ends_with(WELL_KNOWN) {
            true => Ok(self.metadata.to_string().into_bytes()),
            false => Err(NetworkError::Status(500)),
        }
    }
}

const ISSUER: &str = "https://sso.gov.vn/realms/a";

fn settings(issuer: &str, via: Option<&str>) -> (tempfile::TempDir, Settings) {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, "s3cret\n").unwrap();
    let [issuer, client, name, scopes] = [issuer, "kho", "SSO", "openid"].map(str::to_owned);
    (folder, Settings { issuer, client, secret_file, name, scopes, via: via.map(|via| via.parse().unwrap()) })
}

fn metadata(issuer: &str, changes: Value) -> Value {
    let mut metadata = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"],
    });
    for (name, value) in changes.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    metadata
}

/// Which addresses are asked, and where they may lead, when a code is brought to a provider that says this of itself.
fn asked(issuer: &str, via: Option<&str>, changes: Value) -> (Vec<(String, Reach)>, Failure) {
    let (_folder, settings) = settings(issuer, via);
    let network = Arc::new(Told { metadata: metadata(issuer, changes), asked: Mutex::default() });
    let provider = Provider::new(settings, network.clone(), Arc::new(SystemClock::new())).unwrap();
    let failure = match provider.begin(Purpose::SignIn, "https://kho.gov.vn/answer", "/") {
        Err(failure) => failure,
        Ok(begun) => {
            let state = begun.address.split_once("&state=").unwrap().1.split('&').next().unwrap().to_owned();
            let brought = Brought { state, code: Some("c".to_owned()), ..Brought::default() };
            provider.answer(&begun.ticket, &brought).err().expect("there is no token")
        }
    };
    let asked = network.asked.lock().unwrap().clone();
    (asked, failure)
}

#[test]
fn addresses_that_a_provider_names_are_asked_in_public_alone() {
    let (all, failure) = asked(ISSUER, None, json!({ "token_endpoint": "https://oauth.gov.vn/token" }));
    assert!(matches!(failure, Failure::Silent(NetworkError::Status(500))), "{failure}");
    let expect = [format!("{ISSUER}{WELL_KNOWN}"), "https://oauth.gov.vn/token".to_owned()];
    assert_eq!(all, expect.map(|address| (address, Reach::Public)));
    for address in
        ["http://sso.gov.vn/token", "http://169.254.169.254/latest", "file:///etc/passwd", "//x", "https://a@b/", ""]
    {
        let (all, failure) = asked(ISSUER, None, json!({ "token_endpoint": address }));
        assert!(matches!(failure, Failure::OutOfReach("token_endpoint")), "{address}: {failure}");
        assert_eq!(all.len(), 1, "{address}");
    }
}

#[test]
fn a_provider_in_the_own_network_leads_nowhere_else_in_it() {
    let via = Some("10.1.2.3:8443");
    let (all, _) = asked(ISSUER, via, json!({}));
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|(_, reach)| *reach == Reach::At("10.1.2.3:8443".parse().unwrap())));
    for address in
        ["https://10.1.2.4/token", "https://sso.gov.vn:8443/token", "https://oauth.gov.vn/", "http://sso.gov.vn/token"]
    {
        let (all, failure) = asked(ISSUER, via, json!({ "token_endpoint": address }));
        assert!(matches!(failure, Failure::OutOfReach("token_endpoint")), "{address}: {failure}");
        assert_eq!(all.len(), 1, "{address}");
    }
}

#[test]
fn browsers_are_sent_to_no_address_without_tls() {
    for address in ["http://sso.gov.vn/auth", "javascript:alert(1)", "http://127.0.0.1/auth", "https://a\r\nb/"] {
        let (_, failure) = asked(ISSUER, None, json!({ "authorization_endpoint": address }));
        assert!(matches!(failure, Failure::OutOfReach("authorization_endpoint")), "{address}: {failure}");
    }
}

#[test]
fn plain_http_is_for_a_provider_on_this_machine_alone() {
    let is_one = |issuer: &str, via: Option<&str>| settings(issuer, via).1.address().is_ok();
    assert!(is_one(ISSUER, None) && is_one(ISSUER, Some("10.1.2.3")));
    assert!(is_one("http://127.0.0.1:9/a", Some("127.0.0.1:9")));
    for (issuer, via) in [
        ("http://sso.gov.vn", None),
        ("http://127.0.0.1:9/a", None),
        ("http://127.0.0.1:9/a", Some("10.1.2.3")),
        ("http://10.1.2.3/a", Some("10.1.2.3")),
        ("http://localhost/a", Some("127.0.0.1")),
        ("https://sso.gov.vn/?a=b", None),
        ("https://sso.gov.vn/#a", None),
        ("sso.gov.vn", None),
    ] {
        assert!(!is_one(issuer, via), "{issuer} {via:?}");
    }
}

#[test]
fn the_secret_is_one_line_of_a_file() {
    let (_folder, settings) = settings(ISSUER, None);
    assert_eq!(settings.secret().unwrap().as_str(), "s3cret");
    for text in ["", "\n", "a\nb"] {
        std::fs::write(&settings.secret_file, text).unwrap();
        assert!(settings.check().is_err(), "{text:?}");
    }
    std::fs::remove_file(&settings.secret_file).unwrap();
    assert!(settings.check().is_err());
}
