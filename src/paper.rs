//! Documents on paper's terms: values in, the bytes of a PDF/A file out.
//!
//! Owns the layout of Vietnamese administrative documents (Decree 30/2020, Annex I: paper, margins, fonts, the places
//! of its parts) and, in [`disposal`], the documents of a disposal case. Knows no clock and no disk: names, dates and
//! digests are passed in, so the same input gives the same bytes, and a digest can be approved before it is signed.
//!
//! - The files are PDF/A-2a (ISO 19005-2): PDF 1.7, which every signing tool in use reads; fonts embedded, every letter
//!   with its Unicode value, the order of reading and the tables marked. Not A-3, which would let files hide inside;
//!   not A-4 (PDF 2.0), which older tools do not sign.
//! - Nothing is lost silently: a character without a glyph is printed as its number, a field over its limit says how
//!   much was cut. No text panics.
//! - A form whose official text nobody has seen says so on its first page ([`Form::Unverified`]).
//! - A file has no signature field: signing tools add theirs in an incremental update, so that [`is_signed_copy`] can
//!   tell that the signed file begins with the one that was made.

pub mod copy;
mod days;
pub mod disposal;
mod face;
mod layout;
mod lines;
mod model;
mod printable;
mod signed_copy;
pub mod transfer;
mod write;

pub use model::{
    Align, Block, Closing, Column, Document, Form, Heading, Number, Numbering, Orientation, Recipients, Row, Signer,
    Span, Style, Table, Text,
};
pub use signed_copy::is_signed_copy;

/// Most pages of a document: a list of 100,000 items, the most that a case has, takes about half of them.
pub const PAGES_MAX: usize = 20_000;

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It would be too long.
    #[error("the document would have more than {PAGES_MAX} pages")]
    TooLong,
    /// The head of a table leaves no room below it.
    #[error("the head of a table fills a page")]
    HeadTooHigh,
    /// The library that writes PDF/A refuses.
    #[error("the document can't be written as PDF/A: {0}")]
    Refused(String),
}

/// A document as the bytes of a PDF/A-2a file.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Error> {
    write::pdf(document, layout::lay_out(document)?)
}

#[cfg(test)]
mod tests;
