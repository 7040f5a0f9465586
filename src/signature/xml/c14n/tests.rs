//! The examples of Canonical XML 1.0 §3 and of the exclusive recommendation §2.2; selections are tested by the vectors.

use super::*;
use crate::signature::xml::parse::{Dtd, parse};

fn form(text: &str, uri: &str, prefixes: &[&str]) -> String {
    let document = parse(text, Dtd::Internal).expect("XML");
    let mut method = Method::from_uri(uri).expect("a method");
    method.inclusive_prefixes = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
    method.inclusive_prefixes.sort_unstable();
    let whole = Selection::subtree(ROOT, Comments::With);
    let bytes = canonical(&document, &whole, &method, &mut Budget::default()).expect("within the budget");
    String::from_utf8(bytes).expect("UTF-8")
}

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

#[test]
fn instructions_and_comments_outside_the_document_element() {
    let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                <!DOCTYPE doc SYSTEM \"doc.dtd\">\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n\
                <?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->";
    let head = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!";
    assert_eq!(form(text, INCLUSIVE, &[]), format!("{head}</doc>\n<?pi-without-data?>"));
    let with = format!("{head}<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->");
    assert_eq!(form(text, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", &[]), with);
    assert_eq!(
        Method::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#WithComments").map(|one| one.comments),
        Some(Comments::With)
    );
}

#[test]
fn start_tags() {
    let text = "<!DOCTYPE doc [<!ATTLIST e9 attr CDATA \"default\">]>\n<doc>\n   <e1   />\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   \
                <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      \
                xmlns:a=\"http://www.w3.org\"\n      xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n\
                <e7 xmlns=\"http://www.ietf.org\"><e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e9 xmlns=\"\" \
                xmlns:a=\"http://www.ietf.org\"/></e8></e7></e6></doc>";
    let expected = "<doc>\n   <e1></e1>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   <e5 xmlns=\"http://example.org\" \
                    xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" \
                    a:attr=\"out\"></e5>\n   <e6 xmlns:a=\"http://www.w3.org\">\n<e7 xmlns=\"http://www.ietf.org\"><e8 xmlns=\"\">\
                    <e9 xmlns:a=\"http://www.ietf.org\" attr=\"default\"></e9></e8></e7></e6></doc>";
    assert_eq!(form(text, INCLUSIVE, &[]), expected);
}

#[test]
fn characters() {
    let text = "<!DOCTYPE doc [\n<!ATTLIST normId id ID #IMPLIED>\n<!ATTLIST normNames attr NMTOKENS #IMPLIED>\n]>\n<doc>\n   \
                <text>First line&#x0d;&#10;Second line</text>\n   <value>&#x32;</value>\n   <compute><![CDATA[value>\"0\" && \
                value<\"10\" ?\"valid\":\"error\"]]></compute>\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n   \
                <normNames attr='   A   &#x20;&#13;&#xa;&#9;   B   '/>\n</doc>";
    let expected = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   <compute>value&gt;\"0\" &amp;&amp; \
                    value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n   \
                    <normNames attr=\"A &#xD;&#xA;&#x9; B\"></normNames>\n</doc>";
    assert_eq!(form(text, INCLUSIVE, &[]), expected);
}

#[test]
fn exclusive_declares_where_it_is_used() {
    let text =
        "<n0:a xmlns:n0=\"u0\" xmlns:n1=\"u1\" xmlns=\"d\"><n1:b xmlns:n3=\"u3\"><n0:c/><e xmlns=\"\"/></n1:b></n0:a>";
    let expected = "<n0:a xmlns:n0=\"u0\"><n1:b xmlns:n1=\"u1\"><n0:c></n0:c><e></e></n1:b></n0:a>";
    assert_eq!(form(text, EXCLUSIVE, &[]), expected);
    let expected = "<n0:a xmlns=\"d\" xmlns:n0=\"u0\"><n1:b xmlns:n1=\"u1\" xmlns:n3=\"u3\"><n0:c></n0:c><e xmlns=\"\"></e></n1:b></n0:a>";
    assert_eq!(form(text, EXCLUSIVE, &["n3", ""]), expected);
}

#[test]
fn a_subtree_takes_what_its_ancestors_give() {
    let text = "<a xmlns=\"d\" xmlns:p=\"u\" xml:lang=\"vi\" xml:id=\"i\" xml:base=\"http://h/x/\"><b xml:base=\"y/\"><c/></b></a>";
    let document = parse(text, Dtd::Refused).expect("XML");
    let c = document.subtree(ROOT).find(|&id| document.is(id, "d", "c")).expect("c");
    let selection = Selection::subtree(c, Comments::With);
    let of = |uri: &str| {
        let method = Method::from_uri(uri).expect("a method");
        let bytes = canonical(&document, &selection, &method, &mut Budget::default()).expect("within the budget");
        String::from_utf8(bytes).expect("UTF-8")
    };
    assert_eq!(of(INCLUSIVE), "<c xmlns=\"d\" xmlns:p=\"u\" xml:base=\"y/\" xml:id=\"i\" xml:lang=\"vi\"></c>");
    let joined = "<c xmlns=\"d\" xmlns:p=\"u\" xml:base=\"http://h/x/y/\" xml:lang=\"vi\"></c>";
    assert_eq!(of("http://www.w3.org/2006/12/xml-c14n11"), joined);
    assert_eq!(of(EXCLUSIVE), "<c xmlns=\"d\"></c>");
}
