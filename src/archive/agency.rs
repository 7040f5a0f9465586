//! The register of agencies: acts as events, folded into what a code means on a day and who succeeds whom.
//!
//! All events are about one thing, [`REGISTER`], so that their order is that of the ledger. Each holds one act or several
//! that count together; the rules are `agency`'s. Nothing is ever taken out: what was recorded wrongly is corrected by
//! another act. An archive whose register is empty behaves as one that has none.

mod origin;
mod wanted;
mod wire;

pub use origin::{Heir, Origin, Standing};
pub use wanted::{Amended, NewAgency, Successor, Wanted};

use super::announce::Heading;
use super::body::{AgenciesChangedBody, AgencyActBody};
use super::project;
use super::reading::Archive;
use super::writing::Writing;
use crate::agency::{Agencies, Meaning, table};
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::keys::Bucket;
use chrono::NaiveDate;
use std::sync::Arc;
use uuid::Uuid;

// Vocabulary of the rules, for callers that do not see them.
pub use crate::agency::table::{Import, TABLE_BYTES_MAX};
pub use crate::agency::{Act, Agency, Coded, InTree, Named, Placed, Refusal, Succession};

/// What the events of the register are about, the same in every archive.
pub const REGISTER: Uuid = Uuid::from_u128(0x6167_656e_6369_8573_8000_0000_0000_0001);

/// The register as of the last commit.
#[derive(Debug, Default)]
pub struct Register {
    /// What its acts come to.
    pub agencies: Agencies,
    /// Its events: number of the last act of each, and how it was recorded.
    recorded: Vec<(u32, Recorded)>,
}

/// How an act was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Ledger index.
    pub index: u64,
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
}

impl Register {
    /// How the act with this number was recorded.
    pub fn recorded(&self, number: u32) -> Option<&Recorded> {
        let at = self.recorded.partition_point(|(last, _)| *last < number);
        self.recorded.get(at).map(|(_, recorded)| recorded)
    }

    /// Ledger index of the newest event; `None`: nothing was recorded.
    pub fn newest(&self) -> Option<u64> {
        self.recorded.last().map(|(_, recorded)| recorded.index)
    }

    /// The agency that `text` names on a day: its identifier, or a code of its on that day.
    pub fn agency(&self, text: &str, day: NaiveDate) -> Result<&Agency> {
        let none = || {
            let what = format!("no agency of the register is named by {text:?} on {day}");
            Error::not_found(what)
                .remedy("give its identifier, or a code that it has on that day: `chauban agency list --on DAY`")
        };
        let text = text.trim();
        if let Ok(id) = Uuid::try_parse(text) {
            return self.agencies.get(id).ok_or_else(none);
        }
        let code = text.parse().map_err(|_| none())?;
        match self.agencies.meaning(&code, day) {
            Meaning::Agency(agency) => Ok(agency),
            Meaning::AtAnotherTime(agency, coded) => {
                let (from, name) = (coded.from, agency.name(coded.from));
                Err(Error::not_found(format!("on {day} the code {code} means no agency, but from {from} “{name}”"))
                    .remedy("name a day on which it is valid, or give the agency's identifier"))
            }
            Meaning::Unknown => Err(none()),
        }
    }

    /// The register as a table that can be imported.
    pub fn table(&self) -> Result<Vec<u8>> {
        table::write(&self.agencies).map_err(|error| Error::corrupt("the table can't be written").because(error))
    }
}

impl Archive {
    /// The register of agencies. It is read anew only where something was recorded since.
    pub fn register(&self) -> Result<Arc<Register>> {
        let newest = self.catalog.last_event(REGISTER).map_err(project::catalog)?.map(|(index, _)| index);
        let died = || Error::corrupt("a reader of the register died");
        if let Some(kept) = self.register.read().map_err(|_| died())?.as_ref()
            && kept.newest() == newest
        {
            return Ok(kept.clone());
        }
        let fresh = Arc::new(self.read_register()?);
        *self.register.write().map_err(|_| died())? = Some(fresh.clone());
        Ok(fresh)
    }

