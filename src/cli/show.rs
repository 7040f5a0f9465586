//! `chauban show` and `chauban history`

use super::output::{Output, plain, size};
use super::retention::{access_document, access_text, stated};
use super::{Common, Result};
use crate::archive::agency::{Heir, Origin, Standing};
use crate::archive::body::{
    DossierBody, RecordBody, ReportSummary, SignatureBody, SignaturesValidatedBody, TombstoneBody,
};
use crate::archive::retention::today;
use crate::archive::{Event, Reading, Shown, verdict};
use crate::http::api::agencies::OriginShown;
use crate::record::DocumentType;
use crate::time::SystemClock;
use crate::transfer::finding::FindingCode;
use serde_json::{Value, json};

/// Show a record or dossier.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  chauban show H26.10.2023.045            a dossier and its records
  chauban show H26.10.2023.045.0000001    a record
  chauban show 01935000-0000-7000-8000-000000000001 --json")]
pub struct Show {
    /// Identifier or code.
    id: String,
}

/// List everything that happened to a record or dossier.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  chauban history H26.10.2023.045.0000001")]
pub struct History {
    /// Identifier or code.
    id: String,
}

impl Show {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let reading = Reading::open(&common.places()?)?;
        match reading.show(&self.id)? {
            Shown::Record { id, body, dossier, event } => {
                let run = reading.newest_run(id)?;
                let today = today(&SystemClock::new());
                let access = reading.access(id, &body, today)?;
                let origin = reading.origin_of(&body, today)?;
                let document = json!({
                    "record": id.to_string(), "metadata": *body, "dossier": *dossier, "event": event_json(&event),
                    "retention_explained": stated(output, &dossier), "access": access_document(output, &access),
                    "validation": run, "agency": origin.clone().map(OriginShown::from),
                });
                output.document(&document, || {
                    let mut text = record_text(output, &id.to_string(), &body, &dossier, &event);
                    text.push_str(&origin.map_or_else(String::new, |origin| origin_text(output, &origin)));
                    text.push_str(&format!("  {}\n", access_text(output, &access)));
                    text.push_str(&run.map_or_else(String::new, |run| run_text(output, &run)));
                    text
                });
            }
            Shown::Destroyed { id, tombstone, event } => {
                let document = json!({
                    "record": id.to_string(), "destroyed": *tombstone, "event": event_json(&event),
                });
                output.document(&document, || destroyed_text(output, &id.to_string(), &tombstone, &event));
            }
            Shown::Dossier { id, body, event, records } => {
                let list: Vec<Value> = records
                    .iter()
                    .map(|(ordinal, id)| json!({ "ordinal": ordinal, "record": id.to_string() }))
                    .collect();
                let destroyed = reading.destroyed_of(id)?;
                let told: Vec<Value> = destroyed
                    .iter()
                    .map(|one| json!({ "record": one.record, "doc_code": one.doc_code, "case": one.case }))
                    .collect();
                let document = json!({
                    "dossier": id.to_string(), "description": *body, "event": event_json(&event), "records": list,
                    "destroyed": told,
                    "retention_explained": stated(output, &body),
                });
                output.document(&document, || {
                    let standing = match records.is_empty() && !destroyed.is_empty() {
                        true => output.say("không còn tài liệu nào", "no record of it is left").to_owned(),
                        false => stated(output, &body),
                    };
                    let mut text = format!(
                        "{} {}\n{}\n  {} {}\n  {standing}\n",
                        output.say("Hồ sơ", "Dossier"),
                        body.file_code,
                        body.title,
                        body.agency_code,
                        body.agency_name,
                    );
                    for (ordinal, id) in &records {
                        let subject =
                            reading.record(*id).map(|record| format!("{}  {}", record.symbol, record.subject));
                        text.push_str(&format!("  {ordinal:>7}  {}\n", subject.unwrap_or_default()));
                    }
                    for one in &destroyed {
                        let word = output.say("đã hủy", "destroyed");
                        text.push_str(&format!("  {:>7}  {word}: {}\n", one.ordinal, plain(&one.listed.title)));
                    }
                    text
                });
            }
        }
        Ok(0)
    }
}

