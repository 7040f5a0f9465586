use super::*;
use crate::retention::rules::{Action, RuleFile, Term};
use proptest::prelude::*;

fn provenance() -> Provenance {
    let [schedule, title, citation, source] =
        ["BNV-X", "Bảng \"X\"\n", "Thông tư X", "a spreadsheet\u{7f}"].map(str::to_owned);
    Provenance { schedule, title, version: 3, citation, source }
}

fn refused(import: &Import) -> Vec<(u64, Why)> {
    import.refused.iter().map(|refused| (refused.line, refused.why)).collect()
}

#[test]
fn what_is_understood_becomes_rules_and_nothing_is_guessed() {
    let table = "\u{feff}STT;Nhóm;Tên nhóm hồ sơ,  tài liệu;Thời hạn lưu trữ;Ghi chú\r\n\
        1;Tổng hợp;Kế hoạch năm;Vĩnh viễn;\r\n\
        2;Tổng hợp;\"Công văn; trao đổi\";5 năm;x\r\n\
        3;;Hồ sơ dự thầu;4-7 năm;\r\n\
        4;;Nhật ký;[Variable];\r\n\
        5;;Bản ghi hình;72h;\r\n\
        6;;Sổ;71 năm;\r\n\
        7;;Sổ;;\r\n\
        2;;Lại;5 năm;\r\n\
        ;;Không mã;5 năm;\r\n\
        8;;;5 năm;\r\n\
        9;;Cột thiếu;5 năm\r\n\
        10;;Hồ sơ công trình;Theo tuổi thọ công trình;\r\n\
        11;;Văn bản gửi đến;Đến khi văn bản hết hiệu lực;\r\n\
        12;;Thiếu đơn vị;20;\r\n";
    let import = read(table.as_bytes()).unwrap();
    let expect = [
        (4, Why::Range),
        (5, Why::Words),
        (6, Why::Words),
        (7, Why::OutOfBounds),
        (8, Why::NoPeriod),
        (9, Why::CodeTwice),
        (10, Why::NoCode),
        (11, Why::NoRecords),
        (12, Why::Shape),
        (15, Why::Words),
    ];
    assert_eq!(refused(&import), expect);
    assert_eq!(import.unread, ["Ghi chú"]);
    let file = RuleFile::parse(&import.file(&provenance())).unwrap();
    assert_eq!(file.schedule.as_ref().map(|schedule| schedule.version), Some(3));
    let term = |code: &str| file.rule(code).map(|rule| (rule.term, rule.verified));
    assert_eq!(term("BNV-X/1"), Some((Term::Permanent, false)));
    assert_eq!(term("BNV-X/2"), Some((Term::Years(5), false)));
    assert_eq!(term("BNV-X/10"), Some((Term::AssetLife, false)));
    assert_eq!(term("BNV-X/11"), Some((Term::UntilEvent, false)));
    assert_eq!(file.rules.len(), 4);
    assert_eq!(file.rule("BNV-X/2").map(|rule| rule.records.as_str()), Some("Công văn; trao đổi"));
}

#[test]
fn what_a_table_says_becomes_of_its_records_is_read_or_refused() {
    let table = "code,records,period,action\n1,a,5 năm,Hủy\n2,b,5 năm,review\n3,c,5 năm,\n4,d,5 năm,giữ\n\
                 5,e,Vĩnh viễn,hủy\n6,f,Đến khi văn bản hết hiệu lực,xem xét\n";
    let import = read(table.as_bytes()).unwrap();
    assert_eq!(refused(&import), [(5, Why::Action), (6, Why::Action)]);
    let file = RuleFile::parse(&import.file(&provenance())).unwrap();
    let action = |code: &str| file.rule(code).map(|rule| rule.action);
    assert_eq!(action("BNV-X/1"), Some(Action::Destroy));
    assert_eq!(action("BNV-X/2"), Some(Action::Review));
    assert_eq!(action("BNV-X/3"), Some(Action::Destroy));
    assert_eq!(action("BNV-X/6"), Some(Action::Review));
}

#[test]
fn a_table_without_its_columns_is_not_read() {
    assert_eq!(read(b""), Err(NoTable::Heading));
    assert_eq!(read(b"code,records\n1,x\n"), Err(NoTable::Heading));
    assert_eq!(read(b"code,code,records,period\n"), Err(NoTable::Heading));
    assert_eq!(read(&vec![b'x'; TABLE_BYTES_MAX + 1]), Err(NoTable::TooLong));
    assert_eq!(
        read(&[b"code,records,period\n".as_slice(), &b"1\n".repeat(RULES_MAX + 1)].concat()),
        Err(NoTable::TooManyLines)
    );
    let bad = read(b"code,records,period\n1,\xff,5 n\xc4\x83m\n2,x,5 n\xc4\x83m\n").unwrap();
    assert_eq!((refused(&bad), bad.lines.len()), (vec![(2, Why::Shape)], 1));
}

proptest! {
    #[test]
    fn any_table_gives_a_file_that_is_read(cells in prop::collection::vec("[ -~ăđ\u{1}\"\n]{0,12}", 0..30)) {
        let mut table = "code,records,period\n".to_owned();
        for row in cells.chunks(2) {
            table.push_str(&format!("{},20 năm\n", row.join(",")));
        }
        if let Ok(import) = read(table.as_bytes()) {
            let file = RuleFile::parse(&import.file(&provenance())).unwrap();
            prop_assert_eq!(file.rules.len(), import.lines.len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = read(&bytes);
        let _ = read(&[b"code,records,period\n".as_slice(), &bytes].concat());
    }
}
