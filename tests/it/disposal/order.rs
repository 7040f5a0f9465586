//! The order of a case in time and between persons: of what day a document may be, who executes after a take-over, what the
//! end of the law's days leaves, and copies that lie where nobody destroys.

use super::*;
use crate::transfer::package;

fn executing(records: usize) -> Scratch {
    let scratch = archive(records);
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    scratch
}

fn refused<T>(kind: Kind, taken: Result<T>) {
    assert_eq!(taken.err().map(|error| error.kind()), Some(kind));
}

#[test]
fn no_document_is_of_a_day_before_what_it_follows() {
    let scratch = archive(2);
    opened(&scratch, CURRENT);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let (seen, day) = (list(&scratch), |text: &str| text.parse().ok());
    let submit = |on: &str| at(&scratch, "2024-07-03", "Lê A", |desk| desk.submit(&seen, day(on), paper("danh mục")));
    refused(Kind::Invalid, submit("2024-06-30"));
    submit("2024-07-02").unwrap();
    let seats = [("Trần B", Seat::Chair), ("Lê A", Seat::Secretary), ("Phạm C", Seat::Member)];
    let seats = seats.map(|(name, seat)| (name.to_owned(), seat));
    let appoint = |on: &str| {
        at(&scratch, "2024-07-04", "Hoàng D", |desk| desk.appoint(&seats, None, day(on), paper("thành lập")))
    };
    appoint("2024-07-03").unwrap();
    let clocks = scratch.json(&["disposal", "show", CASE])["clocks"].clone();
    assert_eq!(clocks[0]["until"], "2024-08-02", "thirty days from the day of the appointment: {clocks}");
    for voter in ["Trần B", "Phạm C"] {
        at(&scratch, "2024-07-04", voter, |desk| desk.vote(&seen, &[], &[])).unwrap();
    }
    let close = |on: &str| {
        at(&scratch, "2024-07-05", "Trần B", |desk| desk.close_council(&seen, None, day(on), paper("biên bản")))
    };
    refused(Kind::Invalid, close("2024-07-02"));
    close("2024-07-04").unwrap();
    at(&scratch, "2024-07-05", "Ngô E", |desk| desk.opinion(&seen, BTreeSet::new(), None, paper("thẩm tra"))).unwrap();
    at(&scratch, "2024-07-05", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, paper("quyết định")))
        .unwrap();
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    execute(&scratch, "2024-07-09", "Đỗ F").unwrap();
    let minutes =
        |on: &str| at(&scratch, "2024-07-12", "Đỗ F", |desk| desk.minutes("Lê A", day(on), paper("biên bản hủy")));
    refused(Kind::Invalid, minutes("2024-07-08"));
    minutes("2024-07-10").unwrap();
    let tape = || BTreeSet::from(["băng từ 7".to_owned()]);
    let certify =
        |on: &str| at(&scratch, "2024-07-13", "Lê A", |desk| desk.certify(tape(), day(on), paper("chứng nhận")));
    refused(Kind::Invalid, certify("2024-07-09"));
    certify("2024-07-12").unwrap();
    let attest =
        |on: &str| at(&scratch, "2024-07-13", "Lê A", |desk| desk.attest("băng từ 7", day(on), paper("xác nhận")));
    refused(Kind::Invalid, attest("2024-07-08"));
    attest("2024-07-10").unwrap();
}

#[test]
fn who_was_taken_over_from_executes_no_more() {
    let scratch = executing(2);
    at(&scratch, "2024-07-08", "Vũ Thay", |desk| desk.start()).unwrap();
    refused(Kind::Denied, execute(&scratch, "2024-07-09", "Đỗ F"));
    refused(Kind::Denied, at(&scratch, "2024-07-09", "Đỗ F", |desk| desk.finish()));
    assert_eq!(execute(&scratch, "2024-07-09", "Vũ Thay").unwrap(), (2, 0, 0, true));
    refused(Kind::Denied, at(&scratch, "2024-07-10", "Đỗ F", |desk| desk.minutes("Lê A", None, paper("biên bản hủy"))));
    at(&scratch, "2024-07-10", "Vũ Thay", |desk| desk.minutes("Lê A", None, paper("biên bản hủy"))).unwrap();
}

