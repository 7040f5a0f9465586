//! A provider of identities (OpenID Connect): asked who somebody is, in the place of a password.
//!
//! It is named in the configuration, and is the only one. What it says of itself and its keys is kept for a while; a token
//! by an unknown key has them read again, once in a while. It may name further addresses: they are asked as those in
//! files are, so a provider that turned hostile can't make this machine ask others of the own network. Where the operator
//! says on which machine it is (`via`), nothing but its own address is asked, on that machine alone.
//!
//! Nothing here decides what a person may: whom an identity belongs to is said by the account (`link`), and the account's
//! own second factor is still wanted.

mod flow;

use super::Identity;
use crate::archive::evidence_source::Via;
use crate::auth::openid::{
    self, CODE_BYTES_MAX, Expected, Keys, Metadata, Question, Refusal, WELL_KNOWN, id_token, random_text,
};
use crate::cipher;
use crate::error::{Error, Result};
use crate::network::{Address, Ask, Fetch, Host, Network, NetworkError, Reach};
use crate::time::{Clock, Micros};
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use zeroize::Zeroizing;

pub use flow::{ASKED_WAITS, Flows, Held, Purpose, Ticket};

/// What it says of itself, and its keys, are asked for again after so long.
const KNOWN_FOR: Duration = Duration::from_secs(3600);
/// For a key that is unknown they are asked for no sooner than so long after the last time.
const KEYS_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Time for one request: four of them (what it is, the code, its keys, and those again) are less than an answer of ours may take.
const TIMEOUT: Duration = Duration::from_secs(7);
/// Longest answer: keys with their certificates are some 30 KiB.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// Longest file with the secret.
const SECRET_BYTES_MAX: u64 = 4096;

/// What the operator says of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What it is called in its tokens: an address.
    pub issuer: String,
    /// As whom it knows this service.
    pub client: String,
    /// File with what this service proves itself by.
    pub secret_file: PathBuf,
    /// What people call it.
    pub name: String,
    /// What is asked for, with spaces between; `openid` is among it.
    pub scopes: String,
    /// The machine it is on; `None`: one with a public address, wherever its name leads.
    pub via: Option<Via>,
}

impl Settings {
    /// Where the provider is: https, or without TLS on this machine alone.
    pub fn address(&self) -> Result<Address> {
        let wrong = || {
            Error::invalid("openid.issuer is no https address without a query")
                .remedy("write it as the provider's openid-configuration does")
        };
        let address = self.issuer.parse::<Address>().map_err(|_| wrong())?;
        let is_plain = !address.is_https() && !self.is_here(&address);
        if is_plain || address.path().contains('?') { Err(wrong()) } else { Ok(address) }
    }

