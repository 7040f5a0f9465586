//! The documents of a case as PDF/A, ready to be signed: `crate::paper` lays them out, here they get their values.
//!
//! What the case knows comes from the case; who issues a document, its number, its place and its signer are given by who
//! asks for it. The same values give the same bytes. A signed copy that is handed back can be compared with what was made
//! ([`is_signed_copy`]).

use super::{Docket, Fate, Ground, Item};
use crate::archive::reading::Reading;
use crate::archive::retention::standing::Standing;
use crate::digest::Sha256;
use crate::error::{Error, Result};
use crate::paper::disposal::{
    Certificate, CertifiedApproval, CertifiedDocument, CertifiedItem, Completeness, Decision, Issue, List,
    ListReference, ListedItem, Proof, Reason,
};
use crate::paper::{Document, Number, Recipients, Signer, pdf};
use crate::record::Period;
use crate::retention::rules::Term;
use crate::retention::words;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::str::FromStr;

pub use crate::paper::is_signed_copy;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperKind {
    /// The disposal list.
    List,
    /// The decision.
    Decision,
    /// The certificate.
    Certificate,
}

/// What the case does not know of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The agency above the one that issues it.
    pub superior: Option<String>,
    /// The agency that issues it.
    pub agency: String,
    /// Number and notation, `15/QĐ-SNV`; only the notation if the number is given on issue.
    pub number: Option<String>,
    /// Name of the place.
    pub place: String,
    /// Day of issue; left open if it is given on issue.
    pub on: Option<NaiveDate>,
    /// Position of who signs.
    pub position: String,
    /// Name of who signs; left open if empty.
    pub signer: String,
    /// Whose records: name of the fonds.
    pub fonds: String,
    /// The grounds, as they are to be printed.
    pub grounds: Vec<String>,
    /// When the file is made.
    pub made: DateTime<Utc>,
}

impl FromStr for PaperKind {
    type Err = ();
    fn from_str(name: &str) -> std::result::Result<Self, ()> {
        match name {
            "list" => Ok(Self::List),
            "decision" => Ok(Self::Decision),
            "certificate" => Ok(Self::Certificate),
            _ => Err(()),
        }
    }
}

impl Reading {
    /// A document of a case, PDF/A.
    pub fn disposal_paper(&self, docket: &Docket, kind: PaperKind, head: &Head) -> Result<Vec<u8>> {
        let document = match kind {
            PaperKind::List => list(docket, head, &self.standing()?),
            PaperKind::Decision => decision(docket, head),
            PaperKind::Certificate => self.certificate(docket, head)?,
        };
        pdf(&document).map_err(|error| Error::invalid("the document can't be made").because(error))
    }

    fn certificate(&self, docket: &Docket, head: &Head) -> Result<Document> {
        let made = docket.case.certificate().ok_or_else(|| {
            Error::conflict("nothing has been executed yet").remedy("`chauban disposal show` says what comes next")
        })?;
        let (_, verified) = self.checkpoint()?;
        if docket.steps.last().is_some_and(|step| step.index >= verified.checkpoint.size) {
            return Err(Error::unavailable("the newest checkpoint does not have every event of the case yet"));
        }
        let mut approvals = Vec::with_capacity(made.approvals.len());
        for approval in &made.approvals {
            approvals.push(CertifiedApproval {
                stage: approval.stage.words().0.to_owned(),
                by: self.person_name(approval.signed.by)?,
                on: approval.signed.on,
                list: approval.list,
            });
        }
        let documents = docket.documents().filter_map(|(step, document)| {
            let (act, _) = step.acts.first()?;
            Some(CertifiedDocument { name: format!("{act}: {}", document.name), digest: document.sha256.parse().ok()? })
        });
        let mut pending: Vec<String> = docket.case.unreached().map(str::to_owned).collect();
        if pending.is_empty() && docket.steps.iter().all(|step| !step.is("certify")) {
            pending.extend(self.unreached_by(docket.id)?);
        }
        let fate = |fate: &Fate| match fate {
            Fate::Destroyed(on) => Ok(*on),
            Fate::Skipped(why) => Err(why.words().0.to_owned()),
            Fate::Excluded(why, _) | Fate::Failed(why) => Err(why.clone()),
            Fate::Listed => Err(String::new()),
        };
        let items = made.items.iter().map(|item| CertifiedItem {
            code: item.code.clone(),
            content: item.content,
            fate: fate(&item.fate),
        });
        let certificate = Certificate {
            issue: head.issue(),
            case: docket.id,
            decision: format!("{}, hồ sơ hủy số {}", head.fonds, docket.number),
            list: ListReference { digest: made.list.unwrap_or(Sha256([0; 32])), ..reference(docket, head) },
            items: items.collect(),
            approvals,
            documents: documents.collect(),
            completeness: match pending.is_empty() {
                true => Completeness::Complete,
                false => Completeness::Pending(pending),
            },
            proof: Proof {
                origin: verified.checkpoint.origin.clone(),
                size: verified.checkpoint.size,
                root: STANDARD.encode(verified.checkpoint.root.0),
            },
        };
        Ok(certificate.document())
    }
}

