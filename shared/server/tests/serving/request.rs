//! Request ids, and responses after a panic.

use tandem_error::reason;
use tandem_proto::errors::ErrorReason;
use tandem_proto::task::{GetTaskRequest, WatchTasksRequest};
use tonic::metadata::MetadataMap;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::server::Server;
use crate::stub::PANIC;

fn id(metadata: &MetadataMap) -> String {
    let id = metadata.get("x-request-id").expect("an id");
    id.to_str().expect("plain text").to_owned()
}

fn request(id: &str, request_id: &str) -> Request<GetTaskRequest> {
    let mut request = Request::new(GetTaskRequest { id: id.to_owned() });
    request.metadata_mut().insert("x-request-id", request_id.parse().expect("plain text"));
    request
}

#[tokio::test]
async fn invalid_request_id_is_replaced() {
    let server = Server::start().await;
    let long = "x".repeat(129);
    for (given, echoed) in [("trace-7:a/b", true), ("two words", false), (&long, false)] {
        let answer = server.tasks().get_task(request("ok", given)).await.expect("an answer");
        assert_eq!(id(answer.metadata()) == given, echoed, "{given}");
    }
    let (first, second) = (server.get("ok").await, server.get("ok").await);
    let made = |answer: Result<tonic::Response<_>, _>| id(answer.expect("an answer").metadata());
    let (first, second) = (made(first), made(second));
    assert_eq!(uuid::Uuid::parse_str(&first).expect("a UUID").get_version_num(), 7);
    assert_ne!(first, second);
}

#[tokio::test]
async fn refusal_has_id_and_reason() {
    let server = Server::start().await;
    let mut other =
        tandem_proto::chat::chat_service_client::ChatServiceClient::new(server.channel());
    let answer =
        other.get_conversation(tandem_proto::chat::GetConversationRequest::default()).await;
    let status = answer.expect_err("no chat service here");
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(reason(&status), Some(ErrorReason::NotImplemented));
    assert!(!id(status.metadata()).is_empty());
}

fn assert_hidden_panic(status: &Status, request_id: &str) {
    assert_eq!(status.code(), Code::Internal);
    assert!(status.message().ends_with(request_id), "{}", status.message());
    let info = status.get_details_error_info().expect("an error info");
    assert_eq!(info.metadata["request_id"], request_id);
    assert!(!format!("{status:?}").contains(PANIC));
}

#[tokio::test]
async fn panic_is_an_internal_error() {
    let server = Server::start().await;
    let status = server.tasks().get_task(request("panic", "the-id")).await.expect_err("a panic");
    assert_hidden_panic(&status, "the-id");
    assert_eq!(id(status.metadata()), "the-id");
    server.get("ok").await.expect("the server goes on");
}

#[tokio::test]
async fn panic_ends_a_stream_with_an_error() {
    let server = Server::start().await;
    let request = WatchTasksRequest { resume_token: "panic".to_owned() };
    let answer = server.tasks().watch_tasks(request).await.expect("a stream");
    let id = id(answer.metadata());
    let mut events = answer.into_inner();
    // The event before the panic may be lost: tonic sends it with the next one.
    let status = loop {
        if let Err(status) = events.message().await {
            break status;
        }
    };
    assert_hidden_panic(&status, &id);
}
