//! The tokens of an expression (XPath 1.0 §3.7).

use super::Error;

#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A punctuation mark or operator sign.
    Sign(&'static str),
    /// A name, with its prefix, as a name test, function, axis or operator.
    Name(String),
    Literal(String),
    Number(f64),
}

const SIGNS: [&str; 22] = [
    "::", "//", "..", "!=", "<=", ">=", "(", ")", "[", "]", ".", "@", ",", "/", "|", "+", "-", "=", "<", ">", "*", "$",
];

pub fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let numeric = first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()));
        let length = if numeric {
            let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Number(rest[..length].parse().map_err(|_| Error::Grammar)?));
            length
        } else if first == '"' || first == '\'' {
            let length = rest[1..].find(first).ok_or(Error::Grammar)?;
            tokens.push(Token::Literal(rest[1..=length].to_owned()));
            length + 2
        } else if let Some(sign) = SIGNS.iter().find(|&&sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else {
            let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            let mut length = rest.find(|c| !name(c)).unwrap_or(rest.len());
            // A colon belongs to the name unless it begins an axis's `::`.
            if let Some(after) = rest[length..].strip_prefix(':')
                && !after.starts_with(':')
            {
                let local = after.find(|c| !name(c)).unwrap_or(after.len());
                let local = if after.starts_with('*') { 1 } else { local };
                length += 1 + local;
            }
            if length == 0 {
                return Err(Error::Grammar);
            }
            tokens.push(Token::Name(rest[..length].to_owned()));
            length
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}
