//! The writer: takes what waits, and commits it together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbErr};
use sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::{mpsc, oneshot};

use super::affinity;
use super::checkpoint::Gauge;
use super::session::Session;
use super::waiting::Waiting;
use super::watchdog::Watchdog;

/// Writes that share a commit, at most.
const MOST: usize = 128;

/// After this time a batch takes no further write: those in it wait for their commit.
const LONGEST: Duration = Duration::from_millis(20);

/// After a batch that had to be done again, so many give each write a savepoint at once.
const CAUTION: u32 = 32;

const FIRST: &str = "SAVEPOINT job";
const NEXT: &str = "RELEASE job; SAVEPOINT job";

/// Writes that share a transaction.
type Batch = Vec<Box<dyn Waiting>>;

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
    /// How many batches are still to be careful.
    caution: u32,
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
        affinity::stay();
        let watchdog = Watchdog::new();
        let mut session = Session::new(options, watchdog.clone());
        session.connection().await?;
        Ok(Self { queue, session, watchdog, limit, commits, caution: 0, closers: Vec::new() })
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
        let careful = self.caution > 0;
        self.caution = self.caution.saturating_sub(1);
        let mut outcome = self.transaction(&mut batch, careful).await;
        if matches!(outcome, Ok(false)) && batch.len() > 1 {
            self.caution = CAUTION;
            outcome = self.transaction(&mut batch, true).await;
        }
        self.watchdog.disarm();
        if let Err(error) = &outcome {
            tracing::error!(error = error as &dyn std::error::Error, "a shared commit failed");
            // SQLite may have rolled back by itself, which the driver does not notice.
            self.session.close().await;
        }
        let outcome = outcome.map(|_| ());
        let writes = batch.len();
        batch.into_iter().for_each(|write| write.settle(outcome.clone()));
        writes
    }

    /// Runs `batch`, which what waits is added to, and commits. Says false where a write failed and
    /// all was rolled back: what happens at the first failure unless it is `careful`, which gives each
    /// write a savepoint. Those cost as much as the writes, since SQLite copies pages for them and the
    /// search index is written out at each.
    async fn transaction(&mut self, batch: &mut Batch, careful: bool) -> Result<bool, DbErr> {
        let tx = match self.session.begin().await {
            Ok(tx) => tx,
            Err(error) => {
                // Those that wait would only wait as long for the same.
                batch.extend(std::iter::from_fn(|| self.next()));
                return Err(error);
            }
        };
        let start = Instant::now();
        let mut done = 0;
        while self.has_write(batch, done, start) {
            if careful {
                tx.execute_unprepared(if done == 0 { FIRST } else { NEXT }).await?;
            }
            self.watchdog.arm(self.limit);
            let kept = batch[done].run(&tx, self.limit).await;
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

    /// Whether there is another write after `done`: one of the batch, or one that waits while there is
    /// room.
    fn has_write(&mut self, batch: &mut Batch, done: usize, start: Instant) -> bool {
        if done == batch.len() && done < MOST && start.elapsed() < LONGEST {
            batch.extend(self.next());
        }
        done < batch.len()
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
