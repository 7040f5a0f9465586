//! Characters as canonical forms write them (Canonical XML §2.3).

pub fn escape_text(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

pub fn escape_attribute(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

pub fn escape_returns(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |byte| (byte == b'\r').then_some("&#xD;"));
}

fn escape(text: &str, out: &mut Vec<u8>, escaped: impl Fn(u8) -> Option<&'static str>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(escaped) = escaped(byte) {
            out.extend_from_slice(&bytes[from..at]);
            out.extend_from_slice(escaped.as_bytes());
            from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[from..]);
}
