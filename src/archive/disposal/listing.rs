//! Making the list: what somebody names, or what the archive finds, as far as it may be listed.
//!
//! It is the program's proposal: each item is decided anew when it is approved and when it is destroyed. A record is on
//! the list of one open case at a time; acts come one by one (`Writing::turn`), so that no two cases take it at once.

use super::desk::Desk;
use super::{CaseNumber, CaseState, Docket, refused, wire};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::retention::assessor::Assessor;
use crate::archive::retention::candidate::Filter;
use crate::catalog::Named;
use crate::error::{Error, Result};
use crate::retention::decision::Outcome;
use crate::retention::disposal::draft::{Candidate, draft};
use crate::retention::disposal::{Act, ITEMS_MAX, Item, Refusal};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Records of a dossier that are read at a time.
const PAGE: usize = 1000;
/// Most candidates that are compared for one list: at about a kilobyte each 1 GB, ten times what a case takes.
const CANDIDATES_MAX: usize = 1_000_000;

/// What came of adding to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// How many items came onto it.
    pub added: usize,
    /// Codes of what may not be listed, and why.
    pub passed_over: Vec<(String, PassedOver)>,
}

/// Why a record is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedOver {
    /// What may become of it does not let it be listed.
    Outcome(Outcome),
    /// It is on the list of another open case: two decide about no record.
    Listed(CaseNumber),
}

/// The open cases other than one's own, as far as they were asked for.
struct Elsewhere<'a> {
    archive: &'a Archive,
    open: HashMap<Uuid, Option<Docket>>,
}

impl<'a> Elsewhere<'a> {
    fn than(own: Uuid, archive: &'a Archive) -> Result<Self> {
        let cases = archive.catalog.disposal_cases().map_err(project::catalog)?;
        let open = cases.into_iter().filter(|(id, state)| *state == CaseState::Open && *id != own);
        Ok(Self { archive, open: open.map(|(id, _)| (id, None)).collect() })
    }

    /// The case that lists a record, as of the last commit.
    fn listing(&mut self, record: Uuid) -> Result<Option<CaseNumber>> {
        if self.open.is_empty() {
            return Ok(None);
        }
        for id in self.archive.catalog.disposal_cases_of(record).map_err(project::catalog)? {
            let Some(docket) = self.open.get_mut(&id) else { continue };
            let docket = match docket {
                Some(docket) => docket,
                None => docket.insert(self.archive.disposal_case_of(id)?),
            };
            if docket.has_pending(record) {
                return Ok(Some(docket.number));
            }
        }
        Ok(None)
    }
}

impl PassedOver {
    /// In words: Vietnamese, English.
    pub fn words(self) -> (String, String) {
        match self {
            Self::Outcome(outcome) => {
                let (vi, en) = outcome.words();
                (vi.to_owned(), en.to_owned())
            }
            Self::Listed(case) => (
                format!("đã có trong danh mục của hồ sơ hủy {case}"),
                format!("it is on the list of disposal case {case}"),
            ),
        }
    }
}

impl Desk<'_> {
    /// Puts onto the list what may be listed of records and dossiers; what was ever on it is passed over in silence.
    pub fn add(&mut self, names: &[String], note: &str) -> Result<Added> {
        let mut records = BTreeSet::new();
        for name in names {
            match self.archive.find(name)? {
                Named::Record(id) => records.extend([id]),
                Named::Dossier(id) => self.add_records_of(id, &mut records)?,
            }
        }
        let mut assessor = Assessor::new(self.archive, self.today);
        let found = records.iter().map(|record| assessor.candidate(*record)).collect::<Result<Vec<_>>>()?;
        self.add_candidates(&found, note)
    }

    /// Puts onto the list what may be listed of candidates.
    pub fn add_candidates(&mut self, candidates: &[Candidate], note: &str) -> Result<Added> {
        let note = note.trim();
        if note.chars().count() > wire::WORDS_CHARS_MAX {
            return Err(Error::invalid("a remark has at most 2000 characters"));
        }
        let mut elsewhere = Elsewhere::than(self.docket.id, self.archive)?;
        let mut passed_over = Vec::new();
        let mut items = Vec::new();
        for item in draft(candidates) {
            match elsewhere.listing(item.record)? {
                Some(number) => passed_over.push((item.code, PassedOver::Listed(number))),
                None => items.push(item),
            }
        }
        let known: HashSet<&str> = items.iter().map(|item| item.code.as_str()).collect();
        let listed: HashSet<String> = passed_over.iter().map(|(code, _)| code.clone()).collect();
        let others =
            candidates.iter().filter(|one| !known.contains(&*one.item.code) && !listed.contains(&one.item.code));
        passed_over.extend(others.map(|one| (one.item.code.clone(), PassedOver::Outcome(one.decision.outcome))));
        if items.is_empty() {
            let first =
                passed_over.first().map_or_else(String::new, |(code, why)| format!(" ({code}: {})", why.words().1));
            return Err(Error::denied(format!("nothing of it may be listed{first}"))
                .remedy("`chauban retention explain` says why"));
        }
        let is_new = |item: &Item| self.docket.case.item(item.record).is_none();
        let new = items.into_iter().filter(is_new).map(|item| Act::Add(Item { note: note.to_owned(), ..item }));
        let acts: Vec<Act> = new.collect();
        let added = acts.len();
        self.take(acts)?;
        Ok(Added { added, passed_over })
    }

    /// Puts onto the list what the archive finds expired, and with [`Running::With`] what is there twice.
    pub fn add_found(&mut self, filter: Filter, note: &str) -> Result<Added> {
        let mut found = Vec::new();
        for candidate in self.archive.candidates(filter, self.today)? {
            found.push(candidate?);
            if found.len() > CANDIDATES_MAX {
                return Err(refused(Refusal::TooMany).remedy("ask for one agency, or for earlier years"));
            }
        }
        let added = self.add_candidates(&found, note)?;
        Ok(Added { passed_over: Vec::new(), ..added }) // nobody named them
    }

    fn add_records_of(&self, dossier: Uuid, records: &mut BTreeSet<Uuid>) -> Result<()> {
        let mut after = 0;
        loop {
            let page = self.archive.catalog.records_of(dossier, after, PAGE).map_err(project::catalog)?;
            let Some(&(last, _)) = page.last() else { return Ok(()) };
            records.extend(page.iter().map(|(_, record)| *record));
            if records.len() > ITEMS_MAX {
                return Err(refused(Refusal::TooMany));
            }
            after = last;
        }
    }
}
