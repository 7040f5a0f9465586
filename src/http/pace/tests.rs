use super::*;

fn address(last: u8) -> Asker {
    Asker::at(IpAddr::from([192, 0, 2, last]))
}

#[test]
fn a_burst_goes_through_and_then_the_pace_holds() {
    let pace = Pace::per_minute(60);
    let now = Instant::now();
    let taken = (0..100).filter(|_| pace.take(address(1), now).is_ok()).count();
    assert_eq!(taken, 20, "a third of a minute's");
    assert_eq!(pace.take(address(1), now), Err(Duration::from_secs(1)));
    assert_eq!(pace.take(address(2), now), Ok(()), "another address has a line of its own");
    assert_eq!(pace.take(address(1), now + Duration::from_secs(1)), Ok(()));
    assert!(pace.take(address(1), now + Duration::from_secs(1)).is_err());
    let later = now + Duration::from_secs(100);
    assert_eq!((0..100).filter(|_| pace.take(address(1), later).is_ok()).count(), 20, "nothing is saved up beyond it");
}

#[test]
fn without_a_limit_everything_goes_through() {
    let pace = Pace::per_minute(0);
    let now = Instant::now();
    assert!((0..10_000).all(|_| pace.take(address(1), now).is_ok()));
}

#[test]
fn the_table_is_bounded_and_who_was_here_stays() {
    let pace = Pace::per_minute(3);
    let now = Instant::now();
    let many = |n: u32| Asker::at(IpAddr::from(n.to_be_bytes()));
    assert_eq!(pace.take(many(0), now), Ok(()));
    for n in 1..LINES_MAX as u32 + 50 {
        let _ = pace.take(many(n), now);
    }
    assert!(pace.due.lock().unwrap().len() <= LINES_MAX + 1);
    assert!(pace.take(many(0), now).is_err(), "it is remembered");
    assert!(pace.take(many(u32::MAX), now).is_err(), "newcomers share a line");
    let later = now + Duration::from_secs(120);
    assert_eq!(pace.take(many(u32::MAX), later), Ok(()));
}

#[test]
fn one_network_of_ipv6_is_one_asker() {
    let at = |text: &str| Asker::at(text.parse().unwrap());
    assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:2"));
    assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
    assert_eq!(at("::ffff:192.0.2.1"), address(1));
}
