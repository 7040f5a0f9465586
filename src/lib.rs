//! Châu Bản: a state electronic records archive.
//!
//! Five layers, imports only downwards (`tests/it/layers.rs` holds them):
//!
//! ```text
//! 4 rim      cli, config, http
//! 3 archive  the façade: one file per use case
//! 2 stores   vault, ledger, keys, catalog, index      they never see each other
//! 1 rules    merkle, evidence, cipher, signature, transfer, agency, retention, request, auth, paper   pure
//! 0 ground   digest, disk, error, event, network, position, record, text, time
//! ```
//!
//! `ARCHITECTURE.md` says why; `docs/format.md` gives every byte on disk.

pub mod agency;
pub mod archive;
pub mod auth;
pub mod catalog;
pub mod cipher;
pub mod cli;
pub mod config;
pub mod digest;
pub mod disk;
pub mod error;
pub mod event;
pub mod evidence;
pub mod http;
pub mod index;
pub mod keys;
pub mod ledger;
pub mod merkle;
pub mod network;
pub mod paper;
pub mod position;
pub mod record;
pub mod request;
pub mod retention;
pub mod signature;
pub mod text;
pub mod time;
pub mod transfer;
pub mod vault;
