//! The one spelling in which a later revision is taken: whatever else the standard allows, or readers forgive, some reader takes
//! for another thing, or rebuilds the tables and shows whatever it finds.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use crate::signature::pdf::document::{Document, Indirect, View};
use crate::signature::pdf::object::{Dict, Object};
use crate::signature::pdf::string::is_space;
use crate::signature::pdf::xref::{Entry, Section};

/// Bytes from `startxref` to after `%%EOF`: a number of 20 digits and the ends of lines.
const ENDING_BYTES_MAX: usize = 48;
/// Numbers between the last object and `/Size`: from what they can't hold on readers rebuild the tables.
const SIZE_SPARE_MAX: i64 = 100_000;
/// Bytes of a name or number: the standard's limit for names (ISO 32000-1 annex C).
const WORD_BYTES_MAX: usize = 127;
/// Bytes of a number: those of 64 bits have 20.
const NUMBER_BYTES_MAX: usize = 32;

/// The tables of a revision that can be read in two ways: none, some with their place, or all.
pub fn odd_tables(document: &Document<'_>, revision: usize) -> Vec<Range<usize>> {
    let (file, bytes, this) = (document.file, document.bytes_of(revision), &document.revisions[revision]);
    let sections = &document.sections[this.sections.clone()];
    // What was written loosely before stays as it was signed.
    let own = || sections.iter().filter(|section| bytes.contains(&section.span.start));
    let mut odd = Vec::new();
    if this.is_ambiguous || own().any(|section| section.is_loose) || has_words_of_others(file, &bytes, sections) {
        odd.push(bytes.clone());
    }
    if changes_kind(document, revision) {
        odd.push(bytes.clone());
    }
    if !is_plain_ending(&file[this.ending.clone()]) {
        odd.push(this.ending.clone());
    }
    let before = revision.checked_sub(1).map(|before| document.view(before));
    let takes_number = |section: &Section| {
        section.stream.zip(before).is_some_and(|(id, before)| takes_number_of_another(&before, id.number))
    };
    odd.extend(
        own()
            .filter(|section| takes_number(section) || has_long_words(file, &section.span))
            .map(|section| section.span.clone()),
    );
    // A table is followed by what its /XRefStm names. What the one calls free and the other lists, some readers search for.
    for pair in sections.windows(2).filter(|pair| bytes.contains(&pair[0].span.start)) {
        let [table, stream] = pair else { continue };
        if table.trailer.get(b"XRefStm").is_some() && calls_free(table, stream) {
            odd.push(table.span.clone());
        }
    }
    odd
}

/// Whether a table is the newest section where a stream was, and objects in streams are in use: what a reader does with a
/// reference that leads nowhere goes by the newest, and with a table some rebuild all of them without objects in streams.
fn changes_kind(document: &Document<'_>, revision: usize) -> bool {
    let is_stream = |revision: usize| {
        let newest = &document.sections[document.revisions[revision].sections.start];
        newest.stream.is_some()
    };
    let holds =
        || document.containers(revision).iter().any(|&number| document.view(revision).generation(number).is_some());
    revision.checked_sub(1).is_some_and(|before| is_stream(before) && !is_stream(revision) && holds())
}

/// Whether the trailers of a revision refer to what is not there, or `/Size` is not that of its objects: those from it on are
/// none (ISO 32000-2 table 15), and readers that go by the tables show them.
pub fn has_odd_trailer(document: &Document<'_>, revision: usize) -> bool {
    let view = document.view(revision);
    let sections = &document.sections[document.revisions[revision].sections.clone()];
    let trailers = || sections.iter().map(|section| &section.trailer);
    let size = |trailer: &Dict| trailer.get(b"Size").and_then(Object::integer);
    let before = revision.checked_sub(1).and_then(|before| size(document.view(before).trailer())).unwrap_or(0);
    let last = document.listed(revision).map(|(number, _)| number).max().map_or(0, i64::from);
    let most = last.max(before).saturating_add(SIZE_SPARE_MAX);
    let of_trailer = |view: &View<'_, '_>, trailer: &Dict| {
        let mut found = Nowhere::new();
        trailer.entries.iter().for_each(|(key, value)| nowhere(view, key, value, &mut found));
        found
    };
    let known =
        revision.checked_sub(1).map(|before| document.view(before)).map(|view| of_trailer(&view, view.trailer()));
    let known = known.unwrap_or_default();
    trailers().flat_map(|trailer| &trailer.entries).any(|(_, value)| !refers_exactly(&view, value))
        || trailers().any(|trailer| exceeds(&of_trailer(&view, trailer), &known))
        || size(view.trailer()).is_none_or(|size| size < before || size <= last || size > most)
}

