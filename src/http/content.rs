//! Files of records, and of documents before they are records, on their way out: whole or a range, in pieces, verified before they leave.
//!
//! A thread decrypts and a bounded channel feeds the answer, so a file of any length costs a few pieces of memory. The thread
//! is none of those that answer requests ([`Turns`](super::turns::Turns)), and a reader who takes no piece for
//! [`TAKEN_WITHIN`] is given up. Every piece is authenticated under the object's key; of a whole file the last piece waits
//! until both digests are those of the accession, so that a file that is not right never arrives whole.

use super::guard::escaped;
use super::pace::Asker;
use super::problem::Problem;
use super::service::Service;
use super::turns::Share;
use crate::archive::body::ComponentBody;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use std::io::{self, Write};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

/// Pieces that may wait for a slow reader.
const PIECES_MAX: usize = 4;
/// Longest piece.
const PIECE_BYTES: usize = 256 * 1024;
/// Longest until a reader takes a piece: 9 KB/s.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// What agencies sent runs nothing and loads nothing; only our own page may frame it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// In the page, where it is a PDF.
    Shown,
    /// To be saved.
    Saved,
    /// In the page, for whoever has a pass: kept by no browser.
    Lent,
}

/// Which file of a record.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The record.
    pub record: Uuid,
    /// The component, from 1.
    pub number: usize,
}

/// A file as it is told of before its bytes are.
pub struct File<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// SHA-256, hexadecimal.
    pub sha256: &'a str,
    /// Its length, bytes.
    pub size: u64,
}

/// Answers with a component of a record, or with the range that is asked for; `who` reads it.
pub fn component(
    service: &Arc<Service>,
    who: Asker,
    place: Place,
    component: &ComponentBody,
    headers: &HeaderMap,
    manner: Manner,
) -> Result<Response, Problem> {
    let ComponentBody { name, media_type, sha256, size, .. } = component;
    let file = File { name, media_type, sha256, size: *size };
    answer(service, who, &file, headers, manner, move |service, part, sink| {
        let (archive, Place { record, number }) = (service.archive()?, place);
        match part {
            None => archive.get(record, number, sink).map(|_| ()),
            Some(range) => archive.get_range(record, number, range, sink).map(|_| ()),
        }
    })
}

/// Answers with a file that `write` gives, or with the range that is asked for; `who` reads it.
pub fn answer(
    service: &Arc<Service>,
    who: Asker,
    file: &File<'_>,
    headers: &HeaderMap,
    manner: Manner,
    write: impl FnOnce(&Service, Option<Range<u64>>, &mut dyn Write) -> crate::error::Result<()> + Send + 'static,
) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", file.sha256);
    let size = file.size;
    if manner != Manner::Lent && matches_tag(headers, header::IF_NONE_MATCH, &tag) {
        // Browsers take a new policy from this answer, too.
        let headers =
            [(header::ETAG, value(&tag)?), (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))];
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let range = match wanted(headers, &tag, size) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => {
            let mut refused = Problem::invalid("the range is not within the file");
            refused.status = StatusCode::RANGE_NOT_SATISFIABLE;
            let mut response = refused.into_response();
            response.headers_mut().insert(header::CONTENT_RANGE, value(&format!("bytes */{size}"))?);
            return Ok(response);
        }
    };
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    let part = range.clone();
    let feed = made(service, who, move |service, sink| write(service, part, sink))?;
    let mut response = Body::new(Sized { feed, left: length }).into_response();
    let is_pdf = file.media_type == "application/pdf";
    let headers = response.headers_mut();
    let kind = if is_pdf { "application/pdf" } else { "application/octet-stream" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(&tag)?);
    let cache = if manner == Manner::Lent { "no-store" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    let place = if is_pdf && manner == Manner::Shown { "inline" } else { "attachment" };
    let disposition = match manner {
        Manner::Lent => "inline".to_owned(),
        _ => format!("{place}; filename*=UTF-8''{}", escaped(file.name).replace('/', "%2F")),
    };
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(HeaderName::from_static("repr-digest"), digest(file.sha256)?);
    if let Some(range) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let span = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, value(&span)?);
    }
    Ok(response)
}

