//! Whether every byte of a later revision is accounted for (ISO 32000-2 §7.5).
//!
//! Readers that find the tables wanting search the bytes for objects, each in its own way. So a revision after a
//! signature must consist of nothing but the objects that its own tables list, the tables, and white space and comments
//! between them; and what the tables list must be there. Otherwise two readers may show two documents.

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use super::change::{Change, ChangeLevel, Step, What};
use super::document::{Document, View};
use super::object::{Dict, Object};
use super::string::is_space;
use super::xref::{Entry, Section};

/// Bytes behind the last `%%EOF`: from 1024 on readers don't find it, and search the bytes for objects (ISO 32000-1 annex H,
/// note 18).
pub const REST_BYTES_MAX: usize = 512;
/// Bytes from `startxref` to after `%%EOF`: a number of 20 digits and the ends of lines.
const ENDING_BYTES_MAX: usize = 48;
/// Numbers between the last object and `/Size`: from what they can't hold on readers rebuild the tables.
const SIZE_SPARE_MAX: i64 = 100_000;
/// Bytes of a name or number: the standard's limit for names (ISO 32000-1 annex C).
const WORD_BYTES_MAX: usize = 127;
/// Bytes of a number: those of 64 bits have 20.
const NUMBER_BYTES_MAX: usize = 32;
/// Comments between the numbers of a header that are looked behind.
const COMMENTS_MAX: usize = 8;
/// Headers of objects looked at in the bytes of one revision.
const HEADERS_MAX: usize = 1_000_000;

