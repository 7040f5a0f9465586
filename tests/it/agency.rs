//! The register of agencies: acts on the command line and over the wire, what is refused, and what documents are told.

use crate::scratch::{Ran, Scratch};
use crate::server::{Server, archive};
use serde_json::{Value, json};
use std::fs;

const CODE: &str = "H26.10.2023.045.0000001";
const MANDATE: [&str; 2] = ["--mandate", "202/2025/QH15"];

fn agency(scratch: &Scratch, arguments: &[&str]) -> Value {
    scratch.json(&[&["agency"], arguments].concat())
}

fn refused(scratch: &Scratch, status: i32, arguments: &[&str]) -> Ran {
    scratch.expect(status, &[&["agency"], arguments].concat())
}

/// Names of the agencies of a day, each with how many are above it.
fn tree(scratch: &Scratch, on: &str) -> Vec<(u64, String)> {
    let listed = agency(scratch, &["list", "--on", on]);
    let one = |one: &Value| (one["depth"].as_u64().unwrap(), one["name"].as_str().unwrap().to_owned());
    listed["agencies"].as_array().unwrap().iter().map(one).collect()
}

/// Two provinces, the department of one of which issued the record; they merge on 2025-07-01.
fn merged() -> Scratch {
    let scratch = Scratch::new();
    register(&scratch);
    scratch
}

fn register(scratch: &Scratch) {
    agency(scratch, &["add", "Tỉnh A", "--code", "H26", "--from", "1997-01-01"]);
    agency(scratch, &["add", "Tỉnh B", "--code", "H41", "--from", "1997-01-01"]);
    agency(
        scratch,
        &["add", "Sở Thông tin và Truyền thông", "--code", "H26.10", "--under", "H26", "--from", "2005-01-01"],
    );
    let merge = ["merge", "H26", "H41", "--new", "H26=Tỉnh AB", "--on", "2025-07-01"];
    assert_eq!(agency(scratch, &[&merge[..], &MANDATE].concat())["acts"], json!([8, 9, 10]));
    let add = ["add", "Sở Khoa học và Công nghệ", "--code", "H26.12", "--under", "H26", "--from", "2025-07-01"];
    agency(scratch, &add);
    let taken_in = ["merge", "H26.10", "--into", "H26.12", "--on", "2025-08-01"];
    agency(scratch, &[&taken_in[..], &MANDATE].concat());
}

#[test]
fn acts_make_the_register_and_a_rebuild_changes_nothing() {
    let scratch = merged();
    let follows = || {
        let before = [(0, "Tỉnh A".into()), (1, "Sở Thông tin và Truyền thông".into()), (0, "Tỉnh B".into())];
        assert_eq!(tree(&scratch, "2025-06-30"), before);
        let after = [(0, "Tỉnh AB".into()), (1, "Sở Khoa học và Công nghệ".into())];
        assert_eq!(tree(&scratch, "2025-08-01"), after);
        let old = agency(&scratch, &["show", "H41", "--on", "2024-01-01"]);
        assert_eq!((&old["ended"]["how"], &old["ended"]["last"]), (&json!("merger"), &json!("2025-06-30")));
        assert_eq!(old["ended"]["successors"][0]["name"], "Tỉnh AB");
        let new = agency(&scratch, &["show", "H26", "--on", "2026-01-01"]);
        let names: Vec<_> = new["predecessors"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, ["Tỉnh A", "Tỉnh B"]);
        // By its identifier on a later day: who has its place.
        let later = agency(&scratch, &["show", old["agency"].as_str().unwrap(), "--on", "2026-01-01"]);
        assert_eq!(later["successors"][0]["agency"], new["agency"]);
    };
    follows();
    scratch.ok(&["rebuild"]);
    follows();
    assert_eq!(scratch.json(&["verify", "--deep"])["doubts"], json!([]));
    let said = scratch.ok(&["agency", "show", "H26.12", "--on", "2026-01-01", "--lang", "vi"]);
    assert!(said.contains("Kế thừa của") && said.contains("202/2025/QH15"), "{said}");
}

