//! A write that waits for its turn, and then for the commit that it shares.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use sea_orm::{DatabaseTransaction, DbErr};
use tandem_error::Error;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use crate::job;

/// A write whose type is forgotten, so that writes of all types stand in one queue.
pub(super) trait Waiting: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;

    /// Does the work, perhaps not for the first time, and keeps the outcome to itself until
    /// [`Waiting::settle`]; says whether what it wrote is to be kept.
    fn run<'a>(
        &'a mut self,
        tx: &'a DatabaseTransaction,
        limit: Duration,
    ) -> LocalBoxFuture<'a, bool>;

    /// Tells the caller the outcome, which is the commit's where that failed.
    fn settle(self: Box<Self>, commit: Result<(), DbErr>);
}

/// A write and who waits for it.
pub(super) struct Write<T, J> {
    job: J,
    /// What the caller's log lines belong to, and those of the write too.
    span: Span,
    answer: oneshot::Sender<Result<T, Error>>,
    outcome: Option<Result<T, Error>>,
}

impl<T, J> Write<T, J> {
    pub(super) fn new(job: J, answer: oneshot::Sender<Result<T, Error>>) -> Self {
        Self { job, span: Span::current(), answer, outcome: None }
    }
}

impl<T, J> Waiting for Write<T, J>
where
    J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send,
    T: Send,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run<'a>(
        &'a mut self,
        tx: &'a DatabaseTransaction,
        limit: Duration,
    ) -> LocalBoxFuture<'a, bool> {
        async move {
            let outcome = job::run(&self.job, tx, limit).instrument(self.span.clone()).await;
            self.outcome.insert(outcome).is_ok()
        }
        .boxed_local()
    }

    fn settle(self: Box<Self>, commit: Result<(), DbErr>) {
        let outcome = match commit {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(Error::internal("a write was not run"))),
            Err(error) => Err(Error::DatabaseUnavailable(Box::new(error))),
        };
        // The caller may have gone away; the write was done all the same.
        let _ = self.answer.send(outcome);
    }
}
