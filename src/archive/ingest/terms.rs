//! On what terms an archive takes a dossier: a historical one takes what is kept for ever.

use super::plan::Plan;
use crate::archive::agency::Register;
use crate::archive::project;
use crate::archive::retention::standing::Standing;
use crate::archive::writing::Writing;
use crate::catalog::Named;
use crate::error::Result;
use crate::record::{AccessMode, FileCode, Period, Retention};
use crate::retention::deadline::historical;
use crate::retention::disposal::Archive as Kind;
use crate::retention::rules::Term;
use crate::retention::span::Span;
use crate::transfer::finding::{Finding, FindingCode};
use std::sync::Arc;

/// What the terms rest on.
pub struct Terms<'a> {
    /// The archive.
    pub archive: &'a Writing,
    /// What is to be taken.
    pub plan: &'a Plan,
    /// What rules.
    pub standing: Standing,
    /// The register of agencies.
    pub register: Arc<Register>,
}

impl Terms<'_> {
    /// What speaks against a document of a dossier, as the dossier is planned.
    pub fn refuse(&self, code: &FileCode, place: &str) -> Result<Option<Finding>> {
        let planned = self.plan.dossiers.get(code).map(|planned| &planned.dossier.retention);
        self.refuse_as(code, planned, place)
    }

    /// The same, as the dossier is transferred: that it is not kept for ever, neither so nor as it is held.
    pub fn refuse_as(&self, code: &FileCode, transferred: Option<&Retention>, place: &str) -> Result<Option<Finding>> {
        if self.standing.archive == Kind::Current {
            return Ok(None);
        }
        let is_permanent =
            |retention: &Retention| historical(span_of(retention, &self.standing), AccessMode::Open).is_ok();
        if transferred.is_some_and(is_permanent) {
            return Ok(None);
        }
        if let Some(Named::Dossier(id)) = self.archive.catalog.named(code.as_str()).map_err(project::catalog)?
            && self.archive.dossier(id)?.read().is_some_and(|held| is_permanent(&held.retention))
        {
            return Ok(None);
        }
        let detail = transferred.map_or_else(String::new, |retention| format!("“{}”", retention.citation));
        Ok(Some(Finding::new(FindingCode::NotPermanent, place).field("retention").saying(detail)))
    }
}

/// How long a dossier is kept, as far as the question is whether that is for ever: words that are the code of an adopted rule
/// have its term.
fn span_of(retention: &Retention, standing: &Standing) -> Span {
    let rule = standing.newest_with(&retention.citation).and_then(|version| version.file.rule(&retention.citation));
    match (retention.period, rule.map(|rule| rule.term)) {
        (Period::Permanent, _) | (_, Some(Term::Permanent)) => Span::Permanent,
        _ => Span::Unknown,
    }
}
