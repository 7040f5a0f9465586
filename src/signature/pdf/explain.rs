//! Whether every byte of a later revision is accounted for (ISO 32000-2 §7.5).
//!
//! Readers that find the tables wanting search the bytes for objects, each in its own way. So a revision after a
//! signature must consist of nothing but the objects that its own tables list, the tables, and white space and comments
//! between them; and what the tables list must be there. Otherwise two readers may show two documents.

mod spelling;

use std::ops::Range;

use memchr::memmem;

use super::change::{Change, ChangeLevel, Step, What};
use super::document::Document;
use super::string::is_space;
use super::xref::Entry;

/// Bytes behind the last `%%EOF`: from 1024 on readers don't find it, and search the bytes for objects (ISO 32000-1 annex H,
/// note 18).
pub const REST_BYTES_MAX: usize = 512;
/// Comments between the numbers of a header that are looked behind.
const COMMENTS_MAX: usize = 8;
/// Headers of objects that are looked at, all revisions of a file together.
pub const HEADERS_MAX: usize = 1_000_000;

/// Adds to `step` what revision `revision` leaves unexplained; looks at no more than `headers`, which it takes from.
pub fn revision(document: &Document<'_>, revision: usize, headers: &mut usize, step: &mut Step) {
    let bytes = document.bytes_of(revision);
    let mut explained: Vec<Range<usize>> = Vec::new();
    let mut report = |what, object, bytes: Option<Range<usize>>| {
        let level = ChangeLevel::Unparsable;
        step.take(Change { revision, level, what, object, bytes, path: String::new(), field: None });
    };
    let this = &document.revisions[revision];
    let sections = &document.sections[this.sections.clone()];
    for odd in spelling::odd_tables(document, revision) {
        report(What::Ambiguous, None, Some(odd));
    }
    explained.push(this.ending.clone());
    explained.extend(sections.iter().map(|section| section.span.clone()));
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
                    if spelling::is_odd_object(&view, sections, at, &object) {
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
                    let is_exact =
                        document.is_exact_member(container, number, index) && spelling::refers_exactly(&view, &value);
                    if !is_exact || spelling::leads_nowhere(&view, number, &value) {
                        report(What::Ambiguous, Some(number), None);
                    }
                }
                _ => report(What::NotThere, Some(number), None),
            },
        }
    }
    if spelling::has_odd_trailer(document, revision) {
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
    hidden(document.file, &bytes, &explained, headers, &mut report);
}

/// Adds to `step` objects in the bytes up to and with revision `last` that no table lists, under numbers that are in use:
/// readers that rebuild the tables for what comes later would show them.
pub fn unlisted(document: &Document<'_>, last: usize, headers: &mut usize, step: &mut Step) {
    let (file, end) = (document.file, document.bytes_of(last).end);
    let Some(view) = document.last_view() else { return };
    let starts = document.starts();
    let level = ChangeLevel::NotCompared;
    let mut report = |what, object, bytes| {
        step.take(Change { revision: last, level, what, object, bytes, path: String::new(), field: None });
    };
    for found in memmem::find_iter(&file[..end], b"obj") {
        let Some(left) = headers.checked_sub(1) else { return report(What::Limit, None, None) };
        *headers = left;
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
fn hidden(file: &[u8], bytes: &Range<usize>, explained: &[Range<usize>], headers: &mut usize, report: Report<'_>) {
    for found in memmem::find_iter(&file[bytes.clone()], b"obj") {
        let Some(left) = headers.checked_sub(1) else { return report(What::Limit, None, None) };
        *headers = left;
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
        // A comment ends with its line.
        if memchr::memchr2(b'\r', b'\n', spaces).is_none() {
            return rest;
        }
        let line =
            rest.len() - rest.iter().rev().take(COMMENT_BYTES_MAX).take_while(|byte| !b"\r\n".contains(byte)).count();
        let Some(comment) = memchr::memchr(b'%', &rest[line..]) else { return rest };
        text = &rest[..line + comment];
    }
    text
}

/// Longest comment that is looked behind.
const COMMENT_BYTES_MAX: usize = 1024;
