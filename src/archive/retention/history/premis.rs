//! The history of retention in PREMIS 3.0 (Library of Congress, namespace `http://www.loc.gov/premis/v3`): dossier and
//! records are objects of type *intellectual entity*, what happened are events, who acted are agents, and every rule and
//! hold is a statement of rights: a rule a *statute* that grants or withholds disposal until a day, a hold a restriction.
//!
//! What PREMIS has no words for (reasons, texts of rules) is in the JSON form, by whose identifiers everything here is
//! named.

use super::wire::{Happened, History, Hold, RuleName, Subject};
use crate::text::xml::escaped;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<premis xmlns=\"http://www.loc.gov/premis/v3\" \
     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" version=\"3.0\">\n";

/// The document.
pub fn document(history: &History) -> String {
    let mut xml = Xml(HEAD.to_owned());
    let dossier = &history.dossier;
    xml.object(dossier, None);
    history.records.iter().for_each(|record| xml.object(record, Some(dossier)));
    for gone in &history.destroyed {
        xml.entity(&gone.id, &gone.code, &gone.title, Some(dossier));
    }
    history.events.iter().for_each(|event| xml.event(event));
    let actors: BTreeSet<&str> = history.events.iter().map(|event| event.actor.as_str()).collect();
    actors.into_iter().for_each(|actor| xml.agent(actor));
    xml.rights(history);
    xml.0.push_str("</premis>\n");
    xml.0
}

/// XML in the making.
struct Xml(String);

impl Xml {
    fn object(&mut self, subject: &Subject, dossier: Option<&Subject>) {
        self.entity(&subject.id, &subject.code, &subject.title, dossier);
    }

    fn entity(&mut self, id: &str, code: &str, title: &str, dossier: Option<&Subject>) {
        self.0.push_str("<object xsi:type=\"intellectualEntity\">");
        self.identifier("objectIdentifier", "UUID", id);
        self.identifier("objectIdentifier", "archival code", code);
        if !title.is_empty() {
            self.leaf("originalName", title);
        }
        if let Some(dossier) = dossier {
            self.within("relationship", |xml| {
                xml.leaf("relationshipType", "structural");
                xml.leaf("relationshipSubType", "is part of");
                xml.identifier("relatedObjectIdentifier", "UUID", &dossier.id);
            });
        }
        self.0.push_str("</object>\n");
    }

    fn event(&mut self, event: &Happened) {
        self.within("event", |xml| {
            xml.identifier("eventIdentifier", "ledger index", &event.index.to_string());
            xml.leaf("eventType", event.kind);
            xml.leaf("eventDateTime", &event.at);
            if let Some(says) = &event.says {
                xml.within("eventDetailInformation", |xml| xml.leaf("eventDetail", &says.to_string()));
            }
            xml.identifier("linkingAgentIdentifier", "actor", &event.actor);
            xml.identifier("linkingObjectIdentifier", "UUID", &event.about);
        });
        self.0.push('\n');
    }

    fn agent(&mut self, actor: &str) {
        self.within("agent", |xml| {
            xml.identifier("agentIdentifier", "actor", actor);
            xml.leaf("agentName", actor);
        });
        self.0.push('\n');
    }

    /// A statement for each rule and last day, and one for each hold.
    fn rights(&mut self, history: &History) {
        let mut ruled: BTreeMap<_, Ruled<'_>> = BTreeMap::new();
        for subject in std::iter::once(&history.dossier).chain(&history.records) {
            let (rule, decision) = (subject.rule.as_ref(), &subject.decision);
            let by = rule.map(|rule| (rule.code.as_str(), rule.sha256.as_str()));
            let term = (subject.dates.accessioned.as_str(), decision.until.as_deref());
            let key = (subject.stated.as_str(), by, term, decision.outcome);
            ruled.entry(key).or_insert(Ruled { rule, subjects: Vec::new() }).subjects.push(&subject.id);
        }
        if ruled.is_empty() && history.holds.is_empty() {
            return;
        }
        self.0.push_str("<rights>\n");
        for (number, ((stated, _, term, outcome), ruled)) in (1..).zip(&ruled) {
            self.rule(number, stated, ruled, *term, &format!("{outcome} on {}", history.on));
        }
        history.holds.iter().for_each(|hold| self.hold(hold));
        self.0.push_str("</rights>\n");
    }

