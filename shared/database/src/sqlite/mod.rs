//! SQLite: one writer, which commits waiting writes together, and readers that never wait for it.

mod affinity;
mod batch;
mod checkpoint;
mod pending_write;
mod queue;
mod readers;
mod session;
mod watchdog;

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
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

pub(crate) use queue::WriteQueue;
pub(crate) use readers::Readers;

/// The file size to which an empty write-ahead log is truncated, in bytes.
const JOURNAL_SIZE_LIMIT: &str = "16777216";

/// How much of the file readers map into memory, in bytes: SQLite's maximum. Without it every page that
/// is not in the page cache costs a system call and a copy.
const MMAP_SIZE: &str = "2147418112";

/// How long to wait for another process that switches the file to the write-ahead log.
const WAL_SWITCH_TIMEOUT: Duration = Duration::from_secs(5);

const WAL_SWITCH_POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Opens the file that the settings name, and creates it if it is missing.
pub(crate) async fn open(
    settings: &Settings,
    commits: Arc<AtomicU64>,
) -> Result<(Readers, WriteQueue), Error> {
    let options = common_options(settings)?;
    let path = options.get_filename();
    create_file(path).map_err(|error| {
        let text = format!("cannot write the SQLite database {}: {error}", path.display());
        Error::DatabaseUnavailable(text.into())
    })?;
    let queue = WriteQueue::start(settings, writer_options(options.clone()), commits).await?;
    Ok((open_readers(settings, options), queue))
}

/// Opens a write connection outside of the queue, for a migration. `busy_timeout` limits the wait for
/// other processes.
pub(crate) async fn open_exclusive(
    settings: &Settings,
    busy_timeout: Duration,
) -> Result<DatabaseConnection, Error> {
    let options = writer_options(common_options(settings)?).busy_timeout(busy_timeout);
    connect_with_retry(SqlitePoolOptions::new().max_connections(1), options).await.db()
}

/// Connects, and retries while another process switches a new file to the write-ahead log: the one lock
/// to which `busy_timeout` does not apply.
async fn connect_with_retry(
    pool: SqlitePoolOptions,
    options: SqliteConnectOptions,
) -> Result<DatabaseConnection, DbErr> {
    let pool = pool.connect_lazy_with(options);
    let start = Instant::now();
    loop {
        match pool.acquire().await {
            Ok(_) => return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)),
            Err(error) if is_busy(&error) && start.elapsed() < WAL_SWITCH_TIMEOUT => {
                sleep(WAL_SWITCH_POLL_INTERVAL).await;
            }
            Err(error) => return Err(DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
        }
    }
}

/// The options of every connection.
fn common_options(settings: &Settings) -> Result<SqliteConnectOptions, Error> {
    let options = SqliteConnectOptions::from_str(settings.url.expose()).map_err(Error::internal)?;
    Ok(options
        .disable_statement_logging()
        .busy_timeout(settings.acquire_timeout.get())
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY"))
}

/// The options of a write connection: commits survive a power failure.
fn writer_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT)
        // Checkpoints normally run between batches, when no write waits; this limit is for huge batches.
        .pragma("wal_autocheckpoint", "8192")
}

fn open_readers(settings: &Settings, options: SqliteConnectOptions) -> Readers {
    let options = options.pragma("query_only", "ON").pragma("mmap_size", MMAP_SIZE);
    let (wait, limit) = (settings.acquire_timeout.get(), settings.statement_timeout.get());
    Readers::new(&options, settings.max_connections, wait, limit)
}

/// Creates the file and its folder if they are missing, for the own user only. SQLite gives its other files
/// the mode of this one.
fn create_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(|_| ())
}