    /// What this service proves itself by.
    fn secret(&self) -> Result<Zeroizing<String>> {
        let failed = |error| Error::file("can't read", &self.secret_file, error);
        let mut text = Zeroizing::new(String::new());
        let file = std::fs::File::open(&self.secret_file).map_err(failed)?;
        file.take(SECRET_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
        let secret = text.trim();
        if secret.is_empty() || secret.contains(char::is_control) {
            return Err(Error::invalid("the file with the secret of the sign-in service is not one line of text")
                .remedy("write the secret that the provider gave into it, alone"));
        }
        Ok(Zeroizing::new(secret.to_owned()))
    }

    /// Whether everything that is named is there.
    pub fn check(&self) -> Result<()> {
        self.address()?;
        self.secret().map(drop)
    }

    /// Which machines an address of the provider's may lead to; `None`: it may not be asked at all.
    fn reach(&self, issuer: &Address, address: &Address) -> Option<Reach> {
        let is_own =
            (address.is_https(), address.host(), address.port()) == (issuer.is_https(), issuer.host(), issuer.port());
        match self.via {
            Some(via) => is_own.then(|| via.at(address.port())),
            None => address.is_https().then_some(Reach::Public),
        }
    }

    /// Whether an address is this machine's, and the operator says that the provider is here.
    fn is_here(&self, address: &Address) -> bool {
        let via = self.via.map(|via| via.at(address.port()));
        let is_own = matches!(via, Some(Reach::At(machine)) if machine.ip().is_loopback());
        is_own && matches!(address.host(), Host::Ip(ip) if ip.is_loopback())
    }
}

/// Why somebody is not signed in by the provider.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What it says is not taken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It names an address that may not be asked.
    #[error("the sign-in service names an address that is not asked: {0}")]
    OutOfReach(&'static str),
    /// It does not answer.
    #[error("the sign-in service can't be asked now: {0}")]
    Silent(#[from] NetworkError),
    /// We can't.
    #[error(transparent)]
    Own(#[from] Error),
}

/// What a browser brings back (Core §3.1.2.5, RFC 9207).
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// What went along.
    pub state: String,
    /// What the token is given for.
    pub code: Option<String>,
    /// Whose answer it is.
    pub issuer: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// In its words.
    pub error_description: Option<String>,
}

/// What the provider is asked, and where the browser is sent for it.
pub struct Begun {
    /// Where the browser goes.
    pub address: String,
    /// What it keeps meanwhile.
    pub ticket: Ticket,
}

/// Whom the provider said somebody is.
pub struct Proved {
    /// Whom.
    pub identity: Identity,
    /// What it was asked for.
    pub purpose: Purpose,
    /// Where the person wanted to go.
    pub next: String,
}

/// The provider.
pub struct Provider {
    settings: Settings,
    issuer: Address,
    secret: Zeroizing<String>,
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    /// Sign-ins under way.
    pub flows: Flows,
    known: Mutex<Known>,
}

/// What the provider said, and when it was asked.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Micros)>,
    keys: Option<(Arc<Keys>, Micros)>,
    /// When its keys were asked for because one was unknown.
    again: Option<Micros>,
}

impl Provider {
    /// The provider that the configuration names; it is not asked yet.
    pub fn new(settings: Settings, network: Arc<dyn Network>, clock: Arc<dyn Clock>) -> Result<Self> {
        let (issuer, secret) = (settings.address()?, settings.secret()?);
        let flows = Flows::new(clock.clone());
        Ok(Self { settings, issuer, secret, network, clock, flows, known: Mutex::default() })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// What its tokens call it.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Begins a sign-in; the browser comes back to `redirect`, and goes on to `next`.
    pub fn begin(&self, purpose: Purpose, redirect: &str, next: &str) -> Result<Begun, Failure> {
        let metadata = self.metadata()?;
        // The browser asks there, not we: whatever network it is in, only not in the clear.
        let endpoint = metadata.authorization.parse::<Address>().ok();
        let endpoint = endpoint.filter(|endpoint| endpoint.is_https() || self.settings.is_here(endpoint));
        let endpoint = endpoint.ok_or(Failure::OutOfReach("authorization_endpoint"))?;
        let [state, nonce, verifier] = std::array::from_fn(|_| random_text(&cipher::random()));
        let question = Question {
            client: &self.settings.client,
            redirect,
            scopes: &self.settings.scopes,
            state: &state,
            nonce: &nonce,
            verifier: &verifier,
            again: purpose != Purpose::SignIn,
        };
        let (address, ticket) = (question.address(endpoint.as_str()), Ticket::random());
        let (redirect, next, at) = (redirect.to_owned(), next.to_owned(), self.clock.wall());
        self.flows.ask(&ticket, flow::Asked { purpose, state, nonce, verifier, redirect, next, at })?;
        Ok(Begun { address, ticket })
    }

    /// Who the provider says the person is who has this ticket.
    pub fn answer(&self, ticket: &Ticket, brought: &Brought) -> Result<Proved, Failure> {
        let asked = self.flows.take(ticket, &brought.state)?.ok_or(Refusal::NotAsked)?;
        let metadata = self.metadata()?;
        match brought.issuer.as_deref() {
            Some(issuer) if issuer != self.issuer() => return Err(Refusal::OtherIssuer.into()),
            None if metadata.names_itself => return Err(Refusal::OtherIssuer.into()),
            _ => {}
        }
        if let Some(error) = &brought.error {
            return Err(openid::refused(error, brought.error_description.as_deref()).into());
        }
        let code = brought.code.as_deref().filter(|code| (1..=CODE_BYTES_MAX).contains(&code.len()));
        let token = id_token(&self.hand_in(&metadata, code.ok_or(Refusal::Unreadable("code"))?, &asked)?)?;
        let expected = Expected {
            issuer: self.issuer(),
            client: &self.settings.client,
            nonce: &asked.nonce,
            asked: asked.at.seconds(),
            again: asked.purpose != Purpose::SignIn,
        };
        let check = |keys: &Keys| openid::check(&token, keys, &expected, self.clock.wall().seconds());
        let said = match check(&*self.keys(&metadata)?) {
            Err(Refusal::UnknownKey) => check(&*self.keys_again(&metadata)?.ok_or(Refusal::UnknownKey)?),
            said => said,
        }?;
        let identity = Identity { issuer: self.issuer().to_owned(), subject: said.subject };
        Ok(Proved { identity, purpose: asked.purpose, next: asked.next })
    }

    /// Hands a code in (Core §3.1.3.1).
    fn hand_in(&self, metadata: &Metadata, code: &str, asked: &flow::Asked) -> Result<Vec<u8>, Failure> {
        let client = self.settings.client.as_str();
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", asked.redirect.as_str()),
            ("client_id", client),
            ("code_verifier", asked.verifier.as_str()),
        ];
        let header = Zeroizing::new(openid::basic(client, &self.secret));
        let mut headers = vec![("Authorization", header.as_str())];
        if metadata.takes_secret_in_form {
            fields.push(("client_secret", self.secret.as_str()));
            headers.clear();
        }
        let body = Zeroizing::new(openid::form(&fields));
        self.ask(&metadata.token, "token_endpoint", Ask::Form { body: &body, headers: &headers })
    }

    fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        let now = self.clock.wall();
        if let Some((metadata, at)) = &self.known()?.metadata
            && !has_passed(KNOWN_FOR, *at, now)
        {
            return Ok(metadata.clone());
        }
        let from = format!("{}{WELL_KNOWN}", self.issuer().trim_end_matches('/'));
        let metadata = Arc::new(Metadata::read(&self.ask(&from, "issuer", Ask::What)?, self.issuer())?);
        self.known()?.metadata = Some((metadata.clone(), now));
        Ok(metadata)
    }

    fn keys(&self, metadata: &Metadata) -> Result<Arc<Keys>, Failure> {
        if let Some((keys, at)) = &self.known()?.keys
            && !has_passed(KNOWN_FOR, *at, self.clock.wall())
        {
            return Ok(keys.clone());
        }
        self.fresh_keys(metadata)
    }

    /// Its keys, asked for again because it may have changed them; not again and again, or any token could have it asked.
    fn keys_again(&self, metadata: &Metadata) -> Result<Option<Arc<Keys>>, Failure> {
        let now = self.clock.wall();
        {
            let mut known = self.known()?;
            if known.again.is_some_and(|at| !has_passed(KEYS_AGAIN_AFTER, at, now)) {
                return Ok(None);
            }
            known.again = Some(now);
        }
        self.fresh_keys(metadata).map(Some)
    }

    fn fresh_keys(&self, metadata: &Metadata) -> Result<Arc<Keys>, Failure> {
        let keys = Arc::new(Keys::read(&self.ask(&metadata.keys, "jwks_uri", Ask::What)?)?);
        self.known()?.keys = Some((keys.clone(), self.clock.wall()));
        Ok(keys)
    }

    fn ask(&self, address: &str, what: &'static str, ask: Ask<'_>) -> Result<Vec<u8>, Failure> {
        let from: Address = address.parse().map_err(|_| Failure::OutOfReach(what))?;
        let reach = self.settings.reach(&self.issuer, &from).ok_or(Failure::OutOfReach(what))?;
        let (accept, answer_bytes_max, timeout) = ("application/json", ANSWER_BYTES_MAX, TIMEOUT);
        let answer = self.network.fetch(&Fetch { from: &from, reach, ask, accept, answer_bytes_max, timeout });
        answer.map_err(|error| {
            tracing::warn!(%error, what, "the sign-in service does not answer");
            error.into()
        })
    }

    fn known(&self) -> Result<MutexGuard<'_, Known>> {
        self.known.lock().map_err(|_| Error::unavailable("a holder of what the sign-in service said died"))
    }
}

fn has_passed(time: Duration, since: Micros, now: Micros) -> bool {
    Duration::from_micros(now.0.saturating_sub(since.0)) >= time
}

#[cfg(test)]
mod tests;
