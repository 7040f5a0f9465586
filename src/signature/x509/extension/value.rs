//! Values of certificate extensions, each as RFC 5280 §4.2 defines it.

use super::super::{GeneralName, expected, oid};
use crate::signature::der::{Element, Error, Reader, Slice, tag};

/// Entries of one list inside an extension. Some web certificates have 1,000 names and more.
const ENTRIES_MAX: usize = 4096;

/// basicConstraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the subject may issue certificates.
    pub is_ca: bool,
    /// How many intermediate certificates that are not self-issued may follow.
    pub path_length: Option<u32>,
}

/// keyUsage, a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    /// digitalSignature.
    pub const DIGITAL_SIGNATURE: Self = Self(1);
    /// nonRepudiation, also called contentCommitment.
    pub const NON_REPUDIATION: Self = Self(1 << 1);
    /// keyCertSign.
    pub const CERT_SIGN: Self = Self(1 << 5);
    /// cRLSign.
    pub const CRL_SIGN: Self = Self(1 << 6);

    /// Whether one of the bits of `other` is set.
    pub fn allows_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// authorityKeyIdentifier.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier {
    /// Key identifier of the issuer's key.
    pub key: Option<Slice>,
    /// Names of the issuer of the issuer's certificate.
    pub issuer: Vec<GeneralName>,
    /// Serial number of the issuer's certificate, magnitude.
    pub serial: Option<Slice>,
}

/// nameConstraints: bases of subtrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Names must lie in one of these of the same kind.
    pub permitted: Vec<GeneralName>,
    /// Names must lie in none of these.
    pub excluded: Vec<GeneralName>,
    /// Whether a subtree has a minimum or maximum, which RFC 5280 does not allow.
    pub has_distances: bool,
}

/// policyConstraints: certificates to skip before each takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// requireExplicitPolicy.
    pub require_explicit: Option<u32>,
    /// inhibitPolicyMapping.
    pub inhibit_mapping: Option<u32>,
}

/// Where revocation lists are, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPoint {
    /// Its name.
    pub name: Option<DistributionPointName>,
    /// Reasons it covers; absent means all.
    pub reasons: Option<Reasons>,
    /// Who issues the list, if not the issuer of the certificate.
    pub crl_issuer: Vec<GeneralName>,
}

/// Name of a distribution point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DistributionPointName {
    /// The same place under one or several names.
    Full(Vec<GeneralName>),
    /// One relative distinguished name (content of the SET) below the issuer of the list.
    Relative(Slice),
}

/// Reasons for revocation, a set of bits (ReasonFlags, RFC 5280 §4.2.1.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons(pub u16);

impl Reasons {
    /// None.
    pub const NONE: Self = Self(0);
    /// The eight that a list may cover (bits 1 to 8).
    pub const ALL: Self = Self(0x1fe);
}

/// One entry of authorityInfoAccess with a URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// An OCSP responder.
    Ocsp(String),
    /// A certificate of the issuer.
    CaIssuers(String),
}

/// One statement about a qualified certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QcStatement {
    /// Object identifier (content).
    pub kind: Slice,
    /// Its value, encoded.
    pub value: Option<Slice>,
}

impl BasicConstraints {
    pub(super) fn read(value: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(value, tag::SEQUENCE)?;
        let is_ca = parts.take_if(tag::BOOLEAN)?.map_or(Ok(false), |flag| flag.boolean())?;
        let path_length = parts.take_if(tag::INTEGER)?.map(|number| number.number()).transpose()?;
        Ok(Self { is_ca, path_length })
    }
}

impl AuthorityKeyIdentifier {
    /// Reads the value, inside `whole`.
    pub fn read(value: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        for part in expected(value, tag::SEQUENCE)? {
            let part = part?;
            match part.tag {
                0x80 => read.key = Some(whole.part(part.content)),
                0xa1 => read.issuer = general_names(part.children(), whole)?,
                0x82 => {
                    let zeros = part.content.iter().take_while(|&&byte| byte == 0).count();
                    read.serial = Some(whole.part(&part.content[zeros..]));
                }
                other => return Err(Error::Unexpected { expected: 0x80, found: Some(other) }),
            }
        }
        Ok(read)
    }
}

impl NameConstraints {
    pub(super) fn read(value: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        let mut parts = expected(value, tag::SEQUENCE)?;
        for (tag, into) in [(0xa0, &mut read.permitted), (0xa1, &mut read.excluded)] {
            let Some(subtrees) = parts.take_if(tag)? else { continue };
            for subtree in limited(subtrees.children()) {
                let mut subtree = expected(&subtree?, tag::SEQUENCE)?;
                into.push(GeneralName::from_element(&subtree.next_element()?.ok_or(Error::Truncated)?, whole)?);
                // minimum 0 is the default, which some write out; anything else is against RFC 5280 §4.2.1.10.
                let minimum = subtree.take_if(tag::context(0))?.map_or(Ok(0), |minimum| minimum.number())?;
                read.has_distances |= minimum > 0 || subtree.next_element()?.is_some();
            }
        }
        match parts.next_element()? {
            None => Ok(read),
            Some(other) => Err(Error::Unexpected { expected: 0xa1, found: Some(other.tag) }),
        }
    }
}

