//! Every finding code, through the program: an input that has exactly this fault, and that nothing else is found.

use crate::scratch::{Scratch, record};
use chauban::transfer::FindingCode::{self, *};
use chauban::transfer::Severity;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// An archive, and which codes were met in it.
struct Examination {
    scratch: Scratch,
    met: BTreeSet<FindingCode>,
    cases: u32,
}

impl Examination {
    /// Ingests what `make` writes into a folder about the dossier whose code it is given; `code` must be all it finds.
    #[track_caller]
    fn check(&mut self, code: FindingCode, make: impl FnOnce(&Scratch, &str, &str)) {
        self.cases += 1;
        let (folder, dossier) = (format!("case{}", self.cases), format!("H26.10.2024.{:03}", self.cases));
        fs::create_dir(self.scratch.path(&folder)).unwrap();
        make(&self.scratch, &folder, &dossier);
        let ingested = self.scratch.ingest_as("H26.10", &folder);
        // The file of a record that names it wrongly is a stray one, too.
        let mut codes = ingested.codes();
        codes.retain(|found| *found == code.code() || (code, found.as_str()) != (FileNameUnsafe, "stray-file"));
        assert_eq!(codes, [code.code()], "{:?}", ingested.lines);
        let refused = ingested.summary["refused"] != 0;
        assert_eq!(refused, code.severity() == Severity::Error, "{}: {:?}", code.code(), ingested.lines);
        let of_documents = ingested.lines.iter().flat_map(|line| line["findings"].as_array().into_iter().flatten());
        let of_others = ingested.lines.iter().filter_map(|line| line.get("finding"));
        for finding in of_documents.chain(of_others).filter(|finding| finding["code"] == code.code()) {
            assert_eq!(finding["severity"], code.severity().name());
            for words in ["message", "remedy"] {
                assert!(finding[words].as_str().is_some_and(|text| !text.is_empty()), "{finding}");
            }
        }
        self.met.insert(code);
    }

    /// A loose document with these changes to its sidecar.
    #[track_caller]
    fn loose(&mut self, code: FindingCode, changes: Value) {
        self.check(code, |scratch, folder, dossier| loose(scratch, folder, dossier, "1", changes));
    }

    /// A loose document with this text as its sidecar.
    #[track_caller]
    fn raw(&mut self, code: FindingCode, text: impl FnOnce(&str) -> String) {
        self.check(code, |scratch, folder, dossier| {
            loose(scratch, folder, dossier, "1", json!({}));
            let path = scratch.path(folder).join("1.json");
            let usual = fs::read_to_string(&path).unwrap();
            fs::write(path, text(&usual)).unwrap();
        });
    }

    /// A dossier folder with one record, after `change`.
    #[track_caller]
    fn folder(&mut self, code: FindingCode, change: impl FnOnce(&mut Value)) {
        self.check(code, |scratch, folder, dossier| {
            let number = dossier.rsplit('.').next().unwrap();
            let changes = json!({ "code_number": format!("1{number}") });
            let mut whole =
                json!({ "file_code": dossier, "records": [record(&[("a.txt", dossier.as_bytes())], changes)] });
            change(&mut whole);
            scratch.dossier(folder, whole);
            fs::write(scratch.path(folder).join("a.txt"), dossier).unwrap();
        });
    }
}

/// A loose document of `dossier`, like no other.
fn loose(scratch: &Scratch, folder: &str, dossier: &str, name: &str, changes: Value) {
    let number = format!("1{}{}", dossier.rsplit('.').next().unwrap(), name);
    let mut all = json!({ "id": name, "file_code": dossier, "symbol": format!("{number}/TB-STTTT") });
    all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    scratch.document(&format!("{folder}/{name}"), number.as_bytes(), all);
}

