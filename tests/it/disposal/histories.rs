//! Random histories of the real archive against a simple model: ingests, supplements, events, holds, links, rule
//! changes, cases with a council and without, items taken off or given a longer period, holds in the middle of an
//! execution, crashes, rebuilds.
//!
//! Never is a held, permanent, undecided or unapproved byte destroyed; never does a due and approved one survive
//! silently. The model knows what may be destroyed on a day (`may_go`) and what must be, nothing having changed since
//! the approval (`must_go`); between them lie cut-offs and footings that it does not reckon. CHAUBAN_HISTORIES says how
//! many histories are lived through, CHAUBAN_SEED where the dice begin.

use super::*;
use crate::crash::plan::Dice;
use chauban::archive::disposal::{Filter, Period};
use chauban::archive::rebuild;
use chauban::archive::retention::assign::{assign, link, occur, revoke};
use chauban::archive::retention::{Applies, Occurrence, adopt};
use chauban::time::SECOND;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;

const HISTORIES: usize = 10;
const SEED: u64 = 20_261_122;
/// Things that happen in a history.
const STEPS: usize = 160;
const DAY: u64 = 86_400 * SECOND;
const RECORDS_MAX: usize = 24;

/// A clock that goes on by days when it is told to.
struct Days(SystemClock, AtomicU64);

impl Clock for Days {
    fn wall(&self) -> Micros {
        Micros(self.1.load(Ordering::Relaxed) + self.0.steady())
    }

    fn steady(&self) -> u64 {
        self.1.load(Ordering::Relaxed) + self.0.steady()
    }
}

/// What an agency states of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stated {
    Years,
    Permanent,
    /// Nobody can read it; a rule may be assigned that waits for an event.
    Unreadable,
    /// It names a rule of so many years from the end of the work.
    Rule,
}

#[derive(Debug, Clone)]
struct ModelRecord {
    code: String,
    content: Vec<u8>,
    years: u16,
    /// The longest period that a case gave it instead.
    extended: u16,
    is_gone: bool,
}

#[derive(Debug, Clone)]
struct ModelDossier {
    code: String,
    agency: &'static str,
    kind: Stated,
    year: i32,
    /// The longest that was ever stated for it.
    stated: u16,
    /// The period that was confirmed.
    confirmed: Option<u16>,
    is_assigned: bool,
    /// Ledger index and day of what happened.
    event: Option<(u64, NaiveDate)>,
    records: Vec<ModelRecord>,
    /// Step at which something last happened to it.
    touched: usize,
}

