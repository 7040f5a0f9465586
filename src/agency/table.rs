//! The register as a table: import from CSV, with a report of what could not be understood, and export.
//!
//! A line says that from a day on an agency has a code, a name and a place under another. Lines of one agency have the same
//! key in the column `agency`: its identity where the register has it, else any word; without one the code is the key.
//! How an agency ended stands in any of its lines. Nothing is guessed: a line that does not fit is refused with the
//! reason, and so is what rests on it. What the register says already is passed over, so that a table may be read again.

use super::{Act, Agencies, Agency, Coded, Ended, Refusal, Succession};
use crate::record::AgencyCode;
use crate::text::nfc;
use crate::text::table::{self, Row, column_name};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Longest table, bytes.
pub const TABLE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most lines: each becomes up to four acts.
pub const LINES_MAX: usize = super::ACTS_MAX / 4;
/// Longest value of a cell, characters: longer is a table read with the wrong separator or quotes.
const CELL_CHARS_MAX: usize = 4000;

/// Columns with the names that they have, folded; the first is the one that is written.
const COLUMNS: [(Column, &[&str]); 11] = [
    (Column::Agency, &["agency", "co quan"]),
    (Column::Code, &["code", "ma", "ma dinh danh", "ma co quan"]),
    (Column::Name, &["name", "ten", "ten co quan", "ten co quan, to chuc"]),
    (Column::Parent, &["parent", "co quan cap tren", "ma co quan cap tren", "truc thuoc"]),
    (Column::From, &["from", "tu ngay"]),
    (Column::Until, &["until", "den ngay"]),
    (Column::Mandate, &["mandate", "van ban", "can cu"]),
    (Column::Ended, &["ended", "ngay ket thuc"]),
    (Column::How, &["how", "ket thuc do"]),
    (Column::Successors, &["successors", "co quan ke thua"]),
    (Column::EndMandate, &["end_mandate", "van ban ket thuc"]),
];

/// What an agency ended by, as tables write it, folded.
const HOW: [(&str, Option<Succession>); 8] = [
    ("merger", Some(Succession::Merger)),
    ("hop nhat", Some(Succession::Merger)),
    ("absorption", Some(Succession::Absorption)),
    ("sap nhap", Some(Succession::Absorption)),
    ("division", Some(Succession::Division)),
    ("chia", Some(Succession::Division)),
    (DISSOLUTION, None),
    ("giai the", None),
];
const DISSOLUTION: &str = "dissolution";
/// In the column of the agency above: under none.
const UNDER_NONE: &str = "-";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Agency,
    Code,
    Name,
    Parent,
    From,
    Until,
    Mandate,
    Ended,
    How,
    Successors,
    EndMandate,
}

/// What a table says that the register does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// What it says, in the order in which it can be recorded.
    pub acts: Vec<Act>,
    /// How much of it the register says already.
    pub known: u64,
    /// The lines that were not understood, or do not fit.
    pub refused: Vec<RefusedLine>,
    /// Columns that nobody reads.
    pub unread: Vec<String>,
}

/// A line that was not understood, or does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Line of the file, from 1.
    pub line: u64,
    /// Why.
    pub why: Why,
    /// The cell, as written.
    pub cell: String,
}

/// Why a line was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// More or fewer cells than the heading.
    #[error("the line has not as many cells as the heading, or is not UTF-8")]
    Shape,
    /// A cell is longer than any table's.
    #[error("a cell has more than 4000 characters")]
    TooLong,
    /// Neither a key nor a code.
    #[error("the line names no agency and has no code")]
    NoAgency,
    /// The code is none.
    #[error("this is no code of an agency: 3 to 35 of 0-9, A-Z and dots between groups (Decision 20/2020 Art. 4)")]
    Code,
    /// A day is none.
    #[error("this is no day: write it as 2025-07-01")]
    Day,
    /// No first day.
    #[error("the line has no first day")]
    NoDay,
    /// No line of a new agency names it.
    #[error("a new agency needs a name in the line with its first day")]
    NoName,
    /// How it ended is not known.
    #[error("an agency ends by merger, absorption, division or dissolution, on a day, with the act cited")]
    How,
    /// Another line of the agency says it otherwise.
    #[error("another line says otherwise how the agency ended")]
    EndsTwice,
    /// Who is meant is not known.
    #[error("neither the table nor the register has this agency")]
    Whom,
    /// It does not fit.
    #[error("{0}")]
    Refused(Refusal),
}

/// Why a table was not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoTable {
    /// Longer than [`TABLE_BYTES_MAX`].
    #[error("a table of agencies has at most {TABLE_BYTES_MAX} bytes")]
    TooLong,
    /// More than [`LINES_MAX`].
    #[error("a table of agencies has at most {LINES_MAX} lines")]
    TooManyLines,
    /// A column that is needed is not there.
    #[error("the heading needs the columns code, name and from (mã, tên, từ ngày), each once")]
    Heading,
}

