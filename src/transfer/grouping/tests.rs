use super::*;
use crate::transfer::sidecar;
use FindingCode::{PeriodDiffers, PeriodUnreadable, TitleDiffers};
use proptest::prelude::*;

fn glance(id: &str, title: &str, retention: &str) -> Glance {
    let sidecar = serde_json::json!({
        "id": id, "agency_code": "H26.10", "agency_name": "Sở Thông tin và Truyền thông", "doc_type_name": "Quyết định",
        "symbol": "1719/QĐ-STTTT", "subject": "x", "issued_date": "2023-05-17", "security_level": "Thường",
        "file_code": "H26.10.2023.045", "file_title": title, "retention": retention, "size": 1,
        "sha256": "07".repeat(32)
    });
    sidecar::glance(sidecar.to_string().as_bytes(), "x.json").unwrap()
}

/// The same of the sidecar `place`.
fn placed(place: &str, glance: Glance) -> Glance {
    Glance { place: place.to_owned(), ..glance }
}

fn group(documents: &[(&str, &str, &str)]) -> Group {
    let mut groups = Groups::default();
    for (id, title, retention) in documents {
        groups.add(glance(id, title, retention));
    }
    assert_eq!(groups.len(), 1);
    groups.iter().next().unwrap().clone()
}

/// The dossier's title, its period's last day and statement, and the codes of its warnings.
fn check(documents: &[(&str, &str, &str)], title: &str, until: Option<&str>, cited: &str, codes: &[FindingCode]) {
    let group = group(documents);
    let retention = group.retention();
    assert_eq!(group.title(), title);
    assert_eq!(retention.until.map(|day| day.to_string()).as_deref(), until);
    assert_eq!((retention.citation.as_str(), retention.verified), (cited, false));
    assert_eq!(group.warnings().iter().map(|finding| finding.code).collect::<Vec<_>>(), codes);
    assert_eq!(group.documents(), documents.len() as u64);
}

#[test]
fn the_lowest_id_gives_the_title_and_the_longest_period_rules() {
    check(&[("7", "A", "10 năm")], "A", Some("2033-12-31"), "10 năm", &[]);
    check(&[("7", "A", "10 năm"), ("8", "A", "10 năm")], "A", Some("2033-12-31"), "10 năm", &[]);
    let differing = [("12", "B", "5 năm"), ("9", "A", "20 năm"), ("100", "C", "10 năm")];
    check(&differing, "A", Some("2043-12-31"), "20 năm", &[TitleDiffers, PeriodDiffers]);
    check(&[("7", "A", "70 năm"), ("8", "A", "Vĩnh viễn")], "A", None, "Vĩnh viễn", &[PeriodDiffers]);
    check(&[("7", "A", "70 năm"), ("8", "A", "lâu")], "A", None, "lâu", &[PeriodDiffers, PeriodUnreadable]);
    check(&[("7", "A", "lâu"), ("8", "A", "Vĩnh viễn")], "A", None, "Vĩnh viễn", &[PeriodDiffers, PeriodUnreadable]);
    check(&[("7", "A", "")], "A", None, "", &[PeriodUnreadable]);
    check(&[("7", "A", "1 năm")], "A", None, "1 năm", &[PeriodUnreadable]);
}

#[test]
fn of_equal_ids_the_first_by_place_gives_the_title() {
    let first = placed("a/1.json", glance("1", "Z", "10 năm"));
    let second = placed("b/1.json", glance("1", "A", "10 năm"));
    for order in [[&first, &second], [&second, &first]] {
        let mut groups = Groups::default();
        groups.extend(order.map(Glance::clone));
        let group = groups.iter().next().unwrap();
        assert_eq!(group.title(), "Z");
        assert_eq!(group.warnings()[0].detail, "id 1: “Z”; id 1: “A”");
    }
}

#[test]
fn a_year_far_ahead_is_warned_of() {
    let ahead = |code: &str| year_ahead(&code.parse().unwrap(), 2026).map(|finding| (finding.code, finding.detail));
    assert_eq!(ahead("H26.10.2026.103"), None);
    assert_eq!(ahead("H26.10.2027.103"), None, "work that is to be closed soon");
    assert_eq!(ahead("H26.10.2028.103"), Some((FindingCode::YearAhead, "2028".into())));
    assert_eq!(ahead("H26.10.2099.103").map(|found| found.0), Some(FindingCode::YearAhead));
}

