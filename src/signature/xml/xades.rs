//! XAdES properties (ETSI TS 101 903 1.1.1 to 1.4.1, EN 319 132-1): read, bound to their signature, and nothing judged.
//!
//! Properties count only if they are this signature's own: QualifyingProperties in an Object of the signature, once,
//! with a Target that names no other; SignedProperties covered by a reference whose digest matches. Certificates, revocation
//! data and time-stamp tokens are handed out as DER, each token with the bytes that its imprint must be of.

use chrono::{DateTime, Utc};

use super::fact::{DigestCheck, Extent, Reason, Role, Target, XmlSignature};
use super::tree::{Document, IdError, NodeId};
use super::{Budget, DSIG, Supplied, algorithm, base64};

mod stamp;
mod values;

pub use stamp::{Behind, Stamp, StampKind};
pub use values::{RevocationReferences, Values};

/// Elements of XAdES (TS 101 903 1.1.1 to 1.4.1, EN 319 132-1) that may stand among unsigned properties, in the order of their
/// bytes: not those of signed properties alone, which would say there what nobody signed.
const NAMES: [&str; 102] = [
    "Any",
    "AnyValidationData",
    "ArchiveTimeStamp",
    "ArchiveTimeStampV2",
    "AttrAuthoritiesCertValues",
    "AttributeCertificateRefs",
    "AttributeCertificateRefsV2",
    "AttributeRevocationRefs",
    "AttributeRevocationValues",
    "ByKey",
    "ByName",
    "CRLIdentifier",
    "CRLRef",
    "CRLRefs",
    "CRLValues",
    "Cert",
    "CertDigest",
    "CertRefs",
    "CertificateValues",
    "CertifiedRole",
    "CertifiedRoleV2",
    "CertifiedRoles",
    "CertifiedRolesV2",
    "CompleteCertificateRefs",
    "CompleteCertificateRefsV2",
    "CompleteRevocationRefs",
    "CounterSignature",
    "Description",
    "DigestAlgAndValue",
    "DocumentationReference",
    "DocumentationReferences",
    "EncapsulatedCRLValue",
    "EncapsulatedOCSPValue",
    "EncapsulatedPKIData",
    "EncapsulatedTimeStamp",
    "EncapsulatedX509Certificate",
    "Encoding",
    "ExplicitText",
    "HashDataInfo",
    "Identifier",
    "Include",
    "IssueTime",
    "Issuer",
    "IssuerSerial",
    "IssuerSerialV2",
    "MimeType",
    "NoticeNumbers",
    "NoticeRef",
    "Number",
    "OCSPIdentifier",
    "OCSPRef",
    "OCSPRefs",
    "OCSPValues",
    "ObjectIdentifier",
    "ObjectReference",
    "Organization",
    "OtherAttributeCertificate",
    "OtherCertificate",
    "OtherRef",
    "OtherRefs",
    "OtherTimeStamp",
    "OtherValue",
    "OtherValues",
    "ProducedAt",
    "QualifyingProperties",
    "QualifyingPropertiesReference",
    "RecomputedDigestValue",
    "ReferenceInfo",
    "RefsOnlyTimeStamp",
    "RefsOnlyTimeStampV2",
    "RenewedDigests",
    "RenewedDigestsV2",
    "ResponderID",
    "RevocationValues",
    "SPDocSpecification",
    "SPURI",
    "SPUserNotice",
    "SigAndRefsTimeStamp",
    "SigAndRefsTimeStampV2",
    "SigPolDocLocalURI",
    "SigPolicyHash",
    "SigPolicyId",
    "SigPolicyQualifier",
    "SigPolicyQualifiers",
    "SignaturePolicyDocument",
    "SignaturePolicyId",
    "SignaturePolicyIdentifier",
    "SignaturePolicyStore",
    "SignatureTimeStamp",
    "SignedDataObjectProperties",
    "SignedProperties",
    "SignedSignatureProperties",
    "StreetAddress",
    "TimeStampValidationData",
    "UnsignedDataObjectProperties",
    "UnsignedDataObjectProperty",
    "UnsignedProperties",
    "UnsignedSignatureProperties",
    "ValidationData",
    "X509AttributeCertificate",
    "XMLTimeStamp",
    "int",
];
/// Properties of one kind read from a signature.
const PROPERTIES_MAX: usize = 64;

