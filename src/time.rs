//! Instants of the archive: microseconds of UTC, unique and increasing.
//!
//! Owns [`Micros`], its one text form, the clock seam and the [`Stamper`] that turns a wall clock that may
//! lie into stamps that never repeat and never go back. A wall clock that jumps is not corrected here:
//! the stamper refuses, and an administrator confirms the new time by an event.

use chrono::{Datelike as _, Timelike as _};
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

/// Microseconds in a second.
pub const SECOND: u64 = 1_000_000;
const HOUR: u64 = 3600 * SECOND;

/// A text that is not an instant in the one form written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an instant is written 2026-11-21T21:39:00.000000Z")]
pub struct NotAnInstant;

impl Micros {
    /// Whole seconds since the epoch.
    pub fn seconds(self) -> u64 {
        self.0 / SECOND
    }

    /// The calendar day in UTC.
    pub fn day(self) -> chrono::NaiveDate {
        self.instant().date_naive()
    }

    /// The same instant.
    pub fn instant(self) -> chrono::DateTime<chrono::Utc> {
        let micros = i64::try_from(self.0).unwrap_or(i64::MAX);
        chrono::DateTime::from_timestamp_micros(micros).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC)
    }
}

impl From<chrono::DateTime<chrono::Utc>> for Micros {
    /// The same instant; one before 1970 becomes its first.
    fn from(instant: chrono::DateTime<chrono::Utc>) -> Self {
        Self(u64::try_from(instant.timestamp_micros()).unwrap_or_default())
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.instant();
        let (year, month, day) = (at.year(), at.month(), at.day());
        // As ISO 8601 writes years that have more than four digits.
        let sign = if year > 9999 { "+" } else { "" };
        let (hour, minute, second, micros) = (at.hour(), at.minute(), at.second(), at.timestamp_subsec_micros());
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

impl FromStr for Micros {
    type Err = NotAnInstant;
    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let instant = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| NotAnInstant)?;
        let micros = u64::try_from(instant.timestamp_micros()).map(Micros).map_err(|_| NotAnInstant)?;
        if micros.to_string() == text { Ok(micros) } else { Err(NotAnInstant) }
    }
}

/// Where time comes from; a test injects its own.
pub trait Clock: Send + Sync {
    /// What the wall clock says.
    fn wall(&self) -> Micros;
    /// Microseconds of a clock that nobody can set; only differences mean anything.
    fn steady(&self) -> u64;
}

/// The clocks of the operating system.
pub struct SystemClock(std::time::Instant);

impl SystemClock {
    /// Starts the steady clock at zero.
    #[expect(clippy::new_without_default, reason = "a clock is started, not defaulted")]
    pub fn new() -> Self {
        Self(std::time::Instant::now())
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> Micros {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }

    fn steady(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// The wall clock contradicts the ledger or the steady clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockJump {
    /// The wall clock stands more than five seconds before the last stamp, or before what was confirmed.
    #[error("the wall clock says {wall}, but said {before} already")]
    Back {
        /// What the wall clock says.
        wall: Micros,
        /// The last stamp given; where a clock before it was confirmed, what that clock said last.
        before: Micros,
    },
    /// The wall clock advanced an hour more than the steady clock did.
    #[error("the wall clock jumped {seconds} s forward while this process was running")]
    Forward {
        /// Length of the jump, seconds.
        seconds: u64,
    },
}

/// An administrator's word, recorded in the ledger, that the wall clock is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockConfirmation {
    /// What the wall clock said.
    pub wall: Micros,
    /// The stamp of the event that records it.
    pub stamp: Micros,
}

/// Gives unique, increasing stamps: max(wall clock, last + 1 µs).
pub struct Stamper {
    last: Micros,
    /// What a wall clock that stands before `last` said last, where an administrator confirmed that it is right.
    confirmed: Option<Micros>,
    wall_at_start: Micros,
    steady_at_start: u64,
}

impl Stamper {
    const BACK_MAX: u64 = 5 * SECOND;

    /// Continues after `last`, the newest stamp in the ledger.
    pub fn after(last: Micros, clock: &dyn Clock) -> Self {
        Self { last, confirmed: None, wall_at_start: clock.wall(), steady_at_start: clock.steady() }
    }

    /// Remembers the newest confirmation in the ledger. It holds until the wall clock has caught up with the stamps:
    /// as long as it has not, they advance by 1 µs each and stay within five seconds of the confirmation's.
    pub fn remember(&mut self, confirmation: ClockConfirmation) {
        let caught_up = self.last.0 > confirmation.stamp.0.saturating_add(Self::BACK_MAX);
        self.confirmed = (!caught_up).then_some(confirmation.wall);
    }

    /// The next stamp, or why the clock can't be trusted.
    pub fn stamp(&mut self, clock: &dyn Clock) -> Result<Micros, ClockJump> {
        let wall = clock.wall();
        let before = self.confirmed.unwrap_or(self.last);
        if wall.0.saturating_add(Self::BACK_MAX) < before.0 {
            return Err(ClockJump::Back { wall, before });
        }
        let expected = self.wall_at_start.0.saturating_add(clock.steady().saturating_sub(self.steady_at_start));
        if wall.0 > expected.saturating_add(HOUR) {
            return Err(ClockJump::Forward { seconds: (wall.0 - expected) / SECOND });
        }
        self.confirmed = self.confirmed.filter(|_| wall <= self.last).map(|confirmed| confirmed.max(wall));
        self.last = Micros(wall.0.max(self.last.0 + 1));
        Ok(self.last)
    }

    /// Accepts the wall clock as it stands, by an administrator's word; what it says. Stamps still never go back:
    /// after a clock confirmed to be earlier they advance in steps of 1 µs until it has caught up.
    pub fn confirm(&mut self, clock: &dyn Clock) -> Micros {
        let wall = clock.wall();
        self.wall_at_start = wall;
        self.steady_at_start = clock.steady();
        self.confirmed = (wall < self.last).then_some(wall);
        wall
    }

    /// The newest stamp given.
    pub fn last(&self) -> Micros {
        self.last
    }
}

#[cfg(test)]
pub mod effort;
#[cfg(test)]
mod tests;
