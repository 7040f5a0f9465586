//! The council: the decision that sets it up, and the minutes of its meeting, with votes and dissent.

use super::super::days;
use super::super::model::{Align, Block, Column, Document, Numbering, Orientation, Row, Table, Text};
use super::{Issue, Kind, ListReference, article, dashed, grounds, unverified, words};
use crate::retention::disposal::{Seat, Vote};
use chrono::NaiveDateTime;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name.
    pub name: String,
    /// Position in the agency; left out if empty.
    pub position: String,
    /// What the member is in the council.
    pub seat: Seat,
}

impl Member {
    fn line(&self) -> String {
        let seat = match self.seat {
            Seat::Chair => "Chủ tịch Hội đồng",
            Seat::Secretary => "Thư ký Hội đồng",
            Seat::Member => "Ủy viên",
        };
        let position = if self.position.is_empty() { String::new() } else { format!("{}, ", self.position) };
        format!("Ông (bà) {}, {position}{seat}", self.name)
    }
}

/// The decision that sets up a council (quyết định thành lập Hội đồng xét hủy tài liệu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Who decides.
    pub issue: Issue,
    /// Whose power it is: `Giám đốc Sở Nội vụ`.
    pub authority: String,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// The members.
    pub members: Vec<Member>,
    /// The list that it is set up for.
    pub list: ListReference,
    /// How many must have voted.
    pub quorum: usize,
    /// Who is bound by it, after `Các ông (bà)`.
    pub bound: String,
}

impl Appointment {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Quyết định",
            subject: "Về việc thành lập Hội đồng xét hủy tài liệu".to_owned(),
            form: unverified(
                "thể thức theo mẫu 1.2 Phụ lục III Nghị định số 30/2020/NĐ-CP (mức V1); mẫu riêng của Thông tư số \
                 06/2025/TT-BNV, nếu có, chưa được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks = vec![Block::Verb(self.authority.to_uppercase())];
        blocks.extend(grounds(&self.grounds));
        blocks.push(Block::Verb("QUYẾT ĐỊNH:".to_owned()));
        blocks.push(article(1, "Thành lập Hội đồng xét hủy tài liệu gồm các ông (bà) có tên sau đây:"));
        blocks.extend(dashed(self.members.iter().map(Member::line)));
        blocks.push(article(
            2,
            format!(
                "Hội đồng có nhiệm vụ xem xét, cho ý kiến về việc hủy {} thuộc {}, thời gian {}.",
                words::counted(self.list.items, "tài liệu"),
                self.list.fonds,
                self.list.years
            ),
        ));
        blocks.push(Block::Paragraph(format!("Mã băm SHA-256 của danh mục: {}", self.list.digest).into()));
        blocks.push(article(3, format!(
            "Hội đồng thảo luận tập thể và biểu quyết từng tài liệu; việc hủy được đồng ý khi có ít nhất {} thành viên \
             biểu quyết và quá nửa số thành viên có quyền biểu quyết tán thành. Ý kiến khác được ghi vào biên bản. Hội \
             đồng tự giải thể sau khi hoàn thành nhiệm vụ.",
            words::grouped(self.quorum)
        )));
        let end = format!(
            "Quyết định này có hiệu lực kể từ ngày ký. Các ông (bà) {}có tên tại Điều 1 chịu trách nhiệm thi hành Quyết \
             định này./.",
            if self.bound.is_empty() { String::new() } else { format!("{} và các ông (bà) ", self.bound) }
        );
        blocks.push(article(4, end));
        self.issue.document(kind, blocks)
    }
}

/// The minutes of a council's meeting (biên bản họp Hội đồng xét hủy tài liệu).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouncilMinutes {
    /// Who issues them; the secretary signs left, the chair right.
    pub issue: Issue,
    /// The decision that set up the council, as it is to be printed.
    pub appointed_by: String,
    /// When the meeting began, in Vietnam's time.
    pub began: NaiveDateTime,
    /// When it ended.
    pub ended: NaiveDateTime,
    /// Where.
    pub venue: String,
    /// Who was there.
    pub present: Vec<Member>,
    /// Who was not.
    pub absent: Vec<Absent>,
    /// How many had to vote.
    pub quorum: usize,
    /// The list.
    pub list: ListReference,
    /// What was said, a paragraph each.
    pub discussion: Vec<String>,
    /// How many items all who voted agreed to.
    pub unanimous: usize,
    /// Every other item.
    pub ballots: Vec<Ballot>,
}

/// A member who was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Who.
    pub member: Member,
    /// Why.
    pub reason: String,
}