#[derive(Debug, Clone)]
enum Covers {
    Record(String),
    Dossier(String),
    Agency(&'static str),
    /// The records under a rule, and those that ever were.
    Class(&'static str),
    /// What an agency issued in a year.
    Query(&'static str, i32),
}

/// A case that goes on.
#[derive(Debug, Default)]
struct ModelCase {
    number: String,
    /// Codes that its council, or whoever took them off, wants kept.
    refused: BTreeSet<String>,
    /// Codes on the list when it was last looked at before the decision, and the step.
    decided: Option<(BTreeSet<String>, usize)>,
}

/// One history.
struct History {
    scratch: Scratch,
    clock: Arc<Days>,
    dice: Dice,
    writing: Option<Writing>,
    dossiers: Vec<ModelDossier>,
    holds: BTreeMap<String, Covers>,
    /// Links between records.
    links: Vec<(String, String)>,
    cases: Vec<ModelCase>,
    /// Version of the schedule, and whether its rules are confirmed.
    version: u32,
    is_confirmed: bool,
    step: usize,
    told: Told,
}

/// What came of histories.
#[derive(Debug, Default)]
struct Told {
    destroyed: usize,
    left: usize,
    crashes: usize,
    holds_in_between: usize,
    rebuilt: usize,
    refused: usize,
    voted_down: usize,
    extended: usize,
    late: usize,
}

/// The schedule: a rule from the end of the work, one from an event. Later versions keep longer.
fn schedule(version: u32) -> String {
    let years = 3 + version;
    let rule = |code: &str, trigger: &str| {
        format!(
            "[[rule]]\ncode = \"{code}\"\nauthority = \"B\"\nrecords = \"{code}\"\ntrigger = {trigger}\n\
             period = \"{years} năm\"\naction = \"destroy\"\nsource = \"invented\"\ngrade = \"V2\"\nverified = false\n"
        )
    };
    format!(
        "format = 1\n[schedule]\ncode = \"B\"\ntitle = \"B\"\nversion = {version}\n[[authority]]\ncode = \"B\"\n\
         citation = \"B\"\nkind = \"circular\"\ngrade = \"V2\"\nsource = \"invented\"\n{}{}",
        rule("B/work", "\"work-ended\""),
        rule("B/event", "{ any = [\"superseded\"] }")
    )
}

impl History {
    fn new(seed: u64) -> Self {
        let scratch = Scratch::empty();
        let start: Micros = "2024-06-01T03:00:00.000000Z".parse().unwrap();
        let clock = Arc::new(Days(SystemClock::new(), AtomicU64::new(start.0)));
        let options =
            InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
        init::init(&places(&scratch), &options, clock.clone()).unwrap();
        let mut history = Self {
            scratch,
            clock,
            dice: Dice::new(seed),
            writing: None,
            dossiers: Vec::new(),
            holds: BTreeMap::new(),
            links: Vec::new(),
            cases: Vec::new(),
            version: 1,
            is_confirmed: false,
            step: 0,
            told: Told::default(),
        };
        history.reopen();
        adopt::adopt(history.writing(), &schedule(1), Applies::AllUndisposed, "bảng", "Vũ G").unwrap();
        history
    }

    fn writing(&self) -> &Writing {
        self.writing.as_ref().unwrap()
    }

    /// Opens the archive, again where it was open: as another process does after a crash.
    fn reopen(&mut self) {
        self.writing = None;
        self.writing = Some(Writing::open(&places(&self.scratch), self.clock.clone()).unwrap());
    }

    fn today(&self) -> NaiveDate {
        chauban::archive::retention::today(self.clock.as_ref())
    }

    /// One thing happens.
    fn live(&mut self) {
        self.step += 1;
        match self.dice.below(44) {
            0..=3 => self.ingest(),
            4 => self.supplement(),
            5..=8 => self.confirm_dossier(),
            9 => self.assign(),
            10 | 11 => self.occur(),
            12 => self.hold(),
            13..=15 => self.release(),
            16 => self.link(),
            17 => self.rule_change(),
            18 | 19 => self.confirm_rules(),
            20 => self.pass(),
            21 if self.step.is_multiple_of(2) => self.rebuild(),
            22 => self.misuse(),
            _ => self.case(),
        }
    }

    fn pass(&mut self) {
        let days = 1 + self.dice.below(300) as u64;
        self.clock.1.fetch_add(days * DAY, Ordering::Relaxed);
    }

    fn ingest(&mut self) {
        let records: usize = self.dossiers.iter().map(|dossier| dossier.records.len()).sum();
        if records >= RECORDS_MAX {
            return;
        }
        let (number, year) = (self.dossiers.len() + 1, 2010 + self.dice.below(10) as i32);
        let agency = ["H26.10", "H26.11"][self.dice.below(2)];
        let kind =
            [Stated::Years, Stated::Years, Stated::Permanent, Stated::Unreadable, Stated::Rule][self.dice.below(5)];
        let code = format!("{agency}.{year}.{number:03}");
        let (records, touched) = (Vec::new(), self.step);
        self.dossiers.push(ModelDossier {
            code,
            agency,
            kind,
            year,
            stated: 0,
            confirmed: None,
            is_assigned: false,
            event: None,
            records,
            touched,
        });
        let count = 1 + self.dice.below(4);
        self.take_in(number - 1, count);
    }

    /// Later documents for a dossier, perhaps with a longer period.
    fn supplement(&mut self) {
        if let Some(at) = self.any_dossier() {
            self.take_in(at, 1);
        }
    }

    fn take_in(&mut self, at: usize, count: usize) {
        let folder = format!("in/{}", self.step);
        let dossier = &mut self.dossiers[at];
        dossier.touched = self.step;
        for _ in 0..count {
            let years = [2u16, 5, 9][self.dice.below(3)];
            let number = dossier.records.len() + 1;
            let retention = match dossier.kind {
                Stated::Years => format!("{years} năm"),
                Stated::Permanent => "Vĩnh viễn".to_owned(),
                Stated::Unreadable => "theo công trình".to_owned(),
                Stated::Rule => "B/work".to_owned(),
            };
            let content = format!("%PDF-1.7 {} {number}", dossier.code).into_bytes();
            let fields = json!({
                "symbol": format!("{at}{number}/QĐ-STTTT"), "issued_date": format!("{}-03-04", dossier.year),
                "file_code": dossier.code, "agency_code": dossier.agency, "retention": retention,
                "subject": format!("Văn bản {number} của {}", dossier.code),
            });
            self.scratch.document(&format!("{folder}/{number:03}"), &content, fields);
            let code = format!("{}.{number:07}", dossier.code);
            dossier.stated = dossier.stated.max(years);
            dossier.records.push(ModelRecord { code, content, years, extended: 0, is_gone: false });
        }
        let paths = vec![self.scratch.path(&folder)];
        let options =
            IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 1, evidence: vec![] };
        let summary = ingest(self.writing(), &options, &mut |_| {}).unwrap();
        assert_eq!(summary.taken, count as u64);
    }

    fn any_dossier(&mut self) -> Option<usize> {
        (!self.dossiers.is_empty()).then(|| self.dice.below(self.dossiers.len()))
    }

    /// A dossier in which something is left.
    fn any_alive(&mut self) -> Option<usize> {
        let at = self.any_dossier()?;
        self.dossiers[at].records.iter().any(|record| !record.is_gone).then_some(at)
    }

    fn confirm_dossier(&mut self) {
        let Some(at) = self.any_alive() else { return };
        let (code, kind) = (self.dossiers[at].code.clone(), self.dossiers[at].kind);
        let done = confirm_period(self.writing(), &[code], "dòng 5", "QĐ 7", "Vũ G");
        if kind == Stated::Years && done.is_ok() {
            self.dossiers[at].confirmed = Some(self.dossiers[at].stated);
            self.dossiers[at].touched = self.step;
        }
    }

    fn assign(&mut self) {
        let Some(at) = self.any_alive().filter(|at| self.dossiers[*at].kind == Stated::Unreadable) else { return };
        assign(self.writing(), &[self.dossiers[at].code.clone()], "B/event", "lý do", "Lê A").unwrap();
        self.dossiers[at].is_assigned = true;
        self.dossiers[at].touched = self.step;
    }

    /// What the period waits for happens, or did not after all.
    fn occur(&mut self) {
        let Some(at) = self.any_alive().filter(|at| self.dossiers[*at].is_assigned) else { return };
        let dossier = self.dossiers[at].clone();
        let event = match dossier.event {
            Some((index, _)) => {
                revoke(self.writing(), &dossier.code, index, "nhầm", "Lê A").unwrap();
                None
            }
            None => {
                let day = NaiveDate::from_ymd_opt(dossier.year + 1 + self.dice.below(6) as i32, 6, 7).unwrap();
                let code = [dossier.code];
                let kind = Occurrence::Superseded;
                let done = occur(self.writing(), &code, kind, &day.to_string(), "thay thế", "Lê A").unwrap();
                Some((done[0].index, day))
            }
        };
        self.dossiers[at].event = event;
        self.dossiers[at].touched = self.step;
    }

    fn hold(&mut self) {
        let Some(at) = self.any_alive() else { return };
        let dossier = &self.dossiers[at];
        let alive = dossier.records.iter().find(|record| !record.is_gone).map(|record| record.code.clone());
        let covers = match self.dice.below(7) {
            0 => Covers::Agency(dossier.agency),
            1 | 2 => Covers::Dossier(dossier.code.clone()),
            3 => Covers::Class(["B/work", "B/event", "B"][self.dice.below(3)]),
            4 => Covers::Query(dossier.agency, dossier.year),
            _ => Covers::Record(alive.unwrap()),
        };
        self.place(covers);
    }

    fn place(&mut self, covers: Covers) {
        let placed = place(self.writing(), &covers);
        self.touch(&covers);
        self.holds.insert(placed, covers);
    }

    fn touch(&mut self, covers: &Covers) {
        let step = self.step;
        for dossier in self.dossiers.iter_mut().filter(|dossier| dossier.is_covered(covers)) {
            dossier.touched = step;
        }
    }

    fn release(&mut self) {
        let at = self.dice.below(self.holds.len());
        let Some((id, covers)) = self.holds.iter().nth(at).map(|(id, covers)| (id.clone(), covers.clone())) else {
            return;
        };
        hold::release(self.writing(), &id, "xong", "another").unwrap();
        self.holds.remove(&id);
        self.touch(&covers);
    }

    fn link(&mut self) {
        let (Some(one), Some(other)) = (self.any_alive(), self.any_alive()) else { return };
        let alive = |at: usize| self.dossiers[at].records.iter().find(|record| !record.is_gone).unwrap().code.clone();
        let (first, second) = (alive(one), alive(other));
        if one != other && link(self.writing(), &first, &second, "liên quan", "Lê A").is_ok() {
            self.links.push((first, second));
            (self.dossiers[one].touched, self.dossiers[other].touched) = (self.step, self.step);
        }
    }

    /// A version that keeps longer, whose rules nobody has confirmed yet.
    fn rule_change(&mut self) {
        if self.version < 3 {
            self.version += 1;
            adopt::adopt(self.writing(), &schedule(self.version), Applies::AllUndisposed, "mới", "Vũ G").unwrap();
            self.is_confirmed = false;
            self.touch_ruled();
        }
    }

    fn confirm_rules(&mut self) {
        let rules = ["B/work", "B/event"].map(str::to_owned);
        self.is_confirmed |= adopt::confirm(self.writing(), (&rules, None), "Phụ lục", "QĐ 8", "another").is_ok();
        self.touch_ruled();
    }

    fn touch_ruled(&mut self) {
        let step = self.step;
        let ruled = self.dossiers.iter_mut();
        ruled.filter(|dossier| dossier.kind != Stated::Years).for_each(|dossier| dossier.touched = step);
    }

    fn rebuild(&mut self) {
        self.writing.take().unwrap().close().unwrap();
        rebuild::rebuild(&places(&self.scratch), self.clock.clone(), &|_, _| {}).unwrap();
        self.told.rebuilt += 1;
        self.reopen();
    }

    /// Whoever is not to destroy tries to, and nothing comes of it.
    fn misuse(&mut self) {
        for at in 0..self.cases.len() {
            let number = self.cases[at].number.clone();
            let executor = self.docket(&number).case.state() == State::Executing;
            let actor = if executor { "Lê A" } else { "Đỗ F" };
            let mut desk = Desk::at(self.writing(), &number, actor).unwrap();
            assert!(desk.execute(&mut |_, _, _| {}).is_err());
            drop(desk);
            self.told.refused += 1;
        }
        self.check();
    }

    fn docket(&self, number: &str) -> Docket {
        self.writing().disposal_case(number).unwrap()
    }

    /// The next thing in a case, or a new case.
    fn case(&mut self) {
        if self.cases.len() < 2 && self.dice.below(3) == 0 || self.cases.is_empty() {
            let procedure = if self.dice.below(3) == 0 { WITH_COUNCIL } else { HISTORICAL };
            let opening = Opening { subject: "hết thời hạn".into(), procedure };
            let number = disposal::open(self.writing(), &opening, "Lê A").unwrap().number.to_string();
            self.cases.push(ModelCase { number, ..ModelCase::default() });
            return;
        }
        let at = self.dice.below(self.cases.len());
        let number = self.cases[at].number.clone();
        let docket = self.docket(&number);
        let list = docket.case.list_digest().to_string();
        let act = |actor: &str, act: &dyn Fn(&mut Desk<'_>) -> Result<()>| {
            let mut desk = Desk::at(self.writing.as_ref().unwrap(), &number, actor).unwrap();
            act(&mut desk)
        };
        if self.dice.below(16) == 0 && act("Lê A", &|desk| desk.abort("nhầm", None, None)).is_ok() {
            self.cases.remove(at);
            return;
        }
        if docket.case.is_before_execution() && self.dice.below(9) == 0 {
            return self.exclude(at, &docket);
        }
        match docket.case.state() {
            State::Draft if docket.listed().count() == 0 || self.dice.coin() => {
                _ = act("Lê A", &|desk| desk.add_found(Filter::default(), "").map(|_| ()));
            }
            State::Draft => _ = act("Lê A", &|desk| desk.submit(&list, None, paper("danh mục"))),
            State::Submitted if docket.case.procedure() == WITH_COUNCIL => {
                let seats = [("Trần B", Seat::Chair), ("Lê A", Seat::Secretary), ("Phạm C", Seat::Member)];
                let seats = seats.map(|(name, seat)| (name.to_owned(), seat));
                act("Hoàng D", &|desk| desk.appoint(&seats, None, None, paper("thành lập"))).unwrap();
            }
            State::InCouncil => self.vote(at, &docket),
            State::Submitted | State::Reviewed => self.decide(at),
            // Its days may pass: then it is decided again.
            State::Decided => {
                self.clock.1.fetch_add(4 * DAY, Ordering::Relaxed);
                if act("Đỗ F", &|desk| desk.start()).is_err() {
                    self.decide(at);
                }
            }
            State::Executing => self.execute(at),
            State::Executed => _ = act("Đỗ F", &|desk| desk.minutes("Lê A", None, paper("biên bản"))),
            _ => {
                act("Lê A", &|desk| desk.certify(BTreeSet::new(), None, paper("chứng nhận"))).unwrap();
                let unreached: Vec<String> = self.docket(&number).case.unreached().map(str::to_owned).collect();
                let mut desk = Desk::at(self.writing(), &number, "Lê A").unwrap();
                unreached.iter().for_each(|copy| desk.attest(copy, None, paper("xác nhận")).unwrap());
                desk.keep(None, None).unwrap();
                drop(desk);
                self.cases.remove(at);
            }
        }
    }

    /// An item leaves the list, perhaps with a longer period.
    fn exclude(&mut self, at: usize, docket: &Docket) {
        let listed: Vec<Uuid> = docket.listed().collect();
        let Some(record) = listed.get(self.dice.below(listed.len())) else { return };
        let code = plain_code(docket, *record);
        let years = [0, 8, 15][self.dice.below(3)];
        let instead = (years > 0).then_some(Period::Years(years));
        let mut desk = Desk::at(self.writing.as_ref().unwrap(), &docket.number.to_string(), "Lê A").unwrap();
        let taken = desk.exclude(&[*record], "còn giá trị", instead);
        drop(desk);
        match taken {
            Ok(()) => {
                self.cases[at].refused.insert(code.clone());
                self.cases[at].decided.iter_mut().for_each(|(approved, _)| _ = approved.remove(&code));
                self.told.extended += usize::from(years > 0);
            }
            // What would keep nothing is refused, and it stays on the list.
            Err(error) => return assert_eq!(error.kind(), Kind::Invalid, "{error}"),
        }
        let step = self.step;
        for dossier in self.dossiers.iter_mut().filter(|dossier| years > 0 && code.starts_with(&dossier.code)) {
            dossier.touched = step;
            let record = dossier.records.iter_mut().find(|record| record.code == code).unwrap();
            record.extended = record.extended.max(years);
        }
    }

    /// The council votes; both must agree to an item.
    fn vote(&mut self, at: usize, docket: &Docket) {
        let number = docket.number.to_string();
        let mut desk = Desk::at(self.writing.as_ref().unwrap(), &number, "Trần B").unwrap();
        desk.reassess().unwrap();
        let docket = desk.leave();
        let (list, listed) = (docket.case.list_digest().to_string(), docket.listed().collect::<Vec<_>>());
        let kept: Vec<Uuid> = listed.iter().copied().filter(|_| self.dice.below(4) == 0).collect();
        let keep: Vec<(Uuid, String)> = kept.iter().map(|record| (*record, "còn giá trị".to_owned())).collect();
        for (voter, keep) in [("Trần B", &[][..]), ("Phạm C", &keep)] {
            let mut desk = Desk::at(self.writing(), &number, voter).unwrap();
            desk.vote(&list, keep, &[]).unwrap();
        }
        let mut desk = Desk::at(self.writing(), &number, "Trần B").unwrap();
        desk.close_council(&list, None, None, paper("biên bản")).unwrap();
        drop(desk);
        self.told.voted_down += kept.len();
        self.cases[at].refused.extend(kept.iter().map(|record| plain_code(&docket, *record)));
    }

    fn decide(&mut self, at: usize) {
        let number = self.cases[at].number.clone();
        let list = self.docket(&number).case.list_digest().to_string();
        let mut desk = Desk::at(self.writing(), &number, "Hoàng D").unwrap();
        let decided = desk.decide(&list, BTreeSet::new(), None, paper(&format!("quyết định {}", self.step))).is_ok();
        let docket = desk.leave();
        if decided {
            let items = docket.case.fates().filter(|(_, _, fate)| **fate == Fate::Listed);
            let approved = items.map(|(record, ..)| plain_code(&docket, record)).collect::<BTreeSet<_>>();
            assert!(approved.is_disjoint(&self.cases[at].refused), "what was voted down or taken off is approved");
            self.cases[at].decided = Some((approved, self.step));
        }
    }

    /// Executes a case, perhaps with a hold in between, perhaps with a crash.
    fn execute(&mut self, at: usize) {
        let (number, today) = (self.cases[at].number.clone(), self.today());
        let (crash, hold) = (self.dice.below(20), self.dice.below(6));
        let (approved, since) = self.cases[at].decided.clone().unwrap_or_default();
        // After the law's days nothing goes on that decision any more.
        let is_late = self.docket(&number).case.window().is_some_and(|(_, last)| today > last);
        let may_go = if is_late { BTreeSet::new() } else { approved.clone() };
        self.told.late += usize::from(is_late);
        let listed = self.alive().map(|(_, record)| &record.code).filter(|code| approved.contains(*code));
        let listed: Vec<String> = listed.cloned().collect();
        let one = self.dice.below(listed.len());
        let between = listed.get(one).filter(|_| hold < 4).map(|code| Covers::Record(code.clone()));
        let (mut heard, mut placed) = (0, None);
        let writing = self.writing.take().unwrap();
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut desk = Desk::at(&writing, &number, "Đỗ F").unwrap();
            let mut progress = |stage: disposal::Progress, _, _| {
                heard += 1;
                assert!(heard != crash, "the process ends here");
                let early = matches!(stage, disposal::Progress::Deciding | disposal::Progress::Searching);
                if let Some(covers) = between.as_ref().filter(|_| early && heard == hold && placed.is_none()) {
                    placed = Some(place(&writing, covers));
                }
            };
            desk.execute(&mut progress).unwrap()
        }));
        drop(writing);
        if let (Some(id), Some(covers)) = (placed, between) {
            self.told.holds_in_between += 1;
            self.touch(&covers);
            self.holds.insert(id, covers);
        }
        self.reopen();
        self.gone_only(&may_go, today);
        match ran {
            Err(_) => self.told.crashes += 1,
            Ok(done) => {
                assert!(done.finished || done.failed > 0, "{done:?}");
                self.told.left += done.left;
                self.nothing_silent(&number, &approved, if is_late { 0 } else { since }, today);
            }
        }
        self.check();
    }

    fn alive(&self) -> impl Iterator<Item = (&ModelDossier, &ModelRecord)> {
        let records = self.dossiers.iter().flat_map(|dossier| dossier.records.iter().map(move |one| (dossier, one)));
        records.filter(|(_, record)| !record.is_gone)
    }

    /// Whatever is gone now and was there before was approved, and might go on that day.
    fn gone_only(&mut self, approved: &BTreeSet<String>, today: NaiveDate) {
        let mut gone = BTreeSet::new();
        for (dossier, record) in self.alive() {
            let id = self.writing().find_record(&record.code).unwrap();
            if self.writing().tombstone(id).unwrap().is_some() {
                assert!(approved.contains(&record.code), "{} was not approved", record.code);
                assert!(self.may_go(dossier, record, today), "{} may not go on {today}: {dossier:?}", record.code);
                gone.insert(record.code.clone());
            }
        }
        self.told.destroyed += gone.len();
        for record in self.dossiers.iter_mut().flat_map(|dossier| &mut dossier.records) {
            record.is_gone |= gone.contains(&record.code);
        }
    }

    /// What was approved and is due went, where nothing happened to it since; everything has a fate and a reason.
    fn nothing_silent(&self, number: &str, approved: &BTreeSet<String>, since: usize, today: NaiveDate) {
        let docket = self.docket(number);
        for (_, item, fate) in docket.case.fates() {
            assert!(!matches!(fate, Fate::Listed), "{} has no fate", item.code);
            let code = item.code.trim_start_matches("H26.LT.");
            let whole = self.dossiers.iter().find(|dossier| code.starts_with(&dossier.code)).unwrap();
            let record = whole.records.iter().find(|record| record.code == code).unwrap();
            assert_eq!(
                matches!(fate, Fate::Destroyed(_)),
                record.is_gone && approved.contains(code),
                "{code}: {fate:?}"
            );
            let linked = self.linked(code).any(|other| other.touched >= since);
            if approved.contains(code) && whole.touched < since && !linked && self.must_go(whole, record, today) {
                assert!(record.is_gone, "{code} is due and approved, and stays: {fate:?}");
            }
        }
    }

    /// The dossiers of records linked with one that are there still.
    fn linked<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a ModelDossier> {
        let others = self.links.iter().filter_map(move |(one, other)| match code {
            _ if one == code => Some(other),
            _ if other == code => Some(one),
            _ => None,
        });
        others.filter_map(|code| self.alive().find(|(_, record)| record.code == *code).map(|(dossier, _)| dossier))
    }

    fn is_held(&self, dossier: &ModelDossier, record: &ModelRecord) -> bool {
        self.holds.values().any(|covers| match covers {
            Covers::Record(code) => *code == record.code,
            Covers::Class(class) => dossier.class().is_some_and(|rule| rule.starts_with(class)),
            _ => dossier.is_covered(covers),
        })
    }

    /// Nothing that the model knows keeps a record on a day.
    fn may_go(&self, dossier: &ModelDossier, record: &ModelRecord, today: NaiveDate) -> bool {
        let ended = |one: &ModelDossier| self.ends(one).is_some_and(|(earliest, _)| today > earliest);
        !self.is_held(dossier, record)
            && self.is_firm(dossier)
            && ended(dossier)
            && self.linked(&record.code).all(|other| ended(other) && self.is_firm(other))
    }

    /// Everything says that a record goes on a day.
    fn must_go(&self, dossier: &ModelDossier, record: &ModelRecord, today: NaiveDate) -> bool {
        let ended = |one: &ModelDossier| self.ends(one).is_some_and(|(_, latest)| today > latest);
        self.may_go(dossier, record, today) && ended(dossier) && self.linked(&record.code).all(ended)
    }

    /// Whether an authorised person confirmed what a dossier is kept under.
    fn is_firm(&self, dossier: &ModelDossier) -> bool {
        match dossier.kind {
            Stated::Years => dossier.confirmed.is_some_and(|confirmed| confirmed >= dossier.stated),
            Stated::Permanent => false,
            Stated::Unreadable | Stated::Rule => self.is_confirmed,
        }
    }

    /// The last day of a dossier, at the earliest and at the latest; `None` where it has none.
    fn ends(&self, dossier: &ModelDossier) -> Option<(NaiveDate, NaiveDate)> {
        let years = 3 + self.version as i32;
        let last = |year: i32| NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        let extended = dossier.records.iter().filter(|record| !record.is_gone).map(|record| record.extended);
        let extended = i32::from(extended.max().unwrap_or(0));
        let years = years.max(extended);
        match dossier.kind {
            Stated::Permanent => None,
            Stated::Years => {
                let there = dossier.records.iter().filter(|record| !record.is_gone).map(|record| record.years);
                let stated = i32::from(there.max().unwrap_or(0).max(dossier.stated));
                let end = last(dossier.year + stated.max(extended));
                Some((end, end))
            }
            Stated::Rule => Some((last(dossier.year + years), last(dossier.year + years))),
            Stated::Unreadable => {
                let (_, day) = dossier.event?;
                Some((day.with_year(day.year() + years).unwrap(), last(day.year() + years)))
            }
        }
    }

    /// What is there is there byte for byte; what is gone is told of.
    fn check(&self) {
        for dossier in &self.dossiers {
            for record in &dossier.records {
                let (id, mut bytes) = (self.writing().find_record(&record.code).unwrap(), Vec::new());
                let got = self.writing().get(id, 1, &mut bytes);
                match record.is_gone {
                    true => assert_eq!(got.unwrap_err().kind(), Kind::NotFound),
                    false => assert!(got.is_ok() && bytes == record.content, "{}: {got:?}", record.code),
                }
            }
        }
    }

    fn end(mut self) -> Told {
        self.writing.take().unwrap().close().unwrap();
        self.scratch.ok(&["verify", "--deep"]);
        rebuild::rebuild(&places(&self.scratch), self.clock.clone(), &|_, _| {}).unwrap();
        self.scratch.ok(&["verify", "--deep"]);
        self.reopen();
        self.check();
        self.told
    }
}

