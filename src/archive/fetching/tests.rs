use super::*;
use crate::network::{NetworkError, Post};
use crate::signature::algorithm::UNITS_MAX;
use crate::signature::judge::{Context, Document, validate};
use crate::signature::path::{SignatureCache, TrustAnchor};
use crate::signature::policy::Policy;
use crate::signature::tree::Tree;
use crate::time::Micros;
use chrono::DateTime;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sources/", $name)).as_slice()
    };
}

const NOW: &str = "2026-12-01T00:00:00Z";
const PKI: &str = "http://pki.test.example";

type Answer = Box<dyn Fn() -> Result<Vec<u8>, NetworkError> + Send + Sync>;

/// A network of a few addresses, and what was asked of it.
#[derive(Default)]
struct Web {
    answers: Vec<(String, Answer)>,
    asked: Mutex<Vec<String>>,
    /// Requests to the one host at this moment, and the most that there were.
    at_once: Mutex<(u32, u32)>,
    pause: Duration,
}

impl Web {
    /// Everything in its place.
    fn whole() -> Self {
        let web = Self::default().with("/authority.crt", fixture!("authority.p7c"));
        let web = web.with("/authority.crl", fixture!("authority.crl")).with("/root.crl", fixture!("root.crl"));
        web.with("/ocsp/authority", fixture!("signer.ocsp")).with("/ocsp/root", fixture!("authority.ocsp"))
    }

    fn with(self, path: &str, answer: &'static [u8]) -> Self {
        self.doing(path, Box::new(|| Ok(answer.to_vec())))
    }

