use proptest::prelude::*;

use super::shape::{Party, Shape, shape};
use super::xades::{Binding, CertificateCheck};
use super::*;

mod conformance;
mod hostile;

const INVOICE: &str = include_str!("../../../tests/fixtures/xmldsig/invoice.xml");
const EDXML: &str = include_str!("../../../tests/fixtures/xmldsig/edxml.xml");
const XADES: &str = include_str!("../../../tests/fixtures/xmldsig/xades.xml");

fn read(text: &str) -> Vec<XmlSignature> {
    examine(text.as_bytes(), &Supplied::default()).expect("XML")
}

fn integrity(text: &str) -> Vec<Integrity> {
    read(text).iter().map(XmlSignature::integrity).collect()
}

#[test]
fn an_invoice_is_read_with_its_parties_and_what_nobody_signed() {
    let found = read(INVOICE);
    assert_eq!(integrity(INVOICE), [Integrity::Intact, Integrity::Intact]);
    assert_eq!(found[0].path, "/HDon/DSCKS/NBan/Signature");
    assert_eq!(found[0].key, Some(KeySource::Certificate(0)));
    assert_eq!(found[0].claimed_times, [ClaimedTime { text: "2024-05-20T09:15:00".into(), covered: true }]);
    let Target::Element { path, span, role } = &found[0].references[0].covered.target else { panic!("an element") };
    assert_eq!((path.as_str(), *role), ("/HDon/DLHDon", Role::Data));
    assert!(INVOICE[span.clone()].starts_with("<DLHDon ") && INVOICE[span.clone()].ends_with("</DLHDon>"));
    assert!(!found[0].covers_whole_document());
    let document = parse::parse(INVOICE, parse::Dtd::Refused).expect("XML");
    let Shape::Invoice(invoice) = shape(&document, &found) else { panic!("an invoice") };
    assert_eq!(invoice.parties, [Party::Seller, Party::TaxAuthority]);
    assert_eq!(invoice.uncovered, ["/HDon/DLQRCode"]);
    assert!(invoice.data_covered);
}

/// Canonical forms are UTF-8 whatever the document was written in.
#[test]
fn a_signature_holds_in_every_encoding_that_the_document_may_be_written_in() {
    let body = INVOICE.strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>").expect("a declaration");
    let with = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>{body}");
    let utf16 = |name, order: fn(u16) -> [u8; 2]| with(name).encode_utf16().flat_map(order).collect::<Vec<u8>>();
    // What the encoding has no byte for stands as a reference.
    let single = |name| -> Vec<u8> {
        let written = |one: char| match u8::try_from(u32::from(one)) {
            Ok(byte) if !(0x80..0xa0).contains(&byte) => vec![byte],
            _ => format!("&#{};", u32::from(one)).into_bytes(),
        };
        with(name).chars().flat_map(written).collect()
    };
    let documents = [
        [b"\xef\xbb\xbf", INVOICE.as_bytes()].concat(),
        [b"\xff\xfe", &utf16("UTF-16", u16::to_le_bytes)[..]].concat(),
        [b"\xfe\xff", &utf16("UTF-16", u16::to_be_bytes)[..]].concat(),
        utf16("UTF-16LE", u16::to_le_bytes),
        utf16("utf-16", u16::to_be_bytes),
        single("ISO-8859-1"),
        single("windows-1252"),
    ];
    for (number, document) in documents.iter().enumerate() {
        let found = examine(document, &Supplied::default()).expect("XML");
        let integrity: Vec<Integrity> = found.iter().map(XmlSignature::integrity).collect();
        assert_eq!(integrity, [Integrity::Intact, Integrity::Intact], "{number}");
    }
}

