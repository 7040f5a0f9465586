//! Whose word opens an account beside its password: a provider's, about the one person whom it calls so.
//!
//! It is pinned by an administrator and confirmed by another, as everything an account is. Nobody is found by a name or a
//! mail address, which a provider may give to another person tomorrow, and no account is made of what a provider says.

use super::{Account, Standing, Wanted, record};
use crate::archive::body::AccountIdentity;
use crate::archive::writing::Writing;
use crate::auth::openid;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::EventKind;
use uuid::Uuid;

/// Longest name of a provider, bytes: it is an address.
const ISSUER_BYTES_MAX: usize = 2048;

/// As whom a provider knows a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The person, as that provider names them.
    pub subject: String,
}

impl Identity {
    /// Names it where who it is need not be told.
    pub fn digest(&self) -> String {
        Sha256::of_parts(&[b"identity\0", self.issuer.as_bytes(), b"\0", self.subject.as_bytes()]).to_string()
    }

    fn check(&self) -> Result<()> {
        if !openid::is_subject(&self.subject) {
            return Err(Error::invalid("a subject has 1 to 255 characters of ASCII, without spaces around")
                .remedy("give it as the refused sign-in showed it"));
        }
        let is_address = ["https://", "http://"].iter().any(|scheme| self.issuer.starts_with(scheme));
        if !is_address || self.issuer.len() > ISSUER_BYTES_MAX || !self.issuer.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::invalid("a provider is named by the address that its tokens have as issuer"));
        }
        Ok(())
    }

    pub(super) fn body(&self) -> AccountIdentity {
        AccountIdentity { issuer: self.issuer.clone(), subject: self.subject.clone() }
    }

    pub(super) fn read(body: AccountIdentity) -> Self {
        Self { issuer: body.issuer, subject: body.subject }
    }
}

/// Proposes that a provider's word opens an account.
pub fn link(archive: &Writing, name: &str, identity: Identity, reason: &str, actor: &str) -> Result<Account> {
    identity.check()?;
    let _orders = archive.orders()?;
    let account = archive.account_named(name)?;
    check_free(archive, Some(&identity), account.id)?;
    change(archive, account, Some(identity), reason, actor)
}

/// Proposes that no provider's word opens an account any more.
pub fn unlink(archive: &Writing, name: &str, reason: &str, actor: &str) -> Result<Account> {
    let _orders = archive.orders()?;
    let account = archive.account_named(name)?;
    if account.identity.is_none() {
        return Err(Error::conflict("no sign-in service is linked to the account"));
    }
    change(archive, account, None, reason, actor)
}

/// What is proposed is the whole of what the account is to be, so nothing else may wait beside it.
fn change(
    archive: &Writing,
    account: Account,
    identity: Option<Identity>,
    reason: &str,
    actor: &str,
) -> Result<Account> {
    if account.standing != Standing::Open || account.proposal.is_some() {
        return Err(Error::conflict("something else is proposed for the account, and waits for confirmation")
            .remedy("have it confirmed first"));
    }
    let wanted = Wanted {
        name: account.name,
        display_name: account.display_name,
        roles: account.grants.roles,
        reach: account.grants.reach,
        identity,
        reason: reason.to_owned(),
    };
    wanted.check()?;
    let actor = archive.actor(actor)?;
    record(archive, EventKind::AccountProposed, account.id, &wanted.body(), actor)?;
    archive.account(account.id)
}

/// One person at a provider is one account's holder at most.
pub(super) fn check_free(archive: &Writing, identity: Option<&Identity>, account: Uuid) -> Result<()> {
    let Some(identity) = identity else { return Ok(()) };
    let taken =
        archive.accounts()?.into_iter().find(|one| one.id != account && one.identity.as_ref() == Some(identity));
    match taken {
        None => Ok(()),
        Some(other) => {
            let name = other.name;
            Err(Error::conflict(format!("this person of the sign-in service is linked to the account {name}")))
        }
    }
}