    /// The newest word about a path counts.
    fn doing(mut self, path: &str, answer: Answer) -> Self {
        self.answers.insert(0, (format!("{PKI}{path}"), answer));
        self
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Network for Web {
    fn post(&self, _: &Post<'_>) -> Result<Vec<u8>, NetworkError> {
        unreachable!("evidence is fetched")
    }

    fn fetch(&self, request: &Fetch<'_>) -> Result<Vec<u8>, NetworkError> {
        assert_eq!(request.reach, Reach::Public);
        {
            let mut at_once = self.at_once.lock().unwrap();
            at_once.0 += 1;
            at_once.1 = at_once.1.max(at_once.0);
        }
        std::thread::sleep(self.pause);
        self.at_once.lock().unwrap().0 -= 1;
        self.asked.lock().unwrap().push(request.from.path().to_owned());
        let answer = self.answers.iter().find(|(url, _)| url == request.from.as_str());
        answer.map_or(Err(NetworkError::Status(404)), |(_, answer)| answer())
    }
}

/// A clock that stands until it is put on.
struct Hand(AtomicU64);

impl Hand {
    fn new() -> Arc<Self> {
        let start = DateTime::parse_from_rfc3339(NOW).unwrap().timestamp_micros();
        Arc::new(Self(AtomicU64::new(u64::try_from(start).unwrap())))
    }

    fn on(&self, duration: Duration) {
        self.0.fetch_add(micros(duration), Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn wall(&self) -> Micros {
        Micros(self.0.load(Ordering::SeqCst))
    }

    fn steady(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Bench {
    web: Arc<Web>,
    clock: Arc<Hand>,
    fetcher: Fetcher,
}

fn bench(web: Web, allowed: &[&str]) -> Bench {
    let (web, clock) = (Arc::new(web), Hand::new());
    let pause = Duration::from_millis(1);
    let patience = Patience { attempts: 2, pause, timeout: Duration::from_secs(20) };
    let allowed = allowed.iter().map(|line| line.parse().unwrap()).collect();
    let limits = Limits { patience, ..Limits::default() };
    let fetcher = Fetcher::new(web.clone(), clock.clone(), allowed, limits);
    Bench { web, clock, fetcher }
}

impl Bench {
    /// Whether the letter passes, and what was tried.
    fn letter(&self) -> (bool, Fetched) {
        let anchor = TrustAnchor::of_certificate(Certificate::read(fixture!("root.crt")).unwrap());
        let trusted = [Trusted { anchor: Arc::new(anchor), tree: Tree::OfficialDuty }];
        let (policy, cache) = (Policy::europe().unwrap(), SignatureCache::default());
        let (judged, fetched) = self.fetcher.judge(&trusted, |fetched| {
            let context = Context {
                trusted: &trusted,
                certificates: &fetched.certificates,
                lists: &fetched.lists,
                responses: &fetched.responses,
                proofs: &[],
                policy: &policy,
                at: self.clock.wall().instant(),
                cache: &cache,
                units_max: UNITS_MAX,
            };
            let document = Document::unnamed(fixture!("letter.txt.p7s"), Some(fixture!("letter.txt")));
            validate(document, &context)
        });
        (judged.validation.signatures[0].conclusion.passed(), fetched)
    }
}

/// Path (or address) and outcome of each attempt.
fn told(fetched: &Fetched) -> Vec<String> {
    let line = |one: &Attempt| format!("{} {}", one.url.strip_prefix(PKI).unwrap_or("ldap"), one.outcome.code());
    fetched.attempts.iter().map(line).collect()
}

#[test]
fn issuer_then_lists_and_the_second_document_asks_nobody() {
    let bench = bench(Web::whole(), &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(passed, "{:?}", fetched.attempts);
    let first = ["ldap not-fetchable", "/authority.crt fetched", "ldap not-fetchable", "/authority.crl fetched"];
    assert_eq!(told(&fetched), [&first[..], &["/root.crl fetched"]].concat());
    assert_eq!(bench.web.asked(), ["/authority.crt", "/authority.crl", "/root.crl"]);
    let Outcome::Fetched { objects, size } = &fetched.attempts[3].outcome else { panic!() };
    assert_eq!((objects.as_slice(), *size), ([fetched.lists[0].sha256()].as_slice(), 211));

    let (passed, again) = bench.letter();
    assert!(passed && again.lists == fetched.lists);
    assert_eq!(told(&again)[1..2], ["/authority.crt kept"]);
    assert_eq!(bench.web.asked(), [""; 0]);
    bench.clock.on(Duration::from_secs(25 * 3600));
    assert!(bench.letter().0);
    assert_eq!(bench.web.asked().len(), 3, "nothing is kept for longer than a day");
}

#[test]
fn what_is_not_allowed_is_not_asked() {
    for allowed in [&[][..], &["other.example", "test.example", "pki.test.example:8080", "https://pki.test.example/"]] {
        let bench = bench(Web::whole(), allowed);
        let (passed, fetched) = bench.letter();
        assert!(!passed);
        assert_eq!(told(&fetched), ["ldap not-fetchable", "/authority.crt not-allowed"]);
        assert_eq!(bench.web.asked(), [""; 0]);
    }
}

#[test]
fn the_next_place_is_asked_where_one_fails() {
    let web =
        Web::whole().with("/authority.crl", b"<html>").doing("/root.crl", Box::new(|| Err(NetworkError::Status(404))));
    let bench = bench(web, &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(passed, "{:?}", fetched.attempts);
    let expect = ["/authority.crl unfit", "/ocsp/authority fetched", "/root.crl failed", "/ocsp/root fetched"];
    assert_eq!(told(&fetched)[3..], expect);
    assert_eq!((fetched.lists.len(), fetched.responses.len()), (0, 2));
    assert!(fetched.attempts.iter().all(|attempt| attempt.tries <= 1), "asking again would not help");
    bench.web.asked();
    let (_, again) = bench.letter();
    assert_eq!(told(&again)[3..5], ["/authority.crl left-alone", "/ocsp/authority kept"]);
    assert_eq!(bench.web.asked(), [""; 0]);
}

#[test]
fn a_host_that_does_not_answer_is_asked_twice_and_left_alone_for_a_minute() {
    let web = Web::whole().doing("/authority.crt", Box::new(|| Err(NetworkError::Unreachable("gone".into()))));
    let bench = bench(web, &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(!passed);
    assert_eq!((told(&fetched)[1].as_str(), fetched.attempts[1].tries), ("/authority.crt failed", 2));
    assert_eq!(told(&bench.letter().1)[1], "/authority.crt left-alone");
    assert_eq!(bench.web.asked().len(), 2);
    bench.clock.on(Duration::from_secs(61));
    assert_eq!(told(&bench.letter().1)[1], "/authority.crt failed");
}

#[test]
fn a_place_that_is_out_of_order_leaves_its_host_to_be_asked() {
    let web = Web::whole().doing("/authority.crl", Box::new(|| Err(NetworkError::Status(503))));
    let bench = bench(web, &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(passed, "{:?}", fetched.attempts);
    assert_eq!(told(&fetched)[3..5], ["/authority.crl failed", "/ocsp/authority fetched"]);
    assert_eq!(told(&bench.letter().1)[3], "/authority.crl left-alone");
    bench.clock.on(Duration::from_secs(61));
    assert_eq!(told(&bench.letter().1)[3], "/authority.crl failed");
}

#[test]
fn a_passing_fault_is_waited_out() {
    let times = AtomicU64::new(0);
    let busy = move || match times.fetch_add(1, Ordering::SeqCst) {
        0 => Err(NetworkError::Status(503)),
        _ => Ok(fixture!("authority.crt").to_vec()),
    };
    let bench = bench(Web::whole().doing("/authority.crt", Box::new(busy)), &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(passed);
    assert_eq!((fetched.attempts[1].tries, fetched.attempts[1].outcome.code()), (2, "fetched"));
}

#[test]
fn a_list_that_does_not_help_is_asked_for_anew_and_then_the_responder() {
    // Of another authority: it says nothing about the signer.
    let bench = bench(Web::whole().with("/authority.crl", fixture!("root.crl")), &["pki.test.example"]);
    let (passed, fetched) = bench.letter();
    assert!(passed, "{:?}", fetched.attempts);
    let expect = ["/authority.crl fetched", "/root.crl fetched", "/ocsp/authority fetched"];
    assert_eq!(told(&fetched)[3..], expect);
    bench.web.asked();
    let (_, again) = bench.letter();
    let expect = ["/authority.crl kept", "/root.crl kept", "/authority.crl nothing-newer", "/ocsp/authority kept"];
    assert_eq!(told(&again)[3..], expect);
    assert_eq!(bench.web.asked(), [""; 0]);
    bench.clock.on(Duration::from_secs(601));
    let (_, later) = bench.letter();
    assert_eq!(told(&later)[5..], ["/authority.crl fetched", "/ocsp/authority kept"]);
    assert_eq!(bench.web.asked(), ["/authority.crl"]);
}

#[test]
fn time_and_requests_for_a_document_end() {
    let bench = |web: Web, limits: Limits| {
        let (web, clock) = (Arc::new(web), Hand::new());
        let allowed = vec!["pki.test.example".parse().unwrap()];
        Bench { fetcher: Fetcher::new(web.clone(), clock.clone(), allowed, limits), web, clock }
    };
    let few = bench(Web::whole(), Limits { requests_max: 2, ..Limits::default() });
    let (passed, fetched) = few.letter();
    assert!(!passed);
    assert_eq!(told(&fetched)[4..], ["/root.crl spent", "/ocsp/root spent"]);
    assert_eq!(few.web.asked().len(), 2);
    let short = bench(Web::whole(), Limits { total: Duration::ZERO, ..Limits::default() });
    assert_eq!(told(&short.letter().1)[1], "/authority.crt spent");
    assert_eq!(short.web.asked(), [""; 0]);
}

#[test]
fn a_host_is_asked_one_thing_at_a_time_and_once() {
    let bench = bench(Web { pause: Duration::from_millis(20), ..Web::whole() }, &["pki.test.example"]);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| bench.letter().0)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
    });
    assert_eq!(bench.web.at_once.lock().unwrap().1, 1);
    assert_eq!(bench.web.asked().len(), 3, "eight documents, one fetching");
}
