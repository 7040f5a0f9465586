//! Certificate extensions (RFC 5280 §4.2, RFC 6960 §4.2.2.2.1, RFC 3739, ETSI EN 319 412).
//!
//! One that cannot be read, or stands twice, leaves the others readable: it is listed as a [`Defect`] and absent from
//! its field.

mod value;

use super::{GeneralName, expected, oid};
use crate::signature::der::{self, Element, Error, Slice, tag};

pub use value::{
    Access, AuthorityKeyIdentifier, BasicConstraints, DistributionPoint, DistributionPointName, KeyUsage,
    NameConstraints, PolicyConstraints, QcStatement, Reasons,
};
use value::{access, oids, policies, policy_mappings, qc_statements};
pub(in crate::signature) use value::{distribution_point_name, distribution_points, general_names};

/// Extensions of one certificate; real ones have 5 to 15.
const EXTENSIONS_MAX: usize = 64;

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
        urls(&self.crl_distribution_points)
    }

    /// URLs where delta lists are.
    pub fn delta_urls(&self) -> impl Iterator<Item = &str> {
        urls(&self.freshest_crl)
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

fn urls(points: &[DistributionPoint]) -> impl Iterator<Item = &str> {
    let names = points.iter().filter_map(|point| point.name.as_ref());
    let names = names.flat_map(|name| match name {
        DistributionPointName::Full(names) => names.as_slice(),
        DistributionPointName::Relative(_) => &[],
    });
    names.filter_map(|name| match name {
        GeneralName::Uri(url) => Some(url.as_str()),
        _ => None,
    })
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
