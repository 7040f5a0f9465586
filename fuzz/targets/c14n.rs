//! Canonical XML of whole documents by each method: what is canonical stays as it is.
#![no_main]

use chauban::signature::xml::Budget;
use chauban::signature::xml::c14n::{Method, canonical};
use chauban::signature::xml::parse::{Dtd, parse};
use chauban::signature::xml::selection::{Comments, Selection};
use chauban::signature::xml::tree::ROOT;
use libfuzzer_sys::fuzz_target;

const METHODS: [&str; 4] = [
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for uri in METHODS {
        let method = Method::from_uri(uri).expect("a method");
        let Some(once) = form(text, &method) else { continue };
        let Some(twice) = form(&once, &method) else { panic!("{uri}: the canonical form is not read:\n{once}") };
        assert_eq!(once, twice, "{uri}");
    }
});

/// The canonical form; `None` for what is no XML or too much.
fn form(text: &str, method: &Method) -> Option<String> {
    let document = parse(text, Dtd::Internal).ok()?;
    let whole = Selection::subtree(ROOT, Comments::With);
    let bytes = canonical(&document, &whole, method, &mut Budget::default()).ok()?;
    Some(String::from_utf8(bytes).expect("UTF-8"))
}
