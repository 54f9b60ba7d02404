//! The end of a server.

use tandem_config::HumanDuration;
use tandem_error::reason;
use tandem_proto::errors::ErrorReason;
use tandem_proto::task::WatchTasksRequest;
use tandem_server::{Readiness, Settings};
use tonic::Code;

use crate::server::{Server, get, soon};

#[tokio::test]
async fn shutdown_finishes_running_calls() {
    let server = Server::start().await;
    let mut connected = server.tasks();
    get(&mut connected, "ok").await.expect("connected");
    server.stub.entered().await;
    let running = server.begin("wait").await;
    server.shutdown.cancel();
    // Each call waits until the server makes progress; the first may come before it has stopped.
    while get(&mut connected, "ok").await.is_ok() {}
    let status = server.get("ok").await.expect_err("the server takes no new calls");
    assert_eq!(status.code(), Code::Unavailable);

    server.stub.release.add_permits(1);
    let answer = running.await.expect("no panic").expect("the running call is answered");
    assert_eq!(answer.into_inner().id, "wait");
    server.end().await;
}

#[tokio::test]
async fn shutdown_limit_ends_calls() {
    let settings = Settings { shutdown_timeout: HumanDuration::default(), ..Settings::default() };
    let server = Server::start_with(settings, Readiness::always()).await;
    let hung = server.begin("hang").await;
    let watch = server.tasks().watch_tasks(WatchTasksRequest::default()).await;
    let mut watch = watch.expect("a stream").into_inner();
    watch.message().await.expect("the first event");
    server.shutdown.cancel();

    server.end().await;
    let of_call = soon(hung).await.expect("no panic").expect_err("it hangs");
    let of_stream = soon(watch.message()).await.expect_err("it never ends");
    for status in [of_call, of_stream] {
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(reason(&status), Some(ErrorReason::ShuttingDown));
    }
}
