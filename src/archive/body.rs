//! Bodies: what an event says in confidence. The wire form of records and dossiers (`docs/format.md` §4.3).
//!
//! The plaintext of a body object is two lines: the *manifest*, whose salted HMAC stands in the entry, and the body's
//! JSON, whose SHA-256 stands in the manifest. So a receipt can open the manifest, and with it the digests of the
//! components, without showing the body.

mod account;
mod agency;
mod description;
mod destruction;
mod disposal;
mod dossier;
mod hold;
mod manifest;
mod reads;
mod record;
mod request;
mod retention;
mod signature;
mod source;
mod time;
mod transfer;
mod trust;
mod upkeep;
mod validation;

pub use account::{AccountClosedBody, AccountConfirmedBody, AccountIdentity, AccountProposedBody};
pub use agency::{AgenciesChangedBody, AgencyActBody};
pub use description::{AmendedFields, ChangeBody, DescribedFields, DescriptionAmendedBody, DossierDescribedBody};
pub use destruction::{
    DestructionBegunBody, DestructionEndedBody, KeysMovedBody, ListedBody, ReducedBody, TombstoneBody,
};
pub use disposal::{
    ActBody, DISPOSAL_VERSION, DisposalActedBody, DisposalOpenedBody, DocumentBody, DocumentSignatureBody, GroundBody,
    InsteadBody, ItemBody, PaperBody, SeatBody, VoteBody,
};
pub use dossier::{DossierBody, DossierReducedBody, RetentionBody};
pub use hold::{HoldPlacedBody, HoldQueryBody, HoldReleasedBody, HoldScopeBody};
pub use manifest::{BodyText, Manifest, ManifestBody, ManifestComponent, read_manifest, split};
pub use reads::{ReadBody, ReadsRecordedBody};
pub use record::{ComponentBody, ExaminationBody, FindingBody, RecordBody, RecordPlace};
pub use request::{
    CopyCertifiedBody, CopyMadeBody, PassIssuedBody, PassRevokedBody, ReaderBody, RequestApprovedBody,
    RequestClosedBody, RequestFulfilledBody, RequestReceivedBody, RequestRefusedBody,
};
pub use retention::{
    AgencySectorBody, AppliesBody, ArchiveKindBody, ArchiveNamedBody, ConcernsBody, HolidaysBody, OccurrenceBody,
    RecordsLinkedBody, RetentionAssignedBody, RetentionConfirmedBody, RetentionExtendedBody, RetentionReviewedBody,
    RevokedBody, RuleConfirmedBody, RuleWithdrawnBody, RulesBody,
};
pub use signature::SignatureBody;
pub use source::{EvidenceSourceBody, EvidenceSourceEndedBody};
pub use time::{CheckpointStampedBody, TimeAuthorityBody, TimeAuthorityEndedBody};
pub use transfer::{
    TransferAcceptedBody, TransferBody, TransferMinutesBody, TransferReturnedBody, TransferSubmittedBody,
};
pub use trust::{TrustAnchorBody, TrustAnchorEndedBody};
pub use upkeep::{ActorBody, FixityCheckedBody, FixityDoubtBody, KeyCopyBody, RecoveredBody};
pub use validation::{
    ComponentRun, EvidenceCapturedBody, EvidenceItem, EvidenceServes, PolicyNamed, ReportSummary, RunFields,
    SignatureSummary, SignaturesValidatedBody,
};
