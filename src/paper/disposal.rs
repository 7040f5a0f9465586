//! The documents of lawful disposal, each from plain values: [`List`], [`Justification`], [`Appointment`],
//! [`CouncilMinutes`], [`Submission`], [`Decision`], [`Handover`], [`DestructionMinutes`], [`Certificate`]; and
//! [`TransferList`].
//!
//! Which documents make the file of a disposal: Law 01/2011 Art. 28 (read) and Circular 06/2025/TT-BNV (secondary
//! sources). Nobody has seen the circular's forms, so each document says what its form follows and how that was read;
//! the columns of the list are the five that a secondary source names. Grounds are passed in as they are to be printed:
//! nothing is cited here that the caller does not know.

mod certificate;
mod council;
mod decision;
mod destruction;
mod justification;
mod list;
mod transfer;
mod words;

pub use certificate::{Certificate, CertifiedApproval, CertifiedDocument, CertifiedItem, Completeness, Proof};
pub use council::{Absent, Appointment, Ballot, CouncilMinutes, Member};
pub use decision::{Decision, Submission};
pub use destruction::{DestructionMinutes, Handover, LeftItem, Party};
pub use justification::{GroupCount, Justification};
pub use list::{List, ListedItem, Reason};
pub use transfer::{TransferItem, TransferList};

use super::model::{Block, Closing, Document, Form, Heading, Number, Orientation, Recipients, Signer, Text};
use crate::digest::Sha256;
use chrono::{DateTime, NaiveDate, Utc};

/// Who issues a document, where, when, and who signs and receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// When the file is made.
    pub made: DateTime<Utc>,
    /// The agency above the one that issues it.
    pub superior: Option<String>,
    /// The agency.
    pub agency: String,
    /// Number and notation.
    pub number: Number,
    /// Name of the place.
    pub place: String,
    /// Day of issue; left open if the registry gives it.
    pub on: Option<NaiveDate>,
    /// Who signs, from the left.
    pub signers: Vec<Signer>,
    /// Who receives it.
    pub recipients: Option<Recipients>,
}

/// The list that a document is about, as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListReference {
    /// Whose records: name of the fonds.
    pub fonds: String,
    /// The years of the records, `2001 - 2005`.
    pub years: String,
    /// How many records.
    pub items: usize,
    /// Digest of the list: what approvals name.
    pub digest: Sha256,
}

/// What a document is, apart from its text.
struct Kind<'a> {
    kind: &'a str,
    subject: String,
    form: Form,
    orientation: Orientation,
}

impl Issue {
    fn document(&self, kind: Kind, blocks: Vec<Block>) -> Document {
        Document {
            made: self.made,
            form: kind.form,
            orientation: kind.orientation,
            heading: Heading {
                superior: self.superior.clone(),
                agency: self.agency.clone(),
                number: self.number.clone(),
                place: self.place.clone(),
                on: self.on,
                kind: kind.kind.to_owned(),
                subject: kind.subject,
            },
            blocks,
            closing: Closing { signers: self.signers.clone(), recipients: self.recipients.clone() },
        }
    }
}

impl ListReference {
    /// The paragraphs that say which list is meant.
    fn blocks(&self) -> [Block; 2] {
        let count = words::counted(self.items, "tài liệu");
        [
            Block::Paragraph(format!("{}, thời gian {}, gồm {count}.", self.fonds, self.years).into()),
            Block::Paragraph(format!("Mã băm SHA-256 của danh mục: {}", self.digest).into()),
        ]
    }
}

/// A day as documents write it, `05/3/2026`.
pub fn day(day: NaiveDate) -> String {
    super::days::short(day)
}

/// A form that nobody has read in its official text.
fn unverified(source: &str) -> Form {
    Form::Unverified { source: source.to_owned() }
}

/// Grounds as a decision has them: each ends with a semicolon, the last with a full stop (Annex I, II.6 a).
fn grounds(texts: &[String]) -> impl Iterator<Item = Block> {
    texts.iter().enumerate().map(|(place, text)| {
        let end = if place + 1 == texts.len() { '.' } else { ';' };
        Block::Ground(Text::italic(format!("{}{end}", text.trim_end_matches([';', '.', ' ']))))
    })
}

/// Lines that begin with a dash: each ends with a semicolon, the last with a full stop.
fn dashed(texts: impl IntoIterator<Item = String>) -> Vec<Block> {
    let texts: Vec<String> = texts.into_iter().collect();
    let last = texts.len().saturating_sub(1);
    let blocks = texts.iter().enumerate().map(|(place, text)| {
        Block::Item(
            format!("{}{}", text.trim_end_matches([';', '.', ' ']), if place == last { '.' } else { ';' }).into(),
        )
    });
    blocks.collect()
}

/// An article of a decision.
fn article(number: usize, text: impl Into<String>) -> Block {
    Block::Paragraph(Text::bold(format!("Điều {number}. ")).and(super::model::Style::Regular, text))
}
