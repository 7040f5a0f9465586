//! Every kind of document, with invented names: what tests look at, and what `tests/paper.sh` writes out.

use super::super::disposal::*;
use super::super::*;
use crate::digest::Sha256;
use crate::retention::disposal::{Seat, Vote};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use uuid::Uuid;

pub(super) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn moment(on: NaiveDate, hour: u32, minute: u32) -> NaiveDateTime {
    on.and_hms_opt(hour, minute, 0).unwrap()
}

fn made() -> DateTime<Utc> {
    moment(day(2026, 3, 2), 1, 30).and_utc()
}

pub(super) fn issue(notation: &str, signers: &[(&str, &str)], to: &[&str]) -> Issue {
    Issue {
        made: made(),
        superior: Some("UBND tỉnh Bắc Sơn Hà".to_owned()),
        agency: "Sở Nội vụ".to_owned(),
        number: match notation {
            "" => Number::None,
            _ => Number::Open(notation.to_owned()),
        },
        place: "Bắc Sơn Hà".to_owned(),
        on: Some(day(2026, 3, 2)),
        signers: signers
            .iter()
            .map(|(position, name)| Signer {
                position: position.split('|').map(str::to_owned).collect(),
                name: (*name).to_owned(),
            })
            .collect(),
        recipients: (!to.is_empty()).then(|| Recipients {
            names: to.iter().map(|name| (*name).to_owned()).collect(),
            kept: "VT, LT".to_owned(),
        }),
    }
}

fn reference(items: usize) -> ListReference {
    ListReference {
        fonds: "Phông Sở Nội vụ tỉnh Bắc Sơn Hà".to_owned(),
        years: "2001 - 2005".to_owned(),
        items,
        digest: Sha256::of(b"list"),
    }
}

const TITLES: [&str; 6] = [
    "Công văn của các sở, ban, ngành về việc cử cán bộ tham dự lớp bồi dưỡng nghiệp vụ văn thư, lưu trữ năm 2003",
    "Tập lưu công văn đi của Phòng Tổ chức, biên chế từ số 01 đến số 120",
    "Giấy mời họp, thông báo nghỉ lễ",
    "Kế hoạch và báo cáo tuần của Văn phòng Sở; lịch công tác; phân công trực cơ quan dịp Tết Nguyên đán Giáp Thân",
    "Hồ sơ mua sắm văn phòng phẩm quý III năm 2004",
    "Thư từ trao đổi về công tác cải cách hành chính với các huyện, thị xã (Đắk Ngỗ, Ẵng Cưỡng, Ỷ Lữ, Quỹ Ngữ)",
];

pub(super) fn list(count: usize) -> List {
    let items = (0..count).map(|place| ListedItem {
        bundle: (place / 12 + 1).to_string(),
        volume: (place % 12 + 1).to_string(),
        code: format!("H99.10.{:03}.{:07}", place / 12 + 1, place % 12 + 1),
        title: TITLES[place % TITLES.len()].to_owned(),
        reason: match place % 5 {
            4 => Reason::Duplicate { of: format!("H99.10.001.{:07}", place + 1) },
            _ => Reason::Expired {
                basis: format!("mục {}.{}", place % 9 + 1, place % 7 + 1),
                period: "20 năm".to_owned(),
                until: Some(day(2025, 12, 31)),
            },
        },
        note: if place % 8 == 3 { "Có bản số hóa".to_owned() } else { String::new() },
    });
    List {
        issue: issue(
            "",
            &[("Người lập", "Lý Thị Hồng Ngọc"), ("Trưởng phòng|Lưu trữ hiện hành", "Đỗ Quốc Khánh")],
            &[],
        ),
        reference: reference(count),
        items: items.collect(),
    }
}

fn grounds() -> Vec<String> {
    [
        "Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024",
        "Căn cứ Quyết định số 07/2021/QĐ-UBND ngày 15 tháng 01 năm 2021 của Ủy ban nhân dân tỉnh Bắc Sơn Hà quy định \
         chức năng, nhiệm vụ, quyền hạn và cơ cấu tổ chức của Sở Nội vụ",
        "Theo đề nghị của Chánh Văn phòng Sở",
    ]
    .map(str::to_owned)
    .into()
}

