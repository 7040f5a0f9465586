//! One revision compared with the one before: a walk through both at once, from the trailer.
//!
//! Every way from the trailer to an object is walked in a *role*. In the role [`Role::Strict`] nothing may differ; the
//! other roles allow what their part of the document allows: the catalog new evidence, a form field a new value, a
//! page new annotations. A way never excuses what another way forbids: an appearance that a text field may replace
//! and a page also shows is reached twice, and the strict way reports it. What is allowed is a whitelist; whatever has
//! no rule is [`ChangeLevel::Undefined`].
//!
//! Objects that the older revision defines but does not reach must not become reachable (shadow attacks), and the new
//! version of an object must lie in the new bytes.
//!
//! The walk is a queue of pairs of objects; recursion happens only inside one object, whose depth the reader limits.

mod described;
mod field;
mod filled;
mod inherited;
mod known;
mod page;
mod same;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::rc::Rc;

use super::change::{Change, ChangeLevel, Step, What};
use super::document::{Document, View};
use super::object::{Dict, Name, Object, Stream};
use super::painted::CONTENT_IN_ALL_BYTES_MAX;
use super::xref::{Entry, is_structural};

pub use known::Known;
use same::{Keys, same, same_dict, same_value, same_value_of};

/// Pairs of objects and places in them, all revisions of a file together: a second of work, 100 MB at most.
const PAIRS_MAX: usize = 1_500_000;
/// Values of an object that cost as much as one more object.
const VALUES_PER_PAIR: usize = 32;
/// Elements of a path that are written out.
const PATH_STEPS_MAX: usize = 24;
/// Keys under which a field or widget may be referred to as such.
const FIELD_EDGES: [&[u8]; 7] = [b"Fields", b"Kids", b"Parent", b"Annots", b"Obj", b"CO", b"IRT"];
const UNDEFINED: ChangeLevel = ChangeLevel::Undefined;
const LONG_TERM: ChangeLevel = ChangeLevel::LongTermOnly;
const FORM_FILL: ChangeLevel = ChangeLevel::FormFillAndSign;

/// In which capacity an object is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Strict,
    Catalog,
    Page,
    /// A field or widget that was there.
    Field,
    /// An annotation that is no widget.
    Annotation,
    /// May differ, at this level.
    Free(ChangeLevel),
}

/// A pair of objects to be compared.
struct Task {
    number: u32,
    role: Role,
    node: usize,
}

/// A place on the way from the trailer; the way back leads through the parents.
struct Node {
    parent: usize,
    key: Name,
    index: Option<usize>,
    number: Option<u32>,
}

/// Compares every revision from `first` on with the one before it; index 0 of the result is the step to `first + 1`.
pub fn steps(document: &Document<'_>, first: usize) -> Vec<Step> {
    let mut pairs = PAIRS_MAX;
    let mut before = None;
    let mut together = Together::default();
    let mut steps = Vec::new();
    for revision in first + 1..document.revisions.len() {
        let old = before.take().or_else(|| Known::of(document.view(revision - 1), &mut pairs));
        let new = Known::of(document.view(revision), &mut pairs);
        let mut step = Step::new(LONG_TERM);
        if let Some(signed) = old.as_ref().filter(|_| revision == first + 1)
            && may_return(document, first, signed, &mut pairs)
        {
            step.take(about_revision(revision, What::MayReturn));
        }
        match (&old, &new) {
            (Some(old), Some(new)) => Walk::run(document, revision, (old, new), &mut together, &mut pairs, &mut step),
            _ => limit(&mut step, revision),
        }
        if document.is_spent() {
            limit(&mut step, revision);
        }
        steps.push(step);
        before = new;
    }
    steps
}

fn limit(step: &mut Step, revision: usize) {
    step.take(about_revision(revision, What::Limit));
}

fn about_revision(revision: usize, what: What) -> Change {
    let level = ChangeLevel::NotCompared;
    Change { revision, level, what, object: None, bytes: None, path: String::new(), field: None }
}

/// Whether references of a signed revision lead nowhere, which makes some readers rebuild the tables, and the file keeps what these
/// then find: what the references once led to, or a draft from before that revision.
fn may_return(document: &Document<'_>, signed: usize, known: &Known, pairs: &mut usize) -> bool {
    let was_there = |number: &u32| document.was_ever(*number);
    let is_draft = |revision: usize| {
        let views = [revision - 1, revision].map(|revision| document.view(revision));
        let [old, new] = views.map(|view| Known::of(view, pairs));
        let mut step = Step::new(LONG_TERM);
        let compared = old.as_ref().zip(new.as_ref());
        compared.is_none_or(|known| {
            Walk::run(document, revision, known, &mut Together::default(), pairs, &mut step);
            step.level > FORM_FILL
        })
    };
    !known.nowhere.is_empty() && (known.nowhere.iter().any(was_there) || (1..=signed).any(is_draft))
}

