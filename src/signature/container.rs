//! Signed containers: ZIP files that hold documents together with signatures over them.
//!
//! `zip` reads the outer file strictly, because what a signature covers is a *name* in it, and programs differ on what
//! a dubious ZIP file holds. `asic` says which files each signature of an ASiC container (EN 319 162-1) covers and
//! which it does not. Facts only; pure; limits on entries, ratio and bytes.

pub mod asic;
pub mod zip;
