//! From the text of an expression to its tree (XPath 1.0 §3), prefixes already resolved.

mod token;

use token::{Token, tokens};

use super::{DEPTH_MAX, EXPRESSION_BYTES_MAX};

/// Why a text is no expression that is evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not by the grammar, or a variable.
    #[error("not an XPath 1.0 expression")]
    Grammar,
    /// A prefix without a namespace.
    #[error("the prefix {0} of the XPath expression is bound to no namespace")]
    Prefix(String),
    /// A function that XPath 1.0 and XML signatures don't define.
    #[error("the XPath function {0} is not supported")]
    Function(String),
    /// Too long or too deep.
    #[error("the XPath expression is too long")]
    Limit,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression(pub(super) Expr);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Binary(Operator, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    /// Steps from the context node, from the document, or from what an expression yields.
    Path(Start, Vec<Step>),
    Literal(String),
    Number(f64),
    Call(Function, Vec<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    Context,
    Root,
    /// An expression with predicates of its own.
    From(Box<Expr>, Vec<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Union,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub axis: Axis,
    pub test: Test,
    pub predicates: Vec<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Namespace,
    Parent,
    Preceding,
    PrecedingSibling,
    Own,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    Node,
    Text,
    Comment,
    Instruction(Option<String>),
    /// Namespace (`None` for any) and local name (`None` for any) of the axis's principal kind of node.
    Name(Option<String>, Option<String>),
}

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Function { $($variant),* }

        impl Function {
            /// The function of this name, with how many arguments it takes.
            fn named(name: &str) -> Option<(Self, usize, usize)> {
                match name { $($name => Some((Self::$variant, $least, $most)),)* _ => None }
            }
        }
    };
}

functions! {
    Last "last" 0 0;
    Position "position" 0 0;
    Count "count" 1 1;
    Id "id" 1 1;
    LocalName "local-name" 0 1;
    NamespaceUri "namespace-uri" 0 1;
    Name "name" 0 1;
    Text "string" 0 1;
    Concat "concat" 2 32;
    StartsWith "starts-with" 2 2;
    Contains "contains" 2 2;
    SubstringBefore "substring-before" 2 2;
    SubstringAfter "substring-after" 2 2;
    Substring "substring" 2 3;
    StringLength "string-length" 0 1;
    NormalizeSpace "normalize-space" 0 1;
    Translate "translate" 3 3;
    Boolean "boolean" 1 1;
    Not "not" 1 1;
    True "true" 0 0;
    False "false" 0 0;
    Lang "lang" 1 1;
    Number "number" 0 1;
    Sum "sum" 1 1;
    Floor "floor" 1 1;
    Ceiling "ceiling" 1 1;
    Round "round" 1 1;
    Here "here" 0 0;
}

impl Expression {
    /// Parses an expression; `namespace` resolves prefixes.
    pub fn parse<'n>(text: &str, namespace: impl Fn(&str) -> Option<&'n str>) -> Result<Self, Error> {
        if text.len() > EXPRESSION_BYTES_MAX {
            return Err(Error::Limit);
        }
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, namespace: &namespace };
        let expression = parser.binary(0)?;
        if parser.at < tokens.len() { Err(Error::Grammar) } else { Ok(Self(expression)) }
    }
}

struct Parser<'t, 'n> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    namespace: &'t dyn Fn(&str) -> Option<&'n str>,
}

/// Binary operators, loosest first; all associate to the left.
const LEVELS: [&[(&str, Operator)]; 7] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::Unequal)],
    &[("<", Operator::Less), ("<=", Operator::LessOrEqual), (">", Operator::Greater), (">=", Operator::GreaterOrEqual)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("div", Operator::Divide), ("mod", Operator::Modulo)],
    &[("|", Operator::Union)],
];

impl Parser<'_, '_> {
    /// An expression of operators that bind at least as tightly as `level`.
    fn binary(&mut self, level: usize) -> Result<Expr, Error> {
        let Some(operators) = LEVELS.get(level) else { return self.path() };
        if level == 0 {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return Err(Error::Limit);
            }
        }
        // Unary minus stands between multiplication and union.
        let mut left = if level == 6 { self.negated()? } else { self.binary(level + 1)? };
        let mut chained = 0;
        while let Some(operator) = self.operator(operators) {
            chained += 1;
            if chained > DEPTH_MAX {
                return Err(Error::Limit);
            }
            let right = if level == 6 { self.path()? } else { self.binary(level + 1)? };
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
        if level == 0 {
            self.depth -= 1;
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Expr, Error> {
        let mut negations = 0;
        while self.sign("-") {
            negations += 1;
        }
        if negations == 0 {
            return self.path();
        }
        let inner = self.binary(6)?;
        let once = Expr::Negate(Box::new(inner));
        Ok(if negations % 2 == 1 { once } else { Expr::Negate(Box::new(once)) })
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let text = match self.tokens.get(self.at)? {
            Token::Sign(sign) => sign,
            Token::Name(name) => name.as_str(),
            _ => return None,
        };
        let (_, operator) = operators.iter().find(|(name, _)| *name == text)?;
        self.at += 1;
        Some(*operator)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(other)) if *other == sign);
        self.at += usize::from(found);
        found
    }

