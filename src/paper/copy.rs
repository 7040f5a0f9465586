//! The paper that goes with a copy of a record: marked BẢN SAO, it says of which files the copy is, by their digests.
//!
//! A record's file is given out as it is: a mark drawn onto its pages would break its own signatures. So the mark stands on
//! a page of its own, bound to the files by their SHA-256. Of a certified copy that page is its certificate, with the eleven
//! fields that are reported of Circular 05/2025; nobody here has read the form itself, and the page says so.

use super::days;
use super::model::{
    Align, Block, Closing, Column, Document, Form, Heading, Number, Numbering, Orientation, Row, Signer, Style, Table,
    Text,
};
use crate::digest::Sha256;
use crate::request::{self, MARK};
use crate::retention::disposal::Archive as Whose;
use chrono::{DateTime, NaiveDate, Utc};

/// The paper of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyPaper {
    /// When the file is made.
    pub made: DateTime<Utc>,
    /// Day of issue.
    pub on: NaiveDate,
    /// Which form the copy has.
    pub form: request::Form,
    /// By which the archive finds what it certified.
    pub code: String,
    /// Name of the archive, and its code.
    pub archive: (String, String),
    /// Where it is.
    pub place: String,
    /// Whose archive it is.
    pub whose: Whose,
    /// Name of the reader, and the document that proves who that is.
    pub reader: (String, String),
    /// The record's code in the archive.
    pub record: String,
    /// Its number and notation.
    pub symbol: String,
    /// Name of its type.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What the copy is for.
    pub purpose: String,
    /// Last day on which it is to be used, if one is set.
    pub use_until: Option<NaiveDate>,
    /// How many pieces are issued.
    pub copies: u32,
    /// The files that are copied.
    pub files: Vec<CopiedFile>,
}

/// A file that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedFile {
    /// Its name beside the paper.
    pub name: String,
    /// Its length, bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256,
}

impl CopyPaper {
    /// As a document.
    pub fn document(&self) -> Document {
        let certified = self.form == request::Form::CertifiedCopy;
        let heading = Heading {
            superior: None,
            agency: self.archive.0.clone(),
            number: Number::None,
            place: self.place.clone(),
            on: Some(self.on),
            kind: "Bản sao".to_owned(),
            subject: if certified {
                "Chứng nhận bản sao có xác thực"
            } else {
                "Bản sao tài liệu lưu trữ"
            }
            .to_owned(),
        };
        let fields = if certified { self.certified() } else { self.described() };
        let line =
            |(name, text): (&str, String)| Block::Paragraph(Text::bold(format!("{name}: ")).and(Style::Regular, text));
        let mut blocks: Vec<Block> = fields.into_iter().map(line).collect();
        let beside = "Tệp kèm theo trang này đúng từng byte với tệp lưu trữ đang giữ, nếu có mã băm SHA-256 sau đây:";
        blocks.push(Block::Paragraph(beside.into()));
        blocks.push(Block::Table(self.table()));
        let signer = Signer { position: vec!["LƯU TRỮ".to_owned()], name: String::new() };
        let signers = if certified { vec![signer] } else { Vec::new() };
        Document {
            made: self.made,
            form: Form::Unverified { source: source() },
            orientation: Orientation::Portrait,
            heading,
            blocks,
            closing: Closing { signers, recipients: None },
        }
    }

    /// The eleven fields of the certificate, in the order in which they are reported.
    fn certified(&self) -> Vec<(&'static str, String)> {
        let until = self.use_until.map_or_else(|| "không ấn định".to_owned(), days::short);
        vec![
            ("Mã xác thực lưu trữ", self.code.clone()),
            (self.called(), format!("{} ({})", self.archive.0, self.archive.1)),
            ("Người nhận", format!("{}, {}", self.reader.0, self.reader.1)),
            ("Mã lưu trữ gốc", self.record.clone()),
            ("Số, ký hiệu", self.symbol.clone()),
            ("Tên loại", self.kind.clone()),
            ("Trích yếu", self.subject.clone()),
            ("Mục đích", self.purpose.clone()),
            ("Ngày cấp", days::short(self.on)),
            ("Thời hạn sử dụng", until),
            ("Số lượng bản", self.copies.to_string()),
        ]
    }

    /// The field of the archive's name. What is reported is the form of a historical archive.
    fn called(&self) -> &'static str {
        match self.whose {
            Whose::Historical => "Tên lưu trữ lịch sử",
            Whose::Current => "Tên lưu trữ hiện hành",
        }
    }

    /// What the page of a copy without certificate says: nothing of the reader.
    fn described(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Lưu trữ", format!("{} ({})", self.archive.0, self.archive.1)),
            ("Mã lưu trữ gốc", self.record.clone()),
            ("Số, ký hiệu", self.symbol.clone()),
            ("Tên loại", self.kind.clone()),
            ("Trích yếu", self.subject.clone()),
            ("Ngày cấp", days::short(self.on)),
            ("Giá trị", "bản sao không có xác thực của lưu trữ".to_owned()),
        ]
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self
            .files
            .iter()
            .map(|file| Row::Cells(vec![file.name.clone(), file.size.to_string(), file.sha256.to_string()]));
        Table {
            columns: vec![
                column("Tệp", 22, Align::Left),
                column("Số byte", 16, Align::Right),
                column("Mã băm SHA-256", 62, Align::Left),
            ],
            numbering: Numbering::Hidden,
            rows: rows.collect(),
        }
    }
}

fn source() -> String {
    format!(
        "các mục của giấy chứng nhận theo {} (mức {}: ghi chép của một nhóm phát triển); hình thức trình bày và văn bản \
         gốc chưa được đọc",
        MARK.text,
        MARK.grade.name()
    )
}

#[cfg(test)]
mod tests;
