//! The time-stamps of a signature: where they are, what each covers, and whether it was made over just that.
//!
//! Each kind has its own input (EN 319 122-1 §5.2.8, §5.3, §5.5; TS 101 733 §6.3.5, §6.3.6 and §6.4.1), built from
//! the parts as written. The input is compared with the token's imprint here; the token's own signature, certificate
//! and time are for a judge, who may believe what [`AttachedTimeStamp::covers`] lists only once the token is valid.

use chrono::{DateTime, Utc};

use crate::signature::algorithm::{Budget, DigestAlgorithm};
use crate::signature::cms::{Attribute, Content, Metered, Once, SignedData, SignerInfo};
use crate::signature::der::{self, tag};
use crate::signature::timestamp::{TimeStampToken, TokenError};
use crate::signature::{DigestCheck, Reason, oid};

use super::HashIndex;

/// Time-stamps read from one signature. A signature renewed every two years for a century has some fifty.
pub const TIME_STAMPS_MAX: usize = 128;

/// What a time-stamp is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeStampKind {
    /// content-time-stamp: the content, before it was signed.
    Content,
    /// signature-time-stamp: the value.
    Signature,
    /// CAdES-C-time-stamp: value, signature time-stamps and references.
    CadesC,
    /// time-stamped-certs-crls-references.
    References,
    /// archive-time-stamp of TS 101 733 before V1.4: its input is not computed here.
    ArchiveV1,
    /// archive-time-stamp-v2.
    ArchiveV2,
    /// archive-time-stamp-v3.
    ArchiveV3,
}

/// A part of a signature that a time-stamp covers. Numbers count from 0 in the lists of [`SignedData`] and
/// [`SignerInfo`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Covered {
    /// The signed content.
    Content,
    /// Signed attributes, algorithms and value of the signer.
    Signer,
    /// The value alone.
    Value,
    /// An entry of `certificates`.
    Certificate(usize),
    /// An entry of `revocation`.
    Revocation(usize),
    /// An unsigned attribute with all its values.
    Attribute(usize),
    /// One value of an unsigned attribute.
    AttributeValue {
        /// Which attribute.
        attribute: usize,
        /// Which of its values.
        value: usize,
    },
}

/// What makes a time-stamp prove less, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeStampDefect {
    /// An archive time-stamp of version 3 without a hash index.
    #[error("the archive time-stamp has no hash index")]
    NoHashIndex,
    /// Several hash indexes, or one that cannot be read.
    #[error("the hash index of the archive time-stamp cannot be read")]
    HashIndexUnreadable,
    /// The index uses another digest algorithm than the imprint.
    #[error("the hash index uses another digest algorithm than the time-stamp")]
    HashIndexAlgorithm,
    /// Entries for which nothing is found: something that was covered is gone or was changed.
    #[error(
        "the hash index lists {certificates} certificates, {revocation} revocation data and {attributes} unsigned \
         attributes that are not there"
    )]
    Missing {
        /// Certificates.
        certificates: usize,
        /// Revocation lists and answers.
        revocation: usize,
        /// Unsigned attributes.
        attributes: usize,
    },
}

/// A time-stamp in an attribute.
#[derive(Debug, Clone)]
pub struct AttachedTimeStamp {
    /// What it is for.
    pub kind: TimeStampKind,
    /// Number of the attribute in its list: signed attributes for [`TimeStampKind::Content`], else unsigned.
    pub attribute: usize,
    /// Number of the value in the attribute.
    pub value: usize,
    /// The token.
    pub token: Result<TimeStampToken, TokenError>,
    /// Whether the token was made over what it should cover, as that is now.
    pub imprint: DigestCheck,
    /// What it covers, if the imprint matches and nothing is missing.
    pub covers: Vec<Covered>,
    /// What makes it prove less.
    pub defects: Vec<TimeStampDefect>,
}

/// Every time-stamp of a signer, signed attributes first, in the order written. `content` is what the signature
/// covers; for content carried inside it is not asked.
pub fn time_stamps(
    data: &SignedData,
    signer: &SignerInfo,
    content: &dyn Content,
    budget: &Budget,
) -> Vec<AttachedTimeStamp> {
    let held: &[&[u8]] = &[data.content.as_deref().unwrap_or_default()];
    let held = Metered { parts: held, budget };
    let content = if held.parts[0].is_empty() { content } else { &held };
    let found = Found::all(signer);
    let archived =
        found.iter().filter(|found| matches!(found.kind, TimeStampKind::ArchiveV2 | TimeStampKind::ArchiveV3));
    let archived = archived.filter_map(|found| Some((found.attribute, found.token.as_ref().ok()?.info.time))).collect();
    let signature = Signature { data, signer, content, archived, budget };
    found.into_iter().map(|found| signature.attached(found)).collect()
}

