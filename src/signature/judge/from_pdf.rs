//! Facts out of PDF files: signatures in their revisions, document time-stamps, and the evidence that came with them.
//!
//! A document time-stamp proves the existence of what lies in its range: values and their contents, and the evidence
//! in the store. A signature that covers a document time-stamp was made after it.

use super::collect::Collector;
use super::facts::{
    Appearance, ChangeLevel, Changes, Claim, Claimed, Coverage, Data, DocumentFact, Format, Identification, Made,
    Object, Origin, Outcome, Permission, Revision, Scope, Signature, TokenId, TokenKind,
};
use super::from_cms::{self, Setting, digest_outcome, value_outcome};
use std::cell::Cell;

use crate::digest::Sha256;
use crate::signature::Reason;
use crate::signature::algorithm::{DigestAlgorithm, DigestValue};
use crate::signature::cms::{Bound, Content, Note, SignedData, pkcs1};
use crate::signature::pdf::change::{self, Breach};
use crate::signature::pdf::form::Visibility;
use crate::signature::pdf::store::EvidenceKind;
use crate::signature::pdf::{self, Encryption, Extent, Moving, Pages, Reading, SignatureKind, Wanted};
use crate::signature::policy::Algorithm;
use crate::signature::timestamp::TimeStampToken;
use crate::signature::x509::Certificate;

/// Words about changes kept of one signature.
const ITEMS_MAX: usize = 32;
/// Bytes hashed outside the one pass over a file: for algorithms that it does not make, at 250 MB a second.
const HASHED_APART_MAX: usize = 512 << 20;

/// The kind whose value is no CMS, and its certificates stand beside it.
const BARE: &str = "adbe.x509.rsa_sha1";

/// Takes everything about a PDF that is inside something else, where it bears a name; gives what stands in it.
pub(super) fn take_inside(collector: &mut Collector<'_>, file: &[u8], name: &str) -> Vec<Object> {
    let (signatures, tokens) = (collector.facts.signatures.len(), collector.facts.tokens.len());
    let whole = collector.whole.take();
    let objects = take(collector, file);
    collector.whole = whole;
    let inside = |place: &mut String| *place = format!("{name}: {place}");
    collector.facts.signatures[signatures..].iter_mut().for_each(|one| inside(&mut one.place));
    collector.facts.tokens[tokens..].iter_mut().for_each(|one| inside(&mut one.place));
    objects
}

/// Takes everything about a PDF; gives the values, certificates and lists that stand in it.
pub(super) fn take(collector: &mut Collector<'_>, file: &[u8]) -> Vec<Object> {
    let reading = Reading::of(file);
    let evidence = store(collector, file, &reading);
    let parsed: Vec<Parsed> = reading.signatures.iter().map(Parsed::of).collect();
    let (digests, whole) = digests(file, &reading, &parsed);
    collector.whole = whole;
    let left = Cell::new(HASHED_APART_MAX);
    let mut taken: Vec<Taken> = Vec::new();
    for (number, signature) in reading.signatures.iter().enumerate() {
        if signature.kind == SignatureKind::UsageRights {
            taken.push(Taken::default());
            continue;
        }
        let covered = Covered { file, signature, digests: &digests[number], left: &left };
        let place = signature
            .holders
            .first()
            .map_or_else(|| format!("byte {}", signature.dictionary.at), |holder| holder.name.clone());
        let before: Vec<TokenId> = earlier(&reading, number).filter_map(|other| taken[other].token).collect();
        taken.push(if signature.kind == SignatureKind::DocumentTimeStamp {
            let mut covers: Vec<Object> =
                earlier(&reading, number).flat_map(|other| taken[other].objects.clone()).collect();
            let range = signature.dictionary.byte_range.as_ref().ok();
            let in_range = evidence.iter().filter(|(at, _)| range.is_some_and(|range| at.end <= range.gap.start));
            covers.extend(in_range.map(|(_, object)| *object));
            document_time_stamp(collector, &parsed[number], &covered, &place, covers)
        } else {
            approval(collector, &reading, number, &parsed[number], &covered, &place, &before)
        });
    }
    about_document(collector, &reading);
    let objects = taken.into_iter().flat_map(|one| one.objects);
    objects.chain(evidence.into_iter().map(|(_, object)| object)).collect()
}

