//! API tokens: how an agency's system acts as an account, within what the token is for.
//!
//! A token is 256 random bits that its holder is shown once; kept is their SHA-256, as the name of a file in `state/tokens/`,
//! so that a stolen folder opens nothing. The file is read at every request, so a token that is revoked on the command line
//! opens nothing from the next one on. When it was last used lies in a file beside it: noting a use must not bring a token
//! back that was revoked meanwhile. Not a truth: losing the folder ends every token.
//!
//! In the place of a secret a token may be opened by a client's certificate, whose fingerprint it is kept under. That the
//! certificate is one of a trusted authority, and that the client has its key, the connection has made sure of.

use crate::archive::places::Places;
use crate::auth::rights::Action;
use crate::cipher;
use crate::digest::{Sha256, hex, unhex};
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/tokens";
/// What tokens begin with: people and programs that look for secrets in files know it by that.
pub const PREFIX: &str = "chauban_";
/// Longest life of a token.
pub const DAYS_MAX: u32 = 366;
/// Tokens that one account may have.
pub const PER_ACCOUNT_MAX: usize = 16;
/// Longest label, characters.
pub const LABEL_MAX: usize = 100;
/// A use is noted when the last note is so old.
const NOTED_EVERY: Duration = Duration::from_secs(60);
const FILE_BYTES_MAX: u64 = 4096;

/// What a token is to be.
pub struct Wanted {
    /// As whom it acts.
    pub account: Uuid,
    /// What its holder calls it: the system that has it.
    pub label: String,
    /// What it is for; the account must be allowed it, too.
    pub actions: BTreeSet<Action>,
    /// How long it opens anything, days.
    pub days: u32,
    /// SHA-256 of the client's certificate that opens it; `None`: a secret does.
    pub certificate: Option<Sha256>,
}

/// What opens a token.
#[derive(Clone, Copy)]
pub enum Key<'a> {
    /// Its text.
    Secret(&'a str),
    /// SHA-256 of a certificate that the other end of a connection proved to have.
    Certificate(Sha256),
}

/// A token, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names it; opens nothing.
    pub id: Uuid,
    /// As whom it acts.
    pub account: Uuid,
    /// What its holder calls it.
    pub label: String,
    /// What it is for.
    pub actions: BTreeSet<Action>,
    /// When it was made.
    pub made: Micros,
    /// From when it opens nothing.
    pub ends: Micros,
    /// When it was last used, to the minute.
    pub used: Option<Micros>,
    /// Whether a certificate opens it, not a secret.
    pub by_certificate: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    id: Uuid,
    account: Uuid,
    label: String,
    actions: Vec<String>,
    made: u64,
    ends: u64,
    #[serde(default)]
    by_certificate: bool,
}

/// The tokens of one archive.
pub struct Tokens {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
}

/// Whether a token may be for an action: never for what looks after the account itself, wants a person's proof, or is a vote
/// or a decision.
pub fn may_be_for(action: Action) -> bool {
    let is_nobodys = matches!(action, Action::ReadPublic | Action::SignIn | Action::ReadByPass);
    let is_own = matches!(action, Action::KeepOwnAccount | Action::KeepOwnFactors);
    let is_a_persons = matches!(action, Action::ReviewDisposal | Action::DecideDisposal);
    !is_nobodys && !is_own && !is_a_persons && !action.wants_fresh_proof()
}

