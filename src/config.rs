//! The configuration of the service: one TOML file, the environment over it, options of the command line over both.
//!
//! [`SETTINGS`] is the one list of what can be set: its name in the file, its variable, and how its text is read.
//! Everything is read before anything is answered, so that all mistakes are told together, each with its place and what to
//! do. Nothing here opens a file that is named, or an archive: `chauban config check` does, after this.
//! `packaging/chauban.toml` shows every setting with its default, and a test holds it against the list.

mod setting;

use crate::archive::account::provider::Settings as OpenId;
use crate::archive::evidence_source::Via;
use crate::auth::rights::Role;
use crate::http::{Address, Limits, TlsFiles};
use setting::{SETTINGS, Setting, Wrong};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// Longest file, bytes: a few settings.
pub const FILE_BYTES_MAX: u64 = 64 * 1024;

/// What the service is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The archive's folder.
    pub archive: Option<PathBuf>,
    /// Folder with the root key.
    pub custody: Option<PathBuf>,
    /// Folder with the copy of the scope keys.
    pub key_copy: Option<PathBuf>,
    /// Folder for what agencies hand over.
    pub transfers: Option<PathBuf>,
    /// Under which name the service's own program acts.
    pub actor: Option<String>,
    /// Where it listens.
    pub listen: SocketAddr,
    /// How browsers reach it.
    pub address: Address,
    /// Where plain HTTP may be spoken.
    pub plain: Plain,
    /// Certificates for TLS.
    pub tls: Option<TlsFiles>,
    /// What requests may cost.
    pub limits: Limits,
    /// Roles whose accounts need a second factor; none named: see [`crate::http::Options`].
    pub second_factor: Option<BTreeSet<Role>>,
    /// Who says who somebody is, in the place of a password.
    pub openid: Option<OpenId>,
    /// Time between time-stamps; none: nobody is asked.
    pub stamp_every: Option<Duration>,
    /// Time between looks whether signatures are to be validated again.
    pub revalidate_every: Option<Duration>,
    /// Time between checks of every byte.
    pub check_every: Option<Duration>,
    /// Folder for copies of the archive that the service makes.
    pub backup_to: Option<PathBuf>,
    /// How the log is written.
    pub log: LogForm,
    /// What is logged, as `tracing` filters say it.
    pub log_filter: Option<String>,
}

/// Where plain HTTP may be spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// On loopback addresses alone.
    Loopback,
    /// Anywhere: somebody else keeps others out of the way to it.
    Anywhere,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// Lines for people.
    Text,
    /// A JSON document a line.
    Json,
}

/// Something wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: file and line, or the variable.
    pub place: String,
    /// What.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            archive: None,
            custody: None,
            key_copy: None,
            transfers: None,
            actor: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            address: Address::Loopback,
            plain: Plain::Loopback,
            tls: None,
            limits: Limits::default(),
            second_factor: None,
            openid: None,
            stamp_every: Some(Duration::from_secs(24 * 3600)),
            revalidate_every: Some(Duration::from_secs(3600)),
            check_every: Some(Duration::from_secs(7 * 24 * 3600)),
            backup_to: None,
            log: LogForm::Text,
            log_filter: None,
        }
    }
}

/// What was given for a setting, and where.
struct Given {
    place: String,
    values: Vec<String>,
}

/// Settings as they are put together, before they are a configuration.
#[derive(Default)]
struct Draft {
    config: Config,
    certificates: Option<PathBuf>,
    key: Option<PathBuf>,
    client_authorities: Option<PathBuf>,
    openid: OpenIdDraft,
    /// Where each setting was given.
    places: BTreeMap<&'static str, String>,
    mistakes: Vec<Mistake>,
}

/// What was said of an OpenID provider so far.
#[derive(Default)]
struct OpenIdDraft {
    issuer: Option<String>,
    client: Option<String>,
    secret_file: Option<PathBuf>,
    name: Option<String>,
    scopes: Option<String>,
    via: Option<Via>,
}

