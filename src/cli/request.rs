//! `chauban request`

use super::disposal::Undated;
use super::get::into_file;
use super::output::{Output, plain, write_new};
use super::{Common, Result};
use crate::archive::request::{self, Access, Form, Given, Passes, READING, Request, Wanted};
use crate::archive::retention::today;
use crate::archive::{Archive, Reading, Writing};
use crate::digest::Sha256;
use crate::time::SystemClock;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Requests of readers: reading copies, copies and certified copies of records.
#[derive(Args)]
#[command(after_help = "\
Examples:
  chauban request receive H26.10.2023.045.0000001 --form certified-copy --reader 'Nguyễn Văn A' \\
      --document 'CCCD 001' --purpose 'kiện tụng' --mandate 'đơn ngày 12/11/2026' --actor 'Lê A'
  chauban request list
  chauban request approve REQUEST --reason 'đúng thẩm quyền' --actor 'Trần B'
  chauban request fulfil REQUEST --actor 'Lê A'
  chauban request certificate REQUEST 1 -o certificate.pdf     to be signed
  chauban request certify REQUEST 1 --document certificate-signed.pdf --actor 'Lê A'
  chauban request copy REQUEST 1 -o copy.zip                   the paper, and the record's files as they are
  chauban request pass REQUEST --actor 'Lê A'                  of a reading copy: another pass, told once
  chauban request revoke REQUEST --reason 'để lộ' --actor 'Lê A'
  chauban request close REQUEST --reason 'đã giao' --actor 'Lê A'

What is open to everybody is approved by one person; anything else by another person than received the request. Files are
never changed: the mark BẢN SAO stands on a page of its own, which names their digests. Of the certificate eleven fields are
known from notes on Circular 05/2025/TT-BNV; its form was not read, and the page says so. A signed certificate must begin
with the one that was made, and its signatures must pass; otherwise --unsigned says why it is taken.

A reading copy is read in place at /reading of the service, without an account, by whoever has the pass that `fulfil` tells: for
15 days at most (as is reported of the circular), counted from then, and not after it was revoked, the request closed, the record
destroyed, or the records became less open.")]
pub struct RequestCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List every request.
    List,
    /// Show a request: who asks, for what, what was done, and what was made of each record.
    Show {
        /// Its identifier.
        request: String,
    },
    /// Write the certificate of a certified copy, ready to be signed.
    Certificate(Copied),
    /// Write a copy: its paper, and the record's files as they are, in one ZIP file.
    Copy(Copied),
    #[command(flatten)]
    Step(Step),
}

/// What somebody does with a request.
#[derive(Subcommand)]
enum Step {
    /// Take a request in.
    Receive(Receive),
    /// Approve a request; where a record is not open to everybody, as another person than received it.
    Approve(Because),
    /// Refuse a request.
    Refuse(Because),
    /// Make the papers of the copies; of a reading copy the pass, which is told once.
    Fulfil {
        /// The request.
        request: String,
    },
    /// Issue another pass for a reading copy, told once; the one before opens nothing any more.
    Pass {
        /// The request.
        request: String,
    },
    /// Revoke the pass of a reading copy.
    Revoke(Because),
    /// Hand in the signed certificate of a certified copy.
    Certify {
        #[command(flatten)]
        of: Numbered,
        #[command(flatten)]
        document: Undated,
    },
    /// Close a request: its copies can't be had any more.
    Close(Because),
}

/// What a reader asks for.
#[derive(Args)]
struct Receive {
    /// Records: identifier or code.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// What is asked for.
    #[arg(long, value_name = "reading-copy|copy|certified-copy", value_parser = form)]
    form: Form,
    /// Name of the reader.
    #[arg(long, value_name = "NAME")]
    reader: String,
    /// The document that proves who that is: kind and number.
    #[arg(long, value_name = "TEXT")]
    document: String,
    /// What for.
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// What the request rests on.
    #[arg(long, value_name = "TEXT")]
    mandate: String,
    /// How many pieces of each copy are issued.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    copies: u32,
    /// Last day on which a certified copy is to be used.
    #[arg(long, value_name = "YYYY-MM-DD")]
    use_until: Option<NaiveDate>,
    /// How many days a reading copy is read, 15 at most.
    #[arg(long, value_name = "NUMBER", default_value_t = READING.days)]
    days: u32,
}

