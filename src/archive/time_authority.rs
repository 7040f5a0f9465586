//! Time-stamping authorities: who may be asked for the time, by whose decision.
//!
//! The list is made of events, so that the ledger says at any time which machines were asked and who allowed it. It is
//! the whole allow-list: an archive without an authority asks nobody. To believe an authority is another matter, of the
//! trust anchors.

use super::announce::Heading;
use super::body::{TimeAuthorityBody, TimeAuthorityEndedBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::error::{Error, Result};
use crate::event::{EventKind, is_authority_name};
use crate::keys::Bucket;
use uuid::Uuid;

/// Longest address, bytes: real ones have some 40.
const URL_BYTES_MAX: usize = 2048;

/// An authority of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeAuthority {
    /// Its identifier.
    pub id: Uuid,
    /// Its name here, for ever.
    pub name: String,
    /// Where it is asked.
    pub url: String,
    /// Why it is asked no more, if so.
    pub ended: Option<String>,
}

impl Archive {
    /// Every authority ever added, in the order in which they are asked.
    pub fn time_authorities(&self) -> Result<Vec<TimeAuthority>> {
        let ids = self.catalog.time_authorities().map_err(project::catalog)?;
        ids.into_iter().map(|id| self.time_authority_of(id)).collect()
    }

    /// Folds the events of an authority.
    fn time_authority_of(&self, id: Uuid) -> Result<TimeAuthority> {
        let mut authority = None;
        for (_, row) in self.catalog.events(id).map_err(project::catalog)? {
            match self.entry(&row)?.1.kind {
                EventKind::TimeAuthorityAdded => {
                    let TimeAuthorityBody { name, url } = self.body_of(&row)?;
                    authority = Some(TimeAuthority { id, name, url, ended: None });
                }
                EventKind::TimeAuthorityEnded => {
                    let body: TimeAuthorityEndedBody = self.body_of(&row)?;
                    authority.iter_mut().for_each(|authority| authority.ended = Some(body.reason.clone()));
                }
                _ => {}
            }
        }
        authority.ok_or_else(|| Error::corrupt("a time-stamping authority without its first event"))
    }
}

/// Allows an authority to be asked.
pub fn add(archive: &Writing, name: &str, url: &str, actor: &str) -> Result<TimeAuthority> {
    if !is_authority_name(name) {
        return Err(Error::invalid(format!("{name:?} can't name an authority"))
            .remedy("use 1 to 40 lower-case letters, digits and hyphens: the name is part of file names"));
    }
    let scheme = ["http://", "https://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    if !scheme || url.len() > URL_BYTES_MAX || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid(format!("{url:?} is no address of an authority"))
            .remedy("give its http:// or https:// address, as the authority publishes it"));
    }
    let _orders = archive.orders()?;
    if archive.time_authorities()?.iter().any(|known| known.name == name) {
        return Err(Error::conflict(format!("{name} names a time-stamping authority already"))
            .remedy("a name belongs to one authority for ever: choose another"));
    }
    let id = archive.new_id();
    let body = TimeAuthorityBody { name: name.to_owned(), url: url.to_owned() };
    record(archive, EventKind::TimeAuthorityAdded, id, &body, actor)?;
    archive.time_authority_of(id)
}

/// Has an authority asked no more; its tokens stay.
pub fn end(archive: &Writing, name: &str, reason: &str, actor: &str) -> Result<TimeAuthority> {
    let _orders = archive.orders()?;
    let known = archive.time_authorities()?.into_iter().find(|known| known.name == name).ok_or_else(|| {
        Error::not_found(format!("no time-stamping authority is called {name:?}"))
            .remedy("`chauban time-authority list` lists them")
    })?;
    if known.ended.is_some() {
        return Err(Error::conflict(format!("{name} is asked no more already")));
    }
    let body = TimeAuthorityEndedBody { name: name.to_owned(), reason: reason.to_owned() };
    record(archive, EventKind::TimeAuthorityEnded, known.id, &body, actor)?;
    archive.time_authority_of(known.id)
}

fn record(archive: &Writing, kind: EventKind, id: Uuid, body: &impl serde::Serialize, actor: &str) -> Result<()> {
    let actor = archive.actor(actor)?;
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), body)?;
    archive.commit(vec![event]).map(|_| ())
}
