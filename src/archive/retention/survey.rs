//! What all records come to on a day: the nightly evaluation, and what is due.
//!
//! One walk over the catalog's small rows, dossier by dossier; no body is read. [`Archive::evaluate`] asks the decision
//! about every record and counts the answers. [`Archive::due`] asks about dossiers, the unit in which they are listed and
//! transferred, and reads the rows of records only where one has facts of its own: a dossier's statement is the longest of
//! its records' (`transfer::grouping`, `dossier_folder`). Nothing is stored.

use super::candidate::Filter;
use super::links::Links;
use super::standing::Standing;
use super::whole::Whole;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::catalog::{Depth, PlacedRow, Slice, Walk};
use crate::error::{Error, Result};
use crate::retention::civil::{Dated, months_after};
use crate::retention::deadline::{Deadline, Sector, Standing as Clock, Work, deposits, transfer};
use crate::retention::decision::{Link, Outcome, Question, decide};
use crate::retention::disposal::Archive as Whose;
use crate::retention::hold::{Place, Scope};
use crate::retention::span::{Assigned, Longest, Span, reckon};
use crate::retention::words;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use uuid::Uuid;

/// Into how many slices the dossiers are cut that the threads take one after another: many more than there are cores,
/// as slices are of one length in time, not in dossiers.
const SLICES: u64 = 32;

/// How many records have which outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Dossiers looked at that have records still.
    pub dossiers: u64,
    /// Records looked at.
    pub records: u64,
    /// Records by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Records of which an assigned rule waits for a second person.
    pub waiting: u64,
}

/// By what dossiers are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The agency in the dossier's code.
    Agency,
    /// The year in which the period ends.
    Year,
    /// The rule, or the statement.
    Rule,
}

/// What is asked of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which dossiers.
    pub filter: Filter,
    /// By what they are counted.
    pub by: By,
    /// What comes due within so many months counts as coming.
    pub within_months: u32,
    /// The day.
    pub on: NaiveDate,
    /// How many dossiers are listed at most.
    pub items_max: usize,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Numbers by agency, year or rule.
    pub lines: BTreeMap<String, Numbers>,
    /// Dossiers whose period has ended, the first to end first, as many as were asked for.
    pub items: Vec<DueItem>,
}

/// Numbers of dossiers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The period has ended: may be listed for disposal.
    pub eligible: u64,
    /// The period has ended: somebody must look first, or confirm what it rests on.
    pub review: u64,
    /// The period has ended, and a hold stands against it.
    pub held: u64,
    /// The period ends within the horizon.
    pub coming: u64,
    /// An event is awaited.
    pub awaiting: u64,
    /// The period cannot be told.
    pub undetermined: u64,
    /// Permanent, and late for the historical archive.
    pub transfer_overdue: u64,
    /// Permanent, and perhaps late: not everything is known.
    pub transfer_doubtful: u64,
    /// Permanent, to be transferred within the horizon.
    pub transfer_coming: u64,
    /// Deposited later than every source of the law allows.
    pub deposited_late: u64,
}

/// A dossier whose period has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// The dossier.
    pub dossier: Uuid,
    /// Last day of its period.
    pub until: NaiveDate,
    /// What may become of it.
    pub outcome: Outcome,
}

impl Archive {
    /// What may become of every record on a day, in numbers.
    pub fn evaluate(&self, on: NaiveDate) -> Result<Evaluation> {
        let standing = self.standing()?;
        let bounds = standing.law.bounds();
        let mut evaluation = Evaluation::default();
        let mut walk = self.catalog.walk_kept(Depth::Records);
        let (mut holds, mut events, mut linked) = (Vec::new(), Vec::new(), Links::new(self));
        while let Some(kept) = walk.next_kept().map_err(project::catalog)? {
            let whole = Whole::new(kept);
            let longest = whole.longest(&standing);
            evaluation.dossiers += u64::from(!whole.kept.records.is_empty());
            for (_, placed) in &whole.kept.records {
                let links = linked.of(&standing, &whole, placed.record)?;
                let waiting = whole.ruled_of(placed, &standing).waiting.is_some();
                let matter = whole.matter_of(placed, &standing, &mut events);
                self.covering_placed(&standing, &whole, placed, &mut holds)?;
                let question = Question { record: &matter, dossier: longest, holds: &holds, links: &links, on };
                *evaluation.outcomes.entry(decide(&question, bounds).outcome).or_default() += 1;
                evaluation.records += 1;
                evaluation.waiting += u64::from(waiting);
            }
        }
        Ok(evaluation)
    }

