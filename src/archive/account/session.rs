//! Sessions: who signed in, on this service, until when.
//!
//! A session is named by 256 random bits that only the browser knows; kept is their SHA-256, in a file of
//! `state/sessions/`, so that a restart signs nobody out and a stolen folder signs nobody in. It ends when it was idle, when
//! it is old, when it is revoked, and when the account is closed or gets a new password. Not a truth: losing the folder
//! signs everybody out.

use super::credential::{Factors, SetBy};
use crate::archive::places::Places;
use crate::cipher;
use crate::digest::{Sha256, hex, unhex};
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/sessions";
/// Without a request for so long a session ends.
pub const IDLE_MAX: Duration = Duration::from_secs(30 * 60);
/// After so long it ends whatever happens: a working day.
pub const AGE_MAX: Duration = Duration::from_secs(12 * 3600);
/// So long after it was given a password counts as just given: for what destroys, and for what changes rights or keys.
pub const FRESH_MAX: Duration = Duration::from_secs(10 * 60);
/// A request is noted on disk when the last note is so old.
const NOTED_EVERY: Duration = Duration::from_secs(60);
/// Sessions that one account may have; the longest idle ends first.
const PER_ACCOUNT_MAX: usize = 8;
const FILE_BYTES_MAX: u64 = 4096;

/// What the browser keeps: the one thing that opens the session.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
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
        Sha256::of_parts(&[b"session\0", &self.0])
    }

    /// What forms carry, so that no other site can send them: known to whoever sees the session's pages.
    pub fn form_token(&self) -> String {
        hex(&Sha256::of_parts(&[b"form\0", &self.0]).0)
    }
}

/// What somebody proved who begins a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Who set the password.
    pub set_by: SetBy,
    /// By what they proved who they are.
    pub factors: Factors,
    /// The identity at a provider that stood in the place of the password, by its digest.
    pub identity: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Names it to its holder, who may end it; opens nothing.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// When it began, microseconds.
    pub began: u64,
    /// When the password was last given, microseconds.
    pub authenticated: u64,
    /// When it was last used, microseconds.
    pub used: u64,
    /// Who set the password that it began with.
    pub set_by: SetBy,
    /// By what its holder proved who they are.
    #[serde(default)]
    pub factors: Factors,
    /// The identity that opened it in the place of a password, by its digest: without that it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// What the browser calls itself.
    pub agent: String,
}

/// The sessions of one archive.
pub struct Sessions {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    open: RwLock<HashMap<Sha256, Kept>>,
}

struct Kept {
    session: Session,
    noted: u64,
}

impl Sessions {
    /// Takes up those that are kept; what can't be read or has ended is removed.
    pub fn open(places: &Places, clock: Arc<dyn Clock>) -> Result<Self> {
        let disk = places.disks().archive;
        disk.create_dir(FOLDER)?;
        let sessions = Self { disk, clock, open: RwLock::default() };
        for listed in sessions.disk.list(FOLDER)? {
            let path = disk::join(FOLDER, &listed.name);
            let name = listed.name.strip_suffix(".json").and_then(|name| name.parse::<Sha256>().ok());
            let bytes = disk::read(sessions.disk.as_ref(), &path, FILE_BYTES_MAX)?.unwrap_or_default();
            let session = serde_json::from_slice::<Session>(&bytes).ok().filter(|one| !sessions.has_ended(one));
            match name.zip(session) {
                Some((name, session)) => {
                    let noted = session.used;
                    sessions.write()?.insert(name, Kept { session, noted });
                }
                None => sessions.disk.remove(&path)?,
            }
        }
        Ok(sessions)
    }

    /// Begins a session for who just proved who they are.
    pub fn begin(&self, account: Uuid, proven: Proven, agent: &str) -> Result<Token> {
        let token = Token(cipher::random());
        let now = self.clock.wall().0;
        let agent = agent.chars().filter(|c| !c.is_control()).take(200).collect();
        let id = Uuid::from_bytes(cipher::random());
        let Proven { set_by, factors, identity } = proven;
        let (began, authenticated, used) = (now, now, now);
        let session = Session { id, account, began, authenticated, used, set_by, factors, identity, agent };
        self.note(&token.name(), &session)?;
        let mut open = self.write()?;
        open.insert(token.name(), Kept { session, noted: now });
        let mut own: Vec<(u64, Sha256)> = open
            .iter()
            .filter(|(_, kept)| kept.session.account == account)
            .map(|(name, kept)| (kept.session.used, *name))
            .collect();
        own.sort_by_key(|(used, _)| *used);
        let ending: Vec<Sha256> =
            own.iter().take(own.len().saturating_sub(PER_ACCOUNT_MAX)).map(|(_, name)| *name).collect();
        drop(open);
        ending.iter().try_for_each(|name| self.end(name))?;
        Ok(token)
    }

