//! Small PDFs written revision by revision, for the tests of this folder.

/// A PDF being written.
#[derive(Clone)]
pub struct Pdf {
    /// What is written so far.
    pub bytes: Vec<u8>,
    previous: Option<usize>,
}

/// The objects of [`Pdf::signed`]: a page with content and font, a text field, an empty and a signed signature field.
pub const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/Annots[6 0 R 7 0 R 8 0 R 13 0 R]>>";
pub const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R 7 0 R 8 0 R]/SigFlags 3>>>>";
pub const TEXT: &str = "/Type/Annot/Subtype/Widget/FT/Tx/T(number)/Rect[0 0 5 5]/P 3 0 R";
pub const EMPTY: &str = "/Type/Annot/Subtype/Widget/FT/Sig/T(agency)/Rect[0 0 5 5]/P 3 0 R";
pub const SIGNED: &str =
    "<</Type/Annot/Subtype/Widget/FT/Sig/T(leader)/Rect[0 0 5 5]/P 3 0 R/V 9 0 R/AP<</N 10 0 R>>>>";
pub const NOTE: &str = "<</Type/Annot/Subtype/Text/Rect[0 0 1 1]/Contents(note)>>";

impl Pdf {
    /// A file of one revision without a signature.
    pub fn plain() -> Self {
        let mut pdf = Self { bytes: b"%PDF-1.7\n".to_vec(), previous: None };
        pdf.update(&[
            (1, "<</Type/Catalog/Pages 2 0 R>>".into()),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".into()),
            (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>".into()),
        ]);
        pdf
    }

    /// A file of one revision, signed by its leader. Object 11 is there and nothing refers to it.
    pub fn signed() -> Self {
        Self::signed_with("", "")
    }

    /// The same with more keys in the signature dictionary and in its field.
    pub fn signed_with(in_signature: &str, in_field: &str) -> Self {
        Self::signed_of(&Self::objects(in_signature, in_field), "")
    }

    /// A file of one revision with these objects and keys of the trailer, signed by its leader.
    pub fn signed_of(objects: &[(u32, String)], trailer: &str) -> Self {
        let mut pdf = Self::of(objects, trailer);
        pdf.sign();
        pdf
    }

    /// The same before he signed.
    pub fn of(objects: &[(u32, String)], trailer: &str) -> Self {
        let mut pdf = Self { bytes: b"%PDF-1.7\n".to_vec(), previous: None };
        pdf.update_with(objects, &format!("/Root 1 0 R{trailer}"));
        pdf
    }

    /// The objects of [`Pdf::signed_with`].
    pub fn objects(in_signature: &str, in_field: &str) -> Vec<(u32, String)> {
        vec![
            (1, CATALOG.into()),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".into()),
            (3, PAGE.into()),
            (4, stream("", "BT (signed) Tj ET")),
            (5, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>".into()),
            (6, format!("<<{TEXT}>>")),
            (7, format!("<<{EMPTY}>>")),
            (8, SIGNED.replace("/FT", &format!("{in_field}/FT"))),
            (9, signature("ETSI.CAdES.detached", "Sig", in_signature)),
            (10, stream("/Type/XObject/Subtype/Form/BBox[0 0 5 5]", "(seal) Tj")),
            (11, "<</Type/Pages/Kids[3 0 R]/Count 1>>".into()),
            (13, NOTE.into()),
        ]
    }

    /// Appends a revision with these objects.
    pub fn update(&mut self, objects: &[(u32, String)]) -> &mut Self {
        self.update_with(objects, "/Root 1 0 R")
    }

    /// The same with these keys in the trailer.
    pub fn update_with(&mut self, objects: &[(u32, String)], trailer: &str) -> &mut Self {
        let places: Vec<(u32, usize)> =
            objects.iter().map(|(number, text)| (*number, self.object(*number, text))).collect();
        self.table(&places, trailer)
    }

    /// Writes one object; gives its place.
    pub fn object(&mut self, number: u32, text: &str) -> usize {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(format!("{number} 0 obj\n{text}\nendobj\n").as_bytes());
        at
    }

    /// Writes a table and a trailer. An object at 0 is free.
    pub fn table(&mut self, places: &[(u32, usize)], trailer: &str) -> &mut Self {
        let at = self.bytes.len();
        let mut text = "xref\n".to_owned();
        for (number, place) in places {
            let kind = if *place == 0 { 'f' } else { 'n' };
            text += &format!("{number} 1\n{place:010} 00000 {kind} \n");
        }
        let previous = self.previous.map_or(String::new(), |at| format!("/Prev {at}"));
        text += &format!("trailer\n<</Size 99{previous}{trailer}>>\nstartxref\n{at}\n%%EOF\n");
        self.bytes.extend_from_slice(text.as_bytes());
        self.previous = Some(at);
        self
    }

    /// Appends a revision whose objects stand in an object stream, 50, listed by a cross-reference stream, 51; of a number that
    /// stands twice the last place is listed.
    pub fn update_in_stream(&mut self, objects: &[(u32, &str)]) -> &mut Self {
        self.update_in_stream_from(objects, "")
    }

    /// The same with where the first object begins said by `first`, if it is not empty.
    pub fn update_in_stream_from(&mut self, objects: &[(u32, &str)], first: &str) -> &mut Self {
        let (mut heads, mut texts) = (String::new(), String::new());
        for (number, text) in objects {
            heads += &format!("{number} {} ", texts.len());
            texts += &format!("{text} ");
        }
        let known = heads.len().to_string();
        let first = if first.is_empty() { &known } else { first };
        let keys = format!("/Type/ObjStm/N {}/First {first}", objects.len());
        let container = self.object(50, &stream(&keys, &(heads + &texts)));
        let at = self.bytes.len();
        let row = |kind: u8, second: usize, third: usize| [kind, (second >> 8) as u8, second as u8, third as u8];
        let (mut index, mut rows) = (String::from("50 2 "), [row(1, container, 0), row(1, at, 0)].concat());
        for (place, (number, _)) in objects.iter().enumerate() {
            if objects[place + 1..].iter().all(|(later, _)| later != number) {
                index += &format!("{number} 1 ");
                rows.extend(row(2, 50, place));
            }
        }
        let previous = self.previous.map_or(String::new(), |at| format!("/Prev {at}"));
        self.raw(&format!(
            "51 0 obj\n<</Type/XRef/Size 99/W[1 2 1]/Index[{index}]/Root 1 0 R{previous}/Length {}>>stream\n",
            rows.len()
        ));
        self.bytes.extend_from_slice(&rows);
        self.raw(&format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n"));
        self.previous = Some(at);
        self
    }

    /// Writes another text of the same length over the last place of one.
    pub fn replace_last(&mut self, from: &str, to: &str) -> &mut Self {
        assert_eq!(from.len(), to.len());
        let at = memchr::memmem::rfind(&self.bytes, from.as_bytes()).expect("it is there");
        self.bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        self
    }

    /// Writes the right numbers into the last signature, which covers the file as it is now.
    pub fn sign(&mut self) -> &mut Self {
        let found = |what: &[u8]| memchr::memmem::rfind(&self.bytes, what).expect("there is one");
        let start = found(b"/Contents<") + b"/Contents".len();
        let end = start + b"<3003020105>".len();
        let range = format!("{start:06} {end:06} {:06}", self.bytes.len() - end);
        let at = found(b"/ByteRange[0 ") + b"/ByteRange[0 ".len();
        self.bytes[at..at + range.len()].copy_from_slice(range.as_bytes());
        self
    }

    /// Appends anything.
    pub fn raw(&mut self, text: &str) -> &mut Self {
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }
}

/// A signature dictionary whose range is still to be filled in.
pub fn signature(sub_filter: &str, kind: &str, more: &str) -> String {
    format!(
        "<</Type/{kind}/Filter/Adobe.PPKLite/SubFilter/{sub_filter}/ByteRange[0 000000 000000 000000]{more}/Contents<3003020105>>>"
    )
}

/// A stream.
pub fn stream(keys: &str, body: &str) -> String {
    format!("<<{keys}/Length {}>>stream\n{body}\nendstream", body.len())
}
