//! The end of every call: at its deadline, or when the server stops.
//!
//! tonic has a timeout of its own, which responds to `grpc-timeout` with CANCELLED and no details. It is
//! outside of all layers, so this one has to be earlier.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use http::{HeaderMap, Request, Response};
use http_body::Body as _;
use tandem_error::{Error, request};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use crate::method_timeouts::{INFRASTRUCTURE, MethodTimeouts};
use crate::middleware::{GrpcService, Middleware};
use crate::{Settings, body};

/// The longest time before the client's deadline at which the response is sent.
const MARGIN: Duration = Duration::from_millis(5);

/// The stages of a shutdown, each a token that is cancelled when it is reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shutdown {
    /// No more calls are accepted. Health watches and reflection, which never end by themselves, end.
    pub(crate) soft: CancellationToken,
    /// The time to finish is over. Every call ends.
    pub(crate) hard: CancellationToken,
}

/// Ends calls with DEADLINE_EXCEEDED if they take longer than the client or the service allows, and with
/// UNAVAILABLE (SHUTTING_DOWN) at the hard shutdown.
#[derive(Debug, Clone)]
pub struct Deadline {
    default: Duration,
    timeouts: MethodTimeouts,
    shutdown: Shutdown,
}

impl Middleware for Deadline {
    async fn handle<S: GrpcService>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let limit = self.time_limit(request.uri().path(), client_timeout(request.headers()));
        let mut end = self.wait_for_end(request.uri().path(), limit);
        let call = async {
            match limit {
                // Writes of the call that wait longer are dropped.
                Some(limit) => {
                    request::with_deadline(Instant::now() + limit, inner.call(request)).await
                }
                None => inner.call(request).await,
            }
        };
        let response = tokio::select! {
            biased; // A finished response is sent.
            response = call => response?,
            error = &mut end => return Ok(body::error_response(error)),
        };
        Ok(response.map(|body| {
            body::intercept_frames(body, move |body, cx| {
                match Pin::new(&mut *body).poll_frame(cx) {
                    Poll::Pending => {
                        let error = ready!(end.poll_unpin(cx));
                        body::end_with_error(body, error)
                    }
                    frame => frame,
                }
            })
        }))
    }
}

impl Deadline {
    pub(crate) fn new(settings: &Settings, timeouts: MethodTimeouts, shutdown: Shutdown) -> Self {
        Self { default: settings.deadline.get(), timeouts, shutdown }
    }

    /// The time that a call may take.
    fn time_limit(&self, path: &str, requested: Option<Duration>) -> Option<Duration> {
        let allowed = self.timeouts.find(path).unwrap_or(Some(self.default));
        allowed.into_iter().chain(requested).min()
    }

    /// Waits for the end of a call's time, and returns the reason.
    fn wait_for_end(
        &self,
        path: &str,
        limit: Option<Duration>,
    ) -> Pin<Box<dyn Future<Output = Error> + Send>> {
        let infrastructure = path.starts_with(INFRASTRUCTURE);
        let stop = if infrastructure { &self.shutdown.soft } else { &self.shutdown.hard };
        let stop = stop.clone().cancelled_owned();
        let Some(limit) = limit else { return Box::pin(stop.map(|()| Error::ShuttingDown)) };
        let sleep = tokio::time::sleep(limit);
        Box::pin(async move {
            tokio::select! {
                () = sleep => Error::DeadlineExceeded,
                () = stop => Error::ShuttingDown,
            }
        })
    }
}

/// The timeout of the client, less the margin. An invalid one is ignored, as in tonic.
fn client_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let amount = digits.parse::<u64>().ok()?;
    let timeout = match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    };
    Some(timeout - (timeout / 10).min(MARGIN))
}

#[cfg(test)]
mod tests;
