//! Axes, node tests, names and characters of nodes (XPath 1.0 §2.2, §2.3, §5).

use super::super::parse::{Axis, Step, Test};
use super::{Evaluator, Failure};
use crate::signature::xml::selection::{Point, PointKind};
use crate::signature::xml::tree::{Kind, NO_NAMESPACE, NodeId, ROOT, XML_NAMESPACE};

impl Evaluator<'_, '_> {
    /// The points of an axis, nearest first.
    pub(super) fn axis(&self, axis: Axis, point: Point, into: &mut Vec<Point>) {
        let document = self.document;
        let id = point.owner();
        let plain = point.kind() == PointKind::Node;
        let parent = match point.kind() {
            PointKind::Node if id == ROOT => None,
            PointKind::Node => Some(document.node(id).parent),
            _ => Some(id),
        };
        let nodes = |ids: &mut dyn Iterator<Item = NodeId>, into: &mut Vec<Point>| into.extend(ids.map(Point::node));
        match axis {
            Axis::Own => into.push(point),
            Axis::Parent => into.extend(parent.map(Point::node)),
            Axis::Ancestor | Axis::AncestorOrSelf => {
                if axis == Axis::AncestorOrSelf {
                    into.push(point);
                }
                if let Some(parent) = parent {
                    into.push(Point::node(parent));
                    nodes(&mut document.ancestors(parent), into);
                }
            }
            Axis::Child if plain => nodes(&mut document.children(id), into),
            Axis::Descendant if plain => nodes(&mut document.subtree(id).skip(1), into),
            Axis::DescendantOrSelf if plain => nodes(&mut document.subtree(id), into),
            Axis::DescendantOrSelf => into.push(point),
            Axis::Attribute if plain => {
                let range = document.element(id).map_or(0..0, |element| element.attributes.clone());
                into.extend(range.map(|number| Point::attribute(id, number)));
            }
            Axis::Namespace if plain && document.element(id).is_some() => {
                let mut declarations = document.in_scope(id);
                declarations.push(XML_NAMESPACE);
                declarations.sort_unstable();
                into.extend(declarations.into_iter().map(|one| Point::namespace(id, one)));
            }
            Axis::Following => {
                let from = if plain { document.node(id).end } else { id + 1 };
                nodes(&mut (from..document.node_count()), into);
            }
            Axis::FollowingSibling if plain => {
                let siblings = parent.into_iter().flat_map(|parent| document.children(parent));
                nodes(&mut siblings.skip_while(|&other| other <= id), into);
            }
            Axis::PrecedingSibling if plain => {
                let siblings = parent.into_iter().flat_map(|parent| document.children(parent));
                nodes(&mut siblings.take_while(|&other| other < id), into);
                into.reverse();
            }
            Axis::Preceding => nodes(&mut (1..id).rev().filter(|&other| !document.within(id, other)), into),
            _ => {}
        }
    }

    pub(super) fn passes(&self, point: Point, step: &Step) -> bool {
        let kind = &self.document.node(point.owner()).kind;
        let plain = point.kind() == PointKind::Node;
        match &step.test {
            Test::Node => true,
            Test::Text => plain && matches!(kind, Kind::Text(_)),
            Test::Comment => plain && matches!(kind, Kind::Comment(_)),
            Test::Instruction(wanted) => {
                plain
                    && matches!(kind, Kind::Instruction { target, .. }
                        if wanted.as_deref().is_none_or(|wanted| wanted == *target))
            }
            Test::Name(namespace, local) => {
                let principal = match (step.axis, point.kind()) {
                    (Axis::Attribute, PointKind::Attribute(_)) | (Axis::Namespace, PointKind::Namespace(_)) => true,
                    (Axis::Attribute | Axis::Namespace, _) => false,
                    (_, kind) => kind == PointKind::Node && self.document.element(point.owner()).is_some(),
                };
                principal
                    && namespace.as_deref().is_none_or(|wanted| wanted == self.namespace_uri(point))
                    && local.as_deref().is_none_or(|wanted| wanted == self.local_name(point))
            }
        }
    }

    pub(super) fn name(&self, point: Point) -> &str {
        match (point.kind(), &self.document.node(point.owner()).kind) {
            (PointKind::Attribute(number), _) => self.document.attributes[number as usize].name,
            (PointKind::Namespace(number), _) => self.document.declarations[number as usize].prefix,
            (PointKind::Node, Kind::Element(element)) => element.name,
            (PointKind::Node, Kind::Instruction { target, .. }) => target,
            _ => "",
        }
    }

    pub(super) fn local_name(&self, point: Point) -> &str {
        let name = self.name(point);
        name.split_once(':').map_or(name, |(_, local)| local)
    }

    pub(super) fn namespace_uri(&self, point: Point) -> &str {
        match point.kind() {
            PointKind::Attribute(number) => {
                let namespace = self.document.attributes[number as usize].namespace;
                if namespace == NO_NAMESPACE { "" } else { self.document.uri(namespace) }
            }
            PointKind::Namespace(_) => "",
            PointKind::Node => self.document.namespace(point.owner()),
        }
    }

    /// The string-value of a node (XPath §5).
    pub(super) fn string_of(&mut self, point: Point) -> Result<String, Failure> {
        let text = match (point.kind(), &self.document.node(point.owner()).kind) {
            (PointKind::Attribute(number), _) => self.document.attributes[number as usize].value.as_ref().to_owned(),
            (PointKind::Namespace(number), _) => self.document.uri(number).to_owned(),
            (_, Kind::Text(text) | Kind::Comment(text)) => text.as_ref().to_owned(),
            (_, Kind::Instruction { data, .. }) => data.as_ref().to_owned(),
            (_, Kind::Root | Kind::Element(_)) => {
                self.spend(self.document.subtree(point.owner()).len())?;
                self.document.text_of(point.owner()).into_owned()
            }
        };
        self.spend(text.len() / 16)?;
        Ok(text)
    }
}
