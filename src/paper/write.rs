//! Pages into the bytes of a PDF/A-2a file, by krilla.
//!
//! Nothing random and no clock: the file's identifier comes from what it holds. What krilla's own checks of PDF/A
//! refuse is an error here; that the result passes veraPDF as well is what `tests/paper.sh` is for.

use super::Error;
use super::face::Face;
use super::layout::{Child, Drawing, Node, Piece, Purpose, Role, Sheet};
use super::model::{Document, Style};
use super::printable::{Place, brief};
use chrono::{Datelike, Timelike};
use krilla::configure::{Archival, ConfigurationBuilder, PdfVersion};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::text::KrillaGlyph;
use krilla::{Document as File, SerializeSettings};
use std::num::{NonZeroU16, NonZeroU32};

/// Width of rules, in points.
const RULE: f32 = 0.6;

pub(super) fn pdf(document: &Document, sheet: Sheet) -> Result<Vec<u8>, Error> {
    let configuration =
        ConfigurationBuilder::new().with_archival_validator(Archival::A2_A).with_version(PdfVersion::Pdf17).finish();
    let configuration = configuration.map_err(|error| Error::Refused(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut file = File::new_with(settings);
    file.set_metadata(metadata(document));
    let mut marks = vec![None; sheet.pieces.len()];
    for page in &sheet.pages {
        let size = PageSettings::from_wh(sheet.frame.width, sheet.frame.height);
        let mut page_of_file = file.start_page_with(size.ok_or_else(|| Error::Refused("no paper".to_owned()))?);
        let mut surface = page_of_file.surface();
        for &piece in page {
            marks[piece] = draw(&mut surface, &sheet.pieces[piece]);
        }
        surface.finish();
        page_of_file.finish();
    }
    let mut tree = TagTree::new();
    for node in sheet.reading {
        tree.push(group(node, &mut marks));
    }
    file.set_tag_tree(tree);
    file.finish().map_err(|error| Error::Refused(error.to_string()))
}

fn metadata(document: &Document) -> Metadata {
    let made = document.made;
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or_default())
        .month(small(made.month()))
        .day(small(made.day()))
        .hour(small(made.hour()))
        .minute(small(made.minute()))
        .second(small(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let heading = &document.heading;
    Metadata::new()
        .title(format!("{}: {}", brief(&heading.kind, Place::Heading), brief(&heading.subject, Place::Heading)))
        .authors(vec![brief(&heading.agency, Place::Heading)])
        .language("vi-VN".to_owned())
        .creator(concat!("chauban ", env!("CARGO_PKG_VERSION")).to_owned())
        .producer("krilla".to_owned())
        .creation_date(date)
}

/// Draws what belongs together; gives what the tree of tags names it by, if it is part of the text.
fn draw(surface: &mut Surface, piece: &Piece) -> Option<Identifier> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    let tag = match piece.purpose {
        Purpose::Text => ContentTag::Span(SpanTag::empty()),
        Purpose::Rule => artifact(ArtifactType::Layout),
        Purpose::Repeated => artifact(ArtifactType::PaginationOther),
    };
    let mark = surface.start_tagged(tag);
    let mut rules = PathBuilder::new();
    for drawing in &piece.drawings {
        match drawing {
            Drawing::Text { at, style, size, stretch, text } => write(surface, *at, *style, *size, *stretch, text),
            Drawing::Rule { from, to } => {
                rules.move_to(from.0, from.1);
                rules.line_to(to.0, to.1);
            }
        }
    }
    if let Some(rules) = rules.finish() {
        surface.set_stroke(Some(Stroke { width: RULE, ..Stroke::default() }));
        surface.draw_path(&rules);
        surface.set_stroke(None);
    }
    surface.end_tagged();
    (piece.purpose == Purpose::Text).then_some(mark)
}

fn write(surface: &mut Surface, at: (f32, f32), style: Style, size: f32, stretch: f32, text: &str) {
    let face = Face::of(style);
    let glyphs: Vec<KrillaGlyph> = text
        .char_indices()
        .filter_map(|(place, character)| {
            let glyph = face.glyph(character)?;
            let width = glyph.width + if character == ' ' { stretch / size } else { 0.0 };
            Some(KrillaGlyph::new(glyph.id, width, 0.0, 0.0, 0.0, place..place + character.len_utf8(), None))
        })
        .collect();
    surface.draw_glyphs(Point::from_xy(at.0, at.1), &glyphs, face.font().clone(), text, size, false);
}

/// A part as a group of tags. The depth is that of tables: table, body, row, cell.
fn group(node: Node, marks: &mut [Option<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(kind(node.role));
    for child in node.children {
        match child {
            Child::Node(node) => group.push(self::group(node, marks)),
            Child::Piece(piece) => {
                if let Some(mark) = marks[piece].take() {
                    group.push(mark);
                }
            }
        }
    }
    group
}

fn kind(role: Role) -> TagKind {
    match role {
        Role::Title => Tag::Hn(NonZeroU16::MIN, None).into(),
        Role::Section => Tag::Hn(NonZeroU16::MIN.saturating_add(1), None).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Note => Tag::Note.into(),
        Role::Table => Tag::Table.into(),
        Role::Head => Tag::THead.into(),
        Role::Body => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::Wide(over) => Tag::TD.with_col_span(NonZeroU32::new(over.into())).into(),
    }
}
