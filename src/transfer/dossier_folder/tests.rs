use super::*;
use crate::record::Role;
use FindingCode::*;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const NAME: &str = "h/dossier.json";

fn component(file: &str, role: &str) -> Value {
    json!({"file": file, "sha256": "07".repeat(32), "size": 5, "media_type": "application/pdf", "role": role})
}

fn record_named(number: &str, file: &str) -> Value {
    json!({
        "code_number": number, "code_notation": "QĐ-STTTT", "type_name": "02", "issued_date": "2024-06-18",
        "organ_name": "Sở Thông tin và Truyền thông", "agency_code": "H26.10", "subject": "Về việc kiểm tra",
        "language": "01", "number_of_page": 1, "maintenance": "06", "mode": "01", "confidence_level": "02",
        "security_level": "Thường", "keyword": ["văn thư"], "signer": "Nghiêm Bá Thịnh", "signer_position": "GIÁM ĐỐC",
        "components": [component(file, "original"), component(&format!("phu-luc/{file}"), "attachment")]
    })
}

fn sample() -> Value {
    json!({
        "file_code": "H26.10.2024.052", "title": "Hồ sơ kiểm tra", "agency_code": "H26.10",
        "agency_name": "Sở Thông tin và Truyền thông", "maintenance": "05", "mode": "01", "language": "01",
        "start_date": "2024-06-18", "end_date": "2024-09-25", "keyword": ["văn thư"], "total_doc": 2,
        "number_of_page": 2, "confidence_level": "01", "description": "mẫu",
        "records": [record_named("178", "a.pdf"), record_named("179", "b.pdf")]
    })
}

fn read_value(value: &Value) -> Result<DossierFolder, Vec<Finding>> {
    read(value.to_string().as_bytes(), NAME)
}

fn changed(change: impl FnOnce(&mut Value)) -> Result<DossierFolder, Vec<Finding>> {
    let mut value = sample();
    change(&mut value);
    read_value(&value)
}

fn found(findings: &[Finding]) -> Vec<(FindingCode, &str)> {
    findings.iter().map(|finding| (finding.code, finding.field.as_deref().unwrap_or_default())).collect()
}

/// The dossier is refused for these reasons.
fn refused(change: impl FnOnce(&mut Value), expect: &[(FindingCode, &str)]) {
    assert_eq!(found(&changed(change).unwrap_err()), expect);
}

/// The first record alone is refused, for these reasons.
fn record_refused(change: impl FnOnce(&mut Value), expect: &[(FindingCode, &str)]) {
    let folder = changed(|dossier| change(&mut dossier["records"][0])).unwrap();
    assert_eq!(folder.refused.iter().map(|record| record.ordinal).collect::<Vec<_>>(), [1]);
    assert_eq!(found(&folder.refused[0].findings), expect);
    assert!(folder.refused[0].findings.iter().all(|finding| finding.place.starts_with("h/dossier.json#/records/0")));
    assert_eq!(folder.records.iter().map(|record| record.ordinal).collect::<Vec<_>>(), [2]);
}

/// All is taken, with these warnings about the dossier and about the first record.
fn taken(
    change: impl FnOnce(&mut Value),
    dossier: &[(FindingCode, &str)],
    record: &[(FindingCode, &str)],
) -> DossierFolder {
    let folder = changed(change).unwrap();
    assert_eq!(found(&folder.findings), dossier);
    assert_eq!(found(&folder.records[0].findings), record);
    assert_eq!((folder.records.len(), folder.refused.len()), (2, 0));
    folder
}

