//! The writer: runs the queued writes and commits them in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbErr};
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{mpsc, oneshot};

use super::affinity;
use super::checkpoint::CheckpointPolicy;
use super::pending_write::PendingWrite;
use super::session::Session;
use super::watchdog::Watchdog;

/// The most writes per commit.
const MAX_BATCH_WRITES: usize = 128;

/// After this time a batch takes no further write, because those in it wait for the commit.
const MAX_BATCH_TIME: Duration = Duration::from_millis(20);

/// After a batch that had to be repeated, this many batches use savepoints from the start.
const CAREFUL_BATCHES: u32 = 32;

const FIRST_SAVEPOINT: &str = "SAVEPOINT job";
const NEXT_SAVEPOINT: &str = "RELEASE job; SAVEPOINT job";

/// The writes of one transaction.
type Batch = Vec<Box<dyn PendingWrite>>;

/// A message of the queue.
pub(super) enum Message {
    Write(Box<dyn PendingWrite>),
    /// Stops the writer after everything that was queued before.
    Close(oneshot::Sender<()>),
}

/// The writer's end of the queue.
pub(super) struct Writer {
    queue: mpsc::Receiver<Message>,
    session: Session,
    watchdog: Watchdog,
    /// The timeout of one write.
    timeout: Duration,
    commits: Arc<AtomicU64>,
    /// How many of the next batches use savepoints.
    careful_batches: u32,
    /// Callers of `close`.
    closers: Vec<oneshot::Sender<()>>,
}

impl Writer {
    /// Opens the write connection on this thread, which is pinned to its core.
    pub(super) async fn open(
        queue: mpsc::Receiver<Message>,
        options: SqliteConnectOptions,
        timeout: Duration,
        commits: Arc<AtomicU64>,
    ) -> Result<Self, DbErr> {
        affinity::pin_to_core();
        let watchdog = Watchdog::new();
        let mut session = Session::new(options, watchdog.clone());
        session.ensure_open().await?;
        Ok(Self {
            queue,
            session,
            watchdog,
            timeout,
            commits,
            careful_batches: 0,
            closers: Vec::new(),
        })
    }

    /// Runs until the queue is closed and empty.
    pub(super) async fn run(mut self) {
        let mut checkpoints = CheckpointPolicy::default();
        while let Some(message) = self.queue.recv().await {
            let Some(first) = self.accept_message(message) else { continue };
            let writes = self.run_batch(first).await;
            if checkpoints.is_due_after(writes) {
                self.session.run_checkpoint().await;
            }
        }
        self.session.close().await;
        for closer in self.closers {
            // The caller may have been dropped.
            let _ = closer.send(());
        }
    }

    /// Runs `first` and the writes queued after it in one transaction. Returns their number.
    async fn run_batch(&mut self, first: Box<dyn PendingWrite>) -> usize {
        let mut batch = vec![first];
        let careful = self.careful_batches > 0;
        self.careful_batches = self.careful_batches.saturating_sub(1);
        let mut outcome = self.run_transaction(&mut batch, careful).await;
        if matches!(outcome, Ok(false)) && batch.len() > 1 {
            self.careful_batches = CAREFUL_BATCHES;
            outcome = self.run_transaction(&mut batch, true).await;
        }
        self.watchdog.disarm();
        if let Err(error) = &outcome {
            tracing::error!(error = error as &dyn std::error::Error, "commit of a batch failed");
            // SQLite may have rolled back by itself, which the driver does not detect.
            self.session.close().await;
        }
        let outcome = outcome.map(|_| ());
        let writes = batch.len();
        batch.into_iter().for_each(|write| write.complete(outcome.clone()));
        writes
    }

    /// Runs `batch`, to which queued writes are added, and commits. If a write fails, rolls back everything
    /// and returns `false`; if `careful`, gives each write a savepoint and rolls back only that write.
    /// Savepoints cost as much as the writes: SQLite copies pages for them, and each flushes the search
    /// index.
    async fn run_transaction(&mut self, batch: &mut Batch, careful: bool) -> Result<bool, DbErr> {
        let tx = match self.session.begin_immediate().await {
            Ok(tx) => tx,
            Err(error) => {
                // The queued writes would only wait as long for the same error.
                batch.extend(std::iter::from_fn(|| self.take_queued()));
                return Err(error);
            }
        };
        let start = Instant::now();
        let mut done = 0;
        while self.has_write(batch, done, start) {
            if careful {
                tx.execute_unprepared(if done == 0 { FIRST_SAVEPOINT } else { NEXT_SAVEPOINT })
                    .await?;
            }
            self.watchdog.arm(self.timeout);
            let kept = batch[done].run(&tx, self.timeout).await;
            done += 1;
            if !kept && careful {
                tx.execute_unprepared("ROLLBACK TO job").await?;
            } else if !kept {
                tx.rollback().await?;
                return Ok(false);
            }
        }
        self.watchdog.disarm();
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Whether there is a write after the first `done`: in the batch, or queued if the batch has room.
    fn has_write(&mut self, batch: &mut Batch, done: usize, start: Instant) -> bool {
        if done == batch.len() && done < MAX_BATCH_WRITES && start.elapsed() < MAX_BATCH_TIME {
            batch.extend(self.take_queued());
        }
        done < batch.len()
    }

    /// The next queued write, without waiting for one.
    fn take_queued(&mut self) -> Option<Box<dyn PendingWrite>> {
        loop {
            let message = self.queue.try_recv().ok()?;
            if let Some(write) = self.accept_message(message) {
                return Some(write);
            }
        }
    }

    /// The message's write, unless its caller was dropped. [`Message::Close`] closes the queue for new
    /// writes.
    fn accept_message(&mut self, message: Message) -> Option<Box<dyn PendingWrite>> {
        match message {
            Message::Write(write) => (!write.is_abandoned()).then_some(write),
            Message::Close(done) => {
                self.queue.close();
                self.closers.push(done);
                None
            }
        }
    }
}
