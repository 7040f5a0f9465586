//! Certificate extensions (RFC 5280 §4.2, RFC 6960 §4.2.2.2.1, RFC 3739, ETSI EN 319 412).
//!
//! One that cannot be read, or stands twice, leaves the others readable: it is listed as a [`Defect`] and absent from
//! its field. The limits are on lists that later checks walk through.

use super::{GeneralName, expected, oid};
use crate::signature::der::{self, Element, Error, Reader, Slice, tag};

/// Extensions of one certificate; real ones have 5 to 15.
const EXTENSIONS_MAX: usize = 64;
/// Entries of one list inside an extension. Some web certificates have 1,000 names and more.
const ENTRIES_MAX: usize = 4096;

/// Whether a reader that does not understand an extension must refuse the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Critical {
    /// Must be understood.
    Yes,
    /// May be passed over.
    No,
}

/// One extension as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Object identifier (content).
    pub kind: Slice,
    /// Criticality.
    pub critical: Critical,
    /// Content of the octet string.
    pub value: Slice,
}

/// An extension that gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Object identifier (content).
    pub kind: Slice,
    /// Its criticality.
    pub critical: Critical,
    /// Why.
    pub defect: DefectKind,
}

/// What is wrong with an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefectKind {
    /// Its value cannot be read.
    Malformed(Error),
    /// It stands more than once (RFC 5280 §4.2); the first is used.
    Twice,
}

/// The extensions of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// All of them, in the order written.
    pub list: Vec<Extension>,
    /// basicConstraints.
    pub basic_constraints: Option<BasicConstraints>,
    /// keyUsage.
    pub key_usage: Option<KeyUsage>,
    /// extKeyUsage: object identifiers.
    pub extended_key_usage: Option<Vec<Slice>>,
    /// subjectKeyIdentifier.
    pub subject_key_identifier: Option<Slice>,
    /// authorityKeyIdentifier.
    pub authority_key_identifier: Option<AuthorityKeyIdentifier>,
    /// subjectAltName.
    pub subject_alternative_names: Vec<GeneralName>,
    /// issuerAltName.
    pub issuer_alternative_names: Vec<GeneralName>,
    /// nameConstraints.
    pub name_constraints: Option<NameConstraints>,
    /// certificatePolicies: object identifiers; `None` when the extension is absent.
    pub policies: Option<Vec<Slice>>,
    /// policyMappings as (issuer's policy, subject's policy).
    pub policy_mappings: Vec<(Slice, Slice)>,
    /// policyConstraints.
    pub policy_constraints: Option<PolicyConstraints>,
    /// inhibitAnyPolicy: certificates to skip.
    pub inhibit_any_policy: Option<u32>,
    /// cRLDistributionPoints.
    pub crl_distribution_points: Vec<DistributionPoint>,
    /// freshestCRL: where delta lists are.
    pub freshest_crl: Vec<DistributionPoint>,
    /// authorityInfoAccess.
    pub access: Vec<Access>,
    /// qcStatements.
    pub qc_statements: Vec<QcStatement>,
    /// Whether id-pkix-ocsp-nocheck stands: the responder's certificate needs no revocation check.
    pub ocsp_no_check: bool,
    /// Whether ETSI's validity-assured-short-term stands: the certificate is never revoked (EN 319 412-1 §5.2).
    pub short_term: bool,
    /// Object identifiers of critical extensions that are not understood here.
    pub unknown_critical: Vec<Slice>,
    /// Those that could not be used.
    pub defects: Vec<Defect>,
}

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

impl Extensions {
    /// Reads `[3] EXPLICIT Extensions` (or the like of a list or answer) inside `whole`.
    pub fn read(explicit: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
        let mut read = Self::default();
        for extension in read_list(explicit, whole)? {
            if read.list.iter().any(|earlier| earlier.kind == extension.kind) {
                let Extension { kind, critical, .. } = extension;
                read.defects.push(Defect { kind, critical, defect: DefectKind::Twice });
                continue;
            }
            match read.take(&extension) {
                Ok(true) => {}
                Ok(false) if extension.critical == Critical::Yes => {
                    read.unknown_critical.push(extension.kind.clone());
                }
                Ok(false) => {}
                Err(error) => {
                    let Extension { kind, critical, .. } = extension.clone();
                    read.defects.push(Defect { kind, critical, defect: DefectKind::Malformed(error) });
                }
            }
            read.list.push(extension);
        }
        Ok(read)
    }

    /// The extension with this object identifier, as written.
    pub fn get(&self, kind: &[u8]) -> Option<&Extension> {
        self.list.iter().find(|extension| *extension.kind == *kind)
    }

    /// URLs of OCSP responders.
    pub fn ocsp_urls(&self) -> impl Iterator<Item = &str> {
        self.access.iter().filter_map(|access| match access {
            Access::Ocsp(url) => Some(url.as_str()),
            Access::CaIssuers(_) => None,
        })
    }

    /// URLs of certificates of the issuer.
    pub fn ca_issuers_urls(&self) -> impl Iterator<Item = &str> {
        self.access.iter().filter_map(|access| match access {
            Access::CaIssuers(url) => Some(url.as_str()),
            Access::Ocsp(_) => None,
        })
    }

    /// URLs where revocation lists are.
    pub fn crl_urls(&self) -> impl Iterator<Item = &str> {
        let names = self.crl_distribution_points.iter().filter_map(|point| point.name.as_ref());
        let names = names.flat_map(|name| match name {
            DistributionPointName::Full(names) => names.as_slice(),
            DistributionPointName::Relative(_) => &[],
        });
        names.filter_map(|name| match name {
            GeneralName::Uri(url) => Some(url.as_str()),
            _ => None,
        })
    }

