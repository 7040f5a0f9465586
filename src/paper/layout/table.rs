//! Tables: as high as they are, over as many pages as they need, the head once more on each.

use super::super::Error;
use super::super::face::LINE;
use super::super::lines::{Line, Measure, lines};
use super::super::model::{Align, Column, Numbering, Row, Style, Table, Text};
use super::super::printable::{Place, brief};
use super::sheet::Sheet;
use super::{Child, GAP, Node, Role, SMALL};

/// Between the rules of a cell and its text.
const INSET: f32 = 3.0;

/// Height of a line.
const LEADING: f32 = SMALL * LINE;

/// Most columns: at twelve each is 14 mm wide.
const COLUMNS_MAX: usize = 12;

pub(super) fn lay_out(sheet: &mut Sheet, table: &Table) -> Result<(), Error> {
    let grid = Grid::of(sheet, &table.columns);
    if grid.cells.is_empty() {
        return Ok(());
    }
    let head = grid.head(table);
    sheet.keep(head_height(&head) + 2.0 * LEADING + 4.0 * INSET)?;
    let rows = head.iter().map(|row| {
        let mut node = Node::new(Role::Row);
        grid.draw(sheet, row, 0..row.lines(), Some(&mut node));
        node
    });
    let rows: Vec<Node> = rows.collect();
    let mut read = Node::new(Role::Table).with([Node::new(Role::Head).with(rows)]);
    let mut body = Node::new(Role::Body);
    for row in &table.rows {
        let set = grid.set(row, &table.columns);
        body.children.push(Child::Node(grid.lay_out_row(sheet, &set, &head)?));
    }
    if !body.children.is_empty() {
        read.children.push(Child::Node(body));
    }
    sheet.read(read);
    sheet.skip(GAP * 1.5);
    Ok(())
}

/// Where the columns stand.
struct Grid {
    cells: Vec<(f32, f32)>,
}

/// A row in lines.
struct Set {
    /// Each cell's lines, and the place it takes.
    cells: Vec<SetCell>,
}

struct SetCell {
    between: (f32, f32),
    align: Align,
    lines: Vec<Line>,
    role: Role,
}

impl Set {
    fn lines(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or_default()
    }

    fn height(&self) -> f32 {
        height(self.lines())
    }
}

fn head_height(head: &[Set]) -> f32 {
    head.iter().map(Set::height).sum()
}

fn height(lines: usize) -> f32 {
    lines as f32 * LEADING + 2.0 * INSET
}

impl Grid {
    fn of(sheet: &Sheet, columns: &[Column]) -> Self {
        let columns = &columns[..columns.len().min(COLUMNS_MAX)];
        let whole: f32 = columns.iter().map(|column| f32::from(column.share.max(1))).sum();
        let mut from = sheet.frame.left;
        let cells = columns.iter().map(|column| {
            let to = from + sheet.frame.measure() * f32::from(column.share.max(1)) / whole;
            (std::mem::replace(&mut from, to), to)
        });
        Self { cells: cells.collect() }
    }

    /// The head: the titles, and the numbers of the columns where they are shown.
    fn head(&self, table: &Table) -> Vec<Set> {
        let row = |texts: Vec<Text>| {
            let cells = self.cells.iter().zip(texts).map(|(&between, text)| SetCell {
                between,
                align: Align::Centre,
                lines: lines(&text, SMALL, within(between)),
                role: Role::HeadCell,
            });
            Set { cells: cells.collect() }
        };
        let titles = table.columns.iter().map(|column| Text::bold(brief(&column.title, Place::Column))).collect();
        let numbers = (1..=self.cells.len()).map(|number| Text::from(format!("({number})"))).collect();
        match table.numbering {
            Numbering::Shown => vec![row(titles), row(numbers)],
            Numbering::Hidden => vec![row(titles)],
        }
    }

