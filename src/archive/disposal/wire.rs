//! Acts of a disposal case and their wire form, in both directions.
//!
//! Who acts is never in the form: it is the entry's actor, so that body and entry can't contradict each other; what a
//! signed act rests on is the document of the same event. What is out of its form, of its limits or of its day is
//! refused whole: nothing is read from a body that is not wholly understood.

use crate::archive::body::{ActBody, DISPOSAL_VERSION, GroundBody, InsteadBody, ItemBody, SeatBody, VoteBody};
use crate::archive::hold::person;
use crate::digest::Sha256;
use crate::event::ActorId;
use crate::record::Period;
use crate::retention::decision::Outcome;
use crate::retention::disposal::{Act, Council, Ground, Item, Seat, Signed, Skip, Vote};
use crate::retention::hold::Person;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Longest text that somebody writes in an act, characters: a reason, the name of a copy.
pub const WORDS_CHARS_MAX: usize = 2000;
/// Most copies that a certificate names as not reached.
pub const COPIES_MAX: usize = 1000;

/// Why a body says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAct {
    /// A field is out of its form or limits.
    #[error("the field {0:?} of an act is not in its form")]
    Field(&'static str),
    /// A signed act without a document, or a document for something else than one signed act.
    #[error("a document belongs to one signed act, and each signed act has one")]
    Document,
    /// It is of a day that had not come.
    #[error("an act is dated after it was recorded")]
    Day,
    /// Nothing, or another version.
    #[error("this version of the body of a disposal case is not known here")]
    Version,
}

/// What an act's form leaves out: it stands elsewhere in the event.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The entry's actor.
    pub by: Person,
    /// The entry's day.
    pub day: NaiveDate,
    /// SHA-256 of the event's document.
    pub document: Option<Sha256>,
}

/// The pseudonym of a person.
pub fn pseudonym(person: Person) -> ActorId {
    let (_, low) = person.0.as_u64_pair();
    ActorId(low.to_be_bytes())
}

/// Whether an act rests on a document.
pub fn is_signed(act: &ActBody) -> bool {
    use ActBody as Body;
    match act {
        Body::Submit { .. } | Body::Appoint { .. } | Body::CloseCouncil { .. } | Body::Opinion { .. } => true,
        Body::Decide { .. } | Body::Minutes { .. } | Body::Certify { .. } | Body::Attest { .. } => true,
        Body::Keep { .. } | Body::Abort { .. } => true,
        Body::Add(_) | Body::Exclude { .. } | Body::Reassess(_) | Body::Ballot { .. } | Body::Start { .. } => false,
        Body::Destroyed { .. } | Body::Skipped { .. } | Body::Failed { .. } | Body::Finish {} => false,
    }
}

/// The name of an act, as it stands in its form.
pub fn name(act: &ActBody) -> &'static str {
    match act {
        ActBody::Add(_) => "add",
        ActBody::Exclude { .. } => "exclude",
        ActBody::Reassess(_) => "reassess",
        ActBody::Submit { .. } => "submit",
        ActBody::Appoint { .. } => "appoint",
        ActBody::Ballot { .. } => "ballot",
        ActBody::CloseCouncil { .. } => "close-council",
        ActBody::Opinion { .. } => "opinion",
        ActBody::Decide { .. } => "decide",
        ActBody::Start { .. } => "start",
        ActBody::Destroyed { .. } => "destroyed",
        ActBody::Skipped { .. } => "skipped",
        ActBody::Failed { .. } => "failed",
        ActBody::Finish {} => "finish",
        ActBody::Minutes { .. } => "minutes",
        ActBody::Certify { .. } => "certify",
        ActBody::Attest { .. } => "attest",
        ActBody::Keep { .. } => "keep",
        ActBody::Abort { .. } => "abort",
    }
}

