//! The documents of a transfer before it is accepted: told as its examination saw them, read in place, by rights.

use super::*;
use crate::scratch::record;
use crate::server::own_password;
use chauban::digest::ContentDigests;

const SIGNED: &str = "tests/fixtures/verdicts/07b_evidence_added_certified.pdf";
const PLAIN: &[u8] = b"%PDF-1.7 a document that is open to who processes it";

/// Hands over a signed document, a sensitive one, one that is not what its sidecar says, one with a mark of secrecy, and a
/// dossier folder in a package.
fn hand_over(work: &Work<'_>, signed: &[u8]) {
    work.document("1", signed, json!({ "subject": "Về việc <b>ký số</b>" }));
    work.document("2", PLAIN, json!({ "symbol": "16/QĐ-STTTT", "sensitivity": "3", "id": "2" }));
    work.upload("3.pdf", b"%PDF-1.7 another");
    let other = sidecar(b"%PDF-1.7 announced", json!({ "symbol": "17/QĐ-STTTT", "id": "3" }));
    work.upload("3.json", other.to_string().as_bytes());
    let secret = json!({ "symbol": "18/QĐ-STTTT", "security_level": "Mật", "subject": "Chuyện kín", "id": "4" });
    work.document("4", b"%PDF-1.7 secret", secret);
    let files: [(&str, &[u8]); 2] = [("a.pdf", PLAIN), ("b.txt", b"beside")];
    let dossier = json!({
        "file_code": "H26.10.2024.052", "title": "Hồ sơ thử", "agency_code": "H26.10", "agency_name": "Sở",
        "maintenance": "06", "records": [record(&files, json!({}))],
    });
    let dossier = dossier.to_string();
    let zip = package(&[("h/dossier.json", dossier.as_bytes()), ("h/a.pdf", PLAIN), ("h/b.txt", b"beside")]);
    work.upload("h.zip", &zip);
}

/// Number of the document at a place.
#[track_caller]
fn at(listed: &Value, place: &str) -> u64 {
    let all = listed["documents"].as_array().unwrap();
    let found = all.iter().find(|one| one["place"].as_str().unwrap().starts_with(place));
    found.unwrap_or_else(|| panic!("{place}: {listed}"))["number"].as_u64().unwrap()
}

