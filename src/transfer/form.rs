//! The form of a JSON object: which fields it has, of what kind, and reading untrusted text into it in one pass.
//!
//! A form is a table, so that one reader serves the sidecar and `dossier.json`, every fault is reported at once and
//! not only the first, and a test can hold the table against the JSON Schema. Strings are borrowed from the input
//! where they have no escapes; fields that are in no form are looked through for a mark of secrecy (`secrecy`), and never
//! kept here (the raw text keeps them).
//!
//! Bounded: by the input's length, by each list's limit, and by `UNKNOWN_MAX` reported names an object.

mod reader;

use super::{Finding, FindingCode};
use serde::de::DeserializeSeed as _;
use std::borrow::Cow;

/// What a field holds.
pub(super) enum Kind {
    /// A string; the number is the circular's length in characters, beyond which there is a warning.
    Text(usize),
    /// The same; a whole number is taken as its digits.
    Digits(usize),
    /// A whole number from 0.
    Count,
    /// true or false.
    Flag,
    /// A list of strings, at most so many.
    Texts(usize),
    /// A list of objects, at most so many.
    Objects(&'static Form, usize),
}

/// Whether an object may lack a field, and what becomes of it if the field holds something else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It must be there.
    Required,
    /// It may be absent or null.
    Optional,
    /// It may be absent or null, and anything else than its kind is this warning.
    Lenient(FindingCode),
}

/// What a text says of secrecy: the finding that keeps the object out, if it does.
type Secrecy = fn(&str) -> Option<FindingCode>;

/// One field of a form.
pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub need: Need,
    secrecy: Option<Secrecy>,
}

impl Field {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required, secrecy: None }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional, secrecy: None }
    }

    pub(super) const fn lenient(name: &'static str, kind: Kind, odd: FindingCode) -> Self {
        Self { name, kind, need: Need::Lenient(odd), secrecy: None }
    }

    /// The field, a text, tells of secrecy.
    pub(super) const fn telling(self, secrecy: Secrecy) -> Self {
        Self { secrecy: Some(secrecy), ..self }
    }
}

/// The fields of an object, each name once.
pub(super) struct Form(pub &'static [Field]);

pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Count(u64),
    Flag(bool),
    Texts(Vec<Cow<'a, str>>),
    Objects(Vec<Object<'a>>),
}

/// An object read into its form, with what was wrong with it.
pub(super) struct Object<'a> {
    form: &'static Form,
    /// One slot per field; none at all where a fault refuses the object, so that refused objects take no memory.
    values: Vec<Option<Value<'a>>>,
    faults: Vec<Fault>,
}

struct Fault {
    code: FindingCode,
    field: String,
    detail: String,
}

/// Reads `text` (one JSON object and nothing after it); the error says why it is not JSON or not an object.
pub(super) fn parse<'a>(form: &'static Form, text: &'a str) -> Result<Object<'a>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text); // RFC 8259 §8.1 lets a reader ignore it
    let mut json = serde_json::Deserializer::from_str(text);
    let object = form.deserialize(&mut json).map_err(|error| error.to_string())?;
    json.end().map_err(|error| error.to_string())?;
    object.ok_or_else(|| "not a JSON object".to_owned())
}

impl<'a> Object<'a> {
    /// What is wrong with the object itself; its lists of objects keep their own findings.
    pub(super) fn findings(&self, place: &str) -> Vec<Finding> {
        self.faults.iter().map(|fault| fault.at(place)).chain(self.over_long(place)).collect()
    }

    /// The marks of secrecy on the object itself. Where there is one, nothing else may be told of it.
    pub(super) fn marks(&self, place: &str) -> Vec<Finding> {
        self.faults.iter().filter(|fault| fault.is_mark()).map(|fault| fault.at(place)).collect()
    }

    fn over_long(&self, place: &str) -> impl Iterator<Item = Finding> {
        self.form.0.iter().zip(&self.values).filter_map(move |(field, value)| match (&field.kind, value) {
            // Bytes bound characters from above, so most texts are never counted.
            (Kind::Text(max) | Kind::Digits(max), Some(Value::Text(text)))
                if text.len() > *max && text.chars().count() > *max =>
            {
                let detail = format!("more than {max} characters");
                Some(Finding::new(FindingCode::FieldTooLong, place).field(field.name).saying(detail))
            }
            _ => None,
        })
    }

    /// A text as written; empty where absent.
    pub(super) fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A number, where present.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        match self.value(name) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    /// A flag; false where absent.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Flag(true)))
    }

    /// A list of texts; empty where absent.
    pub(super) fn texts(&self, name: &str) -> &[Cow<'a, str>] {
        match self.value(name) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A list of objects; empty where absent.
    pub(super) fn objects(&self, name: &str) -> &[Object<'a>] {
        match self.value(name) {
            Some(Value::Objects(objects)) => objects,
            _ => &[],
        }
    }

    fn value(&self, name: &str) -> Option<&Value<'a>> {
        let at = self.form.0.iter().position(|field| field.name == name).expect("callers ask for fields of their form");
        self.values.get(at)?.as_ref()
    }
}

impl Fault {
    fn at(&self, place: &str) -> Finding {
        Finding::new(self.code, place).field(self.field.clone()).saying(self.detail.clone())
    }

    fn is_mark(&self) -> bool {
        matches!(self.code, FindingCode::SecretMark | FindingCode::UnknownMark)
    }
}

impl Kind {
    fn words(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Digits(_) => "a text",
            Self::Count => "a whole number from 0",
            Self::Flag => "true or false",
            Self::Texts(_) | Self::Objects(..) => "a list",
        }
    }
}
