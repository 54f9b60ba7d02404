//! A database that is open.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend};
use tandem_config::ValidateConfig as _;
use tandem_error::Error;
use tokio::time::timeout;

use crate::{Db as _, Settings, postgres, sqlite};

/// An open database. Clones are the same database, which closes with the last of them.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) settings: Arc<Settings>,
    reader: DatabaseConnection,
    door: Door,
    commits: Arc<AtomicU64>,
}

/// Which way writes go.
#[derive(Debug, Clone)]
enum Door {
    /// To the one writer of the file.
    Sqlite(sqlite::Queue),
    /// To a transaction of the pool that is read from, too.
    Postgres,
}

impl Database {
    /// Opens the database. A SQLite file is created where it is missing, with its folder.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`] where it cannot be reached or written; [`Error::Internal`] where
    /// the settings have faults.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let faults = settings.validate();
        if !faults.is_empty() {
            return Err(Error::internal(faults.join("; ")));
        }
        let commits = Arc::new(AtomicU64::new(0));
        let (reader, door) = if settings.backend() == Some(DbBackend::Postgres) {
            (postgres::open(settings).await?, Door::Postgres)
        } else {
            let (readers, queue) = sqlite::open(settings, Arc::clone(&commits)).await?;
            (readers, Door::Sqlite(queue))
        };
        Ok(Self { settings: Arc::new(settings.clone()), reader, door, commits })
    }

    /// Where reads go. On SQLite it refuses writes, and never waits for the writer.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.get_database_backend()
    }

    /// Runs `job` in a transaction, and answers once what it wrote is on disk:
    /// `db.write(async move |tx| tasks::insert(tx, &owner, &task).await).await`. Where it fails, panics
    /// or takes longer than `statement_timeout`, nothing of it stays.
    ///
    /// `job` has no effect but what it writes to `tx`, because it may run again: on SQLite where one
    /// that it shared a commit with failed, on PostgreSQL where it met another (serialization failure,
    /// deadlock, a key that was just taken).
    ///
    /// On SQLite writes run one at a time, and those that wait share a commit, so that no constraint
    /// may be deferred to it. One that has begun is finished even if its caller goes away. On PostgreSQL they run side by side, each seeing what is
    /// committed (READ COMMITTED): a job locks what it decides upon, or names it in its WHERE; and a
    /// caller who goes away before the commit takes the job along.
    ///
    /// # Errors
    /// What `job` fails with; [`Error::Internal`] where it panics; [`Error::DeadlineExceeded`] where it
    /// takes too long; [`Error::Overloaded`] where too many writes wait;
    /// [`Error::DatabaseUnavailable`], and then, if the connection was lost while committing, what it
    /// wrote may be there all the same.
    pub async fn write<T, J>(&self, job: J) -> Result<T, Error>
    where
        J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send + Sync + 'static,
        T: Send + 'static,
    {
        match &self.door {
            Door::Sqlite(queue) => queue.write(job).await,
            Door::Postgres => {
                let limit = self.settings.statement_timeout.get();
                postgres::write(&self.reader, limit, &self.commits, job).await
            }
        }
    }

    /// How many transactions were committed since it was opened.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`] where it does not, within `acquire_timeout`.
    pub async fn ping(&self) -> Result<(), Error> {
        let sql = match &self.door {
            Door::Sqlite(queue) => {
                queue.ping()?;
                "SELECT 1 FROM sqlite_schema LIMIT 1"
            }
            Door::Postgres => "SELECT 1",
        };
        let answer = timeout(self.patience(), self.reader.execute_unprepared(sql)).await;
        answer.map_err(|error| Error::DatabaseUnavailable(error.into()))?.db()?;
        Ok(())
    }

    /// Finishes the writes that wait, and closes all connections. Reads that hold one are waited for,
    /// but not longer than `acquire_timeout`.
    pub async fn close(&self) {
        if let Door::Sqlite(queue) = &self.door {
            queue.close().await;
        }
        // After this time connections close as they are given back.
        let _ = timeout(self.patience(), self.reader.close_by_ref()).await;
    }

    fn patience(&self) -> Duration {
        self.settings.acquire_timeout.get()
    }
}