/// What the revisions of a file have together.
struct Together {
    /// Area that new fields cover of each page, since the first revision that is compared.
    covered: HashMap<u32, f64>,
    /// Bytes of content that may still be gone through.
    content: usize,
}

impl Default for Together {
    fn default() -> Self {
        Self { covered: HashMap::new(), content: CONTENT_IN_ALL_BYTES_MAX }
    }
}

struct Walk<'w, 'd, 'a> {
    old: View<'d, 'a>,
    new: View<'d, 'a>,
    was: &'w Known,
    is: &'w Known,
    /// Where the bytes of the new revision begin.
    start: usize,
    nodes: Vec<Node>,
    /// First in, first out: the way reported is the shortest.
    queue: VecDeque<Task>,
    visited: HashSet<(u32, Role)>,
    fresh: HashMap<u32, bool>,
    /// Whether an object, or one that it is drawn with, was written anew.
    redrawn: HashMap<u32, bool>,
    /// Objects looked at beside the queue.
    looked_at: usize,
    /// Lists of evidence looked at: many entries may share one.
    lists: RefCell<HashMap<u32, bool>>,
    /// What objects above others say for them, by revision and number.
    above: HashMap<(usize, u32), Rc<Dict>>,
    /// What pages paint, where that was asked.
    papers: HashMap<u32, Option<Rc<filled::Paper>>>,
    together: &'w mut Together,
    step: &'w mut Step,
    /// The field being compared, for its name in the report.
    field: Option<Rc<str>>,
}

impl<'w, 'd, 'a> Walk<'w, 'd, 'a> {
    fn run(
        document: &'d Document<'a>,
        revision: usize,
        (was, is): (&'w Known, &'w Known),
        together: &'w mut Together,
        pairs: &mut usize,
        step: &'w mut Step,
    ) {
        let mut walk = Self {
            old: document.view(revision - 1),
            new: document.view(revision),
            was,
            is,
            start: document.bytes_of(revision).start,
            nodes: vec![Node { parent: 0, key: Name::from(&[][..]), index: None, number: None }],
            queue: VecDeque::new(),
            visited: HashSet::new(),
            fresh: HashMap::new(),
            redrawn: HashMap::new(),
            looked_at: 0,
            lists: RefCell::default(),
            above: HashMap::new(),
            papers: HashMap::new(),
            together,
            step,
            field: None,
        };
        walk.trailer();
        walk.containers(document);
        while let Some(task) = walk.queue.pop_front() {
            let before = walk.nodes.len();
            walk.task(&task);
            let weight = walk.new.weighed(task.number).map_or(0, |(_, weight)| weight);
            let cost = 1 + weight / VALUES_PER_PAIR + walk.nodes.len() - before + std::mem::take(&mut walk.looked_at);
            let Some(left) = pairs.checked_sub(cost) else { return limit(walk.step, revision) };
            *pairs = left;
        }
        walk.unvisited(document);
    }

    fn task(&mut self, task: &Task) {
        let (old, new) = (self.old.get(task.number), self.new.get(task.number));
        let node = task.node;
        self.field = self.is.form.nodes.get(&task.number).map(|node| node.name.clone());
        if self.old.is_unread(task.number) || self.new.is_unread(task.number) {
            return self.report(ChangeLevel::NotCompared, What::Unread, node);
        }
        if old.is_none() && new.is_none() {
            return;
        }
        if old.is_some() && self.moved(task.number) && !self.is_fresh(task.number) {
            return self.report(UNDEFINED, What::Prepared, node);
        }
        match task.role {
            Role::Strict => self.strict(old.as_deref(), new.as_deref(), b"", node),
            Role::Free(level) => self.free_object(task.number, old.as_deref(), new.as_deref(), level, node),
            Role::Catalog | Role::Page | Role::Field | Role::Annotation => match (old.as_deref(), new.as_deref()) {
                (Some(Object::Dict(old)), Some(Object::Dict(new))) => match task.role {
                    Role::Catalog => self.catalog(old, new, node),
                    Role::Page => self.page(task.number, old, new, node),
                    Role::Field => self.old_field(task.number, old, new, node),
                    _ => self.annotation(old, new, node),
                },
                (None, Some(Object::Dict(new))) if task.role == Role::Field => {
                    self.new_field(task.number, new, node);
                }
                (old, new) => self.strict(old, new, b"", node),
            },
        }
    }

