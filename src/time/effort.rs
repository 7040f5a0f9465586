//! What hostile input costs, for tests: processor time of one thread, which nothing else on the machine lengthens.
//!
//! No measure of speed: what it bounds takes hundredths of a second where work grows with the input, and minutes where it
//! grows with its square.

use std::time::Duration;

/// More than anything that grows with its input takes, also without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

/// Does some work on this thread and fails if it took it more than [`PATIENCE`] of the processor.
pub fn bounded<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = spent();
    let done = work();
    let took = spent() - before;
    assert!(took < PATIENCE, "{what}: {took:?}");
    done
}

/// Processor time of this thread so far: first field of `schedstat`, nanoseconds (Linux, `Documentation/scheduler`).
fn spent() -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells what a thread spent");
    let nanoseconds = line.split(' ').next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number of nanoseconds"))
}
