//! The minutes of a transfer: what an agency handed over, and what the archive took.

use super::days;
use super::model::{
    Align, Block, Closing, Column, Document, Form, Heading, Number, Numbering, Orientation, Row, Signer, Table, Text,
};
use crate::digest::Sha256;
use chrono::{DateTime, NaiveDate, Utc};

/// The minutes of a transfer (biên bản giao nhận hồ sơ, tài liệu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferMinutes {
    /// When the file is made.
    pub made: DateTime<Utc>,
    /// Who receives: the archive's name and code.
    pub archive: String,
    /// The place that the archive's papers bear; empty where nobody has said it.
    pub place: String,
    /// Name and code of the agency that hands over.
    pub agency: String,
    /// What it calls the transfer.
    pub title: String,
    /// Holder of the account that submitted it, and on which day.
    pub giver: (String, NaiveDate),
    /// Holder of the account that accepted it, and on which day.
    pub receiver: (String, NaiveDate),
    /// SHA-256 of the list of what was handed over.
    pub listing: Sha256,
    /// Files handed over, and their bytes.
    pub files: (u64, u64),
    /// What became of each document.
    pub documents: Vec<Received>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its code in the archive; empty where it was refused.
    pub code: String,
    /// Number and notation.
    pub symbol: String,
    /// What it is about, or where it lay.
    pub subject: String,
    /// What became of it.
    pub note: String,
}

impl TransferMinutes {
    /// As a document.
    pub fn document(&self) -> Document {
        let source = "các mục theo mẫu biên bản giao nhận, mục V Phụ lục V Nghị định số 30/2020/NĐ-CP (mức V1); mẫu của \
                      Thông tư số 05/2025/TT-BNV và Thông tư số 06/2025/TT-BNV chưa được đọc";
        let heading = Heading {
            superior: None,
            agency: self.archive.clone(),
            number: Number::Open("BB".to_owned()),
            place: self.place.clone(),
            on: None,
            kind: "Biên bản".to_owned(),
            subject: "Giao nhận hồ sơ, tài liệu điện tử".to_owned(),
        };
        let line = |name: &str, text: String| {
            Block::Paragraph(Text::bold(format!("{name}: ")).and(super::Style::Regular, text))
        };
        let (files, bytes) = self.files;
        let blocks = vec![
            line("Đợt nộp lưu", self.title.clone()),
            line("Bên giao", format!("{}, {}, trình {}", self.agency, self.giver.0, days::long(self.giver.1))),
            line(
                "Bên nhận",
                format!("{}, {}, chấp nhận {}", self.archive, self.receiver.0, days::long(self.receiver.1)),
            ),
            line("Đã giao", format!("{files} tệp, {bytes} byte; mã băm SHA-256 của danh sách tệp: {}", self.listing)),
            line("Kết quả", format!("{} tài liệu, gồm:", self.documents.len())),
            Block::Table(self.table()),
            Block::Paragraph(
                "Biên bản này được lập thành hai bản; bên giao giữ một bản, bên nhận giữ một bản./.".into(),
            ),
        ];
        let signer = |side: &str, name: &str| Signer { position: vec![side.to_owned()], name: name.to_owned() };
        Document {
            made: self.made,
            form: Form::Unverified { source: source.to_owned() },
            orientation: Orientation::Portrait,
            heading,
            blocks,
            closing: Closing {
                signers: vec![signer("BÊN GIAO", &self.giver.0), signer("BÊN NHẬN", &self.receiver.0)],
                recipients: None,
            },
        }
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self.documents.iter().enumerate().map(|(place, one)| {
            let cells =
                [(place + 1).to_string(), one.symbol.clone(), one.subject.clone(), one.code.clone(), one.note.clone()];
            Row::Cells(cells.into())
        });
        Table {
            columns: vec![
                column("Số TT", 7, Align::Centre),
                column("Số, ký hiệu", 22, Align::Left),
                column("Trích yếu", 33, Align::Left),
                column("Mã tài liệu", 24, Align::Left),
                column("Kết quả", 14, Align::Left),
            ],
            numbering: Numbering::Hidden,
            rows: rows.collect(),
        }
    }
}
