//! Disposal cases: the whole life of one by separate persons, what is refused, what a change in the world does to it,
//! and that it is nothing but its events.

mod copies;
mod engine;
mod histories;
pub mod kill;
mod order;
mod papers;

use crate::scratch::Scratch;
use chauban::archive::body::HoldQueryBody;
use chauban::archive::disposal::{
    self, Appraisal, Desk, Docket, Fate, Handed, Opening, Procedure, Rests, Seat, Skip, State, Which, Whose,
};
use chauban::archive::hold::{self, Wanted};
use chauban::archive::ingest::{IngestOptions, Mode, ingest};
use chauban::archive::retention::assign::{self, confirm_period};
use chauban::archive::retention::{Occurrence, adopt};
use chauban::archive::trust::{NewAnchor, add, read_certificate};
use chauban::archive::{InitOptions, Places, Reading, Tree, Writing, init};
use chauban::error::{Kind, Result};
use chauban::time::{Clock, Micros, SystemClock};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uuid::Uuid;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts");
const SIGNED: &str = "06a_leader_then_agency.pdf";
/// What the fixture's signatures are judged with.
const LISTS: [&str; 4] = ["official-duty-root", "official-duty-ca", "stamp-root", "stamp-ca"];
const DOSSIER: &str = "H26.10.2015.045";
const CASE: &str = "2024/1";

/// A clock that started at an instant of the past.
struct Past(Micros, SystemClock);

impl Clock for Past {
    fn wall(&self) -> Micros {
        Micros(self.0.0 + self.1.steady())
    }

    fn steady(&self) -> u64 {
        self.1.steady()
    }
}

/// A clock of a day that goes on whenever one is asked for: a slow machine must not set it back.
fn clock(day: &str) -> Arc<dyn Clock> {
    static ASKED: AtomicI64 = AtomicI64::new(0);
    let morning = chrono::DateTime::parse_from_rfc3339(&format!("{day}T00:00:00Z")).unwrap().to_utc();
    let at = morning + chrono::TimeDelta::minutes(ASKED.fetch_add(1, Ordering::Relaxed));
    Arc::new(Past(Micros::from(at), SystemClock::new()))
}

fn places(scratch: &Scratch) -> Places {
    Places::beside(&scratch.path("kho"))
}

fn open(scratch: &Scratch, at: &str) -> Writing {
    Writing::open(&places(scratch), clock(at)).unwrap()
}

/// An archive of June 2024 with a dossier of `records` records, kept five years from 2015 by a confirmed statement.
pub fn archive(records: usize) -> Scratch {
    let scratch = Scratch::empty();
    let options =
        InitOptions { origin: "test.example/kho".into(), archive_code: "H26.LT".into(), actor: "tester".into() };
    init::init(&places(&scratch), &options, clock("2024-06-01")).unwrap();
    for number in 1..=records {
        let usual = json!({
            "symbol": format!("{number}/QĐ-STTTT"), "issued_date": "2015-05-17", "file_code": DOSSIER,
            "retention": "5 năm", "subject": format!("Hồ sơ dự thầu số {number}"),
        });
        scratch.document(&format!("t/{number}"), format!("%PDF-1.7 {number}").as_bytes(), usual);
    }
    let writing = open(&scratch, "2024-06-02");
    let paths = vec![scratch.path("t")];
    let evidence = Vec::new();
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 2, evidence };
    assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().taken, records as u64);
    confirm_period(&writing, &[DOSSIER.to_owned()], "TT 10/2022, dòng 5", "QĐ 7", "Vũ G").unwrap();
    writing.close().unwrap();
    scratch
}

pub fn code(number: usize) -> String {
    format!("H26.LT.{DOSSIER}.{number:07}")
}

/// Somebody's paper, signed by hand.
fn paper(name: &str) -> Handed {
    let rests = Rests::Reason("ký trên giấy".into());
    Handed { name: format!("{name}.pdf"), bytes: format!("%PDF-1.7 {name}").into_bytes(), rests, evidence: vec![] }
}

