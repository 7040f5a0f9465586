//! Folders: transfers of noise to ingest, archives copied, put back and looked through.

use super::plan::Dice;
use crate::scratch::Scratch;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes one dossier of documents with these sizes; its folder within the scratch folder.
pub fn transfer(scratch: &Scratch, dossier: usize, sizes: &[usize]) -> String {
    let folder = format!("transfer/{dossier:03}");
    for (number, size) in (1..).zip(sizes) {
        let retention = if dossier.is_multiple_of(2) { "Vĩnh viễn" } else { "20 năm" };
        let changes = json!({
            "id": number.to_string(), "symbol": format!("{number}/QĐ-{dossier}"), "retention": retention,
            "file_code": format!("H26.10.2023.{dossier:03}"), "file_title": format!("Hồ sơ số {dossier}"),
        });
        scratch.document(&format!("{folder}/{number:04}"), &pdf(*size, dossier * 1000 + number), changes);
    }
    folder
}

/// Something that calls itself a PDF and does not compress.
fn pdf(bytes: usize, seed: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    let mut dice = Dice::new(seed as u64);
    while content.len() < bytes {
        content.extend_from_slice(&dice.roll().to_le_bytes());
    }
    content.extend_from_slice(b"\n%%EOF\n");
    content
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

/// The one file below a folder whose name ends so.
pub fn the_file(folder: &Path, suffix: &str) -> PathBuf {
    let mut found = files(folder).into_iter().filter(|path| path.to_string_lossy().ends_with(suffix));
    let one = found.next().unwrap_or_else(|| panic!("no {suffix} in {}", folder.display()));
    assert_eq!(found.next(), None, "one {suffix} in {}", folder.display());
    one
}