/// A body of no known length that a thread writes for `who`.
pub fn streamed(
    service: &Arc<Service>,
    who: Asker,
    write: impl FnOnce(&Service, &mut dyn Write) -> crate::error::Result<()> + Send + 'static,
) -> Result<Body, Problem> {
    Ok(Body::new(made(service, who, write)?))
}

/// What a thread writes, as soon as there is one; an error breaks it off short of its end, so that nobody takes it for whole.
fn made(
    service: &Arc<Service>,
    who: Asker,
    write: impl FnOnce(&Service, &mut dyn Write) -> crate::error::Result<()> + Send + 'static,
) -> Result<Feed, Problem> {
    let many = || Problem::too_many("too many files are on their way to you: take those first");
    let share = service.turns.reader(who).ok_or_else(many)?;
    let (feed, pieces) = channel(PIECES_MAX);
    let service = service.clone();
    tokio::spawn(async move {
        let turn = service.turns.sending().await;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut sink = Sink { feed, held: Vec::with_capacity(PIECE_BYTES) };
            let done = write(&service, &mut sink);
            let last = done.map(|()| Bytes::from(std::mem::take(&mut sink.held))).map_err(|error| {
                tracing::error!(%error, "an answer was not sent whole");
                io::Error::other("the answer can't be made")
            });
            let _ = sink.give(last);
        });
    });
    Ok(Feed { pieces, _share: Some(share) })
}

/// RFC 9530.
fn digest(sha256: &str) -> Result<HeaderValue, Problem> {
    use base64::Engine;
    let bytes = crate::digest::unhex(sha256).unwrap_or_default();
    value(&format!("sha-256=:{}:", base64::engine::general_purpose::STANDARD.encode(bytes)))
}

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::try_from(text).map_err(|_| Problem::invalid("the file can't be named in a header"))
}

fn matches_tag(headers: &HeaderMap, name: HeaderName, tag: &str) -> bool {
    let given = headers.get(name).and_then(|given| given.to_str().ok()).unwrap_or("");
    given.split(',').any(|one| one.trim() == "*" || one.trim() == tag)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Nothing,
}

/// The one range that is asked for (RFC 9110 §14); several, or what can't be read, are answered with the whole.
fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let text = |name: HeaderName| headers.get(name).and_then(|given| given.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|if_range| if_range != tag) {
        return Wanted::Whole;
    }
    let Some(range) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else { return Wanted::Whole };
    let Some((first, last)) = range.split_once('-').filter(|(_, last)| !last.contains(',')) else {
        return Wanted::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Wanted::Whole,
    };
    if range.start < range.end { Wanted::Part(range) } else { Wanted::Nothing }
}

struct Sink {
    feed: Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Sink {
    /// Hands a piece over, once there is room for it.
    fn give(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let given = tokio::time::timeout(TAKEN_WITHIN, self.feed.send(piece));
        match Handle::current().block_on(given) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() >= PIECE_BYTES {
            let piece = std::mem::replace(&mut self.held, Vec::with_capacity(PIECE_BYTES));
            self.give(Ok(Bytes::from(piece)))?;
        }
        let taken = bytes.len().min(PIECE_BYTES);
        self.held.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a thread makes, as it comes; of no known length.
pub struct Feed {
    pieces: Receiver<io::Result<Bytes>>,
    /// The reader's, until the last piece has gone.
    _share: Option<Share>,
}

impl From<Receiver<io::Result<Bytes>>> for Feed {
    fn from(pieces: Receiver<io::Result<Bytes>>) -> Self {
        Self { pieces, _share: None }
    }
}

impl http_body::Body for Feed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.pieces.poll_recv(cx));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}

/// The same, of a length that is known.
struct Sized {
    feed: Feed,
    left: u64,
}

impl http_body::Body for Sized {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(Pin::new(&mut self.feed).poll_frame(cx));
        if let Some(Ok(piece)) = &piece {
            self.left = self.left.saturating_sub(piece.data_ref().map_or(0, |bytes| bytes.len() as u64));
        }
        Poll::Ready(piece)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests;
