//! Watching tasks: a snapshot, and then the log of changes as it grows.
//!
//! The snapshot holds the tasks that have not changed since it began; those that have come with their
//! changes. So each state of each task is told once, wherever the stream is cut and resumed.

use std::pin::Pin;
use std::time::Duration;

use async_stream::try_stream;
use futures::StreamExt as _;
use tandem_aip::page::Scope;
use tandem_auth::{Caller, Owner};
use tandem_clock::Clock;
use tandem_error::{Error, Unauthenticated, checked};
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{Heartbeat, SnapshotCompleted, WatchTasksRequest, WatchTasksResponse};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::{TaskApi, wire};
use crate::store::{self, Ear};

/// A watch as it is sent.
pub(super) type Watch = Pin<Box<dyn Stream<Item = Result<WatchTasksResponse, Status>> + Send>>;

/// How long nothing may happen until a sign of life is sent.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many tasks of a snapshot are read at a time: what a reader that has stopped reading holds on to.
const SNAPSHOT: u64 = 32;

/// The longest watch, whatever the token says.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a reader may take for what was read at a time. The log waits for slow readers, but they
/// must not hold a stream for ever.
const SLOW: Duration = Duration::from_secs(60);

/// Where a watch stands: what its resume token holds.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
struct Place {
    /// The log up to here is told, or part of the snapshot.
    #[prost(int64, tag = "1")]
    sequence: i64,
    /// The number of the last task of the snapshot that was told.
    #[prost(int64, tag = "2")]
    number: i64,
    /// The snapshot is whole.
    #[prost(bool, tag = "3")]
    whole: bool,
}

/// When the caller's token is accepted no more.
fn expiry(caller: &Caller, leeway: Duration) -> Instant {
    // The clock of the verifier, which is the machine's even if a test sets the service's.
    let now = Clock::system().now();
    let left = (caller.expires_at() + leeway).saturating_duration_since(now);
    Instant::now() + left.min(LONGEST)
}

/// Reads what a watcher is to be told next.
struct Reader {
    api: TaskApi,
    owner: Owner,
    scope: Scope,
    place: Place,
    /// The token of the event that was sent last.
    sent: String,
    /// When the caller's token is accepted no more.
    expiry: Instant,
    ear: Ear,
}

impl TaskApi {
    pub(super) async fn watch(
        &self,
        request: Request<WatchTasksRequest>,
    ) -> Result<Response<Watch>, Status> {
        let caller = Caller::of(&request)?.clone();
        let request = checked(request.into_inner())?;
        let owner = caller.owner().clone();
        let scope = Scope::of("WatchTasks", owner.as_str(), &());
        // Heard from before the log is read, so that nothing is missed in between.
        let ear = self.watchers.listen(&owner);
        let now = store::counters(self.db.reader(), &owner).await?.sequence;
        let place = match scope.read::<Place>("resume_token", &request.resume_token)? {
            None => Place { sequence: now, number: 0, whole: false },
            // Beyond the end of the log: of a database that was restored since.
            Some(place) if place.sequence > now => return Err(Error::ResumeTokenExpired.into()),
            Some(place) => place,
        };
        let (api, sent) = (self.clone(), scope.token(&place));
        let expiry = expiry(&caller, self.leeway);
        let reader = Reader { api, owner, scope, place, sent, expiry, ear };
        reader.expect_log().await?;
        let events = reader.events();
        Ok(Response::new(Box::pin(events.map(|event| event.map_err(Status::from)))))
    }
}

impl Reader {
    /// The events of the watch, until something ends it: the caller's token, or this process.
    fn events(mut self) -> impl Stream<Item = Result<WatchTasksResponse, Error>> + Send {
        try_stream! {
            loop {
                let events = self.next().await.map_err(|error| self.resumable(error))?;
                let (is_idle, read) = (events.is_empty(), Instant::now());
                for event in events {
                    self.expect_time(read)?;
                    self.sent.clone_from(&event.resume_token);
                    yield event;
                }
                let heartbeat = if is_idle { self.wait().await? } else { None };
                if let Some(heartbeat) = heartbeat {
                    yield heartbeat;
                }
            }
        }
    }

    /// The next events; none where there are none yet.
    async fn next(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        if self.place.whole { self.changes().await } else { self.snapshot().await }
    }

    async fn snapshot(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        let Place { sequence, number, .. } = self.place;
        let db = self.api.db.reader();
        let tasks = store::snapshot(db, &self.owner, sequence, number, SNAPSHOT).await?;
        if tasks.is_empty() {
            self.place.whole = true;
            return Ok(vec![self.event(Event::SnapshotCompleted(SnapshotCompleted {}))]);
        }
        let event = |task: crate::domain::Task| {
            self.place.number = task.number;
            self.event(Event::SnapshotTask(wire::task(task)))
        };
        Ok(tasks.into_iter().map(event).collect())
    }

    async fn changes(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        let db = self.api.db.reader();
        let changes = store::list_changes(db, &self.owner, self.place.sequence).await?;
        let expected = (self.place.sequence + 1)..;
        if !changes.iter().zip(expected).all(|(change, sequence)| change.sequence == sequence) {
            return Err(Error::ResumeTokenExpired);
        }
        let event = |change: crate::domain::Change| {
            self.place.sequence = change.sequence;
            self.event(Event::TaskChange(wire::change(change)))
        };
        Ok(changes.into_iter().map(event).collect())
    }

    /// Waits until there may be more. Answers a sign of life where it took long.
    async fn wait(&mut self) -> Result<Option<WatchTasksResponse>, Error> {
        let end = tokio::select! {
            () = self.ear.woken() => return Ok(None),
            () = sleep(HEARTBEAT) => return Ok(Some(self.event(Event::Heartbeat(Heartbeat {})))),
            () = self.api.shutdown.cancelled() => Error::ShuttingDown,
            () = sleep_until(self.expiry) => Error::Unauthenticated(Unauthenticated::Expired),
        };
        Err(self.resumable(end))
    }

    /// Ends a stream that has no pause to end in.
    fn expect_time(&self, read: Instant) -> Result<(), Error> {
        let end = if Instant::now() >= self.expiry {
            Error::Unauthenticated(Unauthenticated::Expired)
        } else if read.elapsed() > SLOW {
            Error::ReaderTooSlow
        } else if self.api.shutdown.is_cancelled() {
            Error::ShuttingDown
        } else {
            return Ok(());
        };
        Err(self.resumable(end))
    }

    /// Refuses a place from which the log is not kept any more.
    async fn expect_log(&self) -> Result<(), Error> {
        let db = self.api.db.reader();
        let (sequence, last) =
            (self.place.sequence, store::counters(db, &self.owner).await?.sequence);
        let next = store::list_changes(db, &self.owner, sequence).await?;
        let kept = match next.first() {
            Some(next) => next.sequence == sequence + 1,
            None => last == sequence,
        };
        if kept { Ok(()) } else { Err(Error::ResumeTokenExpired) }
    }

    fn event(&self, event: Event) -> WatchTasksResponse {
        WatchTasksResponse {
            resume_token: self.scope.token(&self.place),
            event_time: Some(self.api.clock.now().into()),
            event: Some(event),
        }
    }

    fn resumable(&self, error: Error) -> Error {
        match error {
            Error::ResumeTokenExpired => error,
            error => Error::Resumable { error: Box::new(error), resume_token: self.sent.clone() },
        }
    }
}
