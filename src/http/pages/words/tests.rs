use super::*;
use std::collections::BTreeSet;

fn ids(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id)
        .collect()
}

const VI: &str = include_str!("../../../../messages/vi.ftl");
const EN: &str = include_str!("../../../../messages/en.ftl");

#[test]
fn both_languages_say_everything() {
    let (vi, en) = (ids(VI), ids(EN));
    assert_eq!(vi.symmetric_difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert!(vi.len() > 100, "{}", vi.len());
    for (text, language) in [(VI, Language::Vietnamese), (EN, Language::English)] {
        assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{language:?} is not in the form of Fluent");
        ids(text).into_iter().for_each(|id| assert!(Words::of(language).has(id), "{language:?} {id}"));
    }
}

#[test]
fn templates_name_messages_that_there_are() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let known = ids(VI);
    let mut used = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for start in ["page.t(\"", "page.n(\"", "page.with(\""] {
            for (at, _) in text.match_indices(start) {
                let id = text[at + start.len()..].split('"').next().unwrap();
                assert!(known.contains(id), "{}: {id}", path.display());
                used += 1;
            }
        }
    }
    assert!(used > 50, "{used}");
}

#[test]
fn numbers_days_and_sizes_are_written_as_people_do() {
    let (vi, en) = (Words::of(Language::Vietnamese), Words::of(Language::English));
    assert_eq!((vi.number(0), vi.number(999), vi.number(1_234_567)), ("0".into(), "999".into(), "1.234.567".into()));
    assert_eq!(en.number(12_345), "12,345");
    assert_eq!((vi.day("2023-05-17"), en.day("2023-05-17")), ("17/05/2023".into(), "17 May 2023".into()));
    assert_eq!(vi.day("2023-05-17T20:30:00Z"), "18/05/2023, 03:30");
    assert_eq!(vi.day("tháng năm"), "tháng năm");
    assert_eq!(vi.counted("search-found", 1_234), "1.234 tài liệu");
}

#[test]
fn every_event_role_and_action_of_a_token_has_words() {
    let names = crate::event::EventKind::ALL.iter().map(|kind| format!("event-{}", kind.name()));
    let roles = crate::auth::rights::Role::ALL.iter().map(|role| format!("role-{}", role.name()));
    // Those that an API token may be for.
    let actions =
        crate::auth::rights::Action::ALL.iter().filter(|action| crate::archive::account::token::may_be_for(**action));
    let actions = actions.map(|action| format!("action-{}", action.name()));
    for id in names.chain(roles).chain(actions) {
        assert!(Words::of(Language::Vietnamese).has(&id), "{id}");
    }
}
