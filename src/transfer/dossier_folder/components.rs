//! The components of a record in `dossier.json`: plain names, digests, roles.
//!
//! A name is checked as text, before any disk is touched: it must mean the same file inside the folder on every
//! system. One file belongs to one component; two spellings of a name (NFC, NFD) are the same file.

use crate::record::Role;
use crate::text;
use crate::transfer::finding::quoted;
use crate::transfer::form::{Field, Form, Kind, Object};
use crate::transfer::reading::{Checks, clean};
use crate::transfer::{Expected, Finding, FindingCode, media_type};
use std::collections::BTreeSet;

/// Most components of a record: what one ledger entry can name, less the record's body, is 699.
pub const COMPONENTS_MAX: usize = 500;

/// Longest path of a component and longest name in it, bytes: POSIX NAME_MAX, and a path that fits PATH_MAX with room.
const PATH_BYTES_MAX: usize = 1024;
const NAME_BYTES_MAX: usize = 255;

pub(in crate::transfer) static FORM: Form = Form(&[
    Field::required("file", Kind::Text(PATH_BYTES_MAX)),
    Field::required("sha256", Kind::Text(500)),
    Field::required("size", Kind::Count),
    Field::optional("media_type", Kind::Text(500)),
    Field::required("role", Kind::Text(500)),
]);

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderComponent {
    /// Plain relative path inside the folder, `/` between names, as written.
    pub file: String,
    /// What the file must be.
    pub expected: Expected,
    /// As stated, or inferred from the name.
    pub media_type: String,
    /// What it is to the record.
    pub role: Role,
}

/// The marks of secrecy on the components of the record at `place`.
pub(super) fn marks(object: &Object<'_>, place: &str) -> Vec<Finding> {
    let components = object.objects("components").iter().enumerate();
    components.flat_map(|(at, component)| component.marks(&place_of(place, at))).collect()
}

/// Reads the components of a record; what is wrong with one of them refuses the record, by `checks`.
pub(super) fn read(object: &Object<'_>, checks: &mut Checks<'_>, claimed: &BTreeSet<String>) -> Vec<FolderComponent> {
    let mut components: Vec<FolderComponent> = Vec::new();
    let mut own = BTreeSet::new();
    for (at, object) in object.objects("components").iter().enumerate() {
        let place = place_of(checks.place, at);
        let mut inner = Checks { place: &place, findings: object.findings(&place) };
        if !inner.refused() {
            let file = object.text("file");
            if !is_plain_path(file) {
                inner.add(FindingCode::FileNameUnsafe, "file", quoted(file));
            } else if claimed.contains(&text::nfc(file)) || !own.insert(text::nfc(file)) {
                inner.add(FindingCode::FileClaimedTwice, "file", quoted(file));
            }
            let role = match object.text("role") {
                "original" => Some(Role::Original),
                "attachment" => Some(Role::Attachment),
                other => {
                    inner.add(FindingCode::FieldWrongKind, "role", quoted(other));
                    None
                }
            };
            let expected = inner.expected(object.text("sha256"), object.count("size").unwrap_or(0));
            let stated = clean(object.text("media_type"));
            let media_type = if stated.is_empty() { media_type(file).to_owned() } else { stated };
            if let (Some(expected), Some(role)) = (expected, role) {
                components.push(FolderComponent { file: file.to_owned(), expected, media_type, role });
            }
        }
        let findings = inner.findings;
        checks.findings.extend(findings);
    }
    if !checks.refused() && !components.iter().any(|component| component.role == Role::Original) {
        checks.add(FindingCode::NoOriginal, "components", "");
    }
    components
}

fn place_of(record: &str, at: usize) -> String {
    format!("{record}/components/{at}")
}

/// Whether `path` stays inside the folder on every system: names joined by `/`, none of them `.`, `..` or empty.
pub fn is_plain_path(path: &str) -> bool {
    let name_ok = |name: &str| !matches!(name, "" | "." | "..") && name.len() <= NAME_BYTES_MAX;
    let forbidden = |c: char| c.is_control() || matches!(c, '\\' | ':');
    path.len() <= PATH_BYTES_MAX && !path.contains(forbidden) && path.split('/').all(name_ok) && path != "dossier.json"
}
