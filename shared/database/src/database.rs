//! An open database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend};
use tandem_config::ValidateConfig as _;
use tandem_error::Error;
use tokio::time::timeout;

use crate::{Db as _, Reader, Settings, postgres, sqlite};

/// An open database. Clones share its connections, which close with the last clone.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) settings: Arc<Settings>,
    reader: Reader,
    write_path: WritePath,
    commits: Arc<AtomicU64>,
}

/// How writes are executed.
#[derive(Debug, Clone)]
enum WritePath {
    /// By the one writer of the file.
    Sqlite(sqlite::WriteQueue),
    /// In a transaction on a connection of the read pool.
    Postgres(DatabaseConnection),
}

impl Database {
    /// Opens the database. A missing SQLite file is created, with its folder.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`] if it cannot be reached or written; [`Error::Internal`] if the
    /// settings are invalid.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let faults = settings.validate();
        if !faults.is_empty() {
            return Err(Error::internal(faults.join("; ")));
        }
        let commits = Arc::new(AtomicU64::new(0));
        let (reader, write_path) = if settings.backend() == Some(DbBackend::Postgres) {
            let pool = postgres::open_pool(settings).await?;
            (Reader::postgres(pool.clone()), WritePath::Postgres(pool))
        } else {
            let (readers, queue) = sqlite::open(settings, Arc::clone(&commits)).await?;
            (Reader::sqlite(readers), WritePath::Sqlite(queue))
        };
        Ok(Self { settings: Arc::new(settings.clone()), reader, write_path, commits })
    }

    /// The connections for reads. On SQLite they refuse writes and never wait for the writer.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// SQLite or PostgreSQL.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Runs `job` in a transaction and returns after the commit is on disk:
    /// `db.write(async move |tx| tasks::insert(tx, &owner, &task).await).await`. If it fails, panics or
    /// exceeds `statement_timeout`, it is rolled back.
    ///
    /// `job` must have no effect other than its writes to `tx`, because it may run again: on SQLite after
    /// another job of the same commit failed, on PostgreSQL after a conflict (serialization failure,
    /// deadlock, duplicate key).
    ///
    /// SQLite: jobs run one at a time, and those that wait share a commit, so no constraint may be
    /// deferred to the commit. A job that has begun is finished even if its caller is dropped.
    ///
    /// PostgreSQL: jobs run concurrently (READ COMMITTED). A job has to lock the rows that it decides
    /// upon, or to name the condition in its WHERE. If the caller is dropped before the commit, the job
    /// is rolled back.
    ///
    /// # Errors
    /// The error of `job`; [`Error::Internal`] if it panics; [`Error::DeadlineExceeded`] after the
    /// timeout, or if the deadline of the current request is over before `job` has run; [`Error::Overloaded`] if too many writes wait; [`Error::DatabaseUnavailable`], and then,
    /// if the connection was lost during the commit, the writes may have been committed.
    pub async fn write<T, J>(&self, job: J) -> Result<T, Error>
    where
        J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.write_path {
            WritePath::Sqlite(queue) => queue.write(job).await,
            WritePath::Postgres(pool) => {
                let limit = self.settings.statement_timeout.get();
                postgres::run_write(pool, limit, &self.commits, job).await
            }
        }
    }

    /// The number of transactions committed since the database was opened.
    #[must_use]
    pub fn commit_count(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Checks that the database responds.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`] if it does not within `acquire_timeout`.
    pub async fn ping(&self) -> Result<(), Error> {
        let sql = match &self.write_path {
            WritePath::Sqlite(queue) => {
                queue.ping()?;
                "SELECT 1 FROM sqlite_schema LIMIT 1"
            }
            WritePath::Postgres(_) => "SELECT 1",
        };
        let limit = self.settings.acquire_timeout.get();
        let response = timeout(limit, self.reader.execute_unprepared(sql)).await;
        response.map_err(|error| Error::DatabaseUnavailable(error.into()))?.db()?;
        Ok(())
    }

    /// Finishes the queued writes and closes all connections. Waits for active reads, at most
    /// `acquire_timeout`.
    pub async fn close(&self) {
        if let WritePath::Sqlite(queue) = &self.write_path {
            queue.close().await;
        }
        // After the timeout, connections close when they are returned to the pool.
        let _ = timeout(self.settings.acquire_timeout.get(), self.reader.close()).await;
    }
}