    fn read_register(&self) -> Result<Register> {
        let mut register = Register::default();
        for (index, row) in self.catalog.events(REGISTER).map_err(project::catalog)? {
            let (_, entry) = self.entry(&row)?;
            let AgenciesChangedBody { acts } = self.body_of(&row)?;
            for body in acts {
                let told = register.agencies.record(wire::act(body)?);
                told.map_err(|refused| wire::damaged().because(refused.why))?;
            }
            let recorded = Recorded { index, at: entry.time.to_string(), by: self.name_of(entry.actor)? };
            register.recorded.push((register.agencies.next_number() - 1, recorded));
        }
        Ok(register)
    }
}

/// Records what is wanted, as acts that count together.
pub fn record(archive: &Writing, wanted: &Wanted, actor: &str) -> Result<Recording> {
    let _orders = archive.orders()?;
    let register = archive.register()?;
    let acts = wanted.acts(&register, || archive.new_id())?;
    commit(archive, &register, acts, actor)
}

/// What was recorded.
#[derive(Debug)]
pub struct Recording {
    /// The register since.
    pub register: Arc<Register>,
    /// Numbers of the acts, in order.
    pub numbers: std::ops::Range<u32>,
    /// The agencies that they are about, each once.
    pub about: Vec<Uuid>,
}

/// What a table would bring.
pub fn read_table(archive: &Writing, bytes: &[u8]) -> Result<Import> {
    table::read(bytes, &archive.register()?.agencies, || archive.new_id())
        .map_err(|error| Error::invalid("the table of agencies can't be read").because(error))
}

/// Records what a table brings that fits and is new; where nothing is, nothing.
pub fn import(archive: &Writing, bytes: &[u8], actor: &str) -> Result<Import> {
    let _orders = archive.orders()?;
    let (register, read) = (archive.register()?, read_table(archive, bytes)?);
    if !read.acts.is_empty() {
        commit(archive, &register, read.acts.clone(), actor)?;
    }
    Ok(read)
}

fn commit(archive: &Writing, register: &Register, acts: Vec<Act>, actor: &str) -> Result<Recording> {
    let first = register.agencies.next_number();
    let after = register.agencies.take(acts.iter().cloned()).map_err(|refused| {
        let what = match refused.number < first {
            true => {
                let (number, why) = (refused.number, refused.why.to_string());
                format!("act {number} would not fit any more: {why}")
            }
            false => refused.why.to_string(),
        };
        refusal(&refused.why, what)
    })?;
    let mut about: Vec<Uuid> = acts.iter().flat_map(Act::about).collect();
    about.sort_unstable();
    about.dedup();
    let body = AgenciesChangedBody { acts: acts.iter().map(AgencyActBody::from).collect() };
    let actor = archive.actor(actor)?;
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind: EventKind::AgenciesChanged, id: REGISTER, actor, rule: None };
    let event = archive.announcer()?.with_body(heading, scope, Vec::new(), &body)?;
    archive.commit(vec![event])?;
    Ok(Recording { register: archive.register()?, numbers: first..after.next_number(), about })
}

fn refusal(why: &Refusal, what: String) -> Error {
    match why {
        Refusal::NotThere => Error::not_found(what).remedy("`chauban agency list` lists them"),
        Refusal::NoSuchAct(_) => {
            Error::not_found(what).remedy("`chauban agency show` tells the acts and their numbers")
        }
        Refusal::Twice | Refusal::SameDay(_) | Refusal::Overlap { .. } | Refusal::Ended(_) => {
            Error::conflict(what).remedy("what was recorded wrongly is corrected: `chauban agency correct`")
        }
        Refusal::AfterEnd { .. } => Error::conflict(what),
        _ => Error::invalid(what),
    }
}
