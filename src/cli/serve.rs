//! `chauban serve`

use super::{Common, Result};
use crate::archive::Reading;
use crate::error::Error;
use crate::http;
use std::net::SocketAddr;

/// Serve health, metrics and the ledger as static files.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban serve --listen 127.0.0.1:8080
  curl http://127.0.0.1:8080/healthz
  curl http://127.0.0.1:8080/metrics
  curl http://127.0.0.1:8080/ledger/checkpoint

Reads only; ingests may run beside it. Plain HTTP, so only on a loopback address.")]
pub struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    /// Runs the command.
    pub fn run(self, common: &Common) -> Result<u8> {
        if !self.listen.ip().is_loopback() {
            return Err(Error::denied(format!("{} is not a loopback address", self.listen.ip()))
                .remedy("put a web server with TLS before it; ledger/ can also be served as it lies on disk"));
        }
        let reading = Reading::open(&common.places()?)?;
        http::serve(reading, self.listen, |address| eprintln!("listening on http://{address}/"))?;
        Ok(0)
    }
}
