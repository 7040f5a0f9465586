//! The sequencer: one thread that decides, orders and commits.
//!
//! Natural batching: what arrived while the last group was being synced becomes the next group. After the commit
//! point the catalog is brought up to date and only then are the callers answered, so that whoever has an answer
//! finds what it is about, and so that the next decision sees the state as of the last commit.

use super::announce::Announced;
use super::index_follow::IndexFollower;
use super::object::SealedPart;
use super::project::{self, Projection, ReadBody};
use super::truth::{Committed, Truth};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::position::Position;
use crate::vault::GROUP_BYTES_MAX;
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use uuid::Uuid;

/// Submissions that build on each other in the order they are handed over: after one that was not committed, none.
#[derive(Clone, Default)]
pub struct Chain(Arc<AtomicBool>);

impl Chain {
    fn is_broken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn break_off(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Events that stand or fall together.
pub struct Submission {
    /// In order.
    pub events: Vec<Announced>,
    /// What they build on.
    pub chain: Chain,
    /// The caller's mark, given back with the answer.
    pub tag: u64,
    /// Where the answer goes.
    pub reply: Sender<Answer>,
}

/// What became of a submission.
pub struct Answer {
    /// The caller's mark.
    pub tag: u64,
    /// Its events, durable; or why none of them happened.
    pub result: Result<Vec<Committed>>,
}

enum Request {
    Commit(Submission),
    Parts { object: Uuid, first: u32, parts: Vec<SealedPart>, reply: Sender<Result<Vec<SealedPart>>> },
    Pause { entered: Sender<()>, resume: Receiver<()> },
    Stop,
}

/// While it lives nothing is committed. Whoever holds it must not commit: that would wait for ever.
pub struct Pause {
    _resume: Sender<()>,
}

/// A handle to the sequencer's thread.
pub struct Sequencer {
    requests: Sender<Request>,
    /// Scopes that died in this process: what was announced under them before must not be committed.
    dead: Arc<Mutex<BTreeSet<Uuid>>>,
    thread: Option<JoinHandle<()>>,
}

const REQUESTS_MAX: usize = 4096;

impl Sequencer {
    /// Starts the thread.
    pub fn start(truth: Arc<Mutex<Truth>>, catalog: Arc<Catalog>, index: Arc<IndexFollower>) -> Result<Self> {
        let (requests, queue) = bounded(REQUESTS_MAX);
        let dead: Arc<Mutex<BTreeSet<Uuid>>> = Arc::default();
        let refused = dead.clone();
        let work = move || run(&truth, &catalog, &index, &queue, &refused);
        let thread = std::thread::Builder::new().name("sequencer".into()).spawn(work)?;
        Ok(Self { requests, dead, thread: Some(thread) })
    }

    /// Hands over a submission; the answer comes on its channel. Waits while 4,096 are waiting.
    pub fn submit(&self, submission: Submission) -> Result<()> {
        self.requests.send(Request::Commit(submission)).map_err(|_| stopped())
    }

    /// Commits events and waits for the answer.
    pub fn commit(&self, events: Vec<Announced>) -> Result<Vec<Committed>> {
        let (reply, answer) = bounded(1);
        self.submit(Submission { events, chain: Chain::default(), tag: 0, reply })?;
        answer.recv().map_err(|_| stopped())?.result
    }

    /// Commits parts of a big object ahead of its entry and waits for their places.
    pub fn commit_parts(&self, object: Uuid, first: u32, parts: Vec<SealedPart>) -> Result<Vec<SealedPart>> {
        let (reply, answer) = bounded(1);
        self.requests.send(Request::Parts { object, first, parts, reply }).map_err(|_| stopped())?;
        answer.recv().map_err(|_| stopped())?
    }

    /// Waits until what was submitted before is committed; then nothing is, until the pause is dropped.
    pub fn pause(&self) -> Result<Pause> {
        let ((entered, entrance), (resume, resumed)) = (bounded(1), bounded(0));
        self.requests.send(Request::Pause { entered, resume: resumed }).map_err(|_| stopped())?;
        entrance.recv().map_err(|_| stopped())?;
        Ok(Pause { _resume: resume })
    }

    /// From now on refuses events whose keys are wrapped under one of these scopes.
    pub fn refuse_scopes(&self, scopes: &BTreeSet<Uuid>) {
        self.dead.lock().expect("no holder of this lock panics").extend(scopes);
    }

    /// Finishes what was submitted and ends the thread.
    pub fn stop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = self.requests.send(Request::Stop);
            let _ = thread.join();
        }
    }
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A channel for answers of many submissions.
pub fn answers() -> (Sender<Answer>, Receiver<Answer>) {
    unbounded()
}

fn stopped() -> Error {
    Error::unavailable("the sequencer has stopped")
}

fn run(
    truth: &Mutex<Truth>,
    catalog: &Catalog,
    index: &IndexFollower,
    queue: &Receiver<Request>,
    dead: &Mutex<BTreeSet<Uuid>>,
) {
    let mut stopping = false;
    let mut behind = None;
    while !stopping {
        let Ok(mut next) = queue.recv() else { return };
        let mut submissions = Vec::new();
        let mut bytes = 0;
        let mut pause = None;
        loop {
            match next {
                Request::Commit(submission) => {
                    bytes += submission.events.iter().map(Announced::size).sum::<usize>();
                    submissions.push(submission);
                }
                Request::Parts { object, first, parts, reply } => {
                    let result = must_follow(&behind).and_then(|()| locked(truth)).and_then(|mut truth| {
                        let placed = truth.commit_parts(object, first, parts)?;
                        Ok((placed, truth.position()))
                    });
                    let result = result.map(|(placed, position)| {
                        if let Err(error) = project_parts(catalog, object, first, &placed, position) {
                            behind = Some(error.to_string());
                        }
                        placed
                    });
                    let _ = reply.send(result);
                }
                Request::Pause { entered, resume } => pause = Some((entered, resume)),
                Request::Stop => stopping = true,
            }
            if stopping || pause.is_some() || bytes >= GROUP_BYTES_MAX {
                break;
            }
            match queue.try_recv() {
                Ok(request) => next = request,
                Err(_) => break,
            }
        }
        if !submissions.is_empty() {
            commit(truth, catalog, index, submissions, &mut behind, dead);
        }
        if let Some((entered, resume)) = pause {
            let _ = entered.send(());
            // Ends when the pause is dropped: nothing is ever sent.
            let _ = resume.recv();
        }
    }
}

fn must_follow(behind: &Option<String>) -> Result<()> {
    match behind {
        None => Ok(()),
        Some(why) => Err(Error::unavailable(format!("the catalog is behind the ledger: {why}"))
            .remedy("open the archive again: it catches up; if that fails, run `chauban rebuild`")),
    }
}

fn locked(truth: &Mutex<Truth>) -> Result<std::sync::MutexGuard<'_, Truth>> {
    truth.lock().map_err(|_| Error::corrupt("a writer died"))
}

