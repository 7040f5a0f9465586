//! Forms as values: what a page asks, with what was written where it was refused. `templates/form.html` shows them.

use std::collections::BTreeMap;

/// What came of a form: fields by their names.
pub type Draft = BTreeMap<String, String>;

/// A form.
pub struct Form {
    /// Its place on the page.
    pub id: String,
    /// What it does.
    pub title: String,
    /// What to know before; may be empty.
    pub lead: String,
    /// Where it is sent.
    pub action: String,
    /// What it carries unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// What is asked.
    pub fields: Vec<Field>,
    /// Whether it was just refused.
    pub is_open: bool,
}

/// A field of a form.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What is asked.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// As `type` has it in HTML; `lines` for more than one line, `select` for one of the options.
    pub kind: &'static str,
    /// What may be chosen, or is proposed where anything may be written: each value and what it means.
    pub options: Vec<(String, String)>,
    /// Whether it may not be left empty.
    pub is_required: bool,
}

/// What was written in a field; `None` where nothing was.
pub fn written(draft: &Draft, field: &str) -> Option<String> {
    draft.get(field).map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Lines of a field, each without the room around it.
pub fn lines(draft: &Draft, field: &str) -> Vec<String> {
    let text = draft.get(field).map_or("", String::as_str);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
