use super::*;

#[test]
fn agency_codes() {
    for good in ["G22", "H26.10", "H26.10.05", "H49.64.33", "H37.DN.001", "000.00.00.G22", "28.22.H17", "Z01ABC"] {
        assert_eq!(good.parse::<AgencyCode>().map(|code| code.to_string()), Ok(good.to_owned()));
    }
    for bad in ["", "h26", "H26.", ".H26", "H26..10", "vxp.saas.03", "H2", "Sở Nội vụ", &"A".repeat(36)] {
        assert!(bad.parse::<AgencyCode>().is_err(), "{bad}");
    }
}

#[test]
fn dossier_codes_give_the_year_the_work_ended() {
    assert_eq!("H26.10.2023.045".parse::<FileCode>().map(|code| code.year()), Ok(2023));
    assert_eq!("H49.64.33.2001.160".parse::<FileCode>().map(|code| code.year()), Ok(2001));
    assert_eq!("H49.64.33.2001.160".parse::<FileCode>().map(|code| code.agency().to_string()), Ok("H49.64.33".into()));
    for bad in ["", "2023.045", "H26.10.045", "H26.10.20x3.1", "H26.10.2023.", "H26.10.1023.1", "h26.2023.1"] {
        assert!(bad.parse::<FileCode>().is_err(), "{bad}");
    }
}

#[test]
fn document_types_by_name_and_code() {
    assert_eq!(DocumentType::named("Quyết định").map(DocumentType::code), Some(2));
    assert_eq!(DocumentType::named("công văn").map(DocumentType::code), Some(22));
    assert_eq!(DocumentType::named("Bản đồ").map(|kind| kind.to_string()), Some("30".into()));
    assert_eq!(DocumentType::named("07").map(DocumentType::name), Some("Thông báo"));
    for bad in ["00", "33", "7", "Sổ tay"] {
        assert_eq!(DocumentType::named(bad), None, "{bad}");
    }
    // Decomposed (NFD) spelling names the same type.
    assert_eq!(DocumentType::named("Quyê\u{301}t đi\u{323}nh").map(DocumentType::code), Some(2));
}

#[test]
fn marks_of_secrecy() {
    assert_eq!(SecurityMark::read("Thường"), Some(SecurityMark::None));
    assert_eq!(SecurityMark::read(" TỐI MẬT "), Some(SecurityMark::TopSecret));
    assert_eq!(SecurityMark::read("Nội bộ"), None);
    assert_eq!(SecurityMark::read(""), None);
}

#[test]
fn identifiers_are_version_7_and_sort_by_microseconds() {
    let ids: Vec<Uuid> = (0..3000).map(|micro| new_id(Micros(1_795_262_340_000_000 + micro), [0xff; 8])).collect();
    assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
    assert!(ids.is_sorted_by(|one, next| one < next), "three milliseconds, each microsecond after the last");
    assert_eq!(ids[1000].get_timestamp().unwrap().to_unix(), (1_795_262_340, 1_000_000));
}

#[test]
fn the_code_of_an_archive_is_told_from_that_of_an_agency() {
    let check = |archive: &str, code: &str, rest: Option<&str>| {
        let code: FileCode = code.parse().unwrap();
        assert_eq!(code.without_archive(archive).as_ref().map(FileCode::as_str), rest, "{archive}, {code}");
    };
    check("H26.LT", "H26.LT.H26.10.2023.9", Some("H26.10.2023.9"));
    check("H26.LT", "H26.LT.000.00.10.H26.2023.9", Some("000.00.10.H26.2023.9"));
    check("H26.LT", "H26.LT.Z01ABC.2023.9", Some("Z01ABC.2023.9"));
    check("H26", "H26.H26.10.2023.9", Some("H26.10.2023.9"));
    // The archive's code is the beginning of the agency's.
    for code in ["H26.10.2023.9", "H26.10.05.2023.9", "H26.LT.2023.9", "H26.LTLS.2023.9", "H26.001.02.2023.9"] {
        check("H26", code, None);
    }
    check("H26.LT", "H26.LT.2023.9", None);
    check("H26.LT", "H26.LT.05.2023.9", None);
    check("H26.LT", "H26.LTH26.10.2023.9", None);
    check("H26.LT", "H26.10.2023.9", None);
}

#[test]
fn the_code_of_a_dossier_is_told_from_that_of_a_record() {
    let check =
        |code: &str, expect: bool| assert_eq!(code.parse::<FileCode>().unwrap().may_be_a_record_s(), expect, "{code}");
    check("H26.10.2023.2024.0000001", true);
    check("H26.10.2023.2024.000001", false);
    check("H26.10.2023.0000001", false);
    check("H26.10.2023.9", false);
}
