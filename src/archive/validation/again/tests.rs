use super::*;

const HOUR: u64 = FIRST_PAUSE_MICROS;

#[test]
fn what_waits_is_tried_less_and_less_often_and_for_ever() {
    let due = 1_000 * HOUR;
    let hours = |now: u64| (next_try(Micros(due), Micros(now)).0 - due) as f64 / HOUR as f64;
    assert_eq!(hours(due - 1), 0.0, "not yet due");
    assert_eq!(hours(due), 1.0);
    assert_eq!(hours(due + HOUR - 1), 1.0);
    assert_eq!(hours(due + HOUR), 3.0);
    assert_eq!(hours(due + 3 * HOUR), 7.0);
    assert_eq!(hours(due + 127 * HOUR), 255.0);
    assert_eq!(hours(due + 255 * HOUR), 255.0 + 168.0, "a week from here on");
    let years = due + 10 * 365 * 24 * HOUR;
    let next = next_try(Micros(due), Micros(years)).0;
    assert!(next > years && next - years <= LONGEST_PAUSE_MICROS);
    assert_eq!(next_try(Micros(0), Micros(u64::MAX)).0, u64::MAX);
}

#[test]
fn every_hour_for_a_year_is_some_sixty_tries() {
    let due = Micros(5_000 * HOUR + 7);
    let mut tries = 0;
    for hour in 1..=365 * 24 {
        let (looked, now) = (Micros(due.0 + (hour - 1) * HOUR), Micros(due.0 + hour * HOUR));
        tries += u32::from(next_try(due, looked) <= now);
    }
    assert!((55..65).contains(&tries), "{tries}");
}
