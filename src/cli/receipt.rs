//! `chauban receipt` and `chauban verify-receipt`

use super::output::{Output, print, write_new};
use super::{Common, DOUBT, Result};
use crate::archive::{Reading, ReceiptError, verify_receipt};
use crate::error::Error;
use crate::evidence::RECEIPT_BYTES_MAX;
use crate::merkle::key::VerifierKey;
use serde_json::json;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Write the receipt of a record.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  chauban receipt H26.10.2023.045.0000001 -o decision.tlog-proof")]
pub struct Receipt {
    /// Record: identifier or code.
    id: String,
    /// File to write, or - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Receipt {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        let record = reading.find_record(&self.id)?;
        let receipt = reading.receipt(record)?;
        if self.output == Path::new("-") {
            print(&receipt);
            return Ok(0);
        }
        write_new(&self.output, receipt.as_bytes())?;
        let document = json!({ "record": record.to_string(), "file": self.output, "size": receipt.len() });
        output.document(&document, || format!("{} ({} B)\n", self.output.display(), receipt.len()));
        Ok(0)
    }
}

/// Check a receipt against a file.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  chauban verify-receipt decision.tlog-proof decision.pdf --key 'luutru.example.gov.vn/kho-1+1234abcd+AY…'

The key must come from the archive's publication (official gazette, web site), never from the receipt's bearer.
Exit status 0 only if the receipt proves that this very file is in that archive.")]
pub struct VerifyReceipt {
    /// The receipt.
    receipt: PathBuf,
    /// The file it is about.
    file: PathBuf,
    /// The archive's public key (vkey), or a file that holds it; may be given twice.
    #[arg(long, required = true, value_name = "VKEY|FILE")]
    key: Vec<String>,
}

impl VerifyReceipt {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<u8> {
        let mut text = String::new();
        let open = |path: &Path| {
            fs::File::open(path)
                .map_err(|error| Error::not_found(format!("{} can't be read", path.display())).because(error))
        };
        open(&self.receipt)?
            .take(RECEIPT_BYTES_MAX as u64 + 1)
            .read_to_string(&mut text)
            .map_err(|error| Error::invalid("the receipt is not text").because(error))?;
        let keys = self.key.iter().map(|key| read_key(key)).collect::<Result<Vec<_>>>()?;
        match verify_receipt(&text, &keys, &mut open(&self.file)?) {
            Ok(checked) => {
                let (proven, time) = (&checked.proven, checked.proven.entry["time"].as_str().unwrap_or_default());
                let document = json!({
                    "proven": true, "origin": proven.origin, "index": proven.index, "size": proven.size,
                    "root": proven.root.to_string(), "component": proven.component, "entry": proven.entry,
                    "sha256": checked.file.sha256.to_string(),
                });
                output.document(&document, || {
                    let name = proven.component.escape_debug();
                    format!(
                        "{}\n  {} {}\n  {} {} ({time})\n  {} {}, {}\n",
                        output.say(
                            "ĐÚNG: kho lưu trữ đã tiếp nhận đúng tệp này, từng byte một.",
                            "PROVEN: the archive took in exactly this file, byte for byte."
                        ),
                        output.say("Tệp", "File"),
                        name,
                        output.say("Mục sổ cái", "Ledger entry"),
                        proven.index,
                        output.say("Kho", "Archive"),
                        proven.origin.escape_debug(),
                        output.say("mốc niêm phong đã ký", "under a signed checkpoint"),
                    )
                });
                Ok(0)
            }
            Err(ReceiptError::File(error)) if error.kind() == std::io::ErrorKind::IsADirectory => {
                Err(Error::invalid(format!("{} is a folder", self.file.display())))
            }
            Err(ReceiptError::File(error)) => Err(Error::unavailable("the file can't be read").because(error)),
            Err(ReceiptError::Refused(refused)) => {
                let document = json!({ "proven": false, "reason": refused.to_string() });
                output.document(&document, || {
                    format!("{}: {refused}\n", output.say("KHÔNG CHỨNG MINH ĐƯỢC", "NOT PROVEN"))
                });
                Ok(DOUBT)
            }
        }
    }
}

/// Longest file with a vkey, bytes: one of ML-DSA-44 is 1,800 long.
const KEY_FILE_BYTES_MAX: u64 = 16 * 1024;

fn read_key(text: &str) -> Result<VerifierKey> {
    let content = match VerifierKey::parse(text) {
        Ok(key) => return Ok(key),
        Err(_) if Path::new(text).is_file() => {
            let mut content = String::new();
            fs::File::open(text)?.take(KEY_FILE_BYTES_MAX).read_to_string(&mut content)?;
            content
        }
        Err(error) => {
            return Err(Error::invalid(format!("{text:?} is neither a vkey nor a file with one")).because(error));
        }
    };
    VerifierKey::parse(content.trim())
        .map_err(|error| Error::invalid(format!("{text} does not hold a vkey")).because(error))
}
