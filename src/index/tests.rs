use super::*;
use crate::text;
use proptest::prelude::*;
use std::collections::BTreeMap;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;

mod content;
mod keeping;

/// Whose index it is.
const ARCHIVE: Uuid = Uuid::from_u128(10);

fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000 + n, 0x8000_0000_0000_0000 | n)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn document(n: u64) -> IndexDocument {
    IndexDocument {
        record: id(n),
        doc_code: format!("H26.10.2023.045.{n:03}"),
        file_code: "H26.10.2023.045".into(),
        dossier_title: "Hồ sơ giải phóng mặt bằng".into(),
        agency: "H26.10".into(),
        organ_name: "Sở Xây dựng".into(),
        number: format!("{}", 100 + n),
        notation: "QĐ-UBND".into(),
        symbol: format!("{}/QĐ-UBND", 100 + n),
        document_type: 2,
        issued: day("2023-05-17"),
        subject: "Về việc thu hồi đất để thực hiện dự án".into(),
        signer: "Nguyễn Đức Anh".into(),
        keywords: vec!["đất đai".into(), "bồi thường".into()],
        outcome: "accept".into(),
        period: "20".into(),
    }
}

fn with(n: u64, change: impl FnOnce(&mut IndexDocument)) -> IndexDocument {
    let mut made = document(n);
    change(&mut made);
    made
}

fn build(documents: &[IndexDocument]) -> (TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), ARCHIVE).unwrap();
    let mut writer = index.writer(0).unwrap();
    for document in documents {
        writer.put(document).unwrap();
    }
    writer.commit(documents.len() as u64).unwrap();
    (dir, index)
}

fn words(words: &str) -> Query {
    Query { words: Some(words.into()), limit: 100, ..Query::default() }
}

fn filter(change: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query { limit: 100, ..Query::default() };
    change(&mut query);
    query
}

/// The records found, in order; the total must agree.
#[track_caller]
fn check(index: &Index, query: &Query, expect: &[u64]) {
    let hits = index.search(query).unwrap();
    let expect: Vec<Uuid> = expect.iter().copied().map(id).collect();
    assert_eq!((hits.total, &hits.records), (expect.len(), &expect), "{query:?}");
}

fn nfd(text: &str) -> String {
    text.nfd().collect()
}

#[test]
fn folding_is_that_of_text() {
    for c in '\u{1}'..=char::MAX {
        let mut folded = String::new();
        fold::fold_char(c, |c| folded.push(c));
        assert_eq!(folded, text::fold(c.encode_utf8(&mut [0; 4])), "{c:?}");
    }
    assert_eq!(fold::words("Đất—ĐAI, số 12/QĐ_x\0y"), ["dat", "dai", "so", "12", "qd", "x", "y"]);
    assert_eq!(fold::words(&nfd("quyền sử dụng đất")), ["quyen", "su", "dung", "dat"]);
    assert_eq!(fold::words(&"á".repeat(fold::WORD_CHARS_MAX + 9)), ["a".repeat(fold::WORD_CHARS_MAX)]);
}

#[test]
fn keys_are_compared_whole() {
    let check = |text: &str, expect: &str| assert_eq!(fold::key(text), expect, "{text:?}");
    check(" 05 / QĐ–UBND. ", "5/qd-ubnd");
    check("000", "0");
    check("000.00.00.G22", "0.00.00.g22");
    check("H26.10.05", "h26.10.05");
    check("\"Sở Xây dựng\"", "soxaydung");
    check(" -/. ", "");
    check("", "");
}

#[test]
fn words_are_found_in_every_text_field_and_all_must_occur() {
    let (_dir, index) = build(&[
        with(1, |d| d.subject = "Kế hoạch tuyển sinh".into()),
        with(2, |d| d.dossier_title = "Hồ sơ tuyển dụng".into()),
        with(3, |d| d.keywords = vec!["y tế".into(), "tiêm chủng".into()]),
        with(4, |d| d.signer = "Trần Thị Hằng".into()),
    ]);
    check(&index, &words("tuyển sinh"), &[1]);
    check(&index, &words("tuyển dụng"), &[2]);
    check(&index, &words("tiêm chủng"), &[3]);
    check(&index, &words("hằng"), &[4]);
    check(&index, &words("kế hoạch giải phóng nguyễn"), &[1]);
    check(&index, &words("tiêm chủng thu hồi"), &[3]);
    check(&index, &words("tiêm chủng tuyển"), &[]);
    check(&index, &words("Xây"), &[]); // the agency's name is a filter
}