    /// Whether the tables of the new revision place an object elsewhere than the old ones.
    fn moved(&self, number: u32) -> bool {
        self.old.entry(number) != self.new.entry(number) || self.old.place(number) != self.new.place(number)
    }

    /// Whether the object as it is now stands in the bytes of the new revision.
    fn is_fresh(&mut self, number: u32) -> bool {
        let (new, start) = (self.new, self.start);
        // What is freed lies nowhere.
        *self.fresh.entry(number).or_insert_with(|| new.place(number).is_none_or(|at| at >= start))
    }

    /// Whether objects of the older revision refer to one that it does not have: what comes under that number was waited for.
    fn is_awaited(&self, number: u32) -> bool {
        self.was.referred.contains(&number) && self.old.get(number).is_none()
    }

    fn trailer(&mut self) {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        let keys = old.entries.iter().chain(&new.entries).map(|(key, _)| key);
        let mut seen: Vec<&[u8]> = Vec::new();
        for key in keys {
            if is_structural(key) || seen.contains(&key.as_ref()) {
                continue;
            }
            seen.push(key);
            let node = self.child(0, key, None, None);
            match (key.as_ref(), old.get(key), new.get(key)) {
                (b"Info", before, now) => {
                    self.described_by_info(before, now, node);
                    self.free(before, now, LONG_TERM, key, node);
                }
                (b"Root" | b"Encrypt", before, now) => self.strict(before, now, key, node),
                // Software drops keys of others in its updates: what they led to must still be the same.
                (_, Some(before), None) => self.strict(Some(before), Some(before), key, node),
                (_, before, now) => self.strict(before, now, key, node),
            }
        }
    }

    /// What object streams refer to, their lengths and the places in them, says which objects are in them.
    fn containers(&mut self, document: &Document<'_>) {
        for number in document.containers(self.old.revision) {
            self.visit(number, Role::Strict, 0);
        }
    }

