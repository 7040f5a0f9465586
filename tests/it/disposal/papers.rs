//! The documents of a case: made, signed by a tool that knows nothing of the archive, handed in, and told from any other.

use super::*;
use chauban::archive::disposal::{Details, Head, Meeting, PaperKind, Wish};
use std::process::Command;

const CLONE: &str = env!("CARGO_MANIFEST_DIR");

/// Runs `tests/sign.py`.
fn tool(arguments: &[&std::ffi::OsStr]) {
    let script = Path::new(CLONE).join("tests/sign.py");
    let ran = Command::new("python3").arg(script).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// The archive trusts who signs here.
pub(super) fn trust_signers(scratch: &Scratch) {
    tool(&["trust".as_ref(), scratch.path("pki").as_ref()]);
    let writing = open(scratch, "2024-06-05");
    let file = std::fs::read(scratch.path("pki/root.pem")).unwrap();
    let fingerprint = read_certificate(&file).unwrap().sha256();
    let (source, name) = ("tests/sign.py".to_owned(), "root".to_owned());
    let new = NewAnchor { file, fingerprint, source, tree: Tree::OfficialDuty, name, from: None, until: None };
    add(&writing, &new, "tester").unwrap();
    writing.close().unwrap();
}

/// The signed copy of a paper.
pub(super) fn signed(scratch: &Scratch, paper: &[u8], by: &str) -> Handed {
    let (file, copy) = (scratch.path("tmp/paper.pdf"), scratch.path("tmp/signed.pdf"));
    std::fs::write(&file, paper).unwrap();
    tool(&["sign".as_ref(), file.as_ref(), copy.as_ref(), by.as_ref()]);
    Handed::read(&copy, Rests::Signatures, vec![scratch.path("pki/root.crl")]).unwrap()
}

fn wish(details: Details) -> Wish {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    let positions = [("Trần B", "Phó Giám đốc Sở"), ("Lê A", "lưu trữ viên")];
    let head = Head {
        superior: Some("UBND tỉnh".into()),
        agency: "Sở Thông tin và Truyền thông".into(),
        number: Some("QĐ-STTTT".into()),
        place: "Hà Giang".into(),
        position: "Giám đốc".into(),
        signer: "Hoàng D".into(),
        fonds: "Phông Sở Thông tin và Truyền thông".into(),
        grounds: texts(&["Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024"]),
        positions: positions.map(|(name, position)| (name.to_owned(), position.to_owned())).into(),
        recipients: texts(&["Như Điều 4"]),
        ..Head::default()
    };
    Wish { head, details }
}

fn met(day: &str) -> Meeting {
    let at = |hour| day.parse::<chrono::NaiveDate>().unwrap().and_hms_opt(hour, 0, 0).unwrap();
    Meeting { began: at(8), ended: at(10), venue: "Phòng họp tầng 3".into() }
}

fn make(scratch: &Scratch, day: &str, actor: &str, details: Details) -> Vec<u8> {
    let made = at(scratch, day, actor, |desk| desk.make(&wish(details))).unwrap();
    assert!(made.starts_with(b"%PDF-1.7"));
    // Kept to be looked at, where somebody wants to (tests/paper.sh).
    if let Some(folder) = std::env::var_os("CASE_PAPERS") {
        let kind = docket(scratch).papers.last().unwrap().kind.name();
        std::fs::write(Path::new(&folder).join(format!("{}-{kind}.pdf", docket(scratch).papers.len())), &made).unwrap();
    }
    made
}

fn seats(member: &str) -> Vec<(String, Seat)> {
    let seats = [("Trần B", Seat::Chair), ("Lê A", Seat::Secretary), (member, Seat::Member)];
    seats.map(|(name, seat)| (name.to_owned(), seat)).into()
}

/// A case whose list of every record was submitted with its signed list.
fn submitted(scratch: &Scratch) -> String {
    trust_signers(scratch);
    opened(scratch, CURRENT);
    at(scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let seen = list(scratch);
    let made = make(scratch, "2024-07-01", "Lê A", Details::List);
    let copy = signed(scratch, &made, "Lê A");
    at(scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, copy)).unwrap();
    seen
}

#[test]
fn every_document_of_a_case_is_made_signed_and_handed_in() {
    let scratch = archive(3);
    let seen = submitted(&scratch);
    let attach = |day: &str, actor: &str, details: Details| {
        let copy = signed(&scratch, &make(&scratch, day, actor, details), actor);
        at(&scratch, day, actor, |desk| desk.attach(copy)).unwrap();
    };
    let history = vec!["Tài liệu được thu thập năm 2016.".to_owned()];
    attach("2024-07-01", "Lê A", Details::Justification { history, contents: Vec::new() });

    let council = || Details::Appointment { seats: seats("Phạm C"), quorum: None, bound: String::new() };
    let made = signed(&scratch, &make(&scratch, "2024-07-02", "Hoàng D", council()), "Hoàng D");
    at(&scratch, "2024-07-02", "Hoàng D", |desk| desk.appoint(&seats("Phạm C"), None, None, made)).unwrap();
    let third = docket(&scratch).listed().find(|record| docket(&scratch).case.item(*record).unwrap().0.code == code(3));
    let keep = [(third.unwrap(), "còn tranh chấp".to_owned())];
    at(&scratch, "2024-07-03", "Trần B", |desk| desk.vote(&seen, &keep, &[])).unwrap();
    at(&scratch, "2024-07-03", "Phạm C", |desk| desk.vote(&seen, &[], &[])).unwrap();
    let minutes = || Details::CouncilMinutes { meeting: met("2024-07-03"), absent: vec![], discussion: vec![] };
    let early = signed(&scratch, &make(&scratch, "2024-07-03", "Lê A", minutes()), "Trần B");
    // A vote after the minutes were written: they tell another result.
    at(&scratch, "2024-07-03", "Phạm C", |desk| desk.vote(&seen, &keep, &[])).unwrap();
    let stale = at(&scratch, "2024-07-03", "Trần B", |desk| desk.close_council(&seen, None, None, early)).unwrap_err();
    assert!(stale.kind() == Kind::Conflict && stale.to_string().contains("another step"), "{stale}");
    let made = signed(&scratch, &make(&scratch, "2024-07-03", "Lê A", minutes()), "Trần B");
    at(&scratch, "2024-07-03", "Trần B", |desk| desk.close_council(&seen, None, None, made)).unwrap();

    let seen = list(&scratch);
    at(&scratch, "2024-07-04", "Ngô E", |desk| desk.opinion(&seen, BTreeSet::new(), None, paper("thẩm tra"))).unwrap();
    let to = vec!["Giám đốc Sở".to_owned()];
    attach("2024-07-04", "Lê A", Details::Submission { addressees: to, enclosures: Vec::new() });
    let decision = Details::Decision { executor: "Văn phòng Sở".into(), bound: "có liên quan".into() };
    let made = signed(&scratch, &make(&scratch, "2024-07-05", "Hoàng D", decision), "Hoàng D");
    at(&scratch, "2024-07-05", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, made)).unwrap();
    let (givers, receivers) = (vec!["Lê A".to_owned()], vec!["Đỗ F".to_owned()]);
    let (receiver, condition) = ("Văn phòng Sở".to_owned(), "nguyên vẹn".to_owned());
    attach("2024-07-06", "Lê A", Details::Handover { givers, receiver, receivers, condition });

    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(execute(&scratch, "2024-07-09", "Đỗ F").unwrap(), (2, 0, 0, true));
    let minutes = Details::Minutes { meeting: met("2024-07-09"), witness: "Lê A".into(), method: Vec::new() };
    let made = signed(&scratch, &make(&scratch, "2024-07-09", "Đỗ F", minutes), "Đỗ F");
    let other = at(&scratch, "2024-07-10", "Đỗ F", |desk| desk.minutes("Phạm C", None, made.clone())).unwrap_err();
    assert_eq!(other.kind(), Kind::Conflict, "the minutes name another witness");
    at(&scratch, "2024-07-10", "Đỗ F", |desk| desk.minutes("Lê A", None, made)).unwrap();

    let tape = || BTreeSet::from(["băng từ 7".to_owned()]);
    let certificate = Details::Certificate { unreached: tape() };
    let made = signed(&scratch, &make(&scratch, "2024-07-11", "Lê A", certificate), "Lê A");
    let silent = at(&scratch, "2024-07-11", "Lê A", |desk| desk.certify(BTreeSet::new(), None, made.clone()));
    assert_eq!(silent.unwrap_err().kind(), Kind::Conflict, "the certificate names a copy that the step does not");
    at(&scratch, "2024-07-11", "Lê A", |desk| desk.certify(tape(), None, made)).unwrap();
    at(&scratch, "2024-07-12", "Lê A", |desk| desk.attest("băng từ 7", None, paper("xác nhận"))).unwrap();
    attach("2024-07-13", "Lê A", Details::Certificate { unreached: BTreeSet::new() });
    at(&scratch, "2024-07-14", "Lê A", |desk| desk.keep(None, None)).unwrap();

    let shown = scratch.json(&["disposal", "show", CASE]);
    let kinds = PaperKind::NAMES.map(|(name, _)| name);
    let made = shown["papers"].as_array().unwrap();
    assert!(
        kinds.iter().all(|kind| made.iter().any(|paper| paper["kind"] == *kind && paper["handed_in"] != Value::Null))
    );
    let documents = shown["documents"].as_array().unwrap();
    assert_eq!(documents.iter().filter(|document| document["standing"] == "signed").count(), 10);
    assert!(documents.iter().all(|document| document["standing"] != "signed" || document["made"] != Value::Null));
    scratch.ok(&["verify", "--deep"]);
    let before = scratch.ok(&["disposal", "show", CASE, "--items", "--json"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(scratch.ok(&["disposal", "show", CASE, "--items", "--json"]), before);
}

#[test]
fn no_other_file_passes_for_the_one_that_was_made() {
    let scratch = archive(2);
    let seen = submitted(&scratch);
    let council = Details::Appointment { seats: seats("Phạm C"), quorum: None, bound: String::new() };
    let made = make(&scratch, "2024-07-02", "Hoàng D", council);
    let appoint = |member: &str, document: Handed| {
        at(&scratch, "2024-07-02", "Hoàng D", |desk| desk.appoint(&seats(member), None, None, document))
    };
    let refused = |kind: Kind, member: &str, document: Handed| {
        let before = docket(&scratch).steps.len();
        let error = appoint(member, document).unwrap_err();
        assert_eq!((error.kind(), docket(&scratch).steps.len()), (kind, before), "{error}");
        error.to_string()
    };
    let nobody = Handed { bytes: made.clone(), rests: Rests::Signatures, ..paper("x") };
    assert!(refused(Kind::Denied, "Phạm C", nobody).contains("nobody signed"));
    // Signed, by whom it should be: but another text, made as like as can be.
    let mut other = made.clone();
    let place = other.windows(8).position(|window| window == b"/Creator").unwrap_or(other.len() / 2);
    other[place + 1] ^= 1;
    let altered = signed(&scratch, &other, "Hoàng D");
    assert!(refused(Kind::Conflict, "Phạm C", altered).contains("no signed copy"));
    let justification = Details::Justification { history: vec![], contents: vec![] };
    let misplaced = signed(&scratch, &make(&scratch, "2024-07-02", "Lê A", justification), "Hoàng D");
    assert!(refused(Kind::Conflict, "Phạm C", misplaced).contains("justification"));
    let copy = signed(&scratch, &made, "Hoàng D");
    assert!(refused(Kind::Conflict, "Vũ G", copy.clone()).contains("another"), "another council than the text names");
    let mut spoilt = copy.clone();
    *spoilt.bytes.last_mut().unwrap() = b'!';
    refused(Kind::Denied, "Phạm C", spoilt);
    appoint("Phạm C", copy).unwrap();

    // What comes too early or too late is not made; a scan of what was signed by hand is taken for its reason.
    let early = Details::Decision { executor: "x".into(), bound: "x".into() };
    let refused = at(&scratch, "2024-07-02", "Hoàng D", |desk| desk.make(&wish(early))).unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    for voter in ["Trần B", "Phạm C"] {
        at(&scratch, "2024-07-03", voter, |desk| desk.vote(&seen, &[], &[])).unwrap();
    }
    let minutes = Details::CouncilMinutes { meeting: met("2024-07-03"), absent: vec![], discussion: vec![] };
    make(&scratch, "2024-07-03", "Lê A", minutes);
    at(&scratch, "2024-07-03", "Trần B", |desk| desk.close_council(&seen, None, None, paper("bản quét"))).unwrap();
    let shown = scratch.json(&["disposal", "show", CASE]);
    let last = shown["documents"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["standing"], &last["made"]), (&json!("unsigned"), &Value::Null));
}

/// A decision that bears its day counts from it, whenever it is handed in.
#[test]
fn a_paper_takes_its_step_on_the_day_that_it_bears() {
    let scratch = archive(1);
    trust_signers(&scratch);
    opened(&scratch, Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired });
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.add(&[DOSSIER.to_owned()], "")).unwrap();
    let seen = list(&scratch);
    at(&scratch, "2024-07-01", "Lê A", |desk| desk.submit(&seen, None, paper("danh mục"))).unwrap();
    let decision = wish(Details::Decision { executor: "Văn phòng Sở".into(), bound: "có liên quan".into() });
    let dated = Wish { head: Head { on: "2024-07-02".parse().ok(), ..decision.head }, ..decision };
    let made = at(&scratch, "2024-07-02", "Hoàng D", |desk| desk.make(&dated)).unwrap();
    let copy = signed(&scratch, &made, "Hoàng D");
    let decide = |on: Option<&str>| {
        let (on, copy) = (on.map(|on| on.parse().unwrap()), copy.clone());
        at(&scratch, "2024-07-12", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), on, copy))
    };
    assert_eq!(decide(Some("2024-07-12")).unwrap_err().kind(), Kind::Invalid);
    decide(None).unwrap();
    let mut longer = copy.clone();
    longer.bytes.extend(b"\n");
    longer.rests = Rests::Reason("ký trên giấy".into());
    let again = at(&scratch, "2024-07-12", "Hoàng D", |desk| desk.decide(&seen, BTreeSet::new(), None, longer));
    assert_eq!(again.unwrap_err().kind(), Kind::Conflict, "it is the same paper");
    let shown = scratch.json(&["disposal", "show", CASE]);
    assert_eq!(shown["window"], json!({ "from": "2024-07-05", "until": "2024-07-17" }));
    assert_eq!(shown["approvals"][0]["on"], "2024-07-02");
}

