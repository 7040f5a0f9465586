//! Counting the hits of a query by what they have in common.
//!
//! Walks the fast columns of the hits, a table a segment; what is counted is in the index and nothing else is read. A
//! dictionary's numbers mean nothing outside their segment, so names are looked up before segments are joined.

use super::schema::{HOLDER, ISSUED, TYPE};
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
}

impl Facets {
    fn add(&mut self, other: Self) {
        other.types.into_iter().for_each(|(key, count)| *self.types.entry(key).or_default() += count);
        other.years.into_iter().for_each(|(key, count)| *self.years.entry(key).or_default() += count);
        other.holders.into_iter().for_each(|(key, count)| *self.holders.entry(key).or_default() += count);
    }
}

/// Counts.
pub(super) struct Counting;

/// Counts in one segment.
pub(super) struct InSegment {
    types: Column<u64>,
    issued: Column<i64>,
    holders: Option<StrColumn>,
    by_type: HashMap<u64, u64>,
    by_day: HashMap<i64, u64>,
    by_holder: HashMap<u64, u64>,
}

impl Collector for Counting {
    type Fruit = Facets;
    type Child = InSegment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<InSegment> {
        let columns = segment.fast_fields();
        Ok(InSegment {
            types: columns.u64(TYPE)?,
            issued: columns.i64(ISSUED)?,
            holders: columns.str(HOLDER)?,
            by_type: HashMap::new(),
            by_day: HashMap::new(),
            by_holder: HashMap::new(),
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
        if let Some(holders) = &self.holders {
            holders.ords().first(document).into_iter().for_each(|name| *self.by_holder.entry(name).or_default() += 1);
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
        for (number, count) in self.by_holder {
            let mut name = String::new();
            if let Some(Ok(true)) = self.holders.as_ref().map(|holders| holders.ord_to_str(number, &mut name)) {
                *facets.holders.entry(name).or_default() += count;
            }
        }
        facets
    }
}
