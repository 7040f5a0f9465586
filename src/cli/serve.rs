//! `chauban serve`

use super::output::tell;
use super::{Common, Result};
use crate::archive::account::provider::Provider;
use crate::archive::fixity::Checks;
use crate::archive::stamp::{Every, Stamper};
use crate::archive::validation::SecondRuns;
use crate::archive::webhook::Deliverer;
use crate::archive::{Places, Rounds};
use crate::config::Config;
use crate::http::{self, Options, Upkeep};
use crate::network::Http;
use crate::time::SystemClock;
use std::sync::Arc;
use std::time::Duration;

/// Serve the API, the pages, health, metrics and the ledger as static files.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban serve --listen 127.0.0.1:8080
  curl http://127.0.0.1:8080/healthz
  curl -c jar http://127.0.0.1:8080/api/v1/session -H 'content-type: application/json' \\
      -d '{\"name\": \"binh\", \"password\": \"…\"}'
  curl -b jar 'http://127.0.0.1:8080/api/v1/records?words=mua+sắm'
  curl http://127.0.0.1:8080/metrics
  curl http://127.0.0.1:8080/ledger/checkpoint

Pages are at http://127.0.0.1:8080/ for who has an account (`chauban account`); the API is described at
/api/v1/openapi.json; /verify.html checks receipts offline. Answers reads only; ingests may run beside it.

Without certificates it speaks plain HTTP, so only on a loopback address. For others either name certificates, which are
read again when they change and at SIGHUP, or put a web server with TLS before it and say its address:
  chauban serve --listen 0.0.0.0:443 --address https://luutru.example.gov.vn --certificates chain.pem --key key.pem
  chauban serve --listen 127.0.0.1:8080 --address https://luutru.example.gov.vn

All of it, and its limits, can be set in a file (--config; `chauban config check` looks it through) or in the environment.

Where time-stamping authorities are known (`chauban time-authority`), the newest checkpoint is stamped once a day, and
where sources of evidence are allowed (`chauban evidence-source`), verdicts that wait for newer revocation data are made
again when it is there; agencies' systems are told what becomes of their transfers (`chauban webhook`). Where the
configuration names an OpenID provider ([openid]), it is asked who signs in. Otherwise nobody is asked for anything.")]
pub struct Serve {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080].
    #[arg(long)]
    listen: Option<String>,
    /// How browsers reach it, where they do so with TLS: https:// and the name.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Chain of certificates for TLS, the own one first (PEM).
    #[arg(long, value_name = "FILE", requires = "key")]
    certificates: Option<String>,
    /// Private key of the first certificate (PEM).
    #[arg(long, value_name = "FILE", requires = "certificates")]
    key: Option<String>,
    /// Hours between time-stamps; 0 for none [default: 24].
    #[arg(long, value_name = "HOURS")]
    stamp_every: Option<u32>,
    /// Minutes between looks whether signatures are to be validated again; 0 for none [default: 60].
    #[arg(long, value_name = "MINUTES")]
    revalidate_every: Option<u32>,
    /// Hours between checks of every byte, which are recorded; 0 for none [default: 168].
    #[arg(long, value_name = "HOURS")]
    check_every: Option<u32>,
}

impl Serve {
    /// Runs the command.
    pub fn run(self, common: &Common) -> Result<u8> {
        let config = common.config_with(&self.given())?;
        let places = common.places_by(&config)?;
        let actor = config.actor.clone().unwrap_or_else(|| common.actor());
        let rounds = Rounds::default();
        let own = OwnWork::of(&config);
        let clock = Arc::new(SystemClock::new());
        let provider =
            config.openid.map(|settings| Provider::new(settings, Arc::new(Http::new()), clock)).transpose()?;
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        let options = Options {
            listen: config.listen,
            address: config.address,
            tls: config.tls,
            limits: config.limits,
            second_factor: config.second_factor,
            upkeep: Upkeep { rounds: rounds.clone(), backup_to: config.backup_to },
            provider,
        };
        // Work begins once it can be served, and ends after it.
        let mut working = None;
        http::serve(&places, options, |address| {
            working = Some(own.start(&places, &actor, &rounds)?);
            tell(format_args!("listening on {scheme}://{address}/"));
            Ok(())
        })?;
        Ok(0)
    }

    /// What was given as options, by the names of the settings.
    fn given(&self) -> Vec<(&'static str, String)> {
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let all = [
            ("listen.address", self.listen.clone()),
            ("listen.public", self.address.clone()),
            ("tls.certificates", self.certificates.clone()),
            ("tls.key", self.key.clone()),
            ("work.stamp_every_hours", number(self.stamp_every)),
            ("work.revalidate_every_minutes", number(self.revalidate_every)),
            ("work.check_every_hours", number(self.check_every)),
        ];
        all.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect()
    }
}

/// What a service does by itself, and how often; `None`: never.
struct OwnWork {
    stamp_every: Option<Duration>,
    revalidate_every: Option<Duration>,
    check_every: Option<Duration>,
}

/// The work that is being done; it ends when this is dropped.
struct Working {
    _stamper: Option<Stamper>,
    _second_runs: Option<SecondRuns>,
    _checks: Option<Checks>,
    _deliverer: Deliverer,
}

impl OwnWork {
    fn of(config: &Config) -> Self {
        let Config { stamp_every, revalidate_every, check_every, .. } = *config;
        Self { stamp_every, revalidate_every, check_every }
    }

    fn start(&self, places: &Places, actor: &str, rounds: &Rounds) -> Result<Working> {
        let network = || Arc::new(Http::new());
        let stamp = |every| Stamper::start(places.clone(), network(), Every(every), actor.to_owned(), rounds);
        let validate = |pause| SecondRuns::start(places.clone(), network(), pause, actor.to_owned(), rounds);
        let check = |every| Checks::start(places.clone(), every, actor.to_owned(), rounds);
        Ok(Working {
            _stamper: self.stamp_every.map(stamp).transpose()?,
            _second_runs: self.revalidate_every.map(validate).transpose()?,
            _checks: self.check_every.map(check).transpose()?,
            _deliverer: Deliverer::start(places.clone(), network(), rounds)?,
        })
    }
}
