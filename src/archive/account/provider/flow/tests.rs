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

fn flows() -> (Arc<Hand>, Flows) {
    let clock = Arc::new(Hand(AtomicU64::new(1_000_000)));
    (clock.clone(), Flows::new(clock))
}

fn asked(state: &str, at: Micros) -> Asked {
    let [nonce, verifier, redirect, next] = std::array::from_fn(|_| String::new());
    Asked { purpose: Purpose::SignIn, state: state.to_owned(), nonce, verifier, redirect, next, at }
}

fn held(at: Micros) -> Held {
    let identity = Identity { issuer: "https://a".to_owned(), subject: "b".to_owned() };
    let (id, account) = (Uuid::from_u128(1), Uuid::from_u128(2));
    Held { id, purpose: Purpose::SignIn, account, identity, next: String::new(), at }
}

#[test]
fn an_answer_is_taken_once_from_the_browser_that_asked() {
    let (clock, flows) = flows();
    let (mine, other) = (Ticket::random(), Ticket::random());
    flows.ask(&mine, asked("s", clock.wall())).unwrap();
    assert!(flows.take(&other, "s").unwrap().is_none(), "another browser");
    assert!(flows.take(&mine, "t").unwrap().is_none(), "another state");
    assert!(flows.held(&mine).unwrap().is_none());
    assert!(flows.take(&mine, "s").unwrap().is_some());
    assert!(flows.take(&mine, "s").unwrap().is_none(), "again");
}

#[test]
fn who_is_held_is_no_answer_and_may_try_again() {
    let (clock, flows) = flows();
    let mine = Ticket::random();
    flows.hold(&mine, held(clock.wall())).unwrap();
    assert!(flows.take(&mine, "").unwrap().is_none());
    assert!(flows.held(&mine).unwrap().is_some() && flows.held(&mine).unwrap().is_some());
    flows.end(&mine).unwrap();
    assert!(flows.held(&mine).unwrap().is_none());
}

#[test]
fn sign_ins_lapse_and_there_are_only_so_many() {
    let (clock, flows) = flows();
    let (first, second) = (Ticket::random(), Ticket::random());
    flows.ask(&first, asked("s", clock.wall())).unwrap();
    flows.hold(&second, held(clock.wall())).unwrap();
    clock.0.fetch_add(SECOND_WAITS.as_micros() as u64 + 1, Ordering::Relaxed);
    assert!(flows.held(&second).unwrap().is_none());
    clock.0.store(1_000_000 + ASKED_WAITS.as_micros() as u64 + 1, Ordering::Relaxed);
    assert!(flows.take(&first, "s").unwrap().is_none());

    let tickets: Vec<Ticket> = (0..=FLOWS_MAX as u64).map(|_| Ticket::random()).collect();
    let now = clock.wall().0;
    for (at, ticket) in (now..).zip(&tickets) {
        flows.under_way.lock().unwrap().insert(ticket.name(), Flow::Asked(asked("s", Micros(at))));
    }
    flows.ask(&first, asked("s", clock.wall())).unwrap();
    assert!(flows.take(&tickets[0], "s").unwrap().is_none(), "the oldest went");
    assert!(flows.take(&first, "s").unwrap().is_some() && flows.take(&tickets[1], "s").unwrap().is_some());
}
