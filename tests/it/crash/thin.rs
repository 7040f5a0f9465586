//! Thinning a segment: every step of the disk × every fault × what is left after it.
//!
//! First the list of absent frames is durable, then the segment without their bodies takes its place. Whatever falls in
//! between: the list is whole or not there, the segment is the old one or the new one, a hole is never without its
//! list, what stays is there byte for byte, and thinning again ends as if nothing had happened.

use super::plan::{Dice, Fault, Kind, Outcome, Plan, Then};
use super::sim_disk::Machine;
use chauban::digest::{Blake3, Sha256};
use chauban::disk::{self, Disk};
use chauban::time::Micros;
use chauban::vault::absent::{self, Absent};
use chauban::vault::frame::{Codec, FrameKind};
use chauban::vault::segment::{self, Row};
use chauban::vault::{self, Bodies, GroupRead, Limits, START, Vault, VaultError};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

const ARCHIVE: Uuid = Uuid::from_u128(1);
const LIMITS: Limits = Limits { segment_bytes_max: 1 << 20 };
const GROUPS: u64 = 5;

/// A disk with a sealed segment of some groups, the sizes of their bodies over several sectors and pieces.
fn sealed() -> Machine {
    let machine = Machine::new(&["archive"]);
    let mut vault = Vault::create(machine.disk("archive"), ARCHIVE, LIMITS).unwrap();
    let mut dice = Dice::new(7);
    for number in 1..=GROUPS {
        let mut group = vault.group();
        for part in 0..2 {
            let body: Vec<u8> = (0..700 + dice.below(6000)).map(|_| dice.roll() as u8 | 1).collect();
            let digest = Blake3::of(&body);
            group.push(FrameKind::Blob, Codec::Stored, Uuid::from_u128(number.into()), part, body, digest);
        }
        group.push_plain(FrameKind::Key, &[number as u8; 200]);
        group.push_plain(FrameKind::Entry, format!("entry {number}").as_bytes());
        vault.commit(group, number, Sha256([number as u8; 32]), Micros(number)).unwrap();
    }
    vault.seal_now().unwrap();
    machine
}

fn rows(disk: &dyn Disk) -> Vec<Row> {
    let found = segment::list(disk).unwrap().remove(0);
    segment::read_index(disk.open(&found.path()).unwrap().as_ref(), &found).unwrap().1
}

/// The frames that go: those of the second group and of the last.
fn absent(disk: &dyn Disk) -> Absent {
    let mut list = Absent::default();
    let bodies = rows(disk).into_iter().filter(|row| matches!(row.header.kind, FrameKind::Blob | FrameKind::Key));
    let bodies: Vec<Row> = bodies.collect();
    let of = |group: usize| bodies[3 * group..3 * group + 3].iter().map(|row| row.header.number);
    of(1).chain(of(GROUPS as usize - 1)).for_each(|frame| _ = list.insert(frame));
    list
}

fn thin(disk: &dyn Disk) -> Result<u64, VaultError> {
    let found = segment::list(disk)?.remove(0);
    absent::thin(disk, &found, &absent(disk))
}

fn bytes(disk: &dyn Disk) -> Vec<u8> {
    disk::read(disk, &segment::sealed_path(1), 1 << 20).unwrap().unwrap()
}

/// What must hold on a disk that was struck; then the next process thins again.
fn check(disk: &Arc<dyn Disk>, before: &[u8], after: &[u8]) {
    let now = bytes(disk.as_ref());
    let listed = Absent::read(disk.as_ref(), 1).expect("the list is whole or it is not there");
    assert!(listed.is_empty() || listed == absent(disk.as_ref()), "half a list");
    assert!(now == before || now == after, "a segment that is neither the old one nor the new one");
    assert!(now == before || !listed.is_empty(), "holes, and no list that says why");
    let mut groups = 0;
    let visit = &mut |_: GroupRead| -> Result<(), VaultError> {
        groups += 1;
        Ok(())
    };
    let opened = Vault::open(disk.clone(), ARCHIVE, LIMITS, START, GROUPS, visit).expect("it opens");
    assert_eq!((groups, opened.recovered.map_or(0, |mended| mended.cut_bytes)), (GROUPS, 0));
    thin(disk.as_ref()).expect("it is thinned again");
    assert_eq!(bytes(disk.as_ref()), after);
    assert_eq!(Absent::read(disk.as_ref(), 1).unwrap(), absent(disk.as_ref()));
    vault::walk::<VaultError>(disk.as_ref(), START, Bodies::All, &mut |_| Ok(())).expect("it is read");
    let left = disk.list(segment::FOLDER).unwrap().into_iter().filter(|file| file.name.ends_with(disk::TEMPORARY));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_crash_between_the_list_and_its_segment_leaves_the_old_one_or_the_new_one() {
    let machine = sealed();
    let disk = machine.disk("archive");
    let before = bytes(disk.as_ref());
    machine.record();
    let gone = thin(disk.as_ref()).unwrap();
    let steps = machine.recorded();
    let after = bytes(disk.as_ref());
    let zeros = after.iter().zip(&before).filter(|(now, then)| now != then);
    assert!(gone > 2000 && zeros.clone().all(|(now, _)| *now == 0) && zeros.count() as u64 <= gone);
    let kinds: BTreeSet<Kind> = steps.iter().map(|(kind, _)| *kind).collect();
    let all = [Kind::Create, Kind::Write, Kind::Sync, Kind::Rename, Kind::SyncFolder];
    assert!(all.iter().all(|kind| kinds.contains(kind)), "{steps:?}");

    let (mut dice, mut struck) = (Dice::new(11), 0);
    for (at, (kind, _)) in (1..).zip(&steps) {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.befalls(*kind)) {
            for then in [Then::Crash, Then::GoesOn] {
                let machine = sealed();
                let disk = machine.disk("archive");
                machine.set(Plan { at, fault, then }, dice.clone());
                let done = thin(disk.as_ref());
                assert!(done.is_err() || *kind == Kind::MakeReadOnly, "{kind:?} {fault:?}: {done:?}");
                machine.free();
                struck += 1;
                if then == Then::GoesOn {
                    check(&disk, &before, &after);
                    continue;
                }
                for outcome in Outcome::ALL {
                    check(&machine.after(outcome, &mut dice).disk("archive"), &before, &after);
                }
            }
        }
    }
    assert!(struck > 50, "{struck} faults at {} steps", steps.len());
}
