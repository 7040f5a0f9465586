//! What a search is narrowed by: filters as links that set or take away one, and the counts that they come with.
//!
//! Everything is in the address, so a narrowed search can be kept, sent and opened again; nothing here decides what may be
//! found: the counts come from the archive with the rights inside the question.

use crate::archive::Facets;
use crate::http::api::search::Search;
use crate::http::guard::escaped;
use crate::http::pages::Page;
use crate::record::DocumentType;
use std::collections::BTreeMap;

/// Values of a facet that are shown.
const FACET_VALUES: usize = 12;
/// Levels of agencies that are set in: a fifth looks like the fourth.
const LEVELS_MAX: usize = 3;

/// Something to narrow a search by.
pub struct Facet {
    /// Its name, also in the page's addresses.
    pub id: &'static str,
    /// In words.
    pub title: String,
    /// Its values.
    pub values: Vec<FacetValue>,
}

/// A value of it.
pub struct FacetValue {
    /// In words.
    pub label: String,
    /// How many records have it.
    pub count: String,
    /// The search with it; without it where it is chosen.
    pub href: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
    /// How far it is below another value.
    pub level: usize,
}

/// A filter that is set.
pub struct Chip {
    /// What it is about.
    pub title: String,
    /// Its value in words.
    pub label: String,
    /// The search without it.
    pub href: String,
}

/// Filters that the form itself does not show, to be carried along.
pub fn filters(asked: &Search) -> Vec<(&'static str, String)> {
    let shown = |name: &str| matches!(name, "words" | "from" | "to");
    asked.conditions().into_iter().filter(|(name, _)| !shown(name)).collect()
}

/// The search again, with filters changed: an empty value takes one away.
pub fn link(asked: &Search, changed: &[(&'static str, &str)], number: Option<usize>) -> String {
    let mut pairs = asked.conditions();
    for (name, value) in changed {
        pairs.retain(|(given, _)| given != name);
        pairs.push((name, (*value).to_owned()));
    }
    pairs.extend(number.filter(|number| *number > 1).map(|number| ("page", number.to_string())));
    let pairs: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(&value)))
        .collect();
    format!("/search?{}", pairs.join("&"))
}

/// The filters that are set, each with the search without it.
pub fn chips(page: &Page, asked: &Search) -> Vec<Chip> {
    let mut chips: Vec<Chip> = filters(asked)
        .into_iter()
        .map(|(name, value)| Chip {
            title: page.t(&format!("facet-{}", name.replace('_', "-"))),
            label: label(page, name, &value),
            href: link(asked, &[(name, "")], None),
        })
        .collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (from, to) = (text(&asked.from), text(&asked.to));
    if !from.is_empty() || !to.is_empty() {
        let label =
            year_of(&from, &to).unwrap_or_else(|| format!("{} – {}", page.words.day(&from), page.words.day(&to)));
        let title = page.t("facet-issued");
        chips.push(Chip { title, label, href: link(asked, &[("from", ""), ("to", "")], None) });
    }
    chips
}

/// The year that two days begin and end.
fn year_of(from: &str, to: &str) -> Option<String> {
    let year = from.strip_suffix("-01-01")?;
    (to.strip_suffix("-12-31") == Some(year)).then(|| year.to_owned())
}

/// A value in words.
fn label(page: &Page, name: &str, value: &str) -> String {
    match name {
        "type" => {
            let named = DocumentType::named(value).map_or("", DocumentType::name);
            if named.is_empty() { value.to_owned() } else { named.to_owned() }
        }
        "verdict" => page.t(&format!("outcome-{value}")),
        "retention" => match value.parse() {
            Ok(years) => page.n("facet-years", &years),
            Err(_) => page.t(&format!("facet-retention-{value}")),
        },
        _ => value.to_owned(),
    }
}

