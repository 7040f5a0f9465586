use super::*;
use FindingCode::{SecretMark, UnknownMark};
use serde_json::json;

#[test]
fn names_of_the_mark_in_every_spelling() {
    for name in [
        "security_level",
        "Security-Level",
        "securityLevel",
        "do_mat",
        "ĐỘ MẬT",
        "độ mật",
        "do\u{323}\u{302} ma\u{323}\u{302}t",
        "mức độ mật",
        "mucDoMat",
        "Confidentiality",
        "dấu chỉ độ mật",
    ] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", "urgency", "độ khẩn", "confidence_level", "mode", "matter", "ghi chú", "bảo mật hệ thống"]
    {
        assert!(!is_name(name), "{name}");
    }
}

#[test]
fn marks_in_fields_that_no_form_has() {
    let check = |is_named: bool, value: serde_json::Value, expect: Option<FindingCode>| {
        let found = Unlisted { is_named }.deserialize(&value).unwrap();
        assert_eq!(found.map(|(code, _)| code), expect, "{value}");
    };
    for mark in ["Mật", "MẬT", "tối mật", "Tuyệt  Mật"] {
        check(false, json!(mark), Some(SecretMark));
        check(true, json!(mark), Some(SecretMark));
        check(false, json!([1, { "x": [mark] }]), Some(SecretMark));
    }
    for nothing in [json!("Thường"), json!(" thường "), json!(null), json!(false), json!([]), json!({})] {
        check(true, nothing, None);
    }
    for odd in [json!("nội bộ"), json!(""), json!(1), json!(-1), json!(0.5), json!(true), json!({ "code": "02" })] {
        check(true, odd.clone(), Some(UnknownMark));
        check(false, odd, None);
    }
    check(false, json!({ "marks": { "Độ mật": "A" } }), Some(UnknownMark));
    check(false, json!({ "độ mật": "Thường", "x": "y" }), None);
}
