//! The words of errors in Vietnamese: finished English text in, the same in Vietnamese out.
//!
//! Errors are written in English where they happen, and stay so in `--json`, in logs and in the API: programs read those.
//! People get them from the catalogue `messages/errors.vi.txt`: pairs of templates, the English one as the source has it.
//! The template whose literal parts stand in the text in their order, from its beginning to its end, gives the values for
//! the Vietnamese one; of several, the one with the most literal text. A text of several links (`what: source`) that has no
//! template as a whole is taken link by link. What is not in the catalogue stays English: half an answer beats none.
//!
//! Nothing here fails, and the work is bounded: so many links, so many values within values, so long a text.

use std::borrow::Cow;
use std::sync::LazyLock;

const CATALOGUE: &str = include_str!("../../messages/errors.vi.txt");

/// Longer texts stay English: no message is, and what names and lists bring along need not be searched.
const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Links tried for a template, from the left; errors have two or three.
const LINKS_MAX: usize = 8;
/// Texts within texts: a link after the others, or a value that is a message itself.
const DEPTH_MAX: usize = 6;

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let mut templates: Vec<Template> = pairs().map(|(english, vietnamese)| Template::of(english, vietnamese)).collect();
    templates.sort_by_key(|template| std::cmp::Reverse(template.literal_bytes()));
    templates
});

/// The text in Vietnamese; as it is, where the catalogue has nothing of it.
pub fn of(english: &str) -> Cow<'_, str> {
    find(english).map_or(Cow::Borrowed(english), Cow::Owned)
}

/// The text in Vietnamese, if the catalogue has something of it.
pub fn find(english: &str) -> Option<String> {
    (english.len() <= TEXT_BYTES_MAX).then(|| text(english, DEPTH_MAX)).flatten()
}

/// The catalogue: each English template and the Vietnamese one.
pub fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut lines = CATALOGUE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    std::iter::from_fn(move || Some((lines.next()?, lines.next()?.trim_start())))
}

/// A template: what stands between its values, and what the Vietnamese puts around them.
struct Template {
    literals: Vec<&'static str>,
    vietnamese: Vec<Piece>,
}

enum Piece {
    Literal(&'static str),
    Value(usize),
    /// A value that is a message itself.
    Message(usize),
}

impl Template {
    fn of(english: &'static str, vietnamese: &'static str) -> Self {
        let (literals, names) = split(english);
        let (between, values) = split(vietnamese);
        let mut pieces = Vec::with_capacity(between.len() + values.len());
        for (number, literal) in between.into_iter().enumerate() {
            pieces.push(Piece::Literal(literal));
            let Some(value) = values.get(number) else { continue };
            let (name, is_message) = value.strip_suffix("|vi").map_or((*value, false), |name| (name, true));
            let at = names.iter().position(|one| *one == name);
            pieces.extend(at.map(|at| if is_message { Piece::Message(at) } else { Piece::Value(at) }));
        }
        Self { literals, vietnamese: pieces }
    }

    /// Whether a text of this template ends with the value.
    fn ends_with(&self, value: usize) -> bool {
        value + 2 == self.literals.len() && self.literals.last().is_some_and(|last| last.is_empty())
    }

    fn literal_bytes(&self) -> usize {
        self.literals.iter().map(|literal| literal.len()).sum()
    }

    /// The values that make a text of this template.
    fn values<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.literals.split_first()?;
        let mut left = text.strip_prefix(first)?;
        let Some((last, middle)) = rest.split_last() else { return left.is_empty().then(Vec::new) };
        left = left.strip_suffix(last)?;
        let mut values = Vec::with_capacity(rest.len());
        for literal in middle {
            let (value, after) = left.split_once(literal)?;
            values.push(value);
            left = after;
        }
        values.push(left);
        Some(values)
    }

    fn fill(&self, values: &[&str], depth: usize) -> String {
        let mut filled = String::new();
        for piece in &self.vietnamese {
            match piece {
                Piece::Literal(literal) => filled.push_str(literal),
                // Further links of the chain look like the end of a value that ends the text.
                Piece::Value(at) if self.ends_with(*at) => filled.push_str(&with_links(values[*at], depth)),
                Piece::Value(at) => filled.push_str(values[*at]),
                Piece::Message(at) => match text(values[*at], depth) {
                    Some(words) => filled.push_str(&words),
                    None => filled.push_str(values[*at]),
                },
            }
        }
        filled
    }
}

/// What stands around the values of a template, one more than them, and their names.
fn split(template: &'static str) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut literals, mut names, mut rest) = (Vec::new(), Vec::new(), template);
    while let Some((literal, (name, after))) =
        rest.split_once('{').and_then(|(literal, after)| Some((literal, after.split_once('}')?)))
    {
        literals.push(literal);
        names.push(name);
        rest = after;
    }
    literals.push(rest);
    (literals, names)
}

fn text(english: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if english.contains('\n') { lines(english, depth) } else { whole(english, depth).or_else(|| links(english, depth)) }
}

/// Line by line, each as far indented as it was.
fn lines(english: &str, depth: usize) -> Option<String> {
    let mut found = false;
    let lines: Vec<Cow<'_, str>> = english
        .split('\n')
        .map(|line| {
            let words = line.trim_start();
            let Some(vietnamese) = text(words, depth) else { return line.into() };
            found = true;
            format!("{}{vietnamese}", &line[..line.len() - words.len()]).into()
        })
        .collect();
    found.then(|| lines.join("\n"))
}

/// By the template of the whole text.
fn whole(english: &str, depth: usize) -> Option<String> {
    TEMPLATES.iter().find_map(|template| Some(template.fill(&template.values(english)?, depth)))
}

/// Link by link: what stands before a colon or semicolon, or what stands behind it, has a template.
fn links(english: &str, depth: usize) -> Option<String> {
    splits(english).find_map(|(head, mark, tail)| match whole(head, depth) {
        Some(head) => Some(format!("{head}{mark}{}", text(tail, depth).as_deref().unwrap_or(tail))),
        None => whole(tail, depth).map(|tail| format!("{head}{mark}{tail}")),
    })
}

/// A value, with what follows it behind a colon or semicolon in Vietnamese, if that is a message.
fn with_links(value: &str, depth: usize) -> Cow<'_, str> {
    let Some(depth) = depth.checked_sub(1) else { return value.into() };
    let found = splits(value).find_map(|(head, mark, tail)| Some(format!("{head}{mark}{}", whole(tail, depth)?)));
    found.map_or(Cow::Borrowed(value), Cow::Owned)
}

/// Where a text may be two: before, the mark and its space, after.
fn splits(english: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    let ends = english.match_indices([':', ';']).filter(|(at, _)| english[at + 1..].starts_with(' '));
    ends.take(LINKS_MAX).map(|(at, _)| (&english[..at], &english[at..at + 2], &english[at + 2..]))
}

#[cfg(test)]
mod tests;
