use super::table::Why;
use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn code(text: &str) -> AgencyCode {
    text.parse().unwrap()
}

fn add(number: u128, name: &str, on: &str) -> Act {
    Act::Add { agency: id(number), name: name.into(), on: day(on), mandate: String::new() }
}

fn coded(number: u128, text: &str, from: &str, until: Option<&str>) -> Act {
    let (code, until) = (code(text), until.map(day));
    Act::Code { agency: id(number), code, from: day(from), until, mandate: String::new() }
}

fn under(number: u128, parent: Option<u128>, from: &str) -> Act {
    Act::Move { agency: id(number), parent: parent.map(id), from: day(from), mandate: String::new() }
}

fn succeed(how: Succession, before: &[u128], after: &[u128], on: &str) -> Act {
    let ids = |numbers: &[u128]| numbers.iter().copied().map(id).collect();
    let (predecessors, successors) = (ids(before), ids(after));
    Act::Succeed { how, predecessors, successors, on: day(on), mandate: "nghị quyết".into() }
}

fn dissolve(number: u128, last: &str) -> Act {
    Act::Dissolve { agency: id(number), last: day(last), mandate: "quyết định".into() }
}

fn correct(number: u32, instead: Option<Act>) -> Act {
    Act::Correct { number, instead: instead.map(Box::new), reason: "ghi nhầm".into() }
}

fn register(acts: impl IntoIterator<Item = Act>) -> Agencies {
    Agencies::default().take(acts).unwrap()
}

/// Two provinces with an office each; they merge on 2025-07-01, and the merged one has the code of the first.
fn merged() -> Agencies {
    register([
        add(1, "Tỉnh A", "1997-01-01"),
        coded(1, "H01", "2020-09-15", None),
        add(2, "Tỉnh B", "1997-01-01"),
        coded(2, "H02", "2020-09-15", None),
        add(3, "Sở Nội vụ tỉnh B", "1997-01-01"),
        under(3, Some(2), "1997-01-01"),
        coded(3, "H02.10", "2020-09-15", None),
        add(4, "Tỉnh A", "2025-07-01"),
        succeed(Succession::Merger, &[1, 2], &[4], "2025-07-01"),
        coded(4, "H01", "2025-07-01", None),
    ])
}

#[track_caller]
fn refused(register: &Agencies, act: Act) -> Refusal {
    register.take([act]).unwrap_err().why
}

#[test]
fn a_code_means_the_agency_of_the_day() {
    let register = merged();
    let means = |text: &str, on: &str| register.with_code(&code(text), day(on)).map(|agency| agency.id);
    assert_eq!(means("H01", "2020-09-14"), None);
    assert_eq!(means("H01", "2020-09-15"), Some(id(1)));
    assert_eq!(means("H01", "2025-06-30"), Some(id(1)));
    assert_eq!(means("H01", "2025-07-01"), Some(id(4)), "the same code, another agency");
    assert_eq!(means("H02", "2025-06-30"), Some(id(2)));
    assert_eq!(means("H02", "2025-07-01"), None, "a code ends with its agency");
    assert_eq!(means("H03", "2025-07-01"), None);
    let Meaning::AtAnotherTime(agency, _) = register.meaning(&code("H02"), day("2026-01-01")) else { panic!() };
    assert_eq!(agency.id, id(2));
    let Meaning::AtAnotherTime(agency, _) = register.meaning(&code("H01"), day("1990-01-01")) else { panic!() };
    assert_eq!(agency.id, id(1), "the first that will have it");
    assert_eq!(register.meaning(&code("H03"), day("2026-01-01")), Meaning::Unknown);
}

