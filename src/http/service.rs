//! What every request shares: the archive, kept up with its writer; accounts, passwords, sessions.
//!
//! Reads beside whoever writes and holds no lock on the archive but while somebody changes something (`writer`). Accounts are folded from their events once for each size of
//! the ledger, so that a change of rights counts with the next request.

use super::guard::{Way, Who};
use super::metrics::Answered;
use super::pace::Pace;
use super::problem::Problem;
use super::turns::{Turn, Turns};
use crate::archive::account::challenge::Challenges;
use crate::archive::account::credential::{Credentials, Factors};
use crate::archive::account::provider::{Failure, Provider};
use crate::archive::account::searches::Searches;
use crate::archive::account::session::{Sessions, Token};
use crate::archive::account::token::{Key, Tokens};
use crate::archive::account::{Account, Identity, Standing};
use crate::archive::census::Census;
use crate::archive::fixity::Fixity;
use crate::archive::reads::Reads;
use crate::archive::request::{Passes, Register};
use crate::archive::retention::candidate::Filter;
use crate::archive::retention::survey::{By, Due, Evaluation, Wanted};
use crate::archive::retention::today;
use crate::archive::transfer::Transfers;
use crate::archive::webhook::Webhooks;
use crate::archive::{Places, Reading, Rounds, Writing};
use crate::auth::rights::Role;
use crate::auth::webauthn::RelyingParty;
use crate::error::{Error, Result};
use crate::http::again::Answers;
use crate::http::handed::Desk;
use crate::http::job::Jobs;
use crate::http::remembered::Remembered;
use crate::http::writer::Writer;
use crate::time::{Clock, SystemClock};
use axum::http::{HeaderMap, header};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How old the view of the archive may be: a person does not notice, and a burst of requests costs one look.
const VIEW_AGE_MAX: Duration = Duration::from_millis(100);
/// Conversations with the provider at once, of the threads that all requests share.
const PROVIDER_TURNS: usize = 2;
/// How far the first page looks ahead: ten years, as the shortest periods that are counted in tens.
const HORIZON_MONTHS: u32 = 120;
/// Counts of what is due that are kept: those of a dozen people with questions of their own.
const DUE_KEPT_MAX: usize = 16;

/// What every request shares.
pub struct Service {
    reading: Reading,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Passwords.
    pub credentials: Credentials,
    /// Challenges to security keys.
    pub challenges: Challenges,
    /// Sessions.
    pub sessions: Sessions,
    /// What agencies hand over.
    pub transfers: Transfers,
    /// Opens the archive for writing.
    pub writer: Writer,
    /// How many answers there were, and how long they took.
    pub answered: Answered,
    /// Answers that may be asked for again.
    pub answers: Arc<Answers>,
    /// What takes longer than an answer.
    pub jobs: Jobs,
    /// Who hands in something to be checked.
    pub handed: Desk,
    /// Notes who reads what is not open to everybody.
    pub reads: Reads,
    /// Requests of readers.
    pub register: Register,
    /// What opens reading copies.
    pub passes: Passes,
    /// API tokens.
    pub tokens: Tokens,
    /// Agencies' systems that are told.
    pub webhooks: Webhooks,
    /// Saved searches.
    pub searches: Searches,
    /// What the browser is to be told about this address.
    pub address: Address,
    /// Whether a web server stands before it, and says who asks.
    pub front: Front,
    /// Roles whose accounts need a second factor.
    second_factor: BTreeSet<Role>,
    /// Who says who somebody is, in the place of a password.
    pub provider: Option<Provider>,
    /// Who may ask it now: one that answers slowly holds nobody else up.
    provider_turns: Arc<Semaphore>,
    /// Whose turn it is.
    pub turns: Turns,
    /// Who may have all dossiers looked at now: others wait without a thread.
    survey_turn: Arc<Semaphore>,
    /// How often one address may ask.
    pub requests: Pace,
    /// How often one account may ask.
    pub requests_of_accounts: Pace,
    /// How often one address may try a password or a code.
    pub sign_ins: Pace,
    /// What is done beside requests.
    pub upkeep: Upkeep,
    /// Where the archive lies.
    pub places: Places,
    looked: Mutex<Looked>,
    accounts: RwLock<Arc<Accounts>>,
    census: Remembered<(), Census>,
    fixity: Remembered<(), Fixity>,
    /// For the first page, which waits for no other question.
    horizon: Remembered<NaiveDate, Due>,
    due: Remembered<Wanted, Due>,
    evaluations: Remembered<NaiveDate, Evaluation>,
}

