use super::{Form, Outcome, Practice, Record, Role, Scan, VIETNAM};
use crate::signature::judge::facts::{CertificateId, ChangeLevel, DocumentFact, Outcome as Found, Permission};
use crate::signature::judge::judge;
use crate::signature::judge::tests::world::{NOW, SIGNED, World, on};
use crate::signature::policy::Policy;
use crate::signature::tree::Tree;

type Subject = &'static [(&'static str, &'static str)];

const LEADER: Subject = &[("O", "Sở Nội vụ"), ("T", "Giám đốc"), ("CN", "Nguyễn Văn A")];
const AGENCY: Subject = &[("O", "Sở Nội vụ"), ("CN", "Sở Nội vụ")];

/// Signatures of these subjects, one after the other, all good and stamped.
fn signed_by(subjects: &[Subject]) -> World {
    let mut world = World::signed().stamped(SIGNED).current(NOW).about(2, NOW).about(3, NOW);
    let (first, leader) = (world.facts.signatures[0].clone(), world.facts.certificates[1].clone());
    world.facts.signatures.clear();
    for (number, subject) in subjects.iter().enumerate() {
        let mut certificate = leader.clone();
        certificate.attributes = subject.iter().map(|&(kind, value)| (kind.into(), value.into())).collect();
        let id = world.facts.certificates.len();
        certificate.chains[0].certificates[0] = CertificateId(id);
        world.facts.certificates.push(certificate);
        world = world.about(id, NOW);
        let mut signature = first.clone();
        signature.place = format!("Signature{number}");
        signature.made.signer = crate::signature::judge::facts::Identification::Named(CertificateId(id));
        world.facts.signatures.push(signature);
    }
    world
}

fn record() -> Record {
    Record {
        agency_names: vec!["SỞ NỘI VỤ".into()],
        agency_codes: vec!["H26.10".into()],
        signer: Some("Nguyễn  Văn A".into()),
        form: Form::BornDigital,
        numbered_at: None,
        needs_none: false,
    }
}

fn decide(world: &World, record: Option<&Record>, scan: Scan) -> super::Decision {
    let validation = judge(&world.facts, &Policy::europe().expect("shipped"), on(NOW));
    Practice::vietnam().expect("shipped").decide(&world.facts, &validation, record, scan)
}