/// Whether an object that stands by itself in a revision can be read in two ways.
pub fn is_odd_object(view: &View<'_, '_>, sections: &[Section], at: usize, object: &Indirect) -> bool {
    let (file, number, value) = (view.document.file, object.id.number, &*object.value);
    let is_section = sections.iter().any(|section| section.span.start == object.span.start);
    // Software writes the tables last.
    let is_behind = sections.first().is_some_and(|table| object.span.start > table.span.start);
    let body = if let Object::Stream(stream) = value { Some(stream.body.start) } else { None };
    (!is_section && (is_behind || names_other_catalog(value, view.trailer())))
        || !object.is_exact
        || !is_plain(file, value)
        || has_long_words(file, &(object.span.start..body.unwrap_or(object.span.end)))
        || holds_more_than_is_listed(view, number, at, value)
        || !refers_exactly(view, value)
        || leads_nowhere(view, number, value)
}

/// Whether `startxref`, its number and `%%EOF` stand close together, on lines of their own: readers search for them within some
/// bytes, and not all take the same for white space.
fn is_plain_ending(ending: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_digit() || b" \r\n".contains(byte);
    let number = ending.strip_prefix(b"startxref").and_then(|rest| rest.strip_suffix(b"%%EOF"));
    ending.len() <= ENDING_BYTES_MAX
        && number.is_some_and(|number| {
            number.iter().all(is_plain)
                && number.first().is_some_and(|&byte| is_space(byte))
                && number.last().is_some_and(|&byte| is_space(byte))
        })
}

/// Whether the words that readers who rebuild the tables look for stand where the sections are, and nowhere else. Part of
/// another word, or within a line and before no dictionary, it is none of them.
fn has_words_of_others(file: &[u8], bytes: &Range<usize>, sections: &[Section]) -> bool {
    let own = sections.iter().filter(|section| bytes.contains(&section.span.start));
    let tables = own.filter(|section| section.stream.is_none()).count();
    let found = memmem::find_iter(&file[bytes.clone()], b"trailer");
    let trailers = found.filter(|at| is_trailer(&file[bytes.clone()], *at)).count();
    trailers != tables || memmem::find_iter(&file[bytes.clone()], b"startxref").count() != 1
}

/// Whether some reader takes the word `trailer` at a byte for one: at the beginning of a line or of what `<` opens, or before
/// a dictionary.
fn is_trailer(bytes: &[u8], at: usize) -> bool {
    let (before, after) = (&bytes[..at], bytes[at + b"trailer".len()..].trim_ascii_start());
    let blank = before.iter().rev().take_while(|&&byte| is_space(byte) && !b"\r\n".contains(&byte)).count();
    let previous = before.len().checked_sub(blank + 1).map(|at| before[at]);
    previous.is_none_or(|byte| b"\r\n<".contains(&byte)) || after.first().is_none_or(|byte| b"<%\0".contains(byte))
}

/// Whether a cross-reference stream has the number of what was another object before: readers that rebuild the tables would take it
/// for that.
fn takes_number_of_another(before: &View<'_, '_>, number: u32) -> bool {
    let document = before.document;
    let is_section = |at: usize| document.sections.iter().any(|section| section.span.start == document.after_space(at));
    before.generation(number).is_some() && !before.place(number).is_some_and(is_section)
}

/// Whether a table calls free what a stream lists; both are in the order of their numbers.
fn calls_free(table: &Section, stream: &Section) -> bool {
    table.entries.iter().filter(|(_, entry)| *entry == Entry::Free).any(|(number, _)| {
        let found = stream.entries.binary_search_by_key(number, |&(number, _)| number);
        found.is_ok_and(|at| stream.entries[at].1 != Entry::Free)
    })
}

/// Whether an object names another catalog than the trailer, to readers that rebuild the tables and take it for one. Some
/// software writes both a table and a stream that is none, and says the same in them.
fn names_other_catalog(value: &Object, trailer: &Dict) -> bool {
    let dict = match value {
        Object::Dict(dict) => dict,
        Object::Stream(stream) => &stream.dict,
        _ => return false,
    };
    [&b"Root"[..], b"Encrypt"].iter().any(|key| dict.get(key).is_some_and(|value| Some(value) != trailer.get(key)))
}

