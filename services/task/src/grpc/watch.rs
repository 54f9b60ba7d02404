//! WatchTasks: a snapshot, then the change log as it grows.
//!
//! The snapshot holds only tasks that have not changed since it began; the others follow with their
//! changes. Each state of a task is therefore sent exactly once, wherever the stream is cut and resumed.

use std::pin::Pin;
use std::time::Duration;

use async_stream::try_stream;
use futures::StreamExt as _;
use tandem_aip::page::PageTokenContext;
use tandem_auth::{Caller, Owner};
use tandem_clock::Clock;
use tandem_error::{Error, Unauthenticated, validate};
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{Heartbeat, SnapshotCompleted, WatchTasksRequest, WatchTasksResponse};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::{TaskApi, wire};
use crate::store::{self, Subscription};

/// The response stream of a watch.
pub(super) type WatchStream =
    Pin<Box<dyn Stream<Item = Result<WatchTasksResponse, Status>> + Send>>;

/// Idle time before a heartbeat is sent.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);

/// Tasks per snapshot read: the most that a stalled reader keeps in memory.
const SNAPSHOT_BATCH: u64 = 32;

/// Upper limit of a watch, whatever the expiry of the token.
const MAX_WATCH_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// Time in which a reader has to consume one batch. The log waits for slow readers, but a stream must
/// not be held for ever.
const SLOW_CONSUMER_TIMEOUT: Duration = Duration::from_secs(60);

/// The position of a watch, encoded in its resume token.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
struct ResumePosition {
    /// Changes up to this sequence are sent, or part of the snapshot.
    #[prost(int64, tag = "1")]
    sequence: i64,
    /// The number of the last snapshot task that was sent.
    #[prost(int64, tag = "2")]
    number: i64,
    /// Whether the whole snapshot was sent.
    #[prost(bool, tag = "3")]
    snapshot_complete: bool,
}

/// When the caller's token expires, leeway included.
fn token_expiry(caller: &Caller, leeway: Duration) -> Instant {
    // The clock of the verifier, which is the machine's even if a test sets the service's.
    let now = Clock::system().now();
    let left = (caller.expires_at() + leeway).saturating_duration_since(now);
    Instant::now() + left.min(MAX_WATCH_DURATION)
}

/// Reads the next events of one watch.
struct WatchReader {
    api: TaskApi,
    owner: Owner,
    tokens: PageTokenContext,
    place: ResumePosition,
    /// The resume token of the last event sent.
    sent: String,
    expiry: Instant,
    subscription: Subscription,
}

impl TaskApi {
    pub(super) async fn watch_tasks(
        &self,
        request: Request<WatchTasksRequest>,
    ) -> Result<Response<WatchStream>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let owner = caller.owner().clone();
        let key = &self.page_token_key;
        let tokens = PageTokenContext::new(key, "WatchTasks", owner.as_str(), &());
        // Subscribe before reading the log, so that no change in between is missed.
        let subscription = self.notifier.subscribe(&owner);
        let now = store::find_counters(self.db.reader(), &owner).await?.sequence;
        let place = match tokens.decode::<ResumePosition>("resume_token", &request.resume_token)? {
            None => ResumePosition { sequence: now, number: 0, snapshot_complete: false },
            // Beyond the end of the log: the database was restored to an earlier state.
            Some(place) if place.sequence > now => return Err(Error::ResumeTokenExpired.into()),
            Some(place) => place,
        };
        let (api, sent) = (self.clone(), tokens.encode(&place));
        let expiry = token_expiry(&caller, self.leeway);
        let reader = WatchReader { api, owner, tokens, place, sent, expiry, subscription };
        reader.check_log_retained().await?;
        let events = reader.into_events();
        Ok(Response::new(Box::pin(events.map(|event| event.map_err(Status::from)))))
    }
}