/// What somebody does in the case on a day.
pub fn at<T>(scratch: &Scratch, day: &str, actor: &str, act: impl FnOnce(&mut Desk<'_>) -> Result<T>) -> Result<T> {
    let writing = open(scratch, day);
    let mut desk = Desk::at(&writing, CASE, actor)?;
    let done = act(&mut desk);
    desk.leave();
    writing.close().unwrap();
    done
}

fn docket(scratch: &Scratch) -> Docket {
    Reading::open(&places(scratch)).unwrap().disposal_case(CASE).unwrap()
}

fn list(scratch: &Scratch) -> String {
    docket(scratch).case.list_digest().to_string()
}

fn opened(scratch: &Scratch, procedure: Procedure) {
    let writing = open(scratch, "2024-07-01");
    let opening = Opening { subject: "hồ sơ dự thầu hết thời hạn".into(), procedure };
    assert_eq!(disposal::open(&writing, &opening, "Lê A").unwrap().number.to_string(), CASE);
    writing.close().unwrap();
}

const CURRENT: Procedure = Procedure { archive: Whose::Current, appraisal: Appraisal::Required };

/// A case whose list of every record was submitted, voted on, agreed to and decided on 5 July.
pub fn decided(scratch: &Scratch) {
    opened(scratch, CURRENT);
    at(scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let seen = list(scratch);
    at(scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, paper("danh mục"))).unwrap();
    let seats = [("Trần B", Seat::Chair), ("Lê A", Seat::Secretary), ("Phạm C", Seat::Member)];
    let seats = seats.map(|(name, seat)| (name.to_owned(), seat));
    at(scratch, "2024-07-02", "Hoàng D", |desk| desk.appoint(&seats, None, None, paper("thành lập"))).unwrap();
    for voter in ["Trần B", "Phạm C"] {
        at(scratch, "2024-07-03", voter, |desk| desk.vote(&seen, &[], &[])).unwrap();
    }
    at(scratch, "2024-07-03", "Trần B", |desk| desk.close_council(&seen, None, None, paper("biên bản"))).unwrap();
    at(scratch, "2024-07-04", "Ngô E", |desk| desk.opinion(&seen, BTreeSet::new(), None, paper("thẩm tra"))).unwrap();
    at(scratch, "2024-07-05", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, paper("quyết định")))
        .unwrap();
}

/// Destroyed, left, failed, and whether that was all.
pub fn execute(scratch: &Scratch, day: &str, actor: &str) -> Result<(usize, usize, usize, bool)> {
    let done = at(scratch, day, actor, |desk| desk.execute(&mut |_, _, _| {}))?;
    Ok((done.destroyed, done.left, done.failed, done.finished))
}

