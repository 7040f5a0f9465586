//! Cases beside each other, duplicates, and what a verification says of cases.

use super::*;
use crate::retention::rules::{adopt, assign, schedule};
use chauban::archive::announce::Heading;
use chauban::archive::body::DisposalActedBody;
use chauban::archive::disposal::{Added, Filter, PassedOver, Period, Running};
use chauban::event::EventKind;
use chauban::keys::Bucket;

/// What somebody does in a case, by its number.
fn in_case<T>(
    scratch: &Scratch,
    case: &str,
    day: &str,
    actor: &str,
    act: impl FnOnce(&mut Desk<'_>) -> Result<T>,
) -> Result<T> {
    let writing = open(scratch, day);
    let mut desk = Desk::at(&writing, case, actor)?;
    let done = act(&mut desk);
    desk.leave();
    writing.close().unwrap();
    done
}

fn case_of(scratch: &Scratch, number: &str) -> Docket {
    Reading::open(&places(scratch)).unwrap().disposal_case(number).unwrap()
}

fn another(scratch: &Scratch, day: &str) -> String {
    let writing = open(scratch, day);
    let opening = Opening { subject: "lần nữa".into(), procedure: HISTORICAL };
    let number = disposal::open(&writing, &opening, "Lê A").unwrap().number.to_string();
    writing.close().unwrap();
    number
}

const HISTORICAL: Procedure = Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired };

/// Submits what is listed, has it decided, and begins the execution three days later.
fn decided_by_the_head(scratch: &Scratch, case: &str, days: [&str; 2]) {
    let seen = case_of(scratch, case).case.list_digest().to_string();
    in_case(scratch, case, days[0], "Lê A", |desk| desk.submit(&seen, None, paper("danh mục"))).unwrap();
    in_case(scratch, case, days[0], "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, paper("quyết định")))
        .unwrap();
    in_case(scratch, case, days[1], "Đỗ F", |desk| desk.start()).unwrap();
}

#[test]
fn a_record_is_on_the_list_of_one_open_case_at_a_time() {
    let scratch = archive(3);
    opened(&scratch, HISTORICAL);
    let first = at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[code(1), code(2)], "")).unwrap();
    assert_eq!((first.added, first.passed_over.len()), (2, 0));
    let second = another(&scratch, "2024-07-01");
    let add = |day: &str, names: &[String]| in_case(&scratch, &second, day, "Lê A", |desk| desk.add(names, ""));
    let twice = add("2024-07-01", &[code(1)]).unwrap_err();
    assert!(twice.kind() == Kind::Denied && twice.to_string().contains("disposal case 2024/1"), "{twice}");
    let Added { added, mut passed_over } = add("2024-07-01", &[DOSSIER.to_owned()]).unwrap();
    assert_eq!(added, 1);
    let listed = |number: usize| (code(number), PassedOver::Listed(CASE.parse().unwrap()));
    passed_over.sort_by(|one, other| one.0.cmp(&other.0)); // identifiers of one millisecond have no order
    assert_eq!(passed_over, [listed(1), listed(2)]);
    // What the archive finds by itself goes the same way.
    let found = in_case(&scratch, &second, "2024-07-01", "Lê A", |desk| desk.add_found(Filter::default(), ""));
    assert_eq!(found.unwrap().added, 0);
    let told = scratch.run(&["disposal", "add", &second, &code(1), "--actor", "Lê A"]);
    assert!(told.status == 4 && told.err.contains("2024/1"), "{told:?}");

    // Taken off there, it may come onto the other list, and not back.
    let record = case_of(&scratch, CASE).listed().next().unwrap();
    at(&scratch, "2024-07-02", "Lê A", |desk| desk.exclude(&[record], "nhầm", None)).unwrap();
    assert_eq!(add("2024-07-02", &[DOSSIER.to_owned()]).unwrap().added, 1);
    assert_eq!(at(&scratch, "2024-07-02", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap().added, 0);
    // A case that ended lists nothing any more.
    in_case(&scratch, &second, "2024-07-03", "Lê A", |desk| desk.abort("nhầm", None, None)).unwrap();
    let third = another(&scratch, "2024-07-03");
    let added = in_case(&scratch, &third, "2024-07-03", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], ""));
    assert_eq!(added.unwrap().added, 2);
    scratch.ok(&["verify"]);
}

