//! The rows that a call of ListTasks scans for a user with a million tasks among a hundred thousand other
//! users, by the counts of the databases, and its cost compared with the same call for a user with a thousand
//! tasks. Fails if a call of any filter and order scans more rows than the limit.
//!
//! `cargo bench -p tandem-tests --bench scale -- --tasks 1000000 --only postgres --case pending`

#[path = "../measure/mod.rs"]
#[allow(dead_code)] // Each benchmark uses some of it.
mod measure;

mod cases;
mod data;
mod fill;
mod plans;
#[allow(dead_code)] // The test `list_bound` uses the rest.
mod reads;
mod sweep;

use std::process::ExitCode;
use std::time::Duration;

use cases::Case;
use data::Size;
use measure::database::Place;
use measure::load::{self, Cost};
use measure::options::option;
use measure::process;
use measure::table::{Table, say};
use measure::task_service::{self, TaskServer};
use reads::{Reader, Reads};
use tandem_task::store::MAX_BLOCKS_SEARCHED;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Number of tasks of the one user at the smaller size.
const SMALL: i64 = 1000;

/// A filled database, with a server on it.
struct Scene {
    size: Size,
    reader: Reader,
    server: TaskServer,
    place: Place,
}

fn main() -> ExitCode {
    if let Some((_, arguments)) = process::role() {
        task_service::serve(&arguments);
        return ExitCode::SUCCESS;
    }
    let exceeded = process::runtime().block_on(bench());
    say(&format!("\n{exceeded} calls read more than the limit"));
    if exceeded == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn bench() -> usize {
    let tasks = option("--tasks", 1_000_000);
    let mut exceeded = 0;
    for (small, large) in Place::all().await.into_iter().zip(Place::all().await) {
        let (small, large) = (Scene::set(small, SMALL).await, Scene::set(large, tasks).await);
        compare(&small, &large).await;
        exceeded += sweep(&large, "without statistics").await;
        if large.place.is_postgres() {
            large.reader.analyze().await;
            exceeded += sweep(&large, "with statistics").await;
        }
    }
    exceeded
}

impl Scene {
    /// Creates as many tasks of other users as of the one user.
    async fn set(place: Place, tasks: i64) -> Self {
        let now = tandem_clock::Clock::system().now().as_micros();
        let size = Size { tasks, others: tasks / data::FEW, now };
        fill::fill(&place, size).await;
        say(&format!(
            "{}: {tasks} tasks of one user, {} users with 10 each",
            place.name, size.others
        ));
        let (reader, server) = (Reader::open(&place).await, TaskServer::start(&place));
        Self { size, reader, server, place }
    }

    async fn measure(&self, case: &Case) -> (Reads, Cost) {
        let after = case.after(self.size);
        let reads = self.reader.reads(case, after, self.reader.runs()).await;
        let client = self.server.client(case.owner.as_str()).await;
        let request = case.request(after);
        let call = async |_| {
            let page = client.clone().list_tasks(request.clone()).await.expect("a page");
            assert_eq!(page.into_inner().tasks.len(), reads.tasks, "{}", case.name);
        };
        let time = Duration::from_secs_f64(option("--seconds", 1.0));
        (reads, load::run(self.server.meters(), 4, time, call).await)
    }
}

/// Prints the cost of the common pages at both sizes.
async fn compare(small: &Scene, large: &Scene) {
    let units = if small.place.is_postgres() { "rows" } else { "steps" };
    let mut table = Table::new(&["page", "tasks", units, "", "ratio", "CPU us", "", "ratio"]);
    let only = option("--case", String::new());
    for case in cases::usual(large.size.now).into_iter().filter(|it| it.name.contains(&only)) {
        let ((few, cost), (many, more)) = (small.measure(&case).await, large.measure(&case).await);
        let [cpu, more] = [cost.together(), more.together()];
        let units = [few.units, many.units].map(|it| u32::try_from(it).expect("a count"));
        table.row(vec![
            case.name.clone(),
            format!("{} {}", few.tasks, many.tasks),
            few.units.to_string(),
            many.units.to_string(),
            format!("{:.2}", f64::from(units[1]) / f64::from(units[0].max(1))),
            format!("{cpu:.0}"),
            format!("{more:.0}"),
            format!("{:.2}", more / cpu),
        ]);
    }
    table.print(small.place.name);
}

/// Measures every filter in every order, prints the plans of calls over the limit, and returns their number.
async fn sweep(scene: &Scene, statistics: &str) -> usize {
    let only = option("--case", String::new());
    let sweep = sweep::run(&scene.reader, scene.size.now, &only, scene.reader.runs()).await;
    let name = scene.place.name;
    let largest = sweep.largest.map_or_else(String::new, |it| {
        format!("{} ({} tasks: {})", it.reads.units, it.reads.tasks, it.name)
    });
    say(&format!(
        "\n{name}, {statistics}: {} calls, {} short pages; maximum {largest}, limit {}; \
         {} blocks searched, limit {MAX_BLOCKS_SEARCHED}",
        sweep.calls,
        sweep.short,
        scene.reader.bound(),
        sweep.blocks
    ));
    for call in &sweep.exceeded {
        let Reads { units, blocks, .. } = call.reads;
        say(&format!("EXCEEDED {}: {units}, {blocks} blocks", call.name));
        let case =
            cases::all(scene.size.now).into_iter().find(|it| call.name.starts_with(&it.name));
        if let Some(case) = case {
            say(&format!("  {}", scene.reader.plans(&case, None).await.join("\n  ")));
        }
    }
    sweep.exceeded.len()
}
