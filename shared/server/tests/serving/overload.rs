//! Calls above the limits are refused at once.

use tandem_error::reason;
use tandem_proto::errors::ErrorReason;
use tandem_proto::task::WatchTasksRequest;
use tandem_server::{Readiness, Settings};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_types::StatusExt as _;

use crate::server::Server;

async fn narrow() -> Server {
    let settings = Settings {
        max_concurrent_requests: 1,
        max_concurrent_long_requests: 1,
        ..Settings::default()
    };
    Server::start_with(settings, Readiness::always()).await
}

fn assert_overloaded(status: &Status) {
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(reason(status), Some(ErrorReason::Overloaded));
    assert!(status.get_details_retry_info().expect("a retry info").retry_delay.is_some());
}

#[tokio::test]
async fn calls_over_the_limit_are_refused() {
    let server = narrow().await;
    let first = server.begin("wait").await;
    assert_overloaded(&server.get("ok").await.expect_err("one too many"));
    server.health().check(HealthCheckRequest::default()).await.expect("health answers");

    server.stub.release.add_permits(1);
    first.await.expect("no panic").expect("the first call is answered");
    server.get("ok").await.expect("there is room again");
}

#[tokio::test]
async fn streams_have_their_own_limit() {
    let server = narrow().await;
    let request = WatchTasksRequest::default;
    let first = server.tasks().watch_tasks(request()).await.expect("a stream");
    assert_overloaded(&server.tasks().watch_tasks(request()).await.expect_err("one too many"));
    server.get("ok").await.expect("an ordinary call has its own limit");

    drop(first);
    // The server notices the end with a delay, so it may refuse a little longer.
    while let Err(status) = server.tasks().watch_tasks(request()).await {
        assert_overloaded(&status);
    }
}