#[test]
fn warnings_name_the_documents() {
    let group = group(&[("1", "A", "10 năm"), ("2", "B", "20 năm"), ("3", "C", "hai mươi")]);
    let details: Vec<_> = group.warnings().into_iter().map(|finding| finding.detail).collect();
    assert_eq!(details[0], "id 1: “A”; id 2: “B”");
    assert_eq!(details[1], "id 3: “hai mươi”; id 1: “10 năm”");
    assert_eq!(details[2], "id 3: “hai mươi”; neither “Vĩnh viễn” nor a number of years");
}

#[test]
fn the_agency_is_the_one_in_the_code() {
    let dossier = group(&[("7", "A", "10 năm")]).dossier();
    assert_eq!((dossier.agency.as_str(), dossier.agency_name.as_str()), ("H26.10", "Sở Thông tin và Truyền thông"));
    let incoming = Glance { agency_name: None, ..glance("6", "A", "10 năm") };
    let mut groups = Groups::default();
    groups.add(incoming);
    let code = "H26.10.2023.045".parse().unwrap();
    assert_eq!(groups.get(&code).map(Group::agency_name), Some(""));
    groups.add(glance("7", "A", "10 năm"));
    assert_eq!(groups.get(&code).map(Group::agency_name), Some("Sở Thông tin và Truyền thông"));
}

#[test]
fn a_supplement_says_in_what_it_differs() {
    let held = group(&[("7", "A", "10 năm")]).dossier();
    let check = |later: (&str, &str, &str), codes: &[FindingCode]| {
        let findings = group(&[later]).supplement(&held);
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes);
    };
    check(("8", "A", "10 năm"), &[FindingCode::Supplement]);
    check(("8", "A", "5 năm"), &[FindingCode::Supplement, PeriodDiffers]);
    check(("8", "B", "20 năm"), &[FindingCode::Supplement, TitleDiffers, PeriodDiffers]);
    check(("1", "A", "lâu"), &[FindingCode::Supplement, PeriodDiffers]);
}

#[test]
fn a_folder_says_in_what_it_differs_from_what_is_held() {
    let held = group(&[("7", "A", "10 năm")]).dossier();
    let folder = |change: &dyn Fn(&mut Dossier)| {
        let mut folder = held.clone();
        change(&mut folder);
        super::supplement_by_folder(&folder, &held)
    };
    let codes = |findings: Vec<Finding>| findings.iter().map(|finding| finding.code).collect::<Vec<_>>();
    assert_eq!(codes(folder(&|_| ())), [FindingCode::Supplement]);
    assert_eq!(codes(folder(&|it| it.title = "B".into())), [FindingCode::Supplement, TitleDiffers]);
    let longer = folder(&|it| it.retention.period = Period::Permanent);
    assert_eq!(codes(longer), [FindingCode::Supplement, PeriodDiffers]);
    let described = folder(&|it| it.description = "of another".into());
    assert_eq!(described[0].detail, "a dossier folder; what is held stays: description");
}

const STATEMENTS: &[&str] = &["5 năm", "20 năm", "x", "y", "Vĩnh viễn"];

proptest! {
    #[test]
    fn order_does_not_matter(
        documents in prop::collection::vec(("[1-4]", "[ABC]", prop::sample::select(STATEMENTS)), 1..7),
        seed: u64,
    ) {
        let of = |order: &[usize]| {
            let mut groups = Groups::default();
            groups.extend(order.iter().map(|at| {
                let (id, title, text) = &documents[*at];
                placed(&at.to_string(), glance(id, title, text))
            }));
            groups.iter().next().unwrap().clone()
        };
        let order: Vec<usize> = (0..documents.len()).collect();
        let mut shuffled = order.clone();
        order.iter().for_each(|at| shuffled.swap(*at, (seed >> (8 * at)) as usize % order.len()));
        let group = of(&order);
        prop_assert_eq!(&group, &of(&shuffled));
        let first = order.iter().min_by_key(|at| (&documents[**at].0, *at)).unwrap();
        let title = documents[*first].1.as_str();
        prop_assert_eq!(group.title(), title);
        let others = order.iter().filter(|at| documents[**at].1 != title);
        let other = others.min_by_key(|at| (&documents[**at].0, *at)).map(|at| documents[*at].1.as_str());
        prop_assert_eq!(group.other_title.as_ref().map(|(_, title)| title.as_str()), other);
        let period = |text: &str| retention::read_statement(text).unwrap_or(Period::Awaiting);
        let longest = documents.iter().map(|(_, _, text)| period(text)).max();
        prop_assert_eq!(Some(group.retention().period), longest);
    }
}
