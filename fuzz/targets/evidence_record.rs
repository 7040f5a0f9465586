//! Evidence records: any bytes at all. None proves an object that it was never made for.
#![no_main]

use chauban::signature::DigestCheck;
use chauban::signature::cms::Slices;
use chauban::signature::evidence_record::EvidenceRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let records = [EvidenceRecord::read(bytes).ok(), EvidenceRecord::read_xml(bytes).ok()];
    for record in records.into_iter().flatten() {
        let found = record.verify(&[&Slices(&[b"an object that no record is about"])]);
        assert_ne!(found.outcome(), DigestCheck::Matches);
        let _ = (record.time_stamp_leaf(), record.canonicalisations());
    }
});