impl Tokens {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { disk: places.disks().archive, clock }
    }

    /// Makes a token; its text, which nobody sees again, unless a certificate opens it.
    pub fn make(&self, wanted: Wanted) -> Result<(Token, Option<String>)> {
        wanted.check()?;
        if self.of_account(wanted.account)?.len() >= PER_ACCOUNT_MAX {
            return Err(Error::conflict("the account has as many tokens as it may").remedy("revoke one first"));
        }
        let secret: [u8; 32] = cipher::random();
        let made = self.clock.wall();
        let life = Duration::from_secs(24 * 3600 * u64::from(wanted.days));
        let kept = Kept {
            id: Uuid::from_bytes(cipher::random()),
            account: wanted.account,
            label: wanted.label.trim().to_owned(),
            actions: wanted.actions.iter().map(|action| action.name().to_owned()).collect(),
            made: made.0,
            ends: made.0.saturating_add(u64::try_from(life.as_micros()).unwrap_or(u64::MAX)),
            by_certificate: wanted.certificate.is_some(),
        };
        let (name, text) = match wanted.certificate {
            Some(certificate) => (name_of_certificate(&certificate), None),
            None => (name(&secret), Some(format!("{PREFIX}{}", hex(&secret)))),
        };
        if self.read(&name)?.is_some() {
            return Err(Error::conflict("the certificate opens a token already").remedy("revoke that one first"));
        }
        self.disk.create_dir(FOLDER)?;
        let bytes = serde_json::to_vec(&kept).map_err(|error| Error::invalid("a token").because(error))?;
        disk::replace(self.disk.as_ref(), &path(&name, "json"), &bytes)?;
        Ok((self.token(kept, None), text))
    }

    /// The token that a key opens, unless it has ended; counts as use.
    pub fn of(&self, key: Key<'_>) -> Result<Option<Token>> {
        let name = match key {
            Key::Certificate(certificate) => Some(name_of_certificate(&certificate)),
            Key::Secret(text) => {
                let bytes = text.strip_prefix(PREFIX).and_then(unhex);
                bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).map(|secret| name(&secret))
            }
        };
        let Some(name) = name else { return Ok(None) };
        let Some(kept) = self.read(&name)? else { return Ok(None) };
        let now = self.clock.wall();
        if now.0 >= kept.ends {
            return Ok(None);
        }
        let used = self.used(&name)?;
        if used.is_none_or(|used| Duration::from_micros(now.0.saturating_sub(used.0)) >= NOTED_EVERY) {
            disk::replace(self.disk.as_ref(), &path(&name, "used"), now.0.to_string().as_bytes())?;
        }
        Ok(Some(self.token(kept, Some(now))))
    }

    /// Those of one account, the newest first; what has ended too.
    pub fn of_account(&self, account: Uuid) -> Result<Vec<Token>> {
        let mut own: Vec<Token> =
            self.all()?.into_iter().map(|(_, token)| token).filter(|token| token.account == account).collect();
        own.sort_by_key(|token| std::cmp::Reverse(token.made));
        Ok(own)
    }

    /// Ends a token of an account.
    pub fn revoke(&self, account: Uuid, id: Uuid) -> Result<()> {
        let found = self.all()?.into_iter().find(|(_, token)| token.account == account && token.id == id);
        let (name, _) = found.ok_or_else(|| Error::not_found("the account has no token of this identifier"))?;
        self.disk.remove(&path(&name, "json"))?;
        match self.disk.remove(&path(&name, "used")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Ends every token of an account; how many.
    pub fn revoke_all(&self, account: Uuid) -> Result<usize> {
        let own = self.of_account(account)?;
        own.iter().try_for_each(|token| self.revoke(account, token.id))?;
        Ok(own.len())
    }

    fn all(&self) -> Result<Vec<(Sha256, Token)>> {
        let listed = match self.disk.list(FOLDER) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let names = listed.iter().filter_map(|one| one.name.strip_suffix(".json")?.parse::<Sha256>().ok());
        let mut tokens = Vec::new();
        for name in names {
            // One that was revoked since the folder was listed is none.
            let Some(kept) = self.read(&name)? else { continue };
            tokens.push((name, self.token(kept, self.used(&name)?)));
        }
        Ok(tokens)
    }

    fn token(&self, kept: Kept, used: Option<Micros>) -> Token {
        Token {
            id: kept.id,
            account: kept.account,
            label: kept.label,
            actions: kept.actions.iter().filter_map(|name| name.parse().ok()).collect(),
            made: Micros(kept.made),
            ends: Micros(kept.ends),
            used,
            by_certificate: kept.by_certificate,
        }
    }

    fn read(&self, name: &Sha256) -> Result<Option<Kept>> {
        let bytes = disk::read(self.disk.as_ref(), &path(name, "json"), FILE_BYTES_MAX)?;
        let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        bytes.map(read).transpose().map_err(|error| {
            Error::corrupt("a token's file is damaged").remedy("remove it from state/tokens").because(error)
        })
    }

    fn used(&self, name: &Sha256) -> Result<Option<Micros>> {
        let bytes = disk::read(self.disk.as_ref(), &path(name, "used"), FILE_BYTES_MAX)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()).map(Micros))
    }
}

impl Wanted {
    fn check(&self) -> Result<()> {
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > LABEL_MAX || label.chars().any(char::is_control) {
            return Err(Error::invalid("a token has a label of a line, 100 characters at most"));
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            return Err(Error::invalid("a token opens something for 1 to 366 days"));
        }
        if self.actions.is_empty() || !self.actions.iter().copied().all(may_be_for) {
            return Err(Error::invalid(
                "a token is for one action at least, and for none that looks after the account",
            ));
        }
        let shown = self.actions.iter().filter_map(|action| Some((action, action.shows()?)));
        match shown.into_iter().find(|(_, shown)| !self.actions.contains(shown)) {
            Some((action, shown)) => {
                let (action, shown) = (action.name(), shown.name());
                let what =
                    format!("the answers to {action} show what {shown} reads: a token is for both, or for neither");
                Err(Error::invalid(what))
            }
            None => Ok(()),
        }
    }
}

fn name(secret: &[u8; 32]) -> Sha256 {
    Sha256::of_parts(&[b"token\0", secret])
}

fn name_of_certificate(certificate: &Sha256) -> Sha256 {
    Sha256::of_parts(&[b"certificate\0", &certificate.0])
}

fn path(name: &Sha256, kind: &str) -> String {
    disk::join(FOLDER, &format!("{name}.{kind}"))
}
