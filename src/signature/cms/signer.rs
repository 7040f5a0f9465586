//! One signer: which certificate it names, its attributes, and the one check of digest and value.
//!
//! [`SignerInfo::check`] decides for every format (PDF, `.p7s`, tokens, counter-signatures, ASiC) whether the content
//! has the digest that was signed and whether the value was made with the certificate's key. Both answers are values
//! with a reason when they cannot be given. The value is checked even where the digest differs and the other way
//! round: a judge wants to know which of them holds.

use std::cell::LazyCell;

use crate::signature::algorithm::{self, Budget, DigestAlgorithm, Scheme, Unsupported};
use crate::signature::der::{self, Element, Slice, tag};
use crate::signature::x509::{Certificate, Name, expected};
use crate::signature::{DigestCheck, Reason, ValueCheck, cades, oid, timestamp};

use super::attribute::{Attributes, Once};
use super::content::{Bound, Content};
use super::{Error, Note, SignedData, algorithm_oid, has_parameters, octets, small};

/// Bytes of a signature algorithm: RSASSA-PSS with all its parameters written out has some 70.
const ALGORITHM_BYTES_MAX: usize = 128;

/// How a signer names its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerId {
    /// Issuer (the encoded name) and serial number (magnitude).
    IssuerSerial {
        /// The encoded name.
        issuer: Slice,
        /// Magnitude, big-endian, without leading zeros.
        serial: Slice,
    },
    /// Subject key identifier.
    KeyIdentifier(Slice),
}

/// One signer.
#[derive(Debug, Clone)]
pub struct SignerInfo {
    /// `version`: 1 for issuer and serial number, 3 for a key identifier.
    pub version: u8,
    /// Which certificate.
    pub id: SignerId,
    /// Object identifier of the digest algorithm, content bytes.
    pub digest_algorithm: Slice,
    /// Signed attributes; without them the value signs the content directly.
    pub signed: Option<Attributes>,
    /// The signature's AlgorithmIdentifier, encoded.
    pub signature_algorithm: Slice,
    /// The signature value.
    pub value: Slice,
    /// Unsigned attributes, if there are any.
    pub unsigned: Attributes,
    /// The SignerInfo as written.
    pub raw: Slice,
    /// Whether it has more in it than belongs there.
    pub(super) is_left_over: bool,
    /// Version, identifier, digest algorithm, signed attributes, signature algorithm and value, each as written.
    pub(in crate::signature) fields: Vec<Slice>,
}

/// What the check of one signer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerCheck {
    /// Whether the content has the digest that was signed.
    pub digest: DigestCheck,
    /// Whether the value was made with the certificate's key.
    pub value: ValueCheck,
    /// How the signed attributes had to be taken for the value to verify, if not as DER.
    pub notes: Vec<Note>,
}

impl SignedData {
    /// Checks one signer of this signed data, whose covered bytes are `covered`, bound to it by `bound`. With
    /// [`Bound::Inside`], `covered` is not asked.
    pub fn check(
        &self,
        signer: &SignerInfo,
        certificate: Option<&Certificate>,
        bound: Bound,
        covered: &dyn Content,
        budget: &Budget,
    ) -> SignerCheck {
        let inside = self.content.as_deref();
        let held: &[&[u8]] = &[inside.unwrap_or_default()];
        let held = super::Metered { parts: held, budget };
        match (bound, inside) {
            (Bound::Detached, None | Some([])) => signer.check(certificate, covered, budget),
            (Bound::Detached, Some(inside)) => {
                let parts = Parts { covered, inside, held };
                parts.check_detached(signer, certificate, budget)
            }
            (_, None) => SignerCheck::impossible(Reason::NoContent),
            (Bound::Inside, _) => signer.check(certificate, &held, budget),
            (Bound::Sha1Inside, Some(inside)) => {
                let parts = Parts { covered, inside, held };
                parts.check_sha1(signer, certificate, budget)
            }
            (Bound::Imprint, Some(inside)) => {
                let mut check = signer.check(certificate, &held, budget);
                let bound = timestamp::TstInfo::read(inside)
                    .map_err(Reason::TimeStamp)
                    .and_then(|info| Ok(*covered.digest(info.digest()?)?.as_ref() == *info.imprint));
                check.digest = DigestCheck::both(DigestCheck::from(bound), check.digest);
                check
            }
        }
    }
}

/// Covered bytes beside content inside. Which of the two was signed differs in the field; what counts is that the one
/// is bound to the other, so that no reader can show what was not signed.
struct Parts<'a> {
    covered: &'a dyn Content,
    inside: &'a [u8],
    held: super::Metered<'a>,
}

