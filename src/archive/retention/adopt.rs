//! Adopting rules, and confirming them.
//!
//! A rule file rules when it was adopted by an event that holds its text, under a number that nobody can use again. What
//! shortens, what claims to be verified, and the law in use are proposed first and adopted by a second person. Nobody
//! disposes on a rule that is neither verified nor confirmed by an authorised person, for this very version. Names are
//! taken at their word as long as there are no accounts.

use super::foresee::Approval;
use super::standing::{Standing, Version};
use crate::archive::announce::{Announced, Heading};
use crate::archive::body::{AppliesBody, RuleConfirmedBody, RuleWithdrawnBody, RulesBody};
use crate::archive::hold::person;
use crate::archive::writing::Writing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::event::{ActorId, EventKind};
use crate::keys::Bucket;
use crate::retention::civil::vietnamese_day;
use crate::retention::hold::{Deed, Person};
use crate::retention::preview::{self, Applies, Refusal};
use crate::retention::rules::confirm;
use crate::retention::rules::{Lock, Rule, RuleFile};
use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

/// Longest reason or mandate, characters.
const WORDS_CHARS_MAX: usize = 2000;

/// What became of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// They rule from now on.
    Adopted(Uuid),
    /// They wait for a second person.
    Proposed(Uuid),
}

/// Which records a version governs: those accessioned on a day or later, those whose work ended in a year or later, or all
/// that are not disposed of.
pub fn governed(accessioned_from: Option<NaiveDate>, work_ended_from: Option<i32>) -> Result<Applies> {
    match (accessioned_from, work_ended_from) {
        (Some(_), Some(_)) => {
            Err(Error::invalid("rules govern by the day of accession or by the end of the work, not both"))
        }
        (Some(from), None) => Ok(Applies::Accessioned(from)),
        (None, Some(year)) => {
            let day = NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| (1900..2200).contains(&year));
            day.map(Applies::WorkEnded).ok_or_else(|| Error::invalid(format!("{year} is no year from 1900 to 2199")))
        }
        (None, None) => Ok(Applies::AllUndisposed),
    }
}

/// Adopts rules, or proposes them where a second person must agree.
pub fn adopt(archive: &Writing, text: &str, applies: Applies, reason: &str, actor: &str) -> Result<Adoption> {
    let _orders = archive.orders()?;
    let standing = archive.standing()?;
    let file = read(text, &standing)?;
    check_words(reason)?;
    let actor = archive.actor(actor)?;
    let alone = allowed(&standing, (&file, applies), person(actor), None);
    let body = body(&file, applies, reason, text);
    let id = archive.new_id();
    match alone {
        Ok(()) => {
            commit(archive, EventKind::RulesAdopted, id, &body, actor)?;
            Ok(Adoption::Adopted(id))
        }
        Err(Refusal::Approval) => {
            commit(archive, EventKind::RulesProposed, id, &body, actor)?;
            Ok(Adoption::Proposed(id))
        }
        Err(refusal) => Err(refused(refusal)),
    }
}

/// Adopts what another person proposed.
pub fn approve(archive: &Writing, id: Uuid, actor: &str) -> Result<()> {
    let _orders = archive.orders()?;
    let standing = archive.standing()?;
    let missing =
        || Error::not_found("there is no such proposal that waits").remedy("`chauban retention list` lists them");
    let proposal = standing.proposals.iter().find(|proposal| proposal.id == id).ok_or_else(missing)?;
    let actor = archive.actor(actor)?;
    let proposed = (&proposal.file, proposal.applies);
    allowed(&standing, proposed, proposal.adopted.by, Some(person(actor))).map_err(refused)?;
    let body: RulesBody = archive.first_body(id)?;
    commit(archive, EventKind::RulesAdopted, id, &body, actor)
}

/// Confirms rules against a text that the person names: in the newest version that has them, or in the one of this
/// number. Who adopted a version alone does not confirm its rules as well.
pub fn confirm(
    archive: &Writing,
    (rules, number): (&[String], Option<u32>),
    basis: &str,
    mandate: &str,
    actor: &str,
) -> Result<Uuid> {
    [basis, mandate].into_iter().try_for_each(check_words)?;
    let _orders = archive.orders()?;
    let mut standing = archive.standing()?;
    let version = version_of(&standing, rules, number)?;
    let actor = archive.actor(actor)?;
    if version.is_by_alone(person(actor)) {
        return Err(Error::denied("who adopted the rules alone can't confirm them as well")
            .remedy("let another person confirm them, under their own name"));
    }
    let (id, file) = (version.id, version.file.clone());
    let deed = Deed { by: person(actor), on: vietnamese_day(archive.now()) };
    for code in rules {
        standing.confirmations.confirm(&file, code, deed, basis).map_err(|refusal| not_confirmed(code, refusal))?;
    }
    let body =
        RuleConfirmedBody { rules: rules.to_vec(), basis: basis.trim().to_owned(), mandate: mandate.trim().to_owned() };
    commit(archive, EventKind::RuleConfirmed, id, &body, actor)?;
    Ok(id)
}

