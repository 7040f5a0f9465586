//! The disposal list: which records are to be destroyed, and why each.

use super::super::days;
use super::super::model::{Align, Block, Column, Document, Numbering, Orientation, Row, Table};
use super::{Issue, Kind, ListReference, unverified};
use chrono::NaiveDate;

/// A disposal list (danh mục tài liệu hết giá trị).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Who makes it.
    pub issue: Issue,
    /// The list as approvals name it.
    pub reference: ListReference,
    /// Its items, in order.
    pub items: Vec<ListedItem>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Number of the bundle; of an electronic record: of its dossier in the list.
    pub bundle: String,
    /// Number of the volume; of an electronic record: its own in the dossier.
    pub volume: String,
    /// Archive code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Why it is listed.
    pub reason: Reason,
    /// Remarks.
    pub note: String,
}

/// Why an item is listed (Law 33/2024 Art. 16 k1, V2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its period has ended.
    Expired {
        /// What the period rests on: `mục TT10-2022/3`; empty where the list says it elsewhere.
        basis: String,
        /// The period in words, `20 năm`.
        period: String,
        /// Its last day.
        until: Option<NaiveDate>,
    },
    /// Another record with the same content is kept.
    Duplicate {
        /// That record's archive code.
        of: String,
    },
}

impl Reason {
    fn words(&self) -> String {
        match self {
            Self::Expired { basis, period, until } => {
                let until = until.map_or_else(String::new, |day| format!(", đến hết ngày {}", days::short(day)));
                let basis = if basis.is_empty() { String::new() } else { format!(" ({basis})") };
                format!("Hết thời hạn lưu trữ {period}{until}{basis}")
            }
            Self::Duplicate { of } => format!("Trùng lặp với tài liệu {of}"),
        }
    }
}

impl List {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Danh mục",
            subject: "tài liệu hết giá trị".to_owned(),
            form: unverified(
                "các cột theo một nguồn thứ cấp về Thông tư số 06/2025/TT-BNV (mức V2); toàn văn và số hiệu mẫu chưa \
                 được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let [about, digest] = self.reference.blocks();
        self.issue.document(kind, vec![about, Block::Table(self.table()), digest])
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self.items.iter().map(|item| {
            Row::Cells(vec![
                item.bundle.clone(),
                item.volume.clone(),
                format!("{}\nMã: {}", item.title, item.code),
                item.reason.words(),
                item.note.clone(),
            ])
        });
        Table {
            columns: vec![
                column("Bó số", 8, Align::Centre),
                column("Tập số", 8, Align::Centre),
                column("Tiêu đề", 44, Align::Left),
                column("Lý do", 26, Align::Left),
                column("Ghi chú", 14, Align::Left),
            ],
            numbering: Numbering::Shown,
            rows: rows.collect(),
        }
    }
}
