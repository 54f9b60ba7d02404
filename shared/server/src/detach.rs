//! Work that is finished even when its caller goes away.

use tandem_error::{Error, request};
use tracing::Instrument as _;

/// Runs `work` in a task of its own, as a part of the same request, and waits for it. A caller who
/// disconnects stops waiting; the work goes on to its end.
///
/// # Errors
/// What `work` fails with, and [`Error::Internal`] where it panics.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(within_request(work).in_current_span()).await.map_err(Error::internal)?
}

/// Carries the id of the request, if there is one, into a task of its own.
pub fn within_request<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = request::current();
    async move {
        match id {
            Some(id) => request::scope(id, work).await,
            None => work.await,
        }
    }
}