/// The tokens among a signer's attributes that can be read.
pub(super) fn tokens(signer: &SignerInfo) -> impl Iterator<Item = TimeStampToken> {
    Found::all(signer).into_iter().filter_map(|found| found.token.ok())
}

/// A token where it stands, not yet compared with anything.
struct Found {
    kind: TimeStampKind,
    attribute: usize,
    value: usize,
    token: Result<TimeStampToken, TokenError>,
}

impl Found {
    fn all(signer: &SignerInfo) -> Vec<Self> {
        let signed = signer.signed.iter().flat_map(|signed| signed.list.iter().enumerate());
        let signed = signed.filter(|(_, attribute)| *attribute.kind == *oid::CONTENT_TIME_STAMP);
        let signed = signed.map(|(at, attribute)| (TimeStampKind::Content, at, attribute));
        let unsigned = signer.unsigned.list.iter().enumerate();
        let unsigned = unsigned.filter_map(|(at, one)| Some((TimeStampKind::of(&one.kind)?, at, one)));
        let places = signed.chain(unsigned).flat_map(|(kind, attribute, list)| {
            list.values.iter().enumerate().map(move |(value, raw)| (kind, attribute, value, raw))
        });
        let read = places.take(TIME_STAMPS_MAX).map(|(kind, attribute, value, raw)| {
            let token = TimeStampToken::from_slice(raw);
            Self { kind, attribute, value, token }
        });
        read.collect()
    }
}

impl TimeStampKind {
    fn of(kind: &[u8]) -> Option<Self> {
        Some(match kind {
            oid::SIGNATURE_TIME_STAMP | oid::SIGNATURE_TIME_STAMP_MICROSOFT => Self::Signature,
            oid::ESC_TIME_STAMP => Self::CadesC,
            oid::REFERENCES_TIME_STAMP => Self::References,
            oid::ARCHIVE_TIME_STAMP => Self::ArchiveV1,
            oid::ARCHIVE_TIME_STAMP_V2 => Self::ArchiveV2,
            oid::ARCHIVE_TIME_STAMP_V3 => Self::ArchiveV3,
            _ => return None,
        })
    }
}

/// A signature whose time-stamps are looked at.
struct Signature<'a> {
    data: &'a SignedData,
    signer: &'a SignerInfo,
    content: &'a dyn Content,
    /// Unsigned attributes that are archive time-stamps, with their times.
    archived: Vec<(usize, DateTime<Utc>)>,
    budget: &'a Budget,
}

