use super::*;
use std::io;

/// A quota is as good as a full disk; whatever else fails leaves unknown what is durable.
#[test]
fn a_quota_is_a_full_disk() {
    let failed = |number: i32| disk_full(&Error::from(io::Error::from_raw_os_error(number)));
    let (eio, enospc, edquot) = (5, 28, 122);
    assert!(failed(enospc) && failed(edquot));
    assert!(!failed(eio));
    assert!(!disk_full(&Error::corrupt("damaged")));
}
