//! What an administrator has done through the service: whom the archive asks, a time-stamp, a copy, a check.

use crate::scratch::eventually;
use crate::server::{Client, Server, archive};
use crate::stamp::Authority;
use serde_json::{Value, json};
use std::fs;

const UPKEEP: &str = "/api/v1/upkeep";

/// Has something done and waits for its end; what it came to.
#[track_caller]
fn done(admin: &Client<'_>, wanted: &Value) -> Value {
    let begun = admin.json("POST", UPKEEP, wanted);
    assert_eq!(begun.status, 202, "{}", begun.text());
    eventually("done", || admin.get(UPKEEP).json()["under_way"].is_null());
    let all = admin.get(UPKEEP).json()["done"].clone();
    all.as_array().unwrap().iter().find(|one| one["task"] == wanted["task"]).unwrap().clone()
}

#[test]
fn who_is_asked_is_decided_over_the_wire_and_a_time_stamp_comes() {
    let scratch = archive();
    let authority = Authority::start(&scratch, "tsa", &[]);
    let server = Server::start(&scratch);
    let (admin, inspector) = (server.client("administrator"), server.client("inspector"));
    let none = done(&admin, &json!({ "task": "time-stamp" }));
    assert!(none["failure"].as_str().unwrap().contains("no time-stamping authority is known"), "{none}");

    let wanted = |name: &str| json!({ "name": name, "url": authority.url });
    let add = |who: &Client<'_>, name: &str| who.json("POST", "/api/v1/time-authorities", &wanted(name)).status;
    assert_eq!(
        (add(&inspector, "tsa"), add(&admin, "No Name"), add(&admin, "tsa"), add(&admin, "tsa")),
        (403, 400, 201, 409)
    );
    let came = done(&admin, &json!({ "task": "time-stamp" }));
    assert_eq!((&came["well"], &came["by"]), (&json!(true), &json!("administrator")), "{came}");
    assert_eq!(came["time_stamps"].as_array().unwrap().len(), 1);
    let listed = inspector.get("/api/v1/time-stamps").json();
    assert_eq!((&listed["total"], &listed["time_stamps"][0]["authority"]), (&json!(1), &json!("tsa")));
    let page = admin.get("/sources?lang=en").text();
    assert!(
        page.contains(&authority.url) && page.contains("Ask for a time-stamp") && page.contains("Holds until"),
        "{page}"
    );
    let end = json!({ "reason": "hết hợp đồng" });
    let ended = |name: &str| admin.json("POST", &format!("/api/v1/time-authorities/{name}/ending"), &end).status;
    assert_eq!((ended("other"), ended("tsa"), ended("tsa")), (404, 204, 409));

    let places = "/api/v1/evidence-sources";
    let source = |place: &str, via: &str| json!({ "place": place, "via": via, "reason": "danh sách" });
    assert_eq!(admin.json("POST", places, &source("ftp://x", "")).status, 400);
    assert_eq!(admin.json("POST", places, &source("crl.example.vn", "here")).status, 400);
    let added = admin.json("POST", places, &source("crl.example.vn", "10.1.2.3:8080"));
    assert_eq!((added.status, &added.json()["via"]), (201, &json!("10.1.2.3:8080")), "{}", added.text());
    assert_eq!(admin.json("POST", places, &source("crl.example.vn", "")).status, 409);
    let path = format!("{places}/{}/ending", added.json()["id"].as_str().unwrap());
    assert_eq!(admin.json("POST", &path, &json!({ "reason": " " })).status, 400);
    assert_eq!((admin.json("POST", &path, &end).status, admin.json("POST", &path, &end).status), (204, 404));
    assert_eq!(inspector.get(places).json()["sources"][0]["ended"], "hết hợp đồng");

    let wrong = admin.form("/sources/authorities?lang=en", &[("name", "<b>"), ("url", "http://tsa.example.vn/")]);
    assert!(wrong.status == 422 && wrong.text().contains("value=\"&#60;b&#62;\""), "{}", wrong.text());
    assert_eq!(admin.form("/sources/places", &[("place", "ca.example.vn"), ("via", ""), ("reason", "x")]).status, 303);
    assert!(admin.get("/sources?lang=en").text().contains("ca.example.vn"));
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_copy_goes_to_the_folder_of_the_configuration_and_nowhere_else() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let admin = server.client("administrator");
    let backup = json!({ "task": "backup" });
    assert_eq!(admin.json("POST", UPKEEP, &backup).status, 409, "none is configured");
    assert!(admin.get("/system?lang=en").text().contains("names no folder for copies"));
    drop(server);
    let folder = scratch.path("copy");
    let environment = [("CHAUBAN_WORK_BACKUP_FOLDER", folder.to_str().unwrap())];
    let server = Server::start_with(&scratch, &[], &environment);
    let admin = server.sign_in("administrator", &crate::server::own_password("administrator"));
    assert_eq!(
        admin.json("POST", UPKEEP, &json!({ "task": "backup", "to": "/tmp/x" })).status,
        422,
        "no path is taken"
    );
    let first = done(&admin, &backup);
    assert!(first["well"] == true && first["files"].as_u64().unwrap() > 0, "{first}");
    assert!(folder.join("FORMAT").is_file() && !folder.join("keys").exists());
    let again = done(&admin, &backup);
    assert!(again["unchanged"].as_u64() > Some(0) && again["files"].as_u64() < first["files"].as_u64(), "{again}");
    fs::write(folder.join("FORMAT"), "another").unwrap();
    let other = done(&admin, &backup);
    assert!(other["failure"].as_str().unwrap().contains("copy of another archive"), "{other}");
    let page = admin.get("/system?lang=en").text();
    assert!(page.contains("copy of another archive") && page.contains("Back up"), "{page}");
}

