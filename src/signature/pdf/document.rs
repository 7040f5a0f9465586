//! The revisions of a PDF, and any object as of any of them (ISO 32000-2 §7.5.6).
//!
//! A file is a chain of cross-reference sections, newest first, linked by `/Prev`. A revision is the section that a
//! `startxref` names, with those before it that no `startxref` of their own names (the second half of a linearised
//! file), and it ends with the `%%EOF` after that `startxref`.
//!
//! Nothing is repaired by guessing. When the last `startxref` leads nowhere, an earlier one is taken and the rest of the
//! file belongs to no revision; when the chain breaks, [`Document::damage`] says so and what depends on it is not judged.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use memchr::memmem;

use super::filter::{self, Undecoded};
use super::object::{Dict, Fault, Object, Reader, Reference, Stream, Work};
use super::string::is_space;
use super::xref::{ENTRIES_MAX, Entry, Section, Unread, stream_body};

/// Cross-reference sections of a file. Ten revisions are many; renewals for fifty years make some hundred.
pub const SECTIONS_MAX: usize = 512;
/// Where `%PDF-` may begin (ISO 32000-1 annex H, note 13).
const HEADER_WITHIN_BYTES: usize = 1024;
/// `startxref` tried from the end until one leads to a section.
const STARTS_TRIED_MAX: usize = 16;
/// Objects in one object stream; writers use 100 to 200.
const MEMBERS_MAX: u64 = 65_536;
const START: &[u8] = b"startxref";
const END: &[u8] = b"%%EOF";

/// What is wrong with the structure of a file. Such a file may be read in part; it cannot be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// No `startxref`, or none that leads to a cross-reference section.
    #[error("no cross-reference section can be found")]
    NoSection,
    /// The last `startxref` leads to no section; the file was read as of an earlier one.
    #[error("the last startxref leads to no cross-reference section")]
    LastStart,
    /// A `/Prev` or `/XRefStm` leads to no readable section.
    #[error("the cross-reference section before the one at byte {0} cannot be read")]
    Chain(usize),
    /// The chain comes back to itself.
    #[error("the chain of cross-reference sections is a loop")]
    Loop,
    /// More sections or entries than are read.
    #[error("more cross-reference sections or entries than are read")]
    TooMany,
    /// There is no document catalog.
    #[error("there is no document catalog")]
    NoCatalog,
}

/// One state of the document.
#[derive(Debug)]
pub struct Revision {
    /// From `startxref` to after `%%EOF`, without a line end.
    pub ending: Range<usize>,
    /// Indices of its sections, newest first.
    pub sections: Range<usize>,
    /// Whether its sections contradict themselves or one another.
    pub is_ambiguous: bool,
}

/// An indirect object where it stands in the file.
#[derive(Debug)]
pub struct Indirect {
    /// Number and generation as written.
    pub id: Reference,
    /// Its value.
    pub value: Rc<Object>,
    /// From its number to after `endobj`.
    pub span: Range<usize>,
    /// Values in it: what walking through it costs.
    pub weight: usize,
    /// Whether it is written exactly as it must be: `/Length`, `endstream`, `endobj`, no key twice.
    pub is_exact: bool,
}

/// A PDF with its revisions, oldest first.
#[derive(Debug)]
pub struct Document<'a> {
    /// The file.
    pub file: &'a [u8],
    /// What is wrong with its structure.
    pub damage: Vec<Damage>,
    /// Its revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// Its sections, newest first.
    pub sections: Vec<Section>,
    /// Whether streams and strings are encrypted.
    pub is_encrypted: bool,
    /// (number, revision, place), sorted.
    entries: Vec<(u32, u32, Entry)>,
    base: usize,
    work: RefCell<Work>,
    decodable: RefCell<usize>,
    objects: RefCell<HashMap<usize, Option<Rc<Indirect>>>>,
    containers: RefCell<HashMap<usize, Result<Rc<Container>, Undecoded>>>,
    members: RefCell<HashMap<(usize, u32), (Rc<Object>, usize)>>,
    is_spent: RefCell<bool>,
}

/// A decoded object stream.
#[derive(Debug)]
struct Container {
    bytes: Vec<u8>,
    /// Number and start of each object.
    members: Vec<(u32, usize)>,
}

