use super::*;
use std::net::Ipv4Addr;

#[test]
fn each_has_a_share_and_gives_it_back() {
    let shares = Arc::new(Shares::new(2));
    let [one, other] = [1, 2].map(|last| Asker::at(Ipv4Addr::new(192, 0, 2, last).into()));
    let held = [Shares::take(&shares, one), Shares::take(&shares, one)];
    assert!(held.iter().all(Option::is_some));
    assert!(Shares::take(&shares, one).is_none());
    assert!(Shares::take(&shares, other).is_some());
    drop(held);
    assert!(shares.held.lock().unwrap().is_empty());
    assert!(Shares::take(&shares, one).is_some());
}

#[test]
fn without_a_limit_there_is_always_one_more() {
    let shares = Arc::new(Shares::new(0));
    let who = Asker::at(Ipv4Addr::LOCALHOST.into());
    assert!((0..1000).map(|_| Shares::take(&shares, who)).collect::<Vec<_>>().iter().all(Option::is_some));
}

#[tokio::test]
async fn one_password_is_checked_at_a_time_and_a_long_queue_is_refused() {
    let turns = Arc::new(Turns::default());
    let first = turns.proving().await.unwrap();
    let waiting: Vec<_> = (0..PROVING_WAITING)
        .map(|_| {
            let turns = turns.clone();
            tokio::spawn(async move { turns.proving().await.is_some() })
        })
        .collect();
    while turns.waiting_to_prove.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(turns.proving().await.is_none());
    drop(first);
    for one in waiting {
        assert!(one.await.unwrap());
    }
    assert!(turns.proving().await.is_some());
}
