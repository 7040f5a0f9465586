//! Fonts as far as needed to tell where text stands and what it says (ISO 32000-2 §9.6 to §9.10).
//!
//! Widths are in parts of the size. What a code says is known by the font's `/ToUnicode`, else by the names of its encoding,
//! else by the Latin letters that all encodings share; of other codes nothing is known. A font may draw anything for a code:
//! this is what it says of itself.

use std::collections::HashMap;

use super::content;
use super::document::View;
use super::object::{Dict, Object};

/// Codes of a font of which a width or a text is kept.
const CODES_MAX: usize = 65_536;
/// Bytes of a `/ToUnicode` map: that of a whole Vietnamese font has some 20 KB.
const MAP_BYTES_MAX: usize = 1 << 20;
/// Width of a code of which none is given.
const WIDTH: f64 = 0.55;
/// Names of glyphs that are not their character, as far as numbers and dates have them (Adobe Glyph List).
const NAMED: [(&[u8], char); 17] = [
    (b"zero", '0'),
    (b"one", '1'),
    (b"two", '2'),
    (b"three", '3'),
    (b"four", '4'),
    (b"five", '5'),
    (b"six", '6'),
    (b"seven", '7'),
    (b"eight", '8'),
    (b"nine", '9'),
    (b"space", ' '),
    (b"period", '.'),
    (b"comma", ','),
    (b"slash", '/'),
    (b"hyphen", '-'),
    (b"colon", ':'),
    (b"underscore", '_'),
];

/// A font.
#[derive(Debug)]
pub struct Font {
    code_bytes: usize,
    widths: HashMap<u32, f64>,
    width: f64,
    texts: HashMap<u32, String>,
}

impl Font {
    /// Reads a font; of what is none every code has the usual width and says nothing.
    pub fn of(view: View<'_, '_>, font: &Object) -> Self {
        let none = Dict::default();
        let dict = font.dict().unwrap_or(&none);
        let is_composite = view.resolve(dict.get(b"Subtype")).name() == Some(b"Type0");
        let mut read = Self {
            code_bytes: if is_composite { 2 } else { 1 },
            widths: HashMap::new(),
            width: if is_composite { 1.0 } else { WIDTH },
            texts: HashMap::new(),
        };
        if is_composite {
            read.composite_widths(view, dict);
        } else {
            read.simple_widths(view, dict);
            read.simple_texts(view, dict);
        }
        read.read_map(view, dict);
        read
    }