impl<'a> Document<'a> {
    /// Reads the chain of sections of a file; objects are read when asked for.
    pub fn read(file: &'a [u8]) -> Self {
        let mut document = Self {
            file,
            damage: Vec::new(),
            revisions: Vec::new(),
            sections: Vec::new(),
            is_encrypted: false,
            entries: Vec::new(),
            base: 0,
            work: RefCell::new(Work::for_file(file)),
            decodable: RefCell::new(filter::DECODED_BYTES_MAX),
            objects: RefCell::default(),
            containers: RefCell::default(),
            members: RefCell::default(),
            is_spent: RefCell::new(false),
        };
        document.read_chain();
        document.cut_revisions();
        document.list_entries();
        document.is_encrypted = document.sections.iter().any(|section| section.trailer.get(b"Encrypt").is_some());
        if document.damage.is_empty() && document.revisions.iter().any(|revision| revision.catalog(&document).is_none())
        {
            document.damage.push(Damage::NoCatalog);
        }
        document
    }

    /// Whether a limit was reached while objects were read: what was read since may lack objects.
    pub fn is_spent(&self) -> bool {
        *self.is_spent.borrow()
    }

    /// The document as of a revision.
    pub fn view(&self, revision: usize) -> View<'_, 'a> {
        View { document: self, revision }
    }

    /// The newest view.
    pub fn last_view(&self) -> Option<View<'_, 'a>> {
        self.revisions.len().checked_sub(1).map(|last| self.view(last))
    }

    /// The bytes that belong to a revision: after the line end of the one before, to its own `%%EOF`.
    pub fn bytes_of(&self, revision: usize) -> Range<usize> {
        let start = revision.checked_sub(1).map_or(0, |before| self.revisions[before].ending.end);
        start..self.revisions[revision].ending.end.max(start)
    }

