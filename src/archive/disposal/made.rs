//! Papers: documents of a case that were made here to be signed, and how the signed copy of one is known.
//!
//! The file goes to whoever signs it; the case keeps its length and digest. What is handed in begins with a paper's bytes
//! or does not: signing tools write behind what was there (`paper::is_signed_copy`). A paper also names the *step* that its
//! signed copy takes, as a digest of what the step says (its list, council, votes, witness, copies), and the day that it
//! bears, where it bears one. So a signed copy takes the step that its text speaks of, on its own day, and no other; and
//! where a paper was made for a step, no other digitally signed file takes that step. Who writes a document with other
//! means makes no paper of it; what was signed by hand is a scan, begins with nothing that is known here, and says why it
//! is taken.

use super::document::{Handed, Rests};
use super::papers::PaperKind;
use super::{Docket, damaged, wire};
use crate::archive::body::{ActBody, PaperBody};
use crate::digest::{Sha256, Sha256Hasher};
use crate::error::{Error, Result};
use crate::event::ActorId;
use crate::paper::is_signed_copy;
use crate::time::Micros;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most papers of a case, so that nobody fills its events with them.
pub const PAPERS_MAX: usize = 10_000;

/// A paper that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Ledger index of the event that says so.
    pub index: u64,
    /// When it was made.
    pub at: Micros,
    /// By whom.
    pub by: ActorId,
    /// What it is.
    pub kind: PaperKind,
    /// Digest of the list that it speaks of.
    pub list: Sha256,
    /// Digest of the step that its signed copy takes; `None`: it is only filed.
    pub step: Option<Sha256>,
    /// The day that it bears; `None`: the day is given on issue.
    pub on: Option<NaiveDate>,
    /// Its length, bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

impl Paper {
    /// A paper as an event says.
    pub(super) fn read(id: Uuid, (index, at, by): (u64, Micros, ActorId), body: &PaperBody) -> Result<Self> {
        let digest = |text: &str| text.parse::<Sha256>().map_err(|error| damaged(id).because(error));
        Ok(Self {
            index,
            at,
            by,
            kind: body.kind.parse().map_err(|()| damaged(id))?,
            list: digest(&body.list)?,
            step: body.step.as_deref().map(digest).transpose()?,
            on: body.on.as_deref().map(str::parse).transpose().map_err(|error| damaged(id).because(error))?,
            size: body.size,
            sha256: digest(&body.sha256)?,
        })
    }

    /// What of a file has its length.
    fn original<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        usize::try_from(self.size).ok().and_then(|size| bytes.get(..size))
    }
}

impl Docket {
    /// The newest paper that a file begins with. The file is hashed once, however many papers there are.
    pub fn paper_in(&self, bytes: &[u8]) -> Option<&Paper> {
        let mut by_size: BTreeMap<u64, Vec<&Paper>> = BTreeMap::new();
        self.papers.iter().for_each(|paper| by_size.entry(paper.size).or_default().push(paper));
        let (mut hasher, mut rest, mut taken) = (Sha256Hasher::new(), bytes, 0);
        let mut found = Vec::new();
        for (size, papers) in by_size {
            let more = usize::try_from(size - taken).ok();
            let Some((next, after)) = more.and_then(|more| rest.split_at_checked(more)) else { break };
            hasher.update(next);
            (rest, taken) = (after, size);
            let digest = hasher.so_far();
            found.extend(papers.into_iter().filter(|paper| paper.sha256 == digest));
        }
        found.into_iter().max_by_key(|paper| paper.index)
    }

    /// Digest of what a step says, without its day.
    pub(super) fn step(&self, act: &ActBody) -> Sha256 {
        let mut said = serde_json::to_value(act).unwrap_or_default();
        if let Some(fields) = said.as_object_mut().and_then(|named| named.values_mut().next()?.as_object_mut()) {
            fields.remove("on");
        }
        // The minutes tell the votes, which may still change while the list does not.
        let votes = match act {
            ActBody::CloseCouncil { .. } => self.votes_told(),
            _ => String::new(),
        };
        let said = said.to_string();
        Sha256::of_parts(&[b"chauban disposal step 1\n", self.id.as_bytes(), said.as_bytes(), votes.as_bytes()])
    }

    fn votes_told(&self) -> String {
        let votes = self.listed().flat_map(|record| {
            self.case.votes(record).map(move |(by, vote)| format!("{record} {} {vote:?}\n", wire::pseudonym(by)))
        });
        votes.collect()
    }

    /// Refuses a file that may not take a step: one that begins with a `paper` for something else, or unsigned; one that
    /// begins with none where a paper was made for that step.
    pub(super) fn must_be_copy(&self, paper: Option<&Paper>, act: &ActBody, handed: &Handed) -> Result<()> {
        let step = self.step(act);
        let name = &handed.name;
        let Some(paper) = paper else {
            let for_this = self.papers.iter().rev().find(|paper| paper.step == Some(step));
            return match for_this.filter(|_| handed.rests == Rests::Signatures) {
                None => Ok(()),
                Some(paper) => Err(Error::conflict(format!(
                    "{name:?} is no signed copy of the paper that was made for this step ({}, SHA-256 {})",
                    paper.kind.name(),
                    paper.sha256
                ))
                .remedy(
                    "sign the file that `chauban disposal document` wrote, with a tool that adds its signature behind \
                     what is there; a document signed on paper is handed in with --unsigned REASON",
                )),
            };
        };
        if paper.step != Some(step) {
            let what = paper.kind.words().1;
            return Err(Error::conflict(format!("{name:?} is {what}, made for another step or for another list"))
                .remedy("make the document of this step anew, and have it signed; `disposal attach` files any other"));
        }
        let original = paper.original(&handed.bytes).unwrap_or_default();
        if handed.rests == Rests::Signatures && !is_signed_copy(original, &handed.bytes) {
            return Err(Error::denied(format!("{name:?} is the paper as it was made: nobody signed it"))
                .remedy("hand in the signed copy"));
        }
        Ok(())
    }
}
