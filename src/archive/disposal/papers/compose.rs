//! Values of each document of a case, from the case and from what was wished.
//!
//! Persons are named as the case names them. What nobody said is left out or left open, never invented.

use super::{Details, Head, Meeting, Wish};
use crate::archive::account::Account;
use crate::archive::body::DocumentBody;
use crate::archive::disposal::{Docket, Fate, Ground, Item, Step, act_words, printed_name};
use crate::archive::hold::person;
use crate::archive::reading::Archive;
use crate::archive::retention::standing::{Standing, Version};
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::ActorId;
use crate::paper::disposal as paper;
use crate::paper::{Document, Number, Recipients, Signer};
use crate::record::Period;
use crate::retention::disposal::{Part, Seat, Stage};
use crate::retention::explain::period_words;
use crate::retention::hold::Person;
use crate::retention::rules::{Rule, Term};
use crate::retention::words;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How this archive destroys; see `archive::destruction`.
const METHOD: &str = "Khóa mã hóa của tài liệu được giữ lại được chuyển sang khóa khác và đọc lại để kiểm tra; sau đó khóa \
                      của tài liệu phải hủy bị xóa, nên nội dung và dữ liệu đặc tả không thể giải mã được nữa. Tài liệu \
                      bị xóa khỏi danh mục tra cứu và chỉ mục; phần đã mã hóa bị xóa khỏi vùng lưu trữ.";

/// The document.
pub(super) fn document(archive: &Archive, docket: &Docket, wish: &Wish) -> Result<Document> {
    let head = &wish.head;
    let composing = Composing { archive, docket, head, accounts: archive.accounts()? };
    match &wish.details {
        Details::List => composing.list(),
        Details::Justification { history, contents } => composing.justification(history, contents),
        Details::Appointment { seats, quorum, bound } => Ok(composing.appointment(seats, *quorum, bound)),
        Details::CouncilMinutes { meeting, absent, discussion } => {
            composing.council_minutes(meeting, absent, discussion)
        }
        Details::Submission { addressees, enclosures } => Ok(composing.submission(addressees, enclosures)),
        Details::Decision { executor, bound } => Ok(composing.decision(executor, bound)),
        Details::Handover { givers, receiver, receivers, condition } => {
            composing.handover(givers, (receiver, receivers), condition)
        }
        Details::Minutes { meeting, witness, method } => composing.minutes(meeting, witness, method),
        Details::Certificate { unreached } => composing.certificate(unreached),
    }
}

struct Composing<'a> {
    archive: &'a Archive,
    docket: &'a Docket,
    head: &'a Head,
    /// By whose holders people are named.
    accounts: Vec<Account>,
}

