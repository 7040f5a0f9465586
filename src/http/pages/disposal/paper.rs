//! The papers that a case may have made now, each by a form: the head that all have, and what it has besides.

use super::super::form::{Draft, Field, Form, lines, written};
use super::Page;
use crate::archive::disposal::{Docket, PaperKind};
use crate::http::api::disposal::{self as api, MeetingGiven, NewPaper, PaperDetails, PaperHead};
use crate::http::problem::Problem;
use std::collections::BTreeMap;

/// Fields of the head, each with its kind and whether it must be filled.
const HEAD: [(&str, &str, bool); 9] = [
    ("agency", "text", true),
    ("superior", "text", false),
    ("number", "text", false),
    ("place", "text", true),
    ("on", "date", false),
    ("fonds", "text", true),
    ("position", "text", false),
    ("signer", "text", false),
    ("recipients", "lines", false),
];

/// The same of what a paper has besides.
const fn besides(kind: PaperKind) -> &'static [(&'static str, &'static str, bool)] {
    match kind {
        PaperKind::List => &[],
        PaperKind::Justification => &[("history", "lines", false), ("contents", "lines", false)],
        PaperKind::Appointment => &[
            ("chair", "text", true),
            ("secretary", "text", true),
            ("member", "lines", true),
            ("quorum", "number", false),
            ("bound", "text", false),
        ],
        PaperKind::CouncilMinutes => &[
            ("began", "datetime-local", true),
            ("ended", "datetime-local", true),
            ("venue", "text", true),
            ("absent", "lines", false),
            ("discussion", "lines", false),
        ],
        PaperKind::Submission => &[("addressees", "lines", true), ("enclosures", "lines", false)],
        PaperKind::Decision => &[("executor", "text", false), ("bound", "text", false)],
        PaperKind::Handover => &[
            ("givers", "lines", true),
            ("receiver", "text", true),
            ("receivers", "lines", true),
            ("condition", "text", false),
        ],
        PaperKind::Minutes => &[
            ("began", "datetime-local", true),
            ("ended", "datetime-local", true),
            ("venue", "text", true),
            ("witness", "text", true),
            ("method", "lines", false),
        ],
        PaperKind::Certificate => &[("unreached", "lines", false)],
    }
}

/// The forms of the papers that fit where the case stands, for whoever may make them; with what was written in a refused one.
pub fn forms(page: &Page, docket: &Docket, draft: &Draft) -> Vec<Form> {
    let all = PaperKind::NAMES.iter().map(|(_, kind)| *kind);
    let fits = all.filter(|kind| kind.fits(docket.case.state()) && page.asking.could(api::action(*kind)));
    fits.map(|kind| form(page, docket, kind, draft)).collect()
}

fn form(page: &Page, docket: &Docket, kind: PaperKind, draft: &Draft) -> Form {
    let is_refused = draft.get("kind").is_some_and(|refused| refused == kind.name());
    let field = |prefix: &str, &(name, kind, is_required): &(&'static str, &'static str, bool)| Field {
        name,
        label: page.t(&format!("disposal-{prefix}-{name}")),
        value: if is_refused { draft.get(name).cloned().unwrap_or_default() } else { String::new() },
        kind,
        options: Vec::new(),
        is_required,
    };
    let head = HEAD.iter().map(|one| field("paper", one));
    Form {
        id: format!("paper-{}", kind.name()),
        title: page.words.either(kind.words().0, kind.words().1).to_owned(),
        lead: String::new(),
        action: format!("/disposal/{}/papers", docket.number),
        hidden: vec![("kind", kind.name().to_owned())],
        fields: head.chain(besides(kind).iter().map(|one| field("field", one))).collect(),
        is_open: is_refused,
    }
}

/// The paper that a form asks for.
pub fn wanted(draft: &Draft) -> Result<NewPaper, Problem> {
    let text = |field: &str| written(draft, field).unwrap_or_default();
    let meeting =
        || MeetingGiven { began: moment(&text("began")), ended: moment(&text("ended")), venue: text("venue") };
    let quorum = written(draft, "quorum").map(|count| count.parse::<usize>()).transpose();
    let kind = text("kind").parse::<PaperKind>().map_err(|()| Problem::invalid("there is no such paper"))?;
    let paper = match kind {
        PaperKind::List => PaperDetails::List,
        PaperKind::Justification => {
            PaperDetails::Justification { history: lines(draft, "history"), contents: lines(draft, "contents") }
        }
        PaperKind::Appointment => PaperDetails::Appointment {
            chair: text("chair"),
            secretary: text("secretary"),
            members: lines(draft, "member"),
            quorum: quorum.map_err(|_| Problem::invalid("a quorum is a number of members"))?,
            bound: text("bound"),
        },
        PaperKind::CouncilMinutes => PaperDetails::CouncilMinutes {
            meeting: meeting(),
            absent: reasons(&lines(draft, "absent")),
            discussion: lines(draft, "discussion"),
        },
        PaperKind::Submission => {
            PaperDetails::Submission { addressees: lines(draft, "addressees"), enclosures: lines(draft, "enclosures") }
        }
        PaperKind::Decision => PaperDetails::decision(written(draft, "executor"), written(draft, "bound")),
        PaperKind::Handover => {
            let condition = written(draft, "condition");
            PaperDetails::handover(lines(draft, "givers"), text("receiver"), lines(draft, "receivers"), condition)
        }
        PaperKind::Minutes => {
            PaperDetails::Minutes { meeting: meeting(), witness: text("witness"), method: lines(draft, "method") }
        }
        PaperKind::Certificate => PaperDetails::Certificate { unreached: lines(draft, "unreached") },
    };
    let head = PaperHead {
        agency: text("agency"),
        superior: written(draft, "superior"),
        number: written(draft, "number"),
        place: text("place"),
        on: written(draft, "on"),
        position: text("position"),
        signer: text("signer"),
        fonds: text("fonds"),
        recipients: lines(draft, "recipients"),
        ..PaperHead::default()
    };
    Ok(NewPaper { head, paper })
}

/// Browsers leave the seconds out.
fn moment(text: &str) -> String {
    if text.len() == "2026-03-09T08:30".len() { format!("{text}:00") } else { text.to_owned() }
}

/// Lines of a name and a reason.
fn reasons(lines: &[String]) -> BTreeMap<String, String> {
    let pair = |line: &String| {
        let (name, why) = line.split_once('=').unwrap_or((line, ""));
        (name.trim().to_owned(), why.trim().to_owned())
    };
    lines.iter().map(pair).collect()
}
