//! Accounts: who may act through the service, and what they are, as events.
//!
//! What an account is to be is *proposed* by one person and counts once another has *confirmed* it (Decree 30/2020
//! Annex VI asks that a change of rights is noticed and confirmed; that it waits until then is this archive's choice).
//! Only the first is confirmed by who proposes it: nobody else is there. Closing takes rights away and counts at once.
//! Nothing is ever forgotten, so the ledger says who could do what at any time.
//!
//! That a provider's word opens an account (`link`) is part of what the account is, and waits in the same way.
//!
//! Passwords and sessions are no events: they are secret and change daily. They lie in `state/` (`credential`, `session`,
//! `token`), and so do the searches that people keep (`searches`).

pub mod challenge;
pub mod credential;
mod first;
mod link;
pub mod provider;
pub mod searches;
pub mod session;
pub mod token;

use super::announce::Heading;
use super::body::{AccountClosedBody, AccountConfirmedBody, AccountProposedBody};
use super::describe::Seen;
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::auth::rights::{Grants, Reach, Role};
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::record::AgencyCode;
use std::collections::BTreeSet;
use uuid::Uuid;

pub use first::{FirstPassword, first_administrator};
pub use link::{Identity, link, unlink};

/// Longest name of an account, characters.
pub const NAME_MAX: usize = 64;
/// Longest name of a person, characters.
pub const DISPLAY_NAME_MAX: usize = 200;
/// Most agencies that one account acts for.
const AGENCIES_MAX: usize = 1000;

/// What somebody wants an account to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name it signs in with.
    pub name: String,
    /// What people call its holder.
    pub display_name: String,
    /// What it is.
    pub roles: BTreeSet<Role>,
    /// For whom.
    pub reach: Reach,
    /// As whom a provider knows its holder, who may sign in by that.
    pub identity: Option<Identity>,
    /// Why.
    pub reason: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: Uuid,
    /// The name it signs in with, and acts under.
    pub name: String,
    /// What people call its holder.
    pub display_name: String,
    /// What it is, by what was confirmed; nothing before the first confirmation, and after it was closed.
    pub grants: Grants,
    /// As whom a provider knows its holder, by what was confirmed.
    pub identity: Option<Identity>,
    /// Where it stands.
    pub standing: Standing,
    /// What waits for confirmation.
    pub proposal: Option<Proposal>,
}

/// Where an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing of it was confirmed yet.
    Proposed,
    /// It may be used.
    Open,
    /// It may not be used any more.
    Closed,
}

/// What waits for confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Ledger index of its event.
    pub index: u64,
    /// What the account is to be.
    pub wanted: Wanted,
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: String,
    actor: ActorId,
}

impl Archive {
    /// Every account there ever was, in the order of their making.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        let ids = self.catalog.accounts().map_err(project::catalog)?;
        ids.into_iter().map(|id| self.account(id)).collect()
    }

    /// The account with this name that is not closed.
    pub fn account_named(&self, name: &str) -> Result<Account> {
        let found = self.accounts()?.into_iter().find(|one| one.name == name && one.standing != Standing::Closed);
        found.ok_or_else(|| {
            Error::not_found(format!("there is no account {name:?}")).remedy("`chauban account list` lists them")
        })
    }

    fn account(&self, id: Uuid) -> Result<Account> {
        let mut account: Option<Account> = None;
        for (index, row) in self.catalog.events(id).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            match entry.kind {
                EventKind::AccountProposed => {
                    let wanted = Wanted::read(self.body_of(&row)?)?;
                    let by = self.catalog.actor_name(entry.actor).map_err(project::catalog)?;
                    let by = by.unwrap_or_else(|| entry.actor.to_string());
                    let now = account.get_or_insert_with(|| Account::new(id, &wanted));
                    let at = entry.time.to_string();
                    now.proposal = Some(Proposal { index, wanted, by, at, actor: entry.actor });
                }
                EventKind::AccountConfirmed => {
                    let AccountConfirmedBody { proposal } = self.body_of(&row)?;
                    let account = account.as_mut().ok_or_else(damaged)?;
                    // Builds before 0.1 let two confirmations of one proposal through: the second confirms nothing.
                    if let Some(waiting) = account.proposal.take_if(|waiting| waiting.index == proposal) {
                        account.become_what_was(waiting.wanted);
                    }
                }
                EventKind::AccountClosed => {
                    let account = account.as_mut().ok_or_else(damaged)?;
                    (account.grants, account.identity) = (Grants::default(), None);
                    (account.standing, account.proposal) = (Standing::Closed, None);
                }
                _ => {}
            }
        }
        account.ok_or_else(damaged)
    }
}

