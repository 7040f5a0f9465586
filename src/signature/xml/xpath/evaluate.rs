//! Values of expressions (XPath 1.0 §2–§4), every node visited charged to a budget.

use super::super::Budget;
use super::super::selection::{NodeSet, Point, PointKind};
use super::super::tree::{Document, Kind, NO_NAMESPACE, NodeId, ROOT, XML_NAMESPACE};
use super::parse::{Axis, Expr, Expression, Function, Operator, Start, Step, Test};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nodes of the document.
    Nodes(NodeSet),
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// Characters.
    Text(String),
}

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The budget ran out.
    #[error("the XPath expression visits too many nodes")]
    OutOfBudget,
    /// Something other than nodes where nodes are needed.
    #[error("the XPath expression mixes kinds of value")]
    Kind,
    /// `here()` where the expression is not part of the document.
    #[error("the XPath expression asks for its own place and has none in this document")]
    Here,
}

/// Evaluates over one document.
pub struct Evaluator<'d, 'a> {
    /// The document.
    pub document: &'d Document<'a>,
    /// The element that bears the expression, if it is in this document.
    pub here: Option<NodeId>,
    /// What may be spent.
    pub budget: &'d mut Budget,
}

#[derive(Clone, Copy)]
struct Context {
    point: Point,
    position: usize,
    size: usize,
}

impl Evaluator<'_, '_> {
    /// The value of an expression at a node.
    pub fn value(&mut self, expression: &Expression, at: Point) -> Result<Value, Failure> {
        self.expr(&expression.0, Context { point: at, position: 1, size: 1 })
    }

    fn spend(&mut self, steps: usize) -> Result<(), Failure> {
        if self.budget.steps(steps as u64) { Ok(()) } else { Err(Failure::OutOfBudget) }
    }

