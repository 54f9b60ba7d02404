//! Every filter in every order: no call scans more rows than the limit.

use tandem_proto::task::ListTasksRequest;

use crate::cases::{self, Case};
use crate::reads::{Reader, Reads};

/// Measured calls per list, each from the end of the previous one.
const CALLS: usize = 3;

/// A call over the limit, or the call with the most reads.
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) reads: Reads,
}

/// The result of a sweep.
#[derive(Default)]
pub(crate) struct Sweep {
    pub(crate) calls: usize,
    /// Short pages that are not the last.
    pub(crate) short: usize,
    /// The calls over the limit.
    pub(crate) exceeded: Vec<Call>,
    pub(crate) largest: Option<Call>,
    /// The most blocks that a call searched.
    pub(crate) blocks: usize,
}

/// Makes the first calls of every list whose name contains `only`.
pub(crate) async fn run(reader: &Reader, now: i64, only: &str, runs: usize) -> Sweep {
    let mut sweep = Sweep::default();
    for case in cases::all(now).into_iter().filter(|it| it.name.contains(only)) {
        follow(reader, &case, runs, &mut sweep).await;
    }
    sweep
}

async fn follow(reader: &Reader, case: &Case, runs: usize, sweep: &mut Sweep) {
    // The maximum page size uses the plans that the default has prepared.
    let runs = if case.size == ListTasksRequest::MAX_PAGE_SIZE { 0 } else { runs };
    let mut after = None;
    for number in 1..=CALLS {
        let reads = reader.reads(case, after, runs).await;
        let call = || Call { name: format!("{}, call {number}", case.name), reads };
        sweep.calls += 1;
        sweep.short += usize::from(reads.next.is_some() && reads.tasks < case.size as usize);
        sweep.blocks = sweep.blocks.max(reads.blocks);
        if reader.exceeds(reads) {
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
