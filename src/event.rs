//! Events and their ledger entries.
//!
//! Every change of the archive is an event; its *entry* is the ledger's leaf: one line of JSON with a fixed field
//! order, hashed verbatim and never re-serialised. An entry is public. It names no person and no content: who and
//! what lie in the event's *body*, an encrypted object that the entry commits to by a salted HMAC.
//!
//! Owns the kinds of event and the codec of an entry (`schemas/entry.schema.json`, `docs/format.md` §4).
//! Must not know how entries are stored or proved.

use crate::digest::{Blake3, Sha256, hex, unhex};
use crate::time::Micros;
use std::str::FromStr;
use uuid::Uuid;

/// Longest entry, bytes: C2SP tlog-tiles counts an entry's length in 16 bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Most objects one entry may name: 65,535 bytes / 85 bytes each, with room for the other fields.
pub const STORED_MAX: usize = 700;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$doc])* $variant,)* }

        impl EventKind {
            /// Every kind, in the order of the format.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in entries, API and pages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl FromStr for EventKind {
            type Err = BadEntry;
            fn from_str(name: &str) -> Result<Self, BadEntry> {
                match name { $($name => Ok(Self::$variant),)* _ => Err(BadEntry::Field("event")) }
            }
        }
    };
}

kinds! {
    /// Entry 0: the archive exists; commits to FORMAT.
    ArchiveCreated "archive-created";
    /// A person or system that acts got a pseudonym; the body says who.
    ActorRegistered "actor-registered";
    /// A new generation of `keys/` is durable; the detail gives its digest.
    KeysChanged "keys-changed";
    /// A copy of part of `keys/` was made; the body says where.
    KeysCopied "keys-copied";
    /// Somebody verified the whole archive; the body says how deep, and what did not fit.
    FixityChecked "fixity-checked";
    /// A dossier was accepted into the archive, with its retention.
    DossierAccessioned "dossier-accessioned";
    /// A dossier's description or retention changed.
    DossierAmended "dossier-amended";
    /// A record was accepted into the archive: its components and metadata are durable.
    RecordAccessioned "record-accessioned";
    /// Evidence about signatures came into the archive, once for all records: certificates, lists, answers, policies.
    EvidenceCaptured "evidence-captured";
    /// The signatures of a record were validated; the body is the run.
    SignaturesValidated "signatures-validated";
    /// An agency handed over a transfer for accession.
    TransferSubmitted "transfer-submitted";
    /// An archivist sent a transfer back to its agency.
    TransferReturned "transfer-returned";
    /// An archivist accepted a transfer: its accession follows.
    TransferAccepted "transfer-accepted";
    /// An ingest ended: what was taken, refused and why, in numbers.
    TransferEnded "transfer-ended";
    /// Minutes of a transfer that has ended were handed in, signed.
    TransferMinutesFiled "transfer-minutes-filed";
    /// An administrator confirmed the wall clock after a jump.
    ClockConfirmed "clock-confirmed";
    /// A root certificate is trusted from now on, between two dates; the body holds it.
    TrustAnchorAdded "trust-anchor-added";
    /// Somebody proposes a trust anchor; it is believed once another person has added it.
    TrustAnchorProposed "trust-anchor-proposed";
    /// A trust anchor ends at a time; the body says why.
    TrustAnchorEnded "trust-anchor-ended";
    /// A time-stamping authority may be asked from now on; the body says where.
    TimeAuthorityAdded "time-authority-added";
    /// A time-stamping authority is asked no more; the body says why.
    TimeAuthorityEnded "time-authority-ended";
    /// A token over a checkpoint lies in `evidence/`; the detail gives its digest.
    CheckpointStamped "checkpoint-stamped";
    /// Evidence about signatures may be fetched from a place from now on; the body says which.
    EvidenceSourceAdded "evidence-source-added";
    /// Evidence is fetched from a place no more; the body says why.
    EvidenceSourceEnded "evidence-source-ended";
    /// Records are on hold from now on; the body says which, why and by which order.
    HoldPlaced "hold-placed";
    /// A hold was released by a second person; the body says why.
    HoldReleased "hold-released";
    /// What an account is to be was proposed; the body says it.
    AccountProposed "account-proposed";
    /// What was proposed for an account counts from now on; the body says which proposal.
    AccountConfirmed "account-confirmed";
    /// An account may not be used any more; the body says why.
    AccountClosed "account-closed";
    /// Persons read records that are not open to everybody, or the audit trail; the body says who, what and when.
    ReadsRecorded "reads-recorded";
    /// Rules, or the law in use, are proposed; the body holds their text. A second person adopts them.
    RulesProposed "rules-proposed";
    /// Rules, or the law in use, rule from now on; the body holds their text and which records they govern.
    RulesAdopted "rules-adopted";
    /// Holidays count from now on; the body holds their file.
    HolidaysAdopted "holidays-adopted";
    /// Somebody said whose archive this is; the body says which kind.
    ArchiveKindSet "archive-kind-set";
    /// The archive's own name and place were said: what stands at the head of its papers.
    ArchiveNamed "archive-named";
    /// Somebody said by which time an agency transfers to the historical archive; the body says which.
    AgencySectorSet "agency-sector-set";
    /// Acts were recorded in the register of agencies; the body says which.
    AgenciesChanged "agencies-changed";
    /// An authorised person confirmed rules of a version; the body says which, against what text.
    RuleConfirmed "rule-confirmed";
    /// A confirmation of rules was withdrawn; the body says why.
    RuleWithdrawn "rule-withdrawn";
    /// A record or dossier is under a rule from now on.
    RetentionAssigned "retention-assigned";
    /// A record or dossier is under a rule of access from now on: when it may be read by everybody.
    AccessAssigned "access-assigned";
    /// An authorised person confirmed the period stated of a record or dossier, or the rule assigned to it.
    RetentionConfirmed "retention-confirmed";
    /// A disposal case took a record off its list and gave it a longer period.
    RetentionExtended "retention-extended";
    /// Something happened that the period of a record or dossier may wait for.
    OccurrenceRecorded "occurrence-recorded";
    /// A recorded occurrence does not count.
    OccurrenceRevoked "occurrence-revoked";
    /// A record is linked with another: none goes before the other may.
    RecordsLinked "records-linked";
    /// A link between records is dissolved.
    RecordsUnlinked "records-unlinked";
    /// Somebody decided to go on keeping a record or dossier.
    RetentionReviewed "retention-reviewed";
    /// An archivist amended what describes a record; the body says what was written before, and why.
    DescriptionAmended "description-amended";
    /// The same of a dossier.
    DossierDescribed "dossier-described";
    /// A reader asked for records; the body says who, for what, and in which form.
    RequestReceived "request-received";
    /// A reader's request is to be answered; the body says how open the records were.
    RequestApproved "request-approved";
    /// A reader's request is not answered; the body says why.
    RequestRefused "request-refused";
    /// What a reader asked for was given out; the body says how open it was.
    RequestFulfilled "request-fulfilled";
    /// A pass opens the reading copy of a request, and none before it does; the body names it.
    PassIssued "pass-issued";
    /// No pass opens the reading copy of a request any more; the body says why.
    PassRevoked "pass-revoked";
    /// A reader's request is over; the body says why.
    RequestClosed "request-closed";
    /// The paper that goes with a copy of a record was made; the body says for which request.
    CopyMade "copy-made";
    /// The signed certificate of a copy of a record was handed in; the body says how its signatures stand.
    CopyCertified "copy-certified";
    /// Records of a disposal case are about to be destroyed; the body says which.
    DestructionBegun "destruction-begun";
    /// Keys of what stays were wrapped under another scope key; the detail says from which to which.
    KeysMoved "keys-moved";
    /// Scope keys are gone; the detail says which.
    ScopesDestroyed "scopes-destroyed";
    /// A record was destroyed by law; the body is its tombstone.
    RecordDestroyed "record-destroyed";
    /// Every record of a dossier is destroyed; the body is what stays of the dossier's description.
    DossierReduced "dossier-reduced";
    /// A segment was written anew without what is gone; the detail gives the digest of its list of absent frames.
    SegmentThinned "segment-thinned";
    /// A destruction is finished; the body says what could not be reached.
    DestructionEnded "destruction-ended";
    /// A disposal case was opened; the body says about what, and how it goes.
    DisposalOpened "disposal-opened";
    /// Somebody did something in a disposal case; the body says what.
    DisposalActed "disposal-acted";
    /// Recovery cut an uncommitted tail or moved unacknowledged parts out of the way.
    Recovered "recovered";
}