/// The counts, as something to narrow by; one value alone narrows nothing.
pub fn narrowing(page: &Page, asked: &Search, facets: &Facets) -> Vec<Facet> {
    let types = facets.types.iter().map(|(code, count)| (format!("{code:02}"), *count)).collect();
    let all = [
        ("holder", agencies(page, asked, &facets.holders)),
        ("type", values(page, asked, "type", asked.document_type.as_deref(), &types)),
        ("year", years(page, asked, facets)),
        ("verdict", values(page, asked, "verdict", asked.verdict.as_deref(), &facets.outcomes)),
        ("retention", values(page, asked, "retention", asked.retention.as_deref(), &facets.periods)),
        ("signed-by", values(page, asked, "signed_by", asked.signed_by.as_deref(), &facets.signers)),
    ];
    let shown = all.into_iter().filter(|(_, values)| values.len() > 1 || values.iter().any(|one| one.is_chosen));
    shown.map(|(id, values)| Facet { id, title: page.t(&format!("facet-{id}")), values }).collect()
}

/// The values that most have, and of those that as many have, in their order.
fn values(
    page: &Page,
    asked: &Search,
    name: &'static str,
    chosen: Option<&str>,
    counts: &BTreeMap<String, u64>,
) -> Vec<FacetValue> {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    counts.truncate(FACET_VALUES);
    let value = |(value, count): (&String, &u64)| {
        let is_chosen = chosen == Some(value.as_str());
        FacetValue {
            label: label(page, name, value),
            count: page.words.number(*count),
            href: link(asked, &[(name, if is_chosen { "" } else { value })], None),
            is_chosen,
            level: 0,
        }
    };
    counts.into_iter().map(value).collect()
}

fn years(page: &Page, asked: &Search, facets: &Facets) -> Vec<FacetValue> {
    let year = |(year, count): (&i32, &u64)| {
        let (first, last) = (format!("{year:04}-01-01"), format!("{year:04}-12-31"));
        let is_chosen = asked.from.as_ref() == Some(&first) && asked.to.as_ref() == Some(&last);
        let (from, to) = if is_chosen { ("", "") } else { (first.as_str(), last.as_str()) };
        FacetValue {
            label: year.to_string(),
            count: page.words.number(*count),
            href: link(asked, &[("from", from), ("to", to)], None),
            is_chosen,
            level: 0,
        }
    };
    facets.years.iter().rev().take(FACET_VALUES).map(year).collect()
}

/// The agencies as a tree: what several have above them counts for all of them, and finds them all.
fn agencies(page: &Page, asked: &Search, holders: &BTreeMap<String, u64>) -> Vec<FacetValue> {
    let chosen = asked.holder.as_deref();
    let value = |node: Node| {
        let is_chosen = chosen == Some(node.code.as_str());
        FacetValue {
            count: page.words.number(node.records),
            href: link(asked, &[("holder", if is_chosen { "" } else { &node.code })], None),
            is_chosen,
            level: node.level.min(LEVELS_MAX),
            label: node.code,
        }
    };
    tree(holders).into_iter().map(value).collect()
}

/// An agency, with those under it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub code: String,
    pub records: u64,
    pub level: usize,
}

/// Agencies in the order of their codes, each below what it is under. What only one is under, and has nothing itself, is
/// left out; where they are too many, those with the fewest records are, but none that another is shown under.
pub(super) fn tree(holders: &BTreeMap<String, u64>) -> Vec<Node> {
    let mut sums: BTreeMap<&str, (u64, usize)> = BTreeMap::new();
    for (code, records) in holders {
        let above = code.match_indices('.').map(|(end, _)| &code[..end]);
        for group in above.chain([code.as_str()]) {
            let sum = sums.entry(group).or_default();
            sum.0 += records;
            sum.1 += 1;
        }
    }
    sums.retain(|code, (_, agencies)| *agencies > 1 || holders.contains_key(*code));
    let mut most: Vec<u64> = sums.values().map(|(records, _)| *records).collect();
    most.sort_unstable_by(|one, other| other.cmp(one));
    let least = most.get(FACET_VALUES).copied().map_or(0, |beyond| beyond + 1);
    sums.retain(|_, (records, _)| *records >= least);
    let codes: Vec<&str> = sums.keys().copied().collect();
    let is_under = |code: &str, other: &str| code.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'));
    let level = |code: &str| codes.iter().filter(|other| is_under(code, other)).count();
    let mut nodes: Vec<Node> = sums
        .iter()
        .map(|(code, (records, _))| Node { code: (*code).into(), records: *records, level: level(code) })
        .collect();
    // `H26-1` sorts before `H26.1`, which is under `H26`.
    nodes.sort_by(|one, other| one.code.split('.').cmp(other.code.split('.')));
    nodes
}

#[cfg(test)]
mod tests;