/// What an act is, by its name: Vietnamese, English.
pub fn act_words(name: &str) -> (&'static str, &'static str) {
    match name {
        "open" => ("mở hồ sơ hủy", "opened"),
        "add" => ("đưa vào danh mục", "put onto the list"),
        "exclude" => ("loại khỏi danh mục", "taken off the list"),
        "reassess" => ("xem xét lại", "reassessed"),
        "submit" => ("trình danh mục", "submission of the list"),
        "appoint" => ("thành lập Hội đồng", "appointment of the council"),
        "ballot" => ("biểu quyết", "votes"),
        "close-council" => ("biên bản họp Hội đồng", "minutes of the council"),
        "opinion" => ("ý kiến thẩm tra", "appraisal opinion"),
        "decide" => ("quyết định hủy", "decision"),
        "start" => ("bắt đầu thực hiện hủy", "execution begun"),
        "destroyed" => ("đã hủy", "destroyed"),
        "skipped" => ("được giữ lại", "left"),
        "failed" => ("chưa hủy được", "failed"),
        "finish" => ("kết thúc thực hiện hủy", "execution finished"),
        "minutes" => ("biên bản hủy", "destruction minutes"),
        "certify" => ("giấy chứng nhận", "certificate"),
        "attest" => ("xác nhận bản sao đã bị hủy", "a copy attested gone"),
        "keep" => ("lưu hồ sơ hủy", "file closed"),
        "abort" => ("dừng hồ sơ hủy", "aborted"),
        "attach" => ("văn bản kèm theo", "document filed"),
        "paper" => ("lập văn bản để ký", "document made"),
        _ => ("không rõ", "unknown"),
    }
}

/// The form of an act.
pub fn write(act: &Act) -> ActBody {
    let on = |signed: &Signed| signed.on.to_string();
    let ids = |records: &BTreeSet<Uuid>| records.iter().map(Uuid::to_string).collect();
    match act {
        Act::Add(item) => ActBody::Add(write_item(item)),
        Act::Exclude(record, reason, instead) => ActBody::Exclude {
            record: record.to_string(),
            reason: reason.clone(),
            instead: instead.and_then(|period| match period {
                Period::Permanent => Some(InsteadBody::Permanent),
                Period::Years(years) => Some(InsteadBody::Years(years)),
                Period::Awaiting => None, // refused by the case
            }),
        },
        Act::Reassess(item) => ActBody::Reassess(write_item(item)),
        Act::Submit(list, signed) => ActBody::Submit { list: list.to_string(), on: on(signed) },
        Act::Appoint(council, signed) => ActBody::Appoint {
            members: council.members().map(|(who, seat)| write_seat(who, seat)).collect(),
            quorum: u32::try_from(council.quorum()).unwrap_or(u32::MAX),
            on: on(signed),
        },
        Act::Ballot(list, _, votes) => ActBody::Ballot { list: list.to_string(), votes: write_votes(votes) },
        Act::CloseCouncil(list, signed) => ActBody::CloseCouncil { list: list.to_string(), on: on(signed) },
        Act::Opinion(list, signed, refused) => {
            ActBody::Opinion { list: list.to_string(), on: on(signed), refused: ids(refused) }
        }
        Act::Decide(list, signed, refused) => {
            ActBody::Decide { list: list.to_string(), on: on(signed), refused: ids(refused) }
        }
        Act::Start(_, day) => ActBody::Start { on: day.to_string() },
        Act::Destroyed(record, _, day) => ActBody::Destroyed { record: record.to_string(), on: day.to_string() },
        Act::Skipped(record, _, why) => ActBody::Skipped { record: record.to_string(), why: why.name().to_owned() },
        Act::Failed(record, _, why) => ActBody::Failed { record: record.to_string(), why: why.clone() },
        Act::Finish(_) => ActBody::Finish {},
        Act::Minutes(signed, witness) => ActBody::Minutes { on: on(signed), witness: pseudonym(*witness).to_string() },
        Act::Certify(signed, unreached) => {
            ActBody::Certify { on: on(signed), unreached: unreached.iter().cloned().collect() }
        }
        Act::Attest(copy, signed) => ActBody::Attest { copy: copy.clone(), on: on(signed) },
        Act::Keep(signed) => ActBody::Keep { on: on(signed) },
        Act::Abort(reason, signed) => ActBody::Abort { reason: reason.clone(), on: on(signed) },
    }
}