impl Config {
    /// Reads a file's name and text, if there is one, the environment over it, and options, by the names of their settings,
    /// over both; or all mistakes.
    pub fn read(
        file: Option<(&str, &str)>,
        environment: impl IntoIterator<Item = (String, String)>,
        options: &[(&'static str, String)],
    ) -> Result<Self, Vec<Mistake>> {
        let mut draft = Draft::default();
        if let Some((name, text)) = file {
            draft.take_file(name, text);
        }
        for (variable, value) in environment {
            draft.take_variable(&variable, value);
        }
        for (key, value) in options {
            if let Some(setting) = SETTINGS.iter().find(|one| one.key == *key) {
                draft.take(setting, &Given { place: "the command line".to_owned(), values: vec![value.clone()] });
            }
        }
        draft.finish()
    }
}

impl Draft {
    fn take_file(&mut self, name: &str, text: &str) {
        let place = |at: usize| format!("{name}:{}", 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count());
        let (whole, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = place(error.span().map_or(0, |span| span.start));
            self.mistake(at, error.message().trim(), "write it as TOML: https://toml.io/");
        }
        for (section, inner) in whole.get_ref() {
            let section_at = place(section.span().start);
            let DeValue::Table(inner) = inner.get_ref() else {
                self.unknown(section_at, section.get_ref());
                continue;
            };
            if !SETTINGS.iter().any(|one| one.section() == section.get_ref()) {
                self.unknown(section_at, &format!("[{}]", section.get_ref()));
                continue;
            }
            for (key, value) in inner {
                let place = place(key.span().start);
                let full = format!("{}.{}", section.get_ref(), key.get_ref());
                match (SETTINGS.iter().find(|one| one.key == full), texts(value.get_ref())) {
                    (Some(setting), Some(values)) => self.take(setting, &Given { place, values }),
                    (Some(_), None) => {
                        self.mistake(
                            place,
                            &format!("{full} is no text, number or list of texts"),
                            "see packaging/chauban.toml",
                        );
                    }
                    (None, _) => self.unknown(place, &full),
                }
            }
        }
    }

    fn take_variable(&mut self, variable: &str, value: String) {
        if let Some(setting) = SETTINGS.iter().find(|one| one.variable == variable) {
            self.take(setting, &Given { place: variable.to_owned(), values: vec![value] });
        } else if [
            "CHAUBAN_LISTEN_",
            "CHAUBAN_TLS_",
            "CHAUBAN_IDENTITY_",
            "CHAUBAN_OPENID_",
            "CHAUBAN_LIMITS_",
            "CHAUBAN_LOG_",
            "CHAUBAN_WORK_",
        ]
        .iter()
        .any(|known| variable.starts_with(known))
        {
            self.unknown(variable.to_owned(), variable);
        }
    }

    fn take(&mut self, setting: &Setting, given: &Given) {
        self.places.insert(setting.key, given.place.clone());
        let read = (setting.read)(self, given.values.join(",").trim());
        if let Err(Wrong(what, remedy)) = read {
            self.mistake(given.place.clone(), &format!("{} {what}", setting.key), remedy);
        }
    }

    fn unknown(&mut self, place: String, name: &str) {
        let keys: Vec<&str> = SETTINGS.iter().map(|one| one.key).collect();
        let last = name.rsplit('.').next().unwrap_or(name);
        let near = keys.iter().find(|key| key.rsplit('.').next() == Some(last));
        let remedy = match near {
            Some(near) => format!("it is called {near}"),
            None => format!("known are: {}", keys.join(", ")),
        };
        self.mistakes.push(Mistake { place, what: format!("there is no setting {name}"), remedy });
    }

    fn mistake(&mut self, place: String, what: &str, remedy: &str) {
        self.mistakes.push(Mistake { place, what: what.to_owned(), remedy: remedy.to_owned() });
    }

    /// What contradicts each other, and the configuration if nothing does.
    fn finish(mut self) -> Result<Config, Vec<Mistake>> {
        let at = |draft: &Self, key: &str| draft.places.get(key).cloned().unwrap_or_else(|| key.to_owned());
        match (self.certificates.take(), self.key.take()) {
            (Some(certificates), Some(key)) => {
                let client_authorities = self.client_authorities.take();
                self.config.tls = Some(TlsFiles { certificates, key, client_authorities });
                if self.config.address == Address::Loopback && !self.places.contains_key("listen.public") {
                    let at = at(&self, "tls.certificates");
                    self.mistake(
                        at,
                        "with TLS, listen.public is missing",
                        "say how browsers reach it: https:// and the name",
                    );
                }
            }
            (Some(_), None) => {
                let at = at(&self, "tls.certificates");
                self.mistake(at, "tls.key is missing", "name the file with the private key of the certificate");
            }
            (None, Some(_)) => {
                let at = at(&self, "tls.key");
                self.mistake(at, "tls.certificates is missing", "name the file with the chain of certificates");
            }
            (None, None) => {}
        }
        self.finish_openid();
        let is_plain = self.config.tls.is_none() && !self.mistakes.iter().any(|one| one.what.starts_with("tls."));
        if is_plain && !self.config.listen.ip().is_loopback() && self.config.plain == Plain::Loopback {
            let at = at(&self, "listen.address");
            let what = format!("{} is not a loopback address, and there is no TLS", self.config.listen.ip());
            let remedy = "set tls.certificates and tls.key; or listen on 127.0.0.1, behind a web server with TLS; or say \
                          listen.plain = \"anywhere\" where the way to it is protected otherwise";
            self.mistake(at, &what, remedy);
        }
        if self.mistakes.is_empty() { Ok(self.config) } else { Err(self.mistakes) }
    }
}

impl Draft {
    /// The provider, if anything was said of one: then everything that it needs.
    fn finish_openid(&mut self) {
        let Some(place) = self.places.iter().find(|(key, _)| key.starts_with("openid.")).map(|(_, at)| at.clone())
        else {
            return;
        };
        let OpenIdDraft { issuer, client, secret_file, name, scopes, via } = std::mem::take(&mut self.openid);
        let mut missing = |is_there: bool, key: &'static str, remedy: &str| {
            if !is_there && !self.places.contains_key(key) {
                self.mistake(place.clone(), &format!("{key} is missing"), remedy);
            }
        };
        missing(issuer.is_some(), "openid.issuer", "name the provider by the issuer in its openid-configuration");
        missing(client.is_some(), "openid.client_id", "write as whom the provider knows this service");
        missing(secret_file.is_some(), "openid.client_secret_file", "name the file with the secret that it gave");
        let (Some(issuer), Some(client), Some(secret_file)) = (issuer, client, secret_file) else { return };
        let name = name.unwrap_or_else(|| "OpenID Connect".to_owned());
        let scopes = scopes.unwrap_or_else(|| "openid".to_owned());
        let openid = OpenId { issuer, client, secret_file, name, scopes, via };
        if let Err(error) = openid.address() {
            let at = self.places.get("openid.issuer").cloned().unwrap_or(place);
            self.mistake(at, &error.to_string(), error.remedy_text().unwrap_or_default());
        }
        self.config.openid = Some(openid);
    }
}

/// A scalar, or the scalars of a list, as text.
fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value {
        DeValue::String(text) => Some(vec![text.clone().into_owned()]),
        DeValue::Integer(number) => Some(vec![number.to_string()]),
        DeValue::Boolean(yes) => Some(vec![yes.to_string()]),
        DeValue::Array(items) => items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.clone().into_owned()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