    fn expr(&mut self, expr: &Expr, context: Context) -> Result<Value, Failure> {
        self.spend(1)?;
        match expr {
            Expr::Literal(text) => {
                self.spend(text.len() / 16)?;
                Ok(Value::Text(text.clone()))
            }
            Expr::Number(number) => Ok(Value::Number(*number)),
            Expr::Negate(inner) => {
                let inner = self.expr(inner, context)?;
                Ok(Value::Number(-self.number(&inner)?))
            }
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right, context),
            Expr::Call(function, arguments) => self.call(*function, arguments, context),
            Expr::Path(start, steps) => self.path(start, steps, context),
        }
    }

    fn path(&mut self, start: &Start, steps: &[Step], context: Context) -> Result<Value, Failure> {
        let mut current = match start {
            Start::Context => vec![context.point],
            Start::Root => vec![Point::node(ROOT)],
            Start::From(inner, predicates) => {
                let mut points = self.nodes(inner, context)?.points().to_vec();
                for predicate in predicates {
                    points = self.filtered(points, predicate)?;
                }
                points
            }
        };
        for step in steps {
            let mut next = Vec::new();
            for &point in &current {
                let mut found = Vec::new();
                self.axis(step.axis, point, &mut found);
                self.spend(found.len() + 1)?;
                found.retain(|&point| self.passes(point, step));
                for predicate in &step.predicates {
                    found = self.filtered(found, predicate)?;
                }
                next.extend(found);
            }
            current = NodeSet::new(next).points().to_vec();
        }
        Ok(Value::Nodes(NodeSet::new(current)))
    }

    /// The points for which a predicate holds; they stand in the order of their axis.
    fn filtered(&mut self, points: Vec<Point>, predicate: &Expr) -> Result<Vec<Point>, Failure> {
        let size = points.len();
        let mut kept = Vec::new();
        for (at, point) in points.into_iter().enumerate() {
            let context = Context { point, position: at + 1, size };
            let holds = match self.expr(predicate, context)? {
                Value::Number(number) => number == context.position as f64,
                other => self.boolean(&other),
            };
            if holds {
                kept.push(point);
            }
        }
        Ok(kept)
    }

    /// The points of an axis, nearest first.
    fn axis(&self, axis: Axis, point: Point, into: &mut Vec<Point>) {
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

    fn passes(&self, point: Point, step: &Step) -> bool {
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

    fn name(&self, point: Point) -> &str {
        match (point.kind(), &self.document.node(point.owner()).kind) {
            (PointKind::Attribute(number), _) => self.document.attributes[number as usize].name,
            (PointKind::Namespace(number), _) => self.document.declarations[number as usize].prefix,
            (PointKind::Node, Kind::Element(element)) => element.name,
            (PointKind::Node, Kind::Instruction { target, .. }) => target,
            _ => "",
        }
    }

    fn local_name(&self, point: Point) -> &str {
        let name = self.name(point);
        name.split_once(':').map_or(name, |(_, local)| local)
    }

    fn namespace_uri(&self, point: Point) -> &str {
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
    fn string_of(&mut self, point: Point) -> Result<String, Failure> {
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

    fn nodes(&mut self, expr: &Expr, context: Context) -> Result<NodeSet, Failure> {
        match self.expr(expr, context)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(Failure::Kind),
        }
    }

    /// As by `boolean()`.
    pub fn boolean(&self, value: &Value) -> bool {
        match value {
            Value::Nodes(nodes) => !nodes.points().is_empty(),
            Value::Boolean(truth) => *truth,
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Text(text) => !text.is_empty(),
        }
    }

    fn number(&mut self, value: &Value) -> Result<f64, Failure> {
        Ok(match value {
            Value::Number(number) => *number,
            Value::Boolean(truth) => f64::from(u8::from(*truth)),
            other => number_of(&self.text(other)?),
        })
    }

    fn text(&mut self, value: &Value) -> Result<String, Failure> {
        Ok(match value {
            Value::Nodes(nodes) => match nodes.points().first() {
                Some(&first) => self.string_of(first)?,
                None => String::new(),
            },
            Value::Boolean(truth) => truth.to_string(),
            Value::Number(number) => text_of_number(*number),
            Value::Text(text) => text.clone(),
        })
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr, context: Context) -> Result<Value, Failure> {
        let left = self.expr(left, context)?;
        match operator {
            Operator::Or if self.boolean(&left) => return Ok(Value::Boolean(true)),
            Operator::And if !self.boolean(&left) => return Ok(Value::Boolean(false)),
            _ => {}
        }
        let right = self.expr(right, context)?;
        Ok(match operator {
            Operator::Or | Operator::And => Value::Boolean(self.boolean(&right)),
            Operator::Union => {
                let (Value::Nodes(left), Value::Nodes(right)) = (left, right) else { return Err(Failure::Kind) };
                self.spend(left.points().len() + right.points().len())?;
                Value::Nodes(NodeSet::new([left.points(), right.points()].concat()))
            }
            Operator::Add => Value::Number(self.number(&left)? + self.number(&right)?),
            Operator::Subtract => Value::Number(self.number(&left)? - self.number(&right)?),
            Operator::Multiply => Value::Number(self.number(&left)? * self.number(&right)?),
            Operator::Divide => Value::Number(self.number(&left)? / self.number(&right)?),
            Operator::Modulo => Value::Number(self.number(&left)? % self.number(&right)?),
            _ => Value::Boolean(self.compare(operator, left, right)?),
        })
    }

    /// Comparisons (XPath §3.4): a set of nodes compares if any of its nodes does.
    fn compare(&mut self, operator: Operator, left: Value, right: Value) -> Result<bool, Failure> {
        let (left, right) = match (left, right) {
            (Value::Nodes(nodes), Value::Boolean(truth)) => {
                (Value::Boolean(!nodes.points().is_empty()), Value::Boolean(truth))
            }
            (Value::Boolean(truth), Value::Nodes(nodes)) => {
                (Value::Boolean(truth), Value::Boolean(!nodes.points().is_empty()))
            }
            (Value::Nodes(nodes), other) => {
                for &point in nodes.points() {
                    self.spend(1 + size_of_set(&other))?;
                    let text = Value::Text(self.string_of(point)?);
                    // The other side is a set in turn, or a plain value.
                    if self.compare(operator, text, other.clone())? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            (other, Value::Nodes(nodes)) => {
                for &point in nodes.points() {
                    let text = Value::Text(self.string_of(point)?);
                    if self.compare(operator, other.clone(), text)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            plain => plain,
        };
        if matches!(operator, Operator::Equal | Operator::Unequal) {
            let equal = match (&left, &right) {
                (Value::Boolean(_), _) | (_, Value::Boolean(_)) => self.boolean(&left) == self.boolean(&right),
                (Value::Number(_), _) | (_, Value::Number(_)) => self.number(&left)? == self.number(&right)?,
                _ => self.text(&left)? == self.text(&right)?,
            };
            return Ok(equal == (operator == Operator::Equal));
        }
        let (left, right) = (self.number(&left)?, self.number(&right)?);
        Ok(match operator {
            Operator::Less => left < right,
            Operator::LessOrEqual => left <= right,
            Operator::Greater => left > right,
            _ => left >= right,
        })
    }

    fn call(&mut self, function: Function, arguments: &[Expr], context: Context) -> Result<Value, Failure> {
        match function {
            Function::Last => Ok(Value::Number(context.size as f64)),
            Function::Position => Ok(Value::Number(context.position as f64)),
            Function::True => Ok(Value::Boolean(true)),
            Function::False => Ok(Value::Boolean(false)),
            Function::Here => {
                let here = self.here.ok_or(Failure::Here)?;
                Ok(Value::Nodes(NodeSet::new(vec![Point::node(here)])))
            }
            Function::Count => Ok(Value::Number(self.nodes(&arguments[0], context)?.points().len() as f64)),
            Function::Sum => {
                let mut sum = 0.0;
                for &point in self.nodes(&arguments[0], context)?.points() {
                    sum += number_of(&self.string_of(point)?);
                }
                Ok(Value::Number(sum))
            }
            Function::LocalName | Function::NamespaceUri | Function::Name => {
                let point = match arguments.first() {
                    Some(argument) => self.nodes(argument, context)?.points().first().copied(),
                    None => Some(context.point),
                };
                let text = point.map_or("", |point| match function {
                    Function::LocalName => self.local_name(point),
                    Function::NamespaceUri => self.namespace_uri(point),
                    _ => self.name(point),
                });
                Ok(Value::Text(text.to_owned()))
            }
            Function::Id => self.identified(&arguments[0], context),
            _ => self.call_on_values(function, arguments, context),
        }
    }

    fn identified(&mut self, argument: &Expr, context: Context) -> Result<Value, Failure> {
        let texts = match self.expr(argument, context)? {
            Value::Nodes(nodes) => {
                let texts: Result<Vec<_>, _> = nodes.points().iter().map(|&point| self.string_of(point)).collect();
                texts?
            }
            other => vec![self.text(&other)?],
        };
        let words = texts.iter().flat_map(|text| text.split_ascii_whitespace());
        let found = words.filter_map(|word| self.document.by_id(word).ok().map(Point::node)).collect();
        Ok(Value::Nodes(NodeSet::new(found)))
    }

    fn call_on_values(&mut self, function: Function, arguments: &[Expr], context: Context) -> Result<Value, Failure> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.expr(argument, context)?);
        }
        if values.is_empty() {
            values.push(Value::Nodes(NodeSet::new(vec![context.point])));
        }
        match function {
            Function::Boolean => return Ok(Value::Boolean(self.boolean(&values[0]))),
            Function::Not => return Ok(Value::Boolean(!self.boolean(&values[0]))),
            Function::Number => return Ok(Value::Number(self.number(&values[0])?)),
            Function::Floor => return Ok(Value::Number(self.number(&values[0])?.floor())),
            Function::Ceiling => return Ok(Value::Number(self.number(&values[0])?.ceil())),
            Function::Round => return Ok(Value::Number((self.number(&values[0])? + 0.5).floor())),
            Function::Substring => {
                let text = self.text(&values[0])?;
                let from = (self.number(&values[1])? + 0.5).floor();
                let end = match values.get(2) {
                    Some(length) => from + (self.number(length)? + 0.5).floor(),
                    None => f64::INFINITY,
                };
                let inside = |at: usize| (at + 1) as f64 >= from && ((at + 1) as f64) < end;
                let kept = text.chars().enumerate().filter(|&(at, _)| inside(at)).map(|(_, c)| c);
                return Ok(Value::Text(kept.collect()));
            }
            _ => {}
        }
        let texts: Result<Vec<String>, Failure> = values.iter().map(|value| self.text(value)).collect();
        let texts = texts?;
        let text = texts[0].as_str();
        let second = texts.get(1).map_or("", String::as_str);
        self.spend(texts.iter().map(String::len).sum::<usize>() / 8)?;
        Ok(match function {
            Function::Text => Value::Text(text.to_owned()),
            Function::Concat => Value::Text(texts.concat()),
            Function::StartsWith => Value::Boolean(text.starts_with(second)),
            Function::Contains => Value::Boolean(text.contains(second)),
            Function::SubstringBefore => Value::Text(text.split_once(second).map_or("", |pair| pair.0).to_owned()),
            Function::SubstringAfter => Value::Text(text.split_once(second).map_or("", |pair| pair.1).to_owned()),
            Function::StringLength => Value::Number(text.chars().count() as f64),
            Function::NormalizeSpace => {
                let words: Vec<&str> = text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
                Value::Text(words.join(" "))
            }
            Function::Translate => {
                self.spend(text.len() * second.len() / 16)?;
                let (from, to): (Vec<char>, Vec<char>) = (second.chars().collect(), texts[2].chars().collect());
                let translated = text.chars().filter_map(|c| match from.iter().position(|&one| one == c) {
                    Some(at) => to.get(at).copied(),
                    None => Some(c),
                });
                Value::Text(translated.collect())
            }
            _ => Value::Boolean(self.language(context.point.owner(), text)), // lang()
        })
    }

    fn language(&self, id: NodeId, wanted: &str) -> bool {
        let xml_lang = |id: NodeId| {
            let mut attributes = self.document.attributes(id).iter();
            attributes.find(|one| one.namespace == XML_NAMESPACE && one.local() == "lang")
        };
        let mut line = std::iter::once(id).chain(self.document.ancestors(id));
        line.find_map(xml_lang).is_some_and(|found| {
            let (value, wanted) = (found.value.to_ascii_lowercase(), wanted.to_ascii_lowercase());
            value.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    }
}

fn size_of_set(value: &Value) -> usize {
    match value {
        Value::Nodes(nodes) => nodes.points().len(),
        _ => 0,
    }
}

fn number_of(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

fn text_of_number(number: f64) -> String {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else if number == 0.0 {
        "0".into()
    } else {
        number.to_string()
    }
}
