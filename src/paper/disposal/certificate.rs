//! The certificate of destruction: the archive's own document; it counts exactly what happened.

use super::super::days;
use super::super::model::{Align, Block, Column, Document, Form, Numbering, Orientation, Row, Table, Text};
use super::destruction::unreached;
use super::{Issue, Kind, ListReference, words};
use crate::digest::Sha256;
use chrono::NaiveDate;
use uuid::Uuid;

/// A certificate of destruction (giấy chứng nhận hủy tài liệu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Who certifies.
    pub issue: Issue,
    /// The case.
    pub case: Uuid,
    /// The decision, as it is to be printed.
    pub decision: String,
    /// The list at its last approval.
    pub list: ListReference,
    /// Every item that was ever listed.
    pub items: Vec<CertifiedItem>,
    /// Who agreed to what.
    pub approvals: Vec<CertifiedApproval>,
    /// The signed documents of the case, in order.
    pub documents: Vec<CertifiedDocument>,
    /// Whether every copy was reached.
    pub completeness: Completeness,
    /// Where the ledger stood.
    pub proof: Proof,
}

/// An item of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedItem {
    /// Archive code.
    pub code: String,
    /// Digest of its content and metadata, which proves what it was.
    pub content: Sha256,
    /// The day it was destroyed, or why it was not.
    pub fate: Result<NaiveDate, String>,
}

/// An approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedApproval {
    /// Whose: `Hội đồng xét hủy`, `Thẩm tra`, `Người quyết định`.
    pub stage: String,
    /// Who signed.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Digest of the list that was approved.
    pub list: Sha256,
}

/// A document of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedDocument {
    /// Its name, number and date.
    pub name: String,
    /// Digest of the signed file.
    pub digest: Sha256,
}

/// Whether every copy was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// Every one was.
    Complete,
    /// These were not.
    Pending(Vec<String>),
}

/// A signed state of the ledger that has the events of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Name of the ledger.
    pub origin: String,
    /// Entries.
    pub size: u64,
    /// Root hash, as the checkpoint has it.
    pub root: String,
}

impl Certificate {
    /// As a document.
    pub fn document(&self) -> Document {
        let subject = match self.completeness {
            Completeness::Complete => "Hủy tài liệu hoàn tất".to_owned(),
            Completeness::Pending(_) => "Hủy tài liệu chưa hoàn tất, còn bản sao phải xử lý".to_owned(),
        };
        let kind = Kind { kind: "Giấy chứng nhận", subject, form: Form::Own, orientation: Orientation::Portrait };
        let mut blocks = self.summary();
        blocks.push(Block::Title("2. Bản sao".to_owned()));
        blocks.extend(unreached(match &self.completeness {
            Completeness::Complete => &[],
            Completeness::Pending(copies) => copies,
        }));
        blocks.push(Block::Title("3. Phê duyệt".to_owned()));
        blocks.push(Block::Table(self.approvals()));
        blocks.push(Block::Title("4. Văn bản của hồ sơ hủy".to_owned()));
        blocks.push(Block::Table(self.documents()));
        blocks.push(Block::Title("5. Tài liệu".to_owned()));
        blocks.push(Block::Table(self.items()));
        blocks.push(Block::Title("6. Bằng chứng".to_owned()));
        blocks.extend(self.proof());
        self.issue.document(kind, blocks)
    }

    fn summary(&self) -> Vec<Block> {
        let destroyed = self.items.iter().filter(|item| item.fate.is_ok()).count();
        let mut blocks = vec![
            Block::Paragraph(Text::from(format!("{} chứng nhận:", self.issue.agency))),
            Block::Title("1. Kết quả".to_owned()),
            Block::Paragraph(format!("Hồ sơ hủy tài liệu: {}.", self.case).into()),
            Block::Paragraph(format!("Căn cứ: {}.", self.decision).into()),
        ];
        blocks.extend(self.list.blocks());
        blocks.push(Block::Item(format!("Đã hủy: {}.", words::counted(destroyed, "tài liệu")).into()));
        let left = words::counted(self.items.len() - destroyed, "tài liệu");
        blocks.push(Block::Item(format!("Không hủy: {left}.").into()));
        blocks
    }

    fn proof(&self) -> Vec<Block> {
        let proof = &self.proof;
        // Of a case with copies left the certificate must not say that nothing can be restored.
        let end = match self.completeness {
            Completeness::Complete => {
                "Nội dung và dữ liệu đặc tả của tài liệu đã hủy không thể khôi phục từ lưu trữ này và các bản sao của \
                 lưu trữ."
            }
            Completeness::Pending(_) => {
                "Chừng nào các bản sao nêu tại mục 2 chưa được hủy và xác nhận, nội dung của tài liệu còn có thể khôi \
                 phục từ các bản sao đó."
            }
        };
        let lines = [
            format!(
                "Các sự kiện của hồ sơ hủy nằm trong nhật ký bất biến {}, mốc niêm phong gồm {} mục, giá trị gốc:",
                proof.origin, proof.size
            ),
            proof.root.clone(),
            format!("Biên nhận điện tử đã cấp cho tài liệu trước khi hủy vẫn kiểm tra được với nhật ký này. {end}/."),
        ];
        lines.map(|line| Block::Paragraph(line.into())).into()
    }

    fn approvals(&self) -> Table {
        let rows = self.approvals.iter().map(|approval| {
            let on = days::short(approval.on);
            Row::Cells(vec![approval.stage.clone(), approval.by.clone(), on, approval.list.to_string()])
        });
        table(
            [
                ("Phê duyệt", 20, Align::Left),
                ("Người ký", 22, Align::Left),
                ("Ngày", 14, Align::Centre),
                ("Mã băm SHA-256 của danh mục", 44, Align::Left),
            ],
            rows,
        )
    }

    fn documents(&self) -> Table {
        let rows = self.documents.iter().enumerate().map(|(place, document)| {
            Row::Cells(vec![(place + 1).to_string(), document.name.clone(), document.digest.to_string()])
        });
        let columns =
            [("TT", 7, Align::Centre), ("Văn bản", 43, Align::Left), ("Mã băm SHA-256 của bản đã ký", 50, Align::Left)];
        table(columns, rows)
    }

    fn items(&self) -> Table {
        let rows = self.items.iter().enumerate().map(|(place, item)| {
            let fate = match &item.fate {
                Ok(day) => format!("Đã hủy ngày {}", days::short(*day)),
                Err(reason) => format!("Không hủy: {reason}"),
            };
            Row::Cells(vec![(place + 1).to_string(), item.code.clone(), item.content.to_string(), fate])
        });
        table(
            [
                ("TT", 7, Align::Centre),
                ("Mã lưu trữ", 25, Align::Left),
                ("Mã băm SHA-256 của nội dung", 46, Align::Left),
                ("Kết quả", 22, Align::Left),
            ],
            rows,
        )
    }
}

fn table<const N: usize>(columns: [(&str, u16, Align); N], rows: impl Iterator<Item = Row>) -> Table {
    let columns = columns.map(|(title, share, align)| Column { title: title.to_owned(), share, align });
    Table { columns: columns.into(), numbering: Numbering::Hidden, rows: rows.collect() }
}