/// The votes on an item that not all agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// Archive code.
    pub code: String,
    /// Title.
    pub title: String,
    /// The votes, by name.
    pub votes: Vec<(String, Vote)>,
    /// Whether the council agrees to its destruction.
    pub is_agreed: bool,
}

impl CouncilMinutes {
    /// As a document.
    pub fn document(&self) -> Document {
        let kind = Kind {
            kind: "Biên bản",
            subject: "Họp Hội đồng xét hủy tài liệu".to_owned(),
            form: unverified(
                "thể thức theo mẫu 1.9 Phụ lục III Nghị định số 30/2020/NĐ-CP (mức V1); mẫu riêng của Thông tư số \
                 06/2025/TT-BNV, nếu có, chưa được đọc",
            ),
            orientation: Orientation::Portrait,
        };
        let mut blocks = vec![
            Block::Paragraph(format!("Thời gian bắt đầu: {}.", days::moment(self.began)).into()),
            Block::Paragraph(format!("Địa điểm: {}.", self.venue).into()),
            Block::Paragraph(format!("Hội đồng được thành lập theo {}.", self.appointed_by).into()),
            Block::Paragraph("Thành phần tham dự:".into()),
        ];
        blocks.extend(dashed(self.present.iter().map(Member::line)));
        if !self.absent.is_empty() {
            blocks.push(Block::Paragraph("Vắng mặt:".into()));
            let absent = self.absent.iter();
            let absent = absent.map(|absent| format!("Ông (bà) {}, lý do: {}", absent.member.name, absent.reason));
            blocks.extend(dashed(absent));
        }
        blocks.push(Block::Title("I. NỘI DUNG".to_owned()));
        blocks.push(Block::Paragraph("Hội đồng xem xét Danh mục tài liệu hết giá trị:".into()));
        blocks.extend(self.list.blocks());
        blocks.extend(self.discussion.iter().map(|text| Block::Paragraph(text.into())));
        blocks.push(Block::Title("II. KẾT QUẢ BIỂU QUYẾT".to_owned()));
        blocks.extend(self.result());
        let end = format!("Cuộc họp kết thúc vào {}./.", days::moment(self.ended));
        blocks.push(Block::Paragraph(end.into()));
        self.issue.document(kind, blocks)
    }

    fn result(&self) -> Vec<Block> {
        let agreed = self.ballots.iter().filter(|ballot| ballot.is_agreed).count();
        let mut blocks =
            vec![Block::Paragraph(format!(
            "Số thành viên phải tham gia biểu quyết: ít nhất {}. Hội đồng đồng ý hủy {}; không đồng ý hủy {}. Các \
             thành viên biểu quyết đều tán thành đối với {}.",
            words::grouped(self.quorum),
            words::counted(self.unanimous + agreed, "tài liệu"),
            words::counted(self.ballots.len() - agreed, "tài liệu"),
            words::counted(self.unanimous, "tài liệu"),
        ).into())];
        if !self.ballots.is_empty() {
            blocks.push(Block::Paragraph(Text::from("Tài liệu có ý kiến khác nhau:")));
            blocks.push(Block::Table(self.table()));
        }
        blocks
    }

    fn table(&self) -> Table {
        let column = |title: &str, share, align| Column { title: title.to_owned(), share, align };
        Table {
            columns: vec![
                column("TT", 6, Align::Centre),
                column("Tài liệu", 38, Align::Left),
                column("Tán thành", 9, Align::Centre),
                column("Không tán thành", 9, Align::Centre),
                column("Ý kiến khác và lý do", 25, Align::Left),
                column("Kết luận", 13, Align::Centre),
            ],
            numbering: Numbering::Hidden,
            rows: self.ballots.iter().enumerate().map(|(place, ballot)| ballot.row(place + 1)).collect(),
        }
    }
}

impl Ballot {
    fn row(&self, number: usize) -> Row {
        let against: Vec<(&str, &str)> = self
            .votes
            .iter()
            .filter_map(|(name, vote)| match vote {
                Vote::Destroy => None,
                Vote::Keep(reason) => Some((name.as_str(), reason.as_str())),
            })
            .collect();
        let dissent: Vec<String> = against.iter().map(|(name, reason)| format!("{name}: {reason}")).collect();
        Row::Cells(vec![
            number.to_string(),
            format!("{}\nMã: {}", self.title, self.code),
            (self.votes.len() - against.len()).to_string(),
            against.len().to_string(),
            dissent.join("\n"),
            if self.is_agreed { "Đồng ý hủy" } else { "Giữ lại" }.to_owned(),
        ])
    }
}
