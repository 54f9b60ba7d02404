//! SQLite: the write-ahead log stays short.

use std::path::Path;

use futures::future::{Either, join_all, select};
use futures::{StreamExt as _, stream};
use sea_orm::{DatabaseTransaction, TransactionTrait as _};
use tandem_config::HumanDuration;
use tandem_database::{Database, Settings};

use crate::notes::{add, ids, open, text};

const MIB: u64 = 1024 * 1024;

fn log_size(path: &Path) -> u64 {
    std::fs::metadata(path.with_extension("db-wal")).expect("a log").len()
}

/// Adds a note of `length` for each id, 64 at a time; returns the maximum length of the log.
async fn fill(db: &Database, path: &Path, ids: std::ops::Range<i64>, length: usize) -> u64 {
    let text = "x".repeat(length);
    let write = |id| {
        let text = text.clone();
        async move {
            db.write(async move |tx| add(tx, id, &text).await).await.expect("a commit");
            log_size(path)
        }
    };
    stream::iter(ids).map(write).buffer_unordered(64).fold(0, async |a, b| a.max(b)).await
}

/// A read transaction, which keeps its pages in the log.
async fn snapshot(path: &Path) -> DatabaseTransaction {
    let url = format!("sqlite:{}", path.display());
    let db = sea_orm::Database::connect(url).await.expect("a connection");
    let reader = db.begin().await.expect("a reader");
    text(&reader, "SELECT count(*) FROM sqlite_schema").await;
    reader
}

/// A long read, such as an export.
const SLOW: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) \
                    SELECT max(i) + (SELECT count(*) FROM sqlite_schema) FROM n";

/// Reads continuously with overlapping transactions, so that there is always a reader of older pages.
async fn read_without_pause(db: &Database) -> u64 {
    let read = async |_: i32| loop {
        text(db.reader(), SLOW).await;
    };
    join_all((0..3).map(read)).await[0]
}

#[tokio::test]
async fn log_stays_short_under_load() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    let db = open(&Settings::sqlite(&path)).await;
    let longest = fill(&db, &path, 0..20_000, 4_000).await;
    assert!(longest < 24 * MIB, "{longest} bytes of log for 80 MB written");
}

#[tokio::test]
async fn log_is_truncated_after_a_long_reader() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    let db = open(&Settings::sqlite(&path)).await;
    let reader = snapshot(&path).await;
    fill(&db, &path, 0..400, 100_000).await;
    assert!(log_size(&path) > 32 * MIB, "the reader keeps it");
    reader.commit().await.expect("an end");
    fill(&db, &path, 1_000..3_000, 10).await;
    assert!(log_size(&path) < 24 * MIB);
    assert_eq!(ids(db.reader()).await.len(), 2_400);
}

#[tokio::test]
async fn log_stays_short_with_constant_readers() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    // Only the log is checked: on a busy machine everything may be slow.
    let patient = Settings {
        acquire_timeout: HumanDuration::from_millis(120_000),
        statement_timeout: HumanDuration::from_millis(120_000),
        ..Settings::sqlite(&path)
    };
    let db = open(&patient).await;
    let readers = Box::pin(read_without_pause(&db));
    let writers = Box::pin(fill(&db, &path, 0..8_000, 20_000));
    let (Either::Left((longest, _)) | Either::Right((longest, _))) = select(readers, writers).await;
    assert!(longest < 110 * MIB, "{longest} bytes of log for 160 MB written");
}