#[test]
fn a_change_is_found_where_it_is_covered_and_only_there() {
    let altered = INVOICE.replace("1100000", "9100000");
    assert_eq!(integrity(&altered), [Integrity::Altered, Integrity::Altered]);
    assert_eq!(integrity(&INVOICE.replace("0002010102", "0002010199")), [Integrity::Intact, Integrity::Intact]);
    assert_eq!(integrity(&INVOICE.replace("00ABCDEF", "11ABCDEF")), [Integrity::Intact, Integrity::Altered]);
    // SignedInfo itself.
    let altered = INVOICE.replacen("#seller-time\"><DigestMethod", "#seller-time\" Id=\"x\"><DigestMethod", 1);
    assert_eq!(integrity(&altered)[0], Integrity::Altered);
}

#[test]
fn a_key_that_the_budget_does_not_reach_is_no_failure() {
    let (own, other) = (read(INVOICE)[0].certificates[0].clone(), read(XADES)[0].certificates[0].clone());
    let (start, end) = (INVOICE.find("<KeyInfo>").expect("KeyInfo"), INVOICE.find("</KeyInfo>").expect("KeyInfo"));
    let bare = format!("{}{}", &INVOICE[..start], &INVOICE[end + "</KeyInfo>".len()..]);
    let value = |others: usize| {
        let mut certificates = vec![&other[..]; others];
        certificates.push(&own);
        let supplied = Supplied { certificates: &certificates, ..Supplied::default() };
        examine(bare.as_bytes(), &supplied).expect("XML").remove(0).value
    };
    assert_eq!(value(2), ValueCheck::Verifies);
    let spent = Reason::Unsupported(super::super::algorithm::Unsupported::BudgetSpent);
    assert_eq!(value(super::super::algorithm::UNITS_MAX as usize), ValueCheck::NotChecked(spent));
}

#[test]
fn an_edxml_message_hands_out_its_attachments() {
    let found = read(EDXML);
    assert_eq!(integrity(EDXML), [Integrity::Intact]);
    assert!(found[0].covers_whole_document());
    let document = parse::parse(EDXML, parse::Dtd::Refused).expect("XML");
    let Shape::EdXml(attachments) = shape(&document, &found) else { panic!("edXML") };
    assert_eq!(attachments[0].media_type, "application/pdf");
    assert_eq!(attachments[0].content.as_deref(), Ok(&b"%PDF-1.4 invented\n"[..]));
}

/// A program that takes another part for the attachment shows another document than the one whose signature was checked.
#[test]
fn an_attachment_of_edxml_has_one_content() {
    let read = |from: &str, to: &str| {
        assert_eq!(EDXML.matches(from).count(), 1, "{from}");
        attachments(EDXML.replace(from, to).as_bytes()).expect("XML")
    };
    let end = &EDXML[EDXML.find("ContentTransferEncoded>").expect("content")..];
    let prefix = EDXML[..EDXML.find("ContentTransferEncoded>").expect("content")].rsplit('<').next().expect("a tag");
    let close = format!("</{prefix}ContentTransferEncoded>");
    assert!(end.contains(&close));
    let second = format!("{close}<{prefix}ContentTransferEncoded>AAAA{close}");
    let other = format!("{close}<ContentTransferEncoded xmlns=\"\">AAAA</ContentTransferEncoded>");
    let words = format!("{close}<{prefix}Content>{}</{prefix}Content>", "A".repeat(5_000));
    let is_one = |found: &[shape::Attachment]| found.len() == 1 && found[0].content.is_ok();
    assert!(is_one(&read(&close, &close)));
    for to in [&second, &other, &words] {
        assert!(!is_one(&read(&close, to)), "{to:.80}");
    }
}

