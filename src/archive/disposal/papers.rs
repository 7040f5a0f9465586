//! The documents of a case as PDF/A, ready to be signed: `crate::paper` lays them out, `compose` gives them their values.
//!
//! What the case knows comes from the case; who issues a document, its number, its place, what was said in a meeting are
//! given by who asks for it. A document is made at a desk, when the case stands where it belongs, and recorded as a paper
//! (`made`), so that its signed copy is known when it is handed in. The same values give the same bytes.

mod compose;

use super::desk::Desk;
use super::made::PAPERS_MAX;
use super::{Docket, State, refused, wire};
use crate::archive::body::PaperBody;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::paper::pdf;
use crate::retention::disposal::{Act, Refusal, Seat, Signed};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperKind {
    /// The disposal list.
    List,
    /// The justification.
    Justification,
    /// The decision that sets up the council.
    Appointment,
    /// The minutes of the council.
    CouncilMinutes,
    /// The submission that asks for the decision.
    Submission,
    /// The decision.
    Decision,
    /// The minutes of the hand-over to who destroys.
    Handover,
    /// The destruction minutes.
    Minutes,
    /// The certificate.
    Certificate,
}

/// A document that somebody wants made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What every document has.
    pub head: Head,
    /// What this one has besides.
    pub details: Details,
}

/// What the case does not know of any document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The agency above the one that issues it.
    pub superior: Option<String>,
    /// The agency that issues it.
    pub agency: String,
    /// Number and notation, `15/QĐ-SNV`; only the notation if the number is given on issue.
    pub number: Option<String>,
    /// Name of the place.
    pub place: String,
    /// Day of issue; left open if it is given on issue.
    pub on: Option<NaiveDate>,
    /// Position of who signs; minutes know it from the case.
    pub position: String,
    /// Name of who signs; left open if empty.
    pub signer: String,
    /// Whose records: name of the fonds.
    pub fonds: String,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// The decision that it rests on, as it is to be printed; `None`: by its day and who decided.
    pub basis: Option<String>,
    /// Positions of persons, by their names.
    pub positions: BTreeMap<String, String>,
    /// Who receives it.
    pub recipients: Vec<String>,
    /// When the file is made.
    pub made: DateTime<Utc>,
}

/// When and where people met, in Vietnam's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// When it began.
    pub began: NaiveDateTime,
    /// When it ended.
    pub ended: NaiveDateTime,
    /// Where.
    pub venue: String,
}

/// What one kind of document has besides its head. Lists of texts are paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Details {
    /// The disposal list.
    List,
    /// The justification: how the records came to be and were kept; what they are.
    Justification {
        /// How they came to be.
        history: Vec<String>,
        /// What they are.
        contents: Vec<String>,
    },
    /// The decision that sets up the council.
    Appointment {
        /// Who sits.
        seats: Vec<(String, Seat)>,
        /// How many must vote on an item; `None`: more than half.
        quorum: Option<usize>,
        /// Who is bound by it, after `Các ông (bà)`.
        bound: String,
    },
    /// The minutes of the council, with the votes as they are now.
    CouncilMinutes {
        /// The meeting.
        meeting: Meeting,
        /// Names of members who were absent, and why.
        absent: Vec<(String, String)>,
        /// What was said.
        discussion: Vec<String>,
    },
    /// The submission.
    Submission {
        /// To whom.
        addressees: Vec<String>,
        /// What goes with it; empty: the documents that the case has.
        enclosures: Vec<String>,
    },
    /// The decision.
    Decision {
        /// Who destroys.
        executor: String,
        /// Who is bound by it, after `Các ông (bà)`.
        bound: String,
    },
    /// The hand-over.
    Handover {
        /// Names of who gives.
        givers: Vec<String>,
        /// The unit that receives, and destroys.
        receiver: String,
        /// Names of who receives.
        receivers: Vec<String>,
        /// In what state the records are.
        condition: String,
    },
    /// The destruction minutes.
    Minutes {
        /// When and where.
        meeting: Meeting,
        /// Who signs for the side whose records they were.
        witness: String,
        /// How it was done; empty: as this archive destroys.
        method: Vec<String>,
    },
    /// The certificate.
    Certificate {
        /// Copies that could not be reached, besides those that the executions name.
        unreached: BTreeSet<String>,
    },
}

/// Who destroys, where a decision names nobody.
pub const WHOEVER_IS_TOLD: &str = "người được giao thực hiện";
/// Who is bound by a decision, after `Các ông (bà)`, where it names nobody.
pub const WHOEVER_IS_CONCERNED: &str = "có liên quan";
/// In what state records are handed over, where nothing else is said.
pub const WHOLE: &str = "nguyên vẹn";

impl PaperKind {
    /// Every kind with its name.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("list", Self::List),
        ("justification", Self::Justification),
        ("appointment", Self::Appointment),
        ("council-minutes", Self::CouncilMinutes),
        ("submission", Self::Submission),
        ("decision", Self::Decision),
        ("handover", Self::Handover),
        ("minutes", Self::Minutes),
        ("certificate", Self::Certificate),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// What it is called, Vietnamese and English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::List => ("danh mục tài liệu hết giá trị", "the disposal list"),
            Self::Justification => ("bản thuyết minh", "the justification"),
            Self::Appointment => ("quyết định thành lập Hội đồng", "the appointment of the council"),
            Self::CouncilMinutes => ("biên bản họp Hội đồng", "the minutes of the council"),
            Self::Submission => ("tờ trình", "the submission"),
            Self::Decision => ("quyết định hủy", "the decision"),
            Self::Handover => ("biên bản bàn giao", "the minutes of the hand-over"),
            Self::Minutes => ("biên bản hủy", "the destruction minutes"),
            Self::Certificate => ("giấy chứng nhận", "the certificate"),
        }
    }

    /// Where the case stands when it is made: earlier it would tell what is not so yet, later what was.
    pub fn fits(self, state: State) -> bool {
        use State::{
            Appraised, Certified, Decided, Draft, Executed, Executing, InCouncil, Minuted, Reviewed, Submitted,
        };
        match self {
            Self::List => state == Draft,
            Self::Justification => matches!(state, Draft | Submitted),
            Self::Appointment => state == Submitted,
            Self::CouncilMinutes => state == InCouncil,
            Self::Submission | Self::Decision => matches!(state, Submitted | Reviewed | Appraised | Decided),
            Self::Handover => matches!(state, Decided | Executing),
            Self::Minutes => state == Executed,
            Self::Certificate => matches!(state, Minuted | Certified),
        }
    }
}

