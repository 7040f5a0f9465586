//! What a provider says of itself (Discovery 1.0 §3).

use super::Refusal;
use serde::Deserialize;

/// Longest address in it, bytes.
const ADDRESS_BYTES_MAX: usize = 2048;

/// Where a provider is asked, and how. The addresses are as it gives them: whether they may be asked is not decided here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Where it asks the person.
    pub authorization: String,
    /// Where a code is handed in.
    pub token: String,
    /// Where its keys lie.
    pub keys: String,
    /// Whether its answers name it (RFC 9207).
    pub names_itself: bool,
    /// Whether the secret goes into the form, and not into a header.
    pub takes_secret_in_form: bool,
}

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    response_types_supported: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Reads it; it must be of exactly this issuer, or another provider could answer in its place (§4.3).
    pub fn read(bytes: &[u8], issuer: &str) -> Result<Self, Refusal> {
        let wire: Wire = serde_json::from_slice(bytes).map_err(|_| Refusal::Unreadable("openid-configuration"))?;
        if wire.issuer != issuer {
            return Err(Refusal::OtherIssuer);
        }
        let has = |listed: &[String], wanted: &str| listed.iter().any(|one| one == wanted);
        if !has(&wire.response_types_supported, "code") {
            return Err(Refusal::Metadata("response_types_supported"));
        }
        if wire.code_challenge_methods_supported.is_some_and(|listed| !has(&listed, "S256")) {
            return Err(Refusal::Metadata("code_challenge_methods_supported"));
        }
        // Where nothing is said, the secret goes into a header (§3).
        let methods = wire.token_endpoint_auth_methods_supported.as_deref();
        let takes_secret_in_form = match methods {
            None => false,
            Some(listed) if has(listed, "client_secret_basic") => false,
            Some(listed) if has(listed, "client_secret_post") => true,
            Some(_) => return Err(Refusal::Metadata("token_endpoint_auth_methods_supported")),
        };
        let addresses = [&wire.authorization_endpoint, &wire.token_endpoint, &wire.jwks_uri];
        if addresses.iter().any(|address| address.len() > ADDRESS_BYTES_MAX) {
            return Err(Refusal::Unreadable("openid-configuration"));
        }
        Ok(Self {
            authorization: wire.authorization_endpoint,
            token: wire.token_endpoint,
            keys: wire.jwks_uri,
            names_itself: wire.authorization_response_iss_parameter_supported,
            takes_secret_in_form,
        })
    }
}