#[test]
fn a_check_is_started_followed_and_recorded() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (admin, inspector) = (server.client("administrator"), server.client("inspector"));
    assert_eq!(inspector.json("POST", UPKEEP, &json!({ "task": "check" })).status, 403, "an inspector looks on");
    assert_eq!(admin.json("POST", UPKEEP, &json!({ "task": "sweep" })).status, 400);
    assert_eq!(admin.json("POST", UPKEEP, &json!({ "task": "check", "depth": "half" })).status, 400);
    let deep = done(&admin, &json!({ "task": "check", "depth": "deep" }));
    assert_eq!((&deep["well"], &deep["doubts"], &deep["failure"]), (&json!(true), &json!(0), &json!(null)), "{deep}");
    let recorded = inspector.get("/api/v1/fixity").json()["checks"][0].clone();
    assert_eq!((&recorded["depth"], &recorded["by"]), (&json!("deep"), &json!("administrator")));
    let ended = admin.get(&format!("{UPKEEP}/progress")).text();
    assert!(ended.contains("event: end"), "{ended}");

    let begun = admin.form("/system/upkeep", &[("task", "check"), ("depth", "structure")]);
    assert_eq!((begun.status, begun.header("location")), (303, "/system#upkeep"));
    eventually("checked", || admin.get(UPKEEP).json()["under_way"].is_null());
    let page = inspector.get("/system?lang=en").text();
    assert!(page.contains("Everything fits.") && page.contains("Last look") && !page.contains("Do now"), "{page}");
    let rounds = admin.get(UPKEEP).json()["rounds"].clone();
    let webhooks = rounds.as_array().unwrap().iter().find(|one| one["work"] == "webhooks").unwrap().clone();
    assert!(webhooks["failure"].is_null() && !webhooks["next"].is_null(), "{rounds}");
}

#[test]
fn a_check_tells_what_does_not_fit_and_one_goes_at_a_time() {
    let scratch = archive();
    fs::write(scratch.path("kho/ledger/tile/stray"), "x").unwrap();
    let server = Server::start(&scratch);
    let admin = server.client("administrator");
    let both: Vec<u16> =
        (0..2).map(|_| admin.json("POST", UPKEEP, &json!({ "task": "check", "depth": "deep" })).status).collect();
    assert_eq!(both[0], 202);
    assert!(both[1] == 409 || both[1] == 202, "{both:?}");
    eventually("checked", || admin.get(UPKEEP).json()["under_way"].is_null());
    let told = admin.get(UPKEEP).json()["done"][0].clone();
    assert!(told["well"] == false && told["listed"][0].as_str().unwrap().contains("stray"), "{told}");
    assert!(admin.get("/system?lang=en").text().contains("1 doubt."), "{told}");
}
