//! The internal subset of a document type declaration: what it says about attributes and entities.
//!
//! Read because signed documents of the early interoperability tests, and a few since, declare identifiers, default
//! attributes and entities there, and all three change the canonical form. Nothing outside the document is ever read;
//! parameter entities and conditional sections are refused; an entity may stand for characters only, not for markup.

use std::collections::HashMap;

use super::Error;
use super::cursor::Cursor;

/// Declarations read from one subset; real ones hold some dozens.
const DECLARATIONS_MAX: usize = 1_000;

/// What an internal subset declares.
#[derive(Debug, Default)]
pub struct Subset<'a> {
    /// General entities by name; the first declaration binds (XML §4.2).
    pub entities: HashMap<&'a str, Entity<'a>>,
    /// Attributes by element name, in order of declaration.
    pub attributes: HashMap<&'a str, Vec<Declared<'a>>>,
}

/// What a general entity stands for.
#[derive(Debug, Clone, Copy)]
pub enum Entity<'a> {
    /// The literal as written, character references not yet replaced.
    Internal(&'a str),
    /// Something outside the document, which is not read.
    External,
}

/// One attribute of an ATTLIST.
#[derive(Debug)]
pub struct Declared<'a> {
    /// Name as written.
    pub name: &'a str,
    /// Its type.
    pub kind: Type,
    /// Literal of its default, as written.
    pub default: Option<&'a str>,
}

/// Types of attribute, as far as they matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Any characters.
    Text,
    /// An identifier.
    Id,
    /// Names and tokens: white space is collapsed.
    Token,
}

impl<'a> Subset<'a> {
    /// Reads a document type declaration, from after `<!DOCTYPE` to after its `>`.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let mut subset = Self::default();
        cursor.require_space()?;
        cursor.name()?;
        cursor.skip_space();
        external_identifier(cursor)?;
        cursor.skip_space();
        if cursor.take("[") {
            let mut count = 0;
            loop {
                cursor.skip_space();
                if cursor.take("]") {
                    break;
                }
                count += 1;
                if count > DECLARATIONS_MAX {
                    return Err(Error::Limit("declarations in the document type"));
                }
                subset.declaration(cursor)?;
            }
            cursor.skip_space();
        }
        cursor.require(">")?;
        Ok(subset)
    }

    /// Whether `attribute` of `element` is declared as an identifier.
    pub fn is_id(&self, element: &str, attribute: &str) -> bool {
        let declared = self.attributes.get(element).into_iter().flatten();
        declared.into_iter().any(|one| one.name == attribute && one.kind == Type::Id)
    }

    fn declaration(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Error> {
        if cursor.take("<!--") {
            cursor.until("--").and_then(|_| cursor.require(">"))
        } else if cursor.take("<?") {
            cursor.until("?>").map(drop)
        } else if cursor.take("<!ENTITY") {
            self.entity(cursor)
        } else if cursor.take("<!ATTLIST") {
            self.attribute_list(cursor)
        } else if cursor.take("<!ELEMENT") || cursor.take("<!NOTATION") {
            skip_declaration(cursor)
        } else {
            // Parameter entity references and conditional sections among them.
            Err(cursor.error("a declaration that is not read"))
        }
    }

    fn entity(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Error> {
        cursor.require_space()?;
        if cursor.take("%") {
            return Err(cursor.error("a parameter entity"));
        }
        let name = cursor.name()?;
        cursor.require_space()?;
        let entity = match cursor.peek() {
            Some(b'"' | b'\'') => Entity::Internal(cursor.literal()?),
            _ => {
                external_identifier(cursor)?;
                cursor.skip_space();
                if cursor.take("NDATA") {
                    cursor.require_space()?;
                    cursor.name()?;
                }
                Entity::External
            }
        };
        cursor.skip_space();
        cursor.require(">")?;
        if matches!(entity, Entity::Internal(literal) if literal.contains('%')) {
            return Err(cursor.error("a parameter entity in an entity"));
        }
        self.entities.entry(name).or_insert(entity);
        Ok(())
    }

    fn attribute_list(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Error> {
        cursor.require_space()?;
        let element = cursor.name()?;
        loop {
            cursor.skip_space();
            if cursor.take(">") {
                return Ok(());
            }
            let name = cursor.name()?;
            cursor.require_space()?;
            let kind = attribute_type(cursor)?;
            cursor.require_space()?;
            let default = if cursor.take("#REQUIRED") || cursor.take("#IMPLIED") {
                None
            } else {
                if cursor.take("#FIXED") {
                    cursor.require_space()?;
                }
                Some(cursor.literal()?)
            };
            let list = self.attributes.entry(element).or_default();
            if list.len() >= DECLARATIONS_MAX {
                return Err(Error::Limit("attributes declared for an element"));
            }
            if list.iter().all(|other| other.name != name) {
                list.push(Declared { name, kind, default });
            }
        }
    }
}

fn attribute_type(cursor: &mut Cursor<'_>) -> Result<Type, Error> {
    for token in ["IDREFS", "IDREF", "ENTITIES", "ENTITY", "NMTOKENS", "NMTOKEN"] {
        if cursor.take(token) {
            return Ok(Type::Token);
        }
    }
    if cursor.take("CDATA") {
        return Ok(Type::Text);
    }
    if cursor.take("ID") {
        return Ok(Type::Id);
    }
    if cursor.take("NOTATION") {
        cursor.require_space()?;
    }
    cursor.require("(")?;
    cursor.until(")")?;
    Ok(Type::Token)
}

fn external_identifier(cursor: &mut Cursor<'_>) -> Result<(), Error> {
    if cursor.take("PUBLIC") {
        cursor.require_space()?;
        cursor.literal()?;
    } else if !cursor.take("SYSTEM") {
        return Ok(());
    }
    cursor.require_space()?;
    cursor.literal().map(drop)
}

fn skip_declaration(cursor: &mut Cursor<'_>) -> Result<(), Error> {
    loop {
        match cursor.peek() {
            Some(b'>') => return cursor.require(">"),
            Some(b'"' | b'\'') => drop(cursor.literal()?),
            Some(b'<') | None => return Err(cursor.error("an unfinished declaration")),
            Some(_) => cursor.advance(1),
        }
    }
}
