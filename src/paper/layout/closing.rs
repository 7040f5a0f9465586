//! What stands below the text: who signs, with room for the picture of a digital signature, and who receives it (cells
//! 7 to 9 of Annex I).

use super::super::Error;
use super::super::face::LINE;
use super::super::lines::{Line, Measure, lines};
use super::super::model::{Align, Closing, Recipients, Style, Text};
use super::super::printable::{Place, brief};
use super::sheet::Sheet;
use super::{BODY, Child, Frame, GAP, Node, Role};

/// Room for the picture of a signature, and of a seal over it, between position and name.
const SIGNATURE: f32 = 72.0;

/// Size of the word above the recipients, and of them (II.9 d: 12 and 11).
const WORD: f32 = 12.0;
const NAMES: f32 = 11.0;

/// Most lines that the recipients take; the rest are counted. They stand beside a signature, on one page.
const RECIPIENT_LINES_MAX: usize = 20;

/// Most lines of a position: who signs for whom, the position, another one.
const POSITION_LINES_MAX: usize = 3;

/// A closing in lines.
pub(super) struct Plan {
    rows: Vec<Vec<Cell>>,
    recipients: Vec<(Line, f32)>,
    /// Whether the recipients stand beside the only one who signs.
    beside: bool,
    frame: Frame,
}

struct Cell {
    between: (f32, f32),
    position: Vec<Line>,
    name: Vec<Line>,
}

impl Plan {
    pub(super) fn of(closing: &Closing, frame: Frame) -> Self {
        let middle = (frame.left + frame.right) / 2.0;
        let halves = [(frame.left, middle), (middle, frame.right)];
        let alone = closing.signers.len() == 1;
        let rows = closing.signers.chunks(2).map(|row| {
            let places = if row.len() == 1 { &halves[1..] } else { &halves[..] };
            let cells = row.iter().zip(places).map(|(signer, &between)| {
                let measure = Measure::of(between.1 - between.0 - 6.0);
                let set = |text: String| lines(&Text::bold(brief(&text, Place::Signer)), BODY, measure);
                let shown = signer.position.iter().take(POSITION_LINES_MAX).map(|line| line.to_uppercase());
                let others = signer.position.len().saturating_sub(POSITION_LINES_MAX);
                let others = (others > 0).then(|| format!("[… còn {others} dòng]"));
                let position = shown.chain(others).flat_map(set);
                Cell { between, position: position.collect(), name: set(signer.name.clone()) }
            });
            cells.collect()
        });
        let rows = rows.collect();
        let measure = Measure::of(middle - frame.left - 6.0);
        let recipients = closing.recipients.as_ref().map_or_else(Vec::new, |to| recipients(to, measure));
        Self { rows, recipients, beside: alone, frame }
    }

    /// Height of what must stay with the end of the text.
    pub(super) fn height(&self) -> f32 {
        let first = self.rows.first().map_or(0.0, |row| row_height(row));
        let recipients = height_of(&self.recipients);
        GAP + if self.beside { first.max(recipients) } else { first }
    }

    pub(super) fn lay_out(&self, sheet: &mut Sheet) -> Result<(), Error> {
        sheet.skip(GAP);
        for row in &self.rows {
            let height = row_height(row);
            let beside = if self.beside { height_of(&self.recipients) } else { 0.0 };
            sheet.keep(height.max(beside))?;
            let top = sheet.y();
            if self.beside {
                self.lay_out_recipients(sheet);
            }
            for cell in row {
                sheet.go_to(top);
                lay_out_cell(sheet, cell, top + positions_height(row) + SIGNATURE);
            }
            sheet.go_to(top + height.max(beside));
            sheet.skip(2.0 * GAP);
        }
        if !self.beside && !self.recipients.is_empty() {
            sheet.keep(height_of(&self.recipients))?;
            self.lay_out_recipients(sheet);
        }
        Ok(())
    }

    fn lay_out_recipients(&self, sheet: &mut Sheet) {
        let mut node = Node::new(Role::Paragraph);
        for (line, size) in &self.recipients {
            let between = (self.frame.left, self.frame.right);
            node.children.push(Child::Piece(sheet.line(line, *size, Align::Left, between)));
            sheet.skip(size * LINE);
        }
        if !node.children.is_empty() {
            sheet.read(node);
        }
    }
}

/// Sets who signs; the names of a row stand at one height.
fn lay_out_cell(sheet: &mut Sheet, cell: &Cell, name: f32) {
    let mut node = Node::new(Role::Paragraph);
    let mut set = |sheet: &mut Sheet, lines: &[Line]| {
        for line in lines {
            node.children.push(Child::Piece(sheet.line(line, BODY, Align::Centre, cell.between)));
            sheet.skip(BODY * LINE);
        }
    };
    set(sheet, &cell.position);
    sheet.go_to(name);
    set(sheet, &cell.name);
    sheet.read(node);
}

fn positions_height(row: &[Cell]) -> f32 {
    row.iter().map(|cell| cell.position.len() as f32 * BODY * LINE).fold(0.0, f32::max)
}

fn row_height(row: &[Cell]) -> f32 {
    let names = row.iter().map(|cell| cell.name.len() as f32 * BODY * LINE).fold(0.0, f32::max);
    positions_height(row) + SIGNATURE + names
}

fn height_of(recipients: &[(Line, f32)]) -> f32 {
    recipients.iter().map(|(_, size)| size * LINE).sum()
}

fn recipients(to: &Recipients, measure: Measure) -> Vec<(Line, f32)> {
    let set = |text: Text, size: f32| lines(&text, size, measure).into_iter().map(move |line| (line, size));
    let mut all: Vec<_> = set(Text::default().and(Style::BoldItalic, "Nơi nhận:"), WORD).collect();
    for (place, name) in to.names.iter().enumerate() {
        if all.len() >= RECIPIENT_LINES_MAX {
            let others = to.names.len() - place;
            all.extend(set(format!("- [… còn {others} nơi nhận];").into(), NAMES));
            break;
        }
        all.extend(set(format!("- {};", brief(name, Place::Recipient)).into(), NAMES));
    }
    all.extend(set(format!("- Lưu: {}.", brief(&to.kept, Place::Recipient)).into(), NAMES));
    all
}
