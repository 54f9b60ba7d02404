//! The id of the current request. A caller quotes it, and it finds the request's lines in the log.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static ID: Arc<str>;
}

/// Runs `future` with `id` as the current request id.
pub async fn scope<F: Future>(id: Arc<str>, future: F) -> F::Output {
    ID.scope(id, future).await
}

/// The current request id; `None` outside of a request.
#[must_use]
pub fn current() -> Option<Arc<str>> {
    ID.try_with(Arc::clone).ok()
}
