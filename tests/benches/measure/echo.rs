//! A bare tonic server that returns the same task for every call: the minimum cost of any service.

use std::convert::Infallible;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use tandem_proto::task::{GetTaskRequest, Task};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::client::Grpc as Client;
use tonic::codegen::Service;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::process;

/// The role of a process that echoes.
pub(crate) const ROLE: &str = "echo";

/// The one method.
const METHOD: &str = "/tandem.bench.Echo/Echo";

/// Returns the same task for every call.
#[derive(Clone)]
struct Echo;

impl UnaryService<GetTaskRequest> for Echo {
    type Response = Task;
    type Future = BoxFuture<'static, Result<Response<Task>, Status>>;

    fn call(&mut self, request: Request<GetTaskRequest>) -> Self::Future {
        let id = request.into_inner().id;
        Box::pin(async move { Ok(Response::new(Task { id, ..task() })) })
    }
}

impl Service<HttpRequest<Body>> for Echo {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        let codec = ProstCodec::<Task, GetTaskRequest>::default();
        Box::pin(async move { Ok(Grpc::new(codec).unary(Self, request).await) })
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "tandem.bench.Echo";
}

/// Serves the echo in its own process.
pub(crate) fn serve() {
    process::serve(async |listener, shutdown| {
        let incoming = TcpListenerStream::new(listener);
        let server = Server::builder().add_service(Echo);
        server
            .serve_with_incoming_shutdown(incoming, shutdown.cancelled())
            .await
            .expect("it serves");
    });
}

/// Calls the echo once.
pub(crate) async fn call(channel: &Channel, id: &str) {
    let mut client = Client::new(channel.clone());
    client.ready().await.expect("a server");
    let codec = ProstCodec::<GetTaskRequest, Task>::default();
    let request = Request::new(GetTaskRequest { id: id.to_owned() });
    let answer = client.unary(request, PathAndQuery::from_static(METHOD), codec).await;
    assert_eq!(answer.expect("an echo").into_inner().id, id);
}

/// A task of the same length as those of the benchmark.
pub(crate) fn task() -> Task {
    Task {
        title: "Buy milk and bread on the way home".to_owned(),
        description: "The shop at the corner closes at eight; ask for the receipt.".to_owned(),
        labels: vec!["home".to_owned(), "shop".to_owned()],
        priority: 2,
        due_time: Some(prost_types::Timestamp { seconds: 2_000_000_000, nanos: 0 }),
        ..Task::default()
    }
}
