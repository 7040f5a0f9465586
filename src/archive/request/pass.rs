//! What opens a reading copy: a pass that its reader is shown once.
//!
//! A pass has a name, and a secret of 160 random bits. Kept is the secret's SHA-256 alone, in a file of `state/passes/` that is
//! called by the name, so that a stolen folder opens nothing. A pass opens what its request says and no more: each look asks
//! the events of the request, too, so nothing that lies here opens a request that is closed, whose pass was revoked or that
//! has another pass since. Not a truth: losing the folder costs each reader a new pass. What ended is forgotten some days
//! later, when another pass is made.

use crate::archive::places::Places;
use crate::cipher;
use crate::digest::{Sha256, hex, unhex};
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::request::FORGOTTEN;
use crate::time::{Clock, Micros};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Where they lie in the archive.
pub const FOLDER: &str = "state/passes";
const FILE_BYTES_MAX: u64 = 4096;
const NAME_BYTES: usize = 16;
/// Nobody guesses a secret in its days, at any pace.
const SECRET_BYTES: usize = 20;

/// A pass that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Its name.
    pub id: Uuid,
    /// The request whose records it opens.
    pub request: Uuid,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    request: Uuid,
    /// SHA-256 of the secret.
    secret: String,
    /// From when it opens nothing, microseconds.
    ends: u64,
}

/// The passes of one archive.
pub struct Passes {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
}

impl Passes {
    /// Those of the archive at `places`.
    pub fn new(places: &Places, clock: Arc<dyn Clock>) -> Self {
        Self { disk: places.disks().archive, clock }
    }

    /// Makes a pass: its name, and its text, which nobody sees again. It opens nothing before an event says that it does.
    pub(super) fn make(&self, request: Uuid, ends: Micros) -> Result<(Uuid, String)> {
        self.forget()?;
        let (id, secret) = (Uuid::from_bytes(cipher::random()), cipher::random::<SECRET_BYTES>());
        let kept = Kept { request, secret: hashed(&secret).to_string(), ends: ends.0 };
        let bytes = serde_json::to_vec(&kept).map_err(|error| Error::invalid("a pass").because(error))?;
        self.disk.create_dir(FOLDER)?;
        disk::replace(self.disk.as_ref(), &path(id), &bytes)?;
        Ok((id, format!("{}{}", hex(id.as_bytes()), hex(&secret))))
    }

    /// The pass that a text is, unless it has ended.
    pub fn of(&self, text: &str) -> Result<Option<Pass>> {
        let bytes = unhex(text.trim()).filter(|bytes| bytes.len() == NAME_BYTES + SECRET_BYTES);
        let Some((id, secret)) = bytes.as_deref().and_then(<[u8]>::split_first_chunk::<NAME_BYTES>) else {
            return Ok(None);
        };
        let id = Uuid::from_bytes(*id);
        let Some(kept) = self.read(&path(id))? else { return Ok(None) };
        let given = hashed(secret).to_string();
        let is_it = verify_slices_are_equal(given.as_bytes(), kept.secret.as_bytes()).is_ok();
        Ok((is_it && self.clock.wall().0 < kept.ends).then_some(Pass { id, request: kept.request }))
    }

    /// Takes away what opened a request, but the pass that is still to open it.
    pub(super) fn end(&self, request: Uuid, but: Option<Uuid>) -> Result<()> {
        self.remove(|id, kept| kept.request == request && Some(id) != but)
    }

    fn forget(&self) -> Result<()> {
        let (now, days) = (self.clock.wall(), Duration::from_secs(24 * 3600 * u64::from(FORGOTTEN.days)));
        self.remove(|_, kept| Duration::from_micros(now.0.saturating_sub(kept.ends)) >= days)
    }

    fn remove(&self, is_meant: impl Fn(Uuid, &Kept) -> bool) -> Result<()> {
        let listed = match self.disk.list(FOLDER) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            listed => listed?,
        };
        for id in listed.iter().filter_map(|one| Uuid::try_parse(one.name.strip_suffix(".json")?).ok()) {
            // One that another took away since is gone.
            if self.read(&path(id))?.is_some_and(|kept| is_meant(id, &kept)) {
                match self.disk.remove(&path(id)) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Option<Kept>> {
        let Some(bytes) = disk::read(self.disk.as_ref(), path, FILE_BYTES_MAX)? else { return Ok(None) };
        let kept = serde_json::from_slice(&bytes).map_err(|error| {
            Error::corrupt("a pass's file is damaged").remedy("remove it from state/passes").because(error)
        })?;
        Ok(Some(kept))
    }
}

fn hashed(secret: &[u8]) -> Sha256 {
    Sha256::of_parts(&[b"reading copy\0", secret])
}

fn path(id: Uuid) -> String {
    disk::join(FOLDER, &format!("{id}.json"))
}

#[cfg(test)]
mod tests;
