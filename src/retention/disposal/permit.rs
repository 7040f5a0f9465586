//! The permit to destroy one item, given at that moment, after the decision was made anew.
//!
//! Only [`Case::permit`] makes a [`Permit`]; it is spent by value, so one permit destroys one item once. Whatever
//! deletes content takes a permit, and no other way exists. What speaks against it is a [`Skip`]: the item is left, the
//! case goes on.

use super::item::{Ground, Item};
use super::{Case, Fate, Part, State};
use crate::digest::Sha256;
use crate::retention::decision::{Decision, Outcome};
use crate::retention::hold::Person;
use crate::retention::reason::{ReasonCode, codes};
use crate::retention::span::Span;
use chrono::NaiveDate;
use uuid::Uuid;

/// The right to destroy one item now.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit {
    case: Uuid,
    record: Uuid,
    digest: Sha256,
}

impl Permit {
    /// A permit without a case, for tests of what permits allow.
    #[cfg(test)]
    pub(crate) fn granted(case: Uuid, record: Uuid) -> Self {
        Self { case, record, digest: Sha256([7; 32]) }
    }

    /// The case.
    pub fn case(&self) -> Uuid {
        self.case
    }

    /// The record that may be destroyed.
    pub fn record(&self) -> Uuid {
        self.record
    }

    /// The digest of the item that was approved: what `intent` and `destroyed` name.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }
}

/// How things stand at the moment of destruction, as of the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now<'a> {
    /// The day.
    pub on: NaiveDate,
    /// The item as it would be listed now.
    pub item: &'a Item,
    /// The decision made now.
    pub decision: &'a Decision,
    /// For a duplicate: the record that stays.
    pub survivor: Option<Survivor>,
}

/// A record that has the same content as a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survivor {
    /// The record.
    pub record: Uuid,
    /// Its content and metadata.
    pub content: Sha256,
    /// How long it is kept.
    pub span: Span,
    /// Whether it stays.
    pub state: SurvivorState,
}

/// Whether the other copy of a duplicate stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SurvivorState {
    /// It is there and on no list.
    Kept,
    /// It is on a list, or gone.
    Going,
}

codes! {
    /// Why an item is left.
    Skip
    NotListed "not-listed" "Không còn trong danh mục." "It is not on the list any more.";
    NotExecuting "not-executing" "Hồ sơ hủy không ở bước thực hiện." "The case is not being executed.";
    NotExecutor "not-executor" "Không phải người được giao thực hiện." "Another person executes.";
    Late "late" "Đã quá thời hạn thực hiện quyết định hủy." "The time to execute the decision has passed.";
    NotApproved "not-approved" "Thiếu phê duyệt, hoặc phê duyệt đã mất hiệu lực do có thay đổi."
        "An approval is missing, or was voided by a change.";
    Changed "changed" "Thông tin đã thay đổi sau khi phê duyệt." "What was approved has changed since.";
    Held "held" "Đang tạm dừng hủy." "It is on hold.";
    NotDue "not-due" "Chưa đủ điều kiện hủy vào ngày thực hiện." "It may not be destroyed on this day.";
    NoSurvivor "no-survivor" "Bản trùng được giữ lại không còn, hoặc không giống."
        "The copy that was to stay is not there, or is not the same.";
    Gone "gone" "Đã bị hủy theo hồ sơ hủy khác." "It was destroyed by another case.";
    Unreadable "unreadable" "Không đọc được thông tin cần để quyết định." "What the decision needs could not be read.";
}

impl Case {
    /// The permit to destroy an item, or why it is left.
    pub fn permit(&self, record: Uuid, executor: Person, now: &Now) -> Result<Permit, Skip> {
        let window = self.window().filter(|(first, _)| self.state == State::Executing && now.on >= *first);
        let (_, last) = window.ok_or(Skip::NotExecuting)?;
        if self.parts.get(&executor) != Some(&Part::Executor) {
            return Err(Skip::NotExecutor);
        }
        let entry = self.entries.get(&record).filter(|entry| matches!(entry.fate, Fate::Listed | Fate::Failed(_)));
        let entry = entry.ok_or(Skip::NotListed)?;
        if now.on > last {
            return Err(Skip::Late);
        }
        if now.decision.outcome == Outcome::Held {
            return Err(Skip::Held);
        }
        if !self.is_approved(record) {
            return Err(Skip::NotApproved);
        }
        if *now.item != entry.item {
            return Err(Skip::Changed);
        }
        allowed(&entry.item, now)?;
        Ok(Permit { case: self.id, record, digest: entry.digest })
    }
}

/// Whether the decision made now lets an item go on its ground.
fn allowed(item: &Item, now: &Now) -> Result<(), Skip> {
    let Decision { outcome, span, .. } = now.decision;
    if *outcome != item.outcome || now.decision.until() != item.until {
        return Err(Skip::NotDue);
    }
    let Ground::Duplicate(of) = item.ground else {
        return if *outcome == Outcome::Eligible { Ok(()) } else { Err(Skip::NotDue) };
    };
    if !item.is_listable() || is_doubtful(now.decision) {
        return Err(Skip::NotDue);
    }
    let stays = |survivor: &Survivor| {
        survivor.record == of
            && of != item.record
            && survivor.content == item.content
            && survivor.span >= *span
            && survivor.state == SurvivorState::Kept
    };
    now.survivor.filter(stays).map(|_| ()).ok_or(Skip::NoSurvivor)
}

/// Whether something besides the running period keeps a duplicate: nothing goes on what nobody verified.
pub(super) fn is_doubtful(decision: &Decision) -> bool {
    let doubts = [
        ReasonCode::LinkedLonger,
        ReasonCode::LinkedNotVerified,
        ReasonCode::RuleNotVerified,
        ReasonCode::StatementOnly,
        ReasonCode::DossierNotVerified,
    ];
    doubts.into_iter().any(|code| decision.says(code))
}
