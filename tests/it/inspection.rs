//! What an inspector asks with a file, a number or a code in hand, and the proof that comes with the answer.

use crate::account::made;
use crate::scratch::{Scratch, record};
use crate::server::{Client, Server, own_password};
use crate::stamp::Authority;
use serde_json::{Value, json};

const ONE: &[u8] = b"%PDF-1.7 the decision";
const TWO: &[u8] = b"%PDF-1.7 its annex";

/// An archive with a record of two files, and another of one of them alone.
fn archive() -> Scratch {
    let scratch = Scratch::new();
    let files: [(&str, &[u8]); 2] = [("a.pdf", ONE), ("b.pdf", TWO)];
    scratch.dossier("d", json!({ "records": [record(&files, json!({}))] }));
    files.iter().for_each(|(name, bytes)| std::fs::write(scratch.path("d").join(name), bytes).unwrap());
    assert_eq!(scratch.ingest("d").summary["taken"], 1);
    scratch.document("t/1", TWO, json!({ "symbol": "16/QĐ-STTTT" }));
    assert_eq!(scratch.ingest("t").summary["taken"], 1);
    made(&scratch, "administrator", "administrator", &[]);
    made(&scratch, "inspector", "inspector", &[]);
    made(&scratch, "archivist", "archivist", &[]);
    scratch
}

fn sha256(bytes: &[u8]) -> String {
    chauban::digest::Sha256::of(bytes).to_string()
}

fn held(who: &Client<'_>, sha256: &str) -> Value {
    let answer = who.get(&format!("/api/v1/digests/{sha256}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_file_is_known_again_in_every_record_that_has_it() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let files = |sha256: &str| {
        let held = held(&inspector, sha256);
        let files = held["files"].as_array().unwrap().iter();
        let mut files: Vec<_> = files.map(|one| (one["doc_code"].clone(), one["component"].clone())).collect();
        files.sort_by_key(|(code, _)| code.to_string());
        assert_eq!(held["records"].as_array().unwrap().len(), files.len());
        files
    };
    let (both, alone) = ("H26.10.2024.052.0000001", "H26.10.2023.045.0000001");
    assert_eq!(files(&sha256(ONE)), [(json!(both), json!(1))]);
    assert_eq!(files(&sha256(TWO)), [(json!(alone), json!(1)), (json!(both), json!(2))]);
    // By what both files are known as the content of one record, no file is known.
    let content = [chauban::digest::Sha256::of(ONE).0, chauban::digest::Sha256::of(TWO).0].concat();
    assert_eq!(files(&sha256(&content)), []);
    let page = inspector.get(&format!("/inspect?lang=en&q={}", sha256(ONE))).text();
    assert!(page.contains("In the archive") && page.contains(both), "{page}");
    let page = inspector.get(&format!("/inspect?lang=vi&q={}", sha256(b"another"))).text();
    assert!(page.contains("Không có trong kho") && page.contains("không phân biệt được"), "{page}");
}

#[test]
fn a_number_or_a_code_is_answered_with_what_proves_it() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let page = |language: &str, asked: &str| {
        let answer = inspector.get(&format!("/inspect?lang={language}&q={}", crate::server::escaped(asked)));
        assert_eq!(answer.status, 200, "{asked}: {}", answer.text());
        answer.text()
    };
    for asked in ["16/QĐ-STTTT", "16/qđ-stttt", "16", "H26.10.2023.045.0000001", "H26.10.2023.045"] {
        let page = page("en", asked);
        for words in ["In the archive", "One record here", "H26.10.2023.045.0000001", "Checkpoint over it"] {
            assert!(page.contains(words), "{asked}: {words} is missing in {page}");
        }
        assert!(page.contains("/records/H26.10.2023.045.0000001/receipt") && page.contains("/bundle"), "{page}");
        assert!(page.contains("verify-receipt H26.10.2023.045.0000001.tlog-proof ./&#39;"), "{page}");
        assert!(page.contains(&sha256(TWO)) && page.contains("/ledger/keys/ed25519.vkey"), "{page}");
    }
    assert_eq!(inspector.get("/ledger/keys/ed25519.vkey").status, 200);
    for asked in ["17/QĐ-STTTT", "1", "H26.10.2023.046", "no <b>such"] {
        let page = page("vi", asked);
        assert!(page.contains("Không có trong kho") && page.contains("/search?words="), "{asked}: {page}");
        assert!(!page.contains("<b>such") && !page.contains("/receipt\""), "{asked}: {page}");
    }
    let receipt = inspector.get("/records/H26.10.2023.045.0000001/receipt").text();
    let answer = |language: &str, receipt: &str| {
        inspector.form(&format!("/inspect?lang={language}"), &[("receipt", receipt)]).text()
    };
    let page = answer("vi", &receipt);
    assert!(page.contains("Biên nhận đúng") && page.contains("H26.10.2023.045.0000001/bundle"), "{page}");
    let other = receipt.replacen("index ", "index 1", 1);
    let page = answer("vi", &other);
    assert!(page.contains("Biên nhận không chứng minh được gì") && !page.contains("signed ledger of"), "{page}");
}