#[test]
fn an_item_that_is_given_a_longer_period_is_kept_that_long() {
    let scratch = archive(2);
    opened(&scratch, HISTORICAL);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let named = |number: usize| docket(&scratch).case.fates().find(|(_, item, _)| item.code == code(number)).unwrap().0;
    let (first, kept_until) = (named(1), |number: usize| {
        let explained = scratch.json(&["retention", "explain", &code(number), "--on", "2024-07-02"]);
        (explained["outcome"].as_str().unwrap().to_owned(), explained["until"].as_str().unwrap().to_owned())
    });
    assert_eq!(kept_until(1), ("eligible".into(), "2020-12-31".into()));
    let exclude = |years| {
        let instead = Some(Period::Years(years));
        at(&scratch, "2024-07-01", "Lê A", |desk| desk.exclude(&[first], "còn tra cứu", instead))
    };
    for (years, why) in [(5, "only lengthens"), (8, "until 2023-12-31: that is over")] {
        let refused = exclude(years).unwrap_err();
        assert!(refused.kind() == Kind::Invalid && refused.to_string().contains(why), "{refused}");
    }
    exclude(15).unwrap();
    // The dossier takes the longest period among its records, so the other may not go either; the case says so.
    let not_yet = || ("not-yet".to_owned(), "2030-12-31".to_owned());
    assert_eq!((kept_until(1), kept_until(2)), (not_yet(), not_yet()));
    let shown = scratch.json(&["disposal", "show", CASE, "--items"]);
    assert_eq!(shown["list_items"][0]["instead"], "15 năm");
    assert_eq!(shown["unrecorded"][0]["code"], code(2));
    let told = scratch.ok(&["disposal", "show", CASE, "--items"]);
    assert!(told.contains("kept 15 years: còn tra cứu") && told.contains("which the next act records"), "{told}");
    let told = scratch.ok(&["retention", "explain", &code(1)]);
    assert!(told.contains("Lengthened by a disposal case: 15 years.") && told.contains("period-extended"), "{told}");
    let seen = list(&scratch);
    let submitted = at(&scratch, "2024-07-02", "Lê A", |desk| desk.submit(&seen, None, paper("danh mục")));
    assert_eq!(submitted.unwrap_err().kind(), Kind::Conflict, "the list has changed since it was seen");
    assert_eq!(scratch.json(&["disposal", "show", CASE])["unrecorded"], json!([]));
    at(&scratch, "2024-07-02", "Lê A", |desk| desk.abort("đã giữ lại", None, None)).unwrap();
    let second = another(&scratch, "2024-07-03");
    let added = in_case(&scratch, &second, "2024-07-03", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], ""));
    assert_eq!(added.unwrap_err().kind(), Kind::Denied, "no later case lists it before that");
    scratch.ok(&["rebuild"]);
    assert_eq!((kept_until(1), kept_until(2)), (not_yet(), not_yet()));

    // One person alone shortens nothing; a second one lets a shorter rule count.
    let rules = schedule(&scratch, 1, 10);
    adopt(&scratch, &rules);
    assert_eq!(assign(&scratch, &code(1), "T/plans")["waits_for_second_person"], true);
    assert_eq!(kept_until(1), not_yet());
    let confirm = ["retention", "confirm-period", &code(1), "--basis", "Phụ lục", "--mandate", "4/QĐ-LT"];
    scratch.expect(4, &confirm);
    scratch.ok(&[&confirm[..], &["--actor", "another"]].concat());
    assert_eq!(kept_until(1).1, "2025-12-31");
    scratch.ok(&["retention", "export", &code(1), "-o", "history.json"]);
    assert!(std::fs::read_to_string(scratch.path("history.json")).unwrap().contains("\"retention-extended\""));
    scratch.ok(&["verify", "--deep"]);
}

