use super::*;
use crate::signature::xml::Budget;

const ONE: &str = r#"<Relationship Type="urn:t" Id="rId1" Target="a.xml"/>"#;
const CANONICAL: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Target="a.xml" TargetMode="Internal" Type="urn:t"></Relationship></Relationships>"#
);

fn transformed(attributes: &str, content: &str) -> Result<String, Reason> {
    let text = format!(r#"<Relationships xmlns="{RELATIONSHIPS}" {attributes}>{content}</Relationships>"#);
    let document = parse::parse(&text, Dtd::Refused).expect("XML");
    let whole = Selection::subtree(ROOT, Comments::Without);
    let wanted = Wanted { identifiers: vec!["rId1".into()], types: Vec::new() };
    apply(&document, &whole, &wanted, &mut Budget::default()).map(|bytes| String::from_utf8(bytes).expect("text"))
}

#[test]
fn what_is_wanted_is_kept_without_characters_and_ignorable_elements() {
    let other = r#"<Relationship Type="urn:t" Id="rId2" Target="b.xml"/>"#;
    assert_eq!(transformed("", &format!(" {other}\n{ONE}<!-- -->")).as_deref(), Ok(CANONICAL));
    let ignorable = format!(r#"xmlns:m="{COMPATIBILITY}" xmlns:o="urn:other" m:Ignorable="o""#);
    assert_eq!(transformed(&ignorable, &format!("{ONE}<o:x/>")).as_deref(), Ok(CANONICAL));
}

#[test]
fn an_element_that_is_not_ignorable_is_an_error() {
    let refused = |attributes: &str, content: &str| {
        let result = transformed(attributes, content);
        assert!(matches!(result, Err(Reason::Structure(_))), "{attributes} {content}: {result:?}");
    };
    refused("", &format!(r#"{ONE}<o:Relationship xmlns:o="urn:other" Id="rId1" Target="b.xml"/>"#));
    refused(r#"xmlns:o="urn:other" Ignorable="o""#, &format!("{ONE}<o:x/>"));
    // What must be processed and not dropped is not processed here.
    let compatibility = format!(r#"xmlns:m="{COMPATIBILITY}" m:Ignorable="m""#);
    refused(&compatibility, &format!("{ONE}<m:AlternateContent/>"));
}
