//! Roles, actions, objects, and the one function that joins them.
//!
//! A role is a set of actions; an account has roles and, unless it acts for the whole archive, the agencies it acts for.
//! An action on a record or dossier needs a role that has it *and* reach over the agency that transferred the dossier.
//! Administrators run the system and read no content: neither files nor what describes them.

use crate::record::AgencyCode;
use crate::retention::access::Access;
use std::collections::BTreeSet;
use std::str::FromStr;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident: $($(#[$of:meta])* $variant:ident $text:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in events, API and tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl FromStr for $name {
            type Err = Unnamed;
            fn from_str(text: &str) -> Result<Self, Unnamed> {
                match text { $($text => Ok(Self::$variant),)* _ => Err(Unnamed) }
            }
        }
    };
}

/// A text that names nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is nothing of this name")]
pub struct Unnamed;

named! {
    /// What somebody is in the archive.
    Role:
    /// Acts for the agencies that transfer.
    TransferringOfficer "transferring-officer";
    /// Searches, describes, examines, proposes.
    Archivist "archivist";
    /// Reads everything relevant to integrity, changes nothing.
    Inspector "inspector";
    /// Sits on the council that reviews disposal lists.
    CouncilMember "council-member";
    /// Decides: on destruction, and on who is given what is not open to everybody.
    DecidingAuthority "deciding-authority";
    /// Runs the system, reads no content.
    Administrator "administrator";
}

named! {
    /// What somebody wants to do.
    Action:
    /// Read what anybody may verify: ledger, checkpoint, health, the words of the law.
    ReadPublic "read-public";
    /// Sign in.
    SignIn "sign-in";
    /// Read in place, without an account, what a pass opens: the pass is asked for each time.
    ReadByPass "read-by-pass";
    /// Look after the own account: password, sessions.
    KeepOwnAccount "keep-own-account";
    /// Change what else opens the own account: second factor, tokens.
    KeepOwnFactors "keep-own-factors";
    /// See how much the archive holds.
    ReadHoldings "read-holdings";
    /// Find records.
    Search "search";
    /// Read what describes a record or a dossier: metadata, verdicts, retention.
    ReadDescription "read-description";
    /// Amend what describes a record.
    Describe "describe";
    /// Have the signatures of records validated again.
    RevalidateSignatures "revalidate-signatures";
    /// Read what happened to a record or dossier.
    ReadHistory "read-history";
    /// Read the files of a record.
    ReadContent "read-content";
    /// Fetch the receipt of a record.
    FetchReceipt "fetch-receipt";
    /// Find by a digest whether a file is held; check receipts, evidence records and signatures of files that are handed in.
    Inspect "inspect";
    /// Read accounts and what is proposed for them.
    ReadAccounts "read-accounts";
    /// See transfers: what is handed over, what was found, where they stand.
    ReadTransfers "read-transfers";
    /// Begin a transfer for an agency, hand files over, have them examined, submit.
    HandOver "hand-over";
    /// Accept a transfer, or return it.
    ReceiveTransfer "receive-transfer";
    /// See disposal cases and holds.
    ReadDisposal "read-disposal";
    /// Act in disposal cases at all.
    ActInDisposal "act-in-disposal";
    /// Open disposal cases, make and submit lists, execute, record what follows.
    HandleDisposal "handle-disposal";
    /// Vote in a council, and close it.
    ReviewDisposal "review-disposal";
    /// Set up a council, and decide.
    DecideDisposal "decide-disposal";
    /// See readers' requests: who asks for which records, for what, and what was given out.
    ReadRequests "read-requests";
    /// Take readers' requests in, make their copies, give them out, close them.
    HandleRequests "handle-requests";
    /// Approve requests for what is open to everybody, and refuse any.
    ApproveRequests "approve-requests";
    /// Approve requests for what is not open to everybody.
    ApproveClosedRequests "approve-closed-requests";
    /// Place and release holds.
    KeepHolds "keep-holds";
    /// Propose accounts and other rights for them, confirm what another proposed, close them.
    ChangeAccounts "change-accounts";
    /// Read the register of agencies: names, codes, who succeeds whom.
    ReadAgencies "read-agencies";
    /// Record acts in the register of agencies.
    KeepAgencies "keep-agencies";
    /// See webhooks: which agencies' systems are told, and how that goes.
    ReadWebhooks "read-webhooks";
    /// Make, resume and remove webhooks.
    KeepWebhooks "keep-webhooks";
    /// See how the system stands: health, storage, keys, trust anchors, rules, jobs.
    ReadSystem "read-system";
    /// Say whom the archive believes and whom it asks: trust anchors, time-stamping authorities, sources of evidence.
    KeepTrust "keep-trust";
    /// Start what the service does by itself at intervals: time-stamps, backups, checks.
    RunUpkeep "run-upkeep";
    /// Say that the system's clock is right, after it jumped and writing stopped.
    ConfirmClock "confirm-clock";
    /// See what rules: schedules, their lines, the law's numbers.
    ReadRules "read-rules";
    /// Adopt rules, or what another proposed.
    AdoptRules "adopt-rules";
    /// Confirm rules against their text, and withdraw that.
    ConfirmRules "confirm-rules";
    /// Put records and dossiers under rules, record what their periods wait for, link records, go on keeping.
    KeepPeriods "keep-periods";
    /// Confirm what an agency states of a record or dossier, or a shorter rule that another person assigned.
    ConfirmPeriods "confirm-periods";
    /// Read who did what, and who read what.
    ReadAuditTrail "read-audit-trail";
}