/// Takes what is to be said of a PDF that is signed from around or beside, its own signatures left alone.
pub(super) fn take_signed_content(collector: &mut Collector<'_>, content: &[u8]) {
    if content.starts_with(b"%PDF-") {
        about_document(collector, &Reading::of(content));
    }
}

/// What one signature dictionary gave.
#[derive(Default)]
struct Taken {
    token: Option<TokenId>,
    objects: Vec<Object>,
}

/// A value, read as far as it can be.
enum Parsed {
    Cms(Box<SignedData>),
    /// A bare value (`adbe.x509.rsa_sha1`).
    Bare,
    Broken(String),
}

impl Parsed {
    fn of(signature: &pdf::Signature) -> Self {
        let contents = match &signature.dictionary.contents {
            Ok(contents) => contents,
            Err(defect) => return Self::Broken(defect.to_string()),
        };
        if contents.iter().all(|&byte| byte == 0) {
            return Self::Broken("/Contents holds nothing but zeros".into());
        }
        if signature.dictionary.sub_filter.as_deref() == Some(BARE) {
            return Self::Bare;
        }
        SignedData::read(contents)
            .map_or_else(|error| Self::Broken(error.to_string()), |data| Self::Cms(Box::new(data)))
    }
}

/// The numbers of signatures whose whole dictionary and range lie before the gap of this one.
fn earlier(reading: &Reading, number: usize) -> impl Iterator<Item = usize> + '_ {
    let gap = reading.signatures[number].dictionary.byte_range.as_ref().ok().map(|range| range.gap.start);
    let before = move |other: &pdf::Signature| {
        let range = other.dictionary.byte_range.as_ref().ok();
        range.zip(gap).is_some_and(|(range, gap)| range.end <= gap)
    };
    (0..number).filter(move |&other| before(&reading.signatures[other]))
}

/// The covered bytes of one signature, by the digests that were made in one pass.
struct Covered<'a> {
    file: &'a [u8],
    signature: &'a pdf::Signature,
    digests: &'a [(DigestAlgorithm, DigestValue)],
    /// Bytes that may still be hashed, or copied, outside that pass, for all signatures of the file together.
    left: &'a Cell<usize>,
}

impl Covered<'_> {
    fn spend(&self, range: &pdf::ByteRange, weight: usize) -> Option<()> {
        let bytes: usize = range.slices(self.file).iter().map(|slice| slice.len()).sum();
        self.left.set(self.left.get().checked_sub(bytes.saturating_mul(weight))?);
        Some(())
    }
}

impl Content for Covered<'_> {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<DigestValue, Reason> {
        if let Some((_, known)) = self.digests.iter().find(|(known, _)| *known == algorithm) {
            return Ok(*known);
        }
        let range = self.signature.dictionary.byte_range.as_ref().map_err(|&defect| Reason::from(defect))?;
        self.spend(range, algorithm.weight()).ok_or(Reason::TooMuchCovered)?;
        Ok(algorithm.of_parts(&range.slices(self.file)))
    }

    fn slices(&self) -> Option<Vec<&[u8]>> {
        let range = self.signature.dictionary.byte_range.as_ref().ok()?;
        self.spend(range, 1)?;
        Some(range.slices(self.file).to_vec())
    }
}

/// The digests of what one signature covers.
type Digests = Vec<(DigestAlgorithm, DigestValue)>;

