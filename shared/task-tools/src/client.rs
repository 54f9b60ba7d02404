//! The client of the task service: each call has a deadline and passes the circuit breaker.

use std::error::Error as _;
use std::time::Duration;

use tandem_proto::errors::ErrorReason;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::transport::Channel;
use tonic::{Code, ConnectError, Request, Response, Status};
use tonic_types::StatusExt as _;

use crate::Settings;
use crate::circuit_breaker::CircuitBreaker;
use crate::failure::Failure;
use crate::toolbox::Call;

/// How much earlier than a call its request ends in the service, at most.
const SERVICE_MARGIN: Duration = Duration::from_millis(250);

/// The generated client.
pub(crate) type Stub = TaskServiceClient<Channel>;

#[derive(Debug)]
pub(crate) struct TaskClient {
    stub: Stub,
    breaker: CircuitBreaker,
    settings: Settings,
}

impl TaskClient {
    pub(crate) fn new(channel: Channel, settings: Settings) -> Self {
        let breaker =
            CircuitBreaker::new(settings.breaker_failures, settings.breaker_reset_timeout.get());
        Self { stub: Stub::new(channel), breaker, settings }
    }

    pub(crate) fn is_circuit_open(&self) -> bool {
        self.breaker.is_open()
    }

    /// Sends a request for a tool call; `method` is the RPC.
    pub(crate) async fn send<M, R, F>(
        &self,
        call: &Call<'_>,
        message: M,
        method: impl FnOnce(Stub, Request<M>) -> F,
    ) -> Result<R, Failure>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let now = Instant::now();
        let limit = self.settings.deadline.get().min(call.deadline.saturating_duration_since(now));
        if limit.is_zero() || !self.breaker.allow_call(now) {
            return Err(Failure::Unavailable);
        }
        // The service gives up first, and is waited for: nothing it does has an effect after this call.
        let service_limit = limit - (limit / 10).min(SERVICE_MARGIN);
        let request = call.make_request(message, service_limit)?;
        let response = timeout(limit, method(self.stub.clone(), request)).await;
        if now.elapsed() >= service_limit && !matches!(response, Ok(Ok(_))) {
            sleep_until(now + limit).await;
        }
        // A timeout much shorter than the configured one is no evidence that the service is down.
        let was_cut_short = limit < self.settings.deadline.get() / 2 && now.elapsed() >= limit;
        match &response {
            Ok(Err(status)) if !is_down(status) => self.breaker.record_success(),
            Ok(Ok(_)) => self.breaker.record_success(),
            _ if was_cut_short => {}
            _ => self.breaker.record_failure(Instant::now()),
        }
        match response {
            Ok(Ok(response)) => Ok(response.into_inner()),
            Ok(Err(status)) => Err(to_failure(status)),
            Err(_elapsed) => Err(Failure::OutcomeUnknown),
        }
    }
}

fn to_failure(status: Status) -> Failure {
    if is_unsent(&status) {
        tracing::warn!(error = ?status.source(), "failed to connect to the task service");
        Failure::Unavailable
    } else if is_from_transport(&status) || status.code() == Code::DeadlineExceeded {
        tracing::warn!(error = ?status.source(), "the task service did not respond");
        Failure::OutcomeUnknown
    } else if is_ambiguous(&status) {
        Failure::OutcomeUnknown
    } else {
        status.into()
    }
}

/// Whether the failure counts against the service.
fn is_down(status: &Status) -> bool {
    is_from_transport(status) || matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}

/// Whether the transport made the status because the request or its response was lost. A status from
/// the service has no source.
fn is_from_transport(status: &Status) -> bool {
    status.source().is_some()
}

/// Whether the request was never sent.
fn is_unsent(status: &Status) -> bool {
    let causes = std::iter::successors(status.source(), |error| (*error).source());
    causes.into_iter().any(|error| error.is::<ConnectError>())
}

/// Whether the status leaves open if the request had its effect: CANCELLED; UNAVAILABLE, except over the
/// concurrency limit, which rejects a request before it runs; and a reused request id, which does not
/// reveal the result of the first request.
fn is_ambiguous(status: &Status) -> bool {
    match status.code() {
        Code::Cancelled => true,
        Code::Unavailable => !has_reason(status, ErrorReason::Overloaded),
        _ => has_reason(status, ErrorReason::RequestIdReused),
    }
}

fn has_reason(status: &Status, reason: ErrorReason) -> bool {
    let name = reason.as_str_name().trim_start_matches("ERROR_REASON_");
    status.get_details_error_info().is_some_and(|info| info.reason == name)
}
