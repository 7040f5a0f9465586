//! How long a record or dossier is kept: what may become of it on a day, what was recorded of that, and the acts by forms.
//!
//! Each person is shown the forms of the acts that they may do; what is refused is told where it was written.

use super::Page;
use super::form::{Draft, Field, Form as Asked, lines, written};
use super::persons::Persons;
use super::record::{Kept, keeping};
use crate::archive::retention::recorded::{ActState, Recorded};
use crate::archive::retention::{Kind, Occurrence};
use crate::auth::rights::{Action, Object};
use crate::http::api::OnDay;
use crate::http::api::records::explained;
use crate::http::api::retention::{
    PeriodConfirmed, RetentionAct, RetentionActShown, Subject, acted, confirmed, recorded, subject,
};
use crate::http::api::rules;
use crate::http::guard::escaped;
use crate::http::problem::Problem;
use crate::http::service::Service;
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// An act that was recorded.
struct Told {
    index: String,
    what: String,
    when: String,
    who: String,
    waits: bool,
    revoked: bool,
    says: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage<'a> {
    page: &'a Page,
    code: String,
    title: String,
    /// The page of the record or dossier.
    href: String,
    here: String,
    on: String,
    day: String,
    kept: Kept,
    /// The rule that waits for a second person.
    waiting: String,
    acts: Vec<Told>,
    forms: Vec<Asked>,
    confirming: Option<Asked>,
    prove: Option<String>,
    wrong: String,
}

/// What was refused, and what was written.
#[derive(Default)]
struct Refused {
    wrong: String,
    draft: Draft,
}

fn place(about: &Subject) -> String {
    let whole = match about.kind {
        Kind::Record => "records",
        Kind::Dossier => "dossiers",
    };
    format!("/{whole}/{}", escaped(&about.code))
}

/// `GET /records/{id}/retention`
pub async fn record(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Query(on): Query<OnDay>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Record, &id, Action::ReadDescription).await?;
    shown(&service, &page, &about, &on, Refused::default()).await
}

/// `GET /dossiers/{id}/retention`
pub async fn dossier(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Query(on): Query<OnDay>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Dossier, &id, Action::ReadDescription).await?;
    shown(&service, &page, &about, &on, Refused::default()).await
}

