//! What all dossiers come to, through the service: counted, listed, exported; and what rules beside schedules.

use super::rules::adopt;
use super::{DOSSIER, RECORD};
use crate::scratch::Scratch;
use crate::server::{Client, Server, archive};
use serde_json::{Value, json};

const AT: &str = "/api/v1/retention";
const SETTINGS: &str = "/api/v1/retention-settings";
const HOLIDAYS: &str = "retention_rules/holidays.toml";

/// As the service's archive, and a permanent dossier.
fn world() -> Scratch {
    let scratch = archive();
    scratch.document("p/1", b"%PDF-1.7 ever", json!({ "file_code": "H26.10.2023.046", "retention": "Vĩnh viễn" }));
    assert_eq!(scratch.ingest("p").summary["taken"], 1);
    scratch
}

fn list(of: &str) -> Value {
    let head = json!({ "agency": "Sở Nội vụ", "place": "Hà Giang", "fonds": "Phông Sở", "position": "Giám đốc" });
    json!({ "head": head, "receiver": "Lưu trữ lịch sử tỉnh", "of": of, "within": 600 })
}

#[test]
fn the_service_counts_as_the_commands_do() {
    let scratch = world();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let same = |query: &str, command: &[&str]| {
        let told = archivist.get(&format!("{AT}/{query}"));
        assert_eq!(told.status, 200, "{}", told.text());
        assert_eq!(told.json(), scratch.json(&[&["retention"], command].concat()), "{query}");
        told.json()
    };
    let due = same("due?on=2044-01-01&list=5", &["due", "--on", "2044-01-01", "--list", "5"]);
    assert_eq!((&due["lines"]["H26.10"]["review"], due["items"].as_array().unwrap().len()), (&json!(1), 2), "{due}");
    same("due?by=year&within=240&on=2030-01-01", &["due", "--by", "year", "--within", "240", "--on", "2030-01-01"]);
    same(
        "due?by=rule&agency=H26.33&on=2044-01-01",
        &["due", "--by", "rule", "--agency", "H26.33", "--on", "2044-01-01"],
    );
    let all = same("evaluation?on=2044-01-01", &["evaluate", "--on", "2044-01-01"]);
    assert_eq!((&all["records"], &all["outcomes"]["permanent"]), (&json!(4), &json!(1)));
    for wrong in ["due?by=day", "due?on=x", "due?agency=s%E1%BB%9F", "due?list=1001", "due?within=4294967295"] {
        assert_eq!(archivist.get(&format!("{AT}/{wrong}")).status, 400, "{wrong}");
    }
    let asked = format!("{AT}/transfer-list");
    let made = archivist.json("POST", &asked, &list("H26.10"));
    assert_eq!((made.status, made.header("content-type")), (200, "application/pdf"), "{}", made.text());
    assert!(made.body.starts_with(b"%PDF-1.7") && made.header("content-disposition").contains("transfer-list-"));
    assert_eq!(archivist.json("POST", &asked, &list("H26.33")).status, 404, "it has nothing permanent");
    assert_eq!(server.client("inspector").json("POST", &asked, &list("")).status, 403);
}

