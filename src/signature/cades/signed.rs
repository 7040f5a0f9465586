//! Signed attributes: what the signer said about content, purpose, place and itself (EN 319 122-1 §5.2).

use chrono::{DateTime, Utc};

use crate::signature::cms::{Once, SignerInfo};
use crate::signature::der::{self, Element, Error, Slice, tag};
use crate::signature::oid;
use crate::signature::x509::expected;

use super::{HashReference, SigningCertificate, element, inside, list, raw_list};

/// Every signed attribute that has a meaning here. Time-stamps are found by [`super::time_stamps`].
#[derive(Debug, Clone)]
pub struct SignedProperties {
    /// contentType: object identifier, content bytes.
    pub content_type: Once<Slice>,
    /// messageDigest.
    pub message_digest: Once<Slice>,
    /// signingTime: a claim.
    pub signing_time: Once<DateTime<Utc>>,
    /// signingCertificate and signingCertificateV2.
    pub signing_certificate: SigningCertificate,
    /// signature-policy-identifier: the signature follows an explicit policy (EPES).
    pub policy: Once<SignaturePolicy>,
    /// commitment-type-indication: object identifiers (content bytes) of what the signer commits to.
    pub commitments: Vec<Result<Slice, Error>>,
    /// signer-attributes, or signer-attributes-v2 where that stands.
    pub signer_attributes: Once<SignerAttributes>,
    /// signer-location.
    pub location: Once<SignerLocation>,
    /// content-hints: description, and object identifier (content bytes) of the innermost content.
    pub content_hints: Once<(Option<String>, Slice)>,
    /// mime-type.
    pub mime_type: Once<String>,
    /// adbe-revocationInfoArchival: revocation data that Adobe's software puts under the signature.
    pub adobe_revocation: Once<super::RevocationValues>,
    /// Object identifiers (content bytes) of the attributes without a meaning here.
    pub others: Vec<Slice>,
}

/// What signature-policy-identifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignaturePolicy {
    /// A policy is implied, not named.
    Implied,
    /// A named policy.
    Explicit {
        /// Object identifier, content bytes.
        identifier: Slice,
        /// Digest of the policy document; all zero, or none, where software had no document.
        hash: Option<HashReference>,
        /// Where the document is.
        uris: Vec<String>,
        /// Other qualifiers, as written.
        qualifiers: Vec<Slice>,
    },
}

/// What the signer says, or has certified, about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignerAttributes {
    /// Claimed: object identifier (content bytes), and the texts among the values (such as a role).
    pub claimed: Vec<(Slice, Vec<String>)>,
    /// Attribute certificates, as written.
    pub certified: Vec<Slice>,
    /// Signed assertions, as written.
    pub assertions: Vec<Slice>,
}

/// Where the signer says it signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignerLocation {
    /// Country.
    pub country: Option<String>,
    /// Locality.
    pub locality: Option<String>,
    /// Lines of a postal address.
    pub address: Vec<String>,
}

/// Attributes read here or in `time_stamp`.
const KNOWN: [&[u8]; 15] = [
    oid::CONTENT_TYPE,
    oid::MESSAGE_DIGEST,
    oid::SIGNING_TIME,
    oid::SIGNING_CERTIFICATE,
    oid::SIGNING_CERTIFICATE_V2,
    oid::SIGNATURE_POLICY,
    oid::COMMITMENT_TYPE,
    oid::SIGNER_ATTRIBUTES,
    oid::SIGNER_ATTRIBUTES_V2,
    oid::SIGNER_LOCATION,
    oid::CONTENT_HINTS,
    oid::MIME_TYPE,
    oid::ADOBE_REVOCATION,
    oid::CONTENT_TIME_STAMP,
    oid::CMS_ALGORITHM_PROTECTION,
];

impl SignedProperties {
    /// The signed attributes of a signer.
    pub fn of(signer: &SignerInfo) -> Self {
        let attributes = signer.signed.as_ref();
        let commitments = attributes.map(|signed| signed.values(oid::COMMITMENT_TYPE).map(commitment).collect());
        let others = attributes.map(|signed| {
            let unknown = signed.list.iter().filter(|attribute| !KNOWN.contains(&&*attribute.kind));
            unknown.map(|attribute| attribute.kind.clone()).collect()
        });
        let attributes_v2 = signer.signed_once(oid::SIGNER_ATTRIBUTES_V2, signer_attributes);
        Self {
            content_type: signer.content_type(),
            message_digest: signer.message_digest(),
            signing_time: signer.signed_once(oid::SIGNING_TIME, |value| der::read(value)?.0.time()),
            signing_certificate: SigningCertificate::of(signer),
            policy: signer.signed_once(oid::SIGNATURE_POLICY, policy),
            commitments: commitments.unwrap_or_default(),
            signer_attributes: match attributes_v2 {
                Once::Absent => signer.signed_once(oid::SIGNER_ATTRIBUTES, signer_attributes),
                found => found,
            },
            location: signer.signed_once(oid::SIGNER_LOCATION, location),
            content_hints: signer.signed_once(oid::CONTENT_HINTS, content_hints),
            mime_type: signer.signed_once(oid::MIME_TYPE, |value| der::read(value)?.0.text()),
            adobe_revocation: signer.signed_once(oid::ADOBE_REVOCATION, super::RevocationValues::read),
            others: others.unwrap_or_default(),
        }
    }
}