#[test]
fn every_finding_code_is_met() {
    let mut on = Examination { scratch: Scratch::new(), met: BTreeSet::new(), cases: 0 };
    let long = |length: usize| "x".repeat(length);

    // --- files
    on.check(FileMissing, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({}));
        fs::remove_file(scratch.path(folder).join("1.pdf")).unwrap();
    });
    on.check(FileUnreadable, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({}));
        fs::remove_file(scratch.path(folder).join("1.pdf")).unwrap();
        fs::create_dir(scratch.path(folder).join("1.pdf")).unwrap();
    });
    on.folder(FileNameUnsafe, |whole| whole["records"][0]["components"][0]["file"] = json!("../a.txt"));
    on.folder(FileClaimedTwice, |whole| {
        let again = whole["records"][0]["components"][0].clone();
        whole["records"][0]["components"].as_array_mut().unwrap().push(again);
    });
    on.check(StrayFile, |scratch, folder, _| fs::write(scratch.path(folder).join("notes.docx"), "x").unwrap());
    on.raw(TooLarge, |usual| {
        usual.replace("\"topic\"", "").replacen('{', &format!("{{\"topic\":\"{}\",", long(70_000)), 1)
    });

    // --- digests and signatures
    on.loose(DigestMismatch, json!({ "sha256": "00".repeat(32) }));
    on.loose(DigestMismatch, json!({ "size": 1 }));
    on.loose(DigestUnreadable, json!({ "sha256": "abc" }));
    on.check(SignatureBroken, |scratch, folder, dossier| {
        let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signatures/altered.pdf");
        let content = fs::read(fixture).unwrap();
        scratch.document(&format!("{folder}/1"), &content, json!({ "file_code": dossier, "symbol": "99/TB-STTTT" }));
    });
    on.check(SignatureNotExamined, |scratch, folder, dossier| {
        let content = vec![0; (200 << 20) + 1];
        scratch.document(&format!("{folder}/1"), &content, json!({ "file_code": dossier, "symbol": "98/TB-STTTT" }));
    });

    // --- the metadata as a whole
    on.raw(SidecarUnreadable, |_| "[]".to_owned());
    on.raw(SidecarUnreadable, |usual| usual[..usual.len() / 2].to_owned());
    on.check(DossierUnreadable, |scratch, folder, _| {
        fs::write(scratch.path(folder).join("dossier.json"), "not JSON").unwrap();
    });
    on.loose(FieldMissing, json!({ "subject": null }));
    on.loose(FieldWrongKind, json!({ "size": "12" }));
    on.raw(FieldRepeated, |usual| usual.replacen('{', "{\"id\":\"7\",", 1));
    on.loose(FieldUnknown, json!({ "colour": "red" }));
    on.loose(FieldEmpty, json!({ "subject": " " }));
    on.loose(FieldTooLong, json!({ "subject": long(501) }));

    // --- codes and dates
    on.loose(AgencyCodeUnreadable, json!({ "agency_code": "h26" }));
    on.loose(AgencyForeign, json!({ "file_code": "H26.33.2024.001" }));
    on.loose(DossierCodeUnreadable, json!({ "file_code": "H26.10" }));
    on.loose(DateUnreadable, json!({ "issued_date": "2023-02-30" }));
    on.loose(DateAfterDossierYear, json!({ "issued_date": "2025-01-01" }));
    on.loose(DossierCodeOfArchive, json!({ "file_code": "H26.LT.H26.10.2024.001" }));
    on.folder(DossierCodeOfArchive, |whole| whole["file_code"] = json!("H26.LT.H26.10.2024.001"));
    on.loose(DossierCodeOfRecord, json!({ "file_code": "H26.10.2023.2024.0000001" }));
    on.check(DossierCodeTaken, |scratch, folder, _| {
        loose(scratch, folder, "H26.LT.05.10.2023.1", "1", json!({}));
        assert_eq!(scratch.ingest(folder).summary["taken"], 1);
        loose(scratch, folder, "05.10.2023.1", "1", json!({}));
    });
    on.loose(YearAhead, json!({ "file_code": "H26.10.2099.103" }));
    on.folder(YearAhead, |whole| whole["file_code"] = json!("H26.10.2099.104"));
    on.folder(DatesReversed, |whole| {
        whole["start_date"] = json!("2024-05-02");
        whole["end_date"] = json!("2024-05-01");
    });
    on.folder(CodeUnknown, |whole| whole["records"][0]["mode"] = json!("07"));

    // --- secrecy
    for mark in ["Mật", "TỐI MẬT", " tuyệt mật "] {
        on.loose(SecretMark, json!({ "security_level": mark }));
    }
    on.folder(SecretMark, |whole| whole["records"][0]["mode"] = json!("03"));
    on.folder(SecretMark, |whole| whole["security_level"] = json!("Mật"));
    on.folder(SecretMark, |whole| whole["mức độ mật"] = json!("Tối mật"));
    on.folder(SecretMark, |whole| whole["records"][0]["components"][0]["do_mat"] = json!("Mật"));
    on.loose(SecretMark, json!({ "security_level": "tuyệt  mật" }));
    on.folder(UnknownMark, |whole| whole["security_level"] = json!("Lưu hành nội bộ"));
    on.loose(UnknownMark, json!({ "security_level": "Lưu hành nội bộ" }));
    on.loose(UnknownMark, json!({ "security_level": "" }));

    // --- the record's description
    on.folder(NoOriginal, |whole| whole["records"][0]["components"][0]["role"] = json!("attachment"));
    on.check(DuplicateIdentifier, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({ "symbol": "77/TB-STTTT" }));
        loose(scratch, folder, dossier, "2", json!({ "symbol": "77/TB-STTTT", "subject": "Về việc khác" }));
    });
    on.loose(UnknownDocumentType, json!({ "doc_type_name": "Giấy phép" }));
    on.loose(OddNumber, json!({ "symbol": "19A/KH-STTTT" }));
    for number in [json!("19A"), json!(1.5), json!(-5), json!(1e20)] {
        on.loose(OddNumber, json!({ "number": number }));
    }
    on.folder(OddNumber, |whole| whole["records"][0]["code_number"] = json!(178));
    on.loose(UnknownDocumentType, json!({ "doc_type_name": null }));
    on.folder(UnknownDocumentType, |whole| whole["records"][0]["type_name"] = json!(2));
    on.loose(PagesUnreadable, json!({ "pages": "3" }));
    on.folder(PagesUnreadable, |whole| whole["records"][0]["number_of_page"] = json!(-1));
    on.loose(OddNotation, json!({ "symbol": "1720" }));
    on.loose(OddNotation, json!({ "symbol": "119/KH STTTT" }));

    // --- the dossier
    let two = |first: Value, second: Value| {
        move |scratch: &Scratch, folder: &str, dossier: &str| {
            loose(scratch, folder, dossier, "1", first);
            loose(scratch, folder, dossier, "2", second);
        }
    };
    on.check(TitleDiffers, two(json!({}), json!({ "file_title": "Tiêu đề khác" })));
    on.check(PeriodDiffers, two(json!({}), json!({ "retention": "20 năm" })));
    on.loose(PeriodUnreadable, json!({ "retention": "lâu" }));
    on.folder(CountDiffers, |whole| whole["total_doc"] = json!(2));

    // --- what the archive holds already
    on.check(AlreadyHeld, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({}));
        assert_eq!(scratch.ingest(folder).summary["taken"], 1);
    });
    on.check(HeldDiffers, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({}));
        assert_eq!(scratch.ingest(folder).summary["taken"], 1);
        loose(scratch, folder, dossier, "1", json!({ "subject": "Về việc khác" }));
    });
    on.check(Supplement, |scratch, folder, dossier| {
        loose(scratch, folder, dossier, "1", json!({}));
        assert_eq!(scratch.ingest(folder).summary["taken"], 1);
        for extension in ["pdf", "json"] {
            fs::remove_file(scratch.path(folder).join(format!("1.{extension}"))).unwrap();
        }
        loose(scratch, folder, dossier, "2", json!({}));
    });

    // --- an archive with a register of agencies from here on
    on.scratch.ok(&["agency", "add", "Sở", "--code", "H26.10", "--from", "2000-01-01"]);
    on.scratch.ok(&["agency", "code", "H26.10", "H26.10.27", "--from", "2020-01-01", "--until", "2020-12-31"]);
    on.loose(AgencyUnregistered, json!({ "agency_code": "H26.10.99" }));
    on.loose(AgencyCodeOutOfTime, json!({ "agency_code": "H26.10.27" }));

    // --- an archive that is a historical one from here on
    on.scratch.ok(&["retention", "archive-kind", "historical", "--reason", "5/QĐ-UBND"]);
    on.loose(NotPermanent, json!({ "retention": "10 năm" }));

    // No input is known that the program fails on; the unit test of the guard meets that one.
    on.met.insert(InternalError);
    let missed: Vec<_> =
        FindingCode::ALL.iter().filter(|code| !on.met.contains(code)).map(|code| code.code()).collect();
    assert!(missed.is_empty(), "no input leads to {missed:?}");
    assert_eq!(on.scratch.json(&["verify", "--deep"])["doubts"], json!([]));
}

