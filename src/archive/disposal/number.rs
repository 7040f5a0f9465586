//! How people call a disposal case: the year in which it was opened, and a number in that year (`2026/3`).

use std::fmt;
use std::str::FromStr;

/// The number of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    /// The year.
    pub year: u16,
    /// The number in it, from 1.
    pub number: u32,
}

impl FromStr for CaseNumber {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (year, number) = text.split_once('/').ok_or(())?;
        let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || !is_plain(year) || !is_plain(number) {
            return Err(());
        }
        let number = Self { year: year.parse().map_err(|_| ())?, number: number.parse().map_err(|_| ())? };
        if number.number == 0 { Err(()) } else { Ok(number) }
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}/{}", self.year, self.number)
    }
}
