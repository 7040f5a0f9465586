//! What can be asked, and its translation for Tantivy.
//!
//! Reading `words` is total: there is no syntax to err in, and every limit cuts. White space parts chunks; each word
//! of each chunk must occur. A chunk that could be an identifier (it has a digit, a hyphen or a slash) may instead be
//! one as a whole, and such hits come first. Words between two quotation marks must follow one another in the subject;
//! a mark without its fellow is punctuation. Without a letter or digit there is nothing to look for: no condition.
//!
//! Diacritics never matter, typed or not: `đất đai`, `ĐẤT ĐAI` and `dat dai` find the same records in the same order.

use super::fold;
use super::schema::{self, Fields};
use chrono::{Datelike, NaiveDate};
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as Node, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

/// Bytes of one text in a query; the rest is not read. A subject line is rarely longer.
pub const QUERY_BYTES_MAX: usize = 1024;
/// Words of one text in a query; the rest is not read. Each costs a posting list in every segment.
pub const QUERY_WORDS_MAX: usize = 32;
/// Hits in one answer.
pub const LIMIT_MAX: usize = 1000;
/// Hits that can be skipped: 101,000 candidates of 48 bytes, twice, are 10 MB a search. Beyond it an answer has its
/// total and no records; whoever wants them all asks by dates.
pub const OFFSET_MAX: usize = 100_000;

/// An identifier found whole outweighs any sum of word scores (a word's BM25 stays below 50).
const IDENTITY_SCORE: f32 = 10_000.0;

/// A search: all conditions must hold; an empty text is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, quoted phrases and identifiers, in any order.
    pub words: Option<String>,
    /// Number, exact but for leading zeros.
    pub number: Option<String>,
    /// Notation, exact but for case and diacritics.
    pub notation: Option<String>,
    /// Code of the issuing agency, or groups of it from the left (`H26` finds `H26.10.05`), or its name in full.
    pub agency: Option<String>,
    /// Code of the agency whose dossier it is, or groups of it from the left.
    pub holder: Option<String>,
    /// Which records may be found at all, and counted.
    pub within: Within,
    /// Code of the document type, 1–32.
    pub document_type: Option<u8>,
    /// First day of issue.
    pub from: Option<NaiveDate>,
    /// Last day of issue.
    pub to: Option<NaiveDate>,
    /// Code of the dossier, whole.
    pub dossier: Option<String>,
    /// Words that the signer's name has.
    pub signer: Option<String>,
    /// The signer's name whole, as [`super::Facets`] give it.
    pub signed_by: Option<String>,
    /// What the signatures led to, as [`super::Facets`] give it.
    pub outcome: Option<String>,
    /// The period stated, as [`super::Facets`] give it.
    pub period: Option<String>,
    /// Records wanted; at most [`LIMIT_MAX`] are given. None: the total alone.
    pub limit: usize,
    /// Records to skip.
    pub offset: usize,
}

/// Which records may be found at all: rights are part of the question, so that counts keep them too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Within {
    /// All.
    #[default]
    Everything,
    /// Those of dossiers of these agencies, by code, with those under them; of none where the list is empty.
    Agencies(Vec<String>),
}

/// A query for Tantivy.
pub(super) struct Compiled {
    pub query: Box<dyn Node>,
    /// Whether there are words, and so a score to order by.
    pub scored: bool,
}

pub(super) fn compile(fields: &Fields, query: &Query) -> Compiled {
    let mut all: Vec<Box<dyn Node>> = Vec::new();
    let keys = [
        (fields.number, &query.number),
        (fields.notation, &query.notation),
        (fields.agency, &query.agency),
        (fields.dossier, &query.dossier),
        (fields.holders, &query.holder),
    ];
    for (field, text) in keys {
        let key = fold::key(bounded(text));
        if !key.is_empty() {
            all.push(unscored(term(field, &key)));
        }
    }
    let whole = [
        (fields.signed_by, schema::whole(bounded(&query.signed_by))),
        (fields.outcome, bounded(&query.outcome)),
        (fields.period, bounded(&query.period)),
    ];
    all.extend(whole.iter().filter(|(_, text)| !text.is_empty()).map(|(field, text)| unscored(term(*field, text))));
    for word in fold::words(bounded(&query.signer)).iter().take(QUERY_WORDS_MAX) {
        all.push(unscored(term(fields.signer, word)));
    }
    if let Some(code) = query.document_type {
        let term = Term::from_field_u64(fields.document_type, u64::from(code));
        all.push(unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic))));
    }
    all.extend(issued(fields, query.from, query.to));
    if let Within::Agencies(codes) = &query.within {
        let any = codes.iter().map(|code| term(fields.holders, &fold::key(code)));
        all.push(unscored(Box::new(BooleanQuery::union(any.collect()))));
    }

    let clauses = read(bounded(&query.words));
    let scored = !clauses.is_empty();
    all.extend(clauses.iter().map(|clause| node(fields, clause)));
    let query = match all.len() {
        0 => Box::new(AllQuery),
        1 => all.remove(0),
        _ => every(all),
    };
    Compiled { query, scored }
}