#[test]
fn after_the_last_day_nothing_is_destroyed_on_the_decision() {
    let scratch = executing(2);
    assert_eq!(scratch.json(&["disposal", "show", CASE])["window"]["until"], "2024-07-20");
    at(&scratch, "2024-07-21", "Vũ Thay", |desk| desk.start()).unwrap();
    assert_eq!(execute(&scratch, "2024-07-21", "Vũ Thay").unwrap(), (0, 2, 0, true));
    let docket = docket(&scratch);
    assert!(docket.case.fates().all(|(_, _, fate)| *fate == Fate::Skipped(Skip::Late)), "each says why it stays");
    scratch.ok(&["get", &code(1), "-o", "still.pdf"]);
    // Another case may list them.
    let writing = open(&scratch, "2024-07-22");
    let opening = Opening { subject: "lần hai".into(), procedure: CURRENT };
    let second = disposal::open(&writing, &opening, "Lê A").unwrap().number.to_string();
    let mut desk = Desk::at(&writing, &second, "Lê A").unwrap();
    assert_eq!(desk.add(&[DOSSIER.to_owned()], "").unwrap().added, 2);
}

#[test]
fn nobody_decides_on_an_empty_list() {
    let scratch = archive(1);
    opened(&scratch, Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired });
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let seen = list(&scratch);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, paper("danh mục"))).unwrap();
    let record = docket(&scratch).listed().next().unwrap();
    at(&scratch, "2024-07-02", "Lê A", |desk| desk.exclude(&[record], "còn giá trị", None)).unwrap();
    let empty = list(&scratch);
    let decide = |desk: &mut Desk<'_>| desk.decide(&empty, BTreeSet::new(), None, paper("quyết định"));
    refused(Kind::Conflict, at(&scratch, "2024-07-03", "Hoàng D", decide));
    at(&scratch, "2024-07-03", "Lê A", |desk| desk.abort("không còn gì", None, None)).unwrap();
}

/// The same files once more in transfers that nobody submitted: named, and not attested gone while they lie there.
#[test]
fn what_was_handed_over_once_more_is_named() {
    let scratch = executing(2);
    let draft = |name: &str, files: &[(&str, &[u8])]| {
        let place = scratch.path("kho.transfers").join(name);
        for (path, bytes) in files {
            std::fs::create_dir_all(place.join(path).parent().unwrap()).unwrap();
            std::fs::write(place.join(path), bytes).unwrap();
        }
        place.display().to_string()
    };
    let same = draft("018f4d00-0000-7000-8000-000000000001", &[("handed/a/b.pdf", b"%PDF-1.7 2")]);
    let packed = package(&[("x/y.pdf", b"%PDF-1.7 1"), ("x/other.pdf", b"%PDF-1.7 9")]);
    let packed = draft("018f4d00-0000-7000-8000-000000000002", &[("packages/p.zip", &packed)]);
    let broken = draft("018f4d00-0000-7000-8000-000000000003", &[("packages/p.zip", b"PK broken")]);
    draft("018f4d00-0000-7000-8000-000000000004", &[("handed/c.pdf", b"%PDF-1.7 9"), ("handed/c.json", b"{}")]);
    let nested = package(&[("x/inner.ZIP", &package(&[("y.pdf", b"%PDF-1.7 1")]))]);
    let nested = draft("018f4d00-0000-7000-8000-000000000005", &[("packages/p.zip", &nested)]);
    let digest = chauban::digest::Sha256::of(b"%PDF-1.7 2");
    let sidecar = json!({ "subject": "Hồ sơ dự thầu số 2", "sha256": digest.to_string() }).to_string();
    let spoken_of = draft("018f4d00-0000-7000-8000-000000000006", &[("handed/y.json", sidecar.as_bytes())]);
    let kept: (&str, &[u8]) = ("uploads/1.json", br#"{"path":"a.pdf","length":10}"#);
    let coming = draft("018f4d00-0000-7000-8000-000000000007", &[kept, ("uploads/1", b"%PDF-1.7")]);
    let done = at(&scratch, "2024-07-09", "Đỗ F", |desk| desk.execute(&mut |_, _, _| {})).unwrap();
    assert_eq!(done.unreached, [same.clone(), packed, broken, nested, spoken_of, coming]);
    at(&scratch, "2024-07-10", "Đỗ F", |desk| desk.minutes("Lê A", None, paper("biên bản hủy"))).unwrap();
    at(&scratch, "2024-07-10", "Lê A", |desk| desk.certify(BTreeSet::new(), None, paper("chứng nhận"))).unwrap();
    assert_eq!(docket(&scratch).case.unreached().count(), 6);
    let attest = || at(&scratch, "2024-07-11", "Lê A", |desk| desk.attest(&same, None, paper("xác nhận")));
    refused(Kind::Conflict, attest());
    std::fs::remove_dir_all(&same).unwrap();
    attest().unwrap();
    scratch.ok(&["verify", "--deep"]);
}
