//! Pace: how often one address, and one account, may ask.
//!
//! A bounded table of one instant each (the generic cell rate algorithm: when the next request would be due if they came
//! evenly). A third of a minute's requests may come at once. A table that is full forgets who asks within their pace; if
//! nobody does, newcomers share one line, so an attacker with many addresses shuts out other newcomers and nobody who was
//! here before. Kept in memory alone: a restart forgives.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Most lines of the table: 64 bytes each.
const LINES_MAX: usize = 65_536;
/// A burst is a minute's requests divided by this.
const BURST_OF: u32 = 3;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// Somebody at an address; of IPv6, a network of 64 bits, which is what one subscriber gets.
    Address(IpAddr),
    /// An account.
    Account(Uuid),
    /// Everybody for whom there is no line.
    Newcomers,
}

impl Asker {
    /// Who asks from an address.
    pub fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self::Address(IpAddr::V4(four)),
            IpAddr::V6(six) => {
                let [a, b, c, d, ..] = six.segments();
                Self::Address(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
        }
    }
}

/// A pace, and how everybody keeps it.
pub struct Pace {
    /// Time between requests that come evenly; `None`: no limit.
    step: Option<Duration>,
    burst: Duration,
    /// When the next request of each would be due.
    due: Mutex<HashMap<Asker, Instant>>,
}

impl Pace {
    /// So many requests a minute; 0 for no limit.
    pub fn per_minute(requests: u32) -> Self {
        let step = Duration::from_secs(60).checked_div(requests);
        let burst = step.unwrap_or_default() * (requests / BURST_OF).max(1);
        Self { step, burst, due: Mutex::default() }
    }

    /// Takes a request; `Err` with the time to wait where it comes too early, which costs nothing.
    pub fn take(&self, asker: Asker, now: Instant) -> Result<(), Duration> {
        let Some(step) = self.step else { return Ok(()) };
        let mut lines = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let asker = if lines.contains_key(&asker) || room(&mut lines, now) { asker } else { Asker::Newcomers };
        let due = lines.entry(asker).or_insert(now);
        let next = (*due).max(now) + step;
        match (next - now).checked_sub(self.burst) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *due = next;
                Ok(())
            }
        }
    }
}

/// Whether there is room for another line, after those who keep their pace are forgotten if need be.
fn room(lines: &mut HashMap<Asker, Instant>, now: Instant) -> bool {
    if lines.len() >= LINES_MAX {
        lines.retain(|_, due| *due > now);
    }
    lines.len() < LINES_MAX
}

#[cfg(test)]
mod tests;
