//! Decoding of streams (ISO 32000-2 §7.4): Flate with its predictors, which is what object streams, cross-reference
//! streams and security stores are written with, and the others that such streams may have. Of filters for pictures
//! there are none: nothing that is read here is a picture.
//!
//! What comes out is limited by size, by its ratio to what went in, and by a total for the whole file: a few bytes
//! can ask for ten gigabytes. A filter that is not read here is [`Undecoded::Filter`], never an empty result.

mod simple;

use super::object::{Dict, Object};

/// Bytes decoded from one file, all streams together. A certificate store of a hundred CRLs stays below.
pub const DECODED_BYTES_MAX: usize = 64 << 20;
/// Bytes out per byte in: Deflate cannot do more than 1,032; object streams do about 10, tables of zeros 200.
const RATIO_MAX: usize = 400;
/// Bytes that come out of the smallest stream whatever the ratio.
const DECODED_BYTES_MIN: usize = 64 << 10;
/// Bytes of a row of a predictor; rows of cross-reference streams have about 6.
const ROW_BYTES_MAX: usize = 64 << 10;
/// Bytes that LZW gives at a time.
const PIECE_BYTES: usize = 16 << 10;
/// Filters one after another; one is usual.
const FILTERS_MAX: usize = 4;

/// Why a stream could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecoded {
    /// A filter, a predictor or a chain of filters that is not read.
    #[error("the stream has a filter that is not read")]
    Filter,
    /// The compressed bytes are damaged.
    #[error("the compressed bytes of the stream are damaged")]
    Damaged,
    /// It would exceed the limits.
    #[error("the stream would decompress to more than is read")]
    TooLong,
    /// The file is encrypted, and so are its streams.
    #[error("the stream is encrypted")]
    Encrypted,
    /// It is not there, or no stream.
    #[error("there is no such stream")]
    Missing,
}

/// Whether the stream has any filter.
pub fn is_plain(dict: &Dict) -> bool {
    match dict.get(b"Filter") {
        None | Some(Object::Null) => true,
        Some(Object::Array(filters)) => filters.is_empty(),
        Some(_) => false,
    }
}

/// Whether all readers decode the stream alike: it has no filter, or FlateDecode alone. Of damage in the others each reader
/// makes something else, and no software writes objects with them.
pub fn is_usual(dict: &Dict) -> bool {
    let only = match dict.get(b"Filter") {
        Some(Object::Array(filters)) if filters.len() == 1 => filters.first(),
        other => other,
    };
    is_plain(dict) || only.and_then(Object::name) == Some(b"FlateDecode")
}

/// The decoded bytes of `body`; what comes out is taken from `left`.
pub fn decode(dict: &Dict, body: &[u8], left: &mut usize) -> Result<Vec<u8>, Undecoded> {
    let filters: Vec<&Object> = match dict.get(b"Filter") {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Array(filters)) => filters.iter().collect(),
        Some(filter) => vec![filter],
    };
    if filters.len() > FILTERS_MAX {
        return Err(Undecoded::Filter);
    }
    let all_parameters = parameters(dict)?;
    let parameters = |at: usize| all_parameters.get(at).copied().flatten();
    let mut bytes: Option<Vec<u8>> = None;
    for (at, filter) in filters.iter().enumerate() {
        let input = bytes.as_deref().unwrap_or(body);
        bytes = Some(match filter.name().unwrap_or_default() {
            b"FlateDecode" | b"Fl" => unpredict(inflate(input, left)?, parameters(at))?,
            b"LZWDecode" | b"LZW" => unpredict(expand(input, parameters(at), left)?, parameters(at))?,
            b"ASCIIHexDecode" | b"AHx" => spend(simple::hexadecimal(input)?, left)?,
            b"ASCII85Decode" | b"A85" => spend(simple::base85(input)?, left)?,
            b"RunLengthDecode" | b"RL" => spend(simple::runs(input, *left)?, left)?,
            _ => return Err(Undecoded::Filter),
        });
    }
    match bytes {
        Some(bytes) => Ok(bytes),
        None => {
            *left = left.checked_sub(body.len()).ok_or(Undecoded::TooLong)?;
            Ok(body.to_vec())
        }
    }
}

/// The parameters of each filter, where all readers take them as the same: an array beside an array and a dictionary beside
/// a name, all direct. Short names are for inline images (§8.9.7), and some readers know them here.
fn parameters(dict: &Dict) -> Result<Vec<Option<&Dict>>, Undecoded> {
    if [&b"DP"[..], b"F", b"FFilter", b"FDecodeParms"].iter().any(|key| dict.get(key).is_some()) {
        return Err(Undecoded::Filter);
    }
    let one = |given| match given {
        &Object::Null => Ok(None),
        Object::Dict(dict) => Ok(Some(dict)),
        _ => Err(Undecoded::Filter),
    };
    match (dict.get(b"Filter"), dict.get(b"DecodeParms")) {
        (_, None | Some(Object::Null)) => Ok(Vec::new()),
        (Some(Object::Array(_)), Some(Object::Array(all))) => all.iter().map(one).collect(),
        (Some(Object::Name(_)), Some(given)) => Ok(vec![one(given)?]),
        _ => Err(Undecoded::Filter),
    }
}