/// Versions of the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.1.1 (2002).
    V111,
    /// 1.2.2 (2004).
    V122,
    /// 1.3.2 (2006), also that of EN 319 132-1.
    V132,
    /// 1.4.1 (2009): additions to 1.3.2.
    V141,
}

impl Version {
    /// The version of a namespace name.
    pub fn of(namespace: &str) -> Option<Self> {
        Some(match namespace.strip_prefix("http://uri.etsi.org/01903/")? {
            "v1.1.1#" => Self::V111,
            "v1.2.2#" => Self::V122,
            "v1.3.2#" => Self::V132,
            "v1.4.1#" => Self::V141,
            _ => return None,
        })
    }
}

/// The properties of one signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Xades {
    /// Version of the namespace of QualifyingProperties.
    pub version: Version,
    /// Whether the properties belong to this signature and are signed by it.
    pub binding: Binding,
    /// Target as written, where it leads to no signature: some signers leave out the `#` or mistake a letter.
    pub stray_target: Option<String>,
    /// The time of signing as claimed and written.
    pub signing_time_text: Option<String>,
    /// That time.
    pub signing_time: Option<DateTime<Utc>>,
    /// The certificates that the signer names as its own and its issuers'; the signer's comes first.
    pub certificates: Vec<CertificateDigest>,
    /// Whether the first of them is the certificate whose key the value verifies under.
    pub signing_certificate: CertificateCheck,
    /// The signature policy.
    pub policy: Option<Policy>,
    /// City, province, postal code, country, as far as claimed.
    pub place: Vec<String>,
    /// Roles claimed.
    pub roles: Vec<String>,
    /// Commitments, by identifier.
    pub commitments: Vec<String>,
    /// Formats of the data signed.
    pub formats: Vec<DataFormat>,
    /// Time-stamps, in order.
    pub stamps: Vec<Stamp>,
    /// Certificates and revocation data carried in unsigned properties.
    pub values: Values,
    /// Bytes of the counter-signatures in the decoded text; each is a signature of its own in the list.
    pub counter_signatures: Vec<std::ops::Range<usize>>,
    /// Local names of unsigned properties that are not read.
    pub unread: Vec<String>,
    /// Names of signed properties that stand more than once: which of them is told is anybody's choice.
    pub repeated: Vec<&'static str>,
}

/// Whether properties belong to a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Target names no other signature, and a matching reference covers SignedProperties.
    Signed,
    /// There are SignedProperties and no matching reference covers them: they say nothing.
    NotSigned,
    /// Target names another signature, or is not there.
    OtherTarget,
    /// There are several QualifyingProperties or SignedProperties.
    Several,
    /// Only unsigned properties.
    UnsignedOnly,
}

/// A certificate named by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDigest {
    /// Identifier of the digest algorithm.
    pub method: String,
    /// The digest.
    pub digest: Vec<u8>,
    /// Issuer and serial number as version 1 writes them.
    pub issuer_serial: Option<(String, String)>,
    /// IssuerSerialV2, DER.
    pub issuer_serial_v2: Option<Vec<u8>>,
}

/// Comparison of the certificate named with the one used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateCheck {
    /// They are the same.
    Matches,
    /// They are not.
    Differs,
    /// No signed property names a certificate.
    NotNamed,
    /// It cannot be told.
    Unreadable(Reason),
}

/// A signature policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// That which the data imply.
    Implied,
    /// One by identifier.
    Named {
        /// The identifier, a URI or object identifier.
        identifier: String,
        /// Identifier of the algorithm of its digest.
        method: String,
        /// Its digest.
        digest: Vec<u8>,
        /// Where it may be found. Never fetched here.
        uri: Option<String>,
    },
}

/// What a reference's data are said to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFormat {
    /// The reference, as `#id`.
    pub reference: String,
    /// Media type.
    pub media_type: Option<String>,
    /// Description.
    pub description: Option<String>,
}

