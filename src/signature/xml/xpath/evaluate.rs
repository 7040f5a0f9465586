//! Values of expressions (XPath 1.0 §2–§4), every node visited charged to a budget.

mod function;
mod nodes;

use super::super::Budget;
use super::super::selection::{NodeSet, Point};
use super::super::tree::{Document, NodeId, ROOT};
use super::parse::{Expr, Expression, Operator, Start, Step};

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
