//! RFC 3161 time-stamps: the token, what it was made over, and (in `exchange`) the request and the answer.
//!
//! A token is signed data with exactly one signer over a `TSTInfo`. [`TimeStampToken`] keeps both, so that a judge has
//! the time and the imprint as values and can validate the signer as any other. What a token lacks of the standard is
//! a list of [`TokenDefect`], not an error. Whether the authority may be believed is a matter of trust and path.

pub mod exchange;

use chrono::{DateTime, TimeDelta, Utc};

use super::algorithm::{Budget, DigestAlgorithm};
use super::cms::{self, Attributes, Bound, Once, SignedData, SignerCheck, SignerInfo};
use super::der::{self, Element, Error, Slice, tag};
use super::x509::{Certificate, GeneralName, expected};
use super::{DigestCheck, Reason, cades, oid};

/// How deep a judge should follow tokens inside attributes of tokens. Real ones stop at two: an archive time-stamp
/// whose own token carries a time-stamp.
pub const DEPTH_MAX: usize = 4;

/// Why bytes could not be read as a time-stamp token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not signed data.
    #[error(transparent)]
    Cms(#[from] cms::Error),
    /// The content is no TSTInfo.
    #[error("the content of the token cannot be read: {0}")]
    Info(#[from] Error),
    /// There is no content inside.
    #[error("the token carries no content")]
    NoContent,
}

/// TSTInfo (RFC 3161 §2.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TstInfo {
    /// `version`; 1.
    pub version: u8,
    /// Policy of the authority: object identifier, content bytes.
    pub policy: Slice,
    /// Object identifier of the digest algorithm of the imprint, content bytes.
    pub imprint_algorithm: Slice,
    /// Digest of what is stamped.
    pub imprint: Slice,
    /// Serial number of the token: magnitude, big-endian, without leading zeros.
    pub serial: Slice,
    /// When, by the authority's clock; with its fraction of a second.
    pub time: DateTime<Utc>,
    /// How far the time may be off, each way, if the authority says so.
    pub accuracy: Option<TimeDelta>,
    /// Whether tokens of this authority are ordered by time alone, whatever the accuracy.
    pub ordering: Ordering,
    /// The nonce of the request: magnitude, big-endian, without leading zeros.
    pub nonce: Option<Slice>,
    /// The authority's name, as a hint.
    pub authority: Option<GeneralName>,
    /// Extensions: object identifier (content bytes) and whole encoding.
    pub extensions: Vec<(Slice, Slice)>,
    /// Whether something stands behind the last field.
    pub is_left_over: bool,
}

/// Whether an authority orders its tokens by their time alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordering {
    /// Two tokens are ordered only if their times differ by more than their accuracies.
    ByAccuracy,
    /// Always ordered by time.
    ByTime,
}

/// A time-stamp token.
#[derive(Debug, Clone)]
pub struct TimeStampToken {
    /// What is stamped, and when.
    pub info: TstInfo,
    /// The signed data, for validating the authority's signature.
    pub data: SignedData,
    /// What the standard asks for and the token lacks.
    pub defects: Vec<TokenDefect>,
}

/// What a token lacks of RFC 3161 and RFC 5816.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenDefect {
    /// The content type is another.
    #[error("the content type is not that of a time-stamp token")]
    ContentType,
    /// The version is another than 1.
    #[error("the version of the token is {0}")]
    Version(u8),
    /// Not exactly one signer.
    #[error("the token has {0} signers instead of one")]
    Signers(usize),
    /// The signer has no signed attributes.
    #[error("the token has no signed attributes")]
    NoSignedAttributes,
    /// No signed attribute names the authority's certificate, or one that cannot be read.
    #[error("no signed attribute names the certificate of the authority")]
    NoSigningCertificate,
    /// The imprint has another length than its algorithm gives.
    #[error("the imprint has {0} bytes, which its algorithm does not give")]
    ImprintLength(usize),
    /// An extension must be understood, and none is.
    #[error("the token has a critical extension, and none is known")]
    CriticalExtension,
    /// Something stands behind the last field.
    #[error("the token holds more than is read of it")]
    Leftover,
}

/// What is asked of an authority's clock (EN 319 421, its best-practices policy): a second or better, and so are times told.
const ACCURATE: TimeDelta = TimeDelta::seconds(1);

