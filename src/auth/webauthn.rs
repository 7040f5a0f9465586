//! Security keys, and the authenticators of machines and phones: what a browser brings of them is checked here, against
//! what was asked for (Web Authentication Level 3, §7.1 when a key is registered, §7.2 when it is used).
//!
//! Attestation is not asked for: nobody here decides by the maker of a key, and it would tell keys apart that people
//! use elsewhere. Some browsers leave a key's signature of itself in (§5.1.3), which says no more, and is checked. Every length is bounded before it is read. That a challenge is new, is used once, and belongs to who
//! asks is the caller's to see to, as is what is kept of a key.

mod authenticator;
mod key;

use crate::digest::Sha256;
use authenticator::{Authenticator, BACKED_UP, BACKUP_ELIGIBLE, PRESENT, VERIFIED, cbor};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use key::PublicKey;
use serde::Deserialize;

/// Bytes of a challenge; §13.4.3 asks for 16 at least.
pub const CHALLENGE_BYTES: usize = 32;
/// Longest client data: an origin, a challenge, and what later browsers add.
pub const CLIENT_DATA_BYTES_MAX: usize = 4096;
/// Longest attestation object, or authenticator data: the longest name of a key and an RSA key, with room.
pub const AUTHENTICATOR_BYTES_MAX: usize = 8192;
/// Longest signature: RSA of 4096 bits.
pub const SIGNATURE_BYTES_MAX: usize = 512;
/// Kinds of signature that a key may make, as COSE names them, the wanted first: ES256, EdDSA, RS256.
pub const ALGORITHMS: [i64; 3] = [key::ES256, key::EDDSA, key::RS256];

/// For whom keys are registered: this service, as browsers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The domain.
    pub id: String,
    /// Scheme, domain and port.
    pub origin: String,
}

/// A key that was just registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// What the authenticator calls it.
    pub name: Vec<u8>,
    /// The public key, as COSE writes it.
    pub public_key: Vec<u8>,
    /// Its signature counter.
    pub counter: u32,
    /// Whether it made sure of its holder, by a PIN or a finger.
    pub verifies: bool,
    /// Whether it may be copied to other machines of its holder.
    pub may_be_backed_up: bool,
}

/// What is brought when a key is used.
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    /// What the browser saw, as JSON.
    pub client_data: &'a [u8],
    /// What the authenticator saw.
    pub authenticator_data: &'a [u8],
    /// Its signature over both.
    pub signature: &'a [u8],
}

/// Why something is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not of the form that the standard gives it.
    #[error("what the browser brought of the key can't be read ({0})")]
    Unreadable(&'static str),
    /// A registration in the place of a use, or the other way round.
    #[error("it is not what was asked of the key")]
    OtherCeremony,
    /// A key of nobody, or of another account.
    #[error("the account has no such key")]
    Unknown,
    /// Another challenge, or one that was answered or has lapsed.
    #[error("it answers another challenge, or one that was answered or has lapsed")]
    OtherChallenge,
    /// Another site's page, or ours inside another's.
    #[error("it was made on a page of another site")]
    OtherOrigin,
    /// The key answered another domain.
    #[error("the key answered another site")]
    OtherParty,
    /// Nobody touched the key.
    #[error("nobody touched the key")]
    Absent,
    /// The key did not make sure of its holder, and did so when it was registered.
    #[error("the key did not ask for its PIN or finger, and did so when it was registered")]
    Unverified,
    /// What it says of copies contradicts itself, or what it said.
    #[error("what the key says of copies of itself is not what it said")]
    Backup,
    /// An attestation, or a signature that is not offered.
    #[error("keys of this kind are not taken ({0})")]
    Unsupported(&'static str),
    /// The signature is not of the key.
    #[error("the signature is not of the registered key")]
    Signature,
    /// The counter did not grow: there is a copy of the key.
    #[error("the counter of the key went back from {kept} to {given}: there may be a copy of it")]
    CounterBack {
        /// As of the last use.
        kept: u32,
        /// Given.
        given: u32,
    },
}

/// What the browser says of where and why it asked (§5.8.1).
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_within_another: bool,
    #[serde(rename = "topOrigin", default)]
    around: Option<String>,
}

impl ClientData {
    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        within(bytes, CLIENT_DATA_BYTES_MAX)?;
        serde_json::from_slice(bytes).map_err(|_| Refusal::Unreadable("client data"))
    }

    fn challenge(&self) -> Option<[u8; CHALLENGE_BYTES]> {
        URL_SAFE_NO_PAD.decode(&self.challenge).ok()?.try_into().ok()
    }

    fn check(&self, ceremony: &str, party: &RelyingParty, challenge: &[u8; CHALLENGE_BYTES]) -> Result<(), Refusal> {
        if self.ceremony != ceremony {
            return Err(Refusal::OtherCeremony);
        }
        let given = self.challenge().ok_or(Refusal::OtherChallenge)?;
        verify_slices_are_equal(&given, challenge).map_err(|_| Refusal::OtherChallenge)?;
        // We are in no other site's frame, so nothing asks from there for us.
        if self.origin != party.origin || self.is_within_another || self.around.is_some() {
            return Err(Refusal::OtherOrigin);
        }
        Ok(())
    }
}

/// The challenge that client data answers.
pub fn challenge_of(client_data: &[u8]) -> Result<[u8; CHALLENGE_BYTES], Refusal> {
    ClientData::read(client_data)?.challenge().ok_or(Refusal::OtherChallenge)
}

