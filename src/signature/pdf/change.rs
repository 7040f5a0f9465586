//! What later revisions changed, as values: levels, items, and whether the signer allowed it.

use std::ops::Range;

/// Items kept per revision; the level counts all of them.
pub const CHANGES_MAX: usize = 64;

/// How far later revisions went, mildest first. The level of a file is that of its worst change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeLevel {
    /// Nothing follows but white space.
    None,
    /// Evidence (DSS), document time-stamps, metadata, extensions: nothing that a reader of the document sees.
    LongTermOnly,
    /// Values of form fields with their appearances, new signatures with theirs.
    FormFillAndSign,
    /// Annotations that are no form fields, added, changed or removed.
    Annotations,
    /// It could not be compared: limits, encryption, or a signature whose range is unusable. Neither good nor bad.
    NotCompared,
    /// Anything else: the document may look or act otherwise than what was signed.
    Undefined,
    /// Bytes that no object, cross-reference section, white space or comment explains, or tables that contradict the
    /// bytes: what is shown depends on who reads.
    Unparsable,
}

/// What happened to an object or to bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// Its value is another.
    Changed,
    /// A key or element is there that was not.
    Added,
    /// A key, element or object is no longer there.
    Removed,
    /// A reference leads to another object.
    Redirected,
    /// An existing object without a place in the signed document was made part of it (shadow attack).
    ShadowShown,
    /// The new version of an object lies in bytes that were there before: it was prepared in advance.
    Prepared,
    /// A signature field was added.
    SignatureFieldAdded,
    /// A field of another kind was added.
    FieldAdded,
    /// A field was removed.
    FieldRemoved,
    /// A field was signed, or time-stamped.
    Signed,
    /// A signed field lost or changed its value or its appearance.
    SignedFieldChanged,
    /// The value of a form field, or its appearance.
    FieldFilled,
    /// A form field that was filled in lies over what was signed.
    FilledOver,
    /// A form field that was filled in shows something else than it holds.
    FilledUnlike,
    /// An annotation was added, changed or removed.
    Annotation,
    /// What the document says of itself beside the pages: its title, its author.
    Described,
    /// New fields cover so much of a page that they may hide what was signed.
    PageCovered,
    /// Objects that nothing refers to were added or replaced.
    Unused,
    /// An object that the tables list and that can't be read: another reader may.
    Unread,
    /// Bytes that nothing explains.
    UnexplainedBytes,
    /// An object stands in the bytes that the tables do not list.
    Unlisted,
    /// The tables list an object that is not where they say.
    NotThere,
    /// References lead nowhere, and the file keeps an older draft, or what they once led to: readers that rebuild the tables may show
    /// it.
    MayReturn,
    /// An object or table that can be read in two ways.
    Ambiguous,
    /// The signed bytes do not end where a revision ends.
    NoRevision,
    /// The structure of the file is damaged.
    Damaged,
    /// A limit was reached.
    Limit,
}

impl What {
    /// Whether it is told by itself, whatever the level: no number of others may hide it.
    pub const fn is_told(self) -> bool {
        matches!(self, Self::Described | Self::FilledOver | Self::FilledUnlike)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The revision that made it, counted from 0; the number of revisions for bytes after the last.
    pub revision: usize,
    /// Its weight.
    pub level: ChangeLevel,
    /// What happened.
    pub what: What,
    /// The object, if it is one.
    pub object: Option<u32>,
    /// The bytes, if it is about bytes of the file.
    pub bytes: Option<Range<usize>>,
    /// From the trailer to the object, like `/Root/Pages/Kids[0]/Contents`; empty where there is none.
    pub path: String,
    /// The full name of the form field it belongs to.
    pub field: Option<String>,
}

/// What one revision changed against the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The worst of its changes.
    pub level: ChangeLevel,
    /// The first [`CHANGES_MAX`] of them.
    pub changes: Vec<Change>,
    /// How many there were.
    pub count: usize,
}

impl Step {
    /// A step in which nothing was found yet.
    pub fn new(level: ChangeLevel) -> Self {
        Self { level, changes: Vec::new(), count: 0 }
    }

    /// Takes one more change. A weightier one takes the place of a lighter one when the list is full.
    pub fn take(&mut self, change: Change) {
        self.level = self.level.max(change.level);
        self.count += 1;
        let weight = |change: &Change| (change.what.is_told(), change.level);
        if self.changes.len() < CHANGES_MAX {
            self.changes.push(change);
        } else if let Some(mildest) = self.changes.iter_mut().min_by_key(|kept| weight(kept))
            && weight(mildest) < weight(&change)
        {
            *mildest = change;
        }
    }
}

/// `/P` of a certification signature or field lock: what may follow (ISO 32000-2 table 257).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocMdp {
    /// 1: nothing. Evidence and document time-stamps do not count (ISO 32000-2 §12.8.2.2.2, PAdES).
    NoChanges,
    /// 2: filling in forms and signing.
    FormFillAndSign,
    /// 3: annotations too.
    Annotations,
}

impl DocMdp {
    /// From the number; 2 if it is none of the three.
    pub fn of(p: Option<i64>) -> Self {
        match p {
            Some(1) => Self::NoChanges,
            Some(3) => Self::Annotations,
            _ => Self::FormFillAndSign,
        }
    }

    /// The worst level that it allows.
    pub fn allows(self) -> ChangeLevel {
        match self {
            Self::NoChanges => ChangeLevel::LongTermOnly,
            Self::FormFillAndSign => ChangeLevel::FormFillAndSign,
            Self::Annotations => ChangeLevel::Annotations,
        }
    }
}

/// Which fields a signature locks (FieldMDP, or the field's own `/Lock`; ISO 32000-2 §12.8.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLock {
    /// Every field.
    All,
    /// These.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
}

impl FieldLock {
    /// Whether the field with this full name is locked. A name locks the fields under it too.
    pub fn locks(&self, field: &str) -> bool {
        let names = |list: &[String]| {
            list.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Include(list) => names(list),
            Self::Exclude(list) => !names(list),
        }
    }
}

/// Whether what followed was allowed by what the signer laid down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Nothing was laid down, or nothing changed.
    NoRule,
    /// It was allowed.
    Allowed,
    /// It was not: the rule and the level.
    Forbidden(Breach),
    /// It cannot be told.
    Unknown,
}

/// Which rule was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// DocMDP.
    DocMdp(DocMdp, ChangeLevel),
    /// A locked field was changed.
    Field(String),
}

/// What was changed after a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesAfter {
    /// The worst.
    pub level: ChangeLevel,
    /// The changes, revision by revision; the first [`CHANGES_MAX`] of each.
    pub changes: Vec<Change>,
    /// How many there were.
    pub count: usize,
    /// Whether the signer allowed them.
    pub permission: Permission,
}
