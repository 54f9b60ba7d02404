//! The current request: its id, which a caller quotes to find the request's lines in the log, and its deadline.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

tokio::task_local! {
    static ID: Arc<str>;
    static DEADLINE: Instant;
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

/// Runs `future` as a part of a request that ends at `deadline`: a write that has to wait longer is dropped.
pub async fn with_deadline<F: Future>(deadline: Instant, future: F) -> F::Output {
    DEADLINE.scope(deadline, future).await
}

/// The deadline of the current request; `None` if it has none, and outside of a request.
#[must_use]
pub fn deadline() -> Option<Instant> {
    DEADLINE.try_with(|deadline| *deadline).ok()
}
