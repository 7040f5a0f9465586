//! ZIP files, written forwards (APPNOTE 6.3.10): each member's lengths and CRC-32 follow its bytes, the directory comes last.
//!
//! Every member is DEFLATE (what is not to be packed is in its stored blocks), so that a reader finds its end without the
//! directory, too. Names are UTF-8. Lengths and places beyond 4 GiB are written as ZIP64; whether a member may be so long
//! must be known before it begins.

use crate::digest::{ContentDigests, ContentHasher, Sha256};
use crate::error::{Error, Result};
use chrono::{DateTime, Datelike, Timelike, Utc};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

/// Bit 3: lengths follow; bit 11: names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATE: u16 = 8;
/// Version that knows ZIP64, made on Unix.
const MADE_BY: u16 = 3 << 8 | 45;
/// A plain file that everybody may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// From here on a length is written as ZIP64: packed bytes may be some more than plain ones.
const LONG_FROM: u64 = 0xF000_0000;
const UNKNOWN: u32 = 0xFFFF_FFFF;

/// Whether a member is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// It is.
    Packed,
    /// It is not: its bytes are packed already, or too many.
    AsIs,
}

/// How long a member may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Below 4 GiB.
    Short,
    /// Any length.
    Long,
}

impl Length {
    /// Of a member with so many bytes.
    pub const fn of(bytes: u64) -> Self {
        if bytes < LONG_FROM { Self::Short } else { Self::Long }
    }
}

struct Member {
    name: String,
    length: Length,
    crc: u32,
    packed: u64,
    plain: u64,
    at: u64,
}

/// Writes a ZIP file.
pub struct ZipWriter<'a> {
    into: Counted<'a>,
    time: (u16, u16),
    members: Vec<Member>,
}

impl<'a> ZipWriter<'a> {
    /// A file whose members are all of one instant.
    pub fn new(into: &'a mut dyn Write, made: DateTime<Utc>) -> Self {
        Self { into: Counted { into, bytes: 0 }, time: dos_time(made), members: Vec::new() }
    }

    /// Writes a member; its SHA-256.
    pub fn member(
        &mut self,
        name: &str,
        packing: Packing,
        length: Length,
        write: impl FnOnce(&mut dyn Write) -> Result<()>,
    ) -> Result<Sha256> {
        let at = self.into.bytes;
        self.head(name, length)?;
        let begins = self.into.bytes;
        let level = if packing == Packing::Packed { Compression::default() } else { Compression::none() };
        let (crc, digests) = pack(&mut self.into, level, write)?;
        let packed = self.into.bytes - begins;
        let member = Member { name: name.to_owned(), length, crc, packed, plain: digests.size, at };
        if length == Length::Short && packed.max(digests.size) >= u64::from(UNKNOWN) {
            return Err(Error::corrupt("a member of a bundle is longer than was stated"));
        }
        self.tail(&member)?;
        self.members.push(member);
        Ok(digests.sha256)
    }

    fn head(&mut self, name: &str, length: Length) -> Result<()> {
        let (extra, lengths): (&[u8], u32) = match length {
            Length::Short => (&[], 0),
            Length::Long => (&[1, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], UNKNOWN),
        };
        let mut head = Vec::with_capacity(50 + name.len());
        put(&mut head, 0x0403_4B50_u32.to_le_bytes());
        put(&mut head, needed(length).to_le_bytes());
        self.common(&mut head);
        put(&mut head, 0_u32.to_le_bytes());
        put(&mut head, lengths.to_le_bytes());
        put(&mut head, lengths.to_le_bytes());
        put(&mut head, short(name.len())?.to_le_bytes());
        put(&mut head, short(extra.len())?.to_le_bytes());
        head.extend(name.as_bytes());
        head.extend(extra);
        Ok(self.into.write_all(&head)?)
    }

    fn common(&self, head: &mut Vec<u8>) {
        [FLAGS, DEFLATE, self.time.0, self.time.1].iter().for_each(|field| put(head, field.to_le_bytes()));
    }

    /// The lengths after a member.
    fn tail(&mut self, member: &Member) -> Result<()> {
        let mut tail = Vec::with_capacity(24);
        put(&mut tail, 0x0807_4B50_u32.to_le_bytes());
        put(&mut tail, member.crc.to_le_bytes());
        for length in [member.packed, member.plain] {
            match member.length {
                Length::Short => put(&mut tail, low(length).to_le_bytes()),
                Length::Long => put(&mut tail, length.to_le_bytes()),
            }
        }
        Ok(self.into.write_all(&tail)?)
    }

