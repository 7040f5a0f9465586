//! The first administrator, made with the archive: an account that counts at once, and one way in.
//!
//! There is no default password and none is chosen by anybody: it is random, told once, must be changed at the first
//! sign-in and opens nothing after [`SET_BY_ANOTHER_FOR`]. That the account was made is two events, as of every account.

use super::credential::{Credentials, SET_BY_ANOTHER_FOR, SetBy, first_password};
use super::{Account, Wanted, propose};
use crate::archive::writing::Writing;
use crate::auth::rights::{Reach, Role};
use crate::error::{Error, Result};
use crate::time::Micros;
use std::collections::BTreeSet;

/// A password that is told once.
pub struct FirstPassword {
    /// As its holder types it.
    pub text: String,
    /// From when it opens nothing.
    pub ends: Micros,
}

impl Wanted {
    /// An administrator of the whole archive, who is there before anybody else.
    pub fn first_administrator(name: String, display_name: String) -> Self {
        let reason = "first administrator, made with the archive".to_owned();
        let (roles, reach) = (BTreeSet::from([Role::Administrator]), Reach::Everything);
        Self { name, display_name, roles, reach, identity: None, reason }
    }
}

/// Makes the first account of an archive that has none, and its password. If we crash in between it has no password, and
/// nobody signs in before `chauban account password` sets one.
pub fn first_administrator(
    archive: &Writing,
    credentials: &Credentials,
    wanted: &Wanted,
    actor: &str,
) -> Result<(Account, FirstPassword)> {
    if !archive.accounts()?.is_empty() {
        return Err(Error::conflict("the archive has accounts already").remedy("add one with `chauban account add`"));
    }
    let account = propose(archive, wanted, actor)?;
    let text = first_password();
    credentials.set(account.id, &account.name, &text, SetBy::Another)?;
    let set_at = credentials.set_at(account.id)?.unwrap_or(Micros(0));
    let life = u64::try_from(SET_BY_ANOTHER_FOR.as_micros()).unwrap_or(u64::MAX);
    Ok((account, FirstPassword { text, ends: Micros(set_at.0.saturating_add(life)) }))
}
