//! The algorithms of XML signatures by their identifiers (XML Signature 1.1 §6, RFC 9231), over [`super::super::algorithm`].
//!
//! ECDSA and DSA write two numbers side by side (RFC 9231 §2.3.6) where CMS has a SEQUENCE. Some signers write the
//! SEQUENCE, or numbers longer or shorter than they should be; that can be told apart and is accepted.

use aws_lc_rs::hmac as aws;
use hmac::{Hmac, KeyInit, Mac};

use super::super::algorithm::{DigestAlgorithm, Scheme};
use super::super::der::{self, tag};
use super::super::x509::{KeyKind, ParameterSet};
use super::DSIG;
use super::fact::Reason;
use super::tree::{Document, NodeId};

/// The namespaces of identifiers.
const BASES: [&str; 7] = [
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2009/xmldsig11#",
    "http://www.w3.org/2001/04/xmldsig-more#",
    "http://www.w3.org/2007/05/xmldsig-more#",
    "http://www.w3.org/2021/04/xmldsig-more#",
    "http://www.w3.org/2001/04/xmlenc#",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:",
];

/// Where RSASSA-PSS has its parameters.
const PSS: &str = "http://www.w3.org/2007/05/xmldsig-more#";
/// Where xmlsec names what no standard does yet: post-quantum algorithms and context strings.
pub(super) const XMLSEC: &str = "http://www.aleksey.com/xmlsec/2025/12/xmldsig-more#";

/// How a value is checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Method {
    /// With a public key.
    Signature(Scheme),
    /// With a secret.
    Code(Code),
}

/// Message authentication codes: aws-lc's, and the two that only old signatures use.
#[derive(Debug, Clone, Copy)]
pub(super) enum Code {
    Aws(aws::Algorithm),
    Md5,
    Ripemd160,
}

/// The digest algorithm with this identifier.
pub fn digest(uri: &str) -> Result<DigestAlgorithm, Reason> {
    local(uri).and_then(named_digest).ok_or_else(|| Reason::Algorithm(uri.to_owned()))
}

fn named_digest(name: &str) -> Option<DigestAlgorithm> {
    Some(match name {
        "md5" => DigestAlgorithm::Md5,
        "ripemd160" => DigestAlgorithm::Ripemd160,
        "sha1" => DigestAlgorithm::Sha1,
        "sha224" => DigestAlgorithm::Sha224,
        "sha256" => DigestAlgorithm::Sha256,
        "sha384" => DigestAlgorithm::Sha384,
        "sha512" => DigestAlgorithm::Sha512,
        "sha3-224" => DigestAlgorithm::Sha3_224,
        "sha3-256" => DigestAlgorithm::Sha3_256,
        "sha3-384" => DigestAlgorithm::Sha3_384,
        "sha3-512" => DigestAlgorithm::Sha3_512,
        "gostr3411" => DigestAlgorithm::Gost94,
        "gostr34112012-256" => DigestAlgorithm::Streebog256,
        "gostr34112012-512" => DigestAlgorithm::Streebog512,
        _ => return None,
    })
}

/// The signature algorithm with this identifier, which `element` names; parameters stand inside.
pub(super) fn method(document: &Document<'_>, element: NodeId, uri: &str) -> Result<Method, Reason> {
    let unsupported = || Reason::Algorithm(uri.to_owned());
    if let Some(name) = uri.strip_prefix(XMLSEC) {
        return ParameterSet::named(name).map(Scheme::PostQuantum).map(Method::Signature).ok_or_else(unsupported);
    }
    let name = local(uri).ok_or_else(unsupported)?;
    if name == "rsa-pss" {
        return pss(document, element).map(Method::Signature);
    }
    if let Some(digest) = name.strip_prefix("hmac-") {
        return code(digest).map(Method::Code).ok_or_else(unsupported);
    }
    let scheme = if let Some(digest) = name.strip_suffix("-rsa-MGF1") {
        // RFC 9231 §2.3.10: mask and salt go with the digest.
        named_digest(digest).map(|digest| {
            let salt_bytes = digest.length_bytes() as u16;
            Scheme::RsaPss { digest, mask: digest, salt_bytes }
        })
    } else if let Some(digest) = name.strip_prefix("rsa-") {
        named_digest(digest).map(Scheme::RsaPkcs1)
    } else if let Some(digest) = name.strip_prefix("ecdsa-") {
        named_digest(digest).map(Scheme::Ecdsa)
    } else if let Some(digest) = name.strip_prefix("dsa-") {
        named_digest(digest).map(Scheme::Dsa)
    } else {
        match name {
            "eddsa-ed25519" => Some(Scheme::Ed25519),
            "eddsa-ed25519ph" => Some(Scheme::Ed25519ph),
            "eddsa-ed25519ctx" => Some(Scheme::Ed25519ctx),
            "eddsa-ed448" => Some(Scheme::Ed448),
            "eddsa-ed448ph" => Some(Scheme::Ed448ph),
            "gostr34102001-gostr3411" => Some(Scheme::Gost(DigestAlgorithm::Gost94)),
            "gostr34102012-gostr34112012-256" => Some(Scheme::Gost(DigestAlgorithm::Streebog256)),
            "gostr34102012-gostr34112012-512" => Some(Scheme::Gost(DigestAlgorithm::Streebog512)),
            _ => None,
        }
    };
    scheme.map(Method::Signature).ok_or_else(unsupported)
}

