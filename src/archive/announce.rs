//! Turning what somebody wants into a proposal: body, manifest, commitment, keys.

use super::body::BodyText;
use super::object::{SealedObject, Workshop, commitment};
use super::truth::Proposal;
use crate::cipher;
use crate::error::{Error, Result};
use crate::event::{ActorId, Detail, EventKind};
use crate::keys::{Keys, ObjectSecrets};
use crate::record::Component;
use crate::vault::frame::Codec;
use std::sync::{Arc, RwLock};
use uuid::Uuid;

/// A proposal with what the projections will need of it.
pub struct Announced {
    /// For the truth.
    pub proposal: Proposal,
    /// The scope its keys are wrapped under.
    pub scope: Option<Uuid>,
    /// Its body's JSON, as committed to.
    pub body: Option<Arc<[u8]>>,
}

impl Announced {
    /// Bytes that it adds to a group, about.
    pub fn size(&self) -> usize {
        let part = |part: &super::object::SealedPart| match part {
            super::object::SealedPart::Here { bytes, .. } => bytes.len(),
            super::object::SealedPart::Placed { .. } => 0,
        };
        self.proposal.objects.iter().flat_map(|object| &object.parts).map(part).sum()
    }
}

/// A component that was sealed, with the secrets it was sealed under.
pub struct SealedComponent {
    /// Its description.
    pub component: Component,
    /// Its bytes.
    pub object: SealedObject,
    /// Its keys.
    pub secrets: ObjectSecrets,
}

/// What an event is and rests on.
pub struct Heading {
    /// What is to happen.
    pub kind: EventKind,
    /// To what.
    pub id: Uuid,
    /// By whom.
    pub actor: ActorId,
    /// On what rule.
    pub rule: Option<String>,
}

/// Makes announcements; one a thread.
pub struct Announcer {
    keys: Arc<RwLock<Keys>>,
    workshop: Workshop,
    codec: Codec,
}

impl Announcer {
    /// An announcer whose bodies use the dictionary, unless that is empty.
    pub fn new(archive: Uuid, keys: Arc<RwLock<Keys>>, dictionary: &[u8]) -> Result<Self> {
        let codec = if dictionary.is_empty() { Codec::Zstd } else { Codec::ZstdDictionary };
        Ok(Self { keys, workshop: Workshop::new(archive, dictionary)?, codec })
    }

    /// An event with a body and components, its keys under `scope`.
    pub fn with_body(
        &mut self,
        heading: Heading,
        scope: Uuid,
        components: Vec<SealedComponent>,
        body: &impl serde::Serialize,
    ) -> Result<Announced> {
        let described: Vec<Component> = components.iter().map(|sealed| sealed.component.clone()).collect();
        let text = BodyText::new(&described, body)
            .map_err(|error| Error::invalid("the event's body can't be written").because(error))?;
        if text.bytes.len() > super::object::PART_BYTES_MAX {
            return Err(Error::invalid("the event's body is longer than 16 MiB"));
        }
        let (id, secrets) = (Uuid::from_bytes(cipher::random()), ObjectSecrets::random());
        let body_object = self.workshop.seal_body(id, &secrets, &text.bytes, self.codec);
        let commitment = commitment(&secrets, text.manifest());
        let mut wrapped = Vec::with_capacity(components.len() + 1);
        let mut objects = Vec::with_capacity(components.len() + 1);
        for sealed in components {
            wrapped.push((sealed.object.id, sealed.secrets));
            objects.push(sealed.object);
        }
        wrapped.push((id, secrets));
        objects.push(body_object);
        let keys = self.keys.read().map_err(|_| Error::corrupt("a holder of the keys died"))?;
        let key_frame = keys.wrap(scope, &wrapped).map_err(|error| Error::corrupt("keys").because(error))?;
        let proposal = Proposal {
            kind: heading.kind,
            id: heading.id,
            actor: heading.actor,
            rule: heading.rule,
            commitment: Some(commitment),
            key_frame: Some(key_frame),
            objects,
            detail: None,
        };
        Ok(Announced { proposal, scope: Some(scope), body: Some(Arc::from(text.body())) })
    }

    /// The workshop, for sealing components.
    pub fn workshop(&mut self) -> &mut Workshop {
        &mut self.workshop
    }
}

/// An event without a body.
pub fn plain(heading: Heading, detail: Option<Detail>) -> Announced {
    let proposal = Proposal {
        kind: heading.kind,
        id: heading.id,
        actor: heading.actor,
        rule: heading.rule,
        commitment: None,
        key_frame: None,
        objects: Vec::new(),
        detail,
    };
    Announced { proposal, scope: None, body: None }
}