#[test]
fn diacritics_case_and_normal_form_do_not_matter() {
    let (_dir, index) = build(&[
        document(1),
        with(2, |d| {
            d.subject = nfd(&d.subject);
            d.signer = nfd(&d.signer);
            d.keywords = vec![nfd("đất đai")];
        }),
        with(3, |d| {
            d.subject = "Báo cáo".into();
            d.keywords.clear();
        }),
    ]);
    for typed in ["đất", "dat", "ĐẤT", "Đat", "đất đai", "dat dai", "\"thu hồi đất\"", "\"thu hoi dat\"", "THU HỒI ĐẤT"]
    {
        for typed in [typed.to_owned(), nfd(typed)] {
            check(&index, &words(&typed), &[2, 1]);
        }
    }
    for signer in ["Đức", "duc anh", &nfd("Nguyễn Đức")] {
        check(&index, &filter(|q| q.signer = Some(signer.into())), &[3, 2, 1]);
    }
}

#[test]
fn a_phrase_is_sought_in_the_subject() {
    let (_dir, index) = build(&[
        with(1, |d| d.subject = "Thu hồi đất, thực hiện dự án".into()),
        with(2, |d| d.subject = "Đất thu hồi".into()),
        with(3, |d| d.dossier_title = "Thu hồi đất".into()),
    ]);
    check(&index, &words("\"thu hồi đất thực hiện\""), &[1]);
    check(&index, &words("“hồi đất” án"), &[3, 1]); // 3 has its own subject, which says the same
    check(&index, &words("\"đất thu\""), &[2]);
    check(&index, &words("\"giải phóng\""), &[]);
    check(&index, &words("\"án\""), &[3, 1]);
    check(&index, &words("\"hồi thu"), &[3, 2, 1]); // never closed: words; 3 has them twice, 2 is short
    check(&index, &words("\"\" thu \" \""), &[3, 2, 1]);
}

#[test]
fn an_identifier_typed_whole_comes_first() {
    let (_dir, index) = build(&[
        with(1, |d| (d.number, d.symbol) = ("1719".into(), "1719/QĐ-UBND".into())),
        with(2, |d| d.subject = "Sửa đổi Quyết định số 1719/QĐ-UBND, 1719/QĐ-UBND".into()),
        with(3, |d| (d.number, d.notation, d.symbol) = ("28".into(), "2018/QĐ-TTg".into(), "28/2018/QĐ-TTg".into())),
        with(4, |d| (d.number, d.notation, d.symbol) = ("05".into(), "TB-SXD".into(), "05/TB-SXD".into())),
        with(5, |d| (d.number, d.notation, d.symbol) = (String::new(), String::new(), "số 7b/HĐ".into())),
        with(6, |d| d.file_code = "G10.1999.007".into()),
        with(7, |d| (d.number, d.symbol) = ("1719".into(), "1719/QĐ-UBND".into())),
    ]);
    for typed in ["1719/QĐ-UBND", "1719/qd-ubnd", "1719/QĐ–UBND,", &nfd("1719/QĐ-UBND"), "\"1719/QĐ-UBND\"", "1719"]
    {
        check(&index, &words(typed), &[7, 1, 2]);
    }
    check(&index, &words("1719/QĐ"), &[2]);
    check(&index, &words("28/2018/QĐ-TTg"), &[3]);
    check(&index, &words("2018/qd-ttg"), &[3]);
    check(&index, &words("5/TB-SXD"), &[4]);
    check(&index, &words("số7b/hđ"), &[5]);
    check(&index, &words("G10.1999.007"), &[6]);
    check(&index, &words("H26.10.2023.045.003"), &[3]);
    check(&index, &words("TB-SXD thu hồi"), &[4]);
    check(&index, &words("28/2018/QĐ-TTg bồi thường"), &[3]);
    check(&index, &words("28/2018/QĐ-TTg tuyển sinh"), &[]);
}

