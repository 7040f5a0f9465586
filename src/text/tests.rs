use super::*;

#[test]
fn folding_reaches_every_vietnamese_letter() {
    assert_eq!(fold("Quyết định về đất đai ĐỒNG THÁP"), "quyet dinh ve dat dai dong thap");
    assert_eq!(fold("Quyê\u{301}t đi\u{323}nh"), "quyet dinh");
    assert_eq!(nfc("e\u{302}\u{301}"), "ế");
}

#[test]
fn symbols() {
    let check = |text: &str, number: &str, notation: &str, regular: bool| {
        assert_eq!(split_symbol(text), Symbol { number: number.into(), notation: notation.into(), regular }, "{text}");
    };
    check("1719/QĐ-UBND", "1719", "QĐ-UBND", true);
    check("28/2018/QĐ-TTg", "28", "2018/QĐ-TTg", true);
    check("7816/VPCP-TTĐT", "7816", "VPCP-TTĐT", true);
    check("33/2024/QH15", "33", "2024/QH15", true);
    check("5/QĐ-BNV", "5", "QĐ-BNV", false);
    check("15/QĐ - BNV", "15", "QĐ - BNV", false);
    check("74fass22/abc", "74fass22", "abc", false);
    check("QĐ-UBND", "", "QĐ-UBND", false);
    check("1719", "1719", "", false);
    check(" 1719 ", "1719", "", false);
    check("1719/", "1719", "", false);
    check("19A", "", "19A", false);
    check("", "", "", false);
    for (number, notation, symbol) in [("178", "QĐ", "178/QĐ"), ("178", "", "178"), ("", "QĐ", "QĐ"), ("", "", "")]
    {
        assert_eq!(join_symbol(number, notation), symbol);
    }
}
