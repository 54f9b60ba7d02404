//! What the log says of a call.

use std::cell::RefCell;
use std::io;
use std::sync::{Mutex, Once};

use http_body_util::{BodyExt as _, Full};
use tandem_error::Error;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::*;
use crate::middleware::MiddlewareLayer;

thread_local! {
    /// What this test has logged.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the test that runs on this thread.
struct Here;

impl io::Write for Here {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| io::Write::write(log, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins an empty log. There is one subscriber for all tests, for good: with one for each, what a test
/// logs for the first time while another test begins may stay off.
fn listen() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| tracing_subscriber::fmt().with_writer(|| Here).with_ansi(false).init());
    tracing::callsite::rebuild_interest_cache();
    LOG.take();
}

/// The lines that a call of `handler` logs when its answer is read, or dropped unread.
async fn lines<H>(path: &str, handler: H, read: bool) -> Vec<String>
where
    H: FnMut(Request<Body>) -> Response<Body> + Clone + Send + 'static,
{
    listen();
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().expect("a path");
    request.headers_mut().insert(REQUEST_ID, HeaderValue::from_static("the-id"));
    let service = service_fn(move |request| {
        let mut handler = handler.clone();
        async move { Ok::<_, Infallible>(handler(request)) }
    });
    let answer =
        MiddlewareLayer(RequestId).layer(service).oneshot(request).await.expect("infallible");
    if read {
        answer.into_body().collect().await.expect("a whole body");
    } else {
        drop(answer);
    }
    String::from_utf8(LOG.take()).expect("text").lines().map(str::to_owned).collect()
}

fn answer(_: Request<Body>) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("0"));
    let body =
        Full::new(bytes::Bytes::from_static(b"words")).with_trailers(async { Some(Ok(trailers)) });
    Response::new(Body::new(body))
}

#[tokio::test]
async fn call_is_logged_as_one_line() {
    let lines = lines("/tandem.task.v1.TaskService/GetTask", answer, true).await;
    let [line] = &lines[..] else { panic!("one line is expected: {lines:?}") };
    for part in [
        "rpc.method=\"/tandem.task.v1.TaskService/GetTask\"",
        "request.id=\"the-id\"",
        "rpc.code=Ok",
        "duration_ms=",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test]
async fn refusal_and_disconnect_are_logged() {
    let refused = lines("/a/b", |_| body::error_response(Error::Denied), true).await;
    let [audit, refused] = &refused[..] else { panic!("two lines are expected: {refused:?}") };
    assert!(audit.contains("audit: access denied"), "{audit}");
    assert!(refused.contains("rpc.code=PermissionDenied"), "{refused}");
    let left = lines("/a/b", answer, false).await;
    assert!(left[0].contains("rpc.code=Cancelled"), "{left:?}");
}

#[tokio::test]
async fn health_is_not_logged_at_info() {
    assert_eq!(lines("/grpc.health.v1.Health/Check", answer, true).await, [""; 0]);
}

#[tokio::test]
async fn request_id_is_set_during_the_body() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&seen);
    let handler = move |_| {
        let note = Arc::clone(&note);
        note.lock().expect("no panic").push(request::current());
        let late = futures::stream::poll_fn(move |_| {
            note.lock().expect("no panic").push(request::current());
            Poll::Ready(None::<Result<http_body::Frame<bytes::Bytes>, Status>>)
        });
        Response::new(Body::new(http_body_util::StreamBody::new(late)))
    };
    lines("/a/b", handler, true).await;
    let seen = seen.lock().expect("no panic").clone();
    assert_eq!(seen, [Some(Arc::from("the-id")), Some(Arc::from("the-id"))]);
}
