//! WatchTasks: a snapshot, then the change log as it grows.
//!
//! The snapshot holds only tasks that have not changed since it began; the others follow with their
//! changes. Each state of a task is therefore sent exactly once, wherever the stream is cut and resumed.

use std::convert::Infallible;
use std::time::Duration;

use tandem_aip::page::PageTokenContext;
use tandem_auth::{Caller, Owner};
use tandem_clock::Clock;
use tandem_database::Subscription;
use tandem_error::{Error, Unauthenticated, validate};
use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{Heartbeat, SnapshotCompleted, WatchTasksRequest, WatchTasksResponse};
use tandem_server::{MessageSender, ResponseStream, ResumePoint};
use tokio::select;
use tokio::time::{Instant, sleep, sleep_until};
use tonic::{Request, Response, Status};

use super::{TaskApi, wire};
use crate::store;

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

/// Reads the events of one watch.
struct Watch {
    api: TaskApi,
    owner: Owner,
    tokens: PageTokenContext,
    place: ResumePosition,
    /// The resume token of the last event sent.
    sent: String,
    /// When the caller's token expires, leeway included.
    token_left: Duration,
    subscription: Subscription,
}

impl TaskApi {
    pub(super) async fn watch_tasks(
        &self,
        request: Request<WatchTasksRequest>,
    ) -> Result<Response<ResponseStream<WatchTasksResponse>>, Status> {
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
        let token_left = time_left(&caller, self.leeway);
        let watch = Watch { api, owner, tokens, place, sent, token_left, subscription };
        watch.check_log_retained(now).await?;
        let resume = ResumePoint { start: watch.sent.clone(), after: resume_token };
        let events = |sender| watch.run(sender);
        Ok(Response::new(ResponseStream::spawn_resumable(&self.streams, resume, events)))
    }
}

fn resume_token(event: &WatchTasksResponse) -> &str {
    &event.resume_token
}

/// The time until the caller's token expires, leeway included.
fn time_left(caller: &Caller, leeway: Duration) -> Duration {
    // The clock of the verifier, which is the machine's even if a test sets the service's.
    let now = Clock::system().now();
    (caller.expires_at() + leeway).saturating_duration_since(now)
}

impl Watch {
    /// Sends events until the watch has to end.
    async fn run(mut self, sender: MessageSender<WatchTasksResponse>) -> Result<(), Error> {
        let end = self.wait_for_end();
        let failure = async {
            let Err(error) = self.send_events(&sender).await;
            error
        };
        let error = select! {
            error = failure => error,
            error = end => error,
        };
        Err(self.with_resume_token(error))
    }

    /// Waits until the watch may not go on.
    fn wait_for_end(&self) -> impl Future<Output = Error> + Send + use<> {
        let max_duration = self.api.watch.max_duration.get();
        let expired = Error::Unauthenticated(Unauthenticated::Expired);
        let (limit, reason) = match self.token_left {
            left if left <= max_duration => (left, expired),
            _ => (max_duration, Error::DeadlineExceeded),
        };
        let shutdown = self.api.shutdown.clone();
        async move {
            select! {
                () = sleep(limit) => reason,
                () = shutdown.cancelled() => Error::ShuttingDown,
            }
        }
    }

    async fn send_events(
        &mut self,
        sender: &MessageSender<WatchTasksResponse>,
    ) -> Result<Infallible, Error> {
        let interval = self.api.watch.heartbeat_interval.get();
        let mut heartbeat_due = Instant::now() + interval;
        loop {
            let mut events = self.next_events().await?;
            if events.is_empty() {
                // Notifications without events do not put it off.
                select! {
                    biased;
                    () = sleep_until(heartbeat_due) => {
                        events.push(self.make_event(Event::Heartbeat(Heartbeat {})));
                    }
                    () = self.subscription.changed() => {}
                }
            }
            for event in events {
                let token = event.resume_token.clone();
                sender.send(event).await;
                self.sent = token;
                heartbeat_due = Instant::now() + interval;
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
        let max_bytes = self.api.streams.buffer_bytes;
        let tasks = store::list_snapshot(db, &self.owner, sequence, number, max_bytes).await?;
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
        let (after, max_bytes) = (self.place.sequence, self.api.streams.buffer_bytes);
        let changes = store::list_changes(db, &self.owner, after, max_bytes).await?;
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

    /// Rejects a position whose following changes are no longer retained. `last` is the owner's last
    /// change.
    async fn check_log_retained(&self, last: i64) -> Result<(), Error> {
        let sequence = self.place.sequence;
        let next = store::find_next_sequence(self.api.db.reader(), &self.owner, sequence).await?;
        let kept = next.map_or(last == sequence, |next| next == sequence + 1);
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
