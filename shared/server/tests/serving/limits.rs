//! Limits of a connection.

use tandem_proto::task::GetTaskRequest;
use tandem_server::{Readiness, Settings};
use tonic::Request;

use crate::server::Server;

#[tokio::test]
async fn oversized_headers_are_refused() {
    let settings = Settings { max_header_bytes: 4096, ..Settings::default() };
    let server = Server::start_with(settings, Readiness::always()).await;
    let mut tasks = server.tasks();
    let with_header = |bytes: usize| {
        let mut request = Request::new(GetTaskRequest { id: "ok".to_owned() });
        request.metadata_mut().insert("x-large", "x".repeat(bytes).parse().expect("plain text"));
        request
    };
    tasks.get_task(with_header(2 * 1024)).await.expect("within the limit");
    tasks.get_task(with_header(8 * 1024)).await.expect_err("above the limit");
    tasks.get_task(with_header(1)).await.expect("the connection is good");
}
