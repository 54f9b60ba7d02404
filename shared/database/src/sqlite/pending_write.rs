//! A queued write, which waits for the writer and then for the commit.

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};
use tandem_error::{Error, request};
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::run_job::{run_job, time_left};

/// A write of any type, so that one queue holds them all.
pub(super) trait PendingWrite: Send {
    /// Whether its caller was dropped.
    fn is_abandoned(&self) -> bool;

    /// Runs the job, possibly again, and stores its outcome. Returns `false` if what it wrote has to be rolled
    /// back. A job whose deadline is over is not run.
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
    /// Of the call that it is a part of: the caller does not wait longer for its outcome.
    deadline: Option<Instant>,
    response: oneshot::Sender<Result<T, Error>>,
    outcome: Option<Result<T, Error>>,
}

impl<T, J> QueuedWrite<T, J> {
    pub(super) fn new(job: J, response: oneshot::Sender<Result<T, Error>>) -> Self {
        let (span, deadline) = (Span::current(), request::deadline());
        Self { job, span, deadline, response, outcome: None }
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
            let Some(limit) = time_left(self.deadline, timeout) else {
                self.outcome = Some(Err(Error::DeadlineExceeded));
                // Nothing is written, so there is nothing to roll back.
                return true;
            };
            let outcome = run_job(&self.job, tx, limit).instrument(self.span.clone()).await;
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
