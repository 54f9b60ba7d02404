//! Retries of a turn's reads and writes while the database is unavailable.

use std::time::Duration;

use tandem_error::Error;
use tokio::time::{Instant, sleep};

use super::WorkerStop;

/// How long a read or write is retried: about the duration of a lease, after which another worker takes the
/// turn over.
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

const RETRY_INTERVAL: Duration = Duration::from_millis(250);

/// Runs `write`, which returns whether the lease is held, until it succeeds or cannot succeed.
pub(super) async fn retry_write<F>(write: impl Fn() -> F) -> Result<(), WorkerStop>
where
    F: Future<Output = Result<bool, Error>>,
{
    match retry_read(write).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(WorkerStop::LeaseLost),
        Err(error) => Err(WorkerStop::Failed(error)),
    }
}

/// Runs `read` until it succeeds or cannot succeed.
pub(in crate::agent) async fn retry_read<T, F>(read: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let deadline = Instant::now() + RETRY_TIMEOUT;
    loop {
        match read().await {
            Err(Error::DatabaseUnavailable(_) | Error::Overloaded | Error::DeadlineExceeded)
                if Instant::now() < deadline =>
            {
                sleep(RETRY_INTERVAL).await
            }
            outcome => return outcome,
        }
    }
}
