//! CPU time of other processes, user and system together, as Linux counts it.

use std::fs;
use std::time::Duration;

/// The unit of times in `/proc`: `USER_HZ`, 100 on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// A process, or a process with all of its children, whose CPU time is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu {
    process: u32,
    with_children: bool,
}

/// The relevant fields of `/proc/<process>/stat`.
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Cpu {
    /// A process alone.
    pub(crate) fn of(process: u32) -> Self {
        Self { process, with_children: false }
    }

    /// A process with its children, such as a PostgreSQL server with its backends.
    pub(crate) fn of_family(process: u32) -> Self {
        Self { process, with_children: true }
    }

    /// CPU time since the start, in steps of 10 ms: measure for a second or more.
    pub(crate) fn used(self) -> Duration {
        let own = stat(self.process).expect("the process runs");
        let mut ticks = own.own;
        if self.with_children {
            ticks += own.ended_children;
            let children = processes().filter_map(stat).filter(|it| it.parent == self.process);
            ticks += children.map(|child| child.own).sum::<u64>();
        }
        TICK * u32::try_from(ticks).expect("a time that fits")
    }
}

/// The parent of a process.
pub(crate) fn parent(process: u32) -> Option<u32> {
    Some(stat(process)?.parent)
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").expect("Linux");
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

fn stat(process: u32) -> Option<Stat> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may contain any character.
    let (_, fields) = line.rsplit_once(')')?;
    let fields = fields.split_whitespace().collect::<Vec<_>>();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}
