//! The fonts: four faces of Tinos, which has the widths of Times New Roman; glyphs and widths of characters.
//!
//! Vietnamese in its normal form (NFC) has one glyph for one character, so nothing needs to be shaped. Kerning is left
//! out, as office programs leave it out.

use super::model::Style;
use krilla::text::{Font, GlyphId};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::sync::LazyLock;

/// Height of a line of single spacing, of the size (ascent, descent and gap of Times New Roman).
pub(super) const LINE: f32 = 1.15;

/// How far the base line lies below the top of a line, of the size.
pub(super) const ASCENT: f32 = 0.92;

const STYLES: [Style; 4] = [Style::Regular, Style::Bold, Style::Italic, Style::BoldItalic];

const FILES: [&[u8]; 4] = [
    include_bytes!("../../fonts/tinos/Tinos-Regular.ttf"),
    include_bytes!("../../fonts/tinos/Tinos-Bold.ttf"),
    include_bytes!("../../fonts/tinos/Tinos-Italic.ttf"),
    include_bytes!("../../fonts/tinos/Tinos-BoldItalic.ttf"),
];

static FACES: LazyLock<[Face; 4]> = LazyLock::new(|| FILES.map(Face::read));

/// A character's glyph and its width, of the size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) id: GlyphId,
    pub(super) width: f32,
}

/// One face.
pub(super) struct Face {
    font: Font,
    /// By the character's number: the fonts end below U+2700, and a table is read ten times faster than a map.
    glyphs: Vec<Option<Glyph>>,
}

impl Face {
    /// The face of a style.
    pub(super) fn of(style: Style) -> &'static Self {
        let place = STYLES.iter().position(|one| *one == style).unwrap_or_default();
        &FACES[place]
    }

    /// The font, to be embedded.
    pub(super) fn font(&self) -> &Font {
        &self.font
    }

    /// A character's glyph; `None` if the font has none.
    pub(super) fn glyph(&self, character: char) -> Option<Glyph> {
        self.glyphs.get(u32::from(character) as usize).copied().flatten()
    }

    /// Width of printable text, of the size.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|character| self.glyph(character)).map(|glyph| glyph.width).sum()
    }

    fn read(file: &'static [u8]) -> Self {
        let reading = FontRef::new(file).expect("the program's own font is whole: a test reads it");
        let metrics = reading.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut glyphs = Vec::new();
        for (character, glyph) in reading.charmap().mappings() {
            let place = character as usize;
            if place >= glyphs.len() {
                glyphs.resize(place + 1, None);
            }
            let width = metrics.advance_width(glyph);
            glyphs[place] = width.map(|width| Glyph { id: GlyphId::new(glyph.to_u32()), width });
        }
        Self { font: Font::new(file.into(), 0).expect("as above"), glyphs }
    }
}
