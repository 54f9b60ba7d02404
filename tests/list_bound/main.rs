//! No call of ListTasks reads more rows or searches more blocks than the limits, for any filter, order and
//! page size, by the counts of the databases. `cargo bench -p tandem-tests --bench scale` shows the same for a million tasks.

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
use tandem_task::store::MAX_BLOCKS_SEARCHED;

/// Tasks of one user: so many that counting all their index entries exceeds the limit, and in more blocks than
/// a call may search.
const TASKS: i64 = 100_000;

/// Unbounded queries, the cheapest first.
const UNBOUNDED: [&str; 3] = [
    "SELECT COUNT(*) FROM tasks WHERE owner = 'one' AND number > 0",
    "SELECT COUNT(*) FROM (SELECT number FROM tasks WHERE owner = 'one' \
     AND state IN (1, 2) AND create_time > 0) AS part",
    "SELECT title FROM tasks WHERE owner = 'one' AND number > 0 AND priority = 9",
];

/// The time of the fill, in microseconds since 1970.
const NOW: i64 = 1_772_442_000_000_000;

async fn filled(place: &Place) -> Reader {
    let size = Size { tasks: TASKS, others: 100, now: NOW };
    fill::fill(place, size).await;
    Reader::open(place).await
}

async fn expect_bounded(reader: &Reader) {
    for sql in UNBOUNDED {
        let units = reader.units_of(sql).await;
        assert!(units > reader.bound(), "an unbounded query is not noticed: {units}, {sql}");
    }
    let sweep = sweep::run(reader, NOW, "").await;
    assert!(sweep.calls > 1500, "{} calls", sweep.calls);
    assert_eq!(sweep.blocks, MAX_BLOCKS_SEARCHED, "no call reached the limit");
    let exceeded = sweep.exceeded.iter().map(|it| (&it.name, it.reads)).collect::<Vec<_>>();
    assert!(exceeded.is_empty(), "more than {}: {exceeded:#?}", reader.bound());
    let largest = sweep.largest.expect("a call");
    println!("largest of {}: {}, {:?}", sweep.calls, largest.name, largest.reads);
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
