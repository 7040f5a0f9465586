//! Capturing evidence: each certificate, list, answer, policy and state of trust comes into the vault once.
//!
//! It is shared by all records whose runs looked at it, so it lies under the archive's own keys, not under a record's.

use super::EvidenceKind;
use crate::archive::announce::{Announced, Announcer, Heading, SealedComponent};
use crate::archive::body::{EvidenceCapturedBody, EvidenceItem, EvidenceServes};
use crate::archive::check_signature::Checker;
use crate::archive::object::{Opener, PART_BYTES_MAX, SealedObject};
use crate::archive::project;
use crate::archive::reading::Archive;
use crate::archive::writing::Writing;
use crate::cipher::{self, ObjectKey};
use crate::digest::{ContentDigests, Sha256};
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::{Bucket, ObjectSecrets};
use crate::record::{Component, Role};
use crate::signature::crl::Crl;
use crate::signature::x509::Certificate;
use crate::time::Micros;
use std::collections::HashSet;
use uuid::Uuid;

/// Pieces in one event at most: an event's keys and objects stay small.
const ITEMS_MAX: usize = 64;

/// Captured pieces of one authority and kind that are at hand for other documents, at most: some authorities issue a list
/// every hour that is in force for days, or divide theirs.
const AT_HAND_OF_ONE_MAX: usize = 64;

/// Captured pieces of which the archive does not know whom they serve that are looked at besides, at most; the newest.
/// What a record's own runs captured is at hand besides.
const AT_HAND_OF_UNKNOWN_MAX: usize = 4096;

/// Sees to it that evidence is captured once.
#[derive(Default)]
pub(in crate::archive) struct Capture {
    /// What was announced before, durable or on its way.
    known: HashSet<Sha256>,
}

impl Capture {
    /// Events that capture what of `wanted` the archive does not hold yet; they must come before what rests on them.
    pub fn announce(
        &mut self,
        archive: &Writing,
        announcer: &mut Announcer,
        checker: &Checker,
        wanted: &[(EvidenceKind, Sha256)],
        actor: ActorId,
    ) -> Result<Vec<Announced>> {
        let mut missing = Vec::new();
        for &(kind, sha256) in wanted {
            if !self.known.contains(&sha256) {
                if archive.catalog.evidence(&sha256).map_err(project::catalog)?.is_none() {
                    missing.push((kind, sha256));
                }
                self.known.insert(sha256);
            }
        }
        let mut events = Vec::new();
        for some in missing.chunks(ITEMS_MAX) {
            events.push(event(archive, announcer, checker, some, actor)?);
        }
        Ok(events)
    }
}

fn event(
    archive: &Writing,
    announcer: &mut Announcer,
    checker: &Checker,
    items: &[(EvidenceKind, Sha256)],
    actor: ActorId,
) -> Result<Announced> {
    let mut components = Vec::with_capacity(items.len());
    let mut described = Vec::with_capacity(items.len());
    for (kind, sha256) in items {
        let bytes = checker.bytes_of(*kind, sha256);
        let bytes = bytes.ok_or_else(|| Error::corrupt(format!("the evidence {sha256} is not at hand")))?;
        let name = format!("{sha256}.{}", kind.extension());
        components.push(seal(archive, announcer, (&name, kind.media_type()), &bytes)?);
        let serves = serves(*kind, &bytes);
        described.push(EvidenceItem { kind: kind.name().to_owned(), sha256: sha256.to_string(), serves });
    }
    let body = EvidenceCapturedBody { items: described };
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind: EventKind::EvidenceCaptured, id: archive.new_id(), actor, rule: None };
    announcer.with_body(heading, scope, components, &body)
}

/// Whom a piece of evidence serves: a list its issuer, an authority's certificate its subject.
fn serves(kind: EvidenceKind, bytes: &[u8]) -> Option<EvidenceServes> {
    let (name, until) = match kind {
        EvidenceKind::RevocationList => {
            // A list that adds to another is of use beside that other only.
            let list = Crl::read(bytes).ok().filter(|list| !list.is_delta())?;
            (Sha256::of(&list.issuer().raw), list.next_update()?)
        }
        EvidenceKind::Certificate => {
            let certificate = Certificate::read(bytes).ok()?;
            certificate.extensions().basic_constraints.as_ref().filter(|constraints| constraints.is_ca)?;
            (Sha256::of(&certificate.subject().raw), certificate.not_after())
        }
        _ => return None,
    };
    Some(EvidenceServes { authority: name.to_string(), until: Micros::from(until).to_string() })
}

