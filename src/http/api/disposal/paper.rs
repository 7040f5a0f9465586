//! Papers of a case, made to be signed: what the case does not know of them comes with the request.

use super::super::refused::NotSignedIn;
use super::act::{ActName, must_be_able_to_sit};
use crate::archive::disposal::{
    Desk, Details, Head, Meeting, PaperKind, Seat, WHOEVER_IS_CONCERNED, WHOEVER_IS_TOLD, WHOLE, Wish,
};
use crate::auth::rights::{Action, Object};
use crate::http::given::Known;
use crate::http::guard::Asking;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::service::{Service, blocking};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, NaiveDateTime};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A paper that is to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewPaper {
    /// Who issues it, where, when, and who signs it.
    pub head: PaperHead,
    /// Which one, with what that one has besides.
    pub paper: PaperDetails,
}

/// Who issues a paper, where, when, and who signs it.
#[derive(Deserialize, ToSchema, Default)]
pub struct PaperHead {
    /// The agency that issues it.
    pub agency: String,
    /// The agency above it.
    pub superior: Option<String>,
    /// Number and notation; the notation alone if the number is given on issue.
    pub number: Option<String>,
    /// Name of the place.
    pub place: String,
    /// Day of issue, YYYY-MM-DD; left open without it.
    pub on: Option<String>,
    /// Position of who signs, lines divided by `|`; minutes know who signs.
    #[serde(default)]
    pub position: String,
    /// Name of who signs; left open without it.
    #[serde(default)]
    pub signer: String,
    /// Name of the fonds.
    pub fonds: String,
    /// Grounds, as they are to be printed.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// The decision that it rests on, as it is to be printed; null: by its day and who decided.
    pub basis: Option<String>,
    /// Positions of persons, by their names.
    #[serde(default)]
    pub positions: BTreeMap<String, String>,
    /// Who receives it.
    #[serde(default)]
    pub recipients: Vec<String>,
}

/// Which paper, with what that one has besides its head. Lists of texts are paragraphs.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PaperDetails {
    /// The disposal list.
    List,
    /// The justification.
    Justification {
        /// How the records came to be and were kept.
        #[serde(default)]
        history: Vec<String>,
        /// What they are.
        #[serde(default)]
        contents: Vec<String>,
    },
    /// The decision that sets up the council.
    Appointment {
        /// Who presides: name of an account.
        chair: String,
        /// Who writes.
        secretary: String,
        /// Who votes besides.
        #[serde(default)]
        members: Vec<String>,
        /// How many must vote on an item; null: more than half.
        quorum: Option<usize>,
        /// Who is bound by it, after `Các ông (bà)`.
        #[serde(default)]
        bound: String,
    },
    /// The minutes of the council, with the votes as they are now.
    CouncilMinutes {
        /// When and where.
        meeting: MeetingGiven,
        /// Names of members who were absent, and why.
        #[serde(default)]
        absent: BTreeMap<String, String>,
        /// What was said.
        #[serde(default)]
        discussion: Vec<String>,
    },
    /// The submission that asks for the decision.
    Submission {
        /// To whom.
        addressees: Vec<String>,
        /// What goes with it; empty: the documents of the case.
        #[serde(default)]
        enclosures: Vec<String>,
    },
    /// The decision to destroy.
    Decision {
        /// Who destroys.
        #[serde(default = "whoever_is_told")]
        executor: String,
        /// Who is bound by it, after `Các ông (bà)`.
        #[serde(default = "whoever_is_concerned")]
        bound: String,
    },
    /// The minutes of the hand-over to who destroys.
    Handover {
        /// Names of who gives.
        givers: Vec<String>,
        /// The unit that receives, and destroys.
        receiver: String,
        /// Names of who receives.
        receivers: Vec<String>,
        /// In what state the records are.
        #[serde(default = "whole")]
        condition: String,
    },
    /// The destruction minutes.
    Minutes {
        /// When and where.
        meeting: MeetingGiven,
        /// Who signs for the side whose records they were.
        witness: String,
        /// How it was done; empty: as this archive destroys.
        #[serde(default)]
        method: Vec<String>,
    },
    /// The certificate.
    Certificate {
        /// Copies that could not be reached, besides those that the executions name.
        #[serde(default)]
        unreached: Vec<String>,
    },
}

/// When and where people met, in Vietnam's time.
#[derive(Deserialize, ToSchema)]
pub struct MeetingGiven {
    /// When it began, `2026-03-09T08:30:00`.
    pub began: String,
    /// When it ended.
    pub ended: String,
    /// Where.
    pub venue: String,
}

fn whoever_is_told() -> String {
    WHOEVER_IS_TOLD.to_owned()
}

fn whoever_is_concerned() -> String {
    WHOEVER_IS_CONCERNED.to_owned()
}

fn whole() -> String {
    WHOLE.to_owned()
}

impl PaperDetails {
    /// The decision; in the usual words where nothing else is said.
    pub fn decision(executor: Option<String>, bound: Option<String>) -> Self {
        let (executor, bound) = (executor.unwrap_or_else(whoever_is_told), bound.unwrap_or_else(whoever_is_concerned));
        Self::Decision { executor, bound }
    }

    /// The minutes of the hand-over; the records are whole where nothing else is said.
    pub fn handover(givers: Vec<String>, receiver: String, receivers: Vec<String>, condition: Option<String>) -> Self {
        Self::Handover { givers, receiver, receivers, condition: condition.unwrap_or_else(whole) }
    }
}

