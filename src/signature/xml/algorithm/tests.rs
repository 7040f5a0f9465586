use super::super::parse::{self, Dtd};
use super::*;

/// What a SignatureMethod of RSASSA-PSS with these parameters names.
fn named(parameters: &str) -> Result<Scheme, Reason> {
    let uri = format!("{PSS}rsa-pss");
    let text = format!("<m xmlns=\"{DSIG}\" Algorithm=\"{uri}\">{parameters}</m>");
    let document = parse::parse(&text, Dtd::Refused).expect("XML");
    match method(&document, document.document_element(), &uri)? {
        Method::Signature(scheme) => Ok(scheme),
        Method::Code(_) => panic!("not a code"),
    }
}

#[test]
fn pss_has_its_parameters_beside_it() {
    use DigestAlgorithm::{Sha256, Sha512};
    let scheme = |digest, mask, salt_bytes| Ok(Scheme::RsaPss { digest, mask, salt_bytes });
    let sha = |bits: u32| format!("<DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha{bits}\"/>");
    let generator = |name: &str, inside: &str| {
        format!("<p:MaskGenerationFunction Algorithm=\"{name}\">{inside}</p:MaskGenerationFunction>")
    };
    let inside = |parts: &str| format!("<p:RSAPSSParams xmlns:p=\"{PSS}\">{parts}</p:RSAPSSParams>");
    assert_eq!(named(""), scheme(Sha256, Sha256, 32));
    assert_eq!(named(&inside(&sha(512))), scheme(Sha512, Sha512, 64));
    let mask = generator(&format!("{PSS}MGF1"), &sha(256));
    let all = format!("{}{mask}<p:SaltLength> 20 </p:SaltLength><p:TrailerField>1</p:TrailerField>", sha(512));
    assert_eq!(named(&inside(&all)), scheme(Sha512, Sha256, 20));
    assert_eq!(named(&inside("<p:TrailerField>2</p:TrailerField>")), Err(Reason::Structure("TrailerField")));
    assert_eq!(named(&inside("<p:SaltLength>-1</p:SaltLength>")), Err(Reason::Structure("SaltLength")));
    let other = named(&inside(&generator("urn:other", "")));
    assert_eq!(other, Err(Reason::Algorithm("urn:other".to_owned())));
}