#[test]
fn filters_are_exact() {
    let (_dir, index) = build(&[
        with(1, |d| d.agency = "H26".into()),
        with(2, |d| d.agency = "H26.10".into()),
        with(3, |d| d.agency = "H26.10.05".into()),
        with(4, |d| d.agency = "H260.10".into()),
        with(5, |d| {
            d.agency = "000.00.00.G22".into();
            d.organ_name = "Ủy ban nhân dân quận Ba Đình".into();
            (d.number, d.notation) = ("07".into(), "TTr-SKHĐT".into());
            d.document_type = 32;
            d.file_code = "G22.2019.001".into();
            d.signer = "Đỗ Thị Hạnh".into();
        }),
    ]);
    let agency = |code: &str| filter(|q| q.agency = Some(code.into()));
    check(&index, &agency("H26"), &[3, 2, 1]);
    check(&index, &agency("h26.10"), &[3, 2]);
    check(&index, &agency("H26.10.05"), &[3]);
    check(&index, &agency("H26.1"), &[]);
    check(&index, &agency("10"), &[]);
    check(&index, &agency("000.00"), &[5]);
    check(&index, &agency("Uỷ ban"), &[]);
    check(&index, &agency("uy ban nhan dan quan ba dinh"), &[5]);
    check(&index, &filter(|q| q.number = Some("103".into())), &[3]);
    check(&index, &filter(|q| q.number = Some("10".into())), &[]);
    check(&index, &filter(|q| q.number = Some("7".into())), &[5]);
    check(&index, &filter(|q| q.notation = Some("ttr-skhdt".into())), &[5]);
    check(&index, &filter(|q| q.notation = Some("TTr".into())), &[]);
    check(&index, &filter(|q| q.document_type = Some(32)), &[5]);
    check(&index, &filter(|q| q.document_type = Some(0)), &[]);
    check(&index, &filter(|q| q.dossier = Some("G22.2019.001".into())), &[5]);
    check(&index, &filter(|q| q.dossier = Some("G22.2019".into())), &[]);
    check(&index, &filter(|q| q.signer = Some("hạnh đỗ".into())), &[5]);
    check(&index, &filter(|q| q.signer = Some("hạnh nguyễn".into())), &[]);
    let both = filter(|q| (q.agency, q.number) = (Some("H26".into()), Some("102".into())));
    check(&index, &both, &[2]);
    let worded = filter(|q| (q.words, q.agency) = (Some("dat".into()), Some("H26.10".into())));
    check(&index, &worded, &[3, 2]);
    let nothing = filter(|q| (q.words, q.agency, q.number) = (Some(" ?".into()), Some(".".into()), Some("".into())));
    check(&index, &nothing, &[5, 4, 3, 2, 1]);
}

#[test]
fn dates_are_inclusive_and_order_newest_first() {
    let dates = ["1945-09-02", "2023-12-31", "2024-01-01", "2024-01-01", "2024-12-31"];
    let documents: Vec<_> = (1..).zip(dates).map(|(n, date)| with(n, |d| d.issued = day(date))).collect();
    let (_dir, index) = build(&documents);
    let range = |from: Option<&str>, to: Option<&str>| filter(|q| (q.from, q.to) = (from.map(day), to.map(day)));
    check(&index, &range(None, None), &[5, 4, 3, 2, 1]);
    check(&index, &range(Some("2024-01-01"), Some("2024-12-31")), &[5, 4, 3]);
    check(&index, &range(Some("2024-01-02"), Some("2024-12-30")), &[]);
    check(&index, &range(Some("2023-12-31"), Some("2024-01-01")), &[4, 3, 2]);
    check(&index, &range(None, Some("1945-09-02")), &[1]);
    check(&index, &range(Some("2024-12-31"), None), &[5]);
    check(&index, &range(Some("2024-12-31"), Some("2024-01-01")), &[]);
    check(&index, &filter(|q| (q.from, q.to) = (Some(NaiveDate::MIN), Some(NaiveDate::MAX))), &[5, 4, 3, 2, 1]);
    check(&index, &words("thu hồi"), &[5, 4, 3, 2, 1]); // equal scores
}

