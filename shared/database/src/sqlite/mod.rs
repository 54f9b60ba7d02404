//! SQLite: one writer whose commits are shared by those who wait for it, and readers that wait for
//! nobody.

mod affinity;
mod batch;
mod checkpoint;
mod queue;
mod session;
mod waiting;
mod watchdog;

use std::fs::{OpenOptions, create_dir_all};
use std::io;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxSqliteConnector};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tandem_error::Error;
use tokio::time::sleep;

use crate::error::is_busy;
use crate::{Db as _, Settings};

pub(crate) use queue::Queue;

/// What the write-ahead log's file is cut down to when it is empty, in bytes.
const JOURNAL_SIZE_LIMIT: &str = "16777216";

/// How much of the file readers map into memory, in bytes: the most that SQLite allows. Else each page that
/// is not among the last few is copied by a call of the system.
const MMAP_SIZE: &str = "2147418112";

/// How long another process may take to switch a file to the write-ahead log, which takes it a moment.
const SWITCH: Duration = Duration::from_secs(5);

/// The time between two looks at whether it has.
const PAUSE: Duration = Duration::from_millis(5);

/// Opens the file that `settings` name, and creates it where it is missing.
pub(crate) async fn open(
    settings: &Settings,
    commits: Arc<AtomicU64>,
) -> Result<(DatabaseConnection, Queue), Error> {
    let options = options(settings)?;
    let path = options.get_filename();
    create(path).map_err(|error| {
        let text = format!("cannot write the SQLite database {}: {error}", path.display());
        Error::DatabaseUnavailable(text.into())
    })?;
    let queue = Queue::start(settings, writing(options.clone()), commits).await?;
    Ok((readers(settings, options), queue))
}

/// A single connection that writes, for a migration: it waits for others to end theirs.
pub(crate) async fn alone(
    settings: &Settings,
    patience: Duration,
) -> Result<DatabaseConnection, Error> {
    let options = writing(options(settings)?).busy_timeout(patience);
    connect(SqlitePoolOptions::new().max_connections(1), options).await.db()
}

/// Connects at once, again where another process is just switching a new file to the write-ahead log:
/// that is the one lock SQLite does not wait for.
async fn connect(
    pool: SqlitePoolOptions,
    options: SqliteConnectOptions,
) -> Result<DatabaseConnection, DbErr> {
    let pool = pool.connect_lazy_with(options);
    let start = Instant::now();
    loop {
        match pool.acquire().await {
            Ok(_) => return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)),
            Err(error) if is_busy(&error) && start.elapsed() < SWITCH => sleep(PAUSE).await,
            Err(error) => return Err(DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
        }
    }
}

/// The options of every connection.
fn options(settings: &Settings) -> Result<SqliteConnectOptions, Error> {
    let options = SqliteConnectOptions::from_str(settings.url.expose()).map_err(Error::internal)?;
    Ok(options
        .disable_statement_logging()
        .busy_timeout(settings.acquire_timeout.get())
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY"))
}

/// The options of a connection that writes: what it commits survives a loss of power.
fn writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT)
        // Checkpoints are made between the batches, when nobody waits; this is for a huge one.
        .pragma("wal_autocheckpoint", "8192")
}

/// The pool of readers; it opens connections as they are needed.
fn readers(settings: &Settings, options: SqliteConnectOptions) -> DatabaseConnection {
    let pool = SqlitePoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout.get())
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options.pragma("query_only", "ON").pragma("mmap_size", MMAP_SIZE));
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}

fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path).map(|_| ())
}