    fn set(&self, row: &Row, columns: &[Column]) -> Set {
        let cells = match row {
            Row::Cells(texts) => {
                let empty = String::new();
                let texts = texts.iter().chain(std::iter::repeat(&empty));
                let cells = self.cells.iter().zip(columns).zip(texts);
                let cells = cells.map(|((&between, column), text)| SetCell {
                    between,
                    align: column.align,
                    lines: text.split('\n').flat_map(|part| lines(&part.into(), SMALL, within(between))).collect(),
                    role: Role::Cell,
                });
                cells.collect()
            }
            Row::Group(text) => {
                let ends = (self.cells.first(), self.cells.last());
                let between = ends.0.zip(ends.1).map_or((0.0, 0.0), |(first, last)| (first.0, last.1));
                let over = u16::try_from(self.cells.len()).unwrap_or(u16::MAX);
                let lines = lines(&Text::default().and(Style::Bold, text), SMALL, within(between));
                vec![SetCell { between, align: Align::Left, lines, role: Role::Wide(over) }]
            }
        };
        Set { cells }
    }

    /// Lays a row: whole where a page has room for it, in slices where none has.
    fn lay_out_row(&self, sheet: &mut Sheet, set: &Set, head: &[Set]) -> Result<Node, Error> {
        let mut node = Node::new(Role::Row);
        if set.height() > sheet.room() && set.height() <= sheet.whole() - head_height(head) {
            self.turn(sheet, head)?;
        }
        let (mut from, all) = (0, set.lines());
        while from < all {
            let fit = ((sheet.room() - 2.0 * INSET) / LEADING).floor().max(0.0) as usize;
            if fit == 0 {
                self.turn(sheet, head)?;
                if sheet.room() < height(1) {
                    return Err(Error::HeadTooHigh);
                }
                continue;
            }
            let to = all.min(from + fit);
            self.draw(sheet, set, from..to, Some(&mut node));
            from = to;
        }
        Ok(node)
    }

    /// Begins a page with the head once more.
    fn turn(&self, sheet: &mut Sheet, head: &[Set]) -> Result<(), Error> {
        sheet.new_page()?;
        for row in head {
            self.draw(sheet, row, 0..row.lines(), None);
        }
        Ok(())
    }

    /// Draws some lines of a row with the rules around them; as part of the text, if there is a node for it.
    fn draw(&self, sheet: &mut Sheet, set: &Set, which: std::ops::Range<usize>, read: Option<&mut Node>) {
        let (top, bottom) = (sheet.y(), sheet.y() + height(which.len()));
        let mut nodes = Vec::with_capacity(set.cells.len());
        for cell in &set.cells {
            let mut node = Node::new(cell.role);
            let down = if cell.role == Role::HeadCell { (set.lines() - cell.lines.len()) as f32 / 2.0 } else { 0.0 };
            let between = (cell.between.0 + INSET, cell.between.1 - INSET);
            for (place, line) in cell.lines.iter().enumerate().take(which.end).skip(which.start) {
                sheet.go_to(top + INSET + ((place - which.start) as f32 + down) * LEADING);
                match read {
                    Some(_) => node.children.push(Child::Piece(sheet.line(line, SMALL, cell.align, between))),
                    None => sheet.line_again(line, SMALL, cell.align, between),
                }
            }
            nodes.push(node);
        }
        let (left, right) = match (set.cells.first(), set.cells.last()) {
            (Some(first), Some(last)) => (first.between.0, last.between.1),
            _ => return,
        };
        let level = [top, bottom].map(|y| ((left, y), (right, y)));
        let upright = set.cells.iter().map(|cell| cell.between.0).chain([right]).map(|x| ((x, top), (x, bottom)));
        sheet.rules(level.into_iter().chain(upright));
        sheet.go_to(bottom);
        if let Some(read) = read {
            merge(read, nodes);
        }
    }
}

/// Adds what a page has of each cell to what earlier pages have of it.
fn merge(row: &mut Node, cells: Vec<Node>) {
    if row.children.is_empty() {
        row.children = cells.into_iter().map(Child::Node).collect();
        return;
    }
    for (earlier, later) in row.children.iter_mut().zip(cells) {
        if let Child::Node(earlier) = earlier {
            earlier.children.extend(later.children);
        }
    }
}

fn within((from, to): (f32, f32)) -> Measure {
    Measure::of(to - from - 2.0 * INSET)
}
