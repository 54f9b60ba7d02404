//! The outermost layer: the request's id, its span, and the one line that the log has on each call.

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

use crate::around::{Around, Inner};
use crate::body::{self, Frames};
use crate::methods;

/// The header in which a caller may give the request an id, and reads the id that it has.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a caller, and the longest path that is logged, in bytes.
const LONGEST: usize = 128;

/// Gives every call an id and a line in the log.
#[derive(Debug, Clone)]
pub(crate) struct Requests;

impl Around for Requests {
    async fn around<S: Inner>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let id = id(request.headers());
        let mut line = Line::begin(request.uri().path(), &id);
        let call = async move { inner.call(request).await }.instrument(line.span.clone());
        let mut response = request::scope(Arc::clone(&id), call).await?;
        line.read(response.headers());
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        Ok(response.map(|body| body::through(body, move |body, cx| line.follow(&id, body, cx))))
    }
}

/// The id that the caller gave, or a new one.
fn id(headers: &HeaderMap) -> Arc<str> {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let good = |id: &&str| {
        (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    given.filter(good).map_or_else(|| Uuid::now_v7().to_string().into(), Arc::from)
}

/// The line in the log, written when the call has ended and this is dropped.
struct Line {
    span: Span,
    method: String,
    began: Instant,
    code: Option<Code>,
}

impl Line {
    fn begin(path: &str, id: &str) -> Self {
        let method = &path[..path.floor_char_boundary(LONGEST)];
        Self {
            // The user is filled in by whoever proves it.
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

    /// Takes the code from the headers of a refusal, or from trailers.
    fn read(&mut self, headers: &HeaderMap) {
        let status = headers.get(Status::GRPC_STATUS);
        self.code = status.map(|code| Code::from_bytes(code.as_bytes())).or(self.code);
    }

    /// Polls the body as a part of the request, and looks for the code.
    fn follow(&mut self, id: &Arc<str>, body: &mut Body, cx: &mut Context<'_>) -> Frames {
        let span = self.span.clone();
        let _entered = span.enter();
        let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        let frames = pin!(request::scope(Arc::clone(id), next)).poll(cx);
        match &frames {
            Poll::Ready(Some(Ok(frame))) => {
                frame.trailers_ref().into_iter().for_each(|trailers| self.read(trailers));
            }
            Poll::Ready(Some(Err(status))) => self.code = Some(status.code()),
            _ => {}
        }
        frames
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // Who goes away before the end hears of no code.
        let code = self.code.unwrap_or(Code::Cancelled);
        let duration_ms = self.began.elapsed().as_secs_f64() * 1000.0;
        let _entered = self.span.enter();
        if self.method.starts_with(methods::HEALTH) {
            tracing::debug!(rpc.code = ?code, duration_ms, "call");
        } else {
            tracing::info!(rpc.code = ?code, duration_ms, "call");
        }
    }
}

#[cfg(test)]
mod tests;
