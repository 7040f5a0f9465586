//! Papers: documents of a case that were made here to be signed, and how the signed copy of one is known.
//!
//! The file goes to whoever signs it; the case keeps its length and digest. What is handed in begins with a paper's bytes
//! or does not: signing tools write behind what was there (`paper::is_signed_copy`). A paper also names the *step* that its
//! signed copy takes, as a digest of what the step says (its list, council, votes, witness, copies) without its day. So a
//! signed copy takes the step that its text speaks of and no other; and where a paper was made for a step, no other
//! digitally signed file takes that step. Who writes a document with other means makes no paper of it; what was signed by
//! hand is a scan, begins with nothing that is known here, and says why it is taken.

use super::document::{Handed, Rests};
use super::papers::PaperKind;
use super::{Docket, damaged, wire};
use crate::archive::body::{ActBody, PaperBody};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::ActorId;
use crate::paper::is_signed_copy;
use crate::time::Micros;
use uuid::Uuid;

/// Most papers of a case: what is handed in is compared with each of them.
pub const PAPERS_MAX: usize = 100;

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
            size: body.size,
            sha256: digest(&body.sha256)?,
        })
    }

    /// Whether a file begins with it.
    fn begins(&self, bytes: &[u8]) -> bool {
        self.original(bytes).is_some_and(|original| Sha256::of(original) == self.sha256)
    }

    /// What of a file has its length.
    fn original<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        usize::try_from(self.size).ok().and_then(|size| bytes.get(..size))
    }
}

impl Docket {
    /// The paper that a file begins with.
    pub fn paper_in(&self, bytes: &[u8]) -> Option<&Paper> {
        self.papers.iter().rev().find(|paper| paper.begins(bytes))
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

    /// The paper of which a file is the signed copy, if it may take a step: `None` where it is no copy of any, and none
    /// was made for that step.
    pub(super) fn copied(&self, act: &ActBody, handed: &Handed) -> Result<Option<Sha256>> {
        let step = self.step(act);
        let name = &handed.name;
        let Some(paper) = self.paper_in(&handed.bytes) else {
            let for_this = self.papers.iter().rev().find(|paper| paper.step == Some(step));
            return match for_this.filter(|_| handed.rests == Rests::Signatures) {
                None => Ok(None),
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
        Ok(Some(paper.sha256))
    }
}