    /// What is due on a day, in numbers, and the first dossiers.
    pub fn due(&self, wanted: &Wanted) -> Result<Due> {
        let horizon = months_after(wanted.on, wanted.within_months);
        let horizon = horizon.ok_or_else(|| Error::invalid("the horizon lies beyond the calendar"))?;
        let may_be_emptied = self.catalog.tombstones().next().is_some();
        let survey = Survey { standing: self.standing()?, may_be_emptied, horizon, wanted };
        let held = self.dossiers_of_held_records(&survey.standing)?;
        let slices = self.catalog.slices(SLICES).map_err(project::catalog)?;
        let next = AtomicUsize::new(0);
        let work = || self.due_in(&survey, &held, &slices, &next);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(slices.len());
        let parts: Vec<Result<Due>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let died = |_| Err(Error::corrupt("a thread that looked for what is due died"));
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(died)).collect()
        });
        let mut due = Due::default();
        for part in parts {
            due.take(part?);
        }
        due.items.sort_by_key(|item| (item.until, item.dossier));
        due.items.truncate(wanted.items_max);
        Ok(due)
    }

    /// What is due in the slices that nobody else has taken.
    fn due_in(&self, survey: &Survey<'_>, held: &HashSet<Uuid>, slices: &[Slice], next: &AtomicUsize) -> Result<Due> {
        let (mut due, mut clocks, mut links) = (Due::default(), Clocks::default(), Links::new(self));
        while let Some(slice) = slices.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut walk = self.catalog.walk_slice(Depth::Dossiers, *slice);
            while let Some(kept) = walk.next_kept().map_err(project::catalog)? {
                if !survey.wanted.filter.takes(&kept.row.agencies, kept.row.year) {
                    continue;
                }
                // Of an emptied dossier nothing is due any more; where nothing was ever destroyed there is none.
                if survey.may_be_emptied && !walk.has_records(kept.id).map_err(project::catalog)? {
                    continue;
                }
                let mut whole = Whole::new(kept);
                let kept_for = self.look_into(&mut whole, &mut walk, &mut links, &survey.standing)?;
                let held = held.contains(&whole.kept.id) || self.is_held_by_record(survey, &whole)?;
                survey.take(&mut due, &mut clocks, &whole, &kept_for, held);
            }
        }
        Ok(due)
    }

    /// What a dossier's records add to what its row says. Their rows are read only where their lots do not tell.
    fn look_into(
        &self,
        whole: &mut Whole,
        walk: &mut Walk<'_>,
        links: &mut Links<'_>,
        standing: &Standing,
    ) -> Result<ByRecords> {
        let told = if whole.has_facts_of_records() {
            None
        } else if whole.own.assigned.is_some() || !whole.names_a_rule() {
            Some(Longest::NONE)
        } else {
            whole.longest_of(&walk.lots(whole.kept.id).map_err(project::catalog)?, standing)
        };
        let longest = match told {
            Some(longest) => longest,
            None => {
                walk.read_records(&mut whole.kept).map_err(project::catalog)?;
                whole.longest(standing)
            }
        };
        let mut found = ByRecords { longest, links: Vec::new() };
        for record in whole.with_facts() {
            found.links.extend(links.of(standing, whole, record)?);
        }
        Ok(found)
    }

    /// Whether a hold that goes by what records are, not by what a dossier's row tells, covers a record of a dossier. Looked
    /// at only where it matters: the period has ended.
    fn is_held_by_record(&self, survey: &Survey, whole: &Whole) -> Result<bool> {
        let standing = &survey.standing;
        if !standing.holds.ask_records() || !survey.has_ended(whole) {
            return Ok(false);
        }
        let (whole, mut holds) = (self.whole(whole.kept.id)?, Vec::new());
        for (_, placed) in &whole.kept.records {
            self.covering_placed(standing, &whole, placed, &mut holds)?;
            if !holds.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The holds in force that cover a record: by the rows, and by its description only where a hold asks for it.
    fn covering_placed(
        &self,
        standing: &Standing,
        whole: &Whole,
        placed: &PlacedRow,
        found: &mut Vec<Uuid>,
    ) -> Result<()> {
        let rules = if standing.holds.ask_records() { whole.classes_of(placed, standing) } else { Vec::new() };
        let place = Place {
            record: placed.record,
            dossier: whole.kept.id,
            agencies: &whole.kept.row.agencies,
            rules: &rules,
            year: whole.kept.row.year,
            issued: Some(placed.issued),
            said: None,
        };
        if standing.holds.wants_description(&place) {
            *found = super::candidate::covering(standing, whole, placed.record, &self.record(placed.record)?)?;
        } else {
            standing.holds.covering(&place, found);
        }
        Ok(())
    }

    /// The dossiers of the records that holds in force name.
    fn dossiers_of_held_records(&self, standing: &Standing) -> Result<HashSet<Uuid>> {
        let mut dossiers = HashSet::new();
        for hold in standing.holds.all().filter(|hold| hold.released.is_none()) {
            let Scope::Records(records) = &hold.scope else { continue };
            for &record in records {
                // A record that is not there any more has no row.
                if self.catalog.body(record).map_err(project::catalog)?.is_some() {
                    dossiers.insert(super::candidate::dossier_of(record, &self.record(record)?)?);
                }
            }
        }
        Ok(dossiers)
    }
}

/// What the records of a dossier say of how long it is kept.
struct ByRecords {
    longest: Longest,
    links: Vec<Link>,
}

/// What a survey goes by.
struct Survey<'a> {
    standing: Standing,
    /// Whether anything was ever destroyed.
    may_be_emptied: bool,
    horizon: NaiveDate,
    wanted: &'a Wanted,
}

