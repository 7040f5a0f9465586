//! What proves that a record is held: its entry, the checkpoint over it, where receipt and bundle are, and the commands that
//! check it all without this service, with the record's own names in them.

use crate::archive::body::RecordBody;
use crate::auth::rights::Action;
use crate::digest::Sha256;
use crate::http::guard::escaped;
use crate::http::pages::Page;
use crate::http::pages::search::Hit;
use crate::http::problem::Problem;
use crate::http::service::{Service, blocking};
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;

/// A record with what proves it.
pub struct Proof {
    /// The record.
    pub hit: Hit,
    /// Names of files and their SHA-256: the one that was asked about, or all.
    pub files: Vec<(String, String)>,
    /// Number of its accession in the ledger.
    pub index: String,
    /// When that was.
    pub accessioned: String,
    /// Entries under the newest checkpoint.
    pub checkpoint: String,
    /// Where its receipt is, for whoever may fetch it.
    pub receipt: Option<String>,
    /// Where its evidence bundle is, the same.
    pub bundle: Option<String>,
    /// How to check it by hand.
    pub commands: String,
}

/// The records with their proofs; of the file with a digest, where one was asked about.
pub async fn proofs(
    service: &Arc<Service>,
    page: &Page,
    records: Vec<(Uuid, RecordBody)>,
    asked: Option<&Sha256>,
) -> Result<Vec<Proof>, Problem> {
    let (read, checkpoint) = blocking(service.clone(), move |service| {
        let archive = service.archive()?;
        let with_entry = |(id, body)| Ok((archive.accessioned(id)?, body));
        let read: Vec<_> = records.into_iter().map(with_entry).collect::<crate::error::Result<_>>()?;
        Ok((read, archive.checkpoint()?.1.checkpoint.size))
    })
    .await?;
    let asked = asked.map(ToString::to_string);
    let is_asked = |sha256: &String| asked.as_ref().is_none_or(|asked| asked == sha256);
    let proof = |((index, entry), body): ((u64, crate::event::Entry), RecordBody)| {
        let place = format!("/records/{}", escaped(&body.doc_code));
        let fetched = |action: Action, what: &str| page.asking.could(action).then(|| format!("{place}/{what}"));
        let wanted = body.components.iter().filter(|one| is_asked(&one.sha256));
        let files: Vec<_> = wanted.map(|one| (one.name.clone(), one.sha256.clone())).collect();
        Proof {
            index: page.words.number(index),
            accessioned: page.words.day(&entry.time.to_string()),
            checkpoint: page.words.number(checkpoint),
            receipt: fetched(Action::FetchReceipt, "receipt"),
            bundle: fetched(Action::ReadContent, "bundle"),
            commands: commands(&body.doc_code, &files),
            hit: Hit::new(page, &body),
            files,
        }
    };
    Ok(read.into_iter().map(proof).collect())
}

/// The commands that check a record's files against its receipt, for a POSIX shell.
fn commands(code: &str, files: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, sha256) in files {
        let name = quoted(name);
        let _ = writeln!(text, "sha256sum ./{name}    # {sha256}");
        let _ = writeln!(text, "chauban verify-receipt {code}.tlog-proof ./{name} --key ed25519.vkey");
    }
    let _ = writeln!(text, "unzip {code}.zip -d {code} && cd {code} && sh check.sh ../ed25519.vkey");
    text
}

/// A name as one word of the shell: what agencies called their files may hold anything.
fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "'\\''"))
}
