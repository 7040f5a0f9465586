//! Pages as browsers get them: in both languages, with what agencies wrote as text and never as markup.

use crate::scratch::eventually;
use crate::server::{Server, archive, escaped};

const CODE: &str = "H26.10.2023.045.0000002";

#[test]
fn every_page_is_whole_in_both_languages() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let [inspector, archivist, authority] =
        ["inspector", "archivist", "deciding-authority"].map(|name| server.client(name));
    let pages = [
        "/sign-in-again",
        "/account/second-factor",
        "/audit",
        "/account/keys",
        "/account/tokens",
        "/",
        "/search",
        "/search?words=khong+co",
        "/records/H26.10.2023.045.0000002",
        "/dossiers/H26.10.2023.045",
        "/search?holder=H26.10&verdict=unsigned",
        "/searches",
        "/fonds",
        "/fonds/H26.10",
        "/fonds/H26.10?year=2023",
        "/reports/agencies",
        "/reports/findings",
        "/reports/procedures",
        "/system",
        "/inspect",
        "/account",
        "/accounts",
        "/transfers",
        "/disposal",
        "/holds",
        "/agencies",
        "/requests",
        "/reading",
        "/requests?state=closed",
        "/trust",
        "/sources",
        "/retention?evaluate=yes&on=2044-01-01",
        "/rules/settings",
    ];
    let with_forms = [
        (&archivist, "/retention"),
        (&archivist, "/records/H26.10.2023.045.0000002/retention"),
        (&authority, "/dossiers/H26.10.2023.045/retention?on=2044-01-01"),
        (&authority, "/rules/settings"),
    ];
    for (who, path) in pages.map(|path| (&inspector, path)).into_iter().chain(with_forms) {
        for language in ["vi", "en"] {
            let joined = if path.contains('?') { '&' } else { '?' };
            let answer = who.get(&format!("{path}{joined}lang={language}"));
            let text = answer.text();
            assert_eq!(answer.status, 200, "{path} {language}: {text}");
            assert!(text.contains(&format!("<html lang=\"{language}\">")) && text.ends_with("</html>"), "{path}");
            assert!(answer.header("set-cookie").contains(&format!("language={language}")), "{path}");
            assert!(text.len() < 100_000, "{path}: {} bytes", text.len());
            let inline = ["<style", "style=\"", "onclick", "javascript:", "<script>"];
            assert!(inline.iter().all(|mark| !text.contains(mark)), "{path}");
            let menu = text.split("</nav>").next().unwrap_or("");
            let elsewhere = ["/account", "/sign-in-again", "/reading"].iter().any(|place| path.starts_with(place));
            let marked = usize::from(!elsewhere || path == "/accounts");
            assert_eq!(menu.matches("aria-current=").count(), marked, "{path}: its place in the menu");
            // A message that is missing shows its name.
            let words = text.split(['>', '<']).filter(|piece| !piece.contains(['=', ' ', '"', '/']));
            let named =
                words.filter(|piece| piece.contains('-') && piece.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            // The holders of the accounts are called as their roles are.
            let holders = ["transferring-officer", "council-member", "deciding-authority"];
            let named = named.filter(|piece| !holders.contains(piece));
            assert_eq!(named.collect::<Vec<_>>(), Vec::<&str>::new(), "{path} {language}");
        }
    }
}

#[test]
fn what_agencies_wrote_is_text() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    for path in [format!("/records/{CODE}"), "/search?words=mua".into(), "/dossiers/H26.10.2023.045".into()] {
        let text = archivist.get(&path).text();
        assert!(!text.contains("<b>mua") && text.contains("mua sắm"), "{path}");
    }
    let text = archivist.get(&format!("/search?words={}", escaped("\"><script>alert(1)</script>"))).text();
    assert!(!text.contains("<script>alert"), "{text}");
}

#[test]
fn a_visitor_is_led_to_the_door_and_back() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let led = server.get("/search?words=a");
    assert_eq!((led.status, led.header("location")), (303, "/sign-in?next=/search%3Fwords%3Da"));
    let body =
        format!("name=archivist&password={}&next={}", escaped(crate::account::PASSWORD), escaped("/search?words=a"));
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let inside = server.ask("POST", "/sign-in", &headers, body.as_bytes());
    assert_eq!((inside.status, inside.header("location")), (303, "/search?words=a"));
    let wrong = server.ask("POST", "/sign-in", &headers, b"name=archivist&password=x");
    assert!(wrong.status == 401 && wrong.text().contains("role=\"alert\""));
}

