use super::*;
use std::time::Instant;
struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let n = all.len() as u64;
        let a = self.next() % n;
        let b = self.next() % n;
        all[a.min(b) as usize]
    }
}
const VERBS: &[&str] = &[
    "phê duyệt",
    "giao",
    "tăng cường",
    "hướng dẫn thực hiện",
    "chấn chỉnh",
    "báo cáo kết quả",
    "điều chỉnh",
    "cho ý kiến về",
    "đôn đốc",
    "thẩm định",
    "triển khai",
    "rà soát",
];
const OBJ: &[&str] = &[
    "phương án bồi thường, hỗ trợ, tái định cư",
    "giấy chứng nhận quyền sử dụng đất",
    "việc thu hồi đất để thực hiện dự án",
    "dự toán thu, chi ngân sách nhà nước",
    "kế hoạch sử dụng đất hằng năm",
    "quy hoạch chi tiết tỷ lệ 1/500",
    "thiết kế bản vẽ thi công và dự toán",
    "công tác phòng, chống dịch bệnh",
    "việc khám bệnh, chữa bệnh bảo hiểm y tế",
    "chương trình tiêm chủng mở rộng",
    "kỳ thi tốt nghiệp trung học phổ thông",
    "công tác tuyển sinh đầu cấp",
    "hệ số điều chỉnh giá đất",
    "nợ đọng xây dựng cơ bản",
    "việc phân bổ vốn đầu tư công trung hạn",
    "bổ sung có mục tiêu từ ngân sách cấp trên",
    "định mức phân bổ dự toán chi thường xuyên",
    "tiến độ thi công các gói thầu",
    "hồ sơ sức khỏe điện tử",
    "trích đo địa chính thửa đất",
];
const PLACE: &[&str] = &[
    "phường Phúc Xá",
    "phường Trúc Bạch",
    "xã Vân Nội",
    "xã Kim Chung",
    "phường Ô Chợ Dừa",
    "phường Nghĩa Đô",
    "thị xã Sơn Tây",
    "huyện Gia Lâm",
    "phường Đội Cấn",
    "quận Hà Đông",
    "phường Dịch Vọng",
    "huyện Mỹ Đức",
];
const TOPIC: &[&str] = &[
    "đất đai, giải phóng mặt bằng",
    "tài chính, ngân sách",
    "đầu tư, xây dựng",
    "y tế, phòng chống dịch",
    "giáo dục, đào tạo",
    "văn thư, lưu trữ",
    "giao thông vận tải",
];
const HO: &[&str] = &["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Đặng", "Bùi", "Đỗ"];
const DEM: &[&str] = &["Văn", "Thị", "Đức", "Hữu", "Minh", "Ngọc", "Thanh"];
const TEN: &[&str] = &["Anh", "Hùng", "Dũng", "Hương", "Hà", "Lan", "Tuấn", "Đạt", "Thủy", "Sơn"];
const AG: &[&str] = &[
    "Sở Xây dựng",
    "Sở Tài nguyên và Môi trường",
    "Ủy ban nhân dân quận Ba Đình",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
];
pub fn corpus(n: usize) -> Vec<IndexDocument> {
    let mut r = Rng(88172645463325252);
    (0..n)
        .map(|i| {
            let year = 2015 + (r.next() % 11) as i32;
            let (number, notation) = (
                (1 + r.next() % 4800).to_string(),
                format!("{}-{}", r.one(&["QĐ", "CV", "TB", "KH", "BC"]), r.one(&["UBND", "SXD", "STNMT", "SYT"])),
            );
            let code = 1 + r.next() % 40;
            let topic = r.one(TOPIC);
            let obj = r.one(OBJ);
            let id = crate::record::new_id(1_700_000_000_000 + i as u64 / 3, {
                let mut b = [0; 10];
                b[..8].copy_from_slice(&r.next().to_le_bytes());
                b
            });
            IndexDocument {
                record: id,
                doc_code: format!("H26.{code}.{year}.{:03}.{:03}", r.next() % 60, i % 100),
                file_code: format!("H26.{code}.{year}.{:03}", r.next() % 60),
                dossier_title: format!("Hồ sơ về {topic} năm {year}"),
                agency: format!("H26.{code}"),
                organ_name: r.one(AG).into(),
                symbol: format!("{number}/{notation}"),
                number,
                notation,
                document_type: 1 + (r.next() % 29) as u8,
                issued: NaiveDate::from_yo_opt(year, 1 + (r.next() % 365) as u32).unwrap(),
                subject: format!("Về việc {} {obj} trên địa bàn {} năm {year}", r.one(VERBS), r.one(PLACE)),
                signer: format!("{} {} {}", r.one(HO), r.one(DEM), r.one(TEN)),
                keywords: vec![topic.into(), obj.into()],
            }
        })
        .collect()
}
fn cpu() -> f64 {
    // utime + stime, all threads incl. dead
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}
#[test]
#[ignore]
fn speed() {
    if std::env::var("PUT").is_ok() {
        let docs = corpus(200_000);
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open(dir.path()).unwrap();
        let mut w = index.writer(256_000_000).unwrap();
        let c = cpu();
        let t = Instant::now();
        for d in &docs {
            std::hint::black_box(schema::document(&index.fields, d));
        }
        println!("document: {:.2} us", (cpu() - c) * 5.0);
        let c = cpu();
        for d in &docs {
            for s in [&d.subject, &d.dossier_title, &d.signer, &d.signer, &d.subject] {
                let mut z = fold::Words::default();
                use tantivy::tokenizer::*;
                let mut s = z.token_stream(s);
                while s.advance() {
                    std::hint::black_box(s.token());
                }
            }
        }
        println!("tokens: {:.2} us", (cpu() - c) * 5.0);
        let c = cpu();
        for d in &docs {
            w.put(d).unwrap();
        }
        println!("put {:.2} us", (cpu() - c) * 5.0);
        w.commit(1).unwrap();
        println!("put+commit {:.2} us {:?}", (cpu() - c) * 5.0, t.elapsed());
        return;
    }
    for (n, heap, each) in
        [(20_000, 64_000_000, 20_000), (200_000, 256_000_000, 200_000), (200_000, 64_000_000, 10_000)]
    {
        let docs = corpus(n);
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open(dir.path()).unwrap();
        let mut w = index.writer(heap).unwrap();
        let (c, t) = (cpu(), Instant::now());
        for (i, d) in docs.iter().enumerate() {
            w.put(d).unwrap();
            if (i + 1) % each == 0 {
                w.commit(i as u64).unwrap();
            }
        }
        let (c1, t1) = (cpu() - c, t.elapsed().as_secs_f64());
        w.finish().unwrap();
        let size: u64 = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
        println!(
            "{n} docs heap {heap} commit each {each}: {:.0} docs/CPU-s, {:.0} docs/s, with merges {:.0}/CPU-s; {:.1} MB",
            n as f64 / c1,
            n as f64 / t1,
            n as f64 / (cpu() - c),
            size as f64 / 1e6
        );
        if n == 20_000 {
            let mut w = index.writer(heap).unwrap();
            let c = cpu();
            for d in &docs {
                w.put(d).unwrap();
            }
            w.commit(n as u64).unwrap();
            println!("replace all: {:.0} docs/CPU-s", n as f64 / (cpu() - c));
            w.purge().unwrap();
            for _ in 0..3 {
                let t = Instant::now();
                for _ in 0..100 {
                    Index::open(dir.path()).unwrap();
                }
                println!("open {:.3} ms", t.elapsed().as_secs_f64() * 10.0);
            }
        }
        let q = |w: &str| Query { words: Some(w.into()), limit: 20, ..Default::default() };
        let d = |y| NaiveDate::from_yo_opt(y, 1);
        for (name, q) in [
            ("two common words", q("đất dự")),
            ("five common words", q("việc địa bàn năm đất")),
            ("one word", q("phuong")),
            ("phrase", q("\"quyền sử dụng đất\"")),
            ("phrase, commonest", q("\"trên địa bàn\"")),
            ("symbol", q("1719/QĐ-UBND")),
            ("number", q("1719")),
            ("signer in words", q("nguyễn văn anh")),
            ("browse", Query { limit: 20, ..Default::default() }),
            ("browse deep", Query { limit: 1000, offset: 15000, ..Default::default() }),
            (
                "agency+dates",
                Query { agency: Some("H26.7".into()), from: d(2018), to: d(2020), limit: 20, ..Default::default() },
            ),
            ("dates", Query { from: d(2018), to: d(2024), limit: 20, ..Default::default() }),
            (
                "words+agency+dates",
                Query {
                    words: Some("thu hồi đất".into()),
                    agency: Some("H26.7".into()),
                    from: d(2018),
                    to: d(2020),
                    limit: 20,
                    ..Default::default()
                },
            ),
        ] {
            let total = index.search(&q).unwrap().total;
            let mut times: Vec<f64> = (0..200)
                .map(|_| {
                    let t = Instant::now();
                    index.search(&q).unwrap();
                    t.elapsed().as_secs_f64() * 1e3
                })
                .collect();
            times.sort_by(f64::total_cmp);
            println!("  {name:22} {total:7} hits  p50 {:.3} ms  p99 {:.3} ms", times[100], times[198]);
        }
    }
    let text = &corpus(1000).iter().map(|d| d.subject.clone()).collect::<Vec<_>>().join(" ");
    let t = Instant::now();
    let n = fold::words(text).len();
    println!("words: {:.1} ns/byte, {n}", t.elapsed().as_nanos() as f64 / text.len() as f64);
    let t = Instant::now();
    let n = crate::text::fold(text).len();
    println!("text::fold: {:.1} ns/byte, {n}", t.elapsed().as_nanos() as f64 / text.len() as f64);
}
#[test]
#[ignore]
fn flips() {
    let mut r = Rng(12345);
    let (mut stale, mut failed, mut fine, mut panicked_open, mut panicked_search) = (0, 0, 0, 0, 0);
    let docs = corpus(500);
    let dir = tempfile::tempdir().unwrap();
    {
        let i = Index::open(dir.path()).unwrap();
        let mut w = i.writer(0).unwrap();
        for d in &docs {
            w.put(d).unwrap();
        }
        w.commit(1).unwrap();
    }
    let files: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| !p.to_string_lossy().contains("lock"))
        .collect();
    std::panic::set_hook(Box::new(|_| {}));
    for _ in 0..3000 {
        let p = &files[(r.next() % files.len() as u64) as usize];
        let good = std::fs::read(p).unwrap();
        if good.is_empty() {
            continue;
        }
        let mut bad = good.clone();
        let at = (r.next() % good.len() as u64) as usize;
        bad[at] ^= 1 << (r.next() % 8);
        std::fs::write(p, &bad).unwrap();
        match std::panic::catch_unwind(|| Index::open(dir.path())) {
            Err(_) => {
                panicked_open += 1;
                eprintln!("open panic {p:?} at {at} of {}", good.len());
            }
            Ok(Err(IndexError::Stale(_))) => stale += 1,
            Ok(Err(e)) => {
                failed += 1;
                eprintln!("{e:?} {p:?}");
            }
            Ok(Ok(i)) => match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                for w in ["đất", "\"quyền sử dụng đất\"", "1719", "thu hồi"] {
                    let _ = i.search(&Query { words: Some(w.into()), limit: 10, ..Default::default() });
                }
            })) {
                Ok(()) => fine += 1,
                Err(_) => panicked_search += 1,
            },
        }
        std::fs::write(p, &good).unwrap();
    }
    eprintln!("stale {stale} failed {failed} fine {fine} panic at open {panicked_open} at search {panicked_search}");
}