#[test]
fn every_field_is_read() {
    let folder = taken(|_| {}, &[], &[]);
    let dossier = &folder.dossier;
    assert_eq!((dossier.title.as_str(), dossier.description.as_str()), ("Hồ sơ kiểm tra", "mẫu"));
    assert_eq!((folder.language.as_str(), folder.keywords.as_slice()), ("01", &["văn thư".to_owned()][..]));
    assert_eq!(dossier.dates.map(|(start, end)| format!("{start} {end}")).as_deref(), Some("2024-06-18 2024-09-25"));
    assert_eq!((dossier.retention.period, dossier.retention.citation.as_str()), (Period::Years(20), "20 năm"));
    assert_eq!(dossier.retention.until.map(|day| day.to_string()).as_deref(), Some("2044-12-31"));
    let record = &folder.records[0];
    let metadata = &record.metadata;
    assert_eq!((metadata.symbol.as_str(), metadata.type_name.as_str()), ("178/QĐ-STTTT", "Quyết định"));
    assert_eq!((metadata.confidence, metadata.mode), (ConfidenceLevel::Digitised, AccessMode::Open));
    assert_eq!((metadata.retention_stated.as_str(), metadata.pages), ("10 năm", Some(1)));
    let files: Vec<_> = record.components.iter().map(|c| (c.file.as_str(), c.role, c.expected.size)).collect();
    assert_eq!(files, [("a.pdf", Role::Original, 5), ("phu-luc/a.pdf", Role::Attachment, 5)]);
}

#[test]
fn raw_texts_are_verbatim_and_apart() {
    let mut value = sample();
    value["records"][0]["note"] = json!("a \"quoted\" ] } text");
    value["other"] = json!({"records": [{"records": []}]});
    value["a"] = json!([{"x": "records"}]);
    for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap(), format!("\u{feff}{value}")] {
        let folder = read(text.as_bytes(), NAME).unwrap();
        for (record, expect) in folder.records.iter().zip(value["records"].as_array().unwrap()) {
            assert!(text.contains(&record.raw));
            assert_eq!(serde_json::from_str::<Value>(&record.raw).unwrap(), *expect);
        }
        let mut emptied = value.clone();
        emptied["records"] = json!([]);
        let raw: Value = serde_json::from_str(folder.raw.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(raw, emptied);
    }
    let escaped = sample().to_string().replace("\"records\"", "\"record\\u0073\"");
    assert_eq!(found(&read(escaped.as_bytes(), NAME).unwrap_err()), [(DossierUnreadable, "")]);
}

#[test]
fn faults_of_the_dossier_refuse_it() {
    refused(|d| d["file_code"] = json!("052"), &[(DossierCodeUnreadable, "file_code")]);
    refused(|d| d["agency_code"] = json!("sở"), &[(AgencyCodeUnreadable, "agency_code")]);
    refused(|d| d["start_date"] = json!("18/06/2024"), &[(DateUnreadable, "start_date")]);
    refused(|d| d["mode"] = json!("03"), &[(SecretMark, "mode")]);
    refused(|d| d["security_level"] = json!("Mật"), &[(SecretMark, "security_level")]);
    refused(|d| d["security_level"] = json!("nội bộ"), &[(UnknownMark, "security_level")]);
    refused(|d| d["độ mật"] = json!("tối mật"), &[(SecretMark, "độ mật")]);
    refused(|d| d["note"] = json!("Tuyệt mật"), &[(SecretMark, "note")]);
    refused(|d| (d["note"], d["title"]) = (json!("Mật"), json!(null)), &[(SecretMark, "note")]);
    refused(|d| d["records"] = json!({}), &[(FieldWrongKind, "records")]);
    refused(|d| d["records"] = json!([3]), &[(FieldWrongKind, "records")]);
    refused(|d| d["title"] = json!(null), &[(FieldWrongKind, "title")]);
    refused(
        |d| *d = json!({}),
        &["file_code", "title", "agency_code", "agency_name", "records"].map(|f| (FieldMissing, f)),
    );
    refused(|d| *d = json!([]), &[(DossierUnreadable, "")]);
    let long = read(&vec![b' '; DOSSIER_BYTES_MAX + 1], NAME).unwrap_err();
    assert_eq!(found(&long), [(TooLarge, "")]);
}