/// Shows the catalog and the index what was committed.
fn project(
    catalog: &Catalog,
    index: &IndexFollower,
    committed: &[Committed],
    extras: &[(Option<Uuid>, Option<Arc<[u8]>>)],
    position: Position,
) -> Result<()> {
    let mut projection = Projection::after(catalog, catalog.cursor().map_err(project::catalog)?);
    for (event, (scope, body)) in committed.iter().zip(extras) {
        let body = body.as_deref();
        let body = body.map(|bytes| Ok::<_, Error>(ReadBody::new(bytes, project::says(&event.entry, bytes)?)));
        projection.event(event, *scope, body.transpose()?)?;
    }
    let gone = projection.take_gone();
    let (cursor, documents) = projection.apply(catalog, position)?;
    index.put(documents, cursor.position.size);
    index.remove(gone, cursor.position.size);
    Ok(())
}

/// Parts of a big object are remembered until its entry comes.
fn project_parts(catalog: &Catalog, object: Uuid, first: u32, parts: &[SealedPart], position: Position) -> Result<()> {
    let mut projection = Projection::after(catalog, catalog.cursor().map_err(project::catalog)?);
    for (number, part) in (first..).zip(parts) {
        if let SealedPart::Placed { at, .. } = part {
            projection.part(object, number, *at);
        }
    }
    projection.apply(catalog, position).map(|_| ())
}

/// One group of many submissions; each caller is answered.
fn commit(
    truth: &Mutex<Truth>,
    catalog: &Catalog,
    index: &IndexFollower,
    submissions: Vec<Submission>,
    behind: &mut Option<String>,
    dead: &Mutex<BTreeSet<Uuid>>,
) {
    let mut proposals = Vec::new();
    let mut extras = Vec::new();
    let mut callers = Vec::with_capacity(submissions.len());
    let mut chains = Vec::with_capacity(submissions.len());
    let dead = dead.lock().expect("no holder of this lock panics").clone();
    let is_dead = |event: &Announced| event.scope.is_some_and(|scope| dead.contains(&scope));
    for submission in submissions {
        // What can never be committed fails alone, and does not take the others of its group with it.
        let possible = match submission.chain.is_broken() {
            true => Err(Error::unavailable("what this builds on was not taken")),
            false if submission.events.iter().any(is_dead) => {
                Err(Error::unavailable("a destruction took the scope key that this was prepared under")
                    .remedy("try again"))
            }
            false => submission.events.iter().try_for_each(|event| event.proposal.check()),
        };
        if let Err(error) = possible {
            submission.chain.break_off();
            let _ = submission.reply.send(Answer { tag: submission.tag, result: Err(error) });
            continue;
        }
        callers.push((submission.tag, submission.reply, submission.events.len()));
        chains.push(submission.chain);
        for event in submission.events {
            proposals.push(event.proposal);
            extras.push((event.scope, event.body));
        }
    }
    if callers.is_empty() {
        return;
    }
    let mut newest = |id: Uuid| Ok(catalog.last_event(id).map_err(project::catalog)?.map(|(index, _)| index));
    let result = must_follow(behind).and_then(|()| locked(truth)).and_then(|mut truth| {
        let committed = truth.commit(proposals, &mut newest)?;
        Ok((committed, truth.position()))
    });
    match result {
        Ok((committed, position)) => {
            // The events have happened, whatever befalls the projections. A catalog that missed one must not go on:
            // nothing more is committed until the next opening has caught up.
            if let Err(error) = project(catalog, index, &committed, &extras, position) {
                tracing::error!(%error, "the catalog did not take a committed group");
                *behind = Some(error.to_string());
            }
            let mut committed = committed.into_iter();
            for (tag, reply, events) in callers {
                let result = Ok(committed.by_ref().take(events).collect());
                let _ = reply.send(Answer { tag, result });
            }
        }
        Err(error) => {
            chains.iter().for_each(Chain::break_off);
            for (tag, reply, _) in callers {
                let _ = reply.send(Answer { tag, result: Err(error.repeated()) });
            }
        }
    }
}

#[cfg(test)]
mod tests;