/// Every digest that will be asked for, and SHA-256 of the file, in one pass over it.
fn digests(file: &[u8], reading: &Reading, parsed: &[Parsed]) -> (Vec<Digests>, Option<Sha256>) {
    let mut wanted = Vec::new();
    let mut whose = Vec::new();
    for (number, (signature, parsed)) in reading.signatures.iter().zip(parsed).enumerate() {
        let (Ok(range), Parsed::Cms(data)) = (&signature.dictionary.byte_range, parsed) else { continue };
        let mut algorithms: Vec<DigestAlgorithm> =
            data.signers.iter().filter_map(|signer| signer.digest().ok()).collect();
        if signature.kind == SignatureKind::DocumentTimeStamp {
            let info =
                data.content.as_deref().and_then(|content| crate::signature::timestamp::TstInfo::read(content).ok());
            algorithms = info.and_then(|info| info.digest().ok()).into_iter().collect();
        }
        algorithms.dedup();
        for algorithm in algorithms {
            if let Some(aws) = aws(algorithm) {
                wanted.push(Wanted { range, algorithm: aws });
                whose.push((number, algorithm));
            }
        }
    }
    let whole = pdf::ByteRange { gap: file.len()..file.len(), end: file.len() };
    wanted.push(Wanted { range: &whole, algorithm: &aws_lc_rs::digest::SHA256 });
    let mut found = pdf::digests(file, &wanted);
    let sha256 = found.pop().flatten().and_then(|digest| digest.as_ref().try_into().ok()).map(Sha256);
    let mut results = vec![Vec::new(); parsed.len()];
    for ((number, algorithm), digest) in whose.into_iter().zip(found) {
        results[number].extend(digest.map(|digest| (algorithm, DigestValue::of(digest.as_ref()))));
    }
    (results, sha256)
}

fn aws(algorithm: DigestAlgorithm) -> Option<&'static aws_lc_rs::digest::Algorithm> {
    use aws_lc_rs::digest;
    Some(match algorithm {
        DigestAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha256 => &digest::SHA256,
        DigestAlgorithm::Sha384 => &digest::SHA384,
        DigestAlgorithm::Sha512 => &digest::SHA512,
        _ => return None,
    })
}

fn document_time_stamp(
    collector: &mut Collector<'_>,
    parsed: &Parsed,
    covered: &Covered<'_>,
    place: &str,
    covers: Vec<Object>,
) -> Taken {
    let dictionary = &covered.signature.dictionary;
    let token = match parsed {
        Parsed::Cms(data) => TimeStampToken::from_slice(&data.raw).map_err(|error| error.to_string()),
        Parsed::Bare => Err("no time-stamp token".to_owned()),
        Parsed::Broken(why) => Err(why.clone()),
    };
    match token {
        Ok(token) => {
            let imprint = match &dictionary.byte_range {
                Ok(_) => digest_outcome(&token.info.stamps(covered)),
                Err(defect) => Outcome::NotFound(defect.to_string()),
            };
            let (id, objects) =
                from_cms::token_facts(collector, &token, place, TokenKind::Document, imprint, covers, 0);
            if matches!(collector.facts.tokens[id.0].made.data.first(), Some(Data { outcome: Outcome::Differs, .. })) {
                let why = format!("document time-stamp {place}: the bytes that it covers were changed since");
                collector.facts.document.push(DocumentFact::Damaged(why));
            }
            if let Err(defect) = &dictionary.byte_range {
                collector.facts.tokens[id.0].made.defects.push(defect.to_string());
            }
            Taken { token: Some(id), objects }
        }
        Err(why) => {
            collector.facts.document.push(DocumentFact::Damaged(format!("document time-stamp {place}: {why}")));
            Taken::default()
        }
    }
}

