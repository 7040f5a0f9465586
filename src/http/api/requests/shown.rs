//! Requests and what was given out, as the API shows them.

use crate::archive::request::{Access, Given, Registered, Request};
use serde::Serialize;
use utoipa::ToSchema;

/// A request with everything that is shown of it.
pub struct View {
    /// The request, and whose records it is about.
    pub registered: Registered,
    /// What was given out, for each record.
    pub given: Vec<Given>,
}

impl View {
    /// The request.
    pub const fn request(&self) -> &Request {
        &self.registered.request
    }

    /// How open the least open of the records is that are there.
    pub fn access(&self) -> Access {
        self.given.iter().filter_map(|one| one.access).max().unwrap_or(Access::Open)
    }

    /// Its entity tag: what was done last, how open the records are today, how many there are.
    pub fn tag(&self) -> String {
        let steps = self.request().steps.iter().map(|step| step.index);
        let newest = steps.chain(self.given.iter().filter_map(|one| one.newest)).max().unwrap_or(0);
        let there = self.given.iter().filter(|one| one.access.is_some()).count();
        format!("\"{newest}-{}-{there}\"", self.access().name())
    }
}

/// A request in a list: nothing of who asks.
#[derive(Serialize, ToSchema)]
pub struct RequestSummary {
    /// Identifier.
    pub request: String,
    /// `reading-copy`, `copy` or `certified-copy`.
    pub form: &'static str,
    /// `received`, `approved`, `refused`, `fulfilled` or `closed`.
    pub state: &'static str,
    /// When it was received, RFC 3339.
    pub received: String,
    /// Who received it.
    pub received_by: String,
    /// How many records it is about.
    pub count: usize,
}

/// A page of requests.
#[derive(Serialize, ToSchema)]
pub struct RequestsListed {
    /// The requests, the newest first.
    pub requests: Vec<RequestSummary>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// A request.
#[derive(Serialize, ToSchema)]
pub struct RequestShown {
    /// What every list says of it.
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// Who asks.
    pub reader: ReaderShown,
    /// What for.
    pub purpose: String,
    /// What the request rests on.
    pub mandate: String,
    /// How many pieces of each copy are issued.
    pub copies: u32,
    /// Last day on which a certified copy is to be used.
    #[schema(format = Date)]
    pub use_until: Option<String>,
    /// How many days a reading copy is read; null of copies.
    pub days: Option<u32>,
    /// From when a reading copy opens nothing, RFC 3339; null: it was not given out, or is none.
    pub until: Option<String>,
    /// Whether a pass opens it.
    pub has_pass: bool,
    /// The pass that was issued with this answer, told once.
    pub pass: Option<PassShown>,
    /// How open the least open of the records is today: `open`, `conditional` or `closed`.
    pub access: &'static str,
    /// What was done, oldest first.
    pub steps: Vec<RequestStep>,
    /// The records.
    pub records: Vec<CopyShown>,
}

/// What opens a reading copy.
#[derive(Serialize, ToSchema)]
pub struct PassShown {
    /// Its text.
    pub pass: String,
    /// The same as a link.
    pub link: String,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct ReaderShown {
    /// Name.
    pub name: String,
    /// The document that proves who that is.
    pub document: String,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct RequestStep {
    /// Ledger index of its event.
    pub index: u64,
    /// What: the state that it led to, `pass-issued` or `pass-revoked`.
    pub step: &'static str,
    /// The state that it led to.
    pub state: &'static str,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// Why; empty where that is not asked.
    pub reason: String,
}

/// A record that is asked for, and its copy.
#[derive(Serialize, ToSchema)]
pub struct CopyShown {
    /// Its place in the request, from 1.
    pub number: usize,
    /// Identifier of the record.
    pub record: String,
    /// Its code.
    pub doc_code: String,
    /// What it is about; empty where it is destroyed.
    pub subject: String,
    /// How open it is today; null: it is destroyed.
    pub access: Option<&'static str>,
    /// SHA-256 of the paper of its copy; null: none was made.
    pub paper: Option<String>,
    /// How the signatures of its certificate stand: `signed`, `undecided` or `unsigned`; null: none was handed in.
    pub certificate: Option<String>,
}

impl From<&Request> for RequestSummary {
    fn from(request: &Request) -> Self {
        let received = request.steps.first();
        Self {
            request: request.id.to_string(),
            form: request.form.name(),
            state: request.state().name(),
            received: received.map_or_else(String::new, |step| step.at.to_string()),
            received_by: received.map_or_else(String::new, |step| step.by.clone()),
            count: request.records.len(),
        }
    }
}

impl From<&View> for RequestShown {
    fn from(view: &View) -> Self {
        let request = view.request();
        let asked = &request.asked;
        let steps = request.steps.iter().map(|step| RequestStep {
            index: step.index,
            step: step.what.name(),
            state: step.what.state().name(),
            at: step.at.to_string(),
            by: step.by.clone(),
            reason: step.what.reason().to_owned(),
        });
        Self {
            summary: RequestSummary::from(request),
            reader: ReaderShown { name: asked.reader.name.clone(), document: asked.reader.document.clone() },
            purpose: asked.purpose.clone(),
            mandate: asked.mandate.clone(),
            copies: asked.copies,
            use_until: asked.use_until.clone(),
            days: asked.days,
            until: request.until().map(|until| until.to_string()),
            has_pass: request.pass().is_some(),
            pass: None,
            access: view.access().name(),
            steps: steps.collect(),
            records: view.given.iter().map(CopyShown::from).collect(),
        }
    }
}

impl From<&Given> for CopyShown {
    fn from(given: &Given) -> Self {
        Self {
            number: given.number,
            record: given.record.to_string(),
            doc_code: given.code.clone(),
            subject: given.subject.clone(),
            access: given.access.map(Access::name),
            paper: given.paper.clone(),
            certificate: given.standing.clone(),
        }
    }
}