    /// Writes the directory; how long the file is.
    pub fn finish(mut self) -> Result<u64> {
        let begins = self.into.bytes;
        let members = std::mem::take(&mut self.members);
        members.iter().try_for_each(|member| self.listed(member))?;
        let (ends, count) = (self.into.bytes, members.len() as u64);
        let mut end = Vec::with_capacity(98);
        if ends >= u64::from(UNKNOWN) || count >= 0xFFFF {
            put(&mut end, 0x0606_4B50_u32.to_le_bytes());
            put(&mut end, 44_u64.to_le_bytes());
            put(&mut end, MADE_BY.to_le_bytes());
            put(&mut end, needed(Length::Long).to_le_bytes());
            put(&mut end, [0; 8]);
            [count, count, ends - begins, begins].iter().for_each(|field| put(&mut end, field.to_le_bytes()));
            put(&mut end, 0x0706_4B50_u32.to_le_bytes());
            put(&mut end, [0; 4]);
            put(&mut end, ends.to_le_bytes());
            put(&mut end, 1_u32.to_le_bytes());
        }
        put(&mut end, 0x0605_4B50_u32.to_le_bytes());
        put(&mut end, [0; 4]);
        let listed = u16::try_from(count).unwrap_or(0xFFFF);
        [listed, listed].iter().for_each(|field| put(&mut end, field.to_le_bytes()));
        [low(ends - begins), low(begins)].iter().for_each(|field| put(&mut end, field.to_le_bytes()));
        put(&mut end, [0; 2]);
        self.into.write_all(&end)?;
        self.into.flush()?;
        Ok(self.into.bytes)
    }

    /// A member's line in the directory.
    fn listed(&mut self, member: &Member) -> Result<()> {
        let mut extra = Vec::new();
        let is_long = member.length == Length::Long || member.at >= u64::from(UNKNOWN);
        if is_long {
            put(&mut extra, [1, 0, 24, 0]);
            [member.plain, member.packed, member.at].iter().for_each(|field| put(&mut extra, field.to_le_bytes()));
        }
        let field = |value: u64| if is_long { UNKNOWN } else { low(value) };
        let mut line = Vec::with_capacity(80 + member.name.len());
        put(&mut line, 0x0201_4B50_u32.to_le_bytes());
        put(&mut line, MADE_BY.to_le_bytes());
        put(&mut line, needed(if is_long { Length::Long } else { Length::Short }).to_le_bytes());
        self.common(&mut line);
        put(&mut line, member.crc.to_le_bytes());
        put(&mut line, field(member.packed).to_le_bytes());
        put(&mut line, field(member.plain).to_le_bytes());
        put(&mut line, short(member.name.len())?.to_le_bytes());
        put(&mut line, short(extra.len())?.to_le_bytes());
        put(&mut line, [0; 6]);
        put(&mut line, ATTRIBUTES.to_le_bytes());
        put(&mut line, field(member.at).to_le_bytes());
        line.extend(member.name.as_bytes());
        line.extend(extra);
        Ok(self.into.write_all(&line)?)
    }
}

/// Packs what `write` writes; its CRC-32, digests and length.
fn pack(
    into: &mut Counted<'_>,
    level: Compression,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<(u32, ContentDigests)> {
    let mut through = Through { into: DeflateEncoder::new(into, level), crc: Crc::new(), hasher: ContentHasher::new() };
    write(&mut through)?;
    let Through { into, crc, hasher } = through;
    into.finish()?;
    Ok((crc.sum(), hasher.finish()))
}

const fn needed(length: Length) -> u16 {
    match length {
        Length::Short => 20,
        Length::Long => 45,
    }
}

fn put<const N: usize>(into: &mut Vec<u8>, bytes: [u8; N]) {
    into.extend(bytes);
}

/// A number in 32 bits, or the sign that it stands elsewhere.
fn low(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(UNKNOWN)
}

fn short(length: usize) -> Result<u16> {
    u16::try_from(length).map_err(|_| Error::corrupt("a name in a bundle is too long"))
}

/// Time and date as MS-DOS had them, in steps of two seconds; a year before 1980 is 1980.
fn dos_time(at: DateTime<Utc>) -> (u16, u16) {
    let field = |value: u32| u16::try_from(value).unwrap_or(0);
    let year = u16::try_from((at.year() - 1980).clamp(0, 127)).unwrap_or(0);
    let time = field(at.hour()) << 11 | field(at.minute()) << 5 | field(at.second() / 2);
    (time, year << 9 | field(at.month()) << 5 | field(at.day()))
}

struct Counted<'a> {
    into: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.into.write(bytes)?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Counts and digests what is packed.
struct Through<W: Write> {
    into: DeflateEncoder<W>,
    crc: Crc,
    hasher: ContentHasher,
}

impl<W: Write> Write for Through<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.into.write_all(bytes)?;
        self.crc.update(bytes);
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

#[cfg(test)]
mod tests;