/// Seals a component that is at hand whole, under keys of its own.
pub(in crate::archive) fn seal(
    archive: &Writing,
    announcer: &mut Announcer,
    (name, media_type): (&str, &str),
    bytes: &[u8],
) -> Result<SealedComponent> {
    let (object, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
    let mut parts = Vec::new();
    // Nothing at all is one part, too: the state of trust where nobody is trusted.
    let whole = [bytes];
    let chunks: &mut dyn Iterator<Item = &[u8]> =
        if bytes.is_empty() { &mut whole.into_iter() } else { &mut bytes.chunks(PART_BYTES_MAX) };
    for (number, plain) in (0u32..).zip(chunks) {
        let part = announcer.workshop().seal_part(object, &secrets, number, plain);
        if bytes.len() <= PART_BYTES_MAX / ITEMS_MAX {
            parts.push(part);
        } else {
            // What is long goes ahead of its entry, so that a group stays small.
            parts.append(&mut archive.sequencer.commit_parts(object, number, vec![part])?);
        }
    }
    let component = Component {
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        role: Role::Original,
        digests: ContentDigests::of(bytes),
    };
    Ok(SealedComponent { component, object: SealedObject { id: object, parts }, secrets })
}

impl Archive {
    /// Hands a checker what was captured before and may serve for other documents: certificates of authorities, and of
    /// each authority the newest list that is still in force at `now`. Chosen by authority: that one issues lists by the
    /// hour does not push out another's, who issues one a year.
    pub(in crate::archive) fn take_evidence_in_force(&self, checker: &mut Checker, now: Micros) -> Result<()> {
        for sha256 in self.at_hand(EvidenceKind::Certificate, Micros(0))? {
            checker.take_captured(&self.evidence(&sha256)?);
        }
        // One authority may have several lists: under several keys, and each for a part of its certificates.
        let is_alike = |one: &Crl, other: &Crl| {
            let (one_says, other_says) = (one.extensions(), other.extensions());
            one.issuer().raw[..] == other.issuer().raw[..]
                && one_says.authority_key_identifier == other_says.authority_key_identifier
                && one_says.distribution_point == other_says.distribution_point
        };
        let mut newest: Vec<Crl> = Vec::new();
        for sha256 in self.at_hand(EvidenceKind::RevocationList, now)? {
            let (_, bytes) = self.evidence(&sha256)?;
            let Ok(list) = Crl::read(&bytes) else { continue };
            // A list that adds to another is of use beside that other only.
            if list.is_delta() || list.next_update().is_none_or(|next| next < now.instant()) {
                continue;
            }
            match newest.iter_mut().find(|known| is_alike(known, &list)) {
                Some(known) if known.this_update() < list.this_update() => *known = list,
                Some(_) => {}
                None => newest.push(list),
            }
        }
        newest.iter().for_each(|list| checker.take_list(list));
        Ok(())
    }

    /// The pieces of one kind that are at hand: of each authority those in force at `now`, the longest first; and what
    /// serves nobody that the archive knows, the newest first.
    fn at_hand(&self, kind: EvidenceKind, now: Micros) -> Result<Vec<Sha256>> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for (sha256, row) in self.catalog.evidence_of(kind.number()).map_err(project::catalog)? {
            match row.serves {
                Some(serves) if serves.until >= now => known.push((serves.authority, serves.until, sha256)),
                Some(_) => {}
                // Identifiers of events grow with time.
                None => unknown.push((row.event, sha256)),
            }
        }
        known.sort_unstable_by(|one, other| (one.0, other.1, other.2).cmp(&(other.0, one.1, one.2)));
        unknown.sort_unstable_by(|one, other| other.cmp(one));
        let of_one = known.chunk_by(|one, other| one.0 == other.0).map(|all| &all[..all.len().min(AT_HAND_OF_ONE_MAX)]);
        let known = of_one.flatten().map(|(_, _, sha256)| *sha256);
        Ok(known.chain(unknown.into_iter().take(AT_HAND_OF_UNKNOWN_MAX).map(|(_, sha256)| sha256)).collect())
    }

    /// Every captured piece of evidence of one kind.
    pub fn captured(&self, kind: EvidenceKind) -> Result<Vec<Sha256>> {
        let rows = self.catalog.evidence_of(kind.number()).map_err(project::catalog)?;
        Ok(rows.into_iter().map(|(sha256, _)| sha256).collect())
    }

    /// A captured piece of evidence: what it is, and its bytes, which have the digest asked for.
    pub fn evidence(&self, sha256: &Sha256) -> Result<(EvidenceKind, Vec<u8>)> {
        let row = self.catalog.evidence(sha256).map_err(project::catalog)?;
        let row = row.ok_or_else(|| Error::not_found(format!("the evidence {sha256} was never captured")))?;
        let kind = EvidenceKind::ALL.iter().copied().find(|kind| kind.number() == row.kind);
        let damaged = || Error::corrupt(format!("the captured evidence {sha256} is damaged"));
        let (_, event) = self.catalog.last_event(row.event).map_err(project::catalog)?.ok_or_else(damaged)?;
        let number = usize::from(row.number);
        let (object, secrets) = (event.objects.get(number).ok_or_else(damaged)?, self.secrets(&event)?);
        let (_, secrets) = secrets.get(number).ok_or_else(damaged)?;
        let key = ObjectKey::derive(&secrets.data_key, self.format.archive, object.id);
        let mut opener = Opener::new(b"")?;
        let mut bytes = Vec::new();
        for (part, at) in (0u32..).zip(&object.parts) {
            bytes.extend_from_slice(&self.part(&mut opener, &key, part, *at)?);
        }
        if Sha256::of(&bytes) != *sha256 {
            return Err(damaged());
        }
        Ok((kind.ok_or_else(damaged)?, bytes))
    }
}
