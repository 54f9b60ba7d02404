//! The id of the request being served: what a caller quotes to find its lines in the log.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static ID: Arc<str>;
}

/// Runs `future` as part of the request `id`.
pub async fn scope<F: Future>(id: Arc<str>, future: F) -> F::Output {
    ID.scope(id, future).await
}

/// The id of the request that this code runs for, if it runs for one.
#[must_use]
pub fn current() -> Option<Arc<str>> {
    ID.try_with(Arc::clone).ok()
}
