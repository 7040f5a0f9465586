//! What every request shares: the archive, kept up with its writer; accounts, passwords, sessions.
//!
//! Reads beside whoever writes and holds no lock on the archive. Accounts are folded from their events once for each size of
//! the ledger, so that a change of rights counts with the next request.

use crate::archive::account::credential::Credentials;
use crate::archive::account::session::Sessions;
use crate::archive::account::{Account, Standing};
use crate::archive::{Places, Reading};
use crate::error::{Error, Result};
use crate::time::{Clock, SystemClock};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How old the view of the archive may be: a person does not notice, and a burst of requests costs one look.
const VIEW_AGE_MAX: Duration = Duration::from_millis(100);

/// What every request shares.
pub struct Service {
    reading: Reading,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Passwords.
    pub credentials: Credentials,
    /// Sessions.
    pub sessions: Sessions,
    /// What the browser is to be told about this address.
    pub address: Address,
    looked: Mutex<Looked>,
    accounts: RwLock<Arc<Accounts>>,
}

/// How browsers reach the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// As it listens, on a loopback address.
    Loopback,
    /// Through a web server with TLS: `https://` and the name.
    Https(String),
}

#[derive(Clone, Copy)]
struct Looked {
    at: Instant,
    size: u64,
}

/// The accounts as of one size of the ledger.
#[derive(Default)]
struct Accounts {
    size: u64,
    by_id: HashMap<Uuid, Account>,
}

impl Service {
    /// Opens the archive for serving.
    pub fn open(places: &Places, address: Address) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let reading = Reading::open(places)?;
        let size = reading.catch_up()?;
        Ok(Self {
            reading,
            credentials: Credentials::new(places, clock.clone()),
            sessions: Sessions::open(places, clock.clone())?,
            clock,
            address,
            looked: Mutex::new(Looked { at: Instant::now(), size }),
            accounts: RwLock::default(),
        })
    }

    /// The archive, as it was a moment ago at most.
    pub fn archive(&self) -> Result<&Reading> {
        self.size()?;
        Ok(&self.reading)
    }

    /// The open account with this identifier.
    pub fn account(&self, id: Uuid) -> Result<Option<Account>> {
        Ok(self.accounts()?.by_id.get(&id).filter(|one| one.standing == Standing::Open).cloned())
    }

    /// The open account with this name.
    pub fn account_named(&self, name: &str) -> Result<Option<Account>> {
        let accounts = self.accounts()?;
        Ok(accounts.by_id.values().find(|one| one.name == name && one.standing == Standing::Open).cloned())
    }

    fn accounts(&self) -> Result<Arc<Accounts>> {
        let died = |_| Error::unavailable("a holder of the accounts died");
        let size = self.size()?;
        let known = self.accounts.read().map_err(|_| died(()))?.clone();
        if known.size == size {
            return Ok(known);
        }
        let by_id = self.reading.accounts()?.into_iter().map(|one| (one.id, one)).collect();
        let fresh = Arc::new(Accounts { size, by_id });
        *self.accounts.write().map_err(|_| died(()))? = fresh.clone();
        Ok(fresh)
    }

    /// Size of the ledger that is shown.
    fn size(&self) -> Result<u64> {
        let mut looked = self.looked.lock().map_err(|_| Error::unavailable("a look at the archive died"))?;
        if looked.at.elapsed() > VIEW_AGE_MAX {
            *looked = Looked { size: self.reading.catch_up()?, at: Instant::now() };
        }
        Ok(looked.size)
    }
}

/// Does what may block away from the threads that talk to browsers.
pub async fn blocking<T: Send + 'static>(
    service: Arc<Service>,
    work: impl FnOnce(&Service) -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(move || work(&service)).await;
    done.map_err(|error| Error::unavailable("the request's work died").because(error))?
}
