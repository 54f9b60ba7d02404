//! The writer: takes what waits, and commits it together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Gauge;
use super::session::Session;
use super::waiting::Waiting;
use super::watchdog::Watchdog;

/// Writes that share a commit, at most.
const MOST: usize = 128;

/// After this time a batch takes no further write: those in it wait for their commit.
const LONGEST: Duration = Duration::from_millis(20);

/// What the queue carries.
pub(super) enum Message {
    Write(Box<dyn Waiting>),
    /// Ends the writer after everything that was queued before.
    Close(oneshot::Sender<()>),
}

/// The writer's end of the queue.
pub(super) struct Writer {
    queue: mpsc::Receiver<Message>,
    session: Session,
    watchdog: Watchdog,
    /// The longest that one write may take.
    limit: Duration,
    commits: Arc<AtomicU64>,
    /// Who waits for the end.
    closers: Vec<oneshot::Sender<()>>,
}

impl Writer {
    /// A writer that has its connection open.
    pub(super) async fn open(
        queue: mpsc::Receiver<Message>,
        options: SqliteConnectOptions,
        limit: Duration,
        commits: Arc<AtomicU64>,
    ) -> Result<Self, DbErr> {
        let watchdog = Watchdog::new();
        let mut session = Session::new(options, watchdog.clone());
        session.connection().await?;
        Ok(Self { queue, session, watchdog, limit, commits, closers: Vec::new() })
    }

    /// Works until the queue is closed and empty.
    pub(super) async fn run(mut self) {
        let mut gauge = Gauge::default();
        while let Some(message) = self.queue.recv().await {
            let Some(first) = self.wanted(message) else { continue };
            let writes = self.batch(first).await;
            if gauge.is_due_after(writes) {
                self.session.checkpoint().await;
            }
        }
        self.session.close().await;
        for closer in self.closers {
            // Who asked for the end may have gone away.
            let _ = closer.send(());
        }
    }

    /// Runs `first` and what waits behind it in one transaction; says how many they were.
    async fn batch(&mut self, first: Box<dyn Waiting>) -> usize {
        let mut batch = vec![first];
        let outcome = match self.session.begin().await {
            Ok(tx) => self.fill(tx, &mut batch).await,
            Err(error) => {
                // The others would only wait as long for the same.
                batch.extend(std::iter::from_fn(|| self.next()));
                Err(error)
            }
        };
        self.watchdog.disarm();
        if let Err(error) = &outcome {
            tracing::error!(error = error as &dyn std::error::Error, "a shared commit failed");
            // SQLite may have rolled back by itself, which the driver does not notice.
            self.session.close().await;
        }
        let writes = batch.len();
        batch.into_iter().for_each(|write| write.settle(outcome.clone()));
        writes
    }

    /// Does the work of a transaction. The first write needs no savepoint: where it fails, there is
    /// nothing else to keep.
    async fn fill(
        &mut self,
        tx: DatabaseTransaction,
        batch: &mut Vec<Box<dyn Waiting>>,
    ) -> Result<(), DbErr> {
        let start = Instant::now();
        self.watchdog.arm(self.limit);
        if !batch[0].run(&tx, self.limit).await {
            return tx.rollback().await;
        }
        let mut savepoint = "SAVEPOINT job";
        while batch.len() < MOST && start.elapsed() < LONGEST {
            let Some(write) = self.next() else { break };
            let write = batch.push_mut(write);
            tx.execute_unprepared(savepoint).await?;
            savepoint = "RELEASE job; SAVEPOINT job";
            self.watchdog.arm(self.limit);
            if !write.run(&tx, self.limit).await {
                tx.execute_unprepared("ROLLBACK TO job").await?;
            }
        }
        self.watchdog.disarm();
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// The next write that waits at this moment.
    fn next(&mut self) -> Option<Box<dyn Waiting>> {
        loop {
            let message = self.queue.try_recv().ok()?;
            if let Some(write) = self.wanted(message) {
                return Some(write);
            }
        }
    }

    /// The message's write, if its caller is still there. A request to close takes effect: nothing
    /// more is queued, what is queued is done.
    fn wanted(&mut self, message: Message) -> Option<Box<dyn Waiting>> {
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