impl EventKind {
    /// Whether it describes a dossier as a whole: these are gone once a later one reduces it.
    pub fn describes_dossier(self) -> bool {
        matches!(self, Self::DossierAccessioned | Self::DossierAmended | Self::DossierDescribed | Self::DossierReduced)
    }
}

/// The pseudonym of who acted: resolves through the body of an `actor-registered` event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActorId(pub [u8; 8]);

/// BLAKE3 and size of an object's stored bytes, over the ordered part digests where it has several parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stored {
    /// BLAKE3 of the stored bytes of a one-part object; of the concatenated part digests otherwise.
    pub blake3: Blake3,
    /// Sum of the stored parts' lengths, bytes.
    pub size: u64,
}

/// Public facts that some kinds carry in the clear because they must be readable without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// `archive-created`: SHA-256 of the FORMAT file.
    Format(Sha256),
    /// `keys-changed`: the generation and the digest of its files.
    Keys {
        /// Number of the generation, from 1.
        generation: u64,
        /// BLAKE3 over its files (`docs/format.md` §6).
        blake3: Blake3,
    },
    /// `clock-confirmed`: what the wall clock said.
    Wall(Micros),
    /// `checkpoint-stamped`: which token is in `evidence/`.
    Stamped(Stamped),
    /// `keys-moved`: the scope whose objects these were, and the one whose they are.
    Moved {
        /// The old one.
        from: Uuid,
        /// The new one.
        to: Uuid,
    },
    /// `scopes-destroyed`: the scopes.
    Scopes(Vec<Uuid>),
    /// `segment-thinned`: which segment, and its list of absent frames.
    Thinned {
        /// Sequence number of the segment.
        segment: u64,
        /// BLAKE3 of the list's file.
        absent: Blake3,
    },
}

