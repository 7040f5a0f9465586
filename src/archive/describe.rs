//! Describing: an archivist amends what describes a record, or a [`dossier`]. Each amendment is an event that says who, when, why, and what
//! stood there before; what was accessioned stays as it was committed.
//!
//! Only what describes may be amended ([`Field`]). What identifies a record (its codes, issuer, number and notation, its
//! files), what its period counts from and its mode of access are not: that is retention's, or another accession's. Its
//! level of sensitivity is raised by any archivist and lowered by another than set it last. A subject that was amended goes on counting for holds on words, so that no amendment takes a record out
//! of one.

mod dossier;

pub use dossier::{DossierField, describe_dossier};

use super::announce::Heading;
use super::body::{ChangeBody, DescriptionAmendedBody, DossierDescribedBody, RecordBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::catalog::EventRow;
use crate::error::{Error, Kind, Result};
use crate::event::{ActorId, Entry, EventKind};
use crate::record::Sensitivity;
use uuid::Uuid;

/// Longest text of a field, characters: twice the longest subject that was met.
const TEXT_CHARS_MAX: usize = 4_000;
/// Keywords of a record at most.
const KEYWORDS_MAX: usize = 100;
/// Longest reason, characters.
const REASON_CHARS_MAX: usize = 2_000;
/// Amendments of a record's subject at most: each is kept in the record's body.
const SUBJECTS_MAX: usize = 1_000;

/// A field that may be amended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What the document is about.
    Subject,
    /// Keywords, one a line.
    Keywords,
    /// Language.
    Language,
    /// Signer.
    Signer,
    /// Position of the signer.
    SignerPosition,
    /// Number of pages; empty where it is not known.
    Pages,
    /// Level of sensitivity, 1 to 4; empty where none was given.
    Sensitivity,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Subject,
        Self::Keywords,
        Self::Language,
        Self::Signer,
        Self::SignerPosition,
        Self::Pages,
        Self::Sensitivity,
    ];

    /// Its name in the record's body.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Keywords => "keyword",
            Self::Language => "language",
            Self::Signer => "signer",
            Self::SignerPosition => "signer_position",
            Self::Pages => "number_of_page",
            Self::Sensitivity => "sensitivity",
        }
    }

    /// What a description says in it.
    pub fn of(self, body: &RecordBody) -> String {
        match self {
            Self::Subject => body.subject.clone(),
            Self::Keywords => body.keyword.join("\n"),
            Self::Language => body.language.clone(),
            Self::Signer => body.signer.clone(),
            Self::SignerPosition => body.signer_position.clone(),
            Self::Pages => body.number_of_page.map_or_else(String::new, |pages| pages.to_string()),
            Self::Sensitivity => body.sensitivity.map_or_else(String::new, |level| level.to_string()),
        }
    }

    fn set(self, body: &mut RecordBody, text: &str) -> Result<()> {
        match self {
            Self::Subject if text.is_empty() => return Err(Error::invalid("a record needs a subject")),
            Self::Subject if body.subject_before.len() >= SUBJECTS_MAX => {
                return Err(Error::conflict("the subject of this record was amended too often"));
            }
            Self::Subject => {
                let before = std::mem::replace(&mut body.subject, text.to_owned());
                body.subject_before.push(before);
            }
            Self::Keywords => body.keyword = text.lines().map(str::to_owned).collect(),
            Self::Language => text.clone_into(&mut body.language),
            Self::Signer => text.clone_into(&mut body.signer),
            Self::SignerPosition => text.clone_into(&mut body.signer_position),
            Self::Pages if text.is_empty() => body.number_of_page = None,
            Self::Pages => {
                let pages = text.parse().map_err(|_| Error::invalid("the number of pages can't be read"))?;
                body.number_of_page = Some(pages);
            }
            Self::Sensitivity if text.is_empty() => body.sensitivity = None,
            Self::Sensitivity => {
                let level: Sensitivity =
                    text.parse().map_err(|_| Error::invalid("a level of sensitivity is a number from 1 to 4"))?;
                body.sensitivity = Some(level.level());
            }
        }
        Ok(())
    }
}

/// What an amendment said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Why.
    pub reason: String,
    /// The fields.
    pub changes: Vec<ChangeBody>,
}

/// The state that somebody saw of what they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// As of the event about it with this ledger index.
    AsOf(u64),
    /// Whatever it is.
    Any,
}