#[test]
fn pages_do_not_overlap_and_totals_are_exact() {
    let documents: Vec<_> =
        (0..1500).map(|n| with(n, |d| d.issued = day("2020-01-01") + chrono::Days::new(n % 7))).collect();
    let (_dir, index) = build(&documents);
    let page = |limit, offset| index.search(&Query { limit, offset, ..words("đất") }).unwrap();
    let all = |limit, offset| index.search(&Query { limit, offset, ..Query::default() }).unwrap();
    let mut seen = Vec::new();
    for offset in (0..1500).step_by(100) {
        let hits = page(100, offset);
        assert_eq!(hits.total, 1500);
        assert_eq!(hits.records, all(100, offset).records);
        seen.extend(hits.records);
    }
    assert_eq!(seen.len(), 1500);
    assert_eq!(seen[0], id(1497)); // 1497 % 7 == 6, the newest day
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 1500);
    assert_eq!(page(usize::MAX, 0).records.len(), LIMIT_MAX);
    assert_eq!(page(100, 1450).records.len(), 50);
    for (limit, offset) in [(0, 0), (0, 7), (10, 1500), (10, usize::MAX), (usize::MAX, usize::MAX)] {
        assert_eq!(page(limit, offset), Hits { total: 1500, records: vec![] });
        assert_eq!(all(limit, offset), Hits { total: 1500, records: vec![] });
    }
}

#[test]
fn long_queries_are_cut() {
    let (_dir, index) = build(&[document(1)]);
    let mut many = "đất ".repeat(QUERY_WORDS_MAX);
    check(&index, &words(&many), &[1]);
    many.push_str("vắng");
    check(&index, &words(&many), &[1]);
    check(&index, &words(&format!("vắng {many}")), &[]);
    check(&index, &words(&format!("đất {}vắng", " ".repeat(QUERY_BYTES_MAX))), &[1]);
    check(&index, &words(&"ất".repeat(1_000_000)), &[]);
    check(&index, &words(&format!("\"{}\"", "đất ".repeat(QUERY_WORDS_MAX + 9))), &[]);
    check(&index, &words(&format!("\"{}\"", "đất ".repeat(QUERY_BYTES_MAX))), &[1]); // its end is cut off: words
}

/// Anything, with what means something to the reading of queries more often than by chance.
const HOSTILE: &str = "(\\PC|[\"“”/. đ1-]|(đất|QĐ-UBND|1719/|\u{301})|[\0\\s]){0,60}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_query_fails(
        texts in prop::collection::vec(prop::option::of(HOSTILE), 7),
        code in any::<Option<u8>>(),
        days in prop::array::uniform2(prop::option::of(any::<i32>())),
        limit in any::<usize>(), offset in any::<usize>(), small in any::<bool>(),
    ) {
        thread_local!(static INDEX: (TempDir, Index) = build(&[document(1), document(2), document(3)]));
        let [words, number, notation, agency, holder, dossier, signer]: [Option<String>; 7] = texts.try_into().unwrap();
        let [from, to] = days.map(|day| day.and_then(NaiveDate::from_num_days_from_ce_opt));
        let (limit, offset) = if small { (limit % 9, offset % 9) } else { (limit, offset) };
        let query = Query {
            words, number, notation, agency, holder, document_type: code, from, to, dossier, signer, limit, offset,
            ..Query::default()
        };
        let hits = INDEX.with(|(_, index)| index.search(&query).unwrap());
        prop_assert!(hits.total <= 3);
        prop_assert_eq!(hits.records.len(), hits.total.saturating_sub(offset).min(limit));
        if let Some(words) = query.words {
            let clauses = query::read(&words);
            prop_assert!(clauses.iter().map(|clause| clause.words.len()).sum::<usize>() <= QUERY_WORDS_MAX);
        }
    }

    #[test]
    fn words_are_found_as_a_plain_reading_finds_them(
        subjects in prop::collection::vec("((đất|đai|dat|Đạt|thu|hồi|12)[ ,-]){0,4}", 1..6),
        asked in prop::collection::vec(prop::sample::select(vec!["đất", "DAT", "thu", "hoi", "hồi", "dai"]), 1..4),
    ) {
        let documents: Vec<_> = (0..).zip(&subjects).map(|(n, subject)| with(n, |d| {
            d.subject.clone_from(subject);
            d.keywords.clear();
        })).collect();
        let (_dir, index) = build(&documents);
        let plain = |subject: &String| -> Vec<String> {
            text::fold(subject).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect()
        };
        let asked: Vec<String> = asked.iter().map(|word| (*word).to_owned()).collect();
        let folded: Vec<String> = asked.iter().map(|word| text::fold(word)).collect();
        let all = subjects.iter().filter(|s| folded.iter().all(|word| plain(s).contains(word))).count();
        prop_assert_eq!(index.search(&words(&asked.join(" "))).unwrap().total, all);
        let phrase = subjects.iter().filter(|s| {
            let words: Vec<String> = plain(s).into_iter().filter(|word| !word.is_empty()).collect();
            words.windows(folded.len()).any(|window| window == folded)
        }).count();
        prop_assert_eq!(index.search(&words(&format!("\"{}\"", asked.join(" ")))).unwrap().total, phrase);
    }
}

