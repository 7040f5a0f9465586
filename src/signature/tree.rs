//! Trees of certificates: for what the signatures under a trust anchor stand.

use std::str::FromStr;

/// The tree that a trust anchor is the root of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tree {
    /// Signatures in official duty: the Government Cipher Committee's (Decree 68/2024/ND-CP).
    OfficialDuty,
    /// Public certification authorities under the national root, the NEAC's (Decree 23/2025/ND-CP).
    Public,
    /// Time-stamping authorities.
    TimeStamping,
    /// Another, for instance a foreign one.
    Other,
}

/// A word that names no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tree of certificates: use official-duty, public, time-stamping or other")]
pub struct NoTree;

impl Tree {
    /// Every tree.
    pub const ALL: [Self; 4] = [Self::OfficialDuty, Self::Public, Self::TimeStamping, Self::Other];

    /// Its name in bodies, arguments and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OfficialDuty => "official-duty",
            Self::Public => "public",
            Self::TimeStamping => "time-stamping",
            Self::Other => "other",
        }
    }

    /// Its name for people: Vietnamese, English.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::OfficialDuty => {
                ("chuyên dùng công vụ (Ban Cơ yếu Chính phủ)", "official duty (Government Cipher Committee)")
            }
            Self::Public => ("công cộng (NEAC)", "public (NEAC)"),
            Self::TimeStamping => ("cấp dấu thời gian", "time-stamping"),
            Self::Other => ("khác", "other"),
        }
    }
}

impl FromStr for Tree {
    type Err = NoTree;
    fn from_str(text: &str) -> Result<Self, NoTree> {
        Self::ALL.into_iter().find(|tree| tree.code() == text).ok_or(NoTree)
    }
}
