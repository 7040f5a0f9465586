//! Security keys as they are kept beside the password: their public halves, and what their counters said.

use super::{Attempt, Credentials, FOLDER, Factors, no_password};
use crate::archive::account::challenge::Challenge;
use crate::auth::webauthn::{self, Assertion, Refusal, Registered, RelyingParty};
use crate::cipher;
use crate::error::{Error, Result};
use crate::time::Micros;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Keys that one account may have.
pub(super) const PER_ACCOUNT_MAX: usize = 10;
/// Longest label, characters.
pub const LABEL_MAX: usize = 100;
/// How browsers reach an authenticator; what else one says is not kept.
const TRANSPORTS: [&str; 6] = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

/// A security key of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Names it to its holder; opens nothing.
    pub id: Uuid,
    /// What its holder calls it.
    pub label: String,
    /// What browsers call it.
    pub name: Vec<u8>,
    /// How browsers reach it.
    pub transports: Vec<String>,
    /// When it was registered.
    pub added: Micros,
    /// When it was last used.
    pub used: Option<Micros>,
    /// When its counter went back: there may be a copy of it.
    pub went_back: Option<Micros>,
    /// Whether it makes sure of its holder, and so always must.
    pub verifies: bool,
}

/// A key that is wanted.
pub struct NewKey<'a> {
    /// What its holder calls it.
    pub label: &'a str,
    /// What the browser saw.
    pub client_data: &'a [u8],
    /// What the authenticator says of it.
    pub attestation_object: &'a [u8],
    /// How the browser reached it.
    pub transports: &'a [String],
}

/// What is brought of a key when it is used.
pub struct Answer<'a> {
    /// What browsers call it.
    pub name: &'a [u8],
    /// Whom the key takes its holder for, where it says so.
    pub holder: Option<&'a [u8]>,
    /// What is checked.
    pub assertion: Assertion<'a>,
}

/// A key in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    id: Uuid,
    label: String,
    /// Base64url.
    name: String,
    /// COSE, base64url.
    public_key: String,
    counter: u32,
    verifies: bool,
    may_be_backed_up: bool,
    transports: Vec<String>,
    added: u64,
    used: Option<u64>,
    went_back: Option<u64>,
}

impl Kept {
    fn key(&self) -> Result<Key> {
        Ok(Key {
            id: self.id,
            label: self.label.clone(),
            name: decoded(&self.name)?,
            transports: self.transports.clone(),
            added: Micros(self.added),
            used: self.used.map(Micros),
            went_back: self.went_back.map(Micros),
            verifies: self.verifies,
        })
    }

    fn registered(&self) -> Result<Registered> {
        Ok(Registered {
            name: decoded(&self.name)?,
            public_key: decoded(&self.public_key)?,
            counter: self.counter,
            verifies: self.verifies,
            may_be_backed_up: self.may_be_backed_up,
        })
    }
}

impl Credentials {
    /// The keys of an account, in the order in which they were registered.
    pub fn keys(&self, account: Uuid) -> Result<Vec<Key>> {
        self.read(account)?.iter().flat_map(|kept| &kept.keys).map(Kept::key).collect()
    }

