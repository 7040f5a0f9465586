//! What an archivist amends in the description of a dossier: its title and the remarks on it.
//!
//! Its codes, year, agency and dates identify it, or its period counts from them; they are not amended here. The title is
//! in the index of every record of the dossier, which learns of it from the same event. Of a dossier without records
//! stays what a list of dossiers says: that is not described any more.

use super::{Amendment, Seen, is_as_seen, plain, why};
use crate::archive::announce::Heading;
use crate::archive::body::{ChangeBody, DossierBody, DossierDescribedBody};
use crate::archive::writing::{Writing, bucket_of};
use crate::catalog::Named;
use crate::error::{Error, Result};
use crate::event::EventKind;

/// A field that may be amended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DossierField {
    /// Title.
    Title,
    /// Remarks.
    Remarks,
}

impl DossierField {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Title, Self::Remarks];

    /// Its name in the dossier's body.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Remarks => "description",
        }
    }

    /// What a description says in it.
    pub fn of(self, body: &DossierBody) -> &str {
        match self {
            Self::Title => &body.title,
            Self::Remarks => &body.description,
        }
    }

    fn set(self, body: &mut DossierBody, text: &str) -> Result<()> {
        match self {
            Self::Title if text.is_empty() => return Err(Error::invalid("a dossier needs a title")),
            Self::Title => text.clone_into(&mut body.title),
            Self::Remarks => text.clone_into(&mut body.description),
        }
        Ok(())
    }
}

/// Amends the description of the dossier that `name` names; fields that say the same already are left out. It waits for a
/// destruction under way, which may leave nothing to describe.
pub fn describe_dossier(
    archive: &Writing,
    name: &str,
    wanted: &[(DossierField, String)],
    reason: &str,
    seen: Seen,
    actor: &str,
) -> Result<Amendment> {
    let reason = why(reason)?;
    let Named::Dossier(dossier) = archive.find(name)? else {
        return Err(Error::invalid(format!("{name} is a record, not a dossier")));
    };
    let actor = archive.actor(actor)?;
    let _turn = archive.turn()?;
    if !is_as_seen(archive, dossier, seen)? {
        return Err(Error::conflict("the dossier has changed since it was seen").remedy("look at it again"));
    }
    if archive.records_of(dossier, 0, 1)?.is_empty() {
        return Err(Error::conflict("no record of the dossier is left, and it is not described any more"));
    }
    let mut body = archive.dossier(dossier)?;
    let mut changes = Vec::new();
    for (field, text) in wanted {
        let before = field.of(&body).to_owned();
        let after = plain(text.split_whitespace().collect::<Vec<_>>().join(" "))?;
        if before == after {
            continue;
        }
        field.set(&mut body, &after)?;
        changes.push(ChangeBody { field: field.name().to_owned(), before, after });
    }
    if changes.is_empty() {
        return Err(Error::conflict("the description says that already"));
    }
    let damaged = || Error::corrupt(format!("dossier {} can't be read from the catalog", body.file_code));
    let scope = archive.scope(bucket_of(&body.retention.read().ok_or_else(damaged)?), actor)?;
    let described = DossierDescribedBody { reason: reason.to_owned(), changes, dossier: body };
    let heading = Heading { kind: EventKind::DossierDescribed, id: dossier, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &described)?;
    archive.commit(vec![event])?;
    Ok(Amendment { reason: described.reason, changes: described.changes })
}