impl Survey<'_> {
    fn take(&self, due: &mut Due, clocks: &mut Clocks, whole: &Whole, records: &ByRecords, a_record_is_held: bool) {
        let standing = &self.standing;
        let (matter, mut holds) = (whole.matter(standing), Vec::new());
        covering(standing, whole, &mut holds);
        if a_record_is_held && holds.is_empty() {
            holds.push(whole.kept.id); // only whether there is one is asked
        }
        let ByRecords { longest, links } = records;
        let question = Question { record: &matter, dossier: *longest, holds: &holds, links, on: self.wanted.on };
        let decision = decide(&question, standing.law.bounds());
        let key = match self.wanted.by {
            By::Agency => whole.kept.row.agencies.first().map_or_else(String::new, ToString::to_string),
            By::Year => decision.until().map_or_else(String::new, |day| day.year().to_string()),
            By::Rule => match matter.assigned {
                Assigned::Rule(rule, _) => rule.code.clone(),
                Assigned::Stated(period, _) => format!("“{}”", words(period)),
                Assigned::Nothing => String::new(),
            },
        };
        let numbers = due.lines.entry(key).or_default();
        numbers.count(decision.outcome, decision.span, self.wanted.on, self.horizon);
        self.count_clocks(numbers, clocks, whole, decision.span);
        if let Some(until) = decision.until().filter(|until| *until < self.wanted.on) {
            due.items.push(DueItem { dossier: whole.kept.id, until, outcome: decision.outcome });
        }
    }

    /// Whether the period of a dossier has ended, whatever stands against its disposal.
    fn has_ended(&self, whole: &Whole) -> bool {
        let span = whole.matter_span(&self.standing);
        matches!(span, Span::Until(day) if day < self.wanted.on)
    }

    /// The deposit that was, and the transfer that is to come.
    fn count_clocks(&self, numbers: &mut Numbers, clocks: &mut Clocks, whole: &Whole, span: Span) {
        let (law, calendar, row) = (&self.standing.law, &self.standing.calendar, &whole.kept.row);
        let until = clocks
            .deposits
            .entry(row.year)
            .or_insert_with(|| deposits(law, calendar, Work::Ordinary, whole.work_ended()));
        let late = |deadline: &Deadline| deadline.on(row.accessioned) == Clock::Overdue;
        numbers.deposited_late += u64::from(until.iter().all(late));
        if span != Span::Permanent || self.standing.archive == Whose::Historical {
            return; // what a historical archive has goes nowhere
        }
        let sector = self.standing.sector_of(row);
        let stands = clocks.transfers.entry((sector, row.accessioned)).or_insert_with(|| {
            let deadline = transfer(law, calendar, sector, Dated::day(row.accessioned));
            (deadline.on(self.wanted.on), deadline.on(self.horizon))
        });
        match *stands {
            (Clock::Overdue, _) => numbers.transfer_overdue += 1,
            (Clock::Doubtful, _) => numbers.transfer_doubtful += 1,
            (Clock::Running, Clock::Running) => {}
            (Clock::Running, _) => numbers.transfer_coming += 1,
        }
    }
}

