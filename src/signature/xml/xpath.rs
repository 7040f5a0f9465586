//! XPath 1.0, as the transforms of signatures use it: expressions, all axes, the core functions and `here()`.
//!
//! Whole but for variables, which no signature can bind. `parse` reads an expression, refusing what is longer or
//! deeper than [`EXPRESSION_BYTES_MAX`] and [`DEPTH_MAX`]; `evaluate` charges every node visited to a budget, because
//! an expression over every node of a document may cost the square of its size, or more.

mod evaluate;
mod parse;

pub use evaluate::{Evaluator, Failure, Value};
pub use parse::{Error, Expression};

/// Longest expression; those of real signatures have a line or two.
pub const EXPRESSION_BYTES_MAX: usize = 8 << 10;
/// Expressions inside each other.
pub const DEPTH_MAX: usize = 48;

#[cfg(test)]
mod tests;
