//! Files of records on their way out: whole or a range, in pieces, verified before they leave.
//!
//! A thread decrypts and a bounded channel feeds the answer, so a file of any length costs a few pieces of memory. Every
//! piece is authenticated under the object's key; of a whole file the last piece waits until both digests are those of the
//! accession, so that a file that is not right never arrives whole.

use super::guard::escaped;
use super::problem::Problem;
use super::service::Service;
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
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

/// Pieces that may wait for a slow reader.
const PIECES_MAX: usize = 4;
/// Longest piece.
const PIECE_BYTES: usize = 256 * 1024;

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

/// Answers with component `number` (from 1) of a record, or with the range that is asked for.
pub fn answer(
    service: &Arc<Service>,
    record: Uuid,
    number: usize,
    component: &ComponentBody,
    headers: &HeaderMap,
    manner: Manner,
) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", component.sha256);
    let size = component.size;
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
    let (feed, pieces) = channel(PIECES_MAX);
    let (service, part) = (service.clone(), range.clone());
    tokio::task::spawn_blocking(move || send(&service, record, number, part, feed));
    let mut response = Body::new(Pieces { pieces, left: length }).into_response();
    let is_pdf = component.media_type == "application/pdf";
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
        _ => format!("{place}; filename*=UTF-8''{}", escaped(&component.name).replace('/', "%2F")),
    };
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(HeaderName::from_static("repr-digest"), digest(&component.sha256)?);
    if let Some(range) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let span = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, value(&span)?);
    }
    Ok(response)
}

/// A body of no known length that a thread writes; an error breaks it off, so that no client takes it for whole.
pub fn streamed(
    service: &Arc<Service>,
    write: impl FnOnce(&Service, &mut dyn Write) -> crate::error::Result<()> + Send + 'static,
) -> Body {
    let (feed, pieces) = channel(PIECES_MAX);
    let service = service.clone();
    tokio::task::spawn_blocking(move || {
        let mut sink = Sink { feed, held: Vec::with_capacity(PIECE_BYTES) };
        let done = write(&service, &mut sink);
        let Sink { feed, held } = sink;
        let last = done.map(|()| Bytes::from(held)).map_err(|error| {
            tracing::error!(%error, "an answer was not sent whole");
            io::Error::other("the answer can't be made")
        });
        let _ = feed.blocking_send(last);
    });
    Body::new(Feed { pieces })
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

/// Decrypts into the channel; an error ends the answer short of its length, which no client takes for whole.
fn send(service: &Service, record: Uuid, number: usize, range: Option<Range<u64>>, feed: Sender<io::Result<Bytes>>) {
    let mut sink = Sink { feed, held: Vec::with_capacity(PIECE_BYTES) };
    let archive = service.archive();
    let done = archive.and_then(|archive| match range {
        None => archive.get(record, number, &mut sink).map(|_| ()),
        Some(range) => archive.get_range(record, number, range, &mut sink).map(|_| ()),
    });
    let Sink { feed, held } = sink;
    let last = match done {
        Ok(()) => Ok(Bytes::from(held)),
        Err(error) => {
            tracing::error!(%error, %record, number, "a file was not sent whole");
            Err(io::Error::other("the file can't be read"))
        }
    };
    let _ = feed.blocking_send(last);
}

struct Sink {
    feed: Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() >= PIECE_BYTES {
            let piece = std::mem::replace(&mut self.held, Vec::with_capacity(PIECE_BYTES));
            let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
            self.feed.blocking_send(Ok(Bytes::from(piece))).map_err(gone)?;
        }
        let taken = bytes.len().min(PIECE_BYTES);
        self.held.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A body that is fed, of no known length.
pub struct Feed {
    /// What feeds it.
    pub pieces: Receiver<io::Result<Bytes>>,
}

impl http_body::Body for Feed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.pieces.poll_recv(cx));
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }
}

struct Pieces {
    pieces: Receiver<io::Result<Bytes>>,
    left: u64,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.pieces.poll_recv(cx));
        Poll::Ready(piece.map(|piece| {
            let piece = piece?;
            self.left = self.left.saturating_sub(piece.len() as u64);
            Ok(Frame::data(piece))
        }))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests;
