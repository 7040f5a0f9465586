use super::*;
use crate::digest::Sha256;
use FindingCode::*;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

const NAME: &str = "docs/000/00000017.json";

fn sample() -> Value {
    json!({
        "id": "00000017", "agency_code": "H26.10", "agency_name": "Sở Thông tin và Truyền thông",
        "doc_type": "QĐ", "doc_type_name": "Quyết định", "number": 1719, "symbol": "1719/QĐ-STTTT",
        "subject": "Về việc phê duyệt quy hoạch tại phường Ba Đình", "issued_date": "2023-05-17",
        "signer": "Nguyễn Văn Anh", "signer_position": "GIÁM ĐỐC", "security_level": "Thường", "urgency": "Khẩn",
        "file_code": "H26.10.2023.045", "file_title": "Hồ sơ về quy hoạch năm 2023", "retention": "20 năm",
        "topic": "quy-hoach", "keywords": ["quy hoạch", "đất đai"], "language": "vi", "pages": 3, "scanned": false,
        "has_text_layer": true, "signed": true, "size": 45508, "sha256": "07".repeat(32)
    })
}

fn with(field: &str, value: Value) -> Vec<u8> {
    let mut sidecar = sample();
    sidecar[field] = value;
    sidecar.to_string().into_bytes()
}

fn without(field: &str) -> Vec<u8> {
    let mut sidecar = sample();
    sidecar.as_object_mut().unwrap().remove(field);
    sidecar.to_string().into_bytes()
}

/// The codes and fields found, and whether the document is refused; `glance` must agree.
fn check(bytes: &[u8], refused: bool, expect: &[(FindingCode, &str)]) {
    let read = read(bytes, NAME);
    assert_eq!(read.is_err(), refused, "{read:?}");
    assert_eq!(glance(bytes, NAME).is_none(), refused);
    let findings = read.map_or_else(|findings| findings, |document| document.findings);
    let found: Vec<_> = findings.iter().map(|f| (f.code, f.field.clone().unwrap_or_default())).collect();
    let expect: Vec<_> = expect.iter().map(|(code, field)| (*code, (*field).to_owned())).collect();
    assert_eq!(found, expect);
    assert!(findings.iter().all(|finding| finding.place == NAME));
}

#[test]
fn every_field_reaches_the_metadata() {
    let bytes = sample().to_string().into_bytes();
    let Document { sort_id, file_title, metadata, expected, findings, raw } = read(&bytes, NAME).unwrap();
    assert_eq!(raw.as_bytes(), bytes);
    assert_eq!(findings, []);
    assert_eq!((sort_id.as_str(), file_title.as_str()), ("00000017", "Hồ sơ về quy hoạch năm 2023"));
    assert_eq!(expected, Expected { sha256: Sha256([7; 32]), size: 45508 });
    let expected = RecordMetadata {
        file_code: "H26.10.2023.045".parse().unwrap(),
        agency: "H26.10".parse().unwrap(),
        organ_name: "Sở Thông tin và Truyền thông".into(),
        number: "1719".into(),
        notation: "QĐ-STTTT".into(),
        symbol: "1719/QĐ-STTTT".into(),
        document_type: "02".parse().unwrap(),
        type_name: "Quyết định".into(),
        issued: NaiveDate::from_ymd_opt(2023, 5, 17).unwrap(),
        subject: "Về việc phê duyệt quy hoạch tại phường Ba Đình".into(),
        language: "vi".into(),
        signer: "Nguyễn Văn Anh".into(),
        signer_position: "GIÁM ĐỐC".into(),
        urgency: "Khẩn".into(),
        keywords: vec!["quy hoạch".into(), "đất đai".into()],
        pages: Some(3),
        confidence: ConfidenceLevel::BornDigital,
        mode: AccessMode::Conditional,
        sensitivity: None,
        retention_stated: "20 năm".into(),
    };
    assert_eq!(metadata, expected);
}

#[test]
fn unreadable_codes_dates_and_digests_refuse() {
    check(&with("agency_code", json!("Sở Nội vụ")), true, &[(AgencyCodeUnreadable, "agency_code")]);
    check(&with("file_code", json!("045")), true, &[(DossierCodeUnreadable, "file_code")]);
    for date in
        ["2021-09-31", "2023-02-29", "17/05/2023", "2023-5-17", "2023-05-17T00:00", "0000-01-01", "２023-05-17", ""]
    {
        check(&with("issued_date", json!(date)), true, &[(DateUnreadable, "issued_date")]);
    }
    check(&with("sha256", json!("7".repeat(63))), true, &[(DigestUnreadable, "sha256")]);
    check(&with("sha256", json!("AB".repeat(32))), false, &[]);
}