#[test]
fn faults_of_a_record_refuse_that_record() {
    record_refused(|r| r["agency_code"] = json!("?"), &[(AgencyCodeUnreadable, "agency_code")]);
    record_refused(|r| r["issued_date"] = json!("2024-06-31"), &[(DateUnreadable, "issued_date")]);
    record_refused(|r| r["components"] = json!([]), &[(NoOriginal, "components")]);
    record_refused(|r| r["components"][0]["role"] = json!("attachment"), &[(NoOriginal, "components")]);
    record_refused(|r| r["components"][0]["role"] = json!("copy"), &[(FieldWrongKind, "role")]);
    record_refused(|r| r["components"][0]["sha256"] = json!("x"), &[(DigestUnreadable, "sha256")]);
    record_refused(
        |r| r["components"][1] = json!({"file": "x"}),
        &["sha256", "size", "role"].map(|f| (FieldMissing, f)),
    );
    record_refused(|r| r["components"] = json!(vec![component("x", "original"); 501]), &[(TooLarge, "components")]);
    record_refused(
        |r| *r = json!({}),
        &RECORD.0.iter().filter(|f| f.need == form::Need::Required).map(|f| (FieldMissing, f.name)).collect::<Vec<_>>(),
    );
}

#[test]
fn secret_records_leave_nothing_but_the_mark() {
    record_refused(
        |r| (r["security_level"], r["issued_date"]) = (json!("Tối mật"), json!("?")),
        &[(SecretMark, "security_level")],
    );
    record_refused(|r| r["security_level"] = json!("nội bộ"), &[(UnknownMark, "security_level")]);
    record_refused(|r| r["mode"] = json!("03"), &[(SecretMark, "mode")]);
    record_refused(|r| r["confidentiality"] = json!("Secret"), &[(UnknownMark, "confidentiality")]);
    record_refused(|r| r["note"] = json!("Mật"), &[(SecretMark, "note")]);
    record_refused(|r| (r["note"], r["subject"]) = (json!("Mật"), json!(null)), &[(SecretMark, "note")]);
    record_refused(|r| r["components"][1]["do_mat"] = json!("Mật"), &[(SecretMark, "do_mat")]);
    let folder =
        changed(|d| (d["records"][0]["security_level"], d["records"][0]["subject"]) = (json!("Mật"), json!("bí mật")))
            .unwrap();
    assert!(!format!("{folder:?}").contains("bí mật"));
}

#[test]
fn file_names_stay_inside_the_folder() {
    for bad in [
        "",
        ".",
        "..",
        "/a",
        "a/",
        "a//b",
        "../a",
        "a/../b",
        "a\\b",
        "C:a",
        "a\nb",
        "a\u{0}",
        "dossier.json",
        &"x".repeat(256),
    ] {
        record_refused(|r| r["components"][0]["file"] = json!(bad), &[(FileNameUnsafe, "file")]);
    }
    taken(|d| d["records"][0]["components"][0]["file"] = json!("Phụ lục/số 1…v2..pdf"), &[], &[]);
}

#[test]
fn a_file_belongs_to_one_component() {
    record_refused(|r| r["components"][1]["file"] = json!("a.pdf"), &[(FileClaimedTwice, "file")]);
    let folder = changed(|d| {
        d["records"][0]["components"][0]["file"] = json!("quyê\u{301}t.pdf");
        d["records"][1]["components"][0]["file"] = json!("quyết.pdf");
    });
    let folder = folder.unwrap();
    assert_eq!(folder.records[0].components[0].file, "quyê\u{301}t.pdf", "as written");
    assert_eq!(found(&folder.refused[0].findings), [(FileClaimedTwice, "file")]);
    // What a refused record claims is free for another.
    let folder = changed(|d| {
        (d["records"][0]["security_level"], d["records"][1]["components"][0]["file"]) = (json!("Mật"), json!("a.pdf"))
    });
    assert_eq!(folder.map(|folder| folder.records.len()), Ok(1));
}