/// A line that can be read.
#[derive(Debug, Clone)]
struct Line {
    line: u64,
    key: String,
    code: Option<AgencyCode>,
    name: String,
    parent: String,
    from: NaiveDate,
    until: Option<NaiveDate>,
    mandate: String,
    end: Option<End>,
}

/// How the agency of a line ended.
#[derive(Debug, Clone, PartialEq, Eq)]
struct End {
    last: NaiveDate,
    how: Option<Succession>,
    successors: Vec<String>,
    mandate: String,
}

/// Reads a table against what the register says. `new_id` names the agencies that it does not have.
pub fn read(bytes: &[u8], register: &Agencies, new_id: impl FnMut() -> Uuid) -> Result<Import, NoTable> {
    if bytes.len() > TABLE_BYTES_MAX {
        return Err(NoTable::TooLong);
    }
    let table = table::read(bytes, LINES_MAX).map_err(|error| match error {
        table::Unreadable::Heading => NoTable::Heading,
        table::Unreadable::TooManyRows => NoTable::TooManyLines,
    })?;
    let columns: Vec<Option<Column>> = table.heading.iter().map(|name| column(name)).collect();
    let times = |wanted| columns.iter().filter(|column| **column == Some(wanted)).count();
    let is_needed = |column: Column| matches!(column, Column::Code | Column::Name | Column::From);
    if COLUMNS.iter().any(|(column, _)| times(*column) > 1 || (is_needed(*column) && times(*column) == 0)) {
        return Err(NoTable::Heading);
    }
    let unread = table.heading.iter().zip(&columns).filter(|(_, column)| column.is_none());
    let mut import = Import { unread: unread.map(|(name, _)| name.clone()).collect(), ..Import::default() };
    let lines: Vec<Line> = table.rows.iter().filter_map(|row| import.line(row, &columns)).collect();
    Reading { register, lines: &lines, import: &mut import }.acts(new_id);
    Ok(import)
}

fn column(name: &str) -> Option<Column> {
    let name = column_name(name);
    COLUMNS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column)
}

impl Import {
    fn refuse<T>(&mut self, line: u64, why: Why, cell: &str) -> Option<T> {
        self.refused.push(RefusedLine { line, why, cell: cell.chars().take(200).collect() });
        None
    }

    /// A line as it can be read, or the reason why not.
    fn line(&mut self, row: &Row, columns: &[Option<Column>]) -> Option<Line> {
        let line = row.line;
        let Some(cells) = &row.cells else { return self.refuse(line, Why::Shape, "") };
        if let Some(cell) = cells.iter().find(|cell| cell.chars().nth(CELL_CHARS_MAX).is_some()) {
            return self.refuse(line, Why::TooLong, cell);
        }
        let cell = |wanted| {
            let found = cells.iter().zip(columns).find(|(_, column)| **column == Some(wanted));
            found.map_or_else(String::new, |(cell, _)| nfc(cell.trim()))
        };
        let (code, key) = (cell(Column::Code), cell(Column::Agency));
        let key = if key.is_empty() { code.clone() } else { key };
        if key.is_empty() {
            return self.refuse(line, Why::NoAgency, "");
        }
        let read = match Some(code.as_str()).filter(|code| !code.is_empty()).map(str::parse).transpose() {
            Ok(read) => read,
            Err(_) => return self.refuse(line, Why::Code, &code),
        };
        let [from, until, ended] = [Column::From, Column::Until, Column::Ended].map(cell);
        let Ok([from, until, ended]) = days([&from, &until, &ended]) else {
            return self.refuse(line, Why::Day, &[from, until, ended].join(" "));
        };
        let Some(from) = from else { return self.refuse(line, Why::NoDay, "") };
        let (how, successors) = (cell(Column::How), cell(Column::Successors));
        let end = match (ended, HOW.iter().find(|(name, _)| *name == column_name(&how))) {
            (None, None) if how.is_empty() && successors.is_empty() => None,
            (Some(last), Some((_, how))) => {
                let keys = successors.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
                let successors = keys.filter(|key| !key.is_empty()).map(str::to_owned).collect();
                Some(End { last, how: *how, successors, mandate: cell(Column::EndMandate) })
            }
            _ => return self.refuse(line, Why::How, &how),
        };
        let (name, parent, mandate) = (cell(Column::Name), cell(Column::Parent), cell(Column::Mandate));
        Some(Line { line, key, code: read, name, parent, from, until, mandate, end })
    }
}