impl History {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let events = Reading::open(&common.places()?)?.history(&self.id)?;
        let document = json!({ "events": events.iter().map(event_json).collect::<Vec<_>>() });
        output.document(&document, || {
            let lines = events.iter().map(|event| {
                let actor = event.actor.clone().unwrap_or_else(|| event.entry.actor.to_string());
                let told = event.amendment.as_ref().map_or_else(String::new, |one| {
                    let reason = format!("  {}: {}\n", output.say("lý do", "reason"), plain(&one.reason));
                    super::describe::told(one) + &reason
                });
                format!("{:>8}  {}  {}  {actor}\n{told}", event.index, event.entry.time, event.entry.kind.name())
            });
            lines.collect()
        });
        Ok(0)
    }
}

fn event_json(event: &Event) -> Value {
    json!({
        "index": event.index,
        "event": event.entry.kind.name(),
        "time": event.entry.time.to_string(),
        "actor": event.entry.actor.to_string(),
        "actor_name": event.actor,
        "rule": event.entry.rule,
        "amended": event.amendment.as_ref().map(|one| json!({ "reason": one.reason, "changes": one.changes })),
        "entry": String::from_utf8_lossy(&event.bytes),
    })
}

fn destroyed_text(output: &Output, id: &str, tombstone: &TombstoneBody, event: &Event) -> String {
    let listed = &tombstone.listed;
    let title = output.say("Tài liệu đã hủy theo quy định của pháp luật", "Record destroyed by law");
    let mut text = format!("{title}: {}\n{}\n", tombstone.doc_code, listed.title);
    let mut row = |vi: &str, en: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("  {:<18} {value}\n", output.say(vi, en)));
        }
    };
    row("Mã định danh", "Identifier", id);
    row("Hồ sơ", "Dossier", &tombstone.file_code);
    let ground = match (listed.ground.as_str(), listed.ground.strip_prefix("duplicate of ")) {
        ("expired", _) => output.say("hết thời hạn lưu trữ", "its period had ended").to_owned(),
        (_, Some(other)) => format!("{} {other}", output.say("trùng với", "the same as")),
        (other, None) => other.to_owned(),
    };
    row("Lý do hủy", "Ground", &ground);
    let rule = match listed.rule.strip_prefix("stated: ") {
        Some(period) => {
            format!("{}: {period}", output.say("thời hạn cơ quan ghi, đã được xác nhận", "stated and confirmed"))
        }
        None => listed.rule.clone(),
    };
    row("Quy tắc", "Rule", &rule);
    row("Hết thời hạn", "Period ended", listed.until.as_deref().unwrap_or_default());
    row("Ghi chú", "Remarks", &listed.note);
    row("Hồ sơ hủy", "Disposal case", &tombstone.case);
    row("Quyết định", "Decision (SHA-256)", &tombstone.decision);
    row("Ngày hủy", "Destroyed", &format!("{}, entry {}", event.entry.time, event.index));
    text
}

fn record_text(output: &Output, id: &str, body: &RecordBody, dossier: &DossierBody, event: &Event) -> String {
    let kind = body.type_name.parse().map_or("", DocumentType::name);
    let mut text = format!("{} {}\n{}\n", output.say("Tài liệu", "Record"), body.doc_code, body.subject);
    let mut row = |vi: &str, en: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("  {:<18} {value}\n", output.say(vi, en)));
        }
    };
    row("Mã định danh", "Identifier", id);
    row("Số, ký hiệu", "Symbol", &body.symbol);
    row("Tên loại", "Type", &format!("{} {kind}", body.type_name));
    row("Ngày ban hành", "Issued", &body.issued_date);
    row("Cơ quan", "Agency", &format!("{} {}", body.agency_code, body.organ_name));
    let signer = [body.signer.as_str(), body.signer_position.as_str()];
    row("Người ký", "Signer", &signer.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    row("Hồ sơ", "Dossier", &format!("{} {}", dossier.file_code, dossier.title));
    for component in &body.components {
        let value = format!("{} ({}, {})", component.name, component.media_type, size(component.size));
        row("Tệp", "Component", &value);
        row("", "", &format!("SHA-256 {}", component.sha256));
    }
    for signature in &body.signatures {
        row("Chữ ký số", "Signature", &signature_text(output, signature));
    }
    if let Some(examination) = &body.examination {
        row("Khi tiếp nhận", "At accession", &outcome(output, &examination.outcome));
        for (vi, en) in verdict::reasons(&examination.reasons) {
            row("", "", output.say(&vi, &en));
        }
    }
    for finding in &body.findings {
        let known = finding.code.parse::<FindingCode>().ok().map(FindingCode::words);
        let words = known.map_or(finding.code.as_str(), |words| output.say(words.what_vi, words.what_en));
        let detail = if finding.detail.is_empty() { String::new() } else { format!(" ({})", finding.detail) };
        row("Lưu ý", "Finding", &format!("{words}{detail}"));
    }
    row("Sổ cái", "Ledger", &format!("#{} {}", event.index, event.entry.time));
    text.push_str(&format!("  {}\n", stated(output, dossier)));
    text
}