fn write_item(item: &Item) -> ItemBody {
    ItemBody {
        record: item.record.to_string(),
        code: item.code.clone(),
        title: item.title.clone(),
        ground: match item.ground {
            Ground::Expired => GroundBody::Expired,
            Ground::Duplicate(of) => GroundBody::Duplicate(of.to_string()),
        },
        rule: item.rule.clone(),
        rules: item.rules.to_string(),
        until: item.until.map(|day| day.to_string()),
        outcome: item.outcome.name().to_owned(),
        content: item.content.to_string(),
        note: item.note.clone(),
    }
}

fn write_seat(who: Person, seat: Seat) -> SeatBody {
    SeatBody { person: pseudonym(who).to_string(), seat: seat.name().to_owned() }
}

/// Votes in runs of one vote, in their order.
fn write_votes(votes: &[(Uuid, Vote)]) -> Vec<VoteBody> {
    let run = |run: &[(Uuid, Vote)]| VoteBody {
        keep: match run.first() {
            Some((_, Vote::Keep(reason))) => Some(reason.clone()),
            _ => None,
        },
        records: run.iter().map(|(record, _)| record.to_string()).collect(),
    };
    votes.chunk_by(|(_, one), (_, other)| one == other).map(run).collect()
}

/// The acts of a body, by who recorded it; all of them, or why not.
pub fn read_all(v: u32, acts: &[ActBody], author: Author) -> Result<Vec<Act>, NotAnAct> {
    if v != DISPOSAL_VERSION || acts.is_empty() {
        return Err(NotAnAct::Version);
    }
    let fits = match (acts, author.document) {
        ([one], document) => is_signed(one) == document.is_some(),
        (many, None) => !many.iter().any(is_signed),
        (_, Some(_)) => false,
    };
    if !fits {
        return Err(NotAnAct::Document);
    }
    acts.iter().map(|act| author.read(act)).collect()
}

impl Author {
    fn read(&self, act: &ActBody) -> Result<Act, NotAnAct> {
        Ok(match act {
            ActBody::Add(item) => Act::Add(read_item(item)?),
            ActBody::Exclude { record, reason, instead } => {
                let instead = instead.as_ref().map(|instead| match instead {
                    InsteadBody::Permanent => Period::Permanent,
                    InsteadBody::Years(years) => Period::Years(*years),
                });
                Act::Exclude(uuid(record)?, words(reason)?, instead)
            }
            ActBody::Reassess(item) => Act::Reassess(read_item(item)?),
            ActBody::Submit { list, on } => Act::Submit(digest(list, "list")?, self.signed(on)?),
            ActBody::Appoint { members, quorum, on } => {
                let seat = |seat: &SeatBody| Ok((read_person(&seat.person)?, named(Seat::NAMES, &seat.seat, "seat")?));
                let members: Vec<_> = members.iter().map(seat).collect::<Result<_, NotAnAct>>()?;
                let quorum = usize::try_from(*quorum).map_err(|_| NotAnAct::Field("quorum"))?;
                let council = Council::new(members, quorum).map_err(|_| NotAnAct::Field("members"))?;
                Act::Appoint(council, self.signed(on)?)
            }
            ActBody::Ballot { list, votes } => Act::Ballot(digest(list, "list")?, self.by, read_votes(votes)?),
            ActBody::CloseCouncil { list, on } => Act::CloseCouncil(digest(list, "list")?, self.signed(on)?),
            ActBody::Opinion { list, on, refused } => {
                Act::Opinion(digest(list, "list")?, self.signed(on)?, read_set(refused)?)
            }
            ActBody::Decide { list, on, refused } => {
                Act::Decide(digest(list, "list")?, self.signed(on)?, read_set(refused)?)
            }
            ActBody::Start { on } => Act::Start(self.by, self.day(on)?),
            ActBody::Destroyed { record, on } => Act::Destroyed(uuid(record)?, self.by, self.day(on)?),
            ActBody::Skipped { record, why } => Act::Skipped(uuid(record)?, self.by, named(Skip::NAMES, why, "why")?),
            ActBody::Failed { record, why } => Act::Failed(uuid(record)?, self.by, words(why)?),
            ActBody::Finish {} => Act::Finish(self.by),
            ActBody::Minutes { on, witness } => Act::Minutes(self.signed(on)?, read_person(witness)?),
            ActBody::Certify { on, unreached } => {
                let copies: BTreeSet<String> = unreached.iter().map(|copy| words(copy)).collect::<Result<_, _>>()?;
                if copies.len() != unreached.len() || copies.len() > COPIES_MAX {
                    return Err(NotAnAct::Field("unreached"));
                }
                Act::Certify(self.signed(on)?, copies)
            }
            ActBody::Attest { copy, on } => Act::Attest(words(copy)?, self.signed(on)?),
            ActBody::Keep { on } => Act::Keep(self.signed(on)?),
            ActBody::Abort { reason, on } => Act::Abort(words(reason)?, self.signed(on)?),
        })
    }

