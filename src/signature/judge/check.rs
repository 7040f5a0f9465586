//! What was checked, and how it came out: the steps that a reader can follow to a conclusion.

use super::indication::Conclusion;
use crate::signature::policy::Level;

macro_rules! checks {
    ($($variant:ident $code:literal $clause:literal $en:literal;)*) => {
        /// What is checked; the text form is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum CheckCode { $(#[doc = $en] $variant,)* }

        impl CheckCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Stable text form.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Clause of EN 319 102-1, or of the standard named.
            pub const fn clause(self) -> &'static str {
                match self { $(Self::$variant => $clause,)* }
            }

            /// In words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }
        }
    };
}

checks! {
    Format "format" "5.2.2" "The signature is one of its format.";
    SigningCertificate "signing-certificate" "5.2.3" "The signing certificate is at hand.";
    SigningCertificateNamed "signing-certificate-named" "5.2.3" "A signed attribute names the signing certificate.";
    SigningCertificateIsNamed "signing-certificate-is-named" "5.2.3" "The certificate at hand is the one named.";
    SignaturePolicy "signature-policy" "5.2.4" "The signature policy that is named was processed.";
    DataFound "data-found" "5.2.7" "The signed data is there.";
    DataIntact "data-intact" "5.2.7" "The signed data has the digest that was signed.";
    Value "value" "5.2.7" "The value was made with the certificate's key.";
    ChainFound "chain-found" "5.2.6" "A chain leads to a trust anchor.";
    ChainHolds "chain-holds" "5.2.6, RFC 5280 6.1" "The chain holds.";
    AnchorTrusted "anchor-trusted" "5.2.6" "The anchor is trusted at this time.";
    WithinDates "within-dates" "5.2.6" "Every certificate of the chain is within its dates.";
    KeyMaySign "key-may-sign" "5.2.6" "The key may be used for signing.";
    KeyCommits "key-commits" "5.2.6" "The key may be used for committing to content.";
    StampingPurpose "stamping-purpose" "RFC 3161 2.3" "The certificate is for time-stamping alone, and says so critically.";
    RevocationAtHand "revocation-at-hand" "5.2.5" "There is revocation data that counts and is new enough.";
    NotRevoked "not-revoked" "5.2.6" "The certificate is not revoked.";
    RevocationSigner "revocation-signer" "5.2.6" "The signer of the revocation data was within its dates.";
    Algorithms "algorithms" "5.2.8" "The algorithms are reliable.";
    Requirement "requirement" "profile" "The algorithms are those that the profile asks for.";
    TimeStamp "time-stamp" "5.5.4" "There is a good time-stamp over the value.";
    TimeStampImprint "time-stamp-imprint" "5.4" "The time-stamp was made over what it should cover.";
    TimeStampOrder "time-stamp-order" "5.5.4" "The time-stamps are in the order in which they must have been made.";
    NotBeforeValidity "not-before-validity" "5.5.4" "It existed only after the certificate was valid.";
    BeforeRevocation "before-revocation" "5.5.4" "It existed before the certificate was revoked.";
    BeforeExpiry "before-expiry" "5.5.4" "It existed before the certificate expired.";
    WhileReliable "while-reliable" "5.6.2.4" "It existed while its algorithms were reliable.";
    MadeAfter "made-after" "5.3" "Nothing proves that it was made too late.";
    ClaimedTime "claimed-time" "5.5.4" "The claimed time is not after the proven one.";
    ControlTime "control-time" "5.6.2.2" "The chain and its evidence existed at the control time.";
    PastExistence "past-existence" "5.6.2.4" "The value existed at the control time.";
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub code: CheckCode,
    /// How severe it is if it fails.
    pub level: Level,
    /// Whether it held.
    pub result: CheckResult,
    /// The facts of the case.
    pub detail: String,
}

/// Whether a check held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckResult {
    /// It did.
    Holds,
    /// It did not.
    Fails,
    /// It could not be carried out.
    NotChecked,
}

/// Building blocks and processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// Format checking.
    Format,
    /// Identification of the signing certificate.
    Identification,
    /// Validation context initialisation.
    Context,
    /// X.509 certificate validation, with freshness, selection and acceptance of revocation data.
    Certificate,
    /// Cryptographic verification.
    Cryptography,
    /// Signature acceptance.
    Acceptance,
    /// The process for basic signatures (5.3), or for time-stamps (5.4).
    Basic,
    /// The process for signatures with time and with long-term data (5.5).
    LongTerm,
    /// Past certificate validation with sliding of the validation time (5.6.2.1, 5.6.2.2).
    PastCertificate,
    /// Past signature validation (5.6.2.4).
    PastSignature,
    /// The process for signatures with archival data (5.6).
    Archival,
}

impl BlockKind {
    /// The abbreviation of EN 319 102-1.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Format => "FC",
            Self::Identification => "ISC",
            Self::Context => "VCI",
            Self::Certificate => "XCV",
            Self::Cryptography => "CV",
            Self::Acceptance => "SAV",
            Self::Basic => "Basic",
            Self::LongTerm => "LTV",
            Self::PastCertificate => "PCV",
            Self::PastSignature => "PSV",
            Self::Archival => "LTA",
        }
    }
}

/// A building block or process with its conclusion and the checks that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Which.
    pub kind: BlockKind,
    /// How it came out.
    pub conclusion: Conclusion,
    /// Why.
    pub checks: Vec<Check>,
}

impl Block {
    /// A block in which nothing was checked yet.
    pub(super) fn new(kind: BlockKind) -> Self {
        Self { kind, conclusion: Conclusion::PASSED, checks: Vec::new() }
    }

    /// Notes a check that decides; the first that fails decides how the block comes out.
    pub(super) fn decide(&mut self, code: CheckCode, result: Result<(), Conclusion>, detail: impl Into<String>) {
        let outcome = if result.is_ok() { CheckResult::Holds } else { CheckResult::Fails };
        self.note(code, Level::Fail, outcome, detail);
        if let (Err(conclusion), true) = (result, self.conclusion.passed()) {
            self.conclusion = conclusion;
        }
    }

    /// Notes a check whose level is a matter of policy; a failure at [`Level::Fail`] decides as `conclusion`.
    pub(super) fn ask(
        &mut self,
        code: CheckCode,
        level: Level,
        holds: bool,
        conclusion: Conclusion,
        detail: impl Into<String>,
    ) {
        if level == Level::Ignore {
            return;
        }
        let outcome = if holds { CheckResult::Holds } else { CheckResult::Fails };
        self.note(code, level, outcome, detail);
        if !holds && level == Level::Fail && self.conclusion.passed() {
            self.conclusion = conclusion;
        }
    }

    /// Notes a check without deciding.
    pub(super) fn note(&mut self, code: CheckCode, level: Level, result: CheckResult, detail: impl Into<String>) {
        self.checks.push(Check { code, level, result, detail: detail.into() });
    }
}
