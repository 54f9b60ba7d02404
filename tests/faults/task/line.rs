//! A caller's line to the service: calls that are sent again until they are done.

use std::time::Duration;

use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{
    GetTaskSummaryRequest, ListTasksRequest, Task, TaskSummary, WatchTasksRequest,
    WatchTasksResponse,
};
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::StatusExt as _;

/// How long anything may take before its test fails.
const LIMIT: Duration = Duration::from_secs(30);

/// How long a call may take: its deadline, of 10 s, and what a busy machine adds.
const CALL: Duration = Duration::from_secs(15);

/// A client that speaks for a user.
pub(crate) type Tasks = TaskServiceClient<InterceptedService<Channel, Bearer>>;

/// Sends a token with every call.
#[derive(Clone)]
pub(crate) struct Bearer(String);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let bearer = format!("Bearer {}", self.0).parse().expect("a token is a header value");
        request.metadata_mut().insert("authorization", bearer);
        Ok(request)
    }
}

/// Where the service is, and how often it was started.
#[derive(Clone)]
struct Place {
    channel: Channel,
    starts: u32,
}

/// How many calls have been answered.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Answers {
    /// With what was asked for.
    pub(crate) done: usize,
    /// With a refusal that says that the database is unavailable.
    pub(crate) refused: usize,
    /// Not at all: the service was gone.
    pub(crate) lost: usize,
}

/// A user's way to the service. Clones share it.
#[derive(Clone)]
pub(crate) struct Line {
    token: String,
    place: watch::Sender<Place>,
    answers: watch::Sender<Answers>,
}

impl Line {
    /// A line with `token` to the service at `channel`.
    pub(crate) fn new(token: String, channel: Channel) -> Self {
        let place = watch::Sender::new(Place { channel, starts: 0 });
        Self { token, place, answers: watch::Sender::default() }
    }

    /// The service was started again, at `channel`.
    pub(crate) fn moved(&self, channel: Channel) {
        self.place.send_modify(|place| {
            place.channel = channel;
            place.starts += 1;
        });
    }

    /// A client, for calls that are sent once.
    pub(crate) fn tasks(&self) -> Tasks {
        self.place.borrow().tasks(&self.token)
    }

    /// How many calls have been answered until now.
    pub(crate) fn answers(&self) -> Answers {
        *self.answers.borrow()
    }

    /// Waits for so many answers.
    pub(crate) async fn until(&self, enough: impl FnMut(&Answers) -> bool) {
        let mut answers = self.answers.subscribe();
        in_time(answers.wait_for(enough)).await.expect("the line is there");
    }

    /// Sends a call until it is done. The only refusal there may be is that of a database that is
    /// unavailable; a service that is gone is waited for.
    pub(crate) async fn done<T>(
        &self,
        call: impl AsyncFn(Tasks) -> Result<Response<T>, Status>,
    ) -> T {
        loop {
            let place = self.place.borrow().clone();
            let answer = timeout(CALL, call(place.tasks(&self.token))).await;
            match answer.expect("an answer by the deadline") {
                Ok(answer) => {
                    self.answers.send_modify(|answers| answers.done += 1);
                    return answer.into_inner();
                }
                Err(status) => self.pass(&status, place.starts).await,
            }
        }
    }

    /// The events from `resume_token` on, until the first error, which is waited out.
    pub(crate) async fn watch(
        &self,
        resume_token: &mut String,
        mut hear: impl FnMut(WatchTasksResponse) -> bool,
    ) -> bool {
        let starts = self.place.borrow().starts;
        let request = WatchTasksRequest { resume_token: resume_token.clone() };
        let mut events =
            self.done(async |mut tasks: Tasks| tasks.watch_tasks(request.clone()).await).await;
        loop {
            match next(&mut events).await {
                Ok(event) => {
                    resume_token.clone_from(&event.resume_token);
                    if hear(event) {
                        return true;
                    }
                }
                Err(status) => {
                    if let Some(info) = status.get_details_error_info() {
                        assert_eq!(info.metadata["resume_token"], *resume_token);
                    }
                    self.pass(&status, starts).await;
                    return false;
                }
            }
        }
    }

    /// Waits until a call that failed may succeed.
    async fn pass(&self, status: &Status, starts: u32) {
        let Some(info) = status.get_details_error_info() else {
            // Nobody answered. The line holds the sender: this ends when the service is back.
            self.answers.send_modify(|answers| answers.lost += 1);
            let mut place = self.place.subscribe();
            in_time(place.wait_for(|place| place.starts > starts)).await.expect("it is back");
            return;
        };
        let refusal = (status.code(), info.reason.as_str());
        assert_eq!(refusal, (Code::Unavailable, "DATABASE_UNAVAILABLE"), "{status:?}");
        let retry = status.get_details_retry_info().and_then(|info| info.retry_delay);
        assert!(retry.is_some(), "it says when to come again: {status:?}");
        self.answers.send_modify(|answers| answers.refused += 1);
    }

    /// All tasks there are, the deleted ones too, by number.
    pub(crate) async fn list(&self) -> Vec<Task> {
        let mut request =
            ListTasksRequest { show_deleted: true, page_size: 1000, ..Default::default() };
        let mut all = Vec::new();
        loop {
            let page = self.done(async |mut tasks: Tasks| tasks.list_tasks(request.clone()).await);
            let page = page.await;
            all.extend(page.tasks);
            if page.next_page_token.is_empty() {
                return all;
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The counters.
    pub(crate) async fn summary(&self) -> TaskSummary {
        let request = GetTaskSummaryRequest::default();
        self.done(async |mut tasks: Tasks| tasks.get_task_summary(request.clone()).await).await
    }
}

impl Place {
    fn tasks(&self, token: &str) -> Tasks {
        TaskServiceClient::with_interceptor(self.channel.clone(), Bearer(token.to_owned()))
    }
}

/// The next event of a watch, which has no end but an error.
pub(crate) async fn next(
    events: &mut Streaming<WatchTasksResponse>,
) -> Result<WatchTasksResponse, Status> {
    Ok(in_time(events.message()).await?.expect("a watch does not end by itself"))
}

/// Waits for `event`, and fails the test where it does not come.
pub(crate) async fn in_time<F: Future>(event: F) -> F::Output {
    timeout(LIMIT, event).await.expect("it does not take so long")
}