#[test]
fn xades_properties_are_bound_to_their_signature() {
    let found = read(XADES);
    assert_eq!(integrity(XADES), [Integrity::Intact]);
    let xades = found[0].xades.as_ref().expect("XAdES");
    assert_eq!(xades.binding, Binding::Signed);
    assert_eq!(xades.signing_certificate, CertificateCheck::Matches);
    assert_eq!(xades.signing_time.map(|time| time.timestamp()), Some(1_716_171_300));
    assert_eq!(
        (xades.roles.as_slice(), xades.place.as_slice()),
        (&["Chủ tịch".into()][..], &["Hà Nội".into(), "VN".into()][..])
    );
    assert_eq!(xades.formats[0].media_type.as_deref(), Some("text/plain"));
    // A Target that leads nowhere is a mistake of writing; one that leads to another signature is not.
    let stray = read(&XADES.replace("Target=\"#S1\"", "Target=\"#S2\""));
    let xades = stray[0].xades.as_ref().expect("XAdES");
    assert_eq!((xades.binding, xades.stray_target.as_deref()), (Binding::Signed, Some("#S2")));
    let second = format!("<Signature xmlns=\"{DSIG}\" Id=\"S2\"/></van-ban>");
    let other = read(&XADES.replace("Target=\"#S1\"", "Target=\"#S2\"").replace("</van-ban>", &second));
    assert_eq!(other[0].xades.as_ref().map(|xades| xades.binding), Some(Binding::OtherTarget));
}

#[test]
fn wrapped_and_doubled_elements_are_not_what_was_signed() {
    // A second element with the identifier: neither is.
    let doubled = INVOICE.replace("<DLQRCode>", "<DLHDon Id=\"data\"><TTChung/></DLHDon><DLQRCode>");
    let found = read(&doubled);
    assert!(found[0].defects.contains(&Defect::DuplicateId("data".into())));
    assert_eq!(found[0].integrity(), Integrity::Unreadable);

    // The signed data moved aside, other data in its place: the reference says where it leads.
    let data = &INVOICE[INVOICE.find("<DLHDon").expect("data")..INVOICE.find("<DLQRCode").expect("code")];
    let moved = INVOICE.replace(data, "<DLHDon Id=\"other\"><TTChung/></DLHDon>");
    let moved = moved.replace("</DSCKS>", &format!("<Kho>{data}</Kho></DSCKS>"));
    let found = read(&moved);
    assert_eq!(found[0].integrity(), Integrity::Intact);
    let Target::Element { path, .. } = &found[0].references[0].covered.target else { panic!("an element") };
    assert_eq!(path, "/HDon/DSCKS/Kho/DLHDon");
    let document = parse::parse(&moved, parse::Dtd::Refused).expect("XML");
    let Shape::Invoice(invoice) = shape(&document, &found) else { panic!("an invoice") };
    assert!(!invoice.data_covered && invoice.uncovered.contains(&"/HDon/DLHDon".to_owned()));

    // The signed properties moved out of the signature, forged ones in their place.
    let start = XADES.find("<x:SignedProperties").expect("properties");
    let end = XADES.find("</x:SignedProperties>").expect("properties") + "</x:SignedProperties>".len();
    let properties = &XADES[start..end];
    let forged = properties.replace("S1-properties", "S2-properties").replace("2024-05-20", "2020-01-01");
    let wrapped = XADES.replace(properties, &forged).replace("</van-ban>", &format!(
        "<Object xmlns=\"{DSIG}\"><x:QualifyingProperties xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\">{properties}\
         </x:QualifyingProperties></Object></van-ban>"
    ));
    let found = read(&wrapped);
    assert!(found[0].defects.iter().any(|defect| matches!(defect, Defect::ForeignPart { .. })));
    assert_eq!(found[0].xades.as_ref().map(|xades| xades.binding), Some(Binding::NotSigned));
    assert_ne!(found[0].integrity(), Integrity::Intact);
}

