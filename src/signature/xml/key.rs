//! KeyInfo: which keys a signature names, and the certificates and revocation lists it carries (XML Signature §4.5).
//!
//! Nothing is fetched: RetrievalMethod and KeyInfoReference are followed inside the document, one step far, and to bytes
//! that the caller handed in. What a signature says about its key proves nothing: trust is judged elsewhere, over the
//! certificate reported.

use super::super::oid;
use super::super::x509::{Certificate, PublicKey};
use super::fact::{KeySource, Reason};
use super::reference::is_xades;
use super::tree::{Document, NodeId};
use super::{Budget, DSIG, DSIG_11, Supplied, base64};

/// Keys tried for one signature; real ones carry a chain of 1 to 5 certificates.
pub(super) const KEYS_MAX: usize = 16;
const DSIG_MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";

/// What a KeyInfo holds.
#[derive(Debug, Default)]
pub(super) struct KeyInfo {
    /// The keys to try, in order.
    pub keys: Vec<Key>,
    pub certificates: Vec<Vec<u8>>,
    pub revocation_lists: Vec<Vec<u8>>,
    /// Key names, which choose among what was handed in.
    pub names: Vec<String>,
    /// Whether something in it could not be read.
    pub unreadable: bool,
}

/// A key to try.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub source: KeySource,
    pub public: PublicKey,
    /// The certificate, if there is one.
    pub certificate: Option<Vec<u8>>,
}

/// Whether RetrievalMethod and KeyInfoReference are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follow {
    Yes,
    No,
}

impl KeyInfo {
    /// Reads the KeyInfo of a signature; an absent one names no key, and what the unsigned properties carry or was
    /// handed in is tried.
    pub fn read(
        document: &Document<'_>,
        signature: NodeId,
        element: Option<NodeId>,
        supplied: &Supplied<'_>,
        budget: &mut Budget,
    ) -> Self {
        let mut info = Self::default();
        if let Some(element) = element {
            Reading { document, supplied, budget, info: &mut info }.children(element, Follow::Yes);
        }
        let carried: Vec<_> = info.certificates.iter().cloned().enumerate().collect();
        let mut keys: Vec<Key> = carried
            .into_iter()
            .filter_map(|(number, certificate)| of_certificate(KeySource::Certificate(number), &certificate))
            .collect();
        info.unreadable |= keys.len() < info.certificates.len();
        keys.append(&mut info.keys);
        // A key that is only named (by subject, issuer, key identifier, name) is among what was handed in, if anywhere;
        // the value tells which. Where a key is carried, it is that one and no other.
        if keys.is_empty() && info.certificates.is_empty() && !info.unreadable {
            let values = values(document, signature);
            keys.extend(values.iter().filter_map(|one| of_certificate(KeySource::Properties, one)));
            keys.extend(supplied.certificates.iter().filter_map(|one| of_certificate(KeySource::HandedIn, one)));
        }
        info.keys = keys;
        info
    }
}

/// The certificates that the unsigned properties of XAdES carry (EN 319 132-1 §5.4.2): the signer's is among them.
fn values(document: &Document<'_>, signature: NodeId) -> Vec<Vec<u8>> {
    let xades = |id: NodeId, name: &str| {
        document.element(id).is_some_and(|element| element.local() == name) && is_xades(document.namespace(id))
    };
    let mut level: Vec<NodeId> = document.children_named(signature, DSIG, "Object").collect();
    for name in ["QualifyingProperties", "UnsignedProperties", "UnsignedSignatureProperties", "CertificateValues"] {
        let below = level.iter().flat_map(|&id| document.children(id)).filter(|&id| xades(id, name));
        level = below.take(KEYS_MAX).collect();
    }
    let found = level.iter().flat_map(|&id| document.children(id));
    let found = found.filter(|&id| xades(id, "EncapsulatedX509Certificate")).take(KEYS_MAX);
    found.filter_map(|id| base64(&document.text_of(id)).ok()).collect()
}

/// A KeyInfo being read.
struct Reading<'r, 'd, 'a, 's> {
    document: &'d Document<'a>,
    supplied: &'r Supplied<'s>,
    budget: &'r mut Budget,
    info: &'r mut KeyInfo,
}

impl Reading<'_, '_, '_, '_> {
    fn children(&mut self, element: NodeId, follow: Follow) {
        let document = self.document;
        for child in document.children(element) {
            self.child(child, follow);
            if self.info.keys.len() + self.info.certificates.len() > KEYS_MAX {
                self.info.unreadable = true;
                return;
            }
        }
    }

    fn child(&mut self, child: NodeId, follow: Follow) {
        let document = self.document;
        let Some(element) = document.element(child) else { return };
        match (document.namespace(child), element.local()) {
            (DSIG, "KeyName") => self.info.names.push(document.text_of(child).trim().to_owned()),
            (DSIG, "X509Data") => self.x509_data(child),
            (DSIG, "KeyValue") => {
                for value in document.children(child) {
                    self.key_value(value);
                }
            }
            (DSIG, "RSAKeyValue" | "DSAKeyValue") | (DSIG_11, "ECKeyValue") | (DSIG_MORE, "ECDSAKeyValue") => {
                self.key_value(child);
            }
            (DSIG_11, "DEREncodedKeyValue") => {
                let info = base64(&document.text_of(child)).ok();
                self.take(info.and_then(|info| PublicKey::read(&info).ok()));
            }
            (DSIG, "RetrievalMethod") | (DSIG_11, "KeyInfoReference") if follow == Follow::Yes => {
                self.retrieve(child);
            }
            _ => {}
        }
    }