/// How browsers reach the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// As it listens, on a loopback address.
    Loopback,
    /// With TLS, its own or that of a web server before it: `https://` and the name.
    Https(String),
}

impl Address {
    /// Reads `https://` and a name, with a port or without; nothing after it but a slash.
    pub fn of(text: &str) -> Option<Self> {
        let name = text.strip_prefix("https://")?.trim_end_matches('/');
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let is_name = !name.is_empty() && name.chars().all(fits);
        is_name.then(|| Self::Https(format!("https://{}", name.to_ascii_lowercase())))
    }

    /// Scheme and name of the service; on loopback as the browser names it.
    pub fn origin(&self, headers: &HeaderMap) -> String {
        let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        match self {
            Self::Https(own) => own.clone(),
            Self::Loopback => format!("http://{}", host()),
        }
    }

    /// For whom security keys are registered: a domain, never an address in numbers (Web Authentication Level 3, §5.1.3).
    /// `host` is how a browser names the service on loopback. `None` where browsers register none.
    pub fn relying_party(&self, host: &str) -> Option<RelyingParty> {
        let origin = match self {
            Self::Https(origin) => origin.strip_suffix(":443").unwrap_or(origin).to_owned(),
            Self::Loopback => format!("http://{host}"),
        };
        let (_, place) = origin.split_once("://")?;
        let domain = place.split_once(':').map_or(place, |(domain, _)| domain);
        let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
        let is_domain = !place.starts_with('[') && !domain.rsplit('.').next().is_none_or(is_number);
        let is_known = *self != Self::Loopback || domain == "localhost";
        let id = domain.to_owned();
        (is_domain && is_known).then_some(RelyingParty { id, origin })
    }
}

/// What stands between browsers and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// Nothing: the other end of a connection is who asks.
    Nothing,
    /// A web server with TLS on this machine: the last of `X-Forwarded-For` is who asks.
    WebServer,
}

/// What the service is told about its surroundings and its people.
pub struct Told {
    /// How browsers reach it.
    pub address: Address,
    /// What stands between.
    pub front: Front,
    /// Roles whose accounts need a second factor.
    pub second_factor: BTreeSet<Role>,
    /// Who says who somebody is, in the place of a password.
    pub provider: Option<Provider>,
}

/// What is done beside requests.
#[derive(Debug, Clone, Default)]
pub struct Upkeep {
    /// How the work that the service does by itself goes.
    pub rounds: Rounds,
    /// Where copies of the archive go; `None`: none is made.
    pub backup_to: Option<PathBuf>,
}

/// What requests may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once.
    pub connections: u32,
    /// Connections at once of one address; 0 for no limit.
    pub connections_per_address: u32,
    /// Requests a minute of one address, and of one account; 0 for no limit.
    pub requests_per_minute: u32,
    /// Passwords and codes a minute from one address; 0 for no limit.
    pub sign_ins_per_minute: u32,
}