/// At most so many of the first decoded bytes of a stream that is deflated and nothing else; `None` for any other.
pub fn beginning(dict: &Dict, body: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
    let is_bare = dict.get(b"DecodeParms").or_else(|| dict.get(b"DP")).is_none();
    if dict.name(b"Filter") != Some(b"FlateDecode") || !is_bare {
        return None;
    }
    match decompress_to_vec_zlib_with_limit(body, bytes_max) {
        Ok(bytes) => Some(bytes),
        Err(error) => (error.status == TINFLStatus::HasMoreOutput).then_some(error.output),
    }
}

fn spend(bytes: Vec<u8>, left: &mut usize) -> Result<Vec<u8>, Undecoded> {
    *left = left.checked_sub(bytes.len()).ok_or(Undecoded::TooLong)?;
    Ok(bytes)
}

/// LZW (§7.4.4.2).
fn expand(input: &[u8], parameters: Option<&Dict>, left: &mut usize) -> Result<Vec<u8>, Undecoded> {
    use weezl::{BitOrder, LzwStatus, decode::Decoder};
    let mut decoder = match parameters.and_then(|dict| dict.get(b"EarlyChange")).map_or(Some(1), Object::integer) {
        Some(1) => Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
        Some(0) => Decoder::new(BitOrder::Msb, 8),
        _ => return Err(Undecoded::Filter),
    };
    let limit = input.len().saturating_mul(RATIO_MAX).max(DECODED_BYTES_MIN).min(*left);
    let (mut bytes, mut rest) = (Vec::new(), input);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let step = decoder.decode_bytes(rest, &mut piece);
        bytes.extend_from_slice(&piece[..step.consumed_out]);
        rest = &rest[step.consumed_in..];
        if bytes.len() > limit {
            return Err(Undecoded::TooLong);
        }
        match step.status {
            Ok(LzwStatus::Done) => return spend(bytes, left),
            Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) | Err(_) => return Err(Undecoded::Damaged),
        }
    }
}

fn inflate(input: &[u8], left: &mut usize) -> Result<Vec<u8>, Undecoded> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
    let limit = input.len().saturating_mul(RATIO_MAX).max(DECODED_BYTES_MIN).min(*left);
    match decompress_to_vec_zlib_with_limit(input, limit) {
        Ok(bytes) => {
            *left -= bytes.len();
            Ok(bytes)
        }
        Err(error) => {
            *left = left.saturating_sub(error.output.len());
            // Readers show what came before the damage, and each another part of it.
            Err(if error.status == TINFLStatus::HasMoreOutput { Undecoded::TooLong } else { Undecoded::Damaged })
        }
    }
}

fn unpredict(bytes: Vec<u8>, parameters: Option<&Dict>) -> Result<Vec<u8>, Undecoded> {
    let integer = |key: &[u8], absent: i64| {
        let value = parameters.and_then(|dict| dict.get(key)).map_or(Some(absent), Object::integer);
        value.and_then(|value| usize::try_from(value).ok()).ok_or(Undecoded::Filter)
    };
    let predictor = integer(b"Predictor", 1)?;
    if predictor == 1 {
        return Ok(bytes);
    }
    let (colours, bits, columns) = (integer(b"Colors", 1)?, integer(b"BitsPerComponent", 8)?, integer(b"Columns", 1)?);
    if !(1..=32).contains(&colours) || !matches!(bits, 1 | 2 | 4 | 8 | 16) || !(1..=1 << 20).contains(&columns) {
        return Err(Undecoded::Filter);
    }
    let row = (colours * bits * columns).div_ceil(8);
    let step = (colours * bits).div_ceil(8);
    if row > ROW_BYTES_MAX {
        return Err(Undecoded::Filter);
    }
    match predictor {
        2 if bits == 8 => Ok(tiff(bytes, row, step)),
        10..=15 => png(&bytes, row, step),
        _ => Err(Undecoded::Filter),
    }
}

/// TIFF predictor 2 on whole bytes: each is the difference to its left neighbour.
fn tiff(mut bytes: Vec<u8>, row: usize, step: usize) -> Vec<u8> {
    for line in bytes.chunks_mut(row) {
        for at in step..line.len() {
            line[at] = line[at].wrapping_add(line[at - step]);
        }
    }
    bytes
}

/// PNG filters, one byte of kind before each row (RFC 2083 §6).
fn png(bytes: &[u8], row: usize, step: usize) -> Result<Vec<u8>, Undecoded> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut above = vec![0u8; row];
    let mut line = vec![0u8; row];
    for filtered in bytes.chunks(row + 1) {
        let (kind, filtered) = (filtered[0], &filtered[1..]);
        for (at, &byte) in filtered.iter().enumerate() {
            let left = if at >= step { line[at - step] } else { 0 };
            let corner = if at >= step { above[at - step] } else { 0 };
            let prediction = match kind {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => ((u16::from(left) + u16::from(above[at])) / 2) as u8,
                4 => paeth(left, above[at], corner),
                _ => return Err(Undecoded::Damaged),
            };
            line[at] = byte.wrapping_add(prediction);
        }
        out.extend_from_slice(&line[..filtered.len()]);
        std::mem::swap(&mut above, &mut line);
    }
    Ok(out)
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(above), i16::from(corner));
    let estimate = a + b - c;
    let (to_left, to_above, to_corner) = ((estimate - a).abs(), (estimate - b).abs(), (estimate - c).abs());
    if to_left <= to_above && to_left <= to_corner {
        left
    } else if to_above <= to_corner {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests;