/// The list as it stands.
fn list(docket: &Docket, head: &Head, rules: &Standing) -> Document {
    let mut items: Vec<&Item> = docket.listed().filter_map(|record| Some(docket.case.item(record)?.0)).collect();
    items.sort_by(|one, other| one.code.cmp(&other.code));
    let mut bundles: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &items {
        let next = bundles.len() + 1;
        bundles.entry(dossier_of(&item.code)).or_insert(next);
    }
    let listed = items.iter().map(|item| ListedItem {
        bundle: bundles.get(dossier_of(&item.code)).map_or_else(String::new, usize::to_string),
        volume: ordinal_of(&item.code).to_owned(),
        code: item.code.clone(),
        title: item.title.clone(),
        reason: match item.ground {
            Ground::Expired => {
                Reason::Expired { rule: item.rule.clone(), period: period(item, rules), until: item.until }
            }
            Ground::Duplicate(of) => {
                let kept = docket.case.item(of).map(|(kept, _)| kept.code.clone());
                Reason::Duplicate { of: kept.unwrap_or_else(|| of.to_string()) }
            }
        },
        note: item.note.clone(),
    });
    List { issue: head.issue(), reference: reference(docket, head), items: listed.collect() }.document()
}

fn decision(docket: &Docket, head: &Head) -> Document {
    let clocks = docket.case.clocks();
    let on = head.on.unwrap_or_else(|| head.made.date_naive());
    let after = |days: u16| on.checked_add_days(chrono::Days::new(days.into())).unwrap_or(on);
    Decision {
        issue: head.issue(),
        authority: head.position.clone(),
        grounds: head.grounds.clone(),
        list: reference(docket, head),
        executor: "người được giao thực hiện".to_owned(),
        window: (after(clocks.waiting_days), after(clocks.execution_days)),
        bound: "có liên quan".to_owned(),
    }
    .document()
}

/// The list as approvals name it.
fn reference(docket: &Docket, head: &Head) -> ListReference {
    let items = || docket.case.fates().map(|(_, item, _)| item);
    let years: Vec<i32> = items().filter_map(|item| year_of(&item.code)).collect();
    let years = match (years.iter().min(), years.iter().max()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} - {last}"),
        _ => String::new(),
    };
    let items = docket.case.certificate().map_or_else(|| docket.listed().count(), |_| items().count());
    ListReference { fonds: head.fonds.clone(), years, items, digest: docket.case.list_digest() }
}

impl Head {
    fn issue(&self) -> Issue {
        let number = match &self.number {
            None => Number::None,
            Some(number) if number.contains('/') => Number::Given(number.clone()),
            Some(notation) => Number::Open(notation.clone()),
        };
        Issue {
            made: self.made,
            superior: self.superior.clone(),
            agency: self.agency.clone(),
            number,
            place: self.place.clone(),
            on: self.on,
            signers: vec![Signer { position: vec![self.position.clone()], name: self.signer.clone() }],
            recipients: None::<Recipients>,
        }
    }
}

/// The period of an item's rule in words; a statement is named by its words already.
fn period(item: &Item, rules: &Standing) -> String {
    if let Some(stated) = item.rule.strip_prefix("stated: ") {
        return stated.to_owned();
    }
    let rule = rules.newest_with(&item.rule).and_then(|version| version.file.rule(&item.rule));
    match rule.map(|rule| rule.term) {
        Some(Term::Years(years)) => words(Period::Years(years)),
        Some(Term::Permanent) => words(Period::Permanent),
        Some(Term::UntilEvent) => "đến khi có sự kiện".to_owned(),
        Some(Term::AssetLife) => "theo tuổi thọ công trình, tài sản".to_owned(),
        None => String::new(),
    }
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
    rest.rsplit_once('.')?.1.parse().ok()
}
