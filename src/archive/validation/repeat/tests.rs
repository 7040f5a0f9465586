use super::*;

/// A report on one signature.
fn report(indication: &str, sub: Option<&str>, shown: &str, outcome: &str) -> ReportSummary {
    let json = serde_json::json!({
        "policy": { "sha256": "", "base": null }, "trust_sha256": null,
        "signatures": [{
            "place": "Leader", "role": null, "indication": indication, "sub_indication": sub, "words_vi": "",
            "words_en": "", "level": "B-B", "shown": shown, "signer": null,
            "time": { "claimed": null, "best_signature_time": "2024-07-01T00:00:00Z" },
        }],
        "document": { "practice": null, "outcome": outcome },
    });
    serde_json::from_value(json).expect("a report")
}

const SIGNED: &str = "as-signed";

#[test]
fn a_verdict_that_comes_out_otherwise_is_told() {
    let passed = report("TOTAL_PASSED", None, SIGNED, "accept");
    let unsure = |sub| report("INDETERMINATE", Some(sub), SIGNED, "review");
    let failed = |sub| report("TOTAL_FAILED", Some(sub), SIGNED, "return");
    let differs = |was: &ReportSummary, now: &ReportSummary| !compare("a.pdf", was, now).is_empty();
    for (was, now) in [
        (&passed, &unsure("TRY_LATER")),
        (&passed, &failed("HASH_FAILURE")),
        (&failed("HASH_FAILURE"), &failed("FORMAT_FAILURE")),
        (&failed("HASH_FAILURE"), &passed),
        (&unsure("TRY_LATER"), &failed("HASH_FAILURE")),
        (&unsure("TRY_LATER"), &unsure("NO_CERTIFICATE_CHAIN_FOUND")),
        (&unsure("NO_CERTIFICATE_CHAIN_FOUND"), &unsure("SIGNED_DATA_NOT_FOUND")),
        (&passed, &report("TOTAL_PASSED", None, "not-signed", "accept")),
    ] {
        assert!(differs(was, now), "{was:?} {now:?}");
    }
    for (was, now) in [
        (&passed, &passed),
        (&passed, &report("TOTAL_PASSED", None, SIGNED, "accept-with-notes")),
        (&unsure("TRY_LATER"), &passed),
        (&unsure("TRY_LATER"), &unsure("OUT_OF_BOUNDS_NOT_REVOKED")),
        (&unsure("OUT_OF_BOUNDS_NO_POE"), &unsure("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")),
        (&failed("HASH_FAILURE"), &failed("HASH_FAILURE")),
    ] {
        assert!(!differs(was, now), "{was:?} {now:?}");
    }
}

#[test]
fn another_decision_over_the_same_verdicts_is_told() {
    let with = |outcome| report("TOTAL_PASSED", None, SIGNED, outcome);
    assert_eq!(compare("a.pdf", &with("accept"), &with("review")), ["a.pdf: decided review, was accept"]);
    assert_eq!(compare("a.pdf", &with("return"), &with("review")), ["a.pdf: decided review, was return"]);
    assert_eq!(compare("a.pdf", &with("accept-with-notes"), &with("accept")), [""; 0]);
}