impl Default for Limits {
    /// An office of fifty behind one address reads a page a second each; a person tries two passwords a second at most.
    fn default() -> Self {
        let (connections, connections_per_address) = (1024, 256);
        Self { connections, connections_per_address, requests_per_minute: 3000, sign_ins_per_minute: 120 }
    }
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
    pub fn open(places: &Places, told: Told, limits: &Limits, upkeep: Upkeep) -> Result<Self> {
        let Told { address, front, second_factor, provider } = told;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let reading = Reading::open(places)?;
        let size = reading.catch_up()?;
        Ok(Self {
            reading,
            credentials: Credentials::new(places, clock.clone()),
            challenges: Challenges::new(clock.clone()),
            sessions: Sessions::open(places, clock.clone())?,
            transfers: Transfers::new(places),
            writer: Writer::new(places, clock.clone()),
            answers: Arc::default(),
            jobs: Jobs::default(),
            handed: Desk::default(),
            reads: Reads::start(places, clock.clone())?,
            register: Register::default(),
            passes: Passes::new(places, clock.clone()),
            tokens: Tokens::new(places, clock.clone()),
            webhooks: Webhooks::new(places, clock.clone()),
            searches: Searches::new(places, clock.clone()),
            clock,
            address,
            front,
            second_factor,
            provider,
            provider_turns: Arc::new(Semaphore::new(PROVIDER_TURNS)),
            turns: Turns::default(),
            survey_turn: Arc::new(Semaphore::new(1)),
            requests: Pace::per_minute(limits.requests_per_minute),
            requests_of_accounts: Pace::per_minute(limits.requests_per_minute),
            sign_ins: Pace::per_minute(limits.sign_ins_per_minute),
            answered: Answered::default(),
            upkeep,
            places: places.clone(),
            looked: Mutex::new(Looked { at: Instant::now(), size }),
            accounts: RwLock::default(),
            census: Remembered::new(1),
            fixity: Remembered::new(1),
            horizon: Remembered::new(1),
            due: Remembered::new(DUE_KEPT_MAX),
            evaluations: Remembered::new(DUE_KEPT_MAX),
        })
    }

    /// The archive, as it was a moment ago at most.
    pub fn archive(&self) -> Result<&Reading> {
        self.size()?;
        Ok(&self.reading)
    }

    /// A new identifier; they grow with time.
    pub fn new_id(&self) -> Uuid {
        crate::archive::new_id(self.clock.as_ref())
    }

    /// Changes something; whoever asks afterwards sees it.
    pub fn write<T>(&self, change: impl FnOnce(&Writing) -> Result<T>) -> Result<T> {
        let changed = change(&*self.writer.open()?);
        self.look()?;
        changed
    }

    /// Records who says that the clock is right, and goes on by it.
    pub fn confirm_clock(&self, by: &str) -> Result<()> {
        self.writer.open_to_confirm_clock()?.confirm_clock(by)?;
        self.look()
    }

    /// Whether an account that a session is of needs a second factor, and the session began without.
    pub fn wants_second_factor(&self, who: &Who) -> bool {
        let once = matches!(&who.way, Way::Session(session, _) if session.factors == Factors::Password);
        once && !who.account.grants.roles.is_disjoint(&self.second_factor)
    }

    /// Whom a token signs in.
    pub fn who(&self, token: Token) -> Result<Option<Who>> {
        let Some(session) = self.sessions.of(&token)? else { return Ok(None) };
        // A password that was set since, on the command line too, ends what began under the old one.
        if self.credentials.set_at(session.account)?.is_none_or(|set_at| set_at.0 > session.began) {
            self.sessions.end_own(&token)?;
            return Ok(None);
        }
        let account = self.account(session.account)?;
        let own = account.as_ref().and_then(|account| account.identity.as_ref()).map(Identity::digest);
        if session.identity.is_some() && session.identity != own {
            self.sessions.end_own(&token)?;
            return Ok(None);
        }
        Ok(account.map(|account| Who { account, way: Way::Session(session, token) }))
    }

