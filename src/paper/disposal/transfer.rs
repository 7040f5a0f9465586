//! The list of dossiers that go to the historical archive.

use super::super::model::{Align, Block, Column, Document, Numbering, Orientation, Row, Table};
use super::{Issue, Kind, unverified, words};

/// A list for transfer (mục lục hồ sơ, tài liệu nộp lưu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferList {
    /// Who makes it.
    pub issue: Issue,
    /// Whose records.
    pub fonds: String,
    /// Year of the transfer.
    pub year: i32,
    /// Who receives them.
    pub archive: String,
    /// The dossiers, in order.
    pub items: Vec<TransferItem>,
}

/// A dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferItem {
    /// Number and notation.
    pub code: String,
    /// Title.
    pub title: String,
    /// From when to when its records are.
    pub time: String,
    /// Its period in words.
    pub period: String,
    /// How many sheets or pages; `None`: not of every record that is known.
    pub pages: Option<usize>,
    /// Remarks.
    pub note: String,
}

impl TransferList {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Mục lục hồ sơ, tài liệu nộp lưu",
            subject: format!("{}, năm {}", self.fonds, self.year),
            form: unverified(
                "các cột theo mục III Phụ lục V Nghị định số 30/2020/NĐ-CP (nộp vào lưu trữ cơ quan, mức V1); mẫu nộp \
                 vào lưu trữ lịch sử của Thông tư số 06/2025/TT-BNV chưa được đọc",
            ),
            orientation: Orientation::Landscape,
        };
        let count = words::grouped(self.items.len());
        let spelled = words::spelled(self.items.len());
        let blocks = vec![
            Block::Paragraph(format!("Nơi nhận tài liệu: {}.", self.archive).into()),
            Block::Table(self.table()),
            Block::Paragraph(format!("Mục lục này gồm: {count} hồ sơ (đơn vị bảo quản).").into()),
            Block::Paragraph(format!("Viết bằng chữ: {spelled} hồ sơ (đơn vị bảo quản)./.").into()),
        ];
        self.issue.document(kind, blocks)
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self.items.iter().enumerate().map(|(place, item)| {
            Row::Cells(vec![
                (place + 1).to_string(),
                item.code.clone(),
                item.title.clone(),
                item.time.clone(),
                item.period.clone(),
                item.pages.map_or_else(String::new, |pages| pages.to_string()),
                item.note.clone(),
            ])
        });
        Table {
            columns: vec![
                column("Số TT", 6, Align::Centre),
                column("Số, ký hiệu hồ sơ", 17, Align::Left),
                column("Tiêu đề hồ sơ", 37, Align::Left),
                column("Thời gian tài liệu", 13, Align::Centre),
                column("Thời hạn bảo quản", 11, Align::Centre),
                column("Số tờ/ Số trang", 8, Align::Right),
                column("Ghi chú", 12, Align::Left),
            ],
            numbering: Numbering::Shown,
            rows: rows.collect(),
        }
    }
}
