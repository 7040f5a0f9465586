use super::*;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[derive(Default)]
struct Hands {
    wall: AtomicU64,
    steady: AtomicU64,
}

impl Clock for Hands {
    fn wall(&self) -> Micros {
        Micros(self.wall.load(Relaxed))
    }
    fn steady(&self) -> u64 {
        self.steady.load(Relaxed)
    }
}

#[test]
fn text_form_round_trips() {
    let noon = Micros(1_795_262_340_000_001);
    assert_eq!(noon.to_string(), "2026-11-21T11:59:00.000001Z");
    assert_eq!(noon.to_string().parse(), Ok(noon));
    assert_eq!(Micros(0).to_string(), "1970-01-01T00:00:00.000000Z");
    assert_eq!(Micros(u64::MAX).to_string(), "+262142-12-31T23:59:59.999999Z");
    for bad in ["2026-11-21T11:59:00Z", "2026-11-21T11:59:00.000001+00:00", "1960-01-01T00:00:00.000000Z", ""] {
        assert!(bad.parse::<Micros>().is_err(), "{bad}");
    }
}

#[test]
fn stamps_are_unique_and_never_go_back() {
    let hands = Hands { wall: 10_000_000.into(), steady: 0.into() };
    let mut stamper = Stamper::after(Micros(9_000_000), &hands);
    assert_eq!(stamper.stamp(&hands), Ok(Micros(10_000_000)));
    assert_eq!(stamper.stamp(&hands), Ok(Micros(10_000_001)));
    hands.wall.store(6_000_000, Relaxed);
    assert_eq!(stamper.stamp(&hands), Ok(Micros(10_000_002)));
}

#[test]
fn jumps_are_refused_until_confirmed() {
    let hands = Hands { wall: 100_000_000.into(), steady: 0.into() };
    let mut stamper = Stamper::after(Micros(100_000_000), &hands);
    hands.wall.store(90_000_000, Relaxed);
    assert!(matches!(stamper.stamp(&hands), Err(ClockJump::Back { .. })));
    hands.wall.store(100_000_000 + HOUR + 2 * SECOND, Relaxed);
    hands.steady.store(SECOND, Relaxed);
    assert_eq!(stamper.stamp(&hands), Err(ClockJump::Forward { seconds: 3601 }));
    stamper.confirm(&hands);
    assert!(stamper.stamp(&hands).is_ok());
}

#[test]
fn a_clock_confirmed_to_be_earlier_goes_on_and_is_doubted_again_when_it_jumps() {
    let hands = Hands { wall: 50_000_000.into(), steady: 0.into() };
    let mut stamper = Stamper::after(Micros(100_000_000), &hands);
    assert!(matches!(stamper.stamp(&hands), Err(ClockJump::Back { .. })));
    assert_eq!(stamper.confirm(&hands), Micros(50_000_000));
    assert_eq!(stamper.stamp(&hands), Ok(Micros(100_000_001)));
    hands.wall.store(70_000_000, Relaxed);
    assert_eq!(stamper.stamp(&hands), Ok(Micros(100_000_002)));
    hands.wall.store(60_000_000, Relaxed);
    let before = Micros(70_000_000);
    assert_eq!(stamper.stamp(&hands), Err(ClockJump::Back { wall: Micros(60_000_000), before }));
    // Once it has caught up, nothing is left of the confirmation.
    hands.wall.store(120_000_000, Relaxed);
    assert_eq!(stamper.stamp(&hands), Ok(Micros(120_000_000)));
    hands.wall.store(70_000_000, Relaxed);
    assert!(matches!(stamper.stamp(&hands), Err(ClockJump::Back { .. })));
}

#[test]
fn a_recorded_confirmation_holds_until_the_clock_has_caught_up() {
    let hands = Hands { wall: 50_000_000.into(), steady: 0.into() };
    let confirmation = ClockConfirmation { wall: Micros(50_000_000), stamp: Micros(100_000_000) };
    let mut stamper = Stamper::after(Micros(100_000_900), &hands);
    stamper.remember(confirmation);
    assert_eq!(stamper.stamp(&hands), Ok(Micros(100_000_901)));
    let mut stamper = Stamper::after(Micros(106_000_000), &hands);
    stamper.remember(confirmation);
    assert!(matches!(stamper.stamp(&hands), Err(ClockJump::Back { .. })));
}