impl Parts<'_> {
    /// ISO 32000-1 §12.8.3.3.1: no data is to be inside. What is there all the same must be the covered bytes, or
    /// their digest: some software leaves that in, and some writes `adbe.pkcs7.sha1` under the name of the other.
    fn check_detached(&self, signer: &SignerInfo, certificate: Option<&Certificate>, budget: &Budget) -> SignerCheck {
        let mut check = signer.check(certificate, self.covered, budget);
        if check.digest == DigestCheck::Matches
            && (self.is_digest(DigestAlgorithm::Sha1) || signer.digest().is_ok_and(|one| self.is_digest(one)))
        {
            check.notes.push(Note::ContentIsDigest);
            return check;
        }
        if check.digest != DigestCheck::Matches && self.is_digest(DigestAlgorithm::Sha1) {
            let mut bound = signer.check(certificate, &self.held, budget);
            if bound.digest == DigestCheck::Matches {
                bound.notes.push(Note::BoundBySha1);
                return bound;
            }
        }
        // Content both inside and detached must be the same: readers differ on which of them they show.
        if check.digest != DigestCheck::Differs {
            let same = signer.digest().map_err(Reason::from).and_then(|algorithm| {
                Ok(self.held.digest(algorithm)?.as_ref() == self.covered.digest(algorithm)?.as_ref())
            });
            check.digest = DigestCheck::both(DigestCheck::from(same), check.digest);
        }
        check
    }

    /// ISO 32000-1 §12.8.3.3.1: the SHA-1 of the covered bytes is inside, and is what the signer signs; some signed
    /// the covered bytes themselves.
    fn check_sha1(&self, signer: &SignerInfo, certificate: Option<&Certificate>, budget: &Budget) -> SignerCheck {
        let is_bound = self.covered.digest(DigestAlgorithm::Sha1).map(|digest| digest.as_ref() == self.inside);
        let mut check = signer.check(certificate, &self.held, budget);
        if is_bound == Ok(true) && check.digest != DigestCheck::Matches {
            let mut direct = signer.check(certificate, self.covered, budget);
            if direct.digest == DigestCheck::Matches {
                direct.notes.push(Note::BoundDirectly);
                return direct;
            }
        }
        check.digest = DigestCheck::both(DigestCheck::from(is_bound), check.digest);
        check
    }

    fn is_digest(&self, algorithm: DigestAlgorithm) -> bool {
        self.inside.len() == algorithm.length_bytes()
            && self.covered.digest(algorithm).is_ok_and(|digest| digest.as_ref() == self.inside)
    }
}

impl SignerInfo {
    /// Reads one SignerInfo, as counter-signatures are kept.
    pub fn read(bytes: &Slice) -> Result<Self, Error> {
        Self::from_element(bytes, &der::read(bytes)?.0)
    }

    pub(super) fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, Error> {
        let mut parts = expected(element, tag::SEQUENCE)?;
        let version = parts.expect(tag::INTEGER)?;
        let identifier = parts.next_element()?.ok_or(der::Error::Truncated)?;
        let digest = parts.expect(tag::SEQUENCE)?;
        let signed = parts.take_if(tag::context_constructed(0))?;
        let signature_algorithm = parts.expect(tag::SEQUENCE)?;
        let value = parts.next_element()?.ok_or(der::Error::Truncated)?;
        let unsigned = parts.take_if(tag::context_constructed(1))?;
        let is_left_over = parts.next_element()?.is_some()
            || version.content.len() > 1
            || has_parameters(&digest)?
            || signature_algorithm.children().nth(2).is_some()
            || signature_algorithm.content.len() > ALGORITHM_BYTES_MAX;
        let fields = [Some(version), Some(identifier), Some(digest), signed, Some(signature_algorithm), Some(value)];
        Ok(Self {
            version: small(&version)?,
            id: SignerId::from_element(whole, &identifier)?,
            digest_algorithm: whole.part(algorithm_oid(&digest)?),
            signed: signed.map(|list| Attributes::from_element(whole, &list)).transpose()?,
            signature_algorithm: whole.part(signature_algorithm.raw),
            value: octets(whole, &value)?,
            unsigned: unsigned.map(|list| Attributes::from_element(whole, &list)).transpose()?.unwrap_or_default(),
            raw: whole.part(element.raw),
            is_left_over,
            fields: fields.into_iter().flatten().map(|field| whole.part(field.raw)).collect(),
        })
    }

    /// The digest algorithm of content and attributes.
    pub fn digest(&self) -> Result<DigestAlgorithm, Unsupported> {
        DigestAlgorithm::from_oid(&self.digest_algorithm)
    }

