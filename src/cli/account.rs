//! `chauban account`

use super::output::{Output, plain, tell};
use super::{Common, Result};
use crate::archive::account::credential::{Credentials, SetBy};
use crate::archive::account::token::{self, Token, Tokens};
use crate::archive::account::{self, Account, Identity, Standing, Wanted};
use crate::archive::describe::Seen;
use crate::archive::{Places, Reading, Writing};
use crate::auth::rights::{self, Grants, Reach, Role};
use crate::error::Error;
use crate::record::AgencyCode;
use crate::time::SystemClock;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};
use std::sync::Arc;

/// Accounts of the service: who may sign in, and what they are.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban account add lan --role administrator --holder 'Nguyễn Thị Lan' --reason 'first administrator'
  chauban account add binh --role archivist --holder 'Trần Văn Bình' --reason 'decision 12/QĐ-TTLT' --actor lan
  chauban account confirm binh --actor huong
  chauban account link binh --subject 8f1c0e52 --issuer https://sso.example.gov.vn --reason 'decision 14/QĐ-TTLT' --actor lan
  chauban account list

The password is asked for at the terminal, or read as one line from standard input; the program never makes one. The
first account is an administrator's and counts at once. Every later one, and every change of roles or agencies, counts
when another person confirms it than proposed it. Names of actors are taken at their word here.