impl TstInfo {
    /// Reads a TSTInfo.
    pub fn read(content: &[u8]) -> Result<Self, Error> {
        let whole = Slice::from(content);
        let (element, _) = der::read(&whole)?;
        let mut parts = expected(&element, tag::SEQUENCE)?;
        let version = cms::small(&parts.expect(tag::INTEGER)?)?;
        let policy = whole.part(parts.expect(tag::OID)?.content);
        let mut imprint = parts.expect(tag::SEQUENCE)?.children();
        let imprint_algorithm = whole.part(cms::algorithm_oid(&imprint.expect(tag::SEQUENCE)?)?);
        let imprint = cms::octets(&whole, &imprint.next_element()?.ok_or(Error::Truncated)?)?;
        let serial = whole.part(parts.expect(tag::INTEGER)?.magnitude()?);
        let time = instant(&parts.expect(tag::GENERALIZED_TIME)?)?;
        let accuracy = parts.take_if(tag::SEQUENCE)?.map(|field| accuracy(&field)).transpose()?;
        let ordering = match parts.take_if(tag::BOOLEAN)? {
            Some(field) if field.boolean()? => Ordering::ByTime,
            _ => Ordering::ByAccuracy,
        };
        let nonce =
            parts.take_if(tag::INTEGER)?.map(|field| Ok::<_, Error>(whole.part(field.magnitude()?))).transpose()?;
        let authority = parts.take_if(tag::context_constructed(0))?;
        // Only a hint: one that cannot be read is no reason to lose the time.
        let authority = authority.and_then(|explicit| explicit.children().next_element().ok().flatten());
        let authority = authority.and_then(|name| GeneralName::from_element(&name, &whole).ok());
        let mut extensions = Vec::new();
        if let Some(list) = parts.take_if(tag::context_constructed(1))? {
            for extension in list.children().take(cms::attribute::ATTRIBUTES_MAX) {
                let extension = extension?;
                let kind = expected(&extension, tag::SEQUENCE)?.expect(tag::OID)?.content;
                extensions.push((whole.part(kind), whole.part(extension.raw)));
            }
        }
        let is_left_over = parts.next_element()?.is_some();
        Ok(Self {
            version,
            policy,
            imprint_algorithm,
            imprint,
            serial,
            time,
            accuracy,
            ordering,
            nonce,
            authority,
            extensions,
            is_left_over,
        })
    }

    /// Digest algorithm of the imprint.
    pub fn digest(&self) -> Result<DigestAlgorithm, super::algorithm::Unsupported> {
        DigestAlgorithm::from_oid(&self.imprint_algorithm)
    }

    /// Whether the imprint is that of `stamped`.
    pub fn stamps(&self, stamped: &dyn cms::Content) -> DigestCheck {
        let digest = self.digest().map_err(Reason::from).and_then(|algorithm| stamped.digest(algorithm));
        DigestCheck::from(digest.map(|digest| *digest.as_ref() == *self.imprint))
    }

