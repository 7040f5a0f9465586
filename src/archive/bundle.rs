//! Evidence bundles: everything that proves one record, in one ZIP file that is checked with tools of others.
//!
//! A bundle has the record's files, its description as it was committed, its newest verdict with what that rests on, the
//! receipts of both under one checkpoint, the time-stamps over it, and how all of it is repeated by hand (`check.sh` is
//! made of the steps of `docs/verify-by-hand.md`). Names in it are the archive's own: what agencies called their files
//! stands in the description alone, so nothing in a bundle is unpacked to a place that somebody else chose.
//!
//! What is small is gathered first, so that what is missing is told before the first byte; files are read and written
//! piece by piece. Must not decide who may have a bundle.

mod instructions;
pub(super) mod zip;

use super::body::split;
use super::project;
use super::reading::{Archive, Reading};
use super::stamp::{self, EvidenceFile};
use super::validation::EvidenceKind;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::merkle::checkpoint;
use crate::time::Micros;
use instructions::Told;
use std::io::Write;
use uuid::Uuid;
use zip::{Length, Packing, ZipWriter};

/// Longest ending of a name that is kept, characters.
const ENDING_CHARS_MAX: usize = 8;
/// The page that checks a receipt in a browser.
const VERIFIER: &str = include_str!("../../assets/verify.html");
/// Checks an evidence record with Python and OpenSSL.
const EVIDENCE_CHECKER: &str = include_str!("../../tests/interop/evidence.py");

/// A bundle that is ready to be written.
pub struct Bundle {
    record: Uuid,
    made: Micros,
    parts: Vec<(String, Vec<u8>)>,
    files: Vec<(String, u64)>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundled {
    /// Files in it.
    pub files: usize,
    /// Its length, bytes.
    pub bytes: u64,
}

impl Reading {
    /// Gathers what proves a record; its files are read when it is written.
    pub fn bundle(&self, record: Uuid, made: Micros) -> Result<Bundle> {
        let checkpoint = self.checkpoint()?;
        let (index, row) = self.accession(record)?;
        let body = self.record(record)?;
        let text = self.body_text(&row)?;
        let (_, description) = split(&text).ok_or_else(|| Error::corrupt("the body is damaged"))?;
        let mut parts = vec![
            ("description.json".to_owned(), description.to_vec()),
            ("receipt.tlog-proof".to_owned(), self.receipt_of(index, &row, &checkpoint)?.into_bytes()),
            ("checkpoint".to_owned(), checkpoint.0.clone().into_bytes()),
        ];
        let keys = self.format.keys();
        let first = keys.first().ok_or_else(|| Error::corrupt("FORMAT names no key"))?;
        parts.push(("archive.vkey".to_owned(), format!("{first}\n").into_bytes()));
        let all: String = keys.iter().map(|key| format!("{key}\n")).collect();
        parts.push(("archive-keys.txt".to_owned(), all.into_bytes()));
        let is_judged = self.verdict_of(record, &checkpoint, &mut parts)?;
        let is_stamped = self.time_stamps_of(record, &mut parts)?;

        let file = |(number, (name, size)): (usize, (&str, u64))| (format!("content/{number}{}", ending(name)), size);
        let components = body.components.iter().map(|one| (one.name.as_str(), one.size));
        let files: Vec<(String, u64)> = (1..).zip(components).map(file).collect();
        let told = Told {
            body: &body,
            files: &files,
            index,
            origin: &checkpoint.1.checkpoint.origin,
            made,
            is_judged,
            is_stamped,
        };
        parts.extend(told.parts()?);
        parts.push(("verify.html".to_owned(), VERIFIER.as_bytes().to_vec()));
        parts.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Bundle { record, made, parts, files })
    }

