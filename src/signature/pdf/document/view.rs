//! The objects of a document as of one of its revisions.

use std::rc::Rc;

use super::Document;
use crate::signature::pdf::object::{Dict, Object};
use crate::signature::pdf::xref::Entry;

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

    /// Generation of object `number` as of this revision; `None` where there is no such object.
    pub fn generation(&self, number: u32) -> Option<u16> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At(_, generation) => Some(generation),
            // ISO 32000-2 §7.5.7: that of an object in a stream is 0.
            Entry::Within { .. } => Some(0),
        }
    }

    /// Byte of the file where object `number` begins, or the object stream that holds it.
    pub fn place(&self, number: u32) -> Option<usize> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At(at, _) => Some(at),
            Entry::Within { container, .. } => match self.entry(container)? {
                Entry::At(at, _) => Some(at),
                Entry::Free | Entry::Within { .. } => None,
            },
        }
    }

    /// Object `number`; `None` where there is none, or none of that number where the tables say.
    pub fn get(&self, number: u32) -> Option<Rc<Object>> {
        self.weighed(number).map(|(object, _)| object)
    }

    /// Whether the tables list object `number` as in use, and it can't be read where they say, or is a reference, which no
    /// object may be (ISO 32000-2 §7.3.10): another reader may read it, or follow it.
    pub fn is_unread(&self, number: u32) -> bool {
        self.generation(number).is_some() && self.get(number).is_none_or(|value| matches!(*value, Object::Reference(_)))
    }

    /// Whether a value stands where another reader may find one, and none is found here.
    pub fn is_elsewhere(&self, value: Option<&Object>) -> bool {
        value.and_then(Object::reference).is_some_and(|number| self.is_unread(number))
    }

    /// Object `number` with how many values it has.
    pub fn weighed(&self, number: u32) -> Option<(Rc<Object>, usize)> {
        match self.entry(number)? {
            Entry::Free => None,
            Entry::At(at, _) => {
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
