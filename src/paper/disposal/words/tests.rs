use super::*;

#[test]
fn numbers_in_words() {
    check(0, "không");
    check(5, "năm");
    check(10, "mười");
    check(15, "mười lăm");
    check(21, "hai mươi mốt");
    check(44, "bốn mươi bốn");
    check(105, "một trăm linh năm");
    check(110, "một trăm mười");
    check(1_000, "một nghìn");
    check(1_005, "một nghìn không trăm linh năm");
    check(10_011, "mười nghìn không trăm mười một");
    check(1_203_055, "một triệu hai trăm linh ba nghìn không trăm năm mươi lăm");
    fn check(number: usize, words: &str) {
        assert_eq!(spelled(number), words, "{number}");
    }
}

#[test]
fn digits_in_groups() {
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(1_204), "1.204");
    assert_eq!(grouped(12_345_678), "12.345.678");
    assert_eq!(counted(3, "tài liệu"), "3 tài liệu (ba tài liệu)");
}
