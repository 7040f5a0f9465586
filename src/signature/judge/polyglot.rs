//! Files that other programs take for something else than what is signed in them.
//!
//! A program for PDF files looks for its header within the first bytes, and where the end is not as it should be, for objects
//! anywhere; one for packed files looks from the end. Room for either is in what nobody signs: certificates of a CMS
//! structure, comments of a container. So what such programs go by may stand in the signed content alone.

use std::ops::Range;

use super::validate::PDF_HEADER_WITHIN_BYTES;
use crate::signature::der::{self, Element, tag};

/// Bytes at the end of a ZIP file in which its end record stands: 22 and the longest comment.
const ZIP_END_WITHIN_BYTES: usize = 22 + 0xffff;
/// What a ZIP file ends with.
const ZIP_END: &[u8] = b"PK\x05\x06";
/// What a PDF file is found and rebuilt by, besides its objects.
const PDF_WORDS: [&[u8]; 3] = [b"%PDF-", b"startxref", b"trailer"];
/// Digits of the number of a generation, at most.
const GENERATION_DIGITS_MAX: usize = 10;
/// Bytes before the word in which a comment may stand between it and the number.
const COMMENT_WITHIN_BYTES: usize = 64;
/// How deep strings of strings are followed.
const DEPTH_MAX: usize = 8;

/// Whether programs for PDF files find a header, and something beside it that is not in what is signed: `signed` are places in
/// the file, in order.
pub(super) fn shows_as_pdf(file: &[u8], signed: &[Range<usize>]) -> bool {
    let head = &file[..file.len().min(PDF_HEADER_WITHIN_BYTES)];
    if memchr::memmem::find(head, PDF_WORDS[0]).is_none() {
        return false;
    }
    let is_unsigned = |word: &[u8], at: usize| !is_within(signed, at..at + word.len());
    let stands = |word: &[u8]| memchr::memmem::find_iter(file, word).any(|at| is_unsigned(word, at));
    let object: &[u8] = b"obj";
    PDF_WORDS.iter().any(|word| stands(word))
        || memchr::memmem::find_iter(file, object).any(|at| is_unsigned(object, at) && begins_object(&file[..at]))
}

/// Whether a ZIP file stands at the end, whatever is before it.
pub(super) fn ends_as_archive(file: &[u8]) -> bool {
    shows_as_archive(file, &[])
}

/// Whether the end record of a ZIP file stands where programs look for it, and not in what is signed.
pub(super) fn shows_as_archive(file: &[u8], signed: &[Range<usize>]) -> bool {
    let from = file.len().saturating_sub(ZIP_END_WITHIN_BYTES);
    let mut ends = memchr::memmem::find_iter(&file[from..], ZIP_END).map(|at| from + at);
    ends.any(|at| !is_within(signed, at..at + ZIP_END.len()))
}

fn is_within(places: &[Range<usize>], one: Range<usize>) -> bool {
    let next = places.partition_point(|place| place.start <= one.start);
    next.checked_sub(1).and_then(|at| places.get(at)).is_some_and(|place| one.end <= place.end)
}

/// Whether `obj` behind these bytes begins an object: two numbers before it, the second at once or with white space or a
/// comment between.
fn begins_object(before: &[u8]) -> bool {
    let is_white = |byte: &u8| matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ');
    let trimmed = |bytes: &[u8], is: &dyn Fn(&u8) -> bool| bytes.iter().rev().take_while(|byte| is(byte)).count();
    let digits = trimmed(&before[before.len().saturating_sub(GENERATION_DIGITS_MAX)..], &u8::is_ascii_digit);
    let before = &before[..before.len() - digits];
    let white = trimmed(before, &is_white);
    let number = &before[..before.len() - white];
    let near = &number[number.len().saturating_sub(COMMENT_WITHIN_BYTES)..];
    white > 0 && (number.last().is_some_and(u8::is_ascii_digit) || near.contains(&b'%'))
}

/// Where the content of a CMS structure stands in it: of a string of strings each piece by itself.
pub(super) fn places_of_content(structure: &[u8]) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    if let Some(content) = content_of(structure) {
        collect(structure, &content, 0, &mut places);
    }
    places
}

fn content_of(structure: &[u8]) -> Option<Element<'_>> {
    let explicit = tag::context_constructed(0);
    let mut info = der::read(structure).ok()?.0.children();
    info.expect(tag::OID).ok()?;
    let mut data = info.expect(explicit).ok()?.children().expect(tag::SEQUENCE).ok()?.children();
    data.expect(tag::INTEGER).ok()?;
    data.expect(tag::SET).ok()?;
    let mut content = data.expect(tag::SEQUENCE).ok()?.children();
    content.expect(tag::OID).ok()?;
    content.expect(explicit).ok()?.children().next_element().ok()?
}

fn collect(structure: &[u8], element: &Element<'_>, depth: usize, places: &mut Vec<Range<usize>>) {
    if element.tag == tag::OCTET_STRING | tag::CONSTRUCTED && depth < DEPTH_MAX {
        element.children().map_while(Result::ok).for_each(|part| collect(structure, &part, depth + 1, places));
    } else {
        let start = element.content.as_ptr() as usize - structure.as_ptr() as usize;
        places.push(start..start + element.content.len());
    }
}

#[cfg(test)]
mod tests;