    fn rule(
        &mut self,
        number: u32,
        stated: &str,
        ruled: &Ruled<'_>,
        (from, until): (&str, Option<&str>),
        answer: &str,
    ) {
        self.within("rightsStatement", |xml| {
            xml.identifier("rightsStatementIdentifier", "retention", &number.to_string());
            match ruled.rule {
                Some(rule) => xml.statute(rule),
                None => {
                    xml.leaf("rightsBasis", "other");
                    xml.within("otherRightsInformation", |xml| {
                        xml.leaf("otherRightsBasis", "agency's statement");
                        if !stated.is_empty() {
                            xml.leaf("otherRightsNote", stated);
                        }
                    });
                }
            }
            xml.within("rightsGranted", |xml| {
                xml.leaf("act", "disposal");
                xml.leaf("restriction", answer);
                xml.within("termOfRestriction", |xml| {
                    xml.leaf("startDate", from);
                    until.into_iter().for_each(|until| xml.leaf("endDate", until));
                });
            });
            ruled.subjects.iter().for_each(|id| xml.identifier("linkingObjectIdentifier", "UUID", id));
        });
        self.0.push('\n');
    }

    fn statute(&mut self, rule: &RuleName) {
        self.leaf("rightsBasis", "statute");
        self.within("statuteInformation", |xml| {
            xml.leaf("statuteJurisdiction", "vn");
            xml.leaf("statuteCitation", rule.citation.as_deref().unwrap_or(&rule.schedule));
            xml.leaf("statuteNote", &format!("{}: {}", rule.code, rule.records));
            xml.within("statuteDocumentationIdentifier", |xml| {
                xml.leaf("statuteDocumentationIdentifierType", "SHA-256 of the rule file");
                xml.leaf("statuteDocumentationIdentifierValue", &rule.sha256);
                xml.leaf("statuteDocumentationRole", &format!("{} version {}", rule.schedule, rule.version));
            });
        });
    }

    fn hold(&mut self, hold: &Hold) {
        self.within("rightsStatement", |xml| {
            xml.identifier("rightsStatementIdentifier", "hold", &hold.id);
            xml.leaf("rightsBasis", "other");
            xml.within("otherRightsInformation", |xml| {
                xml.within("otherRightsDocumentationIdentifier", |xml| {
                    xml.leaf("otherRightsDocumentationIdentifierType", "mandate");
                    xml.leaf("otherRightsDocumentationIdentifierValue", &hold.mandate);
                });
                xml.leaf("otherRightsBasis", "hold");
                xml.leaf("otherRightsNote", &hold.placed.reason);
            });
            xml.within("rightsGranted", |xml| {
                xml.leaf("act", "disposal");
                xml.leaf("restriction", "held");
                xml.within("termOfRestriction", |xml| {
                    xml.leaf("startDate", &hold.placed.on);
                    if let Some(released) = &hold.released {
                        xml.leaf("endDate", &released.on);
                    }
                });
            });
            hold.covers.iter().for_each(|id| xml.identifier("linkingObjectIdentifier", "UUID", id));
        });
        self.0.push('\n');
    }

    /// An identifier of this element's name, in two parts.
    fn identifier(&mut self, name: &str, kind: &str, value: &str) {
        self.within(name, |xml| {
            xml.leaf(&format!("{name}Type"), kind);
            xml.leaf(&format!("{name}Value"), value);
        });
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let _ = write!(self.0, "<{name}>");
        inner(self);
        let _ = write!(self.0, "</{name}>");
    }

    /// An element with text.
    fn leaf(&mut self, name: &str, text: &str) {
        self.within(name, |xml| {
            xml.0.push_str(&escaped(text));
        });
    }
}

/// Subjects under the same rule and statement, from and to the same days, with the same answer.
struct Ruled<'a> {
    rule: Option<&'a RuleName>,
    subjects: Vec<&'a str>,
}
