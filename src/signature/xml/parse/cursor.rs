//! A place in the text of a document, and the tokens that can be taken there: names, literals, white space (XML §2.3).

use memchr::memmem;

use super::Error;

/// A place in a text.
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        // Only ever over whole characters: callers step over what they have seen, or over one byte of ASCII.
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    pub fn error(&self, what: &'static str) -> Error {
        Error::NotWellFormed { at: self.at, what }
    }

    pub fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    pub fn require(&mut self, token: &'static str) -> Result<(), Error> {
        if self.take(token) { Ok(()) } else { Err(self.error("a character missing")) }
    }

    pub fn skip_space(&mut self) -> bool {
        let rest = self.rest().as_bytes();
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at += spaces;
        spaces > 0
    }

    pub fn require_space(&mut self) -> Result<(), Error> {
        if self.skip_space() { Ok(()) } else { Err(self.error("no space")) }
    }

    /// What stands before `token`; the cursor then stands after it.
    pub fn until(&mut self, token: &str) -> Result<&'a str, Error> {
        let rest = self.rest();
        let length = memmem::find(rest.as_bytes(), token.as_bytes()).ok_or_else(|| self.error("no end"))?;
        self.at += length + token.len();
        Ok(&rest[..length])
    }

    /// A quoted literal, without its quotes.
    pub fn literal(&mut self) -> Result<&'a str, Error> {
        let quote = match self.peek() {
            Some(b'"') => "\"",
            Some(b'\'') => "'",
            _ => return Err(self.error("no quote")),
        };
        self.at += 1;
        self.until(quote)
    }

    pub fn name(&mut self) -> Result<&'a str, Error> {
        let rest = self.rest();
        let length = rest.find(|c| !name_character(c)).unwrap_or(rest.len());
        if !rest.starts_with(name_start) {
            return Err(self.error("no name"));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// A name with at most one colon, and that inside.
    pub fn qualified_name(&mut self) -> Result<&'a str, Error> {
        let at = self.at;
        let name = self.name()?;
        let good = match name.split_once(':') {
            None => true,
            Some((prefix, local)) => !prefix.is_empty() && local.starts_with(name_start) && !local.contains(':'),
        };
        if good { Ok(name) } else { Err(Error::NotWellFormed { at, what: "no qualified name" }) }
    }
}

fn name_start(c: char) -> bool {
    matches!(c, ':' | 'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn name_character(c: char) -> bool {
    name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}
