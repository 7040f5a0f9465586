//! Signed notes (C2SP signed-note): a text and the lines of those who signed it.
//!
//! Owns the text form and its limits, and nothing else: who is trusted, and whether a signature holds, is
//! for [`super::key`] and [`super::checkpoint`]. A note that parses is canonical: encoding it gives back the
//! same bytes.
//!
//! The text must be ignored until a signature by a trusted key has been verified.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// Most bytes in a note.
pub const NOTE_BYTES_MAX: usize = 1_000_000;
/// Most signature lines in a note; the specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;
/// Start of a signature line: em dash, space.
const MARK: &str = "— ";

/// Why a text is not a signed note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNote {
    /// Longer than [`NOTE_BYTES_MAX`].
    #[error("longer than 1,000,000 bytes")]
    TooLong,
    /// A character below U+0020 other than newline.
    #[error("it holds a control character")]
    Control,
    /// No empty line, nothing before it, or a text that does not end in a newline.
    #[error("no text that ends in a newline and an empty line")]
    Text,
    /// No signature line.
    #[error("no signature line")]
    Unsigned,
    /// More than [`SIGNATURES_MAX`] signature lines.
    #[error("more than 64 signature lines")]
    TooMany,
    /// A line after the text that is not `— name base64`.
    #[error("signature line {0} is malformed")]
    Line(usize),
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// Key ID: with the name it says which key and algorithm.
    pub id: u32,
    /// What the algorithm made: never empty.
    pub bytes: Vec<u8>,
}

/// A text and its signature lines, well formed but not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

impl Note {
    /// A note of `text`, which ends in a newline, and at least one signature.
    pub fn new(text: String, signatures: Vec<Signature>) -> Result<Self, BadNote> {
        if !text.ends_with('\n') {
            return Err(BadNote::Text);
        }
        for (number, line) in signatures.iter().enumerate() {
            if !is_key_name(&line.name) || line.bytes.is_empty() {
                return Err(BadNote::Line(number + 1));
            }
        }
        let note = Self { text, signatures };
        check_limits(&note.encode(), note.signatures.len())?;
        Ok(note)
    }

    /// Reads a note.
    pub fn parse(note: &str) -> Result<Self, BadNote> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(BadNote::TooLong); // before anything is searched or copied
        }
        let cut = note.rfind("\n\n").ok_or(BadNote::Text)?;
        let (text, lines) = (&note[..=cut], &note[cut + 2..]);
        check_limits(note, lines.matches('\n').count())?;
        let lines = lines.split_inclusive('\n').enumerate();
        let signatures = lines.map(|(number, line)| signature(line).ok_or(BadNote::Line(number + 1)));
        Ok(Self { text: text.into(), signatures: signatures.collect::<Result<_, _>>()? })
    }

    /// The note as text.
    pub fn encode(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for line in &self.signatures {
            let signed = [&line.id.to_be_bytes(), line.bytes.as_slice()].concat();
            writeln!(note, "{MARK}{} {}", line.name, to_base64(&signed)).expect("a String takes every write");
        }
        note
    }

    /// What is signed, its last newline included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order: at least one.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

/// Whether `name` may name a key: not empty, no spaces of any script, no `+`, no control characters.
pub fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

fn check_limits(note: &str, signatures: usize) -> Result<(), BadNote> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(BadNote::TooLong);
    }
    if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(BadNote::Control);
    }
    match signatures {
        0 => Err(BadNote::Unsigned),
        1..=SIGNATURES_MAX => Ok(()),
        _ => Err(BadNote::TooMany),
    }
}

/// Reads a line, its newline included.
fn signature(line: &str) -> Option<Signature> {
    let (name, signed) = line.strip_suffix('\n')?.strip_prefix(MARK)?.split_once(' ')?;
    let signed = from_base64(signed)?;
    let (id, bytes) = signed.split_first_chunk::<4>()?;
    let whole = is_key_name(name) && !bytes.is_empty();
    whole.then(|| Signature { name: name.into(), id: u32::from_be_bytes(*id), bytes: bytes.into() })
}

/// Standard base64 with padding (RFC 4648 §4), the only one in C2SP texts.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of canonical base64; `None` for missing padding, stray bits, other characters.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests;
