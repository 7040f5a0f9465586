use super::*;

#[test]
fn pauses_grow_and_end() {
    let check = |failures, since, expect| {
        assert_eq!(next(failures, Duration::from_secs(since)), expect, "{failures} failures, {since} s");
    };
    let wait = |seconds| Next::Wait(Duration::from_secs(seconds));
    check(0, 0, Next::Heard);
    check(4, 0, Next::Heard);
    check(5, 0, wait(2));
    check(5, 2, Next::Heard);
    check(6, 1, wait(3));
    check(14, 0, wait(900));
    check(99, 899, wait(1));
    check(99, 900, Next::Heard);
    check(100, u64::MAX, Next::Locked);
}
