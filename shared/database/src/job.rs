//! Running a write: what it may do wrong stays its own.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use sea_orm::DatabaseTransaction;
use tandem_error::Error;
use tokio::time::timeout;

/// Runs `job` for at most `limit`. A panic is [`Error::Internal`], and too long a time
/// [`Error::DeadlineExceeded`].
pub(crate) async fn run<T, J>(
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
        Ok(Err(panic)) => Err(Error::internal(format!("a write panicked: {}", text(&*panic)))),
        Err(_) => Err(Error::DeadlineExceeded),
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "with something that is no text",
    }
}