fn codes(decision: &super::Decision) -> Vec<&str> {
    decision.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

#[test]
fn the_worked_cases_come_out() {
    assert_eq!(Practice::vietnam().expect("shipped").failing_cases(), Vec::<String>::new());
}

#[test]
fn leader_then_agency() {
    let decision = decide(&signed_by(&[LEADER, AGENCY]), Some(&record()), Scan::Unknown);
    assert_eq!((decision.outcome, codes(&decision)), (Outcome::Accept, vec![]), "{decision:#?}");
    assert_eq!(decision.roles, [Role::Leader, Role::Agency]);
}

#[test]
fn who_is_missing_depends_on_the_record() {
    type Row = (&'static [Subject], Option<Form>, Scan, Outcome, &'static [&'static str]);
    let cases: [Row; 8] = [
        (&[LEADER], Some(Form::BornDigital), Scan::Unknown, Outcome::Review, &["agency-missing"]),
        (&[AGENCY], Some(Form::BornDigital), Scan::Unknown, Outcome::Review, &["leader-missing"]),
        (&[LEADER], None, Scan::Unknown, Outcome::Accept, &[]),
        (&[AGENCY], None, Scan::Unknown, Outcome::Accept, &[]),
        (&[AGENCY], Some(Form::Digitised), Scan::Unknown, Outcome::AcceptWithNotes, &["digitised"]),
        (&[AGENCY], None, Scan::Likely, Outcome::AcceptWithNotes, &["signed-on-paper"]),
        (
            &[AGENCY, LEADER],
            Some(Form::BornDigital),
            Scan::Unknown,
            Outcome::AcceptWithNotes,
            &["further-signer", "agency-before-leader"],
        ),
        (
            &[&[("CN", "?")]],
            Some(Form::BornDigital),
            Scan::Unknown,
            Outcome::Review,
            &["leader-missing", "agency-missing"],
        ),
    ];
    for (subjects, form, scan, outcome, expected) in cases {
        let record = form.map(|form| Record { form, ..record() });
        let decision = decide(&signed_by(subjects), record.as_ref(), scan);
        assert_eq!((decision.outcome, codes(&decision)), (outcome, expected.to_vec()), "{subjects:?} {form:?}");
    }
}

#[test]
fn the_agency_and_the_signer_are_compared_with_the_record() {
    let other = Record { agency_names: vec!["Sở Y tế".into()], ..record() };
    let decision = decide(&signed_by(&[LEADER, AGENCY]), Some(&other), Scan::Unknown);
    assert_eq!(
        (decision.outcome, codes(&decision)),
        (Outcome::Review, vec!["other-agency", "further-signer", "signer-of-another-agency"])
    );
    let other = Record { signer: Some("Trần Thị B".into()), ..record() };
    let decision = decide(&signed_by(&[LEADER, AGENCY]), Some(&other), Scan::Unknown);
    assert_eq!((decision.outcome, codes(&decision)), (Outcome::AcceptWithNotes, vec!["other-signer"]));
}

/// What is signed from beside is looked at as signed is, and lacks nothing.
#[test]
fn a_file_that_needs_no_signature_lacks_none_and_is_looked_at_all_the_same() {
    let moving = DocumentFact::Moving(vec!["a script".into()]);
    let in_place = DocumentFact::InPlaceOfPages(vec!["a form".into()]);
    type Row<'a> = (&'a [DocumentFact], Outcome, &'a [&'a str]);
    let cases: [Row<'_>; 4] = [
        (&[], Outcome::Accept, &[]),
        (&[DocumentFact::PictureOnly, DocumentFact::Scanned], Outcome::Accept, &[]),
        (std::slice::from_ref(&moving), Outcome::AcceptWithNotes, &["moving-content"]),
        (std::slice::from_ref(&in_place), Outcome::Review, &["in-place-of-pages"]),
    ];
    for (facts, outcome, expected) in cases {
        let mut world = signed_by(&[]);
        world.facts.document.extend(facts.iter().cloned());
        let needs_none = Record { needs_none: true, ..record() };
        let decision = decide(&world, Some(&needs_none), Scan::Unknown);
        assert_eq!((decision.outcome, codes(&decision)), (outcome, expected.to_vec()), "{facts:?}");
        let decision = decide(&world, Some(&record()), Scan::Unknown);
        assert!(codes(&decision).contains(&"unsigned-record"), "{facts:?}");
    }
    let needs_none = Record { needs_none: true, ..record() };
    let decision = decide(&signed_by(&[LEADER]), Some(&needs_none), Scan::Unknown);
    assert_eq!((decision.outcome, codes(&decision)), (Outcome::Accept, vec![]), "no agency is missing");
}

/// An honest attachment does not speak for another: strangers sign the second, in their own right.
#[test]
fn each_attachment_is_asked_who_signed_it() {
    const STRANGER: Subject = &[("O", "Công ty X"), ("CN", "Nguyễn Văn A"), ("T", "Giám đốc")];
    const COMPANY: Subject = &[("O", "Công ty X"), ("CN", "Công ty X")];
    let parts = |subjects: &[Subject], parts: &[usize]| {
        let mut world = signed_by(subjects);
        world.facts.signatures.iter_mut().zip(parts).for_each(|(signature, part)| signature.part = *part);
        let decision = decide(&world, Some(&record()), Scan::Unknown);
        (decision.outcome, codes(&decision).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let (outcome, found) = parts(&[LEADER, AGENCY, STRANGER, COMPANY], &[1, 1, 2, 2]);
    assert_eq!(outcome, Outcome::Review);
    for code in ["other-agency", "signer-of-another-agency"] {
        assert!(found.iter().any(|one| one == code), "{code}: {found:?}");
    }
    let (_, missing) = parts(&[LEADER, AGENCY, LEADER], &[1, 1, 2]);
    assert!(missing.iter().any(|one| one == "agency-missing"), "{missing:?}");
}

/// Who signs the message around signed attachments is its sender: nobody is missing there, and stands in for nobody.
#[test]
fn a_message_around_signed_attachments_has_no_leader() {
    let lacking = |subjects: &[Subject], parts: &[usize]| {
        let mut world = signed_by(subjects);
        world.facts.signatures.iter_mut().zip(parts).for_each(|(signature, part)| signature.part = *part);
        let decision = decide(&world, Some(&record()), Scan::Unknown);
        codes(&decision).into_iter().filter(|code| code.ends_with("-missing")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lacking(&[AGENCY, LEADER, AGENCY], &[0, 1, 1]), Vec::<String>::new());
    assert_eq!(lacking(&[AGENCY, LEADER], &[0, 1]), ["agency-missing"]);
    assert_eq!(lacking(&[AGENCY], &[0]), ["leader-missing"]);
}

#[test]
fn a_number_taken_early_is_a_note_and_never_more() {
    let early = Record { numbered_at: Some(on("2024-06-01")), ..record() };
    let decision = decide(&signed_by(&[LEADER, AGENCY]), Some(&early), Scan::Unknown);
    assert_eq!((decision.outcome, codes(&decision)), (Outcome::AcceptWithNotes, vec!["number-before-leader"]));
    let reason = &decision.reasons[0];
    assert_eq!(reason.source.as_ref().map(|source| source.2.as_str()), Some("V1"));
}

#[test]
fn failed_is_returned_undecided_is_reviewed_changed_is_never_taken() {
    let mut world = signed_by(&[LEADER, AGENCY]);
    world.facts.signatures[0].made.data[0].outcome = Found::Differs;
    let decision = decide(&world, Some(&record()), Scan::Unknown);
    assert_eq!((decision.outcome, codes(&decision)), (Outcome::Return, vec!["signature-failed"]));
    assert_eq!(decision.reasons[0].place, "Signature0");

    let mut world = signed_by(&[LEADER, AGENCY]);
    world.facts.revocations.clear();
    assert_eq!(decide(&world, Some(&record()), Scan::Unknown).outcome, Outcome::Review);

    for level in [ChangeLevel::Annotations, ChangeLevel::NotCompared, ChangeLevel::Undefined, ChangeLevel::Unparsable] {
        let mut world = signed_by(&[LEADER, AGENCY]);
        world.facts.signatures[1].changes.level = level;
        assert_eq!(decide(&world, Some(&record()), Scan::Unknown).outcome, Outcome::Review, "{level:?}");
    }
    let mut world = signed_by(&[LEADER, AGENCY]);
    world.facts.signatures[0].changes.level = ChangeLevel::FormFillSign;
    world.facts.signatures[0].changes.permission = Permission::Forbidden("P=1".into());
    assert_eq!(decide(&world, Some(&record()), Scan::Unknown).outcome, Outcome::Review);
}

#[test]
fn a_picture_is_no_signature() {
    let mut world = World::signed();
    world.facts.signatures.clear();
    world.facts.document.push(DocumentFact::PictureOnly);
    world.facts.document.push(DocumentFact::ShownByNobody(vec!["stamp".into()]));
    assert_eq!(codes(&decide(&world, None, Scan::Unknown)), ["shown-by-nobody", "picture-only", "unsigned"]);
    world.facts.document.clear();
    assert_eq!(codes(&decide(&world, Some(&record()), Scan::Unknown)), ["unsigned-record"]);
}

#[test]
fn paper_that_was_scanned_is_noted() {
    let mut world = signed_by(&[AGENCY]);
    world.facts.document.push(DocumentFact::Scanned);
    assert_eq!(codes(&decide(&world, None, Scan::Unknown)), ["signed-on-paper"]);
    let mut world = signed_by(&[LEADER, AGENCY]);
    world.facts.document.push(DocumentFact::Scanned);
    assert_eq!(decide(&world, None, Scan::Unknown).outcome, Outcome::Accept, "a picture that the leader signed");
    world.facts.signatures.clear();
    assert_eq!(codes(&decide(&world, None, Scan::Unknown)), ["unsigned", "scanned-unsigned"]);
}

#[test]
fn nothing_is_returned_that_did_not_fail() {
    let returning: Vec<&str> = VIETNAM.split("[[rule]]").filter(|rule| rule.contains("outcome = \"return\"")).collect();
    assert_eq!(returning.len(), 1);
    assert!(returning[0].contains("TOTAL_FAILED"));
}

#[test]
fn every_problem_of_a_file_is_told_at_once() {
    let text = VIETNAM.replacen("\"no-proven-time\"", "\"no-such-finding\"", 1).replacen("\"review\"", "\"maybe\"", 1);
    assert_eq!(Practice::parse(&text).expect_err("two problems").0.len(), 2);
}

/// The same signatures under another tree, with other words in the subjects.
fn under(tree: Tree, subjects: &[Subject], record: &Record) -> Vec<String> {
    let mut world = signed_by(subjects);
    world.facts.anchors[0].tree = tree;
    codes(&decide(&world, Some(record), Scan::Unknown)).into_iter().map(str::to_owned).collect()
}

/// A unit is no agency, and outside official duty a name that others bear is nobody's office.
#[test]
fn whose_certificate_it_is_depends_on_the_tree() {
    const NAMESAKE: Subject = &[("UID", "CCCD:001"), ("CN", "Nguyễn Văn A")];
    const COMPANY: Subject = &[("UID", "MST:01"), ("O", "CÔNG TY"), ("OU", "Sở Nội vụ"), ("CN", "CÔNG TY")];
    const CODED: Subject = &[("O", "CÔNG TY"), ("organizationIdentifier", "H26.10"), ("CN", "CÔNG TY")];
    let record = record();
    assert_eq!(under(Tree::OfficialDuty, &[LEADER, AGENCY], &record), [""; 0]);
    assert_eq!(under(Tree::OfficialDuty, &[LEADER, COMPANY], &record), ["other-agency", "further-signer"]);
    assert_eq!(under(Tree::OfficialDuty, &[LEADER, CODED], &record), [""; 0]);
    assert_eq!(under(Tree::OfficialDuty, &[NAMESAKE, AGENCY], &record), ["signer-of-another-agency"]);
    assert_eq!(under(Tree::Public, &[LEADER, AGENCY], &record), ["not-official-duty"]);
    assert_eq!(
        under(Tree::Public, &[NAMESAKE, CODED], &record),
        ["other-agency", "signer-a-stranger", "further-signer", "not-official-duty"]
    );
}

/// Any body may show something beside what others signed; only the document's agency is meant to.
#[test]
fn a_further_body_is_told() {
    const COMPANY: Subject = &[("UID", "MST:01"), ("O", "CÔNG TY"), ("CN", "CÔNG TY")];
    const OTHER: Subject = &[("O", "Sở Y tế"), ("CN", "Sở Y tế")];
    let told = |tree: Tree, subjects: &[Subject]| {
        let mut world = signed_by(subjects);
        world.facts.anchors[0].tree = tree;
        codes(&decide(&world, None, Scan::Unknown)).iter().filter(|code| **code == "further-signer").count()
    };
    assert_eq!(told(Tree::OfficialDuty, &[LEADER, AGENCY]), 0);
    assert_eq!(told(Tree::OfficialDuty, &[LEADER, OTHER]), 1);
    assert_eq!(told(Tree::Public, &[LEADER, COMPANY]), 1);
    assert_eq!(told(Tree::OfficialDuty, &[LEADER, COMPANY, AGENCY]), 1);
    // Without a leader nobody says whose document it is.
    const UNKNOWN: Subject = &[("C", "VN")];
    assert_eq!(told(Tree::OfficialDuty, &[AGENCY]), 0);
    assert_eq!(told(Tree::OfficialDuty, &[AGENCY, OTHER]), 1);
    assert_eq!(told(Tree::OfficialDuty, &[UNKNOWN, AGENCY]), 1);
}

/// What one signed is not what the other signed.
#[test]
fn each_signed_attachment_is_signed_by_all() {
    let mut world = signed_by(&[LEADER, AGENCY]);
    (world.facts.signatures[0].part, world.facts.signatures[1].part) = (1, 2);
    let decision = decide(&world, Some(&record()), Scan::Unknown);
    assert_eq!(codes(&decision), ["leader-missing", "agency-missing"]);
}