/// Checks what came of registering a key (§7.1).
pub fn register(
    party: &RelyingParty,
    challenge: &[u8; CHALLENGE_BYTES],
    client_data: &[u8],
    attestation_object: &[u8],
) -> Result<Registered, Refusal> {
    ClientData::read(client_data)?.check("webauthn.create", party, challenge)?;
    let Attestation { statement, data } = Attestation::read(attestation_object)?;
    let authenticator = Authenticator::read(&data)?;
    check_flags(&authenticator, party)?;
    let Some(credential) = &authenticator.credential else {
        return Err(Refusal::Unreadable("authenticator data without a key"));
    };
    let public_key = PublicKey::read(credential.public_key)?;
    if let Statement::Own { algorithm, signature } = statement {
        if algorithm != public_key.algorithm() {
            return Err(Refusal::Unsupported("attestation"));
        }
        public_key.verify(&signed(&data, client_data), &signature)?;
    }
    Ok(Registered {
        name: credential.name.to_vec(),
        public_key: credential.public_key.to_vec(),
        counter: authenticator.counter,
        verifies: authenticator.says(VERIFIED),
        may_be_backed_up: authenticator.says(BACKUP_ELIGIBLE),
    })
}

/// Checks that a registered key was used (§7.2); its counter now.
pub fn check(
    party: &RelyingParty,
    challenge: &[u8; CHALLENGE_BYTES],
    key: &Registered,
    given: &Assertion<'_>,
) -> Result<u32, Refusal> {
    within(given.authenticator_data, AUTHENTICATOR_BYTES_MAX)?;
    within(given.signature, SIGNATURE_BYTES_MAX)?;
    ClientData::read(given.client_data)?.check("webauthn.get", party, challenge)?;
    let authenticator = Authenticator::read(given.authenticator_data)?;
    check_flags(&authenticator, party)?;
    if authenticator.credential.is_some() {
        return Err(Refusal::Unreadable("authenticator data with a new key"));
    }
    if key.verifies && !authenticator.says(VERIFIED) {
        return Err(Refusal::Unverified);
    }
    if key.may_be_backed_up != authenticator.says(BACKUP_ELIGIBLE) {
        return Err(Refusal::Backup);
    }
    let signed = signed(given.authenticator_data, given.client_data);
    PublicKey::read(&key.public_key)?.verify(&signed, given.signature)?;
    // Looked at last: who has no signature of the key learns nothing of its counter.
    let (kept, counter) = (key.counter, authenticator.counter);
    match (kept, counter) {
        (0, 0) => Ok(0),
        _ if counter > kept => Ok(counter),
        _ => Err(Refusal::CounterBack { kept, given: counter }),
    }
}

/// What an authenticator signs.
fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [authenticator_data, &Sha256::of(client_data).0].concat()
}

fn check_flags(authenticator: &Authenticator<'_>, party: &RelyingParty) -> Result<(), Refusal> {
    if authenticator.party != Sha256::of(party.id.as_bytes()).0 {
        return Err(Refusal::OtherParty);
    }
    if !authenticator.says(PRESENT) {
        return Err(Refusal::Absent);
    }
    if authenticator.says(BACKED_UP) && !authenticator.says(BACKUP_ELIGIBLE) {
        return Err(Refusal::Backup);
    }
    Ok(())
}

/// An attestation object (§6.5).
struct Attestation {
    statement: Statement,
    data: Vec<u8>,
}

/// What it says of where the key comes from.
enum Statement {
    /// Nothing (§8.7).
    None,
    /// That it has itself (§8.2, without certificates).
    Own { algorithm: i64, signature: Vec<u8> },
}

impl Attestation {
    fn read(object: &[u8]) -> Result<Self, Refusal> {
        within(object, AUTHENTICATOR_BYTES_MAX)?;
        let unreadable = Refusal::Unreadable("attestation object");
        let (Value::Map(fields), []) = cbor(object)? else { return Err(unreadable) };
        let [format, statement, data] = fields_of(fields, ["fmt", "attStmt", "authData"]).ok_or(unreadable)?;
        let (Value::Text(format), Value::Map(said), Value::Bytes(data)) = (format, statement, data) else {
            return Err(unreadable);
        };
        let unsupported = Refusal::Unsupported("attestation");
        let statement = match format.as_str() {
            "none" if said.is_empty() => Statement::None,
            "packed" => match fields_of(said, ["alg", "sig"]).ok_or(unsupported)? {
                [Value::Integer(algorithm), Value::Bytes(signature)] => {
                    within(&signature, SIGNATURE_BYTES_MAX)?;
                    Statement::Own { algorithm: algorithm.try_into().map_err(|_| unsupported)?, signature }
                }
                _ => return Err(unsupported),
            },
            _ => return Err(unsupported),
        };
        Ok(Self { statement, data })
    }
}

/// The values of a map that has exactly these fields, each once.
fn fields_of<const N: usize>(mut fields: Vec<(Value, Value)>, names: [&str; N]) -> Option<[Value; N]> {
    if fields.len() != N {
        return None;
    }
    let mut found = Vec::with_capacity(N);
    for name in names {
        let at = fields.iter().position(|(given, _)| given.as_text() == Some(name))?;
        found.push(fields.swap_remove(at).1);
    }
    found.try_into().ok()
}

fn within(bytes: &[u8], most: usize) -> Result<(), Refusal> {
    if bytes.len() <= most { Ok(()) } else { Err(Refusal::Unreadable("too long")) }
}

#[cfg(test)]
mod tests;