#[test]
fn what_does_not_fit_is_refused_clearly() {
    let scratch = merged();
    let size = || agency(&scratch, &["show", "H26", "--on", "2026-01-01"])["acts"].as_array().unwrap().len();
    let before = size();
    let twice = refused(&scratch, 4, &["add", "Tỉnh C", "--code", "H26", "--from", "2026-01-01"]);
    assert!(twice.err.contains("the code H26 means “Tỉnh AB”"), "{}", twice.err);
    let late = refused(&scratch, 3, &["rename", "H41", "Tỉnh", "--from", "2026-01-01"]);
    assert!(late.err.contains("from 1997-01-01 “Tỉnh B”"), "{}", late.err);
    refused(&scratch, 3, &["show", "H99"]);
    refused(&scratch, 2, &["add", "Tỉnh", "--from", "1026-01-01"]);
    refused(&scratch, 2, &["code", "H26", "H27", "--from", "2026-01-02", "--until", "2026-01-01"]);
    refused(&scratch, 2, &["move", "H26", "--under", "H26.12", "--from", "2026-01-01"]);
    refused(&scratch, 2, &["dissolve", "H26.12", "--last", "2026-01-01", "--mandate", " "]);
    refused(&scratch, 2, &["merge", "H26.12", "--new", "Sở", "--on", "2026-01-01", "--mandate", "x"]);
    refused(&scratch, 3, &["correct", "99", "--void", "--reason", "x"]);
    refused(&scratch, 2, &["correct", "1", "--until", "2020-01-01", "--reason", "x"]);
    refused(&scratch, 2, &["correct", "1", "--void", "--reason", " "]);
    let rests = refused(&scratch, 4, &["correct", "9", "--void", "--reason", "sai"]);
    assert!(rests.err.contains("act 10 would not fit any more"), "{}", rests.err);
    assert_eq!(size(), before, "what is refused records nothing");
}

#[test]
fn a_wrong_act_is_corrected_and_stays_in_sight() {
    let scratch = merged();
    agency(&scratch, &["correct", "3", "--name", "Tỉnh Bê", "--reason", "sai tên"]);
    agency(&scratch, &["code", "H26.12", "H26.13", "--from", "2025-09-01"]);
    let shown = agency(&scratch, &["show", "H41", "--on", "2024-01-01"]);
    assert_eq!(shown["name"], "Tỉnh Bê");
    assert_eq!(shown["acts"][0]["says"]["add"]["name"], "Tỉnh B", "what was recorded");
    assert_eq!(shown["acts"][0]["corrected_by"], shown["acts"].as_array().unwrap().last().unwrap()["number"]);
    let ended = agency(&scratch, &["code", "H26.12", "H26.12", "--until", "2025-12-31"]);
    let number = ended["acts"][0].to_string();
    let codes = |on: &str| agency(&scratch, &["list", "--on", on])["agencies"][1]["codes"].clone();
    assert_eq!(codes("2026-01-01"), json!(["H26.13"]));
    agency(&scratch, &["correct", &number, "--void", "--reason", "còn dùng"]);
    assert_eq!(codes("2026-01-01"), json!(["H26.13", "H26.12"]));
    agency(
        &scratch,
        &["split", "H26.13", "--new", "Sở Một", "--new", "H26.14=Sở Hai", "--on", "2026-02-01", "--mandate", "1/NQ"],
    );
    assert_eq!(tree(&scratch, "2026-02-01").len(), 3);
    agency(&scratch, &["dissolve", "H26.14", "--last", "2026-02-28", "--mandate", "2/NQ"]);
    assert_eq!(tree(&scratch, "2026-03-01").len(), 2);
}