/// What the two forms share, they judge alike.
#[test]
fn both_forms_are_judged_alike() {
    let scratch = Scratch::new();
    let mut cases = 0;
    let mut check = |field: &str, value: Value, expect: &[&str]| {
        cases += 1;
        let content = format!("case {cases}");
        let dossier = format!("H26.10.2024.{cases:03}");
        let loose = json!({ "file_code": dossier, "symbol": format!("{}/QĐ", 10 + cases), field: value });
        scratch.document(&format!("loose{cases}/1"), content.as_bytes(), loose);
        let mut one = record(
            &[("1.pdf", content.as_bytes())],
            json!({ "code_number": (60 + cases).to_string(), "code_notation": "QĐ" }),
        );
        match field {
            "sha256" | "size" => one["components"][0][field] = value,
            _ => one[field] = value,
        }
        let folder = format!("folder{cases}");
        scratch.dossier(&folder, json!({ "file_code": format!("H26.11.2024.{cases:03}"), "records": [one] }));
        fs::write(scratch.path(&folder).join("1.pdf"), &content).unwrap();
        for folder in [format!("loose{cases}"), folder] {
            assert_eq!(scratch.ingest(&folder).codes(), expect, "{folder}: {field}");
        }
    };
    check("issued_date", json!("17/05/2024"), &["date-unreadable"]);
    check("issued_date", json!("2025-05-17"), &["date-after-dossier-year"]);
    check("security_level", json!("mật"), &["secret-mark"]);
    check("security_level", json!("?"), &["unknown-mark"]);
    check("độ mật", json!("mật"), &["secret-mark"]);
    check("confidentiality", json!("high"), &["unknown-mark"]);
    check("note", json!("TUYỆT MẬT"), &["secret-mark"]);
    check("agency_code", json!("x"), &["agency-code-unreadable"]);
    check("subject", json!(""), &["field-empty"]);
    check("sha256", json!("0"), &["digest-unreadable"]);
    check("sha256", json!("00".repeat(32)), &["digest-mismatch"]);
    check("size", json!(0), &["digest-mismatch"]);
}