impl Action {
    /// Whether who does it must just have proved again who they are: what destroys, what changes rights or keys, what
    /// opens an account, and what gives out records that are not open.
    pub const fn wants_fresh_proof(self) -> bool {
        matches!(
            self,
            Self::KeepOwnFactors
                | Self::ChangeAccounts
                | Self::KeepAgencies
                | Self::KeepWebhooks
                | Self::KeepTrust
                | Self::ConfirmClock
                | Self::AdoptRules
                | Self::ConfirmRules
                | Self::ConfirmPeriods
                | Self::ApproveClosedRequests
        )
    }

    /// What the answers to it show: who may do it and not see that would hear of no success.
    pub const fn shows(self) -> Option<Self> {
        match self {
            Self::HandOver | Self::ReceiveTransfer => Some(Self::ReadTransfers),
            Self::Describe | Self::RevalidateSignatures => Some(Self::ReadDescription),
            Self::HandleRequests | Self::ApproveRequests | Self::ApproveClosedRequests => Some(Self::ReadRequests),
            Self::ActInDisposal | Self::HandleDisposal | Self::ReviewDisposal | Self::DecideDisposal => {
                Some(Self::ReadDisposal)
            }
            _ => None,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants {
    /// What they are; empty: nobody who signed in.
    pub roles: BTreeSet<Role>,
    /// For which agencies, with those under them.
    pub reach: Reach,
    /// For what alone, where an API token asks in their name; `None`: for whatever the roles do.
    pub only: Option<BTreeSet<Action>>,
}

/// For which agencies somebody acts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    /// For none.
    #[default]
    Nothing,
    /// For these, with those under them.
    Agencies(Vec<AgencyCode>),
    /// For the whole archive.
    Everything,
}

impl Reach {
    /// Whether it covers what `agency` transferred.
    pub fn covers(&self, agency: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Agencies(own) => own.iter().any(|own| own.covers(agency)),
        }
    }
}

/// What it is to be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// Nothing in particular yet: may they at all?
    Any,
    /// A dossier or the description of a record that this agency transferred.
    Described {
        /// The agency's code.
        agency: &'a str,
    },
    /// The files of a record.
    Content {
        /// Code of the agency that transferred it.
        agency: &'a str,
        /// How open it is.
        access: Access,
    },
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allowed,
    /// Nobody may who has not signed in.
    SignInFirst,
    /// No role of theirs does this.
    NotTheirRole,
    /// The token that they ask with is not for this.
    NotTheirToken,
    /// Their roles do this, but not for that agency.
    OutOfReach,
    /// The record is closed to their roles.
    Closed,
}

/// May they? `asking` is `None` where nobody signed in.
pub fn decide(asking: Option<&Grants>, action: Action, object: Object<'_>) -> Decision {
    if matches!(action, Action::ReadPublic | Action::SignIn | Action::ReadByPass) {
        return Decision::Allowed;
    }
    let Some(asking) = asking else { return Decision::SignInFirst };
    if asking.only.as_ref().is_some_and(|only| !only.contains(&action)) {
        return Decision::NotTheirToken;
    }
    let roles = || asking.roles.iter().copied().filter(|role| does(*role, action));
    if !matches!(action, Action::KeepOwnAccount | Action::KeepOwnFactors) && roles().next().is_none() {
        return Decision::NotTheirRole;
    }
    if is_of_the_whole(action) && asking.reach != Reach::Everything {
        return Decision::NotTheirRole;
    }
    match object {
        Object::Any => Decision::Allowed,
        Object::Described { agency } | Object::Content { agency, .. } if !asking.reach.covers(agency) => {
            Decision::OutOfReach
        }
        Object::Content { access: Access::Closed, .. } if !roles().any(opens_closed) => Decision::Closed,
        Object::Described { .. } | Object::Content { .. } => Decision::Allowed,
    }
}