/// Whether an object is one that every reader ends at the same place: no reference alone, no stream with the end of one in it.
fn is_plain(file: &[u8], value: &Object) -> bool {
    match value {
        Object::Reference(_) => false,
        Object::Stream(stream) => {
            let body = &file[stream.body.clone()];
            memmem::find(body, b"endstream").is_none() && memmem::find(body, b"endobj").is_none()
        }
        _ => true,
    }
}

/// Whether words in an object, numbers and names, are longer than all readers take them: some cut them.
fn has_long_words(file: &[u8], span: &Range<usize>) -> bool {
    let bytes = &file[span.clone()];
    let (mut at, mut length, mut is_number) = (0, 0, true);
    while let Some(&byte) = bytes.get(at) {
        let is_dictionary = bytes.get(at + 1) == Some(&byte);
        length = match byte {
            b'(' => {
                at += literal(&bytes[at..]);
                0
            }
            b'<' if !is_dictionary => {
                at += memchr::memchr(b'>', &bytes[at..]).unwrap_or(bytes.len());
                0
            }
            b'<' => {
                at += 1;
                0
            }
            b'%' => {
                at += memchr::memchr2(b'\r', b'\n', &bytes[at..]).unwrap_or(bytes.len());
                0
            }
            b'/' | b'[' | b']' | b'>' | b'{' | b'}' | b')' => 0,
            byte if is_space(byte) => 0,
            _ => length + 1,
        };
        is_number = length == 0 || is_number && (byte.is_ascii_digit() || b"+-.".contains(&byte));
        if length > WORD_BYTES_MAX || is_number && length > NUMBER_BYTES_MAX {
            return true;
        }
        at += 1;
    }
    false
}

/// Where the literal string ends that begins here: at its last parenthesis.
fn literal(bytes: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' if depth == 1 => return at,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Whether every reference in a value names the generation that the object has: to another one it leads nowhere (ISO 32000-2
/// §7.3.10), and readers that look at the number alone follow it all the same.
pub fn refers_exactly(view: &View<'_, '_>, value: &Object) -> bool {
    let mut is_exact = true;
    value.references(b"", &mut |to, _| {
        is_exact &= view.generation(to.number).is_none_or(|generation| generation == to.generation);
    });
    is_exact
}

/// Whether a stream has objects in it that the tables don't list there: readers that rebuild the tables would take them.
fn holds_more_than_is_listed(view: &View<'_, '_>, number: u32, at: usize, value: &Object) -> bool {
    let Object::Stream(stream) = value else { return false };
    let document = view.document;
    match view.resolve(stream.dict.get(b"Type")).name() {
        Some(b"ObjStm") if document.is_encrypted => false,
        Some(b"ObjStm") => document.members(at).is_none_or(|members| {
            let is_listed = |(index, &member): (usize, &u32)| {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                view.entry(member) == Some(Entry::Within { container: number, index })
            };
            !members.iter().enumerate().all(is_listed)
        }),
        _ => false,
    }
}

/// Whether an object refers to a number that no table lists as in use, and did not before: some readers search the bytes for it then,
/// and for everything else.
pub fn leads_nowhere(view: &View<'_, '_>, number: u32, value: &Object) -> bool {
    let (mut now, mut known) = (Nowhere::new(), Nowhere::new());
    nowhere(view, b"", value, &mut now);
    let before = view.revision.checked_sub(1).map(|before| view.document.view(before));
    if let Some((view, value)) = before.filter(|_| !now.is_empty()).and_then(|view| Some((view, view.get(number)?))) {
        nowhere(&view, b"", &value, &mut known);
    }
    exceeds(&now, &known)
}

/// References to numbers that are not in use: how many under each key.
type Nowhere = HashMap<(Vec<u8>, u32), usize>;

fn nowhere(view: &View<'_, '_>, key: &[u8], value: &Object, found: &mut Nowhere) {
    value.references(key, &mut |to, key| {
        if view.generation(to.number).is_none() {
            *found.entry((key.to_vec(), to.number)).or_default() += 1;
        }
    });
}

/// Whether there are references among these that were not there before.
fn exceeds(now: &Nowhere, known: &Nowhere) -> bool {
    now.iter().any(|(reference, count)| known.get(reference).is_none_or(|known| known < count))
}
