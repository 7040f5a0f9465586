//! Signatures of what is told (Standard Webhooks 1.0): HMAC-SHA-256 over identifier, time and body.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What secrets begin with.
pub const SECRET_PREFIX: &str = "whsec_";

/// A secret as libraries of receivers take it.
pub(super) fn secret_text(secret: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(secret))
}

/// The header `webhook-signature` of a message, sent at a time (Unix seconds).
pub(super) fn signature(secret: &[u8], id: &str, seconds: u64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(format!("{id}.{seconds}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign().as_ref()))
}

#[cfg(test)]
mod tests;