#[test]
fn rights_are_part_of_the_question_and_of_the_counts() {
    let of = |n, file_code: &str| with(n, |it| it.file_code = file_code.into());
    let (_dir, index) = build(&[of(1, "H26.10.2023.045"), of(2, "H26.10.05.2023.001"), of(3, "H26.33.2024.001")]);
    let check = |within: &[&str], expect: usize| {
        let within = Within::Agencies(within.iter().map(ToString::to_string).collect());
        let query = Query { within, limit: 9, ..Query::default() };
        assert_eq!(index.search(&query).unwrap().total, expect, "{query:?}");
        assert_eq!(index.facets(&query).unwrap().holders.values().sum::<u64>(), expect as u64, "{query:?}");
    };
    check(&["H26.10"], 2);
    check(&["H26.10.05"], 1);
    check(&["H26.33", "H26.10.05"], 2);
    check(&["H26.1"], 0);
    check(&["H26"], 3);
    check(&[], 0);
    let facets = index.facets(&Query::default()).unwrap();
    let holders: Vec<_> = facets.holders.into_iter().collect();
    assert_eq!(holders, [("H26.10".to_owned(), 1), ("H26.10.05".to_owned(), 1), ("H26.33".to_owned(), 1)]);
    assert_eq!(facets.types.values().sum::<u64>(), 3);
    assert_eq!(facets.years.values().sum::<u64>(), 3);
}

#[test]
fn each_count_is_what_its_filter_finds() {
    let of = |n, signer: &str, outcome: &str, period: &str| {
        with(n, |it| (it.signer, it.outcome, it.period) = (signer.into(), outcome.into(), period.into()))
    };
    let (_dir, index) = build(&[
        of(1, "Lê Thị Hòa", "accept", "20"),
        of(2, "Lê Thị Hoa", "accept", "permanent"),
        of(3, " Lê Thị Hoa ", "review", "20"),
        of(4, "Hoa", "accept", "dossier"),
        of(5, "", "", ""),
    ]);
    let facets = index.facets(&Query::default()).unwrap();
    let check = |counts: &BTreeMap<String, u64>, expect: &[(&str, u64)], set: &dyn Fn(&mut Query, String)| {
        let shown: Vec<_> = counts.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        assert_eq!(shown, expect);
        for (value, count) in counts {
            let query = filter(|query| set(query, value.clone()));
            assert_eq!(index.search(&query).unwrap().total as u64, *count, "{value}");
        }
    };
    // Diacritics tell people apart; the words of `signer` do not.
    let signers = [("Hoa", 1), ("Lê Thị Hoa", 2), ("Lê Thị Hòa", 1)];
    check(&facets.signers, &signers, &|query, value| query.signed_by = Some(value));
    check(&facets.outcomes, &[("accept", 3), ("review", 1)], &|query, value| query.outcome = Some(value));
    let periods = [("20", 2), ("dossier", 1), ("permanent", 1)];
    check(&facets.periods, &periods, &|query, value| query.period = Some(value));
    let both = filter(|query| (query.outcome, query.period) = (Some("accept".into()), Some("20".into())));
    assert_eq!(index.search(&both).unwrap().records, [id(1)]);
    let narrowed = index.facets(&both).unwrap();
    assert_eq!(narrowed.signers.into_iter().collect::<Vec<_>>(), [("Lê Thị Hòa".to_owned(), 1)]);
    assert_eq!(index.search(&filter(|query| query.signer = Some("hoa".into()))).unwrap().total, 4);
    assert_eq!(index.search(&filter(|query| query.signed_by = Some("lê thị hoa".into()))).unwrap().total, 0);
}