fn members() -> Vec<Member> {
    [
        ("Nguyễn Thị Thanh Hằng", "Phó Giám đốc Sở", Seat::Chair),
        ("Trần Đức Lưỡng", "Chánh Văn phòng Sở", Seat::Member),
        ("Phạm Quỳnh Như", "Trưởng phòng Tổ chức, biên chế", Seat::Member),
        ("Lý Thị Hồng Ngọc", "lưu trữ viên", Seat::Secretary),
    ]
    .map(|(name, position, seat)| Member { name: name.to_owned(), position: position.to_owned(), seat })
    .into()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn justification() -> Justification {
    let group = |rule: &str, group: &str, period: &str, count| GroupCount {
        rule: rule.to_owned(),
        group: group.to_owned(),
        period: period.to_owned(),
        citation: "Thông tư 10/2022/TT-BNV (mức V2)".to_owned(),
        count,
    };
    Justification {
        issue: issue("", &[("Trưởng phòng|Lưu trữ hiện hành", "Đỗ Quốc Khánh")], &[]),
        list: reference(1_204),
        history: texts(&[
            "Tài liệu hình thành trong hoạt động của Sở Nội vụ từ năm 2001 đến năm 2005, được thu thập vào \
                          Lưu trữ cơ quan năm 2007 và số hóa năm 2019. Trong thời gian bảo quản, tài liệu không bị mất \
                          mát, hư hỏng; việc kiểm tra toàn vẹn định kỳ gần nhất không phát hiện sai khác.",
        ]),
        contents: texts(&[
            "Chủ yếu là công văn trao đổi, giấy mời, kế hoạch và báo cáo tuần, chứng từ mua sắm văn phòng \
                           phẩm; không có tài liệu thuộc Phông lưu trữ phải bảo quản vĩnh viễn.",
        ]),
        groups: vec![
            group("2.4", "Công văn trao đổi về công tác tổ chức, biên chế", "20 năm", 712),
            group("12.6", "Tài liệu mua sắm văn phòng phẩm", "10 năm", 318),
            group("1.10", "Kế hoạch, báo cáo tuần; giấy mời, lịch công tác", "5 năm", 131),
        ],
        duplicates: 43,
    }
}

fn appointment() -> Appointment {
    Appointment {
        issue: issue("QĐ-SNV", &[("Giám đốc", "Vũ Hoàng Ưng")], &["Như Điều 4", "UBND tỉnh (để báo cáo)"]),
        authority: "Giám đốc Sở Nội vụ".to_owned(),
        grounds: grounds(),
        members: members(),
        list: reference(1_204),
        quorum: 2,
        bound: "Chánh Văn phòng, Trưởng các phòng thuộc Sở".to_owned(),
    }
}

fn minutes() -> CouncilMinutes {
    let on = day(2026, 3, 9);
    let ballot = |title: usize, number: usize, against: &[(&str, &str)]| {
        let votes = ["Nguyễn Thị Thanh Hằng", "Trần Đức Lưỡng", "Phạm Quỳnh Như"].map(|name| {
            let reason = against.iter().find(|(who, _)| *who == name).map(|(_, why)| Vote::Keep((*why).to_owned()));
            (name.to_owned(), reason.unwrap_or(Vote::Destroy))
        });
        Ballot {
            code: format!("H99.10.004.{number:07}"),
            title: TITLES[title].to_owned(),
            votes: votes.into(),
            is_agreed: against.len() < 2,
        }
    };
    CouncilMinutes {
        issue: Issue {
            on: Some(on),
            ..issue(
                "BB-HĐXH",
                &[("Thư ký", "Lý Thị Hồng Ngọc"), ("Chủ tịch Hội đồng|Phó Giám đốc Sở", "Nguyễn Thị Thanh Hằng")],
                &["Giám đốc Sở", "Các thành viên Hội đồng"],
            )
        },
        appointed_by: "Quyết định số 112/QĐ-SNV ngày 02 tháng 3 năm 2026 của Giám đốc Sở Nội vụ".to_owned(),
        began: moment(on, 8, 30),
        ended: moment(on, 11, 15),
        venue: "Phòng họp tầng 3, trụ sở Sở Nội vụ".to_owned(),
        present: members(),
        absent: vec![Absent {
            member: Member {
                name: "Hồ Văn Sỹ".to_owned(), position: "Kế toán trưởng".to_owned(), seat: Seat::Member
            },
            reason: "đi công tác".to_owned(),
        }],
        quorum: 2,
        list: reference(1_204),
        discussion: texts(&[
            "Thư ký trình bày Danh mục và bản thuyết minh. Bà Phạm Quỳnh Như đề nghị xem lại các tập lưu công văn đi \
             vì còn giá trị tra cứu khi giải quyết chế độ cho cán bộ nghỉ hưu.",
            "Chủ tịch Hội đồng kết luận từng nội dung và đề nghị biểu quyết.",
        ]),
        unanimous: 1_202,
        ballots: vec![
            ballot(
                1,
                7,
                &[
                    ("Phạm Quỳnh Như", "còn giá trị tra cứu khi giải quyết chế độ hưu trí"),
                    ("Trần Đức Lưỡng", "đề nghị gia hạn 10 năm"),
                ],
            ),
            ballot(3, 31, &[("Trần Đức Lưỡng", "có tư liệu về lịch sử cơ quan")]),
        ],
    }
}

fn submission() -> Submission {
    Submission {
        issue: issue("TTr-VP", &[("Chánh Văn phòng", "Trần Đức Lưỡng")], &["Như trên", "Hội đồng xét hủy tài liệu"]),
        addressees: texts(&["Giám đốc Sở Nội vụ"]),
        grounds: grounds()[..2].to_vec(),
        list: reference(1_203),
        steps: texts(&[
            "Ngày 09 tháng 3 năm 2026, Hội đồng xét hủy tài liệu đã họp, đồng ý hủy 1.203 tài liệu và giữ lại 01 \
                tài liệu.",
            "Ngày 20 tháng 3 năm 2026, cơ quan có thẩm quyền đã có ý kiến thẩm tra tại Văn bản số 45/LTLS-NV.",
        ]),
        enclosures: texts(&[
            "Danh mục tài liệu hết giá trị",
            "Bản thuyết minh tài liệu hết giá trị",
            "Biên bản họp Hội đồng xét hủy tài liệu",
            "Văn bản thẩm tra",
        ]),
    }
}

fn decision() -> Decision {
    Decision {
        issue: Issue {
            number: Number::Given("150/QĐ-SNV".to_owned()),
            on: Some(day(2026, 3, 25)),
            ..issue("QĐ-SNV", &[("KT. Giám đốc|Phó Giám đốc", "Hoàng Ỷ Lan")], &["Như Điều 4", "Lưu trữ lịch sử tỉnh"])
        },
        authority: "Giám đốc Sở Nội vụ".to_owned(),
        grounds: grounds(),
        list: reference(1_203),
        executor: "Văn phòng Sở (ông Đỗ Quốc Khánh)".to_owned(),
        window: (3, 15),
        bound: "Chánh Văn phòng, Trưởng các phòng thuộc Sở".to_owned(),
    }
}

fn party(agency: &str, people: &[(&str, &str)]) -> Party {
    let people = people.iter().map(|(name, position)| ((*name).to_owned(), (*position).to_owned()));
    Party { agency: agency.to_owned(), people: people.collect() }
}

fn handover() -> Handover {
    Handover {
        issue: issue(
            "BB-SNV",
            &[("Đại diện bên giao", "Lý Thị Hồng Ngọc"), ("Đại diện bên nhận", "Đỗ Quốc Khánh")],
            &[],
        ),
        grounds: texts(&[
            "Căn cứ Quyết định số 150/QĐ-SNV ngày 25 tháng 3 năm 2026 của Giám đốc Sở Nội vụ về việc hủy tài liệu \
                hết giá trị",
        ]),
        giver: party("Phòng Tổ chức, biên chế", &[("Lý Thị Hồng Ngọc", "lưu trữ viên")]),
        receiver: party("Văn phòng Sở", &[("Đỗ Quốc Khánh", "Trưởng phòng Lưu trữ hiện hành")]),
        list: reference(1_203),
        files: 4_811,
        condition: "đầy đủ, nguyên vẹn; mã băm từng tệp khớp với danh mục".to_owned(),
    }
}

fn destruction() -> DestructionMinutes {
    let on = day(2026, 4, 1);
    DestructionMinutes {
        issue: Issue {
            on: Some(on),
            ..issue(
                "BB-SNV",
                &[
                    ("Đại diện bên có tài liệu", "Lý Thị Hồng Ngọc"),
                    ("Đại diện bên thực hiện hủy", "Đỗ Quốc Khánh"),
                    ("Giám đốc", "Vũ Hoàng Ưng"),
                ],
                &["Giám đốc Sở", "Lưu trữ lịch sử tỉnh"],
            )
        },
        grounds: texts(&[
            "Căn cứ Quyết định số 150/QĐ-SNV ngày 25 tháng 3 năm 2026 của Giám đốc Sở Nội vụ về việc hủy tài liệu \
                hết giá trị",
        ]),
        owner: party("Phòng Tổ chức, biên chế", &[("Lý Thị Hồng Ngọc", "lưu trữ viên")]),
        executor: party("Văn phòng Sở", &[("Đỗ Quốc Khánh", "Trưởng phòng Lưu trữ hiện hành")]),
        began: moment(on, 9, 0),
        ended: moment(on, 10, 42),
        venue: "Phòng máy chủ, Sở Nội vụ".to_owned(),
        list: reference(1_203),
        method: texts(&[
            "Hủy khóa mã hóa của từng tài liệu ở mọi thế hệ khóa còn lưu; ghi lại vùng lưu trữ không còn nội dung và \
             dữ liệu đặc tả của tài liệu; xóa dữ liệu trong cơ sở dữ liệu tra cứu, chỉ mục tìm kiếm và bộ nhớ đệm.",
        ]),
        destroyed: 1_201,
        left: vec![
            LeftItem {
                code: "H99.10.004.0000009".to_owned(),
                title: TITLES[0].to_owned(),
                reason: "Đang bị tạm dừng hủy theo yêu cầu của Thanh tra tỉnh".to_owned(),
            },
            LeftItem {
                code: "H99.10.021.0000002".to_owned(),
                title: TITLES[5].to_owned(),
                reason: "Có thay đổi so với danh mục tại thời điểm hủy".to_owned(),
            },
        ],
        unreached: texts(&["Bản sao ngoại tuyến LTO-0007, kho dự phòng huyện Đắk Ngỗ"]),
    }
}

fn certificate(completeness: Completeness) -> Certificate {
    let items = (1..=30).map(|number| CertifiedItem {
        code: format!("H99.10.004.{number:07}"),
        content: Sha256::of(format!("{number}").as_bytes()),
        fate: match number {
            9 => Err("đang bị tạm dừng hủy".to_owned()),
            _ => Ok(day(2026, 4, 1)),
        },
    });
    let document = |name: &str| CertifiedDocument { name: name.to_owned(), digest: Sha256::of(name.as_bytes()) };
    let approval = |stage: &str, by: &str, on| CertifiedApproval {
        stage: stage.to_owned(),
        by: by.to_owned(),
        on,
        list: Sha256::of(b"list"),
    };
    Certificate {
        issue: Issue {
            on: Some(day(2026, 4, 2)),
            number: Number::Open("GCN-LTLS".to_owned()),
            superior: Some("Sở Nội vụ tỉnh Bắc Sơn Hà".to_owned()),
            agency: "Trung tâm Lưu trữ lịch sử".to_owned(),
            ..issue("", &[("Giám đốc", "Đặng Thùy Dương")], &["Sở Nội vụ"])
        },
        case: Uuid::from_u128(0x0199_5b21_8a00_7000_8000_0000_0000_0042),
        decision: "Quyết định số 150/QĐ-SNV ngày 25 tháng 3 năm 2026 của Giám đốc Sở Nội vụ".to_owned(),
        list: reference(30),
        items: items.collect(),
        approvals: vec![
            approval("Hội đồng xét hủy", "Nguyễn Thị Thanh Hằng", day(2026, 3, 9)),
            approval("Ý kiến thẩm tra", "Bùi Đắc Lộc", day(2026, 3, 20)),
            approval("Quyết định", "Hoàng Ỷ Lan", day(2026, 3, 25)),
        ],
        documents: vec![
            document("Danh mục tài liệu hết giá trị và bản thuyết minh"),
            document("Biên bản họp Hội đồng xét hủy tài liệu ngày 09/3/2026"),
            document("Quyết định số 150/QĐ-SNV ngày 25/3/2026"),
            document("Biên bản hủy tài liệu ngày 01/4/2026"),
        ],
        completeness,
        proof: Proof {
            origin: "luutru.bacsonha.gov.vn/so-noi-vu".to_owned(),
            size: 1_048_977,
            root: "Zt1yS0tVdYbkkUyWfC0s2nTzJcMxGUuQd6wWvXn0c2A=".to_owned(),
        },
    }
}

fn transfer() -> TransferList {
    let items = (1..=40).map(|number: usize| TransferItem {
        code: format!("{number:02}.TCCB.2005"),
        title: TITLES[number % TITLES.len()].to_owned(),
        time: format!("{:02}/01/2005 - 31/12/2005", number % 28 + 1),
        period: "Vĩnh viễn".to_owned(),
        pages: Some(number * 37),
        note: String::new(),
    });
    TransferList {
        issue: issue(
            "",
            &[("Người lập", "Lý Thị Hồng Ngọc"), ("Trưởng phòng|Lưu trữ hiện hành", "Đỗ Quốc Khánh")],
            &[],
        ),
        fonds: "Phông Sở Nội vụ tỉnh Bắc Sơn Hà".to_owned(),
        year: 2026,
        archive: "Lưu trữ lịch sử tỉnh Bắc Sơn Hà".to_owned(),
        items: items.collect(),
    }
}

/// Every kind of document, by the name of its file.
pub(super) fn all() -> Vec<(&'static str, Document)> {
    vec![
        ("list", list(60).document()),
        ("justification", justification().document()),
        ("appointment", appointment().document()),
        ("council-minutes", minutes().document()),
        ("submission", submission().document()),
        ("decision", decision().document()),
        ("handover", handover().document()),
        ("destruction-minutes", destruction().document()),
        ("certificate", certificate(Completeness::Complete).document()),
        (
            "certificate-pending",
            certificate(Completeness::Pending(texts(&[
                "Bản sao ngoại tuyến LTO-0007, kho dự phòng huyện Đắk Ngỗ",
                "Bản sao khóa thế hệ 3, két sắt Văn phòng Sở",
            ])))
            .document(),
        ),
        ("transfer-list", transfer().document()),
    ]
}