/// Deadlines that were reckoned already: there are some hundred different ones among a million dossiers.
#[derive(Default)]
struct Clocks {
    /// Of the deposit, by the year in which the work ended.
    deposits: HashMap<i32, Vec<Deadline>>,
    /// How the transfer stands on the day and at the horizon, by sector and day of accession.
    transfers: HashMap<(Sector, NaiveDate), (Clock, Clock)>,
}

impl Due {
    /// Takes in what was found elsewhere.
    fn take(&mut self, other: Self) {
        for (key, numbers) in other.lines {
            let own = self.lines.entry(key).or_default();
            *own = own.plus(numbers);
        }
        self.items.extend(other.items);
    }
}

impl Numbers {
    fn count(&mut self, outcome: Outcome, span: Span, on: NaiveDate, horizon: NaiveDate) {
        let ends = match span {
            Span::Until(day) => Some(day),
            Span::Awaiting | Span::Unknown | Span::Permanent => None,
        };
        match outcome {
            Outcome::Eligible => self.eligible += 1,
            Outcome::ReviewDue => self.review += 1,
            Outcome::Held if ends.is_some_and(|day| day < on) => self.held += 1,
            Outcome::Held | Outcome::Permanent => {}
            Outcome::NotYet if ends.is_some_and(|day| day < horizon) => self.coming += 1,
            Outcome::NotYet => {}
            Outcome::AwaitingEvent => self.awaiting += 1,
            Outcome::CannotEvaluate => self.undetermined += 1,
        }
    }

    /// Each number with its name, its words in Vietnamese and in English.
    pub const fn named(&self) -> [(&'static str, u64, &'static str, &'static str); 10] {
        [
            ("eligible", self.eligible, "hết thời hạn, có thể lập danh mục", "ended, may be listed"),
            ("review", self.review, "hết thời hạn, cần xem xét hoặc xác nhận", "ended, to be reviewed or confirmed"),
            ("held", self.held, "hết thời hạn, đang tạm dừng hủy", "ended, on hold"),
            ("coming", self.coming, "sắp hết thời hạn", "ending soon"),
            ("awaiting", self.awaiting, "chờ sự kiện", "awaiting an event"),
            ("undetermined", self.undetermined, "chưa xác định thời hạn", "not determined"),
            ("transfer_overdue", self.transfer_overdue, "quá hạn nộp lưu trữ lịch sử", "overdue for transfer"),
            ("transfer_doubtful", self.transfer_doubtful, "có thể quá hạn nộp", "perhaps overdue for transfer"),
            ("transfer_coming", self.transfer_coming, "sắp đến hạn nộp", "to be transferred soon"),
            ("deposited_late", self.deposited_late, "nộp vào lưu trữ hiện hành muộn", "deposited late"),
        ]
    }

    /// Those whose period has ended, whatever becomes of them, or ends within the horizon.
    pub const fn ends(&self) -> u64 {
        self.eligible + self.review + self.held + self.coming
    }

    /// The same with others.
    pub fn plus(self, other: Self) -> Self {
        Self {
            eligible: self.eligible + other.eligible,
            review: self.review + other.review,
            held: self.held + other.held,
            coming: self.coming + other.coming,
            awaiting: self.awaiting + other.awaiting,
            undetermined: self.undetermined + other.undetermined,
            transfer_overdue: self.transfer_overdue + other.transfer_overdue,
            transfer_doubtful: self.transfer_doubtful + other.transfer_doubtful,
            transfer_coming: self.transfer_coming + other.transfer_coming,
            deposited_late: self.deposited_late + other.deposited_late,
        }
    }
}

/// The holds in force that cover a dossier by itself: those that go by its records are asked of them.
fn covering(standing: &Standing, whole: &Whole, found: &mut Vec<Uuid>) {
    let place = Place {
        record: whole.kept.id,
        dossier: whole.kept.id,
        agencies: &whole.kept.row.agencies,
        rules: &[],
        year: whole.kept.row.year,
        issued: None,
        said: None,
    };
    let is_plain = |id: &Uuid| {
        let hold = standing.holds.get(*id);
        hold.is_some_and(|hold| !matches!(hold.scope, Scope::Class(_) | Scope::Query(_)))
    };
    standing.holds.covering(&place, found);
    found.retain(is_plain);
}

impl Whole {
    /// How long the dossier itself is kept, without its links.
    fn matter_span(&self, standing: &Standing) -> Span {
        reckon(&self.matter(standing), standing.law.bounds()).span
    }
}
