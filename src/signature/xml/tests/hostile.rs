//! Documents made to take long or to fill memory: each ends at a budget, and says so.

use std::fmt::Write as _;

use super::super::*;
use super::read;

/// A signature whose SignedInfo holds `inside`.
fn signature(inside: &str, more: &str) -> String {
    format!(
        "<Signature xmlns=\"{DSIG}\"><SignedInfo><CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/><SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{inside}</SignedInfo>\
         <SignatureValue>AA==</SignatureValue>{more}</Signature>"
    )
}

fn reference(uri: &str, transforms: &str) -> String {
    format!(
        "<Reference URI=\"{uri}\"><Transforms>{transforms}</Transforms><DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue>AA==</DigestValue></Reference>"
    )
}

fn is_limit(check: &DigestCheck) -> bool {
    matches!(check, DigestCheck::Unreadable(Reason::Limit(_)))
}

#[test]
fn signatures_inside_each_other_are_walked_through_a_limited_number_of_times() {
    let depth = 200;
    let open = format!("<Signature xmlns=\"{DSIG}\"><Object>").repeat(depth / 2);
    let close = "</Object></Signature>".repeat(depth / 2);
    let found = read(&format!("{open}{}{close}", "<SigningTime/>".repeat(400_000)));
    assert_eq!(found.len(), depth / 2);
    let left_out = found.iter().filter(|one| one.value == ValueCheck::NotChecked(Reason::Limit("steps"))).count();
    assert!(left_out > depth / 8, "{left_out}");
}

#[test]
fn a_manifest_counts_each_time_it_is_referred_to() {
    let inner = reference("#x", "").repeat(1_000);
    let object = format!("<Object><Manifest Id=\"m\">{inner}</Manifest></Object>");
    let found = read(&signature(&reference("#m", "").repeat(1_000), &object));
    let all: usize = found[0].references.iter().map(|one| 1 + one.manifest.len()).sum();
    assert!(all <= REFERENCES_IN_ALL_MAX + 1_000, "{all}");
    let left_out = found[0].references.iter().flat_map(|one| &one.manifest).filter(|one| is_limit(&one.digest));
    assert!(left_out.count() > 900);
}

#[test]
fn a_manifest_of_other_elements_costs_what_it_is_long() {
    let object = format!("<Object><Manifest Id=\"m\">{}</Manifest></Object>", "<a/>".repeat(200_000));
    let found = read(&signature(&reference("#m", "").repeat(1_000), &object));
    assert!(found[0].references.iter().filter(|one| is_limit(&one.digest)).count() > 800);
}

#[test]
fn namespaces_in_scope_cost_steps_in_every_form() {
    let mut names = String::new();
    for number in 0..250 {
        write!(names, " xmlns:n{number}=\"u{number}\"").expect("text");
    }
    let prefixes: String = (0..250).map(|number| format!("n{number} ")).collect();
    let elements = "<a xmlns:z=\"u\"/>".repeat(110_000);
    let exclusive = format!(
        "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"><InclusiveNamespaces \
         xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{prefixes}\"/></Transform>"
    );
    let inclusive = "<Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>";
    for transform in [inclusive, &exclusive] {
        let signature = signature(&reference("", transform), "");
        let found = read(&format!("<r{names}>{elements}{signature}</r>"));
        assert!(is_limit(&found[0].references[0].digest), "{:?}", found[0].references[0].digest);
    }
}

#[test]
fn long_names_inside_each_other_are_refused() {
    let nested = |count: usize| {
        let name = "n".repeat(1_000);
        let (open, close) = (format!("<{name}>").repeat(count), format!("</{name}>").repeat(count));
        examine(format!("<r>{open}{close}</r>").as_bytes(), &Supplied::default())
    };
    assert_eq!(nested(8), Ok(Vec::new()));
    assert_eq!(nested(9), Err(parse::Error::Limit("bytes of names inside each other")));
}

#[test]
fn a_place_that_many_references_lead_to_is_not_counted_out_for_each() {
    let signature = signature(&reference("#last", "").repeat(1_000), "");
    let found = read(&format!("<r>{}<a Id=\"last\"/>{signature}</r>", "<a/>".repeat(400_000)));
    assert!(found[0].references.iter().filter(|one| is_limit(&one.digest)).count() > 700);
}

#[test]
fn many_elements_with_one_identifier_are_found_at_once() {
    let found = read(&format!("<r>{}{}</r>", "<a Id=\"x\"/>".repeat(200_000), signature(&reference("#x", ""), "")));
    assert!(found[0].defects.contains(&Defect::DuplicateId("x".into())));
}

#[test]
fn a_certificate_that_is_referred_to_often_is_not_copied_as_often() {
    let big = "A".repeat(4 << 20);
    let info = format!(
        "<KeyInfo Id=\"k\"><X509Data><X509Certificate>{big}</X509Certificate></X509Data></KeyInfo>{}",
        format!("<Signature xmlns=\"{DSIG}\"><KeyInfo><RetrievalMethod URI=\"#k\"/></KeyInfo></Signature>").repeat(200)
    );
    let found = read(&format!("<r xmlns=\"{DSIG}\">{info}</r>"));
    let kept: usize = found.iter().flat_map(|one| &one.certificates).map(Vec::len).sum();
    assert!(kept <= CANONICAL_BYTES_MAX, "{kept}");
    assert!(found.iter().filter(|one| one.certificates.is_empty()).count() > 50);
}

#[test]
fn a_file_beside_the_document_is_digested_a_limited_number_of_times() {
    let file = vec![0; 32 << 20];
    let supplied = Supplied { outside: &|_| Some(&file), ..Supplied::default() };
    let found = examine(signature(&reference("file", "").repeat(100), "").as_bytes(), &supplied).expect("XML");
    let digested: usize = found[0].references.iter().map(|one| one.digested_bytes).sum();
    assert!(digested <= OUTSIDE_BYTES_MAX, "{digested}");
    assert!(is_limit(&found[0].references[99].digest));
}

/// Algorithms cost what they take: one that is a hundred times as slow reaches a hundredth as far.
#[test]
fn a_slow_digest_is_made_of_fewer_bytes() {
    let file = vec![0; 16 << 20];
    let supplied = Supplied { outside: &|_| Some(&file), ..Supplied::default() };
    let slow = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr3411";
    let references = reference("file", "").replace("http://www.w3.org/2001/04/xmlenc#sha256", slow).repeat(20);
    let found = examine(signature(&references, "").as_bytes(), &supplied).expect("XML");
    let references = &found[0].references;
    assert_eq!(references[0].digest, DigestCheck::Differs);
    assert!(references[1..].iter().all(|one| is_limit(&one.digest)), "{:?}", references[1].digest);
    // Kept, it is made once.
    let digests = Digests::default();
    let found = examine(
        signature(&reference("file", "").repeat(100), "").as_bytes(),
        &Supplied { digests: Some(&digests), ..supplied },
    );
    assert!(found.expect("XML")[0].references.iter().all(|one| one.digest == DigestCheck::Differs));
}
