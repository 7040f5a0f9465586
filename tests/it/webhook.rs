//! Webhooks: who makes them, where they may lead, and that their secrets are shown once. That messages come, signed and in
//! order, `tests/webhook.py` tries with a receiver that is not ours.

use crate::scratch::Scratch;
use crate::server::{Server, archive};
use serde_json::json;

#[test]
fn only_https_and_public_addresses_are_told() {
    let scratch = Scratch::new();
    let check = |expect: i32, url: &str| scratch.expect(expect, &["webhook", "add", "H26.10", url]);
    for url in [
        "http://so.example.gov.vn/hook",
        "ftp://so.example.gov.vn/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://user@so.example.gov.vn/",
        "no address",
    ] {
        check(2, url);
    }
    scratch.expect(2, &["webhook", "add", "no code", "https://so.example.gov.vn/"]);
    assert!(check(0, "https://so.example.gov.vn/hook").out.starts_with("whsec_"));
    // The operator may name a machine of the own network.
    scratch.ok(&["webhook", "add", "H26.33", "https://so.example.gov.vn/", "--via", "10.1.2.3:8443"]);
    let listed = scratch.json(&["webhook", "list"]);
    let webhooks = listed["webhooks"].as_array().unwrap();
    assert_eq!(webhooks.len(), 2);
    assert_eq!((&webhooks[1]["via"], &webhooks[0]["standing"]), (&json!("10.1.2.3:8443"), &json!("well")));
    scratch.ok(&["verify", "--deep"]);
    let id = webhooks[0]["webhook"].as_str().unwrap();
    scratch.ok(&["webhook", "remove", id]);
    scratch.expect(3, &["webhook", "remove", id]);
    scratch.expect(3, &["webhook", "resume", id]);
}

#[test]
fn administrators_make_them_and_see_the_secret_once() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let administrator = server.client("administrator");
    let wanted = json!({ "agency": "H26.10", "url": "https://so.example.gov.vn/hook" });
    let made = administrator.json("POST", "/api/v1/webhooks", &wanted);
    assert_eq!(made.status, 201, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"));
    let inside = json!({ "agency": "H26.10", "url": "https://127.0.0.1/" });
    assert_eq!(administrator.json("POST", "/api/v1/webhooks", &inside).status, 400);
    let page = administrator.get("/webhooks").text();
    assert!(page.contains("so.example.gov.vn/hook") && !page.contains("whsec_"), "{page}");
    let wrong = administrator.form("/webhooks", &[("agency", "H26.10"), ("url", "http://so.example.gov.vn/")]);
    assert!(wrong.status == 422 && wrong.text().contains("https"), "{}", wrong.text());
    let shown = administrator.form("/webhooks", &[("agency", "H26.33"), ("url", "https://khac.example.gov.vn/")]);
    assert!(shown.status == 200 && shown.text().contains("<pre>whsec_"), "{}", shown.text());

    let listed = administrator.get("/api/v1/webhooks");
    assert!(!listed.text().contains("whsec_"));
    let id = listed.json()["webhooks"][0]["webhook"].as_str().unwrap().to_owned();
    let resumed = administrator.ask("POST", &format!("/api/v1/webhooks/{id}/resumption"), &[], b"");
    assert_eq!((resumed.status, &resumed.json()["standing"]), (200, &json!("well")));
    assert_eq!(administrator.form(&format!("/webhooks/{id}/remove"), &[]).status, 303);
    let gone = administrator.ask("DELETE", &format!("/api/v1/webhooks/{id}"), &[], b"");
    assert_eq!((gone.status, gone.json()["code"].as_str().unwrap()), (404, "not-found"));
    assert!(!server.log().contains(&secret));
}