impl ModelDossier {
    fn is_covered(&self, covers: &Covers) -> bool {
        match covers {
            Covers::Record(code) => code.starts_with(&self.code),
            Covers::Dossier(code) => *code == self.code,
            Covers::Agency(agency) => *agency == self.agency,
            Covers::Class(_) => self.class().is_some(),
            Covers::Query(agency, year) => *agency == self.agency && *year == self.year,
        }
    }

    /// The rule that its agency names, or that was assigned to it.
    fn class(&self) -> Option<&'static str> {
        match self.kind {
            Stated::Rule => Some("B/work"),
            Stated::Unreadable if self.is_assigned => Some("B/event"),
            Stated::Unreadable | Stated::Years | Stated::Permanent => None,
        }
    }
}

/// A record's code without the archive's.
fn plain_code(docket: &Docket, record: Uuid) -> String {
    docket.case.item(record).unwrap().0.code.trim_start_matches("H26.LT.").to_owned()
}

fn place(writing: &Writing, covers: &Covers) -> String {
    let wanted = match covers {
        Covers::Record(code) | Covers::Dossier(code) => Wanted::Named(vec![code.clone()]),
        Covers::Agency(agency) => Wanted::Agency((*agency).to_owned()),
        Covers::Class(class) => Wanted::Class((*class).to_owned()),
        Covers::Query(agency, year) => Wanted::Query(HoldQueryBody {
            agency: Some((*agency).to_owned()),
            worked: Some((*year, *year)),
            ..HoldQueryBody::default()
        }),
    };
    hold::place(writing, &wanted, "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap().id.to_string()
}

const WITH_COUNCIL: Procedure = Procedure { archive: Whose::Current, appraisal: Appraisal::NotRequired };
const HISTORICAL: Procedure = Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired };

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[test]
fn no_history_destroys_what_must_stay_or_keeps_in_silence_what_is_due_and_approved() {
    let histories = number_of("CHAUBAN_HISTORIES").map_or(HISTORIES, |count| usize::try_from(count).unwrap());
    let first = number_of("CHAUBAN_SEED").unwrap_or(SEED);
    let mut all = Told::default();
    for seed in (first..).take(histories) {
        let lived = catch_unwind(|| {
            let mut history = History::new(seed);
            (0..STEPS).for_each(|_| history.live());
            history.end()
        });
        let told = lived.unwrap_or_else(|_| panic!("the history of CHAUBAN_SEED={seed} went wrong"));
        all.destroyed += told.destroyed;
        all.left += told.left;
        all.crashes += told.crashes;
        all.holds_in_between += told.holds_in_between;
        all.rebuilt += told.rebuilt;
        all.refused += told.refused;
        all.voted_down += told.voted_down;
        all.extended += told.extended;
        all.late += told.late;
    }
    eprintln!("{histories} histories from seed {first}: {all:?}");
    let met = [all.destroyed, all.left, all.crashes, all.holds_in_between, all.rebuilt, all.refused];
    let met = [&met[..], &[all.voted_down, all.extended, all.late]].concat();
    assert!(histories < HISTORIES || met.iter().all(|count| *count > 0), "not everything was met: {all:?}");
}