/// Withdraws the confirmations of rules, in every version that has them: an older one may still govern records.
pub fn withdraw(archive: &Writing, rules: &[String], reason: &str, actor: &str) -> Result<Uuid> {
    check_words(reason)?;
    let _orders = archive.orders()?;
    let mut standing = archive.standing()?;
    let newest = version_of(&standing, rules, None)?.id;
    let actor = archive.actor(actor)?;
    let deed = Deed { by: person(actor), on: vietnamese_day(archive.now()) };
    let mut withdrawn: Vec<(Uuid, Vec<String>)> = Vec::new();
    for code in rules {
        let versions: Vec<(Uuid, Sha256)> = standing.with(code).map(|one| (one.id, one.file.sha256)).collect();
        let mut refusal = confirm::Refusal::NotConfirmed;
        let before = withdrawn.iter().map(|(_, codes)| codes.len()).sum::<usize>();
        for (id, sha256) in versions {
            match standing.confirmations.withdraw(sha256, code, deed, reason) {
                Ok(()) => match withdrawn.iter_mut().find(|(version, _)| *version == id) {
                    Some((_, codes)) => codes.push(code.clone()),
                    None => withdrawn.push((id, vec![code.clone()])),
                },
                Err(other) => refusal = other,
            }
        }
        if withdrawn.iter().map(|(_, codes)| codes.len()).sum::<usize>() == before {
            return Err(not_confirmed(code, refusal));
        }
    }
    let mut events = Vec::with_capacity(withdrawn.len());
    for (id, rules) in withdrawn {
        let body = RuleWithdrawnBody { rules, reason: reason.trim().to_owned() };
        events.push(announce(archive, EventKind::RuleWithdrawn, id, &body, actor)?);
    }
    archive.commit(events)?; // in all versions, or in none
    Ok(newest)
}

/// A reason or mandate says something, and not too much.
pub(super) fn check_words(text: &str) -> Result<()> {
    match !text.trim().is_empty() && text.chars().nth(WORDS_CHARS_MAX).is_none() {
        true => Ok(()),
        false => Err(Error::invalid("a reason, basis or mandate has 1 to 2000 characters")),
    }
}

/// Reads rules: in their form, with every worked case as it should be under the law that will be in use.
pub(super) fn read(text: &str, standing: &Standing) -> Result<RuleFile> {
    let file = RuleFile::parse(text).map_err(|error| Error::invalid("the rule file can't be read").because(error))?;
    let law = match &file.schedule {
        Some(_) => standing.law.clone(),
        None => {
            file.law().map_err(|error| Error::invalid("the file has neither a schedule nor a law").because(error))?
        }
    };
    match file.failing_cases(&law).as_slice() {
        [] => Ok(file),
        failing => Err(Error::invalid(format!("worked cases do not come out as written: {}", failing.join("; ")))),
    }
}

/// Whether rules may be adopted.
pub(super) fn allowed(
    standing: &Standing,
    (file, applies): (&RuleFile, Applies),
    proposer: Person,
    approver: Option<Person>,
) -> Result<(), Refusal> {
    let Some(schedule) = &file.schedule else { return second_person(proposer, approver) };
    let foreign = file.rules.iter().filter_map(|rule| standing.newest_with(&rule.code));
    if foreign.into_iter().any(|version| version.schedule() != schedule.code) {
        return Err(Refusal::OtherSchedule);
    }
    let before = standing.newest_of(&schedule.code);
    if let Some(before) = before {
        preview::adopt(&before.file, file, proposer, approver)?;
        let locked = before.file.schedule.as_ref().is_some_and(|schedule| schedule.lock == Lock::LengthenOnly);
        let shortens = file.rules.iter().any(|rule| shortens(standing, rule, applies));
        match shortens {
            true if locked => return Err(Refusal::Locked),
            true => second_person(proposer, approver)?,
            false => {}
        }
    }
    let known = |code: &str| before.is_some_and(|before| before.file.rule(code).is_some());
    match file.rules.iter().any(|rule| rule.verified && !known(&rule.code)) {
        true => second_person(proposer, approver),
        false => Ok(()),
    }
}

