//! Webhooks: an agency's system is told over HTTPS what became of the agency's transfers, instead of asking again and again.
//!
//! What is told is events of the ledger, from the one on with which the webhook was made: each has a *cursor*, and no queue
//! that could be lost, fill up or hold up a commit. A cursor moves on when the other side took what it was told; so every
//! event is told at least once, in order, across restarts, and with the same `webhook-id` each time. What fails is tried
//! again ever more seldom, for three days; then the webhook is disabled until an administrator resumes it, and what happened
//! meanwhile is told then.
//!
//! Registrations lie in `state/webhooks/`, the secret wrapped under a key of the root key: like tokens they are secret, and
//! no events. A registration and how far it is are two files: noting progress must not bring back what was removed.

mod deliver;
mod sign;
mod tell;

pub use deliver::Deliverer;
pub use sign::SECRET_PREFIX;

use super::evidence_source::Via;
use super::format::Format;
use super::places::{Disks, Places};
use crate::cipher::{self, Secret};
use crate::digest::{hex, unhex};
use crate::disk;
use crate::error::{Error, Result};
use crate::network::{Address, Host, Reach};
use crate::record::AgencyCode;
use crate::time::{Clock, Micros};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/webhooks";
/// Webhooks that an archive may have: an agency of a province each, twice over.
pub const WEBHOOKS_MAX: usize = 256;
/// Random bytes of a secret (Standard Webhooks: 24 to 64).
const SECRET_BYTES: usize = 32;
const FILE_BYTES_MAX: u64 = 8192;
/// Bound to the wrapped secret, with the webhook's identifier.
const CONTEXT: &[u8] = b"webhook";

/// What a webhook is to be.
pub struct Wanted {
    /// The agency whose transfers it is about, with those under it.
    pub agency: AgencyCode,
    /// Where it is told: `https` alone.
    pub url: String,
    /// The machine to connect to whatever the name leads to; `None`: a public one.
    pub via: Option<Via>,
    /// Who makes it.
    pub by: String,
}

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Names it.
    pub id: Uuid,
    /// Code of the agency.
    pub agency: AgencyCode,
    /// Where it is told.
    pub url: Address,
    /// The machine to connect to.
    pub via: Option<Via>,
    /// Who made it.
    pub by: String,
    /// When.
    pub made: Micros,
    /// Where it stands.
    pub standing: Standing,
    /// Ledger index from which events are still to be told.
    pub cursor: u64,
}

