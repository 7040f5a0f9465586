//! What the index says of each record, so that it can be compared with what the record's document gives.
//!
//! Said is, one by one: a term with its frequency and positions as far as its field keeps them, or a column's value.
//! The two sides are made apart: what is said here is read from postings and columns, what a document gives comes from
//! the tokenizers without an index. Nothing is gathered but the terms of one document; who compares sums up.
//!
//! Lengths of fields (the file of `words` that weighs hits) are not looked at: they move a hit, and hide none.

use super::schema::{self, COUNTED, ISSUED, RECORD_HIGH, RECORD_LOW, TYPE};
use super::{Index, IndexDocument, IndexError, guarded, record};
use std::collections::BTreeMap;
use tantivy::columnar::Column;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::tokenizer::{MAX_TOKEN_LEN, TokenStream};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};
use uuid::Uuid;

/// Takes a record and something that is said of it.
type Visit<'a> = dyn FnMut(Uuid, &[u8]) + 'a;

/// How often and where a term stands in a document.
#[derive(Default)]
struct Places {
    frequency: u32,
    positions: Vec<u32>,
}

impl Index {
    /// Hands the identifier of every record that is shown to `visit`.
    pub fn each_record(&self, visit: &mut dyn FnMut(Uuid)) -> Result<(), IndexError> {
        guarded(|| {
            for segment in self.reader.searcher().segment_readers() {
                let ids = Ids::of(segment)?;
                segment.doc_ids_alive().try_for_each(|doc| ids.of_document(doc).map(&mut *visit))?;
            }
            Ok(())
        })
    }

