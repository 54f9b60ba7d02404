//! PostgreSQL: one pool, and a transaction a write.

use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqlxPostgresConnector, TransactionTrait as _,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tandem_error::Error;
use tokio::time::sleep;

use crate::error::{cause, is_conflict, is_duplicate, is_lost};
use crate::{Db as _, Settings, job};

/// A connection that was idle for this long is tried before it is used. To try each costs a round
/// trip a call; not to try any, an error for each that a restart of the server has cut.
const IDLE: Duration = Duration::from_millis(200);

/// How often a write is tried where others get into its way.
const ATTEMPTS: u32 = 6;

/// The longest wait before the second attempt; it doubles with each.
const BACKOFF: Duration = Duration::from_millis(10);

/// What plans are made with. Queries here read a few rows by an index, in its order: those must not seem
/// dearer than to read many and sort them, as they do where there are no statistics yet. And none runs
/// long enough to be worth compiling.
const PLANNING: [(&str, &str); 2] = [("random_page_cost", "1"), ("jit", "off")];

/// Opens the pool; waits for a server that is starting.
pub(crate) async fn open(settings: &Settings) -> Result<DatabaseConnection, Error> {
    let limit = settings.statement_timeout.get().as_millis().to_string();
    let options = options(settings)?
        .options([("statement_timeout", &limit), ("idle_in_transaction_session_timeout", &limit)]);
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout.get())
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for >= IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    let pool = pool.connect_with(options).await.map_err(|error| {
        let text = format!("cannot reach the PostgreSQL database {}: {error}", settings.url);
        Error::DatabaseUnavailable(text.into())
    })?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// A single connection whose statements may take as long as they need, for a migration.
pub(crate) async fn alone(settings: &Settings) -> Result<DatabaseConnection, Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(settings.acquire_timeout.get())
        .connect_lazy_with(options(settings)?);
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

fn options(settings: &Settings) -> Result<PgConnectOptions, Error> {
    let options = PgConnectOptions::from_str(settings.url.expose()).map_err(Error::internal)?;
    Ok(options
        .application_name(&settings.application_name)
        .options(PLANNING)
        .disable_statement_logging())
}

/// Runs `job` in a transaction, again where another got into its way.
pub(crate) async fn write<T, J>(
    pool: &DatabaseConnection,
    limit: Duration,
    commits: &AtomicU64,
    job: J,
) -> Result<T, Error>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error>,
{
    let mut attempt = 1;
    loop {
        match attempt_once(pool, limit, &job).await {
            Ok(value) => {
                commits.fetch_add(1, Ordering::Relaxed);
                return Ok(value);
            }
            Err(error) if may_pass(&error, attempt) => sleep(backoff(attempt)).await,
            Err(error) => return Err(error),
        }
        attempt += 1;
    }
}

async fn attempt_once<T, J>(pool: &DatabaseConnection, limit: Duration, job: &J) -> Result<T, Error>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error>,
{
    let tx = begin(pool).await.db()?;
    match job::run(job, &tx, limit).await {
        Ok(value) => {
            tx.commit().await.db()?;
            Ok(value)
        }
        Err(error) => {
            // Where this fails the connection is gone, and the transaction with it.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Begins on a connection that is alive: each that was cut fails once, and is gone.
async fn begin(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let connections = pool.get_postgres_connection_pool().options().get_max_connections();
    for _ in 0..connections {
        match pool.begin().await {
            Err(error) if is_lost(&error) => {}
            outcome => return outcome,
        }
    }
    pool.begin().await
}

/// A conflict may pass each time. A duplicate may be the row of another who was faster, which the job
/// sees when it looks again; what is a duplicate then, stays one.
fn may_pass(error: &Error, attempt: u32) -> bool {
    let Some(error) = cause(error) else { return false };
    (is_conflict(error) && attempt < ATTEMPTS) || (is_duplicate(error) && attempt == 1)
}

/// A random time, so that those who met do not meet again.
fn backoff(attempt: u32) -> Duration {
    let random = RandomState::new().hash_one(attempt) % 1024;
    BACKOFF * 2u32.pow(attempt - 1) * u32::try_from(random).unwrap_or(0) / 1024
}
