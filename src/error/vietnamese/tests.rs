use super::*;
use crate::error::Error;

#[test]
fn words_keep_their_values() {
    let check = |english: &str, expect: &str| assert_eq!(of(english), expect, "{english}");
    check("no archive was named", "chưa cho biết kho nào");
    check("nothing here is called \"NOPE\"", "trong kho không có gì tên là \"NOPE\"");
    // The template with more words wins over `{path} can't be read`.
    check("the file of epoch keys can't be read", "không đọc được tệp khóa epoch");
    // A value may hold anything, the words of the template too.
    check("a \u{201c}b\u{201d} exists exists", "a \u{201c}b\u{201d} exists đã có");
    check("trust anchor {x}: its first event is missing", "gốc tin cậy {x}: thiếu sự kiện đầu tiên");
    // What it has no words for stays.
    check("something else happened", "something else happened");
    check("", "");
    assert_eq!(find("something else happened"), None);
}

#[test]
fn every_link_and_every_line_is_taken_by_itself() {
    let check = |english: &str, expect: &str| assert_eq!(of(english), expect, "{english}");
    let gone = "không có tệp hoặc thư mục này (lỗi hệ thống 2)";
    check("can't read a: b: No such file or directory (os error 2)", &format!("không đọc được a: b: {gone}"));
    check("x: No such file or directory (os error 2)", &format!("x: {gone}"));
    check("keys: catalog: row 7", "khóa: mục lục: row 7");
    check("no archive was named; what is this", "chưa cho biết kho nào; what is this");
    check(
        "the configuration has mistakes:\n  a: b\n  c: unexpected end of file",
        "cấu hình có chỗ sai:\n  a: b\n  c: tệp kết thúc giữa chừng",
    );
}

#[test]
fn an_error_tells_its_chain() {
    let io = std::io::Error::from_raw_os_error(13);
    let error =
        Error::unavailable("the catalog can't be used").because(Error::conflict("the index can't be used").because(io));
    let expect = "không dùng được mục lục của kho: không dùng được chỉ mục tìm kiếm: không có quyền (lỗi hệ thống 13)";
    assert_eq!(error.in_vietnamese(), expect);
    assert_eq!(error.repeated().in_vietnamese(), expect);
}

#[test]
fn the_work_is_bounded() {
    let colons = "a: ".repeat(TEXT_BYTES_MAX / 3);
    assert_eq!(find(&colons), None);
    let nested = format!("{}x", "index: ".repeat(200));
    assert!(find(&nested).is_some_and(|words| words.ends_with("index: x")));
    assert_eq!(find(&"index: ".repeat(TEXT_BYTES_MAX)), None);
}