impl MeetingGiven {
    fn read(self) -> Result<Meeting, Problem> {
        let moment = |text: &str| {
            let read = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S");
            read.map_err(|_| Problem::invalid("write when people met like 2026-03-09T08:30:00"))
        };
        Ok(Meeting { began: moment(&self.began)?, ended: moment(&self.ended)?, venue: self.venue })
    }
}

impl PaperHead {
    /// As the façade takes it, made now.
    pub fn read(self, service: &Service) -> Result<Head, Problem> {
        let on = self.on.as_deref().map(str::parse::<NaiveDate>).transpose();
        Ok(Head {
            superior: self.superior,
            agency: self.agency,
            number: self.number,
            place: self.place,
            on: on.map_err(|_| Problem::invalid("on: a day is written YYYY-MM-DD"))?,
            position: self.position,
            signer: self.signer,
            fonds: self.fonds,
            grounds: self.grounds,
            basis: self.basis,
            positions: self.positions,
            recipients: self.recipients,
            made: service.clock.wall().instant(),
        })
    }
}

impl PaperDetails {
    fn read(self) -> Result<Details, Problem> {
        Ok(match self {
            Self::List => Details::List,
            Self::Justification { history, contents } => Details::Justification { history, contents },
            Self::Appointment { chair, secretary, members, quorum, bound } => {
                let seated = [(chair, Seat::Chair), (secretary, Seat::Secretary)];
                let members = members.into_iter().map(|member| (member, Seat::Member));
                Details::Appointment { seats: seated.into_iter().chain(members).collect(), quorum, bound }
            }
            Self::CouncilMinutes { meeting, absent, discussion } => {
                Details::CouncilMinutes { meeting: meeting.read()?, absent: absent.into_iter().collect(), discussion }
            }
            Self::Submission { addressees, enclosures } => Details::Submission { addressees, enclosures },
            Self::Decision { executor, bound } => Details::Decision { executor, bound },
            Self::Handover { givers, receiver, receivers, condition } => {
                Details::Handover { givers, receiver, receivers, condition }
            }
            Self::Minutes { meeting, witness, method } => {
                Details::Minutes { meeting: meeting.read()?, witness, method }
            }
            Self::Certificate { unreached } => {
                Details::Certificate { unreached: unreached.iter().map(|copy| copy.trim().to_owned()).collect() }
            }
        })
    }
}

/// What somebody must be allowed who makes a paper: the act that it is for.
pub const fn action(kind: PaperKind) -> Action {
    match kind {
        PaperKind::Appointment => ActName::Appoint.action(),
        PaperKind::Decision => ActName::Decide.action(),
        PaperKind::CouncilMinutes => ActName::CloseCouncil.action(),
        PaperKind::List
        | PaperKind::Justification
        | PaperKind::Submission
        | PaperKind::Handover
        | PaperKind::Minutes
        | PaperKind::Certificate => Action::HandleDisposal,
    }
}

/// Makes a paper for a case; its name and its bytes.
pub async fn made(
    service: &Arc<Service>,
    asking: &Asking,
    case: String,
    new: NewPaper,
) -> Result<(String, Vec<u8>), Problem> {
    let NewPaper { head, paper } = new;
    let (head, details) = (head.read(service)?, paper.read()?);
    let kind = details.kind();
    asking.may(action(kind), Object::Any)?;
    let by = asking.who()?.account.name.clone();
    let name = format!("{}-{}.pdf", kind.name(), case.replace('/', "-"));
    let bytes = blocking(service.clone(), move |service| {
        service.write(|writing| {
            if let Details::Appointment { seats, .. } = &details {
                must_be_able_to_sit(writing, seats)?;
            }
            Desk::at(writing, &case, &by)?.make(&Wish { head, details })
        })
    });
    Ok((name, bytes.await?))
}

/// Make a paper of a case as PDF/A, ready to be signed. That it was made is recorded, so that its signed copy is known when it
/// is handed in; the file itself is not kept.
#[utoipa::path(post, path = "/disposal-cases/{year}/{number}/papers", tag = "disposal", request_body = NewPaper,
    params(("year" = String, Path, description = "of its number"), ("number" = String, Path, description = "in the year")),
    security(("session" = [], "form-token" = [])), responses(
    (status = 200, description = "the paper", content_type = "application/pdf"),
    (status = 400, description = "something is missing or can't be read", body = ProblemBody, content_type = "application/problem+json"),
    NotSignedIn,
    (status = 403, description = "not theirs to make", body = ProblemBody, content_type = "application/problem+json"),
    (status = 404, description = "not there", body = ProblemBody, content_type = "application/problem+json"),
    (status = 409, description = "the case is not as far, or too far", body = ProblemBody, content_type = "application/problem+json"),
    (status = 415, description = "no JSON", body = ProblemBody, content_type = "application/problem+json"),
    (status = 422, description = "the JSON is another", body = ProblemBody, content_type = "application/problem+json"),
))]
pub async fn paper(
    State(service): State<Arc<Service>>,
    asking: Asking,
    Path((year, number)): Path<(String, String)>,
    Known(new): Known<NewPaper>,
) -> Result<Response, Problem> {
    made(&service, &asking, format!("{year}/{number}"), new).await.map(as_file)
}

/// A paper as an answer.
pub fn as_file((name, bytes): (String, Vec<u8>)) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}