/// Three dossiers with one same document, kept 20, 20 and 50 years; the last has another one, too.
fn duplicates() -> Scratch {
    let scratch = archive(1);
    let document = |number: usize, dossier: &str, years: &str, content: &[u8]| {
        let usual = json!({
            "symbol": format!("{number}/QĐ-STTTT"), "issued_date": "2015-05-17", "file_code": dossier,
            "retention": years, "subject": format!("Văn bản {number}"),
        });
        scratch.document(&format!("d/{number}"), content, usual);
    };
    let same = b"%PDF-1.7 the same in each";
    document(11, "H26.10.2015.051", "20 năm", same);
    document(12, "H26.10.2015.052", "20 năm", same);
    document(13, "H26.10.2015.053", "50 năm", same);
    document(14, "H26.10.2015.053", "50 năm", b"%PDF-1.7 another");
    let writing = open(&scratch, "2024-06-03");
    let paths = vec![scratch.path("d")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 1, evidence: vec![] };
    assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().taken, 4);
    let dossiers = ["H26.10.2015.051", "H26.10.2015.052", "H26.10.2015.053"].map(str::to_owned);
    confirm_period(&writing, &dossiers, "TT 10/2022, dòng 9", "QĐ 7", "Vũ G").unwrap();
    writing.close().unwrap();
    scratch
}

const KEPT: &str = "H26.LT.H26.10.2015.053.0000001";
const TWICE: [&str; 2] = ["H26.LT.H26.10.2015.051.0000001", "H26.LT.H26.10.2015.052.0000001"];

#[test]
fn of_records_that_are_there_several_times_the_longest_kept_stays() {
    let scratch = duplicates();
    opened(&scratch, HISTORICAL);
    let running = Filter { running: Running::Without, ..Filter::default() };
    assert_eq!(at(&scratch, "2024-07-01", "Lê A", |desk| desk.add_found(running, "")).unwrap().added, 1);
    let by_command = scratch.copied();
    by_command.ok(&["disposal", "add", CASE, "--duplicates", "--agency", "H26", "--actor", "Lê A"]);
    assert_eq!(by_command.json(&["disposal", "show", CASE])["items"]["listed"], 3);
    assert_eq!(at(&scratch, "2024-07-01", "Lê A", |desk| desk.add_found(filter_of_all(), "")).unwrap().added, 2);
    let shown = scratch.json(&["disposal", "show", CASE, "--items"]);
    let kept = Reading::open(&places(&scratch)).unwrap().find_record(KEPT).unwrap().to_string();
    let items = shown["list_items"].as_array().unwrap();
    let grounds: std::collections::BTreeMap<_, _> =
        items.iter().map(|item| (item["code"].as_str().unwrap(), item["duplicate_of"].as_str())).collect();
    assert_eq!(grounds[code(1).as_str()], None, "the expired one is listed as expired");
    assert_eq!(TWICE.map(|code| grounds[code]), [Some(kept.as_str()); 2]);
    assert_eq!(grounds.len(), 3, "neither the copy that stays nor what is there once: {grounds:?}");

    decided_by_the_head(&scratch, CASE, ["2024-07-01", "2024-07-04"]);
    assert_eq!(execute(&scratch, "2024-07-05", "Đỗ F").unwrap(), (3, 0, 0, true));
    for code in TWICE {
        scratch.expect(3, &["get", code, "-o", "gone.pdf"]);
        let ground = scratch.json(&["show", code])["destroyed"]["listed"]["ground"].clone();
        assert_eq!(ground, format!("duplicate of {kept}"));
    }
    scratch.ok(&["get", KEPT, "-o", "kept.pdf"]);
    assert_eq!(std::fs::read(scratch.path("kept.pdf")).unwrap(), b"%PDF-1.7 the same in each");
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn a_duplicate_stays_when_the_other_copy_is_to_go() {
    let scratch = duplicates();
    opened(&scratch, HISTORICAL);
    let filter = filter_of_all();
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add_found(filter, "")).unwrap();
    decided_by_the_head(&scratch, CASE, ["2024-07-01", "2024-07-04"]);
    // The copy that was to stay leaves by another way: as a duplicate of one that came later and is kept for ever.
    let usual = json!({
        "symbol": "15/QĐ-STTTT", "issued_date": "2015-05-17", "file_code": "H26.10.2015.054",
        "retention": "Vĩnh viễn", "subject": "Văn bản 15",
    });
    scratch.document("e/15", b"%PDF-1.7 the same in each", usual);
    let writing = open(&scratch, "2024-07-04");
    let paths = vec![scratch.path("e")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 1, evidence: vec![] };
    ingest(&writing, &options, &mut |_| {}).unwrap();
    confirm_period(&writing, &["H26.10.2015.054".to_owned()], "TT 10/2022, dòng 1", "QĐ 7", "Vũ G").unwrap();
    writing.close().unwrap();
    let second = another(&scratch, "2024-07-04");
    let added = in_case(&scratch, &second, "2024-07-04", "Lê A", |desk| desk.add_found(filter_of_all(), ""));
    assert_eq!(added.unwrap().added, 1);
    assert_eq!(execute(&scratch, "2024-07-05", "Đỗ F").unwrap(), (1, 2, 0, true));
    let docket = docket(&scratch);
    let left =
        docket.case.fates().filter(|(_, _, fate)| matches!(fate, Fate::Skipped(why) if why.name() == "no-survivor"));
    assert_eq!(left.count(), 2);
    for code in TWICE.into_iter().chain([KEPT]) {
        scratch.ok(&["get", code, "-o", &format!("{code}.pdf")]);
    }
    scratch.ok(&["verify", "--deep"]);
}