#[test]
fn marks_of_secrecy_refuse_and_repeat_nothing_else() {
    for (mark, code) in [
        ("Mật", SecretMark),
        ("TỐI MẬT", SecretMark),
        ("Tuyệt mật", SecretMark),
        ("Lưu hành nội bộ", UnknownMark),
        ("", UnknownMark),
    ] {
        let mut sidecar = sample();
        sidecar["security_level"] = json!(mark);
        sidecar["symbol"] = json!("mười/x y");
        sidecar["issued_date"] = json!("hôm qua");
        check(sidecar.to_string().as_bytes(), true, &[(code, "security_level")]);
    }
    check(&with("security_level", json!(" THƯỜNG ")), false, &[]);
    check(&with("security_level", json!("tuyệt  mật")), true, &[(SecretMark, "security_level")]);
    check(&with("security_level", json!("tối\u{a0}mật")), true, &[(SecretMark, "security_level")]);
    let mut without_subject = sample();
    without_subject["security_level"] = json!("Mật");
    without_subject.as_object_mut().unwrap().remove("subject");
    check(without_subject.to_string().as_bytes(), true, &[(SecretMark, "security_level")]);
    check(&without("security_level"), true, &[(FieldMissing, "security_level")]);
}

#[test]
fn marks_of_secrecy_count_under_any_name() {
    for name in ["do_mat", "độ mật", "Security Level", "mức-độ-mật", "confidentiality", "ghi chú"] {
        check(&with(name, json!("TUYỆT MẬT")), true, &[(SecretMark, name)]);
        check(&with(name, json!("thường")), false, &[(FieldUnknown, name)]);
    }
    check(&with("độ mật", json!("nội bộ")), true, &[(UnknownMark, "độ mật")]);
    check(&with("ghi chú", json!("nội bộ")), false, &[(FieldUnknown, "ghi chú")]);
    check(&with("attributes", json!({ "độ mật": "Mật" })), true, &[(SecretMark, "attributes")]);
    let mut sidecar = sample();
    (sidecar["do_mat"], sidecar["issued_date"], sidecar["symbol"]) = (json!("Mật"), json!("?"), json!(1719));
    check(sidecar.to_string().as_bytes(), true, &[(SecretMark, "do_mat")]);
    let many = (0..100).map(|n| (format!("x{n}"), json!("Mật")));
    sidecar.as_object_mut().unwrap().extend(many);
    assert_eq!(read(sidecar.to_string().as_bytes(), NAME).unwrap_err().len(), 20, "no more than twenty are told");
}

#[test]
fn types_and_required_fields_are_strict() {
    check(&with("size", json!(1.5)), true, &[(FieldWrongKind, "size")]);
    check(&with("signed", json!("true")), true, &[(FieldWrongKind, "signed")]);
    check(&with("subject", json!(null)), true, &[(FieldWrongKind, "subject")]);
    check(&with("keywords", json!("đất đai")), true, &[(FieldWrongKind, "keywords")]);
    check(&with("keywords", json!(["đất đai", {"x": [1]}, 3])), true, &[(FieldWrongKind, "keywords")]);
    check(&with("keywords", json!(vec!["x"; 501])), true, &[(TooLarge, "keywords")]);
    check(&with("signer", json!(null)), false, &[]);
    for field in FORM.0 {
        let required = field.need == form::Need::Required;
        let expect = match field.name {
            "symbol" => &[(OddNumber, "symbol"), (OddNotation, "symbol")][..],
            "doc_type_name" => &[(UnknownDocumentType, "doc_type_name")],
            name if required => &[(FieldMissing, name)],
            _ => &[],
        };
        check(&without(field.name), required, expect);
    }
}

/// The details of what is found, none of which refuses.
fn details(bytes: &[u8]) -> Vec<String> {
    read(bytes, NAME).unwrap().findings.into_iter().map(|finding| finding.detail).collect()
}

#[test]
fn odd_numbers_are_warnings_that_say_what_was_written() {
    for (value, written) in [
        (json!("19A"), "“19A”"),
        (json!("1719"), "“1719”"),
        (json!(1.5), "1.5"),
        (json!(-5), "-5"),
        (json!(1e20), "1e+20"),
        (json!(true), "true"),
        (json!([1]), "a list"),
        (json!({ "x": 1 }), "an object"),
    ] {
        check(&with("number", value.clone()), false, &[(OddNumber, "number")]);
        assert_eq!(details(&with("number", value)), [format!("{written}: not a whole number from 0")]);
    }
    for pages in [json!("3"), json!(-3), json!(1e20), json!(u64::MAX), json!(4_294_967_296u64)] {
        check(&with("pages", pages.clone()), false, &[(PagesUnreadable, "pages")]);
        assert_eq!(read(&with("pages", pages), NAME).unwrap().metadata.pages, None);
    }
    check(&with("number", json!(null)), false, &[]);
    check(&with("pages", json!(null)), false, &[]);
}