#[test]
fn a_table_is_taken_in_with_a_report_and_written_again() {
    let scratch = Scratch::new();
    let table = "Mã định danh;Tên cơ quan;Từ ngày;Trực thuộc;Ghi chú\n\
        H26;Tỉnh A;1997-01-01;;\n\
        H26.10;Sở Nội vụ;1997-01-01;H26;x\n\
        h27;Tỉnh B;1997-01-01;;\n\
        H28;Tỉnh C;1/1/1997;;\n";
    fs::write(scratch.path("t.csv"), table).unwrap();
    let read = |arguments: &[&str]| -> Value {
        let ran = scratch.expect(1, &[&["agency", "import", "t.csv", "--json"], arguments].concat());
        serde_json::from_str(&ran.out).unwrap()
    };
    let lines = |read: &Value| {
        read["refused"].as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let tried = read(&["--dry-run"]);
    assert_eq!((&tried["recorded"], lines(&tried)), (&json!(5), vec![4, 5]));
    assert_eq!(tried["columns_unread"], json!(["Ghi chú"]));
    assert_eq!(tree(&scratch, "2020-01-01"), []);
    assert_eq!(read(&[])["recorded"], 5);
    assert_eq!(tree(&scratch, "2020-01-01"), [(0, "Tỉnh A".into()), (1, "Sở Nội vụ".into())]);
    assert_eq!((&read(&[])["recorded"], &read(&[])["known"]), (&json!(0), &json!(5)), "a second time nothing is new");
    scratch.ok(&["agency", "export", "-o", "out.csv"]);
    let other = Scratch::new();
    fs::copy(scratch.path("out.csv"), other.path("out.csv")).unwrap();
    agency(&other, &["import", "out.csv"]);
    assert_eq!(tree(&other, "2020-01-01"), tree(&scratch, "2020-01-01"));
    fs::write(scratch.path("no.csv"), "a,b\n1,2\n").unwrap();
    refused(&scratch, 2, &["import", "no.csv"]);
}

#[test]
fn documents_are_told_of_codes_that_are_none_on_their_day() {
    let scratch = Scratch::new();
    let mut number = 0;
    let mut findings = |code: &str, issued: &str| -> Vec<Value> {
        number += 1;
        let folder = format!("t{number}");
        let symbol = format!("{number}/QĐ");
        let says =
            json!({ "agency_code": code, "issued_date": issued, "symbol": symbol, "file_code": "H26.10.2025.001" });
        scratch.document(&format!("{folder}/1"), folder.as_bytes(), says);
        let ingested = scratch.ingest(&folder);
        assert_eq!(ingested.summary["taken"], 1, "it refuses nothing: {:?}", ingested.lines);
        let all = ingested.lines.iter().flat_map(|line| line["findings"].as_array().into_iter().flatten());
        all.filter(|finding| finding["code"].as_str().unwrap().starts_with("agency-")).cloned().collect()
    };
    assert_eq!(findings("H99", "2025-01-01"), [json!(null); 0], "an empty register changes nothing");
    register(&scratch);
    assert_eq!(findings("H26.10", "2025-06-30"), [json!(null); 0]);
    let unknown = findings("H99", "2025-01-01");
    assert_eq!((&unknown[0]["code"], &unknown[0]["severity"]), (&json!("agency-unregistered"), &json!("warning")));
    assert_eq!((&unknown[0]["field"], unknown.len()), (&json!("agency_code"), 1));
    let late = findings("H26.10", "2025-08-02");
    assert_eq!((&late[0]["code"], &late[0]["severity"]), (&json!("agency-code-out-of-time"), &json!("note")));
    let detail = late[0]["detail"].as_str().unwrap();
    assert!(detail.contains("2005-01-01/2025-07-31; 2025-08-02: “Sở Khoa học và Công nghệ” H26.12"), "{detail}");
    let early = findings("H26.12", "2025-06-30");
    assert!(early[0]["detail"].as_str().unwrap().contains("2025-07-01/"), "{early:?}");
}

#[test]
fn a_record_tells_the_registered_name_and_who_succeeds() {
    let scratch = archive();
    assert_eq!(scratch.json(&["show", CODE])["agency"], json!(null));
    register(&scratch);
    let shown = scratch.json(&["show", CODE])["agency"].clone();
    assert_eq!((&shown["standing"], &shown["agency"]["code"]), (&json!("registered"), &json!("H26.10")));
    assert_eq!(shown["agency"]["name"], "Sở Thông tin và Truyền thông");
    assert_eq!(shown["today"][0]["name"], "Sở Khoa học và Công nghệ");
    let said = scratch.ok(&["show", CODE, "--lang", "vi"]);
    assert!(said.contains("“Sở Thông tin và Truyền thông” H26.10") && said.contains("Nay là"), "{said}");
    let server = Server::start(&scratch);
    let page = server.client("archivist").get(&format!("/records/{CODE}")).text();
    assert!(page.contains("Theo danh mục cơ quan") && page.contains("“Sở Khoa học và Công nghệ” H26.12"), "{page}");
}

#[test]
fn an_administrator_keeps_the_register_over_the_wire() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (admin, archivist) = (server.client("administrator"), server.client("archivist"));
    let act = |says: Value| admin.json("POST", "/api/v1/agencies/acts", &says);
    let add = |name: &str, code: &str| act(json!({ "act": "add", "name": name, "code": code, "from": "2000-01-01" }));
    let added = add("Tỉnh <i>A</i>", "H01");
    assert_eq!((added.status, &added.json()["acts"]), (201, &json!([1, 2])), "{}", added.text());
    assert_eq!(add("Tỉnh B", "H02").status, 201);
    assert_eq!(add("Tỉnh C", "H02").status, 409);
    let merge = json!({ "act": "merge", "predecessors": ["H01", "H02"], "new": [{ "name": "Tỉnh AB", "code": "H03" }],
        "from": "2025-07-01", "mandate": "202/2025/QH15" });
    let headers = [("content-type", "application/json"), ("idempotency-key", "merge-1")];
    let once = admin.ask("POST", "/api/v1/agencies/acts", &headers, merge.to_string().as_bytes());
    let again = admin.ask("POST", "/api/v1/agencies/acts", &headers, merge.to_string().as_bytes());
    assert_eq!((once.status, once.json()), (again.status, again.json()), "the same answer, and no second act");
    assert_eq!(act(merge).status, 409);
    for (status, says) in [
        (400, json!({ "act": "abolish" })),
        (400, json!({ "act": "add", "name": "X" })),
        (400, json!({ "act": "add", "name": "X", "from": "1/1/2000" })),
        (400, json!({ "act": "dissolve", "agency": "H03", "until": "2026-01-01" })),
        (404, json!({ "act": "rename", "agency": "H09", "name": "X", "from": "2020-01-01" })),
        (422, json!({ "act": "add", "named": "X" })),
    ] {
        let answer = act(says.clone());
        assert_eq!(answer.status, status, "{says}: {}", answer.text());
    }
    let own =
        archivist.json("POST", "/api/v1/agencies/acts", &json!({ "act": "add", "name": "X", "from": "2000-01-01" }));
    assert_eq!(own.status, 403, "an archivist reads the register");

    let before = archivist.get("/api/v1/agencies?on=2025-06-30&limit=1");
    let page = before.json();
    assert_eq!((&page["agencies"][0]["name"], &page["total"]), (&json!("Tỉnh <i>A</i>"), &json!(2)));
    let next = page["next"].as_str().unwrap();
    let rest = archivist.get(&format!("/api/v1/agencies?on=2025-06-30&limit=1&cursor={next}")).json();
    assert_eq!((&rest["agencies"][0]["name"], &rest["next"]), (&json!("Tỉnh B"), &json!(null)));
    let tag = before.header("etag").to_owned();
    let same = archivist.with("/api/v1/agencies?on=2025-06-30&limit=1", &[("if-none-match", &tag)]);
    assert_eq!(same.status, 304);
    let meant = |on: &str| archivist.get(&format!("/api/v1/agencies?code=H02&on={on}")).json()["agencies"].clone();
    assert_eq!((&meant("2025-06-30")[0]["name"], meant("2025-07-01")), (&json!("Tỉnh B"), json!([])));
    let shown = archivist.get("/api/v1/agencies/H02?on=2020-01-01").json();
    assert_eq!(shown["ended"]["successors"][0]["name"], "Tỉnh AB");
    assert_eq!(shown["acts"][0]["recorded_by"], "administrator");
    let corrected = act(json!({ "act": "correct", "number": 1, "name": "Tỉnh A", "reason": "sai tên" }));
    assert_eq!(corrected.status, 201, "{}", corrected.text());
    let since = archivist.with("/api/v1/agencies?on=2025-06-30&limit=1", &[("if-none-match", &tag)]);
    assert_eq!((since.status, &since.json()["agencies"][0]["name"]), (200, &json!("Tỉnh A")));

    let table = archivist.get("/api/v1/agencies/table");
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    let csv = format!("{},H04,Tỉnh D,,2000-01-01,,,,,,\n", table.text());
    let put = |path: &str| admin.ask("POST", path, &[("content-type", "text/csv")], csv.as_bytes());
    assert_eq!(put("/api/v1/agencies/table?dry_run=true").json()["recorded"], 2);
    let taken = put("/api/v1/agencies/table").json();
    assert_eq!((&taken["recorded"], &taken["refused"]), (&json!(2), &json!([])), "{taken}");
    assert_eq!(put("/api/v1/agencies/table").json()["recorded"], 0);
    assert_eq!(admin.ask("POST", "/api/v1/agencies/table", &[("content-type", "text/csv")], b"a,b\n").status, 400);
}

