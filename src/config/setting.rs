//! Every setting: its name in the file, its variable, and how its text is read.

use super::{Draft, LogForm, Plain};
use crate::http::Address;
use std::path::PathBuf;
use std::time::Duration;

/// What is wrong with a value, after the setting's name, and what to do.
pub struct Wrong(pub &'static str, pub &'static str);

/// A setting.
pub struct Setting {
    /// `section.name`.
    pub key: &'static str,
    /// Its variable.
    pub variable: &'static str,
    /// Reads its text.
    pub read: fn(&mut Draft, &str) -> Result<(), Wrong>,
}

impl Setting {
    /// The section it is in.
    pub fn section(&self) -> &'static str {
        self.key.split('.').next().unwrap_or(self.key)
    }
}

macro_rules! settings {
    ($($key:literal $variable:literal $read:expr;)*) => {
        /// All of them, in the order of `packaging/chauban.toml`.
        pub const SETTINGS: &[Setting] = &[$(Setting { key: $key, variable: $variable, read: $read },)*];
    };
}

settings! {
    "archive.folder" "CHAUBAN_ARCHIVE" |draft, text| set(&mut draft.config.archive, folder(text));
    "archive.custody" "CHAUBAN_CUSTODY" |draft, text| set(&mut draft.config.custody, folder(text));
    "archive.key_copy" "CHAUBAN_KEY_COPY" |draft, text| set(&mut draft.config.key_copy, folder(text));
    "archive.transfers" "CHAUBAN_TRANSFERS" |draft, text| set(&mut draft.config.transfers, folder(text));
    "archive.actor" "CHAUBAN_ACTOR" |draft, text| set(&mut draft.config.actor, Ok(text.to_owned()));
    "listen.address" "CHAUBAN_LISTEN_ADDRESS" |draft, text| {
        let wrong = Wrong("is no address and port", "write it as 127.0.0.1:8080 or [::]:443");
        draft.config.listen = text.parse().map_err(|_| wrong)?;
        Ok(())
    };
    "listen.public" "CHAUBAN_LISTEN_PUBLIC" |draft, text| {
        let wrong = Wrong("is no address with TLS", "write it as https://luutru.example.gov.vn");
        draft.config.address = Address::of(text).ok_or(wrong)?;
        Ok(())
    };
    "listen.plain" "CHAUBAN_LISTEN_PLAIN" |draft, text| {
        draft.config.plain = match text {
            "loopback" => Plain::Loopback,
            "anywhere" => Plain::Anywhere,
            _ => return Err(Wrong("is neither loopback nor anywhere", "write loopback, or leave it out")),
        };
        Ok(())
    };
    "tls.certificates" "CHAUBAN_TLS_CERTIFICATES" |draft, text| set(&mut draft.certificates, folder(text));
    "tls.key" "CHAUBAN_TLS_KEY" |draft, text| set(&mut draft.key, folder(text));
    "tls.client_authorities" "CHAUBAN_TLS_CLIENT_AUTHORITIES" |draft, text| {
        set(&mut draft.client_authorities, folder(text))
    };
    "limits.connections" "CHAUBAN_LIMITS_CONNECTIONS" |draft, text| {
        draft.config.limits.connections = number(text, 1, 65_536)?;
        Ok(())
    };
    "limits.connections_per_address" "CHAUBAN_LIMITS_CONNECTIONS_PER_ADDRESS" |draft, text| {
        draft.config.limits.connections_per_address = number(text, 0, 65_536)?;
        Ok(())
    };
    "limits.requests_per_minute" "CHAUBAN_LIMITS_REQUESTS_PER_MINUTE" |draft, text| {
        draft.config.limits.requests_per_minute = number(text, 0, 1_000_000)?;
        Ok(())
    };
    "limits.sign_ins_per_minute" "CHAUBAN_LIMITS_SIGN_INS_PER_MINUTE" |draft, text| {
        draft.config.limits.sign_ins_per_minute = number(text, 0, 10_000)?;
        Ok(())
    };
    "identity.second_factor" "CHAUBAN_IDENTITY_SECOND_FACTOR" |draft, text| {
        let named = text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse);
        let wrong = Wrong("names a role that there is not", "see packaging/chauban.toml for the roles");
        draft.config.second_factor = Some(named.collect::<Result<_, _>>().map_err(|_| wrong)?);
        Ok(())
    };
    "openid.issuer" "CHAUBAN_OPENID_ISSUER" |draft, text| set(&mut draft.openid.issuer, line(text, 2048));
    "openid.client_id" "CHAUBAN_OPENID_CLIENT_ID" |draft, text| set(&mut draft.openid.client, line(text, 200));
    "openid.client_secret_file" "CHAUBAN_OPENID_CLIENT_SECRET_FILE" |draft, text| {
        set(&mut draft.openid.secret_file, folder(text))
    };
    "openid.name" "CHAUBAN_OPENID_NAME" |draft, text| set(&mut draft.openid.name, line(text, 60));
    "openid.scopes" "CHAUBAN_OPENID_SCOPES" |draft, text| {
        let scopes: Vec<&str> = text.split([',', ' ']).filter(|scope| !scope.is_empty()).collect();
        if !scopes.contains(&"openid") || scopes.iter().any(|scope| !scope.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Wrong("does not have openid among it", "write \"openid\", and what else the provider wants asked"));
        }
        draft.openid.scopes = Some(scopes.join(" "));
        Ok(())
    };
    "openid.via" "CHAUBAN_OPENID_VIA" |draft, text| {
        let wrong = Wrong("names no machine", "write an IP address, as 10.1.2.3 or 10.1.2.3:8443");
        draft.openid.via = Some(text.parse().map_err(|_| wrong)?);
        Ok(())
    };
    "work.stamp_every_hours" "CHAUBAN_WORK_STAMP_EVERY_HOURS" |draft, text| {
        draft.config.stamp_every = every(number(text, 0, 24 * 366)?, 3600);
        Ok(())
    };
    "work.revalidate_every_minutes" "CHAUBAN_WORK_REVALIDATE_EVERY_MINUTES" |draft, text| {
        draft.config.revalidate_every = every(number(text, 0, 7 * 24 * 60)?, 60);
        Ok(())
    };
    "work.check_every_hours" "CHAUBAN_WORK_CHECK_EVERY_HOURS" |draft, text| {
        draft.config.check_every = every(number(text, 0, 24 * 366)?, 3600);
        Ok(())
    };
    "work.backup_folder" "CHAUBAN_WORK_BACKUP_FOLDER" |draft, text| set(&mut draft.config.backup_to, folder(text));
    "log.filter" "CHAUBAN_LOG" |draft, text| {
        let wrong = Wrong("is no filter of the log", "write error, warn, info, debug, or module=level with commas between");
        tracing_subscriber::EnvFilter::try_new(text).map_err(|_| wrong)?;
        draft.config.log_filter = Some(text.to_owned());
        Ok(())
    };
    "log.form" "CHAUBAN_LOG_FORM" |draft, text| {
        draft.config.log = match text {
            "text" => LogForm::Text,
            "json" => LogForm::Json,
            _ => return Err(Wrong("is neither text nor json", "write one of them, or leave it out")),
        };
        Ok(())
    };
}

fn set<T>(place: &mut Option<T>, value: Result<T, Wrong>) -> Result<(), Wrong> {
    *place = Some(value?);
    Ok(())
}

/// A path that means the same wherever the service is started.
fn folder(text: &str) -> Result<PathBuf, Wrong> {
    match text {
        "" => Err(Wrong("is empty", "write a path, or leave it out")),
        text => Ok(PathBuf::from(text)),
    }
}

fn line(text: &str, most: usize) -> Result<String, Wrong> {
    let fits = !text.is_empty() && text.len() <= most && !text.contains(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Wrong("is empty, too long or of several lines", "write one line of text"))
    }
}

fn number(text: &str, least: u32, most: u32) -> Result<u32, Wrong> {
    let number: u32 = text.replace('_', "").parse().map_err(|_| Wrong("is no whole number", "write digits alone"))?;
    let wrong = Wrong("is out of its range", "see packaging/chauban.toml for what it may be");
    if (least..=most).contains(&number) { Ok(number) } else { Err(wrong) }
}

fn every(count: u32, seconds: u64) -> Option<Duration> {
    (count > 0).then(|| Duration::from_secs(seconds * u64::from(count)))
}