/// What the register of agencies says of the one that issued a record.
fn origin_text(output: &Output, origin: &Origin) -> String {
    let label = output.say("Danh mục cơ quan", "Agency register");
    let named =
        |heirs: &[Heir]| heirs.iter().map(|heir| plain(&heir.to_string()).into_owned()).collect::<Vec<_>>().join(", ");
    let whose = named(origin.agency.as_slice());
    let mut text = match origin.standing {
        Standing::Registered => format!("  {label:<18} {whose}\n"),
        Standing::AtAnotherTime(from, until) => {
            let (only, until) =
                (output.say("chỉ", "only"), until.map_or_else(|| "…".to_owned(), |day| day.to_string()));
            format!("  {label:<18} {whose}, {only} {from} – {until}\n")
        }
        Standing::Unknown => {
            return format!("  {label:<18} {}\n", output.say("không có mã này", "does not have this code"));
        }
    };
    if origin.is_changed() {
        let nobody = output.say("không có cơ quan kế thừa", "no successor").to_owned();
        let heirs = if origin.today.is_empty() { nobody } else { named(&origin.today) };
        text.push_str(&format!("  {:<18} {heirs}\n", output.say("Nay là", "Today")));
    }
    text
}

/// The newest validation run, a line or two for each signature.
fn run_text(output: &Output, run: &SignaturesValidatedBody) -> String {
    let mut text = format!(
        "  {} {}: {}\n",
        output.say("Kiểm tra chữ ký", "Signatures validated"),
        run.at,
        outcome(output, &run.outcome)
    );
    for one in &run.runs {
        let Ok(report) = serde_json::from_str::<ReportSummary>(one.report.get()) else { continue };
        for signature in &report.signatures {
            let conclusion = match &signature.sub_indication {
                Some(sub) => format!("{} / {sub}", signature.indication),
                None => signature.indication.clone(),
            };
            let signer = signature.signer.as_ref().map_or("?", |signer| signer.subject.as_str());
            text.push_str(&format!("    {} {}  {conclusion}\n", plain(&one.component), plain(&signature.place)));
            text.push_str(&format!("      {}\n", output.say(&signature.words_vi, &signature.words_en)));
            text.push_str(&format!("      {}\n", plain(signer)));
        }
    }
    if let Some(at) = &run.retry_at {
        let words = output.say("sẽ kiểm tra lại từ", "to be validated again from");
        text.push_str(&format!("    {words} {at} (`chauban revalidate --due`)\n"));
    }
    text
}

/// What becomes of a record, in words.
pub(super) fn outcome(output: &Output, code: &str) -> String {
    let words = match code {
        "accept" => output.say("chấp nhận", "accept"),
        "accept-with-notes" => output.say("chấp nhận, có lưu ý", "accept with notes"),
        "review" => output.say("cần lưu trữ viên xem xét", "an archivist must review it"),
        "return" => output.say("trả lại cơ quan", "return it to the agency"),
        other => other,
    };
    words.to_owned()
}

fn signature_text(output: &Output, signature: &SignatureBody) -> String {
    let after = match signature.bytes_after {
        Some(0) => output.say("bao phủ toàn bộ tệp", "covers the whole file").to_owned(),
        Some(bytes) => format!("{bytes} {}", output.say("byte thêm sau chữ ký", "bytes were added after it")),
        None => output.say("phạm vi không rõ", "coverage unknown").to_owned(),
    };
    let integrity = match signature.integrity.as_str() {
        "intact" => output.say("nguyên vẹn", "intact"),
        "altered" => output.say("đã bị sửa đổi", "altered"),
        "unchecked" => output.say("chưa kiểm tra được", "not checked"),
        "unreadable" => output.say("không đọc được", "unreadable"),
        other => other,
    };
    format!(
        "{}: {integrity} ({}; {after})",
        signature.signer.as_deref().unwrap_or("?"),
        output.say("chỉ tính toàn vẹn, chưa phải kết luận", "integrity only, not yet a verdict"),
    )
}
