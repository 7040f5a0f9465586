//! The chain of cross-reference sections, cut into revisions (ISO 32000-2 §7.5.4 to §7.5.8).

use std::ops::Range;

use memchr::memmem;

use super::{Damage, Document, Revision, SECTIONS_MAX};
use crate::signature::pdf::object::Object;
use crate::signature::pdf::string::is_space;
use crate::signature::pdf::xref::{ENTRIES_MAX, Entry, Section, Unread};

/// Where `%PDF-` may begin (ISO 32000-1 annex H, note 13).
const HEADER_WITHIN_BYTES: usize = 1024;
/// `startxref` tried from the end until one leads to a section.
const STARTS_TRIED_MAX: usize = 16;
const START: &[u8] = b"startxref";
const END: &[u8] = b"%%EOF";

impl Document<'_> {
    pub(super) fn read_chain(&mut self) {
        let file = self.file;
        let mut end = file.len();
        let mut first = None;
        for tried in 0..STARTS_TRIED_MAX {
            let Some(start) = memmem::rfind(&file[..end], START) else { break };
            if let Some(section) = self.section_named_at(start) {
                if tried > 0 {
                    self.damage.push(Damage::LastStart);
                }
                first = Some(section);
                break;
            }
            end = start;
        }
        let Some(section) = first else {
            self.damage.push(Damage::NoSection);
            return;
        };
        if self.counts_before_header() {
            self.damage.push(Damage::Offsets);
        }
        let mut room = ENTRIES_MAX - section.entries.len();
        let mut seen = vec![section.span.start];
        let mut next = Some(section);
        while let Some(section) = next.take() {
            let at = section.span.start;
            // What is no place, or stands where no reader of the standard looks, other readers follow all the same.
            let hybrid =
                section.trailer.get(b"XRefStm").map(|place| place.integer().filter(|_| section.stream.is_none()));
            let previous = section.trailer.get(b"Prev").map(Object::integer);
            self.sections.push(section);
            for (link, is_hybrid) in [(hybrid, true), (previous, false)] {
                let Some(link) = link else { continue };
                if self.sections.len() >= SECTIONS_MAX {
                    self.damage.push(Damage::TooMany);
                    return;
                }
                let read = link
                    .and_then(|link| usize::try_from(link).ok())
                    .and_then(|link| link.checked_add(self.base))
                    .ok_or(Unread::Malformed)
                    .and_then(|link| self.section(link, room));
                match read {
                    Ok(found) if seen.contains(&found.span.start) => return self.damage.push(Damage::Loop),
                    Ok(found) => {
                        room -= found.entries.len();
                        seen.push(found.span.start);
                        if is_hybrid { self.sections.push(found) } else { next = Some(found) }
                    }
                    Err(Unread::Spent) => return self.damage.push(Damage::TooMany),
                    Err(Unread::Missing | Unread::Malformed) => return self.damage.push(Damage::Chain(at)),
                }
            }
        }
    }

    /// The section that the `startxref` at `start` names; settles from where offsets count: the header.
    fn section_named_at(&mut self, start: usize) -> Option<Section> {
        let target = usize::try_from(number_after(self.file, start)?.0).ok()?;
        let head = &self.file[..self.file.len().min(HEADER_WITHIN_BYTES)];
        let header = memmem::find(head, b"%PDF-").unwrap_or(0);
        [header, 0].into_iter().find_map(|base| {
            self.base = base;
            self.section(target.checked_add(base)?, ENTRIES_MAX).ok()
        })
    }

    /// Whether offsets count from the first byte though the header stands behind it: readers that count from the header, as
    /// most do, rebuild the tables.
    fn counts_before_header(&self) -> bool {
        let head = &self.file[..self.file.len().min(HEADER_WITHIN_BYTES)];
        self.base == 0 && memmem::find(head, b"%PDF-").is_some_and(|header| header > 0)
    }

    fn section(&self, at: usize, room: usize) -> Result<Section, Unread> {
        let (mut work, mut decodable) = (self.work.borrow_mut(), self.decodable.borrow_mut());
        Section::read(self.file, at, self.base, room, &mut work, &mut decodable)
    }

    /// Sections belong together from one that a `startxref` behind it names to the next such.
    pub(super) fn cut_revisions(&mut self) {
        let mut revisions: Vec<Revision> = Vec::new();
        for (index, section) in self.sections.iter().enumerate() {
            let ending = self.ending_of(section);
            match (ending, revisions.last_mut()) {
                // An older revision cannot end after a newer one.
                (Some(ending), Some(newer)) if ending.end >= newer.ending.end => {
                    newer.sections.end = index + 1;
                    newer.is_ambiguous = true;
                }
                (Some(ending), _) => {
                    revisions.push(Revision { ending, sections: index..index + 1, is_ambiguous: false });
                }
                (None, Some(newer)) => newer.sections.end = index + 1,
                (None, None) => {
                    let end = self.file.len();
                    self.damage.push(Damage::LastStart);
                    revisions.push(Revision { ending: end..end, sections: 0..1, is_ambiguous: true });
                }
            }
        }
        revisions.reverse();
        self.revisions = revisions;
    }

    /// From the `startxref` behind a section that names it to after the `%%EOF` that follows.
    fn ending_of(&self, section: &Section) -> Option<Range<usize>> {
        let mut from = section.span.end;
        for _ in 0..STARTS_TRIED_MAX {
            let found = memmem::find(&self.file[from..], START);
            self.work.borrow_mut().pay(found.unwrap_or(self.file.len() - from)).ok()?;
            let start = from + found?;
            from = start + START.len();
            let Some((target, end)) = number_after(self.file, start) else { continue };
            let target = usize::try_from(target).ok().and_then(|target| target.checked_add(self.base));
            let before = target.and_then(|target| self.file.get(target..section.span.start));
            if before.is_some_and(|before| before.iter().all(|&byte| is_space(byte))) {
                let spaces = self.file[end..].iter().take_while(|&&byte| is_space(byte)).count();
                let marker = self.file[end + spaces..].starts_with(END);
                return Some(start..if marker { end + spaces + END.len() } else { end });
            }
        }
        None
    }

    pub(super) fn list_entries(&mut self) {
        for (number, revision) in self.revisions.iter_mut().enumerate() {
            let sections = &self.sections[revision.sections.clone()];
            revision.is_ambiguous |= sections.iter().any(|section| section.is_ambiguous);
            for section in sections {
                self.entries.extend(section.entries.iter().map(|&(object, entry)| (object, number as u32, entry)));
            }
        }
        // Stable: in one revision the newer section stays first. What a table calls free its /XRefStm may define, in a stream:
        // objects that readers of before PDF 1.5 are not to see (§7.5.8.4). One that they see elsewhere is another document.
        self.entries.sort_by_key(|&(object, revision, _)| (object, revision));
        let mut ambiguous = Vec::new();
        self.entries.dedup_by(|later, first| {
            let is_same = (later.0, later.1) == (first.0, first.1);
            if is_same && first.2 == Entry::Free {
                if matches!(later.2, Entry::At(..)) {
                    ambiguous.push(first.1 as usize);
                }
                first.2 = later.2;
            }
            is_same
        });
        for revision in ambiguous {
            self.revisions[revision].is_ambiguous = true;
        }
    }
}

/// The number after a word, and where it ends.
fn number_after(file: &[u8], start: usize) -> Option<(u64, usize)> {
    let after = start + START.len();
    let spaces = file[after..].iter().take_while(|&&byte| is_space(byte)).count();
    let digits = &file[after + spaces..];
    let length = digits.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let value = std::str::from_utf8(&digits[..length]).ok()?.parse().ok()?;
    Some((value, after + spaces + length))
}