/// Whether an element of this name may stand among unsigned properties.
pub fn stands_unsigned(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// Reads the properties of a signature, if it has any.
pub(super) fn read(
    document: &Document<'_>,
    signature: NodeId,
    facts: &XmlSignature,
    supplied: &Supplied<'_>,
    budget: &mut Budget,
) -> Option<Xades> {
    let objects = document.children_named(signature, DSIG, "Object");
    let in_objects = objects.flat_map(|object| document.children(object));
    let found: Vec<_> = in_objects.filter(|&id| local(document, id) == Some("QualifyingProperties")).collect();
    let &qualifying = found.first()?;
    let version = Version::of(document.namespace(qualifying))?;
    let signed: Vec<_> = property(document, qualifying, "SignedProperties").take(2).collect();
    let target = document.attribute(qualifying, "Target");
    let names = target.map_or(Names::Other, |target| names(document, signature, target));
    let binding = if found.len() > 1 || signed.len() > 1 {
        Binding::Several
    } else if names == Names::Other {
        Binding::OtherTarget
    } else if signed.is_empty() {
        Binding::UnsignedOnly
    } else if is_covered(facts) {
        Binding::Signed
    } else {
        Binding::NotSigned
    };
    let mut xades = Xades {
        version,
        binding,
        stray_target: target.filter(|_| names == Names::Nothing).map(|target| target.chars().take(1_000).collect()),
        signing_time_text: None,
        signing_time: None,
        certificates: Vec::new(),
        signing_certificate: CertificateCheck::NotNamed,
        policy: None,
        place: Vec::new(),
        roles: Vec::new(),
        commitments: Vec::new(),
        formats: Vec::new(),
        stamps: Vec::new(),
        values: Values::default(),
        counter_signatures: Vec::new(),
        unread: Vec::new(),
        repeated: Vec::new(),
    };
    let stamping = stamp::Stamping { document, signature, supplied, budget };
    xades.read_signed(stamping, signed.first().copied(), facts);
    let stamping = stamp::Stamping { document, signature, supplied, budget };
    let unsigned = property(document, qualifying, "UnsignedProperties").next();
    let unsigned = unsigned.and_then(|unsigned| property(document, unsigned, "UnsignedSignatureProperties").next());
    if let Some(unsigned) = unsigned {
        xades.read_unsigned(stamping, unsigned);
    }
    Some(xades)
}

/// What a Target names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// This signature.
    This,
    /// Another, or it can't be told which.
    Other,
    /// No signature.
    Nothing,
}

fn names(document: &Document<'_>, signature: NodeId, target: &str) -> Names {
    let Some(name) = target.strip_prefix('#') else { return Names::Nothing };
    match document.by_id(name) {
        Ok(found) if found == signature => Names::This,
        Ok(found) if !document.is(found, DSIG, "Signature") => Names::Nothing,
        Err(IdError::Absent) => Names::Nothing,
        Ok(_) | Err(IdError::Duplicate) => Names::Other,
    }
}

fn is_covered(facts: &XmlSignature) -> bool {
    facts.references.iter().any(|reference| {
        let whole = reference.covered.extent == Extent::Whole && reference.digest == DigestCheck::Matches;
        whole && matches!(reference.covered.target, Target::Element { role: Role::SignedProperties, .. })
    })
}

