//! The register of requests: each with the agencies whose records it is about, read again when something happened to it.

use super::Request;
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::error::{Error, Kind, Result};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A request, and for each of its records the agency that transferred it.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The request.
    pub request: Request,
    /// Codes, in the order of its records; empty where nothing tells any more.
    pub agencies: Vec<String>,
}

/// Every request as it was read last.
#[derive(Default)]
pub struct Register {
    known: Mutex<BTreeMap<Uuid, Arc<Registered>>>,
}

impl Register {
    /// Every request, in the order of their coming.
    pub fn all(&self, archive: &Archive) -> Result<Vec<Arc<Registered>>> {
        let mut known = self.known.lock().map_err(|_| Error::unavailable("a reading of requests died"))?;
        for id in archive.catalog.requests().map_err(project::catalog)? {
            let is_as_it_was = match known.get(&id).map(|one| &one.request) {
                None => false,
                Some(request) if request.state().is_over() => true,
                Some(request) => archive.catalog.events(id).map_err(project::catalog)?.len() == request.steps.len(),
            };
            if !is_as_it_was {
                known.insert(id, Arc::new(archive.registered(id)?));
            }
        }
        Ok(known.values().cloned().collect())
    }
}

impl Archive {
    /// A request with the agencies whose records it is about.
    pub fn registered(&self, id: Uuid) -> Result<Registered> {
        let request = self.request(id)?;
        let agencies = request.records.iter().map(|record| self.agency_of(*record)).collect::<Result<_>>()?;
        Ok(Registered { request, agencies })
    }

    /// Code of the agency that transferred a record, destroyed or not; empty where nothing tells any more.
    pub fn agency_of(&self, record: Uuid) -> Result<String> {
        let dossier = match self.tombstone(record)? {
            Some(tombstone) => tombstone.dossier,
            None => self.record(record)?.dossier,
        };
        let dossier = Uuid::try_parse(&dossier).map_err(|_| Error::corrupt("the body is damaged"))?;
        match self.dossier(dossier) {
            Err(error) if error.kind() == Kind::NotFound => Ok(String::new()),
            found => Ok(found?.agency_code),
        }
    }
}