/// A part of `words`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Folded words; at least one.
    pub words: Vec<String>,
    /// Whether they must follow one another in the subject.
    pub phrase: bool,
    /// The identifier it may be as a whole.
    pub identity: Option<String>,
}

/// Reads `words`.
pub(super) fn read(text: &str) -> Vec<Clause> {
    let mut left = QUERY_WORDS_MAX;
    let mut clauses = Vec::new();
    let mut take = |text: &str, phrase: bool| {
        let mut words = fold::words(text);
        words.truncate(left);
        left -= words.len();
        if !words.is_empty() {
            let whole = text.trim();
            let could_be = whole.contains(|c: char| c.is_ascii_digit() || c == '-' || c == '/')
                && !whole.contains(char::is_whitespace);
            let identity = could_be.then(|| fold::key(whole));
            clauses.push(Clause { words, phrase, identity });
        }
    };
    let parts: Vec<&str> = text.split(['"', '“', '”', '„', '«', '»']).collect();
    for (at, part) in parts.iter().enumerate() {
        let quoted = at % 2 == 1 && at + 1 < parts.len();
        if quoted {
            take(part, true);
        } else {
            part.split_whitespace().for_each(|chunk| take(chunk, false));
        }
    }
    clauses
}

fn node(fields: &Fields, clause: &Clause) -> Box<dyn Node> {
    let text: Box<dyn Node> = match (clause.phrase, clause.words.as_slice()) {
        (true, [word]) => term(fields.subject, word),
        (true, words) => {
            Box::new(PhraseQuery::new(words.iter().map(|word| Term::from_field_text(fields.subject, word)).collect()))
        }
        (false, [word]) => scored_term(fields.words, word),
        (false, words) => every(words.iter().map(|word| scored_term(fields.words, word)).collect()),
    };
    match &clause.identity {
        None => text,
        Some(identity) => {
            let whole = [fields.identity, fields.number, fields.notation, fields.dossier];
            let mut any: Vec<_> = whole.map(|field| term(field, identity)).into();
            if let Some((number, notation)) = identity.split_once('/') {
                any.push(every(vec![term(fields.number, number), term(fields.notation, notation)]));
            }
            let exact = ConstScoreQuery::new(Box::new(BooleanQuery::union(any)), IDENTITY_SCORE);
            Box::new(BooleanQuery::union(vec![Box::new(exact), text]))
        }
    }
}

fn issued(fields: &Fields, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<Box<dyn Node>> {
    let bound = |date: Option<NaiveDate>| match date {
        Some(date) => Bound::Included(Term::from_field_i64(fields.issued, i64::from(date.num_days_from_ce()))),
        None => Bound::Unbounded,
    };
    match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) if from > to => Some(Box::new(EmptyQuery)),
        (from, to) => Some(unscored(Box::new(RangeQuery::new(bound(from), bound(to))))),
    }
}

fn term(field: Field, text: &str) -> Box<dyn Node> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn scored_term(field: Field, text: &str) -> Box<dyn Node> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// A filter: it must hold and adds nothing to the score.
fn unscored(query: Box<dyn Node>) -> Box<dyn Node> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn every(queries: Vec<Box<dyn Node>>) -> Box<dyn Node> {
    Box::new(BooleanQuery::new(queries.into_iter().map(|query| (Occur::Must, query)).collect()))
}

fn bounded(text: &Option<String>) -> &str {
    let text = text.as_deref().unwrap_or("");
    &text[..text.floor_char_boundary(QUERY_BYTES_MAX)]
}