/// What each role does.
fn does(role: Role, action: Action) -> bool {
    use Action::{
        ActInDisposal, AdoptRules, ApproveClosedRequests, ApproveRequests, ChangeAccounts, ConfirmClock,
        ConfirmPeriods, ConfirmRules, DecideDisposal, Describe, FetchReceipt, HandOver, HandleDisposal, HandleRequests,
        Inspect, KeepAgencies, KeepHolds, KeepOwnAccount, KeepOwnFactors, KeepPeriods, KeepTrust, KeepWebhooks,
        ReadAccounts, ReadAgencies, ReadAuditTrail, ReadByPass, ReadContent, ReadDescription, ReadDisposal,
        ReadHistory, ReadHoldings, ReadPublic, ReadRequests, ReadRules, ReadSystem, ReadTransfers, ReadWebhooks,
        ReceiveTransfer, RevalidateSignatures, ReviewDisposal, RunUpkeep, Search, SignIn,
    };
    match action {
        ReadPublic | SignIn | ReadByPass | KeepOwnAccount | KeepOwnFactors | ReadHoldings | ReadAgencies => true,
        Search | ReadDescription | ReadContent => role != Role::Administrator,
        ReadHistory => role != Role::Administrator,
        FetchReceipt => matches!(role, Role::TransferringOfficer | Role::Archivist | Role::Inspector),
        Inspect => matches!(role, Role::Archivist | Role::Inspector),
        ChangeAccounts | KeepAgencies | KeepTrust | KeepWebhooks | ReadWebhooks | RunUpkeep | ConfirmClock => {
            role == Role::Administrator
        }
        ReadAuditTrail => role == Role::Inspector,
        ReadAccounts | ReadSystem => matches!(role, Role::Administrator | Role::Inspector),
        ReadTransfers => matches!(role, Role::TransferringOfficer | Role::Archivist | Role::Inspector),
        HandOver => role == Role::TransferringOfficer,
        ReceiveTransfer | HandleDisposal | Describe | RevalidateSignatures | KeepPeriods => role == Role::Archivist,
        ReadDisposal => !matches!(role, Role::TransferringOfficer | Role::Administrator),
        ActInDisposal => matches!(role, Role::Archivist | Role::CouncilMember | Role::DecidingAuthority),
        ReviewDisposal => role == Role::CouncilMember,
        DecideDisposal => role == Role::DecidingAuthority,
        ReadRequests => matches!(role, Role::Archivist | Role::DecidingAuthority | Role::Inspector),
        HandleRequests => role == Role::Archivist,
        ApproveRequests | KeepHolds => matches!(role, Role::Archivist | Role::DecidingAuthority),
        ApproveClosedRequests => role == Role::DecidingAuthority,
        ReadRules => role != Role::TransferringOfficer,
        AdoptRules => matches!(role, Role::DecidingAuthority | Role::Administrator),
        ConfirmRules | ConfirmPeriods => role == Role::DecidingAuthority,
    }
}

/// What is about records of several agencies at once, or about the archive itself: only who acts for the whole does it.
fn is_of_the_whole(action: Action) -> bool {
    use Action::{
        ActInDisposal, AdoptRules, ChangeAccounts, ConfirmClock, ConfirmRules, DecideDisposal, HandleDisposal,
        KeepAgencies, KeepHolds, KeepTrust, KeepWebhooks, ReadAccounts, ReadAuditTrail, ReadDisposal, ReadSystem,
        ReviewDisposal, RunUpkeep,
    };
    matches!(action, ReadDisposal | ActInDisposal | HandleDisposal | ReviewDisposal | DecideDisposal | KeepHolds)
        || matches!(action, AdoptRules | ConfirmRules | ReadAuditTrail | ReadAccounts | ReadSystem)
        || matches!(action, ChangeAccounts | KeepAgencies | KeepTrust | KeepWebhooks | RunUpkeep | ConfirmClock)
}

/// Who reads files of access mode 03: those who process them, and those who decide about them.
fn opens_closed(role: Role) -> bool {
    matches!(role, Role::Archivist | Role::DecidingAuthority)
}

#[cfg(test)]
mod tests;
