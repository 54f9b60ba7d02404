//! SQLite: queued writes share a commit and do not affect each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use sea_orm::ConnectionTrait as _;
use tandem_config::HumanDuration;
use tandem_database::{Database, Db as _, Settings};
use tandem_error::{Error, request};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::time::sleep_until;

use crate::notes::{Held, add, ids, open, started};

/// A file and its settings.
fn file() -> (TempDir, Settings) {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("notes.db"));
    (folder, settings)
}

#[tokio::test]
async fn queued_writes_share_commits() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let before = db.commit_count();
    let held = Held::begin(&db, 0).await;
    let mut waiting = Vec::new();
    for id in 1..=64 {
        waiting.push(started(db.write(async move |tx| add(tx, id, "one of many").await)).await);
    }
    held.end().await.expect("a commit");
    for outcome in join_all(waiting).await {
        outcome.expect("a commit");
    }
    assert_eq!(ids(db.reader()).await.len(), 65);
    let commits = db.commit_count() - before;
    assert!(commits <= 10, "{commits} commits for 65 writes");
}

#[tokio::test]
async fn a_lone_write_is_one_commit() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    for id in 1..=10 {
        let before = db.commit_count();
        db.write(async move |tx| add(tx, id, "alone").await).await.expect("a commit");
        assert_eq!(db.commit_count() - before, 1);
    }
}

#[tokio::test]
async fn failed_writes_spare_their_neighbours() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let held = Held::begin(&db, 0).await;
    let first = started(db.write(async |tx| add(tx, 1, "stays").await)).await;
    let fails = started(db.write(async |tx| {
        add(tx, 2, "gone").await?;
        Err::<(), _>(Error::Denied)
    }));
    let fails = fails.await;
    let panics = started(db.write(async |tx| -> Result<(), Error> {
        add(tx, 3, "gone").await?;
        panic!("on purpose");
    }));
    let panics = panics.await;
    let duplicate = started(db.write(async |tx| add(tx, 1, "twice").await)).await;
    let last = started(db.write(async |tx| add(tx, 4, "stays").await)).await;
    held.end().await.expect("a commit");
    first.await.expect("a commit");
    assert!(matches!(fails.await, Err(Error::Denied)));
    assert!(matches!(panics.await, Err(Error::Internal(_))));
    assert!(matches!(duplicate.await, Err(Error::Internal(_))));
    last.await.expect("a commit");
    assert_eq!(ids(db.reader()).await, [0, 1, 4]);
}

#[tokio::test]
async fn writer_recovers_from_a_lost_batch() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let held = Held::begin(&db, 0).await;
    let neighbour = started(db.write(async |tx| add(tx, 1, "gone").await)).await;
    let sql = "INSERT OR ROLLBACK INTO notes VALUES (1, 'undoes all'), (1, 'undoes all')";
    let culprit = started(db.write(async move |tx| tx.execute_unprepared(sql).await.db())).await;
    let (held, neighbour) = (held.end().await, neighbour.await);
    culprit.await.expect_err("a key twice");
    // They may have been committed before the rollback; the returned results must match in either case.
    let there = ids(db.reader()).await;
    assert_eq!((there.contains(&0), there.contains(&1)), (held.is_ok(), neighbour.is_ok()));
    db.write(async |tx| add(tx, 2, "stays").await).await.expect("a connection that works");
    assert!(ids(db.reader()).await.contains(&2));
}

#[tokio::test]
async fn abandoned_queued_write_is_skipped() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let held = Held::begin(&db, 0).await;
    let has_run = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&has_run);
    let write = db.write(async move |tx| {
        flag.store(true, Ordering::Relaxed);
        add(tx, 1, "unwanted").await
    });
    drop(started(write).await);
    held.end().await.expect("a commit");
    db.write(async |tx| add(tx, 2, "after it").await).await.expect("a commit");
    assert!(!has_run.load(Ordering::Relaxed));
    assert_eq!(ids(db.reader()).await, [0, 2]);
}