impl Composing<'_> {
    fn list(&self) -> Result<Document> {
        let rules = self.archive.standing()?;
        let mut items: Vec<&Item> = self.decided().map(|(_, item, _)| item).collect();
        items.sort_by(|one, other| one.code.cmp(&other.code));
        let mut bundles: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &items {
            let next = bundles.len() + 1;
            bundles.entry(dossier_of(&item.code)).or_insert(next);
        }
        let mut listed = Vec::with_capacity(items.len());
        for item in items {
            listed.push(paper::ListedItem {
                bundle: bundles.get(dossier_of(&item.code)).map_or_else(String::new, usize::to_string),
                volume: ordinal_of(&item.code).to_owned(),
                code: item.code.clone(),
                title: item.title.clone(),
                reason: self.reason(item, &rules)?,
                note: item.note.clone(),
            });
        }
        let made_by = self.name_of_part(Part::Proposer)?;
        let issue = self.issue_by(vec![signer("Người lập", made_by), self.signer()]);
        Ok(paper::List { issue, reference: self.reference(), items: listed }.document())
    }

    fn reason(&self, item: &Item, rules: &Standing) -> Result<paper::Reason> {
        Ok(match item.ground {
            Ground::Expired => {
                let (basis, period) = basis_and_period(item, rules);
                paper::Reason::Expired { basis, period, until: item.until }
            }
            Ground::Duplicate(of) => {
                let kept = self.archive.record(of).map(|body| body.arc_doc_code);
                paper::Reason::Duplicate { of: kept.unwrap_or_else(|_| of.to_string()) }
            }
        })
    }

    fn justification(&self, history: &[String], contents: &[String]) -> Result<Document> {
        let rules = self.archive.standing()?;
        let mut groups: BTreeMap<(&str, Sha256), usize> = BTreeMap::new();
        let mut duplicates = 0;
        for (_, item, _) in self.decided() {
            match item.ground {
                Ground::Duplicate(_) => duplicates += 1,
                Ground::Expired => *groups.entry((&item.rule, item.rules)).or_default() += 1,
            }
        }
        let groups = groups.into_iter().map(|((rule, file), count)| group(rule, file, count, &rules));
        let justification = paper::Justification {
            issue: self.issue(),
            list: self.reference(),
            history: history.to_vec(),
            contents: contents.to_vec(),
            groups: groups.collect(),
            duplicates,
        };
        Ok(justification.document())
    }

    fn appointment(&self, seats: &[(String, Seat)], quorum: Option<usize>, bound: &str) -> Document {
        let voters = seats.iter().filter(|(_, seat)| *seat != Seat::Secretary).count();
        paper::Appointment {
            issue: self.issue(),
            authority: self.head.position.clone(),
            grounds: self.head.grounds.clone(),
            members: seats.iter().map(|(name, seat)| self.member(self.printed(name), *seat)).collect(),
            list: self.reference(),
            quorum: quorum.unwrap_or(voters / 2 + 1),
            bound: bound.to_owned(),
        }
        .document()
    }

    fn council_minutes(
        &self,
        meeting: &Meeting,
        absent: &[(String, String)],
        discussion: &[String],
    ) -> Result<Document> {
        let case = &self.docket.case;
        let council = case.council().ok_or_else(|| Error::conflict("there is no council yet"))?;
        let absent = self.absent(absent)?;
        let mut members = Vec::new();
        for (person, seat) in council.members() {
            members.push((person, self.member(self.person_name(person)?, seat)));
        }
        members.sort_by_key(|(_, member)| match member.seat {
            Seat::Chair => 0,
            Seat::Member => 1,
            Seat::Secretary => 2,
        });
        let (mut present, mut away) = (Vec::new(), Vec::new());
        for (person, member) in members {
            match absent.get(&person) {
                Some(reason) => away.push(paper::Absent { member, reason: reason.clone() }),
                None => present.push(member),
            }
        }
        let seated = |wanted| council.members().find(|(_, seat)| *seat == wanted).map(|(person, _)| person);
        let name = |person: Option<Person>| person.map_or(Ok(String::new()), |person| self.person_name(person));
        let signers = vec![
            signer("Thư ký", name(seated(Seat::Secretary))?),
            signer("Chủ tịch Hội đồng", name(seated(Seat::Chair))?),
        ];
        let (unanimous, ballots) = self.ballots()?;
        let minutes = paper::CouncilMinutes {
            issue: self.issue_by(signers),
            appointed_by: self.basis("appoint", "quyết định thành lập Hội đồng")?,
            began: meeting.began,
            ended: meeting.ended,
            venue: meeting.venue.clone(),
            present,
            absent: away,
            quorum: council.quorum(),
            list: self.reference(),
            discussion: discussion.to_vec(),
            unanimous,
            ballots,
        };
        Ok(minutes.document())
    }

    /// The members who were absent, and why: by their names here, or as documents print them.
    fn absent(&self, named: &[(String, String)]) -> Result<BTreeMap<Person, String>> {
        let council = self.docket.case.council();
        let mut absent = BTreeMap::new();
        for (name, reason) in named {
            let name = name.trim();
            let (mut by_name, mut as_printed) = (Vec::new(), Vec::new());
            for (person, _) in council.into_iter().flat_map(|council| council.members()) {
                if self.archive.person_name(person)? == name {
                    by_name.push(person);
                } else if self.person_name(person)? == name {
                    as_printed.push(person);
                }
            }
            match (by_name.as_slice(), as_printed.as_slice()) {
                ([one], _) | ([], [one]) => {
                    self.must_be_able_to_be_absent(*one, name)?;
                    absent.insert(*one, reason.trim().to_owned())
                }
                ([], []) => return Err(Error::invalid(format!("{name:?} is no member of the council"))),
                _ => {
                    let what = format!("more than one member of the council is called {name:?}");
                    return Err(Error::invalid(what).remedy("give the name of the account"));
                }
            };
        }
        Ok(absent)
    }

    /// Who chairs signs the minutes, and who voted was there.
    fn must_be_able_to_be_absent(&self, person: Person, name: &str) -> Result<()> {
        let case = &self.docket.case;
        let chairs = case.council().and_then(|council| council.seat(person)) == Some(Seat::Chair);
        let voted = || self.docket.listed().any(|record| case.votes(record).any(|(by, _)| by == person));
        match chairs || voted() {
            true => Err(Error::invalid(format!("{name:?} chairs or voted, and so was not absent"))),
            false => Ok(()),
        }
    }

    /// How many items all who voted agreed to, and every other item.
    fn ballots(&self) -> Result<(usize, Vec<paper::Ballot>)> {
        let case = &self.docket.case;
        let (mut unanimous, mut ballots) = (0, Vec::new());
        for record in self.docket.listed() {
            let Some((item, _)) = case.item(record) else { continue };
            let is_agreed = case.is_agreed(record);
            if is_agreed && case.votes(record).all(|(_, vote)| *vote == crate::retention::disposal::Vote::Destroy) {
                unanimous += 1;
                continue;
            }
            let mut votes = Vec::new();
            for (person, vote) in case.votes(record) {
                votes.push((self.person_name(person)?, vote.clone()));
            }
            ballots.push(paper::Ballot { code: item.code.clone(), title: item.title.clone(), votes, is_agreed });
        }
        ballots.sort_by(|one, other| one.code.cmp(&other.code));
        Ok((unanimous, ballots))
    }

    fn submission(&self, addressees: &[String], enclosures: &[String]) -> Document {
        let listed = self.reference().items;
        let steps = self.docket.case.approvals().iter().filter_map(|approval| {
            let day = paper::day(approval.signed.on);
            match approval.stage {
                Stage::Council => Some(format!(
                    "Ngày {day}, Hội đồng xét hủy tài liệu đã kết luận; danh mục sau khi Hội đồng xem xét gồm {listed} \
                     tài liệu."
                )),
                Stage::Opinion => Some(format!("Ngày {day}, cơ quan lưu trữ có thẩm quyền đã có ý kiến thẩm tra.")),
                Stage::Decision => None,
            }
        });
        let own = self
            .docket
            .documents()
            .map(|(step, document)| self.named(step, document, |name, file| format!("{name} ({file})")));
        let enclosures = if enclosures.is_empty() { own.collect() } else { enclosures.to_vec() };
        paper::Submission {
            issue: self.issue(),
            addressees: addressees.to_vec(),
            grounds: self.head.grounds.clone(),
            list: self.reference(),
            steps: steps.collect(),
            enclosures,
        }
        .document()
    }

    fn decision(&self, executor: &str, bound: &str) -> Document {
        let clocks = self.docket.case.clocks();
        paper::Decision {
            issue: self.issue(),
            authority: self.head.position.clone(),
            grounds: self.head.grounds.clone(),
            list: self.reference(),
            executor: executor.to_owned(),
            window: (clocks.waiting_days, clocks.execution_days),
            bound: bound.to_owned(),
        }
        .document()
    }

    fn handover(
        &self,
        givers: &[String],
        (receiver, receivers): (&str, &[String]),
        condition: &str,
    ) -> Result<Document> {
        let mut files = 0;
        for (record, _, _) in self.decided() {
            files += self.archive.record(record)?.components.len();
        }
        let sign = |side: &str, names: &[String]| signer(side, names.first().cloned().unwrap_or_default());
        let signers = vec![sign("Đại diện bên giao", givers), sign("Đại diện bên nhận", receivers)];
        let handover = paper::Handover {
            issue: self.issue_by(signers),
            grounds: self.grounds("decide")?,
            giver: self.party(&self.head.agency, givers),
            receiver: self.party(receiver, receivers),
            list: self.reference(),
            files,
            condition: condition.to_owned(),
        };
        Ok(handover.document())
    }

    fn minutes(&self, meeting: &Meeting, witness: &str, method: &[String]) -> Result<Document> {
        let executors = self.executors()?;
        let mut signers = vec![signer("Đại diện bên có tài liệu", self.printed(witness))];
        signers.extend(executors.iter().map(|name| signer("Người thực hiện hủy", name.clone())));
        let left = self.decided().filter_map(|(_, item, fate)| {
            let reason = kept_because(fate)?;
            Some(paper::LeftItem { code: item.code.clone(), title: item.title.clone(), reason })
        });
        let destroyed = self.decided().filter(|(_, _, fate)| matches!(fate, Fate::Destroyed(_))).count();
        let mut method = if method.is_empty() { vec![METHOD.to_owned()] } else { method.to_vec() };
        method.extend(self.lateness());
        let minutes = paper::DestructionMinutes {
            issue: self.issue_by(signers),
            grounds: self.grounds("decide")?,
            owner: self.party(&self.head.agency, &[self.printed(witness)]),
            executor: self.party(&self.head.agency, &executors),
            began: meeting.began,
            ended: meeting.ended,
            venue: meeting.venue.clone(),
            list: self.reference(),
            method,
            destroyed,
            left: left.collect(),
            unreached: self.archive.unreached_by(self.docket.id)?.into_iter().collect(),
        };
        Ok(minutes.document())
    }

    /// That it ended after the law's days for it, where it did (Circular 06/2025, V2: destroyed within fifteen days).
    fn lateness(&self) -> Option<String> {
        let (_, last) = self.docket.case.window()?;
        let days = self.docket.case.fates().filter_map(|(_, _, fate)| match fate {
            Fate::Destroyed(on) => Some(*on),
            _ => None,
        });
        let ended = days.max().filter(|ended| *ended > last)?;
        let (ended, last) = (paper::day(ended), paper::day(last));
        Some(format!("Việc hủy kết thúc ngày {ended}, sau ngày cuối của thời hạn thực hiện ({last})."))
    }

    fn certificate(&self, unreached: &BTreeSet<String>) -> Result<Document> {
        let missing = || Error::conflict("nothing has been executed yet");
        let made = self.docket.case.certificate().ok_or_else(missing)?;
        let (_, verified) = self.archive.checkpoint()?;
        if self.docket.steps.last().is_some_and(|step| step.index >= verified.checkpoint.size) {
            return Err(Error::unavailable("the newest checkpoint does not have every event of the case yet"));
        }
        let mut approvals = Vec::with_capacity(made.approvals.len());
        for approval in &made.approvals {
            approvals.push(paper::CertifiedApproval {
                stage: capitalised(approval.stage.words().0),
                by: self.person_name(approval.signed.by)?,
                on: approval.signed.on,
                list: approval.list,
            });
        }
        let documents = self.docket.documents().filter_map(|(step, document)| {
            let name = self.named(step, document, |name, file| format!("{name}: {file}"));
            Some(paper::CertifiedDocument { name, digest: document.sha256.parse().ok()? })
        });
        let mut items: Vec<_> = made.items.iter().filter(|item| self.docket.decided.contains(&item.record)).collect();
        items.sort_by(|one, other| one.code.cmp(&other.code));
        let items = items.into_iter().map(|item| paper::CertifiedItem {
            code: item.code.clone(),
            content: item.content,
            fate: match &item.fate {
                Fate::Destroyed(on) => Ok(*on),
                other => Err(kept_because(other).unwrap_or_default()),
            },
        });
        let decision = self.basis("decide", "quyết định hủy tài liệu")?;
        let certificate = paper::Certificate {
            issue: self.issue(),
            case: self.docket.id,
            decision: format!("{decision}, hồ sơ hủy số {}", self.docket.number),
            list: self.reference(),
            items: items.collect(),
            approvals,
            documents: documents.collect(),
            completeness: match unreached.is_empty() {
                true => paper::Completeness::Complete,
                false => paper::Completeness::Pending(unreached.iter().cloned().collect()),
            },
            proof: paper::Proof {
                origin: verified.checkpoint.origin.clone(),
                size: verified.checkpoint.size,
                root: STANDARD.encode(verified.checkpoint.root.0),
            },
        };
        Ok(certificate.document())
    }

    /// The items that documents speak of: on the list as it stands; once its execution began, on the list that was decided
    /// on, whatever became of them since.
    fn decided(&self) -> impl Iterator<Item = (Uuid, &Item, &Fate)> {
        let is_before = self.docket.case.is_before_execution();
        self.docket.case.fates().filter(move |(record, _, fate)| match is_before {
            true => !matches!(fate, Fate::Excluded(..)),
            false => self.docket.decided.contains(record),
        })
    }

    /// The list as documents name it.
    fn reference(&self) -> paper::ListReference {
        let years: BTreeSet<i32> = self.decided().filter_map(|(_, item, _)| year_of(&item.code)).collect();
        let years = match (years.first(), years.last()) {
            (Some(first), Some(last)) if first == last => first.to_string(),
            (Some(first), Some(last)) => format!("{first} - {last}"),
            _ => "không rõ".to_owned(),
        };
        let (fonds, digest) = (self.head.fonds.clone(), self.docket.decided_list());
        paper::ListReference { fonds, years, items: self.decided().count(), digest }
    }

    /// A document of the case by what it is: the paper that was made, or the act that rests on it.
    fn named(&self, step: &Step, document: &DocumentBody, with: impl Fn(&str, &str) -> String) -> String {
        let made = self.docket.papers.iter().find(|paper| document.made == Some(paper.sha256.to_string()));
        let act = step.acts.first().map_or("", |(name, _)| name);
        let (name, _) = made.map_or_else(|| act_words(act), |paper| paper.kind.words());
        with(&capitalised(name), &document.name)
    }

    /// The document that an act rests on, as it is to be printed.
    fn basis(&self, act: &str, what: &str) -> Result<String> {
        if let Some(basis) = &self.head.basis {
            return Ok(basis.clone());
        }
        let step = self.docket.steps.iter().rev().find(|step| step.is(act));
        let step = step.ok_or_else(|| Error::conflict("the case has no such decision yet"))?;
        let by = self.printed(&self.archive.name_of(step.by)?);
        Ok(format!("{} ngày {} của {by}", capitalised(what), paper::day(step.day())))
    }

    /// The grounds that were given, or the decision.
    fn grounds(&self, act: &str) -> Result<Vec<String>> {
        if !self.head.grounds.is_empty() {
            return Ok(self.head.grounds.clone());
        }
        Ok(vec![format!("Căn cứ {}", self.basis(act, "quyết định hủy tài liệu")?)])
    }

    fn name_of_part(&self, wanted: Part) -> Result<String> {
        let parts = self.docket.case.parts().filter(|(_, part)| *part == wanted);
        let all: Vec<Person> = parts.map(|(person, _)| person).collect();
        all.first().map_or(Ok(String::new()), |person| self.person_name(*person))
    }

    /// Who destroyed, in their order; last who ended the execution, also of another's that was cut off.
    fn executors(&self) -> Result<Vec<String>> {
        let ended = self.docket.steps.iter().filter(|step| step.is("finish")).map(|step| step.by);
        let mut executors: Vec<ActorId> = Vec::new();
        for actor in self.archive.executors_of(self.docket.id)?.into_iter().chain(ended) {
            if !executors.contains(&actor) {
                executors.push(actor);
            }
        }
        executors.into_iter().map(|actor| self.person_name(person(actor))).collect()
    }

    fn person_name(&self, person: Person) -> Result<String> {
        Ok(self.printed(&self.archive.person_name(person)?))
    }

    fn printed(&self, name: &str) -> String {
        printed_name(&self.accounts, name.trim().to_owned())
    }

    fn member(&self, name: String, seat: Seat) -> paper::Member {
        paper::Member { position: self.position(&name), name, seat }
    }

    /// The position of somebody by the name that is printed: positions are given by that name, or by an account's.
    fn position(&self, name: &str) -> String {
        let known = self.head.positions.iter().find(|(key, _)| key.trim() == name.trim() || self.printed(key) == name);
        known.map_or_else(String::new, |(_, position)| position.clone())
    }

    fn party(&self, agency: &str, names: &[String]) -> paper::Party {
        let people = names.iter().map(|name| (name.trim().to_owned(), self.position(name)));
        paper::Party { agency: agency.to_owned(), people: people.collect() }
    }

    fn signer(&self) -> Signer {
        self.head.own_signer()
    }

    fn issue(&self) -> paper::Issue {
        self.head.issue()
    }

    fn issue_by(&self, signers: Vec<Signer>) -> paper::Issue {
        self.head.issue_by(signers)
    }
}