impl Xades {
    fn read_signed(&mut self, mut stamping: stamp::Stamping<'_, '_, '_>, signed: Option<NodeId>, facts: &XmlSignature) {
        let document = stamping.document;
        let Some(signed) = signed else { return };
        if let Some(of_signature) = property(document, signed, "SignedSignatureProperties").next() {
            for one in document.children(of_signature) {
                self.signed_property(document, one);
            }
        }
        if let Some(of_data) = property(document, signed, "SignedDataObjectProperties").next() {
            for one in document.children(of_data).take(1_000) {
                match local(document, one) {
                    Some("DataObjectFormat") if self.formats.len() < PROPERTIES_MAX => {
                        self.formats.push(format(document, one));
                    }
                    Some("CommitmentTypeIndication") if self.commitments.len() < PROPERTIES_MAX => {
                        let identifier = descendant(document, one, "Identifier");
                        self.commitments.extend(identifier.map(|id| text(document, id)));
                    }
                    Some("AllDataObjectsTimeStamp") => {
                        self.stamps.extend(stamping.read(one, StampKind::AllData, &self.values));
                    }
                    Some("IndividualDataObjectsTimeStamp") => {
                        self.stamps.extend(stamping.read(one, StampKind::IndividualData, &self.values));
                    }
                    _ => {}
                }
            }
        }
        self.signing_certificate = named_as_signer(document, signed, facts);
        self.repeated = repeated(document, signed);
    }

    fn signed_property(&mut self, document: &Document<'_>, one: NodeId) {
        match local(document, one) {
            Some("SigningTime") => {
                let written = text(document, one);
                self.signing_time = DateTime::parse_from_rfc3339(&written).ok().map(|time| time.to_utc());
                self.signing_time_text = Some(written);
            }
            Some("SigningCertificate" | "SigningCertificateV2") => {
                let named = property(document, one, "Cert").take(PROPERTIES_MAX);
                self.certificates.extend(named.filter_map(|one| certificate_digest(document, one)));
            }
            Some("SignaturePolicyIdentifier") => self.policy = policy(document, one),
            Some("SignatureProductionPlace" | "SignatureProductionPlaceV2") => {
                self.place = texts(document, document.children(one));
            }
            Some("SignerRole" | "SignerRoleV2") => {
                let claimed = property(document, one, "ClaimedRoles").flat_map(|roles| document.children(roles));
                self.roles = texts(document, claimed);
            }
            _ => {}
        }
    }

    fn read_unsigned(&mut self, mut stamping: stamp::Stamping<'_, '_, '_>, unsigned: NodeId) {
        let document = stamping.document;
        for one in document.children(unsigned).take(1_000) {
            let Some(name) = local(document, one) else { continue };
            if let Some(kind) = StampKind::unsigned(name, Version::of(document.namespace(one))) {
                if self.stamps.len() < PROPERTIES_MAX {
                    self.stamps.extend(stamping.read(one, kind, &self.values));
                }
                continue;
            }
            match name {
                "CounterSignature" => {
                    let inside = document.children_named(one, DSIG, "Signature");
                    self.counter_signatures.extend(inside.map(|id| document.node(id).span.clone()));
                }
                _ if self.values.read(document, one, name) => {}
                _ if self.unread.len() < PROPERTIES_MAX => self.unread.push(name.to_owned()),
                _ => {}
            }
        }
    }
}

/// Signed properties of which EN 319 132-1 §5.2 allows one.
const SINGLE: [&str; 5] = [
    "SigningTime",
    "SigningCertificate",
    "SigningCertificateV2",
    "SignaturePolicyIdentifier",
    "SignedSignatureProperties",
];

fn repeated(document: &Document<'_>, signed: NodeId) -> Vec<&'static str> {
    let groups: Vec<NodeId> = property(document, signed, "SignedSignatureProperties").collect();
    let count = |name: &'static str| {
        let inside = groups.iter().map(|&group| property(document, group, name).count()).sum::<usize>();
        inside + property(document, signed, name).count()
    };
    SINGLE.into_iter().filter(|name| count(name) > 1).collect()
}

/// The certificate used, compared with the first of each property that names one: all of them must be of it.
fn named_as_signer(document: &Document<'_>, signed: NodeId, facts: &XmlSignature) -> CertificateCheck {
    let groups = property(document, signed, "SignedSignatureProperties");
    let naming = groups.flat_map(|group| document.children(group));
    let naming =
        naming.filter(|&id| matches!(local(document, id), Some("SigningCertificate" | "SigningCertificateV2")));
    let firsts = naming.filter_map(|id| certificate_digest(document, property(document, id, "Cert").next()?));
    let mut checks = firsts.take(PROPERTIES_MAX).map(|named| compare(&named, facts));
    let Some(first) = checks.next() else { return CertificateCheck::NotNamed };
    std::iter::once(first)
        .chain(checks)
        .find(|one| *one != CertificateCheck::Matches)
        .unwrap_or(CertificateCheck::Matches)
}