    /// Hands all that is said of every record that is shown to `visit`, in any order.
    pub fn each_said(&self, visit: &mut Visit<'_>) -> Result<(), IndexError> {
        guarded(|| {
            for segment in self.reader.searcher().segment_readers() {
                let ids = Ids::of(segment)?;
                columns(segment, &ids, visit)?;
                for (field, entry) in segment.schema().fields() {
                    if let Some(option) = entry.field_type().get_index_record_option() {
                        terms(segment, &ids, field, option, visit)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Hands all that ought to be said of a document's record to `visit`.
    pub fn each_given(&self, document: &IndexDocument, visit: &mut Visit<'_>) -> Result<(), IndexError> {
        let schema = self.engine.schema();
        let mut terms: BTreeMap<(Field, Vec<u8>), Places> = BTreeMap::new();
        let mut said = Vec::new();
        for (field, value) in schema::document(&self.fields, document).field_values() {
            let entry = schema.get_field_entry(field);
            let mut column = |value: &[u8]| {
                say_column(&mut said, entry.name(), value);
                visit(document.record, &said);
            };
            match entry.name() {
                RECORD_HIGH | RECORD_LOW => {}
                ISSUED => column(&value.as_i64().unwrap_or_default().to_le_bytes()),
                TYPE => column(&value.as_u64().unwrap_or_default().to_le_bytes()),
                name if COUNTED.contains(&name) => column(value.as_str().unwrap_or_default().as_bytes()),
                _ => {}
            }
            if entry.field_type().get_index_record_option().is_none() {
                continue;
            }
            if let Some(text) = value.as_str() {
                let mut analyzer = self.engine.tokenizer_for_field(field)?;
                analyzer.token_stream(text).process(&mut |token| {
                    if token.text.len() <= MAX_TOKEN_LEN {
                        let places = terms.entry((field, token.text.as_bytes().to_vec())).or_default();
                        places.frequency += 1;
                        places.positions.push(u32::try_from(token.position).unwrap_or(u32::MAX));
                    }
                });
            } else if let Some(number) = value.as_u64() {
                let term = Term::from_field_u64(field, number);
                terms.entry((field, term.serialized_value_bytes().to_vec())).or_default();
            } else if let Some(bytes) = value.as_bytes() {
                terms.entry((field, bytes.to_vec())).or_default();
            }
        }
        for ((field, term), places) in &terms {
            let option = schema.get_field_entry(*field).field_type().get_index_record_option();
            say_term(&mut said, *field, option.unwrap_or_default(), term, places);
            visit(document.record, &said);
        }
        Ok(())
    }
}

/// The record of each document of a segment.
struct Ids {
    high: Column<u64>,
    low: Column<u64>,
}

impl Ids {
    fn of(segment: &SegmentReader) -> Result<Self, IndexError> {
        let columns = segment.fast_fields();
        Ok(Self { high: columns.u64(RECORD_HIGH)?, low: columns.u64(RECORD_LOW)? })
    }

    fn of_document(&self, doc: DocId) -> Result<Uuid, IndexError> {
        let id = record(self.high.first(doc), self.low.first(doc));
        id.ok_or_else(|| IndexError::Stale("a document without its record id".into()))
    }
}

/// What the columns say.
fn columns(segment: &SegmentReader, ids: &Ids, visit: &mut Visit<'_>) -> Result<(), IndexError> {
    let columns = segment.fast_fields();
    let (issued, document_type) = (columns.i64(ISSUED)?, columns.u64(TYPE)?);
    let mut said = Vec::new();
    for doc in segment.doc_ids_alive() {
        let id = ids.of_document(doc)?;
        let mut column = |name: &str, value: &[u8]| {
            say_column(&mut said, name, value);
            visit(id, &said);
        };
        issued.values_for_doc(doc).for_each(|days| column(ISSUED, &days.to_le_bytes()));
        document_type.values_for_doc(doc).for_each(|code| column(TYPE, &code.to_le_bytes()));
    }
    COUNTED.into_iter().try_for_each(|name| column_of_text(segment, ids, name, visit))
}

/// What a column of text says.
fn column_of_text(segment: &SegmentReader, ids: &Ids, name: &str, visit: &mut Visit<'_>) -> Result<(), IndexError> {
    let Some(column) = segment.fast_fields().str(name)? else { return Ok(()) };
    let (mut said, mut text, mut last) = (Vec::new(), String::new(), None);
    for doc in segment.doc_ids_alive() {
        let id = ids.of_document(doc)?;
        for number in column.term_ords(doc) {
            // Records come dossier by dossier.
            if last != Some(number) {
                column.ord_to_str(number, &mut text).map_err(TantivyError::from)?;
                last = Some(number);
            }
            say_column(&mut said, name, text.as_bytes());
            visit(id, &said);
        }
    }
    Ok(())
}

/// What the terms of a field say.
fn terms(
    segment: &SegmentReader,
    ids: &Ids,
    field: Field,
    option: IndexRecordOption,
    visit: &mut Visit<'_>,
) -> Result<(), IndexError> {
    let inverted = segment.inverted_index(field)?;
    let mut stream = inverted.terms().stream().map_err(TantivyError::from)?;
    let (mut said, mut places) = (Vec::new(), Places::default());
    while let Some((term, info)) = stream.next() {
        let mut postings = inverted.read_postings_from_terminfo(info, option).map_err(TantivyError::from)?;
        while postings.doc() != TERMINATED {
            if !segment.is_deleted(postings.doc()) {
                places.frequency = postings.term_freq();
                if option.has_positions() {
                    postings.positions(&mut places.positions);
                }
                say_term(&mut said, field, option, term, &places);
                visit(ids.of_document(postings.doc())?, &said);
            }
            postings.advance();
        }
    }
    Ok(())
}

fn say_column(said: &mut Vec<u8>, name: &str, value: &[u8]) {
    said.clear();
    said.push(b'c');
    said.extend_from_slice(name.as_bytes());
    said.push(0);
    said.extend_from_slice(value);
}

/// A term with what its field keeps of its places: the length before it tells it from them.
fn say_term(said: &mut Vec<u8>, field: Field, option: IndexRecordOption, term: &[u8], places: &Places) {
    said.clear();
    said.push(b't');
    said.extend_from_slice(&field.field_id().to_le_bytes());
    said.extend_from_slice(&(term.len() as u64).to_le_bytes());
    said.extend_from_slice(term);
    if option.has_freq() {
        said.extend_from_slice(&places.frequency.to_le_bytes());
    }
    if option.has_positions() {
        places.positions.iter().for_each(|position| said.extend_from_slice(&position.to_le_bytes()));
    }
}