#[test]
fn what_is_known_of_a_period_goes_with_the_dossier() {
    let scratch = archive();
    let file = super::rules::schedule(&scratch, 1, 30);
    adopt(&scratch, &file);
    let server = Server::start(&scratch);
    let [archivist, officer] = ["archivist", "transferring-officer"].map(|name| server.client(name));
    let assign = json!({ "act": "assign", "rule": "T/plans", "reason": "3/QĐ" });
    assert_eq!(archivist.json("POST", &format!("/api/v1/records/{RECORD}/retention/acts"), &assign).status, 201);
    let path = format!("/api/v1/dossiers/{DOSSIER}/retention/history");
    let history = archivist.get(&format!("{path}?on=2044-01-01"));
    assert_eq!((history.status, history.header("cache-control")), (200, "private, no-store"));
    assert!(history.header("content-disposition").contains("H26.10.2023.045.retention.json"));
    scratch.ok(&[
        "retention",
        "export",
        DOSSIER,
        "--on",
        "2044-01-01",
        "-o",
        scratch.path("own.json").to_str().unwrap(),
    ]);
    let own: Value = serde_json::from_slice(&std::fs::read(scratch.path("own.json")).unwrap()).unwrap();
    assert_eq!(history.json(), own);
    assert!(history.text().contains("T/plans"));
    let premis = archivist.get(&format!("/dossiers/{DOSSIER}/retention/history?form=premis"));
    assert!(
        premis.header("content-type") == "application/xml" && premis.text().contains("premis"),
        "{}",
        premis.text()
    );
    let one = archivist.get(&format!("/api/v1/records/{RECORD}/retention/history")).json();
    assert_eq!(one["records"].as_array().unwrap().len(), 1);
    assert_eq!(archivist.get(&format!("{path}?form=pdf")).status, 400);
    assert_eq!(officer.get(&path).status, 403, "it tells of holds and cases");
}

fn set(who: &Client<'_>, what: &str, body: Value) -> (u16, Value) {
    let answer = who.json("POST", &format!("{SETTINGS}/{what}"), &body);
    (answer.status, answer.json())
}

#[test]
fn settings_are_said_by_those_who_adopt_rules() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let [authority, administrator, archivist] =
        ["deciding-authority", "administrator", "archivist"].map(|name| server.client(name));
    let before = archivist.get(SETTINGS).json();
    assert_eq!((&before["archive"], &before["sectors"]), (&json!("current"), &json!([])));
    let sector = json!({ "agency": "H26.33", "sector": "special", "reason": "NĐ 01/2013" });
    assert_eq!(set(&archivist, "sectors", sector.clone()).0, 403);
    let (status, after) = set(&authority, "sectors", sector.clone());
    assert_eq!((status, &after["sectors"]), (200, &json!([{ "agency": "H26.33", "sector": "special" }])), "{after}");
    assert_eq!(set(&authority, "sectors", sector).0, 409);
    assert_eq!(set(&authority, "sectors", json!({ "agency": "sở", "sector": "special", "reason": "x" })).0, 400);
    assert_eq!(set(&authority, "sectors", json!({ "agency": "H26", "sector": "other", "reason": "x" })).0, 400);

    let kind = |kind: &str| json!({ "kind": kind, "reason": "5/QĐ-UBND" });
    assert_eq!(set(&administrator, "archive-kind", kind("current")).0, 409);
    assert_eq!(set(&administrator, "archive-kind", kind("own")).0, 400);
    assert_eq!(set(&administrator, "archive-kind", kind("historical")).1["archive"], "historical");
    assert_eq!(scratch.json(&["retention", "archive-kind"])["archive"], "historical");

    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(HOLIDAYS)).unwrap();
    let holidays = |text: &str, reason: &str| json!({ "text": text, "reason": reason });
    assert_eq!(set(&administrator, "holidays", holidays("year = 1", "12/TB")).0, 400);
    assert_eq!(set(&administrator, "holidays", holidays(&text, " ")).0, 400);
    let (status, after) = set(&administrator, "holidays", holidays(&text, "12/TB"));
    assert_eq!((status, &after["holidays"]), (200, &before["holidays"]), "they are the program's own");
    assert_eq!(after["holidays"], scratch_holidays(&scratch));

    let name = |name: &str| json!({ "name": name, "place": "Hà Giang", "reason": "6/QĐ-SNV" });
    assert!(archivist.get("/rules/settings?lang=vi").text().contains("Chưa ghi tên và địa danh"));
    assert_eq!(set(&administrator, "archive-name", name(" ")).0, 400);
    let (status, after) = set(&administrator, "archive-name", name("Lưu trữ <Sở>"));
    assert_eq!((status, &after["name"], &after["place"]), (200, &json!("Lưu trữ <Sở>"), &json!("Hà Giang")));
    assert_eq!(set(&administrator, "archive-name", name("Lưu trữ <Sở>")).0, 409);

    let page = archivist.get("/rules/settings?lang=en").text();
    assert!(page.contains("Lưu trữ &#60;Sở&#62;") && !page.contains("are not set"), "{page}");
    assert!(page.contains("H26.33") && !page.contains("<textarea"), "an archivist reads: {page}");
    let rules = archivist.get("/rules?lang=vi").text();
    assert!(
        rules.contains("Chờ trước khi thực hiện hủy") && !rules.contains("law-waiting"),
        "the law's numbers are in words"
    );
    let post = |what: &str, fields: &[(&str, &str)]| authority.form(&format!("/rules/settings/{what}?lang=en"), fields);
    let wrong = post("sectors", &[("agency", "<b>"), ("sector", "special"), ("reason", "x")]);
    assert!(wrong.status == 422 && wrong.text().contains("&#60;b&#62;") && !wrong.text().contains("<b>"));
    assert_eq!(post("sectors", &[("agency", "H26.33"), ("sector", "general"), ("reason", "x")]).status, 303);
    assert_eq!(post("archive-kind", &[("kind", "current"), ("reason", "x")]).status, 303);
    let place = [("name", "Lưu trữ Sở"), ("place", "Hà Nội"), ("reason", "x")];
    assert_eq!(post("archive-name", &place).status, 303);
    assert_eq!(post("holidays", &[("text", &text), ("reason", "x")]).status, 303);
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

