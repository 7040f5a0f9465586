//! The justification: what the records are, and why they may go.

use super::super::model::{Align, Block, Column, Document, Numbering, Orientation, Row, Table};
use super::{Issue, Kind, ListReference, unverified, words};

/// A justification (bản thuyết minh tài liệu hết giá trị).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Justification {
    /// Who makes it.
    pub issue: Issue,
    /// The list it goes with.
    pub list: ListReference,
    /// How the records came to be and were kept, a paragraph each.
    pub history: Vec<String>,
    /// What kinds of records they are, a paragraph each.
    pub contents: Vec<String>,
    /// The lines of retention tables by which they are listed.
    pub groups: Vec<GroupCount>,
    /// How many are listed as duplicates.
    pub duplicates: usize,
}

/// How many records a line of a retention table lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCount {
    /// Code of the line.
    pub rule: String,
    /// The group of records.
    pub group: String,
    /// The period in words.
    pub period: String,
    /// The legal text of the line, with what is known of its reading.
    pub citation: String,
    /// How many.
    pub count: usize,
}

impl Justification {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Bản thuyết minh",
            subject: "tài liệu hết giá trị".to_owned(),
            form: unverified(
                "tên văn bản theo Điều 28 Luật Lưu trữ số 01/2011/QH13 (mức V1); mẫu của Thông tư số 06/2025/TT-BNV \
                 chưa được đọc (mức V2)",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks = vec![Block::Title("I. KHỐI TÀI LIỆU ĐỀ NGHỊ HỦY".to_owned())];
        blocks.extend(self.list.blocks());
        blocks.extend(self.history.iter().map(|text| Block::Paragraph(text.into())));
        blocks.push(Block::Title("II. THÀNH PHẦN VÀ NỘI DUNG TÀI LIỆU".to_owned()));
        if self.contents.is_empty() {
            blocks.push(Block::Paragraph("Theo Danh mục tài liệu hết giá trị kèm theo.".into()));
        }
        blocks.extend(self.contents.iter().map(|text| Block::Paragraph(text.into())));
        blocks.push(Block::Title("III. LÝ DO HỦY".to_owned()));
        blocks.push(Block::Paragraph(self.reasons().into()));
        blocks.push(Block::Table(self.table()));
        let end =
            "Từng tài liệu, lý do hủy và thời hạn lưu trữ được ghi trong Danh mục tài liệu hết giá trị kèm theo./.";
        blocks.push(Block::Paragraph(end.into()));
        self.issue.document(kind, blocks)
    }

    fn reasons(&self) -> String {
        let expired = self.list.items.saturating_sub(self.duplicates);
        format!(
            "Trong số tài liệu nêu trên, {} tài liệu hết thời hạn lưu trữ, {} tài liệu trùng lặp. Tài liệu hết thời \
             hạn lưu trữ theo các mục sau đây của bảng thời hạn:",
            words::grouped(expired),
            words::grouped(self.duplicates)
        )
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self.groups.iter().map(|group| {
            Row::Cells(vec![
                group.rule.clone(),
                group.group.clone(),
                group.period.clone(),
                group.citation.clone(),
                words::grouped(group.count),
            ])
        });
        Table {
            columns: vec![
                column("Mục", 12, Align::Centre),
                column("Nhóm hồ sơ, tài liệu", 36, Align::Left),
                column("Thời hạn", 14, Align::Centre),
                column("Căn cứ", 26, Align::Left),
                column("Số lượng", 12, Align::Right),
            ],
            numbering: Numbering::Hidden,
            rows: rows.collect(),
        }
    }
}
