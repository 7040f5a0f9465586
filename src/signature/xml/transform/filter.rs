//! XML-Signature XPath Filter 2.0: intersect, subtract and union with whole subtrees.

use super::super::Budget;
use super::super::fact::Reason;
use super::super::selection::{NodeSet, PointKind, Selection};
use super::super::tree::{Document, NodeId};
use super::super::xpath::Expression;
use super::{FILTER, TRANSFORMS_MAX, expression, nodes, points};

/// One operation, with the element that bears it.
#[derive(Debug)]
pub(in super::super) struct Operation {
    kind: Operator,
    expression: Expression,
    here: NodeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Intersect,
    Subtract,
    Union,
}

/// Whether the nodes are of the document that bears the expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Place {
    Own,
    Other,
}

/// Reads the operations of a transform.
pub(super) fn read(document: &Document<'_>, transform: NodeId) -> Result<Vec<Operation>, Reason> {
    let mut operations = Vec::new();
    for here in document.children_named(transform, FILTER, "XPath") {
        let kind = match document.attribute(here, "Filter") {
            Some("intersect") => Operator::Intersect,
            Some("subtract") => Operator::Subtract,
            Some("union") => Operator::Union,
            _ => return Err(Reason::Structure("Filter")),
        };
        if operations.len() >= TRANSFORMS_MAX {
            return Err(Reason::Limit("filters"));
        }
        operations.push(Operation { kind, expression: expression(document, here)?, here });
    }
    if operations.is_empty() { Err(Reason::Structure("XPath")) } else { Ok(operations) }
}

/// Reads `xpointer(id("x"))`: the intersection with the element of this identifier.
pub(super) fn pointer(document: &Document<'_>, here: NodeId) -> Result<Vec<Operation>, Reason> {
    let text = document.text_of(here);
    let inside = text.trim().strip_prefix("xpointer(").and_then(|rest| rest.strip_suffix(')'));
    let inside =
        inside.filter(|inside| inside.starts_with("id(")).ok_or_else(|| Reason::Uri(text.trim().to_owned()))?;
    let expression = Expression::parse(inside, |_| None)?;
    Ok(vec![Operation { kind: Operator::Intersect, expression, here }])
}

/// What the operations leave of a selection.
pub(super) fn apply(
    document: &Document<'_>,
    selection: &Selection,
    operations: &[Operation],
    place: Place,
    budget: &mut Budget,
) -> Result<Selection, Reason> {
    let mut inside = vec![true; document.node_count() as usize];
    for operation in operations {
        let here = (place == Place::Own).then_some(operation.here);
        let found = nodes(document, &operation.expression, here, budget)?;
        if found.points().iter().any(|point| point.kind() != PointKind::Node) {
            return Err(Reason::Transform(format!("{FILTER} over attributes")));
        }
        if !budget.steps(u64::from(document.node_count())) {
            return Err(Reason::Limit("nodes filtered"));
        }
        // The points stand in document order: a subtree inside one already marked is skipped at once.
        let mut marked = vec![false; document.node_count() as usize];
        let mut end = 0;
        for point in found.points() {
            let subtree = document.subtree(point.owner());
            if subtree.end > end {
                end = subtree.end;
                marked[subtree.start as usize..subtree.end as usize].fill(true);
            }
        }
        for (inside, marked) in inside.iter_mut().zip(marked) {
            *inside = match operation.kind {
                Operator::Intersect => *inside && marked,
                Operator::Subtract => *inside && !marked,
                Operator::Union => *inside || marked,
            };
        }
    }
    let all = points(document, selection, budget)?;
    let kept = all.points().iter().filter(|point| inside[point.owner() as usize]).copied().collect();
    Ok(Selection::Nodes(NodeSet::new(kept)))
}
