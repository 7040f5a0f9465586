//! `check-signature`: verdicts without an archive, on files made by other tools.

use crate::scratch::{Ran, Scratch};
use serde_json::Value;

const VERDICTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/verdicts/");
const ATTACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/attacks/");

fn cases(folder: &str) -> Value {
    serde_json::from_slice(&std::fs::read(format!("{folder}cases.json")).unwrap()).unwrap()
}

fn case<'a>(cases: &'a Value, id: &str) -> &'a Value {
    cases["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap()
}

/// Asks the program what a case asks.
fn ask(scratch: &Scratch, case: &Value, more: &[&str]) -> Ran {
    let path = |name: &Value| format!("{VERDICTS}{}", name.as_str().unwrap());
    let mut arguments = vec!["check-signature".to_owned(), path(&case["file"])];
    arguments.extend(["--policy".to_owned(), "eu".to_owned(), "--at".to_owned()]);
    arguments.push(case["at"].as_str().unwrap().to_owned());
    for (option, list) in [("--trust", &case["trust"]), ("--evidence", &case["evidence"])] {
        for name in list.as_array().into_iter().flatten() {
            arguments.extend([option.to_owned(), path(name)]);
        }
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    scratch.run(&arguments)
}

#[test]
fn the_exit_status_is_0_only_when_all_is_good() {
    let scratch = Scratch::empty();
    let cases = cases(VERDICTS);
    for (id, status) in [("01a", 0), ("06a", 0), ("07a", 0), ("04a", 1), ("05a", 1), ("08a", 1), ("10a", 1), ("15a", 1)]
    {
        let ran = ask(&scratch, case(&cases, id), &[]);
        assert_eq!(ran.status, status, "case {id}\n{}{}", ran.out, ran.err);
    }
    std::fs::write(scratch.path("plain.txt"), "no signature").unwrap();
    let root = format!("{VERDICTS}pki/official-duty-root.pem");
    scratch.expect(1, &["check-signature", "plain.txt", "--trust", &root]);
    scratch.expect(3, &["check-signature", "absent.pdf", "--trust", &root]);
    scratch.expect(2, &["check-signature", "plain.txt", "--trust", &root, "--at", "soon"]);
    scratch.expect(2, &["check-signature", "plain.txt", "--trust", "plain.txt"]);
}

#[test]
fn a_verdict_names_signer_time_and_what_is_shown() {
    let scratch = Scratch::empty();
    let cases = cases(VERDICTS);
    let stamped = case(&cases, "01a");
    let text = ask(&scratch, stamped, &[]).out;
    for words in ["TOTAL-PASSED", "accept", "no later than 2024-06-03T02:12:00Z", "as signed", "B-T"] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    let vi = ask(&scratch, stamped, &["--lang", "vi"]).out;
    assert!(vi.contains("chấp nhận") && vi.contains("không muộn hơn 2024-06-03T02:12:00Z"), "{vi}");
    let run: Value = serde_json::from_str(&ask(&scratch, stamped, &["--json"]).out).unwrap();
    assert_eq!(run["good"], true);
    assert_eq!(run["run"]["signatures"][0]["indication"], "TOTAL_PASSED");
    let report = scratch.path("report.xml");
    ask(&scratch, stamped, &["--report", report.to_str().unwrap()]);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("urn:etsi:019102:mainindication:total-passed"), "{report}");
}

/// Names of files are bytes; what is no text in them is shown as such, and the file is judged.
#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_no_reason_to_end() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::empty();
    let name = std::ffi::OsStr::from_bytes(b"k\xff.pdf");
    std::fs::copy(format!("{VERDICTS}01a_expired_stamped.pdf"), scratch.path("").join(name)).unwrap();
    let told = std::process::Command::new(env!("CARGO_BIN_EXE_chauban"))
        .args(["check-signature", "--json", "--trust"])
        .arg(format!("{VERDICTS}pki/official-duty-root.pem"))
        .arg(scratch.path("").join(name))
        .output()
        .unwrap();
    let run: Value = serde_json::from_slice(&told.stdout).expect("one line of JSON");
    assert_eq!(told.status.code(), Some(1));
    assert_eq!(run["run"]["signatures"].as_array().map(Vec::len), Some(1));
}

#[test]
fn no_attack_is_good() {
    let scratch = Scratch::empty();
    let cases = cases(ATTACKS);
    let attacks = cases["cases"].as_array().unwrap();
    assert!(attacks.len() >= 18, "{}", attacks.len());
    let mut arguments = vec!["check-signature".to_owned(), "--json".to_owned()];
    for (option, list) in [("--trust", &cases["trust"]), ("--evidence", &cases["evidence"])] {
        for name in list.as_array().unwrap() {
            arguments.extend([option.to_owned(), format!("{ATTACKS}{}", name.as_str().unwrap())]);
        }
    }
    arguments.extend(["--at".to_owned(), attacks[0]["at"].as_str().unwrap().to_owned()]);
    arguments.extend(attacks.iter().map(|attack| format!("{ATTACKS}{}", attack["file"].as_str().unwrap())));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ran = scratch.expect(1, &arguments);
    let judged: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(judged.len(), attacks.len());
    let good: Vec<&Value> = judged.iter().filter(|one| one["good"] == true).map(|one| &one["file"]).collect();
    assert!(good.is_empty(), "taken for good: {good:?}");
    // Not because nothing could be checked: many signatures are good, and what is shown is not what they signed.
    let passed = judged.iter().filter(|one| one["run"]["signatures"][0]["indication"] == "TOTAL_PASSED").count();
    assert!(passed >= 20, "only {passed} signatures pass");
}