fn approval(
    collector: &mut Collector<'_>,
    reading: &Reading,
    number: usize,
    parsed: &Parsed,
    covered: &Covered<'_>,
    place: &str,
    before: &[TokenId],
) -> Taken {
    let signature = covered.signature;
    let dictionary = &signature.dictionary;
    let format = match dictionary.sub_filter.as_deref() {
        Some("ETSI.CAdES.detached") => Format::Pades,
        _ => Format::PdfCms,
    };
    let first = collector.facts.signatures.len();
    let mut objects = Vec::new();
    match parsed {
        Parsed::Broken(_) if is_unknown(dictionary) => {
            collector.facts.signatures.push(unknown(place, format, dictionary));
        }
        Parsed::Broken(why) => collector.facts.signatures.push(broken(place, format, dictionary, why)),
        Parsed::Bare => {
            let (one, object) = bare(collector, covered, place);
            objects.push(object);
            collector.facts.signatures.push(one);
        }
        Parsed::Cms(data) if data.signers.len() == 1 => {
            let known = Bound::of_sub_filter(dictionary.sub_filter.as_deref());
            let setting = Setting { place, bound: known.unwrap_or(Bound::Detached), content: covered, format };
            objects = from_cms::signed_data(collector, data, &setting).objects;
            if known.is_none()
                && let Some(one) = collector.facts.signatures.get_mut(first)
            {
                doubt(one, dictionary);
            }
        }
        Parsed::Cms(data) => {
            let why = format!("{} signers instead of one", data.signers.len());
            collector.facts.signatures.push(broken(place, format, dictionary, &why));
        }
    }
    // A counter-signature inside stands after the one that it countersigns.
    if let Some(one) = collector.facts.signatures.get_mut(first) {
        settle(one, reading, number, covered.file, before);
        if let Parsed::Cms(data) = parsed {
            quirks(one, data);
            if data.notes.contains(&Note::BytesAfter) {
                let why = format!("{place}: {} bytes stand after the value, inside /Contents", data.bytes_after);
                collector.facts.document.push(DocumentFact::Damaged(why));
            }
        }
    }
    Taken { token: None, objects }
}

/// Fills in what the file says about a signature.
fn settle(one: &mut Signature, reading: &Reading, number: usize, file: &[u8], before: &[TokenId]) {
    let signature = &reading.signatures[number];
    let dictionary = &signature.dictionary;
    if let Err(defect) = &dictionary.byte_range {
        let defect = defect.to_string();
        if !one.made.defects.contains(&defect) {
            one.made.defects.push(defect);
        }
    }
    if !signature.same_value_as.is_empty() {
        one.made.defects.push("the same value stands for several signatures".into());
    }
    // A file whose tables are broken has no revisions that could be told; where a state ends is told by its mark then.
    let ends_state = |end: usize| file[..end].trim_ascii_end().ends_with(b"%%EOF");
    let end = dictionary.byte_range.as_ref().map_or(0, |range| range.end);
    if let (Extent::PartOfRevision(after), false) = (signature.extent, ends_state(end)) {
        one.made.defects.push(format!("the range ends inside a revision, {after} bytes before the end of the file"));
    }
    if let Extent::WholeFileButSpace(bytes) = signature.extent {
        one.made.notes.push(format!("{bytes} bytes of white space at the end are not covered"));
    }
    one.after.extend(before.iter().copied());
    one.claimed = one.claimed.or(dictionary.claimed_time.map(|at| Claimed { at, by: Claim::Unsigned }));
    one.coverage = Coverage {
        scope: if dictionary.byte_range.is_ok() { Scope::Whole } else { Scope::Unknown },
        covered: Vec::new(),
        uncovered: Vec::new(),
        signed_bytes: signature.signed_revision().map(|range| range.start as u64..range.end as u64),
        revision: signature.revision.map_or(Revision::None, |revision| Revision::Of(revision, reading.revisions.len())),
    };
    one.changes = changes(&signature.changes_after);
    one.appearance = match signature.visibility() {
        Visibility::Visible => Appearance::Visible,
        Visibility::Invisible => Appearance::Invisible,
    };
}

/// What is unusual about the value of a PDF signature.
fn quirks(one: &mut Signature, data: &SignedData) {
    // Zero padding is how values stand in PDF files.
    let padding = format!("{:?}", Note::ZeroPadding);
    one.made.notes.retain(|note| *note != padding);
    if data.content.is_some() && one.made.data.iter().all(|data| data.outcome == Outcome::Matches) {
        one.made.notes.push("content stands inside a value that is said to be detached".into());
    }
}

