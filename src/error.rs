//! The façade's error: six kinds, by what the caller can do about them.
//!
//! Modules keep private error enums; the façade turns each into one of these with words that say
//! what happened, where, and what to do. One table gives code, exit status and HTTP status. The words
//! are English; [`vietnamese`] has the same for people.

pub mod vietnamese;

use std::fmt;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request or input is wrong: correct it.
    Invalid,
    /// The thing named does not exist.
    NotFound,
    /// The state does not allow it.
    Conflict,
    /// The actor may not, or the law forbids it.
    Denied,
    /// Not now: try again.
    Unavailable,
    /// Stored bytes contradict each other: stop and repair.
    Corrupt,
}

impl Kind {
    /// Stable code, exit status of the command line, HTTP status.
    pub const fn codes(self) -> (&'static str, u8, u16) {
        match self {
            Self::Invalid => ("invalid", 2, 400),
            Self::NotFound => ("not-found", 3, 404),
            Self::Conflict => ("conflict", 4, 409),
            Self::Denied => ("denied", 4, 403),
            Self::Unavailable => ("unavailable", 5, 503),
            Self::Corrupt => ("corrupt", 6, 500),
        }
    }
}

/// An error of the façade: its kind, what happened and where, and what to do.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    what: String,
    remedy: Option<&'static str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Result of the façade.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident $kind:ident;)*) => {
        $($(#[$doc])* pub fn $name(what: impl Into<String>) -> Self {
            Self { kind: Kind::$kind, what: what.into(), remedy: None, source: None }
        })*
    };
}

impl Error {
    constructors! {
        /// See [`Kind::Invalid`].
        invalid Invalid;
        /// See [`Kind::NotFound`].
        not_found NotFound;
        /// See [`Kind::Conflict`].
        conflict Conflict;
        /// See [`Kind::Denied`].
        denied Denied;
        /// See [`Kind::Unavailable`].
        unavailable Unavailable;
        /// See [`Kind::Corrupt`].
        corrupt Corrupt;
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Adds the error that caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same for a further caller: kind, words and remedy.
    #[must_use]
    pub fn repeated(&self) -> Self {
        Self { kind: self.kind, what: self.to_string(), remedy: self.remedy, source: None }
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The same words in Vietnamese, each link of the chain by itself.
    pub fn in_vietnamese(&self) -> String {
        let what = vietnamese::of(&self.what);
        match &self.source {
            None => what.into_owned(),
            Some(source) => match source.downcast_ref::<Self>() {
                Some(source) => format!("{what}: {}", source.in_vietnamese()),
                None => format!("{what}: {}", vietnamese::of(&source.to_string())),
            },
        }
    }

    /// What to do about it, if one thing is known to help.
    pub fn remedy_text(&self) -> Option<&'static str> {
        self.remedy
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl Error {
    /// A file that the caller named could not be read or written; `doing` is said before its path.
    pub fn file(doing: &str, path: &std::path::Path, error: std::io::Error) -> Self {
        let what = format!("{doing} {}", path.display());
        let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
        let error = Self { what, ..Self::from(error) };
        if exists { error.remedy("name another file, or move that one away: nothing is overwritten") } else { error }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => Kind::NotFound,
            std::io::ErrorKind::PermissionDenied => Kind::Denied,
            std::io::ErrorKind::AlreadyExists => Kind::Conflict,
            _ => Kind::Unavailable,
        };
        Self { kind, what: "input or output failed".into(), remedy: None, source: Some(error.into()) }
    }
}
