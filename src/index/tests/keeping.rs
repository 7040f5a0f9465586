use super::*;
use std::fs;

#[test]
fn putting_again_replaces_and_removing_removes() {
    let (_dir, index) = build(&[document(1), document(2), with(2, |d| d.subject = "Trong cùng lần ghi".into())]);
    check(&index, &words("cùng lần ghi"), &[2]);
    check(&index, &words("thu hồi"), &[1]);

    let mut writer = index.writer(0).unwrap();
    writer.put(&with(1, |d| d.subject = "Bản mới".into())).unwrap();
    writer.remove(id(2)).unwrap();
    writer.remove(id(77)).unwrap();
    check(&index, &Query { limit: 9, ..Query::default() }, &[2, 1]);
    writer.commit(4).unwrap();
    check(&index, &Query { limit: 9, ..Query::default() }, &[1]);
    check(&index, &words("bản mới"), &[1]);

    writer.put(&document(2)).unwrap();
    writer.put(&document(3)).unwrap();
    writer.remove(id(3)).unwrap();
    writer.remove(id(1)).unwrap();
    writer.put(&document(1)).unwrap();
    writer.commit(5).unwrap();
    check(&index, &words("thu hồi"), &[2, 1]);
}

#[test]
fn the_cursor_travels_with_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), ARCHIVE).unwrap();
    assert_eq!(index.cursor(), 0);
    check(&index, &words("đất"), &[]);
    let mut writer = index.writer(0).unwrap();
    writer.put(&document(1)).unwrap();
    writer.commit(41).unwrap();
    writer.put(&document(2)).unwrap();
    writer.remove(id(1)).unwrap();
    assert_eq!(index.cursor(), 41);
    check(&index, &words("đất"), &[1]);
    drop(writer);
    drop(index);

    let index = Index::open(dir.path(), ARCHIVE).unwrap();
    assert_eq!(index.cursor(), 41);
    check(&index, &words("đất"), &[1]);
    index.writer(0).unwrap().commit(u64::MAX).unwrap(); // nothing but a later cursor
    assert_eq!(index.cursor(), u64::MAX);
    assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().cursor(), u64::MAX);
}

#[test]
fn one_writes_while_others_search() {
    let (dir, index) = build(&[document(1)]);
    let other = Index::open(dir.path(), ARCHIVE).unwrap();
    let mut writer = index.writer(0).unwrap();
    assert!(matches!(other.writer(0), Err(IndexError::Busy)));
    assert!(matches!(index.writer(0), Err(IndexError::Busy)));
    writer.put(&document(2)).unwrap();
    writer.commit(2).unwrap();
    assert_eq!(other.cursor(), 1);
    check(&other, &words("đất"), &[1]);
    other.refresh().unwrap();
    assert_eq!(other.cursor(), 2);
    check(&other, &words("đất"), &[2, 1]);
    drop(writer);
    other.writer(0).unwrap();
}

#[test]
fn order_and_totals_survive_segments_and_merges() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), ARCHIVE).unwrap();
    let mut writer = index.writer(0).unwrap();
    for n in 0..40 {
        writer.put(&with((n * 17) % 40, |d| d.issued = day("2020-01-01") + chrono::Days::new(n % 3))).unwrap();
        writer.put(&with(100 + n, |d| d.subject = "Bỏ".into())).unwrap();
        writer.commit(n).unwrap();
    }
    for n in 0..40 {
        writer.remove(id(100 + n)).unwrap();
    }
    writer.commit(41).unwrap();
    let query = Query { limit: 100, ..Query::default() };
    let before = index.search(&query).unwrap();
    assert_eq!(before.total, 40);
    writer.finish().unwrap();
    assert_eq!(index.search(&query).unwrap(), before);
    assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().search(&query).unwrap(), before);
    assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().cursor(), 41);
}

#[test]
fn purging_leaves_no_term_of_what_was_removed() {
    let secret = |n| with(n, |d| d.subject = format!("Xyzzyplugh{n}"));
    let (dir, index) = build(&[document(1), secret(2), document(3)]);
    let holds = |term: &str| {
        let term = tantivy::Term::from_field_text(index.fields.subject, term);
        let searcher = index.reader.searcher();
        searcher
            .segment_readers()
            .iter()
            .any(|s| s.inverted_index(index.fields.subject).unwrap().doc_freq(&term).unwrap() > 0)
    };
    let files = || -> Vec<_> {
        let all = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.extension().is_some_and(|e| e == "term" || e == "pos" || e == "idx" || e == "fast"))
            .collect()
    };
    let old = files();
    let mut writer = index.writer(0).unwrap();
    writer.remove(id(2)).unwrap();
    writer.commit(9).unwrap();
    assert!(holds("xyzzyplugh2"));
    writer.purge().unwrap();
    assert!(!holds("xyzzyplugh2"));
    assert_eq!(files().len(), 4);
    assert!(old.iter().all(|path| !path.exists()));
    check(&index, &words("đất"), &[3, 1]);
    assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().cursor(), 9);

    let mut writer = index.writer(0).unwrap();
    writer.remove(id(1)).unwrap();
    writer.remove(id(3)).unwrap();
    writer.commit(10).unwrap();
    writer.purge().unwrap();
    check(&index, &Query::default(), &[]);
    assert!(files().is_empty());
    assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().cursor(), 10);
}

