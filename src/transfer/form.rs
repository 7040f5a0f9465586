//! The form of a JSON object: which fields it has, of what kind, and reading untrusted text into it in one pass.
//!
//! A form is a table, so that one reader serves the sidecar and `dossier.json`, every fault is reported at once and
//! not only the first, and a test can hold the table against the JSON Schema. Strings are borrowed from the input
//! where they have no escapes; fields that are in no form are skipped, never kept here (the raw text keeps them).
//!
//! Bounded: by the input's length, by each list's limit, and by `UNKNOWN_MAX` reported names an object.

use super::finding::shown;
use super::{Finding, FindingCode};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What a field holds.
pub(super) enum Kind {
    /// A string; the number is the circular's length in characters, beyond which there is a warning.
    Text(usize),
    /// A whole number from 0.
    Count,
    /// true or false.
    Flag,
    /// A list of strings, at most so many.
    Texts(usize),
    /// A list of objects, at most so many.
    Objects(&'static Form, usize),
}

/// Whether an object may lack a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// One field of a form.
pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub need: Need,
}

impl Field {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional }
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
    faults: Vec<(FindingCode, String)>,
}

/// Most unknown names that one object reports.
const UNKNOWN_MAX: usize = 20;

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
        let finding = |(code, field): &(FindingCode, String)| Finding::new(*code, place).field(field.clone());
        self.faults.iter().map(finding).chain(self.over_long(place)).collect()
    }

    fn over_long(&self, place: &str) -> impl Iterator<Item = Finding> {
        self.form.0.iter().zip(&self.values).filter_map(move |(field, value)| match (&field.kind, value) {
            // Bytes bound characters from above, so most texts are never counted.
            (Kind::Text(max), Some(Value::Text(text))) if text.len() > *max && text.chars().count() > *max => {
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

/// Reads an object; `None` for JSON of another kind.
impl<'de> DeserializeSeed<'de> for &'static Form {
    type Value = Option<Object<'de>>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(Reader::Object(self)).map(|read| match read {
            Read::Object(object) => Some(object),
            _ => None,
        })
    }
}

/// Reads a field's value; `WrongKind` for JSON of another kind.
impl<'de> DeserializeSeed<'de> for &'static Kind {
    type Value = Read<'de>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(Reader::Value(self))
    }
}

pub(super) enum Read<'a> {
    Value(Value<'a>),
    Object(Object<'a>),
    Null,
    WrongKind,
    TooMany,
}

enum Reader {
    Value(&'static Kind),
    Object(&'static Form),
}

impl Reader {
    fn text<'a>(self, text: Cow<'a, str>) -> Read<'a> {
        match self {
            Self::Value(Kind::Text(_)) => Read::Value(Value::Text(text)),
            _ => Read::WrongKind,
        }
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Read<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Read<'de>, E> {
        Ok(self.text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Read<'de>, E> {
        Ok(self.text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Read<'de>, E> {
        Ok(match self {
            Self::Value(Kind::Count) => Read::Value(Value::Count(count)),
            _ => Read::WrongKind,
        })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Read<'de>, E> {
        Ok(Read::WrongKind)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Read<'de>, E> {
        Ok(Read::WrongKind)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Read<'de>, E> {
        Ok(match self {
            Self::Value(Kind::Flag) => Read::Value(Value::Flag(flag)),
            _ => Read::WrongKind,
        })
    }

    fn visit_unit<E>(self) -> Result<Read<'de>, E> {
        Ok(Read::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Read<'de>, A::Error> {
        match self {
            Self::Value(Kind::Texts(max)) => read_list(list, *max, &Kind::Text(usize::MAX), |item| match item {
                Read::Value(Value::Text(text)) => Some(text),
                _ => None,
            })
            .map(|read| read.map_or_else(|why| why, |texts| Read::Value(Value::Texts(texts)))),
            Self::Value(Kind::Objects(form, max)) => read_list(list, *max, *form, |item| item)
                .map(|read| read.map_or_else(|why| why, |objects| Read::Value(Value::Objects(objects)))),
            _ => skip_list(list).map(|()| Read::WrongKind),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<'de>, A::Error> {
        match self {
            Self::Object(form) => read_object(map, form).map(Read::Object),
            Self::Value(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Read::WrongKind)
            }
        }
    }
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads a list's items, all of one kind; the inner error says why the list as a whole is not usable.
fn read_list<'de, A, S, T>(
    mut list: A,
    max: usize,
    seed: S,
    item: impl Fn(S::Value) -> Option<T>,
) -> Result<Result<Vec<T>, Read<'de>>, A::Error>
where
    A: SeqAccess<'de>,
    S: DeserializeSeed<'de> + Copy,
{
    let mut items = Vec::new();
    while let Some(read) = list.next_element_seed(seed)? {
        let fault = match item(read) {
            Some(_) if items.len() == max => Read::TooMany,
            Some(value) => {
                items.push(value);
                continue;
            }
            None => Read::WrongKind,
        };
        skip_list(list)?;
        return Ok(Err(fault));
    }
    Ok(Ok(items))
}

fn read_object<'de, A: MapAccess<'de>>(mut map: A, form: &'static Form) -> Result<Object<'de>, A::Error> {
    let mut values: Vec<Option<Value<'de>>> = form.0.iter().map(|_| None).collect();
    let (mut faults, mut seen, mut unknown) = (Vec::new(), vec![false; form.0.len()], 0);
    while let Some(key) = map.next_key_seed(Key(form))? {
        let at = match key {
            Ok(at) => at,
            Err(name) => {
                if unknown < UNKNOWN_MAX {
                    faults.push((FindingCode::FieldUnknown, name));
                }
                unknown += 1;
                map.next_value::<IgnoredAny>()?;
                continue;
            }
        };
        let field = &form.0[at];
        if std::mem::replace(&mut seen[at], true) {
            map.next_value::<IgnoredAny>()?;
            faults.push((FindingCode::FieldRepeated, field.name.to_owned()));
            continue;
        }
        match map.next_value_seed(&field.kind)? {
            Read::Value(value) => values[at] = Some(value),
            Read::Null if field.need == Need::Optional => {}
            Read::TooMany => faults.push((FindingCode::TooLarge, field.name.to_owned())),
            Read::Null | Read::WrongKind | Read::Object(_) => {
                faults.push((FindingCode::FieldWrongKind, field.name.to_owned()));
            }
        }
    }
    let missing = form.0.iter().zip(&seen).filter(|(field, seen)| field.need == Need::Required && !**seen);
    faults.extend(missing.map(|(field, _)| (FindingCode::FieldMissing, field.name.to_owned())));
    if faults.iter().any(|(code, _)| code.severity() == super::Severity::Error) {
        values = Vec::new();
    }
    Ok(Object { form, values, faults })
}

/// Reads a field's name: its place in the form, or the name, cut for display, where it has none.
struct Key(&'static Form);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Result<usize, String>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.0.iter().position(|field| field.name == name).ok_or_else(|| shown(name)))
    }
}
