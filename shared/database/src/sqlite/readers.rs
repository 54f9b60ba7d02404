//! The readers of a file. A statement that takes too long, or whose caller is gone, is interrupted; otherwise it
//! would hold its connection until its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr, SqlxSqliteConnector};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::watchdog::Watchdog;

/// The readers of a file. Each opens its connection on demand. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Readers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    readers: Vec<Reader>,
    /// The indexes of the free readers. The one used last is used first: its page cache is warm.
    free: Mutex<Vec<usize>>,
    permits: Semaphore,
    acquire_timeout: Duration,
    statement_timeout: Duration,
}

#[derive(Debug)]
struct Reader {
    connection: DatabaseConnection,
    watchdog: Watchdog,
}

impl Readers {
    /// `count` readers. A statement waits for one for `acquire_timeout` and then runs for
    /// `statement_timeout`.
    pub(super) fn new(
        options: &SqliteConnectOptions,
        count: u32,
        acquire_timeout: Duration,
        statement_timeout: Duration,
    ) -> Self {
        let open = |_| Reader::new(options.clone(), acquire_timeout);
        let readers = (0..count).map(open).collect::<Vec<_>>();
        let (free, permits) = ((0..readers.len()).rev().collect(), Semaphore::new(readers.len()));
        Self(Arc::new(Inner {
            readers,
            free: Mutex::new(free),
            permits,
            acquire_timeout,
            statement_timeout,
        }))
    }

    /// A reader for one statement, whose time begins now.
    pub(crate) async fn lease(&self) -> Result<Lease, DbErr> {
        let lease = self.acquire().await?;
        lease.reader().watchdog.arm(self.0.statement_timeout);
        Ok(lease)
    }

    async fn acquire(&self) -> Result<Lease, DbErr> {
        let permit = match self.0.permits.try_acquire() {
            Ok(permit) => permit,
            Err(_) => timeout(self.0.acquire_timeout, self.0.permits.acquire())
                .await
                .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
                .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?,
        };
        permit.forget();
        // There are as many permits as free readers.
        let index = self.0.lock().pop();
        let index = index.ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        Ok(Lease { readers: self.clone(), index, finished: false })
    }

    /// Closes the connections; waits for those that are used.
    pub(crate) async fn close(&self) {
        self.0.permits.close();
        for reader in &self.0.readers {
            // The only error is that the connection is closed already.
            let _ = reader.connection.close_by_ref().await;
        }
    }
}

impl Inner {
    fn release(&self, index: usize) {
        self.readers[index].watchdog.disarm();
        self.lock().push(index);
        self.permits.add_permits(1);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<usize>> {
        // std mutex: nothing awaits while it is held.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    fn new(options: SqliteConnectOptions, acquire_timeout: Duration) -> Self {
        let watchdog = Watchdog::new();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(acquire_timeout)
            .max_lifetime(None)
            .test_before_acquire(false);
        let pool = watchdog.install(pool).connect_lazy_with(options);
        Self { connection: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool), watchdog }
    }

    /// Stops the statement that runs, and waits until it has stopped.
    async fn interrupt(&self) {
        self.watchdog.arm(Duration::ZERO);
        // The pool has the connection again when the statement has stopped.
        let _ = self.connection.get_sqlite_connection_pool().acquire().await;
    }
}

/// A reader that is used. When it is dropped unfinished, its statement is interrupted.
pub(crate) struct Lease {
    readers: Readers,
    index: usize,
    finished: bool,
}

impl Lease {
    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.reader().connection
    }

    /// Returns the reader after its statement has ended.
    pub(crate) fn finish(mut self) {
        self.finished = true;
    }

    fn reader(&self) -> &Reader {
        &self.readers.0.readers[self.index]
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (readers, index) = (Arc::clone(&self.readers.0), self.index);
        match Handle::try_current() {
            Ok(runtime) if !self.finished => {
                runtime.spawn(async move {
                    readers.readers[index].interrupt().await;
                    readers.release(index);
                });
            }
            _ => readers.release(index),
        }
    }
}
