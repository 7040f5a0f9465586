//! Bodies of the events about accounts.

use serde::{Deserialize, Serialize};

/// Body of `account-proposed`: the whole of what the account is to be.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct AccountProposedBody {
    /// The name it signs in with, and acts under.
    pub name: String,
    /// What people call its holder.
    pub display_name: String,
    /// Names of its roles.
    pub roles: Vec<String>,
    /// Codes of the agencies it acts for; `None`: for the whole archive.
    pub agencies: Option<Vec<String>>,
    /// As whom a provider knows its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<AccountIdentity>,
    /// Why.
    pub reason: String,
}

/// As whom a provider of identities knows a person.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct AccountIdentity {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// The person, as that provider names them.
    pub subject: String,
}

/// Body of `account-confirmed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct AccountConfirmedBody {
    /// Ledger index of the proposal.
    pub proposal: u64,
}

/// Body of `account-closed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
pub struct AccountClosedBody {
    /// Why.
    pub reason: String,
}
