//! A client that repeats calls until they succeed.

use std::time::Duration;

use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{
    GetTaskSummaryRequest, ListTasksRequest, Task, TaskSummary, WatchTasksRequest,
    WatchTasksResponse,
};
use tandem_test_support::{AuthenticatedChannel, Bearer};
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Code, Response, Status, Streaming};
use tonic_types::StatusExt as _;

/// Time limit for anything that a test waits for.
const LIMIT: Duration = Duration::from_secs(30);

/// Time limit of a call: its deadline of 10 s, and time for a busy machine.
const CALL: Duration = Duration::from_secs(15);

/// A client with a user's token.
pub(crate) type Tasks = TaskServiceClient<AuthenticatedChannel>;

/// The current channel to the service, and how often the service was restarted.
#[derive(Clone)]
struct Target {
    channel: Channel,
    starts: u32,
}

/// Numbers of calls, by outcome.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcomes {
    /// Calls that succeeded.
    pub(crate) done: usize,
    /// Calls refused because the database is unavailable.
    pub(crate) refused: usize,
    /// Calls without a response, because the service was gone.
    pub(crate) lost: usize,
}

/// A user's client of the service. Clones share its state.
#[derive(Clone)]
pub(crate) struct RetryingClient {
    token: String,
    target: watch::Sender<Target>,
    outcomes: watch::Sender<Outcomes>,
}

impl RetryingClient {
    /// A client with `token` of the service at `channel`.
    pub(crate) fn new(token: String, channel: Channel) -> Self {
        let target = watch::Sender::new(Target { channel, starts: 0 });
        Self { token, target, outcomes: watch::Sender::default() }
    }

    /// Replaces the channel after a restart of the service.
    pub(crate) fn reconnect(&self, channel: Channel) {
        self.target.send_modify(|target| {
            target.channel = channel;
            target.starts += 1;
        });
    }

    /// A plain client, whose calls are sent once.
    pub(crate) fn tasks(&self) -> Tasks {
        self.target.borrow().tasks(&self.token)
    }

    /// The outcomes of calls until now.
    pub(crate) fn outcomes(&self) -> Outcomes {
        *self.outcomes.borrow()
    }

    /// Waits until `enough` is true of the outcomes.
    pub(crate) async fn wait_until(&self, enough: impl FnMut(&Outcomes) -> bool) {
        let mut outcomes = self.outcomes.subscribe();
        in_time(outcomes.wait_for(enough)).await.expect("the client exists");
    }

    /// Repeats a call until it succeeds. The only accepted refusal is that of an unavailable database; a service
    /// that is gone is waited for.
    pub(crate) async fn call<T>(
        &self,
        call: impl AsyncFn(Tasks) -> Result<Response<T>, Status>,
    ) -> T {
        loop {
            let target = self.target.borrow().clone();
            let answer = timeout(CALL, call(target.tasks(&self.token))).await;
            match answer.expect("an answer by the deadline") {
                Ok(answer) => {
                    self.outcomes.send_modify(|outcomes| outcomes.done += 1);
                    return answer.into_inner();
                }
                Err(status) => self.wait_to_retry(&status, target.starts).await,
            }
        }
    }

    /// Passes the events after `resume_token` to `push` until that returns true, or until the first error, after
    /// which the watch can be resumed. Returns whether `push` returned true.
    pub(crate) async fn watch(
        &self,
        resume_token: &mut String,
        mut push: impl FnMut(WatchTasksResponse) -> bool,
    ) -> bool {
        let starts = self.target.borrow().starts;
        let request = WatchTasksRequest { resume_token: resume_token.clone() };
        let mut events =
            self.call(async |mut tasks: Tasks| tasks.watch_tasks(request.clone()).await).await;
        loop {
            match next(&mut events).await {
                Ok(event) => {
                    resume_token.clone_from(&event.resume_token);
                    if push(event) {
                        return true;
                    }
                }
                Err(status) => {
                    if let Some(info) = status.get_details_error_info() {
                        assert_eq!(info.metadata["resume_token"], *resume_token);
                    }
                    self.wait_to_retry(&status, starts).await;
                    return false;
                }
            }
        }
    }

    /// Waits until a failed call can be repeated.
    async fn wait_to_retry(&self, status: &Status, starts: u32) {
        let Some(info) = status.get_details_error_info() else {
            // No response. `self` holds the sender, so this ends when the service is back.
            self.outcomes.send_modify(|outcomes| outcomes.lost += 1);
            let mut target = self.target.subscribe();
            in_time(target.wait_for(|target| target.starts > starts)).await.expect("it is back");
            return;
        };
        let refusal = (status.code(), info.reason.as_str());
        assert_eq!(refusal, (Code::Unavailable, "DATABASE_UNAVAILABLE"), "{status:?}");
        let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
        assert!(retry.is_some(), "the retry delay is set: {status:?}");
        self.outcomes.send_modify(|outcomes| outcomes.refused += 1);
    }

    /// All tasks, including deleted ones, by number.
    pub(crate) async fn list(&self) -> Vec<Task> {
        let mut request =
            ListTasksRequest { show_deleted: true, page_size: 1000, ..Default::default() };
        let mut all = Vec::new();
        loop {
            let page = self.call(async |mut tasks: Tasks| tasks.list_tasks(request.clone()).await);
            let page = page.await;
            all.extend(page.tasks);
            if page.next_page_token.is_empty() {
                return all;
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The task counts.
    pub(crate) async fn summary(&self) -> TaskSummary {
        let request = GetTaskSummaryRequest::default();
        self.call(async |mut tasks: Tasks| tasks.get_task_summary(request.clone()).await).await
    }
}

impl Target {
    fn tasks(&self, token: &str) -> Tasks {
        TaskServiceClient::with_interceptor(self.channel.clone(), Bearer::new(token))
    }
}

/// The next event of a watch, which ends only with an error.
pub(crate) async fn next(
    events: &mut Streaming<WatchTasksResponse>,
) -> Result<WatchTasksResponse, Status> {
    Ok(in_time(events.message()).await?.expect("a watch does not end by itself"))
}

/// Waits for `event`; fails the test after the time limit.
pub(crate) async fn in_time<F: Future>(event: F) -> F::Output {
    timeout(LIMIT, event).await.expect("within the time limit")
}
