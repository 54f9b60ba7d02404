//! No call of ListTasks scans more rows than the limit, for any filter and order, by the counts of the
//! databases. `cargo bench -p tandem-tests --bench scale` shows the same for a million tasks.

#[path = "../benches/measure/mod.rs"]
#[allow(dead_code)] // The benchmarks use the rest.
mod measure;

#[path = "../benches/scale/cases.rs"]
#[allow(dead_code)]
mod cases;
#[path = "../benches/scale/data.rs"]
#[allow(dead_code)]
mod data;
#[path = "../benches/scale/fill/mod.rs"]
mod fill;
#[path = "../benches/scale/plans.rs"]
#[allow(dead_code)]
mod plans;
#[path = "../benches/scale/reads.rs"]
#[allow(dead_code)]
mod reads;
#[path = "../benches/scale/sweep.rs"]
#[allow(dead_code)]
mod sweep;

use data::Size;
use measure::database::Place;
use reads::Reader;
use tandem_task::store::MAX_ROWS_SCANNED;

/// Twice as many tasks of one user as a call may scan.
const TASKS: i64 = 20_000;

/// The time of the fill, in microseconds since 1970.
const NOW: i64 = 1_772_442_000_000_000;

async fn filled(place: &Place) -> Reader {
    let size = Size { tasks: TASKS, others: 100, now: NOW };
    fill::fill(place, size).await;
    Reader::open(place).await
}

async fn expect_bounded(reader: &Reader) {
    assert_eq!(MAX_ROWS_SCANNED, 10_000, "a call must not scan all of the {TASKS} tasks");
    let sweep = sweep::run(reader, NOW, "", 0).await;
    assert!(sweep.calls > 700, "{} calls", sweep.calls);
    let exceeded = sweep.exceeded.iter().map(|it| (&it.name, it.reads.units)).collect::<Vec<_>>();
    assert!(exceeded.is_empty(), "more than {}: {exceeded:#?}", reader.bound());
}

#[tokio::test]
async fn sqlite_calls_are_bounded() {
    let place = Place::sqlite();
    expect_bounded(&filled(&place).await).await;
}

#[tokio::test]
async fn postgres_calls_are_bounded() {
    let Some(place) = Place::postgres().await else { return };
    let reader = filled(&place).await;
    expect_bounded(&reader).await;
    // With statistics, the planner may choose other plans.
    reader.analyze().await;
    expect_bounded(&reader).await;
}
