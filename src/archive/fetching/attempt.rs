//! What was tried, and what came of it: for reports, and for whoever keeps the evidence.

use crate::digest::Sha256;
use crate::network::BadAddress;
use crate::signature::wanted::{Found, Gives, Place, Want};
use chrono::{DateTime, Utc};

/// One place, visited or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The address as the certificate has it.
    pub url: String,
    /// What was sought there.
    pub seeks: Seeks,
    /// SHA-256 of the certificate that it was sought for.
    pub about: Sha256,
    /// The subject of that certificate.
    pub subject: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Requests sent.
    pub tries: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeks {
    /// A revocation list.
    List,
    /// An answer of a responder.
    Answer,
    /// Certificates of the issuer.
    Certificates,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was fetched.
    Fetched {
        /// SHA-256 of each list, answer (BasicOCSPResponse) or certificate.
        objects: Vec<Sha256>,
        /// Length of what came, bytes.
        size: u64,
    },
    /// It was fetched for an earlier document.
    Kept {
        /// As in `Fetched`.
        objects: Vec<Sha256>,
        /// As in `Fetched`.
        size: u64,
        /// When.
        since: DateTime<Utc>,
    },
    /// It was asked a short while ago, and what came did not help.
    NothingNewer {
        /// When.
        since: DateTime<Utc>,
    },
    /// No line of the allow-list is about it: it was not asked.
    NotAllowed,
    /// It is no address that can be asked, such as one of LDAP.
    NotFetchable(BadAddress),
    /// It gave no answer.
    Failed(String),
    /// What came is not what was sought.
    Unfit(String),
    /// It failed a short while ago: it was not asked again.
    LeftAlone,
    /// The time or the number of requests for one document is spent: it was not asked.
    Spent,
}

impl Attempt {
    pub(super) fn new(want: &Want, place: &Place, at: DateTime<Utc>, tries: u32, outcome: Outcome) -> Self {
        let seeks = match place.gives {
            Gives::List => Seeks::List,
            Gives::Answer(_) => Seeks::Answer,
            Gives::Certificates => Seeks::Certificates,
        };
        let (about, subject) = (want.about.sha256(), want.about.subject().to_string());
        Self { url: place.url.clone(), seeks, about, subject, at, tries, outcome }
    }
}

impl Seeks {
    /// Stable text form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::List => "revocation-list",
            Self::Answer => "ocsp-answer",
            Self::Certificates => "certificates",
        }
    }

    /// For people: Vietnamese, English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::List => ("danh sách thu hồi", "revocation list"),
            Self::Answer => ("trả lời OCSP", "OCSP answer"),
            Self::Certificates => ("chứng thư của nơi cấp", "issuer's certificate"),
        }
    }
}

impl Outcome {
    /// Stable text form.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Fetched { .. } => "fetched",
            Self::Kept { .. } => "kept",
            Self::NothingNewer { .. } => "nothing-newer",
            Self::NotAllowed => "not-allowed",
            Self::NotFetchable(_) => "not-fetchable",
            Self::Failed(_) => "failed",
            Self::Unfit(_) => "unfit",
            Self::LeftAlone => "left-alone",
            Self::Spent => "spent",
        }
    }

    /// For people: Vietnamese, English.
    pub const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Fetched { .. } => ("đã tải", "fetched"),
            Self::Kept { .. } => ("đã tải trước đó", "fetched before"),
            Self::NothingNewer { .. } => ("chưa có bản mới hơn", "nothing newer so soon"),
            Self::NotAllowed => ("không được phép hỏi", "not allowed to be asked"),
            Self::NotFetchable(_) => ("không phải địa chỉ tải được", "no address that can be fetched"),
            Self::Failed(_) => ("không trả lời được", "no answer"),
            Self::Unfit(_) => ("nội dung không đúng loại", "not what was sought"),
            Self::LeftAlone => ("vừa hỏi không được, chưa hỏi lại", "failed a moment ago, not asked again"),
            Self::Spent => ("hết thời gian hoặc số lần hỏi", "time or requests for this document are spent"),
        }
    }

    /// SHA-256 of what it brought.
    pub fn objects(&self) -> &[Sha256] {
        match self {
            Self::Fetched { objects, .. } | Self::Kept { objects, .. } => objects,
            _ => &[],
        }
    }

    /// More about it, in words; empty where there is no more to say.
    pub fn detail(&self) -> String {
        match self {
            Self::Kept { since, .. } | Self::NothingNewer { since } => since.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Self::NotFetchable(why) => why.to_string(),
            Self::Failed(why) | Self::Unfit(why) => why.clone(),
            Self::Fetched { .. } | Self::NotAllowed | Self::LeftAlone | Self::Spent => String::new(),
        }
    }
}

/// What names the evidence found.
pub(super) fn objects(found: &Found) -> Vec<Sha256> {
    match found {
        Found::List(list) => vec![list.sha256()],
        Found::Answer(response) => vec![response.sha256()],
        Found::Certificates(certificates) => certificates.iter().map(|one| one.sha256()).collect(),
    }
}