impl Head {
    /// Who issues a document that one person signs.
    pub(in crate::archive) fn issue(&self) -> paper::Issue {
        self.issue_by(vec![self.own_signer()])
    }

    fn own_signer(&self) -> Signer {
        Signer { position: self.position.split('|').map(str::to_owned).collect(), name: self.signer.clone() }
    }

    fn issue_by(&self, signers: Vec<Signer>) -> paper::Issue {
        paper::Issue {
            made: self.made,
            superior: self.superior.clone(),
            agency: self.agency.clone(),
            number: match &self.number {
                None => Number::None,
                Some(number) if number.contains('/') => Number::Given(number.clone()),
                Some(notation) => Number::Open(notation.clone()),
            },
            place: self.place.clone(),
            on: self.on,
            signers,
            recipients: (!self.recipients.is_empty())
                .then(|| Recipients { names: self.recipients.clone(), kept: "VT, LT".to_owned() }),
        }
    }
}

fn signer(position: &str, name: String) -> Signer {
    Signer { position: vec![position.to_owned()], name }
}

/// What an item rests on and its period, in words.
fn basis_and_period(item: &Item, rules: &Standing) -> (String, String) {
    match item.rule.strip_prefix("stated: ") {
        Some(stated) => ("thời hạn cơ quan ghi, đã được xác nhận".to_owned(), stated.to_owned()),
        None => (format!("mục {}", item.rule), term_of(governing(&item.rule, item.rules, rules))),
    }
}

