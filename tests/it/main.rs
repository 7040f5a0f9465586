//! The integration tests: one binary, so that RocksDB is linked once.

mod crash;
