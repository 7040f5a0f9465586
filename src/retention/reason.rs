//! The table of reasons: why a decision about a record is what it is, by stable code, in Vietnamese and English.
//!
//! A code is never renamed and never changes its meaning. The sentences are the code's; what a reason is about (a
//! record, a hold, a day) belongs to the case at hand ([`About`]). Where a legal text says so, its place is data
//! (`[[provision]]` in rule files), not code.

use chrono::NaiveDate;
use uuid::Uuid;

/// One reason of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    /// Which one.
    pub code: ReasonCode,
    /// What it is about.
    pub about: About,
}

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum About {
    /// The record itself.
    This,
    /// A day.
    Day(NaiveDate),
    /// An event of this kind.
    Event(Occurrence),
    /// Another record.
    Record(Uuid),
    /// A hold.
    Hold(Uuid),
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident $($variant:ident $code:literal $vi:literal $en:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $en] $variant,)* }

        impl $name {
            /// Every one with its stable name.
            pub const NAMES: &'static [(&'static str, Self)] = &[$(($code, Self::$variant),)*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// In words, Vietnamese and English.
            pub const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($vi, $en),)* }
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// What kind of thing happened that a period may wait for.
    Occurrence
    Superseded "superseded" "văn bản được thay thế" "the document was superseded";
    Expired "expired" "văn bản hết hiệu lực" "the document ceased to have effect";
    WorksDemolished "works-demolished" "công trình bị phá dỡ" "the works were demolished";
    AssetDisposed "asset-disposed" "tài sản được thanh lý" "the asset was disposed of";
    ContractEnded "contract-ended" "hợp đồng kết thúc" "the contract ended";
    Settled "settled" "công trình được quyết toán" "the works were settled";
    PersonDied "person-died" "người có liên quan qua đời" "the person concerned died";
    Declassified "declassified" "tài liệu được giải mật" "the record was declassified";
}

codes! {
    /// Why a decision is what it is.
    ReasonCode
    // --- from when the period counts
    CountedFromWork "counted-from-work"
        "Thời hạn tính từ hết năm kết thúc công việc."
        "The period counts from the end of the year in which the work ended.";
    CountedFromEvent "counted-from-event"
        "Thời hạn tính từ khi sự kiện xảy ra." "The period counts from an event.";
    CountedFromDate "counted-from-date"
        "Thời hạn tính từ một ngày ghi trong tài liệu hoặc hồ sơ."
        "The period counts from a date of the record or dossier.";
    WorkEndedLater "work-ended-later"
        "Công việc kết thúc sau mốc đó, nên thời hạn tính từ hết năm kết thúc công việc."
        "The work ended later than that, so the period counts from the end of that year.";
    LatestBound "latest-bound"
        "Ngày chưa biết chính xác; lấy ngày muộn nhất có thể."
        "The date is not known exactly; the latest possible day was taken.";
    LawMinimum "law-minimum"
        "Kéo dài đến thời hạn tối thiểu theo luật." "Lengthened to the shortest period of the law.";
    EventRevoked "event-revoked"
        "Một sự kiện đã ghi nhận bị hủy bỏ, không được tính." "A recorded event was revoked and does not count.";
    PeriodExtended "period-extended"
        "Trong một hồ sơ hủy, tài liệu đã được giữ lại với thời hạn dài hơn."
        "A disposal case took the record off its list and gave it a longer period.";
    // --- where it ends
    PeriodRunning "period-running"
        "Thời hạn lưu trữ chưa hết." "The retention period is still running.";
    PeriodEnded "period-ended"
        "Thời hạn lưu trữ đã hết." "The retention period has ended.";
    Permanent "permanent"
        "Tài liệu được lưu trữ vĩnh viễn." "The record is kept permanently.";
    EventAwaited "event-awaited"
        "Thời hạn chờ một sự kiện chưa được ghi nhận." "The period awaits an event that is not recorded.";
    Sensitive "sensitive"
        "Tài liệu ở mức độ nhạy cảm 3 hoặc 4: chỉ người xử lý và người có thẩm quyền được đọc."
        "The record is of sensitivity level 3 or 4: only who processes records and who decides about them reads it.";
    ReviewInterval "review-interval"
        "Đã đến kỳ xem xét lại tài liệu đang chờ sự kiện." "A record that awaits an event is to be reviewed again.";
    DateUnknown "date-unknown"
        "Không biết ngày để tính thời hạn." "The date that the period counts from is unknown.";
    BeyondCalendar "beyond-calendar"
        "Ngày hết hạn vượt quá lịch." "The end of the period is beyond the calendar.";
    // --- on what the period rests
    NoRule "no-rule"
        "Chưa có mục nào trong bảng thời hạn được áp dụng." "No rule of a retention schedule was assigned.";
    StatementUnreadable "statement-unreadable"
        "Cơ quan nộp lưu không ghi, hoặc ghi thời hạn không đọc được."
        "The transferring agency states no period that can be read.";
    StatementOnly "statement-only"
        "Thời hạn do cơ quan nộp lưu ghi, chưa đối chiếu với bảng thời hạn; không hủy theo thời hạn này."
        "The period is the agency's statement, not checked against a schedule; nothing is destroyed on it.";
    StatementConfirmed "statement-confirmed"
        "Người có thẩm quyền đã xác nhận thời hạn do cơ quan nộp lưu ghi là đúng quy định."
        "An authorised person confirmed that the period the agency states is as prescribed.";
    RuleNotVerified "rule-not-verified"
        "Mục trong bảng thời hạn chưa được kiểm chứng; không hủy khi người có thẩm quyền chưa xác nhận."
        "The rule is not verified; nothing is destroyed until an authorised person confirms it.";
    RuleConfirmed "rule-confirmed"
        "Người có thẩm quyền đã xác nhận mục trong bảng thời hạn." "An authorised person confirmed the rule.";
    // --- other records
    DossierLongest "dossier-longest"
        "Hồ sơ theo thời hạn dài nhất trong các tài liệu của nó."
        "The dossier takes the longest period among its records.";
    DossierNotVerified "dossier-not-verified"
        "Thời hạn của một tài liệu khác trong hồ sơ chưa được kiểm chứng."
        "The period of another record of the dossier is not verified.";
    LinkedLonger "linked-longer"
        "Tài liệu liên kết có thời hạn dài hơn; chưa được hủy."
        "A linked record has a longer period; this one stays until that has ended.";
    LinkedNotVerified "linked-not-verified"
        "Thời hạn của một tài liệu liên kết chưa được kiểm chứng."
        "The period of a linked record is not verified.";
    // --- what stands against it
    Held "held"
        "Tài liệu đang tạm dừng hủy." "The record is on hold.";
    ActionReview "action-review"
        "Bảng thời hạn yêu cầu xem xét lại khi hết hạn." "The schedule asks for a review when the period ends.";
    ActionOpen "action-open"
        "Mục này quy định việc tiếp cận; không hủy theo mục này."
        "The rule is one of access; nothing is destroyed on it.";
    ActionTransfer "action-transfer"
        "Tài liệu được nộp vào lưu trữ lịch sử, không hủy."
        "The record goes to the historical archive and is not destroyed.";
}

/// The value with this name in a table of names.
pub(super) fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(one, _)| *one == name).map(|(_, value)| *value)
}