/// Adds to `step` what revision `revision` leaves unexplained.
pub fn revision(document: &Document<'_>, revision: usize, step: &mut Step) {
    let bytes = document.bytes_of(revision);
    let mut explained: Vec<Range<usize>> = Vec::new();
    let mut report = |what, object, bytes: Option<Range<usize>>| {
        let level = ChangeLevel::Unparsable;
        step.take(Change { revision, level, what, object, bytes, path: String::new(), field: None });
    };
    let this = &document.revisions[revision];
    // What was written loosely before stays as it was signed.
    let own = document.sections[this.sections.clone()].iter().filter(|section| bytes.contains(&section.span.start));
    if this.is_ambiguous || own.into_iter().any(|section| section.is_loose) {
        report(What::Ambiguous, None, Some(bytes.clone()));
    }
    explained.push(this.ending.clone());
    if !is_plain_ending(&document.file[this.ending.clone()]) {
        report(What::Ambiguous, None, Some(this.ending.clone()));
    }
    let sections = &document.sections[this.sections.clone()];
    let before = revision.checked_sub(1).map(|before| document.view(before));
    for section in sections.iter().filter(|section| bytes.contains(&section.span.start)) {
        if section.stream.is_some_and(|id| before.is_some_and(|before| takes_number_of_another(&before, id.number)))
            || has_long_words(document.file, &section.span)
        {
            report(What::Ambiguous, section.stream.map(|id| id.number), Some(section.span.clone()));
        }
    }
    if has_words_of_others(document.file, &bytes, sections) {
        report(What::Ambiguous, None, Some(bytes.clone()));
    }
    explained.extend(sections.iter().map(|section| section.span.clone()));
    // A table is followed by what its /XRefStm names. What the one calls free and the other lists, some readers search for.
    for pair in sections.windows(2).filter(|pair| bytes.contains(&pair[0].span.start)) {
        let [table, stream] = pair else { continue };
        if table.trailer.get(b"XRefStm").is_some() && calls_free(table, stream) {
            report(What::Ambiguous, None, Some(table.span.clone()));
        }
    }
    let view = document.view(revision);
    for (number, entry) in document.listed(revision) {
        let before = revision.checked_sub(1).and_then(|before| document.view(before).generation(number));
        if view.generation(number).zip(before).is_some_and(|(now, before)| now != before) {
            report(What::Ambiguous, Some(number), None);
        }
        // Where an object stream lies anew, so do all objects in it, which no table of this revision need list.
        if let Some(before) = revision.checked_sub(1)
            && document.holds_objects(number, before)
            && view.place(number) != document.view(before).place(number)
        {
            report(What::Ambiguous, Some(number), None);
        }
        match entry {
            Entry::Free => {}
            Entry::At(at, generation) => match document.object_at(at).filter(|object| object.id.number == number) {
                None => report(What::NotThere, Some(number), None),
                // Some readers take it as it is written, for others there is none.
                Some(object) if object.id.generation != generation => report(What::Ambiguous, Some(number), None),
                Some(object) if bytes.contains(&object.span.start) => {
                    if holds_more_than_is_listed(&view, number, at, &object.value) {
                        report(What::Ambiguous, Some(number), Some(object.span.clone()));
                    }
                    // Software writes the tables last.
                    let is_section = sections.iter().any(|section| section.span.start == object.span.start);
                    let is_behind = sections.first().is_some_and(|table| object.span.start > table.span.start);
                    if !is_section && (is_behind || names_other_catalog(&object.value, view.trailer())) {
                        report(What::Ambiguous, Some(number), Some(object.span.clone()));
                    }
                    let body =
                        if let Object::Stream(stream) = &*object.value { Some(stream.body.clone()) } else { None };
                    let head = object.span.start..body.map_or(object.span.end, |body| body.start);
                    if has_long_words(document.file, &head)
                        || !object.is_exact
                        || !is_plain(document.file, &object.value)
                        || !refers_exactly(&view, &object.value)
                        || leads_nowhere(&view, number, &object.value)
                    {
                        report(What::Ambiguous, Some(number), Some(object.span.clone()));
                    }
                    explained.push(object.span.clone());
                }
                // Listed again where it was: the comparison looks at it.
                Some(_) => {}
            },
            Entry::Within { .. } if document.is_encrypted => {}
            Entry::Within { index, .. } => match (view.get(number), view.place(number)) {
                (Some(value), Some(container)) => {
                    let is_exact = document.is_exact_member(container, number, index) && refers_exactly(&view, &value);
                    if !is_exact || leads_nowhere(&view, number, &value) {
                        report(What::Ambiguous, Some(number), None);
                    }
                }
                _ => report(What::NotThere, Some(number), None),
            },
        }
    }
    let trailers = document.sections[this.sections.clone()].iter().flat_map(|section| &section.trailer.entries);
    if trailers.into_iter().any(|(_, value)| !refers_exactly(&view, value)) {
        report(What::Ambiguous, None, None);
    }
    // Objects from /Size on are none (ISO 32000-2 table 15), and readers that go by the tables show them.
    let size = |trailer: &Dict| trailer.get(b"Size").and_then(Object::integer);
    let (sizes, last) = (size(view.trailer()), document.listed(revision).map(|(number, _)| number).max());
    let before = revision.checked_sub(1).and_then(|before| size(document.view(before).trailer()));
    let last = last.map_or(0, i64::from);
    let most = last.max(before.unwrap_or(0)).saturating_add(SIZE_SPARE_MAX);
    if sizes.is_none_or(|size| size < before.unwrap_or(0) || size <= last || size > most) {
        report(What::Ambiguous, None, None);
    }
    explained.sort_unstable_by_key(|span| (span.start, span.end));
    let mut at = bytes.start;
    for span in &explained {
        if span.start > at {
            gap(document.file, at..span.start.min(bytes.end), &mut report);
        } else if span.start < at && span.end > at && span.start >= bytes.start {
            // Two objects in the same bytes.
            report(What::Ambiguous, None, Some(span.clone()));
        }
        at = at.max(span.end);
    }
    if at < bytes.end {
        gap(document.file, at..bytes.end, &mut report);
    }
    hidden(document.file, &bytes, &explained, &mut report);
}

