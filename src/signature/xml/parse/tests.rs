use super::*;
use crate::time::effort;

fn refused(text: &str) -> Error {
    parse(text, Dtd::Internal).map(|_| ()).expect_err(text)
}

#[test]
fn documents_that_are_not_well_formed_are_refused() {
    for text in [
        "",
        "a",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b></a>",
        "<a b=c/>",
        "<a b=\"<\"/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a>&x;</a>",
        "<a>&</a>",
        "<a>& ;</a>",
        "<a>&#0;</a>",
        "<a>&#x110000;</a>",
        "<a>]]></a>",
        "<a><!-- -- --></a>",
        "<a>\u{1}</a>",
        "<a>\u{ffff}</a>",
        "<p:a/>",
        "<a xmlns:p=\"\"/>",
        "<a xmlns:xml=\"x\"/>",
        "<a xmlns:xmlns=\"x\"/>",
        "<a x:b=\"1\" y:b=\"2\" xmlns:x=\"u\" xmlns:y=\"u\"/>",
        "<a:b:c xmlns:a=\"u\"/>",
        "<1/>",
        "<a><?xml version=\"1.0\"?></a>",
        "<a b=\"1\"c=\"2\"/>",
        "<!DOCTYPE a><!DOCTYPE a><a/>",
        "<a/><!DOCTYPE a>",
        "<a><![CDATA[</a>",
        "</a>",
        "<a></a></a>",
    ] {
        refused(text);
    }
}

#[test]
fn line_ends_references_and_sections_make_one_text() {
    let document = parse("<a>1\r\n2\r3<![CDATA[<&]]>&lt;&#13;</a>", Dtd::Refused).expect("XML");
    assert_eq!(document.text_of(ROOT), "1\n2\n3<&<\r");
    assert_eq!(document.node_count(), 3);
    let document = parse("<a b='x\r\n\ty&#10;z'/>", Dtd::Refused).expect("XML");
    assert_eq!(document.attribute(1, "b"), Some("x  y\nz"));
}

#[test]
fn a_document_type_gives_defaults_tokens_identifiers_and_entities() {
    let text = "<!DOCTYPE a [<!-- c --><!ELEMENT a ANY><!ATTLIST b k ID #IMPLIED d CDATA 'def' t NMTOKENS #IMPLIED>\
                <!ENTITY e 'x&f;'><!ENTITY f 'y'><!ENTITY m '<b/>'><!ENTITY out SYSTEM 'file:///etc/passwd'>]>\
                <a><b k='me' t='  1   2 '/>&e;</a>";
    assert_eq!(parse(text, Dtd::Refused).map(|_| ()), Err(Error::Dtd));
    let document = parse(text, Dtd::Internal).expect("XML");
    let b = document.by_id("me").expect("declared as an identifier");
    assert_eq!((document.attribute(b, "d"), document.attribute(b, "t")), (Some("def"), Some("1 2")));
    assert_eq!(document.text_of(ROOT), "xy");
    for entity in ["&m;", "&out;"] {
        assert!(matches!(refused(&text.replace("&e;</a>", &format!("{entity}</a>"))), Error::Entity(_)));
    }
}

#[test]
fn entity_bombs_end_at_once() {
    let mut laughs = String::from("<!DOCTYPE a [<!ENTITY l0 'lol'>");
    for level in 1..10 {
        let inside = format!("&l{};", level - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY l{level} '{inside}'>"));
    }
    laughs.push_str("]><a>&l9;</a>");
    let loops = "<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>".to_owned();
    let wide = format!("<!DOCTYPE a [<!ENTITY x '{}'>]><a>{}</a>", "x".repeat(10_000), "&x;".repeat(100_000));
    let markup = "<!DOCTYPE a [<!ENTITY x '&#60;b/>'>]><a>&x;</a>".to_owned();
    for text in [laughs, loops, wide, markup] {
        let error = effort::bounded("a bomb of entities", || refused(&text));
        assert!(matches!(error, Error::Entity(_) | Error::Limit(_)));
    }
}

#[test]
fn depth_and_attributes_are_limited() {
    let deep = "<a>".repeat(DEPTH_MAX + 1) + &"</a>".repeat(DEPTH_MAX + 1);
    assert_eq!(refused(&deep), Error::Limit("elements inside each other"));
    let many: String = (0..=ATTRIBUTES_MAX).map(|number| format!(" a{number}=''")).collect();
    assert_eq!(refused(&format!("<a{many}/>")), Error::Limit("attributes of one element"));
}

#[test]
fn encodings_are_read_or_named() {
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("<a>ỵ</a>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(decode(&utf16).expect("UTF-16"), "<a>ỵ</a>");
    assert_eq!(decode(b"\xef\xbb\xbf<a/>").expect("UTF-8"), "<a/>");
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
    assert!(decode(latin).expect("Latin 1").ends_with("<a>\u{e9}</a>"));
    assert_eq!(decode(b"<?xml version='1.0' encoding='EBCDIC'?>"), Err(Error::Encoding("EBCDIC".into())));
    assert!(decode(b"\xff").is_err());
    // Without a mark, as XML 1.0 appendix F has it.
    let declared = "<?xml version='1.0' encoding='UTF-16'?><a>ỵ</a>";
    let little: Vec<u8> = declared.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = declared.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(decode(&little).expect("UTF-16"), declared);
    assert_eq!(decode(&big).expect("UTF-16"), declared);
    assert!(is_markup(&little) && is_markup(&big) && is_markup(b"\xef\xbb\xbf\n <a/>") && is_markup(&utf16));
    assert!(!is_markup(b"a<b>") && !is_markup(b"") && !is_markup(b"<x".split_at(0).0));
    let windows = b"<?xml version='1.0' encoding='windows-1252'?><a>\x80\xe9</a>";
    assert!(decode(windows).expect("Windows 1252").ends_with("<a>€é</a>"));
    assert!(decode(b"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>").is_err(), "no character");
    // Half a character, half a pair, and declarations that contradict the bytes.
    assert!(decode(&little[..little.len() - 1]).is_err());
    assert!(decode(b"\xff\xfe<\0\x00\xd8").is_err());
    let marked = [b"\xef\xbb\xbf", &b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>"[..]].concat();
    assert_eq!(decode(&marked), Err(Error::Encoding("ISO-8859-1".into())));
    let contradicted: Vec<u8> = declared.replace("-16", "-8").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(decode(&contradicted), Err(Error::Encoding("UTF-8".into())));
    let turned: Vec<u8> = declared.replace("-16", "-16BE").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(decode(&turned), Err(Error::Encoding("UTF-16BE".into())));
}

#[test]
fn spans_and_paths_lead_back_to_the_source() {
    let text = "<a>\n <b x='1'>t</b><b/><c/></a>";
    let document = parse(text, Dtd::Refused).expect("XML");
    let found: Vec<_> = document.subtree(ROOT).filter(|&id| document.element(id).is_some()).collect();
    let paths: Vec<_> = found.iter().map(|&id| document.path(id)).collect();
    assert_eq!(paths, ["/a", "/a/b[1]", "/a/b[2]", "/a/c"]);
    assert_eq!(&text[document.node(found[1]).span.clone()], "<b x='1'>t</b>");
}