async fn shown(
    service: &Arc<Service>,
    page: &Page,
    about: &Subject,
    on: &OnDay,
    refused: Refused,
) -> Result<Response, Problem> {
    let kept = explained(service, about.id, on.day()?).await?;
    let acts = recorded(service, about.id).await?;
    let may = |action| page.asking.may(action, Object::Described { agency: &about.agency }).is_ok();
    let (here, draft) = (format!("{}/retention", place(about)), &refused.draft);
    let forms = match may(Action::KeepPeriods) {
        true => {
            let rules = rules::listed(service).await?.rules;
            let known = rules.iter().map(|rule| {
                let period = page.words.either(&rule.period.0, &rule.period.1);
                (rule.code.clone(), format!("{} · {period}", rule.records))
            });
            forms(page, about, &acts, known.collect(), draft)
        }
        false => Vec::new(),
    };
    // A rule that waits for the dossier is confirmed there: here its own is.
    let own = acts.iter().find(|act| act.state == ActState::Waits).and_then(|act| act.says.rule.as_deref());
    let confirming = may(Action::ConfirmPeriods).then(|| confirming(page, about, own, draft));
    let on = kept.on.to_string();
    let persons = Persons::of(service).await?;
    let shown = RetentionPage {
        code: about.code.clone(),
        title: about.title.clone(),
        href: place(about),
        day: page.words.day(&on),
        on,
        waiting: kept.waiting.clone().unwrap_or_default(),
        kept: keeping(page, &kept),
        acts: acts.into_iter().rev().map(|act| told(page, &persons, act)).collect(),
        forms,
        prove: confirming.as_ref().and_then(|_| page.to_prove(service, Action::ConfirmPeriods, &here)),
        confirming,
        here,
        wrong: refused.wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

fn told(page: &Page, persons: &Persons, act: Recorded) -> Told {
    let (waits, revoked) = (act.state == ActState::Waits, act.state == ActState::Revoked);
    let act = RetentionActShown::from(act);
    let happened = act.kind.as_deref().map(|kind| occurrence(page, kind));
    let taken_back = act.takes_back.map(|index| format!("#{}", page.words.number(index)));
    let says = [
        ("rule", act.rule),
        ("kind", happened),
        ("when", act.on.map(|on| page.words.day(&on))),
        ("with", act.with),
        ("stated", act.stated),
        ("period", act.period),
        ("entry", taken_back),
        ("basis", act.basis),
        ("mandate", act.mandate),
        ("reason", act.reason),
    ];
    Told {
        index: page.words.number(act.entry),
        what: page.t(&format!("event-{}", act.event)),
        when: page.words.day(&act.time),
        who: persons.holder(&act.by),
        waits,
        revoked,
        says: says.into_iter().filter_map(|(name, value)| Some((page.t(&format!("periods-{name}")), value?))).collect(),
    }
}

fn occurrence(page: &Page, name: &str) -> String {
    let known = Occurrence::NAMES.iter().find(|(one, _)| *one == name);
    known.map_or_else(|| name.to_owned(), |(_, kind)| page.words.either(kind.words().0, kind.words().1).to_owned())
}

/// The forms of an archivist's acts that come into question.
fn forms(page: &Page, about: &Subject, acts: &[Recorded], rules: Vec<(String, String)>, draft: &Draft) -> Vec<Asked> {
    let kinds = Occurrence::NAMES.iter().map(|(name, _)| ((*name).to_owned(), occurrence(page, name))).collect();
    let standing = || acts.iter().filter(|act| act.state == ActState::Stands);
    let linked = standing().filter_map(|act| act.with.as_ref());
    let linked: Vec<_> = linked.map(|linked| (linked.code.clone(), linked.code.clone())).collect();
    let happened = standing().filter_map(|act| {
        let kind = occurrence(page, act.says.kind.as_deref()?);
        Some((act.index.to_string(), format!("#{} {kind}", page.words.number(act.index))))
    });
    let happened: Vec<_> = happened.collect();
    let is_open = |act: &str| draft.get("act").is_some_and(|tried| tried == act);
    let field = |act: &str, name: &'static str, kind: &'static str, options: Vec<(String, String)>| Field {
        name,
        label: page.t(&format!("periods-{name}")),
        value: draft.get(name).filter(|_| is_open(act)).cloned().unwrap_or_default(),
        kind,
        options,
        is_required: !matches!(name, "also" | "on"),
    };
    let form = |act: &'static str, mut fields: Vec<Field>, further: &[(&'static str, &'static str)]| {
        fields.extend(further.iter().map(|(name, kind)| field(act, name, kind, Vec::new())));
        Asked {
            id: act.to_owned(),
            title: page.t(&format!("periods-act-{act}")),
            lead: page.t(&format!("periods-lead-{act}")),
            action: format!("{}/retention/acts", place(about)),
            hidden: vec![("act", act.to_owned()), ("seen", about.tag.clone())],
            fields,
            is_open: is_open(act),
        }
    };
    let of_several = [("reason", "text"), ("also", "lines")];
    let mut forms = vec![
        form("assign", vec![field("assign", "rule", "text", rules)], &of_several),
        form("event", vec![field("event", "kind", "select", kinds)], &[("on", "text"), of_several[0], of_several[1]]),
        form("keep", Vec::new(), &of_several),
    ];
    if !happened.is_empty() {
        forms.push(form("revoke", vec![field("revoke", "entry", "select", happened)], &of_several[..1]));
    }
    if about.kind == Kind::Record {
        forms.push(form("link", Vec::new(), &[("with", "text"), ("reason", "text")]));
    }
    if !linked.is_empty() {
        forms.push(form("unlink", vec![field("unlink", "with", "select", linked)], &of_several[..1]));
    }
    forms
}

/// The form by which an authorised person confirms.
fn confirming(page: &Page, about: &Subject, waiting: Option<&str>, draft: &Draft) -> Asked {
    let field = |(name, kind): (&'static str, &'static str)| Field {
        name,
        label: page.t(&format!("periods-{name}")),
        value: draft.get(name).cloned().unwrap_or_default(),
        kind,
        options: Vec::new(),
        is_required: name != "also",
    };
    Asked {
        id: "confirm".to_owned(),
        title: page.t("periods-confirm"),
        lead: match waiting {
            Some(rule) => page.with("periods-confirm-rule", rule),
            None => page.t("periods-confirm-stated"),
        },
        action: format!("{}/retention/confirmation", place(about)),
        hidden: vec![("seen", about.tag.clone())],
        fields: [("basis", "text"), ("mandate", "text"), ("also", "lines")].map(field).into(),
        is_open: !draft.is_empty() || waiting.is_some(),
    }
}

fn wanted(draft: &Draft) -> Result<RetentionAct, Problem> {
    let text = |field| written(draft, field).unwrap_or_default();
    let (reason, also) = (text("reason"), lines(draft, "also"));
    Ok(match text("act").as_str() {
        "assign" => RetentionAct::Assign { rule: text("rule"), reason, also },
        "event" => RetentionAct::Event { kind: text("kind"), on: text("on"), reason, also },
        "revoke" => {
            let entry = text("entry").parse().map_err(|_| Problem::invalid("name the entry of the event"))?;
            RetentionAct::Revoke { entry, reason }
        }
        "keep" => RetentionAct::Keep { reason, also },
        "link" => RetentionAct::Link { with: text("with"), reason },
        "unlink" => RetentionAct::Unlink { with: text("with"), reason },
        _ => return Err(Problem::invalid("there is no act of this name about a period")),
    })
}

/// Whether it is still as it was seen.
fn must_be_as_seen(about: &Subject, draft: &Draft) -> Result<(), Problem> {
    match written(draft, "seen").is_some_and(|seen| seen == about.tag) {
        true => Ok(()),
        false => Err(Problem::changed()),
    }
}

async fn act(service: Arc<Service>, page: Page, about: Subject, draft: Draft) -> Result<Response, Problem> {
    let done = match must_be_as_seen(&about, &draft).and_then(|()| wanted(&draft)) {
        Ok(act) => acted(&service, &page.asking, &about, act).await,
        Err(problem) => Err(problem),
    };
    answered(service, page, about, draft, done.map(|_| ())).await
}

async fn confirm(service: Arc<Service>, page: Page, about: Subject, draft: Draft) -> Result<Response, Problem> {
    let text = |field| written(&draft, field).unwrap_or_default();
    let given = PeriodConfirmed { basis: text("basis"), mandate: text("mandate"), also: lines(&draft, "also") };
    let done = match must_be_as_seen(&about, &draft) {
        Ok(()) => confirmed(&service, &page.asking, &about, given).await,
        Err(problem) => Err(problem),
    };
    answered(service, page, about, draft, done.map(|_| ())).await
}

/// What is refused is told where it was written; anything else is a problem of its own.
async fn answered(
    service: Arc<Service>,
    page: Page,
    about: Subject,
    draft: Draft,
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}/retention", place(&about))).into_response()),
        Err(problem) if matches!(problem.code, "conflict" | "invalid" | "not-found" | "denied" | "changed") => {
            let wrong = format!("{} {}", page.t("periods-not-done"), page.in_words(&problem.detail));
            shown(&service, &page, &about, &OnDay { on: None }, Refused { wrong, draft }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /records/{id}/retention/acts`
pub async fn act_of_record(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Record, &id, Action::KeepPeriods).await?;
    act(service, page, about, draft).await
}

/// `POST /dossiers/{id}/retention/acts`
pub async fn act_of_dossier(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Dossier, &id, Action::KeepPeriods).await?;
    act(service, page, about, draft).await
}

/// `POST /records/{id}/retention/confirmation`
pub async fn confirm_record(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Record, &id, Action::ConfirmPeriods).await?;
    confirm(service, page, about, draft).await
}

/// `POST /dossiers/{id}/retention/confirmation`
pub async fn confirm_dossier(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(id): Path<String>,
    Form(draft): Form<Draft>,
) -> Result<Response, Problem> {
    let about = subject(&service, &page.asking, Kind::Dossier, &id, Action::ConfirmPeriods).await?;
    confirm(service, page, about, draft).await
}
