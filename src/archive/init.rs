//! Making an archive: identity, keys, FORMAT, entry 0.

use super::announce::{Announcer, Heading, SealedComponent};
use super::follow::UNHEARD;
use super::format::Format;
use super::object::SealedObject;
use super::places::{Places, ROOT_KEY};
use super::reading::keys_error;
use super::truth::Truth;
use super::writing::{Writing, keys_changed, take_lock};
use crate::cipher;
use crate::digest::ContentDigests;
use crate::disk;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Bucket, Keys, ObjectSecrets, RootKey};
use crate::ledger;
use crate::merkle::checkpoint::Signers;
use crate::merkle::note::is_key_name;
use crate::record::{Component, Role};
use crate::time::Clock;
use crate::vault;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, RwLock};

/// The dictionary of small bodies: trained on invented records (`tests/sample/dictionary.py`), so that it holds field
/// names, code lists and set phrases, and nothing of anybody.
const DICTIONARY: &[u8] = include_bytes!("body.dictionary");

/// What a new archive is told.
pub struct InitOptions {
    /// Name of the ledger and of its keys, like `luutru.example.gov.vn/kho-1`.
    pub origin: String,
    /// The archive's code, first part of every archive file code.
    pub archive_code: String,
    /// Name of who makes it.
    pub actor: String,
}

/// A new archive.
pub struct Created {
    /// Its FORMAT.
    pub format: Format,
    /// The text to print, lock away and keep: whoever has it and `keys/` can read everything.
    pub recovery_sheet: String,
    /// Where its parts lie.
    pub places: Places,
}

/// Makes an archive at `places`, all of which must be absent or empty.
pub fn init(places: &Places, options: &InitOptions, clock: Arc<dyn Clock>) -> Result<Created> {
    for folder in [&places.archive, &places.custody, &places.key_copy] {
        must_be_empty(folder)?;
    }
    if !is_key_name(&options.origin) {
        return Err(Error::invalid(format!("{:?} can't be an origin", options.origin))
            .remedy("use a name like luutru.example.gov.vn/kho-1: no spaces, no plus sign"));
    }
    let code_ok = (1..=30).contains(&options.archive_code.len())
        && options.archive_code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    if !code_ok {
        return Err(Error::invalid(format!("{:?} can't be an archive code", options.archive_code))
            .remedy("use 1 to 30 letters, digits and dots"));
    }
    let disks = places.disks();
    for disk in [&disks.archive, &disks.custody, &disks.key_copy] {
        disk.create_dir("")?;
    }
    let archive = crate::record::new_id(clock.wall(), cipher::random());
    let root = RootKey::random();
    let recovery_sheet = root.encode(archive);
    // The root key is durable before anything is encrypted under it.
    write_root_key(&places.custody, &recovery_sheet)?;
    let mut keys = Keys::create(disks.archive.clone(), disks.key_copies(), root, archive).map_err(keys_error)?;
    keys.add_scopes(&[Bucket::Archive]).map_err(keys_error)?;
    keys.remove_older().map_err(keys_error)?;
    let signing = keys.signing().clone();
    let signers = Signers::from_seeds(&options.origin, signing.ed25519.bytes(), signing.ml_dsa_44.bytes())
        .map_err(|error| Error::invalid("the origin does not fit a key").because(error))?;
    let [ed25519, ml_dsa_44] = signers.verifier_keys().map(Clone::clone);
    let format = Format {
        archive,
        origin: options.origin.clone(),
        archive_code: options.archive_code.clone(),
        created: clock.wall(),
        ed25519,
        ml_dsa_44,
    };
    let vkeys = [
        (ledger::ED25519_VKEY.to_owned(), format!("{}\n", format.ed25519).into_bytes()),
        (ledger::ML_DSA_44_VKEY.to_owned(), format!("{}\n", format.ml_dsa_44).into_bytes()),
    ];
    disk::replace_all(disks.archive.as_ref(), &vkeys)?;
    disks.archive.create_dir("state")?;
    let truth = Truth::create(format.clone(), disks, vault::Limits::default(), clock.clone())?;
    format.write(truth.disks().archive.as_ref())?;
    let lock = take_lock(places)?;
    let writing = Writing::assemble(places, truth, keys, clock, lock, UNHEARD)?;
    first_entries(&writing, &format, &options.actor)?;
    writing.close()?;
    Ok(Created { format, recovery_sheet, places: places.clone() })
}

/// Writes the root key, durably, into a file that is its owner's alone before there is a byte in it.
fn write_root_key(custody: &Path, text: &str) -> io::Result<()> {
    let (temporary, path) = (custody.join(format!("{ROOT_KEY}{}", disk::TEMPORARY)), custody.join(ROOT_KEY));
    let mut file = File::options().write(true).create_new(true).mode(0o400).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(temporary, path)?;
    File::open(custody)?.sync_all()
}

/// Entry 0 commits to FORMAT and brings the dictionary; entry 1 records the first keys.
fn first_entries(writing: &Writing, format: &Format, actor_name: &str) -> Result<()> {
    let keys: Arc<RwLock<Keys>> = writing.keys()?;
    let actor = ActorId(cipher::random());
    let scope = {
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys.scope_for(Bucket::Archive, |_| true).ok_or_else(|| Error::corrupt("the first scope is missing"))?
    };
    let mut announcer = Announcer::new(format.archive, keys.clone(), b"")?;
    let (object, secrets) = (uuid::Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
    let part = announcer.workshop().seal_part(object, &secrets, 0, DICTIONARY);
    let dictionary = SealedComponent {
        component: Component {
            name: "body.dictionary".into(),
            media_type: "application/octet-stream".into(),
            role: Role::Original,
            digests: ContentDigests::of(DICTIONARY),
        },
        object: SealedObject { id: object, parts: vec![part] },
        secrets,
    };
    let heading = Heading { kind: EventKind::ArchiveCreated, id: format.archive, actor, rule: None };
    let body = serde_json::json!({ "format": format.encode() });
    let mut created = announcer.with_body(heading, scope, vec![dictionary], &body)?;
    created.proposal.detail = Some(Detail::Format(format.digest()));
    writing.commit(vec![created])?;
    let changed = {
        let keys = keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        keys_changed(format.archive, actor, &keys)
    };
    writing.commit(vec![changed])?;
    writing.register_actor(actor_name, actor)?;
    Ok(())
}

fn must_be_empty(folder: &Path) -> Result<()> {
    let empty = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
    };
    if empty {
        Ok(())
    } else {
        Err(Error::conflict(format!("{} is not empty", folder.display()))
            .remedy("name a folder that does not exist yet; nothing was changed"))
    }
}

#[cfg(test)]
mod tests;