#[test]
fn the_register_has_a_page() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (admin, archivist) = (server.client("administrator"), server.client("archivist"));
    let empty = archivist.get("/agencies?lang=en").text();
    assert!(empty.contains("The register is empty") && !empty.contains("Add an agency"), "{empty}");
    let act = |fields: &[(&str, &str)]| admin.form("/agencies/acts?lang=en", fields);
    let add = |name: &str, code: &str| {
        act(&[("act", "add"), ("name", name), ("code", code), ("from", "2000-01-01"), ("mandate", "1/NQ")])
    };
    let added = add("Tỉnh <i>A</i>", "H01");
    let place = added.header("location").to_owned();
    assert!(added.status == 303 && place.starts_with("/agencies/"), "{}", added.text());
    assert_eq!(add("Tỉnh B", "H02").status, 303);
    let twice = add("Tỉnh \"C", "H02");
    assert_eq!(twice.status, 422);
    let page = twice.text();
    assert!(page.contains("the code H02 means") && page.contains("value=\"Tỉnh &#34;C\""), "what was written stays");
    let merge = [
        ("act", "merge"),
        ("predecessors", "H01\r\nH02\r\n"),
        ("new", "H03=Tỉnh AB"),
        ("from", "2025-07-01"),
        ("mandate", "202/2025/QH15"),
    ];
    let new = act(&merge).header("location").to_owned();

    let before = archivist.get("/agencies?on=2025-06-30&lang=en").text();
    assert!(before.contains("Tỉnh &#60;i&#62;A&#60;/i&#62;") && !before.contains("Tỉnh AB"), "{before}");
    let found = archivist.get("/agencies?on=2026-01-01&q=tinh+b&lang=en").text();
    assert!(
        found.contains("Tỉnh B<") && found.contains("not there on this day") && !found.contains("i&#62;A"),
        "{found}"
    );
    let coded = archivist.get("/api/v1/agencies?on=2026-01-01&q=h02").json();
    assert_eq!((&coded["agencies"][0]["last"], &coded["total"]), (&json!("2025-06-30"), &json!(1)));
    assert_eq!(coded["agencies"][0]["code"], "H02");
    let one = archivist.get(&format!("{new}?on=2026-01-01&lang=en")).text();
    assert!(
        one.contains("Tỉnh B (H02)") && one.contains("202/2025/QH15") && !one.contains("Give another name"),
        "{one}"
    );
    let own = admin.get(&format!("{place}?lang=en")).text();
    assert!(own.contains("What #1 says") && own.contains("Give another name") && own.contains("merger"), "{own}");

    let agency = place.strip_prefix("/agencies/").unwrap();
    let wrong = act(&[("act", "rename"), ("agency", agency), ("name", "Tỉnh"), ("from", "2026-01-01")]);
    assert!(wrong.status == 422 && wrong.text().contains("Not recorded."), "{}", wrong.text());
    let corrected =
        act(&[("act", "correct"), ("agency", agency), ("number", "1"), ("name", "Tỉnh A"), ("reason", "sai tên")]);
    assert_eq!((corrected.status, corrected.header("location")), (303, place.as_str()));
    let page = archivist.get(&format!("{place}?lang=vi")).text();
    assert!(page.contains("<h1>Tỉnh A</h1>") && page.contains("đã đính chính bởi #"), "{page}");
    assert_eq!(archivist.form("/agencies/acts", &merge).status, 403);
    assert_eq!(archivist.get("/agencies/H99").status, 404);
    assert_eq!(archivist.get("/agencies?on=1/1/2020").status, 400);
}

