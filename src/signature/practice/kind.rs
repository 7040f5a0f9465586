//! Whose a certificate is: a person's or a body's.

/// Whose a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A natural person's.
    Person,
    /// A legal person's or agency's.
    Body,
    /// It cannot be told.
    Unknown,
}

/// A pattern in the subject of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindRule {
    /// Whose it is if the pattern fits.
    pub is: Kind,
    /// The attribute that must be there.
    pub attribute: String,
    /// What its value must begin with.
    pub prefix: Option<String>,
    /// The attribute whose value the common name (for `CN` itself: this one's value) must equal.
    pub equals: Option<String>,
}

impl Kind {
    /// Stable text form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Body => "body",
            Self::Unknown => "unknown",
        }
    }
}

impl KindRule {
    /// Whether a subject fits.
    pub fn fits(&self, attributes: &[(String, String)]) -> bool {
        let values = |wanted: &str| {
            let wanted = wanted.to_owned();
            attributes.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, value)| value.as_str())
        };
        let begins = |value: &str| self.prefix.as_deref().is_none_or(|prefix| value.starts_with(prefix));
        let has_name_of = |other: &String| {
            values("CN").any(|name| values(other).any(|value| super::folded(value) == super::folded(name)))
        };
        values(&self.attribute).any(begins) && self.equals.as_ref().is_none_or(has_name_of)
    }
}
