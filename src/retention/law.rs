//! Legal texts, and what they fix: parameters (numbers) and provisions (what a reason rests on), each with where it was
//! read and how sure that reading is.
//!
//! All of it is data (`retention_rules/*.toml`). A parameter that no text was seen for is a choice of the archive and
//! says so ([`Grade::Own`]). The code holds no period, no article: it asks for them by [`ParameterCode`] and
//! [`ReasonCode`], and a file that lacks one that is asked for is no [`Law`].
//!
//! For the archive layer: the law in use is the text of an adoption event, as rule files are; a new program changes no
//! old decision.

use super::reason::ReasonCode;
use chrono::NaiveDate;
use std::fmt;

/// The legal texts, parameters and provisions that come with the program, until an archive adopts its own.
pub const TEXT: &str = include_str!("../../retention_rules/archive-law.toml");

/// How a text was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grade {
    /// V1: the legal text itself was read.
    Read,
    /// V2: a secondary source was read.
    Reported,
    /// R: recalled, not read anywhere.
    Recalled,
    /// A choice of this archive; no law says so.
    Own,
}

impl Grade {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, grade)| *grade == self).map_or("", |(name, _)| name)
    }

    /// Every grade with its name in files.
    pub const NAMES: [(&'static str, Self); 4] =
        [("V1", Self::Read), ("V2", Self::Reported), ("R", Self::Recalled), ("own", Self::Own)];

    /// What it means, Vietnamese and English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Read => ("đã đọc văn bản gốc", "the legal text was read"),
            Self::Reported => ("đọc ở nguồn thứ cấp, chưa đối chiếu văn bản gốc", "read in secondary sources only"),
            Self::Recalled => ("chưa kiểm chứng", "not verified"),
            Self::Own => ("quy định của lưu trữ này", "a choice of this archive"),
        }
    }
}

/// What kind of text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// Luật.
    Law,
    /// Nghị định.
    Decree,
    /// Thông tư.
    Circular,
    /// Quy chuẩn kỹ thuật quốc gia.
    Regulation,
    /// The archive's own order.
    Own,
}

impl TextKind {
    /// Every kind with its name in files.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("law", Self::Law),
        ("decree", Self::Decree),
        ("circular", Self::Circular),
        ("regulation", Self::Regulation),
        ("own", Self::Own),
    ];
}

/// A legal text that rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its code in rule files, `TT10-2022`.
    pub code: String,
    /// How it is cited, `Thông tư 10/2022/TT-BNV`.
    pub citation: String,
    /// What it is.
    pub kind: TextKind,
    /// First day in force, where known.
    pub in_force_from: Option<NaiveDate>,
    /// Last day in force, where known.
    pub in_force_until: Option<NaiveDate>,
    /// How its content was verified.
    pub grade: Grade,
    /// Where it was read, in words.
    pub source: String,
}

/// A place in a legal text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// How the text is cited.
    pub text: String,
    /// `Điều 15 khoản 3`; empty where it was not seen.
    pub article: String,
    /// How this was verified.
    pub grade: Grade,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if self.article.is_empty() { Ok(()) } else { write!(f, ", {}", self.article) }
    }
}

/// What a parameter counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Calendar days.
    Days,
    /// Days on which state bodies work.
    WorkingDays,
    /// Months.
    Months,
    /// Years.
    Years,
}

impl Unit {
    /// Every unit with its name in files.
    pub const NAMES: [(&'static str, Self); 4] =
        [("days", Self::Days), ("working-days", Self::WorkingDays), ("months", Self::Months), ("years", Self::Years)];
}

/// A length of time that a legal text fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many.
    Of(u16, Unit),
    /// For ever.
    Permanent,
}

/// A number of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Which one.
    pub code: ParameterCode,
    /// Its value.
    pub length: Length,
    /// Where it stands.
    pub citation: Citation,
    /// Where it was read, in words.
    pub source: String,
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $variant:ident $code:literal;)*) => {
        /// The numbers that the program asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ParameterCode { $($(#[$doc])* $variant,)* }

        impl ParameterCode {
            /// Every parameter with its name in files.
            pub const NAMES: &'static [(&'static str, Self)] = &[$(($code, Self::$variant),)*];

            /// The name in files.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