    /// The numbers that a revision lists, with their places.
    pub fn listed(&self, revision: usize) -> impl Iterator<Item = (u32, Entry)> + '_ {
        let wanted = revision as u32;
        let sections = &self.sections[self.revisions[revision].sections.clone()];
        let bound: usize = sections.iter().map(|section| section.entries.len()).sum();
        let mut numbers: Vec<u32> = Vec::with_capacity(bound);
        numbers.extend(sections.iter().flat_map(|section| section.entries.iter().map(|&(number, _)| number)));
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().filter_map(move |number| {
            let at = self.entries.partition_point(|&(n, r, _)| (n, r) < (number, wanted));
            self.entries.get(at).filter(|&&(n, r, _)| (n, r) == (number, wanted)).map(|&(_, _, entry)| (number, entry))
        })
    }

    /// The indirect object that stands at a byte of the file.
    pub fn object_at(&self, at: usize) -> Option<Rc<Indirect>> {
        if let Some(known) = self.objects.borrow().get(&at) {
            return known.clone();
        }
        let values = self.work.borrow().values;
        let mut read = self.read_object(at, true);
        if let Ok(Some(object)) = &mut read {
            object.weight = values - self.work.borrow().values;
        }
        let read = match read {
            Ok(object) => object.map(Rc::new),
            Err(fault) => {
                self.note(fault);
                None
            }
        };
        self.objects.borrow_mut().insert(at, read.clone());
        read
    }

    /// Decoded bytes of a stream.
    pub fn decode(&self, stream: &Stream) -> Result<Vec<u8>, Undecoded> {
        if self.is_encrypted {
            return Err(Undecoded::Encrypted);
        }
        filter::decode(&stream.dict, &self.file[stream.body.clone()], &mut self.decodable.borrow_mut())
    }

    fn note(&self, fault: Fault) {
        if fault == Fault::Spent {
            *self.is_spent.borrow_mut() = true;
        }
    }

    fn read_object(&self, at: usize, may_resolve: bool) -> Result<Option<Indirect>, Fault> {
        let mut work = self.work.borrow_mut();
        let mut reader = Reader::new(self.file, at, &mut work);
        reader.skip_space()?;
        let start = reader.at;
        let Some(id) = reader.header()? else { return Ok(None) };
        let value = reader.value()?;
        let mut is_exact = !value.repeats();
        let after_value = reader.at;
        let value = match value {
            Object::Dict(dict) => {
                let length = match dict.get(b"Length") {
                    Some(Object::Reference(reference)) if may_resolve => {
                        drop(work);
                        let length = self.length(reference.number);
                        work = self.work.borrow_mut();
                        length
                    }
                    Some(direct) => direct.integer(),
                    None => None,
                };
                let mut reader = Reader::new(self.file, after_value, &mut work);
                match stream_body(self.file, &mut reader, length)? {
                    None => Object::Dict(dict),
                    Some(body) => {
                        is_exact &= body.is_exact;
                        let end = body.after;
                        let value = Object::Stream(Box::new(Stream { dict, body: body.bytes }));
                        return self.close(id, value, start, end, is_exact, &mut work).map(Some);
                    }
                }
            }
            other => other,
        };
        self.close(id, value, start, after_value, is_exact, &mut work).map(Some)
    }

    fn close(
        &self,
        id: Reference,
        value: Object,
        start: usize,
        end: usize,
        is_exact: bool,
        work: &mut Work,
    ) -> Result<Indirect, Fault> {
        let mut reader = Reader::new(self.file, end, work);
        let is_closed = reader.word(b"endobj")?;
        let end = if is_closed { reader.at } else { end };
        Ok(Indirect { id, value: Rc::new(value), span: start..end, weight: 0, is_exact: is_exact && is_closed })
    }

    /// A `/Length` that is a reference: the newest integer of that number that stands in the file by itself.
    fn length(&self, number: u32) -> Option<i64> {
        let end = self.entries.partition_point(|&(n, _, _)| n <= number);
        let &(found, _, entry) = self.entries.get(end.checked_sub(1)?)?;
        match entry {
            Entry::At(at) if found == number => self.read_object(at, false).ok()??.value.integer(),
            Entry::Within { .. } if found == number => {
                self.last_view()?.get(number).and_then(|length| length.integer())
            }
            _ => None,
        }
    }

    fn container(&self, at: usize) -> Result<Rc<Container>, Undecoded> {
        if let Some(known) = self.containers.borrow().get(&at) {
            return known.clone();
        }
        // Whoever asks for this one while it is being read goes in a circle.
        self.containers.borrow_mut().insert(at, Err(Undecoded::Damaged));
        let read = self.read_container(at).map(Rc::new);
        if matches!(read, Err(Undecoded::TooLong)) {
            self.note(Fault::Spent);
        }
        self.containers.borrow_mut().insert(at, read.clone());
        read
    }

    fn read_container(&self, at: usize) -> Result<Container, Undecoded> {
        let object = self.object_at(at).ok_or(Undecoded::Missing)?;
        let Object::Stream(stream) = &*object.value else { return Err(Undecoded::Missing) };
        if stream.dict.name(b"Type") != Some(b"ObjStm") {
            return Err(Undecoded::Missing);
        }
        let bytes = self.decode(stream)?;
        let unsigned = |key: &[u8]| stream.dict.integer(key).and_then(|value| u64::try_from(value).ok());
        let (count, first) = unsigned(b"N").zip(unsigned(b"First")).ok_or(Undecoded::Damaged)?;
        if count > MEMBERS_MAX {
            return Err(Undecoded::TooLong);
        }
        let mut work = self.work.borrow_mut();
        let mut reader = Reader::new(&bytes, 0, &mut work);
        let mut members = Vec::new();
        for _ in 0..count {
            let number = reader.unsigned().ok().flatten().and_then(|number| u32::try_from(number).ok());
            let start =
                reader.unsigned().ok().flatten().and_then(|start| usize::try_from(start.checked_add(first)?).ok());
            members.push(number.zip(start).ok_or(Undecoded::Damaged)?);
        }
        drop(work);
        Ok(Container { bytes, members })
    }

    fn member(&self, container_at: usize, number: u32, index: u32) -> Option<(Rc<Object>, usize)> {
        if let Some(known) = self.members.borrow().get(&(container_at, index)) {
            return Some(known.clone());
        }
        let container = self.container(container_at).ok()?;
        let &(_, start) = container.members.get(index as usize).filter(|&&(member, _)| member == number)?;
        let values = self.work.borrow().values;
        let read = Reader::new(&container.bytes, start, &mut self.work.borrow_mut()).value();
        let value = Rc::new(read.inspect_err(|&fault| self.note(fault)).ok()?);
        let member = (value, values - self.work.borrow().values);
        self.members.borrow_mut().insert((container_at, index), member.clone());
        Some(member)
    }

    fn read_chain(&mut self) {
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
        let mut room = ENTRIES_MAX - section.entries.len();
        let mut seen = vec![section.span.start];
        let mut next = Some(section);
        while let Some(section) = next.take() {
            let at = section.span.start;
            let hybrid = section.trailer.integer(b"XRefStm").filter(|_| section.stream.is_none());
            let previous = section.trailer.get(b"Prev").map(Object::integer);
            self.sections.push(section);
            for (link, is_hybrid) in [(hybrid.map(Some), true), (previous, false)] {
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

    /// The section that the `startxref` at `start` names; settles from where offsets count.
    fn section_named_at(&mut self, start: usize) -> Option<Section> {
        let target = usize::try_from(number_after(self.file, start)?.0).ok()?;
        let head = &self.file[..self.file.len().min(HEADER_WITHIN_BYTES)];
        let header = memmem::find(head, b"%PDF-").unwrap_or(0);
        [0, header].into_iter().find_map(|base| {
            self.base = base;
            self.section(target.checked_add(base)?, ENTRIES_MAX).ok()
        })
    }

    fn section(&self, at: usize, room: usize) -> Result<Section, Unread> {
        let (mut work, mut decodable) = (self.work.borrow_mut(), self.decodable.borrow_mut());
        Section::read(self.file, at, self.base, room, &mut work, &mut decodable)
    }

    /// Sections belong together from one that a `startxref` behind it names to the next such.
    fn cut_revisions(&mut self) {
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

    fn list_entries(&mut self) {
        for (number, revision) in self.revisions.iter_mut().enumerate() {
            let sections = &self.sections[revision.sections.clone()];
            revision.is_ambiguous |= sections.iter().any(|section| section.is_ambiguous);
            for section in sections {
                self.entries.extend(section.entries.iter().map(|&(object, entry)| (object, number as u32, entry)));
            }
        }
        // Stable: in one revision the newer section stays first. What a table calls free its /XRefStm may define.
        self.entries.sort_by_key(|&(object, revision, _)| (object, revision));
        self.entries.dedup_by(|later, first| {
            let is_same = (later.0, later.1) == (first.0, first.1);
            if is_same && first.2 == Entry::Free {
                first.2 = later.2;
            }
            is_same
        });
    }
}

impl Revision {
    /// The trailer that counts: that of the newest section.
    pub fn trailer<'d>(&self, document: &'d Document<'_>) -> &'d Dict {
        &document.sections[self.sections.start].trailer
    }

    /// The number of the catalog.
    pub fn catalog(&self, document: &Document<'_>) -> Option<u32> {
        self.trailer(document).get(b"Root")?.reference()
    }
}

/// The document as of a revision.
#[derive(Debug, Clone, Copy)]
pub struct View<'d, 'a> {
    /// The document.
    pub document: &'d Document<'a>,
    /// Which revision.
    pub revision: usize,
}

/// A value, where it stands or behind a reference.
#[derive(Debug)]
pub enum Held<'o> {
    /// Direct.
    Direct(&'o Object),
    /// Behind a reference.
    Indirect(Rc<Object>),
}

impl std::ops::Deref for Held<'_> {
    type Target = Object;

    fn deref(&self) -> &Object {
        match self {
            Self::Direct(object) => object,
            Self::Indirect(object) => object,
        }
    }
}

impl<'d> View<'d, '_> {
    /// Where object `number` lies as of this revision.
    pub fn entry(&self, number: u32) -> Option<Entry> {
        let entries = &self.document.entries;
        let end = entries.partition_point(|&(n, r, _)| (n, r) <= (number, self.revision as u32));
        entries.get(end.checked_sub(1)?).filter(|&&(n, _, _)| n == number).map(|&(_, _, entry)| entry)
    }

    /// Byte of the file where object `number` begins, or the object stream that holds it.
    pub fn place(&self, number: u32) -> Option<usize> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At(at) => Some(at),
            Entry::Within { container, .. } => match self.entry(container)? {
                Entry::At(at) => Some(at),
                Entry::Free | Entry::Within { .. } => None,
            },
        }
    }

    /// Object `number`; `None` where there is none, or none of that number where the tables say.
    pub fn get(&self, number: u32) -> Option<Rc<Object>> {
        self.weighed(number).map(|(object, _)| object)
    }

    /// The same with how many values it has.
    pub fn weighed(&self, number: u32) -> Option<(Rc<Object>, usize)> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At(at) => {
                let indirect = self.document.object_at(at).filter(|indirect| indirect.id.number == number)?;
                Some((indirect.value.clone(), indirect.weight))
            }
            Entry::Within { index, .. } => self.document.member(self.place(number)?, number, index),
        }
    }

    /// The value itself, or what its reference leads to; `null` where nothing is.
    pub fn resolve<'o>(&self, value: Option<&'o Object>) -> Held<'o> {
        match value {
            None => Held::Direct(&Object::Null),
            Some(Object::Reference(reference)) => match self.get(reference.number) {
                // A reference to a reference is not allowed (ISO 32000-2 §7.3.10).
                Some(object) if !matches!(*object, Object::Reference(_)) => Held::Indirect(object),
                _ => Held::Direct(&Object::Null),
            },
            Some(direct) => Held::Direct(direct),
        }
    }

    /// The trailer.
    pub fn trailer(&self) -> &'d Dict {
        self.document.revisions[self.revision].trailer(self.document)
    }

    /// The number of the catalog.
    pub fn catalog_number(&self) -> Option<u32> {
        self.trailer().get(b"Root")?.reference()
    }

    /// The catalog.
    pub fn catalog(&self) -> Option<Rc<Object>> {
        self.get(self.catalog_number()?)
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

#[cfg(test)]
mod tests;
