//! A disposal case for people and for programs: where it stands, what waits for whom, what changed, on what it rests.

use crate::archive::Archive;
use crate::archive::disposal::{
    CaseClock, Change, Docket, Fate, Ground, Item, Paper, Step, Vote, act_words, period_words, standing_words,
};
use crate::archive::retention::today;
use crate::cli::Result;
use crate::cli::output::{Output, plain};
use crate::time::SystemClock;
use serde_json::{Value, json};
use uuid::Uuid;

/// Items and changes that are told without being asked for, at most.
const SOME: usize = 20;

/// Which items are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Items {
    /// How many there are, and the first that changed.
    Some,
    /// Every one.
    All,
}

/// Tells a case.
pub fn print(archive: &Archive, output: &Output, docket: &Docket, items: Items) -> Result<()> {
    let told = Told { archive, output, docket, items };
    let (json, text) = (told.document()?, told.text()?);
    output.document(&json, || text);
    Ok(())
}

/// A case in a list, for programs.
pub fn brief(docket: &Docket) -> Value {
    let counts = docket.counts();
    let next = docket.next(today(&SystemClock::new()));
    json!({
        "case": docket.id.to_string(),
        "number": docket.number.to_string(),
        "subject": docket.subject,
        "state": docket.case.state().name(),
        "items": {
            "listed": counts.listed, "approved": counts.approved, "excluded": counts.excluded,
            "destroyed": counts.destroyed, "left": counts.left, "failed": counts.failed,
        },
        "waits_for": next.map(|next| json!({ "of": next.of.1, "what": next.what.1, "command": next.command })),
    })
}

/// A case in a list, for people.
pub fn line(output: &Output, docket: &Docket) -> String {
    let (vi, en) = docket.case.state().words();
    let waits = docket.next(today(&SystemClock::new())).map_or_else(String::new, |next| {
        let (of, what) = (output.say(next.of.0, next.of.1), output.say(next.what.0, next.what.1));
        format!("; {} {of}: {what}", output.say("chờ", "waits for"))
    });
    let listed = docket.counts().listed;
    let items = output.say("mục", "items");
    format!("{}  {}{waits} ({listed} {items})  {}\n", docket.number, output.say(vi, en), plain(&docket.subject))
}

/// What is told of a case.
struct Told<'a> {
    archive: &'a Archive,
    output: &'a Output,
    docket: &'a Docket,
    items: Items,
}

