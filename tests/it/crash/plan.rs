//! What goes wrong, when, and what is left of it: plans are values, and every choice comes from a seed.

/// A seeded generator (splitmix64): the same seed, the same choices.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.roll() % end as u64) as usize }
    }

    pub fn coin(&mut self) -> bool {
        self.roll() & 1 == 1
    }
}

/// What a step of the disk is: a crash can fall before, within and after each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Create,
    Write,
    Truncate,
    Sync,
    Rename,
    Remove,
    RemoveFolder,
    CreateFolder,
    SyncFolder,
    MakeReadOnly,
}

impl Kind {
    fn takes_space(self) -> bool {
        matches!(self, Self::Create | Self::Write | Self::CreateFolder | Self::Rename)
    }
}

/// How one step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// An error; nothing happened. A failed sync also leaves the pages clean: no later sync writes them.
    FailsBefore,
    /// It happened and is durable; then an error.
    FailsAfter,
    /// A prefix of the write is durable; then an error.
    TornPrefix,
    /// Some sectors of the write are durable, in no order; then an error.
    TornSectors,
    /// The disk is full from here on, until space is freed.
    Full,
}

impl Fault {
    pub const ALL: [Self; 5] = [Self::FailsBefore, Self::FailsAfter, Self::TornPrefix, Self::TornSectors, Self::Full];

    /// Whether it can befall a step of this kind.
    pub fn befalls(self, kind: Kind) -> bool {
        match self {
            Self::FailsBefore | Self::FailsAfter => true,
            Self::TornPrefix | Self::TornSectors => kind == Kind::Write,
            Self::Full => kind.takes_space(),
        }
    }
}

/// What follows the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Then {
    /// Power is gone: every later step fails.
    Crash,
    /// The process sees the error and goes on with a disk that works.
    GoesOn,
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// At which step of the disks, from 1.
    pub at: u64,
    pub fault: Fault,
    pub then: Then,
}

/// What the disks hold when the machine is up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Only the process died: everything it wrote is seen, what was not synced is still not durable.
    Killed,
    /// Power was lost: nothing that was not synced is there.
    NothingUnsynced,
    /// Power was lost, and everything unsynced had got through.
    AllUnsynced,
    /// Power was lost: any subset of the unsynced steps, writes torn into sectors, names apart from contents.
    SomeUnsynced,
    /// Power was lost: unsynced steps in the order they were made, up to some one.
    FirstUnsynced,
}

impl Outcome {
    pub const ALL: [Self; 5] =
        [Self::Killed, Self::NothingUnsynced, Self::AllUnsynced, Self::SomeUnsynced, Self::FirstUnsynced];
}
