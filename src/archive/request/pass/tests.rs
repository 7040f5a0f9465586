use super::*;
use crate::time::SystemClock;
use proptest::prelude::*;

fn passes() -> (tempfile::TempDir, Passes) {
    let folder = tempfile::tempdir().unwrap();
    let passes = Passes::new(&Places::beside(folder.path()), Arc::new(SystemClock::new()));
    passes.disk.create_dir("state").unwrap();
    (folder, passes)
}

fn in_days(passes: &Passes, days: i64) -> Micros {
    Micros(passes.clock.wall().0.saturating_add_signed(days * 24 * 3600 * 1_000_000))
}

#[test]
fn a_pass_opens_its_request_until_its_end_and_lies_nowhere() {
    let (folder, passes) = passes();
    let (request, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let (id, text) = passes.make(request, in_days(&passes, 1)).unwrap();
    assert_eq!(passes.of(&text).unwrap(), Some(Pass { id, request }));
    assert_eq!(passes.of(&format!(" {text}\n")).unwrap(), Some(Pass { id, request }));
    let (_, over) = passes.make(other, in_days(&passes, -1)).unwrap();
    assert_eq!(passes.of(&over).unwrap(), None);
    let kept = std::fs::read_to_string(folder.path().join(path(id))).unwrap();
    assert!(!kept.contains(&text[2 * NAME_BYTES..]), "{kept}");
    // Another's secret opens nothing under this name.
    assert_eq!(passes.of(&format!("{}{}", &text[..32], &over[32..])).unwrap(), None);
    let (second, _) = passes.make(request, in_days(&passes, 1)).unwrap();
    passes.end(request, Some(second)).unwrap();
    assert_eq!(passes.of(&text).unwrap(), None);
    assert_eq!(passes.disk.list(FOLDER).unwrap().len(), 2);
    passes.end(request, None).unwrap();
    assert_eq!(passes.disk.list(FOLDER).unwrap().len(), 1);
}

#[test]
fn what_ended_is_forgotten_some_days_later() {
    let (_folder, passes) = passes();
    let days = i64::from(FORGOTTEN.days);
    for ended in [1 - days, -days - 1] {
        passes.make(Uuid::from_u128(1), in_days(&passes, ended)).unwrap();
    }
    passes.make(Uuid::from_u128(2), in_days(&passes, 1)).unwrap();
    assert_eq!(passes.disk.list(FOLDER).unwrap().len(), 2);
}

proptest! {
    #[test]
    fn what_is_no_pass_opens_nothing(text in "\\PC{0,100}|[0-9a-f]{70,74}|\\.\\./[0-9a-f]{69}") {
        let (_folder, passes) = passes();
        passes.make(Uuid::from_u128(1), in_days(&passes, 1)).unwrap();
        prop_assert_eq!(passes.of(&text).unwrap(), None);
    }
}