/// RSASSA-PSS with parameters (RFC 9231 §2.3.9): what is absent is SHA-256, MGF1 with the same digest, and a salt of
/// the digest's length.
fn pss(document: &Document<'_>, method: NodeId) -> Result<Scheme, Reason> {
    let parameters = document.child(method, PSS, "RSAPSSParams");
    let part = |name| parameters.and_then(|parameters| document.child(parameters, PSS, name));
    let digest_in = |holder: Option<NodeId>| {
        let named = holder.and_then(|holder| document.child(holder, DSIG, "DigestMethod"));
        named.map(|named| digest(document.attribute(named, "Algorithm").unwrap_or_default())).transpose()
    };
    let digest = digest_in(parameters)?.unwrap_or(DigestAlgorithm::Sha256);
    let generator = part("MaskGenerationFunction");
    let named = generator.and_then(|generator| document.attribute(generator, "Algorithm"));
    if let Some(other) = named.filter(|named| named.strip_prefix(PSS) != Some("MGF1")) {
        return Err(Reason::Algorithm(other.to_owned()));
    }
    let mask = digest_in(generator)?.unwrap_or(digest);
    let number = |name: &'static str, absent: u16| match part(name) {
        Some(found) => document.text_of(found).trim().parse().map_err(|_| Reason::Structure(name)),
        None => Ok(absent),
    };
    if number("TrailerField", 1)? != 1 {
        return Err(Reason::Structure("TrailerField"));
    }
    Ok(Scheme::RsaPss { digest, mask, salt_bytes: number("SaltLength", digest.length_bytes() as u16)? })
}

fn local(uri: &str) -> Option<&str> {
    BASES.into_iter().find_map(|base| uri.strip_prefix(base))
}

fn code(digest: &str) -> Option<Code> {
    Some(match digest {
        "md5" => Code::Md5,
        "ripemd160" => Code::Ripemd160,
        "sha1" => Code::Aws(aws::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        "sha224" => Code::Aws(aws::HMAC_SHA224),
        "sha256" => Code::Aws(aws::HMAC_SHA256),
        "sha384" => Code::Aws(aws::HMAC_SHA384),
        "sha512" => Code::Aws(aws::HMAC_SHA512),
        _ => return None,
    })
}

impl Code {
    /// Length of the whole code, bits.
    pub fn bits(self) -> usize {
        match self {
            Self::Aws(algorithm) => algorithm.digest_algorithm().output_len() * 8,
            Self::Md5 => 128,
            Self::Ripemd160 => 160,
        }
    }

    /// The code of a message under a secret; `None` for a secret that the algorithm does not take.
    pub fn of(self, secret: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Aws(algorithm) => Some(aws::sign(&aws::Key::new(algorithm, secret), message).as_ref().to_vec()),
            Self::Md5 => {
                let code = Hmac::<md5::Md5>::new_from_slice(secret).ok()?.chain_update(message);
                Some(code.finalize().into_bytes().to_vec())
            }
            Self::Ripemd160 => {
                let code = Hmac::<ripemd::Ripemd160>::new_from_slice(secret).ok()?.chain_update(message);
                Some(code.finalize().into_bytes().to_vec())
            }
        }
    }
}

/// The value of a signature as it is checked, a SEQUENCE of two INTEGERs, from the form it has in XML.
pub(super) fn value(scheme: Scheme, key: &KeyKind, value: &[u8]) -> Vec<u8> {
    let field = match (scheme, key) {
        (Scheme::Ecdsa(_), key) => key.field_bytes(),
        (Scheme::Dsa(_), KeyKind::Dsa { parameters: Some(parameters), .. }) => Some(parameters.q.len()),
        _ => None,
    };
    let Some(field) = field else { return value.to_vec() };
    let sequence = value.first() == Some(&tag::SEQUENCE)
        && value.len() != 2 * field
        && der::read(value).is_ok_and(|(_, rest)| rest.is_empty());
    if sequence || !value.len().is_multiple_of(2) || value.len() > 2 * field + 2 {
        return value.to_vec();
    }
    let (r, s) = value.split_at(value.len() / 2);
    der::with_header(tag::SEQUENCE, &[integer(r), integer(s)].concat())
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let zeros = magnitude.iter().take_while(|&&byte| byte == 0).count();
    let mut content = magnitude[zeros..].to_vec();
    if content.first().is_none_or(|&first| first >= 0x80) {
        content.insert(0, 0);
    }
    der::with_header(tag::INTEGER, &content)
}

#[cfg(test)]
mod tests;
