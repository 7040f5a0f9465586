//! Passwords and second factors as they are kept: a file for each account in `state/credentials/`, replaced whole.
//!
//! Holds the password's hash, when it was set, and the wrong attempts in a row, so that a restart does not forget them. Of a
//! second factor (`second`) the secret, encrypted under a key of the root key and the account, the newest code that was
//! taken, and digests of the recovery codes; of security keys (`key`) the public halves. Lost, or of another archive: nobody
//! can sign in until `chauban account password` sets new ones, and nothing else is lost.

mod key;
mod second;

use crate::archive::format::Format;
use crate::archive::places::{Disks, Places};
use crate::auth::password::{self, Unacceptable};
use crate::auth::second::typed;
use crate::auth::throttle::{self, Next};
use crate::auth::webauthn::Refusal;
use crate::cipher::{self, Secret};
use crate::digest::Sha256;
use crate::disk;
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;
use uuid::Uuid;

pub use key::{Answer, Key, LABEL_MAX as KEY_LABEL_MAX, NewKey};

/// Where they lie in the archive.
pub const FOLDER: &str = "state/credentials";
/// Random bytes of a first password: 24 letters.
const FIRST_PASSWORD_BYTES: usize = 15;
/// So long a password that another person set opens anything: its holder changes it at the first sign-in, and one that
/// lies about unused in a letter opens nothing later (ASVS 5.0, 6.4.1).
pub const SET_BY_ANOTHER_FOR: Duration = Duration::from_secs(7 * 24 * 3600);
/// Keys are the most of it: the longest name and an RSA key are 2.5 KiB as text, and there may be [`key::PER_ACCOUNT_MAX`].
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Names that nobody has and that were tried, remembered at once: some 100 bytes each.
const STRANGERS_MAX: usize = 100_000;

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
    /// Everything that the account asks for is right.
    Right(SetBy, Factors),
    /// The password is right, and a code of the second factor, or a key, is missing.
    CodeMissing,
    /// The key was not taken.
    KeyRefused(Refusal),
    /// The password is right, but another person set it more than [`SET_BY_ANOTHER_FOR`] ago.
    Lapsed,
    /// It is not, or there is none.
    Wrong,
    /// It was not looked at: too many were wrong before.
    NotHeard(Next),
}

/// Who tries to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom<'a> {
    /// The holder of an account.
    Account(Uuid),
    /// Somebody under a name that nobody has.
    Nobody(&'a str),
}

/// By what somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factors {
    /// A password, or a provider's word in its place.
    #[default]
    Password,
    /// The same, and a code or a key.
    Both,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    hash: String,
    set_by: SetBy,
    set_at: u64,
    failures: u32,
    failed_at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second: Option<second::Second>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<key::Kept>,
}

impl Kept {
    /// The device that counts codes, once it has proved that it does.
    fn device(&mut self) -> Option<&mut second::Second> {
        self.second.as_mut().filter(|second| second.is_confirmed())
    }

    /// What is not heard at `now`, after wrong attempts.
    fn pause(&self, now: Micros) -> Option<Next> {
        let since = Duration::from_micros(now.0.saturating_sub(self.failed_at));
        Some(throttle::next(self.failures, since)).filter(|next| *next != Next::Heard)
    }

    fn count_failure(&mut self, now: Micros) {
        (self.failures, self.failed_at) = (self.failures.saturating_add(1), now.0);
    }

    fn has_lapsed(&self, now: Micros) -> bool {
        let age = Duration::from_micros(now.0.saturating_sub(self.set_at));
        self.set_by == SetBy::Another && age >= SET_BY_ANOTHER_FOR
    }
}

/// While it is held nobody else reads a file in order to write it.
struct Turn<'c> {
    _here: MutexGuard<'c, ()>,
    _everywhere: File,
}

/// Whether `new` may be the password of the account `name`.
pub fn check(new: &str, name: &str) -> Result<()> {
    password::check(new, name).map_err(|why: Unacceptable| Error::invalid(why.to_string()))
}

/// A first password of 120 random bits, as people type it; its holder changes it at the first sign-in.
pub fn first_password() -> String {
    typed(&cipher::random::<FIRST_PASSWORD_BYTES>())
}

/// The passwords of one archive.
pub struct Credentials {
    disks: Disks,
    clock: Arc<dyn Clock>,
    /// Counting a wrong attempt reads and writes: one at a time. Also bounds hashing to one core and 32 MiB.
    turn: Mutex<()>,
    /// The folder, locked for a turn: what a command sets while the service checks a password must stay.
    folder: PathBuf,
    /// A hash of nothing anybody knows, so that an unknown name takes as long as a known one; made with the first attempt.
    decoy: OnceLock<String>,
    /// Wrong attempts in a row under names that nobody has, and when the last was, so that they pause as others do and tell
    /// nobody which names there are. Forgotten with the process.
    strangers: Mutex<HashMap<Sha256, (u32, Micros)>>,
}

