//! A task service that responds, hangs or panics, depending on the id in the request.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tandem_proto::task::{GetTaskRequest, Task, WatchTasksRequest, WatchTasksResponse};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

/// The panic message, which no caller may see.
pub(crate) const PANIC: &str = "canary-of-the-panic";

/// The service, and how a test controls it.
#[derive(Clone)]
pub(crate) struct Stub {
    /// A permit for each call that has reached the service.
    pub(crate) entered: Arc<Semaphore>,
    /// A permit lets one waiting call continue.
    pub(crate) release: Arc<Semaphore>,
}

impl Stub {
    pub(crate) fn new() -> Self {
        let none = || Arc::new(Semaphore::new(0));
        Self { entered: none(), release: none() }
    }

    /// Waits until a call has reached the service.
    pub(crate) async fn entered(&self) {
        self.entered.acquire().await.expect("never closed").forget();
    }

    async fn get(self, request: Request<GetTaskRequest>) -> Result<Response<Task>, Status> {
        self.entered.add_permits(1);
        let id = request.into_inner().id;
        match id.as_str() {
            "hang" => std::future::pending().await,
            "panic" => panic!("{PANIC}"),
            "wait" => self.release.acquire().await.expect("never closed").forget(),
            _ => {}
        }
        Ok(Response::new(Task { id, ..Task::default() }))
    }

    /// One event, and then a panic or silence.
    async fn watch(
        self,
        request: Request<WatchTasksRequest>,
    ) -> Result<Response<BoxStream<'static, Result<WatchTasksResponse, Status>>>, Status> {
        let panics = request.into_inner().resume_token == "panic";
        let first = stream::iter([Ok(WatchTasksResponse::default())]);
        let rest = stream::poll_fn(move |_| {
            assert!(!panics, "{PANIC}");
            Poll::Pending
        });
        Ok(Response::new(first.chain(rest).boxed()))
    }
}

impl NamedService for Stub {
    const NAME: &'static str = tandem_proto::task::task_service_server::SERVICE_NAME;
}

impl Service<http::Request<Body>> for Stub {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let stub = self.clone();
        Box::pin(async move {
            Ok(if request.uri().path().ends_with("/WatchTasks") {
                let service = service_fn(move |request| stub.clone().watch(request));
                Grpc::new(ProstCodec::default()).server_streaming(service, request).await
            } else {
                let service = service_fn(move |request| stub.clone().get(request));
                Grpc::new(ProstCodec::default()).unary(service, request).await
            })
        })
    }
}