/// The rule of an item, in the version by which it is listed: newer ones may govern others.
fn governing<'a>(rule: &str, file: Sha256, rules: &'a Standing) -> Option<(&'a Version, &'a Rule)> {
    let version = rules.with(rule).find(|version| version.file.sha256 == file)?;
    Some((version, version.file.rule(rule)?))
}

/// What the justification says of the items under one rule of one version.
fn group(rule: &str, file: Sha256, count: usize, rules: &Standing) -> paper::GroupCount {
    if let Some(stated) = rule.strip_prefix("stated: ") {
        return paper::GroupCount {
            rule: "–".to_owned(),
            group: "Hồ sơ, tài liệu có thời hạn do cơ quan giao nộp ghi".to_owned(),
            period: stated.to_owned(),
            citation: "Đã được người có thẩm quyền xác nhận".to_owned(),
            count,
        };
    }
    let found = governing(rule, file, rules);
    let citation = found.and_then(|(version, found)| version.file.citation(found));
    paper::GroupCount {
        rule: rule.to_owned(),
        group: found.map_or_else(String::new, |(_, found)| found.records.clone()),
        period: term_of(found),
        citation: citation.map_or_else(String::new, |one| format!("{one} ({})", one.grade.words().0)),
        count,
    }
}

fn term_of(found: Option<(&Version, &Rule)>) -> String {
    match found.map(|(_, rule)| rule.term) {
        Some(Term::Years(years)) => words(Period::Years(years)),
        Some(Term::Permanent) => words(Period::Permanent),
        Some(Term::UntilEvent) => "đến khi có sự kiện".to_owned(),
        Some(Term::AssetLife) => "theo tuổi thọ công trình, tài sản".to_owned(),
        None => String::new(),
    }
}

