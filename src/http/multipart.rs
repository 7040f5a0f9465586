//! Forms with files (`multipart/form-data`, RFC 7578), taken apart as they arrive: a file of any length costs a window.
//!
//! [`Splitter`] is pure: bytes in, parts and pieces of them out. [`Multipart`] feeds it from a request.

use super::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use memchr::memmem;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// Longest head of a part.
const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Longest boundary (RFC 2046 §5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;
/// Without a byte for so long a request is given up.
pub const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What a form with files is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Head),
    /// Bytes of the part.
    Piece(Vec<u8>),
    /// The form is over.
    End,
}

/// The head of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Name of the field.
    pub name: String,
    /// Name of the file, where it is one.
    pub file: Option<String>,
}

/// That bytes are no form with files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form with files can't be read")]
pub struct NotAForm;

/// Takes a form apart.
pub struct Splitter {
    delimiter: Vec<u8>,
    held: Vec<u8>,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first part: whatever stands there is left out.
    Before,
    Head,
    Content,
    /// At a delimiter, or past it.
    Between,
    After,
}

impl Splitter {
    /// For the boundary that the type of the content names.
    pub fn new(content_type: &str) -> Result<Self, NotAForm> {
        let (kind, rest) = content_type.split_once(';').ok_or(NotAForm)?;
        let boundary = rest.split(';').find_map(|pair| pair.trim().strip_prefix("boundary="));
        let boundary = boundary.map(|text| text.trim_matches('"')).filter(|text| !text.is_empty()).ok_or(NotAForm)?;
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") || boundary.len() > BOUNDARY_BYTES_MAX {
            return Err(NotAForm);
        }
        // The first delimiter may be the first bytes.
        Ok(Self { delimiter: format!("\r\n--{boundary}").into(), held: b"\r\n".to_vec(), place: Place::Before })
    }

    /// Takes further bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.place != Place::After {
            self.held.extend_from_slice(bytes);
        }
    }

    /// What is there to be told; `None`: more bytes are needed.
    pub fn next(&mut self) -> Result<Option<Event>, NotAForm> {
        loop {
            match self.place {
                Place::Before => match memmem::find(&self.held, &self.delimiter) {
                    Some(at) => {
                        self.held.drain(..at);
                        self.place = Place::Between;
                    }
                    None if self.held.len() > HEAD_BYTES_MAX => return Err(NotAForm),
                    None => return Ok(None),
                },
                Place::Between => match self.held.get(self.delimiter.len()..self.delimiter.len() + 2) {
                    None => return Ok(None),
                    Some(b"--") => {
                        self.held.clear();
                        self.place = Place::After;
                        return Ok(Some(Event::End));
                    }
                    Some(b"\r\n") => {
                        self.held.drain(..self.delimiter.len() + 2);
                        self.place = Place::Head;
                    }
                    Some(_) => return Err(NotAForm),
                },
                Place::Head => match memmem::find(&self.held, b"\r\n\r\n") {
                    Some(at) if at <= HEAD_BYTES_MAX => {
                        let head = read_head(&self.held[..at]).ok_or(NotAForm)?;
                        self.held.drain(..at + 4);
                        self.place = Place::Content;
                        return Ok(Some(Event::Part(head)));
                    }
                    None if self.held.len() <= HEAD_BYTES_MAX => return Ok(None),
                    _ => return Err(NotAForm),
                },
                Place::Content => match self.content() {
                    None if self.place == Place::Between => {}
                    piece => return Ok(piece),
                },
                Place::After => return Ok(None),
            }
        }
    }

    fn content(&mut self) -> Option<Event> {
        let end = match memmem::find(&self.held, &self.delimiter) {
            Some(at) => {
                self.place = Place::Between;
                at
            }
            // A delimiter may begin in the last bytes.
            None => self.held.len().saturating_sub(self.delimiter.len() - 1),
        };
        (end > 0).then(|| Event::Piece(self.held.drain(..end).collect()))
    }
}

fn read_head(head: &[u8]) -> Option<Head> {
    let text = std::str::from_utf8(head).ok()?;
    let (_, value) = text
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
    let mut read = Head::default();
    let mut rest = value.trim().strip_prefix("form-data")?;
    while let Some((_, after)) = rest.split_once(';') {
        let (name, after) = after.trim_start().split_once('=')?;
        let (quoted, after) = after.strip_prefix('"')?.split_once('"')?;
        // Browsers write these three so (HTML, multipart/form-data encoding).
        let quoted = quoted.replace("%0D", "\r").replace("%0A", "\n").replace("%22", "\"");
        match name.trim() {
            "name" => read.name = quoted,
            "filename" => read.file = Some(quoted),
            _ => {}
        }
        rest = after;
    }
    Some(read)
}

/// A form with files, of a request.
pub struct Multipart {
    splitter: Splitter,
    body: Body,
    is_over: bool,
    /// The head of the part after the one whose end was met.
    ahead: Option<Event>,
}

impl Multipart {
    /// Of a request's headers and body.
    pub fn of(headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        let splitter = Splitter::new(kind).map_err(|_| Problem {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ..Problem::invalid("a form with files is wanted: multipart/form-data")
        })?;
        Ok(Self { splitter, body, is_over: false, ahead: None })
    }

    /// The next part; what is left of the one before is passed over.
    pub async fn part(&mut self) -> Result<Option<Head>, Problem> {
        loop {
            match self.event().await? {
                Event::Part(head) => return Ok(Some(head)),
                Event::Piece(_) => {}
                Event::End => return Ok(None),
            }
        }
    }

    /// The next bytes of the part; `None` at its end.
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        match self.event().await? {
            Event::Piece(piece) => Ok(Some(piece)),
            other => {
                self.ahead = Some(other);
                Ok(None)
            }
        }
    }

    /// The whole part, of at most so many bytes.
    pub async fn whole(&mut self, bytes_max: usize) -> Result<Vec<u8>, Problem> {
        let mut whole = Vec::new();
        while let Some(piece) = self.piece().await? {
            if whole.len() + piece.len() > bytes_max {
                return Err(Problem::too_long());
            }
            whole.extend(piece);
        }
        Ok(whole)
    }

    /// The whole part as text.
    pub async fn text(&mut self, bytes_max: usize) -> Result<String, Problem> {
        let whole = self.whole(bytes_max).await?;
        String::from_utf8(whole).map_err(|_| Problem::invalid("a field is not UTF-8"))
    }

    async fn event(&mut self) -> Result<Event, Problem> {
        if let Some(event) = self.ahead.take() {
            return Ok(event);
        }
        loop {
            if let Some(event) = self.splitter.next().map_err(|error| Problem::invalid(error.to_string()))? {
                return Ok(event);
            }
            match frame(&mut self.body).await? {
                Some(bytes) => self.splitter.feed(&bytes),
                None if self.is_over => return Err(Problem::invalid("the form with files breaks off")),
                None => self.is_over = true,
            }
        }
    }
}

/// The next bytes of a body; `None` at its end. Waits for [`SILENCE_MAX`] at most.
pub async fn frame(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    loop {
        let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        let next = tokio::time::timeout(SILENCE_MAX, next).await;
        let next = next.map_err(|_| Problem::timeout())?;
        match next {
            None => return Ok(None),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
            Some(Err(_)) => return Err(Problem::invalid("the request breaks off")),
        }
    }
}

#[cfg(test)]
mod tests;
