//! OpenID Connect: what a provider says of itself, of its keys and of a person, read and checked (OpenID Connect Core 1.0,
//! Discovery 1.0; PKCE, RFC 7636; RFC 9207), and the questions that it is asked.
//!
//! Only the authorization code flow: the token comes from the provider itself, for a code that a browser brings, and is
//! checked all the same. Signatures and keys are jsonwebtoken's to read; which of them are taken, and every claim, is
//! decided here. Nobody is known by anything but the issuer and `sub`: a name or a mail address may be another person's
//! tomorrow (Core §5.7).
//!
//! Whom to ask, how often, and that an answer is taken once is the caller's to see to. No disk, no network, no clock.

mod discovery;
mod token;

use crate::digest::Sha256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

pub use discovery::Metadata;
pub use token::{Expected, Keys, Said, check, id_token};

/// Where a provider says what it is, after its issuer (Discovery §4).
pub const WELL_KNOWN: &str = "/.well-known/openid-configuration";
/// Longest subject, which is of ASCII (Core §2).
pub const SUBJECT_BYTES_MAX: usize = 255;
/// Longest code that a browser may bring.
pub const CODE_BYTES_MAX: usize = 4096;
/// How far the provider's clock may be from ours, seconds.
pub const SKEW_SECONDS: u64 = 60;
/// Random bytes of state, nonce and PKCE's verifier.
pub const RANDOM_BYTES: usize = 32;
/// Longest words of a provider that are passed on, characters.
const WORDS_MAX: usize = 300;

/// Why something is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The provider's description of itself does not fit.
    #[error("what the sign-in service says of itself can't be used ({0})")]
    Metadata(&'static str),
    /// Not of the form that the standard gives it.
    #[error("what the sign-in service answered can't be read ({0})")]
    Unreadable(&'static str),
    /// The provider says no; its words.
    #[error("the sign-in service says no: {0}")]
    Refused(String),
    /// Nothing like it was asked, or by another browser, or it was answered, or it took too long.
    #[error("this answers no sign-in that this browser began a moment ago")]
    NotAsked,
    /// Another provider's answer or token.
    #[error("the answer is of another sign-in service")]
    OtherIssuer,
    /// A token for somebody else.
    #[error("the token is for another service than this")]
    OtherAudience,
    /// A token that answers another question.
    #[error("the token answers another sign-in")]
    OtherNonce,
    /// A token that has lapsed, or of another time than the question.
    #[error("the token is of another time: it has lapsed, or the clocks differ")]
    OtherTime,
    /// Not one of the algorithms that are taken.
    #[error("the token is signed in a way that is not taken")]
    Algorithm,
    /// A key that the provider does not publish.
    #[error("the token is signed by a key that the sign-in service does not publish")]
    UnknownKey,
    /// The signature is not of that key.
    #[error("the token's signature is not of the sign-in service")]
    Signature,
    /// A session may go on only if the person proved again who they are.
    #[error("the sign-in service did not ask who you are again")]
    NotAgain,
}

/// What a browser is sent to the provider with.
pub struct Question<'a> {
    /// As whom the provider knows this service.
    pub client: &'a str,
    /// Where the browser is sent back to.
    pub redirect: &'a str,
    /// What is asked for, with spaces between.
    pub scopes: &'a str,
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// Whose digest goes along, and which only we know until the code is handed in.
    pub verifier: &'a str,
    /// Whether the person is to prove again who they are.
    pub again: bool,
}

impl Question<'_> {
    /// The address at which the provider asks the person (Core §3.1.2.1).
    pub fn address(&self, endpoint: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::of(self.verifier.as_bytes()).0);
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", self.client),
            ("redirect_uri", self.redirect),
            ("scope", self.scopes),
            ("state", self.state),
            ("nonce", self.nonce),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        if self.again {
            fields.extend([("prompt", "login"), ("max_age", "0")]);
        }
        let joined = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{joined}{}", form(&fields))
    }
}

/// Random bytes as text, for a question.
pub fn random_text(bytes: &[u8; RANDOM_BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Fields as `application/x-www-form-urlencoded`.
pub fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

/// Name and secret of this service as a header tells them (RFC 6749 §2.3.1).
pub fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(client), encoded(secret))))
}

/// Whether this can name a person at a provider.
pub fn is_subject(text: &str) -> bool {
    (1..=SUBJECT_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && text.trim() == text
}

/// What a provider says went wrong, as one line.
pub fn refused(code: &str, description: Option<&str>) -> Refusal {
    let joined = description.map_or_else(|| code.to_owned(), |description| format!("{code}: {description}"));
    Refusal::Refused(joined.chars().filter(|c| !c.is_control()).take(WORDS_MAX).collect())
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests;