impl Credentials {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        let folder = places.archive.join(FOLDER);
        Self {
            disks: places.disks(),
            clock,
            turn: Mutex::new(()),
            folder,
            decoy: OnceLock::new(),
            strangers: Mutex::default(),
        }
    }

    /// Sets a password, and forgets wrong attempts. A second factor stays, and keys do.
    pub fn set(&self, account: Uuid, name: &str, new: &str, by: SetBy) -> Result<()> {
        check(new, name)?;
        let hash = password::hash(new, cipher::random());
        let _turn = self.turn()?;
        // A file that is damaged is replaced, with what it held.
        let kept = self.read(account).ok().flatten();
        let (second, keys) = kept.map(|kept| (kept.second, kept.keys)).unwrap_or_default();
        let set_at = self.clock.wall().0;
        self.write(account, &Kept { hash, set_by: by, set_at, failures: 0, failed_at: 0, second, keys })
    }

    /// Checks a password, and a code where the account has a second factor.
    pub fn attempt(&self, whom: Whom<'_>, tried: &str, code: Option<&str>) -> Result<Attempt> {
        let _turn = self.turn()?;
        let unknown = || password::hash(&Uuid::from_bytes(cipher::random()).to_string(), cipher::random());
        let decoy = self.decoy.get_or_init(unknown);
        let now = self.clock.wall();
        let known = match whom {
            Whom::Account(account) => self.read(account)?.map(|kept| (account, kept)),
            Whom::Nobody(name) => match self.stranger(name, now)? {
                Some(next) => return Ok(Attempt::NotHeard(next)),
                None => None,
            },
        };
        let Some((account, mut kept)) = known else {
            let _ = password::matches(tried, decoy);
            return Ok(Attempt::Wrong);
        };
        if let Some(next) = kept.pause(now) {
            return Ok(Attempt::NotHeard(next));
        }
        let right = password::matches(tried, &kept.hash);
        if right && kept.has_lapsed(now) {
            return Ok(Attempt::Lapsed);
        }
        if !right {
            kept.count_failure(now);
            self.write(account, &kept)?;
            return Ok(Attempt::Wrong);
        }
        self.after_first(account, kept, code, now)
    }

    /// Counts an attempt under a name that nobody has, unless it comes too early.
    fn stranger(&self, name: &str, now: Micros) -> Result<Option<Next>> {
        let mut known = self.strangers.lock().map_err(|_| Error::unavailable("a check of a password died"))?;
        if known.len() >= STRANGERS_MAX {
            known.clear();
        }
        let (failures, last) = known.entry(Sha256::of(name.as_bytes())).or_insert((0, now));
        let since = Duration::from_micros(now.0.saturating_sub(last.0));
        let next = Some(throttle::next(*failures, since)).filter(|next| *next != Next::Heard);
        if next.is_none() {
            (*failures, *last) = (failures.saturating_add(1), now);
        }
        Ok(next)
    }

    /// Checks the code of an account whose holder a provider knows, who gave no password. Pauses after wrong attempts hold.
    pub fn attempt_without_password(&self, account: Uuid, code: Option<&str>) -> Result<Attempt> {
        let _turn = self.turn()?;
        let (kept, now) = (self.read(account)?.ok_or_else(no_password)?, self.clock.wall());
        if let Some(next) = kept.pause(now) {
            return Ok(Attempt::NotHeard(next));
        }
        self.after_first(account, kept, code, now)
    }

    /// What comes of a code after the first factor was right.
    fn after_first(&self, account: Uuid, mut kept: Kept, code: Option<&str>, now: Micros) -> Result<Attempt> {
        let wants_second = kept.device().is_some() || !kept.keys.is_empty();
        let factors = match code.map(str::trim).filter(|code| !code.is_empty()) {
            _ if !wants_second => Some(Factors::Password),
            None => return Ok(Attempt::CodeMissing),
            Some(code) => match kept.device() {
                Some(device) => device.take(code, &self.state_key(account)?, account, now)?.then_some(Factors::Both),
                None => None,
            },
        };
        match factors {
            Some(factors) => {
                if kept.failures > 0 || factors == Factors::Both {
                    (kept.failures, kept.failed_at) = (0, 0);
                    self.write(account, &kept)?;
                }
                Ok(Attempt::Right(kept.set_by, factors))
            }
            None => {
                kept.count_failure(now);
                self.write(account, &kept)?;
                Ok(Attempt::Wrong)
            }
        }
    }

    /// Where the second factor of an account stands.
    pub fn second(&self, account: Uuid) -> Result<SecondFactor> {
        let Some(second) = self.read(account)?.and_then(|kept| kept.second) else { return Ok(SecondFactor::None) };
        if second.is_confirmed() {
            return Ok(SecondFactor::Confirmed { recovery_codes: second.recovery_codes() });
        }
        Ok(SecondFactor::Begun(second.secret(&self.state_key(account)?, account)?))
    }

    /// Begins a second factor with a new secret, in the place of one that was never confirmed.
    pub fn begin_second(&self, account: Uuid) -> Result<()> {
        let _turn = self.turn()?;
        let mut kept = self.read(account)?.ok_or_else(no_password)?;
        if kept.second.as_ref().is_some_and(second::Second::is_confirmed) {
            return Err(Error::conflict("the account has a second factor").remedy("remove that one first"));
        }
        kept.second = Some(second::Second::new(&self.state_key(account)?, account, self.clock.wall()));
        self.write(account, &kept)
    }

    /// Confirms it with a code of the device; the recovery codes, which nobody sees again. `None`: the code is not right.
    pub fn confirm_second(&self, account: Uuid, code: &str) -> Result<Option<Vec<String>>> {
        let _turn = self.turn()?;
        let mut kept = self.read(account)?.ok_or_else(no_password)?;
        let Some(second) = kept.second.as_mut().filter(|second| !second.is_confirmed()) else {
            return Err(Error::conflict("no second factor was begun"));
        };
        let codes = second.confirm(code, &self.state_key(account)?, account, self.clock.wall())?;
        if codes.is_some() {
            self.write(account, &kept)?;
        }
        Ok(codes)
    }

    /// Takes every second factor of an account away, keys too.
    pub fn forget_second(&self, account: Uuid) -> Result<()> {
        let _turn = self.turn()?;
        let Some(kept) = self.read(account)? else { return Ok(()) };
        self.write(account, &Kept { second: None, keys: Vec::new(), ..kept })
    }

    /// Takes the device that counts codes away; keys stay.
    pub fn end_second(&self, account: Uuid) -> Result<()> {
        let _turn = self.turn()?;
        let Some(kept) = self.read(account)? else { return Ok(()) };
        self.write(account, &Kept { second: None, ..kept })
    }

    /// The key of what is kept of one account: of the root key, so that a copy of the archive's folder opens nothing.
    fn state_key(&self, account: Uuid) -> Result<Secret> {
        let archive = Format::read(self.disks.archive.as_ref())?.archive;
        let root = self.disks.root_key(archive)?;
        Ok(root.secret().derive(&[b"chauban/1 account", archive.as_bytes(), account.as_bytes()]))
    }

    /// When the password of an account was set; `None` where it has none.
    pub fn set_at(&self, account: Uuid) -> Result<Option<Micros>> {
        Ok(self.read(account)?.map(|kept| Micros(kept.set_at)))
    }

    fn turn(&self) -> Result<Turn<'_>> {
        let here = self.turn.lock().map_err(|_| Error::unavailable("a check of a password died"))?;
        self.disks.archive.create_dir(FOLDER)?;
        let lock = || File::open(&self.folder).and_then(|folder| folder.lock().map(|()| folder));
        let everywhere = lock().map_err(|error| Error::file("can't read", &self.folder, error))?;
        Ok(Turn { _here: here, _everywhere: everywhere })
    }

    fn read(&self, account: Uuid) -> Result<Option<Kept>> {
        let bytes = disk::read(self.disks.archive.as_ref(), &path(account), FILE_BYTES_MAX)?;
        let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        bytes.map(read).transpose().map_err(|error| {
            Error::corrupt(format!("{} is damaged", path(account)))
                .remedy("set a new password with `chauban account password`")
                .because(error)
        })
    }

    fn write(&self, account: Uuid, kept: &Kept) -> Result<()> {
        let bytes = serde_json::to_vec(kept).map_err(|error| Error::invalid("a credential").because(error))?;
        Ok(disk::replace(self.disks.archive.as_ref(), &path(account), &bytes)?)
    }
}

/// Where the second factor of an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// It has none.
    None,
    /// Its secret is to be put into a device, which proves it with a code.
    Begun(Vec<u8>),
    /// It is asked for at every sign-in.
    Confirmed {
        /// Recovery codes that were not used yet.
        recovery_codes: usize,
    },
}

fn no_password() -> Error {
    Error::conflict("the account has no password").remedy("set one with `chauban account password`")
}

fn path(account: Uuid) -> String {
    disk::join(FOLDER, &format!("{account}.json"))
}
