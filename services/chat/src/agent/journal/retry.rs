//! Retries of journal writes while the database is unavailable.

use std::time::Duration;

use tandem_error::Error;
use tokio::time::{Instant, sleep};

use super::WorkerStop;

/// How long a write is retried: about the duration of a lease, after which another worker takes the turn
/// over.
const WRITE_RETRY_TIMEOUT: Duration = Duration::from_secs(10);

const WRITE_RETRY_INTERVAL: Duration = Duration::from_millis(250);

/// Runs `write`, which returns whether the lease is held, until it succeeds or cannot succeed.
pub(super) async fn retry_write<F>(write: impl Fn() -> F) -> Result<(), WorkerStop>
where
    F: Future<Output = Result<bool, Error>>,
{
    let deadline = Instant::now() + WRITE_RETRY_TIMEOUT;
    loop {
        match write().await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(WorkerStop::LeaseLost),
            Err(Error::DatabaseUnavailable(_) | Error::Overloaded | Error::DeadlineExceeded)
                if Instant::now() < deadline =>
            {
                sleep(WRITE_RETRY_INTERVAL).await
            }
            Err(error) => return Err(WorkerStop::Failed(error)),
        }
    }
}
