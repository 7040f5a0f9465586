//! Counting the hits of a query by what they have in common.
//!
//! Walks the fast columns of the hits, a table a segment; what is counted is in the index and nothing else is read. A
//! dictionary's numbers mean nothing outside their segment, so names are looked up before segments are joined.

use super::schema::{COUNTED, ISSUED, TYPE};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// How many records of a query have what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By code of the document type.
    pub types: BTreeMap<u8, u64>,
    /// By year of issue.
    pub years: BTreeMap<i32, u64>,
    /// By code of the agency that transferred the dossier.
    pub holders: BTreeMap<String, u64>,
    /// By the signer's name as written.
    pub signers: BTreeMap<String, u64>,
    /// By what the signatures led to at accession.
    pub outcomes: BTreeMap<String, u64>,
    /// By the period stated.
    pub periods: BTreeMap<String, u64>,
}

impl Facets {
    /// The counts by the columns of [`COUNTED`], in their order.
    fn texts(&mut self) -> [&mut BTreeMap<String, u64>; COUNTED.len()] {
        [&mut self.holders, &mut self.signers, &mut self.outcomes, &mut self.periods]
    }

    fn add(&mut self, mut other: Self) {
        std::mem::take(&mut other.types)
            .into_iter()
            .for_each(|(key, count)| *self.types.entry(key).or_default() += count);
        std::mem::take(&mut other.years)
            .into_iter()
            .for_each(|(key, count)| *self.years.entry(key).or_default() += count);
        for (all, some) in self.texts().into_iter().zip(other.texts()) {
            std::mem::take(some).into_iter().for_each(|(key, count)| *all.entry(key).or_default() += count);
        }
    }
}

/// Counts.
pub(super) struct Counting;

/// Counts in one segment.
pub(super) struct InSegment {
    types: Column<u64>,
    issued: Column<i64>,
    by_type: HashMap<u64, u64>,
    by_day: HashMap<i64, u64>,
    /// Each column of text, and how many have which of its values.
    by_text: [(Option<StrColumn>, HashMap<u64, u64>); COUNTED.len()],
}

impl Collector for Counting {
    type Fruit = Facets;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<InSegment> {
        let columns = segment.fast_fields();
        let mut by_text = COUNTED.map(|_| (None, HashMap::new()));
        for (name, (column, _)) in COUNTED.into_iter().zip(&mut by_text) {
            *column = columns.str(name)?;
        }
        Ok(InSegment {
            types: columns.u64(TYPE)?,
            issued: columns.i64(ISSUED)?,
            by_type: HashMap::new(),
            by_day: HashMap::new(),
            by_text,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Facets>) -> tantivy::Result<Facets> {
        let mut all = Facets::default();
        segments.into_iter().for_each(|segment| all.add(segment));
        Ok(all)
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Facets;

    fn collect(&mut self, document: DocId, _: Score) {
        self.types.first(document).into_iter().for_each(|code| *self.by_type.entry(code).or_default() += 1);
        self.issued.first(document).into_iter().for_each(|day| *self.by_day.entry(day).or_default() += 1);
        for (column, counts) in &mut self.by_text {
            let value = column.as_ref().and_then(|column| column.ords().first(document));
            value.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
        }
    }

    fn harvest(self) -> Facets {
        let mut facets = Facets::default();
        for (code, count) in self.by_type {
            *facets.types.entry(u8::try_from(code).unwrap_or(0)).or_default() += count;
        }
        for (day, count) in self.by_day {
            let day = i32::try_from(day).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
            day.into_iter().for_each(|day| *facets.years.entry(day.year()).or_default() += count);
        }
        for (named, (column, counts)) in facets.texts().into_iter().zip(self.by_text) {
            let Some(column) = column else { continue };
            for (number, count) in counts {
                let mut name = String::new();
                if let Ok(true) = column.ord_to_str(number, &mut name) {
                    *named.entry(name).or_default() += count;
                }
            }
        }
        facets
    }
}
