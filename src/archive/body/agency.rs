//! Body of the event about the register of agencies.

use serde::{Deserialize, Serialize};

/// Body of `agencies-changed`.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct AgenciesChangedBody {
    /// What was recorded, in order; all of it or nothing.
    pub acts: Vec<AgencyActBody>,
}

/// An act. Agencies are UUIDs, days `YYYY-MM-DD`; `mandate` cites the act that it rests on.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AgencyActBody {
    /// An agency begins.
    Add {
        /// Its identity.
        agency: String,
        /// Its name.
        name: String,
        /// Its first day.
        on: String,
        /// May be empty.
        mandate: String,
    },
    /// It has another name.
    Rename {
        /// Which.
        agency: String,
        /// The name.
        name: String,
        /// First day.
        from: String,
        /// May be empty.
        mandate: String,
    },
    /// A code means it.
    Code {
        /// Which.
        agency: String,
        /// The code.
        code: String,
        /// First day.
        from: String,
        /// Last day.
        until: Option<String>,
        /// May be empty.
        mandate: String,
    },
    /// A code means it no longer.
    EndCode {
        /// Which.
        agency: String,
        /// The code.
        code: String,
        /// Last day.
        until: String,
        /// May be empty.
        mandate: String,
    },
    /// It is under another agency, or under none.
    Move {
        /// Which.
        agency: String,
        /// Under which.
        parent: Option<String>,
        /// First day.
        from: String,
        /// May be empty.
        mandate: String,
    },
    /// Agencies end, and others take their place.
    Succeed {
        /// `merger`, `absorption` or `division`.
        how: String,
        /// Those that end, on the day before.
        predecessors: Vec<String>,
        /// Those that succeed each of them.
        successors: Vec<String>,
        /// First day.
        on: String,
        /// Never empty.
        mandate: String,
    },
    /// An agency ends without a successor.
    Dissolve {
        /// Which.
        agency: String,
        /// Its last day.
        last: String,
        /// Never empty.
        mandate: String,
    },
    /// An earlier act was recorded wrongly.
    Correct {
        /// Its number, from 1 through all events.
        number: u32,
        /// What counts in its place; `None`: nothing.
        instead: Option<Box<AgencyActBody>>,
        /// Why.
        reason: String,
    },
}
