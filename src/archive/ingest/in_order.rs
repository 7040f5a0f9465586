//! Documents prepared on every core, taken in the planned order.
//!
//! Hands out tasks while what is under way stays within bounds, and keeps what comes back until its turn.

use super::plan::Task;
use super::prepare::Prepared;
use crate::error::{Error, Result};
use crossbeam_channel::{Receiver, Sender};
use std::collections::BTreeMap;

/// Bytes of documents on their way through the stages at most; bounds memory with
/// [`WHOLE_BYTES_MAX`](super::prepare::WHOLE_BYTES_MAX).
const IN_FLIGHT_BYTES_MAX: u64 = 48 * 1024 * 1024;
/// Documents on their way at most.
pub const IN_FLIGHT_MAX: usize = 256;

/// The tasks of a plan on their way.
pub struct InOrder<'a> {
    tasks: &'a [Task],
    todo: Sender<&'a Task>,
    results: Receiver<(u64, Prepared)>,
    waiting: BTreeMap<u64, Prepared>,
    handed: usize,
    taken: usize,
    bytes: u64,
}

impl<'a> InOrder<'a> {
    /// None of the tasks is handed out yet.
    pub fn new(tasks: &'a [Task], todo: Sender<&'a Task>, results: Receiver<(u64, Prepared)>) -> Self {
        Self { tasks, todo, results, waiting: BTreeMap::new(), handed: 0, taken: 0, bytes: 0 }
    }

    /// Gives every task with its result to `take`, which may look ahead.
    pub fn run(mut self, mut take: impl FnMut(&Task, Prepared, &mut Self) -> Result<()>) -> Result<()> {
        while self.taken < self.tasks.len() {
            self.hand_out()?;
            self.receive()?;
            while let Some(prepared) = self.waiting.remove(&(self.taken as u64)) {
                let task = &self.tasks[self.taken];
                self.bytes -= task.size;
                self.taken += 1;
                take(task, prepared, &mut self)?;
            }
        }
        Ok(())
    }

    /// What became of a later task, waited for where it is under way; `None` where it is not handed out yet.
    pub fn outcome(&mut self, number: u64) -> Result<Option<&Prepared>> {
        while number < self.handed as u64 && !self.waiting.contains_key(&number) {
            self.receive()?;
        }
        Ok(self.waiting.get(&number))
    }

    fn hand_out(&mut self) -> Result<()> {
        while self.handed < self.tasks.len()
            && self.handed - self.taken < IN_FLIGHT_MAX
            && (self.bytes == 0 || self.bytes.saturating_add(self.tasks[self.handed].size) <= IN_FLIGHT_BYTES_MAX)
        {
            self.bytes += self.tasks[self.handed].size;
            self.todo.send(&self.tasks[self.handed]).map_err(|_| ended())?;
            self.handed += 1;
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<()> {
        let (number, prepared) = self.results.recv().map_err(|_| ended())?;
        self.waiting.insert(number, prepared);
        Ok(())
    }
}

fn ended() -> Error {
    Error::unavailable("the preparing threads have ended")
}
