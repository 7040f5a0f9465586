//! Code lists of Circular 05/2025/TT-BNV, and the marks of secrecy.
//!
//! Source of the lists: developer notes on the circular (`V2`: the official text was not seen), so each value keeps
//! the raw text beside it. Marks of secrecy are those of the Law on Protection of State Secrets.

use super::Malformed;
use std::str::FromStr;

/// Type of document, `typeName` 01–32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentType(u8);

/// Name and abbreviation (Decree 30/2020 Annex III) of each type, in the circular's order; code = position + 1.
const TYPES: [(&str, &str); 32] = [
    ("Nghị quyết", "NQ"),
    ("Quyết định", "QĐ"),
    ("Chỉ thị", "CT"),
    ("Quy chế", "QC"),
    ("Quy định", "QyĐ"),
    ("Thông cáo", "TC"),
    ("Thông báo", "TB"),
    ("Hướng dẫn", "HD"),
    ("Chương trình", "CTr"),
    ("Kế hoạch", "KH"),
    ("Phương án", "PA"),
    ("Đề án", "ĐA"),
    ("Dự án", "DA"),
    ("Báo cáo", "BC"),
    ("Tờ trình", "TTr"),
    ("Giấy ủy quyền", "GUQ"),
    ("Phiếu gửi", "PG"),
    ("Phiếu chuyển", "PC"),
    ("Phiếu báo", "PB"),
    ("Biên bản", "BB"),
    ("Hợp đồng", "HĐ"),
    ("Công văn", ""),
    ("Công điện", "CĐ"),
    ("Bản ghi nhớ", "BGN"),
    ("Bản thỏa thuận", "BTT"),
    ("Giấy mời", "GM"),
    ("Giấy giới thiệu", "GGT"),
    ("Giấy nghỉ phép", "GNP"),
    ("Thư công", ""),
    ("Bản đồ", ""),
    ("Bản vẽ kỹ thuật", ""),
    ("Khác", ""),
];

impl DocumentType {
    /// 32, Khác: any type that is not in the list.
    pub const OTHER: Self = Self(32);

    /// The type with this name (or code), if the list has it.
    pub fn named(text: &str) -> Option<Self> {
        let text = crate::text::nfc(text.trim());
        let as_written = || TYPES.iter().position(|(name, _)| *name == text); // nearly always, and needs no memory
        let in_any_case = || {
            let wanted = text.to_lowercase();
            TYPES.iter().position(|(name, _)| name.to_lowercase() == wanted)
        };
        let by_name = as_written().or_else(in_any_case);
        by_name.and_then(|at| u8::try_from(at + 1).ok()).map(Self).or_else(|| text.parse().ok())
    }

    /// Every type, in the circular's order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=32).map(Self)
    }

    /// 1–32.
    pub fn code(self) -> u8 {
        self.0
    }

    /// The circular's name.
    pub fn name(self) -> &'static str {
        TYPES[usize::from(self.0) - 1].0
    }

    /// Decree 30's abbreviation; empty where there is none.
    pub fn abbreviation(self) -> &'static str {
        TYPES[usize::from(self.0) - 1].1
    }
}

impl FromStr for DocumentType {
    type Err = Malformed;
    /// Reads the two-digit code.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed { value: text.to_owned(), expected: "a document type code 01 to 32" };
        if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed());
        }
        match text.parse() {
            Ok(code @ 1..=32) => Ok(Self(code)),
            _ => Err(malformed()),
        }
    }
}

impl std::fmt::Display for DocumentType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident, $expected:literal; $($(#[$vdoc:meta])* $variant:ident $code:literal $vi:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The circular's code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
            /// The Vietnamese label.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $vi,)* }
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                match text {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(Malformed { value: text.to_owned(), expected: $expected }),
                }
            }
        }
    };
}

code_list! {
    /// Access mode (mức độ tiếp cận), `mode`.
    AccessMode, "an access mode 01, 02 or 03";
    /// Open to all.
    Open "01" "Công khai";
    /// Under conditions (Law 33/2024 Art. 25).
    Conditional "02" "Tiếp cận có điều kiện";
    /// Secret; such a record does not enter this system.
    Secret "03" "Mật";
}

/// Level of sensitivity, 1 to 4 (QCVN 12:2026/BCA 3.5.2.1.2, V1): another scale than the mode of access, and none of secrecy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensitivity(u8);

impl Sensitivity {
    /// The level with this number.
    pub fn new(level: u8) -> Option<Self> {
        (1..=4).contains(&level).then_some(Self(level))
    }

    /// Its number.
    pub const fn level(self) -> u8 {
        self.0
    }

    /// Whether a record is closed by its level alone. The regulation keeps 3 and 4 apart from 1 and 2 (3.5.2.2.7); that nobody
    /// reads them but who processes records and who decides about them is this archive's choice.
    pub const fn is_closed(self) -> bool {
        self.0 >= 3
    }
}

impl FromStr for Sensitivity {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let level = text.parse().ok().and_then(Self::new);
        level.ok_or_else(|| Malformed { value: text.to_owned(), expected: "a level of sensitivity, 1 to 4" })
    }
}

code_list! {
    /// Where the bytes come from, `confidenceLevel`.
    ConfidenceLevel, "a confidence level 01, 02 or 03";
    /// Created as an electronic document.
    BornDigital "01" "Gốc điện tử";
    /// A scan of paper.
    Digitised "02" "Số hóa";
    /// Both.
    Hybrid "03" "Hỗn hợp";
}

/// Mark of secrecy on a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecurityMark {
    /// Thường: none.
    None,
    /// Mật.
    Secret,
    /// Tối mật.
    TopSecret,
    /// Tuyệt mật.
    HighestSecret,
}

impl SecurityMark {
    /// Reads a mark; `None` for a text that is no known mark, which is to be treated as secret.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match crate::text::nfc(&words.join(" ")).to_lowercase().as_str() {
            "thường" => Some(Self::None),
            "mật" => Some(Self::Secret),
            "tối mật" => Some(Self::TopSecret),
            "tuyệt mật" => Some(Self::HighestSecret),
            _ => None,
        }
    }
}
