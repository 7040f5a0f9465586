//! The façade: one archive, and one file per thing that can be done with it.
//!
//! Joins the stores, which know nothing of each other: `truth` commits and publishes, `sequencer` decides and orders,
//! `project` keeps the catalog, `writing` and `reading` put it all together; the use cases stand beside them.
//! Every change takes an actor and becomes an event; there is no other way to write.

pub mod account;
pub mod agency;
pub mod announce;
pub mod backup;
pub mod body;
pub mod bundle;
pub mod census;
pub mod check_signature;
pub mod describe;
pub mod destruction;
pub mod disposal;
pub mod evidence_record;
pub mod evidence_source;
pub mod fetching;
pub mod fixity;
mod follow;
mod format;
pub mod get;
pub mod handed_in;
pub mod hold;
mod index_follow;
pub mod ingest;
pub mod init;
pub mod key_care;
pub mod object;
mod periodic;
mod places;
mod project;
mod publish;
mod reading;
pub mod reads;
pub mod rebuild;
mod receipt;
pub mod request;
pub mod retention;
mod sequencer;
pub mod show;
pub mod stamp;
pub mod state;
pub mod storage;
pub mod time_authority;
pub mod trail;
pub mod transfer;
pub mod trust;
pub mod truth;
pub mod validation;
pub mod verdict;
pub mod verify;
pub mod webhook;
mod writing;

pub use format::Format;
pub use init::{Created, InitOptions};
pub use key_care::{KeyCheck, KeyCopyReport};
pub use periodic::{Round, Rounds};
pub use places::{Disks, HIGH_WATER, OUTER_HIGH_WATER, Places};
pub use reading::{Archive, Reading};
pub use rebuild::Rebuilt;
pub use receipt::{ReceiptChecked, ReceiptError, ReceiptOfRecord, check_receipt, verify_receipt};
pub use show::{Event, Shown};
pub use writing::{Writing, new_id};
// Vocabulary of the stores, for callers that do not see them.
pub use crate::index::{Facets, Query, Within};
pub use crate::keys::Part;
pub use crate::signature::tree::{NoTree, Tree};
pub use project::{PERIODS, VERDICTS};
