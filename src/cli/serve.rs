//! `chauban serve`

use super::{Common, Result};

/// Serve.
#[derive(clap::Args)]
pub struct Serve {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: std::net::SocketAddr,
}

impl Serve {
    /// Runs the command.
    pub fn run(self, _common: &Common) -> Result<u8> {
        let _ = self.listen;
        Ok(0)
    }
}
