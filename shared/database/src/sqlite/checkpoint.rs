//! Keeps the write-ahead log short.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};

/// Work after which a checkpoint is due: a commit counts 16, a job 1.
const DUE: usize = 1024;

/// A log of this many pages (32 MiB) is emptied even if readers have to be waited for.
const LONG: i64 = 8192;

/// How long they are waited for, in milliseconds: the longer the log, the longer, so that it stays
/// short on a machine where every read takes long.
const PATIENCE: i64 = 100;
const MOST_PATIENCE: i64 = 3_000;

/// How much was written since the last checkpoint.
#[derive(Debug, Default)]
pub(super) struct Gauge(usize);

impl Gauge {
    /// Counts a commit of `jobs`; says whether a checkpoint is due, and begins anew if so.
    pub(super) fn is_due_after(&mut self, jobs: usize) -> bool {
        self.0 += 16 + jobs;
        let due = self.0 >= DUE;
        if due {
            self.0 = 0;
        }
        due
    }
}

/// Moves committed pages into the database, without waiting for readers unless the log is long.
pub(super) async fn run(db: &DatabaseConnection) -> Result<(), DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(PASSIVE)");
    let row = db.query_one_raw(statement).await?;
    let pages = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(1))?;
    if pages >= LONG {
        empty(db, patience(pages)).await?;
    }
    Ok(())
}

/// Four times as long for each 32 MiB.
fn patience(pages: i64) -> i64 {
    let times = (1..pages / LONG).fold(1_i64, |times, _| times.saturating_mul(4));
    PATIENCE.saturating_mul(times).min(MOST_PATIENCE)
}

/// Waits a moment for readers of old pages, then empties the log; where they stay, the next one tries.
async fn empty(db: &DatabaseConnection, patience: i64) -> Result<(), DbErr> {
    let timeout = Statement::from_string(DbBackend::Sqlite, "PRAGMA busy_timeout");
    let timeout = db.query_one_raw(timeout).await?;
    let timeout = timeout.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?;
    let sql = format!(
        "PRAGMA busy_timeout = {patience}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = {timeout}"
    );
    db.execute_unprepared(&sql).await.map(|_| ())
}
