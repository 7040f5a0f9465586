//! Numbers in words, as Vietnamese documents write them.

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// `1.204 tài liệu (một nghìn hai trăm linh bốn tài liệu)`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{} {what} ({} {what})", grouped(count), spelled(count))
}

/// `1.204`.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// A number below a milliard in words; a greater one in digits.
pub(super) fn spelled(count: usize) -> String {
    if count >= 1_000_000_000 {
        return grouped(count);
    }
    let mut words = Vec::new();
    for (unit, name) in [(1_000_000, Some("triệu")), (1_000, Some("nghìn")), (1, None)] {
        let group = count / unit % 1_000;
        if group > 0 || (unit == 1 && words.is_empty()) {
            hundreds(group, !words.is_empty(), &mut words);
            words.extend(name);
        }
    }
    words.join(" ")
}

/// Words of a number below a thousand; `follows` if a greater group stands before it.
fn hundreds(number: usize, follows: bool, words: &mut Vec<&'static str>) {
    let (hundred, ten, one) = (number / 100, number / 10 % 10, number % 10);
    if hundred > 0 || follows {
        words.extend([DIGITS[hundred], "trăm"]);
    }
    match ten {
        0 if one > 0 && (hundred > 0 || follows) => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([DIGITS[ten], "mươi"]),
    }
    match (ten, one) {
        (0, 0) if hundred == 0 && !follows => words.push(DIGITS[0]),
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(DIGITS[one]),
    }
}

#[cfg(test)]
mod tests;