#[test]
fn who_succeeds_is_told_by_the_day_and_through_several_ends() {
    let register = merged();
    let register = register
        .take([
            add(5, "Vùng", "2030-01-01"),
            add(6, "Tỉnh C", "1997-01-01"),
            succeed(Succession::Merger, &[4, 6], &[5], "2030-01-01"),
        ])
        .unwrap();
    let ids = |agencies: Vec<&Agency>| agencies.iter().map(|agency| agency.id.as_u128()).collect::<Vec<_>>();
    let successors = |number, on: &str| ids(register.successors(id(number), day(on)));
    assert_eq!(successors(2, "1996-12-31"), [0u128; 0], "not there yet");
    assert_eq!(successors(2, "2025-06-30"), [2]);
    assert_eq!(successors(2, "2025-07-01"), [4]);
    assert_eq!(successors(2, "2029-12-31"), [4]);
    assert_eq!(successors(2, "2030-01-01"), [5]);
    assert_eq!(ids(register.predecessors(id(5))), [1, 2, 4, 6]);
    let gone = register.take([dissolve(5, "2031-12-31")]).unwrap();
    assert!(gone.successors(id(1), day("2032-01-01")).is_empty());
    let divided = register
        .take([
            add(7, "Đông", "2032-01-01"),
            add(8, "Tây", "2032-01-01"),
            succeed(Succession::Division, &[5], &[7, 8], "2032-01-01"),
        ])
        .unwrap();
    assert_eq!(ids(divided.successors(id(6), day("2032-01-01"))), [7, 8]);
}