impl Signature<'_> {
    fn attached(&self, found: Found) -> AttachedTimeStamp {
        let Found { kind, attribute, value, token } = found;
        let (mut covers, mut defects) = (Vec::new(), Vec::new());
        let imprint = match &token {
            Err(error) => Err(Reason::Token(error.clone())),
            Ok(token) => token.info.digest().map_err(Reason::from).and_then(|algorithm| match kind {
                TimeStampKind::Content => {
                    covers.push(Covered::Content);
                    Ok(*self.content.digest(algorithm)?.as_ref() == *token.info.imprint)
                }
                TimeStampKind::Signature => {
                    covers.push(Covered::Value);
                    Ok(*algorithm.of_parts(&[&self.signer.value]).as_ref() == *token.info.imprint)
                }
                TimeStampKind::CadesC => {
                    covers.push(Covered::Value);
                    let kinds = [oid::SIGNATURE_TIME_STAMP, oid::CERTIFICATE_REFERENCES, oid::REVOCATION_REFERENCES];
                    Ok(self.references(token, algorithm, Some(&self.signer.value), &kinds, &mut covers))
                }
                TimeStampKind::References => {
                    let kinds = [oid::CERTIFICATE_REFERENCES, oid::REVOCATION_REFERENCES];
                    Ok(self.references(token, algorithm, None, &kinds, &mut covers))
                }
                TimeStampKind::ArchiveV1 => Err(Reason::OldArchiveTimeStamp),
                TimeStampKind::ArchiveV2 => self.archive_v2(token, algorithm, attribute, &mut covers),
                TimeStampKind::ArchiveV3 => self.archive_v3(token, algorithm, &mut covers, &mut defects),
            }),
        };
        let imprint = DigestCheck::from(imprint);
        AttachedTimeStamp { kind, attribute, value, token, imprint, covers, defects }
    }

    /// TS 101 733 §6.3.5 and §6.3.6: the attributes without their outer tag and length, in the order of the standard;
    /// some software took them in the order written.
    fn references(
        &self,
        token: &TimeStampToken,
        algorithm: DigestAlgorithm,
        value: Option<&[u8]>,
        kinds: &[&[u8]],
        covers: &mut Vec<Covered>,
    ) -> bool {
        let rank = |attribute: &Attribute| kinds.iter().position(|kind| *attribute.kind == **kind);
        let written: Vec<(usize, usize, &Attribute)> =
            self.unsigned().filter_map(|(at, attribute)| Some((rank(attribute)?, at, attribute))).collect();
        let mut ordered = written.clone();
        ordered.sort_by_key(|&(rank, at, _)| (rank, at));
        covers.extend(ordered.iter().map(|&(_, at, _)| Covered::Attribute(at)));
        [ordered, written].iter().any(|attributes| {
            let contents =
                attributes.iter().filter_map(|(.., attribute)| Some(der::read(&attribute.raw).ok()?.0.content));
            let parts: Vec<&[u8]> = value.into_iter().chain(contents).collect();
            *algorithm.of_parts(&parts).as_ref() == *token.info.imprint
        })
    }

    /// TS 101 733 §6.4.1: everything there was, one after the other. Versions before 2.2.1 left out tag and length
    /// of the unsigned attributes; both are tried, as annex K note 3 asks.
    fn archive_v2(
        &self,
        token: &TimeStampToken,
        algorithm: DigestAlgorithm,
        own: usize,
        covers: &mut Vec<Covered>,
    ) -> Result<bool, Reason> {
        let written = &self.data.written;
        let mut parts: Vec<&[u8]> = vec![&written.content_info];
        let detached = if self.data.content.is_none() {
            Some(self.content.slices().ok_or(Reason::ContentNotGiven)?)
        } else {
            None
        };
        parts.extend(detached.iter().flatten());
        parts.extend(written.certificates.as_deref());
        parts.extend(written.revocation.as_deref());
        parts.extend(self.signer.fields.iter().map(|field| &**field));
        let earlier: Vec<(usize, &Attribute)> =
            self.unsigned().filter(|&(at, _)| at != own && !self.is_later(at, token)).collect();
        let bare = earlier.iter().map(|(_, attribute)| &*attribute.raw).collect::<Vec<_>>().concat();
        let tagged = der::with_header(tag::context_constructed(1), &bare);
        covers.extend([Covered::Content, Covered::Signer]);
        covers.extend((0..self.data.certificates.len()).map(Covered::Certificate));
        covers.extend((0..self.data.revocation.len()).map(Covered::Revocation));
        covers.extend(earlier.iter().map(|&(at, _)| Covered::Attribute(at)));
        self.budget.hash(algorithm, 2 * (parts.iter().map(|part| part.len()).sum::<usize>() + tagged.len()))?;
        Ok([&tagged, &bare].into_iter().any(|unsigned| {
            let all = [&parts[..], &[&unsigned[..]]].concat();
            *algorithm.of_parts(&all).as_ref() == *token.info.imprint
        }))
    }

    /// EN 319 122-1 §5.5.3: content type, digest of the content, the signer's fields, the hash index.
    fn archive_v3(
        &self,
        token: &TimeStampToken,
        algorithm: DigestAlgorithm,
        covers: &mut Vec<Covered>,
        defects: &mut Vec<TimeStampDefect>,
    ) -> Result<bool, Reason> {
        let index = match token.unsigned().map_or(Once::Absent, HashIndex::of) {
            Once::One(index) => index,
            Once::Absent => {
                defects.push(TimeStampDefect::NoHashIndex);
                return Err(Reason::Attribute("ats-hash-index"));
            }
            Once::Multiple(_) | Once::Malformed(_) => {
                defects.push(TimeStampDefect::HashIndexUnreadable);
                return Err(Reason::Attribute("ats-hash-index"));
            }
        };
        let of_index = DigestAlgorithm::from_oid(&index.algorithm)?;
        if of_index != algorithm {
            defects.push(TimeStampDefect::HashIndexAlgorithm);
        }
        let written = &self.data.written;
        let listed = [written.certificates.as_deref(), written.revocation.as_deref(), Some(&*self.signer.unsigned.raw)];
        self.budget.hash(of_index, listed.iter().flatten().map(|part| part.len()).sum())?;
        let found = index.matches(self.data, self.signer)?;
        covers.extend([Covered::Content, Covered::Signer]);
        covers.extend(found.covered);
        if let [certificates, revocation, attributes] = found.missing
            && found.missing != [0; 3]
        {
            defects.push(TimeStampDefect::Missing { certificates, revocation, attributes });
        }
        let content = self.content.digest(algorithm)?;
        let mut parts: Vec<&[u8]> = vec![&self.data.written.content_type, content.as_ref()];
        parts.extend(self.signer.fields.iter().map(|field| &**field));
        parts.push(&index.raw);
        Ok(*algorithm.of_parts(&parts).as_ref() == *token.info.imprint)
    }

    /// Whether an attribute is an archive time-stamp that is not older than `token`.
    fn is_later(&self, attribute: usize, token: &TimeStampToken) -> bool {
        self.archived.iter().any(|&(at, time)| at == attribute && time >= token.info.time)
    }

    fn unsigned(&self) -> impl Iterator<Item = (usize, &Attribute)> {
        self.signer.unsigned.list.iter().enumerate()
    }
}
