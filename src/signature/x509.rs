//! A view of a certificate (RFC 5280): what is needed to name a signer and check a signature value.
//!
//! Reads, and judges nothing: not the certificate's own signature, its validity at any time, its uses or its path.
//! Names are shown with the most specific attribute first (RFC 4514), values as the issuer wrote them; their raw
//! bytes are kept, because names are compared as bytes.

use chrono::{DateTime, Utc};

use super::der::{self, Element, Error, tag};
use super::oid;
use crate::digest::hex;

/// RSA keys above this are refused: checking one would cost milliseconds, and none exists in practice.
pub const RSA_BITS_MAX: usize = 8192;

/// A certificate, as views of its bytes.
#[derive(Debug, Clone)]
pub struct Certificate<'a> {
    /// The whole certificate, as written: what its digest is taken over.
    pub raw: &'a [u8],
    /// Serial number, big-endian, without leading zeros.
    pub serial: &'a [u8],
    /// Who issued it.
    pub issuer: Name<'a>,
    /// Whom it names.
    pub subject: Name<'a>,
    /// First instant of validity.
    pub not_before: DateTime<Utc>,
    /// Last instant of validity.
    pub not_after: DateTime<Utc>,
    /// The subject's public key.
    pub key: PublicKey<'a>,
    /// Subject key identifier extension.
    pub key_identifier: Option<&'a [u8]>,
}

/// A distinguished name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name<'a> {
    /// The encoding, as written.
    pub raw: &'a [u8],
    /// Attributes as (object identifier, value), in the order written.
    pub attributes: Vec<(&'a [u8], String)>,
}

/// A SubjectPublicKeyInfo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<'a> {
    /// What kind of key, with what is needed to use it.
    pub kind: KeyKind<'a>,
    /// The whole SubjectPublicKeyInfo, as written.
    pub raw: &'a [u8],
    /// The key itself, inside the bit string.
    pub bytes: &'a [u8],
}

/// Kinds of public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind<'a> {
    /// RSA, also with the identifier RSASSA-PSS: magnitudes, big-endian, without leading zeros.
    Rsa {
        /// Modulus.
        modulus: &'a [u8],
        /// Public exponent.
        exponent: &'a [u8],
    },
    /// Elliptic curve P-256.
    P256,
    /// Elliptic curve P-384.
    P384,
    /// Elliptic curve P-521.
    P521,
    /// Edwards curve 25519.
    Ed25519,
    /// Another algorithm or curve: its object identifier.
    Other(&'a [u8]),
}

impl<'a> Certificate<'a> {
    /// Reads one certificate; bytes after it are an error.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        match der::read(bytes)? {
            (element, []) => Self::from_element(&element),
            _ => Err(Error::Content("certificate (bytes after it)")),
        }
    }

    /// Reads a certificate that stands inside another structure.
    pub fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let mut outer = expected(element, tag::SEQUENCE)?;
        let mut body = outer.expect(tag::SEQUENCE)?.children();
        body.take_if(tag::context_constructed(0))?; // version
        let serial = body.expect(tag::INTEGER)?.magnitude()?;
        body.expect(tag::SEQUENCE)?; // signature algorithm
        let issuer = Name::from_element(&body.expect(tag::SEQUENCE)?)?;
        let mut validity = body.expect(tag::SEQUENCE)?.children();
        let mut instant = || validity.next_element()?.ok_or(Error::Truncated)?.time();
        let (not_before, not_after) = (instant()?, instant()?);
        let subject = Name::from_element(&body.expect(tag::SEQUENCE)?)?;
        let key = PublicKey::from_element(&body.expect(tag::SEQUENCE)?)?;
        let mut key_identifier = None;
        for element in body {
            let element = element?;
            if element.tag == tag::context_constructed(3) {
                key_identifier = subject_key_identifier(&element)?;
            }
        }
        Ok(Self { raw: element.raw, serial, issuer, subject, not_before, not_after, key, key_identifier })
    }

    /// Serial number in lower-case hexadecimal, `00` for zero.
    pub fn serial_hex(&self) -> String {
        serial_hex(self.serial)
    }
}