parameters! {
    /// Shortest fixed period.
    PeriodMin "period-min";
    /// Longest fixed period.
    PeriodMax "period-max";
    /// Deposit in the current archive: digital records, from completion.
    DepositDigital "deposit-digital";
    /// Deposit in the current archive, from completion of the work.
    Deposit "deposit";
    /// Deposit of construction dossiers, from settlement.
    DepositConstruction "deposit-construction";
    /// How much longer a unit may keep a dossier with written consent.
    DepositExtension "deposit-extension";
    /// Transfer to the historical archive, from the year of deposit.
    Transfer "transfer";
    /// The same, where another law sets the time: at most.
    TransferSector "transfer-sector";
    /// How long before a transfer it is registered.
    TransferRegistration "transfer-registration";
    /// How long the historical archive has to answer.
    TransferAnswer "transfer-answer";
    /// How long the decision on a transfer may take.
    TransferDecision "transfer-decision";
    /// Execution, from the disposal decision.
    Execution "execution";
    /// Between the decision and the earliest execution.
    Waiting "waiting";
    /// From the council's appointment to its minutes.
    Council "council";
    /// How long the file of a disposal case is kept.
    DisposalFile "disposal-file";
}

/// What a reason rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provision {
    /// The reason.
    pub reason: ReasonCode,
    /// Where it stands.
    pub citation: Citation,
    /// Where it was read, in words.
    pub source: String,
}

/// The bounds that a decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Fewest years between the end of the work and the end of a period.
    pub years_min: u16,
}

/// The law in use: every parameter, and the provisions that reasons rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Law {
    parameters: Vec<Parameter>,
    provisions: Vec<Provision>,
    bounds: Bounds,
}

/// Why data are not the law in use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoLaw {
    /// A parameter is not there.
    #[error("the law in use has no parameter {0}")]
    Missing(&'static str),
    /// A parameter is there twice.
    #[error("the law in use has parameter {0} twice")]
    Twice(&'static str),
    /// The shortest period must be years.
    #[error("parameter period-min counts in years")]
    Bounds,
}

impl Law {
    /// The law from the parameters and provisions of rule files. Every parameter must be there once.
    pub fn new(mut parameters: Vec<Parameter>, provisions: Vec<Provision>) -> Result<Self, NoLaw> {
        parameters.sort_by_key(|parameter| parameter.code);
        for &(name, code) in ParameterCode::NAMES {
            match parameters.iter().filter(|parameter| parameter.code == code).count() {
                0 => return Err(NoLaw::Missing(name)),
                1 => {}
                _ => return Err(NoLaw::Twice(name)),
            }
        }
        let mut law = Self { parameters, provisions, bounds: Bounds { years_min: 0 } };
        let Length::Of(years_min, Unit::Years) = law.parameter(ParameterCode::PeriodMin).length else {
            return Err(NoLaw::Bounds);
        };
        law.bounds = Bounds { years_min };
        Ok(law)
    }

    /// A number of the law.
    pub fn parameter(&self, code: ParameterCode) -> &Parameter {
        let at = self.parameters.binary_search_by_key(&code, |parameter| parameter.code);
        &self.parameters[at.expect("every parameter is there: Law::new")]
    }

    /// Every number of the law.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter()
    }

    /// The bounds of every period.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// What a reason rests on, where a text says so.
    pub fn citation(&self, reason: ReasonCode) -> Option<&Citation> {
        self.provisions.iter().find(|provision| provision.reason == reason).map(|provision| &provision.citation)
    }
}
