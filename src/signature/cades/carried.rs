//! Everything a signature carries that helps to validate it: certificates, revocation lists and answers, from every
//! place where software puts them, the tokens of time-stamps included.
//!
//! Where each came from is kept: a judge prefers some places, and a report names them. Nothing is deduplicated and
//! nothing is believed.

use crate::signature::cms::{RevocationInfo, SignedData, SignerInfo};
use crate::signature::der::Slice;
use crate::signature::timestamp::DEPTH_MAX;
use crate::signature::x509::Certificate;

use super::{RevocationValues, SignedProperties, UnsignedProperties, time_stamp};

/// Certificates, and lists and answers together, taken from one signature.
pub const CARRIED_MAX: usize = 4096;

/// Where something was carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Which part of the signed data.
    pub part: Part,
    /// 0 in the signature itself, 1 in the token of a time-stamp on it, 2 in a token on that, and so on.
    pub depth: usize,
}

/// A part of signed data that carries evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// `certificates` and `crls`.
    SignedData,
    /// certificate-values and revocation-values.
    Values,
    /// adbe-revocationInfoArchival.
    Adobe,
}

/// What is carried.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Certificates that can be read.
    pub certificates: Vec<(Origin, Certificate)>,
    /// Revocation lists, as written.
    pub crls: Vec<(Origin, Slice)>,
    /// OCSP answers, whole or basic, as written.
    pub ocsps: Vec<(Origin, Slice)>,
}

/// Everything carried by signed data and by the tokens in it, to a depth of [`DEPTH_MAX`].
pub fn carried(data: &SignedData) -> Carried {
    let mut found = Carried::default();
    let mut level = Vec::new();
    found.take(data, 0, &mut level);
    for depth in 1..=DEPTH_MAX {
        let tokens = std::mem::take(&mut level);
        for token in &tokens {
            found.take(token, depth, &mut level);
        }
    }
    found
}

impl Carried {
    /// Takes from one signed data, and puts the tokens in it on `tokens`.
    fn take(&mut self, data: &SignedData, depth: usize, tokens: &mut Vec<SignedData>) {
        let origin = Origin { part: Part::SignedData, depth };
        data.x509().for_each(|certificate| self.certificate(origin, certificate.clone()));
        for entry in &data.revocation {
            match entry {
                RevocationInfo::Crl(list) => self.crl(origin, list),
                RevocationInfo::OcspResponse { response, .. } | RevocationInfo::BasicOcspResponse { response, .. } => {
                    self.ocsp(origin, response);
                }
                RevocationInfo::Other { .. } => {}
            }
        }
        for signer in &data.signers {
            self.attributes(signer, depth);
            let left = time_stamp::TIME_STAMPS_MAX.saturating_sub(tokens.len());
            tokens.extend(time_stamp::tokens(signer).take(left).map(|token| token.data));
        }
    }

    fn attributes(&mut self, signer: &SignerInfo, depth: usize) {
        let (values, adobe) = (Origin { part: Part::Values, depth }, Origin { part: Part::Adobe, depth });
        let unsigned = UnsignedProperties::of(signer);
        for raw in unsigned.certificate_values.one().into_iter().flatten() {
            if let Ok(certificate) = Certificate::read(raw) {
                self.certificate(values, certificate);
            }
        }
        let signed = SignedProperties::of(signer).adobe_revocation;
        let lists = [(values, &unsigned.revocation_values), (adobe, &unsigned.adobe_revocation), (adobe, &signed)];
        for (origin, RevocationValues { crls, ocsps, .. }) in
            lists.into_iter().filter_map(|(origin, list)| Some((origin, list.one()?)))
        {
            crls.iter().for_each(|list| self.crl(origin, list));
            ocsps.iter().for_each(|answer| self.ocsp(origin, answer));
        }
    }

    fn certificate(&mut self, origin: Origin, certificate: Certificate) {
        if self.certificates.len() < CARRIED_MAX {
            self.certificates.push((origin, certificate));
        }
    }

    fn crl(&mut self, origin: Origin, list: &Slice) {
        if self.crls.len() + self.ocsps.len() < CARRIED_MAX {
            self.crls.push((origin, list.clone()));
        }
    }

    fn ocsp(&mut self, origin: Origin, answer: &Slice) {
        if self.crls.len() + self.ocsps.len() < CARRIED_MAX {
            self.ocsps.push((origin, answer.clone()));
        }
    }
}
