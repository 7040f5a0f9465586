//! The direction of imports, as `src/lib.rs` draws it: 4 → 3 → {2, 1} → 0 and 2 → 1; stores never see each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [(&str, &[&str]); 5] = [
    ("ground", &["digest", "disk", "error", "event", "network", "position", "record", "text", "time"]),
    (
        "rules",
        &["agency", "auth", "cipher", "evidence", "merkle", "paper", "request", "retention", "signature", "transfer"],
    ),
    ("stores", &["catalog", "index", "keys", "ledger", "vault"]),
    ("archive", &["archive"]),
    ("rim", &["cli", "config", "http"]),
];

/// What the rim may see below the façade: vocabulary, and what checks a receipt without an archive.
const SEEN_BY_THE_RIM: [(&str, &str); 6] = [
    ("auth::rights", "every route asks whether one may"),
    ("auth::second", "the secret of a second factor, as phones take it up"),
    ("auth::webauthn", "for whom security keys are registered, and why one is refused"),
    ("transfer::finding", "the words of a finding, and its severity"),
    ("evidence", "receipts are checked offline"),
    ("merkle::key", "with a public key that the user names"),
];

#[test]
fn imports_go_downwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut violations, mut used, mut imports) = (Vec::new(), BTreeSet::new(), 0);
    for file in rust_files(&source) {
        let module = module_of(file.strip_prefix(&source).unwrap());
        let Some(from) = module.first() else { continue };
        for (line, path) in paths(&fs::read_to_string(&file).unwrap(), &module) {
            imports += 1;
            match allowed(from, &path) {
                Ok(exception) => used.extend(exception),
                Err(why) => violations.push(format!("{}:{line}: {path}: {why}", file.display())),
            }
        }
    }
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
    assert!(imports > 200, "only {imports} imports were found: the reading of the sources is broken");
    let unused: Vec<_> = SEEN_BY_THE_RIM.iter().filter(|(path, _)| !used.contains(path)).collect();
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
}

/// Whether a file of module `from` may name `path`; the exception that allows it, if it is one.
fn allowed(from: &str, path: &str) -> Result<Option<&'static str>, String> {
    let to = path.split("::").next().unwrap();
    let layer = |module: &str| {
        let layer = LAYERS.iter().position(|(_, modules)| modules.contains(&module));
        layer.ok_or_else(|| format!("{module} is in no layer: give it one in tests/it/layers.rs and src/lib.rs"))
    };
    let (own, other) = (layer(from)?, layer(to)?);
    let name = |layer: usize| LAYERS[layer].0;
    match (own, other) {
        _ if from == to => Ok(None),
        (_, 0) | (4, 4 | 3) | (3, 1 | 2) | (2, 1) | (1, 1) => Ok(None),
        (4, _) => {
            let seen = SEEN_BY_THE_RIM.iter().find(|(seen, _)| path == *seen || path.starts_with(&format!("{seen}::")));
            seen.map(|(seen, _)| Some(*seen)).ok_or_else(|| format!("the rim sees the façade, not the {}", name(other)))
        }
        (2, 2) => Err(format!("stores never see each other: {from}, {to}")),
        _ => Err(format!("{} does not see {}", name(own), name(other))),
    }
}

/// The crate of the fuzz targets is made of modules of this one, with a list of dependencies of its own: what the modules
/// use must stand in it, or no target compiles.
#[test]
fn the_fuzz_targets_have_the_crates_that_their_modules_use() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(top.join(path)).unwrap();
    let listed = |manifest: &str| -> BTreeSet<String> {
        let text = read(manifest);
        let (_, rest) = text.split_once("\n[dependencies]\n").unwrap();
        let lines = rest.lines().take_while(|line| !line.starts_with('['));
        lines.filter_map(|line| Some(line.split_once(" = ")?.0.replace('-', "_"))).collect()
    };
    let (all, had) = (listed("Cargo.toml"), listed("fuzz/Cargo.toml"));
    let root = read("src/fuzz.rs");
    let modules: BTreeSet<&str> =
        root.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let source = top.join("src");
    let mut used = BTreeSet::new();
    for file in rust_files(&source) {
        let module = module_of(file.strip_prefix(&source).unwrap());
        if module.first().is_some_and(|first| modules.contains(first.as_str())) {
            let code = without_comments(&fs::read_to_string(&file).unwrap());
            used.extend(all.iter().filter(|name| names_crate(&code, name)).cloned());
        }
    }
    assert!(used.len() > 20, "only {used:?} were found: the reading of the sources is broken");
    let missing: Vec<_> = used.difference(&had).collect();
    assert!(missing.is_empty(), "fuzz/Cargo.toml lacks {missing:?}");
}