impl<'a> Name<'a> {
    /// Reads a Name.
    pub fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let mut attributes = Vec::new();
        for set in expected(element, tag::SEQUENCE)? {
            for pair in expected(&set?, tag::SET)? {
                let mut pair = expected(&pair?, tag::SEQUENCE)?;
                let kind = pair.expect(tag::OID)?.content;
                let value = pair.next_element()?.ok_or(Error::Truncated)?;
                // A value of a type that is no string is shown as its bytes, not refused: the certificate stands.
                attributes.push((kind, value.text().unwrap_or_else(|_| format!("#{}", hex(value.raw)))));
            }
        }
        Ok(Self { raw: element.raw, attributes })
    }

    /// The last value of an attribute, which is the most specific.
    pub fn value(&self, kind: &[u8]) -> Option<&str> {
        self.attributes.iter().rev().find(|(oid, _)| *oid == kind).map(|(_, value)| value.as_str())
    }

    /// The subject's or issuer's common name.
    pub fn common_name(&self) -> Option<&str> {
        self.value(oid::COMMON_NAME)
    }

    /// The organisation.
    pub fn organisation(&self) -> Option<&str> {
        self.value(oid::ORGANISATION)
    }
}

impl std::fmt::Display for Name<'_> {
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

impl<'a> PublicKey<'a> {
    /// Reads a SubjectPublicKeyInfo. An unknown algorithm is [`KeyKind::Other`], not an error.
    pub fn from_element(element: &Element<'a>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let mut algorithm = parts.expect(tag::SEQUENCE)?.children();
        let bytes = parts.expect(tag::BIT_STRING)?.bits()?;
        let kind = match algorithm.expect(tag::OID)?.content {
            oid::RSA | oid::RSA_PSS => {
                let (key, _) = der::read(bytes)?;
                let mut numbers = expected(&key, tag::SEQUENCE)?;
                let modulus = numbers.expect(tag::INTEGER)?.magnitude()?;
                KeyKind::Rsa { modulus, exponent: numbers.expect(tag::INTEGER)?.magnitude()? }
            }
            oid::EC => match algorithm.take_if(tag::OID)?.map(|curve| curve.content) {
                Some(oid::P256) => KeyKind::P256,
                Some(oid::P384) => KeyKind::P384,
                Some(oid::P521) => KeyKind::P521,
                Some(curve) => KeyKind::Other(curve),
                None => KeyKind::Other(oid::EC), // parameters written out, or none
            },
            oid::ED25519 => KeyKind::Ed25519,
            other => KeyKind::Other(other),
        };
        Ok(Self { kind, raw: element.raw, bytes })
    }

    /// Bits of an RSA modulus; `None` for other keys.
    pub fn rsa_bits(&self) -> Option<usize> {
        match self.kind {
            KeyKind::Rsa { modulus: [first, rest @ ..], .. } => {
                Some(8 - first.leading_zeros() as usize + 8 * rest.len())
            }
            KeyKind::Rsa { .. } => Some(0),
            _ => None,
        }
    }
}

impl std::fmt::Display for PublicKey<'_> {
    /// `RSA 2048`, `ECDSA P-256`, `Ed25519`, or the object identifier.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            KeyKind::Rsa { .. } => write!(f, "RSA {}", self.rsa_bits().unwrap_or(0)),
            KeyKind::P256 => f.write_str("ECDSA P-256"),
            KeyKind::P384 => f.write_str("ECDSA P-384"),
            KeyKind::P521 => f.write_str("ECDSA P-521"),
            KeyKind::Ed25519 => f.write_str("Ed25519"),
            KeyKind::Other(kind) => f.write_str(&der::oid_text(kind)),
        }
    }
}

/// A serial number's magnitude in lower-case hexadecimal, `00` for zero.
pub fn serial_hex(magnitude: &[u8]) -> String {
    if magnitude.is_empty() { "00".into() } else { hex(magnitude) }
}

/// A reader of the children of `element`, which must have this tag.
pub(super) fn expected<'a>(element: &Element<'a>, tag: u8) -> Result<der::Reader<'a>, Error> {
    if element.tag == tag {
        Ok(element.children())
    } else {
        Err(Error::Unexpected { expected: tag, found: Some(element.tag) })
    }
}

fn subject_key_identifier<'a>(extensions: &Element<'a>) -> Result<Option<&'a [u8]>, Error> {
    for extension in extensions.children().expect(tag::SEQUENCE)?.children() {
        let mut parts = expected(&extension?, tag::SEQUENCE)?;
        if parts.expect(tag::OID)?.content != oid::SUBJECT_KEY_IDENTIFIER {
            continue;
        }
        parts.take_if(tag::BOOLEAN)?;
        let (identifier, _) = der::read(parts.expect(tag::OCTET_STRING)?.content)?;
        return Ok((identifier.tag == tag::OCTET_STRING).then_some(identifier.content));
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
