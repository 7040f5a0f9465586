//! The files that `dossier.json` names, whatever else is wrong with the records that name them.
//!
//! A refused record keeps none of its values, yet its files lie in the folder and are no strangers there. Follows the one
//! path `records[].components[].file` through text that a JSON reader has accepted and skips all else: one pass, no
//! recursion, no more memory than the names take.

use crate::text;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// Every name, in NFC; of what can't be read, those before it.
pub(super) fn find(json: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let text = json.strip_prefix('\u{feff}').unwrap_or(json);
    let mut json = serde_json::Deserializer::from_str(text);
    // Only what the first reading accepted comes here, so there is no other error to tell of.
    let _ = (Along { path: &PATH, names: &mut names }).deserialize(&mut json);
    names
}

enum Step {
    Into(&'static str),
    Each,
}

const PATH: [Step; 5] = [Step::Into("records"), Step::Each, Step::Into("components"), Step::Each, Step::Into("file")];

/// Reads what lies at the end of `path` from here on.
struct Along<'n> {
    path: &'static [Step],
    names: &'n mut BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for Along<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Along<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if self.path.is_empty() {
            self.names.insert(text::nfc(text));
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        match self.path {
            [Step::Each, path @ ..] => while list.next_element_seed(Along { path, names: self.names })?.is_some() {},
            _ => while list.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match self.path {
                [Step::Into(wanted), path @ ..] if *name == **wanted => {
                    map.next_value_seed(Along { path, names: self.names })?
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
