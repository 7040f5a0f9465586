//! A census: everything that is held, counted once, by what reports ask for.
//!
//! One walk over dossiers and the descriptions of their records, by all cores, slice by slice. It keeps sums, no name and no
//! content, and forgets each description as it goes; what may be seen of the sums is for whoever shows them to decide, so
//! every sum names its agency. A fonds is what one agency created, by the code of its dossiers. Refused documents are not held: what was found about them is nobody's record. Nothing is
//! stored; the result is right for the size of the ledger at which it was taken.

use super::body::{DossierBody, ExaminationBody};
use super::project::{self, outcome_counted, period_counted};
use super::reading::Archive;
use crate::catalog::{Depth, Kept, PlacedRow, Slice};
use crate::error::{Error, Result};
use crate::record::{FileCode, procedure};
use chrono::Datelike;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use uuid::Uuid;

/// Into how many slices the dossiers are cut that the threads take one after another.
const SLICES: u64 = 64;
/// Records of a dossier that are counted in a list: nobody reads more from a number.
const RECORDS_COUNTED_MAX: usize = 1000;

/// What some records have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    /// Code of the agency whose dossiers they are in.
    pub agency: String,
    /// Year of accession, Vietnamese time.
    pub year: i32,
    /// Access mode, 01 to 03.
    pub mode: String,
    /// The period stated, as searches count it.
    pub period: String,
    /// What their signatures led to at accession, as searches count it.
    pub outcome: String,
}

/// How much it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// Records.
    pub records: u64,
    /// Bytes of their files, as they were handed over.
    pub bytes: u64,
}

/// Codes of administrative procedures that descriptions state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Procedures {
    /// Records that state one.
    pub stated: u64,
    /// Of them, those that state one which is not of the form in use.
    pub odd: u64,
}

/// How much of a fonds there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fonds {
    /// Dossiers.
    pub dossiers: u64,
    /// Records.
    pub records: u64,
}

/// The sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// Size of the ledger that was counted, entries.
    pub size: u64,
    /// Records.
    pub volumes: BTreeMap<Class, Volume>,
    /// Dossiers by agency and year of accession.
    pub dossiers: BTreeMap<(String, i32), u64>,
    /// Dossiers and records of each fonds, by agency and the year in which the work ended.
    pub fonds: BTreeMap<(String, i32), Fonds>,
    /// Names of agencies, as their newest dossiers have them.
    pub names: BTreeMap<String, String>,
    /// Findings that stay with what was taken, by agency, year of accession and code.
    pub findings: BTreeMap<(String, i32, String), u64>,
    /// Codes of procedures by agency and year of accession.
    pub procedures: BTreeMap<(String, i32), Procedures>,
}

/// A dossier in a list.
pub struct Listed {
    /// The dossier.
    pub id: Uuid,
    /// Its records, 1,000 at most.
    pub records: usize,
    /// Its description.
    pub body: DossierBody,
}

/// The fields of a record's description that are counted.
#[derive(Deserialize)]
struct RecordFields<'a> {
    components: Vec<Sized>,
    signatures: Vec<IgnoredAny>,
    #[serde(default)]
    examination: Option<ExaminationBody>,
    findings: Vec<Found>,
    #[serde(borrow)]
    maintenance_text: Cow<'a, str>,
    #[serde(borrow)]
    raw: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Sized {
    size: u64,
}

#[derive(Deserialize)]
struct DossierFields {
    agency_code: String,
    agency_name: String,
    findings: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    code: String,
}

