//! The interoperability vectors of xmlsec (merlin, phaos, W3C 2012, xmlsec's own), where `CHAUBAN_SUITES` says they lie.
//!
//! Every file counts: what is not supported counts as failed, and files whose names say so must not verify. Data that
//! the vectors take from the web are read from `xmldsig/external-data`, by the last part of their URI.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::*;

/// Families.
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

/// Parts of the names of files that do not verify, all counted as failed: algorithms not offered (GOST, Ed448, variants
/// of Ed25519, SHA3-224, ML-DSA, SLH-DSA, secrets agreed by ML-KEM); XSLT, which is never applied; foreign elements
/// among relationships.
const NOT_OFFERED: [&str; 14] = [
    "gost",
    "ed448",
    "ed25519ph",
    "ed25519ctx",
    "sha3_224-ecdsa",
    "sha3_224-rsa",
    "pss-sha3_224",
    "mldsa",
    "slhdsa",
    "em-ml-kem",
    "signature-big.xml",
    "defCan-2.xml",
    "defCan-3.xml",
    "relationship-foreign",
];

#[test]
#[ignore = "make conformance: needs CHAUBAN_SUITES"]
fn conformance_xmldsig() {
    let root = std::env::var_os("CHAUBAN_SUITES").expect("CHAUBAN_SUITES names the folder of suites");
    let root = PathBuf::from(root).join("xmldsig");
    let certificates = files(&root, "der").into_iter().filter_map(|path| std::fs::read(path).ok()).collect::<Vec<_>>();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut unexplained = Vec::new();
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
                let external = matches!(&outcome, Err(wrong) if wrong.contains("was not handed in"));
                if !external && !NOT_OFFERED.iter().any(|part| name.contains(part)) {
                    unexplained.push(name);
                }
            }
        }
    }
    let total = counts.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    for (family, (good, all)) in counts {
        println!("xmldsig {family}: {good} of {all}");
    }
    println!("xmldsig: {} of {}", total.0, total.1);
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

fn check(folder: &Path, bytes: &[u8], name: &str, certificates: &[Vec<u8>]) -> Result<(), String> {
    // Data that the vectors fetch from the web, if somebody has put them beside the families.
    let external = folder.parent().map(|root| root.join("external-data")).unwrap_or_default();
    let outside: BTreeMap<String, Vec<u8>> = files(folder, "")
        .into_iter()
        .filter_map(|path| {
            let relative = path.strip_prefix(folder).ok()?.to_string_lossy().into_owned();
            Some((relative, std::fs::read(path).ok()?))
        })
        .collect();
    let name_of = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let fetched: BTreeMap<String, Vec<u8>> = files(&external, "")
        .into_iter()
        .filter_map(|path| Some((name_of(&path)?, std::fs::read(path).ok()?)))
        .collect();
    let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    let supplied = Supplied {
        outside: &|uri| {
            let uri = uri.strip_prefix("tests/merlin-xmldsig-twenty-three/").unwrap_or(uri);
            // One vector is younger than the others, and so is its copy of the page.
            let latest = name.contains("two-keynames").then_some("xml-stylesheet-2018");
            let name = latest.unwrap_or(uri.rsplit('/').next().unwrap_or_default());
            let fetched = if uri.starts_with("http") { fetched.get(name) } else { None };
            outside.get(uri).or(fetched).map(Vec::as_slice)
        },
        certificates: &certificates,
        secrets: &[("", b"secret"), ("", b"test"), ("", b"testkey")],
        code_bits_min: if name.contains("-64") { 64 } else { CODE_BITS_MIN },
        dtd: parse::Dtd::Internal,
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