    /// The newest verdict with its receipt and what it rests on, if the record was ever judged.
    fn verdict_of(
        &self,
        record: Uuid,
        checkpoint: &(String, checkpoint::Verified),
        parts: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<bool> {
        let Some(row) = self.catalog.validated(record).map_err(project::catalog)? else { return Ok(false) };
        let events = self.catalog.events(record).map_err(project::catalog)?;
        let event = events.into_iter().find(|(index, _)| *index == row.index);
        let (index, event) = event.ok_or_else(|| Error::corrupt("the catalog does not show a run that it names"))?;
        let text = self.body_text(&event)?;
        let (_, run) = split(&text).ok_or_else(|| Error::corrupt("the body is damaged"))?;
        parts.push(("verdict.json".to_owned(), run.to_vec()));
        parts.push(("verdict.tlog-proof".to_owned(), self.receipt_of(index, &event, checkpoint)?.into_bytes()));
        let run = self.newest_run(record)?.ok_or_else(|| Error::corrupt("a run is gone"))?;
        for sha256 in &run.evidence {
            let digest: Sha256 = sha256.parse().map_err(|_| Error::corrupt("the validation run is damaged"))?;
            let (kind, bytes) = self.evidence(&digest)?;
            let ending = match kind {
                EvidenceKind::Certificate => "cer",
                EvidenceKind::RevocationList => "crl",
                EvidenceKind::OcspResponse => "ors",
                EvidenceKind::Policy | EvidenceKind::Practice => "toml",
                EvidenceKind::Trust => "txt",
            };
            parts.push((format!("evidence/{}/{digest}.{ending}", kind.name()), bytes));
        }
        Ok(true)
    }

    /// The evidence record with its tokens and the checkpoints that they are over, if a time-stamp covers the record.
    fn time_stamps_of(&self, record: Uuid, parts: &mut Vec<(String, Vec<u8>)>) -> Result<bool> {
        let Some(made) = self.evidence_record(record)? else { return Ok(false) };
        let disk = self.disks.archive.as_ref();
        for token in &made.tokens {
            let of = [EvidenceFile::Token(token.clone()), EvidenceFile::Checkpoint(token.checkpoint)];
            for file in of {
                let bytes = stamp::read(disk, &file)?.ok_or_else(|| Error::corrupt("a time-stamp lost a file"))?;
                let name = file.path().replacen("evidence/", "time-stamps/", 1);
                if parts.iter().all(|(there, _)| *there != name) {
                    parts.push((name, bytes));
                }
            }
        }
        parts.push(("time-stamps/evidence-record.ers".to_owned(), made.bytes));
        parts.push(("time-stamps/evidence.py".to_owned(), EVIDENCE_CHECKER.as_bytes().to_vec()));
        Ok(true)
    }
}

impl Bundle {
    /// Writes it; each file of the record is checked against its accession on the way.
    ///
    /// After an error what was written is no ZIP file: its directory, which comes last, is missing.
    pub fn write(&self, archive: &Archive, into: &mut dyn Write) -> Result<Bundled> {
        let mut zip = ZipWriter::new(into, self.made.instant());
        let mut sums = String::new();
        for (name, bytes) in &self.parts {
            let digest = zip
                .member(name, Packing::Packed, Length::of(bytes.len() as u64), |member| Ok(member.write_all(bytes)?))?;
            sums.push_str(&format!("{digest}  {name}\n"));
        }
        for (number, (name, size)) in (1..).zip(&self.files) {
            let digest = zip.member(name, Packing::AsIs, Length::of(*size), |member| {
                archive.get(self.record, number, member).map(|_| ())
            })?;
            sums.push_str(&format!("{digest}  {name}\n"));
        }
        zip.member("SHA256SUMS", Packing::Packed, Length::Short, |member| Ok(member.write_all(sums.as_bytes())?))?;
        let bytes = zip.finish()?;
        Ok(Bundled { files: self.parts.len() + self.files.len() + 1, bytes })
    }
}

/// The ending of a name with its dot, where it is a plain one.
pub(super) fn ending(name: &str) -> String {
    let plain = |ending: &&str| {
        (1..=ENDING_CHARS_MAX).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(plain);
    ending.map_or_else(String::new, |ending| format!(".{}", ending.to_ascii_lowercase()))
}
