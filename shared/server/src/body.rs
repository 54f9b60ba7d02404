//! Answers that a layer gives in the service's place, and bodies that it watches.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, Response};
use http_body::{Body as _, Frame};
use http_body_util::StreamBody;
use tandem_error::Error;
use tonic::Status;
use tonic::body::Body;

/// What polling a body gives.
pub(crate) type Frames = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// An answer that is all error.
pub(crate) fn refusal(error: Error) -> Response<Body> {
    Status::from(error).into_http()
}

/// Ends a body that has begun with an error.
pub(crate) fn end(body: &mut Body, error: Error) -> Frames {
    *body = Body::empty();
    let mut trailers = HeaderMap::new();
    let written = Status::from(error).add_header(&mut trailers);
    Poll::Ready(Some(written.map(|()| Frame::trailers(trailers))))
}

/// The body with `poll` between it and its reader. `poll` is dropped when the body has been read to its
/// end or is given up.
pub(crate) fn through<P>(mut body: Body, mut poll: P) -> Body
where
    P: FnMut(&mut Body, &mut Context<'_>) -> Frames + Send + 'static,
{
    // A refusal has no body; wrapping it would cost the END_STREAM flag on its headers.
    if body.is_end_stream() {
        return body;
    }
    Body::new(StreamBody::new(stream::poll_fn(move |cx| poll(&mut body, cx))))
}
