//! JSON into a form: the readers of values, lists and objects, and what is wrong with each.
//!
//! A value of another kind than its field's is a fault, never the end of the reading. What no form has is looked through
//! for marks of secrecy and dropped.

use super::{Fault, Field, Form, Kind, Need, Object, Value};
use crate::transfer::finding::{quoted, shown};
use crate::transfer::secrecy::{self, Mark, Unlisted};
use crate::transfer::{FindingCode, Severity};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Most unknown names, and most marks, that one object reports.
const UNKNOWN_MAX: usize = 20;

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

/// Reads a field's value; `Other` for JSON of another kind.
impl<'de> DeserializeSeed<'de> for &'static Kind {
    type Value = Read<'de>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(Reader::Value(self))
    }
}

pub(in crate::transfer) enum Read<'a> {
    Value(Value<'a>),
    Object(Object<'a>),
    Null,
    Other(Other<'a>),
    TooMany,
}

/// JSON of another kind than its field's, as far as a warning tells of it.
pub(in crate::transfer) enum Other<'a> {
    Text(Cow<'a, str>),
    Whole(u64),
    Number(String),
    Flag(bool),
    List,
    Object,
}

impl fmt::Display for Other<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Number(number) => f.write_str(number),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::List => f.write_str("a list"),
            Self::Object => f.write_str("an object"),
        }
    }
}

enum Reader {
    Value(&'static Kind),
    Object(&'static Form),
}

impl Reader {
    fn text<'a>(self, text: Cow<'a, str>) -> Read<'a> {
        match self {
            Self::Value(Kind::Text(_) | Kind::Digits(_)) => Read::Value(Value::Text(text)),
            _ => Read::Other(Other::Text(text)),
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
            _ => Read::Other(Other::Whole(count)),
        })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Read<'de>, E> {
        Ok(Read::Other(Other::Number(number.to_string())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Read<'de>, E> {
        // As JSON writes it: 1e+20, not a hundred million million million.
        Ok(Read::Other(Other::Number(serde_json::Value::from(number).to_string())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Read<'de>, E> {
        Ok(match self {
            Self::Value(Kind::Flag) => Read::Value(Value::Flag(flag)),
            _ => Read::Other(Other::Flag(flag)),
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
            _ => skip_list(list).map(|()| Read::Other(Other::List)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<'de>, A::Error> {
        match self {
            Self::Object(form) => read_object(map, form).map(Read::Object),
            Self::Value(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Read::Other(Other::Object))
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
            None => Read::Other(Other::List),
        };
        skip_list(list)?;
        return Ok(Err(fault));
    }
    Ok(Ok(items))
}

fn read_object<'de, A: MapAccess<'de>>(mut map: A, form: &'static Form) -> Result<Object<'de>, A::Error> {
    let mut filled = Filled::new(form);
    while let Some(key) = map.next_key_seed(Key(form))? {
        match key {
            Ok(at) if std::mem::replace(&mut filled.seen[at], true) => {
                map.next_value::<IgnoredAny>()?;
                filled.fault(FindingCode::FieldRepeated, form.0[at].name, String::new());
            }
            Ok(at) => filled.take(at, map.next_value_seed(&form.0[at].kind)?),
            Err(Name { shown, is_secrecy }) => {
                let said = map.next_value_seed(Unlisted { is_named: is_secrecy })?;
                filled.unlisted(&shown, said);
            }
        }
    }
    Ok(filled.finish())
}

/// An object on its way into its form.
struct Filled<'a> {
    form: &'static Form,
    values: Vec<Option<Value<'a>>>,
    seen: Vec<bool>,
    faults: Vec<Fault>,
    unlisted: usize,
}

impl<'a> Filled<'a> {
    fn new(form: &'static Form) -> Self {
        let values = form.0.iter().map(|_| None).collect();
        Self { form, values, seen: vec![false; form.0.len()], faults: Vec::new(), unlisted: 0 }
    }

    fn fault(&mut self, code: FindingCode, field: &str, detail: String) {
        self.faults.push(Fault { code, field: field.to_owned(), detail });
    }

    fn mark(&mut self, field: &str, said: Option<Mark>) {
        if let Some((code, written)) = said
            && self.faults.iter().filter(|fault| fault.is_mark()).count() < UNKNOWN_MAX
        {
            self.fault(code, field, written);
        }
    }

    /// A field that the form has not.
    fn unlisted(&mut self, field: &str, said: Option<Mark>) {
        if said.is_none() && self.unlisted < UNKNOWN_MAX {
            self.unlisted += 1;
            self.fault(FindingCode::FieldUnknown, field, String::new());
        }
        self.mark(field, said);
    }

    /// A field that the form has, met for the first time.
    fn take(&mut self, at: usize, read: Read<'a>) {
        let Field { name, kind, need, secrecy } = &self.form.0[at];
        match (read, need) {
            (Read::Value(value), _) => {
                if let (Some(secrecy), Value::Text(text)) = (secrecy, &value) {
                    let said = secrecy(text).map(|code| (code, quoted(text)));
                    self.mark(name, said);
                }
                self.values[at] = Some(value);
            }
            (Read::Null, Need::Optional | Need::Lenient(_)) => {}
            (Read::TooMany, _) => self.fault(FindingCode::TooLarge, name, String::new()),
            (Read::Other(other), Need::Lenient(odd)) => {
                self.fault(*odd, name, format!("{other}: not {}", kind.words()));
                if let (Other::Whole(number), Kind::Digits(_)) = (&other, kind) {
                    self.values[at] = Some(Value::Text(Cow::Owned(number.to_string())));
                }
            }
            (Read::Null | Read::Other(_) | Read::Object(_), _) => {
                self.fault(FindingCode::FieldWrongKind, name, String::new());
            }
        }
    }

    fn finish(mut self) -> Object<'a> {
        let fields = self.form.0.iter().zip(std::mem::take(&mut self.seen));
        for (field, _) in fields.filter(|(field, seen)| field.need == Need::Required && !seen) {
            self.fault(FindingCode::FieldMissing, field.name, String::new());
        }
        if self.faults.iter().any(|fault| fault.code.severity() == Severity::Error) {
            self.values = Vec::new();
            // Of what is refused, no value is repeated but a mark.
            self.faults.iter_mut().filter(|fault| !fault.is_mark()).for_each(|fault| fault.detail.clear());
        }
        Object { form: self.form, values: self.values, faults: self.faults }
    }
}

/// Reads a field's name: its place in the form, or the name where it has none.
struct Key(&'static Form);

/// A name that is not in the form.
struct Name {
    /// Cut for display.
    shown: String,
    /// Whether it tells of secrecy.
    is_secrecy: bool,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Result<usize, Name>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Result<usize, Name>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let at = self.0.0.iter().position(|field| field.name == name);
        Ok(at.ok_or_else(|| Name { shown: shown(name), is_secrecy: secrecy::is_name(name) }))
    }
}