impl Told<'_> {
    fn document(&self) -> Result<Value> {
        let case = &self.docket.case;
        let mut document = brief(self.docket);
        document["archive"] = case.procedure().archive.name().into();
        document["appraisal"] = case.procedure().appraisal.name().into();
        document["list"] = case.list_digest().to_string().into();
        document["window"] = case
            .window()
            .map_or(Value::Null, |(first, last)| json!({ "from": first.to_string(), "until": last.to_string() }));
        let clocks = self.archive.disposal_clocks(self.docket)?;
        document["clocks"] = clocks.iter().map(|clock| self.clock_json(clock)).collect();
        document["parts"] = self.all(case.parts(), |(person, part)| {
            Ok(json!({ "name": self.archive.person_name(person)?, "part": part.name() }))
        })?;
        document["council"] = self.council()?;
        document["approvals"] = self.all(case.approvals().iter(), |approval| {
            Ok(json!({
                "stage": approval.stage.name(), "by": self.archive.person_name(approval.signed.by)?,
                "on": approval.signed.on.to_string(), "document": approval.signed.document.to_string(),
                "list": approval.list.to_string(),
            }))
        })?;
        document["voided"] = self.docket.voided().iter().map(|record| self.code(*record)).collect();
        document["unrecorded"] = self.unrecorded()?.iter().map(item_json).collect();
        document["changed"] = self.docket.changes.values().map(change_json).collect();
        document["exceptions"] =
            self.archive.disposal_exceptions(self.docket)?.into_iter().map(|record| self.code(record)).collect();
        document["unreached"] = case.unreached().collect();
        document["documents"] = self.all(self.docket.documents().enumerate(), |(at, (step, document))| {
            let acts: Vec<&str> = step.acts.iter().map(|(name, _)| *name).collect();
            Ok(json!({
                "number": at + 1, "act": acts.first(), "by": self.name(step)?, "at": step.at.to_string(),
                "name": document.name, "sha256": document.sha256, "standing": document.standing,
                "signed_by_actor": self.archive.signed_by_actor(step, document)?,
                "because": document.because, "made": document.made, "signatures": document.signatures,
            }))
        })?;
        document["papers"] = self.all(self.docket.papers.iter(), |paper| {
            Ok(json!({
                "kind": paper.kind.name(), "at": paper.at.to_string(), "by": self.archive.name_of(paper.by)?,
                "list": paper.list.to_string(), "size": paper.size, "sha256": paper.sha256.to_string(),
                "handed_in": self.handed_in(paper),
            }))
        })?;
        document["steps"] = self.all(self.docket.steps.iter(), |step| {
            let acts: Value = step.acts.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            Ok(json!({ "entry": step.index, "at": step.at.to_string(), "by": self.name(step)?, "acts": acts }))
        })?;
        if self.items == Items::All {
            document["list_items"] =
                self.all(self.ordered().into_iter(), |(record, item, fate)| self.item_json(record, item, fate))?;
        }
        Ok(document)
    }

    /// Every item, by its archive code.
    fn ordered(&self) -> Vec<(Uuid, &Item, &Fate)> {
        let mut items: Vec<_> = self.docket.case.fates().collect();
        items.sort_by(|(_, one, _), (_, other, _)| one.code.cmp(&other.code));
        items
    }

    /// The number of the document that is the signed copy of a paper.
    fn handed_in(&self, paper: &Paper) -> Option<usize> {
        let sha256 = paper.sha256.to_string();
        let mut documents = self.docket.documents();
        documents.position(|(_, document)| document.made.as_ref() == Some(&sha256)).map(|at| at + 1)
    }

    fn clock_json(&self, clock: &CaseClock) -> Value {
        json!({
            "what": clock.what, "until": clock.until.map(|day| day.to_string()),
            "overdue": clock.is_overdue(today(&SystemClock::new())),
            "source": clock.citation.to_string(), "grade": clock.citation.grade.name(),
        })
    }

    fn clock_line(&self, clock: &CaseClock) -> String {
        let output = self.output;
        let until = clock.until.map_or_else(|| output.say("chưa rõ", "not known").to_owned(), |day| day.to_string());
        let late = match clock.is_overdue(today(&SystemClock::new())) {
            true => output.say(" QUÁ HẠN", " OVERDUE"),
            false => "",
        };
        let (what, grade) = (output.say(clock.words.0, clock.words.1), clock.citation.grade.words());
        format!("  {what} {until}{late} ({}; {})\n", clock.citation, output.say(grade.0, grade.1))
    }

    fn all<T>(&self, values: impl Iterator<Item = T>, tell: impl Fn(T) -> Result<Value>) -> Result<Value> {
        values.map(tell).collect::<Result<Vec<_>>>().map(Value::Array)
    }

    fn council(&self) -> Result<Value> {
        let Some(council) = self.docket.case.council() else { return Ok(Value::Null) };
        let members = self.all(council.members(), |(person, seat)| {
            Ok(json!({ "name": self.archive.person_name(person)?, "seat": seat.name() }))
        })?;
        let silent = self.all(self.docket.has_not_voted(), |person| Ok(self.archive.person_name(person)?.into()))?;
        Ok(json!({ "quorum": council.quorum(), "members": members, "has_not_voted": silent }))
    }

    fn item_json(&self, record: Uuid, item: &Item, fate: &Fate) -> Result<Value> {
        let votes = self.all(self.docket.case.votes(record), |(person, vote)| {
            let keep = match vote {
                Vote::Destroy => Value::Null,
                Vote::Keep(reason) => reason.as_str().into(),
            };
            Ok(json!({ "by": self.archive.person_name(person)?, "keep": keep }))
        })?;
        let instead = if let Fate::Excluded(_, instead) = fate { *instead } else { None };
        let (fate, why) = fate_of(fate);
        let mut told = item_json(item);
        told["votes"] = votes;
        told["approved"] = self.docket.case.is_approved(record).into();
        told["fate"] = fate.1.into();
        told["instead"] = match instead {
            Some(period) => period_words(period).0.into(),
            None => Value::Null,
        };
        told["why"] = why.map(|(_, en)| en).into();
        Ok(told)
    }

    fn text(&self) -> Result<String> {
        let (case, output) = (&self.docket.case, self.output);
        let say = |(vi, en): (&'static str, &'static str)| output.say(vi, en);
        let mut text = line(output, self.docket);
        text += &format!(
            "  {}  {}, {}\n",
            self.docket.id,
            say(case.procedure().archive.words()),
            say(case.procedure().appraisal.words())
        );
        let counts = self.docket.counts();
        text += &format!(
            "  {}: {} ({} {}), {}: {}, {}: {}, {}: {}, {}: {}\n",
            say(("trong danh mục", "on the list")),
            counts.listed,
            counts.approved,
            say(("đã đủ phê duyệt", "fully approved")),
            say(("đã loại", "taken off")),
            counts.excluded,
            say(("đã hủy", "destroyed")),
            counts.destroyed,
            say(("được giữ lại", "left")),
            counts.left,
            say(("chưa hủy được", "failed")),
            counts.failed,
        );
        text += &format!("  {} {}\n", say(("mã danh mục (--list)", "list (--list)")), case.list_digest());
        if let Some((first, last)) = case.window() {
            text += &format!("  {} {first} – {last}\n", say(("thời gian thực hiện", "to be executed")));
        }
        for clock in self.archive.disposal_clocks(self.docket)? {
            text += &self.clock_line(&clock);
        }
        if let Some(next) = self.docket.next(today(&SystemClock::new())) {
            text += &format!("  → chauban disposal {} {}\n", next.command, self.docket.number);
        }
        if self.docket.is_emptied() {
            let says = say(("danh mục không còn gì: chỉ còn dừng hồ sơ", "nothing is left on the list: end the case"));
            text += &format!("  {says} → chauban disposal abort {}\n", self.docket.number);
        }
        for (person, part) in case.parts() {
            text += &format!("  {}: {}\n", say(part.words()), plain(&self.archive.person_name(person)?));
        }
        for person in self.docket.has_not_voted().filter(|_| case.state().name() == "in-council") {
            let name = self.archive.person_name(person)?;
            text += &format!("  {}: {}\n", say(("chưa biểu quyết hết", "has not voted on every item")), plain(&name));
        }
        text += &self.changes()?;
        for record in self.archive.disposal_exceptions(self.docket)? {
            let says = say((
                "đã hủy, nhưng sự kiện làm căn cứ bị thu hồi sau đó",
                "destroyed on an event that was revoked since",
            ));
            text += &format!("  ! {}: {says}\n", plain(&self.code(record)));
        }
        for copy in case.unreached() {
            text += &format!("  {}: {}\n", say(("bản sao chưa xử lý được", "copy not reached")), plain(copy));
        }
        text += &self.documents()?;
        for paper in self.docket.papers.iter().filter(|paper| self.handed_in(paper).is_none()) {
            let (vi, en) = paper.kind.words();
            let waits = say(("đã lập, chưa nhận lại bản ký", "made, its signed copy is not handed in"));
            text += &format!("  … {}: {waits} ({})\n", output.say(vi, en), paper.at);
        }
        if self.items == Items::All {
            self.ordered().into_iter().for_each(|(_, item, fate)| text += &self.item_line(item, fate));
        }
        Ok(text)
    }

    /// What a reader must see before approving: approvals that were voided, and what changed.
    fn changes(&self) -> Result<String> {
        let (docket, output) = (self.docket, self.output);
        let voided = docket.voided();
        let mut text = String::new();
        if !voided.is_empty() {
            let says = output.say(
                "mục có thay đổi sau khi phê duyệt: phê duyệt đã mất hiệu lực, sẽ không bị hủy trong hồ sơ này",
                "items changed after they were approved: the approvals are void, they will be left",
            );
            text += &format!("  ! {} {says}\n", voided.len());
        }
        for (record, change) in docket.changes.iter().take(SOME) {
            let (was, is) = (outcome(output, &change.was), outcome(output, &change.is));
            let arrow = if was == is {
                output.say("thông tin thay đổi", "facts changed").to_owned()
            } else {
                format!("{was} → {is}")
            };
            text += &format!(
                "  ! {}  {} {}: {arrow}\n",
                change.at,
                output.say("xem xét lại", "reassessed"),
                plain(&self.code(*record))
            );
        }
        if docket.changes.len() > SOME {
            text += &format!("  ! … {}\n", docket.changes.len() - SOME);
        }
        let unrecorded = self.unrecorded()?;
        for item in unrecorded.iter().take(SOME) {
            let says = output.say("đã thay đổi, sẽ ghi ở bước sau", "has changed, which the next act records");
            text += &format!("  ! {} {says}: {}\n", plain(&item.code), outcome(output, item));
        }
        if unrecorded.len() > SOME {
            text += &format!("  ! … {}\n", unrecorded.len() - SOME);
        }
        Ok(text)
    }

    /// What has changed since the items were last looked at.
    fn unrecorded(&self) -> Result<Vec<Item>> {
        self.archive.disposal_unrecorded(self.docket, today(&SystemClock::new()))
    }

    fn documents(&self) -> Result<String> {
        let output = self.output;
        let mut text = String::new();
        for (at, (step, document)) in self.docket.documents().enumerate() {
            let (act_vi, act_en) = act_words(step.acts.first().map_or("", |(name, _)| name));
            let act = output.say(act_vi, act_en);
            let (vi, en) = standing_words(&document.standing);
            let made = match document.made {
                Some(_) => output.say(", đúng bản do lưu trữ lập", ", the very paper that was made here"),
                None => "",
            };
            let because = document.because.as_ref().map_or_else(String::new, |why| format!(" ({})", plain(why)));
            let by = self.name(step)?;
            text += &format!(
                "  [{}] {act}: {}, {} {}, {}{because}{made}\n",
                at + 1,
                plain(&document.name),
                output.say("do", "by"),
                plain(&by),
                output.say(vi, en)
            );
            for one in &document.signatures {
                let why = one.sub_indication.as_ref().map_or_else(String::new, |sub| format!(" / {sub}"));
                text += &format!("        {}  {}{why}\n", plain(&one.signer), one.indication);
            }
            if self.archive.signed_by_actor(step, document)? == Some(false) {
                let says = output.say("không chữ ký nào mang tên người thực hiện", "no signature bears the name of");
                text += &format!("      ! {says}: {}\n", plain(&by));
            }
        }
        Ok(text)
    }

    fn item_line(&self, item: &Item, fate: &Fate) -> String {
        let ((vi, en), why) = fate_of(fate);
        let why = why.map_or_else(String::new, |(vi, en)| format!(" ({})", plain(self.output.say(&vi, &en))));
        let until = item.until.map_or_else(String::new, |until| format!("  {until}"));
        format!(
            "  {}  {}{until}  {}{why}  {}\n",
            plain(&item.code),
            plain(&item.rule),
            self.output.say(vi, en),
            plain(&item.title)
        )
    }

    fn code(&self, record: Uuid) -> String {
        self.docket.case.item(record).map_or_else(|| record.to_string(), |(item, _)| item.code.clone())
    }

    fn name(&self, step: &Step) -> Result<String> {
        self.archive.name_of(step.by)
    }
}

