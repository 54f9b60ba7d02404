//! Work that is finished even if its caller disconnects.

use tandem_error::{Error, request};
use tracing::Instrument as _;

/// Runs `work` in a task of its own, as part of the same request, and waits for it. If the caller
/// disconnects, the work continues to its end; the deadline of the call holds for its writes.
///
/// # Errors
/// The error of `work`; [`Error::Internal`] if it panics.
pub async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let deadline = request::deadline();
    let work = async move {
        match deadline {
            Some(deadline) => request::with_deadline(deadline, work).await,
            None => work.await,
        }
    };
    tokio::spawn(with_request_id(work).in_current_span()).await.map_err(Error::internal)?
}

/// Passes the id of the current request, if there is one, to a task of its own.
pub fn with_request_id<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = request::current();
    async move {
        match id {
            Some(id) => request::scope(id, work).await,
            None => work.await,
        }
    }
}
