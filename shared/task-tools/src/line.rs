//! The line to the task service: every call goes this way, with its deadline, past the breaker.

use std::error::Error as _;

use tandem_proto::errors::ErrorReason;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tokio::time::{Instant, timeout};
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Request, Response, Status};
use tonic_types::StatusExt as _;

use crate::Settings;
use crate::breaker::Breaker;
use crate::failure::Failure;
use crate::toolbox::Call;

/// The line to the task service.
#[derive(Debug)]
pub(crate) struct Line {
    client: TaskServiceClient<Channel>,
    breaker: Breaker,
    settings: Settings,
}

impl Line {
    pub(crate) fn new(channel: Channel, settings: Settings) -> Self {
        let breaker = Breaker::new(settings.breaker_failures, settings.breaker_reset_timeout.get());
        Self { client: TaskServiceClient::new(channel), breaker, settings }
    }

    /// Whether calls fail without being made.
    pub(crate) fn is_cut(&self) -> bool {
        self.breaker.is_open()
    }

    /// Makes a call on behalf of a tool: `method` sends the message with the client.
    pub(crate) async fn send<M, R, F>(
        &self,
        call: &Call<'_>,
        message: M,
        method: impl FnOnce(TaskServiceClient<Channel>, Request<M>) -> F,
    ) -> Result<R, Failure>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let now = Instant::now();
        let limit = self.settings.deadline.get().min(call.deadline.saturating_duration_since(now));
        if limit.is_zero() || !self.breaker.admits(now) {
            return Err(Failure::Away);
        }
        let request = call.request(message, limit)?;
        let answer = timeout(limit, method(self.client.clone(), request)).await;
        // A call that had less time than others, and took it, says nothing about the service.
        let ran_short = limit < self.settings.deadline.get() && now.elapsed() >= limit;
        match &answer {
            Ok(Err(status)) if !is_away(status) => self.breaker.succeeded(),
            Ok(Ok(_)) => self.breaker.succeeded(),
            _ if ran_short => {}
            _ => self.breaker.failed(Instant::now()),
        }
        match answer {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) => Err(failure(status)),
            Err(_elapsed) => Err(Failure::Lost),
        }
    }
}

/// What a status says of the call.
fn failure(status: Status) -> Failure {
    if is_unreached(&status) {
        tracing::warn!(error = ?status.source(), "the task service was not reached");
        Failure::Away
    } else if is_lost(&status) || status.code() == Code::DeadlineExceeded {
        tracing::warn!(error = ?status.source(), "the task service gave no answer");
        Failure::Lost
    } else if is_undecided(&status) {
        Failure::Lost
    } else {
        status.into()
    }
}

/// Whether the service did not get to answer.
fn is_away(status: &Status) -> bool {
    is_lost(status) || matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}

/// Whether the transport made this status, for a call that did not come through or whose answer did
/// not: one that the service made has no source.
fn is_lost(status: &Status) -> bool {
    status.source().is_some()
}

/// Whether the call was never sent.
fn is_unreached(status: &Status) -> bool {
    let causes = std::iter::successors(status.source(), |error| (*error).source());
    causes.into_iter().any(|error| error.is::<ConnectError>())
}

/// Whether the service, or somebody in between, gave up on a call that may have come through: one that
/// was turned away at the door did not. Nor does an answer about the request id tell what the first
/// request with it did.
fn is_undecided(status: &Status) -> bool {
    let info = status.get_details_error_info();
    let is = |reason: ErrorReason| {
        let name = reason.as_str_name().trim_start_matches("ERROR_REASON_");
        info.as_ref().is_some_and(|info| info.reason == name)
    };
    match status.code() {
        Code::Unavailable => !is(ErrorReason::Overloaded),
        _ => is(ErrorReason::RequestIdReused),
    }
}
