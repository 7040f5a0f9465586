//! Attributes of a signer: kept as written, found by object identifier.
//!
//! RFC 5652 §11 asks most attributes to stand once, with one value. Whether one does is a value here ([`Once`]): a
//! judge must be able to tell an attribute that is absent from one that stands twice or cannot be read.

use crate::signature::der::{self, Element, Slice, tag};
use crate::signature::x509::expected;

use super::Error;

/// Attributes read from one list. The fullest signatures seen have some 20.
pub const ATTRIBUTES_MAX: usize = 256;
/// Values read from one attribute.
pub const VALUES_MAX: usize = 256;

/// What was found of an attribute that must stand once with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once<T> {
    /// There is none.
    Absent,
    /// As it should be.
    One(T),
    /// So many values, in one attribute or several; or an attribute without any (0).
    Multiple(usize),
    /// It stands once, and cannot be read.
    Malformed(der::Error),
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Object identifier, content bytes.
    pub kind: Slice,
    /// The values as written, each with tag and length.
    pub values: Vec<Slice>,
    /// The attribute as written.
    pub raw: Slice,
}

/// A list of attributes.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// The attributes, in the order written.
    pub list: Vec<Attribute>,
    /// Elements that are no attribute.
    pub unread: usize,
    /// The list as written, with its context tag.
    pub raw: Slice,
    /// The same without tag and length.
    pub(in crate::signature) content: Slice,
}

impl Default for Attributes {
    /// None.
    fn default() -> Self {
        let nothing = Slice::from(&[][..]);
        Self { list: Vec::new(), unread: 0, raw: nothing.clone(), content: nothing }
    }
}

impl Attributes {
    pub(super) fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let (mut list, mut unread) = (Vec::new(), 0);
        for attribute in element.children() {
            if list.len() + unread >= ATTRIBUTES_MAX {
                return Err(Error::TooMany("attributes"));
            }
            match Attribute::from_element(whole, &attribute?) {
                Ok(attribute) => list.push(attribute),
                Err(_) => unread += 1,
            }
        }
        let (raw, content) = (whole.part(element.raw), whole.part(element.content));
        Ok(Self { list, unread, raw, content })
    }

    /// Every value of this kind, in the order written.
    pub fn values<'s>(&'s self, kind: &'s [u8]) -> impl Iterator<Item = &'s Slice> {
        self.list.iter().filter(move |attribute| *attribute.kind == *kind).flat_map(|attribute| &attribute.values)
    }

    /// The only value of this kind, read by `read`.
    pub fn once<T>(&self, kind: &[u8], read: impl FnOnce(&Slice) -> Result<T, der::Error>) -> Once<T> {
        let mut found = self.list.iter().filter(|attribute| *attribute.kind == *kind);
        match (found.next(), found.next()) {
            (None, _) => Once::Absent,
            (Some(Attribute { values, .. }), None) if values.len() == 1 => {
                read(&values[0]).map_or_else(Once::Malformed, Once::One)
            }
            _ => Once::Multiple(self.values(kind).count()),
        }
    }

    /// What was signed: the attributes in the order written, as a SET of definite length (RFC 5652 §5.4).
    pub(super) fn as_set(&self) -> Vec<u8> {
        der::with_header(tag::SET, &self.content)
    }

    /// The attributes as written but for their tag, where length bytes are not as DER has them.
    pub(super) fn as_ber_set(&self) -> Option<Vec<u8>> {
        let mut raw = self.raw.to_vec();
        *raw.first_mut()? = tag::SET;
        (raw != self.as_set()).then_some(raw)
    }

    /// The attributes as a SET in DER order; `None` if that is how they are written.
    pub(super) fn in_order(&self) -> Option<Vec<u8>> {
        let mut attributes: Vec<&[u8]> = self.list.iter().map(|attribute| &attribute.raw[..]).collect();
        if self.unread > 0 || attributes.is_sorted() {
            return None;
        }
        attributes.sort_unstable();
        Some(der::with_header(tag::SET, &attributes.concat()))
    }
}

impl Attribute {
    fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, der::Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let kind = whole.part(parts.expect(tag::OID)?.content);
        let mut values = Vec::new();
        for value in parts.expect(tag::SET)?.children() {
            if values.len() >= VALUES_MAX {
                return Err(der::Error::TooMany);
            }
            values.push(whole.part(value?.raw));
        }
        Ok(Self { kind, values, raw: whole.part(element.raw) })
    }

    /// The object identifier as written, with tag and length: attribute identifiers are always short.
    pub(in crate::signature) fn kind_encoded(&self) -> Vec<u8> {
        der::with_header(tag::OID, &self.kind)
    }
}

impl<T> Once<T> {
    /// The value, if it is as it should be.
    pub fn one(&self) -> Option<&T> {
        if let Self::One(value) = self { Some(value) } else { None }
    }

    /// Whether there is none.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it is there, and not as it should be.
    pub fn is_defective(&self) -> bool {
        matches!(self, Self::Multiple(_) | Self::Malformed(_))
    }

    /// The same finding about a value made from this one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Once<U> {
        match self {
            Self::Absent => Once::Absent,
            Self::One(value) => Once::One(f(value)),
            Self::Multiple(count) => Once::Multiple(count),
            Self::Malformed(error) => Once::Malformed(error),
        }
    }
}