    fn signed(&self, on: &str) -> Result<Signed, NotAnAct> {
        let document = self.document.ok_or(NotAnAct::Document)?;
        Ok(Signed { by: self.by, on: self.day(on)?, document })
    }

    /// A day that had come when the act was recorded. The clock may be set back by seconds over midnight between the
    /// making of an act and its commit.
    fn day(&self, on: &str) -> Result<NaiveDate, NotAnAct> {
        let on = day(on)?;
        if self.day.succ_opt().is_some_and(|next| on > next) { Err(NotAnAct::Day) } else { Ok(on) }
    }
}

fn read_item(item: &ItemBody) -> Result<Item, NotAnAct> {
    Ok(Item {
        record: uuid(&item.record)?,
        code: item.code.clone(),
        title: item.title.clone(),
        ground: match &item.ground {
            GroundBody::Expired => Ground::Expired,
            GroundBody::Duplicate(of) => Ground::Duplicate(uuid(of)?),
        },
        rule: item.rule.clone(),
        rules: digest(&item.rules, "rules")?,
        until: item.until.as_deref().map(day).transpose()?,
        outcome: named(Outcome::NAMES, &item.outcome, "outcome")?,
        content: digest(&item.content, "content")?,
        note: item.note.clone(),
    })
}

fn read_votes(votes: &[VoteBody]) -> Result<Vec<(Uuid, Vote)>, NotAnAct> {
    let mut read = Vec::new();
    for run in votes {
        let vote = match &run.keep {
            None => Vote::Destroy,
            Some(reason) => Vote::Keep(words(reason)?),
        };
        for record in &run.records {
            read.push((uuid(record)?, vote.clone()));
        }
    }
    Ok(read)
}

fn read_set(records: &[String]) -> Result<BTreeSet<Uuid>, NotAnAct> {
    let set: BTreeSet<Uuid> = records.iter().map(|record| uuid(record)).collect::<Result<_, _>>()?;
    if set.len() == records.len() { Ok(set) } else { Err(NotAnAct::Field("refused")) }
}

fn read_person(text: &str) -> Result<Person, NotAnAct> {
    text.parse().map(person).map_err(|_| NotAnAct::Field("person"))
}

/// The canonical form of a UUID only: another would be the same record by another name.
fn uuid(text: &str) -> Result<Uuid, NotAnAct> {
    let id = Uuid::try_parse(text).map_err(|_| NotAnAct::Field("record"))?;
    if id.to_string() == text { Ok(id) } else { Err(NotAnAct::Field("record")) }
}

fn digest(text: &str, field: &'static str) -> Result<Sha256, NotAnAct> {
    text.parse().map_err(|_| NotAnAct::Field(field))
}

fn day(text: &str) -> Result<NaiveDate, NotAnAct> {
    text.parse().map_err(|_| NotAnAct::Field("on"))
}

fn words(text: &str) -> Result<String, NotAnAct> {
    let fits = !text.trim().is_empty() && text.chars().count() <= WORDS_CHARS_MAX;
    if fits { Ok(text.to_owned()) } else { Err(NotAnAct::Field("words")) }
}

/// What a name stands for.
pub fn named<T: Copy>(names: &[(&str, T)], name: &str, field: &'static str) -> Result<T, NotAnAct> {
    let found = names.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value).ok_or(NotAnAct::Field(field))
}

#[cfg(test)]
mod tests;