#[test]
fn an_index_that_cannot_be_read_is_stale() {
    let damage = |what: &str, spoil: &dyn Fn(&Path)| {
        let (dir, index) = build(&[document(1), document(2)]);
        drop(index);
        spoil(dir.path());
        let result = Index::open(dir.path(), ARCHIVE);
        assert!(matches!(result, Err(IndexError::Stale(_))), "{what}: {:?}", result.err());
        fs::remove_dir_all(dir.path()).unwrap();
        assert_eq!(Index::open(dir.path(), ARCHIVE).unwrap().cursor(), 0);
    };
    let edit = |from: &'static str, to: &'static str| {
        move |dir: &Path| {
            let path = dir.join("meta.json");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(path, text.replace(from, to)).unwrap();
        }
    };
    damage("another tokenizer", &edit("vietnamese-4", "vietnamese-0"));
    damage("another field", &edit("\"dossier\"", "\"folder\""));
    damage("a cursor that is none", &edit("000a 2\"", "000a x\""));
    damage("another archive", &edit("000a 2\"", "000b 2\""));
    damage("a cursor alone, as older builds wrote it", &edit("00000000-0000-0000-0000-00000000000a 2\"", "2\""));
    damage("half a meta", &|dir| {
        let bytes = fs::read(dir.join("meta.json")).unwrap();
        fs::write(dir.join("meta.json"), &bytes[..bytes.len() / 2]).unwrap();
    });
    damage("an empty meta", &|dir| fs::write(dir.join("meta.json"), b"").unwrap());
    damage("no managed list to read", &|dir| fs::write(dir.join(".managed.json"), b"[").unwrap());
    for extension in ["term", "idx", "pos", "fast", "fieldnorm"] {
        let each = |spoil: &dyn Fn(&Path)| {
            damage(extension, &|dir| {
                let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
                files.filter(|path| path.extension().is_some_and(|e| e == extension)).for_each(|path| spoil(&path));
            });
        };
        each(&|path| fs::remove_file(path).unwrap());
        each(&|path| fs::write(path, b"").unwrap());
        each(&|path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        });
        each(&|path| {
            let mut bytes = fs::read(path).unwrap();
            let at = bytes.windows(22).rposition(|window| window == b"\"index_format_version\"").unwrap() + 23;
            bytes[at] = b'9';
            fs::write(path, bytes).unwrap();
        });
    }
}

#[test]
fn a_flipped_bit_is_found_by_scrub_and_never_panics() {
    let (dir, index) = build(&(0..50).map(document).collect::<Vec<_>>());
    index.scrub().unwrap();
    drop(index);
    let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
    let segments = files.filter(|path| path.extension().is_some_and(|e| e != "json" && e != "lock"));
    for path in segments {
        let good = fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(37) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, &bad).unwrap();
            // Opening sees some damage, scrubbing all; searching meanwhile may be wrong, and does not panic.
            match Index::open(dir.path(), ARCHIVE) {
                Err(IndexError::Stale(_)) => {}
                Err(error) => panic!("{error}"),
                Ok(index) => {
                    let _ = index.search(&words("\"thu hồi\" đất 107 -"));
                    let in_body = at + 200 < good.len();
                    assert!(!in_body || matches!(index.scrub(), Err(IndexError::Stale(_))), "{path:?} at {at}");
                }
            }
        }
        fs::write(&path, &good).unwrap();
    }
}

#[test]
fn an_index_made_anew_in_the_same_folder_is_taken_up_and_the_old_files_let_go() {
    let (dir, index) = build(&[document(1)]);
    fs::remove_dir_all(dir.path()).unwrap();
    assert!(matches!(index.refresh(), Err(IndexError::Stale(_))));
    let again = Index::open(dir.path(), ARCHIVE).unwrap();
    let mut writer = again.writer(0).unwrap();
    writer.put(&document(2)).unwrap();
    writer.commit(1).unwrap();
    index.refresh().unwrap();
    check(&index, &words("đất"), &[2]);
    let held = fs::read_to_string("/proc/self/maps").unwrap();
    let here = dir.path().to_str().unwrap();
    assert!(!held.lines().any(|line| line.contains(here) && line.ends_with("(deleted)")), "{held}");
}