#[test]
fn documents_are_looked_at_before_their_transfer_is_accepted() {
    let scratch = archive();
    made(&scratch, "other-officer", "transferring-officer", &["--agency", "H26.33"]);
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let (other, administrator) = (server.client("other-officer"), server.client("administrator"));
    let (council, inspector) = (server.client("council-member"), server.client("inspector"));
    let work = Work::begin(&officer);
    let documents = format!("{}/documents", work.at);
    assert_eq!(officer.get(&documents).status, 404, "nothing was examined");
    let signed = std::fs::read(SIGNED).unwrap();
    hand_over(&work, &signed);
    work.examined();

    let listed = officer.get(&documents).json();
    assert_eq!((&listed["count"], &listed["next"]), (&json!(5), &Value::Null), "{listed}");
    let pages = |query: &str| officer.get(&format!("{documents}{query}")).json();
    let first = pages("?limit=2");
    let second = pages(&format!("?limit=4&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!(second["documents"].as_array().unwrap().len(), 3);
    assert_eq!((&second["documents"][0], &second["next"]), (&listed["documents"][2], &Value::Null));
    let show = |who: &Client<'_>, number: u64| who.get(&format!("{documents}/{number}")).json();

    // Signed: judged once, told here as it will be of the record, and read in place.
    let one = at(&listed, "1.pdf");
    let shown = show(&archivist, one);
    assert_eq!((&shown["outcome"], &shown["access"]), (&json!("acceptable"), &json!("conditional")), "{shown}");
    assert_eq!(shown["described"]["subject"], "Về việc <b>ký số</b>");
    assert_eq!(shown["description"]["organ_name"], "Sở Thông tin và Truyền thông");
    assert_eq!(shown["signatures"], shown["validation"]["outcome"]);
    assert!(shown["validation"]["runs"][0]["report"]["signatures"][0]["indication"].is_string(), "{shown}");
    let digest = ContentDigests::of(&signed).sha256.to_string();
    assert_eq!(shown["components"][0]["sha256"], digest.as_str());
    let file = format!("{documents}/{one}/files/1");
    let whole = archivist.get(&file);
    assert_eq!((whole.status, &whole.body, whole.header("etag")), (200, &signed, format!("\"{digest}\"").as_str()));
    let part = archivist.with(&file, &[("range", "bytes=5-9")]);
    assert_eq!((part.status, &part.body[..]), (206, &signed[5..10]));
    assert_eq!(archivist.with(&file, &[("if-none-match", whole.header("etag"))]).status, 304);
    let page = documents.replace("/api/v1", "");
    let place = archivist.get(&format!("{page}/{one}/files/1"));
    assert_eq!((place.status, &place.body), (200, &signed));
    assert!(place.header("content-disposition").starts_with("inline"));
    assert!(place.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(place.header("x-content-type-options"), "nosniff");
    let html = archivist.get(&format!("{page}/{one}?lang=en")).text();
    assert!(html.contains(&format!("<iframe class=\"paper\" src=\"{page}/{one}/files/1#")), "{html}");
    assert!(
        html.contains("&#60;b&#62;ký số") && html.contains("<ol class=\"line\"") && html.contains("Period as stated")
    );
    assert!(html.contains("Not accessioned yet"), "{html}");

    // Sensitive: described to who sees the transfer, read by who processes it.
    let two = at(&listed, "2.pdf");
    assert_eq!(show(&officer, two)["access"], "closed");
    let closed = format!("{documents}/{two}/files/1");
    let asked = |who: &Client<'_>| who.get(&closed).status;
    assert_eq!((asked(&officer), asked(&inspector), asked(&archivist)), (403, 403, 200));
    let html = officer.get(&format!("{page}/{two}?lang=en")).text();
    assert!(html.contains("closes its files") && !html.contains("<iframe"), "{html}");

    // Refused: what is there is shown with what is against it; of a marked one nothing.
    let three = at(&listed, "3.pdf");
    let shown = show(&officer, three);
    assert_eq!((&shown["outcome"], &shown["found"][0]["code"]), (&json!("refused"), &json!("digest-mismatch")));
    assert!(shown["found"][0]["remedy_vi"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    assert_eq!(officer.get(&format!("{documents}/{three}/files/1")).body, b"%PDF-1.7 another");
    let html = officer.get(&format!("{page}/{three}")).text();
    assert!(html.contains("digest-mismatch") && html.contains("Kết quả kiểm tra"), "{html}");
    let four = at(&listed, "4.pdf");
    let secret = show(&archivist, four);
    assert_eq!((&secret["described"], &secret["components"]), (&Value::Null, &json!([])), "{secret}");
    assert!(!secret.to_string().contains("Chuyện kín"));
    assert_eq!(archivist.get(&format!("{documents}/{four}/files/1")).status, 404);

    // In a package: both files, the one that is no PDF only to be saved.
    let five = at(&listed, "h.zip");
    assert_eq!(show(&archivist, five)["components"][1]["role"], "attachment");
    let beside = archivist.get(&format!("{page}/{five}/files/2"));
    assert_eq!((beside.body.as_slice(), beside.header("content-type")), (&b"beside"[..], "application/octet-stream"));
    assert!(beside.header("content-disposition").starts_with("attachment"));
    for path in [format!("{documents}/{five}/files/3"), format!("{documents}/0"), format!("{documents}/6")] {
        assert_eq!(archivist.get(&path).status, 404, "{path}");
    }

    // Of another agency it is not there; who has no part in transfers has no role.
    for path in [&documents, &format!("{documents}/{one}"), &file] {
        let own = path.replace("/api/v1", "");
        assert_eq!((other.get(path).status, other.get(&own).status), (404, 404), "{path}");
        assert_eq!((administrator.get(path).status, council.get(path).status), (403, 403), "{path}");
        assert_eq!((inspector.get(path).status, inspector.get(&own).status), (200, 200), "{path}");
    }
    let list = officer.get(&format!("{page}?lang=en")).text();
    assert!(list.contains("5 documents") && list.contains("H26.10.2024.052") && list.contains("to be taken"), "{list}");
    let own = officer.get(&work.at.replace("/api/v1", "")).text();
    assert!(own.contains(&format!("href=\"{page}\"")), "{own}");

    // Each read of what is not open is noted under the transfer and the number.
    let noted = std::fs::read_to_string(scratch.path("kho/state/reads")).unwrap_or_default();
    let recorded = std::fs::read_to_string(scratch.path("kho/state/reads-recording")).unwrap_or_default();
    let id = work.at.rsplit('/').next().unwrap().to_owned();
    let transfer = id.clone();
    if noted.is_empty() && recorded.is_empty() {
        eventually("recorded", || inspector_sees(&server, &transfer));
    } else {
        assert!((noted + &recorded).contains(&format!("{id}/{one}")));
    }

    // Something changes: what was seen is not what is there.
    work.upload("5.pdf", b"%PDF-1.7 new");
    assert_eq!(officer.get(&documents).status, 404);
    assert_eq!(archivist.get(&file).status, 404);
    assert!(!scratch.path(format!("kho.transfers/{id}/documents.bin")).exists());
}

fn inspector_sees(server: &Server, transfer: &str) -> bool {
    let inspector = server.sign_in("inspector", &own_password("inspector"));
    inspector.get(&format!("/api/v1/audit?about={transfer}")).json()["acts"]
        .as_array()
        .is_some_and(|all| !all.is_empty())
}

#[test]
fn what_was_examined_is_what_is_read_and_ends_with_the_acceptance() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let work = Work::begin(&officer);
    work.document("1", PLAIN, json!({ "symbol": "30/QĐ-STTTT" }));
    work.examined();
    assert_eq!(work.post(&officer, "/submission").status, 200);
    let file = format!("{}/documents/1/files/1", work.at);
    assert_eq!(archivist.get(&file).body, PLAIN);
    let id = work.at.rsplit('/').next().unwrap().to_owned();
    let place = scratch.path(format!("kho.transfers/{id}/handed/1.pdf"));
    // Somebody changes it on the disk: of the same length it breaks off, of another it is not there.
    let changed: Vec<u8> = PLAIN.iter().map(|byte| byte ^ 1).collect();
    std::fs::write(&place, &changed).unwrap();
    let broken = archivist.try_ask("GET", &file, &[], b"");
    assert!(!broken.is_ok_and(|answer| answer.body.len() >= PLAIN.len()), "it never arrives whole");
    std::fs::write(&place, b"short").unwrap();
    assert_eq!(archivist.get(&file).status, 404);
    std::fs::remove_file(&place).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &place).unwrap();
    assert_eq!(archivist.get(&file).status, 404, "links are not followed");
    std::fs::remove_file(&place).unwrap();
    std::fs::write(&place, PLAIN).unwrap();

    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    work.until(&archivist, "ended");
    assert_eq!(archivist.get(&format!("{}/documents", work.at)).status, 404, "they are records now");
    assert_eq!(archivist.get(&file).status, 404);
    assert!(!scratch.path(format!("kho.transfers/{id}/documents.bin")).exists());
}