/// Whether every reference in a value names the generation that the object has: to another one it leads nowhere (ISO 32000-2
/// §7.3.10), and readers that look at the number alone follow it all the same.
fn refers_exactly(view: &View<'_, '_>, value: &Object) -> bool {
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

/// Whether a table calls free what a stream lists; both are in the order of their numbers.
fn calls_free(table: &Section, stream: &Section) -> bool {
    table.entries.iter().filter(|(_, entry)| *entry == Entry::Free).any(|(number, _)| {
        let found = stream.entries.binary_search_by_key(number, |&(number, _)| number);
        found.is_ok_and(|at| stream.entries[at].1 != Entry::Free)
    })
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

/// Whether the words that readers who rebuild the tables look for stand where the sections are, and nowhere else.
fn has_words_of_others(file: &[u8], bytes: &Range<usize>, sections: &[Section]) -> bool {
    let own = sections.iter().filter(|section| bytes.contains(&section.span.start));
    let tables = own.filter(|section| section.stream.is_none()).count();
    let count = |word: &[u8]| memmem::find_iter(&file[bytes.clone()], word).count();
    count(b"trailer") != tables || count(b"startxref") != 1
}

/// Whether a cross-reference stream has the number of what was another object before: readers that rebuild the tables would take it
/// for that.
fn takes_number_of_another(before: &View<'_, '_>, number: u32) -> bool {
    let document = before.document;
    let is_section = |at: usize| document.sections.iter().any(|section| section.span.start == document.after_space(at));
    before.generation(number).is_some() && !before.place(number).is_some_and(is_section)
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

/// Whether an object refers to a number that no table lists as in use, and did not before: some readers search the bytes for it then,
/// and for everything else.
fn leads_nowhere(view: &View<'_, '_>, number: u32, value: &Object) -> bool {
    let unlisted = |value: &Object| {
        let mut found = Vec::new();
        value.references(b"", &mut |to, _| {
            if view.generation(to.number).is_none() {
                found.push(to.number);
            }
        });
        found
    };
    let now = unlisted(value);
    if now.is_empty() {
        return false;
    }
    let before = view.revision.checked_sub(1).and_then(|before| view.document.view(before).get(number));
    let before: HashSet<u32> = before.map(|before| unlisted(&before)).unwrap_or_default().into_iter().collect();
    now.iter().any(|number| !before.contains(number))
}

/// Adds to `step` objects in the bytes up to and with revision `last` that no table lists, under numbers that are in use:
/// readers that rebuild the tables for what comes later would show them.
pub fn unlisted(document: &Document<'_>, last: usize, step: &mut Step) {
    let (file, end) = (document.file, document.bytes_of(last).end);
    let Some(view) = document.last_view() else { return };
    let starts = document.starts();
    let level = ChangeLevel::NotCompared;
    let mut report = |what, object, bytes| {
        step.take(Change { revision: last, level, what, object, bytes, path: String::new(), field: None });
    };
    for (count, found) in memmem::find_iter(&file[..end], b"obj").enumerate() {
        if count == HEADERS_MAX {
            return report(What::Limit, None, None);
        }
        let Some((start, number)) = header_like(&file[..found]) else { continue };
        // Whoever rebuilds the tables takes the last of a number: what it is now must not stand before what it was.
        let is_older = |number| view.place(number).is_some_and(|newest| document.after_space(newest) < start);
        let is_listed = starts.binary_search(&start).is_ok() && !number.is_some_and(is_older);
        // A number that can't be read another reader may read as one in use.
        if !is_listed && number.is_none_or(|number| view.generation(number).is_some()) {
            report(What::Unlisted, number, Some(start..found + b"obj".len()));
        }
    }
}

/// Adds to `step` what stands after the last revision.
pub fn rest(document: &Document<'_>, from: usize, step: &mut Step) {
    let (file, revision) = (document.file, document.revisions.len());
    if !is_blank(&file[from..]) || file.len() - from > REST_BYTES_MAX {
        let (level, what) = (ChangeLevel::Unparsable, What::UnexplainedBytes);
        let bytes = Some(from..file.len());
        step.take(Change { revision, level, what, object: None, bytes, path: String::new(), field: None });
    }
}

/// Whether bytes are white space only.
pub fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| is_space(byte))
}

type Report<'r> = &'r mut dyn FnMut(What, Option<u32>, Option<Range<usize>>);

/// Between objects only white space and comments may stand, and no comment that a searching reader would take for
/// an object or a trailer.
fn gap(file: &[u8], span: Range<usize>, report: Report<'_>) {
    let mut at = span.start;
    while at < span.end {
        match file[at] {
            byte if is_space(byte) => at += 1,
            b'%' => {
                let rest = &file[at..span.end];
                let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
                let words: [&[u8]; 4] = [b"obj", b"xref", b"trailer", b"stream"];
                if words.iter().any(|word| memmem::find(&rest[..length], word).is_some()) {
                    return report(What::UnexplainedBytes, None, Some(at..span.end));
                }
                at += length;
            }
            _ => return report(What::UnexplainedBytes, None, Some(at..span.end)),
        }
    }
}

/// Headers like `12 0 obj` anywhere but at the start of a listed object, in streams and strings too.
fn hidden(file: &[u8], bytes: &Range<usize>, explained: &[Range<usize>], report: Report<'_>) {
    for (count, found) in memmem::find_iter(&file[bytes.clone()], b"obj").enumerate() {
        if count == HEADERS_MAX {
            return report(What::Limit, None, None);
        }
        let end = bytes.start + found;
        let Some((start, number)) = header_like(&file[bytes.start..end]) else { continue };
        let start = bytes.start + start;
        let is_listed = explained.binary_search_by_key(&start, |span| span.start).is_ok();
        if !is_listed {
            report(What::Unlisted, number, Some(start..end + b"obj".len()));
        }
    }
}

/// Where the two integers at the end of `before` begin, and the first of them: an object number.
pub fn header_before(before: &[u8]) -> Option<(usize, Option<u32>)> {
    let spaces = |text: &[u8]| text.iter().rev().take_while(|&&byte| is_space(byte)).count();
    let digits = |text: &[u8]| text.iter().rev().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let text = &before[..before.len() - spaces(before)];
    let generation = digits(text);
    let text = &text[..text.len() - generation];
    let between = spaces(text);
    let text = &text[..text.len() - between];
    let number = digits(text);
    if generation == 0 || between == 0 || number == 0 {
        return None;
    }
    let start = text.len() - number;
    Some((start, std::str::from_utf8(&text[start..]).ok()?.parse().ok()))
}

/// The same as a reader sees it that goes from token to token: comments between the numbers, signs and points in them, any
/// number of digits.
fn header_like(before: &[u8]) -> Option<(usize, Option<u32>)> {
    let is_sign = |start: usize| start.checked_sub(1).is_some_and(|at| b"+-.".contains(&before[at]));
    header_before(before).filter(|&(start, _)| !is_sign(start)).or_else(|| {
        let generation = without_number(without_blanks(before))?;
        let between = without_blanks(generation);
        let text = without_number(between).filter(|_| between.len() < generation.len())?;
        Some((text.len(), std::str::from_utf8(&between[text.len()..]).ok()?.parse().ok()))
    })
}

/// Without the number at the end; `None` where there is none.
fn without_number(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().rev().take_while(|byte| b"0123456789+-.".contains(byte)).count();
    (length > 0).then(|| &text[..text.len() - length])
}

/// Without the white space and comments at the end.
fn without_blanks(mut text: &[u8]) -> &[u8] {
    for _ in 0..COMMENTS_MAX {
        let blank = text.iter().rev().take_while(|&&byte| is_space(byte)).count();
        let (rest, spaces) = text.split_at(text.len() - blank);
        let line =
            rest.len() - rest.iter().rev().take(COMMENT_BYTES_MAX).take_while(|byte| !b"\r\n".contains(byte)).count();
        let comment = memchr::memchr(b'%', &rest[line..]).filter(|_| spaces.iter().any(|byte| b"\r\n".contains(byte)));
        let Some(comment) = comment else { return rest };
        text = &rest[..line + comment];
    }
    text
}

/// Longest comment that is looked behind.
const COMMENT_BYTES_MAX: usize = 1024;
