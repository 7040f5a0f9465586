//! Reports: tables made of a census, for pages, API and exports alike.
//!
//! A table has one row for each value, in an order that is always the same, and a total where adding up means something.
//! It knows codes and numbers; words come with the language of whoever reads, and codes stay for programs. Only what lies
//! within the reach of whoever asks goes in, so that totals keep the rights, too. Pure: no archive, no clock.

pub mod export;
pub mod workbook;

use crate::archive::census::{Census, Class, Volume};
use crate::auth::rights::Reach;
use crate::transfer::finding::FindingCode;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// Volumes by agency.
    Agencies,
    /// Volumes by access mode.
    Levels,
    /// Volumes by the period stated.
    Periods,
    /// Volumes by year of accession.
    Years,
    /// Signed share by agency.
    Signatures,
    /// Findings by kind and agency.
    Findings,
    /// Codes of administrative procedures, by agency.
    Procedures,
}

impl Report {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Agencies, Self::Levels, Self::Periods, Self::Years, Self::Signatures, Self::Findings, Self::Procedures];

    /// Its name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agencies => "agencies",
            Self::Levels => "levels",
            Self::Periods => "periods",
            Self::Years => "years",
            Self::Signatures => "signatures",
            Self::Findings => "findings",
            Self::Procedures => "procedures",
        }
    }
}

impl FromStr for Report {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

/// What goes into a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Whose records may be counted.
    pub reach: Reach,
    /// Code of an agency, with those under it; empty: all.
    pub agency: String,
    /// First year of accession.
    pub from: Option<i32>,
    /// Last year of accession.
    pub to: Option<i32>,
}

impl Scope {
    fn takes(&self, agency: &str, year: i32) -> bool {
        let asked = self.agency.as_str();
        let is_asked =
            agency.strip_prefix(asked).is_some_and(|rest| asked.is_empty() || rest.is_empty() || rest.starts_with('.'));
        let in_years = self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to);
        is_asked && in_years && self.reach.covers(agency)
    }
}

/// What a value is, and so how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A code that has no words, such as an agency's.
    Code(String),
    /// A message: its identifier, which is `prefix` and the code, and the code.
    Word(&'static str, String),
    /// What a finding is.
    Finding(String),
    /// How many.
    Count(u64),
    /// Bytes.
    Bytes(u64),
    /// So many of so many; nothing of nothing.
    Share(u64, u64),
}

impl Cell {
    /// As programs read it: codes, whole numbers, percent with one decimal.
    pub fn plain(&self) -> String {
        match self {
            Self::Code(code) | Self::Word(_, code) | Self::Finding(code) => code.clone(),
            Self::Count(number) | Self::Bytes(number) => number.to_string(),
            Self::Share(..) => self.percent().map_or_else(String::new, |percent| format!("{percent:.1}")),
        }
    }

    /// Percent of a share.
    pub fn percent(&self) -> Option<f64> {
        match self {
            Self::Share(part, whole) if *whole > 0 => Some(*part as f64 * 100.0 / *whole as f64),
            _ => None,
        }
    }

    /// The length of its bar.
    pub fn weight(&self) -> f64 {
        match self {
            Self::Count(number) | Self::Bytes(number) => *number as f64,
            Self::Share(..) => self.percent().unwrap_or(0.0),
            Self::Code(_) | Self::Word(..) | Self::Finding(_) => 0.0,
        }
    }

    /// Whether it is a number.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Bytes(_) | Self::Share(..))
    }
}

/// A report as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Which.
    pub report: Report,
    /// Names of the columns: messages `column-…`, and fields of the API.
    pub columns: &'static [&'static str],
    /// The column that a chart shows.
    pub charted: usize,
    /// A row for each value.
    pub rows: Vec<Vec<Cell>>,
    /// The sum of the numbers, in the columns from [`Table::labels`] on; empty: it means nothing.
    pub total: Vec<Cell>,
}

impl Table {
    /// How many columns say what a row is about.
    pub fn labels(&self) -> usize {
        self.columns.len().saturating_sub(self.total.len())
    }
}

/// Makes a report.
pub fn table(report: Report, census: &Census, scope: &Scope) -> Table {
    let volumes = census.volumes.iter().filter(|(class, _)| scope.takes(&class.agency, class.year));
    let volumes: Vec<(&Class, &Volume)> = volumes.collect();
    match report {
        Report::Agencies => agencies(census, scope, &volumes),
        Report::Levels => by(report, &["level", "records", "bytes"], &volumes, |class| class.mode.clone()),
        Report::Periods => by(report, &["period", "records", "bytes"], &volumes, |class| class.period.clone()),
        Report::Years => by(report, &["year", "records", "bytes"], &volumes, |class| class.year.to_string()),
        Report::Signatures => signatures(&volumes),
        Report::Findings => findings(census, scope),
        Report::Procedures => procedures(census, scope),
    }
}

