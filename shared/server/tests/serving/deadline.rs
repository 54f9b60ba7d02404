//! The service's own deadline, through a real server.

use tandem_config::HumanDuration;
use tandem_error::reason;
use tandem_proto::errors::ErrorReason;
use tandem_proto::task::WatchTasksRequest;
use tandem_server::{Readiness, Settings};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::server::{Server, get};

#[tokio::test]
async fn deadline_ends_calls_not_streams() {
    let settings = Settings { deadline: HumanDuration::from_secs(1), ..Settings::default() };
    let server = Server::start_with(settings, Readiness::always()).await;
    let mut tasks = server.tasks();
    let watch = tasks.watch_tasks(WatchTasksRequest::default()).await;
    let mut watch = watch.expect("a stream").into_inner();
    assert!(watch.message().await.expect("an event").is_some());

    let status = get(&mut tasks, "hang").await.expect_err("no answer in time");
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(reason(&status), Some(ErrorReason::DeadlineExceeded));
    assert_eq!(status.get_details_error_info().expect("an error info").domain, "tandem");

    // The stream began before that call on the same connection, and is still open.
    let still_open = tokio::select! {
        biased;
        _ = watch.message() => false,
        () = std::future::ready(()) => true,
    };
    assert!(still_open);
}
