//! Every filter in every order: no call scans more rows than the limit.

use tandem_proto::task::ListTasksRequest;
use tandem_task::domain::SortField;

use crate::cases::{self, Case};
use crate::reads::{Reader, Reads};

/// Measured calls per list, each from the end of the previous one.
const CALLS: usize = 3;

/// The same for a list in the order of a field whose range is its filter: far from the start, a database that seeks
/// the bound of the range instead of the cursor reads every entry between them.
const CALLS_IN_RANGE: usize = 30;

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
    let calls = if is_range_of_order(case) { CALLS_IN_RANGE } else { CALLS };
    for number in 1..=calls {
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

fn is_range_of_order(case: &Case) -> bool {
    let filter = &case.filter;
    match case.order.field {
        SortField::Priority => filter.priority.is_some(),
        SortField::Due => filter.due_after.or(filter.due_before).or(filter.overdue_at).is_some(),
        SortField::Created => filter.created_after.or(filter.created_before).is_some(),
        SortField::Updated | SortField::Number => false,
    }
}
