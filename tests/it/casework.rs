//! Disposal cases and holds over the wire: by separate persons, each in their role; and what is told of a destroyed record.

use crate::account::made;
use crate::disposal::{archive, at, code, decided, execute};
use crate::scratch::eventually;
use crate::server::{Answer, Client, Server};
use serde_json::json;

const DOSSIER: &str = "H26.10.2015.045";

/// Does something in a case, as a form with files.
pub fn act(who: &Client<'_>, case: &str, fields: &[(&str, &str)], document: Option<&[u8]>) -> Answer {
    let kind = ("content-type", "multipart/form-data; boundary=xx");
    who.ask("POST", &format!("/api/v1/disposal-cases/{case}/acts"), &[kind], &parts(fields, document))
}

/// A form with files, its boundary `xx`.
pub fn parts(fields: &[(&str, &str)], document: Option<&[u8]>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.bytes());
    }
    if let Some(bytes) = document {
        let head = "--xx\r\nContent-Disposition: form-data; name=\"document\"; filename=\"van-ban.pdf\"\r\n\r\n";
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--xx--\r\n");
    body
}

#[test]
fn a_case_goes_on_by_separate_persons() {
    let scratch = archive(2);
    made(&scratch, "administrator", "administrator", &[]);
    for role in ["archivist", "deciding-authority", "inspector"] {
        made(&scratch, role, role, &[]);
    }
    scratch.ok(&["retention", "archive-kind", "historical", "--reason", "5/QĐ-UBND"]);
    let server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let new = json!({ "subject": "hồ sơ dự thầu", "archive": "current" });
    assert_eq!(decider.json("POST", "/api/v1/disposal-cases", &new).status, 403);
    let refused = archivist.json("POST", "/api/v1/disposal-cases", &new);
    assert_eq!(refused.status, 409, "nobody says whose archive it is but the archive: {}", refused.text());
    let new = json!({ "subject": "hồ sơ dự thầu" });
    let opened = archivist.json("POST", "/api/v1/disposal-cases", &new);
    assert_eq!(opened.status, 201, "{}", opened.text());
    let case = opened.json()["number"].as_str().unwrap().to_owned();
    let place = format!("/api/v1/disposal-cases/{case}");
    assert_eq!(opened.header("location"), place);

    let added = act(&archivist, &case, &[("act", "add"), ("record", DOSSIER)], None);
    assert_eq!((added.status, &added.json()["items"]["listed"]), (200, &json!(2)), "{}", added.text());
    assert_eq!(added.json()["waits_for"]["act"], "submit");
    assert_eq!(archivist.get(&format!("{place}/items?limit=1")).json()["items"][0]["code"], code(1));
    let (list, seen) = (added.json()["list"].as_str().unwrap().to_owned(), added.header("etag").to_owned());
    let submit = [("act", "submit"), ("list", list.as_str()), ("unsigned", "ký trên giấy")];
    assert_eq!(act(&archivist, &case, &submit, None).status, 400, "without its document");
    assert_eq!(act(&archivist, &case, &submit[..2], Some(b"%PDF-1.7 list")).status, 403, "nobody signed it");
    assert_eq!(act(&archivist, &case, &[("act", "burn")], None).status, 400);
    let on_page = |language: &str| {
        let part = |(name, value): (&str, &str)| {
            format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields = [("form", archivist.token.as_str())].into_iter().chain(submit);
        let body = fields.map(part).collect::<String>() + "--xx--\r\n";
        let path = format!("/disposal/{case}/acts?lang={language}");
        archivist.form_bytes(&path, "multipart/form-data; boundary=xx", body.as_bytes()).text()
    };
    let (told, english) = (on_page("vi"), "this act rests on a document");
    assert!(told.contains("bước này phải kèm văn bản") && !told.contains(english), "{told}");
    assert!(on_page("en").contains(english));
    assert_eq!(act(&server.client("inspector"), &case, &submit, None).status, 403);
    assert_eq!(act(&archivist, &case, &submit, Some(b"%PDF-1.7 list")).status, 200);
    let stale = archivist.ask(
        "POST",
        &format!("{place}/acts"),
        &[("content-type", "multipart/form-data; boundary=xx"), ("if-match", &seen)],
        b"--xx\r\nContent-Disposition: form-data; name=\"act\"\r\n\r\nreassess\r\n--xx--\r\n",
    );
    assert_eq!(stale.status, 412);

    assert!(decider.get("/disposal?lang=en").text().contains("hồ sơ dự thầu"));
    assert!(decider.get("/?lang=en").text().contains("1 disposal case waits"));
    let page = decider.get(&format!("/disposal/{case}?lang=en")).text();
    assert!(page.contains("value=\"decide\"") && !page.contains("value=\"submit\""), "{page}");
    let decide = [("act", "decide"), ("list", list.as_str()), ("unsigned", "ký trên giấy")];
    assert_eq!(act(&archivist, &case, &decide, Some(b"%PDF-1.7 decision")).status, 403);
    let other = [("act", "decide"), ("list", &"0".repeat(64)), ("unsigned", "ký trên giấy")];
    assert_eq!(act(&decider, &case, &other, Some(b"%PDF-1.7 decision")).status, 409, "another list than was seen");
    let decided = act(&decider, &case, &decide, Some(b"%PDF-1.7 decision"));
    assert_eq!((decided.status, &decided.json()["state"]), (200, &json!("decided")), "{}", decided.text());
    assert_eq!(decided.json()["documents"][1]["standing"], "unsigned");
    assert_eq!(decider.get(&format!("{place}/documents/2")).body, b"%PDF-1.7 decision");
    assert_eq!(act(&archivist, &case, &[("act", "execute")], None).status, 409, "not begun");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_council_is_of_those_who_may_sit_in_one() {
    let scratch = archive(1);
    made(&scratch, "administrator", "administrator", &[]);
    for role in ["archivist", "deciding-authority", "council-member"] {
        made(&scratch, role, role, &[]);
    }
    made(&scratch, "second", "council-member", &[]);
    made(&scratch, "officer", "transferring-officer", &["--agency", "H26.10"]);
    let server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let opened = archivist.json("POST", "/api/v1/disposal-cases", &json!({ "subject": "hồ sơ dự thầu" }));
    let case = opened.json()["number"].as_str().unwrap().to_owned();
    let added = act(&archivist, &case, &[("act", "add"), ("record", DOSSIER)], None);
    let list = added.json()["list"].as_str().unwrap().to_owned();
    let submit = [("act", "submit"), ("list", list.as_str()), ("unsigned", "ký trên giấy")];
    assert_eq!(act(&archivist, &case, &submit, Some(b"%PDF-1.7 list")).status, 200);
    let head = json!({ "agency": "Sở", "place": "Hà Giang", "fonds": "Phông" });
    for (member, status) in [("officer", 400), ("nobody", 404), ("second", 200)] {
        let paper = json!({
            "kind": "appointment", "chair": "council-member", "secretary": "archivist", "members": [member],
        });
        let made = decider.json(
            "POST",
            &format!("/api/v1/disposal-cases/{case}/papers"),
            &json!({ "head": head, "paper": paper }),
        );
        assert_eq!(made.status, status, "{}", made.text());
        let seats = [("act", "appoint"), ("chair", "council-member"), ("secretary", "archivist"), ("member", member)];
        let appoint = [&seats[..], &[("unsigned", "ký trên giấy")]].concat();
        let taken = act(&decider, &case, &appoint, Some(b"%PDF-1.7 council"));
        assert_eq!(taken.status, status, "{}", taken.text());
    }
}

#[test]
fn a_case_calls_who_may_still_act_and_ends_where_its_list_is_empty() {
    let scratch = archive(2);
    made(&scratch, "administrator", "administrator", &[]);
    for role in ["archivist", "deciding-authority", "council-member", "inspector"] {
        made(&scratch, role, role, &[]);
    }
    made(&scratch, "second", "council-member", &[]);
    made(&scratch, "ngoc", "archivist", &[]);
    let server = Server::start(&scratch);
    let (archivist, decider, ngoc) =
        (server.client("archivist"), server.client("deciding-authority"), server.client("ngoc"));
    let (chair, second) = (server.client("council-member"), server.client("second"));
    let waits = "1 disposal case waits";
    let is_called = |who: &Client<'_>| who.get("/?lang=en").text().contains(waits);
    let opened = archivist.json("POST", "/api/v1/disposal-cases", &json!({ "subject": "hồ sơ dự thầu" }));
    let case = opened.json()["number"].as_str().unwrap().to_owned();
    let place = format!("/disposal/{case}?lang=en");
    let added = act(&archivist, &case, &[("act", "add"), ("record", DOSSIER)], None);
    let list = added.json()["list"].as_str().unwrap().to_owned();
    let list = ("list", list.as_str());
    let unsigned = ("unsigned", "ký trên giấy");
    assert!(is_called(&archivist) && !is_called(&ngoc), "who proposed submits");
    assert!(!ngoc.get(&place).text().contains("value=\"submit\""));
    assert_eq!(act(&archivist, &case, &[("act", "submit"), list, unsigned], Some(b"%PDF-1.7 list")).status, 200);
    let seats = [("chair", "council-member"), ("secretary", "archivist"), ("member", "second")];
    let appoint = [&[("act", "appoint"), unsigned][..], &seats].concat();
    assert_eq!(act(&decider, &case, &appoint, Some(b"%PDF-1.7 council")).status, 200);

    // One of two voters: who has voted is called no more; items are ticked beside the list, with one reason.
    assert!(is_called(&chair) && is_called(&second));
    let page = chair.get(&place).text();
    let tick = format!("<input type=\"checkbox\" form=\"form-vote\" name=\"keep\" value=\"{}\">", code(2));
    assert!(page.contains(&tick) && page.contains("id=\"form-vote\""), "{page}");
    let kept = code(2);
    let vote = [("act", "vote"), list, ("keep", kept.as_str())];
    assert_eq!(act(&chair, &case, &vote, None).status, 400, "a reason is missing");
    // As browsers send it: what is ticked stands before the form, and so before the form's token.
    let ticked = |keep: &str, token: &str| {
        let fields = [("keep", keep), ("form", token), ("act", "vote"), list, ("reason", "còn tranh chấp")];
        let path = format!("/disposal/{case}/acts?lang=vi");
        chair.form_bytes(&path, "multipart/form-data; boundary=xx", &parts(&fields, None))
    };
    let stale = ticked(&kept, &second.token);
    assert!(stale.status == 403 && stale.text().contains("Trang này đã cũ"), "{}", stale.text());
    assert!(!stale.text().contains("Vai trò"), "no role is to blame: {}", stale.text());
    assert_eq!(ticked(&kept, &chair.token).status, 303);
    assert!(!is_called(&chair) && is_called(&second));

    // Closed below full votes only by who says what leaves.
    let page = chair.get(&format!("/disposal/{case}?lang=vi")).text();
    assert!(page.contains("số mục ra khỏi danh mục là 2/2") && page.contains("name=\"leave\" value=\"2\""), "{page}");
    assert!(!second.get(&place).text().contains("value=\"close-council\""), "who does not chair");
    let close = [("act", "close-council"), list, unsigned];
    let told = act(&chair, &case, &close, Some(b"%PDF-1.7 minutes"));
    assert!(told.status == 409 && told.text().contains("2 of 2 items leave the list"), "{}", told.text());
    let wrong = [&close[..], &[("leave", "1")]].concat();
    assert_eq!(act(&chair, &case, &wrong, Some(b"%PDF-1.7 minutes")).status, 409);
    let closed = act(&chair, &case, &[&close[..], &[("leave", "2")]].concat(), Some(b"%PDF-1.7 minutes"));
    assert_eq!(closed.status, 200, "{}", closed.text());

    // Nothing is left: it waits for nobody, and its end is offered.
    let (emptied, waits_for) = (closed.json()["emptied"].clone(), closed.json()["waits_for"].clone());
    assert_eq!((emptied, waits_for), (json!(true), json!(null)));
    assert!(![&archivist, &ngoc, &decider].into_iter().any(is_called), "nobody is called");
    let page = ngoc.get(&place).text();
    assert!(page.contains("value=\"abort\"") && !page.contains("value=\"opinion\""), "{page}");
    assert!(page.contains("<h2 id=\"act-abort\">") && page.contains("The case waits for nobody"));
    let documents = closed.json()["documents"].clone();
    assert_eq!(
        (&documents[2]["words"]["en"], &documents[2]["by"]),
        (&json!("minutes of the council"), &json!("council-member"))
    );
    assert!(page.contains("minutes of the council</a>"), "a document says what it is: {page}");
    assert!(decider.get("/disposal?lang=en").text().contains("can only be ended"));
    assert_eq!(act(&ngoc, &case, &[("act", "abort"), ("reason", "hết mục")], None).json()["state"], "aborted");
    drop(server);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_hold_is_released_by_another_person() {
    let scratch = archive(1);
    made(&scratch, "administrator", "administrator", &[]);
    for role in ["archivist", "deciding-authority"] {
        made(&scratch, role, role, &[]);
    }
    let server = Server::start(&scratch);
    let (archivist, decider) = (server.client("archivist"), server.client("deciding-authority"));
    let new = |records: &str| json!({ "records": records, "reason": "thanh tra", "mandate": "12/QĐ-TTr" });
    assert_eq!(archivist.json("POST", "/api/v1/holds", &new("")).status, 400);
    assert_eq!(archivist.json("POST", "/api/v1/holds", &new("H26.10.2015.999")).status, 404);
    let placed = archivist.json("POST", "/api/v1/holds", &new(DOSSIER));
    assert_eq!(placed.status, 201, "{}", placed.text());
    let release = format!("/api/v1/holds/{}/release", placed.json()["hold"].as_str().unwrap());
    assert!(archivist.get(&format!("/records/{}?lang=en", code(1))).text().contains("A hold blocks destruction."));
    let why = json!({ "reason": "xong" });
    assert_eq!(archivist.json("POST", &release, &why).status, 403, "who placed it");
    assert!(decider.get("/holds?lang=en").text().contains("thanh tra"));
    let query = ["--file-code", "H26.10.2018", "--worked", "2018/2018", "--reason", "x", "--mandate", "9/VB"];
    scratch.ok(&[&["hold", "place", "--agency", "H26.10"], &query[..]].concat());
    let told = "mã hồ sơ bắt đầu bằng H26.10.2018; công việc kết thúc trong các năm 2018 – 2018";
    eventually("another process' hold is shown", || decider.get("/holds?lang=vi").text().contains(told));
    assert_eq!(decider.json("POST", &release, &why).status, 200);
    assert_eq!(decider.json("POST", &release, &why).status, 409);

    // On conditions: over the API, and by the form, which keeps what was written where it is refused.
    let mut new = json!({ "agency": "H26.10", "worked": "2018", "type": "02", "issued": "2018-01-01/2018-12-31",
        "words": "quyết định, số 1", "reason": "vụ án", "mandate": "3/2026" });
    let placed = archivist.json("POST", "/api/v1/holds", &new).json();
    assert_eq!(
        (&placed["query"]["worked"], &placed["query"]["words"]),
        (&json!([2018, 2018]), &json!(["quyết định", "số 1"]))
    );
    new["worked"] = "năm 2018".into();
    assert_eq!(archivist.json("POST", "/api/v1/holds", &new).status, 400);
    let fields = |years: [&'static str; 2]| {
        let [from, to] = years;
        [
            ("records", ""),
            ("file_code", "H26.10.2018"),
            ("worked_from", from),
            ("worked_to", to),
            ("words", "nhà thầu"),
            ("reason", "vụ án"),
            ("mandate", "4/2026"),
        ]
    };
    let refused = archivist.form("/holds?lang=vi", &fields(["x", "2019"]));
    assert!(refused.status == 422 && refused.text().contains("viết 2019/2021"), "{}", refused.text());
    assert!(refused.text().contains(r#"value="nhà thầu""#), "{}", refused.text());
    assert_eq!(archivist.form("/holds", &fields(["2017", "2019"])).status, 303);
    let last = archivist.get("/api/v1/holds").json()["holds"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["query"]["worked"], &last["query"]["file_code"]), (&json!([2017, 2019]), &json!("H26.10.2018")));
    assert_eq!(decider.get("/api/v1/holds").json()["holds"][0]["released_by"], "deciding-authority");
}

#[test]
fn a_destroyed_record_is_told_of() {
    let scratch = archive(1);
    decided(&scratch);
    at(&scratch, "2024-07-09", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(execute(&scratch, "2024-07-09", "Đỗ F").unwrap(), (1, 0, 0, true));
    made(&scratch, "administrator", "administrator", &[]);
    made(&scratch, "archivist", "archivist", &[]);
    made(&scratch, "elsewhere", "transferring-officer", &["--agency", "H26.33"]);
    made(&scratch, "inspector", "inspector", &[]);
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let told = archivist.get(&format!("/api/v1/records/{}", code(1)));
    assert_eq!((told.status, told.header("content-type")), (410, "application/problem+json"));
    assert_eq!(
        (&told.json()["code"], &told.json()["tombstone"]["case_number"]),
        (&json!("destroyed"), &json!("2024/1"))
    );
    let page = archivist.get(&format!("/records/{}?lang=en", code(1)));
    assert!(page.status == 410 && page.text().contains("Destroyed by law"), "{}", page.text());
    for what in ["components/1", "receipt", "bundle", "evidence-record"] {
        let told = archivist.get(&format!("/api/v1/records/{}/{what}", code(1)));
        assert_eq!((told.status, &told.json()["code"]), (410, &json!("destroyed")), "{what}: {}", told.text());
    }
    let inspector = server.client("inspector");
    let page = inspector.get(&format!("/inspect?lang=en&q={}", code(1))).text();
    assert!(page.contains("Destroyed by law") && page.contains("2024/1"), "{page}");
    let acts = inspector.get("/api/v1/audit?about=2024/1").json()["acts"].clone();
    assert_eq!((&acts[0]["subject"]["code"], &acts[0]["subject"]["kind"]), (&json!("2024/1"), &json!("disposal-case")));
    let steps = acts.as_array().unwrap().iter().flat_map(|act| act["steps"].as_array().unwrap().clone());
    assert!(steps.clone().any(|step| step == "decide"), "{acts}");
    let page = inspector.get("/audit?lang=vi&about=2024/1").text();
    assert!(page.contains("quyết định hủy") && page.contains("href=\"/disposal/2024/1\""), "{page}");
    let elsewhere = server.client("elsewhere");
    assert_eq!(elsewhere.get(&format!("/api/v1/records/{}", code(1))).status, 404, "out of reach");
    assert_eq!(elsewhere.get(&format!("/records/{}", code(1))).status, 404);
}
