//! What stands above the text: cells 1 to 5a of Annex I, part I.II.

use super::super::Error;
use super::super::days;
use super::super::face::LINE;
use super::super::lines::{Line, Measure, lines};
use super::super::model::{Align, Heading, Number, Text};
use super::super::printable::{Place, brief};
use super::sheet::Sheet;
use super::{BODY, Child, GAP, Node, Role, centred};

/// Size of the state's name (II.1 a: 12 to 13) and of the agencies' (II.2 b).
const NAMES: f32 = 12.0;

/// Size of the motto (II.1 b: 13 to 14), of number and notation (II.3 c: 13), of place and date (II.4 c: 13 to 14).
const REST: f32 = 13.0;

/// Room between a name and the line below it.
const ABOVE_RULE: f32 = 2.0;

/// Part of the width that the left side has: the state's name needs 9 cm on one line.
const LEFT: f32 = 0.43;

pub(super) fn lay_out(sheet: &mut Sheet, heading: &Heading) -> Result<(), Error> {
    let (from, to) = (sheet.frame.left, sheet.frame.right);
    let middle = from + (to - from) * LEFT;
    let top = sheet.y();
    let left_end = agency(sheet, heading, (from, middle - 6.0));
    sheet.go_to(top);
    let right_end = state(sheet, (middle, to));
    sheet.go_to(left_end.max(right_end) + GAP);
    number_and_date(sheet, heading, middle);
    sheet.skip(BODY * LINE);
    title(sheet, heading)
}

/// The agency and the one above it; gives where they end.
fn agency(sheet: &mut Sheet, heading: &Heading, between: (f32, f32)) -> f32 {
    if let Some(superior) = &heading.superior {
        block(sheet, &brief(&superior.to_uppercase(), Place::Heading).into(), NAMES, between);
    }
    let set = block(sheet, &Text::bold(brief(&heading.agency.to_uppercase(), Place::Heading)), NAMES, between);
    let width = set.last().map_or(0.0, |line| line.width) / 2.5;
    rule_below(sheet, width, between);
    sheet.y()
}

/// The state's name and motto; gives where they end.
fn state(sheet: &mut Sheet, between: (f32, f32)) -> f32 {
    block(sheet, &Text::bold("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), NAMES, between);
    let motto = block(sheet, &Text::bold("Độc lập - Tự do - Hạnh phúc"), REST, between);
    rule_below(sheet, motto.last().map_or(0.0, |line| line.width), between);
    sheet.y()
}

fn number_and_date(sheet: &mut Sheet, heading: &Heading, middle: f32) {
    let (from, to) = (sheet.frame.left, sheet.frame.right);
    let top = sheet.y();
    // Room for a number of four digits, which the registry writes in.
    let number = match &heading.number {
        Number::Given(number) => Some(format!("Số: {}", brief(number, Place::Heading))),
        Number::Open(notation) => Some(format!("Số: {}/{}", "\u{a0}".repeat(10), brief(notation, Place::Heading))),
        Number::None => None,
    };
    if let Some(number) = number {
        block(sheet, &number.into(), REST, (from, middle - 6.0));
    }
    let below = sheet.y();
    sheet.go_to(top);
    let day = match heading.on {
        Some(day) => days::long(day),
        None => format!("ngày{0}tháng{0}năm{0}", "\u{a0}".repeat(6)),
    };
    block(sheet, &Text::italic(format!("{}, {day}", brief(&heading.place, Place::Heading))), REST, (middle, to));
    sheet.go_to(below.max(sheet.y()));
}

fn title(sheet: &mut Sheet, heading: &Heading) -> Result<(), Error> {
    let kind = Text::bold(brief(&heading.kind.to_uppercase(), Place::Heading));
    let inset = sheet.frame.measure() * 0.08;
    let between = (sheet.frame.left + inset, sheet.frame.right - inset);
    let subject = Text::bold(brief(&heading.subject, Place::Heading));
    let height = lines(&subject, BODY, Measure::of(between.1 - between.0)).len() as f32 * BODY * LINE;
    centred(sheet, &kind, BODY, Role::Title, height + GAP)?;
    let set = block(sheet, &subject, BODY, between);
    let width = set.last().map_or(0.0, |line| line.width).clamp(90.0, 300.0) / 2.5;
    rule_below(sheet, width, between);
    sheet.skip(GAP * 1.5);
    Ok(())
}

/// Sets centred lines as one paragraph between two places.
fn block(sheet: &mut Sheet, text: &Text, size: f32, between: (f32, f32)) -> Vec<Line> {
    let set = lines(text, size, Measure::of(between.1 - between.0));
    let mut node = Node::new(Role::Paragraph);
    for line in &set {
        node.children.push(Child::Piece(sheet.line(line, size, Align::Centre, between)));
        sheet.skip(size * LINE);
    }
    sheet.read(node);
    set
}

fn rule_below(sheet: &mut Sheet, width: f32, (from, to): (f32, f32)) {
    let (middle, y) = ((from + to) / 2.0, sheet.y() + ABOVE_RULE);
    let half = width.min(to - from) / 2.0;
    sheet.rules([((middle - half, y), (middle + half, y))]);
    sheet.skip(ABOVE_RULE * 2.0);
}
