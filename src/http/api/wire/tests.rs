use super::*;

#[test]
fn cursors_come_back() {
    for from in [0, 1, 35, 36, 20_000, u32::MAX] {
        let paging = Paging { limit: None, cursor: Some(cursor(from)) };
        assert_eq!(paging.from().unwrap(), from);
    }
    for bad in ["", "p", "20", "p-1", "pzzzzzzzz", "é"] {
        let paging = Paging { limit: None, cursor: Some(bad.into()) };
        assert!(paging.from().is_err(), "{bad}");
    }
}
