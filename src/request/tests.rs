use super::*;

fn asked() -> Asked<'static> {
    Asked {
        form: Form::Copy,
        reader: "Nguyễn Văn A",
        document: "CCCD 001",
        purpose: "nghiên cứu",
        mandate: "giấy giới thiệu 12",
        records: 1,
        copies: 1,
        days: None,
    }
}

#[test]
fn a_request_goes_one_way() {
    use State::{Approved, Closed, Fulfilled, Received, Refused};
    let steps = [Step::Approve, Step::Refuse, Step::Fulfil, Step::Close, Step::Reissue, Step::Revoke];
    let leads = |state: State| steps.map(|step| state.after(step).ok());
    assert_eq!(leads(Received), [Some(Approved), Some(Refused), None, None, None, None]);
    assert_eq!(leads(Approved), [None, None, Some(Fulfilled), Some(Closed), None, None]);
    assert_eq!(leads(Fulfilled), [None, None, None, Some(Closed), Some(Fulfilled), Some(Fulfilled)]);
    assert_eq!((leads(Refused), leads(Closed)), ([None; 6], [None; 6]));
    for (name, state) in State::NAMES {
        assert_eq!((State::named(name), leads(*state) == [None; 6]), (Some(*state), state.is_over()));
    }
}

#[test]
fn what_is_asked_has_limits() {
    assert_eq!(asked().check(), Ok(()));
    let long = "x".repeat(2_001);
    let refused = [
        (Asked { reader: "", ..asked() }, Refusal::Reader),
        (Asked { reader: "a\nb", ..asked() }, Refusal::Reader),
        (Asked { document: &long[..201], ..asked() }, Refusal::Reader),
        (Asked { purpose: "", ..asked() }, Refusal::Words),
        (Asked { mandate: &long, ..asked() }, Refusal::Words),
        (Asked { records: 0, ..asked() }, Refusal::Records),
        (Asked { records: RECORDS_MAX + 1, ..asked() }, Refusal::Records),
        (Asked { copies: 0, ..asked() }, Refusal::Copies),
        (Asked { copies: COPIES_MAX + 1, ..asked() }, Refusal::Copies),
        (Asked { days: Some(1), ..asked() }, Refusal::Days),
        (Asked { form: Form::ReadingCopy, ..asked() }, Refusal::Days),
        (Asked { form: Form::ReadingCopy, days: Some(0), ..asked() }, Refusal::Days),
        (Asked { form: Form::ReadingCopy, days: Some(READING.days + 1), ..asked() }, Refusal::Days),
    ];
    for (asked, refusal) in refused {
        assert_eq!(asked.check(), Err(refusal), "{asked:?}");
    }
    assert_eq!(Asked { form: Form::ReadingCopy, days: Some(READING.days), ..asked() }.check(), Ok(()));
    assert_eq!(
        (reason(" vì vậy "), reason(" "), reason(&long)),
        (Ok("vì vậy"), Err(Refusal::Reason), Err(Refusal::Reason))
    );
}

#[test]
fn what_is_open_takes_one_person_and_anything_else_two() {
    for (name, access) in Access::NAMES {
        assert_eq!(by_one_person(*access), *name == "open");
        assert!(lends(*access, Access::Open) && lends(Access::Closed, *access));
    }
}

#[test]
fn a_form_that_was_not_read_does_not_say_that_it_was() {
    for source in [MARK, READING.source, FORGOTTEN.source] {
        assert_eq!((source.grade, source.text), (Grade::Reported, "Thông tư 05/2025/TT-BNV"));
    }
}
