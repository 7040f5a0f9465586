//! Who may do what, and what a password must be: rules alone, without accounts, sessions or disks.
//!
//! [`rights::decide`] is the one function that allows: every route of the service asks it, and again for the record or
//! dossier in question. What is not allowed in its table is refused. Passwords follow NIST SP 800-63B-4; their hashes are
//! Argon2id (RFC 9106) with everything needed to check them written beside the hash, so that the cost can be raised. A second factor is counted from a secret and
//! the time (RFC 6238), or is a key that signs a challenge (`webauthn`). In the place of a password a provider may say who
//! somebody is (`openid`).
//!
//! Must not know where accounts come from, nor read a clock: times and random bytes are passed in.

pub mod openid;
pub mod password;
pub mod rights;
pub mod second;
pub mod throttle;
pub mod webauthn;
