//! Checkpoints, which keep the write-ahead log short.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement};

/// The work after which a checkpoint is due: a commit counts 16, a write 1.
const CHECKPOINT_INTERVAL: usize = 1024;

/// A log of this many pages (32 MiB) is truncated, even if that has to wait for readers.
const TRUNCATE_PAGES: i64 = 8192;

/// How long a truncation waits for readers, in milliseconds. It grows with the log, so that the log stays
/// short on a slow machine too.
const BUSY_TIMEOUT_MS: i64 = 100;
const MAX_BUSY_TIMEOUT_MS: i64 = 3_000;

/// Decides when a checkpoint is due, by the work since the last one.
#[derive(Debug, Default)]
pub(super) struct CheckpointPolicy(usize);

impl CheckpointPolicy {
    /// Counts a commit of `writes`. Returns whether a checkpoint is due, and starts from 0 if so.
    pub(super) fn is_due_after(&mut self, writes: usize) -> bool {
        self.0 += 16 + writes;
        let due = self.0 >= CHECKPOINT_INTERVAL;
        if due {
            self.0 = 0;
        }
        due
    }
}

/// Moves committed pages into the database file. Waits for readers only if the log is long.
pub(super) async fn run_checkpoint(db: &DatabaseConnection) -> Result<(), DbErr> {
    let statement = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(PASSIVE)");
    let row = db.query_one_raw(statement).await?;
    let pages = row.map_or(Ok(0), |row| row.try_get_by_index::<i64>(1))?;
    if pages >= TRUNCATE_PAGES {
        truncate_log(db, busy_timeout_ms(pages)).await?;
    }
    Ok(())
}

/// Four times as long per 32 MiB.
fn busy_timeout_ms(pages: i64) -> i64 {
    let times = (1..pages / TRUNCATE_PAGES).fold(1_i64, |times, _| times.saturating_mul(4));
    BUSY_TIMEOUT_MS.saturating_mul(times).min(MAX_BUSY_TIMEOUT_MS)
}

/// Waits for readers of old pages, then truncates the log. If they do not finish in time, the next
/// checkpoint tries again.
async fn truncate_log(db: &DatabaseConnection, busy_timeout: i64) -> Result<(), DbErr> {
    let timeout = Statement::from_string(DbBackend::Sqlite, "PRAGMA busy_timeout");
    let timeout = db.query_one_raw(timeout).await?;
    let timeout = timeout.map_or(Ok(0), |row| row.try_get_by_index::<i64>(0))?;
    let sql = format!(
        "PRAGMA busy_timeout = {busy_timeout}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = {timeout}"
    );
    db.execute_unprepared(&sql).await.map(|_| ())
}
