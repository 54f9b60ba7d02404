//! Every filter in every order: no call looks at more rows than it may.

use crate::cases::{self, Case};
use crate::reads::{Reader, Reads};

/// The calls of a list that are made, each from where the one before ended.
const CALLS: usize = 3;

/// The calls of a list before a call that is measured.
pub(crate) const RUNS: usize = 6;

/// A call that looked at too much, or the one that looked at most.
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) reads: Reads,
}

/// What a sweep has shown.
#[derive(Default)]
pub(crate) struct Sweep {
    pub(crate) calls: usize,
    /// Pages with fewer tasks than they may have that are not the last.
    pub(crate) short: usize,
    /// The calls that looked at more than they may.
    pub(crate) exceeded: Vec<Call>,
    pub(crate) largest: Option<Call>,
}

/// Makes the first calls of every list whose name holds `only`.
pub(crate) async fn run(reader: &Reader, now: i64, only: &str, runs: usize) -> Sweep {
    let mut sweep = Sweep::default();
    for case in cases::all(now).into_iter().filter(|it| it.name.contains(only)) {
        follow(reader, &case, runs, &mut sweep).await;
    }
    sweep
}

async fn follow(reader: &Reader, case: &Case, runs: usize, sweep: &mut Sweep) {
    let mut after = None;
    for number in 1..=CALLS {
        let reads = reader.reads(case, after, runs).await;
        let call = || Call { name: format!("{}, call {number}", case.name), reads };
        sweep.calls += 1;
        sweep.short += usize::from(reads.next.is_some() && reads.tasks < 50);
        if reads.units > reader.bound() {
            sweep.exceeded.push(call());
        }
        if sweep.largest.as_ref().is_none_or(|largest| largest.reads.units < reads.units) {
            sweep.largest = Some(call());
        }
        after = reads.next;
        if after.is_none() {
            return;
        }
    }
}
