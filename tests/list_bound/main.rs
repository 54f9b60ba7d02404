//! No call of ListTasks reads more rows or searches more blocks than the limits, for any filter, order and
//! page size, by the counts of the databases. `cargo bench -p tandem-tests --bench scale` shows the same for a
//! million tasks.

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

use data::{ONE, Size};
use measure::database::Place;
use reads::Reader;
use tandem_task::store::MAX_BLOCKS_SEARCHED;

/// Tasks of one user: so many that counting all their index entries exceeds the limit, and in more blocks than
/// a call may search.
const TASKS: i64 = 160_000;

/// Unbounded queries, the cheapest first.
const UNBOUNDED: [&str; 3] = [
    "SELECT COUNT(*) FROM tasks WHERE owner = 'one' AND number > 0",
    "SELECT COUNT(*) FROM (SELECT number FROM tasks WHERE owner = 'one' \
     AND state IN (1, 2) AND create_time > 0) AS part",
    "SELECT number FROM tasks WHERE owner = 'one' AND number > 0 AND title = 'none'",
];

/// The time of the fill, in microseconds since 1970.
const NOW: i64 = 1_772_442_000_000_000;

const SIZE: Size = Size { tasks: TASKS, others: 100, now: NOW };

async fn filled(place: &Place) -> Reader {
    fill::fill(place, SIZE).await;
    Reader::open(place).await
}

async fn expect_bounded(reader: &Reader) {
    for sql in UNBOUNDED {
        let units = reader.units_of(sql).await;
        assert!(units > reader.bound(), "an unbounded query is not noticed: {units}, {sql}");
    }
    let sweep = sweep::run(reader, NOW, "", 0).await;
    assert!(sweep.calls > 1000, "{} calls", sweep.calls);
    assert_eq!(sweep.blocks, MAX_BLOCKS_SEARCHED, "the most blocks of a call");
    let exceeded = sweep.exceeded.iter().map(|it| (&it.name, it.reads)).collect::<Vec<_>>();
    assert!(exceeded.is_empty(), "more than {}: {exceeded:#?}", reader.bound());
}

/// A search in more blocks than a call may search finds each task once, in order.
async fn expect_complete_search(reader: &Reader) {
    let tasks = SIZE.all().filter(|(owner, _, task)| owner == ONE && task.deleted.is_none());
    let found = tasks.filter(|(_, _, task)| task.title.contains("thousandth"));
    let mut expected = found.map(|(_, _, task)| task.number).collect::<Vec<_>>();
    for order in ["number", "number desc"] {
        let name = format!("word of 1 in 1000, by {order}, 50 a page");
        let case = cases::all(NOW).into_iter().find(|it| it.name == name).expect("a case");
        let (mut numbers, mut after) = (Vec::new(), None);
        loop {
            let page = reader.page(&case, after).await;
            numbers.extend(page.tasks.iter().map(|task| task.number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(numbers, expected, "{order}");
        expected.reverse();
    }
}

#[tokio::test]
async fn sqlite_calls_are_bounded() {
    let place = Place::sqlite();
    let reader = filled(&place).await;
    expect_complete_search(&reader).await;
    expect_bounded(&reader).await;
}

#[tokio::test]
async fn postgres_calls_are_bounded() {
    let Some(place) = Place::postgres().await else { return };
    let reader = filled(&place).await;
    expect_complete_search(&reader).await;
    expect_bounded(&reader).await;
    // With statistics, the planner may choose other plans.
    reader.analyze().await;
    expect_bounded(&reader).await;
}
