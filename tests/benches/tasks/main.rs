//! The cost of calls of the task service: server CPU time and calls per second, on SQLite and PostgreSQL,
//! compared with a bare tonic echo and bare queries in the same run.
//!
//! `cargo bench -p tandem-tests --bench tasks -- --seconds 5 --only sqlite`

#[path = "../measure/mod.rs"]
#[allow(dead_code)] // Each benchmark uses some of it.
mod measure;

mod calls;
mod goals;
mod raw;
mod watch;

use std::time::Duration;

use measure::database::Place;
use measure::load::{self, Cost, Meters, connect};
use measure::options::option;
use measure::process::{self, Server};
use measure::table::Table;
use measure::task_service::{self, TaskServer};
use measure::{echo, table};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Default number of concurrent callers.
const CALLERS: usize = 8;

fn main() {
    match process::role() {
        Some((role, arguments)) => match role.as_str() {
            task_service::ROLE => task_service::serve(&arguments),
            echo::ROLE => echo::serve(),
            raw::ROLE => raw::run(&arguments),
            _ => panic!("unknown role: {role}"),
        },
        None => process::runtime().block_on(bench()),
    }
}

async fn bench() {
    let time = Duration::from_secs_f64(option("--seconds", 5.0));
    let echo = measure_echo(time).await;
    for place in Place::all().await {
        let server = TaskServer::start(&place);
        let mut rows = vec![("bare tonic echo".to_owned(), echo)];
        rows.extend(calls::measure(&server, &place, time).await);
        rows.push(watch::measure(&server, time).await);
        print(&place, &rows);
        goals::print(&rows);
    }
}

async fn measure_echo(time: Duration) -> Cost {
    let server = Server::start(echo::ROLE, &[]);
    let meters = Meters { server: server.cpu(), database: None };
    let channel = connect(&server.url).await;
    let id = "018f0000-0000-7000-8000-000000000000";
    load::run(meters, CALLERS, time, |_| echo::call(&channel, id)).await
}

fn print(place: &Place, rows: &[(String, Cost)]) {
    let database = if place.is_postgres() { "+ database CPU us" } else { "" };
    let mut table = Table::new(&["call", "calls/s", "server CPU us/call", database]);
    for (name, cost) in rows {
        let mut cells =
            vec![name.clone(), format!("{:.0}", cost.rate()), format!("{:.1}", cost.server())];
        if place.is_postgres() && cost.together() > cost.server() {
            cells.push(format!("{:.1}", cost.together()));
        }
        table.row(cells);
    }
    table.print(place.name);
    table::say("");
}
