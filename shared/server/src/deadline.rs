//! Every call ends: at its deadline, or when the server stops.
//!
//! tonic has a timeout of its own, which answers `grpc-timeout` with a bare CANCELLED. It stands outside
//! of all layers, so this one has to be earlier.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use futures::FutureExt as _;
use http::{HeaderMap, Request, Response};
use http_body::Body as _;
use tandem_error::Error;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use crate::around::{Around, Inner};
use crate::methods::{INFRASTRUCTURE, LongMethods};
use crate::{Settings, body};

/// How much before the caller's own deadline the answer is given, at most.
const MARGIN: Duration = Duration::from_millis(5);

/// The stages of a shutdown, each a token that is cancelled when it is reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stops {
    /// No more calls are taken. Health watches and reflection, which never end by themselves, end.
    pub(crate) stopping: CancellationToken,
    /// The time to finish is over. Everything ends.
    pub(crate) stopped: CancellationToken,
}

/// Ends calls with DEADLINE_EXCEEDED when they take longer than the caller or the service allows, and
/// with UNAVAILABLE when the server stops for good.
#[derive(Debug, Clone)]
pub struct Deadline {
    ordinary: Duration,
    long: LongMethods,
    stops: Stops,
}

impl Around for Deadline {
    async fn around<S: Inner>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let mut end = self.end(request.uri().path(), asked(request.headers()));
        let response = tokio::select! {
            biased; // an answer that is there is given
            response = inner.call(request) => response?,
            error = &mut end => return Ok(body::refusal(error)),
        };
        Ok(response.map(|body| {
            body::through(body, move |body, cx| match Pin::new(&mut *body).poll_frame(cx) {
                Poll::Pending => {
                    let error = ready!(end.poll_unpin(cx));
                    body::end(body, error)
                }
                frame => frame,
            })
        }))
    }
}

impl Deadline {
    pub(crate) fn new(settings: &Settings, long: LongMethods, stops: Stops) -> Self {
        Self { ordinary: settings.deadline(), long, stops }
    }

    /// Waits for the end of the time that a call has, and says why it is over.
    fn end(
        &self,
        path: &str,
        asked: Option<Duration>,
    ) -> Pin<Box<dyn Future<Output = Error> + Send>> {
        let allowed = self.long.deadline(path).unwrap_or(Some(self.ordinary));
        let limit = allowed.into_iter().chain(asked).min();
        let infrastructure = path.starts_with(INFRASTRUCTURE);
        let stop = if infrastructure { &self.stops.stopping } else { &self.stops.stopped };
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

/// The time that the caller gives, less the margin. What is not a timeout is ignored, as in tonic.
fn asked(headers: &HeaderMap) -> Option<Duration> {
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