    fn next_is(&self, offset: usize, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + offset), Some(Token::Sign(other)) if *other == sign)
    }

    fn path(&mut self) -> Result<Expr, Error> {
        let start = if self.next_is(0, "/") || self.next_is(0, "//") {
            let mut steps = Vec::new();
            if self.sign("//") {
                steps.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() });
            } else {
                self.sign("/");
                if !self.step_follows() {
                    return Ok(Expr::Path(Start::Root, steps));
                }
            }
            steps.push(self.step()?);
            return self.steps(Start::Root, steps);
        } else if self.primary_follows() {
            let primary = self.primary()?;
            let predicates = self.predicates()?;
            if predicates.is_empty() && !self.next_is(0, "/") && !self.next_is(0, "//") {
                return Ok(primary);
            }
            Start::From(Box::new(primary), predicates)
        } else {
            let first = self.step()?;
            return self.steps(Start::Context, vec![first]);
        };
        self.steps(start, Vec::new())
    }

    fn steps(&mut self, start: Start, mut steps: Vec<Step>) -> Result<Expr, Error> {
        loop {
            if self.sign("//") {
                steps.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() });
            } else if !self.sign("/") {
                return Ok(Expr::Path(start, steps));
            }
            steps.push(self.step()?);
        }
    }

    fn step_follows(&self) -> bool {
        match self.tokens.get(self.at) {
            Some(Token::Name(_)) => true,
            Some(Token::Sign(sign)) => matches!(*sign, "." | ".." | "@" | "*"),
            _ => false,
        }
    }

    fn primary_follows(&self) -> bool {
        match self.tokens.get(self.at) {
            Some(Token::Literal(_) | Token::Number(_)) => true,
            Some(Token::Sign(sign)) => matches!(*sign, "(" | "$"),
            Some(Token::Name(name)) => {
                self.next_is(1, "(") && !matches!(name.as_str(), "node" | "text" | "comment" | "processing-instruction")
            }
            None => false,
        }
    }

    fn primary(&mut self) -> Result<Expr, Error> {
        let token = self.tokens.get(self.at).ok_or(Error::Grammar)?;
        self.at += 1;
        match token {
            Token::Literal(text) => Ok(Expr::Literal(text.clone())),
            Token::Number(number) => Ok(Expr::Number(*number)),
            Token::Sign("(") => {
                let inner = self.binary(0)?;
                if self.sign(")") { Ok(inner) } else { Err(Error::Grammar) }
            }
            Token::Name(name) => self.call(name),
            Token::Sign(_) => Err(Error::Grammar),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expr, Error> {
        let (function, least, most) = Function::named(name).ok_or_else(|| Error::Function(name.to_owned()))?;
        self.sign("(");
        let mut arguments = Vec::new();
        if !self.sign(")") {
            loop {
                arguments.push(self.binary(0)?);
                if self.sign(")") {
                    break;
                }
                if !self.sign(",") {
                    return Err(Error::Grammar);
                }
            }
        }
        if (least..=most).contains(&arguments.len()) {
            Ok(Expr::Call(function, arguments))
        } else {
            Err(Error::Grammar)
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, Error> {
        let mut predicates = Vec::new();
        while self.sign("[") {
            predicates.push(self.binary(0)?);
            if !self.sign("]") {
                return Err(Error::Grammar);
            }
        }
        Ok(predicates)
    }

    fn step(&mut self) -> Result<Step, Error> {
        if self.sign(".") {
            return Ok(Step { axis: Axis::Own, test: Test::Node, predicates: Vec::new() });
        }
        if self.sign("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: Vec::new() });
        }
        let axis = if self.sign("@") {
            Axis::Attribute
        } else if self.next_is(1, "::") {
            let Some(Token::Name(name)) = self.tokens.get(self.at) else { return Err(Error::Grammar) };
            self.at += 2;
            axis(name).ok_or(Error::Grammar)?
        } else {
            Axis::Child
        };
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn test(&mut self) -> Result<Test, Error> {
        if self.sign("*") {
            return Ok(Test::Name(None, None));
        }
        let Some(Token::Name(name)) = self.tokens.get(self.at) else { return Err(Error::Grammar) };
        self.at += 1;
        if self.sign("(") {
            let argument = match self.tokens.get(self.at) {
                Some(Token::Literal(text)) if name == "processing-instruction" => {
                    self.at += 1;
                    Some(text.clone())
                }
                _ => None,
            };
            if !self.sign(")") {
                return Err(Error::Grammar);
            }
            return Ok(match name.as_str() {
                "node" => Test::Node,
                "text" => Test::Text,
                "comment" => Test::Comment,
                "processing-instruction" => Test::Instruction(argument),
                _ => return Err(Error::Grammar),
            });
        }
        let (namespace, local) = match name.split_once(':') {
            // Without a prefix: in no namespace, whatever the default (XPath §2.3).
            None => (String::new(), name.as_str()),
            Some((prefix, local)) => {
                let found = (self.namespace)(prefix).ok_or_else(|| Error::Prefix(prefix.to_owned()))?;
                (found.to_owned(), local)
            }
        };
        Ok(Test::Name(Some(namespace), (local != "*").then(|| local.to_owned())))
    }
}

fn axis(name: &str) -> Option<Axis> {
    Some(match name {
        "ancestor" => Axis::Ancestor,
        "ancestor-or-self" => Axis::AncestorOrSelf,
        "attribute" => Axis::Attribute,
        "child" => Axis::Child,
        "descendant" => Axis::Descendant,
        "descendant-or-self" => Axis::DescendantOrSelf,
        "following" => Axis::Following,
        "following-sibling" => Axis::FollowingSibling,
        "namespace" => Axis::Namespace,
        "parent" => Axis::Parent,
        "preceding" => Axis::Preceding,
        "preceding-sibling" => Axis::PrecedingSibling,
        "self" => Axis::Own,
        _ => return None,
    })
}
