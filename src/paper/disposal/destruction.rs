//! The hand-over of the records to who destroys them, and the minutes of their destruction.

use super::super::days;
use super::super::model::{Align, Block, Column, Document, Numbering, Orientation, Row, Table, Text};
use super::{Issue, Kind, ListReference, dashed, grounds, unverified, words};
use chrono::NaiveDateTime;

/// A side of a hand-over or a destruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The agency or unit.
    pub agency: String,
    /// Who acts for it: name and position.
    pub people: Vec<(String, String)>,
}

impl Party {
    fn blocks(&self, side: &str) -> Vec<Block> {
        let mut blocks =
            vec![Block::Paragraph(Text::bold(format!("{side}: ")).and(super::super::Style::Regular, &self.agency))];
        let people = self.people.iter().map(|(name, position)| match position.is_empty() {
            true => Block::Item(format!("Ông (bà): {name}.").into()),
            false => Block::Item(format!("Ông (bà): {name}; chức vụ công tác: {position}.").into()),
        });
        blocks.extend(people);
        blocks
    }
}

/// The minutes of a hand-over (biên bản bàn giao tài liệu hủy).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Who issues them; who gives signs left, who receives right.
    pub issue: Issue,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// Who gives.
    pub giver: Party,
    /// Who receives.
    pub receiver: Party,
    /// The list.
    pub list: ListReference,
    /// Number of files, of electronic records.
    pub files: usize,
    /// In what state the records are.
    pub condition: String,
}

impl Handover {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Biên bản",
            subject: "Bàn giao tài liệu hủy".to_owned(),
            form: unverified(
                "các mục theo mẫu biên bản giao nhận, mục V Phụ lục V Nghị định số 30/2020/NĐ-CP (mức V1); mẫu của \
                 Thông tư số 06/2025/TT-BNV chưa được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks: Vec<Block> = grounds(&self.grounds).collect();
        blocks.push(Block::Paragraph("Chúng tôi gồm:".into()));
        blocks.extend(self.giver.blocks("BÊN GIAO"));
        blocks.extend(self.receiver.blocks("BÊN NHẬN"));
        let agreed = "Thống nhất lập biên bản bàn giao tài liệu để hủy với những nội dung như sau:";
        blocks.push(Block::Paragraph(agreed.into()));
        let lines = [
            format!("1. Tên khối tài liệu: {}.", self.list.fonds),
            format!("2. Thời gian của tài liệu: {}.", self.list.years),
            format!(
                "3. Số lượng: {}; tổng số tệp tin: {}.",
                words::counted(self.list.items, "tài liệu"),
                words::grouped(self.files)
            ),
            format!("4. Tình trạng tài liệu: {}.", self.condition),
            format!("5. Danh mục tài liệu hết giá trị kèm theo; mã băm SHA-256 của danh mục: {}", self.list.digest),
        ];
        blocks.extend(lines.map(|line| Block::Paragraph(line.into())));
        let end = "Biên bản này được lập thành hai bản; bên giao giữ một bản, bên nhận giữ một bản./.";
        blocks.push(Block::Paragraph(end.into()));
        self.issue.document(kind, blocks)
    }
}

/// The minutes of a destruction (biên bản hủy tài liệu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestructionMinutes {
    /// Who issues them; both sides sign.
    pub issue: Issue,
    /// The decision and what else they rest on, as it is to be printed.
    pub grounds: Vec<String>,
    /// Whose records they were.
    pub owner: Party,
    /// Who destroyed them.
    pub executor: Party,
    /// When it began, in Vietnam's time.
    pub began: NaiveDateTime,
    /// When it ended.
    pub ended: NaiveDateTime,
    /// Where.
    pub venue: String,
    /// The list as it was decided.
    pub list: ListReference,
    /// How it was done, a paragraph each.
    pub method: Vec<String>,
    /// How many were destroyed.
    pub destroyed: usize,
    /// What was not destroyed.
    pub left: Vec<LeftItem>,
    /// Copies that could not be reached.
    pub unreached: Vec<String>,
}

/// A record of the list that is there still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftItem {
    /// Archive code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Why.
    pub reason: String,
}

impl DestructionMinutes {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Biên bản",
            subject: "Hủy tài liệu hết giá trị".to_owned(),
            form: unverified(
                "thể thức theo mẫu 1.9 Phụ lục III Nghị định số 30/2020/NĐ-CP (mức V1); mẫu biên bản hủy của Thông tư \
                 số 06/2025/TT-BNV chưa được đọc (mức V2)",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks: Vec<Block> = grounds(&self.grounds).collect();
        blocks.push(Block::Paragraph(
            format!("Hôm nay, từ {}, tại {}, chúng tôi gồm:", days::moment(self.began), self.venue).into(),
        ));
        blocks.extend(self.owner.blocks("BÊN CÓ TÀI LIỆU"));
        blocks.extend(self.executor.blocks("BÊN THỰC HIỆN HỦY"));
        blocks.push(Block::Paragraph("Đã tiến hành hủy tài liệu hết giá trị với những nội dung như sau:".into()));
        blocks.push(Block::Title("1. Tài liệu theo quyết định".to_owned()));
        blocks.extend(self.list.blocks());
        blocks.push(Block::Title("2. Phương pháp hủy".to_owned()));
        blocks.extend(self.method.iter().map(|text| Block::Paragraph(text.into())));
        blocks.push(Block::Title("3. Kết quả".to_owned()));
        blocks.extend(self.result());
        let end =
            format!("Việc hủy kết thúc vào {}. Hai bên xác nhận nội dung trên là đúng./.", days::moment(self.ended));
        blocks.push(Block::Paragraph(end.into()));
        self.issue.document(kind, blocks)
    }

    fn result(&self) -> Vec<Block> {
        let mut blocks = vec![
            Block::Item(format!("Đã hủy: {}.", words::counted(self.destroyed, "tài liệu")).into()),
            Block::Item(format!("Không hủy: {}.", words::counted(self.left.len(), "tài liệu")).into()),
        ];
        if !self.left.is_empty() {
            blocks.push(Block::Table(self.table()));
        }
        blocks.extend(unreached(&self.unreached));
        blocks
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        let rows = self.left.iter().enumerate().map(|(place, item)| {
            Row::Cells(vec![(place + 1).to_string(), format!("{}\nMã: {}", item.title, item.code), item.reason.clone()])
        });
        Table {
            columns: vec![
                column("TT", 7, Align::Centre),
                column("Tài liệu không hủy", 53, Align::Left),
                column("Lý do", 40, Align::Left),
            ],
            numbering: Numbering::Hidden,
            rows: rows.collect(),
        }
    }
}

/// What says which copies are there still.
pub(super) fn unreached(copies: &[String]) -> Vec<Block> {
    if copies.is_empty() {
        return vec![Block::Item("Không còn bản sao nào chưa được xử lý.".into())];
    }
    let text = "Bản sao chưa thực hiện được việc hủy, phải tiếp tục theo dõi và xác nhận:";
    let mut blocks = vec![Block::Paragraph(Text::bold(text))];
    blocks.extend(dashed(copies.iter().cloned()));
    blocks
}