    /// The signature algorithm.
    pub fn scheme(&self) -> Result<Scheme, Unsupported> {
        let (algorithm, _) = der::read(&self.signature_algorithm).map_err(|_| Unsupported::Signature("?".into()))?;
        Scheme::read(&algorithm, self.digest()?)
    }

    /// The signed attribute contentType; content bytes of the object identifier.
    pub fn content_type(&self) -> Once<Slice> {
        self.signed_once(oid::CONTENT_TYPE, |value| Ok(value.part(oid_value(value)?)))
    }

    /// The signed attribute messageDigest.
    pub fn message_digest(&self) -> Once<Slice> {
        self.signed_once(oid::MESSAGE_DIGEST, |value| octets(value, &der::read(value)?.0))
    }

    /// Whether a signed attribute names this certificate by its digest.
    pub fn names_by_digest(&self, certificate: &Certificate) -> bool {
        self.named_by_digest([certificate]).is_some()
    }

    /// The first of these certificates that a signed attribute names by its digest.
    pub fn named_by_digest<'c>(
        &self,
        certificates: impl IntoIterator<Item = &'c Certificate>,
    ) -> Option<&'c Certificate> {
        let named = cades::SigningCertificate::of(self);
        certificates.into_iter().find(|one| named.check(one) == cades::SigningCertificateCheck::Matches)
    }

    /// Whether the signed attributes protect other algorithms than those that are named (CMSAlgorithmProtection,
    /// RFC 6211 §3). They are compared as read: a default that is written out in one place only says nothing else. What
    /// can't be read protects nothing.
    fn protects_others(&self) -> bool {
        match self.signed_once(oid::CMS_ALGORITHM_PROTECTION, |value| self.is_protected_by(value)) {
            Once::Absent | Once::Malformed(_) | Once::One(true) => false,
            Once::One(false) | Once::Multiple(_) => true,
        }
    }

    fn is_protected_by(&self, value: &Slice) -> Result<bool, der::Error> {
        let mut parts = der::read(value)?.0.children();
        let digest = parts.expect(tag::SEQUENCE)?;
        let Some(signature) = parts.take_if(tag::context_constructed(1))? else { return Ok(false) };
        if digest.children().expect(tag::OID)?.content != &*self.digest_algorithm {
            return Ok(false);
        }
        let signature = der::with_header(tag::SEQUENCE, signature.content);
        let (element, _) = der::read(&signature)?;
        let protected = self.digest().and_then(|digest| Scheme::read(&element, digest));
        Ok(match (protected, self.scheme()) {
            (Ok(protected), Ok(used)) => protected == used,
            _ => signature == *self.signature_algorithm,
        })
    }

    /// Checks digest and value against `content`, which for a counter-signature is the value it countersigns.
    /// `certificate` is a candidate for the signer's; whether it is the right one is not asked.
    pub fn check(&self, certificate: Option<&Certificate>, content: &dyn Content, budget: &Budget) -> SignerCheck {
        let mut notes = Vec::new();
        let mut verified = self.value_verifies(certificate, content, budget, &mut notes);
        if verified == Ok(true) && self.protects_others() {
            notes.push(Note::OtherAlgorithmsProtected);
            verified = Ok(false);
        }
        let digest = match &self.signed {
            Some(_) => self.digest_matches(content),
            // The value signs the content directly: what digest was signed is known only from a value that verifies.
            None if verified == Ok(true) => Ok(true),
            None => Err(verified.clone().err().unwrap_or(Reason::NoSignedAttributes)),
        };
        SignerCheck { digest: DigestCheck::from(digest), value: ValueCheck::from(verified), notes }
    }

    fn digest_matches(&self, content: &dyn Content) -> Result<bool, Reason> {
        match self.message_digest() {
            Once::One(signed) => Ok(*content.digest(self.digest()?)?.as_ref() == *signed),
            Once::Absent => Err(Reason::NoMessageDigest),
            Once::Multiple(_) | Once::Malformed(_) => Err(Reason::Attribute("messageDigest")),
        }
    }

    fn value_verifies(
        &self,
        certificate: Option<&Certificate>,
        content: &dyn Content,
        budget: &Budget,
        notes: &mut Vec<Note>,
    ) -> Result<bool, Reason> {
        let certificate = certificate.ok_or(Reason::NoCertificate)?;
        let scheme = self.scheme()?;
        let holds = |message: &[u8]| algorithm::verify(scheme, certificate.key(), message, &self.value, budget);
        let Some(attributes) = &self.signed else { return self.content_verifies(certificate, content, budget) };
        let in_order = attributes.in_order();
        if holds(&attributes.as_set())? {
            notes.extend(in_order.map(|_| Note::AttributesNotInOrder));
            return Ok(true);
        }
        // Some software signs the DER order but writes another (RFC 5652 §5.4 asks for DER); some signs what it wrote.
        let others =
            [(in_order, Note::AttributesReordered), (attributes.as_ber_set(), Note::AttributesAsBer)].into_iter();
        for (message, note) in others.filter_map(|(message, note)| Some((message?, note))) {
            if holds(&message)? {
                notes.push(note);
                return Ok(true);
            }
        }
        if let Some(scheme) = scheme.with_digest(self.digest()?) {
            let message = attributes.as_set();
            if algorithm::verify(scheme, certificate.key(), &message, &self.value, budget) == Ok(true) {
                notes.push(Note::ValueUnderDigestAlgorithm);
            }
        }
        Ok(false)
    }

    fn content_verifies(
        &self,
        certificate: &Certificate,
        content: &dyn Content,
        budget: &Budget,
    ) -> Result<bool, Reason> {
        let scheme = self.scheme()?;
        if let Some(digest) = scheme.digest() {
            let digest_value = content.digest(digest)?;
            return Ok(algorithm::verify_digest(scheme, certificate.key(), &digest_value, &self.value, budget)?);
        }
        let message = content.slices().ok_or(Reason::ContentNotGiven)?.concat();
        Ok(algorithm::verify(scheme, certificate.key(), &message, &self.value, budget)?)
    }

    pub(in crate::signature) fn signed_once<T>(
        &self,
        kind: &[u8],
        read: impl FnOnce(&Slice) -> Result<T, der::Error>,
    ) -> Once<T> {
        self.signed.as_ref().map_or(Once::Absent, |signed| signed.once(kind, read))
    }
}

