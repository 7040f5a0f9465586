//! Where each record lies in the text of `dossier.json`, so that every record keeps its own words verbatim.
//!
//! A record that is refused, perhaps because it is secret, must leave nothing behind; so the dossier keeps its text
//! without the records, and each accepted record keeps its own. Works on text that a JSON reader has accepted.

use std::ops::Range;

/// Bytes of the list under the key `records` and of each object in it.
pub(super) struct Spans {
    pub list: Range<usize>,
    pub records: Vec<Range<usize>>,
}

/// Finds the list; `None` where its key is written with escapes, which no program does.
pub(super) fn find(json: &str) -> Option<Spans> {
    let bytes = json.as_bytes();
    let (mut depth, mut at, mut last_text) = (0u32, 0, 0..0);
    let mut spans: Option<Spans> = None;
    let mut inside = false; // the list, and not another field's
    let mut start = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = text_end(bytes, at);
                if depth == 1 {
                    last_text = at + 1..end - 1;
                }
                at = end;
                continue;
            }
            open @ (b'{' | b'[') => {
                depth += 1;
                if open == b'[' && depth == 2 && &bytes[last_text.clone()] == b"records" {
                    (inside, spans) = (true, Some(Spans { list: at..at, records: Vec::new() }));
                }
                start = if depth == 3 { at } else { start };
            }
            b'}' | b']' => {
                if let Some(spans) = spans.as_mut().filter(|_| inside) {
                    match depth {
                        3 => spans.records.push(start..at + 1),
                        2 => (inside, spans.list.end) = (false, at + 1),
                        _ => {}
                    }
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        at += 1;
    }
    spans
}

/// The byte after the closing quotation mark of the text that opens at `at`.
fn text_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}