impl Account {
    fn new(id: Uuid, wanted: &Wanted) -> Self {
        Self {
            id,
            name: wanted.name.clone(),
            display_name: wanted.display_name.clone(),
            grants: Grants::default(),
            identity: None,
            standing: Standing::Proposed,
            proposal: None,
        }
    }

    fn become_what_was(&mut self, wanted: Wanted) {
        (self.display_name, self.identity) = (wanted.display_name, wanted.identity);
        self.grants = Grants { roles: wanted.roles, reach: wanted.reach, ..Grants::default() };
        self.standing = Standing::Open;
    }
}

/// Proposes an account, or that an account becomes something else; as whom a provider knows its holder stays. The first
/// account that is not closed counts at once, and must be an administrator's.
pub fn propose(archive: &Writing, wanted: &Wanted, actor: &str) -> Result<Account> {
    wanted.check()?;
    let _orders = archive.orders()?;
    let accounts = archive.accounts()?;
    let own = accounts.iter().find(|one| one.name == wanted.name && one.standing != Standing::Closed);
    let wanted = &Wanted { identity: own.and_then(|own| own.identity.clone()), ..wanted.clone() };
    let is_first = accounts.iter().all(|one| one.standing == Standing::Closed);
    if is_first && !wanted.roles.contains(&Role::Administrator) {
        return Err(Error::invalid("the first account is an administrator's")
            .remedy("begin with `chauban account add NAME --role administrator`"));
    }
    let id = own.map_or_else(|| archive.new_id(), |own| own.id);
    let actor = archive.actor(actor)?;
    let proposal = record(archive, EventKind::AccountProposed, id, &wanted.body(), actor)?;
    if is_first {
        record(archive, EventKind::AccountConfirmed, id, &AccountConfirmedBody { proposal }, actor)?;
    }
    archive.account(id)
}

/// Confirms what is proposed for an account, as another person than proposed it and than its holder. `seen` is what they
/// saw that it is to be: something else that waits by now is not confirmed.
pub fn confirm(archive: &Writing, name: &str, seen: Seen, actor: &str) -> Result<Account> {
    let _orders = archive.orders()?;
    let account = archive.account_named(name)?;
    let waiting = account.proposal.ok_or_else(|| Error::conflict(format!("nothing is proposed for {name}")))?;
    if !seen.is(waiting.index) {
        return Err(Error::conflict("something else is proposed for the account since it was seen")
            .remedy("look at it again, and confirm what waits now"));
    }
    let by = archive.actor(actor)?;
    if waiting.by == actor || waiting.actor == by || actor == account.name {
        return Err(Error::denied("another person must confirm it than proposed it, and than the account's holder")
            .remedy("let a second person confirm it, under their own name"));
    }
    link::check_free(archive, waiting.wanted.identity.as_ref(), account.id)?;
    record(archive, EventKind::AccountConfirmed, account.id, &AccountConfirmedBody { proposal: waiting.index }, by)?;
    archive.account(account.id)
}

