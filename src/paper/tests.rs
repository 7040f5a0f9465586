use super::*;

mod samples;

/// Writes the samples where `tests/paper.sh` wants them; without it they are made all the same.
#[test]
fn every_kind_of_document_is_made() {
    let folder = std::env::var_os("PAPER_SAMPLES").map(std::path::PathBuf::from);
    for (name, document) in samples::all() {
        let file = pdf(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.starts_with(b"%PDF-1.7"), "{name}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{name}.pdf")), &file).unwrap();
        }
    }
}
