//! Everything about the signatures of a PDF that a judge needs and that takes knowledge of PDF to tell.
//!
//! [`Reading::of`] finds the signatures in the bytes, so that none can hide from the tables, and then places each in the
//! revisions that the tables describe: which revision it signs, which field holds it, what came after. Everything is a
//! fact or a finding; whether a signature is good is not decided here.
//!
//! What was shown when a signature was made is the file up to the end of its range: [`Signature::signed_revision`].

mod after;
mod fact;
mod moving;

use std::collections::{BTreeMap, HashSet};

use super::change::{ChangeLevel, ChangesAfter, DocMdp, FieldLock, Permission};
use super::compare::Known;
use super::document::{Document, View};
use super::form::{Form, Kind, Node, Visibility};
use super::object::{Dict, Name, Object, Reader, Work};
use super::store::SecurityStore;
use super::string::text_of;
use super::xref::Entry;
use super::{ByteRange, Defect, PdfSignature, SIGNATURES_MAX, explain, scan};

pub use fact::{
    Claims, Encryption, Extent, Holder, Moving, Pages, Presence, Reach, Reading, RevisionFact, Signature, SignatureKind,
};

/// Field names in a lock.
const LOCK_NAMES_MAX: usize = 4096;
/// Fields read, the forms of all revisions together.
const NODES_MAX: usize = 200_000;
/// Later revisions searched for the one that hides a signature.
const HIDING_TRIED_MAX: usize = 16;
/// Objects asked for what they refer to, for all signatures together.
const PAIRS_MAX: usize = 500_000;
/// Certificates in `/Cert` of a signature dictionary.
const CERTIFICATES_MAX: usize = 16;

impl Reading {
    /// Reads a file; for one that is no PDF everything is empty.
    pub fn of(file: &[u8]) -> Self {
        let mut found = super::signatures(file);
        let document = Document::read(file);
        let mut forms = Forms { document: &document, known: BTreeMap::new(), left: NODES_MAX, pairs: PAIRS_MAX };
        let last = document.revisions.len().checked_sub(1);
        if let Some(last) = last {
            signed_fields(&document, forms.of(last), &mut found);
        }
        found.sort_by_key(|one| (one.byte_range.as_ref().map_or(one.at, |range| range.end), one.at));
        let mut signatures: Vec<Signature> =
            found.into_iter().map(|dictionary| place(&document, &mut forms, dictionary)).collect();
        leave_inner_files(&document, &mut signatures);
        share(&mut signatures);
        after::fill(&document, &mut signatures);
        let certification = signatures.iter().enumerate().find_map(|(index, one)| match one.kind {
            SignatureKind::Certification(rule) => Some((index, rule)),
            _ => None,
        });
        let empty_fields = last.map_or_else(Vec::new, |last| empty_fields(forms.of(last)));
        let shown_by_nobody = last.map_or_else(Vec::new, |last| shown_by_nobody(&mut forms, last, &signatures));
        let is_broken = |one: &Signature| one.dictionary.byte_range.is_err() || one.dictionary.contents.is_err();
        let presence = match (signatures.is_empty(), empty_fields.is_empty()) {
            (true, true) => Presence::None,
            (true, false) => Presence::EmptyFields,
            (false, _) if signatures.iter().any(is_broken) => Presence::Broken,
            (false, _) => Presence::Signatures,
        };
        Self {
            presence,
            signatures,
            empty_fields,
            shown_by_nobody,
            revisions: (0..document.revisions.len()).map(|revision| fact(&document, revision)).collect(),
            store: SecurityStore::read(&document),
            certification,
            pages: if document.last_view().is_some_and(scan::are_pictures) { Pages::Pictures } else { Pages::Other },
            moving: document.last_view().map_or_else(Vec::new, moving::moving),
            encryption: encryption(&document),
            damage: document.damage,
        }
    }
}

/// By the security handler that the newest trailer names.
fn encryption(document: &Document<'_>) -> Encryption {
    if !document.is_encrypted {
        return Encryption::None;
    }
    let named = document.last_view().map(|view| {
        let handler = view.resolve(view.trailer().get(b"Encrypt"));
        handler.dict().and_then(|handler| handler.name(b"Filter")).map(<[u8]>::to_vec)
    });
    match named.flatten().as_deref() {
        Some(b"Standard") => Encryption::Password,
        Some(b"Adobe.PubSec" | b"Adobe.PPKLite" | b"Entrust.PPKEF") => Encryption::Recipients,
        _ => Encryption::Other,
    }
}

fn fact(document: &Document<'_>, revision: usize) -> RevisionFact {
    let sections = &document.sections[document.revisions[revision].sections.clone()];
    RevisionFact {
        end: document.revisions[revision].ending.end,
        sections: sections.iter().map(|section| section.span.start).collect(),
        objects: sections.iter().map(|section| section.entries.len()).sum(),
    }
}

