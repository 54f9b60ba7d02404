//! Interrupts the statements of a connection after a timeout. Dropping a future would not stop one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::sqlite::SqlitePoolOptions;

/// The steps of SQLite's virtual machine between two checks of the deadline: well below a millisecond.
const CHECK_INTERVAL_STEPS: i32 = 10_000;

/// The deadline of a connection.
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

    /// Sets the deadline to `timeout` from now.
    pub(super) fn arm(&self, timeout: Duration) {
        let deadline = (self.start.elapsed() + timeout).as_millis();
        self.deadline.store(u64::try_from(deadline).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Removes the deadline.
    pub(super) fn disarm(&self) {
        self.deadline.store(u64::MAX, Ordering::Relaxed);
    }

    /// Installs the watchdog on the connections of a pool.
    pub(super) fn install(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let this = self.clone();
        pool.after_connect(move |connection, _| {
            let this = this.clone();
            Box::pin(async move {
                let mut handle = connection.lock_handle().await?;
                handle.set_progress_handler(CHECK_INTERVAL_STEPS, move || this.is_in_time());
                Ok(())
            })
        })
    }

    fn is_in_time(&self) -> bool {
        self.start.elapsed().as_millis() <= u128::from(self.deadline.load(Ordering::Relaxed))
    }
}
