//! Copies for readers: a certificate that was signed elsewhere is told from any other file; of what is destroyed no copy is left.

use super::papers::{signed, trust_signers};
use super::*;
use chauban::archive::request::{self, Access, Form, Passes, Request};
use chauban::archive::retention::setting::{Called, set_name};
use std::process::Command;

/// A request for a certified copy of the first record, as far as its papers.
fn fulfilled(scratch: &Scratch) -> Request {
    given_out(scratch, "2024-06-10", Form::CertifiedCopy).0
}

/// A request for the first record that was answered; the text of the pass, if it is for reading.
fn given_out(scratch: &Scratch, day: &str, form: Form) -> (Request, Option<String>) {
    let writing = open(scratch, day);
    if writing.called().unwrap().is_none() {
        let called = Called { name: "Lưu trữ Sở Nội vụ".into(), place: "Hà Giang".into() };
        set_name(&writing, &called, "6/QĐ-SNV", "Vũ G").unwrap();
    }
    let wanted = request::Wanted {
        form,
        reader: "Nguyễn Thị Độc Giả".into(),
        document: "CCCD 001".into(),
        purpose: "kiện tụng".into(),
        mandate: "đơn ngày 9/6".into(),
        records: vec![code(1)],
        copies: 1,
        use_until: None,
        days: None,
    };
    let id = request::receive(&writing, &wanted, "Lê A").unwrap().id;
    let unseen = request::approve(&writing, id, Access::Open, "đúng thẩm quyền", "Trần B").unwrap_err();
    assert_eq!(unseen.kind(), Kind::Conflict, "it is less open than whoever may approve was told: {unseen}");
    let approve = |actor| request::approve(&writing, id, Access::Conditional, "đúng thẩm quyền", actor);
    let own = approve("Lê A").unwrap_err();
    assert_eq!(own.kind(), Kind::Denied, "what is not open takes two persons: {own}");
    approve("Trần B").unwrap();
    let done = request::fulfil(&writing, &passes(scratch, day), id, "Lê A").unwrap();
    writing.close().unwrap();
    done
}

fn passes(scratch: &Scratch, day: &str) -> Passes {
    Passes::new(&places(scratch), clock(day))
}

fn reading(scratch: &Scratch) -> Reading {
    Reading::open(&places(scratch)).unwrap()
}

/// Hands a certificate in.
fn certify(scratch: &Scratch, asked: &Request, handed: Handed) -> Result<Request> {
    let writing = open(scratch, "2024-06-11");
    let done = request::certify(&writing, asked.id, 1, handed, "Lê A");
    writing.close().unwrap();
    done
}

fn standing(scratch: &Scratch, asked: &Request) -> Option<String> {
    reading(scratch).given(asked, "2024-06-11".parse().unwrap()).unwrap().remove(0).standing
}

fn copied(scratch: &Scratch, asked: &Request) -> Result<Vec<u8>> {
    let archive = reading(scratch);
    let mut zip = Vec::new();
    archive.copy(&archive.request(asked.id)?, 1)?.write(&archive, &mut zip)?;
    Ok(zip)
}

#[test]
fn a_certificate_counts_signed_and_as_the_one_that_was_made() {
    let scratch = archive(2);
    trust_signers(&scratch);
    let asked = fulfilled(&scratch);
    let made = reading(&scratch).certificate(&asked, 1).unwrap();
    assert!(made.starts_with(b"%PDF-1.7"));
    assert_eq!(copied(&scratch, &asked).unwrap_err().kind(), Kind::Conflict, "it is not signed yet");

    let plain = |bytes: &[u8]| Handed { bytes: bytes.to_vec(), rests: Rests::Signatures, ..paper("chứng nhận") };
    assert_eq!(certify(&scratch, &asked, plain(&made)).unwrap_err().kind(), Kind::Denied, "nobody signed it");
    let other = fulfilled(&scratch);
    let of_another = signed(&scratch, &reading(&scratch).certificate(&other, 1).unwrap(), "Trần B");
    let refused = certify(&scratch, &asked, of_another).unwrap_err();
    assert!(refused.kind() == Kind::Conflict && refused.to_string().contains("no signed copy"), "{refused}");
    let mut torn = signed(&scratch, &made, "Trần B");
    torn.bytes.truncate(made.len() + 100);
    assert_eq!(certify(&scratch, &asked, torn).unwrap_err().kind(), Kind::Denied, "its signature is cut off");
    assert_eq!(standing(&scratch, &asked), None);

    let good = signed(&scratch, &made, "Trần B");
    certify(&scratch, &asked, good.clone()).unwrap();
    assert_eq!(standing(&scratch, &asked).as_deref(), Some("signed"));
    assert_eq!(reading(&scratch).certificate(&asked, 1).unwrap(), made, "the paper stays what it was");
    let zip = copied(&scratch, &asked).unwrap();
    scratch.ok(&["get", &code(1), "-o", "original.pdf"]);
    std::fs::write(scratch.path("copy.zip"), &zip).unwrap();
    let member = |name: &str| {
        let unzip = Command::new("unzip").arg("-p").arg(scratch.path("copy.zip")).arg(name).output().unwrap();
        assert!(unzip.status.success(), "{name}");
        unzip.stdout
    };
    assert_eq!(member("1.pdf"), std::fs::read(scratch.path("original.pdf")).unwrap());
    assert!(member("BAN-SAO.pdf") == good.bytes, "it is the signed one");
    scratch.ok(&["verify", "--deep"]);
    scratch.ok(&["rebuild"]);
    assert_eq!(copied(&scratch, &asked).unwrap(), zip);
}