Roles: transferring-officer, archivist, inspector, council-member, deciding-authority, administrator.")]
pub struct AccountCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Propose an account, or other roles and agencies for one.
    Add(Add),
    /// Confirm what another person proposed.
    Confirm {
        /// Name of the account.
        name: String,
        /// Index of the proposal's entry, as `list` shows it: nothing that was proposed since is confirmed.
        #[arg(long, value_name = "ENTRY")]
        proposal: Option<u64>,
    },
    /// Propose that a provider's word (OpenID Connect) opens an account beside its password.
    Link {
        /// Name of the account.
        name: String,
        /// What the provider calls its holder, as a refused sign-in showed it.
        #[arg(long, value_name = "TEXT")]
        subject: String,
        /// The provider [default: that of the configuration].
        #[arg(long, value_name = "URL")]
        issuer: Option<String>,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Propose that no provider's word opens an account any more.
    Unlink {
        /// Name of the account.
        name: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Close an account; it counts at once.
    Close {
        /// Name of the account.
        name: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Set the password of an account; its holder changes it at the next sign-in.
    Password {
        /// Name of the account.
        name: String,
    },
    /// Take every second factor of an account away, security keys too: its holder lost the device, the recovery codes, the keys.
    ForgetSecondFactor {
        /// Name of the account.
        name: String,
    },
    /// API tokens of an account, for a system that acts as it.
    #[command(subcommand)]
    Token(TokenAction),
    /// List every account, with what is proposed.
    List,
}

#[derive(Subcommand)]
enum TokenAction {
    /// Make a token; what opens is written once, alone on standard output.
    Add {
        /// Name of the account.
        name: String,
        /// The system that will have it.
        #[arg(long, value_name = "TEXT")]
        label: String,
        /// What it is for: search, read-description, read-content …; may be given several times.
        #[arg(long = "action", value_name = "ACTION", required = true)]
        actions: Vec<rights::Action>,
        /// How long it opens anything.
        #[arg(long, default_value_t = 90, value_name = "DAYS")]
        days: u32,
        /// Certificate of the client that opens it, in the place of a secret (PEM); see [tls] client_authorities.
        #[arg(long, value_name = "FILE")]
        certificate: Option<std::path::PathBuf>,
    },
    /// List the tokens of an account.
    List {
        /// Name of the account.
        name: String,
    },
    /// Revoke a token: it opens nothing from now on.
    Revoke {
        /// Name of the account.
        name: String,
        /// Identifier of the token.
        token: uuid::Uuid,
    },
}

impl TokenAction {
    fn run(self, places: &Places, clock: Arc<SystemClock>, output: &Output) -> Result<u8> {
        let reading = Reading::open(places)?;
        let tokens = Tokens::new(places, clock);
        match self {
            Self::Add { name, label, actions, days, certificate } => {
                let account = reading.account_named(&name)?.id;
                let certificate = certificate.map(|path| crate::http::fingerprint(&path)).transpose()?;
                let actions = actions.into_iter().collect();
                let (token, secret) = tokens.make(token::Wanted { account, label, actions, days, certificate })?;
                let mut shown = token_document(&token);
                shown["secret"] = secret.clone().into();
                output.document(&shown, || format!("{}\n", secret.unwrap_or_else(|| token.id.to_string())));
            }
            Self::List { name } => {
                let own = tokens.of_account(reading.account_named(&name)?.id)?;
                let list: Vec<Value> = own.iter().map(token_document).collect();
                output.document(&json!({ "tokens": list }), || own.iter().map(token_text).collect());
            }
            Self::Revoke { name, token } => {
                tokens.revoke(reading.account_named(&name)?.id, token)?;
                output.document(&json!({ "revoked": token.to_string() }), || format!("{token}\n"));
            }
        }
        Ok(0)
    }
}

fn token_document(token: &Token) -> Value {
    json!({
        "token": token.id.to_string(),
        "label": token.label,
        "actions": token.actions.iter().map(|action| action.name()).collect::<Vec<_>>(),
        "made": token.made.to_string(),
        "ends": token.ends.to_string(),
        "used": token.used.map(|used| used.to_string()),
        "by_certificate": token.by_certificate,
    })
}

fn token_text(token: &Token) -> String {
    let actions: Vec<&str> = token.actions.iter().map(|action| action.name()).collect();
    format!("{}  {}  {}  {}\n", token.id, token.ends, plain(&token.label), actions.join(", "))
}

#[derive(Args)]
struct Add {
    /// The name to sign in with: a-z, 0-9, full stop, hyphen, underscore, @.
    name: String,
    /// What the account is; may be given several times.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    /// Code of an agency it acts for, with those under it [default: the whole archive].
    #[arg(long = "agency", value_name = "CODE")]
    agencies: Vec<String>,
    /// Name of the person who holds it.
    #[arg(long, value_name = "TEXT")]
    holder: String,
    /// Why: the decision it rests on.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl AccountCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        let clock = Arc::new(SystemClock::new());
        let write = |change: &dyn Fn(&Writing) -> Result<Account>| {
            let archive = Writing::open(&places, clock.clone())?;
            let changed = change(&archive)?;
            archive.close().map(|()| changed)
        };
        let actor = common.actor();
        let changed = match self.action {
            Action::List => {
                let all = Reading::open(&places)?.accounts()?;
                let list: Vec<Value> = all.iter().map(document).collect();
                output.document(&json!({ "accounts": list }), || match all.as_slice() {
                    [] => output.say("Chưa có tài khoản nào.\n", "There is no account.\n").to_owned(),
                    all => all.iter().map(|one| text(output, one)).collect(),
                });
                return Ok(0);
            }
            Action::Token(token) => return token.run(&places, clock, output),
            Action::Add(add) => {
                let wanted = add.wanted()?;
                let is_new = Reading::open(&places)?.account_named(&wanted.name).is_err();
                let password = if is_new { Some(read_password(output)?) } else { None };
                password.iter().try_for_each(|new| acceptable(new, &wanted.name))?;
                let proposed = write(&|archive| account::propose(archive, &wanted, &actor))?;
                if let Some(password) = password {
                    Credentials::new(&places, clock.clone()).set(
                        proposed.id,
                        &proposed.name,
                        &password,
                        SetBy::Another,
                    )?;
                }
                proposed
            }
            Action::Confirm { name, proposal } => {
                let seen = proposal.map_or(Seen::Any, Seen::AsOf);
                write(&|archive| account::confirm(archive, &name, seen, &actor))?
            }
            Action::Link { name, subject, issuer, reason } => {
                let identity = Identity { issuer: issuer.map_or_else(|| configured(common), Ok)?, subject };
                write(&|archive| account::link(archive, &name, identity.clone(), &reason, &actor))?
            }
            Action::Unlink { name, reason } => write(&|archive| account::unlink(archive, &name, &reason, &actor))?,
            Action::Close { name, reason } => write(&|archive| account::close(archive, &name, &reason, &actor))?,
            Action::Password { name } => {
                let account = Reading::open(&places)?.account_named(&name)?;
                let password = read_password(output)?;
                Credentials::new(&places, clock.clone()).set(account.id, &account.name, &password, SetBy::Another)?;
                // Whoever had got in may have made one for later.
                let ended = Tokens::new(&places, clock.clone()).revoke_all(account.id)?;
                if ended > 0 {
                    tell(
                        output.say(
                            "Các mã API của tài khoản đã bị thu hồi.\n",
                            "The account's API tokens were revoked.\n",
                        ),
                    );
                }
                account
            }
            Action::ForgetSecondFactor { name } => {
                let account = Reading::open(&places)?.account_named(&name)?;
                Credentials::new(&places, clock.clone()).forget_second(account.id)?;
                account
            }
        };
        output.document(&document(&changed), || text(output, &changed));
        Ok(0)
    }
}

/// The provider of the configuration.
fn configured(common: &Common) -> Result<String> {
    let openid = common.config_with(&[])?.openid;
    openid.map(|settings| settings.issuer).ok_or_else(|| {
        Error::invalid("no sign-in service is configured").remedy("name it with --issuer, or its file with --config")
    })
}

impl Add {
    fn wanted(self) -> Result<Wanted> {
        let agencies: Result<Vec<AgencyCode>> = self
            .agencies
            .iter()
            .map(|code| code.parse().map_err(|error| Error::invalid(format!("--agency {code}: {error}"))))
            .collect();
        let agencies = agencies?;
        Ok(Wanted {
            name: self.name,
            display_name: self.holder,
            roles: self.roles.into_iter().collect(),
            reach: if agencies.is_empty() { Reach::Everything } else { Reach::Agencies(agencies) },
            identity: None,
            reason: self.reason,
        })
    }
}

fn acceptable(password: &str, name: &str) -> Result<()> {
    account::credential::check(password, name)
}

/// One line: from the terminal, which does not show it, or from standard input.
fn read_password(output: &Output) -> Result<String> {
    let input = std::io::stdin();
    let hidden = if input.is_terminal() {
        eprint!("{}", output.say("Mật khẩu (ít nhất 15 ký tự): ", "Password (at least 15 characters): "));
        let _ = std::io::stderr().flush();
        Some(Hidden::begin()?)
    } else {
        None
    };
    let mut line = String::new();
    let read = input.lock().read_line(&mut line);
    if hidden.is_some() {
        tell("");
    }
    drop(hidden);
    read.map_err(|error| Error::invalid("the password can't be read").because(error))?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden(rustix::termios::Termios);

impl Hidden {
    fn begin() -> Result<Self> {
        let failed = |error: rustix::io::Errno| Error::unavailable("the terminal can't be quieted").because(error);
        let before = rustix::termios::tcgetattr(std::io::stdin()).map_err(failed)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(rustix::termios::LocalModes::ECHO);
        let now = rustix::termios::OptionalActions::Now;
        rustix::termios::tcsetattr(std::io::stdin(), now, &quiet).map_err(failed)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &self.0);
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Proposed => "proposed",
        Standing::Open => "open",
        Standing::Closed => "closed",
    }
}

fn grants_json(grants: &Grants) -> Value {
    json!({
        "roles": grants.roles.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "agencies": match &grants.reach {
            Reach::Everything => Value::Null,
            Reach::Nothing => json!([]),
            Reach::Agencies(codes) => codes.iter().map(ToString::to_string).collect(),
        },
    })
}

fn identity_json(identity: Option<&Identity>) -> Value {
    identity.map_or(Value::Null, |one| json!({ "issuer": one.issuer, "subject": one.subject }))
}

fn document(account: &Account) -> Value {
    let mut document = grants_json(&account.grants);
    document["account"] = account.id.to_string().into();
    document["name"] = account.name.clone().into();
    document["holder"] = account.display_name.clone().into();
    document["standing"] = standing(account.standing).into();
    document["identity"] = identity_json(account.identity.as_ref());
    document["proposal"] = account.proposal.as_ref().map_or(Value::Null, |waiting| {
        let wanted =
            Grants { roles: waiting.wanted.roles.clone(), reach: waiting.wanted.reach.clone(), ..Grants::default() };
        let mut proposal = grants_json(&wanted);
        proposal["identity"] = identity_json(waiting.wanted.identity.as_ref());
        proposal["entry"] = waiting.index.into();
        proposal["by"] = waiting.by.clone().into();
        proposal["at"] = waiting.at.clone().into();
        proposal["reason"] = waiting.wanted.reason.clone().into();
        proposal
    });
    document
}

fn text(output: &Output, account: &Account) -> String {
    let standing = match account.standing {
        Standing::Proposed => output.say("chờ xác nhận", "to be confirmed"),
        Standing::Open => output.say("đang dùng", "open"),
        Standing::Closed => output.say("đã đóng", "closed"),
    };
    let mut text = format!("{} ({}): {standing}\n", account.name, plain(&account.display_name));
    if account.standing == Standing::Open {
        text.push_str(&format!("  {}\n", grants_text(output, &account.grants.roles, &account.grants.reach)));
    }
    if let Some(identity) = &account.identity {
        text.push_str(&identity_text(identity));
    }
    if let Some(waiting) = &account.proposal {
        let what = output.say("đề nghị", "proposed");
        let grants = grants_text(output, &waiting.wanted.roles, &waiting.wanted.reach);
        text.push_str(&format!("  {what}: {grants}\n"));
        match &waiting.wanted.identity {
            Some(identity) => text.push_str(&format!("  {}", identity_text(identity))),
            None if account.identity.is_some() => {
                text.push_str(output.say("    không liên kết đăng nhập\n", "    no sign-in service\n"));
            }
            None => {}
        }
        text.push_str(&format!(
            "    #{} {}, {}: {}\n",
            waiting.index,
            plain(&waiting.by),
            waiting.at,
            plain(&waiting.wanted.reason)
        ));
    }
    text
}

fn identity_text(identity: &Identity) -> String {
    format!("  OpenID Connect: {} ({})\n", plain(&identity.subject), plain(&identity.issuer))
}

fn grants_text(output: &Output, roles: &std::collections::BTreeSet<Role>, reach: &Reach) -> String {
    let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let reach = match reach {
        Reach::Everything => output.say("toàn kho", "the whole archive").to_owned(),
        Reach::Nothing => "–".to_owned(),
        Reach::Agencies(codes) => codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    format!("{}; {reach}", roles.join(", "))
}
