//! What is handed in to be checked and not to be kept: bytes of anybody, for parsers.
//!
//! All of it is bounded: how many requests at once hand in, how long their bytes take, how many there are, in how many
//! parts. They lie in files without names, and one request's are checked at a time, away from the threads that talk to
//! browsers; how much work a document may cause the signature engine limits itself.

use super::multipart::Multipart;
use super::problem::Problem;
use super::service::{Service, blocking};
use crate::archive::handed_in::{HANDED_IN_BYTES_MAX, HandedIn};
use crate::error::{Error, Result as Done};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that hand in at once: each may fill the scratch space with [`HANDED_IN_BYTES_MAX`].
const AT_ONCE: usize = 4;
/// All bytes of a request are there within so long: 200 MiB at 6 Mbit/s.
const ARRIVES_WITHIN: Duration = Duration::from_secs(300);
/// Parts of a request: two files, some fields, and what is known beside them.
const PARTS_MAX: usize = 64;
/// Longest field that is no file: a receipt.
const FIELD_BYTES_MAX: usize = 1 << 20;
/// Bytes that are gathered before they are written.
const GATHERED_BYTES: usize = 256 * 1024;
/// Around the files: heads of parts, fields.
const ENVELOPE_BYTES_MAX: u64 = 4 << 20;

/// Who may hand in now, and whose turn it is.
pub struct Desk {
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// What one request handed in.
pub struct Handed {
    fields: Vec<(String, String)>,
    files: Vec<(String, HandedIn)>,
    _place: OwnedSemaphorePermit,
}

impl Handed {
    /// Takes a form with files in.
    pub async fn read(service: &Arc<Service>, headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let announced =
            headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|bytes| bytes > HANDED_IN_BYTES_MAX + ENVELOPE_BYTES_MAX) {
            return Err(Problem::too_long());
        }
        let place = service.handed.places.clone().try_acquire_owned().map_err(|_| busy())?;
        let mut handed = Self { fields: Vec::new(), files: Vec::new(), _place: place };
        let parts = handed.take(service, Multipart::of(headers, body)?);
        tokio::time::timeout(ARRIVES_WITHIN, parts).await.map_err(|_| Problem::timeout())??;
        Ok(handed)
    }

    async fn take(&mut self, service: &Arc<Service>, mut form: Multipart) -> Result<(), Problem> {
        let mut room = HANDED_IN_BYTES_MAX;
        while let Some(part) = form.part().await? {
            if self.fields.len() + self.files.len() >= PARTS_MAX {
                return Err(Problem::too_long());
            }
            match part.file {
                // Browsers send a field of files that is empty as one without a name.
                Some(name) if name.is_empty() => {}
                Some(name) => self.files.push((part.name, file(service, &mut form, name, &mut room).await?)),
                None => self.fields.push((part.name, form.text(FIELD_BYTES_MAX).await?)),
            }
        }
        Ok(())
    }

    /// What a field says; empty where it is not there.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The file of a field, which must be there.
    pub fn file(&self, name: &str) -> Done<&HandedIn> {
        self.files(name).next().ok_or_else(|| Error::invalid(format!("the file {name} is missing")))
    }

    /// The files of a field.
    pub fn files(&self, name: &str) -> impl Iterator<Item = &HandedIn> {
        self.files.iter().filter(move |(field, _)| field == name).map(|(_, file)| file)
    }

    /// Does what takes long with what was handed in, one after another.
    pub async fn check<T: Send + 'static>(
        self,
        service: &Arc<Service>,
        work: impl FnOnce(&Service, &Self) -> Done<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = turn(service).await?;
        let checked = blocking(service.clone(), move |service| {
            let _turn = turn;
            work(service, &self)
        });
        Ok(checked.await?)
    }
}

/// The turn of what judges signatures while somebody waits for the answer.
pub async fn turn(service: &Arc<Service>) -> Result<OwnedSemaphorePermit, Problem> {
    service.handed.turn.clone().acquire_owned().await.map_err(|_| busy())
}

async fn file(service: &Arc<Service>, form: &mut Multipart, name: String, room: &mut u64) -> Result<HandedIn, Problem> {
    let mut file = blocking(service.clone(), move |_| HandedIn::begin(name)).await?;
    let mut gathered: Vec<u8> = Vec::with_capacity(GATHERED_BYTES);
    loop {
        let piece = form.piece().await?;
        let is_last = piece.is_none();
        let piece = piece.unwrap_or_default();
        *room = room.checked_sub(piece.len() as u64).ok_or_else(Problem::too_long)?;
        gathered.extend(piece);
        if is_last || gathered.len() >= GATHERED_BYTES {
            let bytes = std::mem::replace(&mut gathered, Vec::with_capacity(GATHERED_BYTES));
            file = blocking(service.clone(), move |_| file.write(&bytes).map(|()| file)).await?;
        }
        if is_last {
            return Ok(file);
        }
    }
}

fn busy() -> Problem {
    let detail = "too many files are being checked just now: ask again in a moment".to_owned();
    Problem { status: StatusCode::SERVICE_UNAVAILABLE, code: "unavailable", detail, remedy: None }
}
