//! Codes of administrative procedures (mã thủ tục hành chính), where an agency states one beside a document.
//!
//! No text of the rule was found; the form is that of codes seen in use (`1.011442.000.00.00.H38`): a digit 1 to 3, six
//! digits, and for a province or ministry its old agency code, with two more digits for a part. So a code of another form
//! is *odd*, never wrong, and refuses nothing.

/// Fields of a sidecar that state one, as agencies' systems write them.
const FIELDS: [&str; 3] = ["procedure_code", "ma_tthc", "maTTHC"];

/// The code that the metadata of a document state, as the agency wrote them (JSON).
pub fn stated(raw: &str) -> Option<String> {
    // Nearly no document has one, and looking for the name costs little.
    if !FIELDS.iter().any(|name| raw.contains(name)) {
        return None;
    }
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(raw).ok()?;
    let text = FIELDS.iter().find_map(|name| fields.get(*name)?.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether it is of the form of the codes in use.
pub fn is_of_the_form_in_use(code: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = code.split('.');
    let kind = groups.next().is_some_and(|group| matches!(group, "1" | "2" | "3"));
    let number = groups.next().is_some_and(|group| digits(group, 6));
    let rest: Vec<&str> = groups.collect();
    let is_agency = |group: &str| {
        group.as_bytes().split_first().is_some_and(|(letter, rest)| {
            (b'A'..=b'Y').contains(letter) && rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)
        })
    };
    let of_agency = match rest.as_slice() {
        [] => true,
        [one, two, three, agency, part @ ..] => {
            let is_part = matches!(part, []) || matches!(part, [part] if digits(part, 2));
            digits(one, 3) && digits(two, 2) && digits(three, 2) && is_agency(agency) && is_part
        }
        _ => false,
    };
    kind && number && of_agency
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_use_are_of_the_form_and_others_are_odd() {
        let in_use = ["1.011442", "1.011442.000.00.00.H38", "3.000181.000.00.00.H22", "2.000815.000.00.00.H55.02"];
        let odd =
            ["", "4.011442", "1.11442", "1.011442.000", "1.011442.000.00.00.Z38", "1.011442.000.00.00.H38.2", "é.1"];
        in_use.iter().for_each(|code| assert!(is_of_the_form_in_use(code), "{code}"));
        odd.iter().for_each(|code| assert!(!is_of_the_form_in_use(code), "{code}"));
    }

    #[test]
    fn a_code_is_found_under_each_of_its_names() {
        assert_eq!(stated(r#"{"procedure_code": " 1.011442 "}"#).as_deref(), Some("1.011442"));
        assert_eq!(stated(r#"{"ma_tthc": "x"}"#).as_deref(), Some("x"));
        let none = ["", "{}", r#"{"ma_tthc": ""}"#, r#"{"ma_tthc": 1}"#, "ma_tthc", r#"{"subject": "ma_tthc"}"#];
        none.iter().for_each(|raw| assert_eq!(stated(raw), None, "{raw}"));
    }
}