/// Whether a rule keeps, or may keep, shorter than a version that may still govern records of those for which it is to be
/// adopted: not the newest one alone does, where that was adopted for some records only, or does not have the rule.
fn shortens(standing: &Standing, rule: &Rule, applies: Applies) -> bool {
    standing.may_govern(&rule.code, applies).any(|before| preview::compare(before, rule) >= preview::Change::Unclear)
}

/// Who must agree to a rule file; in words why nobody can.
pub(super) fn approval(standing: &Standing, file: &RuleFile, applies: Applies) -> Result<Approval, String> {
    let [one, other] = [Person(Uuid::from_u128(1)), Person(Uuid::from_u128(2))];
    match allowed(standing, (file, applies), one, None) {
        Ok(()) => Ok(Approval::OnePerson),
        Err(Refusal::Approval) => allowed(standing, (file, applies), one, Some(other))
            .map(|()| Approval::SecondPerson)
            .map_err(|why| why.to_string()),
        Err(refusal) => Err(refusal.to_string()),
    }
}

fn second_person(proposer: Person, approver: Option<Person>) -> Result<(), Refusal> {
    match approver {
        None => Err(Refusal::Approval),
        Some(approver) if approver == proposer => Err(Refusal::SamePerson),
        Some(_) => Ok(()),
    }
}

/// The newest version that has all these rules, or the one of this number.
fn version_of<'a>(standing: &'a Standing, rules: &[String], number: Option<u32>) -> Result<&'a Version> {
    let mut found: Option<&Version> = None;
    for code in rules {
        let missing = || {
            let what = match number {
                None => format!("no adopted schedule has a rule {code:?}"),
                Some(number) => format!("no adopted version {number} of a schedule has a rule {code:?}"),
            };
            Error::not_found(what).remedy("`chauban retention list --rules` lists them")
        };
        let mut versions = standing.with(code).rev();
        let version = versions.find(|version| number.is_none_or(|number| version.number() == number));
        let version = version.ok_or_else(missing)?;
        if found.is_some_and(|found| found.id != version.id) {
            return Err(Error::invalid("these rules are of different versions").remedy("confirm those of each alone"));
        }
        found = Some(version);
    }
    found.ok_or_else(|| Error::invalid("no rule was named"))
}

fn body(file: &RuleFile, applies: Applies, reason: &str, text: &str) -> RulesBody {
    RulesBody {
        schedule: file.schedule.as_ref().map(|schedule| schedule.code.clone()),
        version: file.schedule.as_ref().map(|schedule| schedule.version),
        sha256: file.sha256.to_string(),
        applies: match applies {
            Applies::AllUndisposed => AppliesBody::All,
            Applies::Accessioned(from) => AppliesBody::AccessionedFrom(from.to_string()),
            Applies::WorkEnded(from) => AppliesBody::WorkEndedFrom(from.to_string()),
        },
        reason: reason.trim().to_owned(),
        text: text.to_owned(),
    }
}

fn commit(archive: &Writing, kind: EventKind, id: Uuid, body: &impl Serialize, actor: ActorId) -> Result<()> {
    let event = announce(archive, kind, id, body, actor)?;
    archive.commit(vec![event]).map(|_| ())
}

fn announce(archive: &Writing, kind: EventKind, id: Uuid, body: &impl Serialize, actor: ActorId) -> Result<Announced> {
    let scope = archive.scope(Bucket::Archive, actor)?;
    let heading = Heading { kind, id, actor, rule: None };
    archive.announcer()?.with_body(heading, scope, Vec::new(), body)
}

fn refused(refusal: Refusal) -> Error {
    let what = refusal.to_string();
    match refusal {
        Refusal::OtherSchedule => Error::conflict("a rule of this file belongs to another schedule"),
        Refusal::Number => Error::conflict(what),
        Refusal::Unlocked => Error::denied(what),
        Refusal::Locked => Error::denied(what).remedy(
            "where an older version keeps some records longer, adopt the new one for those that the older does not govern \
             (--accessioned-from, --work-ended-from)",
        ),
        Refusal::Approval => {
            Error::denied(what).remedy("let a second person approve the proposal, under their own name")
        }
        Refusal::SamePerson => Error::denied(what).remedy("let a second person approve it, under their own name"),
    }
}

fn not_confirmed(code: &str, refusal: confirm::Refusal) -> Error {
    let what = format!("{code}: {refusal}");
    match refusal {
        confirm::Refusal::NoRule => Error::not_found(what),
        confirm::Refusal::NoWords => Error::invalid(what),
        confirm::Refusal::Already | confirm::Refusal::NotConfirmed => Error::conflict(what),
    }
}
