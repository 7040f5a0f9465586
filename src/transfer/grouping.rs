//! Grouping loose documents into dossiers, in memory that depends on the dossiers and not on their documents.
//!
//! Documents belong together by `file_code`. The title is that of the lowest `id` (of equal ones, the first by place:
//! the order in which documents are taken), the period is the longest stated
//! (Law 33/2024 Art. 15 k4, V2), and the year in the code is the year the work ended. Differences are warnings.
//! The result does not depend on the order in which documents are added.
//!
//! Knows nothing of what the archive holds: the caller brings the held dossier, and [`Group::supplement`] says what the
//! later documents change about it.

use super::finding::quoted;
use super::sidecar::{Glance, SortId};
use super::{Finding, FindingCode};
use crate::record::{AgencyCode, Dossier, FileCode, Period, Retention};
use crate::retention;
use std::collections::BTreeMap;

/// Dossiers being put together.
#[derive(Debug, Default)]
pub struct Groups(BTreeMap<FileCode, Group>);

/// What is known of one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    file_code: FileCode,
    documents: u64,
    lowest: Turn,
    title: String,
    agency_name: Option<(Turn, String)>,
    other_title: Option<(Turn, String)>,
    period: Stated,
    shortest: Stated,
    unreadable: Option<Stated>,
}

/// When a document of a dossier has its turn: by its id, of equal ids by its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    id: SortId,
    place: String,
}

/// A period as one document states it. Of equal periods the first document's is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stated {
    period: Period,
    by: Turn,
    statement: String,
}

impl Groups {
    /// Adds a document.
    pub fn add(&mut self, glance: Glance) {
        let group = self.0.entry(glance.file_code.clone());
        group.and_modify(|group| group.add(&glance)).or_insert_with(|| Group::of(&glance));
    }

    /// Number of dossiers.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no document was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The dossier of this code.
    pub fn get(&self, file_code: &FileCode) -> Option<&Group> {
        self.0.get(file_code)
    }

    /// The dossiers, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.0.values()
    }
}

impl Extend<Glance> for Groups {
    fn extend<I: IntoIterator<Item = Glance>>(&mut self, glances: I) {
        glances.into_iter().for_each(|glance| self.add(glance));
    }
}

impl Group {
    /// The dossier of one document.
    pub fn of(glance: &Glance) -> Self {
        let Glance { file_code, title, agency_name, .. } = glance.clone();
        let turn = Turn::of(glance);
        let (stated, readable) = Stated::read(glance);
        Self {
            file_code,
            documents: 1,
            agency_name: agency_name.map(|name| (turn.clone(), name)),
            lowest: turn,
            title,
            other_title: None,
            period: stated.clone(),
            shortest: stated.clone(),
            unreadable: (!readable).then_some(stated),
        }
    }

    /// Adds a document of the same dossier.
    pub fn add(&mut self, glance: &Glance) {
        self.documents += 1;
        let turn = Turn::of(glance);
        self.add_title(&turn, &glance.title);
        if let Some(name) = &glance.agency_name
            && self.agency_name.as_ref().is_none_or(|(by, kept)| (&turn, name) < (by, kept))
        {
            self.agency_name = Some((turn, name.clone()));
        }
        let (stated, readable) = Stated::read(glance);
        let key = (&stated.by, &stated.statement);
        let before = |kept: &Stated| stated.period == kept.period && key < (&kept.by, &kept.statement);
        if !readable && self.unreadable.as_ref().is_none_or(before) {
            self.unreadable = Some(stated.clone());
        }
        if stated.period < self.shortest.period || before(&self.shortest) {
            self.shortest = stated.clone();
        }
        if stated.period > self.period.period || before(&self.period) {
            self.period = stated;
        }
    }

    /// Keeps the first document's title, and of the titles that differ from it the first document's again.
    fn add_title(&mut self, by: &Turn, title: &str) {
        let lower = (by, title) < (&self.lowest, &self.title);
        if self.title != title {
            if lower {
                // What was lowest is second now, so no other title comes before it.
                self.other_title = Some((self.lowest.clone(), std::mem::replace(&mut self.title, title.to_owned())));
            } else if self.other_title.as_ref().is_none_or(|(kept, other)| (by, title) < (kept, other)) {
                self.other_title = Some((by.clone(), title.to_owned()));
            }
        }
        if lower {
            self.lowest = by.clone();
        }
    }

    /// The dossier's code.
    pub fn file_code(&self) -> &FileCode {
        &self.file_code
    }

    /// How many documents were added.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// The title: that of the lowest id, of equal ones the first by place.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The agency that opened the dossier, from its code.
    pub fn agency(&self) -> AgencyCode {
        self.file_code.agency()
    }

    /// That agency's name, as the lowest of its own documents gives it; empty where all came from elsewhere.
    pub fn agency_name(&self) -> &str {
        self.agency_name.as_ref().map_or("", |(_, name)| name)
    }

    /// The longest period stated, with the statement it cites.
    pub fn retention(&self) -> Retention {
        retention::stated(self.file_code.year(), self.period.period, &self.period.statement)
    }

