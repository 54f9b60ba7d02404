//! Error responses of layers, and response bodies that a layer intercepts.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, Response};
use http_body::{Body as _, Frame};
use http_body_util::StreamBody;
use tandem_error::Error;
use tonic::Status;
use tonic::body::Body;

/// The result of polling a body.
pub(crate) type Frames = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// A response that is only an error.
pub(crate) fn error_response(error: Error) -> Response<Body> {
    Status::from(error).into_http()
}

/// Ends a started body with an error.
pub(crate) fn end_with_error(body: &mut Body, error: Error) -> Frames {
    *body = Body::empty();
    let mut trailers = HeaderMap::new();
    let written = Status::from(error).add_header(&mut trailers);
    Poll::Ready(Some(written.map(|()| Frame::trailers(trailers))))
}

/// The body with `poll` called for each frame. `poll` is dropped when the body has been read to its end
/// or is dropped.
pub(crate) fn intercept_frames<P>(mut body: Body, mut poll: P) -> Body
where
    P: FnMut(&mut Body, &mut Context<'_>) -> Frames + Send + 'static,
{
    // An error response has no body; wrapping it would remove the END_STREAM flag from its headers.
    if body.is_end_stream() {
        return body;
    }
    Body::new(StreamBody::new(stream::poll_fn(move |cx| poll(&mut body, cx))))
}