fn changes(after: &change::ChangesAfter) -> Changes {
    let level = match after.level {
        change::ChangeLevel::None => ChangeLevel::None,
        change::ChangeLevel::LongTermOnly => ChangeLevel::LtaOnly,
        change::ChangeLevel::FormFillAndSign => ChangeLevel::FormFillSign,
        change::ChangeLevel::Annotations => ChangeLevel::Annotations,
        change::ChangeLevel::NotCompared => ChangeLevel::NotCompared,
        change::ChangeLevel::Undefined => ChangeLevel::Undefined,
        change::ChangeLevel::Unparsable => ChangeLevel::Unparsable,
    };
    let permission = match &after.permission {
        change::Permission::NoRule => Permission::NoRule,
        change::Permission::Allowed => Permission::Allowed,
        change::Permission::Unknown => Permission::Unknown,
        change::Permission::Forbidden(Breach::DocMdp(rule, level)) => {
            Permission::Forbidden(format!("{rule:?} does not allow {level:?}"))
        }
        change::Permission::Forbidden(Breach::Field(field)) => {
            Permission::Forbidden(format!("field {field} is locked"))
        }
    };
    let items = after.changes.iter().filter(|change| change.level == after.level).take(ITEMS_MAX);
    let items = items.map(|change| match change.path.as_str() {
        "" => format!("{:?}", change.what),
        path => format!("{:?} {path}", change.what),
    });
    let fields = |fits: &dyn Fn(change::What) -> bool| {
        let changes = after.changes.iter().filter(|change| fits(change.what));
        let mut fields: Vec<String> = changes.filter_map(|change| change.field.clone()).collect();
        fields.sort();
        fields.dedup();
        fields.truncate(ITEMS_MAX);
        fields
    };
    let described = after.changes.iter().filter(|change| change.what == change::What::Described);
    Changes {
        level,
        permission,
        items: items.collect(),
        fields_filled: fields(&|_| true),
        filled_over: fields(&|what| what == change::What::FilledOver),
        filled_unlike: fields(&|what| what == change::What::FilledUnlike),
        described: described.map(|change| change.path.clone()).take(ITEMS_MAX).collect(),
    }
}

/// A signature of which nothing but its defect is known.
fn broken(place: &str, format: Format, dictionary: &pdf::PdfSignature, why: &str) -> Signature {
    let contents = dictionary.contents.as_deref().unwrap_or_default();
    Signature {
        place: place.to_owned(),
        part: 0,
        format,
        made: Made {
            object: Sha256::of_parts(&[place.as_bytes(), contents]),
            defects: vec![why.to_owned()],
            notes: Vec::new(),
            signer: Identification::Absent,
            data: Vec::new(),
            value: Outcome::NotChecked(why.to_owned()),
            algorithms: Vec::new(),
        },
        claimed: None,
        policy: None,
        countersigns: None,
        after: Vec::new(),
        coverage: Coverage::default(),
        changes: Changes::default(),
        appearance: Appearance::NotApplicable,
    }
}

/// Whether nobody here knows what the value of a signature is over.
fn is_unknown(dictionary: &pdf::PdfSignature) -> bool {
    let kind = dictionary.sub_filter.as_deref();
    kind != Some(BARE) && Bound::of_sub_filter(kind).is_none()
}

/// A signature of a kind that is not known here, and that can't be read: nothing is known against it, and nothing for it.
fn unknown(place: &str, format: Format, dictionary: &pdf::PdfSignature) -> Signature {
    let mut one = broken(place, format, dictionary, "");
    one.made.defects.clear();
    doubt(&mut one, dictionary);
    one
}

/// What fits as a usual signature proves nothing about one of a kind that is not known here.
fn doubt(one: &mut Signature, dictionary: &pdf::PdfSignature) {
    let why = format!("the kind {} is not known", dictionary.sub_filter.as_deref().unwrap_or_default());
    let fits = one.made.data.iter_mut().filter(|data| data.outcome == Outcome::Matches);
    fits.for_each(|data| data.outcome = Outcome::Unsupported(why.clone()));
    if one.made.value != Outcome::Differs {
        one.made.value = Outcome::Unsupported(why);
    }
}