impl FromStr for PaperKind {
    type Err = ();
    fn from_str(name: &str) -> std::result::Result<Self, ()> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind).ok_or(())
    }
}

impl Details {
    /// Which document it is of.
    pub fn kind(&self) -> PaperKind {
        match self {
            Self::List => PaperKind::List,
            Self::Justification { .. } => PaperKind::Justification,
            Self::Appointment { .. } => PaperKind::Appointment,
            Self::CouncilMinutes { .. } => PaperKind::CouncilMinutes,
            Self::Submission { .. } => PaperKind::Submission,
            Self::Decision { .. } => PaperKind::Decision,
            Self::Handover { .. } => PaperKind::Handover,
            Self::Minutes { .. } => PaperKind::Minutes,
            Self::Certificate { .. } => PaperKind::Certificate,
        }
    }
}

impl Desk<'_> {
    /// Makes a document of the case to be signed: the bytes of a PDF/A file. That it was made is recorded first; who then
    /// loses the file makes it again.
    pub fn make(&mut self, wish: &Wish) -> Result<Vec<u8>> {
        let kind = wish.details.kind();
        if !kind.fits(self.docket.case.state()) {
            let what =
                format!("{} is not made while the case is {}", kind.words().1, self.docket.case.state().words().1);
            return Err(Error::conflict(what).remedy("`chauban disposal show` says what comes next"));
        }
        if self.docket.papers.len() >= PAPERS_MAX {
            return Err(Error::conflict(format!("at most {PAPERS_MAX} documents are made for a case")));
        }
        if self.docket.case.is_before_execution() {
            self.reassess()?; // as every approver does: what would be void at once is not put on paper
        }
        if kind == PaperKind::Certificate {
            self.archive.publish()?; // it names a checkpoint that has every event of the case
        }
        let wish = self.completed(wish)?;
        let step = self.step_of(&wish.details)?.map(|act| self.docket.step(&wire::write(&act)));
        let document = compose::document(self.archive, &self.docket, &wish)?;
        let bytes = pdf(&document).map_err(|error| Error::invalid("the document can't be made").because(error))?;
        self.file(
            None,
            Some(PaperBody {
                kind: kind.name().to_owned(),
                list: self.docket.decided_list().to_string(),
                step: step.map(|step| step.to_string()),
                on: wish.head.on.map(|on| on.to_string()),
                size: bytes.len() as u64,
                sha256: Sha256::of(&bytes).to_string(),
            }),
        )?;
        Ok(bytes)
    }

    /// The wish with what only the case knows.
    fn completed(&self, wish: &Wish) -> Result<Wish> {
        let mut wish = wish.clone();
        if let Details::Certificate { unreached } = &mut wish.details {
            match self.docket.case.state() {
                State::Certified => *unreached = self.docket.case.unreached().map(str::to_owned).collect(),
                _ => unreached.extend(self.archive.unreached_by(self.docket.id)?),
            }
        }
        Ok(wish)
    }

    /// The step that the signed copy of a document takes; `None`: it is only filed.
    fn step_of(&self, details: &Details) -> Result<Option<Act>> {
        let signed = Signed { by: self.actor(), on: self.today, document: Sha256([0; 32]) };
        let list = self.docket.case.list_digest();
        Ok(match details {
            Details::List => Some(Act::Submit(list, signed)),
            Details::Appointment { seats, quorum, .. } => {
                let council = self.council(seats, *quorum)?;
                self.must_not_sit(Some(&council))?;
                Some(Act::Appoint(council, signed))
            }
            Details::CouncilMinutes { .. } => Some(Act::CloseCouncil(list, signed)),
            Details::Decision { .. } => Some(Act::Decide(list, signed, BTreeSet::new())),
            Details::Minutes { witness, .. } => Some(Act::Minutes(signed, self.person(witness)?)),
            Details::Certificate { unreached } if self.docket.case.state() == State::Minuted => {
                Some(Act::Certify(signed, unreached.clone()))
            }
            Details::Certificate { .. } => None, // the case is certified: a later one says how it stands now
            Details::Justification { .. } | Details::Submission { .. } | Details::Handover { .. } => None,
        })
    }
}

impl Docket {
    /// Digest of the list that documents speak of: as it stands, or after a decision began to be executed, as decided.
    pub(super) fn decided_list(&self) -> Sha256 {
        let approved = self.case.approvals().last().map(|approval| approval.list);
        match self.case.is_before_execution() {
            true => self.case.list_digest(),
            false => approved.unwrap_or_else(|| self.case.list_digest()),
        }
    }
}

/// A case whose file is closed takes nothing more.
pub(super) fn must_be_open(docket: &Docket) -> Result<()> {
    if docket.is_ended() { Err(refused(Refusal::State)) } else { Ok(()) }
}