    /// What the archivist should look at.
    pub fn warnings(&self) -> Vec<Finding> {
        let warn = |code, field: &str| Finding::new(code, self.file_code.as_str()).field(field);
        let title = self.other_title.as_ref().map(|(by, other)| {
            let (kept, other) = (quoted(&self.title), quoted(other));
            let detail = format!("id {}: {kept}; id {}: {other}", self.lowest.id.as_str(), by.id.as_str());
            warn(FindingCode::TitleDiffers, "file_title").saying(detail)
        });
        let unreadable = self.unreadable.as_ref().map(|stated| {
            let why = retention::read_statement(&stated.statement).err().map_or(String::new(), |why| why.to_string());
            warn(FindingCode::PeriodUnreadable, "retention").saying(format!("{}; {why}", stated.words()))
        });
        let differs = (self.shortest.period != self.period.period).then(|| {
            let detail = format!("{}; {}", self.period.words(), self.shortest.words());
            warn(FindingCode::PeriodDiffers, "retention").saying(detail)
        });
        title.into_iter().chain(differs).chain(unreadable).collect()
    }

    /// The dossier as it is accessioned.
    pub fn dossier(&self) -> Dossier {
        Dossier {
            file_code: self.file_code.clone(),
            title: self.title.clone(),
            agency: self.agency(),
            agency_name: self.agency_name().to_owned(),
            retention: self.retention(),
            dates: None,
            description: String::new(),
        }
    }

    /// How these documents differ from the dossier that the archive holds under the same code: a longer period rules
    /// from now on, a shorter one never; the held title stays.
    pub fn supplement(&self, held: &Dossier) -> Vec<Finding> {
        let documents = format!("{} documents", self.documents);
        let supplement = Finding::new(FindingCode::Supplement, self.file_code.as_str()).saying(documents);
        std::iter::once(supplement).chain(self.differences(held)).collect()
    }

    /// What these documents say of the dossier that the archive holds under the same code otherwise.
    pub fn differences(&self, held: &Dossier) -> Vec<Finding> {
        let (place, mut findings) = (self.file_code.as_str(), Vec::new());
        if self.title != held.title {
            let detail =
                format!("held: {}; id {}: {}", quoted(&held.title), self.lowest.id.as_str(), quoted(&self.title));
            findings.push(Finding::new(FindingCode::TitleDiffers, place).field("file_title").saying(detail));
        }
        let stated = self.retention();
        if stated.period != held.retention.period {
            let detail = format!("held: {}; {}", quoted(&held.retention.citation), self.period.words());
            findings.push(Finding::new(FindingCode::PeriodDiffers, place).field("retention").saying(detail));
        }
        findings
    }
}

/// The warning about a dossier whose work ends, by its code, more than a year after `year`: its period would count from
/// there. A year is left for work that is to be closed soon.
pub fn year_ahead(file_code: &FileCode, year: i32) -> Option<Finding> {
    let ahead = || Finding::new(FindingCode::YearAhead, file_code.as_str()).saying(file_code.year().to_string());
    (file_code.year() > year.saturating_add(1)).then(ahead)
}

/// How a dossier folder differs from the dossier that the archive holds under its code, as [`Group::supplement`]. What
/// is held stays, but for a shorter period.
pub fn supplement_by_folder(folder: &Dossier, held: &Dossier) -> Vec<Finding> {
    let place = held.file_code.as_str();
    let others = [
        ("agency_code", folder.agency != held.agency),
        ("agency_name", folder.agency_name != held.agency_name),
        ("start_date, end_date", folder.dates != held.dates),
        ("description", folder.description != held.description),
    ];
    let differing: Vec<_> = others.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    let detail = match differing.as_slice() {
        [] => "a dossier folder".to_owned(),
        names => format!("a dossier folder; what is held stays: {}", names.join(", ")),
    };
    let supplement = Finding::new(FindingCode::Supplement, place).saying(detail);
    std::iter::once(supplement).chain(differences_of_folder(folder, held)).collect()
}

/// What a dossier folder says of the dossier that the archive holds under its code otherwise, title and period.
pub fn differences_of_folder(folder: &Dossier, held: &Dossier) -> Vec<Finding> {
    let (place, mut findings) = (held.file_code.as_str(), Vec::new());
    if folder.title != held.title {
        let detail = format!("held: {}; {}", quoted(&held.title), quoted(&folder.title));
        findings.push(Finding::new(FindingCode::TitleDiffers, place).field("title").saying(detail));
    }
    if folder.retention.period != held.retention.period {
        let detail = format!("held: {}; {}", quoted(&held.retention.citation), quoted(&folder.retention.citation));
        findings.push(Finding::new(FindingCode::PeriodDiffers, place).field("maintenance").saying(detail));
    }
    findings
}

impl Turn {
    fn of(glance: &Glance) -> Self {
        Self { id: glance.sort_id.clone(), place: glance.place.clone() }
    }
}

impl Stated {
    /// The period, and whether it could be read.
    fn read(glance: &Glance) -> (Self, bool) {
        let read = retention::read_statement(&glance.retention);
        let period = read.unwrap_or(Period::Awaiting);
        (Self { period, by: Turn::of(glance), statement: glance.retention.clone() }, read.is_ok())
    }

    fn words(&self) -> String {
        format!("id {}: {}", self.by.id.as_str(), quoted(&self.statement))
    }
}

#[cfg(test)]
mod tests;
