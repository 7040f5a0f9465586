//! Root of the crate under `fuzz/`: everything that reads untrusted bytes, without the engines, so that no fuzz target
//! compiles RocksDB. No part of the library or the program.
#![allow(dead_code, missing_docs, reason = "the library uses and documents it")]

pub mod auth;
pub mod cipher;
pub mod digest;
pub mod disk;
pub mod error;
pub mod event;
pub mod evidence;
pub mod keys;
pub mod ledger;
pub mod merkle;
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