/// What anybody may add inside a signature, or cut a text with, and the value holds all the same.
#[test]
fn what_nothing_signs_inside_a_signature_is_told() {
    assert_eq!(integrity(XADES), [Integrity::Intact]);
    assert_eq!(read(XADES)[0].unsigned_parts, Vec::<String>::new());
    let told = |from: &str, to: &str| {
        assert_eq!(XADES.matches(from).count(), 1, "{from}");
        let found = read(&XADES.replace(from, to));
        assert_eq!(found[0].integrity(), Integrity::Intact, "{to}");
        found[0].unsigned_parts.len()
    };
    let close = "</x:QualifyingProperties>";
    let with = |element: &str| {
        let properties = "<x:UnsignedProperties><x:UnsignedSignatureProperties>";
        let end = "</x:UnsignedSignatureProperties></x:UnsignedProperties>";
        told(close, &format!("{properties}{element}{end}{close}"))
    };
    assert_eq!(with("<x:CertificateValues/>"), 0);
    assert_eq!(with("<x:NoiDung>Chuyển 9 tỷ đồng</x:NoiDung>"), 1, "no element of XAdES");
    assert_eq!(with("<Body xmlns=\"\">Chuyển 9 tỷ đồng</Body>"), 1);
    assert_eq!(
        with("<x:SignerRole><x:ClaimedRoles><x:ClaimedRole>Bộ trưởng</x:ClaimedRole></x:ClaimedRoles></x:SignerRole>"),
        1
    );
    assert_eq!(with("<x:CertificateValues>9 tỷ</x:CertificateValues>"), 1);
    assert_eq!(told("</KeyInfo>", "<MgmtData>Chuyển 9 tỷ</MgmtData></KeyInfo>"), 1);
    let key = |inside: &str| told("</KeyInfo>", &format!("{inside}</KeyInfo>"));
    let subject = |name: &str| key(&format!("<X509Data><X509SubjectName>{name}</X509SubjectName></X509Data>"));
    assert_eq!(subject("CN=Sở Nội vụ, O=UBND tỉnh, C=VN") + subject("/C=VN/CN=Sở") + subject("2.5.4.3=Sở"), 0);
    assert_eq!(subject("Tổng = 9 tỷ"), 1);
    let modulus =
        |text: &str| key(&format!("<KeyValue><RSAKeyValue><Modulus>{text}</Modulus></RSAKeyValue></KeyValue>"));
    assert_eq!(modulus("\n  AQIDBAUG\n  BwgJCgsM\n"), 0);
    assert_eq!((modulus("THE TOTAL IS NINE BILLION"), modulus("NINE")), (1, 0));
    assert_eq!(key("<RetrievalMethod URI=\"#other\"/>"), 0);
    assert_eq!(key("<RetrievalMethod URI=\"data:,9000000000\"/>"), 1);
    assert_eq!(told("</KeyInfo>", "<?evil Chuyển 9 tỷ?></KeyInfo>"), 1);
    for attribute in ["Body=\"9 tỷ\"", "schemaLocation=\"9\"", "Order=\"9 tỷ\""] {
        assert_eq!(told("Id=\"S1\"", &format!("Id=\"S1\" {attribute}")), 1, "{attribute}");
    }
    // The elements around what is signed are signed by nothing, and attributes of other vocabularies are no identifiers.
    for attribute in ["Title=\"9.999.999.999\"", "Id=\"Chín-tỷ\""] {
        assert_eq!(
            told("<x:QualifyingProperties ", &format!("<x:QualifyingProperties {attribute} ")),
            1,
            "{attribute}"
        );
        assert_eq!(told("<SignatureValue>", &format!("<SignatureValue {attribute}>")), 1, "{attribute}");
    }
    let foreign = "<SignatureValue xmlns:b4=\"urn:b4\" b4:Id=\"9.999.999.999\">";
    assert_eq!(told("<SignatureValue>", foreign), 1);
    assert_eq!(told("<x:QualifyingProperties ", "<x:QualifyingProperties Id=\"q-1\" "), 0);
    let evil = "<Body xmlns=\"\">Chuyển 9 tỷ đồng</Body>";
    for part in ["Manifest", "SignatureProperties"] {
        assert_eq!(told("</Signature>", &format!("<Object><{part}>{evil}</{part}></Object></Signature>")), 1, "{part}");
    }
    assert_eq!(told("</KeyInfo>", "<Body xmlns=\"\">Chuyển 9 tỷ đồng</Body></KeyInfo>"), 1);
    assert_eq!(told("</Signature>", "<Object><Body xmlns=\"\">Chuyển 9 tỷ đồng</Body></Object></Signature>"), 1);

    let amount = INVOICE.find("1100000").expect("an amount");
    let cut = format!("{}<!-- -->{}", &INVOICE[..amount + 3], &INVOICE[amount + 3..]);
    assert_eq!(integrity(&cut), [Integrity::Intact, Integrity::Intact], "comments are left out");
    assert!(read(&cut).iter().all(|one| one.unsigned_parts.len() == 1 && one.unsigned_parts[0].starts_with("/HDon/")));
    let sections =
        format!("{}<![CDATA[{}]]>{}", &INVOICE[..amount + 3], &INVOICE[amount + 3..amount + 5], &INVOICE[amount + 5..]);
    assert_eq!(integrity(&sections), [Integrity::Intact, Integrity::Intact]);
    assert!(read(&sections).iter().all(|one| one.unsigned_parts.len() == 1));
    let beside = INVOICE.replacen("<DLHDon ", "<!-- a remark --><DLHDon ", 1);
    assert!(read(&beside).iter().all(|one| one.unsigned_parts.is_empty()), "a comment between elements cuts nothing");
}