#[test]
fn a_case_goes_its_whole_way_by_separate_persons() {
    let scratch = archive(3);
    decided(&scratch);
    let shown = scratch.json(&["disposal", "show", CASE, "--items"]);
    assert_eq!((&shown["state"], &shown["items"]["approved"]), (&json!("decided"), &json!(3)));
    assert_eq!(shown["window"], json!({ "from": "2024-07-08", "until": "2024-07-20" }));
    let titles = shown["list_items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap());
    let expect = ["Hồ sơ dự thầu số 1", "Hồ sơ dự thầu số 2", "Hồ sơ dự thầu số 3"];
    assert_eq!(titles.collect::<BTreeSet<_>>(), BTreeSet::from(expect));
    assert_eq!(shown["council"]["members"].as_array().unwrap().len(), 3);

    let early = at(&scratch, "2024-07-07", "Đỗ F", |desk| desk.start()).unwrap_err();
    assert!(early.kind() == Kind::Conflict && early.to_string().contains("waiting"), "{early}");
    let own = at(&scratch, "2024-07-08", "Hoàng D", |desk| desk.start()).unwrap_err();
    assert_eq!(own.kind(), Kind::Denied, "who decides does not execute");
    let late = at(&scratch, "2024-07-21", "Đỗ F", |desk| desk.start()).unwrap_err();
    assert_eq!(late.kind(), Kind::Conflict);
    // The clock of that test ran ahead: the ledger remembers, so the rest happens on later days of one more decision.
    let seen = list(&scratch);
    at(&scratch, "2024-07-22", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, paper("quyết định lại")))
        .unwrap();
    at(&scratch, "2024-07-25", "Đỗ F", |desk| desk.start()).unwrap();
    let other = execute(&scratch, "2024-07-26", "Lê A").unwrap_err();
    assert_eq!(other.kind(), Kind::Denied);
    assert_eq!(execute(&scratch, "2024-07-26", "Đỗ F").unwrap(), (3, 0, 0, true));
    let gone = scratch.expect(3, &["get", &code(1), "-o", "gone.pdf"]);
    assert!(gone.err.contains("destroyed by law"), "{}", gone.err);
    assert_eq!(scratch.json(&["show", &code(1)])["destroyed"]["listed"]["title"], "Hồ sơ dự thầu số 1");
    let again = execute(&scratch, "2024-07-26", "Đỗ F").unwrap_err();
    assert_eq!(again.kind(), Kind::Conflict, "an execution that has finished is over");

    at(&scratch, "2024-07-27", "Đỗ F", |desk| desk.minutes("Lê A", None, paper("biên bản hủy"))).unwrap();
    let copies = BTreeSet::from(["băng từ 7".to_owned()]);
    at(&scratch, "2024-07-28", "Lê A", |desk| desk.certify(copies, None, paper("chứng nhận"))).unwrap();
    let pending = at(&scratch, "2024-07-28", "Lê A", |desk| desk.keep(None, None)).unwrap_err();
    assert!(pending.to_string().contains("attested"), "{pending}");
    at(&scratch, "2024-07-29", "Lê A", |desk| desk.attest("băng từ 7", None, paper("xác nhận"))).unwrap();
    at(&scratch, "2024-07-30", "Lê A", |desk| desk.keep(None, None)).unwrap();

    let kept = docket(&scratch);
    assert_eq!(kept.case.state(), State::Kept);
    assert_eq!(kept.documents().count(), 10);
    assert_eq!(scratch.json(&["disposal", "list"])["cases"], json!([]));
    assert_eq!(scratch.json(&["disposal", "list", "--all"])["cases"][0]["number"], CASE);
    let text = scratch.ok(&["disposal", "show", CASE, "--items"]);
    assert!(text.contains("NO DIGITAL SIGNATURE (ký trên giấy)") && text.contains("destroyed"), "{text}");
}

#[test]
fn a_case_is_nothing_but_its_events() {
    let scratch = archive(2);
    decided(&scratch);
    let told = || [scratch.ok(&["disposal", "show", CASE, "--items", "--json"]), scratch.ok(&["disposal", "list"])];
    let before = told();
    let live = docket(&scratch);
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(told(), before);
    assert_eq!(docket(&scratch).case, live.case);
    scratch.ok(&["verify", "--deep"]);
    let by_id = scratch.ok(&["disposal", "show", &live.id.to_string(), "--items", "--json"]);
    assert_eq!(by_id, before[0]);
    let reading = Reading::open(&places(&scratch)).unwrap();
    let record = live.listed().next().unwrap();
    assert_eq!(reading.disposal_cases_listing(record).unwrap().len(), 1);
    assert_eq!(reading.disposal_cases(Which::Open).unwrap().len(), 1);
}

