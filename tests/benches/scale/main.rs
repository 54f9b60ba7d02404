//! What a page of tasks costs a user with a thousand tasks, and one with a million beside a hundred
//! thousand other users: server CPU through gRPC, what the database reads, and its plans. Ends with an
//! error where a page reads more than its goal allows.
//!
//! `cargo bench -p tandem-tests --bench scale -- --tasks 1000000 --only postgres --case search`

#[path = "../measure/mod.rs"]
#[allow(dead_code)] // Each benchmark uses some of it.
mod measure;

mod cases;
mod data;
mod fill;
mod plans;
mod reads;

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

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tasks of the one user at the smaller size.
const SMALL: i64 = 1000;

/// A database of a size, with a server on it.
struct Scene {
    size: Size,
    reader: Reader,
    server: TaskServer,
    _place: Place,
}

/// What a page cost at one size.
struct Outcome {
    reads: Reads,
    cost: Cost,
    plans: Vec<String>,
}

fn main() -> ExitCode {
    if let Some((_, arguments)) = process::role() {
        task_service::serve(&arguments);
        return ExitCode::SUCCESS;
    }
    let exceeded = process::runtime().block_on(bench());
    say(&format!("\n{exceeded} pages read more than their goal allows"));
    if exceeded == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn bench() -> usize {
    let tasks = option("--tasks", 1_000_000);
    let mut exceeded = 0;
    for (small, large) in Place::all().await.into_iter().zip(Place::all().await) {
        let name = small.name;
        let (small, large) = (Scene::set(small, SMALL).await, Scene::set(large, tasks).await);
        exceeded += compare(name, &small, &large).await;
    }
    exceeded
}

impl Scene {
    /// As many tasks of others as of the one user.
    async fn set(place: Place, tasks: i64) -> Self {
        let now = tandem_clock::Clock::system().now().as_micros();
        let size = Size { tasks, others: tasks / data::FEW, now };
        fill::fill(&place, size).await;
        say(&format!(
            "{}: {tasks} tasks of one user, {} users with 10 each",
            place.name, size.others
        ));
        let (reader, server) = (Reader::open(&place).await, TaskServer::start(&place));
        Self { size, reader, server, _place: place }
    }

    async fn measure(&self, case: &Case) -> Outcome {
        let after = case.after(self.size);
        let reads = self.reader.reads(case, after).await;
        let plans = self.reader.plans(case, after).await;
        let client = self.server.client(case.owner).await;
        let request = case.request(after);
        let call = async |_| {
            let page = client.clone().list_tasks(request.clone()).await.expect("a page");
            assert_eq!(page.into_inner().tasks.len(), reads.tasks, "{}", case.name);
        };
        let time = Duration::from_secs_f64(option("--seconds", 1.0));
        let cost = load::run(self.server.meters(), 4, time, call).await;
        Outcome { reads, cost, plans }
    }
}

/// Prints what each page costs at both sizes; answers how many exceed their goal.
async fn compare(name: &str, small: &Scene, large: &Scene) -> usize {
    let units = if name == "SQLite" { "steps" } else { "rows" };
    let heads = ["page", "tasks", units, "", "ratio", "goal", "blocks", "CPU us", "", "ratio"];
    let mut table = Table::new(&heads);
    let mut exceeded = 0;
    let only = option("--case", String::new());
    for case in cases::all(large.size.now).into_iter().filter(|it| it.name.contains(&only)) {
        let (small, large) = (small.measure(&case).await, large.measure(&case).await);
        let ratio = large.reads.over(small.reads);
        let is_read_whole = large.plans.iter().any(|plan| plan.contains("Seq Scan"));
        let is_exceeded =
            case.goal.is_some_and(|goal| large.reads.exceeds(small.reads, goal) || is_read_whole);
        exceeded += usize::from(is_exceeded);
        let mark = if is_exceeded { " EXCEEDED" } else { "" };
        let goal = case.goal.map_or("none".to_owned(), |goal| format!("{goal:.1}{mark}"));
        let [cpu, more] = [small.cost.together(), large.cost.together()];
        table.row(vec![
            case.name.clone(),
            format!("{} {}", small.reads.tasks, large.reads.tasks),
            small.reads.units.to_string(),
            large.reads.units.to_string(),
            format!("{ratio:.2}"),
            goal,
            format!("{} {}", small.reads.blocks, large.reads.blocks),
            format!("{cpu:.0}"),
            format!("{more:.0}"),
            format!("{:.2}", more / cpu),
        ]);
        say(&format!("{name}, {}:\n  {}", case.name, large.plans.join("\n  ")));
    }
    table.print(name);
    exceeded
}