impl WatchReader {
    /// The events of the watch, until the token expires or the process shuts down.
    fn into_events(mut self) -> impl Stream<Item = Result<WatchTasksResponse, Error>> + Send {
        try_stream! {
            loop {
                let events = self.next_events().await.map_err(|error| self.with_resume_token(error))?;
                let (is_idle, read) = (events.is_empty(), Instant::now());
                for event in events {
                    self.check_limits(read)?;
                    self.sent.clone_from(&event.resume_token);
                    yield event;
                }
                let heartbeat = if is_idle { self.wait_for_change().await? } else { None };
                if let Some(heartbeat) = heartbeat {
                    yield heartbeat;
                }
            }
        }
    }

    /// The next events; empty if there are none yet.
    async fn next_events(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        if self.place.snapshot_complete {
            self.change_events().await
        } else {
            self.snapshot_events().await
        }
    }

    async fn snapshot_events(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        let ResumePosition { sequence, number, .. } = self.place;
        let db = self.api.db.reader();
        let tasks = store::list_snapshot(db, &self.owner, sequence, number, SNAPSHOT_BATCH).await?;
        if tasks.is_empty() {
            self.place.snapshot_complete = true;
            return Ok(vec![self.make_event(Event::SnapshotCompleted(SnapshotCompleted {}))]);
        }
        let event = |task: crate::domain::Task| {
            self.place.number = task.number;
            self.make_event(Event::SnapshotTask(wire::task_to_proto(task, self.api.retention)))
        };
        Ok(tasks.into_iter().map(event).collect())
    }

    async fn change_events(&mut self) -> Result<Vec<WatchTasksResponse>, Error> {
        let db = self.api.db.reader();
        let changes = store::list_changes(db, &self.owner, self.place.sequence).await?;
        let expected = (self.place.sequence + 1)..;
        if !changes.iter().zip(expected).all(|(change, sequence)| change.sequence == sequence) {
            return Err(Error::ResumeTokenExpired);
        }
        let event = |change: crate::domain::Change| {
            self.place.sequence = change.sequence;
            self.make_event(Event::TaskChange(wire::change_to_proto(change, self.api.retention)))
        };
        Ok(changes.into_iter().map(event).collect())
    }

    /// Waits until there may be more events. Returns a heartbeat after [`HEARTBEAT_INTERVAL`].
    async fn wait_for_change(&mut self) -> Result<Option<WatchTasksResponse>, Error> {
        let end = tokio::select! {
            () = self.subscription.changed() => return Ok(None),
            () = sleep(HEARTBEAT_INTERVAL) => return Ok(Some(self.make_event(Event::Heartbeat(Heartbeat {})))),
            () = self.api.shutdown.cancelled() => Error::ShuttingDown,
            () = sleep_until(self.expiry) => Error::Unauthenticated(Unauthenticated::Expired),
        };
        Err(self.with_resume_token(end))
    }

    /// Ends a stream that never becomes idle.
    fn check_limits(&self, read: Instant) -> Result<(), Error> {
        let end = if Instant::now() >= self.expiry {
            Error::Unauthenticated(Unauthenticated::Expired)
        } else if read.elapsed() > SLOW_CONSUMER_TIMEOUT {
            Error::ReaderTooSlow
        } else if self.api.shutdown.is_cancelled() {
            Error::ShuttingDown
        } else {
            return Ok(());
        };
        Err(self.with_resume_token(end))
    }

    /// Rejects a position whose following changes are no longer retained.
    async fn check_log_retained(&self) -> Result<(), Error> {
        let db = self.api.db.reader();
        let (sequence, last) =
            (self.place.sequence, store::find_counters(db, &self.owner).await?.sequence);
        let next = store::list_changes(db, &self.owner, sequence).await?;
        let kept = match next.first() {
            Some(next) => next.sequence == sequence + 1,
            None => last == sequence,
        };
        if kept { Ok(()) } else { Err(Error::ResumeTokenExpired) }
    }

    fn make_event(&self, event: Event) -> WatchTasksResponse {
        WatchTasksResponse {
            resume_token: self.tokens.encode(&self.place),
            event_time: Some(self.api.clock.now().into()),
            event: Some(event),
        }
    }

    fn with_resume_token(&self, error: Error) -> Error {
        match error {
            Error::ResumeTokenExpired => error,
            error => Error::Resumable { error: Box::new(error), resume_token: self.sent.clone() },
        }
    }
}
