//! Distinguished names and general names (RFC 5280 §4.1.2.4, §4.2.1.6), and when two names are the same (§7.1).

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization as _;

use super::{expected, oid};
use crate::digest::hex;
use crate::signature::der::{self, Element, Error, Slice, tag};

/// A distinguished name. Equal by RFC 5280 §7.1: the same attributes with values that differ at most in string type,
/// case, and amount of white space; equal bytes are the fast way there.
#[derive(Clone)]
pub struct Name {
    /// The encoding, as written.
    pub raw: Slice,
    /// Attributes as (object identifier, value), in the order written.
    pub attributes: Vec<(Slice, String)>,
    canonical: OnceLock<Box<[u8]>>,
}

/// One name of an alternative name extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// Another kind of name: its object identifier and its value, encoded.
    Other(Slice, Slice),
    /// Mailbox.
    Email(String),
    /// Host name.
    Dns(String),
    /// X.400 address, encoded.
    X400(Slice),
    /// Distinguished name.
    Directory(Name),
    /// EDI party name, encoded.
    EdiParty(Slice),
    /// URI.
    Uri(String),
    /// IP address: 4 or 16 bytes; with a mask of the same length in name constraints.
    Ip(Slice),
    /// Registered object identifier (content).
    Registered(Slice),
}

impl Name {
    /// Reads a Name inside `whole`.
    pub fn from_element(element: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut attributes = Vec::new();
        for set in expected(element, tag::SEQUENCE)? {
            for pair in expected(&set?, tag::SET)? {
                let (kind, value) = attribute(&pair?)?;
                // A value of a type that is no string is shown as its bytes, not refused: the certificate stands.
                let text = value.text().unwrap_or_else(|_| format!("#{}", hex(value.raw)));
                attributes.push((whole.part(kind), text));
            }
        }
        Ok(Self { raw: whole.part(element.raw), attributes, canonical: OnceLock::new() })
    }

    /// Reads a Name that stands alone.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let whole = Slice::from(bytes);
        let (element, _) = der::read(&whole)?;
        Self::from_element(&element, &whole)
    }

    /// This name with one relative distinguished name (the content of its SET) appended: how distribution points
    /// name what lies below the issuer (RFC 5280 §4.2.1.13).
    pub fn extended(&self, relative: &[u8]) -> Result<Self, Error> {
        let (own, _) = der::read(&self.raw)?;
        let set = der::with_header(tag::SET, relative);
        Self::read(&der::with_header(tag::SEQUENCE, &[own.content, &set].concat()))
    }

    /// Whether it has no attribute.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The last value of an attribute, which is the most specific.
    pub fn value(&self, kind: &[u8]) -> Option<&str> {
        self.attributes.iter().rev().find(|(oid, _)| **oid == *kind).map(|(_, value)| value.as_str())
    }

    /// The subject's or issuer's common name.
    pub fn common_name(&self) -> Option<&str> {
        self.value(oid::COMMON_NAME)
    }

    /// The organisation.
    pub fn organisation(&self) -> Option<&str> {
        self.value(oid::ORGANISATION)
    }

    /// Whether this name lies in the subtree below `base` (RFC 5280 §7.1).
    pub fn is_within(&self, base: &Name) -> bool {
        self.canonical().starts_with(base.canonical())
    }

    /// The name in a form that is the same for names that are the same: what maps are keyed with.
    pub fn canonical(&self) -> &[u8] {
        self.canonical.get_or_init(|| {
            // What could be read once can be read again; an empty list could only make fewer names equal.
            let sets = der::read(&self.raw).map(|(name, _)| name.children());
            let sets = sets.into_iter().flatten().map_while(Result::ok);
            sets.flat_map(|set| canonical_rdn(&set)).collect()
        })
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw || self.canonical() == other.canonical()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({self})")
    }
}

impl std::fmt::Display for Name {
    /// `CN=…, O=…, C=VN`: most specific first, `,` `+` `=` `\` `"` `<` `>` `;` in values escaped by a backslash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, (kind, value)) in self.attributes.iter().rev().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            match oid::name_attribute(kind) {
                Some(short) => write!(f, "{short}=")?,
                None => write!(f, "{}=", der::oid_text(kind))?,
            }
            for c in value.chars() {
                if matches!(c, ',' | '+' | '=' | '\\' | '"' | '<' | '>' | ';') {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")?;
            }
        }
        Ok(())
    }
}

impl GeneralName {
    /// The distinguished name, if it is one.
    pub fn directory(&self) -> Option<&Name> {
        match self {
            Self::Directory(name) => Some(name),
            _ => None,
        }
    }

    /// Reads one name inside `whole`.
    pub fn from_element(element: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        // IA5 by the standard; UTF-8 is met in mailboxes and URIs.
        let text = || String::from_utf8(element.content.to_vec()).map_err(|_| Error::Content("IA5String"));
        Ok(match element.tag {
            0xa0 => {
                let mut parts = element.children();
                let kind = parts.expect(tag::OID)?.content;
                Self::Other(whole.part(kind), whole.part(parts.expect(tag::context_constructed(0))?.content))
            }
            0x81 => Self::Email(text()?),
            0x82 => Self::Dns(text()?),
            0xa3 => Self::X400(whole.part(element.content)),
            // A CHOICE is tagged explicitly even in an implicit module.
            0xa4 => Self::Directory(Name::from_element(&element.children().expect(tag::SEQUENCE)?, whole)?),
            0xa5 => Self::EdiParty(whole.part(element.content)),
            0x86 => Self::Uri(text()?),
            0x87 => Self::Ip(whole.part(element.content)),
            0x88 => Self::Registered(whole.part(element.content)),
            _ => return Err(Error::Content("GeneralName")),
        })
    }
}

fn attribute<'a>(pair: &Element<'a>) -> Result<(&'a [u8], Element<'a>), Error> {
    let mut pair = expected(pair, tag::SEQUENCE)?;
    Ok((pair.expect(tag::OID)?.content, pair.next_element()?.ok_or(Error::Truncated)?))
}

/// A relative distinguished name in comparable form: its attributes, sorted (it is a SET). Everything has its length
/// before it, so that a name is within another exactly when its form begins with the other's.
fn canonical_rdn(set: &Element<'_>) -> Vec<u8> {
    let pairs = set.children().map_while(|pair| attribute(&pair.ok()?).ok());
    let mut attributes: Vec<Vec<u8>> = pairs.map(|(kind, value)| canonical_attribute(kind, &value)).collect();
    attributes.sort_unstable();
    der::with_header(tag::SET, &attributes.concat())
}

fn canonical_attribute(kind: &[u8], value: &Element<'_>) -> Vec<u8> {
    let (mark, value) = match value.text() {
        Ok(text) if !text.contains(char::REPLACEMENT_CHARACTER) => (tag::UTF8_STRING, prepared(&text).into_bytes()),
        // What cannot be shown exactly is compared as bytes.
        _ => (value.tag, value.content.to_vec()),
    };
    [der::with_header(tag::OID, kind), der::with_header(mark, &value)].concat()
}

/// A string prepared for comparison (RFC 4518): compatibility-normalised, in one case, white space compressed.
fn prepared(text: &str) -> String {
    if text.is_ascii() {
        let words = text.split_ascii_whitespace().map(str::to_ascii_lowercase);
        return words.collect::<Vec<_>>().join(" ");
    }
    // Folding may break normal form, so it comes first and last once more.
    let folded: String = text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| !is_ignored(*c)).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters mapped to nothing (RFC 4518 §2.2).
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{1806}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