/// What stands beside the root is signed where the whole document is, and not where its root alone is.
#[test]
fn instructions_beside_the_root_are_told_and_comments_that_html_ends_early() {
    let told = |text: &str| read(text).iter().map(|one| one.unsigned_parts.len()).max();
    let sheet = "<?xml-stylesheet type=\"text/xsl\" href=\"evil.xsl\"?>";
    let start = XADES.find("?>").filter(|_| XADES.starts_with("<?xml ")).map_or(0, |at| at + 2);
    let before = |what: &str| format!("{}{what}{}", &XADES[..start], &XADES[start..]);
    assert_eq!(told(XADES), Some(0));
    assert_eq!(told(&before(sheet)), Some(1));
    assert_eq!(told(&format!("{XADES}{sheet}")), Some(1));
    assert_eq!(told(&before("<!-- a remark -->")), Some(0));
    for comment in ["<!--><h1>9 tỷ</h1>-->", "<!---><h1>9 tỷ</h1>-->"] {
        assert_eq!(told(&before(comment)), Some(1), "{comment}");
    }
}

#[test]
fn a_signature_over_nothing_says_so() {
    let empty = format!(
        "<a><Signature xmlns=\"{DSIG}\"><SignedInfo><CanonicalizationMethod Algorithm=\"x\"/></SignedInfo></Signature></a>"
    );
    let found = read(&empty);
    assert!(found[0].defects.contains(&Defect::CoversNoData));
    assert_eq!(found[0].integrity(), Integrity::Unreadable);
    assert_eq!(read("<a/>"), []);
}

#[test]
fn xslt_is_never_applied() {
    let styled = EDXML.replace(
        "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>",
        "<Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>",
    );
    let reason = DigestCheck::Unreadable(Reason::Transform("http://www.w3.org/TR/1999/REC-xslt-19991116".into()));
    assert_eq!(read(&styled)[0].references[0].digest, reason);
}

