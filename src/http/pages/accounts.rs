//! The list of accounts, for those who may see it; for administrators, with what changes them.

use super::Page;
use super::home::{reach, role_name};
use super::persons::Persons;
use crate::archive::account::{Account, Standing};
use crate::auth::rights::{Action, Grants, Role};
use crate::http::api::accounts::{AccountWanted, Linking, close, confirm, link, propose};
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

struct Listed {
    name: String,
    holder: String,
    standing: String,
    tone: &'static str,
    roles: String,
    reach: String,
    /// As whom the provider knows the holder.
    subject: String,
    is_open: bool,
    /// Whether the provider's word may be linked to it now.
    may_link: bool,
    proposal: Option<Waiting>,
    /// Whether who looks may confirm it.
    may_confirm: bool,
}

/// What is proposed for an account.
struct Waiting {
    /// Index of its entry.
    entry: u64,
    what: String,
    /// By whom, when and why.
    whence: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage<'a> {
    page: &'a Page,
    accounts: Vec<Listed>,
    may_change: bool,
    /// Whether there is a provider.
    has_provider: bool,
    /// Name of each role, and what it is called.
    roles: Vec<(&'static str, String)>,
    /// A new account and its first password, shown this once.
    made: Option<(String, String)>,
    wrong: String,
}

/// `GET /accounts`
pub async fn accounts(State(service): State<Arc<Service>>, page: Page) -> Result<Response, Problem> {
    show(service, &page, None, String::new()).await
}

async fn show(
    service: Arc<Service>,
    page: &Page,
    made: Option<(String, String)>,
    wrong: String,
) -> Result<Response, Problem> {
    let has_provider = service.provider.is_some();
    let persons = Persons::of(&service).await?;
    let accounts = blocking(service, |service| service.archive()?.accounts()).await?;
    let own = page.asking.who()?.account.name.clone();
    let may_change = page.asking.could(Action::ChangeAccounts);
    let shown = AccountsPage {
        accounts: accounts.iter().map(|one| listed(page, &persons, one, may_change.then_some(own.as_str()))).collect(),
        may_change,
        has_provider,
        roles: Role::ALL.iter().map(|role| (role.name(), role_name(page, *role))).collect(),
        made,
        wrong,
        page,
    };
    page.answer(&shown, !shown.wrong.is_empty())
}

/// `changer`: name of who looks, where they may change accounts.
fn listed(page: &Page, persons: &Persons, one: &Account, changer: Option<&str>) -> Listed {
    let roles = |grants: &Grants| grants.roles.iter().map(|role| role_name(page, *role)).collect::<Vec<_>>().join(", ");
    let (standing, tone) = match one.standing {
        Standing::Proposed => ("standing-proposed", "doubt"),
        Standing::Open => ("standing-open", "good"),
        Standing::Closed => ("standing-closed", "quiet"),
    };
    let proposal = one.proposal.as_ref().map(|waiting| {
        let (roles_wanted, reach_wanted) = (waiting.wanted.roles.clone(), waiting.wanted.reach.clone());
        let wanted = Grants { roles: roles_wanted, reach: reach_wanted, ..Grants::default() };
        let mut what = format!("{}; {}", roles(&wanted), reach(page, &wanted));
        match (&one.identity, &waiting.wanted.identity) {
            (old, new) if old == new => {}
            (_, Some(new)) => what += &format!("; {}", page.with("provider-as", &new.subject)),
            (_, None) => what += &format!("; {}", page.t("provider-none")),
        }
        let whence =
            format!("{}, {}: {}", persons.holder(&waiting.by), page.words.day(&waiting.at), waiting.wanted.reason);
        Waiting { entry: waiting.index, what, whence }
    });
    let by_another =
        one.proposal.as_ref().zip(changer).is_some_and(|(waiting, own)| waiting.by != own && one.name != own);
    Listed {
        name: one.name.clone(),
        holder: one.display_name.clone(),
        standing: page.t(standing),
        tone,
        roles: roles(&one.grants),
        reach: reach(page, &one.grants),
        subject: one.identity.as_ref().map(|identity| identity.subject.clone()).unwrap_or_default(),
        is_open: one.standing != Standing::Closed,
        may_link: one.standing == Standing::Open && one.proposal.is_none(),
        proposal,
        may_confirm: by_another,
    }
}

/// `POST /accounts`: proposes one, or other roles for one.
pub async fn create(
    State(service): State<Arc<Service>>,
    page: Page,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let all =
        |name: &'static str| fields.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.clone());
    let one = |name: &'static str| all(name).next().unwrap_or_default();
    let agencies: Vec<String> = one("agencies").split([',', ' ', ';', '\n']).map(str::to_owned).collect();
    let agencies: Vec<String> = agencies.into_iter().filter(|code| !code.trim().is_empty()).collect();
    let wanted = AccountWanted {
        name: one("name"),
        holder: one("holder"),
        roles: all("role").collect(),
        agencies: (!agencies.is_empty()).then_some(agencies),
        reason: one("reason"),
    };
    let proposed = match wanted.wanted() {
        Ok(wanted) => propose(&service, &page.asking, wanted).await,
        Err(problem) => Err(problem),
    };
    match proposed {
        Ok((account, Some(password))) => show(service, &page, Some((account.name, password)), String::new()).await,
        Ok((_, None)) => Ok(Redirect::to("/accounts").into_response()),
        Err(problem) if problem.code == "invalid" => {
            let wrong = format!("{} {}", page.t("accounts-invalid"), page.said(&problem).unwrap_or_default());
            show(service, &page, None, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// The form; without a subject the link is to end.
#[derive(Deserialize)]
pub struct LinkForm {
    subject: Option<String>,
    reason: String,
}

/// `POST /accounts/{name}/link`: proposes that the provider's word opens an account, or does no more.
pub async fn link_one(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Form(form): Form<LinkForm>,
) -> Result<Response, Problem> {
    let linking = Linking { subject: form.subject, reason: form.reason };
    match link(&service, &page.asking, name, linking).await {
        Ok(_) => Ok(Redirect::to("/accounts").into_response()),
        Err(problem) if matches!(problem.code, "invalid" | "conflict") => {
            let wrong = page.said(&problem).unwrap_or_default();
            show(service, &page, None, wrong).await
        }
        Err(problem) => Err(problem),
    }
}

/// The proposal that was looked at.
#[derive(Deserialize)]
pub struct ConfirmForm {
    proposal: u64,
}

/// `POST /accounts/{name}/confirm`
pub async fn confirm_one(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Problem> {
    confirm(&service, &page.asking, name, form.proposal).await?;
    Ok(Redirect::to("/accounts").into_response())
}

/// The form.
#[derive(Deserialize)]
pub struct Reason {
    reason: String,
}

/// `POST /accounts/{name}/close`
pub async fn close_one(
    State(service): State<Arc<Service>>,
    page: Page,
    Path(name): Path<String>,
    Form(form): Form<Reason>,
) -> Result<Response, Problem> {
    close(&service, &page.asking, name, form.reason).await?;
    Ok(Redirect::to("/accounts").into_response())
}
