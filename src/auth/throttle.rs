//! How long an account waits after wrong passwords.
//!
//! A few mistakes cost nothing; then each doubles the pause, so that guessing is hopeless and a person who mistypes is not
//! shut out. After a hundred in a row (NIST SP 800-63B-4 §3.2.2 allows no more) somebody else must set a new password.

use std::time::Duration;

/// Wrong passwords in a row that cost no pause.
const FREE: u32 = 4;
/// The first pause.
const PAUSE_FIRST: Duration = Duration::from_secs(2);
/// The longest: ninety-six attempts a day.
const PAUSE_MAX: Duration = Duration::from_secs(15 * 60);
/// Wrong passwords in a row after which none is accepted.
pub const FAILURES_MAX: u32 = 100;

/// What becomes of the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is heard.
    Heard,
    /// It is not heard before this has passed.
    Wait(Duration),
    /// It is not heard until somebody else sets a new password.
    Locked,
}

/// The next attempt after `failures` in a row, the last of them `since` ago.
pub fn next(failures: u32, since: Duration) -> Next {
    if failures >= FAILURES_MAX {
        return Next::Locked;
    }
    let Some(doubled) = failures.checked_sub(FREE + 1) else { return Next::Heard };
    let pause = PAUSE_FIRST.saturating_mul(1u32.checked_shl(doubled.min(16)).unwrap_or(u32::MAX)).min(PAUSE_MAX);
    match pause.checked_sub(since) {
        None | Some(Duration::ZERO) => Next::Heard,
        Some(left) => Next::Wait(left),
    }
}

#[cfg(test)]
mod tests;