#[test]
fn documents_are_made_by_the_command() {
    let scratch = archive(1);
    let case = scratch.json(&["disposal", "open", "--subject", "x", "--actor", "Lê A"])["number"].clone();
    let case = case.as_str().unwrap();
    scratch.ok(&["disposal", "add", case, DOSSIER, "--actor", "Lê A"]);
    let about = ["--agency", "Sở", "--place", "Hà Giang", "--fonds", "Phông", "--position", "Giám đốc"];
    let list = [&["disposal", "document", "list", case, "-o", "list.pdf"][..], &about].concat();
    let made = scratch.json(&list);
    assert_eq!((&made["kind"], made["list"].as_str().map(str::len)), (&json!("list"), Some(64)));
    assert_eq!(std::fs::metadata(scratch.path("list.pdf")).unwrap().len(), made["size"]);
    scratch.expect(4, &list);
    let decision = [&["disposal", "document", "decision", case, "-o", "d.pdf"][..], &about].concat();
    let refused = scratch.expect(4, &decision);
    assert!(refused.err.contains("not made while") && !scratch.path("d.pdf").exists(), "{}", refused.err);
    let shown = scratch.ok(&["disposal", "show", case, "--lang", "vi"]);
    assert!(shown.contains("danh mục tài liệu hết giá trị: đã lập, chưa nhận lại bản ký"), "{shown}");
}
