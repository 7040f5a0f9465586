use super::*;

mod samples;

/// Writes the samples where `tests/paper.sh` wants them; without it they are made all the same.
#[test]
fn every_kind_of_document_is_made() {
    let folder = std::env::var_os("PAPER_SAMPLES").map(std::path::PathBuf::from);
    for (name, document) in samples::all() {
        let file = pdf(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.starts_with(b"%PDF-1.7"), "{name}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{name}.pdf")), &file).unwrap();
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (name, document) in samples::all() {
        assert!(pdf(&document) == pdf(&document), "{name}");
    }
}

/// Every word of what is laid out, in the order of the pages.
fn words(sheet: &layout::Sheet) -> String {
    let drawings = sheet.pages.iter().flatten().flat_map(|piece| &sheet.pieces[*piece].drawings);
    let texts = drawings.filter_map(|drawing| match drawing {
        layout::Drawing::Text { text, .. } => Some(text.as_str()),
        layout::Drawing::Rule { .. } => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// Nothing stands outside the page, and text stands between the margins; the page number is above them.
fn stands_on_paper(sheet: &layout::Sheet) -> bool {
    const HAIR: f32 = 0.5;
    let frame = sheet.frame;
    let inside =
        |(x, y): (f32, f32)| x >= frame.left - HAIR && x <= frame.right + HAIR && y >= 0.0 && y <= frame.bottom + HAIR;
    let width = |style, text: &str, size, stretch: f32| {
        let text = text.trim_end();
        face::Face::of(style).width(text) * size + text.matches(' ').count() as f32 * stretch
    };
    sheet.pieces.iter().flat_map(|piece| &piece.drawings).all(|drawing| match drawing {
        layout::Drawing::Text { at, style, size, stretch, text } => {
            inside(*at) && inside((at.0 + width(*style, text, *size, *stretch), at.1))
        }
        layout::Drawing::Rule { from, to } => inside(*from) && inside(*to),
    })
}

#[test]
fn every_document_stands_on_paper_and_says_what_its_form_is() {
    for (name, document) in samples::all() {
        let sheet = layout::lay_out(&document).unwrap();
        assert!(stands_on_paper(&sheet), "{name}");
        let words = words(&sheet);
        let note = match document.form {
            Form::Unverified { .. } => "Mẫu chưa được kiểm chứng.",
            Form::Own | Form::Verified => "Mẫu riêng của lưu trữ",
        };
        assert!(words.contains(note), "{name}");
        assert!(words.contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "{name}");
        assert!(!words.contains("[U+"), "{name}: {words}");
        assert_eq!(words, crate::text::nfc(&words), "{name}");
    }
}

#[test]
fn a_pending_certificate_names_the_copies_and_claims_no_more() {
    let of = |wanted: &str| {
        let (_, document) = samples::all().into_iter().find(|(name, _)| *name == wanted).unwrap();
        words(&layout::lay_out(&document).unwrap())
    };
    let (complete, pending) = (of("certificate"), of("certificate-pending"));
    assert!(complete.contains("không thể khôi phục") && !complete.contains("chưa hoàn tất"));
    assert!(!pending.contains("không thể khôi phục") && pending.contains("chưa hoàn tất"));
    assert!(pending.contains("LTO-0007"));
}

#[test]
fn the_head_of_a_table_is_repeated_and_its_rows_are_not() {
    let sheet = layout::lay_out(&samples::list(60).document()).unwrap();
    let words = words(&sheet);
    assert!(sheet.pages.len() > 3);
    assert_eq!(words.matches("Lý do").count(), sheet.pages.len());
    assert_eq!(words.matches("Mã: H99.").count(), 60);
}

#[test]
fn a_row_higher_than_a_page_goes_on() {
    let mut list = samples::list(1);
    list.items[0].title = "một tiêu đề rất dài ".repeat(600);
    let sheet = layout::lay_out(&list.document()).unwrap();
    assert!(sheet.pages.len() >= 3 && stands_on_paper(&sheet));
    assert_eq!(words(&sheet).matches("tiêu").count(), 600);
}

#[test]
fn what_has_no_glyph_is_printed_as_its_number() {
    check("Quyết định", "Quyết định");
    check("Quye\u{302}\u{301}t", "Quyết");
    check("a\tb\nc", "a b c");
    check("a\u{202e}b", "a[U+202E]b");
    check("\0\u{7}", "[U+0000][U+0007]");
    check("中文 العربية", "[U+4E2D][U+6587] [U+0627][U+0644][U+0639][U+0631][U+0628][U+064A][U+0629]");
    check("Постановление № 7, Δ ≤ ½", "Постановление № 7, Δ ≤ ½");
    fn check(text: &str, expected: &str) {
        assert_eq!(printable::printable(text, Style::Regular), expected);
    }
    let long = printable::printable(&"ư".repeat(printable::FIELD_CHARS_MAX + 7), Style::Regular);
    assert!(long.ends_with(" [… còn 7 ký tự]"));
}

#[test]
fn every_face_has_every_vietnamese_letter() {
    let vowels = "aăâeêioôơuưy";
    let marks = ["", "\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"];
    for style in [Style::Regular, Style::Bold, Style::Italic, Style::BoldItalic] {
        for letter in
            vowels.chars().flat_map(|vowel| marks.map(|mark| format!("{vowel}{mark}"))).chain(["đ".to_owned()])
        {
            for letter in [letter.clone(), letter.to_uppercase()] {
                let printed = printable::printable(&letter, style);
                assert_eq!(printed.chars().count(), 1, "{style:?} {printed}");
            }
        }
    }
}

#[test]
fn a_signed_copy_begins_with_the_original() {
    assert!(is_signed_copy(b"%PDF-1.7 one", b"%PDF-1.7 one and more"));
    assert!(!is_signed_copy(b"%PDF-1.7 one", b"%PDF-1.7 one"));
    assert!(!is_signed_copy(b"%PDF-1.7 one", b"%PDF-1.7 two and more"));
}

#[test]
fn an_empty_document_and_one_of_odd_tables_are_made() {
    let mut document = samples::all().remove(0).1;
    document.blocks.clear();
    document.closing = Closing::default();
    assert!(pdf(&document).is_ok());
    let column = || Column { title: "x ".repeat(4_000), share: 0, align: Align::Both };
    let table = |columns: usize, rows| {
        Block::Table(Table { columns: (0..columns).map(|_| column()).collect(), numbering: Numbering::Shown, rows })
    };
    for (columns, rows) in
        [(0, vec![Row::Group("a".into())]), (3, vec![]), (40, vec![Row::Cells(vec!["y".into(); 90])])]
    {
        document.blocks = vec![table(columns, rows)];
        let made = pdf(&document);
        assert!(made.is_ok() || made == Err(Error::HeadTooHigh), "{columns}: {made:?}");
    }
}

/// How long ten thousand items take: `cargo test --release --lib paper::tests::ten_thousand -- --nocapture`.
#[test]
fn ten_thousand_items_are_a_bounded_number_of_pages() {
    let begun = std::time::Instant::now();
    let document = samples::list(10_000).document();
    let sheet = layout::lay_out(&document).unwrap();
    let (laid, pages) = (begun.elapsed(), sheet.pages.len());
    assert!(pages < 1_500, "{pages}");
    let file = write::pdf(&document, sheet).unwrap();
    println!("{pages} pages laid out in {laid:?}, {} bytes written in {:?}", file.len(), begun.elapsed() - laid);
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    /// Text as an agency might write it, or somebody who means no good.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-ZăâêôơưđĂÂĐấờựỵ0-9 ,.-]{0,60}",
            "\\PC{0,40}",
            proptest::collection::vec(any::<char>(), 0..40).prop_map(|chars| chars.into_iter().collect()),
            "[WMĐ]{200,400}",
            "(a\u{300}\u{301} ?){0,50}",
        ]
    }

    fn column(title: &str) -> Column {
        Column { title: title.to_owned(), share: 1, align: Align::Left }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Any text anywhere: a file, on its paper, the same twice; nothing panics.
        #[test]
        fn any_text_is_laid_out(texts in proptest::collection::vec(text(), 12), which in 0_usize..11) {
            let mut document = samples::all().remove(which).1;
            document.heading.agency = texts[0].clone();
            document.heading.superior = Some(texts[1].clone());
            document.heading.subject = texts[2].clone();
            document.heading.place = texts[3].clone();
            document.heading.number = Number::Open(texts[4].clone());
            document.closing.recipients = Some(Recipients { names: vec![texts[5].clone(); 3], kept: texts[6].clone() });
            for signer in &mut document.closing.signers {
                signer.name = texts[7].clone();
                signer.position = vec![texts[8].clone()];
            }
            document.blocks.push(Block::Paragraph(Text::bold(&texts[9]).and(Style::Italic, &texts[10])));
            document.blocks.push(Block::Address(texts[9..].to_vec()));
            document.blocks.push(Block::Table(Table {
                columns: texts[..5].iter().map(|title| column(title)).collect(),
                numbering: Numbering::Shown,
                rows: vec![Row::Cells(texts.clone()), Row::Group(texts[11].clone())],
            }));
            match layout::lay_out(&document) {
                Ok(sheet) => prop_assert!(stands_on_paper(&sheet)),
                Err(error) => prop_assert_eq!(error, Error::HeadTooHigh),
            }
            if let Err(error) = pdf(&document) {
                prop_assert_eq!(error, Error::HeadTooHigh);
            }
        }
    }
}