fn policy(value: &Slice) -> Result<SignaturePolicy, Error> {
    let (outer, _) = der::read(value)?;
    if outer.tag == tag::NULL {
        return Ok(SignaturePolicy::Implied);
    }
    let mut parts = expected(&outer, tag::SEQUENCE)?;
    let identifier = value.part(parts.expect(tag::OID)?.content);
    let hash = match parts.take_if(tag::SEQUENCE)? {
        Some(pair) => HashReference::algorithm_and_value(value, &pair).ok(),
        None => parts.take_if(tag::OCTET_STRING)?.and_then(|bare| HashReference::other_hash(value, &bare).ok()),
    };
    let (mut uris, mut qualifiers) = (Vec::new(), Vec::new());
    if let Some(entries) = parts.take_if(tag::SEQUENCE)? {
        for entry in list(&entries, |entry| Ok(value.part(entry.raw)))? {
            match policy_uri(&entry) {
                Ok(Some(uri)) => uris.push(uri),
                _ => qualifiers.push(entry),
            }
        }
    }
    Ok(SignaturePolicy::Explicit { identifier, hash, uris, qualifiers })
}

fn policy_uri(qualifier: &[u8]) -> Result<Option<String>, Error> {
    let mut parts = element(qualifier, tag::SEQUENCE)?.children();
    let is_uri = parts.expect(tag::OID)?.content == oid::SIGNATURE_POLICY_URI;
    let value = parts.next_element()?.ok_or(Error::Truncated)?;
    if is_uri { value.text().map(Some) } else { Ok(None) }
}

fn commitment(value: &Slice) -> Result<Slice, Error> {
    Ok(value.part(element(value, tag::SEQUENCE)?.children().expect(tag::OID)?.content))
}

/// SignerAttribute and SignerAttributeV2: the first two choices are the same.
fn signer_attributes(value: &Slice) -> Result<SignerAttributes, Error> {
    let mut read = SignerAttributes::default();
    for choice in element(value, tag::SEQUENCE)?.children() {
        let choice = choice?;
        match choice.tag {
            0xa0 => {
                let attributes = inside(&choice).ok().filter(is_list_of_attributes).unwrap_or(choice);
                read.claimed.extend(list(&attributes, |attribute| claimed(value, attribute))?);
            }
            0xa1 => read.certified.extend(raw_list(value, &choice)?),
            _ => read.assertions.push(value.part(choice.raw)),
        }
    }
    Ok(read)
}

/// The tag of claimed attributes is explicit in one module of TS 101 733 and implicit in the other.
fn is_list_of_attributes(element: &Element<'_>) -> bool {
    let first = element.children().next_element();
    first.is_ok_and(|first| first.is_none_or(|first| first.tag == tag::SEQUENCE))
}

fn claimed(whole: &Slice, attribute: &Element<'_>) -> Result<(Slice, Vec<String>), Error> {
    let mut parts = expected(attribute, tag::SEQUENCE)?;
    let kind = whole.part(parts.expect(tag::OID)?.content);
    let values = parts.expect(tag::SET)?;
    Ok((kind, list(&values, |value| Ok(value.text().ok()))?.into_iter().flatten().collect()))
}

fn location(value: &Slice) -> Result<SignerLocation, Error> {
    let mut read = SignerLocation::default();
    for field in element(value, tag::SEQUENCE)?.children() {
        let field = field?;
        match field.tag {
            0xa0 => read.country = Some(inside(&field)?.text()?),
            0xa1 => read.locality = Some(inside(&field)?.text()?),
            0xa2 => {
                let lines = inside(&field).ok().filter(|inside| inside.tag == tag::SEQUENCE).unwrap_or(field);
                read.address = list(&lines, |line| line.text())?;
            }
            other => return Err(Error::Unexpected { expected: 0xa0, found: Some(other) }),
        }
    }
    Ok(read)
}

fn content_hints(value: &Slice) -> Result<(Option<String>, Slice), Error> {
    let mut parts = element(value, tag::SEQUENCE)?.children();
    let description = parts.take_if(tag::UTF8_STRING)?.map(|text| text.text()).transpose()?;
    Ok((description, value.part(parts.expect(tag::OID)?.content)))
}
