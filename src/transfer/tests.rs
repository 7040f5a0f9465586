use super::form::{Form, Kind, Need};
use super::*;
use crate::digest::ContentDigests;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn schema(name: &str) -> Value {
    let path = format!("{}/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Field → (JSON type, whether null will do), as the reader has it; `any` where another type is a warning only.
fn fields_of_form(form: &Form) -> BTreeMap<String, (String, bool)> {
    let kind = |kind: &Kind| match kind {
        Kind::Text(_) | Kind::Digits(_) => "string",
        Kind::Count => "integer",
        Kind::Flag => "boolean",
        Kind::Texts(_) | Kind::Objects(..) => "array",
    };
    let of = |field: &form::Field| {
        let (kind, null) = match field.need {
            Need::Required => (kind(&field.kind), false),
            Need::Optional => (kind(&field.kind), true),
            Need::Lenient(_) => ("any", true),
        };
        (field.name.to_owned(), (kind.to_owned(), null))
    };
    form.0.iter().map(of).collect()
}

/// The same as the schema has it.
fn fields_of_schema(object: &Value) -> BTreeMap<String, (String, bool)> {
    let required: BTreeSet<_> =
        object["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let of = |(name, value): (&String, &Value)| {
        let (kind, null) = match &value["type"] {
            Value::Null => ("any", true),
            Value::Array(kinds) => (kinds[0].as_str().unwrap(), kinds[1] == "null"),
            kind => (kind.as_str().unwrap(), false),
        };
        assert_eq!(null, !required.contains(name.as_str()), "{name}");
        (name.clone(), (kind.to_owned(), null))
    };
    object["properties"].as_object().unwrap().iter().map(of).collect()
}

fn inner(form: &Form, field: &str) -> (&'static Form, u64) {
    match form.0.iter().find(|f| f.name == field).unwrap().kind {
        Kind::Objects(form, max) => (form, max as u64),
        _ => unreachable!("{field} is a list of objects"),
    }
}

#[test]
fn the_readers_and_the_schemas_agree() {
    assert_eq!(fields_of_form(&sidecar::FORM), fields_of_schema(&schema("sidecar")));
    let schema = schema("dossier");
    let (record, records_max) = inner(&dossier_folder::FORM, "records");
    let (component, components_max) = inner(record, "components");
    assert_eq!(fields_of_form(&dossier_folder::FORM), fields_of_schema(&schema));
    assert_eq!(fields_of_form(record), fields_of_schema(&schema["$defs"]["record"]));
    assert_eq!(fields_of_form(component), fields_of_schema(&schema["$defs"]["component"]));
    assert_eq!(schema["properties"]["records"]["maxItems"], records_max);
    assert_eq!(schema["$defs"]["record"]["properties"]["components"]["maxItems"], components_max);
}

#[test]
fn the_schema_of_entries_knows_every_kind_of_event() {
    let schema = schema("entry");
    let kinds: Vec<_> = crate::event::EventKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(schema["properties"]["event"]["enum"], serde_json::json!(kinds));
    assert_eq!(schema["properties"]["stored"]["maxItems"], crate::event::STORED_MAX);
}

#[test]
fn finding_codes_are_stable_and_worded() {
    let mut seen = BTreeSet::new();
    for code in FindingCode::ALL {
        assert_eq!(code.code().parse(), Ok(*code));
        assert!(seen.insert(code.code()), "{} twice", code.code());
        assert!(code.code().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        let words = code.words();
        for sentence in [words.what_vi, words.what_en, words.remedy_vi, words.remedy_en] {
            assert!(sentence.ends_with('.') && sentence.chars().count() <= 140, "{}: {sentence}", code.code());
        }
    }
    assert!("no-such-code".parse::<FindingCode>().is_err());
}

#[test]
fn what_refuses_and_what_does_not() {
    let severity = |name: &str| name.parse::<FindingCode>().unwrap().severity();
    for error in [
        "file-missing",
        "digest-mismatch",
        "agency-code-unreadable",
        "date-unreadable",
        "secret-mark",
        "unknown-mark",
        "sidecar-unreadable",
        "dossier-code-unreadable",
        "dossier-code-of-archive",
        "too-large",
        "file-unreadable",
    ] {
        assert_eq!(severity(error), Severity::Error, "{error}");
    }
    for warning in [
        "duplicate-identifier",
        "unknown-document-type",
        "odd-number",
        "odd-notation",
        "pages-unreadable",
        "year-ahead",
        "title-differs",
        "period-differs",
        "period-unreadable",
        "stray-file",
    ] {
        assert_eq!(severity(warning), Severity::Warning, "{warning}");
    }
    assert_eq!(severity("already-held"), Severity::Note);
}

#[test]
fn a_finding_reads_as_one_line() {
    let finding =
        Finding::new(FindingCode::DateUnreadable, "a.json").field("issued_date").saying(finding::quoted("x\ny"));
    assert_eq!(
        finding.to_string(),
        "error: a.json [date-unreadable] issued_date: A date can't be read. (“x\u{fffd}y”)"
    );
    assert_eq!(finding::shown(&"ệ".repeat(100)), format!("{}…", "ệ".repeat(80)));
    assert_eq!(finding::shown(&"ệ".repeat(80)), "ệ".repeat(80));
}

#[test]
fn a_file_is_what_was_announced_or_not() {
    let actual = ContentDigests::of(b"hello");
    let expected = Expected { sha256: actual.sha256, size: 5 };
    assert_eq!(expected.check(actual.sha256, actual.size, "a.pdf"), None);
    let other = Expected { sha256: Sha256([0; 32]), size: 5 };
    assert_eq!(other.check(actual.sha256, actual.size, "a.pdf").map(|f| f.code), Some(FindingCode::DigestMismatch));
    let longer = Expected { size: 6, ..expected };
    assert_eq!(
        longer.check(actual.sha256, actual.size, "a.pdf").map(|f| f.detail),
        Some("6 bytes announced, 5 found".into())
    );
}

#[test]
fn identifiers_are_issuer_year_number_and_notation() {
    let read = |symbol: &str, date: &str| {
        let sidecar = serde_json::json!({
            "id": "1", "agency_code": "H26.10", "agency_name": "S", "doc_type_name": "Quyết định", "symbol": symbol,
            "subject": "x", "issued_date": date, "security_level": "Thường", "file_code": "H26.10.2023.045",
            "file_title": "T", "size": 1, "sha256": "07".repeat(32)
        });
        Identifier::of(&sidecar::read(sidecar.to_string().as_bytes(), "").unwrap().metadata)
    };
    let one = read("05/QĐ-STTTT", "2023-01-02").unwrap();
    assert_eq!(one.as_str(), "H26.10 2023 5/QĐ-STTTT");
    assert_eq!(read("5/qđ-STTTT", "2023-11-30"), Some(one.clone()));
    assert_ne!(read("05/QĐ-STTTT", "2022-01-02"), Some(one.clone()));
    assert_ne!(read("05/TB-STTTT", "2023-01-02"), Some(one));
    assert_eq!(read("QĐ-STTTT", "2023-01-02"), None);
    let bare = read("0005", "2023-01-02").unwrap();
    assert_eq!(bare.as_str(), "H26.10 2023 5/", "a number without a notation is told from others, too");
    assert_eq!(read("5/", "2023-01-02"), Some(bare));
}

#[test]
fn media_types_by_extension() {
    for (name, expect) in [
        ("a.PDF", "application/pdf"),
        ("b/c.tiff", "image/tiff"),
        ("noextension", "application/octet-stream"),
        (".pdf.", "application/octet-stream"),
    ] {
        assert_eq!(media_type(name), expect, "{name}");
    }
}

/// What can be known of `tests/sample` without opening a PDF: the finding of each sidecar, by its name in
/// `expected.json` (which names what its author did to the file), and the dossiers.
#[test]
fn the_sample_transfer_is_read_as_its_author_meant() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample");
    let bytes = |path: &str| std::fs::read(sample.join(path)).unwrap();
    let expected: Value = serde_json::from_slice(&bytes("expected.json")).unwrap();
    let mut groups = grouping::Groups::default();
    for (file, expect) in expected["transfer"]["files"].as_object().unwrap() {
        let json = bytes(&format!("transfer/{}.json", file.rsplit_once('.').unwrap().0));
        groups.extend(sidecar::glance(&json, file));
        let findings = sidecar::read(&json, file).map_or_else(|findings| findings, |document| document.findings);
        let found: Vec<_> = findings.iter().map(|finding| finding.code.code()).collect();
        let known: &[&str] = match expect["finding"].as_str() {
            Some("unknown-type") => &["unknown-document-type"],
            Some("odd-number") => &["odd-number"],
            Some("marked-secret") => &["secret-mark"],
            Some("bad-date") => &["date-unreadable"],
            Some("unknown-mark") => &["unknown-mark"],
            _ => &[], // nothing, or nothing that a sidecar alone can show
        };
        assert_eq!(found, known, "{file}");
    }
    assert_eq!(groups.len() as u64, expected["transfer"]["totals"]["dossiers"]);
    let warned: Vec<_> = groups.iter().flat_map(grouping::Group::warnings).map(|f| (f.code.code(), f.place)).collect();
    let expect = [("period-differs", "H26.10.2022.023".into()), ("title-differs", "H26.10.2024.007".into())];
    assert_eq!(warned, expect);
    let folder = dossier_folder::read(&bytes("dossier/dossier.json"), "dossier.json").unwrap();
    assert_eq!((folder.findings.len(), folder.refused.len(), folder.records.len()), (0, 0, 3));
}