fn filter_of_all() -> Filter {
    Filter { running: Running::With, ..Filter::default() }
}

#[test]
fn a_verification_folds_every_case_and_asks_each_destruction_for_its_case() {
    let scratch = archive(2);
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    execute(&scratch, "2024-07-09", "Đỗ F").unwrap();
    let said = scratch.json(&["verify", "--deep"]);
    assert_eq!((&said["checked"]["disposal_cases"], &said["doubts"]), (&json!(1), &json!([])));

    // An act that the rules refuse, put into the ledger past them: nobody decides twice what was executed.
    let writing = open(&scratch, "2024-07-10");
    let actor = writing.actor("Hoàng D").unwrap();
    let body: DisposalActedBody =
        serde_json::from_value(json!({ "v": 1, "acts": [{ "finish": {} }], "document": null })).unwrap();
    let heading = Heading { kind: EventKind::DisposalActed, id: docket(&scratch).id, actor, rule: None };
    let scope = writing.scope(Bucket::Archive, actor).unwrap();
    let event = writing.announcer().unwrap().with_body(heading, scope, Vec::new(), &body).unwrap();
    writing.commit(vec![event]).unwrap();
    writing.close().unwrap();
    let said: Value = serde_json::from_str(&scratch.expect(1, &["verify", "--json"]).out).unwrap();
    let doubts: Vec<&str> =
        said["doubts"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert!(doubts[0].contains("against the rules"), "{doubts:?}");
    let lacking = doubts.iter().filter(|what| what.contains("is not there or can't be read"));
    assert_eq!(lacking.count(), 2, "what a broken case let go has no case: {doubts:?}");
    scratch.expect(6, &["disposal", "show", CASE]);
}

#[test]
fn an_execution_in_which_everything_is_left_touches_neither_keys_nor_segments() {
    let scratch = archive(3);
    opened(&scratch, HISTORICAL);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    decided_by_the_head(&scratch, CASE, ["2024-07-01", "2024-07-04"]);
    let writing = open(&scratch, "2024-07-05");
    hold::place(&writing, &Wanted::Agency("H26".into()), "thanh tra", "12/QĐ-TTr", "Vũ G").unwrap();
    writing.close().unwrap();
    let truth = |folder: &str| {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(scratch.path(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect::<Vec<_>>()
    };
    let (keys, segments) = (truth("kho/keys"), truth("kho/segments"));
    assert_eq!(execute(&scratch, "2024-07-06", "Đỗ F").unwrap(), (0, 3, 0, true));
    assert_eq!(truth("kho/keys"), keys);
    let after = truth("kho/segments");
    assert_eq!(after.len(), segments.len(), "nothing is thinned, so nothing is listed as absent");
    assert!(after.iter().zip(&segments).all(|((_, now), (_, before))| now.starts_with(before)));
    scratch.ok(&["verify", "--deep"]);
}

#[test]
fn of_an_emptied_dossier_nothing_is_due_and_later_documents_go_on_in_it() {
    let scratch = archive(2);
    let due = || {
        let due = scratch.json(&["retention", "due", "--by", "agency", "--list", "10", "--on", "2024-08-01"]);
        (due["lines"].clone(), due["items"].clone())
    };
    let before = due();
    opened(&scratch, HISTORICAL);
    let writing = open(&scratch, "2024-07-01");
    let superseded = Occurrence::NAMES.iter().find(|(name, _)| *name == "superseded").unwrap().1;
    assign::occur(&writing, &[code(1)], superseded, "2016", "12/QĐ", "Lê A").unwrap();
    writing.close().unwrap();
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    decided_by_the_head(&scratch, CASE, ["2024-07-01", "2024-07-04"]);
    assert_eq!(execute(&scratch, "2024-07-05", "Đỗ F").unwrap(), (2, 0, 0, true));
    let after = due();
    assert!(before != after && !after.0.to_string().contains("H26.10"), "{before:?}, then {after:?}");
    let told = scratch.expect(3, &["retention", "explain", DOSSIER]).err;
    assert!(told.contains("nothing of dossier") && told.contains("2 destroyed"), "{told}");
    // What happened to what is gone is no reason to tell nothing.
    scratch.ok(&["retention", "export", DOSSIER, "-o", "history.json"]);
    let second = another(&scratch, "2024-07-06");
    let nothing = in_case(&scratch, &second, "2024-07-06", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], ""));
    assert_eq!(nothing.unwrap_err().kind(), Kind::Denied);

    let writing = open(&scratch, "2024-07-06");
    let held = hold::place(&writing, &Wanted::Named(vec![DOSSIER.to_owned()]), "thanh tra", "12/QĐ-TTr", "Vũ G");
    assert_eq!(held.unwrap_err().kind(), Kind::NotFound, "there is nothing left to hold");
    writing.close().unwrap();

    // It stays open for what belongs to it, and places that were given are not given again.
    let late = json!({
        "symbol": "9/QĐ-STTTT", "issued_date": "2015-05-18", "file_code": DOSSIER, "retention": "5 năm",
        "subject": "Muộn",
    });
    scratch.document("l/9", b"%PDF-1.7 late", late);
    let writing = open(&scratch, "2024-07-07");
    let paths = vec![scratch.path("l")];
    let options = IngestOptions { paths, actor: "tester".into(), mode: Mode::Accession, threads: 1, evidence: vec![] };
    assert_eq!(ingest(&writing, &options, &mut |_| {}).unwrap().taken, 1);
    writing.close().unwrap();
    scratch.ok(&["get", &code(3), "-o", "late.pdf"]);
    assert!(due().0.to_string().contains("H26.10"));
    scratch.ok(&["rebuild"]);
    assert!(due().0.to_string().contains("H26.10"));
    scratch.ok(&["verify", "--deep"]);
    let held = scratch.expect(3, &["hold", "place", &code(1), "--reason", "x", "--mandate", "y"]).err;
    assert!(held.contains("destroyed by law"), "{held}");
}
