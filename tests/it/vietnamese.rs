//! The Vietnamese words of errors against the sources: every message that the sources give has its words in
//! `messages/errors.vi.txt`, every pair there is given by a source, and a pair's values are the same on both sides.
//!
//! Read are the literals that stand first in the constructors of errors, in `.remedy(…)`, after `let what =` and in
//! `#[error(…)]`, plain or in `format!`. Messages that a variable brings are taken where the variable gets its text.

use chauban::error::vietnamese;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands before a message.
const GIVERS: [&str; 11] = [
    "invalid(",
    "not_found(",
    "conflict(",
    "denied(",
    "unavailable(",
    "corrupt(",
    "too_many(",
    ".remedy(",
    "let what =",
    "#[error(",
    FILE,
];
/// Says what was done before a path: [`chauban::error::Error::file`].
const FILE: &str = "Error::file(";
/// Readers of signatures: what they find goes into reports, which are for programs and experts.
const REPORTED: &str = "signature/";
/// Heading of what the operating system, libraries and the reader of arguments say.
const FROM_OUTSIDE: &str = "# --- Của hệ điều hành";

#[test]
fn every_message_has_vietnamese_words() {
    let (given, _) = given();
    let known: BTreeSet<String> = vietnamese::pairs().map(|(english, _)| canonical(english)).collect();
    let missing: Vec<String> = given
        .iter()
        .filter(|(message, _)| !known.contains(message) && has_words(message))
        .map(|(message, file)| format!("{}: {message}", file.display()))
        .collect();
    assert!(missing.is_empty(), "{} messages without Vietnamese words:\n{}", missing.len(), missing.join("\n"));
    assert!(given.len() > 450, "only {} messages were found: the reading of the sources is broken", given.len());
}

#[test]
fn every_pair_is_given_by_a_source() {
    let (_, literals) = given();
    let catalogue = fs::read_to_string(root().join("messages/errors.vi.txt")).unwrap();
    let own = catalogue.split(FROM_OUTSIDE).next().unwrap();
    let stale: Vec<&str> = own
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ' ']))
        .filter(|english| {
            let message = canonical(english).to_lowercase();
            // A pair may be narrower than what the source gives: it says what one of the values is.
            let is_case_of = |wide: &String| wide.contains("{}") && has_words(wide) && covers(wide, &message);
            !literals.contains(&bare(&message)) && !literals.iter().any(is_case_of)
        })
        .collect();
    assert!(catalogue.contains(FROM_OUTSIDE) && own.len() > 10_000);
    assert!(stale.is_empty(), "{} pairs that no source gives:\n{}", stale.len(), stale.join("\n"));
}

#[test]
fn pairs_fit_together() {
    let mut seen = BTreeSet::new();
    for (english, words) in vietnamese::pairs() {
        assert!(seen.insert(canonical(english)), "twice: {english}");
        assert!(!words.is_empty() && words == words.trim() && english == english.trim(), "{english}");
        let (given, taken) = (names(english), names(words));
        let unmarked: BTreeSet<&str> = taken.iter().map(|name| name.trim_end_matches("|vi")).collect();
        assert_eq!(given.iter().copied().collect::<BTreeSet<_>>(), unmarked, "{english}");
        assert_eq!((given.len(), taken.len()), (unmarked.len(), unmarked.len()), "a value twice: {english}");
        assert!(!english.contains("}{"), "two values with nothing between them: {english}");
        let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(quoted(english), quoted(words), "{english}");
        assert!(vietnamese::find(english).is_some(), "{english}");
    }
    let catalogue = fs::read_to_string(root().join("messages/errors.vi.txt")).unwrap();
    let lines = catalogue.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for (number, line) in lines.enumerate() {
        assert_eq!(number % 2 == 1, line.starts_with("    "), "the line is on the wrong side: {line}");
    }
}