#[test]
fn checkpoints_that_were_stamped_are_told_with_where_they_lie() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let none = inspector.get("/api/v1/checkpoints").json();
    assert_eq!((&none["stamped"], &none["next"]), (&json!([]), &json!(null)), "{none}");
    assert!(inspector.get("/inspect/checkpoints?lang=en").text().contains("None was time-stamped yet."));
    let page = inspector.get("/inspect?lang=vi").text();
    assert!(page.contains("Bên chứng kiến") && page.contains("Byte cũ nhất chưa được kiểm tra"), "{page}");
    drop(server);

    let authority = Authority::start(&scratch, "tsa", &[]);
    scratch.ok(&["time-authority", "add", &authority.url, "--name", "local"]);
    scratch.ok(&["stamp"]);
    scratch.ok(&["hold", "place", "H26.10.2023.045", "--reason", "r", "--mandate", "m"]);
    scratch.ok(&["stamp"]);
    let server = Server::start(&scratch);
    let inspector = server.sign_in("inspector", &own_password("inspector"));
    let first = inspector.get("/api/v1/checkpoints?limit=1").json();
    assert_eq!((&first["total"], first["stamped"].as_array().unwrap().len()), (&json!(2), 1), "{first}");
    let cursor = first["next"].as_str().unwrap();
    let second = inspector.get(&format!("/api/v1/checkpoints?limit=1&cursor={cursor}")).json();
    assert_eq!(second["next"], json!(null));
    let (newer, older) = (&first["stamped"][0], &second["stamped"][0]);
    assert!(newer["size"].as_u64() > older["size"].as_u64(), "{newer} {older}");
    for one in [newer, older] {
        let stamp = &one["stamps"][0];
        assert_eq!(stamp["authority"], "local");
        for place in [&one["place"], &stamp["place"]] {
            assert!(scratch.path("kho").join(place.as_str().unwrap()).is_file(), "{place}");
        }
    }
    let page = inspector.get("/inspect/checkpoints?lang=en").text();
    assert!(page.contains(newer["place"].as_str().unwrap()) && page.contains("local"), "{page}");
    assert_eq!(inspector.get("/api/v1/checkpoints?cursor=x").status, 400);
}

#[test]
fn the_oldest_byte_that_no_check_has_read_is_told() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let oldest = inspector.get("/api/v1/fixity").json()["oldest_unchecked"].clone();
    assert_eq!((&oldest["index"], &oldest["segment"]), (&json!(0), &json!(1)), "{oldest}");
    drop(server);
    scratch.ok(&["verify", "--deep", "--record"]);
    let server = Server::start(&scratch);
    let fixity = server.sign_in("inspector", &own_password("inspector")).get("/api/v1/fixity").json();
    let checked = fixity["checks"][0]["entries"].as_u64().unwrap();
    assert_eq!(fixity["oldest_unchecked"]["index"], checked, "the record of the check itself");
    assert!(fixity["oldest_unchecked"]["offset"].as_u64() > Some(0), "{fixity}");
}

#[test]
fn the_audit_trail_is_found_by_kind_and_day_and_exported() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let acts = |query: &str| {
        let answer = inspector.get(&format!("/api/v1/audit?{query}"));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    };
    let taken = acts("what=record-accessioned");
    let subjects: Vec<_> = taken["acts"].as_array().unwrap().iter().map(|act| act["subject"]["code"].clone()).collect();
    assert_eq!(subjects, [json!("H26.10.2023.045.0000001"), json!("H26.10.2024.052.0000001")]);
    let day = |act: &Value| act["at"].as_str().unwrap()[..10].parse::<chrono::NaiveDate>().unwrap();
    let day = day(&taken["acts"][0]);
    let (before, after) = (day - chrono::TimeDelta::days(2), day + chrono::TimeDelta::days(2));
    for query in [format!("from={before}&to={after}"), format!("from={before}"), format!("to={after}")] {
        assert_eq!(acts(&format!("what=record-accessioned&{query}"))["acts"], taken["acts"], "{query}");
    }
    for query in [format!("to={before}"), format!("from={after}")] {
        assert_eq!(acts(&query), json!({ "acts": [], "next": null }), "{query}");
    }
    // Page by page as whole.
    let whole: Vec<Value> = acts("limit=200&what=account-proposed")["acts"].as_array().unwrap().clone();
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = acts(&format!("limit=1&what=account-proposed{cursor}"));
        walked.extend(page["acts"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_u64() else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(walked.len() >= 3 && walked == whole, "{walked:?}");
    assert_eq!(whole[0]["subject"]["kind"], "account");
    for wrong in ["limit=0", "limit=201", "limit=x", "cursor=x", "from=today", "what=nothing", "format=pdf"] {
        assert_eq!(inspector.get(&format!("/api/v1/audit?{wrong}")).status, 400, "{wrong}");
    }
    let file = inspector.get("/api/v1/audit?format=csv&what=record-accessioned");
    assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
    let text = file.text();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains(",record-accessioned,") && text.contains("H26.10.2023.045.0000001"), "{text}");
    let page = inspector.get("/audit?lang=en&what=record-accessioned").text();
    assert!(page.contains("href=\"/records/H26.10.2023.045.0000001\"") && page.contains("Export as CSV"), "{page}");
    assert_eq!(inspector.get("/audit?what=&from=&to=&by=&about=").status, 200, "an empty form");
}