#[test]
fn the_tree_is_of_a_day() {
    let register = merged();
    let tree = |register: &Agencies, on: &str| -> Vec<(usize, u128)> {
        register.tree(day(on)).iter().map(|one| (one.depth, one.agency.id.as_u128())).collect()
    };
    assert_eq!(tree(&register, "1996-12-31"), []);
    assert_eq!(tree(&register, "2025-06-30"), [(0, 1), (0, 2), (1, 3)]);
    assert_eq!(tree(&register, "2025-07-01"), [(0, 4), (1, 3)], "under the successor of the one above");
    // The one above is taken in by its own office, which is above nobody then.
    let odd = register.take([succeed(Succession::Absorption, &[4], &[3], "2026-01-01")]).unwrap();
    assert_eq!(tree(&odd, "2026-01-01"), [(0, 3)]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let register = merged();
    let code_of = |act| match refused(&register, act) {
        Refusal::Overlap { code, name, day } => (code.to_string(), name, day.to_string()),
        other => panic!("{other}"),
    };
    assert_eq!(code_of(coded(3, "H01", "2025-08-01", None)), ("H01".into(), "Tỉnh A".into(), "2025-08-01".into()));
    assert_eq!(code_of(coded(3, "H01", "2000-01-01", None)).2, "2020-09-15");
    assert_eq!(code_of(coded(3, "H02.10", "2024-01-01", Some("2024-01-02"))).1, "Sở Nội vụ tỉnh B");
    assert_eq!(
        refused(&register, coded(3, "H09", "2024-01-02", Some("2024-01-01"))),
        Refusal::Reversed { from: day("2024-01-02"), until: day("2024-01-01") }
    );
    assert!(matches!(refused(&register, coded(1, "H09", "2025-07-01", None)), Refusal::Outside { .. }));
    assert!(matches!(refused(&register, under(3, Some(4), "2025-06-30")), Refusal::Outside { .. }));
    assert_eq!(refused(&register, coded(9, "H09", "2025-07-01", None)), Refusal::NotThere);
    assert_eq!(refused(&register, add(1, "Tỉnh A", "2025-07-01")), Refusal::Twice);
    assert_eq!(refused(&register, add(9, " ", "2025-07-01")), Refusal::Name);
    assert_eq!(refused(&register, add(9, "x", "1025-07-01")), Refusal::Day(day("1025-07-01")));
    assert_eq!(refused(&register, under(3, None, "1997-01-01")), Refusal::SameDay(day("1997-01-01")));
    assert_eq!(refused(&register, dissolve(1, "2025-06-30")), Refusal::Ended(day("2025-06-30")));
    assert!(matches!(refused(&register, dissolve(4, "2024-01-01")), Refusal::Outside { .. }));
    let early = |before: &[u128], after: &[u128], how| refused(&register, succeed(how, before, after, "2026-01-01"));
    assert!(matches!(early(&[3, 4], &[1], Succession::Absorption), Refusal::Outside { .. }), "it ended");
    assert_eq!(early(&[4], &[4], Succession::Absorption), Refusal::Parties);
    assert_eq!(early(&[4], &[3], Succession::Merger), Refusal::Parties);
    let register = register.take([add(9, "Tỉnh D", "2025-07-01"), add(10, "Tỉnh E", "2025-07-01")]).unwrap();
    let begins = refused(&register, succeed(Succession::Merger, &[4, 9], &[10], "2026-01-01"));
    assert!(matches!(begins, Refusal::Begins { .. }), "{begins}");
    let nothing = Act::Dissolve { agency: id(9), last: day("2026-01-01"), mandate: " ".into() };
    assert_eq!(refused(&register, nothing), Refusal::Mandate);
}

#[test]
fn nobody_is_under_itself_on_any_day() {
    let register = register([
        add(1, "a", "2000-01-01"),
        add(2, "b", "2000-01-01"),
        add(3, "c", "2000-01-01"),
        under(2, Some(1), "2000-01-01"),
        under(3, Some(2), "2010-01-01"),
        under(2, None, "2020-01-01"),
    ]);
    assert_eq!(refused(&register, under(1, Some(1), "2000-01-01")), Refusal::Cycle);
    assert_eq!(refused(&register, under(1, Some(2), "2019-01-01")), Refusal::Cycle, "for a year");
    assert_eq!(refused(&register, under(1, Some(3), "2005-01-01")), Refusal::Cycle, "from 2010 on");
    assert!(register.take([under(1, Some(3), "2020-01-01")]).is_ok(), "b is under nobody then");
    let then = register.take([under(1, None, "2010-01-01"), under(1, Some(3), "2005-01-01")]);
    assert!(then.is_ok(), "c is under b from 2010 only");
}

#[test]
fn a_correction_counts_in_the_place_of_what_was_wrong() {
    let register = merged();
    let later = register.take([correct(9, Some(succeed(Succession::Merger, &[1, 2], &[4], "2025-08-01")))]);
    let why = later.unwrap_err();
    assert_eq!(why.number, 9, "the new one begins a month before");
    let refused = register.take([correct(9, None)]).unwrap_err();
    assert_eq!(refused.number, 10, "the code would mean two");
    let renamed = register.take([correct(4, Some(coded(2, "H22", "2020-09-15", None)))]).unwrap();
    assert_eq!(renamed.with_code(&code("H22"), day("2021-01-01")).unwrap().id, id(2));
    assert_eq!(renamed.with_code(&code("H02"), day("2021-01-01")), None);
    let all: Vec<_> = renamed.acts().map(|(number, _, corrected)| (number, corrected)).collect();
    assert_eq!((all.len(), all[3]), (11, (4, Some(11))), "the act stays");
    let back = renamed.take([correct(4, Some(coded(2, "H02", "2020-09-15", None)))]).unwrap();
    assert_eq!(back.with_code(&code("H02"), day("2021-01-01")).unwrap().id, id(2), "the newest counts");
    assert_eq!(
        refused_number(&back, correct(11, None)),
        Refusal::NoSuchAct(11),
        "a correction is corrected by another"
    );
    assert_eq!(refused_number(&back, correct(99, None)), Refusal::NoSuchAct(99));
}

fn refused_number(register: &Agencies, act: Act) -> Refusal {
    refused(register, act)
}

#[test]
fn an_open_code_may_be_ended() {
    let end = |until: &str| Act::EndCode { agency: id(3), code: code("H02.10"), until: day(until), mandate: "".into() };
    let register = merged().take([end("2025-06-30"), coded(3, "H01.10", "2025-07-01", None)]).unwrap();
    let codes = |on: &str| register.get(id(3)).unwrap().codes(day(on)).map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((codes("2025-06-30"), codes("2025-07-01")), (vec!["H02.10".into()], vec!["H01.10".into()]));
    assert_eq!(refused(&register, end("2025-07-31")), Refusal::NoSuchCode(code("H02.10")));
}

#[test]
fn a_table_is_read_with_a_report_and_written_so_that_it_reads_the_same() {
    let table = "\u{feff}Mã định danh;Tên cơ quan;Từ ngày;Đến ngày;Truc thuoc;Cơ quan;Ngày kết thúc;Kết thúc do;Cơ quan kế thừa;Văn bản kết thúc;Ghi chú\n\
        H01;Tỉnh A;2020-09-15;;;a;2025-06-30;hợp nhất;moi;NQ 1;\n\
        H02;Tỉnh B;2020-09-15;;;;2025-06-30;Hợp nhất;moi;NQ 1;x\n\
        H02.10;Sở Nội vụ;2020-09-15;2025-06-30;H02;so;;;;;\n\
        H01.10;Sở Nội vụ;2025-07-01;;moi;so;;;;;\n\
        H01;Tỉnh A;2025-07-01;;;moi;;;;;\n\
        h3;Xã;2020-09-15;;;;;;;;\n\
        H03;Xã;15/9/2020;;;;;;;;\n\
        H04;;2020-09-15;;;;;;;;\n\
        H05;Xã;2020-09-15;;H99;;;;;;\n\
        H06;Xã;2020-09-15;;;;2020-09-30;bán;;;\n\
        H01;Xã khác;2021-01-01;;;khac;;;;;\n\
        H07;Xã\n";
    let mut next = 0;
    let mut ids = || {
        next += 1;
        id(next)
    };
    let read = table::read(table.as_bytes(), &Agencies::default(), &mut ids).unwrap();
    let told: Vec<(u64, &Why)> = read.refused.iter().map(|one| (one.line, &one.why)).collect();
    assert!(
        matches!(
            told.as_slice(),
            [
                (7, Why::Code),
                (8, Why::Day),
                (9, Why::NoName),
                (10, Why::Whom),
                (11, Why::How),
                (12, Why::Refused(Refusal::Overlap { .. })),
                (13, Why::Shape)
            ]
        ),
        "{told:?}"
    );
    assert_eq!(read.unread, ["Ghi chú"]);
    let register = register(read.acts);
    let successor =
        register.successors(register.with_code(&code("H02"), day("2021-01-01")).unwrap().id, day("2026-01-01"));
    assert_eq!(register.with_code(&code("H01"), day("2026-01-01")), successor.first().copied());
    assert_eq!(register.tree(day("2026-01-01"))[1].agency.name(day("2026-01-01")), "Sở Nội vụ");
    let written = table::write(&register).unwrap();
    let again = table::read(&written, &register, || panic!("all are known")).unwrap();
    assert_eq!((again.acts.as_slice(), again.refused.as_slice()), (&[][..], &[][..]));
    assert_eq!(fresh(&written).len(), register.all().count());
    assert_eq!(told_by(&fresh_register(&written)), told_by(&register));
}

fn fresh_register(table: &[u8]) -> Agencies {
    let mut next = 1000;
    let ids = || {
        next += 1;
        id(next)
    };
    let read = table::read(table, &Agencies::default(), ids).unwrap();
    assert_eq!(read.refused, []);
    register(read.acts)
}

fn fresh(table: &[u8]) -> Vec<Uuid> {
    fresh_register(table).all().map(|agency| agency.id).collect()
}

/// What a register says, without identities: names, codes, ends and trees on some days.
fn told_by(register: &Agencies) -> Vec<String> {
    let name = |id: &Uuid| register.get(*id).map_or("", |agency| agency.names[0].name.as_str()).to_owned();
    let mut told: Vec<String> = register
        .all()
        .map(|agency| {
            let names: Vec<_> = agency.names.iter().map(|one| (&one.name, one.from)).collect();
            let codes: Vec<_> = agency.codes.iter().map(|one| (&one.code, one.from, agency.until(one))).collect();
            let ended = agency.ended.as_ref().map(|one| {
                let after: BTreeSet<String> = one.successors.iter().map(name).collect();
                (one.last, one.how, after)
            });
            let places: Vec<_> = agency.places.iter().map(|one| (one.from, one.parent.as_ref().map(name))).collect();
            format!("{} {names:?} {codes:?} {ended:?} {places:?}", agency.begins)
        })
        .collect();
    told.sort();
    told
}

/// Some day of forty years, the few that matter often.
fn some_day() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        3 => (0u64..8).prop_map(|year| day("2000-01-01") + chrono::Days::new(year * 1461)),
        1 => (0u64..14_000).prop_map(|days| day("1999-01-01") + chrono::Days::new(days)),
    ]
}

