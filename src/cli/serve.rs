//! `chauban serve`

use super::{Common, Result};
use crate::archive::stamp::{Every, Stamper};
use crate::archive::validation::SecondRuns;
use crate::error::Error;
use crate::http::{self, Address};
use crate::network::Http;
use std::net::SocketAddr;
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
/api/v1/openapi.json; /verify.html checks receipts offline. Answers reads only; ingests may run beside it. Plain HTTP, so
only on a loopback address: for others put a web server with TLS before it, and say its address with --address.

Where time-stamping authorities are known (`chauban time-authority`), the newest checkpoint is stamped once a day, and
where sources of evidence are allowed (`chauban evidence-source`), verdicts that wait for newer revocation data are made
again when it is there; otherwise nobody is asked for anything.")]
pub struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How browsers reach it, where a web server with TLS stands before it: https:// and the name.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Hours between time-stamps; 0 for none.
    #[arg(long, default_value_t = 24, value_name = "HOURS")]
    stamp_every: u32,
    /// Minutes between looks whether signatures are to be validated again; 0 for none.
    #[arg(long, default_value_t = 60, value_name = "MINUTES")]
    revalidate_every: u32,
}

impl Serve {
    /// Runs the command.
    pub fn run(self, common: &Common) -> Result<u8> {
        if !self.listen.ip().is_loopback() {
            return Err(Error::denied(format!("{} is not a loopback address", self.listen.ip()))
                .remedy("put a web server with TLS before it; ledger/ can also be served as it lies on disk"));
        }
        let places = common.places()?;
        let address = match self.address.as_deref().map(|address| address.trim_end_matches('/')) {
            None => Address::Loopback,
            Some(address) if address.starts_with("https://") && !address["https://".len()..].contains('/') => {
                Address::Https(address.to_owned())
            }
            Some(address) => {
                return Err(Error::invalid(format!("{address:?} is no address of a web server with TLS"))
                    .remedy("write it as https://luutru.example.gov.vn"));
            }
        };
        let _stamper = match self.stamp_every {
            0 => None,
            hours => {
                let every = Every(Duration::from_secs(3600 * u64::from(hours)));
                Some(Stamper::start(places.clone(), Arc::new(Http::new()), every, common.actor())?)
            }
        };
        let _second_runs = match self.revalidate_every {
            0 => None,
            minutes => {
                let pause = Duration::from_secs(60 * u64::from(minutes));
                Some(SecondRuns::start(places.clone(), Arc::new(Http::new()), pause, common.actor())?)
            }
        };
        http::serve(&places, address, self.listen, |address| eprintln!("listening on http://{address}/"))?;
        Ok(0)
    }
}