fn compare(named: &CertificateDigest, facts: &XmlSignature) -> CertificateCheck {
    let Some(certificate) = &facts.signer_certificate else {
        return CertificateCheck::Unreadable(Reason::NoKey);
    };
    match algorithm::digest(&named.method) {
        Ok(digest) if digest.of_parts(&[certificate]).as_ref() == named.digest => CertificateCheck::Matches,
        Ok(_) => CertificateCheck::Differs,
        Err(reason) => CertificateCheck::Unreadable(reason),
    }
}

fn certificate_digest(document: &Document<'_>, cert: NodeId) -> Option<CertificateDigest> {
    let digest = property(document, cert, "CertDigest").next()?;
    let (method, digest) = digest_value(document, digest)?;
    let issuer_serial = property(document, cert, "IssuerSerial").next().and_then(|pair| {
        let part = |name| document.child(pair, DSIG, name).map(|id| text(document, id));
        part("X509IssuerName").zip(part("X509SerialNumber"))
    });
    let v2 = property(document, cert, "IssuerSerialV2").next();
    let issuer_serial_v2 = v2.and_then(|id| base64(&document.text_of(id)).ok());
    Some(CertificateDigest { method, digest, issuer_serial, issuer_serial_v2 })
}

/// DigestMethod and DigestValue below an element.
fn digest_value(document: &Document<'_>, holder: NodeId) -> Option<(String, Vec<u8>)> {
    // Version 1.1.1 has them in its own namespace, the others in that of XML Signature.
    let part =
        |name| document.children(holder).find(|&id| local(document, id) == Some(name) || document.is(id, DSIG, name));
    let method = document.attribute(part("DigestMethod")?, "Algorithm")?.to_owned();
    Some((method, base64(&document.text_of(part("DigestValue")?)).ok()?))
}

fn policy(document: &Document<'_>, element: NodeId) -> Option<Policy> {
    let inner = document.children(element).find(|&id| document.element(id).is_some())?;
    if local(document, inner) == Some("SignaturePolicyImplied") {
        return Some(Policy::Implied);
    }
    let identifier = text(document, descendant(document, inner, "Identifier")?);
    let hash = property(document, inner, "SigPolicyHash").next();
    let (method, digest) = hash.and_then(|hash| digest_value(document, hash)).unwrap_or_default();
    let uri = descendant(document, inner, "SPURI").map(|id| text(document, id));
    Some(Policy::Named { identifier, method, digest, uri })
}

fn format(document: &Document<'_>, element: NodeId) -> DataFormat {
    let part = |name| property(document, element, name).next().map(|id| text(document, id));
    let reference = document.attribute(element, "ObjectReference").unwrap_or_default().to_owned();
    DataFormat { reference, media_type: part("MimeType"), description: part("Description") }
}

/// The local name of an element of XAdES.
fn local<'a>(document: &Document<'a>, id: NodeId) -> Option<&'a str> {
    Version::of(document.namespace(id))?;
    Some(document.element(id)?.local())
}

/// The children of XAdES with this local name.
fn property<'d>(document: &'d Document<'_>, id: NodeId, name: &'d str) -> impl Iterator<Item = NodeId> + 'd {
    document.children(id).filter(move |&child| local(document, child) == Some(name))
}

fn descendant(document: &Document<'_>, id: NodeId, name: &str) -> Option<NodeId> {
    document.subtree(id).find(|&at| local(document, at) == Some(name))
}

fn text(document: &Document<'_>, id: NodeId) -> String {
    document.text_of(id).trim().chars().take(1_000).collect()
}

fn texts(document: &Document<'_>, ids: impl Iterator<Item = NodeId>) -> Vec<String> {
    let texts = ids.filter(|&id| document.element(id).is_some()).map(|id| text(document, id));
    texts.filter(|text| !text.is_empty()).take(PROPERTIES_MAX).collect()
}
