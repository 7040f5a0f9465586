use super::super::Budget;
use super::super::parse::{Dtd, parse};
use super::super::selection::Point;
use super::super::tree::ROOT;
use super::*;

const TEXT: &str =
    "<a xmlns:p='u' id='r'><b id='x' n='1'>one</b><b n='2'>two<!--c--></b><p:c xml:lang='vi-VN'><b n='3'/></p:c></a>";

fn holds(text: &str) -> bool {
    let document = parse(TEXT, Dtd::Refused).expect("XML");
    let expression = Expression::parse(text, |prefix| (prefix == "p").then_some("u")).expect(text);
    let mut budget = Budget::default();
    let mut evaluator = Evaluator { document: &document, here: Some(1), budget: &mut budget };
    let value = evaluator.value(&expression, Point::node(ROOT)).expect(text);
    evaluator.boolean(&value)
}

#[test]
fn expressions_have_the_values_of_the_recommendation() {
    for text in [
        "count(//b) = 3",
        "count(/a/b) = 2",
        "//b[2] = 'two'",
        "//b[last()]/@n = 3",
        "//b[@n > 1][1]/@n = '2'",
        "string(//p:c/b/@n) = '3'",
        "count(//p:*) = 1",
        "count(//*) = 5",
        "name(//p:c) = 'p:c'",
        "local-name(//p:c) = 'c'",
        "namespace-uri(//p:c) = 'u'",
        "id('x')/@n = 1",
        "count(id('x r')) = 2",
        "count(//comment()) = 1",
        "//text() = 'two'",
        "count(//b/ancestor::*) = 2",
        "count(//b[1]/following::*) = 3",
        "count(//p:c/preceding-sibling::*) = 2",
        "//p:c/preceding-sibling::*[1]/@n = 2",
        "count(//p:c/namespace::*) = 2",
        "1 + 2 * 3 = 7",
        "-(-2) = 2",
        "7 mod 3 = 1",
        "6 div 4 = 1.5",
        "not(false())",
        "'a' != 'b'",
        "//b != 'one'",
        "concat('a', 'b', 'c') = 'abc'",
        "contains('abc', 'bc')",
        "substring('12345', 2, 3) = '234'",
        "substring('12345', 1.5, 2.6) = '234'",
        "substring-before('1999/04', '/') = 1999",
        "substring-after('1999/04', '/') = '04'",
        "translate('bar', 'abc', 'AB') = 'BAr'",
        "normalize-space('  a  b ') = 'a b'",
        "string-length('đủ') = 2",
        "starts-with('abc', 'ab')",
        "sum(//b/@n) = 6",
        "floor(1.5) = 1",
        "ceiling(1.5) = 2",
        "round(-1.5) = -1",
        "boolean(//p:c/b[lang('vi')])",
        "number('x') != number('x')",
        "string(1 div 0) = 'Infinity'",
        "count(//b | //b[1] | /) = 4",
        "count(here()/b) = 2",
        "/a/b[position() = 2]/@n = 2",
        "count(/a//b) = 3",
        "count(//b/..) = 2",
        "count(//@*) = 6",
        "self::node()",
        "2 > 1 and 1 >= 1 or false()",
        "(//b)[3]/@n = 3",
        ".5 < 1",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for text in ["", "1 +", "a[", "$x", "f()", "q:a", "count()", "a b", "'", "//", "a::b", "((((", "a:b:c", "id('x'"] {
        assert!(Expression::parse(text, |_| None).is_err(), "{text}");
    }
    assert_eq!(Expression::parse(&"(".repeat(5_000), |_| None), Err(Error::Limit));
    assert_eq!(Expression::parse(&"-".repeat(5_000), |_| None), Err(Error::Grammar));
    assert_eq!(Expression::parse(&"1+".repeat(4_000), |_| None), Err(Error::Limit));
    assert_eq!(Expression::parse("nope(1)", |_| None), Err(Error::Function("nope".into())));
}

#[test]
fn an_expression_cannot_run_for_long() {
    let text = format!("<a>{}</a>", "<b/>".repeat(20_000));
    let document = parse(&text, Dtd::Refused).expect("XML");
    let expression =
        Expression::parse("count(//*[count(//*[count(//*) > 1]) > 1]) > 1", |_| None).expect("an expression");
    let mut budget = Budget::default();
    let mut evaluator = Evaluator { document: &document, here: None, budget: &mut budget };
    assert_eq!(evaluator.value(&expression, Point::node(ROOT)), Err(Failure::OutOfBudget));
}
