//! Crashes: what was acknowledged is there afterwards, whatever the disk did.
//!
//! `truth` runs the writer's stores over simulated disks (`sim_disk`) that fail as a plan (`plan`) says; `kill` kills
//! the real program; `thin` strikes a segment that is being thinned; `rollback` puts older copies back and takes key
//! copies away; `flip` changes single bytes.

mod flip;
pub mod folders;
mod full;
mod kill;
pub mod plan;
mod rollback;
mod sim_disk;
mod thin;
mod truth;