fn some_act() -> impl Strategy<Value = Act> {
    let (who, whom) = (|| (1u128..9).prop_map(id), || prop::collection::vec((1u128..9).prop_map(id), 1..4));
    let codes = || prop::sample::select(vec!["H01", "H02", "H01.10", "000.00.00.H41"]).prop_map(code);
    let words = || "[a-z]{1,3}".prop_map(String::from);
    let how = prop::sample::select(Succession::ALL.to_vec());
    let simple = prop_oneof![
        6 => (who(), words(), some_day()).prop_map(|(agency, name, on)| Act::Add { agency, name, on, mandate: String::new() }),
        2 => (who(), words(), some_day())
            .prop_map(|(agency, name, from)| Act::Rename { agency, name, from, mandate: String::new() }),
        6 => (who(), codes(), some_day(), prop::option::of(some_day()))
            .prop_map(|(agency, code, from, until)| Act::Code { agency, code, from, until, mandate: String::new() }),
        2 => (who(), codes(), some_day())
            .prop_map(|(agency, code, until)| Act::EndCode { agency, code, until, mandate: String::new() }),
        5 => (who(), prop::option::of(who()), some_day())
            .prop_map(|(agency, parent, from)| Act::Move { agency, parent, from, mandate: String::new() }),
        5 => (how, whom(), whom(), some_day()).prop_map(|(how, predecessors, successors, on)| {
            Act::Succeed { how, predecessors, successors, on, mandate: "x".into() }
        }),
        2 => (who(), some_day()).prop_map(|(agency, last)| Act::Dissolve { agency, last, mandate: "x".into() }),
    ];
    let wrong = (1u32..30, prop::option::of(simple.clone())).prop_map(|(number, instead)| correct(number, instead));
    prop_oneof![9 => simple, 1 => wrong]
}