#[test]
fn what_a_refused_record_names_is_named() {
    let names = |change: &dyn Fn(&mut Value)| changed(|d| change(&mut d["records"][0])).unwrap().named;
    let all: BTreeSet<String> = ["a.pdf", "phu-luc/a.pdf", "b.pdf", "phu-luc/b.pdf"].map(str::to_owned).into();
    let changes: [&dyn Fn(&mut Value); 7] = [
        &|_| (),
        &|r| drop(r.as_object_mut().unwrap().remove("subject")),
        &|r| r["subject"] = json!(7),
        &|r| r["issued_date"] = json!("?"),
        &|r| r["security_level"] = json!("Mật"),
        &|r| r["components"][0]["size"] = json!("5"),
        &|r| r["components"].as_array_mut().unwrap().extend(vec![component("a.pdf", "attachment"); 500]),
    ];
    for change in changes {
        assert_eq!(names(change), all);
    }
    // Only where files are named, and in whatever normal form.
    let odd = names(&|r| {
        (r["subject"], r["file"]) = (json!(7), json!("x"));
        r["components"] =
            json!([{"file": "quyê\u{301}t.pdf", "x": {"file": "y"}}, [{"file": "z"}], 3, {"file": ["w"]}]);
    });
    assert_eq!(odd, ["b.pdf", "phu-luc/b.pdf", "quyết.pdf"].map(str::to_owned).into());
}

#[test]
fn odd_values_are_warnings() {
    taken(|d| d["records"][0]["type_name"] = json!("33"), &[], &[(UnknownDocumentType, "type_name")]);
    taken(|d| d["records"][0]["type_name"] = json!("công văn"), &[], &[]);
    taken(|d| d["records"][0]["code_number"] = json!("19A"), &[], &[(OddNumber, "code_number")]);
    taken(|d| d["records"][0]["code_notation"] = json!("qđ"), &[], &[(OddNotation, "code_notation")]);
    taken(|d| d["records"][0]["code_notation"] = json!(5), &[], &[(OddNotation, "code_notation")]);
    let folder = taken(|d| d["records"][0]["code_number"] = json!(178), &[], &[(OddNumber, "code_number")]);
    assert_eq!(folder.records[0].metadata.symbol, "178/QĐ-STTTT");
    assert_eq!(folder.records[0].findings[0].detail, "178: not a text");
    let folder = taken(|d| d["records"][0]["code_number"] = json!(1.5), &[], &[(OddNumber, "code_number")]);
    assert_eq!(folder.records[0].metadata.symbol, "QĐ-STTTT");
    for none in [json!(null), json!(2), json!(["02"])] {
        let folder = taken(|d| d["records"][0]["type_name"] = none, &[], &[(UnknownDocumentType, "type_name")]);
        let metadata = &folder.records[0].metadata;
        assert_eq!((metadata.document_type, metadata.type_name.as_str()), (DocumentType::OTHER, "Khác"));
    }
    let folder =
        taken(|d| d["records"][0]["number_of_page"] = json!(1u64 << 32), &[], &[(PagesUnreadable, "number_of_page")]);
    assert_eq!(folder.records[0].metadata.pages, None);
    taken(|d| d["number_of_page"] = json!("2"), &[(PagesUnreadable, "number_of_page")], &[]);
    taken(|d| d["total_doc"] = json!("2"), &[(CountDiffers, "total_doc")], &[]);
    taken(|d| d["security_level"] = json!("thường"), &[], &[]);
    taken(|d| d["do_mat"] = json!("Thường"), &[(FieldUnknown, "do_mat")], &[]);
    taken(|d| d["records"][0]["issued_date"] = json!("2025-01-01"), &[], &[(DateAfterDossierYear, "issued_date")]);
    taken(|d| d["records"][0]["confidence_level"] = json!("09"), &[], &[(CodeUnknown, "confidence_level")]);
    taken(|d| d["records"][0]["x"] = json!(1), &[], &[(FieldUnknown, "x")]);
    taken(|d| d["total_doc"] = json!(3), &[(CountDiffers, "total_doc")], &[]);
    taken(|d| d["end_date"] = json!("2024-06-17"), &[(DatesReversed, "end_date")], &[]);
    let folder = taken(|d| d["records"][0]["mode"] = json!("x"), &[], &[(CodeUnknown, "mode")]);
    assert_eq!(folder.records[0].metadata.mode, AccessMode::Conditional);
}