/// Of the command line, as the API has them but for the words of the grade.
fn scratch_holidays(scratch: &Scratch) -> Value {
    let mut years = scratch.json(&["retention", "holidays"])["years"].clone();
    let server = Server::start(scratch);
    let graded = server.client("inspector").get(SETTINGS).json();
    for (year, shown) in years.as_array_mut().unwrap().iter_mut().zip(graded["holidays"].as_array().unwrap()) {
        year["grade"] = shown["grade"].clone();
    }
    years
}

#[test]
fn the_page_counts_and_makes_the_list() {
    let scratch = world();
    let server = Server::start(&scratch);
    let [archivist, inspector] = ["archivist", "inspector"].map(|name| server.client(name));
    assert!(archivist.get("/disposal").text().contains("href=\"/retention\""));
    let page = archivist.get("/retention?lang=en&on=2044-01-01&evaluate=yes").text();
    assert!(
        page.contains("ended, to be reviewed or confirmed") && page.contains(&format!("/dossiers/{DOSSIER}/retention"))
    );
    assert!(page.contains("Records looked at") && page.contains("Make the list"), "{page}");
    let empty = inspector.get("/retention?lang=en&agency=H99&within=0").text();
    assert!(empty.contains("Nothing is due") && !empty.contains("Make the list"), "{empty}");
    assert_eq!(archivist.get("/retention?within=x").status, 400);
    let send = |receiver: &str, within: &str| {
        let fields = [("agency", "Sở"), ("place", "Hà Giang"), ("fonds", "Phông"), ("position", "Giám đốc")];
        let more = [("receiver", receiver), ("within", within), ("of", ""), ("year", ""), ("signer", "")];
        archivist.form("/retention/transfer-list?lang=en", &[&fields[..], &more[..]].concat())
    };
    let none = send("<b>kho</b>", "0");
    assert!(none.status == 422 && none.text().contains("No permanent dossier must be transferred"), "{}", none.text());
    assert!(none.text().contains("&#60;b&#62;kho") && !none.text().contains("<b>kho"));
    assert_eq!(send("kho", "x").status, 422);
    let made = send("Lưu trữ lịch sử", "600");
    assert!(made.status == 200 && made.body.starts_with(b"%PDF-1.7"), "{}", made.text());
}