#[test]
fn the_reading_of_sources_finds_messages_however_they_are_written() {
    let check = |source: &str, expect: &[&str]| {
        let found: Vec<String> = literals(source).iter().filter_map(|literal| message(literal, "x.rs")).collect();
        assert_eq!(found, expect, "{source}");
    };
    check(r#"Error::invalid("a b")"#, &["a b"]);
    check("Error::corrupt(\n    format!(\n  \"{} has {x:?}\", y))", &["{} has {}"]);
    check(r#"Self::conflict(&format!("a {b}")).remedy("c \"d\"")"#, &["a {}", "c \"d\""]);
    check("x.remedy(\n   \"one \\\n     two\")", &["one two"]);
    check(r#"let what = format!("at {place}");"#, &["at {}"]);
    check(r#"Error::file("can't read", path, error)"#, &["can't read {}"]);
    check(r##"#[error("not {0}")] // Error::invalid("x")"##, &["not {}"]);
    check(r##"let c = '"'; let r = r#"invalid("x")"#; f("a", "b"); g(b'"', b"x")"##, &[]);
    check("fn a<'a>(b: &'a str) { denied(\"no\") }", &["no"]);
}

/// A literal of a source, and the code before it.
struct Literal {
    before: String,
    text: String,
}

/// All messages, each with a file that gives it; and every literal of the sources, in small letters, as it is and bare.
fn given() -> (Vec<(String, PathBuf)>, BTreeSet<String>) {
    let source = root().join("src");
    let (mut messages, mut all) = (Vec::new(), BTreeSet::new());
    for file in super::layers::rust_files(&source) {
        let name = file.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        if name.ends_with("tests.rs") || name.contains("tests/") {
            continue;
        }
        for literal in literals(&fs::read_to_string(&file).unwrap()) {
            messages.extend(message(&literal, &name).map(|message| (message, file.clone())));
            let text = canonical(&literal.text).to_lowercase();
            all.extend([bare(&text), text]);
        }
    }
    (messages, all)
}

/// The message that a literal is, with `{}` for each value; `None` if it is none.
fn message(literal: &Literal, file: &str) -> Option<String> {
    let before = literal.before.trim_end();
    let before = before.strip_suffix("format!(").unwrap_or(before).trim_end().trim_end_matches('&');
    let giver = GIVERS.iter().rev().find(|giver| before.ends_with(*giver))?;
    let stem = before[..before.len() - giver.len()].chars().next_back();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let is_whole_name = !(giver.starts_with(is_name) && stem.is_some_and(is_name));
    let is_reported = *giver == "#[error(" && file.starts_with(REPORTED);
    (is_whole_name && !is_reported).then(|| match *giver {
        FILE => canonical(&format!("{} {{}}", literal.text)),
        _ => canonical(&literal.text),
    })
}

/// The plain string literals of a source.
fn literals(source: &str) -> Vec<Literal> {
    let (mut found, mut before, mut rest) = (Vec::new(), String::new(), source);
    while let Some(c) = rest.chars().next() {
        let is_name = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let skipped = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            'r' if !is_name && (rest.starts_with("r\"") || rest.starts_with("r#")) => raw(rest),
            'b' if !is_name && rest.starts_with("b\"") => 1 + string(&rest[1..]).1,
            '\'' => character(rest),
            '"' => {
                let (text, length) = string(rest);
                found.push(Literal { before: before.clone(), text });
                length
            }
            _ => {
                before.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            }
        };
        if matches!(c, '"' | '\'' | 'r' | 'b') {
            before.clear();
        }
        rest = &rest[skipped..];
    }
    found
}

/// Text and length of a string that begins here.
fn string(source: &str) -> (String, usize) {
    let (mut text, mut characters) = (String::new(), source.char_indices().skip(1).peekable());
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return (text, at + 1),
            '\\' => match characters.next().map(|(_, c)| c) {
                Some('\n') => while characters.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some('n') => text.push('\n'),
                Some(other) => text.push(other),
                None => break,
            },
            c => text.push(c),
        }
    }
    (text, source.len())
}

/// Length of a raw string, or of the `r` that begins none.
fn raw(source: &str) -> usize {
    let hashes = source[1..].chars().take_while(|c| *c == '#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let body = 1 + hashes + 1;
    match source[1 + hashes..].starts_with('"') {
        true => source[body..].find(&end).map_or(source.len(), |at| body + at + end.len()),
        false => 1,
    }
}

/// Length of a character literal, or of the quote of a lifetime.
fn character(source: &str) -> usize {
    let mut characters = source.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => source[3..].find('\'').map_or(1, |at| 3 + at + 1),
        Some(_) => characters.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}

/// A template with `{}` for every value; `{x:?}` brings its own quotation marks.
fn canonical(template: &str) -> String {
    let mut text = String::new();
    for (number, part) in template.split('{').enumerate() {
        match part.split_once('}').filter(|_| number > 0) {
            Some((_, after)) => text.push_str(&format!("{{}}{after}")),
            None => text.push_str(part),
        }
    }
    text.replace("\"{}\"", "{}")
}

/// Without values at the ends: messages are put together of literals.
fn bare(message: &str) -> String {
    let mut text = message;
    while let Some(less) = text.strip_prefix("{}").or_else(|| text.strip_suffix("{}")) {
        text = less.trim();
    }
    text.trim().to_owned()
}

/// Whether a template is more than values and marks between them.
fn has_words(message: &str) -> bool {
    message.chars().filter(|c| c.is_alphabetic()).count() > 4
}

/// Whether a template is one of a wider: the literal parts of that in order, from its beginning to its end.
fn covers(wide: &str, narrow: &str) -> bool {
    let parts: Vec<&str> = wide.split("{}").collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let inner = narrow.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    inner.is_some_and(|inner| {
        let rest = middle.iter().try_fold(inner, |rest, part| rest.split_once(part).map(|(_, after)| after));
        rest.is_some()
    })
}

/// The names of a template's values.
fn names(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
