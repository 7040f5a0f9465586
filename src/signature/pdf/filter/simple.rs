//! The filters that need no library: ASCIIHexDecode, ASCII85Decode, RunLengthDecode (ISO 32000-2 §7.4.2, §7.4.3, §7.4.5).
//!
//! Rare where signatures are concerned, and legal. What breaks a rule is damaged: readers repair it each in another way.

use super::Undecoded;

/// What may stand between digits; zero and form feed are white space elsewhere, and some readers take them for digits here.
const SPACES: &[u8] = b" \t\r\n";

/// Pairs of hexadecimal digits up to `>`; a last digit alone is followed by zero.
pub fn hexadecimal(input: &[u8]) -> Result<Vec<u8>, Undecoded> {
    let text = input.split(|&byte| byte == b'>').next().unwrap_or_default();
    let digits = text.iter().filter(|byte| !SPACES.contains(byte));
    let digits: Option<Vec<u8>> =
        digits.map(|&byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.ok_or(Undecoded::Damaged)?;
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect())
}

/// Groups of five digits of base 85 up to `~>`; `z` is four zeros, and a last group of n + 1 digits gives n bytes.
pub fn base85(input: &[u8]) -> Result<Vec<u8>, Undecoded> {
    let text = input.split(|&byte| byte == b'~').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(text.len() / 5 * 4);
    let mut group: Vec<u8> = Vec::with_capacity(5);
    for &byte in text.iter().filter(|byte| !SPACES.contains(byte)) {
        match byte {
            b'z' if group.is_empty() => bytes.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return Err(Undecoded::Damaged),
        }
        if group.len() == 5 {
            bytes.extend(group_of_five(&group)?);
            group.clear();
        }
    }
    match group.len() {
        0 => {}
        1 => return Err(Undecoded::Damaged),
        digits => {
            group.resize(5, 84);
            bytes.extend(&group_of_five(&group)?[..digits - 1]);
        }
    }
    Ok(bytes)
}

fn group_of_five(digits: &[u8]) -> Result<[u8; 4], Undecoded> {
    let number = digits.iter().fold(0_u64, |number, &digit| number * 85 + u64::from(digit));
    Ok(u32::try_from(number).map_err(|_| Undecoded::Damaged)?.to_be_bytes())
}

/// Runs up to the length 128: a length below it and so many bytes and one, or one above and a byte to be repeated.
pub fn runs(input: &[u8], limit: usize) -> Result<Vec<u8>, Undecoded> {
    let mut bytes = Vec::new();
    let mut rest = input;
    while let Some((&length, after)) = rest.split_first() {
        let length = usize::from(length);
        if length == 128 {
            break;
        }
        let (taken, run) = if length < 128 { (length + 1, length + 1) } else { (1, 257 - length) };
        let (piece, after) = after.split_at_checked(taken).ok_or(Undecoded::Damaged)?;
        if bytes.len() + run > limit {
            return Err(Undecoded::TooLong);
        }
        bytes.extend(piece.iter().cycle().take(run));
        rest = after;
    }
    Ok(bytes)
}
