//! Stops a statement of the writer that runs for too long: dropping its future would not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::SqlitePoolOptions;

/// After how many steps of SQLite's virtual machine the time is looked at: well below a millisecond.
const STEPS: i32 = 10_000;

/// The time by which the writer's job has to end.
#[derive(Debug, Clone)]
pub(super) struct Watchdog {
    start: Instant,
    /// In milliseconds after `start`.
    deadline: Arc<AtomicU64>,
}

impl Watchdog {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), deadline: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    /// Gives statements until `limit` from now.
    pub(super) fn arm(&self, limit: Duration) {
        let deadline = (self.start.elapsed() + limit).as_millis();
        self.deadline.store(u64::try_from(deadline).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Lets statements run for as long as they need.
    pub(super) fn disarm(&self) {
        self.deadline.store(u64::MAX, Ordering::Relaxed);
    }

    /// Watches the connections of a pool.
    pub(super) fn watch(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let this = self.clone();
        pool.after_connect(move |connection, _| {
            let this = this.clone();
            Box::pin(async move {
                let mut handle = connection.lock_handle().await?;
                handle.set_progress_handler(STEPS, move || this.in_time());
                Ok(())
            })
        })
    }

    fn in_time(&self) -> bool {
        self.start.elapsed().as_millis() <= u128::from(self.deadline.load(Ordering::Relaxed))
    }
}