#[test]
fn an_inspector_checks_a_receipt_and_a_file() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let inspector = server.client("inspector");
    let receipt = inspector.get(&format!("/records/{CODE}/receipt")).text();
    let check = |receipt: &str| inspector.form("/inspect?lang=en", &[("receipt", receipt)]).text();
    assert!(check(&receipt).contains("The receipt is right"));
    assert!(check(&receipt.replace('\n', "\r\n")).contains("The receipt is right"), "forms send such line ends");
    let altered = receipt.replacen("index ", "index 1", 1);
    assert!(check(&altered).contains("The receipt proves nothing"));
    assert!(check("nothing").contains("The receipt proves nothing"));
    let held = chauban::digest::ContentDigests::of(b"%PDF-1.7 two").sha256;
    assert!(inspector.get(&format!("/inspect?lang=en&q={held}")).text().contains("In the archive"));
    assert!(inspector.get(&format!("/inspect?lang=en&q={}", "0".repeat(64))).text().contains("Not in the archive"));
}

#[test]
fn the_first_page_draws_what_it_counts_with_the_table_beside() {
    let scratch = archive();
    let old =
        serde_json::json!({ "file_code": "H26.10.2001.001", "issued_date": "2001-05-17", "symbol": "1/QĐ-STTTT" });
    scratch.document("old/1", b"%PDF-1.7 old", old);
    assert_eq!(scratch.ingest("old").summary["taken"], 1);
    let server = Server::start(&scratch);
    let [archivist, inspector, officer] =
        ["archivist", "inspector", "transferring-officer"].map(|name| server.client(name));
    // The drawing of a section, and the table after it.
    let drawn = |text: &str, title: &str| {
        let section = text.split("<section").find(|one| one.contains(&format!("<h2>{title}</h2>")));
        let section = section.unwrap_or_else(|| panic!("{title}: {text}")).to_owned();
        let (bars, rows) = (section.matches("<rect ").count(), section.matches("<th scope=\"row\">").count());
        assert!(bars > 0 && bars == rows, "{bars} bars, {rows} rows: {section}");
        section
    };
    let home = archivist.get("/?lang=en").text();
    drawn(&home, "Dossiers by the year in which their period ends, to ten years ahead");
    let overdue = drawn(&home, "What has come due, dossiers");
    assert!(overdue.contains("href=\"/retention\""), "{overdue}");
    let unread = "Not read again since the last one without a doubt";
    let fixity = "Fixity: entries of the ledger that each check of every byte read again";
    assert!(drawn(&home, fixity).contains(unread));
    assert!(!officer.get("/?lang=en").text().contains(fixity), "who does not inspect sees none of it");
    scratch.ok(&["verify", "--deep", "--record"]);
    let both = || {
        let text = inspector.get("/?lang=en").text();
        text.contains(": no doubt</th>") && text.contains(unread)
    };
    eventually("a check is drawn", both);
    assert!(inspector.get("/?lang=vi").text().contains("không có nghi vấn"));
    let due = archivist.get("/retention?lang=en&by=year").text();
    assert!(due.contains("<svg class=\"chart\"") && due.contains("Dossiers whose period has ended"), "{due}");
}

#[test]
fn what_is_due_is_counted_anew_when_something_was_recorded() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let archivist = server.client("archivist");
    let ended = || archivist.get("/api/v1/retention/due?on=2044-01-01").json()["lines"]["H26.10"]["review"].clone();
    assert_eq!((ended(), ended()), (1.into(), 1.into()));
    let more =
        serde_json::json!({ "file_code": "H26.10.2022.001", "issued_date": "2022-05-17", "symbol": "2/QĐ-STTTT" });
    scratch.document("more/1", b"%PDF-1.7 more", more);
    assert_eq!(scratch.ingest("more").summary["taken"], 1);
    eventually("counted anew", || ended() == 2);
    assert_eq!(archivist.get("/api/v1/retention/evaluation?on=2044-01-01").json()["records"], 4);
}
