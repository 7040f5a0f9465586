//! The records with which one is linked (Art. 36), and how long they are kept: one walk goes from each to the next.

use super::standing::Standing;
use super::whole::Whole;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::Walk;
use crate::error::Result;
use crate::retention::decision::Link;
use crate::retention::span::{Footing, Span};
use uuid::Uuid;

/// Follows links, as of the last commit before the first that is followed.
pub(super) struct Links<'a> {
    archive: &'a Archive,
    /// Made for the first link: most records have none.
    visits: Option<Walk<'a>>,
}

impl<'a> Links<'a> {
    /// From an archive.
    pub fn new(archive: &'a Archive) -> Self {
        Self { archive, visits: None }
    }

    /// Those of a record of a dossier. One that is not there any more keeps nothing.
    pub fn of(&mut self, standing: &Standing, whole: &Whole, record: Uuid) -> Result<Vec<Link>> {
        let mut links = Vec::new();
        self.each(whole, record, |to, other| {
            let (span, footing) = other.kept_with(standing).unwrap_or((Span::Unknown, Footing::Unconfirmed));
            links.push(Link { to, span, footing });
        })?;
        Ok(links)
    }

    /// Tells those of a record of a dossier, each with its dossier.
    pub fn each(&mut self, whole: &Whole, record: Uuid, mut tell: impl FnMut(Uuid, &Whole)) -> Result<()> {
        for &(_, to, dossier) in whole.folded(record).map_or(&[][..], |folded| &folded.links) {
            let other = if dossier == whole.kept.id { None } else { self.visit(dossier)? };
            let other = if dossier == whole.kept.id { Some(whole) } else { other.as_ref() };
            if let Some(other) = other.filter(|other| other.placed(to).is_some()) {
                tell(to, other);
            }
        }
        Ok(())
    }

    fn visit(&mut self, dossier: Uuid) -> Result<Option<Whole>> {
        let archive = self.archive;
        let visits = self.visits.get_or_insert_with(|| archive.catalog.visits());
        Ok(visits.at(dossier).map_err(project::catalog)?.map(Whole::new))
    }
}
