//! Deadlines to the millisecond, on a clock that stands still.

use std::future::pending;

use futures::stream;
use http_body_util::{BodyExt as _, StreamBody};
use tandem_proto::errors::ErrorReason;
use tokio::time::Instant;
use tonic::{Code, Status};
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::*;
use crate::middleware::MiddlewareLayer;

const ORDINARY: &str = "/tandem.task.v1.TaskService/GetTask";
const LONG: &str = "/tandem.task.v1.TaskService/WatchTasks";

/// Ten seconds for ordinary calls, a minute for the long one.
fn layer() -> (MiddlewareLayer<Deadline>, Shutdown) {
    let shutdown = Shutdown::default();
    let long = MethodTimeouts::new([(LONG, Some(Duration::from_secs(60)))]);
    (MiddlewareLayer(Deadline::new(&Settings::default(), long, shutdown.clone())), shutdown)
}

fn request(path: &str, timeout: Option<&str>) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().expect("a path");
    if let Some(timeout) = timeout {
        request.headers_mut().insert("grpc-timeout", timeout.parse().expect("plain text"));
    }
    request
}

/// How a call ends that never ends by itself, and after how long.
async fn end_of_hung(path: &str, timeout: Option<&str>) -> (Status, Duration) {
    let hung = service_fn(|_: Request<Body>| pending::<Result<Response<Body>, Infallible>>());
    let began = Instant::now();
    let answer = layer().0.layer(hung).oneshot(request(path, timeout)).await;
    let status = Status::from_header_map(answer.expect("infallible").headers());
    (status.expect("a refusal"), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn shorter_deadline_applies() {
    let cases = [
        (ORDINARY, None, 10_000),
        (ORDINARY, Some("20S"), 10_000),
        (ORDINARY, Some("2S"), 1995),
        (ORDINARY, Some("20m"), 18),
        (ORDINARY, Some("soon"), 10_000),
        (LONG, None, 60_000),
        (LONG, Some("30S"), 29_995),
    ];
    for (path, timeout, millis) in cases {
        let (status, after) = end_of_hung(path, timeout).await;
        assert_eq!(status.code(), Code::DeadlineExceeded);
        assert_eq!(tandem_error::reason(&status), Some(ErrorReason::DeadlineExceeded));
        let expected = Duration::from_millis(millis);
        // The timer wheel counts in whole milliseconds.
        assert!(after >= expected && after <= expected + Duration::from_millis(1), "{after:?}");
    }
}

#[test]
fn only_valid_timeouts_are_parsed() {
    let read = |text: &str| client_timeout(request(ORDINARY, Some(text)).headers());
    assert_eq!(read("1H"), Some(Duration::from_secs(3600) - MARGIN));
    assert_eq!(read("99999999M"), Some(Duration::from_secs(99_999_999 * 60) - MARGIN));
    assert_eq!(read("100u"), Some(Duration::from_micros(90)));
    assert_eq!(read("10n"), Some(Duration::from_nanos(9)));
    for text in ["", "S", "1", "-1S", "+1S", "1s", "1.5S", "999999999S", "1 S"] {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn stream_ends_in_its_trailers() {
    let silent = service_fn(|_: Request<Body>| async {
        let never = stream::pending::<Result<http_body::Frame<bytes::Bytes>, Status>>();
        Ok::<_, Infallible>(Response::new(Body::new(StreamBody::new(never))))
    });
    let answer = layer().0.layer(silent).oneshot(request(LONG, None)).await;
    let body = answer.expect("infallible").into_body().collect().await.expect("a whole body");
    let status = Status::from_header_map(body.trailers().expect("trailers"));
    assert_eq!(status.expect("a status").code(), Code::DeadlineExceeded);
}

#[tokio::test(start_paused = true)]
async fn shutdown_stages_end_their_calls() {
    let watch = "/grpc.health.v1.Health/WatchStream";
    for (path, stages) in [(watch, [true, true]), (LONG, [false, true])] {
        let (layer, shutdown) = layer();
        let hung = service_fn(|_: Request<Body>| pending::<Result<Response<Body>, Infallible>>());
        let call = layer.layer(hung).oneshot(request(path, None)).map(drop).shared();
        assert!(call.clone().now_or_never().is_none(), "{path}");
        let ended = [shutdown.soft, shutdown.hard].map(|stage| {
            stage.cancel();
            call.clone().now_or_never().is_some()
        });
        assert_eq!(ended, stages, "{path}");
    }
}