/// Days as a table writes them; empty is none.
fn days(cells: [&str; 3]) -> Result<[Option<NaiveDate>; 3], chrono::ParseError> {
    let day = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some) };
    let [from, until, ended] = cells.map(day);
    Ok([from?, until?, ended?])
}

/// Lines on their way to acts.
struct Reading<'a> {
    register: &'a Agencies,
    lines: &'a [Line],
    import: &'a mut Import,
}

impl Reading<'_> {
    fn acts(mut self, mut new_id: impl FnMut() -> Uuid) {
        let mut groups: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        self.lines.iter().for_each(|line| groups.entry(&line.key).or_default().push(line));
        groups.values_mut().for_each(|lines| lines.sort_by_key(|line| line.from));
        let mut ids: BTreeMap<&str, Uuid> = BTreeMap::new();
        let mut wanted: Vec<((NaiveDate, u8), u64, Act)> = Vec::new();
        for (key, lines) in &groups {
            let known = self.known(key, lines[0].from);
            if known.is_none() && lines[0].name.is_empty() {
                self.import.refuse::<()>(lines[0].line, Why::NoName, key);
                continue;
            }
            let id = known.unwrap_or_else(&mut new_id);
            ids.insert(key, id);
            let named = |line: &Line, act| wanted.push(((line.from, RANKS.0), line.line, act));
            self.names(id, known.is_some(), lines, named);
        }
        for (key, lines) in &groups {
            let Some(&id) = ids.get(key) else { continue };
            let mut parent = "";
            for line in lines {
                if !line.parent.is_empty() && line.parent != parent {
                    parent = &line.parent;
                    wanted.extend(self.place(&ids, id, line).map(|act| ((line.from, RANKS.1), line.line, act)));
                }
                wanted.extend(coded(id, line).map(|act| ((line.from, RANKS.3), line.line, act)));
            }
        }
        for (line, act) in self.ends(&groups, &ids) {
            wanted.push(((first_day_after(&act), RANKS.2), line, act));
        }
        wanted.sort_by_key(|(when, line, _)| (*when, *line));
        self.fit(wanted);
    }

    /// The agency that a key means, where the register has it.
    fn known(&self, key: &str, day: NaiveDate) -> Option<Uuid> {
        let by_id = Uuid::try_parse(key).ok().filter(|id| self.register.get(*id).is_some());
        let by_code = || Some(self.register.with_code(&key.parse().ok()?, day)?.id);
        by_id.or_else(by_code)
    }

    /// The first day and the names of an agency.
    fn names(&self, id: Uuid, is_known: bool, lines: &[&Line], mut take: impl FnMut(&Line, Act)) {
        let mut name = "";
        for (at, line) in lines.iter().enumerate() {
            if line.name.is_empty() || line.name == name {
                continue;
            }
            name = &line.name;
            let (name, mandate, from) = (line.name.clone(), line.mandate.clone(), line.from);
            take(
                line,
                match at == 0 && !is_known {
                    true => Act::Add { agency: id, name, on: from, mandate },
                    false => Act::Rename { agency: id, name, from, mandate },
                },
            );
        }
    }

    fn place(&mut self, ids: &BTreeMap<&str, Uuid>, id: Uuid, line: &Line) -> Option<Act> {
        let parent = match line.parent.as_str() {
            UNDER_NONE => None,
            key => match self.whom(ids, key, line.from) {
                None => return self.import.refuse(line.line, Why::Whom, key),
                known => known,
            },
        };
        Some(Act::Move { agency: id, parent, from: line.from, mandate: line.mandate.clone() })
    }

    fn whom(&self, ids: &BTreeMap<&str, Uuid>, key: &str, day: NaiveDate) -> Option<Uuid> {
        ids.get(key).copied().or_else(|| self.known(key, day))
    }

    /// How agencies ended: those that have the same end are parties of one act.
    fn ends(&mut self, groups: &BTreeMap<&str, Vec<&Line>>, ids: &BTreeMap<&str, Uuid>) -> Vec<(u64, Act)> {
        let mut acts: Vec<(u64, Act)> = Vec::new();
        for (key, lines) in groups {
            let ends: Vec<(u64, &End)> = lines.iter().filter_map(|one| Some((one.line, one.end.as_ref()?))).collect();
            let (Some(&(line, end)), Some(&id)) = (ends.first(), ids.get(key)) else { continue };
            if let Some((line, _)) = ends.iter().find(|(_, other)| *other != end) {
                self.import.refuse::<()>(*line, Why::EndsTwice, key);
                continue;
            }
            let (Some(how), Some(on)) = (end.how, end.last.succ_opt()) else {
                acts.push((line, Act::Dissolve { agency: id, last: end.last, mandate: end.mandate.clone() }));
                continue;
            };
            let named: Vec<Option<Uuid>> = end.successors.iter().map(|key| self.whom(ids, key, on)).collect();
            let Some(after) = named.into_iter().collect::<Option<Vec<Uuid>>>() else {
                self.import.refuse::<()>(line, Why::Whom, &end.successors.join(" "));
                continue;
            };
            let joined = acts.iter_mut().find_map(|(_, act)| match act {
                Act::Succeed { how: own, predecessors, successors, on: day, mandate }
                    if (*own, *day, &*successors, &*mandate) == (how, on, &after, &end.mandate) =>
                {
                    Some(predecessors)
                }
                _ => None,
            });
            match joined {
                Some(predecessors) => predecessors.push(id),
                None => {
                    let (predecessors, mandate) = (vec![id], end.mandate.clone());
                    acts.push((line, Act::Succeed { how, predecessors, successors: after, on, mandate }));
                }
            }
        }
        acts
    }

    /// Keeps what fits and is new, in order.
    fn fit(self, wanted: Vec<((NaiveDate, u8), u64, Act)>) {
        let mut register = self.register.clone();
        for (_, line, act) in wanted {
            if register.knows(&act) {
                self.import.known += 1;
                continue;
            }
            match register.record(act.clone()) {
                Ok(()) => self.import.acts.push(act),
                Err(refused) => _ = self.import.refuse::<()>(line, Why::Refused(refused.why), ""),
            }
        }
        self.import.refused.sort_by_key(|refused| refused.line);
    }
}

