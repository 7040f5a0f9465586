//! The real program on a real folder: archives made, documents to ingest, commands run.

use super::plan::Dice;
use chauban::archive::Places;
use chauban::digest::Sha256;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An archive with its three places in a temporary folder.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// A new archive.
    pub fn init() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        let folder = home.archive();
        let names = ["--origin", "crash.example.gov.vn/kho", "--archive-code", "H26"];
        home.must(&[&["init", folder.to_str().unwrap()], names.as_slice()].concat());
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn archive(&self) -> PathBuf {
        self.path("kho")
    }

    pub fn places(&self) -> Places {
        Places::beside(&self.archive())
    }

    /// A command of the program on this archive.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chauban"));
        for name in ["CHAUBAN_CUSTODY", "CHAUBAN_KEY_COPY", "CHAUBAN_LANG", "CHAUBAN_LOG"] {
            command.env_remove(name);
        }
        command.env("CHAUBAN_ARCHIVE", self.archive()).env("CHAUBAN_ACTOR", "archivist").args(arguments);
        command
    }

    /// Runs a command to its end: exit status, and everything it said.
    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        (output.status.code().unwrap_or(-1), text(&output))
    }

    /// Runs a command that must succeed.
    pub fn must(&self, arguments: &[&str]) -> String {
        let (status, said) = self.run(arguments);
        assert_eq!(status, 0, "{arguments:?}: {said}");
        said
    }

    /// Writes documents with these sizes and their sidecars, one dossier in a folder of its own.
    pub fn documents(&self, dossier: usize, sizes: &[usize]) -> PathBuf {
        let folder = self.path("transfer").join(format!("{dossier:03}"));
        fs::create_dir_all(&folder).unwrap();
        for (number, size) in (1..).zip(sizes) {
            let content = pdf(*size, (dossier * 1000 + number) as u64);
            fs::write(folder.join(format!("{number:04}.pdf")), &content).unwrap();
            fs::write(folder.join(format!("{number:04}.json")), sidecar(dossier, number, &content)).unwrap();
        }
        folder
    }
}

/// Standard output and standard error.
fn text(output: &Output) -> String {
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    write!(said, "{}", String::from_utf8_lossy(&output.stderr)).unwrap();
    said
}

fn pdf(bytes: usize, seed: u64) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    let mut dice = Dice::new(seed);
    while content.len() < bytes {
        content.extend_from_slice(&dice.roll().to_le_bytes());
    }
    content.extend_from_slice(b"\n%%EOF\n");
    content
}

fn sidecar(dossier: usize, number: usize, content: &[u8]) -> String {
    serde_json::json!({
        "id": format!("{number:08}"),
        "agency_code": "H26.10",
        "agency_name": "Sở Thông tin và Truyền thông",
        "doc_type": "CV",
        "doc_type_name": "Công văn",
        "number": number,
        "symbol": format!("{number}/STTTT-{dossier}"),
        "subject": format!("V/v nộp lưu hồ sơ số {dossier}, tài liệu {number}"),
        "issued_date": "2024-05-28",
        "signer": "Nghiêm Bá Thịnh",
        "signer_position": "GIÁM ĐỐC",
        "security_level": "Thường",
        "urgency": "Thường",
        "file_code": format!("H26.10.2024.{dossier:03}"),
        "file_title": format!("Hồ sơ số {dossier}"),
        "retention": if dossier % 2 == 0 { "Vĩnh viễn" } else { "20 năm" },
        "topic": "luu-tru",
        "keywords": ["lưu trữ"],
        "language": "vi",
        "pages": 1,
        "scanned": false,
        "has_text_layer": false,
        "signed": false,
        "size": content.len(),
        "sha256": Sha256::of(content).to_string(),
    })
    .to_string()
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Puts a copy in a folder's place.
pub fn put_back(copied: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    copy(copied, to);
}

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
