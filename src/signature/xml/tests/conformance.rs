//! The interoperability vectors of xmlsec (merlin, phaos, W3C 2012, xmlsec's own), where `CHAUBAN_SUITES` says they lie.
//!
//! Every file counts: what is not supported counts as failed, and files whose names say so must not verify. What fails is
//! in [`UNVERIFIED`] with its reason, and nothing else: a file that fails without being there, or is there and does not
//! fail, fails the run. What the vectors take from the web, and keys that they name and do not carry, are handed in from
//! `tests/fixtures/xmldsig/external`; nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use aws_lc_rs::kem;

use super::super::*;

/// Families, as their folders are called.
const FAMILIES: [&str; 7] = [
    "aleksey-xmldsig-01",
    "merlin-c14n-three",
    "merlin-exc-c14n-one",
    "merlin-xmldsig-twenty-three",
    "phaos-xmldsig-three",
    "xmldsig11-interop-2012",
    "xmldsig2ed-tests",
];

/// Signatures that must not verify though their names don't say so.
const MUST_FAIL: [&str; 3] = [
    // Made by a former xmlsec that did not apply the relationships transform as ECMA-376 says.
    "enveloping-sha256-rsa-sha256-relationship-ns-legacy.xml",
    "enveloping-sha256-rsa-sha256-relationship-whitespace-legacy.xml",
    // A code cut to 40 bits (CVE-2009-0217); the others of that name are cut to 80.
    "signature-enveloping-hmac-sha1-truncated40.xml",
];

const XSLT: &str = "XSLT is never applied: a program that the signer wrote decides what was signed";
const FOREIGN: &str = "an element that is neither a relationship nor ignorable is an error (ECMA-376 part 3); xmlsec \
    writes it into the digest as a relationship, under the same name as a true one";

/// Files that should verify and do not, all counted as failed.
const UNVERIFIED: [(&str, &str); 4] = [
    ("enveloping-sha256-rsa-sha256-relationship-foreign.xml", FOREIGN),
    ("signature-big.xml", XSLT),
    ("defCan-2.xml", XSLT),
    ("defCan-3.xml", XSLT),
];

/// Vectors in the families; a copy of the suite with fewer is not the suite.
const VECTORS_MIN: usize = 230;

fn external() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/xmldsig/external")
}

#[test]
#[ignore = "make conformance: needs CHAUBAN_SUITES"]
fn conformance_xmldsig() {
    let root = std::env::var_os("CHAUBAN_SUITES").expect("CHAUBAN_SUITES names the folder of suites");
    let root = PathBuf::from(root).join("xmldsig");
    let certificates = files(&root, "der").into_iter().chain(files(&external(), "der"));
    let certificates = certificates.filter_map(|path| std::fs::read(path).ok()).collect::<Vec<_>>();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut failed = BTreeSet::new();
    for family in FAMILIES {
        for path in files(&root.join(family), "xml") {
            let bytes = std::fs::read(&path).expect("a vector");
            if memchr::memmem::find(&bytes, b"SignedInfo").is_none() {
                continue;
            }
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let must_fail = MUST_FAIL.contains(&name.as_str()) || name.contains("bad");
            let outcome = check(&root.join(family), &bytes, &name, &certificates);
            let count = counts.entry(family).or_default();
            count.1 += 1;
            if outcome.is_ok() != must_fail {
                count.0 += 1;
            } else {
                println!("{family}/{name}: {outcome:?}");
                failed.insert(name);
            }
        }
    }
    let total = counts.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    for (family, (good, all)) in counts {
        println!("xmldsig {family}: {good} of {all}");
    }
    println!("xmldsig: {} of {}", total.0, total.1);
    for (name, reason) in UNVERIFIED {
        println!("xmldsig: {name} fails: {reason}");
    }
    assert!(total.1 >= VECTORS_MIN, "vectors are missing");
    let explained: BTreeSet<String> = UNVERIFIED.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(failed, explained, "what fails is not what is known to fail");
}

fn check(folder: &Path, bytes: &[u8], name: &str, certificates: &[Vec<u8>]) -> Result<(), String> {
    let outside: BTreeMap<String, Vec<u8>> = files(folder, "")
        .into_iter()
        .filter_map(|path| {
            let relative = path.strip_prefix(folder).ok()?.to_string_lossy().into_owned();
            Some((relative, std::fs::read(path).ok()?))
        })
        .collect();
    let name_of = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let fetched: BTreeMap<String, Vec<u8>> = files(&external(), "")
        .into_iter()
        .filter_map(|path| Some((name_of(&path)?, std::fs::read(path).ok()?)))
        .collect();
    let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    let agreed = agreed_secret(bytes);
    let mut secrets: Vec<(&str, &[u8])> = vec![("", b"secret"), ("", b"test"), ("", b"testkey")];
    secrets.extend(agreed.iter().map(|secret| ("", &secret[..])));
    let supplied = Supplied {
        outside: &|uri| {
            let uri = uri.strip_prefix("tests/merlin-xmldsig-twenty-three/").unwrap_or(uri);
            // One vector is younger than the others, and so is its copy of the page.
            let page = match uri.rsplit('/').next().unwrap_or_default() {
                "xml-stylesheet" if name.contains("two-keynames") => "xml-stylesheet-2018",
                "xml-stylesheet" => "xml-stylesheet-2005",
                "xml-stylesheet.b64" => "xml-stylesheet-2005.b64",
                other => other,
            };
            let fetched = if uri.starts_with("http") { fetched.get(page) } else { None };
            outside.get(uri).or(fetched).map(Vec::as_slice)
        },
        certificates: &certificates,
        secrets: &secrets,
        code_bits_min: if name.contains("-64") { 64 } else { CODE_BITS_MIN },
        dtd: parse::Dtd::Internal,
        digests: None,
    };
    let found = examine(bytes, &supplied).map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    for one in found {
        if let ValueCheck::NotChecked(reason) = &one.value {
            wrong.push(format!("value: {reason}"));
        } else if one.value == ValueCheck::Fails {
            wrong.push("value fails".into());
        }
        for (at, reference) in one.references.iter().enumerate() {
            match &reference.digest {
                DigestCheck::Matches => {}
                DigestCheck::Differs => wrong.push(format!("reference {} differs", at + 1)),
                DigestCheck::Unreadable(reason) => wrong.push(format!("reference {}: {reason}", at + 1)),
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// The secret of a code that was agreed by ML-KEM, as who holds the private key finds it and hands it in.
fn agreed_secret(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let document = parse::parse(text, parse::Dtd::Internal).ok()?;
    let named = |name: &str| {
        let mut all = document.subtree(tree::ROOT);
        all.find(|&id| document.element(id).is_some_and(|element| element.local() == name))
    };
    let mechanism = document.attribute(named("EncapsulationMechanism")?, "Algorithm")?;
    let (name, algorithm, key_bytes) = match mechanism.rsplit('#').next()? {
        "ml-kem-512" => ("ml-kem-512", &kem::ML_KEM_512, 1632),
        "ml-kem-768" => ("ml-kem-768", &kem::ML_KEM_768, 2400),
        _ => ("ml-kem-1024", &kem::ML_KEM_1024, 3168),
    };
    // The expanded key is the last member of the private key (RFC 9935 §6).
    let file = std::fs::read(external().join(format!("keys/{name}-key.der"))).ok()?;
    let key = kem::DecapsulationKey::new(algorithm, &file[file.len() - key_bytes..]).ok()?;
    let cipher = base64(&document.text_of(named("CipherValue")?)).ok()?;
    Some(key.decapsulate(cipher[..].into()).ok()?.as_ref().to_vec())
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