#[test]
fn odd_symbols_and_types_are_warnings() {
    let symbol = |value: Value| {
        let metadata = read(&with("symbol", value), NAME).unwrap().metadata;
        [metadata.number, metadata.notation, metadata.symbol]
    };
    let (number, notation) = ((OddNumber, "symbol"), (OddNotation, "symbol"));
    for nothing in [json!(null), json!(""), json!(" ")] {
        check(&with("symbol", nothing.clone()), false, &[number, notation]);
        assert_eq!(details(&with("symbol", nothing.clone())), ["none is stated", "none is stated"]);
        assert_eq!(symbol(nothing), ["", "", ""]);
    }
    check(&with("symbol", json!("1719")), false, &[notation]);
    assert_eq!(details(&with("symbol", json!("1719"))), ["“1719”"]);
    assert_eq!(symbol(json!("1719")), ["1719", "", "1719"]);
    check(&with("symbol", json!("QĐ-UBND")), false, &[number]);
    assert_eq!(details(&with("symbol", json!("QĐ-UBND"))), ["“QĐ-UBND”"]);
    check(&with("symbol", json!(1719)), false, &[number, notation]);
    assert_eq!(details(&with("symbol", json!(1719))), ["1719: not a text", "“1719”"]);
    assert_eq!(symbol(json!(1719)), ["1719", "", "1719"]);
    for other in [json!(1.5), json!(-5), json!(false), json!(["1719/QĐ"]), json!({})] {
        check(&with("symbol", other.clone()), false, &[number, notation]);
        assert_eq!(symbol(other), ["", "", ""]);
    }
    for none in [json!(null), json!(""), json!(22), json!(["Công văn"])] {
        check(&with("doc_type_name", none.clone()), false, &[(UnknownDocumentType, "doc_type_name")]);
        let metadata = read(&with("doc_type_name", none), NAME).unwrap().metadata;
        assert_eq!((metadata.document_type, metadata.type_name.as_str()), (DocumentType::OTHER, "Khác"));
    }
}

#[test]
fn what_is_refused_repeats_no_odd_value() {
    let mut sidecar = sample();
    sidecar["symbol"] = json!(1719);
    sidecar["subject"] = json!(null);
    let findings = read(sidecar.to_string().as_bytes(), NAME).unwrap_err();
    assert!(findings.iter().all(|finding| finding.detail.is_empty()), "{findings:?}");
}

#[test]
fn white_space_around_codes_is_cut_as_the_schema_says() {
    for (field, value) in [
        ("file_code", " H26.10.2023.102 "),
        ("agency_code", "\tH26.10\n"),
        ("issued_date", " 2021-05-17"),
        ("sha256", &format!(" {} ", "07".repeat(32))),
    ] {
        check(&with(field, json!(value)), false, &[]);
        let schema = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/sidecar.schema.json")).unwrap();
        let schema: Value = serde_json::from_slice(&schema).unwrap();
        let pattern = schema["properties"][field]["pattern"].as_str().unwrap();
        assert!(pattern.starts_with("^\\s*") && pattern.ends_with("\\s*$"), "{field}: {pattern}");
    }
}

#[test]
fn every_fault_is_reported_at_once() {
    let mut sidecar = sample();
    sidecar["agency_code"] = json!("?");
    sidecar["issued_date"] = json!("?");
    sidecar["sha256"] = json!("?");
    let codes = [(AgencyCodeUnreadable, "agency_code"), (DateUnreadable, "issued_date"), (DigestUnreadable, "sha256")];
    check(sidecar.to_string().as_bytes(), true, &codes);
}

#[test]
fn unknown_fields_are_warned_of_and_kept_raw() {
    let bytes = with("ghi_chú\n", json!({"deep": [1, 2, {"x": null}]}));
    check(&bytes, false, &[(FieldUnknown, "ghi_chú\u{fffd}")]);
    assert!(read(&bytes, NAME).unwrap().raw.contains("deep"));
    let repeated = sample().to_string().replacen('{', "{\"id\":\"00000018\",", 1);
    check(repeated.as_bytes(), true, &[(FieldRepeated, "id")]);
}

