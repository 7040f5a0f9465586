//! Reading copies: a record's own PDF files, read from the vault each time, for whoever has the pass.
//!
//! Nothing is made and nothing is kept beside the record, so nothing is left of it when it is destroyed. Whether a pass opens
//! anything is asked of the request's events and of the records' access at every look.

use super::copies::PDF;
use super::step::end_of;
use super::{Done, Form, Pass, Request};
use crate::archive::body::RecordBody;
use crate::archive::reading::Archive;
use crate::error::Result;
use crate::request::{State, lends};
use crate::retention::access::Access;
use crate::retention::civil::vietnamese_day;
use crate::time::Micros;
use uuid::Uuid;

/// What a pass opens.
pub struct Lent {
    /// The request.
    pub request: Uuid,
    /// From when it opens nothing.
    pub until: Micros,
    /// The records that are still there, with their places in the request, from 1.
    pub records: Vec<(usize, Uuid, RecordBody)>,
    /// How many were destroyed since they were asked for.
    pub destroyed: usize,
}

impl Lent {
    /// A file that is read in place: the record, and the numbers of its files that are PDF.
    pub fn record(&self, number: usize) -> Option<(Uuid, &RecordBody)> {
        self.records.iter().find(|(own, ..)| *own == number).map(|(_, id, body)| (*id, body))
    }
}

/// Numbers, from 1, of a record's files that are read in place.
pub fn readable(body: &RecordBody) -> impl Iterator<Item = usize> {
    (1..).zip(&body.components).filter(|(_, one)| one.media_type == PDF).map(|(number, _)| number)
}

impl Request {
    /// From when its reading copy opens nothing: counted from when it was first given out.
    pub fn until(&self) -> Option<Micros> {
        let lent = |step: &super::Step| matches!(step.what, Done::Fulfilled).then_some(step.at);
        let given = self.steps.iter().find_map(lent).filter(|_| self.form == Form::ReadingCopy)?;
        Some(end_of(given, self.asked.days.unwrap_or(0)))
    }

    /// Name of the pass that opens it: the last that was issued, unless it was revoked since.
    pub fn pass(&self) -> Option<Uuid> {
        let last = self.steps.iter().rev().find_map(|step| match step.what {
            Done::PassIssued(pass) => Some(Some(pass)),
            Done::PassRevoked(_) => Some(None),
            _ => None,
        });
        last.flatten().filter(|_| self.state() == State::Fulfilled)
    }

    /// How open the least open of its records was when it was approved.
    pub fn approved(&self) -> Option<Access> {
        let approved = self.steps.iter().find_map(|step| match &step.what {
            Done::Approved(body) => Some(body.access.as_str()),
            _ => None,
        });
        Access::NAMES.iter().find(|(name, _)| Some(*name) == approved).map(|(_, access)| *access)
    }
}

impl Archive {
    /// What a pass opens now; `None`: nothing.
    pub fn lent(&self, pass: Pass, now: Micros) -> Result<Option<Lent>> {
        let request = self.request(pass.request)?;
        let Some((until, approved)) = request.until().zip(request.approved()) else { return Ok(None) };
        if request.pass() != Some(pass.id) || now >= until {
            return Ok(None);
        }
        let (mut records, mut access) = (Vec::new(), Access::Open);
        for (number, &record) in (1..).zip(&request.records) {
            if self.tombstone(record)?.is_none() {
                let body = self.record(record)?;
                access = access.max(self.access(record, &body, vietnamese_day(now))?.access);
                records.push((number, record, body));
            }
        }
        let destroyed = request.records.len() - records.len();
        Ok(lends(approved, access).then_some(Lent { request: request.id, until, records, destroyed }))
    }
}
