//! The revisions of a PDF, and any object as of any of them (ISO 32000-2 §7.5.6).
//!
//! A file is a chain of cross-reference sections, newest first, linked by `/Prev`. A revision is the section that a
//! `startxref` names, with those before it that no `startxref` of their own names (the second half of a linearised
//! file), and it ends with the `%%EOF` after that `startxref`.
//!
//! Nothing is repaired by guessing. When the last `startxref` leads nowhere, an earlier one is taken and the rest of the
//! file belongs to no revision; when the chain breaks, [`Document::damage`] says so and what depends on it is not judged.

mod chain;
mod view;

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::explain;
use super::filter::{self, Undecoded};
use super::object::{Dict, Fault, Object, Reader, Reference, Stream, Work};
use super::string::is_space;
use super::xref::{Entry, Section, stream_body};

pub use view::{Held, View};

/// Cross-reference sections of a file. Ten revisions are many; renewals for fifty years make some hundred.
pub const SECTIONS_MAX: usize = 512;
/// Where a linearisation dictionary lies (ISO 32000-2 annex F.3.3).
const LINEARISED_WITHIN_BYTES: usize = 4096;
/// Objects in one object stream; writers use 100 to 200.
const MEMBERS_MAX: u64 = 65_536;

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
    /// Offsets count from the first byte of the file, and not from its header.
    #[error("offsets do not count from the header of the file")]
    Offsets,
    /// There is no document catalog.
    #[error("there is no document catalog")]
    NoCatalog,
    /// The file says that it is linearised and as long as it is, and grew since: some readers take the tables at its
    /// beginning for the newest (ISO 32000-2 annex F).
    #[error("the file was made as long as its linearisation says")]
    Linearised,
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
    /// Numbers of object streams, each with the first revision that has an object in it.
    holding: OnceCell<HashMap<u32, u32>>,
}

/// A decoded object stream.
#[derive(Debug)]
struct Container {
    bytes: Vec<u8>,
    /// Number and start of each object.
    members: Vec<(u32, usize)>,
    /// Where the numbers and starts end.
    heads_end: usize,
    /// Whether it is written exactly, and no number stands in it twice: readers go by place or by number.
    is_exact: bool,
    /// See [`Document::stand_apart`].
    is_apart: OnceCell<bool>,
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
            holding: OnceCell::new(),
        };
        document.read_chain();
        document.cut_revisions();
        document.list_entries();
        if document.is_falsely_linearised() {
            document.damage.push(Damage::Linearised);
        }
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

    /// Whether an object holds others as of a revision, by the tables.
    pub fn holds_objects(&self, number: u32, revision: usize) -> bool {
        self.holding().get(&number).is_some_and(|&since| since as usize <= revision)
    }

    /// The objects that hold others as of a revision, by the tables.
    pub fn containers(&self, revision: usize) -> Vec<u32> {
        let held = self.holding().iter().filter(|&(_, &since)| since as usize <= revision);
        let mut numbers: Vec<u32> = held.map(|(&number, _)| number).collect();
        numbers.sort_unstable();
        numbers
    }

    fn holding(&self) -> &HashMap<u32, u32> {
        self.holding.get_or_init(|| {
            let mut holding = HashMap::new();
            for &(_, since, entry) in &self.entries {
                if let Entry::Within { container, .. } = entry {
                    holding.entry(container).and_modify(|first: &mut u32| *first = since.min(*first)).or_insert(since);
                }
            }
            holding
        })
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

    /// Whether any table lists a number as an object.
    pub fn was_ever(&self, number: u32) -> bool {
        let start = self.entries.partition_point(|&(listed, _, _)| listed < number);
        self.entries[start..].iter().take_while(|entry| entry.0 == number).any(|entry| entry.2 != Entry::Free)
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

    /// Where the objects begin that tables list, and tables that are objects; sorted.
    pub fn starts(&self) -> Vec<usize> {
        let places = self.entries.iter().filter_map(|&(_, _, entry)| match entry {
            Entry::At(at, _) => Some(self.after_space(at)),
            Entry::Free | Entry::Within { .. } => None,
        });
        let mut starts: Vec<usize> = places.chain(self.sections.iter().map(|section| section.span.start)).collect();
        starts.sort_unstable();
        starts
    }

    /// Where the white space ends that begins at a byte of the file.
    pub fn after_space(&self, at: usize) -> usize {
        let rest = self.file.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&byte| is_space(byte)).count()
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

    /// At most so many of the first decoded bytes of a stream, where they are to be had without the rest.
    pub fn beginning(&self, stream: &Stream, bytes_max: usize) -> Option<Vec<u8>> {
        if self.is_encrypted {
            return None;
        }
        filter::beginning(&stream.dict, &self.file[stream.body.clone()], bytes_max)
    }

    /// Whether its first object is a linearisation dictionary with the length of the file, which was not the length of the
    /// document that it was made for.
    fn is_falsely_linearised(&self) -> bool {
        let Some(first) = self.revisions.first() else { return false };
        let own_end =
            first.ending.end + self.file[first.ending.end..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let is_grown = own_end < self.file.len() || self.revisions.len() > 1;
        let head = &self.file[..self.file.len().min(LINEARISED_WITHIN_BYTES)];
        // However the dictionary is spelt, the length stands in it.
        let numbers = head.split(|byte| !byte.is_ascii_digit()).filter_map(|digits| std::str::from_utf8(digits).ok());
        is_grown && numbers.into_iter().any(|digits| digits.parse() == Ok(self.file.len()))
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
            Entry::At(at, _) if found == number => self.read_object(at, false).ok()??.value.integer(),
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
        let heads_end = reader.at;
        drop(work);
        let mut numbers: Vec<u32> = members.iter().map(|&(number, _)| number).collect();
        numbers.sort_unstable();
        let is_exact =
            object.is_exact && filter::is_usual(&stream.dict) && numbers.windows(2).all(|pair| pair[0] != pair[1]);
        Ok(Container { bytes, members, heads_end, is_exact, is_apart: OnceCell::new() })
    }

    /// The numbers of the objects in the object stream at a byte of the file, in its order; `None`: it can't be opened.
    pub fn members(&self, at: usize) -> Option<Vec<u32>> {
        let container = self.container(at).ok()?;
        Some(container.members.iter().map(|&(number, _)| number).collect())
    }

    /// Whether an object stream and the object in it can be read in one way only.
    pub fn is_exact_member(&self, container_at: usize, number: u32, index: u32) -> bool {
        self.container(container_at).is_ok_and(|container| container.is_exact && self.stand_apart(&container))
            && self.member(container_at, number, index).is_some_and(|(value, _)| !value.repeats())
    }

    /// Whether the objects in an object stream stand one behind the other, with nothing but white space between them: some
    /// readers end one where the next begins.
    fn stand_apart(&self, container: &Container) -> bool {
        *container.is_apart.get_or_init(|| {
            let is_blank = |range: Range<usize>| container.bytes.get(range).is_some_and(explain::is_blank);
            let mut work = self.work.borrow_mut();
            let mut after = container.heads_end;
            let mut is_next = |&(_, start): &(u32, usize)| {
                let mut reader = Reader::new(&container.bytes, start, &mut work);
                let is_next = is_blank(after..start) && reader.value().is_ok();
                after = reader.at;
                is_next
            };
            container.members.iter().all(&mut is_next) && is_blank(after..container.bytes.len())
        })
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

#[cfg(test)]
mod tests;
