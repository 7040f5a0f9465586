use super::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that stands until it is set.
struct Hand(AtomicU64);

impl Clock for Hand {
    fn wall(&self) -> Micros {
        Micros(self.0.load(Ordering::Relaxed))
    }

    fn steady(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

const ONE: Uuid = Uuid::from_u128(1);

fn challenges() -> (Arc<Hand>, Challenges) {
    let clock = Arc::new(Hand(AtomicU64::new(1_000_000)));
    (clock.clone(), Challenges::new(clock))
}

#[test]
fn a_challenge_is_answered_once() {
    let (_, challenges) = challenges();
    let one = challenges.give(ONE, Purpose::SignIn).unwrap();
    let other = challenges.give(ONE, Purpose::SignIn).unwrap();
    assert_ne!(one.bits, other.bits);
    assert_eq!(challenges.take(&one.bits).unwrap(), Some(one));
    assert_eq!(challenges.take(&one.bits).unwrap(), None);
    assert_eq!(challenges.take(&other.bits).unwrap(), Some(other));
    assert_eq!(challenges.take(&[0; CHALLENGE_BYTES]).unwrap(), None);
}

#[test]
fn a_challenge_waits_for_minutes() {
    let (clock, challenges) = challenges();
    let waits = WAITS.as_micros() as u64;
    let early = challenges.give(ONE, Purpose::SignIn).unwrap();
    clock.0.fetch_add(1, Ordering::Relaxed);
    let late = challenges.give(ONE, Purpose::SignIn).unwrap();
    clock.0.fetch_add(waits, Ordering::Relaxed);
    assert_eq!(challenges.take(&early.bits).unwrap(), None);
    assert_eq!(challenges.take(&late.bits).unwrap(), Some(late));
}

#[test]
fn an_account_has_few_at_a_time_and_takes_no_other_s_place() {
    let (_, challenges) = challenges();
    let other = challenges.give(Uuid::from_u128(2), Purpose::SignIn).unwrap();
    let oldest = challenges.give(ONE, Purpose::SignIn).unwrap();
    let further: Vec<_> = (0..PER_ACCOUNT_MAX).map(|_| challenges.give(ONE, Purpose::SignIn).unwrap()).collect();
    assert_eq!(challenges.take(&oldest.bits).unwrap(), None);
    for one in further.into_iter().chain([other]) {
        assert_eq!(challenges.take(&one.bits).unwrap(), Some(one));
    }
}
