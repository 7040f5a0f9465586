//! The bytes of PDF strings, literal and hexadecimal (ISO 32000-2 §7.3.4).

/// The bytes of a string value, literal or hexadecimal; `None` for anything else. Odd digits get a final zero.
pub fn string(value: &[u8]) -> Option<Vec<u8>> {
    match value {
        [b'(', inside @ .., b')'] => Some(literal(inside)),
        [b'<', b'<', ..] => None,
        [b'<', inside @ .., b'>'] => hexadecimal(inside),
        _ => None,
    }
}

/// The bytes of hexadecimal digits with white space among them; `None` if anything else is among them.
pub fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len() / 2 + 1);
    let mut rest = digits;
    // Pairs first: a signature is thousands of them without white space.
    while let [high, low, after @ ..] = rest {
        let (high, low) = (VALUE_OF[usize::from(*high)], VALUE_OF[usize::from(*low)]);
        if high | low > 15 {
            break;
        }
        bytes.push(high << 4 | low);
        rest = after;
    }
    let mut high = None;
    for &digit in rest {
        match VALUE_OF[usize::from(digit)] {
            SPACE => {}
            NOT_HEXADECIMAL => return None,
            value => match high.take() {
                None => high = Some(value << 4),
                Some(high) => bytes.push(high | value),
            },
        }
    }
    bytes.extend(high);
    Some(bytes)
}

fn literal(inside: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escaped, after)) = rest.split_first() else { break };
        rest = after;
        match escaped {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'0'..=b'7' => {
                let mut value = u32::from(escaped - b'0');
                for _ in 0..2 {
                    let Some((&digit @ b'0'..=b'7', after)) = rest.split_first() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    rest = after;
                }
                bytes.push((value & 0xff) as u8);
            }
            b'\r' => rest = rest.strip_prefix(b"\n").unwrap_or(rest),
            b'\n' => {}
            other => bytes.push(other),
        }
    }
    bytes
}

/// White space of PDF (ISO 32000-2 table 1).
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

const SPACE: u8 = 0x40;
const NOT_HEXADECIMAL: u8 = 0x80;

/// Value of each byte as a hexadecimal digit, or one of the two marks above.
static VALUE_OF: [u8; 256] = {
    let mut values = [NOT_HEXADECIMAL; 256];
    let mut byte = 0;
    while byte < 256 {
        values[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'a'..=b'f' => digit - b'a' + 10,
            digit @ b'A'..=b'F' => digit - b'A' + 10,
            other if is_space(other) => SPACE,
            _ => NOT_HEXADECIMAL,
        };
        byte += 1;
    }
    values
};