proptest! {
    /// Whatever is recorded, in whatever order: a code means one agency at most, everything has an answer, the tree has
    /// everybody once, and the same acts give the same register.
    #[test]
    fn any_history_leaves_one_answer(acts in prop::collection::vec(some_act(), 1..60), days in prop::collection::vec(some_day(), 1..12)) {
        let mut register = Agencies::default();
        let mut taken = Vec::new();
        for act in acts {
            let before = register.clone();
            match register.record(act.clone()) {
                Ok(()) => taken.push(act),
                Err(_) => prop_assert_eq!(&before, &register, "what is refused changes nothing"),
            }
        }
        prop_assert_eq!(&Agencies::default().take(taken).unwrap(), &register);
        for on in days {
            for text in ["H01", "H02", "H01.10", "000.00.00.H41"] {
                let holders: Vec<_> = register.all().filter(|one| one.is_there(on) && one.codes(on).any(|own| own.as_str() == text)).collect();
                prop_assert!(holders.len() <= 1, "{} on {} means {:?}", text, on, holders);
                prop_assert_eq!(register.with_code(&code(text), on), holders.first().copied());
            }
            let tree = register.tree(on);
            let there = register.all().filter(|one| one.is_there(on)).count();
            let once: BTreeSet<Uuid> = tree.iter().map(|one| one.agency.id).collect();
            prop_assert_eq!((tree.len(), once.len()), (there, there));
            for agency in register.all() {
                let after = register.successors(agency.id, on);
                prop_assert!(after.iter().all(|one| one.is_there(on)));
                prop_assert!(on < agency.begins || !agency.is_there(on) || after == [agency]);
                prop_assert!(after.iter().all(|one| one.id == agency.id || register.predecessors(one.id).contains(&agency)));
            }
        }
    }

    /// Whatever bytes come as a table: it is read or refused, and what it gives fits.
    #[test]
    fn any_table_is_read_or_refused(rows in prop::collection::vec(prop::collection::vec("(H0[1-3]|a|-|2020-01-01|2025-06-30|merger|dissolution|[ -~]{0,6})", 11), 0..12)) {
        let mut text = String::from("agency,code,name,parent,from,until,mandate,ended,how,successors,end_mandate\n");
        for row in rows {
            text.push_str(&(row.join(",") + "\n"));
        }
        let mut next = 0;
        let read = table::read(text.as_bytes(), &Agencies::default(), || { next += 1; id(next) });
        if let Ok(read) = read {
            let register = Agencies::default().take(read.acts).unwrap();
            let written = table::write(&register).unwrap();
            prop_assert_eq!(told_by(&fresh_register(&written)), told_by(&register));
        }
    }
}