impl Archive {
    /// Counts everything that is held.
    pub fn census(&self) -> Result<Census> {
        let size = self.catalog.cursor().map_err(project::catalog)?.map_or(0, |cursor| cursor.position.size);
        let slices = self.catalog.slices(SLICES).map_err(project::catalog)?;
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(slices.len());
        let parts: Vec<Result<Census>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.census_of(&slices, &next))).collect();
            let died = |_| Err(Error::corrupt("a thread of the census died"));
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(died)).collect()
        });
        let mut census = Census { size, ..Census::default() };
        for part in parts {
            census.take(part?);
        }
        Ok(census)
    }

    /// The dossiers of an agency whose work ended in a year, after the one of code `after`, in the order of codes.
    pub fn dossiers_of_fonds(&self, agency: &str, year: i32, after: &str, limit: usize) -> Result<Vec<Listed>> {
        let prefix = format!("{agency}.{year:04}.");
        let (mut found, mut after) = (Vec::new(), after.to_owned());
        while found.len() < limit {
            let rows = self.catalog.dossiers_of(&prefix, &after, limit - found.len()).map_err(project::catalog)?;
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            for (code, id) in rows {
                // `H26.10.2023.` also begins what an agency H26.10.2023 has.
                let parsed: Option<FileCode> = code.parse().ok();
                if !parsed.is_some_and(|code| code.agency().as_str() == agency && code.year() == year) {
                    continue;
                }
                let records = self.records_of(id, 0, RECORDS_COUNTED_MAX)?.len();
                if records > 0 {
                    found.push(Listed { id, records, body: self.dossier(id)? });
                }
            }
        }
        Ok(found)
    }

    /// Counts the slices that nobody else has taken.
    fn census_of(&self, slices: &[Slice], next: &AtomicUsize) -> Result<Census> {
        let mut census = Census::default();
        while let Some(slice) = slices.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut walk = self.catalog.walk_slice(Depth::Records, *slice);
            while let Some(kept) = walk.next_kept().map_err(project::catalog)? {
                self.count_dossier(&kept, &mut census)?;
            }
        }
        Ok(census)
    }

    fn count_dossier(&self, kept: &Kept, census: &mut Census) -> Result<()> {
        if kept.records.is_empty() {
            return Ok(()); // all of them were destroyed
        }
        let agency = kept.row.agencies.first().map_or_else(String::new, ToString::to_string);
        let year = kept.row.accessioned.year();
        let body = self.catalog.body(kept.id).map_err(project::catalog)?.unwrap_or_default();
        let dossier: DossierFields = read(kept.id, &body)?;
        *census.dossiers.entry((agency.clone(), year)).or_default() += 1;
        let fonds = census.fonds.entry((agency.clone(), kept.row.year)).or_default();
        fonds.dossiers += 1;
        fonds.records += kept.records.len() as u64;
        if dossier.agency_code == agency {
            // Dossiers come in the order of their identifiers, which grow with time.
            census.names.insert(agency.clone(), dossier.agency_name);
        }
        census.find(&agency, year, dossier.findings);
        for (_, placed) in &kept.records {
            // A record that was destroyed since the row was read counts no more.
            if let Some(body) = self.catalog.body(placed.record).map_err(project::catalog)? {
                census.count(&agency, placed, read(placed.record, &body)?);
            }
        }
        Ok(())
    }
}

impl Census {
    fn count(&mut self, agency: &str, placed: &PlacedRow, fields: RecordFields<'_>) {
        let year = placed.accessioned.year();
        let outcome = outcome_counted(fields.signatures.len(), fields.examination.as_ref()).to_owned();
        let period = period_counted(&fields.maintenance_text);
        let class = Class { agency: agency.to_owned(), year, mode: placed.mode.code().to_owned(), period, outcome };
        let volume = self.volumes.entry(class).or_default();
        volume.records += 1;
        volume.bytes += fields.components.iter().map(|component| component.size).sum::<u64>();
        self.find(agency, year, fields.findings);
        if let Some(code) = procedure::stated(&fields.raw) {
            let procedures = self.procedures.entry((agency.to_owned(), year)).or_default();
            procedures.stated += 1;
            procedures.odd += u64::from(!procedure::is_of_the_form_in_use(&code));
        }
    }

    fn find(&mut self, agency: &str, year: i32, findings: Vec<Found>) {
        for Found { code } in findings {
            *self.findings.entry((agency.to_owned(), year, code)).or_default() += 1;
        }
    }

    /// Takes in what was counted elsewhere.
    fn take(&mut self, other: Self) {
        for (class, volume) in other.volumes {
            let own = self.volumes.entry(class).or_default();
            (own.records, own.bytes) = (own.records + volume.records, own.bytes + volume.bytes);
        }
        other.dossiers.into_iter().for_each(|(key, count)| *self.dossiers.entry(key).or_default() += count);
        other.findings.into_iter().for_each(|(key, count)| *self.findings.entry(key).or_default() += count);
        for (key, fonds) in other.fonds {
            let own = self.fonds.entry(key).or_default();
            (own.dossiers, own.records) = (own.dossiers + fonds.dossiers, own.records + fonds.records);
        }
        self.names.extend(other.names);
        for (key, procedures) in other.procedures {
            let own = self.procedures.entry(key).or_default();
            (own.stated, own.odd) = (own.stated + procedures.stated, own.odd + procedures.odd);
        }
    }
}

fn read<'a, T: Deserialize<'a>>(id: Uuid, body: &'a [u8]) -> Result<T> {
    serde_json::from_slice(body).map_err(|error| {
        Error::corrupt(format!("the catalog's row of {id} is damaged")).remedy("run `chauban rebuild`").because(error)
    })
}
