//! Which nodes of a document are meant: what a reference selects, a transform narrows and a canonical form writes.
//!
//! Nearly every signature selects a subtree less itself, and that is kept as such, so that no list of nodes is ever
//! made for it. XPath can select any attributes and namespace nodes without their element; only then there is a list.

use super::tree::{Document, Kind, NodeId};

/// Whether comments belong to a selection or a canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// They do.
    With,
    /// They don't.
    Without,
}

/// A set of nodes of one document.
#[derive(Debug, Clone)]
pub enum Selection {
    /// A node with everything below it and with its attributes and namespaces, less some subtrees.
    Subtree {
        /// The node.
        apex: NodeId,
        /// Whether comments are in it.
        comments: Comments,
        /// Roots of what is taken out, in document order.
        without: Vec<NodeId>,
    },
    /// Single nodes.
    Nodes(NodeSet),
}

/// A node of the XPath data model, in document order: element, its namespaces, its attributes, its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point(u64);

const NAMESPACE: u64 = 1 << 30;
const ATTRIBUTE: u64 = 2 << 30;

/// What a [`Point`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointKind {
    /// The node itself.
    Node,
    /// The namespace node made by this declaration, at the element.
    Namespace(u32),
    /// The attribute with this number.
    Attribute(u32),
}

/// Points in document order, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeSet(Vec<Point>);

impl Point {
    /// A document, element, text, comment or instruction.
    pub fn node(id: NodeId) -> Self {
        Self(u64::from(id) << 32)
    }

    /// A namespace node of an element.
    pub fn namespace(id: NodeId, declaration: u32) -> Self {
        Self(u64::from(id) << 32 | NAMESPACE | u64::from(declaration))
    }

    /// An attribute of an element.
    pub fn attribute(id: NodeId, attribute: u32) -> Self {
        Self(u64::from(id) << 32 | ATTRIBUTE | u64::from(attribute))
    }

    /// The node itself, or the element that bears the attribute or namespace.
    pub fn owner(self) -> NodeId {
        (self.0 >> 32) as NodeId
    }

    /// What it is.
    pub fn kind(self) -> PointKind {
        let number = (self.0 & (NAMESPACE - 1)) as u32;
        match self.0 & (NAMESPACE | ATTRIBUTE) {
            NAMESPACE => PointKind::Namespace(number),
            ATTRIBUTE => PointKind::Attribute(number),
            _ => PointKind::Node,
        }
    }
}

impl NodeSet {
    /// The points, put in order.
    pub fn new(mut points: Vec<Point>) -> Self {
        if !points.is_sorted() {
            points.sort_unstable();
        }
        points.dedup();
        Self(points)
    }

    /// The points in document order.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// Whether a point is in it.
    pub fn contains(&self, point: Point) -> bool {
        self.0.binary_search(&point).is_ok()
    }
}

impl Selection {
    /// A subtree, whole.
    pub fn subtree(apex: NodeId, comments: Comments) -> Self {
        Self::Subtree { apex, comments, without: Vec::new() }
    }

    /// Takes a subtree out.
    pub fn remove(&mut self, document: &Document<'_>, root: NodeId) {
        match self {
            Self::Subtree { without, .. } => {
                without.push(root);
                without.sort_unstable();
            }
            Self::Nodes(set) => set.0.retain(|point| !document.within(point.owner(), root)),
        }
    }

    /// Whether a document, element, text, comment or instruction is selected.
    pub fn has(&self, document: &Document<'_>, id: NodeId) -> bool {
        match self {
            Self::Subtree { apex, comments, without } => {
                document.within(id, *apex)
                    && !without.iter().any(|&root| document.within(id, root))
                    && (*comments == Comments::With || !matches!(document.node(id).kind, Kind::Comment(_)))
            }
            Self::Nodes(set) => set.contains(Point::node(id)),
        }
    }

    /// Whether an attribute is selected, given whether its element is.
    pub(super) fn has_attribute(&self, id: NodeId, attribute: u32, element: bool) -> bool {
        match self {
            Self::Subtree { .. } => element,
            Self::Nodes(set) => set.contains(Point::attribute(id, attribute)),
        }
    }

    /// Whether a namespace node is selected, given whether its element is.
    pub(super) fn has_namespace(&self, id: NodeId, declaration: u32, element: bool) -> bool {
        match self {
            Self::Subtree { .. } => element,
            Self::Nodes(set) => set.contains(Point::namespace(id, declaration)),
        }
    }
}
