use super::*;

const SECRET: &[u8] = b"12345678901234567890";

#[test]
fn codes_are_those_of_the_standards() {
    // RFC 4226 appendix D.
    let counted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (step, code) in counted.iter().enumerate() {
        assert_eq!(at_step(SECRET, step as u64), *code);
    }
    // RFC 6238 appendix B, the last six digits of eight.
    let timed = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];
    for (seconds, code) in timed {
        assert_eq!(step_of(code, SECRET, seconds, 0), Some(seconds / 30), "{seconds}");
    }
}

#[test]
fn a_code_is_taken_once_and_for_a_minute_and_a_half() {
    let at = 1_234_567_890; // begins a step
    let (code, step) = ("005924", at / 30);
    assert_eq!(step_of("005 924 ", SECRET, at, 0), Some(step));
    assert_eq!(step_of(code, SECRET, at, step), None, "taken before");
    assert_eq!(step_of(code, SECRET, at + 59, step - 1), Some(step));
    assert_eq!(step_of(code, SECRET, at + 60, 0), None);
    assert_eq!(step_of(code, SECRET, at - 30, 0), Some(step));
    assert_eq!(step_of(code, SECRET, at - 31, 0), None);
    for wrong in ["", "5924", "005925", "0005924", "００５９２４"] {
        assert_eq!(step_of(wrong, SECRET, at, 0), None, "{wrong}");
    }
}

#[test]
fn letters_are_those_of_rfc_4648() {
    let check = |bytes: &[u8], text: &str| assert_eq!(base32(bytes), text);
    check(b"", "");
    check(b"f", "MY");
    check(b"foob", "MZXW6YQ");
    check(b"fooba", "MZXW6YTB");
    check(b"foobar", "MZXW6YTBOI");
    assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    let address = address("kho.example/1", "lan@so", SECRET);
    assert!(address.starts_with("otpauth://totp/kho.example%2F1:lan%40so?secret=GEZDGNBV"), "{address}");
}

#[test]
fn recovery_codes_are_read_as_people_type_them() {
    let code = typed(&[7; RECOVERY_BYTES]);
    assert_eq!(code.len(), 24 + 5);
    let digest = recovery_digest(&code);
    assert!(digest.is_some());
    assert_eq!(recovery_digest(&code.to_lowercase().replace(' ', "-")), digest);
    assert_eq!(recovery_digest(&code[1..]), None);
    assert_eq!(recovery_digest("005924"), None);
}
