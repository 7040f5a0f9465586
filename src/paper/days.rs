//! Days as Vietnamese documents write them (Decree 30/2020 Annex I, II.4 b): January and February with a nought.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// `ngày 05 tháng 3 năm 2026`.
pub(super) fn long(day: NaiveDate) -> String {
    format!("ngày {:02} tháng {} năm {}", day.day(), month(day), day.year())
}

/// `05/3/2026`.
pub(super) fn short(day: NaiveDate) -> String {
    format!("{:02}/{}/{}", day.day(), month(day), day.year())
}

/// `08 giờ 30 phút, ngày 05 tháng 3 năm 2026`.
pub(super) fn moment(moment: NaiveDateTime) -> String {
    format!("{:02} giờ {:02} phút, {}", moment.hour(), moment.minute(), long(moment.date()))
}

fn month(day: NaiveDate) -> String {
    if day.month() <= 2 { format!("{:02}", day.month()) } else { day.month().to_string() }
}
