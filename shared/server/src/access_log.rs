//! The outermost layer: the request id, the span, and the log line of each call.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::Body as _;
use tandem_error::request;
use tonic::body::Body;
use tonic::{Code, Status};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use crate::body::{self, Frames};
use crate::method_timeouts;
use crate::middleware::{GrpcService, Middleware};

/// The header with the request id: the client may set it, and the response has it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id that is accepted, and the longest path that is logged, in bytes.
const MAX_LENGTH: usize = 128;

/// Gives every call an id and a log line.
#[derive(Debug, Clone)]
pub(crate) struct RequestId;

impl Middleware for RequestId {
    async fn handle<S: GrpcService>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let id = request_id(request.headers());
        let mut log = AccessLog::begin(request.uri().path(), &id);
        let call = async move { inner.call(request).await }.instrument(log.span.clone());
        let mut response = request::scope(Arc::clone(&id), call).await?;
        log.read_code(response.headers());
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        Ok(response.map(|body| {
            body::intercept_frames(body, move |body, cx| log.poll_frame(&id, body, cx))
        }))
    }
}

/// The valid id of the client, or a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let good = |id: &&str| {
        (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    given.filter(good).map_or_else(|| Uuid::now_v7().to_string().into(), Arc::from)
}

/// The log line of a call, written on drop.
struct AccessLog {
    span: Span,
    method: String,
    began: Instant,
    code: Option<Code>,
}

impl AccessLog {
    fn begin(path: &str, id: &str) -> Self {
        let method = &path[..path.floor_char_boundary(MAX_LENGTH)];
        Self {
            // Recorded by the auth layer.
            span: tracing::info_span!(
                "rpc",
                rpc.method = method,
                request.id = id,
                user.id = tracing::field::Empty
            ),
            method: method.to_owned(),
            began: Instant::now(),
            code: None,
        }
    }

    /// Reads the status code from trailers, or from the headers of an error response.
    fn read_code(&mut self, headers: &HeaderMap) {
        let status = headers.get(Status::GRPC_STATUS);
        self.code = status.map(|code| Code::from_bytes(code.as_bytes())).or(self.code);
    }

    /// Polls the body in the span of the request, and reads the code.
    fn poll_frame(&mut self, id: &Arc<str>, body: &mut Body, cx: &mut Context<'_>) -> Frames {
        let span = self.span.clone();
        let _entered = span.enter();
        let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        let frames = pin!(request::scope(Arc::clone(id), next)).poll(cx);
        match &frames {
            Poll::Ready(Some(Ok(frame))) => {
                frame.trailers_ref().into_iter().for_each(|trailers| self.read_code(trailers));
            }
            Poll::Ready(Some(Err(status))) => self.code = Some(status.code()),
            _ => {}
        }
        frames
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        // A client that leaves before the end gets no code.
        let code = self.code.unwrap_or(Code::Cancelled);
        let duration_ms = self.began.elapsed().as_secs_f64() * 1000.0;
        let _entered = self.span.enter();
        if self.method.starts_with(method_timeouts::HEALTH) {
            tracing::debug!(rpc.code = ?code, duration_ms, "call");
        } else {
            tracing::info!(rpc.code = ?code, duration_ms, "call");
        }
    }
}

#[cfg(test)]
mod tests;
