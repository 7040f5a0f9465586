//! What a case waits for, and of whom: said to people with the command that answers it.

use super::Docket;
use crate::retention::disposal::{Appraisal, Archive, Fate, Part, Stage, State};
use crate::retention::hold::Person;
use chrono::NaiveDate;
use uuid::Uuid;

/// Words: Vietnamese, English.
type Words = (&'static str, &'static str);

/// What a case waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Of whom.
    pub of: Words,
    /// What for.
    pub what: Words,
    /// The subcommand of `chauban disposal` that does it.
    pub command: &'static str,
}

/// How many items of a case stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// On the list.
    pub listed: usize,
    /// Of those, with every approval that the procedure asks for.
    pub approved: usize,
    /// Taken off the list.
    pub excluded: usize,
    /// Destroyed.
    pub destroyed: usize,
    /// Left at the execution.
    pub left: usize,
    /// Not destroyed because that failed.
    pub failed: usize,
}

const ARCHIVIST: Words = ("lưu trữ viên", "the archivist");
const AUTHORITY: Words = ("cơ quan lưu trữ có thẩm quyền", "the archives authority");

impl Docket {
    /// What the case waits for on a day; `None` where it has ended, or nothing is left on its list.
    pub fn next(&self, today: NaiveDate) -> Option<Next> {
        let case = &self.case;
        let is_current = case.procedure().archive == Archive::Current;
        let next = |of, what, command| Some(Next { of, what, command });
        let (decider, executor) = (Part::Decider.words(), Part::Executor.words());
        if self.is_emptied() {
            return None;
        }
        match case.state() {
            State::Draft => {
                next(Part::Proposer.words(), ("lập và trình danh mục", "make and submit the list"), "submit")
            }
            State::Submitted if is_current => {
                next(decider, ("thành lập Hội đồng xét hủy", "set up the council"), "council appoint")
            }
            State::InCouncil if self.has_not_voted().next().is_some() => {
                next(("thành viên Hội đồng", "the council's voters"), ("biểu quyết", "vote"), "council vote")
            }
            State::InCouncil => next(
                ("Chủ tịch Hội đồng", "the council's chair"),
                ("kết luận, ký biên bản", "close with the minutes"),
                "council close",
            ),
            State::Submitted | State::Reviewed if case.procedure().appraisal == Appraisal::Required => {
                next(AUTHORITY, ("cho ý kiến thẩm tra", "give the appraisal opinion"), "opinion")
            }
            State::Submitted | State::Reviewed | State::Appraised => {
                next(decider, ("quyết định hủy", "decide"), "decide")
            }
            State::Decided if case.window().is_some_and(|(_, last)| today > last) => next(
                decider,
                ("quyết định lại: đã quá thời hạn thực hiện", "decide again: the time to execute has passed"),
                "decide",
            ),
            State::Decided => next(executor, ("bắt đầu thực hiện", "begin the execution"), "start"),
            State::Executing if case.window().is_some_and(|(_, last)| today > last) => next(
                executor,
                (
                    "chạy lại để kết thúc: đã quá thời hạn thực hiện, tài liệu chưa bị hủy được giữ lại",
                    "run it again to end it: the time to execute has passed, what was not destroyed is left",
                ),
                "execute",
            ),
            State::Executing => next(executor, ("thực hiện hủy", "execute"), "execute"),
            State::Executed => next(executor, ("lập biên bản hủy", "record the destruction minutes"), "minutes"),
            State::Minuted => next(ARCHIVIST, ("lập giấy chứng nhận", "record the certificate"), "certify"),
            State::Certified if case.unreached().next().is_some() => {
                next(ARCHIVIST, ("xác nhận các bản sao đã bị hủy", "have the copies attested gone"), "attest")
            }
            State::Certified => next(ARCHIVIST, ("đóng và lưu hồ sơ hủy", "close the file of the case"), "keep"),
            State::Kept | State::Aborted => None,
        }
    }

    /// The voters of the council who have not voted on every item of the list.
    pub fn has_not_voted(&self) -> impl Iterator<Item = Person> {
        let voters = self.case.council().into_iter().flat_map(|council| council.voters());
        let has_all = |voter: Person| self.listed().all(|record| self.case.votes(record).any(|(by, _)| by == voter));
        voters.filter(move |voter| !has_all(*voter))
    }

    /// Items on the list that a later change took an approval from: what a stage agreed to is not what is listed now.
    pub fn voided(&self) -> Vec<Uuid> {
        let approvals = self.case.approvals();
        let has = |stage| approvals.iter().any(|approval| approval.stage == stage);
        if !has(Stage::Council) && !has(Stage::Opinion) && !has(Stage::Decision) {
            return Vec::new();
        }
        self.listed().filter(|record| self.case.lacks(*record, has)).collect()
    }

    /// How many items stand where.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (record, _, fate) in self.case.fates() {
            match fate {
                Fate::Listed => {
                    counts.listed += 1;
                    counts.approved += usize::from(self.case.is_approved(record));
                }
                Fate::Excluded(..) => counts.excluded += 1,
                Fate::Destroyed(_) => counts.destroyed += 1,
                Fate::Skipped(_) => counts.left += 1,
                Fate::Failed(_) => counts.failed += 1,
            }
        }
        counts
    }
}