impl Seen {
    /// Whether what stands now, by the ledger index of its event, is what was seen.
    pub fn is(self, index: u64) -> bool {
        match self {
            Self::AsOf(seen) => seen == index,
            Self::Any => true,
        }
    }
}

/// Amends the description of the record that `name` names; fields that say the same already are left out.
pub fn describe(
    archive: &Writing,
    name: &str,
    wanted: &[(Field, String)],
    reason: &str,
    seen: Seen,
    actor: &str,
) -> Result<Amendment> {
    let reason = why(reason)?;
    let record = archive.find_record(name)?;
    let actor = archive.actor(actor)?;
    let _orders = archive.orders()?;
    if !is_as_seen(archive, record, seen)? {
        return Err(Error::conflict("the record has changed since it was seen").remedy("look at it again"));
    }
    let mut body = archive.record(record)?;
    let mut changes = Vec::new();
    for (field, text) in wanted {
        let (before, after) = (field.of(&body), cleaned(*field, text)?);
        if before == after {
            continue;
        }
        let level = body.sensitivity;
        field.set(&mut body, &after)?;
        if body.sensitivity < level && last_to_set(archive, record, Field::Sensitivity)? == Some(actor) {
            return Err(Error::denied("who set the level of sensitivity does not lower it")
                .remedy("let another person lower it, under their own name"));
        }
        changes.push(ChangeBody { field: field.name().to_owned(), before, after });
    }
    if changes.is_empty() {
        return Err(Error::conflict("the description says that already"));
    }
    let amended = DescriptionAmendedBody { reason: reason.to_owned(), changes, record: body };
    let heading = Heading { kind: EventKind::DescriptionAmended, id: record, actor, rule: None };
    let scope = archive.scope_of(record, actor)?;
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &amended)?;
    archive.commit(vec![event])?;
    Ok(Amendment { reason: amended.reason, changes: amended.changes })
}

fn why(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    match reason.chars().count() {
        1..=REASON_CHARS_MAX => Ok(reason),
        _ => Err(Error::invalid("an amendment needs a reason, 1 to 2000 characters")),
    }
}

/// Who amended a field of a record last.
fn last_to_set(archive: &Archive, record: Uuid, field: Field) -> Result<Option<ActorId>> {
    for (_, row) in archive.catalog.events(record).map_err(project::catalog)?.into_iter().rev() {
        let (_, entry) = archive.entry(&row)?;
        if entry.kind == EventKind::DescriptionAmended {
            let body: DescriptionAmendedBody = archive.body_of(&row)?;
            if body.changes.iter().any(|change| change.field == field.name()) {
                return Ok(Some(entry.actor));
            }
        }
    }
    Ok(None)
}

fn is_as_seen(archive: &Archive, id: Uuid, seen: Seen) -> Result<bool> {
    let newest = archive.catalog.last_event(id).map_err(project::catalog)?.map(|(index, _)| index);
    Ok(newest.is_none_or(|newest| seen.is(newest)))
}

impl Archive {
    /// What an event amended; `None` of an event that amended nothing, and where it was destroyed with its record.
    pub(super) fn amendment(&self, entry: &Entry, row: &EventRow) -> Result<Option<Amendment>> {
        let amendment = match entry.kind {
            EventKind::DescriptionAmended => self
                .body_of::<DescriptionAmendedBody>(row)
                .map(|body| Amendment { reason: body.reason, changes: body.changes }),
            EventKind::DossierDescribed => self
                .body_of::<DossierDescribedBody>(row)
                .map(|body| Amendment { reason: body.reason, changes: body.changes }),
            _ => return Ok(None),
        };
        match amendment {
            Ok(amendment) => Ok(Some(amendment)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A text without room around it, of one line; keywords one a line, each once.
fn cleaned(field: Field, text: &str) -> Result<String> {
    if field != Field::Keywords {
        return plain(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    let mut seen = std::collections::HashSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    if lines.len() > KEYWORDS_MAX {
        return Err(Error::invalid("a record has at most 100 keywords"));
    }
    plain(lines.join("\n"))
}

fn plain(text: String) -> Result<String> {
    let is_plain = text.chars().all(|c| c == '\n' || !c.is_control());
    if !is_plain || text.chars().count() > TEXT_CHARS_MAX {
        return Err(Error::invalid("a field of a description is plain text of at most 4000 characters"));
    }
    Ok(text)
}