/// Most scopes that one `scopes-destroyed` names: 39 bytes each in an entry of 65,535.
pub const SCOPES_MAX: usize = 1000;

/// A time-stamp token as its entry commits to it: enough to find it lost or altered without any key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// Size of the checkpoint.
    pub checkpoint: u64,
    /// Name of the authority: part of the token's file name.
    pub authority: String,
    /// SHA-256 of the token's file.
    pub token: Sha256,
    /// SHA-256 of the hash tree's file.
    pub tree: Sha256,
}

/// Longest name of a time-stamping authority, characters.
pub const AUTHORITY_NAME_MAX: usize = 40;

/// Whether `name` may name a time-stamping authority: lower-case letters, digits and hyphens, as it is part of file
/// names and of public entries.
pub fn is_authority_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=AUTHORITY_NAME_MAX).contains(&name.len()) && name.bytes().all(fits)
}

/// One ledger entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: EventKind,
    /// What it happened to: a record, a dossier, a transfer, the archive.
    pub id: Uuid,
    /// Index of the entry before this one about the same thing.
    pub previous: Option<u64>,
    /// When, by the archive's stamper.
    pub time: Micros,
    /// By whom.
    pub actor: ActorId,
    /// The rule it rests on, with its version.
    pub rule: Option<String>,
    /// HMAC-SHA-256(salt, opening), where there is a body.
    pub commitment: Option<Sha256>,
    /// The objects that came with it: components in order, the body last.
    pub stored: Vec<Stored>,
    /// Facts in the clear.
    pub detail: Option<Detail>,
}

