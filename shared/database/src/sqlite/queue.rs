//! The queue of the writer, as its callers see it.

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
use super::pending_write::QueuedWrite;
use crate::{Db as _, Settings};

/// The most queued writes.
const QUEUE_CAPACITY: usize = 1024;

/// The queue of the writer. The writer stops when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct WriteQueue {
    sender: mpsc::Sender<Message>,
    /// How long a write waits while the queue is full.
    enqueue_timeout: Duration,
}

impl WriteQueue {
    /// Starts the writer of a file on its own thread, so that jobs need not be `Send` and do not wait for
    /// other work of the process.
    pub(crate) async fn start(
        settings: &Settings,
        options: SqliteConnectOptions,
        commits: Arc<AtomicU64>,
    ) -> Result<Self, Error> {
        let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
        let (started, outcome) = oneshot::channel();
        let timeout = settings.statement_timeout.get();
        let runtime =
            Builder::new_current_thread().enable_time().build().map_err(Error::internal)?;
        let work = move || {
            runtime.block_on(async move {
                match Writer::open(receiver, options, timeout, commits).await {
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
        outcome.await.map_err(|_| closed_error())?.db()?;
        Ok(Self { sender, enqueue_timeout: settings.acquire_timeout.get() })
    }

    /// Queues `job` and waits for its commit.
    pub(crate) async fn write<T, J>(&self, job: J) -> Result<T, Error>
    where
        J: AsyncFn(&DatabaseTransaction) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let (response, outcome) = oneshot::channel();
        let message = Message::Write(Box::new(QueuedWrite::new(job, response)));
        match self.sender.send_timeout(message, self.enqueue_timeout).await {
            Ok(()) => outcome.await.unwrap_or_else(|_| Err(closed_error())),
            Err(SendTimeoutError::Timeout(_)) => Err(Error::Overloaded),
            Err(SendTimeoutError::Closed(_)) => Err(closed_error()),
        }
    }

    /// # Errors
    /// [`Error::DatabaseUnavailable`] if the writer has stopped.
    pub(crate) fn ping(&self) -> Result<(), Error> {
        if self.sender.is_closed() { Err(closed_error()) } else { Ok(()) }
    }

    /// Waits until the writer has run what is queued and has stopped.
    pub(crate) async fn close(&self) {
        let (done, end) = oneshot::channel();
        if self.sender.send(Message::Close(done)).await.is_ok() {
            // After an error the writer has stopped too.
            let _ = end.await;
        }
    }
}

fn closed_error() -> Error {
    Error::DatabaseUnavailable("the database is closed".into())
}
