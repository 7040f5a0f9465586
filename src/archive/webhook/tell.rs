//! What a webhook is told: steps of transfers, and no more than where to ask about them.
//!
//! A message names a transfer and what was done; reasons, titles and names of people are asked for over the API, by an
//! account with its rights.

use super::Webhook;
use crate::archive::reading::Archive;
use crate::archive::transfer::{Done, Transfer, Transfers};
use crate::error::Result;
use serde_json::json;

/// What is to be told.
pub(super) struct Message {
    /// Ledger index of the event.
    pub index: u64,
    /// The same at every try.
    pub id: String,
    /// JSON.
    pub body: Vec<u8>,
}

/// What a webhook has not been told yet, oldest first.
pub(super) fn untold(webhook: &Webhook, archive: &Archive, transfers: &Transfers) -> Result<Vec<Message>> {
    let covered = |agency: &str| webhook.agency.covers(agency);
    let transfers = transfers.all(archive, covered)?;
    let mut messages: Vec<Message> =
        transfers.iter().flat_map(|transfer| of_transfer(transfer, webhook, archive)).collect();
    messages.sort_by_key(|message| message.index);
    Ok(messages)
}

fn of_transfer<'a>(
    transfer: &'a Transfer,
    webhook: &'a Webhook,
    archive: &'a Archive,
) -> impl Iterator<Item = Message> + 'a {
    let new = transfer.steps.iter().filter(|step| step.index >= webhook.cursor);
    new.filter_map(|step| {
        let place = format!("/api/v1/transfers/{}", transfer.id);
        let mut data = json!({
            "transfer": transfer.id.to_string(), "agency": transfer.agency, "event": step.index, "at": place,
        });
        let kind = match step.what {
            Done::Submitted(_) | Done::MinutesFiled(_) => return None,
            Done::Returned(_) => "transfer.returned",
            Done::Accepted => "transfer.accepted",
            Done::Ended(_) => {
                // What was taken, with the identifiers under which receipts are.
                data["receipts"] = format!("{place}/accession").into();
                "transfer.accessioned"
            }
        };
        let body = json!({ "type": kind, "timestamp": step.at.to_string(), "data": data });
        let id = format!("msg_{}_{}", archive.format.archive.simple(), step.index);
        Some(Message { index: step.index, id, body: body.to_string().into_bytes() })
    })
}
