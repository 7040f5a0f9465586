use super::*;
use crate::archive::follow::Event;
use crate::catalog::PlacedRow;
use crate::event::{ActorId, Entry};
use crate::record::AccessMode;
use crate::retention::Statement;
use chrono::NaiveDate;

const DOSSIER: &str = r#"{}
{"file_code":"H26.2023.1","arc_file_code":"X.H26.2023.1","title":"Hồ sơ tuyển dụng","agency_code":"H26","year":2023,"end_date":null,
"retention":{"years":10,"permanent":false,"until":"2033-12-31","basis":"stated","citation":"10 năm","verified":false}}"#;

fn dossier() -> Event {
    let (kind, actor, at) = (EventKind::DossierAccessioned, ActorId([0; 8]), Location { segment: 1, offset: 128 });
    let entry = Entry {
        kind,
        id: Uuid::from_u128(8),
        previous: None,
        time: Micros(1),
        actor,
        rule: None,
        commitment: None,
        stored: Vec::new(),
        detail: None,
    };
    let committed = Committed { index: 1, entry, at, key: None, objects: Vec::new(), ahead: false };
    Event::with_body(committed, None, DOSSIER.as_bytes().to_vec()).unwrap()
}

fn record(number: u32) -> RecordRows {
    let day = NaiveDate::from_ymd_opt(2023, 5, 4).unwrap();
    let id = Uuid::from_u128(100 + u128::from(number));
    let statement = Statement::Nothing;
    let placed = PlacedRow { record: id, issued: day, accessioned: day, mode: AccessMode::Conditional, statement };
    let document = IndexDocument {
        record: id,
        doc_code: format!("H26.2023.1.{number:07}"),
        file_code: "H26.2023.1".into(),
        dossier_title: String::new(),
        agency: "H26".into(),
        organ_name: String::new(),
        number: number.to_string(),
        notation: "QĐ-UBND".into(),
        symbol: format!("{number}/QĐ-UBND"),
        document_type: 2,
        issued: day,
        subject: String::new(),
        signer: String::new(),
        keywords: Vec::new(),
        outcome: "accept".into(),
        period: "20".into(),
    };
    let arc_doc_code = format!("X.{}", document.doc_code);
    let dossier = Uuid::from_u128(8);
    let held = says::Held { content: None, files: Vec::new() };
    RecordRows { dossier, ordinal: number, arc_doc_code, held, identifier: None, placed, document }
}

/// What the index is told of a record's dossier, then what is handed over.
fn title(projection: &mut Projection<'_>, number: u32) -> String {
    let record = record(number);
    projection.record(record.document.record, b"{}", record).unwrap();
    let mut documents = projection.take_documents();
    projection.hand_over(crate::vault::START, Batch::default());
    documents.pop().unwrap().dossier_title
}

#[test]
fn a_title_is_known_until_the_catalog_shows_it() {
    let mut projection = Projection::from_nothing(Arc::default());
    dossier().show(&mut projection).unwrap();
    assert_eq!(title(&mut projection, 1), "Hồ sơ tuyển dụng", "in its own batch");
    assert_eq!(title(&mut projection, 2), "Hồ sơ tuyển dụng", "while that is being loaded");
    assert_eq!(title(&mut projection, 3), "", "which is loaded before the next is handed over");
}
