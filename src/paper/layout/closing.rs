//! What stands below the text: who signs, with room for the picture of a digital signature, and who receives it (cells 7
//! to 9 of Annex I).

use super::super::Error;
use super::super::face::LINE;
use super::super::lines::{Line, Measure, lines};
use super::super::model::{Align, Closing, Recipients, Style, Text};
use super::super::printable::brief;
use super::sheet::Sheet;
use super::{BODY, Child, Frame, GAP, Node, Role};

/// Room for the picture of a signature, and of a seal over it, between position and name.
const SIGNATURE: f32 = 72.0;

/// Size of the word above the recipients, and of them (II.9 d: 12 and 11).
const WORD: f32 = 12.0;
const NAMES: f32 = 11.0;

/// Most recipients that are printed beside a signature; the rest would not fit on the page.
const RECIPIENTS_MAX: usize = 20;

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
                let set = |text: String| lines(&Text::bold(brief(&text)), BODY, measure);
                let position = signer.position.iter().take(4).flat_map(|line| set(line.to_uppercase()));
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
                lay_out_cell(sheet, cell);
            }
            sheet.go_to(top + height.max(beside));
            sheet.skip(GAP);
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

fn lay_out_cell(sheet: &mut Sheet, cell: &Cell) {
    let mut node = Node::new(Role::Paragraph);
    for (part, gap) in [(&cell.position, SIGNATURE), (&cell.name, 0.0)] {
        for line in part {
            node.children.push(Child::Piece(sheet.line(line, BODY, Align::Centre, cell.between)));
            sheet.skip(BODY * LINE);
        }
        sheet.skip(gap);
    }
    sheet.read(node);
}

fn row_height(row: &[Cell]) -> f32 {
    let heights = row.iter().map(|cell| (cell.position.len() + cell.name.len()) as f32 * BODY * LINE + SIGNATURE);
    heights.fold(0.0, f32::max)
}

fn height_of(recipients: &[(Line, f32)]) -> f32 {
    recipients.iter().map(|(_, size)| size * LINE).sum()
}

fn recipients(to: &Recipients, measure: Measure) -> Vec<(Line, f32)> {
    let mut set = Vec::new();
    let mut add = |text: Text, size: f32| set.extend(lines(&text, size, measure).into_iter().map(|line| (line, size)));
    add(Text::default().and(Style::BoldItalic, "Nơi nhận:"), WORD);
    for name in to.names.iter().take(RECIPIENTS_MAX) {
        add(format!("- {};", brief(name)).into(), NAMES);
    }
    if to.names.len() > RECIPIENTS_MAX {
        add(format!("- và {} nơi nhận khác;", to.names.len() - RECIPIENTS_MAX).into(), NAMES);
    }
    add(format!("- Lưu: {}.", brief(&to.kept)).into(), NAMES);
    set
}