#[tokio::test]
async fn abandoned_running_write_is_finished() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let (begun, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (has_begun, released) = (Arc::clone(&begun), Arc::clone(&release));
    let write = started(db.write(async move |tx| {
        has_begun.notify_one();
        released.notified().await;
        add(tx, 1, "finished").await
    }));
    let write = write.await;
    begun.notified().await;
    drop(write);
    release.notify_one();
    db.write(async |tx| add(tx, 2, "after it").await).await.expect("a commit");
    assert_eq!(ids(db.reader()).await, [1, 2]);
}

#[tokio::test]
async fn full_queue_is_overloaded() {
    let (_folder, settings) = file();
    let db = open(&Settings { acquire_timeout: HumanDuration::from_millis(50), ..settings }).await;
    let held = Held::begin(&db, 0).await;
    let mut waiting = Vec::new();
    let refused = loop {
        let mut write = Box::pin(db.write(async |_| Ok(())));
        if waiting.len() < 1024 {
            assert!(futures::poll!(&mut write).is_pending());
            waiting.push(write);
        } else {
            break write.await;
        }
    };
    assert!(matches!(refused, Err(Error::Overloaded)));
    held.end().await.expect("a commit");
    assert!(join_all(waiting).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn close_finishes_queued_writes() {
    let (folder, settings) = file();
    let db = open(&settings).await;
    let held = Held::begin(&db, 0).await;
    let queued = started(db.write(async |tx| add(tx, 1, "queued").await)).await;
    let close = started(db.close()).await;
    held.end().await.expect("a commit");
    close.await;
    queued.await.expect("a commit");
    let late = db.write(async |tx| add(tx, 2, "too late").await).await;
    assert!(matches!(late, Err(Error::DatabaseUnavailable(_))));
    assert!(matches!(db.ping().await, Err(Error::DatabaseUnavailable(_))));
    assert!(!folder.path().join("notes.db-wal").exists(), "all is in the database");
    assert_eq!(ids(open(&settings).await.reader()).await, [0, 1]);
}

#[tokio::test]
async fn commits_survive_a_drop() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    db.write(async |tx| add(tx, 1, "stays").await).await.expect("a commit");
    drop(db);
    assert_eq!(ids(open(&settings).await.reader()).await, [1]);
}

#[tokio::test]
async fn locked_file_is_unavailable() {
    let (_folder, settings) = file();
    let settings = Settings { acquire_timeout: HumanDuration::from_millis(50), ..settings };
    let db = open(&settings).await;
    let other = Database::open(&settings).await.expect("the same file");
    let held = Held::begin(&other, 0).await;
    let outcome = db.write(async |tx| add(tx, 1, "locked out").await).await;
    assert!(matches!(outcome, Err(Error::DatabaseUnavailable(_))));
    let plain = sea_orm::Database::connect(settings.url.expose()).await.expect("the same file");
    let busy = plain.execute_unprepared("PRAGMA busy_timeout = 1; BEGIN IMMEDIATE").await.db();
    assert!(matches!(busy, Err(Error::DatabaseUnavailable(_))));
    held.end().await.expect("a commit");
    db.write(async |tx| add(tx, 1, "let in").await).await.expect("a commit");
}

#[tokio::test]
async fn overdue_write_is_dropped() {
    let (_folder, settings) = file();
    let db = open(&settings).await;
    let held = Held::begin(&db, 0).await;
    let deadline = Instant::now() + Duration::from_millis(20);
    let late = request::with_deadline(deadline, db.write(async |tx| add(tx, 1, "late").await));
    let late = started(late).await;
    let other = started(db.write(async |tx| add(tx, 2, "in time").await)).await;
    // The write before it takes longer than its caller waits.
    sleep_until(deadline.into()).await;
    held.end().await.expect("a commit");
    assert!(matches!(late.await, Err(Error::DeadlineExceeded)));
    other.await.expect("a commit");
    assert_eq!(ids(db.reader()).await, [0, 2]);
}