fn agencies(census: &Census, scope: &Scope, volumes: &[(&Class, &Volume)]) -> Table {
    let mut sums: BTreeMap<&str, (u64, Volume)> = BTreeMap::new();
    for ((agency, year), count) in &census.dossiers {
        if scope.takes(agency, *year) {
            sums.entry(agency).or_default().0 += count;
        }
    }
    for (class, volume) in volumes {
        add(&mut sums.entry(&class.agency).or_default().1, volume);
    }
    let numbers = |(dossiers, volume): &(u64, Volume)| {
        vec![Cell::Count(*dossiers), Cell::Count(volume.records), Cell::Bytes(volume.bytes)]
    };
    let mut total = (0, Volume::default());
    sums.values().for_each(|(dossiers, volume)| {
        total.0 += dossiers;
        add(&mut total.1, volume);
    });
    let row = |(agency, sum): (&&str, &(u64, Volume))| [vec![Cell::Code((*agency).to_owned())], numbers(sum)].concat();
    Table {
        report: Report::Agencies,
        columns: &["agency", "dossiers", "records", "bytes"],
        charted: 2,
        rows: sums.iter().map(row).collect(),
        total: numbers(&total),
    }
}

fn by(
    report: Report,
    columns: &'static [&'static str],
    volumes: &[(&Class, &Volume)],
    key: impl Fn(&Class) -> String,
) -> Table {
    let mut sums: BTreeMap<String, Volume> = BTreeMap::new();
    let mut total = Volume::default();
    for (class, volume) in volumes {
        add(sums.entry(key(class)).or_default(), volume);
        add(&mut total, volume);
    }
    let numbers = |volume: Volume| vec![Cell::Count(volume.records), Cell::Bytes(volume.bytes)];
    let label = |code: String| match report {
        Report::Levels => Cell::Word("mode-", code),
        Report::Periods => Cell::Word("period-", code),
        _ => Cell::Code(code),
    };
    let mut sums: Vec<(String, Volume)> = sums.into_iter().collect();
    // Numbers of years in their order, before words.
    sums.sort_by_key(|(code, _)| (code.parse::<u32>().unwrap_or(u32::MAX), code.clone()));
    let rows = sums.into_iter().map(|(code, volume)| [vec![label(code)], numbers(volume)].concat()).collect();
    Table { report, columns, charted: 1, rows, total: numbers(total) }
}

/// Records of an agency, of them those with signatures, and what they led to.
#[derive(Default)]
struct Signed {
    records: u64,
    signed: u64,
    accepted: u64,
    review: u64,
    returned: u64,
    unexamined: u64,
}

impl Signed {
    fn count(&mut self, outcome: &str, records: u64) {
        self.records += records;
        self.signed += if outcome == "unsigned" { 0 } else { records };
        match outcome {
            "accept" | "accept-with-notes" => self.accepted += records,
            "review" => self.review += records,
            "return" => self.returned += records,
            "unsigned" => {}
            _ => self.unexamined += records,
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let counts = [self.records, self.signed].map(Cell::Count).into_iter();
        let led_to = [self.accepted, self.review, self.returned, self.unexamined].map(Cell::Count);
        counts.chain([Cell::Share(self.signed, self.records)]).chain(led_to).collect()
    }
}

fn signatures(volumes: &[(&Class, &Volume)]) -> Table {
    let mut sums: BTreeMap<&str, Signed> = BTreeMap::new();
    let mut total = Signed::default();
    for (class, volume) in volumes {
        sums.entry(&class.agency).or_default().count(&class.outcome, volume.records);
        total.count(&class.outcome, volume.records);
    }
    Table {
        report: Report::Signatures,
        columns: &["agency", "records", "signed", "signed-share", "accepted", "review", "returned", "not-examined"],
        charted: 3,
        rows: sums.iter().map(|(agency, sum)| [vec![Cell::Code((*agency).to_owned())], sum.cells()].concat()).collect(),
        total: total.cells(),
    }
}

fn findings(census: &Census, scope: &Scope) -> Table {
    let mut sums: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for ((agency, year, code), count) in &census.findings {
        if scope.takes(agency, *year) {
            *sums.entry((code, agency)).or_default() += count;
        }
    }
    let total = sums.values().sum();
    let row = |((code, agency), count): ((&str, &str), u64)| {
        let severity = code.parse().map_or(String::new(), |code: FindingCode| code.severity().name().to_owned());
        let labels = [Cell::Finding(code.to_owned()), Cell::Word("severity-", severity), Cell::Code(agency.to_owned())];
        labels.into_iter().chain([Cell::Count(count)]).collect()
    };
    Table {
        report: Report::Findings,
        columns: &["finding", "severity", "agency", "found"],
        charted: 3,
        rows: sums.into_iter().map(row).collect(),
        total: vec![Cell::Count(total)],
    }
}

fn procedures(census: &Census, scope: &Scope) -> Table {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for ((agency, year), procedures) in &census.procedures {
        if scope.takes(agency, *year) {
            let sum = sums.entry(agency).or_default();
            *sum = (sum.0 + procedures.stated, sum.1 + procedures.odd);
        }
    }
    let cells = |(stated, odd): (u64, u64)| vec![Cell::Count(stated), Cell::Count(odd), Cell::Share(odd, stated)];
    let total = sums.values().fold((0, 0), |total, sum| (total.0 + sum.0, total.1 + sum.1));
    Table {
        report: Report::Procedures,
        columns: &["agency", "stated", "odd", "odd-share"],
        charted: 2,
        rows: sums
            .into_iter()
            .map(|(agency, sum)| [vec![Cell::Code(agency.to_owned())], cells(sum)].concat())
            .collect(),
        total: cells(total),
    }
}

fn add(sum: &mut Volume, volume: &Volume) {
    sum.records += volume.records;
    sum.bytes += volume.bytes;
}

#[cfg(test)]
mod tests;