/// Why bytes are not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    /// Longer than [`ENTRY_BYTES_MAX`].
    #[error("an entry has at most 65,535 bytes")]
    TooLong,
    /// Not JSON, or with missing or unknown fields.
    #[error("not the JSON of an entry: {0}")]
    Json(String),
    /// A field's value is out of its form.
    #[error("the entry's field {0:?} is not in its form")]
    Field(&'static str),
    /// A version this program does not know.
    #[error("entry version {0} is newer than this program")]
    Version(u32),
}

impl Entry {
    /// The exact bytes that are hashed and stored. Errors only if the entry would be too long.
    pub fn encode(&self) -> Result<Vec<u8>, BadEntry> {
        let wire = wire::Entry {
            v: wire::VERSION,
            event: self.kind.name(),
            id: self.id.to_string(),
            previous: self.previous,
            time: self.time.to_string(),
            actor: hex(&self.actor.0),
            rule: self.rule.as_deref(),
            commitment: self.commitment.map(|digest| digest.to_string()),
            stored: self.stored.iter().map(|stored| (stored.blake3.to_string(), stored.size)).collect(),
            detail: self.detail.as_ref().map(wire::Detail::from),
        };
        let bytes = serde_json::to_vec(&wire).map_err(|error| BadEntry::Json(error.to_string()))?;
        if bytes.len() > ENTRY_BYTES_MAX || self.stored.len() > STORED_MAX {
            return Err(BadEntry::TooLong);
        }
        Ok(bytes)
    }

    /// Reads an entry.
    pub fn parse(bytes: &[u8]) -> Result<Self, BadEntry> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(BadEntry::TooLong);
        }
        let wire: wire::Parsed<'_> =
            serde_json::from_slice(bytes).map_err(|error| BadEntry::Json(error.to_string()))?;
        if wire.v != wire::VERSION {
            return Err(BadEntry::Version(wire.v));
        }
        if wire.stored.len() > STORED_MAX {
            return Err(BadEntry::Field("stored"));
        }
        let digest = |text: &str, field| text.parse().map_err(|_| BadEntry::Field(field));
        Ok(Self {
            kind: wire.event.parse()?,
            id: Uuid::try_parse(&wire.id).map_err(|_| BadEntry::Field("id"))?,
            previous: wire.previous,
            time: wire.time.parse().map_err(|_| BadEntry::Field("time"))?,
            actor: wire.actor.parse()?,
            rule: wire.rule,
            commitment: wire.commitment.map(|text| digest(&text, "commitment")).transpose()?,
            stored: wire
                .stored
                .iter()
                .map(|(blake3, size)| {
                    let blake3 = blake3.parse().map_err(|_| BadEntry::Field("stored"))?;
                    Ok(Stored { blake3, size: *size })
                })
                .collect::<Result<_, BadEntry>>()?,
            detail: wire.detail.map(Detail::try_from).transpose()?,
        })
    }
}

impl FromStr for ActorId {
    type Err = BadEntry;
    fn from_str(text: &str) -> Result<Self, BadEntry> {
        let bytes = unhex(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(BadEntry::Field("actor"))
    }
}

impl std::fmt::Display for ActorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// The JSON of an entry, version 1.
mod wire {
    use super::BadEntry;
    use std::borrow::Cow;

    pub const VERSION: u32 = 1;

    #[derive(serde::Serialize)]
    pub struct Entry<'a> {
        pub v: u32,
        pub event: &'static str,
        pub id: String,
        pub previous: Option<u64>,
        pub time: String,
        pub actor: String,
        pub rule: Option<&'a str>,
        pub commitment: Option<String>,
        pub stored: Vec<(String, u64)>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub detail: Option<Detail>,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Parsed<'a> {
        pub v: u32,
        #[serde(borrow)]
        pub event: Cow<'a, str>,
        #[serde(borrow)]
        pub id: Cow<'a, str>,
        pub previous: Option<u64>,
        #[serde(borrow)]
        pub time: Cow<'a, str>,
        #[serde(borrow)]
        pub actor: Cow<'a, str>,
        pub rule: Option<String>,
        #[serde(borrow)]
        pub commitment: Option<Cow<'a, str>>,
        pub stored: Vec<(String, u64)>,
        #[serde(default)]
        pub detail: Option<Detail>,
    }

