//! A decision in words that a clerk understands, Vietnamese and English: what, until when, and every reason with the
//! legal text it rests on and how far that was verified.
//!
//! Says nothing that the decision does not: sentences belong to codes (`reason`), dates and names to the case. Names of
//! other records and of holds come from the caller, who knows what the reader may see.
//!
//! For the archive layer: `retention explain ID` and the record's page print it; `--json` gives codes beside the words.

use super::civil::written;
use super::decision::{Decision, Outcome, Question};
use super::law::{Citation, Law};
use super::reason::{About, Reason, ReasonCode};
use super::rules::{Rule, Term};
use super::span::{Assigned, Span};
use crate::record::Period;
use chrono::NaiveDate;

/// The same in Vietnamese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Both {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A decision in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer, in a sentence.
    pub headline: Both,
    /// On what it rests: the rule or the statement.
    pub basis: Both,
    /// Why, a line for each reason.
    pub lines: Vec<Line>,
}

/// A reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its stable code.
    pub code: ReasonCode,
    /// The sentence, with what it is about.
    pub words: Both,
    /// The legal text, where one says so.
    pub source: Option<Citation>,
}

/// Puts a decision into words. `cited` is where the rule stands; `name` gives the code of a record, or the reason of a
/// hold.
pub fn explain(
    question: &Question,
    decision: &Decision,
    law: &Law,
    cited: Option<&Citation>,
    name: impl Fn(About) -> Option<String>,
) -> Explanation {
    let mut lines: Vec<Line> = Vec::new();
    for reason in &decision.reasons {
        let line = Line { code: reason.code, words: sentence(*reason, &name), source: source(*reason, law, cited) };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let mut basis = basis(question, cited);
    if let Some(period) = question.record.extended.filter(|_| decision.says(ReasonCode::PeriodExtended)) {
        let (vi, en) = period_words(period);
        basis.vi.push_str(&format!(" Kéo dài theo hồ sơ hủy: {vi}."));
        basis.en.push_str(&format!(" Lengthened by a disposal case: {en}."));
    }
    Explanation { headline: headline(question, decision), basis, lines }
}

fn both(vi: impl Into<String>, en: impl Into<String>) -> Both {
    Both { vi: vi.into(), en: en.into() }
}

fn headline(question: &Question, decision: &Decision) -> Both {
    let end = |day: NaiveDate| (written(day), day.to_string());
    let Some((vi, en)) = decision.until().map(end) else { return without_end(question, decision) };
    match decision.outcome {
        Outcome::Eligible => both(
            format!("Hết thời hạn lưu trữ ngày {vi}; có thể đưa vào danh mục tài liệu hết giá trị."),
            format!("The retention period ended on {en}; the record may be listed for disposal."),
        ),
        Outcome::NotYet => both(format!("Lưu trữ đến hết ngày {vi}."), format!("Kept until the end of {en}.")),
        Outcome::ReviewDue => both(
            format!("Hết thời hạn lưu trữ ngày {vi}; cần xem xét trước khi quyết định."),
            format!("The retention period ended on {en}; a person must look before anything is decided."),
        ),
        Outcome::Held if decision.until().is_some_and(|until| question.on > until) => both(
            format!("{}; thời hạn lưu trữ đã hết ngày {vi}.", held(question).vi),
            format!("{}; the retention period ended on {en}.", held(question).en),
        ),
        Outcome::Held => both(
            format!("{}; thời hạn lưu trữ đến hết ngày {vi}.", held(question).vi),
            format!("{}; the retention period runs until the end of {en}.", held(question).en),
        ),
        Outcome::Permanent | Outcome::AwaitingEvent | Outcome::CannotEvaluate => without_end(question, decision),
    }
}

/// The answer where there is no last day.
fn without_end(question: &Question, decision: &Decision) -> Both {
    match decision.outcome {
        Outcome::Held => both(format!("{}.", held(question).vi), format!("{}.", held(question).en)),
        Outcome::Permanent => both("Lưu trữ vĩnh viễn.", "Kept permanently."),
        Outcome::AwaitingEvent => both(
            "Lưu trữ đến khi có sự kiện; chưa có sự kiện nào được ghi nhận.",
            "Kept until an event happens; none is recorded.",
        ),
        Outcome::ReviewDue => both(
            "Đang chờ sự kiện đã lâu; cần xem xét lại.",
            "An event has been awaited for long; the record is to be reviewed.",
        ),
        Outcome::NotYet => both(
            "Chưa được hủy: còn liên kết với tài liệu có thời hạn dài hơn.",
            "Not yet: it is linked with a record that has a longer period.",
        ),
        Outcome::CannotEvaluate | Outcome::Eligible => both(
            "Chưa xác định được thời hạn; tài liệu được giữ lại cho đến khi có người quyết định.",
            "The period cannot be told; the record is kept until somebody decides.",
        ),
    }
}

fn held(question: &Question) -> Both {
    let count = question.holds.len();
    let plural = if count == 1 { "hold" } else { "holds" };
    both(format!("Đang tạm dừng hủy ({count} lệnh)"), format!("On hold ({count} {plural})"))
}

fn basis(question: &Question, cited: Option<&Citation>) -> Both {
    match question.record.assigned {
        Assigned::Nothing => both("Chưa có thời hạn nào được áp dụng.", "No retention period is assigned."),
        Assigned::Stated(period, _) => {
            let (vi, en) = period_words(period);
            both(format!("Cơ quan nộp lưu ghi: {vi}."), format!("The transferring agency states: {en}."))
        }
        Assigned::Rule(rule, _) => {
            let (vi, en) = term_words(rule);
            let text = cited.map_or_else(String::new, |citation| format!(" ({citation})"));
            both(
                format!("Mục {} “{}”: {vi}{text}.", rule.code, rule.records),
                format!("Rule {} “{}”: {en}{text}.", rule.code, rule.records),
            )
        }
    }
}

/// A period in words: Vietnamese, English.
pub fn period_words(period: Period) -> (String, String) {
    match period {
        Period::Years(years) => (format!("{years} năm"), format!("{years} years")),
        Period::Awaiting => ("chưa xác định".to_owned(), "not determined".to_owned()),
        Period::Permanent => ("vĩnh viễn".to_owned(), "permanent".to_owned()),
    }
}

/// How long a rule keeps, Vietnamese and English.
pub fn term_words(rule: &Rule) -> (String, String) {
    match rule.term {
        Term::Years(years) => period_words(Period::Years(years)),
        Term::Permanent => period_words(Period::Permanent),
        Term::UntilEvent => ("đến khi có sự kiện".to_owned(), "until an event".to_owned()),
        Term::AssetLife => {
            ("theo tuổi thọ công trình, tài sản".to_owned(), "as long as the works or the asset exist".to_owned())
        }
    }
}

fn sentence(reason: Reason, name: &impl Fn(About) -> Option<String>) -> Both {
    let (vi, en) = reason.code.words();
    let (about_vi, about_en) = match reason.about {
        About::This => return both(vi, en),
        About::Day(day) => (written(day), day.to_string()),
        About::Event(kind) => (kind.words().0.to_owned(), kind.words().1.to_owned()),
        About::Record(id) | About::Hold(id) => {
            let named = name(reason.about).unwrap_or_else(|| id.to_string());
            (named.clone(), named)
        }
    };
    let with = |sentence: &str, about: &str| format!("{} ({about}).", sentence.trim_end_matches('.'));
    both(with(vi, &about_vi), with(en, &about_en))
}

/// Where a reason stands: what is about the rule itself stands where the rule does.
fn source(reason: Reason, law: &Law, cited: Option<&Citation>) -> Option<Citation> {
    let of_rule = matches!(
        reason.code,
        ReasonCode::CountedFromEvent
            | ReasonCode::CountedFromDate
            | ReasonCode::EventAwaited
            | ReasonCode::RuleNotVerified
            | ReasonCode::RuleConfirmed
            | ReasonCode::ActionReview
    );
    law.citation(reason.code).or(cited.filter(|_| of_rule)).cloned()
}

/// How long, in words: for lists.
pub fn span_words(span: Span) -> Both {
    match span {
        Span::Until(day) => both(format!("đến hết ngày {}", written(day)), format!("until the end of {day}")),
        Span::Awaiting => both("chờ sự kiện", "awaiting an event"),
        Span::Unknown => both("chưa xác định", "not determined"),
        Span::Permanent => both("vĩnh viễn", "permanent"),
    }
}

#[cfg(test)]
mod tests;