/// `adbe.x509.rsa_sha1`: a bare value, certificates beside it.
fn bare(collector: &mut Collector<'_>, covered: &Covered<'_>, place: &str) -> (Signature, Object) {
    let dictionary = &covered.signature.dictionary;
    let contents = dictionary.contents.as_deref().unwrap_or_default();
    let certificates = &covered.signature.claims.certificates;
    let certificates: Vec<Certificate> = certificates.iter().filter_map(|one| Certificate::read(one).ok()).collect();
    let (check, digest) = pkcs1::check(contents, certificates.first(), covered, collector.budget);
    for one in &certificates {
        collector.certificate(one, Origin::Signature);
    }
    let mut one = broken(place, Format::PdfCms, dictionary, "");
    one.made.defects.clear();
    one.made.object = Sha256::of(contents);
    one.made.value = value_outcome(&check.value);
    one.made.data = vec![Data { what: "covered bytes".into(), outcome: digest_outcome(&check.digest) }];
    if let Some(first) = certificates.first() {
        one.made.signer = Identification::Unnamed(collector.signer(first, Origin::Signature));
        let digest = digest.map_or("SHA-1", DigestAlgorithm::name);
        one.made.algorithms = vec![Algorithm::digest(digest)];
        let rsa = crate::signature::algorithm::Scheme::RsaPkcs1(DigestAlgorithm::Sha1);
        one.made.algorithms.extend(super::collect::used(rsa, first.key()).into_iter().skip(1));
    }
    let object = one.made.object;
    (one, object)
}

/// The evidence of the file: where each piece lies, and what names it.
fn store(collector: &mut Collector<'_>, file: &[u8], reading: &Reading) -> Vec<(std::ops::Range<usize>, Object)> {
    let mut found = Vec::new();
    for piece in &reading.store.evidence {
        let Some(bytes) = piece.bytes(file) else { continue };
        let origin = Origin::Store(piece.entered);
        let object = match piece.kind {
            EvidenceKind::Certificate => collector.certificate_bytes(bytes, origin),
            EvidenceKind::Crl => collector.list_bytes(bytes, origin),
            EvidenceKind::Ocsp => collector.response_bytes(bytes, origin),
            // Over validation data of the store: what it covers is not computed.
            EvidenceKind::TimeStamp => None,
        };
        found.extend(object.map(|object| (piece.at.clone(), object)));
    }
    if reading.store.is_cut {
        let more = DocumentFact::NotExamined("more evidence than is read".into());
        collector.facts.document.push(more);
    }
    found
}

fn about_document(collector: &mut Collector<'_>, reading: &Reading) {
    let document = &mut collector.facts.document;
    if !reading.empty_fields.is_empty() {
        document.push(DocumentFact::EmptyFields(reading.empty_fields.clone()));
    }
    if !reading.shown_by_nobody.is_empty() {
        document.push(DocumentFact::ShownByNobody(reading.shown_by_nobody.clone()));
    }
    if reading.pages == Pages::Pictures {
        document.push(DocumentFact::Scanned);
    }
    let (others, moving): (Vec<_>, Vec<_>) = reading.moving.iter().partition(|what| what.is_in_place_of_pages());
    let words = |what: Vec<&Moving>| what.into_iter().map(|one| one.words().to_owned()).collect::<Vec<_>>();
    if !moving.is_empty() {
        document.push(DocumentFact::Moving(words(moving)));
    }
    if !others.is_empty() {
        document.push(DocumentFact::InPlaceOfPages(words(others)));
    }
    let encrypted = match reading.encryption {
        Encryption::None => None,
        Encryption::Password => Some("with a password, if only against changes"),
        Encryption::Recipients => Some("for certain recipients, and nobody else can read it"),
        Encryption::Other => Some("in a way that is not known here"),
    };
    document.extend(encrypted.map(|why| DocumentFact::Encrypted(why.into())));
    document.extend(reading.damage.iter().map(|damage| DocumentFact::Damaged(damage.to_string())));
}