    fn catalog(&mut self, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| match key {
            b"AcroForm" => walk.form(before, now, node),
            b"DSS" => walk.store(before, now, node),
            b"Metadata" => {
                walk.described_by_xmp(before, now, node);
                walk.free(before, now, LONG_TERM, key, node);
            }
            b"Extensions" | b"Version" | b"MarkInfo" => walk.free(before, now, LONG_TERM, key, node),
            _ => walk.strict(before, now, key, node),
        });
    }

    /// Calls `rule` for every key of either dictionary, with both values.
    fn keys(
        &mut self,
        old: &Dict,
        new: &Dict,
        node: usize,
        mut rule: impl FnMut(&mut Self, &[u8], Option<&Object>, Option<&Object>, usize),
    ) {
        let (were, are) = (Keys::of(old), Keys::of(new));
        for (key, before) in &old.entries {
            let now = are.get(key);
            // Equal and leading nowhere: no rule minds.
            if now.is_some_and(|now| !may_lead_on(before) && same_value(before, now)) {
                continue;
            }
            let child = self.child(node, key, None, None);
            rule(self, key, Some(before), now, child);
        }
        for (key, now) in new.entries.iter().filter(|(key, _)| were.get(key).is_none()) {
            let child = self.child(node, key, None, None);
            rule(self, key, None, Some(now), child);
        }
    }

    /// Evidence may come and go; it must be a store of streams and nothing else.
    fn store(&mut self, old: Option<&Object>, new: Option<&Object>, node: usize) {
        let store = self.new.resolve(new);
        let is_store = match store.dict() {
            None => new.is_none(),
            Some(store) => store.entries.iter().all(|(key, value)| match key.as_ref() {
                b"Type" => value.name() == Some(b"DSS"),
                b"Certs" | b"CRLs" | b"OCSPs" => self.holds_streams(value),
                b"VRI" => self.new.resolve(Some(value)).dict().is_some_and(|all| {
                    all.entries.iter().filter(|(key, one)| **key != *b"Type" || one.name().is_none()).all(|(_, one)| {
                        self.new.resolve(Some(one)).dict().is_some_and(|one| self.is_validation_data(one))
                    })
                }),
                _ => false,
            }),
        };
        if is_store {
            self.free(old, new, LONG_TERM, b"DSS", node);
        } else {
            self.report(UNDEFINED, What::Changed, node);
        }
    }

    fn is_validation_data(&self, data: &Dict) -> bool {
        data.entries.iter().all(|(key, value)| match key.as_ref() {
            b"Type" | b"TU" => true,
            b"TS" => matches!(&*self.new.resolve(Some(value)), Object::Stream(_)),
            b"Cert" | b"CRL" | b"OCSP" => self.holds_streams(value),
            _ => false,
        })
    }

    fn holds_streams(&self, value: &Object) -> bool {
        let Some(number) = value.reference() else { return self.holds_streams_only(value) };
        if let Some(&known) = self.lists.borrow().get(&number) {
            return known;
        }
        let holds = self.holds_streams_only(value);
        self.lists.borrow_mut().insert(number, holds);
        holds
    }

    fn holds_streams_only(&self, value: &Object) -> bool {
        let all = self.new.resolve(Some(value));
        all.array().is_some_and(|all| {
            all.iter()
                .all(|one| one.reference().is_some() && matches!(&*self.new.resolve(Some(one)), Object::Stream(_)))
        })
    }

    /// Nothing may differ.
    fn strict(&mut self, old: Option<&Object>, new: Option<&Object>, edge: &[u8], node: usize) {
        match (old.unwrap_or(&Object::Null), new.unwrap_or(&Object::Null)) {
            (Object::Reference(before), Object::Reference(now)) => {
                if before.number == now.number {
                    self.visit(now.number, self.role_of(now.number, edge, Role::Strict), node);
                } else if self.old.get(before.number).is_some() || self.new.get(now.number).is_some() {
                    self.report(UNDEFINED, What::Redirected, node);
                }
            }
            (Object::Array(before), Object::Array(now)) if before.len() == now.len() => {
                for (index, (before, now)) in before.iter().zip(now).enumerate() {
                    if may_lead_on(before) || may_lead_on(now) {
                        let child = self.child(node, b"", Some(index), None);
                        self.strict(Some(before), Some(now), edge, child);
                    } else if !same_value_of(edge, before, now) {
                        self.report(UNDEFINED, What::Changed, node);
                    }
                }
            }
            (Object::Dict(before), Object::Dict(now)) => self.strict_dict(before, now, node),
            (Object::Stream(before), Object::Stream(now)) => {
                self.strict_dict(&before.dict, &now.dict, node);
                if !self.same_body(before, now) {
                    self.report(UNDEFINED, What::Changed, node);
                }
            }
            (before, now) if same_value_of(edge, before, now) => {}
            (Object::Null, _) => self.report(UNDEFINED, What::Added, node),
            (_, Object::Null) => self.report(UNDEFINED, What::Removed, node),
            _ => self.report(UNDEFINED, What::Changed, node),
        }
    }

    fn strict_dict(&mut self, old: &Dict, new: &Dict, node: usize) {
        self.keys(old, new, node, |walk, key, before, now, node| {
            walk.strict(before, now, key, node);
        });
    }

    fn same_body(&self, old: &Stream, new: &Stream) -> bool {
        let file = self.old.document.file;
        old.body == new.body || file[old.body.clone()] == file[new.body.clone()]
    }

    /// May differ, at `level`; what it leads to must be new, or have been part of the document.
    fn free(&mut self, old: Option<&Object>, new: Option<&Object>, level: ChangeLevel, edge: &[u8], node: usize) {
        match (old, new) {
            (Some(before), Some(now)) if same(before, now) => {}
            (None, Some(_)) => self.report(level, What::Added, node),
            (Some(_), None) => self.report(level, What::Removed, node),
            _ => self.report(level, What::Changed, node),
        }
        if let Some(new) = new {
            self.lead_on(new, level, edge, node);
        }
    }

    fn lead_on(&mut self, new: &Object, level: ChangeLevel, edge: &[u8], node: usize) {
        let mut found: Vec<(u32, Role, Name)> = Vec::new();
        new.references(edge, &mut |to, edge| {
            found.push((to.number, self.role_of(to.number, edge, Role::Free(level)), edge.into()));
        });
        for (number, role, key) in found {
            let child = if key.as_ref() == edge { node } else { self.child(node, &key, None, None) };
            self.visit(number, role, child);
        }
    }

    fn free_object(
        &mut self,
        number: u32,
        old: Option<&Object>,
        new: Option<&Object>,
        level: ChangeLevel,
        node: usize,
    ) {
        let Some(new) = new else { return };
        match old {
            None if !self.is_fresh(number) => return self.report(UNDEFINED, What::Prepared, node),
            None if self.is_awaited(number) => return self.report(UNDEFINED, What::Prepared, node),
            None => {}
            Some(_) if !self.was.reachable.contains(&number) => {
                return self.report(UNDEFINED, What::ShadowShown, node);
            }
            Some(old) if self.moved(number) && !self.same_object(old, new) => self.report(level, What::Changed, node),
            Some(_) => {}
        }
        self.lead_on(new, level, b"", node);
    }

    fn same_object(&self, old: &Object, new: &Object) -> bool {
        match (old, new) {
            (Object::Stream(old), Object::Stream(new)) => same_dict(&old.dict, &new.dict) && self.same_body(old, new),
            (old, new) => same(old, new),
        }
    }

    /// Pages, the catalog and fields keep their own rules wherever they are referred to.
    fn role_of(&self, number: u32, edge: &[u8], otherwise: Role) -> Role {
        if self.old.catalog_number() == Some(number) {
            Role::Catalog
        } else if self.was.pages.contains(&number) {
            Role::Page
        } else if FIELD_EDGES.contains(&edge) && self.is_field(number) {
            Role::Field
        } else {
            otherwise
        }
    }

    fn is_field(&self, number: u32) -> bool {
        self.is.form.nodes.contains_key(&number) || self.was.form.nodes.contains_key(&number)
    }

    fn visit(&mut self, number: u32, role: Role, node: usize) {
        if self.visited.insert((number, role)) {
            let node = self.child(node, b"", None, Some(number));
            self.queue.push_back(Task { number, role, node });
        }
    }

    /// Notes an object that was compared where it is referred to.
    fn passed(&mut self, value: Option<&Object>) {
        if let Some(number) = value.and_then(Object::reference) {
            self.visited.insert((number, Role::Free(ChangeLevel::None)));
        }
    }

    /// What the revision lists and nothing leads to.
    fn unvisited(&mut self, document: &Document<'_>) {
        let visited: HashSet<u32> = self.visited.iter().map(|&(number, _)| number).collect();
        let sections = &document.sections[document.revisions[self.new.revision].sections.clone()];
        let own: Vec<u32> = sections.iter().filter_map(|section| Some(section.stream?.number)).collect();
        // A table is no object: what refers to its number leads readers that take it for one to whatever stands there.
        for &number in own.iter().filter(|number| self.is.referred.contains(number)) {
            let node = self.child(0, b"", None, Some(number));
            self.report(UNDEFINED, What::Prepared, node);
        }
        let mut containers: HashSet<u32> = HashSet::new();
        let mut unused = Vec::new();
        for (number, entry) in document.listed(self.new.revision) {
            if let Entry::Within { container, .. } = entry {
                containers.insert(container);
            }
            if entry != Entry::Free && !visited.contains(&number) && !own.contains(&number) && self.moved(number) {
                unused.push(number);
            }
        }
        self.field = None;
        for number in unused.into_iter().filter(|number| !containers.contains(number)) {
            let node = self.child(0, b"", None, Some(number));
            self.nodes[node].parent = node;
            // Somebody may know a way to what was there that is not known here.
            let level = if self.old.generation(number).is_some() { UNDEFINED } else { LONG_TERM };
            self.report(level, What::Unused, node);
        }
    }

    fn child(&mut self, parent: usize, key: &[u8], index: Option<usize>, number: Option<u32>) -> usize {
        self.nodes.push(Node { parent, key: key.into(), index, number });
        self.nodes.len() - 1
    }

    fn report(&mut self, level: ChangeLevel, what: What, node: usize) {
        let (path, object) = self.path(node);
        self.step.take(Change {
            revision: self.new.revision,
            level,
            what,
            object,
            bytes: None,
            path,
            field: self.field.as_deref().map(str::to_owned),
        });
    }

    /// The way from the trailer, and the object it ends in.
    fn path(&self, node: usize) -> (String, Option<u32>) {
        let (mut steps, mut object, mut at) = (Vec::new(), None, node);
        while self.nodes[at].parent != at {
            let node = &self.nodes[at];
            object = object.or(node.number);
            if let Some(index) = node.index {
                steps.push(format!("[{index}]"));
            } else if !node.key.is_empty() {
                steps.push(format!("/{}", String::from_utf8_lossy(&node.key)));
            }
            at = node.parent;
        }
        object = object.or(self.nodes[at].number);
        if steps.len() > PATH_STEPS_MAX {
            steps.truncate(PATH_STEPS_MAX);
            steps.push("…".to_owned());
        }
        steps.reverse();
        (steps.concat(), object)
    }
}

fn may_lead_on(object: &Object) -> bool {
    matches!(object, Object::Reference(_) | Object::Array(_) | Object::Dict(_))
}

#[cfg(test)]
mod tests;
