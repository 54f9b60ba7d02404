//! The callers' end of the writer's queue.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use sqlx::sqlite::SqliteConnectOptions;
use tandem_error::Error;
use tokio::runtime::Builder;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{mpsc, oneshot};

use super::batch::{Message, Writer};
use super::waiting::Write;
use crate::{Db as _, Settings};

/// Writes that wait, at most.
const LENGTH: usize = 1024;

/// Where writes wait for the writer, which ends with the last clone of this.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Message>,
    /// How long a write waits where the queue is full.
    patience: Duration,
}

impl Queue {
    /// Starts the writer of a file. It has a thread of its own, so that writes need not be `Send` and
    /// wait for no other work of the process.
    pub(crate) async fn start(
        settings: &Settings,
        options: SqliteConnectOptions,
        commits: Arc<AtomicU64>,
    ) -> Result<Self, Error> {
        let (sender, receiver) = mpsc::channel(LENGTH);
        let (started, outcome) = oneshot::channel();
        let limit = settings.statement_timeout.get();
        let runtime =
            Builder::new_current_thread().enable_time().build().map_err(Error::internal)?;
        let work = move || {
            runtime.block_on(async move {
                match Writer::open(receiver, options, limit, commits).await {
                    Ok(writer) => {
                        let _ = started.send(Ok(()));
                        writer.run().await;
                    }
                    Err(error) => {
                        let _ = started.send(Err(error));
                    }
                }
            });
        };
        thread::Builder::new().name("sqlite-writer".into()).spawn(work).map_err(Error::internal)?;
        outcome.await.map_err(|_| ended())?.db()?;
        Ok(Self { sender, patience: settings.acquire_timeout.get() })
    }

    /// Has `job` done, and waits for its commit.
    pub(crate) async fn write<T, J>(&self, job: J) -> Result<T, Error>
    where
        J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let message = Message::Write(Box::new(Write::new(job, answer)));
        match self.sender.send_timeout(message, self.patience).await {
            Ok(()) => outcome.await.unwrap_or_else(|_| Err(ended())),
            Err(SendTimeoutError::Timeout(_)) => Err(Error::Overloaded),
            Err(SendTimeoutError::Closed(_)) => Err(ended()),
        }
    }

    /// Fails where the writer has ended.
    pub(crate) fn ping(&self) -> Result<(), Error> {
        if self.sender.is_closed() { Err(ended()) } else { Ok(()) }
    }

    /// Lets the writer do what is queued, and waits for its end.
    pub(crate) async fn close(&self) {
        let (done, end) = oneshot::channel();
        if self.sender.send(Message::Close(done)).await.is_ok() {
            // An error, too, says that the writer is gone.
            let _ = end.await;
        }
    }
}

fn ended() -> Error {
    Error::DatabaseUnavailable("the database is closed".into())
}
