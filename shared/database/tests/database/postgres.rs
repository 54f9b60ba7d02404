//! PostgreSQL: concurrent writes that conflict, and a server that restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use tandem_config::HumanDuration;
use tandem_database::{Database, Db as _, Settings};
use tandem_error::Error;
use tandem_test_support::postgres::{self, Server};
use tokio::sync::Barrier;

use crate::notes::{add, ids, open, text};

/// An open database on the shared server, if there is one.
async fn database() -> Option<Database> {
    let url = postgres::database()?;
    Some(open(&Settings { url: url.into(), ..Settings::default() }).await)
}

/// Two writes whose first attempts conflict: each waits once for the other.
#[derive(Clone)]
struct Meeting {
    attempts: Arc<AtomicU32>,
    both: Arc<Barrier>,
}

impl Meeting {
    fn new() -> Self {
        Self { attempts: Arc::new(AtomicU32::new(0)), both: Arc::new(Barrier::new(2)) }
    }

    async fn meet(&self) {
        if self.attempts.fetch_add(1, Ordering::Relaxed) < 2 {
            self.both.wait().await;
        }
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }
}

async fn execute(tx: &DatabaseTransaction, sql: &str) -> Result<(), Error> {
    tx.execute_unprepared(sql).await.db().map(|_| ())
}

#[tokio::test]
async fn serialization_failure_is_retried() {
    let Some(db) = database().await else { return };
    let meeting = Meeting::new();
    let write = |own: i64| {
        let meeting = meeting.clone();
        db.write(async move |tx| {
            execute(tx, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").await?;
            let seen = ids(tx).await.len();
            meeting.meet().await;
            add(tx, own, "by what was seen").await?;
            Ok(seen)
        })
    };
    let (one, other) = tokio::join!(write(1), write(2));
    let mut seen = [one.expect("a commit"), other.expect("a commit")];
    seen.sort_unstable();
    assert_eq!(seen, [0, 1], "one saw the other");
    assert_eq!(meeting.attempts(), 3);
}

#[tokio::test]
async fn deadlock_is_retried() {
    let Some(db) = database().await else { return };
    let setup = "INSERT INTO notes VALUES (1, 'a'), (2, 'b')";
    db.write(async move |tx| execute(tx, setup).await).await.expect("two notes");
    let meeting = Meeting::new();
    let write = |first: i64, second: i64| {
        let meeting = meeting.clone();
        db.write(async move |tx| {
            execute(tx, &format!("UPDATE notes SET text = text || 'x' WHERE id = {first}")).await?;
            meeting.meet().await;
            execute(tx, &format!("UPDATE notes SET text = text || 'x' WHERE id = {second}")).await
        })
    };
    let (one, other) = tokio::join!(write(1, 2), write(2, 1));
    one.expect("a commit");
    other.expect("a commit");
    assert_eq!(meeting.attempts(), 3);
    assert_eq!(
        text(db.reader(), "SELECT string_agg(text, ' ' ORDER BY id) FROM notes").await,
        "axx bxx"
    );
}

#[tokio::test]
async fn concurrent_duplicate_is_retried() {
    let Some(db) = database().await else { return };
    let meeting = Meeting::new();
    let write = || {
        let meeting = meeting.clone();
        db.write(async move |tx| {
            let found = ids(tx).await.contains(&7);
            meeting.meet().await;
            if !found {
                add(tx, 7, "there was none").await?;
            }
            Ok(found)
        })
    };
    let (one, other) = tokio::join!(write(), write());
    assert_ne!(one.expect("added or found"), other.expect("found or added"));
    assert_eq!(ids(db.reader()).await, [7]);
    assert_eq!(meeting.attempts(), 3);
}

#[tokio::test]
async fn repeated_duplicate_is_returned() {
    let Some(db) = database().await else { return };
    db.write(async |tx| add(tx, 1, "first").await).await.expect("a commit");
    let outcome = db.write(async |tx| add(tx, 1, "second").await).await;
    assert!(matches!(outcome, Err(Error::Internal(_))));
}

#[tokio::test]
async fn connections_have_name_and_timeouts() {
    let Some(db) = database().await else { return };
    assert_eq!(text(db.reader(), "SHOW application_name").await, "tandem");
    assert_eq!(text(db.reader(), "SHOW statement_timeout").await, "10s");
    assert_eq!(text(db.reader(), "SHOW idle_in_transaction_session_timeout").await, "10s");
}

#[tokio::test]
async fn restarted_server_works_again() {
    let Some(server) = Server::start() else { return };
    let url = server.database();
    let settings = Settings {
        url: url.into(),
        acquire_timeout: HumanDuration::from_millis(500),
        ..Settings::default()
    };
    let db = open(&settings).await;
    db.write(async |tx| add(tx, 1, "before").await).await.expect("a commit");
    server.stop();
    let outcome = db.write(async |tx| add(tx, 2, "meanwhile").await).await;
    assert!(matches!(outcome, Err(Error::DatabaseUnavailable(_))), "{outcome:?}");
    assert!(matches!(db.ping().await, Err(Error::DatabaseUnavailable(_))));
    server.resume();
    db.write(async |tx| add(tx, 3, "after").await).await.expect("a new connection");
    assert_eq!(ids(db.reader()).await, [1, 3]);
}

#[tokio::test]
async fn closed_connections_fail_no_write() {
    let Some(url) = postgres::database() else { return };
    let settings = Settings { url: url.into(), ..Settings::default() };
    let (db, other) = (open(&settings).await, open(&settings).await);
    let all = Arc::new(Barrier::new(8));
    let meet = |_| {
        let all = Arc::clone(&all);
        db.write(async move |_| {
            all.wait().await;
            Ok(())
        })
    };
    let used = futures::future::join_all((0..8).map(meet)).await;
    assert!(used.iter().all(Result::is_ok), "all connections are open");
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let cut: u32 = text(other.reader(), cut).await.parse().expect("a number");
    assert!(cut >= 8, "{cut} connections were cut");
    for id in 1..=8 {
        db.write(async move |tx| add(tx, id, "after").await)
            .await
            .expect("a connection that lives");
    }
}