/// Certificates looked at that a signer may mean: issuers have given one serial number twice.
const CANDIDATES_MAX: usize = 64;

impl SignerId {
    fn from_element(whole: &Slice, element: &Element<'_>) -> Result<Self, der::Error> {
        if element.tag == tag::SEQUENCE {
            let mut pair = element.children();
            let issuer = whole.part(pair.expect(tag::SEQUENCE)?.raw);
            return Ok(Self::IssuerSerial { issuer, serial: whole.part(pair.expect(tag::INTEGER)?.magnitude()?) });
        }
        match element.tag & !tag::CONSTRUCTED {
            0x80 => Ok(Self::KeyIdentifier(whole.part(&element.octets()?))),
            _ => Err(der::Error::Unexpected { expected: tag::SEQUENCE, found: Some(element.tag) }),
        }
    }

    /// Whether this is how `certificate` would be named. Issuers are compared as names, not as bytes: signing
    /// software writes them anew in other string types.
    pub fn names(&self, certificate: &Certificate) -> bool {
        !self.among([certificate]).is_empty()
    }

    /// Those of these certificates that it names, the first [`CANDIDATES_MAX`] of them.
    pub fn among<'c>(&self, certificates: impl IntoIterator<Item = &'c Certificate>) -> Vec<&'c Certificate> {
        let certificates = certificates.into_iter();
        match self {
            Self::IssuerSerial { issuer, serial } => {
                // Read once, when it is written otherwise than a certificate has it.
                let name = LazyCell::new(|| name_of(issuer));
                let is_issuer = |one: &Certificate| {
                    *one.issuer().raw == **issuer || name.as_ref().is_some_and(|name| name == one.issuer())
                };
                let named = certificates.filter(|one| *one.serial() == **serial && is_issuer(one));
                named.take(CANDIDATES_MAX).collect()
            }
            Self::KeyIdentifier(identifier) => {
                let named = certificates.filter(|one| one.key_identifier() == Some(&**identifier));
                named.take(CANDIDATES_MAX).collect()
            }
        }
    }
}

impl SignerCheck {
    /// Neither could be checked, for the same reason.
    pub fn impossible(reason: Reason) -> Self {
        let (digest, value) = (DigestCheck::Unreadable(reason.clone()), ValueCheck::NotChecked(reason));
        Self { digest, value, notes: Vec::new() }
    }
}

fn name_of(issuer: &Slice) -> Option<Name> {
    der::read(issuer).and_then(|(element, _)| Name::from_element(&element, issuer)).ok()
}

fn oid_value(value: &[u8]) -> Result<&[u8], der::Error> {
    let (element, _) = der::read(value)?;
    if element.tag == tag::OID {
        Ok(element.content)
    } else {
        Err(der::Error::Unexpected { expected: tag::OID, found: Some(element.tag) })
    }
}