#[test]
fn of_a_destroyed_record_no_copy_is_left() {
    let scratch = archive(3);
    let asked = fulfilled(&scratch);
    certify(&scratch, &asked, paper("ký tay")).unwrap();
    assert_eq!(standing(&scratch, &asked).as_deref(), Some("unsigned"));
    copied(&scratch, &asked).unwrap();
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(execute(&scratch, "2024-07-09", "Đỗ F").unwrap(), (3, 0, 0, true));

    let gone = |scratch: &Scratch| {
        let (archive, copy) = (reading(scratch), copied(scratch, &asked).unwrap_err());
        assert!(copy.kind() == Kind::NotFound && copy.to_string().contains("destroyed by law"), "{copy}");
        let request = archive.request(asked.id).unwrap();
        assert_eq!(archive.certificate(&request, 1).unwrap_err().kind(), Kind::NotFound);
        let given = archive.given(&request, "2024-07-10".parse().unwrap()).unwrap().remove(0);
        assert!(
            given.access.is_none() && given.paper.is_none() && given.standing.is_none() && given.subject.is_empty()
        );
        scratch.ok(&["verify", "--deep"]);
    };
    gone(&scratch);
    scratch.ok(&["rebuild"]);
    gone(&scratch);
    // That there was one is in the ledger for ever.
    let history = reading(&scratch).history(&asked.records[0].to_string()).unwrap();
    assert_eq!(history.iter().filter(|event| event.entry.kind.name().starts_with("copy-")).count(), 2);
    let writing = open(&scratch, "2024-07-10");
    let closed = request::close(&writing, &passes(&scratch, "2024-07-10"), asked.id, "đã hủy", "Lê A").unwrap();
    assert_eq!(closed.state(), request::State::Closed);
    writing.close().unwrap();
}

#[test]
fn a_pass_opens_nothing_after_its_days_nor_what_is_destroyed() {
    let scratch = archive(3);
    let (early, text) = given_out(&scratch, "2024-06-10", Form::ReadingCopy);
    let text = text.unwrap();
    let now = |day: &str| clock(day).wall();
    let pass = passes(&scratch, "2024-06-24").of(&text).unwrap().expect("its days are not over");
    let lent = |pass, day: &str| reading(&scratch).lent(pass, now(day)).unwrap();
    assert_eq!(lent(pass, "2024-06-24").unwrap().records.len(), 1);
    assert_eq!(passes(&scratch, "2024-06-26").of(&text).unwrap(), None);
    assert!(lent(pass, "2024-06-26").is_none(), "whatever the file says");
    let writing = open(&scratch, "2024-06-26");
    let over = request::issue_pass(&writing, &passes(&scratch, "2024-06-26"), early.id, "Lê A").unwrap_err();
    assert!(over.kind() == Kind::Conflict && over.to_string().contains("days"), "{over}");
    writing.close().unwrap();

    let (_, text) = given_out(&scratch, "2024-07-01", Form::ReadingCopy);
    let pass = passes(&scratch, "2024-07-10").of(&text.unwrap()).unwrap().unwrap();
    decided(&scratch);
    at(&scratch, "2024-07-08", "Đỗ F", |desk| desk.start()).unwrap();
    assert_eq!(lent(pass, "2024-07-08").unwrap().records.len(), 1);
    assert_eq!(execute(&scratch, "2024-07-09", "Đỗ F").unwrap(), (3, 0, 0, true));
    let left = lent(pass, "2024-07-10").unwrap();
    assert_eq!((left.records.len(), left.destroyed), (0, 1));
    assert!(left.record(1).is_none());
}