    #[derive(Default, PartialEq, serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct Detail {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub format: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub generation: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub keys: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub wall: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub checkpoint: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub authority: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub token: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tree: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scopes: Option<Vec<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub segment: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub absent: Option<String>,
    }

    impl From<&super::Detail> for Detail {
        fn from(detail: &super::Detail) -> Self {
            match detail {
                super::Detail::Format(sha256) => Self { format: Some(sha256.to_string()), ..Self::default() },
                super::Detail::Keys { generation, blake3 } => {
                    Self { generation: Some(*generation), keys: Some(blake3.to_string()), ..Self::default() }
                }
                super::Detail::Wall(wall) => Self { wall: Some(wall.to_string()), ..Self::default() },
                super::Detail::Stamped(stamped) => Self {
                    checkpoint: Some(stamped.checkpoint),
                    authority: Some(stamped.authority.clone()),
                    token: Some(stamped.token.to_string()),
                    tree: Some(stamped.tree.to_string()),
                    ..Self::default()
                },
                super::Detail::Moved { from, to } => {
                    Self { from: Some(from.to_string()), to: Some(to.to_string()), ..Self::default() }
                }
                super::Detail::Scopes(scopes) => {
                    Self { scopes: Some(scopes.iter().map(ToString::to_string).collect()), ..Self::default() }
                }
                super::Detail::Thinned { segment, absent } => {
                    Self { segment: Some(*segment), absent: Some(absent.to_string()), ..Self::default() }
                }
            }
        }
    }

    impl TryFrom<Detail> for super::Detail {
        type Error = BadEntry;
        fn try_from(wire: Detail) -> Result<Self, BadEntry> {
            let detail = read(&wire)?;
            // Exactly the fields of one kind: whatever else stands there would be written otherwise.
            if Detail::from(&detail) == wire { Ok(detail) } else { Err(BadEntry::Field("detail")) }
        }
    }

    /// The detail that the first field found belongs to.
    fn read(wire: &Detail) -> Result<super::Detail, BadEntry> {
        fn field<T: std::str::FromStr>(text: Option<&String>, name: &'static str) -> Result<T, BadEntry> {
            text.and_then(|text| text.parse().ok()).ok_or(BadEntry::Field(name))
        }
        let missing = BadEntry::Field("detail");
        if let Some(sha256) = &wire.format {
            return field(Some(sha256), "detail.format").map(super::Detail::Format);
        }
        if let Some(generation) = wire.generation {
            return Ok(super::Detail::Keys { generation, blake3: field(wire.keys.as_ref(), "detail.keys")? });
        }
        if let Some(wall) = &wire.wall {
            return field(Some(wall), "detail.wall").map(super::Detail::Wall);
        }
        if let Some(checkpoint) = wire.checkpoint {
            let authority = wire.authority.clone().filter(|name| super::is_authority_name(name));
            return Ok(super::Detail::Stamped(super::Stamped {
                checkpoint,
                authority: authority.ok_or(BadEntry::Field("detail.authority"))?,
                token: field(wire.token.as_ref(), "detail.token")?,
                tree: field(wire.tree.as_ref(), "detail.tree")?,
            }));
        }
        if wire.from.is_some() {
            let (from, to) = (field(wire.from.as_ref(), "detail.from")?, field(wire.to.as_ref(), "detail.to")?);
            return Ok(super::Detail::Moved { from, to });
        }
        if let Some(scopes) = &wire.scopes {
            let scopes: Result<Vec<_>, _> = scopes.iter().map(|id| field(Some(id), "detail.scopes")).collect();
            return scopes.map(super::Detail::Scopes);
        }
        let segment = wire.segment.ok_or(missing)?;
        Ok(super::Detail::Thinned { segment, absent: field(wire.absent.as_ref(), "detail.absent")? })
    }
}

#[cfg(test)]
mod tests;
