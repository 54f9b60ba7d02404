//! PostgreSQL: one pool, and one transaction per write.

use std::hash::{BuildHasher as _, RandomState};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqlxPostgresConnector, TransactionTrait as _,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tandem_error::{Error, request};
use tokio::time::sleep;

use crate::error::{find_db_error, is_conflict, is_connection_lost, is_duplicate};
use crate::run_job::{run_job, time_left};
use crate::{Db as _, Settings};

/// A connection that was idle for this long is pinged before use. A ping before every use would cost a
/// round trip per call; none at all, an error for each connection that a server restart has closed.
const PING_AFTER_IDLE: Duration = Duration::from_millis(200);

/// The most attempts of a write that conflicts with others.
const MAX_ATTEMPTS: u32 = 6;

/// The upper bound of the random backoff before the second attempt; it doubles with each attempt.
const INITIAL_BACKOFF: Duration = Duration::from_millis(10);

/// Planner settings. Queries read a few rows in the order of an index. Without statistics the defaults
/// make the planner prefer to read many rows and sort them. No query runs long enough for JIT to pay.
const PLANNER_SETTINGS: [(&str, &str); 2] = [("random_page_cost", "1"), ("jit", "off")];

/// Opens the pool. Waits for a server that is starting.
pub(crate) async fn open_pool(settings: &Settings) -> Result<DatabaseConnection, Error> {
    let limit = settings.statement_timeout.to_string();
    let options = connect_options(settings)?
        .options([("statement_timeout", &limit), ("idle_in_transaction_session_timeout", &limit)]);
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout.get())
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for >= PING_AFTER_IDLE {
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

/// Opens a connection outside of the pool, without a statement timeout.
pub(crate) async fn open_exclusive(settings: &Settings) -> Result<DatabaseConnection, Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(settings.acquire_timeout.get())
        .connect_lazy_with(connect_options(settings)?);
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

fn connect_options(settings: &Settings) -> Result<PgConnectOptions, Error> {
    let options = PgConnectOptions::from_str(settings.url.expose()).map_err(Error::internal)?;
    Ok(options
        .application_name(&settings.application_name)
        .options(PLANNER_SETTINGS)
        .disable_statement_logging())
}

/// Runs `job` in a transaction, and again after a conflict.
pub(crate) async fn run_write<T, J>(
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
            Err(error) if is_retryable(&error, attempt) => sleep(random_backoff(attempt)).await,
            Err(error) => return Err(error),
        }
        attempt += 1;
    }
}

async fn attempt_once<T, J>(pool: &DatabaseConnection, limit: Duration, job: &J) -> Result<T, Error>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error>,
{
    let tx = begin_on_live_connection(pool).await.db()?;
    let outcome = match time_left(request::deadline(), limit) {
        Some(limit) => run_job(job, &tx, limit).await,
        None => Err(Error::DeadlineExceeded),
    };
    match outcome {
        Ok(value) => {
            tx.commit().await.db()?;
            Ok(value)
        }
        Err(error) => {
            // If this fails, the connection is lost and the transaction with it.
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Begins a transaction. A closed connection fails once and is removed from the pool, so at most every
/// connection is tried.
async fn begin_on_live_connection(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let connections = pool.get_postgres_connection_pool().options().get_max_connections();
    for _ in 0..connections {
        match pool.begin().await {
            Err(error) if is_connection_lost(&error) => {}
            outcome => return outcome,
        }
    }
    pool.begin().await
}

/// A conflict may be gone with any attempt. A duplicate key may come from a concurrent transaction, whose
/// row the job sees when it runs again; a second duplicate is final.
fn is_retryable(error: &Error, attempt: u32) -> bool {
    let Some(error) = find_db_error(error) else { return false };
    (is_conflict(error) && attempt < MAX_ATTEMPTS) || (is_duplicate(error) && attempt == 1)
}

/// Random, so that conflicting writes do not meet again.
fn random_backoff(attempt: u32) -> Duration {
    let random = RandomState::new().hash_one(attempt) % 1024;
    INITIAL_BACKOFF * 2u32.pow(attempt - 1) * u32::try_from(random).unwrap_or(0) / 1024
}