#[test]
fn a_hold_between_decision_and_execution_keeps_its_record_and_no_other() {
    let scratch = archive(3);
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    let writing = open(&scratch, "2024-07-09");
    hold::place(&writing, &Wanted::Named(vec![code(2)]), "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap();
    writing.close().unwrap();
    let unrecorded = scratch.json(&["disposal", "show", CASE])["unrecorded"].clone();
    assert_eq!((&unrecorded[0]["code"], &unrecorded[0]["outcome"]), (&json!(code(2)), &json!("held")));
    assert_eq!(execute(&scratch, "2024-07-10", "Đỗ F").unwrap(), (2, 1, 0, true));
    let docket = docket(&scratch);
    let fate = |number: usize| {
        let (_, _, fate) = docket.case.fates().find(|(_, item, _)| item.code == code(number)).unwrap();
        fate.clone()
    };
    assert!(matches!(fate(1), Fate::Destroyed(_)) && matches!(fate(3), Fate::Destroyed(_)));
    assert!(matches!(fate(2), Fate::Skipped(why) if why.name() == "held"), "{:?}", fate(2));
    let shown = scratch.json(&["disposal", "show", CASE]);
    assert_eq!(shown["changed"][0]["is"]["outcome"], "held");
    scratch.ok(&["verify", "--deep"]);
    let before = scratch.ok(&["disposal", "show", CASE, "--items", "--json"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.ok(&["disposal", "show", CASE, "--items", "--json"]), before);
}

#[test]
fn a_saved_query_placed_after_the_decision_keeps_what_fits_it() {
    let scratch = archive(3);
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    let writing = open(&scratch, "2024-07-09");
    let words = |text: &str| Wanted::Query(HoldQueryBody { words: vec![text.to_owned()], ..HoldQueryBody::default() });
    let first = hold::place(&writing, &words("DU THAU SO 2"), "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap();
    hold::place(&writing, &words("thầu số 2"), "kiểm toán", "7/KTNN", "Vũ G").unwrap();
    hold::release(&writing, &first.id.to_string(), "xong", "another").unwrap();
    writing.close().unwrap();
    assert_eq!(execute(&scratch, "2024-07-10", "Đỗ F").unwrap(), (2, 1, 0, true), "the other hold is in force still");
    let docket = docket(&scratch);
    let left = docket.case.fates().find(|(_, _, fate)| matches!(fate, Fate::Skipped(_))).unwrap();
    assert_eq!((left.1.code.as_str(), left.2), (code(2).as_str(), &Fate::Skipped(Skip::Held)));
    scratch.ok(&["verify", "--deep"]);
}

/// Rule 9 of the twelve, in the archive: revoked is revoked, destroyed stays destroyed, and the case says so.
#[test]
fn an_event_that_is_revoked_after_the_destruction_is_reported() {
    let scratch = archive(2);
    let schedule = r#"format = 1
[schedule]
code = "T"
title = "Bảng thử"
version = 1
[[authority]]
code = "T"
citation = "Thông tư thử"
kind = "circular"
grade = "V2"
source = "invented"
[[rule]]
code = "T/orders"
authority = "T"
records = "orders until superseded"
trigger = { any = ["superseded"] }
cut_off = "day"
period = "5 năm"
action = "destroy"
source = "invented"
grade = "V2"
verified = false
"#;
    let writing = open(&scratch, "2024-06-20");
    let applies = chauban::archive::retention::Applies::AllUndisposed;
    adopt::adopt(&writing, schedule, applies, "3/QĐ-LT", "Lê A").unwrap();
    adopt::confirm(&writing, (&["T/orders".into()], None), "Bảng thử", "4/QĐ-LT", "Vũ G").unwrap();
    let dossier = [DOSSIER.to_owned()];
    assign::assign(&writing, &dossier, "T/orders", "x", "Lê A").unwrap();
    let superseded = Occurrence::NAMES.iter().find(|(name, _)| *name == "superseded").unwrap().1;
    let event = assign::occur(&writing, &dossier, superseded, "2018-03-01", "12/QĐ", "Lê A").unwrap()[0].index;
    writing.close().unwrap();
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(execute(&scratch, "2024-07-10", "Đỗ F").unwrap(), (2, 0, 0, true));
    assert_eq!(scratch.json(&["disposal", "show", CASE])["exceptions"], json!([]));
    let writing = open(&scratch, "2024-07-12");
    assign::revoke(&writing, DOSSIER, event, "ghi nhầm", "Lê A").unwrap();
    writing.close().unwrap();
    assert_eq!(scratch.json(&["disposal", "show", CASE])["exceptions"], json!([code(1), code(2)]));
    scratch.expect(3, &["get", &code(1), "-o", "gone.pdf"]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn what_changed_voids_what_was_seen_and_what_was_approved() {
    let scratch = archive(2);
    opened(&scratch, CURRENT);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "kiểm tra")).unwrap();
    let seen = list(&scratch);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, paper("danh mục"))).unwrap();
    let seats = [("Trần B", Seat::Chair), ("Lê A", Seat::Secretary), ("Phạm C", Seat::Member)];
    let seats = seats.map(|(name, seat)| (name.to_owned(), seat));
    at(&scratch, "2024-07-02", "Hoàng D", |desk| desk.appoint(&seats, None, None, paper("thành lập"))).unwrap();
    at(&scratch, "2024-07-03", "Trần B", |desk| desk.vote(&seen, &[], &[])).unwrap();
    let writing = open(&scratch, "2024-07-03");
    let placed = hold::place(&writing, &Wanted::Named(vec![code(1)]), "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap();
    writing.close().unwrap();
    let stale = at(&scratch, "2024-07-04", "Phạm C", |desk| desk.vote(&seen, &[], &[])).unwrap_err();
    assert!(stale.kind() == Kind::Conflict && stale.to_string().contains("changed"), "{stale}");
    let now = list(&scratch);
    assert_ne!(now, seen);
    at(&scratch, "2024-07-04", "Phạm C", |desk| desk.vote(&now, &[], &[])).unwrap();
    let waiting = scratch.json(&["disposal", "show", CASE]);
    assert_eq!(waiting["council"]["has_not_voted"], json!(["Trần B"]), "the vote on the changed item is void");

    // Released again, the item is what it was; but no approval revives.
    let writing = open(&scratch, "2024-07-05");
    hold::release(&writing, &placed.id.to_string(), "xong", "another").unwrap();
    writing.close().unwrap();
    assert_eq!(at(&scratch, "2024-07-05", "Trần B", |desk| desk.reassess()).unwrap(), 1);
    let after = list(&scratch);
    assert!(after != seen && after != now);
    let half = at(&scratch, "2024-07-05", "Trần B", |desk| {
        desk.vote(&after, &[], &[])?;
        desk.close_council(&after, Some(1), None, paper("biên bản"))
    });
    half.unwrap();
    let docket = docket(&scratch);
    let listed: Vec<_> = docket.listed().collect();
    assert_eq!(listed.len(), 1, "only one of two voters agreed to the item that was held: it leaves the list");
    assert_eq!(docket.case.item(listed[0]).unwrap().0.code, code(2));
    assert_eq!(docket.case.item(listed[0]).unwrap().0.note, "kiểm tra");
}

#[test]
fn what_the_rules_do_not_allow_is_refused_and_leaves_no_trace() {
    let scratch = archive(2);
    scratch.document("u/1", b"%PDF-1.7 u", json!({ "file_code": "H26.10.2023.046", "retention": "20 năm" }));
    let writing = open(&scratch, "2024-06-03");
    let paths = vec![scratch.path("u")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 1, evidence: vec![] };
    ingest(&writing, &options, &mut |_| {}).unwrap();
    writing.close().unwrap();
    opened(&scratch, CURRENT);
    let entries = || docket(&scratch).steps.len();
    let refused = |day: &str, actor: &str, kind: Kind, act: &dyn Fn(&mut Desk<'_>) -> Result<()>| {
        let before = entries();
        let error = at(&scratch, day, actor, |desk| act(desk)).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(entries(), before, "refused is refused: {error}");
    };
    let none = "0".repeat(64);
    refused("2024-07-01", "Lê A", Kind::Denied, &|desk| desk.add(&["H26.10.2023.046".into()], "").map(|_| ()));
    refused("2024-07-01", "Lê A", Kind::NotFound, &|desk| desk.add(&["H26.10.2023.999".into()], "").map(|_| ()));
    refused("2024-07-01", "Lê A", Kind::Conflict, &|desk| desk.submit(&none, None, paper("x")));
    refused("2024-07-01", "Lê A", Kind::Invalid, &|desk| desk.submit("short", None, paper("x")));
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[code(1)], "")).unwrap();
    let again = at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    assert_eq!(again.added, 1, "what is there already is passed over");
    let seen = list(&scratch);
    refused("2024-07-01", "Trần B", Kind::Denied, &|desk| desk.submit(&seen, None, paper("x")));
    refused("2024-07-01", "Lê A", Kind::Conflict, &|desk| desk.decide(&seen, BTreeSet::new(), None, paper("x")));
    refused("2024-07-01", "Lê A", Kind::Invalid, &|desk| desk.exclude(&[], " ", None));
    let before = Some("2024-06-30".parse().unwrap());
    refused("2024-07-01", "Hoàng D", Kind::Invalid, &|desk| desk.decide(&seen, BTreeSet::new(), before, paper("x")));
    let empty = || Handed { bytes: Vec::new(), ..paper("x") };
    refused("2024-07-01", "Lê A", Kind::Invalid, &|desk| desk.submit(&seen, None, empty()));
    let tomorrow = "2024-07-02".parse().unwrap();
    refused("2024-07-01", "Lê A", Kind::Invalid, &|desk| desk.submit(&seen, Some(tomorrow), paper("x")));
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen[..16], None, paper("danh mục"))).unwrap();
    let alone = [("Lê A".to_owned(), Seat::Chair), ("Trần B".to_owned(), Seat::Secretary)];
    refused("2024-07-02", "Hoàng D", Kind::Invalid, &|desk| desk.appoint(&alone, None, None, paper("x")));
    let proposer = [("Lê A", Seat::Chair), ("Trần B", Seat::Secretary), ("Phạm C", Seat::Member)];
    let proposer = proposer.map(|(name, seat)| (name.to_owned(), seat));
    refused("2024-07-02", "Hoàng D", Kind::Denied, &|desk| desk.appoint(&proposer, None, None, paper("x")));
    refused("2024-07-02", "Lê A", Kind::Invalid, &|desk| desk.abort(" ", None, None));
    at(&scratch, "2024-07-02", "Lê A", |desk| desk.abort("lập nhầm", None, None)).unwrap();
    refused("2024-07-02", "Lê A", Kind::Conflict, &|desk| desk.exclude(&[Uuid::nil()], "x", None));
    let shown = scratch.json(&["disposal", "show", CASE]);
    assert_eq!((&shown["state"], &shown["waits_for"]), (&json!("aborted"), &Value::Null));
    assert_eq!(shown["documents"][1]["standing"], "statement");
    scratch.expect(3, &["disposal", "show", "2024/2"]);
    scratch.expect(2, &["disposal", "show", "the first"]);
}

