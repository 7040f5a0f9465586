//! What came after each signature: the steps between revisions, and whether the signature's own rules allow them.

use super::{Extent, Signature};
use crate::signature::pdf::change::{
    Breach, Change, ChangeLevel, ChangesAfter, DocMdp, FieldLock, Permission, Step, What,
};
use crate::signature::pdf::document::{Damage, Document};
use crate::signature::pdf::xref::Entry;
use crate::signature::pdf::{compare, explain};

/// Fills in what came after each signature; each revision is compared once, whoever asks.
pub(super) fn fill(document: &Document<'_>, signatures: &mut [Signature]) {
    let asked = signatures.iter().filter(|one| matches!(one.extent, Extent::Revision(_)));
    let revisions: Vec<usize> = asked.filter_map(|one| one.revision).collect();
    let first = revisions.iter().copied().min();
    let steps = first.zip(revisions.iter().copied().max());
    let steps = steps.map_or_else(Vec::new, |(first, last)| steps_after(document, first, last));
    for signature in signatures.iter_mut() {
        let mut all = Step::new(ChangeLevel::None);
        match (signature.extent, signature.revision, first) {
            // Signed blanks keep readers from the tables as well as others.
            (Extent::WholeFileButSpace(_), ..) if bytes_behind(document) > explain::REST_BYTES_MAX => {
                all.take(about_file(document, ChangeLevel::Unparsable, What::UnexplainedBytes));
            }
            (Extent::WholeFile | Extent::WholeFileButSpace(_), ..) => {}
            (Extent::Unknown, ..) => all.take(about_file(document, ChangeLevel::NotCompared, What::NoRevision)),
            (Extent::Revision(_), Some(revision), Some(first)) => {
                for step in &steps[revision - first..] {
                    all.level = all.level.max(step.level);
                    all.count += step.count;
                    all.changes.extend(step.changes.iter().cloned());
                }
            }
            _ => all.take(about_file(document, ChangeLevel::Unparsable, What::NoRevision)),
        }
        signature.changes_after = ChangesAfter {
            permission: match permission(&all, signature.doc_mdp, signature.field_lock.as_ref()) {
                // The names of locked fields are encrypted.
                Permission::Allowed if document.is_encrypted && signature.field_lock.is_some() => Permission::Unknown,
                permission => permission,
            },
            level: all.level,
            changes: all.changes,
            count: all.count,
        };
    }
}

/// Bytes behind the last revision, signed or not.
fn bytes_behind(document: &Document<'_>) -> usize {
    document.file.len() - document.revisions.last().map_or(0, |revision| revision.ending.end)
}

/// One step per revision after `first`, and one for the bytes after the last, and for what was hidden up to and with `last`,
/// the last revision that is signed and not the whole file.
fn steps_after(document: &Document<'_>, first: usize, last: usize) -> Vec<Step> {
    let mut steps = compare::steps(document, first);
    let mut headers = explain::HEADERS_MAX;
    for (number, step) in steps.iter_mut().enumerate() {
        explain::revision(document, first + 1 + number, &mut headers, step);
    }
    let mut rest = Step::new(ChangeLevel::None);
    explain::unlisted(document, last, &mut headers, &mut rest);
    let end = document.revisions.last().map_or(0, |revision| revision.ending.end);
    explain::rest(document, end, &mut rest);
    for &damage in &document.damage {
        let (level, what) = match damage {
            Damage::TooMany => (ChangeLevel::NotCompared, What::Limit),
            _ => (ChangeLevel::Unparsable, What::Damaged),
        };
        rest.take(about_file(document, level, what));
    }
    let in_streams =
        |revision: usize| document.listed(revision).any(|(_, entry)| matches!(entry, Entry::Within { .. }));
    if document.is_encrypted && (0..document.revisions.len()).any(in_streams) {
        rest.take(about_file(document, ChangeLevel::NotCompared, What::Limit));
    }
    steps.push(rest);
    steps
}

fn about_file(document: &Document<'_>, level: ChangeLevel, what: What) -> Change {
    let revision = document.revisions.len();
    Change { revision, level, what, object: None, bytes: None, path: String::new(), field: None }
}

fn permission(step: &Step, doc_mdp: Option<DocMdp>, lock: Option<&FieldLock>) -> Permission {
    if step.level <= ChangeLevel::LongTermOnly || (doc_mdp.is_none() && lock.is_none()) {
        let is_ruled = step.level == ChangeLevel::LongTermOnly && (doc_mdp.is_some() || lock.is_some());
        return if is_ruled { Permission::Allowed } else { Permission::NoRule };
    }
    if let Some(rule) = doc_mdp.filter(|rule| step.level > rule.allows() && step.level != ChangeLevel::NotCompared) {
        return Permission::Forbidden(Breach::DocMdp(rule, step.level));
    }
    let locked = step.changes.iter().filter(|change| change.level > ChangeLevel::LongTermOnly).find_map(|change| {
        let field = change.field.as_deref()?;
        lock.filter(|lock| lock.locks(field)).map(|_| field.to_owned())
    });
    match locked {
        Some(field) => Permission::Forbidden(Breach::Field(field)),
        None if step.level == ChangeLevel::NotCompared || step.count > step.changes.len() => Permission::Unknown,
        None => Permission::Allowed,
    }
}
