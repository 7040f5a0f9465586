//! What is indexed of a record, and how.
//!
//! Nothing is stored: three fast columns give the order of hits and the record's id, [`COUNTED`] are counted by, everything
//! else is only terms.
//!
//! | field | terms | for |
//! |---|---|---|
//! | record | id | replacing, removing |
//! | words | words of subject, dossier title, keywords, signer; frequencies | `Query::words` |
//! | subject | words with positions | phrases |
//! | signer | words | filter |
//! | identity | keys of the document code, and of a symbol other than number/notation | an identifier among the words |
//! | number, notation, dossier | key | the same, and filters |
//! | document_type | code; fast column | filter, counts |
//! | holders | keys of the code of the agency whose dossier it is, and of each group of it from the left | rights, filter |
//! | holder | fast column: that code whole | counts |
//! | signed_by, outcome, period | the text whole; fast column | filter, counts |
//! | agency | keys of the code, of each group of it from the left, and of the name | filter |
//! | issued; record_high, record_low | fast columns: days from the Common Era; halves of the id | range, order |

use super::IndexDocument;
use super::fold::{self, Words};
use chrono::Datelike;
use tantivy::schema::{BytesOptions, FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

/// Name of the tokenizer. It is part of the schema: raise it when `fold` or what goes into a field changes, and every
/// older index is found to be stale.
const WORDS: &str = "vietnamese-4";
/// Tantivy's own: the value is the term.
const KEY: &str = "raw";

pub(super) const ISSUED: &str = "issued";
pub(super) const TYPE: &str = "document_type";
pub(super) const HOLDER: &str = "holder";
pub(super) const SIGNED_BY: &str = "signed_by";
pub(super) const OUTCOME: &str = "outcome";
pub(super) const PERIOD: &str = "period";
/// Columns of text; hits are counted by their values.
pub(super) const COUNTED: [&str; 4] = [HOLDER, SIGNED_BY, OUTCOME, PERIOD];
pub(super) const RECORD_HIGH: &str = "record_high";
pub(super) const RECORD_LOW: &str = "record_low";

/// Groups of an agency code that are indexed from the left; Decision 20/2020 knows at most four levels.
const AGENCY_GROUPS_MAX: usize = 12;

/// Bytes of a name that counts tell apart: longer than any person's, and short enough to be a term.
const NAME_BYTES_MAX: usize = 256;

/// The fields by name.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    pub record: Field,
    pub record_high: Field,
    pub record_low: Field,
    pub issued: Field,
    pub words: Field,
    pub subject: Field,
    pub signer: Field,
    pub identity: Field,
    pub number: Field,
    pub notation: Field,
    pub agency: Field,
    pub dossier: Field,
    pub document_type: Field,
    pub holders: Field,
    pub holder: Field,
    pub signed_by: Field,
    pub outcome: Field,
    pub period: Field,
}

/// The schema of this version.
pub(super) fn schema() -> (Schema, Fields) {
    let text = |tokenizer, option, norms| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
        TextOptions::default().set_indexing_options(indexing.set_fieldnorms(norms))
    };
    let key = || text(KEY, IndexRecordOption::Basic, false);
    let counted = || key().set_fast(KEY);
    let mut builder = Schema::builder();
    let fields = Fields {
        record: builder.add_bytes_field("record", BytesOptions::default().set_indexed()),
        record_high: builder.add_u64_field(RECORD_HIGH, FAST),
        record_low: builder.add_u64_field(RECORD_LOW, FAST),
        issued: builder.add_i64_field(ISSUED, FAST),
        words: builder.add_text_field("words", text(WORDS, IndexRecordOption::WithFreqs, true)),
        subject: builder.add_text_field("subject", text(WORDS, IndexRecordOption::WithFreqsAndPositions, false)),
        signer: builder.add_text_field("signer", text(WORDS, IndexRecordOption::Basic, false)),
        identity: builder.add_text_field("identity", key()),
        number: builder.add_text_field("number", key()),
        notation: builder.add_text_field("notation", key()),
        agency: builder.add_text_field("agency", key()),
        dossier: builder.add_text_field("dossier", key()),
        document_type: builder.add_u64_field(TYPE, INDEXED | FAST),
        holders: builder.add_text_field("holders", key()),
        holder: builder.add_text_field(HOLDER, TextOptions::default().set_fast(KEY)),
        signed_by: builder.add_text_field(SIGNED_BY, counted()),
        outcome: builder.add_text_field(OUTCOME, counted()),
        period: builder.add_text_field(PERIOD, counted()),
    };
    (builder.build(), fields)
}

/// The tokenizers that the schema names.
pub(super) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(WORDS, Words::default());
    tokenizers
}

/// The term by which a record is replaced and removed.
pub(super) fn record_term(fields: &Fields, record: Uuid) -> Term {
    Term::from_field_bytes(fields.record, record.as_bytes())
}

/// A name as counts and their filter know it.
pub(super) fn whole(name: &str) -> &str {
    let name = name.trim();
    &name[..name.floor_char_boundary(NAME_BYTES_MAX)]
}

/// The groups of a code from the left, without the whole.
fn groups(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices('.').take(AGENCY_GROUPS_MAX).map(|(end, _)| &code[..end])
}

/// The record as Tantivy takes it.
pub(super) fn document(fields: &Fields, document: &IndexDocument) -> TantivyDocument {
    let mut made = TantivyDocument::with_capacity(1024);
    let (high, low) = document.record.as_u64_pair();
    made.add_bytes(fields.record, document.record.as_bytes());
    made.add_u64(fields.record_high, high);
    made.add_u64(fields.record_low, low);
    made.add_i64(fields.issued, i64::from(document.issued.num_days_from_ce()));
    made.add_u64(fields.document_type, u64::from(document.document_type));
    made.add_text(fields.subject, &document.subject);
    made.add_text(fields.signer, &document.signer);
    for text in [&document.subject, &document.dossier_title, &document.signer] {
        made.add_text(fields.words, text);
    }
    for keyword in &document.keywords {
        made.add_text(fields.words, keyword);
    }

    let [number, notation, dossier, symbol, code] =
        [&document.number, &document.notation, &document.file_code, &document.symbol, &document.doc_code]
            .map(|text| fold::key(text));
    let mut keys = Vec::with_capacity(16);
    if symbol.split_once('/') != Some((&number, &notation)) {
        keys.push((fields.identity, symbol)); // as transferred; nearly always the number and the notation say the same
    }
    keys.extend([(fields.identity, code), (fields.dossier, dossier)]);
    keys.extend([(fields.number, number), (fields.notation, notation)]);
    let agency = fold::key(&document.agency);
    keys.extend(groups(&agency).map(|group| (fields.agency, group.to_owned())));
    // `H26.10.2023.045`: year and ordinal are the last two groups.
    let holder_code = document.file_code.rsplitn(3, '.').nth(2).unwrap_or("");
    let holder = fold::key(holder_code);
    keys.extend(groups(&holder).map(|group| (fields.holders, group.to_owned())));
    keys.extend([(fields.holders, holder), (fields.holder, holder_code.to_owned())]);
    keys.extend([(fields.agency, fold::key(&document.organ_name)), (fields.agency, agency)]);
    // Compared as they are, so that each value of a count finds what it counts.
    keys.extend([(fields.signed_by, whole(&document.signer).to_owned())]);
    keys.extend([(fields.outcome, document.outcome.clone()), (fields.period, document.period.clone())]);
    for (field, key) in keys.iter().filter(|(_, key)| !key.is_empty()) {
        made.add_text(*field, key);
    }
    made
}
