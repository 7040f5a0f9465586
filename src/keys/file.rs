//! The two files of a generation: JSON, every key wrapped (`docs/format.md` §6).

use super::{Bucket, KeysError, Part, RootKey, Scope, SigningSeeds};
use crate::cipher::{self, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a generation opens to.
pub struct Opened {
    pub epochs: BTreeMap<Uuid, Secret>,
    pub current_epoch: Uuid,
    pub signing: SigningSeeds,
    pub scopes: BTreeMap<Uuid, Scope>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct EpochsFile {
    chauban: String,
    archive: String,
    generation: u64,
    current: String,
    epochs: Vec<Wrapped>,
    signing: Vec<Wrapped>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopesFile {
    chauban: String,
    archive: String,
    generation: u64,
    scopes: Vec<WrappedScope>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    id: String,
    wrapped: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WrappedScope {
    id: String,
    bucket: String,
    epoch: String,
    wrapped: String,
}

const EPOCHS_TITLE: &str = "epoch keys 1";
const SCOPES_TITLE: &str = "scope keys 1";

/// The bytes of both files.
pub fn encode(
    archive: Uuid,
    generation: u64,
    root: &RootKey,
    epochs: &BTreeMap<Uuid, Secret>,
    current: Uuid,
    signing: &SigningSeeds,
    scopes: &BTreeMap<Uuid, Scope>,
) -> (Vec<u8>, Vec<u8>) {
    let under_root = |id: &str, secret: &Secret| {
        let wrapped = cipher::wrap(root.secret(), &[archive.as_bytes(), id.as_bytes()], secret.bytes());
        Wrapped { id: id.to_owned(), wrapped: STANDARD.encode(wrapped) }
    };
    let epochs_file = EpochsFile {
        chauban: EPOCHS_TITLE.into(),
        archive: archive.to_string(),
        generation,
        current: current.to_string(),
        epochs: epochs.iter().map(|(id, key)| under_root(&id.to_string(), key)).collect(),
        signing: vec![under_root("ed25519", &signing.ed25519), under_root("ml-dsa-44", &signing.ml_dsa_44)],
    };
    let scope = |scope: &Scope| {
        let bucket = scope.bucket.to_string();
        let epoch = &epochs[&scope.epoch];
        let context = [archive.as_bytes().as_slice(), scope.id.as_bytes(), bucket.as_bytes()];
        let wrapped = STANDARD.encode(cipher::wrap(epoch, &context, scope.key.bytes()));
        WrappedScope { id: scope.id.to_string(), bucket: bucket.clone(), epoch: scope.epoch.to_string(), wrapped }
    };
    let scopes_file = ScopesFile {
        chauban: SCOPES_TITLE.into(),
        archive: archive.to_string(),
        generation,
        scopes: scopes.values().map(scope).collect(),
    };
    let json = |value: Result<Vec<u8>, serde_json::Error>| {
        let mut bytes = value.expect("strings and numbers always become JSON");
        bytes.push(b'\n');
        bytes
    };
    (json(serde_json::to_vec_pretty(&epochs_file)), json(serde_json::to_vec_pretty(&scopes_file)))
}

/// Opens both files, every key in them.
pub fn open(archive: Uuid, generation: u64, root: &RootKey, epochs: &[u8], scopes: &[u8]) -> Result<Opened, KeysError> {
    let epochs_name = Part::Epochs.file_name(generation);
    let scopes_name = Part::Scopes.file_name(generation);
    let damaged = |file: &str, what: &str| KeysError::Damaged { file: file.into(), what: what.into() };
    let file: EpochsFile = serde_json::from_slice(epochs).map_err(|error| damaged(&epochs_name, &error.to_string()))?;
    let same = (EPOCHS_TITLE, archive.to_string(), generation);
    if (file.chauban.as_str(), file.archive.clone(), file.generation) != same {
        return Err(damaged(&epochs_name, "it is of another archive, generation or version"));
    }
    let under_root = |wrapped: &Wrapped| -> Result<Secret, KeysError> {
        let context = [archive.as_bytes().as_slice(), wrapped.id.as_bytes()];
        unwrap(root.secret(), &context, &wrapped.wrapped, &wrapped.id, &epochs_name)
    };
    let mut opened_epochs = BTreeMap::new();
    for wrapped in &file.epochs {
        opened_epochs.insert(id(&wrapped.id, &epochs_name)?, under_root(wrapped)?);
    }
    let seed = |name: &str| {
        let wrapped = file.signing.iter().find(|wrapped| wrapped.id == name);
        under_root(wrapped.ok_or_else(|| damaged(&epochs_name, "a signing seed is missing"))?)
    };
    let signing = SigningSeeds { ed25519: seed("ed25519")?, ml_dsa_44: seed("ml-dsa-44")? };
    let current_epoch = id(&file.current, &epochs_name)?;
    if !opened_epochs.contains_key(&current_epoch) {
        return Err(damaged(&epochs_name, "the current epoch key is missing"));
    }

    let file: ScopesFile = serde_json::from_slice(scopes).map_err(|error| damaged(&scopes_name, &error.to_string()))?;
    let same = (SCOPES_TITLE, archive.to_string(), generation);
    if (file.chauban.as_str(), file.archive.clone(), file.generation) != same {
        return Err(damaged(&scopes_name, "it is of another archive, generation or version"));
    }
    let mut opened_scopes = BTreeMap::new();
    for wrapped in &file.scopes {
        let (id, epoch) = (id(&wrapped.id, &scopes_name)?, id(&wrapped.epoch, &scopes_name)?);
        let bucket: Bucket =
            wrapped.bucket.parse().map_err(|()| damaged(&scopes_name, "a bucket is not in its form"))?;
        let epoch_key = opened_epochs.get(&epoch).ok_or_else(|| damaged(&scopes_name, "its epoch key is missing"))?;
        let context = [archive.as_bytes().as_slice(), id.as_bytes(), wrapped.bucket.as_bytes()];
        let key = unwrap(epoch_key, &context, &wrapped.wrapped, &wrapped.id, &scopes_name)?;
        opened_scopes.insert(id, Scope { id, bucket, epoch, key });
    }
    Ok(Opened { epochs: opened_epochs, current_epoch, signing, scopes: opened_scopes })
}

fn unwrap(key: &Secret, context: &[&[u8]], wrapped: &str, id: &str, file: &str) -> Result<Secret, KeysError> {
    let damaged = || KeysError::Damaged { file: file.into(), what: format!("the wrapped key {id} is not in its form") };
    let bytes = STANDARD.decode(wrapped).map_err(|_| damaged())?;
    let mut plain = cipher::unwrap(key, context, &bytes)
        .map_err(|why| KeysError::NotOpened { what: format!("{id} in {file}"), why })?;
    let secret = <[u8; 32]>::try_from(plain.as_slice()).map(Secret::from_bytes).map_err(|_| damaged());
    zeroize::Zeroize::zeroize(&mut plain);
    secret
}

fn id(text: &str, file: &str) -> Result<Uuid, KeysError> {
    Uuid::try_parse(text)
        .map_err(|_| KeysError::Damaged { file: file.into(), what: format!("{text:?} is not an identifier") })
}
