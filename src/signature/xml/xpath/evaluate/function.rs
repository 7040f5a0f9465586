//! The functions of XPath 1.0 §4, and `here()` of XML Signature.

use super::super::parse::{Expr, Function};
use super::{Context, Evaluator, Failure, Value, number_of};
use crate::signature::xml::selection::{NodeSet, Point};
use crate::signature::xml::tree::{NodeId, XML_NAMESPACE};

impl Evaluator<'_, '_> {
    pub(super) fn call(&mut self, function: Function, arguments: &[Expr], context: Context) -> Result<Value, Failure> {
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