/// Where a webhook stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// What there was to tell was taken.
    Well,
    /// It was not taken, and will be tried again.
    Failing {
        /// How often in a row.
        tries: u32,
        /// When it is tried again.
        next: Micros,
        /// What happened the last time.
        why: String,
    },
    /// It is not tried any more.
    Disabled {
        /// Since when.
        since: Micros,
        /// What happened the last time.
        why: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    agency: String,
    url: String,
    via: Option<String>,
    by: String,
    made: u64,
    from: u64,
    /// The secret, wrapped; hexadecimal.
    secret: String,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Progress {
    cursor: u64,
    tries: u32,
    at: u64,
    why: String,
    disabled: bool,
}

/// The webhooks of one archive.
pub struct Webhooks {
    disks: Disks,
    clock: Arc<dyn Clock>,
}

impl Webhooks {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { disks: places.disks(), clock }
    }

    /// Makes a webhook that is told what happens from the ledger's size `from` on; and its secret, which nobody sees again.
    pub fn make(&self, wanted: Wanted, from: u64) -> Result<(Webhook, String)> {
        let url = wanted.url.parse::<Address>().ok().filter(Address::is_https).ok_or_else(|| {
            Error::invalid("a webhook is told at an https address").remedy("give https:// with host and path")
        })?;
        let is_public_ip = |ip: &std::net::IpAddr| crate::network::is_public(*ip);
        if wanted.via.is_none() && matches!(url.host(), Host::Ip(ip) if !is_public_ip(ip)) {
            return Err(Error::invalid("the address is none of the public internet")
                .remedy("where it is meant, name the machine on the server: `chauban webhook add --via`"));
        }
        if self.all()?.len() >= WEBHOOKS_MAX {
            return Err(Error::conflict("the archive has as many webhooks as it may").remedy("remove one first"));
        }
        let (id, secret): (_, [u8; SECRET_BYTES]) = (Uuid::from_bytes(cipher::random()), cipher::random());
        let wrapped = cipher::wrap(&self.key(id)?, &[CONTEXT, id.as_bytes()], &secret);
        let kept = Kept {
            agency: wanted.agency.to_string(),
            url: url.to_string(),
            via: wanted.via.map(|via| via.to_string()),
            by: wanted.by,
            made: self.clock.wall().0,
            from,
            secret: hex(&wrapped),
        };
        self.disks.archive.create_dir(FOLDER)?;
        self.write(&path(id, "json"), &kept)?;
        let made = self.of(id)?.ok_or_else(damaged)?;
        Ok((made, sign::secret_text(&secret)))
    }

    /// All of them, the oldest first.
    pub fn all(&self) -> Result<Vec<Webhook>> {
        let listed = match self.disks.archive.list(FOLDER) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let ids = listed.iter().filter_map(|one| Uuid::try_parse(one.name.strip_suffix(".json")?).ok());
        // One that was removed since the folder was listed is none.
        let mut all: Vec<Webhook> = ids.filter_map(|id| self.of(id).transpose()).collect::<Result<_>>()?;
        all.sort_by_key(|one| (one.made, one.id));
        Ok(all)
    }

    /// Removes one; nothing is told from now on.
    pub fn remove(&self, id: Uuid) -> Result<()> {
        self.known(id)?;
        self.disks.archive.remove(&path(id, "json"))?;
        match self.disks.archive.remove(&path(id, "progress")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Has one that fails or was disabled tried again at once, from where it stopped.
    pub fn resume(&self, id: Uuid) -> Result<Webhook> {
        let webhook = self.known(id)?;
        self.note(id, webhook.cursor, &Standing::Well)?;
        self.known(id)
    }

    fn known(&self, id: Uuid) -> Result<Webhook> {
        self.of(id)?.ok_or_else(|| {
            Error::not_found("there is no webhook of this identifier").remedy("`chauban webhook list` lists them")
        })
    }

    fn of(&self, id: Uuid) -> Result<Option<Webhook>> {
        let Some(kept) = self.read::<Kept>(&path(id, "json"))? else { return Ok(None) };
        let progress = self.read::<Progress>(&path(id, "progress"))?;
        let cursor = progress.as_ref().map_or(kept.from, |progress| progress.cursor);
        let standing = match progress {
            Some(Progress { disabled: true, at, why, .. }) => Standing::Disabled { since: Micros(at), why },
            Some(Progress { at, tries, why, .. }) if tries > 0 => Standing::Failing { tries, next: Micros(at), why },
            _ => Standing::Well,
        };
        Ok(Some(Webhook {
            id,
            agency: kept.agency.parse().map_err(|_| damaged())?,
            url: kept.url.parse().map_err(|_| damaged())?,
            via: kept.via.map(|via| via.parse().map_err(|_| damaged())).transpose()?,
            by: kept.by,
            made: Micros(kept.made),
            standing,
            cursor,
        }))
    }

    /// Notes how far a webhook is, unless it was removed meanwhile.
    fn note(&self, id: Uuid, cursor: u64, standing: &Standing) -> Result<()> {
        let progress = match standing {
            Standing::Well => Progress { cursor, tries: 0, at: 0, why: String::new(), disabled: false },
            Standing::Failing { tries, next, why } => {
                Progress { cursor, tries: *tries, at: next.0, why: why.clone(), disabled: false }
            }
            Standing::Disabled { since, why } => {
                Progress { cursor, tries: 0, at: since.0, why: why.clone(), disabled: true }
            }
        };
        self.write(&path(id, "progress"), &progress)
    }

    /// The secret of one.
    fn secret(&self, id: Uuid) -> Result<Vec<u8>> {
        let kept = self.read::<Kept>(&path(id, "json"))?.ok_or_else(damaged)?;
        let wrapped = unhex(&kept.secret).ok_or_else(damaged)?;
        cipher::unwrap(&self.key(id)?, &[CONTEXT, id.as_bytes()], &wrapped).map_err(|error| {
            Error::corrupt("the secret of a webhook does not open under the root key")
                .remedy("remove the webhook and make another")
                .because(error)
        })
    }

    /// The key of what is kept of one: of the root key, so that a copy of the archive's folder opens nothing.
    fn key(&self, id: Uuid) -> Result<Secret> {
        let archive = Format::read(self.disks.archive.as_ref())?.archive;
        let root = self.disks.root_key(archive)?;
        Ok(root.secret().derive(&[b"chauban/1 webhook", archive.as_bytes(), id.as_bytes()]))
    }

    fn read<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        let bytes = disk::read(self.disks.archive.as_ref(), path, FILE_BYTES_MAX)?;
        let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes);
        bytes.map(read).transpose().map_err(|error| damaged().because(error))
    }

    fn write(&self, path: &str, kept: &impl Serialize) -> Result<()> {
        let bytes = serde_json::to_vec(kept).map_err(|error| Error::invalid("a webhook").because(error))?;
        Ok(disk::replace(self.disks.archive.as_ref(), path, &bytes)?)
    }
}

impl Webhook {
    /// Which machines its address may lead to.
    fn reach(&self) -> Reach {
        match (self.via, self.url.host()) {
            (Some(via), _) => via.at(self.url.port()),
            (None, Host::Ip(ip)) => Reach::At(SocketAddr::new(*ip, self.url.port())),
            (None, Host::Name(_)) => Reach::Public,
        }
    }
}

fn damaged() -> Error {
    Error::corrupt("the file of a webhook is damaged").remedy("remove it from state/webhooks, and make another")
}

fn path(id: Uuid, kind: &str) -> String {
    disk::join(FOLDER, &format!("{id}.{kind}"))
}
