use super::*;
use crate::time::SystemClock;

fn searches() -> (tempfile::TempDir, Searches) {
    let folder = tempfile::tempdir().unwrap();
    let places = Places::beside(&folder.path().join("kho"));
    std::fs::create_dir_all(&places.archive).unwrap();
    (folder, Searches::new(&places, Arc::new(SystemClock::new())))
}

fn asked(words: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("words".to_owned(), words.to_owned())])
}

#[test]
fn an_account_keeps_its_own_searches_alone() {
    let (_folder, searches) = searches();
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert_eq!(searches.of_account(one).unwrap(), []);
    let second = searches.save(one, " Đất đai ", asked("đất")).unwrap();
    let first = searches.save(one, "báo cáo", asked("báo cáo")).unwrap();
    assert_eq!(searches.of_account(one).unwrap(), [first.clone(), second.clone()], "by name");
    assert_eq!((second.name.as_str(), searches.of_account(other).unwrap().len()), ("Đất đai", 0));

    assert!(searches.delete(other, first.id).is_err() && searches.rename(other, first.id, "x").is_err());
    let renamed = searches.rename(one, first.id, "Ế ẩm").unwrap();
    assert_eq!(searches.of_account(one).unwrap(), [second, renamed]);
    searches.delete(one, first.id).unwrap();
    assert!(searches.delete(one, first.id).is_err());
    assert_eq!(searches.of_account(one).unwrap().len(), 1);
}

#[test]
fn what_is_no_search_or_too_much_is_refused() {
    let (_folder, searches) = searches();
    let one = Uuid::from_u128(1);
    let refused = |name: &str, conditions| assert!(searches.save(one, name, conditions).is_err(), "{name:?}");
    refused("", asked("a"));
    refused("a\nb", asked("a"));
    refused(&"a".repeat(NAME_MAX + 1), asked("a"));
    refused("a", BTreeMap::new());
    refused("a", asked(&"a".repeat(CONDITION_BYTES_MAX + 1)));
    refused("a", (0..=CONDITIONS_MAX).map(|n| (n.to_string(), "a".to_owned())).collect());
    // All that may be kept can be read again.
    let whole: BTreeMap<String, String> = (0..CONDITIONS_MAX).map(|n| (format!("c{n}"), "\"".repeat(1000))).collect();
    (0..PER_ACCOUNT_MAX).for_each(|n| _ = searches.save(one, &n.to_string(), whole.clone()).unwrap());
    refused("a", asked("a"));
    assert_eq!(searches.of_account(one).unwrap().len(), PER_ACCOUNT_MAX);
}