    /// The width of each code of a string, and what it says if that is known.
    pub fn glyphs<'s>(&'s self, string: &'s [u8]) -> impl Iterator<Item = (f64, Option<&'s str>)> {
        string.chunks(self.code_bytes).map(|bytes| {
            let code = bytes.iter().fold(0, |code, &byte| code << 8 | u32::from(byte));
            (self.widths.get(&code).copied().unwrap_or(self.width), self.texts.get(&code).map(String::as_str))
        })
    }

    /// How many codes are known of it.
    pub fn codes(&self) -> usize {
        self.widths.len() + self.texts.len()
    }

    fn simple_widths(&mut self, view: View<'_, '_>, dict: &Dict) {
        let first = view.resolve(dict.get(b"FirstChar")).integer().and_then(|first| u32::try_from(first).ok());
        let widths = view.resolve(dict.get(b"Widths"));
        let widths = widths.array().unwrap_or_default().iter().take(256);
        self.widths.extend((first.unwrap_or(0)..).zip(widths.filter_map(|width| thousandths(view, width))));
    }

    fn simple_texts(&mut self, view: View<'_, '_>, dict: &Dict) {
        // Where Latin encodings agree; from A0 on those of Windows and of PDF do.
        let codes = (0x20..=0x7e).chain(0xa1..=0xff_u8);
        self.texts.extend(codes.map(|code| (u32::from(code), char::from(code).to_string())));
        let encoding = view.resolve(dict.get(b"Encoding"));
        let differences = view.resolve(encoding.dict().and_then(|encoding| encoding.get(b"Differences")));
        let mut code = 0;
        for one in differences.array().unwrap_or_default().iter().take(512) {
            if let Some(start) = one.integer().and_then(|start| u32::try_from(start).ok()) {
                code = start;
            } else if let Some(name) = one.name() {
                match named(name) {
                    Some(text) => drop(self.texts.insert(code, text.to_string())),
                    None => drop(self.texts.remove(&code)),
                }
                code = code.saturating_add(1);
            }
        }
    }

    fn composite_widths(&mut self, view: View<'_, '_>, dict: &Dict) {
        let inner = view.resolve(dict.get(b"DescendantFonts"));
        let inner = view.resolve(inner.array().and_then(<[Object]>::first));
        let Some(inner) = inner.dict() else { return };
        self.width = inner.get(b"DW").and_then(|width| thousandths(view, width)).unwrap_or(1.0);
        let widths = view.resolve(inner.get(b"W"));
        let mut rest = widths.array().unwrap_or_default();
        while let [first, second, after @ ..] = rest {
            let Some(first) = first.integer().and_then(|first| u32::try_from(first).ok()) else { break };
            let second = view.resolve(Some(second));
            if let Some(each) = second.array() {
                self.widths.extend((first..).zip(each.iter().filter_map(|width| thousandths(view, width))));
                rest = after;
            } else {
                let [width, after @ ..] = after else { break };
                let last = second.integer().and_then(|last| u32::try_from(last).ok()).unwrap_or(0);
                let width = thousandths(view, width).unwrap_or(self.width);
                self.widths.extend((first..=last).take(CODES_MAX).map(|code| (code, width)));
                rest = after;
            }
            if self.widths.len() > CODES_MAX {
                break;
            }
        }
    }

    fn read_map(&mut self, view: View<'_, '_>, dict: &Dict) {
        let map = view.resolve(dict.get(b"ToUnicode"));
        let Object::Stream(stream) = &*map else { return };
        let Some(bytes) = view.document.decode(stream).ok().filter(|bytes| bytes.len() <= MAP_BYTES_MAX) else {
            return;
        };
        self.texts.clear();
        let texts = &mut self.texts;
        // What stands behind the part that can be read says nothing.
        let _ = content::operators(&bytes, &mut |word, operands| {
            match word {
                b"endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        texts.extend(code(&pair[0]).zip(unicode(&pair[1])));
                    }
                }
                b"endbfrange" => {
                    for range in operands.chunks_exact(3) {
                        take_range(texts, range);
                    }
                }
                _ => {}
            }
            (texts.len() <= CODES_MAX).then_some(())
        });
    }
}

/// From the first code to the last: each its own text of a list, or one after another from a text.
fn take_range(texts: &mut HashMap<u32, String>, range: &[Object]) {
    let Some((first, last)) = code(&range[0]).zip(code(&range[1])) else { return };
    let codes = (first..=last).take(CODES_MAX);
    if let Some(each) = range[2].array() {
        texts.extend(codes.zip(each).filter_map(|(code, text)| Some((code, unicode(text)?))));
    } else if let Some(mut text) = unicode(&range[2])
        && let Some(start) = text.pop()
    {
        let nth = |nth: u32| char::from_u32(u32::from(start).checked_add(nth)?);
        texts.extend(codes.filter_map(|code| Some((code, format!("{text}{}", nth(code - first)?)))));
    }
}

fn code(object: &Object) -> Option<u32> {
    let bytes = object.string().filter(|bytes| (1..=4).contains(&bytes.len()))?;
    Some(bytes.iter().fold(0, |code, &byte| code << 8 | u32::from(byte)))
}

fn unicode(object: &Object) -> Option<String> {
    let bytes = object.string()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

fn thousandths(view: View<'_, '_>, width: &Object) -> Option<f64> {
    view.resolve(Some(width)).number().map(|width| width / 1000.0)
}

fn named(name: &[u8]) -> Option<char> {
    if let [letter] = name {
        return Some(char::from(*letter));
    }
    let by_number = || u32::from_str_radix(std::str::from_utf8(name.strip_prefix(b"uni")?).ok()?, 16).ok();
    let known = NAMED.iter().find(|(known, _)| *known == name).map(|&(_, text)| text);
    known.or_else(|| char::from_u32(by_number()?))
}

#[cfg(test)]
mod tests;