#[test]
fn the_longest_period_rules() {
    let period = |folder: DossierFolder| folder.dossier.retention.period;
    let longer = taken(|d| d["records"][0]["maintenance"] = json!("01"), &[(PeriodDiffers, "maintenance")], &[]);
    assert_eq!(period(longer), Period::Permanent);
    assert_eq!(period(taken(|d| d["maintenance"] = json!("15 năm"), &[], &[])), Period::Years(15));
    assert_eq!(period(taken(|d| d["maintenance"] = json!(null), &[], &[])), Period::Years(10));
    assert_eq!(
        period(taken(|d| d["maintenance"] = json!("07"), &[(PeriodUnreadable, "maintenance")], &[])),
        Period::Awaiting
    );
    let unreadable = taken(
        |d| d["records"][0]["maintenance"] = json!("07"),
        &[(PeriodDiffers, "maintenance")],
        &[(PeriodUnreadable, "maintenance")],
    );
    assert_eq!(period(unreadable), Period::Awaiting);
    let none = |d: &mut Value| {
        d["maintenance"] = json!(null);
        d["records"][0]["maintenance"] = json!(null);
        d["records"][1]["maintenance"] = json!(null);
    };
    assert_eq!(period(taken(none, &[(PeriodUnreadable, "maintenance")], &[])), Period::Awaiting);
    let refused =
        changed(|d| (d["records"][0]["maintenance"], d["records"][0]["security_level"]) = (json!("01"), json!("Mật")));
    assert_eq!(refused.map(period), Ok(Period::Years(20)), "a refused record rules nothing");
}

proptest! {
    #[test]
    fn arbitrary_and_mutated_bytes_never_panic(noise: Vec<u8>, at: Index, to: u8, cut: Index) {
        let mut bytes = sample().to_string().into_bytes();
        let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
        bytes[at] = to;
        for input in [&noise[..], &bytes, &bytes[..cut], &[&bytes[..cut], &noise, &bytes[cut..]].concat()] {
            if let Ok(folder) = read(input, NAME) {
                prop_assert!(folder.records.iter().all(|record| serde_json::from_str::<Value>(&record.raw).is_ok()));
            }
        }
    }

    #[test]
    fn mutated_values_never_panic(field in 0usize..32, text: String, number: i64) {
        for value in [json!(text), json!(number), json!([{ &text: number }]), json!({ &text: number })] {
            let _ = changed(|dossier| match FORM.0.get(field) {
                Some(field) => dossier[field.name] = value,
                None => dossier["records"][0][RECORD.0[field - FORM.0.len()].name] = value,
            });
        }
    }

    #[test]
    fn no_accepted_name_leaves_the_folder(name in "[a.b/\\\\: ]{0,12}|\\PC{0,20}") {
        let folder = changed(|dossier| dossier["records"][0]["components"][0]["file"] = json!(name)).unwrap();
        for component in folder.records.iter().flat_map(|record| &record.components) {
            let path = std::path::Path::new(&component.file);
            prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
        }
    }

    #[test]
    fn both_normal_forms_read_alike(title in "[A-Za-zÀ-ỹ ]{1,40}") {
        use unicode_normalization::UnicodeNormalization;
        let of = |title: String| changed(|dossier| dossier["title"] = json!(title)).unwrap().dossier;
        prop_assert_eq!(of(title.nfc().collect()), of(title.nfd().collect()));
    }
}
