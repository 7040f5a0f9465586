//! The list of permanent dossiers that are to be transferred to the historical archive, as PDF/A ready to be signed.
//!
//! It has the dossiers whose deadline passes within a horizon, by the same clocks as `retention due`. Nothing is transferred
//! by it, and nothing recorded.

use super::candidate::Filter;
use super::whole::Whole;
use crate::archive::disposal::Head;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{Depth, Kept};
use crate::error::{Error, Result};
use crate::paper::disposal::{TransferItem, TransferList};
use crate::paper::pdf;
use crate::record::Period;
use crate::retention::civil::{Dated, months_after};
use crate::retention::deadline::{Standing as Clock, transfer};
use crate::retention::disposal::Archive as Whose;
use crate::retention::span::Span;
use crate::retention::words;
use chrono::NaiveDate;

/// Most dossiers of a list: their records are read for their pages.
const DOSSIERS_MAX: usize = 10_000;

/// A list that somebody wants made.
#[derive(Debug, Clone)]
pub struct TransferWish {
    /// Who makes it.
    pub head: Head,
    /// Whose dossiers.
    pub filter: Filter,
    /// The day from which is counted.
    pub on: NaiveDate,
    /// What must be transferred within so many months of it.
    pub within_months: u32,
    /// The year of the transfer.
    pub year: i32,
    /// Who receives them.
    pub receiver: String,
}

impl Archive {
    /// The list, and how many dossiers it has.
    pub fn transfer_list(&self, wish: &TransferWish) -> Result<(Vec<u8>, usize)> {
        let standing = self.standing()?;
        if standing.archive == Whose::Historical {
            return Err(Error::conflict("a historical archive transfers to nobody"));
        }
        let horizon = months_after(wish.on, wish.within_months);
        let horizon = horizon.ok_or_else(|| Error::invalid("the horizon lies beyond the calendar"))?;
        let mut items = Vec::new();
        let mut walk = self.catalog.walk_kept(Depth::Records);
        while let Some(kept) = walk.next_kept().map_err(project::catalog)? {
            if !wish.filter.takes(&kept.row.agencies, kept.row.year) {
                continue;
            }
            let whole = Whole::new(kept);
            let is_permanent = matches!(whole.longest(&standing).span, Some((Span::Permanent, _)));
            let accessioned = Dated::day(whole.kept.row.accessioned);
            let sector = standing.sector_of(&whole.kept.row);
            let due = transfer(&standing.law, &standing.calendar, sector, accessioned);
            if !is_permanent || due.on(horizon) == Clock::Running {
                continue;
            }
            if items.len() == DOSSIERS_MAX {
                return Err(Error::invalid(format!("more than {DOSSIERS_MAX} dossiers are due"))
                    .remedy("ask for one agency, or for a nearer day"));
            }
            items.push(self.transfer_item(&whole.kept)?);
        }
        items.sort_by(|one, other| one.code.cmp(&other.code));
        let list = TransferList {
            issue: wish.head.issue(),
            fonds: wish.head.fonds.clone(),
            year: wish.year,
            archive: wish.receiver.clone(),
            items,
        };
        let count = list.items.len();
        if count == 0 {
            return Err(Error::not_found("no permanent dossier must be transferred by then")
                .remedy("`chauban retention due` counts them; --within MONTHS looks further ahead"));
        }
        let bytes = pdf(&list.document()).map_err(|error| Error::invalid("the list can't be made").because(error))?;
        Ok((bytes, count))
    }

    fn transfer_item(&self, kept: &Kept) -> Result<TransferItem> {
        let dossier = self.dossier(kept.id)?;
        let mut pages = Some(0);
        for (_, placed) in &kept.records {
            let of_record = self.record(placed.record)?.number_of_page;
            pages = pages.zip(of_record).map(|(pages, more)| pages + more as usize);
        }
        let day =
            |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok()).map(crate::paper::disposal::day);
        let time = match (day(&dossier.start_date), day(&dossier.end_date)) {
            (Some(first), Some(last)) if first != last => format!("{first} - {last}"),
            (Some(day), _) | (None, Some(day)) => day,
            (None, None) => dossier.year.to_string(),
        };
        Ok(TransferItem {
            code: dossier.file_code,
            title: dossier.title,
            time,
            period: words(Period::Permanent),
            pages,
            note: String::new(),
        })
    }
}