#[test]
fn a_table_is_looked_at_on_the_page_before_it_is_taken_in() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let admin = server.client("administrator");
    let send = |act: &str, table: &[u8]| {
        let part = |name: &str, value: &[u8]| {
            [format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(), value, b"\r\n"]
                .concat()
        };
        let parts = [part("form", admin.token.as_bytes()), part("table", table), part("act", act.as_bytes())];
        let body = [parts.concat(), b"--b--\r\n".to_vec()].concat();
        admin.form_bytes("/agencies/table?lang=en", "multipart/form-data; boundary=b", &body)
    };
    let table = "Mã định danh,Tên cơ quan,Từ ngày\r\nH26,Tỉnh A,1997-01-01\r\nH27,<b>Tỉnh,1/1/97\r\n";
    let total = || admin.get("/api/v1/agencies").json()["total"].clone();
    let looked = send("look", table.as_bytes()).text();
    assert!(looked.contains("2 acts would be recorded.") && looked.contains("Line 3"), "{looked}");
    assert!(
        looked.contains("Record the lines") && looked.contains("1/1/97") && !looked.contains("<b>Tỉnh"),
        "{looked}"
    );
    assert_eq!(total(), json!(0));
    let taken = send("adopt", table.as_bytes()).text();
    assert!(taken.contains("2 acts were recorded.") && !taken.contains("Record the lines"), "{taken}");
    assert_eq!(total(), json!(1));
    assert!(admin.get("/agencies/table").text().contains("H26,Tỉnh A"));
    assert_eq!(send("adopt", b"a,b\n").status, 422);
    assert_eq!(send("look", &[0xff, b'\n']).status, 422);
}