/// Forms by revision.
struct Forms<'f, 'a> {
    document: &'f Document<'a>,
    known: BTreeMap<usize, Form>,
    /// Fields that may still be read; none are read once it is 0.
    left: usize,
    /// Objects that may still be asked for what they refer to.
    pairs: usize,
}

impl Forms<'_, '_> {
    fn of(&mut self, revision: usize) -> &Form {
        let (document, left) = (self.document, &mut self.left);
        self.known.entry(revision).or_insert_with(|| {
            if *left == 0 {
                return Form::default();
            }
            let form = Form::of(document.view(revision));
            *left = if form.is_cut { 0 } else { left.saturating_sub(form.nodes.len()) };
            form
        })
    }
}

/// Leaves out what no field leads to and stands in the bytes of a stream: a signature of another file, held inside this
/// one as it is.
fn leave_inner_files(document: &Document<'_>, signatures: &mut Vec<Signature>) {
    let stands_alone = |one: &Signature| one.reach == Reach::Never && one.holders.is_empty();
    if !signatures.iter().any(stands_alone) {
        return;
    }
    let entries = document.sections.iter().flat_map(|section| &section.entries);
    let written = entries.filter_map(|(_, entry)| if let Entry::At(at, _) = entry { Some(*at) } else { None });
    let mut starts: Vec<usize> = written.collect();
    starts.sort_unstable();
    signatures.retain(|one| {
        let at = one.dictionary.at;
        let nearest = starts[..starts.partition_point(|&start| start <= at)].last();
        let object = nearest.filter(|_| stands_alone(one)).and_then(|&start| document.object_at(start));
        !object.is_some_and(|object| matches!(&*object.value, Object::Stream(stream) if stream.body.contains(&at)))
    });
}

/// Adds signed fields whose dictionary was not found in the bytes: without its keys, or in an object stream.
fn signed_fields(document: &Document<'_>, form: &Form, found: &mut Vec<PdfSignature>) {
    let Some(view) = document.last_view() else { return };
    let mut fields: Vec<(u32, Option<u32>)> = form
        .nodes
        .iter()
        .filter(|&(&at, node)| node.kind == Kind::Signature && node.has_value && node.field == at)
        .map(|(&at, node)| (at, node.value))
        .collect();
    fields.sort_unstable();
    for (field, value) in fields {
        let number = value.unwrap_or(field);
        let Some(entry) = view.entry(number) else { continue };
        let is_found = match entry {
            Entry::Free => continue,
            Entry::At(at, _) => {
                let Some(object) = document.object_at(at) else { continue };
                found.iter().any(|one| object.span.contains(&one.at))
            }
            Entry::Within { .. } => false,
        };
        if !is_found && found.len() < SIGNATURES_MAX {
            let in_stream = matches!(entry, Entry::Within { .. });
            let defect = if in_stream { Defect::InObjectStream } else { Defect::ByteRangeMissing };
            let contents = if in_stream { Defect::InObjectStream } else { Defect::ContentsMissing };
            let mut broken = PdfSignature::broken(view.place(number).unwrap_or(0), defect);
            broken.contents = Err(contents);
            found.push(broken);
        }
    }
}

fn empty_fields(form: &Form) -> Vec<String> {
    let empty =
        form.nodes.iter().filter(|&(&at, node)| node.kind == Kind::Signature && !node.has_value && node.field == at);
    let mut names: Vec<String> = empty.map(|(_, node)| node.name.to_string()).collect();
    names.sort_unstable();
    names
}