    /// Whether the extended key usage, if there is one, allows `purpose` (RFC 5280 §4.2.1.12).
    pub fn allows_purpose(&self, purpose: &[u8]) -> bool {
        let allowed = |kinds: &Vec<Slice>| kinds.iter().any(|kind| **kind == *purpose || **kind == *oid::ANY_PURPOSE);
        self.extended_key_usage.as_ref().is_none_or(allowed)
    }

    /// Keeps the value of an extension that is understood; `false` for another.
    fn take(&mut self, extension: &Extension) -> Result<bool, Error> {
        let whole = &extension.value;
        if *extension.kind == *oid::OCSP_NO_CHECK || *extension.kind == *oid::SHORT_TERM {
            // Their value is NULL, written in more ways than one: that they stand is all.
            self.ocsp_no_check |= *extension.kind == *oid::OCSP_NO_CHECK;
            self.short_term |= *extension.kind == *oid::SHORT_TERM;
            return Ok(true);
        }
        if !oid::PROCESSED_EXTENSIONS.contains(&&*extension.kind) {
            return Ok(false);
        }
        let (value, rest) = der::read(whole)?;
        if !rest.is_empty() {
            return Err(Error::Content("extension (bytes after it)"));
        }
        match &*extension.kind {
            oid::BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::read(&value)?),
            oid::KEY_USAGE => {
                expected(&value, tag::BIT_STRING)?;
                self.key_usage = Some(KeyUsage(value.named_bits()?));
            }
            oid::EXTENDED_KEY_USAGE => self.extended_key_usage = Some(oids(&value, whole)?),
            oid::SUBJECT_KEY_IDENTIFIER => {
                expected(&value, tag::OCTET_STRING)?;
                self.subject_key_identifier = Some(whole.part(value.content));
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_identifier = Some(AuthorityKeyIdentifier::read(&value, whole)?);
            }
            oid::SUBJECT_ALTERNATIVE_NAME => {
                self.subject_alternative_names = general_names(expected(&value, tag::SEQUENCE)?, whole)?;
            }
            oid::ISSUER_ALTERNATIVE_NAME => {
                self.issuer_alternative_names = general_names(expected(&value, tag::SEQUENCE)?, whole)?;
            }
            oid::NAME_CONSTRAINTS => self.name_constraints = Some(NameConstraints::read(&value, whole)?),
            oid::CERTIFICATE_POLICIES => self.policies = Some(policies(&value, whole)?),
            oid::POLICY_MAPPINGS => self.policy_mappings = policy_mappings(&value, whole)?,
            oid::POLICY_CONSTRAINTS => self.policy_constraints = Some(PolicyConstraints::read(&value)?),
            oid::INHIBIT_ANY_POLICY => {
                expected(&value, tag::INTEGER)?;
                self.inhibit_any_policy = Some(value.number()?);
            }
            oid::CRL_DISTRIBUTION_POINTS => self.crl_distribution_points = distribution_points(&value, whole)?,
            oid::FRESHEST_CRL => self.freshest_crl = distribution_points(&value, whole)?,
            oid::AUTHORITY_INFO_ACCESS => self.access = access(&value, whole)?,
            oid::QC_STATEMENTS => self.qc_statements = qc_statements(&value, whole)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl BasicConstraints {
    fn read(value: &Element<'_>) -> Result<Self, Error> {
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
    fn read(value: &Element<'_>, whole: &Slice) -> Result<Self, Error> {
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
    fn read(value: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(value, tag::SEQUENCE)?;
        let require_explicit = parts.take_if(tag::context(0))?.map(|skip| skip.number()).transpose()?;
        let inhibit_mapping = parts.take_if(tag::context(1))?.map(|skip| skip.number()).transpose()?;
        Ok(Self { require_explicit, inhibit_mapping })
    }
}

/// The extensions inside an explicit tag, unread.
pub(in crate::signature) fn read_list(explicit: &Element<'_>, whole: &Slice) -> Result<Vec<Extension>, Error> {
    let mut list = Vec::new();
    for extension in explicit.children().expect(tag::SEQUENCE)?.children() {
        if list.len() >= EXTENSIONS_MAX {
            return Err(Error::TooMany);
        }
        let mut parts = expected(&extension?, tag::SEQUENCE)?;
        let kind = whole.part(parts.expect(tag::OID)?.content);
        let critical = match parts.take_if(tag::BOOLEAN)? {
            Some(flag) if flag.boolean()? => Critical::Yes,
            _ => Critical::No,
        };
        list.push(Extension { kind, critical, value: whole.part(&parts.expect(tag::OCTET_STRING)?.octets()?) });
    }
    Ok(list)
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

fn policies(value: &Element<'_>, whole: &Slice) -> Result<Vec<Slice>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|policy| Ok(whole.part(expected(&policy?, tag::SEQUENCE)?.expect(tag::OID)?.content)))
        .collect()
}

fn policy_mappings(value: &Element<'_>, whole: &Slice) -> Result<Vec<(Slice, Slice)>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|pair| {
            let mut pair = expected(&pair?, tag::SEQUENCE)?;
            Ok((whole.part(pair.expect(tag::OID)?.content), whole.part(pair.expect(tag::OID)?.content)))
        })
        .collect()
}

fn oids(value: &Element<'_>, whole: &Slice) -> Result<Vec<Slice>, Error> {
    limited(expected(value, tag::SEQUENCE)?)
        .map(|kind| {
            let kind = kind?;
            expected(&kind, tag::OID)?;
            Ok(whole.part(kind.content))
        })
        .collect()
}

fn access(value: &Element<'_>, whole: &Slice) -> Result<Vec<Access>, Error> {
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

fn qc_statements(value: &Element<'_>, whole: &Slice) -> Result<Vec<QcStatement>, Error> {
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
