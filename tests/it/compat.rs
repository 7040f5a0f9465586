//! Golden archives: what an earlier version wrote, this one opens, proves and continues.
//!
//! `tests/golden/<version>/` holds one small archive per format version, without its projections, made once by
//! `tests/golden/make.sh`. Its root key lies beside it: it protects nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Golden {
    _dir: tempfile::TempDir,
    home: PathBuf,
}

impl Golden {
    /// A copy to work on.
    fn copy(version: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join(version);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(version), &home);
        Self { _dir: dir, home }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_chauban"))
            .args(arguments)
            .env("CHAUBAN_ARCHIVE", self.home.join("archive"))
            .env("CHAUBAN_ACTOR", "compat")
            .output()
            .unwrap()
    }

    fn succeed(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.run(arguments);
        let problem = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {problem}{}", String::from_utf8_lossy(&output.stdout));
        output.stdout
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn format_1_opens_is_proved_and_goes_on() {
    let golden = Golden::copy("v1");
    // The first reader makes the projections anew.
    let search = String::from_utf8(golden.succeed(&["search", "--limit", "1000", "--json"])).unwrap();
    let records = std::fs::read_to_string(golden.home.join("records.txt")).unwrap();
    assert_eq!(records.lines().count(), 13);
    for line in records.lines() {
        let (code, sha256) = line.split_once(' ').unwrap();
        assert!(search.contains(code), "{code} is found");
        let file = golden.home.join(code);
        golden.succeed(&["get", code, "-o", file.to_str().unwrap()]);
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(chauban::digest::Sha256::of(&bytes).to_string(), sha256, "{code}");
        let receipt = golden.home.join("receipts").join(format!("{code}.tlog-proof"));
        let key = golden.home.join("archive/ledger/keys/ed25519.vkey");
        let arguments = [&receipt, &file].map(|path| path.to_str().unwrap());
        golden.succeed(&["verify-receipt", arguments[0], arguments[1], "--key", key.to_str().unwrap()]);
    }
    golden.succeed(&["verify", "--deep"]);
    golden.succeed(&["keys", "check"]);

    let more = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/transfer/011");
    golden.succeed(&["ingest", more.to_str().unwrap()]);
    golden.succeed(&["verify", "--deep"]);
    // A receipt from before still holds: its checkpoint is a beginning of today's ledger.
    let again = String::from_utf8(golden.succeed(&["search", "--limit", "1000", "--json"])).unwrap();
    assert!(again.len() > search.len());
}