/// Why a record is there still; `None` if it is not.
fn kept_because(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Destroyed(_) => None,
        Fate::Skipped(why) => Some(why.words().0.to_owned()),
        Fate::Excluded(why, None) => Some(format!("đã loại khỏi danh mục: {why}")),
        Fate::Excluded(why, Some(period)) => {
            Some(format!("đã loại khỏi danh mục, giữ {}: {why}", period_words(*period).0))
        }
        Fate::Failed(why) => Some(format!("chưa hủy được: {why}")),
        Fate::Listed => Some("chưa thực hiện".to_owned()),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The dossier's code within a record's code.
fn dossier_of(code: &str) -> &str {
    code.rsplit_once('.').map_or(code, |(dossier, _)| dossier)
}

/// The ordinal within a record's code, without zeros before it.
fn ordinal_of(code: &str) -> &str {
    code.rsplit_once('.').map_or("", |(_, ordinal)| ordinal.trim_start_matches('0'))
}

/// The year in which the work ended, within a record's code.
fn year_of(code: &str) -> Option<i32> {
    let (rest, _) = dossier_of(code).rsplit_once('.')?;
    let day = NaiveDate::from_ymd_opt(rest.rsplit_once('.')?.1.parse().ok()?, 1, 1)?;
    Some(day.year())
}
