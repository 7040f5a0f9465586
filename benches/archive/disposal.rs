//! A disposal case of 10,000 small records scattered over an archive: what its steps take, and its execution above all.

use super::retention::{cpu, measure};
use super::{Done, milliseconds, print};
use chauban::archive::Writing;
use chauban::archive::disposal::{
    self, Appraisal, Desk, Filter, Handed, Opening, Procedure, Progress, Rests, State, Whose,
};
use chauban::archive::retention::today;
use chauban::time::{Clock, Micros, SystemClock};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Items of the case.
const ITEMS: usize = 10_000;
const DAY: u64 = 86_400_000_000;

/// The system's clock, so many microseconds ahead: the waiting period passes at once.
pub struct Ahead(SystemClock, AtomicU64);

impl Ahead {
    /// At the present.
    pub fn new() -> Self {
        Self(SystemClock::new(), AtomicU64::new(0))
    }

    fn pass(&self, days: u64) {
        self.1.fetch_add(days * DAY, Ordering::Relaxed);
    }
}

impl Clock for Ahead {
    fn wall(&self) -> Micros {
        Micros(self.0.wall().0 + self.1.load(Ordering::Relaxed))
    }

    fn steady(&self) -> u64 {
        self.0.steady() + self.1.load(Ordering::Relaxed)
    }
}

/// Opens a case of what is due here and there, has it decided, executes it and certifies it.
pub fn disposal(writing: &Writing, clock: &Ahead) -> Done {
    let start = Instant::now();
    let found: Vec<_> = writing.candidates(Filter::default(), today(clock))?.collect::<Result<_, _>>()?;
    seconds("candidates found", start);
    println!("  {} of them", found.len());
    let every = found.len().div_ceil(ITEMS).max(1);
    let chosen: Vec<_> = found.into_iter().step_by(every).collect();

    let procedure = Procedure { archive: Whose::Historical, appraisal: Appraisal::NotRequired };
    let docket = disposal::open(writing, &Opening { subject: "bench".into(), procedure }, "A")?;
    let number = docket.number.to_string();
    let at = |actor: &str| Desk::at(writing, &number, actor);
    let start = Instant::now();
    at("A")?.add_candidates(&chosen, "")?;
    seconds("disposal add", start);
    let list = writing.disposal_case(&number)?.case.list_digest().to_string();
    measure(1, || Ok(_ = at("A")?.reassess()?))?.print("disposal reassess", "");
    let start = Instant::now();
    at("A")?.submit(&list, None, paper())?;
    at("B")?.decide(&list, BTreeSet::new(), None, paper())?;
    seconds("disposal submit, decide", start);
    clock.pass(4);
    at("C")?.start()?;

    let mut desk = at("C")?;
    let mut stages = Stages::begin()?;
    let done = desk.execute(&mut |stage, _, _| stages.hear(stage))?;
    stages.print()?;
    println!("  {done:?}");
    let start = Instant::now();
    desk.minutes("A", None, paper())?;
    drop(desk);
    at("A")?.certify(BTreeSet::new(), None, paper())?;
    at("A")?.keep(None, None)?;
    seconds("disposal minutes, certify, keep", start);
    let kept = writing.disposal_case(&number)?;
    if kept.case.state() != State::Kept || done.destroyed != chosen.len() {
        return Err(format!("{done:?}").into());
    }
    Ok(())
}

/// When each stage of an execution began.
struct Stages {
    start: Instant,
    cpu: Duration,
    began: Vec<(Progress, Duration, Duration)>,
}

impl Stages {
    fn begin() -> Done<Self> {
        Ok(Self { start: Instant::now(), cpu: cpu()?, began: Vec::new() })
    }

    fn hear(&mut self, stage: Progress) {
        if self.began.last().is_none_or(|(last, ..)| *last != stage) {
            let now = cpu().unwrap_or_default().saturating_sub(self.cpu);
            self.began.push((stage, self.start.elapsed(), now));
        }
    }

    fn print(self) -> Done {
        for (stage, wall, cpu) in &self.began {
            println!("  {stage:?} after {:.1} s, {:.1} s of CPU", wall.as_secs_f64(), cpu.as_secs_f64());
        }
        let (wall, cpu) = (self.start.elapsed(), cpu()? - self.cpu);
        let began = |wanted: Progress| self.began.iter().find(|(stage, ..)| *stage == wanted);
        let recording = began(Progress::Recording).ok_or("the keys died")?;
        let told = |cpu: Duration| format!("{:.1} s of CPU", cpu.as_secs_f64());
        let died = format!("< 60 at 10,000 of 1 million; {}", told(recording.2));
        print("disposal execute: keys destroyed", recording.1.as_secs_f64(), "s", &died);
        let purged = format!("< 600 at 10,000 of 1 million; {}", told(cpu - recording.2));
        print("disposal execute: recorded, purged, thinned", (wall - recording.1).as_secs_f64(), "s", &purged);
        Ok(())
    }
}

fn paper() -> Handed {
    let rests = Rests::Reason("bench".into());
    Handed { name: "paper.pdf".into(), bytes: b"%PDF-1.7 paper".to_vec(), rests, evidence: Vec::new() }
}

fn seconds(name: &str, start: Instant) {
    print(name, milliseconds(start.elapsed()) / 1000.0, "s", "");
}
