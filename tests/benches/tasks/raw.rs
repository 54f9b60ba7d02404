//! The bare queries, without a server around them: what the database costs at least.

use std::io::{Write as _, stdout};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool, query};
use uuid::Uuid;

use crate::CALLERS;
use crate::measure::cpu::Cpu;
use crate::measure::database::Place;
use crate::measure::load::{self, Cost, Meters};
use crate::measure::process::{self, Server};

/// The role of a process that queries.
pub(crate) const ROLE: &str = "raw";

/// The query of GetTask, as many at a time.
pub(crate) const GET: &str = "bare query of GetTask, by 8";

/// An insert of one row with a durable commit of its own, one at a time.
pub(crate) const COMMIT: &str = "bare insert, one commit each";

const SQL: &str = "SELECT id, owner, number, title, description, state, priority, \
    due_time, labels, create_time, update_time, complete_time, delete_time, version, \
    change_sequence FROM tasks WHERE id = $1 AND owner = $2 LIMIT 1";

/// Has a process of its own run a query for some time.
pub(crate) fn measure(place: &Place, what: &str, owner: &str, id: &str, time: Duration) -> Cost {
    let seconds = time.as_secs_f64().to_string();
    let arguments = [what, place.settings.url.expose(), owner, id, &seconds];
    // What it says where servers say their URL.
    let outcome = Server::start(ROLE, &arguments).url.clone();
    let numbers = outcome.split(' ').map(|it| it.parse().expect("a number")).collect::<Vec<u64>>();
    let [calls, time, cpu] = numbers[..] else { panic!("three numbers") };
    let [time, cpu] = [time, cpu].map(Duration::from_micros);
    Cost { calls, time, cpu: [cpu, Duration::ZERO] }
}

/// Runs the query and says what it cost.
pub(crate) fn run(arguments: &[String]) {
    let [what, url, owner, id, seconds] = arguments else { panic!("what to do") };
    let time = Duration::from_secs_f64(seconds.parse().expect("a number"));
    let id = Uuid::try_parse(id).expect("an id");
    let cost = process::runtime().block_on(async {
        match what.as_str() {
            COMMIT => commits(url, time).await,
            _ if url.starts_with("sqlite:") => sqlite(url, owner, id, time).await,
            _ => postgres(url, owner, id, time).await,
        }
    });
    let [time, cpu] = [cost.time, cost.cpu[0]].map(|it| it.as_micros());
    writeln!(stdout(), "{} {time} {cpu}", cost.calls).expect("a parent that listens");
}

fn meters() -> Meters {
    Meters { server: Cpu::of(std::process::id()), database: None }
}

async fn sqlite(url: &str, owner: &str, id: Uuid, time: Duration) -> Cost {
    let options = url.parse::<SqliteConnectOptions>().expect("a URL");
    let options = options.pragma("query_only", "ON");
    let pool = SqlitePoolOptions::new().max_connections(8).test_before_acquire(false);
    let pool: SqlitePool = pool.connect_with(options).await.expect("a database");
    let get = async |_| {
        let row = query(SQL).bind(id).bind(owner).fetch_one(&pool).await;
        drop(row.expect("the task"));
    };
    load::run(meters(), CALLERS, time, get).await
}

async fn postgres(url: &str, owner: &str, id: Uuid, time: Duration) -> Cost {
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(8).test_before_acquire(false);
    let pool: PgPool = pool.connect(url).await.expect("a database");
    let get = async |_| {
        let row = query(SQL).bind(id).bind(owner).fetch_one(&pool).await;
        drop(row.expect("the task"));
    };
    load::run(meters(), CALLERS, time, get).await
}

/// In a file of its own, beside the service's.
async fn commits(url: &str, time: Duration) -> Cost {
    let options = format!("{url}.commits").parse::<SqliteConnectOptions>().expect("a URL");
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    let pool: SqlitePool = pool.connect_with(options).await.expect("a database");
    let table = "CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
    query(table).execute(&pool).await.expect("a table");
    let insert = async |_| {
        let mut tx = pool.begin().await.expect("a transaction");
        let text = "Buy milk and bread on the way home";
        let insert = query("INSERT INTO rows (text) VALUES ($1)").bind(text);
        insert.execute(&mut *tx).await.expect("a row");
        tx.commit().await.expect("a commit");
    };
    load::run(meters(), 1, time, insert).await
}
