//! Sign-ins that are under way at the provider: each is one browser's, which has a ticket for it, and goes on once.
//!
//! In memory alone, like challenges: after a restart a person begins again. Anybody may begin one, so there are only so
//! many, and the oldest goes; the pace of an address is kept before it comes to that.

use super::super::challenge::WAITS as SECOND_WAITS;
use super::Identity;
use crate::cipher;
use crate::digest::{Sha256, hex, unhex};
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use uuid::Uuid;

/// So long a person may take at the provider.
pub const ASKED_WAITS: Duration = Duration::from_secs(10 * 60);
/// Sign-ins under way: of half a kilobyte each.
const FLOWS_MAX: usize = 10_000;

/// What a browser keeps while its sign-in is under way.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket([u8; 32]);

impl Ticket {
    /// A new one.
    pub fn random() -> Self {
        Self(cipher::random())
    }

    /// As text, for a cookie.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// Out of a cookie.
    pub fn read(text: &str) -> Option<Self> {
        unhex(text).and_then(|bytes| bytes.try_into().ok()).map(Self)
    }

    /// Under which name it is kept.
    fn name(&self) -> Sha256 {
        Sha256::of_parts(&[b"sign-in\0", &self.0])
    }
}

/// What a sign-in is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Beginning a session.
    SignIn,
    /// Going on with this session.
    Again(Uuid),
}

/// A sign-in that the provider was asked for.
#[derive(Clone)]
pub struct Asked {
    /// What for.
    pub purpose: Purpose,
    /// Comes back with the answer.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Goes along when the code is handed in.
    pub verifier: String,
    /// Where the browser is sent back to.
    pub redirect: String,
    /// Where the person wanted to go.
    pub next: String,
    /// When it was asked.
    pub at: Micros,
}

/// Somebody whom the provider knows, and whose second factor is still wanted.
#[derive(Clone)]
pub struct Held {
    /// Names it; opens nothing.
    pub id: Uuid,
    /// What for.
    pub purpose: Purpose,
    /// Whose account it is.
    pub account: Uuid,
    /// Whom the provider said it is.
    pub identity: Identity,
    /// Where the person wanted to go.
    pub next: String,
    /// Since when.
    pub at: Micros,
}

enum Flow {
    Asked(Asked),
    Held(Held),
}

impl Flow {
    fn has_lapsed(&self, now: Micros) -> bool {
        let (at, waits) = match self {
            Self::Asked(asked) => (asked.at, ASKED_WAITS),
            Self::Held(held) => (held.at, SECOND_WAITS),
        };
        Duration::from_micros(now.0.saturating_sub(at.0)) > waits
    }

    fn at(&self) -> Micros {
        match self {
            Self::Asked(asked) => asked.at,
            Self::Held(held) => held.at,
        }
    }
}

/// Those under way.
pub struct Flows {
    clock: Arc<dyn Clock>,
    under_way: Mutex<HashMap<Sha256, Flow>>,
}

impl Flows {
    /// None yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, under_way: Mutex::default() }
    }

    /// Keeps what the provider is asked.
    pub fn ask(&self, ticket: &Ticket, asked: Asked) -> Result<()> {
        self.keep(ticket, Flow::Asked(asked))
    }

    /// Keeps who still has to bring a second factor.
    pub fn hold(&self, ticket: &Ticket, held: Held) -> Result<()> {
        self.keep(ticket, Flow::Held(held))
    }

    /// Takes what the provider was asked for this browser: whatever comes of it, it is answered. Another state leaves it.
    pub fn take(&self, ticket: &Ticket, state: &str) -> Result<Option<Asked>> {
        let mut under_way = self.under_way()?;
        let name = ticket.name();
        let is_it = |flow: &Flow| matches!(flow, Flow::Asked(asked) if asked.state == state);
        if !under_way.get(&name).is_some_and(is_it) {
            return Ok(None);
        }
        Ok(match under_way.remove(&name) {
            Some(Flow::Asked(asked)) => Some(asked),
            _ => None,
        })
    }

    /// Who still has to bring a second factor in this browser.
    pub fn held(&self, ticket: &Ticket) -> Result<Option<Held>> {
        Ok(match self.under_way()?.get(&ticket.name()) {
            Some(Flow::Held(held)) => Some(held.clone()),
            _ => None,
        })
    }

    /// Forgets a browser's.
    pub fn end(&self, ticket: &Ticket) -> Result<()> {
        self.under_way()?.remove(&ticket.name());
        Ok(())
    }

    fn keep(&self, ticket: &Ticket, flow: Flow) -> Result<()> {
        let mut under_way = self.under_way()?;
        if under_way.len() >= FLOWS_MAX
            && let Some(oldest) = under_way.iter().min_by_key(|(_, flow)| flow.at()).map(|(name, _)| *name)
        {
            under_way.remove(&oldest);
        }
        under_way.insert(ticket.name(), flow);
        Ok(())
    }

    /// Those that have not lapsed.
    fn under_way(&self) -> Result<MutexGuard<'_, HashMap<Sha256, Flow>>> {
        let mut under_way =
            self.under_way.lock().map_err(|_| Error::unavailable("a holder of the sign-ins under way died"))?;
        let now = self.clock.wall();
        under_way.retain(|_, flow| !flow.has_lapsed(now));
        Ok(under_way)
    }
}

#[cfg(test)]
mod tests;