/// A request, and why.
#[derive(Args)]
struct Because {
    /// The request.
    request: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// A record of a request.
#[derive(Args)]
struct Numbered {
    /// The request.
    request: String,
    /// Which of its records, from 1, as `show` counts them.
    number: usize,
}

/// What is written of a record of a request.
#[derive(Args)]
struct Copied {
    #[command(flatten)]
    of: Numbered,
    /// The file to write; it must not exist.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl RequestCommand {
    /// Runs the command.
    pub fn run(self, common: &Common, output: &Output) -> Result<u8> {
        let places = common.places()?;
        match self.action {
            Action::List => list(common, output)?,
            Action::Show { request } => {
                let archive = Reading::open(&places)?;
                shown(&archive, output, &archive.find_request(&request)?, None)?;
            }
            Action::Certificate(wanted) => certificate(common, output, &wanted)?,
            Action::Copy(wanted) => copy(common, output, &wanted)?,
            Action::Step(step) => {
                let clock = Arc::new(SystemClock::new());
                let (archive, passes) = (Writing::open(&places, clock.clone())?, Passes::new(&places, clock));
                let (request, pass) = step.take(&archive, &passes, &common.actor())?;
                shown(&archive, output, &request, pass.as_deref())?;
                archive.close()?;
            }
        }
        Ok(0)
    }
}

impl Step {
    /// The request after it, and the text of the pass, where one is issued.
    fn take(self, archive: &Writing, passes: &Passes, actor: &str) -> Result<(Request, Option<String>)> {
        let id = |request: &str| archive.find_request(request).map(|request| request.id);
        let stepped = match self {
            Self::Fulfil { request } => return request::fulfil(archive, passes, id(&request)?, actor),
            Self::Pass { request } => {
                let (request, pass) = request::issue_pass(archive, passes, id(&request)?, actor)?;
                return Ok((request, Some(pass)));
            }
            Self::Receive(asked) => request::receive(archive, &asked.wanted(), actor),
            // Whoever has a shell sees any record.
            Self::Approve(Because { request, reason }) => {
                request::approve(archive, id(&request)?, Access::Closed, &reason, actor)
            }
            Self::Refuse(Because { request, reason }) => request::refuse(archive, id(&request)?, &reason, actor),
            Self::Revoke(Because { request, reason }) => {
                request::revoke_pass(archive, passes, id(&request)?, &reason, actor)
            }
            Self::Close(Because { request, reason }) => request::close(archive, passes, id(&request)?, &reason, actor),
            Self::Certify { of, document } => {
                request::certify(archive, id(&of.request)?, of.number, document.read()?, actor)
            }
        };
        Ok((stepped?, None))
    }
}

impl Receive {
    fn wanted(self) -> Wanted {
        Wanted {
            form: self.form,
            reader: self.reader,
            document: self.document,
            purpose: self.purpose,
            mandate: self.mandate,
            records: self.ids,
            copies: self.copies,
            use_until: self.use_until,
            days: (self.form == Form::ReadingCopy).then_some(self.days),
        }
    }
}

fn form(text: &str) -> std::result::Result<Form, String> {
    Form::named(text).ok_or_else(|| "write reading-copy, copy or certified-copy".to_owned())
}

fn list(common: &Common, output: &Output) -> Result<()> {
    let all = Reading::open(&common.places()?)?.requests()?;
    let documents: Vec<Value> = all.iter().map(brief).collect();
    let nothing = output.say("Chưa có yêu cầu nào của độc giả.\n", "There is no request.\n");
    output.document(&json!({ "requests": documents }), || match all.as_slice() {
        [] => nothing.to_owned(),
        all => all.iter().map(|request| line(output, request)).collect(),
    });
    Ok(())
}

fn shown(archive: &Archive, output: &Output, request: &Request, pass: Option<&str>) -> Result<()> {
    let given = archive.given(request, today(&SystemClock::new()))?;
    let told = || {
        let once = output.say("mã đọc, chỉ hiện lần này, dùng ở /reading", "pass, told this once, for /reading");
        let pass = pass.map_or_else(String::new, |pass| format!("  {once}: {pass}\n"));
        text(output, request, &given) + &pass
    };
    output.document(&document(request, &given, pass), told);
    Ok(())
}

fn certificate(common: &Common, output: &Output, wanted: &Copied) -> Result<()> {
    let archive = Reading::open(&common.places()?)?;
    let request = archive.find_request(&wanted.of.request)?;
    let bytes = archive.certificate(&request, wanted.of.number)?;
    write_new(&wanted.output, &bytes)?;
    let sha256 = Sha256::of(&bytes).to_string();
    let said = json!({ "file": wanted.output, "sha256": sha256, "size": bytes.len() });
    output.document(&said, || format!("{}  {sha256}\n", wanted.output.display()));
    Ok(())
}

fn copy(common: &Common, output: &Output, wanted: &Copied) -> Result<()> {
    let archive = Reading::open(&common.places()?)?;
    let request = archive.find_request(&wanted.of.request)?;
    let copy = archive.copy(&request, wanted.of.number)?;
    let size = into_file(&wanted.output, |into| copy.write(&archive, into))?;
    let said = json!({ "file": wanted.output, "code": copy.code, "size": size });
    output.document(&said, || format!("{}  {}  ({size} B)\n", wanted.output.display(), plain(&copy.code)));
    Ok(())
}

/// A request without who asks and for what: that is shown of one at a time.
fn brief(request: &Request) -> Value {
    json!({
        "request": request.id.to_string(),
        "form": request.form.name(),
        "state": request.state().name(),
        "received": request.steps.first().map(|step| step.at.to_string()),
        "records": request.records.len(),
    })
}

fn document(request: &Request, given: &[Given], pass: Option<&str>) -> Value {
    let steps = request.steps.iter().map(|step| {
        json!({
            "step": step.what.name(),
            "state": step.what.state().name(),
            "at": step.at.to_string(),
            "by": step.by,
            "reason": step.what.reason(),
            "index": step.index,
        })
    });
    let given = given.iter().map(|one| {
        json!({
            "number": one.number,
            "record": one.record.to_string(),
            "code": one.code,
            "destroyed": one.access.is_none(),
            "paper": one.paper,
            "certificate": one.standing,
        })
    });
    let asked = &request.asked;
    json!({
        "request": request.id.to_string(),
        "form": request.form.name(),
        "state": request.state().name(),
        "reader": { "name": asked.reader.name, "document": asked.reader.document },
        "purpose": asked.purpose,
        "mandate": asked.mandate,
        "copies": asked.copies,
        "use_until": asked.use_until,
        "days": asked.days,
        "until": request.until().map(|until| until.to_string()),
        "pass": pass,
        "steps": steps.collect::<Vec<_>>(),
        "records": given.collect::<Vec<_>>(),
    })
}

fn line(output: &Output, request: &Request) -> String {
    let (form, state) = (request.form.words(), request.state().words());
    let records = output.say("tài liệu", "records");
    let count = request.records.len();
    format!("{}  {}  {}  {count} {records}\n", request.id, output.say(form.0, form.1), output.say(state.0, state.1))
}

fn text(output: &Output, request: &Request, given: &[Given]) -> String {
    let asked = &request.asked;
    let mut text = line(output, request);
    let reader = format!("{}, {}", asked.reader.name, asked.reader.document);
    let fields = [
        (output.say("độc giả", "reader"), reader.as_str()),
        (output.say("mục đích", "purpose"), &asked.purpose),
        (output.say("căn cứ", "mandate"), &asked.mandate),
    ];
    fields.iter().for_each(|(name, said)| text.push_str(&format!("  {name}: {}\n", plain(said))));
    for step in &request.steps {
        let state = step.what.words();
        let reason = step.what.reason();
        let reason = if reason.is_empty() { String::new() } else { format!(": {}", plain(reason)) };
        let (at, by) = (step.at.to_string(), plain(&step.by));
        text.push_str(&format!("  {} {at} {by}{reason}\n", output.say(state.0, state.1)));
    }
    for one in given {
        let fate = match (&one.standing, &one.paper) {
            _ if one.access.is_none() => output.say("đã hủy", "destroyed").to_owned(),
            (Some(standing), _) => format!("{}: {standing}", output.say("chứng nhận", "certificate")),
            (None, Some(sha256)) => format!("{} {sha256}", output.say("trang bản sao", "paper")),
            (None, None) if request.form == Form::ReadingCopy => output.say("đọc tại chỗ", "read in place").to_owned(),
            (None, None) => output.say("chưa lập", "not made").to_owned(),
        };
        text.push_str(&format!("  {}. {}  {}  {fate}\n", one.number, plain(&one.code), plain(&one.subject)));
    }
    text
}