    fn retrieve(&mut self, method: NodeId) {
        let document = self.document;
        let uri = document.attribute(method, "URI").unwrap_or("");
        let Some(id) = uri.strip_prefix('#') else {
            let raw = document.attribute(method, "Type").is_some_and(|kind| kind.ends_with("#rawX509Certificate"));
            match (self.supplied.outside)(uri).filter(|_| raw) {
                Some(certificate) if self.budget.canonical(certificate.len()) => {
                    self.info.certificates.push(certificate.to_vec());
                }
                _ => self.info.unreadable = true,
            }
            return;
        };
        let Ok(target) = document.by_id(id) else {
            self.info.unreadable = true;
            return;
        };
        if !self.budget.steps(u64::from(document.node(target).end - target)) {
            self.info.unreadable = true;
        } else if document.is(target, DSIG, "KeyInfo") {
            self.children(target, Follow::No);
        } else if document.children(method).any(|child| document.is(child, DSIG, "Transforms")) {
            // The transforms in use choose the X509Data inside.
            let found = document.subtree(target).find(|&at| document.is(at, DSIG, "X509Data"));
            found.into_iter().for_each(|found| self.x509_data(found));
        } else {
            self.child(target, Follow::No);
        }
    }

    fn x509_data(&mut self, data: NodeId) {
        let document = self.document;
        for child in document.children(data) {
            let into = if document.is(child, DSIG, "X509Certificate") {
                &mut self.info.certificates
            } else if document.is(child, DSIG, "X509CRL") {
                &mut self.info.revocation_lists
            } else {
                continue;
            };
            match base64(&document.text_of(child)) {
                Ok(bytes) if into.len() < KEYS_MAX && self.budget.canonical(bytes.len()) => into.push(bytes),
                _ => self.info.unreadable = true,
            }
        }
    }

    fn key_value(&mut self, value: NodeId) {
        let document = self.document;
        let Some(element) = document.element(value) else { return };
        let field = |name: &str| {
            let namespace = document.namespace(value);
            document.child(value, namespace, name).map(|child| base64(&document.text_of(child)).unwrap_or_default())
        };
        let public = match element.local() {
            "RSAKeyValue" => field("Modulus").zip(field("Exponent")).and_then(|(n, e)| PublicKey::rsa(&n, &e).ok()),
            "DSAKeyValue" => (|| PublicKey::dsa(&field("P")?, &field("Q")?, &field("G")?, &field("Y")?).ok())(),
            "ECKeyValue" => (|| {
                let curve = document.child(value, DSIG_11, "NamedCurve")?;
                let curve = curve_of(document.attribute(curve, "URI")?)?;
                PublicKey::on_curve(curve, &field("PublicKey")?).ok()
            })(),
            "ECDSAKeyValue" => ecdsa_key_value(document, value),
            _ => return,
        };
        self.take(public);
    }

    fn take(&mut self, public: Option<PublicKey>) {
        match public {
            Some(public) => self.info.keys.push(Key { source: KeySource::KeyValue, public, certificate: None }),
            None => self.info.unreadable = true,
        }
    }
}

impl Key {
    /// Why there is no key at all.
    pub fn absent(info: &KeyInfo) -> Reason {
        if info.unreadable { Reason::Key } else { Reason::NoKey }
    }
}

fn of_certificate(source: KeySource, certificate: &[u8]) -> Option<Key> {
    let read = Certificate::read(certificate).ok()?;
    Some(Key { source, public: read.key().clone(), certificate: Some(certificate.to_vec()) })
}

fn curve_of(urn: &str) -> Option<&'static [u8]> {
    Some(match urn.strip_prefix("urn:oid:")? {
        "1.2.840.10045.3.1.7" => oid::P256,
        "1.3.132.0.34" => oid::P384,
        "1.3.132.0.35" => oid::P521,
        _ => return None,
    })
}

/// A key as RFC 4050 writes it: the coordinates in decimal.
fn ecdsa_key_value(document: &Document<'_>, value: NodeId) -> Option<PublicKey> {
    let parameters = document.child(value, DSIG_MORE, "DomainParameters")?;
    let curve = document.child(parameters, DSIG_MORE, "NamedCurve")?;
    let curve = curve_of(document.attribute(curve, "URN")?)?;
    let bytes = match curve {
        oid::P256 => 32,
        oid::P384 => 48,
        _ => 66,
    };
    let public = document.child(value, DSIG_MORE, "PublicKey")?;
    let mut point = vec![4];
    for name in ["X", "Y"] {
        let coordinate = document.child(public, DSIG_MORE, name)?;
        point.extend(from_decimal(document.attribute(coordinate, "Value")?, bytes)?);
    }
    PublicKey::on_curve(curve, &point).ok()
}

/// A decimal number as so many bytes, big-endian.
fn from_decimal(digits: &str, bytes: usize) -> Option<Vec<u8>> {
    let mut number = vec![0_u8; bytes];
    for digit in digits.bytes() {
        let mut carry = u32::from(digit.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 10;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(number)
}
