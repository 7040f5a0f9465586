use super::*;
use crate::retention::decision::tests::{BOUNDS, day, matter};
use crate::retention::decision::{Link, decide};
use crate::retention::rules::tests::{law, shipped_rule};
use crate::retention::span::{Confirmed, Footing, Longest};
use uuid::Uuid;

#[track_caller]
fn check(question: &Question, cited: Option<&Citation>, expect: &[&str]) {
    let decision = decide(question, BOUNDS);
    let name = |about| match about {
        About::Hold(_) => Some("Thanh tra".to_owned()),
        _ => Some("H26.10.2023.045".to_owned()),
    };
    let told = explain(question, &decision, &law(), cited, name);
    let mut lines = vec![told.headline.vi, told.headline.en, told.basis.vi, told.basis.en];
    for line in &told.lines {
        let of = |source: &Citation| format!(" [{source}; {:?}]", source.grade);
        let source = line.source.as_ref().map_or_else(String::new, of);
        lines.push(format!("{}: {}{source}", line.code.name(), line.words.vi));
    }
    assert_eq!(lines, expect, "{lines:#?}");
}

#[test]
fn a_clerk_reads_what_why_and_by_which_text() {
    let (file, rule) = shipped_rule("TT10-2022/bidding-lost");
    let cited = file.citation(&rule);
    let record = matter(1, Assigned::Rule(&rule, Confirmed::Yes), &[]);
    let question = Question { record: &record, dossier: Longest::NONE, holds: &[], links: &[], on: day("2026-11-22") };
    check(
        &question,
        cited.as_ref(),
        &[
            "Hết thời hạn lưu trữ ngày 31/12/2025; có thể đưa vào danh mục tài liệu hết giá trị.",
            "The retention period ended on 2025-12-31; the record may be listed for disposal.",
            "Mục TT10-2022/bidding-lost “Bidding: losing bids”: 5 năm (Thông tư 10/2022/TT-BNV).",
            "Rule TT10-2022/bidding-lost “Bidding: losing bids”: 5 years (Thông tư 10/2022/TT-BNV).",
            "rule-confirmed: Người có thẩm quyền đã xác nhận mục trong bảng thời hạn. \
             [Thông tư 10/2022/TT-BNV; Reported]",
            "counted-from-work: Thời hạn tính từ hết năm kết thúc công việc. \
             [Luật Lưu trữ 33/2024/QH15, Điều 15 khoản 3; Reported]",
            "period-ended: Thời hạn lưu trữ đã hết (31/12/2025). \
             [Luật Lưu trữ 33/2024/QH15, Điều 16 khoản 1; Reported]",
        ],
    );
    let (holds, links) =
        ([Uuid::from_u128(7)], [Link { to: Uuid::from_u128(9), span: Span::Permanent, footing: Footing::Firm }]);
    let stated = matter(1, Assigned::Stated(Period::Years(5), Confirmed::No), &[]);
    let question = Question { record: &stated, holds: &holds, links: &links, ..question };
    check(
        &question,
        None,
        &[
            "Đang tạm dừng hủy (1 lệnh).",
            "On hold (1 hold).",
            "Cơ quan nộp lưu ghi: 5 năm.",
            "The transferring agency states: 5 years.",
            "statement-only: Thời hạn do cơ quan nộp lưu ghi, chưa đối chiếu với bảng thời hạn; \
             không hủy theo thời hạn này.",
            "linked-longer: Tài liệu liên kết có thời hạn dài hơn; chưa được hủy (H26.10.2023.045). \
             [Luật Lưu trữ 33/2024/QH15, Điều 36 khoản 4; Reported]",
            "held: Tài liệu đang tạm dừng hủy (Thanh tra). [Nghị định 30/2020/NĐ-CP, Phụ lục VI, IV.1.g; Read]",
        ],
    );
}

#[test]
fn every_outcome_has_its_sentence() {
    let outcomes = Outcome::NAMES.iter().map(|(_, outcome)| *outcome);
    let record = matter(1, Assigned::Nothing, &[]);
    let holds = [Uuid::nil()];
    let question =
        Question { record: &record, dossier: Longest::NONE, holds: &holds, links: &[], on: day("2026-11-22") };
    for outcome in outcomes {
        for span in [Span::Until(day("2025-12-31")), Span::Permanent] {
            let told = headline(&question, &Decision { outcome, span, reasons: vec![] });
            assert!(told.vi.ends_with('.') && told.en.ends_with('.') && told.vi != told.en, "{told:?}");
        }
    }
    assert_eq!(span_words(Span::Until(day("2025-12-31"))).vi, "đến hết ngày 31/12/2025");
}
