//! The submission that asks for the decision, and the decision to destroy.

use super::super::model::{Block, Document, Orientation, Text};
use super::{Issue, Kind, ListReference, article, dashed, grounds, unverified, words};

/// A submission (tờ trình về việc hủy tài liệu hết giá trị).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Who submits.
    pub issue: Issue,
    /// To whom.
    pub addressees: Vec<String>,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// The list.
    pub list: ListReference,
    /// What was done so far, a paragraph each: council, appraisal.
    pub steps: Vec<String>,
    /// What goes with it.
    pub enclosures: Vec<String>,
}

impl Submission {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Tờ trình",
            subject: "Về việc hủy tài liệu hết giá trị".to_owned(),
            form: unverified(
                "thể thức theo mẫu 1.4 Phụ lục III Nghị định số 30/2020/NĐ-CP (mức V1); mẫu riêng của Thông tư số \
                 06/2025/TT-BNV, nếu có, chưa được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks = vec![Block::Address(self.addressees.clone())];
        blocks.extend(grounds(&self.grounds));
        blocks.push(Block::Paragraph(
            format!("{} kính trình xem xét việc hủy tài liệu sau đây:", self.issue.agency).into(),
        ));
        blocks.push(Block::Title("1. Tài liệu đề nghị hủy".to_owned()));
        blocks.extend(self.list.blocks());
        blocks.push(Block::Title("2. Quá trình xem xét".to_owned()));
        blocks.extend(self.steps.iter().map(|text| Block::Paragraph(text.into())));
        blocks.push(Block::Title("3. Hồ sơ kèm theo".to_owned()));
        blocks.extend(dashed(self.enclosures.iter().cloned()));
        blocks.push(Block::Paragraph("Kính đề nghị xem xét, quyết định./.".into()));
        self.issue.document(kind, blocks)
    }
}

/// A decision to destroy (quyết định hủy tài liệu hết giá trị).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who decides.
    pub issue: Issue,
    /// Whose power it is: `Giám đốc Sở Nội vụ`.
    pub authority: String,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// The list.
    pub list: ListReference,
    /// Who destroys: a unit and its people.
    pub executor: String,
    /// From its day, after how many days it may begin, and by when it must have.
    pub window: (u16, u16),
    /// Who is bound by it, after `Các ông (bà)`.
    pub bound: String,
}

impl Decision {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Quyết định",
            subject: "Về việc hủy tài liệu hết giá trị".to_owned(),
            form: unverified(
                "thể thức theo mẫu 1.2 Phụ lục III Nghị định số 30/2020/NĐ-CP (mức V1); mẫu riêng của Thông tư số \
                 06/2025/TT-BNV, nếu có, chưa được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks = vec![Block::Verb(self.authority.to_uppercase())];
        blocks.extend(grounds(&self.grounds));
        blocks.push(Block::Verb("QUYẾT ĐỊNH:".to_owned()));
        blocks.push(article(1, format!(
            "Hủy {} hết giá trị thuộc {}, thời gian {}, theo Danh mục tài liệu hết giá trị kèm theo Quyết định này.",
            words::counted(self.list.items, "tài liệu"), self.list.fonds, self.list.years
        )));
        blocks.push(Block::Paragraph(Text::from(format!("Mã băm SHA-256 của danh mục: {}", self.list.digest))));
        let (from, until) = self.window;
        blocks.push(article(2, format!(
            "Giao {} tổ chức hủy, bắt đầu sau ít nhất {from} ngày và chậm nhất {until} ngày kể từ ngày ký Quyết định này; hủy toàn bộ thông tin, kể cả dữ liệu đặc tả \
             và bản số hóa, bảo đảm không thể khôi phục; lập biên bản hủy và lưu hồ sơ hủy tài liệu theo quy định. Tài \
             liệu đang bị tạm dừng hủy hoặc có thay đổi so với danh mục tại thời điểm hủy thì không hủy.",
            self.executor
        )));
        blocks.push(article(3, "Quyết định này có hiệu lực kể từ ngày ký."));
        blocks.push(article(4, format!("Các ông (bà) {} chịu trách nhiệm thi hành Quyết định này./.", self.bound)));
        self.issue.document(kind, blocks)
    }
}
