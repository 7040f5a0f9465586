//! What an officer says of a PDF by a form: the sidecar it becomes, and what is told beside the field where it would refuse.

use super::*;
use crate::server::escaped;

fn fields<'a>(path: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("path", path),
        ("doc_type_name", "Quyết định"),
        ("symbol", "41/QĐ-STTTT"),
        ("subject", "Về việc <i>mô tả</i>"),
        ("issued_date", "2023-05-17"),
        ("agency_code", "H26.10"),
        ("agency_name", "Sở Thông tin"),
        ("file_code", "H26.10.2023.045"),
        ("file_title", "Hồ sơ mô tả"),
        ("id", "1"),
        ("retention", "10 năm"),
        ("security_level", "Thường"),
        ("sensitivity", ""),
        ("keywords", "một\r\n hai "),
        ("pages", "3"),
        ("scanned", "yes"),
        ("signer", ""),
    ];
    let changed = |(name, value): (&'a str, &'a str)| {
        (name, changes.iter().find(|(other, _)| *other == name).map_or(value, |(_, value)| *value))
    };
    usual.into_iter().map(changed).collect()
}

#[test]
fn a_pdf_is_described_by_a_form_and_then_taken() {
    let scratch = archive();
    made(&scratch, "other-officer", "transferring-officer", &["--agency", "H26.33"]);
    let server = Server::start(&scratch);
    let (officer, archivist) = (server.client("transferring-officer"), server.client("archivist"));
    let other = server.client("other-officer");
    let work = Work::begin(&officer);
    let (one, two) = (b"%PDF-1.7 by a form".as_slice(), b"%PDF-1.7 another by a form".as_slice());
    work.upload("hồ sơ/1.pdf", one);
    work.upload("hồ sơ/2.pdf", two);
    let page = work.at.replace("/api/v1", "");
    let form = |path: &str| format!("{page}/describe?lang=en&path={}", escaped(path));
    let (first, second) = (form("hồ sơ/1.pdf"), form("hồ sơ/2.pdf"));

    let list = officer.get(&format!("{page}?lang=en")).text();
    assert!(list.contains("2 PDFs have no description yet") && list.contains("/describe?path="), "{list}");
    let asked = officer.get(&first).text();
    assert!(
        asked.contains("name=\"agency_code\" type=\"text\" value=\"H26.10\"") && asked.contains("<iframe"),
        "{asked}"
    );
    let shown = officer.get(&first.replace("/describe?", "/describe/file?"));
    assert_eq!((shown.status, shown.body.as_slice()), (200, one));
    assert!(shown.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!((other.get(&first).status, archivist.get(&first).status), (404, 403));
    assert_eq!(officer.get(&form("hồ sơ/3.pdf")).status, 404);

    // What would refuse the document is told beside its field, and nothing is written.
    let send = |path: &str, changes: &[(&str, &str)]| {
        officer.form(&format!("{page}/describe?lang=en"), &fields(path, changes))
    };
    let wrong = send("hồ sơ/1.pdf", &[("issued_date", "2023-02-30"), ("file_code", "<b>")]);
    let text = wrong.text();
    assert_eq!(wrong.status, 422, "{text}");
    assert!(text.contains("id=\"issued_date-wrong\"") && text.contains("id=\"file_code-wrong\""), "{text}");
    assert!(text.contains("aria-describedby=\"issued_date-wrong\"") && !text.contains("<b>"), "{text}");
    assert!(text.contains("Về việc &#60;i&#62;mô tả") && !text.contains("id=\"symbol-wrong\""), "{text}");
    let secret = send("hồ sơ/1.pdf", &[("security_level", "Tối mật")]);
    assert!(secret.status == 422 && secret.text().contains("id=\"security_level-wrong\""), "{}", secret.text());
    assert_eq!(officer.get(&format!("{}/files", work.at)).json()["files"].as_array().unwrap().len(), 2);

    // Written, it leads to the next, with what the dossier's documents share.
    let written = send("hồ sơ/1.pdf", &[]);
    assert_eq!(written.status, 303, "{}", written.text());
    let next = written.header("location").to_owned();
    assert!(next.contains("2.pdf") && next.contains("&like="), "{next}");
    let asked = officer.get(&next).text();
    assert!(asked.contains("Hồ sơ mô tả") && !asked.contains("41/QĐ-STTTT"), "{asked}");
    let written = send("hồ sơ/2.pdf", &[("symbol", "42/QĐ-STTTT"), ("id", "2"), ("sensitivity", "3")]);
    assert_eq!(written.header("location"), format!("{page}#files"));
    assert_eq!(officer.get(&second.replace("/describe?", "/describe/file?")).status, 404, "it is described now");

    let found = work.examined();
    assert_eq!((&found["acceptable"], &found["good"]), (&json!(2), &json!(true)), "{found}");
    let shown = officer.get(&format!("{}/documents/1", work.at)).json();
    assert_eq!(shown["described"]["subject"], "Về việc <i>mô tả</i>");
    let description = &shown["description"];
    assert_eq!(
        (&description["keyword"], &description["number_of_page"], &description["confidence_level"]),
        (&json!(["một", "hai"]), &json!(3), &json!("02"))
    );

    // Returned, it is corrected the same way; what was submitted is not.
    assert_eq!(work.post(&officer, "/submission").status, 200);
    assert_eq!(send("hồ sơ/1.pdf", &[("subject", "late")]).status, 422);
    let why = json!({ "reason": "Trích yếu" });
    assert_eq!(archivist.json("POST", &format!("{}/return", work.at), &why).status, 200);
    assert!(officer.get(&first).text().contains("mô tả&#60;/i&#62;"));
    assert_eq!(send("hồ sơ/1.pdf", &[("subject", "Đã sửa")]).status, 303);
    assert_eq!(officer.get(&format!("{}/examination", work.at)).status, 404, "it changed");
    work.examined();
    let corrected = officer.get(&format!("{}/documents/1", work.at)).json();
    assert_eq!(corrected["described"]["subject"], "Đã sửa");
    assert_eq!(work.post(&officer, "/submission").status, 200);
    assert_eq!(work.post(&archivist, "/acceptance").status, 202);
    work.until(&archivist, "ended");
}

#[test]
fn what_lies_in_a_dossier_folder_has_no_sidecar() {
    let scratch = archive();
    let server = Server::start(&scratch);
    let officer = server.client("transferring-officer");
    let work = Work::begin(&officer);
    work.upload("h/a.pdf", b"%PDF-1.7 a");
    work.upload("h/dossier.json", b"{}");
    work.upload("note.txt", b"x");
    let page = work.at.replace("/api/v1", "");
    assert!(!officer.get(&page).text().contains("/describe?path="));
    let send = |path: &str| officer.form(&format!("{page}/describe?lang=en"), &fields(path, &[]));
    let refused = send("h/a.pdf");
    assert!(refused.status == 422 && refused.text().contains("dossier.json"), "{}", refused.text());
    for path in ["note.txt", "../x.pdf", ".pdf", "h/none.pdf"] {
        assert!(matches!(send(path).status, 404 | 422), "{path}");
    }
    assert_eq!(officer.get(&format!("{page}/describe/file?path=h%2Fa.pdf")).status, 404);
    assert_eq!(officer.get(&format!("{}/files", work.at)).json()["files"].as_array().unwrap().len(), 3);
}