#[test]
fn odd_values_are_warnings() {
    check(&with("doc_type_name", json!("Giấy phép")), false, &[(UnknownDocumentType, "doc_type_name")]);
    let other = read(&with("doc_type_name", json!("Giấy phép")), NAME).unwrap().metadata;
    assert_eq!((other.document_type, other.type_name.as_str()), (DocumentType::OTHER, "Giấy phép"));
    check(&with("symbol", json!("19A/QĐ-STTTT")), false, &[(OddNumber, "symbol")]);
    check(&with("symbol", json!("1719/QĐ - STTTT")), false, &[(OddNotation, "symbol")]);
    check(&with("symbol", json!("QĐ")), false, &[(OddNumber, "symbol")]);
    check(&with("symbol", json!("")), false, &[(OddNumber, "symbol"), (OddNotation, "symbol")]);
    check(&with("number", json!(1720)), false, &[(OddNumber, "number")]);
    check(&with("issued_date", json!("2024-01-02")), false, &[(DateAfterDossierYear, "issued_date")]);
    check(&with("subject", json!(" ")), false, &[(FieldEmpty, "subject")]);
    check(&with("subject", json!("ệ".repeat(500))), false, &[]);
    check(&with("subject", json!("ệ".repeat(501))), false, &[(FieldTooLong, "subject")]);
    assert_eq!(read(&with("subject", json!("ệ".repeat(501))), NAME).unwrap().metadata.subject.chars().count(), 501);
    check(&with("retention", json!("mười năm")), false, &[]); // the dossier's finding: see grouping
}

#[test]
fn normative_symbols_keep_the_year_in_the_notation() {
    let metadata = read(&with("symbol", json!("1719/2018/QĐ-TTg")), NAME).unwrap().metadata;
    assert_eq!((metadata.number.as_str(), metadata.notation.as_str()), ("1719", "2018/QĐ-TTg"));
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let text = sample().to_string();
    for bad in ["", "null", "[]", "\"x\"", "{", "{}x", &text[..text.len() - 1], &format!("{text}{text}")] {
        let findings = read(bad.as_bytes(), NAME).unwrap_err();
        assert!(findings.iter().all(Finding::refuses), "{bad}: {findings:?}");
        assert_eq!(findings[0].code, SidecarUnreadable, "{bad}");
    }
    check(b"\xff\xfe", true, &[(SidecarUnreadable, "")]);
    check(format!("\u{feff}{text}").as_bytes(), false, &[]);
    check(&format!("{text}{}", " ".repeat(SIDECAR_BYTES_MAX)).into_bytes(), true, &[(TooLarge, "")]);
    let deep = text.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(20_000), "]".repeat(20_000)), 1);
    let _ = read(deep.as_bytes(), NAME);
}

#[test]
fn ids_order_by_value_and_then_by_text() {
    let mut ids = ["b", "100", "99", "00000001", "", "a10", "0100"].map(|id| SortId(id.to_owned()));
    ids.sort();
    assert_eq!(ids.map(|id| id.0), ["00000001", "99", "0100", "100", "", "a10", "b"]);
}

#[test]
fn control_characters_become_spaces() {
    let metadata = read(&with("subject", json!("a\u{1b}[31m\nb\u{0}")), NAME).unwrap().metadata;
    assert_eq!(metadata.subject, "a [31m b");
}

proptest! {
    #[test]
    fn arbitrary_and_mutated_bytes_never_panic(noise: Vec<u8>, at: Index, to: u8, cut: Index) {
        let mut bytes = sample().to_string().into_bytes();
        let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
        bytes[at] = to;
        for input in [&noise[..], &bytes, &bytes[..cut], &[&bytes[..cut], &noise, &bytes[cut..]].concat()] {
            prop_assert_eq!(glance(input, NAME).is_some(), read(input, NAME).is_ok());
        }
    }

    #[test]
    fn mutated_values_never_panic(field in 0usize..25, text in any::<String>(), number: i64) {
        let name = FORM.0[field].name;
        for value in [json!(text), json!(number), json!([text]), json!({ &text: number })] {
            let input = with(name, value);
            prop_assert_eq!(glance(&input, NAME).is_some(), read(&input, NAME).is_ok());
        }
    }

    #[test]
    fn both_normal_forms_read_alike(subject in "[A-Za-zÀ-ỹ ]{1,40}") {
        use unicode_normalization::UnicodeNormalization;
        let composed = read(with("subject", json!(subject.nfc().to_string())).as_slice(), NAME).unwrap();
        let written = json!(subject.nfd().to_string());
        let decomposed = read(with("subject", written.clone()).as_slice(), NAME).unwrap();
        prop_assert_eq!(&composed.metadata, &decomposed.metadata);
        prop_assert!(decomposed.raw.contains(&written.to_string()), "the raw text keeps what was written");
        let all: String = sample().to_string().nfd().collect();
        let document = read(all.as_bytes(), NAME).unwrap();
        prop_assert_eq!(&document.metadata, &read(sample().to_string().as_bytes(), NAME).unwrap().metadata);
        prop_assert_eq!(document.raw, all);
    }
}
