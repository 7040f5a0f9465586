//! Rule files, holidays and tables: what is read whole is consistent, and an imported table is a rule file.
#![no_main]

use chauban::retention::calendar::Calendar;
use chauban::retention::rules::RuleFile;
use chauban::retention::rules::import::{self, Provenance};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Calendar::parse(text);
        if let Ok(file) = RuleFile::parse(text) {
            assert!(file.rules.iter().all(|rule| file.rule(&rule.code) == Some(rule)));
            assert!(file.rules.iter().all(|rule| file.citation(rule).is_some()));
        }
    }
    if let Ok(import) = import::read(bytes) {
        let [schedule, title, citation, source] = ["S", "T", "C", "R"].map(str::to_owned);
        let text = import.file(&Provenance { schedule, title, version: 1, citation, source });
        assert_eq!(RuleFile::parse(&text).map(|file| file.rules.len()).ok(), Some(import.lines.len()));
    }
});
