//! The integration tests, in one binary: each further one would link RocksDB again.

#![expect(clippy::unwrap_used, reason = "a test that can't go on ends")]

mod account;
mod agency;
mod api;
mod backup;
mod bundle;
mod by_hand;
mod casework;
mod check_signature;
mod checks;
mod cli;
mod clock;
mod compat;
mod conformance;
mod crash;
mod deletion;
mod describe;
mod destruction;
mod disposal;
mod fetching;
mod hostile;
mod identity;
mod ingest;
mod inspection;
mod layers;
mod limits;
mod openid;
mod rebuild;
mod request;
mod retention;
mod rights;
mod scratch;
mod security_key;
mod server;
mod stamp;
mod tls;
mod transfer;
mod trust;
mod ui;
mod upkeep;
mod validation;
mod verify;
mod vietnamese;
mod webhook;