    /// The session that a token opens, if it has not ended; counts as use.
    pub fn of(&self, token: &Token) -> Result<Option<Session>> {
        let name = token.name();
        let now = self.clock.wall().0;
        let Some((session, noted)) = self.read()?.get(&name).map(|kept| (kept.session.clone(), kept.noted)) else {
            return Ok(None);
        };
        if self.has_ended(&session) {
            self.end(&name)?;
            return Ok(None);
        }
        let session = Session { used: now, ..session };
        let due = Duration::from_micros(now.saturating_sub(noted)) >= NOTED_EVERY;
        if let Some(kept) = self.write()?.get_mut(&name) {
            kept.session.used = now;
            if due {
                kept.noted = now;
            }
        }
        if due {
            self.note(&name, &session)?;
        }
        Ok(Some(session))
    }

    /// Goes on with a session whose holder just proved again who they are, under another token: the old one opens nothing
    /// any more. `None` where it has ended.
    pub fn renew(&self, token: &Token, factors: Factors) -> Result<Option<Token>> {
        let Some(session) = self.of(token)? else { return Ok(None) };
        let now = self.clock.wall().0;
        let session = Session { authenticated: now, used: now, factors, ..session };
        let fresh = Token(cipher::random());
        self.note(&fresh.name(), &session)?;
        self.write()?.insert(fresh.name(), Kept { session, noted: now });
        self.end(&token.name())?;
        Ok(Some(fresh))
    }

    /// Those of one account, the last used first.
    pub fn of_account(&self, account: Uuid) -> Result<Vec<Session>> {
        let open = self.read()?;
        let own = open.values().map(|kept| &kept.session).filter(|one| one.account == account && !self.has_ended(one));
        let mut own: Vec<Session> = own.cloned().collect();
        own.sort_by_key(|one| std::cmp::Reverse(one.used));
        Ok(own)
    }

    /// Ends the session that a token opens.
    pub fn end_own(&self, token: &Token) -> Result<()> {
        self.end(&token.name())
    }

    /// Ends sessions of an account: that with this identifier, or every one but `kept`.
    pub fn revoke(&self, account: Uuid, which: Which) -> Result<()> {
        let names: Vec<Sha256> = {
            let open = self.read()?;
            let meant = |session: &Session| match which {
                Which::One(id) => session.id == id,
                Which::AllBut(kept) => session.id != kept,
            };
            let own = open.iter().filter(|(_, kept)| kept.session.account == account && meant(&kept.session));
            own.map(|(name, _)| *name).collect()
        };
        names.iter().try_for_each(|name| self.end(name))
    }

    fn end(&self, name: &Sha256) -> Result<()> {
        // Memory first: whatever the disk does, this process opens nothing with it any more.
        self.write()?.remove(name);
        match self.disk.remove(&path(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::from(error)),
            _ => Ok(()),
        }
    }

    fn has_ended(&self, session: &Session) -> bool {
        let now = self.clock.wall().0;
        let since = |at: u64| Duration::from_micros(now.saturating_sub(at));
        since(session.used) > IDLE_MAX || since(session.began) > AGE_MAX
    }

    fn note(&self, name: &Sha256, session: &Session) -> Result<()> {
        let bytes = serde_json::to_vec(session).map_err(|error| Error::invalid("a session").because(error))?;
        Ok(disk::replace(self.disk.as_ref(), &path(name), &bytes)?)
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, HashMap<Sha256, Kept>>> {
        self.open.read().map_err(|_| died())
    }

    fn write(&self) -> Result<RwLockWriteGuard<'_, HashMap<Sha256, Kept>>> {
        self.open.write().map_err(|_| died())
    }
}

/// Sessions to be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(Uuid),
    /// Every one but this.
    AllBut(Uuid),
}

impl Session {
    /// Whether the password was given so short a time before `now` that it counts as just given.
    pub fn is_fresh(&self, now: Micros) -> bool {
        Duration::from_micros(now.0.saturating_sub(self.authenticated)) <= FRESH_MAX
    }
}

fn path(name: &Sha256) -> String {
    disk::join(FOLDER, &format!("{name}.json"))
}

fn died() -> Error {
    Error::unavailable("a holder of the sessions died")
}
