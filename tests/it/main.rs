//! The integration tests, in one binary: each further one would link RocksDB again.

mod by_hand;
mod compat;
mod crash;