impl PolicyConstraints {
    pub(super) fn read(value: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(value, tag::SEQUENCE)?;
        let require_explicit = parts.take_if(tag::context(0))?.map(|skip| skip.number()).transpose()?;
        let inhibit_mapping = parts.take_if(tag::context(1))?.map(|skip| skip.number()).transpose()?;
        Ok(Self { require_explicit, inhibit_mapping })
    }
}

/// A list of general names.
pub(in crate::signature) fn general_names(names: Reader<'_>, whole: &Slice) -> Result<Vec<GeneralName>, Error> {
    limited(names).map(|name| GeneralName::from_element(&name?, whole)).collect()
}

/// DistributionPointName, inside its explicit tag `[0]`.
pub(in crate::signature) fn distribution_point_name(
    explicit: &Element<'_>,
    whole: &Slice,
) -> Result<DistributionPointName, Error> {
    let choice = explicit.children().next_element()?.ok_or(Error::Truncated)?;
    match choice.tag {
        0xa0 => Ok(DistributionPointName::Full(general_names(choice.children(), whole)?)),
        0xa1 => Ok(DistributionPointName::Relative(whole.part(choice.content))),
        other => Err(Error::Unexpected { expected: 0xa0, found: Some(other) }),
    }
}

/// CRLDistributionPoints, also the value of freshestCRL.
pub(in crate::signature) fn distribution_points(
    value: &Element<'_>,
    whole: &Slice,
) -> Result<Vec<DistributionPoint>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|point| {
            let mut parts = expected(&point?, tag::SEQUENCE)?;
            let name = parts.take_if(tag::context_constructed(0))?;
            let name = name.map(|name| distribution_point_name(&name, whole)).transpose()?;
            let reasons = parts.take_if(tag::context(1))?.map(|bits| bits.named_bits()).transpose()?.map(Reasons);
            let crl_issuer = parts.take_if(tag::context_constructed(2))?;
            let crl_issuer = crl_issuer.map_or(Ok(Vec::new()), |names| general_names(names.children(), whole))?;
            Ok(DistributionPoint { name, reasons, crl_issuer })
        })
        .collect()
}

pub(super) fn policies(value: &Element<'_>, whole: &Slice) -> Result<Vec<Slice>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|policy| Ok(whole.part(expected(&policy?, tag::SEQUENCE)?.expect(tag::OID)?.content)))
        .collect()
}

pub(super) fn policy_mappings(value: &Element<'_>, whole: &Slice) -> Result<Vec<(Slice, Slice)>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|pair| {
            let mut pair = expected(&pair?, tag::SEQUENCE)?;
            Ok((whole.part(pair.expect(tag::OID)?.content), whole.part(pair.expect(tag::OID)?.content)))
        })
        .collect()
}

pub(super) fn oids(value: &Element<'_>, whole: &Slice) -> Result<Vec<Slice>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|kind| {
            let kind = kind?;
            expected(&kind, tag::OID)?;
            Ok(whole.part(kind.content))
        })
        .collect()
}

pub(super) fn access(value: &Element<'_>, whole: &Slice) -> Result<Vec<Access>, Error> {
    let mut list = Vec::new();
    for description in limited(expected(value, tag::SEQUENCE)?) {
        let mut parts = expected(&description?, tag::SEQUENCE)?;
        let method = parts.expect(tag::OID)?.content;
        let location = GeneralName::from_element(&parts.next_element()?.ok_or(Error::Truncated)?, whole)?;
        match (method, location) {
            (oid::ACCESS_OCSP, GeneralName::Uri(url)) => list.push(Access::Ocsp(url)),
            (oid::ACCESS_CA_ISSUERS, GeneralName::Uri(url)) => list.push(Access::CaIssuers(url)),
            _ => {}
        }
    }
    Ok(list)
}

pub(super) fn qc_statements(value: &Element<'_>, whole: &Slice) -> Result<Vec<QcStatement>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|statement| {
            let mut parts = expected(&statement?, tag::SEQUENCE)?;
            let kind = whole.part(parts.expect(tag::OID)?.content);
            let value = parts.next_element()?.map(|value| whole.part(value.raw));
            Ok(QcStatement { kind, value })
        })
        .collect()
}

/// At most [`ENTRIES_MAX`] elements, then an error.
fn limited<'a>(reader: Reader<'a>) -> impl Iterator<Item = Result<Element<'a>, Error>> {
    reader.enumerate().map(|(at, element)| if at < ENTRIES_MAX { element } else { Err(Error::TooMany) })
}