    /// As whom an API token acts, with what it is for.
    pub fn who_has(&self, key: Key<'_>) -> Result<Option<Who>> {
        let Some(token) = self.tokens.of(key)? else { return Ok(None) };
        Ok(self.account(token.account)?.map(|mut account| {
            account.grants.only = Some(token.actions);
            Who { account, way: Way::ApiToken }
        }))
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

    /// The open account whose holder a provider knows so.
    pub fn account_of(&self, identity: &Identity) -> Result<Option<Account>> {
        let accounts = self.accounts()?;
        let is_it = |one: &&Account| one.identity.as_ref() == Some(identity) && one.standing == Standing::Open;
        Ok(accounts.by_id.values().find(is_it).cloned())
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

    /// Everything that is held, counted.
    pub fn census(&self) -> Result<Arc<Census>> {
        self.census.of(self.size()?, (), |()| self.reading.census())
    }

    /// What is known of the fixity of the whole.
    pub fn fixity(&self) -> Result<Arc<Fixity>> {
        self.fixity.of(self.size()?, (), |()| self.reading.fixity())
    }

    /// What is due and what becomes due in [`HORIZON_MONTHS`], by years.
    pub fn horizon(&self) -> Result<Arc<Due>> {
        self.horizon.of(self.size()?, today(self.clock.as_ref()), |on| {
            let filter = Filter::default();
            self.reading.due(&Wanted { filter, by: By::Year, within_months: HORIZON_MONTHS, on: *on, items_max: 0 })
        })
    }

    /// What is due.
    pub fn due(&self, wanted: Wanted) -> Result<Arc<Due>> {
        self.due.of(self.size()?, wanted, |wanted| self.reading.due(wanted))
    }

    /// What may become of every record on a day, in numbers.
    pub fn evaluation(&self, on: NaiveDate) -> Result<Arc<Evaluation>> {
        self.evaluations.of(self.size()?, on, |on| self.reading.evaluate(*on))
    }

    /// Looks at the archive anew, where something was committed beside the requests.
    pub fn look(&self) -> Result<()> {
        let mut looked = self.looked.lock().map_err(|_| Error::unavailable("a look at the archive died"))?;
        *looked = Looked { size: self.reading.catch_up()?, at: Instant::now() };
        Ok(())
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
    let turn = service.turns.work().await;
    on_a_thread(service, turn, work).await
}

/// Checks a password, in its turn: each takes a tenth of a second of a core on purpose.
pub async fn proving<T: Send + 'static>(
    service: Arc<Service>,
    work: impl FnOnce(&Service) -> Result<T> + Send + 'static,
) -> Result<T> {
    let crowd = || Error::unavailable("too many sign in at this moment").remedy("try again in some seconds");
    let turn = service.turns.proving().await.ok_or_else(crowd)?;
    on_a_thread(service, turn, work).await
}

async fn on_a_thread<T: Send + 'static>(
    service: Arc<Service>,
    turn: Turn,
    work: impl FnOnce(&Service) -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&service)
    });
    done.await.map_err(|error| Error::unavailable("the request's work died").because(error))?
}

/// Looks at every dossier, in its turn: one look takes all cores, and seconds of a large archive.
pub async fn surveying<T: Send + 'static>(
    service: Arc<Service>,
    look: impl FnOnce(&Service) -> Result<T> + Send + 'static,
) -> Result<T> {
    let turn = service.survey_turn.clone().acquire_owned().await;
    blocking(service, move |service| {
        let _turn = turn;
        look(service)
    })
    .await
}

/// Asks the provider something, in its turn; 404 where there is none.
pub async fn ask_provider<T: Send + 'static>(
    service: &Arc<Service>,
    ask: impl FnOnce(&Provider) -> Result<T, Failure> + Send + 'static,
) -> Result<Result<T, Failure>, Problem> {
    if service.provider.is_none() {
        return Err(Problem::not_found());
    }
    let turn = service.provider_turns.clone().acquire_owned().await;
    let asked = blocking(service.clone(), move |service| {
        let _turn = turn;
        Ok(service.provider.as_ref().map(ask))
    });
    asked.await?.ok_or_else(Problem::not_found)
}

#[cfg(test)]
mod tests;
