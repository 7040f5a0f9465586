use super::*;
use crate::paper::pdf;

fn paper(form: request::Form) -> CopyPaper {
    let text = |text: &str| text.to_owned();
    CopyPaper {
        made: DateTime::UNIX_EPOCH,
        on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        form,
        code: text("0193/1"),
        archive: (text("Lưu trữ Sở Nội vụ tỉnh Hà Giang"), text("H26.LT")),
        place: text("Hà Giang"),
        whose: Whose::Current,
        reader: (text("Nguyễn Thị Độc Giả"), text("CCCD 001")),
        record: text("H26.LT.H26.10.2023.045.0000001"),
        symbol: text("15/QĐ-STTTT"),
        kind: text("Quyết định"),
        subject: text("Về việc thử nghiệm"),
        purpose: text("kiện tụng"),
        use_until: None,
        copies: 2,
        files: vec![CopiedFile { name: text("1.pdf"), size: 12, sha256: Sha256::of(b"%PDF-1.7 one") }],
    }
}

#[test]
fn a_certificate_has_the_eleven_fields_and_a_copy_names_no_reader() {
    let (copy, certified) = (paper(request::Form::Copy), paper(request::Form::CertifiedCopy));
    assert_eq!(certified.certified().len(), 11);
    assert_eq!(
        (certified.document().heading.place.as_str(), certified.called()),
        ("Hà Giang", "Tên lưu trữ hiện hành")
    );
    let says = |paper: &CopyPaper, what: &str| format!("{:?}", paper.document().blocks).contains(what);
    assert!(says(&certified, "Độc Giả") && !says(&copy, "Độc Giả") && !says(&copy, "kiện tụng"));
    let digest = Sha256::of(b"%PDF-1.7 one").to_string();
    assert!(says(&certified, &digest) && says(&copy, &digest));
    assert_eq!((certified.document().closing.signers.len(), copy.document().closing.signers.len()), (1, 0));
}

#[test]
fn a_form_that_nobody_read_says_so_and_is_the_same_file_each_time() {
    for (_, form) in request::Form::NAMES {
        let document = paper(*form).document();
        assert_eq!(document.heading.kind, "Bản sao");
        assert!(matches!(&document.form, Form::Unverified { source } if source.contains("chưa được đọc")));
        assert_eq!(pdf(&document).unwrap(), pdf(&document).unwrap());
    }
}
