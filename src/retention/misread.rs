//! TOML that could not be read, told in one line: of a rule file, of a file of holidays.

/// Where the text is wrong, and how, as the parser says it.
pub(super) fn told(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    let what = error.message().replace('\n', "; ");
    format!("line {line}, column {column}: {what}")
}