    /// The latest time at which it may have been made: its time and its accuracy. A proof of existence holds from
    /// here on.
    pub fn latest(&self) -> DateTime<Utc> {
        self.time.checked_add_signed(self.doubt()).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The earliest: what stands under the token's imprint was not finished before.
    pub fn earliest(&self) -> DateTime<Utc> {
        self.time.checked_sub_signed(self.doubt()).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// How far the time may be off, where that is more than authorities are allowed.
    fn doubt(&self) -> TimeDelta {
        self.accuracy.filter(|&accuracy| accuracy > ACCURATE).unwrap_or_default()
    }
}

impl TimeStampToken {
    /// Reads a token.
    pub fn read(bytes: &[u8]) -> Result<Self, TokenError> {
        Self::from_slice(&Slice::from(bytes))
    }

    /// [`TimeStampToken::read`] over bytes that are shared, not copied.
    pub fn from_slice(whole: &Slice) -> Result<Self, TokenError> {
        let data = SignedData::from_slice(whole)?;
        let info = TstInfo::read(data.content.as_deref().ok_or(TokenError::NoContent)?)?;
        let defects = defects(&info, &data);
        Ok(Self { info, data, defects })
    }

    /// The signer; `None` unless there is exactly one.
    pub fn signer(&self) -> Option<&SignerInfo> {
        if let [signer] = &self.data.signers[..] { Some(signer) } else { None }
    }

    /// Whether the certificate that it carries is for time-stamping and nothing else (RFC 3161 §2.3).
    pub fn is_by_authority(&self) -> bool {
        let certificate = self.signer().and_then(|signer| self.data.certificate_of(signer));
        let purposes = certificate.and_then(|one| one.extensions().extended_key_usage.as_deref());
        matches!(purposes, Some([only]) if **only == *oid::PURPOSE_TIME_STAMPING)
    }

    /// Unsigned attributes of the signer, where hash indexes, validation data and later time-stamps lie.
    pub fn unsigned(&self) -> Option<&Attributes> {
        self.signer().map(|signer| &signer.unsigned)
    }

    /// Checks the authority's digest and value; not what the token was made over, for which see [`TstInfo::stamps`].
    pub fn check(&self, certificate: Option<&Certificate>, budget: &Budget) -> SignerCheck {
        let Some(signer) = self.signer() else {
            return SignerCheck::impossible(Reason::Signers(self.data.signers.len()));
        };
        self.data.check(signer, certificate, Bound::Inside, &cms::Slices(&[]), budget)
    }
}

/// Whether an extension is marked as critical (RFC 3161 §2.4.2, RFC 5280 §4.2): none is known that changes what a token says.
fn is_critical(extension: &Slice) -> bool {
    let mark = || {
        let mut parts = der::read(extension).ok()?.0.children();
        parts.expect(tag::OID).ok()?;
        parts.take_if(tag::BOOLEAN).ok()??.boolean().ok()
    };
    mark() == Some(true)
}

fn defects(info: &TstInfo, data: &SignedData) -> Vec<TokenDefect> {
    let mut defects = Vec::new();
    if *data.content_type != *oid::TST_INFO {
        defects.push(TokenDefect::ContentType);
    }
    if info.version != 1 {
        defects.push(TokenDefect::Version(info.version));
    }
    if info.digest().is_ok_and(|algorithm| algorithm.length_bytes() != info.imprint.len()) {
        defects.push(TokenDefect::ImprintLength(info.imprint.len()));
    }
    if info.extensions.iter().any(|(_, extension)| is_critical(extension)) {
        defects.push(TokenDefect::CriticalExtension);
    }
    if info.is_left_over {
        defects.push(TokenDefect::Leftover);
    }
    let [signer] = &data.signers[..] else {
        defects.push(TokenDefect::Signers(data.signers.len()));
        return defects;
    };
    if signer.signed.is_none() {
        defects.push(TokenDefect::NoSignedAttributes);
    } else {
        if !matches!(signer.content_type(), Once::One(kind) if *kind == *oid::TST_INFO) {
            defects.push(TokenDefect::ContentType);
        }
        if cades::SigningCertificate::of(signer).named().is_empty() {
            defects.push(TokenDefect::NoSigningCertificate);
        }
    }
    defects.dedup();
    defects
}

/// A GeneralizedTime with its fraction of a second, to the nanosecond.
fn instant(element: &Element<'_>) -> Result<DateTime<Utc>, Error> {
    let whole = element.time()?;
    let Some(dot) = element.content.iter().position(|&byte| matches!(byte, b'.' | b',')) else { return Ok(whole) };
    let digits = element.content[dot + 1..].iter().take_while(|byte| byte.is_ascii_digit());
    let nanos = digits.chain(&[b'0'; 9]).take(9).fold(0i64, |sum, digit| 10 * sum + i64::from(digit - b'0'));
    whole.checked_add_signed(TimeDelta::nanoseconds(nanos)).ok_or(Error::Content("time"))
}

/// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0], micros [1] }.
fn accuracy(element: &Element<'_>) -> Result<TimeDelta, Error> {
    let mut sum = TimeDelta::zero();
    for field in element.children() {
        let field = field?;
        let number = i64::from(field.number()?);
        sum += match field.tag {
            tag::INTEGER => TimeDelta::seconds(number),
            0x80 => TimeDelta::milliseconds(number),
            0x81 => TimeDelta::microseconds(number),
            other => return Err(Error::Unexpected { expected: tag::INTEGER, found: Some(other) }),
        };
    }
    Ok(sum)
}

#[cfg(test)]
pub(super) mod tests;
