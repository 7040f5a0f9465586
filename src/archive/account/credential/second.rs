//! A second factor as it is kept beside the password.

use crate::auth::second::{RECOVERY_BYTES, RECOVERY_CODES, SECRET_BYTES, recovery_digest, step_of, typed};
use crate::cipher::{self, Secret};
use crate::digest::{hex, unhex};
use crate::error::{Error, Result};
use crate::time::Micros;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Bound to the wrapped secret, with the account.
const CONTEXT: &[u8] = b"second factor";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Second {
    /// The secret, wrapped; hexadecimal.
    secret: String,
    began: u64,
    /// When a device proved that it has the secret.
    confirmed: Option<u64>,
    /// Step of the newest code that was taken: none is taken twice.
    step: u64,
    /// SHA-256 of the recovery codes that were not used.
    recovery: Vec<String>,
}

impl Second {
    /// A new one, under a new secret.
    pub(super) fn new(key: &Secret, account: Uuid, now: Micros) -> Self {
        let secret: [u8; SECRET_BYTES] = cipher::random();
        let wrapped = cipher::wrap(key, &[CONTEXT, account.as_bytes()], &secret);
        Self { secret: hex(&wrapped), began: now.0, confirmed: None, step: 0, recovery: Vec::new() }
    }

    /// Whether it is asked for.
    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.is_some()
    }

    /// Recovery codes that were not used.
    pub(super) fn recovery_codes(&self) -> usize {
        self.recovery.len()
    }

    /// Its secret.
    pub(super) fn secret(&self, key: &Secret, account: Uuid) -> Result<Vec<u8>> {
        let opened =
            unhex(&self.secret).and_then(|wrapped| cipher::unwrap(key, &[CONTEXT, account.as_bytes()], &wrapped).ok());
        opened.ok_or_else(|| {
            Error::corrupt("the second factor of an account does not open under the root key")
                .remedy("take it away with `chauban account forget-second-factor`; its holder sets up another")
        })
    }

    /// Takes a code, of the device or a recovery code; each once.
    pub(super) fn take(&mut self, code: &str, key: &Secret, account: Uuid, now: Micros) -> Result<bool> {
        if let Some(digest) = recovery_digest(code) {
            let digest = digest.to_string();
            let before = self.recovery.len();
            self.recovery.retain(|kept| *kept != digest);
            return Ok(self.recovery.len() < before);
        }
        let step = step_of(code, &self.secret(key, account)?, now.seconds(), self.step);
        self.step = step.unwrap_or(self.step);
        Ok(step.is_some())
    }

    /// Confirms it; the recovery codes, or `None` where the code is not right.
    pub(super) fn confirm(
        &mut self,
        code: &str,
        key: &Secret,
        account: Uuid,
        now: Micros,
    ) -> Result<Option<Vec<String>>> {
        let Some(step) = step_of(code, &self.secret(key, account)?, now.seconds(), self.step) else { return Ok(None) };
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| typed(&cipher::random::<RECOVERY_BYTES>())).collect();
        self.recovery =
            codes.iter().filter_map(|code| recovery_digest(code)).map(|digest| digest.to_string()).collect();
        (self.step, self.confirmed) = (step, Some(now.0));
        Ok(Some(codes))
    }
}
