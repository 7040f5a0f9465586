//! People as pages name them: by who they are, not by what their accounts are called.

use crate::archive::account::Account;
use crate::archive::disposal::printed_name;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use std::sync::Arc;

/// Whoever has or had an account.
pub struct Persons(Vec<Account>);

impl Persons {
    /// Of the archive, now.
    pub async fn of(service: &Arc<Service>) -> Result<Self, Problem> {
        Ok(Self(blocking(service.clone(), |service| service.archive()?.accounts()).await?))
    }

    /// Who has an account; the name as it is, where none is called so: on the command line anybody may be named.
    pub fn holder(&self, account: &str) -> String {
        printed_name(&self.0, account.to_owned())
    }
}
