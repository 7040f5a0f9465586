use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    /// Sorted changes are those of a map that took them one by one.
    #[test]
    fn sorted_is_the_last_of_each_key(changes in prop::collection::vec(
        (prop::collection::vec(0u8..3, 0..20), prop::option::of(prop::collection::vec(any::<u8>(), 0..4))), 0..60,
    )) {
        let (mut made, mut expected) = (Changes::default(), BTreeMap::new());
        for (key, value) in &changes {
            match value {
                Some(value) => made.put(key, value),
                None => made.delete(key),
            }
            expected.insert(key.as_slice(), value.as_deref());
        }
        prop_assert_eq!(made.sorted(), expected.into_iter().collect::<Vec<_>>());
        let all: Vec<_> = changes.iter().map(|(key, value)| (key.as_slice(), value.as_deref())).collect();
        prop_assert_eq!(made.iter().collect::<Vec<_>>(), all);
        made.clear();
        prop_assert_eq!((made.iter().count(), made.size()), (0, 0));
    }
}