    /// Registers a key that answers `challenge`.
    pub fn add_key(&self, party: &RelyingParty, challenge: &Challenge, new: &NewKey<'_>) -> Result<Key> {
        let label = new.label.trim();
        if label.is_empty() || label.chars().count() > LABEL_MAX || label.chars().any(char::is_control) {
            return Err(Error::invalid("a key has a label of a line, 100 characters at most"));
        }
        let registered = webauthn::register(party, &challenge.bits, new.client_data, new.attestation_object)
            .map_err(|refusal| Error::invalid(refusal.to_string()))?;
        let _turn = self.turn()?;
        let mut kept = self.read(challenge.account)?.ok_or_else(no_password)?;
        if kept.keys.len() >= PER_ACCOUNT_MAX {
            return Err(Error::conflict("an account has 10 keys at most").remedy("remove one first"));
        }
        let name = URL_SAFE_NO_PAD.encode(&registered.name);
        if self.has_key(&name)? {
            return Err(Error::conflict("this key is registered already"));
        }
        let known = |transport: &&String| TRANSPORTS.contains(&transport.as_str());
        let added = Kept {
            id: Uuid::from_bytes(cipher::random()),
            label: label.to_owned(),
            name,
            public_key: URL_SAFE_NO_PAD.encode(&registered.public_key),
            counter: registered.counter,
            verifies: registered.verifies,
            may_be_backed_up: registered.may_be_backed_up,
            transports: new.transports.iter().filter(known).take(TRANSPORTS.len()).cloned().collect(),
            added: self.clock.wall().0,
            used: None,
            went_back: None,
        };
        let key = added.key()?;
        kept.keys.push(added);
        self.write(challenge.account, &kept)?;
        Ok(key)
    }

    /// Takes a key of an account away.
    pub fn remove_key(&self, account: Uuid, id: Uuid) -> Result<()> {
        let _turn = self.turn()?;
        let mut kept = self.read(account)?.ok_or_else(no_password)?;
        let before = kept.keys.len();
        kept.keys.retain(|key| key.id != id);
        if kept.keys.len() == before {
            return Err(Error::not_found("the account has no such key"));
        }
        self.write(account, &kept)
    }

    /// Checks a key's answer to a challenge that was given for the right password.
    pub fn attempt_with_key(
        &self,
        party: &RelyingParty,
        challenge: &Challenge,
        answer: &Answer<'_>,
    ) -> Result<Attempt> {
        let (account, now) = (challenge.account, self.clock.wall());
        let _turn = self.turn()?;
        let Some(mut kept) = self.read(account)? else { return Ok(Attempt::Wrong) };
        if let Some(next) = kept.pause(now) {
            return Ok(Attempt::NotHeard(next));
        }
        // A password that was set since: the one that was given counts no more.
        if kept.set_at > challenge.given.0 {
            return Ok(Attempt::Wrong);
        }
        let name = URL_SAFE_NO_PAD.encode(answer.name);
        let is_holder = answer.holder.is_none_or(|holder| holder == account.as_bytes());
        let own = kept.keys.iter_mut().find(|key| key.name == name).filter(|_| is_holder);
        let attempt = match own {
            None => Attempt::KeyRefused(Refusal::Unknown),
            Some(key) => match webauthn::check(party, &challenge.bits, &key.registered()?, &answer.assertion) {
                Ok(counter) => {
                    (key.counter, key.used) = (counter, Some(now.0));
                    Attempt::Right(kept.set_by, Factors::Both)
                }
                Err(refusal) => {
                    if matches!(refusal, Refusal::CounterBack { .. }) {
                        key.went_back = Some(now.0);
                    }
                    Attempt::KeyRefused(refusal)
                }
            },
        };
        match attempt {
            Attempt::Right(..) => (kept.failures, kept.failed_at) = (0, 0),
            _ => kept.count_failure(now),
        }
        self.write(account, &kept)?;
        Ok(attempt)
    }

    /// Whether some account has a key of this name (§7.1, step 26).
    fn has_key(&self, name: &str) -> Result<bool> {
        let listed = self.disks.archive.list(FOLDER)?;
        let accounts = listed.iter().filter_map(|one| one.name.strip_suffix(".json")?.parse::<Uuid>().ok());
        // A file that can't be read says so to its holder.
        let mut kept = accounts.filter_map(|account| self.read(account).ok().flatten());
        Ok(kept.any(|kept| kept.keys.iter().any(|key| key.name == name)))
    }
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| {
        Error::corrupt("a security key of an account can't be read")
            .remedy("take it away with `chauban account forget-second-factor`; its holder registers it again")
            .because(error)
    })
}
