use super::export::{Worded, csv};
use super::workbook::xlsx;
use super::*;
use crate::archive::census::Procedures;

fn census() -> Census {
    let mut census = Census::default();
    let mut add = |agency: &str, year, mode: &str, period: &str, outcome: &str, records, bytes| {
        let [agency, mode, period, outcome] = [agency, mode, period, outcome].map(str::to_owned);
        census.volumes.insert(Class { agency, year, mode, period, outcome }, Volume { records, bytes });
    };
    add("H26.10", 2024, "01", "20", "accept", 3, 300);
    add("H26.10", 2025, "02", "permanent", "unsigned", 1, 50);
    add("H26.33", 2025, "01", "5", "review", 4, 400);
    census.dossiers.insert(("H26.10".into(), 2024), 2);
    census.dossiers.insert(("H26.33".into(), 2025), 1);
    census.findings.insert(("H26.10".into(), 2024, "stray-file".into()), 7);
    census.findings.insert(("H26.33".into(), 2025, "stray-file".into()), 1);
    census.procedures.insert(("H26.10".into(), 2024), Procedures { stated: 3, odd: 1 });
    census
}

fn everything() -> Scope {
    Scope { reach: Reach::Everything, agency: String::new(), from: None, to: None }
}

#[track_caller]
fn check(report: Report, scope: &Scope, expect: &[&str], total: &str) {
    let made = table(report, &census(), scope);
    let line = |cells: &[Cell]| cells.iter().map(Cell::plain).collect::<Vec<_>>().join(" ");
    let rows: Vec<String> = made.rows.iter().map(|row| line(row)).collect();
    assert_eq!(
        (rows.iter().map(String::as_str).collect::<Vec<_>>(), line(&made.total).as_str()),
        (expect.to_vec(), total)
    );
    assert!(made.rows.iter().all(|row| row.len() == made.columns.len()));
}

#[test]
fn each_report_adds_up_what_it_is_about() {
    let all = everything();
    check(Report::Agencies, &all, &["H26.10 2 4 350", "H26.33 1 4 400"], "3 8 750");
    check(Report::Levels, &all, &["01 7 700", "02 1 50"], "8 750");
    check(Report::Periods, &all, &["5 4 400", "20 3 300", "permanent 1 50"], "8 750");
    check(Report::Years, &all, &["2024 3 300", "2025 5 450"], "8 750");
    check(Report::Signatures, &all, &["H26.10 4 3 75.0 3 0 0 0", "H26.33 4 4 100.0 0 4 0 0"], "8 7 87.5 3 4 0 0");
    check(Report::Findings, &all, &["stray-file warning H26.10 7", "stray-file warning H26.33 1"], "8");
    check(Report::Procedures, &all, &["H26.10 3 1 33.3"], "3 1 33.3");
}

#[test]
fn agency_years_and_rights_leave_out_and_so_do_the_totals() {
    let of = |agency: &str, from, to| Scope { agency: agency.into(), from, to, ..everything() };
    check(Report::Agencies, &of("H26.33", None, None), &["H26.33 1 4 400"], "1 4 400");
    check(Report::Agencies, &of("H26.3", None, None), &[], "0 0 0");
    check(Report::Years, &of("", Some(2025), None), &["2025 5 450"], "5 450");
    check(Report::Years, &of("", None, Some(2023)), &[], "0 0");
    check(Report::Procedures, &of("H26.33", None, None), &[], "0 0 ");
    let own = Scope { reach: Reach::Agencies(vec!["H26.10".parse().unwrap()]), ..everything() };
    check(Report::Signatures, &own, &["H26.10 4 3 75.0 3 0 0 0"], "4 3 75.0 3 0 0 0");
    check(Report::Findings, &own, &["stray-file warning H26.10 7"], "7");
    let none = Scope { reach: Reach::Nothing, ..everything() };
    Report::ALL.into_iter().for_each(|report| assert!(table(report, &census(), &none).rows.is_empty()));
}

#[test]
fn no_text_of_an_export_is_a_formula() {
    let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a\"b,c", "x\ny"];
    let rows = hostile.iter().map(|text| vec![Cell::Code((*text).into()), Cell::Count(1), Cell::Bytes(2)]).collect();
    let total = vec![Cell::Count(7), Cell::Bytes(14)];
    let made = Table { report: Report::Years, columns: &["year", "records", "bytes"], charted: 1, rows, total };
    let label = |cell: &Cell| cell.plain();
    let words = Worded {
        title: "Khối lượng [1/2] theo năm, với một tên thật là dài".into(),
        headings: vec!["Năm".into(), "Tài liệu".into(), "=B".into()],
        total: "Tổng".into(),
        label: &label,
    };
    let text = String::from_utf8(csv(&made, &words)).unwrap();
    let expect = "\u{feff}Năm,Tài liệu,'=B\r\n'=1+1,1,2\r\n'+1,1,2\r\n'-1,1,2\r\n'@SUM(A1),1,2\r\n'\t=1,1,2\r\n\"a\"\"b,c\",1,2\r\n\"x\ny\",1,2\r\nTổng,7,14\r\n";
    assert_eq!(text, expect);
    let sheet = xlsx(&made, &words).unwrap();
    assert!(sheet.starts_with(b"PK\x03\x04") && sheet.ends_with(&[0, 0]));
    assert_eq!(sheet, xlsx(&made, &words).unwrap(), "the same table, the same file");
}
