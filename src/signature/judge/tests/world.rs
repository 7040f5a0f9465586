//! A small world of facts: an authority with a leader, a time-stamping authority with a unit.

use chrono::{DateTime, Utc};

use crate::digest::Sha256;
use crate::signature::judge::facts::*;
use crate::signature::policy::Algorithm;

pub const NOW: &str = "2024-07-01";
pub const SIGNED: &str = "2024-06-03T02:12:00Z";
pub const CA: usize = 0;
pub const LEADER: usize = 1;
pub const STAMP_CA: usize = 2;
pub const UNIT: usize = 3;

pub struct World {
    pub facts: Facts,
}

pub fn on(text: &str) -> DateTime<Utc> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&whole).expect("a date").to_utc()
}

pub fn object(name: &str) -> Object {
    Sha256::of(name.as_bytes())
}

pub fn revoked(at: &str, reason: &str, since: Option<&str>) -> Says {
    Says::Revoked { at: on(at), reason: reason.into(), invalid_since: since.map(on) }
}

fn strong() -> Vec<Algorithm> {
    vec![Algorithm::digest("SHA-256"), Algorithm::scheme("ECDSA", 256)]
}

fn made(name: &str, signer: usize) -> Made {
    Made {
        object: object(name),
        defects: Vec::new(),
        notes: Vec::new(),
        signer: Identification::Named(CertificateId(signer)),
        data: vec![Data { what: "the document".into(), outcome: Outcome::Matches }],
        value: Outcome::Matches,
        algorithms: strong(),
    }
}

impl World {
    /// A leader's signature, and nothing known about revocation.
    pub fn signed() -> Self {
        let mut world = Self { facts: Facts::default() };
        for (name, tree) in [("root", Tree::OfficialDuty), ("stamp root", Tree::TimeStamping)] {
            let object = Some(object(name));
            let name = name.to_owned();
            world.facts.anchors.push(Anchor { name, object, tree, trusted_from: None, trusted_until: None });
        }
        world.certificate("ca", "2006-01-01", "2044-01-01");
        world.certificate("leader", "2023-01-01", "2026-01-01");
        world.certificate("stamp ca", "2006-01-01", "2044-01-01");
        world.certificate("stamp unit", "2008-01-01", "2043-01-01");
        for (anchor, chain) in [(0, vec![CA]), (0, vec![LEADER, CA]), (1, vec![STAMP_CA]), (1, vec![UNIT, STAMP_CA])] {
            let target = chain[0];
            let certificates = chain.into_iter().map(CertificateId).collect();
            let chain = Chain { anchor: AnchorId(anchor), certificates, broken: Vec::new() };
            world.facts.certificates[target].chains.push(chain);
        }
        world.facts.certificates[UNIT].stamping = Stamping::Sole;
        world.facts.signatures.push(Signature {
            place: "Leader".into(),
            part: 0,
            format: Format::Pades,
            made: made("value", LEADER),
            claimed: Some(Claimed { at: on(SIGNED), by: Claim::Unsigned }),
            policy: None,
            countersigns: None,
            after: Vec::new(),
            coverage: Coverage::default(),
            changes: Changes::default(),
            appearance: Appearance::Visible,
        });
        world
    }

    pub fn certificate(&mut self, name: &str, not_before: &str, not_after: &str) {
        self.facts.certificates.push(Certificate {
            object: object(name),
            subject: format!("CN={name}"),
            issuer: String::new(),
            serial_hex: "01".into(),
            attributes: vec![("CN".into(), name.into())],
            not_before: on(not_before),
            not_after: on(not_after),
            usage: Usage::Commits,
            stamping: Stamping::No,
            meant: Meant::ForSigning,
            asking: Asking::Asked,
            key: Algorithm::scheme("ECDSA", 256),
            algorithms: strong(),
            chains: Vec::new(),
            origin: Origin::HandedIn,
        });
    }

    /// What a list says about a certificate.
    pub fn says(&mut self, about: usize, this: &str, next: Option<&str>, says: Says) {
        self.facts.revocations.push(Revocation {
            object: object(&format!("list {this} of {about}")),
            kind: RevocationKind::Crl,
            about: CertificateId(about),
            says,
            this_update: on(this),
            next_update: next.map(on),
            produced_at: on(this),
            signer: None,
            algorithms: strong(),
            origin: Origin::HandedIn,
        });
    }

    /// A list of that day that says good, for thirty days.
    pub fn about(mut self, about: usize, at: &str) -> Self {
        let day = on(at) - chrono::TimeDelta::days(if at == NOW { 1 } else { 0 });
        let next = (day + chrono::TimeDelta::days(30)).to_rfc3339();
        self.says(about, &day.to_rfc3339(), Some(&next), Says::Good);
        self
    }

    /// The same about the leader and the authority.
    pub fn current(self, at: &str) -> Self {
        self.about(CA, at).about(LEADER, at)
    }

    /// A time-stamp over the value.
    pub fn stamped(mut self, at: &str) -> Self {
        self.token(TokenKind::Signature, at, vec![object("value")]);
        self
    }

    /// A time-stamp in what is signed.
    pub fn stamp_before(&mut self, at: &str) {
        self.token(TokenKind::Content, at, vec![object("content")]);
        let id = TokenId(self.facts.tokens.len() - 1);
        self.facts.signatures[0].after.push(id);
    }

    pub fn token(&mut self, kind: TokenKind, at: &str, covers: Vec<Object>) {
        let number = self.facts.tokens.len();
        let made = made(&format!("token {number}"), UNIT);
        let place = format!("Leader/time-stamp {number}");
        self.facts.tokens.push(Token { place, kind, made, time: on(at), within: (on(at), on(at)), covers });
    }

    /// Puts all evidence into the document.
    pub fn embed(&mut self) {
        self.facts.certificates.iter_mut().for_each(|certificate| certificate.origin = Origin::Store(1));
        self.facts.revocations.iter_mut().for_each(|statement| statement.origin = Origin::Store(1));
    }

    pub fn everything(&self) -> Vec<Object> {
        let facts = &self.facts;
        let values = facts.signatures.iter().map(|one| one.made.object);
        let tokens = facts.tokens.iter().map(|one| one.made.object);
        let certificates = facts.certificates.iter().map(|one| one.object);
        let old = facts.revocations.iter().filter(|one| one.this_update < on("2024-06-04"));
        values.chain(tokens).chain(certificates).chain(old.map(|one| one.object)).collect()
    }
}
