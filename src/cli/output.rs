//! What all commands write alike: JSON or text, errors with their remedy, findings in one of two languages.

use super::Language;
use crate::archive::check_signature::LeftOut;
use crate::error::{Error, Kind, Result, vietnamese};
use crate::transfer::finding::{Finding, Severity};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::sync::OnceLock;

/// How this run writes.
pub struct Output {
    /// Whether results are JSON.
    pub json: bool,
    language: Language,
}

impl Output {
    /// Output in JSON or text, explanations in `language`.
    pub fn new(json: bool, language: Language) -> Self {
        Self { json, language }
    }

    /// Writes a JSON document with `--json`, otherwise text.
    pub fn document(&self, json: &Value, text: impl FnOnce() -> String) {
        if self.json { self.line(json) } else { print(&text()) }
    }

    /// One line of JSON.
    pub fn line(&self, json: &Value) {
        print(&format!("{json}\n"));
    }

    /// The words in the language of this run.
    pub fn say<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Vi => vi,
            Language::En => en,
        }
    }

    /// Words of the program in the language of this run.
    pub fn words<'a>(&self, english: &'a str) -> Cow<'a, str> {
        match self.language {
            Language::Vi => vietnamese::of(english),
            Language::En => english.into(),
        }
    }

    /// An error: what happened, where, what to do. In JSON it is English in every language: programs read it.
    pub fn error(&self, error: &Error) {
        let (code, _, _) = error.kind().codes();
        if self.json {
            let document =
                json!({ "error": { "code": code, "message": error.to_string(), "remedy": error.remedy_text() } });
            print(&format!("{document}\n"));
        }
        let what = match self.language {
            Language::Vi => error.in_vietnamese(),
            Language::En => error.to_string(),
        };
        tell(format_args!("chauban: {what}"));
        if let Some(remedy) = error.remedy_text() {
            tell(format_args!("  {}", self.words(remedy)));
        }
    }

    /// What of the files named as evidence is none, beside the output.
    pub fn left_out(&self, files: &[LeftOut]) {
        for file in files {
            let words = self.say("không phải chứng cứ, bỏ qua", "left out of the evidence");
            tell(format_args!("chauban: {words}: {}", plain(&self.words(&file.why))));
        }
    }

    /// A finding as one or two lines of text.
    pub fn finding(&self, finding: &Finding) -> String {
        let words = finding.code.words();
        let severity = match finding.severity() {
            severity @ (Severity::Note | Severity::Warning | Severity::Error) => {
                self.say(severity.label(), severity.name())
            }
        };
        let detail = if finding.detail.is_empty() { String::new() } else { format!(" [{}]", plain(&finding.detail)) };
        let field = finding.field.as_ref().map_or(String::new(), |field| format!(" ({field})"));
        format!(
            "{severity} {}: {}{field}: {}{detail}\n      {}",
            finding.code.code(),
            plain(&finding.place),
            self.say(words.what_vi, words.what_en),
            self.say(words.remedy_vi, words.remedy_en),
        )
    }

    /// A finding as JSON.
    pub fn finding_json(&self, finding: &Finding) -> Value {
        let words = finding.code.words();
        json!({
            "code": finding.code.code(),
            "severity": finding.severity().name(),
            "place": finding.place,
            "field": finding.field,
            "detail": finding.detail,
            "message": self.say(words.what_vi, words.what_en),
            "remedy": self.say(words.remedy_vi, words.remedy_en),
        })
    }

    /// A progress bar on standard error; hidden where that is no terminal.
    pub fn bar(&self, total: u64, what: &'static str) -> indicatif::ProgressBar {
        if !std::io::stderr().is_terminal() {
            return indicatif::ProgressBar::hidden();
        }
        let bar = indicatif::ProgressBar::new(total);
        let template = "{prefix} {wide_bar} {pos}/{len} {per_sec} {eta}";
        if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(what);
        bar
    }
}

/// A name from outside, with control characters escaped: a terminal must not obey them.
pub fn plain(name: &str) -> Cow<'_, str> {
    if !name.contains(char::is_control) {
        return name.into();
    }
    name.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}

/// Why nothing more reaches standard output.
static LOST: OnceLock<std::io::Error> = OnceLock::new();

/// Writes to standard output. What can't be written ends no work that is under way: see [`conclude`].
pub fn print(text: &str) {
    if LOST.get().is_none()
        && let Err(error) = std::io::stdout().write_all(text.as_bytes())
    {
        let _ = LOST.set(error);
    }
}

/// Writes to standard error, if anybody is there.
pub fn tell(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The exit status of a run whose own is `status`: a result that could not be written is none. A reader that went away
/// had what it wanted.
pub fn conclude(status: u8) -> u8 {
    if let Err(error) = std::io::stdout().flush() {
        let _ = LOST.set(error);
    }
    match LOST.get() {
        Some(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            tell(format_args!("chauban: the result could not be written: {error}"));
            if status == 0 { Kind::Unavailable.codes().1 } else { status }
        }
        _ => status,
    }
}

/// Writes a file that does not exist yet.
pub fn write_new(file: &std::path::Path, bytes: &[u8]) -> Result<()> {
    if file.exists() {
        return Err(Error::conflict(format!("{} exists", file.display())).remedy("name a file that does not exist yet"));
    }
    let can_not = |error| Error::file("can't write", file, error);
    let mut new = File::options().write(true).create_new(true).open(file).map_err(can_not)?;
    new.write_all(bytes).map_err(can_not)
}

/// `1,234.5 MB`-like size.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}