fn outcome<'a>(output: &'a Output, item: &Item) -> &'a str {
    let (vi, en) = item.outcome.words();
    output.say(vi, en)
}

/// What became of an item, and why: each in Vietnamese and English.
fn fate_of(fate: &Fate) -> ((&'static str, &'static str), Option<(String, String)>) {
    let said = |why: &str| Some((why.to_owned(), why.to_owned()));
    match fate {
        Fate::Listed => (("trong danh mục", "listed"), None),
        Fate::Excluded(reason, None) => (("đã loại khỏi danh mục", "taken off"), said(reason)),
        Fate::Excluded(reason, Some(period)) => {
            let (vi, en) = period_words(*period);
            let why = (format!("giữ {vi}: {reason}"), format!("kept {en}: {reason}"));
            (("đã loại khỏi danh mục", "taken off"), Some(why))
        }
        Fate::Destroyed(on) => (("đã hủy", "destroyed"), said(&on.to_string())),
        Fate::Skipped(why) => {
            let (vi, en) = why.words();
            (("được giữ lại", "left"), Some((vi.to_owned(), en.to_owned())))
        }
        Fate::Failed(why) => (("chưa hủy được", "failed"), said(why)),
    }
}

fn item_json(item: &Item) -> Value {
    json!({
        "record": item.record.to_string(), "code": item.code, "title": item.title,
        "duplicate_of": match item.ground {
            Ground::Expired => Value::Null,
            Ground::Duplicate(of) => of.to_string().into(),
        },
        "rule": item.rule, "until": item.until.map(|day| day.to_string()), "outcome": item.outcome.name(),
        "content": item.content.to_string(), "note": item.note,
    })
}

fn change_json(change: &Change) -> Value {
    json!({ "at": change.at.to_string(), "was": item_json(&change.was), "is": item_json(&change.is) })
}