#[test]
fn many_signatures_are_refused() {
    let one = format!("<Signature xmlns=\"{DSIG}\"/>");
    let many = format!("<a>{}</a>", one.repeat(SIGNATURES_MAX + 1));
    assert_eq!(examine(many.as_bytes(), &Supplied::default()), Err(parse::Error::Limit("signatures")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A changed byte never leaves both signatures intact, unless it is where nobody signed.
    #[test]
    fn a_changed_byte_of_the_data_is_found(at in 0_usize..150, to in b'0'..=b'9') {
        let start = INVOICE.find("<TTChung").expect("data");
        let mut bytes = INVOICE.as_bytes().to_vec();
        prop_assume!(bytes[start + at] != to && start + at < INVOICE.find("</DLHDon").expect("data"));
        bytes[start + at] = to;
        if let Ok(found) = examine(&bytes, &Supplied::default()) {
            prop_assert!(found.iter().all(|one| one.integrity() == Integrity::Altered));
        }
    }

    /// Any bytes, and any piece of a signed document put elsewhere, have an answer.
    #[test]
    fn any_bytes_have_an_answer(from in 0_usize..3_500, length in 0_usize..400, to in 0_usize..3_500, junk: Vec<u8>) {
        let mut bytes = XADES.as_bytes().to_vec();
        let piece: Vec<u8> = bytes.iter().skip(from).take(length).copied().collect();
        let to = to.min(bytes.len());
        bytes.splice(to..to, piece);
        let _ = examine(&bytes, &Supplied::default());
        let _ = examine(&junk, &Supplied { dtd: parse::Dtd::Internal, ..Supplied::default() });
    }
}

/// A comment between elements is shown by whoever shows the XML itself, and signed where a form has comments.
#[test]
fn comments_with_words_that_nobody_signed_are_noted() {
    let noted = |text: &str| read(text).iter().map(|one| one.has_comments_beside).collect::<Vec<_>>();
    let before = |what: &str| INVOICE.replacen("<DLHDon ", &format!("{what}<DLHDon "), 1);
    assert_eq!(noted(INVOICE), [false, false]);
    assert_eq!(noted(&before("<!-- Chuyển 9 tỷ -->")), [true, true]);
    assert_eq!(noted(&before("<!-- -->")), [false, false]);
    assert_eq!(noted(&XADES.replacen("<KeyInfo>", "<!-- 9 tỷ --><KeyInfo>", 1)), [false], "inside a signature");
}

#[test]
fn signed_properties_stand_once_and_all_of_them_name_the_signer() {
    let repeated = |text: &str| read(text)[0].xades.as_ref().map(|one| one.repeated.clone()).unwrap_or_default();
    let twice = |text: &str, open: &str, close: &str| {
        let (start, end) = (text.find(open).expect("opens"), text.find(close).expect("closes") + close.len());
        format!("{}{}{}", &text[..end], &text[start..end], &text[end..])
    };
    assert_eq!(repeated(XADES), Vec::<&str>::new());
    let two = twice(XADES, "<x:SigningTime>", "</x:SigningTime>");
    assert_eq!(repeated(&two), ["SigningTime"]);
    assert!(read(&two)[0].defects.contains(&Defect::Structure("SigningTime")));
    let named = |text: &str| read(text)[0].xades.as_ref().map(|one| one.signing_certificate.clone());
    assert_eq!(named(XADES), Some(CertificateCheck::Matches));
    let name = if XADES.contains("<x:SigningCertificateV2>") { "V2" } else { "" };
    let (open, close) = (format!("<x:SigningCertificate{name}>"), format!("</x:SigningCertificate{name}>"));
    let start = XADES.find(&open).expect("opens");
    let end = XADES.find(&close).expect("closes") + close.len();
    let value = XADES[start..end].find("DigestValue>").expect("a digest") + start + "DigestValue>".len();
    let other = format!("{}AAAA{}", &XADES[start..value], &XADES[value + 4..end]);
    let (before, after) = (
        format!("{}{other}{}", &XADES[..start], &XADES[start..]),
        format!("{}{other}{}", &XADES[..end], &XADES[end..]),
    );
    assert_eq!((named(&before), named(&after)), (Some(CertificateCheck::Differs), Some(CertificateCheck::Differs)));
}
