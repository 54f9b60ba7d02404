//! A queued write, which waits for the writer and then for the commit.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};
use tandem_error::Error;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::run_job::run_job;

/// A write of any type, so that one queue holds them all.
pub(super) trait PendingWrite: Send {
    /// Whether its caller was dropped.
    fn is_abandoned(&self) -> bool;

    /// Runs the job, possibly again, and stores its outcome. Returns whether it succeeded.
    fn run<'a>(
        &'a mut self,
        tx: &'a DatabaseTransaction,
        timeout: Duration,
    ) -> LocalBoxFuture<'a, bool>;

    /// Sends the outcome to the caller: the stored one, or the error of the commit.
    fn complete(self: Box<Self>, commit: Result<(), DbErr>);
}

/// A write and the channel to its caller.
pub(super) struct QueuedWrite<T, J> {
    job: J,
    /// The span of the caller, for the log lines of the job.
    span: Span,
    response: oneshot::Sender<Result<T, Error>>,
    outcome: Option<Result<T, Error>>,
}

impl<T, J> QueuedWrite<T, J> {
    pub(super) fn new(job: J, response: oneshot::Sender<Result<T, Error>>) -> Self {
        Self { job, span: Span::current(), response, outcome: None }
    }
}

impl<T, J> PendingWrite for QueuedWrite<T, J>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send,
    T: Send,
{
    fn is_abandoned(&self) -> bool {
        self.response.is_closed()
    }

    fn run<'a>(
        &'a mut self,
        tx: &'a DatabaseTransaction,
        timeout: Duration,
    ) -> LocalBoxFuture<'a, bool> {
        async move {
            let outcome = run_job(&self.job, tx, timeout).instrument(self.span.clone()).await;
            self.outcome.insert(outcome).is_ok()
        }
        .boxed_local()
    }

    fn complete(self: Box<Self>, commit: Result<(), DbErr>) {
        let outcome = match commit {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(Error::internal("a write was not run"))),
            Err(error) => Err(Error::DatabaseUnavailable(Box::new(error))),
        };
        // The caller may have been dropped; the write stays.
        let _ = self.response.send(outcome);
    }
}