/// Closes an account: it may not be used from now on.
pub fn close(archive: &Writing, name: &str, reason: &str, actor: &str) -> Result<Account> {
    if reason.trim().is_empty() {
        return Err(Error::invalid("say why the account is closed").remedy("give --reason"));
    }
    let _orders = archive.orders()?;
    let account = archive.account_named(name)?;
    let actor = archive.actor(actor)?;
    let body = AccountClosedBody { reason: reason.trim().to_owned() };
    record(archive, EventKind::AccountClosed, account.id, &body, actor)?;
    archive.account(account.id)
}

fn record(archive: &Writing, kind: EventKind, id: Uuid, body: &impl serde::Serialize, actor: ActorId) -> Result<u64> {
    let scope = archive.scope(Bucket::Archive, actor)?;
    let event = archive.announcer()?.with_body(Heading { kind, id, actor, rule: None }, scope, Vec::new(), body)?;
    let committed = archive.commit(vec![event])?;
    committed.first().map(|event| event.index).ok_or_else(damaged)
}

impl Wanted {
    /// Whether there can be such an account.
    pub fn check(&self) -> Result<()> {
        let name = self.name.as_str();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '@');
        if !(2..=NAME_MAX).contains(&name.len()) || !name.chars().all(fits) {
            return Err(Error::invalid(format!("{name:?} can't be the name of an account"))
                .remedy("use 2 to 64 of a-z, 0-9, full stop, hyphen, underscore and @"));
        }
        let words = [&self.display_name, &self.reason];
        if words.iter().any(|text| text.trim().is_empty() || text.chars().any(char::is_control))
            || self.display_name.chars().count() > DISPLAY_NAME_MAX
        {
            return Err(Error::invalid("an account has a holder's name and a reason, each a line of text"));
        }
        if self.roles.is_empty() {
            return Err(Error::invalid("an account has a role at least").remedy("give --role"));
        }
        if self.roles.contains(&Role::Administrator) && self.roles.len() > 1 {
            return Err(Error::invalid("an administrator is nothing else: who keeps the system reads no content")
                .remedy("give the person's other work an account of its own"));
        }
        match &self.reach {
            Reach::Everything if self.roles.contains(&Role::TransferringOfficer) => {
                Err(Error::invalid("a transferring officer acts for agencies").remedy("name them with --agency"))
            }
            Reach::Agencies(agencies) if agencies.is_empty() || agencies.len() > AGENCIES_MAX => {
                Err(Error::invalid("an account acts for 1 to 1000 agencies, or for the whole archive"))
            }
            Reach::Nothing => Err(Error::invalid("an account acts for agencies, or for the whole archive")),
            Reach::Everything | Reach::Agencies(_) => Ok(()),
        }
    }

    fn body(&self) -> AccountProposedBody {
        AccountProposedBody {
            name: self.name.clone(),
            display_name: self.display_name.trim().to_owned(),
            roles: self.roles.iter().map(|role| role.name().to_owned()).collect(),
            agencies: match &self.reach {
                Reach::Agencies(agencies) => Some(agencies.iter().map(ToString::to_string).collect()),
                Reach::Everything | Reach::Nothing => None,
            },
            identity: self.identity.as_ref().map(Identity::body),
            reason: self.reason.trim().to_owned(),
        }
    }

    fn read(body: AccountProposedBody) -> Result<Self> {
        let roles: Result<BTreeSet<Role>, _> = body.roles.iter().map(|role| role.parse()).collect();
        let agencies = body.agencies.map(|codes| codes.iter().map(|code| code.parse()).collect::<Result<_, _>>());
        let agencies: Option<Vec<AgencyCode>> = agencies.transpose().map_err(|_| damaged())?;
        Ok(Self {
            name: body.name,
            display_name: body.display_name,
            roles: roles.map_err(|_| damaged())?,
            reach: agencies.map_or(Reach::Everything, Reach::Agencies),
            identity: body.identity.map(Identity::read),
            reason: body.reason,
        })
    }
}

fn damaged() -> Error {
    Error::corrupt("the body of an account is not in its form")
}
