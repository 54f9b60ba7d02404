//! Running the job of a write: its panics and timeouts become errors.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use sea_orm::DatabaseTransaction;
use tandem_error::Error;
use tokio::time::timeout;

/// The time that a job may take: at most `limit`, and not after `deadline`. `None` if that is over.
pub(crate) fn time_left(deadline: Option<Instant>, limit: Duration) -> Option<Duration> {
    let Some(deadline) = deadline else { return Some(limit) };
    let left = deadline.checked_duration_since(Instant::now())?;
    Some(left.min(limit))
}

/// Runs `job` for at most `limit`.
///
/// # Errors
/// The error of `job`; [`Error::Internal`] if it panics; [`Error::DeadlineExceeded`] after `limit`.
pub(crate) async fn run_job<T, J>(
    job: &J,
    tx: &DatabaseTransaction,
    limit: Duration,
) -> Result<T, Error>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error>,
{
    let outcome = timeout(limit, AssertUnwindSafe(job(tx)).catch_unwind()).await;
    match outcome {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => {
            Err(Error::internal(format!("a write panicked: {}", panic_message(&*panic))))
        }
        Err(_) => Err(Error::DeadlineExceeded),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "(no message)",
    }
}
