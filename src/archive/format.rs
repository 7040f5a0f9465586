//! The FORMAT file: what a reader of the archive must know before anything else. Text, written once; entry 0 of the
//! ledger commits to its SHA-256.

use crate::digest::Sha256;
use crate::disk::{self, Disk};
use crate::error::{Error, Result};
use crate::merkle::key::VerifierKey;
use crate::time::Micros;
use uuid::Uuid;

pub(super) const PATH: &str = "FORMAT";
const TITLE: &str = "chauban archive, format 1";
const BYTES_MAX: u64 = 16 * 1024;
/// Pinned specifications and algorithms; a reader of format 1 expects exactly these.
const FIXED: &str = "\
content-digests sha-256 blake3
commitment hmac-sha-256
tree c2sp.org/tlog-tiles c2sp.org/tlog-checkpoint c2sp.org/signed-note c2sp.org/tlog-cosignature c2sp.org/tlog-proof@v1
tree-specification github.com/C2SP/C2SP at 5ba5ee830903e91240fc6f9f3a7a9293d49e69c9
cipher aes-256-gcm, chunks of 65536, hkdf-sha-256, 32-byte key commitment
compression zstd (RFC 8878)
";

/// The content of FORMAT.
#[derive(Debug, Clone)]
pub struct Format {
    /// The archive's identifier.
    pub archive: Uuid,
    /// The ledger's origin: the name of its log and of its keys.
    pub origin: String,
    /// The archive's code: first part of every archive file code.
    pub archive_code: String,
    /// When it was made.
    pub created: Micros,
    /// The Ed25519 verifier key.
    pub ed25519: VerifierKey,
    /// The ML-DSA-44 verifier key.
    pub ml_dsa_44: VerifierKey,
}

impl Format {
    /// The file's text.
    pub fn encode(&self) -> String {
        format!(
            "{TITLE}\narchive {}\norigin {}\narchive-code {}\ncreated {}\ned25519 {}\nml-dsa-44 {}\n{FIXED}",
            self.archive, self.origin, self.archive_code, self.created, self.ed25519, self.ml_dsa_44
        )
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self> {
        let damaged = |what: &str| Error::corrupt(format!("FORMAT: {what}"));
        let (title, rest) = text.split_once('\n').ok_or_else(|| damaged("it is cut off"))?;
        if title != TITLE {
            return Err(Error::invalid("FORMAT: this archive is of a format this program does not know")
                .remedy("use the version of chauban that made it, or a later one"));
        }
        let mut lines = rest.lines();
        let mut field = |name: &str| {
            let value = lines.next().and_then(|line| line.strip_prefix(name)).and_then(|rest| rest.strip_prefix(' '));
            value.map(str::to_owned).ok_or_else(|| damaged(&format!("the line {name:?} is missing")))
        };
        let (archive, origin, archive_code) = (field("archive")?, field("origin")?, field("archive-code")?);
        let (created, ed25519, ml_dsa_44) = (field("created")?, field("ed25519")?, field("ml-dsa-44")?);
        let key = |text: &str| VerifierKey::parse(text).map_err(|error| damaged(&error.to_string()));
        let format = Self {
            archive: Uuid::try_parse(&archive).map_err(|_| damaged("the archive's identifier is not one"))?,
            origin,
            archive_code,
            created: created.parse().map_err(|_| damaged("the time of creation is not in its form"))?,
            ed25519: key(&ed25519)?,
            ml_dsa_44: key(&ml_dsa_44)?,
        };
        if format.encode() == text { Ok(format) } else { Err(damaged("it is not as this program writes it")) }
    }

    /// What entry 0 commits to.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(self.encode().as_bytes())
    }

    /// Both verifier keys.
    pub fn keys(&self) -> [VerifierKey; 2] {
        [self.ed25519.clone(), self.ml_dsa_44.clone()]
    }

    /// Writes the file, durably.
    pub fn write(&self, disk: &dyn Disk) -> Result<()> {
        disk::replace(disk, PATH, self.encode().as_bytes())?;
        disk.make_read_only(PATH)?;
        Ok(())
    }

    /// Reads the file.
    pub fn read(disk: &dyn Disk) -> Result<Self> {
        let bytes = disk::read(disk, PATH, BYTES_MAX)?.ok_or_else(|| {
            Error::not_found("there is no archive here: the folder has no FORMAT file")
                .remedy("name the archive with --archive DIR or CHAUBAN_ARCHIVE, or make one with `chauban init DIR`")
        })?;
        Self::parse(std::str::from_utf8(&bytes).map_err(|_| Error::corrupt("FORMAT: it is not text"))?)
    }
}
