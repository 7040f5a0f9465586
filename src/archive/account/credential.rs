//! Passwords as they are kept: a file for each account in `state/credentials/`, replaced whole.
//!
//! Holds the hash, when it was set, and the wrong attempts in a row, so that a restart does not forget them. Lost, or of
//! another archive: nobody can sign in until `chauban account password` sets new ones, and nothing else is lost.

use crate::archive::places::Places;
use crate::auth::password::{self, Unacceptable};
use crate::auth::throttle::{self, Next};
use crate::cipher;
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/credentials";
const FILE_BYTES_MAX: u64 = 4096;

/// Who set a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// The account's holder.
    Holder,
    /// Somebody else: to be changed at the first sign-in.
    Another,
}

/// What became of an attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// The password is the right one.
    Right(SetBy),
    /// It is not, or there is none.
    Wrong,
    /// It was not looked at: too many were wrong before.
    NotHeard(Next),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    hash: String,
    set_by: SetBy,
    set_at: u64,
    failures: u32,
    failed_at: u64,
}

/// Whether `new` may be the password of the account `name`.
pub fn check(new: &str, name: &str) -> Result<()> {
    password::check(new, name).map_err(|why: Unacceptable| Error::invalid(why.to_string()))
}

/// The passwords of one archive.
pub struct Credentials {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    /// Counting a wrong attempt reads and writes: one at a time. Also bounds hashing to one core and 32 MiB.
    turn: Mutex<()>,
    /// A hash of nothing anybody knows, so that an unknown name takes as long as a known one; made with the first attempt.
    decoy: OnceLock<String>,
}

impl Credentials {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { disk: places.disks().archive, clock, turn: Mutex::new(()), decoy: OnceLock::new() }
    }

    /// Sets a password, and forgets wrong attempts.
    pub fn set(&self, account: Uuid, name: &str, new: &str, by: SetBy) -> Result<()> {
        check(new, name)?;
        let hash = password::hash(new, cipher::random());
        let _turn = self.turn()?;
        self.write(account, &Kept { hash, set_by: by, set_at: self.clock.wall().0, failures: 0, failed_at: 0 })
    }

    /// Checks a password; `account` is `None` where nobody has the name.
    pub fn attempt(&self, account: Option<Uuid>, tried: &str) -> Result<Attempt> {
        let _turn = self.turn()?;
        let unknown = || password::hash(&Uuid::from_bytes(cipher::random()).to_string(), cipher::random());
        let decoy = self.decoy.get_or_init(unknown);
        let kept = account.map(|account| self.read(account)).transpose()?.flatten();
        let (Some(account), Some(mut kept)) = (account, kept) else {
            let _ = password::matches(tried, decoy);
            return Ok(Attempt::Wrong);
        };
        let now = self.clock.wall();
        match throttle::next(kept.failures, Duration::from_micros(now.0.saturating_sub(kept.failed_at))) {
            Next::Heard => {}
            next @ (Next::Wait(_) | Next::Locked) => return Ok(Attempt::NotHeard(next)),
        }
        if password::matches(tried, &kept.hash) {
            if kept.failures > 0 {
                (kept.failures, kept.failed_at) = (0, 0);
                self.write(account, &kept)?;
            }
            return Ok(Attempt::Right(kept.set_by));
        }
        (kept.failures, kept.failed_at) = (kept.failures.saturating_add(1), now.0);
        self.write(account, &kept)?;
        Ok(Attempt::Wrong)
    }

    /// When the password of an account was set; `None` where it has none.
    pub fn set_at(&self, account: Uuid) -> Result<Option<Micros>> {
        Ok(self.read(account)?.map(|kept| Micros(kept.set_at)))
    }

    fn turn(&self) -> Result<std::sync::MutexGuard<'_, ()>> {
        self.turn.lock().map_err(|_| Error::unavailable("a check of a password died"))
    }

    fn read(&self, account: Uuid) -> Result<Option<Kept>> {
        let bytes = disk::read(self.disk.as_ref(), &path(account), FILE_BYTES_MAX)?;
        let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        bytes.map(read).transpose().map_err(|error| {
            Error::corrupt(format!("{} is damaged", path(account)))
                .remedy("set a new password with `chauban account password`")
                .because(error)
        })
    }

    fn write(&self, account: Uuid, kept: &Kept) -> Result<()> {
        let bytes = serde_json::to_vec(kept).map_err(|error| Error::invalid("a credential").because(error))?;
        self.disk.create_dir(FOLDER)?;
        Ok(disk::replace(self.disk.as_ref(), &path(account), &bytes)?)
    }
}

fn path(account: Uuid) -> String {
    disk::join(FOLDER, &format!("{account}.json"))
}
