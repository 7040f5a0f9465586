//! What was counted over the whole archive, kept while the ledger has the size it was counted at.
//!
//! One request counts while the others who ask wait, and is asked the same no more: pages that show it cost a look-up, not
//! a walk over everything. What depends on the day has the day in its question.

use crate::error::{Error, Result};
use std::sync::{Arc, Mutex};

/// Answers by their questions, as of one size of the ledger.
pub struct Remembered<Q, A> {
    kept: Mutex<Kept<Q, A>>,
    /// Answers at most: of more the one that was asked for longest ago is forgotten.
    most: usize,
}

struct Kept<Q, A> {
    size: u64,
    answers: Vec<(Q, Arc<A>)>,
}

impl<Q: PartialEq, A> Remembered<Q, A> {
    /// Nothing yet; at most `most` answers.
    pub fn new(most: usize) -> Self {
        Self { kept: Mutex::new(Kept { size: 0, answers: Vec::new() }), most }
    }

    /// The answer to a question, counted where it is not known of this size of the ledger.
    pub fn of(&self, size: u64, question: Q, count: impl FnOnce(&Q) -> Result<A>) -> Result<Arc<A>> {
        let mut kept = self.kept.lock().map_err(|_| Error::unavailable("who counted the archive died"))?;
        if kept.size != size {
            *kept = Kept { size, answers: Vec::new() };
        }
        let known = kept.answers.iter().position(|(asked, _)| *asked == question);
        let answered = match known {
            Some(at) => kept.answers.remove(at),
            None => {
                let answer = Arc::new(count(&question)?);
                (question, answer)
            }
        };
        if kept.answers.len() >= self.most {
            kept.answers.remove(0);
        }
        let answer = answered.1.clone();
        kept.answers.push(answered);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