/// The fields that show something on pages since somebody signed, and in which nobody signs: they hold nothing, or a
/// time-stamp, which any authority gives to anybody.
fn shown_by_nobody(forms: &mut Forms<'_, '_>, last: usize, signatures: &[Signature]) -> Vec<String> {
    let is_signer = |one: &&Signature| matches!(one.kind, SignatureKind::Approval | SignatureKind::Certification(_));
    let Some(first) = signatures.iter().find(is_signer).and_then(|one| one.revision) else { return Vec::new() };
    let is_stamp = |one: &&Signature| one.kind == SignatureKind::DocumentTimeStamp && one.revision > Some(first);
    let stamps = signatures.iter().filter(is_stamp).flat_map(|one| &one.holders);
    let stamps = stamps.filter(|holder| holder.visibility == Visibility::Visible).map(|holder| holder.name.clone());
    let known: HashSet<u32> = forms.of(first).nodes.keys().copied().collect();
    let form = forms.of(last);
    let is_empty = |at: u32, node: &Node| node.kind == Kind::Signature && !node.has_value && node.field == at;
    let new = form.nodes.iter().filter(|&(&at, node)| is_empty(at, node) && !known.contains(&at));
    let empty =
        new.filter(|&(&at, _)| form.visibility(at) == Visibility::Visible).map(|(_, node)| node.name.to_string());
    let mut names: Vec<String> = stamps.chain(empty).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Finds the place of one signature in the revisions.
fn place(document: &Document<'_>, forms: &mut Forms<'_, '_>, dictionary: PdfSignature) -> Signature {
    let (object, start) = object_of(document.file, dictionary.at);
    let (revision, extent) = extent(document, dictionary.byte_range.as_ref().ok());
    let mut signature = Signature {
        dictionary,
        object,
        kind: SignatureKind::Approval,
        revision,
        extent,
        holders: Vec::new(),
        reach: Reach::Never,
        claims: Claims::default(),
        doc_mdp: None,
        field_lock: None,
        same_value_as: Vec::new(),
        changes_after: ChangesAfter {
            level: ChangeLevel::None,
            changes: Vec::new(),
            count: 0,
            permission: Permission::NoRule,
        },
    };
    let Some(last) = document.revisions.len().checked_sub(1) else { return signature };
    let at = revision.unwrap_or(last);
    let view = document.view(at);
    read_dictionary(document, view, &mut signature);
    let Some(number) = object else { return signature };
    let is_held = |forms: &mut Forms<'_, '_>, revision: usize| {
        let view = document.view(revision);
        let is_this = view.place(number).and_then(|at| document.object_at(at)).is_some_and(|it| it.span.start == start);
        is_this && (!forms.of(revision).holders(number).is_empty() || is_in_perms(view, number))
    };
    signature.reach = match (is_held(forms, at), is_held(forms, last)) {
        (true, true) => Reach::Throughout,
        (true, false) => {
            let hides = (at + 1..=last).take(HIDING_TRIED_MAX).find(|&later| !is_held(forms, later));
            Reach::HiddenBy(hides.unwrap_or(last))
        }
        (false, true) => Reach::OnlyLater,
        (false, false) => Reach::Never,
    };
    if forms.left == 0 {
        signature.reach = Reach::Unknown;
    }
    let form = forms.of(at);
    let holders = form.holders(number);
    if let Some(&(field, _)) = holders.first() {
        let object = view.get(field);
        let lock = view.resolve(object.as_deref().and_then(Object::dict).and_then(|field| field.get(b"Lock")));
        if let Some(lock) = lock.dict() {
            signature.field_lock = signature.field_lock.take().or_else(|| field_lock(view, lock));
            let p = view.resolve(lock.get(b"P")).integer();
            signature.doc_mdp = signature.doc_mdp.or(p.map(|p| DocMdp::of(Some(p))));
        }
    }
    signature.holders = holders
        .iter()
        .map(|&(object, node)| Holder { name: node.name.to_string(), object, visibility: form.visibility(object) })
        .collect();
    // Whatever it says of itself: what anything but the usage rights leads to readers may show as a signature.
    if signature.kind == SignatureKind::UsageRights
        && ![at, last].into_iter().all(|one| is_of_rights_alone(forms, one, number))
    {
        signature.kind = SignatureKind::Approval;
    }
    signature
}

/// Whether a revision leads to a signature as its usage rights, and in no other way.
fn is_of_rights_alone(forms: &mut Forms<'_, '_>, revision: usize, number: u32) -> bool {
    let view = forms.document.view(revision);
    let keys = keys_in_perms(view, number);
    !keys.is_empty()
        && keys.iter().all(|key| [&b"UR3"[..], b"UR"].contains(&key.as_ref()))
        && forms.of(revision).holders(number).is_empty()
        && Known::count(view, number, &mut forms.pairs) == Some(1)
}

/// The object whose dictionary opens at `at`, and where its header begins.
fn object_of(file: &[u8], at: usize) -> (Option<u32>, usize) {
    let before = file[..at.min(file.len())].trim_ascii_end();
    let header = before.strip_suffix(b"obj").and_then(explain::header_before);
    header.map_or((None, 0), |(start, number)| (number, start))
}

fn extent(document: &Document<'_>, range: Option<&ByteRange>) -> (Option<usize>, Extent) {
    let Some(range) = range else { return (None, Extent::Unknown) };
    let file = document.file;
    let revision = document.revisions.partition_point(|revision| revision.ending.end <= range.end).checked_sub(1);
    let revision =
        revision.filter(|&revision| explain::is_blank(&file[document.revisions[revision].ending.end..range.end]));
    let after = file.len() - range.end;
    let extent = match revision {
        _ if after == 0 => Extent::WholeFile,
        _ if explain::is_blank(&file[range.end..]) => Extent::WholeFileButSpace(after),
        Some(_) => Extent::Revision(after),
        None => Extent::PartOfRevision(after),
    };
    (revision, extent)
}

fn is_in_perms(view: View<'_, '_>, number: u32) -> bool {
    !keys_in_perms(view, number).is_empty()
}

/// The keys under which `/Perms` of the catalog names an object.
fn keys_in_perms(view: View<'_, '_>, number: u32) -> Vec<Name> {
    let catalog = view.catalog();
    let perms = view.resolve(catalog.as_deref().and_then(Object::dict).and_then(|catalog| catalog.get(b"Perms")));
    let entries = perms.dict().map_or(&[][..], |perms| &perms.entries);
    entries.iter().filter(|(_, value)| value.reference() == Some(number)).map(|(key, _)| key.clone()).collect()
}

/// Reads the keys of the dictionary that need no exact position.
fn read_dictionary(document: &Document<'_>, view: View<'_, '_>, signature: &mut Signature) {
    let file = document.file;
    let mut work = Work::for_file(&[]);
    let Ok(Object::Dict(dict)) = Reader::new(file, signature.dictionary.at, &mut work).value() else { return };
    let is_stamp = dict.name(b"Type") == Some(b"DocTimeStamp") || dict.name(b"SubFilter") == Some(b"ETSI.RFC3161");
    if is_stamp {
        signature.kind = SignatureKind::DocumentTimeStamp;
    }
    references(view, &dict, signature);
    if document.is_encrypted {
        signature.dictionary.reason = None;
        signature.dictionary.claimed_name = None;
        signature.dictionary.claimed_time = None;
        return;
    }
    let text = |dict: &Dict, key: &[u8]| view.resolve(dict.get(key)).string().map(|bytes| text_of(&bytes));
    let build = view.resolve(dict.get(b"Prop_Build"));
    let app = view.resolve(build.dict().and_then(|build| build.get(b"App")));
    let software = view.resolve(app.dict().and_then(|app| app.get(b"Name")));
    let cert = view.resolve(dict.get(b"Cert"));
    signature.claims = Claims {
        name: text(&dict, b"Name"),
        reason: text(&dict, b"Reason"),
        location: text(&dict, b"Location"),
        contact: text(&dict, b"ContactInfo"),
        software: software.name().map(text_of),
        certificates: match &*cert {
            Object::Array(all) => {
                all.iter().take(CERTIFICATES_MAX).filter_map(|one| view.resolve(Some(one)).string()).collect()
            }
            one => one.string().into_iter().collect(),
        },
    };
}

/// `/Reference`: the transforms DocMDP, FieldMDP, UR and UR3.
fn references(view: View<'_, '_>, dict: &Dict, signature: &mut Signature) {
    let all = view.resolve(dict.get(b"Reference"));
    for reference in all.array().unwrap_or_default() {
        let reference = view.resolve(Some(reference));
        let Some(reference) = reference.dict() else { continue };
        let parameters = view.resolve(reference.get(b"TransformParams"));
        let none = Dict::default();
        let parameters = parameters.dict().unwrap_or(&none);
        match view.resolve(reference.get(b"TransformMethod")).name() {
            Some(b"DocMDP") => {
                let rule = DocMdp::of(view.resolve(parameters.get(b"P")).integer());
                signature.kind = SignatureKind::Certification(rule);
                signature.doc_mdp = Some(rule);
            }
            Some(b"FieldMDP") => signature.field_lock = field_lock(view, parameters),
            Some(b"UR" | b"UR3") => signature.kind = SignatureKind::UsageRights,
            _ => {}
        }
    }
}

fn field_lock(view: View<'_, '_>, lock: &Dict) -> Option<FieldLock> {
    let fields = view.resolve(lock.get(b"Fields"));
    let names = || {
        let all = fields.array().unwrap_or_default().iter().take(LOCK_NAMES_MAX);
        all.filter_map(|name| view.resolve(Some(name)).string()).map(|bytes| text_of(&bytes)).collect()
    };
    match view.resolve(lock.get(b"Action")).name()? {
        b"All" => Some(FieldLock::All),
        b"Include" => Some(FieldLock::Include(names())),
        b"Exclude" => Some(FieldLock::Exclude(names())),
        _ => None,
    }
}

/// Notes which signatures have the same value.
fn share(signatures: &mut [Signature]) {
    for at in 0..signatures.len() {
        let Ok(contents) = &signatures[at].dictionary.contents else { continue };
        let same = signatures.iter().enumerate().filter(|&(other, one)| {
            other != at && one.dictionary.contents.as_ref().is_ok_and(|others| others == contents)
        });
        let same: Vec<usize> = same.map(|(other, _)| other).collect();
        signatures[at].same_value_as = same;
    }
}

#[cfg(test)]
mod tests;
