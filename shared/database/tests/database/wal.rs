//! SQLite: the write-ahead log stays short.

use std::path::Path;

use futures::{StreamExt as _, stream};
use sea_orm::TransactionTrait as _;
use tandem_database::{Database, Settings};

use crate::notes::{add, ids, open};

const MIB: u64 = 1024 * 1024;

fn log_size(path: &Path) -> u64 {
    std::fs::metadata(path.with_extension("db-wal")).expect("a log").len()
}

/// Adds a note of `length` for each id, 64 at a time; says how long the log was at most.
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

#[tokio::test]
async fn the_log_stays_short_under_sustained_load() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    let db = open(&Settings::sqlite(&path)).await;
    let longest = fill(&db, &path, 0..20_000, 4_000).await;
    assert!(longest < 24 * MIB, "{longest} bytes of log for 80 MB written");
}

#[tokio::test]
async fn a_log_that_a_reader_kept_long_is_cut_when_the_reader_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    let db = open(&Settings::sqlite(&path)).await;
    let reader = db.reader().begin().await.expect("a snapshot");
    assert!(ids(&reader).await.is_empty());
    fill(&db, &path, 0..400, 100_000).await;
    assert!(log_size(&path) > 32 * MIB, "the reader keeps it");
    reader.commit().await.expect("an end");
    fill(&db, &path, 1_000..3_000, 10).await;
    assert!(log_size(&path) < 24 * MIB);
}