/// In which order acts of one day are recorded: names, places, ends, codes. A code may be another's the day before.
const RANKS: (u8, u8, u8, u8) = (0, 1, 2, 3);

fn coded(id: Uuid, line: &Line) -> Option<Act> {
    let (code, mandate) = (line.code.clone()?, line.mandate.clone());
    Some(Act::Code { agency: id, code, from: line.from, until: line.until, mandate })
}

fn first_day_after(act: &Act) -> NaiveDate {
    match act {
        Act::Succeed { on, .. } => *on,
        Act::Dissolve { last, .. } => last.succ_opt().unwrap_or(*last),
        _ => NaiveDate::MIN,
    }
}

/// The register as a table that [`read`] reads: a line for each code, and for each name or place that begins with none.
pub fn write(register: &Agencies) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|(_, names)| names[0]))?;
    for agency in register.all() {
        let mut ended = agency.ended.as_ref();
        for (from, coded) in beginnings(agency) {
            writer.write_record(written(agency, from, coded, ended.take()))?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

/// The days on which something of an agency begins, with the codes that do.
fn beginnings(agency: &Agency) -> Vec<(NaiveDate, Option<&Coded>)> {
    let coded: BTreeSet<NaiveDate> = agency.codes.iter().map(|coded| coded.from).collect();
    let others = agency.names.iter().map(|one| one.from).chain(agency.places.iter().map(|one| one.from));
    let others: BTreeSet<NaiveDate> = others.filter(|from| !coded.contains(from)).collect();
    let mut all: Vec<_> = agency.codes.iter().map(|coded| (coded.from, Some(coded))).collect();
    all.extend(others.into_iter().map(|from| (from, None)));
    all.sort_by_key(|(from, _)| *from);
    all
}

fn written(agency: &Agency, from: NaiveDate, coded: Option<&Coded>, ended: Option<&Ended>) -> [String; 11] {
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let mandates = agency.names.iter().map(|one| (one.from, &one.mandate));
    let mandates = mandates.chain(agency.places.iter().map(|one| (one.from, &one.mandate)));
    let mandate = coded.map(|coded| &coded.mandate).filter(|mandate| !mandate.is_empty());
    let mandate = mandate.or_else(|| mandates.into_iter().find(|(on, _)| *on == from).map(|(_, mandate)| mandate));
    let place = agency.places.iter().rev().find(|place| place.from <= from);
    let how = ended.map_or("", |ended| ended.how.map_or(DISSOLUTION, Succession::name));
    let successors: Vec<String> =
        ended.into_iter().flat_map(|ended| &ended.successors).map(ToString::to_string).collect();
    [
        agency.id.to_string(),
        coded.map_or_else(String::new, |coded| coded.code.to_string()),
        agency.name(from).to_owned(),
        place.map_or_else(String::new, |place| place.parent.map_or(UNDER_NONE.to_owned(), |id| id.to_string())),
        from.to_string(),
        day(coded.and_then(|coded| coded.until)),
        mandate.cloned().unwrap_or_default(),
        day(ended.map(|ended| ended.last)),
        how.to_owned(),
        successors.join(" "),
        ended.map_or_else(String::new, |ended| ended.mandate.clone()),
    ]
}