/// Whether a path in `code` begins with a crate's name.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::")).any(|(at, _)| begins_a_path(code, at))
}

fn without_comments(source: &str) -> String {
    source.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect()
}

/// Whether the name at `at` is the first of its path, and whole.
fn begins_a_path(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'))
}

#[test]
fn the_rules_of_direction_bite() {
    let check =
        |from: &str, path: &str, expect: bool| assert_eq!(allowed(from, path).is_ok(), expect, "{from}: {path}");
    check("cli", "archive::Reading", true);
    check("cli", "http::serve", true);
    check("cli", "evidence::Receipt", true);
    check("cli", "transfer::finding::Finding", true);
    check("cli", "transfer::sidecar::read", false);
    check("cli", "vault::Vault", false);
    check("http", "keys::Part", false);
    check("archive", "vault::Vault", true);
    check("archive", "cli::run", false);
    check("vault", "merkle::Hash", true);
    check("vault", "ledger::Ledger", false);
    check("ledger", "archive::Archive", false);
    check("evidence", "merkle::proof", true);
    check("merkle", "ledger::Ledger", false);
    check("digest", "merkle::Hash", false);
    check("record", "text::nfc", true);
    check("nowhere", "digest::Sha256", false);
}

#[test]
fn paths_are_found_however_they_are_written() {
    let check = |source: &str, module: &[&str], expect: &[&str]| {
        let module: Vec<String> = module.iter().map(ToString::to_string).collect();
        let found: Vec<String> = paths(source, &module).into_iter().map(|(_, path)| path).collect();
        assert_eq!(found, expect, "{source}");
    };
    check("use crate::disk::Disk;", &["vault"], &["disk::Disk"]);
    check("fn f(x: &crate::time::Micros) {}", &["vault"], &["time::Micros"]);
    check("use crate::{disk, keys::{Part, Keys}, time::Micros};", &["cli"], &["disk", "keys::", "time::Micros"]);
    check("use crate::{\n    disk::{self, Disk},\n    error,\n};", &["cli"], &["disk::", "error"]);
    check("pub(in crate::transfer) fn f() {} // crate::vault\n/// [`crate::vault`]", &["transfer"], &["transfer"]);
    check("use super::keys::Part;", &["vault"], &["keys::Part"]);
    check("use super::keys::Part;", &["cli", "show"], &[]);
    check("use super::super::super::vault::X;", &["archive", "ingest", "plan"], &["vault::X"]);
    check("use super::super::super::super::vault::X;", &["archive", "ingest", "plan", "tests"], &["vault::X"]);
    check("mod wire { use super::Detail; } use super::keys::X;", &["event"], &["keys::X"]);
    check("mod wire { use super::super::keys::X; }", &["event"], &["keys::X"]);
    check("$crate::digest::X", &["merkle"], &["digest::X"]);
}

/// Every path in `source` that starts at the crate's root, by `crate` or by climbing there, and its line.
fn paths(source: &str, module: &[String]) -> Vec<(usize, String)> {
    let code = without_comments(source);
    let inline = inline_modules(&code);
    let mut found: Vec<(usize, String)> = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            if !begins_a_path(&code, at) {
                continue;
            }
            let mut chain = 0;
            while start == "super::" && code[at + chain * start.len()..].starts_with(start) {
                chain += 1;
            }
            let depth = module.len() + inline.iter().filter(|range| range.contains(&at)).count();
            if start == "super::" && chain < depth {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let rest = &code[at + start.len() * chain.max(1)..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_names(group).into_iter().map(|name| (line, name))),
                None => found.push((line, name(rest))),
            }
        }
    }
    found
}

/// Where the modules lie that are written in braces.
fn inline_modules(code: &str) -> Vec<std::ops::Range<usize>> {
    let starts = code.match_indices("mod ").filter_map(|(at, word)| {
        let rest = &code[at + word.len()..];
        let name = name(rest);
        rest[name.len()..].trim_start().starts_with('{').then(|| at + code[at..].find('{').unwrap())
    });
    let end = |start: usize| {
        let mut depth = 0;
        let closes = |(_, c): &(usize, char)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0
        };
        code[start..].char_indices().find(closes).map_or(code.len(), |(length, _)| start + length)
    };
    starts.map(|start| start..end(start)).collect()
}

/// The first path of a text: names joined by `::`.
fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect()
}

/// The paths of a braced group, up to their own groups.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let path = name(group[start..at].trim_start());
                names.extend((!path.is_empty()).then_some(path));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// `archive/ingest/plan.rs` is `[archive, ingest, plan]`; the crate's root is empty.
fn module_of(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let names: Vec<String> = path.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if names == ["lib"] || names == ["main"] { Vec::new() } else { names }
}

pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
