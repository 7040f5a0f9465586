//! Challenges that wait for a security key's answer: 256 random bits each, for one purpose of one account, once, for minutes.
//!
//! They lie in memory alone: after a restart a person begins again. Only who gave the right password, or is signed in, is
//! given one, so nobody else fills the memory; and an account has few at a time.

use crate::auth::webauthn::CHALLENGE_BYTES;
use crate::cipher;
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use uuid::Uuid;

/// So long a challenge waits: what Web Authentication Level 3 §15.1 recommends where a key may want a PIN.
pub const WAITS: Duration = Duration::from_secs(5 * 60);
/// Challenges of one account at once; the oldest goes.
const PER_ACCOUNT_MAX: usize = 8;

/// What a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Registering a key, in this session.
    Register(Uuid),
    /// Signing in, after the right password.
    SignIn,
    /// Going on with this session, after the right password.
    Again(Uuid),
    /// Going on with this sign-in, after a provider's word.
    Provider(Uuid),
}

/// A challenge that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge {
    /// The bits.
    pub bits: [u8; CHALLENGE_BYTES],
    /// To whose keys.
    pub account: Uuid,
    /// What for.
    pub purpose: Purpose,
    /// When.
    pub given: Micros,
}

/// Those that wait.
pub struct Challenges {
    clock: Arc<dyn Clock>,
    /// The oldest first.
    waiting: Mutex<Vec<Challenge>>,
}

impl Challenges {
    /// None yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, waiting: Mutex::default() }
    }

    /// Gives one.
    pub fn give(&self, account: Uuid, purpose: Purpose) -> Result<Challenge> {
        let challenge = Challenge { bits: cipher::random(), account, purpose, given: self.clock.wall() };
        let mut waiting = self.waiting()?;
        let own = waiting.iter().filter(|one| one.account == account).count();
        if own >= PER_ACCOUNT_MAX
            && let Some(oldest) = waiting.iter().position(|one| one.account == account)
        {
            waiting.remove(oldest);
        }
        waiting.push(challenge);
        Ok(challenge)
    }

    /// Takes one that waits; whatever comes of it, it is answered.
    pub fn take(&self, bits: &[u8; CHALLENGE_BYTES]) -> Result<Option<Challenge>> {
        let mut waiting = self.waiting()?;
        let at = waiting.iter().position(|one| one.bits == *bits);
        Ok(at.map(|at| waiting.remove(at)))
    }

    /// Those that wait still.
    fn waiting(&self) -> Result<MutexGuard<'_, Vec<Challenge>>> {
        let mut waiting = self.waiting.lock().map_err(|_| Error::unavailable("a holder of the challenges died"))?;
        let now = self.clock.wall().0;
        waiting.retain(|one| Duration::from_micros(now.saturating_sub(one.given.0)) <= WAITS);
        Ok(waiting)
    }
}

#[cfg(test)]
mod tests;