/// The fixture's roots, trusted by the archive.
fn trust(scratch: &Scratch) {
    let writing = open(scratch, "2024-07-01");
    for (name, tree) in [("official-duty-root", Tree::OfficialDuty), ("stamp-root", Tree::TimeStamping)] {
        let file = std::fs::read(Path::new(FIXTURES).join(format!("pki/{name}.pem"))).unwrap();
        let fingerprint = read_certificate(&file).unwrap().sha256();
        let source = "the fixtures".to_owned();
        let new = NewAnchor { file, fingerprint, source, tree, name: name.into(), from: None, until: None };
        add(&writing, &new, "tester").unwrap();
    }
    writing.close().unwrap();
}

fn fixture(name: &str, rests: Rests) -> Handed {
    let lists = LISTS.iter().map(|list| Path::new(FIXTURES).join(format!("pki/crl/2024-06-30/{list}.crl")));
    Handed::read(&Path::new(FIXTURES).join(name), rests, lists.collect::<Vec<PathBuf>>()).unwrap()
}

#[test]
fn a_document_stands_by_its_signatures_or_says_that_it_does_not() {
    let scratch = archive(1);
    opened(&scratch, CURRENT);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let seen = list(&scratch);
    let submit = |document: Handed| at(&scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, document));
    // Nobody is trusted yet, so nothing can be decided; without a signature nothing is proven either.
    let undecided = submit(fixture(SIGNED, Rests::Signatures)).unwrap_err();
    assert!(undecided.kind() == Kind::Denied && undecided.to_string().contains("could not be decided"), "{undecided}");
    let unsigned = submit(Handed { rests: Rests::Signatures, ..paper("x") }).unwrap_err();
    assert!(unsigned.to_string().contains("no digital signature"), "{unsigned}");
    let no_reason = submit(Handed { rests: Rests::Reason(" ".into()), ..paper("x") }).unwrap_err();
    assert_eq!(no_reason.kind(), Kind::Denied);
    trust(&scratch);
    // What was altered is never taken, whatever anybody says.
    let altered = submit(fixture("08a_shadow_content.pdf", Rests::Reason("tin".into()))).unwrap_err();
    assert!(altered.to_string().contains("not what was signed"), "{altered}");
    assert_eq!(docket(&scratch).case.state(), State::Draft);
    submit(fixture(SIGNED, Rests::Signatures)).unwrap();

    let shown = scratch.json(&["disposal", "show", CASE]);
    let document = &shown["documents"][0];
    assert_eq!((&document["standing"], &document["because"]), (&json!("signed"), &Value::Null));
    assert_eq!(document["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(document["signatures"][0]["indication"], "TOTAL_PASSED");
    // Whoever handed it in is not who signed: that is shown, for an agency's signature names no person either.
    assert_eq!(document["signed_by_actor"], false);
    let told = scratch.ok(&["disposal", "show", CASE]);
    assert!(told.contains("! no signature bears the name of: Lê A"), "{told}");
    scratch.ok(&["disposal", "get", CASE, "1", "-o", "back.pdf"]);
    let bytes = std::fs::read(Path::new(FIXTURES).join(SIGNED)).unwrap();
    assert_eq!(std::fs::read(scratch.path("back.pdf")).unwrap(), bytes);
    scratch.expect(4, &["disposal", "get", CASE, "1", "-o", "back.pdf"]);
    scratch.expect(3, &["disposal", "get", CASE, "2", "-o", "other.pdf"]);
    // What the verdict rests on was captured, too.
    let captured = Reading::open(&places(&scratch)).unwrap();
    let lists = captured.captured(chauban::archive::validation::EvidenceKind::RevocationList).unwrap();
    assert!(!lists.is_empty());
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn the_commands_take_a_case_as_far_as_a_decision() {
    let scratch = archive(2);
    std::fs::write(scratch.path("paper.pdf"), "%PDF-1.7 paper").unwrap();
    let by = |actor: &str, arguments: &[&str]| {
        let all = [&["disposal"], arguments, &["--actor", actor]].concat();
        scratch.json(&all)
    };
    let paper = ["--document", "paper.pdf", "--unsigned", "ký trên giấy"];
    let number = by("Lê A", &["open", "--subject", "hết thời hạn"])["number"].as_str().unwrap().to_owned();
    let case = number.as_str();
    let shown = by("Lê A", &["add", case, "--expired", "--agency", "H26", "--until", "2016"]);
    assert_eq!(shown["items"]["listed"], 2);
    let list = shown["list"].as_str().unwrap().to_owned();
    let next = |shown: &Value| shown["waits_for"]["command"].as_str().unwrap_or_default().to_owned();
    assert_eq!(next(&shown), "submit");
    let submit = [&["disposal", "submit", case, "--list", &list, "--document", "paper.pdf"][..], &["--actor", "Lê A"]];
    assert!(scratch.expect(4, &submit.concat()).err.contains("--unsigned"));
    let shown = by("Lê A", &[&["submit", case, "--list", &list][..], &paper].concat());
    assert_eq!(next(&shown), "council appoint");
    let council = ["council", "appoint", case, "--chair", "Trần B", "--secretary", "Lê A", "--member", "Phạm C"];
    assert_eq!(next(&by("Hoàng D", &[&council[..], &paper].concat())), "council vote");
    let keep = format!("{}=còn tranh chấp", code(2));
    by("Trần B", &["council", "vote", case, "--list", &list, "--keep", &keep]);
    let shown = by("Phạm C", &["council", "vote", case, "--list", &list]);
    assert_eq!(next(&shown), "council close");
    let shown = by("Trần B", &[&["council", "close", case, "--list", &list][..], &paper].concat());
    assert_eq!((&shown["items"]["listed"], next(&shown).as_str()), (&json!(1), "opinion"));
    let list = shown["list"].as_str().unwrap().to_owned();
    by("Ngô E", &[&["opinion", case, "--list", &list][..], &paper].concat());
    let shown = by("Hoàng D", &[&["decide", case, "--list", &list][..], &paper].concat());
    assert_eq!((&shown["items"]["approved"], next(&shown).as_str()), (&json!(1), "start"));
    scratch.expect(4, &["disposal", "start", case, "--actor", "Đỗ F"]);
    scratch.expect(4, &["disposal", "foresee", case]);
    let listed = scratch.ok(&["disposal", "list"]);
    assert!(listed.contains("waits for executor"), "{listed}");
    let vietnamese = scratch.ok(&["disposal", "show", case, "--lang", "vi"]);
    assert!(vietnamese.contains("đã có quyết định hủy") && vietnamese.contains("KHÔNG CÓ CHỮ KÝ SỐ"), "{vietnamese}");
}
